//! The lists that can be read as rows, with their columns and where each stands in a message.

use crate::idl::schema::MessageId;

/// A list reply that can be read as rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowList {
    /// flyteidl.admin.NodeExecutionList
    NodeExecutions,
    /// flyteidl.admin.ExecutionList
    Executions,
    /// flyteidl.admin.TaskExecutionList
    TaskExecutions,
}

/// Names of columns with the path of each in the list's element.
type Columns = &'static [(&'static str, &'static str)];

const NODE_EXECUTIONS: Columns = &[
    ("nodeId", "id.nodeId"),
    ("specNodeId", "metadata.specNodeId"),
    ("phase", "closure.phase"),
    ("startedAt", "closure.startedAt"),
    ("createdAt", "closure.createdAt"),
    ("updatedAt", "closure.updatedAt"),
    ("durationMs", "closure.duration"),
    ("isParentNode", "metadata.isParentNode"),
    ("isArray", "metadata.isArray"),
    ("isDynamic", "metadata.isDynamic"),
    ("retryGroup", "metadata.retryGroup"),
    ("cacheStatus", "closure.taskNodeMetadata.cacheStatus"),
    ("errorCode", "closure.error.code"),
    ("errorMessage", "closure.error.message"),
    ("inputUri", "inputUri"),
    ("outputUri", "closure.outputUri"),
    ("deckUri", "closure.deckUri"),
    ("childProject", "closure.workflowNodeMetadata.executionId.project"),
    ("childDomain", "closure.workflowNodeMetadata.executionId.domain"),
    ("childName", "closure.workflowNodeMetadata.executionId.name"),
];

const EXECUTIONS: Columns = &[
    ("project", "id.project"),
    ("domain", "id.domain"),
    ("name", "id.name"),
    ("phase", "closure.phase"),
    ("startedAt", "closure.startedAt"),
    ("createdAt", "closure.createdAt"),
    ("updatedAt", "closure.updatedAt"),
    ("durationMs", "closure.duration"),
    ("workflowName", "closure.workflowId.name"),
    ("workflowVersion", "closure.workflowId.version"),
    ("launchPlanName", "spec.launchPlan.name"),
    ("launchPlanVersion", "spec.launchPlan.version"),
    ("launchedType", "spec.launchPlan.resourceType"),
    ("mode", "spec.metadata.mode"),
    ("principal", "spec.metadata.principal"),
    ("scheduledAt", "spec.metadata.scheduledAt"),
    ("errorCode", "closure.error.code"),
    ("errorMessage", "closure.error.message"),
    ("abortCause", "closure.abortMetadata.cause"),
    ("abortPrincipal", "closure.abortMetadata.principal"),
    ("state", "closure.stateChangeDetails.state"),
];

const TASK_EXECUTIONS: Columns = &[
    ("nodeId", "id.nodeExecutionId.nodeId"),
    ("taskName", "id.taskId.name"),
    ("taskVersion", "id.taskId.version"),
    ("retryAttempt", "id.retryAttempt"),
    ("phase", "closure.phase"),
    ("startedAt", "closure.startedAt"),
    ("createdAt", "closure.createdAt"),
    ("updatedAt", "closure.updatedAt"),
    ("durationMs", "closure.duration"),
    ("taskType", "closure.taskType"),
    ("reason", "closure.reason"),
    ("errorCode", "closure.error.code"),
    ("errorMessage", "closure.error.message"),
    ("isParent", "isParent"),
    ("inputUri", "inputUri"),
    ("outputUri", "closure.outputUri"),
];

impl RowList {
    /// The list of a message type, `flyteidl.admin.NodeExecutionList`.
    #[must_use]
    pub fn of(message: MessageId) -> Option<RowList> {
        [RowList::NodeExecutions, RowList::Executions, RowList::TaskExecutions]
            .into_iter()
            .find(|list| list.message_name() == message.name())
    }

    pub(super) fn message_name(self) -> &'static str {
        match self {
            RowList::NodeExecutions => "flyteidl.admin.NodeExecutionList",
            RowList::Executions => "flyteidl.admin.ExecutionList",
            RowList::TaskExecutions => "flyteidl.admin.TaskExecutionList",
        }
    }

    pub(super) fn table(self) -> Columns {
        match self {
            RowList::NodeExecutions => NODE_EXECUTIONS,
            RowList::Executions => EXECUTIONS,
            RowList::TaskExecutions => TASK_EXECUTIONS,
        }
    }

    /// The names of all its columns.
    pub fn column_names(self) -> impl Iterator<Item = &'static str> {
        self.table().iter().map(|(name, _)| *name)
    }
}
