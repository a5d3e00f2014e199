//! A value as the caller gets it.

/// A tree of values from the server.
#[derive(Clone, Debug, PartialEq)]
pub enum OutputValue {
    /// Null.
    Null,
    /// A boolean.
    Bool(bool),
    /// A 64-bit integer; beyond ±(2^53 - 1) JavaScript needs a bigint.
    Int(i64),
    /// A float.
    Float(f64),
    /// Text.
    Text(String),
    /// A point in time since 1970-01-01 UTC.
    Instant {
        /// Whole seconds.
        seconds: i64,
        /// The rest, 0 to 999,999,999.
        nanos: i32,
    },
    /// A span of time; both have the same sign.
    Duration {
        /// Whole seconds.
        seconds: i64,
        /// The rest.
        nanos: i32,
    },
    /// A list.
    List(Vec<OutputValue>),
    /// Names and values.
    Map(Vec<(String, OutputValue)>),
    /// A file or a directory in the store.
    Blob {
        /// Where it is, `s3://bucket/key`.
        uri: String,
        /// Its format as declared, often empty.
        format: String,
        /// A directory (multipart) rather than a file.
        multipart: bool,
    },
    /// A table in the store.
    StructuredDataset {
        /// Where it is.
        uri: String,
        /// Its format, `parquet`.
        format: String,
    },
    /// Bytes with a tag that says how to read them, `msgpack`.
    Binary {
        /// The tag.
        tag: String,
        /// The bytes.
        value: Vec<u8>,
    },
    /// An error that a node passed on as a value.
    Error {
        /// What happened.
        message: String,
        /// Where.
        failed_node_id: String,
    },
    /// A literal that this client can't show as a value: the serialised `flyteidl.core.Literal`.
    Literal(Vec<u8>),
}
