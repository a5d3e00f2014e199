#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::time::Duration;

use flyte_remote::idl::flyteidl::{core, service};
use flyte_remote::rpc::{Code, Status};
use prost::Message;

use crate::{Options, Sandbox, StorageRequest};

const NOW: Duration = Duration::from_millis(1_700_000_000_500);
const HELLO_MD5: [u8; 16] =
    [0x5d, 0x41, 0x40, 0x2a, 0xbc, 0x4b, 0x2a, 0x76, 0xb9, 0x71, 0x9d, 0x91, 0x10, 0x17, 0xc5, 0x92];

fn sandbox() -> Sandbox {
    Sandbox::new(Options { public_url: "http://127.0.0.1:1".to_owned(), ..Options::default() })
}

fn call<R: Message + Default>(sandbox: &mut Sandbox, method: &str, request: &impl Message) -> Result<R, Status> {
    let path = format!("/flyteidl.service.DataProxyService/{method}");
    sandbox.call(NOW, &path, &request.encode_to_vec()).map(|reply| R::decode(reply.as_slice()).unwrap())
}

fn upload(filename: &str, root: &str, md5: &[u8]) -> service::CreateUploadLocationRequest {
    service::CreateUploadLocationRequest {
        project: "flytesnacks".to_owned(),
        domain: "development".to_owned(),
        filename: filename.to_owned(),
        filename_root: root.to_owned(),
        content_md5: md5.to_vec(),
        ..Default::default()
    }
}

fn location(
    sandbox: &mut Sandbox,
    request: &service::CreateUploadLocationRequest,
) -> Result<service::CreateUploadLocationResponse, Status> {
    call(sandbox, "CreateUploadLocation", request)
}

fn put(sandbox: &mut Sandbox, location: &service::CreateUploadLocationResponse, body: &[u8]) -> u16 {
    let url = location.signed_url.strip_prefix("http://127.0.0.1:1").unwrap();
    let (path, query) = url.split_once('?').unwrap();
    let headers = location.headers.iter().filter(|(name, value)| *name != "Content-Length" && !value.is_empty());
    let request = StorageRequest {
        method: "PUT".to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: headers.map(|(name, value)| (name.to_lowercase(), value.clone())).collect(),
        body: body.to_vec(),
    };
    sandbox.storage(NOW, &request).status
}

fn message<T>(result: Result<T, Status>) -> String {
    result.map(|_| ()).map_err(|status| format!("{:?}: {}", status.code, status.message)).unwrap_err()
}

#[test]
fn an_upload_goes_to_the_base32_of_its_md5_with_flyteadmins_odd_headers() {
    let mut sandbox = sandbox();
    let request =
        service::CreateUploadLocationRequest { add_content_md5_metadata: true, ..upload("a.txt", "", &HELLO_MD5) };
    let reply = location(&mut sandbox, &request).unwrap();
    assert_eq!(reply.native_url, "s3://flyte-sandbox/flytesnacks/development/LVAUAKV4JMVHNOLRTWIRAF6FSI======/a.txt");
    let headers: Vec<(&str, &str)> = reply.headers.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let md5 = "XUFAKrxLKna5cZ2REBfFkg==";
    assert_eq!(headers, [("Content-Length", "24"), ("Content-MD5", md5), ("x-amz-meta-flyteContentMD5", md5)]);
    let expires = reply.expires_at.unwrap();
    assert_eq!((expires.seconds, expires.nanos), (1_700_003_600, 500_000_000));
    assert_eq!(put(&mut sandbox, &reply, b"other"), 400);
    assert_eq!(put(&mut sandbox, &reply, b"hello"), 200);
    assert_eq!(&*sandbox.state().blobs.get(&reply.native_url).unwrap().bytes, b"hello");
}

#[test]
fn without_an_md5_the_headers_are_zero_and_empty() {
    let mut sandbox = sandbox();
    let reply = location(&mut sandbox, &upload("", "root", &[])).unwrap();
    assert_eq!(reply.headers["Content-Length"], "0");
    assert_eq!(reply.headers["Content-MD5"], "");
    let name = reply.native_url.strip_prefix("s3://flyte-sandbox/flytesnacks/development/root/").unwrap();
    assert_eq!(name.len(), 20);
    assert_eq!(put(&mut sandbox, &reply, b"hello"), 200);
}

#[test]
fn a_named_file_is_only_rewritten_with_the_same_content() {
    let mut sandbox = sandbox();
    let request = upload("a.txt", "root", &HELLO_MD5);
    let reply = location(&mut sandbox, &request).unwrap();
    assert!(location(&mut sandbox, &request).is_ok());
    assert_eq!(put(&mut sandbox, &reply, b"hello"), 200);
    assert!(location(&mut sandbox, &request).is_ok());
    for md5 in [&[][..], &[0; 16]] {
        let refused = location(&mut sandbox, &upload("a.txt", "root", md5)).unwrap_err();
        assert_eq!(refused.code, Code::AlreadyExists);
        assert!(refused.message.contains("s3://flyte-sandbox/flytesnacks/development/root/a.txt"));
    }
    assert!(location(&mut sandbox, &upload("b.txt", "root", &[])).is_ok());
}

