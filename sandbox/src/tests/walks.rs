//! Executions that the engine runs.

use super::support::*;
use crate::idl::admin::*;
use crate::idl::core::*;
use crate::{ContainerResult, Effect};

#[test]
fn a_task_node_gets_its_inputs_and_gives_the_workflow_its_outputs() {
    let mut bench = doubling_bench();
    let name = bench.execute("doubling", &[("x", int(21))]);
    assert_eq!(bench.phase(&name), Phase::Running);
    assert_eq!(bench.node_phases(&name, ""), ["start-node SUCCEEDED", "n0 RUNNING"]);
    bench.settle(double);
    assert_eq!(bench.phase(&name), Phase::Succeeded);
    assert_eq!(bench.outputs(&name), literals(&[("y", int(42))]));
    assert_eq!(bench.node_phases(&name, ""), ["start-node SUCCEEDED", "n0 SUCCEEDED", "end-node SUCCEEDED"]);
    let data = bench.node_data(&name, "n0");
    assert_eq!(data.full_inputs.unwrap(), literals(&[("x", int(21))]));
    assert_eq!(data.full_outputs.unwrap(), literals(&[("y", int(42))]));
    assert_eq!(data.flyte_urls.unwrap().inputs, format!("flyte://v1/flytesnacks/development/{name}/n0/i"));
}

#[test]
fn times_and_durations_follow_the_clock() {
    let mut bench = doubling_bench();
    let name = bench.execute("doubling", &[("x", int(1))]);
    let started = bench.now;
    bench.settle(double);
    let closure = bench.execution(&name).closure.unwrap();
    assert_eq!(closure.started_at.unwrap().seconds as u64, started.as_secs());
    assert_eq!(closure.duration.unwrap().seconds, 2);
    let attempt = bench.attempts(&name, "n0").remove(0).closure.unwrap();
    assert_eq!(attempt.duration.unwrap().seconds, 1);
    assert_eq!(attempt.phase(), task_execution::Phase::Succeeded);
}

#[test]
fn independent_nodes_run_at_once_and_a_join_waits_for_all() {
    let mut bench = Bench::default();
    bench.task("double", &[("x", integer())], &[("y", integer())]);
    bench.task("sum", &[("xs", list_of(integer()))], &[("y", integer())]);
    let fan = |id: &str, value| node(id, run_task("double"), &[("x", constant(int(value)))]);
    let join = collection(vec![promise("a", "y"), promise("b", "y"), constant(int(100))]);
    let nodes = vec![fan("a", 1), fan("b", 2), node("join", run_task("sum"), &[("xs", join)])];
    bench.workflow(workflow("fan", &[], &[("y", integer(), promise("join", "y"))], nodes), Vec::new());
    let name = bench.execute("fan", &[]);
    let first = bench.containers();
    assert_eq!(first.iter().map(|c| c.argv[0].as_str()).collect::<Vec<_>>(), ["double", "double"]);
    bench.finish(&first[0], gave(&[("y", int(2))]));
    assert!(bench.containers().is_empty(), "the join waits for both");
    bench.finish(&first[1], gave(&[("y", int(4))]));
    bench.settle(|_, inputs| {
        assert_eq!(inputs, &literals(&[("xs", list(vec![int(2), int(4), int(100)]))]));
        gave(&[("y", int(106))])
    });
    assert_eq!(bench.outputs(&name), literals(&[("y", int(106))]));
}

#[test]
fn upstream_ids_order_nodes_without_data() {
    let mut bench = Bench::default();
    bench.task("a", &[], &[]);
    bench.task("b", &[], &[]);
    let mut second = node("second", run_task("b"), &[]);
    second.upstream_node_ids = vec!["first".into()];
    bench.workflow(workflow("ordered", &[], &[], vec![second, node("first", run_task("a"), &[])]), Vec::new());
    let name = bench.execute("ordered", &[]);
    let mut order = Vec::new();
    bench.settle(|container, _| {
        order.push(container.argv[0].clone());
        ContainerResult::default()
    });
    assert_eq!(order, ["a", "b"]);
    assert_eq!(bench.phase(&name), Phase::Succeeded);
}

