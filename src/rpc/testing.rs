//! Shared by the tests of this floor.
#![allow(clippy::unwrap_used)]

use super::{Call, Endpoint, GrpcWeb, GrpcWebOptions, Metadata};
use crate::testing::SimHost;

pub fn web(host: &SimHost) -> GrpcWeb {
    let endpoint = Endpoint::parse("https://flyte.test", false).unwrap();
    GrpcWeb::new(host.shared(), endpoint, GrpcWebOptions::default())
}

pub fn call() -> Call {
    Call::new("/test.Service/Get", &b"request"[..])
}

pub fn pairs(pairs: &[(&str, &str)]) -> Metadata {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
