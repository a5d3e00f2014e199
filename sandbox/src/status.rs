//! Failed calls, as FlyteAdmin words them.

use flyte_remote::rpc::{Code, Status};
use prost::Message;

use crate::idl::admin::{event_failure_reason::Reason, EventErrorAlreadyInTerminalState, EventFailureReason};
use crate::idl::core::{Identifier, NodeExecutionIdentifier, WorkflowExecutionIdentifier};

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

/// A text as Go prints it within a message: only quotes, backslashes and control characters are escaped.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\0'..='\x1f' | '\x7f' => quoted.push_str(&format!("\\x{:02x}", u32::from(letter))),
            _ => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// The id of an execution as Go prints the message.
pub(crate) fn execution_text(id: &WorkflowExecutionIdentifier) -> String {
    format!("project:{} domain:{} name:{}", quoted(&id.project), quoted(&id.domain), quoted(&id.name))
}

/// The id of a node execution as Go prints the message.
pub(crate) fn node_text(id: &NodeExecutionIdentifier) -> String {
    let execution = id.execution_id.as_ref().map(execution_text).unwrap_or_default();
    format!("node_id:{} execution_id:{{{execution}}}", quoted(&id.node_id))
}

/// An identifier as Go prints the message.
pub(crate) fn identifier_text(id: &Identifier) -> String {
    let resource = if id.resource_type == 0 {
        String::new()
    } else {
        format!("resource_type:{} ", id.resource_type().as_str_name())
    };
    let [project, domain, name, version] = [&id.project, &id.domain, &id.name, &id.version].map(|part| quoted(part));
    format!("{resource}project:{project} domain:{domain} name:{name} version:{version}")
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
