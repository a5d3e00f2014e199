//! `relaunch` and `recover`: an execution once more.

use super::client::bad_reply;
use super::name::execution_name;
use super::{CallOptions, Remote, WorkflowExecution};
use crate::codec::{field, Malformed, Writer};
use crate::entity::ExecutionId;
use crate::error::{Error, Kind};
use crate::execution::Execution;

const RELAUNCH_EXECUTION: &str = "/flyteidl.service.AdminService/RelaunchExecution";
const RECOVER_EXECUTION: &str = "/flyteidl.service.AdminService/RecoverExecution";

/// How to run an execution again.
#[derive(Clone, Debug, Default)]
pub struct Rerun {
    /// Name of the new execution; default: a random one.
    pub name: Option<String>,
    /// A random name that begins with this and a `-`.
    pub name_prefix: Option<String>,
    /// Runs cached tasks again and stores their new results; only for `relaunch`.
    pub overwrite_cache: bool,
}

impl Remote {
    /// Starts an execution with what another one was launched with: entity, inputs and settings. The new one is
    /// attached.
    ///
    /// # Errors
    /// `Kind::NotFound` when there is no such execution, `Kind::AlreadyExists` when the name is taken, `Kind::Value`
    /// for a name that can't be one.
    pub async fn relaunch(
        &self,
        id: &ExecutionId,
        rerun: &Rerun,
        options: &CallOptions,
    ) -> Result<WorkflowExecution, Error> {
        self.rerun(id, false, rerun, options).await
    }

    /// Starts an execution that takes over what succeeded in another one and runs the rest. The new one is attached.
    ///
    /// # Errors
    /// As for `relaunch`.
    pub async fn recover(
        &self,
        id: &ExecutionId,
        rerun: &Rerun,
        options: &CallOptions,
    ) -> Result<WorkflowExecution, Error> {
        self.rerun(id, true, rerun, options).await
    }

    /// `recover` or `relaunch`.
    pub(crate) async fn rerun(
        &self,
        id: &ExecutionId,
        recover: bool,
        rerun: &Rerun,
        options: &CallOptions,
    ) -> Result<WorkflowExecution, Error> {
        let (client, scope) = (self.client(), self.client().begin(options));
        if recover && rerun.overwrite_cache {
            return Err(Error::option("overwriteCache", "only relaunch can overwrite cached results"));
        }
        let (name, made_up) = execution_name(rerun.name.as_deref(), rerun.name_prefix.as_deref(), &*client.host)?;
        let mut new = ExecutionId { name, ..id.clone() };
        let mut request = Writer::new();
        let (method, name) = if recover { (RECOVER_EXECUTION, 2) } else { (RELAUNCH_EXECUTION, 3) };
        request.message(1, &id.to_bytes()).text(name, &new.name).flag(4, rerun.overwrite_cache);
        match client.call_bytes_safely(method, request.done(), &scope).await {
            Ok(reply) => {
                let given = field(&reply, 1).map_err(|Malformed| bad_reply(method))?;
                if !given.is_empty() {
                    new = ExecutionId::read(given).map_err(|Malformed| bad_reply(method))?;
                }
            }
            // Our random name is taken: an earlier attempt got through and its reply was lost.
            Err(error) if error.kind == Kind::AlreadyExists && made_up => {
                let found = self.get_execution(&new, &scope).await.map_err(|_| error.about(id.to_string()))?;
                return Ok(WorkflowExecution::new(self.clone(), found, None));
            }
            Err(mut error) if error.kind == Kind::AlreadyExists => {
                error.message.push_str(". Fetch that execution, or give this one another name");
                return Err(error.about(new.to_string()));
            }
            Err(error) => return Err(error.about(id.to_string())),
        }
        // It runs, whatever becomes of this call.
        let snapshot = match self.get_execution(&new, &scope).await {
            Ok(snapshot) => snapshot,
            Err(_) => {
                let unread = Writer::new().message(1, &new.to_bytes()).done();
                Execution::decode(unread.into(), None).map_err(|Malformed| bad_reply(method))?
            }
        };
        Ok(WorkflowExecution::new(self.clone(), snapshot, None))
    }
}

impl WorkflowExecution {
    /// Starts an execution with what this one was launched with.
    ///
    /// # Errors
    /// As for `Remote::relaunch`.
    pub async fn relaunch(&self, rerun: &Rerun, options: &CallOptions) -> Result<WorkflowExecution, Error> {
        self.remote().relaunch(self.id(), rerun, options).await
    }

    /// Starts an execution that takes over what succeeded in this one and runs the rest.
    ///
    /// # Errors
    /// As for `Remote::recover`.
    pub async fn recover(&self, rerun: &Rerun, options: &CallOptions) -> Result<WorkflowExecution, Error> {
        self.remote().recover(self.id(), rerun, options).await
    }

    /// It was in the archive when the server was last asked.
    #[must_use]
    pub fn is_archived(&self) -> bool {
        let snapshot = self.snapshot();
        let details = field(&snapshot.raw, 3).and_then(|closure| field(closure, 14));
        details.ok().and_then(|details| int(details, 1).ok()) == Some(1)
    }
}

/// The number in field `number` of a message.
fn int(bytes: &[u8], number: u32) -> Result<i64, Malformed> {
    let (mut fields, mut found) = (crate::codec::Fields::of(bytes), 0);
    while let Some(field) = fields.next()? {
        if field.number == number {
            found = field.int()?;
        }
    }
    Ok(found)
}
