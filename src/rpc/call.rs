//! What goes down a channel and what comes back.

use std::rc::Rc;
use std::time::Duration;

use super::{RetryPolicy, Safety};

/// Names (lower case) and values, in order, names may repeat. Values of `-bin` names are base64 text.
pub type Metadata = Vec<(String, String)>;

/// One unary call. Cloning shares the message.
#[derive(Clone, Debug)]
pub struct Call {
    /// `/package.Service/Method`
    pub path: String,
    /// The request message.
    pub message: Rc<[u8]>,
    /// What goes along as headers.
    pub metadata: Metadata,
    /// Time left for the whole call: all attempts, their bodies included. `None` takes the client's default
    /// (a bare transport then waits for ever), [`Call::NO_TIMEOUT`] waits for ever.
    pub timeout: Option<Duration>,
    /// What a repetition would do, where the caller knows better than the method table.
    pub safety: Option<Safety>,
    /// Retries for this call; `None` takes the client's policy.
    pub retry: Option<RetryPolicy>,
}

impl Call {
    /// As `timeout`: wait for ever, whatever the client's default.
    pub const NO_TIMEOUT: Duration = Duration::MAX;

    /// A call with the client's defaults.
    #[must_use]
    pub fn new(path: impl Into<String>, message: impl Into<Rc<[u8]>>) -> Self {
        Call {
            path: path.into(),
            message: message.into(),
            metadata: Metadata::new(),
            timeout: None,
            safety: None,
            retry: None,
        }
    }
}

/// A successful reply.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// Response headers.
    pub headers: Metadata,
    /// The reply message.
    pub message: Vec<u8>,
    /// Response trailers.
    pub trailers: Metadata,
}
