//! A sandbox with helpers: short calls, small entities, simulated containers.

use std::time::Duration;

use prost::Message;

use crate::idl::admin::{self, *};
use crate::idl::core::{self, *};
use crate::{ContainerResult, Effect, Options, RunContainer, Sandbox, Status};

pub use crate::idl::core::literal_type::Type;

pub const PROJECT: &str = "flytesnacks";
pub const DOMAIN: &str = "development";

/// A sandbox with a clock and a journal.
pub struct Bench {
    pub sandbox: Sandbox,
    pub now: Duration,
    pub journal: Vec<(Duration, Entry)>,
}

/// What came in.
#[derive(Clone)]
pub enum Entry {
    Call(String, Vec<u8>),
    Started(String),
    Finished(String, ContainerResult),
}

/// Lets the entries of a journal come in again.
pub fn replay(sandbox: &mut Sandbox, journal: &[(Duration, Entry)]) {
    for (now, entry) in journal.iter().cloned() {
        match entry {
            Entry::Call(path, message) => _ = sandbox.call(now, &path, &message),
            Entry::Started(run) => sandbox.container_started(now, &run),
            Entry::Finished(run, result) => sandbox.container_finished(now, &run, result),
        }
    }
}

impl Default for Bench {
    fn default() -> Self {
        Bench::new(Options { seed: 7, scratch_root: "/scratch".into(), max_workflow_nodes: 0, ..Options::default() })
    }
}

impl Bench {
    pub fn new(options: Options) -> Self {
        Bench { sandbox: Sandbox::new(options), now: Duration::from_secs(1_000_000), journal: Vec::new() }
    }

    /// Calls a method of AdminService one second later.
    pub fn call<Q: Message, R: Message + Default>(&mut self, method: &str, request: Q) -> Result<R, Status> {
        self.service("Admin", method, request)
    }

    pub fn service<Q: Message, R: Message + Default>(
        &mut self,
        service: &str,
        method: &str,
        request: Q,
    ) -> Result<R, Status> {
        self.now += Duration::from_secs(1);
        let path = format!("/flyteidl.service.{service}Service/{method}");
        let message = request.encode_to_vec();
        self.journal.push((self.now, Entry::Call(path.clone(), message.clone())));
        let reply = self.sandbox.call(self.now, &path, &message)?;
        Ok(R::decode(reply.as_slice()).unwrap())
    }

    /// Registers a container task `name` with inputs and outputs, whose argv names the task.
    pub fn task(&mut self, name: &str, inputs: &[(&str, LiteralType)], outputs: &[(&str, LiteralType)]) {
        self.task_of(task(name, inputs, outputs)).unwrap();
    }

    pub fn task_of(&mut self, template: TaskTemplate) -> Result<TaskCreateResponse, Status> {
        let request = TaskCreateRequest {
            id: template.id.clone(),
            spec: Some(TaskSpec { template: Some(template), ..Default::default() }),
        };
        self.call("CreateTask", request)
    }

    /// Registers a workflow and a launch plan of its name.
    pub fn workflow(&mut self, template: WorkflowTemplate, sub_workflows: Vec<WorkflowTemplate>) {
        let name = template.id.clone().unwrap().name;
        self.try_workflow(template, sub_workflows).unwrap();
        self.launch_plan(&name, &name, LaunchPlanSpec::default()).unwrap();
    }

    pub fn try_workflow(
        &mut self,
        template: WorkflowTemplate,
        sub_workflows: Vec<WorkflowTemplate>,
    ) -> Result<WorkflowCreateResponse, Status> {
        let request = WorkflowCreateRequest {
            id: template.id.clone(),
            spec: Some(WorkflowSpec { template: Some(template), sub_workflows, ..Default::default() }),
        };
        self.call("CreateWorkflow", request)
    }

    pub fn launch_plan(
        &mut self,
        name: &str,
        workflow: &str,
        spec: LaunchPlanSpec,
    ) -> Result<LaunchPlanCreateResponse, Status> {
        let spec = LaunchPlanSpec { workflow_id: Some(id(ResourceType::Workflow, workflow)), ..spec };
        let request = LaunchPlanCreateRequest { id: Some(id(ResourceType::LaunchPlan, name)), spec: Some(spec) };
        self.call("CreateLaunchPlan", request)
    }

