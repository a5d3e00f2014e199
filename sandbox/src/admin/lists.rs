//! What the lists of versioned entities have in common.

use flyte_remote::rpc::Status;

use super::validate;
use crate::idl::admin::ResourceListRequest;
use crate::idl::core::Identifier;
use crate::list::{self, Page, Query, Row};

/// The paging part of a request.
pub(super) fn query(request: &ResourceListRequest) -> Query<'_> {
    Query { limit: request.limit, token: &request.token, filters: &request.filters, sort_by: request.sort_by.as_ref() }
}

/// The versions of a project and domain, of one name if the request has one.
pub(super) fn versions<T: Row + Clone>(
    rows: impl Iterator<Item = T>,
    id_of: impl Fn(&T) -> &Identifier,
    request: &ResourceListRequest,
) -> Result<Page<T>, Status> {
    let scope = validate::scope(request.id.as_ref())?;
    let inside = |row: &T| {
        let id = id_of(row);
        id.project == scope.project && id.domain == scope.domain && (scope.name.is_empty() || id.name == scope.name)
    };
    list::select(rows.filter(inside), &query(request))
}
