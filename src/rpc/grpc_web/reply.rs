//! Judges a reply: from its head and the ending of its body to a [`Reply`] or a [`Status`].
//!
//! A `grpc-status` that reports a failure always wins, from the trailers before the headers; then comes what is wrong
//! with the HTTP status, then what is wrong with the body.

use super::content_type::{classify, ContentType};
use super::excerpt::excerpt;
use super::frames::{Body, FrameError};
use super::trailers::{self, Verdict};
use super::{fault, http_status};
use crate::host::FetchError;
use crate::rpc::{Code, Metadata, Origin, Reply, Status};
use crate::text::{hex, quoted};

/// A reply's head.
pub struct Head {
    status: u16,
    headers: Metadata,
    content_type: ContentType,
}

/// How its body ended.
pub enum Ending {
    /// It ended.
    Whole(Body),
    /// It is not a gRPC-Web body. `start` are the first bytes of the piece at fault, `body` what was read before.
    Wrong {
        /// What is wrong.
        error: FrameError,
        /// For an excerpt, should it be text.
        start: Vec<u8>,
        /// What was read before.
        body: Body,
    },
    /// The connection broke.
    Broken(FetchError),
    /// The head did not promise a gRPC-Web body.
    Foreign {
        /// One line of it.
        excerpt: Option<String>,
    },
}

impl Head {
    /// The head with HTTP status `status`.
    #[must_use]
    pub fn new(status: u16, headers: Metadata) -> Self {
        let value = headers.iter().find(|(name, _)| name == "content-type").map(|(_, value)| value.as_str());
        let content_type = classify(value);
        Head { status, headers, content_type }
    }

    /// Whether the body should be read as frames.
    #[must_use]
    pub fn promises_frames(&self) -> bool {
        match self.content_type {
            ContentType::GrpcWeb => !self.is_redirect(),
            ContentType::Missing => self.is_success(),
            _ => false,
        }
    }

    fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    fn is_redirect(&self) -> bool {
        self.status == 0 || (300..400).contains(&self.status)
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A status with everything that is known about the reply.
    fn status(self, mut status: Status, trailers: Metadata) -> Status {
        status.http_status = Some(self.status).filter(|status| *status != 0);
        status.headers = self.headers;
        status.trailers = trailers;
        status
    }

    fn fail(self, origin: Origin, code: Code, message: impl Into<String>) -> Status {
        self.status(Status::new(code, message).from_origin(origin), Metadata::new())
    }

    fn said_by_server(self, verdict: Verdict, trailers: Metadata) -> Status {
        let mut status = Status::new(verdict.code, verdict.message);
        status.details = verdict.details;
        self.status(status, trailers)
    }
}

/// What a reply means.
pub fn judge(head: Head, ending: Ending) -> Result<Reply, Status> {
    let (trailers, ending) = split_trailers(ending);
    if let Some(verdict) = trailers.as_ref().and_then(trailers::verdict).filter(is_failure) {
        return Err(head.said_by_server(verdict, trailers.unwrap_or_default()));
    }
    if let Some(verdict) = trailers::verdict(&head.headers).filter(is_failure) {
        let trailers = trailers.unwrap_or_else(|| head.headers.clone());
        return Err(head.said_by_server(verdict, trailers));
    }
    if !head.is_success() {
        return Err(http_failure(head, ending));
    }
    match ending {
        Ending::Whole(body) => whole(head, body, trailers),
        Ending::Wrong { error, start, .. } => Err(wrong(head, &error, &start)),
        Ending::Broken(error) => Err(head.status(fault::broken_off(error), Metadata::new())),
        Ending::Foreign { excerpt } => Err(foreign(head, excerpt)),
    }
}

fn is_failure(verdict: &Verdict) -> bool {
    verdict.code != Code::Ok
}

fn split_trailers(ending: Ending) -> (Option<Metadata>, Ending) {
    let mut ending = ending;
    let payload = match &mut ending {
        Ending::Whole(body) | Ending::Wrong { body, .. } => body.trailers.take(),
        Ending::Broken(_) | Ending::Foreign { .. } => None,
    };
    (payload.map(|payload| trailers::parse(&payload)), ending)
}

/// An undisturbed body under a 2xx status, and no failure told.
fn whole(head: Head, body: Body, trailers: Option<Metadata>) -> Result<Reply, Status> {
    let Some(trailers) = trailers else { return Err(no_trailers(head, &body)) };
    if trailers::verdict(&trailers).or_else(|| trailers::verdict(&head.headers)).is_none() {
        let text = said(&trailers);
        let status = Status::new(Code::Unknown, ["the reply's trailers have no grpc-status", &text].concat());
        return Err(head.status(status.from_origin(Origin::Protocol), trailers));
    }
    match body.message {
        Some(message) => Ok(Reply { headers: head.headers, message, trailers }),
        None => {
            let status = Status::new(Code::Unimplemented, "the reply says OK but has no message");
            Err(head.status(status.from_origin(Origin::Protocol), trailers))
        }
    }
}

fn no_trailers(head: Head, body: &Body) -> Status {
    if body.cut > 0 {
        let text = ["the reply broke off: its body ends ", &body.cut.to_string(), " bytes into a frame"].concat();
        return head.fail(Origin::Cut, Code::Internal, text);
    }
    if body.message.is_some() {
        return head.fail(Origin::Cut, Code::Unknown, "the reply broke off: it has a message but no trailers");
    }
    if trailers::verdict(&head.headers).is_some() {
        return head.fail(Origin::Protocol, Code::Unimplemented, "the reply says OK but has no message");
    }
    let text = [
        "the reply is empty (HTTP ",
        &head.status.to_string(),
        ") and shows no grpc-status",
        &said(&head.headers),
        ". In a browser that means: the server must let pages read it, with the header \
         access-control-expose-headers: grpc-status, grpc-message, grpc-status-details-bin",
    ];
    let text = text.concat();
    head.fail(Origin::Protocol, Code::Unknown, text)
}

/// `grpc-message` without a status, for a message in parentheses.
fn said(metadata: &Metadata) -> String {
    trailers::text(metadata).map(|text| [" (grpc-message: ", &text, ")"].concat()).unwrap_or_default()
}

fn wrong(head: Head, error: &FrameError, start: &[u8]) -> Status {
    match error {
        FrameError::Compressed => {
            head.fail(Origin::Protocol, Code::Internal, "the reply is compressed, which was not asked for")
        }
        FrameError::UnknownFlag(flag) => {
            let kind = head.header("content-type").map_or("no content-type".to_owned(), quoted);
            let byte = hex(u32::from(*flag), 2);
            let not = ") is not gRPC-Web, a frame can't begin with byte 0x";
            let text = ["the reply (", &kind, not, &byte, &after_colon(excerpt(start))].concat();
            head.fail(Origin::Protocol, Code::Internal, text)
        }
        FrameError::TooLarge { announced, limit, trailers } => {
            let what = if *trailers { "trailers have" } else { "message has" };
            let (announced, limit) = (announced.to_string(), limit.to_string());
            let text = ["the reply's ", what, " ", &announced, " bytes, more than the limit of ", &limit].concat();
            head.fail(Origin::Protocol, Code::ResourceExhausted, text)
        }
        FrameError::ExtraMessage => {
            head.fail(Origin::Protocol, Code::Unimplemented, "the reply has more than one message")
        }
        FrameError::AfterTrailers => {
            head.fail(Origin::Protocol, Code::Internal, "the reply goes on after its trailers")
        }
    }
}

/// A 2xx reply of another content type.
fn foreign(head: Head, excerpt: Option<String>) -> Status {
    let kind = head.header("content-type").unwrap_or_default().to_owned();
    let (code, text) = match head.content_type {
        ContentType::GrpcWebText => (Code::Internal, "grpc-web-text, which was not asked for".to_owned()),
        ContentType::OtherCodec => (Code::Internal, "gRPC-Web, but not with protobuf messages".to_owned()),
        ContentType::NativeGrpc => {
            (Code::Internal, "native gRPC: FlyteAdmin needs a proxy with a gRPC-Web filter".to_owned())
        }
        _ => {
            let likely = ". The endpoint may be wrong, or a login page or proxy answered";
            (Code::Unknown, ["not gRPC-Web", &after_colon(excerpt), likely].concat())
        }
    };
    let status = head.status.to_string();
    let text = ["the reply (HTTP ", &status, ", content-type ", &quoted(&kind), ") is ", &text].concat();
    head.fail(Origin::Protocol, code, text)
}

/// A reply without a gRPC status and with an HTTP status other than 2xx.
fn http_failure(head: Head, ending: Ending) -> Status {
    if head.is_redirect() {
        return redirect(head);
    }
    let excerpt = trailers::text(&head.headers).or(match ending {
        Ending::Foreign { excerpt } => excerpt,
        Ending::Wrong { start, .. } => excerpt(&start),
        Ending::Whole(_) | Ending::Broken(_) => None,
    });
    let status = head.status;
    let line = status_line(status);
    // Error pages like to repeat the status line, `502 Bad Gateway`.
    let is_news = |text: &String| !text.split_whitespace().all(|word| line.split(' ').any(|known| known == word));
    let mut text = match excerpt.filter(is_news) {
        Some(excerpt) => [&line, ": ", &excerpt].concat(),
        None => line,
    };
    if let Some(hint) = http_status::hint(status) {
        text = [&text, " (", hint, ")"].concat();
    }
    head.fail(Origin::Http, http_status::code(status), text)
}

fn redirect(head: Head) -> Status {
    let text = match (head.status, head.header("location")) {
        (0, _) => "the server redirects the call, a browser hides where to".to_owned(),
        (status, Some(location)) => {
            ["HTTP ", &status.to_string(), ": the server redirects the call to ", location].concat()
        }
        (status, None) => status_line(status),
    };
    let hint = " (calls are not redirected: correct the endpoint, or log in if that is a login page)";
    head.fail(Origin::Http, Code::Unknown, [&text, hint].concat())
}

/// `HTTP 502 Bad Gateway`
fn status_line(status: u16) -> String {
    let phrase = http_status::phrase(status);
    ["HTTP ", &status.to_string(), if phrase.is_empty() { "" } else { " " }, phrase].concat()
}

fn after_colon(excerpt: Option<String>) -> String {
    excerpt.map(|text| [": ", &text].concat()).unwrap_or_default()
}
