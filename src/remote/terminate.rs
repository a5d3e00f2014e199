//! `terminate`: end an execution.

use super::{CallOptions, Remote};
use crate::codec::Writer;
use crate::entity::ExecutionId;
use crate::error::Error;

const TERMINATE_EXECUTION: &str = "/flyteidl.service.AdminService/TerminateExecution";

impl Remote {
    /// Asks the server to end an execution; it goes through ABORTING to ABORTED. `cause` is kept with it.
    ///
    /// # Errors
    /// As the call fails; an execution that has ended can't be ended again.
    pub async fn terminate(&self, id: &ExecutionId, cause: &str, options: &CallOptions) -> Result<(), Error> {
        let scope = self.client().begin(options);
        let request = Writer::new().message(1, &id.to_bytes()).text(2, cause).done();
        let reply = self.client().call_bytes(TERMINATE_EXECUTION, request, &scope).await;
        reply.map(|_| ()).map_err(|error| error.about(id.to_string()))
    }
}
