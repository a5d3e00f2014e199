//! An execution that was there before: whether it is the one that the caller wanted.

use super::call::Scope;
use super::client::bad_reply;
use super::execute::CREATE_EXECUTION;
use super::WorkflowExecution;
use crate::codec::{wire_to_json, FloatText, Malformed};
use crate::entity::{Identifier, Interface};
use crate::error::Error;
use crate::idl::schema::MessageId;
use crate::value::{Literal, Values};

/// What to do when an execution has the given name already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnExisting {
    /// Fail with `Kind::AlreadyExists`.
    #[default]
    Error,
    /// Take that execution, and tell how it differs.
    Return,
}

/// How an execution that was there before differs from what was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Existing {
    /// It is an execution of another entity or version.
    pub entity_differs: bool,
    /// Names of the inputs that differ, in order.
    pub differing_inputs: Vec<String>,
}

impl Existing {
    /// Compares an execution with what would have been created: defaults and fixed inputs count as given.
    pub(super) async fn of(
        execution: &WorkflowExecution,
        entity: &Identifier,
        interface: &Interface,
        inputs: &[u8],
        scope: &Scope,
    ) -> Result<Self, Error> {
        let given = Values::decode(inputs, std::rc::Rc::default()).map_err(|Malformed| bad_reply(CREATE_EXECUTION))?;
        let (has, mut differing_inputs) = (execution.inputs_within(scope).await?, Vec::new());
        for input in &interface.inputs {
            let asked = given.literal(&input.name).or(input.fixed.as_ref()).or(input.default.as_ref());
            if !same(asked, has.literal(&input.name)) {
                differing_inputs.push(input.name.clone());
            }
        }
        Ok(Existing { entity_differs: execution.snapshot().launch_plan != *entity, differing_inputs })
    }
}

/// The same value, however its maps are ordered.
fn same(one: Option<&Literal>, two: Option<&Literal>) -> bool {
    match (one, two) {
        // The server may find an input that nobody gave, by a query for an artifact.
        (None, _) => true,
        (Some(_), None) => false,
        (Some(one), Some(two)) => one == two || canonical(one).is_some_and(|one| Some(one) == canonical(two)),
    }
}

/// Its ProtoJSON, in which the order of fields and map entries is fixed.
fn canonical(literal: &Literal) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    wire_to_json(MessageId::by_name("flyteidl.core.Literal")?, literal.as_bytes(), &Bits, &mut text).ok()?;
    Some(text)
}

/// Floats by their bits: enough to compare, and needs no printing.
struct Bits;

impl FloatText for Bits {
    fn print(&self, value: f64, out: &mut Vec<u8>) {
        out.extend_from_slice(value.to_bits().to_string().as_bytes());
    }

    fn parse(&self, _: &[u8]) -> Option<f64> {
        None
    }
}
