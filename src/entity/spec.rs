//! The identifiers inside a serialised spec: found, and completed where parts are missing, without decoding the rest.

use super::{Identifier, ResourceType};
use crate::codec::{field, Fields, Malformed, Writer};
use crate::value::sorted_entries;

const MAX_DEPTH: u32 = 100;

/// A message on the way from a spec to an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    TaskSpec,
    TaskTemplate,
    WorkflowSpec,
    WorkflowTemplate,
    Node,
    TaskNode,
    WorkflowNode,
    BranchNode,
    IfElseBlock,
    IfBlock,
    ArrayNode,
    LaunchPlan,
    LaunchPlanSpec,
    Identifier(ResourceType),
}

/// What a field of a message leads to; fields that lead nowhere are copied.
fn step(shape: Shape, field: u32) -> Option<Shape> {
    use ResourceType as Type;
    use Shape::*;
    Some(match (shape, field) {
        (TaskSpec, 1) => TaskTemplate,
        (TaskTemplate, 1) | (TaskNode, 1) => Identifier(Type::Task),
        (WorkflowSpec, 1 | 2) => WorkflowTemplate,
        (WorkflowTemplate, 1) | (WorkflowNode, 2) | (LaunchPlanSpec, 1) => Identifier(Type::Workflow),
        (WorkflowTemplate, 4 | 6) | (IfElseBlock, 3) | (IfBlock, 2) | (ArrayNode, 1) => Node,
        (Node, 6) => TaskNode,
        (Node, 7) => WorkflowNode,
        (Node, 8) => BranchNode,
        (Node, 10) => ArrayNode,
        (BranchNode, 1) => IfElseBlock,
        (IfElseBlock, 1 | 2) => IfBlock,
        (WorkflowNode, 1) | (LaunchPlan, 1) => Identifier(Type::LaunchPlan),
        (LaunchPlan, 2) => LaunchPlanSpec,
        _ => return None,
    })
}

/// Copies a message with each identifier in it passed through `visit`, which may complete it.
pub(crate) fn visit_identifiers(
    bytes: &[u8],
    shape: Shape,
    visit: &mut dyn FnMut(Identifier) -> Identifier,
) -> Result<Vec<u8>, Malformed> {
    copy(bytes, shape, visit, 0)
}

fn copy(
    bytes: &[u8],
    shape: Shape,
    visit: &mut dyn FnMut(Identifier) -> Identifier,
    depth: u32,
) -> Result<Vec<u8>, Malformed> {
    if depth > MAX_DEPTH {
        return Err(Malformed);
    }
    if let Shape::Identifier(resource_type) = shape {
        return Ok(visit(Identifier { resource_type, ..Identifier::read(bytes)? }).to_bytes());
    }
    let (mut fields, mut out) = (Fields::of(bytes), Writer::new());
    while let Some(part) = fields.next()? {
        match (step(shape, part.number), u16::try_from(part.number)) {
            (Some(shape), Ok(number)) => out.message(number, &copy(part.message()?, shape, visit, depth + 1)?),
            _ => out.copy(&part),
        };
    }
    Ok(out.done())
}

/// The ids of the branch nodes of a serialised `flyteidl.admin.Workflow`, at all levels and of its sub-workflows.
pub(crate) fn branch_ids(workflow: &[u8]) -> Result<Vec<String>, Malformed> {
    // closure.compiled_workflow: primary and sub_workflows, each with a template
    let (mut fields, mut ids) = (Fields::of(field(field(workflow, 2)?, 1)?), Vec::new());
    while let Some(part) = fields.next()? {
        if matches!(part.number, 1 | 2) {
            find_branches(field(part.message()?, 1)?, Shape::WorkflowTemplate, &mut ids, 0)?;
        }
    }
    Ok(ids)
}

fn find_branches(bytes: &[u8], shape: Shape, ids: &mut Vec<String>, depth: u32) -> Result<(), Malformed> {
    let (mut fields, mut id) = (Fields::of(bytes), String::new());
    while let Some(part) = fields.next()? {
        match step(shape, part.number) {
            _ if depth > MAX_DEPTH => return Err(Malformed),
            None if shape == Shape::Node && part.number == 1 => id = part.text()?,
            None | Some(Shape::Identifier(_)) => {}
            Some(inner) => {
                if inner == Shape::BranchNode {
                    ids.push(id.clone());
                }
                find_branches(part.message()?, inner, ids, depth + 1)?;
            }
        }
    }
    Ok(())
}

