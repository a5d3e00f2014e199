//! The JSON schema that Python puts beside the type of a dataclass or pydantic model: which fields there are, and which
//! numbers are integers.

use super::plain::read_struct;
use super::{time, InputValue, OutputValue};
use crate::codec::text::from_base64;
use crate::codec::Malformed;

/// A schema with the definitions that its references lead to.
#[derive(Clone, Debug, PartialEq)]
pub struct Schemas {
    root: Schema,
    named: Vec<(String, Schema)>,
    /// The value is a protobuf message, which Python reads from a protobuf Struct only.
    pub(super) protobuf: bool,
    title: String,
}

/// What a value may be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Schema {
    Any,
    Null,
    Bool,
    Int,
    Number {
        seconds: bool,
    },
    Text(TextFormat),
    /// Base64 in the schema; MessagePack has them as they are.
    Bytes,
    Enum(Vec<InputValue>),
    List(Box<Schema>),
    /// A list of which each place has its own.
    Tuple(Vec<Schema>),
    Object(Object),
    AnyOf(Vec<Schema>),
    /// An index into the definitions.
    Reference(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextFormat {
    Plain,
    Datetime,
    Date,
}

impl TextFormat {
    pub(super) fn takes(self, text: &str) -> bool {
        match self {
            TextFormat::Plain => true,
            TextFormat::Datetime => time::instant(text).is_some(),
            TextFormat::Date => time::instant(text).is_some_and(|instant| instant.date_only),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Object {
    pub title: String,
    pub fields: Vec<Property>,
    /// What other fields may be; `None` where there may be no others.
    pub rest: Option<Box<Schema>>,
    /// What keys have to be; `None` where it does not matter.
    pub keys: Option<Box<Schema>>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Property {
    pub name: String,
    pub schema: Schema,
    pub required: bool,
    pub default: Option<InputValue>,
}

type Entries = [(String, OutputValue)];

impl Schemas {
    /// Reads the metadata of a type, a serialised `google.protobuf.Struct`. `None` when it is no schema.
    pub(super) fn read(metadata: &[u8]) -> Result<Option<Self>, Malformed> {
        let OutputValue::Map(entries) = read_struct(metadata, 0)? else { return Ok(None) };
        if let Some(name) = text(&entries, "pb_type") {
            let title = name.rsplit('.').next().unwrap_or_default().to_owned();
            return Ok(Some(Schemas { root: any_object(), named: Vec::new(), protobuf: true, title }));
        }
        let known = ["type", "properties", "$ref", "anyOf", "$defs", "definitions", "title"];
        if !known.iter().any(|name| get(&entries, name).is_some()) {
            return Ok(None);
        }
        let mut definitions: Vec<(&str, &OutputValue)> = Vec::new();
        for name in ["$defs", "definitions"] {
            if let Some(OutputValue::Map(found)) = get(&entries, name) {
                definitions.extend(found.iter().map(|(name, schema)| (name.as_str(), schema)));
            }
        }
        let names: Vec<&str> = definitions.iter().map(|(name, _)| *name).collect();
        let named = definitions.iter().map(|(name, schema)| ((*name).to_owned(), of_value(schema, &names))).collect();
        let mut schemas = Schemas { root: of(&entries, &names), named, protobuf: false, title: String::new() };
        schemas.title = match schemas.resolved(&schemas.root) {
            Schema::Object(object) => object.title.clone(),
            _ => text(&entries, "title").unwrap_or_default().to_owned(),
        };
        Ok(Some(schemas))
    }

    /// The class that it describes; `struct` when it has no name.
    #[must_use]
    pub fn title(&self) -> &str {
        if self.title.is_empty() {
            "struct"
        } else {
            &self.title
        }
    }

    pub(super) fn root(&self) -> &Schema {
        &self.root
    }

    /// The name and the schema of a definition; what is not among them is the root.
    pub(super) fn definition(&self, index: usize) -> (&str, &Schema) {
        self.named.get(index).map_or((self.title(), &self.root), |(name, schema)| (name, schema))
    }

    /// Where a reference leads.
    pub(super) fn resolved<'a>(&'a self, mut schema: &'a Schema) -> &'a Schema {
        // References may go round in a circle.
        for _ in 0..8 {
            let Schema::Reference(index) = schema else { return schema };
            schema = self.named.get(*index).map_or(&self.root, |(_, schema)| schema);
        }
        &Schema::Any
    }
}

impl Schema {
    /// In words for an error.
    pub(super) fn in_words(&self) -> &str {
        match self {
            Schema::Any | Schema::Reference(_) => "a value",
            Schema::Null => "null",
            Schema::Bool => "bool",
            Schema::Int => "int",
            Schema::Number { seconds: true } => "a duration or its seconds",
            Schema::Number { .. } => "float",
            Schema::Text(TextFormat::Plain) => "str",
            Schema::Text(TextFormat::Datetime) => "a datetime in ISO 8601",
            Schema::Text(TextFormat::Date) => "a date in ISO 8601",
            Schema::Bytes => "bytes",
            Schema::Enum(_) => "one of its values",
            Schema::List(_) | Schema::Tuple(_) => "a list",
            Schema::Object(object) if object.title.is_empty() => "an object",
            Schema::Object(object) => &object.title,
            Schema::AnyOf(_) => "one of several types",
        }
    }
}

impl Schema {
    /// A default with the bytes in it, which Python writes in base64.
    fn with_bytes(&self, default: InputValue) -> InputValue {
        match (self, default) {
            (Schema::Bytes, InputValue::Text(base64)) => match from_python_base64(&base64) {
                Some(bytes) => InputValue::Bytes(bytes),
                None => InputValue::Text(base64),
            },
            (Schema::AnyOf(any), default) if any.iter().any(|of| matches!(of, Schema::Bytes)) => {
                Schema::Bytes.with_bytes(default)
            }
            (Schema::List(element), InputValue::List(items)) => {
                InputValue::List(items.into_iter().map(|item| element.with_bytes(item)).collect())
            }
            (Schema::Tuple(places), InputValue::List(items)) => {
                let of_place = |(place, item): (&Schema, InputValue)| place.with_bytes(item);
                InputValue::List(places.iter().zip(items).map(of_place).collect())
            }
            (Schema::Object(object), InputValue::Map(entries)) => {
                let with_bytes = |(name, value): (String, InputValue)| match object.schema_of(&name) {
                    Some(schema) => (name, schema.with_bytes(value)),
                    None => (name, value),
                };
                InputValue::Map(entries.into_iter().map(with_bytes).collect())
            }
            (_, default) => default,
        }
    }
}

impl Object {
    /// A file, directory or table.
    pub(super) fn is_handle(&self) -> bool {
        is_handle(&self.title)
    }

    /// Of the field of this name, or of any other.
    pub(super) fn schema_of(&self, name: &str) -> Option<&Schema> {
        let field = self.fields.iter().find(|field| field.name == name).map(|field| &field.schema);
        field.or(self.rest.as_deref())
    }
}

/// Bytes out of base64 with a new line behind each line, as Python's schemas and protobuf Structs have them.
pub(super) fn from_python_base64(text: &str) -> Option<Vec<u8>> {
    from_base64(&text.replace('\n', ""))
}

/// A file, directory or table, which Python has as an object of its own.
fn is_handle(title: &str) -> bool {
    matches!(title, "FlyteFile" | "FlyteDirectory" | "StructuredDataset" | "FlyteSchema")
}

fn any_object() -> Schema {
    let rest = Some(Box::new(Schema::Any));
    Schema::Object(Object { title: String::new(), fields: Vec::new(), rest, keys: None })
}

fn of_value(schema: &OutputValue, names: &[&str]) -> Schema {
    match schema {
        OutputValue::Map(entries) => of(entries, names),
        _ => Schema::Any,
    }
}

fn of(entries: &Entries, names: &[&str]) -> Schema {
    if let Some(reference) = text(entries, "$ref") {
        let name = reference.rsplit('/').next().unwrap_or_default();
        // What is not among the definitions is the root, `#`, which stands behind the last of them.
        let place = names.iter().position(|known| *known == name);
        return place.or((reference == "#").then_some(names.len())).map_or(Schema::Any, Schema::Reference);
    }
    if let Some(OutputValue::List(values)) = get(entries, "enum") {
        return Schema::Enum(values.iter().map(to_input).collect());
    }
    if let Some(value) = get(entries, "const") {
        return Schema::Enum(vec![to_input(value)]);
    }
    for name in ["anyOf", "oneOf", "allOf"] {
        if let Some(OutputValue::List(schemas)) = get(entries, name) {
            let mut any: Vec<Schema> = schemas.iter().map(|schema| of_value(schema, names)).collect();
            // One alone is a reference with a default or a description beside it; several of `allOf` say nothing here.
            return match any.pop() {
                Some(only) if any.is_empty() => only,
                Some(last) if name != "allOf" => {
                    any.push(last);
                    Schema::AnyOf(any)
                }
                _ => Schema::Any,
            };
        }
    }
    match get(entries, "type") {
        Some(OutputValue::Text(kind)) => of_kind(kind, entries, names),
        Some(OutputValue::List(kinds)) => {
            let kinds = kinds.iter().filter_map(|kind| match kind {
                OutputValue::Text(kind) => Some(of_kind(kind, entries, names)),
                _ => None,
            });
            Schema::AnyOf(kinds.collect())
        }
        _ if get(entries, "properties").is_some() => object(entries, names),
        _ => Schema::Any,
    }
}

fn of_kind(kind: &str, entries: &Entries, names: &[&str]) -> Schema {
    let format = text(entries, "format").unwrap_or_default();
    match (kind, format) {
        ("null", _) => Schema::Null,
        ("boolean", _) => Schema::Bool,
        ("integer", _) | ("number", "integer") => Schema::Int,
        ("number", format) => Schema::Number { seconds: format == "time-delta" },
        ("string", "date-time") => Schema::Text(TextFormat::Datetime),
        ("string", "date") => Schema::Text(TextFormat::Date),
        ("string", "base64") => Schema::Bytes,
        ("string", _) => Schema::Text(TextFormat::Plain),
        ("array", _) => {
            if let Some(OutputValue::List(places)) = get(entries, "prefixItems") {
                return Schema::Tuple(places.iter().map(|place| of_value(place, names)).collect());
            }
            let items = get(entries, "items").map_or(Schema::Any, |items| of_value(items, names));
            Schema::List(Box::new(items))
        }
        ("object", _) => object(entries, names),
        _ => Schema::Any,
    }
}

fn object(entries: &Entries, names: &[&str]) -> Schema {
    let required: Vec<&str> = match get(entries, "required") {
        Some(OutputValue::List(required)) => required.iter().filter_map(as_text).collect(),
        _ => Vec::new(),
    };
    let property = |(name, schema): &(String, OutputValue)| {
        let default = match schema {
            OutputValue::Map(schema) => get(schema, "default").map(to_input),
            _ => None,
        };
        let required = default.is_none() && required.contains(&name.as_str());
        let schema = of_value(schema, names);
        let default = default.map(|default| schema.with_bytes(default));
        Property { name: name.clone(), schema, required, default }
    };
    let mut fields: Vec<Property> = match get(entries, "properties") {
        Some(OutputValue::Map(properties)) => properties.iter().map(property).collect(),
        _ => Vec::new(),
    };
    let rest = match get(entries, "additionalProperties") {
        Some(OutputValue::Bool(false)) => None,
        Some(schema) => Some(Box::new(of_value(schema, names))),
        // A pydantic model does not say so, but takes no others.
        None if !fields.is_empty() => None,
        None => Some(Box::new(Schema::Any)),
    };
    let keys = get(entries, "propertyNames").map(|keys| Box::new(of_value(keys, names)));
    let title = text(entries, "title").unwrap_or_default().to_owned();
    if is_handle(&title) {
        // Python writes no null for these, and reads none.
        for field in fields.iter_mut().filter(|field| field.default == Some(InputValue::Null)) {
            (field.default, field.required) = (None, field.name != "metadata");
        }
    }
    Schema::Object(Object { title, fields, rest, keys })
}

fn get<'a>(entries: &'a Entries, name: &str) -> Option<&'a OutputValue> {
    entries.iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

pub(super) fn text<'a>(entries: &'a Entries, name: &str) -> Option<&'a str> {
    get(entries, name).and_then(as_text)
}

fn as_text(value: &OutputValue) -> Option<&str> {
    match value {
        OutputValue::Text(text) => Some(text),
        _ => None,
    }
}

/// A value of a schema, as if the caller had given it.
fn to_input(value: &OutputValue) -> InputValue {
    match value {
        OutputValue::Bool(flag) => InputValue::Bool(*flag),
        OutputValue::Float(number) => InputValue::Number(*number),
        OutputValue::Text(text) => InputValue::Text(text.clone()),
        OutputValue::List(items) => InputValue::List(items.iter().map(to_input).collect()),
        OutputValue::Map(entries) => {
            InputValue::Map(entries.iter().map(|(name, value)| (name.as_str().into(), to_input(value))).collect())
        }
        _ => InputValue::Null,
    }
}
