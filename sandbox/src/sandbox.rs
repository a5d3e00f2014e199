//! The sandbox itself: calls and events in, replies and effects out.

use std::time::Duration;

use flyte_remote::idl::flyteidl::admin;
use flyte_remote::rpc::Status;

use crate::effect::{ContainerResult, Effect};
use crate::engine::Engine;
use crate::options::Options;
use crate::random::Random;
use crate::state::{ProjectRow, State};
use crate::{engine, service};

/// A Flyte control plane in memory. It is deterministic: the same options, and the same calls, wakes and container
/// results at the same times, give the same state, replies and effects.
pub struct Sandbox {
    pub(crate) options: Options,
    pub(crate) state: State,
    pub(crate) engine: Engine,
    pub(crate) random: Random,
    /// The time of the current call, since 1970.
    pub(crate) now: Duration,
    pub(crate) effects: Vec<Effect>,
}

impl Sandbox {
    /// A fresh sandbox with the projects of the options.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let mut state = State::default();
        for id in &options.projects {
            let project = admin::Project { id: id.clone(), name: id.clone(), ..Default::default() };
            state.projects.put(ProjectRow { project, created_at: Duration::ZERO });
        }
        let random = Random::new(options.seed);
        Sandbox { options, state, engine: Engine::default(), random, now: Duration::ZERO, effects: Vec::new() }
    }

    /// Answers one unary call. `now` is the time since 1970, `path` is `/package.Service/Method`.
    ///
    /// # Errors
    /// The status FlyteAdmin would send; `details` is a serialised `google.rpc.Status`. A failed call may have changed the
    /// state (e.g. a task's hidden launch plan), so a journal keeps every call, not only the successful ones.
    pub fn call(&mut self, now: Duration, path: &str, message: &[u8]) -> Result<Vec<u8>, Status> {
        self.advance(now);
        let reply = service::call(self, path, message);
        engine::run(self);
        reply
    }

    /// Does what is due at `now`; the shell calls it at [`Sandbox::next_wake`].
    pub fn wake(&mut self, now: Duration) {
        self.advance(now);
        engine::wake(self);
        engine::run(self);
    }

    /// When [`Sandbox::wake`] should be called next, since 1970; `None` when nothing waits for time to pass.
    #[must_use]
    pub fn next_wake(&self) -> Option<Duration> {
        self.engine.next_wake()
    }

    /// A process that an effect asked for is running now. Unknown and stopped runs are ignored.
    pub fn container_started(&mut self, now: Duration, run: &str) {
        self.advance(now);
        engine::container_started(self, run);
        engine::run(self);
    }

    /// A process that an effect asked for has ended. Unknown and stopped runs are ignored.
    pub fn container_finished(&mut self, now: Duration, run: &str, result: ContainerResult) {
        self.advance(now);
        engine::container_finished(self, run, result);
        engine::run(self);
    }

    /// What there is to do since the last call of this method, in order.
    pub fn drain_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// The runs asked for that have neither finished nor been stopped: what to start again after a journal was replayed.
    #[must_use]
    pub fn unfinished(&self) -> Vec<Effect> {
        self.engine.unfinished()
    }

    /// Everything the sandbox remembers.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Everything the sandbox remembers, for the shell's object store.
    pub fn state_mut(&mut self) -> &mut State {
        &mut self.state
    }

    /// The options it was made with.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Time never goes back, whatever the host's clock does.
    fn advance(&mut self, now: Duration) {
        self.now = self.now.max(now);
    }
}
