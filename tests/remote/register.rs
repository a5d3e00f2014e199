//! `registerSpecs`: what is sent in which order, and what counts as done.

use flyte_remote::entity::{Identifier, ResourceType};
use flyte_remote::error::{Error, Kind};
use flyte_remote::idl::flyteidl::{admin, core};
use flyte_remote::remote::{Register, Registered, Registration, Settings, Spec, Specs};
use flyte_remote::rpc::{Code, Status};
use prost::Message;
use serde_json::Value;

use crate::support::{bytes, call, id, message, status, unexpected, vectors, Request, Server};

fn run(server: &Server, specs: &Specs, register: &Register) -> Result<Registered, Error> {
    server.run(server.remote().register_specs(specs, register, &call()))
}

fn agreeable() -> Server {
    Server::new(|_| Ok(Vec::new()))
}

/// `CreateTask tsk:p:d:n:v`
fn created(server: &Server) -> Vec<String> {
    // The identifier is the first field of all these requests.
    let name = |request: &Request| request.decode::<admin::ObjectGetRequest>().id;
    let entry = |request: &Request| format!("{} {}", request.rpc, Identifier::from(name(request).unwrap()));
    server.requests().iter().map(entry).collect()
}

/// The requests of a trace by kind: what flytekit made of the Python code is what is given here.
fn traced<'a>(case: &'a Value, rpc: &str) -> Vec<&'a Value> {
    let entries = case["trace"].as_array().unwrap().iter();
    entries.filter(|entry| entry["rpc"] == format!("AdminService.{rpc}")).map(|entry| &entry["request"]).collect()
}

#[test]
fn specs_of_a_workflow_are_sent_as_flytekit_sends_them() {
    for name in ["register-workflow-sub", "register-workflow"] {
        let case = vectors("rpc_traces.json").into_iter().find(|case| id(case) == name).unwrap();
        let task = |request: &Value| {
            let request: admin::TaskCreateRequest = message(request);
            Spec { id: None, bytes: request.spec.unwrap().encode_to_vec() }
        };
        let workflow = |request: &Value| {
            let request: admin::WorkflowCreateRequest = message(request);
            Spec { id: None, bytes: request.spec.unwrap().encode_to_vec() }
        };
        let mut specs = Specs {
            tasks: traced(&case, "CreateTask").into_iter().map(task).collect(),
            workflows: traced(&case, "CreateWorkflow").into_iter().map(workflow).collect(),
            launch_plans: Vec::new(),
        };
        specs.workflows.reverse(); // Whatever the order they are given in.
        let server = agreeable();
        let registered = run(&server, &specs, &Register::default()).unwrap();
        assert!(registered.tasks.iter().chain(&registered.workflows).all(|registration| registration.new));
        let expected: Vec<&Value> = case["trace"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|entry| entry["rpc"] != "AdminService.GetWorkflow")
            .collect();
        assert_eq!(server.rpcs().len(), expected.len(), "{name}");
        for (ours, expected) in server.requests().iter().zip(expected) {
            assert_eq!(format!("AdminService.{}", ours.rpc), expected["rpc"], "{name}");
            if ours.rpc == "CreateLaunchPlan" {
                // A default launch plan; Python knows default values for it, a spec does not.
                let ours: admin::LaunchPlanCreateRequest = ours.decode();
                let theirs: admin::LaunchPlanCreateRequest = message(&expected["request"]);
                assert_eq!(ours.id, theirs.id, "{name}");
                let required = |mut spec: admin::LaunchPlanSpec| {
                    for parameter in spec.default_inputs.as_mut().unwrap().parameters.values_mut() {
                        parameter.behavior = Some(core::parameter::Behavior::Required(true));
                    }
                    spec.encode_to_vec()
                };
                assert_eq!(ours.spec.unwrap().encode_to_vec(), required(theirs.spec.unwrap()), "{name}");
            } else {
                assert_eq!(ours.message, bytes(&expected["request"]), "{name} {}", ours.rpc);
            }
        }
    }
}

fn task(name: &str) -> Spec {
    let template = core::TaskTemplate { id: named(name), ..Default::default() };
    Spec { id: None, bytes: admin::TaskSpec { template: Some(template), description: None }.encode_to_vec() }
}

/// Only a name: the rest comes from the options.
fn named(name: &str) -> Option<core::Identifier> {
    Some(core::Identifier { name: name.to_owned(), ..Default::default() })
}

