//! Flyte's messages under short names.

pub(crate) use flyte_remote::idl::flyteidl::{admin, core, event};
