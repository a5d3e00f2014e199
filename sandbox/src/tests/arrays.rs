//! Array nodes: one task mapped over lists.

use super::support::*;
use crate::idl::admin::*;
use crate::idl::core::*;
use crate::ContainerResult;

/// A workflow that maps `double` over its input.
fn mapping(array: ArrayNode) -> Bench {
    let mut bench = Bench::default();
    bench.task("double", &[("x", list_of(integer()))], &[("y", list_of(integer()))]);
    let inner = node("inner", run_task("double"), &[]);
    let array = node::Target::ArrayNode(Box::new(ArrayNode { node: Some(Box::new(inner)), ..array }));
    let nodes = vec![node("n0", array, &[("x", promise("", "x"))])];
    let inputs = [("x", list_of(integer()))];
    bench.workflow(workflow("w", &inputs, &[("y", list_of(integer()), promise("n0", "y"))], nodes), Vec::new());
    bench
}

#[test]
fn an_array_node_runs_once_for_each_element() {
    let mut bench =
        mapping(ArrayNode { data_mode: array_node::DataMode::IndividualInputFiles as i32, ..Default::default() });
    let name = bench.execute("w", &[("x", list(vec![int(1), int(2), int(3)]))]);
    let containers = bench.containers();
    assert_eq!(containers.len(), 3);
    assert!(containers[2].env.contains(&("FLYTE_K8S_ARRAY_INDEX".into(), "2".into())));
    for container in containers.iter().rev() {
        bench.finish(container, double(container, &inputs_of(container)));
    }
    assert_eq!(bench.outputs(&name), literals(&[("y", list(vec![int(2), int(4), int(6)]))]));
    assert_eq!(bench.node_phases(&name, ""), ["start-node SUCCEEDED", "n0 SUCCEEDED", "end-node SUCCEEDED"]);
    assert!(bench.nodes(&name, "")[1].metadata.as_ref().unwrap().is_array);
    let attempt = bench.attempts(&name, "n0").remove(0).closure.unwrap();
    assert_eq!(attempt.phase(), task_execution::Phase::Succeeded);
    let resources = attempt.metadata.unwrap().external_resources;
    let phases: Vec<_> = resources.iter().map(|resource| (resource.index, resource.phase().as_str_name())).collect();
    assert_eq!(phases, [(0, "SUCCEEDED"), (1, "SUCCEEDED"), (2, "SUCCEEDED")]);
}

#[test]
fn elements_that_share_a_file_find_all_values_in_it() {
    let mut bench = mapping(ArrayNode::default());
    let all = list(vec![int(1), int(2)]);
    let name = bench.execute("w", &[("x", all.clone())]);
    bench.settle(|_, inputs| {
        assert_eq!(inputs, &literals(&[("x", all.clone())]));
        gave(&[("y", int(0))])
    });
    assert_eq!(bench.outputs(&name), literals(&[("y", list(vec![int(0), int(0)]))]));
}

#[test]
fn an_array_node_stops_when_too_many_elements_failed() {
    let ratio = array_node::SuccessCriteria::MinSuccessRatio(0.5);
    let parallelism = array_node::ParallelismOption::Parallelism(1);
    let mut bench = mapping(ArrayNode {
        success_criteria: Some(ratio),
        parallelism_option: Some(parallelism),
        ..Default::default()
    });
    let mut run = |failures: usize| {
        let name = bench.execute("w", &[("x", list((0..4).map(int).collect()))]);
        let mut ran = 0;
        bench.settle(|_, _| {
            ran += 1;
            let exit_code = i32::from(ran <= failures);
            ContainerResult { exit_code, ..gave(&[("y", int(1))]) }
        });
        (ran, bench.phase(&name), name)
    };
    assert_eq!((run(2).0, run(2).1), (4, Phase::Succeeded));
    let (ran, phase, name) = run(3);
    assert_eq!((ran, phase), (3, Phase::Failed), "the fourth can't help any more");
    let error = bench.error(&name);
    assert!(error.message.starts_with("[0]: [1/1] currentAttempt done."), "{}", error.message);
}

#[test]
fn an_array_node_without_elements_gives_empty_lists() {
    let mut bench = mapping(ArrayNode::default());
    let name = bench.execute("w", &[("x", list(vec![]))]);
    assert_eq!(bench.outputs(&name), literals(&[("y", list(vec![]))]));
}

#[test]
fn an_aborted_array_stops_its_elements() {
    let mut bench = mapping(ArrayNode::default());
    let name = bench.execute("w", &[("x", list(vec![int(1), int(2)]))]);
    let _ = bench.containers();
    let request = ExecutionTerminateRequest { id: Some(execution_id(&name)), cause: "enough".into() };
    let _: ExecutionTerminateResponse = bench.call("TerminateExecution", request).unwrap();
    assert_eq!(bench.sandbox.drain_effects().len(), 2);
    assert_eq!(bench.node_phases(&name, ""), ["start-node SUCCEEDED", "n0 ABORTED"]);
    let attempt = bench.attempts(&name, "n0").remove(0).closure.unwrap();
    assert_eq!(attempt.phase(), task_execution::Phase::Aborted);
    assert!(bench.sandbox.unfinished().is_empty());
}
