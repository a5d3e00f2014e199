//! `registerSpecs`: tasks, workflows and launch plans to the server, in the order that they need each other.

use super::call::{CallOptions, Scope};
use super::together::{together, Work, MOST};
use super::Remote;
use crate::codec::{field, Malformed, Writer};
use crate::entity::spec::{default_launch_plan_spec, visit_identifiers, Shape};
use crate::entity::{Identifier, ResourceType};
use crate::error::{Error, Kind, Problem};

const CREATE_TASK: &str = "/flyteidl.service.AdminService/CreateTask";
const CREATE_WORKFLOW: &str = "/flyteidl.service.AdminService/CreateWorkflow";
const CREATE_LAUNCH_PLAN: &str = "/flyteidl.service.AdminService/CreateLaunchPlan";
const UPDATE_LAUNCH_PLAN: &str = "/flyteidl.service.AdminService/UpdateLaunchPlan";

/// Something to register.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Its identifier. Default: that in the spec; parts missing there come from [`Register`] and the remote.
    pub id: Option<Identifier>,
    /// The serialised `flyteidl.admin.TaskSpec`, `WorkflowSpec`, or for a launch plan `LaunchPlanSpec` with an `id`,
    /// `flyteidl.admin.LaunchPlan` without one.
    pub bytes: Vec<u8>,
}

/// What to register.
#[derive(Clone, Debug, Default)]
pub struct Specs {
    /// Tasks.
    pub tasks: Vec<Spec>,
    /// Workflows.
    pub workflows: Vec<Spec>,
    /// Launch plans.
    pub launch_plans: Vec<Spec>,
}

/// How to register it.
#[derive(Clone, Debug)]
pub struct Register {
    /// For identifiers without a project; default: the remote's.
    pub project: Option<String>,
    /// For identifiers without a domain; default: the remote's.
    pub domain: Option<String>,
    /// For identifiers without a version.
    pub version: Option<String>,
    /// Make for each workflow the launch plan of its own name and version, without which it can't be executed;
    /// default true. One among the given launch plans takes its place.
    pub default_launch_plans: bool,
    /// Make the given launch plans the active versions of their names; default false.
    pub activate: bool,
}

impl Default for Register {
    fn default() -> Self {
        Register { project: None, domain: None, version: None, default_launch_plans: true, activate: false }
    }
}

/// Something registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Its identifier.
    pub id: Identifier,
    /// It was not there before; `false` when the same thing was.
    pub new: bool,
}

/// Everything registered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registered {
    /// Tasks, in the order given.
    pub tasks: Vec<Registration>,
    /// Workflows, in the order registered.
    pub workflows: Vec<Registration>,
    /// Launch plans, in the order registered, default ones included.
    pub launch_plans: Vec<Registration>,
}

/// Something ready to be sent.
struct Item {
    id: Identifier,
    spec: Vec<u8>,
    /// What it needs among workflows and launch plans.
    needs: Vec<Identifier>,
}

