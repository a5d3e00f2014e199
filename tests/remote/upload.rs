//! `uploadFile`: the call for a link, the PUT, and each way they can fail.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use flyte_remote::data::{BytesSource, Source, Uploaded};
use flyte_remote::error::{Error, Kind};
use flyte_remote::host::{BodyReader, ChunkFuture, FetchError, HttpBody};
use flyte_remote::idl::flyteidl::service;
use flyte_remote::remote::{CallOptions, UploadFile};
use flyte_remote::rpc::Code;
use flyte_remote::testing::SimReply;
use serde_json::Value;

use crate::support::{call, id, ok, status, unexpected, vectors, Server};

const LINK: &str = "https://store.example/bucket/key/a.txt?X-Amz-Signature=secret";

/// A server that signs `LINK`, with Admin's headers.
fn signing() -> Server {
    Server::new(|request| match request.rpc.as_str() {
        "CreateUploadLocation" => ok(&service::CreateUploadLocationResponse {
            signed_url: LINK.to_owned(),
            native_url: "s3://bucket/key/a.txt".to_owned(),
            headers: [("Content-Length", "24"), ("Content-MD5", "XUFAKrxLKna5cZ2REBfFkg==")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            ..Default::default()
        }),
        _ => unexpected(request),
    })
}

fn upload(server: &Server, options: &UploadFile) -> Result<Uploaded, Error> {
    let source = BytesSource::new("a.txt", &b"hello"[..]);
    server.run(server.remote().upload_file(&source, options, &call()))
}

#[test]
fn requests_are_those_that_flytekit_sends() {
    let mut seen = 0;
    for case in vectors("upload.json").iter().filter(|case| case["op"] == "upload_file") {
        let (name, path) = (id(case), case["path"].as_str().unwrap());
        let Some(content) = case["tree"][path].as_str() else {
            continue; // A folder or nothing at all: opening it is the host's doing.
        };
        seen += 1;
        let response = case["create_upload_location"][0]["response"]["json"].clone();
        let server = Server::new(move |_| {
            let text = |name: &str| response[name].as_str().unwrap().to_owned();
            let headers = response["headers"].as_object().into_iter().flatten();
            ok(&service::CreateUploadLocationResponse {
                signed_url: text("signedUrl"),
                native_url: text("nativeUrl"),
                headers: headers.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect(),
                ..Default::default()
            })
        });
        let http_status = case["http_status"].as_u64().unwrap() as u16;
        server.host().on_fetch(move |_| SimReply::raw(http_status, &[], b"text"));
        let text = |name: &str| case["args"][name].as_str().map(str::to_owned);
        let options = UploadFile {
            project: text("project"),
            domain: text("domain"),
            filename_root: text("filename_root"),
            ..UploadFile::default()
        };
        let source = BytesSource::new(path, content.as_bytes());
        let result = server.run(server.remote().upload_file(&source, &options, &call()));

        let asked: service::CreateUploadLocationRequest = server.requests()[0].decode();
        let expected = &case["create_upload_location"][0]["request"]["json"];
        let known = |name: &str| expected[name].as_str().unwrap_or_default();
        assert_eq!(asked.project, known("project"), "{name}");
        assert_eq!(asked.domain, known("domain"), "{name}");
        assert_eq!(asked.filename, known("filename"), "{name}");
        assert_eq!(asked.filename_root, known("filenameRoot"), "{name}");
        assert_eq!(base64(&asked.content_md5), known("contentMd5"), "{name}");
        assert!(asked.add_content_md5_metadata && asked.expires_in.is_none(), "{name}");

        let (put, expected) = (&server.host().requests()[0], &case["puts"][0]);
        assert_eq!((put.method, put.body.as_slice()), ("PUT", content.as_bytes()), "{name}");
        assert!(put.url.ends_with(expected["path"].as_str().unwrap()), "{name}");
        // The host sets the length itself.
        let transport = ["content-length", "transfer-encoding"];
        let theirs: Vec<(&str, &Value)> = expected["headers"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.as_str(), value))
            .filter(|(name, _)| !transport.contains(name))
            .collect();
        assert_eq!(put.headers.len(), theirs.len(), "{name}: {:?}", put.headers);
        assert!(theirs.iter().all(|(header, value)| *value == put.header(header).unwrap()), "{name}");

        if name == "upload-204" {
            result.unwrap(); // Deviation: any 2xx is a success.
            continue;
        }
        match case.get("value") {
            Some(value) => {
                let uploaded = result.unwrap();
                assert_eq!(uploaded.uri, value["native_url"].as_str().unwrap(), "{name}");
                assert_eq!(uploaded.md5.hex(), value["md5"].as_str().unwrap(), "{name}");
                assert_eq!(uploaded.size, content.len() as u64, "{name}");
            }
            None => assert_eq!(result.unwrap_err().kind, Kind::Upload, "{name}"),
        }
    }
    assert!(seen >= 8, "{seen}");
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[test]
fn a_refusal_tells_status_and_reason_but_not_the_signed_link() {
    let refusal = |status: u16, body: &'static [u8]| {
        let server = signing();
        server.host().on_fetch(move |_| SimReply::raw(status, &[], body));
        let error = upload(&server, &UploadFile::default()).unwrap_err();
        assert_eq!(error.kind, Kind::Upload);
        assert!(!error.message.contains("secret"), "{}", error.message);
        error.message.clone()
    };
    assert_eq!(
        refusal(400, b"<Error><Code>BadDigest</Code><Message>The Content-MD5 did not match.</Message></Error>"),
        "the store refused \"a.txt\": HTTP 400, BadDigest: The Content-MD5 did not match. Did the file change while it \
         was uploaded? (https://store.example/bucket/key/a.txt)"
    );
    assert_eq!(
        refusal(502, b"<html>bad gateway</html>"),
        "the store refused \"a.txt\": HTTP 502 (https://store.example/bucket/key/a.txt)"
    );
    assert!(refusal(403, b"<Error><Code>AccessDenied</Code></Error>").contains("HTTP 403, AccessDenied"));
    assert!(refusal(301, b"").contains("HTTP 301"));
}

