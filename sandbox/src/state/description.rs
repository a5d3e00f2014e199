//! Documentation of an entity version.

use std::time::Duration;

use flyte_remote::idl::flyteidl::{admin, core};

use super::{EntityKey, Keyed};

/// What a task's or workflow's author wrote about one version of it.
#[derive(Clone, Debug)]
pub struct DescriptionRow {
    /// Whose documentation it is.
    pub id: core::Identifier,
    /// As registered.
    pub description: admin::DescriptionEntity,
    /// When it was registered, since 1970.
    pub created_at: Duration,
}

impl Keyed for DescriptionRow {
    type Key = (i32, EntityKey);
    fn key(&self) -> (i32, EntityKey) {
        (self.id.resource_type, (&self.id).into())
    }
}