/// A workflow that launches launch plans.
fn workflow(name: &str, launches: &[&str]) -> Spec {
    let node = |plan: &&str| {
        let reference = core::workflow_node::Reference::LaunchplanRef(named(plan).unwrap());
        let target = core::node::Target::WorkflowNode(core::WorkflowNode { reference: Some(reference) });
        core::Node { target: Some(target), ..Default::default() }
    };
    let template =
        core::WorkflowTemplate { id: named(name), nodes: launches.iter().map(node).collect(), ..Default::default() };
    let spec = admin::WorkflowSpec { template: Some(template), ..Default::default() };
    Spec { id: None, bytes: spec.encode_to_vec() }
}

fn launch_plan(name: &str, workflow: &str) -> Spec {
    let spec = admin::LaunchPlanSpec { workflow_id: named(workflow), ..Default::default() };
    let plan = admin::LaunchPlan { id: named(name), spec: Some(spec), closure: None };
    Spec { id: None, bytes: plan.encode_to_vec() }
}

fn v1() -> Register {
    Register { version: Some("v1".to_owned()), ..Register::default() }
}

fn short(server: &Server) -> Vec<String> {
    created(server).into_iter().map(|entry| entry.replace(":flytesnacks:development:", " ")).collect()
}

#[test]
fn what_is_needed_comes_first() {
    let specs = Specs {
        tasks: vec![task("t")],
        workflows: vec![workflow("outer", &["nightly", "inner"]), workflow("inner", &[])],
        launch_plans: vec![launch_plan("other", "outer"), launch_plan("nightly", "inner")],
    };
    let server = agreeable();
    let registered = run(&server, &specs, &v1()).unwrap();
    assert_eq!(
        short(&server),
        [
            "CreateTask tsk t:v1",
            "CreateWorkflow wf inner:v1",
            "CreateLaunchPlan lp inner:v1",
            "CreateLaunchPlan lp nightly:v1",
            "CreateWorkflow wf outer:v1",
            "CreateLaunchPlan lp outer:v1",
            "CreateLaunchPlan lp other:v1",
        ]
    );
    assert_eq!((registered.tasks.len(), registered.workflows.len(), registered.launch_plans.len()), (1, 2, 4));
}

#[test]
fn missing_parts_are_filled_in_within_the_specs_too() {
    let server = agreeable();
    let specs = Specs { workflows: vec![workflow("outer", &["inner"])], ..Specs::default() };
    let register = Register { project: Some("mine".to_owned()), ..v1() };
    run(&server, &specs, &register).unwrap();
    let sent: admin::WorkflowCreateRequest = server.requests()[0].decode();
    let template = sent.spec.unwrap().template.unwrap();
    assert_eq!(Identifier::from(sent.id.unwrap()).to_string(), "wf:mine:development:outer:v1");
    assert_eq!(Identifier::from(template.id.clone().unwrap()).to_string(), "wf:mine:development:outer:v1");
    let Some(core::node::Target::WorkflowNode(node)) = &template.nodes[0].target else { panic!() };
    let Some(core::workflow_node::Reference::LaunchplanRef(reference)) = &node.reference else { panic!() };
    assert_eq!(Identifier::from(reference.clone()).to_string(), "lp:mine:development:inner:v1");
}

#[test]
fn what_is_there_already_counts_as_done_and_is_told() {
    let server = Server::new(|request| match request.rpc.as_str() {
        "CreateTask" => status(Code::AlreadyExists, "task with identical structure already exists"),
        _ => Ok(Vec::new()),
    });
    let specs = Specs { tasks: vec![task("t")], workflows: vec![workflow("w", &[])], ..Specs::default() };
    let registered = run(&server, &specs, &v1()).unwrap();
    let of =
        |kind, name, new| Registration { id: Identifier::new(kind, "flytesnacks", "development", name, "v1"), new };
    assert_eq!(registered.tasks, [of(ResourceType::Task, "t", false)]);
    assert_eq!(registered.workflows, [of(ResourceType::Workflow, "w", true)]);
    assert_eq!(registered.launch_plans, [of(ResourceType::LaunchPlan, "w", true)]);
}

#[test]
fn something_else_under_the_same_identifier_is_an_error_that_names_it() {
    let text = "t task with different structure already exists";
    let server = Server::new(move |_| Err(Status::new(Code::InvalidArgument, text)));
    let error = run(&server, &Specs { tasks: vec![task("t")], ..Specs::default() }, &v1()).unwrap_err();
    assert_eq!(error.kind, Kind::InvalidInput);
    assert_eq!(error.message, format!("tsk:flytesnacks:development:t:v1: CreateTask: {text}"));
}

