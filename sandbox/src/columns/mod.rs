//! What lists can filter and sort by: the rows of the state as rows of FlyteAdmin's database.

mod entity;
mod execution;

pub(crate) use entity::LaunchPlanView;
pub(crate) use execution::{ExecutionView, NodeExecutionView, TaskExecutionView};

use std::time::Duration;

use crate::list::Cell;

fn time(time: Duration) -> Cell {
    Cell::Time(i128::try_from(time.as_nanos()).unwrap_or(i128::MAX))
}

/// Columns that all versioned entities have.
fn key_column(id: &crate::idl::core::Identifier, name: &str) -> Option<Cell> {
    Some(Cell::from(match name {
        "project" => id.project.as_str(),
        "domain" => &id.domain,
        "name" => &id.name,
        "version" => &id.version,
        _ => return None,
    }))
}
