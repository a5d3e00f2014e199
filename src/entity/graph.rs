//! A workflow's compiled closure as a graph: what each node runs, where its values come from and what comes before it.
//!
//! It is a plain value, since whoever looks at a graph looks at all of it: the shapes are in `src/wasm/types.d.ts`. Nothing
//! about a closure is an error; what is odd or missing becomes the `problem` of its node.

use std::rc::Rc;

use super::node::{bindings, is_system, node};
use super::object::{int_in, named, texts_by_name, texts_in, Object};
use super::spec::{visit_identifiers, Shape};
use super::{Identifier, Interface, LaunchPlan, ResourceType, Task, Workflow};
use crate::codec::order::sorted;
use crate::codec::{field, Fields, Malformed, Writer};
use crate::value::OutputValue;

/// A workflow as a graph.
pub struct Graph {
    /// What `FlyteWorkflow` in `types.d.ts` has under its own names. Entities are [`OutputValue::Beside`].
    pub value: OutputValue,
    /// The entities that nodes refer to, as far as they are known.
    pub entities: Vec<Entity>,
}

/// What a node refers to.
#[derive(Clone, Debug)]
pub enum Entity {
    /// A task of the closure.
    Task(Rc<Task>),
    /// A sub-workflow of the closure.
    Workflow(Rc<Workflow>),
    /// A launch plan that was fetched.
    LaunchPlan(Rc<LaunchPlan>),
}

/// A launch plan that a node refers to, or why it could not be fetched.
pub type ChildPlan = (Identifier, Result<Rc<LaunchPlan>, Rc<str>>);

/// What is known about an identifier.
pub(super) struct Known {
    id: Identifier,
    /// Where its entity is among all.
    pub(super) place: Option<usize>,
    pub(super) interface: Option<Rc<Interface>>,
    pub(super) problem: Option<String>,
}

/// What nodes need to know about the closure that they are in.
pub(super) struct Closure {
    known: Vec<Known>,
    /// The places of those in the order of identifiers.
    by_id: Vec<usize>,
    /// Nodes, and the ids of those before them.
    upstream: Vec<(String, Vec<String>)>,
    /// The places of those in the order of their ids.
    by_node: Vec<usize>,
}

impl Closure {
    fn new(known: Vec<Known>, upstream: Vec<(String, Vec<String>)>) -> Self {
        let id = |at: usize| known.get(at).map(|known| &known.id);
        let by_id = sorted(known.len(), &|one, two| id(one).cmp(&id(two)));
        let node = |at: usize| upstream.get(at).map(|(node, _)| node);
        let by_node = sorted(upstream.len(), &|one, two| node(one).cmp(&node(two)));
        Closure { known, by_id, upstream, by_node }
    }

    /// What is known about an identifier; what was fetched counts before what the closure says about the same.
    pub(super) fn find(&self, id: &Identifier) -> Option<&Known> {
        let known = |at: &usize| self.known.get(*at);
        let first = self.by_id.partition_point(|at| known(at).is_some_and(|known| known.id < *id));
        self.by_id.get(first).and_then(known).filter(|known| known.id == *id)
    }

    /// The nodes before a node, as the compiler found them.
    pub(super) fn upstream(&self, id: &str) -> &[String] {
        let node = |at: &usize| self.upstream.get(*at);
        let first = self.by_node.partition_point(|at| node(at).is_some_and(|(node, _)| node.as_str() < id));
        let found = self.by_node.get(first).and_then(node).filter(|(node, _)| node == id);
        found.map_or(&[], |(_, before)| before)
    }

    /// The entities of a type by identifier.
    fn entities(&self, kind: ResourceType) -> Vec<OutputValue> {
        let known = self.by_id.iter().filter_map(|at| self.known.get(*at));
        known
            .filter(|known| known.id.resource_type == kind)
            .filter_map(|known| known.place)
            .map(OutputValue::Beside)
            .collect()
    }
}

/// The parts of a serialised `flyteidl.core.CompiledWorkflowClosure`; what can't be read is left out.
#[derive(Default)]
struct Parts<'a> {
    primary: &'a [u8],
    /// Sub-workflows, tasks and launch plans.
    others: Vec<Part<'a>>,
}

