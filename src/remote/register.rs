//! `registerSpecs`: tasks, workflows and launch plans to the server, in the order that they need each other.

use crate::entity::Identifier;

/// Something to register.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Its identifier. Default: that in the spec; parts missing there come from [`Register`] and the remote.
    pub id: Option<Identifier>,
    /// The serialised `flyteidl.admin.TaskSpec`, `WorkflowSpec`, or for a launch plan `LaunchPlanSpec` with an `id`,
    /// `flyteidl.admin.LaunchPlan` without one.
    pub bytes: Vec<u8>,
}

/// What to register.
#[derive(Clone, Debug, Default)]
pub struct Specs {
    /// Tasks.
    pub tasks: Vec<Spec>,
    /// Workflows.
    pub workflows: Vec<Spec>,
    /// Launch plans.
    pub launch_plans: Vec<Spec>,
}

/// How to register it.
#[derive(Clone, Debug)]
pub struct Register {
    /// For identifiers without a project; default: the remote's.
    pub project: Option<String>,
    /// For identifiers without a domain; default: the remote's.
    pub domain: Option<String>,
    /// For identifiers without a version.
    pub version: Option<String>,
    /// Make for each workflow the launch plan of its own name and version, without which it can't be executed;
    /// default true. One among the given launch plans takes its place.
    pub default_launch_plans: bool,
    /// Make the registered launch plans the active versions of their names; default false.
    pub activate: bool,
}

impl Default for Register {
    fn default() -> Self {
        Register { project: None, domain: None, version: None, default_launch_plans: true, activate: false }
    }
}

/// Something registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Its identifier.
    pub id: Identifier,
    /// It was not there before; `false` when the same thing was.
    pub new: bool,
}

/// Everything registered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registered {
    /// Tasks, in the order given.
    pub tasks: Vec<Registration>,
    /// Workflows, in the order registered.
    pub workflows: Vec<Registration>,
    /// Launch plans, in the order registered, default ones included.
    pub launch_plans: Vec<Registration>,
}
