//! A running execution: its scopes (the workflow and the sub-workflows in it) and their nodes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use super::array::ArrayState;
use crate::idl::core::{CompiledWorkflow, ExecutionError, LiteralMap, Node, TaskTemplate};
use crate::state::{EntityKey, ExecutionKey};

/// A node of a run.
pub(super) type NodeIndex = usize;
/// A scope of a run.
pub(super) type ScopeIndex = usize;

/// An execution that the engine walks.
pub(super) struct Run {
    /// Which execution.
    pub key: ExecutionKey,
    /// The workflow's name, for the tasks' environment.
    pub workflow: String,
    /// Compiled sub-workflows by identifier.
    pub sub_workflows: BTreeMap<EntityKey, Rc<CompiledWorkflow>>,
    /// Tasks that dynamic nodes yielded; they need not be registered.
    pub tasks: BTreeMap<EntityKey, Rc<TaskTemplate>>,
    /// Scope 0 is the workflow itself.
    pub scopes: Vec<Scope>,
    /// Nodes of all scopes.
    pub nodes: Vec<RunNode>,
    /// Array nodes that run.
    pub arrays: BTreeMap<NodeIndex, ArrayState>,
    /// Nodes whose providers are done.
    pub ready: VecDeque<NodeIndex>,
    /// Nodes that wait for others to end because too many run at once.
    pub queued: VecDeque<NodeIndex>,
    /// Tasks and child executions that run now.
    pub running: usize,
    /// How many may.
    pub max_parallelism: usize,
    /// The execution this one recovers.
    pub recovers: Option<ExecutionKey>,
    /// The execution has ended.
    pub over: bool,
}

/// A workflow in the middle of being run.
pub(super) struct Scope {
    /// What it runs.
    pub workflow: Rc<CompiledWorkflow>,
    /// The sub-workflow node that runs it; none for the workflow itself.
    pub owner: Option<NodeIndex>,
    /// Its nodes by id, start and end node among them.
    pub index: BTreeMap<String, NodeIndex>,
    /// The first error.
    pub error: Option<ExecutionError>,
    /// Where the scope stands.
    pub stage: Stage,
    /// The node that handles failures, when one runs.
    pub failure_node: Option<NodeIndex>,
}

/// How far a scope is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nodes run.
    Running,
    /// The failure node runs.
    HandlingFailure,
    /// Done, one way or the other.
    Over,
}

/// A node in a run.
pub(super) struct RunNode {
    /// As compiled.
    pub spec: Rc<Node>,
    /// Id in the execution: `n0`, or `n0-0-n1` inside of another node.
    pub unique_id: String,
    /// Where its bindings look.
    pub scope: ScopeIndex,
    /// The sub-workflow or branch node it is in.
    pub parent: Option<NodeIndex>,
    /// For an element of an array node: that node, and which element.
    pub element: Option<(NodeIndex, usize)>,
    /// Providers not done yet.
    pub waits_for: usize,
    /// Who waits for it.
    pub dependents: Vec<NodeIndex>,
    /// Where it stands.
    pub state: NodeState,
    /// The attempt that runs, or ran last.
    pub attempt: u32,
    /// What it runs with.
    pub inputs: Rc<LiteralMap>,
    /// What it gave.
    pub outputs: Rc<LiteralMap>,
}

/// Where a node stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NodeState {
    /// Its providers are not done.
    Waiting,
    /// It may start.
    Ready,
    /// It is doing something.
    Working(Work),
    /// It has ended.
    Over,
}

/// What a node is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// A process runs.
    Container {
        /// Its run id.
        run: String,
        /// The process was reported to have started.
        started: bool,
    },
    /// A sub-workflow runs in this scope.
    Scope(ScopeIndex),
    /// A branch's chosen node runs.
    Branch(NodeIndex),
    /// An execution of a launch plan runs.
    Child(ExecutionKey),
    /// The elements of an array run.
    Array,
    /// It waits for a signal.
    Signal(String),
    /// It sleeps.
    Sleep(std::time::Duration),
}

impl Run {
    /// A scope with all its nodes, each waiting for its providers.
    pub fn open_scope(&mut self, workflow: Rc<CompiledWorkflow>, owner: Option<NodeIndex>) -> ScopeIndex {
        let scope = self.scopes.len();
        let nodes = workflow.template.iter().flat_map(|template| &template.nodes);
        let index: BTreeMap<String, NodeIndex> =
            nodes.map(|node| (node.id.clone(), self.add_node(node.clone(), scope, owner))).collect();
        for (provider, dependents) in workflow.connections.iter().flat_map(|connections| &connections.downstream) {
            let Some(&provider) = index.get(provider) else { continue };
            for dependent in &dependents.ids {
                let Some(&dependent) = index.get(dependent) else { continue };
                if let Some(node) = self.nodes.get_mut(dependent) {
                    node.waits_for += 1;
                }
                if let Some(node) = self.nodes.get_mut(provider) {
                    node.dependents.push(dependent);
                }
            }
        }
        self.scopes.push(Scope { workflow, owner, index, error: None, stage: Stage::Running, failure_node: None });
        scope
    }

