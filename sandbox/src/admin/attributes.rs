//! Matchable attributes: overrides at the level of a project, a project's domain, or a workflow.

use std::collections::BTreeMap;

use flyte_remote::rpc::{Code, Status};

use super::execution_config;
use super::validate::given;
use crate::idl::admin::{
    matching_attributes::Target, project::ProjectState, ListMatchableAttributesRequest,
    ListMatchableAttributesResponse, MatchableAttributesConfiguration, MatchableResource, MatchingAttributes,
    PluginOverrides, ProjectAttributes, ProjectAttributesDeleteRequest, ProjectAttributesDeleteResponse,
    ProjectAttributesGetRequest, ProjectAttributesGetResponse, ProjectAttributesUpdateRequest,
    ProjectAttributesUpdateResponse, ProjectDomainAttributes, ProjectDomainAttributesDeleteRequest,
    ProjectDomainAttributesDeleteResponse, ProjectDomainAttributesGetRequest, ProjectDomainAttributesGetResponse,
    ProjectDomainAttributesUpdateRequest, ProjectDomainAttributesUpdateResponse, WorkflowAttributes,
    WorkflowAttributesDeleteRequest, WorkflowAttributesDeleteResponse, WorkflowAttributesGetRequest,
    WorkflowAttributesGetResponse, WorkflowAttributesUpdateRequest, WorkflowAttributesUpdateResponse,
};
use crate::sandbox::Sandbox;
use crate::state::{AttributesKey, AttributesRow};
use crate::status::{invalid, missing, not_found};

pub(super) fn update_project(
    sandbox: &mut Sandbox,
    request: ProjectAttributesUpdateRequest,
) -> Result<ProjectAttributesUpdateResponse, Status> {
    let ProjectAttributes { project, matching_attributes, .. } =
        request.attributes.ok_or_else(|| missing("attributes"))?;
    sandbox.check_project_for_update(&project)?;
    let (resource, attributes) = kind_of(matching_attributes, &project)?;
    let key = key(resource, &project, "", "");
    if resource == MatchableResource::PluginOverride as i32 {
        // FlyteAdmin looks for the plugin overrides to merge with by domain, and a project has none.
        let text = format!(
            "unexpected error type for: missing and/or invalid parameters: {{{project}    {}}}",
            resource_name(resource)
        );
        return Err(Status::new(Code::Internal, text));
    }
    put(sandbox, AttributesRow { key, attributes });
    Ok(ProjectAttributesUpdateResponse {})
}

pub(super) fn update_project_domain(
    sandbox: &mut Sandbox,
    request: ProjectDomainAttributesUpdateRequest,
) -> Result<ProjectDomainAttributesUpdateResponse, Status> {
    let ProjectDomainAttributes { project, domain, matching_attributes, .. } =
        request.attributes.ok_or_else(|| missing("attributes"))?;
    sandbox.check_project_and_domain(&project, &domain)?;
    let (resource, attributes) = kind_of(matching_attributes, &format!("{project}-{domain}"))?;
    store(sandbox, key(resource, &project, &domain, ""), attributes);
    Ok(ProjectDomainAttributesUpdateResponse {})
}

pub(super) fn update_workflow(
    sandbox: &mut Sandbox,
    request: WorkflowAttributesUpdateRequest,
) -> Result<WorkflowAttributesUpdateResponse, Status> {
    let WorkflowAttributes { project, domain, workflow, matching_attributes, .. } =
        request.attributes.ok_or_else(|| missing("attributes"))?;
    sandbox.check_project_and_domain(&project, &domain)?;
    given(&workflow, "name")?;
    let (resource, attributes) = kind_of(matching_attributes, &format!("{project}-{domain}-{workflow}"))?;
    store(sandbox, key(resource, &project, &domain, &workflow), attributes);
    Ok(WorkflowAttributesUpdateResponse {})
}

/// Of the execution config the server's own defaults fill what is not set, and answer when nothing is.
pub(super) fn get_project(
    sandbox: &mut Sandbox,
    request: ProjectAttributesGetRequest,
) -> Result<ProjectAttributesGetResponse, Status> {
    let ProjectAttributesGetRequest { project, resource_type, .. } = request;
    if !sandbox.state.projects.contains(&project) {
        return Err(invalid(format!("failed to validate that project [{project}] exists, err: [entry not found]")));
    }
    let wanted = key(resource_type, &project, "", "");
    let row = sandbox.state.attributes.iter().find(|row| row.key == wanted);
    let mut attributes = match row {
        Some(row) => row.attributes.clone(),
        None if resource_type == MatchableResource::WorkflowExecutionConfig as i32 => {
            MatchingAttributes { target: Some(Target::WorkflowExecutionConfig(Default::default())) }
        }
        None => return Err(nothing_for(&wanted)),
    };
    if let Some(Target::WorkflowExecutionConfig(config)) = &mut attributes.target {
        execution_config::merge(config, &execution_config::server_defaults(sandbox));
    }
    let attributes = ProjectAttributes { project, matching_attributes: Some(attributes), ..Default::default() };
    Ok(ProjectAttributesGetResponse { attributes: Some(attributes) })
}

