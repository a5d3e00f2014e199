//! The one seam to the server: [`Channel`], a unary call of bytes. All 66 RPCs of Flyte are unary.

mod status;

use std::time::Duration;

pub use status::{Code, Status};

use crate::host::LocalFuture;

/// Names (lower case) and values, in order, names may repeat. Values of `-bin` names are base64 text.
pub type Metadata = Vec<(String, String)>;

/// One unary call.
#[derive(Clone, Debug)]
pub struct Call {
    /// `/package.Service/Method`
    pub path: String,
    /// The request message.
    pub message: std::rc::Rc<[u8]>,
    /// What goes along as headers.
    pub metadata: Metadata,
    /// Time left for the whole call, its body included; `None` waits for ever.
    pub timeout: Option<Duration>,
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

/// A way to call the server. Transports implement it, and so do the wrappers around them (deadline, retry, auth).
pub trait Channel {
    /// Calls a method. Dropping the future cancels the call and aborts its request.
    fn unary(&self, call: Call) -> LocalFuture<Result<Reply, Status>>;
}
