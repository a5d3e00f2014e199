//! Which nodes of a workflow are branches: old servers do not mark their executions as parents, and only the definition
//! tells them from tasks.

use std::cell::RefCell;
use std::rc::Rc;

use super::call::Scope;
use super::Remote;
use crate::codec::field;
use crate::entity::spec::branch_ids;
use crate::entity::Identifier;
use crate::error::{Error, Kind};
use crate::execution::Execution;

/// The ids of the branch nodes of workflows that were looked at; a definition never changes.
#[derive(Default)]
pub(super) struct Branches {
    known: RefCell<Vec<(Identifier, Rc<[String]>)>>,
}

impl Branches {
    /// Those of what an execution runs; none where the server does not say.
    pub(super) async fn of(
        &self,
        execution: &Execution,
        remote: &Remote,
        scope: &Scope,
    ) -> Result<Rc<[String]>, Error> {
        // closure.workflow_id
        let id = field(&execution.raw, 3).and_then(|closure| field(closure, 11)).and_then(Identifier::read);
        let Some(id) = id.ok().filter(|id| !id.name.is_empty()) else { return Ok(Rc::default()) };
        let known = self.known.borrow().iter().find(|(known, _)| *known == id).map(|(_, ids)| Rc::clone(ids));
        if let Some(known) = known {
            return Ok(known);
        }
        let ids: Rc<[String]> = match remote.get_workflow(id.clone(), scope).await {
            Ok(workflow) => branch_ids(&workflow.raw).unwrap_or_default().into(),
            // There is nothing to learn, now or later.
            Err(error) if matches!(error.kind, Kind::NotFound | Kind::NotImplemented) => Rc::default(),
            Err(error) => return Err(error),
        };
        self.known.borrow_mut().push((id, Rc::clone(&ids)));
        Ok(ids)
    }
}
