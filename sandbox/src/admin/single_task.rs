//! Executing a task: FlyteAdmin makes a hidden workflow with one node, and a hidden launch plan, and runs that.

use flyte_remote::rpc::Status;

use super::{launch_plan, workflow};
use crate::idl::admin::{
    ExecutionSpec, LaunchPlanMetadata, LaunchPlanSpec, NamedEntityMetadata, NamedEntityState, WorkflowSpec,
};
use crate::idl::core::{
    binding_data, node, task_node, Binding, BindingData, Identifier, Node, NodeMetadata, OutputReference, ResourceType,
    RetryStrategy, TaskNode, VariableMap, WorkflowTemplate,
};
use crate::sandbox::Sandbox;
use crate::state::{EntityKey, NameKey, NamedEntityKey, NamedEntityRow};
use crate::status::missing_entity;

/// Longest node id.
const MAX_NODE_ID: usize = 63;
/// Retries of a task without a retry strategy.
const DEFAULT_RETRIES: u32 = 3;

/// Makes the hidden workflow and launch plan of a task, if they are not there, and answers their key.
pub(super) fn prepare(sandbox: &mut Sandbox, task: &Identifier, spec: &ExecutionSpec) -> Result<EntityKey, Status> {
    let Some(template) = sandbox.state.tasks.get(&task.into()).and_then(|row| row.template()) else {
        return Err(missing_entity("TASK", task));
    };
    let interface = template.interface.clone().unwrap_or_default();
    let retries = template.metadata.as_ref().and_then(|metadata| metadata.retries);
    let hidden = |resource_type: ResourceType| Identifier {
        resource_type: resource_type as i32,
        name: format!(".flytegen.{}", task.name),
        ..task.clone()
    };
    let workflow_id = hidden(ResourceType::Workflow);
    let key = EntityKey::from(&workflow_id);
    if !sandbox.state.workflows.contains(&key) {
        let node_id = node_id(&task.name);
        let node = Node {
            id: node_id.clone(),
            metadata: Some(NodeMetadata {
                name: node_id.clone(),
                retries: Some(retries.unwrap_or(RetryStrategy { retries: DEFAULT_RETRIES })),
                ..Default::default()
            }),
            inputs: bindings(interface.inputs.as_ref(), ""),
            target: Some(node::Target::TaskNode(TaskNode {
                reference: Some(task_node::Reference::ReferenceId(task.clone())),
                overrides: None,
            })),
            ..Default::default()
        };
        let template = WorkflowTemplate {
            id: Some(workflow_id.clone()),
            interface: Some(interface.clone()),
            nodes: vec![node],
            outputs: bindings(interface.outputs.as_ref(), &node_id),
            ..Default::default()
        };
        let spec = WorkflowSpec { template: Some(template), ..Default::default() };
        workflow::register(sandbox, workflow_id.clone(), spec)?;
        hide(sandbox, &workflow_id);
    }
    if !sandbox.state.launch_plans.contains(&key) {
        let plan = LaunchPlanSpec {
            // FlyteAdmin names the task here, not the hidden workflow.
            workflow_id: Some(Identifier { resource_type: ResourceType::Workflow as i32, ..task.clone() }),
            entity_metadata: Some(LaunchPlanMetadata::default()),
            default_inputs: Some(Default::default()),
            fixed_inputs: Some(Default::default()),
            labels: Some(Default::default()),
            annotations: Some(Default::default()),
            auth_role: spec.auth_role.clone(),
            security_context: spec.security_context.clone(),
            ..Default::default()
        };
        let id = hidden(ResourceType::LaunchPlan);
        launch_plan::register(sandbox, id.clone(), plan, &interface)?;
        hide(sandbox, &id);
    }
    Ok(key)
}

/// The last characters of the task's name that a node id may have.
fn node_id(task: &str) -> String {
    let start = task.len().saturating_sub(MAX_NODE_ID);
    let start = (start..=task.len()).find(|&start| task.is_char_boundary(start)).unwrap_or(0);
    let tail = task.get(start..).unwrap_or_default();
    tail.chars().filter(|letter| *letter == '-' || letter.is_alphanumeric()).collect()
}

fn bindings(variables: Option<&VariableMap>, node: &str) -> Vec<Binding> {
    let names = variables.into_iter().flat_map(|variables| variables.variables.keys());
    let promise =
        |name: &String| OutputReference { node_id: node.to_owned(), var: name.clone(), attr_path: Vec::new() };
    let bind = |name: &String| Binding {
        var: name.clone(),
        binding: Some(BindingData { value: Some(binding_data::Value::Promise(promise(name))), union: None }),
    };
    names.map(bind).collect()
}

fn hide(sandbox: &mut Sandbox, id: &Identifier) {
    let Identifier { project, domain, name, resource_type, .. } = id.clone();
    let metadata = NamedEntityMetadata { state: NamedEntityState::SystemGenerated as i32, ..Default::default() };
    let key = NamedEntityKey { resource_type, name: NameKey { project, domain, name } };
    sandbox.state.named_entities.put(NamedEntityRow { key, metadata });
}
