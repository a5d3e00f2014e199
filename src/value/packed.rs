//! Values as one row of numbers, one text and one run of bytes: how they cross between Rust and JavaScript, whose other
//! half is `js/packed.ts`. A call across that border costs more than reading many numbers, so there is one for a whole tree.
//!
//! A value is a mark and what belongs to it. Texts are given by their length in UTF-16 units and follow each other in the
//! text; keys of objects have a number, and their text only where that is new. Integers stand as 64 bits in place of a
//! float.

use super::input::whole;
use super::time::is_instant;
use super::{InputValue, Literal, OutputValue};

const UNDEFINED: u32 = 0;
const NULL: u32 = 1;
const FALSE: u32 = 2;
const TRUE: u32 = 3;
const NUMBER: u32 = 4;
const FLOAT: u32 = 5;
const INT: u32 = 6;
const BIG_INT: u32 = 7;
const TEXT: u32 = 8;
const INSTANT: u32 = 9;
const DURATION: u32 = 10;
const BYTES: u32 = 11;
const LIST: u32 = 12;
const NUMBERS: u32 = 13;
const INTS: u32 = 14;
const MAP: u32 = 15;
const PAIRS: u32 = 16;
const BLOB: u32 = 17;
const DATASET: u32 = 18;
const CONTENT: u32 = 19;
const VARIANT: u32 = 20;
const LITERAL: u32 = 21;
const OTHER: u32 = 22;
const BINARY: u32 = 23;
const ERROR: u32 = 24;
const OFFLOADED: u32 = 25;
const BESIDE: u32 = 26;

const NO_INSTANT: &str =
    "a date of seconds that are not from year 1 to 9999, or nanos that are not from 0 to 999999999";

/// A packed value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Packed {
    /// Marks, numbers, lengths: the bits of floats, or of integers.
    pub numbers: Vec<u64>,
    /// All texts, one after the other; from JavaScript, a line feed after each.
    pub text: String,
    /// All bytes, one after the other.
    pub bytes: Vec<u8>,
}

impl Packed {
    /// The value that JavaScript packed; `None` when it is not one whole value.
    #[must_use]
    pub fn unpack(&self) -> Option<InputValue> {
        let mut reader = Reader { numbers: &self.numbers, text: &self.text, bytes: &self.bytes, keys: Vec::new() };
        let value = reader.value()?;
        reader.numbers.is_empty().then_some(value)
    }

    /// Packs a value for JavaScript.
    #[must_use]
    pub fn of(value: &OutputValue) -> Self {
        let mut packer = Packer::default();
        packer.value(value, 0);
        packer.packed
    }

    /// Packs names and values for JavaScript.
    #[must_use]
    pub fn of_entries(entries: &[(String, OutputValue)]) -> Self {
        let mut packer = Packer::default();
        packer.map(entries, 0);
        packer.packed
    }
}

struct Reader<'a> {
    numbers: &'a [u64],
    text: &'a str,
    bytes: &'a [u8],
    keys: Vec<String>,
}

impl<'a> Reader<'a> {
    fn bits(&mut self) -> Option<u64> {
        let (first, rest) = self.numbers.split_first()?;
        self.numbers = rest;
        Some(*first)
    }

    fn number(&mut self) -> Option<f64> {
        self.bits().map(f64::from_bits)
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // counts, and saturating
    fn count(&mut self) -> Option<usize> {
        self.number().map(|number| number as usize)
    }

    /// The next text, of as many UTF-16 units as the next number says.
    fn text(&mut self) -> Option<&'a str> {
        let length = self.count()?;
        let quick = self.text.get(..length).filter(|text| text.is_ascii());
        let end = match quick {
            Some(_) => length,
            None => {
                let mut units = 0;
                let after = self.text.char_indices().find(|(_, character)| {
                    let reached = units >= length;
                    units += character.len_utf16();
                    reached
                });
                after.map_or(self.text.len(), |(end, _)| end)
            }
        };
        let (text, rest) = self.text.split_at_checked(end)?;
        self.text = rest.strip_prefix('\n')?;
        Some(text)
    }

