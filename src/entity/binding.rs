//! Where the values of nodes come from: bindings, and the conditions of branches.

use super::object::{int_in, named, text_in, Object};
use crate::codec::{field, Fields, Malformed, Writer};
use crate::value::{from_literal, sorted_entries, LiteralType, OutputValue, TypeKind};

/// How deep bindings and conditions may nest.
const MAX_DEPTH: u32 = 100;

const COMPARISONS: [&str; 6] = ["EQ", "NEQ", "GT", "GTE", "LT", "LTE"];

/// A serialised `flyteidl.core.BindingData` as a `BindingValue`; literals are read by the declared type.
pub(super) fn binding(bytes: &[u8], declared: Option<&LiteralType>, depth: u32) -> Result<OutputValue, Malformed> {
    if depth > MAX_DEPTH {
        return Err(Malformed);
    }
    let (mut fields, mut value, mut variant) = (Fields::of(bytes), None, None);
    while let Some(part) = fields.next()? {
        match part.number {
            5 => variant = Some(LiteralType::decode(field(part.message()?, 1)?)?),
            1..=6 => value = Some((part.number, part.message()?)),
            _ => {}
        }
    }
    let declared = variant.as_ref().or(declared);
    let (number, content) = value.ok_or(Malformed)?;
    let mut object = match number {
        2 => {
            let element = match declared.map(|declared| &declared.kind) {
                Some(TypeKind::List(element)) => Some(&**element),
                _ => None,
            };
            let (mut fields, mut bindings) = (Fields::of(content), Vec::new());
            while let Some(part) = fields.next()? {
                if part.number == 1 {
                    bindings.push(binding(part.message()?, element, depth + 1)?);
                }
            }
            let mut object = Object::of("collection");
            object.list("bindings", bindings);
            object
        }
        3 => promise(content)?,
        4 => {
            let element = match declared.map(|declared| &declared.kind) {
                Some(TypeKind::Map(element)) => Some(&**element),
                _ => None,
            };
            let mut bindings = Object::default();
            for (name, value) in sorted_entries(content)? {
                bindings.set(&name, binding(value, element, depth + 1)?);
            }
            let mut object = Object::of("map");
            object.set("bindings", bindings.done());
            object
        }
        // A scalar, or what stands for a literal that is stored apart: fields of a literal.
        _ => {
            let literal = Writer::new().message(if number == 1 { 1 } else { 8 }, content).done();
            let mut object = Object::of("literal");
            object.set("value", value_of(&literal, declared)?);
            object
        }
    };
    if let Some(variant) = variant {
        object.text("unionType", &variant.text());
    }
    Ok(object.done())
}

fn promise(bytes: &[u8]) -> Result<Object, Malformed> {
    let (mut fields, mut node_id, mut var, mut path) = (Fields::of(bytes), String::new(), String::new(), Vec::new());
    while let Some(part) = fields.next()? {
        match part.number {
            1 => node_id = part.text()?,
            2 => var = part.text()?,
            3 => {
                let mut steps = Fields::of(part.message()?);
                while let Some(step) = steps.next()? {
                    path.push(match step.number {
                        1 => OutputValue::Text(step.text()?),
                        2 => OutputValue::Int(step.int32()?.into()),
                        _ => continue,
                    });
                }
            }
            _ => {}
        }
    }
    if node_id == super::node::START {
        node_id.clear();
    }
    let mut object = Object::of("promise");
    object.text("nodeId", &node_id).text("var", &var).list("attrPath", path);
    Ok(object)
}

/// The value of a serialised literal; one that this client does not know is none.
fn value_of(literal: &[u8], declared: Option<&LiteralType>) -> Result<OutputValue, Malformed> {
    match from_literal(literal, declared) {
        OutputValue::Literal(_) => Err(Malformed),
        value => Ok(value),
    }
}

/// A serialised `flyteidl.core.BooleanExpression` as a `BranchCondition`.
pub(super) fn condition(bytes: &[u8], depth: u32) -> Result<OutputValue, Malformed> {
    let (conjunction, comparison) = (field(bytes, 1)?, field(bytes, 2)?);
    let is_conjunction = comparison.is_empty();
    let bytes = if is_conjunction { conjunction } else { comparison };
    if bytes.is_empty() || depth > MAX_DEPTH {
        return Err(Malformed);
    }
    let names: &[&str] = if is_conjunction { &["AND", "OR"] } else { &COMPARISONS };
    let mut object = Object::default();
    object.text("operator", named(names, int_in(bytes, 1)?));
    for (name, number) in [("left", 2), ("right", 3)] {
        let side = field(bytes, number)?;
        object.set(name, if is_conjunction { condition(side, depth + 1)? } else { operand(side)? });
    }
    Ok(object.done())
}

/// A serialised `flyteidl.core.Operand`.
fn operand(bytes: &[u8]) -> Result<OutputValue, Malformed> {
    let var = text_in(bytes, 2)?;
    let mut object = Object::default();
    if var.is_empty() {
        let (mut scalar, primitive) = (field(bytes, 3)?.to_vec(), field(bytes, 1)?);
        if scalar.is_empty() {
            scalar = Writer::new().message(1, primitive).done();
        }
        object.set("value", value_of(&Writer::new().message(1, &scalar).done(), None)?);
    } else {
        object.text("var", &var);
    }
    Ok(object.done())
}
