//! `FlyteTask`, `FlyteWorkflow` and `FlyteLaunchPlan` as JavaScript sees them.

use std::rc::Rc;

use js_sys::{Array, Date, Object};
use wasm_bindgen::prelude::*;

use super::dto;
use super::error::set;
use super::json::wire_to_js;
use super::lend::{put, Lent};
use super::value::output;
use crate::entity::{type_in_words, Interface, LaunchPlan, Task, Variable, Workflow};
use crate::remote::Target;
use crate::value::from_literal;

/// A registered task.
#[wasm_bindgen]
pub struct FlyteTask {
    pub(super) inner: Rc<Task>,
}

/// A registered workflow.
#[wasm_bindgen]
pub struct FlyteWorkflow {
    pub(super) inner: Rc<Workflow>,
}

/// A registered launch plan: a workflow with defaults, fixed inputs and perhaps a schedule.
#[wasm_bindgen]
pub struct FlyteLaunchPlan {
    pub(super) inner: Rc<LaunchPlan>,
}

/// What the three have in common.
macro_rules! entity {
    ($class:ident, $kind:ident, $message:literal, $noun:literal) => {
        #[wasm_bindgen]
        impl $class {
            /// Full identifier.
            #[wasm_bindgen(getter, unchecked_return_type = "Identifier")]
            pub fn id(&self) -> JsValue {
                dto::identifier(&self.inner.id)
            }

            /// Name.
            #[wasm_bindgen(getter)]
            pub fn name(&self) -> String {
                self.inner.id.name.clone()
            }

            /// Version.
            #[wasm_bindgen(getter)]
            pub fn version(&self) -> String {
                self.inner.id.version.clone()
            }

            /// Declared inputs, by name.
            #[wasm_bindgen(getter, unchecked_return_type = "InputVariable[]")]
            pub fn inputs(&self) -> Result<Array, JsValue> {
                inputs(&self.inner.interface)
            }

            /// Declared outputs, by name.
            #[wasm_bindgen(getter, unchecked_return_type = "Variable[]")]
            pub fn outputs(&self) -> Array {
                self.inner.interface.outputs.iter().map(variable).collect()
            }

            /// When it was registered.
            #[wasm_bindgen(getter, js_name = createdAt)]
            pub fn created_at(&self) -> Option<Date> {
                dto::date(self.inner.created_at.as_ref())
            }

            /// See `lend.rs`.
            #[wasm_bindgen(js_name = __lend, skip_typescript)]
            pub fn lend(&self) {
                put(Lent::Target(Target::$kind(Rc::clone(&self.inner))));
            }

            #[doc = concat!("The whole `", $message, "` as ProtoJSON.")]
            #[wasm_bindgen(js_name = toJSON, unchecked_return_type = $noun)]
            pub fn to_json(&self) -> Result<JsValue, JsValue> {
                wire_to_js($message, &self.inner.raw)
            }
        }
    };
}

entity!(FlyteTask, Task, "flyteidl.admin.Task", "admin.Task");
entity!(FlyteWorkflow, Workflow, "flyteidl.admin.Workflow", "admin.Workflow");
entity!(FlyteLaunchPlan, LaunchPlan, "flyteidl.admin.LaunchPlan", "admin.LaunchPlan");

#[wasm_bindgen]
impl FlyteTask {
    /// Task type, e.g. `container` or `python-task`.
    #[wasm_bindgen(getter, js_name = taskType)]
    pub fn task_type(&self) -> String {
        self.inner.task_type.clone()
    }
}

#[wasm_bindgen]
impl FlyteLaunchPlan {
    /// The workflow it launches.
    #[wasm_bindgen(getter, js_name = workflowId, unchecked_return_type = "Identifier")]
    pub fn workflow_id(&self) -> JsValue {
        dto::identifier(&self.inner.workflow_id)
    }

    /// Whether it is the active version of its name.
    #[wasm_bindgen(getter, js_name = isActive)]
    pub fn is_active(&self) -> bool {
        self.inner.active
    }
}

fn inputs(interface: &Interface) -> Result<Array, JsValue> {
    let list = Array::new();
    for input in &interface.inputs {
        let object = Object::new();
        set(&object, "name", input.name.as_str().into());
        set(&object, "type", type_in_words(&input.literal_type).into());
        set(&object, "description", input.description.as_str().into());
        set(&object, "required", input.required.into());
        for (name, literal) in [("default", &input.default), ("fixed", &input.fixed)] {
            if let Some(literal) = literal {
                set(&object, name, output(&from_literal(literal.as_bytes(), Some(&input.literal_type)))?);
            }
        }
        list.push(&object);
    }
    Ok(list)
}

fn variable(variable: &Variable) -> JsValue {
    let object = Object::new();
    set(&object, "name", variable.name.as_str().into());
    set(&object, "type", type_in_words(&variable.literal_type).into());
    set(&object, "description", variable.description.as_str().into());
    object.into()
}
