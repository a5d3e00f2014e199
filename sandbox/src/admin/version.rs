//! `GetVersion`.

use flyte_remote::rpc::Status;

use crate::idl::admin::{GetVersionRequest, GetVersionResponse, Version};
use crate::sandbox::Sandbox;

pub(super) fn get(sandbox: &mut Sandbox, _: GetVersionRequest) -> Result<GetVersionResponse, Status> {
    let version = Version {
        version: sandbox.options.version.clone(),
        build: "unknown".to_owned(),
        build_time: "unknown".to_owned(),
    };
    Ok(GetVersionResponse { control_plane_version: Some(version) })
}
