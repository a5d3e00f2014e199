//! URLs in messages: a signed URL's query is a secret.

use crate::text::split;

/// The URL without its query and fragment, and without a user's name and password.
#[must_use]
pub fn without_query(url: &str) -> String {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let url = url.get(..end).unwrap_or_default();
    let Some((scheme, rest)) = split(url, "://") else { return url.to_owned() };
    let (authority, path) = rest.find('/').and_then(|at| rest.split_at_checked(at)).unwrap_or((rest, ""));
    let host = authority.rsplit('@').next().unwrap_or_default();
    [scheme, "://", host, path].concat()
}

/// The host (and port) of a URL.
#[must_use]
pub fn host_of(url: &str) -> String {
    let plain = without_query(url);
    let rest = split(&plain, "://").map_or(plain.as_str(), |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_cut_off() {
        assert_eq!(
            without_query("https://me:pw@b.example:9000/k/f.txt?X-Amz-Signature=s#f"),
            "https://b.example:9000/k/f.txt"
        );
        assert_eq!(without_query("https://b.example?sig=1"), "https://b.example");
        assert_eq!(without_query("https://b.example/a@b?sig=1"), "https://b.example/a@b");
        assert_eq!(without_query("no url"), "no url");
        assert_eq!(host_of("https://me:pw@b.example:9000/k?x"), "b.example:9000");
    }
}
