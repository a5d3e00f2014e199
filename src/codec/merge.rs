//! A message whose fields came in pieces, put together. protobuf allows it: the last scalar wins, the last member of
//! a oneof wins, messages merge, lists go on. Servers rarely do it, so the decoder comes here only when it meets it.

use super::wire::{push_tag, push_varint, wire_type, Fault, Wire, BYTES};
use crate::idl::schema::{FieldDef, Kind, MessageDef};

/// One occurrence of a field: the whole of it, and what is in it when that is bytes.
struct Piece<'a> {
    field: usize,
    whole: &'a [u8],
    payload: &'a [u8],
}

/// The same message with each field in one place, once, and unknown fields gone.
pub(super) fn merged(def: &MessageDef, bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let fields = def.fields();
    let pieces = keep_last(fields, pieces(fields, bytes)?);
    let mut out = Vec::with_capacity(bytes.len());
    for (place, field) in fields.iter().enumerate() {
        let same = || pieces.iter().filter(|piece| piece.field == place);
        if field.kind == Kind::Message && !field.is_repeated() && same().next().is_some() {
            push_tag(&mut out, field.number, BYTES);
            push_varint(&mut out, same().map(|piece| piece.payload.len() as u64).sum());
            same().for_each(|piece| out.extend_from_slice(piece.payload));
        } else {
            same().for_each(|piece| out.extend_from_slice(piece.whole));
        }
    }
    Ok(out)
}

fn pieces<'a>(fields: &[FieldDef], bytes: &'a [u8]) -> Result<Vec<Piece<'a>>, Fault> {
    let mut pieces = Vec::new();
    let mut wire = Wire::new(bytes);
    loop {
        let start = bytes.len() - wire.len();
        let tag = wire.tag()?;
        if tag == 0 {
            return Ok(pieces);
        }
        let known = fields.binary_search_by_key(&(tag >> 3), |field| field.number.into()).ok();
        match known.and_then(|place| Some((place, fields.get(place)?))) {
            Some((place, field)) if fits(field, tag & 7) => {
                let payload = wire.raw(tag & 7)?.bytes;
                let whole = bytes.get(start..bytes.len() - wire.len()).unwrap_or_default();
                pieces.push(Piece { field: place, whole, payload });
            }
            _ => wire.skip(tag)?,
        }
    }
}

/// Whether a field may come with a wire type. What does not fit is an unknown field.
#[inline]
pub(super) fn fits(field: &FieldDef, came: u32) -> bool {
    came == wire_type(field.kind) || (came == BYTES && field.is_repeated())
}

/// Drops scalars that a later one replaces, and members of a oneof that a later member replaces.
fn keep_last<'a>(fields: &[FieldDef], pieces: Vec<Piece<'a>>) -> Vec<Piece<'a>> {
    let mut scalars = 0u64;
    // For each oneof the member that came last; once another member is met, all before it are gone.
    let mut winners = [None; 64];
    let mut closed = 0u64;
    let mut kept = Vec::with_capacity(pieces.len());
    for piece in pieces.into_iter().rev() {
        let Some(field) = fields.get(piece.field) else { continue };
        if let (Some(winner), 1..) = (winners.get_mut(usize::from(field.oneof)), field.oneof) {
            if *winner.get_or_insert(piece.field) != piece.field {
                closed |= 1 << field.oneof;
            }
            if closed >> field.oneof & 1 != 0 {
                continue;
            }
        }
        if !field.is_repeated() && field.kind != Kind::Message {
            if scalars >> piece.field & 1 != 0 {
                continue;
            }
            scalars |= 1 << piece.field;
        }
        kept.push(piece);
    }
    kept.reverse();
    kept
}
