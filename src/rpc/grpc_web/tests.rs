//! The wire cases, through the whole transport over a simulated `fetch`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::rc::Rc;
use std::time::Duration;

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use proptest::prelude::*;
use prost::Message as _;

use super::{GrpcWeb, GrpcWebOptions};
use crate::idl::google::rpc::Status as Details;
use crate::rpc::testing::{call, pairs, web};
use crate::rpc::{Channel as _, Code, Endpoint, Origin, Reply, Status};
use crate::testing::{SimHost, SimReply};

const KIND: (&str, &str) = ("content-type", "application/grpc-web+proto");

fn answer(reply: SimReply) -> Result<Reply, Status> {
    let host = SimHost::new(1);
    host.on_fetch(move |_| reply.clone());
    host.run(web(&host).unary(call()))
}

fn fails(reply: SimReply) -> Status {
    answer(reply).unwrap_err()
}

fn frame(flag: u8, payload: &[u8]) -> Vec<u8> {
    [&[flag], u32::try_from(payload.len()).unwrap().to_be_bytes().as_slice(), payload].concat()
}

/// A 200 gRPC-Web reply of these frames.
fn frames(frames: &[(u8, &str)]) -> SimReply {
    let body: Vec<u8> = frames.iter().flat_map(|(flag, payload)| frame(*flag, payload.as_bytes())).collect();
    SimReply::raw(200, &[KIND], &body)
}

fn check(status: &Status, code: Code, message: &str) {
    assert_eq!((status.code, status.message.as_str()), (code, message));
}

#[test]
fn request_is_a_grpc_web_post() {
    let host = SimHost::new(1);
    host.on_fetch(|_| SimReply::grpc_web(b""));
    let mut call = call();
    call.timeout = Some(Duration::from_secs(90));
    call.metadata = pairs(&[("authorization", "Bearer x")]);
    host.run(web(&host).unary(call)).unwrap();
    let sent = host.requests().pop().unwrap();
    assert_eq!((sent.method, sent.url.as_str()), ("POST", "https://flyte.test/test.Service/Get"));
    let version = concat!("flyte-remote/", env!("CARGO_PKG_VERSION"));
    let expected = [
        ("accept", "application/grpc-web+proto"),
        KIND,
        ("x-grpc-web", "1"),
        ("x-user-agent", version),
        ("grpc-timeout", "90000m"),
        ("authorization", "Bearer x"),
    ];
    assert_eq!(sent.headers, pairs(&expected));
    assert_eq!(sent.body, frame(0, b"request"));
}

#[test]
fn message_and_trailers_in_one_chunk() {
    let reply = answer(SimReply::grpc_web(b"hello").with_header("x-custom", "foo")).unwrap();
    assert_eq!(reply.message, b"hello");
    assert_eq!(reply.headers, pairs(&[KIND, ("x-custom", "foo")]));
    assert_eq!(reply.trailers, pairs(&[("grpc-status", "0"), ("grpc-message", "")]));
}

#[test]
fn message_and_trailers_byte_by_byte() {
    assert_eq!(answer(SimReply::grpc_web(b"hello").byte_by_byte(Duration::ZERO)).unwrap().message, b"hello");
}

#[test]
fn content_type_without_codec_or_with_parameters_is_accepted() {
    for kind in ["application/grpc-web", "application/grpc-web+proto; charset=utf-8", "Application/GRPC-Web"] {
        let body = [frame(0, b"m"), frame(0x80, b"grpc-status: 0")].concat();
        assert_eq!(answer(SimReply::raw(200, &[("content-type", kind)], &body)).unwrap().message, b"m", "{kind}");
    }
}

#[test]
fn missing_content_type_is_accepted_where_the_body_is_right() {
    let body = [frame(0, b"m"), frame(0x80, b"grpc-status: 0")].concat();
    assert_eq!(answer(SimReply::raw(200, &[], &body)).unwrap().message, b"m");
    let status = fails(SimReply::raw(200, &[], b"hello there"));
    let expected = "the reply (no content-type) is not gRPC-Web, a frame can't begin with byte 0x68: hello there";
    check(&status, Code::Internal, expected);
}

