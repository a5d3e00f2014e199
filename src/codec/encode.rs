//! ProtoJSON text to wire bytes, in one pass without a tree.

mod well_known;

use std::borrow::Cow;

use super::decode::any_type;
use super::error::{path_text, JsonError, Step, Steps};
use super::float::FloatText;
use super::json::{Json, Syntax, TOO_DEEP};
use super::nearest::nearest;
use super::number::{float, integer_bits, number_length, range_text};
use super::order::sorted;
use super::text::{base64_length, push_from_base64};
use super::time::{parse_duration, parse_timestamp, Moment};
use super::wire::{close, open, push_bytes, push_tag, push_varint, wire_type, BYTES, FIXED32, VARINT};
use super::{Encoded, MAX_DEPTH};
use crate::idl::schema::{FieldDef, Form, Kind, MessageDef, MessageId};

/// The reason is in [`Encoder::failure`].
struct Failed;

type Outcome<T = ()> = Result<T, Failed>;

struct Encoder<'a> {
    json: Json<'a>,
    floats: &'a dyn FloatText,
    out: Vec<u8>,
    depth: u32,
    is_doubtful: bool,
    /// Keys of the maps that are being read, the innermost map last, as places in `out`.
    keys: Vec<(usize, usize)>,
    /// What was expected, and what came.
    failure: (Cow<'static, str>, String),
    /// Collected while a failure travels up.
    steps: Steps,
}

pub(super) fn encode(id: MessageId, json: &[u8], floats: &dyn FloatText) -> Result<Encoded, JsonError> {
    let Ok(text) = std::str::from_utf8(json) else {
        let (expected, found) = ("JSON in UTF-8".to_owned(), "other bytes".to_owned());
        return Err(JsonError { path: String::new(), expected, found, is_doubtful: false });
    };
    let mut encoder = Encoder {
        json: Json::new(text),
        floats,
        out: Vec::with_capacity(text.len() / 2),
        depth: 0,
        is_doubtful: false,
        keys: Vec::new(),
        failure: (Cow::Borrowed(""), String::new()),
        steps: Vec::new(),
    };
    let outcome = encoder.whole(id);
    let Encoder { out, is_doubtful, failure: (expected, found), steps, .. } = encoder;
    match outcome {
        Ok(()) => Ok(Encoded { wire: out, is_doubtful }),
        Err(Failed) => Err(JsonError { path: path_text(&steps), expected: expected.into_owned(), found, is_doubtful }),
    }
}

impl<'a> Encoder<'a> {
    fn whole(&mut self, id: MessageId) -> Outcome {
        self.json.skip_space();
        self.message(id)?;
        match self.json.next() {
            0 if self.json.rest().is_empty() => Ok(()),
            _ => Err(self.expected("the end of the text")),
        }
    }

    /// Notes that something else was expected at the current place.
    #[cold]
    fn expected(&mut self, what: &'static str) -> Failed {
        self.expected_at(self.json.at, Cow::Borrowed(what))
    }

    #[cold]
    fn expected_at(&mut self, at: usize, what: Cow<'static, str>) -> Failed {
        let found = self.json.describe(at);
        self.failed(what, found)
    }

    #[cold]
    fn failed(&mut self, expected: Cow<'static, str>, found: String) -> Failed {
        self.failure = (expected, found);
        Failed
    }

    fn syntax<T>(&mut self, result: Result<T, Syntax>) -> Outcome<T> {
        result.map_err(|syntax| self.expected(syntax.0))
    }

