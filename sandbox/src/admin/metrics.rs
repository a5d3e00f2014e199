//! `GetExecutionMetrics`: where the time of an execution went, as a tree of spans computed from its node and task executions.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::time::Duration;

use flyte_remote::rpc::{Code, Status};
use prost_types::Timestamp;

use super::{execution, validate};
use crate::compiler::{END_NODE, START_NODE};
use crate::idl::admin::{
    node_execution_closure::TargetMetadata, NodeExecutionClosure, TaskExecutionClosure,
    WorkflowExecutionGetMetricsRequest, WorkflowExecutionGetMetricsResponse,
};
use crate::idl::core::{
    if_else_block, node, span::Id, workflow_node, BranchNode, CompiledWorkflowClosure, Identifier, Node, ResourceType,
    Span, WorkflowExecutionIdentifier,
};
use crate::sandbox::Sandbox;
use crate::state::{ExecutionRow, NodeExecutionRow, State, TaskExecutionRow};
use crate::status::{identifier_text, missing_entity};
use crate::time::{length, since_epoch, timestamp};

type Spans = Vec<Span>;
/// Node executions by the node they are of; of several the last.
type Nodes<'s> = BTreeMap<&'s str, &'s NodeExecutionRow>;

/// `depth` counts the levels below the execution; a negative one is all of them.
pub(super) fn get(
    sandbox: &mut Sandbox,
    request: WorkflowExecutionGetMetricsRequest,
) -> Result<WorkflowExecutionGetMetricsResponse, Status> {
    let id = validate::execution(request.id.as_ref())?;
    let span = Metrics { state: &sandbox.state }.execution(id, i64::from(request.depth))?;
    Ok(WorkflowExecutionGetMetricsResponse { span: Some(span) })
}

struct Metrics<'s> {
    state: &'s State,
}

impl<'s> Metrics<'s> {
    fn execution(&self, id: &WorkflowExecutionIdentifier, depth: i64) -> Result<Span, Status> {
        let row = execution::find(self.state, id)?;
        let closure = row.execution.closure.clone().unwrap_or_default();
        let mut spans = Spans::new();
        if depth != 0 {
            let workflow = self.workflow(&closure.workflow_id.clone().unwrap_or_default())?;
            let nodes = children(row, "");
            match updated(&nodes, START_NODE) {
                None => spans.push(operation("WORKFLOW_SETUP", closure.created_at, closure.updated_at)),
                Some(started) => {
                    spans.push(operation("WORKFLOW_SETUP", closure.created_at, Some(started)));
                    self.nodes(row, &nodes, workflow, &mut spans, depth - 1)?;
                    teardown("WORKFLOW_TEARDOWN", last_before_end(&nodes, workflow), closure.updated_at, &mut spans);
                }
            }
        }
        Ok(Span {
            start_time: closure.created_at,
            end_time: closure.updated_at,
            id: Some(Id::WorkflowId(row.id.clone())),
            spans,
        })
    }

    fn nodes(
        &self,
        execution: &'s ExecutionRow,
        nodes: &Nodes<'s>,
        workflow: &CompiledWorkflowClosure,
        spans: &mut Spans,
        depth: i64,
    ) -> Result<(), Status> {
        let mut sorted: Vec<_> = nodes.iter().filter(|(id, _)| **id != START_NODE && **id != END_NODE).collect();
        sorted.sort_by(|(_, a), (_, b)| earlier(closure(a).created_at, closure(b).created_at));
        for (spec_id, row) in sorted {
            let template = workflow.primary.as_ref().and_then(|primary| primary.template.as_ref());
            let node = template.and_then(|template| template.nodes.iter().rfind(|node| node.id == **spec_id));
            let Some(node) = node else {
                let id = template.and_then(|template| template.id.as_ref()).map(identifier_text).unwrap_or_default();
                return Err(internal(format!("failed to discover workflow node '{spec_id}' in workflow '{id}'")));
            };
            let mut span = self.node(execution, row, node, depth)?;
            if let Some(before) = latest_upstream(spec_id, nodes, workflow) {
                span.spans.insert(0, operation("NODE_TRANSITION", before, closure(row).created_at));
            }
            spans.push(span);
        }
        Ok(())
    }