#[test]
fn failure_in_the_trailers_frame() {
    let status = fails(frames(&[(0x80, "Grpc-Status: 9\r\ngRPC-Message: er%72or\r\nx-Custom-Trailer: bing\r\n")]));
    check(&status, Code::FailedPrecondition, "error");
    assert_eq!((status.origin, status.http_status), (Origin::Server, Some(200)));
    assert_eq!(status.metadatum("x-custom-trailer"), Some("bing"));
}

#[test]
fn failure_after_a_message_is_a_failure() {
    check(&fails(frames(&[(0, "m"), (0x80, "grpc-status:5\r\ngrpc-message:no")])), Code::NotFound, "no");
}

#[test]
fn trailers_only_reply_takes_status_from_headers() {
    let details = Details { code: 9, message: "error".into(), details: Vec::new() }.encode_to_vec();
    let reply = SimReply::trailers_only(9, "no%20way")
        .with_header("grpc-status-details-bin", STANDARD.encode(&details).trim_end_matches('='))
        .with_header("x-custom", "foo");
    let status = fails(reply);
    check(&status, Code::FailedPrecondition, "no way");
    assert_eq!(status.details, details);
    assert_eq!(status.trailers, status.headers);
    assert_eq!(status.metadatum("x-custom"), Some("foo"));
}

#[test]
fn trailers_in_the_body_win_over_the_headers() {
    let reply = frames(&[(0x80, "grpc-status: 9")]).with_header("grpc-status", "8");
    assert_eq!(fails(reply).code, Code::FailedPrecondition);
}

#[test]
fn failure_in_the_headers_is_not_hidden_by_a_message() {
    let reply = frames(&[(0, "m")]).with_header("grpc-status", "8").with_header("grpc-message", "full");
    check(&fails(reply), Code::ResourceExhausted, "full");
}

#[test]
fn missing_trailers() {
    let status = fails(frames(&[(0, "m")]));
    check(&status, Code::Unknown, "the reply broke off: it has a message but no trailers");
    assert_eq!(status.origin, Origin::Cut);
    assert_eq!(fails(frames(&[(0, "m")]).with_header("grpc-status", "0")).code, Code::Unknown);
}

#[test]
fn trailers_without_status() {
    let status = fails(frames(&[(0, "m"), (0x80, "grpc-message: odd\r\n")]));
    check(&status, Code::Unknown, "the reply's trailers have no grpc-status (grpc-message: odd)");
    assert_eq!(fails(frames(&[(0x80, "")])).code, Code::Unknown);
}

#[test]
fn success_told_in_the_headers_needs_no_status_in_the_trailers() {
    let reply = frames(&[(0, "m"), (0x80, "")]).with_header("grpc-status", "0");
    assert_eq!(answer(reply).unwrap().message, b"m");
}

#[test]
fn headers_over_the_hosts_limit_are_no_outage() {
    let status = fails(SimReply::failing("fetch failed: Headers Overflow Error"));
    assert_eq!((status.code, status.origin), (Code::ResourceExhausted, Origin::Protocol));
    assert!(status.message.contains("--max-http-header-size"), "{}", status.message);
}

#[test]
fn missing_message() {
    let status = fails(frames(&[(0x80, "grpc-status: 0")]));
    check(&status, Code::Unimplemented, "the reply says OK but has no message");
    assert_eq!(status.metadatum("grpc-status"), Some("0"));
    check(&fails(SimReply::trailers_only(0, "")), Code::Unimplemented, "the reply says OK but has no message");
}

#[test]
fn extra_message() {
    let status = fails(frames(&[(0, "a"), (0, "b"), (0x80, "grpc-status: 0")]));
    check(&status, Code::Unimplemented, "the reply has more than one message");
}

