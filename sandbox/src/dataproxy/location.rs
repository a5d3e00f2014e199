//! Signed URLs: to upload to, to download from, to a deck.

use std::collections::BTreeMap;

use base64::prelude::{Engine as _, BASE64_STANDARD};
use flyte_remote::idl::flyteidl::{core, service};
use flyte_remote::rpc::{Code, Status};
use prost_types::{Duration, Timestamp};
use service::create_download_link_request::Source;

use crate::sandbox::Sandbox;
use crate::state::{ExecutionKey, NodeExecutionRow};
use crate::status::{invalid, not_found};
use crate::storage::sign::{self, ends_at, Grant, CONTENT_MD5, META_MD5};
use crate::storage::{etag, uri};
use crate::time::timestamp;

/// Signed URLs live an hour at most, and by default.
const MAX_EXPIRES_SECONDS: i64 = 3600;
/// Length of the names of files that have none.
const FILE_NAME_LENGTH: usize = 20;

pub(super) fn create_upload_location(
    sandbox: &mut Sandbox,
    request: service::CreateUploadLocationRequest,
) -> Result<service::CreateUploadLocationResponse, Status> {
    if request.project.is_empty() || request.domain.is_empty() {
        return Err(invalid("project and domain are required parameters"));
    }
    if request.filename_root.is_empty() && request.content_md5.is_empty() {
        return Err(invalid("content_md5 or filename_root is a required parameter"));
    }
    let root = match request.filename_root.as_str() {
        "" => base32(&request.content_md5),
        root => root.to_owned(),
    };
    let bucket = sandbox.options.bucket.clone();
    let reference = |filename: &str| {
        let parts = [request.org.as_str(), &request.project, &request.domain, &root, filename];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        uri::reference(&bucket, &parts)
            .map_err(|error| Status::new(Code::Internal, format!("failed to create storage location, Error: {error}")))
    };
    if !request.filename.is_empty() && !request.filename_root.is_empty() {
        check_rewrite(sandbox, &reference(&request.filename)?, &request.content_md5)?;
    }
    let expires_in = upload_length(request.expires_in)?;
    let filename = match request.filename.as_str() {
        "" => sandbox.random.text(FILE_NAME_LENGTH),
        name => name.to_owned(),
    };
    let native_url = reference(&filename)?;
    let (bucket, key) = uri::bucket_and_key(&native_url).ok_or_else(|| unsignable(&native_url))?;

    let md5 = BASE64_STANDARD.encode(&request.content_md5);
    let mut signed = Vec::new();
    if !md5.is_empty() {
        signed.push((CONTENT_MD5, md5.as_str()));
    }
    if request.add_content_md5_metadata {
        signed.push((META_MD5, md5.as_str()));
    }
    check_lasts(&expires_in)?;
    let expires = ends_at(sandbox.now, &expires_in);
    let grant = Grant { method: "PUT", bucket: &bucket, key: &key, expires, headers: signed };
    let signed_url = grant.url(&sandbox.options.public_url, sandbox.options.seed);

    // FlyteAdmin tells the length of the MD5's text as the content's length; clients must not believe it.
    let mut headers =
        BTreeMap::from([("Content-Length".to_owned(), md5.len().to_string()), ("Content-MD5".to_owned(), md5.clone())]);
    if request.add_content_md5_metadata {
        headers.insert("x-amz-meta-flyteContentMD5".to_owned(), md5);
    }
    let expires_at = Some(expiry(sandbox, &expires_in));
    Ok(service::CreateUploadLocationResponse { signed_url, native_url, expires_at, headers })
}

pub(super) fn create_download_location(
    sandbox: &mut Sandbox,
    request: service::CreateDownloadLocationRequest,
) -> Result<service::CreateDownloadLocationResponse, Status> {
    let expires_in = download_length(request.expires_in)
        .map_err(|error| invalid(format!("error while validating request: {error}")))?;
    Ok(service::CreateDownloadLocationResponse {
        signed_url: download_url(sandbox, &request.native_url, &expires_in)?,
        expires_at: Some(expiry(sandbox, &expires_in)),
    })
}

