//! What a launch plan sets for its executions, as a plain value; the shapes are in `src/wasm/types.d.ts`.

use super::object::{int_in, named, text_in, texts_by_name, texts_in, Object};
use super::{Interface, LaunchPlan};
use crate::codec::{field, Fields, Malformed};
use crate::error::{Error, Kind};
use crate::execution::Phase;
use crate::value::{from_literal, OutputValue};

impl LaunchPlan {
    /// What `FlyteLaunchPlan` in `types.d.ts` has under its own names.
    ///
    /// # Errors
    /// `Kind::System` when the bytes of one of its settings are no such message.
    pub fn settings(&self) -> Result<OutputValue, Error> {
        self.read_settings().map_err(|Malformed| {
            Error::new(Kind::System, "the settings that the server has for it can't be read").about(self.id.to_string())
        })
    }

    fn read_settings(&self) -> Result<OutputValue, Malformed> {
        let (spec, closure) = (field(&self.raw, 2)?, field(&self.raw, 3)?);
        let mut object = Object::default();
        object.text("state", if self.active { "ACTIVE" } else { "INACTIVE" });
        let expected = Interface::default().with_parameters(field(closure, 2)?)?.with_outputs(field(closure, 3)?)?;
        object.set("expectedInputs", expected.inputs_to_output()).set("expectedOutputs", expected.outputs_to_output());
        let (mut defaults, mut fixed) = (Object::default(), Object::default());
        for input in &self.interface.inputs {
            for (object, literal) in [(&mut defaults, &input.default), (&mut fixed, &input.fixed)] {
                if let Some(literal) = literal {
                    object.set(&input.name, from_literal(literal.as_bytes(), Some(&input.literal_type)));
                }
            }
        }
        object.set("defaultInputs", defaults.done()).set("fixedInputs", fixed.done());
        let (mut when, mut notifications) = (&[][..], Vec::new());
        let mut fields = Fields::of(field(spec, 2)?);
        while let Some(part) = fields.next()? {
            match part.number {
                1 => when = part.message()?,
                2 => notifications.push(notification(part.message()?)?),
                _ => {}
            }
        }
        if let Some(schedule) = schedule(when)? {
            object.set("schedule", schedule);
        }
        object.list("notifications", notifications);
        for (name, number) in [("labels", 6), ("annotations", 7), ("envs", 21)] {
            object.set(name, texts_by_name(field(spec, number)?)?);
        }
        object.some_text("rawOutputDataPrefix", &text_in(field(spec, 17)?, 1)?);
        object.some_text("clusterPool", &text_in(field(spec, 23)?, 3)?);
        object.some_text("serviceAccount", &role(spec, 2)?).some_text("iamRole", &role(spec, 1)?);
        object.flag("overwriteCache", int_in(spec, 20)? != 0);
        let mut fields = Fields::of(spec);
        while let Some(part) = fields.next()? {
            match part.number {
                10 => object.message("securityContext", "flyteidl.core.SecurityContext", &part)?,
                16 => object.message("qualityOfService", "flyteidl.core.QualityOfService", &part)?,
                18 => object.int("maxParallelism", part.int()?),
                19 => object.flag("interruptible", int_in(part.message()?, 1)? != 0),
                24 => object.message("concurrencyPolicy", "flyteidl.admin.ConcurrencyPolicy", &part)?,
                _ => &mut object,
            };
        }
        Ok(object.done())
    }
}

/// A serialised `flyteidl.admin.Schedule` as a `LaunchPlanSchedule`.
fn schedule(bytes: &[u8]) -> Result<Option<OutputValue>, Malformed> {
    let (mut fields, mut found) = (Fields::of(bytes), None);
    while let Some(part) = fields.next()? {
        found = Some(match part.number {
            1 => {
                let mut object = Object::of("cron");
                object.text("expression", &part.text()?);
                object
            }
            2 => {
                let (rate, mut object) = (part.message()?, Object::of("rate"));
                object.int("value", int_in(rate, 1)?.into());
                object.text("unit", named(&["MINUTE", "HOUR", "DAY"], int_in(rate, 2)?));
                object
            }
            4 => {
                let (cron, mut object) = (part.message()?, Object::of("cron"));
                object.text("expression", &text_in(cron, 1)?).some_text("offset", &text_in(cron, 2)?);
                object
            }
            _ => continue,
        });
    }
    let Some(mut object) = found else { return Ok(None) };
    object.some_text("kickoffTimeInputArg", &text_in(bytes, 3)?);
    Ok(Some(object.done()))
}

/// A serialised `flyteidl.admin.Notification` as a `LaunchPlanNotification`.
fn notification(bytes: &[u8]) -> Result<OutputValue, Malformed> {
    let (mut fields, mut phases, mut way) = (Fields::of(bytes), Vec::new(), (0, &[][..]));
    while let Some(part) = fields.next()? {
        if part.number == 1 {
            let numbers = part.ints()?.into_iter().filter_map(|number| i32::try_from(number).ok());
            phases.extend(numbers.map(|number| Phase::workflow(number).as_str().to_owned()));
        } else {
            way = (part.number, part.message()?);
        }
    }
    let mut object = Object::default();
    object.texts("phases", &phases);
    object.text(
        "channel",
        match way.0 {
            3 => "pagerDuty",
            4 => "slack",
            _ => "email",
        },
    );
    object.texts("recipients", &texts_in(way.1, 1)?).some_text("template", &text_in(way.1, 2)?);
    Ok(object.done())
}

/// Whom tasks run as: field `number` of `run_as`, or of the messages that stood for it before.
fn role(spec: &[u8], number: u32) -> Result<String, Malformed> {
    for of in [field(field(spec, 10)?, 1)?, field(spec, 9)?, field(spec, 8)?] {
        let role = text_in(of, number)?;
        if !role.is_empty() {
            return Ok(role);
        }
    }
    if number == 1 {
        text_in(spec, 5)
    } else {
        Ok(String::new())
    }
}
