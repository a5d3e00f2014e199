//! The place of a value in the caller's input: `inputs.rows[3].when`.

/// A place, made of steps that point back to where they started; it becomes text only for an error.
#[derive(Clone, Copy, Debug)]
pub struct Path<'a> {
    before: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Root(&'a str),
    Key(&'a str),
    Index(usize),
}

impl<'a> Path<'a> {
    /// Starts at `root`.
    #[must_use]
    pub fn new(root: &'a str) -> Self {
        Path { before: None, step: Step::Root(root) }
    }

    /// One step down, at the entry `name`.
    #[must_use]
    pub fn key<'b>(&'b self, name: &'b str) -> Path<'b> {
        Path { before: Some(self), step: Step::Key(name) }
    }

    /// One step down, at the element `index`.
    #[must_use]
    pub fn index(&self, index: usize) -> Path<'_> {
        Path { before: Some(self), step: Step::Index(index) }
    }

    /// The place as text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.push(&mut text);
        text
    }

    fn push(&self, text: &mut String) {
        if let Some(before) = self.before {
            before.push(text);
        }
        match self.step {
            Step::Root(root) => text.push_str(root),
            Step::Index(index) => {
                text.push('[');
                text.push_str(&index.to_string());
                text.push(']');
            }
            Step::Key(name) if is_plain(name) => {
                text.push('.');
                text.push_str(name);
            }
            Step::Key(name) => {
                text.push_str("[\"");
                text.push_str(name);
                text.push_str("\"]");
            }
        }
    }
}

fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_names_are_quoted() {
        let root = Path::new("inputs");
        assert_eq!(root.key("rows").index(3).key("a b").text(), "inputs.rows[3][\"a b\"]");
        assert_eq!(root.text(), "inputs");
    }
}
