//! `sync`: what is asked, in which order, and what comes of it.

use std::rc::Rc;
use std::time::Duration;

use flyte_remote::error::Kind;
use flyte_remote::execution::NodeExecution;
use flyte_remote::idl::flyteidl::{admin, core};
use flyte_remote::remote::{CallOptions, Sync};
use flyte_remote::rpc::Code;
use serde_json::Value;

use crate::support::{
    attempts, call, execution, fetch, id, message, node, ok, replay, status, unexpected, vectors, with_nodes, Request,
    Server,
};

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

fn attempted(node: &NodeExecution) -> usize {
    node.task_executions.as_deref().unwrap_or_default().len()
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
