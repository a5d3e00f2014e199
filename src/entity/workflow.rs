//! A registered workflow.

use std::rc::Rc;

use super::task::{created_at, identifier, text};
use super::{ChildPlan, Identifier, Interface, ResourceType};
use crate::codec::{field, Malformed};

/// A workflow as the server knows it.
#[derive(Clone, Debug)]
pub struct Workflow {
    /// Its identifier, as asked for.
    pub id: Identifier,
    /// Inputs and outputs.
    pub interface: Rc<Interface>,
    /// The description's first line, may be empty.
    pub short_description: String,
    /// When it was registered.
    pub created_at: Option<prost_types::Timestamp>,
    /// The `flyteidl.admin.Workflow` that it was read from, compiled closure included; see [`Self::message`].
    pub raw: Rc<[u8]>,
    /// The launch plans that its nodes refer to; only what `fetch_workflow` gives has them.
    pub launch_plans: Rc<[ChildPlan]>,
    /// For a sub-workflow: which part of the closure in `raw` it is.
    pub(super) sub_workflow: Option<usize>,
}

impl Workflow {
    /// Reads a serialised `flyteidl.admin.Workflow`. With `id`, that is its identifier: Admin's own may lack the
    /// resource type.
    ///
    /// # Errors
    /// When the bytes are no such message.
    pub fn decode(raw: Rc<[u8]>, id: Option<Identifier>) -> Result<Self, Malformed> {
        let closure = field(&raw, 2)?;
        // closure.compiled_workflow.primary.template.interface
        let template = field(field(field(closure, 1)?, 1)?, 1)?;
        let interface = Interface::read(field(template, 3)?)?;
        let created_at = created_at(closure, 2)?;
        Ok(Workflow {
            id: identifier(&raw, id, ResourceType::Workflow)?,
            interface: Rc::new(interface),
            short_description: text(field(&raw, 3)?)?,
            created_at,
            raw,
            launch_plans: Rc::default(),
            sub_workflow: None,
        })
    }
}
