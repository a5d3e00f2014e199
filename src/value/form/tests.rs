#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use super::OutputValue::{Bool, Duration, Float, Instant, Int, List, Map, Null, Text};
use super::*;
use crate::codec::{json_to_wire, StdFloats};
use crate::idl::schema::MessageId;

/// A type out of its ProtoJSON.
fn declared(json: &str) -> LiteralType {
    let message = MessageId::by_name("flyteidl.core.LiteralType").unwrap();
    LiteralType::decode(&json_to_wire(message, json.as_bytes(), &StdFloats).unwrap().wire).unwrap()
}

fn parsed(of: &LiteralType, text: &str) -> Result<OutputValue, String> {
    let problems = |found: Vec<Problem>| {
        let lines: Vec<String> =
            found.into_iter().map(|Problem { path, message }| format!("{path}: {message}")).collect();
        lines.join("\n")
    };
    parse(text, of, &Path::new("inputs").key("x"), &StdFloats).map_err(problems)
}

fn good(of: &str, cases: &[(&str, OutputValue)]) {
    let of = declared(of);
    for (text, expected) in cases {
        assert_eq!(parsed(&of, text).as_ref(), Ok(expected), "{text:?} as {}", of.text());
    }
}

/// Texts with what is said of them behind the path.
fn bad(of: &str, cases: &[(&str, &str)]) {
    let of = declared(of);
    for (text, expected) in cases {
        let said = parsed(&of, text).expect_err(&format!("{text:?} as {}", of.text()));
        assert_eq!(said, *expected, "{text:?} as {}", of.text());
    }
}

fn text(text: &str) -> OutputValue {
    Text(text.to_owned())
}

fn variant(tag: &str, value: OutputValue) -> OutputValue {
    OutputValue::Variant { tag: tag.to_owned(), value: Box::new(value) }
}

const INT: &str = r#"{"simple": "INTEGER"}"#;

