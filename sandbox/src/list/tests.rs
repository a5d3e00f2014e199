#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
struct Run {
    name: &'static str,
    phase: &'static str,
    state: i64,
    seconds: i64,
    started: Option<i128>,
    tags: Vec<(&'static str, &'static str)>,
}

impl Row for Run {
    fn entity() -> Entity {
        Entity::Execution
    }

    fn column(&self, name: &str) -> Cell {
        match name {
            "execution_name" => Cell::from(self.name),
            "phase" => Cell::from(self.phase),
            "state" => Cell::Int(self.state),
            "duration" => Cell::Duration(i128::from(self.seconds) * 1_000_000_000),
            "started_at" => self.started.map_or(Cell::Null, Cell::Time),
            _ => Cell::Null,
        }
    }

    fn joined(&self, entity: Entity, name: &str) -> Vec<Cell> {
        match (entity, name) {
            (Entity::ExecutionTag, "key") => self.tags.iter().map(|(key, _)| Cell::from(*key)).collect(),
            (Entity::ExecutionTag, "value") => self.tags.iter().map(|(_, value)| Cell::from(*value)).collect(),
            (Entity::LaunchPlan, "name") => vec![Cell::from("etl")],
            _ => Vec::new(),
        }
    }
}

fn run(name: &'static str, phase: &'static str, seconds: i64) -> Run {
    Run { name, phase, state: 0, seconds, started: Some(i128::from(seconds) * 1_000_000_000), tags: Vec::new() }
}

fn runs() -> Vec<Run> {
    vec![
        run("b", "SUCCEEDED", 30),
        Run { started: None, ..run("a", "QUEUED", 0) },
        Run { tags: vec![("team", "x"), ("kind", "a")], ..run("d_1", "FAILED", 90) },
        Run { tags: vec![("team", "a")], ..run("c", "FAILED", 60) },
        Run { state: 1, ..run("old", "SUCCEEDED", 5) },
    ]
}

fn names(filters: &str) -> Result<Vec<&'static str>, String> {
    let query = Query { limit: 100, filters, ..Query::default() };
    let page = select(runs(), &query).map_err(|status| format!("{:?}: {}", status.code, status.message));
    page.map(|page| page.rows.iter().map(|run| run.name).collect())
}

#[test]
fn filters_pick_rows() {
    for (filters, expected) in [
        ("", vec!["b", "a", "d_1", "c"]),
        ("eq(phase,FAILED)", vec!["d_1", "c"]),
        ("ne(phase, FAILED)", vec!["b", "a"]),
        ("eq(execution.phase,QUEUED)", vec!["a"]),
        ("value_in(phase,FAILED;QUEUED)", vec!["a", "d_1", "c"]),
        ("value_in(phase,QUEUED)", vec!["a"]),
        ("value_not_in(phase,FAILED;QUEUED)", vec!["b"]),
        ("gt(duration,30)+eq(phase,FAILED)", vec!["d_1", "c"]),
        ("gte(duration,1m)", vec!["d_1", "c"]),
        ("lt(duration,1m)", vec!["b", "a"]),
        ("lte(duration,0.5h)+gt(duration,89.9)", vec!["d_1"]),
        ("contains(execution_name,_)", vec!["b", "a", "d_1", "c"]),
        ("not_like(execution_name,d%)", vec!["b", "a", "c"]),
        ("gt(started_at,1970-01-01T00:00:30Z)", vec!["d_1", "c"]),
        ("ne(started_at,1970-01-01T00:00:30Z)", vec!["d_1", "c"]),
        ("eq(state,1)", vec!["old"]),
        ("value_in(execution.state,0;1)", vec!["b", "a", "d_1", "c", "old"]),
        ("eq(launch_plan.name,etl)", vec!["b", "a", "d_1", "c"]),
        ("eq(workflow.name,etl)", vec![]),
        ("eq(execution_tag.key,team)+eq(execution_tag.value,a)", vec!["c"]),
        ("eq(admin_tag.name,team)", vec!["d_1", "c"]),
    ] {
        match names(filters) {
            Ok(found) => assert_eq!(found, expected, "{filters}"),
            Err(error) => panic!("{filters}: {error}"),
        }
    }
}

#[test]
fn a_row_is_listed_once_for_each_tag_that_passes() {
    assert_eq!(names("value_in(execution_tag.key,team;kind)").unwrap(), ["d_1", "d_1", "c"]);
}

#[test]
fn bad_filters_are_refused_in_flyteadmins_words() {
    for (filters, message) in [
        ("phase=FAILED", "InvalidArgument: invalid value for filters"),
        ("eq(phase,)", "InvalidArgument: invalid value for filters"),
        ("eq(phase,FAILED)+", "InvalidArgument: invalid value for filters"),
        ("started_at,1970-01-01T01:00:30+01:00", "InvalidArgument: invalid value for filters"),
        ("is(phase,FAILED)", "InvalidArgument: unrecognized filter function: is"),
        ("eq(foo,1)", "InvalidArgument: 'e.foo' is invalid filter"),
        ("eq(name,1)", "InvalidArgument: 'e.name' is invalid filter"),
        ("eq(foo.bar,1)", "InvalidArgument: 'e.foo.bar' is invalid filter"),
        ("eq(launch_plan.foo,1)", "InvalidArgument: 'l.foo' is invalid filter"),
        ("eq(node_execution.phase,1)", "InvalidArgument: 'ne' entity is not allowed in filters"),
        ("gt(duration,soon)", "InvalidArgument: Failed to parse duration [soon]"),
        ("eq(state,x)", "Unknown: failed database operation with invalid input syntax for type integer: \"x\""),
        (
            "eq(started_at,x)",
            "Unknown: failed database operation with invalid input syntax for type timestamp with time zone: \"x\"",
        ),
    ] {
        assert_eq!(names(filters), Err(message.to_owned()), "{filters}");
    }
    assert!(names("eq(phase,A;B)").unwrap_err().starts_with("Unknown: "));
    assert!(names("contains(state,1)").unwrap_err().starts_with("Unknown: "));
}

