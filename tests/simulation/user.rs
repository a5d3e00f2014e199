//! A user: a remote of its own, and an eye on everything that it sends.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::rc::{Rc, Weak};
use std::time::Duration;

use flyte_remote::error::Error;
use flyte_remote::execution::Phase;
use flyte_remote::host::Host as _;
use flyte_remote::idl::flyteidl::admin;
use flyte_remote::remote::{Client, Remote, Settings};
use flyte_remote::rpc::{stack, Channel, Endpoint, GrpcWeb, GrpcWebOptions, RetryPolicy, StackOptions, Status};
use futures_util::future::{select, Either};
use prost::Message;

use super::faults::Fate;
use super::invariants;
use super::random::Random;
use super::wire::{DirectChannel, UserHost};
use super::workflows::{DOMAIN, PROJECT};
use super::world::World;

pub const GET_EXECUTION: &str = "/flyteidl.service.AdminService/GetExecution";

/// A user of the world.
pub struct User {
    pub name: String,
    world: Weak<World>,
    /// Timers of its remote that are under way.
    pub timers: Cell<i64>,
    /// Exchanges that are under way: path and request.
    in_flight: RefCell<BTreeMap<u64, (String, Vec<u8>)>>,
    /// What it is doing.
    pub verb: RefCell<Verb>,
    /// How often its remote makes a call.
    pub attempts: u32,
}

/// One call of the remote's API, and what became of its exchanges.
#[derive(Clone, Default)]
pub struct Verb {
    pub name: &'static str,
    pub begin: Duration,
    /// The request about the execution that is polled, if it is one that polls.
    pub polled: Option<Vec<u8>>,
    /// Fates of its exchanges with a fault.
    pub faults: Vec<(Duration, super::faults::Fault)>,
    /// Exchanges so far.
    pub sent: u64,
    /// Replies that told the end of the polled execution.
    pub ends_told: u64,
    /// Exchanges since then that met a fault.
    pub faults_since: u64,
    pub limits: Limits,
}

/// What a call was told about time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// It has to end by then.
    pub timeout: Option<Duration>,
    /// It polls, and bears with a server out of reach for this long.
    pub patience: Option<Duration>,
    /// It is dropped then.
    pub at_most: Option<Duration>,
    /// It ends in a wait that bears with a server out of reach for this long.
    pub then_patience: Option<Duration>,
}

impl Verb {
    /// It has borne with what can't be read for as long as it was told to.
    pub fn patience_lost(&self, world: &World) -> bool {
        let elapsed = world.sim.elapsed().saturating_sub(self.begin);
        let patience = self.limits.patience.or(self.limits.then_patience);
        patience.is_some_and(|patience| elapsed >= patience)
    }
}

impl User {
    pub fn new(world: &Rc<World>, index: u64) -> Rc<Self> {
        let mut random = Random::of(world.seed, &format!("user {index}"));
        let attempts = *random.pick(&[1, 2, 4, 4, 4, 6]);
        Rc::new(User {
            name: format!("user {index}"),
            world: Rc::downgrade(world),
            timers: Cell::new(0),
            in_flight: RefCell::default(),
            verb: RefCell::default(),
            attempts,
        })
    }

    pub fn world(&self) -> Rc<World> {
        self.world.upgrade().expect("the world is there")
    }

    /// What the user's clock shows.
    pub fn clock(&self) -> Duration {
        let world = self.world();
        let (now, offset) = (world.sim.now(), world.weather.borrow().clock_offset(world.sim.elapsed()));
        let size = Duration::from_secs(offset.unsigned_abs());
        if offset < 0 {
            now.saturating_sub(size)
        } else {
            now + size
        }
    }

    /// The user's remote.
    pub fn remote(self: &Rc<Self>) -> Remote {
        let world = self.world();
        let mut random = Random::of(world.seed, &format!("remote of {}", self.name));
        let host = Rc::new(UserHost { user: Rc::clone(self) });
        let transport: Rc<dyn Channel> = if random.chance(65) {
            let endpoint = Endpoint::parse("http://sandbox.test", false).expect("an endpoint");
            Rc::new(GrpcWeb::new(host.clone(), endpoint, GrpcWebOptions::default()))
        } else {
            Rc::new(DirectChannel { user: Rc::clone(self) })
        };
        let transport = world.mutation.around_transport(transport);
        let options = StackOptions {
            timeout: Some(Duration::from_secs(*random.pick(&[5, 30, 30]))),
            retry: RetryPolicy { attempts: self.attempts, ..RetryPolicy::default() },
            ..StackOptions::default()
        };
        let channel = world.mutation.around_stack(stack(host.clone(), transport, options));
        let settings = Settings {
            endpoint: "http://sandbox.test".to_owned(),
            project: Some(PROJECT.to_owned()),
            domain: Some(DOMAIN.to_owned()),
            ..Settings::default()
        };
        Remote::new(Client::new(channel, host), settings)
    }

