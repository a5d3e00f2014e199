//! An execution that can be watched and ended: a snapshot, and the remote it came from.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use super::branches::Branches;
use super::call::{CallOptions, Scope};
use super::turn::Turn;
use super::{AttachedNode, Existing, Remote, Sync, Wait};
use crate::entity::{ExecutionId, Interface};
use crate::error::{Error, Kind};
use crate::execution::{Execution, ExecutionError, NodeExecution, Phase};
use crate::value::Values;

/// An execution attached to its remote. Cloning is cheap, clones share their state.
#[derive(Clone)]
pub struct WorkflowExecution {
    inner: Rc<Inner>,
}

struct Inner {
    remote: Remote,
    id: ExecutionId,
    /// Of what was launched, where that is known.
    interface: Option<Rc<Interface>>,
    snapshot: RefCell<Rc<Execution>>,
    inputs: RefCell<Option<Values>>,
    outputs: RefCell<Option<Values>>,
    /// Syncs begun so far, and the one that the snapshot is from: a late reply of an early sync changes nothing.
    begun: Cell<u64>,
    shown: Cell<u64>,
    /// All has ended and was read, so far.
    settled: Cell<Option<Sync>>,
    existing: OnceCell<Existing>,
    /// What could not be read about a node the last time may be there the next time.
    incomplete: Cell<bool>,
    branches: Branches,
    turn: Turn,
}

impl WorkflowExecution {
    pub(super) fn new(remote: Remote, snapshot: Execution, interface: Option<Rc<Interface>>) -> Self {
        WorkflowExecution {
            inner: Rc::new(Inner {
                remote,
                id: snapshot.id.clone(),
                interface,
                snapshot: RefCell::new(Rc::new(snapshot)),
                inputs: RefCell::default(),
                outputs: RefCell::default(),
                begun: Cell::new(0),
                shown: Cell::new(0),
                settled: Cell::new(None),
                incomplete: Cell::new(false),
                branches: Branches::default(),
                turn: Turn::default(),
                existing: OnceCell::new(),
            }),
        }
    }

    /// Its identifier.
    #[must_use]
    pub fn id(&self) -> &ExecutionId {
        &self.inner.id
    }

    /// How it differs from what was asked for, when `execute` found it instead of starting it.
    #[must_use]
    pub fn existing(&self) -> Option<&Existing> {
        self.inner.existing.get()
    }

    pub(super) fn existed(&self, existing: Existing) {
        let _ = self.inner.existing.set(existing);
    }

    /// The remote it came from.
    #[must_use]
    pub fn remote(&self) -> &Remote {
        &self.inner.remote
    }

    /// What the server said last.
    #[must_use]
    pub fn snapshot(&self) -> Rc<Execution> {
        Rc::clone(&self.inner.snapshot.borrow())
    }

