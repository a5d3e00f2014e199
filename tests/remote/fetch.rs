//! `fetchTask`, `fetchWorkflow`, `fetchLaunchPlan`, `fetchExecution`, against the calls that flytekit made.

use flyte_remote::entity::{ExecutionReference, Reference};
use flyte_remote::error::{Error, Kind};
use flyte_remote::idl::flyteidl::{admin, core};
use flyte_remote::remote::{Settings, Sync};
use flyte_remote::rpc::Code;
use prost::Message;

use crate::support::{call, id, ok, replay, status, unexpected, vectors, Server};

/// flytekit keeps what it fetched; here a second fetch asks again.
const DEVIATIONS: [&str; 1] = ["fetch-task-twice"];

#[test]
fn calls_are_those_of_flytekit() {
    let mut seen = 0;
    for case in vectors("rpc_traces.json") {
        let (name, method) = (id(&case), case["method"].as_str().unwrap());
        if !matches!(method, "fetch_task" | "fetch_workflow" | "fetch_launch_plan") || DEVIATIONS.contains(&name) {
            continue;
        }
        seen += 1;
        let server = Server::new(replay(&[&case["setup_trace"], &case["trace"]]));
        let text = |name: &str| case["args"][name].as_str().map(str::to_owned);
        let reference =
            Reference { name: text("name").unwrap_or_default(), version: text("version"), ..Reference::default() };
        let remote = server.remote();
        let result: Result<(String, usize), Error> = server.run(async {
            Ok(match method {
                "fetch_task" => {
                    let task = remote.fetch_task(&reference, &call()).await?;
                    (task.id.to_string(), task.interface.inputs.len())
                }
                "fetch_workflow" => {
                    let workflow = remote.fetch_workflow(&reference, &call()).await?;
                    (workflow.id.to_string(), workflow.interface.inputs.len())
                }
                _ => {
                    let plan = remote.fetch_launch_plan(&reference, &call()).await?;
                    (plan.id.to_string(), plan.interface.inputs.len())
                }
            })
        });
        let mut expected: Vec<&str> =
            case["rpcs"].as_array().unwrap().iter().map(|rpc| rpc.as_str().unwrap()).collect();
        // The plan says itself what its workflow takes and gives, but for the types of fixed inputs.
        if method == "fetch_launch_plan" && name != "fetch-lp-latest" {
            expected.retain(|rpc| *rpc != "GetWorkflow");
        }
        assert_eq!(server.rpcs(), expected, "{name}");
        match (result, case.get("error")) {
            (Ok((id, inputs)), None) => {
                assert!(id.contains(&reference.name) && id.starts_with(&method["fetch_".len()..][..1]), "{name}: {id}");
                assert!(inputs > 0, "{name}");
            }
            (Err(error), Some(_)) if name == "fetch-task-no-name" => assert_eq!(error.kind, Kind::Value),
            (Err(error), Some(_)) => {
                assert_eq!(error.kind, Kind::NotFound, "{name}");
                assert!(error.message.contains(":flytesnacks:development:nope"), "{name}: {}", error.message);
            }
            (result, error) => panic!("{name}: {result:?}, expected {error:?}"),
        }
    }
    assert!(seen >= 10, "{seen}");
}

#[test]
fn a_request_names_the_entity_in_full_and_asks_for_the_newest() {
    let server = Server::new(|request| match request.rpc.as_str() {
        "ListTasks" => ok(&admin::TaskList {
            tasks: vec![admin::Task {
                id: Some(core::Identifier { version: "v7".to_owned(), ..core::Identifier::default() }),
                ..admin::Task::default()
            }],
            ..admin::TaskList::default()
        }),
        _ => ok(&admin::Task::default()),
    });
    let reference = Reference { version: Some("latest".to_owned()), ..Reference::parse("my.task").unwrap() };
    let task = server.run(server.remote().fetch_task(&reference, &call())).unwrap();
    let list: admin::ResourceListRequest = server.requests()[0].decode();
    let sort = list.sort_by.unwrap();
    assert_eq!((list.limit, sort.key.as_str(), sort.direction), (1, "created_at", 0));
    // Admin's reply had no identifier at all: it is the one asked for.
    assert_eq!(task.id.to_string(), "tsk:flytesnacks:development:my.task:v7");
}

