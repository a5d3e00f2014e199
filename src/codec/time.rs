//! google.protobuf.Timestamp and Duration as text.

use super::text::{push_padded, push_unsigned};

const DAY: i64 = 86_400;
/// 0001-01-01T00:00:00Z
const FIRST_SECOND: i64 = -62_135_596_800;
/// 9999-12-31T23:59:59Z
const LAST_SECOND: i64 = 253_402_300_799;
/// 10,000 years
const LONGEST_DURATION: i64 = 315_576_000_000;
const GIGA: i32 = 1_000_000_000;

/// Seconds and nanoseconds, of a time or a duration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) seconds: i64,
    pub(crate) nanos: i32,
}

/// Days since 1970-01-01 to year, month, day (Gregorian, year 1 to 9999).
fn date_of(days: i64) -> (u32, u32, u32) {
    // Years begin in March here, which puts the leap day at the end.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    (year as u32, month as u32, day as u32)
}

/// Year, month, day to days since 1970-01-01; `None` when there is no such day.
fn days_of(year: u32, month: u32, day: u32) -> Option<i64> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let length = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if day == 0 || day > length {
        return None;
    }
    let year = i64::from(year) - i64::from(month <= 2);
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let month = i64::from(if month > 2 { month - 3 } else { month + 9 });
    let day = (153 * month + 2) / 5 + i64::from(day) - 1 + year * 365 + year / 4 - year / 100;
    Some(era * 146_097 + day - 719_468)
}

/// Appends `.5`, in 0, 3, 6 or 9 digits.
fn push_fraction(out: &mut Vec<u8>, nanos: u32) {
    let (value, width) = match nanos {
        0 => return,
        _ if nanos.is_multiple_of(1_000_000) => (nanos / 1_000_000, 3),
        _ if nanos.is_multiple_of(1_000) => (nanos / 1_000, 6),
        _ => (nanos, 9),
    };
    out.push(b'.');
    push_padded(out, value, width);
}

/// Appends `"2024-02-29T12:00:00.5Z"`; false when it is out of range.
pub(crate) fn push_timestamp(out: &mut Vec<u8>, time: Moment) -> bool {
    if !(FIRST_SECOND..=LAST_SECOND).contains(&time.seconds) || !(0..GIGA).contains(&time.nanos) {
        return false;
    }
    let (year, month, day) = date_of(time.seconds.div_euclid(DAY));
    let second = time.seconds.rem_euclid(DAY) as u32;
    out.push(b'"');
    push_padded(out, year, 4);
    for (mark, value) in
        [(b'-', month), (b'-', day), (b'T', second / 3_600), (b':', second / 60 % 60), (b':', second % 60)]
    {
        out.push(mark);
        push_padded(out, value, 2);
    }
    push_fraction(out, time.nanos.unsigned_abs());
    out.extend_from_slice(b"Z\"");
    true
}

/// Appends `"-1.5s"`; false when it is out of range or its parts differ in sign.
pub(super) fn push_duration(out: &mut Vec<u8>, duration: Moment) -> bool {
    let Moment { seconds, nanos } = duration;
    let mixed = (seconds > 0 && nanos < 0) || (seconds < 0 && nanos > 0);
    if mixed || seconds.unsigned_abs() > LONGEST_DURATION.unsigned_abs() || nanos.unsigned_abs() >= GIGA as u32 {
        return false;
    }
    out.push(b'"');
    if seconds < 0 || nanos < 0 {
        out.push(b'-');
    }
    push_unsigned(out, seconds.unsigned_abs());
    push_fraction(out, nanos.unsigned_abs());
    out.extend_from_slice(b"s\"");
    true
}

/// Text that is read from its start.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn take(&mut self, wanted: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        wanted.contains(first).then(|| {
            self.0 = rest;
            *first
        })
    }

    /// A number of `least` to `most` digits, with how many they were.
    fn digits(&mut self, least: usize, most: usize) -> Option<(u64, usize)> {
        let (mut value, mut count) = (0u64, 0);
        while let [digit @ b'0'..=b'9', rest @ ..] = self.0 {
            if count == most {
                return None;
            }
            value = value * 10 + u64::from(digit - b'0');
            count += 1;
            self.0 = rest;
        }
        (count >= least).then_some((value, count))
    }

    fn two(&mut self) -> Option<u32> {
        self.digits(2, 2).map(|(value, _)| value as u32)
    }

    /// `.5` in nanoseconds; 0 when there is no point.
    fn fraction(&mut self) -> Option<i32> {
        if self.take(b".").is_none() {
            return Some(0);
        }
        let (value, count) = self.digits(1, 9)?;
        i32::try_from(value * 10u64.pow(9 - count as u32)).ok()
    }
}

/// Reads RFC 3339, with `Z` or an offset.
pub(crate) fn parse_timestamp(text: &[u8]) -> Option<Moment> {
    let mut text = Cursor(text);
    let (year, _) = text.digits(4, 4)?;
    text.take(b"-")?;
    let month = text.two()?;
    text.take(b"-")?;
    let days = days_of(year as u32, month, text.two()?)?;
    text.take(b"Tt")?;
    let hour = text.two().filter(|hour| *hour < 24)?;
    text.take(b":")?;
    let minute = text.two().filter(|minute| *minute < 60)?;
    text.take(b":")?;
    let second = text.two().filter(|second| *second < 60)?;
    let nanos = text.fraction()?;
    let offset = match text.take(b"Zz+-")? {
        sign @ (b'+' | b'-') => {
            let hours = text.two().filter(|hours| *hours < 24)?;
            text.take(b":")?;
            let minutes = text.two().filter(|minutes| *minutes < 60)?;
            let offset = i64::from(hours * 3_600 + minutes * 60);
            if sign == b'-' {
                -offset
            } else {
                offset
            }
        }
        _ => 0,
    };
    let seconds = days * DAY + i64::from(hour * 3_600 + minute * 60 + second) - offset;
    (text.0.is_empty() && (FIRST_SECOND..=LAST_SECOND).contains(&seconds)).then_some(Moment { seconds, nanos })
}