    fn node(
        &self,
        execution: &'s ExecutionRow,
        row: &'s NodeExecutionRow,
        node: &Node,
        depth: i64,
    ) -> Result<Span, Status> {
        let mut spans = Spans::new();
        let below = depth - 1;
        if depth != 0 {
            match &node.target {
                Some(node::Target::BranchNode(branch)) => self.branch(execution, row, branch, &mut spans, below)?,
                Some(node::Target::GateNode(_)) => gate(&closure(row), &mut spans),
                Some(node::Target::TaskNode(_)) => {
                    let parent = row.node.metadata.as_ref().is_some_and(|metadata| metadata.is_parent_node);
                    match parent {
                        true => self.dynamic(execution, row, &mut spans, below)?,
                        false => task_node(row, &mut spans, below),
                    }
                }
                Some(node::Target::WorkflowNode(workflow)) => match &workflow.reference {
                    Some(workflow_node::Reference::LaunchplanRef(_)) => self.launch_plan(row, &mut spans, below)?,
                    Some(workflow_node::Reference::SubWorkflowRef(id)) => {
                        self.sub_workflow(execution, row, id, &mut spans, below)?;
                    }
                    None => return Err(internal("failed to identify workflow node type for node")),
                },
                // FlyteAdmin tells nothing about other nodes.
                _ => {}
            }
        }
        let NodeExecutionClosure { created_at, updated_at, .. } = closure(row);
        Ok(Span { start_time: created_at, end_time: updated_at, id: row.node.id.clone().map(Id::NodeId), spans })
    }

    fn branch(
        &self,
        execution: &'s ExecutionRow,
        row: &'s NodeExecutionRow,
        branch: &BranchNode,
        spans: &mut Spans,
        depth: i64,
    ) -> Result<(), Status> {
        let own = closure(row);
        let nodes = children(execution, &row.node_id);
        let Some((spec_id, taken)) = nodes.first_key_value() else {
            spans.push(operation("NODE_SETUP", own.created_at, own.updated_at));
            return Ok(());
        };
        if nodes.len() != 1 {
            let count = nodes.len();
            return Err(internal(format!(
                "invalid branch node execution: expected 1 but found {count} node execution(s)"
            )));
        }
        let node = chosen(spec_id, branch).ok_or_else(|| {
            internal(format!("failed to identify branch node final node definition for nodeID '{spec_id}'"))
        })?;
        let inner = closure(taken);
        spans.push(operation("NODE_SETUP", own.created_at, inner.created_at));
        spans.push(self.node(execution, taken, node, depth)?);
        teardown("NODE_TEARDOWN", Some(inner.updated_at), own.updated_at, spans);
        Ok(())
    }

    fn dynamic(
        &self,
        execution: &'s ExecutionRow,
        row: &'s NodeExecutionRow,
        spans: &mut Spans,
        depth: i64,
    ) -> Result<(), Status> {
        let own = closure(row);
        let tasks = attempts(row);
        let (Some(first), Some(last)) = (tasks.first(), tasks.last()) else {
            spans.push(operation("NODE_SETUP", own.created_at, own.updated_at));
            return Ok(());
        };
        spans.push(operation("NODE_SETUP", own.created_at, task_closure(first).created_at));
        all_attempts(&tasks, spans, depth);
        let nodes = children(execution, &row.node_id);
        let yielded = task_closure(last).updated_at;
        if nodes.is_empty() {
            teardown("NODE_RESET", Some(yielded), own.updated_at, spans);
            return Ok(());
        }
        spans.push(operation("NODE_RESET", yielded, updated(&nodes, START_NODE)));
        let nothing = CompiledWorkflowClosure::default();
        let workflow = row.dynamic.as_ref().and_then(|dynamic| dynamic.compiled_workflow.as_ref());
        let workflow = workflow.unwrap_or(&nothing);
        self.nodes(execution, &nodes, workflow, spans, depth)?;
        teardown("NODE_TEARDOWN", last_before_end(&nodes, workflow), own.updated_at, spans);
        Ok(())
    }

