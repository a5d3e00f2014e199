//! Dynamic nodes: a task that yields a workflow, which then runs in its place.

use std::rc::Rc;

use super::report::{error, Outcome};
use super::run::{NodeIndex, NodeState, Work};
use super::walk::Walk;
use crate::compiler;
use crate::container::DynamicJobSpec;
use crate::idl::core::execution_error::ErrorKind;
use crate::idl::core::{node_execution, Identifier, ResourceType, TypedInterface, WorkflowTemplate};
use crate::idl::event::DynamicWorkflowNodeMetadata;
use crate::state::EntityKey;

impl Walk<'_> {
    /// Runs the workflow that a task node's attempt yielded; `spec_uri` is where the yielded file is kept.
    pub(super) fn start_dynamic(
        &mut self,
        index: NodeIndex,
        interface: Option<TypedInterface>,
        spec: DynamicJobSpec,
        spec_uri: String,
    ) {
        let Some(node) = self.run.nodes.get(index) else { return };
        let id = Identifier {
            resource_type: ResourceType::Workflow as i32,
            project: self.run.key.project.clone(),
            domain: self.run.key.domain.clone(),
            name: format!("dynamic_{}", node.unique_id),
            version: self.sandbox.random.text(10),
            ..Default::default()
        };
        let template = WorkflowTemplate {
            id: Some(id.clone()),
            interface,
            nodes: spec.nodes,
            outputs: spec.outputs,
            ..Default::default()
        };
        let closure = match compiler::compile(&self.sandbox.state, &template, &spec.sub_workflows, &spec.tasks) {
            Ok(closure) => closure,
            Err(message) => {
                let message = format!("malformed dynamic workflow: {message}");
                return self.fail(index, error(ErrorKind::User, "DynamicWorkflowBuildFailed", message));
            }
        };
        for task in spec.tasks {
            if let Some(key) = task.id.as_ref().map(EntityKey::from) {
                self.run.tasks.insert(key, Rc::new(task));
            }
        }
        for workflow in &closure.sub_workflows {
            let key = workflow.template.as_ref().and_then(|template| template.id.as_ref()).map(EntityKey::from);
            if let Some(key) = key {
                self.run.sub_workflows.insert(key, Rc::new(workflow.clone()));
            }
        }
        let workflow = Rc::new(closure.primary.clone().unwrap_or_default());
        let dynamic = DynamicWorkflowNodeMetadata {
            id: Some(id),
            compiled_workflow: Some(closure),
            dynamic_job_spec_uri: spec_uri,
        };
        self.report_node(
            index,
            node_execution::Phase::DynamicRunning,
            Outcome { dynamic: Some(Box::new(dynamic)), ..Default::default() },
        );
        let inputs = self.run.nodes.get(index).map(|node| Rc::clone(&node.inputs)).unwrap_or_default();
        let scope = self.run.scopes.len();
        self.set_state(index, NodeState::Working(Work::Scope(scope)));
        self.open(workflow, Some(index), inputs);
    }
}
