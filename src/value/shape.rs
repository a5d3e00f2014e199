//! Values out of MessagePack or a protobuf Struct, brought to their declared type: such a value knows less about itself
//! than a literal.

use std::cell::Cell;
use std::mem::discriminant;
use std::slice;

use super::from_literal::{other, Read, Unreadable};
use super::schema::{self, from_python_base64, Object, Schema, Schemas, TextFormat};
use super::{decimal, input, keys, time, InputValue, LiteralType, OutputValue, Path, TypeKind};

/// How deep values may nest.
const MAX_DEPTH: u32 = 100;

/// What has to be of its declared type.
#[derive(Clone, Copy, PartialEq)]
enum Strict {
    /// The value and all in it: this is how variants are told apart.
    All,
    /// The value itself.
    Outside,
    /// What is in a list or map: as Python reads it, if it does.
    Inside,
}

/// As a declared type has it; `strict` when all in it has to be of its type, too.
pub(super) fn by_type(value: OutputValue, declared: Option<&LiteralType>, path: &Path<'_>, strict: bool) -> Read {
    let Some(declared) = declared else { return Ok(value) };
    typed(value, declared, path, if strict { Strict::All } else { Strict::Outside })
}

fn typed(value: OutputValue, declared: &LiteralType, path: &Path<'_>, strict: Strict) -> Read {
    let unfit = |got: &str| other(Some(declared), got, path);
    let scalar = |schema: &Schema, value| {
        fitting(schema, value).or_else(|value| {
            if strict != Strict::Inside {
                return unfit(value.in_words());
            }
            coerced(schema, value).or_else(|value| match schema {
                // Python makes a text or a truth of anything; it stays what it is.
                Schema::Bool | Schema::Text(_) => Ok(value),
                _ => unfit(value.in_words()),
            })
        })
    };
    let inner = if strict == Strict::All { strict } else { Strict::Inside };
    Ok(match (&declared.kind, value) {
        (TypeKind::Struct(Some(schemas)), value) => {
            let shaping =
                Shaping { schemas, tries: Cell::new(0), strict: (strict == Strict::All).into(), unfit: 0.into() };
            shaping.shape(value, schemas.root(), path, 0)?
        }
        (TypeKind::Struct(None), value @ (OutputValue::Map(_) | OutputValue::Pairs(_))) => value,
        (TypeKind::Unknown, value) => value,
        (TypeKind::None, OutputValue::Null) => OutputValue::Null,
        (TypeKind::Boolean, value) => scalar(&Schema::Bool, value)?,
        (TypeKind::String, value) => scalar(&Schema::Text(TextFormat::Plain), value)?,
        (TypeKind::Integer, value) => scalar(&Schema::Int, value)?,
        (TypeKind::Float, value) => scalar(&Schema::Number { seconds: false }, value)?,
        (TypeKind::Enum(values), OutputValue::Text(text)) if values.contains(&text) => OutputValue::Text(text),
        (TypeKind::Datetime, OutputValue::Text(text)) => match time::instant(&text) {
            Some(time::Instant { seconds, nanos, .. }) => OutputValue::Instant { seconds, nanos },
            None => return unfit(&["the text \"", &text, "\""].concat()),
        },
        (TypeKind::Datetime, value @ OutputValue::Instant { .. }) => value,
        // Python writes seconds.
        (TypeKind::Duration, value) => {
            let seconds = match &value {
                OutputValue::Float(seconds) => time::from_seconds(*seconds),
                // As long as Python knows spans: less than 10^9 days.
                OutputValue::Int(seconds) if seconds.unsigned_abs() < 86_400_000_000_000 => Some((*seconds, 0)),
                _ => None,
            };
            match seconds {
                Some((seconds, nanos)) => OutputValue::Duration { seconds, nanos },
                None => return unfit(value.in_words()),
            }
        }
        (TypeKind::Blob { multipart, format }, OutputValue::Map(entries)) => match schema::text(&entries, "path") {
            Some(uri) => OutputValue::Blob { uri: uri.to_owned(), format: format.clone(), multipart: *multipart },
            None => return unfit("an object without a path"),
        },
        (TypeKind::StructuredDataset { .. }, OutputValue::Map(entries)) => match schema::text(&entries, "uri") {
            Some(uri) => {
                let format = schema::text(&entries, "file_format").unwrap_or_default().to_owned();
                OutputValue::StructuredDataset { uri: uri.to_owned(), format, columns: Vec::new() }
            }
            None => return unfit("an object without a uri"),
        },
        (TypeKind::List(element), OutputValue::List(items)) => {
            let mut values = Vec::with_capacity(items.len());
            for (index, item) in items.into_iter().enumerate() {
                values.push(typed(item, element, &path.index(index), inner)?);
            }
            OutputValue::List(values)
        }
        (TypeKind::Map(element), OutputValue::Map(entries)) => {
            let mut values = Vec::with_capacity(entries.len());
            for (name, value) in entries {
                let value = typed(value, element, &path.key(&name), inner)?;
                values.push((name, value));
            }
            OutputValue::Map(values)
        }
        (TypeKind::Map(_), OutputValue::Pairs(pairs)) if strict != Strict::All => match keys::as_texts(pairs) {
            Ok(entries) => typed(OutputValue::Map(entries), declared, path, strict)?,
            Err(pairs) => return unfit(OutputValue::Pairs(pairs).in_words()),
        },
        (TypeKind::Union(variants), value) => {
            let mut others = variants.iter().filter(|variant| !matches!(variant.kind, TypeKind::None));
            if let (Strict::Inside, Some(only), None) = (strict, others.next(), others.next()) {
                return match value {
                    OutputValue::Null if variants.len() > 1 => Ok(value),
                    value => typed(value, only, path, strict),
                };
            }
            for inside in [Strict::All, Strict::Outside] {
                let mut fitting =
                    variants.iter().filter_map(|variant| typed(value.clone(), variant, path, inside).ok());
                match (fitting.next(), fitting.next()) {
                    (Some(only), None) => return Ok(only),
                    // An int rather than a float, if that is all.
                    (Some(first), Some(_)) if discriminant(&first) == discriminant(&value) => return Ok(first),
                    // Inside, Python takes the first.
                    (Some(first), Some(_)) if strict == Strict::Inside => return Ok(first),
                    (Some(_), Some(_)) => return unfit("a value that could be any of several"),
                    (None, _) if strict == Strict::All => break,
                    (None, _) => {}
                }
            }
            let read = |variant| typed(value.clone(), variant, path, Strict::Inside).ok();
            match variants.iter().filter(|_| strict == Strict::Inside).find_map(read) {
                Some(first) => first,
                None => return unfit(value.in_words()),
            }
        }
        (_, value) => return unfit(value.in_words()),
    })
}

