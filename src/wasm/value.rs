//! Values between JavaScript and the core: inputs as the caller gives them, outputs as he gets them.

use js_sys::{Array, BigInt, Date, Number, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use super::error::set;
use super::json::wire_to_js;
use super::options::kind_of;
use crate::value::{InputValue, OutputValue};

/// Deeper values are refused; it also ends a value that contains itself.
const MAX_DEPTH: u32 = 100;

/// Named inputs, in the caller's order.
pub fn inputs(object: &Object) -> Vec<(String, InputValue)> {
    entries(object, MAX_DEPTH)
}

fn entries(object: &Object, depth: u32) -> Vec<(String, InputValue)> {
    let pair = |entry: JsValue| {
        let entry: Array = entry.unchecked_into();
        (entry.get(0).as_string().unwrap_or_default(), input(&entry.get(1), depth))
    };
    Object::entries(object).iter().map(pair).collect()
}

fn input(value: &JsValue, depth: u32) -> InputValue {
    if value.is_undefined() {
        return InputValue::Undefined;
    }
    if value.is_null() {
        return InputValue::Null;
    }
    if let Some(number) = value.as_f64() {
        return InputValue::Number(number);
    }
    if let Some(text) = value.as_string() {
        return InputValue::Text(text);
    }
    if let Some(flag) = value.as_bool() {
        return InputValue::Bool(flag);
    }
    if value.is_bigint() {
        return i64::try_from(value.clone())
            .map_or_else(|_| InputValue::Other("a bigint beyond 64 bits".to_owned()), InputValue::Int);
    }
    object(value, depth)
}

fn object(value: &JsValue, depth: u32) -> InputValue {
    if depth == 0 {
        return InputValue::Other("a value nested over 100 deep".to_owned());
    }
    if Array::is_array(value) {
        return InputValue::List(Array::from(value).iter().map(|item| input(&item, depth - 1)).collect());
    }
    if let Some(date) = value.dyn_ref::<Date>() {
        return instant(date.get_time());
    }
    if let Some(bytes) = value.dyn_ref::<Uint8Array>() {
        return InputValue::Bytes(bytes.to_vec());
    }
    if value.is_instance_of::<js_sys::Map>() {
        let plain = Object::from_entries(value).map(|plain| InputValue::Map(entries(&plain, depth - 1)));
        return plain.unwrap_or_else(|_| InputValue::Other("a Map with keys that are no strings".to_owned()));
    }
    if is_plain(value) {
        return InputValue::Map(entries(value.unchecked_ref(), depth - 1));
    }
    InputValue::Other(kind_of(value))
}

/// Object literals and objects without a prototype, of any realm.
fn is_plain(value: &JsValue) -> bool {
    if !value.is_object() {
        return false;
    }
    let prototype = Object::get_prototype_of(value);
    prototype.is_null() || Object::get_prototype_of(&prototype).is_null()
}

#[allow(clippy::cast_possible_truncation)]
fn instant(ms: f64) -> InputValue {
    if ms.is_nan() {
        return InputValue::Other("an invalid Date".to_owned());
    }
    let seconds = (ms / 1000.0).floor();
    InputValue::Instant { seconds: seconds as i64, nanos: ((ms - seconds * 1000.0) * 1e6) as i32 }
}

/// Named values as a plain object.
pub fn outputs(values: &[(String, OutputValue)]) -> Result<JsValue, JsValue> {
    let object = Object::new();
    for (name, value) in values {
        define(&object, name, output(value)?);
    }
    Ok(object.into())
}

/// A value as JavaScript users expect it; the table is in `types.d.ts` at `FlyteValue`.
pub fn output(value: &OutputValue) -> Result<JsValue, JsValue> {
    Ok(match value {
        OutputValue::Null => JsValue::NULL,
        OutputValue::Bool(flag) => (*flag).into(),
        OutputValue::Int(number) => integer(*number),
        OutputValue::Float(number) => (*number).into(),
        OutputValue::Text(text) => text.as_str().into(),
        OutputValue::Instant { seconds, nanos } => Date::new(&milliseconds(*seconds, *nanos).floor().into()).into(),
        OutputValue::Duration { seconds, nanos } => milliseconds(*seconds, *nanos).into(),
        OutputValue::List(items) => items.iter().map(output).collect::<Result<Array, _>>()?.into(),
        OutputValue::Map(pairs) => outputs(pairs)?,
        OutputValue::Blob { uri, format, multipart } => record(&[
            ("uri", uri.as_str().into()),
            ("format", format.as_str().into()),
            ("multipart", (*multipart).into()),
        ]),
        OutputValue::StructuredDataset { uri, format } => {
            record(&[("uri", uri.as_str().into()), ("format", format.as_str().into())])
        }
        OutputValue::Binary { tag, value } => {
            record(&[("tag", tag.as_str().into()), ("value", Uint8Array::from(value.as_slice()).into())])
        }
        OutputValue::Error { message, failed_node_id } => {
            record(&[("message", message.as_str().into()), ("failedNodeId", failed_node_id.as_str().into())])
        }
        OutputValue::Literal(wire) => wire_to_js("flyteidl.core.Literal", wire)?,
    })
}

#[allow(clippy::cast_precision_loss)]
fn integer(number: i64) -> JsValue {
    let float = number as f64;
    if float.abs() <= Number::MAX_SAFE_INTEGER {
        float.into()
    } else {
        BigInt::from(number).into()
    }
}

#[allow(clippy::cast_precision_loss)]
fn milliseconds(seconds: i64, nanos: i32) -> f64 {
    seconds as f64 * 1000.0 + f64::from(nanos) / 1e6
}

fn record(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        set(&object, name, value.clone());
    }
    object.into()
}

/// Sets an own property whatever its name: `__proto__` is an ordinary key in a Flyte map.
fn define(object: &Object, name: &str, value: JsValue) {
    if name != "__proto__" {
        return set(object, name, value);
    }
    let descriptor = Object::new();
    for flag in ["writable", "enumerable", "configurable"] {
        set(&descriptor, flag, true.into());
    }
    set(&descriptor, "value", value);
    let _ = Reflect::define_property(object, &name.into(), &descriptor);
}
