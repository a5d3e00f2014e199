//! Which variant of a union a value is meant for.

use super::conversion::Conversion;
use super::to_literal::{text_of, Fit};
use super::{InputValue, LiteralType, Path};
use crate::error::Problem;

impl Conversion<'_> {
    /// The one variant that fits best, or the one that the caller names. Its declared type goes along unchanged, with
    /// the tag by which Python reads it.
    pub(super) fn union(
        &mut self,
        value: &InputValue,
        variants: &[LiteralType],
        declared: &LiteralType,
        path: &Path<'_>,
        depth: usize,
    ) -> Option<Fit> {
        let start = self.out.len();
        let (value, only) = match value {
            InputValue::Variant { tag, value } => (&**value, Some(tag.as_str())),
            InputValue::Map(entries) if self.forms => match written_variant(entries, variants) {
                Some((tag, value)) => (value, Some(tag)),
                None => (value, None),
            },
            value => (value, None),
        };
        let mut best: Option<(Fit, Vec<u8>, &LiteralType)> = None;
        let (mut rival, mut nearest, mut found_one): (Option<&LiteralType>, Vec<Problem>, bool) =
            (None, Vec::new(), false);
        for variant in variants.iter().filter(|variant| only.is_none_or(|tag| is_called(variant, tag))) {
            found_one = true;
            let before = self.problems.len();
            let fit = self.convert(value, variant, path, depth + 1);
            let literal = self.out.take_back(start);
            let mut found = self.problems.split_off(before);
            match (fit, &best) {
                (Some(fit), Some((known, ..))) if fit == *known => rival = Some(variant),
                (Some(fit), Some((known, ..))) if fit > *known => {}
                (Some(fit), _) => (best, rival) = (Some((fit, literal, variant)), None),
                // A problem inside the value, or with what it names, tells more than that the variant does not fit.
                (None, _) if only.is_some() || found.iter().any(|problem| is_telling(problem, path)) => {
                    nearest.append(&mut found);
                }
                (None, _) => {}
            }
        }
        let (fit, literal, chosen) = match (best, rival) {
            (Some(best), None) => best,
            (Some((_, _, first)), Some(second)) => {
                let (first, second) = (named(first), named(second));
                let fits = [&value.in_words(), " fits more than one variant of the union: ", &first, " and ", &second];
                self.problem(path, [&fits.concat(), "; choose with literal.variant(tag, value)"].concat());
                return None;
            }
            (None, _) if !found_one && only.is_some() => {
                let tags: Vec<String> = variants.iter().map(named).collect();
                let message = ["there is no variant ", only.unwrap_or_default(), "; there are ", &tags.join(", ")];
                self.problem(path, message.concat());
                return None;
            }
            (None, _) if nearest.is_empty() => {
                self.unexpected(path, &declared.text(), value);
                return None;
            }
            (None, _) => {
                self.problems.append(&mut nearest);
                return None;
            }
        };
        let scalar = self.out.open(1);
        let union = self.out.open(9);
        self.out.message(1, &literal).message(2, chosen.as_bytes());
        self.out.close(union);
        self.out.close(scalar);
        Some(fit)
    }
}

fn is_telling(problem: &Problem, path: &Path<'_>) -> bool {
    problem.path != path.text() || !problem.message.starts_with("expected ")
}

/// The variant that a person chose: `{"tag": "int", "value": 3}`, with the tag of one.
fn written_variant<'v>(
    entries: &'v [(String, InputValue)],
    variants: &[LiteralType],
) -> Option<(&'v str, &'v InputValue)> {
    let tag = text_of(entries, "tag").filter(|tag| variants.iter().any(|variant| is_called(variant, tag)))?;
    let value = entries.iter().find(|(name, _)| name == "value").map(|(_, value)| value)?;
    (entries.len() == 2).then_some((tag, value))
}

fn is_called(variant: &LiteralType, tag: &str) -> bool {
    variant.tag() == tag || variant.text() == tag
}

/// By its type, and by its tag where the type alone does not tell.
fn named(variant: &LiteralType) -> String {
    let (text, tag) = (variant.text(), variant.tag());
    if tag.is_empty() || tag == text {
        text
    } else {
        [&text, " (tag ", tag, ")"].concat()
    }
}
