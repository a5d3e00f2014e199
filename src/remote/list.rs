//! Lists: whatever Admin lists, page by page, in an order that stays.

use std::cell::RefCell;
use std::rc::Rc;

use super::call::Scope;
use super::client::bad_reply;
use super::page::Page;
use super::{CallOptions, Remote, WorkflowExecution};
use crate::codec::{field, Malformed, Writer};
use crate::entity::{ExecutionId, Identifier, ResourceType};
use crate::error::Error;
use crate::execution::Execution;

/// What is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// Executions of a project and domain.
    Executions,
    /// Versions of tasks.
    Tasks,
    /// Versions of workflows, without their compiled closure.
    Workflows,
    /// Versions of launch plans.
    LaunchPlans,
    /// Names of tasks, workflows or launch plans.
    NamedEntities,
    /// Projects.
    Projects,
    /// Descriptions of versions of tasks, workflows or launch plans.
    DescriptionEntities,
    /// What the gate nodes of an execution wait for.
    Signals,
}

/// The numbers of a request's fields; 0 for one that it does not have.
struct Request {
    method: &'static str,
    /// `flyteidl.admin.Execution`
    message: &'static str,
    /// Project, domain and name in a message; else project, with domain after it.
    id: u16,
    project: u16,
    resource_type: u16,
    limit: u16,
    token: u16,
    filters: u16,
    sort_by: u16,
    /// What identifies an item, in its message.
    key: u32,
    /// `asc(key)` or `desc(key)` when the caller says nothing: without any, pages overlap.
    order: &'static str,
}

const BY_RESOURCE: Request = Request {
    method: "",
    message: "",
    id: 1,
    project: 0,
    resource_type: 0,
    limit: 2,
    token: 3,
    filters: 4,
    sort_by: 5,
    key: 1,
    order: "desc(created_at)",
};

const EXECUTIONS: Request = Request {
    method: "/flyteidl.service.AdminService/ListExecutions",
    message: "flyteidl.admin.Execution",
    ..BY_RESOURCE
};
const TASKS: Request =
    Request { method: "/flyteidl.service.AdminService/ListTasks", message: "flyteidl.admin.Task", ..BY_RESOURCE };
const WORKFLOWS: Request = Request {
    method: "/flyteidl.service.AdminService/ListWorkflows",
    message: "flyteidl.admin.Workflow",
    ..BY_RESOURCE
};
const LAUNCH_PLANS: Request = Request {
    method: "/flyteidl.service.AdminService/ListLaunchPlans",
    message: "flyteidl.admin.LaunchPlan",
    ..BY_RESOURCE
};
const NAMED_ENTITIES: Request = Request {
    method: "/flyteidl.service.AdminService/ListNamedEntities",
    message: "flyteidl.admin.NamedEntity",
    id: 0,
    project: 2,
    resource_type: 1,
    limit: 4,
    token: 5,
    filters: 7,
    sort_by: 6,
    key: 2,
    order: "asc(name)",
};
const PROJECTS: Request = Request {
    method: "/flyteidl.service.AdminService/ListProjects",
    message: "flyteidl.admin.Project",
    id: 0,
    project: 0,
    resource_type: 0,
    limit: 1,
    token: 2,
    filters: 3,
    sort_by: 4,
    key: 1,
    order: "asc(identifier)",
};
const DESCRIPTION_ENTITIES: Request = Request {
    method: "/flyteidl.service.AdminService/ListDescriptionEntities",
    message: "flyteidl.admin.DescriptionEntity",
    id: 2,
    project: 0,
    resource_type: 1,
    limit: 3,
    token: 4,
    filters: 5,
    sort_by: 6,
    key: 1,
    order: "desc(created_at)",
};
const SIGNALS: Request = Request {
    method: "/flyteidl.service.SignalService/ListSignals",
    message: "flyteidl.admin.Signal",
    order: "asc(created_at)",
    ..BY_RESOURCE
};

impl Listing {
    /// All, in this order.
    pub const ALL: [Listing; 8] = [
        Listing::Executions,
        Listing::Tasks,
        Listing::Workflows,
        Listing::LaunchPlans,
        Listing::NamedEntities,
        Listing::Projects,
        Listing::DescriptionEntities,
        Listing::Signals,
    ];

