//! Literal types: which fits where, what a literal's type is, how a type reads.

mod cast;
mod infer;
mod schema;
mod text;

pub(crate) use cast::castable;
pub(crate) use infer::{type_of, type_of_scalar};
pub(crate) use text::type_text;
