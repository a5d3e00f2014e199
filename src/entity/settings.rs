//! What a launch plan sets for its executions, as a plain value; the shapes are in `src/wasm/workflows.d.ts`.

use super::object::{As, Context, Object, Row};
use super::LaunchPlan;
use crate::codec::{field, Field, Malformed};
use crate::execution::Phase;
use crate::value::{from_literal, OutputValue};

/// `flyteidl.admin.LaunchPlanSpec`
static SPEC: [Row; 18] = [
    Row(0, "notifications", As::Texts),
    Row(2, "", As::Here(&METADATA)),
    Row(6, "labels", As::TextsByName),
    Row(7, "annotations", As::TextsByName),
    Row(21, "envs", As::TextsByName),
    Row(5, "iamRole", As::SomeText),
    Row(8, "", As::Here(&ROLE)),
    Row(9, "", As::Here(&ROLE)),
    Row(10, "", As::Here(&[Row(1, "", As::Here(&ROLE))])),
    Row(10, "securityContext", As::Message("flyteidl.core.SecurityContext")),
    Row(16, "qualityOfService", As::Message("flyteidl.core.QualityOfService")),
    Row(17, "", As::Here(&[Row(1, "rawOutputDataPrefix", As::SomeText)])),
    Row(18, "maxParallelism", As::SomeInt),
    Row(19, "", As::Here(&[Row(1, "interruptible", As::Flag)])),
    Row(20, "overwriteCache", As::Flag),
    Row(23, "", As::Here(&[Row(3, "clusterPool", As::SomeText)])),
    Row(24, "concurrencyPolicy", As::Message("flyteidl.admin.ConcurrencyPolicy")),
    Row(0, "state", As::Const("INACTIVE")),
];

/// `flyteidl.admin.LaunchPlanMetadata`
static METADATA: [Row; 2] =
    [Row(1, "schedule", As::Object(&SCHEDULE)), Row(2, "notifications", As::Objects(&NOTIFICATION))];

/// `flyteidl.admin.Schedule` as a `LaunchPlanSchedule`.
static SCHEDULE: [Row; 7] = [
    Row(1, "kind", As::Const("cron")),
    Row(1, "expression", As::SomeText),
    Row(2, "kind", As::Const("rate")),
    Row(2, "", As::Here(&[Row(1, "value", As::Int), Row(2, "unit", As::Enum(&["MINUTE", "HOUR", "DAY"]))])),
    Row(3, "kickoffTimeInputArg", As::SomeText),
    Row(4, "kind", As::Const("cron")),
    Row(4, "", As::Here(&[Row(1, "expression", As::Text), Row(2, "offset", As::SomeText)])),
];

/// `flyteidl.admin.Notification` as a `LaunchPlanNotification`.
static NOTIFICATION: [Row; 8] = [
    Row(0, "phases", As::Texts),
    Row(1, "", As::Own(phases)),
    Row(2, "channel", As::Const("email")),
    Row(2, "", As::Here(&ADDRESSES)),
    Row(3, "channel", As::Const("pagerDuty")),
    Row(3, "", As::Here(&ADDRESSES)),
    Row(4, "channel", As::Const("slack")),
    Row(4, "", As::Here(&ADDRESSES)),
];

static ADDRESSES: [Row; 2] = [Row(1, "recipients", As::Texts), Row(2, "template", As::SomeText)];

/// Whom tasks run as; what stands later in the specification counts.
static ROLE: [Row; 2] = [Row(1, "iamRole", As::SomeText), Row(2, "serviceAccount", As::SomeText)];

impl LaunchPlan {
    /// What `FlyteLaunchPlan` in `workflows.d.ts` has under its own names.
    #[must_use]
    pub fn settings(&self) -> OutputValue {
        let mut context = Context::default();
        let mut object = Object::default();
        object.read(field(&self.raw, 2).unwrap_or_default(), &SPEC, &mut context);
        if let Some(problem) = context.problem {
            object.text("problem", &problem);
        }
        if self.active {
            object.text("state", "ACTIVE");
        }
        object.set("expectedInputs", self.interface.inputs_to_output(false));
        object.set("expectedOutputs", self.interface.outputs_to_output());
        let (mut defaults, mut fixed) = (Object::default(), Object::default());
        for input in &self.interface.inputs {
            for (object, literal) in [(&mut defaults, &input.default), (&mut fixed, &input.fixed)] {
                if let Some(literal) = literal {
                    object.set(&input.name, from_literal(literal.as_bytes(), Some(&input.literal_type)));
                }
            }
        }
        object.set("defaultInputs", defaults.done());
        object.set("fixedInputs", fixed.done());
        object.done()
    }
}

/// Phases of executions, one or several that are packed.
fn phases(field: &Field<'_>, object: &mut Object, _: &mut Context<'_>) -> Result<(), Malformed> {
    field.each_int32(&mut |number| {
        object.push("phases", OutputValue::Text(Phase::workflow(number).as_str().to_owned()));
    })
}
