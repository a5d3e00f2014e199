//! The schema table: every message, field and enum as a row of small integers over one text. `idl_build/schema.rs`
//! packs it by column, which halves its compressed size; it is unpacked at first use, and the codec walks it.

use std::str::Lines;
use std::sync::OnceLock;

include!(concat!(env!("OUT_DIR"), "/schema.rs"));

/// A message type; an index into the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MessageId(pub(super) u16);

/// The wire type of what is inside a field. Repeated fields and maps have it too: see [`FieldDef::is_repeated`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// `double`
    Double,
    /// `float`
    Float,
    /// `int32`
    Int32,
    /// `int64`
    Int64,
    /// `uint32`
    Uint32,
    /// `uint64`
    Uint64,
    /// `sint32`
    Sint32,
    /// `sint64`
    Sint64,
    /// `fixed32`
    Fixed32,
    /// `fixed64`
    Fixed64,
    /// `sfixed32`
    Sfixed32,
    /// `sfixed64`
    Sfixed64,
    /// `bool`
    Bool,
    /// `string`
    String,
    /// `bytes`
    Bytes,
    /// An enum; [`FieldDef::enumeration`] says which.
    Enum,
    /// A message; [`FieldDef::message`] says which.
    Message,
}

/// How a message looks in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Form {
    /// An object of its fields.
    Plain,
    /// google.protobuf.Any: an object with `@type`.
    Any,
    /// google.protobuf.Duration: `"1.5s"`.
    Duration,
    /// google.protobuf.Timestamp: RFC 3339 text.
    Timestamp,
    /// google.protobuf.Struct: any object.
    Struct,
    /// google.protobuf.Value: any JSON.
    Value,
    /// google.protobuf.ListValue: any list.
    ListValue,
    /// google.protobuf.StringValue and so on: their value.
    Wrapper,
}

/// A message's row.
#[derive(Debug)]
pub struct MessageDef {
    name: &'static str,
    first_field: u16,
    field_count: u8,
    /// How it looks in JSON.
    pub form: Form,
}

/// A field's row.
#[derive(Debug)]
pub struct FieldDef {
    /// The number on the wire.
    pub number: u16,
    name: u16,
    name_length: u8,
    /// What is inside.
    pub kind: Kind,
    flags: u8,
    /// Which oneof of the message it belongs to, counted from 1; 0 for none.
    pub oneof: u8,
    type_id: u16,
}

/// An enum's row.
#[derive(Debug)]
pub struct EnumDef {
    name: &'static str,
    first_value: u16,
    value_count: u8,
    /// google.protobuf.NullValue, whose JSON is `null`.
    pub is_null: bool,
}

/// A named number of an enum.
#[derive(Debug)]
pub struct EnumValue {
    /// The number on the wire.
    pub number: i32,
    name: &'static str,
}

const KINDS: [Kind; 17] = [
    Kind::Double,
    Kind::Float,
    Kind::Int32,
    Kind::Int64,
    Kind::Uint32,
    Kind::Uint64,
    Kind::Sint32,
    Kind::Sint64,
    Kind::Fixed32,
    Kind::Fixed64,
    Kind::Sfixed32,
    Kind::Sfixed64,
    Kind::Bool,
    Kind::String,
    Kind::Bytes,
    Kind::Enum,
    Kind::Message,
];

const FORMS: [Form; 8] = [
    Form::Plain,
    Form::Any,
    Form::Duration,
    Form::Timestamp,
    Form::Struct,
    Form::Value,
    Form::ListValue,
    Form::Wrapper,
];

static NO_MESSAGE: MessageDef = MessageDef { name: "", first_field: 0, field_count: 0, form: Form::Plain };
static NO_ENUM: EnumDef = EnumDef { name: "", first_value: 0, value_count: 0, is_null: false };

/// The table, unpacked.
struct Table {
    /// Those with a name first, sorted by it.
    messages: Vec<MessageDef>,
    named: usize,
    fields: Vec<FieldDef>,
    /// Names of fields as they stand in JSON, `,"nodeId":`.
    text: String,
    enums: Vec<EnumDef>,
    values: Vec<EnumValue>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(Table::unpack)
}

/// Small numbers of a packed column, one after the other.
struct Column(&'static [u8]);

impl Column {
    fn next(&mut self) -> Option<u16> {
        let (mut value, mut shift) = (0, 0);
        while let [byte, rest @ ..] = self.0 {
            self.0 = rest;
            value |= u16::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                return Some(value);
            }
            shift += 7;
        }
        None
    }

    fn must(&mut self) -> u16 {
        self.next().unwrap_or_default()
    }
}

