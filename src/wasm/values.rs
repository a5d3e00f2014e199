//! `FlyteValues`: the inputs or outputs of an execution.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function, JsString, Map, Object, Promise, Uint8Array};
use wasm_bindgen::prelude::*;

use super::error::to_js_error;
use super::json::{wire_to_js, JsFloats};
use super::literal::{literal_type, with_reading};
use super::options::text_of;
use super::promise::call;
use super::value::{output, output_as};
use crate::error::{Error, Kind};
use crate::remote::Remote;
use crate::value::{repr, OutputValue, Packed, Reading, Values};

/// Named values, kept as literals until somebody looks; iterating gives names and values.
#[wasm_bindgen]
pub struct FlyteValues {
    inner: Rc<RefCell<Values>>,
    /// Where they come from.
    remote: Option<Remote>,
    /// What was converted so far, by name.
    known: Map,
}

impl FlyteValues {
    pub(super) fn new(inner: Values, remote: Option<&Remote>) -> Self {
        FlyteValues { inner: Rc::new(RefCell::new(inner)), remote: remote.cloned(), known: Map::new() }
    }

    fn values(&self) -> Values {
        self.inner.borrow().clone()
    }
}

#[wasm_bindgen]
impl FlyteValues {
    /// The names, sorted.
    #[wasm_bindgen(getter)]
    pub fn names(&self) -> Vec<JsString> {
        self.values().names().map(JsString::from).collect()
    }

    /// How many there are.
    #[wasm_bindgen(getter)]
    pub fn size(&self) -> usize {
        self.values().len()
    }

    /// Whether there is a value of this name.
    pub fn has(&self, #[wasm_bindgen(unchecked_param_type = "string")] name: JsValue) -> bool {
        self.values().names().any(|known| name == *known)
    }

    /// One value by its declared type, or by what its literal is where none is known. It is converted once. A name that
    /// is not there throws an error that lists the names; so does a literal that is not of its declared type.
    #[wasm_bindgen(skip_typescript)]
    pub fn get(&self, name: JsValue) -> Result<JsValue, JsValue> {
        if self.known.has(&name) {
            return Ok(self.known.get(&name));
        }
        let value = self.read(name.clone(), None, false, None, JsValue::UNDEFINED)?;
        self.known.set(&name, &value);
        Ok(value)
    }

    /// One value by the type and in the form given, see `literal.fromLiteral`.
    #[wasm_bindgen(js_name = readValue, skip_typescript)]
    pub fn read(
        &self,
        name: JsValue,
        as_type: Option<Uint8Array>,
        variants: bool,
        stored: Option<Function>,
        form: JsValue,
    ) -> Result<JsValue, JsValue> {
        let as_type = as_type.map(|as_type| literal_type(&as_type)).transpose()?;
        let name = text_of(&name, "name")?;
        let value = with_reading(variants, stored, |reading| self.values().read(&name, as_type.as_ref(), reading));
        output_as(&Packed::of(&value.map_err(to_js_error)?), &form)
    }

    /// One value by its declared type, with all that it keeps apart because it is large (`OffloadedLiteral`) fetched
    /// through links that the server signs. Rejects with DownloadError when a part can't be read.
    #[wasm_bindgen(unchecked_return_type = "Promise<FlyteValue>")]
    pub fn load(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] name: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue,
    ) -> Promise {
        let (inner, known) = (Rc::clone(&self.inner), self.known.clone());
        let (values, remote) = (self.values(), self.remote.clone());
        call(options, |call| {
            let name = text_of(&name, "name")?;
            let remote = remote.ok_or_else(|| {
                let message = "these values don't come from a server: give what is stored apart as `stored`";
                to_js_error(Error::new(Kind::Assertion, message))
            })?;
            Ok(Box::pin(async move {
                let loaded = remote.load(&values, &name, &call).await?;
                let value = loaded.read(&name, None, &Reading::default())?;
                inner.replace(loaded);
                known.delete(&name.into());
                Ok(output(&value).unwrap_or_default())
            }))
        })
    }

    /// All values as a plain object.
    #[wasm_bindgen(js_name = toObject, unchecked_return_type = "unknown extends Values ? Record<string, any> : Values")]
    pub fn to_object(&self) -> Result<JsValue, JsValue> {
        for name in self.values().names() {
            self.get(name.into())?;
        }
        Object::from_entries(&self.known_in_order()).map(Into::into)
    }

    /// All names and values.
    #[wasm_bindgen(unchecked_return_type = "[string, FlyteValue][]")]
    pub fn entries(&self) -> Result<Array, JsValue> {
        for name in self.values().names() {
            self.get(name.into())?;
        }
        Ok(self.known_in_order())
    }

    fn known_in_order(&self) -> Array {
        self.values().names().map(|name| Array::of2(&name.into(), &self.known.get(&name.into()))).collect()
    }

    /// All values as `flyteidl.core.Literal` in ProtoJSON, by name.
    #[wasm_bindgen(js_name = toLiterals, unchecked_return_type = "Record<string, core.Literal>")]
    pub fn to_literals(&self) -> Result<JsValue, JsValue> {
        let entries = Array::new();
        for (name, literal) in self.values().literals() {
            let literal = wire_to_js("flyteidl.core.Literal", literal.as_bytes())?;
            entries.push(&Array::of2(&name.as_str().into(), &literal));
        }
        Object::from_entries(&entries).map(Into::into)
    }

    /// All values for display, see `literal.repr`.
    #[wasm_bindgen(unchecked_return_type = "Record<string, any>")]
    pub fn repr(&self) -> Result<JsValue, JsValue> {
        let shown = |(name, literal): &(String, _)| (name.clone(), of_literal(literal));
        let entries: Vec<(String, OutputValue)> = self.values().literals().iter().map(shown).collect();
        output_as(&Packed::of_entries(&entries), &JsValue::UNDEFINED)
    }
}

fn of_literal(literal: &crate::value::Literal) -> OutputValue {
    repr(literal.as_bytes(), &JsFloats)
}
