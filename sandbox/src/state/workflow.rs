//! A workflow version.

use std::time::Duration;

use flyte_remote::idl::flyteidl::{admin, core};

use super::{EntityKey, Keyed};

/// A registered workflow version.
#[derive(Clone, Debug)]
pub struct WorkflowRow {
    /// Its id.
    pub id: core::Identifier,
    /// The message `GetWorkflow` answers, with the compiled closure; lists leave `closure.compiled_workflow` out.
    pub workflow: admin::Workflow,
    /// The spec as it was sent.
    pub spec: admin::WorkflowSpec,
    /// When it was registered, since 1970.
    pub created_at: Duration,
}

impl WorkflowRow {
    /// The compiled closure.
    #[must_use]
    pub fn compiled(&self) -> Option<&core::CompiledWorkflowClosure> {
        self.workflow.closure.as_ref()?.compiled_workflow.as_ref()
    }

    /// Inputs and outputs of the workflow.
    #[must_use]
    pub fn interface(&self) -> Option<&core::TypedInterface> {
        self.spec.template.as_ref()?.interface.as_ref()
    }
}

impl Keyed for WorkflowRow {
    type Key = EntityKey;
    fn key(&self) -> EntityKey {
        (&self.id).into()
    }
}
