//! What a column holds, and how a filter's text becomes a value to compare it with.

use std::cmp::Ordering;

use flyte_remote::rpc::{Code, Status};
use prost_types::{Duration, Timestamp};

use super::columns::Kind;
use super::invalid;

const NANOS: i128 = 1_000_000_000;

/// The value of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing; no comparison accepts it.
    Null,
    /// Text, also phases.
    Text(String),
    /// A number, also states and modes.
    Int(i64),
    /// Nanoseconds since 1970-01-01 UTC.
    Time(i128),
    /// Nanoseconds.
    Duration(i128),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}

impl From<Option<&Timestamp>> for Cell {
    fn from(time: Option<&Timestamp>) -> Self {
        time.map_or(Cell::Null, |time| Cell::Time(i128::from(time.seconds) * NANOS + i128::from(time.nanos)))
    }
}

impl From<Option<&Duration>> for Cell {
    fn from(duration: Option<&Duration>) -> Self {
        duration.map_or(Cell::Null, |d| Cell::Duration(i128::from(d.seconds) * NANOS + i128::from(d.nanos)))
    }
}

impl Cell {
    /// Compares as SQL does: `None` when one side is null.
    pub(super) fn compare(&self, other: &Cell) -> Option<Ordering> {
        match (self, other) {
            (Cell::Text(a), Cell::Text(b)) => Some(a.cmp(b)),
            (Cell::Int(a), Cell::Int(b)) => Some(a.cmp(b)),
            (Cell::Time(a), Cell::Time(b)) | (Cell::Duration(a), Cell::Duration(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }

    /// The order of a sorted list; nulls count as the largest.
    pub(super) fn order(&self, other: &Cell) -> Ordering {
        let nulls = (*self == Cell::Null).cmp(&(*other == Cell::Null));
        nulls.then_with(|| self.compare(other).unwrap_or(Ordering::Equal))
    }

    /// Reads a filter's value for a column of this kind.
    pub(super) fn parse(text: &str, kind: Kind) -> Result<Cell, Status> {
        match kind {
            Kind::Text | Kind::Bytes => Ok(Cell::from(text)),
            Kind::Int => text.trim().parse().map(Cell::Int).map_err(|_| bad_cast("integer", text)),
            Kind::Time => parse_time(text).map(Cell::Time).ok_or_else(|| bad_cast("timestamp with time zone", text)),
            Kind::Duration => parse_seconds_or_duration(text)
                .map(Cell::Duration)
                .ok_or_else(|| invalid(format!("Failed to parse duration [{text}]"))),
        }
    }
}

/// What the database says to a value it can't read.
pub(super) fn bad_cast(kind: &str, text: &str) -> Status {
    let message = format!("failed database operation with invalid input syntax for type {kind}: \"{text}\"");
    Status::new(Code::Unknown, message)
}

fn parse_seconds_or_duration(text: &str) -> Option<i128> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds.is_finite() && seconds.abs() < 9.2e9 => Some((seconds * 1e9).round() as i128),
        Ok(_) => None,
        Err(_) => parse_go_duration(text),
    }
}

/// Whether a text is a duration as Go reads it: `1h15m30.5s`, `-1.5h`, `300ms`.
pub fn is_go_duration(text: &str) -> bool {
    parse_go_duration(text).is_some()
}

/// Go's duration text in nanoseconds.
fn parse_go_duration(text: &str) -> Option<i128> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest.is_empty() {
        return None;
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let number_end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').filter(|end| *end > 0)?;
        let (number, tail) = rest.split_at_checked(number_end)?;
        let unit_end = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at_checked(unit_end)?;
        let unit: i128 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => NANOS,
            "m" => 60 * NANOS,
            "h" => 3600 * NANOS,
            _ => return None,
        };
        total = total.checked_add(scaled(number, unit)?)?;
        rest = tail;
    }
    (total <= i128::from(i64::MAX)).then_some(if negative { -total } else { total })
}

