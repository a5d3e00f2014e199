//! The execution of one node.

use std::cell::OnceCell;
use std::rc::Rc;

use prost_types::{Duration, Timestamp};

use super::{Execution, ExecutionError, Phase, TaskExecution};
use crate::codec::{field, Fields, Malformed};
use crate::entity::{ExecutionId, NodeExecutionId};
use crate::value::Values;

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
    /// The server tells of its task, if only that nothing was cached.
    pub tells_of_task: bool,
    /// The execution that it launched.
    pub launched: Option<ExecutionId>,
    /// The attempts to run its task, the first first; `None` until they were asked for.
    pub task_executions: Option<Rc<[Rc<TaskExecution>]>>,
    /// Its own nodes, of a sub-workflow, a branch, or made by its task; `None` until they were asked for.
    pub nodes: Option<Rc<[Rc<NodeExecution>]>>,
    /// The execution that it launched, as it was then; `None` until it was asked for.
    pub launched_execution: Option<Rc<Execution>>,
    /// Its inputs and outputs; empty until they were asked for.
    pub data: OnceCell<(Values, Values)>,
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
    pub fn decode(raw: Rc<[u8]>) -> Result<Self, Malformed> {
        let mut node = NodeExecution {
            id: NodeExecutionId::read(&[])?,
            spec_node_id: String::new(),
            phase: Phase::node(0),
            started_at: None,
            updated_at: None,
            duration: None,
            error: None,
            is_parent: false,
            is_dynamic: false,
            is_array: false,
            tells_of_task: false,
            launched: None,
            task_executions: None,
            nodes: None,
            launched_execution: None,
            data: OnceCell::new(),
            problem: None,
            raw: Rc::clone(&raw),
        };
        let mut fields = Fields::of(&raw);
        while let Some(part) = fields.next()? {
            match part.number {
                1 => node.id = NodeExecutionId::read(part.message()?)?,
                3 => node.read_closure(part.message()?)?,
                4 => node.read_metadata(part.message()?)?,
                _ => {}
            }
        }
        if node.spec_node_id.is_empty() {
            node.spec_node_id.clone_from(&node.id.node_id);
        }
        Ok(node)
    }

    fn read_closure(&mut self, closure: &[u8]) -> Result<(), Malformed> {
        let mut fields = Fields::of(closure);
        while let Some(part) = fields.next()? {
            match part.number {
                2 => self.error = Some(ExecutionError::read(part.message()?)?),
                3 => self.phase = Phase::node(part.int32()?),
                4 => self.started_at = part.timestamp()?,
                5 => self.duration = part.duration()?,
                7 => self.updated_at = part.timestamp()?,
                8 => {
                    let id = field(part.message()?, 1)?;
                    self.launched = if id.is_empty() { None } else { Some(ExecutionId::read(id)?) };
                }
                9 => self.tells_of_task = true,
                _ => {}
            }
        }
        Ok(())
    }

    fn read_metadata(&mut self, metadata: &[u8]) -> Result<(), Malformed> {
        let mut fields = Fields::of(metadata);
        while let Some(part) = fields.next()? {
            match part.number {
                2 => self.is_parent = part.flag()?,
                3 => self.spec_node_id = part.text()?,
                4 => self.is_dynamic = part.flag()?,
                5 => self.is_array = part.flag()?,
                _ => {}
            }
        }
        Ok(())
    }

    /// The nodes where every workflow starts and ends; nothing runs in them.
    #[must_use]
    pub fn is_system(&self) -> bool {
        matches!(self.spec_node_id.as_str(), "start-node" | "end-node")
    }

    /// It and all that are inside of it, itself first.
    pub(crate) fn walk(self: &Rc<Self>, all: &mut Vec<Rc<NodeExecution>>) {
        all.push(Rc::clone(self));
        self.own_nodes().iter().for_each(|node| node.walk(all));
    }

    /// The nodes inside of it, as far as they were read; not those of an execution that it launched.
    #[must_use]
    pub fn own_nodes(&self) -> &[Rc<NodeExecution>] {
        self.nodes.as_deref().unwrap_or_default()
    }

    /// Nothing more will happen.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.phase.is_terminal()
    }
}