/// A compiled sub-workflow, task or launch plan.
struct Part<'a> {
    id: Identifier,
    /// The field of the closure that it stands in.
    number: u16,
    /// Its message, which has only a template that matters here.
    compiled: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(closure: &'a [u8]) -> Self {
        let (mut fields, mut parts) = (Fields::of(closure), Parts::default());
        while let Ok(Some(part)) = fields.next() {
            let (Ok(compiled), Ok(number)) = (part.message(), u16::try_from(part.number)) else { continue };
            let resource_type = match number {
                1 => {
                    parts.primary = compiled;
                    continue;
                }
                2 => ResourceType::Workflow,
                3 => ResourceType::Task,
                4 => ResourceType::LaunchPlan,
                _ => continue,
            };
            if let Ok(id) = field(template(compiled), 1).and_then(Identifier::read) {
                parts.others.push(Part { id: Identifier { resource_type, ..id }, number, compiled });
            }
        }
        parts
    }

    fn find(&self, id: &Identifier) -> Option<&Part<'a>> {
        self.others.iter().find(|part| part.id == *id)
    }

    /// A sub-workflow as a serialised `flyteidl.admin.Workflow`, with those parts of the closure that it refers to.
    fn sub_workflow(&self, part: &Part<'a>) -> Vec<u8> {
        let (mut needed, mut open) = (Vec::new(), vec![part]);
        while let Some(part) = open.pop() {
            let subs = references(template(part.compiled)).into_iter().filter(|id| insert(&mut needed, id.clone()));
            open.extend(subs.filter_map(|id| self.find(&id)).filter(|part| part.number == 2));
        }
        let mut closure = Writer::new();
        closure.message(1, part.compiled);
        for part in self.others.iter().filter(|part| needed.binary_search(&part.id).is_ok()) {
            closure.message(part.number, part.compiled);
        }
        let closure = Writer::new().message(1, &closure.done()).done();
        Writer::new().message(1, &part.id.to_bytes()).message(2, &closure).done()
    }
}

/// The template of a compiled workflow, task or launch plan.
fn template(compiled: &[u8]) -> &[u8] {
    field(compiled, 1).unwrap_or_default()
}

/// Adds an identifier in its place unless it is there.
fn insert(ids: &mut Vec<Identifier>, id: Identifier) -> bool {
    let place = ids.binary_search(&id);
    if let Err(at) = place {
        ids.insert(at, id);
    }
    place.is_err()
}

/// What the nodes of a serialised `flyteidl.core.WorkflowTemplate` refer to, each once, in order.
fn references(template: &[u8]) -> Vec<Identifier> {
    let own = field(template, 1).and_then(Identifier::read);
    let mut own = own.ok().map(|id| Identifier { resource_type: ResourceType::Workflow, ..id });
    let mut ids = Vec::new();
    // What was found before bytes that can't be read counts.
    let _ = visit_identifiers(template, Shape::WorkflowTemplate, &mut |id| {
        if own.as_ref() == Some(&id) {
            own = None;
        } else {
            insert(&mut ids, id.clone());
        }
        id
    });
    ids
}

impl Workflow {
    /// The launch plans that nodes refer to at any level of the closure, each once.
    #[must_use]
    pub fn launch_plan_ids(&self) -> Vec<Identifier> {
        let parts = Parts::of(self.compiled());
        let subs = parts.others.iter().filter(|part| part.number == 2).map(|part| part.compiled);
        let mut ids: Vec<Identifier> = Vec::new();
        for compiled in std::iter::once(parts.primary).chain(subs) {
            for id in references(template(compiled)) {
                if id.resource_type == ResourceType::LaunchPlan {
                    insert(&mut ids, id);
                }
            }
        }
        ids
    }

    /// The serialised `flyteidl.core.CompiledWorkflowClosure`; empty where there is none.
    fn compiled(&self) -> &[u8] {
        field(&self.raw, 2).and_then(|closure| field(closure, 1)).unwrap_or_default()
    }

