//! `FlyteWorkflowExecution` as JavaScript sees it.

use std::cell::Cell;
use std::rc::Rc;

use futures_channel::oneshot;
use futures_util::future::{select, Either};
use js_sys::{JsString, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{spawn_local, JsFuture as Settled};

use super::dto;
use super::error::to_js_error;
use super::json::{picked, wire_to_js};
use super::lend::{put, Lent};
use super::node::FlyteNodeExecution;
use super::options::{text_of, CallOptions, Options};
use super::promise::{call, promise, JsFuture, Work};
use super::read;
use super::values::FlyteValues;
use crate::error::Error;
use crate::remote::{Progress, Sync, Wait, WorkflowExecution};

/// An execution of a workflow or a task. It shows what the last `sync()` or `wait()` saw.
#[wasm_bindgen]
pub struct FlyteWorkflowExecution {
    pub(super) inner: WorkflowExecution,
}

#[wasm_bindgen]
impl FlyteWorkflowExecution {
    /// Project, domain and name.
    #[wasm_bindgen(getter, unchecked_return_type = "{ project: string; domain: string; name: string }")]
    pub fn id(&self) -> JsValue {
        dto::execution_id(self.inner.id())
    }

    /// Phase as text, e.g. `RUNNING`.
    #[wasm_bindgen(getter)]
    pub fn phase(&self) -> JsString {
        self.inner.phase().as_str().into()
    }

    /// Whether the phase is a final one: `SUCCEEDED`, `FAILED`, `ABORTED` or `TIMED_OUT`.
    #[wasm_bindgen(getter, js_name = isDone)]
    pub fn is_done(&self) -> bool {
        self.inner.is_done()
    }

    /// Whether it ended well.
    #[wasm_bindgen(getter, js_name = isSuccessful)]
    pub fn is_successful(&self) -> bool {
        self.inner.is_successful()
    }

    /// Why it failed, if it did. Throws FlyteAssertionError while it has not ended.
    #[wasm_bindgen(getter, unchecked_return_type = "ExecutionError | undefined")]
    pub fn error(&self) -> Result<JsValue, JsValue> {
        self.inner.error().map(|error| dto::execution_error(error.as_ref())).map_err(to_js_error)
    }

    /// Its page in Flyte's console.
    #[wasm_bindgen(getter, js_name = executionUrl)]
    pub fn execution_url(&self) -> JsString {
        self.inner.url().into()
    }

    /// Its nodes in the order of their creation; empty until `sync({ nodes: true })` or `wait()`.
    #[wasm_bindgen(getter, js_name = nodeExecutions)]
    pub fn node_executions(&self) -> Vec<FlyteNodeExecution> {
        self.inner.nodes().into_iter().map(|inner| FlyteNodeExecution { inner }).collect()
    }

    /// All nodes that were read, at all levels, each before those inside of it; not those of launched executions.
    pub fn walk(&self) -> Vec<FlyteNodeExecution> {
        self.inner.walk().into_iter().map(|inner| FlyteNodeExecution { inner }).collect()
    }

    /// The node with that id (`n0`, `n1-0-n0`), at any level that was read.
    pub fn node(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] id: JsValue,
    ) -> Result<Option<FlyteNodeExecution>, JsValue> {
        Ok(self.inner.node(&text_of(&id, "id")?).map(|inner| FlyteNodeExecution { inner }))
    }

    /// How it differs from what was asked for, when `execute` with `onExisting: 'return'` found it instead of starting it.
    #[wasm_bindgen(getter, unchecked_return_type = "Existing | undefined")]
    pub fn existing(&self) -> JsValue {
        self.inner.existing().map_or(JsValue::UNDEFINED, dto::existing)
    }

    /// Its inputs, defaults included. Asked for once.
    #[wasm_bindgen(unchecked_return_type = "Promise<FlyteValues>")]
    pub fn inputs(&self, #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue) -> Promise {
        let inner = self.inner.clone();
        call(options, |call| {
            Ok(Box::pin(async move { Ok(FlyteValues::new(inner.inputs(&call).await?, Some(inner.remote())).into()) }))
        })
    }

    /// Its outputs. Rejects with FlyteAssertionError while it has not ended, or when it ended without outputs.
    #[wasm_bindgen(unchecked_return_type = "Promise<FlyteValues<Outputs>>")]
    pub fn outputs(&self, #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue) -> Promise {
        let inner = self.inner.clone();
        call(options, |call| {
            Ok(Box::pin(async move { Ok(FlyteValues::new(inner.outputs(&call).await?, Some(inner.remote())).into()) }))
        })
    }

    /// Asks the server for its state; with `nodes: true` for its nodes at all levels too, and as far as the other options
    /// say for their task executions, inputs and outputs. Nodes that have ended are not asked about again.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn sync(&self, #[wasm_bindgen(unchecked_optional_param_type = "SyncOptions")] options: JsValue) -> Promise {
        promise(move || {
            let (sync, call) = Options::read_all(options, read::sync)?;
            let (inner, core) = (self.inner.clone(), call.core());
            Ok(Work::of(
                call.signal,
                Box::pin(async move { inner.sync(sync, &core).await.map(|()| JsValue::UNDEFINED) }),
            ))
        })
    }

    /// Waits until it has ended, well or not. Rejects with TimeoutError after `timeoutMs` and with CancelledError when
    /// aborted; the execution itself goes on.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn wait(&self, #[wasm_bindgen(unchecked_optional_param_type = "WaitOptions")] options: JsValue) -> Promise {
        promise(move || {
            let (thrown, caught) = oneshot::channel();
            let (wait, call) = waiting(options, |options, wait| {
                wait.progress = progress(options, &self.inner, thrown);
            })?;
            let (inner, core) = (self.inner.clone(), call.core());
            let work = async move { inner.wait(&wait, &core).await.map(|()| JsValue::UNDEFINED).map_err(to_js_error) };
            Ok(Work::new(call.signal, unless(caught, Box::pin(work))))
        })
    }

    /// Ends it. `cause` is shown to whoever looks at it.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn terminate(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] cause: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue,
    ) -> Promise {
        let inner = self.inner.clone();
        call(options, |call| {
            let cause = text_of(&cause, "cause")?;
            Ok(Box::pin(async move { inner.terminate(&cause, &call).await.map(|()| JsValue::UNDEFINED) }))
        })
    }

    /// See `lend.rs`.
    #[wasm_bindgen(js_name = __lend, skip_typescript)]
    pub fn lend(&self) {
        put(Lent::Execution(self.inner.clone()));
    }

    /// The message that has the field of this path, with that field alone; see `js/fields.ts`.
    #[wasm_bindgen(js_name = __at, skip_typescript)]
    pub fn at(&self, path: JsValue) -> Result<JsValue, JsValue> {
        picked("flyteidl.admin.Execution", &self.inner.snapshot().raw, &path)
    }

    /// The whole `flyteidl.admin.Execution` as ProtoJSON.
    #[wasm_bindgen(js_name = toJSON, unchecked_return_type = "admin.Execution")]
    pub fn to_json(&self) -> Result<JsValue, JsValue> {
        wire_to_js("flyteidl.admin.Execution", &self.inner.snapshot().raw)
    }
}

