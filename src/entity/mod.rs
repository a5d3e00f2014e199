//! What is registered: tasks, workflows, launch plans, and the identifiers that name them.

mod binding;
mod describe;
mod graph;
mod identifier;
mod interface;
mod launch_plan;
mod node;
mod object;
pub(crate) mod reference;
mod settings;
pub(crate) mod spec;
mod task;
mod workflow;

pub use describe::Description;
pub use graph::{ChildPlan, Entity, Graph};
pub use identifier::{ExecutionId, Identifier, NodeExecutionId, ResourceType, TaskExecutionId};
pub use interface::{type_in_words, Input, Interface, Variable};
pub use launch_plan::LaunchPlan;
pub use reference::{ExecutionReference, Reference};
pub use task::Task;
pub use workflow::Workflow;
