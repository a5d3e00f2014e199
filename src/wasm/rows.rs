//! List replies as rows. `js/rows.ts` makes objects of the parts.

use js_sys::{Array, Float64Array, Uint32Array};
use wasm_bindgen::prelude::*;

use super::error::to_js_error;
use super::json::message;
use super::options::{bytes_of, text_of, texts_of};
use crate::codec::{Column, ColumnKind, RowList, RowReader};
use crate::error::{Error, Kind};

/// The token, for each column its name and what it holds (a list of names for an enum, else `text`, `number`, `flag` or
/// `time`), and blocks of rows: count, text, offsets, numbers. Without `columns` all that the list has.
#[wasm_bindgen(js_name = protoToRows, skip_typescript)]
pub fn proto_to_rows(type_name: JsValue, wire: JsValue, columns: JsValue) -> Result<Array, JsValue> {
    let type_name = &text_of(&type_name, "typeName")?;
    let list =
        RowList::of(message(type_name)?).ok_or_else(|| refused("typeName", "a list that has rows", type_name))?;
    let columns = if columns.is_undefined() { None } else { Some(texts_of(&columns, "columns")?) };
    let names = columns.as_ref().map(|names| names.iter().map(String::as_str).collect());
    let names: Vec<&str> = names.unwrap_or_else(|| list.column_names().collect());
    let reader = RowReader::new(list, &names).map_err(|name| refused("columns", "the name of a column", name))?;
    let rows = reader.read(&bytes_of(&wire, "bytes")?).map_err(|error| {
        let text = ["the server's ", type_name, " can't be read: ", &error.to_string()].concat();
        to_js_error(Error::new(Kind::System, text))
    })?;
    let blocks = rows.blocks.into_iter().map(|block| {
        Array::of4(
            &(block.count as f64).into(),
            &String::from_utf8(block.text).unwrap_or_default().into(),
            &Uint32Array::from(block.offsets.as_slice()),
            &Float64Array::from(block.numbers.as_slice()),
        )
    });
    Ok(Array::of3(
        &rows.token.into(),
        &reader.columns().iter().map(describe).collect::<Array>(),
        &blocks.collect::<Array>(),
    ))
}

fn refused(path: &str, expected: &str, found: &str) -> JsValue {
    let text = [path, ": expected ", expected, ", got ", found].concat();
    to_js_error(Error::new(Kind::Value, text).at(path))
}

fn describe(column: &Column) -> Array {
    let kind = match column.kind {
        ColumnKind::Text => "text".into(),
        ColumnKind::Number => "number".into(),
        ColumnKind::Flag => "flag".into(),
        ColumnKind::Time | ColumnKind::Span => "time".into(),
        ColumnKind::Enum(values) => names_by_number(values).into(),
    };
    Array::of2(&column.name.into(), &kind)
}

/// The names of an enum, each at the place of its number.
fn names_by_number(values: &crate::idl::schema::EnumDef) -> Array {
    let names = Array::new();
    for value in values.values() {
        if let Ok(place) = u32::try_from(value.number) {
            names.set(place, value.name().into());
        }
    }
    names
}
