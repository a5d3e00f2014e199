//! Events as FlyteAdmin writes them into its rows. Events from outside are checked first (`admin/event.rs`); the engine
//! writes its own through the same functions, so that what it reports looks like what propeller reports.

mod execution;
mod logs;
mod node;
mod task;

pub(crate) use execution::execution_event;
pub(crate) use node::node_event;
pub(crate) use task::task_event;

use std::time::Duration;

use prost::Message;

use crate::idl::core::{node_execution, task_execution, workflow_execution, LiteralMap};
use crate::state::BlobStore;
use crate::time::since_epoch;

/// Where offloaded data goes.
pub(crate) struct Store<'s> {
    pub blobs: &'s mut BlobStore,
    pub bucket: &'s str,
    pub now: Duration,
}

impl Store<'_> {
    /// Writes a literal map below `metadata/` and answers its URI.
    pub fn offload(&mut self, map: &LiteralMap, keys: &[&str]) -> String {
        let uri = format!("s3://{}/metadata/{}", self.bucket, keys.join("/"));
        self.blobs.put(uri.clone(), map.encode_to_vec(), self.now);
        uri
    }
}

/// Whether an execution in this phase has ended.
pub(crate) fn execution_is_over(phase: workflow_execution::Phase) -> bool {
    use workflow_execution::Phase;
    matches!(phase, Phase::Succeeded | Phase::Failed | Phase::TimedOut | Phase::Aborted)
}

/// Whether a node in this phase has ended.
pub(crate) fn node_is_over(phase: node_execution::Phase) -> bool {
    use node_execution::Phase;
    matches!(
        phase,
        Phase::Succeeded | Phase::Failed | Phase::TimedOut | Phase::Aborted | Phase::Skipped | Phase::Recovered
    )
}

/// Whether an attempt in this phase has ended.
pub(crate) fn task_is_over(phase: task_execution::Phase) -> bool {
    use task_execution::Phase;
    matches!(phase, Phase::Succeeded | Phase::Failed | Phase::Aborted)
}

/// The time from `start` to `end`; none when the clock went back.
fn elapsed(start: &prost_types::Timestamp, end: Option<&prost_types::Timestamp>) -> prost_types::Duration {
    let end = end.map(since_epoch).unwrap_or_default();
    crate::time::duration(end.saturating_sub(since_epoch(start)))
}
