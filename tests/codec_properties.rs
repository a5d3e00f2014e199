//! What holds for every message type, tried on random bytes and random messages.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use flyte_remote::codec::{json_to_wire, wire_to_json, StdFloats};
use flyte_remote::idl::schema::{FieldDef, Form, Kind, MessageId};
use proptest::prelude::*;
use prost::encoding::encode_varint;

/// Small random numbers from a seed (xorshift), so that a case can be told in one number.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 11) % limit
    }

    fn text(&mut self) -> Vec<u8> {
        let letters = ["a", "Z", "0", " ", "\"", "\\", "\n", "\u{7f}", "ä", "€", "😀", "/", "\0"];
        let length = self.below(12);
        (0..length).flat_map(|_| letters[self.below(letters.len() as u64) as usize].bytes()).collect()
    }

    fn bits(&mut self) -> u64 {
        match self.below(4) {
            0 => self.below(3),
            1 => self.next() >> 33,
            2 => (self.next() >> 40).wrapping_neg(),
            _ => self.next(),
        }
    }
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    encode_varint(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

/// A random message of a type: fields in any order, in pieces, lists packed or not, with unknown fields between.
fn message(random: &mut Random, id: MessageId, depth: u32) -> Vec<u8> {
    let mut out = Vec::new();
    match id.def().form {
        Form::Timestamp => {
            out.push(8);
            encode_varint(random.below(250_000_000_000), &mut out);
            out.push(16);
            encode_varint(random.below(1_000_000_000), &mut out);
            return out;
        }
        Form::Duration => {
            out.push(8);
            encode_varint(random.below(315_576_000_000), &mut out);
            return out;
        }
        Form::Any => {
            let inner = MessageId::by_name("flyteidl.core.Primitive").unwrap();
            out.push(0x0a);
            put_bytes(&mut out, b"t/flyteidl.core.Primitive");
            out.push(0x12);
            put_bytes(&mut out, &message(random, inner, depth + 1));
            return out;
        }
        _ => {}
    }
    let fields = id.def().fields();
    let count = if depth > 6 { random.below(2) } else { random.below(fields.len() as u64 * 2 + 1).min(12) };
    for _ in 0..count {
        if fields.is_empty() || random.below(20) == 0 {
            out.extend_from_slice(&[0xfa, 0x7f, 2, 0xff, 0xff]);
            continue;
        }
        let place = random.below(fields.len() as u64) as usize;
        field(random, &fields[place], depth, &mut out);
    }
    out
}

fn field(random: &mut Random, field: &FieldDef, depth: u32, out: &mut Vec<u8>) {
    let number = u64::from(field.number) << 3;
    let packable = !matches!(field.kind, Kind::String | Kind::Bytes | Kind::Message);
    if field.is_repeated() && packable && random.below(2) == 0 {
        let mut packed = Vec::new();
        (0..random.below(4)).for_each(|_| scalar(random, field.kind, &mut packed));
        encode_varint(number | 2, out);
        return put_bytes(out, &packed);
    }
    match field.kind {
        Kind::Message => {
            let inner = message(random, field.message(), depth + 1);
            encode_varint(number | 2, out);
            put_bytes(out, &inner);
        }
        Kind::String => {
            encode_varint(number | 2, out);
            put_bytes(out, &random.text());
        }
        Kind::Bytes => {
            encode_varint(number | 2, out);
            let bytes: Vec<u8> = (0..random.below(9)).map(|_| random.next() as u8).collect();
            put_bytes(out, &bytes);
        }
        kind => {
            let wire_type = match kind {
                Kind::Double | Kind::Fixed64 | Kind::Sfixed64 => 1,
                Kind::Float | Kind::Fixed32 | Kind::Sfixed32 => 5,
                _ => 0,
            };
            encode_varint(number | wire_type, out);
            scalar(random, kind, out);
        }
    }
}

fn scalar(random: &mut Random, kind: Kind, out: &mut Vec<u8>) {
    match kind {
        // Finite, since google.protobuf.Value takes nothing else.
        Kind::Double => out.extend_from_slice(&(random.bits() as i64 as f64 / 7.0).to_le_bytes()),
        Kind::Float => out.extend_from_slice(&(random.bits() as i64 as f32 / 7.0).to_le_bytes()),
        Kind::Fixed32 | Kind::Sfixed32 => out.extend_from_slice(&(random.bits() as u32).to_le_bytes()),
        Kind::Fixed64 | Kind::Sfixed64 => out.extend_from_slice(&random.bits().to_le_bytes()),
        _ => encode_varint(random.bits(), out),
    }
}

fn to_json(id: MessageId, wire: &[u8]) -> Result<Vec<u8>, String> {
    let mut json = Vec::new();
    wire_to_json(id, wire, &StdFloats, &mut json).map_err(|error| error.to_string())?;
    Ok(json)
}

#[test]
fn json_is_a_fixpoint_for_every_type() {
    for id in MessageId::all() {
        for seed in 1..=60u64 {
            let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let wire = message(&mut random, id, 0);
            let name = id.name();
            let json = to_json(id, &wire).unwrap_or_else(|error| panic!("{name} {seed}: {error}"));
            let text = String::from_utf8(json.clone()).expect("UTF-8");
            serde_json::from_str::<serde_json::Value>(&text)
                .unwrap_or_else(|error| panic!("{name} {seed}: {error}: {text}"));
            let again =
                json_to_wire(id, &json, &StdFloats).unwrap_or_else(|error| panic!("{name} {seed}: {error}: {text}"));
            let second = to_json(id, &again.wire).unwrap_or_else(|error| panic!("{name} {seed}: {error}"));
            assert_eq!(String::from_utf8(second).unwrap(), text, "{name} {seed}");
        }
    }
}

#[test]
fn damaged_messages_of_every_type_are_read_or_refused_without_panic() {
    for id in MessageId::all() {
        for seed in 1..=40u64 {
            let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x55);
            let mut wire = message(&mut random, id, 0);
            for _ in 0..=random.below(3) {
                let place = random.below(wire.len() as u64 + 1) as usize;
                match random.below(3) {
                    0 => wire.truncate(place),
                    1 => wire.insert(place, random.next() as u8),
                    _ => wire.iter_mut().skip(place).take(1).for_each(|byte| *byte = random.next() as u8),
                }
            }
            if let Ok(json) = to_json(id, &wire) {
                let text = String::from_utf8(json).expect("UTF-8");
                serde_json::from_str::<serde_json::Value>(&text).expect("JSON");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for id in MessageId::all() {
            if let Ok(json) = to_json(id, &bytes) {
                prop_assert!(serde_json::from_slice::<serde_json::Value>(&json).is_ok());
            }
        }
    }

    #[test]
    fn random_text_never_panics(text in "[\\[\\]{}:,\"\\\\a0-9eE.+\\- tnu@]{0,40}") {
        for id in MessageId::all().step_by(7) {
            let _ = json_to_wire(id, text.as_bytes(), &StdFloats);
        }
    }

    #[test]
    fn damaged_json_never_panics(seed in 1u64.., at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let ids: Vec<_> = MessageId::all().collect();
        let mut random = Random(seed);
        let id = ids[random.below(ids.len() as u64) as usize];
        let wire = message(&mut random, id, 0);
        let mut json = to_json(id, &wire).unwrap();
        let place = at.index(json.len());
        json[place] = byte;
        let _ = json_to_wire(id, &json, &StdFloats);
        json.truncate(place);
        // An object that breaks off is never whole; a bare number may be.
        let is_object = json.first() == Some(&b"{"[0]);
        prop_assert!(json_to_wire(id, &json, &StdFloats).is_err() || !is_object);
    }
}
