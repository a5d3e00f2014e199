//! JSON text as it is written: strings, integers, base64.

use super::wire::Fault;

const EACH: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Whether eight bytes are all ASCII that JSON writes as it is. May be wrong towards `false` only.
#[inline(always)]
fn is_plain(word: u64) -> bool {
    let below = |word: u64, limit: u64| word.wrapping_sub(EACH * limit) & !word;
    let quote = word ^ (EACH * 0x22);
    let backslash = word ^ (EACH * 0x5c);
    (word | below(word, 0x20) | below(quote, 1) | below(backslash, 1)) & HIGH == 0
}

#[inline(always)]
fn is_plain_byte(byte: u8) -> bool {
    (0x20..0x80).contains(&byte) && byte != b'"' && byte != b'\\'
}

/// How many bytes at the start JSON writes as they are, and are ASCII.
#[inline]
pub(super) fn plain_prefix(bytes: &[u8]) -> usize {
    let (words, _) = bytes.as_chunks::<8>();
    let whole = words.iter().take_while(|word| is_plain(u64::from_le_bytes(**word))).count() * 8;
    let tail = bytes.get(whole..).unwrap_or_default();
    whole + tail.iter().take_while(|byte| is_plain_byte(**byte)).count()
}

/// Appends text in quotes, escaped.
pub(crate) fn push_quoted(out: &mut Vec<u8>, text: &str) {
    // Only what is no UTF-8 is refused.
    let _ = push_string(out, text.as_bytes());
}

/// Appends UTF-8 text in quotes, escaped.
#[inline]
pub(super) fn push_string(out: &mut Vec<u8>, text: &[u8]) -> Result<(), Fault> {
    out.push(b'"');
    let plain = plain_prefix(text);
    if plain == text.len() {
        out.extend_from_slice(text);
    } else {
        push_escaped(out, text)?;
    }
    out.push(b'"');
    Ok(())
}

#[inline(never)]
fn push_escaped(out: &mut Vec<u8>, text: &[u8]) -> Result<(), Fault> {
    std::str::from_utf8(text).map_err(|_| Fault::Utf8)?;
    out.reserve(text.len());
    for byte in text {
        let short = match byte {
            b'"' | b'\\' => *byte,
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            8 => b'b',
            12 => b'f',
            0..0x20 => {
                out.extend_from_slice(b"\\u00");
                out.push(b'0' + (byte >> 4));
                out.push(hex_digit(byte & 15));
                continue;
            }
            _ => {
                out.push(*byte);
                continue;
            }
        };
        out.push(b'\\');
        out.push(short);
    }
    Ok(())
}

fn hex_digit(value: u8) -> u8 {
    if value < 10 {
        b'0' + value
    } else {
        b'a' + value - 10
    }
}

/// Appends a decimal number.
#[inline(never)]
pub(super) fn push_unsigned(out: &mut Vec<u8>, mut value: u64) {
    if value < 10 {
        return out.push(b'0' + value as u8);
    }
    let mut digits = [0; 20];
    let mut count = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (value % 10) as u8;
        value /= 10;
        count += 1;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(20 - count..).unwrap_or_default());
}

/// Appends a decimal number with its sign.
pub(super) fn push_signed(out: &mut Vec<u8>, value: i64) {
    if value < 0 {
        out.push(b'-');
    }
    push_unsigned(out, value.unsigned_abs());
}

/// Appends exactly `width` digits.
pub(super) fn push_padded(out: &mut Vec<u8>, value: u32, width: usize) {
    let start = out.len();
    out.resize(start + width, b'0');
    let mut left = value;
    for digit in out.iter_mut().rev().take(width) {
        *digit = b'0' + (left % 10) as u8;
        left /= 10;
    }
}

/// Appends standard base64 with padding.
pub(crate) fn push_base64(out: &mut Vec<u8>, bytes: &[u8]) {
    out.reserve(bytes.len() / 3 * 4 + 4);
    for group in bytes.chunks(3) {
        let word = group.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let value = (word >> (18 - 6 * place) & 63) as u8;
            out.push(match value {
                _ if place > group.len() => b'=',
                0..26 => b'A' + value,
                26..52 => b'a' + value - 26,
                52..62 => b'0' + value - 52,
                62 => b'+',
                _ => b'/',
            });
        }
    }
}

/// Standard base64 with padding.
pub(crate) fn to_base64(bytes: &[u8]) -> String {
    let mut out = Vec::new();
    push_base64(&mut out, bytes);
    String::from_utf8(out).unwrap_or_default()
}

/// The bytes that base64 text, padded or not, stands for.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    let (text, length) = base64_length(text.as_bytes())?;
    let mut bytes = Vec::with_capacity(length);
    push_from_base64(&mut bytes, text).then_some(bytes)
}

/// Base64 text without its padding, standard or URL-safe, with the number of bytes it stands for; `None` when the
/// length is impossible.
pub(super) fn base64_length(text: &[u8]) -> Option<(&[u8], usize)> {
    let text = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text);
    (text.len() % 4 != 1).then_some((text, text.len() / 4 * 3 + (text.len() % 4 * 6) / 8))
}

/// Appends the bytes that base64 text (without padding) stands for; false when a character is not base64.
pub(super) fn push_from_base64(out: &mut Vec<u8>, text: &[u8]) -> bool {
    for group in text.chunks(4) {
        let mut word = 0u32;
        for character in group {
            let value = match character {
                b'A'..=b'Z' => character - b'A',
                b'a'..=b'z' => character - b'a' + 26,
                b'0'..=b'9' => character - b'0' + 52,
                b'+' | b'-' => 62,
                b'/' | b'_' => 63,
                _ => return false,
            };
            word = word << 6 | u32::from(value);
        }
        let [_, bytes @ ..] = (word << (6 * (4 - group.len()))).to_be_bytes();
        out.extend_from_slice(bytes.get(..group.len() * 6 / 8).unwrap_or_default());
    }
    true
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn string(text: &str) -> String {
        let mut out = Vec::new();
        push_string(&mut out, text.as_bytes()).unwrap();
        String::from_utf8(out).unwrap()
    }

    proptest! {
        #[test]
        fn strings_read_back(text in any::<String>()) {
            prop_assert_eq!(serde_json::from_str::<String>(&string(&text)).unwrap(), text);
        }

        #[test]
        fn the_plain_prefix_is_what_it_says(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let plain = bytes.iter().take_while(|byte| is_plain_byte(**byte)).count();
            prop_assert_eq!(plain_prefix(&bytes), plain);
        }

        #[test]
        fn base64_reads_back(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let mut text = Vec::new();
            push_base64(&mut text, &bytes);
            prop_assert_eq!(text.len() % 4, 0);
            let (bare, length) = base64_length(&text).unwrap();
            let mut back = Vec::new();
            prop_assert!(push_from_base64(&mut back, bare));
            prop_assert_eq!(back.len(), length);
            prop_assert_eq!(back, bytes);
        }

        #[test]
        fn integers_print_as_std_prints_them(value in any::<i64>()) {
            let mut out = Vec::new();
            push_signed(&mut out, value);
            prop_assert_eq!(String::from_utf8(out).unwrap(), value.to_string());
        }
    }

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(string("a\u{1}\u{1f}\n\t\"\\ä"), r#""a\u0001\u001f\n\t\"\\ä""#);
    }

    #[test]
    fn base64_of_impossible_length_or_letters_is_refused() {
        assert_eq!(base64_length(b"A"), None);
        assert!(!push_from_base64(&mut Vec::new(), b"A A="));
        assert!(push_from_base64(&mut Vec::new(), b"-_+/"));
    }
}
