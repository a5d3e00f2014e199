//! Projects, tasks, workflows and launch plans.

use super::{key_column, time};
use crate::list::{Cell, Entity, Row};
use crate::state::{DescriptionRow, LaunchPlanRow, ProjectRow, State, TaskRow, WorkflowRow};

impl Row for ProjectRow {
    fn entity() -> Entity {
        Entity::Project
    }

    fn column(&self, name: &str) -> Cell {
        match name {
            "identifier" => self.project.id.as_str().into(),
            "name" => self.project.name.as_str().into(),
            "description" => self.project.description.as_str().into(),
            "state" => Cell::Int(self.project.state.into()),
            "created_at" => time(self.created_at),
            _ => Cell::Null,
        }
    }
}

impl Row for TaskRow {
    fn entity() -> Entity {
        Entity::Task
    }

    fn column(&self, name: &str) -> Cell {
        key_column(&self.id, name).unwrap_or_else(|| match name {
            "type" => self.template().map_or("", |template| template.r#type.as_str()).into(),
            "short_description" => self.task.short_description.as_str().into(),
            "created_at" | "updated_at" => time(self.created_at),
            _ => Cell::Null,
        })
    }
}

impl Row for WorkflowRow {
    fn entity() -> Entity {
        Entity::Workflow
    }

    fn column(&self, name: &str) -> Cell {
        key_column(&self.id, name).unwrap_or_else(|| match name {
            "short_description" => self.workflow.short_description.as_str().into(),
            "created_at" | "updated_at" => time(self.created_at),
            _ => Cell::Null,
        })
    }
}

impl Row for DescriptionRow {
    fn entity() -> Entity {
        Entity::Description
    }

    fn column(&self, name: &str) -> Cell {
        key_column(&self.id, name).unwrap_or_else(|| match name {
            "resource_type" => Cell::Int(self.id.resource_type.into()),
            "short_description" => self.description.short_description.as_str().into(),
            "link" => self.description.source_code.as_ref().map_or("", |source| source.link.as_str()).into(),
            "created_at" | "updated_at" => time(self.created_at),
            _ => Cell::Null,
        })
    }
}

impl Row for LaunchPlanRow {
    fn entity() -> Entity {
        Entity::LaunchPlan
    }

    fn column(&self, name: &str) -> Cell {
        key_column(&self.id, name).unwrap_or_else(|| match name {
            "state" => Cell::Int(self.is_active().into()),
            "schedule_type" => self.schedule_type().into(),
            "launch_condition_type" if self.schedule_type() != "NONE" => "SCHED".into(),
            "created_at" => time(self.created_at),
            "updated_at" => time(self.updated_at),
            _ => Cell::Null,
        })
    }
}

/// A launch plan with its workflow at hand.
#[derive(Clone, Copy)]
pub(crate) struct LaunchPlanView<'s> {
    pub state: &'s State,
    pub row: &'s LaunchPlanRow,
}

impl LaunchPlanView<'_> {
    fn workflow(&self) -> Option<&WorkflowRow> {
        let id = self.row.launch_plan.spec.as_ref()?.workflow_id.as_ref()?;
        self.state.workflows.get(&id.into())
    }
}

impl Row for LaunchPlanView<'_> {
    fn entity() -> Entity {
        Entity::LaunchPlan
    }

    fn column(&self, name: &str) -> Cell {
        let workflow = || self.row.launch_plan.spec.as_ref()?.workflow_id.as_ref().map(Into::into);
        match name {
            "id" => Cell::Int(self.state.launch_plans.number(&(&self.row.id).into())),
            "workflow_id" => Cell::Int(workflow().map_or(0, |key| self.state.workflows.number(&key))),
            _ => self.row.column(name),
        }
    }

    fn joined(&self, entity: Entity, name: &str) -> Vec<Cell> {
        match entity {
            Entity::Workflow => self.workflow().map(|row| row.column(name)).into_iter().collect(),
            _ => Vec::new(),
        }
    }
}
