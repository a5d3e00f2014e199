//! SignalService: what gate nodes wait for.

use flyte_remote::idl::flyteidl::{admin, core};
use flyte_remote::rpc::Status;

use crate::engine;
use crate::list::{select, Cell, Entity, Query, Row};
use crate::sandbox::Sandbox;
use crate::service::{unary, unimplemented};
use crate::state::{ExecutionKey, SignalKey, SignalRow};
use crate::status::{invalid, missing};
use crate::time::timestamp;
use crate::types::{castable, type_of, type_text};

impl Row for SignalRow {
    fn entity() -> Entity {
        Entity::Signal
    }

    fn column(&self, name: &str) -> Cell {
        match name {
            "execution_project" => Cell::from(self.key.execution.project.as_str()),
            "execution_domain" => Cell::from(self.key.execution.domain.as_str()),
            "execution_name" => Cell::from(self.key.execution.name.as_str()),
            "signal_id" => Cell::from(self.key.signal.as_str()),
            "created_at" => Cell::from(Some(&timestamp(self.created_at))),
            _ => Cell::Null,
        }
    }
}

/// Answers a call of SignalService.
pub(crate) fn call(sandbox: &mut Sandbox, method: &str, message: &[u8]) -> Result<Vec<u8>, Status> {
    match method {
        "GetOrCreateSignal" => unary(sandbox, message, get_or_create_signal),
        "ListSignals" => unary(sandbox, message, list_signals),
        "SetSignal" => unary(sandbox, message, set_signal),
        _ => Err(unimplemented("flyteidl.service.SignalService", method)),
    }
}

fn get_or_create_signal(
    sandbox: &mut Sandbox,
    request: admin::SignalGetOrCreateRequest,
) -> Result<admin::Signal, Status> {
    let key = key(request.id.as_ref())?;
    if request.r#type.is_none() {
        return Err(missing("type"));
    }
    if let Some(row) = sandbox.state.signals.get(&key) {
        return Ok(row.signal.clone());
    }
    let signal = admin::Signal { id: request.id, r#type: request.r#type, value: None };
    let created_at = sandbox.now;
    sandbox.state.signals.put(SignalRow { key, signal: signal.clone(), created_at });
    Ok(signal)
}

fn list_signals(sandbox: &mut Sandbox, request: admin::SignalListRequest) -> Result<admin::SignalList, Status> {
    let execution = execution_key(request.workflow_execution_id.as_ref())?;
    let rows = sandbox.state.signals.iter().filter(|row| row.key.execution == execution);
    let query = Query {
        limit: request.limit,
        token: &request.token,
        filters: &request.filters,
        sort_by: request.sort_by.as_ref(),
    };
    let page = select(rows, &query)?;
    Ok(admin::SignalList { signals: page.rows.into_iter().map(|row| row.signal.clone()).collect(), token: page.token })
}

fn set_signal(sandbox: &mut Sandbox, request: admin::SignalSetRequest) -> Result<admin::SignalSetResponse, Status> {
    let key = key(request.id.as_ref())?;
    let Some(value) = request.value else { return Err(missing("value")) };
    let Some(row) = sandbox.state.signals.get_mut(&key) else {
        let text = format!("{}:{}:{}:{}", key.execution.project, key.execution.domain, key.execution.name, key.signal);
        return Err(invalid(format!("failed to validate that signal [{text}] exists, err: [missing signal]")));
    };
    let wanted = row.signal.r#type.clone().unwrap_or_default();
    // FlyteAdmin asks whether the signal's type fits the value's, not the other way round.
    let fits = type_of(&value).is_some_and(|given| castable(&wanted, &given));
    if !fits {
        let given = type_of(&value).map_or_else(|| "no value".to_owned(), |given| type_text(&given));
        let wanted = type_text(&wanted);
        return Err(invalid(format!(
            "requested signal value [{given}] is not castable to existing signal type [{wanted}]"
        )));
    }
    row.signal.value = Some(value);
    if let Some(id) = &request.id {
        engine::signal_set(sandbox, id);
    }
    Ok(admin::SignalSetResponse {})
}

