//! Literals for display: short, without types, and never refused.

use super::from_literal::sorted_entries;
use super::plain::read_struct;
use super::{msgpack, offloaded, time, OutputValue};
use crate::codec::order::sorted;
use crate::codec::text::{push_base64, push_quoted};
use crate::codec::{field, Fields, FloatText, Malformed};

/// How deep values may nest.
const MAX_DEPTH: u32 = 100;

/// A serialised `flyteidl.core.Literal` as numbers, texts, booleans, null, lists and maps: datetimes in ISO 8601, durations
/// in seconds, files and tables as their URI, MessagePack as JSON text in Python's style, other bytes in base64. What can't
/// be read is null.
#[must_use]
pub fn repr(literal: &[u8], floats: &dyn FloatText) -> OutputValue {
    Repr { floats }.literal(literal, 0).unwrap_or(OutputValue::Null)
}

struct Repr<'a> {
    floats: &'a dyn FloatText,
}

impl Repr<'_> {
    fn literal(&self, literal: &[u8], depth: u32) -> Result<OutputValue, Malformed> {
        if depth > MAX_DEPTH {
            return Err(Malformed);
        }
        let (mut fields, mut shown) = (Fields::of(literal), OutputValue::Null);
        while let Some(part) = fields.next()? {
            shown = match part.number {
                1 => self.scalar(part.message()?, depth)?,
                2 => {
                    let (mut items, mut shown) = (Fields::of(part.message()?), Vec::new());
                    while let Some(item) = items.next()? {
                        if item.number == 1 {
                            shown.push(self.literal(item.message()?, depth + 1)?);
                        }
                    }
                    OutputValue::List(shown)
                }
                3 => {
                    let mut shown = Vec::new();
                    for (name, literal) in sorted_entries(part.message()?)? {
                        shown.push((name, self.literal(literal, depth + 1)?));
                    }
                    OutputValue::Map(shown)
                }
                8 => OutputValue::Text(offloaded::text(part.message()?)?),
                _ => continue,
            };
        }
        Ok(shown)
    }

    fn scalar(&self, scalar: &[u8], depth: u32) -> Result<OutputValue, Malformed> {
        let (mut fields, mut shown) = (Fields::of(scalar), OutputValue::Null);
        while let Some(part) = fields.next()? {
            let content = part.message()?;
            let text = |number: u32| {
                Ok(OutputValue::Text(String::from_utf8(field(content, number)?.to_vec()).map_err(|_| Malformed)?))
            };
            shown = match part.number {
                1 => primitive(content)?,
                2 => text(3)?,
                3 => self.binary(field(content, 1)?, field(content, 2)? == b"msgpack"),
                4 | 8 => text(1)?,
                6 => text(2)?,
                7 => read_struct(content, depth)?,
                9 => self.literal(field(content, 1)?, depth + 1)?,
                _ => OutputValue::Null,
            };
        }
        Ok(shown)
    }

    fn binary(&self, bytes: &[u8], is_msgpack: bool) -> OutputValue {
        let mut text = Vec::new();
        match msgpack::read(bytes).filter(|_| is_msgpack) {
            Some(value) => self.json(&value, &mut text),
            None => push_base64(&mut text, bytes),
        }
        OutputValue::Text(String::from_utf8(text).unwrap_or_default())
    }

    /// JSON as Python's `json.dumps` writes it.
    fn json(&self, value: &OutputValue, out: &mut Vec<u8>) {
        match value {
            OutputValue::Bool(flag) => out.extend_from_slice(if *flag { b"true" } else { b"false" }),
            OutputValue::Int(number) => out.extend_from_slice(number.to_string().as_bytes()),
            OutputValue::BigInt(number) => out.extend_from_slice(number.to_string().as_bytes()),
            OutputValue::Float(number) => self.float(*number, out),
            OutputValue::Text(text) => push_ascii(text, out),
            OutputValue::Bytes(bytes) => {
                out.push(b'"');
                push_base64(out, bytes);
                out.push(b'"');
            }
            OutputValue::List(items) => {
                out.push(b'[');
                for (index, item) in items.iter().enumerate() {
                    out.extend_from_slice(if index == 0 { b"" } else { b", " });
                    self.json(item, out);
                }
                out.push(b']');
            }
            OutputValue::Map(entries) => {
                let members = entries.iter().map(|(name, value)| Member { is_name: true, key: quoted(name), value });
                self.members(members.collect(), out);
            }
            OutputValue::Pairs(entries) => {
                let members = entries.iter().map(|(key, value)| match key {
                    OutputValue::Text(name) => Member { is_name: true, key: quoted(name), value },
                    // JSON has only texts as keys.
                    key => {
                        let mut text = Vec::new();
                        self.json(key, &mut text);
                        Member { is_name: false, key: quoted(&String::from_utf8(text).unwrap_or_default()), value }
                    }
                });
                self.members(members.collect(), out);
            }
            OutputValue::Instant { seconds, nanos } => push_ascii(&time::isoformat(*seconds, *nanos), out),
            _ => out.extend_from_slice(b"null"),
        }
    }

    /// Of members with the same key the last counts, at the place of the first, as in a Python dict.
    fn members(&self, members: Vec<Member<'_>>, out: &mut Vec<u8>) {
        let id = |at: usize| members.get(at).map(|member| (&member.key, member.is_name));
        let mut shown: Vec<Option<&OutputValue>> = members.iter().map(|member| Some(member.value)).collect();
        let mut first = None;
        for at in sorted(members.len(), &|one, two| id(one).cmp(&id(two))) {
            match first.filter(|first| id(*first) == id(at)) {
                Some(first) => {
                    let value = shown.get_mut(at).and_then(Option::take);
                    shown.get_mut(first).into_iter().for_each(|shown| *shown = value);
                }
                None => first = Some(at),
            }
        }
        out.push(b'{');
        let mut separator = &b""[..];
        for (member, value) in members.iter().zip(shown) {
            let Some(value) = value else { continue };
            out.extend_from_slice(separator);
            out.extend_from_slice(&member.key);
            out.extend_from_slice(b": ");
            self.json(value, out);
            separator = b", ";
        }
        out.push(b'}');
    }

    /// As Python's `repr`: the shortest digits, an exponent below 1e-4 and from 1e16 on.
    fn float(&self, number: f64, out: &mut Vec<u8>) {
        if !number.is_finite() {
            let text: &[u8] = if number.is_nan() { b"NaN" } else { b"Infinity" };
            out.extend_from_slice(if number < 0.0 { b"-" } else { b"" });
            return out.extend_from_slice(text);
        }
        let mut text = Vec::new();
        self.floats.print(number.abs(), &mut text);
        let text = String::from_utf8(text).unwrap_or_default();
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all = [whole, fraction].concat();
        let significant = all.trim_start_matches('0');
        let zeros = all.len() - significant.len();
        let significant = significant.trim_end_matches('0');
        // The value is 0.significant times ten to the power of `point`.
        let exponent: isize = exponent.parse().unwrap_or(0);
        let point = whole.len().cast_signed() - zeros.cast_signed() + exponent;
        out.extend_from_slice(if number.is_sign_negative() { b"-" } else { b"" });
        if significant.is_empty() {
            return out.extend_from_slice(b"0.0");
        }
        let plain = (-3..=16).contains(&point);
        let mut push = |text: &str| out.extend_from_slice(text.as_bytes());
        if !plain {
            let (first, rest) = significant.split_at_checked(1).unwrap_or_default();
            push(first);
            push(if rest.is_empty() { "" } else { "." });
            push(rest);
            push(if point < 1 { "e-" } else { "e+" });
            let size = (point - 1).unsigned_abs();
            push(if size < 10 { "0" } else { "" });
            return push(&size.to_string());
        }
        match usize::try_from(point) {
            Ok(point) if point > 0 => {
                let split = point.min(significant.len());
                let (whole, fraction) = significant.split_at_checked(split).unwrap_or_default();
                push(whole);
                push(&"0".repeat(point - split));
                push(".");
                push(if fraction.is_empty() { "0" } else { fraction });
            }
            _ => {
                push("0.");
                push(&"0".repeat(point.unsigned_abs()));
                push(significant);
            }
        }
    }
}

