//! `execute` beside flytekit: the requests that it sends for the same calls.

use std::rc::Rc;

use flyte_remote::entity::{LaunchPlan, Task};
use flyte_remote::error::Kind;
use flyte_remote::idl::flyteidl::{admin, core};
use flyte_remote::remote::{Execute, Notifications, Target};
use prost::Message;
use serde_json::Value;

use crate::execute::{created, execute, launch_plan, running, workflow};
use crate::support::{id, input, message, ok, unexpected, vectors, Server};

/// What flytekit does and this client does not.
const DEVIATIONS: [(&str, &str); 10] = [
    ("missing-required", "a missing required input is told here, not by the server"),
    ("no-inputs", "a missing required input is told here, not by the server"),
    ("fixed-input-override", "an input that the launch plan has fixed is refused here, not by the server"),
    ("name-empty", "an empty name is an error, not a name to make up"),
    ("name-prefix-empty", "an empty prefix is an error"),
    ("name-not-checked", "names are checked here"),
    ("overwrite-option", "there is one option for it, and it counts"),
    ("notify-default", "notifications that are given are sent"),
    ("notify-disable-false", "notifications that are given are sent"),
    ("dataclass-no-hint", "plain objects are converted by the schema of the dataclass"),
];

/// An entity as it would have been fetched. A vector has no defaults: what flytekit was not given has one.
fn target(case: &Value) -> Target {
    let entity = &case["entity"];
    let id: core::Identifier = message(&entity["id"]);
    let interface: core::TypedInterface = message(&entity["interface"]);
    let given = |name: &str| case["inputs"].get(name).is_some();
    match entity["kind"].as_str().unwrap() {
        "task" => {
            // A task has no defaults, so the vector's task loses what was not given.
            let mut interface = interface;
            interface.inputs.as_mut().unwrap().variables.retain(|name, _| given(name));
            Target::Task(Rc::new(task(id, interface)))
        }
        "workflow" => Target::Workflow(Rc::new(workflow(id, interface))),
        _ => {
            let plan = launch_plan(id, &interface, given);
            Target::LaunchPlan(Rc::new(
                LaunchPlan::decode(plan.encode_to_vec().into(), None)
                    .unwrap()
                    .with_workflow(&workflow(core::Identifier::default(), interface).interface),
            ))
        }
    }
}

fn task(id: core::Identifier, interface: core::TypedInterface) -> Task {
    let template = core::TaskTemplate { id: Some(id.clone()), interface: Some(interface), ..Default::default() };
    let closure =
        admin::TaskClosure { compiled_task: Some(core::CompiledTask { template: Some(template) }), created_at: None };
    let task = admin::Task { id: Some(id), closure: Some(closure), ..Default::default() };
    Task::decode(task.encode_to_vec().into(), None).unwrap()
}

/// flytekit's arguments as options.
fn options(case: &Value) -> Execute {
    let (args, extra) = (&case["args"], &case["args"]["options"]);
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let given = |value: &Value| text(value).filter(|text| !text.is_empty());
    let pairs = |value: &Value| {
        let entries = value.as_object().into_iter().flatten();
        entries.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
    };
    Execute {
        inputs: case["inputs"].as_object().unwrap().iter().map(|(name, value)| (name.clone(), input(value))).collect(),
        project: text(&args["project"]),
        domain: text(&args["domain"]),
        name: text(&args["execution_name"]),
        name_prefix: text(&args["execution_name_prefix"]),
        labels: pairs(&extra["labels"]),
        annotations: pairs(&extra["annotations"]),
        envs: pairs(&args["envs"]),
        tags: args["tags"].as_array().into_iter().flatten().filter_map(text).collect(),
        max_parallelism: extra["max_parallelism"].as_i64().map(|number| number as i32),
        overwrite_cache: args["overwrite_cache"] == true,
        interruptible: args["interruptible"].as_bool(),
        raw_output_data_prefix: given(&extra["raw_output_data_config"]),
        security_context: extra["security_context"]
            .is_object()
            .then(|| crate::support::bytes(&extra["security_context"])),
        cluster_pool: given(&args["cluster_pool"]),
        execution_cluster_label: given(&args["execution_cluster_label"]),
        notifications: match extra["disable_notifications"] == true {
            true => Notifications::DisableAll,
            false => Notifications::Default,
        },
        ..Execute::default()
    }
}

/// A server with default launch plans that creates every execution.
fn willing(case: &Value) -> Server {
    let interface: core::TypedInterface = message(&case["entity"]["interface"]);
    let inputs = case["inputs"].clone();
    Server::new(move |request| match request.rpc.as_str() {
        "GetLaunchPlan" => {
            let id = request.decode::<admin::ObjectGetRequest>().id.unwrap();
            ok(&launch_plan(id, &interface, |name| inputs.get(name).is_some()))
        }
        "CreateExecution" => ok(&created(request)),
        "GetExecution" => ok(&running(request.decode::<admin::WorkflowExecutionGetRequest>().id)),
        _ => unexpected(request),
    })
}

#[test]
fn requests_are_those_that_flytekit_sends() {
    let mut equal = 0;
    for case in vectors("execution_create.json") {
        let name = id(&case);
        if DEVIATIONS.iter().any(|(deviation, _)| *deviation == name) {
            continue;
        }
        let server = willing(&case);
        let (target, options) = (target(&case), options(&case));
        let result = execute(&server, &target, &options);
        if case.get("error").is_some() {
            assert_eq!(result.err().unwrap().kind, Kind::Value, "{name}");
            assert!(!server.rpcs().contains(&"CreateExecution".to_owned()), "{name}");
            continue;
        }
        let execution = result.unwrap();
        let expected_rpcs: Vec<&str> = case["rpcs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|rpc| rpc.as_str().unwrap().rsplit('.').next().unwrap())
            .collect();
        assert_eq!(server.rpcs(), expected_rpcs, "{name}");
        let sent = server.requests().into_iter().find(|request| request.rpc == "CreateExecution").unwrap();
        let mut sent: admin::ExecutionCreateRequest = sent.decode();
        let expected: admin::ExecutionCreateRequest = message(&case["request"]);
        assert_eq!(execution.id().name, sent.name, "{name}");
        if expected.name.is_empty() {
            // Deviation: a name is always sent, so that a repeated request starts nothing twice.
            assert_eq!(sent.name.len(), 20, "{name}");
            sent.name.clear();
        } else if case.get("uuid4_hex").is_some() {
            let (prefix, random) = sent.name.rsplit_once('-').unwrap();
            assert_eq!((prefix, random.len()), (expected.name.rsplit_once('-').unwrap().0, 19), "{name}");
            assert!(random.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)), "{name}");
            sent.name.clone_from(&expected.name);
        }
        assert_eq!(sent.encode_to_vec(), expected.encode_to_vec(), "{name}: {sent:?}\n{expected:?}");
        equal += 1;
    }
    assert!(equal >= 30, "{equal}");
}
