//! A node of a workflow as a plain value: a `WorkflowNode`. Whatever its bytes are there is one, with a `problem` where
//! something about it is odd.

use super::binding::{bind, CONDITION};
use super::object::{As, Context, Object, Row};
use super::{Identifier, ResourceType};
use crate::codec::{Field, Malformed};
use crate::value::OutputValue;

/// Stands for the workflow's inputs in a compiled closure.
pub(super) const START: &str = "start-node";
/// Takes the workflow's outputs in a compiled closure.
pub(super) const END: &str = "end-node";

/// `flyteidl.core.Node`
static NODE: [Row; 20] = [
    Row(1, "id", As::Text),
    Row(0, "kind", As::Const("unknown")),
    Row(0, "name", As::Text),
    Row(0, "retries", As::Int),
    Row(2, "", As::Here(&METADATA)),
    Row(0, "inputs", As::Texts),
    Row(3, "", As::Own(input)),
    Row(0, "upstreamNodeIds", As::Texts),
    Row(4, "", As::Own(upstream)),
    Row(5, "outputAliases", As::Objects(&[Row(1, "var", As::Text), Row(2, "alias", As::Text)])),
    Row(6, "kind", As::Const("task")),
    Row(6, "", As::Here(&[Row(1, "reference", As::Own(task))])),
    Row(7, "kind", As::Const("workflow")),
    Row(7, "", As::Here(&WORKFLOW)),
    Row(8, "kind", As::Const("branch")),
    Row(8, "", As::Here(&[Row(1, "", As::Here(&BRANCH))])),
    Row(9, "kind", As::Const("gate")),
    Row(9, "", As::Here(&GATE)),
    Row(10, "kind", As::Const("array")),
    Row(10, "", As::Here(&ARRAY)),
];

/// `flyteidl.core.NodeMetadata`
static METADATA: [Row; 7] = [
    Row(1, "name", As::Text),
    Row(4, "timeoutMs", As::Duration),
    Row(5, "", As::Here(&[Row(5, "retries", As::Int)])),
    Row(6, "interruptible", As::SomeFlag),
    Row(7, "cacheable", As::SomeFlag),
    Row(8, "cacheVersion", As::SomeText),
    Row(9, "cacheSerializable", As::SomeFlag),
];

/// `flyteidl.core.WorkflowNode`
static WORKFLOW: [Row; 4] = [
    Row(1, "kind", As::Const("launchPlan")),
    Row(1, "reference", As::Own(launch_plan)),
    Row(2, "kind", As::Const("workflow")),
    Row(2, "reference", As::Own(workflow)),
];

/// `flyteidl.core.IfElseBlock`
static BRANCH: [Row; 4] = [
    Row(1, "cases", As::Objects(&CASE)),
    Row(2, "cases", As::Objects(&CASE)),
    Row(3, "elseNode", As::Own(else_node)),
    Row(4, "", As::Here(&[Row(2, "elseError", As::Text)])),
];

/// `flyteidl.core.IfBlock`
static CASE: [Row; 2] = [Row(1, "condition", As::Object(&CONDITION)), Row(2, "node", As::Own(inner_node))];

/// `flyteidl.core.GateNode`
static GATE: [Row; 3] = [
    Row(1, "gate", As::Object(&[Row(0, "kind", As::Const("approve")), Row(1, "signalId", As::Text)])),
    Row(
        2,
        "gate",
        As::Object(&[
            Row(0, "kind", As::Const("signal")),
            Row(1, "signalId", As::Text),
            Row(2, "type", As::Type),
            Row(3, "outputVariableName", As::Text),
        ]),
    ),
    Row(3, "gate", As::Object(&[Row(0, "kind", As::Const("sleep")), Row(1, "durationMs", As::Duration)])),
];

/// `flyteidl.core.ArrayNode`
static ARRAY: [Row; 5] = [
    Row(1, "node", As::Own(inner_node)),
    Row(2, "parallelism", As::SomeInt),
    Row(3, "minSuccesses", As::SomeInt),
    Row(4, "minSuccessRatio", As::Own(ratio)),
    Row(8, "boundInputs", As::SomeTexts),
];

