//! Names of tasks, workflows and launch plans: list, get, describe, archive.

use std::collections::BTreeSet;

use flyte_remote::idl::flyteidl::{admin, core};
use flyte_remote::rpc::Status;

use crate::list::{select, Cell, Entity, Query, Row};
use crate::sandbox::Sandbox;
use crate::state::{NameKey, NamedEntityKey, NamedEntityRow};
use crate::status::{invalid, missing, not_found};

impl Row for NamedEntityRow {
    fn entity() -> Entity {
        Entity::NamedEntity
    }

    fn column(&self, name: &str) -> Cell {
        match name {
            "resource_type" => Cell::Int(i64::from(self.key.resource_type)),
            "project" => Cell::from(self.key.name.project.as_str()),
            "domain" => Cell::from(self.key.name.domain.as_str()),
            "name" => Cell::from(self.key.name.name.as_str()),
            "description" => Cell::from(self.metadata.description.as_str()),
            "state" => Cell::Int(i64::from(self.metadata.state)),
            _ => Cell::Null,
        }
    }
}

/// `ListNamedEntities`
pub(crate) fn list_named_entities(
    sandbox: &mut Sandbox,
    request: admin::NamedEntityListRequest,
) -> Result<admin::NamedEntityList, Status> {
    required(&request.project, "project")?;
    required(&request.domain, "domain")?;
    let rows = rows(sandbox, request.resource_type, &request.project, &request.domain)?;
    let query = Query {
        limit: request.limit,
        token: &request.token,
        filters: &request.filters,
        sort_by: request.sort_by.as_ref(),
    };
    let page = select(rows, &query)?;
    Ok(admin::NamedEntityList { entities: page.rows.into_iter().map(message).collect(), token: page.token })
}

/// `ListTaskIds`, `ListWorkflowIds`, `ListLaunchPlanIds`: distinct names.
pub(crate) fn list_ids(
    sandbox: &mut Sandbox,
    resource_type: core::ResourceType,
    request: &admin::NamedEntityIdentifierListRequest,
) -> Result<admin::NamedEntityIdentifierList, Status> {
    required(&request.project, "project")?;
    required(&request.domain, "domain")?;
    let rows = rows(sandbox, resource_type as i32, &request.project, &request.domain)?;
    let query = Query {
        limit: request.limit,
        token: &request.token,
        filters: &request.filters,
        sort_by: request.sort_by.as_ref(),
    };
    let page = select(rows, &query)?;
    let entities = page.rows.into_iter().map(|row| identifier(row.key.name)).collect();
    Ok(admin::NamedEntityIdentifierList { entities, token: page.token })
}

/// `GetNamedEntity`
pub(crate) fn get_named_entity(
    sandbox: &mut Sandbox,
    request: admin::NamedEntityGetRequest,
) -> Result<admin::NamedEntity, Status> {
    find(sandbox, request.resource_type, request.id.as_ref()).map(message)
}

/// `UpdateNamedEntity`; an empty description leaves the old one, as in FlyteAdmin.
pub(crate) fn update_named_entity(
    sandbox: &mut Sandbox,
    request: admin::NamedEntityUpdateRequest,
) -> Result<admin::NamedEntityUpdateResponse, Status> {
    check(request.resource_type, request.id.as_ref())?;
    let Some(metadata) = &request.metadata else { return Err(missing("metadata")) };
    if admin::NamedEntityState::try_from(metadata.state).is_err() {
        return Err(invalid("invalid value for state"));
    }
    let mut row = find(sandbox, request.resource_type, request.id.as_ref())?;
    row.metadata.state = metadata.state;
    if !metadata.description.is_empty() {
        row.metadata.description.clone_from(&metadata.description);
    }
    sandbox.state.named_entities.put(row);
    Ok(admin::NamedEntityUpdateResponse {})
}

/// The names of a type in a project and domain, first registered first, with what is said about them.
fn rows(sandbox: &Sandbox, resource_type: i32, project: &str, domain: &str) -> Result<Vec<NamedEntityRow>, Status> {
    let state = &sandbox.state;
    let ids: Vec<&core::Identifier> = match core::ResourceType::try_from(resource_type) {
        Ok(core::ResourceType::Task) => state.tasks.iter().map(|row| &row.id).collect(),
        Ok(core::ResourceType::Workflow) => state.workflows.iter().map(|row| &row.id).collect(),
        Ok(core::ResourceType::LaunchPlan) => state.launch_plans.iter().map(|row| &row.id).collect(),
        _ => return Err(invalid(format!("Cannot list entity names for resource type: {resource_type}"))),
    };
    let mut seen = BTreeSet::new();
    let ids = ids.into_iter().filter(|id| id.project == project && id.domain == domain && seen.insert(&id.name));
    Ok(ids.map(|id| described(sandbox, resource_type, id)).collect())
}

fn described(sandbox: &Sandbox, resource_type: i32, id: &core::Identifier) -> NamedEntityRow {
    let name = NameKey { project: id.project.clone(), domain: id.domain.clone(), name: id.name.clone() };
    let key = NamedEntityKey { resource_type, name };
    let known = sandbox.state.named_entities.get(&key).cloned();
    known.unwrap_or_else(|| NamedEntityRow { key, metadata: admin::NamedEntityMetadata::default() })
}

fn check(
    resource_type: i32,
    id: Option<&admin::NamedEntityIdentifier>,
) -> Result<&admin::NamedEntityIdentifier, Status> {
    if resource_type == core::ResourceType::Unspecified as i32 {
        return Err(missing("resource_type"));
    }
    let id = id.ok_or_else(|| missing("id"))?;
    for (value, field) in [(&id.project, "project"), (&id.domain, "domain"), (&id.name, "name")] {
        required(value, field)?;
    }
    Ok(id)
}

fn find(
    sandbox: &Sandbox,
    resource_type: i32,
    id: Option<&admin::NamedEntityIdentifier>,
) -> Result<NamedEntityRow, Status> {
    let id = check(resource_type, id)?;
    let rows = rows(sandbox, resource_type, &id.project, &id.domain)?;
    rows.into_iter().find(|row| row.key.name.name == id.name).ok_or_else(|| {
        let kind = core::ResourceType::try_from(resource_type).map_or("", |kind| kind.as_str_name());
        let name = format!("project:\"{}\" domain:\"{}\" name:\"{}\"", id.project, id.domain, id.name);
        not_found(format!("missing entity of type {kind} with identifier {name}"))
    })
}

fn message(row: NamedEntityRow) -> admin::NamedEntity {
    admin::NamedEntity {
        resource_type: row.key.resource_type,
        id: Some(identifier(row.key.name)),
        metadata: Some(row.metadata),
    }
}

fn identifier(name: NameKey) -> admin::NamedEntityIdentifier {
    admin::NamedEntityIdentifier { project: name.project, domain: name.domain, name: name.name, org: String::new() }
}

fn required(value: &str, field: &str) -> Result<(), Status> {
    if value.is_empty() {
        Err(missing(field))
    } else {
        Ok(())
    }
}
