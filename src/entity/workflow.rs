//! A registered workflow.

use std::rc::Rc;

use prost::Message;

use super::{wire, Identifier, Interface, ResourceType};

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
    /// The whole `flyteidl.admin.Workflow`, compiled closure included.
    pub raw: Rc<[u8]>,
}

impl Workflow {
    /// Reads a serialised `flyteidl.admin.Workflow`. With `id`, that is its identifier: Admin's own may lack the
    /// resource type.
    ///
    /// # Errors
    /// When the bytes are no such message.
    pub fn decode(raw: Rc<[u8]>, id: Option<Identifier>) -> Result<Self, prost::DecodeError> {
        let workflow = wire::Workflow::decode(&*raw)?;
        let mut id = id.unwrap_or_else(|| workflow.id.unwrap_or_default().into());
        id.resource_type = ResourceType::Workflow;
        let closure = workflow.closure.unwrap_or_default();
        let primary = closure.compiled_workflow.and_then(|compiled| compiled.primary).unwrap_or_default();
        let interface = primary.template.and_then(|template| template.interface).unwrap_or_default();
        Ok(Workflow {
            id,
            interface: Rc::new(Interface::of(interface)),
            short_description: workflow.short_description,
            created_at: closure.created_at,
            raw,
        })
    }
}
