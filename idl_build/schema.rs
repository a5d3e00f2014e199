//! The schema table: every message, field and enum as rows of small integers over one interned text, without comments.
//! `src/idl/schema.rs` has the row types and says what they mean.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fmt::Write as _;

use protox::prost_reflect::{Cardinality, DescriptorPool, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor};

/// Files of google.protobuf whose types travel in messages; descriptor.proto does not.
const WELL_KNOWN_FILES: [&str; 6] = [
    "google/protobuf/any.proto",
    "google/protobuf/duration.proto",
    "google/protobuf/empty.proto",
    "google/protobuf/struct.proto",
    "google/protobuf/timestamp.proto",
    "google/protobuf/wrappers.proto",
];

/// What the table is made of; ids are places in these lists.
pub struct Schema {
    /// Named messages sorted by full name, then the entry messages of maps.
    messages: Vec<MessageDescriptor>,
    named: usize,
    enums: Vec<EnumDescriptor>,
    message_ids: HashMap<String, usize>,
    enum_ids: HashMap<String, usize>,
    text: Text,
    fields: String,
    field_count: usize,
    message_rows: String,
    enum_rows: String,
    value_rows: String,
    value_count: usize,
}

/// Strings, each stored once.
#[derive(Default)]
struct Text {
    all: String,
    known: BTreeMap<String, (u16, u8)>,
}

impl Text {
    /// `start, length` of `text`.
    fn place(&mut self, text: &str) -> Result<String, Box<dyn Error>> {
        let (start, length) = match self.known.get(text) {
            Some(place) => *place,
            None => {
                let place = (u16::try_from(self.all.len())?, u8::try_from(text.len())?);
                self.all.push_str(text);
                self.known.insert(text.to_owned(), place);
                place
            }
        };
        Ok(format!("{start},{length}"))
    }
}

impl Schema {
    /// Reads the descriptors.
    pub fn of(pool: &DescriptorPool) -> Result<Self, Box<dyn Error>> {
        let wanted = |package: &str, file: &str| {
            package.starts_with("flyteidl.") || package == "google.rpc" || WELL_KNOWN_FILES.contains(&file)
        };
        let mut messages: Vec<_> =
            pool.all_messages().filter(|m| wanted(m.package_name(), m.parent_file().name())).collect();
        messages.sort_by_key(|message| (message.is_map_entry(), message.full_name().to_owned()));
        let mut enums: Vec<_> = pool.all_enums().filter(|e| wanted(e.package_name(), e.parent_file().name())).collect();
        enums.sort_by_key(|descriptor| descriptor.full_name().to_owned());
        let mut schema = Schema {
            named: messages.iter().filter(|message| !message.is_map_entry()).count(),
            message_ids: messages.iter().enumerate().map(|(id, m)| (m.full_name().to_owned(), id)).collect(),
            enum_ids: enums.iter().enumerate().map(|(id, e)| (e.full_name().to_owned(), id)).collect(),
            text: Text::default(),
            fields: String::new(),
            field_count: 0,
            message_rows: String::new(),
            enum_rows: String::new(),
            value_rows: String::new(),
            value_count: 0,
            messages,
            enums,
        };
        for message in schema.messages.clone() {
            schema.message(&message)?;
        }
        for descriptor in schema.enums.clone() {
            schema.enumeration(&descriptor)?;
        }
        Ok(schema)
    }

    /// The id of a message.
    pub fn message_id(&self, full_name: &str) -> Result<usize, Box<dyn Error>> {
        self.message_ids.get(full_name).copied().ok_or_else(|| format!("{full_name} is not in the schema").into())
    }

    fn message(&mut self, message: &MessageDescriptor) -> Result<(), Box<dyn Error>> {
        let name = if message.is_map_entry() { "0,0".to_owned() } else { self.text.place(message.full_name())? };
        let mut fields: Vec<_> = message.fields().collect();
        fields.sort_by_key(FieldDescriptor::number);
        if fields.len() > 64 || message.oneofs().len() > 63 {
            return Err(format!("{}: the codec counts fields and oneofs in 64 bits", message.full_name()).into());
        }
        let form = match message.full_name() {
            "google.protobuf.Any" => "Any",
            "google.protobuf.Duration" => "Duration",
            "google.protobuf.Timestamp" => "Timestamp",
            "google.protobuf.Struct" => "Struct",
            "google.protobuf.Value" => "Value",
            "google.protobuf.ListValue" => "ListValue",
            "google.protobuf.FieldMask" => return Err("FieldMask has no JSON form in the codec yet".into()),
            _ if message.parent_file().name() == "google/protobuf/wrappers.proto" => "Wrapper",
            _ => "Plain",
        };
        writeln!(self.message_rows, "M({name},{},{},Form::{form}),", self.field_count, fields.len())?;
        for field in fields {
            self.field(message, &field)?;
        }
        Ok(())
    }

