//! A caller's value to the literal that its declared type asks for.

use super::input::whole;
use super::{InputValue, Literal, LiteralType, Path, TypeKind};
use crate::codec::{field, Writer};
use crate::error::Problem;

/// How deep lists and maps may nest.
const MAX_DEPTH: usize = 64;

/// A serialised literal, and how well the value fitted: 0 exactly, 1 with a little good will (`3` as a float, a text as a URI), 2
/// when only the declared type can tell that it is meant (a number of milliseconds).
type Fit = (Vec<u8>, u8);

/// Converts `value` to a literal of the declared type. What does not fit is added to `problems` with its place, all of
/// it, and the result is `None`.
#[must_use]
pub fn to_literal(
    value: &InputValue,
    declared: &LiteralType,
    path: &mut Path,
    problems: &mut Vec<Problem>,
) -> Option<Literal> {
    convert(value, declared, path, problems, 0).map(|(literal, _)| Literal::new(literal))
}

fn convert(
    value: &InputValue,
    declared: &LiteralType,
    path: &mut Path,
    problems: &mut Vec<Problem>,
    depth: usize,
) -> Option<Fit> {
    if let InputValue::Literal(literal) = value {
        return Some((literal.as_bytes().to_vec(), 0));
    }
    if depth > MAX_DEPTH {
        problems.push(Problem { path: path.as_str().to_owned(), message: "nested too deeply".to_owned() });
        return None;
    }
    let fit = match &declared.kind {
        TypeKind::List(element) => return list(value, element, declared, path, problems, depth),
        TypeKind::Map(element) => return map(value, element, declared, path, problems, depth),
        TypeKind::Union(variants) => return variant(value, variants, declared, path, problems, depth),
        TypeKind::Enum(values) => match value {
            InputValue::Text(text) if values.contains(text) => Some((text_literal(text), 1)),
            _ => None,
        },
        TypeKind::Blob { .. } => uri(value).map(|uri| (blob(uri, declared), 1)),
        TypeKind::StructuredDataset { format } => {
            structured_dataset(value, declared, format).map(|literal| (literal, 0))
        }
        kind => primitive(value, kind),
    };
    if fit.is_none() {
        problems.push(mismatch(value, declared, path));
    }
    fit
}

fn primitive(value: &InputValue, kind: &TypeKind) -> Option<Fit> {
    let mut writer = Writer::new();
    let looseness = match (kind, value) {
        (TypeKind::None, InputValue::Null) => return Some((scalar(5, &[]), 0)),
        (TypeKind::Integer, InputValue::Int(integer)) => {
            writer.set_int(1, *integer);
            0
        }
        (TypeKind::Integer, InputValue::Number(number)) => {
            writer.set_int(1, whole(*number)?);
            0
        }
        (TypeKind::Float, InputValue::Number(number)) => {
            writer.set_double(2, *number);
            u8::from(whole(*number).is_some())
        }
        (TypeKind::String, InputValue::Text(text)) => return Some((text_literal(text), 0)),
        (TypeKind::Boolean, InputValue::Bool(boolean)) => {
            writer.set_int(4, (*boolean).into());
            0
        }
        (TypeKind::Datetime, _) => {
            let (seconds, nanos, looseness) = match value {
                InputValue::Instant { seconds, nanos } => (*seconds, *nanos, 0),
                InputValue::Map(entries) => {
                    let (seconds, nanos) = seconds_and_nanos(entries)?;
                    (seconds, nanos, 1)
                }
                _ => return None,
            };
            if !is_instant(seconds, nanos) {
                return None;
            }
            writer.time(5, seconds, nanos);
            looseness
        }
        (TypeKind::Duration, _) => {
            let (seconds, nanos, looseness) = match value {
                InputValue::Duration { seconds, nanos } => (*seconds, *nanos, 0),
                InputValue::Number(ms) => {
                    let (seconds, nanos) = milliseconds(*ms)?;
                    (seconds, nanos, 2)
                }
                InputValue::Map(entries) => {
                    let (seconds, nanos) = seconds_and_nanos(entries)?;
                    (seconds, nanos, 1)
                }
                _ => return None,
            };
            if !is_duration(seconds, nanos) {
                return None;
            }
            writer.time(6, seconds, nanos);
            looseness
        }
        _ => return None,
    };
    Some((scalar(1, &writer.done()), looseness))
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
    let (mut literals, mut looseness, mut complete) = (Writer::new(), 0, true);
    for (index, value) in values.iter().enumerate() {
        match path.index(index, |path| convert(value, element, path, problems, depth + 1)) {
            Some((literal, loose)) => {
                literals.message(1, &literal);
                looseness = looseness.max(loose);
            }
            None => complete = false,
        }
    }
    complete.then(|| (Writer::new().message(2, &literals.done()).done(), looseness))
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
    let (mut literals, mut looseness, mut complete) = (Writer::new(), 0, true);
    for (name, value) in entries.iter().filter(|(_, value)| *value != InputValue::Undefined) {
        match path.key(name, |path| convert(value, element, path, problems, depth + 1)) {
            Some((literal, loose)) => {
                literals.entry(1, name, &literal);
                looseness = looseness.max(loose);
            }
            None => complete = false,
        }
    }
    complete.then(|| (Writer::new().message(3, &literals.done()).done(), looseness))
}

