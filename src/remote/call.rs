//! What a caller can say about a call, and how a verb of several calls keeps to it.

use std::time::Duration;

use crate::rpc::Metadata;

/// Options of every call; a verb that makes several calls applies them to all.
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    /// Headers that go along, names in lower case.
    pub metadata: Metadata,
    /// Time for the whole verb; default: each of its calls has the channel's default deadline.
    pub timeout: Option<Duration>,
}

/// A verb under way: its calls share one deadline.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    pub metadata: Metadata,
    /// By the host's uptime.
    pub deadline: Option<Duration>,
}
