//! `futures.pb`: the workflow that a dynamic task yields. The message is no part of the services' interface.

use crate::idl::core::{Binding, Node, TaskTemplate, WorkflowTemplate};

/// `flyteidl.core.DynamicJobSpec`.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct DynamicJobSpec {
    /// What to run.
    #[prost(message, repeated, tag = "1")]
    pub nodes: Vec<Node>,
    /// How many of the nodes must succeed; workflows don't use it.
    #[prost(int64, tag = "2")]
    pub min_successes: i64,
    /// Where the task's outputs come from.
    #[prost(message, repeated, tag = "3")]
    pub outputs: Vec<Binding>,
    /// The tasks of the nodes.
    #[prost(message, repeated, tag = "4")]
    pub tasks: Vec<TaskTemplate>,
    /// The sub-workflows of the nodes.
    #[prost(message, repeated, tag = "5")]
    pub sub_workflows: Vec<WorkflowTemplate>,
}
