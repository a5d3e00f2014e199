//! Who runs after whom.

use std::collections::{BTreeMap, BTreeSet};

use super::{CompileErrors, END_NODE, START_NODE};
use crate::idl::core::{connection_set::IdList, ConnectionSet};

/// Which ends of an edge are recorded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// Provider and dependent know each other.
    Both,
    /// Only the dependent knows its provider: nodes inside a branch and the failure node, which nobody schedules by edges.
    Upstream,
}

/// The edges of one workflow.
#[derive(Default)]
pub(super) struct Graph {
    upstream: BTreeMap<String, BTreeSet<String>>,
    downstream: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    /// Adds an edge; an empty provider is the start node.
    pub fn add(&mut self, provider: &str, dependent: &str, direction: Direction) {
        let provider = if provider.is_empty() { START_NODE } else { provider };
        self.upstream.entry(dependent.to_owned()).or_default().insert(provider.to_owned());
        if direction == Direction::Both {
            self.downstream.entry(provider.to_owned()).or_default().insert(dependent.to_owned());
        }
    }

    /// Ties a node without providers to the start node and one without dependents to the end node, so that all nodes
    /// run, and run before the workflow ends.
    pub fn tie(&mut self, node: &str) {
        if !self.upstream.contains_key(node) {
            self.add(START_NODE, node, Direction::Both);
        }
        if !self.downstream.contains_key(node) {
            self.add(node, END_NODE, Direction::Both);
        }
    }

    /// Reports a cycle, or else the nodes that can't be reached from the start.
    pub fn check<'n>(&self, nodes: impl Iterator<Item = &'n str>, errors: &mut CompileErrors) {
        let mut seen = BTreeSet::from([START_NODE]);
        let mut path: Vec<(&str, Vec<&str>)> = vec![(START_NODE, self.after(START_NODE))];
        while let Some((_, ahead)) = path.last_mut() {
            let Some(next) = ahead.pop() else {
                path.pop();
                continue;
            };
            if path.iter().any(|(node, _)| *node == next) {
                let cycle: Vec<&str> = path.iter().map(|(node, _)| *node).chain([next]).collect();
                let text = format!("A cycle has been detected while traversing the Workflow [{}].", cycle.join(">"));
                errors.add("CycleDetected", START_NODE, text);
                return;
            }
            if seen.insert(next) {
                path.push((next, self.after(next)));
            }
        }
        let unreachable: Vec<&str> = nodes.filter(|node| *node != END_NODE && !seen.contains(node)).collect();
        if !unreachable.is_empty() {
            let text = format!("The Workflow contain unreachable nodes [{}].", unreachable.join(","));
            errors.add("UnreachableNodes", START_NODE, text);
        }
    }

    /// What runs after a node, last first.
    fn after(&self, node: &str) -> Vec<&str> {
        self.downstream.get(node).into_iter().flatten().rev().map(String::as_str).collect()
    }

    /// The message.
    pub fn into_connections(self) -> ConnectionSet {
        let lists = |edges: BTreeMap<String, BTreeSet<String>>| {
            edges.into_iter().map(|(node, ids)| (node, IdList { ids: ids.into_iter().collect() })).collect()
        };
        ConnectionSet { upstream: lists(self.upstream), downstream: lists(self.downstream) }
    }
}
