//! Datetimes and durations as text: what callers write (ISO 8601), and what Python writes into structs.

use crate::codec::time::{parse_timestamp, push_timestamp, Moment};

/// 0001-01-01 to 9999-12-31, as protobuf's Timestamp has it.
pub(super) fn is_instant(seconds: i64, nanos: i32) -> bool {
    (-62_135_596_800..=253_402_300_799).contains(&seconds) && (0..1_000_000_000).contains(&nanos)
}

/// About 10,000 years either way, as protobuf's Duration has it; both parts have one sign.
pub(super) fn is_duration(seconds: i64, nanos: i32) -> bool {
    let one_sign = seconds == 0 || nanos == 0 || (seconds < 0) == (nanos < 0);
    seconds.unsigned_abs() <= 315_576_000_000 && nanos.unsigned_abs() < 1_000_000_000 && one_sign
}

/// A point in time read from text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Instant {
    pub seconds: i64,
    pub nanos: i32,
    /// The text had no time of day: midnight UTC.
    pub date_only: bool,
    /// The text said its zone.
    pub zoned: bool,
}

/// ISO 8601: `2024-02-29`, `2024-02-29T12:30Z`, `2024-02-29T12:30:00.5+05:30`. What has no zone is UTC, and says so.
pub(super) fn instant(text: &str) -> Option<Instant> {
    let date_only = text.len() == 10;
    let (day, clock) = text.split_at_checked(10)?;
    if date_only {
        let Moment { seconds, nanos } = parse_timestamp([day, "T00:00:00Z"].concat().as_bytes())?;
        return Some(Instant { seconds, nanos, date_only, zoned: false });
    }
    let clock = clock.strip_prefix(['T', 't', ' '])?;
    let end = clock.find(['Z', 'z', '+', '-']).unwrap_or(clock.len());
    let (clock, zone) = clock.split_at_checked(end)?;
    let seconds = if clock.len() == 5 { ":00" } else { "" };
    let zoned = !zone.is_empty();
    let zone = match zone.len() {
        0 => "Z".to_owned(),
        3 => [zone, ":00"].concat(),
        5 => [zone.get(..3)?, ":", zone.get(3..)?].concat(),
        _ => zone.to_owned(),
    };
    let Moment { seconds, nanos } = parse_timestamp([day, "T", clock, seconds, &zone].concat().as_bytes())?;
    Some(Instant { seconds, nanos, date_only, zoned })
}

/// As Python's `isoformat` writes it: microseconds where there are any, `+00:00`.
pub(super) fn isoformat(seconds: i64, nanos: i32) -> String {
    let mut text = Vec::new();
    let nanos = if is_instant(seconds, nanos) { nanos / 1000 * 1000 } else { 0 };
    if !push_timestamp(&mut text, Moment { seconds, nanos }) {
        return [&seconds.to_string(), " seconds from 1970"].concat();
    }
    let text = String::from_utf8(text).unwrap_or_default();
    let text = text.trim_matches('"').trim_end_matches('Z');
    let missing = text.split_once('.').map_or(0, |(_, digits)| 6_usize.saturating_sub(digits.len()));
    [text, "000".get(..missing).unwrap_or_default(), "+00:00"].concat()
}

/// An ISO 8601 duration of weeks, days, hours, minutes and seconds: `PT90S`, `-P1DT2H`, `PT0.5S`. Years and months
/// have no length.
pub(super) fn duration(text: &str) -> Option<(i64, i32)> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let text = text.strip_prefix(['P', 'p'])?;
    let (days, clock) = match text.split_once(['T', 't']) {
        Some((_, "")) => return None,
        Some((days, clock)) => (days, clock),
        None if text.is_empty() => return None,
        None => (text, ""),
    };
    let (mut seconds, mut nanos) = (0_i64, 0_i32);
    for (part, units) in
        [(days, &[(b'W', 604_800_i64), (b'D', 86_400)][..]), (clock, &[(b'H', 3600), (b'M', 60), (b'S', 1)])]
    {
        let (mut rest, mut units) = (part, units.iter());
        while !rest.is_empty() {
            let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
            let (number, tail) = rest.split_at_checked(end)?;
            let letter = tail.as_bytes().first()?.to_ascii_uppercase();
            let (_, length) = units.find(|(unit, _)| *unit == letter)?;
            let (whole, fraction) = number.split_once(['.', ',']).unwrap_or((number, ""));
            seconds = seconds.checked_add(digits(whole)?.checked_mul(*length)?)?;
            if whole.len() != number.len() {
                let padded = [fraction, "000000000"].concat();
                if letter != b'S' || fraction.is_empty() || fraction.len() > 9 {
                    return None;
                }
                nanos = i32::try_from(digits(padded.get(..9)?)?).ok()?;
            }
            rest = tail.get(1..)?;
        }
    }
    Some(if negative { (-seconds, -nanos) } else { (seconds, nanos) })
}

