//! Runs executions: walks compiled workflows, asks for containers, records phases as propeller's events would.
//!
//! Nothing here blocks or loops for ever: a call does what can be done now and leaves the rest to the next event, be it a
//! finished container, a finished child execution, a signal or a time.

mod array;
mod branch;
mod child;
mod dynamic;
mod gate;
mod msgpack;
mod report;
mod resolve;
mod run;
mod task;
mod walk;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use crate::effect::{ContainerResult, Effect, RunContainer};
use crate::idl::admin::execution_metadata::ExecutionMode;
use crate::idl::core::{CompiledWorkflow, SignalIdentifier};
use crate::sandbox::Sandbox;
use crate::state::{EntityKey, ExecutionKey};

use run::{NodeIndex, Run};
use walk::Walk;

/// What is running.
#[derive(Default)]
pub(crate) struct Engine {
    runs: BTreeMap<ExecutionKey, Run>,
    /// Executions with something to do.
    due: VecDeque<ExecutionKey>,
    /// Containers asked for, with the node that waits for each.
    containers: BTreeMap<String, (ExecutionKey, NodeIndex, Box<RunContainer>)>,
    /// Child executions, with the node that waits for each.
    children: BTreeMap<ExecutionKey, (ExecutionKey, NodeIndex)>,
    /// Executions that ended and that a node may wait for.
    ended: VecDeque<ExecutionKey>,
    /// When sleeping nodes wake up.
    wakes: BTreeSet<(Duration, ExecutionKey, NodeIndex)>,
    /// Executions to abort, with the cause.
    aborts: VecDeque<(ExecutionKey, String)>,
}

impl Engine {
    /// The earliest time at which a node wakes up.
    pub fn next_wake(&self) -> Option<Duration> {
        self.wakes.first().map(|(time, ..)| *time)
    }

    /// Containers asked for that have not ended.
    pub fn unfinished(&self) -> Vec<Effect> {
        self.containers.values().map(|(_, _, container)| Effect::RunContainer(container.clone())).collect()
    }
}

/// Takes over an execution that has just been stored.
pub(crate) fn start(sandbox: &mut Sandbox, key: &ExecutionKey) {
    if !sandbox.options.engine {
        return;
    }
    let Some(row) = sandbox.state.executions.get(key) else { return };
    let Some(workflow) = sandbox.state.workflows.get(&row.workflow) else { return };
    let compiled = workflow.compiled().cloned().unwrap_or_default();
    let spec = row.execution.spec.as_ref();
    let metadata = spec.and_then(|spec| spec.metadata.as_ref());
    let recovers = metadata
        .filter(|metadata| metadata.mode() == ExecutionMode::Recovered)
        .and_then(|metadata| metadata.reference_execution.as_ref())
        .map(ExecutionKey::from);
    let limit = spec.and_then(|spec| usize::try_from(spec.max_parallelism).ok()).filter(|limit| *limit > 0);
    let by_id = |workflow: &CompiledWorkflow| {
        let id = workflow.template.as_ref()?.id.as_ref()?;
        Some((EntityKey::from(id), Rc::new(workflow.clone())))
    };
    let mut run = Run {
        key: key.clone(),
        workflow: row.workflow.name.clone(),
        sub_workflows: compiled.sub_workflows.iter().filter_map(by_id).collect(),
        scopes: Vec::new(),
        nodes: Vec::new(),
        tasks: BTreeMap::new(),
        arrays: BTreeMap::new(),
        ready: VecDeque::new(),
        queued: VecDeque::new(),
        running: 0,
        max_parallelism: limit.unwrap_or(sandbox.options.max_parallelism).max(1),
        recovers,
        over: false,
    };
    let inputs = Rc::new(row.inputs.clone());
    let primary = Rc::new(compiled.primary.unwrap_or_default());
    let mut walk = Walk { run: &mut run, sandbox };
    walk.begin(primary, inputs);
    sandbox.engine.runs.insert(key.clone(), run);
    sandbox.engine.due.push_back(key.clone());
}

/// An execution is to be aborted; its row says so already.
pub(crate) fn abort(sandbox: &mut Sandbox, key: &ExecutionKey) {
    if sandbox.engine.runs.contains_key(key) {
        sandbox.engine.aborts.push_back((key.clone(), String::new()));
    }
}

/// A signal got its value: `SetSignal` calls this after it stored the row.
pub(crate) fn signal_set(sandbox: &mut Sandbox, id: &SignalIdentifier) {
    let Some(execution) = &id.execution_id else { return };
    with_run(sandbox, &execution.into(), |walk| walk.signal_set(&id.signal_id));
}

/// Does all that can be done now.
pub(crate) fn run(sandbox: &mut Sandbox) {
    loop {
        if let Some((key, cause)) = sandbox.engine.aborts.pop_front() {
            with_run(sandbox, &key, |walk| walk.abort(&cause));
        } else if let Some(key) = sandbox.engine.due.pop_front() {
            with_run(sandbox, &key, |_| ());
        } else if let Some(child) = sandbox.engine.ended.pop_front() {
            if let Some((parent, node)) = sandbox.engine.children.remove(&child) {
                with_run(sandbox, &parent, |walk| walk.child_ended(node, &child));
            }
        } else {
            return;
        }
    }
}

/// Wakes the nodes whose time has come.
pub(crate) fn wake(sandbox: &mut Sandbox) {
    while let Some((time, key, node)) = sandbox.engine.wakes.first().cloned() {
        if time > sandbox.now {
            return;
        }
        sandbox.engine.wakes.pop_first();
        with_run(sandbox, &key, |walk| walk.woke_up(node));
    }
}

/// A container runs now.
pub(crate) fn container_started(sandbox: &mut Sandbox, run: &str) {
    let Some((key, node, _)) = sandbox.engine.containers.get(run) else { return };
    let (key, node) = (key.clone(), *node);
    with_run(sandbox, &key, |walk| walk.container_started(node));
}

/// A container has ended.
pub(crate) fn container_finished(sandbox: &mut Sandbox, run: &str, result: ContainerResult) {
    let Some((key, node, container)) = sandbox.engine.containers.remove(run) else { return };
    with_run(sandbox, &key, |walk| walk.container_finished(node, &container, result));
}

/// Calls `act` with a run, and lets the run go on afterwards.
fn with_run(sandbox: &mut Sandbox, key: &ExecutionKey, act: impl FnOnce(&mut Walk<'_>)) {
    let Some(mut run) = sandbox.engine.runs.remove(key) else { return };
    let mut walk = Walk { run: &mut run, sandbox };
    act(&mut walk);
    walk.go();
    if run.over {
        sandbox.engine.ended.push_back(key.clone());
    } else {
        sandbox.engine.runs.insert(key.clone(), run);
    }
}
