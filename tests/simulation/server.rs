//! The server: the sandbox, what its containers do, and what is under way to it.

use std::collections::BTreeMap;
use std::time::Duration;

use flyte_remote::idl::flyteidl::{admin, core};
use flyte_remote::rpc::Status;
use flyte_sandbox::state::SignalKey;
use flyte_sandbox::{ContainerResult, Effect, Options, RunContainer, Sandbox};
use prost::Message;

use super::random::Random;
use super::trace::Trace;
use super::workflows::{self, Library};

/// Something that will happen.
enum Event {
    /// A request arrives.
    Arrival { exchange: u64, path: String, message: Vec<u8> },
    /// A container begins to work.
    Started(String),
    /// A container ends.
    Finished(Box<RunContainer>),
    /// Somebody sets a signal.
    Signal(SignalKey),
}

/// The sandbox with what happens to it. It catches up when it is looked at.
pub struct Server {
    pub sandbox: Sandbox,
    seed: u64,
    begin: Duration,
    queue: BTreeMap<(Duration, u64), Event>,
    scheduled: u64,
    answers: BTreeMap<u64, Result<Vec<u8>, Status>>,
    signals_seen: usize,
    /// The time of the last thing that happened.
    last: Duration,
    /// Containers of a hundred that fail.
    failing: u64,
    /// Nobody sets signals before this many seconds.
    patience: u64,
    /// Pages of lists of nodes and attempts are no longer than this.
    pub longest_page: u32,
}

impl Server {
    pub fn new(seed: u64, begin: Duration, library: &Library) -> Self {
        let mut random = Random::of(seed, "server");
        let sandbox =
            Sandbox::new(Options { seed, public_url: "http://sandbox.test".to_owned(), ..Options::default() });
        let mut server = Server {
            sandbox,
            seed,
            begin,
            queue: BTreeMap::new(),
            scheduled: 0,
            answers: BTreeMap::new(),
            signals_seen: 0,
            last: begin,
            failing: *random.pick(&[0, 0, 5, 15, 40]),
            patience: *random.pick(&[0, 5, 60]),
            longest_page: *random.pick(&[1, 3, 500]),
        };
        for (path, message) in &library.requests {
            server.sandbox.call(begin, path, message).expect("the library can be registered");
        }
        server
    }

    fn schedule(&mut self, at: Duration, event: Event) -> (Duration, u64) {
        self.scheduled += 1;
        self.queue.insert((at, self.scheduled), event);
        (at, self.scheduled)
    }

    /// A request is sent and arrives at `at`; the key takes it back until then.
    pub fn send(&mut self, at: Duration, exchange: u64, path: &str, message: &[u8]) -> (Duration, u64) {
        self.schedule(at, Event::Arrival { exchange, path: path.to_owned(), message: message.to_vec() })
    }

    /// A request that is still under way gets lost.
    pub fn recall(&mut self, key: (Duration, u64)) -> bool {
        self.queue.remove(&key).is_some()
    }

    /// The answer to the last arrival of an exchange.
    pub fn answer(&mut self, exchange: u64) -> Option<Result<Vec<u8>, Status>> {
        self.answers.remove(&exchange)
    }

