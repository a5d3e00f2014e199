//! Declared types as JSON Schema (draft 2020-12): what a value looks like, for forms and for generated types.

use super::schema::{Object, Schema, Schemas, TextFormat};
use super::{LiteralType, OutputValue, TypeKind};

/// The schema of a type: of what `execute` takes, or of what an output gives. Wherever a Flyte type stands its text is at
/// `x-flyte-type`; below a struct there is none, as Python's own schema describes that.
pub(crate) fn schema_of(of: &LiteralType, outputs: bool) -> OutputValue {
    let mut describing = Describing { outputs, known: Vec::new(), definitions: Vec::new() };
    let node = describing.of_type(of);
    let definitions = describing.definitions;
    if definitions.is_empty() {
        return node.done();
    }
    node.set("$defs", OutputValue::Map(definitions)).done()
}

/// An object that grows.
#[derive(Default)]
struct Node(Vec<(String, OutputValue)>);

impl Node {
    fn of(kind: &str) -> Self {
        Node::default().text("type", kind)
    }

    fn formatted(kind: &str, format: &str) -> Self {
        Node::of(kind).text("format", format)
    }

    fn set(mut self, name: &str, value: OutputValue) -> Self {
        self.0.push((name.to_owned(), value));
        self
    }

    fn text(self, name: &str, text: &str) -> Self {
        self.set(name, OutputValue::Text(text.to_owned()))
    }

    fn done(self) -> OutputValue {
        OutputValue::Map(self.0)
    }
}

fn texts<'a>(texts: impl Iterator<Item = &'a str>) -> OutputValue {
    OutputValue::List(texts.map(|text| OutputValue::Text(text.to_owned())).collect())
}

struct Describing<'a> {
    outputs: bool,
    /// Which definition of which schema each of the definitions is.
    known: Vec<(&'a Schemas, usize)>,
    definitions: Vec<(String, OutputValue)>,
}

impl<'a> Describing<'a> {
    fn of_type(&mut self, of: &'a LiteralType) -> Node {
        let node = match &of.kind {
            TypeKind::Unknown => Node::default(),
            TypeKind::None => Node::of("null"),
            TypeKind::Integer => Node::formatted("integer", "int64"),
            TypeKind::Float => Node::formatted("number", "double"),
            TypeKind::String => Node::of("string"),
            TypeKind::Boolean => Node::of("boolean"),
            TypeKind::Datetime => Node::formatted("string", if of.tag() == "date" { "date" } else { "date-time" }),
            TypeKind::Duration => Node::formatted("string", "duration"),
            TypeKind::Binary => Node::of("string").text("contentEncoding", "base64"),
            TypeKind::Error => {
                let string = || Node::of("string").done();
                let fields = Node::default().set("message", string()).set("failedNodeId", string());
                Node::of("object").set("properties", fields.done()).set("required", texts(["message"].into_iter()))
            }
            TypeKind::Struct(None) => Node::of("object"),
            TypeKind::Struct(Some(schemas)) => self.of_schema(schemas.resolved(schemas.root()), schemas),
            TypeKind::List(element) => Node::of("array").set("items", self.of_type(element).done()),
            TypeKind::Map(element) => Node::of("object").set("additionalProperties", self.of_type(element).done()),
            TypeKind::Blob { .. } | TypeKind::Schema(_) | TypeKind::StructuredDataset { .. } => {
                Node::formatted("string", "uri")
            }
            TypeKind::Enum(values) => Node::of("string").set("enum", texts(values.iter().map(String::as_str))),
            TypeKind::Union(variants) => {
                let any = variants.iter().map(|variant| {
                    let mut node = self.of_type(variant);
                    node.0.retain(|(name, _)| name != "title");
                    let (tag, text) = (variant.tag(), variant.text());
                    node.text("title", if tag.is_empty() { &text } else { tag }).done()
                });
                Node::default().set("anyOf", OutputValue::List(any.collect()))
            }
        };
        node.text("x-flyte-type", &of.text())
    }

