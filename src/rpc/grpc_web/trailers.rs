//! The trailers frame: HTTP/1 header lines. And what they, or headers in their place, say of the call.

use super::percent;
use crate::codec::text::from_base64;
use crate::codec::{Fields, Malformed};
use crate::rpc::{Code, Metadata};
use crate::text::quoted;

/// Names in lower case and values, in order. Lines without a colon are skipped.
#[must_use]
pub fn parse(payload: &[u8]) -> Metadata {
    let text = String::from_utf8_lossy(payload);
    let pairs = text.split('\n').filter_map(|line| line.split_once(':'));
    pairs
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        .filter(|(name, _)| !name.is_empty())
        .collect()
}

/// What `grpc-status`, `grpc-message` and `grpc-status-details-bin` say.
#[derive(Debug, PartialEq)]
pub struct Verdict {
    /// The code.
    pub code: Code,
    /// The server's text, decoded.
    pub message: String,
    /// A serialised `google.rpc.Status`, empty when none (or a broken one) was sent.
    pub details: Vec<u8>,
}

/// Reads trailers, or the headers of a trailers-only reply; `None` when they hold no status.
#[must_use]
pub fn verdict(metadata: &Metadata) -> Option<Verdict> {
    let (details, parsed) = details(metadata);
    let said = text(metadata);
    let Some(status) = status(metadata) else {
        // Details without a status: their code is the only one there is.
        let parsed = parsed.filter(|details| details.code != 0)?;
        let code = u32::try_from(parsed.code).ok().and_then(Code::from_number).unwrap_or(Code::Unknown);
        return Some(Verdict { code, message: said.unwrap_or(parsed.message), details });
    };
    let message = said.or(parsed.map(|details| details.message)).unwrap_or_default();
    Some(match status {
        Ok(code) => Verdict { code, message, details },
        Err(odd) => {
            let fault = ["invalid grpc-status ", &quoted(&odd)].concat();
            let message = if message.is_empty() { fault } else { [&message, " (", &fault, ")"].concat() };
            Verdict { code: Code::Unknown, message, details }
        }
    })
}

/// The text of `grpc-message`, if it says anything.
#[must_use]
pub fn text(metadata: &Metadata) -> Option<String> {
    let message = values(metadata, "grpc-message").next()?;
    Some(percent::decode(message)).filter(|text| !text.is_empty())
}

fn values<'a>(metadata: &'a Metadata, name: &'a str) -> impl Iterator<Item = &'a str> {
    metadata.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// Of several statuses the first that is no success: what failed anywhere has failed.
fn status(metadata: &Metadata) -> Option<Result<Code, String>> {
    // `fetch` joins repeated headers with commas.
    let all = values(metadata, "grpc-status").flat_map(|value| value.split(',')).map(str::trim);
    let all = all.map(|value| number(value).ok_or_else(|| value.to_owned()));
    all.reduce(|first, next| if first == Ok(Code::Ok) { next } else { first })
}

fn number(value: &str) -> Option<Code> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| value.parse().ok().and_then(Code::from_number)).flatten()
}

/// What is read of a `google.rpc.Status`.
#[derive(Default)]
struct Details {
    code: i32,
    message: String,
}

impl Details {
    fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let (mut details, mut fields) = (Details::default(), Fields::of(bytes));
        while let Some(part) = fields.next()? {
            match part.number {
                1 => details.code = part.int32()?,
                2 => details.message = part.text()?,
                3 => drop(part.message()?),
                _ => {}
            }
        }
        Ok(details)
    }
}

