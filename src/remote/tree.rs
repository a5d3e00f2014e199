//! The nodes of an execution at all levels, read level by level: all calls of a level run at the same time.
//!
//! The server says of each node whether it has nodes of its own and what it launched, so the workflow's definition is
//! hardly ever needed, and a node of any kind can be read. What can't be read about a node becomes its `problem`.

use std::rc::Rc;

use super::branches::Branches;
use super::call::Scope;
use super::sync::{is_settled, Sync};
use super::together::{together, Work};
use super::Remote;
use crate::error::Error;
use crate::execution::{Execution, NodeExecution, TaskExecution};
use crate::value::Values;

/// A tree under way.
pub(super) struct Tree<'a> {
    remote: &'a Remote,
    sync: Sync,
    /// What was read before.
    known: &'a [Rc<NodeExecution>],
    nodes: Vec<Entry>,
    /// A node has a problem that may be gone the next time.
    in_passing: bool,
    /// The execution that it is of, and the branches of what executions run.
    owner: Option<(&'a Execution, &'a Branches)>,
}

/// A node, each after the one it is inside of.
struct Entry {
    node: NodeExecution,
    /// As it was read before.
    before: Option<Rc<NodeExecution>>,
    /// It has ended, and all that is wanted of it was read before.
    settled: bool,
    parent: Option<usize>,
    level: u32,
}

/// One question about a node, answered.
enum Found {
    Attempts(Vec<Rc<TaskExecution>>),
    Nodes(Vec<NodeExecution>),
    Launched(Box<Execution>, Vec<NodeExecution>),
    Data(Values, Values),
    /// What is wrong, and whether it may be gone the next time.
    Problem(Box<str>, bool),
}

/// An answer, and the place of the node that it is about.
type Answer = (usize, Found);

impl<'a> Tree<'a> {
    /// A tree to read as far as `sync` says; `known` is what was read before.
    pub(super) fn new(remote: &'a Remote, sync: Sync, known: &'a [Rc<NodeExecution>]) -> Self {
        Tree { remote, sync, known, nodes: Vec::new(), in_passing: false, owner: None }
    }

    /// The nodes of an execution, and whether a node has a problem that may be gone the next time.
    pub(super) async fn of_execution(
        mut self,
        execution: &'a Execution,
        branches: &'a Branches,
        scope: &Scope,
    ) -> Result<(Rc<[Rc<NodeExecution>]>, bool), Error> {
        let nodes = self.remote.list_nodes(&execution.id, "", scope).await?;
        self.owner = Some((execution, branches));
        self.add(nodes, None, 1);
        self.read(scope).await?;
        let in_passing = self.in_passing;
        Ok((self.finish().into(), in_passing))
    }

    /// One node.
    pub(super) async fn of_node(mut self, node: NodeExecution, scope: &Scope) -> Result<Rc<NodeExecution>, Error> {
        let id = node.id.to_string();
        self.add(vec![node], None, 0);
        self.read(scope).await?;
        self.finish().pop().ok_or_else(|| Error::new(crate::error::Kind::System, "the node is gone").about(id))
    }

    fn add(&mut self, nodes: Vec<NodeExecution>, parent: Option<usize>, level: u32) {
        let levels = self.sync.depth.saturating_sub(level);
        let outer = parent.and_then(|at| self.nodes.get(at)?.before.clone());
        let known = if parent.is_none() { self.known } else { outer.as_deref().map(inside).unwrap_or_default() };
        // They come in the same order as before, new ones at the end.
        let mut next = 0;
        let mut entries = Vec::with_capacity(nodes.len());
        for mut node in nodes {
            let same = |known: &&Rc<NodeExecution>| known.id == node.id;
            let before = known.get(next).filter(same).or_else(|| known.iter().find(same)).cloned();
            next += usize::from(before.is_some());
            let unchanged = before.as_ref().filter(|before| before.raw == node.raw);
            if let Some(before) = unchanged {
                // What is asked for again anyway may have changed meanwhile, even if the node has not.
                if node.is_done() || !self.sync.task_executions {
                    node.task_executions.clone_from(&before.task_executions);
                }
                if node.is_done() || !self.sync.data {
                    node.data.clone_from(&before.data);
                }
                if !self.sync.launched {
                    node.launched_execution.clone_from(&before.launched_execution);
                }
            }
            if self.is_inside_itself(&node, parent) {
                node.problem = Some("the server says that it is inside of itself".to_owned());
            }
            let settled = unchanged.is_some_and(|before| is_settled(before) && self.is_read(before, levels));
            entries.push(Entry { node, before, settled, parent, level });
        }
        self.nodes.append(&mut entries);
    }

