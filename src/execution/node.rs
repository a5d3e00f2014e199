//! The execution of one node.

use std::rc::Rc;

use prost::Message;
use prost_types::{Duration, Timestamp};

use super::wire::{self, NodeResult, NodeTarget};
use super::{ExecutionError, Phase, TaskExecution};
use crate::entity::{ExecutionId, NodeExecutionId};

/// A snapshot of a node's execution.
#[derive(Clone, Debug)]
pub struct NodeExecution {
    /// Its identifier.
    pub id: NodeExecutionId,
    /// The node's id in the workflow's spec; differs from the identifier's in children of parent nodes.
    pub spec_node_id: String,
    /// How far it is.
    pub phase: Phase,
    /// When it began to run.
    pub started_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Option<Timestamp>,
    /// How long it ran.
    pub duration: Option<Duration>,
    /// Why it failed.
    pub error: Option<ExecutionError>,
    /// It has nodes of its own: a sub-workflow, a branch, or nodes that a task made.
    pub is_parent: bool,
    /// Its nodes were made by a task as it ran.
    pub is_dynamic: bool,
    /// It runs one node many times over lists.
    pub is_array: bool,
    /// The execution that it launched.
    pub launched: Option<ExecutionId>,
    /// As `CatalogCacheStatus`, for a node over a task: 0 no cache, 1 missed, 2 hit, 3 stored, …
    pub cache_status: Option<i32>,
    /// Where its inputs are stored.
    pub input_uri: String,
    /// Where its outputs are stored, may be empty.
    pub output_uri: String,
    /// Where its deck (an HTML page) is stored, empty when it has none.
    pub deck_uri: String,
    /// The attempts to run its task, the first first.
    pub task_executions: Vec<Rc<TaskExecution>>,
    /// What could not be read about this node, and why.
    pub problem: Option<String>,
    /// The whole `flyteidl.admin.NodeExecution`.
    pub raw: Rc<[u8]>,
}

impl NodeExecution {
    /// Reads a serialised `flyteidl.admin.NodeExecution`.
    ///
    /// # Errors
    /// When the bytes are no such message.
    pub fn decode(raw: Rc<[u8]>) -> Result<Self, prost::DecodeError> {
        let node = wire::NodeExecution::decode(&*raw)?;
        let id = NodeExecutionId::from(node.id.unwrap_or_default());
        let (closure, metadata) = (node.closure.unwrap_or_default(), node.metadata.unwrap_or_default());
        let (output_uri, error) = match closure.result {
            Some(NodeResult::OutputUri(uri)) => (uri, None),
            Some(NodeResult::Error(error)) => (String::new(), Some(error.into())),
            None => (String::new(), None),
        };
        let (launched, cache_status) = match closure.target {
            Some(NodeTarget::Workflow(target)) => (target.execution_id.map(ExecutionId::from), None),
            Some(NodeTarget::Task(target)) => (None, Some(target.cache_status)),
            None => (None, None),
        };
        let spec_node_id = if metadata.spec_node_id.is_empty() { id.node_id.clone() } else { metadata.spec_node_id };
        Ok(NodeExecution {
            id,
            spec_node_id,
            phase: Phase::node(closure.phase),
            started_at: closure.started_at,
            created_at: closure.created_at,
            updated_at: closure.updated_at,
            duration: closure.duration,
            error,
            is_parent: metadata.is_parent_node,
            is_dynamic: metadata.is_dynamic,
            is_array: metadata.is_array,
            launched,
            cache_status,
            input_uri: node.input_uri,
            output_uri,
            deck_uri: closure.deck_uri,
            task_executions: Vec::new(),
            problem: None,
            raw,
        })
    }

    /// The nodes where every workflow starts and ends; nothing runs in them.
    #[must_use]
    pub fn is_system(&self) -> bool {
        matches!(self.spec_node_id.as_str(), "start-node" | "end-node")
    }

    /// Nothing more will happen.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.phase.is_terminal()
    }
}
