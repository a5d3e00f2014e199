//! `FlyteRemote` as JavaScript sees it.

use std::rc::Rc;

use js_sys::{JsString, Promise};
use wasm_bindgen::prelude::*;

use super::client::FlyteClient;
use super::dto;
use super::entity::{FlyteLaunchPlan, FlyteTask, FlyteWorkflow};
use super::error::to_js_error;
use super::execution::{attached, waiting};
use super::host::JsHost;
use super::json::wire_to_js;
use super::options::{text_of, Options};
use super::promise::{call, promise, Pending, Work};
use super::read;
use super::source::open;
use crate::entity::Reference;
use crate::remote::{self, Remote};

/// A connection to a Flyte control plane. Making one does no I/O.
#[wasm_bindgen]
pub struct FlyteRemote {
    pub(super) inner: Remote,
}

#[wasm_bindgen]
impl FlyteRemote {
    /// A remote for an endpoint: `https://flyte.example.com`, `http://localhost:30080`, or `host:port` (HTTPS unless
    /// `insecure`). Throws FlyteValueError for options that can't be used.
    #[wasm_bindgen(js_name = forEndpoint)]
    pub fn for_endpoint(
        #[wasm_bindgen(unchecked_param_type = "string | URL")] endpoint: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "RemoteOptions")] options: JsValue,
    ) -> Result<FlyteRemote, JsValue> {
        let mut options = Options::of(options, "options");
        let connect = read::connect(&endpoint, &mut options);
        let fetch = options.function("fetch").map_or(JsValue::UNDEFINED, Into::into);
        options.finish()?;
        Remote::connect(Rc::new(JsHost { fetch }), connect).map(|inner| FlyteRemote { inner }).map_err(to_js_error)
    }

    /// The raw client: all 66 RPCs, ProtoJSON in and out.
    #[wasm_bindgen(getter)]
    pub fn client(&self) -> FlyteClient {
        FlyteClient { channel: Rc::clone(&self.inner.client().channel) }
    }

    /// The endpoint as a URL.
    #[wasm_bindgen(getter)]
    pub fn endpoint(&self) -> JsString {
        self.inner.settings().endpoint.as_str().into()
    }

    /// Project of everything that names none.
    #[wasm_bindgen(getter)]
    pub fn project(&self) -> Option<JsString> {
        self.inner.settings().project.as_deref().map(JsString::from)
    }

    /// Domain of everything that names none.
    #[wasm_bindgen(getter)]
    pub fn domain(&self) -> Option<JsString> {
        self.inner.settings().domain.as_deref().map(JsString::from)
    }

    /// A task; without a version its newest. Rejects with NotFoundError when there is none.
    #[wasm_bindgen(js_name = fetchTask, skip_typescript)]
    pub fn fetch_task(&self, reference: JsValue, options: JsValue) -> Promise {
        self.fetch(reference, options, |remote, reference, call| {
            Box::pin(async move { Ok(FlyteTask { inner: remote.fetch_task(&reference, &call).await? }.into()) })
        })
    }

    /// A workflow with the launch plans that its nodes refer to; without a version its newest. Rejects with NotFoundError when
    /// there is none.
    #[wasm_bindgen(js_name = fetchWorkflow, skip_typescript)]
    pub fn fetch_workflow(&self, reference: JsValue, options: JsValue) -> Promise {
        self.fetch(reference, options, |remote, reference, call| {
            Box::pin(async move { Ok(FlyteWorkflow { inner: remote.fetch_workflow(&reference, &call).await? }.into()) })
        })
    }

    /// A launch plan with its workflow's interface; without a version its newest, active or not. Rejects with
    /// NotFoundError when there is none.
    #[wasm_bindgen(js_name = fetchLaunchPlan, skip_typescript)]
    pub fn fetch_launch_plan(&self, reference: JsValue, options: JsValue) -> Promise {
        self.fetch(reference, options, |remote, reference, call| {
            Box::pin(
                async move { Ok(FlyteLaunchPlan { inner: remote.fetch_launch_plan(&reference, &call).await? }.into()) },
            )
        })
    }

    /// An execution. Rejects with NotFoundError when there is none.
    #[wasm_bindgen(js_name = fetchExecution, skip_typescript)]
    pub fn fetch_execution(&self, reference: JsValue, options: JsValue) -> Promise {
        let inner = self.inner.clone();
        call(options, |call| {
            let reference = read::execution(reference)?;
            Ok(Box::pin(async move { attached(inner.fetch_execution(&reference, &call).await) }))
        })
    }

