//! `watch` and `waitAll`: what is told when, and what it costs.

use std::time::Duration;

use flyte_remote::entity::ExecutionReference;
use flyte_remote::error::Kind;
use flyte_remote::idl::flyteidl::admin::node_execution_closure::TargetMetadata;
use flyte_remote::idl::flyteidl::{admin, core};
use flyte_remote::remote::{Change, Remote, Sync, Wait, Watch, WorkflowExecution};
use flyte_remote::rpc::{Code, Status};

use crate::support::{call, ok, status, unexpected, Request, Server};

fn fetch(server: &Server, name: &str) -> WorkflowExecution {
    fetch_by(&server.remote(), server, name)
}

fn fetch_by(remote: &Remote, server: &Server, name: &str) -> WorkflowExecution {
    let reference = ExecutionReference::parse(name).unwrap();
    server.run(remote.fetch_execution(&reference, &call())).unwrap()
}

fn execution(name: &str, phase: i32) -> admin::Execution {
    let id = core::WorkflowExecutionIdentifier {
        project: "flytesnacks".into(),
        domain: "development".into(),
        name: name.into(),
        ..Default::default()
    };
    admin::Execution {
        id: Some(id),
        closure: Some(admin::ExecutionClosure { phase, ..Default::default() }),
        ..Default::default()
    }
}

fn node(number: usize, phase: i32) -> admin::NodeExecution {
    admin::NodeExecution {
        id: Some(core::NodeExecutionIdentifier { node_id: format!("n{number}"), execution_id: None }),
        closure: Some(admin::NodeExecutionClosure {
            phase,
            target_metadata: Some(TargetMetadata::TaskNodeMetadata(admin::TaskNodeMetadata::default())),
            ..Default::default()
        }),
        metadata: Some(admin::NodeExecutionMetaData::default()),
        ..Default::default()
    }
}

/// A hundred nodes, one of which succeeds every second; the execution ends with the last.
fn at(second: u64, request: &Request) -> Result<Vec<u8>, Status> {
    let second = usize::try_from(second).unwrap();
    match request.rpc.as_str() {
        "GetExecution" => ok(&execution("run1", if second < 100 { 2 } else { 4 })),
        "ListNodeExecutions" => {
            let nodes = (0..100).map(|number| node(number, if number < second { 3 } else { 2 }));
            ok(&admin::NodeExecutionList { node_executions: nodes.collect(), token: String::new() })
        }
        _ => unexpected(request),
    }
}

fn hundred() -> Server {
    let server = Server::new(unexpected);
    let host = server.host().clone();
    server.answer(move |request| at(host.elapsed().as_secs(), request));
    server
}

fn all(server: &Server, watch: &Watch) -> Vec<Change> {
    let mut changes = Vec::new();
    while let Some(change) = server.run(watch.next()).unwrap() {
        changes.push(change);
    }
    changes
}

#[test]
fn every_node_is_told_once_and_then_when_it_moves() {
    let server = hundred();
    let execution = fetch(&server, "run1");
    server.forget();
    let changes = all(&server, &Watch::new(execution.clone(), Wait::default(), call()));
    let first = changes.first().unwrap();
    assert_eq!((first.rows.len(), first.total, first.loaded, first.done), (100, 100, 100, 0));
    let last = changes.last().unwrap();
    assert_eq!((last.phase.as_str(), last.done), ("SUCCEEDED", 100));
    let moved: usize = changes.iter().skip(1).map(|change| change.rows.len()).sum();
    assert_eq!(moved, 100);
    // It never goes backwards, and the table that the changes make is what the execution shows at its end.
    let mut table = vec![0; 100];
    for change in &changes {
        for (number, row) in &change.rows {
            assert_eq!((row.parent, row.node.id.node_id.clone()), (None, format!("n{number}")));
            assert!(table[*number] < row.node.phase.number);
            table[*number] = row.node.phase.number;
        }
    }
    assert!(table.iter().all(|phase| *phase == 3) && execution.is_done());
    // Two calls a poll, and polls no faster than things move.
    let rpcs = server.rpcs();
    assert_eq!(rpcs.iter().filter(|rpc| *rpc == "GetExecution").count() * 2, rpcs.len());
    assert!(rpcs.len() < 500, "{}", rpcs.len());
    let late = server.host().elapsed() - Duration::from_secs(100);
    assert!(late <= Duration::from_secs(2), "{late:?}");
}

#[test]
fn nothing_is_asked_after_the_end() {
    let server = hundred();
    let watch = Watch::new(fetch(&server, "run1"), Wait::default(), call());
    all(&server, &watch);
    server.forget();
    assert!(server.run(watch.next()).unwrap().is_none());
    assert!(server.rpcs().is_empty());
}

