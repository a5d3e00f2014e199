//! Phase events of nodes.

use super::{elapsed, node_is_over, Store};
use crate::idl::core::node_execution::Phase;
use crate::idl::event::{self, node_execution_event, NodeExecutionEvent};
use crate::idl::{admin, core};
use crate::state::{ExecutionRow, NodeExecutionRow};

/// Writes an event into the node's row, which the first event makes.
pub(crate) fn node_event(execution: &mut ExecutionRow, event: &NodeExecutionEvent, store: &mut Store<'_>) {
    let node_id = event.id.as_ref().map(|id| id.node_id.clone()).unwrap_or_default();
    let fresh = !execution.nodes.contains(&node_id);
    if fresh {
        execution.nodes.put(new_row(&execution.id, node_id.clone(), event, store));
    }
    let id = execution.id.clone();
    let Some(row) = execution.nodes.get_mut(&node_id) else { return };
    row.updated_at = store.now;
    set_inputs(row, &id, event, store);
    let phase = event.phase();
    let closure = row.node.closure.get_or_insert_default();
    closure.set_phase(phase);
    closure.updated_at = reported_at(event.reported_at, event.occurred_at);
    if phase == Phase::Running {
        closure.started_at = event.occurred_at;
        closure.deck_uri.clone_from(&event.deck_uri);
    }
    if node_is_over(phase) {
        finish(closure, &id, &node_id, event, store);
    }
    set_target(row, event, fresh);
    let metadata = row.node.metadata.get_or_insert_default();
    metadata.is_parent_node |= event.is_parent;
    metadata.is_dynamic |= event.is_dynamic;
    metadata.is_array |= event.is_array;
}

fn new_row(
    execution: &core::WorkflowExecutionIdentifier,
    node_id: String,
    event: &NodeExecutionEvent,
    store: &Store<'_>,
) -> NodeExecutionRow {
    let id = core::NodeExecutionIdentifier { node_id: node_id.clone(), execution_id: Some(execution.clone()) };
    let metadata = admin::NodeExecutionMetaData {
        retry_group: event.retry_group.clone(),
        spec_node_id: event.spec_node_id.clone(),
        ..Default::default()
    };
    let closure = admin::NodeExecutionClosure { created_at: event.occurred_at, ..Default::default() };
    NodeExecutionRow {
        node_id,
        node: admin::NodeExecution {
            id: Some(id),
            closure: Some(closure),
            metadata: Some(metadata),
            ..Default::default()
        },
        parent_id: event.parent_node_metadata.as_ref().map(|parent| parent.node_id.clone()).unwrap_or_default(),
        parent_task: event.parent_task_metadata.as_ref().and_then(|parent| parent.id.clone()),
        dynamic: None,
        created_at: store.now,
        updated_at: store.now,
        tasks: Vec::new(),
    }
}

/// Inputs don't change during a node execution: the first event that has them decides.
fn set_inputs(
    row: &mut NodeExecutionRow,
    execution: &core::WorkflowExecutionIdentifier,
    event: &NodeExecutionEvent,
    store: &mut Store<'_>,
) {
    if !row.node.input_uri.is_empty() {
        return;
    }
    row.node.input_uri = match &event.input_value {
        Some(node_execution_event::InputValue::InputUri(uri)) => uri.clone(),
        Some(node_execution_event::InputValue::InputData(data)) => {
            let keys = [&execution.project, &execution.domain, &execution.name, &row.node_id].map(String::as_str);
            store.offload(data, &[&keys[..], &["offloaded_inputs"]].concat())
        }
        None => return,
    };
}

fn finish(
    closure: &mut admin::NodeExecutionClosure,
    execution: &core::WorkflowExecutionIdentifier,
    node_id: &str,
    event: &NodeExecutionEvent,
    store: &mut Store<'_>,
) {
    use admin::node_execution_closure::OutputResult;
    closure.duration = closure.started_at.as_ref().map(|start| elapsed(start, event.occurred_at.as_ref()));
    closure.deck_uri.clone_from(&event.deck_uri);
    closure.output_result = match &event.output_result {
        Some(node_execution_event::OutputResult::OutputUri(uri)) if !uri.is_empty() => {
            Some(OutputResult::OutputUri(uri.clone()))
        }
        Some(node_execution_event::OutputResult::OutputData(data)) => {
            let keys = [&execution.project, &execution.domain, &execution.name].map(String::as_str);
            let uri = store.offload(data, &[&keys[..], &[node_id, "offloaded_outputs"]].concat());
            Some(OutputResult::OutputUri(uri))
        }
        Some(node_execution_event::OutputResult::Error(error)) => Some(OutputResult::Error(error.clone())),
        _ => closure.output_result.take(),
    };
}

fn set_target(row: &mut NodeExecutionRow, event: &NodeExecutionEvent, fresh: bool) {
    use admin::node_execution_closure::TargetMetadata;
    let closure = row.node.closure.get_or_insert_default();
    match &event.target_metadata {
        // FlyteAdmin ignores the child execution in a node's first event.
        Some(node_execution_event::TargetMetadata::WorkflowNodeMetadata(metadata)) if !fresh => {
            let known = matches!(closure.target_metadata, Some(TargetMetadata::WorkflowNodeMetadata(_)));
            if !known {
                closure.target_metadata = Some(TargetMetadata::WorkflowNodeMetadata(admin::WorkflowNodeMetadata {
                    execution_id: metadata.execution_id.clone(),
                }));
            }
        }
        Some(node_execution_event::TargetMetadata::TaskNodeMetadata(metadata)) => {
            closure.target_metadata = Some(TargetMetadata::TaskNodeMetadata(task_node(metadata)));
            if let Some(dynamic) = &metadata.dynamic_workflow {
                if !fresh {
                    closure.dynamic_job_spec_uri.clone_from(&dynamic.dynamic_job_spec_uri);
                }
                row.dynamic = Some(admin::DynamicWorkflowNodeMetadata {
                    id: dynamic.id.clone(),
                    compiled_workflow: dynamic.compiled_workflow.clone(),
                    dynamic_job_spec_uri: dynamic.dynamic_job_spec_uri.clone(),
                });
            }
        }
        _ => {}
    }
}

/// The cache status counts only with a catalog key, as in FlyteAdmin.
fn task_node(metadata: &event::TaskNodeMetadata) -> admin::TaskNodeMetadata {
    let cached = metadata.catalog_key.is_some();
    admin::TaskNodeMetadata {
        checkpoint_uri: metadata.checkpoint_uri.clone(),
        cache_status: if cached { metadata.cache_status } else { 0 },
        catalog_key: metadata.catalog_key.clone(),
    }
}

pub(super) fn reported_at(
    reported: Option<prost_types::Timestamp>,
    occurred: Option<prost_types::Timestamp>,
) -> Option<prost_types::Timestamp> {
    reported.filter(|time| time.seconds != 0 || time.nanos != 0).or(occurred)
}
