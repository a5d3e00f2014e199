//! Flyte's interface definitions: the prost types of `proto/`, as `idl::flyteidl::admin::Execution` and so on.

#![allow(missing_docs, clippy::all, rustdoc::all)]

include!(concat!(env!("OUT_DIR"), "/idl.rs"));
