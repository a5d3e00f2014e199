//! What callers send along: checked, and added to every call.

use std::future::ready;

use super::{Call, Channel, Code, Metadata, Origin, Reply, Status};
use crate::codec::text::from_base64;
use crate::error::{Error, Kind};
use crate::host::LocalFuture;
use crate::text::{hex, quoted, quoted_char};

/// Adds the client's own metadata to every call, and refuses names, values and method paths that can't be sent.
pub struct WithMetadata<C> {
    inner: C,
    defaults: Metadata,
}

impl<C: Channel> WithMetadata<C> {
    /// `defaults` go along with every call that does not give the same name.
    pub fn new(inner: C, mut defaults: Metadata) -> Self {
        for (name, _) in &mut defaults {
            name.make_ascii_lowercase();
        }
        WithMetadata { inner, defaults }
    }

    fn complete(&self, given: &mut Metadata) {
        for (name, _) in given.iter_mut() {
            name.make_ascii_lowercase();
        }
        let free = self.defaults.iter().filter(|(name, _)| !given.iter().any(|(other, _)| other == name));
        let mut all: Metadata = free.cloned().collect();
        all.append(given);
        *given = all;
    }
}

impl<C: Channel> Channel for WithMetadata<C> {
    fn unary(&self, mut call: Call) -> LocalFuture<Result<Reply, Status>> {
        let checked = check_path(&call.path)
            .and_then(|()| check_metadata(&call.metadata))
            .and_then(|()| check_metadata(&self.defaults));
        match checked {
            Ok(()) => {
                self.complete(&mut call.metadata);
                self.inner.unary(call)
            }
            Err(error) => {
                let status = Status::new(Code::InvalidArgument, error.message.as_str()).from_origin(Origin::Unsent);
                Box::pin(ready(Err(status)))
            }
        }
    }
}

/// Headers that belong to the protocol or to HTTP itself; and all of `grpc-*`, `sec-*` and `access-control-*`.
const RESERVED: [&str; 19] = [
    "accept",
    "accept-charset",
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "origin",
    "proxy-connection",
    "referer",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-grpc-web",
    "x-user-agent",
];

const RESERVED_PREFIXES: [&str; 4] = [":", "grpc-", "sec-", "access-control-"];

/// Checks names, whose upper-case letters count as lower-case ones, and values.
///
/// # Errors
/// [`Kind::Value`], its `path` is `metadata.<name>`. Values are never repeated in the text: they may be secrets.
pub fn check_metadata(metadata: &Metadata) -> Result<(), Error> {
    for (name, value) in metadata {
        let lower = name.to_ascii_lowercase();
        let wrong = name_fault(&lower).map(|why| (place(name, &why), "metadata".to_owned()));
        let wrong = wrong.or_else(|| {
            let why = value_fault(&lower, value)?;
            Some((place(name, &why), ["metadata.", name].concat()))
        });
        if let Some((message, path)) = wrong {
            return Err(Error::new(Kind::Value, message).at(path));
        }
    }
    Ok(())
}

fn place(name: &str, why: &str) -> String {
    ["metadata ", &quoted(name), ": ", why].concat()
}

fn name_fault(name: &str) -> Option<String> {
    let token = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    if RESERVED.contains(&name) || RESERVED_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
        return Some("this name is reserved, it can't be set by callers".to_owned());
    }
    if name.is_empty() {
        return Some("expected a name, got an empty one".to_owned());
    }
    let odd = name.chars().find(|c| !token(*c))?;
    Some(["expected a name of a-z, 0-9, '-', '_' and '.', got ", &quoted_char(odd)].concat())
}

fn value_fault(name: &str, value: &str) -> Option<String> {
    if name.ends_with("-bin") {
        let standard = !value.contains(['-', '_']) && (!value.ends_with('=') || value.len().is_multiple_of(4));
        let valid = standard && from_base64(value).is_some();
        return (!valid).then(|| "expected bytes (in base64, as the name ends with -bin), got other text".to_owned());
    }
    let (place, odd) = value.chars().enumerate().find(|(_, c)| !matches!(c, ' '..='~'))?;
    let (code, place) = (hex(u32::from(odd), 4), place.to_string());
    let hint = "; bytes go into a name that ends with -bin";
    Some(["expected printable ASCII, got U+", &code, " at position ", &place, hint].concat())
}

