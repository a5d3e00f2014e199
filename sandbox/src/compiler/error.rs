//! What is wrong with a workflow, in the words of Flyte's compiler.

use std::collections::BTreeSet;

/// All errors found, without repetitions.
#[derive(Default)]
pub(crate) struct CompileErrors {
    texts: BTreeSet<String>,
}

impl CompileErrors {
    /// Adds an error of a kind (`ParameterNotBound` …) at a node.
    pub(super) fn add(&mut self, code: &str, node: &str, description: impl AsRef<str>) {
        self.texts.insert(format!("Code: {code}, Node Id: {node}, Description: {}", description.as_ref()));
    }

    pub(super) fn value_required(&mut self, node: &str, what: &str) {
        self.add("ValueRequired", node, format!("Value required [{what}]."));
    }

    pub(super) fn parameter_not_bound(&mut self, node: &str, parameter: &str) {
        self.add("ParameterNotBound", node, format!("Parameter not bound [{parameter}]."));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Err with all errors as one text, if there are any.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.texts.is_empty() {
            return Ok(());
        }
        let mut text = format!("Collected Errors: {}\n", self.texts.len());
        for (number, error) in self.texts.iter().enumerate() {
            text.push_str(&format!("\tError {number}: {error}\n"));
        }
        Err(text)
    }
}
