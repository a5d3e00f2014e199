//! Changes of a watched execution, which `js/iterate.ts` turns into an async iterator.

use std::rc::Rc;

use js_sys::{Array, Float64Array, Int32Array, JsString, Object, Promise, Uint32Array, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::dto;
use super::environment::environment;
use super::error::{set, to_js_error};
use super::execution::{polling, FlyteWorkflowExecution};
use super::promise::{promise, Work};
use super::read;
use crate::remote::{Change, Watch, WorkflowExecution};

/// Changes, one at a time.
#[wasm_bindgen(skip_typescript)]
pub struct Changes {
    inner: Rc<Watch>,
    execution: WorkflowExecution,
    signal: Option<AbortSignal>,
}

#[wasm_bindgen]
impl Changes {
    /// The next change as a page of one, undefined after the last one.
    #[wasm_bindgen(skip_typescript)]
    pub fn next(&self) -> Promise {
        let (inner, signal, execution) = (Rc::clone(&self.inner), self.signal.clone(), self.execution.clone());
        promise(|| {
            Ok(Work::new(signal, async move {
                let change = inner.next().await.map_err(to_js_error)?;
                Ok(change.map_or(JsValue::UNDEFINED, |change| Array::of1(&show(&change, execution)).into()))
            }))
        })
    }
}

#[wasm_bindgen]
impl FlyteWorkflowExecution {
    /// What moves in it until it has ended, poll by poll: first all that is there, last how it ended. The polls come fast
    /// at first and when something moves, and slow down to one in 10 s. Ends early, without an error, when `signal` is
    /// aborted.
    #[wasm_bindgen(unchecked_return_type = "AsyncGenerator<ExecutionChange, void, undefined>")]
    pub fn watch(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "WatchOptions")] options: JsValue,
    ) -> Result<JsValue, JsValue> {
        let (wait, call) = polling(options, |options, wait| {
            wait.sync = read::watched(options);
        })?;
        let inner = Rc::new(Watch::new(self.inner.clone(), wait, call.core()));
        let signal = call.signal.as_ref().map_or(JsValue::UNDEFINED, |signal| signal.clone().into());
        let changes = Changes { inner, execution: self.inner.clone(), signal: call.signal };
        Ok(environment()?.iterate_changes(changes, &signal))
    }
}

/// `ExecutionChange`
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_possible_wrap)]
fn show(change: &Change, execution: WorkflowExecution) -> JsValue {
    let count = change.rows.len();
    let (mut index, mut parent, mut phase) = (Vec::with_capacity(count), Vec::with_capacity(count), Vec::new());
    let (mut started, mut updated, mut lasted, mut ids) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let or_nan = |milliseconds: Option<f64>| milliseconds.unwrap_or(f64::NAN);
    for (number, row) in &change.rows {
        let node = &row.node;
        index.push(*number as u32);
        parent.push(row.parent.map_or(-1, |parent| parent as i32));
        phase.push(node.phase.number as u8);
        started.push(or_nan(dto::since_1970(node.started_at.as_ref())));
        updated.push(or_nan(dto::since_1970(node.updated_at.as_ref())));
        lasted.push(or_nan(dto::milliseconds(node.duration.as_ref())));
        ids.push(node.id.node_id.as_str());
    }
    // One text for all names: a string for each would cost more than the rest.
    let ids: JsValue = if count == 0 { Array::new().into() } else { JsString::from(ids.join("\n")).split("\n").into() };
    let rows = Object::new();
    set(&rows, "length", (count as f64).into());
    set(&rows, "index", Uint32Array::from(index.as_slice()).into());
    set(&rows, "parent", Int32Array::from(parent.as_slice()).into());
    set(&rows, "nodeId", ids);
    set(&rows, "phase", Uint8Array::from(phase.as_slice()).into());
    set(&rows, "startedAt", Float64Array::from(started.as_slice()).into());
    set(&rows, "updatedAt", Float64Array::from(updated.as_slice()).into());
    set(&rows, "durationMs", Float64Array::from(lasted.as_slice()).into());
    let shown = Object::new();
    set(&shown, "execution", FlyteWorkflowExecution { inner: execution }.into());
    set(&shown, "phase", change.phase.as_str().into());
    set(&shown, "isDone", change.phase.is_terminal().into());
    set(&shown, "loaded", (change.loaded as f64).into());
    set(&shown, "total", (change.total as f64).into());
    set(&shown, "done", (change.done as f64).into());
    set(&shown, "rows", rows.into());
    shown.into()
}
