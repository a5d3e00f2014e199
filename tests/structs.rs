//! Dataclasses by the schemas that flytekit 1.16.31 writes: what a caller gives, what is stored, and what comes back.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use flyte_remote::codec::{json_to_wire, StdFloats};
use flyte_remote::idl::flyteidl::core::{literal::Value as Content, scalar::Value as Kind, Binary, Literal, Scalar};
use flyte_remote::idl::schema::MessageId;
use flyte_remote::value::{parse, to_literal, InputValue as In, LiteralType, OutputValue as Out, Path, Reading};
use prost::Message;
use serde_json::{json, Value};

fn of(metadata: &Value) -> LiteralType {
    let message = MessageId::by_name("flyteidl.core.LiteralType").unwrap();
    let json = json!({"simple": "STRUCT", "metadata": metadata}).to_string();
    LiteralType::decode(&json_to_wire(message, json.as_bytes(), &StdFloats).unwrap().wire).unwrap()
}

/// A class with one field, `f`, that is required.
fn class(field: Value) -> LiteralType {
    of(&json!({
        "title": "C", "type": "object", "properties": {"f": field}, "required": ["f"], "additionalProperties": false,
    }))
}

fn f(value: In) -> In {
    In::Map(vec![("f".to_owned(), value)])
}

fn text(text: &str) -> In {
    In::Text(text.to_owned())
}

