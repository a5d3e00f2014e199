//! Which parallelism and which identity an execution gets: the request's, else the launch plan's, else what overrides say,
//! the most specific and then the project's, else the server's.

use flyte_remote::rpc::Status;

use super::attributes::{find, key};
use crate::idl::admin::{
    matching_attributes::Target, AuthRole, ExecutionSpec, LaunchPlanSpec, MatchableResource, WorkflowExecutionConfig,
};
use crate::idl::core::{Identity, SecurityContext};
use crate::sandbox::Sandbox;
use crate::status::invalid;

/// What the server itself is configured with.
pub(super) fn server_defaults(sandbox: &Sandbox) -> WorkflowExecutionConfig {
    let max_parallelism = i32::try_from(sandbox.options.max_parallelism).unwrap_or(i32::MAX);
    WorkflowExecutionConfig { max_parallelism, ..Default::default() }
}

/// Fills what `config` leaves open with what `more` says.
pub(super) fn merge(config: &mut WorkflowExecutionConfig, more: &WorkflowExecutionConfig) {
    if config.max_parallelism == 0 && more.max_parallelism > 0 {
        config.max_parallelism = more.max_parallelism;
    }
    if config.security_context.is_none() && names_somebody(more.security_context.as_ref()) {
        config.security_context.clone_from(&more.security_context);
    }
    let has_prefix = |config: &WorkflowExecutionConfig| {
        config.raw_output_data_config.as_ref().is_some_and(|raw| !raw.output_location_prefix.is_empty())
    };
    if !has_prefix(config) && has_prefix(more) {
        config.raw_output_data_config.clone_from(&more.raw_output_data_config);
    }
    if config.labels.as_ref().is_none_or(|labels| labels.values.is_empty()) {
        config.labels = more.labels.clone().filter(|labels| !labels.values.is_empty()).or(config.labels.take());
    }
    if config.annotations.as_ref().is_none_or(|annotations| annotations.values.is_empty()) {
        let given = more.annotations.clone().filter(|annotations| !annotations.values.is_empty());
        config.annotations = given.or(config.annotations.take());
    }
    if config.interruptible.is_none() {
        config.interruptible = more.interruptible;
    }
    config.overwrite_cache |= more.overwrite_cache;
    if config.envs.as_ref().is_none_or(|envs| envs.values.is_empty()) {
        config.envs = more.envs.clone().filter(|envs| !envs.values.is_empty()).or(config.envs.take());
    }
}

/// Parallelism and identity of an execution; `plan` is none for a task's.
pub(super) fn of_execution(
    sandbox: &Sandbox,
    project: &str,
    domain: &str,
    spec: &ExecutionSpec,
    plan: Option<&LaunchPlanSpec>,
) -> WorkflowExecutionConfig {
    let mut config = WorkflowExecutionConfig::default();
    merge(&mut config, &of_spec(spec.max_parallelism, spec.security_context.as_ref()));
    if let Some(plan) = plan {
        merge(&mut config, &of_spec(plan.max_parallelism, plan.security_context.as_ref()));
    }
    let workflow = plan.and_then(|plan| plan.workflow_id.as_ref()).map_or("", |id| id.name.as_str());
    let kind = MatchableResource::WorkflowExecutionConfig as i32;
    for wanted in [key(kind, project, domain, workflow), key(kind, project, "", "")] {
        let row = find(sandbox, &wanted);
        if let Some(Target::WorkflowExecutionConfig(more)) = row.and_then(|row| row.attributes.target) {
            merge(&mut config, &more);
        }
    }
    if config.security_context.is_none() {
        config.security_context = old_role(spec, plan);
    }
    merge(&mut config, &server_defaults(sandbox));
    config.security_context.get_or_insert_default().run_as.get_or_insert_default();
    config
}

/// A pool that overrides assign is the only one an execution may ask for.
pub(super) fn check_cluster_pool(
    sandbox: &Sandbox,
    project: &str,
    domain: &str,
    spec: &ExecutionSpec,
) -> Result<(), Status> {
    let asked = spec.cluster_assignment.as_ref().map_or("", |assignment| assignment.cluster_pool_name.as_str());
    let row = find(sandbox, &key(MatchableResource::ClusterAssignment as i32, project, domain, ""));
    let assigned = match row.and_then(|row| row.attributes.target) {
        Some(Target::ClusterAssignment(assignment)) => assignment.cluster_pool_name,
        _ => String::new(),
    };
    if !asked.is_empty() && !assigned.is_empty() && asked != assigned {
        return Err(invalid(format!(
            "execution with project {project:?} and domain {domain:?} cannot run on cluster pool {asked:?}, because its configured to run on pool {assigned:?}"
        )));
    }
    Ok(())
}

fn of_spec(max_parallelism: i32, security_context: Option<&SecurityContext>) -> WorkflowExecutionConfig {
    let security_context = security_context.cloned();
    WorkflowExecutionConfig { max_parallelism, security_context, ..Default::default() }
}

/// A security context without an account is as good as none.
fn names_somebody(context: Option<&SecurityContext>) -> bool {
    context.and_then(|context| context.run_as.as_ref()).is_some_and(|identity| {
        !identity.k8s_service_account.is_empty()
            || !identity.iam_role.is_empty()
            || !identity.execution_identity.is_empty()
    })
}

/// Before security contexts there were roles.
fn old_role(spec: &ExecutionSpec, plan: Option<&LaunchPlanSpec>) -> Option<SecurityContext> {
    let names = |role: &&AuthRole| !role.assumable_iam_role.is_empty() || !role.kubernetes_service_account.is_empty();
    let role = spec.auth_role.as_ref().filter(names).or(plan.and_then(|plan| plan.auth_role.as_ref()).filter(names))?;
    let identity = Identity {
        iam_role: role.assumable_iam_role.clone(),
        k8s_service_account: role.kubernetes_service_account.clone(),
        ..Default::default()
    };
    Some(SecurityContext { run_as: Some(identity), ..Default::default() })
}