/// The serialised `LaunchPlanSpec` of a workflow's default launch plan: every input is required, nothing else is said.
pub(crate) fn default_launch_plan_spec(workflow: &Identifier, spec: &[u8]) -> Result<Vec<u8>, Malformed> {
    // template.interface.inputs
    let inputs = field(field(field(spec, 1)?, 3)?, 1)?;
    let mut parameters = Writer::new();
    for (name, variable) in sorted_entries(inputs)? {
        parameters.entry(1, &name, &Writer::new().message(1, variable).set_int(3, 1).done());
    }
    let mut out = Writer::new();
    out.message(1, &workflow.to_bytes()).message(2, &[]).message(3, &parameters.done());
    // Fixed inputs, labels, annotations and the prefix for raw output are there and empty, as flytekit has it.
    Ok(out.message(4, &[]).message(6, &[]).message(7, &[]).message(17, &[]).done())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use prost::Message;

    use super::*;
    use crate::idl::flyteidl::{admin, core};

    fn id(resource_type: ResourceType, name: &str) -> Option<core::Identifier> {
        Some(Identifier::new(resource_type, "", "", name, "").to_proto())
    }

    fn task_node(name: &str) -> core::Node {
        let reference = core::task_node::Reference::ReferenceId(id(ResourceType::Task, name).unwrap());
        let task = core::TaskNode { reference: Some(reference), ..Default::default() };
        core::Node { id: "n".to_owned(), target: Some(core::node::Target::TaskNode(task)), ..Default::default() }
    }

    fn workflow_node(reference: core::workflow_node::Reference) -> core::Node {
        let target = core::node::Target::WorkflowNode(core::WorkflowNode { reference: Some(reference) });
        core::Node { target: Some(target), ..Default::default() }
    }

    #[test]
    fn branches_are_found_in_branches_and_sub_workflows() {
        let branch = |id: &str, then: core::Node| {
            let block = core::IfBlock { then_node: Some(Box::new(then)), ..Default::default() };
            let if_else = core::IfElseBlock { case: Some(Box::new(block)), ..Default::default() };
            let target = core::BranchNode { if_else: Some(Box::new(if_else)) };
            core::Node {
                id: id.to_owned(),
                target: Some(core::node::Target::BranchNode(Box::new(target))),
                ..Default::default()
            }
        };
        let compiled = |nodes| core::CompiledWorkflow {
            template: Some(core::WorkflowTemplate { nodes, ..Default::default() }),
            ..Default::default()
        };
        let closure = core::CompiledWorkflowClosure {
            primary: Some(compiled(vec![task_node("t"), branch("n1", branch("n1-n0", task_node("t")))])),
            sub_workflows: vec![compiled(vec![branch("n4", task_node("t"))])],
            ..Default::default()
        };
        let closure = admin::WorkflowClosure { compiled_workflow: Some(closure), ..Default::default() };
        let workflow = admin::Workflow { closure: Some(closure), ..Default::default() };
        assert_eq!(branch_ids(&workflow.encode_to_vec()).unwrap(), ["n1", "n1-n0", "n4"]);
        assert!(branch_ids(&[]).unwrap().is_empty());
    }

    fn spec() -> admin::WorkflowSpec {
        use core::workflow_node::Reference;
        let block = |name| core::IfBlock { then_node: Some(Box::new(task_node(name))), ..Default::default() };
        let if_else = core::IfElseBlock {
            case: Some(Box::new(block("case"))),
            other: vec![block("other")],
            default: Some(core::if_else_block::Default::ElseNode(Box::new(task_node("else")))),
        };
        let branch = core::node::Target::BranchNode(Box::new(core::BranchNode { if_else: Some(Box::new(if_else)) }));
        let array = core::ArrayNode { node: Some(Box::new(task_node("array"))), ..Default::default() };
        let array = core::node::Target::ArrayNode(Box::new(array));
        let of = |target| core::Node { target: Some(target), ..Default::default() };
        let template = core::WorkflowTemplate {
            id: id(ResourceType::Workflow, "self"),
            nodes: vec![
                task_node("task"),
                workflow_node(Reference::LaunchplanRef(id(ResourceType::LaunchPlan, "plan").unwrap())),
                workflow_node(Reference::SubWorkflowRef(id(ResourceType::Workflow, "sub").unwrap())),
                of(branch),
                of(array),
            ],
            failure_node: Some(task_node("failure")),
            ..Default::default()
        };
        let sub = core::WorkflowTemplate {
            id: id(ResourceType::Workflow, "sub"),
            nodes: vec![task_node("inner")],
            ..Default::default()
        };
        admin::WorkflowSpec { template: Some(template), sub_workflows: vec![sub], description: None }
    }

    #[test]
    fn every_identifier_of_a_workflow_is_visited_and_the_rest_stays_as_it_is() {
        let mut names = Vec::new();
        let bytes = spec().encode_to_vec();
        let same = visit_identifiers(&bytes, Shape::WorkflowSpec, &mut |id| {
            names.push(format!("{} {}", id.resource_type.prefix(), id.name));
            id
        });
        assert_eq!(admin::WorkflowSpec::decode(&*same.unwrap()).unwrap(), spec());
        names.sort();
        let expected = [
            "lp plan",
            "tsk array",
            "tsk case",
            "tsk else",
            "tsk failure",
            "tsk inner",
            "tsk other",
            "tsk task",
            "wf self",
            "wf sub",
            "wf sub",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn an_identifier_is_completed_in_its_place() {
        let bytes = spec().encode_to_vec();
        let full = visit_identifiers(&bytes, Shape::WorkflowSpec, &mut |mut id| {
            id.version = "v9".to_owned();
            id
        });
        let full = admin::WorkflowSpec::decode(&*full.unwrap()).unwrap();
        assert_eq!(full.template.unwrap().id.unwrap().version, "v9");
        assert_eq!(full.sub_workflows.first().unwrap().id.as_ref().unwrap().version, "v9");
    }

    #[test]
    fn an_identifier_without_its_resource_type_gets_it() {
        let template = core::TaskTemplate { id: id(ResourceType::Unspecified, "t"), ..Default::default() };
        let bytes = admin::TaskSpec { template: Some(template), description: None }.encode_to_vec();
        let full = visit_identifiers(&bytes, Shape::TaskSpec, &mut |id| id).unwrap();
        assert_eq!(admin::TaskSpec::decode(&*full).unwrap().template.unwrap().id.unwrap().resource_type, 1);
    }

    #[test]
    fn broken_bytes_are_refused_wherever_they_break() {
        let bytes = spec().encode_to_vec();
        for end in 1..bytes.len() {
            let _ = visit_identifiers(bytes.get(..end).unwrap(), Shape::WorkflowSpec, &mut |id| id);
        }
        assert_eq!(visit_identifiers(&[0x0a, 0x05, 1], Shape::TaskSpec, &mut |id| id), Err(Malformed));
        assert_eq!(visit_identifiers(&[0x0b], Shape::TaskSpec, &mut |id| id), Err(Malformed));
    }
}
