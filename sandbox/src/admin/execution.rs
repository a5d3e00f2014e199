//! Executions: reading and changing them. How they come to be is in `launch.rs`.

use flyte_remote::rpc::{Code, Status};
use prost::Message;

use super::{lists, validate};
use crate::columns::ExecutionView;
use crate::engine;
use crate::idl::admin::{
    execution_closure::OutputResult, literal_map_blob, Execution, ExecutionList, ExecutionStateChangeDetails,
    ExecutionTerminateRequest, ExecutionTerminateResponse, ExecutionUpdateRequest, ExecutionUpdateResponse,
    ResourceListRequest, UrlBlob, WorkflowExecutionGetDataRequest, WorkflowExecutionGetDataResponse,
    WorkflowExecutionGetRequest,
};
use crate::idl::core::{LiteralMap, WorkflowExecutionIdentifier};
use crate::list;
use crate::record::execution_is_over;
use crate::sandbox::Sandbox;
use crate::state::{ExecutionRow, State};
use crate::status::{already_terminal, execution_text, not_found};
use crate::time::timestamp;

pub(super) fn get(sandbox: &mut Sandbox, request: WorkflowExecutionGetRequest) -> Result<Execution, Status> {
    let id = validate::execution(request.id.as_ref())?;
    Ok(find(&sandbox.state, id)?.message())
}

pub(super) fn list(sandbox: &mut Sandbox, request: ResourceListRequest) -> Result<ExecutionList, Status> {
    let scope = validate::scope(request.id.as_ref())?;
    let state = &sandbox.state;
    let inside = |row: &&ExecutionRow| {
        row.id.project == scope.project
            && row.id.domain == scope.domain
            && (scope.name.is_empty() || row.id.name == scope.name)
    };
    let views = state.executions.iter().filter(inside).map(|row| ExecutionView { state, row });
    let page = list::select(views, &lists::query(&request))?;
    let executions = page.rows.iter().map(|view| with_short_error(view.row.message())).collect();
    Ok(ExecutionList { executions, token: page.token })
}

/// Lists cut error messages.
fn with_short_error(mut execution: Execution) -> Execution {
    if let Some(OutputResult::Error(error)) =
        execution.closure.as_mut().and_then(|closure| closure.output_result.as_mut())
    {
        error.message = list::trim_error_message(&error.message).to_owned();
    }
    execution
}

pub(super) fn get_data(
    sandbox: &mut Sandbox,
    request: WorkflowExecutionGetDataRequest,
) -> Result<WorkflowExecutionGetDataResponse, Status> {
    let row = find(&sandbox.state, &request.id.unwrap_or_default())?;
    let outputs = match row.execution.closure.as_ref().and_then(|closure| closure.output_result.as_ref()) {
        Some(OutputResult::Outputs(blob)) => match &blob.data {
            Some(literal_map_blob::Data::Uri(uri)) => read_literals(&sandbox.state, uri),
            Some(literal_map_blob::Data::Values(values)) => values.clone(),
            None => LiteralMap::default(),
        },
        Some(OutputResult::OutputData(data)) => data.clone(),
        _ => LiteralMap::default(),
    };
    Ok(WorkflowExecutionGetDataResponse {
        outputs: Some(UrlBlob::default()),
        inputs: Some(UrlBlob::default()),
        full_inputs: Some(row.inputs.clone()),
        full_outputs: Some(outputs),
    })
}

/// Archives an execution or takes it back.
pub(super) fn update(
    sandbox: &mut Sandbox,
    request: ExecutionUpdateRequest,
) -> Result<ExecutionUpdateResponse, Status> {
    let id = validate::execution(request.id.as_ref())?;
    let now = sandbox.now;
    let row = find_mut(&mut sandbox.state, id)?;
    row.updated_at = now;
    let closure = row.execution.closure.get_or_insert_default();
    closure.state_change_details = Some(ExecutionStateChangeDetails {
        state: request.state,
        occurred_at: Some(timestamp(now)),
        principal: String::new(),
    });
    Ok(ExecutionUpdateResponse {})
}

/// Marks an execution as aborting; the engine, or an event, makes it ABORTED.
pub(super) fn terminate(
    sandbox: &mut Sandbox,
    request: ExecutionTerminateRequest,
) -> Result<ExecutionTerminateResponse, Status> {
    let id = validate::execution(request.id.as_ref())?.clone();
    let now = sandbox.now;
    let row = find_mut(&mut sandbox.state, &id)?;
    if execution_is_over(row.phase()) {
        let text = "Cannot abort an already terminated workflow execution";
        return Err(already_terminal(text, row.phase().as_str_name()));
    }
    row.updated_at = now;
    row.set_aborting(request.cause);
    engine::abort(sandbox, &(&id).into());
    Ok(ExecutionTerminateResponse {})
}

/// The row of an execution.
pub(super) fn find<'s>(state: &'s State, id: &WorkflowExecutionIdentifier) -> Result<&'s ExecutionRow, Status> {
    state.executions.get(&id.into()).ok_or_else(|| missing(id))
}

/// The row of an execution, to change it.
pub(super) fn find_mut<'s>(
    state: &'s mut State,
    id: &WorkflowExecutionIdentifier,
) -> Result<&'s mut ExecutionRow, Status> {
    state.executions.get_mut(&id.into()).ok_or_else(|| missing(id))
}

fn missing(id: &WorkflowExecutionIdentifier) -> Status {
    not_found(format!("missing entity of type execution with identifier {}", execution_text(id)))
}

/// Literals at a URI; like FlyteAdmin, nothing when they can't be read.
pub(super) fn read_literals(state: &State, uri: &str) -> LiteralMap {
    let blob = state.blobs.get(uri);
    blob.and_then(|blob| LiteralMap::decode(blob.bytes.as_ref()).ok()).unwrap_or_default()
}

/// AlreadyExists for a name that is taken.
pub(super) fn name_taken() -> Status {
    let text =
        "value with matching already exists (duplicate key value violates unique constraint \"executions_pkey\")";
    Status::new(Code::AlreadyExists, text)
}
