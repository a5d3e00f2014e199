//! A workflow's compiled closure as a graph: what each node runs, where its values come from and what comes before it.
//!
//! It is a plain value, since whoever looks at a graph looks at all of it: the shapes are in `src/wasm/workflows.d.ts`. Nothing
//! about a closure is an error; what is odd or missing becomes the `problem` of its node.

use std::rc::Rc;

use super::binding::bind;
use super::node::{is_system, node};
use super::object::{As, Context, Object, Row};
use super::spec::{visit_identifiers, Shape};
use super::{Identifier, Interface, LaunchPlan, ResourceType, Task, Workflow};
use crate::codec::{field, Field, Fields, Malformed, Writer};
use crate::value::OutputValue;

/// A workflow as a graph.
pub struct Graph {
    /// What `FlyteWorkflow` in `workflows.d.ts` has under its own names. Entities are [`OutputValue::Beside`].
    pub value: OutputValue,
    /// The entities that its nodes refer to, as far as they are known.
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

/// `flyteidl.core.WorkflowTemplate`
static TEMPLATE: [Row; 9] = [
    Row(0, "nodes", As::Texts),
    Row(4, "", As::Own(own_node)),
    Row(6, "", As::Own(failure_node)),
    Row(0, "outputBindings", As::Texts),
    Row(5, "", As::Own(output)),
    Row(0, "onFailure", As::Enum(&ON_FAILURE)),
    Row(2, "", As::Here(&[Row(2, "onFailure", As::Enum(&ON_FAILURE))])),
    Row(0, "interruptible", As::Flag),
    Row(7, "", As::Here(&[Row(1, "interruptible", As::Flag)])),
];

static ON_FAILURE: [&str; 2] = ["FAIL_IMMEDIATELY", "FAIL_AFTER_EXECUTABLE_NODES_COMPLETE"];

/// What is known about an identifier.
pub(super) struct Known {
    id: Identifier,
    /// Where its entity is among all.
    pub(super) place: Option<usize>,
    pub(super) interface: Option<Rc<Interface>>,
    pub(super) problem: Option<Rc<str>>,
}

/// What nodes refer to, resolved once.
pub(super) struct Closure<'a> {
    workflow: &'a Workflow,
    parts: Parts<'a>,
    known: Vec<Known>,
    entities: Vec<Entity>,
}

impl Closure<'_> {
    pub(super) fn find(&mut self, id: &Identifier) -> Option<&Known> {
        let known = self.known.iter().position(|known| known.id == *id);
        let at = known.or_else(|| {
            let known = self.resolve(id)?;
            self.known.push(known);
            Some(self.known.len() - 1)
        })?;
        self.known.get(at)
    }

    fn resolve(&mut self, id: &Identifier) -> Option<Known> {
        let fetched = self.workflow.launch_plans.iter().find(|(of, _)| of == id).map(|(_, plan)| plan);
        let part = self.parts.others.iter().position(|part| part.id == *id);
        let compiled = part.and_then(|part| self.parts.others.get(part)).map(|part| part.compiled);
        let (mut interface, mut problem) = (None, None);
        let entity = match (fetched, compiled) {
            (Some(Ok(plan)), _) => {
                interface = Some(Rc::clone(&plan.interface));
                Some(Entity::LaunchPlan(Rc::clone(plan)))
            }
            (None, None) => return None,
            (failed, compiled) => {
                problem = failed.and_then(|failed| failed.as_ref().err()).cloned();
                match compiled.map(|compiled| self.workflow.part(id, part, compiled)) {
                    Some(Ok((found, entity))) => {
                        interface = Some(found);
                        entity
                    }
                    Some(Err(Malformed)) => {
                        problem.get_or_insert_with(|| "what it runs can't be read".into());
                        None
                    }
                    None => None,
                }
            }
        };
        let place = entity.map(|entity| {
            self.entities.push(entity);
            self.entities.len() - 1
        });
        Some(Known { id: id.clone(), place, interface, problem })
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
    /// Its message, which has only a template that matters here.
    compiled: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(closure: &'a [u8]) -> Self {
        let (mut fields, mut parts) = (Fields::of(closure), Parts::default());
        while let Ok(Some(part)) = fields.next() {
            let Ok(compiled) = part.message() else { continue };
            let resource_type = match part.number {
                1 => {
                    parts.primary = compiled;
                    continue;
                }
                2 => ResourceType::Workflow,
                3 => ResourceType::Task,
                4 => ResourceType::LaunchPlan,
                _ => continue,
            };
            if let Ok(id) = field(template(compiled), 1).and_then(|id| Identifier::read_as(resource_type, id)) {
                parts.others.push(Part { id, compiled });
            }
        }
        parts
    }
}

/// The template of a compiled workflow, task or launch plan.
fn template(compiled: &[u8]) -> &[u8] {
    field(compiled, 1).unwrap_or_default()
}

