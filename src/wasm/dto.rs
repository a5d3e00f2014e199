//! Plain objects that go out: identifiers, errors, uploads. Shapes as in `types.d.ts`.

use js_sys::Date;
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::data::Uploaded;
use crate::entity::{ExecutionId, Identifier};
use crate::execution::ExecutionError;
use crate::remote::{Existing, Registered, Registration};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct IdentifierDto<'a> {
    resource_type: &'a str,
    project: &'a str,
    domain: &'a str,
    name: &'a str,
    version: &'a str,
}

#[derive(Serialize)]
struct ExecutionIdDto<'a> {
    project: &'a str,
    domain: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorDto<'a> {
    code: &'a str,
    message: &'a str,
    error_uri: &'a str,
    kind: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExistingDto<'a> {
    entity_differs: bool,
    differing_inputs: &'a [String],
}

#[derive(Serialize)]
struct RegistrationDto<'a> {
    id: IdentifierDto<'a>,
    created: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RegisteredDto<'a> {
    tasks: Vec<RegistrationDto<'a>>,
    workflows: Vec<RegistrationDto<'a>>,
    launch_plans: Vec<RegistrationDto<'a>>,
}

#[derive(Serialize)]
struct UploadedDto<'a> {
    uri: &'a str,
    md5: String,
    #[allow(clippy::struct_field_names)]
    size: f64,
}

fn plain(value: &impl Serialize) -> JsValue {
    serde_wasm_bindgen::to_value(value).unwrap_or_default()
}

fn identifier_dto(id: &Identifier) -> IdentifierDto<'_> {
    IdentifierDto {
        resource_type: id.resource_type.as_str(),
        project: &id.project,
        domain: &id.domain,
        name: &id.name,
        version: &id.version,
    }
}

/// `Identifier`
pub fn identifier(id: &Identifier) -> JsValue {
    plain(&identifier_dto(id))
}

/// `{ project, domain, name }`
pub fn execution_id(id: &ExecutionId) -> JsValue {
    plain(&ExecutionIdDto { project: &id.project, domain: &id.domain, name: &id.name })
}

/// `ExecutionError`, or undefined.
pub fn execution_error(error: Option<&ExecutionError>) -> JsValue {
    error.map_or(JsValue::UNDEFINED, |error| {
        plain(&ErrorDto { code: &error.code, message: &error.message, error_uri: &error.error_uri, kind: error.kind })
    })
}

/// `Existing`
pub fn existing(existing: &Existing) -> JsValue {
    plain(&ExistingDto { entity_differs: existing.entity_differs, differing_inputs: &existing.differing_inputs })
}

/// `{ tasks, workflows, launchPlans }`, each `Registered[]`
pub fn registered(all: &Registered) -> JsValue {
    plain(&RegisteredDto {
        tasks: registrations(&all.tasks),
        workflows: registrations(&all.workflows),
        launch_plans: registrations(&all.launch_plans),
    })
}

fn registrations(list: &[Registration]) -> Vec<RegistrationDto<'_>> {
    list.iter().map(|one| RegistrationDto { id: identifier_dto(&one.id), created: one.new }).collect()
}

/// `Uploaded`
#[allow(clippy::cast_precision_loss)]
pub fn uploaded(file: &Uploaded) -> JsValue {
    plain(&UploadedDto { uri: &file.uri, md5: file.md5.hex(), size: file.size as f64 })
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
