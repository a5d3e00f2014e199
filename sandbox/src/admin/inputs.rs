//! Inputs of launch plans and executions against what the workflow declares.

use std::collections::BTreeMap;

use flyte_remote::rpc::Status;

use crate::idl::core::{
    literal, parameter, primitive, scalar, Literal, LiteralMap, LiteralType, Parameter, ParameterMap, Variable,
    VariableMap,
};
use crate::status::{invalid, missing};
use crate::types::{castable, type_of, type_text};

/// A map of literals must have names and values, and times within range.
pub(super) fn check_literals(map: Option<&LiteralMap>, field: &str) -> Result<(), Status> {
    for (name, literal) in map.into_iter().flat_map(|map| &map.literals) {
        if name.is_empty() {
            return Err(invalid(format!("missing key in {field}")));
        }
        if literal.value.is_none() {
            return Err(invalid(format!("missing valid literal in {field} {name}")));
        }
        check_datetime(literal)?;
    }
    Ok(())
}

/// Default inputs need a type, and a default of that type unless they are required.
pub(super) fn check_parameters(map: Option<&ParameterMap>) -> Result<(), Status> {
    let field = "default_inputs";
    for (name, parameter) in map.into_iter().flat_map(|map| &map.parameters) {
        if name.is_empty() {
            return Err(invalid(format!("missing key in {field}")));
        }
        let Some(declared) = parameter.var.as_ref().and_then(|variable| variable.r#type.as_ref()) else {
            return Err(invalid(format!(
                "The Variable component of the Parameter {name} in {field} either is missing, or has a missing Type"
            )));
        };
        match &parameter.behavior {
            Some(parameter::Behavior::Default(default)) => {
                let found = known_type(name, default)?;
                if !castable(&found, declared) {
                    return Err(invalid(format!(
                        "Type mismatch for Parameter {name} in {field} has type {}, expected {}",
                        type_text(declared),
                        type_text(&found)
                    )));
                }
                check_datetime(default)?;
            }
            Some(parameter::Behavior::Required(true)) => {}
            Some(parameter::Behavior::ArtifactQuery(_)) => {
                return Err(invalid(format!("artifact mode not enabled but query found {field} {name}")));
            }
            _ => {
                return Err(invalid(format!(
                    "Invalid variable {name} in {field} - variable has neither default, nor is required. One must be specified"
                )));
            }
        }
    }
    Ok(())
}

