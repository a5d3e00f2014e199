//! The parts of Admin's execution messages that snapshots need; the rest is skipped unread. Field numbers are those
//! of `proto/` (`tests/remote/snapshots.rs` compares).

use prost::{Message, Oneof};
use prost_types::{Duration, Timestamp};

use crate::idl::flyteidl::core;

#[derive(Clone, PartialEq, Message)]
pub(crate) struct ExecutionReply {
    #[prost(message, optional, tag = "1")]
    pub id: Option<core::WorkflowExecutionIdentifier>,
    #[prost(message, optional, tag = "2")]
    pub spec: Option<ExecutionSpec>,
    #[prost(message, optional, tag = "3")]
    pub closure: Option<ExecutionClosure>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct ExecutionSpec {
    #[prost(message, optional, tag = "1")]
    pub launch_plan: Option<core::Identifier>,
    #[prost(message, optional, tag = "3")]
    pub metadata: Option<ExecutionMetadata>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct ExecutionMetadata {
    #[prost(int32, tag = "1")]
    pub mode: i32,
    #[prost(string, tag = "2")]
    pub principal: String,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct ExecutionClosure {
    #[prost(int32, tag = "4")]
    pub phase: i32,
    #[prost(message, optional, tag = "5")]
    pub started_at: Option<Timestamp>,
    #[prost(message, optional, tag = "6")]
    pub duration: Option<Duration>,
    #[prost(message, optional, tag = "7")]
    pub created_at: Option<Timestamp>,
    #[prost(message, optional, tag = "8")]
    pub updated_at: Option<Timestamp>,
    #[prost(message, optional, tag = "11")]
    pub workflow_id: Option<core::Identifier>,
    #[prost(oneof = "ExecutionResult", tags = "2, 10, 12")]
    pub result: Option<ExecutionResult>,
}

#[derive(Clone, PartialEq, Oneof)]
pub(crate) enum ExecutionResult {
    #[prost(message, tag = "2")]
    Error(core::ExecutionError),
    #[prost(string, tag = "10")]
    AbortCause(String),
    #[prost(message, tag = "12")]
    AbortMetadata(AbortMetadata),
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct AbortMetadata {
    #[prost(string, tag = "1")]
    pub cause: String,
    #[prost(string, tag = "2")]
    pub principal: String,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct NodeExecution {
    #[prost(message, optional, tag = "1")]
    pub id: Option<core::NodeExecutionIdentifier>,
    #[prost(string, tag = "2")]
    pub input_uri: String,
    #[prost(message, optional, tag = "3")]
    pub closure: Option<NodeExecutionClosure>,
    #[prost(message, optional, tag = "4")]
    pub metadata: Option<NodeExecutionMetaData>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct NodeExecutionMetaData {
    #[prost(bool, tag = "2")]
    pub is_parent_node: bool,
    #[prost(string, tag = "3")]
    pub spec_node_id: String,
    #[prost(bool, tag = "4")]
    pub is_dynamic: bool,
    #[prost(bool, tag = "5")]
    pub is_array: bool,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct NodeExecutionClosure {
    #[prost(int32, tag = "3")]
    pub phase: i32,
    #[prost(message, optional, tag = "4")]
    pub started_at: Option<Timestamp>,
    #[prost(message, optional, tag = "5")]
    pub duration: Option<Duration>,
    #[prost(message, optional, tag = "6")]
    pub created_at: Option<Timestamp>,
    #[prost(message, optional, tag = "7")]
    pub updated_at: Option<Timestamp>,
    #[prost(string, tag = "11")]
    pub deck_uri: String,
    #[prost(oneof = "NodeResult", tags = "1, 2")]
    pub result: Option<NodeResult>,
    #[prost(oneof = "NodeTarget", tags = "8, 9")]
    pub target: Option<NodeTarget>,
}

#[derive(Clone, PartialEq, Oneof)]
pub(crate) enum NodeResult {
    #[prost(string, tag = "1")]
    OutputUri(String),
    #[prost(message, tag = "2")]
    Error(core::ExecutionError),
}

#[derive(Clone, PartialEq, Oneof)]
pub(crate) enum NodeTarget {
    #[prost(message, tag = "8")]
    Workflow(WorkflowNodeMetadata),
    #[prost(message, tag = "9")]
    Task(TaskNodeMetadata),
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct WorkflowNodeMetadata {
    #[prost(message, optional, tag = "1")]
    pub execution_id: Option<core::WorkflowExecutionIdentifier>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct TaskNodeMetadata {
    #[prost(int32, tag = "1")]
    pub cache_status: i32,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct TaskExecution {
    #[prost(message, optional, tag = "1")]
    pub id: Option<core::TaskExecutionIdentifier>,
    #[prost(string, tag = "2")]
    pub input_uri: String,
    #[prost(message, optional, tag = "3")]
    pub closure: Option<TaskExecutionClosure>,
    #[prost(bool, tag = "4")]
    pub is_parent: bool,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct TaskExecutionClosure {
    #[prost(int32, tag = "3")]
    pub phase: i32,
    #[prost(message, repeated, tag = "4")]
    pub logs: Vec<TaskLog>,
    #[prost(message, optional, tag = "5")]
    pub started_at: Option<Timestamp>,
    #[prost(message, optional, tag = "6")]
    pub duration: Option<Duration>,
    #[prost(message, optional, tag = "7")]
    pub created_at: Option<Timestamp>,
    #[prost(message, optional, tag = "8")]
    pub updated_at: Option<Timestamp>,
    #[prost(string, tag = "10")]
    pub reason: String,
    #[prost(string, tag = "11")]
    pub task_type: String,
    #[prost(oneof = "NodeResult", tags = "1, 2")]
    pub result: Option<NodeResult>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct TaskLog {
    #[prost(string, tag = "1")]
    pub uri: String,
    #[prost(string, tag = "2")]
    pub name: String,
}

/// One page of executions, nodes or attempts, each still serialised.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ListReply {
    #[prost(bytes = "vec", repeated, tag = "1")]
    pub items: Vec<Vec<u8>>,
    #[prost(string, tag = "2")]
    pub token: String,
}

/// The data of an execution. For nodes and attempts the first two fields change places, see `DataReply::of_node`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct DataReply {
    #[prost(message, optional, tag = "1")]
    pub outputs: Option<UrlBlob>,
    #[prost(message, optional, tag = "2")]
    pub inputs: Option<UrlBlob>,
    #[prost(message, optional, tag = "3")]
    pub full_inputs: Option<core::LiteralMap>,
    #[prost(message, optional, tag = "4")]
    pub full_outputs: Option<core::LiteralMap>,
}

impl DataReply {
    /// A node's or an attempt's data: there, inputs come first.
    pub(crate) fn of_node(mut self) -> Self {
        std::mem::swap(&mut self.inputs, &mut self.outputs);
        self
    }
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct UrlBlob {
    #[prost(string, tag = "1")]
    pub url: String,
    #[prost(int64, tag = "2")]
    pub bytes: i64,
}
