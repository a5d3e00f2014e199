//! Why something failed, as the caller can act on it. `js/errors.ts` has a class for each [`Kind`].

use std::any::Any;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use crate::rpc::{Code, Origin, Safety, Status};
use crate::text::contains;

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

/// What the last of the problems says where there are more than are told.
pub const AND_MORE: &str = "and more from here on";

/// One mistake among several in what the caller gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The place in the caller's input, `inputs.rows[3].when`.
    pub path: String,
    /// What is wrong there: what was expected, what came.
    pub message: String,
}

/// A failure with everything that is known about it, which is in [`Failure`]. It is a pointer: errors are rare, and
/// every result carries the room for one.
#[derive(Clone)]
pub struct Error(Box<Failure>);

/// What is known about a failure.
#[derive(Clone)]
pub struct Failure {
    /// What kind of failure it is.
    pub kind: Kind,
    /// What, where, and what to do next.
    pub message: String,
    /// The HTTP status of a store that refused, 0 when it gave no reply.
    pub store: Option<u16>,
    /// The failed call, when one was made.
    pub status: Option<Status>,
    /// The method called, `/flyteidl.service.AdminService/GetTask`.
    pub method: Option<Box<str>>,
    /// The entity concerned in text form, `lp:project:domain:name:version`.
    pub entity: Option<Box<str>>,
    /// The place in the caller's input that is wrong, `inputs.rows[3].when`.
    pub path: Option<Box<str>>,
    /// Every mistake in the caller's input, when that is what failed.
    pub problems: Box<[Problem]>,
    /// The host's own error object (a `JsValue` in JavaScript).
    pub cause: Option<Rc<dyn Any>>,
}

impl Error {
    /// An error of a kind with a text.
    #[must_use]
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error(Box::new(Failure {
            kind,
            message: message.into(),
            store: None,
            status: None,
            method: None,
            entity: None,
            path: None,
            problems: Box::default(),
            cause: None,
        }))
    }

    /// The error for a failed call of `method`: method, what the server said, what to do next.
    #[must_use]
    pub fn from_status(status: Status, method: &str) -> Self {
        let kind = match (status.origin, status.code) {
            // Found wrong before anything was sent: no server refused it.
            (Origin::Unsent, Code::InvalidArgument) => Kind::Value,
            (_, code) => Kind::of(code),
        };
        let short = method.rsplit('/').next().unwrap_or(method);
        let said = if status.message.is_empty() { "the server gave no reason" } else { status.message.as_str() };
        let mut message = [short, ": ", said].concat();
        // What the transport says about replies that are none holds its own advice, hints stand in parentheses.
        let advised = status.origin == Origin::Protocol || message.ends_with(')');
        if let Some(advice) = kind.advice().filter(|_| !advised) {
            message.push_str(if message.ends_with(['.', '!', '?']) { " " } else { ". " });
            message.push_str(advice);
        }
        let mut error = Error::new(kind, message);
        error.cause = status.cause.clone();
        error.method = Some(method.into());
        error.status = Some(status);
        error
    }

    /// The error for an input with one or more mistakes: all of them, each with its place. `subject` says whose
    /// input it is, e.g. `the inputs of lp:p:d:n:v`.
    #[must_use]
    pub fn from_problems(kind: Kind, subject: &str, problems: Vec<Problem>) -> Self {
        let message = match problems.as_slice() {
            [only] => [only.path.as_str(), ": ", &only.message, " (", subject, ")"].concat(),
            several => {
                let more = several.last().is_some_and(|last| last.message == AND_MORE);
                let count = several.len() - usize::from(more);
                let mut message =
                    [if more { "more than " } else { "" }, &count.to_string(), " mistakes in ", subject, ":"].concat();
                for problem in several {
                    message.push_str("\n  ");
                    message.push_str(&problem.path);
                    message.push_str(": ");
                    message.push_str(&problem.message);
                }
                message
            }
        };
        let mut error = Error::new(kind, message);
        error.path = problems.first().map(|problem| problem.path.as_str().into());
        error.problems = problems.into();
        error
    }

    /// An option that can't be used: where it is and what was expected.
    #[must_use]
    pub fn option(path: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let mut error = Error::new(Kind::Value, [path, ": ", &message].concat()).at(path);
        error.problems = [Problem { path: path.to_owned(), message }].into();
        error
    }

    /// The same call may succeed later, unchanged.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match &self.status {
            Some(status) => {
                let later = matches!(status.code, Code::Aborted | Code::DeadlineExceeded);
                later || status.is_retryable(Safety::ReadOnly)
            }
            None => {
                let later = |status| matches!(status, 0 | 408 | 429 | 500..);
                self.is_about_the_connection() || self.store.is_some_and(later)
            }
        }
    }

    /// The server could not be reached or did not answer in time; the same call may work later.
    #[must_use]
    pub fn is_about_the_connection(&self) -> bool {
        matches!(self.kind, Kind::Unavailable | Kind::Timeout)
    }

    /// It is not about what was asked for: nobody would be told anything now.
    pub(crate) fn is_about_everything(&self) -> bool {
        let code = self.status.as_ref().map(|status| status.code);
        self.is_about_the_connection()
            || code == Some(Code::Unauthenticated)
            || code == Some(Code::ResourceExhausted) && self.is_retryable()
    }

    /// The server may have done what it was asked for: this attempt at the call, or one before it, got no answer that
    /// says otherwise.
    #[must_use]
    pub fn may_have_arrived(&self) -> bool {
        matches!(self.kind, Kind::Unavailable | Kind::Timeout | Kind::System | Kind::Authentication | Kind::Cancelled)
            && self.status.is_some()
    }

    /// Says that what was to be created may be there.
    pub(crate) fn perhaps_created(&mut self, entity: &str) {
        self.message.push_str(". It may have been created all the same: then it is ");
        self.message.push_str(entity);
    }

    /// The same error, saying which part of the caller's input it is about.
    #[must_use]
    pub fn at(mut self, path: impl Into<Box<str>>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// The same error, saying which entity it is about, in its message too.
    #[must_use]
    pub fn about(mut self, entity: impl Into<String>) -> Self {
        let entity = entity.into();
        if !contains(&self.message, entity.as_str()) {
            self.message = [&entity, ": ", &self.message].concat();
        }
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

    /// The name by which `js/errors.ts` finds the class.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::NotFound => "NotFound",
            Kind::AlreadyExists => "AlreadyExists",
            Kind::Timeout => "Timeout",
            Kind::Authentication => "Authentication",
            Kind::Assertion => "Assertion",
            Kind::Value => "Value",
            Kind::Type => "Type",
            Kind::InvalidInput => "InvalidInput",
            Kind::Unavailable => "Unavailable",
            Kind::NotImplemented => "NotImplemented",
            Kind::Upload => "Upload",
            Kind::Download => "Download",
            Kind::System => "System",
            Kind::Cancelled => "Cancelled",
        }
    }

    /// What to do next, where one thing is likely.
    fn advice(self) -> Option<&'static str> {
        match self {
            Kind::NotFound => Some("Check project, domain, name and version"),
            Kind::Timeout => Some("Try again, or give it more time with timeoutMs"),
            Kind::Authentication => Some("Log in again, or check that the account may do this"),
            Kind::Unavailable => Some("Check the endpoint and that the server is up, then try again"),
            Kind::NotImplemented => Some("The server is too old for this, or the endpoint is not FlyteAdmin's"),
            _ => None,
        }
    }
}