    fn request(self) -> &'static Request {
        match self {
            Listing::Executions => &EXECUTIONS,
            Listing::Tasks => &TASKS,
            Listing::Workflows => &WORKFLOWS,
            Listing::LaunchPlans => &LAUNCH_PLANS,
            Listing::NamedEntities => &NAMED_ENTITIES,
            Listing::Projects => &PROJECTS,
            Listing::DescriptionEntities => &DESCRIPTION_ENTITIES,
            Listing::Signals => &SIGNALS,
        }
    }

    /// The message type of an item, `flyteidl.admin.Execution`.
    #[must_use]
    pub fn message(self) -> &'static str {
        self.request().message
    }
}

/// Which of them, and how.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// Default: the remote's project. Not for projects and signals.
    pub project: Option<String>,
    /// Default: the remote's domain. Not for projects and signals.
    pub domain: Option<String>,
    /// Only of this name: for versions of entities, and descriptions.
    pub name: Option<String>,
    /// Of tasks, workflows or launch plans: for names and descriptions, which need it.
    pub kind: Option<ResourceType>,
    /// Whose signals.
    pub execution: Option<ExecutionId>,
    /// Admin's filter text, `eq(phase,FAILED)+gt(created_at,2024-01-01T00:00:00Z)`; default: all that are not archived.
    pub filters: String,
    /// `asc(key)` or `desc(key)` with the name of a column; default: the newest first, names and projects by name.
    pub sort_by: Option<String>,
    /// How many a call asks for, at least 1; default 100.
    pub page_size: Option<u32>,
    /// How many to give in all; default: all.
    pub limit: Option<u64>,
}

/// A list page by page. Pages are by offset: an item that is added meanwhile may show one twice, so those that were on
/// the page before are left out.
pub struct Pager {
    remote: Remote,
    request: &'static Request,
    /// The serialised request but limit and token.
    of: Vec<u8>,
    page_size: u32,
    options: CallOptions,
    state: RefCell<State>,
}

/// Which executions to list.
pub type ListExecutions = List;

/// Executions page by page, attached.
pub struct ExecutionPager {
    inner: Pager,
}

impl ExecutionPager {
    /// The next page; `None` after the last one. One page is asked for at a time.
    ///
    /// # Errors
    /// As the call fails; the same page can be asked for again.
    pub async fn next(&self) -> Result<Option<Vec<WorkflowExecution>>, Error> {
        let Some(page) = self.inner.next().await? else { return Ok(None) };
        page.into_iter().map(|item| self.inner.remote.listed_execution(item)).collect::<Result<_, _>>().map(Some)
    }
}

/// Where the next page starts.
struct State {
    token: Option<String>,
    left: Option<u64>,
    /// What identifies the items of the last page.
    seen: Vec<Rc<[u8]>>,
}

impl Remote {
    /// Lists what there is. Nothing is sent yet.
    ///
    /// # Errors
    /// `Kind::Value` when project, domain, kind or execution are needed and missing, for a page size of 0, and for an
    /// order that is not of the form `asc(key)`.
    pub fn list(&self, what: Listing, list: &List, options: &CallOptions) -> Result<Pager, Error> {
        let (request, page_size) = (what.request(), list.page_size.unwrap_or(100));
        if page_size == 0 {
            return Err(Error::option("pageSize", "expected at least 1, got 0"));
        }
        let mut of = Writer::new();
        if let Some(execution) = &list.execution {
            of.message(request.id, &execution.to_bytes());
        } else if request.id != 0 || request.project != 0 {
            let (project, domain) = self.place(list.project.as_deref(), list.domain.as_deref(), None)?;
            if request.id == 0 {
                of.text(request.project, &project).text(request.project + 1, &domain);
            } else {
                let name = list.name.as_deref().unwrap_or_default();
                of.message(request.id, &Writer::new().text(1, &project).text(2, &domain).text(3, name).done());
            }
        }
        if request.resource_type != 0 {
            let kind = list.kind.ok_or_else(|| Error::option("kind", "expected task, workflow or launchPlan"))?;
            of.int(request.resource_type, kind.number().into());
        }
        of.text(request.filters, &list.filters);
        of.message(request.sort_by, &sort(list.sort_by.as_deref().unwrap_or(request.order))?);
        Ok(Pager {
            remote: self.clone(),
            request,
            of: of.done(),
            page_size,
            options: options.clone(),
            state: RefCell::new(State { token: Some(String::new()), left: list.limit, seen: Vec::new() }),
        })
    }

    /// Executions of a project and domain, the newest first. Nothing is sent yet.
    ///
    /// # Errors
    /// As for `list`.
    pub fn recent_executions(&self, list: &ListExecutions, options: &CallOptions) -> Result<ExecutionPager, Error> {
        Ok(ExecutionPager { inner: self.list(Listing::Executions, list, options)? })
    }

