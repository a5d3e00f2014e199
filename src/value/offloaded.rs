//! Where a literal that is stored apart is, for display: the fields of its `LiteralOffloadedMetadata` as Python shows them.

use super::literal_type::texts;
use crate::codec::{Fields, Malformed};

/// How long a line's value may be, and how long where it is cut.
const WIDTH: usize = 80;
const CUT: usize = 74;

/// How deep types may nest.
const MAX_DEPTH: usize = 100;

pub(super) fn text(place: &[u8]) -> Result<String, Malformed> {
    let (mut out, mut fields) = ("Offloaded literal metadata:".to_owned(), Fields::of(place));
    while let Some(part) = fields.next()? {
        match part.number {
            1 => line("uri", &part.text()?, 1, &mut out),
            2 => number("size_bytes", part.int()?.cast_unsigned(), 1, &mut out),
            3 => nested("inferred_type", part.message()?, 1, &mut out)?,
            _ => {}
        }
    }
    if !out.contains('\n') {
        // A heading with nothing below.
        out.push('\n');
    }
    Ok(out)
}

/// A literal type by what tells it from others: metadata, annotations, columns and variants are left out.
fn nested(name: &str, of: &[u8], depth: usize, out: &mut String) -> Result<(), Malformed> {
    if of.is_empty() || depth > MAX_DEPTH {
        return Ok(());
    }
    start(name, depth, out);
    let mut fields = Fields::of(of);
    while let Some(part) = fields.next()? {
        match part.number {
            1 => line("simple", &part.int()?.to_string(), depth + 1, out),
            3 => nested("collection_type", part.message()?, depth + 1, out)?,
            4 => nested("map_value_type", part.message()?, depth + 1, out)?,
            5 => {
                let mut blob = Fields::of(part.message()?);
                start("blob", depth + 1, out);
                while let Some(part) = blob.next()? {
                    match part.number {
                        1 => line("format", &part.text()?, depth + 2, out),
                        2 => number("dimensionality", part.int()?.cast_unsigned(), depth + 2, out),
                        _ => {}
                    }
                }
            }
            7 => {
                let values = ["['", &texts(part.message()?, 1)?.join("', '"), "']"].concat();
                start("enum_type", depth + 1, out);
                line("values", &values, depth + 2, out);
            }
            _ => {}
        }
    }
    Ok(())
}

fn start(name: &str, depth: usize, out: &mut String) {
    for part in ["\n", &"  ".repeat(depth), name, ":"] {
        out.push_str(part);
    }
}

fn line(name: &str, value: &str, depth: usize, out: &mut String) {
    let value = shortened(value);
    if !value.is_empty() {
        start(name, depth, out);
        out.push(' ');
        out.push_str(&value);
    }
}

/// A number that is not its default.
fn number(name: &str, value: u64, depth: usize, out: &mut String) {
    if value != 0 {
        line(name, &value.to_string(), depth, out);
    }
}

/// `textwrap.shorten`: single spaces, and an end that is cut at a space or a hyphen within a word.
fn shortened(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let all: Vec<char> = text.chars().collect();
    if all.len() <= WIDTH {
        return text;
    }
    let is = |at: Option<usize>, wanted: char| at.and_then(|at| all.get(at)) == Some(&wanted);
    // Beyond ASCII all count as letters: a table of them would cost more than it tells.
    let letter = |at: Option<usize>| {
        let letter = at.and_then(|at| all.get(at));
        letter.is_some_and(|letter| letter.is_ascii_alphabetic() || *letter == '_' || !letter.is_ascii())
    };
    let is_hyphenated = |at: usize| {
        let back = |by: usize| at.checked_sub(by);
        is(back(1), '-')
            && letter(back(2))
            && (letter(back(3)) || is(back(3), '-') && letter(back(4)))
            && letter(Some(at))
            && (letter(Some(at + 1)) || is(Some(at + 1), '-') && letter(Some(at + 2)))
    };
    let (mut cut, mut start) = (0, 0);
    for at in 1..=all.len() {
        if at < all.len() && !is(Some(at), ' ') && !is(Some(at - 1), ' ') && !is_hyphenated(at) {
            continue;
        }
        if at > WIDTH {
            // What fits on no line is cut behind its last hyphen.
            let hyphen = (start + 1..WIDTH).rev().find(|at| is(Some(*at), '-'));
            if let Some(hyphen) = hyphen.filter(|hyphen| at - start > WIDTH && *hyphen < CUT) {
                cut = hyphen + 1;
            }
            break;
        }
        if at <= CUT && !is(Some(start), ' ') {
            cut = at;
        }
        start = at;
    }
    let kept: String = all.iter().take(cut).collect();
    [kept.as_str(), if cut == 0 { "" } else { " " }, "[...]"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_as_python_does() {
        let x = |count: usize| "x".repeat(count);
        let short = ["s3://", &x(75)].concat();
        for (text, expected) in SHORTENED {
            assert_eq!(shortened(text), *expected, "{text}");
        }
        assert_eq!(shortened(&short), short);
        assert_eq!(shortened(&[&short, "x"].concat()), "[...]");
    }

    /// Made by Python's `textwrap.shorten(text, 80)`.
    const SHORTENED: &[(&str, &str)] = &[
        ("a\n b", "a b"),
        ("s3://my-s3-bucket/metadata/propeller/flytesnacks-development-f3a9c1/n0/data/0/offloaded-outputs-literal.pb", "s3://my-s3-bucket/metadata/propeller/flytesnacks- [...]"),
        ("s3://xxxxxxxxxxxxxxxxxxxx-bucket/yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy", "s3://xxxxxxxxxxxxxxxxxxxx- [...]"),
        ("s3://a1-b2/zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "s3://a1- [...]"),
        ("word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ", "word word word word word word word word word word word word word word word [...]"),
        ("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-abababababababababab", "[...]"),
        ("s3://é-ü-bucket/éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé", "s3://é-ü- [...]"),
        ("a-b-cd/eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee", "a-b- [...]"),
        ("['value-0', 'value-1', 'value-2', 'value-3', 'value-4', 'value-5', 'value-6', 'value-7', 'value-8', 'value-9', 'value-10', 'value-11', 'value-12', 'value-13', 'value-14', 'value-15', 'value-16', 'value-17', 'value-18', 'value-19']", "['value-0', 'value-1', 'value-2', 'value-3', 'value-4', 'value-5', [...]"),
        ("s3://bucket-one/qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq-rr/ssssssssssssssssssssssssssssssssssssssss", "s3://bucket-one/qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq- [...]"),
        ("s3://ab-cd-ef/qqqqqqqqqqqqqqqqqqqqqqqqqqqqqq-rrtttttttttttttttttttt-uu/vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv", "s3://ab-cd-ef/qqqqqqqqqqqqqqqqqqqqqqqqqqqqqq-rrtttttttttttttttttttt- [...]"),
    ];
}
