//! `onExisting`: an execution that has the name already, and how it differs.

use std::rc::Rc;
use std::time::Duration;

use flyte_remote::entity::LaunchPlan;
use flyte_remote::error::Kind;
use flyte_remote::idl::flyteidl::{admin, core};
use flyte_remote::remote::{Execute, Existing, OnExisting, Target};
use flyte_remote::rpc::Code;
use flyte_remote::value::InputValue;
use prost::Message;

use crate::execute::{execute, interface, launch_plan, plan, plan_id, running, willing_for_plan, with_day, workflow};
use crate::support::{call, ok, status, unexpected, Server};

/// A server on which an execution of `launched` with `inputs` has every name already.
fn taken(launched: core::Identifier, inputs: &[(&str, core::Literal)]) -> Server {
    let inputs = inputs.iter().map(|(name, literal)| ((*name).to_owned(), literal.clone())).collect();
    let data = admin::WorkflowExecutionGetDataResponse {
        full_inputs: Some(core::LiteralMap { literals: inputs }),
        ..Default::default()
    };
    Server::new(move |request| match request.rpc.as_str() {
        "CreateExecution" => status(Code::AlreadyExists, "value with matching already exists"),
        "GetExecution" => {
            let mut execution = running(request.decode::<admin::WorkflowExecutionGetRequest>().id);
            execution.spec = Some(admin::ExecutionSpec { launch_plan: Some(launched.clone()), ..Default::default() });
            ok(&execution)
        }
        "GetExecutionData" => ok(&data),
        _ => unexpected(request),
    })
}

fn scalar(value: core::scalar::Value) -> core::Literal {
    let scalar = core::Scalar { value: Some(value) };
    core::Literal { value: Some(core::literal::Value::Scalar(Box::new(scalar))), ..Default::default() }
}

fn primitive(value: core::primitive::Value) -> core::Literal {
    scalar(core::scalar::Value::Primitive(core::Primitive { value: Some(value) }))
}

#[test]
fn an_existing_execution_is_taken_when_asked_for_and_says_how_it_differs() {
    let epoch = primitive(core::primitive::Value::Datetime(prost_types::Timestamp::default()));
    let other = primitive(core::primitive::Value::Integer(8));
    let same = [("day", epoch.clone()), ("limit", core::Literal::default()), ("region", core::Literal::default())];
    let again = |server: &Server, on_existing| {
        let options = Execute { name: Some("nightly".to_owned()), on_existing, ..with_day() };
        execute(server, &Target::LaunchPlan(plan()), &options)
    };

    let server = taken(plan_id(), &same);
    let execution = again(&server, OnExisting::Return).unwrap();
    assert_eq!((execution.id().name.as_str(), execution.existing()), ("nightly", Some(&Existing::default())));
    assert_eq!(server.rpcs(), ["CreateExecution", "GetExecution", "GetExecutionData"]);

    let server =
        taken(core::Identifier { version: "v2".to_owned(), ..plan_id() }, &[same[0].clone(), ("limit", other)]);
    let execution = again(&server, OnExisting::Return).unwrap();
    let differing_inputs = vec!["limit".to_owned(), "region".to_owned()];
    assert_eq!(execution.existing(), Some(&Existing { entity_differs: true, differing_inputs }));

    let error = again(&server, OnExisting::Error).err().unwrap();
    assert_eq!(error.kind, Kind::AlreadyExists);
    assert!(error.message.contains("onExisting"), "{}", error.message);

    let server = willing_for_plan();
    assert_eq!(again(&server, OnExisting::Return).unwrap().existing(), None);
}

#[test]
fn the_time_of_the_call_covers_the_comparison_with_an_existing_execution() {
    let server = taken(plan_id(), &[]);
    server.latency(Duration::from_secs(2));
    let name = Some("nightly".to_owned());
    let execute = Execute { name, on_existing: OnExisting::Return, ..with_day() };
    let options = flyte_remote::remote::CallOptions { timeout: Some(Duration::from_secs(7)), ..call() };
    let target = Target::LaunchPlan(plan());
    server.run(server.remote().execute(&target, &execute, &options)).unwrap();
    let timeouts: Vec<_> = server.requests().into_iter().map(|request| request.timeout.unwrap().as_secs()).collect();
    assert_eq!(timeouts, [7, 5, 3]);
}

#[test]
fn equal_inputs_are_equal_whatever_their_bytes() {
    let of = |text: &str| prost_types::Value { kind: Some(prost_types::value::Kind::StringValue(text.to_owned())) };
    let fields = [("a".to_owned(), of("1")), ("b".to_owned(), of("2"))].into_iter().collect();
    let stored = scalar(core::scalar::Value::Generic(prost_types::Struct { fields })).encode_to_vec();
    // The entries of the map the other way round.
    let entry = |name: &str, text: &str| {
        let value = of(text).encode_to_vec();
        let mut entry = vec![10, 1, name.as_bytes()[0], 18, value.len() as u8];
        entry.extend(value);
        [vec![10, entry.len() as u8], entry].concat()
    };
    let wrap = |tag: u8, inner: Vec<u8>| [vec![tag, inner.len() as u8], inner].concat();
    let given = wrap(10, wrap(58, [entry("b", "2"), entry("a", "1")].concat()));
    assert_ne!(given, stored);
    let mut plan = launch_plan(plan_id(), &interface(&[("s", 9)]), |_| true);
    plan.spec.as_mut().unwrap().fixed_inputs = None;
    let workflow = workflow(core::Identifier::default(), interface(&[("s", 9)]));
    let plan = LaunchPlan::decode(plan.encode_to_vec().into(), None).unwrap().with_workflow(&workflow.interface);
    let server = taken(plan_id(), &[("s", core::Literal::decode(&*stored).unwrap())]);
    let options = Execute {
        inputs: vec![("s".to_owned(), InputValue::Literal(flyte_remote::value::Literal::new(given)))],
        name: Some("nightly".to_owned()),
        on_existing: OnExisting::Return,
        ..Execute::default()
    };
    let execution = execute(&server, &Target::LaunchPlan(Rc::new(plan)), &options).unwrap();
    assert_eq!(execution.existing(), Some(&Existing::default()));
}
