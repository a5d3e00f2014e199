//! Nodes and attempts that can be asked for more: a snapshot, and the remote it came from.

use std::cell::{OnceCell, RefCell};
use std::future::Future;
use std::rc::Rc;

use super::call::CallOptions;
use super::{Remote, Sync, WorkflowExecution};
use crate::error::{Error, Kind};
use crate::execution::{ExecutionError, NodeExecution, Phase, TaskExecution};
use crate::value::Values;

/// A node's execution attached to its remote. Cloning is cheap, clones share their state.
#[derive(Clone)]
pub struct AttachedNode {
    remote: Remote,
    state: Rc<RefCell<Rc<NodeExecution>>>,
}

impl AttachedNode {
    /// A node read by `remote`.
    #[must_use]
    pub fn new(remote: Remote, node: Rc<NodeExecution>) -> Self {
        AttachedNode { remote, state: Rc::new(RefCell::new(node)) }
    }

    /// What the server said last.
    #[must_use]
    pub fn snapshot(&self) -> Rc<NodeExecution> {
        Rc::clone(&self.state.borrow())
    }

    /// The remote it came from.
    #[must_use]
    pub fn remote(&self) -> &Remote {
        &self.remote
    }

    /// The nodes inside of it, as far as they were read.
    #[must_use]
    pub fn nodes(&self) -> Vec<AttachedNode> {
        let node = self.snapshot();
        node.own_nodes().iter().map(|node| self.beside(node)).collect()
    }

    /// Its attempts, as far as they were read.
    #[must_use]
    pub fn task_executions(&self) -> Vec<AttachedTask> {
        let node = self.snapshot();
        let attach = |task: &Rc<TaskExecution>| AttachedTask::new(self.remote.clone(), Rc::clone(task));
        node.task_executions.iter().flat_map(|attempts| attempts.iter()).map(attach).collect()
    }

    /// The execution that it launched, if that was read.
    #[must_use]
    pub fn launched(&self) -> Option<WorkflowExecution> {
        let child = self.snapshot().launched_execution.clone()?;
        Some(WorkflowExecution::new(self.remote.clone(), (*child).clone(), None))
    }

    /// Asks the server for its state, and for what is inside of it as far as `sync` says.
    ///
    /// # Errors
    /// As a call fails.
    pub async fn sync(&self, sync: Sync, options: &CallOptions) -> Result<(), Error> {
        let node = self.remote.sync_node_execution(&self.snapshot(), sync, options).await?;
        self.state.replace(node);
        Ok(())
    }

    /// What it was given.
    ///
    /// # Errors
    /// As a call fails; `Kind::Download` when the values are stored apart and can't be read.
    pub async fn inputs(&self, options: &CallOptions) -> Result<Values, Error> {
        Ok(self.data(options).await?.0)
    }

    /// What it gave.
    ///
    /// # Errors
    /// `Kind::Assertion` while it has not ended, and when it did not end well; otherwise as for `inputs`.
    pub async fn outputs(&self, options: &CallOptions) -> Result<Values, Error> {
        let node = self.snapshot();
        let ended = has_outputs(node.phase, node.error.as_ref());
        ended.map_err(|error| error.about(node.id.to_string()))?;
        Ok(self.data(options).await?.1)
    }

    async fn data(&self, options: &CallOptions) -> Result<(Values, Values), Error> {
        let node = self.snapshot();
        once(&node.data, node.is_done(), self.remote.node_data(&node.id, options)).await
    }

    fn beside(&self, node: &Rc<NodeExecution>) -> AttachedNode {
        AttachedNode::new(self.remote.clone(), Rc::clone(node))
    }
}

/// An attempt attached to its remote. Cloning is cheap, clones share their state.
#[derive(Clone)]
pub struct AttachedTask {
    remote: Remote,
    state: Rc<RefCell<Rc<TaskExecution>>>,
}

impl AttachedTask {
    /// An attempt read by `remote`.
    #[must_use]
    pub fn new(remote: Remote, task: Rc<TaskExecution>) -> Self {
        AttachedTask { remote, state: Rc::new(RefCell::new(task)) }
    }

    /// What the server said last.
    #[must_use]
    pub fn snapshot(&self) -> Rc<TaskExecution> {
        Rc::clone(&self.state.borrow())
    }

    /// The remote it came from.
    #[must_use]
    pub fn remote(&self) -> &Remote {
        &self.remote
    }

    /// Asks the server for its state.
    ///
    /// # Errors
    /// As the call fails.
    pub async fn sync(&self, options: &CallOptions) -> Result<(), Error> {
        let task = self.remote.sync_task_execution(&self.snapshot(), options).await?;
        self.state.replace(task);
        Ok(())
    }

    /// What it was given.
    ///
    /// # Errors
    /// As a call fails; `Kind::Download` when the values are stored apart and can't be read.
    pub async fn inputs(&self, options: &CallOptions) -> Result<Values, Error> {
        Ok(self.data(options).await?.0)
    }

    /// What it gave.
    ///
    /// # Errors
    /// `Kind::Assertion` while it has not ended, and when it did not end well; otherwise as for `inputs`.
    pub async fn outputs(&self, options: &CallOptions) -> Result<Values, Error> {
        let task = self.snapshot();
        let ended = has_outputs(task.phase, task.error.as_ref());
        ended.map_err(|error| error.about(task.id.to_string()))?;
        Ok(self.data(options).await?.1)
    }

    async fn data(&self, options: &CallOptions) -> Result<(Values, Values), Error> {
        let task = self.snapshot();
        once(&task.data, task.is_done(), self.remote.task_data(&task.id, options)).await
    }
}

/// What is known, or else what `ask` says; it is kept when it can't change any more.
async fn once<T: Clone>(
    known: &OnceCell<T>,
    is_done: bool,
    ask: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    if let Some(data) = known.get() {
        return Ok(data.clone());
    }
    let data = ask.await?;
    Ok(if is_done { known.get_or_init(|| data).clone() } else { data })
}

fn has_outputs(phase: Phase, error: Option<&ExecutionError>) -> Result<(), Error> {
    let text = if !phase.is_terminal() {
        ["is ", phase.as_str(), "; wait until it has ended before asking for its outputs"].concat()
    } else if !phase.is_successful() {
        let reason = error.map_or(String::new(), |error| [": ", &error.code, " ", &error.message].concat());
        ["has no outputs: it ended ", phase.as_str(), &reason].concat()
    } else {
        return Ok(());
    };
    Err(Error::new(Kind::Assertion, text))
}
