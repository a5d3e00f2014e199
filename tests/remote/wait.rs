//! `wait`: when it asks, when it ends, what it survives.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use flyte_remote::entity::ExecutionReference;
use flyte_remote::error::Kind;
use flyte_remote::idl::flyteidl::admin;
use flyte_remote::remote::{Sync, Wait, WorkflowExecution};
use flyte_remote::rpc::{Code, Origin, Status};

use crate::support::{call, id, ok, replay, status, unexpected, vectors, Server};

fn fetch(server: &Server) -> WorkflowExecution {
    let reference = ExecutionReference::parse("run1").unwrap();
    server.run(server.remote().fetch_execution(&reference, &call())).unwrap()
}

fn execution(phase: i32) -> Result<Vec<u8>, Status> {
    ok(&admin::Execution {
        closure: Some(admin::ExecutionClosure { phase, ..Default::default() }),
        ..Default::default()
    })
}

/// A server whose execution ends well at `end` on the simulated clock.
fn ending_at(end: Duration) -> Server {
    let server = Server::new(unexpected);
    let host = server.host().clone();
    server.answer(move |request| match request.rpc.as_str() {
        "GetExecution" if host.elapsed() < end => execution(2),
        "GetExecution" => execution(4),
        "ListNodeExecutions" => ok(&admin::NodeExecutionList::default()),
        _ => unexpected(request),
    });
    server
}

fn of(change: impl FnOnce(&mut Wait)) -> Wait {
    let mut wait = Wait::default();
    change(&mut wait);
    wait
}

#[test]
fn phases_are_polled_as_flytekit_does_and_nothing_else() {
    let mut seen = 0;
    for case in vectors("rpc_traces.json").iter().filter(|case| case["method"] == "wait") {
        let name = id(case);
        if name == "wait-poll-0" {
            continue; // flytekit waits 30 s between polls when told 0; here the shortest is 10 ms.
        }
        seen += 1;
        let server = Server::new(replay(&[&case["setup_trace"], &case["trace"]]));
        let execution = fetch(&server);
        server.forget();
        let args = &case["args"];
        let seconds = |name: &str| {
            let micros = args[name]["$duration_us"].as_u64();
            micros.map(Duration::from_micros).or(args[name].as_u64().map(Duration::from_secs))
        };
        let wait = Wait {
            timeout: seconds("timeout"),
            interval: seconds("poll_interval").or(Some(Duration::from_secs(30))),
            sync: if args["sync_nodes"] == false { Sync::STATE } else { Sync::TASK_EXECUTIONS },
            ..Wait::default()
        };
        let nodes = wait.sync.depth > 0;
        let result = server.run(execution.wait(&wait, &call()));
        let count = |rpcs: &[String], rpc: &str| rpcs.iter().filter(|called| *called == rpc).count();
        let ours = server.rpcs();
        let known: Vec<String> =
            case["rpcs"].as_array().unwrap().iter().map(|rpc| rpc.as_str().unwrap().to_owned()).collect();
        // Deviations: no data, no entities and no single attempts are read, nodes only once at the end, and a wait that
        // timed out does not ask once more. With nodes the execution is asked for again before them.
        let polls = case["sleeps"].as_array().unwrap().len() + 1;
        assert!(count(&known, "GetExecution") >= polls, "{name}");
        assert_eq!(count(&ours, "GetExecution"), polls + usize::from(nodes), "{name}: {ours:?}");
        assert_eq!(count(&ours, "ListNodeExecutions"), usize::from(nodes), "{name}");
        assert!(ours.iter().all(|rpc| known.contains(rpc)), "{name}: {ours:?}");
        let slept: f64 = case["sleeps"].as_array().unwrap().iter().map(|time| time.as_f64().unwrap()).sum();
        assert_eq!(server.host().elapsed().as_secs_f64(), slept, "{name}");
        match case.get("error") {
            Some(_) => assert_eq!(result.unwrap_err().kind, Kind::Timeout, "{name}"),
            None => {
                result.unwrap();
                let phase = case["result"]["execution"]["phase"].as_i64().unwrap();
                assert_eq!(i64::from(execution.phase().number), phase, "{name}");
            }
        }
    }
    assert_eq!(seen, 4);
}

#[test]
fn a_short_execution_is_noticed_soon_and_a_day_costs_few_calls() {
    let noticed = |end: Duration| {
        let server = ending_at(end);
        let execution = fetch(&server);
        server.run(execution.wait(&of(|wait| wait.sync = Sync::STATE), &call())).unwrap();
        (server.host().elapsed() - end, server.rpcs().len())
    };
    assert!(noticed(Duration::from_millis(300)).0 < Duration::from_millis(200));
    assert!(noticed(Duration::from_secs(5)).0 < Duration::from_secs(3));
    let (late, calls) = noticed(Duration::from_secs(86_400));
    assert!(late <= Duration::from_secs(10), "{late:?}");
    assert!((8_000..9_000).contains(&calls), "{calls}");
}

