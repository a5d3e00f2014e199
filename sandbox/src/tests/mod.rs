//! The sandbox as a client sees it: calls with messages in, replies and effects out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod compile;
mod containers;
mod events;
mod executions;
mod registration;
mod replay;
mod support;
mod walks;
