//! A registered task.

use std::rc::Rc;

use super::{Identifier, Interface, ResourceType};
use crate::codec::{field, Fields, Malformed};

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
    pub fn decode(raw: Rc<[u8]>, id: Option<Identifier>) -> Result<Self, Malformed> {
        let closure = field(&raw, 2)?;
        // closure.compiled_task.template
        let template = field(field(closure, 1)?, 1)?;
        let (mut interface, mut task_type) = (Interface::default(), String::new());
        let mut fields = Fields::of(template);
        while let Some(part) = fields.next()? {
            match part.number {
                2 => task_type = part.text()?,
                4 => interface = Interface::read(part.message()?)?,
                _ => {}
            }
        }
        let created_at = created_at(closure, 2)?;
        Ok(Task {
            id: identifier(&raw, id, ResourceType::Task)?,
            task_type,
            interface: Rc::new(interface),
            short_description: text(field(&raw, 3)?)?,
            created_at,
            raw,
        })
    }
}

impl Task {
    /// The whole `flyteidl.admin.Task`.
    #[must_use]
    pub fn message(&self) -> Rc<[u8]> {
        Rc::clone(&self.raw)
    }
}

/// The identifier of an entity: the one that was asked for, or that of its message.
pub(super) fn identifier(
    raw: &[u8],
    asked: Option<Identifier>,
    resource_type: ResourceType,
) -> Result<Identifier, Malformed> {
    match asked {
        Some(mut id) => {
            id.resource_type = resource_type;
            Ok(id)
        }
        None => Identifier::read_as(resource_type, field(raw, 1)?),
    }
}

pub(super) fn text(bytes: &[u8]) -> Result<String, Malformed> {
    String::from_utf8(bytes.to_vec()).map_err(|_| Malformed)
}

/// When it was registered, from field `number` of its closure.
pub(super) fn created_at(closure: &[u8], number: u32) -> Result<Option<prost_types::Timestamp>, Malformed> {
    let (mut fields, mut at) = (Fields::of(closure), None);
    while let Some(part) = fields.next()? {
        if part.number == number {
            at = part.timestamp()?;
        }
    }
    Ok(at)
}
