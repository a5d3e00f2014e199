//! What an interface declares about a value.

use std::rc::Rc;

use crate::codec::{Fields, Malformed};

/// A declared type, with the serialised `flyteidl.core.LiteralType` that it was read from.
#[derive(Clone, Debug, PartialEq)]
pub struct LiteralType {
    /// What kind of values it takes.
    pub kind: TypeKind,
    bytes: Rc<[u8]>,
}

/// The kinds of types.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeKind {
    /// Not declared, or by a kind that this client does not know.
    Unknown,
    /// Null.
    None,
    /// A 64-bit integer.
    Integer,
    /// A double.
    Float,
    /// Text.
    String,
    /// A boolean.
    Boolean,
    /// A point in time.
    Datetime,
    /// A span of time.
    Duration,
    /// Bytes with a tag.
    Binary,
    /// An error.
    Error,
    /// An object, its fields described by a JSON schema or not at all.
    Struct,
    /// A list.
    List(Box<LiteralType>),
    /// A map with texts as keys.
    Map(Box<LiteralType>),
    /// A file, or a directory.
    Blob {
        /// A directory.
        multipart: bool,
    },
    /// One of some texts.
    Enum(Vec<String>),
    /// A table of the old kind.
    Schema,
    /// A table.
    StructuredDataset {
        /// Its format, `parquet`; empty for any.
        format: String,
    },
    /// One of some types.
    Union(Vec<LiteralType>),
}

/// How deep types may nest.
const MAX_DEPTH: u32 = 100;

impl LiteralType {
    /// Reads a serialised `flyteidl.core.LiteralType`.
    ///
    /// # Errors
    /// When the bytes are no such message, or nested too deeply.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        LiteralType::read(bytes, 0)
    }

    fn read(bytes: &[u8], depth: u32) -> Result<Self, Malformed> {
        if depth > MAX_DEPTH {
            return Err(Malformed);
        }
        let (mut fields, mut kind) = (Fields::of(bytes), TypeKind::Unknown);
        while let Some(field) = fields.next()? {
            kind = match field.number {
                1 => simple(field.int32()?),
                2 => TypeKind::Schema,
                3 => TypeKind::List(Box::new(LiteralType::read(field.message()?, depth + 1)?)),
                4 => TypeKind::Map(Box::new(LiteralType::read(field.message()?, depth + 1)?)),
                5 => TypeKind::Blob { multipart: dimensionality(field.message()?)? == 1 },
                7 => TypeKind::Enum(texts(field.message()?, 1)?),
                8 => TypeKind::StructuredDataset { format: texts(field.message()?, 2)?.pop().unwrap_or_default() },
                10 => {
                    let (mut union, mut variants) = (Fields::of(field.message()?), Vec::new());
                    while let Some(variant) = union.next()? {
                        if variant.number == 1 {
                            variants.push(LiteralType::read(variant.message()?, depth + 1)?);
                        }
                    }
                    TypeKind::Union(variants)
                }
                // Metadata, annotation and structure are about the value's meaning, not its form.
                _ => continue,
            };
        }
        Ok(LiteralType { kind, bytes: bytes.into() })
    }

    /// The serialised `flyteidl.core.LiteralType`.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The type in words: `integer`, `list of string`, `integer or none`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let word = match &self.kind {
            TypeKind::Unknown => "a value of unknown type",
            TypeKind::None => "none",
            TypeKind::Integer => "integer",
            TypeKind::Float => "float",
            TypeKind::String => "string",
            TypeKind::Boolean => "boolean",
            TypeKind::Datetime => "datetime",
            TypeKind::Duration => "duration",
            TypeKind::Binary => "binary",
            TypeKind::Error => "error",
            TypeKind::Struct => "struct",
            TypeKind::Schema => "schema",
            TypeKind::StructuredDataset { .. } => "structured dataset",
            TypeKind::Blob { multipart: true } => "directory (multipart blob)",
            TypeKind::Blob { multipart: false } => "file (blob)",
            TypeKind::Enum(values) => return ["one of ", &values.join(", ")].concat(),
            TypeKind::List(of) => return ["list of ", &of.in_words()].concat(),
            TypeKind::Map(of) => return ["map of ", &of.in_words()].concat(),
            TypeKind::Union(variants) => {
                let words: Vec<String> = variants.iter().map(LiteralType::in_words).collect();
                return words.join(" or ");
            }
        };
        word.to_owned()
    }
}

impl Default for LiteralType {
    fn default() -> Self {
        LiteralType { kind: TypeKind::Unknown, bytes: Rc::default() }
    }
}

fn simple(number: i32) -> TypeKind {
    match number {
        0 => TypeKind::None,
        1 => TypeKind::Integer,
        2 => TypeKind::Float,
        3 => TypeKind::String,
        4 => TypeKind::Boolean,
        5 => TypeKind::Datetime,
        6 => TypeKind::Duration,
        7 => TypeKind::Binary,
        8 => TypeKind::Error,
        9 => TypeKind::Struct,
        _ => TypeKind::Unknown,
    }
}

/// Of a blob's type.
pub(super) fn dimensionality(blob_type: &[u8]) -> Result<i32, Malformed> {
    let (mut fields, mut number) = (Fields::of(blob_type), 0);
    while let Some(field) = fields.next()? {
        if field.number == 2 {
            number = field.int32()?;
        }
    }
    Ok(number)
}

/// All texts of a field.
pub(super) fn texts(message: &[u8], number: u32) -> Result<Vec<String>, Malformed> {
    let (mut fields, mut texts) = (Fields::of(message), Vec::new());
    while let Some(field) = fields.next()? {
        if field.number == number {
            texts.push(field.text()?);
        }
    }
    Ok(texts)
}
