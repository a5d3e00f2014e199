//! Promises of the exported methods. All are made in one place and of one type of future, as each type would bring
//! wasm-bindgen's machinery along once more.

use std::future::Future;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use web_sys::AbortSignal;

use super::signal::abortable;
use crate::host::LocalFuture;

/// What ends with a value for JavaScript.
pub type JsFuture = LocalFuture<Result<JsValue, JsValue>>;

/// What a method has begun; it is dropped when the caller's signal fires.
pub struct Work {
    signal: Option<AbortSignal>,
    future: JsFuture,
}

impl Work {
    /// Work that `signal` ends.
    pub fn new(signal: Option<AbortSignal>, future: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Self {
        Work { signal, future: Box::pin(future) }
    }
}

/// Begins work; when its arguments are wrong, the promise is rejected.
pub fn promise(begin: impl FnOnce() -> Result<Work, JsValue>) -> Promise {
    settle(begin())
}

fn settle(work: Result<Work, JsValue>) -> Promise {
    match work {
        Ok(Work { signal: None, future }) => future_to_promise(future),
        Ok(Work { signal: Some(signal), future }) => future_to_promise(Box::pin(abortable(signal, future)) as JsFuture),
        Err(error) => Promise::reject(&error),
    }
}
