//! One attempt of a node to run its task.

use std::rc::Rc;

use prost_types::{Duration, Timestamp};

use super::{ExecutionError, Phase};
use crate::codec::{Fields, Malformed};
use crate::entity::TaskExecutionId;

/// A link to a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskLog {
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub uri: String,
}

/// Why an attempt was in its phase at some time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reason {
    /// When.
    pub at: Option<Timestamp>,
    /// Why.
    pub message: String,
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
    /// All reasons so far, the oldest first, as far as the server keeps them.
    pub reasons: Vec<Reason>,
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
    pub fn decode(raw: Rc<[u8]>) -> Result<Self, Malformed> {
        let mut task = TaskExecution {
            id: TaskExecutionId::read(&[])?,
            phase: Phase::task(0),
            started_at: None,
            created_at: None,
            updated_at: None,
            duration: None,
            error: None,
            reason: String::new(),
            reasons: Vec::new(),
            task_type: String::new(),
            logs: Vec::new(),
            is_parent: false,
            input_uri: String::new(),
            output_uri: String::new(),
            raw: Rc::clone(&raw),
        };
        let mut fields = Fields::of(&raw);
        while let Some(part) = fields.next()? {
            match part.number {
                1 => task.id = TaskExecutionId::read(part.message()?)?,
                2 => task.input_uri = part.text()?,
                3 => task.read_closure(part.message()?)?,
                4 => task.is_parent = part.flag()?,
                _ => {}
            }
        }
        Ok(task)
    }

    fn read_closure(&mut self, closure: &[u8]) -> Result<(), Malformed> {
        let mut fields = Fields::of(closure);
        while let Some(part) = fields.next()? {
            match part.number {
                1 => self.output_uri = part.text()?,
                2 => self.error = Some(ExecutionError::read(part.message()?)?),
                3 => self.phase = Phase::task(part.int32()?),
                4 => {
                    let (mut log, mut parts) =
                        (TaskLog { name: String::new(), uri: String::new() }, Fields::of(part.message()?));
                    while let Some(part) = parts.next()? {
                        match part.number {
                            1 => log.uri = part.text()?,
                            2 => log.name = part.text()?,
                            _ => {}
                        }
                    }
                    self.logs.push(log);
                }
                5 => self.started_at = part.timestamp()?,
                6 => self.duration = part.duration()?,
                7 => self.created_at = part.timestamp()?,
                8 => self.updated_at = part.timestamp()?,
                10 => self.reason = part.text()?,
                11 => self.task_type = part.text()?,
                18 => {
                    let (mut reason, mut parts) = (Reason::default(), Fields::of(part.message()?));
                    while let Some(part) = parts.next()? {
                        match part.number {
                            1 => reason.at = part.timestamp()?,
                            2 => reason.message = part.text()?,
                            _ => {}
                        }
                    }
                    self.reasons.push(reason);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Nothing more will happen.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.phase.is_terminal()
    }
}
