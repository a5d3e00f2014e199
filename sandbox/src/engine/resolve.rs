//! From bindings to literals.

use prost_types::value::Kind;
use prost_types::{Struct, Value};

use super::msgpack;
use super::run::ScopeIndex;
use super::walk::{Walk, START_NODE};
use crate::compiler::split_index;
use crate::idl::core::{
    binding_data, literal, literal_type, primitive, promise_attribute, scalar, Binary, Binding, BindingData, Error,
    Literal, LiteralCollection, LiteralMap, LiteralType, OutputReference, Primitive, PromiseAttribute, Scalar,
    SimpleType, TypeStructure, Union,
};

impl Walk<'_> {
    /// The literals that bindings stand for, once all providers are done.
    ///
    /// # Errors
    /// Which variable can't be bound and why.
    pub(super) fn resolve(&self, scope: ScopeIndex, bindings: &[Binding]) -> Result<LiteralMap, String> {
        let mut map = LiteralMap::default();
        for binding in bindings {
            let Some(data) = &binding.binding else { continue };
            let literal = self
                .literal(scope, data)
                .map_err(|error| format!("Error binding Var [wf].[{}]: {error}", binding.var))?;
            map.literals.insert(binding.var.clone(), literal);
        }
        Ok(map)
    }

    fn literal(&self, scope: ScopeIndex, data: &BindingData) -> Result<Literal, String> {
        let value = match &data.value {
            Some(binding_data::Value::Scalar(scalar)) => literal::Value::Scalar(Box::new(scalar.clone())),
            Some(binding_data::Value::Collection(list)) => {
                let literals = list.bindings.iter().map(|data| self.literal(scope, data)).collect::<Result<_, _>>()?;
                literal::Value::Collection(LiteralCollection { literals })
            }
            Some(binding_data::Value::Map(map)) => {
                let entry = |(name, data): (&String, &BindingData)| Ok((name.clone(), self.literal(scope, data)?));
                let literals = map.bindings.iter().map(entry).collect::<Result<_, String>>()?;
                literal::Value::Map(LiteralMap { literals })
            }
            Some(binding_data::Value::Promise(promise)) => return self.promised(scope, promise),
            Some(binding_data::Value::OffloadedMetadata(offloaded)) => {
                literal::Value::OffloadedMetadata(offloaded.clone())
            }
            None => return Err("the binding is empty".to_owned()),
        };
        Ok(Literal { value: Some(value), ..Default::default() })
    }

    fn promised(&self, scope: ScopeIndex, promise: &OutputReference) -> Result<Literal, String> {
        let id = if promise.node_id.is_empty() { START_NODE } else { promise.node_id.as_str() };
        let index = self.run.scopes.get(scope).and_then(|scope| scope.index.get(id));
        let node = index.and_then(|&index| self.run.nodes.get(index)).ok_or_else(|| format!("no node {id:?}"))?;
        let (_, name) = split_index(&promise.var);
        // A node's aliases rename its outputs for others.
        let own = node.spec.output_aliases.iter().find(|alias| alias.alias == name).map_or(name, |alias| &alias.var);
        let literal = node.outputs.literals.get(own);
        let literal = literal.ok_or_else(|| format!("node {id:?} has no output {name:?}"))?;
        let literal = match element(&promise.var) {
            Some(position) => match &literal.value {
                Some(literal::Value::Collection(list)) => list.literals.get(position),
                _ => None,
            }
            .ok_or_else(|| format!("{:?} of node {id:?} is out of range", promise.var))?,
            None => literal,
        };
        attribute(literal.clone(), &promise.attr_path)
    }
}

/// The number in `[3].x`.
fn element(var: &str) -> Option<usize> {
    var.strip_prefix('[')?.split_once("].")?.0.parse().ok()
}

/// Follows a path of keys and positions into a literal.
fn attribute(mut literal: Literal, path: &[PromiseAttribute]) -> Result<Literal, String> {
    let mut rest = path.iter();
    loop {
        let remaining = rest.as_slice();
        match (&literal.value, remaining) {
            (_, []) => return Ok(literal),
            (Some(literal::Value::Map(map)), [step, ..]) => {
                let key = key(step);
                let found = map.literals.get(key).cloned();
                literal = found.ok_or_else(|| format!("key [{key}] does not exist in the map"))?;
            }
            (Some(literal::Value::Collection(list)), [step, ..]) => {
                let found = position(step).and_then(|position| list.literals.get(position)).cloned();
                literal = found.ok_or_else(|| format!("index [{}] is out of range", shown(step)))?;
            }
            (Some(literal::Value::Scalar(scalar)), steps) => {
                return match &scalar.value {
                    Some(scalar::Value::Binary(binary)) => in_binary(binary, steps),
                    Some(scalar::Value::Generic(fields)) => in_struct(fields, steps),
                    _ => Err(format!(
                        "[{}] can't be looked up in a scalar",
                        steps.first().map(shown).unwrap_or_default()
                    )),
                }
            }
            _ => return Err("the literal has no parts".to_owned()),
        }
        rest.next();
    }
}

