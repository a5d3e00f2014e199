//! `FlyteRemote` over the sandbox under a simulated clock: from registration to outputs, and with a wire that fails.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use flyte_remote::data::BytesSource;
use flyte_remote::entity::{Reference, ResourceType};
use flyte_remote::error::{Error, Kind};
use flyte_remote::host::{Host, LocalFuture};
use flyte_remote::idl::flyteidl::{admin, core};
use flyte_remote::remote::{
    CallOptions, Client, Execute, ListExecutions, Register, Registered, Remote, Settings, Spec, Specs, Target,
    UploadFile, Wait, WorkflowExecution,
};
use flyte_remote::rpc::{stack, Call, Channel, Code, Reply, StackOptions, Status};
use flyte_remote::testing::{SimHost, SimReply};
use flyte_remote::value::{InputValue, OutputValue};
use flyte_sandbox::{ContainerResult, Effect, Options, RunContainer, Sandbox, StorageRequest};
use prost::Message;

/// A sandbox whose containers take two seconds each, reached over a wire that may fail.
#[derive(Clone)]
struct World {
    host: SimHost,
    inner: Rc<Inner>,
}

struct Inner {
    sandbox: RefCell<Sandbox>,
    running: RefCell<Vec<(Duration, RunContainer)>>,
    /// How many calls of a hundred fail, half of them after the server has done its work.
    faults: Cell<u8>,
}

impl World {
    fn new(seed: u64) -> Self {
        let sandbox =
            Sandbox::new(Options { seed, public_url: "http://sandbox.test".to_owned(), ..Options::default() });
        let inner = Inner { sandbox: RefCell::new(sandbox), running: RefCell::default(), faults: Cell::new(0) };
        let world = World { host: SimHost::new(seed), inner: Rc::new(inner) };
        let store = world.clone();
        world.host.on_fetch(move |request| {
            let (path, query) = request.url.strip_prefix("http://sandbox.test").unwrap().split_once('?').unwrap();
            let reply = store.inner.sandbox.borrow_mut().storage(
                store.host.now(),
                &StorageRequest {
                    method: request.method.to_owned(),
                    path: path.to_owned(),
                    query: query.to_owned(),
                    headers: request.headers.clone(),
                    body: request.body.clone(),
                },
            );
            SimReply::raw(reply.status, &[], &reply.body)
        });
        world
    }

    fn remote(&self) -> Remote {
        let settings = Settings {
            endpoint: "http://sandbox.test".to_owned(),
            project: Some("flytesnacks".to_owned()),
            domain: Some("development".to_owned()),
            ..Settings::default()
        };
        let channel = stack(self.host.shared(), Rc::new(self.clone()), StackOptions::default());
        Remote::new(Client::new(channel, self.host.shared()), settings)
    }

    fn run<T>(&self, future: impl std::future::Future<Output = T>) -> T {
        self.host.run(future)
    }

    /// Lets everything happen that is due by now.
    fn catch_up(&self) {
        let (now, mut sandbox) = (self.host.now(), self.inner.sandbox.borrow_mut());
        loop {
            for effect in sandbox.drain_effects() {
                match effect {
                    Effect::RunContainer(container) => {
                        self.inner.running.borrow_mut().push((now + Duration::from_secs(2), *container));
                    }
                    Effect::StopContainer { run } => {
                        self.inner.running.borrow_mut().retain(|(_, container)| container.run != run);
                    }
                }
            }
            let mut running = self.inner.running.borrow_mut();
            let ended = running.iter().position(|(end, _)| *end <= now);
            if let Some(index) = ended {
                let (end, container) = running.remove(index);
                sandbox.container_started(end - Duration::from_secs(1), &container.run);
                sandbox.container_finished(end, &container.run, work(&container));
                continue;
            }
            match sandbox.next_wake() {
                Some(at) if at <= now => sandbox.wake(at),
                _ => return,
            }
        }
    }

    fn chance(&self, of_hundred: u8) -> bool {
        let mut random = [0];
        self.host.fill_random(&mut random);
        random[0] % 100 < of_hundred
    }
}

