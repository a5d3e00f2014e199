//! Which columns each table of FlyteAdmin has, and what they hold.

use Kind::{Bytes, Duration, Int, Text, Time};

/// A table of FlyteAdmin's database that filters can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entity {
    /// Task versions.
    Task,
    /// Workflow versions.
    Workflow,
    /// Launch plan versions.
    LaunchPlan,
    /// Workflow executions.
    Execution,
    /// Node executions.
    NodeExecution,
    /// Task executions: attempts.
    TaskExecution,
    /// Projects.
    Project,
    /// Names of tasks, workflows or launch plans, with description and state.
    NamedEntity,
    /// Description and state of a name.
    NamedEntityMetadata,
    /// Signals of gate nodes.
    Signal,
    /// Tags of executions, under their old name.
    AdminTag,
    /// Tags and labels of executions: key and value.
    ExecutionTag,
    /// Documentation of task and workflow versions.
    Description,
}

/// What a column holds; it decides how a filter's text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Int,
    Time,
    Duration,
    Bytes,
}

type Columns = &'static [(&'static str, Kind)];

const BASE: Columns = &[("id", Int), ("created_at", Time), ("updated_at", Time), ("deleted_at", Time)];
const ENTITY_KEY: Columns = &[("project", Text), ("domain", Text), ("name", Text), ("version", Text)];
const EXECUTION_KEY: Columns = &[("execution_project", Text), ("execution_domain", Text), ("execution_name", Text)];
const NAMED_ENTITY: Columns = &[
    ("resource_type", Int),
    ("project", Text),
    ("domain", Text),
    ("name", Text),
    ("description", Text),
    ("state", Int),
];

const TASK: Columns = &[("closure", Bytes), ("digest", Bytes), ("type", Text), ("short_description", Text)];
const WORKFLOW: Columns =
    &[("typed_interface", Bytes), ("remote_closure_identifier", Text), ("digest", Bytes), ("short_description", Text)];
const LAUNCH_PLAN: Columns = &[
    ("spec", Bytes),
    ("workflow_id", Int),
    ("closure", Bytes),
    ("state", Int),
    ("digest", Bytes),
    ("schedule_type", Text),
    ("launch_condition_type", Text),
];
const EXECUTION: Columns = &[
    ("launch_plan_id", Int),
    ("workflow_id", Int),
    ("task_id", Int),
    ("phase", Text),
    ("closure", Bytes),
    ("spec", Bytes),
    ("started_at", Time),
    ("execution_created_at", Time),
    ("execution_updated_at", Time),
    ("duration", Duration),
    ("abort_cause", Text),
    ("mode", Int),
    ("source_execution_id", Int),
    ("parent_node_execution_id", Int),
    ("cluster", Text),
    ("inputs_uri", Text),
    ("user_inputs_uri", Text),
    ("error_kind", Text),
    ("error_code", Text),
    ("user", Text),
    ("state", Int),
    ("launch_entity", Text),
];
const NODE_EXECUTION: Columns = &[
    ("node_id", Text),
    ("phase", Text),
    ("input_uri", Text),
    ("closure", Bytes),
    ("started_at", Time),
    ("node_execution_created_at", Time),
    ("node_execution_updated_at", Time),
    ("duration", Duration),
    ("node_execution_metadata", Bytes),
    ("parent_id", Int),
    ("parent_task_execution_id", Int),
    ("error_kind", Text),
    ("error_code", Text),
    ("cache_status", Text),
    ("dynamic_workflow_remote_closure_reference", Text),
    ("internal_data", Bytes),
];
const TASK_EXECUTION: Columns = &[
    ("node_id", Text),
    ("retry_attempt", Int),
    ("phase", Text),
    ("phase_version", Int),
    ("input_uri", Text),
    ("closure", Bytes),
    ("started_at", Time),
    ("task_execution_created_at", Time),
    ("task_execution_updated_at", Time),
    ("duration", Duration),
];
const PROJECT: Columns =
    &[("identifier", Text), ("name", Text), ("description", Text), ("labels", Bytes), ("state", Int)];
