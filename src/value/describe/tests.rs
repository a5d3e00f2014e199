#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use serde_json::{json, Value};

use super::*;
use crate::codec::{json_to_wire, StdFloats};

fn schema(declared: &Value, outputs: bool) -> Value {
    let message = MessageId::by_name("flyteidl.core.LiteralType").unwrap();
    let bytes = json_to_wire(message, declared.to_string().as_bytes(), &StdFloats).unwrap().wire;
    let of = LiteralType::decode(&bytes).unwrap();
    let mut described = Vec::new();
    variable("x", &of, "an \"x\"", (!outputs).then_some(true), &StdFloats, &mut described);
    let described: Value = serde_json::from_slice(described.strip_suffix(b",").unwrap()).unwrap();
    assert_eq!((&described["name"], &described["description"]), (&json!("x"), &json!("an \"x\"")));
    assert_eq!(described["type"], of.text());
    assert!(described["literalType"].is_object());
    assert_eq!(described.get("required"), (!outputs).then_some(&json!(true)));
    described["schema"].clone()
}

#[test]
fn each_kind_has_its_schema() {
    let uri = |kind: &str| json!({"type": "string", "format": "uri", "x-flyte-type": kind});
    for (of, expected) in [
        (json!({"simple": "NONE"}), json!({"type": "null", "x-flyte-type": "none"})),
        (json!({"simple": "INTEGER"}), json!({"type": "integer", "format": "int64", "x-flyte-type": "int"})),
        (json!({"simple": "FLOAT"}), json!({"type": "number", "format": "double", "x-flyte-type": "float"})),
        (json!({"simple": "STRING"}), json!({"type": "string", "x-flyte-type": "str"})),
        (json!({"simple": "BOOLEAN"}), json!({"type": "boolean", "x-flyte-type": "bool"})),
        (json!({"simple": "DATETIME"}), json!({"type": "string", "format": "date-time", "x-flyte-type": "datetime"})),
        (json!({"simple": "DURATION"}), json!({"type": "string", "format": "duration", "x-flyte-type": "duration"})),
        (json!({"simple": "BINARY"}), json!({"type": "string", "contentEncoding": "base64", "x-flyte-type": "binary"})),
        (json!({"simple": "STRUCT"}), json!({"type": "object", "x-flyte-type": "struct"})),
        (json!({}), json!({"x-flyte-type": "unknown"})),
        (json!({"blob": {"format": "csv"}}), uri("file[csv]")),
        (json!({"blob": {"dimensionality": "MULTIPART"}}), uri("directory")),
        (json!({"structuredDatasetType": {"format": "parquet"}}), uri("structured_dataset[parquet]")),
        (json!({"schema": {}}), uri("schema")),
        (
            json!({"enumType": {"values": ["a", "b"]}}),
            json!({"type": "string", "enum": ["a", "b"], "x-flyte-type": "enum[a, b]"}),
        ),
        (
            json!({"mapValueType": {"collectionType": {"simple": "BOOLEAN"}}}),
            json!({
                "type": "object",
                "additionalProperties": {
                    "type": "array",
                    "items": {"type": "boolean", "x-flyte-type": "bool"},
                    "x-flyte-type": "list[bool]",
                },
                "x-flyte-type": "dict[str, list[bool]]",
            }),
        ),
    ] {
        assert_eq!(schema(&of, false), expected, "{of}");
        assert_eq!(schema(&of, true), expected, "{of}");
    }
}

#[test]
fn variants_have_their_tag_as_title() {
    let of = json!({"unionType": {"variants": [
        {"simple": "INTEGER", "structure": {"tag": "int"}},
        {"simple": "DATETIME", "structure": {"tag": "date"}},
        {"simple": "NONE"},
    ]}});
    let expected = json!({
        "anyOf": [
            {"type": "integer", "format": "int64", "x-flyte-type": "int", "title": "int"},
            {"type": "string", "format": "date", "x-flyte-type": "datetime", "title": "date"},
            {"type": "null", "x-flyte-type": "none", "title": "none"},
        ],
        "x-flyte-type": "int | datetime | none",
    });
    assert_eq!(schema(&of, false), expected);
}

fn tree() -> Value {
    json!({"simple": "STRUCT", "metadata": {
        "title": "Tree", "type": "object", "required": ["size", "file"], "additionalProperties": false,
        "properties": {
            "size": {"type": "integer"},
            "left": {"anyOf": [{"$ref": "#/$defs/Branch"}, {"type": "null"}], "default": null},
            "file": {"$ref": "#/$defs/FlyteFile"},
            "kind": {"enum": ["a", "b"], "default": "a"},
            "any": {"default": [1, 2.5, {"x": true}, null]},
            "age": {"type": "number", "format": "time-delta"},
            "on": {"type": "string", "format": "date"},
        },
        "$defs": {
            "Branch": {
                "title": "Branch", "type": "object", "required": ["inner"],
                "properties": {"inner": {"type": "array", "items": {"$ref": "#/$defs/Branch"}}},
            },
            "FlyteFile": {"title": "FlyteFile", "type": "object", "properties": {"path": {"type": "string"}}},
        },
    }})
}

