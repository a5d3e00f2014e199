//! A set of named literals: the inputs or outputs of an execution.

use std::cell::RefCell;
use std::rc::Rc;

use super::{from_literal, sorted_entries, Literal, LiteralType, OutputValue, Path, Reading};
use crate::codec::Malformed;
use crate::error::{Error, Kind};

/// Named literals in the order of their names, with declared types where the interface is known. Cloning shares them.
#[derive(Clone, Debug, Default)]
pub struct Values {
    literals: Rc<[(String, Literal)]>,
    types: Rc<[(String, LiteralType)]>,
    /// What was fetched of the literals that are stored apart, by URI.
    stored: Rc<[(String, Rc<[u8]>)]>,
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
        Ok(Values { literals: literals.into(), types, stored: Rc::default() })
    }

    /// The same with declared types.
    #[must_use]
    pub(crate) fn with_types(mut self, types: Rc<[(String, LiteralType)]>) -> Self {
        self.types = types;
        self
    }

    /// The same with the content of literals that are stored apart.
    #[must_use]
    pub(crate) fn with_stored(mut self, stored: Rc<[(String, Rc<[u8]>)]>) -> Self {
        self.stored = stored;
        self
    }

    /// What is known of the literals that are stored apart, by URI.
    pub(crate) fn stored(&self) -> &[(String, Rc<[u8]>)] {
        &self.stored
    }

    fn stored_at(&self, uri: &str) -> Option<Vec<u8>> {
        self.stored.iter().find(|(known, _)| known == uri).map(|(_, literal)| literal.to_vec())
    }

    /// Where parts of the value called `name` are stored apart which are not known yet.
    ///
    /// # Errors
    /// As [`Values::read`].
    pub(crate) fn missing(&self, name: &str) -> Result<Vec<String>, Error> {
        let asked = RefCell::new(Vec::new());
        let stored = |uri: &str| {
            let known = self.stored_at(uri);
            if known.is_none() && !asked.borrow().iter().any(|known| known == uri) {
                asked.borrow_mut().push(uri.to_owned());
            }
            known
        };
        self.read(name, None, &Reading { stored: Some(&stored), ..Reading::default() })?;
        Ok(asked.into_inner())
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

    /// The literal called `name`.
    #[must_use]
    pub fn literal(&self, name: &str) -> Option<&Literal> {
        self.literals.iter().find(|(known, _)| known == name).map(|(_, literal)| literal)
    }

    /// The declared type of the value called `name`, where it is known.
    #[must_use]
    pub fn declared(&self, name: &str) -> Option<&LiteralType> {
        self.types.iter().find(|(known, _)| known == name).map(|(_, literal_type)| literal_type)
    }

    /// The value called `name`. What is not of its declared type comes as what it is.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<OutputValue> {
        let literal = self.literal(name)?;
        Some(from_literal(literal.as_bytes(), self.declared(name)))
    }

    /// The value called `name`, by its declared type or by `as_type`.
    ///
    /// # Errors
    /// `Kind::Value` when there is no such value, with the names that there are; when it is not of its type.
    pub fn read(&self, name: &str, as_type: Option<&LiteralType>, reading: &Reading<'_>) -> Result<OutputValue, Error> {
        let Some(literal) = self.literal(name) else {
            let names: Vec<&str> = self.names().collect();
            let there_are = if names.is_empty() { "; there are none" } else { "; there are: " };
            let message = ["there is no value ", name, there_are, &names.join(", ")].concat();
            return Err(Error::new(Kind::Value, message).at(name));
        };
        let declared = as_type.or_else(|| self.declared(name));
        let own = |uri: &str| self.stored_at(uri);
        let reading = Reading { stored: Some(reading.stored.unwrap_or(&own)), ..*reading };
        reading
            .literal(literal.as_bytes(), declared, &Path::new(name))
            .map_err(|problem| Error::from_problems(Kind::Value, "toLiterals() has it as it came", vec![*problem]))
    }

    /// All names and values. What is not of its declared type comes as what it is.
    #[must_use]
    pub fn to_output(&self) -> Vec<(String, OutputValue)> {
        let value =
            |(name, literal): &(String, Literal)| (name.clone(), from_literal(literal.as_bytes(), self.declared(name)));
        self.literals.iter().map(value).collect()
    }
}
