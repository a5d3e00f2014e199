//! One conversion under way: what it writes, and the mistakes found so far.

use super::upload::{NoUploads, Uploads};
use super::{InputValue, Literal, LiteralType, Path};
use crate::codec::Writer;
use crate::error::{Problem, AND_MORE};

/// More mistakes than these are counted, not told.
const MOST_PROBLEMS: usize = 100;

/// How values are written.
pub struct Conversion<'a> {
    /// Knows where content is stored.
    pub uploads: &'a dyn Uploads,
    /// Structs as `google.protobuf.Struct` (Flyte before 1.14) instead of MessagePack.
    pub protobuf_structs: bool,
    /// The value was written by a person: durations as spoken, bytes in base64, a variant as `{"tag", "value"}`.
    pub forms: bool,
    /// The mistakes found so far.
    pub problems: Vec<Problem>,
    pub(super) out: Writer,
    pub(super) tries: u32,
}

impl Default for Conversion<'_> {
    fn default() -> Self {
        Conversion {
            uploads: &NoUploads,
            protobuf_structs: false,
            forms: false,
            problems: Vec::new(),
            out: Writer::new(),
            tries: 0,
        }
    }
}

impl Conversion<'_> {
    /// Converts `value` to a literal of the declared type. What does not fit is added to the problems with its place, all
    /// of it, and the result is `None`.
    pub fn literal(&mut self, value: &InputValue, declared: &LiteralType, path: &Path<'_>) -> Option<Literal> {
        self.out = Writer::new();
        let fit = self.convert(value, declared, path, 0);
        let bytes = self.out.done();
        fit.map(|_| Literal::new(bytes))
    }

    /// A value that is not what it should be.
    pub(super) fn unexpected(&mut self, path: &Path<'_>, expected: &str, value: &InputValue) {
        self.problem(path, ["expected ", expected, ", got ", &value.in_words()].concat());
    }

    pub(super) fn problem(&mut self, path: &Path<'_>, message: String) {
        match self.problems.len() {
            0..MOST_PROBLEMS => self.problems.push(Problem { path: path.text(), message }),
            MOST_PROBLEMS => self.problems.push(Problem { path: path.text(), message: AND_MORE.to_owned() }),
            _ => {}
        }
    }
}

/// Converts `value` to a literal of the declared type. What does not fit is added to `problems` with its place, all of
/// it, and the result is `None`.
#[must_use]
pub fn to_literal(
    value: &InputValue,
    declared: &LiteralType,
    path: &Path<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Literal> {
    let mut conversion = Conversion { problems: std::mem::take(problems), ..Conversion::default() };
    let literal = conversion.literal(value, declared, path);
    *problems = conversion.problems;
    literal
}
