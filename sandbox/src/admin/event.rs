//! Phase events from outside: what FlyteAdmin accepts of them.

use flyte_remote::rpc::{Code, Status};
use prost::Message;

use super::execution::find;
use super::validate;
use crate::idl::admin::{
    event_failure_reason::Reason, EventErrorIncompatibleCluster, NodeExecutionEventRequest, NodeExecutionEventResponse,
    TaskExecutionEventRequest, TaskExecutionEventResponse, WorkflowExecutionEventRequest,
    WorkflowExecutionEventResponse,
};
use crate::idl::core::workflow_execution::Phase;
use crate::idl::core::{LiteralMap, TaskExecutionIdentifier};
use crate::idl::event::{node_execution_event, task_execution_event, workflow_execution_event};
use crate::record::{self, execution_is_over, node_is_over, task_is_over, Store};
use crate::sandbox::Sandbox;
use crate::state::ExecutionRow;
use crate::status::{already_terminal, event_failure, execution_text, invalid, missing, node_text, not_found};

/// FlyteAdmin's default limit of inline outputs.
const MAX_DATA: usize = 2 << 20;
/// A producer that names no cluster.
const DEFAULT_PRODUCER: &str = "propeller";

pub(super) fn workflow(
    sandbox: &mut Sandbox,
    request: WorkflowExecutionEventRequest,
) -> Result<WorkflowExecutionEventResponse, Status> {
    let event = request.event.ok_or_else(|| invalid("Workflow event handler was called without event"))?;
    let id = event.execution_id.clone();
    let id = id.ok_or_else(|| invalid("Workflow event handler request event doesn't have an execution id"))?;
    if let Some(workflow_execution_event::OutputResult::OutputData(data)) = &event.output_result {
        check_size(data)?;
    }
    validate::execution(Some(&id))?;
    let row = find(&sandbox.state, &id)?;
    let (current, wanted) = (row.phase(), event.phase());
    let named = || execution_text(&id);
    if wanted != Phase::Queued {
        if current == wanted {
            return Err(Status::new(
                Code::AlreadyExists,
                format!("This phase {} was already recorded for workflow execution {}", current.as_str_name(), named()),
            ));
        }
        check_cluster(row, &event.producer_id)?;
    }
    if execution_is_over(current) {
        let text = format!(
            "Invalid phase change from {} to {} for workflow execution {}",
            current.as_str_name(),
            wanted.as_str_name(),
            named()
        );
        return Err(already_terminal(text, current.as_str_name()));
    }
    if current == Phase::Running && wanted == Phase::Queued {
        return Err(Status::new(
            Code::FailedPrecondition,
            format!("Cannot go from RUNNING to QUEUED for workflow execution {}", named()),
        ));
    }
    if current == Phase::Aborting && !execution_is_over(wanted) {
        return Err(Status::new(
            Code::FailedPrecondition,
            format!(
                "Invalid phase change from aborting to {} for workflow execution {}",
                wanted.as_str_name(),
                named()
            ),
        ));
    }
    if event.occurred_at.is_none() {
        return Err(Status::new(Code::Internal, "Failed to parse OccurredAt: timestamp: nil Timestamp"));
    }
    let Sandbox { state, options, now, .. } = sandbox;
    let Some(row) = state.executions.get_mut(&(&id).into()) else { return Err(not_found("entry not found")) };
    if wanted == Phase::Queued && names_cluster(&event.producer_id) {
        row.cluster.clone_from(&event.producer_id);
        let metadata = row.execution.spec.get_or_insert_default().metadata.get_or_insert_default();
        metadata.system_metadata.get_or_insert_default().execution_cluster.clone_from(&event.producer_id);
    }
    let mut store = Store { blobs: &mut state.blobs, bucket: &options.bucket, now: *now };
    record::execution_event(row, &event, &mut store);
    Ok(WorkflowExecutionEventResponse {})
}

