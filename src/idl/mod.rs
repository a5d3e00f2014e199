//! Flyte's interface definitions: the prost types of `proto/` as `idl::flyteidl::admin::Execution` and so on, the
//! [`schema`] table that the codec reads, and the table of [`methods`].

pub mod methods;
pub mod schema;

pub use generated::*;

mod generated {
    #![allow(missing_docs, clippy::all, rustdoc::all)]

    include!(concat!(env!("OUT_DIR"), "/idl.rs"));
}
