//! `sync`: ask the server how far an execution is, with its nodes when wanted.

use std::rc::Rc;

use super::call::Scope;
use super::client::{bad_reply, out_of_time};
use super::page::{by_creation, Page};
use super::together::MOST;
use super::tree::Tree;
use super::{CallOptions, Remote, WorkflowExecution};
use crate::codec::{Malformed, Writer};
use crate::entity::{ExecutionId, NodeExecutionId};
use crate::error::Error;
use crate::execution::{Execution, NodeExecution, TaskExecution};

const GET_EXECUTION: &str = "/flyteidl.service.AdminService/GetExecution";
const GET_NODE_EXECUTION: &str = "/flyteidl.service.AdminService/GetNodeExecution";
const GET_TASK_EXECUTION: &str = "/flyteidl.service.AdminService/GetTaskExecution";
const LIST_NODE_EXECUTIONS: &str = "/flyteidl.service.AdminService/ListNodeExecutions";
const LIST_TASK_EXECUTIONS: &str = "/flyteidl.service.AdminService/ListTaskExecutions";

/// How many nodes a call asks for.
const NODES: u32 = 500;
/// How many attempts a call asks for.
const ATTEMPTS: u32 = 100;

/// How much to ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sync {
    /// How many levels of nodes: 0 for none, 1 for those of the workflow itself, 2 with those inside of them (of
    /// sub-workflows, branches, dynamic tasks and launched executions), and so on.
    pub depth: u32,
    /// The nodes of launched executions too.
    pub launched: bool,
    /// The attempts of each node too.
    pub task_executions: bool,
    /// Inputs and outputs of each node too.
    pub data: bool,
    /// How many calls at a time.
    pub concurrency: usize,
}

impl Sync {
    /// The execution alone.
    pub const STATE: Sync = Sync { depth: 0, launched: true, task_executions: false, data: false, concurrency: MOST };
    /// All nodes, at all levels.
    pub const NODES: Sync = Sync { depth: u32::MAX, ..Sync::STATE };
    /// All nodes and their attempts.
    pub const TASK_EXECUTIONS: Sync = Sync { task_executions: true, ..Sync::NODES };
    /// All there is.
    pub const EAGER: Sync = Sync { data: true, ..Sync::TASK_EXECUTIONS };
}

impl Remote {
    /// Brings an execution up to date: its state, and its nodes as far as `sync` says. Nodes that have ended are not
    /// asked about again; what can't be read about a node becomes its `problem`.
    ///
    /// # Errors
    /// As a call about the execution itself fails, or any for want of a connection, of a login or of the server's
    /// resources; the execution then stays as it was.
    pub async fn sync(&self, execution: &WorkflowExecution, sync: Sync, options: &CallOptions) -> Result<(), Error> {
        let scope = self.client().begin(options);
        // A sync builds on what the one before has read, so two at a time would lose what the other one has.
        let turn = Box::pin(async { Ok(execution.turn().take().await) });
        let _turn = self.client().within(&scope, turn).await.unwrap_or_else(|| Err(out_of_time(GET_EXECUTION)))?;
        let number = execution.begin_sync();
        // First the execution, then its nodes: when it has ended, so have they.
        let mut snapshot = self.get_execution(execution.id(), &scope).await?;
        let known = execution.snapshot();
        let (mut settled, mut incomplete) = (execution.settled(), false);
        if sync.depth > 0 && !(settled.is_some_and(|settled| covers(settled, sync)) && known.raw == snapshot.raw) {
            let tree = Tree::new(self, sync, known.nodes.as_deref().unwrap_or_default());
            let (nodes, in_passing) = tree.of_execution(&snapshot, execution.branches(), &scope).await?;
            incomplete = in_passing;
            let ended = snapshot.is_done() && nodes.iter().all(|node| is_settled(node));
            settled = ended.then_some(sync);
            snapshot.nodes = Some(nodes);
        }
        execution.set_incomplete(incomplete);
        execution.show(number, snapshot, settled);
        Ok(())
    }

    /// A node as it is now, with what is inside of it as far as `sync` says.
    ///
    /// # Errors
    /// As the call about the node fails, or any for want of a connection.
    pub async fn sync_node_execution(
        &self,
        node: &Rc<NodeExecution>,
        sync: Sync,
        options: &CallOptions,
    ) -> Result<Rc<NodeExecution>, Error> {
        let scope = self.client().begin(options);
        let request = Writer::new().message(1, &node.id.to_bytes()).done();
        let raw = self.client().call_bytes(GET_NODE_EXECUTION, request, &scope).await;
        let raw = raw.map_err(|error| error.about(node.id.to_string()))?;
        let mut fresh = NodeExecution::decode(raw).map_err(|_| bad_reply(GET_NODE_EXECUTION))?;
        fresh.id = node.id.clone();
        Tree::new(self, sync, std::slice::from_ref(node)).of_node(fresh, &scope).await
    }