    fn owned(&mut self) -> Option<String> {
        self.text().map(str::to_owned)
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.count()?;
        let (bytes, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(bytes)
    }

    /// As many raw numbers as the next number says.
    fn row(&mut self) -> Option<&'a [u64]> {
        let length = self.count()?;
        let (row, rest) = self.numbers.split_at_checked(length)?;
        self.numbers = rest;
        Some(row)
    }

    fn key(&mut self) -> Option<String> {
        let index = self.count()?;
        if index == self.keys.len() {
            let key = self.owned()?;
            self.keys.push(key);
        }
        self.keys.get(index).cloned()
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn value(&mut self) -> Option<InputValue> {
        Some(match self.number()? as u32 {
            UNDEFINED => InputValue::Undefined,
            NULL => InputValue::Null,
            FALSE => InputValue::Bool(false),
            TRUE => InputValue::Bool(true),
            NUMBER => InputValue::Number(self.number()?),
            FLOAT => InputValue::Float(self.number()?),
            INT => InputValue::Int(self.bits()?.cast_signed()),
            BIG_INT => InputValue::BigInt(self.bits()?),
            TEXT => InputValue::Text(self.owned()?),
            INSTANT => {
                let (seconds, nanos) = (whole(self.number()?), whole(self.number()?));
                match (seconds, nanos.and_then(|nanos| i32::try_from(nanos).ok())) {
                    (Some(seconds), Some(nanos)) if is_instant(seconds, nanos) => {
                        InputValue::Instant { seconds, nanos }
                    }
                    _ => InputValue::Other(NO_INSTANT.to_owned()),
                }
            }
            DURATION => InputValue::Duration { seconds: self.number()? as i64, nanos: self.number()? as i32 },
            BYTES => InputValue::Bytes(self.bytes()?.to_vec()),
            LIST => {
                let count = self.count()?;
                let mut items = Vec::with_capacity(count.min(self.numbers.len()));
                for _ in 0..count {
                    items.push(self.value()?);
                }
                InputValue::List(items)
            }
            NUMBERS => InputValue::Numbers(self.row()?.iter().map(|bits| f64::from_bits(*bits)).collect()),
            INTS => InputValue::Ints(self.row()?.iter().map(|bits| bits.cast_signed()).collect()),
            MAP => {
                let count = self.count()?;
                let mut entries = Vec::with_capacity(count.min(self.numbers.len()));
                for _ in 0..count {
                    let key = self.key()?;
                    entries.push((key, self.value()?));
                }
                InputValue::Map(entries)
            }
            PAIRS => {
                let (count, mut pairs) = (self.count()?, Vec::new());
                for _ in 0..count {
                    let key = self.value()?;
                    pairs.push((key, self.value()?));
                }
                InputValue::Pairs(pairs)
            }
            BLOB => {
                let multipart = self.number()? != 0.0;
                InputValue::Blob { uri: self.owned()?, format: self.owned()?, multipart }
            }
            DATASET => InputValue::StructuredDataset { uri: self.owned()?, format: self.owned()? },
            CONTENT => InputValue::Content { index: self.count()?, in_words: self.owned()? },
            VARIANT => {
                let tag = self.owned()?;
                InputValue::Variant { tag, value: Box::new(self.value()?) }
            }
            LITERAL => InputValue::Literal(Literal::new(self.bytes()?)),
            OTHER => InputValue::Other(self.owned()?),
            _ => return None,
        })
    }
}

#[derive(Default)]
struct Packer {
    packed: Packed,
    /// How many keys have a number.
    keys: u32,
    /// The keys of the last object at each depth, with their numbers: the next one probably has the same.
    known: Vec<Vec<(String, u32)>>,
}

impl Packer {
    fn number(&mut self, number: f64) {
        self.packed.numbers.push(number.to_bits());
    }

