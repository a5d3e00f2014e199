//! A caller's value as what a struct holds: every number an integer or a float, as the JSON schema says.

use std::borrow::Cow;
use std::slice;

use super::conversion::Conversion;
use super::input::whole;
use super::schema::{Object, Schema, Schemas, TextFormat};
use super::to_literal::duration;
use super::{time, InputValue, Path};
use crate::codec::text::{from_base64, push_base64};

/// What MessagePack knows.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Typed<'a> {
    Null,
    Bool(bool),
    Int(i64),
    BigInt(u64),
    Float(f64),
    Text(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
    List(Vec<Typed<'a>>),
    Map(Vec<(Typed<'a>, Typed<'a>)>),
}

/// How deep values may nest.
const MAX_DEPTH: usize = 96;

/// How often alternatives may be tried. Schemas that refer to themselves have endlessly many.
const MOST_TRIES: u32 = 1 << 23;

impl Conversion<'_> {
    /// An integer as a float, which holds it exactly. Digits that a person wrote for a float are one.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn float(&self, number: i64) -> Option<f64> {
        if self.forms {
            return Some(number as f64);
        }
        exact(number)
    }

    /// What `value` is by `schema`; `None` when it does not fit, which is among the problems then.
    pub(super) fn typed<'v>(
        &mut self,
        value: &'v InputValue,
        schema: &'v Schema,
        of: &'v Schemas,
        path: &Path<'_>,
        depth: usize,
    ) -> Option<Typed<'v>> {
        if depth > MAX_DEPTH {
            self.problem(path, "nested too deeply".to_owned());
            return None;
        }
        let schema = of.resolved(schema);
        let fit = match (schema, value) {
            (Schema::Any, _) => return self.untyped(value, path, depth),
            (Schema::AnyOf(any), _) => return self.any_of(value, any, of, path, depth),
            (Schema::Object(object), _) => return self.object(value, object, of, path, depth),
            (Schema::List(element), _) => return self.typed_list(value, slice::from_ref(element), of, path, depth),
            (Schema::Tuple(places), _) => {
                if let Some(count) = count(value).filter(|count| *count != places.len()) {
                    let [expected, got] = [places.len(), count].map(|count| count.to_string());
                    self.problem(path, ["expected a list of ", &expected, ", got one of ", &got].concat());
                    return None;
                }
                return self.typed_list(value, places, of, path, depth);
            }
            (Schema::Null, InputValue::Null | InputValue::Undefined) => Some(Typed::Null),
            (Schema::Bool, InputValue::Bool(flag)) => Some(Typed::Bool(*flag)),
            (Schema::Int, InputValue::Number(number)) => whole(*number).map(Typed::Int),
            (Schema::Int, InputValue::Int(number)) => Some(Typed::Int(*number)),
            (Schema::Int, InputValue::BigInt(number)) => Some(Typed::BigInt(*number)),
            (Schema::Number { .. }, InputValue::Number(number) | InputValue::Float(number)) => {
                Some(Typed::Float(*number))
            }
            (Schema::Number { .. }, InputValue::Int(number)) => self.float(*number).map(Typed::Float),
            #[allow(clippy::cast_precision_loss)]
            (Schema::Number { .. }, InputValue::BigInt(number)) if self.forms => Some(Typed::Float(*number as f64)),
            (Schema::Number { seconds: true }, InputValue::Duration { seconds, nanos }) => {
                Some(Typed::Float(time::as_seconds(*seconds, *nanos)))
            }
            (Schema::Number { seconds: true }, InputValue::Text(_)) if self.forms => {
                duration(value, true).map(|(seconds, nanos, _)| Typed::Float(time::as_seconds(seconds, nanos)))
            }
            (Schema::Text(format), InputValue::Text(text)) => format.takes(text).then(|| Typed::Text(text.into())),
            (Schema::Text(format), InputValue::Instant { seconds, nanos }) if *format != TextFormat::Plain => {
                let mut text = time::isoformat(*seconds, *nanos);
                if *format == TextFormat::Date {
                    text.truncate(10);
                }
                Some(Typed::Text(text.into()))
            }
            (Schema::Bytes, InputValue::Bytes(bytes)) => Some(match self.protobuf_structs {
                true => Typed::Text(as_base64(bytes).into()),
                false => Typed::Bytes(bytes.into()),
            }),
            // A person writes them so; a program's text is not taken for base64 by chance.
            (Schema::Bytes, InputValue::Text(base64)) if self.forms => {
                from_base64(base64).map(|bytes| Typed::Bytes(bytes.into()))
            }
            (Schema::Enum(values), _) => {
                let known = values.iter().find(|known| same(known, value));
                known.and_then(plain)
            }
            _ => None,
        };
        if fit.is_none() {
            let written = self.forms && matches!(schema, Schema::Bytes);
            let expected = if written { "bytes in base64".to_owned() } else { expected(schema) };
            self.unexpected(path, &expected, value);
        }
        fit
    }

    /// A value that no schema describes: whole numbers are integers.
    pub(super) fn untyped<'v>(&mut self, value: &'v InputValue, path: &Path<'_>, depth: usize) -> Option<Typed<'v>> {
        if depth > MAX_DEPTH {
            self.problem(path, "nested too deeply".to_owned());
            return None;
        }
        Some(match value {
            InputValue::List(items) => {
                let typed =
                    items.iter().enumerate().map(|(index, item)| self.untyped(item, &path.index(index), depth + 1));
                Typed::List(all(typed)?)
            }
            InputValue::Map(entries) => {
                let given = entries.iter().filter(|(_, value)| !value.is_undefined());
                let typed = given.map(|(name, value)| {
                    let value = self.untyped(value, &path.key(name), depth + 1)?;
                    Some((Typed::Text(name.into()), value))
                });
                Typed::Map(all(typed)?)
            }
            InputValue::Pairs(pairs) => {
                let typed = pairs.iter().enumerate().map(|(index, (key, value))| {
                    let path = path.index(index);
                    Some((self.untyped(key, &path, depth + 1)?, self.untyped(value, &path, depth + 1)?))
                });
                Typed::Map(all(typed)?)
            }
            _ => match plain(value) {
                Some(typed) => typed,
                None => {
                    let message = ["a struct can't hold ", &value.in_words()].concat();
                    self.problem(path, message);
                    return None;
                }
            },
        })
    }

    fn any_of<'v>(
        &mut self,
        value: &'v InputValue,
        any: &'v [Schema],
        of: &'v Schemas,
        path: &Path<'_>,
        depth: usize,
    ) -> Option<Typed<'v>> {
        let before = self.problems.len();
        let mut nearest = Vec::new();
        for schema in any {
            self.tries += 1;
            if self.tries > MOST_TRIES {
                break;
            }
            match self.typed(value, schema, of, path, depth + 1) {
                // A whole number is an int rather than a float, whichever stands first.
                Some(Typed::Float(_))
                    if whole_number(value) && any.iter().any(|other| matches!(of.resolved(other), Schema::Int)) => {}
                Some(typed) => {
                    self.problems.truncate(before);
                    return Some(typed);
                }
                None => {
                    let found = self.problems.split_off(before);
                    if found.iter().any(|problem| problem.path.len() > path.text().len()) {
                        nearest = found;
                    }
                }
            }
        }
        if nearest.is_empty() {
            let words: Vec<String> = any.iter().map(|schema| expected(of.resolved(schema))).collect();
            self.unexpected(path, &words.join(" or "), value);
        } else {
            self.problems.append(&mut nearest);
        }
        None
    }

    /// A list of which each place has its schema; the last one is that of all others too.
    fn typed_list<'v>(
        &mut self,
        value: &'v InputValue,
        places: &'v [Schema],
        of: &'v Schemas,
        path: &Path<'_>,
        depth: usize,
    ) -> Option<Typed<'v>> {
        let at = |index: usize| places.get(index).or(places.last()).unwrap_or(&Schema::Any);
        let items = match value {
            InputValue::List(items) => items,
            InputValue::Numbers(numbers) => {
                let typed = numbers.iter().enumerate().map(|(index, number)| match of.resolved(at(index)) {
                    Schema::Number { .. } => Some(Typed::Float(*number)),
                    Schema::Int | Schema::Any if whole(*number).is_some() => whole(*number).map(Typed::Int),
                    Schema::Any => Some(Typed::Float(*number)),
                    _ => self.number(&InputValue::Number(*number), at(index), of, &path.index(index), depth),
                });
                return all(typed).map(Typed::List);
            }
            InputValue::Ints(numbers) => {
                let typed = numbers.iter().enumerate().map(|(index, number)| match of.resolved(at(index)) {
                    Schema::Int | Schema::Any => Some(Typed::Int(*number)),
                    _ => self.number(&InputValue::Int(*number), at(index), of, &path.index(index), depth),
                });
                return all(typed).map(Typed::List);
            }
            _ => {
                self.unexpected(path, "a list", value);
                return None;
            }
        };
        let typed = items
            .iter()
            .enumerate()
            .map(|(index, item)| self.typed(item, at(index), of, &path.index(index), depth + 1));
        all(typed).map(Typed::List)
    }

    /// A number out of a list of numbers.
    fn number<'v>(
        &mut self,
        number: &InputValue,
        schema: &Schema,
        of: &Schemas,
        path: &Path<'_>,
        depth: usize,
    ) -> Option<Typed<'v>> {
        match self.typed(number, schema, of, path, depth + 1)? {
            Typed::Int(number) => Some(Typed::Int(number)),
            Typed::Float(number) => Some(Typed::Float(number)),
            _ => None,
        }
    }

    fn object<'v>(
        &mut self,
        value: &'v InputValue,
        object: &'v Object,
        of: &'v Schemas,
        path: &Path<'_>,
        depth: usize,
    ) -> Option<Typed<'v>> {
        if let Some(handle) = self.handle(value, object, path) {
            return handle;
        }
        let entries = match value {
            InputValue::Map(entries) => entries,
            InputValue::Pairs(pairs) if object.fields.is_empty() => {
                return self.typed_pairs(pairs, object, of, path, depth)
            }
            _ => {
                let name = if object.title.is_empty() { "an object" } else { &object.title };
                self.unexpected(path, name, value);
                return None;
            }
        };
        let (mut typed, mut complete) = (Vec::with_capacity(entries.len()), true);
        for (name, value) in entries.iter().filter(|(_, value)| !value.is_undefined()) {
            let path = path.key(name);
            let Some(schema) = object.schema_of(name) else {
                let names: Vec<&str> = object.fields.iter().map(|field| field.name.as_str()).collect();
                let there_are = if names.is_empty() { "there are none" } else { "there are " };
                self.problem(&path, ["no such field; ", there_are, &names.join(", ")].concat());
                complete = false;
                continue;
            };
            let key = self.key(name, object.keys.as_deref(), of, &path);
            match (key, self.typed(value, schema, of, &path, depth + 1)) {
                (Some(key), Some(value)) => typed.push((key, value)),
                _ => complete = false,
            }
        }
        for field in &object.fields {
            if entries.iter().any(|(name, value)| *name == field.name && !value.is_undefined()) {
                continue;
            }
            let path = path.key(&field.name);
            if let Some(default) = &field.default {
                let before = self.problems.len();
                let fitting = self.typed(default, &field.schema, of, &path, depth + 1);
                // Python writes its default whether it is of the field's type or not: `name: str = None`.
                let value = fitting.or_else(|| {
                    self.problems.truncate(before);
                    self.untyped(default, &path, depth + 1)
                });
                match value {
                    Some(value) => typed.push((Typed::Text((&field.name).into()), value)),
                    None => complete = false,
                }
            } else if field.required {
                self.problem(
                    &path,
                    ["required and missing; expected ", &expected(of.resolved(&field.schema))].concat(),
                );
                complete = false;
            }
        }
        complete.then_some(Typed::Map(typed))
    }

    fn typed_pairs<'v>(
        &mut self,
        pairs: &'v [(InputValue, InputValue)],
        object: &'v Object,
        of: &'v Schemas,
        path: &Path<'_>,
        depth: usize,
    ) -> Option<Typed<'v>> {
        let Some(rest) = &object.rest else {
            self.problem(path, "expected no fields, got a Map".to_owned());
            return None;
        };
        let typed = pairs.iter().enumerate().map(|(index, (key, value))| {
            let path = path.index(index);
            let key = self.key_of_pair(key, object.keys.as_deref(), of, &path, depth + 1);
            Some((key?, self.typed(value, rest, of, &path, depth + 1)?))
        });
        all(typed).map(Typed::Map)
    }

    /// A file, directory or table inside of a dataclass, which Python has as an object of its own. `None` when it is no
    /// such thing.
    fn handle<'v>(&mut self, value: &'v InputValue, object: &'v Object, path: &Path<'_>) -> Option<Option<Typed<'v>>> {
        let multipart = object.title == "FlyteDirectory";
        let text = |text: &'v str| Typed::Text(text.into());
        if object.title == "StructuredDataset" {
            let (uri, format) = match value {
                InputValue::Text(uri) => (uri.as_str(), ""),
                InputValue::StructuredDataset { uri, format } => (uri.as_str(), format.as_str()),
                _ => return None,
            };
            return Some(Some(Typed::Map(vec![(text("uri"), text(uri)), (text("file_format"), text(format))])));
        }
        if object.title != "FlyteFile" && !multipart {
            return None;
        }
        let uri = match value {
            InputValue::Map(_) => return None,
            _ => self.uri(value, multipart, "", path)?,
        };
        Some(uri.map(|(uri, _)| Typed::Map(vec![(text("path"), Typed::Text(uri))])))
    }
}

