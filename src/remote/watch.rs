//! `watch`: what moves in an execution, poll by poll, as rows of a table.

use std::cell::RefCell;
use std::rc::Rc;

use super::wait::{too_late, Polls};
use super::{CallOptions, Sync, Wait, WorkflowExecution};
use crate::error::Error;
use crate::execution::{NodeExecution, Phase};

/// A watch over an execution. The nodes are rows of a table: a row keeps its number, new nodes come at the end.
pub struct Watch {
    execution: WorkflowExecution,
    wait: Wait,
    options: CallOptions,
    state: RefCell<State>,
}

struct State {
    polls: Option<Polls>,
    rows: Vec<Row>,
    /// Numbers of rows by the identifiers of their nodes.
    order: Vec<usize>,
    /// As it was last told.
    phase: Option<Phase>,
    ended: bool,
}

/// A row of the table.
#[derive(Clone)]
pub struct Row {
    /// The node, as it is.
    pub node: Rc<NodeExecution>,
    /// The row of the node that it is inside of.
    pub parent: Option<usize>,
}

/// What moved between two polls.
pub struct Change {
    /// The phase of the execution.
    pub phase: Phase,
    /// Numbers and rows of nodes that are new or have changed.
    pub rows: Vec<(usize, Row)>,
    /// How many of the rows could be read in full.
    pub loaded: usize,
    /// How many rows there are.
    pub total: usize,
    /// How many of them have ended.
    pub done: usize,
}

impl Watch {
    /// Begins a watch; nothing is asked yet. Of `wait`, `sync.depth` says how many levels of nodes are read.
    #[must_use]
    pub fn new(execution: WorkflowExecution, wait: Wait, options: CallOptions) -> Self {
        let state = State { polls: None, rows: Vec::new(), order: Vec::new(), phase: None, ended: false };
        Watch { execution, wait, options, state: RefCell::new(state) }
    }

    /// The next change: first all that is there, then what moves, last what the end is; then `None`.
    ///
    /// # Errors
    /// `Kind::Timeout` when `wait.timeout` passes first, or as a call fails for good. It can be asked again then.
    pub async fn next(&self) -> Result<Option<Change>, Error> {
        let remote = self.execution.remote();
        // What launched executions are doing is not among the rows.
        let sync = Sync { launched: false, task_executions: false, data: false, ..self.wait.sync };
        if self.state.borrow().ended {
            return Ok(None);
        }
        let taken = self.state.borrow_mut().polls.take();
        let first = taken.is_none();
        let mut polls = taken.unwrap_or_else(|| Polls::new(remote, &self.wait));
        let mut pause = !first;
        loop {
            if pause && !polls.pause(remote).await {
                return Err(self.timed_out());
            }
            pause = true;
            let work = Box::pin(remote.sync(&self.execution, sync, &self.options));
            let told = polls.poll(remote, work).await.unwrap_or_else(|| Err(self.timed_out()))?;
            if !told || self.execution.is_done() && !polls.is_complete(remote, &self.execution) {
                continue;
            }
            let Some(change) = self.state.borrow_mut().take(&self.execution) else { continue };
            polls.hurry(remote);
            self.state.borrow_mut().polls = Some(polls);
            return Ok(Some(change));
        }
    }

    fn timed_out(&self) -> Error {
        too_late(&self.execution, "", "watch; it goes on")
    }
}

impl State {
    /// What has changed since the last time; `None` when nothing has.
    fn take(&mut self, execution: &WorkflowExecution) -> Option<Change> {
        let snapshot = execution.snapshot();
        let mut rows = Vec::new();
        for node in snapshot.own_nodes() {
            self.see(node, None, &mut rows);
        }
        let moved = !rows.is_empty() || self.phase != Some(snapshot.phase);
        self.phase = Some(snapshot.phase);
        self.ended = snapshot.is_done();
        (moved || self.ended).then(|| Change {
            phase: snapshot.phase,
            rows,
            loaded: self.rows.iter().filter(|row| row.node.problem.is_none()).count(),
            total: self.rows.len(),
            done: self.rows.iter().filter(|row| row.node.is_done()).count(),
        })
    }

    fn see(&mut self, node: &Rc<NodeExecution>, parent: Option<usize>, changed: &mut Vec<(usize, Row)>) {
        let place = self.order.binary_search_by(|row| match self.rows.get(*row) {
            Some(row) => row.node.id.cmp(&node.id),
            None => std::cmp::Ordering::Less,
        });
        let fresh = Row { node: Rc::clone(node), parent };
        let number = match place {
            Ok(place) => self.order.get(place).copied().unwrap_or_default(),
            Err(place) => {
                self.order.insert(place, self.rows.len());
                self.rows.len()
            }
        };
        let same = |row: &Row| row.node.raw == node.raw && row.node.problem == node.problem;
        match self.rows.get_mut(number) {
            Some(row) if same(row) => row.node = Rc::clone(node),
            Some(row) => {
                row.clone_from(&fresh);
                changed.push((number, fresh));
            }
            None => {
                self.rows.push(fresh.clone());
                changed.push((number, fresh));
            }
        }
        for inside in node.own_nodes() {
            self.see(inside, Some(number), changed);
        }
    }
}
