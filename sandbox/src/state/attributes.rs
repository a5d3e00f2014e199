//! Overrides for a project, one of its domains or one of its workflows.

use flyte_remote::idl::flyteidl::admin;

/// What overrides apply to; an empty domain or workflow means all of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AttributesKey {
    /// `admin::MatchableResource` as a number.
    pub resource: i32,
    /// Project id.
    pub project: String,
    /// Domain id, or empty.
    pub domain: String,
    /// Workflow name, or empty.
    pub workflow: String,
}

impl AttributesKey {
    /// How specific it is: a workflow's overrides go before its domain's, these before the project's.
    #[must_use]
    pub fn priority(&self) -> u8 {
        u8::from(!self.domain.is_empty()) + u8::from(!self.workflow.is_empty())
    }

    /// Whether `self`, taken as a pattern whose empty parts match everything, covers `other`: how FlyteAdmin deletes
    /// and looks up what it merges.
    #[must_use]
    pub fn covers(&self, other: &AttributesKey) -> bool {
        let fits = |pattern: &str, value: &str| pattern.is_empty() || pattern == value;
        self.resource == other.resource
            && fits(&self.project, &other.project)
            && fits(&self.domain, &other.domain)
            && fits(&self.workflow, &other.workflow)
    }
}

/// One override.
#[derive(Clone, Debug)]
pub struct AttributesRow {
    /// What it applies to.
    pub key: AttributesKey,
    /// What it says.
    pub attributes: admin::MatchingAttributes,
}
