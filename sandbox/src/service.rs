//! From a method path to its handler.

use flyte_remote::rpc::{Code, Status};
use prost::Message;

use crate::sandbox::Sandbox;
use crate::status::invalid;
use crate::{admin, dataproxy, signals};

/// FlyteAdmin cuts longer error texts, and then leaves the details out.
const MAX_ERROR_TEXT: usize = 32_000;

/// Answers a call of `/package.Service/Method`.
pub(crate) fn call(sandbox: &mut Sandbox, path: &str, message: &[u8]) -> Result<Vec<u8>, Status> {
    dispatch(sandbox, path, message).map_err(|mut status| {
        if status.message.len() > MAX_ERROR_TEXT {
            let end = (0..=MAX_ERROR_TEXT).rev().find(|&end| status.message.is_char_boundary(end));
            status.message.truncate(end.unwrap_or(0));
            status.details.clear();
        }
        status
    })
}

fn dispatch(sandbox: &mut Sandbox, path: &str, message: &[u8]) -> Result<Vec<u8>, Status> {
    let (service, method) = path.trim_start_matches('/').split_once('/').unwrap_or((path, ""));
    match service {
        "flyteidl.service.AdminService" => admin::call(sandbox, method, message),
        "flyteidl.service.DataProxyService" => dataproxy::call(sandbox, method, message),
        "flyteidl.service.SignalService" => signals::call(sandbox, method, message),
        _ => Err(Status::new(Code::Unimplemented, format!("unknown service {service}"))),
    }
}

/// Decodes a request, calls the handler, encodes its reply.
pub(crate) fn unary<Q: Message + Default, R: Message>(
    sandbox: &mut Sandbox,
    message: &[u8],
    handler: impl FnOnce(&mut Sandbox, Q) -> Result<R, Status>,
) -> Result<Vec<u8>, Status> {
    let request = Q::decode(message).map_err(|error| invalid(format!("the request can't be decoded: {error}")))?;
    handler(sandbox, request).map(|reply| reply.encode_to_vec())
}

/// UNIMPLEMENTED for a method that Flyte has and the sandbox has not, or that nobody knows.
pub(crate) fn unimplemented(service: &str, method: &str) -> Status {
    Status::new(Code::Unimplemented, format!("the sandbox does not implement {method} of {service}"))
}
