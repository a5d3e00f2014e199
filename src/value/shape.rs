//! Values out of MessagePack or a protobuf Struct, brought to their declared type: such a value knows less about itself
//! than a literal.

use std::cell::Cell;
use std::mem::discriminant;

use super::from_literal::{other, Read, Unreadable};
use super::schema::{Object, Schema, Schemas};
use super::{time, LiteralType, OutputValue, Path, TypeKind};

/// How deep values may nest.
const MAX_DEPTH: u32 = 100;

/// As a declared type has it.
pub(super) fn by_type(value: OutputValue, declared: Option<&LiteralType>, path: &Path<'_>) -> Read {
    let Some(declared) = declared else { return Ok(value) };
    Ok(match (&declared.kind, value) {
        (TypeKind::Struct(Some(schemas)), value) => Shaping::new(schemas).shape(value, schemas.root(), path, 0)?,
        (TypeKind::Struct(None), value @ (OutputValue::Map(_) | OutputValue::Pairs(_))) => value,
        (TypeKind::Unknown, value) => value,
        (TypeKind::None, OutputValue::Null) => OutputValue::Null,
        (TypeKind::Boolean, OutputValue::Bool(flag)) => OutputValue::Bool(flag),
        (TypeKind::String, OutputValue::Text(text)) => OutputValue::Text(text),
        (TypeKind::Enum(values), OutputValue::Text(text)) if values.contains(&text) => OutputValue::Text(text),
        (TypeKind::Integer, value) => integer(value).or_else(|value| other(Some(declared), value.in_words(), path))?,
        (TypeKind::Float, value) => float(value).or_else(|value| other(Some(declared), value.in_words(), path))?,
        (TypeKind::Datetime, OutputValue::Text(text)) => match time::instant(&text) {
            Some(time::Instant { seconds, nanos, .. }) => OutputValue::Instant { seconds, nanos },
            None => return other(Some(declared), &["the text \"", &text, "\""].concat(), path),
        },
        (TypeKind::Datetime, value @ OutputValue::Instant { .. }) => value,
        // Python writes seconds.
        (TypeKind::Duration, value) => {
            let seconds = match &value {
                OutputValue::Float(seconds) => time::from_seconds(*seconds),
                OutputValue::Int(seconds) => Some((*seconds, 0)),
                _ => None,
            };
            match seconds {
                Some((seconds, nanos)) => OutputValue::Duration { seconds, nanos },
                None => return other(Some(declared), value.in_words(), path),
            }
        }
        (TypeKind::List(element), OutputValue::List(items)) => {
            let mut values = Vec::with_capacity(items.len());
            for (index, item) in items.into_iter().enumerate() {
                values.push(by_type(item, Some(element), &path.index(index))?);
            }
            OutputValue::List(values)
        }
        (TypeKind::Map(element), OutputValue::Map(entries)) => {
            let mut values = Vec::with_capacity(entries.len());
            for (name, value) in entries {
                let value = by_type(value, Some(element), &path.key(&name))?;
                values.push((name, value));
            }
            OutputValue::Map(values)
        }
        (TypeKind::Union(variants), value) => {
            let mut fitting = variants.iter().filter_map(|variant| by_type(value.clone(), Some(variant), path).ok());
            match (fitting.next(), fitting.next()) {
                (Some(only), None) => only,
                (None, _) => return other(Some(declared), value.in_words(), path),
                // An int rather than a float, if that is all.
                (Some(first), Some(_)) if discriminant(&first) == discriminant(&value) => first,
                _ => return other(Some(declared), "a value that could be any of several", path),
            }
        }
        (_, value) => return other(Some(declared), value.in_words(), path),
    })
}

/// A whole float is an integer too: JSON and JavaScript know no difference.
#[allow(clippy::cast_possible_truncation)]
fn integer(value: OutputValue) -> Result<OutputValue, OutputValue> {
    match value {
        OutputValue::Int(_) | OutputValue::BigInt(_) => Ok(value),
        OutputValue::Float(number) if number.trunc() == number && number.abs() < 9.2e18 => {
            Ok(OutputValue::Int(number as i64))
        }
        value => Err(value),
    }
}

#[allow(clippy::cast_precision_loss)]
fn float(value: OutputValue) -> Result<OutputValue, OutputValue> {
    match value {
        OutputValue::Float(_) => Ok(value),
        OutputValue::Int(number) => Ok(OutputValue::Float(number as f64)),
        OutputValue::BigInt(number) => Ok(OutputValue::Float(number as f64)),
        value => Err(value),
    }
}

/// How often alternatives may be tried for one value. Schemas that refer to themselves have endlessly many.
const MOST_TRIES: u32 = 1 << 20;

