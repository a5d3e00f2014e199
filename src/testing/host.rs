//! The simulated [`Host`] and its executor.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::{pin, Pin};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use super::reply::{SimReply, Step};
use crate::host::{BodyReader, ChunkFuture, FetchError, Host, HttpBody, HttpRequest, HttpResponse, LocalFuture};

/// 2024-01-01 00:00:00 UTC.
const BEGIN: Duration = Duration::from_secs(1_704_067_200);

type Script = Rc<dyn Fn(&Sent) -> SimReply>;

/// The simulated world. Cloning shares it.
#[derive(Clone)]
pub struct SimHost {
    world: Rc<World>,
}

struct World {
    now: Cell<Duration>,
    /// How far the clock was set forward or, negative, back, in seconds.
    clock: Cell<i64>,
    random: Cell<u64>,
    timers: RefCell<BTreeMap<(Duration, u64), Waker>>,
    timer_ids: Cell<u64>,
    script: RefCell<Script>,
    sent: RefCell<Vec<Sent>>,
    aborted: Cell<usize>,
}

/// A request that was sent.
#[derive(Clone)]
pub struct Sent {
    /// When, on the simulated clock.
    pub at: Duration,
    /// `GET`, `POST` …
    pub method: &'static str,
    /// Absolute URL.
    pub url: String,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body's bytes; none for a foreign body.
    pub body: Vec<u8>,
}

impl Sent {
    /// The first value of header `name` (lower case).
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl SimHost {
    /// A world whose randomness is that of `seed`, on 2024-01-01 00:00:00 UTC. Fetches fail until [`Self::on_fetch`].
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let nothing: Script = Rc::new(|_| SimReply::failing("fetch failed: connect ECONNREFUSED 127.0.0.1:1"));
        let world = World {
            now: Cell::new(BEGIN),
            clock: Cell::new(0),
            random: Cell::new(seed),
            timers: RefCell::default(),
            timer_ids: Cell::new(0),
            script: RefCell::new(nothing),
            sent: RefCell::default(),
            aborted: Cell::new(0),
        };
        SimHost { world: Rc::new(world) }
    }

    /// The world as code under test takes it.
    #[must_use]
    pub fn shared(&self) -> Rc<dyn Host> {
        Rc::new(self.clone())
    }

    /// Answers requests from now on.
    pub fn on_fetch(&self, script: impl Fn(&Sent) -> SimReply + 'static) {
        *self.world.script.borrow_mut() = Rc::new(script);
    }

