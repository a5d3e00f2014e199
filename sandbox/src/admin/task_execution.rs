//! Task executions: attempts.

use flyte_remote::rpc::Status;

use super::execution::read_literals;
use super::node_execution::{find_node, flyte_url};
use super::validate;
use crate::columns::{ExecutionView, NodeExecutionView, TaskExecutionView};
use crate::idl::admin::{
    task_execution_closure::OutputResult, FlyteUrLs, TaskExecution, TaskExecutionGetDataRequest,
    TaskExecutionGetDataResponse, TaskExecutionGetRequest, TaskExecutionList, TaskExecutionListRequest, UrlBlob,
};
use crate::idl::core::{LiteralMap, TaskExecutionIdentifier};
use crate::list::{self, Query};
use crate::sandbox::Sandbox;
use crate::state::{ExecutionRow, NodeExecutionRow, State, TaskExecutionRow};
use crate::status::{identifier_text, not_found};

pub(super) fn get(sandbox: &mut Sandbox, request: TaskExecutionGetRequest) -> Result<TaskExecution, Status> {
    let id = validate::implied_task(request.id);
    let id = validate::task(id.as_ref())?;
    let (execution, _, row) = find_task(&sandbox.state, id)?;
    Ok(to_message(execution, row))
}

pub(super) fn list(sandbox: &mut Sandbox, request: TaskExecutionListRequest) -> Result<TaskExecutionList, Status> {
    let id = validate::node(request.node_execution_id.as_ref())?;
    let query = Query {
        limit: request.limit,
        token: &request.token,
        filters: &request.filters,
        sort_by: request.sort_by.as_ref(),
    };
    let state = &sandbox.state;
    let found = find_node(state, id).ok();
    let views = found.into_iter().flat_map(|(execution, node)| {
        let node = NodeExecutionView { execution: ExecutionView { state, row: execution }, row: node };
        node.row.tasks.iter().map(move |row| TaskExecutionView { node, row })
    });
    let page = list::select(views, &query)?;
    let task_executions = page.rows.iter().map(|view| {
        let mut task = to_message(view.node.execution.row, view.row);
        if let Some(OutputResult::Error(error)) =
            task.closure.as_mut().and_then(|closure| closure.output_result.as_mut())
        {
            error.message = list::trim_error_message(&error.message).to_owned();
        }
        task
    });
    Ok(TaskExecutionList { task_executions: task_executions.collect(), token: page.token })
}

fn to_message(execution: &ExecutionRow, row: &TaskExecutionRow) -> TaskExecution {
    let is_parent = execution.nodes.iter().any(|node| node.parent_task.as_ref() == Some(&row.id));
    TaskExecution { is_parent, ..row.task.clone() }
}

pub(super) fn get_data(
    sandbox: &mut Sandbox,
    request: TaskExecutionGetDataRequest,
) -> Result<TaskExecutionGetDataResponse, Status> {
    let id = validate::implied_task(request.id);
    let id = validate::task(id.as_ref())?.clone();
    let (_, _, row) = find_task(&sandbox.state, &id)?;
    let outputs = match row.task.closure.as_ref().and_then(|closure| closure.output_result.as_ref()) {
        Some(OutputResult::OutputUri(uri)) => read_literals(&sandbox.state, uri),
        Some(OutputResult::OutputData(data)) => data.clone(),
        _ => LiteralMap::default(),
    };
    let base = format!("{}/{}", flyte_url(&id.node_execution_id.unwrap_or_default()), id.retry_attempt);
    Ok(TaskExecutionGetDataResponse {
        inputs: Some(UrlBlob::default()),
        outputs: Some(UrlBlob::default()),
        full_inputs: Some(read_literals(&sandbox.state, &row.task.input_uri)),
        full_outputs: Some(outputs),
        flyte_urls: Some(FlyteUrLs { inputs: format!("{base}/i"), outputs: format!("{base}/o"), deck: String::new() }),
    })
}

/// An attempt's row with its node and execution.
pub(super) fn find_task<'s>(
    state: &'s State,
    id: &TaskExecutionIdentifier,
) -> Result<(&'s ExecutionRow, &'s NodeExecutionRow, &'s TaskExecutionRow), Status> {
    let node_id = id.node_execution_id.clone().unwrap_or_default();
    let task_id = id.task_id.clone().unwrap_or_default();
    let found = find_node(state, &node_id).ok().and_then(|(execution, node)| {
        let same = |row: &&TaskExecutionRow| {
            let known = row.id.task_id.as_ref();
            let key = crate::state::EntityKey::from;
            row.id.retry_attempt == id.retry_attempt && known.map(key) == Some(key(&task_id))
        };
        Some((execution, node, node.tasks.iter().find(same)?))
    });
    found.ok_or_else(|| {
        not_found(format!(
            "missing entity of type task execution with identifier task_id:{{{}}} node_execution_id:{{node_id:{:?}}} retry_attempt:{}",
            identifier_text(&task_id),
            node_id.node_id,
            id.retry_attempt
        ))
    })
}
