//! `uploadFile`: a file to the store, through a link that the server signs.

use std::rc::Rc;

use super::call::{CallOptions, Scope};
use super::client::bad_reply;
use super::download::{read_body, unreachable_store};
use super::Remote;
use crate::codec::{Fields, Malformed, Writer};
use crate::data::{put_headers, without_query, Md5, Source, StoreError, Uploaded};
use crate::error::{Error, Kind};
use crate::host::{FetchError, HttpRequest};

const CREATE_UPLOAD_LOCATION: &str = "/flyteidl.service.DataProxyService/CreateUploadLocation";

/// How to upload a file; all optional.
#[derive(Clone, Default)]
pub struct UploadFile {
    /// Default: the remote's project.
    pub project: Option<String>,
    /// Default: the remote's domain.
    pub domain: Option<String>,
    /// Its name in the store; default: the source's name.
    pub filename: Option<String>,
    /// The folder in the store; default: one named after the content, so that equal files share it.
    pub filename_root: Option<String>,
    /// Called with the bytes sent so far and the bytes in all, where the host can tell.
    pub on_progress: Option<Rc<dyn Fn(u64, u64)>>,
}

/// How an attempt to send the bytes ended.
enum Sent {
    Stored,
    LinkExpired(Error),
}

impl Remote {
    /// Stores a file and gives its URI. The source is read twice: for its digest, and as it is sent.
    ///
    /// # Errors
    /// `Kind::Upload` when the source can't be read, the store can't be reached or refuses; or as the call for the
    /// link fails.
    pub async fn upload_file(
        &self,
        source: &dyn Source,
        upload: &UploadFile,
        options: &CallOptions,
    ) -> Result<Uploaded, Error> {
        self.upload_within(source, upload, &self.client().begin(options)).await
    }

    pub(super) async fn upload_within(
        &self,
        source: &dyn Source,
        upload: &UploadFile,
        scope: &Scope,
    ) -> Result<Uploaded, Error> {
        let (project, domain) = self.place(upload.project.as_deref(), upload.domain.as_deref(), None)?;
        let filename = upload.filename.clone().unwrap_or_else(|| source.name());
        check_filename(&filename)?;
        let (md5, size) = Md5::of(source).await.map_err(|error| unreadable(&filename, error))?;
        let mut request = Writer::new();
        request.text(1, &project).text(2, &domain).text(3, &filename).bytes(5, &md5.0);
        let request = request.text(6, upload.filename_root.as_deref().unwrap_or_default()).flag(7, true).done();
        let mut fresh = true;
        loop {
            let location = self.upload_location(&request, &filename, scope).await?;
            let headers = put_headers(&md5, &location.native_url, &location.headers);
            let put = HttpRequest {
                method: "PUT",
                url: location.signed_url,
                headers,
                body: source.body(),
                on_sent: upload
                    .on_progress
                    .clone()
                    .map(|report| Rc::new(move |sent| report(sent, size)) as Rc<dyn Fn(u64)>),
            };
            match self.put(put, &filename, scope).await? {
                Sent::Stored => return Ok(Uploaded { uri: location.native_url, md5, size }),
                // The clock or a long pause ate the link's time: one fresh link.
                Sent::LinkExpired(_) if fresh => fresh = false,
                Sent::LinkExpired(error) => return Err(error),
            }
        }
    }

    async fn upload_location(&self, request: &[u8], filename: &str, scope: &Scope) -> Result<Location, Error> {
        let reply = self.client().call_bytes(CREATE_UPLOAD_LOCATION, request.to_vec(), scope).await?;
        let location = Location::read(&reply).map_err(|Malformed| bad_reply(CREATE_UPLOAD_LOCATION))?;
        if !location.signed_url.starts_with("http://") && !location.signed_url.starts_with("https://") {
            let message = [
                "can't upload \"",
                filename,
                "\": the server gave no HTTP link for it. Its store may not be one that signs links",
            ];
            return Err(Error::new(Kind::Upload, message.concat()));
        }
        Ok(location)
    }

