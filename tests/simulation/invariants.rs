//! What must hold, whatever goes wrong on the way.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::Duration;

use flyte_remote::entity::ExecutionId;
use flyte_remote::error::{Error, Kind};
use flyte_remote::execution::{Execution, Phase};
use flyte_remote::remote::{Change, WorkflowExecution};
use flyte_remote::rpc::Code;

use super::faults::Fault;
use super::truth::{self, Nodes};
use super::user::{User, GET_EXECUTION};
use super::world::{Outcome, World};

/// After a call has returned or was dropped, none of its exchanges and timers is there any more.
pub fn nothing_pending(user: &User) {
    let (exchanges, timers) = (user.pending(), user.timers.get());
    if (exchanges, timers) != (0, 0) {
        let name = user.verb.borrow().name;
        user.world().violation("pending", format!("after {name}: {exchanges} exchanges and {timers} timers"));
    }
}

/// A request is about to be sent.
pub fn may_send(user: &User, path: &str, message: &[u8]) {
    let (world, verb) = (user.world(), user.verb.borrow().clone());
    if verb.name.is_empty() {
        world.violation("pending", format!("{path} is sent by nobody"));
    }
    let (same, anything) = user.under_way(path, message);
    if same {
        world.violation("overlap", format!("{path} is asked while the same question is under way"));
    }
    let polls = path == GET_EXECUTION && verb.polled.as_deref() == Some(message);
    if polls && anything {
        world.violation("overlap", format!("{} polls while an earlier poll is under way", verb.name));
    }
    // At the end once more, with everything that is wanted, and again for each time that this went wrong.
    if polls && verb.ends_told >= 2 + verb.faults_since {
        world.violation("poll after the end", format!("{} asks again after {} replies", verb.name, verb.ends_told));
    }
}

/// A call failed: there must be a reason.
pub fn justified(user: &User, error: &Error) {
    let (world, verb) = (user.world(), user.verb.borrow().clone());
    let elapsed = world.sim.elapsed().saturating_sub(verb.begin);
    let met = |fault: Fault| verb.faults.iter().any(|(_, other)| *other == fault);
    let polls = verb.limits.patience.is_some();
    let out_of_time = verb.limits.timeout.is_some_and(|timeout| elapsed + Duration::from_millis(2) >= timeout);
    let impatient = verb.limits.patience.is_some_and(|patience| elapsed < patience);
    let any = !verb.faults.is_empty();
    let code = error.status.as_ref().map(|status| status.code);
    let fine = match error.kind {
        Kind::Timeout if out_of_time => true,
        Kind::Timeout | Kind::Unavailable => any && !(polls && impatient),
        Kind::Authentication => met(Fault::LoggedOut),
        Kind::System if code == Some(Code::ResourceExhausted) => {
            (met(Fault::Exhausted) || met(Fault::Proxy)) && !(polls && impatient)
        }
        // The caller looks at these itself.
        Kind::NotFound | Kind::AlreadyExists | Kind::Assertion | Kind::Value => true,
        Kind::System if code == Some(Code::FailedPrecondition) => verb.name == "terminate",
        Kind::InvalidInput => false,
        // A reply that broke off, a proxy's own words.
        _ if error.is_retryable() => any && !(polls && impatient),
        // An empty message without trailers looks like a reply that may not be read.
        _ => met(Fault::NoTrailers) && !polls,
    };
    if !fine {
        let text = format!("{} failed after {elapsed:?} with {:?}: {}", verb.name, error.kind, error.message);
        world.violation("error", text);
    }
}

/// A call with a timeout ended in time.
pub fn in_time(user: &User) {
    let (world, verb) = (user.world(), user.verb.borrow().clone());
    let elapsed = world.sim.elapsed().saturating_sub(verb.begin);
    if verb.limits.timeout.is_some_and(|timeout| elapsed > timeout + Duration::from_millis(2)) {
        world.violation("timeout", format!("{} took {elapsed:?} of {:?}", verb.name, verb.limits.timeout));
    }
}

/// A wait, or a watch, has told the end of an execution: it is the end, and everything is there.
pub fn true_end(user: &User, execution: &WorkflowExecution, extent: Extent) {
    let (world, verb) = (user.world(), user.verb.borrow().clone());
    true_phase(&world, execution);
    if verb.patience_lost(&world) && !truth::problems(&execution.snapshot()).is_empty() {
        return;
    }
    same_nodes(&world, execution, extent, "true end");
}

