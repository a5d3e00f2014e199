//! What `js/instance.ts` hands over at start: the things only JavaScript can do. Arguments are JavaScript values, and several
//! of them a list: V8 compiles a wrapper for each signature of an import while it loads the module.

use std::cell::RefCell;

use js_sys::{Array, Object, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::pages::Pages;
use super::watch::Changes;

#[wasm_bindgen]
extern "C" {
    /// The functions of `js/instance.ts`.
    #[derive(Clone)]
    pub type Environment;

    /// An error object of the class for `kind`.
    #[wasm_bindgen(method, js_name = makeError)]
    pub fn make_error(this: &Environment, kind: &JsValue, message: &JsValue, fields: &Object) -> JsValue;

    /// A value of the caller, packed: numbers, text and bytes. `js/pack.ts`
    #[wasm_bindgen(method, catch)]
    pub fn pack(this: &Environment, value: &JsValue) -> Result<Array, JsValue>;

    /// A packed value, `[numbers, text, bytes]`, as JavaScript users expect it. `js/unpack.ts`
    #[wasm_bindgen(method, catch)]
    pub fn unpack(this: &Environment, packed: &Array, form: &JsValue) -> Result<JsValue, JsValue>;

    /// The JSON text of a value; undefined when it can't be written without `exact`.
    #[wasm_bindgen(method, catch, js_name = encodeJson)]
    pub fn encode_json(this: &Environment, value: &JsValue, exact: bool) -> Result<Option<Uint8Array>, JsValue>;

    /// Sends an HTTP request, `[fetch, method, url, headers, body, onSent]`; `onSent` is told the bytes sent so far, where
    /// that can be known.
    #[wasm_bindgen(method, catch)]
    pub fn exchange(this: &Environment, request: &Array) -> Result<Exchange, JsValue>;

    /// The source of bytes for what `uploadFile` was given; undefined when it is nothing that can be read.
    #[wasm_bindgen(method, catch, js_name = openSource)]
    pub async fn open_source(this: &Environment, value: &JsValue) -> Result<JsValue, JsValue>;

    /// The promise, which rejects too when the instance dies. `signal`, if any, is about to be listened to.
    #[wasm_bindgen(method)]
    pub fn follow(this: &Environment, promise: &Promise, signal: Option<&AbortSignal>) -> Promise;

    /// An async iterator over the items of pages, which also gives single pages.
    #[wasm_bindgen(method)]
    pub fn list(this: &Environment, pages: Pages) -> JsValue;

    /// An async iterator over changes, which ends when `signal` is aborted.
    #[wasm_bindgen(method, js_name = iterate)]
    pub fn iterate_changes(this: &Environment, changes: Changes, signal: &JsValue) -> JsValue;

    /// `js/exchange.ts`.
    pub type Exchange;

    /// `[status, url, [name, value, …]]`
    #[wasm_bindgen(method, catch)]
    pub async fn head(this: &Exchange) -> Result<JsValue, JsValue>;

    /// The next piece of the body, undefined at its end.
    #[wasm_bindgen(method, catch)]
    pub async fn read(this: &Exchange) -> Result<JsValue, JsValue>;

    /// Gives the exchange up.
    #[wasm_bindgen(method)]
    pub fn abort(this: &Exchange);
}

thread_local! {
    static ENVIRONMENT: RefCell<Option<Environment>> = const { RefCell::new(None) };
}

/// Called once by the loader, before anything else.
#[wasm_bindgen(js_name = setEnvironment, skip_typescript)]
pub fn set_environment(environment: Environment) {
    ENVIRONMENT.set(Some(environment));
}

/// The environment; the loader sets it before any object exists.
pub fn environment() -> Result<Environment, JsValue> {
    ENVIRONMENT
        .with_borrow(Clone::clone)
        .ok_or_else(|| js_sys::Error::new("flyte-remote was loaded without its loader").into())
}
