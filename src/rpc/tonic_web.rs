//! The channel of `tonic-web-wasm-client`, for Rust programs in a page that carry that crate already.
//!
//! [`GrpcWeb`](super::GrpcWeb) is the better transport: this one loses the HTTP status of a failure and a successful
//! reply whose trailers arrive in pieces.

use bytes::{Buf, BufMut};
use http::uri::PathAndQuery;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::metadata::{KeyAndValueRef, MetadataMap};
use tonic_web_wasm_client::Client;

use super::{Call, Channel, Code, Metadata, Origin, Reply, Status};
use crate::host::LocalFuture;

/// A [`Channel`] over a [`tonic_web_wasm_client::Client`].
pub struct TonicWeb {
    client: Client,
    max_reply_bytes: usize,
}

impl TonicWeb {
    /// A transport over `client`. Replies may have 64 MiB.
    #[must_use]
    pub fn new(client: Client) -> Self {
        TonicWeb { client, max_reply_bytes: 64 << 20 }
    }
}

impl Channel for TonicWeb {
    fn unary(&self, call: Call) -> LocalFuture<Result<Reply, Status>> {
        let mut grpc = tonic::client::Grpc::new(self.client.clone()).max_decoding_message_size(self.max_reply_bytes);
        Box::pin(async move {
            let path = PathAndQuery::try_from(call.path.as_str())
                .map_err(|_| unsent(format!("method: expected /package.Service/Method, got {:?}", call.path)))?;
            let request = request(&call)?;
            grpc.ready().await.map_err(|error| unsent(error.to_string()))?;
            let reply = grpc.unary(request, path, Bytes).await.map_err(failure)?;
            // tonic merges headers and trailers of a unary reply.
            let headers = flat(reply.metadata());
            Ok(Reply { headers, message: reply.into_inner(), trailers: Metadata::new() })
        })
    }
}

fn request(call: &Call) -> Result<tonic::Request<Vec<u8>>, Status> {
    let mut request = tonic::Request::new(call.message.to_vec());
    if let Some(timeout) = call.timeout.filter(|timeout| *timeout != Call::NO_TIMEOUT) {
        request.set_timeout(timeout);
    }
    let mut headers = MetadataMap::new().into_headers();
    for (name, value) in &call.metadata {
        let pair = name.parse::<http::HeaderName>().ok().zip(value.parse().ok());
        let (key, value) = pair.ok_or_else(|| unsent(format!("metadata {name:?}: this can't be sent")))?;
        headers.append(key, value);
    }
    let mut all = std::mem::take(request.metadata_mut()).into_headers();
    all.extend(headers);
    *request.metadata_mut() = MetadataMap::from_headers(all);
    Ok(request)
}

fn unsent(message: String) -> Status {
    Status::new(Code::InvalidArgument, message).from_origin(Origin::Unsent)
}

fn failure(status: tonic::Status) -> Status {
    // A failure of the client itself has a source; one that the server told has none.
    let broken = std::error::Error::source(&status).is_some();
    let code = u32::try_from(i32::from(status.code())).ok().and_then(Code::from_number).unwrap_or(Code::Unknown);
    let code = if broken && code == Code::Unknown { Code::Unavailable } else { code };
    let mut failure = Status::new(code, status.message());
    failure.origin = if broken { Origin::Cut } else { Origin::Server };
    failure.details = status.details().to_vec();
    failure.trailers = flat(status.metadata());
    failure
}

fn flat(metadata: &MetadataMap) -> Metadata {
    let pairs = metadata.iter().map(|pair| match pair {
        KeyAndValueRef::Ascii(name, value) => (name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned()),
        KeyAndValueRef::Binary(name, value) => {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_encoded_bytes()).into_owned())
        }
    });
    pairs.collect()
}

/// Messages as they are.
#[derive(Clone, Copy)]
struct Bytes;

impl Codec for Bytes {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Bytes;
    type Decoder = Bytes;

    fn encoder(&mut self) -> Bytes {
        Bytes
    }

    fn decoder(&mut self) -> Bytes {
        Bytes
    }
}

impl Encoder for Bytes {
    type Item = Vec<u8>;
    type Error = tonic::Status;

    fn encode(&mut self, item: Self::Item, buffer: &mut EncodeBuf<'_>) -> Result<(), tonic::Status> {
        buffer.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Bytes {
    type Item = Vec<u8>;
    type Error = tonic::Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, tonic::Status> {
        let mut message = vec![0; buffer.remaining()];
        buffer.copy_to_slice(&mut message);
        Ok(Some(message))
    }
}
