//! JSON text as it is read: from the start, without a tree.

use std::borrow::Cow;

use super::number::number_length;

/// What the reader expected; what came is at the place where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Syntax(pub(crate) &'static str);

/// JSON text with the place that is read next.
pub(crate) struct Json<'a> {
    /// The whole text; valid UTF-8.
    text: &'a [u8],
    /// The next byte.
    pub(crate) at: usize,
}

impl<'a> Json<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Json { text: text.as_bytes(), at: 0 }
    }

    /// The next byte; 0 at the end, which no JSON has outside of the end.
    #[inline(always)]
    pub(super) fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or_default()
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    #[inline(always)]
    pub(super) fn skip_space(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    /// The next byte that is not space.
    #[inline(always)]
    pub(crate) fn next(&mut self) -> u8 {
        self.skip_space();
        self.peek()
    }

    #[inline(always)]
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == byte;
        self.at += usize::from(there);
        there
    }

    /// Takes `true`, `false` or `null`.
    pub(crate) fn take_word(&mut self, word: &'static str) -> Result<(), Syntax> {
        let there = self.rest().starts_with(word.as_bytes());
        self.at += if there { word.len() } else { 0 };
        there.then_some(()).ok_or(Syntax(word))
    }

    /// After an opening bracket or a member: whether another member follows. Takes the comma or the closing bracket.
    #[inline]
    pub(crate) fn more(&mut self, first: &mut bool, close: u8) -> Result<bool, Syntax> {
        self.skip_space();
        if self.take(close) {
            return Ok(false);
        }
        if !std::mem::replace(first, false) {
            if !self.take(b',') {
                return Err(Syntax(if close == b'}' { "`,` or `}`" } else { "`,` or `]`" }));
            }
            self.skip_space();
        }
        Ok(true)
    }

    /// A member's name and the colon after it.
    #[inline]
    pub(crate) fn name(&mut self) -> Result<Cow<'a, [u8]>, Syntax> {
        let name = self.string()?;
        self.skip_space();
        if !self.take(b':') {
            return Err(Syntax("`:`"));
        }
        self.skip_space();
        Ok(name)
    }

    /// A string, as UTF-8 without its escapes.
    #[inline]
    pub(crate) fn string(&mut self) -> Result<Cow<'a, [u8]>, Syntax> {
        if self.peek() != b'"' {
            return Err(Syntax("a string"));
        }
        let start = self.at + 1;
        let rest = self.text.get(start..).unwrap_or_default();
        let length = until_special(rest);
        if rest.get(length) == Some(&b'"') {
            self.at = start + length + 1;
            return Ok(Cow::Borrowed(rest.get(..length).unwrap_or_default()));
        }
        self.escaped_string(start).map(Cow::Owned)
    }

    #[cold]
    fn escaped_string(&mut self, start: usize) -> Result<Vec<u8>, Syntax> {
        let (mut out, mut at) = (Vec::new(), start);
        loop {
            let rest = self.text.get(at..).unwrap_or_default();
            let length = until_special(rest);
            out.extend_from_slice(rest.get(..length).unwrap_or_default());
            at += length;
            match rest.get(length..).unwrap_or_default() {
                [b'"', ..] => {
                    self.at = at + 1;
                    return Ok(out);
                }
                [b'\\', b'u', after @ ..] => {
                    let (character, used) = unicode_escape(after)?;
                    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                    at += 2 + used;
                }
                [b'\\', letter, ..] => {
                    out.push(match letter {
                        b'"' | b'\\' | b'/' => *letter,
                        b'n' => b'\n',
                        b'r' => b'\r',
                        b't' => b'\t',
                        b'b' => 8,
                        b'f' => 12,
                        _ => return Err(Syntax("a string with valid escapes")),
                    });
                    at += 2;
                }
                [] => return Err(Syntax("a string that ends")),
                _ => return Err(Syntax("a string without control characters")),
            }
        }
    }

    /// A number, as it stands.
    pub(crate) fn number(&mut self) -> Result<&'a [u8], Syntax> {
        let rest = self.rest();
        let length = number_length(rest);
        if length == 0 {
            return Err(Syntax("a number"));
        }
        self.at += length;
        Ok(rest.get(..length).unwrap_or_default())
    }

    /// Skips a value of any kind.
    pub(super) fn skip_value(&mut self, depth: u32) -> Result<(), Syntax> {
        if depth == 0 {
            return Err(Syntax(TOO_DEEP));
        }
        match self.next() {
            b'{' => {
                self.at += 1;
                let mut first = true;
                while self.more(&mut first, b'}')? {
                    self.name()?;
                    self.skip_value(depth - 1)?;
                }
                Ok(())
            }
            b'[' => {
                self.at += 1;
                let mut first = true;
                while self.more(&mut first, b']')? {
                    self.skip_value(depth - 1)?;
                }
                Ok(())
            }
            b'"' => self.string().map(|_| ()),
            b't' => self.take_word("true"),
            b'f' => self.take_word("false"),
            b'n' => self.take_word("null"),
            b'-' | b'0'..=b'9' => self.number().map(|_| ()),
            _ => Err(Syntax("a value")),
        }
    }

    /// What stands at a place, for an error's text.
    pub(crate) fn describe(&self, at: usize) -> String {
        const MOST: usize = 60;
        let rest = self.text.get(at..).unwrap_or_default();
        let length = match rest.first() {
            None => return "the end of the text".to_owned(),
            Some(b'{') => return "an object".to_owned(),
            Some(b'[') => return "a list".to_owned(),
            Some(b'"') => {
                let mut string = Json { text: self.text, at };
                if string.string().is_err() {
                    return "a string that is not valid JSON".to_owned();
                }
                string.at - at
            }
            Some(_) => {
                rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"+-._".contains(byte)).count().max(1)
            }
        };
        let shown = String::from_utf8_lossy(rest.get(..length.min(MOST)).unwrap_or_default());
        let mut text = shown.trim_end_matches('\u{fffd}').to_owned();
        if length > MOST {
            text.push('…');
        }
        text
    }
}