#[test]
fn data_after_the_trailers() {
    let status = fails(frames(&[(0, "a"), (0x80, "grpc-status: 0"), (0, "b")]));
    check(&status, Code::Internal, "the reply goes on after its trailers");
    let later = frames(&[(0, "a"), (0x80, "grpc-status: 0"), (0x80, "grpc-status: 0")]);
    assert_eq!(fails(later.byte_by_byte(Duration::from_millis(1))).code, Code::Internal);
}

#[test]
fn data_after_trailers_that_tell_a_failure_leaves_the_failure() {
    check(&fails(frames(&[(0x80, "grpc-status: 5\r\ngrpc-message: no"), (0, "b")])), Code::NotFound, "no");
}

#[test]
fn truncated_body() {
    let whole = || SimReply::grpc_web(b"hello");
    let status = fails(whole().truncated(7));
    check(&status, Code::Internal, "the reply broke off: its body ends 7 bytes into a frame");
    assert_eq!(status.origin, Origin::Cut);
    assert_eq!(fails(whole().truncated(3)).origin, Origin::Cut);
    assert_eq!(fails(whole().truncated(12)).origin, Origin::Cut);
}

#[test]
fn oversize_is_refused_from_its_announcement_and_reading_stops() {
    let host = SimHost::new(1);
    host.on_fetch(|_| SimReply::grpc_web(&[0; 2000]).in_pieces(100, Duration::from_secs(1)));
    let endpoint = Endpoint::parse("https://flyte.test", false).unwrap();
    let small = GrpcWeb::new(host.shared(), endpoint, GrpcWebOptions { max_reply_bytes: 1999 });
    let status = host.run(small.unary(call())).unwrap_err();
    check(&status, Code::ResourceExhausted, "the reply's message has 2000 bytes, more than the limit of 1999");
    assert_eq!((host.elapsed(), host.aborted()), (Duration::from_secs(1), 1));
}

#[test]
fn limit_is_64_mib_unless_told_otherwise() {
    let announcing = |length: u32| {
        let head = [&[0], length.to_be_bytes().as_slice()].concat();
        fails(SimReply::raw(200, &[KIND], &head)).code
    };
    assert_eq!(announcing((64 << 20) + 1), Code::ResourceExhausted);
    assert_eq!(announcing(64 << 20), Code::Internal);
}

#[test]
fn compressed_frame() {
    let status = fails(frames(&[(1, "m"), (0x80, "grpc-status: 0")]).with_header("grpc-encoding", "gzip"));
    check(&status, Code::Internal, "the reply is compressed, which was not asked for");
    assert_eq!(fails(frames(&[(0, "m"), (0x81, "zip")])).code, Code::Internal);
}

#[test]
fn grpc_web_text_reply() {
    for kind in ["application/grpc-web-text", "application/grpc-web-text+proto"] {
        let status = fails(SimReply::http(200, kind, "AAAAAABncnBjLXN0YXR1czow"));
        assert_eq!(status.code, Code::Internal);
        assert!(status.message.contains("grpc-web-text, which was not asked for"), "{}", status.message);
    }
}

#[test]
fn other_codec_and_native_grpc() {
    let json = fails(SimReply::http(200, "application/grpc-web+json", "{}"));
    assert_eq!(json.code, Code::Internal);
    assert!(json.message.contains("not with protobuf messages"), "{}", json.message);
    let native = fails(SimReply::http(200, "application/grpc", ""));
    assert_eq!(native.code, Code::Internal);
    assert!(native.message.contains("a proxy with a gRPC-Web filter"), "{}", native.message);
}

#[test]
fn html_with_200_is_not_a_reply() {
    let status = fails(SimReply::http(200, "text/html", "<html><title>Sign in</title>"));
    let expected = "the reply (HTTP 200, content-type \"text/html\") is not gRPC-Web: Sign in. The endpoint may be \
                    wrong, or a login page or proxy answered";
    check(&status, Code::Unknown, expected);
}

