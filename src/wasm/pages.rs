//! Pages of executions, which `js/iterate.ts` turns into an async iterator.

use std::rc::Rc;

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::error::to_js_error;
use super::execution::FlyteWorkflowExecution;
use super::promise::{promise, Work};
use crate::remote::Pager;

/// Executions, page by page.
#[wasm_bindgen(skip_typescript)]
pub struct ExecutionPages {
    pub(super) inner: Rc<Pager>,
    pub(super) signal: Option<AbortSignal>,
}

#[wasm_bindgen]
impl ExecutionPages {
    /// The next page, undefined after the last one.
    #[wasm_bindgen(skip_typescript)]
    pub fn next(&self) -> Promise {
        let (inner, signal) = (Rc::clone(&self.inner), self.signal.clone());
        promise(|| {
            Ok(Work::new(signal, async move {
                let Some(page) = inner.next().await.map_err(to_js_error)? else { return Ok(JsValue::UNDEFINED) };
                let page = page.into_iter().map(|inner| JsValue::from(FlyteWorkflowExecution { inner }));
                Ok(page.collect::<Array>().into())
            }))
        })
    }
}
