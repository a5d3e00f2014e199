//! Workflows as graphs.

#![allow(deprecated)] // older forms are still read

use std::rc::Rc;

use flyte_remote::codec::{json_to_wire, StdFloats};
use flyte_remote::entity::{Entity, Graph, Identifier, ResourceType, Workflow};
use flyte_remote::idl::flyteidl::{admin, core};
use flyte_remote::idl::schema::MessageId;
use flyte_remote::value::OutputValue;
use prost::Message;
use serde_json::{json, Value};

pub fn id(kind: ResourceType, name: &str) -> core::Identifier {
    Identifier::new(kind, "p", "d", name, "v1").to_proto()
}

pub fn variables(names: &[&str]) -> core::VariableMap {
    let simple = core::literal_type::Type::Simple(core::SimpleType::Integer as i32);
    let integer = core::LiteralType { r#type: Some(simple), ..Default::default() };
    let of = |name: &&str| (name.to_string(), core::Variable { r#type: Some(integer.clone()), ..Default::default() });
    core::VariableMap { variables: names.iter().map(of).collect() }
}

pub fn interface() -> core::TypedInterface {
    core::TypedInterface { inputs: Some(variables(&["x"])), outputs: Some(variables(&["o0"])) }
}

fn node(id: &str, target: core::node::Target) -> core::Node {
    core::Node { id: id.to_owned(), target: Some(target), ..Default::default() }
}

fn task_node(node_id: &str, task: &str) -> core::Node {
    let reference = core::task_node::Reference::ReferenceId(id(ResourceType::Task, task));
    node(node_id, core::node::Target::TaskNode(core::TaskNode { reference: Some(reference), overrides: None }))
}

fn workflow_node(node_id: &str, reference: Option<core::workflow_node::Reference>) -> core::Node {
    node(node_id, core::node::Target::WorkflowNode(core::WorkflowNode { reference }))
}

pub fn plan_node(node_id: &str, plan: &str) -> core::Node {
    let reference = core::workflow_node::Reference::LaunchplanRef(id(ResourceType::LaunchPlan, plan));
    workflow_node(node_id, Some(reference))
}

fn sub_node(node_id: &str, sub: &str) -> core::Node {
    let reference = core::workflow_node::Reference::SubWorkflowRef(id(ResourceType::Workflow, sub));
    workflow_node(node_id, Some(reference))
}

fn branch_node(node_id: &str, cases: Vec<core::Node>, otherwise: Option<core::if_else_block::Default>) -> core::Node {
    let comparison = core::ComparisonExpression {
        operator: core::comparison_expression::Operator::Gte as i32,
        left_value: Some(core::Operand { val: Some(core::operand::Val::Var(".x".to_owned())) }),
        right_value: Some(core::Operand {
            val: Some(core::operand::Val::Primitive(core::Primitive {
                value: Some(core::primitive::Value::Integer(3)),
            })),
        }),
    };
    let condition = core::BooleanExpression { expr: Some(core::boolean_expression::Expr::Comparison(comparison)) };
    let block = |node| core::IfBlock { condition: Some(condition.clone()), then_node: Some(Box::new(node)) };
    let mut cases = cases.into_iter().map(block);
    let block = core::IfElseBlock { case: cases.next().map(Box::new), other: cases.collect(), default: otherwise };
    node(node_id, core::node::Target::BranchNode(Box::new(core::BranchNode { if_else: Some(Box::new(block)) })))
}

fn gate_node(node_id: &str, condition: Option<core::gate_node::Condition>) -> core::Node {
    node(node_id, core::node::Target::GateNode(core::GateNode { condition }))
}

fn array_node(node_id: &str, inner: Option<core::Node>) -> core::Node {
    let array = core::ArrayNode {
        node: inner.map(Box::new),
        parallelism_option: Some(core::array_node::ParallelismOption::Parallelism(3)),
        success_criteria: Some(core::array_node::SuccessCriteria::MinSuccessRatio(0.8)),
        bound_inputs: vec!["y".to_owned()],
        ..Default::default()
    };
    node(node_id, core::node::Target::ArrayNode(Box::new(array)))
}

pub fn compiled(name: &str, nodes: Vec<core::Node>) -> core::CompiledWorkflow {
    let template = core::WorkflowTemplate {
        id: Some(id(ResourceType::Workflow, name)),
        interface: Some(interface()),
        nodes,
        ..Default::default()
    };
    core::CompiledWorkflow { template: Some(template), connections: None }
}

fn compiled_task(name: &str) -> core::CompiledTask {
    let template = core::TaskTemplate {
        id: Some(id(ResourceType::Task, name)),
        r#type: "python-task".to_owned(),
        interface: Some(interface()),
        ..Default::default()
    };
    core::CompiledTask { template: Some(template) }
}

pub fn message(primary: core::CompiledWorkflow, subs: Vec<core::CompiledWorkflow>) -> admin::Workflow {
    let compiled = core::CompiledWorkflowClosure {
        primary: Some(primary),
        sub_workflows: subs,
        tasks: vec![compiled_task("add"), compiled_task("double")],
        ..Default::default()
    };
    admin::Workflow {
        id: Some(id(ResourceType::Workflow, "main")),
        closure: Some(admin::WorkflowClosure { compiled_workflow: Some(compiled), ..Default::default() }),
        ..Default::default()
    }
}

fn workflow(message: &admin::Workflow) -> Workflow {
    Workflow::decode(message.encode_to_vec().into(), None).unwrap()
}

/// A plain value as JSON, entities as `<kind name>`.
pub fn shown(value: &OutputValue, entities: &[Entity]) -> Value {
    let of = |value| shown(value, entities);
    match value {
        OutputValue::Null => Value::Null,
        OutputValue::Bool(flag) => json!(flag),
        OutputValue::Int(number) => json!(number),
        OutputValue::Float(number) => json!(number),
        OutputValue::Text(text) => json!(text),
        OutputValue::Duration { seconds, nanos } => json!(*seconds as f64 * 1e3 + f64::from(*nanos) / 1e6),
        OutputValue::List(items) => items.iter().map(of).collect(),
        OutputValue::Map(entries) => entries.iter().map(|(name, value)| (name.clone(), of(value))).collect(),
        OutputValue::Beside(place) => json!(match &entities[*place] {
            Entity::Task(task) => format!("<task {}>", task.id.name),
            Entity::Workflow(sub) => format!("<workflow {}>", sub.id.name),
            Entity::LaunchPlan(plan) => format!("<plan {}>", plan.id.name),
        }),
        OutputValue::Message(name, _) => json!(name),
        other => json!(format!("{other:?}")),
    }
}

pub fn graph(workflow: &Workflow) -> Value {
    let Graph { value, entities } = workflow.graph();
    shown(&value, &entities)
}

/// The node of an id at any level.
pub fn find<'a>(value: &'a Value, id: &str) -> Option<&'a Value> {
    match value {
        Value::Object(entries) if entries.get("kind").is_some() && entries.get("id") == Some(&json!(id)) => Some(value),
        Value::Object(entries) => entries.values().find_map(|value| find(value, id)),
        Value::Array(items) => items.iter().find_map(|value| find(value, id)),
        _ => None,
    }
}

pub fn problems(value: &Value) -> Vec<String> {
    match value {
        Value::Object(entries) => {
            let own = entries.get("problem").and_then(Value::as_str).map(str::to_owned);
            own.into_iter().chain(entries.values().flat_map(problems)).collect()
        }
        Value::Array(items) => items.iter().flat_map(problems).collect(),
        _ => Vec::new(),
    }
}

/// A workflow with nodes of all kinds.
pub fn rich() -> admin::Workflow {
    use core::gate_node::Condition;
    let start = core::Node { id: "start-node".to_owned(), ..Default::default() };
    let end = core::Node { id: "end-node".to_owned(), ..Default::default() };
    let mut tuned = task_node("n0", "add");
    tuned.metadata = Some(core::NodeMetadata {
        name: "Add".to_owned(),
        timeout: Some(prost_types::Duration { seconds: 60, nanos: 500_000_000 }),
        retries: Some(core::RetryStrategy { retries: 3 }),
        interruptible_value: Some(core::node_metadata::InterruptibleValue::Interruptible(false)),
        cacheable_value: Some(core::node_metadata::CacheableValue::Cacheable(true)),
        cache_version_value: Some(core::node_metadata::CacheVersionValue::CacheVersion("9".to_owned())),
        cache_serializable_value: Some(core::node_metadata::CacheSerializableValue::CacheSerializable(true)),
        ..Default::default()
    });
    let inner = branch_node("n3-n0", vec![plan_node("n3-n0-n0", "leaf")], None);
    let error = core::Error { message: "no case".to_owned(), ..Default::default() };
    let signal = core::SignalCondition {
        signal_id: "number".to_owned(),
        r#type: variables(&["x"]).variables.remove("x").unwrap().r#type,
        output_variable_name: "o0".to_owned(),
    };
    let sleep = core::SleepCondition { duration: Some(prost_types::Duration { seconds: 10, nanos: 0 }) };
    let mut primary = compiled(
        "main",
        vec![
            start,
            end,
            tuned,
            sub_node("n1", "sub"),
            plan_node("n2", "leaf"),
            branch_node(
                "n3",
                vec![inner, task_node("n3-n1", "double")],
                Some(core::if_else_block::Default::Error(error)),
            ),
            gate_node("n4", Some(Condition::Sleep(sleep))),
            gate_node("n5", Some(Condition::Approve(core::ApproveCondition { signal_id: "ok".to_owned() }))),
            gate_node("n6", Some(Condition::Signal(signal))),
            array_node("n7", Some(task_node("n7-0", "double"))),
        ],
    );
    let template = primary.template.as_mut().unwrap();
    let promise = core::OutputReference { node_id: "n0".to_owned(), var: "o0".to_owned(), ..Default::default() };
    let data = core::BindingData { value: Some(core::binding_data::Value::Promise(promise)), union: None };
    template.nodes[3].upstream_node_ids = vec!["n0".to_owned()];
    template.nodes[4].upstream_node_ids = vec!["n1".to_owned()];
    template.nodes[4].inputs = vec![core::Binding { var: "x".to_owned(), binding: Some(data) }];
    template.failure_node = Some(task_node("fn0", "double"));
    template.metadata = Some(core::WorkflowMetadata { on_failure: 1, ..Default::default() });
    template.metadata_defaults = Some(core::WorkflowMetadataDefaults { interruptible: true });
    let subs = vec![
        compiled("deeper", vec![plan_node("n0", "deep")]),
        compiled("other", vec![task_node("n0", "add")]),
        compiled("sub", vec![task_node("n0", "double"), sub_node("n1", "deeper")]),
    ];
    message(primary, subs)
}

#[test]
fn nodes_of_every_kind_are_there_with_what_they_refer_to() {
    let graph = graph(&workflow(&rich()));
    assert_eq!(problems(&graph), Vec::<String>::new());
    let ids: Vec<_> = graph["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7"]);
    let reference = |kind: &str, name: &str| json!({"resourceType": kind, "project": "p", "domain": "d", "name": name, "version": "v1"});
    let variable = json!({"name": "x", "type": "int", "description": "", "required": true});
    let output = json!({"name": "o0", "type": "int", "description": ""});
    assert_eq!(
        graph["nodes"][0],
        json!({
            "id": "n0", "kind": "task", "name": "Add", "retries": 3, "timeoutMs": 60_500.0, "interruptible": false,
            "cacheable": true, "cacheVersion": "9", "cacheSerializable": true, "inputs": [], "upstreamNodeIds": [],
            "reference": reference("TASK", "add"), "entity": "<task add>",
            "interface": {"inputs": [variable], "outputs": [output]},
        })
    );
    let part = |id: &str, name: &str| find(&graph, id).unwrap()[name].clone();
    assert_eq!(part("n1", "entity"), "<workflow sub>");
    assert_eq!((part("n1", "upstreamNodeIds"), part("n2", "upstreamNodeIds")), (json!(["n0"]), json!(["n0", "n1"])));
    assert_eq!((part("n2", "kind"), part("n2", "reference")), (json!("launchPlan"), reference("LAUNCH_PLAN", "leaf")));
    assert_eq!(
        part("n3", "cases")[0]["condition"],
        json!({"operator": "GTE", "left": {"var": ".x"}, "right": {"value": 3}})
    );
    assert_eq!(
        (part("n3", "cases")[1]["node"]["id"].clone(), part("n3", "elseError")),
        (json!("n3-n1"), json!("no case"))
    );
    assert_eq!((part("n3-n0", "kind"), part("n3-n0-n0", "kind")), (json!("branch"), json!("launchPlan")));
    assert_eq!(part("n4", "gate"), json!({"kind": "sleep", "durationMs": 10_000.0}));
    assert_eq!(part("n5", "gate"), json!({"kind": "approve", "signalId": "ok"}));
    assert_eq!(
        part("n6", "gate"),
        json!({"kind": "signal", "signalId": "number", "type": "int", "outputVariableName": "o0"})
    );
    assert_eq!(
        (part("n7", "parallelism"), part("n7", "minSuccessRatio"), part("n7", "boundInputs")),
        (json!(3), json!(0.8), json!(["y"]))
    );
    assert_eq!(part("n7-0", "entity"), "<task double>");
    assert_eq!(graph["failureNode"]["id"], "fn0");
    assert_eq!(graph["onFailure"], "FAIL_AFTER_EXECUTABLE_NODES_COMPLETE");
    assert_eq!(graph["interruptible"], true);
    assert_eq!(graph["tasks"], json!(["<task add>", "<task double>"]));
    assert_eq!((&graph["subWorkflows"], &graph["launchPlans"]), (&json!(["<workflow sub>"]), &json!([])));
}

