//! The exported JavaScript classes: they translate between `JsValue` and core types, and do nothing else. A method
//! reads its options, clones an `Rc` of the core object, calls one core function and converts the result.

mod client;
mod control;
mod dto;
mod entity;
mod environment;
mod error;
mod execution;
mod host;
mod json;
mod lend;
mod lists;
mod literal;
mod node;
mod options;
mod pages;
mod promise;
mod proto;
mod read;
mod remote;
mod rows;
mod signal;
mod source;
mod value;
mod values;
mod watch;

/// Half as large as the standard one, and as fast. There are no threads here.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// The hand-written part of the TypeScript declarations.
#[wasm_bindgen::prelude::wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.d.ts");

#[wasm_bindgen::prelude::wasm_bindgen(typescript_custom_section)]
const REMOTE_TYPES: &str = include_str!("remote.d.ts");

#[wasm_bindgen::prelude::wasm_bindgen(typescript_custom_section)]
const EXECUTION_TYPES: &str = include_str!("executions.d.ts");

#[wasm_bindgen::prelude::wasm_bindgen(typescript_custom_section)]
const WORKFLOW_TYPES: &str = include_str!("workflows.d.ts");