/// What needs no schema and holds no other value.
fn plain(value: &InputValue) -> Option<Typed<'_>> {
    Some(match value {
        InputValue::Null | InputValue::Undefined => Typed::Null,
        InputValue::Bool(flag) => Typed::Bool(*flag),
        InputValue::Number(number) => whole(*number).map_or(Typed::Float(*number), Typed::Int),
        InputValue::Float(number) => Typed::Float(*number),
        InputValue::Int(number) => Typed::Int(*number),
        InputValue::BigInt(number) => Typed::BigInt(*number),
        InputValue::Text(text) => Typed::Text(text.into()),
        InputValue::Bytes(bytes) => Typed::Bytes(bytes.into()),
        InputValue::Instant { seconds, nanos } => Typed::Text(time::isoformat(*seconds, *nanos).into()),
        InputValue::Duration { seconds, nanos } => Typed::Float(time::as_seconds(*seconds, *nanos)),
        InputValue::Numbers(numbers) => {
            Typed::List(numbers.iter().map(|number| whole(*number).map_or(Typed::Float(*number), Typed::Int)).collect())
        }
        InputValue::Ints(numbers) => Typed::List(numbers.iter().map(|number| Typed::Int(*number)).collect()),
        _ => return None,
    })
}

fn as_base64(bytes: &[u8]) -> String {
    let mut text = Vec::new();
    push_base64(&mut text, bytes);
    String::from_utf8(text).unwrap_or_default()
}

