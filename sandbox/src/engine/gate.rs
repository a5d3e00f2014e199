//! Gate nodes: approvals, signals and sleeps.

use std::rc::Rc;

use super::report::{error, Outcome};
use super::run::{NodeIndex, NodeState, Work};
use super::walk::Walk;
use crate::idl::admin::Signal;
use crate::idl::core::execution_error::ErrorKind;
use crate::idl::core::{
    gate_node::Condition, literal, literal_type, node, node_execution, primitive, scalar, GateNode, Literal,
    LiteralMap, LiteralType, SignalIdentifier, SimpleType,
};
use crate::state::{SignalKey, SignalRow};
use crate::time::length;

impl Walk<'_> {
    /// Starts to wait.
    pub(super) fn start_gate(&mut self, index: NodeIndex, gate: &GateNode) {
        self.report_node(index, node_execution::Phase::Running, Outcome::default());
        let (signal, r#type) = match &gate.condition {
            Some(Condition::Sleep(sleep)) => {
                let until = self.sandbox.now + sleep.duration.as_ref().map(length).unwrap_or_default();
                self.set_state(index, NodeState::Working(Work::Sleep(until)));
                self.sandbox.engine.wakes.insert((until, self.run.key.clone(), index));
                return;
            }
            Some(Condition::Approve(approve)) => {
                let boolean = literal_type::Type::Simple(SimpleType::Boolean as i32);
                (&approve.signal_id, LiteralType { r#type: Some(boolean), ..Default::default() })
            }
            Some(Condition::Signal(signal)) => (&signal.signal_id, signal.r#type.clone().unwrap_or_default()),
            None => {
                let message = "gateNode does not have a supported condition reference";
                return self.fail(index, error(ErrorKind::System, "BadSpecificationError", message));
            }
        };
        self.set_state(index, NodeState::Working(Work::Signal(signal.clone())));
        let key = SignalKey { execution: self.run.key.clone(), signal: signal.clone() };
        if !self.sandbox.state.signals.contains(&key) {
            let id = SignalIdentifier { signal_id: signal.clone(), execution_id: Some((&self.run.key).into()) };
            let row = Signal { id: Some(id), r#type: Some(r#type), value: None };
            self.sandbox.state.signals.put(SignalRow { key, signal: row, created_at: self.sandbox.now });
        }
        self.pass_gate(index);
    }

    /// A signal of this execution was set.
    pub(super) fn signal_set(&mut self, signal: &str) {
        let waiting = NodeState::Working(Work::Signal(signal.to_owned()));
        let nodes: Vec<NodeIndex> = (0..self.run.nodes.len())
            .filter(|&index| self.run.nodes.get(index).is_some_and(|node| node.state == waiting))
            .collect();
        for index in nodes {
            self.pass_gate(index);
        }
    }

    /// A sleeping node's time has come.
    pub(super) fn woke_up(&mut self, index: NodeIndex) {
        let asleep = |state: &NodeState| matches!(state, NodeState::Working(Work::Sleep(_)));
        if self.run.nodes.get(index).is_some_and(|node| asleep(&node.state)) {
            self.succeed(index, Rc::default(), Outcome::default());
        }
    }

    /// Lets a gate go on if its signal has a value.
    fn pass_gate(&mut self, index: NodeIndex) {
        let Some(node) = self.run.nodes.get(index) else { return };
        let NodeState::Working(Work::Signal(signal)) = &node.state else { return };
        let key = SignalKey { execution: self.run.key.clone(), signal: signal.clone() };
        let row = self.sandbox.state.signals.get(&key);
        let Some(value) = row.and_then(|row| row.signal.value.clone()).filter(|value| value.value.is_some()) else {
            return;
        };
        let Some(node::Target::GateNode(gate)) = &node.spec.target else { return };
        match &gate.condition {
            Some(Condition::Signal(signal)) => {
                let outputs = LiteralMap { literals: [(signal.output_variable_name.clone(), value)].into() };
                self.succeed(index, Rc::new(outputs), Outcome::default());
            }
            _ => match approval(&value) {
                Some(true) => {
                    // An approval hands on what it was given.
                    let outputs = Rc::clone(&node.inputs);
                    self.succeed(index, outputs, Outcome::default());
                }
                Some(false) => {
                    let message = "received a reject signal to disapprove the node input values";
                    self.fail(index, error(ErrorKind::User, "ReceivedRejectSignal", message));
                }
                None => {
                    let message = "received a non-boolean approve signal value";
                    self.fail(index, error(ErrorKind::Unknown, "RuntimeExecutionError", message));
                }
            },
        }
    }
}

fn approval(literal: &Literal) -> Option<bool> {
    let literal::Value::Scalar(scalar) = literal.value.as_ref()? else { return None };
    let scalar::Value::Primitive(primitive) = scalar.value.as_ref()? else { return None };
    match primitive.value {
        Some(primitive::Value::Boolean(value)) => Some(value),
        _ => None,
    }
}
