//! Messages field by field, for code that needs a few fields of a large message or writes a small one: a fraction of
//! the size of generated structs.

use prost_types::{Duration, Timestamp};

use super::wire::{close, open, push_bytes, push_tag, push_varint, Wire, BYTES, FIXED32, FIXED64, VARINT};

/// Bytes that are not the message they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// The fields of a serialised message in the order of the wire.
pub(crate) struct Fields<'a> {
    bytes: &'a [u8],
    wire: Wire<'a>,
}

/// One field.
#[derive(Clone, Copy)]
pub(crate) struct Field<'a> {
    /// Its number.
    pub number: u32,
    /// Tag and value as they came.
    pub whole: &'a [u8],
    wire_type: u32,
    bits: u64,
    bytes: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        Fields { bytes, wire: Wire::new(bytes) }
    }

    /// The next field that has a value; groups are skipped.
    pub(crate) fn next(&mut self) -> Result<Option<Field<'a>>, Malformed> {
        loop {
            let begin = self.bytes.len() - self.wire.len();
            let tag = self.wire.tag().map_err(|_| Malformed)?;
            if tag == 0 {
                return Ok(None);
            }
            let wire_type = tag & 7;
            if wire_type == 3 {
                self.wire.skip(tag).map_err(|_| Malformed)?;
                continue;
            }
            let raw = self.wire.raw(wire_type).map_err(|_| Malformed)?;
            let whole = self.bytes.get(begin..self.bytes.len() - self.wire.len()).ok_or(Malformed)?;
            return Ok(Some(Field { number: tag >> 3, whole, wire_type, bits: raw.bits, bytes: raw.bytes }));
        }
    }
}

impl<'a> Field<'a> {
    /// A message, or bytes.
    pub(crate) fn message(&self) -> Result<&'a [u8], Malformed> {
        if self.wire_type == BYTES {
            Ok(self.bytes)
        } else {
            Err(Malformed)
        }
    }

    /// A text.
    pub(crate) fn text(&self) -> Result<String, Malformed> {
        std::str::from_utf8(self.message()?).map(str::to_owned).map_err(|_| Malformed)
    }

    /// A whole number of up to 64 bits.
    pub(crate) fn int(&self) -> Result<i64, Malformed> {
        if self.wire_type == VARINT {
            Ok(self.bits.cast_signed())
        } else {
            Err(Malformed)
        }
    }

    /// A whole number of 32 bits, or an enum's.
    #[allow(clippy::cast_possible_truncation)] // as protobuf has it
    pub(crate) fn int32(&self) -> Result<i32, Malformed> {
        Ok(self.int()? as i32)
    }

    /// The numbers of a repeated enum: one, or several that are packed.
    #[allow(clippy::cast_possible_truncation)] // as protobuf has it
    pub(crate) fn each_int32(&self, see: &mut dyn FnMut(i32)) -> Result<(), Malformed> {
        if self.wire_type == VARINT {
            see(self.bits as i32);
            return Ok(());
        }
        let mut wire = Wire::new(self.message()?);
        while wire.len() > 0 {
            see(wire.varint().map_err(|_| Malformed)? as i32);
        }
        Ok(())
    }

    /// A boolean.
    pub(crate) fn flag(&self) -> Result<bool, Malformed> {
        Ok(self.int()? != 0)
    }

    /// A double.
    pub(crate) fn double(&self) -> Result<f64, Malformed> {
        if self.wire_type == FIXED64 {
            Ok(f64::from_bits(self.bits))
        } else {
            Err(Malformed)
        }
    }

    /// A float of 32 bits.
    #[allow(clippy::cast_possible_truncation)] // there are no more
    pub(crate) fn float(&self) -> Result<f32, Malformed> {
        if self.wire_type == FIXED32 {
            Ok(f32::from_bits(self.bits as u32))
        } else {
            Err(Malformed)
        }
    }

    /// A `google.protobuf.Timestamp`.
    pub(crate) fn timestamp(&self) -> Result<Option<Timestamp>, Malformed> {
        let (seconds, nanos) = self.seconds_and_nanos()?;
        Ok(Some(Timestamp { seconds, nanos }))
    }

    /// A `google.protobuf.Duration`.
    pub(crate) fn duration(&self) -> Result<Option<Duration>, Malformed> {
        let (seconds, nanos) = self.seconds_and_nanos()?;
        Ok(Some(Duration { seconds, nanos }))
    }

    /// The two fields of both.
    pub(crate) fn seconds_and_nanos(&self) -> Result<(i64, i32), Malformed> {
        let (mut fields, mut seconds, mut nanos) = (Fields::of(self.message()?), 0, 0);
        while let Some(field) = fields.next()? {
            match field.number {
                1 => seconds = field.int()?,
                2 => nanos = field.int32()?,
                _ => {}
            }
        }
        Ok((seconds, nanos))
    }

    /// The key and the value, a message, of a map's entry.
    pub(crate) fn entry(&self) -> Result<(String, &'a [u8]), Malformed> {
        let (mut fields, mut key, mut value) = (Fields::of(self.message()?), String::new(), &[][..]);
        while let Some(field) = fields.next()? {
            match field.number {
                1 => key = field.text()?,
                2 => value = field.message()?,
                _ => {}
            }
        }
        Ok((key, value))
    }
}

/// The message in the last field `number` of a message; empty when there is none.
pub(crate) fn field(bytes: &[u8], number: u32) -> Result<&[u8], Malformed> {
    let (mut fields, mut found) = (Fields::of(bytes), &[][..]);
    while let Some(field) = fields.next()? {
        if field.number == number {
            found = field.message()?;
        }
    }
    Ok(found)
}