    /// A node with bindings into `scope`, that waits for nobody yet.
    pub fn add_node(&mut self, spec: Node, scope: ScopeIndex, parent: Option<NodeIndex>) -> NodeIndex {
        let prefix = parent.map(|parent| self.child_prefix(parent));
        self.nodes.push(RunNode {
            unique_id: unique_id(prefix.as_deref(), &spec.id),
            spec: Rc::new(spec),
            scope,
            parent,
            element: None,
            waits_for: 0,
            dependents: Vec::new(),
            state: NodeState::Waiting,
            attempt: 0,
            inputs: Rc::default(),
            outputs: Rc::default(),
        });
        self.nodes.len() - 1
    }

    /// Makes a node inside of a branch wait for its own providers, which the branch did not wait for; false if they are
    /// all done.
    pub fn await_providers(&mut self, index: NodeIndex) -> bool {
        let Some(node) = self.nodes.get(index) else { return false };
        let Some(scope) = self.scopes.get(node.scope) else { return false };
        let upstream = scope.workflow.connections.as_ref().and_then(|all| all.upstream.get(&node.spec.id));
        let named = upstream.into_iter().flat_map(|list| &list.ids).chain(&node.spec.upstream_node_ids);
        let providers: BTreeSet<NodeIndex> = named.filter_map(|id| scope.index.get(id).copied()).collect();
        let mut waits_for = 0;
        for provider in providers {
            if let Some(provider) = self.nodes.get_mut(provider).filter(|node| node.state != NodeState::Over) {
                provider.dependents.push(index);
                waits_for += 1;
            }
        }
        if let Some(node) = self.nodes.get_mut(index) {
            node.waits_for = waits_for;
        }
        waits_for > 0
    }

    /// How ids inside of a node begin.
    fn child_prefix(&self, node: NodeIndex) -> String {
        self.nodes.get(node).map(|node| format!("{}-{}", node.unique_id, node.attempt)).unwrap_or_default()
    }
}

/// The id of a node inside of another; long ones are hashed, as propeller does.
fn unique_id(prefix: Option<&str>, id: &str) -> String {
    match prefix {
        None => id.to_owned(),
        Some(prefix) => short_id(format!("{prefix}-{id}"), |text| base32(&fnv1a_32(text).to_be_bytes())),
    }
}

/// The name of the execution that a launch plan node starts.
pub(super) fn child_execution_name(execution: &str, node: &str, attempt: u32) -> String {
    short_id(format!("{execution}-{node}-{attempt}"), |text| base32(&fnv1a_64(text).to_be_bytes()))
}

/// At most 20 characters: the text itself, or `f` and its hash.
fn short_id(text: String, hash: impl Fn(&str) -> String) -> String {
    if text.len() <= 20 {
        return text;
    }
    format!("f{}", hash(&text))
}

fn fnv1a_32(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

fn fnv1a_64(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Base 32 with Flyte's own alphabet, without padding.
fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz123456";
    let (mut text, mut buffer, mut bits) = (String::new(), 0_u32, 0);
    for &byte in bytes {
        buffer = (buffer << 8) | u32::from(byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(ALPHABET.get(((buffer >> bits) & 31) as usize).map_or('a', |&letter| char::from(letter)));
        }
        buffer &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(ALPHABET.get(((buffer << (5 - bits)) & 31) as usize).map_or('a', |&letter| char::from(letter)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_ids_stay_and_long_ones_are_hashed() {
        assert_eq!(unique_id(None, "a-node-with-a-rather-long-name"), "a-node-with-a-rather-long-name");
        assert_eq!(unique_id(Some("n0-0"), "n1"), "n0-0-n1");
        assert_eq!(unique_id(Some("some-long-parent-0"), "child").len(), 8);
        assert_eq!(child_execution_name("a2345678901234567890", "n0", 0).len(), 14);
    }

    #[test]
    fn hashes_are_those_of_fnv() {
        assert_eq!(fnv1a_32("a"), 0xe40c_292c);
        assert_eq!(fnv1a_64("a"), 0xaf63_dc4c_8601_ec8c);
    }
}
