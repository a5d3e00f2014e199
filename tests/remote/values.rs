//! Values to literals and back, against flytekit with only the interface known.

use flyte_remote::error::Problem;
use flyte_remote::idl::flyteidl::core;
use flyte_remote::value::{from_literal, to_literal, InputValue, Literal, LiteralType, OutputValue, Path};
use prost::Message;
use serde_json::Value;

use crate::support::{bytes, float, id, input, instant, literal_type, message, vectors};

/// Refused by flytekit and accepted here.
const ACCEPTED: [(&str, &str); 6] = [
    ("int-reject-1", "3.0 is the whole number 3 in JavaScript"),
    ("float-reject-int", "a whole number is a float too"),
    ("list-mixed-float", "a whole number is a float too"),
    ("duration-reject-number", "a number is a duration in milliseconds, as it comes out of a literal"),
    ("file-missing-local", "a text is a URI; uploading is the caller's doing"),
    ("dir-missing-local", "a text is a URI; uploading is the caller's doing"),
];

/// Accepted by flytekit and refused here.
const REFUSED: [(&str, &str); 1] =
    [("union-date-datetime", "both variants are datetimes; flytekit sends it unwrapped, which Python can't read")];

fn convert(case: &Value) -> Result<Literal, Vec<Problem>> {
    let declared = literal_type(&case["literal_type"]);
    let mut problems = Vec::new();
    let literal = to_literal(&input(&case["value"]), &declared, &mut Path::new("inputs.x"), &mut problems);
    literal.ok_or(problems)
}

#[test]
fn literals_are_those_that_flytekit_sends() {
    let mut equal = 0;
    for case in vectors("to_literal.json") {
        let (name, converted) = (id(&case), convert(&case));
        if ACCEPTED.iter().any(|(accepted, _)| *accepted == name) {
            assert!(case["interface"]["error"].is_object() && converted.is_ok(), "{name}: {converted:?}");
            continue;
        }
        if REFUSED.iter().any(|(refused, _)| *refused == name) {
            assert!(case["interface"]["literal"].is_object() && converted.is_err(), "{name}: {converted:?}");
            continue;
        }
        match (&case["interface"]["literal"], converted) {
            (Value::Null, Err(problems)) => assert!(!problems.is_empty(), "{name}"),
            (expected @ Value::Object(_), Ok(literal)) => {
                // As bytes: NaN is not equal to itself.
                let decoded = core::Literal::decode(literal.as_bytes()).unwrap();
                assert_eq!(decoded.encode_to_vec(), message::<core::Literal>(expected).encode_to_vec(), "{name}");
                equal += 1;
            }
            (expected, converted) => panic!("{name}: {converted:?}, expected {expected}"),
        }
    }
    assert!(equal > 60, "{equal}");
}

/// Refused by flytekit and shown here: a value that came is shown as it came.
const SHOWN: [&str; 4] = ["-from-", "-bad-element", "unwrapped-ambiguous", "union-"];

#[test]
fn values_are_those_that_flytekit_shows() {
    let mut equal = 0;
    for case in vectors("from_literal.json") {
        let name = id(&case);
        let literal = bytes(&case["literal"]);
        let declared = literal_type(&case["literal_type"]);
        let value = from_literal(&literal, Some(&declared));
        if case.get("error").is_some() {
            let known = SHOWN.iter().any(|part| name.contains(part))
                || matches!(name, "schema" | "empty-literal" | "binary-type" | "enum-unknown");
            assert!(known, "{name}: {value:?}, {}", case["error"]);
            continue;
        }
        if name == "datetime-as-date" {
            continue; // Python asks for another of its types there.
        }
        assert!(same(&value, &case["value"]), "{name}: {value:?}, expected {}", case["value"]);
        equal += 1;
    }
    assert!(equal > 40, "{equal}");
}

/// A value against a vector's, which knows microseconds only.
fn same(value: &OutputValue, expected: &Value) -> bool {
    let tag = |name: &str| expected.get(name);
    match value {
        OutputValue::Null => expected.is_null(),
        OutputValue::Bool(boolean) => expected == boolean,
        OutputValue::Int(integer) => match tag("$int") {
            Some(text) => text.as_str().unwrap() == integer.to_string(),
            None => expected.as_i64() == Some(*integer),
        },
        OutputValue::Float(value) => {
            let expected = match tag("$float") {
                Some(text) => float(text.as_str().unwrap()),
                None => expected.as_f64().unwrap(),
            };
            value.to_bits() == expected.to_bits() || value.is_nan() && expected.is_nan()
        }
        OutputValue::Text(text) => match tag("$enum") {
            Some(of) => of["value"] == **text,
            None => expected.as_str() == Some(text),
        },
        OutputValue::Instant { seconds, nanos } => {
            tag("$datetime").is_some_and(|text| instant(text.as_str().unwrap()) == (*seconds, nanos / 1000 * 1000))
        }
        OutputValue::Duration { seconds, nanos } => {
            tag("$duration_us").is_some_and(|us| us.as_i64() == Some(seconds * 1_000_000 + i64::from(nanos / 1000)))
        }
        OutputValue::List(values) => expected.as_array().is_some_and(|list| {
            list.len() == values.len() && values.iter().zip(list).all(|(value, expected)| same(value, expected))
        }),
        OutputValue::Map(entries) => expected.as_object().is_some_and(|map| {
            map.len() == entries.len()
                && entries.iter().all(|(name, value)| map.get(name).is_some_and(|expected| same(value, expected)))
        }),
        OutputValue::Blob { uri, multipart, .. } => {
            tag(if *multipart { "$directory" } else { "$file" }).is_some_and(|file| file["uri"] == **uri)
        }
        OutputValue::StructuredDataset { uri, format } => {
            tag("$structured_dataset").is_some_and(|set| set["uri"] == **uri && set["file_format"] == **format)
        }
        OutputValue::Error { message, failed_node_id } => tag("$dataclass").is_some_and(|error| {
            error["fields"]["message"] == **message && error["fields"]["failed_node_id"] == **failed_node_id
        }),
        OutputValue::Binary { .. } | OutputValue::Literal(_) => false,
    }
}

