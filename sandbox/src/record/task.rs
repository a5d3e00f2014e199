//! Phase events of task attempts.

use super::logs::{merge_logs, merge_metadata, merge_struct, visible_logs};
use super::node::reported_at;
use super::{elapsed, task_is_over, Store};
use crate::idl::core::task_execution::Phase;
use crate::idl::event::{task_execution_event, TaskExecutionEvent};
use crate::idl::{admin, core};
use crate::state::{NodeExecutionRow, TaskExecutionRow};

/// Writes an event into the row of its attempt, which the first event makes.
pub(crate) fn task_event(node: &mut NodeExecutionRow, event: &TaskExecutionEvent, store: &mut Store<'_>) {
    let id = core::TaskExecutionIdentifier {
        task_id: event.task_id.clone(),
        node_execution_id: event.parent_node_execution_id.clone(),
        retry_attempt: event.retry_attempt,
    };
    let position = match node.tasks.iter().position(|row| row.id == id) {
        Some(position) => position,
        None => {
            node.tasks.push(new_row(id, event, store));
            node.tasks.len() - 1
        }
    };
    let Some(row) = node.tasks.get_mut(position) else { return };
    let first = row.task.closure.is_none();
    row.updated_at = store.now;
    row.phase_version = event.phase_version;
    set_inputs(row, event, store);
    let phase_before = row.phase();
    let closure = row.task.closure.get_or_insert_default();
    let phase = event.phase();
    closure.set_phase(phase);
    closure.updated_at = reported_at(event.reported_at, event.occurred_at);
    if first {
        closure.created_at = event.occurred_at;
        closure.task_type.clone_from(&event.task_type);
        closure.logs.clone_from(&event.logs);
    } else {
        let logs = merge_logs(std::mem::take(&mut closure.logs), &event.logs);
        closure.logs = visible_logs(logs, phase);
    }
    add_reasons(closure, event);
    if phase == Phase::Running && phase_before != Phase::Running && closure.started_at.is_none() {
        closure.started_at = event.occurred_at;
    }
    closure.custom_info = merge_struct(closure.custom_info.take(), event.custom_info.as_ref());
    closure.metadata = merge_metadata(closure.metadata.take(), event.metadata.as_ref());
    if phase_before != phase && !first {
        for resource in closure.metadata.iter_mut().flat_map(|metadata| &mut metadata.external_resources) {
            resource.logs = visible_logs(std::mem::take(&mut resource.logs), phase);
        }
    }
    closure.event_version = closure.event_version.max(event.event_version);
    if event.log_context.is_some() {
        closure.log_context.clone_from(&event.log_context);
    }
    if task_is_over(phase) {
        finish(row, event, store);
    }
}

fn new_row(id: core::TaskExecutionIdentifier, event: &TaskExecutionEvent, store: &Store<'_>) -> TaskExecutionRow {
    TaskExecutionRow {
        task: admin::TaskExecution { id: Some(id.clone()), ..Default::default() },
        id,
        phase_version: event.phase_version,
        created_at: store.now,
        updated_at: store.now,
    }
}

fn add_reasons(closure: &mut admin::TaskExecutionClosure, event: &TaskExecutionEvent) {
    let reason = |occurred_at, message: &str| admin::Reason { occurred_at, message: message.to_owned() };
    if let Some(last) = event.reasons.last() {
        closure.reasons.extend(event.reasons.iter().map(|one| reason(one.occurred_at, &one.reason)));
        closure.reason.clone_from(&last.reason);
        return;
    }
    let text = &event.reason;
    if !text.is_empty() {
        if closure.reason != *text {
            closure.reasons.push(reason(event.occurred_at, text));
        }
        closure.reason.clone_from(text);
    }
}

fn set_inputs(row: &mut TaskExecutionRow, event: &TaskExecutionEvent, store: &mut Store<'_>) {
    if !row.task.input_uri.is_empty() {
        return;
    }
    row.task.input_uri = match &event.input_value {
        Some(task_execution_event::InputValue::InputUri(uri)) => uri.clone(),
        Some(task_execution_event::InputValue::InputData(data)) => {
            store.offload(data, &keys(&row.id, "offloaded_inputs").each_ref().map(String::as_str))
        }
        None => return,
    };
}

fn finish(row: &mut TaskExecutionRow, event: &TaskExecutionEvent, store: &mut Store<'_>) {
    use admin::task_execution_closure::OutputResult;
    let closure = row.task.closure.get_or_insert_default();
    closure.duration = closure.started_at.as_ref().map(|start| elapsed(start, event.occurred_at.as_ref()));
    closure.output_result = match &event.output_result {
        Some(task_execution_event::OutputResult::OutputUri(uri)) if !uri.is_empty() => {
            Some(OutputResult::OutputUri(uri.clone()))
        }
        Some(task_execution_event::OutputResult::OutputData(data)) => {
            let uri = store.offload(data, &keys(&row.id, "offloaded_outputs").each_ref().map(String::as_str));
            Some(OutputResult::OutputUri(uri))
        }
        Some(task_execution_event::OutputResult::Error(error)) => Some(OutputResult::Error(error.clone())),
        _ => closure.output_result.take(),
    };
}

/// Where the data of an attempt is offloaded.
fn keys(id: &core::TaskExecutionIdentifier, suffix: &str) -> [String; 10] {
    let node = id.node_execution_id.clone().unwrap_or_default();
    let execution = node.execution_id.unwrap_or_default();
    let task = id.task_id.clone().unwrap_or_default();
    [
        execution.project,
        execution.domain,
        execution.name,
        node.node_id,
        task.project,
        task.domain,
        task.name,
        task.version,
        id.retry_attempt.to_string(),
        suffix.to_owned(),
    ]
}
