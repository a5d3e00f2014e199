//! When two types are the same, and when a value of one may stand where another is declared.

use super::{LiteralType, TypeKind};
use crate::codec::{field, Fields, Malformed, Writer};

impl LiteralType {
    /// The same type, as flytekit sees it: enums as sets and unions in any order; annotations and tags do not count.
    #[must_use]
    pub fn is_same(&self, other: &LiteralType) -> bool {
        match (&self.kind, &other.kind) {
            (TypeKind::List(one), TypeKind::List(two)) | (TypeKind::Map(one), TypeKind::Map(two)) => one.is_same(two),
            (TypeKind::Enum(one), TypeKind::Enum(two)) => {
                one.iter().all(|value| two.contains(value)) && two.iter().all(|value| one.contains(value))
            }
            (TypeKind::Union(one), TypeKind::Union(two)) => {
                // As often in one as in the other.
                let count =
                    |all: &[LiteralType], of: &LiteralType| all.iter().filter(|known| known.is_same(of)).count();
                one.len() == two.len() && one.iter().all(|variant| count(one, variant) == count(two, variant))
            }
            (
                TypeKind::StructuredDataset { format: one, columns },
                TypeKind::StructuredDataset { format: two, columns: others },
            ) => one == two && same_columns(columns, others),
            (TypeKind::Schema(one), TypeKind::Schema(two)) => same_columns(one, two),
            (one, two) => one == two,
        }
    }

    /// A value of this type may be given where `to` is declared, as Flyte's compiler sees it.
    #[must_use]
    pub fn is_castable_to(&self, to: &LiteralType) -> bool {
        castable(self, to, false)
    }
}

/// A literal of type `of` may stand for `declared`. It does not know whether a text is one of an enum's values.
pub(super) fn literal_fits(of: &LiteralType, declared: &LiteralType) -> bool {
    castable(of, declared, true)
}

fn castable(from: &LiteralType, to: &LiteralType, literal: bool) -> bool {
    match (&from.kind, &to.kind) {
        (TypeKind::Unknown, _) | (_, TypeKind::Unknown) => true,
        // A union may itself be a variant of a union.
        (_, TypeKind::Union(variants)) if variants.iter().any(|variant| from.is_same(variant)) => true,
        (TypeKind::Union(variants), _) => variants.iter().all(|variant| castable(variant, to, literal)),
        (_, TypeKind::Union(variants)) => {
            let tag = from.tag();
            let tagged = |variant: &&LiteralType| tag.is_empty() || variant.tag().is_empty() || variant.tag() == tag;
            variants.iter().filter(tagged).any(|variant| castable(from, variant, literal))
        }
        // The elements of an empty list are of no type.
        (TypeKind::List(from), TypeKind::List(to)) | (TypeKind::Map(from), TypeKind::Map(to)) => {
            matches!(from.kind, TypeKind::None) || castable(from, to, literal)
        }
        (TypeKind::Enum(_), TypeKind::String) => true,
        (TypeKind::String, TypeKind::Enum(_)) => literal,
        (TypeKind::Enum(from), TypeKind::Enum(to)) => from.iter().all(|value| to.contains(value)),
        (TypeKind::Struct(_), TypeKind::Struct(_)) => true,
        // Structs, and so dataclasses, lists and maps, may be stored as MessagePack.
        (TypeKind::Struct(_), TypeKind::List(_) | TypeKind::Map(_) | TypeKind::Binary) => literal,
        (TypeKind::Blob { multipart: one, format: from }, TypeKind::Blob { multipart: two, format: to }) => {
            one == two && (from.is_empty() || to.is_empty() || from == to)
        }
        (TypeKind::Schema(_), TypeKind::StructuredDataset { .. }) => true,
        (TypeKind::StructuredDataset { .. }, TypeKind::Schema(_)) => !literal,
        (TypeKind::Schema(_), TypeKind::Schema(_)) => true,
        (
            TypeKind::StructuredDataset { format: one, columns },
            TypeKind::StructuredDataset { format: two, columns: wanted },
        ) => {
            let has = |(name, of): &(String, LiteralType)| {
                columns.iter().any(|(known, known_of)| known == name && castable(known_of, of, literal))
            };
            (one.is_empty() || two.is_empty() || one == two) && (columns.is_empty() || wanted.iter().all(has))
        }
        (from, to) => from == to,
    }
}