    fn mark(&mut self, mark: u32) {
        self.number(mark.into());
    }

    #[allow(clippy::cast_precision_loss)]
    fn count(&mut self, count: usize) {
        self.number(count as f64);
    }

    fn text(&mut self, text: &str) {
        let units = if text.is_ascii() { text.len() } else { text.chars().map(char::len_utf16).sum() };
        self.count(units);
        self.packed.text.push_str(text);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.packed.bytes.extend_from_slice(bytes);
    }

    /// A message that JavaScript gets as ProtoJSON.
    fn message(&mut self, name: &str, bytes: &[u8]) {
        self.mark(LITERAL);
        self.text(name);
        self.bytes(bytes);
    }

    #[allow(clippy::cast_precision_loss)]
    fn value(&mut self, value: &OutputValue, depth: usize) {
        match value {
            OutputValue::Null => self.mark(NULL),
            OutputValue::Bool(flag) => self.mark(if *flag { TRUE } else { FALSE }),
            OutputValue::Int(number) => {
                self.mark(INT);
                self.packed.numbers.push(number.cast_unsigned());
            }
            OutputValue::BigInt(number) => {
                self.mark(BIG_INT);
                self.packed.numbers.push(*number);
            }
            OutputValue::Float(number) => {
                self.mark(NUMBER);
                self.number(*number);
            }
            OutputValue::Text(text) => {
                self.mark(TEXT);
                self.text(text);
            }
            OutputValue::Bytes(bytes) => {
                self.mark(BYTES);
                self.bytes(bytes);
            }
            OutputValue::Instant { seconds, nanos } | OutputValue::Duration { seconds, nanos } => {
                let is_instant = matches!(value, OutputValue::Instant { .. });
                self.mark(if is_instant { INSTANT } else { DURATION });
                self.number(*seconds as f64);
                self.number((*nanos).into());
            }
            OutputValue::List(items) => {
                self.mark(LIST);
                self.count(items.len());
                for item in items {
                    self.value(item, depth + 1);
                }
            }
            OutputValue::Ints(numbers) => {
                self.mark(INTS);
                self.count(numbers.len());
                self.packed.numbers.extend(numbers.iter().map(|number| number.cast_unsigned()));
            }
            OutputValue::Floats(numbers) => {
                self.mark(NUMBERS);
                self.count(numbers.len());
                self.packed.numbers.extend(numbers.iter().map(|number| number.to_bits()));
            }
            OutputValue::Map(entries) => self.map(entries, depth),
            OutputValue::Pairs(pairs) => {
                self.mark(PAIRS);
                self.count(pairs.len());
                for (key, value) in pairs {
                    self.value(key, depth + 1);
                    self.value(value, depth + 1);
                }
            }
            OutputValue::Variant { tag, value } => {
                self.mark(VARIANT);
                self.text(tag);
                self.value(value, depth + 1);
            }
            OutputValue::Blob { uri, format, multipart } => {
                self.mark(BLOB);
                self.number((*multipart).into());
                self.text(uri);
                self.text(format);
            }
            OutputValue::StructuredDataset { uri, format, columns } => {
                self.mark(DATASET);
                self.text(uri);
                self.text(format);
                self.count(columns.len());
                for (name, of) in columns {
                    self.text(name);
                    self.text(of);
                }
            }
            OutputValue::Binary { tag, value } => {
                self.mark(BINARY);
                self.text(tag);
                self.bytes(value);
            }
            OutputValue::Error { message, failed_node_id } => {
                self.mark(ERROR);
                self.text(message);
                self.text(failed_node_id);
            }
            OutputValue::Offloaded { uri, size } => {
                self.mark(OFFLOADED);
                self.text(uri);
                self.number(*size as f64);
            }
            OutputValue::Beside(place) => {
                self.mark(BESIDE);
                self.count(*place);
            }
            OutputValue::Literal(bytes) => self.message("flyteidl.core.Literal", bytes),
            OutputValue::Message(name, bytes) => self.message(name, bytes),
        }
    }