    fn field(&mut self, message: &MessageDescriptor, field: &FieldDescriptor) -> Result<(), Box<dyn Error>> {
        let name = self.text.place(&format!(",\"{}\":", field.json_name()))?;
        let (kind, type_id) = match field.kind() {
            Kind::Double => ("Double", 0),
            Kind::Float => ("Float", 0),
            Kind::Int32 => ("Int32", 0),
            Kind::Int64 => ("Int64", 0),
            Kind::Uint32 => ("Uint32", 0),
            Kind::Uint64 => ("Uint64", 0),
            Kind::Sint32 => ("Sint32", 0),
            Kind::Sint64 => ("Sint64", 0),
            Kind::Fixed32 => ("Fixed32", 0),
            Kind::Fixed64 => ("Fixed64", 0),
            Kind::Sfixed32 => ("Sfixed32", 0),
            Kind::Sfixed64 => ("Sfixed64", 0),
            Kind::Bool => ("Bool", 0),
            Kind::String => ("String", 0),
            Kind::Bytes => ("Bytes", 0),
            Kind::Message(target) => ("Message", self.message_id(target.full_name())?),
            Kind::Enum(target) => {
                let id = self.enum_ids.get(target.full_name());
                ("Enum", *id.ok_or_else(|| format!("{} is not in the schema", target.full_name()))?)
            }
        };
        if field.is_group() || field.cardinality() == Cardinality::Required {
            return Err(format!("{}: groups and required fields are proto2", field.full_name()).into());
        }
        let oneof = field.containing_oneof().filter(|oneof| !oneof.is_synthetic());
        let oneof = match oneof {
            Some(oneof) => message.oneofs().position(|o| o == oneof).map_or(0, |place| place + 1),
            None => 0,
        };
        let two_names = field.json_name() != field.name();
        if two_names && snake_case(field.json_name()) != field.name() {
            return Err(format!("{}: the JSON name does not tell the name", field.full_name()).into());
        }
        let flags = [
            (field.is_list() || field.is_map(), 1),
            (field.is_map(), 2),
            (!field.is_list() && !field.is_map() && field.supports_presence(), 4),
            (field.is_packed(), 8),
            (two_names, 16),
        ];
        let flags: u8 = flags.iter().filter(|(on, _)| *on).map(|(_, bit)| bit).sum();
        writeln!(self.fields, "F({},{name},Kind::{kind},{flags},{oneof},{type_id}),", field.number())?;
        self.field_count += 1;
        Ok(())
    }

    fn enumeration(&mut self, descriptor: &EnumDescriptor) -> Result<(), Box<dyn Error>> {
        let name = self.text.place(descriptor.full_name())?;
        let null = descriptor.full_name() == "google.protobuf.NullValue";
        writeln!(self.enum_rows, "E({name},{},{},{null}),", self.value_count, descriptor.values().len())?;
        for value in descriptor.values() {
            let name = self.text.place(value.name())?;
            writeln!(self.value_rows, "V({},{name}),", value.number())?;
            self.value_count += 1;
        }
        Ok(())
    }

    /// The table as Rust source.
    pub fn source(&self) -> String {
        format!(
            "pub(super) const NAMED: usize = {};\n\
             pub(super) static TEXT: &str = {:?};\n\
             #[rustfmt::skip]\npub(super) static MESSAGES: [MessageDef; {}] = [\n{}];\n\
             #[rustfmt::skip]\npub(super) static FIELDS: [FieldDef; {}] = [\n{}];\n\
             #[rustfmt::skip]\npub(super) static ENUMS: [EnumDef; {}] = [\n{}];\n\
             #[rustfmt::skip]\npub(super) static VALUES: [EnumValue; {}] = [\n{}];\n",
            self.named,
            self.text.all,
            self.messages.len(),
            self.message_rows,
            self.field_count,
            self.fields,
            self.enums.len(),
            self.enum_rows,
            self.value_count,
            self.value_rows,
        )
    }
}

/// `fooBar` → `foo_bar`, the other name that JSON may use; see `FieldDef::has_snake_name`.
fn snake_case(json_name: &str) -> String {
    let mut snake = String::new();
    for character in json_name.chars() {
        if character.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}
