//! A node of a workflow as a plain value: a `WorkflowNode`. Whatever its bytes are there is one, with a `problem` where
//! something about it is odd.

use std::rc::Rc;

use super::binding::{binding, condition};
use super::graph::Closure;
use super::object::{int_in, text_in, Object};
use super::{Identifier, Interface, ResourceType};
use crate::codec::{field, Field, Fields, Malformed};
use crate::value::{LiteralType, OutputValue};

/// Stands for the workflow's inputs in a compiled closure.
pub(super) const START: &str = "start-node";
/// Takes the workflow's outputs in a compiled closure.
pub(super) const END: &str = "end-node";

/// Nodes may be nested so deep.
const MAX_DEPTH: u32 = 50;

/// What a node is to do.
struct Target {
    kind: &'static str,
    details: Object,
    interface: Option<Rc<Interface>>,
    problem: Option<String>,
}

impl Target {
    fn new(kind: &'static str) -> Self {
        Target { kind, details: Object::default(), interface: None, problem: None }
    }

    fn problem(kind: &'static str, problem: &str) -> Self {
        Target { problem: Some(problem.to_owned()), ..Target::new(kind) }
    }
}

/// The fields of a node, as far as they could be read.
#[derive(Default)]
struct Parts<'a> {
    id: String,
    metadata: &'a [u8],
    inputs: Vec<&'a [u8]>,
    upstream: Vec<String>,
    aliases: Vec<OutputValue>,
    target: Option<(u32, &'a [u8])>,
}

