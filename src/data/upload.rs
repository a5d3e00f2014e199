//! The request that sends a file to the store, and the result.

use super::Md5;

/// A file in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploaded {
    /// Where it is, `s3://bucket/key`: what an input of a blob type takes.
    pub uri: String,
    /// Its digest.
    pub md5: Md5,
    /// Its size in bytes.
    pub size: u64,
}

/// The headers of the PUT, names in lower case: `content-md5`, what the store's kind asks for, and the server's.
///
/// The server's `Content-Length` is left out: FlyteAdmin sends the length of the base64 digest there, and the host
/// sets the right one. So are empty values, which S3 refuses.
#[must_use]
pub fn put_headers(md5: &Md5, native_url: &str, from_server: &[(String, String)]) -> Vec<(String, String)> {
    let mut headers = vec![("content-md5".to_owned(), md5.base64())];
    if native_url.starts_with("abfs://") {
        headers.push(("x-ms-blob-type".to_owned(), "BlockBlob".to_owned()));
    }
    for (name, value) in from_server {
        let name = name.to_ascii_lowercase();
        if name == "content-length" || value.is_empty() {
            continue;
        }
        headers.retain(|(known, _)| *known != name);
        headers.push((name, value.clone()));
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(native_url: &str, from_server: &[(&str, &str)]) -> Vec<(String, String)> {
        let from_server: Vec<(String, String)> =
            from_server.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        put_headers(&Md5([0; 16]), native_url, &from_server)
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn admins_wrong_content_length_and_empty_values_are_left_out() {
        let headers = of("s3://b/k", &[("Content-Length", "24"), ("Content-MD5", ""), ("x-amz-meta-a", "b")]);
        assert_eq!(headers, [pair("content-md5", "AAAAAAAAAAAAAAAAAAAAAA=="), pair("x-amz-meta-a", "b")]);
    }

    #[test]
    fn the_servers_value_of_a_header_wins() {
        assert_eq!(of("s3://b/k", &[("Content-MD5", "override")]), [pair("content-md5", "override")]);
    }

    #[test]
    fn azure_asks_for_the_blob_type() {
        assert!(of("abfs://c@a/k", &[]).contains(&pair("x-ms-blob-type", "BlockBlob")));
        assert!(!of("abfss://c@a/k", &[]).iter().any(|(name, _)| name == "x-ms-blob-type"));
    }
}
