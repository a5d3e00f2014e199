//! MessagePack, in which Python stores structs.

use super::typed::Typed;
use super::OutputValue;

/// How deep values may nest.
const MAX_DEPTH: u32 = 100;

/// The value of MessagePack bytes; `None` when they are not one whole value.
pub(super) fn read(bytes: &[u8]) -> Option<OutputValue> {
    let mut reader = Reader { rest: bytes };
    let value = reader.value(0)?;
    reader.rest.is_empty().then_some(value)
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }

    /// A number of 1, 2, 4 or 8 bytes, the first the highest.
    fn number(&mut self, length: usize) -> Option<u64> {
        Some(self.take(length)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn length(&mut self, bytes: usize) -> Option<usize> {
        usize::try_from(self.number(bytes)?).ok()
    }

    fn value(&mut self, depth: u32) -> Option<OutputValue> {
        if depth > MAX_DEPTH {
            return None;
        }
        let first = *self.take(1)?.first()?;
        Some(match first {
            0..=0x7f => OutputValue::Int(first.into()),
            0x80..=0x8f => self.map(usize::from(first & 0x0f), depth)?,
            0x90..=0x9f => self.list(usize::from(first & 0x0f), depth)?,
            0xa0..=0xbf => self.text(usize::from(first & 0x1f))?,
            0xc0 => OutputValue::Null,
            0xc2 | 0xc3 => OutputValue::Bool(first == 0xc3),
            0xc4..=0xc6 => {
                let length = self.length(1 << (first - 0xc4))?;
                OutputValue::Bytes(self.take(length)?.to_vec())
            }
            0xc7..=0xc9 => {
                let length = self.length(1 << (first - 0xc7))?;
                self.extension(length)?
            }
            0xca => OutputValue::Float(f32::from_bits(u32::try_from(self.number(4)?).ok()?).into()),
            0xcb => OutputValue::Float(f64::from_bits(self.number(8)?)),
            0xcc..=0xcf => {
                let number = self.number(1 << (first - 0xcc))?;
                i64::try_from(number).map_or(OutputValue::BigInt(number), OutputValue::Int)
            }
            0xd0..=0xd3 => {
                let length = 1 << (first - 0xd0);
                let unused = 64 - 8 * u32::try_from(length).ok()?;
                OutputValue::Int((self.number(length)? << unused).cast_signed() >> unused)
            }
            0xd4..=0xd8 => self.extension(1 << (first - 0xd4))?,
            0xd9..=0xdb => {
                let length = self.length(1 << (first - 0xd9))?;
                self.text(length)?
            }
            0xdc | 0xdd => {
                let length = self.length(2 << (first - 0xdc))?;
                self.list(length, depth)?
            }
            0xde | 0xdf => {
                let length = self.length(2 << (first - 0xde))?;
                self.map(length, depth)?
            }
            0xe0..=0xff => OutputValue::Int(first.cast_signed().into()),
            0xc1 => return None,
        })
    }

    fn text(&mut self, length: usize) -> Option<OutputValue> {
        Some(OutputValue::Text(std::str::from_utf8(self.take(length)?).ok()?.to_owned()))
    }

    fn list(&mut self, length: usize, depth: u32) -> Option<OutputValue> {
        // A value has at least one byte: a length beyond that is a lie, and must not make room.
        let mut items = Vec::with_capacity(length.min(self.rest.len()).min(4096));
        for _ in 0..length {
            items.push(self.value(depth + 1)?);
        }
        Some(OutputValue::List(items))
    }

    fn map(&mut self, length: usize, depth: u32) -> Option<OutputValue> {
        let mut entries = Vec::with_capacity(length.min(self.rest.len() / 2).min(64));
        for read in 0..length {
            match self.value(depth + 1)? {
                OutputValue::Text(name) => entries.push((name, self.value(depth + 1)?)),
                key => return self.pairs(entries, key, length - read, depth),
            }
        }
        Some(OutputValue::Map(entries))
    }

    /// A map of which some key is no text: `left` entries with the one that begins with `key`.
    fn pairs(
        &mut self,
        entries: Vec<(String, OutputValue)>,
        key: OutputValue,
        left: usize,
        depth: u32,
    ) -> Option<OutputValue> {
        let mut pairs: Vec<_> = entries.into_iter().map(|(name, value)| (OutputValue::Text(name), value)).collect();
        pairs.push((key, self.value(depth + 1)?));
        for _ in 1..left {
            let key = self.value(depth + 1)?;
            pairs.push((key, self.value(depth + 1)?));
        }
        Some(OutputValue::Pairs(pairs))
    }

    /// Python writes none: without its kind.
    fn extension(&mut self, length: usize) -> Option<OutputValue> {
        self.take(1)?;
        Some(OutputValue::Bytes(self.take(length)?.to_vec()))
    }
}

/// Appends a value: floats in 8 bytes, integers in as few as they need, as Python does.
pub(super) fn write(value: &Typed<'_>, out: &mut Vec<u8>) {
    match value {
        Typed::Null => out.push(0xc0),
        Typed::Bool(flag) => out.push(0xc2 + u8::from(*flag)),
        Typed::Int(number) => write_int(*number, out),
        Typed::BigInt(number) => {
            out.push(0xcf);
            out.extend_from_slice(&number.to_be_bytes());
        }
        Typed::Float(number) => {
            out.push(0xcb);
            out.extend_from_slice(&number.to_be_bytes());
        }
        Typed::Text(text) => {
            write_length(text.len(), [Some((0xa0, 31)), Some((0xd9, 0xff)), Some((0xda, 0xffff))], 0xdb, out);
            out.extend_from_slice(text.as_bytes());
        }
        Typed::Bytes(bytes) => {
            write_length(bytes.len(), [None, Some((0xc4, 0xff)), Some((0xc5, 0xffff))], 0xc6, out);
            out.extend_from_slice(bytes);
        }
        Typed::List(items) => {
            write_length(items.len(), [Some((0x90, 15)), None, Some((0xdc, 0xffff))], 0xdd, out);
            for item in items {
                write(item, out);
            }
        }
        Typed::Map(entries) => {
            write_length(entries.len(), [Some((0x80, 15)), None, Some((0xde, 0xffff))], 0xdf, out);
            for (key, value) in entries {
                write(key, out);
                write(value, out);
            }
        }
    }
}

/// A length in the first of its forms that holds it: in the mark itself, in 1, 2 or 4 bytes.
#[allow(clippy::cast_possible_truncation)]
fn write_length(length: usize, forms: [Option<(u8, usize)>; 3], longest: u8, out: &mut Vec<u8>) {
    for (form, bytes) in forms.into_iter().zip([0, 1, 2]) {
        if let Some((mark, _)) = form.filter(|(_, most)| length <= *most) {
            if bytes == 0 {
                return out.push(mark | length as u8);
            }
            out.push(mark);
            let all = (length as u16).to_be_bytes();
            return out.extend_from_slice(all.get(2 - bytes..).unwrap_or_default());
        }
    }
    out.push(longest);
    out.extend_from_slice(&(length as u32).to_be_bytes());
}

#[allow(clippy::cast_possible_truncation)]
fn write_int(number: i64, out: &mut Vec<u8>) {
    let bytes = number.to_be_bytes();
    let (mark, count) = match number {
        -32..=0x7f => (None, 1),
        0x80..=0xff => (Some(0xcc), 1),
        0x100..=0xffff => (Some(0xcd), 2),
        0x1_0000..=0xffff_ffff => (Some(0xce), 4),
        0x1_0000_0000.. => (Some(0xcf), 8),
        -0x80..=-33 => (Some(0xd0), 1),
        -0x8000..=-0x81 => (Some(0xd1), 2),
        -0x8000_0000..=-0x8001 => (Some(0xd2), 4),
        _ => (Some(0xd3), 8),
    };
    out.extend(mark);
    out.extend_from_slice(bytes.get(8 - count..).unwrap_or_default());
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bytes(value: &Typed<'_>) -> Vec<u8> {
        let mut out = Vec::new();
        write(value, &mut out);
        out
    }

    #[test]
    fn integers_take_as_few_bytes_as_they_need() {
        for (number, expected) in [
            (0, &[0][..]),
            (127, &[0x7f]),
            (128, &[0xcc, 0x80]),
            (256, &[0xcd, 1, 0]),
            (65536, &[0xce, 0, 1, 0, 0]),
            (1 << 32, &[0xcf, 0, 0, 0, 1, 0, 0, 0, 0]),
            (-1, &[0xff]),
            (-32, &[0xe0]),
            (-33, &[0xd0, 0xdf]),
            (-129, &[0xd1, 0xff, 0x7f]),
            (-32769, &[0xd2, 0xff, 0xff, 0x7f, 0xff]),
            (i64::MIN, &[0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0]),
        ] {
            assert_eq!(bytes(&Typed::Int(number)), expected, "{number}");
        }
        assert_eq!(read(&bytes(&Typed::BigInt(u64::MAX))), Some(OutputValue::BigInt(u64::MAX)));
    }

    #[test]
    fn lengths_take_their_shortest_form() {
        for (length, head) in [(0, 1), (31, 1), (32, 2), (255, 2), (256, 3), (65_535, 3), (65_536, 5)] {
            let text = "x".repeat(length);
            assert_eq!(bytes(&Typed::Text(text.as_str().into())).len(), head + length);
            assert_eq!(read(&bytes(&Typed::Text(text.as_str().into()))), Some(OutputValue::Text(text)));
        }
        for (length, head) in [(0, 1), (15, 1), (16, 3), (65_535, 3), (65_536, 5)] {
            let list = Typed::List(vec![Typed::Null; length]);
            assert_eq!(bytes(&list).len(), head + length);
            assert_eq!(read(&bytes(&list)), Some(OutputValue::List(vec![OutputValue::Null; length])));
        }
    }

    #[test]
    fn maps_with_other_keys_keep_their_order() {
        let text = |text: &str| OutputValue::Text(text.to_owned());
        let pairs = vec![(text("b"), OutputValue::Int(1)), (OutputValue::Int(2), text("x")), (text("a"), text("y"))];
        let written = [0x83, 0xa1, b'b', 1, 2, 0xa1, b'x', 0xa1, b'a', 0xa1, b'y'];
        assert_eq!(read(&written), Some(OutputValue::Pairs(pairs)));
    }

    #[test]
    fn what_is_not_one_whole_value_is_refused() {
        for bytes in
            [&[][..], &[0xc1], &[1, 2], &[0xa2, b'a'], &[0xa1, 0xff], &[0x91; 300], &[0xdd, 0xff, 0xff, 0xff, 0xff]]
        {
            assert_eq!(read(bytes), None);
        }
    }

    proptest! {
        #[test]
        fn integers_and_floats_read_back(int in any::<i64>(), float in any::<f64>()) {
            prop_assert_eq!(read(&bytes(&Typed::Int(int))), Some(OutputValue::Int(int)));
            let Some(OutputValue::Float(back)) = read(&bytes(&Typed::Float(float))) else { panic!() };
            prop_assert_eq!(back.to_bits(), float.to_bits());
        }

        #[test]
        fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = read(&bytes);
        }
    }
}
