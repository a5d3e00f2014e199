//! The one seam to the server: [`Channel`], a unary call of bytes. All 66 RPCs of Flyte are unary.
//!
//! A client's channel is a stack, see [`stack`]: metadata → deadline → retry → (auth) → transport. Each floor is a
//! `Channel` around another one; the default transport is [`GrpcWeb`].

mod call;
mod deadline;
mod endpoint;
pub mod grpc_web;
mod http_date;
mod metadata;
mod retry;
mod stack;
mod status;
#[cfg(test)]
mod testing;
#[cfg(feature = "tonic-web-wasm-client")]
mod tonic_web;

pub use call::{Call, Metadata, Reply};
pub use deadline::Deadline;
pub use endpoint::Endpoint;
pub use grpc_web::{GrpcWeb, GrpcWebOptions};
pub use metadata::{check_metadata, WithMetadata};
pub use retry::{Retry, RetryPolicy};
pub use stack::{stack, StackOptions};
pub use status::{Code, Origin, Status};
#[cfg(feature = "tonic-web-wasm-client")]
pub use tonic_web::TonicWeb;

pub use crate::idl::methods::Safety;

use crate::host::LocalFuture;

/// A way to call the server. Transports implement it, and so do the wrappers around them (deadline, retry, auth).
pub trait Channel {
    /// Calls a method. Dropping the future cancels the call and aborts its request.
    fn unary(&self, call: Call) -> LocalFuture<Result<Reply, Status>>;
}

impl<C: Channel + ?Sized> Channel for std::rc::Rc<C> {
    fn unary(&self, call: Call) -> LocalFuture<Result<Reply, Status>> {
        (**self).unary(call)
    }
}