    /// Registers compiled specs: tasks, then workflows, then launch plans. What is there already in the same form counts as
    /// registered. Rejects with InvalidInputError when something else has the same identifier.
    #[wasm_bindgen(
        js_name = registerSpecs,
        unchecked_return_type = "Promise<{ tasks: Registered[]; workflows: Registered[]; launchPlans: Registered[] }>"
    )]
    pub fn register_specs(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Specs")] specs: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "RegisterOptions")] options: JsValue,
    ) -> Promise {
        promise(move || {
            let (register, call) = Options::read_all(options, read::register)?;
            let (inner, specs, core) = (self.inner.clone(), read::specs(specs)?, call.core());
            Ok(Work::new(call.signal, async move {
                let done = inner.register_specs(&specs, &register, &core).await.map_err(to_js_error)?;
                Ok(dto::registered(&done))
            }))
        })
    }

    /// Launches a fetched task, workflow or launch plan, or one named by its reference. All mistakes in the inputs are
    /// told at once, and nothing is sent then. A workflow runs through the launch plan of its own name and version. With
    /// `dryRun: true` nothing is created: it resolves to the request.
    #[wasm_bindgen(skip_typescript)]
    pub fn execute(&self, entity: JsValue, options: JsValue) -> Promise {
        promise(move || {
            let target = read::target(entity)?;
            let ((execute, is_dry), call) =
                Options::read_all(options, |options| (read::execute(options), options.flag("dryRun") == Some(true)))?;
            let (inner, core) = (self.inner.clone(), call.core());
            let created = Rc::clone(&core.created);
            let work = Work::new(call.signal, async move {
                if is_dry {
                    let request = inner.execute_request(&target, &execute, &core).await.map_err(to_js_error)?;
                    return wire_to_js("flyteidl.admin.ExecutionCreateRequest", &request);
                }
                attached(inner.execute(&target, &execute, &core).await).map_err(to_js_error)
            });
            Ok(work.creating(created))
        })
    }

    /// Waits until all have ended, well or not. A poll asks for the state of all of them at once. Rejects as `wait` does.
    #[wasm_bindgen(js_name = waitAll, unchecked_return_type = "Promise<void>")]
    pub fn wait_all(
        &self,
        #[wasm_bindgen(unchecked_param_type = "readonly FlyteWorkflowExecution[]")] executions: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Omit<WaitOptions, 'onProgress'>")] options: JsValue,
    ) -> Promise {
        let inner = self.inner.clone();
        promise(move || {
            let executions = read::executions(&executions)?;
            let (wait, call) = waiting(options, |_, _| ())?;
            let core = call.core();
            Ok(Work::of(
                call.signal,
                Box::pin(async move { inner.wait_all(&executions, &wait, &core).await.map(|()| JsValue::UNDEFINED) }),
            ))
        })
    }

    /// Ends an execution. `cause` is shown to whoever looks at it.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn terminate(
        &self,
        #[wasm_bindgen(unchecked_param_type = "FlyteWorkflowExecution | ExecutionReference | string")]
        execution: JsValue,
        #[wasm_bindgen(unchecked_param_type = "string")] cause: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue,
    ) -> Promise {
        let inner = self.inner.clone();
        call(options, |call| {
            let id = inner.execution_id(&read::execution(execution)?).map_err(to_js_error)?;
            let cause = text_of(&cause, "cause")?;
            Ok(Box::pin(async move { inner.terminate(&id, &cause, &call).await.map(|()| JsValue::UNDEFINED) }))
        })
    }

    /// Stores a file through a signed URL: bytes, a Blob or File, in Node also a path. Rejects with UploadError.
    #[wasm_bindgen(js_name = uploadFile, unchecked_return_type = "Promise<Uploaded>")]
    pub fn upload_file(
        &self,
        #[wasm_bindgen(unchecked_param_type = "UploadSource")] source: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "UploadOptions")] options: JsValue,
    ) -> Promise {
        promise(move || {
            let (upload, call) = Options::read_all(options, read::upload)?;
            let (inner, core) = (self.inner.clone(), call.core());
            Ok(Work::new(call.signal, async move {
                let source = open(source).await.map_err(to_js_error)?;
                let file = inner.upload_file(&source, &upload, &core).await.map_err(to_js_error)?;
                Ok(dto::uploaded(&file))
            }))
        })
    }
}

/// Fetches an entity.
type Fetch = fn(Remote, Reference, remote::CallOptions) -> Pending;

impl FlyteRemote {
    fn fetch(&self, reference: JsValue, options: JsValue, fetch: Fetch) -> Promise {
        let inner = self.inner.clone();
        call(options, |call| Ok(fetch(inner, read::reference(reference)?, call)))
    }
}
