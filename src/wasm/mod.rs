//! The exported JavaScript classes: they translate between `JsValue` and core types, and do nothing else. A method
//! reads its options, clones an `Rc` of the core object, calls one core function and converts the result.

mod client;
mod environment;
mod error;
mod host;
mod json;
mod options;
mod proto;
mod signal;

/// The hand-written part of the TypeScript declarations.
#[wasm_bindgen::prelude::wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.d.ts");