#[test]
fn default_launch_plans_can_be_left_out_or_replaced() {
    let server = agreeable();
    let specs = Specs { workflows: vec![workflow("w", &[])], ..Specs::default() };
    run(&server, &specs, &Register { default_launch_plans: false, ..v1() }).unwrap();
    assert_eq!(short(&server), ["CreateWorkflow wf w:v1"]);
    server.forget();
    let specs = Specs { launch_plans: vec![launch_plan("w", "w")], ..specs };
    run(&server, &specs, &v1()).unwrap();
    assert_eq!(short(&server), ["CreateWorkflow wf w:v1", "CreateLaunchPlan lp w:v1"]);
    let sent: admin::LaunchPlanCreateRequest = server.requests()[1].decode();
    assert!(sent.spec.unwrap().entity_metadata.is_none(), "the given one");
}

#[test]
fn given_launch_plans_are_activated_when_asked_for() {
    let server = agreeable();
    let specs = Specs {
        workflows: vec![workflow("w", &[])],
        launch_plans: vec![launch_plan("nightly", "w")],
        ..Specs::default()
    };
    run(&server, &specs, &Register { activate: true, ..v1() }).unwrap();
    assert_eq!(
        short(&server),
        [
            "CreateWorkflow wf w:v1",
            "CreateLaunchPlan lp w:v1",
            "CreateLaunchPlan lp nightly:v1",
            "UpdateLaunchPlan lp nightly:v1",
        ]
    );
    assert_eq!(server.requests()[3].decode::<admin::LaunchPlanUpdateRequest>().state, 1);
}

#[test]
fn a_launch_plan_spec_needs_an_identifier_beside_it() {
    let server = agreeable();
    let spec = admin::LaunchPlanSpec { workflow_id: named("w"), max_parallelism: 3, ..Default::default() };
    let plan = Identifier::new(ResourceType::LaunchPlan, "", "", "nightly", "");
    let specs = Specs { launch_plans: vec![Spec { id: Some(plan), bytes: spec.encode_to_vec() }], ..Specs::default() };
    run(&server, &specs, &v1()).unwrap();
    let sent: admin::LaunchPlanCreateRequest = server.requests()[0].decode();
    let spec = sent.spec.unwrap();
    assert_eq!(spec.max_parallelism, 3);
    assert_eq!(Identifier::from(spec.workflow_id.unwrap()).to_string(), "wf:flytesnacks:development:w:v1");
}

#[test]
fn all_mistakes_are_told_and_nothing_is_sent() {
    let server = Server::new(unexpected);
    let specs = Specs {
        tasks: vec![
            Spec { id: None, bytes: vec![0xff] },
            Spec { id: None, bytes: Vec::new() },
            task(""),
            task("twice"),
            task("twice"),
        ],
        workflows: vec![workflow("w", &[])],
        launch_plans: Vec::new(),
    };
    let error = run(&server, &specs, &v1()).unwrap_err();
    assert_eq!(error.kind, Kind::Value);
    assert_eq!(
        error.message,
        "4 mistakes in the specs to register:\n  \
         tasks[0]: can't be read as a task spec\n  \
         tasks[1]: has no identifier in it; give it an id\n  \
         tasks[2]: task has no name; put it in the spec's id or in the options\n  \
         tasks[4]: tsk:flytesnacks:development:twice:v1 is there twice"
    );
    let bare = server.remote_with(Settings::default());
    let specs = Specs { workflows: vec![workflow("w", &[])], ..Specs::default() };
    let error = server.run(bare.register_specs(&specs, &Register::default(), &call())).unwrap_err();
    assert_eq!(
        error.message,
        "workflows[0]: w has no project; put it in the spec's id or in the options (the specs to register)"
    );
}

#[test]
fn tasks_are_registered_at_the_same_time_but_not_too_many() {
    let server = agreeable();
    server.latency(std::time::Duration::from_millis(5));
    let specs = Specs { tasks: (0..40).map(|index| task(&format!("t{index}"))).collect(), ..Specs::default() };
    let registered = run(&server, &specs, &v1()).unwrap();
    assert_eq!(server.most_running(), 16);
    assert!(registered.tasks.iter().enumerate().all(|(index, task)| task.id.name == format!("t{index}")));
}

#[test]
fn workflows_that_launch_each_other_are_sent_all_the_same() {
    // The server says what is wrong with them.
    let server = agreeable();
    let specs = Specs { workflows: vec![workflow("a", &["b"]), workflow("b", &["a"])], ..Specs::default() };
    run(&server, &specs, &v1()).unwrap();
    assert_eq!(server.rpcs().len(), 4);
}
