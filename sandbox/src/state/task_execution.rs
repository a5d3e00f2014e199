//! A task execution: one attempt of a node's task.

use std::time::Duration;

use flyte_remote::idl::flyteidl::{admin, core};

/// One attempt.
#[derive(Clone, Debug)]
pub struct TaskExecutionRow {
    /// Task, node and attempt.
    pub id: core::TaskExecutionIdentifier,
    /// The message `GetTaskExecution` answers.
    pub task: admin::TaskExecution,
    /// Version of the current phase, counts up within a phase.
    pub phase_version: u32,
    /// When the row was made, since 1970.
    pub created_at: Duration,
    /// When the row was last changed, since 1970.
    pub updated_at: Duration,
}

impl TaskExecutionRow {
    /// The current phase.
    #[must_use]
    pub fn phase(&self) -> core::task_execution::Phase {
        self.task.closure.as_ref().map_or(core::task_execution::Phase::Undefined, |closure| closure.phase())
    }
}