    /// An attempt as it is now.
    ///
    /// # Errors
    /// As the call fails.
    pub async fn sync_task_execution(
        &self,
        task: &TaskExecution,
        options: &CallOptions,
    ) -> Result<Rc<TaskExecution>, Error> {
        let scope = self.client().begin(options);
        let request = Writer::new().message(1, &task.id.to_bytes()).done();
        let raw = self.client().call_bytes(GET_TASK_EXECUTION, request, &scope).await;
        let raw = raw.map_err(|error| error.about(task.id.node.to_string()))?;
        let mut fresh = TaskExecution::decode(raw).map_err(|_| bad_reply(GET_TASK_EXECUTION))?;
        fresh.id = task.id.clone();
        Ok(Rc::new(fresh))
    }

    pub(super) async fn get_execution(&self, id: &ExecutionId, scope: &Scope) -> Result<Execution, Error> {
        let request = Writer::new().message(1, &id.to_bytes()).done();
        let raw = self.client().call_bytes(GET_EXECUTION, request, scope).await;
        let raw = raw.map_err(|error| error.about(id.to_string()))?;
        Execution::decode(raw, Some(id.clone())).map_err(|_| bad_reply(GET_EXECUTION))
    }

    /// The nodes of an execution itself, or those inside of the node `parent`, in the order of their creation.
    pub(super) async fn list_nodes(
        &self,
        id: &ExecutionId,
        parent: &str,
        scope: &Scope,
    ) -> Result<Vec<NodeExecution>, Error> {
        let mut request = Writer::new();
        request.message(1, &id.to_bytes()).int(2, NODES.into()).message(5, &by_creation(false)).text(6, parent);
        let items = self.pages(LIST_NODE_EXECUTIONS, &request.done(), scope).await;
        let items = items.map_err(|error| error.about(id.to_string()))?;
        let decode = |raw| {
            let mut node = NodeExecution::decode(raw)?;
            if node.id.execution.name.is_empty() {
                node.id.execution = id.clone();
            }
            Ok(node)
        };
        items
            .into_iter()
            .map(decode)
            .collect::<Result<_, Malformed>>()
            .map_err(|Malformed| bad_reply(LIST_NODE_EXECUTIONS))
    }

    pub(super) async fn list_task_executions(
        &self,
        id: &NodeExecutionId,
        scope: &Scope,
    ) -> Result<Vec<Rc<TaskExecution>>, Error> {
        let mut request = Writer::new();
        request.message(1, &id.to_bytes()).int(2, ATTEMPTS.into()).message(5, &by_creation(false));
        let items = self.pages(LIST_TASK_EXECUTIONS, &request.done(), scope).await;
        let items = items.map_err(|error| error.about(id.to_string()))?;
        let attempts = items.into_iter().map(|raw| TaskExecution::decode(raw).map(Rc::new));
        attempts.collect::<Result<_, _>>().map_err(|_| bad_reply(LIST_TASK_EXECUTIONS))
    }

    /// All pages of a list; `request` lacks but the token.
    async fn pages(&self, method: &'static str, request: &[u8], scope: &Scope) -> Result<Vec<Rc<[u8]>>, Error> {
        let (mut items, mut token) = (Vec::new(), String::new());
        loop {
            let request = [request, &Writer::new().text(3, &token).done()].concat();
            let reply = self.client().call_bytes(method, request, scope).await?;
            let page = Page::read(method, &reply)?.after(method, &token)?;
            items.extend(page.items);
            token = page.token;
            if token.is_empty() {
                return Ok(items);
            }
        }
    }
}

/// What `before` has read is enough for `wanted`.
pub(super) fn covers(before: Sync, wanted: Sync) -> bool {
    before.depth >= wanted.depth
        && (before.launched || !wanted.launched)
        && (before.task_executions || !wanted.task_executions)
        && (before.data || !wanted.data)
}

/// Nothing will change in it any more, nor in what is inside of it.
pub(super) fn is_settled(node: &NodeExecution) -> bool {
    let all = |nodes: &[Rc<NodeExecution>]| nodes.iter().all(|node| is_settled(node));
    let child = node.launched_execution.as_ref();
    node.is_done()
        && node.problem.is_none()
        && all(node.own_nodes())
        && child.is_none_or(|child| child.is_done() && all(child.own_nodes()))
}
