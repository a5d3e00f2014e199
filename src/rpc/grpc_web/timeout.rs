//! The `grpc-timeout` header.

use std::time::Duration;

const MOST: u128 = 99_999_999;

/// At most eight digits and a unit, rounded up: the server may only be more patient than the caller.
#[must_use]
pub fn header(timeout: Duration) -> String {
    let nanos = timeout.as_nanos().max(1);
    let units = [('m', 1_000_000), ('S', 1_000_000_000), ('M', 60_000_000_000)];
    let fitting = units.into_iter().map(|(unit, size)| (unit, nanos.div_ceil(size))).find(|(_, count)| *count <= MOST);
    let (unit, count) = fitting.unwrap_or(('H', nanos.div_ceil(3_600_000_000_000).min(MOST)));
    format!("{count}{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_finest_unit_that_fits_is_taken_from_milliseconds_up() {
        let cases = [
            (Duration::ZERO, "1m"),
            (Duration::from_nanos(1), "1m"),
            (Duration::from_millis(1500), "1500m"),
            (Duration::from_micros(1500), "2m"),
            (Duration::from_millis(99_999_999), "99999999m"),
            (Duration::from_millis(100_000_000), "100000S"),
            (Duration::from_secs(99_999_999), "99999999S"),
            (Duration::from_secs(100_000_000), "1666667M"),
            (Duration::from_secs(99_999_999 * 60 + 1), "1666667H"),
            (Duration::MAX, "99999999H"),
        ];
        for (timeout, expected) in cases {
            assert_eq!(header(timeout), expected);
        }
    }
}
