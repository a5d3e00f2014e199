//! Which variant of a union a value is meant for, or was stored as.

use super::castable::literal_fits;
use super::conversion::Conversion;
use super::from_literal::{problem, Read, Unreadable};
use super::to_literal::{text_of, Fit};
use super::{type_of, InputValue, LiteralType, OutputValue, Path, Reading, TypeKind};
use crate::codec::{field, Fields, Malformed, Writer};
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

/// Up to here a stored type has the tag of the variant, by which Python tells variants apart.
const TAGGED: u8 = 3;

impl Reading<'_> {
    /// A value with the variant that it was stored as.
    pub(super) fn union(&self, union: &[u8], declared: Option<&LiteralType>, path: &Path<'_>, depth: u32) -> Read {
        let (value, stored) = (field(union, 1)?, field(union, 2)?);
        let decoded;
        let (chosen, variants, read) = match declared {
            Some(LiteralType { kind: TypeKind::Union(variants), .. }) => {
                let (chosen, read) = self.stored_as(stored, variants, value, path, depth)?;
                (chosen, &**variants, read)
            }
            _ => {
                decoded = LiteralType::decode(stored)?;
                let chosen = declared.unwrap_or(&decoded);
                (chosen, &[][..], self.read(value, Some(chosen), path, depth + 1)?)
            }
        };
        if self.variants || self.doubtful_variants && is_doubtful(variants, &read) {
            return Ok(OutputValue::Variant { tag: name_among(variants, chosen), value: Box::new(read) });
        }
        Ok(read)
    }

    /// The variant with the value as it has it. Types are no same bytes everywhere: maps inside are in any order, and
    /// flytekit makes up the type of what a caller of Python gives. So the nearest variant that reads the value is taken,
    /// and where the tag does not tell, the only one.
    fn stored_as<'v>(
        &self,
        stored: &[u8],
        variants: &'v [LiteralType],
        value: &[u8],
        path: &Path<'_>,
        depth: u32,
    ) -> Result<(&'v LiteralType, OutputValue), Unreadable> {
        let mut failed = None;
        if let Some(same) = variants.iter().find(|variant| variant.as_bytes() == stored) {
            match self.read(value, Some(same), path, depth + 1) {
                Ok(value) => return Ok((same, value)),
                Err(problem) => failed = Some(problem),
            }
        }
        let others = variants.iter().filter(|variant| variant.as_bytes() != stored);
        let stored = LiteralType::decode(stored)?;
        let untagged = without_tag(&stored)?;
        let others: Vec<(u8, &LiteralType)> =
            others.map(|variant| (distance(&stored, &untagged, variant), variant)).collect();
        // As it is, before it is made to fit: a field of another kind may only mean another variant.
        let strict = Reading { strict: true, ..*self };
        for (reading, wanted) in (1..=5).map(|wanted| (&strict, wanted)).chain((1..=5).map(|wanted| (self, wanted))) {
            // Of the variants that the tag names, none reads it.
            if wanted > TAGGED && failed.is_some() {
                continue;
            }
            let mut found = None;
            for (_, variant) in others.iter().filter(|(distance, _)| *distance == wanted) {
                match reading.read(value, Some(variant), path, depth + 1) {
                    Ok(_) if found.is_some() => {
                        let which = " does not say which variant it is, and could be any of several";
                        return problem(path, &["a value of ", &in_words(variants), which]);
                    }
                    Ok(value) if wanted <= TAGGED => return Ok((variant, value)),
                    Ok(value) => found = Some((*variant, value)),
                    Err(problem) => failed = failed.or(Some(problem)),
                }
            }
            if let Some(found) = found {
                return Ok(found);
            }
        }
        match failed {
            Some(failed) => Err(failed),
            None => problem(path, &["expected ", &in_words(variants), ", got ", &stored.text()]),
        }
    }

    /// A literal that is not wrapped although a union is declared: the only variant as which it can be read.
    pub(super) fn unwrapped(&self, literal: &[u8], variants: &[LiteralType], path: &Path<'_>, depth: u32) -> Read {
        let (mut found, mut why) = (None, None);
        for reading in [&Reading { strict: true, ..*self }, self] {
            for variant in variants.iter() {
                match reading.read(literal, Some(variant), path, depth + 1) {
                    Ok(_) if found.is_some() => {
                        return problem(path, &["a literal without its variant could be any of several"]);
                    }
                    Ok(value) => found = Some(value),
                    Err(problem) => why = Some(problem),
                }
            }
            if found.is_some() || reading.strict == self.strict {
                break;
            }
        }
        match (found, why) {
            (Some(value), _) => Ok(value),
            (None, Some(why)) if variants.len() == 1 => Err(why),
            _ => problem(path, &["expected ", &in_words(variants), ", got ", &type_of(literal).text()]),
        }
    }
}

/// How far a variant is from a stored type, which is also given without its tag: of the same meaning, of the same name, of
/// a type that fits; then the same without the tag. Above 5 it does not fit.
fn distance(stored: &LiteralType, untagged: &LiteralType, variant: &LiteralType) -> u8 {
    let tag = stored.tag();
    let is_same = stored.is_same(variant);
    match (tag == variant.tag(), is_same) {
        (true, true) => 1,
        (true, false) if !tag.is_empty() && literal_fits(stored, variant) => {
            if stored.text() == variant.text() {
                2
            } else {
                TAGGED
            }
        }
        (false, true) => 4,
        _ if literal_fits(untagged, variant) => 5,
        _ => 6,
    }
}

fn without_tag(of: &LiteralType) -> Result<LiteralType, Malformed> {
    let (mut fields, mut writer) = (Fields::of(of.as_bytes()), Writer::new());
    while let Some(part) = fields.next()? {
        if part.number != 11 {
            writer.copy(&part);
        }
    }
    LiteralType::decode(&writer.done())
}

/// The value alone would not become the same variant again: there are several that it could be, or it says itself of which
/// variant of an inner union it is.
fn is_doubtful(variants: &[LiteralType], value: &OutputValue) -> bool {
    let others = |variant: &&LiteralType| match value {
        OutputValue::Null => variant.takes_null(),
        _ => !matches!(variant.kind, TypeKind::None),
    };
    matches!(value, OutputValue::Variant { .. }) || variants.iter().filter(others).count() > 1
}

/// What a variant is called, and no other: its tag, or else its type as text.
fn name_among(variants: &[LiteralType], chosen: &LiteralType) -> String {
    let (tag, text) = (chosen.tag(), chosen.text());
    let is_shared = |name: &str| variants.iter().filter(|variant| is_called(variant, name)).count() > 1;
    if tag.is_empty() || is_shared(tag) && !is_shared(&text) {
        text
    } else {
        tag.to_owned()
    }
}

fn in_words(variants: &[LiteralType]) -> String {
    let words: Vec<String> = variants.iter().map(LiteralType::text).collect();
    words.join(" | ")
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
