//! Array nodes: one node runs for each element of its lists, side by side.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use super::report::{error, Outcome};
use super::run::{NodeIndex, NodeState, Work};
use super::walk::Walk;
use crate::idl::core::array_node::{DataMode, ParallelismOption, SuccessCriteria};
use crate::idl::core::execution_error::ErrorKind;
use crate::idl::core::{
    literal, node, node_execution, scalar, task_execution, task_node, workflow_node, ArrayNode, ExecutionError,
    Identifier, Literal, LiteralCollection, LiteralMap, Node, Scalar, Void,
};
use crate::idl::event::ExternalResourceInfo;

/// Longest text of all elements' errors together.
const MAX_ERROR: usize = 100_000;

/// An array node that runs.
pub(super) struct ArrayState {
    /// The task of its elements.
    task: Identifier,
    elements: Vec<NodeIndex>,
    /// Elements that wait for others to end.
    waiting: VecDeque<NodeIndex>,
    succeeded: usize,
    errors: BTreeMap<usize, String>,
    min_successes: usize,
    /// Counts up with every report.
    version: u32,
    /// Elements get only their own values in `inputs.pb`.
    individual_files: bool,
}

impl Walk<'_> {
    /// Starts the elements of an array node.
    pub(super) fn start_array(&mut self, index: NodeIndex, array: &ArrayNode) {
        let Some(node) = self.run.nodes.get(index) else { return };
        let (id, scope, unique_id, inputs) =
            (node.spec.id.clone(), node.scope, node.unique_id.clone(), Rc::clone(&node.inputs));
        self.report_node(index, node_execution::Phase::Running, Outcome::default());
        let Some(inner) = array.node.as_deref() else {
            return self.fail(index, error(ErrorKind::System, "BadSpecificationError", "the array node is empty"));
        };
        let size = match size(array, &inputs) {
            Ok(size) => size,
            Err(message) => return self.fail(index, error(ErrorKind::User, "InvalidArrayLength", message)),
        };
        let min_successes = match array.success_criteria {
            Some(SuccessCriteria::MinSuccesses(count)) => usize::try_from(count).unwrap_or(size),
            Some(SuccessCriteria::MinSuccessRatio(ratio)) => (f64::from(ratio) * size as f64).ceil() as usize,
            None => size,
        };
        let mut elements = Vec::with_capacity(size);
        for position in 0..size {
            let spec = Node { id: format!("{id}-n{position}"), ..inner.clone() };
            let element = self.run.add_node(spec, scope, None);
            if let Some(node) = self.run.nodes.get_mut(element) {
                node.unique_id = format!("{unique_id}-n{position}");
                node.inputs = Rc::new(of_element(array, &inputs, position));
                node.element = Some((index, position));
            }
            elements.push(element);
        }
        let at_once = match array.parallelism_option {
            Some(ParallelismOption::Parallelism(count)) if count > 0 => usize::try_from(count).unwrap_or(size),
            _ => size,
        };
        let state = ArrayState {
            task: task_of(inner).unwrap_or_default(),
            waiting: elements.iter().copied().collect(),
            elements,
            succeeded: 0,
            errors: BTreeMap::new(),
            min_successes: min_successes.min(size),
            version: 0,
            individual_files: array.data_mode() == DataMode::IndividualInputFiles,
        };
        self.run.arrays.insert(index, state);
        self.set_state(index, NodeState::Working(Work::Array));
        let queued = task_execution::Phase::Queued;
        let all: Vec<_> =
            (0..u32::try_from(size).unwrap_or(u32::MAX)).map(|position| ((position, 0), queued)).collect();
        self.report_array(index, queued, None, &all);
        for _ in 0..at_once {
            self.start_next_element(index);
        }
        self.check_array(index);
    }

    fn start_next_element(&mut self, array: NodeIndex) {
        let next = self.run.arrays.get_mut(&array).and_then(|state| state.waiting.pop_front());
        if let Some(element) = next {
            self.set_state(element, NodeState::Ready);
            self.run.queued.push_back(element);
        }
    }

    /// The whole inputs of the array node, if its elements pick their own values from them.
    pub(super) fn shared_inputs(&self, element: NodeIndex) -> Option<Rc<LiteralMap>> {
        let (array, _) = self.run.nodes.get(element)?.element?;
        let state = self.run.arrays.get(&array)?;
        (!state.individual_files).then(|| self.run.nodes.get(array).map(|node| Rc::clone(&node.inputs))).flatten()
    }

    /// An element's attempt is in a phase.
    pub(super) fn element_phase(&mut self, element: NodeIndex, phase: task_execution::Phase) {
        let Some(node) = self.run.nodes.get(element) else { return };
        let Some((array, position)) = node.element else { return };
        let key = (u32::try_from(position).unwrap_or(u32::MAX), node.attempt);
        self.report_array(array, task_execution::Phase::Running, None, &[(key, phase)]);
    }

    /// An element has ended.
    pub(super) fn element_ended(&mut self, array: NodeIndex, position: usize, cause: Option<ExecutionError>) {
        let Some(state) = self.run.arrays.get_mut(&array) else { return };
        match cause {
            None => state.succeeded += 1,
            Some(cause) => {
                state.errors.insert(position, cause.message);
            }
        }
        self.start_next_element(array);
        self.check_array(array);
    }

    /// Ends the array node when all elements have, or when too many have failed.
    fn check_array(&mut self, index: NodeIndex) {
        let Some(state) = self.run.arrays.get(&index) else { return };
        let (size, failed) = (state.elements.len(), state.errors.len());
        if size - failed < state.min_successes {
            let cause = error(ErrorKind::User, "ArrayNodeFailing", summary(&state.errors));
            self.stop_elements(index, "ArrayNodeFailing");
            self.report_array(index, task_execution::Phase::Failed, Some(cause.clone()), &[]);
            self.run.arrays.remove(&index);
            return self.fail(index, cause);
        }
        if state.succeeded + failed < size {
            return;
        }
        let outputs = Rc::new(self.gather(index));
        if let Some(node) = self.run.nodes.get_mut(index) {
            node.outputs = Rc::clone(&outputs);
        }
        self.keep_outputs(index);
        self.report_array(index, task_execution::Phase::Succeeded, None, &[]);
        self.run.arrays.remove(&index);
        self.succeed(index, outputs, Outcome::default());
    }

    /// One list for each output; an element that failed has none in it.
    fn gather(&self, index: NodeIndex) -> LiteralMap {
        let Some(state) = self.run.arrays.get(&index) else { return LiteralMap::default() };
        let declared = self.template_of(&state.task).and_then(|template| template.interface.as_ref()?.outputs.as_ref());
        let mut names: Vec<&String> = declared.into_iter().flat_map(|outputs| outputs.variables.keys()).collect();
        let outputs: Vec<&LiteralMap> = state
            .elements
            .iter()
            .filter_map(|&element| self.run.nodes.get(element))
            .map(|node| node.outputs.as_ref())
            .collect();
        if declared.is_none() {
            names = outputs.first().into_iter().flat_map(|map| map.literals.keys()).collect();
        }
        let list = |name: &String| {
            let literals = outputs.iter().map(|map| map.literals.get(name).cloned().unwrap_or_else(none)).collect();
            Literal { value: Some(literal::Value::Collection(LiteralCollection { literals })), ..Default::default() }
        };
        LiteralMap { literals: names.into_iter().map(|name| (name.clone(), list(name))).collect() }
    }

    /// Gives up an array node.
    pub(super) fn stop_array(&mut self, index: NodeIndex, reason: &str) {
        self.stop_elements(index, reason);
        let cause = error(ErrorKind::System, "TaskAborted", reason);
        self.report_array(index, task_execution::Phase::Aborted, Some(cause), &[]);
        self.run.arrays.remove(&index);
    }

    fn stop_elements(&mut self, index: NodeIndex, reason: &str) {
        let Some(state) = self.run.arrays.get_mut(&index) else { return };
        state.waiting.clear();
        for element in state.elements.clone() {
            self.stop_node(element, reason);
        }
    }

    /// Records a phase of the array's task execution, with the elements' attempts that changed.
    fn report_array(
        &mut self,
        index: NodeIndex,
        phase: task_execution::Phase,
        error: Option<ExecutionError>,
        changed: &[((u32, u32), task_execution::Phase)],
    ) {
        let Some(state) = self.run.arrays.get_mut(&index) else { return };
        let name = self.run.nodes.get(index).map(|node| format!("{}-{}", self.run.key.name, node.unique_id));
        let name = name.unwrap_or_default();
        let resources = changed.iter().map(|&((position, attempt), phase)| ExternalResourceInfo {
            external_id: format!("{name}-n{position}-{attempt}"),
            index: position,
            retry_attempt: attempt,
            phase: phase as i32,
            ..Default::default()
        });
        let resources = resources.collect();
        let (task, version) = (state.task.clone(), state.version);
        state.version += 1;
        let outputs = phase == task_execution::Phase::Succeeded;
        self.report_task_event(
            index,
            &task,
            "container_array",
            phase,
            Outcome { outputs, error, resources, phase_version: version, ..Default::default() },
        );
    }
}

