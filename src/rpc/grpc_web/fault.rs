//! A fetch that failed, told so that its reader knows what to look at.

use crate::host::FetchError;
use crate::rpc::{Code, Endpoint, Origin, Status};
use crate::text::contains;

/// The request got no reply.
#[must_use]
pub fn no_reply(error: FetchError, endpoint: &Endpoint) -> Status {
    let (code, origin) = if contains(&error.message, "Headers Overflow") {
        // A failure told in headers, with a text too long for the host: coming back later does not help.
        (Code::ResourceExhausted, Origin::Protocol)
    } else if never_connected(&error) {
        (Code::Unavailable, Origin::Unsent)
    } else {
        (Code::Unavailable, Origin::Cut)
    };
    let message = if error.reason_hidden {
        hidden(&error.message, endpoint)
    } else {
        let (before, hint, after) = hint(&error.message).map(|hint| (" (", hint, ")")).unwrap_or_default();
        ["no reply from ", endpoint.as_str(), ": ", &error.message, before, hint, after].concat()
    };
    let mut status = Status::new(code, message).from_origin(origin);
    status.cause = error.cause;
    status
}

/// The reply broke off.
#[must_use]
pub fn broken_off(error: FetchError) -> Status {
    let message = ["the connection broke while the reply was read: ", &error.message].concat();
    let mut status = Status::new(Code::Unavailable, message).from_origin(Origin::Cut);
    status.cause = error.cause;
    status
}

fn hidden(message: &str, endpoint: &Endpoint) -> String {
    let mut likely = vec![
        "the server or its proxy does not allow this page's origin or the headers content-type, x-grpc-web, \
         x-user-agent, grpc-timeout and authorization (CORS)",
        "the endpoint is wrong or the server is down",
        "nothing there translates gRPC-Web (FlyteAdmin needs a proxy with a gRPC-Web filter)",
    ];
    if endpoint.is_plaintext() {
        likely.insert(1, "the page was loaded over https and may not call http (mixed content)");
    }
    let likely = likely.join("; ");
    let why = ". A browser hides the reason, its console shows it. Likely: ";
    ["no reply from ", endpoint.as_str(), ": ", message, why, &likely].concat()
}

/// The host says that no connection came about, so no server can have seen the request.
fn never_connected(error: &FetchError) -> bool {
    const CODES: [&str; 8] = [
        "ECONNREFUSED",
        "ENOTFOUND",
        "EAI_AGAIN",
        "EHOSTUNREACH",
        "ENETUNREACH",
        "UND_ERR_CONNECT_TIMEOUT",
        "ERR_TLS_CERT_ALTNAME_INVALID",
        "ERR_SSL_WRONG_VERSION_NUMBER",
    ];
    CODES.iter().any(|code| contains(&error.message, code))
}

fn hint(message: &str) -> Option<&'static str> {
    const HINTS: [(&str, &str); 12] = [
        (
            "Headers Overflow",
            "the reply's headers are larger than Node allows: start it with --max-http-header-size=98304",
        ),
        ("ECONNREFUSED", "nothing listens at that host and port"),
        ("ENOTFOUND", "no such host name"),
        ("EAI_AGAIN", "host names can't be looked up now"),
        ("WRONG_VERSION_NUMBER", "the port does not speak TLS: use http:// or insecure"),
        ("wrong version number", "the port does not speak TLS: use http:// or insecure"),
        ("packet length too long", "the port does not speak TLS: use http:// or insecure"),
        ("SELF_SIGNED_CERT", "the certificate is not trusted: name its authority in NODE_EXTRA_CA_CERTS"),
        ("UNABLE_TO_VERIFY", "the certificate is not trusted: name its authority in NODE_EXTRA_CA_CERTS"),
        ("UNABLE_TO_GET_ISSUER", "the certificate is not trusted: name its authority in NODE_EXTRA_CA_CERTS"),
        ("self-signed certificate", "the certificate is not trusted: name its authority in NODE_EXTRA_CA_CERTS"),
        ("HPE_", "the port does not speak HTTP/1; native gRPC, perhaps: gRPC-Web needs a proxy with a gRPC-Web filter"),
    ];
    HINTS.iter().find(|(text, _)| contains(message, text)).map(|(_, hint)| *hint)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::rc::Rc;

    use super::*;

    fn failed(message: &str, reason_hidden: bool, endpoint: &str) -> Status {
        let error = FetchError { message: message.to_owned(), cause: Some(Rc::new(7_u8)), reason_hidden };
        no_reply(error, &Endpoint::parse(endpoint, false).unwrap())
    }

    #[test]
    fn refused_connection_is_unavailable_and_was_never_sent() {
        let status = failed("fetch failed: connect ECONNREFUSED 127.0.0.1:1", false, "http://127.0.0.1:1");
        assert_eq!((status.code, status.origin), (Code::Unavailable, Origin::Unsent));
        assert_eq!(
            status.message,
            "no reply from http://127.0.0.1:1: fetch failed: connect ECONNREFUSED 127.0.0.1:1 \
             (nothing listens at that host and port)"
        );
        assert!(status.cause.is_some());
    }

    #[test]
    fn unknown_host_is_unavailable_and_was_never_sent() {
        let status = failed("fetch failed: getaddrinfo ENOTFOUND nope.invalid", false, "nope.invalid");
        assert_eq!((status.code, status.origin), (Code::Unavailable, Origin::Unsent));
        assert!(status.message.ends_with("(no such host name)"), "{}", status.message);
    }

    #[test]
    fn reset_connection_may_have_been_sent() {
        let status = failed("fetch failed: read ECONNRESET", false, "host");
        assert_eq!((status.code, status.origin), (Code::Unavailable, Origin::Cut));
    }

    #[test]
    fn browser_gets_the_likely_reasons() {
        let message = failed("Failed to fetch", true, "http://flyte.example.com").message.clone();
        for part in ["http://flyte.example.com", "CORS", "mixed content", "gRPC-Web filter", "endpoint is wrong"] {
            assert!(message.contains(part), "{message}");
        }
        assert!(!failed("Failed to fetch", true, "https://flyte.example.com").message.contains("mixed content"));
    }
}
