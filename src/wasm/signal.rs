//! A caller's AbortSignal: when it fires, the call's future is dropped, which aborts its request.

use futures_util::future::{select, Either};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::error::to_js_error;
use super::promise::JsFuture;
use crate::error::{Error, Kind};

/// Runs `work` until it ends or the signal fires.
pub async fn abortable(signal: AbortSignal, work: JsFuture) -> Result<JsValue, JsValue> {
    if signal.aborted() {
        return Err(cancelled(&signal));
    }
    let (sender, receiver) = futures_channel::oneshot::channel::<()>();
    let listener = Closure::once(move || sender.send(()).is_ok());
    let function = listener.as_ref().unchecked_ref();
    signal.add_event_listener_with_callback("abort", function)?;
    let ended = select(work, receiver).await;
    signal.remove_event_listener_with_callback("abort", function)?;
    match ended {
        Either::Left((result, _)) => result,
        Either::Right(_) => Err(cancelled(&signal)),
    }
}

fn cancelled(signal: &AbortSignal) -> JsValue {
    let reason = signal.reason();
    let text = reason.dyn_ref::<js_sys::Error>().map(|e| String::from(e.message())).or_else(|| reason.as_string());
    let message = text.map_or_else(|| "cancelled".to_owned(), |text| ["cancelled: ", &text].concat());
    let mut error = Error::new(Kind::Cancelled, message);
    error.cause = Some(std::rc::Rc::new(reason));
    to_js_error(error)
}
