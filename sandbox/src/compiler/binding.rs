//! Whether what is bound to an input exists and fits; finds the edges that bindings imply.

use std::collections::BTreeSet;

use super::graph::Direction;
use super::interface::Variables;
use super::workflow::Builder;
use super::{CompileErrors, START_NODE};
use crate::idl::core::{
    binding_data, literal_type::Type, primitive, promise_attribute, scalar, Binding, BindingData, LiteralType,
    OutputReference, Scalar, SimpleType, Variable,
};
use crate::types::{castable, type_of_scalar, type_text};

/// The node whose inputs are bound.
#[derive(Clone, Copy)]
pub(super) struct Site<'s> {
    /// Its id.
    pub id: &'s str,
    /// The name in its metadata, if it has metadata.
    pub name: Option<&'s str>,
    /// Which edges its bindings imply.
    pub direction: Direction,
}

impl Builder<'_, '_> {
    /// Checks all bindings of a node against its parameters; `None` accepts any name and type. Promises of the workflow's
    /// inputs are rewritten to name the start node. Answers the types that were bound.
    pub(super) fn check_bindings(
        &mut self,
        site: Site<'_>,
        bindings: &mut [Binding],
        parameters: Option<&Variables>,
        errors: &mut CompileErrors,
    ) -> Variables {
        let (mut bound, mut resolved) = (BTreeSet::new(), Variables::new());
        for Binding { var, binding } in bindings {
            let expected = match parameters.map(|parameters| parameters.get(var)) {
                Some(None) => {
                    let text = format!("Variable [{var}] not found on node [{}].", site.id);
                    errors.add("VariableNameNotFound", site.id, text);
                    continue;
                }
                Some(Some(variable)) => Some(variable.r#type.clone().unwrap_or_default()),
                None => None,
            };
            let Some(data) = binding else {
                errors.value_required(site.id, "Binding");
                continue;
            };
            if !bound.insert(var.clone()) {
                let text = format!("Input [{var}] is bound more than once.");
                errors.add("ParameterBoundMoreThanOnce", site.id, text);
                continue;
            }
            let mut providers = Vec::new();
            if let Some(r#type) = self.check(site, var, data, expected.as_ref(), &mut providers, errors) {
                resolved.insert(var.clone(), Variable { r#type: Some(r#type), ..Default::default() });
                for provider in providers {
                    self.graph.add(&provider, site.id, site.direction);
                }
            }
        }
        for (name, variable) in parameters.into_iter().flatten() {
            if !bound.contains(name) && !is_optional(variable) {
                errors.parameter_not_bound(site.id, name);
            }
        }
        resolved
    }

    fn check(
        &self,
        site: Site<'_>,
        var: &str,
        data: &mut BindingData,
        expected: Option<&LiteralType>,
        providers: &mut Vec<String>,
        errors: &mut CompileErrors,
    ) -> Option<LiteralType> {
        let is_union = |expected: &&LiteralType| matches!(expected.r#type, Some(Type::UnionType(_)));
        match &mut data.value {
            Some(binding_data::Value::Scalar(scalar)) => check_scalar(site, var, scalar, expected, errors),
            Some(binding_data::Value::Promise(promise)) => {
                self.check_promise(site, var, promise, expected, providers, errors)
            }
            Some(binding_data::Value::Collection(_) | binding_data::Value::Map(_))
                if expected.is_some_and(|e| is_union(&e)) =>
            {
                self.check_union(site, var, data, expected, providers, errors)
            }
            Some(binding_data::Value::Collection(list)) => {
                let inner = match expected.and_then(|expected| expected.r#type.as_ref()) {
                    Some(Type::CollectionType(inner)) => Some(inner.as_ref()),
                    None => None,
                    Some(_) => return mismatch(site, var, expected, "collection", errors),
                };
                let mut found = None;
                for data in &mut list.bindings {
                    found = self.check(site, var, data, inner, providers, errors).or(found);
                }
                Some(of(Type::CollectionType(Box::new(found.unwrap_or_else(none)))))
            }
            Some(binding_data::Value::Map(map)) => {
                let inner = match expected.and_then(|expected| expected.r#type.as_ref()) {
                    Some(Type::MapValueType(inner)) => Some(inner.as_ref()),
                    None => None,
                    Some(_) => return mismatch(site, var, expected, "map", errors),
                };
                let mut found = None;
                for data in map.bindings.values_mut() {
                    found = self.check(site, var, data, inner, providers, errors).or(found);
                }
                Some(of(Type::MapValueType(Box::new(found.unwrap_or_else(none)))))
            }
            Some(binding_data::Value::OffloadedMetadata(offloaded)) => offloaded.inferred_type.clone(),
            None => mismatch(site, var, expected, "", errors),
        }
    }

    /// A list or map for a union: exactly one variant must take it.
    fn check_union(
        &self,
        site: Site<'_>,
        var: &str,
        data: &mut BindingData,
        expected: Option<&LiteralType>,
        providers: &mut Vec<String>,
        errors: &mut CompileErrors,
    ) -> Option<LiteralType> {
        let Some(Type::UnionType(union)) = expected.and_then(|expected| expected.r#type.as_ref()) else { return None };
        let fitting = union.variants.iter().filter(|variant| {
            let mut scratch = CompileErrors::default();
            self.check(site, var, &mut data.clone(), Some(variant), &mut Vec::new(), &mut scratch);
            scratch.is_empty()
        });
        let text = expected.map(type_text).unwrap_or_default();
        match fitting.collect::<Vec<_>>().as_slice() {
            [only] => self.check(site, var, data, Some(only), providers, errors),
            [] => {
                let text = format!("Input [{var}] on node [{}] expects bindings of union type [{text}], but none of the variants fits.", site.id);
                errors.add("IncompatibleBindingUnionValue", site.id, text);
                None
            }
            _ => {
                let text = format!("Input [{var}] on node [{}] expects bindings of union type [{text}], and more than one variant fits.", site.id);
                errors.add("AmbiguousBindingUnionValue", site.id, text);
                None
            }
        }
    }

    fn check_promise(
        &self,
        site: Site<'_>,
        var: &str,
        promise: &mut OutputReference,
        expected: Option<&LiteralType>,
        providers: &mut Vec<String>,
        errors: &mut CompileErrors,
    ) -> Option<LiteralType> {
        let provider = if promise.node_id.is_empty() { START_NODE } else { promise.node_id.as_str() };
        let Some(node) = self.nodes.get(provider) else {
            errors.add("NodeReferenceNotFound", provider, format!("Referenced node [{provider}] not found."));
            errors.parameter_not_bound(site.id, var);
            return None;
        };
        let (indexed, output) = split_index(&promise.var);
        let Some(variable) = node.interface.as_ref().and_then(|interface| interface.outputs.get(output)) else {
            // A node whose interface is unknown has been reported already.
            if node.interface.is_some() {
                let text = format!("Variable [{output}] not found on node [{provider}].");
                errors.add("VariableNameNotFound", provider, text);
            }
            errors.parameter_not_bound(site.id, var);
            return None;
        };
        let declared = variable.r#type.clone().unwrap_or_default();
        let mut source = declared.clone();
        if indexed {
            match source.r#type {
                Some(Type::CollectionType(inner)) => source = *inner,
                _ => {
                    let text = format!("Variable [{}] (type [{}]) is no collection.", promise.var, type_text(&source));
                    errors.add("MismatchingTypes", site.id, text);
                    return None;
                }
            }
        }
        for attribute in &promise.attr_path {
            let fields = source.structure.as_ref().map(|structure| &structure.dataclass_type);
            source = match (&source.r#type, fields.filter(|fields| !fields.is_empty())) {
                (Some(Type::CollectionType(inner) | Type::MapValueType(inner)), _) => inner.as_ref().clone(),
                (_, Some(fields)) => {
                    let field = match &attribute.value {
                        Some(promise_attribute::Value::StringValue(field)) => field.as_str(),
                        _ => "",
                    };
                    let Some(found) = fields.get(field) else {
                        let source = type_text(&source);
                        let text = format!("Variable [{output}] (type [{source}]) doesn't have field [{field}].");
                        errors.add("FieldNotFound", site.id, text);
                        return None;
                    };
                    found.clone()
                }
                (_, None) => source,
            };
        }
        if let Some(expected) = expected.filter(|expected| !castable(&source, expected)) {
            let dotted = |name: Option<&str>, var: &str| name.map_or(var.to_owned(), |name| format!("{name}.{var}"));
            let text = format!(
                "The output variable '{}' has type [{}], but it's assigned to the input variable '{}' which has type type [{}].",
                dotted(node.name.as_deref(), &promise.var),
                type_text(&source),
                dotted(site.name, var),
                type_text(expected)
            );
            errors.add("MismatchingTypes", site.id, text);
            return None;
        }
        providers.push(provider.to_owned());
        promise.node_id = provider.to_owned();
        Some(declared)
    }
}

fn check_scalar(
    site: Site<'_>,
    var: &str,
    scalar: &Scalar,
    expected: Option<&LiteralType>,
    errors: &mut CompileErrors,
) -> Option<LiteralType> {
    let Some(found) = type_of_scalar(scalar) else {
        errors.add("UnrecognizedValue", site.id, format!("Unrecognized value [{var}]."));
        return None;
    };
    let Some(expected) = expected else { return Some(found) };
    if !castable(&found, expected) {
        let (found, expected) = (type_text(&found), type_text(expected));
        let text = format!("Variable [{var}] (type [{found}]) doesn't match expected type [{expected}].");
        errors.add("MismatchingTypes", site.id, text);
        return None;
    }
    if let Some(Type::EnumType(r#enum)) = &expected.r#type {
        let value = match &scalar.value {
            Some(scalar::Value::Primitive(primitive)) => match &primitive.value {
                Some(primitive::Value::StringValue(value)) => value.as_str(),
                _ => "",
            },
            _ => "",
        };
        if !r#enum.values.iter().any(|allowed| allowed == value) {
            let text = format!(
                "Input [{var}] on node [{}] is an Enum and expects value to be one of [{}].  Received [{value}]",
                site.id,
                r#enum.values.join(" ")
            );
            errors.add("IllegalEnumValue", site.id, text);
            return None;
        }
    }
    Some(found)
}

fn mismatch(
    site: Site<'_>,
    var: &str,
    expected: Option<&LiteralType>,
    received: &str,
    errors: &mut CompileErrors,
) -> Option<LiteralType> {
    let expected = expected.map(type_text).unwrap_or_default();
    let text =
        format!("Input [{var}] on node [{}] expects bindings of type [{expected}].  Received [{received}]", site.id);
    errors.add("MismatchingBindings", site.id, text);
    None
}

/// Whether all nodes whose outputs are bound satisfy `test`.
pub(super) fn providers_all(data: Option<&BindingData>, test: &impl Fn(&str) -> bool) -> bool {
    match data.and_then(|data| data.value.as_ref()) {
        Some(binding_data::Value::Promise(promise)) => test(&promise.node_id),
        Some(binding_data::Value::Collection(list)) => list.bindings.iter().all(|data| providers_all(Some(data), test)),
        Some(binding_data::Value::Map(map)) => map.bindings.values().all(|data| providers_all(Some(data), test)),
        _ => true,
    }
}

/// `[3].x` is an element of `x`.
pub(crate) fn split_index(var: &str) -> (bool, &str) {
    let rest = var.strip_prefix('[').and_then(|rest| rest.split_once("]."));
    match rest {
        Some((index, name)) if index.bytes().all(|byte| byte.is_ascii_digit()) => (true, name),
        _ => (false, var),
    }
}

/// Whether an input may be left unbound: a union with none.
fn is_optional(variable: &Variable) -> bool {
    match variable.r#type.as_ref().and_then(|r#type| r#type.r#type.as_ref()) {
        Some(Type::UnionType(union)) => {
            union.variants.iter().any(|variant| variant.r#type == Some(Type::Simple(SimpleType::None as i32)))
        }
        _ => false,
    }
}

fn of(r#type: Type) -> LiteralType {
    LiteralType { r#type: Some(r#type), ..Default::default() }
}

fn none() -> LiteralType {
    of(Type::Simple(SimpleType::None as i32))
}
