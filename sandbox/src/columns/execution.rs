//! Executions, node executions and task executions.

use super::{key_column, time};
use crate::idl::admin::{node_execution_closure, task_execution_closure};
use crate::idl::core::{CatalogCacheStatus, ExecutionError, WorkflowExecutionIdentifier};
use crate::list::{Cell, Entity, Row};
use crate::state::{ExecutionRow, Keyed, NodeExecutionRow, State, TaskExecutionRow};

/// An execution with what it belongs to at hand.
#[derive(Clone, Copy)]
pub(crate) struct ExecutionView<'s> {
    pub state: &'s State,
    pub row: &'s ExecutionRow,
}

/// A node execution with its execution at hand.
#[derive(Clone, Copy)]
pub(crate) struct NodeExecutionView<'s> {
    pub execution: ExecutionView<'s>,
    pub row: &'s NodeExecutionRow,
}

/// A task execution with its node execution at hand.
#[derive(Clone, Copy)]
pub(crate) struct TaskExecutionView<'s> {
    pub node: NodeExecutionView<'s>,
    pub row: &'s TaskExecutionRow,
}

fn id_column(id: &WorkflowExecutionIdentifier, name: &str) -> Option<Cell> {
    Some(Cell::from(match name {
        "execution_project" => id.project.as_str(),
        "execution_domain" => &id.domain,
        "execution_name" => &id.name,
        _ => return None,
    }))
}

fn error_column(error: Option<&ExecutionError>, name: &str) -> Cell {
    match (error, name) {
        (Some(error), "error_kind") => error.kind().as_str_name().into(),
        (Some(error), "error_code") => error.code.as_str().into(),
        _ => Cell::Null,
    }
}

