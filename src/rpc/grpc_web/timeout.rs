//! The `grpc-timeout` header.

use std::time::Duration;

const MOST: u64 = 99_999_999;

/// At most eight digits and a unit, rounded up: the server may only be more patient than the caller.
#[must_use]
pub fn header(timeout: Duration) -> String {
    let part = u64::from(timeout.subsec_nanos().div_ceil(1_000_000));
    let millis = timeout.as_secs().saturating_mul(1000).saturating_add(part).max(1);
    let units = [("m", 1), ("S", 1000), ("M", 60_000)];
    let fitting = units.into_iter().map(|(unit, size)| (unit, millis.div_ceil(size))).find(|(_, count)| *count <= MOST);
    let (unit, count) = fitting.unwrap_or(("H", millis.div_ceil(3_600_000).min(MOST)));
    [&count.to_string(), unit].concat()
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