/// One value under way to what its JSON schema has: numbers of the right kind, fields that are missing from their
/// defaults, no fields that are not allowed.
struct Shaping<'a> {
    schemas: &'a Schemas,
    tries: Cell<u32>,
    /// Alternatives are being tried. Outside of these a text or boolean field is what it is, as in Python.
    choosing: Cell<bool>,
}

impl<'a> Shaping<'a> {
    fn new(schemas: &'a Schemas) -> Self {
        Shaping { schemas, tries: Cell::new(0), choosing: Cell::new(false) }
    }

    fn shape(&self, value: OutputValue, schema: &Schema, path: &Path<'_>, depth: u32) -> Read {
        let schema = self.schemas.resolved(schema);
        if depth > MAX_DEPTH {
            return wrong(schema, &value, path);
        }
        match (schema, value) {
            (Schema::Int, value) => integer(value).or_else(|value| wrong(schema, &value, path)),
            (Schema::Number { .. }, value) => float(value).or_else(|value| wrong(schema, &value, path)),
            (Schema::List(element), OutputValue::List(items)) => {
                let mut values = Vec::with_capacity(items.len());
                for (index, item) in items.into_iter().enumerate() {
                    values.push(self.shape(item, element, &path.index(index), depth + 1)?);
                }
                Ok(OutputValue::List(values))
            }
            (Schema::Object(object), OutputValue::Map(entries)) => self.object(entries, object, path, depth),
            (Schema::Object(object), OutputValue::Pairs(pairs)) => {
                let rest = object.rest.as_deref().unwrap_or(&Schema::Any);
                let mut values = Vec::with_capacity(pairs.len());
                for (index, (key, value)) in pairs.into_iter().enumerate() {
                    values.push((key, self.shape(value, rest, &path.index(index), depth + 1)?));
                }
                Ok(OutputValue::Pairs(values))
            }
            (Schema::AnyOf(any), value) => self.any_of(value, any, schema, path, depth),
            (Schema::List(_) | Schema::Object(_), value) => wrong(schema, &value, path),
            (Schema::Null, OutputValue::Null) => Ok(OutputValue::Null),
            (Schema::Null, value) => wrong(schema, &value, path),
            (Schema::Bool, value) if self.choosing.get() && !matches!(value, OutputValue::Bool(_)) => {
                wrong(schema, &value, path)
            }
            (Schema::Text(_), value) if self.choosing.get() && !matches!(value, OutputValue::Text(_)) => {
                wrong(schema, &value, path)
            }
            (_, value) => Ok(value),
        }
    }

    fn any_of(&self, value: OutputValue, any: &[Schema], schema: &Schema, path: &Path<'_>, depth: u32) -> Read {
        let mut others = any.iter().filter(|schema| !matches!(schema, Schema::Null));
        if let (Some(only), None) = (others.next(), others.next()) {
            return match value {
                OutputValue::Null if any.len() > 1 => Ok(value),
                value => self.shape(value, only, path, depth + 1),
            };
        }
        // As it is where that is right, so that an int stays one beside a float.
        let (mut first, before) = (None, self.choosing.replace(true));
        for schema in any {
            self.tries.set(self.tries.get() + 1);
            if self.tries.get() > MOST_TRIES {
                break;
            }
            match self.shape(value.clone(), schema, path, depth + 1) {
                Ok(found) if discriminant(&found) == discriminant(&value) => {
                    first = Some(found);
                    break;
                }
                Ok(found) if first.is_none() => first = Some(found),
                _ => {}
            }
        }
        self.choosing.set(before);
        first.map_or_else(|| wrong(schema, &value, path), Ok)
    }

    fn object(&self, entries: Vec<(String, OutputValue)>, object: &Object, path: &Path<'_>, depth: u32) -> Read {
        let mut values = Vec::with_capacity(entries.len().max(object.fields.len()));
        for (name, value) in entries {
            if let Some(schema) = object.schema_of(&name) {
                let value = self.shape(value, schema, &path.key(&name), depth + 1)?;
                values.push((name, value));
            }
        }
        for field in object.fields.iter().filter(|_| !object.is_handle()) {
            if values.iter().any(|(name, _)| *name == field.name) {
                continue;
            }
            let path = path.key(&field.name);
            if let Some(default) = &field.default {
                values.push((field.name.clone(), self.shape(default.to_output(), &field.schema, &path, depth + 1)?));
            } else if field.required {
                let expected = self.schemas.resolved(&field.schema).in_words();
                let message = ["required and missing; expected ", expected].concat();
                return Err(Unreadable::new(&path, message));
            }
        }
        Ok(OutputValue::Map(values))
    }
}

fn wrong<T>(schema: &Schema, value: &OutputValue, path: &Path<'_>) -> Result<T, Unreadable> {
    let message = ["expected ", schema.in_words(), ", got ", value.in_words()].concat();
    Err(Unreadable::new(path, message))
}
