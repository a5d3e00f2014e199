//! Plain objects that go out: identifiers, errors, uploads. Shapes as in `types.d.ts`.

use js_sys::{Array, Date, Object};
use wasm_bindgen::prelude::*;

use super::error::set;
use crate::data::Uploaded;
use crate::entity::{ExecutionId, Identifier};
use crate::execution::ExecutionError;
use crate::remote::{Existing, Registered, Registration};

/// A plain object.
fn plain<const N: usize>(properties: [(&str, JsValue); N]) -> JsValue {
    plain_of(properties.into())
}

fn plain_of(properties: Vec<(&str, JsValue)>) -> JsValue {
    let object = Object::new();
    for (name, value) in properties {
        set(&object, name, value);
    }
    object.into()
}

/// `Identifier`
pub fn identifier(id: &Identifier) -> JsValue {
    plain([
        ("resourceType", id.resource_type.as_str().into()),
        ("project", (*id.project).into()),
        ("domain", (*id.domain).into()),
        ("name", (*id.name).into()),
        ("version", (*id.version).into()),
    ])
}

/// `{ project, domain, name }`
pub fn execution_id(id: &ExecutionId) -> JsValue {
    plain([("project", (*id.project).into()), ("domain", (*id.domain).into()), ("name", (*id.name).into())])
}

/// `ExecutionError`, or undefined.
pub fn execution_error(error: Option<&ExecutionError>) -> JsValue {
    error.map_or(JsValue::UNDEFINED, |error| {
        plain([
            ("code", (*error.code).into()),
            ("message", (*error.message).into()),
            ("errorUri", (*error.error_uri).into()),
            ("kind", error.kind.into()),
        ])
    })
}

/// `Existing`
pub fn existing(existing: &Existing) -> JsValue {
    let inputs: Array = existing.differing_inputs.iter().map(|name| JsValue::from(name.as_str())).collect();
    plain([("entityDiffers", existing.entity_differs.into()), ("differingInputs", inputs.into())])
}

/// `{ tasks, workflows, launchPlans }`, each `Registered[]`
pub fn registered(all: &Registered) -> JsValue {
    plain([
        ("tasks", registrations(&all.tasks)),
        ("workflows", registrations(&all.workflows)),
        ("launchPlans", registrations(&all.launch_plans)),
    ])
}

fn registrations(list: &[Registration]) -> JsValue {
    let one = |one: &Registration| plain([("id", identifier(&one.id)), ("created", one.new.into())]);
    list.iter().map(one).collect::<Array>().into()
}

/// `Uploaded`
#[allow(clippy::cast_precision_loss)]
pub fn uploaded(file: &Uploaded) -> JsValue {
    plain([("uri", (*file.uri).into()), ("md5", (*file.md5.hex()).into()), ("size", (file.size as f64).into())])
}

/// A Date, to the millisecond.
pub fn date(time: Option<&prost_types::Timestamp>) -> Option<Date> {
    Some(Date::new(&since_1970(time)?.into()))
}

/// Whole milliseconds since 1970.
#[allow(clippy::cast_precision_loss)]
pub fn since_1970(time: Option<&prost_types::Timestamp>) -> Option<f64> {
    let time = time?;
    Some(time.seconds as f64 * 1000.0 + f64::from(time.nanos / 1_000_000))
}

/// Milliseconds.
#[allow(clippy::cast_precision_loss)]
pub fn milliseconds(duration: Option<&prost_types::Duration>) -> Option<f64> {
    let duration = duration?;
    Some(duration.seconds as f64 * 1000.0 + f64::from(duration.nanos) / 1e6)
}
