//! The tasks and launch plans a workflow and its sub-workflows refer to.

use std::collections::{BTreeMap, BTreeSet};

use super::CompileErrors;
use crate::idl::core::{if_else_block, node, task_node, workflow_node, Identifier, Node, WorkflowTemplate};
use crate::state::EntityKey;
use crate::status::identifier_text;

/// Ids without repetitions, in order of their first use.
#[derive(Default)]
pub(super) struct Requirements {
    pub tasks: Vec<Identifier>,
    pub launch_plans: Vec<Identifier>,
}

struct Collector<'a> {
    index: &'a BTreeMap<EntityKey, &'a WorkflowTemplate>,
    found: Requirements,
    visited: BTreeSet<EntityKey>,
}

/// What `template` needs. Reports sub-workflows that are not among those sent.
pub(super) fn of(
    template: &WorkflowTemplate,
    index: &BTreeMap<EntityKey, &WorkflowTemplate>,
    errors: &mut CompileErrors,
) -> Requirements {
    let mut collector = Collector { index, found: Requirements::default(), visited: BTreeSet::new() };
    collector.workflow(template, errors);
    collector.found
}

impl Collector<'_> {
    fn workflow(&mut self, template: &WorkflowTemplate, errors: &mut CompileErrors) {
        for node in template.nodes.iter().chain(&template.failure_node) {
            self.node(node, errors);
        }
    }

    fn node(&mut self, node: &Node, errors: &mut CompileErrors) {
        match &node.target {
            Some(node::Target::TaskNode(task)) => {
                if let Some(task_node::Reference::ReferenceId(id)) = &task.reference {
                    insert(&mut self.found.tasks, id);
                }
            }
            Some(node::Target::WorkflowNode(workflow)) => match &workflow.reference {
                Some(workflow_node::Reference::LaunchplanRef(id)) => insert(&mut self.found.launch_plans, id),
                Some(workflow_node::Reference::SubWorkflowRef(id)) => match self.index.get(&id.into()) {
                    Some(template) => {
                        if self.visited.insert(id.into()) {
                            self.workflow(template, errors);
                        }
                    }
                    None => errors.add(
                        "WorkflowReferenceNotFound",
                        &node.id,
                        format!("Referenced Workflow [{}] not found.", identifier_text(id)),
                    ),
                },
                None => {}
            },
            Some(node::Target::BranchNode(branch)) => {
                let Some(block) = &branch.if_else else { return };
                let blocks = block.case.as_deref().into_iter().chain(&block.other);
                for node in blocks.filter_map(|block| block.then_node.as_deref()) {
                    self.node(node, errors);
                }
                if let Some(if_else_block::Default::ElseNode(node)) = &block.default {
                    self.node(node, errors);
                }
            }
            Some(node::Target::ArrayNode(array)) => {
                if let Some(node) = &array.node {
                    self.node(node, errors);
                }
            }
            Some(node::Target::GateNode(_)) | None => {}
        }
    }
}

fn insert(ids: &mut Vec<Identifier>, id: &Identifier) {
    if !ids.contains(id) {
        ids.push(id.clone());
    }
}
