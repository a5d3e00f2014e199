//! How a type reads in an error, close to protobuf's text format.

use crate::idl::core::{literal_type::Type, LiteralType};

/// `simple:INTEGER`, `collection_type:{simple:STRING}` …
pub(crate) fn type_text(r#type: &LiteralType) -> String {
    let mut text = match &r#type.r#type {
        None => String::new(),
        Some(Type::Simple(_)) => format!("simple:{}", simple_name(r#type)),
        Some(Type::CollectionType(inner)) => format!("collection_type:{{{}}}", type_text(inner)),
        Some(Type::MapValueType(inner)) => format!("map_value_type:{{{}}}", type_text(inner)),
        Some(Type::Blob(blob)) => {
            let dimensionality = blob.dimensionality().as_str_name();
            format!("blob:{{format:{:?} dimensionality:{dimensionality}}}", blob.format)
        }
        Some(Type::EnumType(values)) => {
            let values: Vec<_> = values.values.iter().map(|value| format!("values:{value:?}")).collect();
            format!("enum_type:{{{}}}", values.join(" "))
        }
        Some(Type::UnionType(union)) => {
            let variants: Vec<_> =
                union.variants.iter().map(|variant| format!("variants:{{{}}}", type_text(variant))).collect();
            format!("union_type:{{{}}}", variants.join(" "))
        }
        Some(Type::Schema(schema)) => {
            let columns: Vec<_> = schema.columns.iter().map(|column| format!("columns:{:?}", column.name)).collect();
            format!("schema:{{{}}}", columns.join(" "))
        }
        Some(Type::StructuredDatasetType(dataset)) => {
            format!("structured_dataset_type:{{format:{:?}}}", dataset.format)
        }
    };
    if let Some(structure) = r#type.structure.as_ref().filter(|structure| !structure.tag.is_empty()) {
        text.push_str(&format!(" structure:{{tag:{:?}}}", structure.tag));
    }
    text
}

fn simple_name(r#type: &LiteralType) -> String {
    use crate::idl::core::SimpleType;
    match r#type.r#type {
        Some(Type::Simple(number)) => {
            SimpleType::try_from(number).map_or_else(|_| number.to_string(), |simple| simple.as_str_name().to_owned())
        }
        _ => String::new(),
    }
}
