//! The identifiers inside a serialised spec: found, and completed where parts are missing, without decoding the rest.

use std::collections::BTreeMap;

use prost::bytes::Buf;
use prost::encoding::{decode_varint, encode_varint};
use prost::Message;

use super::{Identifier, ResourceType};
use crate::idl::flyteidl::core;

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
fn step(shape: Shape, field: u64) -> Option<Shape> {
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

/// The bytes are no serialised message, or nested too deeply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Copies a message with each identifier in it passed through `visit`, which may complete it.
pub(crate) fn visit_identifiers(
    bytes: &[u8],
    shape: Shape,
    visit: &mut dyn FnMut(Identifier) -> Identifier,
) -> Result<Vec<u8>, Malformed> {
    let mut out = Vec::with_capacity(bytes.len() + 64);
    copy(bytes, shape, visit, &mut out, 0)?;
    Ok(out)
}

fn copy(
    bytes: &[u8],
    shape: Shape,
    visit: &mut dyn FnMut(Identifier) -> Identifier,
    out: &mut Vec<u8>,
    depth: u32,
) -> Result<(), Malformed> {
    const MAX_DEPTH: u32 = 100;
    if depth > MAX_DEPTH {
        return Err(Malformed);
    }
    if let Shape::Identifier(resource_type) = shape {
        let mut id = Identifier::from(core::Identifier::decode(bytes).map_err(|_| Malformed)?);
        id.resource_type = resource_type;
        return visit(id).to_proto().encode(out).map_err(|_| Malformed);
    }
    let mut rest = bytes;
    while !rest.is_empty() {
        let field = take_field(&mut rest)?;
        match field.content.and_then(|content| Some((content, step(shape, field.number)?))) {
            Some((content, shape)) => {
                let mut inner = Vec::with_capacity(content.len() + 64);
                copy(content, shape, visit, &mut inner, depth + 1)?;
                put_field(field.number, &inner, out);
            }
            None => out.extend_from_slice(field.whole),
        }
    }
    Ok(())
}

/// Writes a field with a message or bytes in it.
pub(crate) fn put_field(number: u64, content: &[u8], out: &mut Vec<u8>) {
    encode_varint(number << 3 | 2, out);
    encode_varint(content.len() as u64, out);
    out.extend_from_slice(content);
}

/// The content of the last field `number` of a message, where it holds a message.
pub(crate) fn field(bytes: &[u8], number: u64) -> Result<Option<&[u8]>, Malformed> {
    let (mut rest, mut found) = (bytes, None);
    while !rest.is_empty() {
        let field = take_field(&mut rest)?;
        if field.number == number && field.content.is_some() {
            found = field.content;
        }
    }
    Ok(found)
}

struct Field<'a> {
    number: u64,
    /// What is in it, for messages, texts and bytes.
    content: Option<&'a [u8]>,
    /// Key and value as they came.
    whole: &'a [u8],
}

fn take_field<'a>(rest: &mut &'a [u8]) -> Result<Field<'a>, Malformed> {
    let start: &'a [u8] = rest;
    let key = decode_varint(rest).map_err(|_| Malformed)?;
    let mut content = None;
    match key & 7 {
        0 => drop(decode_varint(rest).map_err(|_| Malformed)?),
        1 => skip(rest, 8)?,
        2 => {
            let length = usize::try_from(decode_varint(rest).map_err(|_| Malformed)?).map_err(|_| Malformed)?;
            content = Some(rest.get(..length).ok_or(Malformed)?);
            skip(rest, length)?;
        }
        5 => skip(rest, 4)?,
        _ => return Err(Malformed),
    }
    let whole = start.get(..start.len() - rest.len()).ok_or(Malformed)?;
    Ok(Field { number: key >> 3, content, whole })
}

fn skip(rest: &mut &[u8], length: usize) -> Result<(), Malformed> {
    if rest.len() < length {
        return Err(Malformed);
    }
    rest.advance(length);
    Ok(())
}

/// The serialised `LaunchPlanSpec` of a workflow's default launch plan: every input is required, nothing else is said.
pub(crate) fn default_launch_plan_spec(workflow: &Identifier, spec: &[u8]) -> Result<Vec<u8>, Malformed> {
    #[derive(Clone, PartialEq, Message)]
    struct Variables {
        /// The variables unread, so that nothing in them is lost.
        #[prost(btree_map = "string, bytes", tag = "1")]
        variables: BTreeMap<String, Vec<u8>>,
    }
    #[derive(Clone, PartialEq, Message)]
    struct Parameters {
        #[prost(btree_map = "string, message", tag = "1")]
        parameters: BTreeMap<String, Parameter>,
    }
    #[derive(Clone, PartialEq, Message)]
    struct Parameter {
        #[prost(bytes = "vec", optional, tag = "1")]
        var: Option<Vec<u8>>,
        #[prost(bool, tag = "3")]
        required: bool,
    }
    let inputs = match field(spec, 1)?.map(|template| field(template, 3)).transpose()?.flatten() {
        Some(interface) => field(interface, 1)?.unwrap_or_default(),
        None => &[],
    };
    let inputs = Variables::decode(inputs).map_err(|_| Malformed)?;
    let parameters =
        inputs.variables.into_iter().map(|(name, var)| (name, Parameter { var: Some(var), required: true })).collect();
    let mut out = Vec::new();
    put_field(1, &workflow.to_proto().encode_to_vec(), &mut out);
    put_field(2, &[], &mut out);
    put_field(3, &Parameters { parameters }.encode_to_vec(), &mut out);
    // Fixed inputs, labels, annotations and the prefix for raw output are there and empty, as flytekit has it.
    for empty in [4, 6, 7, 17] {
        put_field(empty, &[], &mut out);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
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
