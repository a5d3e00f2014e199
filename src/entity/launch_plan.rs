//! A registered launch plan.

use std::rc::Rc;

use super::task::{created_at, identifier};
use super::{Identifier, Input, Interface, ResourceType};
use crate::codec::{field, Fields, Malformed};
use crate::value::TypeKind;

/// A launch plan as the server knows it.
#[derive(Clone, Debug)]
pub struct LaunchPlan {
    /// Its identifier, as asked for.
    pub id: Identifier,
    /// The workflow it launches.
    pub workflow_id: Identifier,
    /// The workflow's inputs with this plan's defaults and fixed values, and the workflow's outputs.
    pub interface: Rc<Interface>,
    /// It is the active version of its name, which is the one that its schedule runs.
    pub active: bool,
    /// When it was registered.
    pub created_at: Option<prost_types::Timestamp>,
    /// The whole `flyteidl.admin.LaunchPlan`.
    pub raw: Rc<[u8]>,
    /// The server has put the workflow's inputs and outputs into it, with all types.
    is_complete: bool,
}

impl LaunchPlan {
    /// Reads a serialised `flyteidl.admin.LaunchPlan`. With `id`, that is its identifier: Admin's own may lack the
    /// resource type. Its interface holds only what the plan itself knows, see [`Self::with_workflow`].
    ///
    /// # Errors
    /// When the bytes are no such message.
    pub fn decode(raw: Rc<[u8]>, id: Option<Identifier>) -> Result<Self, Malformed> {
        let (spec, closure) = (field(&raw, 2)?, field(&raw, 3)?);
        let (mut active, mut expected, mut fields) = (false, [None, None], Fields::of(closure));
        while let Some(part) = fields.next()? {
            match part.number {
                1 => active = part.int()? == 1,
                2 => expected[0] = Some(part.message()?),
                3 => expected[1] = Some(part.message()?),
                _ => {}
            }
        }
        let [expected_inputs, expected_outputs] = expected;
        let workflow_id = Identifier::read_as(ResourceType::Workflow, field(spec, 1)?)?;
        let base = Interface::default().with_outputs(expected_outputs.unwrap_or_default())?;
        let interface = over(base, &raw)?;
        // The server leaves fixed inputs out, so that their types stand in the workflow alone.
        let is_typed = |input: &Input| input.literal_type.kind != TypeKind::Unknown;
        let is_complete =
            expected_inputs.is_some() && expected_outputs.is_some() && interface.inputs.iter().all(is_typed);
        let created_at = created_at(closure, 4)?;
        Ok(LaunchPlan {
            id: identifier(&raw, id, ResourceType::LaunchPlan)?,
            workflow_id,
            interface: Rc::new(interface),
            active,
            created_at,
            raw,
            is_complete,
        })
    }

    /// The whole `flyteidl.admin.LaunchPlan`.
    #[must_use]
    pub fn message(&self) -> Rc<[u8]> {
        Rc::clone(&self.raw)
    }

    /// Its interface is the whole one also without [`Self::with_workflow`].
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// The same plan with its workflow's interface under its own defaults and fixed inputs.
    #[must_use]
    pub fn with_workflow(mut self, workflow: &Interface) -> Self {
        if let Ok(interface) = over(workflow.clone(), &self.raw) {
            self.interface = Rc::new(interface);
        }
        self
    }
}

/// An interface with what a serialised launch plan says of inputs.
fn over(interface: Interface, raw: &[u8]) -> Result<Interface, Malformed> {
    let (spec, closure) = (field(raw, 2)?, field(raw, 3)?);
    interface.with_parameters(field(closure, 2)?)?.with_parameters(field(spec, 3)?)?.with_fixed(field(spec, 4)?)
}
