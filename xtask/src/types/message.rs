//! One message as a TypeScript interface: as it comes from the server, and as it may be given in a request.

use protox::prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};

use super::comments::Comments;
use super::{local_name, reference};

/// The JSON forms of the well-known types.
pub const HEADER: &str =
    "// Flyte's messages as ProtoJSON. Generated from proto/; a field at its default (0, '', false, empty) is left out.
// `X` is what the server sends, `X_Input` what a request takes, where the two differ.

/** A 64-bit integer as decimal text. */
export type Int64 = string
/** A 64-bit integer: a safe number, a bigint, or decimal text. */
export type Int64_Input = string | number | bigint
/** A number, or its text where JSON has none. */
export type Float = number | 'NaN' | 'Infinity' | '-Infinity'
/** Bytes as base64 text. */
export type Bytes = string
/** Bytes, or their base64 text. */
export type Bytes_Input = string | Uint8Array
/** A point in time as RFC 3339 text, `2026-01-31T10:00:00.5Z`. */
export type Timestamp = string
/** A point in time: a Date, or RFC 3339 text. */
export type Timestamp_Input = string | Date
/** A duration as seconds with an `s`, `1.5s`. */
export type Duration = string
/** Any JSON value. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue }
/** A JSON object. */
export type JsonObject = { [key: string]: JsonValue }
/** A message of any type, its full name in `@type`. */
export type AnyMessage = { '@type': string; [field: string]: unknown }
";

/// The interface of a message, with an `_Input` twin for requests.
pub fn interface(message: &MessageDescriptor, comments: &Comments, requested: bool) -> String {
    let name = local_name(message.package_name(), message.full_name());
    let mut text = declaration(message, &name, comments, false);
    if requested {
        text.push_str(&declaration(message, &format!("{name}_Input"), comments, true));
    }
    text
}

fn declaration(message: &MessageDescriptor, name: &str, comments: &Comments, input: bool) -> String {
    let mut text = comments.doc(message.full_name(), "  ");
    text.push_str(&format!("  export interface {name} {{\n"));
    let mut fields: Vec<FieldDescriptor> = message.fields().collect();
    fields.sort_by_key(|field| field.path().last().copied());
    for field in fields {
        text.push_str(&comments.doc(field.full_name(), "    "));
        let null = if input { " | null | undefined" } else { "" };
        text.push_str(&format!("    {}?: {}{null}\n", field.json_name(), field_type(&field, input)));
    }
    text.push_str("  }\n");
    text
}

fn field_type(field: &FieldDescriptor, input: bool) -> String {
    if field.is_map() {
        if let Kind::Message(entry) = field.kind() {
            return format!("{{ [key: string]: {} }}", kind_type(&entry.map_entry_value_field().kind(), input));
        }
    }
    let one = kind_type(&field.kind(), input);
    match (field.is_list(), one.contains('|')) {
        (true, true) => format!("({one})[]"),
        (true, false) => format!("{one}[]"),
        (false, _) => one,
    }
}

fn kind_type(kind: &Kind, input: bool) -> String {
    let twin = |name: &str| if input { format!("{name}_Input") } else { name.to_owned() };
    match kind {
        Kind::Bool => "boolean".to_owned(),
        Kind::String => "string".to_owned(),
        Kind::Bytes => twin("Bytes"),
        Kind::Float | Kind::Double => "Float".to_owned(),
        Kind::Int64 | Kind::Uint64 | Kind::Sint64 | Kind::Fixed64 | Kind::Sfixed64 => twin("Int64"),
        Kind::Int32 | Kind::Uint32 | Kind::Sint32 | Kind::Fixed32 | Kind::Sfixed32 => "number".to_owned(),
        Kind::Enum(_) => reference(kind).unwrap_or_default(),
        Kind::Message(message) => {
            well_known(message.full_name(), input).unwrap_or_else(|| twin(&reference(kind).unwrap_or_default()))
        }
    }
}

fn well_known(name: &str, input: bool) -> Option<String> {
    let form = match name.strip_prefix("google.protobuf.")? {
        "Timestamp" if input => "Timestamp_Input",
        "Timestamp" => "Timestamp",
        "Duration" => "Duration",
        "Struct" => "JsonObject",
        "Value" => "JsonValue",
        "ListValue" => "JsonValue[]",
        "Any" => "AnyMessage",
        "BoolValue" => "boolean",
        "StringValue" => "string",
        "DoubleValue" | "FloatValue" => "Float",
        "Int32Value" | "UInt32Value" => "number",
        "Int64Value" | "UInt64Value" if input => "Int64_Input",
        "Int64Value" | "UInt64Value" => "Int64",
        "BytesValue" if input => "Bytes_Input",
        "BytesValue" => "Bytes",
        _ => return None,
    };
    Some(form.to_owned())
}
