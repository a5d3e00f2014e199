//! Values: what a caller gives ([`InputValue`]), what the server stores ([`Literal`]), what a caller gets
//! ([`OutputValue`]). The declared type decides, never the caller's runtime type: `3` becomes an integer or a float
//! because the interface says so.

mod bulk;
mod castable;
mod conversion;
mod decimal;
mod describe;
mod form;
mod from_literal;
mod guess;
mod input;
mod inputs;
mod keys;
mod literal;
mod literal_type;
mod msgpack;
mod offloaded;
mod output;
mod packed;
mod path;
mod plain;
mod repr;
mod schema;
mod shape;
mod time;
mod to_literal;
mod type_text;
mod typed;
mod union;
mod upload;
mod values;

pub use castable::type_of;
pub use conversion::{to_literal, Conversion};
pub(crate) use describe::variable;
pub use form::parse;
pub(crate) use from_literal::sorted_entries;
pub use from_literal::{from_literal, Reading, Stored};
pub use guess::guess_type;
pub use input::InputValue;
pub(crate) use inputs::check_inputs;
pub use literal::Literal;
pub use literal_type::{LiteralType, TypeKind};
pub use output::OutputValue;
pub use packed::Packed;
pub use path::Path;
pub use repr::repr;
pub use schema::Schemas;
pub use upload::{Content, Destination, NoUploads, Uploads};
pub use values::Values;
