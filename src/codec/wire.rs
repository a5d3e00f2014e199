//! The wire format: tags, varints, lengths; reading that never runs out of its bytes, and writing with lengths that
//! are filled in afterwards.

use crate::idl::schema::Kind;

/// The wire type of numbers in variable length.
pub(super) const VARINT: u32 = 0;
/// The wire type of eight bytes.
pub(super) const FIXED64: u32 = 1;
/// The wire type of texts, bytes, messages and packed lists.
pub(super) const BYTES: u32 = 2;
const START_GROUP: u32 = 3;
const END_GROUP: u32 = 4;
/// The wire type of four bytes.
pub(super) const FIXED32: u32 = 5;

/// What is wrong with bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Fault {
    Truncated,
    Varint,
    Tag,
    Group,
    Depth,
    Utf8,
    Timestamp,
    Duration,
    ValueNumber,
    /// A field came in more than one piece; only seen inside the decoder, which then merges the pieces.
    Pieces,
}

impl Fault {
    pub(super) fn text(self) -> &'static str {
        match self {
            Fault::Truncated => "the bytes end inside of a value",
            Fault::Varint => "a varint of more than ten bytes",
            Fault::Tag => "bytes that are not a field tag",
            Fault::Group => "a group that is not opened and closed in order",
            Fault::Depth => "nested deeper than 100 levels",
            Fault::Utf8 => "text that is not UTF-8",
            Fault::Timestamp => "a timestamp outside of the years 1 to 9999",
            Fault::Duration => "a duration of more than 10000 years, or with two signs",
            Fault::ValueNumber => "a google.protobuf.Value that is NaN or infinite",
            Fault::Pieces => "a field in pieces",
        }
    }
}

/// The wire type that a kind has outside of a packed list.
pub(super) fn wire_type(kind: Kind) -> u32 {
    match kind {
        Kind::Double | Kind::Fixed64 | Kind::Sfixed64 => FIXED64,
        Kind::Float | Kind::Fixed32 | Kind::Sfixed32 => FIXED32,
        Kind::String | Kind::Bytes | Kind::Message => BYTES,
        _ => VARINT,
    }
}

/// Bytes still to be read.
#[derive(Clone, Copy)]
pub(super) struct Wire<'a> {
    rest: &'a [u8],
}

/// A value as it stands on the wire: `bits` of a number, or `bytes`.
#[derive(Clone, Copy, Default)]
pub(super) struct Raw<'a> {
    pub(super) bits: u64,
    pub(super) bytes: &'a [u8],
}

impl<'a> Wire<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Wire { rest: bytes }
    }

    pub(super) fn len(&self) -> usize {
        self.rest.len()
    }

    pub(super) fn varint(&mut self) -> Result<u64, Fault> {
        self.quick_varint()
    }

    /// As [`Self::varint`], in line whatever the compiler thinks of it.
    #[inline(always)]
    pub(super) fn quick_varint(&mut self) -> Result<u64, Fault> {
        match self.rest {
            [byte, rest @ ..] if *byte < 0x80 => {
                self.rest = rest;
                Ok(u64::from(*byte))
            }
            _ => self.long_varint(),
        }
    }

    #[inline(never)]
    fn long_varint(&mut self) -> Result<u64, Fault> {
        let (mut value, mut shift) = (0, 0);
        while let [byte, rest @ ..] = self.rest {
            self.rest = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                return Ok(value);
            }
            shift += 7;
            if shift > 63 {
                return Err(Fault::Varint);
            }
        }
        Err(Fault::Truncated)
    }

    /// The next tag; 0 at the end.
    pub(super) fn tag(&mut self) -> Result<u32, Fault> {
        self.quick_tag()
    }

    /// As [`Self::tag`], in line: for the loops where the time goes.
    #[inline(always)]
    pub(super) fn quick_tag(&mut self) -> Result<u32, Fault> {
        if self.rest.is_empty() {
            return Ok(0);
        }
        match u32::try_from(self.quick_varint()?) {
            Ok(tag) if tag >= 8 => Ok(tag),
            _ => Err(Fault::Tag),
        }
    }

    pub(super) fn bytes(&mut self) -> Result<&'a [u8], Fault> {
        self.quick_bytes()
    }

    /// As [`Self::bytes`], in line.
    #[inline(always)]
    pub(super) fn quick_bytes(&mut self) -> Result<&'a [u8], Fault> {
        let length = usize::try_from(self.quick_varint()?).map_err(|_| Fault::Truncated)?;
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(Fault::Truncated)?;
        self.rest = rest;
        Ok(bytes)
    }

    fn fixed32(&mut self) -> Result<u64, Fault> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(Fault::Truncated)?;
        self.rest = rest;
        Ok(u64::from(u32::from_le_bytes(*bytes)))
    }

    fn fixed64(&mut self) -> Result<u64, Fault> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(Fault::Truncated)?;
        self.rest = rest;
        Ok(u64::from_le_bytes(*bytes))
    }

    /// A value of one of the four wire types that have one.
    pub(super) fn raw(&mut self, wire_type: u32) -> Result<Raw<'a>, Fault> {
        match wire_type {
            VARINT => Ok(Raw { bits: self.varint()?, bytes: &[] }),
            BYTES => Ok(Raw { bits: 0, bytes: self.bytes()? }),
            FIXED32 => Ok(Raw { bits: self.fixed32()?, bytes: &[] }),
            FIXED64 => Ok(Raw { bits: self.fixed64()?, bytes: &[] }),
            _ => Err(Fault::Tag),
        }
    }

    /// As [`Self::skip`], in line.
    #[inline(always)]
    pub(super) fn quick_skip(&mut self, tag: u32) -> Result<(), Fault> {
        match tag & 7 {
            BYTES => self.quick_bytes().map(|_| ()),
            _ => self.skip(tag),
        }
    }

    /// Skips the value of `tag`.
    #[inline(never)]
    pub(super) fn skip(&mut self, tag: u32) -> Result<(), Fault> {
        match tag & 7 {
            START_GROUP => self.skip_group(tag >> 3, 0),
            END_GROUP => Err(Fault::Group),
            wire_type => self.raw(wire_type).map(|_| ()),
        }
    }

    fn skip_group(&mut self, number: u32, depth: u32) -> Result<(), Fault> {
        if depth > super::MAX_DEPTH {
            return Err(Fault::Depth);
        }
        loop {
            let tag = self.tag()?;
            match tag & 7 {
                _ if tag == 0 => return Err(Fault::Truncated),
                START_GROUP => self.skip_group(tag >> 3, depth + 1)?,
                END_GROUP if tag >> 3 == number => return Ok(()),
                _ => self.skip(tag)?,
            }
        }
    }
}

