//! What the client needs from the world: HTTP, time, sleep, randomness. JavaScript implements it for browsers and
//! Node (`src/wasm/host.rs`), tests implement it with a simulated clock and injected faults.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

/// A boxed future of this thread; everything here is single-threaded.
pub type LocalFuture<T> = Pin<Box<dyn Future<Output = T>>>;

/// The next piece of a body, see [`BodyReader::chunk`].
pub type ChunkFuture<'a> = Pin<Box<dyn Future<Output = Result<Option<Vec<u8>>, FetchError>> + 'a>>;

/// The outside world, as the client sees it.
pub trait Host {
    /// Sends a request and resolves when the reply's headers are there. Dropping the future, or the response before
    /// its body ended, aborts the request.
    ///
    /// Redirects are followed for `GET` only: any other method gets the 3xx reply itself (status 0 where the host
    /// hides it), since following would send the body elsewhere or turn the request into a `GET`.
    fn fetch(&self, request: HttpRequest) -> LocalFuture<Result<HttpResponse, FetchError>>;

    /// Time since 1970-01-01 UTC. May jump when the clock is set: what takes how long is told by [`Host::uptime`].
    fn now(&self) -> Duration;

    /// Time since some moment, which goes on as timers do, whoever sets the clock. Default: [`Host::now`], for a host whose
    /// clock nobody sets.
    fn uptime(&self) -> Duration {
        self.now()
    }

    /// Resolves after `duration`; dropping the future cancels the timer.
    fn sleep(&self, duration: Duration) -> LocalFuture<()>;

    /// Fills `buffer` with random bytes, good enough for names and jitter.
    fn fill_random(&self, buffer: &mut [u8]);
}

/// An HTTP request.
pub struct HttpRequest {
    /// `GET`, `POST`, `PUT` …
    pub method: &'static str,
    /// Absolute URL.
    pub url: String,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// What to send.
    pub body: HttpBody,
    /// Called with the number of body bytes sent so far, where the host can tell.
    pub on_sent: Option<Rc<dyn Fn(u64)>>,
}

/// The body of a request.
#[derive(Clone)]
pub enum HttpBody {
    /// No body.
    Empty,
    /// Bytes in memory.
    Bytes(Rc<[u8]>),
    /// Something only the host can read, e.g. a JavaScript `Blob` or an open file.
    Foreign(Rc<dyn Any>),
}

/// The head of a reply, with its body still to be read.
pub struct HttpResponse {
    /// HTTP status; 0 when the host hides it.
    pub status: u16,
    /// The URL after redirects, empty when unknown.
    pub url: String,
    /// Names in lower case; one entry for each name the host lets us see.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Box<dyn BodyReader>,
}

impl HttpResponse {
    /// The first value of header `name` (lower case).
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Reads a body piece by piece.
pub trait BodyReader {
    /// The next piece; `None` at the end. Dropping the reader before the end aborts the request.
    fn chunk(&mut self) -> ChunkFuture<'_>;
}

/// A request that got no reply, or a body that broke off.
#[derive(Clone)]
pub struct FetchError {
    /// What the host says, e.g. `fetch failed: connect ECONNREFUSED 127.0.0.1:1`.
    pub message: String,
    /// The host's own error object (a `JsValue` in JavaScript), for `cause`.
    pub cause: Option<Rc<dyn Any>>,
    /// The host is a browser, which hides the reason of a failed fetch.
    pub reason_hidden: bool,
}

impl std::fmt::Debug for FetchError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.message)
    }
}