impl Channel for World {
    fn unary(&self, call: Call) -> LocalFuture<Result<Reply, Status>> {
        let world = self.clone();
        Box::pin(async move {
            world.host.sleep(Duration::from_millis(5)).await;
            let (faulty, lost) = (world.chance(world.inner.faults.get()), world.chance(50));
            if faulty && !lost {
                return Err(Status::new(Code::Unavailable, "connection refused"));
            }
            world.catch_up();
            let reply = world.inner.sandbox.borrow_mut().call(world.host.now(), &call.path, &call.message);
            world.catch_up();
            if faulty {
                return Err(Status::new(Code::Unavailable, "the reply was lost"));
            }
            reply.map(|message| Reply { message, ..Reply::default() })
        })
    }
}

/// What the containers do: `scale` multiplies a list, `join` adds what it gets, `fail` fails.
fn work(container: &RunContainer) -> ContainerResult {
    let (_, inputs) = container.files_in.iter().find(|(path, _)| path == "inputs/inputs.pb").unwrap();
    let inputs = core::LiteralMap::decode(inputs.as_slice()).unwrap().literals;
    let outputs = match container.argv[0].as_str() {
        "scale" => {
            let factor = integer(&inputs["factor"]);
            [("scaled", list(ints(&inputs["xs"]).into_iter().map(|x| x * factor).collect()))]
        }
        "join" => [("total", int(ints(&inputs["left"]).iter().chain(&ints(&inputs["right"])).sum()))],
        _ => return ContainerResult { exit_code: 3, stderr: "no such luck".to_owned(), ..ContainerResult::default() },
    };
    let literals = outputs.into_iter().map(|(name, literal)| (name.to_owned(), literal)).collect();
    let bytes = core::LiteralMap { literals }.encode_to_vec();
    ContainerResult { files: vec![("outputs/outputs.pb".to_owned(), bytes)], ..ContainerResult::default() }
}

fn int(value: i64) -> core::Literal {
    let primitive = core::Primitive { value: Some(core::primitive::Value::Integer(value)) };
    let scalar = core::Scalar { value: Some(core::scalar::Value::Primitive(primitive)) };
    core::Literal { value: Some(core::literal::Value::Scalar(Box::new(scalar))), ..Default::default() }
}

fn list(values: Vec<i64>) -> core::Literal {
    let literals = values.into_iter().map(int).collect();
    core::Literal {
        value: Some(core::literal::Value::Collection(core::LiteralCollection { literals })),
        ..Default::default()
    }
}

fn integer(literal: &core::Literal) -> i64 {
    let Some(core::literal::Value::Scalar(scalar)) = &literal.value else { panic!("{literal:?}") };
    let Some(core::scalar::Value::Primitive(primitive)) = &scalar.value else { panic!("{literal:?}") };
    let Some(core::primitive::Value::Integer(value)) = &primitive.value else { panic!("{literal:?}") };
    *value
}

fn ints(literal: &core::Literal) -> Vec<i64> {
    let Some(core::literal::Value::Collection(of)) = &literal.value else { panic!("{literal:?}") };
    of.literals.iter().map(integer).collect()
}

