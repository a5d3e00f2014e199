//! One attempt of a node to run its task.

use std::cell::OnceCell;
use std::rc::Rc;

use super::{ExecutionError, Phase};
use crate::codec::{Fields, Malformed};
use crate::entity::TaskExecutionId;
use crate::value::Values;

/// A snapshot of an attempt.
#[derive(Clone, Debug)]
pub struct TaskExecution {
    /// Its identifier.
    pub id: TaskExecutionId,
    /// How far it is.
    pub phase: Phase,
    /// Why it failed.
    pub error: Option<ExecutionError>,
    /// It made nodes as it ran.
    pub is_parent: bool,
    /// Its inputs and outputs; empty until they were asked for.
    pub data: OnceCell<(Values, Values)>,
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
            error: None,
            is_parent: false,
            data: OnceCell::new(),
            raw: Rc::clone(&raw),
        };
        let mut fields = Fields::of(&raw);
        while let Some(part) = fields.next()? {
            match part.number {
                1 => task.id = TaskExecutionId::read(part.message()?)?,
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
                2 => self.error = Some(ExecutionError::read(part.message()?)?),
                3 => self.phase = Phase::task(part.int32()?),
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
