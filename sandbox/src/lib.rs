//! A small Flyte control plane for development and tests. It does no I/O: requests and events come in as bytes,
//! replies and effects ("run this container", "call me at t") go out.

pub mod list;
