//! `execute`: start a task, a workflow or a launch plan.

use std::rc::Rc;

use super::call::{CallOptions, Scope};
use super::client::bad_reply;
use super::contents::{Contents, Given};
use super::existing::{Existing, OnExisting};
use super::name::execution_name;
use super::notification::{notification_list, Notifications};
use super::{Remote, Wait, WorkflowExecution};
use crate::codec::{field, Malformed, Writer};
use crate::entity::{ExecutionId, Identifier, Interface, LaunchPlan, Reference, ResourceType, Task, Workflow};
use crate::error::{Error, Kind};
use crate::execution::Execution;
use crate::value::InputValue;

pub(super) const CREATE_EXECUTION: &str = "/flyteidl.service.AdminService/CreateExecution";

/// What to execute.
#[derive(Clone)]
pub enum Target {
    /// A fetched task.
    Task(Rc<Task>),
    /// A fetched workflow; it runs through the launch plan of its own name and version.
    Workflow(Rc<Workflow>),
    /// A fetched launch plan.
    LaunchPlan(Rc<LaunchPlan>),
    /// Something to fetch first. Its kind must be said.
    Reference(Reference),
}

/// How to execute it; all optional.
#[derive(Clone, Default)]
pub struct Execute {
    /// Inputs by name.
    pub inputs: Vec<(String, InputValue)>,
    /// Opens files and blobs among the inputs, which are uploaded then; without it they are refused.
    pub contents: Option<Rc<dyn Contents>>,
    /// Default: the remote's project, or that of the entity.
    pub project: Option<String>,
    /// Default: the remote's domain, or that of the entity.
    pub domain: Option<String>,
    /// The execution's name, `^[a-z][a-z\-0-9]*$`, at most 63 characters; default: a random one.
    pub name: Option<String>,
    /// The start of a random name, at most 43 characters.
    pub name_prefix: Option<String>,
    /// Labels of its pods.
    pub labels: Vec<(String, String)>,
    /// Annotations of its pods.
    pub annotations: Vec<(String, String)>,
    /// Environment variables of its pods.
    pub envs: Vec<(String, String)>,
    /// Tags.
    pub tags: Vec<String>,
    /// How many nodes run at the same time; default (and 0): as the server is set up.
    pub max_parallelism: Option<i32>,
    /// Run cached tasks again; default false.
    pub overwrite_cache: bool,
    /// Whether its tasks may be interrupted; default: as they say.
    pub interruptible: Option<bool>,
    /// Where its tasks store files, `s3://bucket/prefix`.
    pub raw_output_data_prefix: Option<String>,
    /// The Kubernetes service account that it runs as; goes into `security_context`.
    pub service_account: Option<String>,
    /// Whom it runs as, and with which secrets: a serialised `flyteidl.core.SecurityContext`.
    pub security_context: Option<Vec<u8>>,
    /// The pool of clusters to run on.
    pub cluster_pool: Option<String>,
    /// The label of the cluster to run on.
    pub execution_cluster_label: Option<String>,
    /// Who is told when it ends.
    pub notifications: Notifications,
    /// Further fields: a serialised `flyteidl.admin.ExecutionSpec`. They count beside and above those before.
    pub more: Vec<u8>,
    /// What to do when an execution has the given name already.
    pub on_existing: OnExisting,
    /// Wait until it has ended; default: return as soon as it was created.
    pub wait: Option<Wait>,
}

/// What the request needs to know of a target.
struct Resolved {
    id: Identifier,
    interface: Rc<Interface>,
}

/// A request that is ready to be sent.
struct Prepared {
    request: Vec<u8>,
    spec: Vec<u8>,
    id: ExecutionId,
    /// The name is a random one.
    made_up: bool,
    resolved: Resolved,
    /// The serialised `LiteralMap`.
    inputs: Vec<u8>,
}

impl Remote {
    /// Starts an execution. Inputs are checked against the declared interface and everything wrong is told at once,
    /// before anything is created. Without a name the execution gets a random one here, so that a repeated request
    /// can't start a second execution.
    ///
    /// # Errors
    /// `Kind::Value` for inputs or options that can't be used, `Kind::NotFound` for an entity that is not there,
    /// `Kind::AlreadyExists` when an execution has the given name, or as a call fails.
    pub async fn execute(
        &self,
        target: &Target,
        execute: &Execute,
        options: &CallOptions,
    ) -> Result<WorkflowExecution, Error> {
        let scope = self.client().begin(options);
        let prepared = self.prepare(target, execute, &scope, true).await?;
        let Prepared { request, spec, id, made_up, resolved, inputs } = prepared;
        let new = New { id: id.clone(), made_up, spec: &spec };
        let created = self.create(CREATE_EXECUTION, request, new, resolved.id.to_string(), &scope).await;
        let execution = match created {
            Err(error) if error.kind == Kind::AlreadyExists && execute.on_existing == OnExisting::Return => {
                let found = self.of_that_name(&id, error, &scope).await?;
                let execution = WorkflowExecution::new(self.clone(), found, Some(Rc::clone(&resolved.interface)));
                let existing = Existing::of(&execution, &resolved.id, &resolved.interface, &inputs, &scope).await?;
                execution.existed(existing);
                execution
            }
            created => WorkflowExecution::new(self.clone(), created?, Some(resolved.interface)),
        };
        if let Some(wait) = &execute.wait {
            let waiting = CallOptions { timeout: None, ..options.clone() };
            let waited = self.wait(&execution, wait, &waiting).await;
            // What fails may be about an execution inside of it; the caller has to learn which one goes on.
            waited.map_err(|error| error.about(execution.id().to_string()))?;
        }
        Ok(execution)
    }

