//! Entries of maps: on the wire each is a message of two fields.

use super::super::wire::{wire_type, Fault, Raw, Wire};
use crate::idl::schema::{FieldDef, Kind};

/// A map's entry as it stands on the wire.
pub(super) struct MapEntry<'a> {
    pub(super) key: Raw<'a>,
    pub(super) value: Raw<'a>,
    /// The value, when it is a message that came in pieces.
    pub(super) merged: Option<Vec<u8>>,
}

impl<'a> MapEntry<'a> {
    /// Reads one; of a key or value that is there twice, the last.
    pub(super) fn read(key_field: &FieldDef, value_field: &FieldDef, bytes: &'a [u8]) -> Result<Self, Fault> {
        let mut wire = Wire::new(bytes);
        let mut entry = MapEntry { key: Raw::default(), value: Raw::default(), merged: None };
        let (key_tag, value_tag) = (8 | wire_type(key_field.kind), 16 | wire_type(value_field.kind));
        let mut values = 0;
        loop {
            match wire.tag()? {
                0 => return Ok(entry),
                tag if tag == key_tag => entry.key = wire.raw(tag & 7)?,
                tag if tag == value_tag => {
                    let value = wire.raw(tag & 7)?;
                    if values > 0 && value_field.kind == Kind::Message {
                        entry.merged.get_or_insert_with(|| entry.value.bytes.to_vec()).extend_from_slice(value.bytes);
                    }
                    entry.value = value;
                    values += 1;
                }
                tag => wire.skip(tag)?,
            }
        }
    }
}
