//! Small random workflows.

use flyte_remote::idl::flyteidl::admin::{
    LaunchPlanCreateRequest, LaunchPlanSpec, TaskCreateRequest, TaskSpec, WorkflowCreateRequest, WorkflowSpec,
};
use flyte_remote::idl::flyteidl::core::*;
use prost::Message;

use super::random::Random;

pub const PROJECT: &str = "flytesnacks";
pub const DOMAIN: &str = "development";

/// A registration: method path and request.
pub type Request = (String, Vec<u8>);

/// What there is to run.
pub struct Library {
    pub requests: Vec<Request>,
    /// Names of workflows, each with a launch plan of its name.
    pub workflows: Vec<String>,
    /// Names of tasks.
    pub tasks: Vec<String>,
}

/// Tasks and workflows of a seed. Everything takes an integer `x`; workflows may give an integer `y`.
pub fn library(seed: u64) -> Library {
    let mut random = Random::of(seed, "workflows");
    let mut library = Library { requests: Vec::new(), workflows: Vec::new(), tasks: Vec::new() };
    for (name, retries) in [("work", 0), ("stubborn", 2)] {
        let interface = interface(&[("x", integer())], &[("y", integer())]);
        library.task(name, retries, interface);
    }
    let leaf = Draft::new("leaf").nodes(&mut random, 2, &["work", "stubborn"]);
    library.workflow(leaf.template(), &[]);
    for index in 0..1 + random.below(2) {
        let count = 1 + random.below(6);
        let kinds = ["work", "work", "stubborn", "leaf", "plan", "branch", "sleep", "signal", "approve"];
        let name = format!("random{index}");
        let draft = Draft::new(&name).nodes(&mut random, count, &kinds);
        let mut template = draft.template();
        let policies = [
            workflow_metadata::OnFailurePolicy::FailImmediately,
            workflow_metadata::OnFailurePolicy::FailAfterExecutableNodesComplete,
        ];
        let on_failure = *random.pick(&policies) as i32;
        template.metadata = Some(WorkflowMetadata { on_failure, ..Default::default() });
        if random.chance(20) {
            template.failure_node = Some(node("cleanup", run_task("work"), &[promise("", "x")]));
        }
        library.workflow(template, &[leaf.template()]);
    }
    library
}

impl Library {
    fn task(&mut self, name: &str, retries: u32, interface: TypedInterface) {
        let container = Container { image: "none".into(), command: vec![name.into()], ..Default::default() };
        let template = TaskTemplate {
            id: Some(id(ResourceType::Task, name)),
            r#type: "container".into(),
            metadata: Some(TaskMetadata { retries: Some(RetryStrategy { retries }), ..Default::default() }),
            interface: Some(interface),
            target: Some(task_template::Target::Container(container)),
            ..Default::default()
        };
        let id = template.id.clone();
        let spec = Some(TaskSpec { template: Some(template), ..Default::default() });
        self.request("CreateTask", &TaskCreateRequest { id, spec });
        self.tasks.push(name.to_owned());
    }

    fn workflow(&mut self, template: WorkflowTemplate, sub_workflows: &[WorkflowTemplate]) {
        let name = template.id.clone().unwrap_or_default().name;
        let workflow_id = template.id.clone();
        let spec =
            WorkflowSpec { template: Some(template), sub_workflows: sub_workflows.to_vec(), ..Default::default() };
        self.request("CreateWorkflow", &WorkflowCreateRequest { id: workflow_id.clone(), spec: Some(spec) });
        let spec = LaunchPlanSpec { workflow_id, ..Default::default() };
        let plan = LaunchPlanCreateRequest { id: Some(id(ResourceType::LaunchPlan, &name)), spec: Some(spec) };
        self.request("CreateLaunchPlan", &plan);
        self.workflows.push(name);
    }

    fn request(&mut self, method: &str, message: &impl Message) {
        self.requests.push((format!("/flyteidl.service.AdminService/{method}"), message.encode_to_vec()));
    }
}

/// A workflow being drawn up.
struct Draft {
    name: String,
    nodes: Vec<Node>,
    /// Nodes with an output `y`.
    giving: Vec<String>,
}

impl Draft {
    fn new(name: &str) -> Self {
        Draft { name: name.to_owned(), nodes: Vec::new(), giving: Vec::new() }
    }

    fn nodes(mut self, random: &mut Random, count: u64, kinds: &[&str]) -> Self {
        for index in 0..count {
            let kind = *random.pick(kinds);
            let id = format!("n{index}");
            let x = match self.giving.as_slice() {
                [] => promise("", "x"),
                _ if random.chance(30) => promise("", "x"),
                giving => promise(random.pick::<String>(giving), "y"),
            };
            let mut gives = true;
            let mut node = match kind {
                "leaf" => {
                    let reference = workflow_node::Reference::SubWorkflowRef(self::id(ResourceType::Workflow, "leaf"));
                    node(&id, run_workflow(reference), &[x])
                }
                "plan" => {
                    let plan = self::id(ResourceType::LaunchPlan, "leaf");
                    node(&id, run_workflow(workflow_node::Reference::LaunchplanRef(plan)), &[x])
                }
                "branch" => branch(&id, x),
                "sleep" => {
                    gives = false;
                    let seconds = 1 + random.below(40) as i64;
                    let duration = Some(prost_types::Duration { seconds, nanos: 0 });
                    gate(&id, gate_node::Condition::Sleep(SleepCondition { duration }))
                }
                "signal" => {
                    let condition = SignalCondition {
                        signal_id: format!("value-{id}"),
                        r#type: Some(integer()),
                        output_variable_name: "y".into(),
                    };
                    gate(&id, gate_node::Condition::Signal(condition))
                }
                "approve" => {
                    gives = false;
                    gate(&id, gate_node::Condition::Approve(ApproveCondition { signal_id: format!("ok-{id}") }))
                }
                task => node(&id, run_task(task), &[x]),
            };
            if let Some(before) = self.nodes.last().filter(|_| random.chance(25)) {
                node.upstream_node_ids.push(before.id.clone());
            }
            self.nodes.push(node);
            if gives {
                self.giving.push(id);
            }
        }
        self
    }

