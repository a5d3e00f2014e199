//! A simulated world for tests: [`SimHost`] has a clock that jumps, seeded randomness and a scripted `fetch`, and runs
//! futures on this thread. A day of polling takes a millisecond, and a seed replays exactly.

// A test helper may stop the test it serves.
#![allow(clippy::panic, clippy::expect_used)]

mod host;
mod reply;

pub use host::{Sent, SimHost};
pub use reply::SimReply;
