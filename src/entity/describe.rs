//! Inputs and outputs described for who writes a form or generates types: one tree of plain values.

use super::Interface;
use crate::codec::FloatText;
use crate::value::{from_literal, schema_of, LiteralType, OutputValue};

impl Interface {
    /// The inputs, or the outputs: name, type in words, description; of inputs whether they are required, default and fixed
    /// value where there is one. When somebody prints floats, also `schema`, their JSON schema as text, and `literalType`, the
    /// bytes of the declared type.
    #[must_use]
    pub fn describe(&self, outputs: bool, floats: Option<&dyn FloatText>) -> OutputValue {
        let mut described = Vec::new();
        if outputs {
            for output in &self.outputs {
                described.push(common(&output.name, &output.literal_type, &output.description, floats, true));
            }
        } else {
            for input in &self.inputs {
                let of = &input.literal_type;
                let mut entries = common(&input.name, of, &input.description, floats, false);
                add(&mut entries, "required", OutputValue::Bool(input.required));
                for (key, literal) in [("default", &input.default), ("fixed", &input.fixed)] {
                    if let Some(literal) = literal {
                        add(&mut entries, key, from_literal(literal.as_bytes(), Some(of)));
                    }
                }
                described.push(entries);
            }
        }
        OutputValue::List(described.into_iter().map(OutputValue::Map).collect())
    }
}

type Entries = Vec<(String, OutputValue)>;

#[inline(never)]
fn add(entries: &mut Entries, key: &str, value: OutputValue) {
    entries.push((key.to_owned(), value));
}

#[inline(never)]
fn common(name: &str, of: &LiteralType, description: &str, floats: Option<&dyn FloatText>, outputs: bool) -> Entries {
    let mut entries = Vec::new();
    for (key, text) in [("name", name), ("type", &of.text()), ("description", description)] {
        add(&mut entries, key, OutputValue::Text(text.to_owned()));
    }
    if let Some(floats) = floats {
        add(&mut entries, "literalType", OutputValue::Bytes(of.as_bytes().to_vec()));
        add(&mut entries, "schema", OutputValue::Text(schema_of(of, outputs, floats)));
    }
    entries
}
