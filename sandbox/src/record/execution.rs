//! Phase events of executions.

use super::{elapsed, execution_is_over, Store};
use crate::idl::admin::{execution_closure::OutputResult, literal_map_blob, LiteralMapBlob};
use crate::idl::core::workflow_execution::Phase;
use crate::idl::event::{workflow_execution_event, WorkflowExecutionEvent};
use crate::state::ExecutionRow;

/// Writes an event into the execution's row.
pub(crate) fn execution_event(row: &mut ExecutionRow, event: &WorkflowExecutionEvent, store: &mut Store<'_>) {
    let phase = event.phase();
    row.updated_at = store.now;
    let closure = row.execution.closure.get_or_insert_default();
    closure.set_phase(phase);
    closure.updated_at = event.occurred_at;
    if phase == Phase::Running {
        closure.started_at = event.occurred_at;
    } else if execution_is_over(phase) {
        closure.duration = closure.started_at.as_ref().map(|start| elapsed(start, event.occurred_at.as_ref()));
    }
    let uri = match &event.output_result {
        Some(workflow_execution_event::OutputResult::OutputUri(uri)) if !uri.is_empty() => uri.clone(),
        Some(workflow_execution_event::OutputResult::OutputData(data)) => {
            store.offload(data, &[&row.id.project, &row.id.domain, &row.id.name, "offloaded_outputs"])
        }
        Some(workflow_execution_event::OutputResult::Error(error)) => {
            closure.output_result = Some(OutputResult::Error(error.clone()));
            return;
        }
        _ => return,
    };
    let blob = LiteralMapBlob { data: Some(literal_map_blob::Data::Uri(uri)) };
    closure.output_result = Some(OutputResult::Outputs(blob));
}