impl Workflow {
    /// The launch plans that nodes refer to at any level of the closure, each once.
    #[must_use]
    pub fn launch_plan_ids(&self) -> Vec<Identifier> {
        let parts = Parts::of(self.compiled());
        let mut ids: Vec<Identifier> = Vec::new();
        let subs = parts.others.iter().filter(|part| part.id.resource_type == ResourceType::Workflow);
        for compiled in std::iter::once(parts.primary).chain(subs.map(|part| part.compiled)) {
            // What was found before bytes that can't be read counts.
            let _ = visit_identifiers(template(compiled), Shape::WorkflowTemplate, &mut |id| {
                if id.resource_type == ResourceType::LaunchPlan && !ids.contains(&id) {
                    ids.push(id.clone());
                }
                id
            });
        }
        ids
    }

    /// The serialised `flyteidl.core.CompiledWorkflowClosure`; empty where there is none.
    fn compiled(&self) -> &[u8] {
        field(&self.raw, 2).and_then(|closure| field(closure, 1)).unwrap_or_default()
    }

    /// The parts of its closure, with its own template as the primary one.
    fn parts(&self) -> Parts<'_> {
        let mut parts = Parts::of(self.compiled());
        if let Some(own) = self.sub_workflow.and_then(|at| parts.others.get(at)) {
            parts.primary = own.compiled;
        }
        parts
    }

    /// The whole `flyteidl.admin.Workflow`. That of a sub-workflow has the closure that it is in.
    #[must_use]
    pub fn message(&self) -> Rc<[u8]> {
        if self.sub_workflow.is_none() {
            return Rc::clone(&self.raw);
        }
        let mut closure = Writer::new();
        closure.message(1, self.parts().primary);
        let mut fields = Fields::of(self.compiled());
        while let Ok(Some(part)) = fields.next() {
            if part.number != 1 {
                closure.copy(&part);
            }
        }
        let closure = Writer::new().message(1, &closure.done()).done();
        Writer::new().message(1, &self.id.to_bytes()).message(2, &closure).done().into()
    }

    /// The interface of part `at` of the closure, and the entity unless it is a launch plan, which only the server has.
    fn part(
        &self,
        id: &Identifier,
        at: Option<usize>,
        compiled: &[u8],
    ) -> Result<(Rc<Interface>, Option<Entity>), Malformed> {
        let number = match id.resource_type {
            ResourceType::Task => {
                let closure = Writer::new().message(1, compiled).done();
                let raw = Writer::new().message(1, &id.to_bytes()).message(2, &closure).done();
                let task = Task::decode(raw.into(), Some(id.clone()))?;
                return Ok((Rc::clone(&task.interface), Some(Entity::Task(Rc::new(task)))));
            }
            ResourceType::Workflow => 3,
            _ => 2,
        };
        let interface = Rc::new(Interface::read(field(field(compiled, 1)?, number)?)?);
        let sub = (number == 3).then(|| Workflow {
            id: id.clone(),
            interface: Rc::clone(&interface),
            short_description: String::new(),
            created_at: self.created_at,
            raw: Rc::clone(&self.raw),
            launch_plans: Rc::clone(&self.launch_plans),
            sub_workflow: at,
        });
        Ok((interface, sub.map(|sub| Entity::Workflow(Rc::new(sub)))))
    }

    /// The graph of its nodes. A workflow out of a list has none.
    #[must_use]
    pub fn graph(&self) -> Graph {
        let parts = self.parts();
        let own = template(parts.primary);
        let closure = Closure { workflow: self, parts, known: Vec::new(), entities: Vec::new() };
        let mut context = Context { closure: Some(closure), ..Context::default() };
        let mut object = Object::default();
        object.read(own, &TEMPLATE, &mut context);
        if let Some(problem) = context.problem {
            object.text("problem", &problem);
        }
        let entities = context.closure.map(|closure| closure.entities).unwrap_or_default();
        for list in ["tasks", "subWorkflows", "launchPlans"] {
            object.set(list, OutputValue::List(Vec::new()));
        }
        for (place, entity) in entities.iter().enumerate() {
            let list = match entity {
                Entity::Task(_) => "tasks",
                Entity::Workflow(_) => "subWorkflows",
                Entity::LaunchPlan(_) => "launchPlans",
            };
            object.push(list, OutputValue::Beside(place));
        }
        Graph { value: object.done(), entities }
    }
}

fn own_node(field: &Field<'_>, object: &mut Object, context: &mut Context<'_>) -> Result<(), Malformed> {
    let node = node(field.message()?, context);
    if !is_system(&node) {
        object.push("nodes", node.done());
    }
    Ok(())
}

fn output(field: &Field<'_>, object: &mut Object, context: &mut Context<'_>) -> Result<(), Malformed> {
    bind("outputBindings", field, object, context)
}

fn failure_node(field: &Field<'_>, object: &mut Object, context: &mut Context<'_>) -> Result<(), Malformed> {
    object.set("failureNode", node(field.message()?, context).done());
    Ok(())
}
