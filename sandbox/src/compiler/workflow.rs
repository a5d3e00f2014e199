//! Compiles one workflow template.

use std::collections::{BTreeMap, BTreeSet};

use super::binding::{providers_all, Site};
use super::graph::{Direction, Graph};
use super::interface::{Interface, Known, Variables};
use super::{interface, CompileErrors, Library, END_NODE, START_NODE};
use crate::idl::core::{node, workflow_node, CompiledWorkflow, Node, TypedInterface, VariableMap, WorkflowTemplate};
use crate::state::EntityKey;
use crate::status::identifier_text;

/// A workflow being compiled.
pub(super) struct Builder<'l, 'a> {
    pub library: &'l mut Library<'a>,
    pub nodes: BTreeMap<String, NodeFacts>,
    pub graph: Graph,
}

/// What other nodes may need to know of a node.
pub(super) struct NodeFacts {
    /// `None` when it could not be determined; the reason has been reported.
    pub interface: Option<Interface>,
    /// The name in its metadata.
    pub name: Option<String>,
}

/// Compiles a template. The result is only meaningful when no errors were added.
pub(super) fn compile(
    template: &WorkflowTemplate,
    library: &mut Library<'_>,
    errors: &mut CompileErrors,
) -> CompiledWorkflow {
    let mut template = template.clone();
    if template.nodes.is_empty() {
        let id = template.id.as_ref().map(identifier_text).unwrap_or_default();
        errors.add("NoNodesFound", &id, format!("Can't find any nodes in workflow [{id}]."));
        return CompiledWorkflow::default();
    }
    let own = Interface::of(template.interface.as_ref());
    template.interface = Some(TypedInterface {
        inputs: Some(VariableMap { variables: own.inputs.clone() }),
        outputs: Some(VariableMap { variables: own.outputs.clone() }),
    });
    check_variables(START_NODE, &own, errors);
    let mut builder = Builder { library, nodes: BTreeMap::new(), graph: Graph::default() };
    let start = Interface { inputs: Variables::new(), outputs: own.inputs };
    builder.nodes.insert(START_NODE.to_owned(), NodeFacts { interface: Some(start), name: None });
    let end = Interface { inputs: own.outputs, outputs: Variables::new() };
    builder.nodes.insert(END_NODE.to_owned(), NodeFacts { interface: Some(end.clone()), name: None });
    // Of two nodes with the same id FlyteAdmin keeps the first.
    let mut ids = BTreeSet::from([START_NODE.to_owned(), END_NODE.to_owned()]);
    template.nodes.retain(|node| ids.insert(node.id.clone()));
    builder.learn_interfaces(&mut template.nodes, errors);
    builder.check_nodes(&mut template.nodes, errors);
    if let Some(failure) = &mut template.failure_node {
        builder.check_failure_node(failure, errors);
    }
    let end_site = Site { id: END_NODE, name: None, direction: Direction::Both };
    builder.check_bindings(end_site, &mut template.outputs, Some(&end.inputs), errors);
    for node in &template.nodes {
        builder.graph.tie(&node.id);
    }
    builder.graph.check(template.nodes.iter().map(|node| node.id.as_str()), errors);
    let sentinel = |id: &str| Node { id: id.to_owned(), ..Default::default() };
    let end_node = Node { inputs: template.outputs.clone(), ..sentinel(END_NODE) };
    template.nodes.splice(0..0, [sentinel(START_NODE), end_node]);
    CompiledWorkflow { template: Some(template), connections: Some(builder.graph.into_connections()) }
}

impl Builder<'_, '_> {
    /// Interfaces first of the nodes that have their own, then of those that take whatever is bound to them.
    fn learn_interfaces(&mut self, nodes: &mut [Node], errors: &mut CompileErrors) {
        let mut later = Vec::new();
        for node in nodes {
            let interface = match interface::of(node, self.library, errors) {
                Known::Yes(interface) => Some(interface.with_aliases(node, errors)),
                Known::No => None,
                Known::FromBindings => {
                    later.push(node);
                    continue;
                }
            };
            self.learn(node, interface);
        }
        // Those may depend on each other: each waits for its providers, and if that can't be, it reports what is missing.
        while !later.is_empty() {
            let known = |id: &str| self.nodes.contains_key(if id.is_empty() { START_NODE } else { id });
            let ready =
                |node: &&mut Node| node.inputs.iter().all(|binding| providers_all(binding.binding.as_ref(), &known));
            let position = later.iter().position(ready).unwrap_or(0);
            let node = later.remove(position);
            let interface = self.open_interface(node, errors);
            self.learn(node, interface);
        }
    }

