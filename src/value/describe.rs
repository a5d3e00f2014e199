//! Declared types as JSON Schema (draft 2020-12): what a value looks like, for forms and for generated types.

use super::input::whole;
use super::schema::{Object, Schema, Schemas, TextFormat};
use super::{InputValue, LiteralType, TypeKind};
use crate::codec::text::{push_base64, push_quoted};
use crate::codec::{wire_to_json, FloatText};
use crate::idl::schema::MessageId;

/// Appends a variable of an interface as JSON text with a comma behind it: name, type in words, description, whether it is
/// required (of an input), declared type, and the schema of what `execute` takes or of what an output gives. Wherever a
/// Flyte type stands in that, its text is at `x-flyte-type`; below a struct there is none, as Python's own schema describes
/// that.
pub(crate) fn variable(
    name: &str,
    of: &LiteralType,
    description: &str,
    required: Option<bool>,
    floats: &dyn FloatText,
    out: &mut Vec<u8>,
) {
    let mut writing = Writing {
        outputs: required.is_none(),
        floats,
        out: std::mem::take(out),
        known: Vec::new(),
        definitions: Vec::new(),
    };
    writing.push("{\"name\":");
    for (text, member) in [(name, "\"type\":"), (&of.text(), "\"description\":"), (description, "\"literalType\":")] {
        writing.quoted(text, ',');
        writing.push(member);
    }
    let start = writing.out.len();
    let message = MessageId::by_name("flyteidl.core.LiteralType");
    if message.and_then(|message| wire_to_json(message, of.as_bytes(), floats, &mut writing.out).ok()).is_none() {
        writing.out.truncate(start);
        writing.push("{}");
    }
    writing.push(match required {
        Some(true) => ",\"required\":true,\"schema\":",
        Some(false) => ",\"required\":false,\"schema\":",
        None => ",\"schema\":",
    });
    writing.schema(of);
    writing.close('}');
    *out = writing.out;
}

/// JSON text that grows. Each value has a comma behind it, which a closing bracket takes away.
struct Writing<'a> {
    outputs: bool,
    floats: &'a dyn FloatText,
    out: Vec<u8>,
    /// Which definition of which schema each of the definitions is.
    known: Vec<(&'a Schemas, usize)>,
    definitions: Vec<(String, Vec<u8>)>,
}

impl<'a> Writing<'a> {
    fn push(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn quoted(&mut self, text: &str, after: char) {
        push_quoted(&mut self.out, text);
        self.out.push(after as u8);
    }

    /// A text by its name; an empty one says nothing.
    fn member(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.quoted(name, ':');
            self.quoted(text, ',');
        }
    }

    fn close(&mut self, bracket: char) {
        if self.out.last() == Some(&b',') {
            self.out.pop();
        }
        self.out.extend([bracket as u8, b',']);
    }

    /// Takes the last closing bracket away.
    fn reopen(&mut self) {
        self.out.truncate(self.out.len().saturating_sub(2));
        if self.out.last() != Some(&b'{') {
            self.out.push(b',');
        }
    }

    fn texts(&mut self, name: &str, texts: &mut dyn Iterator<Item = &String>) {
        self.push(name);
        for text in texts {
            self.quoted(text, ',');
        }
        self.close(']');
    }

    fn schema(&mut self, of: &'a LiteralType) {
        self.of_type(of, "");
        if self.definitions.is_empty() {
            return;
        }
        self.reopen();
        self.push("\"$defs\":{");
        for (name, definition) in std::mem::take(&mut self.definitions) {
            self.quoted(&name, ':');
            self.out.extend_from_slice(&definition);
        }
        self.close('}');
        self.close('}');
    }

