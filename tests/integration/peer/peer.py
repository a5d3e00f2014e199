"""flytekit's FlyteRemote as a process: a JSON command a line, a JSON answer a line."""

import base64
import json
import pathlib
import sys
import tempfile
from datetime import datetime, timedelta, timezone

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from flytekit.configuration import Config, ImageConfig, SerializationSettings  # noqa: E402
from flytekit.core.options import Options  # noqa: E402
from flytekit.models.common import Annotations, Labels, RawOutputDataConfig  # noqa: E402
from flytekit.models.security import Identity, SecurityContext  # noqa: E402
from flytekit.remote import FlyteRemote  # noqa: E402

import flow  # noqa: E402

endpoint, project, domain = sys.argv[1:]
remote = FlyteRemote(
    Config.for_endpoint(endpoint, insecure=True), default_project=project, default_domain=domain
)
settings = SerializationSettings(
    image_config=ImageConfig.auto(img_name="localhost/none:latest"), project=project, domain=domain, version="py1"
)


def python(value):
    """A value of the command as Python has it."""
    if isinstance(value, dict):
        if "$date" in value:
            return datetime.fromisoformat(value["$date"].replace("Z", "+00:00"))
        if "$ms" in value:
            return timedelta(milliseconds=value["$ms"])
        if "$float" in value:
            return float(value["$float"])
        return {name: python(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [python(inner) for inner in value]
    return value


def plain(value):
    """A Python value as the answer has it."""
    if isinstance(value, datetime):
        return {"$date": value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"}
    if isinstance(value, timedelta):
        return {"$ms": int(value.total_seconds() * 1000)}
    return value


def fetch(kind, name, version):
    return getattr(remote, {"task": "fetch_task", "workflow": "fetch_workflow", "launchPlan": "fetch_launch_plan"}[kind])(
        name=name, version=version
    )


def register(command):
    entity = getattr(flow, command["name"])
    registered = remote.register_workflow(entity, settings, version=command["version"])
    return {"name": registered.id.name, "version": registered.id.version}


def describe(command):
    entity = fetch(command["kind"], command["name"], command["version"])
    interface = entity.interface
    return {
        "name": entity.id.name,
        "version": entity.id.version,
        "inputs": {name: variable.type.to_flyte_idl().SerializeToString().hex() for name, variable in interface.inputs.items()},
        "outputs": {name: variable.type.to_flyte_idl().SerializeToString().hex() for name, variable in interface.outputs.items()},
    }


def options(given):
    return Options(
        labels=Labels(given["labels"]) if "labels" in given else None,
        annotations=Annotations(given["annotations"]) if "annotations" in given else None,
        raw_output_data_config=RawOutputDataConfig(given["rawOutputDataPrefix"]) if "rawOutputDataPrefix" in given else None,
        security_context=SecurityContext(run_as=Identity(k8s_service_account=given["serviceAccount"]))
        if "serviceAccount" in given
        else None,
        max_parallelism=given.get("maxParallelism"),
        disable_notifications=given.get("disableNotifications"),
    )


def execute(command):
    given = command.get("options", {})
    execution = remote.execute(
        fetch(command["kind"], command["name"], command["version"]),
        inputs=python(command.get("inputs", {})),
        execution_name=given.get("name"),
        execution_name_prefix=given.get("namePrefix"),
        options=options(given),
        overwrite_cache=given.get("overwriteCache"),
        interruptible=given.get("interruptible"),
        envs=given.get("envs"),
        tags=given.get("tags"),
        cluster_pool=given.get("clusterPool"),
        execution_cluster_label=given.get("executionClusterLabel"),
    )
    return {"name": execution.id.name}


def outcome(command):
    execution = remote.sync(remote.fetch_execution(name=command["name"]), sync_nodes=command.get("nodes", False))
    phases = {5: "FAILING", 6: "FAILED", 4: "SUCCEEDED", 2: "RUNNING", 7: "ABORTED"}
    answer = {"phase": phases.get(execution.closure.phase, execution.closure.phase), "done": execution.is_done}
    if execution.is_done and execution.error is None:
        types = python_types(command.get("types", {}))
        answer["outputs"] = {name: plain(execution.outputs.get(name, as_type)) for name, as_type in types.items()}
        answer["nodes"] = sorted(execution.node_executions or [])
    elif execution.error is not None:
        answer["error"] = {"code": execution.error.code, "message": execution.error.message}
    return answer


def python_types(names):
    return {name: {"int": int, "str": str, "datetime": datetime}[kind] for name, kind in names.items()}


def upload(command):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / command["filename"]
        path.write_bytes(base64.b64decode(command["body"]))
        md5, uri = remote.upload_file(path)
    return {"md5": base64.b64encode(md5).decode(), "uri": uri}


def terminate(command):
    remote.terminate(remote.fetch_execution(name=command["name"]), cause=command["cause"])
    return {}


def signals(command):
    found = remote.list_signals(command["name"])
    return [signal.id.signal_id for signal in found]


def approve(command):
    remote.approve(command["signal"], command["name"])
    return {}


def recent(command):
    return [execution.id.name for execution in remote.recent_executions(limit=command["limit"])]


COMMANDS = {
    name: globals()[name]
    for name in ["register", "describe", "execute", "outcome", "upload", "terminate", "signals", "approve", "recent"]
}

answers = sys.stdout
sys.stdout = sys.stderr
for line in sys.stdin:
    command = json.loads(line)
    try:
        answer = {"value": COMMANDS[command["do"]](command)}
    except Exception as error:  # noqa: BLE001
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), file=answers, flush=True)
