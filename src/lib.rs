//! flyte-remote: a Flyte control-plane client, compiled to WebAssembly for JavaScript.
//!
//! Floors, top to bottom; dependencies point down only: `wasm` (exported classes) → `remote` (the verbs) →
//! `execution`, `entity`, `value`, `data` (the nouns, no I/O) → `rpc` (one seam to the server) → `codec` and `idl`
//! (messages). Everything from outside comes through [`host::Host`].

pub mod codec;
pub mod data;
pub mod entity;
pub mod error;
pub mod execution;
pub mod host;
pub mod idl;
pub mod remote;
pub mod rpc;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod text;
pub mod value;
#[cfg(feature = "js")]
mod wasm;