    fn of_type(&mut self, of: &'a LiteralType, title: &str) {
        self.push(match &of.kind {
            TypeKind::Unknown => "{",
            TypeKind::Struct(Some(_)) => "",
            TypeKind::None => r#"{"type":"null","#,
            TypeKind::Integer => r#"{"type":"integer","format":"int64","#,
            TypeKind::Float => r#"{"type":"number","format":"double","#,
            TypeKind::String | TypeKind::Enum(_) => r#"{"type":"string","#,
            TypeKind::Boolean => r#"{"type":"boolean","#,
            TypeKind::Datetime if of.tag() == "date" => r#"{"type":"string","format":"date","#,
            TypeKind::Datetime => r#"{"type":"string","format":"date-time","#,
            TypeKind::Duration => r#"{"type":"string","format":"duration","#,
            TypeKind::Binary => r#"{"type":"string","contentEncoding":"base64","#,
            TypeKind::Error => {
                r#"{"type":"object","properties":{"message":{"type":"string"},"failedNodeId":{"type":"string"}},"required":["message"],"#
            }
            TypeKind::Struct(None) => r#"{"type":"object","#,
            TypeKind::Map(_) => r#"{"type":"object","additionalProperties":"#,
            TypeKind::List(_) => r#"{"type":"array","items":"#,
            TypeKind::Union(_) => r#"{"anyOf":["#,
            TypeKind::Blob { .. } | TypeKind::Schema(_) | TypeKind::StructuredDataset { .. } => {
                r#"{"type":"string","format":"uri","#
            }
        });
        match &of.kind {
            TypeKind::Struct(Some(schemas)) => {
                self.of_schema(schemas.root(), schemas);
                self.reopen();
            }
            TypeKind::List(element) | TypeKind::Map(element) => self.of_type(element, ""),
            TypeKind::Enum(values) => self.texts("\"enum\":[", &mut values.iter()),
            TypeKind::Union(variants) => {
                for variant in variants {
                    let (tag, text) = (variant.tag(), variant.text());
                    self.of_type(variant, if tag.is_empty() { &text } else { tag });
                }
                self.close(']');
            }
            _ => {}
        }
        // A class has its own name, which says more than the tag that all classes have.
        match &of.kind {
            TypeKind::Struct(Some(schemas)) => match schemas.root() {
                Schema::Object(object) if !object.title.is_empty() => {}
                Schema::Reference(_) => self.member("title", schemas.title()),
                _ => self.member("title", title),
            },
            _ => self.member("title", title),
        }
        self.member("x-flyte-type", &of.text());
        self.close('}');
    }

    fn of_schema(&mut self, schema: &'a Schema, of: &'a Schemas) {
        self.push(match schema {
            Schema::Any | Schema::Reference(_) | Schema::Object(_) => "{",
            Schema::Null => r#"{"type":"null","#,
            Schema::Bool => r#"{"type":"boolean","#,
            Schema::Int => r#"{"type":"integer","format":"int64","#,
            Schema::Number { seconds: true } => r#"{"type":"number","format":"time-delta","#,
            Schema::Number { seconds: false } => r#"{"type":"number","format":"double","#,
            Schema::Text(TextFormat::Plain) => r#"{"type":"string","#,
            Schema::Text(TextFormat::Datetime) => r#"{"type":"string","format":"date-time","#,
            Schema::Text(TextFormat::Date) => r#"{"type":"string","format":"date","#,
            Schema::Bytes => r#"{"type":"string","contentEncoding":"base64","x-flyte-type":"bytes","#,
            Schema::List(_) => r#"{"type":"array","items":"#,
            Schema::Tuple(_) => r#"{"type":"array","prefixItems":["#,
            Schema::Enum(_) => r#"{"enum":["#,
            Schema::AnyOf(_) => r#"{"anyOf":["#,
        });
        match schema {
            Schema::Enum(values) => {
                for value in values {
                    self.value(value);
                }
                self.close(']');
            }
            Schema::List(element) => self.of_schema(element, of),
            Schema::AnyOf(any) => {
                for schema in any {
                    self.of_schema(schema, of);
                }
                self.close(']');
            }
            Schema::Tuple(places) => {
                for schema in places {
                    self.of_schema(schema, of);
                }
                self.close(']');
                for name in ["minItems", "maxItems"] {
                    self.quoted(name, ':');
                    self.push(&places.len().to_string());
                    self.push(",");
                }
            }
            Schema::Reference(index) => {
                let name = self.definition(*index, of);
                self.member("$ref", &["#/$defs/", &name].concat());
            }
            Schema::Object(object) => self.of_object(object, of),
            _ => {}
        }
        self.close('}');
    }

