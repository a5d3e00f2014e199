//! Plain objects that go out: identifiers, errors, uploads. Shapes as in `types.d.ts`.

use js_sys::{Array, Date};
use wasm_bindgen::prelude::*;

use super::value::record;
use crate::data::Uploaded;
use crate::entity::{ExecutionId, Identifier};
use crate::execution::{Abort, ExecutionError, TaskLog};
use crate::remote::{Registered, Registration};

/// `Identifier`
pub fn identifier(id: &Identifier) -> JsValue {
    record(&[
        ("resourceType", id.resource_type.as_str().into()),
        ("project", id.project.as_str().into()),
        ("domain", id.domain.as_str().into()),
        ("name", id.name.as_str().into()),
        ("version", id.version.as_str().into()),
    ])
}

/// `{ project, domain, name }`
pub fn execution_id(id: &ExecutionId) -> JsValue {
    record(&[
        ("project", id.project.as_str().into()),
        ("domain", id.domain.as_str().into()),
        ("name", id.name.as_str().into()),
    ])
}

/// `ExecutionError`, or undefined.
pub fn execution_error(error: Option<&ExecutionError>) -> JsValue {
    error.map_or(JsValue::UNDEFINED, |error| {
        record(&[
            ("code", error.code.as_str().into()),
            ("message", error.message.as_str().into()),
            ("errorUri", error.error_uri.as_str().into()),
            ("kind", error.kind.into()),
        ])
    })
}

/// `{ cause, principal }`, or undefined.
pub fn abort(abort: Option<&Abort>) -> JsValue {
    abort.map_or(JsValue::UNDEFINED, |abort| {
        record(&[("cause", abort.cause.as_str().into()), ("principal", abort.principal.as_str().into())])
    })
}

/// `{ name, uri }[]`
pub fn logs(logs: &[TaskLog]) -> JsValue {
    let log = |log: &TaskLog| record(&[("name", log.name.as_str().into()), ("uri", log.uri.as_str().into())]);
    logs.iter().map(log).collect::<Array>().into()
}

/// `{ tasks, workflows, launchPlans }`, each `Registered[]`
pub fn registered(all: &Registered) -> JsValue {
    record(&[
        ("tasks", registrations(&all.tasks)),
        ("workflows", registrations(&all.workflows)),
        ("launchPlans", registrations(&all.launch_plans)),
    ])
}

fn registrations(list: &[Registration]) -> JsValue {
    let one = |one: &Registration| record(&[("id", identifier(&one.id)), ("created", one.new.into())]);
    list.iter().map(one).collect::<Array>().into()
}

/// `Uploaded`
#[allow(clippy::cast_precision_loss)]
pub fn uploaded(file: &Uploaded) -> JsValue {
    record(&[("uri", file.uri.as_str().into()), ("md5", file.md5.hex().into()), ("size", (file.size as f64).into())])
}

/// A Date, to the millisecond.
#[allow(clippy::cast_precision_loss)]
pub fn date(time: Option<&prost_types::Timestamp>) -> Option<Date> {
    let time = time?;
    Some(Date::new(&(time.seconds as f64 * 1000.0 + f64::from(time.nanos / 1_000_000)).into()))
}

/// Milliseconds.
#[allow(clippy::cast_precision_loss)]
pub fn milliseconds(duration: Option<&prost_types::Duration>) -> Option<f64> {
    let duration = duration?;
    Some(duration.seconds as f64 * 1000.0 + f64::from(duration.nanos) / 1e6)
}
