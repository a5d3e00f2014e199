//! A literal to the value that the caller gets.

use super::bulk;
use super::literal_type::{dimensionality, texts};
use super::plain::read_struct;
use super::shape::by_type;
use super::{msgpack, LiteralType, OutputValue, Path, TypeKind};
use crate::codec::order::sorted;
use crate::codec::{field, Field, Fields, Malformed};
use crate::error::Problem;

/// How deep values may nest.
const MAX_DEPTH: u32 = 100;

const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;

/// The content of literals that are stored apart: the serialised `flyteidl.core.Literal` at a URI.
pub type Stored<'a> = dyn Fn(&str) -> Option<Vec<u8>> + 'a;

/// How literals are read.
#[derive(Clone, Copy, Default)]
pub struct Reading<'a> {
    /// Values of unions come with the tag of their variant.
    pub variants: bool,
    /// They do where another variant than null could be meant.
    pub doubtful_variants: bool,
    /// Fields of structs have to be of their declared types. Otherwise they come as Python reads them, or as they are.
    pub strict: bool,
    /// Has the content of literals that are stored apart.
    pub stored: Option<&'a Stored<'a>>,
}

/// The value of a serialised `flyteidl.core.Literal`. The declared type, where known, settles what the literal leaves
/// open; a literal that is not of that type is read as what it is. What is no value for this client comes as its bytes.
#[must_use]
pub fn from_literal(literal: &[u8], declared: Option<&LiteralType>) -> OutputValue {
    let path = Path::new("");
    let value = read(literal, declared, &path).or_else(|_| read(literal, None, &path));
    value.unwrap_or_else(|_| OutputValue::Literal(literal.to_vec()))
}

/// The value of a serialised `flyteidl.core.Literal`, which has to be of the declared type.
///
/// # Errors
/// The place, by `path`, of what is of another type or can't be read, and what it is.
pub(super) fn read(
    literal: &[u8],
    declared: Option<&LiteralType>,
    path: &Path<'_>,
) -> Result<OutputValue, Box<Problem>> {
    Reading::default().literal(literal, declared, path)
}

/// Why a literal can't be read: what is wrong where, or else that the bytes are none.
pub(super) struct Unreadable(Option<Box<Problem>>);

impl Unreadable {
    pub(super) fn new(path: &Path<'_>, message: String) -> Self {
        Unreadable(Some(Box::new(Problem { path: path.text(), message })))
    }

    fn at(self, path: &Path<'_>) -> Box<Problem> {
        let malformed = || Box::new(Problem { path: path.text(), message: "the bytes are no literal".to_owned() });
        self.0.unwrap_or_else(malformed)
    }
}

impl From<Malformed> for Unreadable {
    fn from(_: Malformed) -> Self {
        Unreadable(None)
    }
}

pub(super) type Read = Result<OutputValue, Unreadable>;

pub(super) fn problem<T>(path: &Path<'_>, message: &[&str]) -> Result<T, Unreadable> {
    Err(Unreadable::new(path, message.concat()))
}

