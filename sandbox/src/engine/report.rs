//! Tells the rows of the state what happened, with the events that propeller would send.

use crate::idl::core::{
    execution_error::ErrorKind, node_execution, task_execution, workflow_execution, CatalogCacheStatus, ExecutionError,
    Identifier, LiteralMap, NodeExecutionIdentifier, WorkflowExecutionIdentifier,
};
use crate::idl::event::{
    node_execution_event, task_execution_event, workflow_execution_event, ExternalResourceInfo, NodeExecutionEvent,
    ParentNodeExecutionMetadata, TaskExecutionEvent, TaskExecutionMetadata, WorkflowExecutionEvent,
    WorkflowNodeMetadata,
};
use crate::idl::{core, event};
use crate::record::{execution_event, execution_is_over, node_event, task_event, Store};
use crate::sandbox::Sandbox;
use crate::state::{ExecutionKey, ExecutionRow};
use crate::time::timestamp;
use prost::Message;

use super::run::NodeIndex;
use super::walk::{Walk, END_NODE, START_NODE};

/// Version of propeller's events; it tells FlyteAdmin that parents are marked.
const EVENT_VERSION: i32 = 1;

/// What an event of a node or task brings along.
#[derive(Default)]
pub(super) struct Outcome {
    /// Outputs, kept at their URI.
    pub outputs: bool,
    /// Why it failed.
    pub error: Option<ExecutionError>,
    /// The execution that a launch plan node started.
    pub child: Option<WorkflowExecutionIdentifier>,
    /// Where the deck is.
    pub deck_uri: String,
    /// The workflow that a dynamic node yielded.
    pub dynamic: Option<Box<event::DynamicWorkflowNodeMetadata>>,
    /// What to tell the reader.
    pub reason: String,
    /// The parts of an array node.
    pub resources: Vec<ExternalResourceInfo>,
    /// Counts up within a phase.
    pub phase_version: u32,
}