    fn learn(&mut self, node: &Node, interface: Option<Interface>) {
        let name = node.metadata.as_ref().map(|metadata| metadata.name.clone());
        self.nodes.insert(node.id.clone(), NodeFacts { interface, name });
    }

    fn open_interface(&mut self, node: &mut Node, errors: &mut CompileErrors) -> Option<Interface> {
        let interface = match node.target {
            Some(node::Target::BranchNode(_)) => self.branch_interface(node, errors),
            _ => self.approval_interface(node, errors),
        };
        interface.map(|interface| interface.with_aliases(node, errors))
    }

    /// An approval gives what it takes.
    pub(super) fn approval_interface(&mut self, node: &mut Node, errors: &mut CompileErrors) -> Option<Interface> {
        let name = node.metadata.as_ref().map(|metadata| metadata.name.clone());
        let site = Site { id: &node.id, name: name.as_deref(), direction: Direction::Upstream };
        let inputs = self.check_bindings(site, &mut node.inputs, None, errors);
        Some(Interface { outputs: inputs.clone(), inputs })
    }

    fn check_nodes(&mut self, nodes: &mut [Node], errors: &mut CompileErrors) {
        for node in nodes {
            if node.id.is_empty() {
                errors.value_required("<node>", "Id");
            }
            node.upstream_node_ids.sort();
            for upstream in node.upstream_node_ids.clone() {
                if upstream.is_empty() || self.nodes.contains_key(&upstream) {
                    self.graph.add(&upstream, &node.id, Direction::Both);
                } else {
                    let text = format!("Referenced node [{upstream}] not found.");
                    errors.add("NodeReferenceNotFound", &node.id, text);
                }
            }
            let Some(interface) = self.nodes.get(&node.id).and_then(|facts| facts.interface.clone()) else { continue };
            check_variables(&node.id, &interface, errors);
            self.check_target(node, &interface.inputs, errors);
            let name = node.metadata.as_ref().map(|metadata| metadata.name.clone());
            let site = Site { id: &node.id, name: name.as_deref(), direction: Direction::Both };
            self.check_bindings(site, &mut node.inputs, Some(&interface.inputs), errors);
        }
    }

    /// What is inside a node: the nodes of a branch, the template of a sub-workflow.
    pub(super) fn check_target(&mut self, node: &mut Node, inputs: &Variables, errors: &mut CompileErrors) {
        match &node.target {
            Some(node::Target::BranchNode(_)) => self.check_branch(node, inputs, errors),
            Some(node::Target::WorkflowNode(workflow)) => {
                if let Some(workflow_node::Reference::SubWorkflowRef(id)) = &workflow.reference {
                    self.compile_sub_workflow(&id.into(), errors);
                }
            }
            _ => {}
        }
    }

    fn compile_sub_workflow(&mut self, key: &EntityKey, errors: &mut CompileErrors) {
        match self.library.compiled.get(key) {
            Some(Some(_)) => return,
            // It is being compiled: it uses itself.
            Some(None) => {
                let text = format!("A cycle has been detected while traversing the Workflow [{0}>{0}].", key.name);
                return errors.add("CycleDetected", START_NODE, text);
            }
            None => {}
        }
        let Some(template) = self.library.sub_workflows.get(key).copied() else { return };
        self.library.compiled.insert(key.clone(), None);
        let compiled = compile(template, self.library, errors);
        self.library.compiled.insert(key.clone(), Some(compiled));
    }

    fn check_failure_node(&mut self, node: &mut Node, errors: &mut CompileErrors) {
        let interface = match interface::of(node, self.library, errors) {
            Known::Yes(interface) => Some(interface.with_aliases(node, errors)),
            Known::FromBindings => self.open_interface(node, errors),
            Known::No => None,
        };
        let Some(interface) = interface else { return };
        self.check_target(node, &interface.inputs, errors);
        let name = node.metadata.as_ref().map(|metadata| metadata.name.clone());
        let site = Site { id: &node.id, name: name.as_deref(), direction: Direction::Upstream };
        self.check_bindings(site, &mut node.inputs, Some(&interface.inputs), errors);
    }
}

/// Every variable needs a name and a type.
fn check_variables(node: &str, interface: &Interface, errors: &mut CompileErrors) {
    for (name, variable) in interface.inputs.iter().chain(&interface.outputs) {
        if name.is_empty() {
            errors.value_required(node, "Name");
        }
        if variable.r#type.is_none() {
            errors.value_required(node, &format!("{name}.Type"));
        }
    }
}
