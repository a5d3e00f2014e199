//! `execute`: start a task, a workflow or a launch plan.

use std::collections::BTreeMap;
use std::rc::Rc;

use prost::Message;

use super::call::{CallOptions, Scope};
use super::client::decode;
use super::name::execution_name;
use super::{Remote, Wait, WorkflowExecution};
use crate::entity::{ExecutionId, Identifier, Interface, LaunchPlan, Reference, ResourceType, Task, Workflow};
use crate::error::{Error, Kind};
use crate::execution::Execution;
use crate::idl::flyteidl::{admin, core};
use crate::value::{check_inputs, InputValue};

const CREATE_EXECUTION: &str = "/flyteidl.service.AdminService/CreateExecution";

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
    /// Whom it runs as, and with which secrets.
    pub security_context: Option<core::SecurityContext>,
    /// The pool of clusters to run on.
    pub cluster_pool: Option<String>,
    /// The label of the cluster to run on.
    pub execution_cluster_label: Option<String>,
    /// Who is told when it ends.
    pub notifications: Notifications,
    /// Wait until it has ended; default: return as soon as it was created.
    pub wait: Option<Wait>,
}

/// Who is told when an execution ends.
#[derive(Clone, Debug, Default)]
pub enum Notifications {
    /// Those that the launch plan names.
    #[default]
    Default,
    /// Nobody.
    DisableAll,
    /// These instead.
    List(Vec<Notification>),
}

/// One message to send.
#[derive(Clone, Debug)]
pub struct Notification {
    /// Terminal phases at which it is sent: `SUCCEEDED`, `FAILED`, `ABORTED`, `TIMED_OUT`.
    pub phases: Vec<String>,
    /// By which way.
    pub channel: NotificationChannel,
    /// Addresses, at least one.
    pub recipients: Vec<String>,
}

/// The way a notification goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotificationChannel {
    /// By e-mail.
    Email,
    /// To PagerDuty's e-mail address.
    PagerDuty,
    /// To Slack's e-mail address.
    Slack,
}

/// What the request needs to know of a target.
struct Resolved {
    id: Identifier,
    interface: Rc<Interface>,
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
        let (name, made_up) =
            execution_name(execute.name.as_deref(), execute.name_prefix.as_deref(), &*self.client().host)?;
        let spec = spec(execute)?;
        let resolved = self.target(target, &scope).await?;
        let own = (resolved.id.project.as_str(), resolved.id.domain.as_str());
        let (project, domain) = self.place(execute.project.as_deref(), execute.domain.as_deref(), Some(own))?;
        let inputs = check_inputs(&resolved.interface, &execute.inputs, &resolved.id.to_string())?;
        let request = admin::ExecutionCreateRequest {
            project,
            domain,
            name,
            spec: Some(admin::ExecutionSpec { launch_plan: Some(resolved.id.to_proto()), ..spec }),
            inputs: Some(inputs),
            org: String::new(),
        };
        let snapshot = self.create(request, made_up, &resolved.id, &scope).await?;
        let execution = WorkflowExecution::new(self.clone(), snapshot, Some(resolved.interface));
        if let Some(wait) = &execute.wait {
            self.wait(&execution, wait, &CallOptions { metadata: options.metadata.clone(), timeout: None }).await?;
        }
        Ok(execution)
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
                    let plan = self.get_launch_plan(id, scope).await?;
                    let workflow = self.get_workflow(plan.workflow_id.clone(), scope).await?;
                    let plan = plan.with_workflow(&workflow.interface);
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

    /// Creates the execution and reads it once.
    async fn create(
        &self,
        request: admin::ExecutionCreateRequest,
        made_up: bool,
        entity: &Identifier,
        scope: &Scope,
    ) -> Result<Execution, Error> {
        let mut id = ExecutionId::new(&request.project, &request.domain, &request.name);
        let call = self.client().call_bytes_safely(CREATE_EXECUTION, request.encode_to_vec(), scope);
        match call.await {
            Ok(raw) => {
                let reply: admin::ExecutionCreateResponse = decode(CREATE_EXECUTION, &raw)?;
                if let Some(given) = reply.id {
                    id = given.into();
                }
            }
            // Our random name is taken: an earlier attempt got through and its reply was lost. Unless the launch plan
            // allows no further execution now, which the server says in the same way.
            Err(error) if error.kind == Kind::AlreadyExists && made_up => {
                return self.get_execution(&id, scope).await.map_err(|_| error.about(entity.to_string()));
            }
            Err(mut error) if error.kind == Kind::AlreadyExists => {
                error.message.push_str(". Fetch that execution, or give this one another name");
                return Err(error.about(id.to_string()));
            }
            Err(error) => return Err(error.about(entity.to_string())),
        }
        // It runs, whatever becomes of this call.
        Ok(self.get_execution(&id, scope).await.unwrap_or_else(|_| unread(id, request.spec)))
    }
}

