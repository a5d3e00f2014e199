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
mod tests;
