//! What a person wrote into a form, as a value: scalars as they are spoken, everything else as JSON.

use std::borrow::Cow;

use super::conversion::Conversion;
use super::input::MAX_SAFE;
use super::typed::exact;
use super::{time, InputValue, LiteralType, OutputValue, Path, Reading, TypeKind};
use crate::codec::json::{Json, Syntax, TOO_DEEP};
use crate::codec::order::sorted;
use crate::codec::{number, text, FloatText, MAX_DEPTH};
use crate::error::Problem;

/// The value that `text` stands for by its declared type, in a form that converts to the same literal again. A value of a
/// union comes with its variant where another one could be meant.
///
/// # Errors
/// All that does not fit, with its place by `path`, what was expected and what came.
pub fn parse(
    text: &str,
    declared: &LiteralType,
    path: &Path<'_>,
    floats: &dyn FloatText,
) -> Result<OutputValue, Vec<Problem>> {
    let problem = |message| vec![Problem { path: path.text(), message }];
    let value = read(text, declared, declared, floats).map_err(problem)?;
    let mut conversion = Conversion { forms: true, ..Conversion::default() };
    let Some(literal) = conversion.literal(&value, declared, path) else { return Err(conversion.problems) };
    let reading = Reading { doubtful_variants: true, ..Reading::default() };
    reading.literal(literal.as_bytes(), Some(declared), path).map_err(|problem| vec![*problem])
}

/// What stands there, by what kind of text the type has. A scalar that can't be read stays the text it is, which its type
/// then refuses.
fn read(whole: &str, of: &LiteralType, declared: &LiteralType, floats: &dyn FloatText) -> Result<InputValue, String> {
    let text = whole.trim();
    let as_text = || InputValue::Text(text.to_owned());
    Ok(match &of.kind {
        TypeKind::Union(variants) => {
            if text.is_empty() && of.takes_null() {
                return Ok(InputValue::Null);
            }
            let mut others = variants.iter().filter(|variant| !matches!(variant.kind, TypeKind::None));
            match (others.next(), others.next()) {
                (Some(only), None) => return read(whole, only, declared, floats),
                _ => return whole_json(text, declared, floats),
            }
        }
        TypeKind::None if text.is_empty() => InputValue::Null,
        TypeKind::String => InputValue::Text(whole.to_owned()),
        TypeKind::Float => word(text).or_else(|| float(text, floats)).unwrap_or_else(as_text),
        TypeKind::None | TypeKind::Integer | TypeKind::Boolean => {
            word(text).or_else(|| number(text, floats)).unwrap_or_else(as_text)
        }
        TypeKind::StructuredDataset { .. } if text.starts_with('{') => return whole_json(text, declared, floats),
        TypeKind::List(_) | TypeKind::Map(_) | TypeKind::Struct(_) | TypeKind::Error => {
            return whole_json(text, declared, floats)
        }
        _ => as_text(),
    })
}

/// JSON's words, and Python's for floats.
fn word(text: &str) -> Option<InputValue> {
    Some(match text {
        "true" => InputValue::Bool(true),
        "false" => InputValue::Bool(false),
        "null" => InputValue::Null,
        "NaN" => InputValue::Float(f64::NAN),
        "Infinity" => InputValue::Float(f64::INFINITY),
        "-Infinity" => InputValue::Float(f64::NEG_INFINITY),
        _ => return None,
    })
}

/// A number as JSON writes it: an integer unless it has a point or an exponent, or is too large.
fn number(text: &str, floats: &dyn FloatText) -> Option<InputValue> {
    let is_number = number::number_length(text.as_bytes()) == text.len();
    match text.parse() {
        Ok(integer) if is_number => Some(match exact(integer) {
            // What a number can say is said so in errors too.
            Some(number) if number.abs() <= MAX_SAFE => InputValue::Number(number),
            _ => InputValue::Int(integer),
        }),
        _ => match text.parse() {
            Ok(integer) if is_number => Some(InputValue::BigInt(integer)),
            _ => float(text, floats),
        },
    }
}

/// A number as JSON writes it, or as people do, without a zero before the point.
fn float(text: &str, floats: &dyn FloatText) -> Option<InputValue> {
    let padded = [if text.starts_with('.') { "0" } else { "" }, text].concat();
    let digits = padded.as_bytes();
    let is_number = !digits.is_empty() && number::number_length(digits) == digits.len();
    let number = is_number.then(|| number::float(digits, floats)).flatten();
    number.filter(|number| number.is_finite()).map(InputValue::Float)
}

