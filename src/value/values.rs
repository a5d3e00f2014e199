//! A set of named literals: the inputs or outputs of an execution.

use std::rc::Rc;

use super::{from_literal, OutputValue};
use crate::idl::flyteidl::core::{Literal, LiteralMap, LiteralType};

/// Named literals in the order of their names, with declared types where the interface is known.
#[derive(Clone, Debug, Default)]
pub struct Values {
    literals: Rc<LiteralMap>,
    types: Rc<[(String, LiteralType)]>,
}

impl Values {
    /// Literals, and what is known about their declared types.
    #[must_use]
    pub fn new(literals: LiteralMap, types: Rc<[(String, LiteralType)]>) -> Self {
        Values { literals: Rc::new(literals), types }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.literals.literals.len()
    }

    /// There are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.literals.literals.is_empty()
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.literals.literals.keys().map(String::as_str)
    }

    /// The literal called `name`.
    #[must_use]
    pub fn literal(&self, name: &str) -> Option<&Literal> {
        self.literals.literals.get(name)
    }

    /// All literals.
    #[must_use]
    pub fn literal_map(&self) -> &LiteralMap {
        &self.literals
    }

    /// The value called `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<OutputValue> {
        Some(from_literal(self.literal(name)?, self.declared(name)))
    }

    /// All names and values.
    #[must_use]
    pub fn to_output(&self) -> Vec<(String, OutputValue)> {
        let entries = self.literals.literals.iter();
        entries.map(|(name, literal)| (name.clone(), from_literal(literal, self.declared(name)))).collect()
    }

    fn declared(&self, name: &str) -> Option<&LiteralType> {
        self.types.iter().find(|(known, _)| known == name).map(|(_, literal_type)| literal_type)
    }
}