/// An execution has ended, and as it is told.
pub fn true_phase(world: &World, execution: &WorkflowExecution) {
    let (told, is) = (execution.phase(), world.phase(execution.id()));
    if told != is || !is.is_terminal() {
        world.violation("true end", format!("{}: told {}, it is {}", execution.id(), told.as_str(), is.as_str()));
    }
}

/// Which nodes were to be read.
#[derive(Clone, Copy, PartialEq)]
pub enum Extent {
    /// Those of the execution itself.
    Own,
    /// Those of executions that it launched, too.
    All,
    /// And their attempts.
    Attempts,
}

/// The nodes that an execution shows are those that there are.
pub fn same_nodes(world: &World, execution: &WorkflowExecution, extent: Extent, invariant: &'static str) {
    let own = execution.id().name.as_str();
    let plain = |nodes: Nodes| -> Nodes {
        let wanted = nodes.into_iter().filter(|((name, _), _)| extent != Extent::Own || name == own);
        let attempts = |attempts| if extent == Extent::Attempts { attempts } else { Vec::new() };
        wanted.map(|(key, (phase, tried))| (key, (phase, attempts(tried)))).collect()
    };
    let (told, are) = (plain(truth::shown(&execution.snapshot())), plain(world.nodes(execution.id())));
    if told != are {
        let missing: Vec<_> = are.iter().filter(|(key, value)| told.get(*key) != Some(value)).collect();
        let odd: Vec<_> = told.iter().filter(|(key, value)| are.get(*key) != Some(value)).collect();
        world.violation(invariant, format!("{}: there are {missing:?}, told were {odd:?}", execution.id()));
    }
    // What was not asked for this time may be unreadable since an earlier one.
    let mut problems = truth::problems(&execution.snapshot());
    problems.retain(|(name, _)| extent != Extent::Own || name == own);
    if !problems.is_empty() {
        world.violation(invariant, format!("{}: problems {problems:?}", execution.id()));
    }
}

/// A wait tells its progress; `told` is the rank of the phase it told last.
pub fn moves_on(world: &World, told: &Cell<i32>, execution: &Execution) {
    let rank = workflow_rank(execution.phase);
    if told.replace(rank) > rank {
        world.violation("backwards", format!("{}: goes back to {}", execution.id, execution.phase.as_str()));
    }
}

/// What a watch has told so far.
#[derive(Default)]
pub struct Watched {
    phase: i32,
    rows: Vec<(String, i32)>,
    done: usize,
    patience_lost: bool,
}

impl Watched {
    /// Takes the next change.
    pub fn take(&mut self, user: &User, id: &ExecutionId, change: &Change) {
        let (world, verb) = (user.world(), user.verb.borrow().clone());
        let backwards = |text: String| world.violation("backwards", format!("{id}: {text}"));
        let rank = workflow_rank(change.phase);
        let truth = world.phase(id);
        if rank < self.phase {
            backwards(format!("the phase goes back to {}", change.phase.as_str()));
        }
        if rank > workflow_rank(truth) {
            backwards(format!("told {} before it is: {}", change.phase.as_str(), truth.as_str()));
        }
        self.phase = rank;
        for (number, row) in &change.rows {
            let known = self.rows.len();
            let (node, rank) = (row.node.id.to_string(), node_rank(row.node.phase));
            if row.parent.is_some_and(|parent| parent >= *number) {
                backwards(format!("row {number} is inside of row {:?}", row.parent));
            }
            match self.rows.get_mut(*number) {
                Some((name, _)) if *name != node => backwards(format!("row {number} was {name}, is {node}")),
                Some((_, before)) if rank < *before => {
                    backwards(format!("{node} goes back to {}", row.node.phase.as_str()));
                }
                Some((_, before)) => *before = rank,
                None if *number == known => self.rows.push((node, rank)),
                None => backwards(format!("row {number} comes after {known} rows")),
            }
        }
        let done = self.rows.iter().filter(|(_, rank)| *rank == LAST).count();
        let counts = (change.total, change.done);
        if counts != (self.rows.len(), done) || change.loaded > change.total || done < self.done {
            let told = (change.loaded, change.total, change.done);
            backwards(format!("counts {told:?}, shown {:?}, before {}", (self.rows.len(), done), self.done));
        }
        self.done = done;
        self.patience_lost = verb.patience_lost(&world);
        let loaded = change.loaded == change.total || self.patience_lost;
        if change.phase.is_terminal() && !(loaded && change.done == change.total) {
            let told = (change.loaded, change.total, change.done);
            world.violation("end missed", format!("{id}: the last change has counts {told:?}"));
        }
    }