/// A scalar that is of a kind, numbers as that kind.
fn fitting(schema: &Schema, value: OutputValue) -> Result<OutputValue, OutputValue> {
    match (schema, value) {
        (Schema::Int, value) => integer(value),
        (Schema::Number { .. }, value) => float(value),
        (Schema::Any | Schema::Reference(_), value)
        | (Schema::Null, value @ OutputValue::Null)
        | (Schema::Bool, value @ OutputValue::Bool(_))
        | (Schema::Text(_), value @ OutputValue::Text(_))
        | (Schema::Bytes, value @ OutputValue::Bytes(_)) => Ok(value),
        (Schema::Enum(values), value) => {
            if values.iter().any(|known| same(known, &value)) {
                Ok(value)
            } else {
                Err(value)
            }
        }
        (_, value) => Err(value),
    }
}

/// One of a schema's values, as it is stored.
fn same(known: &InputValue, value: &OutputValue) -> bool {
    match (known, value) {
        (InputValue::Number(known), OutputValue::Int(number)) => input::whole(*known) == Some(*number),
        (InputValue::Number(known), OutputValue::Float(number)) => known == number,
        (InputValue::Text(known), OutputValue::Text(text)) => known == text,
        (InputValue::Bool(known), OutputValue::Bool(flag)) => known == flag,
        (InputValue::Null, OutputValue::Null) => true,
        _ => false,
    }
}