/// What a launch plan still expects: its defaults, and as required all workflow inputs that it does not fix.
pub(super) fn expected(
    workflow: &BTreeMap<String, Variable>,
    fixed: Option<&LiteralMap>,
    defaults: Option<&ParameterMap>,
) -> Result<ParameterMap, Status> {
    let (no_fixed, no_defaults) = (LiteralMap::default(), ParameterMap::default());
    let (fixed, defaults) = (fixed.unwrap_or(&no_fixed), defaults.unwrap_or(&no_defaults));
    if workflow.is_empty() {
        for (what, count) in [("default", defaults.parameters.len()), ("fixed", fixed.literals.len())] {
            if count > 0 {
                return Err(invalid(format!("invalid launch plan {what} inputs, expected none but found {count}")));
            }
        }
    }
    for (name, parameter) in &defaults.parameters {
        let found = parameter.var.as_ref().and_then(|variable| variable.r#type.clone()).unwrap_or_default();
        let declared = declared(workflow, name).ok_or_else(|| invalid(format!("unexpected default_input {name}")))?;
        if !castable(&found, &declared) {
            return Err(invalid(format!(
                "invalid default_input wrong type {name}, expected {}, got {} instead",
                type_text(&found),
                type_text(&declared)
            )));
        }
    }
    for (name, literal) in &fixed.literals {
        let declared = declared(workflow, name).ok_or_else(|| invalid(format!("unexpected fixed_input {name}")))?;
        let found = known_type(name, literal)?;
        if !castable(&found, &declared) {
            return Err(invalid(format!(
                "invalid fixed_input wrong type {name}, expected {}, got {} instead",
                type_text(&declared),
                type_text(&found)
            )));
        }
    }
    let free = workflow.iter().filter_map(|(name, variable)| {
        let parameter = match defaults.parameters.get(name) {
            Some(parameter) => parameter.clone(),
            None if fixed.literals.contains_key(name) => return None,
            None => {
                let var = Variable {
                    r#type: variable.r#type.clone(),
                    description: variable.description.clone(),
                    ..Default::default()
                };
                Parameter { var: Some(var), behavior: Some(parameter::Behavior::Required(true)) }
            }
        };
        Some((name.clone(), parameter))
    });
    Ok(ParameterMap { parameters: free.collect() })
}

/// What an execution runs with: what the user gave, defaults for the rest, fixed inputs.
pub(super) fn resolve(
    user: Option<&LiteralMap>,
    fixed: Option<&LiteralMap>,
    expected: Option<&ParameterMap>,
) -> Result<LiteralMap, Status> {
    let none = ParameterMap::default();
    let expected = &expected.unwrap_or(&none).parameters;
    let mut inputs = user.map(|map| map.literals.clone()).unwrap_or_default();
    if let Some(name) = inputs.keys().find(|name| !expected.contains_key(*name)) {
        // Of a fixed input that the caller gives again FlyteAdmin, too, says that it is unknown.
        return Err(invalid(format!("invalid input {name}")));
    }
    for (name, parameter) in expected {
        match (inputs.get(name), &parameter.behavior) {
            (Some(literal), _) => {
                let declared = parameter.var.as_ref().and_then(|variable| variable.r#type.clone()).unwrap_or_default();
                let found = known_type(name, literal)?;
                if !castable(&found, &declared) {
                    return Err(invalid(format!(
                        "invalid {name} input wrong type. Expected {}, but got {}",
                        type_text(&declared),
                        type_text(&found)
                    )));
                }
            }
            (None, Some(parameter::Behavior::Default(default))) => {
                inputs.insert(name.clone(), default.clone());
            }
            (None, Some(parameter::Behavior::Required(true))) => {
                return Err(invalid(format!("expected_inputs {name} missing")));
            }
            (None, _) => return Err(missing(name)),
        }
    }
    for (name, literal) in fixed.into_iter().flat_map(|map| &map.literals) {
        if inputs.contains_key(name) {
            return Err(invalid(format!("fixed_inputs {name} cannot be overridden")));
        }
        inputs.insert(name.clone(), literal.clone());
    }
    Ok(LiteralMap { literals: inputs })
}

/// The variables of a map; none for a missing one.
pub(super) fn variables(map: Option<&VariableMap>) -> BTreeMap<String, Variable> {
    map.map(|map| map.variables.clone()).unwrap_or_default()
}

fn declared(workflow: &BTreeMap<String, Variable>, name: &str) -> Option<LiteralType> {
    Some(workflow.get(name)?.r#type.clone().unwrap_or_default())
}

fn known_type(name: &str, literal: &Literal) -> Result<LiteralType, Status> {
    type_of(literal).ok_or_else(|| {
        invalid(format!("Failed to validate literal type for [{name}] with err: got unknown literal type: [None]"))
    })
}

/// Timestamps reach from year 1 to 9999.
fn check_datetime(literal: &Literal) -> Result<(), Status> {
    let Some(literal::Value::Scalar(scalar)) = &literal.value else { return Ok(()) };
    let Some(scalar::Value::Primitive(primitive)) = &scalar.value else { return Ok(()) };
    let Some(primitive::Value::Datetime(time)) = &primitive.value else { return Ok(()) };
    let in_range = (-62_135_596_800..=253_402_300_799).contains(&time.seconds);
    if !in_range || !(0..1_000_000_000).contains(&time.nanos) {
        return Err(invalid(format!(
            "timestamp (seconds:{} nanos:{}) has out-of-range seconds or nanos",
            time.seconds, time.nanos
        )));
    }
    Ok(())
}
