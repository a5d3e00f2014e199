//! `List…Ids`: the names of a kind of entity, each once.

use std::collections::BTreeSet;

use flyte_remote::rpc::Status;

use super::validate::given;
use crate::idl::admin::{NamedEntityIdentifier, NamedEntityIdentifierList, NamedEntityIdentifierListRequest};
use crate::idl::core::Identifier;
use crate::list::{self, Query, Row};
use crate::status::invalid;

/// Distinct names of a project and domain, with paging over the names.
pub(super) fn distinct_names<'s, R: Row + 's>(
    rows: impl Iterator<Item = &'s R>,
    id_of: impl Fn(&R) -> &Identifier,
    request: &NamedEntityIdentifierListRequest,
) -> Result<NamedEntityIdentifierList, Status> {
    given(&request.project, "project")?;
    given(&request.domain, "domain")?;
    if let Some(sort) = &request.sort_by {
        // The query groups by these columns, so the database can sort by no other.
        if !matches!(sort.key.as_str(), "project" | "domain" | "name") {
            return Err(invalid(format!("invalid sort key '{}'", sort.key)));
        }
    }
    let mut seen = BTreeSet::new();
    let first_of_name = |row: &&R| {
        let id = id_of(row);
        id.project == request.project && id.domain == request.domain && seen.insert(id.name.clone())
    };
    let query = Query {
        limit: request.limit,
        token: &request.token,
        filters: &request.filters,
        sort_by: request.sort_by.as_ref(),
    };
    let page = list::select(rows.filter(first_of_name), &query)?;
    let entity = |row: &&R| {
        let Identifier { project, domain, name, .. } = id_of(row).clone();
        NamedEntityIdentifier { project, domain, name, org: String::new() }
    };
    Ok(NamedEntityIdentifierList { entities: page.rows.iter().map(entity).collect(), token: page.token })
}
