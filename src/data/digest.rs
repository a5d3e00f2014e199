//! MD5, which the store checks an upload against.

use md5::{Digest, Md5 as Hasher};

use super::Source;
use crate::codec::text::to_base64;
use crate::host::FetchError;

/// The MD5 of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Md5(pub [u8; 16]);

impl Md5 {
    /// Reads the source to its end: its digest and how many bytes there were.
    ///
    /// # Errors
    /// What the source says when it can't be read.
    pub async fn of(source: &dyn Source) -> Result<(Self, u64), FetchError> {
        let (mut hasher, mut size, mut reader) = (Hasher::new(), 0, source.chunks());
        while let Some(chunk) = reader.chunk().await? {
            hasher.update(&chunk);
            size += chunk.len() as u64;
        }
        Ok((Md5(hasher.finalize().into()), size))
    }

    /// As HTTP's `Content-MD5` has it.
    #[must_use]
    pub fn base64(&self) -> String {
        to_base64(&self.0)
    }

    /// As 32 lower-case hexadecimal digits.
    #[must_use]
    pub fn hex(&self) -> String {
        hex(&self.0)
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}