#[test]
fn a_sub_workflow_is_a_workflow_with_just_what_it_needs() {
    let Graph { entities, .. } = workflow(&rich()).graph();
    let sub = entities.iter().find_map(|entity| match entity {
        Entity::Workflow(sub) if sub.id.name == "sub" => Some(Rc::clone(sub)),
        _ => None,
    });
    let sub = sub.unwrap();
    let graph = graph(&sub);
    assert_eq!((&graph["nodes"][0]["id"], &graph["nodes"][1]["entity"]), (&json!("n0"), &json!("<workflow deeper>")));
    assert_eq!(problems(&graph), Vec::<String>::new());
    assert_eq!(graph["subWorkflows"], json!(["<workflow deeper>"]));
    assert_eq!((sub.interface.inputs.len(), sub.short_description.as_str()), (1, ""));
    let own = admin::Workflow::decode(&*sub.message()).unwrap();
    let closure = own.closure.unwrap().compiled_workflow.unwrap();
    assert_eq!(
        (own.id, closure.sub_workflows.len(), closure.tasks.len()),
        (closure.primary.unwrap().template.unwrap().id, 3, 2)
    );
}

#[test]
fn values_come_from_promises_with_paths_literals_collections_maps_and_unions() {
    use core::binding_data::Value as Data;
    let data = |value| core::BindingData { value: Some(value), union: None };
    let promise = |node_id: &str, attr_path| {
        let var = "o0".to_owned();
        data(Data::Promise(core::OutputReference { node_id: node_id.to_owned(), var, attr_path }))
    };
    let integer = || {
        let value = core::primitive::Value::Integer(7);
        data(Data::Scalar(core::Scalar {
            value: Some(core::scalar::Value::Primitive(core::Primitive { value: Some(value) })),
        }))
    };
    let step = |value| core::PromiseAttribute { value: Some(value) };
    let path = vec![
        step(core::promise_attribute::Value::StringValue("a".to_owned())),
        step(core::promise_attribute::Value::IntValue(0)),
    ];
    let union = core::UnionInfo { target_type: variables(&["x"]).variables.remove("x").unwrap().r#type };
    let map = core::BindingDataMap { bindings: [("k".to_owned(), integer())].into() };
    let list = core::BindingDataCollection { bindings: vec![integer(), promise("", vec![])] };
    let apart = core::LiteralOffloadedMetadata { uri: "s3://b/k".to_owned(), size_bytes: 9, ..Default::default() };
    let cases = [
        (
            "start-node",
            promise("start-node", vec![]),
            json!({"kind": "promise", "nodeId": "", "var": "o0", "attrPath": []}),
        ),
        ("path", promise("n1", path), json!({"kind": "promise", "nodeId": "n1", "var": "o0", "attrPath": ["a", 0]})),
        ("literal", integer(), json!({"kind": "literal", "value": 7})),
        (
            "collection",
            data(Data::Collection(list)),
            json!({"kind": "collection", "bindings": [
                {"kind": "literal", "value": 7}, {"kind": "promise", "nodeId": "", "var": "o0", "attrPath": []}
            ]}),
        ),
        ("map", data(Data::Map(map)), json!({"kind": "map", "bindings": {"k": {"kind": "literal", "value": 7}}})),
        (
            "union",
            core::BindingData { union: Some(union), ..integer() },
            json!({"kind": "literal", "value": 7, "unionType": "int"}),
        ),
        (
            "apart",
            data(Data::OffloadedMetadata(apart)),
            json!({"kind": "literal", "value": "Offloaded { uri: \"s3://b/k\", size: 9 }"}),
        ),
    ];
    let mut bound = task_node("n0", "add");
    for (var, binding, _) in &cases {
        bound.inputs.push(core::Binding { var: var.to_string(), binding: Some(binding.clone()) });
    }
    let mut primary = compiled("main", vec![bound]);
    primary.template.as_mut().unwrap().outputs =
        vec![core::Binding { var: "o0".to_owned(), binding: Some(promise("n0", vec![])) }];
    let graph = graph(&workflow(&message(primary, vec![])));
    for (at, (var, _, expected)) in cases.iter().enumerate() {
        assert_eq!(graph["nodes"][0]["inputs"][at], json!({"var": var, "binding": expected}));
    }
    assert_eq!(graph["outputBindings"][0]["binding"]["nodeId"], "n0");
    assert_eq!(problems(&graph), Vec::<String>::new());
}

#[test]
fn what_is_odd_or_missing_is_the_problem_of_its_node() {
    let bare = core::Node { id: "bare".to_owned(), ..Default::default() };
    let mut unbound = task_node("unbound", "add");
    unbound.inputs = vec![core::Binding { var: "x".to_owned(), binding: None }];
    let unnamed = node("unnamed", core::node::Target::TaskNode(core::TaskNode::default()));
    let nodes = vec![
        bare,
        unbound,
        task_node("lost", "nowhere"),
        sub_node("sub", "nowhere"),
        workflow_node("neither", None),
        unnamed,
        branch_node("branch", vec![], None),
        gate_node("gate", None),
        array_node("array", None),
        core::Node::default(),
    ];
    let graph = graph(&workflow(&message(compiled("main", nodes), vec![])));
    let nodes = graph["nodes"].as_array().unwrap();
    let told: Vec<_> = nodes
        .iter()
        .map(|node| format!("{} {}: {}", node["kind"], node["id"], node["problem"]).replace('"', ""))
        .collect();
    let expected = [
        "unknown bare: the node does not say what it runs",
        "task unbound: x: nothing is bound that this client knows",
        "task lost: tsk:p:d:nowhere:v1 is not in the workflow's closure",
        "workflow sub: wf:p:d:nowhere:v1 is not in the workflow's closure",
        "workflow neither: the node does not say what it runs",
        "task unnamed: the node does not say what it runs",
        "branch branch: the node does not say what it runs",
        "gate gate: the node does not say what it runs",
        "array array: the node does not say what it runs",
        "unknown : the node does not say what it runs",
    ];
    assert_eq!(told, expected);
}

#[test]
fn any_bytes_give_a_graph() {
    let bytes = rich().encode_to_vec();
    let mut seen = 0;
    for at in 0..bytes.len() {
        for change in [0x01, 0x08, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[at] ^= change;
            if let Ok(workflow) = Workflow::decode(changed.into(), None) {
                let _ = workflow.launch_plan_ids();
                let Graph { value, entities } = workflow.graph();
                shown(&value, &entities);
                seen += 1;
            }
        }
    }
    assert!(seen > bytes.len(), "{seen} of {}", bytes.len());
}

#[test]
fn nodes_nested_without_end_and_workflows_inside_of_themselves_end() {
    let mut nested = task_node("task", "add");
    for _ in 0..2000 {
        nested = array_node("array", Some(nested));
    }
    // Too deep for prost's own decoder, not for its encoder.
    let bytes = message(compiled("main", vec![nested]), vec![]).encode_to_vec();
    let deep = Workflow::decode(bytes.into(), None).unwrap();
    assert_eq!(problems(&graph(&deep)), ["nested too deeply"]);
    let own = compiled("sub", vec![sub_node("n0", "sub")]);
    let Graph { entities, .. } = workflow(&message(compiled("main", vec![sub_node("n0", "sub")]), vec![own])).graph();
    let inner = entities.iter().find_map(|entity| match entity {
        Entity::Workflow(sub) => Some(graph(sub)),
        _ => None,
    });
    assert_eq!(inner.unwrap()["nodes"][0]["entity"], "<workflow sub>");
}

#[test]
fn all_that_flytekit_compiles_is_promoted() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/compiled_closures.json"));
    let cases: Value = serde_json::from_str(&text.unwrap()).unwrap();
    let mut seen = 0;
    for (name, answers) in cases.as_object().unwrap() {
        for (entity, answer) in answers.as_object().unwrap() {
            if !entity.starts_with("workflow ") || answer.get("code").is_some() {
                continue;
            }
            seen += 1;
            let message = MessageId::by_name("flyteidl.admin.Workflow").unwrap();
            let wire = json_to_wire(message, answer.to_string().as_bytes(), &StdFloats).unwrap().wire;
            let graph = graph(&Workflow::decode(wire.into(), None).unwrap());
            assert_eq!(problems(&graph), Vec::<String>::new(), "{name}");
            let template = &answer["closure"]["compiledWorkflow"]["primary"]["template"];
            let is_system = |node: &Value| node["id"] == "start-node" || node["id"] == "end-node";
            let expected = template["nodes"].as_array().unwrap().iter().filter(|node| !is_system(node));
            let expected: Vec<_> = expected.map(|node| (&node["id"], node.get("upstreamNodeIds"))).collect();
            let nodes = graph["nodes"].as_array().unwrap();
            let found: Vec<_> = nodes
                .iter()
                .map(|node| (&node["id"], Some(&node["upstreamNodeIds"]).filter(|ids| *ids != &json!([]))))
                .collect();
            assert_eq!(found, expected, "{name}");
            let upstream = &answer["closure"]["compiledWorkflow"]["primary"]["connections"]["upstream"];
            for node in nodes {
                let mut before = upstream[node["id"].as_str().unwrap()]["ids"].as_array().unwrap().clone();
                before.retain(|id| id != "start-node");
                assert_eq!(node["upstreamNodeIds"], json!(before), "{name}");
            }
            assert_eq!(graph.get("failureNode").is_some(), template.get("failureNode").is_some(), "{name}");
        }
    }
    assert!(seen >= 20, "{seen}");
}