    /// Starts an execution of a launch plan and answers its name.
    pub fn execute(&mut self, launch_plan: &str, inputs: &[(&str, Literal)]) -> String {
        self.try_execute(request(ResourceType::LaunchPlan, launch_plan, inputs)).unwrap()
    }

    pub fn try_execute(&mut self, request: ExecutionCreateRequest) -> Result<String, Status> {
        let reply: ExecutionCreateResponse = self.call("CreateExecution", request)?;
        Ok(reply.id.unwrap().name)
    }

    pub fn execution(&mut self, name: &str) -> Execution {
        self.call("GetExecution", WorkflowExecutionGetRequest { id: Some(execution_id(name)) }).unwrap()
    }

    pub fn phase(&mut self, name: &str) -> workflow_execution::Phase {
        self.execution(name).closure.unwrap().phase()
    }

    pub fn error(&mut self, name: &str) -> ExecutionError {
        match self.execution(name).closure.unwrap().output_result {
            Some(execution_closure::OutputResult::Error(error)) => error,
            other => panic!("no error but {other:?}"),
        }
    }

    pub fn data(&mut self, name: &str) -> WorkflowExecutionGetDataResponse {
        self.call("GetExecutionData", WorkflowExecutionGetDataRequest { id: Some(execution_id(name)) }).unwrap()
    }

    pub fn outputs(&mut self, name: &str) -> LiteralMap {
        self.data(name).full_outputs.unwrap()
    }

    /// The nodes at the top, or under a parent.
    pub fn nodes(&mut self, name: &str, parent: &str) -> Vec<admin::NodeExecution> {
        let request = NodeExecutionListRequest {
            workflow_execution_id: Some(execution_id(name)),
            limit: 10_000,
            unique_parent_id: parent.into(),
            ..Default::default()
        };
        self.call::<_, NodeExecutionList>("ListNodeExecutions", request).unwrap().node_executions
    }

    /// `n0 SUCCEEDED` for each node.
    pub fn node_phases(&mut self, name: &str, parent: &str) -> Vec<String> {
        let text = |node: &admin::NodeExecution| {
            let phase = node.closure.as_ref().unwrap().phase();
            format!("{} {}", node.id.as_ref().unwrap().node_id, phase.as_str_name())
        };
        self.nodes(name, parent).iter().map(text).collect()
    }

    pub fn node_data(&mut self, name: &str, node: &str) -> NodeExecutionGetDataResponse {
        self.call("GetNodeExecutionData", NodeExecutionGetDataRequest { id: Some(node_id(name, node)) }).unwrap()
    }

    /// The attempts of a node.
    pub fn attempts(&mut self, name: &str, node: &str) -> Vec<admin::TaskExecution> {
        let request =
            TaskExecutionListRequest { node_execution_id: Some(node_id(name, node)), limit: 100, ..Default::default() };
        self.call::<_, TaskExecutionList>("ListTaskExecutions", request).unwrap().task_executions
    }

    /// The containers asked for since the last look.
    pub fn containers(&mut self) -> Vec<RunContainer> {
        let effects = self.sandbox.drain_effects().into_iter();
        effects
            .filter_map(|effect| match effect {
                Effect::RunContainer(container) => Some(*container),
                Effect::StopContainer { .. } => None,
            })
            .collect()
    }

    /// Lets a container start and end.
    pub fn finish(&mut self, container: &RunContainer, result: ContainerResult) {
        self.now += Duration::from_secs(1);
        self.journal.push((self.now, Entry::Started(container.run.clone())));
        self.sandbox.container_started(self.now, &container.run);
        self.now += Duration::from_secs(1);
        self.journal.push((self.now, Entry::Finished(container.run.clone(), result.clone())));
        self.sandbox.container_finished(self.now, &container.run, result);
    }

    /// Runs containers until none is asked for any more; `run` tells what each outputs.
    pub fn settle(&mut self, mut run: impl FnMut(&RunContainer, &LiteralMap) -> ContainerResult) {
        loop {
            let containers = self.containers();
            if containers.is_empty() {
                return;
            }
            for container in containers {
                let inputs = inputs_of(&container);
                let result = run(&container, &inputs);
                self.finish(&container, result);
            }
        }
    }
}

pub fn inputs_of(container: &RunContainer) -> LiteralMap {
    let file = container.files_in.iter().find(|(path, _)| path == "inputs/inputs.pb").unwrap();
    LiteralMap::decode(file.1.as_slice()).unwrap()
}

