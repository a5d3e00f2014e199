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
    /// An integer beyond 2^63 - 1, which only a struct can hold.
    BigInt(u64),
    /// A float.
    Float(f64),
    /// Text.
    Text(String),
    /// Bytes inside of a struct.
    Bytes(Vec<u8>),
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
    /// A long list of integers.
    Ints(Vec<i64>),
    /// A long list of floats.
    Floats(Vec<f64>),
    /// Names and values.
    Map(Vec<(String, OutputValue)>),
    /// Entries of which not all keys are texts, in the order of the server.
    Pairs(Vec<(OutputValue, OutputValue)>),
    /// A value of a union, with the tag of its variant; only when asked for.
    Variant {
        /// The tag, `int`.
        tag: String,
        /// The value.
        value: Box<OutputValue>,
    },
    /// A file or a directory in the store.
    Blob {
        /// Where it is, `s3://bucket/key`.
        uri: String,
        /// Its format as declared, often empty. `PythonPickle` is an object that only Python can read.
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
        /// Its columns, names and types in words.
        columns: Vec<(String, String)>,
    },
    /// Bytes with a tag that says how to read them.
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
    /// A literal that is stored apart and was not fetched.
    Offloaded {
        /// Where it is.
        uri: String,
        /// How many bytes it has.
        size: u64,
    },
    /// Something that crosses beside the value, by its place.
    Beside(usize),
    /// A serialised message of the type of this name, which JavaScript gets as ProtoJSON.
    Message(&'static str, Vec<u8>),
    /// A literal that this client can't show as a value: the serialised `flyteidl.core.Literal`.
    Literal(Vec<u8>),
}

impl OutputValue {
    /// What it is, in words for an error.
    #[must_use]
    pub fn in_words(&self) -> &'static str {
        match self {
            OutputValue::Null => "null",
            OutputValue::Bool(_) => "a boolean",
            OutputValue::Int(_) | OutputValue::BigInt(_) => "an integer",
            OutputValue::Float(_) => "a float",
            OutputValue::Text(_) => "a text",
            OutputValue::Bytes(_) => "bytes",
            OutputValue::Instant { .. } => "a datetime",
            OutputValue::Duration { .. } => "a duration",
            OutputValue::List(_) | OutputValue::Ints(_) | OutputValue::Floats(_) => "a list",
            OutputValue::Map(_) => "an object",
            OutputValue::Pairs(_) => "a map with keys that are no texts",
            OutputValue::Variant { .. } => "a variant",
            OutputValue::Blob { multipart: true, .. } => "a directory",
            OutputValue::Blob { multipart: false, .. } => "a file",
            OutputValue::StructuredDataset { .. } => "a structured dataset",
            OutputValue::Binary { .. } => "binary",
            OutputValue::Error { .. } => "an error",
            OutputValue::Offloaded { .. } => "an offloaded literal",
            OutputValue::Beside(_) | OutputValue::Message(..) | OutputValue::Literal(_) => "no value",
        }
    }
}
