//! Projects and domains.

use flyte_remote::rpc::{Code, Status};

use super::validate::{self, given};
use crate::idl::admin::{
    Domain, GetDomainRequest, GetDomainsResponse, Project, ProjectGetRequest, ProjectListRequest,
    ProjectRegisterRequest, ProjectRegisterResponse, ProjectUpdateResponse, Projects,
};
use crate::list::{self, Query};
use crate::sandbox::Sandbox;
use crate::state::ProjectRow;
use crate::status::{missing, not_found};

pub(super) fn register(
    sandbox: &mut Sandbox,
    request: ProjectRegisterRequest,
) -> Result<ProjectRegisterResponse, Status> {
    let project = request.project.ok_or_else(|| missing("project"))?;
    given(&project.name, "project_name")?;
    validate::project(&project)?;
    if sandbox.state.projects.contains(&project.id) {
        let text =
            "value with matching already exists (duplicate key value violates unique constraint \"projects_pkey\")";
        return Err(Status::new(Code::AlreadyExists, text));
    }
    sandbox.state.projects.put(ProjectRow { project, created_at: sandbox.now });
    Ok(ProjectRegisterResponse {})
}

/// Empty fields leave what is there; FlyteAdmin can't clear them either.
pub(super) fn update(sandbox: &mut Sandbox, project: Project) -> Result<ProjectUpdateResponse, Status> {
    given(&project.id, "project_id")?;
    let Some(row) = sandbox.state.projects.get_mut(&project.id) else {
        return Err(not_found("entry not found"));
    };
    validate::project(&project)?;
    let Project { name, description, labels, state, .. } = project;
    if !name.is_empty() {
        row.project.name = name;
    }
    if !description.is_empty() {
        row.project.description = description;
    }
    if labels.is_some() {
        row.project.labels = labels;
    }
    row.project.state = state;
    Ok(ProjectUpdateResponse {})
}

pub(super) fn get(sandbox: &mut Sandbox, request: ProjectGetRequest) -> Result<Project, Status> {
    given(&request.id, "project_id")?;
    let row = sandbox.state.projects.get(&request.id).ok_or_else(|| not_found("entry not found"))?;
    Ok(with_domains(&row.project, sandbox))
}

pub(super) fn list(sandbox: &mut Sandbox, request: ProjectListRequest) -> Result<Projects, Status> {
    let ProjectListRequest { limit, token, filters, sort_by, .. } = request;
    let query = Query { limit, token: &token, filters: &filters, sort_by: sort_by.as_ref() };
    let page = list::select(sandbox.state.projects.iter(), &query)?;
    let projects = page.rows.iter().map(|row| with_domains(&row.project, sandbox)).collect();
    Ok(Projects { projects, token: page.token })
}

pub(super) fn domains(sandbox: &mut Sandbox, _: GetDomainRequest) -> Result<GetDomainsResponse, Status> {
    Ok(GetDomainsResponse { domains: all_domains(sandbox) })
}

fn with_domains(project: &Project, sandbox: &Sandbox) -> Project {
    Project { domains: all_domains(sandbox), ..project.clone() }
}

fn all_domains(sandbox: &Sandbox) -> Vec<Domain> {
    sandbox.options.domains.iter().map(|id| Domain { id: id.clone(), name: id.clone() }).collect()
}