pub(super) fn create_download_link(
    sandbox: &mut Sandbox,
    request: service::CreateDownloadLinkRequest,
) -> Result<service::CreateDownloadLinkResponse, Status> {
    let refuse = |error: String| invalid(format!("error while validating request. Error: {error}"));
    let artifact_type = request.artifact_type();
    let expires_in = download_length(request.expires_in).map_err(refuse)?;
    if artifact_type != service::ArtifactType::Deck {
        return Err(refuse(format!("invalid artifact type [{}]", artifact_type.as_str_name())));
    }
    let Some(Source::NodeExecutionId(id)) = request.source else {
        return Err(refuse("source is required. Provided nil".to_owned()));
    };
    deck_link(sandbox, &id, &expires_in)
}

/// A link to the deck of a node, for [`create_download_link`] and for `flyte://…/d`.
pub(super) fn deck_link(
    sandbox: &Sandbox,
    id: &core::NodeExecutionIdentifier,
    expires_in: &Duration,
) -> Result<service::CreateDownloadLinkResponse, Status> {
    let Some(node) = find_node(sandbox, id) else {
        return Err(invalid(format!("failed to find node execution [{}]", node_text(id))));
    };
    let deck = node.node.closure.as_ref().map_or("", |closure| closure.deck_uri.as_str());
    if deck.is_empty() {
        return Err(not_found(format!("no deckUrl found for node execution [{}]", node_text(id))));
    }
    if sandbox.state.blobs.get(deck).is_none() {
        return Err(not_found(format!("object not found: [{deck}] does not exist yet, try again later")));
    }
    let signed_url = vec![download_url(sandbox, deck, expires_in)?];
    let expires_at = Some(expiry(sandbox, expires_in));
    Ok(service::CreateDownloadLinkResponse {
        signed_url: signed_url.clone(),
        expires_at,
        pre_signed_urls: Some(service::PreSignedUrLs { signed_url, expires_at }),
    })
}

/// The row of a node execution.
pub(super) fn find_node<'a>(sandbox: &'a Sandbox, id: &core::NodeExecutionIdentifier) -> Option<&'a NodeExecutionRow> {
    let key = ExecutionKey::from(id.execution_id.as_ref()?);
    sandbox.state.executions.get(&key)?.nodes.get(&id.node_id)
}

/// `project:domain:execution:node`
pub(super) fn node_text(id: &core::NodeExecutionIdentifier) -> String {
    let execution = id.execution_id.clone().unwrap_or_default();
    format!("{}:{}:{}:{}", execution.project, execution.domain, execution.name, id.node_id)
}

/// An hour.
pub(super) fn longest() -> Duration {
    Duration { seconds: MAX_EXPIRES_SECONDS, nanos: 0 }
}

/// A file with a name of its own may only be written again with the same content.
fn check_rewrite(sandbox: &Sandbox, location: &str, md5: &[u8]) -> Result<(), Status> {
    let Some(blob) = sandbox.state.blobs.get(location) else { return Ok(()) };
    let same = match &blob.content_md5 {
        Some(stored) => BASE64_STANDARD.encode(md5) == *stored,
        None => sign::hex(md5) == etag(&blob.bytes),
    };
    if md5.is_empty() || !same {
        let message =
            format!("file already exists at location [{location}], specify a matching hash if you wish to rewrite");
        return Err(Status::new(Code::AlreadyExists, message));
    }
    Ok(())
}

/// FlyteAdmin leaves it to the object store to refuse a negative length.
fn upload_length(expires_in: Option<Duration>) -> Result<Duration, Status> {
    let Some(expires_in) = expires_in else { return Ok(longest()) };
    if !is_valid(&expires_in) {
        return Err(invalid(format!("expiresIn [{}] is invalid", raw_text(&expires_in))));
    }
    if exceeds(&expires_in) {
        let text = go_text(&expires_in);
        return Err(invalid(format!("expiresIn [{text}] cannot exceed max allowed expiration [1h0m0s]")));
    }
    Ok(expires_in)
}

