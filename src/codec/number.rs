//! Numbers as JSON writes them, read without losing a bit.

use super::float::FloatText;
use crate::idl::schema::Kind;

/// How many bytes at the start are a number of JSON; 0 for none.
pub(crate) fn number_length(text: &[u8]) -> usize {
    let digits = |from: usize| text.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = usize::from(text.first() == Some(&b'-'));
    let whole = digits(at);
    if whole == 0 || (whole > 1 && text.get(at) == Some(&b'0')) {
        return 0;
    }
    at += whole;
    if text.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        if fraction == 0 {
            return 0;
        }
        at += 1 + fraction;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at + 1 + sign);
        if exponent == 0 {
            return 0;
        }
        at += 1 + sign + exponent;
    }
    at
}

/// A decimal number in its parts: `digits` (with or without a point) times ten to the `exponent`.
struct Decimal<'a> {
    negative: bool,
    digits: &'a [u8],
    exponent: i32,
}

/// Splits a number of JSON.
fn decimal(text: &[u8]) -> Decimal<'_> {
    let (negative, text) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    let end = text.iter().position(|byte| byte | 0x20 == b'e').unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end).unwrap_or((text, &[]));
    let minus = rest.get(1) == Some(&b'-');
    let exponent = rest.iter().filter(|byte| byte.is_ascii_digit()).fold(0i32, |sum, digit| {
        // Far beyond any number that fits; and far from overflowing below.
        (sum * 10 + i32::from(digit - b'0')).min(100_000_000)
    });
    let point = digits.iter().position(|byte| *byte == b'.').map_or(0, |place| digits.len() - place - 1);
    let point = i32::try_from(point).unwrap_or(i32::MAX / 2);
    Decimal { negative, digits, exponent: if minus { -exponent } else { exponent } - point }
}

/// The sign and the size of a number of JSON that is an integer, like `-12`, `1.0` or `1e3`; `None` when it is not one or
/// does not fit.
pub(super) fn integer(text: &[u8]) -> Option<(bool, u64)> {
    let Decimal { negative, digits, exponent } = decimal(text);
    let zeros =
        digits.iter().rev().take_while(|byte| matches!(byte, b'0' | b'.')).filter(|byte| **byte == b'0').count();
    let count = digits.iter().filter(|byte| **byte != b'.').count() - zeros;
    let mut value = 0u64;
    for digit in digits.iter().filter(|byte| **byte != b'.').take(count) {
        value = value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
    }
    if value == 0 {
        return Some((negative, 0));
    }
    let power = u32::try_from(exponent.checked_add(i32::try_from(zeros).ok()?)?).ok()?;
    value.checked_mul(10u64.checked_pow(power)?).map(|value| (negative, value))
}

/// The bits that a number of an integer kind has on the wire (zigzag applied); `None` when it is out of range.
pub(super) fn integer_bits(kind: Kind, text: &[u8]) -> Option<u64> {
    let (negative, size) = integer(text)?;
    let (most, least) = match kind {
        Kind::Uint32 | Kind::Fixed32 => (u64::from(u32::MAX), 0),
        Kind::Uint64 | Kind::Fixed64 => (u64::MAX, 0),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => (i64::MAX as u64, i64::MIN.unsigned_abs()),
        _ => (i32::MAX as u64, u64::from(i32::MIN.unsigned_abs())),
    };
    if size > if negative { least } else { most } {
        return None;
    }
    let value = if negative { size.wrapping_neg() } else { size };
    Some(match kind {
        Kind::Sint32 | Kind::Sint64 => value << 1 ^ ((value as i64 >> 63) as u64),
        _ => value,
    })
}

/// What an integer kind takes.
pub(super) fn range_text(kind: Kind) -> &'static str {
    match kind {
        Kind::Uint32 | Kind::Fixed32 => "an integer from 0 to 4294967295",
        Kind::Uint64 | Kind::Fixed64 => "an integer from 0 to 18446744073709551615",
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => "an integer from -9223372036854775808 to 9223372036854775807",
        _ => "an integer from -2147483648 to 2147483647",
    }
}

