//! Pages of executions, which `js/iterate.ts` turns into an async iterator.

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::error::to_js_error;
use super::execution::FlyteWorkflowExecution;
use super::signal::abortable;
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
    pub async fn next(&self) -> Result<Option<Vec<FlyteWorkflowExecution>>, JsValue> {
        let inner = Rc::clone(&self.inner);
        let page = abortable(self.signal.clone(), async move { inner.next().await.map_err(to_js_error) }).await?;
        Ok(page.map(|page| page.into_iter().map(|inner| FlyteWorkflowExecution { inner }).collect()))
    }
}