fn download_length(expires_in: Option<Duration>) -> Result<Duration, String> {
    let Some(expires_in) = expires_in else { return Ok(longest()) };
    let problem = if !is_valid(&expires_in) {
        format!("input duration [{}] is invalid", raw_text(&expires_in))
    } else if expires_in.seconds < 0 || expires_in.nanos < 0 {
        format!("input duration [{}] should not less than 0", go_text(&expires_in))
    } else if exceeds(&expires_in) {
        format!("input duration [{}] cannot exceed max allowed expiration [1h0m0s]", go_text(&expires_in))
    } else {
        return Ok(expires_in);
    };
    Err(format!("expiresIn is invalid. Error: {problem}"))
}

fn is_valid(duration: &Duration) -> bool {
    let same_sign = i64::from(duration.nanos.signum()) * duration.seconds.signum() >= 0;
    same_sign && duration.seconds.unsigned_abs() <= 315_576_000_000 && duration.nanos.unsigned_abs() < 1_000_000_000
}

fn exceeds(duration: &Duration) -> bool {
    (duration.seconds, duration.nanos) > (MAX_EXPIRES_SECONDS, 0)
}

fn raw_text(duration: &Duration) -> String {
    format!("seconds:{} nanos:{}", duration.seconds, duration.nanos)
}

/// `2h0m0s`, as Go prints it; whole seconds say enough here.
fn go_text(duration: &Duration) -> String {
    let seconds = duration.seconds.unsigned_abs();
    let sign = if duration.seconds < 0 || duration.nanos < 0 { "-" } else { "" };
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, second) => format!("{sign}{second}s"),
        (0, minute, second) => format!("{sign}{minute}m{second}s"),
        (hour, minute, second) => format!("{sign}{hour}h{minute}m{second}s"),
    }
}

fn download_url(sandbox: &Sandbox, native_url: &str, expires_in: &Duration) -> Result<String, Status> {
    let (bucket, key) = uri::bucket_and_key(native_url).ok_or_else(|| unsignable(native_url))?;
    check_lasts(expires_in)?;
    let expires = ends_at(sandbox.now, expires_in);
    let grant = Grant { method: "GET", bucket: &bucket, key: &key, expires, headers: Vec::new() };
    Ok(grant.url(&sandbox.options.public_url, sandbox.options.seed))
}

/// The object store signs nothing that is over already.
fn check_lasts(expires_in: &Duration) -> Result<(), Status> {
    if (expires_in.seconds, expires_in.nanos) > (0, 0) {
        return Ok(());
    }
    let why = "InvalidPresignExpireError: presigned URL requires an expire duration greater than 0";
    Err(Status::new(Code::Internal, format!("failed to create a signed url. Error: {why}")))
}

fn unsignable(native_url: &str) -> Status {
    let message = format!("failed to create a signed url. Error: [{native_url}] has no bucket or no key");
    Status::new(Code::Internal, message)
}

fn expiry(sandbox: &Sandbox, expires_in: &Duration) -> Timestamp {
    let now = timestamp(sandbox.now);
    let nanos = i64::from(now.nanos) + i64::from(expires_in.nanos);
    Timestamp {
        seconds: now.seconds.saturating_add(expires_in.seconds).saturating_add(nanos.div_euclid(1_000_000_000)),
        nanos: i32::try_from(nanos.rem_euclid(1_000_000_000)).unwrap_or(0),
    }
}

/// RFC 4648 base32 with padding.
fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(5) {
        let bits = group.iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte)) << (8 * (5 - group.len()));
        let letters = (group.len() * 8).div_ceil(5);
        for at in 0..8 {
            let letter = (bits >> (35 - 5 * at)) as usize & 31;
            let byte = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".get(letter).filter(|_| at < letters);
            text.push(byte.map_or('=', |byte| char::from(*byte)));
        }
    }
    text
}