impl Table {
    fn unpack() -> Table {
        let mut table = Table {
            messages: Vec::with_capacity(MESSAGE_FORMS.len()),
            named: 0,
            fields: Vec::with_capacity(FIELD_KINDS.len()),
            text: String::with_capacity(FIELD_TEXT.len() * 2),
            enums: Vec::new(),
            values: Vec::new(),
        };
        let places = table.quote_names();
        table.unpack_messages(&places);
        table.unpack_enums();
        table
    }

    /// Writes the names of the fields as JSON has them; returns where each starts, and how long it is.
    fn quote_names(&mut self) -> Vec<(u16, u8)> {
        let mut places = Vec::new();
        for name in FIELD_TEXT.lines() {
            let start = self.text.len();
            for part in [",\"", name, "\":"] {
                self.text.push_str(part);
            }
            places.push((start as u16, (self.text.len() - start) as u8));
        }
        places
    }

    fn unpack_messages(&mut self, places: &[(u16, u8)]) {
        let (mut counts, mut numbers) = (Column(MESSAGE_FIELDS), Column(FIELD_NUMBERS));
        let (mut names, mut types) = (Column(FIELD_NAMES), Column(FIELD_TYPES));
        let mut kinds = FIELD_KINDS.iter().zip(FIELD_FLAGS);
        let (mut message_names, mut new_names) = (MESSAGE_TEXT.lines(), 0);
        for form in MESSAGE_FORMS {
            let first_field = self.fields.len() as u16;
            let field_count = counts.must() as u8;
            let mut number = 0;
            for (kind, flags) in kinds.by_ref().take(field_count.into()) {
                number += numbers.must();
                let place = match names.must() {
                    0 => {
                        new_names += 1;
                        new_names - 1
                    }
                    known => usize::from(known) - 1,
                };
                let (name, name_length) = places.get(place).copied().unwrap_or_default();
                let kind = KINDS.get(usize::from(*kind)).copied().unwrap_or(Kind::Bytes);
                let type_id = if matches!(kind, Kind::Enum | Kind::Message) { types.must() } else { 0 };
                self.fields.push(FieldDef {
                    number,
                    name,
                    name_length,
                    kind,
                    flags: *flags,
                    oneof: flags >> 4,
                    type_id,
                });
            }
            let name = message_names.next().unwrap_or_default();
            self.named += usize::from(!name.is_empty());
            let form = FORMS.get(usize::from(*form)).copied().unwrap_or(Form::Plain);
            self.messages.push(MessageDef { name, first_field, field_count, form });
        }
    }

    fn unpack_enums(&mut self) {
        let (mut counts, mut numbers) = (Column(ENUM_VALUES), Column(VALUE_NUMBERS));
        let mut value_names: Lines = VALUE_TEXT.lines();
        for name in ENUM_TEXT.lines() {
            let (first_value, value_count) = (self.values.len() as u16, counts.must() as u8);
            let mut number = -1;
            for name in value_names.by_ref().take(value_count.into()) {
                let step = i32::from(numbers.must());
                number += step >> 1 ^ -(step & 1);
                self.values.push(EnumValue { number, name });
            }
            let is_null = name == "google.protobuf.NullValue";
            self.enums.push(EnumDef { name, first_value, value_count, is_null });
        }
    }
}

impl MessageId {
    /// The message of a full name, `flyteidl.admin.Execution`.
    #[must_use]
    pub fn by_name(full_name: &str) -> Option<MessageId> {
        let table = table();
        let place = table.messages.get(..table.named)?.binary_search_by(|def| def.name.cmp(full_name)).ok()?;
        u16::try_from(place).ok().map(MessageId)
    }

    /// All messages that have a name.
    pub fn all() -> impl Iterator<Item = MessageId> {
        (0..table().named).filter_map(|place| u16::try_from(place).ok().map(MessageId))
    }

    /// The full name, `flyteidl.admin.Execution`; empty for the entries of a map.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.def().name()
    }

    /// The message's row.
    #[must_use]
    pub fn def(self) -> &'static MessageDef {
        table().messages.get(usize::from(self.0)).unwrap_or(&NO_MESSAGE)
    }
}

impl MessageDef {
    /// The full name, `flyteidl.admin.Execution`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The fields, sorted by number.
    #[must_use]
    pub fn fields(&self) -> &'static [FieldDef] {
        let first = usize::from(self.first_field);
        table().fields.get(first..first + usize::from(self.field_count)).unwrap_or_default()
    }
}