    fn is_inside_itself(&self, node: &NodeExecution, parent: Option<usize>) -> bool {
        let mut outer = parent.and_then(|at| self.nodes.get(at));
        while let Some(entry) = outer {
            if entry.node.id == node.id {
                return true;
            }
            outer = entry.parent.and_then(|at| self.nodes.get(at));
        }
        false
    }

    /// All that is wanted of a node was read, `levels` deep.
    fn is_read(&self, node: &NodeExecution, levels: u32) -> bool {
        let all = |nodes: &[Rc<NodeExecution>]| nodes.iter().all(|node| self.is_read(node, levels.saturating_sub(1)));
        let inside = match (&node.launched_execution, &node.nodes) {
            _ if levels == 0 => true,
            _ if node.launched.is_some() && !self.sync.launched => true,
            (Some(child), _) => child.nodes.as_deref().is_some_and(all),
            (None, Some(nodes)) => all(nodes),
            (None, None) => !node.is_parent && node.launched.is_none(),
        };
        inside
            && (!self.sync.data || node.data.get().is_some() || node.is_system())
            && (!self.sync.task_executions || node.task_executions.is_some() || !may_run_a_task(node))
    }

    async fn read(&mut self, scope: &Scope) -> Result<(), Error> {
        let mut begin = 0;
        while begin < self.nodes.len() {
            let end = self.nodes.len();
            let level = self.nodes.iter().enumerate().skip(begin);
            let work: Vec<Work<'_, Answer>> =
                level.filter(|(_, entry)| !entry.settled).flat_map(|(at, entry)| self.ask(at, entry, scope)).collect();
            let answers = together(work, self.sync.concurrency).await?;
            for answer in answers {
                self.take(answer);
            }
            // Old servers do not mark branches as parents.
            let mut silent = Vec::new();
            for at in begin..end {
                if self.may_hide_nodes(at) {
                    match self.is_branch(at, scope).await {
                        Ok(true) => silent.push(at),
                        Ok(false) => {}
                        Err(error) => self.take(problem(at, error)?),
                    }
                }
            }
            let work = silent.into_iter().filter_map(|at| Some(self.ask_for_nodes(at, self.nodes.get(at)?, scope)));
            let work: Vec<Work<'_, Answer>> = work.collect();
            for answer in together(work, self.sync.concurrency).await? {
                self.take(answer);
            }
            begin = end;
        }
        Ok(())
    }

    /// It ran nothing itself, as far as is known.
    fn may_hide_nodes(&self, at: usize) -> bool {
        self.nodes.get(at).is_some_and(|Entry { node, settled, level, .. }| {
            let ran_nothing = match &node.task_executions {
                Some(attempts) => attempts.is_empty(),
                None => !node.tells_of_task && node.launched.is_none() && !node.is_system(),
            };
            let may = node.is_done() && node.problem.is_none() && *level < self.sync.depth;
            !settled && ran_nothing && !node.is_parent && !node.is_array && may
        })
    }

    /// It may be a branch: it has no attempts, or the definition says so where attempts are not asked for.
    async fn is_branch(&self, at: usize, scope: &Scope) -> Result<bool, Error> {
        let Some(entry) = self.nodes.get(at) else { return Ok(false) };
        if entry.node.task_executions.is_some() {
            return Ok(true);
        }
        let Some((top, branches)) = self.owner else { return Ok(false) };
        let mut outer = entry.parent.and_then(|at| self.nodes.get(at));
        while let Some(inner) = outer.filter(|outer| outer.node.launched_execution.is_none()) {
            outer = inner.parent.and_then(|at| self.nodes.get(at));
        }
        let execution = outer.and_then(|outer| outer.node.launched_execution.as_deref()).unwrap_or(top);
        Ok(branches.of(execution, self.remote, scope).await?.contains(&entry.node.spec_node_id))
    }

