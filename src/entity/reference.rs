//! What a caller says to mean an entity or an execution, before the defaults are filled in.

use super::{ExecutionId, Identifier, ResourceType};
use crate::error::{Error, Kind};

/// Means a task, workflow or launch plan; what is missing comes from the remote's settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reference {
    /// What is meant, where the method does not say it.
    pub kind: Option<ResourceType>,
    /// Default: the remote's project.
    pub project: Option<String>,
    /// Default: the remote's domain.
    pub domain: Option<String>,
    /// The name; required.
    pub name: String,
    /// Default, or `latest`: the version registered last.
    pub version: Option<String>,
}

impl Reference {
    /// Reads a plain name (`etl.daily`) or an identifier's text form (`lp:p:d:etl.daily:v3`). Empty parts of the text
    /// form mean the default.
    ///
    /// # Errors
    /// `Kind::Value` when the text has colons but is not an identifier.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if !text.contains(':') {
            return Ok(Reference { name: text.to_owned(), ..Reference::default() });
        }
        let id = Identifier::parse(text)?;
        Ok(Reference {
            kind: Some(id.resource_type),
            project: given(Some(id.project)),
            domain: given(Some(id.domain)),
            name: id.name,
            version: given(Some(id.version)),
        })
    }

    /// The version that is meant; `None` for the latest.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref().filter(|version| !version.is_empty() && *version != "latest")
    }
}

impl From<&Identifier> for Reference {
    fn from(id: &Identifier) -> Self {
        Reference {
            kind: Some(id.resource_type),
            project: given(Some(id.project.clone())),
            domain: given(Some(id.domain.clone())),
            name: id.name.clone(),
            version: given(Some(id.version.clone())),
        }
    }
}

/// Means an execution; what is missing comes from the remote's settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExecutionReference {
    /// Default: the remote's project.
    pub project: Option<String>,
    /// Default: the remote's domain.
    pub domain: Option<String>,
    /// The name; required.
    pub name: String,
}

impl ExecutionReference {
    /// Reads a plain name (`f4a1…`) or an identifier's text form (`ex:p:d:f4a1…`).
    ///
    /// # Errors
    /// `Kind::Value` when the text has colons but is not an execution's identifier.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if !text.contains(':') {
            return Ok(ExecutionReference { name: text.to_owned(), ..ExecutionReference::default() });
        }
        let id = ExecutionId::parse(text)?;
        Ok(ExecutionReference { project: given(Some(id.project)), domain: given(Some(id.domain)), name: id.name })
    }
}

impl From<&ExecutionId> for ExecutionReference {
    fn from(id: &ExecutionId) -> Self {
        ExecutionReference {
            project: given(Some(id.project.clone())),
            domain: given(Some(id.domain.clone())),
            name: id.name.clone(),
        }
    }
}

/// An empty text counts as not given.
pub(crate) fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// The name, or an error when it is empty.
pub(crate) fn required_name<'a>(name: &'a str, noun: &str) -> Result<&'a str, Error> {
    if name.is_empty() {
        let message = ["name: empty; give the name of the ", noun].concat();
        return Err(Error::new(Kind::Value, message).at("name"));
    }
    Ok(name)
}
