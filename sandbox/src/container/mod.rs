//! A task attempt as a local process: what to run with which files, and what its files mean afterwards.

mod copilot;
mod dynamic;
mod error_document;
mod json;
mod paths;
mod plan;
mod result;
mod spec;
mod template;
mod text;

pub(crate) use dynamic::DynamicJobSpec;
pub(crate) use plan::{plan, Attempt};
pub(crate) use result::{read_result, Failure};
