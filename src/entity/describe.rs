//! Inputs and outputs described for who writes a form or generates types: one tree of plain values.

use super::{Input, Interface, Variable};
use crate::value::{from_literal, schema_of, Literal, LiteralType, OutputValue};

type Entry = (String, OutputValue);

impl Interface {
    /// The inputs: name, type in words, description, whether they are required, default and fixed value where there is
    /// one; with their JSON schema when `schemas`.
    #[must_use]
    pub fn describe_inputs(&self, schemas: bool) -> OutputValue {
        let described = self.inputs.iter().map(|input| {
            let Input { name, literal_type, description, default, required, fixed } = input;
            let mut entries = common(name, literal_type, description);
            entries.push(("required".to_owned(), OutputValue::Bool(*required)));
            for (name, literal) in [("default", default), ("fixed", fixed)] {
                if let Some(literal) = literal {
                    entries.push((name.to_owned(), value(literal, literal_type)));
                }
            }
            if schemas {
                entries.push(("schema".to_owned(), schema_of(literal_type, false)));
            }
            OutputValue::Map(entries)
        });
        OutputValue::List(described.collect())
    }

    /// The outputs: name, type in words, description; with their JSON schema when `schemas`.
    #[must_use]
    pub fn describe_outputs(&self, schemas: bool) -> OutputValue {
        let described = self.outputs.iter().map(|Variable { name, literal_type, description }| {
            let mut entries = common(name, literal_type, description);
            if schemas {
                entries.push(("schema".to_owned(), schema_of(literal_type, true)));
            }
            OutputValue::Map(entries)
        });
        OutputValue::List(described.collect())
    }
}

fn common(name: &str, literal_type: &LiteralType, description: &str) -> Vec<Entry> {
    [("name", name), ("type", &literal_type.text()), ("description", description)]
        .map(|(name, text)| (name.to_owned(), OutputValue::Text(text.to_owned())))
        .into()
}

fn value(literal: &Literal, literal_type: &LiteralType) -> OutputValue {
    from_literal(literal.as_bytes(), Some(literal_type))
}
