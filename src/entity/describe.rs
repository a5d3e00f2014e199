//! Inputs and outputs described for who writes a form or generates types.

use super::Interface;
use crate::codec::FloatText;
use crate::value::{from_literal, variable, OutputValue};

/// What is known of inputs or outputs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Description {
    /// A JSON list: of each name, type in words, description, declared type as ProtoJSON, JSON schema, and of inputs whether
    /// they are required.
    pub text: String,
    /// The defaults that there are, by name.
    pub defaults: Vec<(String, OutputValue)>,
    /// The values that are fixed, by name.
    pub fixed: Vec<(String, OutputValue)>,
}

impl Interface {
    /// The inputs, or the outputs.
    #[must_use]
    pub fn describe(&self, outputs: bool, floats: &dyn FloatText) -> Description {
        let (mut text, mut described) = (b"[".to_vec(), Description::default());
        if outputs {
            for output in &self.outputs {
                variable(&output.name, &output.literal_type, &output.description, None, floats, &mut text);
            }
        } else {
            for input in &self.inputs {
                let of = &input.literal_type;
                variable(&input.name, of, &input.description, Some(input.required), floats, &mut text);
                for (literal, known) in
                    [(&input.default, &mut described.defaults), (&input.fixed, &mut described.fixed)]
                {
                    if let Some(literal) = literal {
                        known.push((input.name.clone(), from_literal(literal.as_bytes(), Some(of))));
                    }
                }
            }
        }
        if text.last() == Some(&b',') {
            text.pop();
        }
        text.push(b']');
        described.text = String::from_utf8(text).unwrap_or_default();
        described
    }
}