/// What a literal holds.
enum Content<'a> {
    Nothing,
    Scalar(u32, &'a [u8]),
    List(&'a [u8]),
    Map(&'a [u8]),
    Apart(&'a [u8]),
}

fn content(literal: &[u8]) -> Result<Content<'_>, Malformed> {
    let (mut fields, mut content) = (Fields::of(literal), Content::Nothing);
    while let Some(part) = fields.next()? {
        content = match part.number {
            1 => {
                let (mut scalar, mut found) = (Fields::of(part.message()?), Content::Nothing);
                while let Some(part) = scalar.next()? {
                    found = Content::Scalar(part.number, part.message()?);
                }
                found
            }
            2 => Content::List(part.message()?),
            3 => Content::Map(part.message()?),
            8 => Content::Apart(part.message()?),
            // Hash and metadata.
            _ => continue,
        };
    }
    Ok(content)
}

impl Reading<'_> {
    /// The value of a serialised `flyteidl.core.Literal`, which has to be of the declared type where there is one.
    ///
    /// # Errors
    /// The place, by `path`, of what is of another type or can't be read, and what it is.
    pub fn literal(
        &self,
        literal: &[u8],
        declared: Option<&LiteralType>,
        path: &Path<'_>,
    ) -> Result<OutputValue, Box<Problem>> {
        self.read(literal, declared, path, 0).map_err(|unreadable| unreadable.at(path))
    }

    pub(super) fn read(&self, literal: &[u8], declared: Option<&LiteralType>, path: &Path<'_>, depth: u32) -> Read {
        if depth > MAX_DEPTH {
            return problem(path, &["nested too deeply"]);
        }
        let declared = declared.filter(|declared| !matches!(declared.kind, TypeKind::Unknown));
        let found = content(literal)?;
        if let Some(LiteralType { kind: TypeKind::Union(variants), .. }) = declared {
            match found {
                Content::Scalar(9, _) | Content::Apart(_) => {}
                _ => return self.unwrapped(literal, variants, path, depth),
            }
        }
        match found {
            Content::Scalar(number, content) => self.scalar(number, content, literal, declared, path, depth),
            Content::List(items) => self.list(items, declared, path, depth),
            Content::Map(entries) => self.map(entries, declared, path, depth),
            Content::Apart(place) => self.apart(place, declared, path, depth),
            Content::Nothing => match declared {
                None => Ok(OutputValue::Literal(literal.to_vec())),
                Some(declared) => problem(path, &["expected ", &declared.text(), ", got an empty literal"]),
            },
        }
    }

    fn list(&self, items: &[u8], declared: Option<&LiteralType>, path: &Path<'_>, depth: u32) -> Read {
        let element = match declared.map(|declared| &declared.kind) {
            Some(TypeKind::List(element)) => Some(&**element),
            None => None,
            Some(_) => return other(declared, "a list", path),
        };
        if let Some(long) = bulk::read(items, element) {
            return Ok(long);
        }
        let (mut fields, mut values) = (Fields::of(items), Vec::new());
        while let Some(part) = fields.next()? {
            if part.number == 1 {
                let place = path.index(values.len());
                values.push(self.read(part.message()?, element, &place, depth + 1)?);
            }
        }
        Ok(OutputValue::List(values))
    }

    fn map(&self, entries: &[u8], declared: Option<&LiteralType>, path: &Path<'_>, depth: u32) -> Read {
        let element = match declared.map(|declared| &declared.kind) {
            Some(TypeKind::Map(element)) => Some(&**element),
            None => None,
            Some(_) => return other(declared, "a map", path),
        };
        let mut values = Vec::new();
        for (name, literal) in sorted_entries(entries)? {
            let value = self.read(literal, element, &path.key(&name), depth + 1)?;
            values.push((name, value));
        }
        Ok(OutputValue::Map(values))
    }

    /// A literal that is stored apart, as a `LiteralOffloadedMetadata` says.
    fn apart(&self, place: &[u8], declared: Option<&LiteralType>, path: &Path<'_>, depth: u32) -> Read {
        let uri = text(place, 1)?;
        if uri.is_empty() {
            return problem(path, &["a literal is stored apart, but it does not say where"]);
        }
        if let Some(literal) = self.stored.and_then(|stored| stored(&uri)) {
            return self.read(&literal, declared, path, depth + 1);
        }
        let (mut fields, mut size) = (Fields::of(place), 0);
        while let Some(part) = fields.next()? {
            if part.number == 2 {
                size = part.int()?.cast_unsigned();
            }
        }
        Ok(OutputValue::Offloaded { uri, size })
    }

    fn scalar(
        &self,
        number: u32,
        content: &[u8],
        literal: &[u8],
        declared: Option<&LiteralType>,
        path: &Path<'_>,
        depth: u32,
    ) -> Read {
        let kind = declared.map(|declared| &declared.kind);
        match (number, kind) {
            (1, _) => self.primitive(content, declared, literal, path),
            (2, None | Some(TypeKind::Blob { .. })) => blob(content, kind, path),
            (3, _) => binary(content, declared, path, self.strict),
            (4, None | Some(TypeKind::Schema(_) | TypeKind::StructuredDataset { .. })) => {
                let of = wrapped(2, field(content, 3))?;
                // Python writes schemas as Parquet only.
                let format = if matches!(kind, Some(TypeKind::StructuredDataset { .. })) { "parquet" } else { "" };
                Ok(OutputValue::StructuredDataset {
                    uri: text(content, 1)?,
                    format: format.to_owned(),
                    columns: columns(&of),
                })
            }
            (5, None | Some(TypeKind::None)) => Ok(OutputValue::Null),
            (6, None | Some(TypeKind::Error)) => {
                Ok(OutputValue::Error { failed_node_id: text(content, 1)?, message: text(content, 2)? })
            }
            (7, _) => {
                let value = read_struct(content, depth)?;
                by_type(value, declared, path, self.strict)
            }
            (8, None | Some(TypeKind::StructuredDataset { .. })) => {
                let of = wrapped(8, field(content, 2).and_then(|metadata| field(metadata, 1)))?;
                let format = match &of.kind {
                    TypeKind::StructuredDataset { format, .. } => format.clone(),
                    _ => String::new(),
                };
                Ok(OutputValue::StructuredDataset { uri: text(content, 1)?, format, columns: columns(&of) })
            }
            (9, _) => self.union(content, declared, path, depth),
            (2, _) => other(declared, "a file or directory", path),
            (4 | 8, _) => other(declared, "a structured dataset", path),
            (5, _) => other(declared, "null", path),
            (6, _) => other(declared, "an error", path),
            // Something newer.
            _ => Ok(OutputValue::Literal(literal.to_vec())),
        }
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // what flytekit does, for the console's sake
    fn primitive(&self, primitive: &[u8], declared: Option<&LiteralType>, literal: &[u8], path: &Path<'_>) -> Read {
        let (mut fields, mut last): (_, Option<Field<'_>>) = (Fields::of(primitive), None);
        while let Some(part) = fields.next()? {
            last = Some(part);
        }
        let Some(part) = last else {
            return match declared {
                None => Ok(OutputValue::Literal(literal.to_vec())),
                declared => other(declared, "an empty primitive", path),
            };
        };
        let kind = declared.map(|declared| &declared.kind);
        let value = match (part.number, kind) {
            (1, Some(TypeKind::Float)) => part.int().map(|integer| OutputValue::Float(integer as f64)),
            (1, None | Some(TypeKind::Integer)) => part.int().map(OutputValue::Int),
            (2, Some(TypeKind::Integer)) => {
                let float = part.double()?.trunc();
                if !(-TWO_TO_63..TWO_TO_63).contains(&float) {
                    let words = ["a float beyond 64 bits", "an infinite float", "NaN"];
                    let word = usize::from(!float.is_finite()) + usize::from(float.is_nan());
                    return other(declared, words.get(word).unwrap_or(&""), path);
                }
                Ok(OutputValue::Int(float as i64))
            }
            (2, None | Some(TypeKind::Float)) => part.double().map(OutputValue::Float),
            (3, None | Some(TypeKind::String)) => part.text().map(OutputValue::Text),
            (3, Some(TypeKind::Enum(values))) => {
                let text = part.text()?;
                if !values.contains(&text) {
                    return other(declared, &["the text \"", &text, "\""].concat(), path);
                }
                Ok(OutputValue::Text(text))
            }
            (4, None | Some(TypeKind::Boolean)) => part.flag().map(OutputValue::Bool),
            (5, None | Some(TypeKind::Datetime)) => {
                part.seconds_and_nanos().map(|(seconds, nanos)| OutputValue::Instant { seconds, nanos })
            }
            (6, None | Some(TypeKind::Duration)) => {
                part.seconds_and_nanos().map(|(seconds, nanos)| OutputValue::Duration { seconds, nanos })
            }
            (number @ 1..=6, _) => {
                let words = ["", "an integer", "a float", "a text", "a boolean", "a datetime", "a duration"];
                return other(declared, words.get(number as usize).unwrap_or(&""), path);
            }
            _ => return Ok(OutputValue::Literal(literal.to_vec())),
        };
        Ok(value?)
    }
}

pub(super) fn other<T>(declared: Option<&LiteralType>, got: &str, path: &Path<'_>) -> Result<T, Unreadable> {
    let declared = declared.map(LiteralType::text).unwrap_or_default();
    problem(path, &["expected ", &declared, ", got ", got])
}

fn blob(blob: &[u8], declared: Option<&TypeKind>, path: &Path<'_>) -> Read {
    let of = field(blob, 1).and_then(|metadata| field(metadata, 1))?;
    let (uri, format) = (text(blob, 3)?, text(of, 1)?);
    let multipart = dimensionality(of)? == 1;
    match declared {
        Some(TypeKind::Blob { multipart: wanted, .. }) if *wanted != multipart => {
            problem(path, &[&uri, if multipart { " is a directory, no file" } else { " is a file, no directory" }])
        }
        Some(TypeKind::Blob { format: wanted, .. }) if !wanted.is_empty() => {
            Ok(OutputValue::Blob { uri, format: wanted.clone(), multipart })
        }
        _ => Ok(OutputValue::Blob { uri, format, multipart }),
    }
}

fn binary(binary: &[u8], declared: Option<&LiteralType>, path: &Path<'_>, strict: bool) -> Read {
    let (value, tag) = (field(binary, 1)?, text(binary, 2)?);
    let raw = matches!(declared, Some(LiteralType { kind: TypeKind::Binary, .. }));
    if tag != "msgpack" || raw {
        return match declared {
            Some(declared) if !raw => {
                problem(path, &["expected ", &declared.text(), ", got binary with the tag \"", &tag, "\""])
            }
            _ => Ok(OutputValue::Binary { tag, value: value.to_vec() }),
        };
    }
    match msgpack::read(value) {
        Some(value) => by_type(value, declared, path, strict),
        None if declared.is_none() => Ok(OutputValue::Binary { tag, value: value.to_vec() }),
        None => problem(path, &["the bytes are no MessagePack"]),
    }
}

/// A type out of the message that stands in its oneof under `number`.
fn wrapped(number: u16, of: Result<&[u8], Malformed>) -> Result<LiteralType, Malformed> {
    LiteralType::decode(&crate::codec::Writer::new().message(number, of?).done())
}

fn columns(of: &LiteralType) -> Vec<(String, String)> {
    match &of.kind {
        TypeKind::StructuredDataset { columns, .. } | TypeKind::Schema(columns) => {
            columns.iter().map(|(name, of)| (name.clone(), of.text())).collect()
        }
        _ => Vec::new(),
    }
}

/// The entries of a message that holds only a map of messages, by name; the last of a name counts.
pub(crate) fn sorted_entries(map: &[u8]) -> Result<Vec<(String, &[u8])>, Malformed> {
    let (mut fields, mut entries) = (Fields::of(map), Vec::<(String, &[u8])>::new());
    while let Some(part) = fields.next()? {
        if part.number == 1 {
            entries.push(part.entry()?);
        }
    }
    let ascending = entries.windows(2).all(|pair| matches!(pair, [(one, _), (two, _)] if one < two));
    if ascending {
        return Ok(entries);
    }
    let name = |place: usize| entries.get(place).map(|(name, _)| name);
    let mut in_order: Vec<(String, &[u8])> = Vec::with_capacity(entries.len());
    for place in sorted(entries.len(), &|one, two| name(one).cmp(&name(two))) {
        let Some((name, value)) = entries.get(place) else { continue };
        match in_order.last_mut() {
            Some((last, old)) if last == name => *old = value,
            _ => in_order.push((name.clone(), value)),
        }
    }
    Ok(in_order)
}

fn text(message: &[u8], number: u32) -> Result<String, Malformed> {
    Ok(texts(message, number)?.pop().unwrap_or_default())
}
