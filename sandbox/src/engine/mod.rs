//! Runs executions: walks compiled workflows, asks for containers, records phases as propeller's events would.

use std::time::Duration;

use flyte_remote::idl::flyteidl::core::SignalIdentifier;

use crate::effect::{ContainerResult, Effect};
use crate::sandbox::Sandbox;

/// What is running.
#[derive(Default)]
pub(crate) struct Engine {}

impl Engine {
    pub fn next_wake(&self) -> Option<Duration> {
        None
    }
    pub fn unfinished(&self) -> Vec<Effect> {
        Vec::new()
    }
}

/// A signal got its value: `SetSignal` calls this after it stored the row.
pub(crate) fn signal_set(_sandbox: &mut Sandbox, _id: &SignalIdentifier) {}

pub(crate) fn run(_sandbox: &mut Sandbox) {}
pub(crate) fn wake(_sandbox: &mut Sandbox) {}
pub(crate) fn container_started(_sandbox: &mut Sandbox, _run: &str) {}
pub(crate) fn container_finished(_sandbox: &mut Sandbox, _run: &str, _result: ContainerResult) {}
pub(crate) fn start(_sandbox: &mut Sandbox, _key: &crate::state::ExecutionKey) {}
pub(crate) fn abort(_sandbox: &mut Sandbox, _key: &crate::state::ExecutionKey) {}