fn digits(text: &str) -> Option<i64> {
    (!text.is_empty() && text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())?
}

/// A span in milliseconds, to the nanosecond where a float has it (104 days), else to the microsecond (285 years).
pub(super) fn from_milliseconds(ms: f64) -> Option<(i64, i32)> {
    let (unit, per_second) = match ms.abs() {
        ..9e9 => (1e6, 1_000_000_000),
        ..9e12 => (1e3, 1_000_000),
        _ => (1.0, 1000),
    };
    let units = super::input::whole((ms * unit).round())?;
    let nanos = i32::try_from(units % per_second * (1_000_000_000 / per_second)).ok()?;
    Some((units / per_second, nanos))
}

/// Seconds as a float, to the microsecond.
pub(super) fn from_seconds(seconds: f64) -> Option<(i64, i32)> {
    let micros = super::input::whole((seconds * 1e6).round())?;
    Some((micros / 1_000_000, i32::try_from(micros % 1_000_000 * 1000).ok()?))
}

/// A span as seconds.
#[allow(clippy::cast_precision_loss)]
pub(super) fn as_seconds(seconds: i64, nanos: i32) -> f64 {
    // By microseconds, as Python's timedelta does, so that 90.1 stays 90.1.
    match seconds.checked_mul(1_000_000).and_then(|micros| micros.checked_add(i64::from(nanos / 1000))) {
        Some(micros) if micros.unsigned_abs() < 1 << 53 => micros as f64 / 1e6,
        _ => seconds as f64 + f64::from(nanos) / 1e9,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn datetimes_are_read_with_or_without_seconds_and_zone() {
        let at = |text: &str| {
            instant(text).map(|instant| (instant.seconds, instant.nanos, instant.date_only, instant.zoned))
        };
        assert_eq!(at("2024-02-29"), Some((1_709_164_800, 0, true, false)));
        for text in ["2024-02-29T12:30Z", "2024-02-29 12:30:00z", "2024-02-29T18:00+05:30", "2024-02-29T18:00:00+0530"]
        {
            assert_eq!(at(text), Some((1_709_209_800, 0, false, true)), "{text}");
        }
        assert_eq!(at("2024-02-29T12:30:00.5"), Some((1_709_209_800, 500_000_000, false, false)));
        for text in
            ["", "2024-02-30", "2024-02-29T", "2024-02-29T25:00Z", "tomorrow", "2024-02-29T12:30:00+5", "éééééééééé"]
        {
            assert_eq!(at(text), None, "{text}");
        }
    }

    #[test]
    fn isoformat_has_no_or_six_digits_of_a_second() {
        assert_eq!(isoformat(0, 0), "1970-01-01T00:00:00+00:00");
        assert_eq!(isoformat(0, 250_000_000), "1970-01-01T00:00:00.250000+00:00");
        assert_eq!(isoformat(0, 1_999), "1970-01-01T00:00:00.000001+00:00");
        assert_eq!(isoformat(i64::MAX, 0), "9223372036854775807 seconds from 1970");
    }

    #[test]
    fn durations_are_read_part_by_part() {
        for (text, expected) in [
            ("PT90S", (90, 0)),
            ("-PT1.5S", (-1, -500_000_000)),
            ("P1DT2H3M4.000000001S", (93_784, 1)),
            ("P2W", (1_209_600, 0)),
            ("pt0s", (0, 0)),
            ("-PT0.000001S", (0, -1000)),
        ] {
            assert_eq!(duration(text), Some(expected), "{text}");
        }
        for text in ["", "P", "PT", "90", "P1Y", "P1M", "PT1S2H", "PT1.5H", "PT1.S", "PT-1S", "1 day", "PT1", "PTS"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn milliseconds_keep_their_nanoseconds() {
        assert_eq!(from_milliseconds(0.000_001), Some((0, 1)));
        assert_eq!(from_milliseconds(-1500.0), Some((-1, -500_000_000)));
        assert_eq!(from_milliseconds(1e13), Some((10_000_000_000, 0)));
        assert_eq!(from_milliseconds(f64::NAN), None);
        assert_eq!(from_seconds(90.5), Some((90, 500_000_000)));
        assert!((as_seconds(90, 100_000_000) - 90.1).abs() < f64::EPSILON);
    }
}
