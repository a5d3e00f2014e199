//! Branch nodes: conditions and the nodes under them.

use std::collections::BTreeMap;

use super::binding::Site;
use super::graph::Direction;
use super::interface::{Interface, Known, Variables};
use super::workflow::Builder;
use super::{interface, CompileErrors};
use crate::idl::core::{
    boolean_expression::Expr, if_else_block, node, operand, BooleanExpression, IfElseBlock, Node, Operand,
};
use crate::types::{castable, type_text};

impl Builder<'_, '_> {
    /// The interface of a branch node: its inputs are what is bound, its outputs what all its cases give. The nodes under
    /// it get ids that begin with the branch's, as they do in FlyteAdmin's closure.
    pub(super) fn branch_interface(&mut self, node: &mut Node, errors: &mut CompileErrors) -> Option<Interface> {
        let id = node.id.clone();
        let Some(node::Target::BranchNode(branch)) = &mut node.target else { return None };
        let Some(block) = branch.if_else.as_deref_mut() else {
            errors.value_required(&id, "Branch.IfElse");
            return None;
        };
        if block.case.is_none() {
            errors.value_required(&id, "Branch.IfElse.Case");
            return None;
        }
        let mut outputs: Option<Variables> = None;
        for inner in nodes_of(block) {
            inner.id = format!("{id}-{}", inner.id);
            let Some(interface) = self.inner_interface(inner, errors) else { continue };
            outputs = Some(match outputs {
                None => interface.outputs,
                Some(all) => common(&inner.id, all, &interface.outputs, errors),
            });
        }
        let name = node.metadata.as_ref().map(|metadata| metadata.name.clone());
        let site = Site { id: &id, name: name.as_deref(), direction: Direction::Upstream };
        let inputs = self.check_bindings(site, &mut node.inputs, None, errors);
        outputs.map(|outputs| Interface { inputs, outputs })
    }

    /// The interface of a node inside a branch.
    fn inner_interface(&mut self, node: &mut Node, errors: &mut CompileErrors) -> Option<Interface> {
        if matches!(node.target, Some(node::Target::BranchNode(_))) {
            return self.branch_interface(node, errors);
        }
        match interface::of(node, self.library, errors) {
            Known::Yes(interface) => Some(interface.with_aliases(node, errors)),
            Known::FromBindings => self.approval_interface(node, errors),
            Known::No => None,
        }
    }

    /// Checks the conditions of a branch node and everything about the nodes under it.
    pub(super) fn check_branch(&mut self, node: &mut Node, inputs: &Variables, errors: &mut CompileErrors) {
        let id = node.id.clone();
        let Some(node::Target::BranchNode(branch)) = &mut node.target else { return };
        let Some(block) = branch.if_else.as_deref_mut() else { return };
        for case in block.case.as_deref().into_iter().chain(&block.other) {
            check_expression(&id, case.condition.as_ref(), inputs, errors);
            if case.then_node.is_none() {
                errors.add("BranchNodeIdNotFound", &id, "BranchNode not assigned");
            }
        }
        if block.default.is_none() {
            let text = "Branch Node must have either the else case set or a default error.";
            errors.add("BranchNodeHasNoDefault", &id, text);
        }
        for inner in nodes_of(block) {
            // Interfaces were checked when the branch's own was made, errors there are known.
            let Some(interface) = self.quiet_interface(inner) else { continue };
            self.check_target(inner, &interface.inputs, errors);
            let name = inner.metadata.as_ref().map(|metadata| metadata.name.clone());
            let site = Site { id: &inner.id, name: name.as_deref(), direction: Direction::Upstream };
            // A branch and an approval take whatever is bound.
            let is_open = matches!(inner.target, Some(node::Target::BranchNode(_) | node::Target::GateNode(_)));
            let parameters = (!is_open).then_some(&interface.inputs);
            self.check_bindings(site, &mut inner.inputs, parameters, errors);
        }
    }

    fn quiet_interface(&mut self, node: &Node) -> Option<Interface> {
        let mut scratch = node.clone();
        self.inner_interface(&mut scratch, &mut CompileErrors::default())
    }
}

/// The nodes under a branch, in the order of its cases.
fn nodes_of(block: &mut IfElseBlock) -> impl Iterator<Item = &mut Node> {
    let cases = block.case.as_deref_mut().into_iter().chain(&mut block.other);
    let otherwise = match &mut block.default {
        Some(if_else_block::Default::ElseNode(node)) => Some(node.as_mut()),
        _ => None,
    };
    cases.filter_map(|case| case.then_node.as_deref_mut()).chain(otherwise)
}

/// The outputs that both have; those with the same name must have the same type.
fn common(node: &str, all: Variables, outputs: &Variables, errors: &mut CompileErrors) -> Variables {
    let mut common = BTreeMap::new();
    for (name, variable) in all {
        let Some(other) = outputs.get(&name) else { continue };
        let (one, two) = (variable.r#type.clone().unwrap_or_default(), other.r#type.clone().unwrap_or_default());
        if !castable(&two, &one) || !castable(&one, &two) {
            let (found, expected) = (type_text(&two), type_text(&one));
            let text = format!("Variable [{name}] (type [{found}]) doesn't match expected type [{expected}].");
            errors.add("MismatchingTypes", node, text);
        }
        common.insert(name, variable);
    }
    common
}

fn check_expression(
    node: &str,
    expression: Option<&BooleanExpression>,
    inputs: &Variables,
    errors: &mut CompileErrors,
) {
    let Some(expression) = expression else {
        errors.add("BranchNodeHasNoCondition", node, "One of the branches on the node doesn't have a condition.");
        return;
    };
    match &expression.expr {
        Some(Expr::Comparison(comparison)) => {
            check_operand(node, "RightValue", comparison.right_value.as_ref(), inputs, errors);
            check_operand(node, "LeftValue", comparison.left_value.as_ref(), inputs, errors);
        }
        Some(Expr::Conjunction(conjunction)) => {
            check_expression(node, conjunction.left_expression.as_deref(), inputs, errors);
            check_expression(node, conjunction.right_expression.as_deref(), inputs, errors);
        }
        None => errors.value_required(node, "Expr"),
    }
}

fn check_operand(node: &str, side: &str, operand: Option<&Operand>, inputs: &Variables, errors: &mut CompileErrors) {
    match operand.and_then(|operand| operand.val.as_ref()) {
        Some(operand::Val::Var(var)) if !var.is_empty() => {
            if !inputs.contains_key(var) {
                errors.add("VariableNameNotFound", node, format!("Variable [{var}] not found on node [{node}]."));
            }
        }
        Some(operand::Val::Primitive(_) | operand::Val::Scalar(_)) => {}
        _ => errors.value_required(node, &format!("{side}.Val")),
    }
}
