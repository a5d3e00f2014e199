//! One attempt of a node to run its task.

use std::rc::Rc;

use prost::Message;
use prost_types::{Duration, Timestamp};

use super::wire::{self, NodeResult};
use super::{ExecutionError, Phase};
use crate::entity::TaskExecutionId;

/// A link to a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskLog {
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub uri: String,
}

/// A snapshot of an attempt.
#[derive(Clone, Debug)]
pub struct TaskExecution {
    /// Its identifier.
    pub id: TaskExecutionId,
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
    /// Why it is in this phase, may be empty.
    pub reason: String,
    /// The task's type, `container`.
    pub task_type: String,
    /// Links to logs.
    pub logs: Vec<TaskLog>,
    /// It made nodes as it ran.
    pub is_parent: bool,
    /// Where its inputs are stored.
    pub input_uri: String,
    /// Where its outputs are stored, may be empty.
    pub output_uri: String,
    /// The whole `flyteidl.admin.TaskExecution`.
    pub raw: Rc<[u8]>,
}

impl TaskExecution {
    /// Reads a serialised `flyteidl.admin.TaskExecution`.
    ///
    /// # Errors
    /// When the bytes are no such message.
    pub fn decode(raw: Rc<[u8]>) -> Result<Self, prost::DecodeError> {
        let task = wire::TaskExecution::decode(&*raw)?;
        let closure = task.closure.unwrap_or_default();
        let (output_uri, error) = match closure.result {
            Some(NodeResult::OutputUri(uri)) => (uri, None),
            Some(NodeResult::Error(error)) => (String::new(), Some(error.into())),
            None => (String::new(), None),
        };
        Ok(TaskExecution {
            id: task.id.unwrap_or_default().into(),
            phase: Phase::task(closure.phase),
            started_at: closure.started_at,
            created_at: closure.created_at,
            updated_at: closure.updated_at,
            duration: closure.duration,
            error,
            reason: closure.reason,
            task_type: closure.task_type,
            logs: closure.logs.into_iter().map(|log| TaskLog { name: log.name, uri: log.uri }).collect(),
            is_parent: task.is_parent,
            input_uri: task.input_uri,
            output_uri,
            raw,
        })
    }

    /// Nothing more will happen.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.phase.is_terminal()
    }
}