/// How many elements there are: the length that all lists share.
fn size(array: &ArrayNode, inputs: &LiteralMap) -> Result<usize, String> {
    let mut size = None;
    for (name, literal) in &inputs.literals {
        let Some(literal::Value::Collection(list)) = &literal.value else { continue };
        if array.bound_inputs.contains(name) {
            continue;
        }
        let found = list.literals.len();
        match size {
            Some(size) if size != found => {
                return Err(format!("input arrays have different lengths: expecting '{size}' found '{found}'"));
            }
            _ => size = Some(found),
        }
    }
    match size {
        Some(size) => Ok(size),
        None if array.bound_inputs.len() == inputs.literals.len() => Ok(1),
        None => Err("no input array provided".to_owned()),
    }
}

/// The values of one element: its part of every list, all else as it is.
fn of_element(array: &ArrayNode, inputs: &LiteralMap, position: usize) -> LiteralMap {
    let pick = |(name, literal): (&String, &Literal)| {
        let part = match &literal.value {
            Some(literal::Value::Collection(list)) if !array.bound_inputs.contains(name) => {
                list.literals.get(position).cloned().unwrap_or_else(none)
            }
            _ => literal.clone(),
        };
        (name.clone(), part)
    };
    LiteralMap { literals: inputs.literals.iter().map(pick).collect() }
}

fn task_of(node: &Node) -> Option<Identifier> {
    match node.target.as_ref()? {
        node::Target::TaskNode(task) => match task.reference.as_ref()? {
            task_node::Reference::ReferenceId(id) => Some(id.clone()),
        },
        node::Target::WorkflowNode(workflow) => match workflow.reference.as_ref()? {
            workflow_node::Reference::LaunchplanRef(id) | workflow_node::Reference::SubWorkflowRef(id) => {
                Some(id.clone())
            }
        },
        _ => None,
    }
}

fn none() -> Literal {
    let scalar = Scalar { value: Some(scalar::Value::NoneType(Void {})) };
    Literal { value: Some(literal::Value::Scalar(Box::new(scalar))), ..Default::default() }
}

/// `[0]: message`, one a line.
fn summary(errors: &BTreeMap<usize, String>) -> String {
    let mut text = String::new();
    for (position, message) in errors {
        if text.len() > MAX_ERROR {
            text.push_str("...and more\n");
            break;
        }
        text.push_str(&format!("[{position}]: {message}\n"));
    }
    text
}
