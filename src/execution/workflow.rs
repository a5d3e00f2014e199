//! An execution of a workflow or a single task, as the server last described it.

use std::rc::Rc;

use super::{NodeExecution, Phase};
use crate::codec::{field, Fields, Malformed};
use crate::entity::{ExecutionId, Identifier};

/// Why something failed, as the one who ran it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutionError {
    /// A short code, `USER:Unknown`, `OOMKilled`.
    pub code: String,
    /// What happened, often with a stack trace.
    pub message: String,
    /// Where the whole error is stored, may be empty.
    pub error_uri: String,
    /// `UNKNOWN`, `USER` or `SYSTEM`.
    pub kind: &'static str,
}

impl ExecutionError {
    /// Reads a serialised `flyteidl.core.ExecutionError`.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let (code, message, error_uri) = (String::new(), String::new(), String::new());
        let (mut error, mut fields) = (ExecutionError { code, message, error_uri, kind: "UNKNOWN" }, Fields::of(bytes));
        while let Some(part) = fields.next()? {
            match part.number {
                1 => error.code = part.text()?,
                2 => error.message = part.text()?,
                3 => error.error_uri = part.text()?,
                4 => {
                    error.kind = match part.int()? {
                        1 => "USER",
                        2 => "SYSTEM",
                        _ => "UNKNOWN",
                    };
                }
                _ => {}
            }
        }
        Ok(error)
    }
}

/// Who ended an execution, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Abort {
    /// The reason given.
    pub cause: String,
    /// Who; empty where the server does not know.
    pub principal: String,
}

/// A snapshot of an execution.
#[derive(Clone, Debug)]
pub struct Execution {
    /// Its identifier.
    pub id: ExecutionId,
    /// What was launched: a launch plan, or a task for an execution of a single task.
    pub launch_plan: Identifier,
    /// How far it is.
    pub phase: Phase,
    /// Why it failed.
    pub error: Option<ExecutionError>,
    /// Who ended it.
    pub abort: Option<Abort>,
    /// Its nodes in the order of their creation; `None` until they were asked for.
    pub nodes: Option<Rc<[Rc<NodeExecution>]>>,
    /// The whole `flyteidl.admin.Execution`.
    pub raw: Rc<[u8]>,
}

impl Execution {
    /// Reads a serialised `flyteidl.admin.Execution`. With `id`, that is its identifier.
    ///
    /// # Errors
    /// When the bytes are no such message.
    pub fn decode(raw: Rc<[u8]>, id: Option<ExecutionId>) -> Result<Self, Malformed> {
        let mut execution = Execution {
            id: ExecutionId::new("", "", ""),
            launch_plan: Identifier::default(),
            phase: Phase::workflow(0),
            error: None,
            abort: None,
            nodes: None,
            raw: Rc::clone(&raw),
        };
        let mut fields = Fields::of(&raw);
        while let Some(part) = fields.next()? {
            match part.number {
                1 => execution.id = ExecutionId::read(part.message()?)?,
                2 => execution.launch_plan = Identifier::read(field(part.message()?, 1)?)?,
                3 => execution.read_closure(part.message()?)?,
                _ => {}
            }
        }
        if let Some(id) = id {
            execution.id = id;
        }
        Ok(execution)
    }

    fn read_closure(&mut self, closure: &[u8]) -> Result<(), Malformed> {
        let mut fields = Fields::of(closure);
        while let Some(part) = fields.next()? {
            match part.number {
                2 => self.error = Some(ExecutionError::read(part.message()?)?),
                4 => self.phase = Phase::workflow(part.int32()?),
                10 => self.abort = Some(Abort { cause: part.text()?, principal: String::new() }),
                12 => {
                    let (mut metadata, mut abort) =
                        (Fields::of(part.message()?), Abort { cause: String::new(), principal: String::new() });
                    while let Some(part) = metadata.next()? {
                        match part.number {
                            1 => abort.cause = part.text()?,
                            2 => abort.principal = part.text()?,
                            _ => {}
                        }
                    }
                    self.abort = Some(abort);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Its own nodes, as far as they were read.
    #[must_use]
    pub fn own_nodes(&self) -> &[Rc<NodeExecution>] {
        self.nodes.as_deref().unwrap_or_default()
    }

    /// Nothing more will happen.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.phase.is_terminal()
    }

    /// It ended well.
    #[must_use]
    pub fn is_successful(&self) -> bool {
        self.phase.is_successful()
    }
}
