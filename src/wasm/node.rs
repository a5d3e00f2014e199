//! `FlyteNodeExecution` and `FlyteTaskExecution` as JavaScript sees them.

use js_sys::{Date, Promise};
use wasm_bindgen::prelude::*;

use super::dto;
use super::execution::FlyteWorkflowExecution;
use super::json::wire_to_js;
use super::options::{CallOptions, Options};
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
            pub fn phase(&self) -> String {
                self.inner.snapshot().phase.as_str().to_owned()
            }

            /// Whether the phase is a final one.
            #[wasm_bindgen(getter, js_name = isDone)]
            pub fn is_done(&self) -> bool {
                self.inner.snapshot().is_done()
            }

            /// When it began to run.
            #[wasm_bindgen(getter, js_name = startedAt)]
            pub fn started_at(&self) -> Option<Date> {
                dto::date(self.inner.snapshot().started_at.as_ref())
            }

            /// When it was created.
            #[wasm_bindgen(getter, js_name = createdAt)]
            pub fn created_at(&self) -> Option<Date> {
                dto::date(self.inner.snapshot().created_at.as_ref())
            }

            /// When it last changed.
            #[wasm_bindgen(getter, js_name = updatedAt)]
            pub fn updated_at(&self) -> Option<Date> {
                dto::date(self.inner.snapshot().updated_at.as_ref())
            }

            /// How long it ran, in milliseconds; known when it is done.
            #[wasm_bindgen(getter, js_name = durationMs)]
            pub fn duration_ms(&self) -> Option<f64> {
                dto::milliseconds(self.inner.snapshot().duration.as_ref())
            }

            /// Why it failed, if it did.
            #[wasm_bindgen(getter, unchecked_return_type = "ExecutionError | undefined")]
            pub fn error(&self) -> JsValue {
                dto::execution_error(self.inner.snapshot().error.as_ref())
            }

            /// Where its inputs are stored, may be empty.
            #[wasm_bindgen(getter, js_name = inputUri)]
            pub fn input_uri(&self) -> String {
                self.inner.snapshot().input_uri.clone()
            }

            /// Where its outputs are stored, may be empty.
            #[wasm_bindgen(getter, js_name = outputUri)]
            pub fn output_uri(&self) -> String {
                self.inner.snapshot().output_uri.clone()
            }

            /// Whether the phase is a final one.
            #[wasm_bindgen(getter, js_name = isTerminal)]
            pub fn is_terminal(&self) -> bool {
                self.inner.snapshot().is_done()
            }

            /// Its inputs. Rejects with NotFoundError when there are none.
            #[wasm_bindgen(unchecked_return_type = "Promise<FlyteValues>")]
            pub fn inputs(
                &self,
                #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue,
            ) -> Promise {
                let inner = self.inner.clone();
                call(options, |call| {
                    Ok(Box::pin(async move { Ok(FlyteValues::new(inner.inputs(&call).await?).into()) }))
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
                    Ok(Box::pin(async move { Ok(FlyteValues::new(inner.outputs(&call).await?).into()) }))
                })
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
    /// Id of the node's execution; unique in the execution.
    #[wasm_bindgen(getter, js_name = nodeId)]
    pub fn node_id(&self) -> String {
        self.inner.snapshot().id.node_id.clone()
    }

    /// Id of the node in the workflow's spec.
    #[wasm_bindgen(getter, js_name = specNodeId)]
    pub fn spec_node_id(&self) -> String {
        self.inner.snapshot().spec_node_id.clone()
    }

    /// Whether it has nodes of its own.
    #[wasm_bindgen(getter, js_name = isParent)]
    pub fn is_parent(&self) -> bool {
        self.inner.snapshot().is_parent
    }

    /// Whether its nodes were made by a task as it ran.
    #[wasm_bindgen(getter, js_name = isDynamic)]
    pub fn is_dynamic(&self) -> bool {
        self.inner.snapshot().is_dynamic
    }

    /// Whether it runs one node many times, over lists.
    #[wasm_bindgen(getter, js_name = isArray)]
    pub fn is_array(&self) -> bool {
        self.inner.snapshot().is_array
    }

    /// The execution that it launched, if it is a launch plan node.
    #[wasm_bindgen(getter, unchecked_return_type = "ExecutionReference | undefined")]
    pub fn launched(&self) -> JsValue {
        self.inner.snapshot().launched.as_ref().map_or(JsValue::UNDEFINED, dto::execution_id)
    }

    /// What could not be read about this node, and why.
    #[wasm_bindgen(getter)]
    pub fn problem(&self) -> Option<String> {
        self.inner.snapshot().problem.clone()
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

    /// The same by node id, as flytekit has it.
    #[wasm_bindgen(getter, js_name = subworkflowNodeExecutions, unchecked_return_type = "Record<string, FlyteNodeExecution>")]
    pub fn subworkflow_node_executions(&self) -> JsValue {
        let all = js_sys::Object::new();
        for inner in self.inner.nodes() {
            let id = inner.snapshot().id.node_id.clone();
            super::error::set(&all, &id, FlyteNodeExecution { inner }.into());
        }
        all.into()
    }

    /// The execution that it launched, as far as it was read; none or one.
    #[wasm_bindgen(getter, js_name = workflowExecutions)]
    pub fn workflow_executions(&self) -> Vec<FlyteWorkflowExecution> {
        self.inner.launched().map(|inner| FlyteWorkflowExecution { inner }).into_iter().collect()
    }

    /// Whether its task's results came from the cache or went into it: `DISABLED`, `MISS`, `HIT`, `POPULATED`, …;
    /// undefined where it runs no task.
    #[wasm_bindgen(getter, js_name = cacheStatus)]
    pub fn cache_status(&self) -> Option<String> {
        self.inner.snapshot().cache_status().map(str::to_owned)
    }

    /// Where its deck (an HTML page) is stored, empty when it has none.
    #[wasm_bindgen(getter, js_name = deckUri)]
    pub fn deck_uri(&self) -> String {
        self.inner.snapshot().deck_uri.clone()
    }

    /// Asks the server for its state; with `nodes: true` for what is inside of it too, at all levels.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn sync(&self, #[wasm_bindgen(unchecked_optional_param_type = "SyncOptions")] options: JsValue) -> Promise {
        let inner = self.inner.clone();
        promise(move || {
            let mut options = Options::of(options, "options")?;
            let (sync, call) = (read::sync(&mut options)?, CallOptions::read(&mut options)?);
            options.finish()?;
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
    /// Which attempt it is, counted from 0.
    #[wasm_bindgen(getter)]
    pub fn attempt(&self) -> u32 {
        self.inner.snapshot().id.retry_attempt
    }

    /// Why it is in this phase, may be empty.
    #[wasm_bindgen(getter)]
    pub fn reason(&self) -> String {
        self.inner.snapshot().reason.clone()
    }

    /// All its reasons so far, the oldest first, as far as the server keeps them.
    #[wasm_bindgen(getter, unchecked_return_type = "{ at: Date | undefined; message: string }[]")]
    pub fn reasons(&self) -> JsValue {
        let reason = |reason: &crate::execution::Reason| {
            let shown = js_sys::Object::new();
            super::error::set(&shown, "at", dto::date(reason.at.as_ref()).into());
            super::error::set(&shown, "message", reason.message.as_str().into());
            JsValue::from(shown)
        };
        self.inner.snapshot().reasons.iter().map(reason).collect::<js_sys::Array>().into()
    }

    /// The task.
    #[wasm_bindgen(getter, unchecked_return_type = "Identifier")]
    pub fn task(&self) -> JsValue {
        dto::identifier(&self.inner.snapshot().id.task)
    }

    /// Asks the server for its state.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn sync(&self, #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] options: JsValue) -> Promise {
        let inner = self.inner.clone();
        call(options, |call| Ok(Box::pin(async move { inner.sync(&call).await.map(|()| JsValue::UNDEFINED) })))
    }

    /// Task type, e.g. `container`.
    #[wasm_bindgen(getter, js_name = taskType)]
    pub fn task_type(&self) -> String {
        self.inner.snapshot().task_type.clone()
    }

    /// Links to logs.
    #[wasm_bindgen(getter, unchecked_return_type = "{ name: string; uri: string }[]")]
    pub fn logs(&self) -> JsValue {
        dto::logs(&self.inner.snapshot().logs)
    }
}