    fn map(&mut self, entries: &[(String, OutputValue)], depth: usize) {
        self.mark(MAP);
        self.count(entries.len());
        if self.known.len() <= depth {
            self.known.resize(depth + 1, Vec::new());
        }
        for (index, (name, value)) in entries.iter().enumerate() {
            let known = self.known.get_mut(depth);
            let number = match known.as_ref().and_then(|known| known.get(index)) {
                Some((key, number)) if key == name => Some(*number),
                _ => None,
            };
            match number {
                Some(number) => self.mark(number),
                None => {
                    let number = self.keys;
                    self.keys += 1;
                    if let Some(known) = known {
                        known.truncate(index);
                        known.push((name.clone(), number));
                    }
                    self.mark(number);
                    self.text(name);
                }
            }
            self.value(value, depth + 1);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn bits(numbers: &[f64]) -> Vec<u64> {
        numbers.iter().map(|number| number.to_bits()).collect()
    }

    #[test]
    fn texts_of_any_width_are_cut_at_their_length() {
        let texts = ["naïve 🚀", "", "a\nb", "plain"];
        let lengths = texts.map(|text| text.encode_utf16().count() as f64);
        let mut numbers = vec![12.0, 4.0];
        lengths.iter().for_each(|length| numbers.extend([8.0, *length]));
        let packed =
            Packed { numbers: bits(&numbers), text: texts.map(|text| format!("{text}\n")).concat(), bytes: vec![] };
        let expected = texts.map(|text| InputValue::Text(text.to_owned())).to_vec();
        assert_eq!(packed.unpack(), Some(InputValue::List(expected)));
    }

    #[test]
    fn dates_of_impossible_parts_are_no_dates() {
        let unpack =
            |seconds, nanos| Packed { numbers: bits(&[9.0, seconds, nanos]), ..Packed::default() }.unpack().unwrap();
        assert_eq!(unpack(-1.0, 999_999_999.0), InputValue::Instant { seconds: -1, nanos: 999_999_999 });
        for (seconds, nanos) in
            [(1.0, -1.0), (1.0, 1e9), (1.5, 1.0), (1.0, 0.5), (f64::NAN, 0.0), (253_402_300_800.0, 0.0)]
        {
            assert_eq!(unpack(seconds, nanos), InputValue::Other(NO_INSTANT.to_owned()), "{seconds} {nanos}");
        }
    }

    #[test]
    fn keys_are_written_once() {
        let row = |a: i64| OutputValue::Map(vec![("a".into(), OutputValue::Int(a)), ("bé".into(), OutputValue::Null)]);
        let packed = Packed::of(&OutputValue::List(vec![row(1), row(2)]));
        assert_eq!(packed.text, "abé");
        let numbers = [
            12.0,
            2.0,
            15.0,
            2.0,
            0.0,
            1.0,
            6.0,
            f64::from_bits(1),
            1.0,
            2.0,
            1.0,
            15.0,
            2.0,
            0.0,
            6.0,
            f64::from_bits(2),
            1.0,
            1.0,
        ];
        assert_eq!(packed.numbers, bits(&numbers));
    }

    #[test]
    fn what_is_not_one_whole_value_is_refused() {
        let unpack = |numbers: &[f64]| Packed { numbers: bits(numbers), ..Packed::default() }.unpack();
        for numbers in [
            &[][..],
            &[99.0],
            &[4.0],
            &[12.0, 3.0, 1.0],
            &[1.0, 1.0],
            &[8.0, 5.0],
            &[13.0, 1e300],
            &[12.0, f64::NAN, 1.0],
        ] {
            assert_eq!(unpack(numbers), None, "{numbers:?}");
        }
    }
}