    /// The requests so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Sent> {
        self.world.sent.borrow().clone()
    }

    /// How many requests were given up before their reply's body had ended.
    #[must_use]
    pub fn aborted(&self) -> usize {
        self.world.aborted.get()
    }

    /// How many sleeps are under way.
    #[must_use]
    pub fn pending_timers(&self) -> usize {
        self.world.timers.borrow().len()
    }

    /// Sets the clock forward by so many seconds, or back; timers do not mind.
    pub fn set_clock(&self, seconds: i64) {
        self.world.clock.set(self.world.clock.get() + seconds);
    }

    /// Simulated time since the world began.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.world.now.get() - BEGIN
    }

    /// Runs a future to its end; when everything sleeps, the clock jumps to the first timer.
    ///
    /// # Panics
    /// When everything waits and nothing sleeps.
    pub fn run<T>(&self, future: impl Future<Output = T>) -> T {
        self.run_until(future, Duration::MAX).unwrap_or_else(|| panic!("everything waits and no timer is set"))
    }

    /// Runs a future for at most `time`, then drops it; `None` if it had not ended.
    pub fn run_for<T>(&self, future: impl Future<Output = T>, time: Duration) -> Option<T> {
        self.run_until(future, self.world.now.get().saturating_add(time))
    }

    fn run_until<T>(&self, future: impl Future<Output = T>, end: Duration) -> Option<T> {
        let mut future = pin!(future);
        let flag = Arc::new(Flag(AtomicBool::new(true)));
        let waker = Waker::from(Arc::clone(&flag));
        loop {
            while flag.0.swap(false, Ordering::Relaxed) {
                if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return Some(value);
                }
            }
            let first = self.world.timers.borrow_mut().pop_first();
            match first {
                Some(((at, _), timer)) if at <= end => {
                    self.world.now.set(self.world.now.get().max(at));
                    timer.wake();
                }
                Some((key, timer)) => {
                    self.world.timers.borrow_mut().insert(key, timer);
                    self.world.now.set(end);
                    return None;
                }
                None => return None,
            }
        }
    }
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Host for SimHost {
    fn fetch(&self, request: HttpRequest) -> LocalFuture<Result<HttpResponse, FetchError>> {
        let body = match &request.body {
            HttpBody::Bytes(bytes) => bytes.to_vec(),
            HttpBody::Empty | HttpBody::Foreign(_) => Vec::new(),
        };
        let HttpRequest { method, url, headers, on_sent, .. } = request;
        let sent = Sent { at: self.world.now.get(), method, url, headers, body };
        self.world.sent.borrow_mut().push(sent.clone());
        if let Some(on_sent) = on_sent {
            on_sent(u64::try_from(sent.body.len()).unwrap_or(u64::MAX));
        }
        let script = Rc::clone(&self.world.script.borrow());
        let reply = script(&sent);
        let host = self.clone();
        // Exists from the call on, so that a future dropped before its first poll counts as well.
        let guard = AbortGuard { host: self.clone(), armed: true };
        Box::pin(async move {
            let mut guard = guard;
            host.sleep(reply.delay).await;
            match reply.head {
                Err(error) => {
                    guard.armed = false;
                    Err(error)
                }
                Ok((status, headers)) => {
                    let body = SimBody { steps: reply.body.into(), host, guard };
                    Ok(HttpResponse { status, url: sent.url, headers, body: Box::new(body) })
                }
            }
        })
    }

    fn now(&self) -> Duration {
        let (now, clock) = (self.world.now.get(), self.world.clock.get());
        let size = Duration::from_secs(clock.unsigned_abs());
        if clock < 0 {
            now.saturating_sub(size)
        } else {
            now.saturating_add(size)
        }
    }

    fn uptime(&self) -> Duration {
        self.world.now.get()
    }

    fn sleep(&self, duration: Duration) -> LocalFuture<()> {
        let id = self.world.timer_ids.get();
        self.world.timer_ids.set(id + 1);
        let at = self.world.now.get().saturating_add(duration);
        Box::pin(Sleep { world: Rc::clone(&self.world), key: (at, id) })
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        for byte in buffer {
            // splitmix64
            let state = self.world.random.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
            self.world.random.set(state);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = mixed.to_be_bytes()[0];
        }
    }
}

struct Sleep {
    world: Rc<World>,
    key: (Duration, u64),
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.key.0 <= self.world.now.get() {
            return Poll::Ready(());
        }
        self.world.timers.borrow_mut().insert(self.key, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.world.timers.borrow_mut().remove(&self.key);
    }
}

struct AbortGuard {
    host: SimHost,
    armed: bool,
}

impl Drop for AbortGuard {
    fn drop(&mut self) {
        if self.armed {
            self.host.world.aborted.set(self.host.world.aborted.get() + 1);
        }
    }
}

struct SimBody {
    steps: VecDeque<Step>,
    host: SimHost,
    guard: AbortGuard,
}

impl BodyReader for SimBody {
    fn chunk(&mut self) -> ChunkFuture<'_> {
        Box::pin(async move {
            loop {
                match self.steps.pop_front() {
                    Some(Step::Chunk(bytes)) => return Ok(Some(bytes)),
                    Some(Step::Wait(time)) => self.host.sleep(time).await,
                    Some(Step::Hang) => std::future::pending().await,
                    Some(Step::Fail(error)) => {
                        self.guard.armed = false;
                        return Err(error);
                    }
                    None => {
                        self.guard.armed = false;
                        return Ok(None);
                    }
                }
            }
        })
    }
}
