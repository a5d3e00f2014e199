//! What identifies an entity, an execution or a name.

use flyte_remote::idl::flyteidl::core::{Identifier, WorkflowExecutionIdentifier};

/// One version of a task, workflow or launch plan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityKey {
    /// Project id.
    pub project: String,
    /// Domain id.
    pub domain: String,
    /// Entity name.
    pub name: String,
    /// Entity version.
    pub version: String,
}

impl From<&Identifier> for EntityKey {
    fn from(id: &Identifier) -> Self {
        EntityKey {
            project: id.project.clone(),
            domain: id.domain.clone(),
            name: id.name.clone(),
            version: id.version.clone(),
        }
    }
}

/// An execution.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExecutionKey {
    /// Project id.
    pub project: String,
    /// Domain id.
    pub domain: String,
    /// Execution name.
    pub name: String,
}

impl From<&WorkflowExecutionIdentifier> for ExecutionKey {
    fn from(id: &WorkflowExecutionIdentifier) -> Self {
        ExecutionKey { project: id.project.clone(), domain: id.domain.clone(), name: id.name.clone() }
    }
}

impl From<&ExecutionKey> for WorkflowExecutionIdentifier {
    fn from(key: &ExecutionKey) -> Self {
        WorkflowExecutionIdentifier {
            project: key.project.clone(),
            domain: key.domain.clone(),
            name: key.name.clone(),
            org: String::new(),
        }
    }
}

/// A name within a project and domain, whatever its versions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameKey {
    /// Project id.
    pub project: String,
    /// Domain id.
    pub domain: String,
    /// Entity name.
    pub name: String,
}
