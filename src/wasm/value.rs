//! Values between JavaScript and the core: inputs as the caller gives them, outputs as he gets them. They cross packed,
//! see `js/packed.ts`.

use js_sys::{Array, BigUint64Array, Object, Uint8Array};
use wasm_bindgen::prelude::*;

use super::environment::environment;
use super::error::to_js_error;
use crate::error::{Error, Kind};
use crate::value::{InputValue, OutputValue, Packed};

/// A value as the caller gave it.
pub fn input(value: &JsValue) -> Result<InputValue, JsValue> {
    unpacked(&environment()?.pack(value)?)
}

fn unpacked(parts: &Array) -> Result<InputValue, JsValue> {
    let [numbers, text, bytes] = [0, 1, 2].map(|index| parts.get(index));
    let packed = Packed {
        numbers: numbers.unchecked_into::<BigUint64Array>().to_vec(),
        text: String::from_utf8(text.unchecked_into::<Uint8Array>().to_vec()).unwrap_or_default(),
        bytes: bytes.unchecked_into::<Uint8Array>().to_vec(),
    };
    packed.unpack().ok_or_else(|| to_js_error(Error::new(Kind::System, "a value was not packed as it has to be")))
}

/// Named inputs in the caller's order, and the files and blobs among them.
#[allow(clippy::type_complexity)]
pub fn inputs(object: &Object) -> Result<(Vec<(String, InputValue)>, Array), JsValue> {
    let parts: Array = environment()?.pack(object)?;
    match unpacked(&parts)? {
        InputValue::Map(entries) => Ok((entries, parts.get(3).unchecked_into())),
        other => {
            Err(to_js_error(Error::option("inputs", ["expected a plain object, got ", &other.in_words()].concat())))
        }
    }
}

/// A value as JavaScript users expect it; the table is in `types.d.ts` at `FlyteValue`.
pub fn output(value: &OutputValue) -> Result<JsValue, JsValue> {
    output_as(&Packed::of(value), &JsValue::UNDEFINED)
}

/// A packed value in the form that `form` asks for, see `Form` in `js/unpack.ts`.
pub fn output_as(packed: &Packed, form: &JsValue) -> Result<JsValue, JsValue> {
    let numbers = BigUint64Array::from(packed.numbers.as_slice());
    let bytes = Uint8Array::from(packed.bytes.as_slice());
    environment()?.unpack(&Array::of3(&numbers, &packed.text.as_str().into(), &bytes), form)
}
