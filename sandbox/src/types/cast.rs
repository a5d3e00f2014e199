//! Whether a value of one type may be given where another is declared; propeller's compiler decides alike.

use prost_types::Struct;

use super::schema::{dataset_fits_dataset, dataset_fits_schema, schema_fits_dataset, schema_fits_schema};
use crate::idl::core::{literal_type::Type, LiteralType, SimpleType};

/// Whether a value of type `from` may be given where `to` is declared.
pub(crate) fn castable(from: &LiteralType, to: &LiteralType) -> bool {
    if let Some(Type::UnionType(union)) = &from.r#type {
        if let [only] = union.variants.as_slice() {
            if fits(only, to) {
                return true;
            }
        }
    }
    fits(from, to)
}

fn fits(from: &LiteralType, to: &LiteralType) -> bool {
    match &to.r#type {
        Some(Type::CollectionType(to)) => match &from.r#type {
            Some(Type::CollectionType(from)) => is_none(from) || fits(from, to),
            _ => false,
        },
        Some(Type::MapValueType(to)) => match &from.r#type {
            Some(Type::MapValueType(from)) => is_none(from) || fits(from, to),
            _ => false,
        },
        Some(Type::Blob(to)) => match &from.r#type {
            // A blob without a format is any blob.
            Some(Type::Blob(from)) => from.format.is_empty() || to.format.is_empty() || from.format == to.format,
            _ => false,
        },
        Some(Type::Schema(to)) => match &from.r#type {
            Some(Type::Schema(from)) => schema_fits_schema(from, to),
            Some(Type::StructuredDatasetType(from)) => dataset_fits_schema(from, to),
            _ => false,
        },
        Some(Type::StructuredDatasetType(to)) => match &from.r#type {
            Some(Type::StructuredDatasetType(from)) => dataset_fits_dataset(from, to, fits),
            Some(Type::Schema(from)) => schema_fits_dataset(from, to),
            _ => is_none(from),
        },
        Some(Type::UnionType(to)) => match &from.r#type {
            Some(Type::UnionType(from)) => {
                from.variants.iter().all(|from| to.variants.iter().any(|to| castable(from, to)))
            }
            // A plain value must select one variant without ambiguity.
            _ => to.variants.iter().filter(|to| castable(from, to)).count() == 1,
        },
        _ if is_none(to) => is_none(from),
        _ => trivially_fits(from, to),
    }
}

/// Types without structure fit when they are equal; enums and strings stand for each other.
fn trivially_fits(from: &LiteralType, to: &LiteralType) -> bool {
    let is_enum = |r#type: &LiteralType| matches!(r#type.r#type, Some(Type::EnumType(_)));
    if (is_enum(from) && is_simple(to, SimpleType::String)) || (is_enum(to) && is_simple(from, SimpleType::String)) {
        return true;
    }
    if !tag(from).is_empty() && tag(from) != tag(to) {
        return false;
    }
    if is_simple(from, SimpleType::Struct) && is_simple(to, SimpleType::Struct) {
        return match (&from.metadata, &to.metadata) {
            (Some(from), Some(to)) => from == to || has_properties_of(from, to),
            _ => true,
        };
    }
    from.r#type == to.r#type
}

/// Whether the JSON schema `from` describes all properties that `to` describes, with the same types.
fn has_properties_of(from: &Struct, to: &Struct) -> bool {
    use prost_types::value::Kind;
    let properties = |schema: &Struct| match schema.fields.get("properties").and_then(|value| value.kind.clone()) {
        Some(Kind::StructValue(properties)) => Some(properties),
        _ => None,
    };
    match (properties(from), properties(to)) {
        (Some(from), Some(to)) => to.fields.iter().all(|(name, schema)| match (from.fields.get(name), &schema.kind) {
            (Some(prost_types::Value { kind: Some(Kind::StructValue(from)) }), Some(Kind::StructValue(to))) => {
                from.fields.get("type") == to.fields.get("type")
            }
            (from, _) => from == Some(schema),
        }),
        _ => false,
    }
}

fn tag(r#type: &LiteralType) -> &str {
    r#type.structure.as_ref().map_or("", |structure| structure.tag.as_str())
}

fn is_simple(r#type: &LiteralType, simple: SimpleType) -> bool {
    r#type.r#type == Some(Type::Simple(simple as i32))
}

fn is_none(r#type: &LiteralType) -> bool {
    is_simple(r#type, SimpleType::None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idl::core::{blob_type::BlobDimensionality, BlobType, EnumType, TypeStructure, UnionType};

    fn of(r#type: Type) -> LiteralType {
        LiteralType { r#type: Some(r#type), ..Default::default() }
    }
    fn simple(simple: SimpleType) -> LiteralType {
        of(Type::Simple(simple as i32))
    }
    fn list(inner: LiteralType) -> LiteralType {
        of(Type::CollectionType(Box::new(inner)))
    }
    fn union(variants: Vec<LiteralType>) -> LiteralType {
        of(Type::UnionType(UnionType { variants }))
    }
    fn blob(format: &str) -> LiteralType {
        of(Type::Blob(BlobType { format: format.into(), dimensionality: BlobDimensionality::Single as i32 }))
    }

    #[test]
    fn equal_simple_types_fit_and_different_ones_do_not() {
        assert!(castable(&simple(SimpleType::Integer), &simple(SimpleType::Integer)));
        assert!(!castable(&simple(SimpleType::Integer), &simple(SimpleType::Float)));
    }

    #[test]
    fn the_empty_list_fits_any_list_but_no_map() {
        let empty = list(simple(SimpleType::None));
        assert!(castable(&empty, &list(simple(SimpleType::String))));
        assert!(!castable(&empty, &of(Type::MapValueType(Box::new(simple(SimpleType::String))))));
    }

    #[test]
    fn enums_and_strings_stand_for_each_other() {
        let colour = of(Type::EnumType(EnumType { values: vec!["red".into()] }));
        assert!(castable(&colour, &simple(SimpleType::String)));
        assert!(castable(&simple(SimpleType::String), &colour));
    }

    #[test]
    fn a_value_fits_a_union_only_without_ambiguity() {
        let optional = union(vec![simple(SimpleType::String), simple(SimpleType::None)]);
        assert!(castable(&simple(SimpleType::String), &optional));
        assert!(!castable(&simple(SimpleType::Integer), &optional));
        let twice = union(vec![simple(SimpleType::String), simple(SimpleType::String)]);
        assert!(!castable(&simple(SimpleType::String), &twice));
        assert!(castable(&union(vec![simple(SimpleType::String)]), &simple(SimpleType::String)));
    }

    #[test]
    fn a_tag_must_match() {
        let mut tagged = simple(SimpleType::String);
        tagged.structure = Some(TypeStructure { tag: "str".into(), ..Default::default() });
        assert!(!castable(&tagged, &simple(SimpleType::String)));
        assert!(castable(&tagged, &tagged));
    }

    #[test]
    fn a_blob_without_a_format_is_any_blob() {
        assert!(castable(&blob("csv"), &blob("")));
        assert!(castable(&blob(""), &blob("csv")));
        assert!(!castable(&blob("png"), &blob("csv")));
    }
}
