//! One schema table and one codec for all messages: wire bytes to ProtoJSON and back.
//!
//! Output has lowerCamelCase names, leaves default values out and prints 64-bit integers as strings. Input takes
//! lowerCamelCase or snake_case names, numbers or strings for integers, and refuses unknown fields.

mod columns;
mod decode;
mod encode;
mod error;
mod fields;
mod float;
pub(crate) mod json;
mod merge;
mod nearest;
pub(crate) mod number;
pub(crate) mod order;
mod pick;
mod row_lists;
mod rows;
pub(crate) mod text;
pub(crate) mod time;
mod wire;

pub use columns::{Column, ColumnKind};
pub use error::{JsonError, WireError};
pub use fields::Malformed;
pub(crate) use fields::{field, Field, Fields, Writer};
pub use float::{FloatText, StdFloats};
pub use pick::pick;
pub use row_lists::RowList;
pub use rows::{Block, RowReader, Rows};

use crate::idl::schema::MessageId;

/// Messages and lists may be nested so deep.
pub const MAX_DEPTH: u32 = 100;

/// A message as wire bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Encoded {
    /// The bytes.
    pub wire: Vec<u8>,
    /// It may not be what was meant: there is a `null`, taken for no value, an object without members, or a `0` for a
    /// `float` or `double`. JavaScript's `JSON.stringify` writes NaN, the infinities and dates that are none as `null`, a
    /// `Map` as `{}` and -0 as `0`; who used it should write `"NaN"`, `"Infinity"`, `"-Infinity"`, the entries and `-0`,
    /// and encode again.
    pub is_doubtful: bool,
}

/// Appends the ProtoJSON text of a message to `out`. Unknown fields are skipped; an unknown number of an enum stays a
/// number. On an error `out` holds a part of the text.
///
/// # Errors
/// Bytes that are not a message of this type, text that is not UTF-8, times out of their range, nesting over
/// [`MAX_DEPTH`].
pub fn wire_to_json(
    message: MessageId,
    wire: &[u8],
    floats: &dyn FloatText,
    out: &mut Vec<u8>,
) -> Result<(), WireError> {
    decode::decode(message, wire, floats, out)
}

/// Turns the ProtoJSON text of a message into wire bytes.
///
/// # Errors
/// Text that is not JSON, unknown fields, values of a wrong type or out of range, two members of a oneof, a field
/// given twice, nesting over [`MAX_DEPTH`]; the error names the place.
pub fn json_to_wire(message: MessageId, json: &[u8], floats: &dyn FloatText) -> Result<Encoded, JsonError> {
    encode::encode(message, json, floats)
}
