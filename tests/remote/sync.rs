//! `sync`, inputs, outputs, error: what is asked, in which order, and what comes of it.

use std::rc::Rc;
use std::time::Duration;

use flyte_remote::entity::{ExecutionReference, NodeExecutionId};
use flyte_remote::error::Kind;
use flyte_remote::execution::NodeExecution;
use flyte_remote::idl::flyteidl::{admin, core};
use flyte_remote::remote::{CallOptions, Sync, WorkflowExecution};
use flyte_remote::rpc::{Code, Status};
use flyte_remote::testing::SimReply;
use flyte_remote::value::OutputValue;
use prost::Message;
use serde_json::Value;

use crate::support::{call, id, message, ok, replay, status, unexpected, vectors, Request, Server};

fn fetch(server: &Server) -> WorkflowExecution {
    let reference = ExecutionReference::parse("run1").unwrap();
    server.run(server.remote().fetch_execution(&reference, &call())).unwrap()
}

/// What flytekit shows of nodes, at all levels.
fn compare(name: &str, found: &[Rc<NodeExecution>], known: &Value) {
    let known = known.as_object().unwrap();
    assert_eq!(found.len(), known.len(), "{name}");
    for node in found {
        let expected = &known[&node.id.node_id];
        let name = format!("{name} {}", node.id.node_id);
        // Deviation: a recovered node is done.
        let done = expected["is_done"] == true || node.phase.as_str() == "RECOVERED";
        assert_eq!(node.is_done(), done, "{name}");
        assert_eq!(node.problem, None, "{name}");
        // For a dynamic node these are the nodes that it made.
        let attempts = expected["task_executions"].as_array().map_or(0, Vec::len);
        if let Some(made) = node.nodes.as_deref().filter(|made| attempts > 0 && made.len() == attempts) {
            assert!(made.iter().all(|node| node.problem.is_none()), "{name}");
            continue;
        }
        assert_eq!(node.task_executions.as_deref().unwrap_or_default().len(), attempts, "{name}");
        if let Some(inside) = expected.get("subworkflow_node_executions").filter(|nodes| !is_empty(nodes)) {
            compare(&name, node.nodes.as_deref().unwrap(), inside);
        }
        if let Some(launched) = expected.get("workflow_executions").filter(|nodes| !is_empty(nodes)) {
            let child = node.launched_execution.as_ref().unwrap();
            let expected = &launched.as_array().unwrap()[0];
            assert_eq!(i64::from(child.phase.number), expected["phase"].as_i64().unwrap(), "{name}");
            compare(&name, child.nodes.as_deref().unwrap(), &expected["node_executions"]);
        }
    }
}

fn is_empty(value: &Value) -> bool {
    value.is_null()
        || value.as_array().is_some_and(Vec::is_empty)
        || value.as_object().is_some_and(serde_json::Map::is_empty)
}

#[test]
fn nodes_and_attempts_are_those_that_flytekit_finds() {
    let mut seen = 0;
    for case in vectors("rpc_traces.json") {
        let name = id(&case);
        if case["method"] != "sync" || !name.starts_with("sync") || name == "sync-wrong-type" {
            continue;
        }
        seen += 1;
        let server = Server::new(replay(&[&case["setup_trace"], &case["trace"]]));
        let execution = fetch(&server);
        let nodes = case["args"]["sync_nodes"] == true;
        server.run(execution.sync(if nodes { Sync::TASK_EXECUTIONS } else { Sync::STATE }, &call())).unwrap();
        if let Some(error) = case.get("error") {
            // Deviation: a node that is not in the workflow's definition is a node like any other.
            assert_eq!((name, error["class"].as_str()), ("sync-unknown-node", Some("ValueError")));
            assert!(execution.snapshot().nodes.as_ref().unwrap().iter().all(|node| node.problem.is_none()));
            continue;
        }
        let expected = &case["result"]["execution"];
        assert_eq!(execution.phase().number, expected["phase"].as_i64().unwrap() as i32, "{name}");
        assert_eq!(execution.is_done(), expected["is_done"] == true, "{name}");
        compare(name, execution.snapshot().nodes.as_deref().unwrap_or_default(), &expected["node_executions"]);
    }
    assert!(seen >= 18, "{seen}");
}

