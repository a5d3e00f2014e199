//! The type of a value for which none is declared, such as that of a signal nobody described.

use super::castable::{add, one_of};
use super::input::whole;
use super::{type_of, InputValue, LiteralType, TypeKind};
use crate::codec::Writer;

/// The type that fits `value`: whole numbers are integers, objects are structs. `None` for what is no value.
#[must_use]
pub fn guess_type(value: &InputValue) -> Option<LiteralType> {
    let numbers = |all_whole: bool| {
        LiteralType::list(LiteralType::simple(if all_whole { TypeKind::Integer } else { TypeKind::Float }))
    };
    Some(match value {
        InputValue::Null | InputValue::Undefined => LiteralType::simple(TypeKind::None),
        InputValue::Bool(_) => LiteralType::simple(TypeKind::Boolean),
        InputValue::Number(number) if whole(*number).is_some() => LiteralType::simple(TypeKind::Integer),
        InputValue::Number(_) | InputValue::Float(_) => LiteralType::simple(TypeKind::Float),
        InputValue::Int(_) => LiteralType::simple(TypeKind::Integer),
        InputValue::Text(_) => LiteralType::simple(TypeKind::String),
        InputValue::Instant { .. } => LiteralType::simple(TypeKind::Datetime),
        InputValue::Duration { .. } => LiteralType::simple(TypeKind::Duration),
        InputValue::Bytes(_) => LiteralType::simple(TypeKind::Binary),
        InputValue::Numbers(items) => numbers(items.iter().all(|number| whole(*number).is_some())),
        InputValue::Ints(_) => numbers(true),
        InputValue::List(items) => {
            let mut types = Vec::new();
            for item in items {
                add(&mut types, guess_type(item)?);
            }
            LiteralType::list(one_of(types))
        }
        InputValue::Map(_) | InputValue::Pairs(_) => LiteralType::simple(TypeKind::Struct(None)),
        InputValue::Blob { format, multipart, .. } => {
            let blob = Writer::new().text(1, format).int(2, (*multipart).into()).done();
            LiteralType::decode(&Writer::new().message(5, &blob).done()).ok()?
        }
        InputValue::StructuredDataset { format, .. } => {
            let dataset = Writer::new().text(2, format).done();
            LiteralType::decode(&Writer::new().message(8, &dataset).done()).ok()?
        }
        InputValue::Literal(literal) => type_of(literal.as_bytes()),
        InputValue::Variant { value, .. } => guess_type(value)?,
        InputValue::BigInt(_) | InputValue::Content { .. } | InputValue::Other(_) => return None,
    })
}
