//! The filter language: `eq(phase,FAILED)+value_in(name,a;b)`.

use std::cmp::Ordering;

use flyte_remote::rpc::{Code, Status};

use super::columns::{Entity, Kind};
use super::value::Cell;
use super::{invalid, Row};

/// One term of a filter text.
#[derive(Debug)]
pub(super) struct Filter {
    entity: Entity,
    column: &'static str,
    test: Test,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Eq,
    Ne,
    Gt,
    Gte,
    Lt,
    Lte,
}

#[derive(Debug)]
enum Test {
    Compare(Function, Cell),
    Like { pattern: Vec<char>, negated: bool },
    In { values: Vec<Cell>, negated: bool },
}

impl Filter {
    /// Reads a whole filter text; empty text is no filter.
    pub(super) fn parse_all(text: &str, primary: Entity) -> Result<Vec<Filter>, Status> {
        if text.is_empty() {
            return Ok(Vec::new());
        }
        text.split('+').map(|term| Filter::parse(term, primary)).collect()
    }

    fn parse(term: &str, primary: Entity) -> Result<Filter, Status> {
        let (function, field, value) = split(term).ok_or_else(|| invalid("invalid value for filters"))?;
        let prefixed = field.split_once('.').and_then(|(prefix, rest)| Some((Entity::of_prefix(prefix)?, rest)));
        let (entity, field) = prefixed.unwrap_or((primary, field));
        if !primary.joins(entity) {
            return Err(invalid(format!("'{}' entity is not allowed in filters", entity.name())));
        }
        let Some((column, kind)) = entity.column(field) else {
            return Err(invalid(format!("'{}.{field}' is invalid filter", entity.name())));
        };
        let test = Test::parse(function, value, kind)?;
        // Tags moved to a table of their own, metadata of names is one row with the name.
        let (entity, column) = match (entity, column) {
            (Entity::AdminTag, "name") => (Entity::ExecutionTag, "key"),
            (Entity::NamedEntityMetadata, column) if primary == Entity::NamedEntity => (primary, column),
            other => other,
        };
        Ok(Filter { entity, column, test })
    }

    /// A filter on a number.
    pub(super) fn int(entity: Entity, column: &'static str, function: Function, value: i64) -> Filter {
        Filter { entity, column, test: Test::Compare(function, Cell::Int(value)) }
    }

    /// A filter that refuses texts of a pattern.
    pub(super) fn not_like(entity: Entity, column: &'static str, pattern: &str) -> Filter {
        Filter { entity, column, test: Test::Like { pattern: pattern.chars().collect(), negated: true } }
    }

    pub(super) fn is_on(&self, entity: Entity, column: &str) -> bool {
        self.entity == entity && self.column == column
    }
}

/// How often a row is in the list: once for each row of the joined tables that passes all terms on its table.
pub(super) fn count<R: Row>(filters: &[Filter], row: &R) -> usize {
    let (own, joined): (Vec<&Filter>, Vec<&Filter>) = filters.iter().partition(|filter| filter.entity == R::entity());
    if !own.iter().all(|filter| filter.test.accepts(&row.column(filter.column))) {
        return 0;
    }
    let mut counted: Vec<Entity> = Vec::new();
    let mut count = 1;
    for filter in &joined {
        if !counted.contains(&filter.entity) {
            counted.push(filter.entity);
            count *= passing(filter.entity, &joined, row);
        }
    }
    count
}

/// How many rows of a joined table pass all terms on it.
fn passing<R: Row>(entity: Entity, filters: &[&Filter], row: &R) -> usize {
    let columns: Vec<(&Filter, Vec<Cell>)> = filters
        .iter()
        .filter(|filter| filter.entity == entity)
        .map(|filter| (*filter, row.joined(entity, filter.column)))
        .collect();
    let rows = columns.iter().map(|(_, cells)| cells.len()).min().unwrap_or(0);
    let passes =
        |at: &usize| columns.iter().all(|(filter, cells)| cells.get(*at).is_some_and(|cell| filter.test.accepts(cell)));
    (0..rows).filter(passes).count()
}

/// `function(field,value)`: the last bracket that leaves room for the rest, then the last comma, then the last closing
/// bracket; one white space after the comma is dropped, what follows the closing bracket is ignored.
fn split(term: &str) -> Option<(&str, &str, &str)> {
    for (open, _) in term.rmatch_indices('(') {
        let (function, rest) = (term.get(..open)?, term.get(open + 1..)?);
        for (comma, _) in rest.rmatch_indices(',') {
            let (field, value) = (rest.get(..comma)?, rest.get(comma + 1..)?);
            let Some(value) = value.rfind(')').and_then(|close| value.get(..close)) else { continue };
            let trimmed = value.strip_prefix([' ', '\t', '\r']).filter(|rest| !rest.is_empty()).unwrap_or(value);
            if !function.is_empty() && !field.is_empty() && !trimmed.is_empty() && !term.contains('\n') {
                return Some((function, field, trimmed));
            }
        }
    }
    None
}

