//! Names of tasks, workflows and launch plans: list, get, describe, archive.

use std::collections::BTreeSet;

use flyte_remote::idl::flyteidl::{admin, core};
use flyte_remote::rpc::{Code, Status};

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

/// A name in `List…Ids`, which shows generated names too.
#[derive(Clone)]
struct Name(NameKey);

impl Row for Name {
    fn entity() -> Entity {
        Entity::NamedEntityMetadata
    }

    fn column(&self, name: &str) -> Cell {
        match name {
            "project" => Cell::from(self.0.project.as_str()),
            "domain" => Cell::from(self.0.domain.as_str()),
            "name" => Cell::from(self.0.name.as_str()),
            _ => Cell::Null,
        }
    }
}

/// `ListTaskIds`, `ListWorkflowIds`, `ListLaunchPlanIds`: distinct names. FlyteAdmin does not look at the filters here.
pub(crate) fn list_ids(
    sandbox: &mut Sandbox,
    resource_type: core::ResourceType,
    request: &admin::NamedEntityIdentifierListRequest,
) -> Result<admin::NamedEntityIdentifierList, Status> {
    let table = match resource_type {
        core::ResourceType::LaunchPlan => {
            // Of launch plans FlyteAdmin leaves the check to the query.
            let parameters = |what: &str| invalid(format!("missing and/or invalid parameters: {what}"));
            if request.limit == 0 {
                return Err(parameters("limit"));
            }
            if request.project.is_empty() && request.domain.is_empty() {
                return Err(parameters("filters"));
            }
            (Entity::LaunchPlan, "launch_plans")
        }
        kind => {
            required(&request.project, "project")?;
            required(&request.domain, "domain")?;
            match kind {
                core::ResourceType::Task => (Entity::Task, "tasks"),
                _ => (Entity::Workflow, "workflows"),
            }
        }
    };
    if let Some(sort) = &request.sort_by {
        check_group_order(table, sort)?;
    }
    let rows = rows(sandbox, resource_type as i32, &request.project, &request.domain)?;
    let names = rows.into_iter().map(|row| Name(row.key.name));
    let query = Query { limit: request.limit, token: &request.token, filters: "", sort_by: request.sort_by.as_ref() };
    let page = select(names, &query)?;
    let entities = page.rows.into_iter().map(|name| identifier(name.0)).collect();
    Ok(admin::NamedEntityIdentifierList { entities, token: page.token })
}

