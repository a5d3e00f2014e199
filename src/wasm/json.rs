//! Messages as JavaScript objects: through the JSON text of the codec, which is faster than building them field by field.

use js_sys::JSON;
use wasm_bindgen::prelude::*;

use super::environment::environment;
use super::error::to_js_error;
use super::options::text_of;
use crate::codec::{self, FloatText, JsonError, WireError};
use crate::error::{Error, Kind};
use crate::idl::schema::MessageId;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Number)]
    fn to_number(text: &str) -> f64;

    #[wasm_bindgen(js_name = String)]
    fn to_text(number: f64) -> String;
}

/// Number texts by the engine: Rust's own would cost 22 KB.
pub struct JsFloats;

impl FloatText for JsFloats {
    fn print(&self, value: f64, out: &mut Vec<u8>) {
        // JavaScript leaves the sign of zero out.
        if value.to_bits() == (-0.0f64).to_bits() {
            out.push(b'-');
        }
        out.extend_from_slice(to_text(value).as_bytes());
    }

    fn parse(&self, text: &[u8]) -> Option<f64> {
        let number = to_number(std::str::from_utf8(text).ok()?);
        (!number.is_nan()).then_some(number)
    }
}

/// The wire bytes of a message given as an object. `what` says whose input it is.
pub fn js_to_wire(message: MessageId, value: &JsValue, what: &str) -> Result<Vec<u8>, JsValue> {
    encoded(message, value, what, "")
}

/// The same for an object at `place` in the caller's input, where paths in errors begin.
pub fn part_to_wire(message: MessageId, value: &JsValue, place: &str) -> Result<Vec<u8>, JsValue> {
    encoded(message, value, place, place)
}

fn encoded(message: MessageId, value: &JsValue, what: &str, place: &str) -> Result<Vec<u8>, JsValue> {
    // The plain text first: it is several times faster and nearly always right.
    if let Some(text) = environment()?.encode_json(value, false)? {
        if let Ok(encoded) = codec::json_to_wire(message, &text.to_vec(), &JsFloats) {
            if !encoded.is_doubtful {
                return Ok(encoded.wire);
            }
        }
    }
    let text = environment()?.encode_json(value, true)?.unwrap_or_default();
    let encoded = codec::json_to_wire(message, &text.to_vec(), &JsFloats);
    encoded.map(|encoded| encoded.wire).map_err(|error| to_js_error(input_error(&error, what, place)))
}

fn input_error(error: &JsonError, what: &str, place: &str) -> Error {
    let dot = if place.is_empty() || error.path.starts_with('[') { "" } else { "." };
    let path = if error.path.is_empty() { what.to_owned() } else { [place, dot, &error.path].concat() };
    let message = [what, ": ", &error.to_string()].concat();
    Error::new(Kind::Type, message).at(path)
}

/// The JSON text of a message.
pub fn wire_to_text(message: MessageId, wire: &[u8]) -> Result<String, JsValue> {
    let mut text = Vec::with_capacity(wire.len() * 2);
    let done = codec::wire_to_json(message, wire, &JsFloats, &mut text);
    let text = done.map(|()| String::from_utf8(text).unwrap_or_default());
    text.map_err(|error| unreadable(message, &error))
}

/// A message as an object.
pub fn wire_to_js(name: &str, wire: &[u8]) -> Result<JsValue, JsValue> {
    JSON::parse(&wire_to_text(message(name)?, wire)?)
}

/// The message that has the field of this path, with that field alone.
pub fn picked(name: &str, wire: &[u8], path: &JsValue) -> Result<JsValue, JsValue> {
    let (message, mut text) = (message(name)?, Vec::new());
    codec::pick(message, wire, &text_of(path, "path")?, &JsFloats, &mut text)
        .map_err(|error| unreadable(message, &error))?;
    JSON::parse(&String::from_utf8(text).unwrap_or_default())
}

fn unreadable(message: MessageId, error: &WireError) -> JsValue {
    let text = ["the server's ", message.name(), " can't be read: ", &error.to_string()].concat();
    to_js_error(Error::new(Kind::System, text))
}

/// The message type of a full name.
pub fn message(name: &str) -> Result<MessageId, JsValue> {
    MessageId::by_name(name).ok_or_else(|| {
        let text =
            ["there is no message type ", name, "; expected a full name such as flyteidl.admin.Execution"].concat();
        to_js_error(Error::new(Kind::Value, text).at("typeName"))
    })
}
