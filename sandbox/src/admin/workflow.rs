//! Workflow versions.

use flyte_remote::rpc::{Code, Status};

use super::difference::different_structure;
use super::validate;
use super::{description, lists};
use crate::compiler;
use crate::idl::admin::{
    create_workflow_failure_reason::Reason, CreateWorkflowFailureReason, ObjectGetRequest, ResourceListRequest,
    Workflow, WorkflowClosure, WorkflowCreateRequest, WorkflowCreateResponse, WorkflowErrorExistsDifferentStructure,
    WorkflowErrorExistsIdenticalStructure, WorkflowList, WorkflowSpec,
};
use crate::idl::core::{CompiledWorkflowClosure, Identifier, ResourceType};
use crate::sandbox::Sandbox;
use crate::state::WorkflowRow;
use crate::status::{identifier_text, invalid, missing, missing_entity, with_detail};
use crate::time::timestamp;

pub(super) fn create(sandbox: &mut Sandbox, request: WorkflowCreateRequest) -> Result<WorkflowCreateResponse, Status> {
    let id = validate::identifier(request.id.as_ref(), ResourceType::Workflow)?.clone();
    sandbox.check_project_and_domain(&id.project, &id.domain)?;
    let spec = request.spec.filter(|spec| spec.template.is_some()).ok_or_else(|| missing("spec"))?;
    register(sandbox, id, spec)?;
    Ok(WorkflowCreateResponse {})
}

/// Compiles and stores a workflow whose id has been checked.
pub(super) fn register(sandbox: &mut Sandbox, id: Identifier, mut spec: WorkflowSpec) -> Result<(), Status> {
    let template = spec.template.get_or_insert_default();
    template.id = Some(id.clone());
    let compiled = compiler::compile(&sandbox.state, template, &spec.sub_workflows, &[]).map_err(|error| {
        let id = identifier_text(&id);
        invalid(format!("failed to compile workflow for [{id}] with err: {error}"))
    })?;
    if sandbox.options.max_workflow_nodes > 0 {
        let nodes = compiled.primary.as_ref().and_then(|primary| primary.template.as_ref());
        let count = nodes.map_or(0, |template| template.nodes.len().saturating_sub(2));
        let limit = sandbox.options.max_workflow_nodes;
        if count > limit {
            let id = identifier_text(&id);
            return Err(invalid(format!("number of nodes in workflow [{id}] exceeds limit ({count} > {limit})")));
        }
    }
    if let Some(row) = sandbox.state.workflows.get(&(&id).into()) {
        return Err(exists(&id, row.compiled(), &compiled));
    }
    let short_description = match &spec.description {
        Some(description) => description.short_description.clone(),
        None => String::new(),
    };
    description::keep(sandbox, &id, spec.description.clone());
    let closure = WorkflowClosure { compiled_workflow: Some(compiled), created_at: Some(timestamp(sandbox.now)) };
    let workflow = Workflow { id: Some(id.clone()), closure: Some(closure), short_description };
    sandbox.state.workflows.put(WorkflowRow { id, workflow, spec, created_at: sandbox.now });
    Ok(())
}

fn exists(id: &Identifier, known: Option<&CompiledWorkflowClosure>, new: &CompiledWorkflowClosure) -> Status {
    let (status, reason) = if known == Some(new) {
        let reason = WorkflowErrorExistsIdenticalStructure { id: Some(id.clone()) };
        let status = Status::new(Code::AlreadyExists, "workflow with identical structure already exists");
        (status, Reason::ExistsIdenticalStructure(reason))
    } else {
        let reason = WorkflowErrorExistsDifferentStructure { id: Some(id.clone()) };
        let known = known.cloned().unwrap_or_default();
        let text = different_structure(&id.name, "workflow", "flyteidl.core.CompiledWorkflowClosure", &known, new);
        (invalid(text), Reason::ExistsDifferentStructure(reason))
    };
    let detail = CreateWorkflowFailureReason { reason: Some(reason) };
    with_detail(status, "flyteidl.admin.CreateWorkflowFailureReason", &detail)
}

pub(super) fn get(sandbox: &mut Sandbox, request: ObjectGetRequest) -> Result<Workflow, Status> {
    let id = validate::implied(request.id, ResourceType::Workflow);
    let id = validate::identifier(id.as_ref(), ResourceType::Workflow)?;
    let row = sandbox.state.workflows.get(&id.into());
    row.map(|row| row.workflow.clone()).ok_or_else(|| missing_entity("WORKFLOW", id))
}

pub(super) fn list(sandbox: &mut Sandbox, request: ResourceListRequest) -> Result<WorkflowList, Status> {
    let page = lists::versions(sandbox.state.workflows.iter(), |row| &row.id, &request)?;
    let workflows = page.rows.iter().map(|row| without_closure(row)).collect();
    Ok(WorkflowList { workflows, token: page.token })
}

/// Of the compiled closure a list has only the interface.
fn without_closure(row: &WorkflowRow) -> Workflow {
    use crate::idl::core::{CompiledWorkflow, WorkflowTemplate};
    let template = WorkflowTemplate { interface: row.interface().cloned(), ..Default::default() };
    let primary = CompiledWorkflow { template: Some(template), connections: None };
    let compiled = CompiledWorkflowClosure { primary: Some(primary), ..Default::default() };
    Workflow {
        id: Some(row.id.clone()),
        closure: Some(WorkflowClosure {
            compiled_workflow: Some(compiled),
            created_at: Some(timestamp(row.created_at)),
        }),
        short_description: row.workflow.short_description.clone(),
    }
}
