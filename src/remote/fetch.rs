//! `fetchTask`, `fetchWorkflow`, `fetchLaunchPlan`, `fetchExecution`.

use std::cell::RefCell;
use std::rc::Rc;

use super::call::{CallOptions, Scope};
use super::client::bad_reply;
use super::page::{newest, Page};
use super::together::{together, Work};
use super::{Remote, WorkflowExecution};
use crate::codec::{field, Malformed, Writer};
use crate::entity::reference::required_name;
use crate::entity::{ChildPlan, ExecutionReference, Identifier, LaunchPlan, Reference, ResourceType, Task, Workflow};
use crate::error::{Error, Kind};

pub(super) const GET_TASK: &str = "/flyteidl.service.AdminService/GetTask";
pub(super) const GET_WORKFLOW: &str = "/flyteidl.service.AdminService/GetWorkflow";
pub(super) const GET_LAUNCH_PLAN: &str = "/flyteidl.service.AdminService/GetLaunchPlan";
/// How many launch plans of a workflow are fetched at the same time.
const MOST_PLANS: usize = 32;
const LIST_TASKS: &str = "/flyteidl.service.AdminService/ListTasks";
const LIST_WORKFLOWS: &str = "/flyteidl.service.AdminService/ListWorkflows";
const LIST_LAUNCH_PLANS: &str = "/flyteidl.service.AdminService/ListLaunchPlans";

impl Remote {
    /// A task, by default its version registered last.
    ///
    /// # Errors
    /// `Kind::NotFound`, or as the call fails.
    pub async fn fetch_task(&self, reference: &Reference, options: &CallOptions) -> Result<Rc<Task>, Error> {
        let scope = self.client().begin(options);
        let id = self.resolve(reference, ResourceType::Task, &scope).await?;
        self.get_task(id, &scope).await
    }

