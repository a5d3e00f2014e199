//! Description entities: what authors write about the versions of their tasks and workflows.

use flyte_remote::rpc::Status;

use super::validate::{self, given};
use crate::idl::admin::{
    DescriptionEntity, DescriptionEntityList, DescriptionEntityListRequest, ObjectGetRequest, SourceCode,
};
use crate::idl::core::{Identifier, ResourceType};
use crate::list::{self, Query};
use crate::sandbox::Sandbox;
use crate::state::DescriptionRow;
use crate::status::{invalid, missing, not_found};

/// Keeps what came with a new task or workflow version; tags are not kept, as in FlyteAdmin.
pub(super) fn keep(sandbox: &mut Sandbox, id: &Identifier, description: Option<DescriptionEntity>) {
    let Some(given) = description else { return };
    let description = DescriptionEntity {
        id: Some(id.clone()),
        short_description: given.short_description,
        long_description: Some(given.long_description.unwrap_or_default()),
        source_code: Some(SourceCode { link: given.source_code.unwrap_or_default().link }),
        tags: Vec::new(),
    };
    sandbox.state.descriptions.put(DescriptionRow { id: id.clone(), description, created_at: sandbox.now });
}

/// FlyteAdmin does not look at the type here: of a task and a workflow with one name it finds either.
pub(super) fn get(sandbox: &mut Sandbox, request: ObjectGetRequest) -> Result<DescriptionEntity, Status> {
    let id = validate::implied(request.id, ResourceType::Task);
    let kind = id.as_ref().map_or(0, |id| id.resource_type);
    if kind == ResourceType::Unspecified as i32 || ResourceType::try_from(kind).is_err() {
        return Err(invalid("invalid value for resource_type"));
    }
    let id = validate::fields(id.as_ref())?;
    let same = |row: &&DescriptionRow| {
        row.id.project == id.project
            && row.id.domain == id.domain
            && row.id.name == id.name
            && row.id.version == id.version
    };
    let row = sandbox.state.descriptions.iter().find(same).ok_or_else(|| not_found("entry not found"))?;
    Ok(row.description.clone())
}

/// The documentation of a name's versions, whatever the type.
pub(super) fn list(
    sandbox: &mut Sandbox,
    request: DescriptionEntityListRequest,
) -> Result<DescriptionEntityList, Status> {
    let id = request.id.as_ref().ok_or_else(|| missing("id"))?;
    given(&id.project, "project")?;
    given(&id.domain, "domain")?;
    given(&id.name, "name")?;
    let query = Query {
        limit: request.limit,
        token: &request.token,
        filters: &request.filters,
        sort_by: request.sort_by.as_ref(),
    };
    let named =
        |row: &&DescriptionRow| row.id.project == id.project && row.id.domain == id.domain && row.id.name == id.name;
    let page = list::select(sandbox.state.descriptions.iter().filter(named), &query)?;
    let description_entities = page.rows.iter().map(|row| row.description.clone()).collect();
    Ok(DescriptionEntityList { description_entities, token: page.token })
}
