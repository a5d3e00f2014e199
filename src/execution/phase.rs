//! How far an execution, a node or an attempt is.

/// What a phase belongs to; the numbers differ between the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// An execution of a workflow or a single task.
    Workflow,
    /// A node of it.
    Node,
    /// An attempt of a node's task.
    Task,
}

/// A phase, as a name and as the number on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Phase {
    /// What it belongs to.
    pub level: Level,
    /// Its number on the wire, also where this client does not know it.
    pub number: i32,
}

/// Names by number, terminal ones marked.
type Names = &'static [(&'static str, bool)];

const WORKFLOW: Names = &[
    ("UNDEFINED", false),
    ("QUEUED", false),
    ("RUNNING", false),
    ("SUCCEEDING", false),
    ("SUCCEEDED", true),
    ("FAILING", false),
    ("FAILED", true),
    ("ABORTED", true),
    ("TIMED_OUT", true),
    ("ABORTING", false),
];

const NODE: Names = &[
    ("UNDEFINED", false),
    ("QUEUED", false),
    ("RUNNING", false),
    ("SUCCEEDED", true),
    ("FAILING", false),
    ("FAILED", true),
    ("ABORTED", true),
    ("SKIPPED", true),
    ("TIMED_OUT", true),
    ("DYNAMIC_RUNNING", false),
    ("RECOVERED", true),
];

const TASK: Names = &[
    ("UNDEFINED", false),
    ("QUEUED", false),
    ("RUNNING", false),
    ("SUCCEEDED", true),
    ("ABORTED", true),
    ("FAILED", true),
    ("INITIALIZING", false),
    ("WAITING_FOR_RESOURCES", false),
    ("RETRYABLE_FAILED", true),
];

impl Phase {
    /// An execution's phase.
    #[must_use]
    pub fn workflow(number: i32) -> Self {
        Phase { level: Level::Workflow, number }
    }

    /// A node's phase.
    #[must_use]
    pub fn node(number: i32) -> Self {
        Phase { level: Level::Node, number }
    }

    /// An attempt's phase.
    #[must_use]
    pub fn task(number: i32) -> Self {
        Phase { level: Level::Task, number }
    }

    /// Flyte's name, `SUCCEEDED`; `UNDEFINED` for a number that this client does not know.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.entry().map_or("UNDEFINED", |(name, _)| name)
    }

    /// Nothing more will happen.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        self.entry().is_some_and(|(_, terminal)| *terminal)
    }

    /// It ended well; a recovered node did too.
    #[must_use]
    pub fn is_successful(self) -> bool {
        matches!(self.as_str(), "SUCCEEDED" | "RECOVERED")
    }

    fn entry(self) -> Option<&'static (&'static str, bool)> {
        let names = match self.level {
            Level::Workflow => WORKFLOW,
            Level::Node => NODE,
            Level::Task => TASK,
        };
        names.get(usize::try_from(self.number).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idl::flyteidl::core::{node_execution, task_execution, workflow_execution};

    #[test]
    fn names_and_numbers_are_those_of_the_idl() {
        for number in 0..20 {
            let name = |known: Option<&'static str>| known.unwrap_or("UNDEFINED");
            let workflow = workflow_execution::Phase::try_from(number).ok().map(|phase| phase.as_str_name());
            assert_eq!(Phase::workflow(number).as_str(), name(workflow));
            let node = node_execution::Phase::try_from(number).ok().map(|phase| phase.as_str_name());
            assert_eq!(Phase::node(number).as_str(), name(node));
            let task = task_execution::Phase::try_from(number).ok().map(|phase| phase.as_str_name());
            assert_eq!(Phase::task(number).as_str(), name(task));
        }
    }

    #[test]
    fn terminal_phases_are_those_of_flytekit_and_recovered() {
        let terminal = |phase: fn(i32) -> Phase| {
            let found: Vec<_> = (-1..20).map(phase).filter(|phase| phase.is_terminal()).map(Phase::as_str).collect();
            found.join(" ")
        };
        assert_eq!(terminal(Phase::workflow), "SUCCEEDED FAILED ABORTED TIMED_OUT");
        assert_eq!(terminal(Phase::node), "SUCCEEDED FAILED ABORTED SKIPPED TIMED_OUT RECOVERED");
        assert_eq!(terminal(Phase::task), "SUCCEEDED ABORTED FAILED RETRYABLE_FAILED");
    }
}
