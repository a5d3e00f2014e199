//! Messages without a call: bytes to ProtoJSON and back. `js/index.ts` groups them as `proto`.

use js_sys::{JsString, Uint8Array};
use wasm_bindgen::prelude::*;

use super::json::{js_to_wire, message, wire_to_text};
use super::options::{bytes_of, text_of};

/// The JSON text of a message.
#[wasm_bindgen(js_name = protoToText, skip_typescript)]
pub fn proto_to_text(type_name: JsValue, wire: JsValue) -> Result<JsString, JsValue> {
    wire_to_text(message(&text_of(&type_name, "typeName")?)?, &bytes_of(&wire, "bytes")?).map(Into::into)
}

/// The bytes of a message given as an object.
#[wasm_bindgen(js_name = protoFromObject, skip_typescript)]
pub fn proto_from_object(type_name: JsValue, value: JsValue) -> Result<Uint8Array, JsValue> {
    js_to_wire(message(&text_of(&type_name, "typeName")?)?, &value, "message")
        .map(|wire| Uint8Array::from(wire.as_slice()))
}