    async fn put(&self, put: HttpRequest, filename: &str, scope: &Scope) -> Result<Sent, Error> {
        let (url, host) = (put.url.clone(), Rc::clone(&self.client().host));
        let work = Box::pin(async move {
            let mut response = host.fetch(put).await?;
            // The status counts, also when the rest breaks off; a reply dropped unread would abort the request.
            let body = read_body(&mut response).await.unwrap_or_default();
            Ok::<_, FetchError>((response.status, body))
        });
        let (status, body) = match self.client().within(scope, work).await {
            Some(Ok(reply)) => reply,
            Some(Err(error)) => return Err(unreachable_store(Kind::Upload, "PUT", &url, error)),
            None => {
                let message = ["the time ran out while uploading \"", filename, "\""].concat();
                return Err(Error::new(Kind::Timeout, message));
            }
        };
        if (200..=299).contains(&status) {
            return Ok(Sent::Stored);
        }
        let reason = StoreError::parse(&body);
        let error = refused(filename, &url, status, &reason);
        if reason.is_expired() {
            return Ok(Sent::LinkExpired(error));
        }
        Err(error)
    }
}

/// Where to send a file.
#[derive(Default)]
struct Location {
    signed_url: String,
    native_url: String,
    headers: Vec<(String, String)>,
}

impl Location {
    /// From a serialised `CreateUploadLocationResponse`.
    fn read(reply: &[u8]) -> Result<Self, Malformed> {
        let (mut location, mut fields) = (Location::default(), Fields::of(reply));
        while let Some(part) = fields.next()? {
            match part.number {
                1 => location.signed_url = part.text()?,
                2 => location.native_url = part.text()?,
                4 => {
                    let (mut entry, mut header) = (Fields::of(part.message()?), (String::new(), String::new()));
                    while let Some(part) = entry.next()? {
                        match part.number {
                            1 => header.0 = part.text()?,
                            2 => header.1 = part.text()?,
                            _ => {}
                        }
                    }
                    location.headers.push(header);
                }
                _ => {}
            }
        }
        Ok(location)
    }
}

fn refused(filename: &str, url: &str, status: u16, reason: &StoreError) -> Error {
    let (code, status) = (status, status.to_string());
    let mut message = ["the store refused \"", filename, "\": HTTP ", &status].concat();
    let words = reason.in_words();
    if !words.is_empty() {
        message.push_str(", ");
        message.push_str(words.trim_end_matches('.'));
    }
    let advice = match reason.code.as_str() {
        _ if reason.is_expired() => ". Is this machine's clock, or the server's, wrong?",
        "BadDigest" | "InvalidDigest" | "Md5Mismatch" => ". Did the file change while it was uploaded?",
        "SignatureDoesNotMatch" => ". A proxy on the way may have changed the request's headers",
        "NoSuchBucket" => ". The server's store is set up with a bucket that is not there",
        _ => "",
    };
    message.push_str(advice);
    message.push_str(" (");
    message.push_str(&without_query(url));
    message.push(')');
    let mut error = Error::new(Kind::Upload, message);
    error.store = Some(code);
    error
}

fn unreadable(filename: &str, error: FetchError) -> Error {
    let mut result = Error::new(Kind::Upload, ["can't read \"", filename, "\": ", &error.message].concat());
    result.cause = error.cause;
    result
}

fn check_filename(filename: &str) -> Result<(), Error> {
    let wrong = |what: &str| Err(Error::option("filename", ["\"", filename, "\" ", what].concat()));
    if filename.is_empty() || matches!(filename, "." | "..") {
        return wrong("is no file name; give one");
    }
    if filename.contains(['/', '\\']) || filename.chars().any(char::is_control) {
        return wrong("has characters that a file name can't have; give a name without folders");
    }
    Ok(())
}
