//! Failed calls, as FlyteAdmin words them.

use flyte_remote::rpc::{Code, Status};
use prost::Message;

use crate::idl::admin::{event_failure_reason::Reason, EventErrorAlreadyInTerminalState, EventFailureReason};
use crate::idl::core::Identifier;

/// InvalidArgument with a text.
pub(crate) fn invalid(message: impl Into<String>) -> Status {
    Status::new(Code::InvalidArgument, message)
}

/// NotFound with a text.
pub(crate) fn not_found(message: impl Into<String>) -> Status {
    Status::new(Code::NotFound, message)
}

/// InvalidArgument for a field that must be given.
pub(crate) fn missing(field: &str) -> Status {
    invalid(format!("missing {field}"))
}

/// The status with one detail message: a serialised `google.rpc.Status`, as `grpc-status-details-bin` carries it.
pub(crate) fn with_detail(mut status: Status, type_name: &str, detail: &impl Message) -> Status {
    let any = prost_types::Any { type_url: format!("type.googleapis.com/{type_name}"), value: detail.encode_to_vec() };
    let rpc = flyte_remote::idl::google::rpc::Status {
        code: status.code as i32,
        message: status.message.clone(),
        details: vec![any],
    };
    status.details = rpc.encode_to_vec();
    status
}

/// NotFound for an entity version; `entity` is `TASK`, `WORKFLOW` or `LAUNCH_PLAN`.
pub(crate) fn missing_entity(entity: &str, id: &Identifier) -> Status {
    let id = Identifier { resource_type: 0, ..id.clone() };
    not_found(format!("missing entity of type {entity} with identifier {}", identifier_text(&id)))
}

/// An identifier as Go prints the message.
pub(crate) fn identifier_text(id: &Identifier) -> String {
    let resource = if id.resource_type == 0 {
        String::new()
    } else {
        format!("resource_type:{} ", id.resource_type().as_str_name())
    };
    format!("{resource}project:{:?} domain:{:?} name:{:?} version:{:?}", id.project, id.domain, id.name, id.version)
}

/// FailedPrecondition because something has ended already, with the phase as a detail.
pub(crate) fn already_terminal(message: impl Into<String>, phase: &str) -> Status {
    event_failure(
        message,
        Reason::AlreadyInTerminalState(EventErrorAlreadyInTerminalState { current_phase: phase.to_owned() }),
    )
}

/// FailedPrecondition with the reason why an event was refused.
pub(crate) fn event_failure(message: impl Into<String>, reason: Reason) -> Status {
    let status = Status::new(Code::FailedPrecondition, message);
    let detail = EventFailureReason { reason: Some(reason) };
    with_detail(status, "flyteidl.admin.EventFailureReason", &detail)
}
