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

impl Code {
    /// The code with that number; `None` for numbers that gRPC does not define.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        Self::ALL.get(usize::try_from(number).ok()?).copied()
    }

    /// The name in gRPC's own spelling, `NOT_FOUND`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Code::Ok => "OK",
            Code::Cancelled => "CANCELLED",
            Code::Unknown => "UNKNOWN",
            Code::InvalidArgument => "INVALID_ARGUMENT",
            Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
            Code::NotFound => "NOT_FOUND",
            Code::AlreadyExists => "ALREADY_EXISTS",
            Code::PermissionDenied => "PERMISSION_DENIED",
            Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
            Code::FailedPrecondition => "FAILED_PRECONDITION",
            Code::Aborted => "ABORTED",
            Code::OutOfRange => "OUT_OF_RANGE",
            Code::Unimplemented => "UNIMPLEMENTED",
            Code::Internal => "INTERNAL",
            Code::Unavailable => "UNAVAILABLE",
            Code::DataLoss => "DATA_LOSS",
            Code::Unauthenticated => "UNAUTHENTICATED",
        }
    }

    /// All codes, each at the index that is its number.
    pub const ALL: [Code; 17] = [
        Code::Ok,
        Code::Cancelled,
        Code::Unknown,
        Code::InvalidArgument,
        Code::DeadlineExceeded,
        Code::NotFound,
        Code::AlreadyExists,
        Code::PermissionDenied,
        Code::ResourceExhausted,
        Code::FailedPrecondition,
        Code::Aborted,
        Code::OutOfRange,
        Code::Unimplemented,
        Code::Internal,
        Code::Unavailable,
        Code::DataLoss,
        Code::Unauthenticated,
    ];
}

/// Who concluded that a call failed, and from what. Retries depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The server, or a proxy before it, said so in `grpc-status`.
    Server,
    /// An HTTP status without a gRPC one.
    Http,
    /// A reply came, but not a valid one.
    Protocol,
    /// No reply came, or it broke off. The server may have handled the request.
    Cut,
    /// This side, before the request could reach any server.
    Unsent,
}

/// A failed call: a pointer, as it is handed through many futures. Its fields are those of [`Failed`].
#[derive(Clone)]
pub struct Status(Box<Failed>);

/// What is known about a failed call.
#[derive(Clone)]
pub struct Failed {
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
    /// Who concluded it.
    pub origin: Origin,
    /// How often the call was sent.
    pub attempts: u32,
}

impl Status {
    /// A status with a code and a text, as a server says it ([`Origin::Server`]).
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Status(Box::new(Failed {
            code,
            message: message.into(),
            details: Vec::new(),
            http_status: None,
            headers: Vec::new(),
            trailers: Vec::new(),
            cause: None,
            origin: Origin::Server,
            attempts: 1,
        }))
    }

    /// The same status from another origin.
    #[must_use]
    pub fn from_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// The first value of a trailer or, failing that, of a header (name in lower case).
    #[must_use]
    pub fn metadatum(&self, name: &str) -> Option<&str> {
        let mut all = self.trailers.iter().chain(&self.headers);
        all.find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl std::ops::Deref for Status {
    type Target = Failed;

    fn deref(&self) -> &Failed {
        &self.0
    }
}

impl std::ops::DerefMut for Status {
    fn deref_mut(&mut self) -> &mut Failed {
        &mut self.0
    }
}

impl std::fmt::Debug for Status {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:?}: {}", self.code, self.message)
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.code.name(), self.message)
    }
}

impl std::error::Error for Status {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_stands_at_its_number() {
        for (number, code) in (0u32..).zip(Code::ALL) {
            assert_eq!(u32::from(code as u8), number);
            assert_eq!(Code::from_number(number), Some(code));
        }
        assert_eq!(Code::from_number(17), None);
    }
}
