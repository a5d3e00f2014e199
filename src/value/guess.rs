//! The type of a value for which none is declared, such as that of a signal nobody described.

use super::castable::{add, one_of};
use super::input::whole;
use super::{type_of, InputValue, LiteralType, TypeKind};
use crate::codec::Writer;

/// The type that fits `value`: whole numbers are integers, objects are structs. `None` for what is no value.
#[must_use]
pub fn guess_type(value: &InputValue) -> Option<LiteralType> {
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
        InputValue::Numbers(_) | InputValue::Ints(_) | InputValue::List(_) => guess_all(&[value], Vec::new())?,
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

/// The type that fits all of these values, beside some types. The lists among them are of one type, with what any of them
/// has as elements: an empty one could be any.
fn guess_all(values: &[&InputValue], mut types: Vec<LiteralType>) -> Option<LiteralType> {
    let (mut first_list, mut elements, mut has_integers, mut all_whole) = (None, Vec::new(), false, None);
    for value in values {
        match value {
            InputValue::List(items) => elements.extend(items),
            InputValue::Numbers(items) => {
                for number in items {
                    all_whole = Some(all_whole.unwrap_or(true) && whole(*number).is_some());
                }
            }
            InputValue::Ints(items) => has_integers |= !items.is_empty(),
            value => {
                add(&mut types, guess_type(value)?);
                continue;
            }
        }
        first_list.get_or_insert(types.len());
    }
    if let Some(place) = first_list {
        let mut numbers = Vec::new();
        if has_integers || all_whole == Some(true) {
            numbers.push(LiteralType::simple(TypeKind::Integer));
        }
        if all_whole == Some(false) {
            numbers.push(LiteralType::simple(TypeKind::Float));
        }
        let element = guess_all(&elements, numbers)?;
        types.insert(place, LiteralType::list(element));
    }
    Some(one_of(types))
}
