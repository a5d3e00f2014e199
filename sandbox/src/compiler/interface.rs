//! Inputs and outputs of a node, from what it runs.

use std::collections::BTreeMap;

use super::{CompileErrors, Library};
use crate::idl::core::{
    gate_node, node, parameter, task_node, workflow_node, Binding, Node, TypedInterface, Variable, VariableMap,
};
use crate::state::EntityKey;
use crate::status::identifier_text;

/// Variables by name.
pub(super) type Variables = BTreeMap<String, Variable>;

/// What a node takes and gives.
#[derive(Clone, Debug, Default)]
pub(super) struct Interface {
    pub inputs: Variables,
    pub outputs: Variables,
}

impl Interface {
    /// The interface of a message; a missing one is empty.
    pub fn of(message: Option<&TypedInterface>) -> Self {
        let variables = |map: Option<&VariableMap>| map.map(|map| map.variables.clone()).unwrap_or_default();
        Interface {
            inputs: variables(message.and_then(|message| message.inputs.as_ref())),
            outputs: variables(message.and_then(|message| message.outputs.as_ref())),
        }
    }

    /// The outputs under the names that a node's aliases give them.
    pub fn with_aliases(mut self, node: &Node, errors: &mut CompileErrors) -> Self {
        for alias in &node.output_aliases {
            match self.outputs.remove(&alias.var) {
                Some(variable) => {
                    self.outputs.insert(alias.alias.clone(), variable);
                }
                None => errors.parameter_not_bound(&node.id, &alias.alias),
            }
        }
        self
    }
}

/// How far the interface of a node is known without looking at the other nodes.
pub(super) enum Known {
    /// Completely.
    Yes(Interface),
    /// Inputs (and an approval's outputs) follow from what is bound.
    FromBindings,
    /// Errors were reported.
    No,
}

/// The interface of a node that is no branch.
pub(super) fn of(node: &Node, library: &Library<'_>, errors: &mut CompileErrors) -> Known {
    match &node.target {
        Some(node::Target::TaskNode(task)) => match &task.reference {
            Some(task_node::Reference::ReferenceId(id)) => match library.tasks.get(&id.into()) {
                Some(template) => Known::Yes(Interface::of(template.interface.as_ref())),
                None => {
                    let text = format!("Referenced Task [{}] not found.", identifier_text(id));
                    errors.add("TaskReferenceNotFound", &node.id, text);
                    Known::No
                }
            },
            None => required(node, "TaskNode.ReferenceId", errors),
        },
        Some(node::Target::WorkflowNode(workflow)) => match &workflow.reference {
            Some(workflow_node::Reference::LaunchplanRef(id)) => match library.launch_plans.get(&EntityKey::from(id)) {
                Some(row) => Known::Yes(launch_plan(row, &node.inputs)),
                None => workflow_missing(node, &identifier_text(id), errors),
            },
            Some(workflow_node::Reference::SubWorkflowRef(id)) => match library.sub_workflows.get(&id.into()) {
                Some(template) => Known::Yes(Interface::of(template.interface.as_ref())),
                None => workflow_missing(node, &identifier_text(id), errors),
            },
            None => workflow_missing(node, "", errors),
        },
        Some(node::Target::GateNode(gate)) => match &gate.condition {
            Some(gate_node::Condition::Approve(_)) => Known::FromBindings,
            Some(gate_node::Condition::Signal(signal)) => match &signal.r#type {
                None => required(node, "GateNode.Signal.Type", errors),
                Some(_) if signal.output_variable_name.is_empty() => {
                    required(node, "GateNode.Signal.OutputVariableName", errors)
                }
                Some(r#type) => {
                    let variable = Variable { r#type: Some(r#type.clone()), ..Default::default() };
                    let outputs = BTreeMap::from([(signal.output_variable_name.clone(), variable)]);
                    Known::Yes(Interface { inputs: BTreeMap::new(), outputs })
                }
            },
            Some(gate_node::Condition::Sleep(_)) => Known::Yes(Interface::default()),
            None => {
                errors.add(
                    "NoConditionFound",
                    &node.id,
                    format!("Can't find any condition in gate node [{}].", node.id),
                );
                Known::No
            }
        },
        // The interface of an array node is that of what it maps over; flytekit declares the collections there.
        Some(node::Target::ArrayNode(array)) => match &array.node {
            Some(node) => of(node, library, errors),
            None => required(node, "ArrayNode.Node", errors),
        },
        Some(node::Target::BranchNode(_)) => Known::FromBindings,
        None => required(node, "Target", errors),
    }
}

/// Required inputs, and those with a default that the node binds.
fn launch_plan(row: &crate::state::LaunchPlanRow, bindings: &[Binding]) -> Interface {
    let closure = row.launch_plan.closure.as_ref();
    let expected = closure.and_then(|closure| closure.expected_inputs.as_ref());
    let inputs = expected.into_iter().flat_map(|expected| &expected.parameters).filter_map(|(name, parameter)| {
        let required = parameter.behavior == Some(parameter::Behavior::Required(true));
        let bound = || bindings.iter().any(|binding| binding.var == *name);
        (required || bound()).then(|| Some((name.clone(), parameter.var.clone()?))).flatten()
    });
    let outputs = closure.and_then(|closure| closure.expected_outputs.as_ref());
    Interface { inputs: inputs.collect(), outputs: outputs.map(|map| map.variables.clone()).unwrap_or_default() }
}

fn required(node: &Node, what: &str, errors: &mut CompileErrors) -> Known {
    errors.value_required(&node.id, what);
    Known::No
}

fn workflow_missing(node: &Node, reference: &str, errors: &mut CompileErrors) -> Known {
    errors.add("WorkflowReferenceNotFound", &node.id, format!("Referenced Workflow [{reference}] not found."));
    Known::No
}