    /// The graph of its nodes. A workflow out of a list has none.
    #[must_use]
    pub fn graph(&self) -> Graph {
        let parts = Parts::of(self.compiled());
        let mut entities = Vec::new();
        let known = self.known(&parts, &mut entities);
        let closure = Closure::new(known, upstream(field(parts.primary, 2).unwrap_or_default()));
        let (mut nodes, mut outputs, mut failure) = (Vec::new(), Vec::new(), None);
        let (mut metadata, mut defaults) = (&[][..], &[][..]);
        let mut fields = Fields::of(template(parts.primary));
        while let Ok(Some(part)) = fields.next() {
            let Ok(bytes) = part.message() else { continue };
            match part.number {
                2 => metadata = bytes,
                4 if !is_system(bytes) => nodes.push(node(bytes, &closure, 0)),
                5 => outputs.push(bytes),
                6 => failure = Some(node(bytes, &closure, 0)),
                7 => defaults = bytes,
                _ => {}
            }
        }
        let mut object = Object::default();
        object.list("nodes", nodes);
        if let Some(failure) = failure {
            object.set("failureNode", failure);
        }
        let declared = |name: &str| self.interface.output(name).map(|output| &output.literal_type);
        object.list("outputBindings", bindings(&outputs, &declared, &mut None));
        let on_failure = ["FAIL_IMMEDIATELY", "FAIL_AFTER_EXECUTABLE_NODES_COMPLETE"];
        object.text("onFailure", named(&on_failure, int_in(metadata, 2).unwrap_or_default()));
        object.flag("interruptible", int_in(defaults, 1).is_ok_and(|flag| flag != 0));
        object.set("tags", tags(metadata).unwrap_or_else(|Malformed| Object::default().done()));
        for (name, kind) in [
            ("tasks", ResourceType::Task),
            ("subWorkflows", ResourceType::Workflow),
            ("launchPlans", ResourceType::LaunchPlan),
        ] {
            object.list(name, closure.entities(kind));
        }
        Graph { value: object.done(), entities }
    }

    /// What is known; what is resolved goes into `entities`.
    fn known(&self, parts: &Parts<'_>, entities: &mut Vec<Entity>) -> Vec<Known> {
        let mut found: Vec<Known> = Vec::new();
        for (id, plan) in &*self.launch_plans {
            let mut known = Known { id: id.clone(), place: None, interface: None, problem: None };
            match plan {
                Ok(plan) => {
                    known.place = Some(entities.len());
                    known.interface = Some(Rc::clone(&plan.interface));
                    entities.push(Entity::LaunchPlan(Rc::clone(plan)));
                }
                Err(problem) => {
                    known.interface = parts.find(id).and_then(compiled_interface);
                    known.problem = Some(problem.to_string());
                }
            }
            found.push(known);
        }
        for part in &parts.others {
            let id = Some(part.id.clone());
            let (entity, interface) = match part.number {
                2 => match Workflow::decode(parts.sub_workflow(part).into(), id) {
                    Ok(sub) => {
                        let sub = Rc::new(Workflow { launch_plans: Rc::clone(&self.launch_plans), ..sub });
                        (Some(Entity::Workflow(Rc::clone(&sub))), Some(Rc::clone(&sub.interface)))
                    }
                    Err(Malformed) => (None, None),
                },
                3 => {
                    let closure = Writer::new().message(1, part.compiled).done();
                    let raw = Writer::new().message(1, &part.id.to_bytes()).message(2, &closure).done();
                    match Task::decode(raw.into(), id).map(Rc::new) {
                        Ok(task) => (Some(Entity::Task(Rc::clone(&task))), Some(Rc::clone(&task.interface))),
                        Err(Malformed) => (None, None),
                    }
                }
                _ => (None, compiled_interface(part)),
            };
            let problem = interface.is_none().then(|| [&part.id.to_string(), " can't be read"].concat());
            let place = entity.map(|entity| {
                entities.push(entity);
                entities.len() - 1
            });
            found.push(Known { id: part.id.clone(), place, interface, problem });
        }
        found
    }
}

/// The interface in a compiled launch plan.
fn compiled_interface(part: &Part<'_>) -> Option<Rc<Interface>> {
    field(template(part.compiled), 2).and_then(Interface::read).ok().map(Rc::new)
}

/// The nodes before each node, from a serialised `flyteidl.core.ConnectionSet`.
fn upstream(connections: &[u8]) -> Vec<(String, Vec<String>)> {
    let (mut fields, mut list) = (Fields::of(connections), Vec::new());
    while let Ok(Some(part)) = fields.next() {
        if part.number == 8 {
            if let Ok((node, before)) = part.entry() {
                list.push((node, texts_in(before, 1).unwrap_or_default()));
            }
        }
    }
    list
}

/// The tags in a serialised `flyteidl.core.WorkflowMetadata`.
fn tags(metadata: &[u8]) -> Result<OutputValue, Malformed> {
    let (mut fields, mut tags) = (Fields::of(metadata), Writer::new());
    while let Some(part) = fields.next()? {
        if part.number == 3 {
            tags.message(1, part.message()?);
        }
    }
    texts_by_name(&tags.done())
}