#[test]
fn a_promise_may_reach_into_maps_lists_and_structures() {
    let mut bench = Bench::default();
    let map_of_lists =
        LiteralType { r#type: Some(Type::MapValueType(Box::new(list_of(integer())))), ..Default::default() };
    bench.task("make", &[], &[("m", map_of_lists)]);
    bench.task("double", &[("x", integer())], &[("y", integer())]);
    let key = PromiseAttribute { value: Some(promise_attribute::Value::StringValue("k".into())) };
    let position = PromiseAttribute { value: Some(promise_attribute::Value::IntValue(1)) };
    let nodes = vec![
        node("make", run_task("make"), &[]),
        node("n", run_task("double"), &[("x", promise_at("make", "m", vec![key, position]))]),
    ];
    bench.workflow(workflow("reach", &[], &[("y", integer(), promise("n", "y"))], nodes), Vec::new());
    let name = bench.execute("reach", &[]);
    bench.settle(|container, inputs| match container.argv[0].as_str() {
        "make" => gave(&[("m", map(&[("k", list(vec![int(1), int(7)]))]))]),
        _ => double(container, inputs),
    });
    assert_eq!(bench.outputs(&name), literals(&[("y", int(14))]));
}

#[test]
fn a_sub_workflow_is_a_parent_node_with_children() {
    let mut bench = Bench::default();
    bench.task("double", &[("x", integer())], &[("y", integer())]);
    let nodes = vec![
        node("n0", run_workflow("inner"), &[("x", promise("", "x"))]),
        node("n1", run_task("double"), &[("x", promise("n0", "y"))]),
    ];
    let outer = workflow("outer", &[("x", integer())], &[("y", integer(), promise("n1", "y"))], nodes);
    bench.workflow(outer, vec![doubling("inner")]);
    let name = bench.execute("outer", &[("x", int(5))]);
    bench.settle(double);
    assert_eq!(bench.outputs(&name), literals(&[("y", int(20))]));
    let parent = bench.nodes(&name, "").into_iter().find(|node| node.id.as_ref().unwrap().node_id == "n0").unwrap();
    assert!(parent.metadata.unwrap().is_parent_node);
    assert_eq!(
        bench.node_phases(&name, "n0"),
        ["n0-0-start-node SUCCEEDED", "n0-0-n0 SUCCEEDED", "n0-0-end-node SUCCEEDED"]
    );
    let child = bench.nodes(&name, "n0").remove(1).metadata.unwrap();
    assert_eq!((child.spec_node_id.as_str(), child.retry_group.as_str()), ("n0", "0"));
    assert_eq!(bench.attempts(&name, "n0-0-n0").len(), 1);
}

#[test]
fn a_launch_plan_node_starts_an_execution_of_its_own() {
    let mut bench = doubling_bench();
    let nodes = vec![node("n0", run_launch_plan("doubling"), &[("x", constant(int(4)))])];
    bench.workflow(workflow("outer", &[], &[("y", integer(), promise("n0", "y"))], nodes), Vec::new());
    let name = bench.execute("outer", &[]);
    let child = match bench.nodes(&name, "").remove(1).closure.unwrap().target_metadata {
        Some(node_execution_closure::TargetMetadata::WorkflowNodeMetadata(metadata)) => {
            metadata.execution_id.unwrap().name
        }
        other => panic!("{other:?}"),
    };
    let metadata = bench.execution(&child).spec.unwrap().metadata.unwrap();
    assert_eq!(metadata.mode(), execution_metadata::ExecutionMode::ChildWorkflow);
    assert_eq!(metadata.parent_node_execution, Some(node_id(&name, "n0")));
    bench.settle(double);
    assert_eq!(bench.phase(&child), Phase::Succeeded);
    assert_eq!(bench.outputs(&name), literals(&[("y", int(8))]));
}

#[test]
fn a_failed_task_fails_its_node_and_the_execution_with_the_same_error() {
    let mut bench = doubling_bench();
    let name = bench.execute("doubling", &[("x", int(1))]);
    bench.settle(|_, _| ContainerResult { exit_code: 3, stderr: "it broke\n".into(), ..Default::default() });
    assert_eq!(bench.phase(&name), Phase::Failed);
    let error = bench.error(&name);
    assert_eq!(error.code, "RetriesExhausted|Error");
    assert_eq!(
        error.message,
        "[1/1] currentAttempt done. Last Error: USER::the process ended with exit code 3:\nit broke"
    );
    assert_eq!(error.kind(), execution_error::ErrorKind::User);
    assert_eq!(bench.node_phases(&name, ""), ["start-node SUCCEEDED", "n0 FAILED"]);
}

#[test]
fn a_task_is_tried_again_as_often_as_it_says() {
    let mut bench = Bench::default();
    let mut template = task("double", &[("x", integer())], &[("y", integer())]);
    template.metadata.as_mut().unwrap().retries = Some(RetryStrategy { retries: 2 });
    bench.task_of(template).unwrap();
    bench.workflow(doubling("doubling"), Vec::new());
    let name = bench.execute("doubling", &[("x", int(1))]);
    let mut tries = 0;
    bench.settle(|container, inputs| {
        tries += 1;
        match tries {
            3 => double(container, inputs),
            _ => ContainerResult { exit_code: 1, ..Default::default() },
        }
    });
    assert_eq!(bench.phase(&name), Phase::Succeeded);
    let attempts = bench.attempts(&name, "n0");
    let phases: Vec<_> = attempts.iter().map(|a| a.closure.as_ref().unwrap().phase().as_str_name()).collect();
    assert_eq!(phases, ["FAILED", "FAILED", "SUCCEEDED"]);
    assert_eq!(attempts.iter().map(|a| a.id.as_ref().unwrap().retry_attempt).collect::<Vec<_>>(), [0, 1, 2]);
}

/// `bad` fails at once, `slow` and then `after` run beside it.
fn bench_with_a_failing_branch(policy: workflow_metadata::OnFailurePolicy) -> Bench {
    let mut bench = Bench::default();
    for name in ["bad", "slow", "after"] {
        bench.task(name, &[], &[]);
    }
    let mut after = node("after", run_task("after"), &[]);
    after.upstream_node_ids = vec!["slow".into()];
    let nodes = vec![node("bad", run_task("bad"), &[]), node("slow", run_task("slow"), &[]), after];
    let mut template = workflow("w", &[], &[], nodes);
    template.metadata = Some(WorkflowMetadata { on_failure: policy as i32, ..Default::default() });
    bench.workflow(template, Vec::new());
    bench
}

#[test]
fn by_default_a_failure_stops_what_runs_beside_it() {
    let mut bench = bench_with_a_failing_branch(workflow_metadata::OnFailurePolicy::FailImmediately);
    let name = bench.execute("w", &[]);
    let running = bench.containers();
    bench.finish(&running[0], ContainerResult { exit_code: 1, ..Default::default() });
    let stopped = bench.sandbox.drain_effects();
    assert_eq!(stopped, [Effect::StopContainer { run: running[1].run.clone() }]);
    assert_eq!(bench.phase(&name), Phase::Failed);
    assert_eq!(bench.node_phases(&name, ""), ["start-node SUCCEEDED", "bad FAILED", "slow ABORTED"]);
    bench.finish(&running[1], ContainerResult::default());
    assert_eq!(bench.phase(&name), Phase::Failed, "a late result changes nothing");
}

#[test]
fn with_the_other_policy_everything_that_can_run_does() {
    let mut bench = bench_with_a_failing_branch(workflow_metadata::OnFailurePolicy::FailAfterExecutableNodesComplete);
    let name = bench.execute("w", &[]);
    let running = bench.containers();
    bench.finish(&running[0], ContainerResult { exit_code: 1, ..Default::default() });
    assert_eq!(bench.phase(&name), Phase::Running);
    bench.finish(&running[1], ContainerResult::default());
    bench.settle(|_, _| ContainerResult::default());
    assert_eq!(bench.phase(&name), Phase::Failed);
    let phases = bench.node_phases(&name, "");
    assert_eq!(phases, ["start-node SUCCEEDED", "bad FAILED", "slow SUCCEEDED", "after SUCCEEDED"]);
}

#[test]
fn a_failure_node_runs_before_the_execution_fails() {
    let mut bench = Bench::default();
    bench.task("bad", &[], &[]);
    bench.task("clean", &[("x", integer())], &[]);
    let mut template = workflow("w", &[("x", integer())], &[], vec![node("n0", run_task("bad"), &[])]);
    template.failure_node = Some(node("fn0", run_task("clean"), &[("x", promise("", "x"))]));
    bench.workflow(template, Vec::new());
    let name = bench.execute("w", &[("x", int(9))]);
    let bad = bench.containers().remove(0);
    bench.finish(&bad, ContainerResult { exit_code: 1, ..Default::default() });
    assert_eq!(bench.phase(&name), Phase::Failing);
    bench.settle(|_, inputs| {
        assert_eq!(inputs, &literals(&[("x", int(9))]));
        ContainerResult::default()
    });
    assert_eq!(bench.phase(&name), Phase::Failed);
    assert_eq!(bench.node_phases(&name, ""), ["start-node SUCCEEDED", "n0 FAILED", "fn0 SUCCEEDED"]);
    assert!(bench.error(&name).message.contains("exit code 1"));
}

#[test]
fn an_abort_stops_containers_and_child_executions() {
    let mut bench = doubling_bench();
    let nodes = vec![
        node("n0", run_launch_plan("doubling"), &[("x", constant(int(4)))]),
        node("n1", run_task("double"), &[("x", constant(int(4)))]),
    ];
    bench.workflow(workflow("outer", &[], &[], nodes), Vec::new());
    let name = bench.execute("outer", &[]);
    let running = bench.containers();
    let request = ExecutionTerminateRequest { id: Some(execution_id(&name)), cause: "enough".into() };
    let _: ExecutionTerminateResponse = bench.call("TerminateExecution", request.clone()).unwrap();
    assert_eq!(bench.sandbox.drain_effects().len(), running.len());
    let closure = bench.execution(&name).closure.unwrap();
    assert_eq!(closure.phase(), Phase::Aborted);
    match closure.output_result {
        Some(execution_closure::OutputResult::AbortMetadata(abort)) => assert_eq!(abort.cause, "enough"),
        other => panic!("{other:?}"),
    }
    let child = running.iter().find(|c| !c.run.contains(&name)).unwrap().run.split('/').nth(2).unwrap().to_owned();
    assert_eq!(bench.phase(&child), Phase::Aborted);
    assert_eq!(bench.node_phases(&name, ""), ["start-node SUCCEEDED", "n0 ABORTED", "n1 ABORTED"]);
    let again = bench.call::<_, ExecutionTerminateResponse>("TerminateExecution", request).unwrap_err();
    let reason: EventFailureReason = details(&again);
    assert!(matches!(
        reason.reason,
        Some(event_failure_reason::Reason::AlreadyInTerminalState(state)) if state.current_phase == "ABORTED"
    ));
}

#[test]
fn no_more_tasks_run_at_once_than_the_execution_allows() {
    let mut bench = Bench::default();
    bench.task("t", &[], &[]);
    let nodes = (0..5).map(|n| node(&format!("n{n}"), run_task("t"), &[])).collect();
    bench.workflow(workflow("w", &[], &[], nodes), Vec::new());
    let mut request = request(ResourceType::LaunchPlan, "w", &[]);
    request.spec.as_mut().unwrap().max_parallelism = 2;
    let name = bench.try_execute(request).unwrap();
    let first = bench.containers();
    assert_eq!(first.len(), 2);
    let queued = bench.node_phases(&name, "").iter().filter(|phase| phase.ends_with("QUEUED")).count();
    assert_eq!(queued, 3);
    bench.finish(&first[0], ContainerResult::default());
    assert_eq!(bench.sandbox.unfinished().len(), 2);
    bench.finish(&first[1], ContainerResult::default());
    bench.settle(|_, _| ContainerResult::default());
    assert_eq!(bench.phase(&name), Phase::Succeeded);
}

#[test]
fn what_the_sandbox_can_not_run_fails_with_a_clear_error() {
    let mut bench = Bench::default();
    let mut template = task("query", &[], &[]);
    template.r#type = "snowflake".into();
    template.target = None;
    bench.task_of(template).unwrap();
    bench.workflow(workflow("w", &[], &[], vec![node("n0", run_task("query"), &[])]), Vec::new());
    let name = bench.execute("w", &[]);
    assert_eq!(bench.phase(&name), Phase::Failed);
    let error = bench.error(&name);
    assert_eq!(error.code, "NotRunnableInSandbox");
    assert!(error.message.contains("snowflake"), "{}", error.message);
}

#[test]
fn a_recovered_execution_takes_over_what_succeeded() {
    let mut bench = Bench::default();
    bench.task("double", &[("x", integer())], &[("y", integer())]);
    bench.task("flaky", &[("x", integer())], &[("y", integer())]);
    let nodes = vec![
        node("n0", run_task("double"), &[("x", promise("", "x"))]),
        node("n1", run_task("flaky"), &[("x", promise("n0", "y"))]),
    ];
    let template = workflow("w", &[("x", integer())], &[("y", integer(), promise("n1", "y"))], nodes);
    bench.workflow(template, Vec::new());
    let name = bench.execute("w", &[("x", int(2))]);
    bench.settle(|container, inputs| match container.argv[0].as_str() {
        "double" => double(container, inputs),
        _ => ContainerResult { exit_code: 1, ..Default::default() },
    });
    assert_eq!(bench.phase(&name), Phase::Failed);
    let request = ExecutionRecoverRequest { id: Some(execution_id(&name)), ..Default::default() };
    let again = bench.call::<_, ExecutionCreateResponse>("RecoverExecution", request).unwrap().id.unwrap().name;
    let mut ran = Vec::new();
    bench.settle(|container, inputs| {
        ran.push(container.argv[0].clone());
        double(container, inputs)
    });
    assert_eq!(ran, ["flaky"]);
    assert_eq!(bench.outputs(&again), literals(&[("y", int(8))]));
    assert_eq!(bench.node_phases(&again, "")[1], "n0 RECOVERED");
    let metadata = bench.execution(&again).spec.unwrap().metadata.unwrap();
    assert_eq!(metadata.mode(), execution_metadata::ExecutionMode::Recovered);
    assert_eq!(metadata.reference_execution, Some(execution_id(&name)));
}

#[test]
fn a_thousand_tasks_run_through_in_well_under_a_second() {
    let mut bench = Bench::default();
    bench.task("double", &[("x", integer())], &[("y", integer())]);
    let mut nodes: Vec<Node> = Vec::new();
    for n in 0..1000_usize {
        // Ten chains beside each other.
        let from = if n < 10 { promise("", "x") } else { promise(&format!("n{}", n - 10), "y") };
        nodes.push(node(&format!("n{n}"), run_task("double"), &[("x", from)]));
    }
    bench.workflow(workflow("many", &[("x", integer())], &[], nodes), Vec::new());
    let started = std::time::Instant::now();
    let name = bench.execute("many", &[("x", int(1))]);
    bench.settle(|_, inputs| gave(&[("y", inputs.literals["x"].clone())]));
    let took = started.elapsed();
    assert_eq!(bench.phase(&name), Phase::Succeeded);
    assert_eq!(bench.nodes(&name, "").len(), 1002);
    println!("1000 task nodes took {took:?}");
    assert!(took.as_secs() < 5, "{took:?}, and this is the debug build");
}
