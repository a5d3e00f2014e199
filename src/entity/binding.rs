//! Where the values of nodes come from: bindings, and the conditions of branches.

use super::node::START;
use super::object::{As, Context, Object, Row};
use crate::codec::{Field, Malformed, Writer};
use crate::value::{from_literal, OutputValue};

/// `flyteidl.core.Binding` as a `Binding`.
static BINDING: [Row; 2] = [Row(1, "var", As::Text), Row(2, "binding", As::Object(&DATA))];

/// `flyteidl.core.BindingData` as a `BindingValue`.
static DATA: [Row; 11] = [
    Row(1, "kind", As::Const("literal")),
    Row(1, "value", As::Own(scalar)),
    Row(2, "kind", As::Const("collection")),
    Row(2, "", As::Here(&[Row(1, "bindings", As::Objects(&DATA))])),
    Row(3, "kind", As::Const("promise")),
    Row(3, "", As::Own(promise)),
    Row(4, "kind", As::Const("map")),
    Row(4, "bindings", As::ByName(&DATA)),
    Row(5, "", As::Here(&[Row(1, "unionType", As::Type)])),
    Row(6, "kind", As::Const("literal")),
    Row(6, "value", As::Own(apart)),
];

/// `flyteidl.core.OutputReference`
static PROMISE: [Row; 3] = [
    Row(1, "nodeId", As::Text),
    Row(2, "var", As::Text),
    Row(3, "attrPath", As::Items(&[Row(1, "", As::SomeText), Row(2, "", As::SomeInt)])),
];

/// `flyteidl.core.BooleanExpression` as a `BranchCondition`.
pub(super) static CONDITION: [Row; 2] = [
    Row(
        1,
        "",
        As::Here(&[
            Row(1, "operator", As::Enum(&["AND", "OR"])),
            Row(2, "left", As::Object(&CONDITION)),
            Row(3, "right", As::Object(&CONDITION)),
        ]),
    ),
    Row(
        2,
        "",
        As::Here(&[
            Row(1, "operator", As::Enum(&["EQ", "NEQ", "GT", "GTE", "LT", "LTE"])),
            Row(2, "left", As::Object(&OPERAND)),
            Row(3, "right", As::Object(&OPERAND)),
        ]),
    ),
];

/// `flyteidl.core.Operand` as a `BranchOperand`.
static OPERAND: [Row; 3] =
    [Row(1, "value", As::Own(primitive)), Row(2, "var", As::SomeText), Row(3, "value", As::Own(scalar))];

/// Adds a binding to a list.
pub(super) fn bind(
    list: &str,
    field: &Field<'_>,
    object: &mut Object,
    context: &mut Context<'_>,
) -> Result<(), Malformed> {
    let mut binding = Object::default();
    binding.read(field.message()?, &BINDING, context);
    if binding.get("binding").is_none() {
        context.problem(&[binding.text_of("var"), ": nothing is bound that this client knows"]);
    }
    object.push(list, binding.done());
    Ok(())
}

fn promise(field: &Field<'_>, object: &mut Object, context: &mut Context<'_>) -> Result<(), Malformed> {
    object.set("attrPath", OutputValue::List(Vec::new()));
    object.read(field.message()?, &PROMISE, context);
    let node = object.text_of("nodeId").to_owned();
    if node == START {
        object.text("nodeId", "");
    } else if !node.is_empty() {
        context.upstream.push(node);
    }
    Ok(())
}

/// A serialised `flyteidl.core.Scalar`.
fn scalar(field: &Field<'_>, object: &mut Object, _: &mut Context<'_>) -> Result<(), Malformed> {
    literal(1, field.message()?, object)
}

/// A serialised `flyteidl.core.Primitive`.
fn primitive(field: &Field<'_>, object: &mut Object, _: &mut Context<'_>) -> Result<(), Malformed> {
    literal(1, &Writer::new().message(1, field.message()?).done(), object)
}

/// What stands for a literal that is stored apart.
fn apart(field: &Field<'_>, object: &mut Object, _: &mut Context<'_>) -> Result<(), Malformed> {
    literal(8, field.message()?, object)
}

/// The value of a literal with this field; one that this client does not know is none.
fn literal(number: u16, content: &[u8], object: &mut Object) -> Result<(), Malformed> {
    match from_literal(&Writer::new().message(number, content).done(), None) {
        OutputValue::Literal(_) => Err(Malformed),
        value => {
            object.set("value", value);
            Ok(())
        }
    }
}