/// As Python makes one of another kind, where nothing is lost but a fraction: it writes fields as they are, and converts
/// them when it reads.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn coerced(schema: &Schema, value: OutputValue) -> Result<OutputValue, OutputValue> {
    let converted = match (schema, &value) {
        (Schema::Int, OutputValue::Bool(flag)) => Some(OutputValue::Int((*flag).into())),
        (Schema::Int, OutputValue::Float(number)) if number.abs() < 9.2e18 => Some(OutputValue::Int(*number as i64)),
        (Schema::Int, OutputValue::Text(text)) => decimal::int(text),
        (Schema::Number { .. }, OutputValue::Bool(flag)) => Some(OutputValue::Float(u8::from(*flag).into())),
        (Schema::Number { .. }, OutputValue::Text(text)) => decimal::float(text).map(OutputValue::Float),
        (Schema::Bool, OutputValue::Int(number)) => Some(OutputValue::Bool(*number != 0)),
        (Schema::Bool, OutputValue::BigInt(_)) => Some(OutputValue::Bool(true)),
        (Schema::Bool, OutputValue::Float(number)) => Some(OutputValue::Bool(*number != 0.0)),
        (Schema::Text(TextFormat::Plain), value) => as_text(value).map(OutputValue::Text),
        // A protobuf Struct has no bytes. Python ends its base64 with a new line.
        (Schema::Bytes, OutputValue::Text(text)) if text.ends_with('\n') => {
            from_python_base64(text).map(OutputValue::Bytes)
        }
        _ => None,
    };
    converted.ok_or(value)
}

/// `str(value)` of what can be a key.
pub(super) fn as_text(value: &OutputValue) -> Option<String> {
    match value {
        OutputValue::Text(text) => Some(text.clone()),
        OutputValue::Bool(flag) => Some(if *flag { "True" } else { "False" }.to_owned()),
        OutputValue::Int(number) => Some(number.to_string()),
        OutputValue::BigInt(number) => Some(number.to_string()),
        OutputValue::Float(number) => decimal::text(*number),
        _ => None,
    }
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
/// defaults, no fields that are not allowed. What is of another kind and can't be brought to its own stays as it is.
struct Shaping<'a> {
    schemas: &'a Schemas,
    tries: Cell<u32>,
    /// Nothing may be of another kind: alternatives are being told apart.
    strict: Cell<bool>,
    /// How much stayed as it is.
    unfit: Cell<u32>,
}

