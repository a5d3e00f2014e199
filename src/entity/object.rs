//! Plain objects under way, as JavaScript gets them: names in camel case, what is not there left out.

use super::Identifier;
use crate::codec::{Field, Fields, Malformed};
use crate::value::{sorted_entries, OutputValue};

/// A plain object under way.
#[derive(Default)]
pub(super) struct Object {
    entries: Vec<(String, OutputValue)>,
}

impl Object {
    /// One that begins with its kind.
    pub(super) fn of(kind: &str) -> Self {
        let mut object = Object::default();
        object.text("kind", kind);
        object
    }

    pub(super) fn set(&mut self, name: &str, value: OutputValue) -> &mut Self {
        self.entries.push((name.to_owned(), value));
        self
    }

    pub(super) fn text(&mut self, name: &str, text: &str) -> &mut Self {
        self.set(name, OutputValue::Text(text.to_owned()))
    }

    pub(super) fn flag(&mut self, name: &str, flag: bool) -> &mut Self {
        self.set(name, OutputValue::Bool(flag))
    }

    pub(super) fn int(&mut self, name: &str, number: i64) -> &mut Self {
        self.set(name, OutputValue::Int(number))
    }

    pub(super) fn list(&mut self, name: &str, items: Vec<OutputValue>) -> &mut Self {
        self.set(name, OutputValue::List(items))
    }

    pub(super) fn texts(&mut self, name: &str, texts: &[String]) -> &mut Self {
        self.list(name, texts.iter().map(|text| OutputValue::Text(text.clone())).collect())
    }

    /// An `Identifier`.
    pub(super) fn identifier(&mut self, name: &str, id: &Identifier) -> &mut Self {
        let mut object = Object::default();
        object.text("resourceType", id.resource_type.as_str());
        for (name, part) in
            [("project", &id.project), ("domain", &id.domain), ("name", &id.name), ("version", &id.version)]
        {
            object.text(name, part);
        }
        self.set(name, object.done())
    }

    /// A span of time; JavaScript gets milliseconds.
    pub(super) fn duration(&mut self, name: &str, field: &Field<'_>) -> Result<&mut Self, Malformed> {
        let (seconds, nanos) = field.seconds_and_nanos()?;
        Ok(self.set(name, OutputValue::Duration { seconds, nanos }))
    }

    /// A message, which JavaScript gets as ProtoJSON.
    pub(super) fn message(&mut self, name: &str, of: &'static str, field: &Field<'_>) -> Result<&mut Self, Malformed> {
        Ok(self.set(name, OutputValue::Message(of, field.message()?.to_vec())))
    }

    /// A text, unless it is empty.
    pub(super) fn some_text(&mut self, name: &str, text: &str) -> &mut Self {
        if text.is_empty() {
            self
        } else {
            self.text(name, text)
        }
    }

    /// All that another one has.
    pub(super) fn append(&mut self, other: Object) -> &mut Self {
        self.entries.extend(other.entries);
        self
    }

    pub(super) fn done(self) -> OutputValue {
        OutputValue::Map(self.entries)
    }
}

/// The name for a number of an enum, the first one for a number that this client does not know.
pub(super) fn named<'a>(names: &[&'a str], number: i32) -> &'a str {
    usize::try_from(number).ok().and_then(|number| names.get(number)).or(names.first()).copied().unwrap_or_default()
}

/// A message that holds only a map of texts, or a list of keys and values.
pub(super) fn texts_by_name(map: &[u8]) -> Result<OutputValue, Malformed> {
    let mut object = Object::default();
    for (name, text) in sorted_entries(map)? {
        object.text(&name, std::str::from_utf8(text).map_err(|_| Malformed)?);
    }
    Ok(object.done())
}

/// All texts in field `number` of a message.
pub(super) fn texts_in(bytes: &[u8], number: u32) -> Result<Vec<String>, Malformed> {
    let (mut fields, mut texts) = (Fields::of(bytes), Vec::new());
    while let Some(part) = fields.next()? {
        if part.number == number {
            texts.push(part.text()?);
        }
    }
    Ok(texts)
}

/// The text in field `number` of a message; empty when there is none.
pub(super) fn text_in(bytes: &[u8], number: u32) -> Result<String, Malformed> {
    Ok(texts_in(bytes, number)?.pop().unwrap_or_default())
}

/// The number in field `number` of a message; 0 when there is none.
pub(super) fn int_in(bytes: &[u8], number: u32) -> Result<i32, Malformed> {
    let (mut fields, mut found) = (Fields::of(bytes), 0);
    while let Some(part) = fields.next()? {
        if part.number == number {
            found = part.int32()?;
        }
    }
    Ok(found)
}
