//! A task version.

use std::time::Duration;

use flyte_remote::idl::flyteidl::{admin, core};

use super::{EntityKey, Keyed};

/// A registered task version.
#[derive(Clone, Debug)]
pub struct TaskRow {
    /// Its id.
    pub id: core::Identifier,
    /// The message `GetTask` answers.
    pub task: admin::Task,
    /// When it was registered, since 1970.
    pub created_at: Duration,
}

impl TaskRow {
    /// The registered template.
    #[must_use]
    pub fn template(&self) -> Option<&core::TaskTemplate> {
        self.task.closure.as_ref()?.compiled_task.as_ref()?.template.as_ref()
    }
}

impl Keyed for TaskRow {
    type Key = EntityKey;
    fn key(&self) -> EntityKey {
        (&self.id).into()
    }
}