#[test]
fn a_space_in_a_name_reaches_the_same_object() {
    let mut sandbox = sandbox();
    let reply = location(&mut sandbox, &upload("a (1).txt", "root", &HELLO_MD5)).unwrap();
    assert_eq!(put(&mut sandbox, &reply, b"hello"), 200);
    assert!(sandbox.state().blobs.get(&reply.native_url).is_some());
    let refused = location(&mut sandbox, &upload("a (1).txt", "root", &[])).unwrap_err();
    assert_eq!(refused.code, Code::AlreadyExists);
}

#[test]
fn bad_upload_requests() {
    let mut sandbox = sandbox();
    let seconds = |seconds| Some(prost_types::Duration { seconds, nanos: 0 });
    let good = || upload("a", "r", &[]);
    for (request, expected) in [
        (
            service::CreateUploadLocationRequest { project: String::new(), ..good() },
            "InvalidArgument: project and domain are required parameters",
        ),
        (upload("a", "", &[]), "InvalidArgument: content_md5 or filename_root is a required parameter"),
        (
            service::CreateUploadLocationRequest { expires_in: seconds(7200), ..good() },
            "InvalidArgument: expiresIn [2h0m0s] cannot exceed max allowed expiration [1h0m0s]",
        ),
        (
            service::CreateUploadLocationRequest {
                expires_in: Some(prost_types::Duration { seconds: 1, nanos: -1 }),
                ..good()
            },
            "InvalidArgument: expiresIn [seconds:1 nanos:-1] is invalid",
        ),
        (
            upload("100%", "r", &[]),
            "Internal: failed to create storage location, Error: failed to construct datastore reference. Error: Reference is of an invalid format [s3://flyte-sandbox]: parse \"/flytesnacks/development/r/100%\": invalid URL escape \"%\"",
        ),
    ] {
        assert_eq!(message(location(&mut sandbox, &request)), expected);
    }
    let past = service::CreateUploadLocationRequest { expires_in: seconds(-1), ..good() };
    assert!(message(location(&mut sandbox, &past)).starts_with("Internal: failed to create a signed url."));
}

#[test]
fn downloads_are_signed_for_any_bucket_and_key() {
    let mut sandbox = sandbox();
    let mut ask = |native_url: &str, seconds: Option<i64>| {
        let expires_in = seconds.map(|seconds| prost_types::Duration { seconds, nanos: 0 });
        let request = service::CreateDownloadLocationRequest { native_url: native_url.to_owned(), expires_in };
        call::<service::CreateDownloadLocationResponse>(&mut sandbox, "CreateDownloadLocation", &request)
    };
    let reply = ask("s3://flyte-sandbox/some/where", Some(60)).unwrap();
    assert!(reply.signed_url.starts_with("http://127.0.0.1:1/storage/flyte-sandbox/some/where?expires=1700000060&"));
    assert!(ask("s3://other/some/where", None).is_ok());
    assert!(message(ask("s3://flyte-sandbox/x", Some(0))).starts_with("Internal: failed to create a signed url."));
    assert!(message(ask("", None)).starts_with("Internal: failed to create a signed url."));
    assert_eq!(
        message(ask("s3://flyte-sandbox/x", Some(-1))),
        "InvalidArgument: error while validating request: expiresIn is invalid. Error: input duration [-1s] should not less than 0"
    );
    assert!(message(ask("s3://flyte-sandbox/x", Some(3601))).contains("cannot exceed max allowed expiration [1h0m0s]"));
}

#[test]
fn links_need_a_deck_of_a_known_node() {
    let mut sandbox = sandbox();
    let mut ask = |artifact_type: i32, source| {
        let request = service::CreateDownloadLinkRequest { artifact_type, source, expires_in: None };
        message(call::<service::CreateDownloadLinkResponse>(&mut sandbox, "CreateDownloadLink", &request))
    };
    let node = service::create_download_link_request::Source::NodeExecutionId(core::NodeExecutionIdentifier {
        node_id: "n0".to_owned(),
        execution_id: Some(core::WorkflowExecutionIdentifier::default()),
    });
    assert!(ask(0, Some(node.clone()))
        .starts_with("InvalidArgument: error while validating request. Error: invalid artifact type"));
    assert!(ask(1, None).ends_with("source is required. Provided nil"));
    assert!(ask(1, Some(node)).starts_with("InvalidArgument: failed to find node execution"));
}

#[test]
fn data_urls_are_checked() {
    let mut sandbox = sandbox();
    let mut ask = |flyte_url: &str| {
        let request = service::GetDataRequest { flyte_url: flyte_url.to_owned() };
        message(call::<service::GetDataResponse>(&mut sandbox, "GetData", &request))
    };
    assert!(ask("").starts_with("InvalidArgument: failed to validate resolve artifact request."));
    assert!(ask("s3://b/k").ends_with("request does not start with the correct prefix"));
    assert!(ask("flyte://v1/p/d/e").starts_with("InvalidArgument: failed to parse artifact url"));
    assert!(ask("flyte://v1/p/d/e/n0/0/i").starts_with("InvalidArgument: no task executions were listed"));
    assert!(ask("flyte://v1/p/d/e/n0/d").starts_with("NotFound: missing entity of type node execution"));
}

#[test]
fn unknown_methods_are_unimplemented() {
    let path = "/flyteidl.service.DataProxyService/Nope";
    assert_eq!(sandbox().call(NOW, path, &[]).unwrap_err().code, Code::Unimplemented);
}
