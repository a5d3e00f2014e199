//! What is the case, as the sandbox knows it.

use std::collections::BTreeMap;

use flyte_remote::entity::ExecutionId;
use flyte_remote::execution::{Execution, NodeExecution, Phase};
use flyte_remote::idl::flyteidl::core::LiteralMap;
use flyte_sandbox::state::{ExecutionKey, ExecutionRow, State};
use std::rc::Rc;

use super::world::World;

/// Nodes by execution and id: the number of their phase, and the phases of their attempts.
pub type Nodes = BTreeMap<(String, String), (i32, Vec<i32>)>;

impl World {
    /// Looks at the row of an execution.
    pub fn row<T>(&self, id: &ExecutionId, look: impl FnOnce(&ExecutionRow) -> T) -> Option<T> {
        let (project, domain, name) = (id.project.clone(), id.domain.clone(), id.name.clone());
        let server = self.server.borrow();
        server.sandbox.state().executions.get(&ExecutionKey { project, domain, name }).map(look)
    }

    /// How far an execution is.
    pub fn phase(&self, id: &ExecutionId) -> Phase {
        Phase::workflow(self.row(id, |row| row.phase() as i32).unwrap_or_default())
    }

    /// All nodes of an execution and of those that it launched.
    pub fn nodes(&self, id: &ExecutionId) -> Nodes {
        let server = self.server.borrow();
        let mut nodes = Nodes::new();
        gather(server.sandbox.state(), &id.name, &mut nodes);
        nodes
    }

    /// What an execution gave, as it is stored.
    pub fn outputs(&self, id: &ExecutionId) -> LiteralMap {
        use flyte_remote::idl::flyteidl::admin::{execution_closure::OutputResult, literal_map_blob::Data};
        use prost::Message;
        let uri = self.row(id, |row| match row.execution.closure.as_ref()?.output_result.as_ref()? {
            OutputResult::Outputs(blob) => match blob.data.as_ref()? {
                Data::Uri(uri) => Some(uri.clone()),
                Data::Values(_) => None,
            },
            _ => None,
        });
        let server = self.server.borrow();
        let blob = uri.flatten().and_then(|uri| server.sandbox.state().blobs.get(&uri));
        blob.and_then(|blob| LiteralMap::decode(blob.bytes.as_ref()).ok()).unwrap_or_default()
    }
}

fn gather(state: &State, execution: &str, nodes: &mut Nodes) {
    for row in state.executions.iter() {
        if row.id.name == execution {
            for node in row.nodes.iter() {
                let attempts = node.tasks.iter().map(|task| task.phase() as i32).collect();
                nodes.insert((execution.to_owned(), node.node_id.clone()), (node.phase() as i32, attempts));
            }
        }
        let metadata = row.execution.spec.as_ref().and_then(|spec| spec.metadata.as_ref());
        let parent = metadata.and_then(|metadata| metadata.parent_node_execution.as_ref());
        // A run that takes over a copy's settings is no child.
        let is_child = metadata.is_some_and(|metadata| metadata.nesting > 0);
        let parent = parent.filter(|_| is_child).and_then(|parent| parent.execution_id.as_ref());
        if parent.is_some_and(|parent| parent.name == execution) && row.id.name != execution {
            gather(state, &row.id.name, nodes);
        }
    }
}

/// The same as the client shows it.
pub fn shown(execution: &Execution) -> Nodes {
    let mut nodes = Nodes::new();
    walk(execution, &mut |node| {
        let attempts = node.task_executions.iter().flat_map(|all| all.iter()).map(|task| task.phase.number).collect();
        let key = (node.id.execution.name.clone(), node.id.node_id.clone());
        nodes.insert(key, (node.phase.number, attempts));
    });
    nodes
}

/// What the client could not read, and the execution that it is about.
pub fn problems(execution: &Execution) -> Vec<(String, String)> {
    let mut problems = Vec::new();
    walk(execution, &mut |node| {
        problems.extend(node.problem.clone().map(|problem| (node.id.execution.name.clone(), problem)));
    });
    problems
}

/// All nodes that were read, those of launched executions among them.
fn walk(execution: &Execution, see: &mut dyn FnMut(&NodeExecution)) {
    fn down(node: &Rc<NodeExecution>, see: &mut dyn FnMut(&NodeExecution)) {
        see(node);
        node.own_nodes().iter().for_each(|node| down(node, see));
        node.launched_execution.iter().for_each(|child| walk(child, see));
    }
    execution.own_nodes().iter().for_each(|node| down(node, see));
}