/// One of a schema's values, as the caller wrote it.
fn same(known: &InputValue, value: &InputValue) -> bool {
    match (known, value) {
        (InputValue::Number(known), InputValue::Int(value)) => whole(*known) == Some(*value),
        (InputValue::Number(known), InputValue::Float(value) | InputValue::Number(value)) => known == value,
        (InputValue::Text(known), InputValue::Text(value)) => known == value,
        (InputValue::Bool(known), InputValue::Bool(value)) => known == value,
        (InputValue::Null, InputValue::Null) => true,
        _ => false,
    }
}

/// How long a list is.
fn count(value: &InputValue) -> Option<usize> {
    match value {
        InputValue::List(items) => Some(items.len()),
        InputValue::Numbers(numbers) => Some(numbers.len()),
        InputValue::Ints(numbers) => Some(numbers.len()),
        _ => None,
    }
}

fn whole_number(value: &InputValue) -> bool {
    match value {
        InputValue::Number(number) => whole(*number).is_some(),
        InputValue::Int(_) => true,
        _ => false,
    }
}

/// An integer that a float holds exactly.
#[allow(clippy::cast_precision_loss)]
pub(super) fn exact(number: i64) -> Option<f64> {
    (number.unsigned_abs() <= 1 << 53).then_some(number as f64)
}

/// In words for an error.
pub(super) fn expected(schema: &Schema) -> String {
    match schema {
        Schema::Enum(values) => {
            let texts: Vec<String> = values
                .iter()
                .map(|value| match value {
                    InputValue::Text(text) => text.clone(),
                    other => other.in_words(),
                })
                .collect();
            ["one of ", &texts.join(", ")].concat()
        }
        schema => schema.in_words().to_owned(),
    }
}

/// All of them, after each has been tried.
fn all<T>(items: impl Iterator<Item = Option<T>>) -> Option<Vec<T>> {
    let (mut found, mut complete) = (Vec::with_capacity(items.size_hint().0), true);
    for item in items {
        match item {
            Some(item) => found.push(item),
            None => complete = false,
        }
    }
    complete.then_some(found)
}