fn key(id: Option<&core::SignalIdentifier>) -> Result<SignalKey, Status> {
    let id = id.ok_or_else(|| missing("id"))?;
    let execution = execution_key(id.execution_id.as_ref())?;
    if id.signal_id.is_empty() {
        return Err(missing("signal_id"));
    }
    Ok(SignalKey { execution, signal: id.signal_id.clone() })
}

fn execution_key(id: Option<&core::WorkflowExecutionIdentifier>) -> Result<ExecutionKey, Status> {
    let id = id.ok_or_else(|| missing("execution_id"))?;
    for (value, field) in [(&id.project, "project"), (&id.domain, "domain"), (&id.name, "name")] {
        if value.is_empty() {
            return Err(missing(field));
        }
    }
    Ok(ExecutionKey::from(id))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::core::literal_type::Type;
    use super::core::primitive::Value as Primitive;
    use super::*;
    use crate::Options;

    fn id(name: &str) -> Option<core::SignalIdentifier> {
        let execution = core::WorkflowExecutionIdentifier {
            project: "p".to_owned(),
            domain: "d".to_owned(),
            name: "run".to_owned(),
            org: String::new(),
        };
        Some(core::SignalIdentifier { signal_id: name.to_owned(), execution_id: Some(execution) })
    }

    fn create(sandbox: &mut Sandbox, name: &str) -> Result<admin::Signal, Status> {
        let boolean =
            core::LiteralType { r#type: Some(Type::Simple(core::SimpleType::Boolean as i32)), ..Default::default() };
        get_or_create_signal(sandbox, admin::SignalGetOrCreateRequest { id: id(name), r#type: Some(boolean) })
    }

    fn set(sandbox: &mut Sandbox, name: &str, value: Primitive) -> Result<(), Status> {
        let primitive = core::Primitive { value: Some(value) };
        let scalar = core::Scalar { value: Some(core::scalar::Value::Primitive(primitive)) };
        let value = core::Literal { value: Some(core::literal::Value::Scalar(Box::new(scalar))), ..Default::default() };
        set_signal(sandbox, admin::SignalSetRequest { id: id(name), value: Some(value) }).map(|_| ())
    }

    #[test]
    fn a_signal_is_created_once_and_can_be_set_again() {
        let mut sandbox = Sandbox::new(Options::default());
        assert!(create(&mut sandbox, "ok").unwrap().value.is_none());
        set(&mut sandbox, "ok", Primitive::Boolean(true)).unwrap();
        set(&mut sandbox, "ok", Primitive::Boolean(false)).unwrap();
        assert!(create(&mut sandbox, "ok").unwrap().value.is_some());
        let execution = id("").unwrap().execution_id;
        let request = admin::SignalListRequest { workflow_execution_id: execution, limit: 10, ..Default::default() };
        assert_eq!(list_signals(&mut sandbox, request.clone()).unwrap().signals.len(), 1);
        let filtered = admin::SignalListRequest { filters: "eq(signal_id,other)".to_owned(), ..request };
        assert!(list_signals(&mut sandbox, filtered).unwrap().signals.is_empty());
    }

    #[test]
    fn unknown_signals_and_other_types_are_refused() {
        let mut sandbox = Sandbox::new(Options::default());
        let unknown = set(&mut sandbox, "ok", Primitive::Boolean(true)).unwrap_err();
        assert!(unknown.message.starts_with("failed to validate that signal"));
        create(&mut sandbox, "ok").unwrap();
        let wrong = set(&mut sandbox, "ok", Primitive::Integer(1)).unwrap_err();
        assert!(wrong.message.contains("is not castable to existing signal type"), "{}", wrong.message);
        assert_eq!(set(&mut sandbox, "", Primitive::Boolean(true)).unwrap_err().message, "missing signal_id");
    }
}