#[test]
fn http_failures_name_their_status_and_what_the_page_says() {
    let page = |title: &str| format!("<html><head><title>{title}</title></head></html>");
    let cases = [
        (401, "Authorization Required", Code::Unauthenticated, "HTTP 401 Unauthorized: Authorization Required ("),
        (403, "RBAC: access denied", Code::PermissionDenied, "HTTP 403 Forbidden: RBAC: access denied ("),
        (404, "404 Not Found", Code::Unimplemented, "HTTP 404 Not Found (the endpoint may be wrong, or nothing there"),
        (415, "", Code::Unknown, "HTTP 415 Unsupported Media Type (the server speaks gRPC but not gRPC-Web"),
        (429, "Slow down", Code::Unavailable, "HTTP 429 Too Many Requests: Slow down"),
        (500, "Oops", Code::Unknown, "HTTP 500 Internal Server Error: Oops"),
        (502, "502 Bad Gateway", Code::Unavailable, "HTTP 502 Bad Gateway"),
        (503, "Maintenance", Code::Unavailable, "HTTP 503 Service Unavailable: Maintenance"),
        (504, "", Code::Unavailable, "HTTP 504 Gateway Timeout"),
        (520, "Web server is down", Code::Unknown, "HTTP 520: Web server is down"),
    ];
    for (http, title, code, message) in cases {
        let status = fails(SimReply::http(http, "text/html; charset=utf-8", &page(title)));
        assert_eq!((status.code, status.http_status, status.origin), (code, Some(http), Origin::Http));
        assert!(status.message.starts_with(message), "{}", status.message);
        assert_eq!(status.message.contains('('), message.contains('('), "{}", status.message);
    }
}

