//! What users do: random scripts over the whole of an execution's life.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use flyte_remote::entity::{ExecutionId, ExecutionReference, Reference, ResourceType};
use flyte_remote::error::Kind;
use flyte_remote::execution::Execution;
use flyte_remote::host::Host as _;
use flyte_remote::idl::flyteidl::admin::WorkflowExecutionGetRequest;
use flyte_remote::remote::{
    CallOptions, Execute, List, ListExecutions, Listing, OnExisting, Progress, Remote, Rerun, Signal, Sync, Target,
    Wait, Watch, WorkflowExecution,
};
use flyte_remote::value::{InputValue, OutputValue};
use futures_util::future::{join, join_all, select, Either};
use prost::Message;

use super::invariants::{self, Extent, Watched};
use super::random::Random;
use super::server::number;
use super::truth;
use super::user::{Limits, User};
use super::world::{Launch, Outcome, World};

/// How often a user tries something that fails for a good reason.
const TRIES: u32 = 40;

/// A user at work.
struct Story {
    user: Rc<User>,
    world: Rc<World>,
    remote: Remote,
    random: Random,
    launched: u64,
}

/// All that a user does in a seed.
pub async fn story(user: Rc<User>, index: u64) {
    let world = user.world();
    let random = Random::of(world.seed, &format!("story {index}"));
    let remote = user.remote();
    let mut story = Story { user, world, remote, random, launched: 0 };
    story.rest(0, 20_000).await;
    let rounds = 1 + story.random.below(2);
    let mut mine = Vec::new();
    for _ in 0..rounds {
        if index > 0 && story.random.chance(40) {
            story.stand_by().await;
        } else if let Some(execution) = story.launch().await {
            if story.random.chance(25) {
                mine.push(execution);
            } else {
                story.follow(&execution).await;
                story.look_back(&execution).await;
            }
        }
    }
    if !mine.is_empty() {
        story.wait_for_all(&mine).await;
    }
    if story.random.chance(30) {
        story.list().await;
    }
}

impl Story {
    async fn rest(&mut self, from: u64, to: u64) {
        let pause = self.random.millis(from, to);
        self.world.sim.sleep(pause).await;
    }

    /// A call that may be dropped, and may have a timeout.
    fn limits(&mut self, timeouts: u64, drops: u64) -> (Limits, CallOptions) {
        let random = &mut self.random;
        let timeout = random.chance(timeouts).then(|| random.millis(50, 20_000));
        let at_most = random.chance(drops).then(|| random.millis(0, 3_000));
        (Limits { timeout, at_most, ..Limits::default() }, CallOptions { timeout, ..CallOptions::default() })
    }

    /// Starts an execution.
    async fn launch(&mut self) -> Option<WorkflowExecution> {
        self.launched += 1;
        let label = format!("{}-{}", self.user.name.replace(' ', ""), self.launched);
        let kinds = [ResourceType::Workflow, ResourceType::Workflow, ResourceType::LaunchPlan, ResourceType::Task];
        let kind = *self.random.pick(&kinds);
        let names = if kind == ResourceType::Task { &self.world.library.tasks } else { &self.world.library.workflows };
        let mut reference =
            Reference { kind: Some(kind), name: self.random.pick(names).clone(), ..Reference::default() };
        if self.random.chance(50) {
            reference.version = Some("v1".to_owned());
        }
        let (name, name_prefix) = match self.random.below(4) {
            0 => (Some(format!("mine-{label}")), None),
            1 => (None, Some(label.clone())),
            _ => (None, None),
        };
        let take = self.random.chance(50);
        let on_existing = if take { OnExisting::Return } else { OnExisting::Error };
        let wait = self.random.chance(10).then(Wait::default);
        let execute = Execute {
            inputs: vec![("x".to_owned(), InputValue::Number(self.random.below(100) as f64))],
            labels: vec![("call".to_owned(), label.clone())],
            max_parallelism: self.random.chance(20).then_some(1),
            name: name.clone(),
            name_prefix,
            on_existing,
            wait: wait.clone(),
            ..Execute::default()
        };
        // A timeout is that of the creation, and not of the wait.
        let (mut limits, options) = self.limits(if wait.is_some() { 0 } else { 20 }, 8);
        limits.then_patience = wait.as_ref().map(|wait| wait.patience);
        let place = self.begin(label);
        let verb = if wait.is_some() { "execute and wait" } else { "execute" };
        let (remote, target) = (self.remote.clone(), Target::Reference(reference));
        let result = self.user.call(verb, None, limits, remote.execute(&target, &execute, &options)).await;
        match result {
            None => None,
            Some(Ok(execution)) => {
                if wait.is_some() {
                    invariants::true_end(&self.user, &execution, Extent::Attempts);
                }
                self.created(place, &execution);
                Some(execution)
            }
            Some(Err(error)) => {
                let taken = error.kind == Kind::AlreadyExists;
                if taken && (name.is_none() || take || self.user.verb.borrow().faults.is_empty()) {
                    self.world.violation("error", format!("{verb} met its own name: {}", error.message));
                }
                self.failed(place, error.message.clone());
                None
            }
        }
    }

