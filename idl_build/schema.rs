//! The schema table: every message, field and enum as small integers and names, without comments, packed by column.
//! `src/idl/schema.rs` unpacks it and says what it means.

use std::collections::HashMap;
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
}

/// One byte string for each property, which compresses to half of what rows would.
#[derive(Default)]
struct Columns {
    message_fields: Vec<u8>,
    message_forms: Vec<u8>,
    field_numbers: Vec<u8>,
    field_names: Vec<u8>,
    field_kinds: Vec<u8>,
    field_flags: Vec<u8>,
    field_types: Vec<u8>,
    enum_values: Vec<u8>,
    value_numbers: Vec<u8>,
    /// The distinct names of fields, in the order of their first use.
    names: Vec<String>,
}

impl Schema {
    /// Reads the descriptors.
    pub fn of(pool: &DescriptorPool) -> Self {
        let wanted = |package: &str, file: &str| {
            package.starts_with("flyteidl.") || package == "google.rpc" || WELL_KNOWN_FILES.contains(&file)
        };
        let mut messages: Vec<_> =
            pool.all_messages().filter(|m| wanted(m.package_name(), m.parent_file().name())).collect();
        messages.sort_by_key(|message| (message.is_map_entry(), message.full_name().to_owned()));
        let mut enums: Vec<_> = pool.all_enums().filter(|e| wanted(e.package_name(), e.parent_file().name())).collect();
        enums.sort_by_key(|descriptor| descriptor.full_name().to_owned());
        Schema {
            named: messages.iter().filter(|message| !message.is_map_entry()).count(),
            message_ids: messages.iter().enumerate().map(|(id, m)| (m.full_name().to_owned(), id)).collect(),
            enum_ids: enums.iter().enumerate().map(|(id, e)| (e.full_name().to_owned(), id)).collect(),
            messages,
            enums,
        }
    }

    /// The id of a message.
    pub fn message_id(&self, full_name: &str) -> Result<usize, Box<dyn Error>> {
        self.message_ids.get(full_name).copied().ok_or_else(|| format!("{full_name} is not in the schema").into())
    }

    /// The table as Rust source.
    pub fn source(&self) -> Result<String, Box<dyn Error>> {
        let mut columns = Columns::default();
        for message in &self.messages {
            self.message(&mut columns, message)?;
        }
        let mut value_names = String::new();
        for descriptor in &self.enums {
            put_varint(&mut columns.enum_values, descriptor.values().len());
            let mut before = -1;
            for value in descriptor.values() {
                let step = value.number() - before;
                put_varint(&mut columns.value_numbers, usize::try_from(step << 1 ^ step >> 31)?);
                before = value.number();
                value_names += &format!("{}\n", value.name());
            }
        }
        let mut source = String::new();
        for (name, column) in [
            ("MESSAGE_FIELDS", &columns.message_fields),
            ("MESSAGE_FORMS", &columns.message_forms),
            ("FIELD_NUMBERS", &columns.field_numbers),
            ("FIELD_NAMES", &columns.field_names),
            ("FIELD_KINDS", &columns.field_kinds),
            ("FIELD_FLAGS", &columns.field_flags),
            ("FIELD_TYPES", &columns.field_types),
            ("ENUM_VALUES", &columns.enum_values),
            ("VALUE_NUMBERS", &columns.value_numbers),
        ] {
            writeln!(source, "pub(super) static {name}: &[u8] = b\"{}\";", column.escape_ascii())?;
        }
        let message_names: Vec<_> = self.messages.iter().take(self.named).map(|m| m.full_name()).collect();
        let enum_names: Vec<_> = self.enums.iter().map(|descriptor| descriptor.full_name()).collect();
        writeln!(source, "pub(super) static MESSAGE_TEXT: &str = {:?};", message_names.join("\n"))?;
        writeln!(source, "pub(super) static FIELD_TEXT: &str = {:?};", columns.names.join("\n"))?;
        writeln!(source, "pub(super) static ENUM_TEXT: &str = {:?};", enum_names.join("\n"))?;
        writeln!(source, "pub(super) static VALUE_TEXT: &str = {:?};", value_names.trim_end())?;
        Ok(source)
    }

