//! `google.protobuf.Struct`, both ways: what JSON can say.

use super::from_literal::sorted_entries;
use super::typed::Typed;
use super::OutputValue;
use crate::codec::{Fields, Malformed, Writer};

/// How deep values may nest.
const MAX_DEPTH: u32 = 100;

/// A serialised `google.protobuf.Struct`. Its numbers are all floats.
pub(super) fn read_struct(bytes: &[u8], depth: u32) -> Result<OutputValue, Malformed> {
    let mut entries = Vec::new();
    for (name, value) in sorted_entries(bytes)? {
        entries.push((name, read_value(value, depth + 1)?));
    }
    Ok(OutputValue::Map(entries))
}

/// A serialised `google.protobuf.Value`.
fn read_value(value: &[u8], depth: u32) -> Result<OutputValue, Malformed> {
    if depth > MAX_DEPTH {
        return Err(Malformed);
    }
    let (mut fields, mut result) = (Fields::of(value), OutputValue::Null);
    while let Some(part) = fields.next()? {
        result = match part.number {
            2 => OutputValue::Float(part.double()?),
            3 => OutputValue::Text(part.text()?),
            4 => OutputValue::Bool(part.flag()?),
            5 => read_struct(part.message()?, depth)?,
            6 => {
                let (mut list, mut values) = (Fields::of(part.message()?), Vec::new());
                while let Some(item) = list.next()? {
                    if item.number == 1 {
                        values.push(read_value(item.message()?, depth + 1)?);
                    }
                }
                OutputValue::List(values)
            }
            _ => OutputValue::Null,
        };
    }
    Ok(result)
}

/// Writes the fields of a `google.protobuf.Struct`. Keys that are no texts are written as text, bytes not at all.
pub(super) fn write_struct(entries: &[(Typed<'_>, Typed<'_>)], out: &mut Writer) -> Result<(), &'static str> {
    for (key, value) in entries {
        let entry = out.open(1);
        match key {
            Typed::Text(key) => out.text(1, key),
            Typed::Int(key) => out.text(1, &key.to_string()),
            _ => return Err("a key that is no text can't be written to a protobuf Struct"),
        };
        let inner = out.open(2);
        write_value(value, out)?;
        out.close(inner);
        out.close(entry);
    }
    Ok(())
}

#[allow(clippy::cast_precision_loss)]
fn write_value(value: &Typed<'_>, out: &mut Writer) -> Result<(), &'static str> {
    match value {
        Typed::Null => out.set_int(1, 0),
        Typed::Bool(flag) => out.set_int(4, (*flag).into()),
        Typed::Int(number) if number.unsigned_abs() <= 1 << 53 => out.set_double(2, *number as f64),
        Typed::Int(_) | Typed::BigInt(_) => return Err("a protobuf Struct can't hold an integer beyond 2^53"),
        Typed::Float(number) if number.is_finite() => out.set_double(2, *number),
        Typed::Float(_) => return Err("a protobuf Struct can't hold NaN or infinities"),
        Typed::Text(text) => out.message(3, text.as_bytes()),
        Typed::Bytes(_) => return Err("a protobuf Struct can't hold bytes"),
        Typed::List(items) => {
            let list = out.open(6);
            for item in items {
                let inner = out.open(1);
                write_value(item, out)?;
                out.close(inner);
            }
            out.close(list);
            out
        }
        Typed::Map(entries) => {
            let inner = out.open(5);
            write_struct(entries, out)?;
            out.close(inner);
            out
        }
    };
    Ok(())
}
