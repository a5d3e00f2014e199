//! `FlyteRemote` in the core against scripted servers under a simulated clock, and against what flytekit did.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod console;
mod data;
mod execute;
mod existing;
mod fetch;
mod graph;
mod identifiers;
mod launch_plans;
mod lists;
mod odd_bytes;
mod register;
mod requests;
mod rerun;
mod signals;
mod snapshots;
mod support;
mod sync;
mod upload;
mod values;
mod wait;
mod watch;
