//! A node execution.

use std::time::Duration;

use flyte_remote::idl::flyteidl::{admin, core};

use super::{Keyed, TaskExecutionRow};

/// One node of an execution, with the attempts of its task.
#[derive(Clone, Debug)]
pub struct NodeExecutionRow {
    /// The node's unique id in its execution (`n0`, or `n0-0-n1` for a child); the key in `ExecutionRow::nodes`.
    pub node_id: String,
    /// The message `GetNodeExecution` answers.
    pub node: admin::NodeExecution,
    /// The parent's node id for children of a sub-workflow or branch, else empty: what `unique_parent_id` selects by.
    pub parent_id: String,
    /// The parent task attempt, for nodes that a task yielded.
    pub parent_task: Option<core::TaskExecutionIdentifier>,
    /// The workflow a dynamic node yielded.
    pub dynamic: Option<admin::DynamicWorkflowNodeMetadata>,
    /// When the row was made, since 1970.
    pub created_at: Duration,
    /// When the row was last changed, since 1970.
    pub updated_at: Duration,
    /// Task attempts, first attempt first.
    pub tasks: Vec<TaskExecutionRow>,
}

impl NodeExecutionRow {
    /// The current phase.
    #[must_use]
    pub fn phase(&self) -> core::node_execution::Phase {
        self.node.closure.as_ref().map_or(core::node_execution::Phase::Undefined, |closure| closure.phase())
    }
}

impl Keyed for NodeExecutionRow {
    type Key = String;
    fn key(&self) -> String {
        self.node_id.clone()
    }
}