/// FlyteAdmin only logs what is wrong with a node event's id.
pub(super) fn node(
    sandbox: &mut Sandbox,
    request: NodeExecutionEventRequest,
) -> Result<NodeExecutionEventResponse, Status> {
    let event = request.event.unwrap_or_default();
    let id = event.id.clone().unwrap_or_default();
    let execution_id = id.execution_id.clone().unwrap_or_default();
    let Ok(execution) = find(&sandbox.state, &execution_id) else {
        return Err(not_found(format!(
            "Failed to get existing execution id: [project:{:?} domain:{:?} name:{:?}] with err: missing entity of type execution",
            execution_id.project, execution_id.domain, execution_id.name
        )));
    };
    check_cluster(execution, &event.producer_id)?;
    if event.occurred_at.is_none() {
        return Err(Status::new(Code::Internal, "failed to read event timestamp"));
    }
    let wanted = event.phase();
    if let Some(row) = execution.nodes.get(&id.node_id) {
        let current = row.phase();
        if current == wanted {
            return Err(Status::new(
                Code::AlreadyExists,
                format!("This phase was already recorded {} for node_id:{:?}", current.as_str_name(), id.node_id),
            ));
        }
        if node_is_over(current) {
            let text = format!(
                "Invalid phase change from {} to {} for node execution {:?}",
                current.as_str_name(),
                wanted.as_str_name(),
                id.node_id
            );
            return Err(already_terminal(text, wanted.as_str_name()));
        }
        if let Some(node_execution_event::TargetMetadata::WorkflowNodeMetadata(metadata)) = &event.target_metadata {
            find(&sandbox.state, &metadata.execution_id.clone().unwrap_or_default())?;
        }
    } else if let Some(parent) = &event.parent_node_metadata {
        if !execution.nodes.contains(&parent.node_id) {
            return Err(not_found(format!(
                "missing entity of type node execution with identifier node_id:{:?}",
                parent.node_id
            )));
        }
    }
    let Sandbox { state, options, now, .. } = sandbox;
    let Some(row) = state.executions.get_mut(&(&execution_id).into()) else { return Err(not_found("entry not found")) };
    let mut store = Store { blobs: &mut state.blobs, bucket: &options.bucket, now: *now };
    record::node_event(row, &event, &mut store);
    Ok(NodeExecutionEventResponse {})
}

pub(super) fn task(
    sandbox: &mut Sandbox,
    request: TaskExecutionEventRequest,
) -> Result<TaskExecutionEventResponse, Status> {
    let event = request.event.ok_or_else(|| missing("event"))?;
    if event.occurred_at.is_none() {
        return Err(missing("occurred_at"));
    }
    if let Some(task_execution_event::OutputResult::OutputData(data)) = &event.output_result {
        check_size(data)?;
    }
    let id = TaskExecutionIdentifier {
        task_id: event.task_id.clone(),
        node_execution_id: event.parent_node_execution_id.clone(),
        retry_attempt: event.retry_attempt,
    };
    validate::task(Some(&id))?;
    let node_id = id.node_execution_id.clone().unwrap_or_default();
    let execution_id = node_id.execution_id.clone().unwrap_or_default();
    let execution = find(&sandbox.state, &execution_id)?;
    check_cluster(execution, &event.producer_id)?;
    let Some(node) = execution.nodes.get(&node_id.node_id) else {
        return Err(not_found(format!(
            "Failed to get existing node execution id: [{}] with err: entry not found",
            node_text(&node_id)
        )));
    };
    if let Some(row) = node.tasks.iter().find(|row| row.id == id) {
        let (current, wanted) = (row.phase(), event.phase());
        if current == wanted && row.phase_version >= event.phase_version {
            return Err(Status::new(
                Code::AlreadyExists,
                format!(
                    "have already recorded task execution phase {} (version: {}) for node_id:{:?}",
                    wanted.as_str_name(),
                    event.phase_version,
                    node_id.node_id
                ),
            ));
        }
        if task_is_over(current) {
            let text = format!(
                "invalid phase change from {} to {} for task execution of node_id:{:?}",
                current.as_str_name(),
                wanted.as_str_name(),
                node_id.node_id
            );
            return Err(already_terminal(text, wanted.as_str_name()));
        }
    }
    let Sandbox { state, options, now, .. } = sandbox;
    let row = state.executions.get_mut(&(&execution_id).into());
    let node = row.and_then(|row| row.nodes.get_mut(&node_id.node_id));
    let mut store = Store { blobs: &mut state.blobs, bucket: &options.bucket, now: *now };
    if let Some(node) = node {
        record::task_event(node, &event, &mut store);
    }
    Ok(TaskExecutionEventResponse {})
}

fn names_cluster(producer: &str) -> bool {
    !producer.is_empty() && producer != DEFAULT_PRODUCER
}

/// Events must come from the cluster that runs the execution.
fn check_cluster(row: &ExecutionRow, producer: &str) -> Result<(), Status> {
    if !names_cluster(producer) || producer == row.cluster {
        return Ok(());
    }
    let text = format!(
        "Cluster/producer from event [{producer}] does not match existing workflow execution clusterInDB: [{}]",
        row.cluster
    );
    let reason = Reason::IncompatibleCluster(EventErrorIncompatibleCluster { cluster: producer.to_owned() });
    Err(event_failure(text, reason))
}

fn check_size(data: &LiteralMap) -> Result<(), Status> {
    let size = data.encoded_len();
    if size > MAX_DATA {
        let text = format!("Output data size exceeds platform configured threshold ({size} > {MAX_DATA})");
        return Err(Status::new(Code::ResourceExhausted, text));
    }
    Ok(())
}
