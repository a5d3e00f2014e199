//! Where a file's bytes come from: memory, or something that only the host can read.

use std::future::{ready, Future};
use std::pin::Pin;
use std::rc::Rc;

use crate::host::{BodyReader, FetchError, HttpBody};

/// A file to upload. It is read twice: once for its digest, once as it is sent.
pub trait Source {
    /// Its name without folders.
    fn name(&self) -> String;

    /// How many bytes it has.
    fn size(&self) -> u64;

    /// Its bytes from the beginning, piece by piece.
    fn chunks(&self) -> Box<dyn BodyReader>;

    /// The same bytes as the body of a request.
    fn body(&self) -> HttpBody;
}

/// A file in memory.
#[derive(Clone)]
pub struct BytesSource {
    name: String,
    bytes: Rc<[u8]>,
}

impl BytesSource {
    /// Bytes under a name.
    #[must_use]
    pub fn new(name: impl Into<String>, bytes: impl Into<Rc<[u8]>>) -> Self {
        BytesSource { name: name.into(), bytes: bytes.into() }
    }
}

impl Source for BytesSource {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn chunks(&self) -> Box<dyn BodyReader> {
        Box::new(Pieces { bytes: Rc::clone(&self.bytes), at: 0 })
    }

    fn body(&self) -> HttpBody {
        HttpBody::Bytes(Rc::clone(&self.bytes))
    }
}

struct Pieces {
    bytes: Rc<[u8]>,
    at: usize,
}

impl BodyReader for Pieces {
    fn chunk(&mut self) -> Pin<Box<dyn Future<Output = Result<Option<Vec<u8>>, FetchError>> + '_>> {
        const PIECE: usize = 64 * 1024;
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let piece = rest.get(..PIECE).unwrap_or(rest);
        self.at += piece.len();
        Box::pin(ready(Ok((!piece.is_empty()).then(|| piece.to_vec()))))
    }
}
