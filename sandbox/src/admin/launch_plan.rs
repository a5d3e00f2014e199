//! Launch plan versions.

use flyte_remote::rpc::{Code, Status};

use super::difference::different_structure;
use super::validate::{self, given};
use super::{cron, inputs, lists};
use crate::columns::LaunchPlanView;
use crate::idl::admin::{
    schedule, ActiveLaunchPlanListRequest, ActiveLaunchPlanRequest, LaunchPlan, LaunchPlanClosure,
    LaunchPlanCreateRequest, LaunchPlanCreateResponse, LaunchPlanList, LaunchPlanSpec, LaunchPlanState,
    LaunchPlanUpdateRequest, LaunchPlanUpdateResponse, ObjectGetRequest, ResourceListRequest,
};
use crate::idl::core::{literal_type, parameter, Identifier, ParameterMap, ResourceType, SimpleType, TypedInterface};
use crate::list::{self, Query};
use crate::sandbox::Sandbox;
use crate::state::LaunchPlanRow;
use crate::status::{invalid, missing_entity, not_found};
use crate::time::timestamp;

pub(super) fn create(
    sandbox: &mut Sandbox,
    request: LaunchPlanCreateRequest,
) -> Result<LaunchPlanCreateResponse, Status> {
    let workflow_id = request.spec.as_ref().and_then(|spec| spec.workflow_id.as_ref());
    let workflow_id = validate::identifier(workflow_id, ResourceType::Workflow)?;
    let workflow = sandbox.state.workflows.get(&workflow_id.into());
    let workflow = workflow.ok_or_else(|| missing_entity("WORKFLOW", workflow_id))?;
    let interface = workflow.interface().cloned().unwrap_or_default();
    let id = validate::identifier(request.id.as_ref(), ResourceType::LaunchPlan)?.clone();
    sandbox.check_project_and_domain(&id.project, &id.domain)?;
    register(sandbox, id, request.spec.unwrap_or_default(), &interface)?;
    Ok(LaunchPlanCreateResponse {})
}

/// Checks and stores a launch plan, inactive.
pub(super) fn register(
    sandbox: &mut Sandbox,
    id: Identifier,
    mut spec: LaunchPlanSpec,
    interface: &TypedInterface,
) -> Result<(), Status> {
    validate::labels(spec.labels.as_ref())?;
    inputs::check_literals(spec.fixed_inputs.as_ref(), "fixed_inputs")?;
    inputs::check_parameters(spec.default_inputs.as_ref())?;
    let workflow_inputs = inputs::variables(interface.inputs.as_ref());
    let expected = inputs::expected(&workflow_inputs, spec.fixed_inputs.as_ref(), spec.default_inputs.as_ref())?;
    check_schedule(&spec, &expected)?;
    if let Some(metadata) = &spec.entity_metadata {
        validate::notifications(&metadata.notifications)?;
        if metadata.launch_conditions.is_some() {
            return Err(invalid("Launch condition must be empty, found one"));
        }
    }
    spec.default_inputs = Some(expected.clone());
    if let Some(row) = sandbox.state.launch_plans.get(&(&id).into()) {
        if row.launch_plan.spec.as_ref() == Some(&spec) {
            return Err(Status::new(Code::AlreadyExists, "launch plan with identical structure already exists"));
        }
        let known = row.launch_plan.spec.clone().unwrap_or_default();
        let type_name = "flyteidl.admin.LaunchPlanSpec";
        return Err(invalid(different_structure(&id.name, "launch plan", type_name, &known, &spec)));
    }
    let now = Some(timestamp(sandbox.now));
    let closure = LaunchPlanClosure {
        state: LaunchPlanState::Inactive as i32,
        expected_inputs: Some(expected),
        expected_outputs: interface.outputs.clone().or_else(|| Some(Default::default())),
        created_at: now,
        updated_at: now,
    };
    let launch_plan = LaunchPlan { id: Some(id.clone()), spec: Some(spec), closure: Some(closure) };
    let (created_at, updated_at) = (sandbox.now, sandbox.now);
    sandbox.state.launch_plans.put(LaunchPlanRow { id, launch_plan, created_at, updated_at });
    Ok(())
}