#[test]
fn an_expired_link_is_renewed_once() {
    let expired = b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>";
    let server = signing();
    let sent = Rc::new(Cell::new(0));
    let counter = Rc::clone(&sent);
    server.host().on_fetch(move |_| {
        counter.set(counter.get() + 1);
        if counter.get() == 1 {
            SimReply::raw(403, &[], expired)
        } else {
            SimReply::raw(200, &[], b"")
        }
    });
    assert_eq!(upload(&server, &UploadFile::default()).unwrap().uri, "s3://bucket/key/a.txt");
    assert_eq!(server.rpcs(), ["CreateUploadLocation", "CreateUploadLocation"]);

    let server = signing();
    server.host().on_fetch(move |_| SimReply::raw(403, &[], expired));
    let error = upload(&server, &UploadFile::default()).unwrap_err();
    assert!(error.message.contains("Request has expired. Is this machine's clock"), "{}", error.message);
    assert_eq!(server.host().requests().len(), 2);
}

#[test]
fn a_store_out_of_reach_is_told_with_what_a_browser_hides() {
    let server = signing();
    server.host().on_fetch(|_| SimReply::failing_in_browser(&format!("Failed to fetch {LINK}")));
    let error = upload(&server, &UploadFile::default()).unwrap_err();
    assert_eq!(error.kind, Kind::Upload);
    assert!(error.message.starts_with("no reply from the store at store.example: Failed to fetch"));
    assert!(error.message.contains("CORS") && error.message.contains("PUT") && !error.message.contains("secret"));
}

#[test]
fn a_server_that_gives_no_link_is_told() {
    let server = Server::new(|_| status(Code::NotFound, "project not found"));
    let error = upload(&server, &UploadFile::default()).unwrap_err();
    assert_eq!((error.kind, error.message.contains("project not found")), (Kind::NotFound, true));
    let server = Server::new(|_| ok(&service::CreateUploadLocationResponse::default()));
    assert!(upload(&server, &UploadFile::default()).unwrap_err().message.contains("no HTTP link"));
}

#[test]
fn progress_and_time_are_kept() {
    let server = signing();
    server.host().on_fetch(|_| SimReply::raw(200, &[], b"").after(Duration::from_secs(30)));
    let told = Rc::new(RefCell::new(Vec::new()));
    let list = Rc::clone(&told);
    let options = UploadFile {
        on_progress: Some(Rc::new(move |sent, total| list.borrow_mut().push((sent, total)))),
        ..UploadFile::default()
    };
    upload(&server, &options).unwrap();
    assert_eq!(*told.borrow(), [(5, 5)]);

    let hurried = CallOptions { timeout: Some(Duration::from_secs(10)), ..call() };
    let source = BytesSource::new("a.txt", &b"hello"[..]);
    let begin = server.host().elapsed();
    let error = server.run(server.remote().upload_file(&source, &UploadFile::default(), &hurried)).unwrap_err();
    assert_eq!((error.kind, server.host().elapsed() - begin), (Kind::Timeout, Duration::from_secs(10)));
    assert_eq!(server.host().aborted(), 1);
}

#[test]
fn names_that_are_no_file_names_are_refused() {
    let server = Server::new(unexpected);
    for name in ["", ".", "..", "a/b", "a\\b", "a\nb"] {
        let options = UploadFile { filename: Some(name.to_owned()), ..UploadFile::default() };
        let error = upload(&server, &options).unwrap_err();
        assert_eq!((error.kind, error.path.as_deref()), (Kind::Value, Some("filename")), "{name:?}");
    }
}

/// A file that breaks off as it is read.
struct Broken;

impl Source for Broken {
    fn name(&self) -> String {
        "broken.bin".to_owned()
    }

    fn size(&self) -> u64 {
        10
    }

    fn chunks(&self) -> Box<dyn BodyReader> {
        Box::new(BrokenReader)
    }

    fn body(&self) -> HttpBody {
        HttpBody::Empty
    }
}

struct BrokenReader;

impl BodyReader for BrokenReader {
    fn chunk(&mut self) -> ChunkFuture<'_> {
        let error = FetchError { message: "EIO: i/o error, read".to_owned(), cause: None, reason_hidden: false };
        Box::pin(std::future::ready(Err(error)))
    }
}

#[test]
fn a_file_that_cannot_be_read_is_told_by_name() {
    let server = Server::new(unexpected);
    let error = server.run(server.remote().upload_file(&Broken, &UploadFile::default(), &call())).unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (Kind::Upload, "can't read \"broken.bin\": EIO: i/o error, read"));
}

#[test]
fn a_large_file_is_hashed_in_pieces() {
    let server = signing();
    server.host().on_fetch(|_| SimReply::raw(200, &[], b""));
    let bytes: Vec<u8> = (0..1_000_000_u32).map(|index| index as u8).collect();
    let source = BytesSource::new("a.bin", bytes);
    let uploaded = server.run(server.remote().upload_file(&source, &UploadFile::default(), &call())).unwrap();
    assert_eq!((uploaded.size, source.size()), (1_000_000, 1_000_000));
    assert_eq!(uploaded.md5.hex(), "5c725cbc2dbbe1148159e9d9cf90648f");
}
