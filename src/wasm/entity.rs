//! `FlyteTask`, `FlyteWorkflow` and `FlyteLaunchPlan` as JavaScript sees them.

use std::rc::Rc;

use js_sys::{Array, Date, JsString, Object, Uint8Array};
use wasm_bindgen::prelude::*;

use super::dto;
use super::error::set;
use super::json::{wire_to_js, JsFloats};
use super::lend::{borrow, put, Lent};
use super::value::{output, output_as};
use crate::entity::{Description, Entity, LaunchPlan, Task, Workflow};
use crate::remote::Target;
use crate::value::{OutputValue, Packed};

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
            pub fn name(&self) -> JsString {
                self.inner.id.name.as_str().into()
            }

            /// Version.
            #[wasm_bindgen(getter)]
            pub fn version(&self) -> JsString {
                self.inner.id.version.as_str().into()
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
                wire_to_js($message, &self.inner.message())
            }

            #[doc = concat!("The whole serialised `", $message, "`.")]
            #[wasm_bindgen(js_name = toBytes, unchecked_return_type = "Uint8Array<ArrayBuffer>")]
            pub fn to_bytes(&self) -> Uint8Array {
                Uint8Array::from(&*self.inner.message())
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
    pub fn task_type(&self) -> JsString {
        self.inner.task_type.as_str().into()
    }
}

#[wasm_bindgen]
impl FlyteWorkflow {
    /// The values of the properties that `js/parts.ts` adds.
    #[wasm_bindgen(js_name = __parts, skip_typescript)]
    pub fn parts(&self) -> Result<JsValue, JsValue> {
        let graph = self.inner.graph();
        let form = Object::new();
        set(&form, "beside", graph.entities.into_iter().map(handle).collect::<Array>().into());
        output_as(&Packed::of(&graph.value), &form)
    }
}

fn handle(entity: Entity) -> JsValue {
    match entity {
        Entity::Task(inner) => FlyteTask { inner }.into(),
        Entity::Workflow(inner) => FlyteWorkflow { inner }.into(),
        Entity::LaunchPlan(inner) => FlyteLaunchPlan { inner }.into(),
    }
}

#[wasm_bindgen]
impl FlyteLaunchPlan {
    /// The values of the properties that `js/parts.ts` adds.
    #[wasm_bindgen(js_name = __parts, skip_typescript)]
    pub fn parts(&self) -> Result<JsValue, JsValue> {
        output(&self.inner.settings())
    }

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

/// The interface of a task, workflow or launch plan, which `js/remote.ts` makes properties of: `{ inputs, outputs }`, or
/// one of the two as `Interface::describe` has it.
#[wasm_bindgen(js_name = entityInterface, skip_typescript)]
pub fn entity_interface(entity: JsValue, described_outputs: Option<bool>) -> Result<JsValue, JsValue> {
    let Some(Lent::Target(target)) = borrow(&entity)? else { return Ok(JsValue::UNDEFINED) };
    let interface = match &target {
        Target::Task(task) => &task.interface,
        Target::Workflow(workflow) => &workflow.interface,
        Target::LaunchPlan(plan) => &plan.interface,
        Target::Reference(_) => return Ok(JsValue::UNDEFINED),
    };
    let Some(outputs) = described_outputs else { return output(&interface.to_output()) };
    let Description { text, defaults, fixed } = interface.describe(outputs, &JsFloats);
    let [defaults, fixed] = [defaults, fixed].map(|values| output(&OutputValue::Map(values)));
    Ok(Array::of3(&text.into(), &defaults?, &fixed?).into())
}