#[test]
fn a_literal_that_is_no_value_keeps_its_bytes() {
    let case = vectors("from_literal.json").into_iter().find(|case| id(case) == "schema").unwrap();
    let literal = bytes(&case["literal"]);
    assert_eq!(from_literal(&literal, None), OutputValue::Literal(literal));
}

fn mistakes(value: &InputValue, type_of: &str) -> Vec<String> {
    let case = vectors("to_literal.json").into_iter().find(|case| id(case) == type_of).unwrap();
    let declared = literal_type(&case["literal_type"]);
    let mut problems = Vec::new();
    let literal = to_literal(value, &declared, &mut Path::new("inputs.x"), &mut problems);
    assert_eq!(literal.is_none(), !problems.is_empty());
    problems.into_iter().map(|problem| format!("{}: {}", problem.path, problem.message)).collect()
}

#[test]
fn mistakes_tell_place_declared_type_and_what_came() {
    let text = |text: &str| InputValue::Text(text.to_owned());
    assert_eq!(mistakes(&text("abc"), "datetime-utc"), ["inputs.x: expected datetime, got text \"abc\"; give a Date"]);
    assert_eq!(
        mistakes(&InputValue::Number(2.5), "int-0"),
        ["inputs.x: expected integer, got a number with a fraction"]
    );
    assert_eq!(
        mistakes(&InputValue::Number(1e16), "int-0"),
        ["inputs.x: expected integer, got a number beyond ±(2^53 - 1), where integers lose digits"]
    );
    assert_eq!(mistakes(&InputValue::Number(f64::NAN), "int-0"), ["inputs.x: expected integer, got NaN"]);
    assert_eq!(
        mistakes(&text("purple"), "enum-text"),
        ["inputs.x: expected one of red, green, blue, got text \"purple\""]
    );
    assert_eq!(mistakes(&InputValue::Bytes(vec![1]), "opt-value"), ["inputs.x: expected integer or none, got bytes"]);
    assert_eq!(mistakes(&InputValue::Int(3), "float-0"), ["inputs.x: expected float, got bigint 3"]);
    assert_eq!(
        mistakes(&InputValue::Other("a function".into()), "str-0"),
        ["inputs.x: expected string, got a function"]
    );
    assert_eq!(
        mistakes(&text(&"x".repeat(50)), "int-0"),
        [format!("inputs.x: expected integer, got text \"{}…\"", "x".repeat(40))]
    );
}

#[test]
fn all_mistakes_of_a_tree_are_told() {
    let list = InputValue::List(vec![InputValue::Number(1.0), InputValue::Null, InputValue::Bool(true)]);
    assert_eq!(
        mistakes(&list, "list-int"),
        ["inputs.x[1]: expected integer, got null", "inputs.x[2]: expected integer, got boolean true",]
    );
    let map = InputValue::Map(vec![("a b".into(), InputValue::Null), ("c".into(), InputValue::List(vec![]))]);
    assert_eq!(
        mistakes(&map, "map-int"),
        ["inputs.x[\"a b\"]: expected integer, got null", "inputs.x.c: expected integer, got a list",]
    );
    assert_eq!(
        mistakes(&InputValue::List(vec![InputValue::Text("s".into())]), "opt-list"),
        ["inputs.x[0]: expected integer, got text \"s\""]
    );
}

#[test]
fn an_ambiguous_union_asks_for_a_choice() {
    assert_eq!(mistakes(&InputValue::List(vec![]), "union-lists-empty"), [
        "inputs.x: a list fits more than one variant of the union: list of integer and list of string; give a literal \
         to choose"
    ]);
}

#[test]
fn durations_and_instants_can_be_given_by_parts_and_milliseconds() {
    let convert = |value: InputValue, simple: u8| {
        let declared = LiteralType::decode(&[8, simple]).unwrap();
        let mut problems = Vec::new();
        let literal = to_literal(&value, &declared, &mut Path::new("x"), &mut problems);
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
    assert!(to_literal(&value, &declared, &mut Path::new("x"), &mut problems).is_none());
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].message, "nested too deeply");
}
