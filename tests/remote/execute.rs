//! `execute`: the request that is sent, what is checked before, and that a lost reply starts nothing twice.

use std::rc::Rc;
use std::time::Duration;

use flyte_remote::entity::{Identifier, LaunchPlan, Reference, ResourceType, Workflow};
use flyte_remote::error::{Error, Kind};
use flyte_remote::idl::flyteidl::{admin, core};
use flyte_remote::remote::{
    Execute, Notification, NotificationChannel, Notifications, OnExisting, Target, Wait, WorkflowExecution,
};
use flyte_remote::rpc::{stack, Code, StackOptions, Status};
use flyte_remote::value::InputValue;
use prost::Message;

use crate::support::{call, ok, status, unexpected, Request, Server};

fn workflow_message(id: core::Identifier, interface: core::TypedInterface) -> admin::Workflow {
    let template = core::WorkflowTemplate { interface: Some(interface), ..Default::default() };
    let primary = core::CompiledWorkflow { template: Some(template), connections: None };
    let compiled = core::CompiledWorkflowClosure { primary: Some(primary), ..Default::default() };
    let closure = admin::WorkflowClosure { compiled_workflow: Some(compiled), created_at: None };
    admin::Workflow { id: Some(id), closure: Some(closure), ..Default::default() }
}

pub fn workflow(id: core::Identifier, interface: core::TypedInterface) -> Workflow {
    Workflow::decode(workflow_message(id, interface).encode_to_vec().into(), None).unwrap()
}

pub fn launch_plan(
    id: core::Identifier,
    interface: &core::TypedInterface,
    required: impl Fn(&str) -> bool,
) -> admin::LaunchPlan {
    let parameters = interface.inputs.clone().unwrap_or_default().variables.into_iter().map(|(name, variable)| {
        let behavior = match required(&name) {
            true => core::parameter::Behavior::Required(true),
            false => core::parameter::Behavior::Default(core::Literal::default()),
        };
        (name, core::Parameter { var: Some(variable), behavior: Some(behavior) })
    });
    let spec = admin::LaunchPlanSpec {
        workflow_id: Some(core::Identifier { resource_type: 2, ..id.clone() }),
        default_inputs: Some(core::ParameterMap { parameters: parameters.collect() }),
        ..Default::default()
    };
    admin::LaunchPlan { id: Some(id), spec: Some(spec), closure: None }
}

pub fn created(request: &Request) -> admin::ExecutionCreateResponse {
    let request: admin::ExecutionCreateRequest = request.decode();
    let id = core::WorkflowExecutionIdentifier {
        project: request.project,
        domain: request.domain,
        name: request.name,
        ..Default::default()
    };
    admin::ExecutionCreateResponse { id: Some(id) }
}

pub fn running(id: Option<core::WorkflowExecutionIdentifier>) -> admin::Execution {
    admin::Execution {
        id,
        closure: Some(admin::ExecutionClosure { phase: 2, ..Default::default() }),
        ..Default::default()
    }
}

pub fn execute(server: &Server, target: &Target, execute: &Execute) -> Result<WorkflowExecution, Error> {
    server.run(server.remote().execute(target, execute, &call()))
}