/// The one variant that fits best. Its declared type goes along unchanged, with the tag by which Python reads it.
fn variant(
    value: &InputValue,
    variants: &[LiteralType],
    declared: &LiteralType,
    path: &mut Path,
    problems: &mut Vec<Problem>,
    depth: usize,
) -> Option<Fit> {
    let mut best: Option<(Fit, &LiteralType)> = None;
    let mut rival: Option<&LiteralType> = None;
    let mut nearest: Vec<Problem> = Vec::new();
    for variant in variants {
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
            let (first, second) = (first.in_words(), second.in_words());
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
    let union = Writer::new().message(1, &literal).message(2, chosen.as_bytes()).done();
    Some((scalar(9, &union), looseness))
}

fn mismatch(value: &InputValue, declared: &LiteralType, path: &Path) -> Problem {
    let mut message = ["expected ", &declared.in_words(), ", got ", &value.in_words()].concat();
    let hint = match (&declared.kind, value) {
        (TypeKind::Boolean, InputValue::Number(_)) => Some("give true or false"),
        (TypeKind::Datetime, InputValue::Text(_) | InputValue::Number(_)) => Some("give a Date"),
        (TypeKind::Datetime, InputValue::Instant { .. } | InputValue::Map(_)) => {
            Some("seconds go from year 1 to 9999, nanos from 0 to 999999999")
        }
        (TypeKind::Duration, _) => Some("give milliseconds, or {seconds, nanos} of the same sign"),
        (TypeKind::StructuredDataset { .. }, _) => Some("give {uri, format}"),
        (TypeKind::Binary | TypeKind::Error | TypeKind::Struct | TypeKind::Schema | TypeKind::Unknown, _) => {
            Some("give a ready literal")
        }
        (TypeKind::Blob { .. }, _) => Some("give its URI"),
        _ => None,
    };
    if let Some(hint) = hint {
        message.push_str("; ");
        message.push_str(hint);
    }
    Problem { path: path.as_str().to_owned(), message }
}

/// A literal with one alternative of a scalar.
fn scalar(number: u16, content: &[u8]) -> Vec<u8> {
    let scalar = Writer::new().message(number, content).done();
    Writer::new().message(1, &scalar).done()
}

fn text_literal(text: &str) -> Vec<u8> {
    scalar(1, &Writer::new().message(3, text.as_bytes()).done())
}

/// The declared blob type goes along unchanged.
fn blob(uri: &str, declared: &LiteralType) -> Vec<u8> {
    let metadata = Writer::new().message(1, field(declared.as_bytes(), 5).unwrap_or_default()).done();
    scalar(2, &Writer::new().message(1, &metadata).text(3, uri).done())
}

/// From `{uri, format}`; a declared format counts more.
fn structured_dataset(value: &InputValue, declared: &LiteralType, format: &str) -> Option<Vec<u8>> {
    let InputValue::Map(entries) = value else { return None };
    let mut of = field(declared.as_bytes(), 8).unwrap_or_default().to_vec();
    if format.is_empty() {
        of.extend(Writer::new().text(2, text_of(entries, "format").unwrap_or_default()).done());
    }
    let metadata = Writer::new().message(1, &of).done();
    Some(scalar(8, &Writer::new().text(1, text_of(entries, "uri")?).message(2, &metadata).done()))
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
fn milliseconds(ms: f64) -> Option<(i64, i32)> {
    let micros = ms * 1000.0;
    // Beyond 2^53 a float no longer has every microsecond: 285 years.
    let micros = whole(micros.round()).filter(|_| ms.is_finite())?;
    let nanos = i32::try_from(micros % 1_000_000 * 1000).ok()?;
    Some((micros / 1_000_000, nanos))
}

/// About 10,000 years either way, as protobuf's Duration has it.
fn is_duration(seconds: i64, nanos: i32) -> bool {
    seconds.abs() <= 315_576_000_000 && nanos.abs() < 1_000_000_000 && (seconds == 0 || i64::from(nanos) * seconds >= 0)
}