impl Remote {
    /// Registers specs: tasks at the same time, then workflows, each after the launch plans that its nodes launch,
    /// each with its default launch plan, then the other launch plans. What is there already in the same form counts
    /// as done.
    ///
    /// Identifiers in the specs, also those of nodes, get their missing projects, domains and versions from
    /// `register` and the remote.
    ///
    /// # Errors
    /// `Kind::Value` with everything that is wrong with the specs, before anything is sent; `Kind::InvalidInput` when
    /// the server refuses one, e.g. because another spec has its identifier. What came before it stays registered.
    pub async fn register_specs(
        &self,
        specs: &Specs,
        register: &Register,
        options: &CallOptions,
    ) -> Result<Registered, Error> {
        let scope = self.client().begin(options);
        let mut problems = Vec::new();
        let tasks = self.items("tasks", &specs.tasks, ResourceType::Task, register, &mut problems);
        let workflows = self.items("workflows", &specs.workflows, ResourceType::Workflow, register, &mut problems);
        let mut plans =
            self.items("launchPlans", &specs.launch_plans, ResourceType::LaunchPlan, register, &mut problems);
        if !problems.is_empty() {
            return Err(Error::from_problems(Kind::Value, "the specs to register", problems));
        }
        let given: Vec<Identifier> = plans.iter().map(|plan| plan.id.clone()).collect();
        if register.default_launch_plans {
            add_default_launch_plans(&workflows, &mut plans)?;
        }
        let order = in_order(workflows.into_iter().chain(plans).collect());
        let mut registered = Registered::default();
        let create = |task| -> Work<'_, Registration> { Box::pin(self.create_entity(task, &scope)) };
        registered.tasks = together(tasks.iter().map(create).collect(), MOST).await?;
        for item in &order {
            let created = self.create_entity(item, &scope).await?;
            if item.id.resource_type == ResourceType::Workflow {
                registered.workflows.push(created);
                continue;
            }
            registered.launch_plans.push(created);
            if register.activate && given.contains(&item.id) {
                self.activate(&item.id, &scope).await?;
            }
        }
        Ok(registered)
    }

    /// The specs of one kind, completed; what is wrong with them goes to `problems`.
    fn items(
        &self,
        list: &str,
        specs: &[Spec],
        kind: ResourceType,
        register: &Register,
        problems: &mut Vec<Problem>,
    ) -> Vec<Item> {
        let mut items = Vec::<Item>::with_capacity(specs.len());
        for (index, spec) in specs.iter().enumerate() {
            let path = [list, "[", &index.to_string(), "]"].concat();
            match self.item(spec, kind, register) {
                Err(message) => problems.push(Problem { path, message }),
                Ok(item) if items.iter().any(|known| known.id == item.id) => {
                    let message = [&item.id.to_string(), " is there twice"].concat();
                    problems.push(Problem { path, message });
                }
                Ok(item) => items.push(item),
            }
        }
        items
    }

    fn item(&self, spec: &Spec, kind: ResourceType, register: &Register) -> Result<Item, String> {
        let shape = match kind {
            ResourceType::Task => Shape::TaskSpec,
            ResourceType::Workflow => Shape::WorkflowSpec,
            _ if spec.id.is_some() => Shape::LaunchPlanSpec,
            _ => Shape::LaunchPlan,
        };
        let malformed = |Malformed| ["can't be read as a ", kind.noun(), " spec"].concat();
        let mut seen = Vec::new();
        let mut bytes = visit_identifiers(&spec.bytes, shape, &mut |id| {
            let id = self.completed(id, register);
            seen.push(id.clone());
            id
        })
        .map_err(malformed)?;
        // Not simply the first of them: in the bytes, sub-workflows may come before their workflow.
        let own = match shape {
            Shape::LaunchPlanSpec => Ok(&[][..]),
            Shape::LaunchPlan => field(&bytes, 1),
            _ => field(&bytes, 1).and_then(|template| field(template, 1)),
        };
        let own = own.map_err(malformed)?.to_vec();
        if shape == Shape::LaunchPlan {
            bytes = field(&bytes, 2).map_err(malformed)?.to_vec();
        }
        let id = match &spec.id {
            Some(id) => self.completed(Identifier { resource_type: kind, ..id.clone() }, register),
            None if own.is_empty() => return Err("has no identifier in it; give it an id".to_owned()),
            None => Identifier { resource_type: kind, ..Identifier::read(&own).map_err(malformed)? },
        };
        for (part, text) in
            [("project", &id.project), ("domain", &id.domain), ("name", &id.name), ("version", &id.version)]
        {
            if text.is_empty() {
                let name = if id.name.is_empty() { kind.noun() } else { &id.name };
                return Err([name, " has no ", part, "; put it in the spec's id or in the options"].concat());
            }
        }
        let needs = seen.into_iter().filter(|seen| seen.resource_type != ResourceType::Task && *seen != id).collect();
        Ok(Item { id, spec: bytes, needs })
    }

