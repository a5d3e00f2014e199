//! A set of named literals: the inputs or outputs of an execution.

use std::rc::Rc;

use super::{from_literal, sorted_entries, Literal, LiteralType, OutputValue};
use crate::codec::Malformed;

/// Named literals in the order of their names, with declared types where the interface is known. Cloning shares them.
#[derive(Clone, Debug, Default)]
pub struct Values {
    literals: Rc<[(String, Literal)]>,
    types: Rc<[(String, LiteralType)]>,
}

impl Values {
    /// Reads a serialised `flyteidl.core.LiteralMap`; `types` is what is known about the declared types.
    ///
    /// # Errors
    /// When the bytes are no such message.
    pub fn decode(literal_map: &[u8], types: Rc<[(String, LiteralType)]>) -> Result<Self, Malformed> {
        let mut literals = Vec::new();
        for (name, literal) in sorted_entries(literal_map)? {
            literals.push((name, Literal::new(literal)));
        }
        Ok(Values { literals: literals.into(), types })
    }

    /// The same with declared types.
    #[must_use]
    pub(crate) fn with_types(mut self, types: Rc<[(String, LiteralType)]>) -> Self {
        self.types = types;
        self
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.literals.len()
    }

    /// There are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.literals.is_empty()
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.literals.iter().map(|(name, _)| name.as_str())
    }

    /// Names and literals.
    #[must_use]
    pub fn literals(&self) -> &[(String, Literal)] {
        &self.literals
    }

    /// The value called `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<OutputValue> {
        let (_, literal) = self.literals.iter().find(|(known, _)| known == name)?;
        Some(self.output(name, literal))
    }

    /// All names and values.
    #[must_use]
    pub fn to_output(&self) -> Vec<(String, OutputValue)> {
        self.literals.iter().map(|(name, literal)| (name.clone(), self.output(name, literal))).collect()
    }

    fn output(&self, name: &str, literal: &Literal) -> OutputValue {
        let declared = self.types.iter().find(|(known, _)| known == name).map(|(_, literal_type)| literal_type);
        from_literal(literal.as_bytes(), declared)
    }
}
