//! A project.

use std::time::Duration;

use flyte_remote::idl::flyteidl::admin;

use super::Keyed;

/// A registered project.
#[derive(Clone, Debug)]
pub struct ProjectRow {
    /// As registered; `domains` is empty, replies fill it in.
    pub project: admin::Project,
    /// When it was registered, since 1970.
    pub created_at: Duration,
}

impl Keyed for ProjectRow {
    type Key = String;
    fn key(&self) -> String {
        self.project.id.clone()
    }
}
