//! An execution.

use std::time::Duration;

use flyte_remote::idl::flyteidl::{admin, core};

use super::{EntityKey, ExecutionKey, Keyed, NodeExecutionRow, Table};

/// An execution with its node executions.
pub struct ExecutionRow {
    /// Its id.
    pub id: core::WorkflowExecutionIdentifier,
    /// The message `GetExecution` answers. Mode, principal, parent and reference execution are in `spec.metadata`,
    /// phase, times, error, abort cause and archive state in `closure`.
    pub execution: admin::Execution,
    /// What it runs with, defaults and fixed inputs included.
    pub inputs: core::LiteralMap,
    /// What the caller gave: a relaunch starts from these.
    pub user_inputs: core::LiteralMap,
    /// What runs: the launch plan's workflow, or the hidden one around a task.
    pub workflow: EntityKey,
    /// The launch plan; for a task execution the hidden one.
    pub launch_plan: EntityKey,
    /// The task, for a task execution.
    pub task: Option<EntityKey>,
    /// The cluster that sent the first event, empty when none said.
    pub cluster: String,
    /// Why it was to be aborted, empty while nobody wanted that.
    pub abort_cause: String,
    /// Who created it.
    pub user: String,
    /// When the row was made, since 1970.
    pub created_at: Duration,
    /// When the row was last changed, since 1970.
    pub updated_at: Duration,
    /// Node executions in the order of their first event, children of sub-workflows among them.
    pub nodes: Table<NodeExecutionRow>,
}

impl ExecutionRow {
    /// The current phase.
    #[must_use]
    pub fn phase(&self) -> core::workflow_execution::Phase {
        self.execution.closure.as_ref().map_or(core::workflow_execution::Phase::Undefined, |closure| closure.phase())
    }

    /// The message as it is read: of what was aborted the cause, whatever the last event said.
    #[must_use]
    pub fn message(&self) -> admin::Execution {
        use admin::execution_closure::OutputResult;
        let mut message = self.execution.clone();
        let closure = message.closure.get_or_insert_default();
        let told = matches!(closure.output_result, Some(OutputResult::AbortMetadata(_)));
        if closure.phase() == core::workflow_execution::Phase::Aborted && !told {
            let cause = self.abort_cause.clone();
            closure.output_result =
                Some(OutputResult::AbortMetadata(admin::AbortMetadata { cause, principal: String::new() }));
        }
        message
    }

    /// Marks it as to be aborted.
    pub fn set_aborting(&mut self, cause: String) {
        use admin::execution_closure::OutputResult;
        self.abort_cause.clone_from(&cause);
        let closure = self.execution.closure.get_or_insert_default();
        closure.set_phase(core::workflow_execution::Phase::Aborting);
        closure.output_result =
            Some(OutputResult::AbortMetadata(admin::AbortMetadata { cause, principal: String::new() }));
    }

    /// Whether the execution is archived.
    #[must_use]
    pub fn state(&self) -> admin::ExecutionState {
        let closure = self.execution.closure.as_ref();
        closure
            .and_then(|closure| closure.state_change_details.as_ref())
            .map_or(admin::ExecutionState::ExecutionActive, |details| details.state())
    }

    /// Why it failed.
    #[must_use]
    pub fn error(&self) -> Option<&core::ExecutionError> {
        match self.execution.closure.as_ref()?.output_result.as_ref()? {
            admin::execution_closure::OutputResult::Error(error) => Some(error),
            _ => None,
        }
    }

    /// Its tags.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.execution.spec.iter().flat_map(|spec| &spec.tags).map(String::as_str)
    }

    /// Its labels.
    pub fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        let labels = self.execution.spec.iter().flat_map(|spec| &spec.labels);
        labels.flat_map(|labels| &labels.values).map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// `launch_plan` or `task`: the value of the column `launch_entity`.
    #[must_use]
    pub fn launch_entity(&self) -> &'static str {
        if self.task.is_some() {
            "task"
        } else {
            "launch_plan"
        }
    }
}

impl Keyed for ExecutionRow {
    type Key = ExecutionKey;
    fn key(&self) -> ExecutionKey {
        (&self.id).into()
    }
}
