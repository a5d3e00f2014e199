//! Long lists of numbers, without a value for each: the bytes of an element are nearly always the same few.

use super::input::whole;
use super::to_literal::Fit;
use super::{LiteralType, OutputValue, TypeKind};

/// Shorter lists are read element by element, so that those who match on values meet one form.
const LONG: usize = 64;

/// The numbers of a serialised `flyteidl.core.LiteralCollection`. `None` when it is short, or when any element is
/// something else or written in another way.
pub(super) fn read(items: &[u8], element: Option<&LiteralType>) -> Option<OutputValue> {
    // The shortest integer has 8 bytes.
    if items.len() < LONG * 8 {
        return None;
    }
    let is_float = *items.get(6)? == FLOAT;
    let (value, rest) = match element.map(|element| &element.kind) {
        None | Some(TypeKind::Float) if is_float => floats(items),
        None | Some(TypeKind::Integer) if !is_float => integers(items),
        _ => return None,
    };
    rest.is_empty().then_some(value)
}

/// literals { scalar { primitive { integer or float_value } } }: three lengths, then the tag of the number.
const LITERAL: u8 = 0x0a;
const INTEGER: u8 = 0x08;
const FLOAT: u8 = 0x11;

/// All up to the first element that is no integer, and what is left.
fn integers(mut rest: &[u8]) -> (OutputValue, &[u8]) {
    let mut numbers = Vec::with_capacity(rest.len() / 9);
    while let [LITERAL, outer, LITERAL, scalar, LITERAL, primitive, INTEGER, tail @ ..] = rest {
        let Some((number, length)) = varint(tail) else { break };
        if [*primitive, *scalar, *outer] != [length + 1, length + 3, length + 5] {
            break;
        }
        numbers.push(number.cast_signed());
        rest = tail.get(usize::from(length)..).unwrap_or_default();
    }
    (OutputValue::Ints(numbers), rest)
}

/// A varint and how many bytes it has.
#[inline(always)]
fn varint(bytes: &[u8]) -> Option<(u64, u8)> {
    let (mut value, mut shift) = (0, 0);
    for byte in bytes.iter().take(10) {
        value |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if *byte < 0x80 {
            return Some((value, shift as u8 / 7));
        }
    }
    None
}

/// All up to the first element that is no float, and what is left.
fn floats(mut rest: &[u8]) -> (OutputValue, &[u8]) {
    let mut numbers = Vec::with_capacity(rest.len() / 15);
    while let [LITERAL, 13, LITERAL, 11, LITERAL, 9, FLOAT, tail @ ..] = rest {
        let Some((number, left)) = tail.split_first_chunk() else { break };
        numbers.push(f64::from_le_bytes(*number));
        rest = left;
    }
    (OutputValue::Floats(numbers), rest)
}

/// Appends the elements for numbers that are all right. `None` when nothing was written, for want of a type or a number
/// that is not right.
pub(super) fn write(numbers: &[f64], element: &TypeKind, out: &mut Vec<u8>) -> Option<Fit> {
    match element {
        TypeKind::Float => {
            let (mut elements, mut all_fractions) = (Elements::new(out), true);
            for number in numbers {
                all_fractions &= number.trunc() != *number;
                elements.put(8, head(8, FLOAT), number.to_bits());
            }
            elements.flush();
            Some(u8::from(!all_fractions))
        }
        TypeKind::Integer => write_integers(numbers.iter().map(|number| whole(*number)), out).then_some(0),
        _ => None,
    }
}

