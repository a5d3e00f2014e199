//! The lists of `FlyteRemote`. `js/remote.ts` makes a method for each out of `__list`.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::environment::environment;
use super::error::to_js_error;
use super::options::Options;
use super::pages::Pages;
use super::read::{self, kind, KINDS};
use super::remote::FlyteRemote;
use crate::remote::{List, Listing};

#[wasm_bindgen]
impl FlyteRemote {
    /// The async iterator over a list, by its place in `Listing::ALL`. `execution` says whose signals.
    #[wasm_bindgen(js_name = __list, skip_typescript)]
    pub fn list(&self, what: usize, options: JsValue, execution: JsValue) -> Result<JsValue, JsValue> {
        let what = Listing::ALL.get(what).copied().unwrap_or(Listing::Executions);
        let (mut list, call) = Options::read_all(options, |options| list_options(what, options))?;
        if what == Listing::Signals {
            let id = self.inner.execution_id(&read::execution(execution)?).map_err(to_js_error)?;
            list.execution = Some(id);
        }
        let pager = self.inner.list(what, &list, &call.core()).map_err(to_js_error)?;
        Ok(environment()?.list(Pages { inner: Rc::new(pager), what, signal: call.signal }))
    }
}

fn list_options(what: Listing, options: &mut Options) -> List {
    let mut list = List {
        filters: options.text("filters").unwrap_or_default(),
        sort_by: options.text("sortBy"),
        page_size: options.count("pageSize"),
        limit: options.count("limit").map(u64::from),
        ..List::default()
    };
    if !matches!(what, Listing::Projects | Listing::Signals) {
        (list.project, list.domain) = (options.text("project"), options.text("domain"));
    }
    if matches!(what, Listing::Tasks | Listing::Workflows | Listing::LaunchPlans | Listing::DescriptionEntities) {
        list.name = options.text("name");
    }
    if matches!(what, Listing::NamedEntities | Listing::DescriptionEntities) {
        list.kind = kind(options, "kind");
        if list.kind.is_none() {
            options.wrong("kind", KINDS, &JsValue::UNDEFINED);
        }
    }
    list
}