fn in_struct(fields: &Struct, steps: &[PromiseAttribute]) -> Result<Literal, String> {
    let mut value = Value { kind: Some(Kind::StructValue(fields.clone())) };
    for step in steps {
        value = match value.kind {
            Some(Kind::StructValue(mut fields)) => {
                let key = key(step);
                fields.fields.remove(key).ok_or_else(|| format!("key [{key}] does not exist in the structure"))?
            }
            Some(Kind::ListValue(list)) => {
                let found = position(step).and_then(|position| list.values.get(position).cloned());
                found.ok_or_else(|| format!("index [{}] is out of range", shown(step)))?
            }
            _ => return Err(format!("[{}] can't be looked up in a plain value", shown(step))),
        };
    }
    of_value(value)
}

fn of_value(value: Value) -> Result<Literal, String> {
    Ok(match value.kind {
        Some(Kind::NumberValue(number)) => primitive(primitive::Value::FloatValue(number)),
        Some(Kind::StringValue(text)) => primitive(primitive::Value::StringValue(text)),
        Some(Kind::BoolValue(value)) => primitive(primitive::Value::Boolean(value)),
        Some(Kind::StructValue(fields)) => of_scalar(scalar::Value::Generic(fields)),
        Some(Kind::ListValue(list)) => {
            let literals = list.values.into_iter().map(of_value).collect::<Result<_, _>>()?;
            Literal { value: Some(literal::Value::Collection(LiteralCollection { literals })), ..Default::default() }
        }
        Some(Kind::NullValue(_)) | None => return Err("the value is null".to_owned()),
    })
}

fn in_binary(binary: &Binary, steps: &[PromiseAttribute]) -> Result<Literal, String> {
    if binary.tag != "msgpack" {
        return Err(format!("Unsupported format '{}' found for literal value.", binary.tag));
    }
    let mut value = binary.value.as_slice();
    for step in steps {
        value = match &step.value {
            Some(promise_attribute::Value::StringValue(key)) => {
                msgpack::field(value, key).ok_or_else(|| format!("key [{key}] does not exist in the structure"))?
            }
            _ => position(step)
                .and_then(|position| msgpack::item(value, position))
                .ok_or_else(|| format!("index [{}] is out of range", shown(step)))?,
        };
    }
    let part =
        |bytes: &[u8]| of_scalar(scalar::Value::Binary(Binary { value: bytes.to_vec(), tag: "msgpack".to_owned() }));
    if let Some(items) = msgpack::items(value) {
        let literals = items.into_iter().map(part).collect();
        return Ok(Literal {
            value: Some(literal::Value::Collection(LiteralCollection { literals })),
            ..Default::default()
        });
    }
    Ok(msgpack::primitive(value).map_or_else(|| part(value), primitive))
}

fn key(step: &PromiseAttribute) -> &str {
    match &step.value {
        Some(promise_attribute::Value::StringValue(key)) => key,
        _ => "",
    }
}

fn position(step: &PromiseAttribute) -> Option<usize> {
    match step.value {
        Some(promise_attribute::Value::IntValue(position)) => usize::try_from(position).ok(),
        _ => None,
    }
}

fn shown(step: &PromiseAttribute) -> String {
    match &step.value {
        Some(promise_attribute::Value::StringValue(key)) => key.clone(),
        Some(promise_attribute::Value::IntValue(position)) => position.to_string(),
        None => String::new(),
    }
}

fn primitive(value: primitive::Value) -> Literal {
    of_scalar(scalar::Value::Primitive(Primitive { value: Some(value) }))
}

fn of_scalar(value: scalar::Value) -> Literal {
    Literal { value: Some(literal::Value::Scalar(Box::new(Scalar { value: Some(value) }))), ..Default::default() }
}

/// The error that a failure node is told, as the union that flytekit declares for it.
pub(super) fn error_literal(message: &str) -> Literal {
    let error = Error { message: message.to_owned(), failed_node_id: String::new() };
    let r#type = LiteralType {
        r#type: Some(literal_type::Type::Simple(SimpleType::Error as i32)),
        structure: Some(TypeStructure { tag: "FlyteError".to_owned(), ..Default::default() }),
        ..Default::default()
    };
    let union = Union { value: Some(Box::new(of_scalar(scalar::Value::Error(error)))), r#type: Some(r#type) };
    of_scalar(scalar::Value::Union(Box::new(union)))
}
