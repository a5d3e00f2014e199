//! The world of a seed: a server, its weather, and users.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use flyte_remote::entity::ExecutionId;
use flyte_remote::host::Host as _;
use flyte_remote::testing::SimHost;
use futures_util::stream::{FuturesUnordered, StreamExt as _};

use super::faults::{Fault, Weather};
use super::invariants;
use super::mutations::Mutation;
use super::random::Random;
use super::server::Server;
use super::trace::Trace;
use super::user::User;
use super::workflows::{library, Library};
use super::workload;

/// No seed takes longer, on its clock.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// Something that must not happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The invariant.
    pub invariant: &'static str,
    /// What happened.
    pub text: String,
}

/// What came of a call that creates an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is still under way, or was dropped.
    Unknown,
    /// An execution.
    Created(ExecutionId),
    /// An error with this message.
    Failed(String),
}

/// A call that creates an execution.
pub struct Launch {
    /// The value of its label `call`, or the prefix of its name for a rerun.
    pub label: String,
    pub outcome: Outcome,
}

pub struct World {
    pub seed: u64,
    pub sim: SimHost,
    pub server: RefCell<Server>,
    pub weather: RefCell<Weather>,
    pub library: Library,
    pub mutation: Mutation,
    /// Executions that users may know of.
    pub known: RefCell<Vec<ExecutionId>>,
    pub launches: RefCell<Vec<Launch>>,
    trace: RefCell<Trace>,
    violations: RefCell<Vec<Violation>>,
    counts: RefCell<BTreeMap<&'static str, u64>>,
    faults: RefCell<BTreeMap<Fault, u64>>,
    exchanges: Cell<u64>,
}

/// How a seed went.
pub struct Report {
    pub seed: u64,
    pub violations: Vec<Violation>,
    pub lines: Vec<String>,
    pub hash: u64,
    /// How often things were done.
    pub counts: BTreeMap<&'static str, u64>,
    /// How often faults were met.
    pub faults: BTreeMap<Fault, u64>,
}

impl World {
    fn new(seed: u64, mutation: Mutation) -> Rc<Self> {
        let (sim, library) = (SimHost::new(seed), library(seed));
        let server = Server::new(seed, sim.now(), &library);
        Rc::new(World {
            seed,
            server: RefCell::new(server),
            weather: RefCell::new(Weather::new(seed)),
            sim,
            library,
            mutation,
            known: RefCell::default(),
            launches: RefCell::default(),
            trace: RefCell::default(),
            violations: RefCell::default(),
            counts: RefCell::default(),
            faults: RefCell::default(),
            exchanges: Cell::new(0),
        })
    }

    /// Lets the server do what is due.
    pub fn catch_up(&self) {
        self.server.borrow_mut().catch_up(self.sim.now(), &mut self.trace.borrow_mut());
    }

    pub fn say(&self, who: &str, what: &str) {
        self.trace.borrow_mut().say(self.sim.elapsed(), who, what);
    }

    pub fn violation(&self, invariant: &'static str, text: String) {
        self.say("BROKEN", &format!("{invariant}: {text}"));
        self.violations.borrow_mut().push(Violation { invariant, text });
    }

    pub fn count(&self, what: &'static str) {
        *self.counts.borrow_mut().entry(what).or_default() += 1;
    }

    pub fn met(&self, fault: Fault) {
        *self.faults.borrow_mut().entry(fault).or_default() += 1;
    }

    pub fn next_exchange(&self) -> u64 {
        self.exchanges.set(self.exchanges.get() + 1);
        self.exchanges.get()
    }
}

/// Lives through a seed.
pub fn simulate(seed: u64, mutation: Mutation) -> Report {
    let world = World::new(seed, mutation);
    let mut random = Random::of(seed, "users");
    let users: Vec<_> = (0..1 + random.below(3)).map(|index| User::new(&world, index)).collect();
    let stories = users.iter().enumerate().map(|(index, user)| workload::story(Rc::clone(user), index as u64));
    // Each is woken by its own timers only.
    let stories: FuturesUnordered<_> = stories.collect();
    let run = || {
        if world.sim.run_for(stories.collect::<Vec<()>>(), LONGEST).is_none() {
            world.violation("end missed", "the users' stories never end".to_owned());
        }
        // What is still under way arrives, what still runs ends.
        while !world.server.borrow().is_idle() {
            world.sim.run(world.sim.sleep(Duration::from_secs(600)));
            world.catch_up();
        }
        users.iter().for_each(|user| invariants::nothing_pending(user));
        invariants::launched_once(&world);
        invariants::all_ended(&world);
    };
    if let Err(panic) = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)) {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no text");
        world.violation("panic", text.to_owned());
    }
    let trace = world.trace.take();
    Report {
        seed,
        violations: world.violations.take(),
        hash: trace.hash(),
        lines: trace.lines().to_vec(),
        counts: world.counts.take(),
        faults: world.faults.take(),
    }
}