impl Shaping<'_> {
    fn shape(&self, value: OutputValue, schema: &Schema, path: &Path<'_>, depth: u32) -> Read {
        let schema = self.schemas.resolved(schema);
        match (schema, value) {
            (_, value) if depth > MAX_DEPTH => self.unfit(value, schema, path, depth),
            (Schema::List(element), OutputValue::List(items)) => {
                self.list(items, slice::from_ref(&**element), path, depth)
            }
            (Schema::Tuple(places), OutputValue::List(items)) => {
                let is_short = items.len() < places.len();
                let list = self.list(items, places, path, depth)?;
                if is_short {
                    return self.unfit(list, schema, path, depth);
                }
                Ok(list)
            }
            (Schema::Object(object), OutputValue::Map(entries)) => self.object(entries, object, path, depth),
            (Schema::Object(object), OutputValue::Pairs(pairs)) => self.pairs(pairs, object, path, depth),
            (Schema::AnyOf(any), value) => self.any_of(value, any, schema, path, depth),
            (schema, value) => fitting(schema, value).or_else(|value| {
                if self.strict.get() {
                    return wrong(schema, &value, path);
                }
                coerced(schema, value).or_else(|value| self.unfit(value, schema, path, depth))
            }),
        }
    }

    /// What is of another kind: an error where that matters.
    fn unfit(&self, value: OutputValue, schema: &Schema, path: &Path<'_>, depth: u32) -> Read {
        if self.strict.get() || depth == 0 {
            return wrong(schema, &value, path);
        }
        self.unfit.set(self.unfit.get() + 1);
        Ok(value)
    }

    /// Each place by its schema, those behind by the last.
    fn list(&self, items: Vec<OutputValue>, places: &[Schema], path: &Path<'_>, depth: u32) -> Read {
        let mut values = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            let schema = places.get(index).or(places.last()).unwrap_or(&Schema::Any);
            values.push(self.shape(item, schema, &path.index(index), depth + 1)?);
        }
        Ok(OutputValue::List(values))
    }

    fn any_of(&self, value: OutputValue, any: &[Schema], schema: &Schema, path: &Path<'_>, depth: u32) -> Read {
        let mut others = any.iter().filter(|schema| !matches!(schema, Schema::Null));
        if let (Some(only), None) = (others.next(), others.next()) {
            return match value {
                OutputValue::Null if any.len() > 1 => Ok(value),
                value => self.shape(value, only, path, depth + 1),
            };
        }
        let before = self.strict.replace(true);
        let found = self.first_of(&value, any, path, depth);
        self.strict.set(before);
        // As Python would bring it to one of them, the first that takes it.
        let found = found.or_else(|| (!before).then(|| self.first_of(&value, any, path, depth)).flatten());
        found.map_or_else(|| self.unfit(value, schema, path, depth), Ok)
    }

    /// By the first of these that it is; as it is where that is right, so that an int stays one beside a float.
    fn first_of(&self, value: &OutputValue, any: &[Schema], path: &Path<'_>, depth: u32) -> Option<OutputValue> {
        let (mut first, before) = (None, self.unfit.get());
        for schema in any {
            self.tries.set(self.tries.get() + 1);
            if self.tries.get() > MOST_TRIES {
                break;
            }
            let found = self.shape(value.clone(), schema, path, depth + 1);
            let fits = self.unfit.replace(before) == before;
            match found {
                Ok(found) if fits && discriminant(&found) == discriminant(value) => return Some(found),
                Ok(found) if fits && first.is_none() => first = Some(found),
                _ => {}
            }
        }
        first
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
            } else if field.required && (self.strict.get() || depth == 0) {
                let expected = self.schemas.resolved(&field.schema).in_words();
                let message = ["required and missing; expected ", expected].concat();
                return Err(Unreadable::new(&path, message));
            } else if field.required {
                self.unfit.set(self.unfit.get() + 1);
            }
        }
        Ok(keys::of_map(values, object.keys.as_deref()))
    }

    /// A map of which not all keys are texts. Fields have names; other keys of a class are nobody's.
    fn pairs(&self, mut pairs: Vec<(OutputValue, OutputValue)>, object: &Object, path: &Path<'_>, depth: u32) -> Read {
        if !object.fields.is_empty() {
            pairs.retain(|(key, _)| matches!(key, OutputValue::Text(_)));
        }
        let has_names = !object.fields.is_empty() || object.keys.as_deref() == Some(&Schema::Text(TextFormat::Plain));
        if has_names {
            match keys::as_texts(pairs) {
                Ok(entries) => return self.object(entries, object, path, depth),
                Err(stored) => pairs = stored,
            }
        }
        let rest = object.rest.as_deref().unwrap_or(&Schema::Any);
        let mut values = Vec::with_capacity(pairs.len());
        for (index, (key, value)) in pairs.into_iter().enumerate() {
            values.push((key, self.shape(value, rest, &path.index(index), depth + 1)?));
        }
        Ok(OutputValue::Pairs(values))
    }
}

fn wrong<T>(schema: &Schema, value: &OutputValue, path: &Path<'_>) -> Result<T, Unreadable> {
    let message = ["expected ", schema.in_words(), ", got ", value.in_words()].concat();
    Err(Unreadable::new(path, message))
}