/// Reads the options that `wait`, `waitAll` and `watch` share, those of their calls, and more. `timeoutMs` is about the
/// waiting here: each call has the remote's deadline.
pub fn polling(options: JsValue, more: impl FnOnce(&mut Options, &mut Wait)) -> Result<(Wait, CallOptions), JsValue> {
    let (wait, call) = Options::read_all(options, |options| {
        let default = Wait::default();
        let mut wait = Wait {
            timeout: options.duration("timeoutMs"),
            interval: options.duration("intervalMs"),
            patience: options.duration("patienceMs").unwrap_or(default.patience),
            ..default
        };
        more(options, &mut wait);
        wait
    })?;
    Ok((wait, CallOptions { timeout: None, ..call }))
}

/// The same for those that read nodes at the end.
pub fn waiting(options: JsValue, more: impl FnOnce(&mut Options, &mut Wait)) -> Result<(Wait, CallOptions), JsValue> {
    polling(options, |options, wait| {
        if options.flag("syncNodes") == Some(false) {
            wait.sync = Sync::STATE;
        }
        more(options, wait);
    })
}

/// Reads `onProgress`. What it throws goes to `thrown`, also what its promise rejects with.
fn progress(
    options: &mut Options,
    execution: &WorkflowExecution,
    thrown: oneshot::Sender<JsValue>,
) -> Option<Progress> {
    let thrown = Rc::new(Cell::new(Some(thrown)));
    let progress = options.function("onProgress")?;
    let execution = execution.clone();
    Some(Rc::new(move |_| {
        let shown = FlyteWorkflowExecution { inner: execution.clone() };
        let result = progress.call1(&JsValue::UNDEFINED, &shown.into());
        let thrown = Rc::clone(&thrown);
        let throw = move |error| {
            if let Some(thrown) = thrown.take() {
                let _ = thrown.send(error);
            }
        };
        match result.map(JsCast::dyn_into::<Promise>) {
            Err(error) => throw(error),
            Ok(Ok(promise)) => spawn_local(async move {
                if let Err(error) = Settled::from(promise).await {
                    throw(error);
                }
            }),
            Ok(Err(_)) => {}
        }
    }))
}

/// Runs `work`, but fails as soon as something is thrown.
async fn unless(thrown: oneshot::Receiver<JsValue>, work: JsFuture) -> Result<JsValue, JsValue> {
    match select(work, thrown).await {
        Either::Left((result, _)) => result,
        Either::Right((Ok(error), _)) => Err(error),
        Either::Right((Err(_), work)) => work.await,
    }
}

/// An execution for JavaScript, or its error.
pub fn attached(result: Result<WorkflowExecution, Error>) -> Result<JsValue, Error> {
    result.map(|inner| FlyteWorkflowExecution { inner }.into())
}
