//! Inputs, outputs and errors of executions, nodes and attempts: where they are read, and how often.

use flyte_remote::entity::NodeExecutionId;
use flyte_remote::error::Kind;
use flyte_remote::idl::flyteidl::{admin, core};
use flyte_remote::remote::Sync;
use flyte_remote::rpc::Code;
use flyte_remote::testing::SimReply;
use flyte_remote::value::OutputValue;
use prost::Message;
use serde_json::Value;

use crate::support::{
    call, execution, fetch, id, literals, node, ok, replay, status, unexpected, vectors, with_nodes, Server,
};

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
