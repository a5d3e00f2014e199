//! Text for messages and searches in it. `std`'s formatting and text searcher are built for speed on long texts; they
//! alone would be a twentieth of the wasm file.

/// The text in double quotes, what can't be printed as an escape.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 2);
    shown.push('"');
    for c in text.chars() {
        push_shown(&mut shown, c);
    }
    shown.push('"');
    shown
}

/// A character in double quotes.
#[must_use]
pub fn quoted_char(c: char) -> String {
    quoted(c.encode_utf8(&mut [0; 4]))
}

fn push_shown(shown: &mut String, c: char) {
    match c {
        '"' | '\\' => shown.extend(['\\', c]),
        '\n' => shown.push_str("\\n"),
        '\r' => shown.push_str("\\r"),
        '\t' => shown.push_str("\\t"),
        c if c.is_control() => {
            shown.push_str("\\u{");
            shown.push_str(hex(u32::from(c), 1).as_str());
            shown.push('}');
        }
        c => shown.push(c),
    }
}

/// A number in upper-case hexadecimal digits, `digits` at least.
#[must_use]
pub fn hex(number: u32, digits: u32) -> String {
    let needed = (32 - number.leading_zeros()).div_ceil(4).max(digits);
    (0..needed)
        .rev()
        .filter_map(|place| char::from_digit(number >> (4 * place) & 15, 16))
        .collect::<String>()
        .to_ascii_uppercase()
}

/// Where `part` begins; 0 for an empty one.
#[must_use]
pub fn find(text: &str, part: &str) -> Option<usize> {
    (0..=text.len()).find(|at| text.as_bytes().get(*at..).is_some_and(|rest| rest.starts_with(part.as_bytes())))
}

/// Whether `part` is in it.
#[must_use]
pub fn contains(text: &str, part: &str) -> bool {
    find(text, part).is_some()
}

/// What stands before and after the first `part`.
#[must_use]
pub fn split<'a>(text: &'a str, part: &str) -> Option<(&'a str, &'a str)> {
    let at = find(text, part)?;
    Some((text.get(..at)?, text.get(at + part.len()..)?))
}

/// The text with `new` in place of every `old`, which is not empty.
#[must_use]
pub fn replace(text: &str, old: &str, new: &str) -> String {
    let (mut replaced, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = split(rest, old).filter(|_| !old.is_empty()) {
        replaced.push_str(before);
        replaced.push_str(new);
        rest = after;
    }
    replaced.push_str(rest);
    replaced
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn unprintable_characters_are_escaped() {
        assert_eq!(quoted("a\"b\\c\n\r\t\u{1b}é"), r#""a\"b\\c\n\r\t\u{1B}é""#);
        assert_eq!(quoted_char('\0'), r#""\u{0}""#);
    }

    #[test]
    fn hexadecimal_has_at_least_so_many_digits() {
        assert_eq!((hex(0, 1), hex(0xe9, 4), hex(0x1_f600, 4)), ("0".into(), "00E9".into(), "1F600".into()));
    }

    proptest! {
        #[test]
        fn searches_agree_with_std(text in "[abé]{0,12}", part in "[abé]{0,3}", new in "[aé]{0,2}") {
            prop_assert_eq!(find(&text, &part), text.find(&part));
            prop_assert_eq!(contains(&text, &part), text.contains(&part));
            prop_assert_eq!(split(&text, &part), text.split_once(&part));
            if !part.is_empty() {
                prop_assert_eq!(replace(&text, &part, &new), text.replace(&part, &new));
            }
        }
    }
}
