//! The wire between a user's remote and the server, at two seams: as the [`Host`] that a gRPC-Web client fetches through,
//! and as a [`Channel`] of its own. Both give every exchange the fate that the weather has for it.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use flyte_remote::host::{BodyReader, ChunkFuture, FetchError, Host, HttpBody, HttpRequest, HttpResponse, LocalFuture};
use flyte_remote::rpc::{Call, Channel, Code, Origin, Reply, Status};

use super::faults::Fault;
use super::mutations::Mutation;
use super::user::{InFlight, User};

/// What the client gets to see of an exchange.
enum Landing {
    /// No reply.
    Nothing(&'static str),
    /// A proxy's page.
    Page(u16, Vec<(String, String)>),
    /// A status that the server, or somebody in its name, gives without doing anything.
    Refusal(Code, &'static str, Vec<(String, String)>),
    /// The server's answer, and what became of its body.
    Answer(Result<Vec<u8>, Status>, Body),
}

/// How a body arrives.
#[derive(Clone, Copy)]
enum Body {
    Whole,
    /// It ends after so many thousandths.
    Truncated(u64),
    /// The connection breaks after so many thousandths.
    Broken(u64),
    /// Its message is there and its trailers are not.
    NoTrailers,
}

const RESET: &str = "fetch failed: read ECONNRESET";

/// Carries one request to the server and its reply back. The exchange ends when `guard` is dropped.
async fn carry(user: &User, guard: &InFlight, path: &str, message: &[u8]) -> Landing {
    let world = user.world();
    let fate = guard.fate.clone();
    let sent = world.sim.now();
    if fate.arrives {
        let again = fate.again.map(|pause| sent + fate.uplink + pause);
        let mut server = world.server.borrow_mut();
        let key = server.send(sent + fate.uplink, guard.number, path, message);
        if fate.recalled {
            guard.recall.set(Some(key));
        }
        if let Some(again) = again {
            server.send(again, guard.number, path, message);
        }
    }
    world.sim.sleep(fate.uplink + fate.again.unwrap_or_default()).await;
    world.catch_up();
    guard.recall.set(None);
    let answer = world.server.borrow_mut().answer(guard.number);
    let detail = fate.detail;
    match fate.fault {
        Some(Fault::Silence) => std::future::pending::<()>().await,
        Some(Fault::Refused) => return Landing::Nothing("fetch failed: connect ECONNREFUSED 127.0.0.1:1"),
        Some(Fault::GatewayTimeout) => world.sim.sleep(Duration::from_secs(15)).await,
        _ => world.sim.sleep(fate.downlink).await,
    }
    let page = |status: u16| Landing::Page(status, Vec::new());
    let header = |name: &str, value: String| vec![(name.to_owned(), value)];
    match fate.fault {
        Some(Fault::LostRequest | Fault::LostReply) => Landing::Nothing(RESET),
        Some(Fault::Unavailable) => Landing::Refusal(Code::Unavailable, "upstream connect error", Vec::new()),
        Some(Fault::Proxy) => match detail % 4 {
            0 => page(502),
            1 => Landing::Page(503, header("retry-after", (detail / 4 % 5).to_string())),
            2 => Landing::Page(429, header("retry-after", (detail / 4 % 90).to_string())),
            _ => page(503),
        },
        Some(Fault::GatewayTimeout) => page(504),
        Some(Fault::Exhausted) => {
            let headers = match detail % 3 {
                0 => header("retry-after", (detail / 3 % 70).to_string()),
                1 => header("grpc-retry-pushback-ms", (detail / 3 % 4000).to_string()),
                _ => Vec::new(),
            };
            Landing::Refusal(Code::ResourceExhausted, "too many requests", headers)
        }
        Some(Fault::LoggedOut) => Landing::Refusal(Code::Unauthenticated, "token is expired", Vec::new()),
        fault => {
            let body = match fault {
                Some(Fault::Truncated) => Body::Truncated(detail % 1000),
                Some(Fault::Broken) => Body::Broken(detail % 1000),
                Some(Fault::NoTrailers) => Body::NoTrailers,
                _ => Body::Whole,
            };
            match answer {
                Some(answer) => Landing::Answer(answer, body),
                None => Landing::Nothing(RESET),
            }
        }
    }
}

/// The outside world of one user.
#[derive(Clone)]
pub struct UserHost {
    pub user: Rc<User>,
}

impl Host for UserHost {
    fn fetch(&self, request: HttpRequest) -> LocalFuture<Result<HttpResponse, FetchError>> {
        let user = Rc::clone(&self.user);
        let HttpRequest { url, body, .. } = request;
        let path = url.strip_prefix("http://sandbox.test").unwrap_or_default().to_owned();
        let body = match body {
            HttpBody::Bytes(bytes) => bytes,
            HttpBody::Empty | HttpBody::Foreign(_) => Rc::default(),
        };
        // A frame without compression: a flag and four bytes of length.
        let whole = body.first() == Some(&0)
            && body.get(1..5).is_some_and(|length| length == u32::try_from(body.len() - 5).unwrap_or(0).to_be_bytes());
        if !whole {
            user.world().violation("wire", format!("a request to {path} is no single frame: {body:?}"));
        }
        let guard = InFlight::begin(&user, &path, &body[5..]);
        Box::pin(async move {
            let landing = carry(&user, &guard, &path, &body[5..]).await;
            let content_type = |kind: &str| ("content-type".to_owned(), kind.to_owned());
            let (status, headers, bytes, breaks) = match landing {
                Landing::Nothing(message) => {
                    return Err(FetchError { message: message.to_owned(), cause: None, reason_hidden: false });
                }
                Landing::Page(status, mut headers) => {
                    headers.push(content_type("text/html"));
                    (status, headers, b"<html><title>no luck</title></html>".to_vec(), false)
                }
                Landing::Refusal(code, message, mut headers) => {
                    headers.push(content_type("application/grpc-web+proto"));
                    headers.push(("grpc-status".to_owned(), (code as u8).to_string()));
                    headers.push(("grpc-message".to_owned(), message.to_owned()));
                    (200, headers, Vec::new(), false)
                }
                Landing::Answer(answer, body) => {
                    let bytes = frames(&answer);
                    // A reply without a single byte means something else: one that a page may not read.
                    let cut = |thousandths: u64| (bytes.len() * thousandths as usize / 1000).max(1);
                    let end = match body {
                        Body::Whole => bytes.len(),
                        Body::Truncated(thousandths) | Body::Broken(thousandths) => cut(thousandths),
                        Body::NoTrailers => answer.as_ref().map_or(0, |message| message.len() + 5),
                    };
                    if end == bytes.len() {
                        guard.delivers(&answer);
                    }
                    let breaks = matches!(body, Body::Broken(_));
                    (200, vec![content_type("application/grpc-web+proto")], bytes[..end].to_vec(), breaks)
                }
            };
            let size = guard.fate.pieces.unwrap_or(bytes.len()).max(1);
            let pieces = bytes.chunks(size).map(<[u8]>::to_vec).collect();
            let body = Box::new(Pieces { pieces, breaks, guard });
            Ok(HttpResponse { status, url, headers, body })
        })
    }

    fn now(&self) -> Duration {
        self.user.clock()
    }

    fn uptime(&self) -> Duration {
        match self.user.world().mutation {
            Mutation::TimeoutsByTheClock => self.user.clock(),
            _ => self.user.world().sim.uptime(),
        }
    }

    fn sleep(&self, duration: Duration) -> LocalFuture<()> {
        let timer = Timer::begin(&self.user);
        let sleep = self.user.world().sim.sleep(duration);
        Box::pin(async move {
            let _timer = timer;
            sleep.await;
        })
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        self.user.world().sim.fill_random(buffer);
    }
}

/// The frames of an answer, as a proxy writes them.
fn frames(answer: &Result<Vec<u8>, Status>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut frame = |flag: u8, payload: &[u8]| {
        bytes.push(flag);
        bytes.extend(u32::try_from(payload.len()).unwrap_or(0).to_be_bytes());
        bytes.extend(payload);
    };
    match answer {
        Ok(message) => {
            frame(0, message);
            frame(0x80, b"grpc-status:0\r\ngrpc-message:\r\n");
        }
        Err(status) => {
            let message = status.message.replace('%', "%25").replace(['\r', '\n'], " ");
            frame(0x80, format!("grpc-status:{}\r\ngrpc-message:{message}\r\n", status.code as u8).as_bytes());
        }
    }
    bytes
}

/// A body in pieces.
struct Pieces {
    pieces: VecDeque<Vec<u8>>,
    breaks: bool,
    guard: InFlight,
}

impl BodyReader for Pieces {
    fn chunk(&mut self) -> ChunkFuture<'_> {
        Box::pin(async move {
            self.guard.user.world().sim.sleep(Duration::from_millis(1)).await;
            match self.pieces.pop_front() {
                Some(piece) => Ok(Some(piece)),
                None if self.breaks => Err(FetchError { message: RESET.to_owned(), cause: None, reason_hidden: false }),
                None => Ok(None),
            }
        })
    }
}

/// A timer of a user's remote that is under way.
struct Timer {
    user: Rc<User>,
}

impl Timer {
    fn begin(user: &Rc<User>) -> Self {
        user.timers.set(user.timers.get() + 1);
        Timer { user: Rc::clone(user) }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.user.timers.set(self.user.timers.get() - 1);
    }
}

/// The server as a channel, without gRPC-Web between.
pub struct DirectChannel {
    pub user: Rc<User>,
}

impl Channel for DirectChannel {
    fn unary(&self, call: Call) -> LocalFuture<Result<Reply, Status>> {
        let user = Rc::clone(&self.user);
        let guard = InFlight::begin(&user, &call.path, &call.message);
        Box::pin(async move {
            let cut = |text: &str| Err(Status::new(Code::Unavailable, text).from_origin(Origin::Cut));
            match carry(&user, &guard, &call.path, &call.message).await {
                Landing::Nothing(text) if text.contains("ECONNREFUSED") => {
                    Err(Status::new(Code::Unavailable, text).from_origin(Origin::Unsent))
                }
                Landing::Nothing(text) => cut(text),
                Landing::Page(status, headers) => {
                    let code = if status == 500 { Code::Unknown } else { Code::Unavailable };
                    let mut failure = Status::new(code, format!("HTTP {status}")).from_origin(Origin::Http);
                    (failure.http_status, failure.headers) = (Some(status), headers);
                    Err(failure)
                }
                Landing::Refusal(code, text, headers) => {
                    let mut status = Status::new(code, text);
                    status.headers = headers;
                    Err(status)
                }
                Landing::Answer(answer, Body::Whole) => {
                    guard.delivers(&answer);
                    answer.map(|message| Reply { message, ..Reply::default() })
                }
                Landing::Answer(..) => cut("the reply broke off"),
            }
        })
    }
}

/// A channel around another one, for what a test breaks on purpose.
pub struct Around<F> {
    pub inner: Rc<dyn Channel>,
    pub call: F,
}

impl<F: Fn(Rc<dyn Channel>, Call) -> LocalFuture<Result<Reply, Status>>> Channel for Around<F> {
    fn unary(&self, call: Call) -> LocalFuture<Result<Reply, Status>> {
        (self.call)(Rc::clone(&self.inner), call)
    }
}

/// A future that is never dropped: what it holds stays pending.
pub struct Leaked<T>(pub std::mem::ManuallyDrop<LocalFuture<T>>);

impl<T> Future for Leaked<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        self.0.as_mut().poll(context)
    }
}