/// A process that ended well with these outputs.
pub fn gave(outputs: &[(&str, Literal)]) -> ContainerResult {
    let bytes = literals(outputs).encode_to_vec();
    ContainerResult { files: vec![("outputs/outputs.pb".into(), bytes)], ..Default::default() }
}

pub fn literals(entries: &[(&str, Literal)]) -> LiteralMap {
    LiteralMap { literals: entries.iter().map(|(name, literal)| ((*name).to_owned(), literal.clone())).collect() }
}

pub fn request(kind: ResourceType, name: &str, inputs: &[(&str, Literal)]) -> ExecutionCreateRequest {
    ExecutionCreateRequest {
        project: PROJECT.into(),
        domain: DOMAIN.into(),
        spec: Some(ExecutionSpec { launch_plan: Some(id(kind, name)), ..Default::default() }),
        inputs: Some(literals(inputs)),
        ..Default::default()
    }
}

pub fn id(kind: ResourceType, name: &str) -> Identifier {
    Identifier {
        resource_type: kind as i32,
        project: PROJECT.into(),
        domain: DOMAIN.into(),
        name: name.into(),
        version: "v1".into(),
        ..Default::default()
    }
}

pub fn execution_id(name: &str) -> WorkflowExecutionIdentifier {
    WorkflowExecutionIdentifier {
        project: PROJECT.into(),
        domain: DOMAIN.into(),
        name: name.into(),
        org: String::new(),
    }
}

pub fn node_id(execution: &str, node: &str) -> NodeExecutionIdentifier {
    NodeExecutionIdentifier { node_id: node.into(), execution_id: Some(execution_id(execution)) }
}