    fn begin(&self, label: String) -> usize {
        let mut launches = self.world.launches.borrow_mut();
        launches.push(Launch { label, outcome: Outcome::Unknown });
        launches.len() - 1
    }

    fn created(&self, place: usize, execution: &WorkflowExecution) {
        self.world.launches.borrow_mut()[place].outcome = Outcome::Created(execution.id().clone());
        self.world.known.borrow_mut().push(execution.id().clone());
    }

    fn failed(&self, place: usize, message: String) {
        self.world.launches.borrow_mut()[place].outcome = Outcome::Failed(message);
    }

    /// Waits for an execution or watches it until its end is told.
    async fn follow(&mut self, execution: &WorkflowExecution) {
        if self.random.chance(15) {
            self.rest(0, 20_000).await;
            self.terminate(execution).await;
        }
        for _ in 0..TRIES {
            let ended = match self.random.below(5) {
                0 | 1 => self.wait(execution).await,
                2 | 3 => self.watch(execution).await,
                _ => self.together(execution).await,
            };
            if ended {
                return;
            }
            self.rest(0, 30_000).await;
        }
        self.world.count("given up");
    }

    fn a_wait(&mut self, timeouts: u64) -> Wait {
        let random = &mut self.random;
        let sync = *random.pick(&[Sync::STATE, Sync::NODES, Sync::TASK_EXECUTIONS, Sync::EAGER]);
        let (world, told) = (Rc::clone(&self.world), Cell::new(0));
        let see = move |execution: &Execution| invariants::moves_on(&world, &told, execution);
        let progress: Option<Progress> = if random.chance(40) { Some(Rc::new(see)) } else { None };
        Wait {
            timeout: random.chance(timeouts).then(|| random.millis(10, 60_000)),
            interval: random.chance(30).then(|| random.millis(1_000, 10_000)),
            sync,
            progress,
            patience: *random.pick(&[Duration::from_secs(120), Duration::from_secs(120), Duration::from_secs(10)]),
        }
    }

    /// Whether the end was told.
    async fn wait(&mut self, execution: &WorkflowExecution) -> bool {
        let wait = self.a_wait(20);
        let at_most = self.random.chance(15).then(|| self.random.millis(0, 20_000));
        let limits = Limits { timeout: wait.timeout, patience: Some(wait.patience), at_most, ..Limits::default() };
        let options = CallOptions::default();
        let work = execution.wait(&wait, &options);
        let result = self.user.call("wait", Some(question(execution.id())), limits, work).await;
        let ended = matches!(result, Some(Ok(())));
        if ended {
            match wait.sync.depth {
                0 => invariants::true_phase(&self.world, execution),
                _ => {
                    let extent = if wait.sync.task_executions { Extent::Attempts } else { Extent::All };
                    invariants::true_end(&self.user, execution, extent);
                }
            }
        }
        ended
    }