    /// The questions about a node.
    fn ask<'b>(&'b self, at: usize, entry: &'b Entry, scope: &'b Scope) -> Vec<Work<'b, Answer>> {
        let (node, remote) = (&entry.node, self.remote);
        let mut questions: Vec<Work<'b, Answer>> = Vec::new();
        if node.is_system() || node.problem.is_some() {
            return questions;
        }
        let deeper = entry.level < self.sync.depth;
        match &node.launched {
            Some(id) if deeper && self.sync.launched => {
                questions.push(Box::pin(async move {
                    let child = match remote.get_execution(id, scope).await {
                        Ok(child) => child,
                        Err(error) => return problem(at, error),
                    };
                    match remote.list_nodes(id, "", scope).await {
                        Ok(nodes) => Ok((at, Found::Launched(Box::new(child), nodes))),
                        Err(error) => problem(at, error),
                    }
                }));
            }
            None if deeper && node.is_parent => questions.push(self.ask_for_nodes(at, entry, scope)),
            _ => {}
        }
        if self.sync.task_executions && node.task_executions.is_none() && may_run_a_task(node) {
            questions.push(Box::pin(async move {
                let attempts = remote.list_task_executions(&node.id, scope).await;
                attempts.map(|attempts| (at, Found::Attempts(attempts))).or_else(|error| problem(at, error))
            }));
        }
        if self.sync.data && node.data.get().is_none() {
            questions.push(Box::pin(async move {
                let data = remote.node_data_within(&node.id, scope).await;
                data.map(|(inputs, outputs)| (at, Found::Data(inputs, outputs))).or_else(|error| problem(at, error))
            }));
        }
        questions
    }

    fn ask_for_nodes<'b>(&'b self, at: usize, entry: &'b Entry, scope: &'b Scope) -> Work<'b, Answer> {
        let (id, remote) = (&entry.node.id, self.remote);
        Box::pin(async move {
            let nodes = remote.list_nodes(&id.execution, &id.node_id, scope).await;
            nodes.map(|nodes| (at, Found::Nodes(nodes))).or_else(|error| problem(at, error))
        })
    }

    fn take(&mut self, (at, found): Answer) {
        let Some(Entry { node, level, .. }) = self.nodes.get_mut(at) else { return };
        let below = *level + 1;
        match found {
            Found::Attempts(attempts) => node.task_executions = Some(attempts.into()),
            Found::Data(inputs, outputs) => node.data = (inputs, outputs).into(),
            Found::Problem(text, in_passing) => {
                node.problem = Some(text.into());
                self.in_passing |= in_passing;
            }
            Found::Nodes(nodes) => {
                node.nodes = Some(Rc::default());
                self.add(nodes, Some(at), below);
            }
            Found::Launched(child, nodes) => {
                node.launched_execution = Some(Rc::new(*child));
                self.add(nodes, Some(at), below);
            }
        }
    }

    /// Puts the nodes into those that they are inside of, the deepest first; the ones at the top remain.
    fn finish(self) -> Vec<Rc<NodeExecution>> {
        let mut inside: Vec<Vec<Rc<NodeExecution>>> = self.nodes.iter().map(|_| Vec::new()).collect();
        let (mut top, launched) = (Vec::new(), self.sync.launched);
        for (at, Entry { mut node, before, settled, parent, .. }) in self.nodes.into_iter().enumerate().rev() {
            let mut own = inside.get_mut(at).map(std::mem::take).unwrap_or_default();
            own.reverse();
            let node = before.filter(|_| settled).unwrap_or_else(|| {
                if let Some(child) = node.launched_execution.as_ref().filter(|_| launched) {
                    node.launched_execution = Some(Rc::new(Execution { nodes: Some(own.into()), ..(**child).clone() }));
                } else if node.nodes.is_some() {
                    node.nodes = Some(own.into());
                }
                Rc::new(node)
            });
            match parent.and_then(|parent| inside.get_mut(parent)) {
                Some(parent) => parent.push(node),
                None => top.push(node),
            }
        }
        top.reverse();
        top
    }
}

/// One node never hides the others; but without a connection nothing can be said of any.
fn problem(at: usize, error: Error) -> Result<Answer, Error> {
    if error.is_about_everything() {
        return Err(error);
    }
    Ok((at, Found::Problem(error.message.as_str().into(), error.is_retryable())))
}

fn may_run_a_task(node: &NodeExecution) -> bool {
    !node.is_system() && node.launched.is_none() && (!node.is_parent || node.is_dynamic)
}

/// The nodes inside of a node, its own or those of the execution that it launched.
fn inside(node: &NodeExecution) -> &[Rc<NodeExecution>] {
    let launched = node.launched_execution.as_ref().and_then(|child| child.nodes.as_deref());
    node.nodes.as_deref().or(launched).unwrap_or_default()
}