pub fn simple(simple: SimpleType) -> LiteralType {
    LiteralType { r#type: Some(Type::Simple(simple as i32)), ..Default::default() }
}

pub fn integer() -> LiteralType {
    simple(SimpleType::Integer)
}

pub fn string() -> LiteralType {
    simple(SimpleType::String)
}

pub fn list_of(inner: LiteralType) -> LiteralType {
    LiteralType { r#type: Some(Type::CollectionType(Box::new(inner))), ..Default::default() }
}

pub fn of_scalar(value: scalar::Value) -> Literal {
    Literal { value: Some(literal::Value::Scalar(Box::new(Scalar { value: Some(value) }))), ..Default::default() }
}

pub fn int(value: i64) -> Literal {
    of_scalar(scalar::Value::Primitive(Primitive { value: Some(primitive::Value::Integer(value)) }))
}

pub fn text(value: &str) -> Literal {
    of_scalar(scalar::Value::Primitive(Primitive { value: Some(primitive::Value::StringValue(value.into())) }))
}

pub fn list(items: Vec<Literal>) -> Literal {
    Literal { value: Some(literal::Value::Collection(LiteralCollection { literals: items })), ..Default::default() }
}

pub fn map(entries: &[(&str, Literal)]) -> Literal {
    Literal { value: Some(literal::Value::Map(literals(entries))), ..Default::default() }
}

pub fn as_int(literal: &Literal) -> i64 {
    match literal.value.as_ref().unwrap() {
        literal::Value::Scalar(scalar) => match scalar.value.as_ref().unwrap() {
            scalar::Value::Primitive(Primitive { value: Some(primitive::Value::Integer(value)) }) => *value,
            other => panic!("no integer but {other:?}"),
        },
        other => panic!("no integer but {other:?}"),
    }
}

pub fn variables(entries: &[(&str, LiteralType)]) -> VariableMap {
    let variable = |r#type: &LiteralType| Variable { r#type: Some(r#type.clone()), ..Default::default() };
    VariableMap { variables: entries.iter().map(|(name, r#type)| ((*name).to_owned(), variable(r#type))).collect() }
}

pub fn task(name: &str, inputs: &[(&str, LiteralType)], outputs: &[(&str, LiteralType)]) -> TaskTemplate {
    let container = Container {
        image: "example:v1".into(),
        args: vec![name.into(), "{{.input}}".into(), "{{.outputPrefix}}".into()],
        ..Default::default()
    };
    TaskTemplate {
        id: Some(id(ResourceType::Task, name)),
        r#type: "container".into(),
        metadata: Some(TaskMetadata { retries: Some(RetryStrategy::default()), ..Default::default() }),
        interface: Some(TypedInterface { inputs: Some(variables(inputs)), outputs: Some(variables(outputs)) }),
        target: Some(task_template::Target::Container(container)),
        ..Default::default()
    }
}

pub fn workflow(
    name: &str,
    inputs: &[(&str, LiteralType)],
    outputs: &[(&str, LiteralType, BindingData)],
    nodes: Vec<Node>,
) -> WorkflowTemplate {
    let declared: Vec<_> = outputs.iter().map(|(name, r#type, _)| (*name, r#type.clone())).collect();
    WorkflowTemplate {
        id: Some(id(ResourceType::Workflow, name)),
        interface: Some(TypedInterface { inputs: Some(variables(inputs)), outputs: Some(variables(&declared)) }),
        outputs: outputs.iter().map(|(name, _, data)| bind(name, data.clone())).collect(),
        nodes,
        ..Default::default()
    }
}

pub fn node(id: &str, target: node::Target, inputs: &[(&str, BindingData)]) -> Node {
    Node {
        id: id.into(),
        metadata: Some(NodeMetadata { name: id.into(), ..Default::default() }),
        inputs: inputs.iter().map(|(name, data)| bind(name, data.clone())).collect(),
        target: Some(target),
        ..Default::default()
    }
}

pub fn run_task(name: &str) -> node::Target {
    let reference = Some(task_node::Reference::ReferenceId(id(ResourceType::Task, name)));
    node::Target::TaskNode(TaskNode { reference, overrides: None })
}

pub fn run_workflow(name: &str) -> node::Target {
    let reference = Some(workflow_node::Reference::SubWorkflowRef(id(ResourceType::Workflow, name)));
    node::Target::WorkflowNode(WorkflowNode { reference })
}

pub fn run_launch_plan(name: &str) -> node::Target {
    let reference = Some(workflow_node::Reference::LaunchplanRef(id(ResourceType::LaunchPlan, name)));
    node::Target::WorkflowNode(WorkflowNode { reference })
}

pub fn gate(condition: gate_node::Condition) -> node::Target {
    node::Target::GateNode(GateNode { condition: Some(condition) })
}

fn bind(var: &str, data: BindingData) -> Binding {
    Binding { var: var.into(), binding: Some(data) }
}

pub fn promise(node: &str, var: &str) -> BindingData {
    promise_at(node, var, Vec::new())
}

pub fn promise_at(node: &str, var: &str, attr_path: Vec<PromiseAttribute>) -> BindingData {
    let reference = OutputReference { node_id: node.into(), var: var.into(), attr_path };
    BindingData { value: Some(binding_data::Value::Promise(reference)), union: None }
}

pub fn constant(literal: Literal) -> BindingData {
    let Some(literal::Value::Scalar(scalar)) = literal.value else { panic!("no scalar") };
    BindingData { value: Some(binding_data::Value::Scalar(*scalar)), union: None }
}

pub fn collection(bindings: Vec<BindingData>) -> BindingData {
    let list = BindingDataCollection { bindings };
    BindingData { value: Some(binding_data::Value::Collection(list)), union: None }
}

/// A workflow `name` that doubles its input `x` with the task `double`.
pub fn doubling(name: &str) -> WorkflowTemplate {
    let nodes = vec![node("n0", run_task("double"), &[("x", promise("", "x"))])];
    workflow(name, &[("x", integer())], &[("y", integer(), promise("n0", "y"))], nodes)
}

/// What `double` does.
pub fn double(_: &RunContainer, inputs: &LiteralMap) -> ContainerResult {
    gave(&[("y", int(as_int(&inputs.literals["x"]) * 2))])
}

/// A bench with the task `double` and the workflow `doubling`.
pub fn doubling_bench() -> Bench {
    let mut bench = Bench::default();
    bench.task("double", &[("x", integer())], &[("y", integer())]);
    bench.workflow(doubling("doubling"), Vec::new());
    bench
}

/// The details of a status.
pub fn details<M: Message + Default>(status: &Status) -> M {
    let rpc = flyte_remote::idl::google::rpc::Status::decode(status.details.as_slice()).unwrap();
    assert_eq!(rpc.code, status.code as i32);
    M::decode(rpc.details[0].value.as_slice()).unwrap()
}

pub use core::workflow_execution::Phase;
