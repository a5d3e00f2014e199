// flytekit on the same work, where Python has it.

import { spawnSync } from 'node:child_process'
import { missing, python } from '../tests/integration/peer/flytekit.mjs'

const VALUES = `
import json, sys, time, typing
from dataclasses import dataclass
import flytekit
from flytekit import FlyteContextManager
from flytekit.core.type_engine import TypeEngine
from flyteidl.core import literals_pb2
from flytekit.models.literals import Literal

count, rows = int(sys.argv[1]), int(sys.argv[2])
context = FlyteContextManager.current_context()

def milliseconds(run):
    times = []
    for _ in range(3):
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1000)
    return sorted(times)[1]

def write(values, of):
    return TypeEngine.to_literal(context, values, of, TypeEngine.to_literal_type(of)).to_flyte_idl().SerializeToString()

def read(data, of):
    message = literals_pb2.Literal()
    message.ParseFromString(data)
    return TypeEngine.to_python_value(context, Literal.from_flyte_idl(message), of)

@dataclass
class Row:
    id: int
    name: str
    score: float
    done: bool
    tags: typing.List[str]

out = {"version": flytekit.__version__}
for name, of, values in [("int", typing.List[int], [i * 7919 % 1000003 for i in range(count)]), ("float", typing.List[float], [i / 7 for i in range(count)])]:
    data = write(values, of)
    out[name + "_read"] = milliseconds(lambda: read(data, of))
    out[name + "_write"] = milliseconds(lambda: write(list(values), of))
table = [Row(i, f"row {i}", i / 2, i % 2 == 0, ["a", f"t{i % 10}"]) for i in range(rows)]
out["rows"] = milliseconds(lambda: read(write(table, typing.List[Row]), typing.List[Row]))
print(json.dumps(out))
`

const SYNC = `
import json, sys, time
import grpc
import grpc._channel
import flytekit
from flytekit.configuration import Config, PlatformConfig
from flytekit.remote.remote import FlyteRemote

address, name, project, domain, delay = sys.argv[1:6]
calls = 0
blocking = grpc._channel._UnaryUnaryMultiCallable._blocking

def slow(self, *args, **kwargs):
    global calls
    calls += 1
    time.sleep(float(delay) / 1000)
    return blocking(self, *args, **kwargs)

grpc._channel._UnaryUnaryMultiCallable._blocking = slow
platform = PlatformConfig(endpoint=address, insecure=True)
remote = FlyteRemote(Config(platform=platform), default_project=project, default_domain=domain)
execution = remote.fetch_execution(name=name)
calls, start = 0, time.perf_counter()
execution = remote.sync(execution, sync_nodes=True)
out = {"version": flytekit.__version__, "ms": (time.perf_counter() - start) * 1000, "calls": calls, "nodes": len(execution.node_executions)}
print(json.dumps(out))
`

/** What a script prints as its last line, by the Python that has flytekit; undefined where there is none. */
function ask(script, args) {
  const why = missing()
  const child = why
    ? { status: 1, stderr: why }
    : spawnSync(python, ['-c', script, ...args.map(String)], { encoding: 'utf8', timeout: 300_000 })
  if (child.status === 0) return JSON.parse(child.stdout.trim().split('\n').at(-1))
  console.log(`\nWithout flytekit: ${child.error?.message ?? child.stderr.trim().split('\n').at(-1)}`)
  return undefined
}

/** Milliseconds of flytekit by piece of work, and its version; undefined where there is none. */
export const flytekitValues = (count, rows) => ask(VALUES, [count, rows])

/** The milliseconds, calls and nodes of flytekit's `sync` of an execution, `delay` ms added to each call. */
export const flytekitSync = (address, name, { project, domain }, delay) => ask(SYNC, [address, name, project, domain, delay])
