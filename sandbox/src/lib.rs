//! A small Flyte control plane for development and tests. It does no I/O: requests and events come in as bytes,
//! replies and effects ("run this container", "call me at t") go out.

// Servers and clients of Flyte still use fields that are marked as deprecated.
#![allow(deprecated)]

mod admin;
mod columns;
mod compiler;
mod container;
mod dataproxy;
mod effect;
mod engine;
mod idl;
pub mod list;
mod named;
mod options;
mod random;
mod record;
mod sandbox;
mod service;
mod signals;
pub mod state;
mod status;
mod storage;
mod time;
mod types;
#[cfg(feature = "js")]
pub mod wasm;

pub use effect::{ContainerResult, Effect, RunContainer};
pub use flyte_remote::rpc::{Code, Status};
pub use options::Options;
pub use sandbox::Sandbox;
pub use storage::{StorageReply, StorageRequest};

#[cfg(test)]
mod tests;