impl Walk<'_> {
    /// Records a phase of the execution.
    pub(super) fn report_execution(
        &mut self,
        phase: workflow_execution::Phase,
        outputs: Option<&LiteralMap>,
        error: Option<ExecutionError>,
    ) {
        let uri = format!("{}/{END_NODE}/data/0/outputs.pb", self.metadata_prefix());
        let output_result = match (outputs, error) {
            (Some(outputs), _) => {
                self.keep(&uri, outputs.encode_to_vec());
                Some(workflow_execution_event::OutputResult::OutputUri(uri))
            }
            (None, error) => error.map(workflow_execution_event::OutputResult::Error),
        };
        let event = WorkflowExecutionEvent {
            execution_id: Some((&self.run.key).into()),
            phase: phase as i32,
            occurred_at: Some(timestamp(self.sandbox.now)),
            output_result,
            ..Default::default()
        };
        with_row(self.sandbox, &self.run.key, |row, store| {
            // Somebody else may have sent the last event.
            if !execution_is_over(row.phase()) {
                execution_event(row, &event, store);
            }
        });
    }

    /// Records a phase of a node. Inputs must have been kept before.
    pub(super) fn report_node(&mut self, index: NodeIndex, phase: node_execution::Phase, outcome: Outcome) {
        // An element of an array is part of the array's task execution and no node execution of its own.
        let Some(node) = self.run.nodes.get(index).filter(|node| node.element.is_none()) else { return };
        let (id, is_start) = (node.unique_id.clone(), node.spec.id == START_NODE);
        let output_result = match outcome.error {
            Some(error) => Some(node_execution_event::OutputResult::Error(error)),
            None if outcome.outputs => {
                Some(node_execution_event::OutputResult::OutputUri(self.output_uri(&id, node.attempt)))
            }
            None => None,
        };
        let parent = node.parent.and_then(|parent| self.run.nodes.get(parent));
        let is_dynamic = outcome.dynamic.is_some();
        let now = Some(timestamp(self.sandbox.now));
        use core::node::Target;
        let is_sub_workflow = matches!(&node.spec.target, Some(Target::WorkflowNode(workflow))
            if matches!(workflow.reference, Some(core::workflow_node::Reference::SubWorkflowRef(_))));
        let target_metadata = match outcome.child {
            Some(child) => Some(node_execution_event::TargetMetadata::WorkflowNodeMetadata(WorkflowNodeMetadata {
                execution_id: Some(child),
            })),
            None if matches!(node.spec.target, Some(Target::TaskNode(_))) => {
                let metadata = event::TaskNodeMetadata {
                    cache_status: CatalogCacheStatus::CacheDisabled as i32,
                    dynamic_workflow: outcome.dynamic.map(|dynamic| *dynamic),
                    ..Default::default()
                };
                Some(node_execution_event::TargetMetadata::TaskNodeMetadata(metadata))
            }
            None => None,
        };
        let event = NodeExecutionEvent {
            id: Some(NodeExecutionIdentifier { node_id: id.clone(), execution_id: Some((&self.run.key).into()) }),
            phase: phase as i32,
            occurred_at: now,
            reported_at: now,
            input_value: (!is_start).then(|| node_execution_event::InputValue::InputUri(self.input_uri(&id))),
            output_result,
            target_metadata,
            parent_node_metadata: parent
                .map(|parent| ParentNodeExecutionMetadata { node_id: parent.unique_id.clone() }),
            retry_group: parent.map(|parent| parent.attempt.to_string()).unwrap_or_default(),
            spec_node_id: node.spec.id.clone(),
            node_name: node.spec.metadata.as_ref().map(|metadata| metadata.name.clone()).unwrap_or_default(),
            event_version: EVENT_VERSION,
            is_parent: is_sub_workflow || is_dynamic,
            is_dynamic,
            is_array: matches!(node.spec.target, Some(Target::ArrayNode(_))),
            deck_uri: outcome.deck_uri,
            ..Default::default()
        };
        with_row(self.sandbox, &self.run.key, |row, store| node_event(row, &event, store));
    }

    /// Records a phase of a node's current attempt, or of the array that the node is an element of.
    pub(super) fn report_task(
        &mut self,
        index: NodeIndex,
        task: &Identifier,
        task_type: &str,
        phase: task_execution::Phase,
        outcome: Outcome,
    ) {
        if self.run.nodes.get(index).is_some_and(|node| node.element.is_some()) {
            return self.element_phase(index, phase);
        }
        self.report_task_event(index, task, task_type, phase, outcome);
    }

    pub(super) fn report_task_event(
        &mut self,
        index: NodeIndex,
        task: &Identifier,
        task_type: &str,
        phase: task_execution::Phase,
        outcome: Outcome,
    ) {
        let Some(node) = self.run.nodes.get(index) else { return };
        let id = node.unique_id.clone();
        let now = Some(timestamp(self.sandbox.now));
        let output_result = match outcome.error {
            Some(error) => Some(task_execution_event::OutputResult::Error(error)),
            None if outcome.outputs => {
                Some(task_execution_event::OutputResult::OutputUri(self.output_uri(&id, node.attempt)))
            }
            None => None,
        };
        let reasons = match outcome.reason.is_empty() {
            true => Vec::new(),
            false => vec![event::EventReason { reason: outcome.reason, occurred_at: now }],
        };
        let event = TaskExecutionEvent {
            task_id: Some(Identifier { resource_type: core::ResourceType::Task as i32, ..task.clone() }),
            parent_node_execution_id: Some(NodeExecutionIdentifier {
                node_id: id.clone(),
                execution_id: Some((&self.run.key).into()),
            }),
            retry_attempt: node.attempt,
            phase: phase as i32,
            phase_version: outcome.phase_version,
            occurred_at: now,
            reported_at: now,
            input_value: Some(task_execution_event::InputValue::InputUri(self.input_uri(&id))),
            output_result,
            reasons,
            task_type: task_type.to_owned(),
            metadata: Some(TaskExecutionMetadata {
                generated_name: format!("{}-{id}-{}", self.run.key.name, node.attempt),
                plugin_identifier: if task_type == "container_array" { "k8s-array" } else { "container" }.to_owned(),
                external_resources: outcome.resources,
                ..Default::default()
            }),
            event_version: EVENT_VERSION,
            ..Default::default()
        };
        with_row(self.sandbox, &self.run.key, |row, store| {
            if let Some(node) = row.nodes.get_mut(&id) {
                task_event(node, &event, store);
            }
        });
    }

    /// Keeps a node's inputs at their URI.
    pub(super) fn keep_inputs(&mut self, index: NodeIndex) {
        let Some(node) = self.run.nodes.get(index) else { return };
        let (uri, bytes) = (self.input_uri(&node.unique_id), node.inputs.encode_to_vec());
        self.keep(&uri, bytes);
    }

    /// Keeps a node's outputs at their URI.
    pub(super) fn keep_outputs(&mut self, index: NodeIndex) {
        let Some(node) = self.run.nodes.get(index) else { return };
        let (uri, bytes) = (self.output_uri(&node.unique_id, node.attempt), node.outputs.encode_to_vec());
        self.keep(&uri, bytes);
    }

    /// Puts an object into the store.
    pub(super) fn keep(&mut self, uri: &str, bytes: Vec<u8>) {
        self.sandbox.state.blobs.put(uri, bytes, self.sandbox.now);
    }

    /// Where propeller keeps the metadata of an execution.
    pub(super) fn metadata_prefix(&self) -> String {
        let ExecutionKey { project, domain, name } = &self.run.key;
        format!("s3://{}/metadata/propeller/{project}-{domain}-{name}", self.sandbox.options.bucket)
    }

    fn input_uri(&self, id: &str) -> String {
        format!("{}/{id}/data/inputs.pb", self.metadata_prefix())
    }

    fn output_uri(&self, id: &str, attempt: u32) -> String {
        format!("{}/{id}/data/{attempt}/outputs.pb", self.metadata_prefix())
    }
}

fn with_row(sandbox: &mut Sandbox, key: &ExecutionKey, act: impl FnOnce(&mut ExecutionRow, &mut Store<'_>)) {
    let Sandbox { state, options, now, .. } = sandbox;
    let Some(row) = state.executions.get_mut(key) else { return };
    let mut store = Store { blobs: &mut state.blobs, bucket: &options.bucket, now: *now };
    act(row, &mut store);
}

/// An error of a kind.
pub(super) fn error(kind: ErrorKind, code: &str, message: impl Into<String>) -> ExecutionError {
    ExecutionError { code: code.to_owned(), message: message.into(), kind: kind as i32, ..Default::default() }
}
