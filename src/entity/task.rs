//! A registered task.

use std::rc::Rc;

use prost::Message;

use super::{wire, Identifier, Interface, ResourceType};

/// A task as the server knows it.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its identifier, as asked for.
    pub id: Identifier,
    /// Its type, `container`, `python-task` …
    pub task_type: String,
    /// Inputs and outputs.
    pub interface: Rc<Interface>,
    /// The description's first line, may be empty.
    pub short_description: String,
    /// When it was registered.
    pub created_at: Option<prost_types::Timestamp>,
    /// The whole `flyteidl.admin.Task`.
    pub raw: Rc<[u8]>,
}

impl Task {
    /// Reads a serialised `flyteidl.admin.Task`. With `id`, that is its identifier: Admin's own may lack the
    /// resource type.
    ///
    /// # Errors
    /// When the bytes are no such message.
    pub fn decode(raw: Rc<[u8]>, id: Option<Identifier>) -> Result<Self, prost::DecodeError> {
        let task = wire::Task::decode(&*raw)?;
        let mut id = id.unwrap_or_else(|| task.id.unwrap_or_default().into());
        id.resource_type = ResourceType::Task;
        let closure = task.closure.unwrap_or_default();
        let template = closure.compiled_task.and_then(|compiled| compiled.template).unwrap_or_default();
        Ok(Task {
            id,
            task_type: template.r#type,
            interface: Rc::new(Interface::of(template.interface.unwrap_or_default())),
            short_description: task.short_description,
            created_at: closure.created_at,
            raw,
        })
    }
}
