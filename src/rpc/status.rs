//! How a call failed: a gRPC code, a text, and what the wire said.

use std::any::Any;
use std::rc::Rc;

use super::Metadata;

/// The gRPC status codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Code {
    /// Success.
    Ok = 0,
    /// The caller cancelled.
    Cancelled = 1,
    /// Nothing better is known.
    Unknown = 2,
    /// The request is wrong, whatever the server's state.
    InvalidArgument = 3,
    /// Time ran out.
    DeadlineExceeded = 4,
    /// The entity is not there.
    NotFound = 5,
    /// The entity is there already.
    AlreadyExists = 6,
    /// The caller may not do this.
    PermissionDenied = 7,
    /// A quota or limit is used up.
    ResourceExhausted = 8,
    /// The server's state does not allow it now.
    FailedPrecondition = 9,
    /// A conflict with another call.
    Aborted = 10,
    /// Past a valid range.
    OutOfRange = 11,
    /// The server does not have this method.
    Unimplemented = 12,
    /// The server or the wire is broken.
    Internal = 13,
    /// The server can't be reached now.
    Unavailable = 14,
    /// Data is lost.
    DataLoss = 15,
    /// The caller is not logged in.
    Unauthenticated = 16,
}

/// A failed call.
#[derive(Clone)]
pub struct Status {
    /// The gRPC code.
    pub code: Code,
    /// The server's text, or ours when the wire failed.
    pub message: String,
    /// A serialised `google.rpc.Status`, empty when none was sent.
    pub details: Vec<u8>,
    /// The HTTP status, when a reply came.
    pub http_status: Option<u16>,
    /// Response headers.
    pub headers: Metadata,
    /// Response trailers.
    pub trailers: Metadata,
    /// The host's own error object (a `JsValue` in JavaScript).
    pub cause: Option<Rc<dyn Any>>,
}

impl Status {
    /// A status with a code and a text.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let message = message.into();
        Status {
            code,
            message,
            details: Vec::new(),
            http_status: None,
            headers: Vec::new(),
            trailers: Vec::new(),
            cause: None,
        }
    }
}

impl std::fmt::Debug for Status {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:?}: {}", self.code, self.message)
    }
}
