//! Node executions.

use flyte_remote::rpc::Status;

use super::execution::{find, read_literals};
use super::{task_execution, validate};
use crate::columns::{ExecutionView, NodeExecutionView};
use crate::idl::admin::{
    node_execution_closure::OutputResult, DynamicNodeWorkflowResponse, FlyteUrLs, GetDynamicNodeWorkflowRequest,
    NodeExecution, NodeExecutionForTaskListRequest, NodeExecutionGetDataRequest, NodeExecutionGetDataResponse,
    NodeExecutionGetRequest, NodeExecutionList, NodeExecutionListRequest, UrlBlob,
};
use crate::idl::core::{LiteralMap, NodeExecutionIdentifier};
use crate::list::{self, Page, Query};
use crate::sandbox::Sandbox;
use crate::state::{ExecutionRow, NodeExecutionRow, State};
use crate::status::{missing, node_text, not_found};

pub(super) fn get(sandbox: &mut Sandbox, request: NodeExecutionGetRequest) -> Result<NodeExecution, Status> {
    let (_, row) = find_node(&sandbox.state, &request.id.unwrap_or_default())?;
    Ok(row.node.clone())
}

/// The nodes of an execution: those at the top, or the children of one.
pub(super) fn list(sandbox: &mut Sandbox, request: NodeExecutionListRequest) -> Result<NodeExecutionList, Status> {
    let id = validate::execution(request.workflow_execution_id.as_ref()).map_err(|_| missing("execution_id"))?;
    let query = Query {
        limit: request.limit,
        token: &request.token,
        filters: &request.filters,
        sort_by: request.sort_by.as_ref(),
    };
    let parent = &request.unique_parent_id;
    let state = &sandbox.state;
    let Ok(execution) = find(state, id) else {
        // FlyteAdmin does not look whether the execution exists, unless a parent is named.
        if !parent.is_empty() {
            let id = NodeExecutionIdentifier { node_id: parent.clone(), execution_id: Some(id.clone()) };
            return Err(missing_node(&id));
        }
        let none: [NodeExecutionView<'_>; 0] = [];
        return list::select(none, &query).map(to_list);
    };
    if !parent.is_empty() && !execution.nodes.contains(parent) {
        let id = NodeExecutionIdentifier { node_id: parent.clone(), execution_id: Some(id.clone()) };
        return Err(missing_node(&id));
    }
    let wanted =
        |row: &&NodeExecutionRow| row.parent_id == *parent && (!parent.is_empty() || row.parent_task.is_none());
    let view = ExecutionView { state, row: execution };
    let rows = execution.nodes.iter().filter(wanted).map(|row| NodeExecutionView { execution: view, row });
    list::select(rows, &query).map(to_list)
}

pub(super) fn list_for_task(
    sandbox: &mut Sandbox,
    request: NodeExecutionForTaskListRequest,
) -> Result<NodeExecutionList, Status> {
    let id = validate::implied_task(request.task_execution_id);
    let id = validate::task(id.as_ref())?;
    let (execution, _, _) = task_execution::find_task(&sandbox.state, id)?;
    let query = Query {
        limit: request.limit,
        token: &request.token,
        filters: &request.filters,
        sort_by: request.sort_by.as_ref(),
    };
    let view = ExecutionView { state: &sandbox.state, row: execution };
    let children = execution.nodes.iter().filter(|row| row.parent_task.as_ref() == Some(id));
    list::select(children.map(|row| NodeExecutionView { execution: view, row }), &query).map(to_list)
}

fn to_list(page: Page<NodeExecutionView<'_>>) -> NodeExecutionList {
    let node_executions = page.rows.iter().map(|view| with_short_error(&view.row.node)).collect();
    NodeExecutionList { node_executions, token: page.token }
}

fn with_short_error(node: &NodeExecution) -> NodeExecution {
    let mut node = node.clone();
    if let Some(OutputResult::Error(error)) = node.closure.as_mut().and_then(|closure| closure.output_result.as_mut()) {
        error.message = list::trim_error_message(&error.message).to_owned();
    }
    node
}

pub(super) fn get_data(
    sandbox: &mut Sandbox,
    request: NodeExecutionGetDataRequest,
) -> Result<NodeExecutionGetDataResponse, Status> {
    let id = request.id.unwrap_or_default();
    let (_, row) = find_node(&sandbox.state, &id)?;
    let closure = row.node.closure.as_ref();
    let outputs = match closure.and_then(|closure| closure.output_result.as_ref()) {
        Some(OutputResult::OutputUri(uri)) => read_literals(&sandbox.state, uri),
        Some(OutputResult::OutputData(data)) => data.clone(),
        _ => LiteralMap::default(),
    };
    let base = flyte_url(&id);
    let has_deck = closure.is_some_and(|closure| !closure.deck_uri.is_empty());
    Ok(NodeExecutionGetDataResponse {
        inputs: Some(UrlBlob::default()),
        outputs: Some(UrlBlob::default()),
        full_inputs: Some(read_literals(&sandbox.state, &row.node.input_uri)),
        full_outputs: Some(outputs),
        dynamic_workflow: row.dynamic.clone(),
        flyte_urls: Some(FlyteUrLs {
            inputs: format!("{base}/i"),
            outputs: format!("{base}/o"),
            deck: if has_deck { format!("{base}/d") } else { String::new() },
        }),
    })
}

pub(super) fn get_dynamic_workflow(
    sandbox: &mut Sandbox,
    request: GetDynamicNodeWorkflowRequest,
) -> Result<DynamicNodeWorkflowResponse, Status> {
    let (_, row) = find_node(&sandbox.state, &request.id.unwrap_or_default())?;
    let dynamic = row.dynamic.as_ref().ok_or_else(|| not_found("node does not contain dynamic workflow"))?;
    Ok(DynamicNodeWorkflowResponse { compiled_workflow: dynamic.compiled_workflow.clone() })
}

/// A node's row with its execution.
pub(super) fn find_node<'s>(
    state: &'s State,
    id: &NodeExecutionIdentifier,
) -> Result<(&'s ExecutionRow, &'s NodeExecutionRow), Status> {
    let execution = id.execution_id.as_ref().and_then(|id| state.executions.get(&id.into()));
    let found = execution.and_then(|execution| Some((execution, execution.nodes.get(&id.node_id)?)));
    found.ok_or_else(|| missing_node(id))
}

fn missing_node(id: &NodeExecutionIdentifier) -> Status {
    not_found(format!("missing entity of type node execution with identifier {}", node_text(id)))
}

/// `flyte://v1/project/domain/execution/node`
pub(super) fn flyte_url(id: &NodeExecutionIdentifier) -> String {
    let execution = id.execution_id.clone().unwrap_or_default();
    format!("flyte://v1/{}/{}/{}/{}", execution.project, execution.domain, execution.name, id.node_id)
}