/// An entry of a dict.
struct Member<'a> {
    /// The key is a text; otherwise it only looks like one.
    is_name: bool,
    /// With its quotes.
    key: Vec<u8>,
    value: &'a OutputValue,
}

fn quoted(text: &str) -> Vec<u8> {
    let mut quoted = Vec::new();
    push_ascii(text, &mut quoted);
    quoted
}

fn primitive(primitive: &[u8]) -> Result<OutputValue, Malformed> {
    let (mut fields, mut shown) = (Fields::of(primitive), OutputValue::Null);
    while let Some(part) = fields.next()? {
        shown = match part.number {
            1 => OutputValue::Int(part.int()?),
            2 => OutputValue::Float(part.double()?),
            3 => OutputValue::Text(part.text()?),
            4 => OutputValue::Bool(part.flag()?),
            5 => {
                let (seconds, nanos) = part.seconds_and_nanos()?;
                OutputValue::Text(time::isoformat(seconds, nanos))
            }
            6 => {
                let (seconds, nanos) = part.seconds_and_nanos()?;
                OutputValue::Float(time::as_seconds(seconds, nanos))
            }
            _ => OutputValue::Null,
        };
    }
    Ok(shown)
}

/// A JSON string in ASCII alone.
fn push_ascii(text: &str, out: &mut Vec<u8>) {
    // JSON has no need to escape the last of ASCII, Python does.
    let is_plain = |character: char| character.is_ascii() && character != '\u{7f}';
    if text.chars().all(is_plain) {
        return push_quoted(out, text);
    }
    out.push(b'"');
    for character in text.chars() {
        if is_plain(character) {
            let mut quoted = Vec::new();
            push_quoted(&mut quoted, character.encode_utf8(&mut [0; 4]));
            out.extend(quoted.get(1..quoted.len() - 1).unwrap_or_default());
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            out.extend_from_slice(b"\\u");
            for shift in [12, 8, 4, 0] {
                out.push(*b"0123456789abcdef".get(usize::from(*unit >> shift & 15)).unwrap_or(&b'0'));
            }
        }
    }
    out.push(b'"');
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::codec::{json_to_wire, StdFloats};
    use crate::idl::schema::MessageId;

    fn shown(literal: &str) -> OutputValue {
        let message = MessageId::by_name("flyteidl.core.Literal").unwrap();
        repr(&json_to_wire(message, literal.as_bytes(), &StdFloats).unwrap().wire, &StdFloats)
    }

    #[test]
    fn literals_stored_apart_show_what_is_known_of_them() {
        for (place, expected) in [
            (r#"{}"#, "\n"),
            (r#"{"uri": "s3://x", "sizeBytes": 0}"#, "\n  uri: s3://x"),
            (
                r#"{"uri": "s3://x", "sizeBytes": 12, "inferredType": {"simple": "INTEGER"}}"#,
                "\n  uri: s3://x\n  size_bytes: 12\n  inferred_type:\n    simple: 1",
            ),
            (r#"{"inferredType": {}}"#, "\n"),
            (r#"{"inferredType": {"simple": "NONE"}}"#, "\n  inferred_type:\n    simple: 0"),
            (
                r#"{"inferredType": {"mapValueType": {"collectionType": {"blob": {"format": "csv", "dimensionality": "MULTIPART"}}}}}"#,
                "\n  inferred_type:\n    map_value_type:\n      collection_type:\n        blob:\n          format: csv\n          dimensionality: 1",
            ),
            (
                r#"{"inferredType": {"enumType": {"values": ["a", "b"]}}}"#,
                "\n  inferred_type:\n    enum_type:\n      values: ['a', 'b']",
            ),
        ] {
            let expected = ["Offloaded literal metadata:", expected].concat();
            assert_eq!(shown(&[r#"{"offloadedMetadata": "#, place, "}"].concat()), OutputValue::Text(expected));
        }
    }

    #[test]
    fn the_last_of_a_key_counts() {
        for (bytes, expected) in [
            (&b"\x83\xa1a\x01\xa1b\x02\xa1a\x03"[..], r#"{"a": 3, "b": 2}"#),
            (b"\x83\x01\x01\xa11\x02\x01\x03", r#"{"1": 3, "1": 2}"#),
        ] {
            let mut out = Vec::new();
            Repr { floats: &StdFloats }.json(&msgpack::read(bytes).unwrap(), &mut out);
            assert_eq!(String::from_utf8_lossy(&out), expected);
        }
    }

    #[test]
    fn texts_are_ascii_and_the_last_of_it_is_escaped() {
        let mut out = Vec::new();
        push_ascii("\u{7f}\u{80}/\\\"", &mut out);
        assert_eq!(String::from_utf8_lossy(&out), r#""\u007f\u0080/\\\"""#);
    }

    #[test]
    fn floats_are_printed_as_python_does() {
        for (number, text) in [
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (0.1, "0.1"),
            (1e20, "1e+20"),
            (1e-7, "1e-07"),
            (1e16, "1e+16"),
            (1e15, "1000000000000000.0"),
            (123_456_789.125, "123456789.125"),
            (0.0001, "0.0001"),
            (0.000_01, "1e-05"),
            (1.5e300, "1.5e+300"),
            (5e-324, "5e-324"),
            (-1.25e-100, "-1.25e-100"),
            (9_007_199_254_740_993.0, "9007199254740992.0"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            let mut out = Vec::new();
            Repr { floats: &StdFloats }.float(number, &mut out);
            assert_eq!(String::from_utf8_lossy(&out), text);
        }
    }
}