#[test]
fn an_interval_is_kept_but_never_a_busy_loop() {
    let polls = |interval: Duration| {
        let server = ending_at(Duration::from_secs(1));
        let execution = fetch(&server);
        let wait = of(|wait| (wait.sync, wait.interval) = (Sync::STATE, Some(interval)));
        server.run(execution.wait(&wait, &call())).unwrap();
        server.rpcs().len() - 1
    };
    assert_eq!(polls(Duration::from_millis(250)), 5);
    assert_eq!(polls(Duration::ZERO), 101);
}

#[test]
fn progress_is_told_at_every_poll_with_nodes_and_at_the_end() {
    let server = ending_at(Duration::from_millis(200));
    let execution = fetch(&server);
    server.forget();
    let seen = Rc::new(RefCell::new(Vec::new()));
    let told = Rc::clone(&seen);
    let wait = of(|wait| {
        wait.progress = Some(Rc::new(move |execution| {
            told.borrow_mut().push((execution.phase.as_str(), execution.nodes.is_some()));
        }));
    });
    server.run(execution.wait(&wait, &call())).unwrap();
    assert_eq!(*seen.borrow(), [("RUNNING", true), ("RUNNING", true), ("SUCCEEDED", true)]);
    // Attempts are read once it has ended.
    assert_eq!(server.rpcs(), [["GetExecution", "ListNodeExecutions"]; 4].concat());
}

#[test]
fn a_callback_may_use_the_execution() {
    let server = ending_at(Duration::from_millis(200));
    let execution = fetch(&server);
    let inner = execution.clone();
    let wait = of(|wait| {
        wait.progress = Some(Rc::new(move |_| assert!(!inner.url().is_empty() && !inner.phase().as_str().is_empty())))
    });
    server.run(execution.wait(&wait, &call())).unwrap();
}

#[test]
fn a_server_out_of_reach_for_a_while_is_survived() {
    let server = ending_at(Duration::from_secs(200));
    let host = server.host().clone();
    server.answer(move |request| match host.elapsed().as_secs() {
        20..100 => status(Code::Unavailable, "rolling update"),
        0..200 => execution(2),
        _ if request.rpc == "GetExecution" => execution(4),
        _ => ok(&admin::NodeExecutionList::default()),
    });
    let execution = fetch(&server);
    server.run(execution.wait(&Wait::default(), &call())).unwrap();
    assert!(execution.is_successful());
}

#[test]
fn a_server_out_of_reach_for_long_ends_the_wait() {
    let server = Server::new(|request| match request.nth {
        0 | 1 => execution(2),
        _ => status(Code::Unavailable, "gone"),
    });
    let execution = fetch(&server);
    let error = server.run(execution.wait(&Wait::default(), &call())).unwrap_err();
    assert_eq!(error.kind, Kind::Unavailable);
    assert!((120..=132).contains(&server.host().elapsed().as_secs()), "{:?}", server.host().elapsed());
}

#[test]
fn an_error_that_time_does_not_heal_ends_the_wait_at_once() {
    let server = Server::new(|request| match request.nth {
        0 => execution(2),
        _ => status(Code::Unauthenticated, "token expired"),
    });
    let execution = fetch(&server);
    let error = server.run(execution.wait(&Wait::default(), &call())).unwrap_err();
    assert_eq!(error.kind, Kind::Authentication);
    assert_eq!(server.host().elapsed(), Duration::ZERO);
}

#[test]
fn a_timeout_is_exact_and_leaves_the_execution_running() {
    let server = ending_at(Duration::from_secs(3600));
    let execution = fetch(&server);
    let wait = of(|wait| wait.timeout = Some(Duration::from_millis(12_345)));
    let error = server.run(execution.wait(&wait, &call())).unwrap_err();
    assert_eq!(server.host().elapsed(), Duration::from_millis(12_345));
    assert_eq!(error.kind, Kind::Timeout);
    assert_eq!(
        error.message,
        "ex:flytesnacks:development:run1: is still RUNNING at the end of the wait; it goes on, so wait again or \
         terminate it"
    );
}

#[test]
fn an_execution_that_ends_with_the_timeout_has_ended() {
    let server = ending_at(Duration::from_secs(5));
    let execution = fetch(&server);
    let wait = of(|wait| (wait.timeout, wait.sync) = (Some(Duration::from_secs(5)), Sync::STATE));
    server.run(execution.wait(&wait, &call())).unwrap();
    assert!(execution.is_done());
}

#[test]
fn a_timeout_ends_a_call_that_hangs() {
    let server = ending_at(Duration::from_secs(3600));
    let execution = fetch(&server);
    server.latency(Duration::from_secs(600));
    let wait = of(|wait| wait.timeout = Some(Duration::from_secs(5)));
    assert_eq!(server.run(execution.wait(&wait, &call())).unwrap_err().kind, Kind::Timeout);
    assert_eq!(server.host().elapsed(), Duration::from_secs(5));
}