    /// Nothing is under way and nothing will happen by itself.
    pub fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.sandbox.next_wake().is_none()
    }

    /// Lets everything happen that is due by `now`, each at its time.
    pub fn catch_up(&mut self, now: Duration, trace: &mut Trace) {
        loop {
            self.take_effects();
            let event = self.queue.first_key_value().map(|((at, _), _)| *at).filter(|at| *at <= now);
            match (event, self.sandbox.next_wake().filter(|at| *at <= now)) {
                (Some(at), wake) if wake.is_none_or(|wake| at <= wake) => {
                    if let Some(((at, _), event)) = self.queue.pop_first() {
                        self.happen(at, event, trace);
                    }
                }
                (_, Some(wake)) => {
                    self.last = wake;
                    self.sandbox.wake(wake);
                }
                _ => return,
            }
        }
    }

    fn happen(&mut self, at: Duration, event: Event, trace: &mut Trace) {
        self.last = at;
        let since = at.saturating_sub(self.begin);
        match event {
            Event::Arrival { exchange, path, message } => {
                let short = path.rsplit('/').next().unwrap_or_default();
                let answer = self.sandbox.call(at, &path, &self.shorten(short, message));
                let text = match &answer {
                    Ok(reply) => format!("#{exchange} {short}: {} bytes", reply.len()),
                    Err(status) => format!("#{exchange} {short}: {} {}", status.code.name(), status.message),
                };
                trace.say(since, "server", &text);
                self.answers.insert(exchange, answer);
            }
            Event::Started(run) => self.sandbox.container_started(at, &run),
            Event::Finished(container) => {
                let result = self.work(&container);
                let ending = if result.exit_code == 0 { "ended well" } else { "failed" };
                trace.say(since, "server", &format!("{} {ending}", container.run));
                self.sandbox.container_finished(at, &container.run, result);
            }
            Event::Signal(key) => {
                if let Some(request) = self.signal(&key) {
                    trace.say(since, "server", &format!("{} of {} is set", key.signal, key.execution.name));
                    let path = "/flyteidl.service.SignalService/SetSignal";
                    // An execution that has ended meanwhile does not mind.
                    let _ = self.sandbox.call(at, path, &request);
                }
            }
        }
    }

    /// A server may answer fewer rows than it was asked for.
    fn shorten(&self, method: &str, message: Vec<u8>) -> Vec<u8> {
        let longest = self.longest_page;
        match method {
            "ListNodeExecutions" => {
                let mut request = admin::NodeExecutionListRequest::decode(&*message).expect("a request");
                request.limit = request.limit.min(longest);
                request.encode_to_vec()
            }
            "ListTaskExecutions" => {
                let mut request = admin::TaskExecutionListRequest::decode(&*message).expect("a request");
                request.limit = request.limit.min(longest);
                request.encode_to_vec()
            }
            _ => message,
        }
    }

    fn take_effects(&mut self) {
        let now = self.last;
        for effect in self.sandbox.drain_effects() {
            match effect {
                Effect::RunContainer(container) => {
                    let mut random = Random::of(self.seed, &container.run);
                    let longest = *random.pick(&[500, 3_000, 15_000, 90_000]);
                    let length = random.millis(50, longest);
                    if random.chance(70) {
                        self.schedule(now + length / 3, Event::Started(container.run.clone()));
                    }
                    self.schedule(now + length, Event::Finished(container));
                }
                Effect::StopContainer { run } => self.queue.retain(|_, event| match event {
                    Event::Started(other) => *other != run,
                    Event::Finished(container) => container.run != run,
                    _ => true,
                }),
            }
        }
        let fresh: Vec<SignalKey> =
            self.sandbox.state().signals.iter().skip(self.signals_seen).map(|row| row.key.clone()).collect();
        self.signals_seen += fresh.len();
        for key in fresh {
            let mut random = Random::of(self.seed, &format!("{}/{}", key.execution.name, key.signal));
            let pause = Duration::from_secs(self.patience) + random.millis(100, 60_000);
            self.schedule(now + pause, Event::Signal(key));
        }
    }

    /// What a container does: the work of a task is to count its input up.
    fn work(&self, container: &RunContainer) -> ContainerResult {
        let mut random = Random::of(self.seed, &["work of ", &container.run].concat());
        if random.chance(self.failing) {
            return ContainerResult { exit_code: 1, stderr: "bad luck".to_owned(), ..ContainerResult::default() };
        }
        let inputs = container.files_in.iter().find(|(path, _)| path == "inputs/inputs.pb").map(|(_, bytes)| bytes);
        let inputs = inputs.and_then(|bytes| core::LiteralMap::decode(bytes.as_slice()).ok()).unwrap_or_default();
        let y = inputs.literals.get("x").and_then(number).unwrap_or_default() + 1;
        let literals = [("y".to_owned(), workflows::literal(y))].into();
        let bytes = core::LiteralMap { literals }.encode_to_vec();
        ContainerResult { files: vec![("outputs/outputs.pb".to_owned(), bytes)], ..ContainerResult::default() }
    }

    /// The request that sets a signal nobody has set.
    fn signal(&self, key: &SignalKey) -> Option<Vec<u8>> {
        let row = self.sandbox.state().signals.get(key)?;
        if row.signal.value.as_ref().is_some_and(|value| value.value.is_some()) {
            return None;
        }
        let mut random = Random::of(self.seed, &["value of ", &key.execution.name, &key.signal].concat());
        let is_approval = key.signal.starts_with("ok-");
        let value = if is_approval {
            workflows::boolean(random.chance(85))
        } else {
            workflows::literal(random.below(99) as i64)
        };
        Some(admin::SignalSetRequest { id: row.signal.id.clone(), value: Some(value) }.encode_to_vec())
    }
}

/// The integer of a literal.
pub fn number(literal: &core::Literal) -> Option<i64> {
    let core::literal::Value::Scalar(scalar) = literal.value.as_ref()? else { return None };
    let core::scalar::Value::Primitive(primitive) = scalar.value.as_ref()? else { return None };
    match primitive.value {
        Some(core::primitive::Value::Integer(value)) => Some(value),
        _ => None,
    }
}
