//! The type of a literal, as far as the literal tells.

use super::text::type_text;
use crate::idl::core::{
    literal, literal_type::Type, primitive, scalar, Literal, LiteralType, Scalar, SimpleType, UnionType,
};

/// The type of a literal; `None` when it has no value, or one that this program does not know.
pub(crate) fn type_of(literal: &Literal) -> Option<LiteralType> {
    match literal.value.as_ref()? {
        literal::Value::Scalar(scalar) => type_of_scalar(scalar),
        literal::Value::Collection(list) => {
            Some(of(Type::CollectionType(Box::new(type_of_all(list.literals.iter())?))))
        }
        literal::Value::Map(map) => Some(of(Type::MapValueType(Box::new(type_of_all(map.literals.values())?)))),
        literal::Value::OffloadedMetadata(offloaded) => offloaded.inferred_type.clone(),
    }
}

/// The type of a scalar.
pub(crate) fn type_of_scalar(scalar: &Scalar) -> Option<LiteralType> {
    Some(match scalar.value.as_ref()? {
        scalar::Value::Primitive(primitive) => simple(match primitive.value {
            Some(primitive::Value::Integer(_)) => SimpleType::Integer,
            Some(primitive::Value::FloatValue(_)) => SimpleType::Float,
            Some(primitive::Value::StringValue(_)) => SimpleType::String,
            Some(primitive::Value::Boolean(_)) => SimpleType::Boolean,
            Some(primitive::Value::Datetime(_)) => SimpleType::Datetime,
            Some(primitive::Value::Duration(_)) => SimpleType::Duration,
            None => SimpleType::None,
        }),
        scalar::Value::Blob(blob) => of(Type::Blob(blob.metadata.clone()?.r#type.unwrap_or_default())),
        // MessagePack is how structures travel; other binaries are opaque.
        scalar::Value::Binary(binary) if binary.tag == "msgpack" => simple(SimpleType::Struct),
        scalar::Value::Binary(_) => simple(SimpleType::Binary),
        scalar::Value::Schema(schema) => of(Type::Schema(schema.r#type.clone().unwrap_or_default())),
        scalar::Value::StructuredDataset(dataset) => of(Type::StructuredDatasetType(
            dataset.metadata.clone().and_then(|metadata| metadata.structured_dataset_type).unwrap_or_default(),
        )),
        scalar::Value::NoneType(_) => simple(SimpleType::None),
        scalar::Value::Error(_) => simple(SimpleType::Error),
        scalar::Value::Generic(_) => simple(SimpleType::Struct),
        scalar::Value::Union(union) => {
            of(Type::UnionType(UnionType { variants: union.r#type.clone().into_iter().collect() }))
        }
    })
}

/// The type that covers all literals: theirs if they agree, a union of the different ones, none for no literals.
fn type_of_all<'a>(literals: impl Iterator<Item = &'a Literal>) -> Option<LiteralType> {
    let (mut kinds, mut empty): (Vec<LiteralType>, _) = (Vec::new(), None);
    for literal in literals {
        let kind = type_of(literal)?;
        if matches!(&literal.value, Some(literal::Value::Collection(list)) if list.literals.is_empty()) {
            empty = Some(kind);
        } else if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    if kinds.is_empty() {
        kinds.extend(empty);
    }
    if kinds.len() > 1 {
        kinds.sort_by_cached_key(type_text);
        return Some(union_of(kinds));
    }
    Some(kinds.pop().unwrap_or_else(|| simple(SimpleType::None)))
}

/// Lists of unions become one list of the union of all, as propeller does.
fn union_of(kinds: Vec<LiteralType>) -> LiteralType {
    let (mut variants, mut nested) = (Vec::new(), false);
    for kind in kinds {
        match kind.r#type {
            Some(Type::CollectionType(inner)) if matches!(inner.r#type, Some(Type::UnionType(_))) => {
                nested = true;
                if let Some(Type::UnionType(union)) = inner.r#type {
                    variants.extend(union.variants);
                }
            }
            _ => variants.push(kind),
        }
    }
    let union = of(Type::UnionType(UnionType { variants }));
    if nested {
        of(Type::CollectionType(Box::new(union)))
    } else {
        union
    }
}

fn of(r#type: Type) -> LiteralType {
    LiteralType { r#type: Some(r#type), ..Default::default() }
}

fn simple(simple: SimpleType) -> LiteralType {
    of(Type::Simple(simple as i32))
}