    /// The watch says that it has ended.
    pub fn end(&self, user: &User, execution: &WorkflowExecution) {
        let world = user.world();
        if self.patience_lost {
            true_phase(&world, execution);
        } else {
            true_phase(&world, execution);
            same_nodes(&world, execution, Extent::Own, "true end");
        }
        // Rows are nodes of the execution itself, not those of executions that it launched.
        let are = world.nodes(execution.id()).keys().filter(|(name, _)| *name == execution.id().name).count();
        if self.phase != LAST || self.rows.len() != are && !self.patience_lost {
            let text = format!("{}: {} rows of {are}, rank {}", execution.id(), self.rows.len(), self.phase);
            world.violation("end missed", text);
        }
    }
}

const LAST: i32 = 9;

/// An execution never goes to a phase of a lower rank.
fn workflow_rank(phase: Phase) -> i32 {
    match phase.as_str() {
        "UNDEFINED" => 0,
        "QUEUED" => 1,
        "RUNNING" => 2,
        "SUCCEEDING" | "FAILING" => 3,
        "ABORTING" => 4,
        _ => LAST,
    }
}

fn node_rank(phase: Phase) -> i32 {
    match phase.as_str() {
        "UNDEFINED" => 0,
        "QUEUED" => 1,
        "RUNNING" => 2,
        "DYNAMIC_RUNNING" => 3,
        "FAILING" => 4,
        _ => LAST,
    }
}

/// Every call that creates an execution has created one, or none when it failed; and then it says which, if it did.
pub fn launched_once(world: &World) {
    let mut created: BTreeMap<String, Vec<String>> = BTreeMap::new();
    {
        let server = world.server.borrow();
        for row in server.sandbox.state().executions.iter() {
            let spec = row.execution.spec.clone().unwrap_or_default();
            let metadata = spec.metadata.unwrap_or_default();
            let label = match metadata.reference_execution {
                Some(_) => row.id.name.rsplit_once('-').map(|(prefix, _)| prefix.to_owned()),
                None if metadata.nesting == 0 => {
                    row.labels().find(|(key, _)| *key == "call").map(|(_, v)| v.to_owned())
                }
                None => None,
            };
            if let Some(label) = label {
                created.entry(label).or_default().push(row.id.name.clone());
            }
        }
    }
    for launch in world.launches.borrow().iter() {
        let there = created.get(&launch.label).cloned().unwrap_or_default();
        let fine = match (&launch.outcome, there.as_slice()) {
            (Outcome::Created(id), [name]) => id.name == *name,
            (Outcome::Created(_), _) => false,
            (Outcome::Failed(_) | Outcome::Unknown, []) => true,
            (Outcome::Failed(message), [name]) => message.contains(name.as_str()),
            (Outcome::Unknown, [_]) => true,
            (_, _) => false,
        };
        if !fine {
            let text = format!("{}: {:?}, there are {there:?}", launch.label, launch.outcome);
            world.violation("one execution", text);
        }
    }
}

/// Whatever was begun has ended, with all of its nodes.
pub fn all_ended(world: &World) {
    let mut running = Vec::new();
    for row in world.server.borrow().sandbox.state().executions.iter() {
        if !Phase::workflow(row.phase() as i32).is_terminal() {
            running.push(row.id.name.clone());
        }
        let nodes = row.nodes.iter().filter(|node| !Phase::node(node.phase() as i32).is_terminal());
        running.extend(nodes.map(|node| format!("{}/{}", row.id.name, node.node_id)));
    }
    if !running.is_empty() {
        world.violation("server", format!("nothing is under way and these run: {running:?}"));
    }
}
