//! An execution once more: relaunched, recovered.

use flyte_remote::entity::ExecutionId;
use flyte_remote::error::Kind;
use flyte_remote::idl::flyteidl::{admin, core};
use flyte_remote::remote::Rerun;
use flyte_remote::rpc::Code;

use crate::support::{call, ok, status, unexpected, Request, Server};

fn source() -> ExecutionId {
    ExecutionId::new("p", "d", "first")
}

/// Creates what it is asked for, under the name it is asked for, and knows it.
fn serve(request: &Request) -> Result<Vec<u8>, flyte_remote::rpc::Status> {
    let created = |name: String| {
        let id = core::WorkflowExecutionIdentifier { name, ..source().to_proto() };
        ok(&admin::ExecutionCreateResponse { id: Some(id) })
    };
    match request.rpc.as_str() {
        "RelaunchExecution" => created(request.decode::<admin::ExecutionRelaunchRequest>().name),
        "RecoverExecution" => created(request.decode::<admin::ExecutionRecoverRequest>().name),
        "GetExecution" => known(request),
        _ => unexpected(request),
    }
}

fn known(request: &Request) -> Result<Vec<u8>, flyte_remote::rpc::Status> {
    let closure = admin::ExecutionClosure {
        phase: core::workflow_execution::Phase::Running.into(),
        state_change_details: Some(admin::ExecutionStateChangeDetails { state: 1, ..Default::default() }),
        ..Default::default()
    };
    let id = request.decode::<admin::WorkflowExecutionGetRequest>().id;
    ok(&admin::Execution { id, closure: Some(closure), ..Default::default() })
}

#[test]
fn relaunch_names_the_new_execution_and_gives_it_attached() {
    let server = Server::new(serve);
    let rerun = Rerun { name_prefix: Some("again".to_owned()), overwrite_cache: true, ..Rerun::default() };
    let new = server.run(server.remote().relaunch(&source(), &rerun, &call())).unwrap();
    let sent: admin::ExecutionRelaunchRequest = server.requests()[0].decode();
    assert_eq!((sent.id, sent.overwrite_cache), (Some(source().to_proto()), true));
    assert!(sent.name.starts_with("again-"), "{}", sent.name);
    assert_eq!((new.id().name.as_str(), new.phase().as_str()), (sent.name.as_str(), "RUNNING"));
    assert_eq!(server.rpcs(), ["RelaunchExecution", "GetExecution"]);
}

#[test]
fn recover_takes_the_callers_name() {
    let server = Server::new(serve);
    let rerun = Rerun { name: Some("second".to_owned()), ..Rerun::default() };
    let new = server.run(server.remote().recover(&source(), &rerun, &call())).unwrap();
    let sent: admin::ExecutionRecoverRequest = server.requests()[0].decode();
    assert_eq!((sent.id, sent.name.as_str()), (Some(source().to_proto()), "second"));
    assert_eq!(new.id().to_string(), "ex:p:d:second");
}

#[test]
fn a_lost_reply_is_resolved_by_looking_the_made_up_name_up() {
    let server = Server::new(|request| match request.rpc.as_str() {
        "RelaunchExecution" => status(Code::AlreadyExists, "value with matching already exists"),
        _ => known(request),
    });
    let new = server.run(server.remote().relaunch(&source(), &Rerun::default(), &call())).unwrap();
    let sent: admin::ExecutionRelaunchRequest = server.requests()[0].decode();
    assert_eq!(new.id().name, sent.name);
    let taken = Rerun { name: Some("taken".to_owned()), ..Rerun::default() };
    let error = server.run(server.remote().relaunch(&source(), &taken, &call())).err().unwrap();
    assert_eq!((error.kind, error.entity.as_deref()), (Kind::AlreadyExists, Some("ex:p:d:taken")));
}

#[test]
fn an_execution_that_cannot_be_read_yet_is_given_all_the_same() {
    let server = Server::new(|request| match request.rpc.as_str() {
        "GetExecution" => status(Code::Unavailable, "down"),
        _ => serve(request),
    });
    let new = server.run(server.remote().recover(&source(), &Rerun::default(), &call())).unwrap();
    assert_eq!((new.id().project.as_str(), new.phase().as_str()), ("p", "UNDEFINED"));
}

#[test]
fn what_cannot_be_is_refused_before_it_is_sent() {
    let server = Server::new(unexpected);
    let remote = server.remote();
    let name = |name: &str| Rerun { name: Some(name.to_owned()), ..Rerun::default() };
    let error = server.run(remote.relaunch(&source(), &name("Not A Name"), &call())).err().unwrap();
    assert_eq!((error.kind, error.path.as_deref()), (Kind::Value, Some("name")));
    let overwrite = Rerun { overwrite_cache: true, ..Rerun::default() };
    let error = server.run(remote.recover(&source(), &overwrite, &call())).err().unwrap();
    assert_eq!(error.path.as_deref(), Some("overwriteCache"));
}

#[test]
fn an_execution_that_is_not_there_is_named() {
    let server = Server::new(|_| status(Code::NotFound, "missing entity"));
    let error = server.run(server.remote().relaunch(&source(), &Rerun::default(), &call())).err().unwrap();
    assert_eq!((error.kind, error.entity.as_deref()), (Kind::NotFound, Some("ex:p:d:first")));
}