fn integer_type() -> core::LiteralType {
    core::LiteralType { r#type: Some(core::literal_type::Type::Simple(1)), ..Default::default() }
}

fn list_type() -> core::LiteralType {
    let element = core::literal_type::Type::CollectionType(Box::new(integer_type()));
    core::LiteralType { r#type: Some(element), ..Default::default() }
}

type Variables<'a> = &'a [(&'a str, core::LiteralType)];

fn interface(inputs: Variables<'_>, outputs: Variables<'_>) -> Option<core::TypedInterface> {
    let map = |variables: Variables<'_>| {
        let of = |(name, literal_type): &(&str, core::LiteralType)| {
            let variable = core::Variable { r#type: Some(literal_type.clone()), ..Default::default() };
            ((*name).to_owned(), variable)
        };
        Some(core::VariableMap { variables: variables.iter().map(of).collect() })
    };
    Some(core::TypedInterface { inputs: map(inputs), outputs: map(outputs) })
}

/// An identifier without project, domain and version: those come from the options.
fn named(resource_type: ResourceType, name: &str) -> Option<core::Identifier> {
    Some(core::Identifier { resource_type: resource_type.number(), name: name.to_owned(), ..Default::default() })
}

fn task(name: &str, inputs: Variables<'_>, outputs: Variables<'_>) -> Spec {
    let container = core::Container { image: "none".to_owned(), command: vec![name.to_owned()], ..Default::default() };
    let template = core::TaskTemplate {
        id: named(ResourceType::Task, name),
        r#type: "container".to_owned(),
        metadata: Some(core::TaskMetadata::default()),
        interface: interface(inputs, outputs),
        target: Some(core::task_template::Target::Container(container)),
        ..Default::default()
    };
    Spec { id: None, bytes: admin::TaskSpec { template: Some(template), description: None }.encode_to_vec() }
}

fn from_node(var: &str, node: &str, output: &str) -> core::Binding {
    let promise = core::OutputReference { node_id: node.to_owned(), var: output.to_owned(), attr_path: Vec::new() };
    let value = Some(core::binding_data::Value::Promise(promise));
    core::Binding { var: var.to_owned(), binding: Some(core::BindingData { value, union: None }) }
}

fn node(id: &str, task: &str, inputs: Vec<core::Binding>, upstream: &[&str]) -> core::Node {
    let reference = core::task_node::Reference::ReferenceId(named(ResourceType::Task, task).unwrap());
    core::Node {
        id: id.to_owned(),
        inputs,
        upstream_node_ids: upstream.iter().map(|id| (*id).to_owned()).collect(),
        target: Some(core::node::Target::TaskNode(core::TaskNode { reference: Some(reference), overrides: None })),
        ..Default::default()
    }
}

/// Two tasks side by side, and one that joins them; and a workflow that fails.
fn specs() -> Specs {
    let scale = |id: &str| {
        let inputs = vec![from_node("xs", "", "xs"), from_node("factor", "", "factor")];
        node(id, "scale", inputs, &[])
    };
    let join = vec![from_node("left", "n0", "scaled"), from_node("right", "n1", "scaled")];
    let fan = core::WorkflowTemplate {
        id: named(ResourceType::Workflow, "fan"),
        metadata: Some(core::WorkflowMetadata::default()),
        metadata_defaults: Some(core::WorkflowMetadataDefaults::default()),
        interface: interface(&[("xs", list_type()), ("factor", integer_type())], &[("total", integer_type())]),
        nodes: vec![scale("n0"), scale("n1"), node("n2", "join", join, &["n0", "n1"])],
        outputs: vec![from_node("total", "n2", "total")],
        ..Default::default()
    };
    let failing = core::WorkflowTemplate {
        id: named(ResourceType::Workflow, "failing"),
        metadata: Some(core::WorkflowMetadata::default()),
        metadata_defaults: Some(core::WorkflowMetadataDefaults::default()),
        interface: interface(&[], &[]),
        nodes: vec![node("n0", "fail", Vec::new(), &[])],
        ..Default::default()
    };
    let workflow = |template| {
        let spec = admin::WorkflowSpec { template: Some(template), ..Default::default() };
        Spec { id: None, bytes: spec.encode_to_vec() }
    };
    Specs {
        tasks: vec![
            task("scale", &[("xs", list_type()), ("factor", integer_type())], &[("scaled", list_type())]),
            task("join", &[("left", list_type()), ("right", list_type())], &[("total", integer_type())]),
            task("fail", &[], &[]),
        ],
        workflows: vec![workflow(fan), workflow(failing)],
        launch_plans: Vec::new(),
    }
}

fn call() -> CallOptions {
    CallOptions::default()
}

async fn register(remote: &Remote) -> Result<Registered, Error> {
    let register = Register { version: Some("v1".to_owned()), ..Register::default() };
    remote.register_specs(&specs(), &register, &call()).await
}

fn inputs() -> Vec<(String, InputValue)> {
    let xs = [1.0, 2.0, 3.0].map(InputValue::Number).to_vec();
    vec![("xs".to_owned(), InputValue::List(xs)), ("factor".to_owned(), InputValue::Number(10.0))]
}

async fn execute(
    remote: &Remote,
    workflow: &str,
    inputs: Vec<(String, InputValue)>,
) -> Result<WorkflowExecution, Error> {
    let reference = Reference { kind: Some(ResourceType::Workflow), ..Reference::parse(workflow)? };
    let options = Execute { inputs, name_prefix: Some("run".to_owned()), ..Execute::default() };
    remote.execute(&Target::Reference(reference), &options, &call()).await
}

#[test]
fn a_workflow_runs_from_its_registration_to_its_outputs() {
    let world = World::new(1);
    let remote = world.remote();
    world.run(async {
        let registered = register(&remote).await.unwrap();
        assert!(registered.tasks.iter().chain(&registered.workflows).all(|entity| entity.new));
        assert_eq!(registered.launch_plans.len(), 2);
        assert!(register(&remote).await.unwrap().tasks.iter().all(|task| !task.new), "it was there");

        let run = execute(&remote, "fan", inputs()).await.unwrap();
        assert!(!run.is_done());
        let phases = Rc::new(RefCell::new(Vec::new()));
        let told = Rc::clone(&phases);
        let wait = Wait {
            progress: Some(Rc::new(move |execution| told.borrow_mut().push(execution.phase.as_str()))),
            ..Wait::default()
        };
        run.wait(&wait, &call()).await.unwrap();
        assert!(run.is_successful());
        assert_eq!((phases.borrow().first(), phases.borrow().last()), (Some(&"RUNNING"), Some(&"SUCCEEDED")));

        let outputs = run.outputs(&call()).await.unwrap();
        assert_eq!(outputs.to_output(), [("total".to_owned(), OutputValue::Int(120))]);
        let given: BTreeMap<_, _> = run.inputs(&call()).await.unwrap().to_output().into_iter().collect();
        assert_eq!(given["factor"], OutputValue::Int(10));
        assert_eq!(given["xs"], OutputValue::List([1, 2, 3].map(OutputValue::Int).to_vec()));

        let nodes = run.snapshot().nodes.clone().unwrap();
        let shown: BTreeMap<_, _> = nodes
            .iter()
            .map(|node| {
                (
                    node.id.node_id.as_str(),
                    (
                        node.phase.as_str(),
                        node.task_executions.as_deref().unwrap_or_default().len(),
                        node.problem.clone(),
                    ),
                )
            })
            .collect();
        for id in ["n0", "n1", "n2"] {
            assert_eq!(shown[id], ("SUCCEEDED", 1, None), "{id}");
        }
        let (_, scaled) =
            remote.node_data(&nodes.iter().find(|node| node.id.node_id == "n0").unwrap().id, &call()).await.unwrap();
        assert_eq!(scaled.get("scaled"), Some(OutputValue::List([10, 20, 30].map(OutputValue::Int).to_vec())));
    });
    // Two tasks side by side and one after them.
    assert!((4..8).contains(&world.host.elapsed().as_secs()), "{:?}", world.host.elapsed());
}

#[test]
fn a_task_runs_by_itself() {
    let world = World::new(2);
    let remote = world.remote();
    world.run(async {
        register(&remote).await.unwrap();
        let task = remote.fetch_task(&Reference::parse("scale").unwrap(), &call()).await.unwrap();
        let options = Execute { inputs: inputs(), wait: Some(Wait::default()), ..Execute::default() };
        let run = remote.execute(&Target::Task(task), &options, &call()).await.unwrap();
        let outputs = run.outputs(&call()).await.unwrap();
        assert_eq!(outputs.get("scaled"), Some(OutputValue::List([10, 20, 30].map(OutputValue::Int).to_vec())));
        assert_eq!(run.snapshot().launch_plan.to_string(), "tsk:flytesnacks:development:scale:v1");
    });
}

#[test]
fn a_failure_is_told_with_its_reason() {
    let world = World::new(3);
    let remote = world.remote();
    world.run(async {
        register(&remote).await.unwrap();
        let run = execute(&remote, "failing", Vec::new()).await.unwrap();
        run.wait(&Wait::default(), &call()).await.unwrap();
        assert_eq!(run.phase().as_str(), "FAILED");
        assert!(run.error().unwrap().unwrap().message.contains("no such luck"));
        let error = run.outputs(&call()).await.err().unwrap();
        assert_eq!(error.kind, Kind::Assertion);
        assert!(error.message.contains("no such luck"), "{}", error.message);
    });
}

#[test]
fn an_execution_is_ended_and_listed() {
    let world = World::new(4);
    let remote = world.remote();
    world.run(async {
        register(&remote).await.unwrap();
        let first = execute(&remote, "fan", inputs()).await.unwrap();
        first.terminate("no longer needed", &call()).await.unwrap();
        first.wait(&Wait::default(), &call()).await.unwrap();
        assert_eq!(first.phase().as_str(), "ABORTED");
        assert_eq!(first.snapshot().abort.as_ref().unwrap().cause, "no longer needed");
        assert!(first.terminate("again", &call()).await.is_err());

        let second = execute(&remote, "fan", inputs()).await.unwrap();
        second.wait(&Wait::default(), &call()).await.unwrap();
        let list = ListExecutions { page_size: Some(1), ..ListExecutions::default() };
        let pager = remote.recent_executions(&list, &call()).unwrap();
        let mut names = Vec::new();
        while let Some(page) = pager.next().await.unwrap() {
            names.extend(page.iter().map(|execution| execution.id().name.clone()));
        }
        assert_eq!(names, [second.id().name.clone(), first.id().name.clone()]);
        let failed = ListExecutions { filters: "eq(phase,ABORTED)".to_owned(), ..ListExecutions::default() };
        let page = remote.recent_executions(&failed, &call()).unwrap().next().await.unwrap().unwrap();
        assert_eq!(page.len(), 1);
        assert_eq!(page[0].id(), first.id());
    });
}

#[test]
fn mistakes_that_only_the_server_sees_are_told() {
    let world = World::new(5);
    let remote = world.remote();
    world.run(async {
        register(&remote).await.unwrap();
        let error = execute(&remote, "nothing", Vec::new()).await.err().unwrap();
        assert_eq!(error.kind, Kind::NotFound);
        let changed = Specs { tasks: vec![task("fail", &[("x", integer_type())], &[])], ..Specs::default() };
        let again = Register { version: Some("v1".to_owned()), ..Register::default() };
        let error = remote.register_specs(&changed, &again, &call()).await.unwrap_err();
        assert_eq!(
            (error.kind, error.entity.as_deref()),
            (Kind::InvalidInput, Some("tsk:flytesnacks:development:fail:v1"))
        );
        let options = Execute { name: Some("mine".to_owned()), inputs: inputs(), ..Execute::default() };
        let target =
            Target::Reference(Reference { kind: Some(ResourceType::Workflow), ..Reference::parse("fan").unwrap() });
        remote.execute(&target, &options, &call()).await.unwrap();
        let error = remote.execute(&target, &options, &call()).await.err().unwrap();
        assert_eq!(error.kind, Kind::AlreadyExists);
    });
}

#[test]
fn a_file_is_stored() {
    let world = World::new(6);
    let remote = world.remote();
    world.run(async {
        let source = BytesSource::new("a b.txt", &b"hello"[..]);
        let stored = remote.upload_file(&source, &UploadFile::default(), &call()).await.unwrap();
        assert!(stored.uri.starts_with("s3://flyte-sandbox/") && stored.uri.contains("a"), "{}", stored.uri);
        let again = remote.upload_file(&source, &UploadFile::default(), &call()).await.unwrap();
        assert_eq!(stored, again, "the same content has the same place");
    });
    let puts = world.host.requests();
    assert!(puts.iter().all(|put| put.method == "PUT" && put.header("content-length").is_none()));
}

/// A failing seed is named by its message.
#[test]
fn a_wire_that_fails_starts_nothing_twice_and_loses_nothing() {
    let mut ended = 0;
    for seed in 0..60 {
        let world = World::new(seed);
        world.inner.faults.set(15);
        let remote = world.remote();
        let result = world.run(async {
            register(&remote).await?;
            let run = execute(&remote, "fan", inputs()).await?;
            run.wait(&Wait::default(), &call()).await?;
            Ok::<_, Error>(run.outputs(&call()).await?.get("total"))
        });
        world.inner.faults.set(0);
        let list = remote.recent_executions(&ListExecutions::default(), &call()).unwrap();
        let executions = world.run(list.next()).unwrap().map_or(0, |page| page.len());
        assert!(executions <= 1, "seed {seed}: {executions} executions");
        match result {
            Ok(total) => {
                assert_eq!((total, executions), (Some(OutputValue::Int(120)), 1), "seed {seed}");
                ended += 1;
            }
            Err(error) => assert!(error.is_about_the_connection(), "seed {seed}: {error:?}"),
        }
    }
    assert!(ended > 40, "{ended} of 60");
}
