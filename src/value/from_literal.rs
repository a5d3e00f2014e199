//! A literal to the value that the caller gets.

use super::literal_type::{dimensionality, texts};
use super::{LiteralType, OutputValue, TypeKind};
use crate::codec::{field, Field, Fields, Malformed};

/// How deep values may nest.
const MAX_DEPTH: u32 = 100;

/// The value of a serialised `flyteidl.core.Literal`. The declared type, where known, settles what the literal leaves
/// open: an integer that was stored for a float and the other way round. What is no value for this client comes as its
/// bytes.
#[must_use]
pub fn from_literal(literal: &[u8], declared: Option<&LiteralType>) -> OutputValue {
    read(literal, declared, 0).ok().flatten().unwrap_or_else(|| OutputValue::Literal(literal.to_vec()))
}

fn read(literal: &[u8], declared: Option<&LiteralType>, depth: u32) -> Result<Option<OutputValue>, Malformed> {
    if depth > MAX_DEPTH {
        return Err(Malformed);
    }
    let (mut fields, mut value) = (Fields::of(literal), None);
    while let Some(part) = fields.next()? {
        value = match part.number {
            1 => scalar(part.message()?, declared, depth)?,
            2 => Some(list(part.message()?, declared, depth)?),
            3 => Some(map(part.message()?, declared, depth)?),
            // Stored apart.
            8 => None,
            // Hash and metadata.
            _ => continue,
        };
    }
    Ok(value)
}

/// An element, which comes as its bytes when it is no value.
fn element(literal: &[u8], declared: Option<&LiteralType>, depth: u32) -> Result<OutputValue, Malformed> {
    Ok(read(literal, declared, depth + 1)?.unwrap_or_else(|| OutputValue::Literal(literal.to_vec())))
}

fn list(collection: &[u8], declared: Option<&LiteralType>, depth: u32) -> Result<OutputValue, Malformed> {
    let declared = match unwrapped(declared).map(|declared| &declared.kind) {
        Some(TypeKind::List(element)) => Some(&**element),
        _ => None,
    };
    let (mut fields, mut values) = (Fields::of(collection), Vec::new());
    while let Some(part) = fields.next()? {
        if part.number == 1 {
            values.push(element(part.message()?, declared, depth)?);
        }
    }
    Ok(OutputValue::List(values))
}

fn map(map: &[u8], declared: Option<&LiteralType>, depth: u32) -> Result<OutputValue, Malformed> {
    let declared = match unwrapped(declared).map(|declared| &declared.kind) {
        Some(TypeKind::Map(element)) => Some(&**element),
        _ => None,
    };
    let mut entries = Vec::new();
    for (name, literal) in sorted_entries(map)? {
        entries.push((name, element(literal, declared, depth)?));
    }
    Ok(OutputValue::Map(entries))
}

/// The entries of a message that holds only a map of messages, by name; the last of a name counts.
pub(crate) fn sorted_entries(map: &[u8]) -> Result<Vec<(String, &[u8])>, Malformed> {
    let (mut fields, mut entries) = (Fields::of(map), Vec::<(String, &[u8])>::new());
    while let Some(part) = fields.next()? {
        if part.number != 1 {
            continue;
        }
        let (name, value) = part.entry()?;
        match entries.binary_search_by(|(known, _)| known.as_str().cmp(&name)) {
            Ok(index) => entries.splice(index..=index, [(name, value)]).for_each(drop),
            Err(index) => entries.insert(index, (name, value)),
        }
    }
    Ok(entries)
}

/// For a literal that is not wrapped although an optional type is declared, the type that is optional.
fn unwrapped(declared: Option<&LiteralType>) -> Option<&LiteralType> {
    let TypeKind::Union(variants) = &declared?.kind else { return declared };
    let mut variants = variants.iter().filter(|variant| variant.kind != TypeKind::None);
    variants.next().filter(|_| variants.next().is_none())
}