fn same_columns(one: &[(String, LiteralType)], two: &[(String, LiteralType)]) -> bool {
    let pairs = one.iter().zip(two);
    one.len() == two.len() && pairs.into_iter().all(|((a, of), (b, other))| a == b && of.is_same(other))
}

/// How deep values may nest.
const MAX_DEPTH: u32 = 100;

/// The type of a serialised `flyteidl.core.Literal`, as far as it says.
#[must_use]
pub fn type_of(literal: &[u8]) -> LiteralType {
    of_literal(literal, 0).unwrap_or_default()
}

fn of_literal(literal: &[u8], depth: u32) -> Result<LiteralType, Malformed> {
    if depth > MAX_DEPTH {
        return Err(Malformed);
    }
    let (mut fields, mut of) = (Fields::of(literal), LiteralType::default());
    while let Some(part) = fields.next()? {
        of = match part.number {
            1 => of_scalar(part.message()?)?,
            2 => {
                let (mut items, mut types) = (Fields::of(part.message()?), Vec::new());
                while let Some(item) = items.next()? {
                    if item.number == 1 {
                        add(&mut types, of_literal(item.message()?, depth + 1)?);
                    }
                }
                LiteralType::list(one_of(types))
            }
            3 => {
                let (mut items, mut types) = (Fields::of(part.message()?), Vec::new());
                while let Some(item) = items.next()? {
                    if item.number == 1 {
                        add(&mut types, of_literal(item.entry()?.1, depth + 1)?);
                    }
                }
                LiteralType::map(one_of(types))
            }
            8 => LiteralType::decode(field(part.message()?, 3)?)?,
            _ => continue,
        };
    }
    Ok(of)
}

/// Adds a type that is not among them yet.
pub(super) fn add(types: &mut Vec<LiteralType>, of: LiteralType) {
    if types.last() != Some(&of) && !types.iter().any(|known| known.is_same(&of)) {
        types.push(of);
    }
}

/// The type of elements that have these types.
pub(super) fn one_of(mut types: Vec<LiteralType>) -> LiteralType {
    match types.pop() {
        None => LiteralType::simple(TypeKind::None),
        Some(only) if types.is_empty() => only,
        Some(last) => {
            types.push(last);
            LiteralType::union(types)
        }
    }
}

fn of_scalar(scalar: &[u8]) -> Result<LiteralType, Malformed> {
    let (mut fields, mut of) = (Fields::of(scalar), LiteralType::default());
    while let Some(part) = fields.next()? {
        let content = part.message()?;
        // The stored metadata holds the type.
        let wrapped = |number: u16, of: &[u8]| LiteralType::decode(&Writer::new().message(number, of).done());
        of = match part.number {
            1 => match Fields::of(content).next()?.map(|primitive| primitive.number) {
                Some(1) => LiteralType::simple(TypeKind::Integer),
                Some(2) => LiteralType::simple(TypeKind::Float),
                Some(3) => LiteralType::simple(TypeKind::String),
                Some(4) => LiteralType::simple(TypeKind::Boolean),
                Some(5) => LiteralType::simple(TypeKind::Datetime),
                Some(6) => LiteralType::simple(TypeKind::Duration),
                _ => LiteralType::default(),
            },
            2 => wrapped(5, field(field(content, 1)?, 1)?)?,
            3 if field(content, 2)? == b"msgpack" => LiteralType::simple(TypeKind::Struct(None)),
            3 => LiteralType::simple(TypeKind::Binary),
            4 => wrapped(2, field(content, 3)?)?,
            5 => LiteralType::simple(TypeKind::None),
            6 => LiteralType::simple(TypeKind::Error),
            7 => LiteralType::simple(TypeKind::Struct(None)),
            8 => wrapped(8, field(field(content, 2)?, 1)?)?,
            9 => LiteralType::decode(field(content, 2)?)?,
            _ => continue,
        };
    }
    Ok(of)
}
