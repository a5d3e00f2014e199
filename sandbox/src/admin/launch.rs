//! How executions come to be: created, relaunched, recovered, or started by a launch plan node.

use flyte_remote::rpc::{Code, Status};

use super::execution::{find, name_taken};
use super::validate::{self, given};
use super::{execution_config, inputs, single_task};
use crate::engine;
use crate::idl::admin::{
    execution_metadata::ExecutionMode, execution_spec::NotificationOverrides, Execution, ExecutionClosure,
    ExecutionCreateRequest, ExecutionCreateResponse, ExecutionRecoverRequest, ExecutionRelaunchRequest, ExecutionSpec,
    ExecutionState, ExecutionStateChangeDetails, LaunchPlanSpec, Notification, SystemMetadata, WorkflowExecutionConfig,
};
use crate::idl::core::workflow_execution::Phase;
use crate::idl::core::{LiteralMap, ResourceType, WorkflowExecutionIdentifier};
use crate::record::Store;
use crate::sandbox::Sandbox;
use crate::state::{EntityKey, ExecutionRow, LaunchPlanRow, Table};
use crate::status::{invalid, missing, missing_entity};
use crate::time::timestamp;

/// Longest execution name.
const MAX_NAME: usize = 63;

pub(super) fn create(
    sandbox: &mut Sandbox,
    request: ExecutionCreateRequest,
) -> Result<ExecutionCreateResponse, Status> {
    launch(sandbox, request).map(|id| ExecutionCreateResponse { id: Some(id) })
}

pub(super) fn relaunch(
    sandbox: &mut Sandbox,
    request: ExecutionRelaunchRequest,
) -> Result<ExecutionCreateResponse, Status> {
    let (project, domain, mut spec, inputs) = again(sandbox, request.id.as_ref(), ExecutionMode::Relaunch)?;
    spec.overwrite_cache = request.overwrite_cache;
    let request = ExecutionCreateRequest {
        project,
        domain,
        name: request.name,
        spec: Some(spec),
        inputs: Some(inputs),
        ..Default::default()
    };
    create(sandbox, request)
}

pub(super) fn recover(
    sandbox: &mut Sandbox,
    request: ExecutionRecoverRequest,
) -> Result<ExecutionCreateResponse, Status> {
    let (project, domain, mut spec, inputs) = again(sandbox, request.id.as_ref(), ExecutionMode::Recovered)?;
    if let (Some(given), Some(metadata)) = (request.metadata, &mut spec.metadata) {
        metadata.parent_node_execution = given.parent_node_execution;
    }
    let request = ExecutionCreateRequest {
        project,
        domain,
        name: request.name,
        spec: Some(spec),
        inputs: Some(inputs),
        ..Default::default()
    };
    create(sandbox, request)
}

/// Project, domain, spec and inputs of an execution, to be run again.
fn again(
    sandbox: &Sandbox,
    id: Option<&WorkflowExecutionIdentifier>,
    mode: ExecutionMode,
) -> Result<(String, String, ExecutionSpec, LiteralMap), Status> {
    let id = id.cloned().unwrap_or_default();
    given(&id.project, "project")?;
    let row = find(&sandbox.state, &id)?;
    let mut spec = row.execution.spec.clone().unwrap_or_default();
    let metadata = spec.metadata.get_or_insert_default();
    metadata.set_mode(mode);
    metadata.reference_execution = Some(row.id.clone());
    Ok((row.id.project.clone(), row.id.domain.clone(), spec, row.user_inputs.clone()))
}

