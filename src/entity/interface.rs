//! What an entity takes and gives.

use super::wire::{Behavior, ParameterMap, TypedInterface};
use crate::idl::flyteidl::core::{self, literal_type, Literal, LiteralType};

/// A named, typed value.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// Name.
    pub name: String,
    /// Declared type.
    pub literal_type: LiteralType,
    /// Description, may be empty.
    pub description: String,
}

/// An input of a task, workflow or launch plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// Name.
    pub name: String,
    /// Declared type.
    pub literal_type: LiteralType,
    /// Description, may be empty.
    pub description: String,
    /// Taken when the caller gives nothing.
    pub default: Option<Literal>,
    /// Must be given: there is neither a default nor another source on the server.
    pub required: bool,
    /// Set by the launch plan; the caller can't give it.
    pub fixed: Option<Literal>,
}

/// Inputs and outputs in the order of their names, which is the order of Flyte's maps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Interface {
    /// Inputs.
    pub inputs: Vec<Input>,
    /// Outputs.
    pub outputs: Vec<Variable>,
}

impl Interface {
    /// The input called `name`.
    #[must_use]
    pub fn input(&self, name: &str) -> Option<&Input> {
        self.inputs.iter().find(|input| input.name == name)
    }

    /// The output called `name`.
    #[must_use]
    pub fn output(&self, name: &str) -> Option<&Variable> {
        self.outputs.iter().find(|output| output.name == name)
    }

    /// A task's or workflow's interface: every input is required.
    pub(crate) fn of(interface: TypedInterface) -> Self {
        let inputs = interface.inputs.unwrap_or_default().variables.into_iter().map(|(name, variable)| Input {
            name,
            literal_type: variable.r#type.unwrap_or_default(),
            description: variable.description,
            default: None,
            required: true,
            fixed: None,
        });
        let outputs = interface.outputs.unwrap_or_default().variables.into_iter().map(|(name, variable)| Variable {
            name,
            literal_type: variable.r#type.unwrap_or_default(),
            description: variable.description,
        });
        Interface { inputs: inputs.collect(), outputs: outputs.collect() }
    }

    /// With what a launch plan says about inputs: defaults, and which are required.
    pub(crate) fn with_parameters(mut self, map: ParameterMap) -> Self {
        for (name, parameter) in map.parameters {
            let variable = parameter.var.unwrap_or_default();
            let input = self.entry(name, variable.r#type.unwrap_or_default());
            if input.description.is_empty() {
                input.description = variable.description;
            }
            match parameter.behavior {
                Some(Behavior::Default(literal)) => (input.default, input.required) = (Some(*literal), false),
                Some(Behavior::Required(required)) => input.required = required,
                Some(Behavior::ArtifactQuery(_) | Behavior::ArtifactId(_)) => input.required = false,
                None => {}
            }
        }
        self
    }

    /// With the inputs that a launch plan has set for good.
    pub(crate) fn with_fixed(mut self, map: core::LiteralMap) -> Self {
        for (name, literal) in map.literals {
            let input = self.entry(name, LiteralType::default());
            (input.fixed, input.required) = (Some(literal), false);
        }
        self
    }

    /// This workflow's interface with what a launch plan over it says. An input that the plan is silent about is
    /// required.
    pub(crate) fn overlaid(&self, plan: &Interface) -> Self {
        let mut merged = self.clone();
        for said in &plan.inputs {
            let input = merged.entry(said.name.clone(), said.literal_type.clone());
            (input.default, input.fixed) = (said.default.clone(), said.fixed.clone());
            input.required = said.required;
            if input.description.is_empty() {
                input.description.clone_from(&said.description);
            }
        }
        merged
    }

    /// The input called `name`, added in its place when it was not there.
    fn entry(&mut self, name: String, literal_type: LiteralType) -> &mut Input {
        let index = match self.inputs.binary_search_by(|input| input.name.cmp(&name)) {
            Ok(index) => index,
            Err(index) => {
                let input = Input {
                    name,
                    literal_type,
                    description: String::new(),
                    default: None,
                    required: true,
                    fixed: None,
                };
                self.inputs.insert(index, input);
                index
            }
        };
        #[allow(clippy::indexing_slicing)] // found or inserted there just now
        &mut self.inputs[index]
    }
}

/// A declared type in words: `integer`, `list of string`, `integer or none`.
#[must_use]
pub fn type_in_words(literal_type: &LiteralType) -> String {
    use literal_type::Type;
    let word = match &literal_type.r#type {
        None => "a value of undeclared type",
        Some(Type::Simple(simple)) => match core::SimpleType::try_from(*simple) {
            Ok(core::SimpleType::None) => "none",
            Ok(core::SimpleType::Integer) => "integer",
            Ok(core::SimpleType::Float) => "float",
            Ok(core::SimpleType::String) => "string",
            Ok(core::SimpleType::Boolean) => "boolean",
            Ok(core::SimpleType::Datetime) => "datetime",
            Ok(core::SimpleType::Duration) => "duration",
            Ok(core::SimpleType::Binary) => "binary",
            Ok(core::SimpleType::Error) => "error",
            Ok(core::SimpleType::Struct) => "struct",
            Err(_) => "a value of unknown type",
        },
        Some(Type::Schema(_)) => "schema",
        Some(Type::StructuredDatasetType(_)) => "structured dataset",
        Some(Type::Blob(blob)) if blob.dimensionality == 1 => "directory (multipart blob)",
        Some(Type::Blob(_)) => "file (blob)",
        Some(Type::EnumType(of)) => return ["one of ", &of.values.join(", ")].concat(),
        Some(Type::CollectionType(of)) => return ["list of ", &type_in_words(of)].concat(),
        Some(Type::MapValueType(of)) => return ["map of ", &type_in_words(of)].concat(),
        Some(Type::UnionType(of)) => {
            let words: Vec<String> = of.variants.iter().map(type_in_words).collect();
            return words.join(" or ");
        }
    };
    word.to_owned()
}
