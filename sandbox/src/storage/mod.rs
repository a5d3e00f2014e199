//! The object store behind signed URLs, answering HTTP as S3 does.

pub(crate) mod sign;
pub(crate) mod uri;

use std::rc::Rc;
use std::time::Duration;

use base64::prelude::{Engine as _, BASE64_STANDARD};
use md5::{Digest, Md5};

use crate::sandbox::Sandbox;
use crate::state::Blob;
use sign::{Grant, CONTENT_MD5, META_MD5};

/// An HTTP request below `/storage/`.
#[derive(Clone, Debug, Default)]
pub struct StorageRequest {
    /// `GET`, `HEAD`, `PUT` …
    pub method: String,
    /// Path as it came over the wire, `/storage/{bucket}/{key}`, percent-encoded.
    pub path: String,
    /// Query as it came over the wire, without the question mark.
    pub query: String,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// The HTTP reply.
#[derive(Clone, Debug)]
pub struct StorageReply {
    /// HTTP status.
    pub status: u16,
    /// Names in lower case, with their values; no `content-length`.
    pub headers: Vec<(String, String)>,
    /// The body, shared with the store; for `HEAD` it is to be left out, its length told.
    pub body: Rc<[u8]>,
}

impl Sandbox {
    /// Answers a request to a signed URL. A `PUT` that is answered with 200 has changed the state: it belongs into the journal.
    pub fn storage(&mut self, now: Duration, request: &StorageRequest) -> StorageReply {
        self.now = self.now.max(now);
        self.answer(request).unwrap_or_else(|refusal| refusal.reply(&request.path))
    }

    fn answer(&mut self, request: &StorageRequest) -> Result<StorageReply, Refusal> {
        let method = match request.method.as_str() {
            "PUT" => "PUT",
            "GET" | "HEAD" => "GET",
            _ => return Err(Refusal::METHOD),
        };
        let (bucket, key) = place(&request.path).ok_or(Refusal::URI)?;
        self.check_signature(method, &bucket, &key, request)?;
        let place = uri::canonical(&bucket, &key);
        if method == "PUT" {
            return self.store(place, request);
        }
        let blob = self.state.blobs.get(&place).ok_or(Refusal::NO_KEY)?;
        let mut headers = vec![
            ("content-type".to_owned(), content_type(&key).to_owned()),
            ("etag".to_owned(), format!("\"{}\"", etag(&blob.bytes))),
            // Whatever a task wrote must not run as a page of this origin.
            ("content-security-policy".to_owned(), "sandbox allow-scripts".to_owned()),
            ("x-content-type-options".to_owned(), "nosniff".to_owned()),
        ];
        if let Some(md5) = &blob.content_md5 {
            headers.push((META_MD5.to_owned(), md5.clone()));
        }
        Ok(StorageReply { status: 200, headers, body: Rc::clone(&blob.bytes) })
    }

    fn check_signature(&self, method: &str, bucket: &str, key: &str, request: &StorageRequest) -> Result<(), Refusal> {
        let parameter = |name: &str| {
            let mut pairs = request.query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(key, _)| *key == name).and_then(|(_, value)| uri::decode(value))
        };
        let (Some(expires), Some(signature)) = (parameter("expires"), parameter("signature")) else {
            return Err(Refusal::UNSIGNED);
        };
        let expires: i64 = expires.parse().map_err(|_| Refusal::SIGNATURE)?;
        let names = parameter("signed-headers").unwrap_or_default();
        let headers = names.split(';').filter(|name| !name.is_empty());
        let headers = headers.map(|name| (name, header(request, name).unwrap_or(""))).collect();
        let grant = Grant { method, bucket, key, expires, headers };
        if !grant.is_signed_by(&signature, self.options.seed) {
            return Err(Refusal::SIGNATURE);
        }
        if self.now.as_secs() > u64::try_from(expires).unwrap_or(0) {
            return Err(Refusal::EXPIRED);
        }
        Ok(())
    }

    fn store(&mut self, place: String, request: &StorageRequest) -> Result<StorageReply, Refusal> {
        let digest: [u8; 16] = Md5::digest(&request.body).into();
        if let Some(told) = header(request, CONTENT_MD5) {
            let told = BASE64_STANDARD.decode(told).ok().filter(|told| told.len() == digest.len());
            if told.ok_or(Refusal::INVALID_DIGEST)? != digest {
                return Err(Refusal::BAD_DIGEST);
            }
        }
        let content_md5 = header(request, META_MD5).filter(|md5| !md5.is_empty()).map(str::to_owned);
        let blob = Blob { bytes: request.body.as_slice().into(), content_md5, created_at: self.now };
        self.state.blobs.put_blob(place, blob);
        let headers = vec![("etag".to_owned(), format!("\"{}\"", sign::hex(&digest)))];
        Ok(StorageReply { status: 200, headers, body: Rc::from([]) })
    }
}

/// What S3 calls the ETag of a small object.
pub(crate) fn etag(bytes: &[u8]) -> String {
    sign::hex(&Md5::digest(bytes))
}

fn header<'a>(request: &'a StorageRequest, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

fn place(path: &str) -> Option<(String, String)> {
    let (bucket, key) = path.strip_prefix("/storage/")?.split_once('/')?;
    let (bucket, key) = (uri::decode(bucket)?, uri::decode(key)?);
    (!bucket.is_empty() && !key.is_empty()).then_some((bucket, key))
}

fn content_type(key: &str) -> &'static str {
    match key.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("txt" | "log") => "text/plain; charset=utf-8",
        Some("json") => "application/json",
        Some("csv") => "text/csv; charset=utf-8",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        _ => "application/octet-stream",
    }
}

/// An error as S3 words it.
struct Refusal {
    status: u16,
    code: &'static str,
    message: &'static str,
}

impl Refusal {
    const METHOD: Refusal = Refusal::new(405, "MethodNotAllowed", "The method is not allowed on an object.");
    const URI: Refusal = Refusal::new(400, "InvalidURI", "The path is not /storage/bucket/key.");
    const UNSIGNED: Refusal = Refusal::new(403, "AccessDenied", "The URL is not signed.");
    const EXPIRED: Refusal = Refusal::new(403, "AccessDenied", "Request has expired");
    const SIGNATURE: Refusal = Refusal::new(
        403,
        "SignatureDoesNotMatch",
        "The signature does not fit the method, the path and the signed headers of the request.",
    );
    const NO_KEY: Refusal = Refusal::new(404, "NoSuchKey", "The key does not exist.");
    const INVALID_DIGEST: Refusal = Refusal::new(400, "InvalidDigest", "Content-MD5 is not a base64 MD5.");
    const BAD_DIGEST: Refusal = Refusal::new(400, "BadDigest", "Content-MD5 is not the MD5 of the body.");

    const fn new(status: u16, code: &'static str, message: &'static str) -> Self {
        Refusal { status, code, message }
    }

    fn reply(&self, path: &str) -> StorageReply {
        let escaped = path.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let xml = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}</Message><Resource>{escaped}</Resource></Error>",
            self.code, self.message
        );
        let headers = vec![("content-type".to_owned(), "application/xml".to_owned())];
        StorageReply { status: self.status, headers, body: Rc::from(xml.into_bytes()) }
    }
}

#[cfg(test)]
mod tests;