/// The float nearest to a number of JSON. Short ones, nearly all, need no help: both factors are exact, so that one
/// rounding is left.
pub(crate) fn float(text: &[u8], floats: &dyn FloatText) -> Option<f64> {
    let Decimal { negative, digits, exponent } = decimal(text);
    if digits.len() <= 16 && exponent.unsigned_abs() <= 22 {
        let size =
            digits.iter().filter(|byte| **byte != b'.').fold(0u64, |sum, digit| sum * 10 + u64::from(digit - b'0'));
        if size < 1 << 53 {
            let power = (0..exponent.unsigned_abs()).fold(1.0, |power, _| power * 10.0);
            let value = if exponent < 0 { size as f64 / power } else { size as f64 * power };
            return Some(if negative { -value } else { value });
        }
    }
    floats.parse(text)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::super::StdFloats;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn integers_in_every_notation() {
        for (text, value) in [
            ("0", Some((false, 0))),
            ("-0", Some((true, 0))),
            ("12", Some((false, 12))),
            ("1.0", Some((false, 1))),
            ("1e3", Some((false, 1000))),
            ("1.5e1", Some((false, 15))),
            ("100e-2", Some((false, 1))),
            ("0e999999999999", Some((false, 0))),
            ("0.000", Some((false, 0))),
            ("18446744073709551615", Some((false, u64::MAX))),
            ("1.8446744073709551615e19", Some((false, u64::MAX))),
            ("18446744073709551616", None),
            ("1.5", None),
            ("1e-1", None),
            ("1e20", None),
            ("1e99999999999999999999", None),
            ("1e-99999999999999999999", None),
            ("-1000000000000000000000e-21", Some((true, 1))),
        ] {
            assert_eq!(integer(text.as_bytes()), value, "{text}");
        }
    }

    #[test]
    fn integers_stay_in_the_range_of_their_kind() {
        for (kind, text, bits) in [
            (Kind::Int32, "2147483647", Some(0x7fff_ffff)),
            (Kind::Int32, "2147483648", None),
            (Kind::Int32, "-2147483648", Some(0xffff_ffff_8000_0000)),
            (Kind::Int32, "-2147483649", None),
            (Kind::Uint32, "4294967295", Some(0xffff_ffff)),
            (Kind::Uint32, "4294967296", None),
            (Kind::Uint32, "-1", None),
            (Kind::Uint32, "-0", Some(0)),
            (Kind::Int64, "-9223372036854775808", Some(1 << 63)),
            (Kind::Int64, "9223372036854775808", None),
            (Kind::Uint64, "18446744073709551615", Some(u64::MAX)),
            (Kind::Sint32, "-1", Some(1)),
            (Kind::Sint64, "-9223372036854775808", Some(u64::MAX)),
        ] {
            assert_eq!(integer_bits(kind, text.as_bytes()), bits, "{kind:?} {text}");
        }
    }

    #[test]
    fn only_numbers_of_json_are_numbers() {
        for text in ["0", "-0", "1.5", "1e3", "1E+3", "1.25e-3"] {
            assert_eq!(number_length(text.as_bytes()), text.len(), "{text}");
        }
        for text in ["", "-", "+1", ".5", "1.", "1e", "1e+", "01", "-01", "x", "NaN", " 1"] {
            assert_eq!(number_length(text.as_bytes()), 0, "{text}");
        }
    }

    proptest! {
        #[test]
        fn floats_are_those_of_std(whole in any::<i32>(), fraction in 0u32..100_000, exponent in -30i32..30) {
            let text = format!("{whole}.{fraction}e{exponent}");
            prop_assert_eq!(float(text.as_bytes(), &StdFloats), text.parse().ok());
        }

        #[test]
        fn printed_floats_read_back(value in any::<f64>()) {
            prop_assume!(value.is_finite());
            let mut text = Vec::new();
            StdFloats.print(value, &mut text);
            prop_assert_eq!(number_length(&text), text.len());
            prop_assert_eq!(float(&text, &StdFloats).map(f64::to_bits), Some(value.to_bits()));
        }
    }
}
