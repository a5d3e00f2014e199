//! The outside world in JavaScript: `fetch`, `Date.now`, timers, random numbers.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;

use super::environment::{environment, Exchange};
use super::options::property;
use crate::host::{BodyReader, FetchError, Host, HttpBody, HttpRequest, HttpResponse, LocalFuture};

/// The host of a page or a Node process.
pub struct JsHost {
    /// The caller's `fetch`, or undefined for the platform's.
    pub fetch: JsValue,
}

impl Host for JsHost {
    fn fetch(&self, request: HttpRequest) -> LocalFuture<Result<HttpResponse, FetchError>> {
        let running = start(&self.fetch, &request);
        Box::pin(async move { read_head(running.map_err(fetch_error)?).await })
    }

    fn now(&self) -> Duration {
        Duration::from_secs_f64((js_sys::Date::now() / 1000.0).max(0.0))
    }

    fn uptime(&self) -> Duration {
        Duration::from_secs_f64((performance_now() / 1000.0).max(0.0))
    }

    fn sleep(&self, duration: Duration) -> LocalFuture<()> {
        Box::pin(sleep(duration))
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        for byte in buffer {
            *byte = (js_sys::Math::random() * 256.0) as u8;
        }
    }
}

#[wasm_bindgen]
extern "C" {
    /// Milliseconds since the page or the process began.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

/// Timers take at most 2^31-1 ms.
async fn sleep(mut duration: Duration) {
    const LONGEST: Duration = Duration::from_millis(i32::MAX as u64);
    while !duration.is_zero() {
        let step = duration.min(LONGEST);
        gloo_timers::future::sleep(step).await;
        duration -= step;
    }
}

fn start(fetch: &JsValue, request: &HttpRequest) -> Result<Running, JsValue> {
    let headers = Array::new();
    for (name, value) in &request.headers {
        headers.push(&Array::of2(&name.as_str().into(), &value.as_str().into()));
    }
    let body = match &request.body {
        HttpBody::Empty => JsValue::UNDEFINED,
        HttpBody::Bytes(bytes) => Uint8Array::from(&**bytes).into(),
        HttpBody::Foreign(value) => value.downcast_ref::<JsValue>().cloned().unwrap_or(JsValue::UNDEFINED),
    };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let report = request.on_sent.clone().map(|on_sent| Closure::new(move |sent: f64| on_sent(sent as u64)));
    let on_sent = report.as_ref().map_or(JsValue::UNDEFINED, |report| report.as_ref().clone());
    let (method, url) = (request.method.into(), request.url.as_str().into());
    let request = [fetch.clone(), method, url, headers.into(), body, on_sent];
    let exchange = environment()?.exchange(&request.into_iter().collect())?;
    Ok(Running { exchange, _report: report })
}

async fn read_head(running: Running) -> Result<HttpResponse, FetchError> {
    let head: Array = running.exchange.head().await.map_err(fetch_error)?.unchecked_into();
    let flat: Array = head.get(2).unchecked_into();
    let text = |value: JsValue| value.as_string().unwrap_or_default();
    let headers = (0..flat.length() / 2).map(|i| (text(flat.get(2 * i)), text(flat.get(2 * i + 1)))).collect();
    let status = head.get(0).as_f64().unwrap_or_default() as u16;
    Ok(HttpResponse { status, url: text(head.get(1)), headers, body: Box::new(Body { running: Some(running) }) })
}

/// An exchange that is aborted when it is dropped.
struct Running {
    exchange: Exchange,
    _report: Option<Closure<dyn Fn(f64)>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.exchange.abort();
    }
}

struct Body {
    running: Option<Running>,
}

impl BodyReader for Body {
    fn chunk(&mut self) -> Pin<Box<dyn Future<Output = Result<Option<Vec<u8>>, FetchError>> + '_>> {
        Box::pin(async {
            let Some(running) = &self.running else { return Ok(None) };
            let piece = running.exchange.read().await.map_err(fetch_error)?;
            if piece.is_undefined() {
                self.running = None;
                return Ok(None);
            }
            Ok(Some(piece.unchecked_into::<Uint8Array>().to_vec()))
        })
    }
}

/// Node's `fetch` hides what happened in nested causes; the innermost says it best.
pub fn fetch_error(error: JsValue) -> FetchError {
    let mut message = text_of(&error);
    let mut inner = error.clone();
    let mut explained = false;
    for _ in 0..4 {
        inner = property(&inner, "cause");
        if !inner.is_object() {
            break;
        }
        explained = true;
        let code = property(&inner, "code").as_string();
        let text = text_of(&inner);
        let text = if text.is_empty() { code.unwrap_or_default() } else { text };
        // An error of this package says what its cause says.
        if !message.contains(&text) {
            message = [message.as_str(), ": ", &text].concat();
        }
    }
    let reason_hidden = !explained && error.is_instance_of::<js_sys::TypeError>();
    FetchError { message, cause: Some(Rc::new(error)), reason_hidden }
}

/// What an error says, or a text; empty for anything else, a caller's error with a message that is no text too.
pub fn text_of(error: &JsValue) -> String {
    let is_error = error.is_instance_of::<js_sys::Error>();
    let said = if is_error { property(error, "message") } else { error.clone() };
    said.as_string().unwrap_or_default()
}