    fn message(&self, columns: &mut Columns, message: &MessageDescriptor) -> Result<(), Box<dyn Error>> {
        let mut fields: Vec<_> = message.fields().collect();
        fields.sort_by_key(FieldDescriptor::number);
        if fields.len() > 64 || message.oneofs().len() > 15 {
            return Err(format!("{}: the codec has 64 bits for fields, 4 for oneofs", message.full_name()).into());
        }
        // The numbers of `Form` in src/idl/schema.rs.
        columns.message_forms.push(match message.full_name() {
            "google.protobuf.Any" => 1,
            "google.protobuf.Duration" => 2,
            "google.protobuf.Timestamp" => 3,
            "google.protobuf.Struct" => 4,
            "google.protobuf.Value" => 5,
            "google.protobuf.ListValue" => 6,
            "google.protobuf.FieldMask" => return Err("FieldMask has no JSON form in the codec yet".into()),
            _ if message.parent_file().name() == "google/protobuf/wrappers.proto" => 7,
            _ => 0,
        });
        put_varint(&mut columns.message_fields, fields.len());
        let mut before = 0;
        for field in fields {
            put_varint(&mut columns.field_numbers, usize::try_from(field.number() - before)?);
            before = field.number();
            self.field(columns, message, &field)?;
        }
        Ok(())
    }

    fn field(
        &self,
        columns: &mut Columns,
        message: &MessageDescriptor,
        field: &FieldDescriptor,
    ) -> Result<(), Box<dyn Error>> {
        // 0 says that the name is the next of those not used before.
        match columns.names.iter().position(|name| name == field.json_name()) {
            Some(place) => put_varint(&mut columns.field_names, place + 1),
            None => {
                columns.field_names.push(0);
                columns.names.push(field.json_name().to_owned());
            }
        }
        // The numbers of `Kind` in src/idl/schema.rs.
        columns.field_kinds.push(match field.kind() {
            Kind::Double => 0,
            Kind::Float => 1,
            Kind::Int32 => 2,
            Kind::Int64 => 3,
            Kind::Uint32 => 4,
            Kind::Uint64 => 5,
            Kind::Sint32 => 6,
            Kind::Sint64 => 7,
            Kind::Fixed32 => 8,
            Kind::Fixed64 => 9,
            Kind::Sfixed32 => 10,
            Kind::Sfixed64 => 11,
            Kind::Bool => 12,
            Kind::String => 13,
            Kind::Bytes => 14,
            Kind::Enum(target) => {
                let id = self.enum_ids.get(target.full_name());
                let id = *id.ok_or_else(|| format!("{} is not in the schema", target.full_name()))?;
                put_varint(&mut columns.field_types, id);
                15
            }
            Kind::Message(target) => {
                put_varint(&mut columns.field_types, self.message_id(target.full_name())?);
                16
            }
        });
        if field.is_group() || field.cardinality() == Cardinality::Required {
            return Err(format!("{}: groups and required fields are proto2", field.full_name()).into());
        }
        let packs = !matches!(field.kind(), Kind::String | Kind::Bytes | Kind::Message(_));
        if field.is_packed() != (field.is_list() && packs) {
            return Err(format!("{}: the codec packs every list of numbers", field.full_name()).into());
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
        // The bits that src/idl/schema.rs reads.
        let flags = [
            (field.is_list() || field.is_map(), 1),
            (field.is_map(), 2),
            (!field.is_list() && !field.is_map() && field.supports_presence(), 4),
            (two_names, 8),
        ];
        let flags: usize = flags.iter().filter(|(on, _)| *on).map(|(_, bit)| bit).sum();
        columns.field_flags.push(u8::try_from(oneof << 4 | flags)?);
        Ok(())
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

fn put_varint(out: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
