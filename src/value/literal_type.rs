//! What an interface declares about a value.

use std::rc::Rc;

use super::schema::Schemas;
use crate::codec::{field, Fields, Malformed, Writer};

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
    Struct(Option<Rc<Schemas>>),
    /// A list.
    List(Box<LiteralType>),
    /// A map with texts as keys.
    Map(Box<LiteralType>),
    /// A file, or a directory.
    Blob {
        /// A directory.
        multipart: bool,
        /// `csv`; empty for any.
        format: String,
    },
    /// One of some texts.
    Enum(Vec<String>),
    /// A table of the old kind, with the columns it must have.
    Schema(Vec<(String, LiteralType)>),
    /// A table.
    StructuredDataset {
        /// Its format, `parquet`; empty for any.
        format: String,
        /// The columns it must have; none for any.
        columns: Vec<(String, LiteralType)>,
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
        let (mut fields, mut kind, mut metadata) = (Fields::of(bytes), TypeKind::Unknown, None);
        while let Some(field) = fields.next()? {
            kind = match field.number {
                1 => simple(field.int32()?),
                2 => TypeKind::Schema(columns(field.message()?, 3, schema_column)?),
                3 => TypeKind::List(Box::new(LiteralType::read(field.message()?, depth + 1)?)),
                4 => TypeKind::Map(Box::new(LiteralType::read(field.message()?, depth + 1)?)),
                5 => TypeKind::Blob {
                    multipart: dimensionality(field.message()?)? == 1,
                    format: texts(field.message()?, 1)?.pop().unwrap_or_default(),
                },
                7 => TypeKind::Enum(texts(field.message()?, 1)?),
                8 => TypeKind::StructuredDataset {
                    format: texts(field.message()?, 2)?.pop().unwrap_or_default(),
                    columns: columns(field.message()?, 1, |column| {
                        LiteralType::read(self::field(column, 2)?, depth + 1)
                    })?,
                },
                10 => {
                    let (mut union, mut variants) = (Fields::of(field.message()?), Vec::new());
                    while let Some(variant) = union.next()? {
                        if variant.number == 1 {
                            variants.push(LiteralType::read(variant.message()?, depth + 1)?);
                        }
                    }
                    TypeKind::Union(variants)
                }
                6 => {
                    metadata = Some(field.message()?);
                    continue;
                }
                // Annotation and structure are about the value's meaning, not its form.
                _ => continue,
            };
        }
        if let (TypeKind::Struct(schema), Some(metadata)) = (&mut kind, metadata) {
            *schema = Schemas::read(metadata)?.map(Rc::new);
        }
        Ok(LiteralType { kind, bytes: bytes.into() })
    }

    /// One of the types without parts.
    #[must_use]
    pub fn simple(kind: TypeKind) -> Self {
        let number = match kind {
            TypeKind::Integer => 1,
            TypeKind::Float => 2,
            TypeKind::String => 3,
            TypeKind::Boolean => 4,
            TypeKind::Datetime => 5,
            TypeKind::Duration => 6,
            TypeKind::Binary => 7,
            TypeKind::Error => 8,
            TypeKind::Struct(_) => 9,
            _ => 0,
        };
        LiteralType { kind, bytes: Writer::new().set_int(1, number).done().into() }
    }

    /// A list of `element`.
    #[must_use]
    pub fn list(element: LiteralType) -> Self {
        let bytes = Writer::new().message(3, element.as_bytes()).done().into();
        LiteralType { kind: TypeKind::List(Box::new(element)), bytes }
    }

    /// A map of `element`.
    #[must_use]
    pub fn map(element: LiteralType) -> Self {
        let bytes = Writer::new().message(4, element.as_bytes()).done().into();
        LiteralType { kind: TypeKind::Map(Box::new(element)), bytes }
    }

    /// One of `variants`.
    #[must_use]
    pub fn union(variants: Vec<LiteralType>) -> Self {
        let mut union = Writer::new();
        for variant in &variants {
            union.message(1, variant.as_bytes());
        }
        let bytes = Writer::new().message(10, &union.done()).done().into();
        LiteralType { kind: TypeKind::Union(variants), bytes }
    }

    /// The name by which Python tells the variants of a union apart, `int`; empty outside of unions.
    #[must_use]
    pub fn tag(&self) -> &str {
        let tag = field(&self.bytes, 11).and_then(|structure| field(structure, 1)).unwrap_or_default();
        std::str::from_utf8(tag).unwrap_or_default()
    }

    /// Null is one of its values.
    #[must_use]
    pub fn takes_null(&self) -> bool {
        match &self.kind {
            TypeKind::None => true,
            TypeKind::Union(variants) => variants.iter().any(LiteralType::takes_null),
            _ => false,
        }
    }

    /// The serialised `flyteidl.core.LiteralType`.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
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
        9 => TypeKind::Struct(None),
        _ => TypeKind::Unknown,
    }
}

/// The columns of a table: name, and the type that `read` makes of the column's message.
fn columns(
    table: &[u8],
    number: u32,
    read: impl Fn(&[u8]) -> Result<LiteralType, Malformed>,
) -> Result<Vec<(String, LiteralType)>, Malformed> {
    let (mut fields, mut columns) = (Fields::of(table), Vec::new());
    while let Some(part) = fields.next()? {
        if part.number == number {
            let column = part.message()?;
            columns.push((texts(column, 1)?.pop().unwrap_or_default(), read(column)?));
        }
    }
    Ok(columns)
}

/// An old table says the type of a column by a number, in another order than elsewhere.
fn schema_column(column: &[u8]) -> Result<LiteralType, Malformed> {
    let (mut fields, mut number) = (Fields::of(column), 0);
    while let Some(part) = fields.next()? {
        if part.number == 2 {
            number = part.int32()?;
        }
    }
    Ok(LiteralType::simple(simple(number.saturating_add(1))))
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