fn union(variants: &[&str]) -> String {
    let simple = |tag: &&str| {
        let kind = match *tag {
            "int" => "INTEGER",
            "str" => "STRING",
            "bool" => "BOOLEAN",
            other => other,
        };
        format!(r#"{{"simple": "{}", "structure": {{"tag": "{tag}"}}}}"#, kind.to_uppercase())
    };
    let variants: Vec<String> = variants.iter().map(simple).collect();
    format!(r#"{{"unionType": {{"variants": [{}]}}}}"#, variants.join(","))
}

#[test]
fn integers_are_digits_of_at_most_64_bits() {
    good(
        INT,
        &[
            ("0", Int(0)),
            (" -7\n", Int(-7)),
            ("9007199254740993", Int(9_007_199_254_740_993)),
            ("-9223372036854775808", Int(i64::MIN)),
        ],
    );
    let hint = "; write a whole number of at most 64 bits, 42";
    for (text, got) in [
        ("", "text \"\""),
        ("+7", "text \"+7\""),
        ("007", "text \"007\""),
        ("3.0", "float, number 3"),
        ("1e3", "float, number 1000"),
        ("0x10", "text \"0x10\""),
        ("1_000", "text \"1_000\""),
        ("true", "boolean true"),
        ("9223372036854775808", "a bigint beyond 64 bits"),
        ("18446744073709551616", "float, a number beyond ±(2^53 - 1), where integers lose digits"),
        ("1e400", "text \"1e400\""),
    ] {
        bad(INT, &[(text, &format!("inputs.x: expected int, got {got}{hint}"))]);
    }
}

#[test]
fn floats_are_numbers_in_any_notation() {
    let of = r#"{"simple": "FLOAT"}"#;
    good(
        of,
        &[
            ("3", Float(3.0)),
            ("-1.5e3", Float(-1500.0)),
            (".5", Float(0.5)),
            ("9007199254740994", Float(9_007_199_254_740_994.0)),
            ("18446744073709551615", Float(18_446_744_073_709_551_615.0)),
            ("-Infinity", Float(f64::NEG_INFINITY)),
            ("0.1234567890123456789", Float(0.123_456_789_012_345_68)),
        ],
    );
    assert!(matches!(parsed(&declared(of), "NaN"), Ok(Float(number)) if number.is_nan()));
    for text in ["", "1,5", "--1", "0x10", "1e", "ten", "-", ".", "+1", "-.5", "1e400", "-1e400"] {
        bad(of, &[(text, &format!("inputs.x: expected float, got text \"{text}\""))]);
    }
}

#[test]
fn booleans_texts_and_enums_are_what_they_say() {
    let bool = r#"{"simple": "BOOLEAN"}"#;
    good(bool, &[("true", Bool(true)), (" false ", Bool(false))]);
    for text in ["", "True", "yes", "t"] {
        let said = format!("inputs.x: expected bool, got text \"{text}\"; write true or false");
        bad(bool, &[(text, &said)]);
    }
    good(r#"{"simple": "STRING"}"#, &[("", text("")), (" a\n", text(" a\n")), ("null", text("null"))]);
    let colours = r#"{"enumType": {"values": ["red", "dark red"]}}"#;
    good(colours, &[("red", text("red")), (" dark red", text("dark red"))]);
    bad(colours, &[("Red", "inputs.x: expected enum[red, dark red], got text \"Red\"")]);
}

#[test]
fn datetimes_say_their_zone() {
    let of = r#"{"simple": "DATETIME"}"#;
    let at = |seconds, nanos| Instant { seconds, nanos };
    good(
        of,
        &[
            ("1970-01-02", at(86_400, 0)),
            ("1970-01-01T00:00:01.000000001Z", at(1, 1)),
            (" 1970-01-01 05:30+05:30", at(0, 0)),
        ],
    );
    for text in ["", "tomorrow", "1970-01-01T00:00", "86400", "1970-02-30"] {
        let hint = "write ISO 8601 with its zone, 2024-02-29T12:30:00Z";
        bad(of, &[(text, &format!("inputs.x: expected datetime, got text \"{text}\"; {hint}"))]);
    }
}

#[test]
fn durations_say_their_units() {
    let of = r#"{"simple": "DURATION"}"#;
    let lasting = |seconds, nanos| Duration { seconds, nanos };
    good(
        of,
        &[
            ("1h30m", lasting(5400, 0)),
            ("1h 30m", lasting(5400, 0)),
            ("2w 1d", lasting(1_296_000, 0)),
            ("1.5 s", lasting(1, 500_000_000)),
            ("-0.25s", lasting(0, -250_000_000)),
            ("- 2d 12 h", lasting(-216_000, 0)),
            ("PT1H30M", lasting(5400, 0)),
            ("-PT1.5S", lasting(-1, -500_000_000)),
            ("0s", lasting(0, 0)),
        ],
    );
    for text in
        ["", "90", "1h30", "30m 1h", "1h 1h", "1M", "h", "1 hour", "1..5s", "1.5h", "1 30m", "4000000d", "250ms", "P1M"]
    {
        let hint = "write it with its units, 1h 30m, or in ISO 8601, PT1H30M";
        let expected = format!("inputs.x: expected duration, got text \"{text}\"; {hint}");
        bad(of, &[(text, &expected)]);
    }
}

#[test]
fn none_is_empty_and_so_is_an_optional() {
    good(r#"{"simple": "NONE"}"#, &[("", Null), (" null ", Null)]);
    bad(r#"{"simple": "NONE"}"#, &[("0", "inputs.x: expected none, got number 0")]);
    good(&union(&["int", "none"]), &[("", Null), ("3", Int(3))]);
    good(&union(&["none", "str"]), &[("", Null), ("null", text("null")), (" a", text(" a"))]);
    bad(&union(&["int", "none"]), &[("x", "inputs.x: expected int | none, got text \"x\"")]);
    let list = format!(r#"{{"collectionType": {}}}"#, union(&["int", "none"]));
    good(&list, &[("[1, null]", List(vec![Int(1), Null]))]);
}

#[test]
fn unions_are_json_and_keep_their_variant() {
    let of = union(&["int", "str", "float", "none"]);
    good(
        &of,
        &[
            ("3", variant("int", Int(3))),
            ("3.0", variant("float", Float(3.0))),
            ("\"3\"", variant("str", text("3"))),
            (r#"{"tag": "float", "value": 3}"#, variant("float", Float(3.0))),
            ("null", Null),
            ("", Null),
        ],
    );
    bad(
        &of,
        &[
            ("abc", "inputs.x: expected int | str | float | none as JSON; at character 1: expected a value, got abc"),
            ("true", "inputs.x: expected int | str | float | none, got boolean true"),
            (
                r#"{"tag": "int", "value": "3"}"#,
                "inputs.x: expected int, got text \"3\"; write a whole number of at most 64 bits, 42",
            ),
        ],
    );
    let spans = union(&["duration", "int"]);
    good(
        &spans,
        &[("90", variant("int", Int(90))), ("\"90s\"", variant("duration", Duration { seconds: 90, nanos: 0 }))],
    );
}

#[test]
fn lists_and_maps_are_json_down_to_their_scalars() {
    good(
        r#"{"collectionType": {"simple": "DURATION"}}"#,
        &[
            ("[]", List(vec![])),
            ("[\"1h\", \"PT1S\"]", List([3600, 1].map(|seconds| Duration { seconds, nanos: 0 }).into())),
        ],
    );
    let of = format!(r#"{{"mapValueType": {{"collectionType": {INT}}}}}"#);
    let big = List(vec![Int(1), Int(9_007_199_254_740_993)]);
    good(&of, &[(r#"{"a\u00e9": [1, 9007199254740993]}"#, Map(vec![("aé".into(), big)]))]);
    bad(
        &of,
        &[
            ("", "inputs.x: expected dict[str, list[int]] as JSON; at character 1: expected a value, got the end of the text"),
            (
                "{\"a\": [1, }",
                "inputs.x: expected dict[str, list[int]] as JSON; at character 11: expected a value, got }",
            ),
            ("{} x", "inputs.x: expected dict[str, list[int]] as JSON; at character 4: expected nothing more, got x"),
            (
                "{\"a\": [], \"a\": [1]}",
                "inputs.x: expected dict[str, list[int]] as JSON; at character 1: expected each name once, got an object",
            ),
            ("[1]", "inputs.x: expected dict[str, list[int]], got a list"),
            (
                r#"{"a": [1, 2.5], "b": 3}"#,
                "inputs.x.a[1]: expected int, got float, a number with a fraction; write a whole number of at most 64 bits, 42\ninputs.x.b: expected list[int], got number 3",
            ),
        ],
    );
    good(
        r#"{"collectionType": {"simple": "FLOAT"}}"#,
        &[(
            "[-Infinity, 1, 100000000000000000000, 9007199254740994]",
            List([f64::NEG_INFINITY, 1.0, 1e20, 9_007_199_254_740_994.0].map(Float).into()),
        )],
    );
    bad(
        r#"{"collectionType": {"simple": "DURATION"}}"#,
        &[(
            "[90]",
            "inputs.x[0]: expected duration, got number 90; write it with its units, 1h 30m, or in ISO 8601, PT1H30M",
        )],
    );
    bad(
        r#"{"collectionType": {"simple": "FLOAT"}}"#,
        &[("[1e400]", "inputs.x: expected list[float] as JSON; at character 7: expected a number of 64 bits, got ]")],
    );
    let deep = "[".repeat(200);
    assert!(parsed(&declared(&of), &deep).unwrap_err().contains("at most 100 levels"));
}

#[test]
fn structs_are_objects_that_their_schema_checks() {
    let of = r#"{"simple": "STRUCT", "metadata": {"title": "Row", "type": "object", "required": ["id"],
        "additionalProperties": false, "properties": {"id": {"type": "integer"}, "score": {"type": "number", "default": 2},
        "at": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}], "default": null}}}}"#;
    let row = |id, score, at| Map(vec![("id".into(), Int(id)), ("score".into(), Float(score)), ("at".into(), at)]);
    good(
        of,
        &[
            (r#"{"id": 1, "score": 2, "at": null}"#, row(1, 2.0, Null)),
            (r#"{"id": 1}"#, Map(vec![("id".into(), Int(1)), ("at".into(), Null), ("score".into(), Float(2.0))])),
            (r#"{"id": 1, "score": 1, "at": "2024-01-31T00:00:00Z"}"#, row(1, 1.0, text("2024-01-31T00:00:00Z"))),
        ],
    );
    bad(
        of,
        &[
            (
                r#"{"id": "1", "sore": 1}"#,
                "inputs.x.id: expected int, got text \"1\"\ninputs.x.sore: no such field; there are at, id, score",
            ),
            ("{}", "inputs.x.id: required and missing; expected int"),
            ("3", "inputs.x: expected Row, got number 3"),
        ],
    );
    let field = |value| Map(vec![("a".into(), value)]);
    let span = r#"{"simple": "STRUCT", "metadata": {"type": "object", "properties": {
        "a": {"type": "number", "format": "time-delta"}}}}"#;
    good(
        span,
        &[
            (r#"{"a": "1h 30m"}"#, field(Float(5400.0))),
            (r#"{"a": "-PT0.5S"}"#, field(Float(-0.5))),
            (r#"{"a": 90}"#, field(Float(90.0))),
        ],
    );
    bad(span, &[(r#"{"a": "90"}"#, "inputs.x.a: expected a duration or its seconds, got text \"90\"")]);
    good(
        r#"{"simple": "STRUCT"}"#,
        &[
            (r#"{"a": [1, 2.5, null]}"#, field(List(vec![Int(1), Float(2.5), Null]))),
            (r#"{"a": 18446744073709551615}"#, field(OutputValue::BigInt(u64::MAX))),
        ],
    );
}

#[test]
fn stored_values_are_uris() {
    let file = |multipart| OutputValue::Blob { uri: "s3://b/k".into(), format: "csv".into(), multipart };
    good(r#"{"blob": {"format": "csv"}}"#, &[(" s3://b/k ", file(false))]);
    good(r#"{"blob": {"format": "csv", "dimensionality": "MULTIPART"}}"#, &[("s3://b/k", file(true))]);
    let table = |format: &str| OutputValue::StructuredDataset {
        uri: "s3://b/k".into(),
        format: format.into(),
        columns: vec![],
    };
    good(
        r#"{"structuredDatasetType": {}}"#,
        &[("s3://b/k", table("")), (r#"{"uri": "s3://b/k", "format": "parquet"}"#, table("parquet"))],
    );
    let advice = "is no URI; upload it first (uploadFile) and give its URI, such as s3://bucket/key";
    let empty = "inputs.x: expected structured_dataset, got an object; give its URI, or {uri, format}";
    bad(r#"{"structuredDatasetType": {}}"#, &[(r#"{"uri": ""}"#, empty)]);
    bad(r#"{"blob": {}}"#, &[("data.csv", &format!("inputs.x: text \"data.csv\" {advice}"))]);
}

#[test]
fn bytes_are_base64_and_errors_json() {
    let of = r#"{"simple": "BINARY"}"#;
    good(of, &[("AQI=", OutputValue::Binary { tag: String::new(), value: vec![1, 2] })]);
    bad(of, &[("*", "inputs.x: expected binary, got text \"*\"; write base64")]);
    let error = OutputValue::Error { message: "no".into(), failed_node_id: String::new() };
    good(r#"{"simple": "ERROR"}"#, &[(r#"{"message": "no"}"#, error)]);
}

#[test]
fn a_type_nobody_knows_takes_no_text() {
    bad("{}", &[("3", "inputs.x: expected unknown, got text \"3\"; give a ready literal")]);
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "[\\[\\]{}:,\"\\\\a-z0-9eE.+\\- NI\n]{0,24}", kind in 0usize..6) {
        let of = declared([
            r#"{"collectionType": {"simple": "INTEGER"}}"#,
            r#"{"simple": "DURATION"}"#,
            r#"{"simple": "STRUCT"}"#,
            r#"{"simple": "FLOAT"}"#,
            r#"{"simple": "DATETIME"}"#,
            r#"{"unionType": {"variants": [{"simple": "STRING"}, {"simple": "INTEGER"}]}}"#,
        ][kind]);
        let _ = parsed(&of, &text);
    }
}