    fn template(&self) -> WorkflowTemplate {
        let last = self.giving.last();
        let outputs: Vec<_> = last.iter().map(|_| ("y", integer())).collect();
        let bindings = last.iter().map(|node| Binding { var: "y".into(), binding: Some(promise(node, "y")) });
        WorkflowTemplate {
            id: Some(id(ResourceType::Workflow, &self.name)),
            metadata: Some(WorkflowMetadata::default()),
            metadata_defaults: Some(WorkflowMetadataDefaults::default()),
            interface: Some(interface(&[("x", integer())], &outputs)),
            nodes: self.nodes.clone(),
            outputs: bindings.collect(),
            ..Default::default()
        }
    }
}

/// A branch on `x > 50` between two tasks.
fn branch(id: &str, x: BindingData) -> Node {
    let operand = |val| Some(Operand { val: Some(val) });
    let limit = Primitive { value: Some(primitive::Value::Integer(50)) };
    let comparison = ComparisonExpression {
        operator: comparison_expression::Operator::Gt as i32,
        left_value: operand(operand::Val::Var(".x".into())),
        right_value: operand(operand::Val::Primitive(limit)),
    };
    let condition = BooleanExpression { expr: Some(boolean_expression::Expr::Comparison(comparison)) };
    let inner =
        |end: &str, task: &str| Some(Box::new(node(&format!("{id}{end}"), run_task(task), std::slice::from_ref(&x))));
    let block = IfElseBlock {
        case: Some(Box::new(IfBlock { condition: Some(condition), then_node: inner("a", "work") })),
        other: Vec::new(),
        default: inner("b", "stubborn").map(if_else_block::Default::ElseNode),
    };
    let target = node::Target::BranchNode(Box::new(BranchNode { if_else: Some(Box::new(block)) }));
    let mut node = node(id, target, &[]);
    node.inputs = vec![Binding { var: ".x".into(), binding: Some(x) }];
    node
}

fn node(id: &str, target: node::Target, x: &[BindingData]) -> Node {
    Node {
        id: id.into(),
        metadata: Some(NodeMetadata { name: id.into(), ..Default::default() }),
        inputs: x.iter().map(|data| Binding { var: "x".into(), binding: Some(data.clone()) }).collect(),
        target: Some(target),
        ..Default::default()
    }
}

fn gate(id: &str, condition: gate_node::Condition) -> Node {
    node(id, node::Target::GateNode(GateNode { condition: Some(condition) }), &[])
}

fn run_task(name: &str) -> node::Target {
    let reference = Some(task_node::Reference::ReferenceId(id(ResourceType::Task, name)));
    node::Target::TaskNode(TaskNode { reference, overrides: None })
}

fn run_workflow(reference: workflow_node::Reference) -> node::Target {
    node::Target::WorkflowNode(WorkflowNode { reference: Some(reference) })
}

fn promise(node: &str, var: &str) -> BindingData {
    let reference = OutputReference { node_id: node.into(), var: var.into(), attr_path: Vec::new() };
    BindingData { value: Some(binding_data::Value::Promise(reference)), union: None }
}

fn integer() -> LiteralType {
    LiteralType { r#type: Some(literal_type::Type::Simple(SimpleType::Integer as i32)), ..Default::default() }
}

fn interface(inputs: &[(&str, LiteralType)], outputs: &[(&str, LiteralType)]) -> TypedInterface {
    let map = |variables: &[(&str, LiteralType)]| {
        let of = |(name, r#type): &(&str, LiteralType)| {
            ((*name).to_owned(), Variable { r#type: Some(r#type.clone()), ..Default::default() })
        };
        Some(VariableMap { variables: variables.iter().map(of).collect() })
    };
    TypedInterface { inputs: map(inputs), outputs: map(outputs) }
}

fn id(kind: ResourceType, name: &str) -> Identifier {
    Identifier {
        resource_type: kind as i32,
        project: PROJECT.into(),
        domain: DOMAIN.into(),
        name: name.into(),
        version: "v1".into(),
        ..Default::default()
    }
}

/// An integer as a literal.
pub fn literal(value: i64) -> Literal {
    let primitive = Primitive { value: Some(primitive::Value::Integer(value)) };
    of_scalar(scalar::Value::Primitive(primitive))
}

/// A boolean as a literal.
pub fn boolean(value: bool) -> Literal {
    let primitive = Primitive { value: Some(primitive::Value::Boolean(value)) };
    of_scalar(scalar::Value::Primitive(primitive))
}

fn of_scalar(value: scalar::Value) -> Literal {
    Literal { value: Some(literal::Value::Scalar(Box::new(Scalar { value: Some(value) }))), ..Default::default() }
}
