//! What a caller can say about a call, and how a verb of several calls keeps to it.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use crate::rpc::Metadata;

/// Options of every call; a verb that makes several calls applies them to all.
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    /// Headers that go along, names in lower case.
    pub metadata: Metadata,
    /// Time for the whole verb; default: each of its calls has the channel's default deadline.
    pub timeout: Option<Duration>,
    /// What the verb has begun to create, in text form: it may be there even if the verb is dropped before its end.
    pub created: Rc<RefCell<Option<String>>>,
}

/// A verb under way: its calls share one deadline.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    pub metadata: Metadata,
    /// By the host's uptime.
    pub deadline: Option<Duration>,
    pub created: Rc<RefCell<Option<String>>>,
}
