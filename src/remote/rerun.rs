//! `relaunch` and `recover`: an execution once more.

use super::execute::New;
use super::name::execution_name;
use super::{CallOptions, Remote, WorkflowExecution};
use crate::codec::Writer;
use crate::entity::ExecutionId;
use crate::error::Error;

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
        let new = ExecutionId { name, ..id.clone() };
        let mut request = Writer::new();
        let (method, name) = if recover { (RECOVER_EXECUTION, 2) } else { (RELAUNCH_EXECUTION, 3) };
        request.message(1, &id.to_bytes()).text(name, &new.name).flag(4, rerun.overwrite_cache);
        let new = New { id: new, made_up, spec: &[] };
        let snapshot = self.create(method, request.done(), new, id.to_string(), &scope).await?;
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
}
