//! `wait`: poll until terminal, fast at first, then backing off.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use super::call::Scope;
use super::sync::covers;
use super::together::{together, Work, MOST};
use super::{CallOptions, List, Listing, Remote, Sync, WorkflowExecution};
use crate::error::{Error, Kind};
use crate::execution::Execution;

/// Told of an execution's state, poll by poll.
pub type Progress = Rc<dyn Fn(&Execution)>;

/// How many executions a poll asks for at most.
const AT_ONCE: usize = 100;

/// How to wait.
#[derive(Clone)]
pub struct Wait {
    /// How long at most; default: for ever. The execution goes on when it passes.
    pub timeout: Option<Duration>,
    /// Time between polls, at least 10 ms; default: 100 ms at first, growing to 10 s.
    pub interval: Option<Duration>,
    /// What is read at the end, and without inputs, outputs and attempts at every poll when there is a `progress`;
    /// default: all nodes and their attempts.
    pub sync: Sync,
    /// Called after each poll, with the last state at the end.
    pub progress: Option<Progress>,
    /// How long the server may be out of reach or out of resources before waiting fails; default 2 minutes.
    pub patience: Duration,
}

impl Default for Wait {
    fn default() -> Self {
        Wait {
            timeout: None,
            interval: None,
            sync: Sync::TASK_EXECUTIONS,
            progress: None,
            patience: Duration::from_secs(120),
        }
    }
}

impl Remote {
    /// Waits until an execution has ended, well or not. Polls read only its state; its nodes are read with `progress`
    /// and at the end.
    ///
    /// # Errors
    /// `Kind::Timeout` when `wait.timeout` passes first, or as a call fails for good; the execution itself goes on.
    pub async fn wait(&self, execution: &WorkflowExecution, wait: &Wait, options: &CallOptions) -> Result<(), Error> {
        let live = Sync { task_executions: false, data: false, ..wait.sync };
        let live = if wait.progress.is_some() { live } else { Sync::STATE };
        let mut polls = Polls::new(self, wait);
        while !execution.settled().is_some_and(|settled| covers(settled, wait.sync)) {
            let sync = if execution.is_done() { wait.sync } else { live };
            let work = Box::pin(self.sync(execution, sync, options));
            let told = polls.poll(self, work).await.unwrap_or_else(|| Err(timed_out(execution)))?;
            if execution.is_done() && told {
                if !covers(sync, wait.sync) {
                    // It has ended: once more, with all that is wanted.
                    continue;
                }
                if polls.is_complete(self, execution) {
                    break;
                }
            }
            if let Some(progress) = wait.progress.as_ref().filter(|_| told) {
                progress(&execution.snapshot());
            }
            if !polls.pause(self).await {
                return Err(timed_out(execution));
            }
        }
        if let Some(progress) = &wait.progress {
            progress(&execution.snapshot());
        }
        Ok(())
    }

    /// Waits until all have ended, well or not. A poll asks for the state of all of a project and domain at once.
    ///
    /// # Errors
    /// As [`Remote::wait`] fails for any of them.
    pub async fn wait_all(
        &self,
        executions: &[WorkflowExecution],
        wait: &Wait,
        options: &CallOptions,
    ) -> Result<(), Error> {
        let mut polls = Polls::new(self, wait);
        let mut first = true;
        while let Some(late) = executions.iter().find(|execution| !execution.is_done()) {
            if !std::mem::take(&mut first) && !polls.pause(self).await {
                return Err(timed_out(late));
            }
            let work = Box::pin(self.ask_all(executions, options));
            polls.poll(self, work).await.unwrap_or_else(|| Err(timed_out(late)))?;
        }
        // All have ended: once more, with all that is wanted. Those at work share the calls that there may be at a time.
        let together_at_most = executions.len().clamp(1, MOST);
        let sync = Sync { concurrency: (wait.sync.concurrency / together_at_most).max(1), ..wait.sync };
        let finish = |one: &'_ WorkflowExecution| -> Work<'_, ()> {
            let one = one.clone();
            Box::pin(async move { one.remote().sync(&one, sync, options).await })
        };
        let (mut rest, mut first): (Vec<_>, bool) = (executions.iter().collect(), true);
        while let Some(late) = rest.first() {
            if !std::mem::take(&mut first) && !polls.pause(self).await {
                return Err(timed_out(late));
            }
            let all = together(rest.iter().copied().map(finish).collect(), together_at_most);
            let work = Box::pin(async { all.await.map(|_| ()) });
            let told = polls.poll(self, work).await.unwrap_or_else(|| Err(timed_out(late)))?;
            rest.retain(|execution| match told {
                true => !polls.is_complete(self, execution),
                // What was read to its end need not be read again.
                false => !execution.settled().is_some_and(|settled| covers(settled, wait.sync)),
            });
        }
        Ok(())
    }