impl<'a> Parts<'a> {
    fn read(&mut self, bytes: &'a [u8]) -> Result<(), Malformed> {
        let mut fields = Fields::of(bytes);
        while let Some(part) = fields.next()? {
            match part.number {
                1 => self.id = part.text()?,
                2 => self.metadata = part.message()?,
                3 => self.inputs.push(part.message()?),
                4 => self.upstream.push(part.text()?),
                5 => {
                    let alias = part.message()?;
                    let mut object = Object::default();
                    object.text("var", &text_in(alias, 1)?).text("alias", &text_in(alias, 2)?);
                    self.aliases.push(object.done());
                }
                6..=10 => self.target = Some((part.number, part.message()?)),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Whether a serialised node stands for the begin or the end of the workflow.
pub(super) fn is_system(bytes: &[u8]) -> bool {
    text_in(bytes, 1).is_ok_and(|id| id == START || id == END)
}

/// A serialised `flyteidl.core.Node` as a `WorkflowNode`.
pub(super) fn node(bytes: &[u8], closure: &Closure, depth: u32) -> OutputValue {
    let mut parts = Parts::default();
    let is_whole = parts.read(bytes).is_ok();
    let target = match parts.target {
        _ if depth > MAX_DEPTH => Target::problem("unknown", "nested too deeply"),
        Some((number, bytes)) => target(number, bytes, closure, depth),
        None => Target::problem("unknown", "the node does nothing: it has no target"),
    };
    let mut problem = target.problem;
    if !is_whole {
        problem.get_or_insert_with(|| "the node can't be read in full".to_owned());
    }
    let mut object = Object::default();
    object.text("id", &parts.id).text("kind", target.kind);
    if metadata(parts.metadata, &mut object).is_err() {
        problem.get_or_insert_with(|| "metadata: can't be read".to_owned());
    }
    object.list("inputs", bindings(&parts.inputs, &|name| target.interface.as_ref()?.type_of(name), &mut problem));
    let mut upstream: Vec<String> = Vec::new();
    for id in parts.upstream.iter().chain(closure.upstream(&parts.id)).filter(|id| *id != START) {
        if let Err(at) = upstream.binary_search(id) {
            upstream.insert(at, id.clone());
        }
    }
    object.texts("upstreamNodeIds", &upstream);
    if !parts.aliases.is_empty() {
        object.list("outputAliases", parts.aliases);
    }
    object.append(target.details);
    if let Some(interface) = &target.interface {
        object.set("interface", interface.to_output());
    }
    if let Some(problem) = problem {
        object.text("problem", &problem);
    }
    object.done()
}

/// Serialised `flyteidl.core.Binding`s as `Binding`s, with the types that are declared for them.
pub(super) fn bindings<'a>(
    list: &[&[u8]],
    declared: &dyn Fn(&str) -> Option<&'a LiteralType>,
    problem: &mut Option<String>,
) -> Vec<OutputValue> {
    let one = |bytes: &&[u8]| {
        let var = text_in(bytes, 1).unwrap_or_default();
        let found = field(bytes, 2).and_then(|data| binding(data, declared(&var), 0));
        let found = found.unwrap_or_else(|Malformed| {
            problem.get_or_insert_with(|| [&var, ": the binding can't be read"].concat());
            Object::of("unknown").done()
        });
        let mut object = Object::default();
        object.text("var", &var).set("binding", found);
        object.done()
    };
    list.iter().map(one).collect()
}

/// A serialised `flyteidl.core.NodeMetadata`.
fn metadata(bytes: &[u8], object: &mut Object) -> Result<(), Malformed> {
    object.text("name", &text_in(bytes, 1)?).int("retries", int_in(field(bytes, 5)?, 5)?.into());
    let mut fields = Fields::of(bytes);
    while let Some(part) = fields.next()? {
        match part.number {
            4 => object.duration("timeoutMs", &part)?,
            6 => object.flag("interruptible", part.flag()?),
            7 => object.flag("cacheable", part.flag()?),
            8 => object.text("cacheVersion", &part.text()?),
            9 => object.flag("cacheSerializable", part.flag()?),
            _ => object,
        };
    }
    Ok(())
}

/// What stands in field `number` of a node.
fn target(number: u32, bytes: &[u8], closure: &Closure, depth: u32) -> Target {
    let (kind, read): (&str, fn(&[u8], &Closure, u32) -> Result<Target, Malformed>) = match number {
        6 => ("task", |bytes, closure, _| reference("task", ResourceType::Task, field(bytes, 1)?, closure)),
        7 => ("workflow", |bytes, closure, _| workflow(bytes, closure)),
        8 => ("branch", branch),
        9 => ("gate", |bytes, _, _| gate(bytes)),
        _ => ("array", array),
    };
    read(bytes, closure, depth).unwrap_or_else(|Malformed| Target::problem(kind, "what it runs can't be read"))
}

fn workflow(bytes: &[u8], closure: &Closure) -> Result<Target, Malformed> {
    let (mut fields, mut last) = (Fields::of(bytes), None);
    while let Some(part) = fields.next()? {
        last = Some(part);
    }
    match last.map(|part: Field<'_>| (part.number, part.message())) {
        Some((1, id)) => reference("launchPlan", ResourceType::LaunchPlan, id?, closure),
        Some((2, id)) => reference("workflow", ResourceType::Workflow, id?, closure),
        _ => Ok(Target::problem("workflow", "the node names neither a sub-workflow nor a launch plan")),
    }
}

/// What is referred to by a serialised identifier.
fn reference(
    kind: &'static str,
    resource_type: ResourceType,
    id: &[u8],
    closure: &Closure,
) -> Result<Target, Malformed> {
    let id = Identifier { resource_type, ..Identifier::read(id)? };
    let mut target = Target::new(kind);
    target.details.identifier("reference", &id);
    match closure.find(&id) {
        Some(known) => {
            if let Some(place) = known.place {
                target.details.set("entity", OutputValue::Beside(place));
            }
            target.problem.clone_from(&known.problem);
            target.interface.clone_from(&known.interface);
        }
        None if resource_type == ResourceType::LaunchPlan => {}
        None => target.problem = Some([&id.to_string(), " is not in the workflow's closure"].concat()),
    }
    Ok(target)
}

fn branch(bytes: &[u8], closure: &Closure, depth: u32) -> Result<Target, Malformed> {
    let (mut target, mut cases) = (Target::new("branch"), Vec::new());
    let mut fields = Fields::of(field(bytes, 1)?);
    let mut otherwise = Object::default();
    while let Some(part) = fields.next()? {
        match part.number {
            1 | 2 => {
                let block = part.message()?;
                let mut case = Object::default();
                match condition(field(block, 1)?, 0) {
                    Ok(condition) => case.set("condition", condition),
                    Err(Malformed) => {
                        target.problem.get_or_insert_with(|| "a condition can't be read".to_owned());
                        &mut case
                    }
                };
                case.set("node", node(field(block, 2)?, closure, depth + 1));
                cases.push(case.done());
            }
            3 => {
                otherwise = Object::default();
                otherwise.set("elseNode", node(part.message()?, closure, depth + 1));
            }
            4 => {
                otherwise = Object::default();
                otherwise.text("elseError", &text_in(part.message()?, 2)?);
            }
            _ => {}
        }
    }
    if cases.is_empty() {
        target.problem = Some("the branch has no cases".to_owned());
    }
    target.details.list("cases", cases).append(otherwise);
    Ok(target)
}

fn gate(bytes: &[u8]) -> Result<Target, Malformed> {
    let (mut fields, mut gate) = (Fields::of(bytes), None);
    while let Some(part) = fields.next()? {
        let content = part.message()?;
        let mut object = Object::default();
        match part.number {
            1 => object.text("kind", "approve").text("signalId", &text_in(content, 1)?),
            2 => {
                let declared = LiteralType::decode(field(content, 2)?)?;
                object.text("kind", "signal").text("signalId", &text_in(content, 1)?).text("type", &declared.text());
                object.text("outputVariableName", &text_in(content, 3)?)
            }
            3 => {
                object.text("kind", "sleep");
                let mut fields = Fields::of(content);
                while let Some(part) = fields.next()? {
                    if part.number == 1 {
                        object.duration("durationMs", &part)?;
                    }
                }
                &mut object
            }
            _ => continue,
        };
        gate = Some(object);
    }
    let Some(gate) = gate else { return Ok(Target::problem("gate", "the gate has no condition")) };
    let mut target = Target::new("gate");
    target.details.set("gate", gate.done());
    Ok(target)
}

fn array(bytes: &[u8], closure: &Closure, depth: u32) -> Result<Target, Malformed> {
    let (mut fields, mut target, mut inner, mut bound) = (Fields::of(bytes), Target::new("array"), None, Vec::new());
    while let Some(part) = fields.next()? {
        let details = &mut target.details;
        match part.number {
            1 => inner = Some(part.message()?),
            2 => {
                details.int("parallelism", part.int()?);
            }
            3 => {
                details.int("minSuccesses", part.int()?);
            }
            4 => {
                // A float of 32 bits has some seven digits.
                let ratio = (f64::from(part.float()?) * 1e6 + 0.5).floor() / 1e6;
                details.set("minSuccessRatio", OutputValue::Float(ratio));
            }
            8 => bound.push(part.text()?),
            _ => {}
        }
    }
    if !bound.is_empty() {
        target.details.texts("boundInputs", &bound);
    }
    match inner {
        Some(inner) => {
            target.details.set("node", node(inner, closure, depth + 1));
        }
        None => target.problem = Some("the array has no node".to_owned()),
    }
    Ok(target)
}