/// Checks a request, stores the execution and hands it to the engine.
pub(crate) fn launch(
    sandbox: &mut Sandbox,
    request: ExecutionCreateRequest,
) -> Result<WorkflowExecutionIdentifier, Status> {
    check(sandbox, &request)?;
    let ExecutionCreateRequest { project, domain, name, spec, inputs: given, .. } = request;
    let mut spec = spec.unwrap_or_default();
    // Before flyteidl 0.15 inputs were part of the spec.
    let user_inputs = match given {
        Some(map) if !map.literals.is_empty() => map,
        _ => spec.inputs.clone().unwrap_or_default(),
    };
    let entity = spec.launch_plan.clone().unwrap_or_default();
    let is_task = entity.resource_type() == ResourceType::Task;
    let launch_plan_key: EntityKey =
        if is_task { single_task::prepare(sandbox, &entity, &spec)? } else { (&entity).into() };
    let Some(plan) = sandbox.state.launch_plans.get(&launch_plan_key) else {
        return Err(missing_entity("LAUNCH_PLAN", &entity));
    };
    let closure = plan.launch_plan.closure.as_ref();
    let plan_spec = plan.launch_plan.spec.clone().unwrap_or_default();
    let expected = closure.and_then(|closure| closure.expected_inputs.as_ref());
    let resolved = inputs::resolve(Some(&user_inputs), plan_spec.fixed_inputs.as_ref(), expected)?;
    let workflow_key = match is_task {
        true => launch_plan_key.clone(),
        false => plan_spec.workflow_id.as_ref().map(EntityKey::from).unwrap_or_else(|| launch_plan_key.clone()),
    };
    let Some(workflow) = sandbox.state.workflows.get(&workflow_key) else {
        return Err(missing_entity("WORKFLOW", &plan_spec.workflow_id.unwrap_or_default()));
    };
    let workflow_id = workflow.id.clone();
    check_concurrency(sandbox, plan)?;
    let name = if name.is_empty() { sandbox.fresh_name(&project, &domain) } else { name };
    let id = WorkflowExecutionIdentifier { project, domain, name, org: String::new() };
    if sandbox.state.executions.contains(&(&id).into()) {
        return Err(name_taken());
    }
    let own_plan = (!is_task).then_some(&plan_spec);
    execution_config::check_cluster_pool(sandbox, &id.project, &id.domain, &spec)?;
    let config = execution_config::of_execution(sandbox, &id.project, &id.domain, &spec, own_plan);
    complete_spec(&mut spec, is_task, &id, config);
    let now = Some(timestamp(sandbox.now));
    let closure = ExecutionClosure {
        created_at: now,
        updated_at: now,
        notifications: notifications(&spec, &plan_spec),
        workflow_id: Some(workflow_id),
        state_change_details: Some(ExecutionStateChangeDetails {
            state: ExecutionState::ExecutionActive as i32,
            occurred_at: now,
            principal: String::new(),
        }),
        ..Default::default()
    };
    let mut store = Store { blobs: &mut sandbox.state.blobs, bucket: &sandbox.options.bucket, now: sandbox.now };
    store.offload(&resolved, &[&id.project, &id.domain, &id.name, "inputs"]);
    store.offload(&user_inputs, &[&id.project, &id.domain, &id.name, "user_inputs"]);
    sandbox.state.executions.put(ExecutionRow {
        id: id.clone(),
        execution: Execution { id: Some(id.clone()), spec: Some(spec), closure: Some(closure) },
        inputs: resolved,
        user_inputs,
        workflow: workflow_key,
        launch_plan: launch_plan_key,
        task: is_task.then(|| (&entity).into()),
        cluster: String::new(),
        abort_cause: String::new(),
        user: String::new(),
        created_at: sandbox.now,
        updated_at: sandbox.now,
        nodes: Table::default(),
    });
    engine::start(sandbox, &(&id).into());
    Ok(id)
}

