//! A literal to the value that the caller gets.

use prost::Message;
use prost_types::{value::Kind, Struct, Value};

use super::OutputValue;
use crate::idl::flyteidl::core::{
    literal, literal_type::Type, primitive, scalar, Literal, LiteralType, Primitive, SimpleType,
};

/// The value of a literal. The declared type, where known, settles what the literal leaves open: an integer that was
/// stored for a float and the other way round.
#[must_use]
pub fn from_literal(literal: &Literal, declared: Option<&LiteralType>) -> OutputValue {
    let declared = declared.and_then(|declared| within_optional(declared, literal));
    match &literal.value {
        Some(literal::Value::Scalar(scalar)) => {
            from_scalar(scalar.value.as_ref(), declared).unwrap_or_else(|| unknown(literal))
        }
        Some(literal::Value::Collection(collection)) => {
            let element = declared.and_then(|declared| match &declared.r#type {
                Some(Type::CollectionType(element)) => Some(&**element),
                _ => None,
            });
            OutputValue::List(collection.literals.iter().map(|literal| from_literal(literal, element)).collect())
        }
        Some(literal::Value::Map(map)) => {
            let element = declared.and_then(|declared| match &declared.r#type {
                Some(Type::MapValueType(element)) => Some(&**element),
                _ => None,
            });
            let entries = map.literals.iter().map(|(name, literal)| (name.clone(), from_literal(literal, element)));
            OutputValue::Map(entries.collect())
        }
        Some(literal::Value::OffloadedMetadata(_)) | None => unknown(literal),
    }
}

/// For a literal that is not wrapped although an optional type is declared, the type that is optional.
fn within_optional<'a>(declared: &'a LiteralType, literal: &Literal) -> Option<&'a LiteralType> {
    let Some(Type::UnionType(union)) = &declared.r#type else { return Some(declared) };
    if let Some(literal::Value::Scalar(scalar)) = &literal.value {
        if matches!(scalar.value, Some(scalar::Value::Union(_))) {
            return Some(declared);
        }
    }
    let none = Some(Type::Simple(SimpleType::None as i32));
    let mut variants = union.variants.iter().filter(|variant| variant.r#type != none);
    variants.next().filter(|_| variants.next().is_none())
}

fn from_scalar(value: Option<&scalar::Value>, declared: Option<&LiteralType>) -> Option<OutputValue> {
    Some(match value? {
        scalar::Value::Primitive(primitive) => from_primitive(primitive, declared)?,
        scalar::Value::NoneType(_) => OutputValue::Null,
        scalar::Value::Union(union) => from_literal(union.value.as_deref()?, union.r#type.as_ref()),
        scalar::Value::Blob(blob) => {
            let of = blob.metadata.as_ref().and_then(|metadata| metadata.r#type.as_ref());
            OutputValue::Blob {
                uri: blob.uri.clone(),
                format: of.map(|of| of.format.clone()).unwrap_or_default(),
                multipart: of.is_some_and(|of| of.dimensionality == 1),
            }
        }
        scalar::Value::StructuredDataset(dataset) => {
            let of = dataset.metadata.as_ref().and_then(|metadata| metadata.structured_dataset_type.as_ref());
            let format = of.map(|of| of.format.clone()).unwrap_or_default();
            OutputValue::StructuredDataset { uri: dataset.uri.clone(), format }
        }
        scalar::Value::Binary(binary) => OutputValue::Binary { tag: binary.tag.clone(), value: binary.value.clone() },
        scalar::Value::Generic(of) => from_struct(of),
        scalar::Value::Error(error) => {
            OutputValue::Error { message: error.message.clone(), failed_node_id: error.failed_node_id.clone() }
        }
        scalar::Value::Schema(_) => return None,
    })
}

fn from_primitive(primitive: &Primitive, declared: Option<&LiteralType>) -> Option<OutputValue> {
    use primitive::Value;
    let simple = declared.and_then(|declared| match &declared.r#type {
        Some(Type::Simple(simple)) => SimpleType::try_from(*simple).ok(),
        _ => None,
    });
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    // what flytekit does, for the console's sake
    Some(match (primitive.value.as_ref()?, simple) {
        (Value::Integer(integer), Some(SimpleType::Float)) => OutputValue::Float(*integer as f64),
        (Value::FloatValue(float), Some(SimpleType::Integer)) => OutputValue::Int(float.trunc() as i64),
        (Value::Integer(integer), _) => OutputValue::Int(*integer),
        (Value::FloatValue(float), _) => OutputValue::Float(*float),
        (Value::StringValue(text), _) => OutputValue::Text(text.clone()),
        (Value::Boolean(boolean), _) => OutputValue::Bool(*boolean),
        (Value::Datetime(at), _) => OutputValue::Instant { seconds: at.seconds, nanos: at.nanos },
        (Value::Duration(span), _) => OutputValue::Duration { seconds: span.seconds, nanos: span.nanos },
    })
}

fn from_struct(of: &Struct) -> OutputValue {
    OutputValue::Map(of.fields.iter().map(|(name, value)| (name.clone(), from_json(value))).collect())
}

fn from_json(value: &Value) -> OutputValue {
    match &value.kind {
        None | Some(Kind::NullValue(_)) => OutputValue::Null,
        Some(Kind::NumberValue(number)) => OutputValue::Float(*number),
        Some(Kind::StringValue(text)) => OutputValue::Text(text.clone()),
        Some(Kind::BoolValue(boolean)) => OutputValue::Bool(*boolean),
        Some(Kind::StructValue(of)) => from_struct(of),
        Some(Kind::ListValue(list)) => OutputValue::List(list.values.iter().map(from_json).collect()),
    }
}

fn unknown(literal: &Literal) -> OutputValue {
    OutputValue::Literal(literal.encode_to_vec())
}
