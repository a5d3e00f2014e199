//! Signals: listed, set with their declared type, approved.

use flyte_remote::entity::ExecutionId;
use flyte_remote::error::{Error, Kind};
use flyte_remote::idl::flyteidl::{admin, core};
use flyte_remote::remote::{List, Listing, Signal};
use flyte_remote::value::InputValue;

use crate::support::{call, ok, unexpected, Request, Server};

fn run() -> ExecutionId {
    ExecutionId::new("p", "d", "run")
}

fn signal(name: &str, simple: core::SimpleType) -> admin::Signal {
    let id = core::SignalIdentifier { signal_id: name.to_owned(), execution_id: Some(run().to_proto()) };
    let kind = core::literal_type::Type::Simple(simple.into());
    let declared = core::LiteralType { r#type: Some(kind), ..Default::default() };
    admin::Signal { id: Some(id), r#type: Some(declared), value: None }
}

/// Two pages of one signal each.
fn serve(request: &Request) -> Result<Vec<u8>, flyte_remote::rpc::Status> {
    match request.rpc.as_str() {
        "ListSignals" => {
            let asked: admin::SignalListRequest = request.decode();
            ok(&match asked.token.as_str() {
                "" => {
                    admin::SignalList { signals: vec![signal("go", core::SimpleType::Boolean)], token: "1".to_owned() }
                }
                _ => admin::SignalList {
                    signals: vec![signal("count", core::SimpleType::Integer)],
                    ..Default::default()
                },
            })
        }
        "SetSignal" => ok(&admin::SignalSetResponse {}),
        _ => unexpected(request),
    }
}

fn set(server: &Server, name: &str, value: InputValue) -> Result<(), Error> {
    server.run(server.remote().set_signal(&run(), name, &value, &call()))
}

fn primitive(request: &Request) -> core::primitive::Value {
    let sent: admin::SignalSetRequest = request.decode();
    assert_eq!(sent.id.unwrap().execution_id, Some(run().to_proto()));
    let Some(core::literal::Value::Scalar(scalar)) = sent.value.unwrap().value else { panic!("no scalar") };
    let Some(core::scalar::Value::Primitive(primitive)) = scalar.value else { panic!("no primitive") };
    primitive.value.unwrap()
}

#[test]
fn a_value_is_converted_to_what_the_signal_declares() {
    let server = Server::new(serve);
    set(&server, "count", InputValue::Number(3.0)).unwrap();
    assert_eq!(server.rpcs(), ["ListSignals", "ListSignals", "SetSignal"]);
    assert_eq!(primitive(&server.requests()[2]), core::primitive::Value::Integer(3));
}

#[test]
fn an_approval_is_a_boolean() {
    let server = Server::new(serve);
    set(&server, "go", InputValue::Bool(false)).unwrap();
    assert_eq!(primitive(&server.requests()[1]), core::primitive::Value::Boolean(false));
}

#[test]
fn a_value_of_the_wrong_type_is_not_sent() {
    let server = Server::new(serve);
    let error = set(&server, "count", InputValue::Text("three".to_owned())).unwrap_err();
    assert_eq!((error.kind, error.path.as_deref()), (Kind::Value, Some("value")));
    assert!(error.message.contains("expected int") && error.message.contains("signal count"), "{}", error.message);
    let error = set(&server, "count", InputValue::Bool(true)).unwrap_err();
    assert!(error.message.contains("boolean true"), "{}", error.message);
    assert!(!server.rpcs().contains(&"SetSignal".to_owned()));
}

#[test]
fn an_unknown_signal_is_told_with_those_there_are() {
    let server = Server::new(serve);
    let error = set(&server, "stop", InputValue::Bool(true)).unwrap_err();
    assert_eq!((error.kind, error.path.as_deref()), (Kind::NotFound, Some("signalId")));
    assert!(error.message.contains("ex:p:d:run") && error.message.contains("go, count"), "{}", error.message);
    assert!(!server.rpcs().contains(&"SetSignal".to_owned()));
    assert_eq!(set(&Server::new(unexpected), "", InputValue::Null).unwrap_err().kind, Kind::Value);
}

#[test]
fn signals_are_listed_with_filters() {
    let server = Server::new(serve);
    let list = List { execution: Some(run()), filters: "eq(signal_id,go)".to_owned(), ..List::default() };
    let pager = server.remote().list(Listing::Signals, &list, &call()).unwrap();
    let items = server.run(pager.next()).unwrap().unwrap();
    let signal = Signal::decode(items[0].clone()).unwrap();
    assert_eq!((signal.id.as_str(), signal.execution, signal.value.is_some()), ("go", run(), false));
    let asked: admin::SignalListRequest = server.requests()[0].decode();
    assert_eq!(asked.workflow_execution_id, Some(run().to_proto()));
    assert_eq!((asked.filters.as_str(), asked.limit), ("eq(signal_id,go)", 100));
    assert_eq!(asked.sort_by.unwrap().key, "created_at");
}