/// A whole text as JSON, in which Python's `NaN` and `Infinity` may stand too.
fn whole_json(text: &str, declared: &LiteralType, floats: &dyn FloatText) -> Result<InputValue, String> {
    let mut json = Json::new(text);
    let read = value(&mut json, floats, MAX_DEPTH).and_then(|value| match json.next() {
        0 if json.at >= text.len() => Ok(value),
        _ => Err(Syntax("nothing more")),
    });
    read.map_err(|Syntax(expected)| {
        // Characters, by their first bytes.
        let place = text.bytes().take(json.at).filter(|byte| byte & 0xc0 != 0x80).count() + 1;
        let (of, place, found) = (declared.text(), place.to_string(), json.describe(json.at));
        ["expected ", &of, " as JSON; at character ", &place, ": expected ", expected, ", got ", &found].concat()
    })
}

/// A value of JSON. A number is an integer unless it has a point or an exponent.
fn value(json: &mut Json<'_>, floats: &dyn FloatText, depth: u32) -> Result<InputValue, Syntax> {
    if depth == 0 {
        return Err(Syntax(TOO_DEEP));
    }
    let first_byte = json.next();
    let rest = json.rest();
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'-').count();
    if let Some(value) = rest.get(..length).and_then(|text| word(std::str::from_utf8(text).ok()?)) {
        json.at += length;
        return Ok(value);
    }
    Ok(match first_byte {
        b'{' | b'[' => {
            let (start, is_map, mut first, mut entries) = (json.at, first_byte == b'{', true, Vec::new());
            json.at += 1;
            // The brackets that close stand two characters behind.
            while json.more(&mut first, first_byte + 2)? {
                let name = if is_map { owned(json.name()?) } else { String::new() };
                entries.push((name, value(json, floats, depth - 1)?));
            }
            if !is_map {
                return Ok(InputValue::List(entries.into_iter().map(|(_, value)| value).collect()));
            }
            if has_repeated_name(&entries) {
                json.at = start;
                return Err(Syntax("each name once"));
            }
            InputValue::Map(entries)
        }
        b'"' => InputValue::Text(owned(json.string()?)),
        b'-' | b'0'..=b'9' => {
            let digits = json.number()?;
            std::str::from_utf8(digits)
                .ok()
                .and_then(|digits| number(digits, floats))
                .ok_or(Syntax("a number of 64 bits"))?
        }
        _ => return Err(Syntax("a value")),
    })
}

fn owned(text: Cow<'_, [u8]>) -> String {
    String::from_utf8(text.into_owned()).unwrap_or_default()
}

fn has_repeated_name(entries: &[(String, InputValue)]) -> bool {
    let name = |place: usize| entries.get(place).map(|(name, _)| name);
    let order = sorted(entries.len(), &|one, two| name(one).cmp(&name(two)));
    order.windows(2).any(|pair| matches!(pair, [one, two] if name(*one) == name(*two)))
}

/// A span as people write it, larger units first: `1h 30m`, `2w 1d`, `-1.5s`. A number alone has no unit and is refused, as
/// is a fraction of anything but seconds.
pub(super) fn spoken_duration(text: &str) -> Option<(i64, i32)> {
    // As ISO 8601: `-P2W1DT1H30M`, where a large M would be months.
    let (sign, units) = match text.strip_prefix('-') {
        Some(units) => ("-P", units),
        None => ("P", text),
    };
    let (mut iso, mut number, mut is_clock, mut gap) = (sign.to_owned(), String::new(), false, false);
    for byte in units.bytes() {
        match byte {
            b' ' => gap = !number.is_empty(),
            b'0'..=b'9' | b'.' if !gap => number.push(byte.into()),
            b'w' | b'd' | b'h' | b'm' | b's' => {
                if matches!(byte, b'h' | b'm' | b's') && !std::mem::replace(&mut is_clock, true) {
                    iso.push('T');
                }
                iso.push_str(&number);
                iso.push(byte.to_ascii_uppercase().into());
                number.clear();
                gap = false;
            }
            _ => return None,
        }
    }
    time::duration(&iso).filter(|_| number.is_empty())
}

/// The bytes that base64 stands for.
pub(super) fn bytes(base64: &str) -> Option<Vec<u8>> {
    text::from_base64(base64)
}

#[cfg(test)]
mod tests;
