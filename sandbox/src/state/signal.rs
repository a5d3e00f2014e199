//! A signal that a gate node waits for.

use std::time::Duration;

use flyte_remote::idl::flyteidl::admin;

use super::{ExecutionKey, Keyed};

/// What identifies a signal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignalKey {
    /// The waiting execution.
    pub execution: ExecutionKey,
    /// The signal's id in it.
    pub signal: String,
}

/// A signal, set once `signal.value` is there.
#[derive(Clone, Debug)]
pub struct SignalRow {
    /// Its key.
    pub key: SignalKey,
    /// The message `ListSignals` answers.
    pub signal: admin::Signal,
    /// When it was created, since 1970.
    pub created_at: Duration,
}

impl Keyed for SignalRow {
    type Key = SignalKey;
    fn key(&self) -> SignalKey {
        self.key.clone()
    }
}