fn check(sandbox: &Sandbox, request: &ExecutionCreateRequest) -> Result<(), Status> {
    given(&request.project, "project")?;
    given(&request.domain, "domain")?;
    check_name(&request.name)?;
    sandbox.check_project_and_domain(&request.project, &request.domain)?;
    let spec = request.spec.as_ref().ok_or_else(|| missing("spec"))?;
    let entity = validate::fields(spec.launch_plan.as_ref())?;
    if !matches!(entity.resource_type(), ResourceType::LaunchPlan | ResourceType::Task) {
        return Err(invalid(format!(
            "Invalid reference entity resource type [{}], only [map[LAUNCH_PLAN:<nil> TASK:<nil>]] allowed",
            entity.resource_type().as_str_name()
        )));
    }
    inputs::check_literals(request.inputs.as_ref(), "inputs")?;
    if let Some(NotificationOverrides::Notifications(list)) = &spec.notification_overrides {
        validate::notifications(&list.notifications)?;
    }
    validate::labels(spec.labels.as_ref())
}

/// The lower-cased copy of a name is checked, the name is stored as it came.
fn check_name(name: &str) -> Result<(), Status> {
    if name.is_empty() {
        return Ok(());
    }
    if name.len() > MAX_NAME {
        return Err(invalid(format!("size of name exceeded length {MAX_NAME} : {}", name.to_lowercase())));
    }
    let lower = name.to_lowercase();
    let mut bytes = lower.bytes();
    let starts = bytes.next().is_some_and(|byte| byte.is_ascii_lowercase());
    if !starts || !bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
        return Err(invalid(format!("invalid name format: {lower}, does not match regex '^[a-z][a-z\\-0-9]*$'")));
    }
    Ok(())
}

/// A launch plan may limit how many of its executions run at once; those nothing was heard of don't count.
fn check_concurrency(sandbox: &Sandbox, plan: &LaunchPlanRow) -> Result<(), Status> {
    use crate::idl::admin::ConcurrencyLimitBehavior::Skip;
    let policy = plan.launch_plan.spec.as_ref().and_then(|spec| spec.concurrency_policy.as_ref());
    let Some(policy) = policy.filter(|policy| policy.behavior() == Skip) else { return Ok(()) };
    let active = sandbox.state.executions.iter().filter(|row| {
        let same = row.task.is_none()
            && row.launch_plan.name == plan.id.name
            && row.id.project == plan.id.project
            && row.id.domain == plan.id.domain;
        same && matches!(row.phase(), Phase::Queued | Phase::Running)
    });
    if i64::try_from(active.count()).unwrap_or(i64::MAX) >= i64::from(policy.max) {
        return Err(Status::new(
            Code::AlreadyExists,
            format!("concurrency limit ({}) reached for launch plan {}; skipping execution", policy.max, plan.id.name),
        ));
    }
    Ok(())
}

/// What the configuration decides, and what FlyteAdmin adds.
fn complete_spec(
    spec: &mut ExecutionSpec,
    is_task: bool,
    id: &WorkflowExecutionIdentifier,
    config: WorkflowExecutionConfig,
) {
    if !is_task {
        spec.max_parallelism = config.max_parallelism;
    }
    spec.security_context = config.security_context;
    let namespace = format!("{}-{}", id.project, id.domain);
    let metadata = spec.metadata.get_or_insert_default();
    metadata.principal = String::new();
    metadata.system_metadata = Some(SystemMetadata { execution_cluster: String::new(), namespace });
}

/// Those of the request, or else of the launch plan, unless they are switched off.
fn notifications(spec: &ExecutionSpec, plan: &LaunchPlanSpec) -> Vec<Notification> {
    match &spec.notification_overrides {
        Some(NotificationOverrides::Notifications(list)) if !list.notifications.is_empty() => {
            list.notifications.clone()
        }
        Some(NotificationOverrides::DisableAll(true)) => Vec::new(),
        _ => plan.entity_metadata.as_ref().map(|metadata| metadata.notifications.clone()).unwrap_or_default(),
    }
}

impl Sandbox {
    /// A name that no execution of the project and domain has.
    fn fresh_name(&mut self, project: &str, domain: &str) -> String {
        loop {
            let name = format!("a{}", self.random.text(19));
            let key = crate::state::ExecutionKey {
                project: project.to_owned(),
                domain: domain.to_owned(),
                name: name.clone(),
            };
            if !self.state.executions.contains(&key) {
                return name;
            }
        }
    }
}
