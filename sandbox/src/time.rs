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