fn scalar(scalar: &[u8], declared: Option<&LiteralType>, depth: u32) -> Result<Option<OutputValue>, Malformed> {
    let (mut fields, mut value) = (Fields::of(scalar), None);
    while let Some(part) = fields.next()? {
        let content = part.message()?;
        value = match part.number {
            1 => primitive(content, unwrapped(declared))?,
            2 => Some(blob(content)?),
            3 => Some(OutputValue::Binary { tag: text(content, 2)?, value: field(content, 1)?.to_vec() }),
            5 => Some(OutputValue::Null),
            6 => Some(OutputValue::Error { failed_node_id: text(content, 1)?, message: text(content, 2)? }),
            7 => Some(object(content, depth)?),
            8 => {
                // uri, metadata.structured_dataset_type.format
                let format = text(field(field(content, 2)?, 1)?, 2)?;
                Some(OutputValue::StructuredDataset { uri: text(content, 1)?, format })
            }
            9 => {
                let declared = LiteralType::decode(field(content, 2)?)?;
                read(field(content, 1)?, Some(&declared), depth + 1)?
            }
            // A schema, or something newer.
            _ => None,
        };
    }
    Ok(value)
}

fn blob(blob: &[u8]) -> Result<OutputValue, Malformed> {
    let of = field(field(blob, 1)?, 1)?;
    Ok(OutputValue::Blob { uri: text(blob, 3)?, format: text(of, 1)?, multipart: dimensionality(of)? == 1 })
}

fn text(message: &[u8], number: u32) -> Result<String, Malformed> {
    Ok(texts(message, number)?.pop().unwrap_or_default())
}

fn primitive(primitive: &[u8], declared: Option<&LiteralType>) -> Result<Option<OutputValue>, Malformed> {
    let (mut fields, mut value) = (Fields::of(primitive), None);
    while let Some(part) = fields.next()? {
        value = one_primitive(&part, declared.map(|declared| &declared.kind))?;
    }
    Ok(value)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // what flytekit does, for the console's sake
fn one_primitive(part: &Field<'_>, declared: Option<&TypeKind>) -> Result<Option<OutputValue>, Malformed> {
    Ok(Some(match (part.number, declared) {
        (1, Some(TypeKind::Float)) => OutputValue::Float(part.int()? as f64),
        (1, _) => OutputValue::Int(part.int()?),
        (2, Some(TypeKind::Integer)) => OutputValue::Int(part.double()?.trunc() as i64),
        (2, _) => OutputValue::Float(part.double()?),
        (3, _) => OutputValue::Text(part.text()?),
        (4, _) => OutputValue::Bool(part.flag()?),
        (5, _) => {
            let (seconds, nanos) = part.seconds_and_nanos()?;
            OutputValue::Instant { seconds, nanos }
        }
        (6, _) => {
            let (seconds, nanos) = part.seconds_and_nanos()?;
            OutputValue::Duration { seconds, nanos }
        }
        _ => return Ok(None),
    }))
}

/// A `google.protobuf.Struct`.
fn object(of: &[u8], depth: u32) -> Result<OutputValue, Malformed> {
    let mut entries = Vec::new();
    for (name, value) in sorted_entries(of)? {
        entries.push((name, json(value, depth + 1)?));
    }
    Ok(OutputValue::Map(entries))
}

/// A `google.protobuf.Value`.
fn json(value: &[u8], depth: u32) -> Result<OutputValue, Malformed> {
    if depth > MAX_DEPTH {
        return Err(Malformed);
    }
    let (mut fields, mut result) = (Fields::of(value), OutputValue::Null);
    while let Some(part) = fields.next()? {
        result = match part.number {
            2 => OutputValue::Float(part.double()?),
            3 => OutputValue::Text(part.text()?),
            4 => OutputValue::Bool(part.flag()?),
            5 => object(part.message()?, depth)?,
            6 => {
                let (mut list, mut values) = (Fields::of(part.message()?), Vec::new());
                while let Some(item) = list.next()? {
                    if item.number == 1 {
                        values.push(json(item.message()?, depth + 1)?);
                    }
                }
                OutputValue::List(values)
            }
            _ => OutputValue::Null,
        };
    }
    Ok(result)
}