/// Appends a varint.
#[inline(never)]
pub(super) fn push_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends a tag.
#[inline(never)]
pub(super) fn push_tag(out: &mut Vec<u8>, number: u16, wire_type: u32) {
    push_varint(out, u64::from(u32::from(number) << 3 | wire_type));
}

/// Appends bytes with their length in front.
#[inline(never)]
pub(super) fn push_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    push_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Leaves room for a length; [`close`] fills it in when what it counts has been written.
#[inline(never)]
pub(super) fn open(out: &mut Vec<u8>) -> usize {
    out.push(0);
    out.len()
}

/// Fills in the length of all that was written since [`open`], which returned `start`. A length of more than one byte
/// moves what it counts; returns by how much.
#[inline(never)]
pub(super) fn close(out: &mut Vec<u8>, start: usize) -> usize {
    let length = out.len().saturating_sub(start);
    if length >= 0x80 {
        return close_long(out, start, length);
    }
    if let Some(place) = out.get_mut(start.wrapping_sub(1)) {
        *place = length as u8;
    }
    0
}

#[inline(never)]
fn close_long(out: &mut Vec<u8>, start: usize, length: usize) -> usize {
    let more = (length.ilog2() / 7) as usize;
    out.resize(start + length + more, 0);
    out.copy_within(start..start + length, start + more);
    let mut left = length;
    for place in out.iter_mut().skip(start - 1).take(more + 1) {
        *place = (left & 0x7f) as u8 | 0x80;
        left >>= 7;
    }
    if let Some(last) = out.get_mut(start + more - 1) {
        *last &= 0x7f;
    }
    more
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_every_size_are_filled_in() {
        for length in [0, 1, 127, 128, 129, 16_383, 16_384, 2_097_151, 2_097_152] {
            let mut out = vec![9];
            let start = open(&mut out);
            out.extend((0..length).map(|i| i as u8));
            close(&mut out, start);
            let mut wire = Wire::new(&out[1..]);
            let bytes = wire.bytes().unwrap();
            assert_eq!((bytes.len(), wire.len()), (length, 0));
            assert!(bytes.iter().enumerate().all(|(i, byte)| *byte == i as u8));
        }
    }

    #[test]
    fn varints_of_every_length_are_read_with_and_without_bytes_behind_them() {
        for shift in 0..64 {
            for value in [1u64 << shift, (1 << shift) - 1, u64::MAX >> shift, 0x5555_5555_5555_5555 >> shift] {
                for behind in [0, 1, 12] {
                    let mut out = Vec::new();
                    push_varint(&mut out, value);
                    out.resize(out.len() + behind, 0xff);
                    let mut wire = Wire::new(&out);
                    assert_eq!((wire.varint(), wire.len()), (Ok(value), behind));
                }
            }
        }
    }

    #[test]
    fn varints_of_ten_bytes_are_read_and_longer_ones_refused() {
        let mut out = Vec::new();
        push_varint(&mut out, u64::MAX);
        assert_eq!(out.len(), 10);
        assert_eq!(Wire::new(&out).varint(), Ok(u64::MAX));
        assert_eq!(Wire::new(&[0xff; 11]).varint(), Err(Fault::Varint));
        assert_eq!(Wire::new(&[0xff; 3]).varint(), Err(Fault::Truncated));
    }

    #[test]
    fn groups_are_skipped_with_all_they_hold() {
        let bytes = [0x0b, 0x13, 0x08, 0x05, 0x14, 0x12, 0x01, 0xff, 0x0c, 0x18, 0x07];
        let mut wire = Wire::new(&bytes);
        let tag = wire.tag().unwrap();
        assert_eq!(wire.skip(tag), Ok(()));
        assert_eq!(wire.tag(), Ok(0x18));
    }

    #[test]
    fn groups_that_do_not_end_well_are_refused() {
        for (bytes, fault) in [
            (&[0x0b, 0x14][..], Fault::Group),
            (&[0x0b][..], Fault::Truncated),
            (&[0x0c][..], Fault::Group),
            (&[0x0b; 500][..], Fault::Depth),
        ] {
            let mut wire = Wire::new(bytes);
            let tag = wire.tag().unwrap();
            assert_eq!(wire.skip(tag), Err(fault));
        }
    }
}
