//! The sandbox as a client sees it: calls with messages in, replies and effects out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod arrays;
mod choices;
mod compile;
mod containers;
mod events;
mod executions;
mod registration;
mod replay;
mod support;
mod vectors;
mod walks;