    fn launch_plan(&self, row: &NodeExecutionRow, spans: &mut Spans, depth: i64) -> Result<(), Status> {
        let own = closure(row);
        let Some(TargetMetadata::WorkflowNodeMetadata(metadata)) = &own.target_metadata else {
            spans.push(operation("NODE_SETUP", own.created_at, own.updated_at));
            return Ok(());
        };
        let child = self.execution(&metadata.execution_id.clone().unwrap_or_default(), depth)?;
        spans.push(operation("NODE_SETUP", own.created_at, child.start_time));
        let ended = child.end_time;
        spans.push(child);
        teardown("NODE_TEARDOWN", Some(ended), own.updated_at, spans);
        Ok(())
    }

    fn sub_workflow(
        &self,
        execution: &'s ExecutionRow,
        row: &'s NodeExecutionRow,
        id: &Identifier,
        spans: &mut Spans,
        depth: i64,
    ) -> Result<(), Status> {
        let own = closure(row);
        let nodes = children(execution, &row.node_id);
        if nodes.is_empty() {
            spans.push(operation("NODE_SETUP", own.created_at, own.updated_at));
            return Ok(());
        }
        spans.push(operation("NODE_SETUP", own.created_at, updated(&nodes, START_NODE)));
        let workflow = self.workflow(id)?;
        self.nodes(execution, &nodes, workflow, spans, depth)?;
        teardown("NODE_TEARDOWN", last_before_end(&nodes, workflow), own.updated_at, spans);
        Ok(())
    }

    /// A registered workflow; a sub-workflow that is only part of another one is not found, as in FlyteAdmin.
    fn workflow(&self, id: &Identifier) -> Result<&'s CompiledWorkflowClosure, Status> {
        let id = validate::identifier(Some(id), ResourceType::Workflow)?;
        let row = self.state.workflows.get(&id.into());
        row.and_then(|row| row.compiled()).ok_or_else(|| missing_entity("WORKFLOW", id))
    }
}

fn task_node(row: &NodeExecutionRow, spans: &mut Spans, depth: i64) {
    let own = closure(row);
    let tasks = attempts(row);
    let (Some(first), Some(last)) = (tasks.first(), tasks.last()) else {
        spans.push(operation("NODE_SETUP", own.created_at, own.updated_at));
        return;
    };
    spans.push(operation("NODE_SETUP", own.created_at, task_closure(first).created_at));
    all_attempts(&tasks, spans, depth);
    teardown("NODE_TEARDOWN", Some(task_closure(last).updated_at), own.updated_at, spans);
}

fn gate(own: &NodeExecutionClosure, spans: &mut Spans) {
    let Some(started) = given(own.started_at) else {
        spans.push(operation("NODE_SETUP", own.created_at, own.updated_at));
        return;
    };
    spans.push(operation("NODE_SETUP", own.created_at, Some(started)));
    match end_of(started, own.duration.as_ref()) {
        None => spans.push(operation("NODE_IDLE", Some(started), own.updated_at)),
        Some(end) => {
            spans.push(operation("NODE_IDLE", Some(started), Some(end)));
            spans.push(operation("NODE_TEARDOWN", Some(end), own.updated_at));
        }
    }
}

/// Attempts, with what lies between them.
fn all_attempts(tasks: &[&TaskExecutionRow], spans: &mut Spans, depth: i64) {
    let mut before: Option<&TaskExecutionRow> = None;
    for task in tasks {
        if let Some(before) = before {
            spans.push(operation("NODE_RESET", task_closure(before).updated_at, task_closure(task).created_at));
        }
        if depth != 0 {
            spans.push(attempt(task));
        }
        before = Some(task);
    }
}

fn attempt(row: &TaskExecutionRow) -> Span {
    let own = task_closure(row);
    let mut spans = Spans::new();
    match given(own.started_at) {
        None => spans.push(operation("TASK_SETUP", own.created_at, own.updated_at)),
        Some(started) => {
            spans.push(operation("TASK_SETUP", own.created_at, Some(started)));
            match end_of(started, own.duration.as_ref()) {
                None => spans.push(operation("TASK_RUNTIME", Some(started), own.updated_at)),
                Some(end) => {
                    spans.push(operation("TASK_RUNTIME", Some(started), Some(end)));
                    teardown("TASK_TEARDOWN", Some(Some(end)), own.updated_at, &mut spans);
                }
            }
        }
    }
    Span { start_time: own.created_at, end_time: own.updated_at, id: row.task.id.clone().map(Id::TaskId), spans }
}

