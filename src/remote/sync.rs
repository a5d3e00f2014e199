//! `sync`: ask the server how far an execution is, with its nodes when wanted.

use std::rc::Rc;

use super::call::Scope;
use super::client::bad_reply;
use super::page::{by_creation, Page};
use super::together::{together, Work};
use super::{CallOptions, Remote, WorkflowExecution};
use crate::codec::Writer;
use crate::entity::{ExecutionId, NodeExecutionId};
use crate::error::Error;
use crate::execution::{Execution, NodeExecution, TaskExecution};

const GET_EXECUTION: &str = "/flyteidl.service.AdminService/GetExecution";
const LIST_NODE_EXECUTIONS: &str = "/flyteidl.service.AdminService/ListNodeExecutions";
const LIST_TASK_EXECUTIONS: &str = "/flyteidl.service.AdminService/ListTaskExecutions";

/// How many nodes a call asks for.
const NODES: u32 = 500;
/// How many attempts a call asks for.
const ATTEMPTS: u32 = 100;

impl Remote {
    /// Brings an execution up to date: its state, and with `nodes` its nodes and their attempts. Inputs and outputs
    /// are read when they are asked for.
    ///
    /// # Errors
    /// As a call fails; the execution then stays as it was.
    pub async fn sync(&self, execution: &WorkflowExecution, nodes: bool, options: &CallOptions) -> Result<(), Error> {
        let scope = self.client().begin(options);
        let sync = execution.begin_sync();
        let known = execution.snapshot().nodes.clone().unwrap_or_default();
        let snapshot = self.read_execution(execution.id(), nodes, &known, &scope).await?;
        execution.show(sync, snapshot);
        Ok(())
    }

    async fn read_execution(
        &self,
        id: &ExecutionId,
        nodes: bool,
        known: &[Rc<NodeExecution>],
        scope: &Scope,
    ) -> Result<Execution, Error> {
        // First the execution, then its nodes: when it has ended, so have they.
        let mut snapshot = self.get_execution(id, scope).await?;
        if nodes {
            snapshot.nodes = Some(self.list_nodes(id, known, scope).await?);
        }
        Ok(snapshot)
    }

    pub(super) async fn get_execution(&self, id: &ExecutionId, scope: &Scope) -> Result<Execution, Error> {
        let request = Writer::new().message(1, &id.to_bytes()).done();
        let raw = self.client().call_bytes(GET_EXECUTION, request, scope).await;
        let raw = raw.map_err(|error| error.about(id.to_string()))?;
        Execution::decode(raw, Some(id.clone())).map_err(|_| bad_reply(GET_EXECUTION))
    }

    /// The nodes in the order of their creation, with the attempts of those that run a task. A node that has not
    /// changed since it was `known` keeps its attempts.
    async fn list_nodes(
        &self,
        id: &ExecutionId,
        known: &[Rc<NodeExecution>],
        scope: &Scope,
    ) -> Result<Rc<[Rc<NodeExecution>]>, Error> {
        let (mut nodes, mut token) = (Vec::new(), String::new());
        loop {
            let page = self.page(LIST_NODE_EXECUTIONS, &id.to_bytes(), NODES, &token, scope).await;
            let page = page.map_err(|error| error.about(id.to_string()))?;
            for raw in page.items {
                nodes.push(NodeExecution::decode(raw).map_err(|_| bad_reply(LIST_NODE_EXECUTIONS))?);
            }
            token = page.token;
            if token.is_empty() {
                break;
            }
        }
        let sync = |node: NodeExecution| -> Work<'_, Rc<NodeExecution>> {
            Box::pin(async move {
                match known.iter().find(|known| known.is_done() && known.raw == node.raw && known.problem.is_none()) {
                    Some(known) => Ok(Rc::clone(known)),
                    None => self.sync_node(node, scope).await.map(Rc::new),
                }
            })
        };
        Ok(together(nodes.into_iter().map(sync).collect()).await?.into())
    }

    /// A node with its attempts. What can't be read about it becomes its `problem`: one node never hides the others.
    async fn sync_node(&self, mut node: NodeExecution, scope: &Scope) -> Result<NodeExecution, Error> {
        if node.is_system() {
            return Ok(node);
        }
        if let Some(launched) = &node.launched {
            let text = launched.to_string();
            node.problem = Some(["it launched ", &text, "; fetch that execution to see its nodes"].concat());
            return Ok(node);
        }
        if node.is_array {
            node.problem = Some("its many runs are not read".to_owned());
            return Ok(node);
        }
        if node.is_parent {
            node.problem = Some("the nodes inside it are not read".to_owned());
            return Ok(node);
        }
        match self.list_task_executions(&node.id, scope).await {
            Ok(attempts) => node.task_executions = attempts,
            Err(error) if error.is_about_the_connection() => return Err(error),
            Err(error) => node.problem = Some(error.message.clone()),
        }
        Ok(node)
    }

    async fn list_task_executions(&self, id: &NodeExecutionId, scope: &Scope) -> Result<Vec<Rc<TaskExecution>>, Error> {
        let (mut attempts, mut token) = (Vec::new(), String::new());
        loop {
            let page = self.page(LIST_TASK_EXECUTIONS, &id.to_bytes(), ATTEMPTS, &token, scope).await;
            let page = page.map_err(|error| error.about(id.to_string()))?;
            for raw in page.items {
                let attempt = TaskExecution::decode(raw).map_err(|_| bad_reply(LIST_TASK_EXECUTIONS))?;
                attempts.push(Rc::new(attempt));
            }
            token = page.token;
            if token.is_empty() {
                return Ok(attempts);
            }
        }
    }

    /// A page of what belongs to something, the oldest first.
    async fn page(
        &self,
        method: &'static str,
        of: &[u8],
        limit: u32,
        token: &str,
        scope: &Scope,
    ) -> Result<Page, Error> {
        let mut request = Writer::new();
        request.message(1, of).int(2, limit.into()).text(3, token).message(5, &by_creation(false));
        let reply = self.client().call_bytes(method, request.done(), scope).await?;
        Page::read(method, &reply)
    }
}
