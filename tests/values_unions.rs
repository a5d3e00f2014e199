//! Values of unions: the variant that a stored type says, in whatever bytes, and a variant that stays what it was.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use flyte_remote::codec::{json_to_wire, wire_to_json, StdFloats};
use flyte_remote::idl::schema::MessageId;
use flyte_remote::value::{parse, to_literal, InputValue, Literal, LiteralType, OutputValue, Path, Reading, TypeKind};

fn wire(message: &str, json: &str) -> Vec<u8> {
    let message = MessageId::by_name(message).unwrap();
    json_to_wire(message, json.as_bytes(), &StdFloats).unwrap_or_else(|error| panic!("{error} in {json}")).wire
}

fn declared(json: &str) -> LiteralType {
    LiteralType::decode(&wire("flyteidl.core.LiteralType", json)).unwrap()
}

fn union(variants: &[&str]) -> String {
    format!(r#"{{"unionType": {{"variants": [{}]}}}}"#, variants.join(","))
}

fn tagged(of: &str, tag: &str) -> String {
    format!(r#"{}, "structure": {{"tag": "{tag}"}}}}"#, of.strip_suffix('}').unwrap())
}

fn list(element: &str, tag: &str) -> String {
    tagged(&format!(r#"{{"collectionType": {{"simple": "{element}"}}}}"#), tag)
}

/// A type with the tag that flytekit gives all dataclasses.
fn dataclass(metadata: &str) -> String {
    tagged(&format!(r#"{{"simple": "STRUCT", "metadata": {metadata}}}"#), "Object-Dataclass-Transformer")
}

/// A literal of a union of which `value` is the scalar's JSON.
fn stored(value: &str, of: &str) -> Vec<u8> {
    wire("flyteidl.core.Literal", &format!(r#"{{"scalar": {{"union": {{"value": {value}, "type": {of}}}}}}}"#))
}

fn generic(object: &str) -> String {
    format!(r#"{{"scalar": {{"generic": {object}}}}}"#)
}

fn read(literal: &[u8], of: &LiteralType) -> Result<OutputValue, String> {
    Reading { variants: true, ..Reading::default() }
        .literal(literal, Some(of), &Path::new("x"))
        .map_err(|problem| format!("{}: {}", problem.path, problem.message))
}

fn variant(tag: &str, value: OutputValue) -> OutputValue {
    OutputValue::Variant { tag: tag.to_owned(), value: Box::new(value) }
}

fn object(fields: &[(&str, OutputValue)]) -> OutputValue {
    OutputValue::Map(fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
}

fn text(text: &str) -> OutputValue {
    OutputValue::Text(text.to_owned())
}

/// As a caller would give back what came.
fn given(value: &OutputValue) -> InputValue {
    match value {
        OutputValue::Null => InputValue::Null,
        OutputValue::Int(number) => InputValue::Int(*number),
        OutputValue::Float(number) => InputValue::Number(*number),
        OutputValue::Text(text) => InputValue::Text(text.clone()),
        OutputValue::List(items) => InputValue::List(items.iter().map(given).collect()),
        OutputValue::Map(entries) => {
            InputValue::Map(entries.iter().map(|(name, value)| (name.clone(), given(value))).collect())
        }
        OutputValue::Variant { tag, value } => InputValue::Variant { tag: tag.clone(), value: Box::new(given(value)) },
        other => panic!("{other:?}"),
    }
}

/// Written back by the same type.
fn back(value: &OutputValue, of: &LiteralType) -> Result<Literal, String> {
    let mut problems = Vec::new();
    to_literal(&given(value), of, &Path::new("x"), &mut problems)
        .ok_or_else(|| problems.iter().map(|problem| problem.message.clone()).collect::<Vec<_>>().join("\n"))
}

const INNER: &str = r#"{"type": "object", "title": "Inner", "required": ["a"], "additionalProperties": false,
    "properties": {"a": {"type": "integer"}, "b": {"type": "string", "default": "hello"}}}"#;
/// The same in another order, as maps of protobuf come.
const INNER_REORDERED: &str = r#"{"properties": {"b": {"default": "hello", "type": "string"}, "a": {"type": "integer"}},
    "additionalProperties": false, "required": ["a"], "title": "Inner", "type": "object"}"#;
/// What flytekit makes up for a dictionary or a class that it guesses: without defaults, all required.
const INNER_MADE_UP: &str = r#"{"type": "object", "title": "Inner", "required": ["b", "a"], "additionalProperties": false,
    "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}}"#;
const POINT: &str = r#"{"type": "object", "title": "Point", "additionalProperties": false,
    "properties": {"a": {"type": "integer"}, "x": {"type": "number", "default": 0}}}"#;

#[test]
fn dataclasses_are_known_in_any_order_of_their_schema() {
    let value = generic(r#"{"a": 1, "b": "s"}"#);
    let inner = object(&[("a", OutputValue::Int(1)), ("b", text("s"))]);
    for (first, second) in [(INNER, POINT), (POINT, INNER)] {
        let of = declared(&union(&[&dataclass(first), &dataclass(second)]));
        for kept in [INNER, INNER_REORDERED, INNER_MADE_UP] {
            let literal = stored(&value, &dataclass(kept));
            assert_eq!(read(&literal, &of), Ok(variant("Inner", inner.clone())), "{kept}");
            let ready = InputValue::Literal(Literal::new(literal.as_slice()));
            let mut problems = Vec::new();
            assert!(to_literal(&ready, &of, &Path::new("x"), &mut problems).is_some(), "{problems:?}");
        }
    }
}

#[test]
fn what_a_variant_was_written_as_it_is_read_as() {
    let of = declared(&union(&[&dataclass(INNER), &dataclass(POINT), &tagged(r#"{"simple": "NONE"}"#, "none")]));
    let value = variant("Point", object(&[("a", OutputValue::Int(1)), ("x", OutputValue::Float(2.0))]));
    let (literal, mut json) = (back(&value, &of).unwrap(), Vec::new());
    assert_eq!(read(literal.as_bytes(), &of), Ok(value.clone()));
    // Through ProtoJSON, as callers keep it.
    let message = MessageId::by_name("flyteidl.core.Literal").unwrap();
    wire_to_json(message, literal.as_bytes(), &StdFloats, &mut json).unwrap();
    let again = wire("flyteidl.core.Literal", std::str::from_utf8(&json).unwrap());
    assert_eq!(read(&again, &of), Ok(value));
}

#[test]
fn a_bare_struct_with_the_tag_is_the_first_dataclass_that_reads_it() {
    let of = declared(&union(&[&dataclass(INNER), &dataclass(POINT)]));
    let bare = tagged(r#"{"simple": "STRUCT"}"#, "Object-Dataclass-Transformer");
    let point = object(&[("x", OutputValue::Float(1.0))]);
    assert_eq!(read(&stored(&generic(r#"{"x": 1}"#), &bare), &of), Ok(variant("Point", point)));
    let inner = object(&[("a", OutputValue::Int(1)), ("b", text("hello"))]);
    assert_eq!(read(&stored(&generic(r#"{"a": 1}"#), &bare), &of), Ok(variant("Inner", inner)));
    // None as it is, so the first that gives its fields as they are.
    let odd = object(&[("a", text("one")), ("b", text("hello"))]);
    assert_eq!(read(&stored(&generic(r#"{"a": "one"}"#), &bare), &of), Ok(variant("Inner", odd)));
}

#[test]
fn without_a_tag_that_fits_it_is_the_only_one_that_reads_it() {
    let of = declared(&union(&[&dataclass(INNER), &dataclass(POINT), r#"{"simple": "INTEGER"}"#]));
    let bare = r#"{"simple": "STRUCT"}"#;
    let point = object(&[("x", OutputValue::Float(1.0))]);
    assert_eq!(read(&stored(&generic(r#"{"x": 1}"#), bare), &of), Ok(variant("Point", point)));
    let either = "a value of Inner | Point | int does not say which variant it is, and could be any of several";
    assert_eq!(read(&stored(&generic(r#"{"a": 1}"#), bare), &of), Err(format!("x: {either}")));
    let none = read(&stored(r#"{"scalar": {"primitive": {"boolean": true}}}"#, r#"{"simple": "BOOLEAN"}"#), &of);
    assert_eq!(none, Err("x: expected Inner | Point | int, got bool".to_owned()));
}

#[test]
fn a_value_that_the_tagged_variant_refuses_is_not_taken_by_another() {
    let colour = tagged(r#"{"enumType": {"values": ["red"]}}"#, "DefaultEnumTransformer");
    let of = declared(&union(&[&colour, &tagged(r#"{"simple": "STRING"}"#, "str")]));
    let literal = stored(r#"{"scalar": {"primitive": {"stringValue": "blue"}}}"#, &colour);
    assert_eq!(read(&literal, &of), Err("x: expected enum[red], got the text \"blue\"".to_owned()));
}

/// Unions whose variants share a tag or a value, with what a person writes and which variant that is.
#[test]
fn a_chosen_variant_stays_what_it_is() {
    let lists = union(&[&list("INTEGER", "Typed List"), &list("FLOAT", "Typed List")]);
    let enumeration =
        |values: &str| tagged(&format!(r#"{{"enumType": {{"values": [{values}]}}}}"#), "DefaultEnumTransformer");
    let enums = union(&[&enumeration(r#""a", "b""#), &enumeration(r#""b", "c""#)]);
    let point_too = POINT.replace("Point", "Other");
    let classes = union(&[&dataclass(POINT), &dataclass(&point_too)]);
    let of_int = |tag: &str| tagged(r#"{"simple": "INTEGER"}"#, tag);
    let int_or_text = union(&[&of_int("int"), &tagged(r#"{"simple": "STRING"}"#, "str")]);
    let none = tagged(r#"{"simple": "NONE"}"#, "none");
    let nested = union(&[&int_or_text, &none]);
    let point = object(&[("a", OutputValue::Int(1)), ("x", OutputValue::Float(0.0))]);
    let float_list = OutputValue::List(vec![OutputValue::Float(1.0)]);
    for (of, text, expected) in [
        (&lists, r#"{"tag": "list[float]", "value": [1]}"#, variant("list[float]", float_list)),
        (&lists, r#"{"tag": "list[int]", "value": []}"#, variant("list[int]", OutputValue::List(vec![]))),
        (&lists, r#"{"tag": "list[float]", "value": []}"#, variant("list[float]", OutputValue::List(vec![]))),
        (&enums, r#"{"tag": "enum[b, c]", "value": "b"}"#, variant("enum[b, c]", self::text("b"))),
        (&classes, r#"{"tag": "Other", "value": {"a": 1}}"#, variant("Other", point)),
        (&int_or_text, "5", variant("int", OutputValue::Int(5))),
        (&nested, "5", variant("int | str", variant("int", OutputValue::Int(5)))),
        (&nested, "", OutputValue::Null),
    ] {
        let of = declared(of);
        let value = parse(text, &of, &Path::new("x"), &StdFloats).unwrap_or_else(|found| panic!("{text}: {found:?}"));
        assert_eq!(value, expected, "{text}");
        let literal = back(&value, &of).unwrap_or_else(|problem| panic!("{text}: {problem}"));
        let again = read(literal.as_bytes(), &of).unwrap();
        assert_eq!(back(&again, &of), Ok(literal), "{text}");
        if matches!(expected, OutputValue::Variant { .. }) {
            assert_eq!(again, expected, "{text}");
        }
    }
}

#[test]
fn a_variant_is_named_by_its_tag_where_that_tells() {
    let of = declared(&union(&[&list("INTEGER", "a"), &list("FLOAT", "b")]));
    let TypeKind::Union(variants) = &of.kind else { panic!("no union") };
    let items = InputValue::Variant { tag: "list[float]".into(), value: Box::new(InputValue::List(vec![])) };
    let literal = to_literal(&items, &of, &Path::new("x"), &mut Vec::new()).unwrap();
    assert_eq!(read(literal.as_bytes(), &of), Ok(variant(variants[1].tag(), OutputValue::List(vec![]))));
}
