//! Keys of dicts in dataclasses: what JavaScript has as text is in Python what the schema says.

use super::conversion::Conversion;
use super::schema::{Schema, Schemas, TextFormat};
use super::shape::as_text;
use super::typed::{expected, Typed};
use super::{decimal, InputValue, OutputValue, Path};

type Pairs = Vec<(OutputValue, OutputValue)>;

impl Conversion<'_> {
    /// The name of an object's entry as a key.
    pub(super) fn key<'v>(
        &mut self,
        name: &'v str,
        keys: Option<&Schema>,
        of: &Schemas,
        path: &Path<'_>,
    ) -> Option<Typed<'v>> {
        let as_text = || Typed::Text(name.into());
        let Some(keys) = keys.map(|keys| of.resolved(keys)) else { return Some(as_text()) };
        let key = match keys {
            Schema::Bytes if self.forms => {
                crate::codec::text::from_base64(name).map(|bytes| Typed::Bytes(bytes.into()))
            }
            // A text is what was given, where it may be one.
            Schema::AnyOf(any) if any.iter().any(|keys| matches!(keys, Schema::Text(TextFormat::Plain))) => {
                Some(as_text())
            }
            Schema::AnyOf(any) => any.iter().find_map(|keys| named(name, of.resolved(keys))),
            keys => named(name, keys),
        };
        if key.is_none() {
            let message = ["expected ", &expected(keys), " as key, got text \"", name, "\""].concat();
            self.problem(path, message);
        }
        key
    }

    /// A key of a Map.
    pub(super) fn key_of_pair<'v>(
        &mut self,
        key: &'v InputValue,
        keys: Option<&'v Schema>,
        of: &'v Schemas,
        path: &Path<'_>,
        depth: usize,
    ) -> Option<Typed<'v>> {
        match (key, keys) {
            (InputValue::Text(name), _) => self.key(name, keys, of, path),
            (_, Some(keys)) => self.typed(key, keys, of, path, depth),
            (_, None) => self.untyped(key, path, depth),
        }
    }
}

fn named<'v>(name: &'v str, keys: &Schema) -> Option<Typed<'v>> {
    let is_text = match keys {
        Schema::Int => return whole(name).map(Typed::Int),
        Schema::Number { .. } => return decimal::float(name).map(Typed::Float),
        Schema::Bool => {
            return match name {
                "true" => Some(Typed::Bool(true)),
                "false" => Some(Typed::Bool(false)),
                _ => None,
            }
        }
        Schema::Enum(values) => {
            return values.iter().find_map(|value| match value {
                InputValue::Text(text) => (text == name).then(|| Typed::Text(name.into())),
                InputValue::Number(number) => {
                    whole(name).filter(|whole| super::input::whole(*number) == Some(*whole)).map(Typed::Int)
                }
                _ => None,
            })
        }
        Schema::Text(format) => format.takes(name),
        Schema::Any => true,
        _ => false,
    };
    is_text.then(|| Typed::Text(name.into()))
}

/// An integer as it is written as a key: in one way only.
fn whole(name: &str) -> Option<i64> {
    name.parse().ok().filter(|number: &i64| number.to_string() == name)
}

/// The keys of a map that was read, as the schema has them; as they are stored where not all can be brought to it.
pub(super) fn of_map(entries: Vec<(String, OutputValue)>, keys: Option<&Schema>) -> OutputValue {
    let numbers = || entries.iter().map(|(name, _)| whole(name)).collect::<Option<Vec<_>>>();
    let Some(numbers) = keys.filter(|keys| matches!(keys, Schema::Int)).and_then(|_| numbers()) else {
        return OutputValue::Map(entries);
    };
    let values = entries.into_iter().map(|(_, value)| value);
    OutputValue::Pairs(numbers.into_iter().map(OutputValue::Int).zip(values).collect())
}

/// Keys as texts, as Python makes them for a `Dict[str, …]`.
pub(super) fn as_texts(pairs: Pairs) -> Result<Vec<(String, OutputValue)>, Pairs> {
    let Some(names) = pairs.iter().map(|(key, _)| as_text(key)).collect::<Option<Vec<_>>>() else { return Err(pairs) };
    Ok(names.into_iter().zip(pairs.into_iter().map(|(_, value)| value)).collect())
}
