//! What callers are told about values that do not fit. `npm run vectors` compares those that do with the reference.

use flyte_remote::value::{from_literal, to_literal, InputValue, LiteralType, OutputValue, Path};

use crate::support::{id, literal_type, vectors};

#[test]
fn a_literal_that_is_no_value_keeps_its_bytes() {
    // scalar { 15: "x" }, which may come to be something
    let literal = [0x0a, 3, 0x7a, 1, b'x'];
    assert_eq!(from_literal(&literal, None), OutputValue::Literal(literal.to_vec()));
    assert_eq!(from_literal(&[], None), OutputValue::Literal(vec![]));
}

fn mistakes(value: &InputValue, type_of: &str) -> Vec<String> {
    let case = vectors("to_literal.json").into_iter().find(|case| id(case) == type_of).unwrap();
    let declared = literal_type(&case["literal_type"]);
    let mut problems = Vec::new();
    let literal = to_literal(value, &declared, &Path::new("inputs.x"), &mut problems);
    assert_eq!(literal.is_none(), !problems.is_empty());
    problems.into_iter().map(|problem| format!("{}: {}", problem.path, problem.message)).collect()
}

#[test]
fn mistakes_tell_place_declared_type_and_what_came() {
    let text = |text: &str| InputValue::Text(text.to_owned());
    assert_eq!(
        mistakes(&text("abc"), "datetime-utc"),
        ["inputs.x: expected datetime, got text \"abc\"; give a Date or ISO 8601 with its zone, 2024-02-29T12:30:00Z"]
    );
    assert_eq!(mistakes(&InputValue::Number(2.5), "int-0"), ["inputs.x: expected int, got a number with a fraction"]);
    assert_eq!(
        mistakes(&InputValue::Number(1e16), "int-0"),
        ["inputs.x: expected int, got a number beyond ±(2^53 - 1), where integers lose digits"]
    );
    assert_eq!(mistakes(&InputValue::Number(f64::NAN), "int-0"), ["inputs.x: expected int, got NaN"]);
    assert_eq!(
        mistakes(&text("purple"), "enum-text"),
        ["inputs.x: expected enum[red, green, blue], got text \"purple\""]
    );
    assert_eq!(mistakes(&InputValue::Bytes(vec![1]), "opt-value"), ["inputs.x: expected int | none, got bytes"]);
    assert_eq!(
        mistakes(&InputValue::Int((1 << 53) + 1), "float-0"),
        ["inputs.x: expected float, got bigint 9007199254740993"]
    );
    assert_eq!(mistakes(&InputValue::Other("a function".into()), "str-0"), ["inputs.x: expected str, got a function"]);
    assert_eq!(
        mistakes(&text(&"x".repeat(50)), "int-0"),
        [format!("inputs.x: expected int, got text \"{}…\"", "x".repeat(40))]
    );
}

#[test]
fn all_mistakes_of_a_tree_are_told() {
    let list = InputValue::List(vec![InputValue::Number(1.0), InputValue::Null, InputValue::Bool(true)]);
    assert_eq!(
        mistakes(&list, "list-int"),
        ["inputs.x[1]: expected int, got null", "inputs.x[2]: expected int, got boolean true",]
    );
    let map = InputValue::Map(vec![("a b".into(), InputValue::Null), ("c".into(), InputValue::List(vec![]))]);
    assert_eq!(
        mistakes(&map, "map-int"),
        ["inputs.x[\"a b\"]: expected int, got null", "inputs.x.c: expected int, got a list",]
    );
    assert_eq!(
        mistakes(&InputValue::List(vec![InputValue::Text("s".into())]), "opt-list"),
        ["inputs.x[0]: expected int, got text \"s\""]
    );
}

#[test]
fn an_ambiguous_union_asks_for_a_choice() {
    assert_eq!(
        mistakes(&InputValue::List(vec![]), "union-lists-empty"),
        ["inputs.x: a list fits more than one variant of the union: list[int] (tag Typed List) and \
         list[str] (tag Typed List); choose with literal.variant(tag, value)"]
    );
}

#[test]
fn durations_and_instants_can_be_given_by_parts_and_milliseconds() {
    let convert = |value: InputValue, simple: u8| {
        let declared = LiteralType::decode(&[8, simple]).unwrap();
        let mut problems = Vec::new();
        let literal = to_literal(&value, &declared, &Path::new("x"), &mut problems);
        literal.map(|literal| from_literal(literal.as_bytes(), None))
    };
    let parts = |seconds: f64, nanos: f64| {
        InputValue::Map(vec![
            ("seconds".into(), InputValue::Number(seconds)),
            ("nanos".into(), InputValue::Number(nanos)),
        ])
    };
    let duration = |seconds, nanos| Some(OutputValue::Duration { seconds, nanos });
    assert_eq!(convert(parts(1.0, 5.0), 6), duration(1, 5));
    assert_eq!(convert(parts(-1.0, -5.0), 6), duration(-1, -5));
    assert_eq!(convert(parts(-1.0, 5.0), 6), None);
    assert_eq!(convert(InputValue::Number(-1500.0), 6), duration(-1, -500_000_000));
    assert_eq!(convert(InputValue::Number(0.25), 6), duration(0, 250_000));
    assert_eq!(convert(InputValue::Number(f64::INFINITY), 6), None);
    assert_eq!(convert(parts(-1.0, 5.0), 5), Some(OutputValue::Instant { seconds: -1, nanos: 5 }));
    assert_eq!(convert(parts(1.0, 1e9), 5), None);
    assert_eq!(convert(parts(3e11, 0.0), 5), None);
}

#[test]
fn a_tree_without_end_is_refused() {
    let mut declared = vec![8, 1];
    let mut value = InputValue::Number(1.0);
    for _ in 0..80 {
        // collection_type
        let mut outer = vec![0x1a];
        prost::encoding::encode_varint(declared.len() as u64, &mut outer);
        outer.append(&mut declared);
        declared = outer;
        value = InputValue::List(vec![value]);
    }
    let declared = LiteralType::decode(&declared).unwrap();
    let mut problems = Vec::new();
    assert!(to_literal(&value, &declared, &Path::new("x"), &mut problems).is_none());
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].message, "nested too deeply");
}
