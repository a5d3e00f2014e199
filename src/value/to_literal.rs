//! A caller's value to the literal that its declared type asks for.

use std::collections::BTreeMap;

use super::input::whole;
use super::{InputValue, Path};
use crate::entity::type_in_words;
use crate::error::Problem;
use crate::idl::flyteidl::core::{
    self, literal, literal_type::Type, primitive, scalar, Literal, LiteralType, Primitive, Scalar, SimpleType,
};

/// How deep lists and maps may nest.
const MAX_DEPTH: usize = 64;

/// A literal, and how well the value fitted: 0 exactly, 1 with a little good will (`3` as a float, a text as a URI), 2
/// when only the declared type can tell that it is meant (a number of milliseconds).
type Fit = (Literal, u8);

/// Converts `value` to a literal of the declared type. What does not fit is added to `problems` with its place, all of
/// it, and the result is `None`.
#[must_use]
pub fn to_literal(
    value: &InputValue,
    declared: &LiteralType,
    path: &mut Path,
    problems: &mut Vec<Problem>,
) -> Option<Literal> {
    convert(value, declared, path, problems, 0).map(|(literal, _)| literal)
}

fn convert(
    value: &InputValue,
    declared: &LiteralType,
    path: &mut Path,
    problems: &mut Vec<Problem>,
    depth: usize,
) -> Option<Fit> {
    if let InputValue::Literal(literal) = value {
        return Some(((**literal).clone(), 0));
    }
    if depth > MAX_DEPTH {
        problems.push(Problem { path: path.as_str().to_owned(), message: "nested too deeply".to_owned() });
        return None;
    }
    let fit = match &declared.r#type {
        Some(Type::CollectionType(element)) => return list(value, element, declared, path, problems, depth),
        Some(Type::MapValueType(element)) => return map(value, element, declared, path, problems, depth),
        Some(Type::UnionType(union)) => return variant(value, union, declared, path, problems, depth),
        Some(Type::Simple(simple)) => match SimpleType::try_from(*simple) {
            Ok(simple) => primitive(value, simple),
            Err(_) => None,
        },
        Some(Type::EnumType(of)) => match value {
            InputValue::Text(text) if of.values.contains(text) => Some((text_literal(text), 1)),
            _ => None,
        },
        Some(Type::Blob(of)) => uri(value).map(|uri| (blob(uri, of), 1)),
        Some(Type::StructuredDatasetType(of)) => structured_dataset(value, of).map(|literal| (literal, 0)),
        Some(Type::Schema(_)) | None => None,
    };
    if fit.is_none() {
        problems.push(mismatch(value, declared, path));
    }
    fit
}

fn primitive(value: &InputValue, simple: SimpleType) -> Option<Fit> {
    use primitive::Value;
    let (value, looseness) = match (simple, value) {
        (SimpleType::None, InputValue::Null) => return Some((scalar(scalar::Value::NoneType(core::Void {})), 0)),
        (SimpleType::Integer, InputValue::Int(integer)) => (Value::Integer(*integer), 0),
        (SimpleType::Integer, InputValue::Number(number)) => (Value::Integer(whole(*number)?), 0),
        (SimpleType::Float, InputValue::Number(number)) => {
            (Value::FloatValue(*number), u8::from(whole(*number).is_some()))
        }
        (SimpleType::String, InputValue::Text(text)) => (Value::StringValue(text.clone()), 0),
        (SimpleType::Boolean, InputValue::Bool(boolean)) => (Value::Boolean(*boolean), 0),
        (SimpleType::Datetime, InputValue::Instant { seconds, nanos }) if is_instant(*seconds, *nanos) => {
            (Value::Datetime(prost_types::Timestamp { seconds: *seconds, nanos: *nanos }), 0)
        }
        (SimpleType::Datetime, InputValue::Map(entries)) => {
            let (seconds, nanos) =
                seconds_and_nanos(entries).filter(|(seconds, nanos)| is_instant(*seconds, *nanos))?;
            (Value::Datetime(prost_types::Timestamp { seconds, nanos }), 1)
        }
        (SimpleType::Duration, InputValue::Duration { seconds, nanos }) if is_duration(*seconds, *nanos) => {
            (Value::Duration(prost_types::Duration { seconds: *seconds, nanos: *nanos }), 0)
        }
        (SimpleType::Duration, InputValue::Number(ms)) => (Value::Duration(milliseconds(*ms)?), 2),
        (SimpleType::Duration, InputValue::Map(entries)) => {
            let (seconds, nanos) =
                seconds_and_nanos(entries).filter(|(seconds, nanos)| is_duration(*seconds, *nanos))?;
            (Value::Duration(prost_types::Duration { seconds, nanos }), 1)
        }
        _ => return None,
    };
    Some((scalar(scalar::Value::Primitive(Primitive { value: Some(value) })), looseness))
}

