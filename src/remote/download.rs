//! Reading what a link points at.

use super::call::Scope;
use super::Remote;
use crate::codec::{field, Writer};
use crate::data::{host_of, without_query, StoreError};
use crate::error::{Error, Kind};
use crate::host::{FetchError, HttpBody, HttpRequest, HttpResponse};
use crate::text::replace;

const CREATE_DOWNLOAD_LOCATION: &str = "/flyteidl.service.DataProxyService/CreateDownloadLocation";

impl Remote {
    /// The bytes at a URI: behind an HTTP(S) link, or in the store, to which the server signs a link.
    pub(super) async fn download(&self, uri: &str, scope: &Scope) -> Result<Vec<u8>, Error> {
        if is_link(uri) {
            return self.get_link(uri, scope).await;
        }
        let request = Writer::new().text(1, uri).done();
        let signed = match self.client().call_bytes(CREATE_DOWNLOAD_LOCATION, request, scope).await {
            Ok(reply) => Ok(field(&reply, 1).map(|link| String::from_utf8_lossy(link).into_owned())),
            Err(error) => Err(error),
        };
        if let Ok(Ok(link)) = &signed {
            if is_link(link) {
                return self.get_link(link, scope).await;
            }
        }
        let why = signed.err().map_or_else(String::new, |error| [" (", &error.message, ")"].concat());
        let message = [
            "can't read ",
            &without_query(uri),
            ": only the store's own tools can, as the server signs no link to it",
            &why,
            ". It can sign links for its clients (remoteData.signedUrls.enabled), and sends values within its replies \
             as long as they are small (remoteData.maxSizeInBytes)",
        ];
        Err(Error::new(Kind::Download, message.concat()))
    }

    async fn get_link(&self, url: &str, scope: &Scope) -> Result<Vec<u8>, Error> {
        let shown = without_query(url);
        let request = HttpRequest {
            method: "GET",
            url: url.to_owned(),
            headers: Vec::new(),
            body: HttpBody::Empty,
            on_sent: None,
        };
        let host = std::rc::Rc::clone(&self.client().host);
        let work = Box::pin(async move {
            let mut response = host.fetch(request).await?;
            let body = read_body(&mut response).await?;
            Ok::<_, FetchError>((response.status, body))
        });
        match self.client().within(scope, work).await {
            Some(Ok((200..=299, body))) => Ok(body),
            Some(Ok((status, body))) => {
                let reason = StoreError::parse(&body).in_words();
                let message = ["can't read ", &shown, ": HTTP ", &status.to_string(), " ", &reason].concat();
                let mut error = Error::new(Kind::Download, message.trim_end());
                error.store = Some(status);
                Err(error)
            }
            Some(Err(error)) => Err(unreachable_store(Kind::Download, "GET", url, error)),
            None => Err(Error::new(Kind::Timeout, ["the time ran out while reading ", &shown].concat())),
        }
    }
}

fn is_link(uri: &str) -> bool {
    uri.starts_with("https://") || uri.starts_with("http://")
}

/// All of a body.
pub(super) async fn read_body(response: &mut HttpResponse) -> Result<Vec<u8>, FetchError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.body.chunk().await? {
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The error for a store that gave no reply.
pub(super) fn unreachable_store(kind: Kind, method: &str, url: &str, error: FetchError) -> Error {
    let mut message = ["no reply from the store at ", &host_of(url), ": ", &hide(&error.message, url)].concat();
    if error.reason_hidden {
        message.push_str(". The browser hides the reason. Likely ones: the bucket's CORS rules don't allow ");
        message.push_str(method);
        message.push_str(
            " from this page with these headers; the page is https and the store http; the store's address \
                          can't be reached from here",
        );
    }
    let mut result = Error::new(kind, message);
    result.store = Some(0);
    result.cause = error.cause;
    result
}

/// A host's message without the signed URL it may quote.
fn hide(message: &str, url: &str) -> String {
    replace(message, url, &without_query(url))
}