    fn message(&mut self, id: MessageId) -> Outcome {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.expected(TOO_DEEP));
        }
        let def = id.def();
        match def.form {
            Form::Plain => self.fields(def, false)?,
            _ => self.well_known(def)?,
        }
        self.depth -= 1;
        Ok(())
    }

    /// Reads an object of fields. `any` says that a member `@type` is there and has been read.
    fn fields(&mut self, def: &'static MessageDef, any: bool) -> Outcome {
        if !self.json.take(b'{') {
            return Err(self.expected_at(self.json.at, Cow::Owned(["an object for ", def.name()].concat())));
        }
        let fields = def.fields();
        let (mut seen, mut oneofs, mut next, mut first) = (0u64, 0u64, 0, true);
        loop {
            let more = self.json.more(&mut first, b'}');
            if !self.syntax(more)? {
                self.is_doubtful |= seen == 0;
                return Ok(());
            }
            let name_at = self.json.at;
            let name = self.json.name();
            let name = self.syntax(name)?;
            let Some((place, field)) = find(fields, &name, next) else {
                if any && *name == *b"@type" {
                    let string = self.json.string();
                    self.syntax(string)?;
                    continue;
                }
                return Err(self.unknown(def, &name));
            };
            next = place + 1;
            let bit = 1u64.wrapping_shl(place as u32);
            if seen & bit != 0 {
                let failed = self.failed(Cow::Borrowed("a field once"), self.json.describe(name_at) + " again");
                return Err(self.at_field(failed, field));
            }
            seen |= bit;
            if self.json.peek() == b'n' && (field.is_repeated() || !takes_null(field)) {
                let word = self.json.take_word("null");
                self.syntax(word).map_err(|failed| self.at_field(failed, field))?;
                self.is_doubtful = true;
                continue;
            }
            let oneof = (1u64 << (field.oneof & 63)) & !1;
            if oneofs & oneof != 0 {
                return Err(self.second_of_oneof(fields, field, seen));
            }
            oneofs |= oneof;
            self.field(field).map_err(|failed| self.at_field(failed, field))?;
        }
    }

    #[cold]
    fn at_field(&mut self, failed: Failed, field: &'static FieldDef) -> Failed {
        self.steps.push(Step::Field(field.name()));
        failed
    }

    #[cold]
    fn unknown(&mut self, def: &'static MessageDef, name: &[u8]) -> Failed {
        let name = String::from_utf8_lossy(name).into_owned();
        let mut expected = ["a field of ", def.name()].concat();
        if let Some(near) = nearest(def.fields(), &name) {
            expected.push_str(", perhaps ");
            expected.push_str(near);
        }
        let found = ["the unknown field ", &name].concat();
        self.steps.push(Step::Key(name));
        self.failed(Cow::Owned(expected), found)
    }

    #[cold]
    fn second_of_oneof(&mut self, fields: &'static [FieldDef], field: &'static FieldDef, seen: u64) -> Failed {
        let mut expected = "only one of".to_owned();
        let (mut separator, mut found) = (" ", String::new());
        for (place, member) in fields.iter().enumerate().filter(|(_, member)| member.oneof == field.oneof) {
            expected.push_str(separator);
            expected.push_str(member.name());
            separator = ", ";
            if seen >> place & 1 != 0 {
                found.push_str(if found.is_empty() { "" } else { " and " });
                found.push_str(member.name());
            }
        }
        let failed = self.failed(Cow::Owned(expected), found);
        self.at_field(failed, field)
    }

    fn field(&mut self, field: &'static FieldDef) -> Outcome {
        if field.is_map() {
            return self.map(field);
        }
        if field.is_repeated() {
            return self.list(field);
        }
        self.singular(field)
    }

    /// A field with its tag; nothing when it is the default value and that is the same as no value.
    fn singular(&mut self, field: &'static FieldDef) -> Outcome {
        let start = self.out.len();
        push_tag(&mut self.out, field.number, wire_type(field.kind));
        let value = self.out.len();
        self.value(field)?;
        if !field.has_presence() && self.out.get(value..).is_some_and(|bytes| bytes.iter().all(|byte| *byte == 0)) {
            self.out.truncate(start);
        }
        Ok(())
    }

    fn list(&mut self, field: &'static FieldDef) -> Outcome {
        if !self.json.take(b'[') {
            return Err(self.expected("a list"));
        }
        let packed = field.is_packed();
        let mut start = 0;
        let (mut index, mut first) = (0, true);
        loop {
            let more = self.json.more(&mut first, b']');
            if !self.syntax(more)? {
                break;
            }
            if !packed {
                push_tag(&mut self.out, field.number, wire_type(field.kind));
            } else if index == 0 {
                push_tag(&mut self.out, field.number, BYTES);
                start = open(&mut self.out);
            }
            self.element(field).inspect_err(|_| self.steps.push(Step::Index(index)))?;
            index += 1;
        }
        if packed && index > 0 {
            close(&mut self.out, start);
        }
        Ok(())
    }

    /// An element of a list or a value of a map.
    fn element(&mut self, field: &'static FieldDef) -> Outcome {
        if self.json.peek() == b'n' && !takes_null(field) {
            self.is_doubtful = true;
            return Err(self.expected(expectation(field.kind)));
        }
        self.value(field)
    }

    fn map(&mut self, field: &'static FieldDef) -> Outcome {
        if !self.json.take(b'{') {
            return Err(self.expected("an object"));
        }
        let [key_field, value_field] = field.message().def().fields() else {
            return Err(self.expected("no such map"));
        };
        let (base, begin) = (self.keys.len(), self.out.len());
        let (mut first, mut sorted) = (true, true);
        loop {
            let more = self.json.more(&mut first, b'}');
            if !self.syntax(more)? {
                self.is_doubtful |= self.out.len() == begin;
                break;
            }
            let name_at = self.json.at;
            let name = self.json.name();
            let name = self.syntax(name)?;
            push_tag(&mut self.out, field.number, BYTES);
            let start = open(&mut self.out);
            let key = self.map_key(key_field, &name, name_at).and_then(|()| {
                let end = self.out.len();
                push_tag(&mut self.out, value_field.number, wire_type(value_field.kind));
                self.element(value_field).map(|()| end)
            });
            match key {
                Err(failed) => {
                    self.steps.push(Step::Key(String::from_utf8_lossy(&name).into_owned()));
                    return Err(failed);
                }
                Ok(end) => {
                    let moved = close(&mut self.out, start);
                    let key = (start + moved, end + moved);
                    if let Some(before) = self.keys.get(base..).and_then(<[_]>::last) {
                        sorted &= self.key(before) < self.key(&key);
                    }
                    self.keys.push(key);
                }
            }
        }
        if !sorted {
            self.check_keys(base)?;
        }
        self.keys.truncate(base);
        Ok(())
    }

    fn key(&self, key: &(usize, usize)) -> &[u8] {
        self.out.get(key.0..key.1).unwrap_or_default()
    }

    /// Refuses keys that stand twice in a map.
    #[cold]
    fn check_keys(&mut self, base: usize) -> Outcome {
        let key = |place: &usize| self.keys.get(base + place).map_or(&[][..], |key| self.key(key));
        let order = sorted(self.keys.len() - base, &|a, b| key(&a).cmp(key(&b)));
        let twice = order.windows(2).find(|pair| matches!(pair, [a, b] if key(a) == key(b)));
        match twice.and_then(<[_]>::first) {
            None => Ok(()),
            Some(key_place) => {
                // A string has its tag and its length in front; a number says too little to be shown.
                let text = std::str::from_utf8(key(key_place).get(2..).unwrap_or_default()).unwrap_or_default();
                let found = ["the key ", text, " twice"].concat();
                Err(self.failed(Cow::Borrowed("different keys"), found))
            }
        }
    }

    fn map_key(&mut self, field: &FieldDef, name: &[u8], at: usize) -> Outcome {
        push_tag(&mut self.out, field.number, wire_type(field.kind));
        match field.kind {
            Kind::String => {
                push_bytes(&mut self.out, name);
                Ok(())
            }
            Kind::Bool => {
                let known = match name {
                    b"true" => 1,
                    b"false" => 0,
                    _ => return Err(self.expected_at(at, Cow::Borrowed("true or false as a key"))),
                };
                self.out.push(known);
                Ok(())
            }
            kind => self.integer(kind, name, at),
        }
    }

    /// A value without its tag.
    fn value(&mut self, field: &'static FieldDef) -> Outcome {
        match field.kind {
            Kind::Message => {
                let start = open(&mut self.out);
                self.message(field.message())?;
                close(&mut self.out, start);
                Ok(())
            }
            Kind::String => {
                let string = self.json.string();
                let string = self.syntax(string)?;
                push_bytes(&mut self.out, &string);
                Ok(())
            }
            kind => self.small_value(kind, field),
        }
    }

    #[inline(never)]
    fn small_value(&mut self, kind: Kind, field: &FieldDef) -> Outcome {
        let at = self.json.at;
        match kind {
            Kind::Bool => {
                let word = if self.json.peek() == b't' { "true" } else { "false" };
                self.json.take_word(word).map_err(|_| self.expected("true or false"))?;
                self.out.push(u8::from(word == "true"));
                Ok(())
            }
            Kind::Bytes => {
                let string = self.json.string().map_err(|_| self.expected("bytes in base64"))?;
                let decoded = base64_length(&string).is_some_and(|(text, length)| {
                    push_varint(&mut self.out, length as u64);
                    push_from_base64(&mut self.out, text)
                });
                decoded.then_some(()).ok_or_else(|| self.expected_at(at, Cow::Borrowed("bytes in base64")))
            }
            Kind::Enum => self.enumeration(field),
            Kind::Float | Kind::Double => {
                let value = self.float()?;
                if kind == Kind::Double {
                    self.out.extend_from_slice(&value.to_le_bytes());
                    return Ok(());
                }
                let short = value as f32;
                if short.is_infinite() && value.is_finite() {
                    return Err(self.expected_at(at, Cow::Borrowed("a number that fits in 32 bits")));
                }
                self.out.extend_from_slice(&short.to_le_bytes());
                Ok(())
            }
            kind => {
                let text = self.number_or_string(range_text(kind))?;
                self.integer(kind, &text, at)
            }
        }
    }

    /// The text of a number, or of a string that should be one.
    fn number_or_string(&mut self, expected: &'static str) -> Outcome<Cow<'a, [u8]>> {
        let text = match self.json.peek() {
            b'"' => self.json.string(),
            _ => self.json.number().map(Cow::Borrowed),
        };
        text.map_err(|_| self.expected(expected))
    }

    fn integer(&mut self, kind: Kind, text: &[u8], at: usize) -> Outcome {
        let whole = number_length(text) == text.len() && !text.is_empty();
        let Some(bits) = whole.then(|| integer_bits(kind, text)).flatten() else {
            return Err(self.expected_at(at, Cow::Borrowed(range_text(kind))));
        };
        match wire_type(kind) {
            VARINT => push_varint(&mut self.out, bits),
            FIXED32 => self.out.extend_from_slice(&(bits as u32).to_le_bytes()),
            _ => self.out.extend_from_slice(&bits.to_le_bytes()),
        }
        Ok(())
    }

    fn float(&mut self) -> Outcome<f64> {
        let at = self.json.at;
        let text = self.number_or_string("a number")?;
        let value = match &*text {
            b"NaN" => return Ok(f64::NAN),
            b"Infinity" => return Ok(f64::INFINITY),
            b"-Infinity" => return Ok(f64::NEG_INFINITY),
            text if text.is_empty() || number_length(text) != text.len() => None,
            text => float(text, self.floats),
        };
        let Some(value) = value else { return Err(self.expected_at(at, Cow::Borrowed("a number"))) };
        if value.is_infinite() {
            return Err(self.expected_at(at, Cow::Borrowed("a number that fits in 64 bits")));
        }
        self.is_doubtful |= value.to_bits() == 0;
        Ok(value)
    }

    fn enumeration(&mut self, field: &FieldDef) -> Outcome {
        let (at, enumeration) = (self.json.at, field.enumeration());
        if self.json.peek() == b'n' && enumeration.is_null {
            let word = self.json.take_word("null");
            self.syntax(word)?;
            self.out.push(0);
            return Ok(());
        }
        if self.json.peek() != b'"' {
            let number = self.json.number().ok().and_then(|text| integer_bits(Kind::Int32, text));
            if let Some(bits) = number {
                push_varint(&mut self.out, bits);
                return Ok(());
            }
        } else {
            let name = self.json.string();
            let name = self.syntax(name)?;
            if let Some(value) = enumeration.by_name(&name) {
                push_varint(&mut self.out, i64::from(value.number) as u64);
                return Ok(());
            }
        }
        let mut expected = ["a name or number of ", enumeration.name(), ": "].concat();
        for (place, value) in enumeration.values().iter().enumerate() {
            expected.push_str(if place == 0 { "" } else { ", " });
            expected.push_str(value.name());
        }
        Err(self.expected_at(at, Cow::Owned(expected)))
    }
}

/// The field of a name; `next` is a good guess.
#[inline]
fn find(fields: &'static [FieldDef], name: &[u8], next: usize) -> Option<(usize, &'static FieldDef)> {
    match fields.get(next) {
        Some(field) if field.name().as_bytes() == name => return Some((next, field)),
        _ => {}
    }
    let place = fields.iter().position(|field| field.name().as_bytes() == name);
    let place = place.or_else(|| fields.iter().position(|field| field.has_snake_name(name)))?;
    fields.get(place).map(|field| (place, field))
}

/// Whether `null` is a value of what is in the field, not the lack of one.
fn takes_null(field: &FieldDef) -> bool {
    match field.kind {
        Kind::Message => field.message().def().form == Form::Value,
        Kind::Enum => field.enumeration().is_null,
        _ => false,
    }
}

fn expectation(kind: Kind) -> &'static str {
    match kind {
        Kind::Message => "a message",
        Kind::String => "a string",
        Kind::Bytes => "bytes in base64",
        Kind::Bool => "true or false",
        Kind::Enum => "a name or number of an enum",
        Kind::Float | Kind::Double => "a number",
        kind => range_text(kind),
    }
}
