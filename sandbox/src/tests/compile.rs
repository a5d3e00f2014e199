//! What compiles, what does not, and what a compiled workflow looks like.

use super::support::*;
use crate::idl::admin::*;
use crate::idl::core::*;
use crate::Code;

fn bench() -> Bench {
    let mut bench = Bench::default();
    bench.task("double", &[("x", integer())], &[("y", integer())]);
    bench.task("shout", &[("s", string())], &[("t", string())]);
    bench
}

fn closure(bench: &mut Bench, name: &str) -> CompiledWorkflowClosure {
    let request = ObjectGetRequest { id: Some(id(ResourceType::Workflow, name)) };
    let workflow: Workflow = bench.call("GetWorkflow", request).unwrap();
    workflow.closure.unwrap().compiled_workflow.unwrap()
}

#[test]
fn a_compiled_workflow_has_start_and_end_nodes_connections_and_its_tasks() {
    let mut bench = bench();
    bench.workflow(doubling("w"), Vec::new());
    let closure = closure(&mut bench, "w");
    let primary = closure.primary.unwrap();
    let template = primary.template.unwrap();
    assert_eq!(
        template.nodes.iter().map(|node| node.id.as_str()).collect::<Vec<_>>(),
        ["start-node", "end-node", "n0"]
    );
    assert_eq!(template.nodes[1].inputs, template.outputs);
    let Some(binding_data::Value::Promise(promise)) = template.nodes[2].inputs[0].binding.clone().unwrap().value else {
        panic!("a promise")
    };
    assert_eq!(promise.node_id, "start-node", "inputs of the workflow come from the start node");
    let connections = primary.connections.unwrap();
    assert_eq!(connections.downstream["start-node"].ids, ["n0"]);
    assert_eq!(connections.downstream["n0"].ids, ["end-node"]);
    assert_eq!(connections.upstream["end-node"].ids, ["n0"]);
    assert_eq!(closure.tasks.len(), 1);
}

#[test]
fn every_compile_error_has_its_code() {
    let one = |inputs: &[(&str, BindingData)]| vec![node("n0", run_task("double"), inputs)];
    let plain = |nodes: Vec<Node>| workflow("w", &[("x", integer())], &[], nodes);
    let mut upstream = node("n0", run_task("double"), &[("x", constant(int(1)))]);
    upstream.upstream_node_ids = vec!["nobody".into()];
    let cases = [
        (plain(vec![]), "NoNodesFound"),
        (plain(one(&[])), "ParameterNotBound, Node Id: n0, Description: Parameter not bound [x]."),
        (plain(one(&[("x", promise("", "nope"))])), "VariableNameNotFound"),
        (plain(one(&[("x", promise("n7", "y"))])), "NodeReferenceNotFound"),
        (plain(one(&[("x", constant(text("1")))])), "MismatchingTypes"),
        (plain(one(&[("x", constant(int(1))), ("z", constant(int(1)))])), "VariableNameNotFound"),
        (plain(one(&[("x", constant(int(1))), ("x", constant(int(1)))])), "ParameterBoundMoreThanOnce"),
        (plain(one(&[("x", collection(vec![]))])), "MismatchingBindings"),
        (plain(vec![upstream]), "NodeReferenceNotFound"),
        (plain(vec![Node { target: None, ..node("n0", run_task("double"), &[]) }]), "ValueRequired"),
        (
            plain(vec![
                node("a", run_task("double"), &[("x", promise("b", "y"))]),
                node("b", run_task("double"), &[("x", promise("a", "y"))]),
            ]),
            "UnreachableNodes",
        ),
        (
            plain(vec![
                node("n", run_task("double"), &[("x", promise("", "x"))]),
                node("m", run_task("shout"), &[("s", promise("n", "y"))]),
            ]),
            "MismatchingTypes",
        ),
        (
            workflow("w", &[], &[("o", integer(), promise("n0", "q"))], one(&[("x", constant(int(1)))])),
            "VariableNameNotFound",
        ),
        (workflow("w", &[], &[], vec![node("n0", run_workflow("unknown"), &[])]), "WorkflowReferenceNotFound"),
        (workflow("w", &[], &[], vec![node("n0", run_task("unknown"), &[])]), "missing entity of type TASK"),
        (
            workflow("w", &[], &[], vec![node("n0", run_launch_plan("unknown"), &[])]),
            "missing entity of type LAUNCH_PLAN",
        ),
    ];
    for (template, part) in cases {
        let status = bench().try_workflow(template, Vec::new()).unwrap_err();
        assert_eq!(status.code, Code::InvalidArgument, "{part}");
        assert!(
            status.message.starts_with("failed to compile workflow for [resource_type:WORKFLOW"),
            "{}",
            status.message
        );
        assert!(status.message.contains(part), "{:?} does not contain {part:?}", status.message);
    }
}