pub(super) fn get_project_domain(
    sandbox: &mut Sandbox,
    request: ProjectDomainAttributesGetRequest,
) -> Result<ProjectDomainAttributesGetResponse, Status> {
    let ProjectDomainAttributesGetRequest { project, domain, resource_type, .. } = request;
    sandbox.check_project_and_domain(&project, &domain)?;
    let row = most_specific(sandbox, key(resource_type, &project, &domain, ""))?;
    let attributes = ProjectDomainAttributes {
        project: row.key.project,
        domain: row.key.domain,
        matching_attributes: Some(row.attributes),
        ..Default::default()
    };
    Ok(ProjectDomainAttributesGetResponse { attributes: Some(attributes) })
}

pub(super) fn get_workflow(
    sandbox: &mut Sandbox,
    request: WorkflowAttributesGetRequest,
) -> Result<WorkflowAttributesGetResponse, Status> {
    let WorkflowAttributesGetRequest { project, domain, workflow, resource_type, .. } = request;
    sandbox.check_project_and_domain(&project, &domain)?;
    given(&workflow, "name")?;
    let row = most_specific(sandbox, key(resource_type, &project, &domain, &workflow))?;
    let attributes = WorkflowAttributes {
        project: row.key.project,
        domain: row.key.domain,
        workflow: row.key.workflow,
        matching_attributes: Some(row.attributes),
        ..Default::default()
    };
    Ok(WorkflowAttributesGetResponse { attributes: Some(attributes) })
}

pub(super) fn delete_project(
    sandbox: &mut Sandbox,
    request: ProjectAttributesDeleteRequest,
) -> Result<ProjectAttributesDeleteResponse, Status> {
    sandbox.check_project_for_update(&request.project)?;
    delete(sandbox, &key(request.resource_type, &request.project, "", ""));
    Ok(ProjectAttributesDeleteResponse {})
}

pub(super) fn delete_project_domain(
    sandbox: &mut Sandbox,
    request: ProjectDomainAttributesDeleteRequest,
) -> Result<ProjectDomainAttributesDeleteResponse, Status> {
    sandbox.check_project_and_domain(&request.project, &request.domain)?;
    delete(sandbox, &key(request.resource_type, &request.project, &request.domain, ""));
    Ok(ProjectDomainAttributesDeleteResponse {})
}

pub(super) fn delete_workflow(
    sandbox: &mut Sandbox,
    request: WorkflowAttributesDeleteRequest,
) -> Result<WorkflowAttributesDeleteResponse, Status> {
    sandbox.check_project_and_domain(&request.project, &request.domain)?;
    given(&request.workflow, "name")?;
    delete(sandbox, &key(request.resource_type, &request.project, &request.domain, &request.workflow));
    Ok(WorkflowAttributesDeleteResponse {})
}

/// All overrides of a kind, the most specific first.
pub(super) fn list(
    sandbox: &mut Sandbox,
    request: ListMatchableAttributesRequest,
) -> Result<ListMatchableAttributesResponse, Status> {
    if MatchableResource::try_from(request.resource_type).is_err() {
        return Err(invalid("invalid value for resource_type"));
    }
    let mut rows: Vec<&AttributesRow> =
        sandbox.state.attributes.iter().filter(|row| row.key.resource == request.resource_type).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.key.priority()));
    let configuration = |row: &AttributesRow| MatchableAttributesConfiguration {
        attributes: Some(row.attributes.clone()),
        project: row.key.project.clone(),
        domain: row.key.domain.clone(),
        workflow: row.key.workflow.clone(),
        ..Default::default()
    };
    Ok(ListMatchableAttributesResponse { configurations: rows.into_iter().map(configuration).collect() })
}

/// The override of a kind that applies to a workflow, or to a domain or project where the rest is empty.
pub(super) fn find(sandbox: &Sandbox, wanted: &AttributesKey) -> Option<AttributesRow> {
    let applies = |row: &&AttributesRow| row.key.covers(wanted) && row.key.project == wanted.project;
    sandbox.state.attributes.iter().filter(applies).max_by_key(|row| row.key.priority()).cloned()
}

