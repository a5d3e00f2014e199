//! A caller's AbortSignal: when it fires, the call's future is dropped, which aborts its request.

use std::cell::RefCell;
use std::rc::Rc;

use futures_util::future::{select, Either};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::error::to_js_error;
use super::host::text_of;
use super::options::property;
use super::promise::JsFuture;
use crate::error::{Error, Kind};

/// What the work has begun to create.
pub type Created = Rc<RefCell<Option<String>>>;

/// Runs `work` until it ends or the signal fires.
pub async fn abortable(signal: AbortSignal, created: Created, work: JsFuture) -> Result<JsValue, JsValue> {
    if property(&signal, "aborted").is_truthy() {
        return Err(cancelled(&signal, None));
    }
    let (sender, receiver) = futures_channel::oneshot::channel::<()>();
    let listener = Closure::once(move || sender.send(()).is_ok());
    let function = listener.as_ref().unchecked_ref();
    signal.add_event_listener_with_callback("abort", function)?;
    let ended = select(work, receiver).await;
    let _ = signal.remove_event_listener_with_callback("abort", function);
    match ended {
        Either::Left((result, _)) => result,
        Either::Right(_) => Err(cancelled(&signal, created.take())),
    }
}

fn cancelled(signal: &AbortSignal, created: Option<String>) -> JsValue {
    let reason = property(signal, "reason");
    let text = text_of(&reason);
    let message = if text.is_empty() { "cancelled".to_owned() } else { ["cancelled: ", &text].concat() };
    let mut error = Error::new(Kind::Cancelled, message);
    if let Some(created) = created {
        error.perhaps_created(&created);
        error.entity = Some(created.into());
    }
    error.cause = Some(Rc::new(reason));
    to_js_error(error)
}
