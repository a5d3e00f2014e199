//! Where the control plane is: an absolute URL, or flytekit's `dns:///host:port`.

use std::fmt;

use crate::error::{Error, Kind};
use crate::text::{quoted, quoted_char, split};

/// The base URL of a control plane, without a trailing slash: `https://host[:port][/prefix]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    base: String,
}

impl Endpoint {
    /// Reads `https://host[:port][/prefix]`, `http://…`, `host[:port][/prefix]` or `dns:///host:port`. The last two
    /// have no scheme: they mean https, or http where `insecure`. A scheme counts more than `insecure`.
    ///
    /// # Errors
    /// `endpoint: expected …, got …` ([`Kind::Value`]).
    pub fn parse(text: &str, insecure: bool) -> Result<Self, Error> {
        let trimmed = text.trim();
        let (scheme, rest) = match split(trimmed, "://") {
            Some((scheme, rest)) => match scheme.to_ascii_lowercase().as_str() {
                "https" => ("https", rest),
                "http" => ("http", rest),
                "dns" => (if insecure { "http" } else { "https" }, rest.trim_start_matches('/')),
                _ => return Err(wrong(trimmed, &["scheme ", &quoted(scheme), " is not supported"].concat())),
            },
            None => (if insecure { "http" } else { "https" }, strip_dns(trimmed)),
        };
        let (authority, prefix) = rest.find('/').and_then(|at| rest.split_at_checked(at)).unwrap_or((rest, ""));
        if authority.contains('@') {
            // The text stays out of the message: it may hold a password.
            let text =
                "endpoint: expected no user name or password in the URL; credentials go into a header, see `metadata`";
            return Err(Error::new(Kind::Value, text).at("endpoint"));
        }
        check_authority(authority).map_err(|why| wrong(trimmed, &why))?;
        if let Some(odd) = prefix.chars().find(|c| c.is_whitespace() || c.is_control() || matches!(c, '?' | '#' | '\\'))
        {
            return Err(wrong(trimmed, &["the path can't have ", &quoted_char(odd)].concat()));
        }
        let authority = authority.to_ascii_lowercase();
        Ok(Endpoint { base: [scheme, "://", &authority, prefix.trim_end_matches('/')].concat() })
    }

    /// The base URL, without a trailing slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.base
    }

    /// The URL of a path that begins with a slash.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        let slash = if path.starts_with('/') { "" } else { "/" };
        [&self.base, slash, path].concat()
    }

    /// It is reached by http, without TLS.
    #[must_use]
    pub fn is_plaintext(&self) -> bool {
        self.base.starts_with("http://")
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.base)
    }
}

fn strip_dns(text: &str) -> &str {
    match text.split_once(':') {
        // `dns:8080` is a host of that name.
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("dns") && rest.parse::<u16>().is_err() => rest,
        _ => text,
    }
}

fn wrong(text: &str, why: &str) -> Error {
    let expected = "https://host[:port][/prefix], http://host[:port][/prefix], host[:port] or dns:///host:port";
    let text = ["endpoint: expected ", expected, ", got ", &quoted(text), " (", why, ")"].concat();
    Error::new(Kind::Value, text).at("endpoint")
}

