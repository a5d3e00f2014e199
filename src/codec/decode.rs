//! Wire bytes to ProtoJSON text, in one pass without a tree.
//!
//! Members are written with a comma in front, `,"a":1,"b":2`; the first comma is then turned into the bracket.

mod map_entry;

use self::map_entry::MapEntry;
use super::error::{path_text, Step, Steps, WireError};
use super::float::FloatText;
use super::merge::{fits, merged};
use super::order::sorted;
use super::text::{push_base64, push_signed, push_string, push_unsigned};
use super::time::{push_duration, push_timestamp, Moment};
use super::wire::{wire_type, Fault, Raw, Wire, BYTES};
use super::MAX_DEPTH;
use crate::idl::schema::{FieldDef, Form, Kind, MessageDef, MessageId};

type Outcome = Result<(), Fault>;

/// Where an entry of a map stands in the output: `start` is its comma.
#[derive(Clone, Copy)]
struct Entry {
    start: usize,
    key_end: usize,
}

struct Decoder<'a> {
    floats: &'a dyn FloatText,
    out: &'a mut Vec<u8>,
    depth: u32,
    /// Collected while an error travels up.
    steps: Steps,
    /// Entries of the maps that are being written, the innermost map last.
    entries: Vec<Entry>,
}

pub(super) fn decode(id: MessageId, wire: &[u8], floats: &dyn FloatText, out: &mut Vec<u8>) -> Result<(), WireError> {
    let mut decoder = Decoder { floats, out, depth: 0, steps: Vec::new(), entries: Vec::new() };
    let outcome = decoder.message(id, wire);
    outcome.map_err(|fault| WireError { path: path_text(&decoder.steps), reason: fault.text() })
}

