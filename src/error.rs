//! Why something failed, as the caller can act on it. `js/errors.ts` has a class for each [`Kind`].

use std::any::Any;
use std::rc::Rc;

use crate::rpc::{Code, Status};

/// What a caller can tell apart; the tree is that of flytekit's exceptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The server does not know the entity.
    NotFound,
    /// The entity is there already.
    AlreadyExists,
    /// A deadline passed.
    Timeout,
    /// Not logged in, or not allowed.
    Authentication,
    /// A wrong use of the API, e.g. outputs asked of a running execution.
    Assertion,
    /// A value that can't be used where it was given.
    Value,
    /// A value of the wrong type.
    Type,
    /// The server refused the request as invalid.
    InvalidInput,
    /// The server can't be reached now.
    Unavailable,
    /// The server does not have this method.
    NotImplemented,
    /// An upload failed.
    Upload,
    /// A download failed.
    Download,
    /// Anything else that went wrong between here and the server.
    System,
    /// The caller cancelled.
    Cancelled,
}

/// A failure with everything that is known about it.
#[derive(Clone)]
pub struct Error {
    /// What kind of failure it is.
    pub kind: Kind,
    /// What, where, and what to do next.
    pub message: String,
    /// The failed call, when one was made.
    pub status: Option<Box<Status>>,
    /// The method called, `/flyteidl.service.AdminService/GetTask`.
    pub method: Option<String>,
    /// The entity concerned in text form, `lp:project:domain:name:version`.
    pub entity: Option<String>,
    /// The place in the caller's input that is wrong, `inputs.rows[3].when`.
    pub path: Option<String>,
    /// The host's own error object (a `JsValue` in JavaScript).
    pub cause: Option<Rc<dyn Any>>,
}

impl Error {
    /// An error of a kind with a text.
    #[must_use]
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error { kind, message: message.into(), status: None, method: None, entity: None, path: None, cause: None }
    }

    /// The error for a failed call of `method`.
    #[must_use]
    pub fn from_status(status: Status, method: &str) -> Self {
        let mut error = Error::new(Kind::of(status.code), format!("{method}: {}", status.message));
        error.cause = status.cause.clone();
        error.method = Some(method.to_owned());
        error.status = Some(Box::new(status));
        error
    }

    /// The same error, saying which part of the caller's input it is about.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// The same error, saying which entity it is about.
    #[must_use]
    pub fn about(mut self, entity: impl Into<String>) -> Self {
        self.entity = Some(entity.into());
        self
    }
}

impl Kind {
    /// The kind that a gRPC code stands for.
    #[must_use]
    pub fn of(code: Code) -> Self {
        match code {
            Code::NotFound => Kind::NotFound,
            Code::AlreadyExists => Kind::AlreadyExists,
            Code::DeadlineExceeded => Kind::Timeout,
            Code::Unauthenticated | Code::PermissionDenied => Kind::Authentication,
            Code::InvalidArgument => Kind::InvalidInput,
            Code::Unavailable => Kind::Unavailable,
            Code::Unimplemented => Kind::NotImplemented,
            Code::Cancelled => Kind::Cancelled,
            _ => Kind::System,
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::fmt::Debug for Error {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:?}: {}", self.kind, self.message)
    }
}

impl std::error::Error for Error {}