    /// A listed execution, attached: it can sync, wait and terminate itself.
    ///
    /// # Errors
    /// `Kind::System` when the bytes are no execution.
    pub fn listed_execution(&self, item: Rc<[u8]>) -> Result<WorkflowExecution, Error> {
        let snapshot = Execution::decode(item, None).map_err(|Malformed| bad_reply(EXECUTIONS.method))?;
        Ok(WorkflowExecution::new(self.clone(), snapshot, None))
    }
}

/// The identifier of a listed task, workflow or launch plan; Admin leaves its type out.
///
/// # Errors
/// When the bytes are no entity.
pub fn listed_id(kind: ResourceType, item: &[u8]) -> Result<Identifier, Error> {
    let id = field(item, 1).and_then(Identifier::read).map_err(|Malformed| bad_reply("List"))?;
    Ok(Identifier { resource_type: kind, ..id })
}

/// A serialised `Sort` from `asc(key)` or `desc(key)`.
fn sort(text: &str) -> Result<Vec<u8>, Error> {
    let read = || {
        let (direction, rest) = text.trim().split_once('(')?;
        let key = rest.strip_suffix(')')?.trim();
        let ascending = match direction {
            "asc" => 1,
            "desc" => 0,
            _ => return None,
        };
        Some(key).filter(|key| !key.is_empty()).map(|key| Writer::new().text(1, key).int(2, ascending).done())
    };
    read().ok_or_else(|| Error::option("sortBy", ["expected asc(key) or desc(key), got \"", text, "\""].concat()))
}

impl Pager {
    /// The remote that it asks.
    #[must_use]
    pub fn remote(&self) -> &Remote {
        &self.remote
    }

    /// The items of the next page, each serialised; `None` after the last one. One page is asked for at a time.
    ///
    /// # Errors
    /// As the call fails; the same page can be asked for again.
    pub async fn next(&self) -> Result<Option<Vec<Rc<[u8]>>>, Error> {
        loop {
            let (token, left) = {
                let state = self.state.borrow();
                match (&state.token, state.left) {
                    (None, _) | (_, Some(0)) => return Ok(None),
                    (Some(token), left) => (token.clone(), left),
                }
            };
            let limit = left.map_or(self.page_size, |left| u32::try_from(left).unwrap_or(u32::MAX).min(self.page_size));
            let (mut items, next) = self.page(Some(limit), &token).await?;
            let keys = items.iter().map(|item| self.key(item)).collect::<Result<Vec<_>, _>>()?;
            let mut state = self.state.borrow_mut();
            let mut key = keys.iter();
            items.retain(|_| key.next().is_none_or(|key| !state.seen.contains(key)));
            state.seen = keys;
            state.token = Some(next).filter(|token| !token.is_empty());
            state.left = state.left.map(|left| left.saturating_sub(items.len() as u64));
            if !items.is_empty() {
                return Ok(Some(items));
            }
        }
    }

    /// The items of one page, each serialised, and the token of the page after it, empty on the last one. `limit`
    /// defaults to the page size, an empty `token` is the first page.
    ///
    /// # Errors
    /// As the call fails.
    pub async fn page(&self, limit: Option<u32>, token: &str) -> Result<(Vec<Rc<[u8]>>, String), Error> {
        let scope = self.remote.client().begin(&self.options);
        self.page_in(limit, token, &scope).await
    }

    /// A page of a verb under way.
    pub(super) async fn page_in(
        &self,
        limit: Option<u32>,
        token: &str,
        scope: &Scope,
    ) -> Result<(Vec<Rc<[u8]>>, String), Error> {
        let (request, client) = (self.request, self.remote.client());
        let limit = limit.unwrap_or(self.page_size);
        if limit == 0 {
            return Err(Error::option("limit", "expected at least 1, got 0"));
        }
        let mut message = self.of.clone();
        message.extend(Writer::new().int(request.limit, limit.into()).text(request.token, token).done());
        let reply = client.call_bytes(request.method, message, scope).await?;
        let page = Page::read(request.method, &reply)?.after(request.method, token)?;
        Ok((page.items, page.token))
    }

    fn key(&self, item: &[u8]) -> Result<Rc<[u8]>, Error> {
        field(item, self.request.key).map(Rc::from).map_err(|Malformed| bad_reply(self.request.method))
    }
}