    /// The serialised `flyteidl.admin.ExecutionCreateRequest` that `execute` would send. The entity is fetched, nothing is
    /// created.
    ///
    /// # Errors
    /// As [`Remote::execute`] fails before it creates anything.
    pub async fn execute_request(
        &self,
        target: &Target,
        execute: &Execute,
        options: &CallOptions,
    ) -> Result<Vec<u8>, Error> {
        Ok(self.prepare(target, execute, &self.client().begin(options), false).await?.request)
    }

    async fn prepare(&self, target: &Target, execute: &Execute, scope: &Scope, send: bool) -> Result<Prepared, Error> {
        let (name, made_up) =
            execution_name(execute.name.as_deref(), execute.name_prefix.as_deref(), &*self.client().host)?;
        let spec = spec(execute)?;
        let resolved = self.target(target, scope).await?;
        let own = (resolved.id.project.as_str(), resolved.id.domain.as_str());
        let (project, domain) = self.place(execute.project.as_deref(), execute.domain.as_deref(), Some(own))?;
        let contents = if send { execute.contents.as_deref() } else { None };
        let given =
            Given { interface: &resolved.interface, inputs: &execute.inputs, subject: &resolved.id.to_string() };
        let inputs = self.stored_inputs(given, contents, (&project, &domain), scope).await?;
        let spec = [Writer::new().message(1, &resolved.id.to_bytes()).done(), spec].concat();
        let mut request = Writer::new();
        request.text(1, &project).text(2, &domain).text(3, &name).message(4, &spec).message(5, &inputs);
        let id = ExecutionId::new(&project, &domain, &name);
        Ok(Prepared { request: request.done(), spec, id, made_up, resolved, inputs })
    }

    /// Fetches what the target still lacks.
    async fn target(&self, target: &Target, scope: &Scope) -> Result<Resolved, Error> {
        match target {
            Target::Task(task) => Ok(Resolved { id: task.id.clone(), interface: Rc::clone(&task.interface) }),
            Target::LaunchPlan(plan) => Ok(Resolved { id: plan.id.clone(), interface: Rc::clone(&plan.interface) }),
            Target::Workflow(workflow) => self.default_launch_plan(workflow, scope).await,
            Target::Reference(reference) => match reference.kind {
                Some(ResourceType::Task) => {
                    let id = self.resolve(reference, ResourceType::Task, scope).await?;
                    let task = self.get_task(id, scope).await?;
                    Ok(Resolved { id: task.id.clone(), interface: Rc::clone(&task.interface) })
                }
                Some(ResourceType::Workflow) => {
                    let id = self.resolve(reference, ResourceType::Workflow, scope).await?;
                    let workflow = self.get_workflow(id, scope).await?;
                    self.default_launch_plan(&workflow, scope).await
                }
                Some(ResourceType::LaunchPlan) => {
                    let id = self.resolve(reference, ResourceType::LaunchPlan, scope).await?;
                    let plan = self.get_whole_launch_plan(id, scope).await?;
                    Ok(Resolved { id: plan.id, interface: plan.interface })
                }
                _ => Err(Error::option("kind", "expected task, workflow or launchPlan: what kind of entity is it?")),
            },
        }
    }

    /// The launch plan of the workflow's own name and version, which registering it makes.
    async fn default_launch_plan(&self, workflow: &Workflow, scope: &Scope) -> Result<Resolved, Error> {
        let id = Identifier { resource_type: ResourceType::LaunchPlan, ..workflow.id.clone() };
        let plan = self.get_launch_plan(id, scope).await.map_err(|mut error| {
            if error.kind == Kind::NotFound {
                error.message.push_str(
                    ". A workflow runs through the launch plan of its own name and version: register that one, or \
                     execute another launch plan of the workflow",
                );
            }
            error
        })?;
        let plan = plan.with_workflow(&workflow.interface);
        Ok(Resolved { id: plan.id, interface: plan.interface })
    }