    /// How far it was then.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.inner.snapshot.borrow().phase
    }

    /// It had ended then.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.inner.snapshot.borrow().is_done()
    }

    /// It had ended well then.
    #[must_use]
    pub fn is_successful(&self) -> bool {
        self.inner.snapshot.borrow().is_successful()
    }

    /// The console's page about it.
    #[must_use]
    pub fn url(&self) -> String {
        self.inner.remote.execution_url(&self.inner.id)
    }

    /// Why it failed; `None` when it did not.
    ///
    /// # Errors
    /// `Kind::Assertion` while it has not ended.
    pub fn error(&self) -> Result<Option<ExecutionError>, Error> {
        let snapshot = self.snapshot();
        if !snapshot.is_done() {
            return Err(self.too_early(&snapshot, "its error"));
        }
        Ok(snapshot.error.clone())
    }

    /// Its nodes, as far as they were read.
    #[must_use]
    pub fn nodes(&self) -> Vec<AttachedNode> {
        let snapshot = self.snapshot();
        let attach = |node: &Rc<NodeExecution>| AttachedNode::new(self.inner.remote.clone(), Rc::clone(node));
        snapshot.own_nodes().iter().map(attach).collect()
    }

    /// All nodes that were read, each before those inside of it; not those of launched executions.
    #[must_use]
    pub fn walk(&self) -> Vec<AttachedNode> {
        self.walked().into_iter().map(|node| AttachedNode::new(self.inner.remote.clone(), node)).collect()
    }

    /// The node called `id` (`n0`, `n1-0-n0`), at any level that was read.
    #[must_use]
    pub fn node(&self, id: &str) -> Option<AttachedNode> {
        let node = self.walked().into_iter().find(|node| node.id.node_id == id)?;
        Some(AttachedNode::new(self.inner.remote.clone(), node))
    }

    fn walked(&self) -> Vec<Rc<NodeExecution>> {
        let mut all = Vec::new();
        self.snapshot().own_nodes().iter().for_each(|node| node.walk(&mut all));
        all
    }

    /// Asks the server for its state, and for its nodes as far as `sync` says.
    ///
    /// # Errors
    /// As a call fails.
    pub async fn sync(&self, sync: Sync, options: &CallOptions) -> Result<(), Error> {
        self.inner.remote.sync(self, sync, options).await
    }

    /// Waits until it has ended.
    ///
    /// # Errors
    /// `Kind::Timeout` when `wait.timeout` passes first, or as a call fails for good.
    pub async fn wait(&self, wait: &Wait, options: &CallOptions) -> Result<(), Error> {
        self.inner.remote.wait(self, wait, options).await
    }

    /// Ends it.
    ///
    /// # Errors
    /// As the call fails; an execution that has ended can't be ended again.
    pub async fn terminate(&self, cause: &str, options: &CallOptions) -> Result<(), Error> {
        self.inner.remote.terminate(&self.inner.id, cause, options).await
    }

    /// What it was given, defaults included.
    ///
    /// # Errors
    /// As a call fails; `Kind::Download` when the values are stored apart and can't be read.
    pub async fn inputs(&self, options: &CallOptions) -> Result<Values, Error> {
        self.inputs_within(&self.remote().client().begin(options)).await
    }

    pub(super) async fn inputs_within(&self, scope: &Scope) -> Result<Values, Error> {
        if self.inner.inputs.borrow().is_none() {
            self.load(scope).await?;
        }
        Ok(self.inner.inputs.borrow().clone().unwrap_or_default())
    }

    /// What it gave.
    ///
    /// # Errors
    /// `Kind::Assertion` while it has not ended, and when it did not end well; otherwise as for `inputs`.
    pub async fn outputs(&self, options: &CallOptions) -> Result<Values, Error> {
        let snapshot = self.snapshot();
        if !snapshot.is_done() {
            return Err(self.too_early(&snapshot, "its outputs"));
        }
        if !snapshot.is_successful() {
            return Err(self.no_outputs(&snapshot));
        }
        if self.inner.outputs.borrow().is_none() {
            self.load(&self.remote().client().begin(options)).await?;
        }
        Ok(self.inner.outputs.borrow().clone().unwrap_or_default())
    }

    async fn load(&self, scope: &Scope) -> Result<(), Error> {
        let done = self.is_successful();
        let (inputs, outputs) = self.inner.remote.execution_data(&self.inner.id, done, scope).await?;
        let (mut input_types, mut output_types) = (Vec::new(), Vec::new());
        if let Some(interface) = &self.inner.interface {
            for input in &interface.inputs {
                input_types.push((input.name.clone(), input.literal_type.clone()));
            }
            for output in &interface.outputs {
                output_types.push((output.name.clone(), output.literal_type.clone()));
            }
        }
        self.inner.inputs.replace(Some(inputs.with_types(input_types.into())));
        if let Some(outputs) = outputs {
            self.inner.outputs.replace(Some(outputs.with_types(output_types.into())));
        }
        Ok(())
    }

    /// The number of a sync that begins now.
    pub(super) fn begin_sync(&self) -> u64 {
        self.inner.begun.set(self.inner.begun.get() + 1);
        self.inner.begun.get()
    }

    /// How much was read when nothing could change any more.
    pub(super) fn settled(&self) -> Option<Sync> {
        self.inner.settled.get()
    }

    pub(super) fn branches(&self) -> &Branches {
        &self.inner.branches
    }

    /// Whether a node could not be read the last time, and may be the next time.
    pub(super) fn is_incomplete(&self) -> bool {
        self.inner.incomplete.get()
    }

    pub(super) fn set_incomplete(&self, incomplete: bool) {
        self.inner.incomplete.set(incomplete);
    }

    /// Syncs take turns in this.
    pub(super) fn turn(&self) -> &Turn {
        &self.inner.turn
    }

    /// Takes what number `sync` was told: its nodes where there are any, and its state unless a later one came first.
    pub(super) fn show(&self, sync: u64, mut snapshot: Execution, settled: Option<Sync>) {
        let before = self.snapshot();
        if snapshot.nodes.is_none() {
            if sync < self.inner.shown.get() {
                return;
            }
            snapshot.nodes.clone_from(&before.nodes);
        } else if sync < self.inner.shown.get() {
            snapshot = Execution { nodes: snapshot.nodes, ..(*before).clone() };
        }
        self.inner.shown.set(sync.max(self.inner.shown.get()));
        self.inner.settled.set(settled);
        self.inner.snapshot.replace(Rc::new(snapshot));
    }

    fn too_early(&self, snapshot: &Execution, what: &str) -> Error {
        let message = ["is ", snapshot.phase.as_str(), "; wait until it has ended before asking for ", what].concat();
        Error::new(Kind::Assertion, message).about(self.inner.id.to_string())
    }

    fn no_outputs(&self, snapshot: &Execution) -> Error {
        let mut message = ["has no outputs: it ended ", snapshot.phase.as_str()].concat();
        let reason = match (&snapshot.error, &snapshot.abort) {
            (Some(error), _) => [error.code.as_str(), " ", &error.message].concat(),
            (None, Some(abort)) => abort.cause.clone(),
            (None, None) => String::new(),
        };
        if !reason.trim().is_empty() {
            message.push_str(": ");
            message.push_str(reason.trim());
        }
        Error::new(Kind::Assertion, message).about(self.inner.id.to_string())
    }
}
