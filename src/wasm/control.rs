//! What `FlyteRemote` does with an execution that is there. `js/remote.ts` makes its methods of these, and gives them to
//! executions too.

use std::rc::Rc;

use js_sys::{JsString, Promise};
use wasm_bindgen::prelude::*;

use super::error::to_js_error;
use super::execution::{attached, FlyteWorkflowExecution};
use super::node::FlyteNodeExecution;
use super::options::{text_of, Options};
use super::promise::{call, promise, Work};
use super::read;
use super::remote::FlyteRemote;
use super::value::input;
use crate::remote::Rerun;

#[wasm_bindgen]
impl FlyteRemote {
    /// Where the console is, without a slash at its end.
    #[wasm_bindgen(getter, js_name = consoleEndpoint)]
    pub fn console_endpoint(&self) -> JsString {
        self.inner.console_endpoint().into()
    }

    /// `recover`, or `relaunch`.
    #[wasm_bindgen(js_name = __rerun, skip_typescript)]
    pub fn rerun(&self, execution: JsValue, options: JsValue, recover: bool) -> Promise {
        let inner = self.inner.clone();
        promise(move || {
            let (rerun, call) = Options::read_all(options, |options| Rerun {
                name: options.text("name"),
                name_prefix: options.text("namePrefix"),
                overwrite_cache: !recover && options.flag("overwriteCache").unwrap_or(false),
            })?;
            let (id, core) = (inner.execution_id(&read::execution(execution)?).map_err(to_js_error)?, call.core());
            let created = Rc::clone(&core.created);
            let work = async move { attached(inner.rerun(&id, recover, &rerun, &core).await).map_err(to_js_error) };
            Ok(Work::new(call.signal, work).creating(created))
        })
    }

    /// `setSignal`
    #[wasm_bindgen(js_name = __set, skip_typescript)]
    pub fn set_signal(&self, execution: JsValue, signal_id: JsValue, value: JsValue, options: JsValue) -> Promise {
        let inner = self.inner.clone();
        call(options, |call| {
            let id = inner.execution_id(&read::execution(execution)?).map_err(to_js_error)?;
            let (signal_id, value) = (text_of(&signal_id, "signalId")?, input(&value)?);
            Ok(Box::pin(
                async move { inner.set_signal(&id, &signal_id, &value, &call).await.map(|()| JsValue::UNDEFINED) },
            ))
        })
    }
}

#[wasm_bindgen]
impl FlyteWorkflowExecution {
    /// The remote it came from.
    #[wasm_bindgen(getter)]
    pub fn remote(&self) -> FlyteRemote {
        FlyteRemote { inner: self.inner.remote().clone() }
    }
}

#[wasm_bindgen]
impl FlyteNodeExecution {
    /// The remote it came from.
    #[wasm_bindgen(getter)]
    pub fn remote(&self) -> FlyteRemote {
        FlyteRemote { inner: self.inner.remote().clone() }
    }
}
