//! What an entity takes and gives.

use super::object::Object;
use crate::codec::{field, Fields, Malformed};
use crate::value::{from_literal, sorted_entries, Literal, LiteralType, OutputValue};

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

    /// As a plain object: `inputs` as `InputVariable[]` and `outputs` as `Variable[]`.
    pub(crate) fn to_output(&self) -> OutputValue {
        let mut object = Object::default();
        object.set("inputs", self.inputs_to_output(true));
        object.set("outputs", self.outputs_to_output());
        object.done()
    }

    /// `InputVariable[]`, with those that are fixed or without.
    pub(crate) fn inputs_to_output(&self, with_fixed: bool) -> OutputValue {
        let one = |input: &Input| {
            let mut object = described(&input.name, &input.literal_type, &input.description);
            object.set("required", OutputValue::Bool(input.required));
            for (name, literal) in [("default", &input.default), ("fixed", &input.fixed)] {
                if let Some(literal) = literal {
                    object.set(name, from_literal(literal.as_bytes(), Some(&input.literal_type)));
                }
            }
            object.done()
        };
        let inputs = self.inputs.iter().filter(|input| with_fixed || input.fixed.is_none());
        OutputValue::List(inputs.map(one).collect())
    }

    /// `Variable[]`
    pub(crate) fn outputs_to_output(&self) -> OutputValue {
        let one = |output: &Variable| described(&output.name, &output.literal_type, &output.description).done();
        OutputValue::List(self.outputs.iter().map(one).collect())
    }

    /// A task's or workflow's interface, from a serialised `flyteidl.core.TypedInterface`: every input is required.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut interface = Interface::default();
        for (name, variable) in sorted_entries(field(bytes, 1)?)? {
            let Variable { name, literal_type, description } = variable_of(name, variable)?;
            interface.inputs.push(Input {
                name,
                literal_type,
                description,
                default: None,
                required: true,
                fixed: None,
            });
        }
        interface.with_outputs(field(bytes, 2)?)
    }

    /// With outputs, a serialised `flyteidl.core.VariableMap`.
    pub(crate) fn with_outputs(mut self, map: &[u8]) -> Result<Self, Malformed> {
        for (name, variable) in sorted_entries(map)? {
            self.outputs.push(variable_of(name, variable)?);
        }
        Ok(self)
    }

    /// With what a launch plan says about inputs, a serialised `flyteidl.core.ParameterMap`: defaults, and which are
    /// required.
    pub(crate) fn with_parameters(mut self, map: &[u8]) -> Result<Self, Malformed> {
        for (name, parameter) in sorted_entries(map)? {
            let (mut fields, mut variable, mut default, mut required) = (Fields::of(parameter), &[][..], None, None);
            while let Some(part) = fields.next()? {
                match part.number {
                    1 => variable = part.message()?,
                    2 => (default, required) = (Some(Literal::new(part.message()?)), Some(false)),
                    3 => required = Some(part.flag()?),
                    // By a query for an artifact, or an artifact.
                    4 | 5 => required = Some(false),
                    _ => {}
                }
            }
            let variable = variable_of(name, variable)?;
            let input = self.entry(variable.name, variable.literal_type);
            if input.description.is_empty() {
                input.description = variable.description;
            }
            if let Some(required) = required {
                (input.default, input.required) = (default, required);
            }
        }
        Ok(self)
    }

    /// With the inputs that a launch plan has set for good, a serialised `flyteidl.core.LiteralMap`.
    pub(crate) fn with_fixed(mut self, map: &[u8]) -> Result<Self, Malformed> {
        for (name, literal) in sorted_entries(map)? {
            let input = self.entry(name, LiteralType::default());
            (input.fixed, input.required) = (Some(Literal::new(literal)), false);
        }
        Ok(self)
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

fn described(name: &str, literal_type: &LiteralType, description: &str) -> Object {
    let mut object = Object::default();
    object.text("name", name);
    object.text("type", &literal_type.text());
    object.text("description", description);
    object
}

/// From a serialised `flyteidl.core.Variable`.
fn variable_of(name: String, bytes: &[u8]) -> Result<Variable, Malformed> {
    let mut variable = Variable { name, literal_type: LiteralType::default(), description: String::new() };
    let mut fields = Fields::of(bytes);
    while let Some(part) = fields.next()? {
        match part.number {
            1 => variable.literal_type = LiteralType::decode(part.message()?)?,
            2 => variable.description = part.text()?,
            _ => {}
        }
    }
    Ok(variable)
}

/// A declared type as text: `int`, `list[str]`, `int | none`.
#[must_use]
pub fn type_in_words(literal_type: &LiteralType) -> String {
    literal_type.text()
}