    fn of_schema(&mut self, schema: &'a Schema, of: &'a Schemas) -> Node {
        match schema {
            Schema::Any => Node::default(),
            Schema::Null => Node::of("null"),
            Schema::Bool => Node::of("boolean"),
            Schema::Int => Node::formatted("integer", "int64"),
            Schema::Number { seconds: true } => Node::formatted("number", "time-delta"),
            Schema::Number { seconds: false } => Node::formatted("number", "double"),
            Schema::Text(TextFormat::Plain) => Node::of("string"),
            Schema::Text(TextFormat::Datetime) => Node::formatted("string", "date-time"),
            Schema::Text(TextFormat::Date) => Node::formatted("string", "date"),
            Schema::Enum(values) => {
                Node::default().set("enum", OutputValue::List(values.iter().map(|value| value.to_output()).collect()))
            }
            Schema::List(element) => Node::of("array").set("items", self.of_schema(element, of).done()),
            Schema::AnyOf(any) => {
                let any = any.iter().map(|schema| self.of_schema(schema, of).done()).collect();
                Node::default().set("anyOf", OutputValue::List(any))
            }
            Schema::Reference(index) => {
                let name = self.definition(*index, of);
                Node::default().text("$ref", &["#/$defs/", &name].concat())
            }
            Schema::Object(object) => self.of_object(object, of),
        }
    }

    fn of_object(&mut self, object: &'a Object, of: &'a Schemas) -> Node {
        let stored = match object.title.as_str() {
            "FlyteFile" => "file",
            "FlyteDirectory" => "directory",
            "StructuredDataset" => "structured_dataset",
            _ => "",
        };
        // Python has an object where the caller gives a URI.
        if !stored.is_empty() && !self.outputs {
            return Node::formatted("string", "uri").text("title", &object.title).text("x-flyte-type", stored);
        }
        let mut node = Node::of("object");
        if !object.title.is_empty() {
            node = node.text("title", &object.title);
        }
        let mut properties = Node::default();
        for field in &object.fields {
            let mut property = self.of_schema(&field.schema, of);
            if let Some(default) = &field.default {
                property = property.set("default", default.to_output());
            }
            properties = properties.set(&field.name, property.done());
        }
        if !object.fields.is_empty() {
            let required = object.fields.iter().filter(|field| field.required).map(|field| field.name.as_str());
            node = node.set("properties", properties.done()).set("required", texts(required));
        }
        match object.rest.as_deref() {
            None => node.set("additionalProperties", OutputValue::Bool(false)),
            Some(Schema::Any) => node,
            Some(rest) => {
                let rest = self.of_schema(rest, of).done();
                node.set("additionalProperties", rest)
            }
        }
    }

    /// The name among the definitions of what a reference leads to. A name that another struct has taken gets a number.
    fn definition(&mut self, index: usize, of: &'a Schemas) -> String {
        let there = self.known.iter().position(|(schemas, known)| std::ptr::eq(*schemas, of) && *known == index);
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
        self.definitions.push((unique.clone(), OutputValue::Null));
        let described = self.of_schema(schema, of).done();
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
    use crate::idl::schema::MessageId;

    fn as_json(value: &OutputValue) -> Value {
        match value {
            OutputValue::Null => Value::Null,
            OutputValue::Bool(flag) => json!(flag),
            OutputValue::Float(number) => json!(number),
            OutputValue::Text(text) => json!(text),
            OutputValue::List(items) => items.iter().map(as_json).collect(),
            OutputValue::Map(entries) => entries.iter().map(|(name, value)| (name.clone(), as_json(value))).collect(),
            other => panic!("{other:?} is no JSON"),
        }
    }

    fn schema(of: &Value, outputs: bool) -> Value {
        let message = MessageId::by_name("flyteidl.core.LiteralType").unwrap();
        let bytes = json_to_wire(message, of.to_string().as_bytes(), &StdFloats).unwrap().wire;
        as_json(&schema_of(&LiteralType::decode(&bytes).unwrap(), outputs))
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
                },
                "FlyteFile": {"type": "string", "format": "uri", "title": "FlyteFile", "x-flyte-type": "file"},
            })
        );
        let file = &schema(&list, true)["$defs"]["FlyteFile"];
        assert_eq!(file["properties"], json!({"path": {"type": "string"}}), "as an output it is what Python stores");
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
