//! Pages of a list, which `js/iterate.ts` turns into an async iterator.

use std::rc::Rc;

use js_sys::{Array, Object, Promise};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::dto;
use super::entity::{FlyteLaunchPlan, FlyteTask, FlyteWorkflow};
use super::error::{set, to_js_error};
use super::execution::FlyteWorkflowExecution;
use super::json::wire_to_js;
use super::options::Options;
use super::promise::{promise, Work};
use super::value::output;
use crate::codec::Malformed;
use crate::entity::{type_in_words, LaunchPlan, ResourceType, Task, Workflow};
use crate::error::{Error, Kind};
use crate::remote::{listed_id, Listing, Pager, Signal};
use crate::value::from_literal;

/// A list, page by page.
#[wasm_bindgen(skip_typescript)]
pub struct Pages {
    pub(super) inner: Rc<Pager>,
    pub(super) what: Listing,
    pub(super) signal: Option<AbortSignal>,
}

#[wasm_bindgen]
impl Pages {
    /// `{ items, token }` of the page asked for; without options of the next one, undefined after the last.
    #[wasm_bindgen(skip_typescript)]
    pub fn page(&self, options: JsValue) -> Promise {
        let (inner, what, signal) = (Rc::clone(&self.inner), self.what, self.signal.clone());
        promise(|| {
            let next = options.is_undefined();
            let mut options = Options::of(options, "options");
            let (limit, token) = (options.count("limit"), options.text("token").unwrap_or_default());
            options.finish()?;
            Ok(Work::new(signal, async move {
                let page = match next {
                    true => inner.next().await.map(|page| page.map(|items| (items, String::new()))),
                    false => inner.page(limit, &token).await.map(Some),
                };
                let Some((page, token)) = page.map_err(to_js_error)? else { return Ok(JsValue::UNDEFINED) };
                let result = Object::new();
                let items = page.into_iter().map(|raw| item(what, &inner, raw)).collect::<Result<Array, _>>()?;
                set(&result, "items", items.into());
                set(&result, "token", token.into());
                Ok(result.into())
            }))
        })
    }
}

/// An item as an object of its class, or as ProtoJSON where it has none.
fn item(what: Listing, pager: &Pager, raw: Rc<[u8]>) -> Result<JsValue, JsValue> {
    match what {
        Listing::Signals => signal(&Signal::decode(raw).map_err(to_js_error)?),
        Listing::NamedEntities | Listing::Projects | Listing::DescriptionEntities => wire_to_js(what.message(), &raw),
        _ => object(what, pager, raw).map_err(to_js_error),
    }
}

fn object(what: Listing, pager: &Pager, raw: Rc<[u8]>) -> Result<JsValue, Error> {
    let kind = match what {
        Listing::Tasks => ResourceType::Task,
        Listing::Workflows => ResourceType::Workflow,
        Listing::LaunchPlans => ResourceType::LaunchPlan,
        _ => return Ok(FlyteWorkflowExecution { inner: pager.remote().listed_execution(raw)? }.into()),
    };
    let id = Some(listed_id(kind, &raw)?);
    let read = match kind {
        ResourceType::Task => Task::decode(raw, id).map(|task| FlyteTask { inner: Rc::new(task) }.into()),
        ResourceType::Workflow => Workflow::decode(raw, id).map(|flow| FlyteWorkflow { inner: Rc::new(flow) }.into()),
        _ => LaunchPlan::decode(raw, id).map(|plan| FlyteLaunchPlan { inner: Rc::new(plan) }.into()),
    };
    read.map_err(|Malformed| Error::new(Kind::System, "the server's list can't be read. Is the endpoint FlyteAdmin's?"))
}

/// `FlyteSignal`
fn signal(signal: &Signal) -> Result<JsValue, JsValue> {
    let object = Object::new();
    set(&object, "signalId", signal.id.as_str().into());
    set(&object, "executionId", dto::execution_id(&signal.execution));
    set(&object, "type", type_in_words(&signal.literal_type).into());
    set(&object, "isSet", signal.value.is_some().into());
    if let Some(value) = &signal.value {
        set(&object, "value", output(&from_literal(value.as_bytes(), Some(&signal.literal_type)))?);
    }
    Ok(object.into())
}