fn details(metadata: &Metadata) -> (Vec<u8>, Option<Details>) {
    let mut all = values(metadata, "grpc-status-details-bin").flat_map(|value| value.split(','));
    let decoded = all.find_map(|value| {
        let bytes = from_base64(value.trim()).filter(|bytes| !bytes.is_empty())?;
        let details = Details::read(&bytes).ok()?;
        Some((bytes, Some(details)))
    });
    decoded.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
    use base64::Engine as _;
    use proptest::prelude::*;
    use prost::Message as _;

    use super::*;
    use crate::idl::google::rpc::Status;

    fn read(text: &str) -> Option<Verdict> {
        verdict(&parse(text.as_bytes()))
    }

    fn plain(code: Code, message: &str) -> Option<Verdict> {
        Some(Verdict { code, message: message.to_owned(), details: Vec::new() })
    }

    fn details() -> Vec<u8> {
        // 7 bytes: base64 pads it.
        Status { code: 6, message: "two".into(), details: Vec::new() }.encode_to_vec()
    }

    #[test]
    fn lower_case_without_space_and_empty_message_as_envoy_writes_it() {
        assert_eq!(read("grpc-status:0\r\ngrpc-message:\r\n"), plain(Code::Ok, ""));
    }

    #[test]
    fn upper_and_mixed_case_names() {
        assert_eq!(read("Grpc-Status: 5\r\nGRPC-MESSAGE: no such task\r\n"), plain(Code::NotFound, "no such task"));
    }

    #[test]
    fn names_and_values_are_trimmed_and_kept_in_order() {
        let expected: Metadata =
            [("b", "2"), ("a", "1: x"), ("b", "3")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
        assert_eq!(parse(b"B :2\r\na:  1: x \nnothing\r\n:x\r\n\r\nb: 3"), expected);
    }

    #[test]
    fn message_is_percent_decoded() {
        assert_eq!(read("grpc-status: 5\r\ngrpc-message: j%C3%A1 %zz"), plain(Code::NotFound, "já %zz"));
    }

    #[test]
    fn no_status_is_no_verdict() {
        assert_eq!(read("grpc-message: error\r\n"), None);
        assert_eq!(read(""), None);
    }

    #[test]
    fn status_that_is_no_number_is_unknown() {
        assert_eq!(read("grpc-status: abc"), plain(Code::Unknown, "invalid grpc-status \"abc\""));
        assert_eq!(read("grpc-status:"), plain(Code::Unknown, "invalid grpc-status \"\""));
        assert_eq!(read("grpc-status: +5"), plain(Code::Unknown, "invalid grpc-status \"+5\""));
    }

    #[test]
    fn status_out_of_range_is_unknown_and_keeps_the_text() {
        let expected = plain(Code::Unknown, "odd (invalid grpc-status \"17\")");
        assert_eq!(read("grpc-status: 17\r\ngrpc-message: odd"), expected);
        assert_eq!(read("grpc-status: 99999999999").unwrap().code, Code::Unknown);
        assert_eq!(read("grpc-status: -1").unwrap().code, Code::Unknown);
    }

    #[test]
    fn repeated_status_never_hides_a_failure() {
        assert_eq!(read("grpc-status: 5\r\ngrpc-status: 5").unwrap().code, Code::NotFound);
        assert_eq!(read("grpc-status: 0\r\ngrpc-status: 13").unwrap().code, Code::Internal);
        assert_eq!(read("grpc-status: 13\r\ngrpc-status: 0").unwrap().code, Code::Internal);
        assert_eq!(read("grpc-status: 0, 0").unwrap().code, Code::Ok);
        assert_eq!(read("grpc-status: 7, 7").unwrap().code, Code::PermissionDenied);
    }

    #[test]
    fn repeated_message_takes_the_first() {
        assert_eq!(read("grpc-status: 5\r\ngrpc-message: a\r\ngrpc-message: b").unwrap().message, "a");
    }

    #[test]
    fn padded_details_are_accepted() {
        let text = format!("grpc-status: 6\r\ngrpc-status-details-bin: {}", STANDARD.encode(details()));
        assert!(text.ends_with('='));
        assert_eq!(read(&text).unwrap().details, details());
    }

    #[test]
    fn unpadded_details_are_accepted() {
        let text = format!("grpc-status: 6\r\ngrpc-status-details-bin: {}", STANDARD_NO_PAD.encode(details()));
        assert_eq!(read(&text).unwrap().details, details());
        assert_eq!(read("grpc-status: 6\r\ngrpc-status-details-bin: CAY").unwrap().details, [8, 6]);
    }

    #[test]
    fn broken_details_are_dropped_and_the_status_stays() {
        for broken in ["!!!", "/////w", ""] {
            let text = format!("grpc-status: 6\r\ngrpc-message: m\r\ngrpc-status-details-bin: {broken}");
            assert_eq!(read(&text), plain(Code::AlreadyExists, "m"), "{broken}");
        }
    }

    #[test]
    fn trailers_win_over_details() {
        let encoded = STANDARD.encode(details());
        let text = format!("grpc-status: 5\r\ngrpc-message: one\r\ngrpc-status-details-bin: {encoded}");
        let verdict = read(&text).unwrap();
        assert_eq!((verdict.code, verdict.message.as_str()), (Code::NotFound, "one"));
    }

    #[test]
    fn details_fill_what_the_trailers_do_not_say() {
        let encoded = STANDARD.encode(details());
        let verdict = read(&format!("grpc-status: 6\r\ngrpc-status-details-bin: {encoded}")).unwrap();
        assert_eq!(verdict.message, "two");
        let verdict = read(&format!("grpc-status-details-bin: {encoded}")).unwrap();
        assert_eq!((verdict.code, verdict.message.as_str()), (Code::AlreadyExists, "two"));
    }

    #[test]
    fn bytes_that_are_not_utf8_do_not_lose_the_status() {
        let read = verdict(&parse(b"grpc-status: 5\r\ngrpc-message: a\xffb"));
        assert_eq!(read, plain(Code::NotFound, "a\u{fffd}b"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(payload: Vec<u8>) {
            let _ = verdict(&parse(&payload));
        }
    }
}