impl FieldDef {
    /// The name in JSON, `nodeId`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        let quoted = self.quoted();
        quoted.get(2..quoted.len().wrapping_sub(2)).unwrap_or_default()
    }

    /// The name as it stands in JSON text: `,"nodeId":`.
    #[must_use]
    pub fn quoted(&self) -> &'static str {
        let start = usize::from(self.name);
        table().text.get(start..start + usize::from(self.name_length)).unwrap_or_default()
    }

    /// Whether `key` is the name in the .proto file, where that is not [`Self::name`]: the name in snake case, `node_id`.
    #[must_use]
    pub fn has_snake_name(&self, key: &[u8]) -> bool {
        let mut rest = key.iter();
        let same = self.name().bytes().all(|byte| {
            let underscore = !byte.is_ascii_uppercase() || rest.next() == Some(&b'_');
            underscore && rest.next() == Some(&byte.to_ascii_lowercase())
        });
        same && rest.next().is_none() && self.flags & 8 != 0
    }

    /// A list or a map.
    #[must_use]
    pub fn is_repeated(&self) -> bool {
        self.flags & 1 != 0
    }

    /// A map; [`Self::message`] is the type of its entries, with fields `key` and `value`.
    #[must_use]
    pub fn is_map(&self) -> bool {
        self.flags & 2 != 0
    }

    /// Whether its default value is different from no value.
    #[must_use]
    pub fn has_presence(&self) -> bool {
        self.flags & 4 != 0
    }

    /// A list that is written packed.
    #[must_use]
    pub fn is_packed(&self) -> bool {
        self.is_repeated() && !matches!(self.kind, Kind::String | Kind::Bytes | Kind::Message)
    }

    /// The message inside, where the kind is [`Kind::Message`].
    #[must_use]
    pub fn message(&self) -> MessageId {
        MessageId(self.type_id)
    }

    /// The enum inside, where the kind is [`Kind::Enum`].
    #[must_use]
    pub fn enumeration(&self) -> &'static EnumDef {
        table().enums.get(usize::from(self.type_id)).unwrap_or(&NO_ENUM)
    }
}

impl EnumDef {
    /// The full name, `flyteidl.core.NodeExecution.Phase`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The values, as declared.
    #[must_use]
    pub fn values(&self) -> &'static [EnumValue] {
        let first = usize::from(self.first_value);
        table().values.get(first..first + usize::from(self.value_count)).unwrap_or_default()
    }

    /// The value of a number.
    #[must_use]
    pub fn by_number(&self, number: i32) -> Option<&'static EnumValue> {
        let values = self.values();
        let guess = usize::try_from(number).ok().and_then(|place| values.get(place));
        guess.filter(|value| value.number == number).or_else(|| values.iter().find(|value| value.number == number))
    }

    /// The value of a name.
    #[must_use]
    pub fn by_name(&self, name: &[u8]) -> Option<&'static EnumValue> {
        self.values().iter().find(|value| value.name().as_bytes() == name)
    }
}

impl EnumValue {
    /// The name, `SUCCEEDED`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn every_message_is_found_by_its_name() {
        assert!(MessageId::all().count() > 300);
        for id in MessageId::all() {
            assert_eq!(MessageId::by_name(id.name()), Some(id));
        }
        assert_eq!(MessageId::by_name("flyteidl.admin.Nope"), None);
        assert_eq!(MessageId::by_name(""), None);
    }

    #[test]
    fn fields_know_both_of_their_names() {
        let def = MessageId::by_name("flyteidl.admin.NodeExecutionMetaData").unwrap().def();
        let field = &def.fields()[2];
        assert_eq!((field.number, field.name(), field.quoted()), (3, "specNodeId", ",\"specNodeId\":"));
        assert!(field.has_snake_name(b"spec_node_id"));
        for wrong in ["specNodeId", "spec_node_i", "spec_node_idd", "spec_Node_id", "specnodeid", ""] {
            assert!(!field.has_snake_name(wrong.as_bytes()), "{wrong}");
        }
    }

    #[test]
    fn a_name_that_is_camel_case_in_the_proto_file_has_no_snake_case() {
        let def = MessageId::by_name("flyteidl.admin.WorkflowNodeMetadata").unwrap().def();
        assert_eq!(def.fields()[0].name(), "executionId");
        assert!(!def.fields()[0].has_snake_name(b"execution_id"));
    }

    #[test]
    fn enums_are_found_by_number_and_by_name() {
        let def = MessageId::by_name("flyteidl.admin.NodeExecutionClosure").unwrap().def();
        let phase = def.fields().iter().find(|field| field.name() == "phase").unwrap().enumeration();
        assert_eq!(phase.name(), "flyteidl.core.NodeExecution.Phase");
        assert_eq!(phase.by_number(3).unwrap().name(), "SUCCEEDED");
        assert_eq!(phase.by_name(b"SUCCEEDED").unwrap().number, 3);
        assert!(phase.by_number(-1).is_none() && phase.by_number(999).is_none() && phase.by_name(b"").is_none());
    }
}
