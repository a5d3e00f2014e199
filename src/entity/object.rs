//! Messages as plain objects, by tables: names in camel case, what is not there left out.
//!
//! A table says for each field what becomes of it. What can't be read is left out and remembered as a problem, so that any
//! bytes give an object.

use super::graph::Closure;
use crate::codec::{Field, Fields, Malformed};
use crate::value::{sorted_entries, LiteralType, OutputValue};

/// Objects may be nested so deep.
const MAX_DEPTH: u32 = 100;

/// A field of a message, the property that it becomes, and how.
pub(super) struct Row(pub u32, pub &'static str, pub As);

/// How a field becomes a property. Fields that are not there have no property, except where a default is named.
pub(super) enum As {
    /// A text.
    Text,
    /// A text unless it is empty.
    SomeText,
    /// An integer; by default 0.
    Int,
    /// An integer where it is set.
    SomeInt,
    /// A boolean; by default false.
    Flag,
    /// A boolean where it is set.
    SomeFlag,
    /// A span of time.
    Duration,
    /// A type in words.
    Type,
    /// The name for a number; by default the first.
    Enum(&'static [&'static str]),
    /// One text of a list; by default an empty list.
    Texts,
    /// One text of a list where there is any.
    SomeTexts,
    /// All texts of a map in a message of its own; by default an empty object.
    TextsByName,
    /// Always this; by default too when the field is 0.
    Const(&'static str),
    /// An object.
    Object(&'static [Row]),
    /// One object of a list where there is any.
    Objects(&'static [Row]),
    /// Properties of this object.
    Here(&'static [Row]),
    /// Items of the list: the fields of the message that is there.
    Items(&'static [Row]),
    /// All objects of a map in a message of its own.
    ByName(&'static [Row]),
    /// ProtoJSON of the message of this name.
    Message(&'static str),
    /// What only its own code can tell.
    Own(fn(&Field<'_>, &mut Object, &mut Context<'_>) -> Result<(), Malformed>),
}

/// What is known while objects are made, and what was found.
#[derive(Default)]
pub(super) struct Context<'a> {
    /// The closure that nodes are in.
    pub closure: Option<Closure<'a>>,
    /// The first thing that was odd.
    pub problem: Option<String>,
    /// The nodes whose outputs were seen.
    pub upstream: Vec<String>,
    pub depth: u32,
}

impl Context<'_> {
    pub(super) fn problem(&mut self, words: &[&str]) {
        self.problem.get_or_insert_with(|| words.concat());
    }
}

/// A plain object under way.
#[derive(Default)]
pub(super) struct Object {
    entries: Vec<(String, OutputValue)>,
}

impl Object {
    pub(super) fn get(&self, name: &str) -> Option<&OutputValue> {
        self.entries.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The text of a property; empty when there is none.
    pub(super) fn text_of(&self, name: &str) -> &str {
        match self.get(name) {
            Some(OutputValue::Text(text)) => text,
            _ => "",
        }
    }

    fn slot(&mut self, name: &str, default: OutputValue) -> Option<&mut OutputValue> {
        let at = self.entries.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            self.entries.push((name.to_owned(), default));
            self.entries.len() - 1
        });
        self.entries.get_mut(at).map(|(_, value)| value)
    }

    pub(super) fn set(&mut self, name: &str, value: OutputValue) {
        if let Some(slot) = self.slot(name, OutputValue::Null) {
            *slot = value;
        }
    }

    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.set(name, OutputValue::Text(text.to_owned()));
    }

    /// Adds to a list.
    pub(super) fn push(&mut self, name: &str, item: OutputValue) {
        if let Some(OutputValue::List(items)) = self.slot(name, OutputValue::List(Vec::new())) {
            items.push(item);
        }
    }

    pub(super) fn done(self) -> OutputValue {
        OutputValue::Map(self.entries)
    }

    /// Reads a message by its table.
    pub(super) fn read(&mut self, bytes: &[u8], rows: &'static [Row], context: &mut Context<'_>) {
        if context.depth == MAX_DEPTH {
            context.problem(&["nested too deeply"]);
            return;
        }
        context.depth += 1;
        for Row(number, name, kind) in rows {
            let default = match kind {
                As::Int => OutputValue::Int(0),
                As::Flag => OutputValue::Bool(false),
                As::Texts => OutputValue::List(Vec::new()),
                As::TextsByName => OutputValue::Map(Vec::new()),
                As::Enum(names) => OutputValue::Text(named(names, 0)),
                As::Const(text) if *number == 0 => OutputValue::Text((*text).to_owned()),
                As::Text => OutputValue::Text(String::new()),
                _ => continue,
            };
            self.slot(name, default);
        }
        let mut fields = Fields::of(bytes);
        loop {
            match fields.next() {
                Ok(Some(part)) => {
                    for row in rows.iter().filter(|row| row.0 == part.number) {
                        if self.field(row, &part, context).is_err() {
                            context.problem(&[row.1, ": can't be read"]);
                        }
                    }
                }
                Ok(None) => break,
                Err(Malformed) => {
                    context.problem(&["it can't be read in full"]);
                    break;
                }
            }
        }
        context.depth -= 1;
    }

    fn field(
        &mut self,
        Row(_, name, kind): &'static Row,
        part: &Field<'_>,
        context: &mut Context<'_>,
    ) -> Result<(), Malformed> {
        let value = match kind {
            As::Text | As::SomeText | As::Texts | As::SomeTexts => OutputValue::Text(part.text()?),
            As::Int | As::SomeInt => OutputValue::Int(part.int()?),
            As::Flag | As::SomeFlag => OutputValue::Bool(part.flag()?),
            As::Duration => {
                let (seconds, nanos) = part.seconds_and_nanos()?;
                OutputValue::Duration { seconds, nanos }
            }
            As::Type => OutputValue::Text(LiteralType::decode(part.message()?)?.text()),
            As::Enum(names) => OutputValue::Text(named(names, part.int32()?)),
            As::Const(text) => OutputValue::Text((*text).to_owned()),
            As::TextsByName | As::ByName(_) => {
                let mut object = Object::default();
                for (name, bytes) in sorted_entries(part.message()?)? {
                    if let As::ByName(rows) = kind {
                        object.set(&name, read(bytes, rows, context));
                    } else {
                        object.text(&name, std::str::from_utf8(bytes).map_err(|_| Malformed)?);
                    }
                }
                object.done()
            }
            As::Object(rows) | As::Objects(rows) => read(part.message()?, rows, context),
            As::Here(rows) => {
                self.read(part.message()?, rows, context);
                return Ok(());
            }
            As::Items(rows) => {
                let mut object = Object::default();
                object.read(part.message()?, rows, context);
                object.entries.into_iter().for_each(|(_, item)| self.push(name, item));
                return Ok(());
            }
            As::Message(of) => OutputValue::Message(of, part.message()?.to_vec()),
            As::Own(read) => return read(part, self, context),
        };
        match kind {
            As::Texts | As::SomeTexts | As::Objects(_) => self.push(name, value),
            As::SomeText if matches!(&value, OutputValue::Text(text) if text.is_empty()) => {}
            As::Object(_) if matches!(&value, OutputValue::Map(entries) if entries.is_empty()) => {}
            _ => self.set(name, value),
        }
        Ok(())
    }
}

/// A message as a plain object.
pub(super) fn read(bytes: &[u8], rows: &'static [Row], context: &mut Context<'_>) -> OutputValue {
    let mut object = Object::default();
    object.read(bytes, rows, context);
    object.done()
}

/// The name for a number of an enum, the first one for a number that this client does not know.
fn named(names: &[&str], number: i32) -> String {
    let known = usize::try_from(number).ok().and_then(|number| names.get(number));
    known.or(names.first()).copied().unwrap_or_default().to_owned()
}
