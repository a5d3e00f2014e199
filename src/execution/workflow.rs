//! An execution of a workflow or a single task, as the server last described it.

use std::rc::Rc;

use prost::Message;
use prost_types::{Duration, Timestamp};

use super::wire::{self, ExecutionResult};
use super::{NodeExecution, Phase};
use crate::entity::{ExecutionId, Identifier};
use crate::idl::flyteidl::core;

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

impl From<core::ExecutionError> for ExecutionError {
    fn from(error: core::ExecutionError) -> Self {
        let kind = match error.kind {
            1 => "USER",
            2 => "SYSTEM",
            _ => "UNKNOWN",
        };
        ExecutionError { code: error.code, message: error.message, error_uri: error.error_uri, kind }
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
    pub fn decode(raw: Rc<[u8]>, id: Option<ExecutionId>) -> Result<Self, prost::DecodeError> {
        let execution = wire::ExecutionReply::decode(&*raw)?;
        Ok(Execution::of(execution, raw, id))
    }

    pub(crate) fn of(execution: wire::ExecutionReply, raw: Rc<[u8]>, id: Option<ExecutionId>) -> Self {
        let (spec, closure) = (execution.spec.unwrap_or_default(), execution.closure.unwrap_or_default());
        let metadata = spec.metadata.unwrap_or_default();
        let (error, abort) = match closure.result {
            Some(ExecutionResult::Error(error)) => (Some(error.into()), None),
            Some(ExecutionResult::AbortCause(cause)) => (None, Some(Abort { cause, principal: String::new() })),
            Some(ExecutionResult::AbortMetadata(abort)) => {
                (None, Some(Abort { cause: abort.cause, principal: abort.principal }))
            }
            None => (None, None),
        };
        Execution {
            id: id.unwrap_or_else(|| execution.id.unwrap_or_default().into()),
            launch_plan: spec.launch_plan.unwrap_or_default().into(),
            workflow_id: closure.workflow_id.map(Identifier::from),
            phase: Phase::workflow(closure.phase),
            mode: metadata.mode,
            principal: metadata.principal,
            started_at: closure.started_at,
            created_at: closure.created_at,
            updated_at: closure.updated_at,
            duration: closure.duration,
            error,
            abort,
            nodes: None,
            raw,
        }
    }

    /// What is known of an execution that was created and not read yet.
    pub(crate) fn created(id: ExecutionId, launch_plan: Identifier, raw: Rc<[u8]>) -> Self {
        let mut execution = Execution::of(wire::ExecutionReply::default(), raw, Some(id));
        execution.launch_plan = launch_plan;
        execution
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
