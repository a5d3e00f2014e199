//! gRPC-Web over the host's `fetch`: the default transport.
//!
//! A call is one POST of `application/grpc-web+proto`. Its reply is judged in `reply` from what its head and
//! body say; the pieces it needs (frames, trailers, foreign bodies, HTTP statuses) are pure functions of bytes.
//!
//! Redirects are not followed, since a browser would repeat the POST elsewhere or turn it into a GET: a 3xx reply is
//! an error that names its `location`.

mod content_type;
mod excerpt;
mod fault;
mod frames;
mod http_status;
mod percent;
mod reply;
#[cfg(test)]
mod tests;
mod timeout;
mod trailers;

use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{select, Either};

use self::frames::Frames;
use self::reply::{Ending, Head};
use super::{Call, Channel, Code, Endpoint, Origin, Reply, Status};
use crate::host::{BodyReader, Host, HttpBody, HttpRequest, HttpResponse, LocalFuture};

/// Settings of [`GrpcWeb`].
#[derive(Clone, Debug)]
pub struct GrpcWebOptions {
    /// The largest reply message accepted, in bytes; 64 MiB unless told otherwise. A larger one fails with
    /// `RESOURCE_EXHAUSTED` as soon as its length is announced.
    pub max_reply_bytes: usize,
}

impl Default for GrpcWebOptions {
    fn default() -> Self {
        GrpcWebOptions { max_reply_bytes: 64 << 20 }
    }
}

/// A [`Channel`] that speaks gRPC-Web to an endpoint.
pub struct GrpcWeb {
    host: Rc<dyn Host>,
    endpoint: Endpoint,
    options: GrpcWebOptions,
}

/// How long to wait for the end of a body whose reply is complete. Reading to the end keeps the connection usable.
const END_GRACE: Duration = Duration::from_millis(250);

/// How long to wait for the text of a foreign body: the HTTP status must not be lost to one that never ends.
const EXCERPT_GRACE: Duration = Duration::from_secs(1);

impl GrpcWeb {
    /// A transport to `endpoint`. Does no I/O.
    #[must_use]
    pub fn new(host: Rc<dyn Host>, endpoint: Endpoint, options: GrpcWebOptions) -> Self {
        GrpcWeb { host, endpoint, options }
    }

    fn request(&self, call: &Call) -> Result<HttpRequest, Status> {
        let Some(body) = frames::encode(&call.message) else {
            let size = call.message.len().to_string();
            let text = ["the request has ", &size, " bytes, gRPC carries at most 4 GiB"].concat();
            return Err(Status::new(Code::InvalidArgument, text).from_origin(Origin::Unsent));
        };
        let mut headers: Vec<(String, String)> = [
            ("accept", "application/grpc-web+proto"),
            ("content-type", "application/grpc-web+proto"),
            ("x-grpc-web", "1"),
            ("x-user-agent", concat!("flyte-remote/", env!("CARGO_PKG_VERSION"))),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        if let Some(timeout) = call.timeout.filter(|timeout| *timeout != Call::NO_TIMEOUT) {
            headers.push(("grpc-timeout".to_owned(), timeout::header(timeout)));
        }
        headers.extend_from_slice(&call.metadata);
        let body = HttpBody::Bytes(body.into());
        Ok(HttpRequest { method: "POST", url: self.endpoint.url(&call.path), headers, body, on_sent: None })
    }
}

impl Channel for GrpcWeb {
    fn unary(&self, call: Call) -> LocalFuture<Result<Reply, Status>> {
        let host = Rc::clone(&self.host);
        let request = self.request(&call);
        let endpoint = self.endpoint.clone();
        let limit = self.options.max_reply_bytes;
        Box::pin(async move {
            let response = host.fetch(request?).await.map_err(|error| fault::no_reply(error, &endpoint))?;
            receive(host, response, limit).await
        })
    }
}

/// In a box, and so compiled when a reply comes: together with the sending it would hold up the first request.
fn receive(host: Rc<dyn Host>, response: HttpResponse, limit: usize) -> LocalFuture<Result<Reply, Status>> {
    let HttpResponse { status, headers, mut body, .. } = response;
    let head = Head::new(status, headers);
    Box::pin(async move {
        let ending = if head.promises_frames() {
            read_frames(&*host, body.as_mut(), limit).await
        } else {
            Ending::Foreign { excerpt: read_excerpt(&*host, body.as_mut()).await }
        };
        reply::judge(head, ending)
    })
}

async fn read_frames(host: &dyn Host, body: &mut dyn BodyReader, limit: usize) -> Ending {
    let mut frames = Frames::new(limit);
    let mut start = Vec::new();
    loop {
        let next = if frames.has_trailers() {
            match select(body.chunk(), host.sleep(END_GRACE)).await {
                Either::Left((next, _)) => next.or(Ok(None)),
                Either::Right(_) => Ok(None),
            }
        } else {
            body.chunk().await
        };
        match next {
            Ok(Some(chunk)) => {
                if frames.is_untouched() {
                    start = excerpt::sample(&chunk);
                }
                if let Err(error) = frames.push(chunk) {
                    return Ending::Wrong { error, start, body: frames.finish() };
                }
            }
            Ok(None) => return Ending::Whole(frames.finish()),
            Err(error) => return Ending::Broken(error),
        }
    }
}

async fn read_excerpt(host: &dyn Host, body: &mut dyn BodyReader) -> Option<String> {
    let mut bytes = Vec::new();
    let mut time_is_up = host.sleep(EXCERPT_GRACE);
    while bytes.len() < excerpt::READ {
        match select(body.chunk(), time_is_up).await {
            Either::Left((Ok(Some(chunk)), rest)) => {
                bytes.extend_from_slice(&chunk);
                time_is_up = rest;
            }
            Either::Left(_) | Either::Right(_) => break,
        }
    }
    excerpt::excerpt(&bytes)
}