    pub fn say(&self, what: &str) {
        self.world().say(&self.name, what);
    }

    /// Runs one call of the remote's API, until it ends or is dropped (`None`); then nothing of it may be pending.
    pub async fn call<T>(
        self: &Rc<Self>,
        name: &'static str,
        polled: Option<Vec<u8>>,
        limits: Limits,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Option<Result<T, Error>> {
        let world = self.world();
        let begin = world.sim.elapsed();
        *self.verb.borrow_mut() = Verb { name, begin, polled, limits, ..Verb::default() };
        self.say(&format!("{name} begins"));
        world.count(name);
        let work = Box::pin(work);
        let result = match limits.at_most {
            None => Some(work.await),
            Some(time) => match select(work, world.sim.sleep(time)).await {
                Either::Left((result, _)) => Some(result),
                Either::Right((_, work)) => {
                    drop(work);
                    None
                }
            },
        };
        world.catch_up();
        match &result {
            Some(Ok(_)) => self.say(&format!("{name} is done")),
            Some(Err(error)) => {
                self.say(&format!("{name} fails: {:?} {}", error.kind, error.message));
                world.count("failures");
            }
            None => {
                self.say(&format!("{name} is dropped"));
                world.count("drops");
            }
        }
        invariants::nothing_pending(self);
        invariants::in_time(self);
        if let Some(Err(error)) = &result {
            invariants::justified(self, error);
        }
        // Whatever is sent from here on is sent by nobody.
        self.verb.borrow_mut().name = "";
        result
    }

    /// Exchanges under way.
    pub fn pending(&self) -> usize {
        self.in_flight.borrow().len()
    }
}

/// An exchange under way; it ends when this is dropped.
pub struct InFlight {
    pub user: Rc<User>,
    pub number: u64,
    pub fate: Fate,
    path: String,
    /// Takes the request back, as long as it has not arrived.
    pub recall: Cell<Option<(Duration, u64)>>,
}

impl InFlight {
    pub fn begin(user: &Rc<User>, path: &str, message: &[u8]) -> Self {
        let world = user.world();
        let (number, at) = (world.next_exchange(), world.sim.elapsed());
        let fate = world.weather.borrow_mut().fate(at);
        let short = path.rsplit('/').next().unwrap_or_default();
        let fault = fate.fault.map(|fault| format!(" {fault:?}")).unwrap_or_default();
        user.say(&format!("#{number} {short}, {} bytes{fault}", message.len()));
        world.count("exchanges");
        invariants::may_send(user, path, message);
        {
            let mut verb = user.verb.borrow_mut();
            verb.sent += 1;
            if let Some(fault) = fate.fault {
                world.met(fault);
                verb.faults.push((at, fault));
                verb.faults_since += 1;
            }
        }
        user.in_flight.borrow_mut().insert(number, (path.to_owned(), message.to_vec()));
        InFlight { user: Rc::clone(user), number, fate, path: path.to_owned(), recall: Cell::new(None) }
    }

    /// The client gets this answer, if it waits for it.
    pub fn delivers(&self, answer: &Result<Vec<u8>, Status>) {
        let mut verb = self.user.verb.borrow_mut();
        let asked = self.user.in_flight.borrow().get(&self.number).map(|(_, message)| message.clone());
        if let (Ok(reply), true) = (answer, self.path == GET_EXECUTION && asked == verb.polled) {
            let execution = admin::Execution::decode(reply.as_slice()).unwrap_or_default();
            let phase = execution.closure.unwrap_or_default().phase;
            if Phase::workflow(phase).is_terminal() {
                if verb.ends_told == 0 {
                    verb.faults_since = 0;
                }
                verb.ends_told += 1;
            }
        }
    }
}

impl User {
    /// Whether the same request is under way, and whether anything is.
    pub fn under_way(&self, path: &str, message: &[u8]) -> (bool, bool) {
        let in_flight = self.in_flight.borrow();
        let same = in_flight.values().any(|(other, request)| other == path && request == message);
        (same, !in_flight.is_empty())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.user.in_flight.borrow_mut().remove(&self.number);
        if let Some(key) = self.recall.take() {
            if self.user.world().server.borrow_mut().recall(key) {
                self.user.say(&format!("#{} is taken back", self.number));
            }
        }
    }
}