impl Deref for Error {
    type Target = Failure;

    fn deref(&self) -> &Failure {
        &self.0
    }
}

impl DerefMut for Error {
    fn deref_mut(&mut self) -> &mut Failure {
        &mut self.0
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    const GET_TASK: &str = "/flyteidl.service.AdminService/GetTask";

    #[test]
    fn a_failed_call_names_method_entity_reason_and_next_step() {
        let error = Error::from_status(Status::new(Code::NotFound, "missing entity"), GET_TASK).about("tsk:p:d:n:v");
        assert_eq!(error.kind, Kind::NotFound);
        assert_eq!(error.message, "tsk:p:d:n:v: GetTask: missing entity. Check project, domain, name and version");
        assert_eq!(error.method.as_deref(), Some(GET_TASK));
        assert_eq!(error.entity.as_deref(), Some("tsk:p:d:n:v"));
    }

    #[test]
    fn an_input_refused_before_it_was_sent_is_a_wrong_value() {
        let status = Status::new(Code::InvalidArgument, "metadata \"te\": reserved").from_origin(Origin::Unsent);
        let error = Error::from_status(status, GET_TASK);
        assert_eq!((error.kind, error.message.as_str()), (Kind::Value, "GetTask: metadata \"te\": reserved"));
        assert_eq!(Error::from_status(Status::new(Code::InvalidArgument, "bad"), GET_TASK).kind, Kind::InvalidInput);
    }

    #[test]
    fn advice_is_given_once() {
        let hinted = Status::new(Code::Unavailable, "no reply (nothing listens there)").from_origin(Origin::Unsent);
        assert_eq!(Error::from_status(hinted, GET_TASK).message, "GetTask: no reply (nothing listens there)");
        let plain = Status::new(Code::Unavailable, "HTTP 503").from_origin(Origin::Http);
        let expected = "GetTask: HTTP 503. Check the endpoint and that the server is up, then try again";
        assert_eq!(Error::from_status(plain, GET_TASK).message, expected);
    }

    #[test]
    fn a_call_failed_without_a_text_still_says_something() {
        let error = Error::from_status(Status::new(Code::Internal, ""), GET_TASK);
        assert_eq!(error.message, "GetTask: the server gave no reason");
    }

    #[test]
    fn several_mistakes_are_listed_one_a_line() {
        let problem = |path: &str, message: &str| Problem { path: path.into(), message: message.into() };
        let problems = vec![problem("inputs.a", "missing"), problem("inputs.b", "expected integer, got null")];
        let error = Error::from_problems(Kind::Value, "the inputs of tsk:p:d:n:v", problems);
        assert_eq!(
            error.message,
            "2 mistakes in the inputs of tsk:p:d:n:v:\n  inputs.a: missing\n  inputs.b: expected integer, got null"
        );
        assert_eq!(error.path.as_deref(), Some("inputs.a"));
        assert_eq!(error.problems.len(), 2);
    }
}
