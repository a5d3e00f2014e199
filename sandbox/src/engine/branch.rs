//! Branch nodes: evaluates conditions and runs the node they select.

use super::report::{error, Outcome};
use super::run::{NodeIndex, NodeState, Work};
use super::walk::Walk;
use crate::idl::core::boolean_expression::Expr;
use crate::idl::core::comparison_expression::Operator;
use crate::idl::core::conjunction_expression::LogicalOperator;
use crate::idl::core::execution_error::ErrorKind;
use crate::idl::core::{
    if_else_block, literal, node_execution, operand, primitive, scalar, BooleanExpression, BranchNode,
    ComparisonExpression, Literal, LiteralMap, Node, Operand, Primitive,
};

impl Walk<'_> {
    /// Decides a branch and starts the node under it.
    pub(super) fn start_branch(&mut self, index: NodeIndex, branch: &BranchNode) {
        self.report_node(index, node_execution::Phase::Running, Outcome::default());
        let Some((scope, inputs)) = self.run.nodes.get(index).map(|node| (node.scope, node.inputs.clone())) else {
            return;
        };
        match decide(branch, &inputs) {
            Ok(node) => {
                let inner = self.run.add_node(node.clone(), scope, Some(index));
                self.set_state(index, NodeState::Working(Work::Branch(inner)));
                if !self.run.await_providers(inner) {
                    self.activate(inner);
                }
            }
            Err((code, message)) => self.fail(index, error(ErrorKind::User, code, message)),
        }
    }
}

type Refusal = (&'static str, String);

/// The node of the first case whose condition holds.
fn decide<'b>(branch: &'b BranchNode, inputs: &LiteralMap) -> Result<&'b Node, Refusal> {
    let malformed = |message: &str| ("MalformedBranchUserError", message.to_owned());
    let block = branch.if_else.as_deref().ok_or_else(|| malformed("the branch has no cases"))?;
    for case in block.case.as_deref().into_iter().chain(&block.other) {
        let condition = case.condition.as_ref().ok_or_else(|| malformed("a case has no condition"))?;
        if holds(condition, inputs).map_err(|message| ("MalformedBranchUserError", message))? {
            return case.then_node.as_deref().ok_or_else(|| malformed("a case has no node"));
        }
    }
    match &block.default {
        Some(if_else_block::Default::ElseNode(node)) => Ok(node),
        Some(if_else_block::Default::Error(error)) => Err(("UserProvidedError", error.message.clone())),
        None => Err(malformed("no case holds and there is neither an else case nor an error")),
    }
}

fn holds(expression: &BooleanExpression, inputs: &LiteralMap) -> Result<bool, String> {
    match &expression.expr {
        Some(Expr::Comparison(comparison)) => compare(comparison, inputs),
        Some(Expr::Conjunction(both)) => {
            let side = |side: Option<&BooleanExpression>| match side {
                Some(side) => holds(side, inputs),
                None => Err("a conjunction lacks one side".to_owned()),
            };
            let (left, right) = (side(both.left_expression.as_deref())?, side(both.right_expression.as_deref())?);
            Ok(match both.operator() {
                LogicalOperator::And => left && right,
                LogicalOperator::Or => left || right,
            })
        }
        None => Err("No Comparison or Conjunction found in Branch node expression.".to_owned()),
    }
}

fn compare(comparison: &ComparisonExpression, inputs: &LiteralMap) -> Result<bool, String> {
    use std::cmp::Ordering;
    let left = operand(comparison.left_value.as_ref(), inputs)?;
    let right = operand(comparison.right_value.as_ref(), inputs)?;
    let operator = comparison.operator();
    let order: Option<Ordering> = match (&left, &right) {
        (Operated::None, Operated::None) => Some(Ordering::Equal),
        (Operated::None, _) | (_, Operated::None) => return none_compares(operator),
        (Operated::Value(left), Operated::Value(right)) => match (left, right) {
            (primitive::Value::Integer(left), primitive::Value::Integer(right)) => Some(left.cmp(right)),
            (primitive::Value::FloatValue(left), primitive::Value::FloatValue(right)) => left.partial_cmp(right),
            (primitive::Value::StringValue(left), primitive::Value::StringValue(right)) => Some(left.cmp(right)),
            (primitive::Value::Datetime(left), primitive::Value::Datetime(right)) => {
                Some((left.seconds, left.nanos).cmp(&(right.seconds, right.nanos)))
            }
            (primitive::Value::Duration(left), primitive::Value::Duration(right)) => {
                Some((left.seconds, left.nanos).cmp(&(right.seconds, right.nanos)))
            }
            (primitive::Value::Boolean(left), primitive::Value::Boolean(right)) => {
                if !matches!(operator, Operator::Eq | Operator::Neq) {
                    return Err(format!("[{}] not defined for boolean operands.", operator.as_str_name()));
                }
                Some(left.cmp(right))
            }
            _ => return Err("Comparison between different primitives types.".to_owned()),
        },
    };
    Ok(match operator {
        Operator::Eq => order == Some(Ordering::Equal),
        Operator::Neq => order != Some(Ordering::Equal),
        Operator::Gt => order == Some(Ordering::Greater),
        Operator::Gte => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        Operator::Lt => order == Some(Ordering::Less),
        Operator::Lte => matches!(order, Some(Ordering::Less | Ordering::Equal)),
    })
}

/// A value against none: they differ, and have no order.
fn none_compares(operator: Operator) -> Result<bool, String> {
    match operator {
        Operator::Eq => Ok(false),
        Operator::Neq => Ok(true),
        operator => Err(format!("[{}] not defined for none.", operator.as_str_name())),
    }
}

enum Operated {
    Value(primitive::Value),
    None,
}

fn operand(operand: Option<&Operand>, inputs: &LiteralMap) -> Result<Operated, String> {
    let of_primitive = |primitive: &Primitive| match &primitive.value {
        Some(value) => Ok(Operated::Value(value.clone())),
        None => Err("an operand has no value".to_owned()),
    };
    match operand.and_then(|operand| operand.val.as_ref()) {
        Some(operand::Val::Primitive(primitive)) => of_primitive(primitive),
        Some(operand::Val::Scalar(scalar)) => match &scalar.value {
            Some(scalar::Value::Primitive(primitive)) => of_primitive(primitive),
            Some(scalar::Value::NoneType(_)) => Ok(Operated::None),
            _ => Err("Only primitives can be compared.".to_owned()),
        },
        Some(operand::Val::Var(name)) => {
            let literal = inputs.literals.get(name);
            variable(literal.ok_or_else(|| format!("Failed to find Value for Variable [{name}]"))?)
        }
        None => Err("a comparison lacks one side".to_owned()),
    }
}

fn variable(literal: &Literal) -> Result<Operated, String> {
    let refused = || Err("Only primitives can be compared.".to_owned());
    match &literal.value {
        Some(literal::Value::Scalar(scalar)) => match &scalar.value {
            Some(scalar::Value::Primitive(Primitive { value: Some(value) })) => Ok(Operated::Value(value.clone())),
            Some(scalar::Value::NoneType(_)) => Ok(Operated::None),
            Some(scalar::Value::Union(union)) => union.value.as_deref().map_or_else(refused, variable),
            _ => refused(),
        },
        _ => refused(),
    }
}
