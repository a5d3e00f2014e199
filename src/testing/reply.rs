//! What the simulated server answers.

use std::time::Duration;

use crate::host::FetchError;

/// A scripted reply: when it comes, what its head says, and how its body arrives.
#[derive(Clone)]
pub struct SimReply {
    pub(super) delay: Duration,
    pub(super) head: Result<(u16, Vec<(String, String)>), FetchError>,
    pub(super) body: Vec<Step>,
}

/// One step of a body.
#[derive(Clone)]
pub(super) enum Step {
    Chunk(Vec<u8>),
    Wait(Duration),
    Fail(FetchError),
    Hang,
}

impl SimReply {
    /// Any HTTP reply, its body in one piece.
    #[must_use]
    pub fn raw(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let body = if body.is_empty() { Vec::new() } else { vec![Step::Chunk(body.to_vec())] };
        SimReply { delay: Duration::ZERO, head: Ok((status, headers)), body }
    }

    /// A foreign reply, as proxies give it.
    #[must_use]
    pub fn http(status: u16, content_type: &str, body: &str) -> Self {
        SimReply::raw(status, &[("content-type", content_type)], body.as_bytes())
    }

    /// A successful gRPC-Web reply in one piece, written as Envoy writes it.
    #[must_use]
    pub fn grpc_web(message: &[u8]) -> Self {
        let body = [frame(0, message), frame(0x80, b"grpc-status:0\r\ngrpc-message:\r\n")].concat();
        SimReply::raw(200, &[("content-type", "application/grpc-web+proto")], &body)
    }

    /// A failure with its status in the trailers frame.
    #[must_use]
    pub fn grpc_web_status(code: u32, message: &str) -> Self {
        let trailers = format!("grpc-status:{code}\r\ngrpc-message:{message}\r\n");
        SimReply::raw(200, &[("content-type", "application/grpc-web+proto")], &frame(0x80, trailers.as_bytes()))
    }

    /// A failure with its status in the headers and no body.
    #[must_use]
    pub fn trailers_only(code: u32, message: &str) -> Self {
        let code = code.to_string();
        let headers =
            [("content-type", "application/grpc-web+proto"), ("grpc-status", &code), ("grpc-message", message)];
        SimReply::raw(200, &headers, b"")
    }

    /// No reply: `fetch` rejects.
    #[must_use]
    pub fn failing(message: &str) -> Self {
        SimReply { delay: Duration::ZERO, head: Err(fault(message)), body: Vec::new() }
    }

    /// No reply in a browser, which does not say why.
    #[must_use]
    pub fn failing_in_browser(message: &str) -> Self {
        let error = FetchError { reason_hidden: true, ..fault(message) };
        SimReply { delay: Duration::ZERO, head: Err(error), body: Vec::new() }
    }

    /// The same, with one more header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        if let Ok((_, headers)) = &mut self.head {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// The same, its head after a while.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// The same, its body in pieces of one byte, each after a pause.
    #[must_use]
    pub fn byte_by_byte(self, pause: Duration) -> Self {
        self.in_pieces(1, pause)
    }

    /// The same, its body in pieces of `size` bytes, each after a pause.
    #[must_use]
    pub fn in_pieces(mut self, size: usize, pause: Duration) -> Self {
        let bytes = self.bytes();
        let steps = bytes.chunks(size.max(1)).flat_map(|piece| [Step::Wait(pause), Step::Chunk(piece.to_vec())]);
        self.body = steps.collect();
        self
    }

    /// The same, its body ending after `length` bytes.
    #[must_use]
    pub fn truncated(mut self, length: usize) -> Self {
        let mut bytes = self.bytes();
        bytes.truncate(length);
        self.body = vec![Step::Chunk(bytes)];
        self
    }

    /// The same, its connection breaking after `length` bytes.
    #[must_use]
    pub fn failing_after(self, length: usize, message: &str) -> Self {
        let mut reply = self.truncated(length);
        reply.body.push(Step::Fail(fault(message)));
        reply
    }

    /// The same, its body never ending.
    #[must_use]
    pub fn without_end(mut self) -> Self {
        self.body.push(Step::Hang);
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let chunks = self.body.iter().filter_map(|step| match step {
            Step::Chunk(bytes) => Some(bytes.as_slice()),
            _ => None,
        });
        chunks.collect::<Vec<_>>().concat()
    }
}

fn fault(message: &str) -> FetchError {
    FetchError { message: message.to_owned(), cause: None, reason_hidden: false }
}

/// A gRPC-Web frame.
fn frame(flag: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a test's payload fits a frame").to_be_bytes();
    [&[flag], length.as_slice(), payload].concat()
}
