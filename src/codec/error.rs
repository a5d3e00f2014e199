//! What is wrong with bytes or with JSON, and where.

use std::fmt::{Display, Formatter, Result};

use super::text::push_unsigned;

/// JSON that is not a message of its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// The place, `spec.inputs.literals.x.scalar` or `items[3].name`; empty for the whole.
    pub path: String,
    /// What was expected there: `an object`, `an integer from 0 to 4294967295`.
    pub expected: String,
    /// What came: `"abc"`, `null`, `a list`.
    pub found: String,
    /// See [`Encoded::is_doubtful`](super::Encoded::is_doubtful).
    pub is_doubtful: bool,
}

/// Bytes that are not a message of their type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireError {
    /// The place, `nodeExecutions[3].closure.startedAt`; empty for the whole.
    pub path: String,
    /// What is wrong there: `text that is not UTF-8`.
    pub reason: &'static str,
}

impl Display for JsonError {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        for part in [&*self.path, if self.path.is_empty() { "" } else { ": " }, "expected ", &*self.expected] {
            formatter.write_str(part)?;
        }
        formatter.write_str(", got ")?;
        formatter.write_str(&self.found)
    }
}

impl Display for WireError {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        formatter.write_str(&self.path)?;
        formatter.write_str(if self.path.is_empty() { "" } else { ": " })?;
        formatter.write_str(self.reason)
    }
}

impl std::error::Error for JsonError {}
impl std::error::Error for WireError {}

/// One step of a path. A path is collected from its end while an error travels up.
#[derive(Debug)]
pub(super) enum Step {
    /// A field of a message.
    Field(&'static str),
    /// A key of a map or of a free object.
    Key(String),
    /// A place in a list.
    Index(usize),
}

/// The steps of a path, last one first.
pub(super) type Steps = Vec<Step>;

/// `a.b[3]["odd key"]`
pub(super) fn path_text(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps.iter().rev() {
        match step {
            Step::Index(index) => {
                text.push('[');
                let mut digits = Vec::new();
                push_unsigned(&mut digits, *index as u64);
                text.extend(digits.iter().map(|digit| char::from(*digit)));
                text.push(']');
            }
            Step::Key(key) if !is_plain(key) => {
                text.push_str("[\"");
                for character in key.chars() {
                    if matches!(character, '"' | '\\') {
                        text.push('\\');
                    }
                    text.push(character);
                }
                text.push_str("\"]");
            }
            Step::Field(name) => push_name(&mut text, name),
            Step::Key(name) => push_name(&mut text, name),
        }
    }
    text
}

fn push_name(text: &mut String, name: &str) {
    if !text.is_empty() {
        text.push('.');
    }
    text.push_str(name);
}

fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'$'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_from_the_outside_in() {
        let steps = [Step::Index(3), Step::Key("a \"b\"".into()), Step::Key("x".into()), Step::Field("literals")];
        assert_eq!(path_text(&steps), r#"literals.x["a \"b\""][3]"#);
        assert_eq!(path_text(&[]), "");
    }
}