/// What is said of text that is nested too deep.
pub(crate) const TOO_DEEP: &str = "at most 100 levels";

/// How many bytes stand before the next quote, backslash or control character.
#[inline]
fn until_special(bytes: &[u8]) -> usize {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let below = |word: u64, limit: u64| word.wrapping_sub(EACH * limit) & !word & HIGH;
    let mut at = 0;
    for word in bytes.as_chunks::<8>().0 {
        let word = u64::from_le_bytes(*word);
        let special = below(word, 0x20) | below(word ^ (EACH * 0x22), 1) | below(word ^ (EACH * 0x5c), 1);
        if special != 0 {
            // The lowest mark is exact; only those above it may be wrong.
            return at + special.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let tail = bytes.get(at..).unwrap_or_default();
    at + tail.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20)).count()
}

/// The character of `XXXX` after `\u`, with its second half when it is a pair, and how many bytes that took.
fn unicode_escape(after: &[u8]) -> Result<(char, usize), Syntax> {
    const HALF: Syntax = Syntax("a string with whole characters, no half of a surrogate pair");
    let unit = hex4(after)?;
    match unit {
        0xd800..0xdc00 => {
            let second = after.get(4..).and_then(|rest| rest.strip_prefix(b"\\u")).ok_or(HALF)?;
            let low = hex4(second)?.checked_sub(0xdc00).filter(|low| *low < 0x400).ok_or(HALF)?;
            Ok((char::from_u32(0x10000 + ((unit - 0xd800) << 10) + low).ok_or(HALF)?, 10))
        }
        _ => Ok((char::from_u32(unit).ok_or(HALF)?, 4)),
    }
}

fn hex4(text: &[u8]) -> Result<u32, Syntax> {
    const WRONG: Syntax = Syntax("a string with valid escapes");
    let digits = text.first_chunk::<4>().ok_or(WRONG)?;
    digits.iter().try_fold(0, |value, digit| Ok(value << 4 | char::from(*digit).to_digit(16).ok_or(WRONG)?))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn strings_are_read_as_serde_writes_them(text in any::<String>()) {
            let json = serde_json::to_string(&text).unwrap();
            let mut reader = Json::new(&json);
            prop_assert_eq!(reader.string().unwrap(), text.as_bytes());
            prop_assert_eq!(reader.at, json.len());
        }

        #[test]
        fn strings_of_escapes_only_are_read(text in any::<String>()) {
            let json: String = text.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
            let json = format!("\"{json}\"");
            prop_assert_eq!(Json::new(&json).string().unwrap(), text.as_bytes());
        }

        #[test]
        fn any_text_is_skipped_or_refused_as_serde_does(text in "[\\[\\]{}:,\"\\\\a0-9eE.+\\- tu\n]{0,24}") {
            let mut reader = Json::new(&text);
            let skipped = reader.skip_value(100).is_ok() && reader.next() == 0;
            // serde refuses numbers that no f64 holds.
            let serde = serde_json::from_str::<serde_json::Value>(&text);
            let too_large = serde.as_ref().is_err_and(|error| error.to_string().contains("out of range"));
            prop_assume!(!too_large);
            prop_assert_eq!(skipped, serde.is_ok());
        }
    }

    #[test]
    fn halves_of_surrogate_pairs_are_refused() {
        for text in
            [r#""\ud800""#, r#""\ud800x""#, r#""\ud800\u0041""#, r#""\udc00""#, r#""\ud800\ud800""#, r#""\ud83"#]
        {
            assert!(Json::new(text).string().is_err(), "{text}");
        }
        assert_eq!(Json::new(r#""\ud83d\ude00""#).string().unwrap(), "😀".as_bytes());
    }

    #[test]
    fn values_are_described_briefly() {
        for (text, description) in [
            ("", "the end of the text"),
            ("{}", "an object"),
            ("[1]", "a list"),
            ("\"abc\", 1", "\"abc\""),
            ("-1.5e3]", "-1.5e3"),
            ("null}", "null"),
            ("}", "}"),
            ("\"a", "a string that is not valid JSON"),
        ] {
            assert_eq!(Json::new(text).describe(0), description);
        }
        let long = format!("\"{}\"", "ä".repeat(100));
        assert_eq!(Json::new(&long).describe(0), format!("\"{}…", "ä".repeat(29)));
    }
}
