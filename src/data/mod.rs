//! Files on their way to the store: where they come from, their digest, the request that sends them, and what the
//! store answers. Without I/O of its own.

mod digest;
mod source;
mod store_error;
mod upload;
mod url;

pub(crate) use digest::hex;
pub use digest::Md5;
pub use source::{BytesSource, Source};
pub use store_error::StoreError;
pub use upload::{put_headers, Uploaded};
pub use url::{host_of, without_query};
