//! `FlyteNodeExecution` and `FlyteTaskExecution` as JavaScript sees them.

use js_sys::{JsString, Promise};
use wasm_bindgen::prelude::*;

use super::dto;
use super::execution::FlyteWorkflowExecution;
use super::json::{picked, wire_to_js};
use super::options::Options;
use super::promise::{call, promise, Work};
use super::read;
use super::values::FlyteValues;
use crate::remote::{AttachedNode, AttachedTask};

/// A node of an execution. It shows what the last sync saw.
#[wasm_bindgen]
pub struct FlyteNodeExecution {
    pub(super) inner: AttachedNode,
}

/// An attempt to run a node's task. It shows what the last sync saw.
#[wasm_bindgen]
pub struct FlyteTaskExecution {
    pub(super) inner: AttachedTask,
}

/// What the two have in common.
macro_rules! snapshot {
    ($class:ident, $message:literal, $noun:literal) => {
        #[wasm_bindgen]
        impl $class {
            /// Phase as text, e.g. `RUNNING`.
            #[wasm_bindgen(getter)]
            pub fn phase(&self) -> JsString {
                self.inner.snapshot().phase.as_str().into()
            }

            /// Whether the phase is a final one.
            #[wasm_bindgen(getter, js_name = isDone)]
            pub fn is_done(&self) -> bool {
                self.inner.snapshot().is_done()
            }

            /// Why it failed, if it did.
            #[wasm_bindgen(getter, unchecked_return_type = "ExecutionError | undefined")]
            pub fn error(&self) -> JsValue {
                dto::execution_error(self.inner.snapshot().error.as_ref())
            }

            /// Its inputs. Rejects with NotFoundError when there are none.
            #[wasm_bindgen(unchecked_return_type = "Promise<FlyteValues>")]
            pub fn inputs(
                &self,
                #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue,
            ) -> Promise {
                let inner = self.inner.clone();
                call(options, |call| {
                    Ok(Box::pin(async move {
                        Ok(FlyteValues::new(inner.inputs(&call).await?, Some(inner.remote())).into())
                    }))
                })
            }

            /// Its outputs. Rejects with FlyteAssertionError while it has not ended, or when it ended without outputs.
            #[wasm_bindgen(unchecked_return_type = "Promise<FlyteValues>")]
            pub fn outputs(
                &self,
                #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue,
            ) -> Promise {
                let inner = self.inner.clone();
                call(options, |call| {
                    Ok(Box::pin(async move {
                        Ok(FlyteValues::new(inner.outputs(&call).await?, Some(inner.remote())).into())
                    }))
                })
            }

            /// The message that has the field of this path, with that field alone; see `js/fields.ts`.
            #[wasm_bindgen(js_name = __at, skip_typescript)]
            pub fn at(&self, path: JsValue) -> Result<JsValue, JsValue> {
                picked($message, &self.inner.snapshot().raw, &path)
            }

            #[doc = concat!("The whole `", $message, "` as ProtoJSON.")]
            #[wasm_bindgen(js_name = toJSON, unchecked_return_type = $noun)]
            pub fn to_json(&self) -> Result<JsValue, JsValue> {
                wire_to_js($message, &self.inner.snapshot().raw)
            }
        }
    };
}

snapshot!(FlyteNodeExecution, "flyteidl.admin.NodeExecution", "admin.NodeExecution");
snapshot!(FlyteTaskExecution, "flyteidl.admin.TaskExecution", "admin.TaskExecution");

#[wasm_bindgen]
impl FlyteNodeExecution {
    /// What could not be read about this node, and why.
    #[wasm_bindgen(getter)]
    pub fn problem(&self) -> Option<JsString> {
        self.inner.snapshot().problem.as_deref().map(JsString::from)
    }

    /// The attempts to run its task, the first first, as far as they were read: `sync({ taskExecutions: true })`.
    #[wasm_bindgen(getter, js_name = taskExecutions)]
    pub fn task_executions(&self) -> Vec<FlyteTaskExecution> {
        self.inner.task_executions().into_iter().map(|inner| FlyteTaskExecution { inner }).collect()
    }

    /// The nodes inside of it (of a sub-workflow or branch, or made by its task), as far as they were read.
    #[wasm_bindgen(getter, js_name = nodeExecutions)]
    pub fn node_executions(&self) -> Vec<FlyteNodeExecution> {
        self.inner.nodes().into_iter().map(|inner| FlyteNodeExecution { inner }).collect()
    }

    /// The execution that it launched, as far as it was read; none or one.
    #[wasm_bindgen(getter, js_name = workflowExecutions)]
    pub fn workflow_executions(&self) -> Vec<FlyteWorkflowExecution> {
        self.inner.launched().map(|inner| FlyteWorkflowExecution { inner }).into_iter().collect()
    }

    /// Asks the server for its state; with `nodes: true` for what is inside of it too, at all levels.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn sync(&self, #[wasm_bindgen(unchecked_optional_param_type = "SyncOptions")] options: JsValue) -> Promise {
        let inner = self.inner.clone();
        promise(move || {
            let (sync, call) = Options::read_all(options, read::sync)?;
            let core = call.core();
            Ok(Work::of(
                call.signal,
                Box::pin(async move { inner.sync(sync, &core).await.map(|()| JsValue::UNDEFINED) }),
            ))
        })
    }
}

#[wasm_bindgen]
impl FlyteTaskExecution {
    /// Asks the server for its state.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn sync(&self, #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue) -> Promise {
        let inner = self.inner.clone();
        call(options, |call| Ok(Box::pin(async move { inner.sync(&call).await.map(|()| JsValue::UNDEFINED) })))
    }
}
