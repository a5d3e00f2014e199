//! `FlyteNodeExecution` and `FlyteTaskExecution` as JavaScript sees them: snapshots, read when looked at.

use std::rc::Rc;

use js_sys::Date;
use wasm_bindgen::prelude::*;

use super::dto;
use super::json::wire_to_js;
use crate::execution::{NodeExecution, TaskExecution};

/// A node of an execution, as it was at the last sync.
#[wasm_bindgen]
pub struct FlyteNodeExecution {
    pub(super) inner: Rc<NodeExecution>,
}

/// An attempt to run a node's task, as it was at the last sync.
#[wasm_bindgen]
pub struct FlyteTaskExecution {
    pub(super) inner: Rc<TaskExecution>,
}

/// What the two have in common.
macro_rules! snapshot {
    ($class:ident, $message:literal, $noun:literal) => {
        #[wasm_bindgen]
        impl $class {
            /// Phase as text, e.g. `RUNNING`.
            #[wasm_bindgen(getter)]
            pub fn phase(&self) -> String {
                self.inner.phase.as_str().to_owned()
            }

            /// Whether the phase is a final one.
            #[wasm_bindgen(getter, js_name = isDone)]
            pub fn is_done(&self) -> bool {
                self.inner.is_done()
            }

            /// When it began to run.
            #[wasm_bindgen(getter, js_name = startedAt)]
            pub fn started_at(&self) -> Option<Date> {
                dto::date(self.inner.started_at.as_ref())
            }

            /// When it was created.
            #[wasm_bindgen(getter, js_name = createdAt)]
            pub fn created_at(&self) -> Option<Date> {
                dto::date(self.inner.created_at.as_ref())
            }

            /// When it last changed.
            #[wasm_bindgen(getter, js_name = updatedAt)]
            pub fn updated_at(&self) -> Option<Date> {
                dto::date(self.inner.updated_at.as_ref())
            }

            /// How long it ran, in milliseconds; known when it is done.
            #[wasm_bindgen(getter, js_name = durationMs)]
            pub fn duration_ms(&self) -> Option<f64> {
                dto::milliseconds(self.inner.duration.as_ref())
            }

            /// Why it failed, if it did.
            #[wasm_bindgen(getter, unchecked_return_type = "ExecutionError | undefined")]
            pub fn error(&self) -> JsValue {
                dto::execution_error(self.inner.error.as_ref())
            }

            /// Where its inputs are stored, may be empty.
            #[wasm_bindgen(getter, js_name = inputUri)]
            pub fn input_uri(&self) -> String {
                self.inner.input_uri.clone()
            }

            /// Where its outputs are stored, may be empty.
            #[wasm_bindgen(getter, js_name = outputUri)]
            pub fn output_uri(&self) -> String {
                self.inner.output_uri.clone()
            }

            #[doc = concat!("The whole `", $message, "` as ProtoJSON.")]
            #[wasm_bindgen(js_name = toJSON, unchecked_return_type = $noun)]
            pub fn to_json(&self) -> Result<JsValue, JsValue> {
                wire_to_js($message, &self.inner.raw)
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
        self.inner.id.node_id.clone()
    }

    /// Id of the node in the workflow's spec.
    #[wasm_bindgen(getter, js_name = specNodeId)]
    pub fn spec_node_id(&self) -> String {
        self.inner.spec_node_id.clone()
    }

    /// Whether it has nodes of its own.
    #[wasm_bindgen(getter, js_name = isParent)]
    pub fn is_parent(&self) -> bool {
        self.inner.is_parent
    }

    /// Whether its nodes were made by a task as it ran.
    #[wasm_bindgen(getter, js_name = isDynamic)]
    pub fn is_dynamic(&self) -> bool {
        self.inner.is_dynamic
    }

    /// Whether it runs one node many times, over lists.
    #[wasm_bindgen(getter, js_name = isArray)]
    pub fn is_array(&self) -> bool {
        self.inner.is_array
    }

    /// The execution that it launched, if it is a launch plan node.
    #[wasm_bindgen(getter, unchecked_return_type = "ExecutionReference | undefined")]
    pub fn launched(&self) -> JsValue {
        self.inner.launched.as_ref().map_or(JsValue::UNDEFINED, dto::execution_id)
    }

    /// What could not be read about this node, and why.
    #[wasm_bindgen(getter)]
    pub fn problem(&self) -> Option<String> {
        self.inner.problem.clone()
    }

    /// The attempts to run its task, the first first.
    #[wasm_bindgen(getter, js_name = taskExecutions)]
    pub fn task_executions(&self) -> Vec<FlyteTaskExecution> {
        self.inner.task_executions.iter().map(|inner| FlyteTaskExecution { inner: Rc::clone(inner) }).collect()
    }
}

#[wasm_bindgen]
impl FlyteTaskExecution {
    /// Which attempt it is, counted from 0.
    #[wasm_bindgen(getter)]
    pub fn attempt(&self) -> u32 {
        self.inner.id.retry_attempt
    }

    /// Why it is in this phase, may be empty.
    #[wasm_bindgen(getter)]
    pub fn reason(&self) -> String {
        self.inner.reason.clone()
    }

    /// Task type, e.g. `container`.
    #[wasm_bindgen(getter, js_name = taskType)]
    pub fn task_type(&self) -> String {
        self.inner.task_type.clone()
    }

    /// Links to logs.
    #[wasm_bindgen(getter, unchecked_return_type = "{ name: string; uri: string }[]")]
    pub fn logs(&self) -> JsValue {
        dto::logs(&self.inner.logs)
    }
}
