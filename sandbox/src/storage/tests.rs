#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use super::*;
use crate::Options;

const NOW: Duration = Duration::from_secs(1_000_000);

fn url(sandbox: &Sandbox, method: &str, headers: Vec<(&str, &str)>) -> (String, String) {
    let grant = Grant { method, bucket: "flyte-sandbox", key: "p/a b.txt", expires: 1_000_060, headers };
    let url = grant.url("", sandbox.options.seed);
    let (path, query) = url.split_once('?').unwrap();
    (path.to_owned(), query.to_owned())
}

fn send(
    sandbox: &mut Sandbox,
    now: Duration,
    method: &str,
    url: &(String, String),
    headers: &[(&str, &str)],
) -> (u16, String) {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let body = if method == "PUT" { b"hello".to_vec() } else { Vec::new() };
    let request =
        StorageRequest { method: method.to_owned(), path: url.0.clone(), query: url.1.clone(), headers, body };
    let reply = sandbox.storage(now, &request);
    (reply.status, String::from_utf8(reply.body.to_vec()).unwrap())
}

#[test]
fn what_is_put_can_be_got() {
    let mut sandbox = Sandbox::new(Options::default());
    let (put, get) = (url(&sandbox, "PUT", vec![]), url(&sandbox, "GET", vec![]));
    assert_eq!(send(&mut sandbox, NOW, "GET", &get, &[]).0, 404);
    assert_eq!(send(&mut sandbox, NOW, "PUT", &put, &[("content-md5", "XUFAKrxLKna5cZ2REBfFkg==")]).0, 200);
    assert_eq!(send(&mut sandbox, NOW, "GET", &get, &[]), (200, "hello".to_owned()));
    assert_eq!(send(&mut sandbox, NOW, "HEAD", &get, &[]).0, 200);
    assert_eq!(send(&mut sandbox, NOW, "DELETE", &get, &[]).0, 405);
}

#[test]
fn a_url_is_for_one_method_object_and_hour() {
    let mut sandbox = Sandbox::new(Options::default());
    let put = url(&sandbox, "PUT", vec![]);
    assert_eq!(send(&mut sandbox, NOW, "GET", &put, &[]).0, 403);
    let other = (put.0.replace("p/", "q/"), put.1.clone());
    assert!(send(&mut sandbox, NOW, "PUT", &other, &[]).1.contains("<Code>SignatureDoesNotMatch</Code>"));
    let unsigned = (put.0.clone(), String::new());
    assert!(send(&mut sandbox, NOW, "PUT", &unsigned, &[]).1.contains("<Code>AccessDenied</Code>"));
    let late = NOW + Duration::from_secs(61);
    let reply = send(&mut sandbox, late, "PUT", &put, &[]);
    assert_eq!(reply.0, 403);
    assert!(reply.1.contains("Request has expired"));
    assert!(sandbox.state.blobs.under("s3://").next().is_none());
}

#[test]
fn digests_are_checked_as_s3_does() {
    let mut sandbox = Sandbox::new(Options::default());
    let put = url(&sandbox, "PUT", vec![]);
    for (md5, status, code) in [
        ("", 400, "InvalidDigest"),
        ("!", 400, "InvalidDigest"),
        ("aGVsbG8=", 400, "InvalidDigest"),
        ("1B2M2Y8AsgTpgAmY7PhCfg==", 400, "BadDigest"),
    ] {
        let reply = send(&mut sandbox, NOW, "PUT", &put, &[("content-md5", md5)]);
        assert_eq!(reply.0, status, "{md5}");
        assert!(reply.1.contains(&format!("<Code>{code}</Code>")), "{md5}: {}", reply.1);
    }
}

#[test]
fn signed_headers_must_be_sent_as_they_are() {
    let mut sandbox = Sandbox::new(Options::default());
    let md5 = "XUFAKrxLKna5cZ2REBfFkg==";
    let put = url(&sandbox, "PUT", vec![(CONTENT_MD5, md5), (META_MD5, md5)]);
    assert_eq!(send(&mut sandbox, NOW, "PUT", &put, &[]).0, 403);
    assert_eq!(send(&mut sandbox, NOW, "PUT", &put, &[(CONTENT_MD5, md5)]).0, 403);
    assert_eq!(send(&mut sandbox, NOW, "PUT", &put, &[(CONTENT_MD5, md5), (META_MD5, md5)]).0, 200);
    let stored = sandbox.state.blobs.get("s3://flyte-sandbox/p/a%20b.txt").unwrap();
    assert_eq!(stored.content_md5.as_deref(), Some(md5));
}

#[test]
fn odd_paths_are_refused() {
    let mut sandbox = Sandbox::new(Options::default());
    for path in ["/storage/", "/storage/b", "/storage/b/", "/other/b/k", "/storage/b/%zz"] {
        let url = (path.to_owned(), "expires=1&signature=x".to_owned());
        assert_eq!(send(&mut sandbox, NOW, "GET", &url, &[]).0, 400, "{path}");
    }
}