fn list(
    value: &InputValue,
    element: &LiteralType,
    declared: &LiteralType,
    path: &mut Path,
    problems: &mut Vec<Problem>,
    depth: usize,
) -> Option<Fit> {
    let InputValue::List(values) = value else {
        problems.push(mismatch(value, declared, path));
        return None;
    };
    let (mut literals, mut looseness) = (Vec::with_capacity(values.len()), 0);
    for (index, value) in values.iter().enumerate() {
        if let Some((literal, loose)) = path.index(index, |path| convert(value, element, path, problems, depth + 1)) {
            literals.push(literal);
            looseness = looseness.max(loose);
        }
    }
    (literals.len() == values.len()).then(|| {
        let value = literal::Value::Collection(core::LiteralCollection { literals });
        (Literal { value: Some(value), ..Literal::default() }, looseness)
    })
}

fn map(
    value: &InputValue,
    element: &LiteralType,
    declared: &LiteralType,
    path: &mut Path,
    problems: &mut Vec<Problem>,
    depth: usize,
) -> Option<Fit> {
    let InputValue::Map(entries) = value else {
        problems.push(mismatch(value, declared, path));
        return None;
    };
    let (mut literals, mut looseness, mut complete) = (BTreeMap::new(), 0, true);
    for (name, value) in entries.iter().filter(|(_, value)| *value != InputValue::Undefined) {
        match path.key(name, |path| convert(value, element, path, problems, depth + 1)) {
            Some((literal, loose)) => {
                literals.insert(name.clone(), literal);
                looseness = looseness.max(loose);
            }
            None => complete = false,
        }
    }
    complete.then(|| {
        let value = literal::Value::Map(core::LiteralMap { literals });
        (Literal { value: Some(value), ..Literal::default() }, looseness)
    })
}

