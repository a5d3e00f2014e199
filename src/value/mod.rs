//! Values: what a caller gives, what the server stores ([`Literal`]), what a
//! caller gets. The declared type decides, never the caller's runtime type: `3` becomes an integer or a float because
//! the interface says so.

mod from_literal;
mod input;
mod inputs;
mod literal;
mod literal_type;
mod output;
mod path;
mod to_literal;
mod values;

pub use from_literal::from_literal;
pub(crate) use from_literal::sorted_entries;
pub use input::InputValue;
pub(crate) use inputs::check_inputs;
pub use literal::Literal;
pub use literal_type::{LiteralType, TypeKind};
pub use output::OutputValue;
pub use path::Path;
pub use to_literal::to_literal;
pub use values::Values;