/// The key of an override.
pub(super) fn key(resource: i32, project: &str, domain: &str, workflow: &str) -> AttributesKey {
    AttributesKey { resource, project: project.to_owned(), domain: domain.to_owned(), workflow: workflow.to_owned() }
}

fn most_specific(sandbox: &Sandbox, wanted: AttributesKey) -> Result<AttributesRow, Status> {
    find(sandbox, &wanted).ok_or_else(|| nothing_for(&wanted))
}

fn nothing_for(wanted: &AttributesKey) -> Status {
    not_found(format!(
        "Resource [{{Project:{} Domain:{} Workflow:{} LaunchPlan: ResourceType:{}}}] not found",
        wanted.project,
        wanted.domain,
        wanted.workflow,
        resource_name(wanted.resource)
    ))
}

fn resource_name(resource: i32) -> String {
    match MatchableResource::try_from(resource) {
        Ok(known) => known.as_str_name().to_owned(),
        Err(_) => resource.to_string(),
    }
}

/// Which kind of override it is; quality of service is not one that FlyteAdmin stores.
fn kind_of(attributes: Option<MatchingAttributes>, whose: &str) -> Result<(i32, MatchingAttributes), Status> {
    let attributes = attributes.ok_or_else(|| missing("matching_attributes"))?;
    let kind = match attributes.target {
        Some(Target::TaskResourceAttributes(_)) => MatchableResource::TaskResource,
        Some(Target::ClusterResourceAttributes(_)) => MatchableResource::ClusterResource,
        Some(Target::ExecutionQueueAttributes(_)) => MatchableResource::ExecutionQueue,
        Some(Target::ExecutionClusterLabel(_)) => MatchableResource::ExecutionClusterLabel,
        Some(Target::PluginOverrides(_)) => MatchableResource::PluginOverride,
        Some(Target::WorkflowExecutionConfig(_)) => MatchableResource::WorkflowExecutionConfig,
        Some(Target::ClusterAssignment(_)) => MatchableResource::ClusterAssignment,
        Some(Target::QualityOfService(_)) | None => {
            return Err(invalid(format!("Unrecognized matching attributes type for request {whose}")));
        }
    };
    Ok((kind as i32, attributes))
}

/// Stores an override over the one before; plugin overrides are merged, by task type, with the first that FlyteAdmin
/// finds, which for a domain may be that of one of its workflows.
fn store(sandbox: &mut Sandbox, key: AttributesKey, mut attributes: MatchingAttributes) {
    if key.resource == MatchableResource::PluginOverride as i32 {
        if let Some(row) = sandbox.state.attributes.iter_mut().find(|row| key.covers(&row.key)) {
            row.attributes.target = merged(row.attributes.target.take(), attributes.target.take());
            return;
        }
    }
    put(sandbox, AttributesRow { key, attributes });
}

fn put(sandbox: &mut Sandbox, row: AttributesRow) {
    match sandbox.state.attributes.iter_mut().find(|known| known.key == row.key) {
        Some(known) => *known = row,
        None => sandbox.state.attributes.push(row),
    }
}

fn merged(old: Option<Target>, new: Option<Target>) -> Option<Target> {
    let overrides = [old, new].into_iter().flatten().flat_map(|target| match target {
        Target::PluginOverrides(PluginOverrides { overrides }) => overrides,
        _ => Vec::new(),
    });
    let by_type: BTreeMap<_, _> = overrides.map(|one| (one.task_type.clone(), one)).collect();
    Some(Target::PluginOverrides(PluginOverrides { overrides: by_type.into_values().collect() }))
}

/// Deletes what the pattern covers: FlyteAdmin deletes the overrides of a project's domains and workflows with the project's.
fn delete(sandbox: &mut Sandbox, pattern: &AttributesKey) {
    sandbox.state.attributes.retain(|row| !pattern.covers(&row.key));
}

impl Sandbox {
    /// The project must be there and active.
    fn check_project_for_update(&self, project: &str) -> Result<(), Status> {
        let Some(row) = self.state.projects.get(&project.to_owned()) else {
            return Err(invalid(format!(
                "failed to validate that project [{project}] is registered, err: [entry not found]"
            )));
        };
        if row.project.state() != ProjectState::Active {
            return Err(invalid(format!("project [{project}] is not active")));
        }
        Ok(())
    }
}
