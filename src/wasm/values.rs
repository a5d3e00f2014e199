//! `FlyteValues`: the inputs or outputs of an execution.

use js_sys::{JsString, Object};
use wasm_bindgen::prelude::*;

use super::error::{set, to_js_error};
use super::json::wire_to_js;
use super::value::{output, outputs};
use crate::error::{Error, Kind};
use crate::value::Values;

/// Named values, kept as literals until somebody looks.
#[wasm_bindgen]
pub struct FlyteValues {
    pub(super) inner: Values,
}

#[wasm_bindgen]
impl FlyteValues {
    /// The names, sorted.
    #[wasm_bindgen(getter)]
    pub fn names(&self) -> Vec<JsString> {
        self.inner.names().map(JsString::from).collect()
    }

    /// One value. A name that is not there throws an error that lists the names.
    #[wasm_bindgen(unchecked_return_type = "FlyteValue")]
    pub fn get(&self, name: &str) -> Result<JsValue, JsValue> {
        let value = self.inner.get(name).ok_or_else(|| {
            let names: Vec<&str> = self.inner.names().collect();
            let message = ["there is no value ", name, "; there are: ", &names.join(", ")].concat();
            to_js_error(Error::new(Kind::Value, message).at(name))
        })?;
        output(&value)
    }

    /// All values as a plain object.
    #[wasm_bindgen(js_name = toObject, unchecked_return_type = "Record<string, any>")]
    pub fn to_object(&self) -> Result<JsValue, JsValue> {
        outputs(&self.inner.to_output())
    }

    /// All values as `flyteidl.core.Literal` in ProtoJSON, by name.
    #[wasm_bindgen(js_name = toLiterals, unchecked_return_type = "Record<string, core.Literal>")]
    pub fn to_literals(&self) -> Result<JsValue, JsValue> {
        let object = Object::new();
        for (name, literal) in self.inner.literals() {
            set(&object, name, wire_to_js("flyteidl.core.Literal", literal.as_bytes())?);
        }
        Ok(object.into())
    }
}
