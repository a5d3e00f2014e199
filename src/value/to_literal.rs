//! A caller's value to the literal that its declared type asks for.

use std::borrow::Cow;

use super::conversion::Conversion;
use super::input::whole;
use super::typed::Typed;
use super::upload::{Content, Destination};
use super::{
    bulk, castable, form, from_literal, msgpack, plain, time, type_of, InputValue, Literal, LiteralType, Path, TypeKind,
};
use crate::codec::{field, Writer};
use crate::text::split;

/// How deep lists and maps may nest.
const MAX_DEPTH: usize = 64;

/// How well a value fits: 0 exactly, 1 with a little good will (`3` as a float, a text as a URI), 2 when only the declared
/// type can tell that it is meant (a number of milliseconds).
pub(super) type Fit = u8;

impl Conversion<'_> {
    /// Writes the fields of the `flyteidl.core.Literal` for `value`. What does not fit is added to the problems, all of
    /// it, and the result is `None`; what was written then is worthless.
    pub(super) fn convert(
        &mut self,
        value: &InputValue,
        declared: &LiteralType,
        path: &Path<'_>,
        depth: usize,
    ) -> Option<Fit> {
        if depth > MAX_DEPTH {
            self.problem(path, "nested too deeply".to_owned());
            return None;
        }
        match (&declared.kind, value) {
            (_, InputValue::Literal(literal)) => return self.ready(literal, declared, path),
            (TypeKind::List(element), _) => return self.list(value, element, declared, path, depth),
            (TypeKind::Map(element), _) => return self.map(value, element, declared, path, depth),
            (TypeKind::Union(variants), _) => return self.union(value, variants, declared, path, depth),
            (TypeKind::Struct(_), _) => return self.structure(value, declared, path),
            (TypeKind::Blob { .. } | TypeKind::StructuredDataset { .. } | TypeKind::Schema(_), _) => {
                if let Some(stored) = self.stored(value, declared, path) {
                    return stored;
                }
            }
            _ => {
                if let Some(fit) = self.scalar(value, declared) {
                    return Some(fit);
                }
            }
        }
        self.mismatch(value, declared, path);
        None
    }

    fn scalar(&mut self, value: &InputValue, declared: &LiteralType) -> Option<Fit> {
        // scalar { primitive { .. } }
        let mut writer = Writer::new();
        let (number, fit) = match (&declared.kind, value) {
            (TypeKind::None, InputValue::Null | InputValue::Undefined) => (5, 0),
            (TypeKind::Integer, InputValue::Int(number)) => {
                writer.set_int(1, *number);
                (1, 0)
            }
            (TypeKind::Integer, InputValue::Number(number)) => {
                writer.set_int(1, whole(*number)?);
                (1, 0)
            }
            (TypeKind::Float, InputValue::Number(number)) => {
                writer.set_double(2, *number);
                (1, u8::from(whole(*number).is_some()))
            }
            (TypeKind::Float, InputValue::Float(number)) => {
                writer.set_double(2, *number);
                (1, 0)
            }
            (TypeKind::Float, InputValue::Int(number)) => {
                writer.set_double(2, self.float(*number)?);
                (1, 1)
            }
            #[allow(clippy::cast_precision_loss)] // Digits that a person wrote for a float are one.
            (TypeKind::Float, InputValue::BigInt(number)) if self.forms => {
                writer.set_double(2, *number as f64);
                (1, 1)
            }
            (TypeKind::String, InputValue::Text(text)) => {
                writer.message(3, text.as_bytes());
                (1, 0)
            }
            (TypeKind::Enum(values), InputValue::Text(text)) if values.contains(text) => {
                writer.message(3, text.as_bytes());
                (1, 1)
            }
            (TypeKind::Boolean, InputValue::Bool(flag)) => {
                writer.set_int(4, (*flag).into());
                (1, 0)
            }
            (TypeKind::Datetime, _) => {
                let (seconds, nanos, fit) = datetime(value, declared.tag() == "date")?;
                writer.time(5, seconds, nanos);
                (1, fit)
            }
            (TypeKind::Duration, _) => {
                let (seconds, nanos, fit) = duration(value, self.forms)?;
                writer.time(6, seconds, nanos);
                (1, fit)
            }
            (TypeKind::Binary, InputValue::Bytes(bytes)) => {
                writer.bytes(1, bytes);
                (3, 0)
            }
            (TypeKind::Binary, InputValue::Text(text)) if self.forms => {
                writer.bytes(1, &form::bytes(text)?);
                (3, 2)
            }
            (TypeKind::Binary, InputValue::Map(entries)) => {
                let bytes = entries.iter().find_map(|(name, value)| match value {
                    InputValue::Bytes(bytes) if name == "value" => Some(bytes),
                    _ => None,
                })?;
                writer.bytes(1, bytes).text(2, text_of(entries, "tag").unwrap_or_default());
                (3, 1)
            }
            (TypeKind::Error, InputValue::Map(entries)) => {
                let node = text_of(entries, "failedNodeId").or_else(|| text_of(entries, "failed_node_id"));
                writer.text(1, node.unwrap_or_default()).text(2, text_of(entries, "message")?);
                (6, 1)
            }
            _ => return None,
        };
        let content = writer.done();
        let scalar = self.out.open(1);
        self.out.message(number, &content);
        self.out.close(scalar);
        Some(fit)
    }

    fn list(
        &mut self,
        value: &InputValue,
        element: &LiteralType,
        declared: &LiteralType,
        path: &Path<'_>,
        depth: usize,
    ) -> Option<Fit> {
        let start = self.out.open(2);
        let mut fits = (0, true);
        let mut add = |this: &mut Self, index: usize, item: &InputValue| {
            let literal = this.out.open(1);
            match this.convert(item, element, &path.index(index), depth + 1) {
                Some(loose) => fits.0 = loose.max(fits.0),
                None => fits.1 = false,
            }
            this.out.close(literal);
        };
        match value {
            InputValue::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    add(self, index, item);
                }
            }
            InputValue::Numbers(numbers) => match bulk::write(numbers, &element.kind, self.out.buffer()) {
                Some(fit) => fits.0 = fit,
                None => {
                    for (index, number) in numbers.iter().enumerate() {
                        add(self, index, &InputValue::Number(*number));
                    }
                }
            },
            InputValue::Ints(numbers) if matches!(element.kind, TypeKind::Integer) => {
                bulk::write_integers(numbers.iter().map(|number| Some(*number)), self.out.buffer());
            }
            InputValue::Ints(numbers) => {
                for (index, number) in numbers.iter().enumerate() {
                    add(self, index, &InputValue::Int(*number));
                }
            }
            _ => {
                self.mismatch(value, declared, path);
                return None;
            }
        }
        self.out.close(start);
        fits.1.then_some(fits.0)
    }

    fn map(
        &mut self,
        value: &InputValue,
        element: &LiteralType,
        declared: &LiteralType,
        path: &Path<'_>,
        depth: usize,
    ) -> Option<Fit> {
        let InputValue::Map(entries) = value else {
            self.mismatch(value, declared, path);
            return None;
        };
        let start = self.out.open(3);
        let (mut fit, mut complete) = (0, true);
        for (name, value) in entries.iter().filter(|(_, value)| !value.is_undefined()) {
            let entry = self.out.open(1);
            self.out.text(1, name);
            let literal = self.out.open(2);
            match self.convert(value, element, &path.key(name), depth + 1) {
                Some(loose) => fit = fit.max(loose),
                None => complete = false,
            }
            self.out.close(literal);
            self.out.close(entry);
        }
        self.out.close(start);
        complete.then_some(fit)
    }

    /// A ready literal goes along unchanged when it is of the declared type.
    fn ready(&mut self, literal: &Literal, declared: &LiteralType, path: &Path<'_>) -> Option<Fit> {
        let of = type_of(literal.as_bytes());
        if castable::literal_fits(&of, declared) && from_literal::read(literal.as_bytes(), Some(declared), path).is_ok()
        {
            self.out.raw(literal.as_bytes());
            return Some(0);
        }
        self.problem(path, ["expected ", &declared.text(), ", got a literal of type ", &of.text()].concat());
        None
    }

    /// A dataclass, pydantic model or dict.
    fn structure(&mut self, value: &InputValue, declared: &LiteralType, path: &Path<'_>) -> Option<Fit> {
        let TypeKind::Struct(schemas) = &declared.kind else { return None };
        let (typed, fit) = match (schemas, value) {
            (Some(schemas), _) => (self.typed(value, schemas.root(), schemas, path, 0)?, 0),
            (None, InputValue::Map(_) | InputValue::Pairs(_)) => (self.untyped(value, path, 0)?, 1),
            _ => {
                self.mismatch(value, declared, path);
                return None;
            }
        };
        let as_protobuf = self.protobuf_structs || schemas.as_ref().is_some_and(|schemas| schemas.protobuf);
        let scalar = self.out.open(1);
        if as_protobuf {
            let generic = self.out.open(7);
            let written = match &typed {
                Typed::Map(entries) => plain::write_struct(entries, &mut self.out),
                _ => Err("a protobuf Struct holds objects only"),
            };
            if let Err(reason) = written {
                self.problem(path, reason.to_owned());
                return None;
            }
            self.out.close(generic);
        } else {
            let binary = self.out.open(3);
            let bytes = self.out.open(1);
            msgpack::write(&typed, self.out.buffer());
            self.out.close(bytes);
            self.out.text(2, "msgpack");
            self.out.close(binary);
        }
        self.out.close(scalar);
        Some(fit)
    }

    /// A file, directory or table. `None` when the value is no such thing; `Some(None)` when it is one that can't be
    /// taken, which is among the problems then.
    fn stored(&mut self, value: &InputValue, declared: &LiteralType, path: &Path<'_>) -> Option<Option<Fit>> {
        let (multipart, format) = match &declared.kind {
            TypeKind::Blob { multipart, format } => (*multipart, format.as_str()),
            TypeKind::StructuredDataset { format, .. } => (false, format.as_str()),
            _ => (false, ""),
        };
        let (uri, fit, given) = match (&declared.kind, value) {
            (TypeKind::Blob { .. }, InputValue::Blob { multipart: kind, .. }) if *kind != multipart => return None,
            (TypeKind::Blob { .. }, InputValue::StructuredDataset { .. }) => return None,
            (TypeKind::Blob { .. }, _)
            | (_, InputValue::Text(_) | InputValue::Content { .. } | InputValue::Bytes(_)) => {
                let Some((uri, fit)) = self.uri(value, multipart, format, path)? else { return Some(None) };
                (uri, fit, "")
            }
            (_, InputValue::StructuredDataset { uri, format }) => (Cow::Borrowed(uri.as_str()), 0, format.as_str()),
            (_, InputValue::Map(entries)) => {
                let given = text_of(entries, "format").or_else(|| text_of(entries, "file_format"));
                (Cow::Borrowed(uri_of(entries)?), 2, given.unwrap_or_default())
            }
            _ => return None,
        };
        let number = match declared.kind {
            TypeKind::Blob { .. } => 5,
            TypeKind::StructuredDataset { .. } => 8,
            _ => 2,
        };
        let of = field(declared.as_bytes(), number).unwrap_or_default();
        let scalar = self.out.open(1);
        match declared.kind {
            TypeKind::Blob { .. } => {
                let metadata = Writer::new().message(1, of).done();
                self.out.message(2, &Writer::new().message(1, &metadata).text(3, &uri).done());
            }
            TypeKind::StructuredDataset { .. } => {
                // A declared format counts more than the caller's.
                let extra = if format.is_empty() { Writer::new().text(2, given).done() } else { Vec::new() };
                let metadata = Writer::new().message(1, &[of, &extra].concat()).done();
                self.out.message(8, &Writer::new().text(1, &uri).message(2, &metadata).done());
            }
            _ => {
                self.out.message(4, &Writer::new().text(1, &uri).message(3, of).done());
            }
        }
        self.out.close(scalar);
        Some(Some(fit))
    }

    /// The URI of a value that has or gets one, as for [`Self::stored`].
    pub(super) fn uri<'v>(
        &mut self,
        value: &'v InputValue,
        multipart: bool,
        format: &str,
        path: &Path<'_>,
    ) -> Option<Option<(Cow<'v, str>, Fit)>> {
        let content = match value {
            InputValue::Blob { uri, .. } => return Some(Some((uri.into(), 0))),
            InputValue::Text(text) if is_uri(text) => return Some(Some((text.into(), 1))),
            InputValue::Map(entries) => return Some(Some((uri_of(entries)?.into(), 2))),
            InputValue::Text(text) => Content::Path(text),
            InputValue::Bytes(bytes) => Content::Bytes(bytes),
            InputValue::Content { index, .. } => Content::Given(*index),
            _ => return None,
        };
        match self.uploads.uri(content, Destination { multipart, format }) {
            Ok(uri) => Some(Some((uri.into(), 1))),
            Err(reason) => {
                self.problem(path, [&value.in_words(), " ", &reason].concat());
                Some(None)
            }
        }
    }

    fn mismatch(&mut self, value: &InputValue, declared: &LiteralType, path: &Path<'_>) {
        let mut message = ["expected ", &declared.text(), ", got ", &value.in_words()].concat();
        let hint = match (&declared.kind, value) {
            (TypeKind::Integer, _) if self.forms => Some("write a whole number of at most 64 bits, 42"),
            (TypeKind::Boolean, _) if self.forms => Some("write true or false"),
            (TypeKind::Datetime, _) if self.forms => Some("write ISO 8601 with its zone, 2024-02-29T12:30:00Z"),
            (TypeKind::Duration, _) if self.forms => Some("write it with its units, 1h 30m, or in ISO 8601, PT1H30M"),
            (TypeKind::Binary, _) if self.forms => Some("write base64"),
            (TypeKind::Boolean, InputValue::Number(_)) => Some("give true or false"),
            (TypeKind::Datetime, InputValue::Text(_) | InputValue::Number(_)) => {
                Some("give a Date or ISO 8601 with its zone, 2024-02-29T12:30:00Z")
            }
            (TypeKind::Datetime, InputValue::Instant { .. } | InputValue::Map(_)) => {
                Some("seconds go from year 1 to 9999, nanos from 0 to 999999999")
            }
            (TypeKind::Duration, _) => {
                Some("give milliseconds, ISO 8601 (PT1.5S), or {seconds, nanos} of the same sign")
            }
            (TypeKind::StructuredDataset { .. } | TypeKind::Schema(_), _) => Some("give its URI, or {uri, format}"),
            (TypeKind::Blob { .. }, _) => Some("give its URI"),
            (TypeKind::Binary, _) => Some("give a Uint8Array, or {value, tag}"),
            (TypeKind::Error, _) => Some("give {message, failedNodeId}"),
            (TypeKind::Unknown, _) => Some("give a ready literal"),
            _ => None,
        };
        if let Some(hint) = hint {
            message.push_str("; ");
            message.push_str(hint);
        }
        self.problem(path, message);
    }
}