/// The one variant that fits best. Its declared type goes along unchanged, with the tag by which Python reads it.
fn variant(
    value: &InputValue,
    union: &core::UnionType,
    declared: &LiteralType,
    path: &mut Path,
    problems: &mut Vec<Problem>,
    depth: usize,
) -> Option<Fit> {
    let mut best: Option<(Fit, &LiteralType)> = None;
    let mut rival: Option<&LiteralType> = None;
    let mut nearest: Vec<Problem> = Vec::new();
    for variant in &union.variants {
        let mut found = Vec::new();
        match (convert(value, variant, path, &mut found, depth + 1), &best) {
            (Some(fit), Some((known, _))) if fit.1 == known.1 => rival = Some(variant),
            (Some(fit), Some((known, _))) if fit.1 > known.1 => {}
            (Some(fit), _) => (best, rival) = (Some((fit, variant)), None),
            // A problem inside the value tells more than that the variant does not fit.
            (None, _) if found.iter().any(|problem| problem.path != path.as_str()) => nearest.append(&mut found),
            (None, _) => {}
        }
    }
    let ((literal, looseness), chosen) = match (best, rival) {
        (Some(best), None) => best,
        (Some((_, first)), Some(second)) => {
            let (first, second) = (type_in_words(first), type_in_words(second));
            let message = [&value.in_words(), " fits more than one variant of the union: ", &first, " and ", &second];
            let message = [&message.concat(), "; give a literal to choose"].concat();
            problems.push(Problem { path: path.as_str().to_owned(), message });
            return None;
        }
        (None, _) if nearest.is_empty() => {
            problems.push(mismatch(value, declared, path));
            return None;
        }
        (None, _) => {
            problems.append(&mut nearest);
            return None;
        }
    };
    let union = core::Union { value: Some(Box::new(literal)), r#type: Some(chosen.clone()) };
    Some((scalar(scalar::Value::Union(Box::new(union))), looseness))
}

fn mismatch(value: &InputValue, declared: &LiteralType, path: &Path) -> Problem {
    let mut message = ["expected ", &type_in_words(declared), ", got ", &value.in_words()].concat();
    let hint = match (&declared.r#type, value) {
        (Some(Type::Simple(4)), InputValue::Number(_)) => Some("give true or false"),
        (Some(Type::Simple(5)), InputValue::Text(_) | InputValue::Number(_)) => Some("give a Date"),
        (Some(Type::Simple(5)), InputValue::Instant { .. } | InputValue::Map(_)) => {
            Some("seconds go from year 1 to 9999, nanos from 0 to 999999999")
        }
        (Some(Type::Simple(6)), _) => Some("give milliseconds, or {seconds, nanos} of the same sign"),
        (Some(Type::StructuredDatasetType(_)), _) => Some("give {uri, format}"),
        (Some(Type::Simple(7..=9) | Type::Schema(_)) | None, _) => Some("give a ready literal"),
        (Some(Type::Blob(_)), _) => Some("give its URI"),
        _ => None,
    };
    if let Some(hint) = hint {
        message.push_str("; ");
        message.push_str(hint);
    }
    Problem { path: path.as_str().to_owned(), message }
}

fn scalar(value: scalar::Value) -> Literal {
    Literal { value: Some(literal::Value::Scalar(Box::new(Scalar { value: Some(value) }))), ..Literal::default() }
}

fn text_literal(text: &str) -> Literal {
    let value = Some(primitive::Value::StringValue(text.to_owned()));
    scalar(scalar::Value::Primitive(Primitive { value }))
}

fn blob(uri: &str, of: &core::BlobType) -> Literal {
    let metadata = Some(core::BlobMetadata { r#type: Some(of.clone()) });
    scalar(scalar::Value::Blob(core::Blob { metadata, uri: uri.to_owned() }))
}

/// From `{uri, format}`; a declared format counts more.
fn structured_dataset(value: &InputValue, of: &core::StructuredDatasetType) -> Option<Literal> {
    let InputValue::Map(entries) = value else { return None };
    let mut of = of.clone();
    if of.format.is_empty() {
        of.format = text_of(entries, "format").unwrap_or_default().to_owned();
    }
    let metadata = Some(core::StructuredDatasetMetadata { structured_dataset_type: Some(of) });
    let dataset = core::StructuredDataset { uri: text_of(entries, "uri")?.to_owned(), metadata };
    Some(scalar(scalar::Value::StructuredDataset(dataset)))
}

/// A text, or the `uri` of an object that has one.
fn uri(value: &InputValue) -> Option<&str> {
    match value {
        InputValue::Text(text) => Some(text),
        InputValue::Map(entries) => text_of(entries, "uri"),
        _ => None,
    }
}

fn text_of<'a>(entries: &'a [(String, InputValue)], name: &str) -> Option<&'a str> {
    entries.iter().find_map(|(entry, value)| match value {
        InputValue::Text(text) if entry == name => Some(text.as_str()),
        _ => None,
    })
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

/// 0001-01-01 to 9999-12-31, as protobuf's Timestamp has it.
fn is_instant(seconds: i64, nanos: i32) -> bool {
    (-62_135_596_800..=253_402_300_799).contains(&seconds) && (0..1_000_000_000).contains(&nanos)
}

/// A number of milliseconds, to the microsecond.
fn milliseconds(ms: f64) -> Option<prost_types::Duration> {
    let micros = ms * 1000.0;
    // Beyond 2^53 a float no longer has every microsecond: 285 years.
    let micros = whole(micros.round()).filter(|_| ms.is_finite())?;
    let nanos = i32::try_from(micros % 1_000_000 * 1000).ok()?;
    Some(prost_types::Duration { seconds: micros / 1_000_000, nanos })
}

/// About 10,000 years either way, as protobuf's Duration has it.
fn is_duration(seconds: i64, nanos: i32) -> bool {
    seconds.abs() <= 315_576_000_000 && nanos.abs() < 1_000_000_000 && (seconds == 0 || i64::from(nanos) * seconds >= 0)
}