fn json(value: &OutputValue) -> Value {
    match value {
        OutputValue::Int(integer) => Value::from(*integer),
        OutputValue::Text(text) => Value::from(text.as_str()),
        OutputValue::List(list) => list.iter().map(json).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn inputs_and_outputs_are_those_that_flytekit_shows() {
    let mut seen = 0;
    for case in vectors("rpc_traces.json") {
        let name = id(&case);
        let known = &case["result"]["execution"];
        if case["method"] != "sync" || known["is_successful"] != true {
            continue;
        }
        seen += 1;
        let server = Server::new(replay(&[&case["setup_trace"], &case["trace"]]));
        let files = case["files"].clone();
        server.host().on_fetch(move |request| {
            let file = request.url.rsplit('/').next().unwrap().split('?').next().unwrap();
            match crate::support::input(&files[file]) {
                flyte_remote::value::InputValue::Bytes(bytes) => SimReply::raw(200, &[], &bytes),
                other => panic!("{}: {other:?}", request.url),
            }
        });
        let execution = fetch(&server);
        server.run(execution.sync(Sync::STATE, &call())).unwrap();
        if name == "sync-data-url" {
            continue; // Its links are local files; `stored_values_are_read_through_their_link` has HTTP ones.
        }
        for (values, known) in [
            (server.run(execution.inputs(&call())).unwrap(), &known["inputs"]),
            (server.run(execution.outputs(&call())).unwrap(), &known["outputs"]),
        ] {
            let shown = values.to_output();
            assert_eq!(shown.len(), known.as_object().unwrap().len(), "{name}");
            for (output, value) in shown {
                assert_eq!(known[&output], json(&value), "{name} {output}");
            }
        }
        // Asked for once.
        let calls = server.rpcs().iter().filter(|rpc| *rpc == "GetExecutionData").count();
        assert_eq!(calls, 1, "{name}");
    }
    assert!(seen >= 4, "{seen}");
}

#[test]
fn a_failed_or_running_execution_has_no_outputs() {
    for (name, said) in [
        ("sync-failed", "has no outputs: it ended FAILED"),
        ("sync-aborted", "has no outputs: it ended ABORTED"),
        ("sync-nodes-running", "is RUNNING; wait until it has ended before asking for its outputs"),
    ] {
        let case = vectors("rpc_traces.json").into_iter().find(|case| id(case) == name).unwrap();
        let server = Server::new(replay(&[&case["setup_trace"], &case["trace"]]));
        let execution = fetch(&server);
        server.run(execution.sync(Sync::STATE, &call())).unwrap();
        let error = server.run(execution.outputs(&call())).err().unwrap();
        assert_eq!(error.kind, Kind::Assertion);
        assert!(error.message.starts_with(&format!("ex:flytesnacks:development:run1: {said}")), "{}", error.message);
        match name {
            "sync-failed" => {
                let reason = execution.error().unwrap().unwrap();
                assert!(error.message.contains(&reason.message), "{}", error.message);
                assert!(!reason.code.is_empty());
            }
            "sync-aborted" => assert_eq!(execution.error().unwrap(), None),
            _ => assert_eq!(execution.error().unwrap_err().kind, Kind::Assertion),
        }
        assert!(!server.run(execution.inputs(&call())).unwrap().is_empty());
    }
}

fn execution(phase: i32) -> admin::Execution {
    admin::Execution { closure: Some(admin::ExecutionClosure { phase, ..Default::default() }), ..Default::default() }
}

fn literals(name: &str, value: i64) -> core::LiteralMap {
    let primitive = core::Primitive { value: Some(core::primitive::Value::Integer(value)) };
    let scalar = core::Scalar { value: Some(core::scalar::Value::Primitive(primitive)) };
    let literal = core::Literal { value: Some(core::literal::Value::Scalar(Box::new(scalar))), ..Default::default() };
    core::LiteralMap { literals: [(name.to_owned(), literal)].into_iter().collect() }
}

#[allow(deprecated)]
fn stored(url: &str) -> Server {
    let url = url.to_owned();
    Server::new(move |request| match request.rpc.as_str() {
        "GetExecution" => ok(&execution(4)),
        "GetExecutionData" => ok(&admin::WorkflowExecutionGetDataResponse {
            outputs: Some(admin::UrlBlob { url: url.clone(), bytes: 9 }),
            inputs: Some(admin::UrlBlob { url: String::new(), bytes: 0 }),
            full_inputs: Some(literals("a", 1)),
            full_outputs: Some(core::LiteralMap::default()),
        }),
        "CreateDownloadLocation" => status(Code::Unimplemented, "not here"),
        _ => unexpected(request),
    })
}

#[test]
fn stored_values_are_read_through_their_link() {
    let server = stored("https://store.example/outputs.pb?X-Amz-Signature=secret");
    server.host().on_fetch(|request| {
        assert_eq!(
            (request.method, request.url.as_str()),
            ("GET", "https://store.example/outputs.pb?X-Amz-Signature=secret")
        );
        SimReply::raw(200, &[], &literals("o0", 9).encode_to_vec())
    });
    let execution = fetch(&server);
    let outputs = server.run(execution.outputs(&call())).unwrap();
    assert_eq!(outputs.get("o0"), Some(OutputValue::Int(9)));
    assert_eq!(server.run(execution.inputs(&call())).unwrap().get("a"), Some(OutputValue::Int(1)));
}

#[test]
fn a_store_that_fails_is_told_without_the_signed_part_of_the_link() {
    let link = "https://store.example/outputs.pb?X-Amz-Signature=secret";
    let fails = |reply: fn() -> SimReply, link: &str| {
        let server = stored(link);
        server.host().on_fetch(move |_| reply());
        let execution = fetch(&server);
        let error = server.run(execution.outputs(&call())).err().unwrap();
        assert_eq!(error.kind, Kind::Download);
        assert!(!error.message.contains("secret"), "{}", error.message);
        error.message.clone()
    };
    let denied =
        || SimReply::raw(403, &[], b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>");
    assert_eq!(
        fails(denied, link),
        "can't read https://store.example/outputs.pb: HTTP 403 AccessDenied: Request has expired"
    );
    let refused = || SimReply::failing("connect ECONNREFUSED https://store.example/outputs.pb?X-Amz-Signature=secret");
    assert!(fails(refused, link).contains("no reply from the store at store.example"));
    assert!(fails(|| SimReply::failing_in_browser("Failed to fetch"), link).contains("CORS"));
    assert!(fails(|| SimReply::raw(200, &[], b"<html>"), link).contains("are no Flyte values"));
    assert!(fails(|| panic!(), "s3://bucket/outputs.pb").contains("s3://bucket/outputs.pb"));
}

fn attempted(node: &NodeExecution) -> usize {
    node.task_executions.as_deref().unwrap_or_default().len()
}

/// A node execution of `run1`.
fn node(name: &str, change: impl FnOnce(&mut admin::NodeExecution)) -> admin::NodeExecution {
    let mut node = admin::NodeExecution {
        id: Some(core::NodeExecutionIdentifier { node_id: name.to_owned(), execution_id: None }),
        closure: Some(admin::NodeExecutionClosure { phase: 2, ..Default::default() }),
        metadata: Some(admin::NodeExecutionMetaData { spec_node_id: name.to_owned(), ..Default::default() }),
        ..Default::default()
    };
    change(&mut node);
    node
}

fn with_nodes(nodes: Vec<admin::NodeExecution>) -> Server {
    Server::new(move |request| match request.rpc.as_str() {
        "GetExecution" => ok(&execution(2)),
        "ListNodeExecutions" => {
            let asked: admin::NodeExecutionListRequest = request.decode();
            let start: usize = asked.token.parse().unwrap_or(0);
            let page: Vec<_> = nodes.iter().skip(start).take(asked.limit as usize).cloned().collect();
            let end = start + page.len();
            let token = if page.len() == asked.limit as usize { end.to_string() } else { String::new() };
            ok(&admin::NodeExecutionList { node_executions: page, token })
        }
        "ListTaskExecutions" => attempts(request),
        _ => unexpected(request),
    })
}

fn attempts(request: &Request) -> Result<Vec<u8>, Status> {
    let asked: admin::TaskExecutionListRequest = request.decode();
    let attempt = |retry_attempt, phase| admin::TaskExecution {
        closure: Some(admin::TaskExecutionClosure { phase, ..Default::default() }),
        id: Some(core::TaskExecutionIdentifier {
            retry_attempt,
            node_execution_id: asked.node_execution_id.clone(),
            task_id: None,
        }),
        ..Default::default()
    };
    ok(&admin::TaskExecutionList { task_executions: vec![attempt(0, 4), attempt(1, 2)], token: String::new() })
}

/// An execution whose nodes are read by their parent, empty for its own.
fn tree(nodes: Vec<(&'static str, admin::NodeExecution)>) -> Server {
    Server::new(move |request| match request.rpc.as_str() {
        "GetExecution" => ok(&execution(2)),
        "ListNodeExecutions" => {
            let asked: admin::NodeExecutionListRequest = request.decode();
            let name = asked.workflow_execution_id.unwrap().name;
            let of = if name == "child" { "child" } else { asked.unique_parent_id.as_str() };
            let inside = nodes.iter().filter(|(parent, _)| *parent == of).map(|(_, node)| node.clone());
            ok(&admin::NodeExecutionList { node_executions: inside.collect(), token: String::new() })
        }
        "ListTaskExecutions" => attempts(request),
        _ => unexpected(request),
    })
}

fn nodes_at_all_levels() -> Server {
    let child = core::WorkflowExecutionIdentifier {
        project: "p".into(),
        domain: "d".into(),
        name: "child".into(),
        ..Default::default()
    };
    let parent = |name: &str| node(name, |node| node.metadata.as_mut().unwrap().is_parent_node = true);
    tree(vec![
        ("", node("start-node", |_| {})),
        (
            "",
            node("plan", |node| {
                let metadata = admin::WorkflowNodeMetadata { execution_id: Some(child) };
                node.closure.as_mut().unwrap().target_metadata =
                    Some(admin::node_execution_closure::TargetMetadata::WorkflowNodeMetadata(metadata));
            }),
        ),
        ("", parent("sub")),
        ("", node("many", |node| node.metadata.as_mut().unwrap().is_array = true)),
        ("", node("n0", |_| {})),
        ("child", node("c0", |_| {})),
        ("sub", parent("sub-0-inner")),
        ("sub-0-inner", node("sub-0-inner-0-n0", |_| {})),
    ])
}

/// Names and attempts, what is inside of a node in brackets.
fn shown(nodes: &[Rc<NodeExecution>]) -> String {
    let show = |node: &Rc<NodeExecution>| {
        let launched = node.launched_execution.as_ref().and_then(|child| child.nodes.as_deref());
        let inside = node.nodes.as_deref().or(launched).map(|nodes| format!("[{}]", shown(nodes)));
        let attempts = node.task_executions.as_ref().map(|attempts| format!(":{}", attempts.len()));
        let problem = node.problem.as_ref().map(|problem| format!(" ({problem})"));
        [node.id.node_id.clone(), attempts.unwrap_or_default(), inside.unwrap_or_default(), problem.unwrap_or_default()]
            .concat()
    };
    nodes.iter().map(show).collect::<Vec<_>>().join(" ")
}

#[test]
fn nodes_are_read_at_all_levels_whatever_they_are() {
    let server = nodes_at_all_levels();
    let execution = fetch(&server);
    server.run(execution.sync(Sync::TASK_EXECUTIONS, &call())).unwrap();
    assert_eq!(
        shown(execution.snapshot().nodes.as_deref().unwrap()),
        "start-node plan[c0:2] sub[sub-0-inner[sub-0-inner-0-n0:2]] many:2 n0:2"
    );
}

#[test]
fn depth_says_how_many_levels_are_read() {
    let read = |depth| {
        let server = nodes_at_all_levels();
        let execution = fetch(&server);
        server.run(execution.sync(Sync { depth, ..Sync::NODES }, &call())).unwrap();
        let nodes = execution.snapshot().nodes.as_deref().map(shown);
        (nodes.unwrap_or_default(), server.rpcs().len() - 1)
    };
    assert_eq!(read(0), (String::new(), 1));
    assert_eq!(read(1), ("start-node plan sub many n0".to_owned(), 2));
    assert_eq!(read(2), ("start-node plan[c0] sub[sub-0-inner] many n0".to_owned(), 5));
    assert_eq!(read(3), ("start-node plan[c0] sub[sub-0-inner[sub-0-inner-0-n0]] many n0".to_owned(), 6));
}

#[test]
fn a_node_that_is_said_to_be_inside_of_itself_is_read_once() {
    let parent = || node("sub", |node| node.metadata.as_mut().unwrap().is_parent_node = true);
    let server = tree(vec![("", parent()), ("sub", parent())]);
    let execution = fetch(&server);
    server.run(execution.sync(Sync::NODES, &call())).unwrap();
    let nodes = execution.snapshot().nodes.clone().unwrap();
    assert_eq!(shown(&nodes), "sub[sub (the server says that it is inside of itself)]");
}

#[test]
fn a_settled_execution_costs_one_call_and_more_only_for_what_was_not_read() {
    let ended = || {
        node("n0", |node| {
            let closure = node.closure.as_mut().unwrap();
            closure.phase = 3;
            let task = admin::TaskNodeMetadata::default();
            closure.target_metadata = Some(admin::node_execution_closure::TargetMetadata::TaskNodeMetadata(task));
        })
    };
    let server = tree(vec![("", ended())]);
    server.answer(move |request| match request.rpc.as_str() {
        "GetExecution" => ok(&self::execution(4)),
        "ListNodeExecutions" => ok(&admin::NodeExecutionList { node_executions: vec![ended()], token: String::new() }),
        "ListTaskExecutions" => attempts(request),
        "GetNodeExecutionData" => ok(&admin::NodeExecutionGetDataResponse::default()),
        _ => unexpected(request),
    });
    let execution = fetch(&server);
    let rpcs = |sync| {
        server.forget();
        server.run(execution.sync(sync, &call())).unwrap();
        server.rpcs().join(" ")
    };
    assert_eq!(rpcs(Sync::NODES), "GetExecution ListNodeExecutions");
    assert_eq!(rpcs(Sync::NODES), "GetExecution");
    assert_eq!(rpcs(Sync::TASK_EXECUTIONS), "GetExecution ListNodeExecutions ListTaskExecutions");
    assert_eq!(rpcs(Sync::EAGER), "GetExecution ListNodeExecutions GetNodeExecutionData");
    assert_eq!(rpcs(Sync::TASK_EXECUTIONS), "GetExecution");
    assert_eq!(shown(execution.snapshot().nodes.as_deref().unwrap()), "n0:2");
}

#[test]
fn many_nodes_come_in_order_page_by_page_with_few_calls_at_a_time() {
    let server = with_nodes((0..700).map(|index| node(&format!("n{index}"), |_| {})).collect());
    server.latency(Duration::from_millis(5));
    let execution = fetch(&server);
    server.run(execution.sync(Sync::TASK_EXECUTIONS, &call())).unwrap();
    let nodes = execution.snapshot().nodes.clone().unwrap();
    assert_eq!(nodes.len(), 700);
    assert!(nodes.iter().enumerate().all(|(index, node)| node.id.node_id == format!("n{index}")));
    assert_eq!(server.most_running(), 16);
    let pages: Vec<admin::NodeExecutionListRequest> =
        server.requests().iter().filter(|request| request.rpc == "ListNodeExecutions").map(Request::decode).collect();
    assert_eq!(pages.len(), 2);
    assert_eq!(pages[0].limit, 500);
    let sort = pages[0].sort_by.clone().unwrap();
    assert_eq!((sort.key.as_str(), sort.direction), ("created_at", 1));
}

#[test]
fn one_node_that_cannot_be_read_hides_no_other() {
    let server = with_nodes(vec![node("n0", |_| {}), node("n1", |_| {})]);
    server.answer(|request| match request.rpc.as_str() {
        "GetExecution" => ok(&execution(2)),
        "ListNodeExecutions" => ok(&admin::NodeExecutionList {
            node_executions: vec![node("n0", |_| {}), node("n1", |_| {})],
            token: String::new(),
        }),
        _ if request.nth == 0 => status(Code::Internal, "boom"),
        _ => attempts(request),
    });
    let execution = fetch(&server);
    server.run(execution.sync(Sync::TASK_EXECUTIONS, &call())).unwrap();
    let nodes = execution.snapshot().nodes.clone().unwrap();
    assert!(nodes[0].problem.as_deref().unwrap().contains("boom"));
    assert_eq!((nodes[1].problem.as_deref(), attempted(&nodes[1])), (None, 2));
}

#[test]
fn a_node_that_ended_is_not_asked_about_again() {
    let ended = || node("n0", |node| node.closure.as_mut().unwrap().phase = 3);
    let server = with_nodes(vec![ended(), node("n1", |_| {})]);
    let execution = fetch(&server);
    server.run(execution.sync(Sync::TASK_EXECUTIONS, &call())).unwrap();
    let first = execution.snapshot().nodes.clone().unwrap();
    server.forget();
    server.run(execution.sync(Sync::TASK_EXECUTIONS, &call())).unwrap();
    assert_eq!(server.rpcs(), ["GetExecution", "ListNodeExecutions", "ListTaskExecutions"]);
    let second = execution.snapshot().nodes.clone().unwrap();
    assert!(Rc::ptr_eq(&first[0], &second[0]));
    assert_eq!(attempted(&second[0]), 2);
}

#[test]
fn the_late_reply_of_an_early_sync_changes_nothing() {
    // The first sync's reply takes 10 s and says RUNNING, the second's takes none and says SUCCEEDED.
    let server = Server::new(|request| match request.nth {
        0 | 1 => ok(&execution(2)),
        _ => ok(&execution(4)),
    });
    let execution = fetch(&server);
    server.latency(Duration::from_secs(10));
    let (slow, quick) = (execution.clone(), execution.clone());
    server.run(async {
        let first = Box::pin(async move { slow.sync(Sync::STATE, &call()).await.unwrap() });
        let second = Box::pin(async {
            server.latency(Duration::ZERO);
            quick.sync(Sync::STATE, &call()).await.unwrap();
            assert!(execution.is_done());
        });
        futures_util::future::join(first, second).await;
    });
    assert!(execution.is_done(), "{}", execution.phase().as_str());
}

#[test]
fn syncs_at_the_same_time_take_nothing_from_each_other() {
    let ended = || node("n0", |node| node.closure.as_mut().unwrap().phase = 3);
    for (first, second) in [(Sync::TASK_EXECUTIONS, Sync::STATE), (Sync::STATE, Sync::TASK_EXECUTIONS)] {
        let server = with_nodes(vec![ended(), ended()]);
        let execution = fetch(&server);
        server.latency(Duration::from_secs(1));
        let (one, other) = (execution.clone(), execution.clone());
        let (options, shallow) = (call(), Sync { depth: 1, ..Sync::STATE });
        server.run(async {
            let both = futures_util::future::join(one.sync(first, &options), other.sync(second, &options));
            let (both, third) = futures_util::future::join(both, execution.sync(shallow, &options)).await;
            both.0.and(both.1).and(third).unwrap();
        });
        let nodes = execution.snapshot().nodes.clone().unwrap();
        assert_eq!((nodes.len(), attempted(&nodes[0])), (2, 2), "{first:?}");
    }
}

#[test]
fn a_sync_that_is_given_up_lets_the_next_one_go_on() {
    let server = with_nodes(vec![node("n0", |_| {})]);
    let execution = fetch(&server);
    server.latency(Duration::from_secs(100));
    let (slow, next, hurried) =
        (execution.clone(), execution.clone(), CallOptions { timeout: Some(Duration::from_secs(5)), ..call() });
    server.run(async {
        let alarm = flyte_remote::host::Host::sleep(server.host(), Duration::from_secs(10));
        let options = call();
        let first = Box::pin(slow.sync(Sync::STATE, &options));
        let second = async { next.sync(Sync::STATE, &hurried).await.unwrap_err() };
        let (dropped, error) = futures_util::future::join(futures_util::future::select(first, alarm), second).await;
        drop(dropped);
        assert_eq!(error.kind, Kind::Timeout);
        server.latency(Duration::ZERO);
        execution.sync(Sync::STATE, &options).await.unwrap();
    });
    assert_eq!(server.host().elapsed(), Duration::from_secs(10));
}

#[test]
fn a_sync_without_nodes_keeps_those_that_are_known() {
    let server = with_nodes(vec![node("n0", |_| {})]);
    let execution = fetch(&server);
    server.run(execution.sync(Sync::TASK_EXECUTIONS, &call())).unwrap();
    server.run(execution.sync(Sync::STATE, &call())).unwrap();
    assert_eq!(execution.snapshot().nodes.as_deref().unwrap().len(), 1);
}

#[test]
fn a_failed_sync_leaves_the_execution_as_it_was() {
    let server = Server::new(|request| match request.nth {
        0 => ok(&execution(2)),
        _ => status(Code::PermissionDenied, "no"),
    });
    let execution = fetch(&server);
    assert_eq!(server.run(execution.sync(Sync::STATE, &call())).unwrap_err().kind, Kind::Authentication);
    assert_eq!(execution.phase().as_str(), "RUNNING");
}

#[test]
#[allow(deprecated)]
fn a_nodes_inputs_and_outputs_are_told_apart() {
    // In this reply the inputs' link comes before the outputs'; in an execution's it is the other way round.
    let server = Server::new(|_| {
        ok(&admin::NodeExecutionGetDataResponse {
            inputs: Some(admin::UrlBlob { url: "https://store.example/in".to_owned(), bytes: 1 }),
            outputs: Some(admin::UrlBlob { url: "https://store.example/out".to_owned(), bytes: 1 }),
            ..Default::default()
        })
    });
    server.host().on_fetch(|request| {
        let name = request.url.rsplit('/').next().unwrap();
        SimReply::raw(200, &[], &literals(name, 1).encode_to_vec())
    });
    let id = NodeExecutionId {
        execution: flyte_remote::entity::ExecutionId::new("p", "d", "run1"),
        node_id: "n0".to_owned(),
    };
    let (inputs, outputs) = server.run(server.remote().node_data(&id, &call())).unwrap();
    assert_eq!(inputs.names().chain(outputs.names()).collect::<Vec<_>>(), ["in", "out"]);
}

#[test]
fn values_of_what_has_ended_are_asked_for_once_however_often_it_is_looked_up() {
    let server = with_nodes(vec![node("n0", |node| node.closure.as_mut().unwrap().phase = 3), node("n1", |_| {})]);
    let execution = fetch(&server);
    server.run(execution.sync(Sync::TASK_EXECUTIONS, &call())).unwrap();
    server.answer(|request| match request.rpc.as_str() {
        "GetNodeExecutionData" => ok(&admin::NodeExecutionGetDataResponse {
            full_inputs: Some(literals("x", 1)),
            full_outputs: Some(literals("y", 2)),
            ..Default::default()
        }),
        "GetTaskExecutionData" => {
            ok(&admin::TaskExecutionGetDataResponse { full_inputs: Some(literals("x", 1)), ..Default::default() })
        }
        _ => unexpected(request),
    });
    server.forget();
    for _ in 0..2 {
        assert_eq!(server.run(execution.node("n0").unwrap().inputs(&call())).unwrap().len(), 1);
        assert_eq!(server.run(execution.node("n0").unwrap().outputs(&call())).unwrap().len(), 1);
    }
    for _ in 0..2 {
        server.run(execution.node("n0").unwrap().task_executions()[0].inputs(&call())).unwrap();
    }
    assert_eq!(server.rpcs(), ["GetNodeExecutionData", "GetTaskExecutionData"]);

    // While it runs they may yet come.
    server.forget();
    for _ in 0..2 {
        server.run(execution.node("n1").unwrap().inputs(&call())).unwrap();
        server.run(execution.node("n1").unwrap().task_executions()[1].inputs(&call())).unwrap();
    }
    let twice = ["GetNodeExecutionData", "GetTaskExecutionData", "GetNodeExecutionData", "GetTaskExecutionData"];
    assert_eq!(server.rpcs(), twice);
}

#[test]
fn terminate_sends_the_cause() {
    let case = vectors("rpc_traces.json").into_iter().find(|case| id(case) == "terminate").unwrap();
    let server = Server::new(|request| match request.rpc.as_str() {
        "GetExecution" => ok(&execution(2)),
        _ => Ok(Vec::new()),
    });
    let execution = fetch(&server);
    server.run(execution.terminate("no longer needed", &call())).unwrap();
    let expected: admin::ExecutionTerminateRequest = message(&case["trace"][0]["request"]);
    assert_eq!(server.requests()[1].decode::<admin::ExecutionTerminateRequest>(), expected);
}