    /// The members of an object's schema.
    fn of_object(&mut self, object: &'a Object, of: &'a Schemas) {
        let stored = match object.title.as_str() {
            "FlyteFile" => "file",
            "FlyteDirectory" => "directory",
            "StructuredDataset" => "structured_dataset",
            _ => "",
        };
        // Python has an object where the caller gives a URI.
        let by_uri = !stored.is_empty() && !self.outputs;
        self.push(if by_uri { r#""type":"string","format":"uri","# } else { r#""type":"object","# });
        self.member("title", &object.title);
        if by_uri {
            return self.member("x-flyte-type", stored);
        }
        if !object.fields.is_empty() {
            self.push("\"properties\":{");
            for field in &object.fields {
                self.quoted(&field.name, ':');
                self.of_schema(&field.schema, of);
                if let Some(default) = &field.default {
                    self.reopen();
                    self.push("\"default\":");
                    self.value(default);
                    self.close('}');
                }
            }
            self.close('}');
            let mut required = object.fields.iter().filter(|field| field.required).map(|field| &field.name);
            self.texts("\"required\":[", &mut required);
        }
        // Such a dict comes as a Map, and takes one.
        if let Some(keys @ (Schema::Int | Schema::Number { .. } | Schema::Bool)) = object.keys.as_deref() {
            self.push("\"propertyNames\":");
            self.of_schema(keys, of);
        }
        match object.rest.as_deref() {
            None => self.push(r#""additionalProperties":false,"#),
            Some(Schema::Any) => {}
            Some(rest) => {
                self.push("\"additionalProperties\":");
                self.of_schema(rest, of);
            }
        }
    }

    /// A value of Python's schema.
    fn value(&mut self, value: &InputValue) {
        match value {
            InputValue::Bool(flag) => self.push(if *flag { "true," } else { "false," }),
            InputValue::Number(number) => match whole(*number) {
                Some(whole) => {
                    self.push(&whole.to_string());
                    self.push(",");
                }
                None => {
                    self.floats.print(*number, &mut self.out);
                    self.push(",");
                }
            },
            InputValue::Text(text) => self.quoted(text, ','),
            InputValue::Bytes(bytes) => {
                self.out.push(b'"');
                push_base64(&mut self.out, bytes);
                self.push("\",");
            }
            InputValue::List(items) => {
                self.push("[");
                for item in items {
                    self.value(item);
                }
                self.close(']');
            }
            InputValue::Map(entries) => {
                self.push("{");
                for (name, value) in entries {
                    self.quoted(name, ':');
                    self.value(value);
                }
                self.close('}');
            }
            _ => self.push("null,"),
        }
    }

    /// The name among the definitions of what a reference leads to. A name that another struct has taken gets a number.
    fn definition(&mut self, index: usize, of: &'a Schemas) -> String {
        let there = self.known.iter().position(|(schemas, known)| *schemas == of && *known == index);
        if let Some((name, _)) = there.and_then(|place| self.definitions.get(place)) {
            return name.clone();
        }
        let (name, schema) = of.definition(index);
        let (mut unique, mut number) = (name.to_owned(), 1);
        while self.definitions.iter().any(|(taken, _)| *taken == unique) {
            number += 1;
            unique = [name, &number.to_string()].concat();
        }
        let place = self.definitions.len();
        self.known.push((of, index));
        // Its place is taken first: a definition may lead to itself.
        self.definitions.push((unique.clone(), Vec::new()));
        let before = std::mem::take(&mut self.out);
        self.of_schema(schema, of);
        let described = std::mem::replace(&mut self.out, before);
        if let Some((_, definition)) = self.definitions.get_mut(place) {
            *definition = described;
        }
        unique
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
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
            (
                json!({"simple": "DATETIME"}),
                json!({"type": "string", "format": "date-time", "x-flyte-type": "datetime"}),
            ),
            (
                json!({"simple": "DURATION"}),
                json!({"type": "string", "format": "duration", "x-flyte-type": "duration"}),
            ),
            (
                json!({"simple": "BINARY"}),
                json!({"type": "string", "contentEncoding": "base64", "x-flyte-type": "binary"}),
            ),
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
        assert_eq!(
            (&described["anyOf"][0]["title"], &described["anyOf"][1]["title"]),
            (&json!("Inner"), &json!("none"))
        );
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
}