/// `number` (digits with at most one point) times `unit`.
fn scaled(number: &str, unit: i128) -> Option<i128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let fraction = fraction.get(..fraction.len().min(18)).unwrap_or(fraction);
    let digits = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<i128>().ok() };
    let scale = 10i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    digits(whole)?.checked_mul(unit)?.checked_add(digits(fraction)?.checked_mul(unit)? / scale)
}

/// A point in time as PostgreSQL reads it: a date, optionally a time of day, optionally a zone (default UTC).
fn parse_time(text: &str) -> Option<i128> {
    let text = text.trim();
    let (date, rest) = text.split_at_checked(text.find(['T', 't', ' ']).unwrap_or(text.len()))?;
    let mut parts = date.splitn(3, '-').map(|part| digits(part, 1, 4));
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
        return None;
    }
    let clock = rest.get(1..).unwrap_or("");
    let zone_at = clock.find(['Z', 'z', '+', '-']).unwrap_or(clock.len());
    let (clock, zone) = clock.split_at_checked(zone_at)?;
    let seconds = days_since_epoch(year, month, day) * 86_400 - zone_seconds(zone)?;
    Some(i128::from(seconds) * NANOS + clock_nanos(clock.trim())?)
}

fn digits(text: &str, min: usize, max: usize) -> Option<i64> {
    let fits = (min..=max).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if fits {
        text.parse().ok()
    } else {
        None
    }
}

fn clock_nanos(clock: &str) -> Option<i128> {
    if clock.is_empty() {
        return Some(0);
    }
    let mut parts = clock.split(':');
    let (hour, minute) = (digits(parts.next()?, 1, 2)?, digits(parts.next()?, 2, 2)?);
    let second = parts.next().unwrap_or("00");
    let whole = digits(second.split('.').next()?, 2, 2)?;
    if parts.next().is_some() || hour > 24 || minute > 59 || whole > 60 {
        return None;
    }
    Some(i128::from(hour * 3600 + minute * 60) * NANOS + scaled(second, NANOS)?)
}

fn zone_seconds(zone: &str) -> Option<i64> {
    if zone.is_empty() || zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, offset) = match zone.strip_prefix('-') {
        Some(offset) => (-1, offset),
        None => (1, zone.strip_prefix('+')?),
    };
    let offset = offset.replace(':', "");
    let (hours, minutes) = offset.split_at_checked(2.min(offset.len()))?;
    let minutes = if minutes.is_empty() { 0 } else { digits(minutes, 2, 2)? };
    Some(sign * (digits(hours, 1, 2)? * 3600 + minutes * 60))
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Howard Hinnant's days_from_civil.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn go_durations_are_nanoseconds() {
        for (text, nanos) in [
            ("1h15m30.5s", 4_530_500_000_000),
            ("300ms", 300_000_000),
            ("-1.5h", -5_400_000_000_000),
            ("2us", 2_000),
            ("60", 60_000_000_000),
            ("0.5", 500_000_000),
            (".5s", 500_000_000),
            ("0", 0),
        ] {
            assert_eq!(parse_seconds_or_duration(text), Some(nanos), "{text}");
        }
        for text in ["", "s", "1x", "1d", "1h 2m", "NaN", "inf", "-", ".s", "1e30"] {
            assert_eq!(parse_seconds_or_duration(text), None, "{text}");
        }
    }

    #[test]
    fn times_are_instants_whatever_their_zone() {
        let noon = parse_time("2024-02-29T12:00:00Z").unwrap();
        assert_eq!(noon, 1_709_208_000 * NANOS);
        for text in
            ["2024-02-29 12:00:00", "2024-02-29T14:00:00+02:00", "2024-02-29T07:00-05", "2024-02-29t12:00:00.000z"]
        {
            assert_eq!(parse_time(text), Some(noon), "{text}");
        }
        assert_eq!(parse_time("1969-12-31T23:59:59.25Z"), Some(-750_000_000));
        assert_eq!(parse_time("2024-02-29"), Some(noon - 43_200 * NANOS));
        for text in
            ["", "yesterday", "2023-02-29", "2024-13-01", "2024-1", "2024-01-01T25:00:00Z", "2024-01-01T1:2:3:4"]
        {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }
}
