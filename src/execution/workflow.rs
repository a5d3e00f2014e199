//! An execution of a workflow or a single task, as the server last described it.

use std::rc::Rc;

use prost_types::{Duration, Timestamp};

use super::{NodeExecution, Phase};
use crate::codec::{field, Fields, Malformed};
use crate::entity::{ExecutionId, Identifier, NodeExecutionId};

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
    /// The workflow behind it.
    pub workflow_id: Option<Identifier>,
    /// How far it is.
    pub phase: Phase,
    /// How it was started, as `ExecutionMetadata.ExecutionMode`: 0 manually, 1 by schedule, …
    pub mode: i32,
    /// Who started it.
    pub principal: String,
    /// The node that launched it, for a child execution.
    pub parent: Option<NodeExecutionId>,
    /// The execution it is a copy of, after a relaunch or recovery.
    pub reference: Option<ExecutionId>,
    /// The cluster it runs on, may be empty.
    pub cluster: String,
    /// When it began to run.
    pub started_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Option<Timestamp>,
    /// How long it ran; known when it is terminal.
    pub duration: Option<Duration>,
    /// Why it failed.
    pub error: Option<ExecutionError>,
    /// Who ended it.
    pub abort: Option<Abort>,
    /// It is in the archive, which lists leave out.
    pub is_archived: bool,
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
            workflow_id: None,
            phase: Phase::workflow(0),
            mode: 0,
            principal: String::new(),
            parent: None,
            reference: None,
            cluster: String::new(),
            started_at: None,
            created_at: None,
            updated_at: None,
            duration: None,
            error: None,
            abort: None,
            is_archived: false,
            nodes: None,
            raw: Rc::clone(&raw),
        };
        let mut fields = Fields::of(&raw);
        while let Some(part) = fields.next()? {
            match part.number {
                1 => execution.id = ExecutionId::read(part.message()?)?,
                2 => execution.read_spec(part.message()?)?,
                3 => execution.read_closure(part.message()?)?,
                _ => {}
            }
        }
        if let Some(id) = id {
            execution.id = id;
        }
        Ok(execution)
    }

    fn read_spec(&mut self, spec: &[u8]) -> Result<(), Malformed> {
        let mut fields = Fields::of(spec);
        while let Some(part) = fields.next()? {
            match part.number {
                1 => self.launch_plan = Identifier::read(part.message()?)?,
                3 => {
                    let mut metadata = Fields::of(part.message()?);
                    while let Some(part) = metadata.next()? {
                        match part.number {
                            1 => self.mode = part.int32()?,
                            2 => self.principal = part.text()?,
                            5 => self.parent = Some(NodeExecutionId::read(part.message()?)?),
                            16 => self.reference = Some(ExecutionId::read(part.message()?)?),
                            17 => self.cluster = String::from_utf8_lossy(field(part.message()?, 1)?).into_owned(),
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn read_closure(&mut self, closure: &[u8]) -> Result<(), Malformed> {
        let mut fields = Fields::of(closure);
        while let Some(part) = fields.next()? {
            match part.number {
                2 => self.error = Some(ExecutionError::read(part.message()?)?),
                4 => self.phase = Phase::workflow(part.int32()?),
                5 => self.started_at = part.timestamp()?,
                6 => self.duration = part.duration()?,
                7 => self.created_at = part.timestamp()?,
                8 => self.updated_at = part.timestamp()?,
                10 => self.abort = Some(Abort { cause: part.text()?, principal: String::new() }),
                11 => self.workflow_id = Some(Identifier::read(part.message()?)?),
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
                14 => {
                    let mut details = Fields::of(part.message()?);
                    while let Some(part) = details.next()? {
                        if part.number == 1 {
                            self.is_archived = part.int()? == 1;
                        }
                    }
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