#[test]
fn nodes_that_cannot_be_read_at_the_end_are_asked_for_again() {
    let server = Server::new(|request| match (request.rpc.as_str(), request.nth) {
        ("GetExecution", _) => execution(4),
        (_, 0) => status(Code::Unavailable, "rolling update"),
        _ => ok(&admin::NodeExecutionList::default()),
    });
    let execution = fetch(&server);
    server.run(execution.wait(&Wait::default(), &call())).unwrap();
    assert!(execution.snapshot().nodes.is_some());
}

#[test]
fn a_failed_execution_ends_the_wait_without_an_error() {
    let server = Server::new(|request| match request.rpc.as_str() {
        "GetExecution" => execution(6),
        _ => ok(&admin::NodeExecutionList::default()),
    });
    let execution = fetch(&server);
    server.run(execution.wait(&Wait::default(), &call())).unwrap();
    assert!(execution.is_done() && !execution.is_successful());
}

#[test]
fn a_dropped_wait_leaves_no_timer() {
    let server = ending_at(Duration::from_secs(3600));
    let execution = fetch(&server);
    assert!(server.host().run_for(execution.wait(&Wait::default(), &call()), Duration::from_secs(60)).is_none());
    assert_eq!(server.host().pending_timers(), 0);
}

#[test]
fn a_clock_that_is_set_changes_no_timeout_and_no_patience() {
    for seconds in [-3600, 3600] {
        let server = ending_at(Duration::from_secs(3600));
        let run = fetch(&server);
        let (host, clock) = (server.host().clone(), server.host().clone());
        let wait = of(|wait| {
            (wait.sync, wait.timeout) = (Sync::STATE, Some(Duration::from_secs(60)));
            wait.progress = Some(Rc::new(move |_| clock.set_clock(seconds)));
        });
        let error = server.run(run.wait(&wait, &call())).unwrap_err();
        assert_eq!((error.kind, host.elapsed()), (Kind::Timeout, Duration::from_secs(60)));

        let server = Server::new(|request| match request.nth {
            0 => execution(2),
            _ => status(Code::Unavailable, "rolling update"),
        });
        let run = fetch(&server);
        server.host().set_clock(seconds);
        let error = server.run(run.wait(&of(|wait| wait.sync = Sync::STATE), &call())).unwrap_err();
        let waited = server.host().elapsed().as_secs();
        assert!(error.kind == Kind::Unavailable && (120..135).contains(&waited), "{waited} s");
    }
}

#[test]
fn a_server_out_of_resources_for_a_while_is_survived_and_for_long_is_not() {
    let waited = |until: u64| {
        let server = ending_at(Duration::from_secs(50));
        let (run, host) = (fetch(&server), server.host().clone());
        server.answer(move |request| match host.elapsed().as_secs() {
            now if now < until => status(Code::ResourceExhausted, "too many requests"),
            _ if request.rpc == "GetExecution" => execution(4),
            _ => ok(&admin::NodeExecutionList::default()),
        });
        server.run(run.wait(&Wait::default(), &call())).map_err(|error| error.kind)
    };
    assert_eq!(waited(100), Ok(()));
    assert_eq!(waited(900), Err(Kind::System));
}

/// A node of an execution that has ended.
fn one_node() -> Result<Vec<u8>, Status> {
    let id = flyte_remote::idl::flyteidl::core::NodeExecutionIdentifier { node_id: "n0".into(), execution_id: None };
    let closure = admin::NodeExecutionClosure { phase: 3, ..Default::default() };
    let node = admin::NodeExecution { id: Some(id), closure: Some(closure), ..Default::default() };
    ok(&admin::NodeExecutionList { node_executions: vec![node], token: String::new() })
}

#[test]
fn a_wait_does_not_end_before_all_nodes_were_read_or_its_patience_is_at_an_end() {
    let waited = |until: u64| {
        let server = Server::new(|_| execution(2));
        let (run, host) = (fetch(&server), server.host().clone());
        server.answer(move |request| match request.rpc.as_str() {
            "GetExecution" => execution(4),
            "ListNodeExecutions" if request.decode::<admin::NodeExecutionListRequest>().unique_parent_id.is_empty() => {
                one_node()
            }
            // A proxy's failure that is about this node alone.
            "ListTaskExecutions" if host.elapsed().as_secs() < until => {
                let mut status = Status::new(Code::Unknown, "HTTP 500").from_origin(Origin::Http);
                status.http_status = Some(500);
                Err(status)
            }
            _ => ok(&admin::TaskExecutionList::default()),
        });
        server.run(run.wait(&Wait::default(), &call())).unwrap();
        let problem = run.snapshot().own_nodes()[0].problem.clone();
        (server.host().elapsed().as_secs(), problem)
    };
    let (seconds, problem) = waited(30);
    assert!((30..45).contains(&seconds) && problem.is_none(), "{seconds} s, {problem:?}");
    let (seconds, problem) = waited(900);
    assert!((120..135).contains(&seconds) && problem.is_some(), "{seconds} s, {problem:?}");
}