    /// The state of those that have not ended.
    async fn ask_all(&self, executions: &[WorkflowExecution], options: &CallOptions) -> Result<(), Error> {
        let scope = self.client().begin(options);
        let mut pending: Vec<&WorkflowExecution> = executions.iter().filter(|one| !one.is_done()).collect();
        while let Some((remote, first)) = pending.first().map(|one| (one.remote().clone(), one.id().clone())) {
            let here = |one: &&WorkflowExecution| {
                let place = (&one.id().project, &one.id().domain) == (&first.project, &first.domain);
                place && remote.is_same(one.remote())
            };
            let (mut group, mut rest): (Vec<_>, Vec<_>) = pending.into_iter().partition(here);
            rest.extend(group.split_off(group.len().min(AT_ONCE)));
            pending = rest;
            let names: Vec<&str> = group.iter().map(|one| one.id().name.as_str()).collect();
            let filter = ["value_in(execution_name,", &names.join(";"), ")"].concat();
            let list = List {
                project: Some(first.project),
                domain: Some(first.domain),
                filters: filter,
                page_size: u32::try_from(AT_ONCE).ok(),
                ..List::default()
            };
            let pager = remote.list(Listing::Executions, &list, options)?;
            let numbers: Vec<u64> = group.iter().map(|one| one.begin_sync()).collect();
            let mut found = Vec::new();
            for item in pager.page_in(None, "", &scope).await?.0 {
                found.push(remote.listed_execution(item)?.snapshot());
            }
            for (one, number) in group.iter().zip(numbers) {
                match found.iter().find(|snapshot| snapshot.id.name == one.id().name) {
                    Some(snapshot) => one.show(number, (**snapshot).clone(), None),
                    // Archived, or gone: that call says which.
                    None => remote.sync(one, Sync::STATE, options).await?,
                }
            }
        }
        Ok(())
    }
}

fn timed_out(execution: &WorkflowExecution) -> Error {
    too_late(execution, "; sync it with its nodes", "wait; it goes on, so wait again or terminate it")
}

/// The error for an execution when the time is up: what to do if it has ended, and what goes on if it has not.
pub(super) fn too_late(execution: &WorkflowExecution, ended: &str, going_on: &str) -> Error {
    let phase = execution.phase().as_str();
    let message = match execution.is_done() {
        true => ["has ended: ", phase, ", but the time ran out before its nodes were read", ended],
        false => ["is still ", phase, " at the end of the ", going_on],
    };
    Error::new(Kind::Timeout, message.concat()).about(execution.id().to_string())
}

/// Polls one after the other: their pace, their end, and patience with a server that is out of reach.
pub(super) struct Polls {
    pace: Pace,
    deadline: Option<Duration>,
    patience: Duration,
    began: Duration,
    reached: Duration,
    /// When it was first seen that something is missing.
    incomplete: Option<Duration>,
}

impl Polls {
    pub(super) fn new(remote: &Remote, wait: &Wait) -> Self {
        let now = remote.client().host.uptime();
        let deadline = wait.timeout.and_then(|timeout| now.checked_add(timeout));
        Polls {
            pace: Pace::new(wait.interval),
            deadline,
            patience: wait.patience,
            began: now,
            reached: now,
            incomplete: None,
        }
    }

    /// Whether the server told something this time; `None` when the time ran out.
    ///
    /// # Errors
    /// As `work` fails for good, or has failed for want of a connection for too long.
    pub(super) async fn poll(
        &mut self,
        remote: &Remote,
        work: Pin<Box<dyn Future<Output = Result<(), Error>> + '_>>,
    ) -> Option<Result<bool, Error>> {
        let until_then = Scope { metadata: Vec::new(), deadline: self.deadline, created: Rc::default() };
        let host = &remote.client().host;
        Some(match remote.client().within(&until_then, work).await? {
            Ok(()) => {
                self.reached = host.uptime();
                Ok(true)
            }
            Err(error) if error.is_retryable() && host.uptime().saturating_sub(self.reached) < self.patience => {
                Ok(false)
            }
            Err(error) => Err(error),
        })
    }

    /// All that was wanted of an execution that has ended was read, or can't be read within the time there is.
    pub(super) fn is_complete(&mut self, remote: &Remote, execution: &WorkflowExecution) -> bool {
        let now = remote.client().host.uptime();
        let since = *self.incomplete.get_or_insert(now);
        !execution.is_incomplete() || now.saturating_sub(since) >= self.patience
    }

    /// The time until the next poll; false when there is none left.
    pub(super) async fn pause(&mut self, remote: &Remote) -> bool {
        let host = &remote.client().host;
        let mut pause = self.pace.next();
        if let Some(deadline) = self.deadline {
            let left = deadline.saturating_sub(host.uptime());
            if left.is_zero() {
                return false;
            }
            pause = pause.min(left);
        }
        host.sleep(pause).await;
        true
    }

    /// Something moved: the next poll comes soon, the sooner the less time has passed.
    pub(super) fn hurry(&mut self, remote: &Remote) {
        let passed = remote.client().host.uptime().saturating_sub(self.began);
        self.pace.next = (passed / 50).clamp(Pace::FIRST, Pace::FIRST * 10);
    }
}

/// The time between polls.
struct Pace {
    fixed: Option<Duration>,
    next: Duration,
}

impl Pace {
    const SHORTEST: Duration = Duration::from_millis(10);
    const FIRST: Duration = Duration::from_millis(100);
    const LONGEST: Duration = Duration::from_secs(10);

    fn new(fixed: Option<Duration>) -> Self {
        Pace { fixed: fixed.map(|fixed| fixed.max(Pace::SHORTEST)), next: Pace::FIRST }
    }

    fn next(&mut self) -> Duration {
        if let Some(fixed) = self.fixed {
            return fixed;
        }
        let now = self.next;
        self.next = (now * 3 / 2).min(Pace::LONGEST);
        now
    }
}