fn page(limit: u32, token: &str, sort_by: Option<&Sort>) -> Result<(Vec<&'static str>, String), String> {
    let query = Query { limit, token, sort_by, filters: "" };
    let page = select(runs(), &query).map_err(|status| status.message.clone())?;
    Ok((page.rows.iter().map(|run| run.name).collect(), page.token))
}

#[test]
fn an_exact_multiple_of_the_limit_ends_with_an_empty_page() {
    assert_eq!(page(2, "", None), Ok((vec!["b", "a"], "2".to_owned())));
    assert_eq!(page(2, "2", None), Ok((vec!["d_1", "c"], "4".to_owned())));
    assert_eq!(page(2, "4", None), Ok((vec![], String::new())));
    assert_eq!(page(3, "3", None), Ok((vec!["c"], String::new())));
}

#[test]
fn limit_and_token_are_checked() {
    assert_eq!(page(0, "", None), Err("invalid value for limit".to_owned()));
    for token in ["x", "-1", "1.5", " 1", "99999999999999999999999"] {
        assert_eq!(page(1, token, None), Err(format!("invalid pagination token {token}")));
    }
}

#[test]
fn sorting_descends_unless_told_and_nulls_are_largest() {
    let sort = |key: &str, direction| Sort { key: key.to_owned(), direction };
    assert_eq!(page(9, "", Some(&sort("execution_name", 0))).unwrap().0, ["d_1", "c", "b", "a"]);
    assert_eq!(page(9, "", Some(&sort("execution_name", 1))).unwrap().0, ["a", "b", "c", "d_1"]);
    assert_eq!(page(9, "", Some(&sort("started_at", 0))).unwrap().0, ["a", "d_1", "c", "b"]);
    assert_eq!(page(9, "", Some(&sort("started_at", 1))).unwrap().0, ["b", "c", "d_1", "a"]);
    assert_eq!(page(9, "", Some(&sort("phase", 1))).unwrap().0, ["d_1", "c", "a", "b"]);
    assert_eq!(page(9, "", Some(&sort("foo", 1))), Err("invalid sort key 'foo'".to_owned()));
    assert_eq!(page(9, "", Some(&sort("", 0))), Err("invalid sort key ''".to_owned()));
    assert!(page(9, "", Some(&sort("phase", 7))).is_err());
}

proptest! {
    #[test]
    fn any_filter_text_gets_an_answer(text in any::<String>()) {
        let _ = names(&text);
    }

    #[test]
    fn any_term_gets_an_answer(
        function in "(eq|ne|gt|gte|lt|lte|contains|not_like|value_in|value_not_in|x)",
        field in "(phase|state|started_at|duration|execution_tag\\.key|launch_plan\\.state|spec|[a-z_.]{0,9})",
        value in "[ -~é]{0,12}",
        token in "[0-9x-]{0,25}",
    ) {
        let filters = format!("{function}({field},{value})");
        let query = Query { limit: 3, token: &token, filters: &filters, sort_by: None };
        if let Ok(page) = select(runs(), &query) {
            prop_assert!(page.rows.len() <= 3);
            prop_assert_eq!(page.token.is_empty(), page.rows.len() < 3);
        }
    }

    #[test]
    fn what_equals_a_text_is_found_by_it(name in "[a-zA-Z0-9_ .:/-]*[a-zA-Z0-9]") {
        let run = Run { phase: Box::leak(name.clone().into_boxed_str()), ..run("x", "", 0) };
        let count = |filters: String| {
            let query = Query { limit: 9, filters: &filters, ..Query::default() };
            select([run.clone()], &query).unwrap().rows.len()
        };
        // One white space before a value is not part of it.
        let padded = if name.starts_with(' ') { format!(" {name}") } else { name };
        prop_assert_eq!(count(format!("eq(phase,{padded})")), 1);
        prop_assert_eq!(count(format!("ne(phase,{padded})")), 0);
        prop_assert_eq!(count(format!("contains(phase,{padded})")), 1);
    }
}

#[derive(Clone)]
struct Project(&'static str, i64);

impl Row for Project {
    fn entity() -> Entity {
        Entity::Project
    }

    fn column(&self, name: &str) -> Cell {
        match name {
            "identifier" => Cell::from(self.0),
            "state" => Cell::Int(self.1),
            _ => Cell::Null,
        }
    }
}

#[test]
fn projects_come_all_at_once_by_identifier_without_the_archived() {
    let list = |filters| {
        let rows = vec![Project("b", 0), Project("a", 0), Project("gone", 1), Project("made", 2)];
        let page = select(rows, &Query { filters, ..Query::default() }).unwrap();
        assert_eq!(page.token, "");
        page.rows.iter().map(|project| project.0).collect::<Vec<_>>()
    };
    assert_eq!(list(""), ["a", "b", "made"]);
    assert_eq!(list("ne(identifier,b)"), ["a", "gone", "made"]);
}

#[test]
fn listed_error_messages_are_cut_at_a_character() {
    assert_eq!(trim_error_message("short"), "short");
    assert_eq!(trim_error_message(&"x".repeat(200)).len(), 100);
    let cut = format!("{}é", "x".repeat(99));
    assert_eq!(trim_error_message(&cut), "x".repeat(99));
}
