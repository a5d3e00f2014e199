//! Everything the sandbox remembers. One noun a file; a row holds the message FlyteAdmin would answer with, plus what
//! only lists and rules need.

mod attributes;
mod blob;
mod description;
mod execution;
mod key;
mod launch_plan;
mod named_entity;
mod node_execution;
mod project;
mod signal;
mod table;
mod task;
mod task_execution;
mod workflow;

pub use attributes::{AttributesKey, AttributesRow};
pub use blob::{Blob, BlobStore};
pub use description::DescriptionRow;
pub use execution::ExecutionRow;
pub use key::{EntityKey, ExecutionKey, NameKey};
pub use launch_plan::LaunchPlanRow;
pub use named_entity::{NamedEntityKey, NamedEntityRow};
pub use node_execution::NodeExecutionRow;
pub use project::ProjectRow;
pub use signal::{SignalKey, SignalRow};
pub use table::{Keyed, Table};
pub use task::TaskRow;
pub use task_execution::TaskExecutionRow;
pub use workflow::WorkflowRow;

/// All rows of all entities. Node executions belong to their execution, task executions to their node execution.
#[derive(Default)]
pub struct State {
    /// Registered projects.
    pub projects: Table<ProjectRow>,
    /// Task versions.
    pub tasks: Table<TaskRow>,
    /// Workflow versions.
    pub workflows: Table<WorkflowRow>,
    /// Launch plan versions.
    pub launch_plans: Table<LaunchPlanRow>,
    /// Executions, each with its node executions.
    pub executions: Table<ExecutionRow>,
    /// Signals that gate nodes wait for.
    pub signals: Table<SignalRow>,
    /// Descriptions and states of names; a name without a row is active and has no description.
    pub named_entities: Table<NamedEntityRow>,
    /// Overrides in the order they were first set.
    pub attributes: Vec<AttributesRow>,
    /// Documentation of task and workflow versions.
    pub descriptions: Table<DescriptionRow>,
    /// Uploaded and produced objects by `s3://` URI.
    pub blobs: BlobStore,
}