    /// The identifier with what is missing in it.
    fn completed(&self, mut id: Identifier, register: &Register) -> Identifier {
        let settings = self.settings();
        let fill = |part: &mut String, said: &Option<String>, default: &Option<String>| {
            if part.is_empty() {
                let said = said.as_ref().filter(|said| !said.is_empty());
                part.clone_from(said.or(default.as_ref()).unwrap_or(&String::new()));
            }
        };
        fill(&mut id.project, &register.project, &settings.project);
        fill(&mut id.domain, &register.domain, &settings.domain);
        fill(&mut id.version, &register.version, &None);
        id
    }

    async fn create_entity(&self, item: &Item, scope: &Scope) -> Result<Registration, Error> {
        let method = match item.id.resource_type {
            ResourceType::Task => CREATE_TASK,
            ResourceType::Workflow => CREATE_WORKFLOW,
            _ => CREATE_LAUNCH_PLAN,
        };
        // All three requests are {id = 1, spec = 2}.
        let request = Writer::new().message(1, &item.id.to_bytes()).message(2, &item.spec).done();
        match self.client().call_bytes(method, request, scope).await {
            Ok(_) => Ok(Registration { id: item.id.clone(), new: true }),
            Err(error) if error.kind == Kind::AlreadyExists => Ok(Registration { id: item.id.clone(), new: false }),
            Err(error) => Err(error.about(item.id.to_string())),
        }
    }

    async fn activate(&self, id: &Identifier, scope: &Scope) -> Result<(), Error> {
        // {id, state = ACTIVE}
        let request = Writer::new().message(1, &id.to_bytes()).int(2, 1).done();
        let reply = self.client().call_bytes(UPDATE_LAUNCH_PLAN, request, scope).await;
        reply.map(|_| ()).map_err(|error| error.about(id.to_string()))
    }
}

/// The launch plan of its own name and version for each workflow that has none among `plans`.
fn add_default_launch_plans(workflows: &[Item], plans: &mut Vec<Item>) -> Result<(), Error> {
    for workflow in workflows {
        let id = Identifier { resource_type: ResourceType::LaunchPlan, ..workflow.id.clone() };
        if plans.iter().any(|plan| plan.id == id) {
            continue;
        }
        let spec = default_launch_plan_spec(&workflow.id, &workflow.spec).map_err(|Malformed| {
            Error::new(Kind::Value, "the interface in the spec can't be read").about(workflow.id.to_string())
        })?;
        plans.push(Item { id, spec, needs: vec![workflow.id.clone()] });
    }
    Ok(())
}

/// Everything after what it needs, otherwise in the order given, a workflow's own launch plan right after it. What needs
/// itself in a circle comes last; the server says what is wrong with it.
fn in_order(items: Vec<Item>) -> Vec<Item> {
    let ids: Vec<Identifier> = items.iter().map(|item| item.id.clone()).collect();
    let mut items: Vec<Option<Item>> = items.into_iter().map(Some).collect();
    let mut order = Vec::with_capacity(items.len());
    for index in 0..items.len() {
        place(index, &ids, &mut items, &mut order);
    }
    order
}

fn place(index: usize, ids: &[Identifier], items: &mut [Option<Item>], order: &mut Vec<Item>) {
    // Taken out before its needs are placed, so that a circle ends.
    let Some(item) = items.get_mut(index).and_then(Option::take) else { return };
    let at = |id: &Identifier| ids.iter().position(|known| known == id);
    for need in item.needs.iter().filter_map(at) {
        place(need, ids, items, order);
    }
    let default_plan = at(&Identifier { resource_type: ResourceType::LaunchPlan, ..item.id.clone() });
    order.push(item);
    if let Some(plan) = default_plan {
        place(plan, ids, items, order);
    }
}