#[test]
fn http_failure_with_json_and_with_text() {
    let json = fails(SimReply::http(404, "application/json", r#"{"code":5,"message":"Not Found","details":[]}"#));
    assert!(json.message.starts_with("HTTP 404 Not Found (the endpoint"), "{}", json.message);
    let json = fails(SimReply::http(500, "application/json", r#"{"message":"database is down"}"#));
    check(&json, Code::Unknown, "HTTP 500 Internal Server Error: database is down");
    let text = fails(SimReply::http(503, "text/plain", "upstream connect error\r\n"));
    check(&text, Code::Unavailable, "HTTP 503 Service Unavailable: upstream connect error");
    check(&fails(SimReply::raw(503, &[], b"")), Code::Unavailable, "HTTP 503 Service Unavailable");
}

#[test]
fn http_failure_whose_page_never_ends_is_told_all_the_same() {
    let status = fails(SimReply::http(503, "text/html", "<title>Down</title>").without_end());
    check(&status, Code::Unavailable, "HTTP 503 Service Unavailable: Down");
    assert_eq!(fails(SimReply::http(403, "text/html", "").without_end()).code, Code::PermissionDenied);
}

#[test]
fn http_failure_with_a_huge_page_is_not_read_to_the_end() {
    let host = SimHost::new(1);
    host.on_fetch(|_| {
        SimReply::http(503, "text/plain", &"x ".repeat(100_000)).in_pieces(1000, Duration::from_millis(1))
    });
    assert_eq!(host.run(web(&host).unary(call())).unwrap_err().code, Code::Unavailable);
    assert!(host.elapsed() < Duration::from_millis(10), "{:?}", host.elapsed());
    assert_eq!(host.aborted(), 1);
}

#[test]
fn grpc_status_wins_over_the_http_status() {
    let envoy = SimReply::raw(503, &[KIND, ("grpc-status", "14"), ("grpc-message", "no healthy upstream")], b"");
    let status = fails(envoy);
    check(&status, Code::Unavailable, "no healthy upstream");
    assert_eq!((status.http_status, status.origin), (Some(503), Origin::Server));
    let html = SimReply::http(401, "text/html", "<title>x</title>").with_header("grpc-status", "7");
    assert_eq!(fails(html).code, Code::PermissionDenied);
    let body = SimReply::raw(500, &[KIND], &frame(0x80, b"grpc-status: 5\r\ngrpc-message: no"));
    check(&fails(body), Code::NotFound, "no");
}

#[test]
fn ok_under_an_http_failure_is_no_success() {
    let body = [frame(0, b"m"), frame(0x80, b"grpc-status: 0")].concat();
    check(&fails(SimReply::raw(503, &[KIND], &body)), Code::Unavailable, "HTTP 503 Service Unavailable");
}

#[test]
fn http_failure_whose_body_only_claims_to_be_grpc_web() {
    let status = fails(SimReply::raw(502, &[KIND], b"<html><title>Nope</title></html>"));
    check(&status, Code::Unavailable, "HTTP 502 Bad Gateway: Nope");
}

#[test]
fn grpc_message_without_status_under_an_http_failure_is_told() {
    let status = fails(SimReply::raw(503, &[KIND, ("grpc-message", "going%20down")], b""));
    check(&status, Code::Unavailable, "HTTP 503 Service Unavailable: going down");
}

#[test]
fn status_that_is_no_number_or_out_of_range() {
    check(&fails(frames(&[(0x80, "grpc-status: abc")])), Code::Unknown, "invalid grpc-status \"abc\"");
    let status = fails(SimReply::trailers_only(17, "odd"));
    check(&status, Code::Unknown, "odd (invalid grpc-status \"17\")");
    assert_eq!(status.origin, Origin::Server);
}

#[test]
fn everything_hidden_by_cors_names_the_headers_to_expose() {
    for reply in [SimReply::raw(200, &[KIND], b""), SimReply::raw(200, &[], b"")] {
        let status = fails(reply);
        assert_eq!((status.code, status.origin), (Code::Unknown, Origin::Protocol));
        let part = "access-control-expose-headers: grpc-status, grpc-message, grpc-status-details-bin";
        assert!(status.message.contains(part), "{}", status.message);
    }
}

#[test]
fn redirects_are_not_followed_and_name_where_to() {
    let status = fails(SimReply::raw(302, &[("location", "https://sso.example.com/login")], b""));
    let expected = "HTTP 302: the server redirects the call to https://sso.example.com/login (calls are not \
                    redirected: correct the endpoint, or log in if that is a login page)";
    check(&status, Code::Unknown, expected);
    assert_eq!(status.http_status, Some(302));
    let hidden = fails(SimReply::raw(0, &[], b""));
    assert!(hidden.message.starts_with("the server redirects the call, a browser hides where to"));
    assert_eq!(hidden.http_status, None);
}

#[test]
fn refused_connection_is_unavailable() {
    let status = fails(SimReply::failing("fetch failed: connect ECONNREFUSED 127.0.0.1:1"));
    assert_eq!((status.code, status.http_status), (Code::Unavailable, None));
    assert!(status.message.starts_with("no reply from https://flyte.test: fetch failed: connect ECONNREFUSED"));
}

#[test]
fn hidden_reason_lists_the_likely_ones() {
    let status = fails(SimReply::failing_in_browser("Failed to fetch"));
    assert_eq!(status.code, Code::Unavailable);
    assert!(status.message.contains("(CORS)"), "{}", status.message);
}

#[test]
fn reset_in_the_body_is_unavailable() {
    for length in [0, 3, 8, 10, 12, 20] {
        let status = fails(SimReply::grpc_web(b"hello").failing_after(length, "read ECONNRESET"));
        let expected = "the connection broke while the reply was read: read ECONNRESET";
        check(&status, Code::Unavailable, expected);
        assert_eq!((status.origin, status.http_status), (Origin::Cut, Some(200)));
    }
}

#[test]
fn reset_after_the_trailers_loses_nothing() {
    let reply = SimReply::grpc_web(b"hello").failing_after(1000, "read ECONNRESET");
    assert_eq!(answer(reply).unwrap().message, b"hello");
}

#[test]
fn reset_after_a_failure_in_the_headers_leaves_the_failure() {
    let reply = SimReply::trailers_only(7, "no").failing_after(0, "read ECONNRESET");
    check(&fails(reply), Code::PermissionDenied, "no");
}

#[test]
fn body_that_does_not_end_after_its_trailers_is_a_reply() {
    let host = SimHost::new(1);
    host.on_fetch(|_| SimReply::grpc_web(b"hello").without_end());
    assert_eq!(host.run(web(&host).unary(call())).unwrap().message, b"hello");
    assert_eq!((host.elapsed(), host.aborted()), (Duration::from_millis(250), 1));
}

#[test]
fn whole_reply_aborts_nothing() {
    let host = SimHost::new(1);
    host.on_fetch(|_| SimReply::grpc_web(b"hello").byte_by_byte(Duration::from_millis(1)));
    host.run(web(&host).unary(call())).unwrap();
    assert_eq!((host.aborted(), host.pending_timers()), (0, 0));
}

#[test]
fn call_dropped_anywhere_aborts_its_request_once() {
    let whole = SimReply::grpc_web(b"hello").byte_by_byte(Duration::from_millis(1));
    let end = {
        let host = SimHost::new(1);
        let reply = whole.clone();
        host.on_fetch(move |_| reply.clone().after(Duration::from_millis(10)));
        host.run(web(&host).unary(call())).unwrap();
        host.elapsed()
    };
    for milliseconds in 0..u64::try_from(end.as_millis()).unwrap() {
        let host = SimHost::new(1);
        let reply = whole.clone();
        host.on_fetch(move |_| reply.clone().after(Duration::from_millis(10)));
        let left = host.run_for(web(&host).unary(call()), Duration::from_millis(milliseconds));
        assert!(left.is_none());
        assert_eq!((host.aborted(), host.pending_timers()), (1, 0), "after {milliseconds} ms");
    }
}

#[test]
fn call_dropped_before_it_is_polled_sends_nothing() {
    let host = SimHost::new(1);
    drop(web(&host).unary(call()));
    assert_eq!((host.requests().len(), host.aborted()), (0, 0));
}

#[test]
fn cause_is_kept() {
    let error = crate::host::FetchError { message: "x".into(), cause: Some(Rc::new(7_u8)), reason_hidden: false };
    let cause = super::fault::broken_off(error).cause.clone().unwrap();
    assert_eq!(cause.downcast_ref::<u8>(), Some(&7));
}

proptest! {
    #[test]
    fn any_reply_is_judged(
        http in prop_oneof![Just(200_u16), 0..600_u16],
        kind in prop_oneof![Just(None), Just(Some(KIND.1)), Just(Some("text/html")), Just(Some("application/grpc-web-text"))],
        grpc_status in proptest::option::of("[0-9]{1,2}|\\PC{0,3}"),
        flags in proptest::collection::vec((prop_oneof![Just(0_u8), Just(0x80_u8), any::<u8>()], "\\PC{0,8}|grpc-status: [0-9]{1,2}"), 0..4),
        tail: Vec<u8>,
        size in 1_usize..20,
    ) {
        let mut headers = Vec::new();
        headers.extend(kind.map(|kind| ("content-type", kind)));
        headers.extend(grpc_status.as_deref().map(|status| ("grpc-status", status)));
        let mut body: Vec<u8> = flags.iter().flat_map(|(flag, payload)| frame(*flag, payload.as_bytes())).collect();
        body.extend(tail);
        let whole = answer(SimReply::raw(http, &headers, &body)).map(|reply| reply.message).map_err(|s| (s.code, s.message.clone()));
        let pieces = answer(SimReply::raw(http, &headers, &body).in_pieces(size, Duration::ZERO));
        let pieces = pieces.map(|reply| reply.message).map_err(|s| (s.code, s.message.clone()));
        // Only an excerpt may depend on how much of the body came in the first piece.
        prop_assert_eq!(whole.clone().map_err(|(code, _)| code), pieces.map_err(|(code, _)| code));
        if let Err((code, message)) = whole {
            prop_assert!(code != Code::Ok);
            prop_assert!(grpc_status.is_some() || !message.is_empty() || !flags.is_empty());
        }
    }
}
