//! `recentExecutions`: the newest first, page by page.

use std::cell::RefCell;

use super::client::bad_reply;
use super::page::{newest, Page};
use super::{CallOptions, Remote, WorkflowExecution};
use crate::error::Error;
use crate::execution::Execution;

pub(super) const LIST_EXECUTIONS: &str = "/flyteidl.service.AdminService/ListExecutions";

/// Which executions to list.
#[derive(Clone, Debug, Default)]
pub struct ListExecutions {
    /// Default: the remote's project.
    pub project: Option<String>,
    /// Default: the remote's domain.
    pub domain: Option<String>,
    /// Admin's filter text, `eq(phase,FAILED)+gt(created_at,2024-01-01T00:00:00Z)`; default: all that are not archived.
    pub filters: String,
    /// How many a call asks for, at least 1; default 100.
    pub page_size: Option<u32>,
    /// How many to give in all; default: all.
    pub limit: Option<u64>,
}

/// Executions page by page. Pages are by offset: an execution that starts meanwhile may show one twice, so those that
/// were on the page before are left out.
pub struct Pager {
    remote: Remote,
    project: String,
    domain: String,
    filters: String,
    page_size: u32,
    options: CallOptions,
    state: RefCell<State>,
}

/// Where the next page starts.
struct State {
    token: Option<String>,
    left: Option<u64>,
    /// Names on the last page.
    seen: Vec<String>,
}

impl Remote {
    /// Executions of a project and domain, the newest first.
    ///
    /// # Errors
    /// `Kind::Value` when there is no project or domain, or the page size is 0. Nothing is sent yet.
    pub fn recent_executions(&self, list: &ListExecutions, options: &CallOptions) -> Result<Pager, Error> {
        let (project, domain) = self.place(list.project.as_deref(), list.domain.as_deref(), None)?;
        let page_size = list.page_size.unwrap_or(100);
        if page_size == 0 {
            return Err(Error::option("pageSize", "expected at least 1, got 0"));
        }
        let state = State { token: Some(String::new()), left: list.limit, seen: Vec::new() };
        Ok(Pager {
            remote: self.clone(),
            project,
            domain,
            filters: list.filters.clone(),
            page_size,
            options: options.clone(),
            state: RefCell::new(state),
        })
    }
}

impl Pager {
    /// The next page; `None` after the last one. One page is asked for at a time.
    ///
    /// # Errors
    /// As the call fails; the same page can be asked for again.
    pub async fn next(&self) -> Result<Option<Vec<WorkflowExecution>>, Error> {
        loop {
            let (token, left) = {
                let state = self.state.borrow();
                match (&state.token, state.left) {
                    (None, _) | (_, Some(0)) => return Ok(None),
                    (Some(token), left) => (token.clone(), left),
                }
            };
            let limit = left.map_or(self.page_size, |left| u32::try_from(left).unwrap_or(u32::MAX).min(self.page_size));
            let reply = self.page(token, limit).await?;
            let mut page = Vec::with_capacity(reply.items.len());
            for raw in reply.items {
                let snapshot = Execution::decode(raw, None).map_err(|_| bad_reply(LIST_EXECUTIONS))?;
                page.push(snapshot);
            }
            let mut state = self.state.borrow_mut();
            let names: Vec<String> = page.iter().map(|execution| execution.id.name.clone()).collect();
            page.retain(|execution| !state.seen.contains(&execution.id.name));
            state.seen = names;
            state.token = Some(reply.token).filter(|token| !token.is_empty());
            state.left = state.left.map(|left| left.saturating_sub(page.len() as u64));
            if !page.is_empty() {
                let attached = |snapshot| WorkflowExecution::new(self.remote.clone(), snapshot, None);
                return Ok(Some(page.into_iter().map(attached).collect()));
            }
        }
    }

    async fn page(&self, token: String, limit: u32) -> Result<Page, Error> {
        let scope = self.remote.client().begin(&self.options);
        let request = newest(&self.project, &self.domain, "", limit, &token, &self.filters);
        let reply = self.remote.client().call_bytes(LIST_EXECUTIONS, request, &scope).await?;
        Page::read(LIST_EXECUTIONS, &reply)
    }
}
