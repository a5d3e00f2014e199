//! Looks into MessagePack values without decoding them: fields, items, and primitives as literals.

use crate::idl::core::primitive;

/// The value of a text key in a map.
pub(super) fn field<'a>(value: &'a [u8], key: &str) -> Option<&'a [u8]> {
    let (Head::Map(count), mut rest) = head(value)? else { return None };
    for _ in 0..count {
        let (found, after) = split(rest)?;
        let (value, after) = split(after)?;
        if text(found) == Some(key) {
            return Some(value);
        }
        rest = after;
    }
    None
}

/// An item of a list.
pub(super) fn item(value: &[u8], position: usize) -> Option<&[u8]> {
    items(value)?.get(position).copied()
}

/// All items, if the value is a list.
pub(super) fn items(value: &[u8]) -> Option<Vec<&[u8]>> {
    let (Head::List(count), mut rest) = head(value)? else { return None };
    let mut items = Vec::new();
    for _ in 0..count {
        let (item, after) = split(rest)?;
        items.push(item);
        rest = after;
    }
    Some(items)
}

/// A number, text or boolean.
pub(super) fn primitive(value: &[u8]) -> Option<primitive::Value> {
    if let Some(text) = text(value) {
        return Some(primitive::Value::StringValue(text.to_owned()));
    }
    let (&tag, rest) = value.split_first()?;
    let unsigned =
        |length: usize| Some(rest.get(..length)?.iter().fold(0_u64, |sum, &byte| (sum << 8) | u64::from(byte)));
    let integer = |number: i64| Some(primitive::Value::Integer(number));
    match tag {
        0x00..=0x7f => integer(i64::from(tag)),
        0xe0..=0xff => integer(i64::from(tag.cast_signed())),
        0xc2 => Some(primitive::Value::Boolean(false)),
        0xc3 => Some(primitive::Value::Boolean(true)),
        0xca => Some(primitive::Value::FloatValue(f64::from(f32::from_bits(u32::try_from(unsigned(4)?).ok()?)))),
        0xcb => Some(primitive::Value::FloatValue(f64::from_bits(unsigned(8)?))),
        0xcc => integer(i64::try_from(unsigned(1)?).ok()?),
        0xcd => integer(i64::try_from(unsigned(2)?).ok()?),
        0xce => integer(i64::try_from(unsigned(4)?).ok()?),
        0xcf => integer(i64::try_from(unsigned(8)?).ok()?),
        0xd0 => integer((unsigned(1)? << 56).cast_signed() >> 56),
        0xd1 => integer((unsigned(2)? << 48).cast_signed() >> 48),
        0xd2 => integer((unsigned(4)? << 32).cast_signed() >> 32),
        0xd3 => integer(unsigned(8)?.cast_signed()),
        _ => None,
    }
}

fn text(value: &[u8]) -> Option<&str> {
    match head(value)? {
        (Head::Text(length), rest) => std::str::from_utf8(rest.get(..length)?).ok(),
        _ => None,
    }
}

enum Head {
    /// Values that are this many bytes after the head.
    Plain(usize),
    Text(usize),
    List(usize),
    Map(usize),
}