impl Row for ExecutionView<'_> {
    fn entity() -> Entity {
        Entity::Execution
    }

    fn column(&self, name: &str) -> Cell {
        let ExecutionView { state, row } = self;
        let closure = row.execution.closure.as_ref();
        let metadata = row.execution.spec.as_ref().and_then(|spec| spec.metadata.as_ref());
        if let Some(cell) = id_column(&row.id, name) {
            return cell;
        }
        match name {
            "id" => Cell::Int(state.executions.number(&row.key())),
            "phase" => row.phase().as_str_name().into(),
            "started_at" => closure.and_then(|closure| closure.started_at.as_ref()).into(),
            "execution_created_at" => closure.and_then(|closure| closure.created_at.as_ref()).into(),
            "execution_updated_at" => closure.and_then(|closure| closure.updated_at.as_ref()).into(),
            "created_at" => time(row.created_at),
            "updated_at" => time(row.updated_at),
            // The column is a number that starts at 0, not null.
            "duration" => match closure.and_then(|closure| closure.duration.as_ref()) {
                Some(duration) => Some(duration).into(),
                None => Cell::Duration(0),
            },
            "abort_cause" => row.abort_cause.as_str().into(),
            "error_kind" | "error_code" => error_column(row.error(), name),
            "mode" => Cell::Int(metadata.map_or(0, |metadata| metadata.mode).into()),
            "state" => Cell::Int((row.state() as i32).into()),
            "user" => row.user.as_str().into(),
            "cluster" => row.cluster.as_str().into(),
            "launch_entity" => row.launch_entity().into(),
            "workflow_id" => Cell::Int(state.workflows.number(&row.workflow)),
            "launch_plan_id" if row.task.is_some() => Cell::Int(0),
            "launch_plan_id" => Cell::Int(state.launch_plans.number(&row.launch_plan)),
            "task_id" => Cell::Int(row.task.as_ref().map_or(0, |task| state.tasks.number(task))),
            "source_execution_id" => {
                let source = metadata.and_then(|metadata| metadata.reference_execution.as_ref());
                Cell::Int(source.map_or(0, |id| state.executions.number(&id.into())))
            }
            "parent_node_execution_id" => {
                let parent = metadata.and_then(|metadata| metadata.parent_node_execution.as_ref());
                let number = parent.and_then(|parent| {
                    let execution = state.executions.get(&parent.execution_id.as_ref()?.into())?;
                    Some(execution.nodes.number(&parent.node_id))
                });
                Cell::Int(number.unwrap_or(0))
            }
            _ => Cell::Null,
        }
    }

    fn joined(&self, entity: Entity, name: &str) -> Vec<Cell> {
        let ExecutionView { state, row } = self;
        // A joined row's number is what the execution points to it by.
        let reference = match entity {
            Entity::LaunchPlan => "launch_plan_id",
            Entity::Workflow => "workflow_id",
            Entity::Task => "task_id",
            _ => "",
        };
        if name == "id" && !reference.is_empty() {
            let number = self.column(reference);
            return if number == Cell::Int(0) { Vec::new() } else { vec![number] };
        }
        match entity {
            Entity::LaunchPlan if row.task.is_none() => {
                state.launch_plans.get(&row.launch_plan).map(|row| row.column(name)).into_iter().collect()
            }
            Entity::Workflow => state.workflows.get(&row.workflow).map(|row| row.column(name)).into_iter().collect(),
            Entity::Task => {
                let task = row.task.as_ref().and_then(|task| state.tasks.get(task));
                task.map(|row| row.column(name)).into_iter().collect()
            }
            Entity::AdminTag if name == "name" => row.tags().map(Cell::from).collect(),
            Entity::ExecutionTag => {
                // FlyteAdmin joins tags by the execution's name alone, so that those of its namesakes count too.
                let namesakes = state.executions.iter().filter(|other| other.id.name == row.id.name);
                let tags = namesakes.flat_map(|other| {
                    other.labels().chain(other.tags().map(|tag| (tag, ""))).map(move |tag| (&other.id, tag))
                });
                let pick = |(id, (key, value)): (_, (&str, &str))| match name {
                    "key" => Cell::from(key),
                    "value" => Cell::from(value),
                    _ => id_column(id, name).unwrap_or(Cell::Null),
                };
                tags.map(pick).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl Row for NodeExecutionView<'_> {
    fn entity() -> Entity {
        Entity::NodeExecution
    }

    fn column(&self, name: &str) -> Cell {
        let NodeExecutionView { execution, row } = self;
        let closure = row.node.closure.as_ref();
        if let Some(cell) = id_column(&execution.row.id, name) {
            return cell;
        }
        match name {
            "id" => Cell::Int(execution.row.nodes.number(&row.node_id)),
            "node_id" => row.node_id.as_str().into(),
            "phase" => row.phase().as_str_name().into(),
            "input_uri" => row.node.input_uri.as_str().into(),
            "started_at" => closure.and_then(|closure| closure.started_at.as_ref()).into(),
            "node_execution_created_at" => closure.and_then(|closure| closure.created_at.as_ref()).into(),
            "node_execution_updated_at" => closure.and_then(|closure| closure.updated_at.as_ref()).into(),
            "created_at" => time(row.created_at),
            "updated_at" => time(row.updated_at),
            "duration" => match closure.and_then(|closure| closure.duration.as_ref()) {
                Some(duration) => Some(duration).into(),
                None => Cell::Duration(0),
            },
            "parent_id" if row.parent_id.is_empty() => Cell::Null,
            "parent_id" => Cell::Int(execution.row.nodes.number(&row.parent_id)),
            "error_kind" | "error_code" => {
                let error = closure.and_then(|closure| match &closure.output_result {
                    Some(node_execution_closure::OutputResult::Error(error)) => Some(error),
                    _ => None,
                });
                error_column(error, name)
            }
            "cache_status" => match closure.and_then(|closure| closure.target_metadata.as_ref()) {
                Some(node_execution_closure::TargetMetadata::TaskNodeMetadata(metadata))
                    if metadata.catalog_key.is_some() =>
                {
                    let status = CatalogCacheStatus::try_from(metadata.cache_status);
                    status.map_or(Cell::Null, |status| status.as_str_name().into())
                }
                _ => Cell::Null,
            },
            _ => Cell::Null,
        }
    }

    fn joined(&self, entity: Entity, name: &str) -> Vec<Cell> {
        match entity {
            Entity::Execution => vec![self.execution.column(name)],
            _ => Vec::new(),
        }
    }
}

impl Row for TaskExecutionView<'_> {
    fn entity() -> Entity {
        Entity::TaskExecution
    }

    fn column(&self, name: &str) -> Cell {
        let TaskExecutionView { node, row } = self;
        let closure = row.task.closure.as_ref();
        let key = row.id.task_id.as_ref().and_then(|id| key_column(id, name));
        if let Some(cell) = key.or_else(|| id_column(&node.execution.row.id, name)) {
            return cell;
        }
        match name {
            "node_id" => node.row.node_id.as_str().into(),
            "retry_attempt" => Cell::Int(row.id.retry_attempt.into()),
            "phase" => row.phase().as_str_name().into(),
            "phase_version" => Cell::Int(row.phase_version.into()),
            "input_uri" => row.task.input_uri.as_str().into(),
            "started_at" => closure.and_then(|closure| closure.started_at.as_ref()).into(),
            "task_execution_created_at" => closure.and_then(|closure| closure.created_at.as_ref()).into(),
            "task_execution_updated_at" => closure.and_then(|closure| closure.updated_at.as_ref()).into(),
            "created_at" => time(row.created_at),
            "updated_at" => time(row.updated_at),
            "duration" => match closure.and_then(|closure| closure.duration.as_ref()) {
                Some(duration) => Some(duration).into(),
                None => Cell::Duration(0),
            },
            "error_kind" | "error_code" => match closure.and_then(|closure| closure.output_result.as_ref()) {
                Some(task_execution_closure::OutputResult::Error(error)) => error_column(Some(error), name),
                _ => Cell::Null,
            },
            _ => Cell::Null,
        }
    }

    fn joined(&self, entity: Entity, name: &str) -> Vec<Cell> {
        match entity {
            Entity::NodeExecution => vec![self.node.column(name)],
            Entity::Execution => vec![self.node.execution.column(name)],
            Entity::Task => {
                let task = self.row.id.task_id.as_ref();
                let row = task.and_then(|id| self.node.execution.state.tasks.get(&id.into()));
                row.map(|row| row.column(name)).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
}