impl Decoder<'_> {
    fn message(&mut self, id: MessageId, wire: &[u8]) -> Outcome {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Fault::Depth);
        }
        let def = id.def();
        match def.form {
            Form::Plain => {
                let start = self.out.len();
                self.fields(def, wire)?;
                self.bracket(start, b'{');
            }
            _ => self.well_known(def, wire)?,
        }
        self.depth -= 1;
        Ok(())
    }

    /// Turns the first comma since `start` into an opening bracket, and closes it.
    fn bracket(&mut self, start: usize, open: u8) {
        match self.out.get_mut(start) {
            Some(comma) => *comma = open,
            None => self.out.push(open),
        }
        self.out.push(open + 2);
    }

    /// Writes the fields, each with a comma in front.
    fn fields(&mut self, def: &'static MessageDef, wire: &[u8]) -> Outcome {
        let start = self.out.len();
        match self.fields_in_one_piece(def.fields(), wire) {
            Err(Fault::Pieces) => {
                self.out.truncate(start);
                self.fields_in_one_piece(def.fields(), &merged(def, wire)?)
            }
            outcome => outcome,
        }
    }

    /// As [`Self::fields`], for a message in which no field comes twice.
    fn fields_in_one_piece(&mut self, fields: &'static [FieldDef], wire: &[u8]) -> Outcome {
        let mut wire = Wire::new(wire);
        let (mut seen, mut oneofs, mut next) = (0u64, 0u64, 0);
        let mut tag = wire.quick_tag()?;
        while tag != 0 {
            let Some((place, field)) = find(fields, tag, next) else {
                wire.skip(tag)?;
                tag = wire.quick_tag()?;
                continue;
            };
            next = place + 1;
            let bit = 1u64.wrapping_shl(place as u32);
            let oneof = (1u64 << (field.oneof & 63)) & !1;
            if seen & bit != 0 || oneofs & oneof != 0 {
                return Err(Fault::Pieces);
            }
            seen |= bit;
            oneofs |= oneof;
            if field.is_repeated() {
                self.repeated(field, &mut wire, &mut tag)?;
                continue;
            }
            let raw = if tag & 7 == BYTES { Raw { bits: 0, bytes: wire.quick_bytes()? } } else { wire.raw(tag & 7)? };
            if field.has_presence() || !is_default(field.kind, raw) {
                self.out.extend_from_slice(field.quoted().as_bytes());
                self.value(field, raw).map_err(|fault| self.trace(fault, field))?;
            }
            tag = wire.quick_tag()?;
        }
        Ok(())
    }

    /// Notes where a fault is.
    #[cold]
    fn trace(&mut self, fault: Fault, field: &'static FieldDef) -> Fault {
        self.steps.push(Step::Field(field.name()));
        fault
    }

    #[inline(never)]
    fn repeated(&mut self, field: &'static FieldDef, wire: &mut Wire, tag: &mut u32) -> Outcome {
        let name = self.out.len();
        self.out.extend_from_slice(field.quoted().as_bytes());
        let start = self.out.len();
        self.members(field, wire, tag).map_err(|fault| self.trace(fault, field))?;
        if self.out.len() == start {
            self.out.truncate(name);
        } else {
            self.bracket(start, if field.is_map() { b'{' } else { b'[' });
        }
        Ok(())
    }

    fn members(&mut self, field: &'static FieldDef, wire: &mut Wire, tag: &mut u32) -> Outcome {
        if field.is_map() {
            self.map(field, wire, tag)
        } else {
            self.list(field, wire, tag)
        }
    }

    /// Writes the elements of a list as long as they follow each other, each with a comma in front.
    fn list(&mut self, field: &'static FieldDef, wire: &mut Wire, tag: &mut u32) -> Outcome {
        let own = wire_type(field.kind);
        let mut index = 0;
        loop {
            if *tag & 7 == own {
                let raw = wire.raw(own)?;
                self.element(field, raw, index)?;
                index += 1;
            } else if *tag & 7 == BYTES {
                let mut packed = Wire::new(wire.bytes()?);
                while packed.len() > 0 {
                    let raw = packed.raw(own)?;
                    self.element(field, raw, index)?;
                    index += 1;
                }
            } else {
                wire.skip(*tag)?;
            }
            *tag = wire.tag()?;
            if *tag >> 3 != u32::from(field.number) {
                return Ok(());
            }
        }
    }

    fn element(&mut self, field: &'static FieldDef, raw: Raw, index: usize) -> Outcome {
        self.out.push(b',');
        self.value(field, raw).inspect_err(|_| self.steps.push(Step::Index(index)))
    }

    /// Writes the entries of a map as long as they follow each other, each with a comma in front. Of entries with the
    /// same key the last one stays.
    fn map(&mut self, field: &'static FieldDef, wire: &mut Wire, tag: &mut u32) -> Outcome {
        let [key_field, value_field] = field.message().def().fields() else { return Err(Fault::Tag) };
        let base = self.entries.len();
        let mut sorted = true;
        loop {
            if *tag & 7 == BYTES {
                let entry = MapEntry::read(key_field, value_field, wire.bytes()?)?;
                let start = self.out.len();
                self.out.push(b',');
                self.map_key(key_field, entry.key)?;
                let key_end = self.out.len();
                self.out.push(b':');
                let value = entry.merged.as_deref().map_or(entry.value, |bytes| Raw { bits: 0, bytes });
                if let Err(fault) = self.value(value_field, value) {
                    let key = self.out.get(start + 2..key_end - 1).unwrap_or_default();
                    self.steps.push(Step::Key(String::from_utf8_lossy(key).into_owned()));
                    return Err(fault);
                }
                let entry = Entry { start, key_end };
                if let Some(before) = self.entries.get(base..).and_then(<[Entry]>::last) {
                    sorted &= self.key(before) < self.key(&entry);
                }
                self.entries.push(entry);
            } else {
                wire.skip(*tag)?;
            }
            *tag = wire.tag()?;
            if *tag >> 3 != u32::from(field.number) {
                break;
            }
        }
        if !sorted {
            self.sort_entries(base);
        }
        self.entries.truncate(base);
        Ok(())
    }

    fn key(&self, entry: &Entry) -> &[u8] {
        self.out.get(entry.start..entry.key_end).unwrap_or_default()
    }

    /// Puts entries in the order of their keys, as written, and keeps the last one of each key.
    #[cold]
    fn sort_entries(&mut self, base: usize) {
        let entries = self.entries.get(base..).unwrap_or_default();
        let key = |place: usize| entries.get(place).map_or(&[][..], |entry| self.key(entry));
        let order = sorted(entries.len(), &|a, b| key(a).cmp(key(b)));
        let is_last = |place: usize| match (order.get(place), order.get(place + 1)) {
            (Some(this), Some(next)) => key(*this) != key(*next),
            _ => true,
        };
        let start = entries.first().map_or(0, |entry| entry.start);
        let mut kept = Vec::with_capacity(self.out.len() - start);
        for (_, place) in order.iter().enumerate().filter(|(place, _)| is_last(*place)) {
            let start = entries.get(*place).map_or(0, |entry| entry.start);
            let end = entries.get(place + 1).map_or(self.out.len(), |entry| entry.start);
            kept.extend_from_slice(self.out.get(start..end).unwrap_or_default());
        }
        self.out.truncate(start);
        self.out.extend_from_slice(&kept);
    }

    fn map_key(&mut self, field: &FieldDef, raw: Raw) -> Outcome {
        match field.kind {
            Kind::String => push_string(self.out, raw.bytes),
            Kind::Bool => {
                self.out.extend_from_slice(if raw.bits == 0 { b"\"false\"" } else { b"\"true\"" });
                Ok(())
            }
            kind => {
                self.out.push(b'"');
                self.integer(kind, raw.bits);
                self.out.push(b'"');
                Ok(())
            }
        }
    }

    #[inline]
    fn value(&mut self, field: &FieldDef, raw: Raw) -> Outcome {
        match field.kind {
            Kind::Message => self.message(field.message(), raw.bytes),
            Kind::String => push_string(self.out, raw.bytes),
            _ => self.small_value(field, raw),
        }
    }

    #[inline(never)]
    fn small_value(&mut self, field: &FieldDef, raw: Raw) -> Outcome {
        match field.kind {
            Kind::Bool => self.out.extend_from_slice(if raw.bits == 0 { b"false" } else { b"true" }),
            Kind::Double => self.float(f64::from_bits(raw.bits)),
            Kind::Float => self.float(f32::from_bits(raw.bits as u32).into()),
            Kind::Enum => {
                let (enumeration, number) = (field.enumeration(), raw.bits as i32);
                match enumeration.by_number(number) {
                    _ if enumeration.is_null => self.out.extend_from_slice(b"null"),
                    None => push_signed(self.out, number.into()),
                    Some(value) => {
                        self.out.push(b'"');
                        self.out.extend_from_slice(value.name().as_bytes());
                        self.out.push(b'"');
                    }
                }
            }
            Kind::Bytes => {
                self.out.push(b'"');
                push_base64(self.out, raw.bytes);
                self.out.push(b'"');
            }
            kind @ (Kind::Int64 | Kind::Uint64 | Kind::Sint64 | Kind::Fixed64 | Kind::Sfixed64) => {
                self.out.push(b'"');
                self.integer(kind, raw.bits);
                self.out.push(b'"');
            }
            kind => self.integer(kind, raw.bits),
        }
        Ok(())
    }

    fn integer(&mut self, kind: Kind, bits: u64) {
        match kind {
            Kind::Uint32 => push_unsigned(self.out, u64::from(bits as u32)),
            Kind::Uint64 | Kind::Fixed64 | Kind::Fixed32 => push_unsigned(self.out, bits),
            Kind::Int64 | Kind::Sfixed64 => push_signed(self.out, bits as i64),
            Kind::Sint64 => push_signed(self.out, (bits >> 1) as i64 ^ -((bits & 1) as i64)),
            Kind::Sint32 => push_signed(self.out, i64::from((bits as u32 >> 1) as i32 ^ -((bits & 1) as i32))),
            _ => push_signed(self.out, i64::from(bits as i32)),
        }
    }

    fn float(&mut self, value: f64) {
        let size = value.abs();
        if size < 9e15 && size.trunc() == size {
            if value.is_sign_negative() {
                self.out.push(b'-');
            }
            push_unsigned(self.out, size as u64);
        } else if value.is_finite() {
            self.floats.print(value, self.out);
        } else {
            self.out.extend_from_slice(match value {
                f64::INFINITY => b"\"Infinity\"",
                f64::NEG_INFINITY => b"\"-Infinity\"",
                _ => b"\"NaN\"",
            });
        }
    }

    #[inline(never)]
    fn well_known(&mut self, def: &'static MessageDef, wire: &[u8]) -> Outcome {
        match def.form {
            Form::Timestamp => push_timestamp(self.out, moment(wire)?).then_some(()).ok_or(Fault::Timestamp),
            Form::Duration => push_duration(self.out, moment(wire)?).then_some(()).ok_or(Fault::Duration),
            Form::Any => self.any(wire),
            Form::Value => self.free_value(def, wire),
            Form::Wrapper => {
                let Some(field) = def.fields().first() else { return Err(Fault::Tag) };
                let raw = last(wire, 1, wire_type(field.kind))?;
                self.value(field, raw.unwrap_or_default())
            }
            _ => self.free_members(def, wire),
        }
    }

    /// Struct or ListValue: the one field they have is what they are.
    fn free_members(&mut self, def: &'static MessageDef, wire: &[u8]) -> Outcome {
        let Some(field) = def.fields().first() else { return Err(Fault::Tag) };
        let bytes;
        let mut wire = Wire::new(if pieces(wire, true)? > 1 {
            bytes = merged(def, wire)?;
            &bytes
        } else {
            wire
        });
        let start = self.out.len();
        let mut tag = wire.tag()?;
        while tag != 0 {
            if tag >> 3 != u32::from(field.number) || tag & 7 != BYTES {
                wire.skip(tag)?;
                tag = wire.tag()?;
                continue;
            }
            self.members(field, &mut wire, &mut tag)?;
        }
        self.bracket(start, if field.is_map() { b'{' } else { b'[' });
        Ok(())
    }

    /// google.protobuf.Value: one of six things.
    fn free_value(&mut self, def: &'static MessageDef, wire: &[u8]) -> Outcome {
        let bytes;
        let mut wire = Wire::new(if pieces(wire, false)? > 1 {
            bytes = merged(def, wire)?;
            &bytes
        } else {
            wire
        });
        loop {
            let tag = wire.tag()?;
            if tag == 0 {
                // Nothing is set. That is no valid Value; null is the nearest.
                self.out.extend_from_slice(b"null");
                return Ok(());
            }
            match find(def.fields(), tag, 0) {
                None => wire.skip(tag)?,
                Some((_, field)) => {
                    let raw = wire.raw(tag & 7)?;
                    if field.kind == Kind::Double && !f64::from_bits(raw.bits).is_finite() {
                        return Err(Fault::ValueNumber);
                    }
                    return self.value(field, raw);
                }
            }
        }
    }

    fn any(&mut self, wire: &[u8]) -> Outcome {
        let url = last(wire, 1, BYTES)?.unwrap_or_default().bytes;
        let value = last(wire, 2, BYTES)?.unwrap_or_default().bytes;
        if url.is_empty() {
            self.out.extend_from_slice(b"{}");
            return Ok(());
        }
        self.out.extend_from_slice(b"{\"@type\":");
        push_string(self.out, url)?;
        match any_type(url) {
            Some(id) if id.def().form == Form::Plain => self.fields(id.def(), value)?,
            known => {
                self.out.extend_from_slice(b",\"value\":");
                match known {
                    Some(id) => self.message(id, value)?,
                    // A type that this table does not know: its bytes, so that nothing is lost.
                    None => {
                        self.out.push(b'"');
                        push_base64(self.out, value);
                        self.out.push(b'"');
                    }
                }
            }
        }
        self.out.push(b'}');
        Ok(())
    }
}