fn map(entries: &[(&str, In)]) -> In {
    In::Map(entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
}

/// The stored MessagePack, or what is wrong.
fn written(value: &In, of: &LiteralType) -> Result<Vec<u8>, Vec<String>> {
    let mut problems = Vec::new();
    let literal = to_literal(value, of, &Path::new("x"), &mut problems);
    let Some(literal) = literal else {
        return Err(problems.iter().map(|problem| [&problem.path, ": ", &problem.message].concat()).collect());
    };
    let literal = Literal::decode(literal.as_bytes()).unwrap();
    let Some(Content::Scalar(scalar)) = literal.value else { panic!() };
    match scalar.value {
        Some(Kind::Binary(binary)) => Ok(binary.value),
        other => panic!("{other:?}"),
    }
}

fn refused(value: &In, of: &LiteralType, problem: &str) {
    assert_eq!(written(value, of), Err(vec![problem.to_owned()]), "{value:?}");
}

/// What stands in the field `f` of stored MessagePack.
fn read(stored: &[u8], of: &LiteralType) -> Result<Out, String> {
    let binary = Binary { value: stored.to_vec(), tag: "msgpack".to_owned() };
    let scalar = Scalar { value: Some(Kind::Binary(binary)) };
    let literal = Literal { value: Some(Content::Scalar(Box::new(scalar))), ..Default::default() };
    let read = Reading::default().literal(&literal.encode_to_vec(), Some(of), &Path::new("x"));
    match read.map_err(|problem| [&problem.path, ": ", &problem.message].concat())? {
        Out::Map(mut fields) if fields.len() == 1 => Ok(fields.remove(0).1),
        other => Ok(other),
    }
}

/// `{"f": …}` in MessagePack.
fn stored(field: &[u8]) -> Vec<u8> {
    [&[0x81, 0xa1, b'f'], field].concat()
}

#[test]
fn bytes_are_stored_as_bytes_and_come_back() {
    let bytes = || json!({"type": "string", "format": "base64"});
    let many = |items: Vec<In>| f(In::List(items));
    for (of, given, field, back) in [
        (bytes(), f(In::Bytes(vec![0, 255])), vec![0xc4, 2, 0, 255], Out::Bytes(vec![0, 255])),
        (
            json!({"anyOf": [bytes(), {"type": "null"}], "default": null}),
            f(In::Bytes(vec![1])),
            vec![0xc4, 1, 1],
            Out::Bytes(vec![1]),
        ),
        (
            json!({"type": "array", "items": bytes()}),
            many(vec![In::Bytes(vec![1])]),
            vec![0x91, 0xc4, 1, 1],
            Out::List(vec![Out::Bytes(vec![1])]),
        ),
        (
            json!({"type": "object", "additionalProperties": bytes(), "propertyNames": {"type": "string"}}),
            f(map(&[("k", In::Bytes(vec![1]))])),
            vec![0x81, 0xa1, b'k', 0xc4, 1, 1],
            Out::Map(vec![("k".to_owned(), Out::Bytes(vec![1]))]),
        ),
    ] {
        let of = class(of);
        assert_eq!(written(&given, &of), Ok(stored(&field)));
        assert_eq!(read(&stored(&field), &of), Ok(back));
    }
}

#[test]
fn the_default_of_bytes_is_bytes() {
    let default = json!({"type": "string", "format": "base64", "default": "eA==\n"});
    let of = of(&json!({"title": "C", "type": "object", "properties": {"f": default}}));
    assert_eq!(written(&map(&[]), &of), Ok(stored(&[0xc4, 1, b'x'])));
    assert_eq!(read(&[0x80], &of), Ok(Out::Bytes(vec![b'x'])));
}

#[test]
fn text_is_no_bytes_but_in_a_form_it_is_base64() {
    let of = class(json!({"type": "string", "format": "base64"}));
    refused(&f(text("AP8=")), &of, "x.f: expected bytes, got text \"AP8=\"");
    let parsed = |text: &str| parse(text, &of, &Path::new("x"), &StdFloats);
    let Ok(Out::Map(fields)) = parsed(r#"{"f": "AP8="}"#) else { panic!() };
    assert_eq!(fields[0].1, Out::Bytes(vec![0, 255]));
    assert_eq!(parsed(r#"{"f": "*"}"#).unwrap_err()[0].message, "expected bytes in base64, got text \"*\"");
}

fn file() -> Value {
    let metadata =
        json!({"type": "object", "additionalProperties": {"type": "string"}, "propertyNames": {"type": "string"}});
    let path = json!({"anyOf": [{"type": "string"}, {"type": "string", "format": "path"}], "default": null});
    json!({"title": "FlyteFile", "type": "object", "additionalProperties": false, "properties": {
        "path": path, "metadata": {"anyOf": [metadata, {"type": "null"}], "default": null},
    }})
}

fn table() -> Value {
    let text = json!([{"type": "string"}, {"type": "null"}]);
    json!({"title": "StructuredDataset", "type": "object", "additionalProperties": false, "properties": {
        "uri": {"anyOf": text, "default": null}, "file_format": {"anyOf": text, "default": ""},
    }})
}

#[test]
fn a_file_has_only_the_fields_that_it_was_given() {
    let (of, many) = (class(file()), class(json!({"type": "array", "items": file()})));
    let path = || map(&[("path", text("s3://b"))]);
    let packed = b"\x81\xa4path\xa6s3://b";
    let back = || Out::Map(vec![("path".to_owned(), Out::Text("s3://b".to_owned()))]);
    for given in [path(), text("s3://b")] {
        assert_eq!(written(&f(given), &of), Ok(stored(packed)));
    }
    assert_eq!(read(&stored(packed), &of), Ok(back()));
    let listed = stored(&[&[0x91], &packed[..]].concat());
    assert_eq!(written(&f(In::List(vec![path()])), &many), Ok(listed.clone()));
    assert_eq!(read(&listed, &many), Ok(Out::List(vec![back()])));
    let metadata = map(&[("path", text("s3://b")), ("metadata", map(&[("k", text("v"))]))]);
    let packed = b"\x82\xa4path\xa6s3://b\xa8metadata\x81\xa1k\xa1v";
    assert_eq!(written(&f(metadata), &of), Ok(stored(packed)));
    refused(&f(map(&[])), &of, "x.f.path: required and missing; expected one of several types");
}

#[test]
fn a_table_has_a_format_as_python_writes_it() {
    let of = class(table());
    let packed = b"\x82\xa3uri\xa6s3://b\xabfile_format\xa0";
    assert_eq!(written(&f(map(&[("uri", text("s3://b"))])), &of), Ok(stored(packed)));
    assert_eq!(
        read(&stored(b"\x81\xa3uri\xa1u"), &of),
        Ok(Out::Map(vec![("uri".to_owned(), Out::Text("u".to_owned()))]))
    );
    refused(&f(map(&[])), &of, "x.f.uri: required and missing; expected one of several types");
}

#[test]
fn a_default_is_written_as_python_has_it() {
    let of = of(&json!({"title": "C", "type": "object", "properties": {"f": {"type": "string", "default": null}}}));
    assert_eq!(written(&map(&[]), &of), Ok(stored(&[0xc0])));
    refused(&f(In::Null), &of, "x.f: expected str, got null");
}

fn dict(keys: &Value) -> LiteralType {
    class(json!({"type": "object", "additionalProperties": {"type": "integer"}, "propertyNames": keys}))
}

#[test]
fn keys_of_dicts_are_what_the_schema_says() {
    let (int, color) = (json!({"type": "integer"}), json!({"enum": ["red", "green"]}));
    for (keys, name, key) in [
        (&int, "-1", &[0xff][..]),
        (&color, "red", b"\xa3red"),
        (&json!({"enum": [1.0, 2.0]}), "2", &[2]),
        (&json!({"type": "number"}), "1.5", &[0xcb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0]),
        (&json!({"type": "boolean"}), "true", &[0xc3]),
        (&json!({"type": "string", "format": "date"}), "2024-01-02", b"\xaa2024-01-02"),
        (&json!({"type": "string"}), "1", b"\xa11"),
    ] {
        let packed = stored(&[&[0x81], key, &[7]].concat());
        assert_eq!(written(&f(map(&[(name, In::Number(7.0))])), &dict(keys)), Ok(packed), "{keys}");
    }
    for (keys, name, problem) in [
        (&int, "x", "x.f.x: expected int as key, got text \"x\""),
        (&int, "01", "x.f[\"01\"]: expected int as key, got text \"01\""),
        (&color, "blue", "x.f.blue: expected one of red, green as key, got text \"blue\""),
        (&json!({"type": "number"}), "x", "x.f.x: expected float as key, got text \"x\""),
        (&json!({"type": "boolean"}), "True", "x.f.True: expected bool as key, got text \"True\""),
        (
            &json!({"type": "string", "format": "date"}),
            "x",
            "x.f.x: expected a date in ISO 8601 as key, got text \"x\"",
        ),
    ] {
        refused(&f(map(&[(name, In::Number(7.0))])), &dict(keys), problem);
    }
}

#[test]
fn keys_of_maps_are_checked_too() {
    let (keys, seven) = (json!({"type": "integer"}), In::Number(7.0));
    let pairs = |keys: &[In]| f(In::Pairs(keys.iter().map(|key| (key.clone(), seven.clone())).collect()));
    let packed = stored(&[0x82, 1, 7, 2, 7]);
    assert_eq!(written(&pairs(&[In::Number(1.0), text("2")]), &dict(&keys)), Ok(packed));
    refused(&pairs(&[In::Number(1.5)]), &dict(&keys), "x.f[0]: expected int, got a number with a fraction");
    refused(&pairs(&[In::Bool(true)]), &dict(&json!({"type": "string"})), "x.f[0]: expected str, got boolean true");
}

#[test]
fn each_place_of_a_tuple_has_its_type() {
    let places = json!([{"type": "integer"}, {"type": "number"}]);
    let of = class(json!({"type": "array", "prefixItems": places, "minItems": 2, "maxItems": 2}));
    let packed = stored(&[0x92, 1, 0xcb, 0x40, 0, 0, 0, 0, 0, 0, 0]);
    for given in [In::Numbers(vec![1.0, 2.0]), In::List(vec![In::Int(1), In::Number(2.0)]), In::Ints(vec![1, 2])] {
        assert_eq!(written(&f(given), &of), Ok(packed.clone()));
    }
    refused(&f(In::List(vec![text("x"), In::Number(1.0)])), &of, "x.f[0]: expected int, got text \"x\"");
    refused(&f(In::List(vec![text("x")])), &of, "x.f: expected a list of 2, got one of 1");
    refused(&f(In::Numbers(vec![1.0, 2.0, 3.0])), &of, "x.f: expected a list of 2, got one of 3");
    refused(&f(text("x")), &of, "x.f: expected a list, got text \"x\"");
}

/// What Python reads a field of a kind as, when another kind is stored. It does not check what it writes.
#[test]
fn fields_of_another_kind_are_read_as_python_does() {
    let [int, float, string, flag] = ["integer", "number", "string", "boolean"].map(|kind| json!({"type": kind}));
    let optional = |of: &Value| json!({"anyOf": [of, {"type": "null"}], "default": null});
    let any = |of: &[&Value]| json!({"anyOf": of});
    let one_and_half = &[0xcb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0][..];
    let words = |text: &str| Out::Text(text.to_owned());
    for (of, field, expected) in [
        (&int, &[0xc3][..], Out::Int(1)),
        (&int, one_and_half, Out::Int(1)),
        (&int, b"\xa15", Out::Int(5)),
        (&int, b"\xa51_000", Out::Int(1000)),
        (&float, b"\xa31.5", Out::Float(1.5)),
        (&float, &[0xc2], Out::Float(0.0)),
        (&string, &[5], words("5")),
        (&string, &[0xc3], words("True")),
        (&string, one_and_half, words("1.5")),
        (&flag, &[0], Out::Bool(false)),
        (&flag, &[2], Out::Bool(true)),
        (&optional(&int), &[0xc3], Out::Int(1)),
        (&optional(&string), &[0xc0], Out::Null),
        (&any(&[&int, &string]), &[0xc3], Out::Int(1)),
        (&any(&[&int, &string]), b"\xa15", words("5")),
        (&any(&[&string, &int]), &[0xc3], words("True")),
        (&any(&[&float, &int]), &[5], Out::Int(5)),
        (&any(&[&float, &int]), b"\xa15", Out::Float(5.0)),
        (&json!({"type": "array", "items": string}), b"\x92\xa1a\x01", Out::List(vec![words("a"), words("1")])),
        (
            &json!({"type": "array", "prefixItems": [int, float]}),
            &[0x92, 1, 2],
            Out::List(vec![Out::Int(1), Out::Float(2.0)]),
        ),
        (
            &json!({"type": "object", "additionalProperties": int, "propertyNames": string}),
            &[0x81, 1, 0xc3],
            Out::Map(vec![("1".to_owned(), Out::Int(1))]),
        ),
        (
            &json!({"type": "object", "additionalProperties": int, "propertyNames": int}),
            b"\x81\xa11\x02",
            Out::Pairs(vec![(Out::Int(1), Out::Int(2))]),
        ),
        (&json!({"type": "string", "format": "base64"}), b"\xa5eA==\n", Out::Bytes(b"x".to_vec())),
    ] {
        assert_eq!(read(&stored(field), &class(of.clone())), Ok(expected), "{of} {field:?}");
    }
}

#[test]
fn fields_that_python_can_not_read_stay_as_they_are_stored() {
    let [int, float, string, flag] = ["integer", "number", "string", "boolean"].map(|kind| json!({"type": kind}));
    let (words, list) = (|text: &str| Out::Text(text.to_owned()), Out::List(vec![Out::Int(1)]));
    let inner = json!({"title": "Inner", "type": "object", "properties": {"a": int}, "required": ["a"]});
    for (of, field, expected) in [
        (&int, &b"\xa1x"[..], words("x")),
        (&int, &[0xc0], Out::Null),
        (&int, &[0x91, 1], list.clone()),
        (&float, b"\xa1x", words("x")),
        (&flag, b"\xa1x", words("x")),
        (&string, &[0x91, 1], list.clone()),
        (&json!({"type": "array", "items": int}), b"\xa1x", words("x")),
        (&json!({"type": "array", "items": int}), b"\x92\xa1x\xa15", Out::List(vec![words("x"), Out::Int(5)])),
        (&json!({"anyOf": [int, flag]}), b"\xa1x", words("x")),
        (&json!({"enum": ["a"]}), b"\xa1x", words("x")),
        (&json!({"type": "string", "format": "date-time"}), &[5], Out::Int(5)),
        (&inner, &[0x91, 1], list),
        (&inner, &[0x80], Out::Map(vec![])),
        (&json!({"type": "array", "prefixItems": [int, int]}), b"\x91\xa15", Out::List(vec![Out::Int(5)])),
    ] {
        assert_eq!(read(&stored(field), &class(of.clone())), Ok(expected), "{of} {field:?}");
    }
    assert_eq!(read(&[0x91, 1], &class(int.clone())), Err("x: expected C, got a list".to_owned()));
    assert_eq!(read(&[0x80], &class(int)), Err("x.f: required and missing; expected int".to_owned()));
}

#[test]
fn lists_and_maps_in_messagepack_are_read_as_python_does() {
    let of = |json: Value| {
        let message = MessageId::by_name("flyteidl.core.LiteralType").unwrap();
        LiteralType::decode(&json_to_wire(message, json.to_string().as_bytes(), &StdFloats).unwrap().wire).unwrap()
    };
    let texts = of(json!({"collectionType": {"simple": "STRING"}}));
    let two = Out::List(vec![Out::Text("a".to_owned()), Out::Text("1".to_owned())]);
    assert_eq!(read(b"\x92\xa1a\x01", &texts), Ok(two));
    let ints = of(json!({"mapValueType": {"simple": "INTEGER"}}));
    assert_eq!(read(b"\x81\x01\xa12", &ints), Ok(Out::Int(2)));
    let optional =
        of(json!({"collectionType": {"unionType": {"variants": [{"simple": "INTEGER"}, {"simple": "NONE"}]}}}));
    assert_eq!(read(b"\x92\xa15\xc0", &optional), Ok(Out::List(vec![Out::Int(5), Out::Null])));
    assert!(read(&[0xc3], &of(json!({"simple": "INTEGER"}))).is_err(), "a scalar has to be of its type, as in Python");
}

#[test]
fn what_python_cannot_read_as_the_element_of_a_list_or_map_is_refused() {
    let of = |json: Value| {
        let message = MessageId::by_name("flyteidl.core.LiteralType").unwrap();
        LiteralType::decode(&json_to_wire(message, json.to_string().as_bytes(), &StdFloats).unwrap().wire).unwrap()
    };
    let simple = |kind: &str| json!({"simple": kind});
    let optional = json!({"unionType": {"variants": [simple("INTEGER"), simple("NONE")]}});
    let numbers = json!({"unionType": {"variants": [simple("INTEGER"), simple("FLOAT")]}});
    let class = json!({"simple": "STRUCT", "metadata": {"title": "C", "type": "object", "required": ["a"],
        "properties": {"a": {"type": "integer"}}}});
    for (element, item, problem) in [
        (simple("INTEGER"), &b"\xa1x"[..], "expected int, got a text"),
        (simple("INTEGER"), b"\xc0", "expected int, got null"),
        (simple("FLOAT"), b"\x90", "expected float, got a list"),
        (simple("DATETIME"), b"\xa1x", "expected datetime, got the text \"x\""),
        (simple("DURATION"), b"\xa1x", "expected duration, got a text"),
        (json!({"enumType": {"values": ["a"]}}), b"\xa1x", "expected enum[a], got a text"),
        (json!({"collectionType": simple("INTEGER")}), b"\x05", "expected list[int], got an integer"),
        (optional, b"\xa1x", "expected int, got a text"),
        (numbers, b"\xa1x", "expected int | float, got a text"),
        (json!({"blob": {}}), b"\x80", "expected file, got an object without a path"),
    ] {
        assert_eq!(
            read(&[b"\x91", item].concat(), &of(json!({"collectionType": element}))),
            Err(format!("x[0]: {problem}"))
        );
        assert_eq!(
            read(&[b"\x81\xa1k", item].concat(), &of(json!({"mapValueType": element}))),
            Err(format!("x.k: {problem}"))
        );
    }
    assert!(
        read(b"\xcf\x7f\xff\xff\xff\xff\xff\xff\xff", &of(simple("DURATION"))).is_err(),
        "longer than Python knows"
    );
    let classes = of(json!({"collectionType": class}));
    assert_eq!(read(b"\x91\x80", &classes), Err("x[0].a: required and missing; expected int".to_owned()));
    // Python makes a text or a truth of anything.
    let texts = of(json!({"collectionType": simple("STRING")}));
    assert_eq!(read(b"\x91\xc0", &texts), Ok(Out::List(vec![Out::Null])));
    let either = of(json!({"collectionType": {"unionType": {"variants": [simple("INTEGER"), simple("STRING")]}}}));
    assert_eq!(read(b"\x91\xcb\x3f\xf8\0\0\0\0\0\0", &either), Ok(Out::List(vec![Out::Int(1)])));
}

#[test]
fn files_and_tables_in_messagepack_are_handles() {
    let of = |json: Value| {
        let message = MessageId::by_name("flyteidl.core.LiteralType").unwrap();
        LiteralType::decode(&json_to_wire(message, json.to_string().as_bytes(), &StdFloats).unwrap().wire).unwrap()
    };
    let file = Out::Blob { uri: "s3://f".to_owned(), format: "csv".to_owned(), multipart: false };
    let csv = json!({"blob": {"format": "csv"}});
    assert_eq!(read(b"\x81\xa4path\xa6s3://f", &of(csv.clone())), Ok(file.clone()));
    assert_eq!(read(b"\x91\x81\xa4path\xa6s3://f", &of(json!({"collectionType": csv}))), Ok(Out::List(vec![file])));
    let table = Out::StructuredDataset { uri: "s3://t".to_owned(), format: "csv".to_owned(), columns: vec![] };
    let stored = b"\x82\xa3uri\xa6s3://t\xabfile_format\xa3csv";
    assert_eq!(read(stored, &of(json!({"structuredDatasetType": {}}))), Ok(table));
}

#[test]
fn a_file_in_a_struct_without_a_schema_is_refused() {
    let file = || In::Blob { uri: "s3://b".to_owned(), format: String::new(), multipart: false };
    let any = of(&json!({}));
    refused(&f(file()), &any, "x.f: a struct can't hold a file");
    refused(&f(file()), &class(json!({"type": "object"})), "x.f: expected an object, got a file");
    refused(&f(f(file())), &class(json!({"type": "object"})), "x.f.f: a struct can't hold a file");
}

/// It does not say that it takes no other fields; a dict has no fields and takes all.
#[test]
fn a_pydantic_model_has_no_other_fields() {
    let model = json!({"title": "M", "type": "object", "required": ["f"],
        "properties": {"f": {"type": "integer"}, "d": {"type": "object", "default": {}}}});
    let given = |more: &str| map(&[("f", In::Int(1)), (more, map(&[("any", In::Int(2))]))]);
    assert_eq!(written(&given("d"), &of(&model)), Ok(b"\x82\xa1f\x01\xa1d\x81\xa3any\x02".to_vec()));
    refused(&given("x"), &of(&model), "x.x: no such field; there are d, f");
    let kept = vec![("f".to_owned(), Out::Int(1)), ("d".to_owned(), Out::Map(vec![]))];
    assert_eq!(read(b"\x82\xa1f\x01\xa1x\x02", &of(&model)), Ok(Out::Map(kept)));
    let mut open = model;
    open["additionalProperties"] = json!(true);
    assert!(written(&given("x"), &of(&open)).is_ok());
}

/// Dataclasses in a union are told apart by their fields, before anything is converted.
#[test]
fn fields_of_another_kind_do_not_hide_the_right_class() {
    let class = |title: &str, kind: &str| json!({"title": title, "type": "object", "properties": {"v": {"type": kind}, title: {"type": "integer", "default": 0}}, "required": ["v"]});
    let of = self::class(json!({"anyOf": [class("A", "integer"), class("B", "string"), {"type": "null"}]}));
    let chosen = |value: Out, title: &str| Ok(Out::Map(vec![("v".to_owned(), value), (title.to_owned(), Out::Int(0))]));
    assert_eq!(read(&stored(b"\x81\xa1v\xa15"), &of), chosen(Out::Text("5".to_owned()), "B"));
    assert_eq!(read(&stored(b"\x81\xa1v\x05"), &of), chosen(Out::Int(5), "A"));
    assert_eq!(read(&stored(b"\x81\xa1v\xc3"), &of), chosen(Out::Int(1), "A"));
}

/// A literal that does not say its variant is of the class that it fits, before anything is converted.
#[test]
fn a_literal_without_its_variant_is_of_the_class_that_it_fits() {
    let class = |title: &str, kind: &str| json!({"simple": "STRUCT", "metadata": {"title": title, "type": "object", "properties": {"f": {"type": kind}}, "required": ["f"]}});
    let union = json!({"unionType": {"variants": [class("A", "integer"), class("B", "string")]}}).to_string();
    let message = MessageId::by_name("flyteidl.core.LiteralType").unwrap();
    let of = LiteralType::decode(&json_to_wire(message, union.as_bytes(), &StdFloats).unwrap().wire).unwrap();
    assert_eq!(read(&stored(b"\xa15"), &of), Ok(Out::Text("5".to_owned())));
    assert_eq!(read(&stored(&[5]), &of), Ok(Out::Int(5)));
}