    /// Whether the end was told.
    async fn watch(&mut self, execution: &WorkflowExecution) -> bool {
        let wait = Wait { sync: Sync::TASK_EXECUTIONS, ..self.a_wait(15) };
        let watch = Watch::new(execution.clone(), wait.clone(), CallOptions::default());
        let begin = self.world.sim.elapsed();
        let drops = if self.random.chance(20) { 20 } else { 0 };
        let mut watched = Watched::default();
        for _ in 0..10_000 {
            let at_most = self.random.chance(drops).then(|| self.random.millis(0, 5_000));
            // The timeout is that of the whole watch.
            let passed = self.world.sim.elapsed() - begin;
            let timeout = wait.timeout.map(|timeout| timeout.saturating_sub(passed));
            let limits = Limits { timeout, patience: Some(wait.patience), at_most, ..Limits::default() };
            let result = self.user.call("watch", Some(question(execution.id())), limits, watch.next()).await;
            match result {
                Some(Ok(Some(change))) => watched.take(&self.user, execution.id(), &change),
                Some(Ok(None)) => {
                    if self.user.verb.borrow().sent > 0 {
                        self.world.violation("poll after the end", "the watch asks after its end".to_owned());
                    }
                    watched.end(&self.user, execution);
                    return true;
                }
                Some(Err(_)) | None => return false,
            }
        }
        self.world.violation("end missed", format!("{}: the watch never ends", execution.id()));
        false
    }

    /// Waits, and syncs the same object meanwhile; some syncs are given up. None takes from another what it has read.
    async fn together(&mut self, execution: &WorkflowExecution) -> bool {
        let wait = Wait { sync: Sync::TASK_EXECUTIONS, progress: None, ..self.a_wait(0) };
        let options = CallOptions::default();
        let kinds = [Sync::STATE, Sync::NODES, Sync::TASK_EXECUTIONS, Sync::EAGER];
        let begun = (0..1 + self.random.below(3)).map(|_| {
            let random = &mut self.random;
            let (sync, pause) = (*random.pick(&kinds), random.millis(0, 20_000));
            let at_most = if random.chance(40) { random.millis(0, 3_000) } else { Duration::from_secs(3_600) };
            let (sim, options) = (&self.world.sim, &options);
            async move {
                sim.sleep(pause).await;
                match select(Box::pin(execution.sync(sync, options)), sim.sleep(at_most)).await {
                    Either::Left((result, _)) => result,
                    Either::Right(_) => Ok(()),
                }
            }
        });
        let work = join(execution.wait(&wait, &options), join_all(begun.collect::<Vec<_>>()));
        let work = async { Ok(work.await) };
        let Some(Ok((waited, synced))) = self.user.call("together", None, Limits::default(), work).await else {
            return false;
        };
        let failed = [&waited].into_iter().chain(&synced).filter_map(|result| result.as_ref().err());
        failed.for_each(|error| invariants::justified(&self.user, error));
        if waited.is_ok() {
            invariants::true_phase(&self.world, execution);
            let problems = truth::problems(&execution.snapshot());
            if problems.is_empty() {
                invariants::same_nodes(&self.world, execution, Extent::Attempts, "true end");
            } else if self.user.verb.borrow().faults.is_empty() {
                self.world.violation("error", format!("{}: for no reason {problems:?}", execution.id()));
            }
        }
        waited.is_ok()
    }

    async fn terminate(&mut self, execution: &WorkflowExecution) {
        let (limits, options) = self.limits(10, 5);
        let is_over = self.world.phase(execution.id()).is_terminal();
        let result = self.user.call("terminate", None, limits, execution.terminate("no longer needed", &options)).await;
        match result {
            Some(Ok(())) if is_over => {
                self.world.violation("error", format!("{} is ended once more", execution.id()));
            }
            Some(Ok(())) if !self.world.phase(execution.id()).is_terminal() => {
                let text = format!("{}: ended, it is {}", execution.id(), self.world.phase(execution.id()).as_str());
                self.world.violation("true end", text);
            }
            _ => {}
        }
    }

