//! `terminate`: end an execution.

use prost::Message;

use super::{CallOptions, Remote};
use crate::entity::ExecutionId;
use crate::error::Error;
use crate::idl::flyteidl::admin;

const TERMINATE_EXECUTION: &str = "/flyteidl.service.AdminService/TerminateExecution";

impl Remote {
    /// Asks the server to end an execution; it goes through ABORTING to ABORTED. `cause` is kept with it.
    ///
    /// # Errors
    /// As the call fails; an execution that has ended can't be ended again.
    pub async fn terminate(&self, id: &ExecutionId, cause: &str, options: &CallOptions) -> Result<(), Error> {
        let scope = self.client().begin(options);
        let request = admin::ExecutionTerminateRequest { id: Some(id.to_proto()), cause: cause.to_owned() };
        let reply = self.client().call_bytes(TERMINATE_EXECUTION, request.encode_to_vec(), &scope).await;
        reply.map(|_| ()).map_err(|error| error.about(id.to_string()))
    }
}