    /// Creates the execution `new` by `method` and reads it once. Failures are `about` what it is made of.
    pub(super) async fn create(
        &self,
        method: &'static str,
        request: Vec<u8>,
        new: New<'_>,
        about: String,
        scope: &Scope,
    ) -> Result<Execution, Error> {
        let New { mut id, made_up, spec } = new;
        scope.created.replace(Some(id.to_string()));
        match self.client().call_bytes_safely(method, request, scope).await {
            Ok(reply) => {
                let given = field(&reply, 1).map_err(|Malformed| bad_reply(method))?;
                if !given.is_empty() {
                    id = ExecutionId::read(given).map_err(|Malformed| bad_reply(method))?;
                }
            }
            // Our random name is taken: an earlier attempt got through and its reply was lost.
            Err(error) if error.kind == Kind::AlreadyExists && made_up => {
                return self.of_that_name(&id, error.about(about), scope).await;
            }
            Err(mut error) if error.kind == Kind::AlreadyExists => {
                scope.created.take();
                // Only the name tells it from one that was there before, and that is the caller's.
                if error.status.as_ref().is_some_and(|status| status.attempts > 1) {
                    error
                        .message
                        .push_str(". An earlier attempt of this call, whose reply was lost, may have created it");
                }
                error.message.push_str(". Fetch that execution, ");
                error.message.push_str(if method == CREATE_EXECUTION {
                    "take it with `onExisting: 'return'`, "
                } else {
                    ""
                });
                error.message.push_str("or give this one another name");
                return Err(error.about(id.to_string()));
            }
            Err(mut error) => {
                scope.created.take();
                if error.may_have_arrived() {
                    error.perhaps_created(&id.to_string());
                }
                return Err(error.about(about));
            }
        }
        // It runs, whatever becomes of this call.
        if let Ok(snapshot) = self.get_execution(&id, scope).await {
            return Ok(snapshot);
        }
        let unread = Writer::new().message(1, &id.to_bytes()).bytes(2, spec).done();
        Execution::decode(unread.into(), None).map_err(|Malformed| bad_reply(method))
    }

    /// The execution that has a name already, or what was `refused`: the server says in the same way that the launch plan
    /// allows no further execution now.
    async fn of_that_name(&self, id: &ExecutionId, refused: Error, scope: &Scope) -> Result<Execution, Error> {
        match self.get_execution(id, scope).await {
            Err(failed) if failed.kind == Kind::NotFound => Err(refused),
            // It is there, if only it could be read.
            found => found,
        }
    }
}

/// An execution to create.
pub(super) struct New<'a> {
    pub id: ExecutionId,
    /// Its name is a random one.
    pub made_up: bool,
    /// Its serialised `ExecutionSpec`, as far as it is known here.
    pub spec: &'a [u8],
}

/// All of the serialised `ExecutionSpec` but the launch plan.
fn spec(execute: &Execute) -> Result<Vec<u8>, Error> {
    let max_parallelism = execute.max_parallelism.unwrap_or(0);
    if max_parallelism < 0 {
        return Err(Error::option(
            "maxParallelism",
            ["expected 0 or more, got ", &max_parallelism.to_string()].concat(),
        ));
    }
    let mut spec = Writer::new();
    // What flytekit sends as principal; Admin puts the caller's own identity there when it knows it.
    spec.message(3, &Writer::new().text(2, "placeholder").done());
    match &execute.notifications {
        Notifications::Default => spec.message(5, &[]),
        Notifications::DisableAll => spec.set_int(6, 1),
        Notifications::List(list) => spec.message(5, &notification_list(list)?),
    };
    spec.message(7, &Writer::texts(&execute.labels)).message(8, &Writer::texts(&execute.annotations));
    let mut security = execute.security_context.clone().unwrap_or_default();
    if let Some(account) = execute.service_account.as_deref().filter(|account| !account.is_empty()) {
        // A field that comes again is merged: run_as.k8s_service_account.
        security.extend(Writer::new().message(1, &Writer::new().text(2, account).done()).done());
    }
    spec.bytes(10, &security);
    // An empty auth_role, as flytekit has it.
    spec.message(16, &[]).int(18, max_parallelism.into());
    let mut wrapped = |number: u16, inner: u16, text: &Option<String>| {
        if let Some(text) = text.as_deref().filter(|text| !text.is_empty()) {
            spec.message(number, &Writer::new().text(inner, text).done());
        }
    };
    wrapped(19, 1, &execute.raw_output_data_prefix);
    wrapped(20, 3, &execute.cluster_pool);
    wrapped(25, 1, &execute.execution_cluster_label);
    if let Some(interruptible) = execute.interruptible {
        spec.message(21, &Writer::new().flag(1, interruptible).done());
    }
    spec.flag(22, execute.overwrite_cache).bytes(23, &Writer::texts(&execute.envs));
    for tag in &execute.tags {
        spec.message(24, tag.as_bytes());
    }
    let mut spec = spec.done();
    spec.extend_from_slice(&execute.more);
    Ok(spec)
}