    /// What there is to be read of an execution that has ended.
    async fn look_back(&mut self, execution: &WorkflowExecution) {
        if !self.world.phase(execution.id()).is_terminal() {
            return;
        }
        if !self.sync(execution, Sync::EAGER).await {
            return;
        }
        invariants::same_nodes(&self.world, execution, Extent::Attempts, "stale");
        if self.sync(execution, Sync::EAGER).await {
            let verb = self.user.verb.borrow().clone();
            if verb.faults.is_empty() && verb.sent != 1 {
                let text = format!("{}: {} calls after the end", execution.id(), verb.sent);
                self.world.violation("poll after the end", text);
            }
        }
        self.outputs(execution).await;
        if self.random.chance(25) {
            self.again(execution).await;
        }
    }

    /// Whether everything could be read in the end: what breaks off is a problem of a node.
    async fn sync(&mut self, execution: &WorkflowExecution, sync: Sync) -> bool {
        for _ in 0..TRIES {
            let (limits, options) = self.limits(5, 3);
            let result = self.user.call("sync", None, limits, execution.sync(sync, &options)).await;
            if let Some(Ok(())) = result {
                let problems = truth::problems(&execution.snapshot());
                if problems.is_empty() {
                    return true;
                }
                if self.user.verb.borrow().faults.is_empty() {
                    self.world.violation("error", format!("{}: for no reason {problems:?}", execution.id()));
                }
            }
            self.rest(100, 30_000).await;
        }
        false
    }

    async fn outputs(&mut self, execution: &WorkflowExecution) {
        let (limits, options) = self.limits(0, 0);
        let result = self.user.call("outputs", None, limits, execution.outputs(&options)).await;
        let is_successful = execution.is_successful();
        match result {
            Some(Ok(outputs)) => {
                let y = self.world.outputs(execution.id()).literals.get("y").and_then(number).map(OutputValue::Int);
                if !is_successful || outputs.get("y") != y {
                    let text = format!("{}: outputs {:?}, there is {y:?}", execution.id(), outputs.get("y"));
                    self.world.violation("stale", text);
                }
            }
            Some(Err(error)) if (error.kind == Kind::Assertion) == is_successful => {
                self.world.violation("error", format!("{}: {}", execution.id(), error.message));
            }
            _ => {}
        }
    }

    /// Runs an execution again.
    async fn again(&mut self, execution: &WorkflowExecution) {
        self.launched += 1;
        let label = format!("again-{}-{}", self.user.name.replace(' ', ""), self.launched);
        let recover = self.random.chance(60);
        let place = self.begin(label.clone());
        let (limits, options) = self.limits(15, 5);
        let rerun = Rerun { name_prefix: Some(label), ..Rerun::default() };
        let result = if recover {
            self.user.call("recover", None, limits, execution.recover(&rerun, &options)).await
        } else {
            self.user.call("relaunch", None, limits, execution.relaunch(&rerun, &options)).await
        };
        match result {
            Some(Ok(again)) => {
                self.created(place, &again);
                self.follow(&again).await;
                if self.world.phase(again.id()).is_terminal() && self.sync(&again, Sync::TASK_EXECUTIONS).await {
                    invariants::same_nodes(&self.world, &again, Extent::Attempts, "stale");
                }
            }
            Some(Err(error)) => self.failed(place, error.message.clone()),
            None => {}
        }
    }

    async fn wait_for_all(&mut self, executions: &[WorkflowExecution]) {
        for _ in 0..TRIES {
            let wait = Wait { sync: Sync::TASK_EXECUTIONS, ..self.a_wait(0) };
            let limits = Limits { patience: Some(wait.patience), ..self.limits(0, 10).0 };
            let (remote, options) = (self.remote.clone(), CallOptions::default());
            let result = self.user.call("wait all", None, limits, remote.wait_all(executions, &wait, &options)).await;
            if let Some(Ok(())) = result {
                for execution in executions {
                    invariants::true_end(&self.user, execution, Extent::Attempts);
                }
                return;
            }
            self.rest(0, 30_000).await;
        }
    }