/// The node executions below a parent, or at the top.
fn children<'s>(execution: &'s ExecutionRow, parent: &str) -> Nodes<'s> {
    let below = |row: &&NodeExecutionRow| row.parent_id == parent && (!parent.is_empty() || row.parent_task.is_none());
    let spec_id = |row: &'s NodeExecutionRow| {
        (row.node.metadata.as_ref().map_or("", |metadata| metadata.spec_node_id.as_str()), row)
    };
    execution.nodes.iter().filter(below).map(spec_id).collect()
}

/// Attempts, oldest first.
fn attempts(row: &NodeExecutionRow) -> Vec<&TaskExecutionRow> {
    let mut tasks: Vec<_> = row.tasks.iter().collect();
    tasks.sort_by(|a, b| earlier(task_closure(a).created_at, task_closure(b).created_at));
    tasks
}

fn chosen<'n>(id: &str, branch: &'n BranchNode) -> Option<&'n Node> {
    let block = branch.if_else.as_ref()?;
    let cases = block.case.as_deref().into_iter().chain(&block.other).filter_map(|case| case.then_node.as_deref());
    let default = match &block.default {
        Some(if_else_block::Default::ElseNode(node)) => Some(node.as_ref()),
        _ => None,
    };
    cases.chain(default).find(|node| node.id == id)
}

/// When the upstream node that ended last did; none where no upstream node has run.
fn latest_upstream(id: &str, nodes: &Nodes<'_>, workflow: &CompiledWorkflowClosure) -> Option<Option<Timestamp>> {
    let connections = workflow.primary.as_ref()?.connections.as_ref()?;
    let upstream = connections.upstream.get(id)?.ids.iter().filter_map(|id| nodes.get(id.as_str()));
    let ended = upstream.filter_map(|row| given(closure(row).updated_at));
    ended.reduce(|a, b| if earlier(Some(a), Some(b)).is_lt() { b } else { a }).map(Some)
}

fn last_before_end(nodes: &Nodes<'_>, workflow: &CompiledWorkflowClosure) -> Option<Option<Timestamp>> {
    latest_upstream(END_NODE, nodes, workflow)
}

/// When a node was last heard of.
fn updated(nodes: &Nodes<'_>, id: &str) -> Option<Timestamp> {
    nodes.get(id).and_then(|row| given(closure(row).updated_at))
}

fn operation(name: &str, start: Option<Timestamp>, end: Option<Timestamp>) -> Span {
    Span { start_time: start, end_time: end, id: Some(Id::OperationId(name.to_owned())), spans: Spans::new() }
}

/// The time after what was inside, unless the clock says that there was none.
fn teardown(name: &str, inside_ended: Option<Option<Timestamp>>, end: Option<Timestamp>, spans: &mut Spans) {
    if let Some(inside_ended) = inside_ended.filter(|inside_ended| earlier(end, *inside_ended).is_ge()) {
        spans.push(operation(name, inside_ended, end));
    }
}

fn end_of(started: Timestamp, duration: Option<&prost_types::Duration>) -> Option<Timestamp> {
    let took = duration.map(length).filter(|took| *took != Duration::ZERO)?;
    Some(timestamp(since_epoch(&started) + took))
}

fn given(time: Option<Timestamp>) -> Option<Timestamp> {
    time.filter(|time| *time != Timestamp::default())
}

fn earlier(a: Option<Timestamp>, b: Option<Timestamp>) -> Ordering {
    let of = |time: Option<Timestamp>| time.as_ref().map(since_epoch).unwrap_or_default();
    of(a).cmp(&of(b))
}

fn closure(row: &NodeExecutionRow) -> NodeExecutionClosure {
    row.node.closure.clone().unwrap_or_default()
}

fn task_closure(row: &TaskExecutionRow) -> TaskExecutionClosure {
    row.task.closure.clone().unwrap_or_default()
}

fn internal(message: impl Into<String>) -> Status {
    Status::new(Code::Internal, message)
}
