//! Whether the columns of tables fit: those wanted must be there with the same type; no columns are any columns.

use crate::idl::core::schema_type::schema_column::SchemaColumnType;
use crate::idl::core::{literal_type::Type, LiteralType, SchemaType, SimpleType, StructuredDatasetType};

pub(super) fn schema_fits_schema(from: &SchemaType, to: &SchemaType) -> bool {
    if from.columns.is_empty() || to.columns.is_empty() {
        return true;
    }
    to.columns.iter().all(|to| from.columns.iter().any(|from| from.name == to.name && from.r#type == to.r#type))
}

pub(super) fn dataset_fits_schema(from: &StructuredDatasetType, to: &SchemaType) -> bool {
    if !is_parquet(&from.format) {
        return false;
    }
    if from.columns.is_empty() || to.columns.is_empty() {
        return true;
    }
    to.columns.iter().all(|to| {
        let column = from.columns.iter().find(|from| from.name == to.name);
        column.is_some_and(|from| matches(to.r#type(), from.literal_type.as_ref()))
    })
}

pub(super) fn schema_fits_dataset(from: &SchemaType, to: &StructuredDatasetType) -> bool {
    if !is_parquet(&to.format) {
        return false;
    }
    if from.columns.is_empty() || to.columns.is_empty() {
        return true;
    }
    to.columns.iter().all(|to| {
        let column = from.columns.iter().find(|from| from.name == to.name);
        column.is_some_and(|from| matches(from.r#type(), to.literal_type.as_ref()))
    })
}

pub(super) fn dataset_fits_dataset(
    from: &StructuredDatasetType,
    to: &StructuredDatasetType,
    fits: fn(&LiteralType, &LiteralType) -> bool,
) -> bool {
    let formats_differ = !from.format.is_empty() && !to.format.is_empty();
    if formats_differ && !from.format.eq_ignore_ascii_case(&to.format) {
        return false;
    }
    if from.columns.is_empty() || to.columns.is_empty() {
        return true;
    }
    to.columns.iter().all(|to| {
        let column = from.columns.iter().find(|from| from.name == to.name);
        match (column.and_then(|from| from.literal_type.as_ref()), to.literal_type.as_ref()) {
            (Some(from), Some(to)) => fits(from, to),
            _ => false,
        }
    })
}

/// A schema is always stored as parquet.
fn is_parquet(format: &str) -> bool {
    format.is_empty() || format.eq_ignore_ascii_case("parquet")
}

fn matches(column: SchemaColumnType, r#type: Option<&LiteralType>) -> bool {
    let simple = match column {
        SchemaColumnType::Integer => SimpleType::Integer,
        SchemaColumnType::Float => SimpleType::Float,
        SchemaColumnType::String => SimpleType::String,
        SchemaColumnType::Boolean => SimpleType::Boolean,
        SchemaColumnType::Datetime => SimpleType::Datetime,
        SchemaColumnType::Duration => SimpleType::Duration,
    };
    r#type.is_some_and(|r#type| r#type.r#type == Some(Type::Simple(simple as i32)))
}
