//! A value as the caller gave it.

use super::{Literal, OutputValue};

/// A tree of values from outside, before anything is known about the declared type.
#[derive(Clone, Debug, PartialEq)]
pub enum InputValue {
    /// Nothing was given; as an input or a map's entry it counts as absent.
    Undefined,
    /// Null.
    Null,
    /// A boolean.
    Bool(bool),
    /// A JavaScript number: an integer or a float as the interface says.
    Number(f64),
    /// A number that is meant as a float also when it is whole, which matters in a struct without a schema.
    Float(f64),
    /// A 64-bit integer (a JavaScript bigint).
    Int(i64),
    /// An integer beyond 2^63 - 1, which only a struct can hold.
    BigInt(u64),
    /// Text.
    Text(String),
    /// A point in time since 1970-01-01 UTC; `nanos` counts forward from `seconds`, 0 to 999,999,999.
    Instant {
        /// Whole seconds.
        seconds: i64,
        /// The rest.
        nanos: i32,
    },
    /// A span of time; both have the same sign.
    Duration {
        /// Whole seconds.
        seconds: i64,
        /// The rest, at most 999,999,999 either way.
        nanos: i32,
    },
    /// Bytes.
    Bytes(Vec<u8>),
    /// A list.
    List(Vec<InputValue>),
    /// A list of numbers alone.
    Numbers(Vec<f64>),
    /// A list of 64-bit integers alone.
    Ints(Vec<i64>),
    /// Names and values in the caller's order.
    Map(Vec<(String, InputValue)>),
    /// Entries of which not all keys are texts, in the caller's order.
    Pairs(Vec<(InputValue, InputValue)>),
    /// A file or directory in the store.
    Blob {
        /// Where it is.
        uri: String,
        /// Its format; empty when it does not matter.
        format: String,
        /// A directory.
        multipart: bool,
    },
    /// A table in the store.
    StructuredDataset {
        /// Where it is.
        uri: String,
        /// Its format, `parquet`; may be empty.
        format: String,
    },
    /// Something to upload, which the caller's side keeps under a number.
    Content {
        /// The number.
        index: usize,
        /// What it is, in words.
        in_words: String,
    },
    /// A value of a union, for the variant that has this tag or, as text, this type.
    Variant {
        /// The tag, `int`, or the type as text.
        tag: String,
        /// The value.
        value: Box<InputValue>,
    },
    /// A ready literal, taken as it is.
    Literal(Literal),
    /// Something that is no value at all, in words: `a function`, `an object that contains itself`.
    Other(String),
}

impl InputValue {
    /// The same as it would come back; what needs a declared type for that is null.
    pub(super) fn to_output(&self) -> OutputValue {
        match self {
            InputValue::Bool(flag) => OutputValue::Bool(*flag),
            InputValue::Number(number) => OutputValue::Float(*number),
            InputValue::Text(text) => OutputValue::Text(text.clone()),
            InputValue::Bytes(bytes) => OutputValue::Bytes(bytes.clone()),
            InputValue::List(items) => OutputValue::List(items.iter().map(InputValue::to_output).collect()),
            InputValue::Map(entries) => {
                OutputValue::Map(entries.iter().map(|(name, value)| (name.clone(), value.to_output())).collect())
            }
            _ => OutputValue::Null,
        }
    }

    pub(super) fn is_undefined(&self) -> bool {
        matches!(self, InputValue::Undefined)
    }

    /// What it is, in words for an error: `number 3`, `text "abc"`, `a list`.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            InputValue::Undefined => "undefined".to_owned(),
            InputValue::Null => "null".to_owned(),
            InputValue::Bool(true) => "boolean true".to_owned(),
            InputValue::Bool(false) => "boolean false".to_owned(),
            InputValue::Number(number) => number_in_words(*number),
            InputValue::Float(number) => ["float, ", &number_in_words(*number)].concat(),
            InputValue::BigInt(_) => "a bigint beyond 64 bits".to_owned(),
            InputValue::Int(number) => ["bigint ", &number.to_string()].concat(),
            InputValue::Text(text) => ["text \"", &shortened(text), "\""].concat(),
            InputValue::Instant { .. } => "a date".to_owned(),
            InputValue::Duration { .. } => "a duration".to_owned(),
            InputValue::Bytes(_) => "bytes".to_owned(),
            InputValue::List(_) | InputValue::Numbers(_) | InputValue::Ints(_) => "a list".to_owned(),
            InputValue::Map(_) => "an object".to_owned(),
            InputValue::Pairs(_) => "a Map with keys that are no strings".to_owned(),
            InputValue::Blob { multipart: true, .. } => "a directory".to_owned(),
            InputValue::Blob { .. } => "a file".to_owned(),
            InputValue::StructuredDataset { .. } => "a structured dataset".to_owned(),
            InputValue::Content { in_words, .. } => in_words.clone(),
            InputValue::Variant { tag, .. } => ["a value for the variant ", tag].concat(),
            InputValue::Literal(_) => "a literal".to_owned(),
            InputValue::Other(words) => words.clone(),
        }
    }
}

/// The largest whole number up to which every whole number is a distinct float: 2^53 - 1.
pub(super) const MAX_SAFE: f64 = 9_007_199_254_740_991.0;

/// Whole and safe, as an integer.
pub(super) fn whole(number: f64) -> Option<i64> {
    // Printing floats costs 20 KB in the wasm file, so floats that are not whole are described, not printed.
    #[allow(clippy::cast_possible_truncation)]
    (number.abs() <= MAX_SAFE && number.trunc() == number).then_some(number as i64)
}

fn number_in_words(number: f64) -> String {
    match whole(number) {
        Some(whole) => ["number ", &whole.to_string()].concat(),
        None if number.is_nan() => "NaN".to_owned(),
        None if number.is_infinite() => "an infinite number".to_owned(),
        None if number.abs() > MAX_SAFE => "a number beyond ±(2^53 - 1), where integers lose digits".to_owned(),
        None => "a number with a fraction".to_owned(),
    }
}

fn shortened(text: &str) -> String {
    const MOST: usize = 40;
    match text.char_indices().nth(MOST) {
        None => text.to_owned(),
        Some((end, _)) => [text.get(..end).unwrap_or_default(), "…"].concat(),
    }
}