/// Appends the elements for integers. False when one of them is none, and nothing was written.
pub(super) fn write_integers(numbers: impl Iterator<Item = Option<i64>>, out: &mut Vec<u8>) -> bool {
    let start = out.len();
    let mut elements = Elements::new(out);
    for number in numbers {
        let Some(number) = number else {
            out.truncate(start);
            return false;
        };
        let mut value = number.cast_unsigned();
        let length = u64::from((70 - (value | 1).leading_zeros()) / 7);
        let (mut first, mut shift) = (0, 0);
        while shift < 64 && value >= 0x80 {
            first |= (value & 0x7f | 0x80) << shift;
            (value, shift) = (value >> 7, shift + 8);
        }
        if shift < 64 {
            elements.put(length as usize, head(length, INTEGER), first | value << shift);
            continue;
        }
        // What does not fit into eight bytes: large and negative numbers.
        elements.put(8, head(length, INTEGER), first);
        while value > 0 {
            let more = if value >= 0x80 { 0x80 } else { 0 };
            elements.byte(value as u8 & 0x7f | more);
            value >>= 7;
        }
    }
    elements.flush();
    true
}

/// Elements on their way, put together in a small place of fixed size: growing a vector by each would take half of the
/// time.
struct Elements<'a> {
    out: &'a mut Vec<u8>,
    block: [u8; 1024],
    at: usize,
}

impl<'a> Elements<'a> {
    fn new(out: &'a mut Vec<u8>) -> Self {
        Elements { out, block: [0; 1024], at: 0 }
    }

    /// Writes seven bytes of a head and `length` bytes of a number, of which at most two more follow.
    fn put(&mut self, length: usize, head: u64, number: u64) {
        if self.at > self.block.len() - 32 {
            self.flush();
        }
        let element = u128::from(head) | u128::from(number) << 56;
        if let Some(room) = self.block.get_mut(self.at..self.at + 16) {
            room.copy_from_slice(&element.to_le_bytes());
        }
        self.at += 7 + length;
    }

    fn byte(&mut self, byte: u8) {
        if let Some(room) = self.block.get_mut(self.at) {
            *room = byte;
            self.at += 1;
        }
    }

    fn flush(&mut self) {
        self.out.extend_from_slice(self.block.get(..self.at).unwrap_or_default());
        self.at = 0;
    }
}

/// What stands before a number of so many bytes.
fn head(length: u64, tag: u8) -> u64 {
    let tag = u64::from(tag);
    0x0a | (length + 5) << 8 | 0x0a << 16 | (length + 3) << 24 | 0x0a << 32 | (length + 1) << 40 | tag << 48
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::value::{to_literal, InputValue, LiteralType, Path};

    fn items(values: InputValue, kind: TypeKind) -> Vec<u8> {
        let declared = LiteralType::list(LiteralType::simple(kind));
        let literal = to_literal(&values, &declared, &Path::new("x"), &mut Vec::new()).unwrap();
        crate::codec::field(literal.as_bytes(), 2).unwrap().to_vec()
    }

    #[test]
    fn long_lists_of_numbers_are_read_at_once() {
        let numbers = [0, 1, -1, 127, 128, i64::MAX, i64::MIN, 1 << 40].repeat(20);
        let bytes = items(InputValue::Ints(numbers.clone()), TypeKind::Integer);
        assert_eq!(read(&bytes, None), Some(OutputValue::Ints(numbers)));
        let floats = [0.5, -0.0, f64::INFINITY, 1e300].repeat(20);
        let bytes = items(InputValue::Numbers(floats.clone()), TypeKind::Float);
        assert_eq!(read(&bytes, Some(&LiteralType::simple(TypeKind::Float))), Some(OutputValue::Floats(floats)));
    }

    #[test]
    fn what_is_short_mixed_or_of_another_type_is_left_to_others() {
        assert_eq!(read(&items(InputValue::Numbers(vec![1.0; 9]), TypeKind::Integer), None), None);
        let mut bytes = items(InputValue::Numbers(vec![1.0; 99]), TypeKind::Integer);
        assert_eq!(read(&bytes, Some(&LiteralType::simple(TypeKind::Float))), None);
        bytes.extend(items(InputValue::Numbers(vec![1.5]), TypeKind::Float));
        assert_eq!(read(&bytes, None), None);
        bytes.truncate(bytes.len() - 3);
        assert_eq!(read(&bytes, None), None);
    }
}