/// A method's path is `/package.Service/Method`.
fn check_path(path: &str) -> Result<(), Error> {
    let word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let parts = path.strip_prefix('/').and_then(|path| path.split_once('/'));
    if parts.is_some_and(|(service, method)| service.split('.').all(word) && word(method)) {
        return Ok(());
    }
    let text = ["method: expected /package.Service/Method, got ", &quoted(path)].concat();
    Err(Error::new(Kind::Value, text).at("method"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::rpc::testing::{call, pairs, web};
    use crate::testing::{SimHost, SimReply};

    #[test]
    fn usual_metadata_passes() {
        let metadata = pairs(&[
            ("authorization", "Bearer abc.def-_~"),
            ("flyte-authorization", "x"),
            ("x_y.z-9", ""),
            ("trace-bin", "AAEC/w=="),
            ("trace-bin", "AAEC/w"),
            ("cookie", "a=b; c=d"),
        ]);
        assert!(check_metadata(&metadata).is_ok());
    }

    #[test]
    fn wrong_names_are_refused_and_named() {
        let cases = [
            ("", "metadata \"\": expected a name, got an empty one"),
            ("X(Trace)", "metadata \"X(Trace)\": expected a name of a-z, 0-9, '-', '_' and '.', got \"(\""),
            ("Content-Length", "metadata \"Content-Length\": this name is reserved, it can't be set by callers"),
            ("a b", "metadata \"a b\": expected a name of a-z, 0-9, '-', '_' and '.', got \" \""),
            ("a\nb", "metadata \"a\\nb\": expected a name of a-z, 0-9, '-', '_' and '.', got \"\\n\""),
            ("é", "metadata \"é\": expected a name of a-z, 0-9, '-', '_' and '.', got \"é\""),
            ("grpc-timeout", "metadata \"grpc-timeout\": this name is reserved, it can't be set by callers"),
            ("content-type", "metadata \"content-type\": this name is reserved, it can't be set by callers"),
            ("te", "metadata \"te\": this name is reserved, it can't be set by callers"),
            ("host", "metadata \"host\": this name is reserved, it can't be set by callers"),
            ("connection", "metadata \"connection\": this name is reserved, it can't be set by callers"),
            (":path", "metadata \":path\": this name is reserved, it can't be set by callers"),
        ];
        for (name, expected) in cases {
            let error = check_metadata(&pairs(&[(name, "v")])).unwrap_err();
            assert_eq!((error.message.as_str(), error.kind), (expected, Kind::Value));
        }
    }

    #[test]
    fn wrong_values_are_refused_without_repeating_them() {
        for (value, part) in [("tok\u{e9}n", "U+00E9 at position 3"), ("secret\n", "U+000A at position 6")] {
            let error = check_metadata(&pairs(&[("authorization", value)])).unwrap_err();
            assert!(error.message.starts_with("metadata \"authorization\": expected printable ASCII, got "));
            assert!(error.message.contains(part), "{}", error.message);
            assert!(!error.message.contains("secret"), "{}", error.message);
            assert_eq!(error.path.as_deref(), Some("metadata.authorization"));
        }
        let error = check_metadata(&pairs(&[("trace-bin", "not base64!")])).unwrap_err();
        assert_eq!(
            error.message,
            "metadata \"trace-bin\": expected bytes (in base64, as the name ends with -bin), got other text"
        );
    }

    #[test]
    fn wrong_metadata_sends_nothing() {
        let host = SimHost::new(1);
        let mut call = call();
        call.metadata = pairs(&[("grpc-status", "0")]);
        let status = host.run(WithMetadata::new(web(&host), Metadata::new()).unary(call)).unwrap_err();
        assert_eq!((status.code, status.origin), (Code::InvalidArgument, Origin::Unsent));
        assert_eq!(host.requests().len(), 0);
    }

    #[test]
    fn wrong_method_path_sends_nothing() {
        for path in
            ["", "/", "GetTask", "a.B/C", "/a.B/", "//C", "/a.B/C/D", "/a.B/C?x", "/a B/C", "/../C", "http://h/a/B"]
        {
            let host = SimHost::new(1);
            let mut call = call();
            call.path = path.to_owned();
            let status = host.run(WithMetadata::new(web(&host), Metadata::new()).unary(call));
            let message = status.map(|_| path.to_owned()).map_err(|status| status.message.clone());
            assert_eq!(message, Err(format!("method: expected /package.Service/Method, got {path:?}")));
            assert_eq!(host.requests().len(), 0);
        }
    }

    #[test]
    fn metadata_goes_along_and_the_call_wins_over_the_client() {
        let host = SimHost::new(1);
        host.on_fetch(|_| SimReply::grpc_web(b""));
        let channel = WithMetadata::new(web(&host), pairs(&[("A", "client"), ("b", "client")]));
        let mut call = call();
        call.metadata = pairs(&[("B", "1"), ("b", "2")]);
        host.run(channel.unary(call)).unwrap();
        let sent = host.requests().last().unwrap().headers.clone();
        let own: Metadata = sent.into_iter().filter(|(name, _)| name.len() == 1).collect();
        assert_eq!(own, pairs(&[("a", "client"), ("b", "1"), ("b", "2")]));
    }
}
