//! Time since 1970 as protobuf messages.

use std::time::Duration;

use prost_types::Timestamp;

/// The timestamp of a time since 1970.
pub(crate) fn timestamp(time: Duration) -> Timestamp {
    Timestamp {
        seconds: i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(time.subsec_nanos()).unwrap_or(0),
    }
}

/// The time since 1970 of a timestamp; before 1970 is 1970.
pub(crate) fn since_epoch(timestamp: &Timestamp) -> Duration {
    let seconds = u64::try_from(timestamp.seconds).unwrap_or(0);
    Duration::new(seconds, u32::try_from(timestamp.nanos).unwrap_or(0).min(999_999_999))
}

/// A length of time as a message.
pub(crate) fn duration(length: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: i64::try_from(length.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(length.subsec_nanos()).unwrap_or(0),
    }
}

/// RFC 3339 in UTC, with as many digits of a second as needed: `2026-01-02T03:04:05.5Z`.
pub(crate) fn timestamp_text(time: &Timestamp) -> String {
    // prost-types prints what protobuf's JSON wants: groups of three digits.
    let text = time.to_string();
    match text.split_once('.') {
        Some((seconds, fraction)) => {
            let fraction = fraction.trim_end_matches('Z').trim_end_matches('0');
            format!("{seconds}.{fraction}Z")
        }
        None => text,
    }
}

/// The timestamp of an RFC 3339 text.
pub(crate) fn parse_timestamp(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// A protobuf duration as a length of time; a negative one is zero.
pub(crate) fn length(duration: &prost_types::Duration) -> Duration {
    let seconds = u64::try_from(duration.seconds).unwrap_or(0);
    Duration::new(seconds, u32::try_from(duration.nanos).unwrap_or(0).min(999_999_999))
}