/// Of what stands for a point in time. Texts without a time of day are dates, for which Python may have a variant.
fn datetime(value: &InputValue, of_dates: bool) -> Option<(i64, i32, Fit)> {
    let (seconds, nanos, fit) = match value {
        InputValue::Instant { seconds, nanos } => (*seconds, *nanos, u8::from(of_dates)),
        InputValue::Text(text) => {
            let instant = time::instant(text).filter(|instant| instant.zoned || instant.date_only)?;
            (instant.seconds, instant.nanos, if instant.date_only == of_dates { 1 } else { 2 })
        }
        InputValue::Map(entries) => {
            let (seconds, nanos) = seconds_and_nanos(entries)?;
            (seconds, nanos, 1)
        }
        _ => return None,
    };
    time::is_instant(seconds, nanos).then_some((seconds, nanos, fit))
}

/// Of what stands for a span. In a form numbers have no unit.
pub(super) fn duration(value: &InputValue, forms: bool) -> Option<(i64, i32, Fit)> {
    let ((seconds, nanos), fit) = match value {
        InputValue::Number(_) | InputValue::Float(_) if forms => return None,
        InputValue::Text(text) if forms => (time::duration(text).or_else(|| form::spoken_duration(text))?, 1),
        InputValue::Duration { seconds, nanos } => ((*seconds, *nanos), 0),
        InputValue::Number(ms) | InputValue::Float(ms) => (time::from_milliseconds(*ms)?, 2),
        InputValue::Text(text) => (time::duration(text)?, 1),
        InputValue::Map(entries) => (seconds_and_nanos(entries)?, 1),
        _ => return None,
    };
    time::is_duration(seconds, nanos).then_some((seconds, nanos, fit))
}

pub(super) fn text_of<'a>(entries: &'a [(String, InputValue)], name: &str) -> Option<&'a str> {
    entries.iter().find_map(|(entry, value)| match value {
        InputValue::Text(text) if entry == name => Some(text.as_str()),
        _ => None,
    })
}

/// Whether a text begins with a scheme, as `s3://bucket/key` does.
fn is_uri(text: &str) -> bool {
    split(text, "://").is_some_and(|(scheme, _)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

fn uri_of(entries: &[(String, InputValue)]) -> Option<&str> {
    text_of(entries, "uri").filter(|uri| !uri.is_empty())
}

/// The two of `{seconds, nanos}`, where either may be left out but nothing else may be there.
fn seconds_and_nanos(entries: &[(String, InputValue)]) -> Option<(i64, i32)> {
    let (mut seconds, mut nanos) = (0, 0);
    for (name, value) in entries {
        let number = match value {
            InputValue::Int(number) => *number,
            InputValue::Number(number) => whole(*number)?,
            _ => return None,
        };
        match name.as_str() {
            "seconds" => seconds = number,
            "nanos" => nanos = i32::try_from(number).ok()?,
            _ => return None,
        }
    }
    (!entries.is_empty()).then_some((seconds, nanos))
}
