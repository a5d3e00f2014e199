//! Promises of the exported methods. All are made in one place and of one type of future, as each type would bring
//! wasm-bindgen's machinery along once more.

use std::future::Future;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use web_sys::AbortSignal;

use super::environment::environment;
use super::error::to_js_error;
use super::options::CallOptions;
use super::signal::{abortable, Created};
use crate::error::Error;
use crate::host::LocalFuture;
use crate::remote;

/// What ends with a value for JavaScript.
pub type JsFuture = LocalFuture<Result<JsValue, JsValue>>;

/// A call of the core whose result is made ready for JavaScript.
pub type Pending = LocalFuture<Result<JsValue, Error>>;

/// What a method has begun; it is dropped when the caller's signal fires.
pub struct Work {
    signal: Option<AbortSignal>,
    created: Created,
    future: JsFuture,
}

impl Work {
    /// A call of the core that `signal` ends.
    pub fn of(signal: Option<AbortSignal>, pending: Pending) -> Self {
        Work::new(signal, told(pending))
    }

    /// Work that `signal` ends.
    pub fn new(signal: Option<AbortSignal>, future: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Self {
        Work { signal, created: Created::default(), future: Box::pin(future) }
    }

    /// Work that creates what `options` will know when it is cancelled.
    pub fn creating(self, options: Created) -> Self {
        Work { created: options, ..self }
    }
}

/// Begins work; when its arguments are wrong, the promise is rejected.
pub fn promise(begin: impl FnOnce() -> Result<Work, JsValue>) -> Promise {
    settle(begin())
}

/// Begins a call of the core that needs nothing but a call's options.
pub fn call(options: JsValue, begin: impl FnOnce(remote::CallOptions) -> Result<Pending, JsValue>) -> Promise {
    settle(CallOptions::of(options).and_then(|options| {
        let begun = begin(options.core())?;
        Ok(Work::new(options.signal, told(begun)))
    }))
}

async fn told(pending: Pending) -> Result<JsValue, JsValue> {
    pending.await.map_err(to_js_error)
}

fn settle(work: Result<Work, JsValue>) -> Promise {
    let begun = work.and_then(|work| Ok((work, environment()?)));
    match begun {
        Ok((Work { signal: None, future, .. }, environment)) => environment.follow(&future_to_promise(future), None),
        Ok((Work { signal: Some(signal), created, future }, environment)) => {
            let work = Box::pin(abortable(signal.clone(), created, future)) as JsFuture;
            environment.follow(&future_to_promise(work), Some(&signal))
        }
        Err(error) => Promise::reject(&error),
    }
}