#[test]
fn a_cycle_that_can_be_reached_is_a_cycle() {
    let mut first = node("a", run_task("double"), &[("x", promise("", "x"))]);
    first.upstream_node_ids = vec!["b".into()];
    let second = node("b", run_task("double"), &[("x", promise("a", "y"))]);
    let status =
        bench().try_workflow(workflow("w", &[("x", integer())], &[], vec![first, second]), Vec::new()).unwrap_err();
    assert!(status.message.contains("CycleDetected"), "{}", status.message);
    assert!(status.message.contains("[start-node>a>b>a]"), "{}", status.message);
}

#[test]
fn sub_workflows_are_compiled_with_the_workflow_that_uses_them() {
    let mut bench = bench();
    let nodes = vec![node("n0", run_workflow("inner"), &[("x", promise("", "x"))])];
    let outer = workflow("outer", &[("x", integer())], &[("y", integer(), promise("n0", "y"))], nodes);
    bench.workflow(outer.clone(), vec![doubling("inner")]);
    let closure = closure(&mut bench, "outer");
    let inner = closure.sub_workflows[0].clone();
    assert_eq!(inner.template.unwrap().nodes[0].id, "start-node");
    assert!(inner.connections.is_some());
    assert_eq!(closure.tasks.len(), 1, "the tasks of sub-workflows are there");

    let mut broken = doubling("inner");
    broken.nodes[0].inputs.clear();
    let mut outer = outer;
    outer.id = Some(id(ResourceType::Workflow, "second"));
    let status = bench.try_workflow(outer, vec![broken]).unwrap_err();
    assert!(status.message.contains("ParameterNotBound"), "{}", status.message);
}

#[test]
fn a_sub_workflow_may_not_use_itself() {
    let inner = workflow("inner", &[], &[], vec![node("n0", run_workflow("inner"), &[])]);
    let outer = workflow("outer", &[], &[], vec![node("n0", run_workflow("inner"), &[])]);
    let status = bench().try_workflow(outer, vec![inner]).unwrap_err();
    assert!(status.message.contains("CycleDetected"), "{}", status.message);
}

#[test]
fn a_launch_plan_node_needs_only_what_the_plan_does_not_set() {
    let mut bench = bench();
    bench.workflow(doubling("inner"), Vec::new());
    let behavior = parameter::Behavior::Default(int(5));
    let var = Variable { r#type: Some(integer()), ..Default::default() };
    let defaults =
        ParameterMap { parameters: [("x".to_owned(), Parameter { var: Some(var), behavior: Some(behavior) })].into() };
    let spec = LaunchPlanSpec { default_inputs: Some(defaults), ..Default::default() };
    bench.launch_plan("with-default", "inner", spec).unwrap();
    let template = |plan: &str| workflow("w", &[], &[], vec![node("n0", run_launch_plan(plan), &[])]);
    let status = bench.try_workflow(template("inner"), Vec::new()).unwrap_err();
    assert!(status.message.contains("Parameter not bound [x]"), "{}", status.message);
    bench.workflow(template("with-default"), Vec::new());
    let name = bench.execute("w", &[]);
    bench.settle(double);
    assert_eq!(bench.phase(&name), Phase::Succeeded);
}

#[test]
fn a_workflow_may_not_have_more_nodes_than_the_options_allow() {
    let mut bench = Bench::new(crate::Options { max_workflow_nodes: 2, ..Default::default() });
    bench.task("t", &[], &[]);
    let template = |count: usize| {
        let nodes = (0..count).map(|n| node(&format!("n{n}"), run_task("t"), &[])).collect();
        workflow("w", &[], &[], nodes)
    };
    let status = bench.try_workflow(template(3), Vec::new()).unwrap_err();
    assert!(status.message.ends_with("exceeds limit (3 > 2)"), "{}", status.message);
    bench.try_workflow(template(2), Vec::new()).unwrap();
}

#[test]
fn aliases_rename_the_outputs_of_a_node() {
    let mut bench = bench();
    let mut aliased = node("n0", run_task("double"), &[("x", constant(int(3)))]);
    aliased.output_aliases = vec![Alias { var: "y".into(), alias: "twice".into() }];
    bench.workflow(workflow("w", &[], &[("o", integer(), promise("n0", "twice"))], vec![aliased.clone()]), Vec::new());
    let name = bench.execute("w", &[]);
    bench.settle(double);
    assert_eq!(bench.outputs(&name), literals(&[("o", int(6))]));
    aliased.output_aliases = vec![Alias { var: "z".into(), alias: "twice".into() }];
    let status = bench.try_workflow(workflow("v", &[], &[], vec![aliased]), Vec::new()).unwrap_err();
    assert!(status.message.contains("Parameter not bound [twice]"), "{}", status.message);
}