impl Test {
    fn parse(function: &str, value: &str, kind: Kind) -> Result<Test, Status> {
        let compare = match function {
            "contains" => return Test::like(&format!("%{}%", go_text(value)), kind, false),
            "not_like" if value.contains(';') => return Err(no_operator(kind, "!~~", "record")),
            "not_like" => return Test::like(value, kind, true),
            "value_in" | "value_not_in" => {
                let values = value.split(';').map(|value| Cell::parse(value, kind)).collect::<Result<_, _>>()?;
                return Ok(Test::In { values, negated: function == "value_not_in" });
            }
            "eq" => Function::Eq,
            "ne" => Function::Ne,
            "gt" => Function::Gt,
            "gte" => Function::Gte,
            "lt" => Function::Lt,
            "lte" => Function::Lte,
            _ => return Err(invalid(format!("unrecognized filter function: {function}"))),
        };
        if value.contains(';') {
            return Err(no_operator(kind, compare.symbol(), "record"));
        }
        Ok(Test::Compare(compare, Cell::parse(value, kind)?))
    }

    fn like(pattern: &str, kind: Kind, negated: bool) -> Result<Test, Status> {
        if kind != Kind::Text {
            return Err(no_operator(kind, if negated { "!~~" } else { "~~" }, "unknown"));
        }
        Ok(Test::Like { pattern: pattern.chars().collect(), negated })
    }

    fn accepts(&self, cell: &Cell) -> bool {
        match self {
            Test::Compare(function, value) => cell.compare(value).is_some_and(|order| function.accepts(order)),
            Test::Like { pattern, negated } => match cell {
                Cell::Text(text) => like(text, pattern) != *negated,
                _ => false,
            },
            Test::In { values, negated } => {
                *cell != Cell::Null
                    && values.iter().any(|value| cell.compare(value) == Some(Ordering::Equal)) != *negated
            }
        }
    }
}

impl Function {
    fn symbol(self) -> &'static str {
        match self {
            Function::Eq => "=",
            Function::Ne => "<>",
            Function::Gt => ">",
            Function::Gte => ">=",
            Function::Lt => "<",
            Function::Lte => "<=",
        }
    }

    fn accepts(self, order: Ordering) -> bool {
        match self {
            Function::Eq => order.is_eq(),
            Function::Ne => order.is_ne(),
            Function::Gt => order.is_gt(),
            Function::Gte => order.is_ge(),
            Function::Lt => order.is_lt(),
            Function::Lte => order.is_le(),
        }
    }
}

/// FlyteAdmin prints a list into a pattern as Go prints slices: `[a b]`.
fn go_text(value: &str) -> String {
    if value.contains(';') {
        format!("[{}]", value.replace(';', " "))
    } else {
        value.to_owned()
    }
}

fn no_operator(kind: Kind, operator: &str, other: &str) -> Status {
    let column = match kind {
        Kind::Text => "text",
        Kind::Int => "integer",
        Kind::Time => "timestamp with time zone",
        Kind::Duration => "bigint",
        Kind::Bytes => "bytea",
    };
    Status::new(
        Code::Unknown,
        format!("failed database operation with operator does not exist: {column} {operator} {other}"),
    )
}

/// SQL's LIKE: `%` is any text, `_` any one character, a backslash takes the next literally.
fn like(text: &str, pattern: &[char]) -> bool {
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut in_pattern) = (0, 0);
    // Where to go on when the text after the last `%` does not match: that `%`, one character further.
    let mut retry: Option<(usize, usize)> = None;
    while at < text.len() {
        let (wanted, width) = match (pattern.get(in_pattern), pattern.get(in_pattern + 1)) {
            (Some('\\'), Some(literal)) => (Some(*literal), 2),
            (Some('%'), _) => {
                retry = Some((in_pattern, at));
                in_pattern += 1;
                continue;
            }
            (Some('_'), _) => (text.get(at).copied(), 1),
            (Some(literal), _) => (Some(*literal), 1),
            (None, _) => (None, 0),
        };
        if wanted.is_some() && wanted == text.get(at).copied() {
            (at, in_pattern) = (at + 1, in_pattern + width);
        } else if let Some((percent, from)) = retry {
            retry = Some((percent, from + 1));
            (at, in_pattern) = (from + 1, percent + 1);
        } else {
            return false;
        }
    }
    pattern.iter().skip(in_pattern).all(|rest| *rest == '%')
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn like_patterns() {
        for (text, pattern, matches) in [
            ("daily_etl", "%ily%", true),
            ("daily_etl", "daily", false),
            ("daily_etl", "d_ily%l", true),
            ("abcabd", "%ab_", true),
            ("", "%", true),
            ("", "_", false),
            ("50%", "50\\%", true),
            ("500", "50\\%", false),
            ("ab", "ab\\", false),
            ("aaab", "%a%ab", true),
            (".flytegen.x", ".flytegen%", true),
        ] {
            let pattern: Vec<char> = pattern.chars().collect();
            assert_eq!(like(text, &pattern), matches, "{text} {pattern:?}");
        }
    }

    #[test]
    fn terms_split_at_the_last_comma() {
        assert_eq!(split("eq(name,a)"), Some(("eq", "name", "a")));
        assert_eq!(split("eq(name, a)"), Some(("eq", "name", "a")));
        assert_eq!(split("eq(name,  a)"), Some(("eq", "name", " a")));
        assert_eq!(split("eq(name,a,b)"), Some(("eq", "name,a", "b")));
        assert_eq!(split("eq(name,a))"), Some(("eq", "name", "a)")));
        assert_eq!(split("eq(name,a) x"), Some(("eq", "name", "a")));
        assert_eq!(split("eq(name, )"), Some(("eq", "name", " ")));
        for malformed in ["eq(name)", "eq name,a", "(name,a)", "eq(,a)", "eq(name,)", "eq(name,a", ""] {
            assert_eq!(split(malformed), None, "{malformed}");
        }
    }
}
