//! Objects: uploads, inputs and outputs, and what tasks wrote.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use crate::storage::uri;

/// One object.
#[derive(Clone, Debug)]
pub struct Blob {
    /// Its content, shared with whoever reads it.
    pub bytes: Rc<[u8]>,
    /// MD5 of the content in base64, when the upload told it.
    pub content_md5: Option<String>,
    /// When it was stored, since 1970.
    pub created_at: Duration,
}

/// Objects by native URI, `s3://bucket/key`; however it is encoded, it is the same object.
#[derive(Clone, Debug, Default)]
pub struct BlobStore {
    objects: BTreeMap<String, Blob>,
}

impl BlobStore {
    /// The object at `uri`.
    #[must_use]
    pub fn get(&self, uri: &str) -> Option<&Blob> {
        self.objects.get(&uri::normal(uri))
    }

    /// Stores an object, over an older one.
    pub fn put(&mut self, uri: impl Into<String>, bytes: impl Into<Rc<[u8]>>, now: Duration) {
        self.put_blob(uri, Blob { bytes: bytes.into(), content_md5: None, created_at: now });
    }

    /// Stores an object with all that is known about it.
    pub fn put_blob(&mut self, uri: impl Into<String>, blob: Blob) {
        self.objects.insert(uri::normal(&uri.into()), blob);
    }

    /// The objects whose URI starts with `prefix`, in order of their URI.
    pub fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a Blob)> {
        let from = self.objects.range(prefix.to_owned()..);
        from.take_while(move |(uri, _)| uri.starts_with(prefix)).map(|(uri, blob)| (uri.as_str(), blob))
    }
}
