//! References to objects, built and read as FlyteAdmin does: Go's URL rules decide what a key is.

/// The `s3://` reference of an object below a bucket: `parts` are resolved as one URL reference, so `..` goes up, `?` and
/// `#` start a query and a fragment, `%41` is an `A`. An error says what is wrong with them.
pub(crate) fn reference(bucket: &str, parts: &[&str]) -> Result<String, String> {
    let relative = format!("/{}", parts.join("/"));
    if relative.chars().any(|c| c.is_ascii_control()) {
        return Err(refused(bucket, &relative, "net/url: invalid control character in URL"));
    }
    let (rest, fragment) = split_off(&relative, '#');
    let (path, query) = split_off(rest, '?');
    let Some(decoded) = decode(path) else {
        let broken = path.split('%').skip(1).find(|rest| decode(&format!("%{}", head(rest, 2))).is_none());
        let escape = format!("%{}", head(broken.unwrap_or_default(), 2));
        return Err(refused(bucket, &relative, &format!("invalid URL escape {escape:?}")));
    };
    let path = if is_encoded(path) { path.to_owned() } else { encode(&decoded) };
    let tail =
        [("?", query), ("#", fragment)].map(|(mark, part)| part.map_or(String::new(), |part| format!("{mark}{part}")));
    Ok(format!("s3://{bucket}{}{}", resolve_dots(&path), tail.concat()))
}

fn refused(bucket: &str, relative: &str, why: &str) -> String {
    format!("failed to construct datastore reference. Error: Reference is of an invalid format [s3://{bucket}]: parse {relative:?}: {why}")
}

/// The first letters of a text.
fn head(text: &str, letters: usize) -> &str {
    text.char_indices().nth(letters).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

/// Bucket and key of a reference; the key is decoded and has no query.
pub(crate) fn bucket_and_key(uri: &str) -> Option<(String, String)> {
    let rest = uri.strip_prefix("s3://")?;
    let (rest, _) = split_off(rest, '#');
    let (rest, _) = split_off(rest, '?');
    let (bucket, path) = rest.split_once('/')?;
    let key = decode(path)?;
    (!bucket.is_empty() && !key.is_empty()).then(|| (bucket.to_owned(), key))
}

/// Where the object store keeps an object: the same text for every reference to it.
pub(crate) fn canonical(bucket: &str, key: &str) -> String {
    format!("s3://{bucket}/{}", encode(key))
}

/// Any reference in the form of [`canonical`]; what is no reference stays as it is.
pub(crate) fn normal(uri: &str) -> String {
    bucket_and_key(uri).map_or_else(|| uri.to_owned(), |(bucket, key)| canonical(&bucket, &key))
}

/// Percent-encodes what may not stand in a path.
pub(crate) fn encode(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        if is_plain(byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Percent-decodes; `None` when an escape is broken or the result is no text.
pub(crate) fn decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let (high, low) = (digit(bytes.next())?, digit(bytes.next())?);
                u8::try_from(high * 16 + low).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(decoded).ok()
}

fn split_off(text: &str, mark: char) -> (&str, Option<&str>) {
    match text.split_once(mark) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

/// What Go leaves alone when it encodes a path.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@".contains(&byte)
}

fn is_encoded(path: &str) -> bool {
    path.bytes().all(|byte| is_plain(byte) || b"!'()*[]%".contains(&byte))
}

/// An absolute path without `.` and `..` segments.
fn resolve_dots(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    let last = path.rsplit('/').next().unwrap_or("");
    for segment in path.trim_start_matches('/').split('/') {
        match segment {
            "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    let slash = if matches!(last, "." | "..") && !segments.is_empty() { "/" } else { "" };
    format!("/{}{slash}", segments.join("/"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn file_names_are_url_references() {
        for (name, uri, key) in [
            ("a.txt", "s3://b/p/d/r/a.txt", "p/d/r/a.txt"),
            ("dir/a.txt", "s3://b/p/d/r/dir/a.txt", "p/d/r/dir/a.txt"),
            ("a b.txt", "s3://b/p/d/r/a%20b.txt", "p/d/r/a b.txt"),
            ("é.txt", "s3://b/p/d/r/%C3%A9.txt", "p/d/r/é.txt"),
            ("a(1).txt", "s3://b/p/d/r/a(1).txt", "p/d/r/a(1).txt"),
            ("a (1).txt", "s3://b/p/d/r/a%20%281%29.txt", "p/d/r/a (1).txt"),
            ("a%20b", "s3://b/p/d/r/a%20b", "p/d/r/a b"),
            ("a?b#c", "s3://b/p/d/r/a?b#c", "p/d/r/a"),
            ("../a", "s3://b/p/d/a", "p/d/a"),
            ("../../../../a", "s3://b/a", "a"),
            ("./a/.", "s3://b/p/d/r/a/", "p/d/r/a/"),
        ] {
            let reference = reference("b", &["p", "d", "r", name]).unwrap();
            assert_eq!(reference, uri, "{name}");
            assert_eq!(bucket_and_key(&reference), Some(("b".to_owned(), key.to_owned())), "{name}");
        }
    }

    proptest! {
        #[test]
        fn a_reference_leads_to_one_object_of_its_bucket(name in any::<String>()) {
            if let Ok(reference) = reference("b", &["p", &name]) {
                if let Some((bucket, key)) = bucket_and_key(&reference) {
                    prop_assert_eq!(bucket, "b");
                    prop_assert_eq!(bucket_and_key(&normal(&reference)), Some(("b".to_owned(), key)));
                }
            }
        }

        #[test]
        fn encoding_is_undone_by_decoding(text in any::<String>()) {
            prop_assert_eq!(decode(&encode(&text)), Some(text));
        }
    }

    #[test]
    fn broken_escapes_and_control_characters_are_refused() {
        for name in ["100%", "%zz", "a\nb", "\u{7f}"] {
            assert!(reference("b", &["p", "d", "r", name]).is_err(), "{name:?}");
        }
        for uri in ["", "s3://", "s3://b", "s3://b/", "gs://b/k", "http://b/k", "s3:///k", "s3://b/%F"] {
            assert_eq!(bucket_and_key(uri), None, "{uri}");
        }
    }

    #[test]
    fn differently_written_references_are_one_object() {
        assert_eq!(normal("s3://b/a(1)?x"), normal("s3://b/a%281%29"));
        assert_eq!(normal("s3://b/p/q.txt"), "s3://b/p/q.txt");
        assert_eq!(normal("https://b/a(1)"), "https://b/a(1)");
    }
}
