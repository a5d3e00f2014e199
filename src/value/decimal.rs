//! Numbers in text, as Python reads and writes them: those with few enough digits to need no table of powers. The rest is
//! for an engine (`FloatText`), which values have no use for otherwise.

use super::OutputValue;

/// Beyond this many digits a power of ten is no exact float.
const MOST_ZEROS: i32 = 22;

/// The largest whole number up to which all are exact floats.
const MOST: u64 = 1 << 53;

/// `int(text)`: spaces around, a sign, and single underscores between digits are allowed.
pub(super) fn int(text: &str) -> Option<OutputValue> {
    let text = text.trim();
    let size = whole(text.strip_prefix(['+', '-']).unwrap_or(text))?;
    if text.starts_with('-') {
        return 0i64.checked_sub_unsigned(size).map(OutputValue::Int);
    }
    Some(i64::try_from(size).map_or(OutputValue::BigInt(size), OutputValue::Int))
}

/// Digits, with single underscores between them.
fn whole(digits: &str) -> Option<u64> {
    let mut number = 0u64;
    for group in digits.split('_') {
        if group.is_empty() {
            return None;
        }
        for digit in group.bytes() {
            let value = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
            number = number.checked_mul(10)?.checked_add(value)?;
        }
    }
    Some(number)
}

/// `float(text)` where the nearest float is sure; `None` also when that would need more than one rounding.
#[allow(clippy::cast_precision_loss)]
pub(super) fn float(text: &str) -> Option<f64> {
    let text = text.trim();
    let size = text.strip_prefix(['+', '-']).unwrap_or(text).to_ascii_lowercase();
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    match size.as_str() {
        "nan" => return Some(f64::NAN),
        "inf" | "infinity" => return Some(sign * f64::INFINITY),
        _ => {}
    }
    let (digits, exponent) = size.split_once('e').unwrap_or((&size, "0"));
    let spaced = exponent.trim() != exponent;
    let exponent = match int(exponent) {
        Some(OutputValue::Int(exponent)) if !spaced => i32::try_from(exponent).ok()?,
        _ => return None,
    };
    let (before, after) = digits.split_once('.').unwrap_or((digits, ""));
    // Each part is a number by itself, and one of them may be missing.
    let parts = [before, after].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
    if parts.is_empty() || parts.iter().any(|part| whole(part).is_none()) {
        return None;
    }
    let after = after.replace('_', "");
    let after = after.trim_end_matches('0');
    let number = whole(&[if before.is_empty() { "0" } else { before }, after].concat())?;
    let exponent = exponent.checked_sub(i32::try_from(after.len()).ok()?)?;
    if number > MOST || exponent.abs() > MOST_ZEROS {
        return (number == 0).then_some(sign * 0.0);
    }
    let size = number as f64;
    Some(sign * if exponent < 0 { size / power(-exponent) } else { size * power(exponent) })
}

/// `str(float)` where few digits tell it from its neighbours.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
pub(super) fn text(number: f64) -> Option<String> {
    let sign = if number.is_sign_negative() && !number.is_nan() { "-" } else { "" };
    let size = number.abs();
    if !size.is_finite() {
        return Some([sign, if number.is_nan() { "nan" } else { "inf" }].concat());
    }
    if size != 0.0 && !(1e-4..MOST as f64).contains(&size) {
        return None;
    }
    for places in 0..=MOST_ZEROS {
        let scaled = (size * power(places)).round();
        if scaled > MOST as f64 {
            return None;
        }
        if scaled / power(places) == size {
            let digits = (scaled as u64).to_string();
            let places = usize::try_from(places).unwrap_or_default();
            let padded = ["0".repeat((places + 1).saturating_sub(digits.len())), digits].concat();
            let (whole, after) = padded.split_at_checked(padded.len() - places)?;
            return Some([sign, whole, ".", if after.is_empty() { "0" } else { after }].concat());
        }
    }
    None
}

/// Ten to the power of at most 22, exactly.
fn power(zeros: i32) -> f64 {
    (0..zeros).fold(1.0, |power, _| power * 10.0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn integers_are_read_as_python_does() {
        for (text, expected) in [
            ("5", Some(OutputValue::Int(5))),
            (" -5\n", Some(OutputValue::Int(-5))),
            ("+007", Some(OutputValue::Int(7))),
            ("1_000", Some(OutputValue::Int(1000))),
            ("-9223372036854775808", Some(OutputValue::Int(i64::MIN))),
            ("18446744073709551615", Some(OutputValue::BigInt(u64::MAX))),
            ("18446744073709551616", None),
            ("", None),
            ("-", None),
            ("1__0", None),
            ("_1", None),
            ("1.0", None),
            ("0x5", None),
            ("- 5", None),
        ] {
            assert_eq!(int(text), expected, "{text:?}");
        }
    }

    #[test]
    fn floats_are_read_as_python_does_or_not_at_all() {
        for (text, expected) in [
            ("1.5", Some(1.5)),
            (" 5 ", Some(5.0)),
            ("-.25", Some(-0.25)),
            ("1.", Some(1.0)),
            ("1e3", Some(1000.0)),
            ("1E-3", Some(0.001)),
            ("1_0.0_1", Some(10.01)),
            ("0.10000", Some(0.1)),
            ("-inf", Some(f64::NEG_INFINITY)),
            ("Infinity", Some(f64::INFINITY)),
            ("0e999", Some(0.0)),
            ("1e300", None),
            ("0.30000000000000004", None),
            (".", None),
            ("", None),
            ("1_", None),
            ("1._5", None),
            ("1e", None),
            ("1e 3", None),
            ("x", None),
        ] {
            assert_eq!(float(text), expected, "{text:?}");
        }
        assert!(float("NaN").unwrap().is_nan());
    }

    #[test]
    fn floats_are_written_as_python_does_or_not_at_all() {
        for (number, expected) in [
            (1.0, Some("1.0")),
            (-0.0, Some("-0.0")),
            (1.5, Some("1.5")),
            (-0.001, Some("-0.001")),
            (0.1, Some("0.1")),
            (1e15, Some("1000000000000000.0")),
            (123_456.789, Some("123456.789")),
            (f64::INFINITY, Some("inf")),
            (0.1 + 0.2, None),
            (1e-5, None),
            (1e16, None),
        ] {
            assert_eq!(text(number).as_deref(), expected, "{number}");
        }
        assert_eq!(text(f64::NAN).as_deref(), Some("nan"));
    }

    proptest! {
        #[test]
        fn what_is_written_is_what_rust_writes_and_reads(number in any::<i32>(), places in 0..9i32) {
            let number = f64::from(number) / 10f64.powi(places);
            if let Some(written) = text(number) {
                prop_assert_eq!(&written, &format!("{number:?}"));
                prop_assert_eq!(float(&written), Some(number));
            }
        }

        #[test]
        fn any_text_is_read_like_rust_or_not_at_all(text in "[-+]?[0-9]{0,20}[.]?[0-9]{0,6}(e[-+]?[0-9]{1,3})?") {
            if let Some(read) = float(&text) {
                prop_assert_eq!(Ok(read), text.parse());
            }
        }
    }
}