/// What a value is, and what follows its head.
fn head(value: &[u8]) -> Option<(Head, &[u8])> {
    let (&tag, rest) = value.split_first()?;
    let sized = |length: usize| {
        let (size, rest) = rest.split_at_checked(length)?;
        Some((size.iter().fold(0_usize, |sum, &byte| (sum << 8) | usize::from(byte)), rest))
    };
    Some(match tag {
        0x00..=0x7f | 0xe0..=0xff | 0xc0..=0xc3 => (Head::Plain(0), rest),
        0x80..=0x8f => (Head::Map(usize::from(tag & 15)), rest),
        0x90..=0x9f => (Head::List(usize::from(tag & 15)), rest),
        0xa0..=0xbf => (Head::Text(usize::from(tag & 31)), rest),
        0xc4 => sized(1).map(|(size, rest)| (Head::Plain(size), rest))?,
        0xc5 => sized(2).map(|(size, rest)| (Head::Plain(size), rest))?,
        0xc6 => sized(4).map(|(size, rest)| (Head::Plain(size), rest))?,
        0xc7 => sized(1).map(|(size, rest)| (Head::Plain(size + 1), rest))?,
        0xc8 => sized(2).map(|(size, rest)| (Head::Plain(size + 1), rest))?,
        0xc9 => sized(4).map(|(size, rest)| (Head::Plain(size + 1), rest))?,
        0xca | 0xce | 0xd2 => (Head::Plain(4), rest),
        0xcb | 0xcf | 0xd3 => (Head::Plain(8), rest),
        0xcc | 0xd0 => (Head::Plain(1), rest),
        0xcd | 0xd1 => (Head::Plain(2), rest),
        0xd4 => (Head::Plain(2), rest),
        0xd5 => (Head::Plain(3), rest),
        0xd6 => (Head::Plain(5), rest),
        0xd7 => (Head::Plain(9), rest),
        0xd8 => (Head::Plain(17), rest),
        0xd9 => sized(1).map(|(size, rest)| (Head::Text(size), rest))?,
        0xda => sized(2).map(|(size, rest)| (Head::Text(size), rest))?,
        0xdb => sized(4).map(|(size, rest)| (Head::Text(size), rest))?,
        0xdc => sized(2).map(|(size, rest)| (Head::List(size), rest))?,
        0xdd => sized(4).map(|(size, rest)| (Head::List(size), rest))?,
        0xde => sized(2).map(|(size, rest)| (Head::Map(size), rest))?,
        0xdf => sized(4).map(|(size, rest)| (Head::Map(size), rest))?,
    })
}

/// The first value, and what follows it. Walks nested values without recursion, so depth does not matter.
fn split(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let (mut rest, mut open) = (value, 1_usize);
    while open > 0 {
        open -= 1;
        let (head, after) = head(rest)?;
        rest = match head {
            Head::Plain(length) | Head::Text(length) => after.get(length..)?,
            Head::List(count) => {
                open = open.checked_add(count)?;
                after
            }
            Head::Map(count) => {
                open = open.checked_add(count.checked_mul(2)?)?;
                after
            }
        };
    }
    value.split_at_checked(value.len() - rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `{"a": [1, {"b": -2}], "c": "text"}`
    const VALUE: &[u8] = b"\x82\xa1a\x92\x01\x81\xa1b\xfe\xa1c\xa4text";

    #[test]
    fn fields_and_items_are_found() {
        let list = field(VALUE, "a").unwrap_or_default();
        assert_eq!(primitive(item(list, 0).unwrap_or_default()), Some(primitive::Value::Integer(1)));
        let inner = field(item(list, 1).unwrap_or_default(), "b").unwrap_or_default();
        assert_eq!(primitive(inner), Some(primitive::Value::Integer(-2)));
        let text = field(VALUE, "c").unwrap_or_default();
        assert_eq!(primitive(text), Some(primitive::Value::StringValue("text".to_owned())));
        assert_eq!(field(VALUE, "d"), None);
        assert_eq!(item(list, 2), None);
    }

    #[test]
    fn numbers_of_all_sizes_are_read() {
        assert_eq!(primitive(b"\xcd\x01\x00"), Some(primitive::Value::Integer(256)));
        assert_eq!(primitive(b"\xd0\x80"), Some(primitive::Value::Integer(-128)));
        assert_eq!(primitive(b"\xcb\x3f\xf8\0\0\0\0\0\0"), Some(primitive::Value::FloatValue(1.5)));
    }

    #[test]
    fn broken_values_are_nothing() {
        for bytes in [&b""[..], b"\xdd\xff\xff\xff\xff", b"\x81\xa5ab", b"\xc1"] {
            assert_eq!(field(bytes, "a"), None);
            assert_eq!(item(bytes, 0), None);
        }
    }
}
