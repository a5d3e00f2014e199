//! Description and state of a name.

use flyte_remote::idl::flyteidl::{admin, core};

use super::{Keyed, NameKey};

/// A name of a resource type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NamedEntityKey {
    /// `core::ResourceType` as a number.
    pub resource_type: i32,
    /// The name.
    pub name: NameKey,
}

/// What is said about a name. Names without a row are active and have no description.
#[derive(Clone, Debug)]
pub struct NamedEntityRow {
    /// Its key.
    pub key: NamedEntityKey,
    /// Description and state.
    pub metadata: admin::NamedEntityMetadata,
}

impl NamedEntityRow {
    /// The resource type.
    #[must_use]
    pub fn resource_type(&self) -> core::ResourceType {
        core::ResourceType::try_from(self.key.resource_type).unwrap_or(core::ResourceType::Unspecified)
    }
}

impl Keyed for NamedEntityRow {
    type Key = NamedEntityKey;
    fn key(&self) -> NamedEntityKey {
        self.key.clone()
    }
}