#[test]
fn structs_have_their_definitions_at_the_root() {
    let list = json!({"collectionType": tree()});
    let described = schema(&list, false);
    assert_eq!(
        described["items"],
        json!({
            "type": "object",
            "title": "Tree",
            "properties": {
                "size": {"type": "integer", "format": "int64"},
                "left": {"anyOf": [{"$ref": "#/$defs/Branch"}, {"type": "null"}], "default": null},
                "file": {"$ref": "#/$defs/FlyteFile"},
                "kind": {"enum": ["a", "b"], "default": "a"},
                "any": {"default": [1, 2.5, {"x": true}, null]},
                "age": {"type": "number", "format": "time-delta"},
                "on": {"type": "string", "format": "date"},
            },
            "required": ["file", "size"],
            "additionalProperties": false,
            "x-flyte-type": "Tree",
        })
    );
    assert_eq!(
        described["$defs"],
        json!({
            "Branch": {
                "type": "object",
                "title": "Branch",
                "properties": {"inner": {"type": "array", "items": {"$ref": "#/$defs/Branch"}}},
                "required": ["inner"],
                "additionalProperties": false,
            },
            "FlyteFile": {"type": "string", "format": "uri", "title": "FlyteFile", "x-flyte-type": "file"},
        })
    );
    let file = &schema(&list, true)["$defs"]["FlyteFile"];
    assert_eq!(file["properties"], json!({"path": {"type": "string"}}), "as an output it is what Python stores");
}

#[test]
fn classes_keep_their_name_in_a_union() {
    let inner = json!({"simple": "STRUCT", "structure": {"tag": "Object-Dataclass-Transformer"}, "metadata": {
        "title": "Inner", "type": "object", "properties": {"a": {"type": "integer"}},
    }});
    let none = json!({"simple": "NONE", "structure": {"tag": "none"}});
    let described = schema(&json!({"unionType": {"variants": [inner, none]}}), true);
    assert_eq!((&described["anyOf"][0]["title"], &described["anyOf"][1]["title"]), (&json!("Inner"), &json!("none")));
}

#[test]
fn a_class_that_leads_to_itself_has_one_definition() {
    let next = json!({"anyOf": [{"$ref": "#/$defs/Rec"}, {"type": "null"}], "default": null});
    let rec = json!({"title": "Rec", "type": "object", "properties": {"nxt": next}});
    let of = json!({"simple": "STRUCT", "metadata": {"$ref": "#/$defs/Rec", "$defs": {"Rec": rec}}});
    let expected = json!({
        "$ref": "#/$defs/Rec", "title": "Rec", "x-flyte-type": "Rec",
        "$defs": {"Rec": {
            "type": "object", "title": "Rec", "properties": {"nxt": next}, "required": [], "additionalProperties": false,
        }},
    });
    assert_eq!(schema(&of, true), expected);
}

#[test]
fn dicts_in_structs_say_when_their_keys_are_no_texts() {
    let dict = |keys: &str| json!({"type": "object", "additionalProperties": {"type": "string"}, "propertyNames": {"type": keys}});
    let described = schema(
        &json!({"simple": "STRUCT", "metadata": {"title": "C", "type": "object", "properties": {
            "i": dict("integer"), "s": dict("string"),
        }}}),
        true,
    );
    let [int, text] = ["i", "s"].map(|name| described["properties"][name]["propertyNames"].clone());
    assert_eq!((int, text), (json!({"type": "integer", "format": "int64"}), json!(null)));
}

#[test]
fn bytes_in_structs_say_that_they_are_bytes() {
    let bytes = json!({"type": "string", "format": "base64"});
    let described = schema(
        &json!({"simple": "STRUCT", "metadata": {"title": "C", "type": "object", "properties": {
            "b": {"type": "string", "format": "base64", "default": "AP8=\n"},
            "l": {"type": "array", "items": bytes},
        }}}),
        true,
    );
    let bytes = json!({"type": "string", "contentEncoding": "base64", "x-flyte-type": "bytes"});
    assert_eq!(described["properties"]["l"]["items"], bytes);
    let with_default =
        json!({"type": "string", "contentEncoding": "base64", "x-flyte-type": "bytes", "default": "AP8="});
    assert_eq!(described["properties"]["b"], with_default);
}

#[test]
fn definitions_of_several_structs_keep_apart() {
    let other = json!({"simple": "STRUCT", "metadata": {
        "title": "Other", "type": "object", "properties": {"branch": {"$ref": "#/$defs/Branch"}, "self": {"$ref": "#"}},
        "$defs": {"Branch": {"title": "Branch", "type": "object"}},
    }});
    let described = schema(&json!({"unionType": {"variants": [tree(), other]}}), false);
    let properties = &described["anyOf"][1]["properties"];
    assert_eq!(properties["branch"], json!({"$ref": "#/$defs/Branch2"}));
    assert_eq!(properties["self"], json!({"$ref": "#/$defs/Other"}));
    assert_eq!(described["$defs"]["Branch2"], json!({"type": "object", "title": "Branch"}));
    assert_eq!(described["$defs"]["Other"]["properties"]["branch"], json!({"$ref": "#/$defs/Branch2"}));
}