fn check_schedule(spec: &LaunchPlanSpec, expected: &ParameterMap) -> Result<(), Status> {
    let schedule = spec.entity_metadata.as_ref().and_then(|metadata| metadata.schedule.as_ref());
    let Some(schedule) = schedule else { return Ok(()) };
    let cron = match &schedule.schedule_expression {
        Some(schedule::ScheduleExpression::CronExpression(text)) if text.is_empty() => return Ok(()),
        Some(schedule::ScheduleExpression::CronExpression(text)) => text.as_str(),
        Some(schedule::ScheduleExpression::CronSchedule(cron)) => cron.schedule.as_str(),
        Some(schedule::ScheduleExpression::Rate(_)) => "",
        None => return Ok(()),
    };
    let kickoff = &schedule.kickoff_time_input_arg;
    for (name, parameter) in &expected.parameters {
        if parameter.behavior == Some(parameter::Behavior::Required(true)) && name != kickoff {
            return Err(invalid(format!(
                "Cannot create a launch plan with a schedule if there is an unbound required input. [{name}] is required"
            )));
        }
    }
    if !kickoff.is_empty() {
        let Some(parameter) = expected.parameters.get(kickoff) else {
            return Err(invalid(format!(
                "Cannot create a schedule with a KickoffTimeInputArg that does not point to a free input. [{kickoff}] is not free or does not exist."
            )));
        };
        let r#type = parameter.var.as_ref().and_then(|variable| variable.r#type.clone()).unwrap_or_default();
        if r#type.r#type != Some(literal_type::Type::Simple(SimpleType::Datetime as i32)) {
            return Err(invalid(format!(
                "KickoffTimeInputArg must reference a datetime input. [{kickoff}] is a [{}]",
                crate::types::type_text(&r#type)
            )));
        }
    }
    if !cron.is_empty() {
        cron::check(cron).map_err(|error| invalid(format!("Invalid cron expression: {error}")))?;
    }
    Ok(())
}

/// Activates a version, which deactivates the active one of its name, or deactivates it.
pub(super) fn update(
    sandbox: &mut Sandbox,
    request: LaunchPlanUpdateRequest,
) -> Result<LaunchPlanUpdateResponse, Status> {
    let state = request.state();
    let id = validate::implied(request.id, ResourceType::LaunchPlan);
    let id = match state {
        LaunchPlanState::Inactive => validate::identifier(id.as_ref(), ResourceType::LaunchPlan)?.clone(),
        LaunchPlanState::Active => id.unwrap_or_default(),
    };
    if !sandbox.state.launch_plans.contains(&(&id).into()) {
        return Err(missing_entity("LAUNCH_PLAN", &id));
    }
    let now = sandbox.now;
    let same_name =
        |other: &Identifier| other.project == id.project && other.domain == id.domain && other.name == id.name;
    for row in sandbox.state.launch_plans.iter_mut() {
        let wanted = row.id.version == id.version;
        if !same_name(&row.id) || !(wanted || (state == LaunchPlanState::Active && row.is_active())) {
            continue;
        }
        let closure = row.launch_plan.closure.get_or_insert_default();
        closure.set_state(if wanted { state } else { LaunchPlanState::Inactive });
        closure.updated_at = Some(timestamp(now));
        row.updated_at = now;
    }
    Ok(LaunchPlanUpdateResponse {})
}

pub(super) fn get(sandbox: &mut Sandbox, request: ObjectGetRequest) -> Result<LaunchPlan, Status> {
    let id = validate::implied(request.id, ResourceType::LaunchPlan);
    let id = validate::identifier(id.as_ref(), ResourceType::LaunchPlan)?;
    let row = sandbox.state.launch_plans.get(&id.into());
    row.map(|row| row.launch_plan.clone()).ok_or_else(|| missing_entity("LAUNCH_PLAN", id))
}

pub(super) fn get_active(sandbox: &mut Sandbox, request: ActiveLaunchPlanRequest) -> Result<LaunchPlan, Status> {
    let id = request.id.unwrap_or_default();
    given(&id.project, "project")?;
    given(&id.domain, "domain")?;
    given(&id.name, "name")?;
    let named = |row: &&LaunchPlanRow| {
        row.id.project == id.project && row.id.domain == id.domain && row.id.name == id.name && row.is_active()
    };
    let row = sandbox.state.launch_plans.iter().find(named);
    row.map(|row| row.launch_plan.clone()).ok_or_else(|| {
        not_found(format!("No active launch plan could be found: {}:{}:{}", id.project, id.domain, id.name))
    })
}

pub(super) fn list(sandbox: &mut Sandbox, request: ResourceListRequest) -> Result<LaunchPlanList, Status> {
    let state = &sandbox.state;
    let views = state.launch_plans.iter().map(|row| LaunchPlanView { state, row });
    let page = lists::versions(views, |view| &view.row.id, &request)?;
    Ok(to_list(page))
}

pub(super) fn list_active(
    sandbox: &mut Sandbox,
    request: ActiveLaunchPlanListRequest,
) -> Result<LaunchPlanList, Status> {
    given(&request.project, "project")?;
    given(&request.domain, "domain")?;
    let state = &sandbox.state;
    let active = state
        .launch_plans
        .iter()
        .filter(|row| row.is_active() && row.id.project == request.project && row.id.domain == request.domain);
    let query = Query { limit: request.limit, token: &request.token, filters: "", sort_by: request.sort_by.as_ref() };
    let page = list::select(active.map(|row| LaunchPlanView { state, row }), &query)?;
    Ok(to_list(page))
}

fn to_list(page: list::Page<LaunchPlanView<'_>>) -> LaunchPlanList {
    let launch_plans = page.rows.iter().map(|view| view.row.launch_plan.clone()).collect();
    LaunchPlanList { launch_plans, token: page.token }
}
