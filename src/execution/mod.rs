//! What runs: executions, their nodes, the attempts of their tasks. Snapshots of what the server said, without I/O.

mod node;
mod phase;
mod task;
mod workflow;

pub use node::NodeExecution;
pub use phase::{Level, Phase};
pub use task::TaskExecution;
pub use workflow::{Abort, Execution, ExecutionError};