    /// Does something with an execution of somebody else.
    async fn stand_by(&mut self) {
        self.rest(0, 60_000).await;
        let known = self.world.known.borrow().clone();
        if known.is_empty() {
            return;
        }
        let id = self.random.pick(&known).clone();
        let reference = ExecutionReference { project: None, domain: None, name: id.name.clone() };
        let (limits, options) = self.limits(10, 5);
        let remote = self.remote.clone();
        let result = self.user.call("fetch", None, limits, remote.fetch_execution(&reference, &options)).await;
        let execution = match result {
            Some(Ok(execution)) => execution,
            Some(Err(error)) if error.kind == Kind::NotFound => {
                return self.world.violation("error", format!("{id} is there: {}", error.message));
            }
            _ => return,
        };
        match self.random.below(5) {
            0 => self.terminate(&execution).await,
            1 => {
                self.watch(&execution).await;
            }
            2 | 3 => self.set_signal(&execution).await,
            _ => {
                self.sync(&execution, Sync::NODES).await;
            }
        }
    }

    /// Sets a signal that an execution waits for.
    async fn set_signal(&mut self, execution: &WorkflowExecution) {
        let list = List { execution: Some(execution.id().clone()), page_size: Some(2), ..List::default() };
        // Each page has the time that a list is given.
        let (limits, options) = self.limits(0, 5);
        let pager = self.remote.list(Listing::Signals, &list, &options).expect("a list");
        let all = async {
            let mut signals = Vec::new();
            while let Some(page) = pager.next().await? {
                for item in page {
                    signals.push(Signal::decode(item)?);
                }
            }
            Ok(signals)
        };
        let Some(Ok(signals)) = self.user.call("signals", None, limits, all).await else { return };
        for signal in signals {
            let value = if signal.id.starts_with("ok-") { InputValue::Bool(true) } else { InputValue::Number(7.0) };
            let (limits, options) = self.limits(10, 5);
            let remote = self.remote.clone();
            let work = remote.set_signal(execution.id(), &signal.id, &value, &options);
            if let Some(Err(error)) = self.user.call("set signal", None, limits, work).await {
                if matches!(error.kind, Kind::NotFound | Kind::Value) {
                    self.world.violation("error", format!("{} is there: {}", signal.id, error.message));
                }
            }
        }
    }

    /// Lists all executions: each that was there before comes, and none twice unless some were added meanwhile.
    async fn list(&mut self) {
        let names = |world: &World| -> Vec<String> {
            world.server.borrow().sandbox.state().executions.iter().map(|row| row.id.name.clone()).collect()
        };
        let before = names(&self.world);
        let page_size = Some(1 + self.random.below(5) as u32);
        let list = ListExecutions { page_size, ..ListExecutions::default() };
        let pager = self.remote.recent_executions(&list, &CallOptions::default()).expect("a list");
        let mut listed = Vec::new();
        loop {
            let limits = self.limits(0, 5).0;
            match self.user.call("list", None, limits, pager.next()).await {
                Some(Ok(Some(page))) => listed.extend(page.iter().map(|execution| execution.id().name.clone())),
                Some(Ok(None)) => break,
                // The same page can be asked for again.
                Some(Err(_)) => self.rest(100, 10_000).await,
                None => {}
            }
            if self.user.world().sim.elapsed() > Duration::from_secs(12 * 3600) {
                return self.world.violation("lists", "the list never ends".to_owned());
            }
        }
        let after = names(&self.world);
        let missing: Vec<_> = before.iter().filter(|name| !listed.contains(name)).collect();
        let odd: Vec<_> = listed.iter().filter(|name| !after.contains(name)).collect();
        let twice = before.len() == after.len() && listed.len() != before.len();
        if !missing.is_empty() || !odd.is_empty() || twice {
            let text = format!("there are {before:?}, listed were {listed:?}");
            self.world.violation("lists", text);
        }
    }
}

/// The request about an execution.
fn question(id: &ExecutionId) -> Vec<u8> {
    WorkflowExecutionGetRequest { id: Some(id.to_proto()) }.encode_to_vec()
}