const SIGNAL: Columns = &[("signal_id", Text), ("type", Bytes), ("value", Bytes)];
const ADMIN_TAG: Columns = &[("name", Text)];
const EXECUTION_TAG: Columns = &[("key", Text), ("value", Text)];
const DESCRIPTION: Columns =
    &[("resource_type", Int), ("short_description", Text), ("long_description", Bytes), ("link", Text)];

/// How filters name the tables: `execution.phase`.
const PREFIXES: [(&str, Entity); 12] = [
    ("task", Entity::Task),
    ("workflow", Entity::Workflow),
    ("launch_plan", Entity::LaunchPlan),
    ("execution", Entity::Execution),
    ("node_execution", Entity::NodeExecution),
    ("task_execution", Entity::TaskExecution),
    ("entities", Entity::NamedEntity),
    ("named_entity_metadata", Entity::NamedEntityMetadata),
    ("project", Entity::Project),
    ("signal", Entity::Signal),
    ("admin_tag", Entity::AdminTag),
    ("execution_tag", Entity::ExecutionTag),
];

impl Entity {
    /// The table that a filter's prefix stands for.
    pub(super) fn of_prefix(prefix: &str) -> Option<Self> {
        PREFIXES.iter().find(|(name, _)| *name == prefix).map(|(_, entity)| *entity)
    }

    /// How FlyteAdmin's messages call the table.
    pub(super) fn name(self) -> &'static str {
        match self {
            Entity::Task | Entity::Description => "t",
            Entity::Workflow => "w",
            Entity::LaunchPlan => "l",
            Entity::Execution => "e",
            Entity::NodeExecution => "ne",
            Entity::TaskExecution => "te",
            Entity::Project => "p",
            Entity::NamedEntity => "nen",
            Entity::NamedEntityMetadata => "nem",
            Entity::Signal => "s",
            Entity::AdminTag => "at",
            Entity::ExecutionTag => "et",
        }
    }

    /// Whether the table has a column.
    pub fn has_column(self, name: &str) -> bool {
        self.column(name).is_some()
    }

    /// A column by its name.
    pub(super) fn column(self, name: &str) -> Option<(&'static str, Kind)> {
        let sets: &[Columns] = match self {
            Entity::Task => &[BASE, ENTITY_KEY, TASK],
            Entity::Workflow => &[BASE, ENTITY_KEY, WORKFLOW],
            Entity::LaunchPlan => &[BASE, ENTITY_KEY, LAUNCH_PLAN],
            Entity::Execution => &[BASE, EXECUTION_KEY, EXECUTION],
            Entity::NodeExecution => &[BASE, EXECUTION_KEY, NODE_EXECUTION],
            Entity::TaskExecution => &[BASE, ENTITY_KEY, EXECUTION_KEY, TASK_EXECUTION],
            Entity::Project => &[BASE, PROJECT],
            Entity::NamedEntity => &[NAMED_ENTITY],
            Entity::NamedEntityMetadata => &[BASE, NAMED_ENTITY],
            Entity::Signal => &[BASE, EXECUTION_KEY, SIGNAL],
            Entity::AdminTag => &[BASE, ADMIN_TAG],
            Entity::ExecutionTag => &[EXECUTION_KEY, EXECUTION_TAG],
            Entity::Description => &[BASE, ENTITY_KEY, DESCRIPTION],
        };
        sets.iter().flat_map(|set| set.iter()).find(|(column, _)| *column == name).copied()
    }

    /// Whether a list of this table may filter on columns of `other`.
    pub(super) fn joins(self, other: Entity) -> bool {
        let others: &[Entity] = match self {
            Entity::Execution => {
                &[Entity::LaunchPlan, Entity::Workflow, Entity::Task, Entity::AdminTag, Entity::ExecutionTag]
            }
            Entity::LaunchPlan => &[Entity::Workflow],
            Entity::NodeExecution => &[Entity::Execution],
            Entity::TaskExecution => &[Entity::Task, Entity::Execution, Entity::NodeExecution],
            Entity::NamedEntity => &[Entity::NamedEntityMetadata],
            _ => &[],
        };
        self == other || others.contains(&other)
    }
}