fn check_authority(authority: &str) -> Result<(), String> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']').ok_or("the bracket of the IPv6 address is not closed")?;
            // `fetch` has the last word; this finds what was meant for something else.
            if !address.contains(':') || !address.bytes().all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.')) {
                return Err([&quoted(address), " is not an IPv6 address"].concat());
            }
            if !(port.is_empty() || port.starts_with(':')) {
                return Err([&quoted(port), " after the IPv6 address"].concat());
            }
            ("ipv6", port.strip_prefix(':'))
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    if host.is_empty() {
        return Err("the host is missing".to_owned());
    }
    // Letters of other scripts are left to `fetch`, which knows international names.
    let usable =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_') || (!c.is_ascii() && !c.is_whitespace());
    if let Some(odd) = host.chars().find(|c| !usable(*c)) {
        return Err(["a host name can't have ", &quoted_char(odd)].concat());
    }
    match port {
        Some(port) if !port.bytes().all(|byte| byte.is_ascii_digit()) || !matches!(port.parse::<u16>(), Ok(1..)) => {
            Err(["port ", &quoted(port), " is not a number from 1 to 65535"].concat())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn base(text: &str) -> String {
        Endpoint::parse(text, false).unwrap().as_str().to_owned()
    }

    #[test]
    fn urls_are_taken_as_they_are() {
        assert_eq!(base("https://flyte.example.com"), "https://flyte.example.com");
        assert_eq!(base("http://localhost:30080"), "http://localhost:30080");
        assert_eq!(base("HTTPS://Flyte.Example.com:443/Prefix"), "https://flyte.example.com:443/Prefix");
        assert_eq!(base("http://[::1]:8080/x"), "http://[::1]:8080/x");
        assert_eq!(base("https://bücher.example"), "https://bücher.example");
    }

    #[test]
    fn trailing_slashes_and_spaces_are_trimmed() {
        assert_eq!(base(" https://host/ \n"), "https://host");
        assert_eq!(base("https://host/a/b//"), "https://host/a/b");
    }

    #[test]
    fn without_a_scheme_it_is_https_unless_insecure() {
        for text in ["host:81", "dns:///host:81", "dns://host:81", "dns:host:81", "DNS:///host:81"] {
            assert_eq!(Endpoint::parse(text, false).unwrap().as_str(), "https://host:81", "{text}");
            assert_eq!(Endpoint::parse(text, true).unwrap().as_str(), "http://host:81", "{text}");
        }
        assert_eq!(base("localhost"), "https://localhost");
        assert_eq!(base("host/prefix/"), "https://host/prefix");
    }

    #[test]
    fn host_called_dns_is_a_host() {
        assert_eq!(base("dns:8080"), "https://dns:8080");
    }

    #[test]
    fn scheme_counts_more_than_insecure() {
        assert_eq!(Endpoint::parse("https://host", true).unwrap().as_str(), "https://host");
    }

    #[test]
    fn wrong_endpoints_say_what_is_wrong() {
        let cases = [
            ("", "the host is missing"),
            ("https://", "the host is missing"),
            ("https:///path", "the host is missing"),
            (":80", "the host is missing"),
            ("ftp://host", "scheme \"ftp\" is not supported"),
            ("grpc://host:81", "scheme \"grpc\" is not supported"),
            ("https://host:", "port \"\" is not a number from 1 to 65535"),
            ("https://host:0", "port \"0\" is not a number from 1 to 65535"),
            ("https://host:65536", "port \"65536\" is not a number from 1 to 65535"),
            ("https://host:80:81", "port \"80:81\" is not a number from 1 to 65535"),
            ("https://host:+80", "port \"+80\" is not a number from 1 to 65535"),
            ("https://my host", "a host name can't have \" \""),
            ("https://host?x=1", "a host name can't have \"?\""),
            ("https://host/a?x=1", "the path can't have \"?\""),
            ("https://host/#/console", "the path can't have \"#\""),
            ("https://[::1", "the bracket of the IPv6 address is not closed"),
            ("https://[zz]", "\"zz\" is not an IPv6 address"),
        ];
        for (text, why) in cases {
            let error = Endpoint::parse(text, false).unwrap_err();
            assert!(error.message.starts_with("endpoint: expected https://"), "{}", error.message);
            assert!(error.message.ends_with(&format!("got {:?} ({why})", text.trim())), "{}", error.message);
            assert_eq!((error.kind, error.path.as_deref()), (Kind::Value, Some("endpoint")));
        }
    }

    #[test]
    fn password_is_refused_and_not_repeated() {
        let error = Endpoint::parse("https://me:secret@host", false).unwrap_err();
        assert!(!error.message.contains("secret"), "{}", error.message);
    }

    #[test]
    fn method_paths_are_appended() {
        let endpoint = Endpoint::parse("https://host/prefix/", false).unwrap();
        assert_eq!(endpoint.url("/a.B/C"), "https://host/prefix/a.B/C");
    }
}