/// Reads `-1.5s`.
pub(super) fn parse_duration(text: &[u8]) -> Option<Moment> {
    let mut text = Cursor(text);
    let sign = if text.take(b"-").is_some() { -1 } else { 1 };
    let (seconds, _) = text.digits(1, 12)?;
    let seconds = i64::try_from(seconds).ok().filter(|seconds| *seconds <= LONGEST_DURATION)?;
    let nanos = text.fraction()?;
    text.take(b"s")?;
    text.0.is_empty().then_some(Moment { seconds: sign * seconds, nanos: sign as i32 * nanos })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn timestamp(seconds: i64, nanos: i32) -> Option<String> {
        let mut out = Vec::new();
        push_timestamp(&mut out, Moment { seconds, nanos }).then(|| String::from_utf8(out).unwrap())
    }

    fn duration(seconds: i64, nanos: i32) -> Option<String> {
        let mut out = Vec::new();
        push_duration(&mut out, Moment { seconds, nanos }).then(|| String::from_utf8(out).unwrap())
    }

    fn inner(text: &str) -> &[u8] {
        text.trim_matches('"').as_bytes()
    }

    proptest! {
        #[test]
        fn timestamps_read_back(seconds in FIRST_SECOND..=LAST_SECOND, nanos in 0..GIGA) {
            let text = timestamp(seconds, nanos).unwrap();
            prop_assert_eq!(parse_timestamp(inner(&text)), Some(Moment { seconds, nanos }));
        }

        #[test]
        fn durations_read_back(seconds in 0..=LONGEST_DURATION, nanos in 0..GIGA, sign in proptest::sample::select(vec![-1, 1])) {
            let moment = Moment { seconds: seconds * i64::from(sign), nanos: nanos * sign };
            let text = duration(moment.seconds, moment.nanos).unwrap();
            prop_assert_eq!(parse_duration(inner(&text)), Some(moment));
        }
    }

    #[test]
    fn timestamps_have_0_3_6_or_9_digits_of_a_second() {
        for (nanos, end) in [(0, "00Z"), (500_000_000, "00.500Z"), (1_000, "00.000001Z"), (1, "00.000000001Z")] {
            assert_eq!(timestamp(0, nanos).unwrap(), format!("\"1970-01-01T00:00:{end}\""));
        }
    }

    #[test]
    fn timestamps_at_the_ends_of_their_range() {
        assert_eq!(timestamp(FIRST_SECOND, 0).unwrap(), "\"0001-01-01T00:00:00Z\"");
        assert_eq!(timestamp(LAST_SECOND, 999_999_999).unwrap(), "\"9999-12-31T23:59:59.999999999Z\"");
        assert_eq!(timestamp(FIRST_SECOND - 1, 0), None);
        assert_eq!(timestamp(LAST_SECOND + 1, 0), None);
        assert_eq!(timestamp(0, -1), None);
        assert_eq!(timestamp(0, GIGA), None);
        assert_eq!(parse_timestamp(b"0000-12-31T23:59:59Z"), None);
        assert_eq!(parse_timestamp(b"0001-01-01T00:00:00+00:01"), None);
        assert_eq!(parse_timestamp(b"9999-12-31T23:59:59-00:01"), None);
    }

    #[test]
    fn timestamps_with_an_offset_are_taken_to_utc() {
        for text in ["2024-02-29T12:30:00.5+05:30", "2024-02-29T07:00:00.5Z", "2024-02-29t00:00:00.5-07:00"] {
            assert_eq!(
                parse_timestamp(text.as_bytes()),
                Some(Moment { seconds: 1_709_190_000, nanos: 500_000_000 }),
                "{text}"
            );
        }
    }

    #[test]
    fn wrong_timestamps_are_refused() {
        for text in [
            "",
            "2024",
            "2024-02-30T00:00:00Z",
            "2023-02-29T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-00-01T00:00:00Z",
            "2024-01-00T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:60:00Z",
            "2024-01-01T00:00:60Z",
            "2024-01-01T00:00:00",
            "2024-01-01T00:00:00.Z",
            "2024-01-01T00:00:00.0000000001Z",
            "2024-01-01T00:00:00Z ",
            "2024-01-01 00:00:00Z",
            "2024-01-01T00:00:00+0100",
            "2024-01-01T00:00:00+24:00",
            "24-01-01T00:00:00Z",
        ] {
            assert_eq!(parse_timestamp(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn durations_at_the_ends_of_their_range() {
        assert_eq!(duration(LONGEST_DURATION, 999_999_999).unwrap(), "\"315576000000.999999999s\"");
        assert_eq!(duration(0, -1).unwrap(), "\"-0.000000001s\"");
        assert_eq!(duration(LONGEST_DURATION + 1, 0), None);
        assert_eq!(duration(i64::MIN, 0), None);
        assert_eq!(duration(1, -1), None);
        assert_eq!(duration(0, GIGA), None);
    }

    #[test]
    fn wrong_durations_are_refused() {
        for text in
            ["", "s", "1", "1.s", ".5s", "1.0000000001s", "1 s", "+1s", "1s ", "315576000001s", "99999999999999s"]
        {
            assert_eq!(parse_duration(text.as_bytes()), None, "{text}");
        }
        assert_eq!(parse_duration(b"-1.5s"), Some(Moment { seconds: -1, nanos: -500_000_000 }));
    }
}
