//! `wait`: poll until terminal, fast at first, then backing off.

use std::rc::Rc;
use std::time::Duration;

use super::call::Scope;
use super::sync::covers;
use super::{CallOptions, Remote, Sync, WorkflowExecution};
use crate::error::{Error, Kind};
use crate::execution::Execution;

/// Told of an execution's state, poll by poll.
pub type Progress = Rc<dyn Fn(&Execution)>;

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
    /// How long the server may be out of reach before waiting fails; default 2 minutes.
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
        let host = &self.client().host;
        let deadline = wait.timeout.and_then(|timeout| host.now().checked_add(timeout));
        let until_then = Scope { metadata: Vec::new(), deadline };
        let mut pace = Pace::new(wait.interval);
        let mut reached = host.now();
        let live = Sync { task_executions: false, data: false, ..wait.sync };
        let live = if wait.progress.is_some() { live } else { Sync::STATE };
        loop {
            let sync = if execution.is_done() { wait.sync } else { live };
            let synced = self.client().within(&until_then, Box::pin(self.sync(execution, sync, options))).await;
            match synced.ok_or_else(|| timed_out(execution))? {
                Ok(()) if execution.is_done() && covers(sync, wait.sync) => break,
                // It has ended: once more, with all that is wanted.
                Ok(()) if execution.is_done() => continue,
                Ok(()) => {
                    reached = host.now();
                    if let Some(progress) = &wait.progress {
                        progress(&execution.snapshot());
                    }
                }
                Err(error) if error.is_about_the_connection() && host.now().saturating_sub(reached) < wait.patience => {
                }
                Err(error) => return Err(error),
            }
            let mut pause = pace.next();
            if let Some(deadline) = deadline {
                let left = deadline.saturating_sub(host.now());
                if left.is_zero() {
                    return Err(timed_out(execution));
                }
                pause = pause.min(left);
            }
            host.sleep(pause).await;
        }
        if let Some(progress) = &wait.progress {
            progress(&execution.snapshot());
        }
        Ok(())
    }
}

fn timed_out(execution: &WorkflowExecution) -> Error {
    let phase = execution.phase().as_str();
    let message = ["is still ", phase, " at the end of the wait; it goes on, so wait again or terminate it"];
    Error::new(Kind::Timeout, message.concat()).about(execution.id().to_string())
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