#[test]
fn a_server_out_of_reach_for_a_while_is_survived_and_for_long_is_not() {
    let watched = |gone: std::ops::Range<u64>| {
        let server = hundred();
        let execution = fetch(&server, "run1");
        let host = server.host().clone();
        server.answer(move |request| match host.elapsed().as_secs() {
            now if gone.contains(&now) => status(Code::Unavailable, "rolling update"),
            now => at(now, request),
        });
        let watch = Watch::new(execution, Wait::default(), call());
        loop {
            match server.run(watch.next()) {
                Ok(Some(_)) => {}
                Ok(None) => return Ok(()),
                Err(error) => return Err(error.kind),
            }
        }
    };
    assert_eq!(watched(20..90), Ok(()));
    assert_eq!(watched(20..900), Err(Kind::Unavailable));
}

#[test]
fn a_watch_ends_at_its_timeout() {
    let server = hundred();
    let execution = fetch(&server, "run1");
    let wait = Wait { timeout: Some(Duration::from_secs(10)), ..Wait::default() };
    let watch = Watch::new(execution, wait, call());
    let error = loop {
        match server.run(watch.next()) {
            Ok(change) => assert!(change.is_some()),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind, Kind::Timeout);
    assert_eq!(server.host().elapsed(), Duration::from_secs(10));
}

/// Executions `e0` to `e9` that end after so many seconds each; listed by name.
fn many_at(now: u64, request: &Request) -> Result<Vec<u8>, Status> {
    let state = |name: &str| execution(name, if now < name[1..].parse().unwrap() { 2 } else { 4 });
    match request.rpc.as_str() {
        "GetExecution" => ok(&state(&request.decode::<admin::WorkflowExecutionGetRequest>().id.unwrap().name)),
        "ListExecutions" => {
            let asked: admin::ResourceListRequest = request.decode();
            let names = asked.filters.strip_prefix("value_in(execution_name,").unwrap().strip_suffix(')').unwrap();
            let executions = names.split(';').map(state).collect();
            ok(&admin::ExecutionList { executions, token: String::new() })
        }
        _ => unexpected(request),
    }
}

fn ten() -> Server {
    let server = Server::new(unexpected);
    let host = server.host().clone();
    server.answer(move |request| many_at(host.elapsed().as_secs(), request));
    server
}

#[test]
fn waiting_for_many_costs_one_call_a_poll() {
    let server = ten();
    let remote = server.remote();
    let executions: Vec<_> = (0..10).map(|number| fetch_by(&remote, &server, &format!("e{number}"))).collect();
    server.forget();
    let wait = Wait { sync: Sync::STATE, ..Wait::default() };
    server.run(remote.wait_all(&executions, &wait, &call())).unwrap();
    assert!(executions.iter().all(WorkflowExecution::is_successful));
    assert!(server.host().elapsed() < Duration::from_secs(14));
    let rpcs = server.rpcs();
    let lists = rpcs.iter().filter(|rpc| *rpc == "ListExecutions").count();
    // At the end each is read once by itself.
    assert_eq!(rpcs.len(), lists + 10);
    assert!((5..20).contains(&lists), "{lists}");
    let asked: Vec<usize> = server
        .requests()
        .iter()
        .filter(|request| request.rpc == "ListExecutions")
        .map(|request| request.decode::<admin::ResourceListRequest>().filters.split(';').count())
        .collect();
    assert!(asked.windows(2).all(|pair| pair[0] >= pair[1]) && asked.first() > asked.last(), "{asked:?}");
}

#[test]
fn executions_of_two_servers_are_each_waited_for_at_their_own() {
    let (early, late) = (ten(), ten());
    let host = early.host().clone();
    late.answer(move |request| many_at(host.elapsed().as_secs().saturating_sub(60), request));
    let executions = vec![fetch(&early, "e3"), fetch(&late, "e3")];
    let wait = Wait { sync: Sync::STATE, ..Wait::default() };
    early.run(early.remote().wait_all(&executions, &wait, &call())).unwrap();
    assert!(executions.iter().all(WorkflowExecution::is_successful));
    assert!(early.host().elapsed() >= Duration::from_secs(63), "{:?}", early.host().elapsed());
}

#[test]
fn an_execution_that_no_list_has_is_asked_for_by_itself() {
    let server = ten();
    let executions = vec![fetch(&server, "e3")];
    server.answer(move |request| match request.rpc.as_str() {
        "ListExecutions" => ok(&admin::ExecutionList::default()),
        _ if request.nth > 5 => status(Code::NotFound, "gone"),
        _ => many_at(0, request),
    });
    let wait = Wait { sync: Sync::STATE, ..Wait::default() };
    let error = server.run(server.remote().wait_all(&executions, &wait, &call())).unwrap_err();
    assert_eq!(error.kind, Kind::NotFound);
}

#[test]
fn what_launched_executions_do_is_not_asked_for() {
    let launching = |phase| {
        let child = core::WorkflowExecutionIdentifier { name: "child".to_owned(), ..Default::default() };
        let target = TargetMetadata::WorkflowNodeMetadata(admin::WorkflowNodeMetadata { execution_id: Some(child) });
        let closure = admin::NodeExecutionClosure { phase, target_metadata: Some(target), ..Default::default() };
        admin::NodeExecution { closure: Some(closure), ..node(0, phase) }
    };
    let server = Server::new(move |request| match request.rpc.as_str() {
        "GetExecution" => ok(&execution("run1", 4)),
        "ListNodeExecutions" => {
            let asked: admin::NodeExecutionListRequest = request.decode();
            let of = asked.workflow_execution_id.unwrap().name;
            let nodes = if of == "child" { vec![node(7, 3)] } else { vec![launching(3)] };
            ok(&admin::NodeExecutionList { node_executions: nodes, token: String::new() })
        }
        _ => unexpected(request),
    });
    let execution = fetch(&server, "run1");
    server.forget();
    let changes = all(&server, &Watch::new(execution.clone(), Wait::default(), call()));
    assert_eq!((changes.len(), changes[0].total), (1, 1));
    assert_eq!(server.rpcs(), ["GetExecution", "ListNodeExecutions"]);
    // Who wants them has them by a sync.
    server.run(execution.sync(Sync::NODES, &call())).unwrap();
    let child = execution.node("n0").unwrap().launched().unwrap();
    assert_eq!(child.node("n7").unwrap().snapshot().phase.as_str(), "SUCCEEDED");
}

#[test]
fn the_nodes_of_a_branch_that_is_not_marked_as_a_parent_are_told() {
    let branch = || admin::NodeExecution {
        closure: Some(admin::NodeExecutionClosure { phase: 3, ..Default::default() }),
        ..node(0, 3)
    };
    let task = move || admin::NodeExecution {
        id: Some(core::NodeExecutionIdentifier { node_id: "n9".to_owned(), execution_id: None }),
        ..branch()
    };
    let run = || {
        let mut run = execution("run1", 4);
        run.closure.as_mut().unwrap().workflow_id = Some(core::Identifier { name: "wf".into(), ..Default::default() });
        run
    };
    let workflow = || {
        let target = core::node::Target::BranchNode(Box::default());
        let n0 = core::Node { id: "n0".to_owned(), target: Some(target), ..Default::default() };
        let n9 = core::Node { id: "n9".to_owned(), ..Default::default() };
        let template = core::WorkflowTemplate { nodes: vec![n0, n9], ..Default::default() };
        let primary = core::CompiledWorkflow { template: Some(template), connections: None };
        let closure = core::CompiledWorkflowClosure { primary: Some(primary), ..Default::default() };
        let closure = admin::WorkflowClosure { compiled_workflow: Some(closure), created_at: None };
        admin::Workflow { closure: Some(closure), ..Default::default() }
    };
    let server = Server::new(move |request| match request.rpc.as_str() {
        "GetExecution" => ok(&run()),
        "GetWorkflow" => ok(&workflow()),
        _ => {
            let asked: admin::NodeExecutionListRequest = request.decode();
            let nodes = match asked.unique_parent_id.as_str() {
                "" => vec![branch(), task()],
                "n0" => vec![node(1, 3)],
                _ => panic!("a task has no nodes"),
            };
            ok(&admin::NodeExecutionList { node_executions: nodes, token: String::new() })
        }
    });
    let execution = fetch(&server, "run1");
    server.forget();
    let changes = all(&server, &Watch::new(execution, Wait::default(), call()));
    let last = changes.last().unwrap();
    assert_eq!((last.total, last.loaded, last.done), (3, 3, 3));
    // The definition says which nodes are branches, so that not every node is asked for its own.
    assert_eq!(server.rpcs(), ["GetExecution", "ListNodeExecutions", "GetWorkflow", "ListNodeExecutions"]);
}

#[test]
fn waiting_for_all_survives_a_server_out_of_reach_at_the_end() {
    let server = Server::new(|_| ok(&execution("e0", 2)));
    let executions = [fetch(&server, "e0")];
    let host = server.host().clone();
    server.answer(move |request| match request.rpc.as_str() {
        "ListExecutions" => ok(&admin::ExecutionList { executions: vec![execution("e0", 4)], token: String::new() }),
        _ if host.elapsed().as_secs() < 60 => status(Code::Unavailable, "rolling update"),
        "GetExecution" => ok(&execution("e0", 4)),
        _ => ok(&admin::NodeExecutionList::default()),
    });
    let remote = server.remote();
    server.run(remote.wait_all(&executions, &Wait::default(), &call())).unwrap();
    assert!(executions[0].snapshot().nodes.is_some());
}
