//! Executions that are driven by events from outside.

use super::support::*;
use crate::idl::admin::*;
use crate::idl::core::*;
use crate::idl::event::*;
use crate::{Code, Options, Status};

/// A bench without the engine, and an execution in it.
fn accepted() -> (Bench, String) {
    let mut bench = Bench::new(Options { engine: false, ..Options::default() });
    bench.task("double", &[("x", integer())], &[("y", integer())]);
    bench.workflow(doubling("doubling"), Vec::new());
    let name = bench.execute("doubling", &[("x", int(1))]);
    (bench, name)
}

fn at(seconds: i64) -> Option<prost_types::Timestamp> {
    Some(prost_types::Timestamp { seconds, nanos: 0 })
}

fn workflow_event(bench: &mut Bench, event: WorkflowExecutionEvent) -> Result<(), Status> {
    let request = WorkflowExecutionEventRequest { event: Some(event), ..Default::default() };
    bench.call::<_, WorkflowExecutionEventResponse>("CreateWorkflowEvent", request).map(|_| ())
}

fn phase(name: &str, phase: Phase, seconds: i64) -> WorkflowExecutionEvent {
    WorkflowExecutionEvent {
        execution_id: Some(execution_id(name)),
        phase: phase as i32,
        occurred_at: at(seconds),
        ..Default::default()
    }
}

fn node_event(bench: &mut Bench, event: NodeExecutionEvent) -> Result<(), Status> {
    let request = NodeExecutionEventRequest { event: Some(event), ..Default::default() };
    bench.call::<_, NodeExecutionEventResponse>("CreateNodeEvent", request).map(|_| ())
}

fn node_phase(name: &str, node: &str, phase: node_execution::Phase, seconds: i64) -> NodeExecutionEvent {
    NodeExecutionEvent {
        id: Some(node_id(name, node)),
        phase: phase as i32,
        occurred_at: at(seconds),
        spec_node_id: node.into(),
        event_version: 2,
        ..Default::default()
    }
}

fn task_event(bench: &mut Bench, event: TaskExecutionEvent) -> Result<(), Status> {
    let request = TaskExecutionEventRequest { event: Some(event), ..Default::default() };
    bench.call::<_, TaskExecutionEventResponse>("CreateTaskEvent", request).map(|_| ())
}

fn task_phase(name: &str, phase: task_execution::Phase, seconds: i64) -> TaskExecutionEvent {
    TaskExecutionEvent {
        task_id: Some(id(ResourceType::Task, "double")),
        parent_node_execution_id: Some(node_id(name, "n0")),
        phase: phase as i32,
        occurred_at: at(seconds),
        ..Default::default()
    }
}

