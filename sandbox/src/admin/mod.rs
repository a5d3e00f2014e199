//! AdminService: one file a noun, matched by method name here.

use flyte_remote::rpc::Status;

use crate::sandbox::Sandbox;
use crate::service::unimplemented;

/// Answers a call of AdminService.
pub(crate) fn call(_sandbox: &mut Sandbox, method: &str, _message: &[u8]) -> Result<Vec<u8>, Status> {
    match method {
        _ => Err(unimplemented("flyteidl.service.AdminService", method)),
    }
}