/// The message that a type URL, `type.googleapis.com/flyteidl.core.Literal`, names.
pub(super) fn any_type(url: &[u8]) -> Option<MessageId> {
    let name = url.rsplit(|byte| *byte == b'/').next()?;
    MessageId::by_name(std::str::from_utf8(name).ok()?)
}

/// The field of a tag; `next` is a good guess. Nothing when the wire type is not one of the field's.
#[inline(always)]
fn find(fields: &'static [FieldDef], tag: u32, next: usize) -> Option<(usize, &'static FieldDef)> {
    let number = tag >> 3;
    let place = match fields.get(next) {
        Some(field) if u32::from(field.number) == number => next,
        _ => fields.iter().position(|field| u32::from(field.number) == number)?,
    };
    fields.get(place).filter(|field| fits(field, tag & 7)).map(|field| (place, field))
}

fn is_default(kind: Kind, raw: Raw) -> bool {
    match kind {
        Kind::String | Kind::Bytes => raw.bytes.is_empty(),
        // What does not fit in 32 bits is cut off.
        Kind::Int32 | Kind::Uint32 | Kind::Sint32 | Kind::Enum => raw.bits as u32 == 0,
        _ => raw.bits == 0,
    }
}

/// The last value of a field.
fn last(bytes: &[u8], number: u32, wire_type: u32) -> Result<Option<Raw<'_>>, Fault> {
    let (mut wire, mut found) = (Wire::new(bytes), None);
    loop {
        match wire.tag()? {
            0 => return Ok(found),
            tag if tag == number << 3 | wire_type => found = Some(wire.raw(wire_type)?),
            tag => wire.skip(tag)?,
        }
    }
}

/// Seconds and nanoseconds: fields 1 and 2 of both Timestamp and Duration.
fn moment(wire: &[u8]) -> Result<Moment, Fault> {
    let (mut wire, mut moment) = (Wire::new(wire), Moment::default());
    loop {
        match wire.tag()? {
            0 => return Ok(moment),
            0x08 => moment.seconds = wire.varint()? as i64,
            0x10 => moment.nanos = wire.varint()? as i32,
            tag => wire.skip(tag)?,
        }
    }
}

/// How many fields there are; neighbours of the same tag count as one where they are `lists`.
fn pieces(bytes: &[u8], lists: bool) -> Result<usize, Fault> {
    let (mut wire, mut pieces, mut before) = (Wire::new(bytes), 0, 0);
    loop {
        let tag = wire.tag()?;
        if tag == 0 {
            return Ok(pieces);
        }
        pieces += usize::from(tag != before || !lists);
        before = tag;
        wire.skip(tag)?;
    }
}
