//! Walks the graph: starts what is ready, ends scopes whose nodes are over, propagates failures.

use std::rc::Rc;

use crate::compiler;
use crate::idl::core::workflow_metadata::OnFailurePolicy;
use crate::idl::core::{
    execution_error::ErrorKind, node, node_execution, workflow_execution, workflow_node, CompiledWorkflow,
    ExecutionError, LiteralMap,
};
use crate::sandbox::Sandbox;

use super::report::{error, Outcome};
use super::resolve;
use super::run::{NodeIndex, NodeState, Run, ScopeIndex, Stage, Work};

pub(super) use compiler::{END_NODE, START_NODE};

/// A run with everything around it.
pub(super) struct Walk<'a> {
    pub run: &'a mut Run,
    pub sandbox: &'a mut Sandbox,
}

impl Walk<'_> {
    /// Starts the workflow itself.
    pub(super) fn begin(&mut self, workflow: Rc<CompiledWorkflow>, inputs: Rc<LiteralMap>) {
        self.report_execution(workflow_execution::Phase::Queued, None, None);
        self.report_execution(workflow_execution::Phase::Running, None, None);
        self.open(workflow, None, inputs);
    }

    /// Opens a scope and runs its start node.
    pub(super) fn open(
        &mut self,
        workflow: Rc<CompiledWorkflow>,
        owner: Option<NodeIndex>,
        inputs: Rc<LiteralMap>,
    ) -> ScopeIndex {
        let scope = self.run.open_scope(workflow, owner);
        let start = self.run.scopes.get(scope).and_then(|scope| scope.index.get(START_NODE).copied());
        if let Some(start) = start {
            if let Some(node) = self.run.nodes.get_mut(start) {
                node.outputs = inputs;
            }
            self.keep_outputs(start);
            self.report_node(start, node_execution::Phase::Succeeded, Outcome { outputs: true, ..Default::default() });
            self.over(start);
        }
        scope
    }

    /// Starts everything that can start.
    pub(super) fn go(&mut self) {
        while !self.run.over {
            if let Some(node) = self.run.ready.pop_front() {
                self.start(node);
            } else if self.run.running < self.run.max_parallelism && !self.run.queued.is_empty() {
                if let Some(node) = self.run.queued.pop_front() {
                    self.execute(node);
                }
            } else {
                return;
            }
        }
    }

    /// A node whose providers are done: resolves its inputs and queues it.
    fn start(&mut self, index: NodeIndex) {
        let Some(node) = self.run.nodes.get(index) else { return };
        if node.state != NodeState::Ready {
            return;
        }
        if node.spec.id == END_NODE {
            return self.end_scope(index);
        }
        let spec = Rc::clone(&node.spec);
        match self.resolve(node.scope, &spec.inputs) {
            Ok(mut inputs) => {
                self.tell_error(index, &mut inputs);
                if let Some(node) = self.run.nodes.get_mut(index) {
                    node.inputs = Rc::new(inputs);
                }
                self.keep_inputs(index);
                if self.recover(index) {
                    return;
                }
                self.report_node(index, node_execution::Phase::Queued, Outcome::default());
                self.run.queued.push_back(index);
            }
            Err(message) => {
                self.keep_inputs(index);
                self.report_node(index, node_execution::Phase::Queued, Outcome::default());
                self.fail(index, error(ErrorKind::User, "BindingResolutionError", message));
            }
        }
    }

    /// The failure node's input `err` is what went wrong.
    fn tell_error(&self, index: NodeIndex, inputs: &mut LiteralMap) {
        let scope = self.run.scopes.iter().find(|scope| scope.failure_node == Some(index));
        let Some(cause) = scope.and_then(|scope| scope.error.as_ref()) else { return };
        if let Some(literal) = inputs.literals.get_mut("err") {
            *literal = resolve::error_literal(&cause.message);
        }
    }

    /// A queued node for which there is room.
    fn execute(&mut self, index: NodeIndex) {
        let Some(node) = self.run.nodes.get(index) else { return };
        if node.state != NodeState::Ready {
            return;
        }
        let spec = Rc::clone(&node.spec);
        match &spec.target {
            Some(node::Target::TaskNode(_)) => self.start_attempt(index),
            Some(node::Target::WorkflowNode(workflow)) => match &workflow.reference {
                Some(workflow_node::Reference::SubWorkflowRef(id)) => {
                    match self.run.sub_workflows.get(&id.into()).map(Rc::clone) {
                        Some(workflow) => {
                            self.report_node(index, node_execution::Phase::Running, Outcome::default());
                            let inputs = self.run.nodes.get(index).map(|node| Rc::clone(&node.inputs));
                            let scope = self.run.scopes.len();
                            self.set_state(index, NodeState::Working(Work::Scope(scope)));
                            self.open(workflow, Some(index), inputs.unwrap_or_default());
                        }
                        None => {
                            let message = format!("failed to find sub workflow {:?}", id.name);
                            self.fail(index, error(ErrorKind::System, "BadSpecificationError", message));
                        }
                    }
                }
                Some(workflow_node::Reference::LaunchplanRef(id)) => self.start_child(index, id),
                None => self.fail_unsupported(index, "a workflow node without a reference"),
            },
            Some(node::Target::BranchNode(branch)) => self.start_branch(index, branch),
            Some(node::Target::GateNode(gate)) => self.start_gate(index, gate),
            Some(node::Target::ArrayNode(array)) => self.start_array(index, array),
            None => self.fail_unsupported(index, "a node without a target"),
        }
    }

    fn fail_unsupported(&mut self, index: NodeIndex, what: &str) {
        let message = format!("the sandbox does not run {what}");
        self.fail(index, error(ErrorKind::User, "NotSupportedBySandbox", message));
    }

    /// A node whose providers are done.
    pub(super) fn activate(&mut self, index: NodeIndex) {
        self.set_state(index, NodeState::Ready);
        self.run.ready.push_back(index);
    }

    pub(super) fn set_state(&mut self, index: NodeIndex, state: NodeState) {
        if let Some(node) = self.run.nodes.get_mut(index) {
            node.state = state;
        }
    }

    /// A node has its outputs.
    pub(super) fn succeed(&mut self, index: NodeIndex, outputs: Rc<LiteralMap>, outcome: Outcome) {
        if let Some(node) = self.run.nodes.get_mut(index) {
            node.outputs = outputs;
        }
        self.keep_outputs(index);
        self.report_node(index, node_execution::Phase::Succeeded, Outcome { outputs: true, ..outcome });
        self.over(index);
    }

    /// A node has ended well: whoever waits for it may start.
    pub(super) fn over(&mut self, index: NodeIndex) {
        let Some(node) = self.run.nodes.get_mut(index) else { return };
        node.state = NodeState::Over;
        if let Some((array, position)) = node.element {
            return self.element_ended(array, position, None);
        }
        let (scope, parent, outputs) = (node.scope, node.parent, Rc::clone(&node.outputs));
        let dependents = std::mem::take(&mut node.dependents);
        for dependent in dependents {
            let Some(node) = self.run.nodes.get_mut(dependent) else { continue };
            node.waits_for = node.waits_for.saturating_sub(1);
            let in_time = node.waits_for == 0 && node.state == NodeState::Waiting;
            if in_time && self.run.scopes.get(scope).is_some_and(|scope| scope.stage == Stage::Running) {
                self.activate(dependent);
            }
        }
        if let Some(parent) = self.branch_of(index, parent) {
            self.succeed(parent, outputs, Outcome::default());
        }
        if self.run.scopes.get(scope).is_some_and(|scope| scope.failure_node == Some(index)) {
            return self.close_failed(scope);
        }
        self.check_stuck(scope);
    }

    /// A node has ended badly.
    pub(super) fn fail(&mut self, index: NodeIndex, cause: ExecutionError) {
        self.fail_with(index, cause, None);
    }

    /// A node has ended badly; a launch plan node tells its child.
    pub(super) fn fail_with(
        &mut self,
        index: NodeIndex,
        cause: ExecutionError,
        child: Option<crate::idl::core::WorkflowExecutionIdentifier>,
    ) {
        self.report_node(
            index,
            node_execution::Phase::Failed,
            Outcome { error: Some(cause.clone()), child, ..Default::default() },
        );
        let Some(node) = self.run.nodes.get_mut(index) else { return };
        node.state = NodeState::Over;
        let (scope, parent, element) = (node.scope, node.parent, node.element);
        if let Some((array, position)) = element {
            return self.element_ended(array, position, Some(cause));
        }
        if let Some(parent) = self.branch_of(index, parent) {
            return self.fail(parent, cause);
        }
        let Some(state) = self.run.scopes.get_mut(scope) else { return };
        if state.failure_node == Some(index) {
            state.error = Some(cause);
            return self.close_failed(scope);
        }
        state.error.get_or_insert(cause);
        let template = state.workflow.template.as_ref();
        let metadata = template.and_then(|template| template.metadata.as_ref());
        let policy = metadata.map_or(OnFailurePolicy::FailImmediately, |metadata| metadata.on_failure());
        match policy {
            OnFailurePolicy::FailImmediately => self.begin_failing(scope),
            OnFailurePolicy::FailAfterExecutableNodesComplete => self.check_stuck(scope),
        }
    }

    /// The branch node that waits for this one, if it does.
    fn branch_of(&self, index: NodeIndex, parent: Option<NodeIndex>) -> Option<NodeIndex> {
        let state = &self.run.nodes.get(parent?)?.state;
        (*state == NodeState::Working(Work::Branch(index))).then_some(parent?)
    }

    /// A scope with an error in which nothing can go on any more fails now.
    fn check_stuck(&mut self, scope: ScopeIndex) {
        let Some(state) = self.run.scopes.get(scope) else { return };
        if state.stage != Stage::Running || state.error.is_none() {
            return;
        }
        // A branch goes on only if the node under it does.
        let goes_on = |state: &NodeState| match state {
            NodeState::Ready => true,
            NodeState::Working(work) => !matches!(work, Work::Branch(_)),
            NodeState::Waiting | NodeState::Over => false,
        };
        if !self.run.nodes.iter().any(|node| node.scope == scope && goes_on(&node.state)) {
            self.begin_failing(scope);
        }
    }

    /// The end node: its inputs are the scope's outputs.
    fn end_scope(&mut self, index: NodeIndex) {
        let Some(node) = self.run.nodes.get(index) else { return };
        let (scope, spec) = (node.scope, Rc::clone(&node.spec));
        match self.resolve(scope, &spec.inputs) {
            Ok(outputs) => {
                let outputs = Rc::new(outputs);
                if let Some(node) = self.run.nodes.get_mut(index) {
                    node.inputs = Rc::clone(&outputs);
                }
                self.keep_inputs(index);
                self.report_node(index, node_execution::Phase::Queued, Outcome::default());
                let owner = self.run.scopes.get_mut(scope).and_then(|scope| {
                    scope.stage = Stage::Over;
                    scope.owner
                });
                self.succeed(index, Rc::clone(&outputs), Outcome::default());
                match owner {
                    Some(owner) => self.succeed(owner, outputs, Outcome::default()),
                    None => {
                        self.report_execution(workflow_execution::Phase::Succeeding, None, None);
                        self.report_execution(workflow_execution::Phase::Succeeded, Some(&outputs), None);
                        self.run.over = true;
                    }
                }
            }
            Err(message) => {
                self.keep_inputs(index);
                self.report_node(index, node_execution::Phase::Queued, Outcome::default());
                self.fail(index, error(ErrorKind::User, "BindingResolutionError", message));
            }
        }
    }

    /// Stops what still runs in a scope, and runs its failure node if it has one.
    fn begin_failing(&mut self, scope: ScopeIndex) {
        let Some(state) = self.run.scopes.get_mut(scope) else { return };
        if state.stage != Stage::Running {
            return;
        }
        state.stage = Stage::HandlingFailure;
        let (cause, owner) = (state.error.clone(), state.owner);
        let failure_node = state.workflow.template.as_ref().and_then(|template| template.failure_node.clone());
        if owner.is_none() {
            self.report_execution(workflow_execution::Phase::Failing, None, cause.clone());
        }
        self.stop_nodes(scope, "Some node execution failed, auto-abort.");
        let Some(failure_node) = failure_node else { return self.close_failed(scope) };
        let index = self.run.add_node(failure_node, scope, owner);
        if let Some(state) = self.run.scopes.get_mut(scope) {
            state.failure_node = Some(index);
        }
        self.activate(index);
    }

    /// A scope has failed for good.
    fn close_failed(&mut self, scope: ScopeIndex) {
        let Some(state) = self.run.scopes.get_mut(scope) else { return };
        if state.stage == Stage::Over {
            return;
        }
        state.stage = Stage::Over;
        let (owner, cause) = (state.owner, state.error.clone());
        let cause = cause.unwrap_or_else(|| error(ErrorKind::Unknown, "UnknownError", "Unknown error"));
        match owner {
            Some(owner) => self.fail(owner, cause),
            None => {
                self.report_execution(workflow_execution::Phase::Failed, None, Some(cause));
                self.run.over = true;
            }
        }
    }

    /// Stops all nodes of a scope, and of the scopes inside of it, that are ready or doing something.
    pub(super) fn stop_nodes(&mut self, scope: ScopeIndex, reason: &str) {
        for index in 0..self.run.nodes.len() {
            if self.run.nodes.get(index).is_some_and(|node| node.scope == scope) {
                self.stop_node(index, reason);
            }
        }
    }

    /// Stops a node if it is ready or doing something.
    pub(super) fn stop_node(&mut self, index: NodeIndex, reason: &str) {
        let Some(node) = self.run.nodes.get_mut(index) else { return };
        if !matches!(node.state, NodeState::Ready | NodeState::Working(_)) {
            return;
        }
        let state = std::mem::replace(&mut node.state, NodeState::Over);
        let started = state != NodeState::Ready || self.has_row(index);
        match state {
            NodeState::Working(Work::Container { run, .. }) => self.stop_container(index, &run, reason),
            NodeState::Working(Work::Array) => self.stop_array(index, reason),
            NodeState::Working(Work::Scope(inner)) => {
                if let Some(scope) = self.run.scopes.get_mut(inner) {
                    scope.stage = Stage::Over;
                }
                self.stop_nodes(inner, reason);
            }
            NodeState::Working(Work::Child(child)) => self.stop_child(&child, reason),
            NodeState::Working(Work::Sleep(time)) => {
                self.sandbox.engine.wakes.remove(&(time, self.run.key.clone(), index));
            }
            _ => {}
        }
        if started {
            let cause = error(ErrorKind::System, "NodeAborted", reason);
            self.report_node(
                index,
                node_execution::Phase::Aborted,
                Outcome { error: Some(cause), ..Default::default() },
            );
        }
    }

    fn has_row(&self, index: NodeIndex) -> bool {
        let row = self.sandbox.state.executions.get(&self.run.key);
        let node = self.run.nodes.get(index);
        row.zip(node).is_some_and(|(row, node)| row.nodes.contains(&node.unique_id))
    }

    /// Ends the execution: the user, or the parent, wants it so.
    pub(super) fn abort(&mut self, cause: &str) {
        let cause = if cause.is_empty() { self.abort_cause() } else { cause.to_owned() };
        let open: Vec<ScopeIndex> = (0..self.run.scopes.len()).collect();
        for scope in open {
            self.stop_nodes(scope, &cause);
            if let Some(scope) = self.run.scopes.get_mut(scope) {
                scope.stage = Stage::Over;
            }
        }
        self.report_execution(workflow_execution::Phase::Aborted, None, None);
        self.run.over = true;
    }

    fn abort_cause(&self) -> String {
        use crate::idl::admin::execution_closure::OutputResult;
        let row = self.sandbox.state.executions.get(&self.run.key);
        let closure = row.and_then(|row| row.execution.closure.as_ref());
        match closure.and_then(|closure| closure.output_result.as_ref()) {
            Some(OutputResult::AbortMetadata(abort)) => format!("Workflow aborted. {}", abort.cause),
            _ => "Workflow aborted.".to_owned(),
        }
    }
}