    /// A workflow, by default its version registered last, with the launch plans that its nodes refer to at any level; all of
    /// them are fetched at the same time. One that can't be fetched is the `problem` of its nodes.
    ///
    /// # Errors
    /// `Kind::NotFound`, or as the call for the workflow fails.
    pub async fn fetch_workflow(&self, reference: &Reference, options: &CallOptions) -> Result<Rc<Workflow>, Error> {
        let scope = self.client().begin(options);
        let id = self.resolve(reference, ResourceType::Workflow, &scope).await?;
        let mut workflow = self.get_workflow(id, &scope).await?;
        let ids = workflow.launch_plan_ids();
        let plans: RefCell<Vec<ChildPlan>> = RefCell::default();
        let work = ids.into_iter().map(|id| -> Work<'_, ()> {
            let (plans, scope) = (&plans, &scope);
            Box::pin(async move {
                let plan = self.get_launch_plan(id.clone(), scope).await;
                plans.borrow_mut().push((id, plan.map(Rc::new).map_err(|error| error.message.as_str().into())));
                Ok(())
            })
        });
        together(work.collect(), MOST_PLANS).await?;
        workflow.launch_plans = plans.into_inner().into();
        Ok(Rc::new(workflow))
    }

    /// A launch plan with its workflow's interface, by default its version registered last, active or not. The workflow is
    /// fetched only where the plan does not have all of it: for the types of fixed inputs, or from old servers.
    ///
    /// # Errors
    /// `Kind::NotFound`, or as a call fails.
    pub async fn fetch_launch_plan(
        &self,
        reference: &Reference,
        options: &CallOptions,
    ) -> Result<Rc<LaunchPlan>, Error> {
        let scope = self.client().begin(options);
        let id = self.resolve(reference, ResourceType::LaunchPlan, &scope).await?;
        self.get_whole_launch_plan(id, &scope).await.map(Rc::new)
    }

    /// An execution, attached: it can sync, wait and terminate itself.
    ///
    /// # Errors
    /// `Kind::NotFound`, or as the call fails.
    pub async fn fetch_execution(
        &self,
        reference: &ExecutionReference,
        options: &CallOptions,
    ) -> Result<WorkflowExecution, Error> {
        let scope = self.client().begin(options);
        let id = self.execution_id(reference)?;
        let snapshot = self.get_execution(&id, &scope).await?;
        Ok(WorkflowExecution::new(self.clone(), snapshot, None))
    }

    pub(super) async fn get_task(&self, id: Identifier, scope: &Scope) -> Result<Rc<Task>, Error> {
        let raw = self.get(GET_TASK, &id, scope).await?;
        Ok(Rc::new(Task::decode(raw, Some(id)).map_err(|Malformed| bad_reply(GET_TASK))?))
    }

    pub(super) async fn get_workflow(&self, id: Identifier, scope: &Scope) -> Result<Workflow, Error> {
        let raw = self.get(GET_WORKFLOW, &id, scope).await?;
        Workflow::decode(raw, Some(id)).map_err(|Malformed| bad_reply(GET_WORKFLOW))
    }

    /// A launch plan that knows only its own part of the interface.
    pub(super) async fn get_launch_plan(&self, id: Identifier, scope: &Scope) -> Result<LaunchPlan, Error> {
        let raw = self.get(GET_LAUNCH_PLAN, &id, scope).await?;
        LaunchPlan::decode(raw, Some(id)).map_err(|Malformed| bad_reply(GET_LAUNCH_PLAN))
    }

    /// A launch plan with its workflow's interface.
    pub(super) async fn get_whole_launch_plan(&self, id: Identifier, scope: &Scope) -> Result<LaunchPlan, Error> {
        let plan = self.get_launch_plan(id, scope).await?;
        if plan.is_complete() {
            return Ok(plan);
        }
        let workflow = self.get_workflow(plan.workflow_id.clone(), scope).await?;
        Ok(plan.with_workflow(&workflow.interface))
    }

    async fn get(&self, method: &'static str, id: &Identifier, scope: &Scope) -> Result<Rc<[u8]>, Error> {
        let request = Writer::new().message(1, &id.to_bytes()).done();
        self.client().call_bytes(method, request, scope).await.map_err(|error| error.about(id.to_string()))
    }

    /// The full identifier that is meant; asks the server for the latest version when none is said.
    pub(super) async fn resolve(
        &self,
        reference: &Reference,
        kind: ResourceType,
        scope: &Scope,
    ) -> Result<Identifier, Error> {
        if let Some(said) = reference.kind.filter(|said| *said != kind) {
            let message = ["this is a ", said.noun(), ", not a ", kind.noun()].concat();
            return Err(Error::option("kind", message));
        }
        let name = required_name(&reference.name, kind.noun())?;
        let (project, domain) = self.place(reference.project.as_deref(), reference.domain.as_deref(), None)?;
        if let Some(version) = reference.version() {
            return Ok(Identifier::new(kind, &project, &domain, name, version));
        }
        let method = match kind {
            ResourceType::Task => LIST_TASKS,
            ResourceType::Workflow => LIST_WORKFLOWS,
            _ => LIST_LAUNCH_PLANS,
        };
        let request = newest(&project, &domain, name, 1, "", "");
        let reply = self.client().call_bytes(method, request, scope).await?;
        let newest = match Page::read(method, &reply)?.items.first() {
            Some(entity) => {
                let id = field(entity, 1).and_then(Identifier::read).map_err(|Malformed| bad_reply(method))?;
                Some(id).filter(|id| !id.version.is_empty())
            }
            None => None,
        };
        let text = [kind.prefix(), &project, &domain, name].join(":");
        match newest {
            Some(newest) => Ok(Identifier::new(kind, &project, &domain, name, &newest.version)),
            None => {
                let message = ["there is no ", kind.noun(), " of this name. Check project, domain and name"].concat();
                Err(Error::new(Kind::NotFound, message).about(text))
            }
        }
    }
}
