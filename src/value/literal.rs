//! A value as the server stores it.

use std::rc::Rc;

/// A serialised `flyteidl.core.Literal`. Cloning shares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal {
    bytes: Rc<[u8]>,
}

impl Literal {
    /// Takes a serialised `flyteidl.core.Literal` as it is.
    #[must_use]
    pub fn new(bytes: impl Into<Rc<[u8]>>) -> Self {
        Literal { bytes: bytes.into() }
    }

    /// The serialised `flyteidl.core.Literal`.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}
