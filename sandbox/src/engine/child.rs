//! Launch plan nodes: each starts an execution of its own. Also what a recovered execution takes over.

use std::rc::Rc;

use prost::Message;

use super::report::{error, Outcome};
use super::run::{child_execution_name, NodeIndex, NodeState, Work};
use super::walk::Walk;
use crate::admin;
use crate::idl::admin::{
    execution_closure::OutputResult, execution_metadata::ExecutionMode, literal_map_blob, node_execution_closure,
    ExecutionCreateRequest, ExecutionMetadata, ExecutionSpec,
};
use crate::idl::core::execution_error::ErrorKind;
use crate::idl::core::workflow_execution::Phase;
use crate::idl::core::{
    node, node_execution, workflow_node, Identifier, LiteralMap, NodeExecutionIdentifier, WorkflowExecutionIdentifier,
};
use crate::record::execution_is_over;
use crate::state::ExecutionKey;

impl Walk<'_> {
    /// Starts the execution of a launch plan node.
    pub(super) fn start_child(&mut self, index: NodeIndex, launch_plan: &Identifier) {
        let Some(node) = self.run.nodes.get(index) else { return };
        let ExecutionKey { project, domain, name } = self.run.key.clone();
        let parent = self.sandbox.state.executions.get(&self.run.key).and_then(|row| row.execution.spec.clone());
        let parent = parent.unwrap_or_default();
        let nesting = parent.metadata.as_ref().map_or(0, |metadata| metadata.nesting) + 1;
        let node_id =
            NodeExecutionIdentifier { node_id: node.unique_id.clone(), execution_id: Some((&self.run.key).into()) };
        let metadata = ExecutionMetadata {
            mode: ExecutionMode::ChildWorkflow as i32,
            nesting,
            parent_node_execution: Some(node_id),
            ..Default::default()
        };
        let spec = ExecutionSpec {
            launch_plan: Some(launch_plan.clone()),
            metadata: Some(metadata),
            labels: parent.labels,
            annotations: parent.annotations,
            security_context: parent.security_context,
            max_parallelism: parent.max_parallelism,
            raw_output_data_config: parent.raw_output_data_config,
            interruptible: parent.interruptible,
            overwrite_cache: parent.overwrite_cache,
            envs: parent.envs,
            ..Default::default()
        };
        let request = ExecutionCreateRequest {
            name: child_execution_name(&name, &node.unique_id, node.attempt),
            project,
            domain,
            spec: Some(spec),
            inputs: Some(node.inputs.as_ref().clone()),
            ..Default::default()
        };
        match admin::launch(self.sandbox, request) {
            Ok(id) => {
                let child = ExecutionKey::from(&id);
                self.sandbox.engine.children.insert(child.clone(), (self.run.key.clone(), index));
                self.run.running += 1;
                self.set_state(index, NodeState::Working(Work::Child(child)));
                self.report_node(
                    index,
                    node_execution::Phase::Running,
                    Outcome { child: Some(id), ..Default::default() },
                );
            }
            Err(status) => self.fail(index, error(ErrorKind::User, "RuntimeExecutionError", status.message.clone())),
        }
    }

    /// The execution that a node waits for has ended.
    pub(super) fn child_ended(&mut self, index: NodeIndex, child: &ExecutionKey) {
        let waiting = NodeState::Working(Work::Child(child.clone()));
        if self.run.nodes.get(index).is_none_or(|node| node.state != waiting) {
            return;
        }
        self.run.running -= 1;
        let id = WorkflowExecutionIdentifier::from(child);
        let Some(row) = self.sandbox.state.executions.get(child) else { return };
        match row.phase() {
            Phase::Succeeded => {
                let uri = match row.execution.closure.as_ref().and_then(|closure| closure.output_result.as_ref()) {
                    Some(OutputResult::Outputs(blob)) => match &blob.data {
                        Some(literal_map_blob::Data::Uri(uri)) => uri.as_str(),
                        _ => "",
                    },
                    _ => "",
                };
                let outputs = Rc::new(self.literals_at(uri).unwrap_or_default());
                self.succeed(index, outputs, Outcome { child: Some(id), ..Default::default() });
            }
            Phase::Aborted => {
                let message = format!("launchplan [{}] aborted: launchplan execution aborted", child.name);
                self.fail_with(index, error(ErrorKind::User, "RemoteChildWorkflowExecutionFailed", message), Some(id));
            }
            _ => {
                let unknown = || error(ErrorKind::Unknown, "LaunchPlanExecutionFailed", "Unknown Error");
                let cause = row.error().cloned().unwrap_or_else(unknown);
                self.fail_with(index, cause, Some(id));
            }
        }
    }

    /// Aborts the execution that a node waits for.
    pub(super) fn stop_child(&mut self, child: &ExecutionKey, reason: &str) {
        self.run.running = self.run.running.saturating_sub(1);
        self.sandbox.engine.children.remove(child);
        let Some(row) = self.sandbox.state.executions.get_mut(child) else { return };
        if execution_is_over(row.phase()) {
            return;
        }
        let cause = format!("aborted by parent workflow [{}]: {reason}", self.run.key.name);
        row.set_aborting(cause.clone());
        self.sandbox.engine.aborts.push_back((child.clone(), cause));
    }

    /// Takes over the outputs of a node that succeeded in the execution being recovered.
    pub(super) fn recover(&mut self, index: NodeIndex) -> bool {
        let Some(source) = self.run.recovers.clone() else { return false };
        let Some(node) = self.run.nodes.get(index) else { return false };
        // Sub-workflows and branches are walked again, what is inside of them is taken over.
        let leaf = match &node.spec.target {
            Some(node::Target::TaskNode(_) | node::Target::GateNode(_) | node::Target::ArrayNode(_)) => true,
            Some(node::Target::WorkflowNode(workflow)) => {
                matches!(workflow.reference, Some(workflow_node::Reference::LaunchplanRef(_)))
            }
            _ => false,
        };
        let row = self.sandbox.state.executions.get(&source).and_then(|row| row.nodes.get(&node.unique_id));
        let Some(row) = row.filter(|_| leaf) else { return false };
        if !matches!(row.phase(), node_execution::Phase::Succeeded | node_execution::Phase::Recovered) {
            return false;
        }
        let uri = match row.node.closure.as_ref().and_then(|closure| closure.output_result.as_ref()) {
            Some(node_execution_closure::OutputResult::OutputUri(uri)) => uri.clone(),
            _ => return false,
        };
        let Some(outputs) = self.literals_at(&uri) else { return false };
        if let Some(node) = self.run.nodes.get_mut(index) {
            node.outputs = Rc::new(outputs);
        }
        self.keep_outputs(index);
        self.report_node(index, node_execution::Phase::Recovered, Outcome { outputs: true, ..Default::default() });
        self.over(index);
        true
    }

    fn literals_at(&self, uri: &str) -> Option<LiteralMap> {
        LiteralMap::decode(self.sandbox.state.blobs.get(uri)?.bytes.as_ref()).ok()
    }
}
