//! `FlyteRemote`: the verbs. Each file is one; what they work on is in `entity`, `execution`, `value`, `data`.
//!
//! The verbs are those of flytekit's `FlyteRemote`, and so are the requests (`tests/remote` replays what it sent). On
//! purpose different:
//! - an execution always gets a name here, so that a repeated request starts nothing twice; names are checked before
//!   they are sent, and a name that is taken is an error, not the execution that has it;
//! - missing required inputs, fixed ones and wrong types are told together, before anything is sent;
//! - `wait` polls fast at first, reads only the execution until it has ended, survives a server that is out of reach
//!   for a while, and ends at its timeout; `sync` reads nodes level by level, each attempt once and no entities;
//! - inputs and outputs are read when they are asked for; those of a failed or aborted execution are an error with its
//!   reason;
//! - a node that can't be read has a `problem` and hides no other; a recovered node is done;
//! - a workflow's own launch plan is left out when the caller wants it so; any 2xx ends an upload well, and an expired
//!   link is renewed once.

mod attached;
mod branches;
mod call;
mod client;
mod connect;
mod console;
mod contents;
mod data;
mod download;
mod execute;
mod execution;
mod existing;
mod fetch;
mod list;
mod name;
mod notification;
mod page;
mod register;
mod rerun;
mod signals;
mod sync;
mod terminate;
mod together;
mod tree;
mod turn;
mod upload;
mod wait;
mod watch;

use std::rc::Rc;

pub use attached::{AttachedNode, AttachedTask};
pub use call::CallOptions;
pub use client::Client;
pub use connect::Connect;
pub use contents::Contents;
pub use execute::{Execute, Target};
pub use execution::WorkflowExecution;
pub use existing::{Existing, OnExisting};
pub use list::{listed_id, ExecutionPager, List, ListExecutions, Listing, Pager};
pub use notification::{Notification, NotificationChannel, Notifications};
pub use register::{Register, Registered, Registration, Spec, Specs};
pub use rerun::Rerun;
pub use signals::Signal;
pub use sync::Sync;
pub use upload::UploadFile;
pub use wait::{Progress, Wait};
pub use watch::{Change, Row, Watch};

use crate::entity::reference::{given, required_name};
use crate::entity::{ExecutionId, ExecutionReference};
use crate::error::{Error, Kind};

/// What a remote is set up with.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Where the server is, `https://flyte.example.com`; also `dns:///host:port` or a bare `host:port`.
    pub endpoint: String,
    /// The endpoint speaks plain HTTP; matters only where it has no scheme of its own.
    pub insecure: bool,
    /// Where the console is, when not at the endpoint.
    pub console_endpoint: Option<String>,
    /// Project for calls that name none.
    pub project: Option<String>,
    /// Domain for calls that name none.
    pub domain: Option<String>,
}

/// A connection to a Flyte control plane. Cloning is cheap and shares everything; constructing does no I/O.
#[derive(Clone)]
pub struct Remote {
    inner: Rc<Inner>,
}

struct Inner {
    client: Client,
    settings: Settings,
}

impl Remote {
    /// A remote over a client.
    #[must_use]
    pub fn new(client: Client, settings: Settings) -> Self {
        Remote { inner: Rc::new(Inner { client, settings }) }
    }

    /// The client that makes its calls.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.inner.client
    }

    /// Both go to the same server in the same way.
    pub(crate) fn is_same(&self, other: &Remote) -> bool {
        Rc::ptr_eq(&self.inner, &other.inner)
    }

    /// What it was set up with.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// The full identifier of an execution.
    ///
    /// # Errors
    /// `Kind::Value` without a name, and where neither the reference nor the remote has a project or domain.
    pub fn execution_id(&self, reference: &ExecutionReference) -> Result<ExecutionId, Error> {
        let name = required_name(&reference.name, "execution")?;
        let (project, domain) = self.place(reference.project.as_deref(), reference.domain.as_deref(), None)?;
        Ok(ExecutionId::new(&project, &domain, name))
    }

    /// The caller's project and domain, or the remote's, or `own`.
    fn place(
        &self,
        project: Option<&str>,
        domain: Option<&str>,
        own: Option<(&str, &str)>,
    ) -> Result<(String, String), Error> {
        let settings = self.settings();
        let pick = |said: Option<&str>, default: &Option<String>, own: Option<&str>, name: &str| {
            [said, default.as_deref(), own].into_iter().find_map(|text| given(text.map(str::to_owned))).ok_or_else(
                || {
                    let message =
                        [name, ": neither given nor set on the remote; pass it here or when making the remote"];
                    Error::new(Kind::Value, message.concat()).at(name)
                },
            )
        };
        Ok((
            pick(project, &settings.project, own.map(|(project, _)| project), "project")?,
            pick(domain, &settings.domain, own.map(|(_, domain)| domain), "domain")?,
        ))
    }
}
