//! JSON of structures and inputs: what data sidecars read and write.

use std::collections::BTreeMap;

use prost_types::{value::Kind, ListValue, Struct, Value};
use serde_json::Value as Json;

use super::text::primitive_text;
use crate::idl::core::{literal, primitive, scalar, Literal};

/// A JSON object as a structure.
pub(super) fn parse_struct(text: &str) -> Result<Struct, String> {
    let json: Json = serde_json::from_str(text).map_err(|error| error.to_string())?;
    match to_value(json).kind {
        Some(Kind::StructValue(fields)) => Ok(fields),
        _ => Err("not a JSON object".to_owned()),
    }
}

fn to_value(json: Json) -> Value {
    let kind = match json {
        Json::Null => Kind::NullValue(0),
        Json::Bool(value) => Kind::BoolValue(value),
        Json::Number(number) => Kind::NumberValue(number.as_f64().unwrap_or(f64::NAN)),
        Json::String(text) => Kind::StringValue(text),
        Json::Array(items) => Kind::ListValue(ListValue { values: items.into_iter().map(to_value).collect() }),
        Json::Object(fields) => Kind::StructValue(Struct {
            fields: fields.into_iter().map(|(name, json)| (name, to_value(json))).collect(),
        }),
    };
    Value { kind: Some(kind) }
}

/// A structure as JSON text.
pub(super) fn struct_text(fields: &Struct) -> String {
    of_struct(fields).to_string()
}

/// All variables as one JSON object; blobs are the paths they were put at.
pub(super) fn variables_text(literals: &BTreeMap<String, Literal>) -> String {
    of_literals(literals).to_string()
}

fn of_literals(literals: &BTreeMap<String, Literal>) -> Json {
    Json::Object(literals.iter().map(|(name, literal)| (name.clone(), of_literal(literal))).collect())
}

fn of_literal(literal: &Literal) -> Json {
    match &literal.value {
        Some(literal::Value::Collection(list)) => Json::Array(list.literals.iter().map(of_literal).collect()),
        Some(literal::Value::Map(map)) => of_literals(&map.literals),
        Some(literal::Value::Scalar(scalar)) => match &scalar.value {
            Some(scalar::Value::Primitive(primitive)) => match &primitive.value {
                Some(primitive::Value::Integer(number)) => Json::from(*number),
                Some(primitive::Value::FloatValue(number)) => of_number(*number),
                Some(primitive::Value::Boolean(value)) => Json::from(*value),
                Some(value) => Json::from(primitive_text(value)),
                None => Json::Null,
            },
            Some(scalar::Value::Generic(fields)) => of_struct(fields),
            Some(scalar::Value::Blob(blob)) => Json::from(blob.uri.as_str()),
            Some(scalar::Value::Schema(schema)) => Json::from(schema.uri.as_str()),
            Some(scalar::Value::StructuredDataset(dataset)) => Json::from(dataset.uri.as_str()),
            Some(scalar::Value::Error(error)) => Json::from(error.message.as_str()),
            Some(scalar::Value::Union(union)) => union.value.as_deref().map_or(Json::Null, of_literal),
            _ => Json::Null,
        },
        _ => Json::Null,
    }
}

fn of_struct(fields: &Struct) -> Json {
    Json::Object(fields.fields.iter().map(|(name, value)| (name.clone(), of_value(value))).collect())
}

fn of_value(value: &Value) -> Json {
    match &value.kind {
        Some(Kind::NumberValue(number)) => of_number(*number),
        Some(Kind::StringValue(text)) => Json::from(text.as_str()),
        Some(Kind::BoolValue(value)) => Json::from(*value),
        Some(Kind::StructValue(fields)) => of_struct(fields),
        Some(Kind::ListValue(list)) => Json::Array(list.values.iter().map(of_value).collect()),
        Some(Kind::NullValue(_)) | None => Json::Null,
    }
}

/// Whole numbers without a decimal point, as Go writes them.
fn of_number(number: f64) -> Json {
    if number.fract() == 0.0 && number.abs() < 9e15 {
        return Json::from(number as i64);
    }
    Json::from(number)
}