#[test]
fn a_launch_plan_has_its_workflows_interface_under_its_own_inputs() {
    let case = vectors("rpc_traces.json").into_iter().find(|case| id(case) == "fetch-lp").unwrap();
    let server = Server::new(replay(&[&case["trace"]]));
    let reference = Reference {
        name: case["args"]["name"].as_str().unwrap().to_owned(),
        version: Some("v1".to_owned()),
        ..Reference::default()
    };
    let plan = server.run(server.remote().fetch_launch_plan(&reference, &call())).unwrap();
    let inputs: Vec<_> = plan
        .interface
        .inputs
        .iter()
        .map(|input| (input.name.as_str(), input.required, input.default.is_some(), input.fixed.is_some()))
        .collect();
    assert_eq!(inputs, [("a", true, false, false), ("b", false, true, false)]);
    assert_eq!(plan.interface.outputs[0].name, "o0");
    assert_eq!(plan.workflow_id.to_string(), "wf:flytesnacks:development:sample_workflows.chain:v1");
    assert!(admin::LaunchPlan::decode(&*plan.raw).unwrap().spec.is_some());
}

#[test]
fn what_is_missing_is_told_before_anything_is_sent() {
    let server = Server::new(unexpected);
    let bare = server.remote_with(Settings::default());
    let path = |error: Error| error.path.clone().unwrap().into_string();
    let named = Reference::parse("t").unwrap();
    assert_eq!(path(server.run(bare.fetch_task(&named, &call())).unwrap_err()), "project");
    let half = Reference::parse("tsk:p::t:v").unwrap();
    assert_eq!(path(server.run(bare.fetch_task(&half, &call())).unwrap_err()), "domain");
    let nameless = Reference::default();
    assert_eq!(path(server.run(bare.fetch_workflow(&nameless, &call())).unwrap_err()), "name");
    let other = Reference::parse("wf:p:d:n:v").unwrap();
    let error = server.run(bare.fetch_task(&other, &call())).unwrap_err();
    assert_eq!(error.message, "kind: this is a workflow, not a task");
}

#[test]
fn a_fetched_execution_is_attached() {
    let server = Server::new(|request| {
        let id = request.decode::<admin::WorkflowExecutionGetRequest>().id;
        ok(&admin::Execution {
            id,
            closure: Some(admin::ExecutionClosure { phase: 4 - (request.nth == 0) as i32 * 2, ..Default::default() }),
            ..Default::default()
        })
    });
    let reference = ExecutionReference::parse("ex:p:d:run1").unwrap();
    let execution = server.run(server.remote().fetch_execution(&reference, &call())).unwrap();
    assert_eq!((execution.id().to_string().as_str(), execution.phase().as_str()), ("ex:p:d:run1", "RUNNING"));
    server.run(execution.sync(Sync::STATE, &call())).unwrap();
    assert!(execution.is_successful());
    assert_eq!(execution.url(), "https://flyte.example.com/console/projects/p/domains/d/executions/run1");
}

#[test]
fn a_missing_execution_is_not_found_by_its_name() {
    let server = Server::new(|_| status(Code::NotFound, "execution not found"));
    let reference = ExecutionReference::parse("nope").unwrap();
    let error = server.run(server.remote().fetch_execution(&reference, &call())).err().unwrap();
    assert_eq!(error.kind, Kind::NotFound);
    assert_eq!(
        error.message,
        "ex:flytesnacks:development:nope: GetExecution: execution not found. Check project, domain, name and version"
    );
}

#[test]
fn a_reply_that_is_no_message_says_so() {
    let server = Server::new(|_| Ok(vec![0x0a, 0x7f]));
    let error = server.run(server.remote().fetch_task(&Reference::parse("tsk:p:d:n:v").unwrap(), &call())).unwrap_err();
    assert_eq!(error.kind, Kind::System);
    assert!(error.message.starts_with("GetTask: the server's reply can't be read"), "{}", error.message);
}

#[test]
fn metadata_of_the_call_goes_along_with_each_request() {
    let server = Server::new(|request| match request.rpc.as_str() {
        "GetLaunchPlan" => ok(&admin::LaunchPlan::default()),
        _ => ok(&admin::Workflow::default()),
    });
    let metadata = vec![("x-team".to_owned(), "a".to_owned())];
    let options = flyte_remote::remote::CallOptions { metadata: metadata.clone(), ..call() };
    let reference = Reference::parse("lp:p:d:n:v").unwrap();
    server.run(server.remote().fetch_launch_plan(&reference, &options)).unwrap();
    assert!(server.requests().iter().all(|request| request.metadata == metadata));
    assert_eq!(server.rpcs().len(), 2);
}
