//! The parts of Admin's replies that entities need; everything else in them is skipped unread, which keeps the
//! decoders of whole workflows out of the wasm file. Field numbers are those of `proto/` (`tests/remote/snapshots.rs` compares).

use std::collections::BTreeMap;

use prost::Message;

use crate::idl::flyteidl::core;

#[derive(Clone, PartialEq, Message)]
pub(crate) struct TypedInterface {
    #[prost(message, optional, tag = "1")]
    pub inputs: Option<VariableMap>,
    #[prost(message, optional, tag = "2")]
    pub outputs: Option<VariableMap>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct VariableMap {
    #[prost(btree_map = "string, message", tag = "1")]
    pub variables: BTreeMap<String, Variable>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Variable {
    #[prost(message, optional, tag = "1")]
    pub r#type: Option<core::LiteralType>,
    #[prost(string, tag = "2")]
    pub description: String,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct ParameterMap {
    #[prost(btree_map = "string, message", tag = "1")]
    pub parameters: BTreeMap<String, Parameter>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Parameter {
    #[prost(message, optional, tag = "1")]
    pub var: Option<Variable>,
    #[prost(oneof = "Behavior", tags = "2, 3, 4, 5")]
    pub behavior: Option<Behavior>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
pub(crate) enum Behavior {
    #[prost(message, boxed, tag = "2")]
    Default(Box<core::Literal>),
    #[prost(bool, tag = "3")]
    Required(bool),
    /// Unread.
    #[prost(bytes, tag = "4")]
    ArtifactQuery(Vec<u8>),
    /// Unread.
    #[prost(bytes, tag = "5")]
    ArtifactId(Vec<u8>),
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Task {
    #[prost(message, optional, tag = "1")]
    pub id: Option<core::Identifier>,
    #[prost(message, optional, tag = "2")]
    pub closure: Option<TaskClosure>,
    #[prost(string, tag = "3")]
    pub short_description: String,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct TaskClosure {
    #[prost(message, optional, tag = "1")]
    pub compiled_task: Option<CompiledTask>,
    #[prost(message, optional, tag = "2")]
    pub created_at: Option<prost_types::Timestamp>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct CompiledTask {
    #[prost(message, optional, tag = "1")]
    pub template: Option<TaskTemplate>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct TaskTemplate {
    #[prost(string, tag = "2")]
    pub r#type: String,
    #[prost(message, optional, tag = "4")]
    pub interface: Option<TypedInterface>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Workflow {
    #[prost(message, optional, tag = "1")]
    pub id: Option<core::Identifier>,
    #[prost(message, optional, tag = "2")]
    pub closure: Option<WorkflowClosure>,
    #[prost(string, tag = "3")]
    pub short_description: String,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct WorkflowClosure {
    #[prost(message, optional, tag = "1")]
    pub compiled_workflow: Option<CompiledWorkflowClosure>,
    #[prost(message, optional, tag = "2")]
    pub created_at: Option<prost_types::Timestamp>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct CompiledWorkflowClosure {
    #[prost(message, optional, tag = "1")]
    pub primary: Option<CompiledWorkflow>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct CompiledWorkflow {
    #[prost(message, optional, tag = "1")]
    pub template: Option<WorkflowTemplate>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct WorkflowTemplate {
    #[prost(message, optional, tag = "1")]
    pub id: Option<core::Identifier>,
    #[prost(message, optional, tag = "3")]
    pub interface: Option<TypedInterface>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct LaunchPlan {
    #[prost(message, optional, tag = "1")]
    pub id: Option<core::Identifier>,
    #[prost(message, optional, tag = "2")]
    pub spec: Option<LaunchPlanSpec>,
    #[prost(message, optional, tag = "3")]
    pub closure: Option<LaunchPlanClosure>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct LaunchPlanSpec {
    #[prost(message, optional, tag = "1")]
    pub workflow_id: Option<core::Identifier>,
    #[prost(message, optional, tag = "3")]
    pub default_inputs: Option<ParameterMap>,
    #[prost(message, optional, tag = "4")]
    pub fixed_inputs: Option<core::LiteralMap>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct LaunchPlanClosure {
    #[prost(int32, tag = "1")]
    pub state: i32,
    #[prost(message, optional, tag = "2")]
    pub expected_inputs: Option<ParameterMap>,
    #[prost(message, optional, tag = "4")]
    pub created_at: Option<prost_types::Timestamp>,
}

/// One page of a list reply: tasks, workflows and launch plans all look like this from afar.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct EntityList {
    #[prost(message, repeated, tag = "1")]
    pub entities: Vec<Entity>,
    #[prost(string, tag = "2")]
    pub token: String,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Entity {
    #[prost(message, optional, tag = "1")]
    pub id: Option<core::Identifier>,
}
