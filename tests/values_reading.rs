//! Literals that are not quite of their declared type: read as it, or refused, but never made up.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use flyte_remote::codec::{json_to_wire, StdFloats};
use flyte_remote::error::{Error, Kind};
use flyte_remote::idl::schema::MessageId;
use flyte_remote::value::{from_literal, to_literal, InputValue, LiteralType, OutputValue, Path, Reading};

fn wire(message: &str, json: &str) -> Vec<u8> {
    let message = MessageId::by_name(message).unwrap();
    json_to_wire(message, json.as_bytes(), &StdFloats).unwrap_or_else(|error| panic!("{error} in {json}")).wire
}

fn read(literal: &str, of: &str) -> Result<OutputValue, String> {
    let of = LiteralType::decode(&wire("flyteidl.core.LiteralType", of)).unwrap();
    Reading::default()
        .literal(&wire("flyteidl.core.Literal", literal), Some(&of), &Path::new("x"))
        .map_err(|problem| format!("{}: {}", problem.path, problem.message))
}

fn float(number: &str) -> String {
    format!(r#"{{"scalar": {{"primitive": {{"floatValue": {number}}}}}}}"#)
}

const INT: &str = r#"{"simple": "INTEGER"}"#;

#[test]
fn a_float_is_an_integer_only_when_64_bits_hold_it() {
    for (given, expected) in
        [("3", 3), ("-2.9", -2), ("1e15", 1_000_000_000_000_000), ("-9223372036854775808", i64::MIN)]
    {
        assert_eq!(read(&float(given), INT), Ok(OutputValue::Int(expected)), "{given}");
    }
    for (given, got) in [
        ("\"NaN\"", "NaN"),
        ("\"Infinity\"", "an infinite float"),
        ("\"-Infinity\"", "an infinite float"),
        ("1e30", "a float beyond 64 bits"),
        ("9223372036854775808", "a float beyond 64 bits"),
        ("-9.3e18", "a float beyond 64 bits"),
    ] {
        assert_eq!(read(&float(given), INT), Err(format!("x: expected int, got {got}")), "{given}");
    }
}

#[test]
fn a_list_of_integers_refuses_such_floats_too_however_long_it_is() {
    let ints = format!(r#"{{"collectionType": {INT}}}"#);
    for length in [1, 500] {
        let items = [vec![float("1"); length], vec![float("\"NaN\"")]].concat();
        let literal = format!(r#"{{"collection": {{"literals": [{}]}}}}"#, items.join(","));
        assert_eq!(read(&literal, &ints), Err(format!("x[{length}]: expected int, got NaN")));
    }
}

#[test]
fn without_having_to_be_an_integer_it_stays_the_float_it_is() {
    let int = LiteralType::decode(&wire("flyteidl.core.LiteralType", INT)).unwrap();
    let literal = wire("flyteidl.core.Literal", &float("1e30"));
    assert_eq!(from_literal(&literal, Some(&int)), OutputValue::Float(1e30));
}

#[test]
fn a_schema_is_a_structured_dataset_in_parquet() {
    let schema =
        r#"{"scalar": {"schema": {"uri": "s3://b/s", "type": {"columns": [{"name": "a", "type": "FLOAT"}]}}}}"#;
    let table = |format: &str| OutputValue::StructuredDataset {
        uri: "s3://b/s".into(),
        format: format.into(),
        columns: vec![("a".into(), "float".into())],
    };
    assert_eq!(read(schema, r#"{"structuredDatasetType": {}}"#), Ok(table("parquet")));
    assert_eq!(read(schema, r#"{"schema": {}}"#), Ok(table("")));
}

#[test]
fn an_object_without_a_uri_is_nothing_stored() {
    for of in [r#"{"blob": {}}"#, r#"{"structuredDatasetType": {}}"#, r#"{"schema": {}}"#] {
        let of = LiteralType::decode(&wire("flyteidl.core.LiteralType", of)).unwrap();
        let given = |uri: &str| InputValue::Map(vec![("uri".into(), InputValue::Text(uri.into()))]);
        let mut problems = Vec::new();
        assert!(to_literal(&given("s3://b/k"), &of, &Path::new("x"), &mut problems).is_some(), "{problems:?}");
        assert_eq!(to_literal(&given(""), &of, &Path::new("x"), &mut problems), None);
        assert!(problems[0].message.starts_with(&format!("expected {}, got an object; give its URI", of.text())));
    }
}

#[test]
fn a_uri_begins_with_a_scheme() {
    for of in [r#"{"blob": {}}"#, r#"{"structuredDatasetType": {}}"#, r#"{"schema": {}}"#] {
        let of = LiteralType::decode(&wire("flyteidl.core.LiteralType", of)).unwrap();
        let given = |text: &str| {
            let value = InputValue::Text(text.into());
            to_literal(&value, &of, &Path::new("x"), &mut Vec::new()).is_some()
        };
        for uri in ["s3://b/k", "gs://b/k", "git+ssh://h", "abfs-s.x://c", "HTTP://h/a b", "file:///a"] {
            assert!(given(uri), "{uri}");
        }
        for text in ["", "://k", "see s3://b/k", r#"{"uri":"s3://b/k"}"#, "./a://b", "1a://b", "file:/a"] {
            assert!(!given(text), "{text}");
        }
    }
}

#[test]
fn mistakes_beyond_a_hundred_are_not_counted() {
    let of = LiteralType::decode(&wire("flyteidl.core.LiteralType", r#"{"collectionType": {"simple": "INTEGER"}}"#))
        .unwrap();
    for (given, said) in [(100, "100 mistakes in x:"), (101, "more than 100 mistakes in x:")] {
        let mut problems = Vec::new();
        let texts = InputValue::List(vec![InputValue::Text("a".into()); given]);
        assert_eq!(to_literal(&texts, &of, &Path::new("x"), &mut problems), None);
        let error = Error::from_problems(Kind::Value, "x", problems);
        assert!(error.message.starts_with(said), "{}", error.message);
    }
}
