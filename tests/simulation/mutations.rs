//! What a test breaks on purpose, to see that the invariants notice.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::mem::ManuallyDrop;
use std::rc::Rc;

use flyte_remote::host::LocalFuture;
use flyte_remote::idl::flyteidl::{admin, core};
use flyte_remote::rpc::{Call, Channel, Code, Reply, Status};
use prost::Message;

use super::user::GET_EXECUTION;
use super::wire::{Around, Leaked};

/// A mistake in the client or on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutation {
    /// None.
    Nothing,
    /// Executions are created without the name that the client made up, so a repeated request creates another one.
    NamelessExecutions,
    /// A reply about an execution may be an old one.
    StaleReplies,
    /// Running executions are said to have succeeded.
    EarlyEnds,
    /// Lists of nodes end after their first page.
    FirstPagesOnly,
    /// Pages of executions lack their last one.
    ShortPages,
    /// Timeouts are kept by a clock that may be set.
    TimeoutsByTheClock,
    /// Every question about an execution is asked twice at a time.
    TwoPollsAtATime,
    /// Every question about an execution is asked twice more.
    RestlessPolls,
    /// Calls go on when they are dropped.
    LeakedCalls,
    /// Requests that fail are said to be refused because the token is no longer good.
    WrongReasons,
}

impl Mutation {
    /// Breaks what is nearest to the server.
    pub fn around_transport(self, inner: Rc<dyn Channel>) -> Rc<dyn Channel> {
        match self {
            Mutation::NamelessExecutions => around(inner, |inner, mut call| {
                if call.path.ends_with("/CreateExecution") {
                    let mut request = admin::ExecutionCreateRequest::decode(&*call.message).expect("a request");
                    request.name = String::new();
                    call.message = request.encode_to_vec().into();
                }
                inner.unary(call)
            }),
            Mutation::StaleReplies => {
                let old: Rc<RefCell<BTreeMap<Vec<u8>, Reply>>> = Rc::default();
                let count = Rc::new(Cell::new(0));
                around(inner, move |inner, call| {
                    let (old, count) = (Rc::clone(&old), Rc::clone(&count));
                    Box::pin(async move {
                        let (path, request) = (call.path.clone(), call.message.to_vec());
                        let reply = inner.unary(call).await?;
                        count.set(count.get() + 1);
                        if path != GET_EXECUTION && !path.ends_with("/ListNodeExecutions") {
                            return Ok(reply);
                        }
                        let first = old.borrow_mut().entry(request).or_insert_with(|| reply.clone()).clone();
                        Ok(if count.get() % 3 == 0 { first } else { reply })
                    })
                })
            }
            Mutation::EarlyEnds => around(inner, |inner, call| {
                let ends = call.path == GET_EXECUTION;
                Box::pin(async move {
                    let mut reply = inner.unary(call).await?;
                    let mut execution = admin::Execution::decode(&*reply.message).unwrap_or_default();
                    let closure = execution.closure.get_or_insert_default();
                    if ends && closure.phase() == core::workflow_execution::Phase::Running {
                        closure.set_phase(core::workflow_execution::Phase::Succeeded);
                        reply.message = execution.encode_to_vec();
                    }
                    Ok(reply)
                })
            }),
            Mutation::FirstPagesOnly => around(inner, |inner, call| {
                let is_list = call.path.ends_with("/ListNodeExecutions");
                Box::pin(async move {
                    let mut reply = inner.unary(call).await?;
                    if is_list {
                        let mut page = admin::NodeExecutionList::decode(&*reply.message).unwrap_or_default();
                        page.token.clear();
                        reply.message = page.encode_to_vec();
                    }
                    Ok(reply)
                })
            }),
            Mutation::ShortPages => around(inner, |inner, call| {
                let is_list = call.path.ends_with("/ListExecutions");
                Box::pin(async move {
                    let mut reply = inner.unary(call).await?;
                    if is_list {
                        let mut page = admin::ExecutionList::decode(&*reply.message).unwrap_or_default();
                        page.executions.pop();
                        reply.message = page.encode_to_vec();
                    }
                    Ok(reply)
                })
            }),
            Mutation::WrongReasons => around(inner, |inner, call| {
                Box::pin(async move {
                    inner.unary(call).await.map_err(|mut status| {
                        status.code = Code::Unauthenticated;
                        status
                    })
                })
            }),
            _ => inner,
        }
    }

    /// Breaks what is nearest to the caller.
    pub fn around_stack(self, inner: Rc<dyn Channel>) -> Rc<dyn Channel> {
        match self {
            Mutation::TwoPollsAtATime => around(inner, |inner, call| {
                Box::pin(async move {
                    if call.path != GET_EXECUTION {
                        return inner.unary(call).await;
                    }
                    let (first, _) = futures_util::future::join(inner.unary(call.clone()), inner.unary(call)).await;
                    first
                })
            }),
            Mutation::RestlessPolls => around(inner, |inner, call| {
                Box::pin(async move {
                    if call.path != GET_EXECUTION {
                        return inner.unary(call).await;
                    }
                    let first = inner.unary(call.clone()).await;
                    let _ = inner.unary(call.clone()).await;
                    let _ = inner.unary(call).await;
                    first
                })
            }),
            Mutation::LeakedCalls => {
                around(inner, |inner, call| Box::pin(Leaked(ManuallyDrop::new(inner.unary(call)))))
            }
            _ => inner,
        }
    }
}

fn around<F>(inner: Rc<dyn Channel>, call: F) -> Rc<dyn Channel>
where
    F: Fn(Rc<dyn Channel>, Call) -> LocalFuture<Result<Reply, Status>> + 'static,
{
    Rc::new(Around { inner, call })
}