/// The query groups by these columns, so the database can sort by no other.
fn check_group_order((entity, table): (Entity, &str), sort: &admin::Sort) -> Result<(), Status> {
    let key = sort.key.as_str();
    if !entity.has_column(key) {
        return Err(invalid(format!("invalid sort key '{key}'")));
    }
    if matches!(key, "project" | "domain" | "name") {
        return Ok(());
    }
    let text = format!(
        "failed database operation with column \"{table}.{key}\" must appear in the GROUP BY clause or be used in an aggregate function"
    );
    Err(Status::new(Code::Unknown, text))
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
    let fits = |wanted: &str, value: &str| wanted.is_empty() || wanted == value;
    let mut seen = BTreeSet::new();
    let ids = ids.into_iter().filter(|id| {
        fits(project, &id.project) && fits(domain, &id.domain) && seen.insert((&id.project, &id.domain, &id.name))
    });
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
        return Err(invalid("invalid value for resource_type"));
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
    let found = rows.into_iter().find(|row| row.key.name.name == id.name);
    found.ok_or_else(|| not_found("entry not found"))
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

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::state::TaskRow;
    use crate::Options;

    fn id(name: &str, version: &str) -> core::Identifier {
        core::Identifier {
            resource_type: core::ResourceType::Task as i32,
            project: "flytesnacks".to_owned(),
            domain: "development".to_owned(),
            name: name.to_owned(),
            version: version.to_owned(),
            org: String::new(),
        }
    }

    fn sandbox() -> Sandbox {
        let mut sandbox = Sandbox::new(Options::default());
        for id in [id("b", "1"), id("a", "1"), id("b", "2"), id(".flytegen.x", "1")] {
            sandbox.state.tasks.put(TaskRow { id, task: admin::Task::default(), created_at: Duration::ZERO });
        }
        sandbox
    }

    fn list(sandbox: &mut Sandbox, filters: &str) -> Vec<(String, String, i32)> {
        let request = admin::NamedEntityListRequest {
            resource_type: core::ResourceType::Task as i32,
            project: "flytesnacks".to_owned(),
            domain: "development".to_owned(),
            limit: 10,
            filters: filters.to_owned(),
            ..Default::default()
        };
        let list = list_named_entities(sandbox, request).unwrap();
        let entry = |entity: admin::NamedEntity| {
            let metadata = entity.metadata.unwrap();
            (entity.id.unwrap().name, metadata.description, metadata.state)
        };
        list.entities.into_iter().map(entry).collect()
    }

    fn update(sandbox: &mut Sandbox, name: &str, description: &str, state: i32) -> Result<(), Status> {
        let request = admin::NamedEntityUpdateRequest {
            resource_type: core::ResourceType::Task as i32,
            id: Some(identifier(NameKey {
                project: "flytesnacks".to_owned(),
                domain: "development".to_owned(),
                name: name.to_owned(),
            })),
            metadata: Some(admin::NamedEntityMetadata { description: description.to_owned(), state }),
        };
        update_named_entity(sandbox, request).map(|_| ())
    }

    fn entry(name: &str, description: &str, state: i32) -> (String, String, i32) {
        (name.to_owned(), description.to_owned(), state)
    }

    #[test]
    fn names_come_once_and_generated_ones_only_when_filtered() {
        let mut sandbox = sandbox();
        assert_eq!(list(&mut sandbox, ""), [entry("b", "", 0), entry("a", "", 0)]);
        assert_eq!(list(&mut sandbox, "eq(state,0)").len(), 3);
    }

    #[test]
    fn ids_are_all_names_whatever_the_filters() {
        let mut sandbox = sandbox();
        let mut request = admin::NamedEntityIdentifierListRequest {
            project: "flytesnacks".to_owned(),
            domain: "development".to_owned(),
            limit: 2,
            filters: "eq(name,a)".to_owned(),
            ..Default::default()
        };
        let names = |list: &admin::NamedEntityIdentifierList| -> Vec<String> {
            list.entities.iter().map(|id| id.name.clone()).collect()
        };
        let first = list_ids(&mut sandbox, core::ResourceType::Task, &request).unwrap();
        assert_eq!((names(&first), first.token.as_str()), (vec!["b".to_owned(), "a".to_owned()], "2"));
        request.token = first.token;
        let second = list_ids(&mut sandbox, core::ResourceType::Task, &request).unwrap();
        assert_eq!(names(&second), [".flytegen.x"]);
        request.sort_by = Some(admin::Sort { key: "version".to_owned(), direction: 0 });
        assert!(list_ids(&mut sandbox, core::ResourceType::Task, &request).is_err());
    }

    #[test]
    fn a_name_can_be_described_and_archived() {
        let mut sandbox = sandbox();
        update(&mut sandbox, "a", "first letter", 0).unwrap();
        update(&mut sandbox, "a", "", 1).unwrap();
        assert_eq!(list(&mut sandbox, "eq(state,1)"), [entry("a", "first letter", 1)]);
        assert_eq!(list(&mut sandbox, "ne(named_entity_metadata.state,1)").len(), 2);
        assert_eq!(list(&mut sandbox, "contains(description,letter)").len(), 1);
    }

    #[test]
    fn unknown_names_and_states_are_refused() {
        let mut sandbox = sandbox();
        assert_eq!(update(&mut sandbox, "zzz", "", 0).unwrap_err().code, flyte_remote::rpc::Code::NotFound);
        assert_eq!(update(&mut sandbox, "", "", 0).unwrap_err().message, "missing name");
        assert!(update(&mut sandbox, "a", "", 9).is_err());
        let request =
            admin::NamedEntityListRequest { project: "p".to_owned(), domain: "d".to_owned(), ..Default::default() };
        assert!(list_named_entities(&mut sandbox, request).is_err());
    }
}