/// A message under way. Default values are left out, as protobuf has it; messages are always written.
#[derive(Clone, Default)]
pub(crate) struct Writer {
    out: Vec<u8>,
}

impl Writer {
    pub(crate) fn new() -> Self {
        Writer::default()
    }

    pub(crate) fn message(&mut self, number: u16, bytes: &[u8]) -> &mut Self {
        push_tag(&mut self.out, number, BYTES);
        push_bytes(&mut self.out, bytes);
        self
    }

    pub(crate) fn bytes(&mut self, number: u16, bytes: &[u8]) -> &mut Self {
        if bytes.is_empty() {
            self
        } else {
            self.message(number, bytes)
        }
    }

    pub(crate) fn text(&mut self, number: u16, text: &str) -> &mut Self {
        self.bytes(number, text.as_bytes())
    }

    pub(crate) fn int(&mut self, number: u16, value: i64) -> &mut Self {
        if value == 0 {
            self
        } else {
            self.set_int(number, value)
        }
    }

    pub(crate) fn flag(&mut self, number: u16, value: bool) -> &mut Self {
        self.int(number, value.into())
    }

    /// An integer that is written also when it is 0: one alternative of several.
    pub(crate) fn set_int(&mut self, number: u16, value: i64) -> &mut Self {
        push_tag(&mut self.out, number, VARINT);
        push_varint(&mut self.out, value.cast_unsigned());
        self
    }

    /// A double that is written also when it is 0.
    pub(crate) fn set_double(&mut self, number: u16, value: f64) -> &mut Self {
        push_tag(&mut self.out, number, FIXED64);
        self.out.extend_from_slice(&value.to_le_bytes());
        self
    }

    /// A `google.protobuf.Timestamp` or `Duration`.
    pub(crate) fn time(&mut self, number: u16, seconds: i64, nanos: i32) -> &mut Self {
        let time = Writer::new().int(1, seconds).int(2, nanos.into()).done();
        self.message(number, &time)
    }

    /// An entry of a map of messages.
    pub(crate) fn entry(&mut self, number: u16, key: &str, value: &[u8]) -> &mut Self {
        let entry = Writer::new().text(1, key).message(2, value).done();
        self.message(number, &entry)
    }

    /// Texts by name, as a message that holds only such a map.
    pub(crate) fn texts(pairs: &[(String, String)]) -> Vec<u8> {
        let mut map = Writer::new();
        for (key, value) in pairs {
            map.message(1, &Writer::new().text(1, key).text(2, value).done());
        }
        map.done()
    }

    /// A field as it came.
    pub(crate) fn copy(&mut self, field: &Field<'_>) -> &mut Self {
        self.out.extend_from_slice(field.whole);
        self
    }

    /// Begins a message inside of this one: what is written from here to [`Self::close`] is its content.
    pub(crate) fn open(&mut self, number: u16) -> usize {
        push_tag(&mut self.out, number, BYTES);
        open(&mut self.out)
    }

    /// Ends the message that [`Self::open`] began.
    pub(crate) fn close(&mut self, start: usize) {
        close(&mut self.out, start);
    }

    /// Bytes written so far.
    pub(crate) fn len(&self) -> usize {
        self.out.len()
    }

    /// Takes back all that was written after the first `length` bytes, and returns it.
    pub(crate) fn take_back(&mut self, length: usize) -> Vec<u8> {
        if length < self.out.len() {
            self.out.split_off(length)
        } else {
            Vec::new()
        }
    }

    /// Bytes that are fields already.
    pub(crate) fn raw(&mut self, fields: &[u8]) -> &mut Self {
        self.out.extend_from_slice(fields);
        self
    }

    /// The bytes themselves, for a writer of its own.
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.out
    }

    /// The message.
    pub(crate) fn done(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut writer = Writer::new();
        writer.text(1, "a").int(2, -1).flag(3, true).set_double(4, -0.5).time(5, -3, -4).entry(6, "k", b"v");
        let bytes = writer.text(7, "").int(8, 0).set_int(9, 0).done();
        let (mut fields, mut seen) = (Fields::of(&bytes), Vec::new());
        while let Some(field) = fields.next().unwrap() {
            seen.push(field.number);
            match field.number {
                1 => assert_eq!(field.text().unwrap(), "a"),
                2 => assert_eq!((field.int().unwrap(), field.int32().unwrap()), (-1, -1)),
                3 => assert!(field.flag().unwrap()),
                4 => assert_eq!(field.double().unwrap().to_bits(), (-0.5_f64).to_bits()),
                5 => assert_eq!(field.seconds_and_nanos().unwrap(), (-3, -4)),
                6 => assert_eq!(field.entry().unwrap(), ("k".to_owned(), &b"v"[..])),
                _ => assert_eq!((field.number, field.int().unwrap()), (9, 0)),
            }
        }
        assert_eq!(seen, [1, 2, 3, 4, 5, 6, 9]);
    }

    #[test]
    fn a_value_of_another_kind_is_malformed() {
        let bytes = Writer::new().set_int(1, 7).done();
        let field = Fields::of(&bytes).next().unwrap().unwrap();
        assert!(field.text().is_err() && field.double().is_err());
        assert_eq!(field.whole, bytes);
        assert!(Fields::of(&[0x0a, 5]).next().is_err());
    }
}