/// Whether a node stands for the begin or the end of the workflow.
pub(super) fn is_system(node: &Object) -> bool {
    [START, END].contains(&node.text_of("id"))
}

/// A serialised `flyteidl.core.Node` as a `WorkflowNode`.
pub(super) fn node(bytes: &[u8], context: &mut Context<'_>) -> Object {
    let outer = (context.problem.take(), std::mem::take(&mut context.upstream));
    let mut object = Object::default();
    object.read(bytes, &NODE, context);
    if ["reference", "cases", "gate", "node"].iter().all(|part| object.get(part).is_none()) {
        context.problem(&["the node does not say what it runs"]);
    }
    let problem = std::mem::replace(&mut context.problem, outer.0);
    let before = std::mem::replace(&mut context.upstream, outer.1);
    let mut upstream: Vec<String> = Vec::new();
    for id in before.into_iter().filter(|id| id != START) {
        if let Err(at) = upstream.binary_search(&id) {
            upstream.insert(at, id);
        }
    }
    for id in upstream {
        object.push("upstreamNodeIds", OutputValue::Text(id));
    }
    if let Some(problem) = problem {
        object.set("problem", OutputValue::Text(problem));
    }
    object
}

fn input(field: &Field<'_>, object: &mut Object, context: &mut Context<'_>) -> Result<(), Malformed> {
    bind("inputs", field, object, context)
}

fn inner_node(field: &Field<'_>, object: &mut Object, context: &mut Context<'_>) -> Result<(), Malformed> {
    object.set("node", node(field.message()?, context).done());
    Ok(())
}

fn else_node(field: &Field<'_>, object: &mut Object, context: &mut Context<'_>) -> Result<(), Malformed> {
    object.set("elseNode", node(field.message()?, context).done());
    Ok(())
}

fn upstream(field: &Field<'_>, _: &mut Object, context: &mut Context<'_>) -> Result<(), Malformed> {
    context.upstream.push(field.text()?);
    Ok(())
}

/// A float of 32 bits has some seven digits.
fn ratio(field: &Field<'_>, object: &mut Object, _: &mut Context<'_>) -> Result<(), Malformed> {
    let ratio = (f64::from(field.float()?) * 1e6 + 0.5).floor() / 1e6;
    object.set("minSuccessRatio", OutputValue::Float(ratio));
    Ok(())
}

fn task(field: &Field<'_>, object: &mut Object, context: &mut Context<'_>) -> Result<(), Malformed> {
    reference(ResourceType::Task, field, object, context)
}

fn workflow(field: &Field<'_>, object: &mut Object, context: &mut Context<'_>) -> Result<(), Malformed> {
    reference(ResourceType::Workflow, field, object, context)
}

fn launch_plan(field: &Field<'_>, object: &mut Object, context: &mut Context<'_>) -> Result<(), Malformed> {
    reference(ResourceType::LaunchPlan, field, object, context)
}

/// What the node refers to, and what the closure knows about that.
fn reference(
    resource_type: ResourceType,
    field: &Field<'_>,
    object: &mut Object,
    context: &mut Context<'_>,
) -> Result<(), Malformed> {
    let id = Identifier::read_as(resource_type, field.message()?)?;
    object.set("reference", id.to_output());
    let known = context.closure.as_mut().and_then(|closure| closure.find(&id));
    let problem = match known {
        Some(known) => {
            if let Some(place) = known.place {
                object.set("entity", OutputValue::Beside(place));
            }
            if let Some(interface) = &known.interface {
                object.set("interface", interface.to_output());
            }
            known.problem.clone()
        }
        None if resource_type == ResourceType::LaunchPlan => None,
        None => Some([&id.to_string(), " is not in the workflow's closure"].concat().into()),
    };
    if let Some(problem) = problem {
        context.problem(&[&problem]);
    }
    Ok(())
}
