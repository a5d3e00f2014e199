//! FlyteAdmin's list calls as pure code: filters, sort, tokens and limits over anything that is a [`Row`].

mod columns;
mod filter;
mod value;

use std::cmp::Ordering;

use flyte_remote::idl::flyteidl::admin::{sort::Direction, Sort};
use flyte_remote::rpc::{Code, Status};

pub use columns::Entity;
pub use value::{is_go_duration, Cell};

use filter::Filter;

/// FlyteAdmin cuts the error messages of listed executions at this many bytes.
const LISTED_ERROR_BYTES: usize = 100;

/// Something that can be listed: a database row of FlyteAdmin, as far as filters and sort keys see it.
pub trait Row {
    /// Which table this is a row of; it decides which columns there are.
    fn entity() -> Entity;

    /// The value of a column (FlyteAdmin's database name, e.g. `execution_created_at`); [`Cell::Null`] when there is none.
    fn column(&self, name: &str) -> Cell;

    /// A column of the rows of `entity` that belong to this one, e.g. of its launch plan; one cell for each such row,
    /// in the same order for every column.
    fn joined(&self, _entity: Entity, _name: &str) -> Vec<Cell> {
        Vec::new()
    }
}

impl<R: Row> Row for &R {
    fn entity() -> Entity {
        R::entity()
    }

    fn column(&self, name: &str) -> Cell {
        R::column(self, name)
    }

    fn joined(&self, entity: Entity, name: &str) -> Vec<Cell> {
        R::joined(self, entity, name)
    }
}

/// The paging part of a list request.
#[derive(Clone, Copy, Default)]
pub struct Query<'a> {
    /// At most this many rows; 0 is refused, except for projects, where it means all.
    pub limit: u32,
    /// Empty, or the token of the page before.
    pub token: &'a str,
    /// `eq(phase,FAILED)+gt(duration,60)`
    pub filters: &'a str,
    /// Without it rows come in the order they are in.
    pub sort_by: Option<&'a Sort>,
}

/// Some rows of a list.
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// For the next page; empty when this one is not full.
    pub token: String,
}

/// Picks the rows that a list call answers. Restrict `rows` to the call's project, domain and parent before. What
/// FlyteAdmin hides by default is hidden here too: archived executions and projects.
pub fn select<T: Row + Clone>(rows: impl IntoIterator<Item = T>, query: &Query) -> Result<Page<T>, Status> {
    let entity = T::entity();
    if query.limit == 0 && entity != Entity::Project {
        return Err(invalid("invalid value for limit"));
    }
    let filters = hide_by_default(entity, Filter::parse_all(query.filters, entity)?, query.filters.is_empty());
    let order = query.sort_by.map(|sort| Order::new(sort, entity)).transpose()?;
    let offset = offset(query.token)?;
    let repeated = |row: T| std::iter::repeat_n(row.clone(), filter::count(&filters, &row));
    let mut found: Vec<T> = rows.into_iter().flat_map(repeated).collect();
    match order {
        Some(order) => found.sort_by(|a, b| order.compare(a, b)),
        None if entity == Entity::Project => {
            found.sort_by(|a, b| a.column("identifier").order(&b.column("identifier")))
        }
        None => {}
    }
    let limit = if query.limit == 0 { usize::MAX } else { query.limit as usize };
    let rows: Vec<T> = found.into_iter().skip(offset).take(limit).collect();
    let token = if rows.len() == limit { offset.saturating_add(rows.len()).to_string() } else { String::new() };
    Ok(Page { rows, token })
}

/// An execution's error message as lists show it.
#[must_use]
pub fn trim_error_message(message: &str) -> &str {
    let mut end = LISTED_ERROR_BYTES.min(message.len());
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    message.get(..end).unwrap_or(message)
}

fn invalid(message: impl Into<String>) -> Status {
    Status::new(Code::InvalidArgument, message)
}

fn hide_by_default(entity: Entity, mut filters: Vec<Filter>, no_filters: bool) -> Vec<Filter> {
    let on_state = filters.iter().any(|filter| filter.is_on(entity, "state"));
    match entity {
        Entity::Execution if !on_state => filters.push(Filter::int(entity, "state", filter::Function::Eq, 0)),
        Entity::Project if no_filters => filters.push(Filter::int(entity, "state", filter::Function::Ne, 1)),
        Entity::NamedEntity if no_filters => filters.push(Filter::not_like(entity, "name", ".flytegen%")),
        _ => {}
    }
    filters
}

fn offset(token: &str) -> Result<usize, Status> {
    if token.is_empty() {
        return Ok(0);
    }
    // Go's Atoi takes a sign as well.
    let offset = token.parse::<i64>().ok().and_then(|offset| u64::try_from(offset).ok());
    let offset = offset.ok_or_else(|| invalid(format!("invalid pagination token {token}")))?;
    Ok(usize::try_from(offset).unwrap_or(usize::MAX))
}

struct Order {
    key: &'static str,
    descending: bool,
}

impl Order {
    fn new(sort: &Sort, entity: Entity) -> Result<Self, Status> {
        let Some((key, _)) = entity.column(&sort.key) else {
            return Err(invalid(format!("invalid sort key '{}'", sort.key)));
        };
        match Direction::try_from(sort.direction) {
            Ok(direction) => Ok(Order { key, descending: direction == Direction::Descending }),
            Err(_) => Err(invalid(format!("invalid sort order specified: {}", sort.direction))),
        }
    }

    fn compare(&self, a: &impl Row, b: &impl Row) -> Ordering {
        let ascending = a.column(self.key).order(&b.column(self.key));
        if self.descending {
            ascending.reverse()
        } else {
            ascending
        }
    }
}

#[cfg(test)]
mod tests;
