//! Branch nodes, and gate nodes that wait.

use super::support::*;
use crate::idl::admin::{SignalSetRequest, SignalSetResponse};
use crate::idl::core::*;
use crate::ContainerResult;

/// A branch `n0` on `x > 0` between the nodes `n1` and `n2`.
fn branch_on_x(yes: Node, no: Node) -> Node {
    let operand = |val| Some(Operand { val: Some(val) });
    let zero = Primitive { value: Some(primitive::Value::Integer(0)) };
    let comparison = ComparisonExpression {
        operator: comparison_expression::Operator::Gt as i32,
        left_value: operand(operand::Val::Var(".x".into())),
        right_value: operand(operand::Val::Primitive(zero)),
    };
    let condition = BooleanExpression { expr: Some(boolean_expression::Expr::Comparison(comparison)) };
    let block = IfElseBlock {
        case: Some(Box::new(IfBlock { condition: Some(condition), then_node: Some(Box::new(yes)) })),
        other: Vec::new(),
        default: Some(if_else_block::Default::ElseNode(Box::new(no))),
    };
    let branch = node::Target::BranchNode(Box::new(BranchNode { if_else: Some(Box::new(block)) }));
    node("n0", branch, &[(".x", promise("", "x"))])
}

#[test]
fn a_branch_runs_the_node_whose_condition_holds() {
    let mut bench = Bench::default();
    bench.task("double", &[("x", integer())], &[("y", integer())]);
    bench.task("negate", &[("x", integer())], &[("y", integer())]);
    let inner = |id: &str, task: &str| node(id, run_task(task), &[("x", promise("", "x"))]);
    let nodes = vec![branch_on_x(inner("n1", "double"), inner("n2", "negate"))];
    bench.workflow(workflow("w", &[("x", integer())], &[("y", integer(), promise("n0", "y"))], nodes), Vec::new());
    for (x, task, y) in [(3, "double", 6), (-3, "negate", 3)] {
        let name = bench.execute("w", &[("x", int(x))]);
        let mut ran = Vec::new();
        bench.settle(|container, _| {
            ran.push(container.argv[0].clone());
            gave(&[("y", int(y))])
        });
        assert_eq!(ran, [task]);
        assert_eq!(bench.outputs(&name), literals(&[("y", int(y))]));
        let inner = if x > 0 { "n0-0-n0-n1" } else { "n0-0-n0-n2" };
        assert_eq!(bench.node_phases(&name, "n0"), [format!("{inner} SUCCEEDED")]);
    }
}

/// A branch whose nodes need the output of `before`, which the branch itself does not.
fn bench_with_a_late_provider(policy: workflow_metadata::OnFailurePolicy) -> (Bench, String) {
    let mut bench = Bench::default();
    bench.task("double", &[("x", integer())], &[("y", integer())]);
    let inner = |id: &str| node(id, run_task("double"), &[("x", promise("before", "y"))]);
    let before = node("before", run_task("double"), &[("x", promise("", "x"))]);
    let nodes = vec![branch_on_x(inner("n1"), inner("n2")), before];
    let mut template = workflow("w", &[("x", integer())], &[("y", integer(), promise("n0", "y"))], nodes);
    template.metadata = Some(WorkflowMetadata { on_failure: policy as i32, ..Default::default() });
    bench.workflow(template, Vec::new());
    let name = bench.execute("w", &[("x", int(3))]);
    (bench, name)
}

#[test]
fn a_node_in_a_branch_waits_for_its_own_providers() {
    let (mut bench, name) = bench_with_a_late_provider(workflow_metadata::OnFailurePolicy::FailImmediately);
    bench.settle(double);
    assert_eq!(bench.outputs(&name), literals(&[("y", int(12))]));
}

#[test]
fn a_branch_whose_node_can_never_run_does_not_hang() {
    for policy in [
        workflow_metadata::OnFailurePolicy::FailImmediately,
        workflow_metadata::OnFailurePolicy::FailAfterExecutableNodesComplete,
    ] {
        let (mut bench, name) = bench_with_a_late_provider(policy);
        bench.settle(|_, _| ContainerResult { exit_code: 1, ..Default::default() });
        assert_eq!(bench.phase(&name), Phase::Failed, "{policy:?}");
        assert_eq!(bench.node_phases(&name, ""), ["start-node SUCCEEDED", "before FAILED", "n0 ABORTED"]);
    }
}

#[test]
fn gates_wait_for_signals_approvals_and_time() {
    let mut bench = Bench::default();
    bench.task("double", &[("x", integer())], &[("y", integer())]);
    let signal =
        SignalCondition { signal_id: "value".into(), r#type: Some(integer()), output_variable_name: "o0".into() };
    let length = prost_types::Duration { seconds: 60, nanos: 0 };
    let sleep = gate_node::Condition::Sleep(SleepCondition { duration: Some(length) });
    let approve = ApproveCondition { signal_id: "ok".into() };
    let mut approved = node("approved", gate(gate_node::Condition::Approve(approve)), &[("v", promise("given", "o0"))]);
    approved.upstream_node_ids = vec!["nap".into()];
    let nodes = vec![
        node("nap", gate(sleep), &[]),
        node("given", gate(gate_node::Condition::Signal(signal)), &[]),
        approved,
        node("n", run_task("double"), &[("x", promise("approved", "v"))]),
    ];
    bench.workflow(workflow("w", &[], &[("y", integer(), promise("n", "y"))], nodes), Vec::new());
    let name = bench.execute("w", &[]);
    let set = |bench: &mut Bench, signal: &str, value: Literal| {
        let id = SignalIdentifier { signal_id: signal.into(), execution_id: Some(execution_id(&name)) };
        let request = SignalSetRequest { id: Some(id), value: Some(value) };
        bench.service::<_, SignalSetResponse>("Signal", "SetSignal", request)
    };
    let boolean = of_scalar(scalar::Value::Primitive(Primitive { value: Some(primitive::Value::Boolean(true)) }));
    assert!(set(&mut bench, "ok", boolean.clone()).is_err(), "nobody waits for the approval yet");
    set(&mut bench, "value", int(6)).unwrap();
    let wake = bench.sandbox.next_wake().unwrap();
    bench.sandbox.wake(wake - std::time::Duration::from_secs(1));
    assert_eq!(bench.sandbox.next_wake(), Some(wake));
    bench.now = wake;
    bench.sandbox.wake(wake);
    assert_eq!(bench.sandbox.next_wake(), None);
    assert!(bench.containers().is_empty());
    set(&mut bench, "ok", boolean).unwrap();
    bench.settle(double);
    assert_eq!(bench.outputs(&name), literals(&[("y", int(12))]));
}
