//! DataProxyService: signed URLs to upload and download with, and data by `flyte://` URL.

mod location;
mod tiny_url;

use flyte_remote::rpc::Status;

use crate::sandbox::Sandbox;
use crate::service::{unary, unimplemented};

/// Answers a call of DataProxyService.
pub(crate) fn call(sandbox: &mut Sandbox, method: &str, message: &[u8]) -> Result<Vec<u8>, Status> {
    match method {
        "CreateUploadLocation" => unary(sandbox, message, location::create_upload_location),
        "CreateDownloadLocation" => unary(sandbox, message, location::create_download_location),
        "CreateDownloadLink" => unary(sandbox, message, location::create_download_link),
        "GetData" => unary(sandbox, message, tiny_url::get_data),
        _ => Err(unimplemented("flyteidl.service.DataProxyService", method)),
    }
}

#[cfg(test)]
mod tests;