fn variable(simple: i32) -> core::Variable {
    let literal_type =
        core::LiteralType { r#type: Some(core::literal_type::Type::Simple(simple)), ..Default::default() };
    core::Variable { r#type: Some(literal_type), ..Default::default() }
}

pub fn interface(inputs: &[(&str, i32)]) -> core::TypedInterface {
    let variables = inputs.iter().map(|(name, simple)| ((*name).to_owned(), variable(*simple))).collect();
    core::TypedInterface { inputs: Some(core::VariableMap { variables }), outputs: None }
}

pub fn plan_id() -> core::Identifier {
    Identifier::new(ResourceType::LaunchPlan, "p", "d", "etl", "v1").to_proto()
}

/// A plan whose inputs are `day` (required), `limit` (7 by default) and `region` (fixed).
pub fn plan() -> Rc<LaunchPlan> {
    let interface = interface(&[("day", 5), ("limit", 1), ("region", 3)]);
    let mut plan = launch_plan(plan_id(), &interface, |name| name == "day");
    let spec = plan.spec.as_mut().unwrap();
    spec.default_inputs.as_mut().unwrap().parameters.remove("region");
    spec.fixed_inputs =
        Some(core::LiteralMap { literals: [("region".to_owned(), core::Literal::default())].into_iter().collect() });
    let workflow = workflow(core::Identifier::default(), interface);
    let plan = LaunchPlan::decode(plan.encode_to_vec().into(), None).unwrap();
    Rc::new(plan.with_workflow(&workflow.interface))
}

fn day() -> (String, InputValue) {
    ("day".to_owned(), InputValue::Instant { seconds: 0, nanos: 0 })
}

pub fn with_day() -> Execute {
    Execute { inputs: vec![day()], ..Execute::default() }
}

#[test]
fn all_mistakes_in_inputs_are_told_at_once_and_nothing_is_sent() {
    let server = Server::new(unexpected);
    let inputs = vec![
        ("limit".to_owned(), InputValue::Text("many".to_owned())),
        ("region".to_owned(), InputValue::Text("eu".to_owned())),
        ("dya".to_owned(), InputValue::Null),
        ("day".to_owned(), InputValue::Undefined),
    ];
    let error = execute(&server, &Target::LaunchPlan(plan()), &Execute { inputs, ..Execute::default() }).err().unwrap();
    assert_eq!(error.kind, Kind::Value);
    assert_eq!(error.entity.as_deref(), Some("lp:p:d:etl:v1"));
    assert_eq!(
        error.message,
        "4 mistakes in the inputs of lp:p:d:etl:v1:\n  \
         inputs.limit: expected int, got text \"many\"\n  \
         inputs.region: fixed by the launch plan and can't be given; leave it out\n  \
         inputs.dya: no such input; there are day, limit\n  \
         inputs.day: required and missing; expected datetime"
    );
    assert_eq!(error.problems.len(), 4);
    assert!(server.rpcs().is_empty());
}

#[test]
fn names_are_checked_before_anything_is_sent() {
    let server = Server::new(unexpected);
    let named = |name: Option<&str>, prefix: Option<&str>| {
        let (name, name_prefix) = (name.map(str::to_owned), prefix.map(str::to_owned));
        let error = execute(&server, &Target::LaunchPlan(plan()), &Execute { name, name_prefix, ..with_day() });
        let error = error.err().unwrap();
        assert_eq!(error.kind, Kind::Value);
        (error.path.clone().unwrap().into_string(), error.message.clone())
    };
    for bad in ["", "1a", "-a", "Abc", "a_b", "a b", "ä", &"a".repeat(64)] {
        let (path, message) = named(Some(bad), None);
        assert_eq!(path, "name");
        assert!(message.contains(&format!("\"{bad}\"")) && message.contains("at most 63"), "{message}");
    }
    assert!(named(None, Some(&"a".repeat(44))).1.contains("at most 43"));
    assert_eq!(named(None, Some("")).0, "namePrefix");
    assert_eq!(named(Some("a"), Some("b")).0, "namePrefix");
}

#[test]
fn made_up_names_are_valid_and_differ() {
    let server = willing_for_plan();
    let mut names = std::collections::BTreeSet::new();
    for prefix in [None, Some("a".repeat(43))] {
        for _ in 0..50 {
            let options = Execute { name_prefix: prefix.clone(), ..with_day() };
            let name = execute(&server, &Target::LaunchPlan(plan()), &options).unwrap().id().name.clone();
            assert!(name.len() <= 63 && name.starts_with('a'), "{name}");
            assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'));
            assert!(names.insert(name));
        }
    }
}

pub fn willing_for_plan() -> Server {
    Server::new(|request| match request.rpc.as_str() {
        "CreateExecution" => ok(&created(request)),
        "GetExecution" => ok(&running(request.decode::<admin::WorkflowExecutionGetRequest>().id)),
        _ => unexpected(request),
    })
}

/// A remote whose channel retries as a user's does.
fn retrying(server: &Server) -> flyte_remote::remote::Remote {
    let host = server.host().shared();
    let channel = stack(Rc::clone(&host), Rc::new(server.clone()), StackOptions::default());
    flyte_remote::remote::Remote::new(
        flyte_remote::remote::Client::new(channel, host),
        server.remote().settings().clone(),
    )
}

#[test]
fn a_lost_reply_starts_no_second_execution() {
    let server = Server::new(|request| match (request.rpc.as_str(), request.nth) {
        ("CreateExecution", 0) => status(Code::Unavailable, "the reply was lost"),
        ("CreateExecution", _) => status(Code::AlreadyExists, "value with matching already exists"),
        _ => ok(&running(request.decode::<admin::WorkflowExecutionGetRequest>().id)),
    });
    let remote = retrying(&server);
    let execution = server.run(remote.execute(&Target::LaunchPlan(plan()), &with_day(), &call())).unwrap();
    assert_eq!(server.rpcs(), ["CreateExecution", "CreateExecution", "GetExecution"]);
    let sent: Vec<admin::ExecutionCreateRequest> = server.requests()[..2].iter().map(Request::decode).collect();
    assert_eq!(sent[0].name, sent[1].name);
    assert_eq!(execution.id().name, sent[0].name);
    assert_eq!(execution.phase().as_str(), "RUNNING");
}

#[test]
fn what_is_being_created_is_known_before_the_reply() {
    let server = Server::new(|request| match request.rpc.as_str() {
        "CreateExecution" => ok(&created(request)),
        _ => ok(&running(request.decode::<admin::WorkflowExecutionGetRequest>().id)),
    });
    server.latency(Duration::from_secs(1));
    let options = call();
    let (remote, target, execute) = (server.remote(), Target::LaunchPlan(plan()), with_day());
    let started = remote.execute(&target, &execute, &options);
    let alarm = flyte_remote::host::Host::sleep(server.host(), Duration::from_millis(500));
    let dropped = server.run(futures_util::future::select(Box::pin(started), alarm));
    assert!(matches!(dropped, futures_util::future::Either::Right(_)));
    drop(dropped);
    let sent: admin::ExecutionCreateRequest = server.requests()[0].decode();
    assert_eq!(options.created.take(), Some(format!("ex:flytesnacks:development:{}", sent.name)));

    server.answer(|_| status(Code::InvalidArgument, "no"));
    assert!(server.run(remote.execute(&target, &execute, &options)).is_err());
    assert_eq!(options.created.take(), None);
}

#[test]
fn already_exists_for_a_name_that_is_not_there_is_an_error() {
    // A launch plan's concurrency limit is told with this code too.
    let server = Server::new(|request| match request.rpc.as_str() {
        "CreateExecution" => status(Code::AlreadyExists, "max concurrency reached"),
        _ => status(Code::NotFound, "missing"),
    });
    let error = execute(&server, &Target::LaunchPlan(plan()), &with_day()).err().unwrap();
    assert_eq!(error.kind, Kind::AlreadyExists);
    assert!(error.message.contains("max concurrency reached"), "{}", error.message);
}

#[test]
fn a_failure_says_which_execution_may_have_been_created() {
    for (code, then) in [
        (Code::Unavailable, Code::Unavailable),
        (Code::Unavailable, Code::Unauthenticated),
        (Code::DeadlineExceeded, Code::Unavailable),
        // Its name is taken, by itself, and it can't be read.
        (Code::AlreadyExists, Code::Unavailable),
    ] {
        let server = Server::new(move |request| match (request.rpc.as_str(), request.nth) {
            ("CreateExecution", 0) => status(code, "no luck"),
            _ => status(then, "no luck"),
        });
        let remote = retrying(&server);
        let error = server.run(remote.execute(&Target::LaunchPlan(plan()), &with_day(), &call())).err().unwrap();
        let name = server.requests()[0].decode::<admin::ExecutionCreateRequest>().name;
        assert!(error.message.contains(&format!("ex:flytesnacks:development:{name}")), "{code:?}: {}", error.message);
        assert_ne!(error.kind, Kind::AlreadyExists);
    }
    let server = Server::new(|_| status(Code::InvalidArgument, "not so"));
    let error = execute(&server, &Target::LaunchPlan(plan()), &with_day()).err().unwrap();
    assert!(!error.message.contains("ex:"), "nothing was created: {}", error.message);
}

#[test]
fn an_existing_execution_that_cannot_be_read_now_is_no_name_that_is_taken() {
    let server = Server::new(|request| match request.rpc.as_str() {
        "CreateExecution" => status(Code::AlreadyExists, "value with matching already exists"),
        _ => status(Code::Unavailable, "rolling update"),
    });
    let execute = Execute { name: Some("mine".to_owned()), on_existing: OnExisting::Return, ..with_day() };
    let error = self::execute(&server, &Target::LaunchPlan(plan()), &execute).err().unwrap();
    assert_eq!(error.kind, Kind::Unavailable);
    assert!(error.message.contains("ex:flytesnacks:development:mine"), "{}", error.message);
}

#[test]
fn a_wait_that_fails_inside_of_the_execution_says_which_one_goes_on() {
    let server = Server::new(|request| match (request.rpc.as_str(), request.nth) {
        ("CreateExecution", _) => ok(&admin::ExecutionCreateResponse::default()),
        ("GetExecution", _) => {
            let id = request.decode::<admin::WorkflowExecutionGetRequest>().id.unwrap();
            if id.name == "child" {
                return status(Code::Unauthenticated, "token is expired");
            }
            let mut execution = running(Some(id));
            execution.closure.as_mut().unwrap().phase = 4;
            ok(&execution)
        }
        _ => {
            let id = core::WorkflowExecutionIdentifier { name: "child".to_owned(), ..Default::default() };
            let child = admin::WorkflowNodeMetadata { execution_id: Some(id) };
            let target = admin::node_execution_closure::TargetMetadata::WorkflowNodeMetadata(child);
            let closure = admin::NodeExecutionClosure { target_metadata: Some(target), ..Default::default() };
            let node = admin::NodeExecution { closure: Some(closure), ..Default::default() };
            ok(&admin::NodeExecutionList { node_executions: vec![node], token: String::new() })
        }
    });
    let execute = Execute { wait: Some(Wait::default()), ..with_day() };
    let error = self::execute(&server, &Target::LaunchPlan(plan()), &execute).err().unwrap();
    let name = server.requests()[0].decode::<admin::ExecutionCreateRequest>().name;
    let execution = format!("ex:flytesnacks:development:{name}");
    assert!(error.message.contains(&execution), "{}", error.message);
    assert_eq!(error.entity.as_deref(), Some(execution.as_str()));
}

#[test]
fn a_callers_name_that_is_taken_is_an_error() {
    // Deviation: flytekit gives back the execution that has the name, whatever it is.
    let server = Server::new(|_| status(Code::AlreadyExists, "value with matching already exists"));
    let options = Execute { name: Some("nightly-1".to_owned()), ..with_day() };
    let error = execute(&server, &Target::LaunchPlan(plan()), &options).err().unwrap();
    assert_eq!(error.kind, Kind::AlreadyExists);
    assert_eq!(error.entity.as_deref(), Some("ex:flytesnacks:development:nightly-1"));
    assert!(!error.message.contains("may have created it"), "{}", error.message);
    assert_eq!(server.rpcs(), ["CreateExecution"]);
}

#[test]
fn a_callers_name_that_is_taken_after_a_lost_reply_may_be_of_this_very_call() {
    let server = Server::new(|request| match (request.rpc.as_str(), request.nth) {
        ("CreateExecution", 0) => status(Code::Unavailable, "the reply was lost"),
        _ => status(Code::AlreadyExists, "value with matching already exists"),
    });
    let options = Execute { name: Some("nightly-1".to_owned()), ..with_day() };
    let remote = retrying(&server);
    let error = server.run(remote.execute(&Target::LaunchPlan(plan()), &options, &call())).err().unwrap();
    assert_eq!(error.kind, Kind::AlreadyExists);
    assert!(error.message.contains("may have created it"), "{}", error.message);
}

#[test]
fn a_created_execution_is_given_even_if_it_cannot_be_read() {
    let server = Server::new(|request| match request.rpc.as_str() {
        "CreateExecution" => ok(&created(request)),
        _ => status(Code::Unavailable, "down"),
    });
    let execution = execute(&server, &Target::LaunchPlan(plan()), &with_day()).unwrap();
    assert_eq!(execution.phase().as_str(), "UNDEFINED");
    assert_eq!(execution.snapshot().launch_plan.to_string(), "lp:p:d:etl:v1");
    assert!(!execution.is_done());
}

#[test]
fn project_and_domain_come_from_the_call_then_the_remote_then_the_entity() {
    let server = willing_for_plan();
    let place = |remote: flyte_remote::remote::Remote, project: Option<&str>| {
        let options = Execute { project: project.map(str::to_owned), ..with_day() };
        let execution = server.run(remote.execute(&Target::LaunchPlan(plan()), &options, &call())).unwrap();
        (execution.id().project.clone(), execution.id().domain.clone())
    };
    let pair = |project: &str, domain: &str| (project.to_owned(), domain.to_owned());
    let bare = server.remote_with(flyte_remote::remote::Settings::default());
    assert_eq!(place(server.remote(), Some("mine")), pair("mine", "development"));
    assert_eq!(place(server.remote(), Some("")), pair("flytesnacks", "development"));
    assert_eq!(place(bare, None), pair("p", "d"));
}

#[test]
fn a_reference_is_fetched_first() {
    let interface = interface(&[("x", 1)]);
    let server = Server::new(move |request| match request.rpc.as_str() {
        "ListWorkflows" => {
            let workflows = vec![workflow_message(
                Identifier::new(ResourceType::Workflow, "p", "d", "etl", "v9").to_proto(),
                core::TypedInterface::default(),
            )];
            ok(&admin::WorkflowList { workflows, token: "1".to_owned() })
        }
        "GetWorkflow" => ok(&workflow_message(core::Identifier::default(), interface.clone())),
        "GetLaunchPlan" => {
            let id = request.decode::<admin::ObjectGetRequest>().id.unwrap();
            ok(&launch_plan(id, &interface, |_| true))
        }
        "CreateExecution" => ok(&created(request)),
        _ => ok(&running(request.decode::<admin::WorkflowExecutionGetRequest>().id)),
    });
    let reference = Reference { kind: Some(ResourceType::Workflow), name: "etl".to_owned(), ..Reference::default() };
    let inputs = vec![("x".to_owned(), InputValue::Number(3.0))];
    let options = Execute { inputs, ..Execute::default() };
    let execution = execute(&server, &Target::Reference(reference), &options).unwrap();
    assert_eq!(server.rpcs(), ["ListWorkflows", "GetWorkflow", "GetLaunchPlan", "CreateExecution", "GetExecution"]);
    let sent: admin::ExecutionCreateRequest = server.requests()[3].decode();
    let launched = Identifier::from(sent.spec.unwrap().launch_plan.unwrap());
    assert_eq!(launched.to_string(), "lp:flytesnacks:development:etl:v9");
    assert_eq!(execution.phase().as_str(), "RUNNING");
    let vague = Target::Reference(Reference { name: "etl".to_owned(), ..Reference::default() });
    assert_eq!(execute(&server, &vague, &options).err().unwrap().path.as_deref(), Some("kind"));
}

#[test]
fn a_workflow_without_its_launch_plan_says_what_to_do() {
    let server = Server::new(|_| status(Code::NotFound, "missing entity of type 3"));
    let workflow = workflow(Identifier::new(ResourceType::Workflow, "p", "d", "etl", "v1").to_proto(), interface(&[]));
    let error = execute(&server, &Target::Workflow(Rc::new(workflow)), &Execute::default()).err().unwrap();
    assert_eq!(error.kind, Kind::NotFound);
    assert_eq!(error.entity.as_deref(), Some("lp:p:d:etl:v1"));
    assert!(error.message.contains("launch plan of its own name and version"), "{}", error.message);
    assert_eq!(server.rpcs(), ["GetLaunchPlan"]);
}

#[test]
fn further_fields_of_the_spec_count_beside_the_others() {
    let server = willing_for_plan();
    let quality = core::QualityOfService {
        designation: Some(core::quality_of_service::Designation::Tier(core::quality_of_service::Tier::High.into())),
    };
    let more = admin::ExecutionSpec { quality_of_service: Some(quality), ..Default::default() };
    let options = Execute { more: more.encode_to_vec(), tags: vec!["t".to_owned()], ..with_day() };
    execute(&server, &Target::LaunchPlan(plan()), &options).unwrap();
    let sent: admin::ExecutionCreateRequest = server.requests()[0].decode();
    let spec = sent.spec.unwrap();
    assert_eq!((spec.quality_of_service, &*spec.metadata.unwrap().principal), (Some(quality), "placeholder"));
}

#[test]
fn notifications_are_sent_and_checked() {
    let server = willing_for_plan();
    let notify = |phase: &str, recipients: &[&str]| {
        let notification = Notification {
            phases: vec![phase.to_owned()],
            channel: NotificationChannel::Slack,
            recipients: recipients.iter().map(|text| (*text).to_owned()).collect(),
        };
        let options = Execute { notifications: Notifications::List(vec![notification]), ..with_day() };
        execute(&server, &Target::LaunchPlan(plan()), &options)
    };
    notify("FAILED", &["s@b.c"]).unwrap();
    let sent: admin::ExecutionCreateRequest = server.requests()[0].decode();
    let overrides = sent.spec.unwrap().notification_overrides.unwrap();
    let admin::execution_spec::NotificationOverrides::Notifications(list) = overrides else { panic!("{overrides:?}") };
    assert_eq!(list.notifications[0].phases, [6]);
    assert_eq!(notify("RUNNING", &["s@b.c"]).err().unwrap().path.as_deref(), Some("notifications[0].phases"));
    assert_eq!(notify("FAILED", &[]).err().unwrap().path.as_deref(), Some("notifications[0].slack"));
}

#[test]
fn the_time_of_the_call_covers_all_of_its_requests() {
    let server = willing_for_plan();
    server.latency(Duration::from_secs(3));
    let options = flyte_remote::remote::CallOptions { timeout: Some(Duration::from_secs(5)), ..call() };
    let target = Target::LaunchPlan(plan());
    server.run(server.remote().execute(&target, &with_day(), &options)).unwrap();
    let timeouts: Vec<_> = server.requests().into_iter().map(|request| request.timeout.unwrap().as_secs()).collect();
    assert_eq!(timeouts, [5, 2]);
}

#[test]
fn an_error_of_the_server_names_the_entity() {
    let server = Server::new(|_| Err(Status::new(Code::InvalidArgument, "launch plan is archived")));
    let error = execute(&server, &Target::LaunchPlan(plan()), &with_day()).err().unwrap();
    assert_eq!(error.kind, Kind::InvalidInput);
    assert_eq!(error.message, "lp:p:d:etl:v1: CreateExecution: launch plan is archived");
    assert_eq!(error.method.as_deref(), Some("/flyteidl.service.AdminService/CreateExecution"));
}
