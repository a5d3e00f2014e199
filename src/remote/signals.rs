//! Signals: what the gate nodes of an execution wait for. They are there once their node has been reached.

use std::rc::Rc;

use super::call::Scope;
use super::client::bad_reply;
use super::{CallOptions, List, Listing, Remote};
use crate::codec::{field, Fields, Malformed, Writer};
use crate::entity::{ExecutionId, NodeExecutionId};
use crate::error::{Error, Kind};
use crate::value::{to_literal, InputValue, Literal, LiteralType, Path};

const LIST_SIGNALS: &str = "/flyteidl.service.SignalService/ListSignals";
const SET_SIGNAL: &str = "/flyteidl.service.SignalService/SetSignal";

/// A signal of an execution.
#[derive(Clone, Debug)]
pub struct Signal {
    /// Its id, unique in the execution.
    pub id: String,
    /// The execution that waits for it.
    pub execution: ExecutionId,
    /// What it takes; an approval takes a boolean.
    pub literal_type: LiteralType,
    /// What it was set to; `None` while it is waited for.
    pub value: Option<Literal>,
    /// The whole `flyteidl.admin.Signal`.
    pub raw: Rc<[u8]>,
}

impl Signal {
    /// Reads a serialised `flyteidl.admin.Signal`.
    ///
    /// # Errors
    /// `Kind::System` when the bytes are no such message.
    pub fn decode(raw: Rc<[u8]>) -> Result<Self, Error> {
        Signal::read(raw).map_err(|Malformed| bad_reply(LIST_SIGNALS))
    }

    fn read(raw: Rc<[u8]>) -> Result<Self, Malformed> {
        // Its id has the fields of a node execution's.
        let NodeExecutionId { execution, node_id } = NodeExecutionId::read(field(&raw, 1)?)?;
        let literal_type = LiteralType::decode(field(&raw, 2)?)?;
        let (mut fields, mut value) = (Fields::of(&raw), None);
        while let Some(part) = fields.next()? {
            if part.number == 3 {
                value = Some(Literal::new(part.message()?));
            }
        }
        Ok(Signal { id: node_id, execution, literal_type, value, raw: Rc::clone(&raw) })
    }
}

impl Remote {
    /// Gives a signal its value, converted to what the signal takes; a boolean to approve or reject. Setting it again changes the value, which nobody
    /// looks at once the node has gone on.
    ///
    /// # Errors
    /// `Kind::NotFound` when the execution has no such signal, naming those it has; `Kind::Value` when the value does not
    /// fit. Then nothing is sent.
    pub async fn set_signal(
        &self,
        execution: &ExecutionId,
        signal: &str,
        value: &InputValue,
        options: &CallOptions,
    ) -> Result<(), Error> {
        let scope = self.client().begin(options);
        let found = self.signal(execution, signal, options, &scope).await?;
        let (path, mut problems) = (Path::new("value"), Vec::new());
        let literal = to_literal(value, &found.literal_type, &path, &mut problems);
        let Some(literal) = literal.filter(|_| problems.is_empty()) else {
            let error = Error::from_problems(Kind::Value, &["signal ", signal].concat(), problems);
            return Err(error.about(execution.to_string()));
        };
        let id = Writer::new().text(1, signal).message(2, &execution.to_bytes()).done();
        let request = Writer::new().message(1, &id).message(2, literal.as_bytes()).done();
        let reply = self.client().call_bytes(SET_SIGNAL, request, &scope).await;
        reply.map(|_| ()).map_err(|error| error.about(execution.to_string()))
    }

    /// The signal of this id.
    async fn signal(
        &self,
        execution: &ExecutionId,
        id: &str,
        options: &CallOptions,
        scope: &Scope,
    ) -> Result<Signal, Error> {
        if id.is_empty() {
            return Err(Error::option("signalId", "empty; give the id of a signal"));
        }
        let list = List { execution: Some(execution.clone()), ..List::default() };
        let pager = self.list(Listing::Signals, &list, options)?;
        let (mut names, mut token) = (Vec::new(), String::new());
        loop {
            let page = pager.page_in(None, &token, scope).await;
            let (items, next) = page.map_err(|error| error.about(execution.to_string()))?;
            for item in items {
                let signal = Signal::decode(item)?;
                if signal.id == id {
                    return Ok(signal);
                }
                names.push(signal.id);
            }
            if next.is_empty() {
                break;
            }
            token = next;
        }
        let there = if names.is_empty() {
            "none yet".to_owned()
        } else {
            names.truncate(20);
            names.join(", ")
        };
        let message =
            ["it has no signal ", id, "; it has ", &there, ". A signal is there once its node has been reached"];
        Err(Error::new(Kind::NotFound, message.concat()).at("signalId").about(execution.to_string()))
    }
}