#[test]
fn a_run_can_be_told_from_start_to_end() {
    let (mut bench, name) = accepted();
    for event in [phase(&name, Phase::Queued, 1), phase(&name, Phase::Running, 10)] {
        workflow_event(&mut bench, event).unwrap();
    }
    node_event(&mut bench, node_phase(&name, "n0", node_execution::Phase::Queued, 11)).unwrap();
    let running = NodeExecutionEvent {
        input_value: Some(node_execution_event::InputValue::InputData(literals(&[("x", int(1))]))),
        ..node_phase(&name, "n0", node_execution::Phase::Running, 12)
    };
    node_event(&mut bench, running).unwrap();
    let log = |name: &str| TaskLog { name: name.into(), uri: format!("http://logs/{name}"), ..Default::default() };
    let mut event = task_phase(&name, task_execution::Phase::Running, 13);
    event.logs = vec![log("a")];
    event.reason = "started".into();
    task_event(&mut bench, event.clone()).unwrap();
    event.phase_version = 1;
    event.logs = vec![log("b")];
    event.reason = "still at it".into();
    task_event(&mut bench, event).unwrap();
    let mut done = task_phase(&name, task_execution::Phase::Succeeded, 20);
    done.output_result = Some(task_execution_event::OutputResult::OutputData(literals(&[("y", int(2))])));
    task_event(&mut bench, done).unwrap();
    let mut done = node_phase(&name, "n0", node_execution::Phase::Succeeded, 21);
    done.output_result = Some(node_execution_event::OutputResult::OutputData(literals(&[("y", int(2))])));
    node_event(&mut bench, done).unwrap();
    let mut done = phase(&name, Phase::Succeeded, 30);
    done.output_result = Some(workflow_execution_event::OutputResult::OutputData(literals(&[("y", int(2))])));
    workflow_event(&mut bench, done).unwrap();

    let closure = bench.execution(&name).closure.unwrap();
    assert_eq!(closure.phase(), Phase::Succeeded);
    assert_eq!(closure.duration.unwrap().seconds, 20);
    assert_eq!(bench.outputs(&name), literals(&[("y", int(2))]));
    let data = bench.node_data(&name, "n0");
    assert_eq!(data.full_inputs.unwrap(), literals(&[("x", int(1))]));
    assert_eq!(data.full_outputs.unwrap(), literals(&[("y", int(2))]));
    let attempt = bench.attempts(&name, "n0").remove(0).closure.unwrap();
    assert_eq!(attempt.duration.unwrap().seconds, 7);
    assert_eq!(attempt.logs.iter().map(|log| log.name.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    assert_eq!(attempt.reasons.iter().map(|r| r.message.as_str()).collect::<Vec<_>>(), ["started", "still at it"]);
}

#[test]
fn phases_of_an_execution_only_go_forward() {
    let (mut bench, name) = accepted();
    workflow_event(&mut bench, phase(&name, Phase::Running, 10)).unwrap();
    let again = workflow_event(&mut bench, phase(&name, Phase::Running, 11)).unwrap_err();
    assert_eq!(again.code, Code::AlreadyExists);
    let back = workflow_event(&mut bench, phase(&name, Phase::Queued, 11)).unwrap_err();
    assert_eq!(
        (back.code, back.message.starts_with("Cannot go from RUNNING to QUEUED")),
        (Code::FailedPrecondition, true)
    );
    workflow_event(&mut bench, phase(&name, Phase::Failed, 12)).unwrap();
    let late = workflow_event(&mut bench, phase(&name, Phase::Running, 13)).unwrap_err();
    assert_eq!(late.code, Code::FailedPrecondition);
    let reason: EventFailureReason = details(&late);
    assert!(matches!(
        reason.reason,
        Some(event_failure_reason::Reason::AlreadyInTerminalState(state)) if state.current_phase == "FAILED"
    ));
}

#[test]
fn an_aborting_execution_takes_only_its_end() {
    let (mut bench, name) = accepted();
    workflow_event(&mut bench, phase(&name, Phase::Running, 10)).unwrap();
    let request = ExecutionTerminateRequest { id: Some(execution_id(&name)), cause: "enough".into() };
    let _: ExecutionTerminateResponse = bench.call("TerminateExecution", request).unwrap();
    assert_eq!(bench.phase(&name), Phase::Aborting);
    let status = workflow_event(&mut bench, phase(&name, Phase::Succeeding, 11)).unwrap_err();
    assert!(status.message.starts_with("Invalid phase change from aborting"), "{}", status.message);
    workflow_event(&mut bench, phase(&name, Phase::Aborted, 12)).unwrap();
    assert_eq!(bench.phase(&name), Phase::Aborted);
}

#[test]
fn events_come_from_the_cluster_that_was_queued_on() {
    let (mut bench, name) = accepted();
    let from = |producer: &str, event: WorkflowExecutionEvent| WorkflowExecutionEvent {
        producer_id: producer.into(),
        ..event
    };
    workflow_event(&mut bench, from("east", phase(&name, Phase::Queued, 1))).unwrap();
    let metadata = bench.execution(&name).spec.unwrap().metadata.unwrap();
    assert_eq!(metadata.system_metadata.unwrap().execution_cluster, "east");
    let status = workflow_event(&mut bench, from("west", phase(&name, Phase::Running, 2))).unwrap_err();
    let reason: EventFailureReason = details(&status);
    assert!(matches!(reason.reason, Some(event_failure_reason::Reason::IncompatibleCluster(_))));
    workflow_event(&mut bench, from("propeller", phase(&name, Phase::Running, 2))).unwrap();
}

#[test]
fn events_need_their_execution_node_and_time() {
    let (mut bench, name) = accepted();
    let status = workflow_event(&mut bench, phase("none", Phase::Running, 1)).unwrap_err();
    assert_eq!(status.code, Code::NotFound);
    let status = node_event(&mut bench, node_phase("none", "n0", node_execution::Phase::Queued, 1)).unwrap_err();
    assert_eq!(status.code, Code::NotFound);
    let mut event = phase(&name, Phase::Running, 1);
    event.occurred_at = None;
    assert_eq!(workflow_event(&mut bench, event).unwrap_err().code, Code::Internal);
    let mut event = task_phase(&name, task_execution::Phase::Running, 1);
    assert_eq!(task_event(&mut bench, event.clone()).unwrap_err().code, Code::NotFound, "its node is not there");
    event.occurred_at = None;
    assert_eq!(task_event(&mut bench, event).unwrap_err().message, "missing occurred_at");
}

#[test]
fn a_phase_of_a_node_or_attempt_is_recorded_once() {
    let (mut bench, name) = accepted();
    let running = node_phase(&name, "n0", node_execution::Phase::Running, 1);
    node_event(&mut bench, running.clone()).unwrap();
    assert_eq!(node_event(&mut bench, running).unwrap_err().code, Code::AlreadyExists);
    let event = task_phase(&name, task_execution::Phase::Running, 1);
    task_event(&mut bench, event.clone()).unwrap();
    assert_eq!(task_event(&mut bench, event).unwrap_err().code, Code::AlreadyExists);
    task_event(&mut bench, task_phase(&name, task_execution::Phase::Failed, 2)).unwrap();
    let late = task_event(&mut bench, task_phase(&name, task_execution::Phase::Running, 3)).unwrap_err();
    assert_eq!(late.code, Code::FailedPrecondition);
    node_event(&mut bench, node_phase(&name, "n0", node_execution::Phase::Failed, 4)).unwrap();
    let late = node_event(&mut bench, node_phase(&name, "n0", node_execution::Phase::Running, 5)).unwrap_err();
    let reason: EventFailureReason = details(&late);
    assert!(reason.reason.is_some());
}

#[test]
fn a_dynamic_node_hands_out_its_workflow() {
    let (mut bench, name) = accepted();
    let template = WorkflowTemplate { id: Some(id(ResourceType::Workflow, "yielded")), ..Default::default() };
    let closure = CompiledWorkflowClosure {
        primary: Some(CompiledWorkflow { template: Some(template), connections: None }),
        ..Default::default()
    };
    let dynamic = crate::idl::event::DynamicWorkflowNodeMetadata {
        id: Some(id(ResourceType::Workflow, "yielded")),
        compiled_workflow: Some(closure.clone()),
        ..Default::default()
    };
    let metadata = crate::idl::event::TaskNodeMetadata { dynamic_workflow: Some(dynamic), ..Default::default() };
    let mut event = node_phase(&name, "n0", node_execution::Phase::DynamicRunning, 1);
    event.target_metadata = Some(node_execution_event::TargetMetadata::TaskNodeMetadata(metadata));
    event.is_parent = true;
    event.is_dynamic = true;
    node_event(&mut bench, event).unwrap();
    let mut child = node_phase(&name, "n0-0-n0", node_execution::Phase::Running, 2);
    child.parent_node_metadata = Some(ParentNodeExecutionMetadata { node_id: "n0".into() });
    node_event(&mut bench, child).unwrap();
    assert_eq!(bench.node_phases(&name, ""), ["n0 DYNAMIC_RUNNING"]);
    assert_eq!(bench.node_phases(&name, "n0"), ["n0-0-n0 RUNNING"]);
    assert!(bench.node_data(&name, "n0").dynamic_workflow.is_some());
    let request = GetDynamicNodeWorkflowRequest { id: Some(node_id(&name, "n0")) };
    let reply: DynamicNodeWorkflowResponse = bench.call("GetDynamicNodeWorkflow", request).unwrap();
    assert_eq!(reply.compiled_workflow, Some(closure));
    let request = GetDynamicNodeWorkflowRequest { id: Some(node_id(&name, "n0-0-n0")) };
    let status = bench.call::<_, DynamicNodeWorkflowResponse>("GetDynamicNodeWorkflow", request).unwrap_err();
    assert_eq!(status.message, "node does not contain dynamic workflow");
}
