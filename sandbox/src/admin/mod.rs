//! AdminService: one file a noun, matched by method name here.

mod attributes;
mod cron;
mod description;
mod difference;
mod event;
mod execution;
mod execution_config;
mod inputs;
mod launch;
mod launch_plan;
mod lists;
mod metrics;
mod node_execution;
mod project;
mod quantity;
mod single_task;
mod task;
mod task_execution;
mod validate;
mod version;
mod workflow;

use flyte_remote::rpc::Status;

use crate::idl::core::ResourceType;
use crate::named;
use crate::sandbox::Sandbox;
use crate::service::{unary, unimplemented};

pub(crate) use launch::launch;

/// Answers a call of AdminService.
pub(crate) fn call(sandbox: &mut Sandbox, method: &str, message: &[u8]) -> Result<Vec<u8>, Status> {
    match method {
        "CreateTask" => unary(sandbox, message, task::create),
        "GetTask" => unary(sandbox, message, task::get),
        "ListTasks" => unary(sandbox, message, task::list),
        "ListTaskIds" => list_ids(sandbox, message, ResourceType::Task),
        "CreateWorkflow" => unary(sandbox, message, workflow::create),
        "GetWorkflow" => unary(sandbox, message, workflow::get),
        "ListWorkflows" => unary(sandbox, message, workflow::list),
        "ListWorkflowIds" => list_ids(sandbox, message, ResourceType::Workflow),
        "CreateLaunchPlan" => unary(sandbox, message, launch_plan::create),
        "GetLaunchPlan" => unary(sandbox, message, launch_plan::get),
        "GetActiveLaunchPlan" => unary(sandbox, message, launch_plan::get_active),
        "ListActiveLaunchPlans" => unary(sandbox, message, launch_plan::list_active),
        "ListLaunchPlans" => unary(sandbox, message, launch_plan::list),
        "ListLaunchPlanIds" => list_ids(sandbox, message, ResourceType::LaunchPlan),
        "UpdateLaunchPlan" => unary(sandbox, message, launch_plan::update),
        "CreateExecution" => unary(sandbox, message, launch::create),
        "RelaunchExecution" => unary(sandbox, message, launch::relaunch),
        "RecoverExecution" => unary(sandbox, message, launch::recover),
        "GetExecution" => unary(sandbox, message, execution::get),
        "ListExecutions" => unary(sandbox, message, execution::list),
        "GetExecutionData" => unary(sandbox, message, execution::get_data),
        "UpdateExecution" => unary(sandbox, message, execution::update),
        "TerminateExecution" => unary(sandbox, message, execution::terminate),
        "GetNodeExecution" => unary(sandbox, message, node_execution::get),
        "ListNodeExecutions" => unary(sandbox, message, node_execution::list),
        "ListNodeExecutionsForTask" => unary(sandbox, message, node_execution::list_for_task),
        "GetNodeExecutionData" => unary(sandbox, message, node_execution::get_data),
        "GetDynamicNodeWorkflow" => unary(sandbox, message, node_execution::get_dynamic_workflow),
        "GetTaskExecution" => unary(sandbox, message, task_execution::get),
        "ListTaskExecutions" => unary(sandbox, message, task_execution::list),
        "GetTaskExecutionData" => unary(sandbox, message, task_execution::get_data),
        "CreateWorkflowEvent" => unary(sandbox, message, event::workflow),
        "CreateNodeEvent" => unary(sandbox, message, event::node),
        "CreateTaskEvent" => unary(sandbox, message, event::task),
        "RegisterProject" => unary(sandbox, message, project::register),
        "UpdateProject" => unary(sandbox, message, project::update),
        "GetProject" => unary(sandbox, message, project::get),
        "ListProjects" => unary(sandbox, message, project::list),
        "GetDomains" => unary(sandbox, message, project::domains),
        "ListNamedEntities" => unary(sandbox, message, named::list_named_entities),
        "GetNamedEntity" => unary(sandbox, message, named::get_named_entity),
        "UpdateNamedEntity" => unary(sandbox, message, named::update_named_entity),
        "UpdateProjectAttributes" => unary(sandbox, message, attributes::update_project),
        "GetProjectAttributes" => unary(sandbox, message, attributes::get_project),
        "DeleteProjectAttributes" => unary(sandbox, message, attributes::delete_project),
        "UpdateProjectDomainAttributes" => unary(sandbox, message, attributes::update_project_domain),
        "GetProjectDomainAttributes" => unary(sandbox, message, attributes::get_project_domain),
        "DeleteProjectDomainAttributes" => unary(sandbox, message, attributes::delete_project_domain),
        "UpdateWorkflowAttributes" => unary(sandbox, message, attributes::update_workflow),
        "GetWorkflowAttributes" => unary(sandbox, message, attributes::get_workflow),
        "DeleteWorkflowAttributes" => unary(sandbox, message, attributes::delete_workflow),
        "ListMatchableAttributes" => unary(sandbox, message, attributes::list),
        "GetDescriptionEntity" => unary(sandbox, message, description::get),
        "ListDescriptionEntities" => unary(sandbox, message, description::list),
        "GetExecutionMetrics" => unary(sandbox, message, metrics::get),
        "GetVersion" => unary(sandbox, message, version::get),
        _ => Err(unimplemented("flyteidl.service.AdminService", method)),
    }
}

fn list_ids(sandbox: &mut Sandbox, message: &[u8], resource_type: ResourceType) -> Result<Vec<u8>, Status> {
    unary(sandbox, message, |sandbox, request| named::list_ids(sandbox, resource_type, &request))
}
