//! Exported objects as arguments that may also be something else. wasm-bindgen can only consume such an argument, so the
//! object is asked to lend its core through a slot.

use std::cell::RefCell;

use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;

use crate::remote::{Target, WorkflowExecution};

/// The core of an exported object.
pub enum Lent {
    /// Something to execute.
    Target(Target),
    /// An execution.
    Execution(WorkflowExecution),
}

thread_local! {
    static SLOT: RefCell<Option<Lent>> = const { RefCell::new(None) };
}

/// What an object's `__lend` calls.
pub fn put(lent: Lent) {
    SLOT.set(Some(lent));
}

/// The core of `value` if it is one of our objects; `None` for anything else, objects of another copy of the package too.
pub fn borrow(value: &JsValue) -> Result<Option<Lent>, JsValue> {
    if !value.is_object() {
        return Ok(None);
    }
    let Some(lend) = Reflect::get(value, &"__lend".into())?.dyn_ref::<Function>().cloned() else { return Ok(None) };
    SLOT.set(None);
    lend.call0(value)?;
    Ok(SLOT.take())
}
