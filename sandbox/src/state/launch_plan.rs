//! A launch plan version.

use std::time::Duration;

use flyte_remote::idl::flyteidl::{admin, core};

use super::{EntityKey, Keyed};

/// A registered launch plan version.
#[derive(Clone, Debug)]
pub struct LaunchPlanRow {
    /// Its id.
    pub id: core::Identifier,
    /// The message `GetLaunchPlan` answers; `closure.state` tells whether it is active.
    pub launch_plan: admin::LaunchPlan,
    /// When it was registered, since 1970.
    pub created_at: Duration,
    /// When it was last changed, since 1970.
    pub updated_at: Duration,
}

impl LaunchPlanRow {
    /// Whether this is the active version of its name.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.launch_plan.closure.as_ref().is_some_and(|closure| closure.state() == admin::LaunchPlanState::Active)
    }

    /// `CRON`, `RATE` or `NONE`: the value of the column `schedule_type`.
    #[must_use]
    pub fn schedule_type(&self) -> &'static str {
        use admin::schedule::ScheduleExpression as Expression;
        let schedule = self
            .launch_plan
            .spec
            .as_ref()
            .and_then(|spec| spec.entity_metadata.as_ref())
            .and_then(|metadata| metadata.schedule.as_ref())
            .and_then(|schedule| schedule.schedule_expression.as_ref());
        match schedule {
            Some(Expression::Rate(_)) => "RATE",
            Some(Expression::CronExpression(_) | Expression::CronSchedule(_)) => "CRON",
            None => "NONE",
        }
    }
}

impl Keyed for LaunchPlanRow {
    type Key = EntityKey;
    fn key(&self) -> EntityKey {
        (&self.id).into()
    }
}
