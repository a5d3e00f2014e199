//! The place of a value in the caller's input: `inputs.rows[3].when`.

/// A growing and shrinking place, so that a deep walk allocates once.
#[derive(Clone, Debug)]
pub struct Path {
    text: String,
}

impl Path {
    /// Starts at `root`.
    #[must_use]
    pub fn new(root: &str) -> Self {
        Path { text: root.to_owned() }
    }

    /// The place as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Runs `walk` one step down, at the entry `name`.
    pub fn key<T>(&mut self, name: &str, walk: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.text.len();
        let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if plain {
            self.text.push('.');
            self.text.push_str(name);
        } else {
            self.text.push_str("[\"");
            self.text.push_str(name);
            self.text.push_str("\"]");
        }
        self.then_back_to(length, walk)
    }

    /// Runs `walk` one step down, at the element `index`.
    pub fn index<T>(&mut self, index: usize, walk: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.text.len();
        self.text.push('[');
        self.text.push_str(&index.to_string());
        self.text.push(']');
        self.then_back_to(length, walk)
    }

    fn then_back_to<T>(&mut self, length: usize, walk: impl FnOnce(&mut Self) -> T) -> T {
        let result = walk(self);
        self.text.truncate(length);
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_taken_back_and_odd_names_are_quoted() {
        let mut path = Path::new("inputs");
        let deep = path.key("rows", |path| path.index(3, |path| path.key("a b", |path| path.as_str().to_owned())));
        assert_eq!(deep, "inputs.rows[3][\"a b\"]");
        assert_eq!(path.as_str(), "inputs");
    }
}