/// What is known of an execution that was created and not read yet.
fn unread(id: ExecutionId, spec: Option<admin::ExecutionSpec>) -> Execution {
    let launch_plan = spec.as_ref().and_then(|spec| spec.launch_plan.clone()).unwrap_or_default();
    let raw = admin::Execution { id: Some(id.to_proto()), spec, closure: None }.encode_to_vec();
    Execution::created(id, launch_plan.into(), raw.into())
}

/// All of the request's spec but the launch plan.
#[allow(deprecated)] // auth_role as flytekit sends it, and tags, which Admin still reads
fn spec(execute: &Execute) -> Result<admin::ExecutionSpec, Error> {
    let max_parallelism = execute.max_parallelism.unwrap_or(0);
    if max_parallelism < 0 {
        return Err(Error::option(
            "maxParallelism",
            ["expected 0 or more, got ", &max_parallelism.to_string()].concat(),
        ));
    }
    let mut security_context = execute.security_context.clone();
    if let Some(account) = &execute.service_account {
        let run_as = security_context.get_or_insert_default().run_as.get_or_insert_default();
        run_as.k8s_service_account.clone_from(account);
    }
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    Ok(admin::ExecutionSpec {
        metadata: Some(admin::ExecutionMetadata {
            // What flytekit sends; Admin puts the caller's own identity there when it knows it.
            principal: "placeholder".to_owned(),
            ..Default::default()
        }),
        notification_overrides: Some(notifications(&execute.notifications)?),
        labels: Some(admin::Labels { values: map(&execute.labels) }),
        annotations: Some(admin::Annotations { values: map(&execute.annotations) }),
        auth_role: Some(admin::AuthRole::default()),
        security_context,
        max_parallelism,
        raw_output_data_config: given(&execute.raw_output_data_prefix)
            .map(|output_location_prefix| admin::RawOutputDataConfig { output_location_prefix }),
        cluster_assignment: given(&execute.cluster_pool)
            .map(|cluster_pool_name| admin::ClusterAssignment { cluster_pool_name }),
        interruptible: execute.interruptible,
        overwrite_cache: execute.overwrite_cache,
        envs: (!execute.envs.is_empty()).then(|| {
            let pairs =
                execute.envs.iter().map(|(key, value)| core::KeyValuePair { key: key.clone(), value: value.clone() });
            admin::Envs { values: pairs.collect() }
        }),
        tags: execute.tags.clone(),
        execution_cluster_label: given(&execute.execution_cluster_label)
            .map(|value| admin::ExecutionClusterLabel { value }),
        ..Default::default()
    })
}

fn map(pairs: &[(String, String)]) -> BTreeMap<String, String> {
    pairs.iter().cloned().collect()
}

fn notifications(said: &Notifications) -> Result<admin::execution_spec::NotificationOverrides, Error> {
    use admin::execution_spec::NotificationOverrides;
    let list = match said {
        Notifications::Default => &[],
        Notifications::DisableAll => return Ok(NotificationOverrides::DisableAll(true)),
        Notifications::List(list) => list.as_slice(),
    };
    let list = list.iter().enumerate().map(|(index, said)| {
        let at = |field: &str| ["notifications[", &index.to_string(), "].", field].concat();
        if said.recipients.is_empty() {
            return Err(Error::option(&at("recipients"), "expected at least one address, got none"));
        }
        let phases = said.phases.iter().map(|phase| match phase.as_str() {
            "SUCCEEDED" => Ok(4),
            "FAILED" => Ok(6),
            "ABORTED" => Ok(7),
            "TIMED_OUT" => Ok(8),
            other => {
                let message = ["expected SUCCEEDED, FAILED, ABORTED or TIMED_OUT, got \"", other, "\""].concat();
                Err(Error::option(&at("phases"), message))
            }
        });
        use admin::notification::Type;
        let (recipients_email, template) = (said.recipients.clone(), String::new());
        let r#type = Some(match said.channel {
            NotificationChannel::Email => Type::Email(admin::EmailNotification { recipients_email, template }),
            NotificationChannel::PagerDuty => {
                Type::PagerDuty(admin::PagerDutyNotification { recipients_email, template })
            }
            NotificationChannel::Slack => Type::Slack(admin::SlackNotification { recipients_email, template }),
        });
        Ok(admin::Notification { phases: phases.collect::<Result<_, _>>()?, r#type })
    });
    let notifications = list.collect::<Result<_, Error>>()?;
    Ok(NotificationOverrides::Notifications(admin::NotificationList { notifications }))
}
