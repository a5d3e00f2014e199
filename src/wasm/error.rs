//! Core errors as JavaScript errors.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

use super::environment::environment;
use super::json::wire_to_js;
use super::options::property;
use crate::error::Error;
use crate::rpc::{Metadata, Status};

/// The JavaScript error for a core error.
pub fn to_js_error(error: Error) -> JsValue {
    let fields = Object::new();
    if let Some(status) = &error.status {
        set_status(&fields, status);
    }
    if let Some(http) = error.store.filter(|status| *status > 0) {
        set(&fields, "httpStatus", http.into());
    }
    set(&fields, "retryable", error.is_retryable().into());
    for (name, value) in [("method", &error.method), ("entity", &error.entity), ("path", &error.path)] {
        if let Some(value) = value {
            set(&fields, name, (**value).into());
        }
    }
    if !error.problems.is_empty() {
        set(&fields, "problems", problems(&error));
    }
    if let Some(cause) = error.cause.as_ref().and_then(|cause| cause.downcast_ref::<JsValue>()) {
        set(&fields, "cause", cause.clone());
    }
    match environment() {
        Ok(environment) => environment.make_error(&error.kind.name().into(), &error.message.as_str().into(), &fields),
        Err(missing) => missing,
    }
}

fn set_status(fields: &Object, status: &Status) {
    set(fields, "code", status.code.name().into());
    set(fields, "grpcCode", (status.code as u8).into());
    if let Some(http) = status.http_status {
        set(fields, "httpStatus", http.into());
    }
    set(fields, "headers", metadata(&status.headers));
    set(fields, "trailers", metadata(&status.trailers));
    if !status.details.is_empty() {
        let decoded = wire_to_js("google.rpc.Status", &status.details);
        let details = decoded.and_then(|decoded| Reflect::get(&decoded, &"details".into()));
        if let Some(details) = details.ok().filter(JsValue::is_object) {
            set(fields, "details", details);
        }
    }
}

fn problems(error: &Error) -> JsValue {
    let list = js_sys::Array::new();
    for problem in &error.problems {
        let entry = Object::new();
        set(&entry, "path", problem.path.as_str().into());
        set(&entry, "message", problem.message.as_str().into());
        list.push(&entry);
    }
    list.into()
}

/// Metadata as a plain object; repeated names are joined like HTTP headers.
pub fn metadata(entries: &Metadata) -> JsValue {
    let object = Object::new();
    for (name, value) in entries {
        let before = property(&object, name).as_string();
        let joined = before.map_or_else(|| value.clone(), |before| [&before, ", ", value].concat());
        set(&object, name, joined.into());
    }
    object.into()
}

/// Sets a property of a fresh object, which can't fail.
pub fn set(object: &Object, name: &str, value: JsValue) {
    let _ = Reflect::set(object, &name.into(), &value);
}
