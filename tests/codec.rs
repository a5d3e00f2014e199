//! The codec against the rules of ProtoJSON and of the wire format, case by case.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use flyte_remote::codec::{json_to_wire, wire_to_json, Encoded, JsonError, StdFloats, WireError};
use flyte_remote::idl::flyteidl::{admin, core};
use flyte_remote::idl::schema::MessageId;
use prost::Message;
use serde_json::{json, Value};

fn id(name: &str) -> MessageId {
    MessageId::by_name(name).unwrap_or_else(|| panic!("no type {name}"))
}

fn decode(name: &str, wire: &[u8]) -> Result<Value, WireError> {
    let mut text = Vec::new();
    wire_to_json(id(name), wire, &StdFloats, &mut text)?;
    Ok(serde_json::from_slice(&text).expect("the output is JSON"))
}

fn encode(name: &str, json: &str) -> Result<Encoded, JsonError> {
    json_to_wire(id(name), json.as_bytes(), &StdFloats)
}

/// To bytes and back.
fn through(name: &str, json: &str) -> Value {
    decode(name, &encode(name, json).unwrap().wire).unwrap()
}

/// Path and text of the error.
fn refused(name: &str, json: &str) -> (String, String) {
    let error = encode(name, json).expect_err(json);
    (error.path.clone(), error.to_string())
}

const LITERAL: &str = "flyteidl.core.Literal";
const PRIMITIVE: &str = "flyteidl.core.Primitive";

mod output {
    use super::*;

    #[test]
    fn default_values_are_left_out_and_oneof_members_are_not() {
        let node =
            admin::NodeExecution { input_uri: String::new(), id: Some(Default::default()), ..Default::default() };
        assert_eq!(decode("flyteidl.admin.NodeExecution", &node.encode_to_vec()).unwrap(), json!({ "id": {} }));
        assert_eq!(decode(PRIMITIVE, &[0x08, 0x00]).unwrap(), json!({ "integer": "0" }));
        assert_eq!(decode(PRIMITIVE, &[0x1a, 0x00]).unwrap(), json!({ "stringValue": "" }));
    }

    #[test]
    fn enums_are_names_and_unknown_numbers_stay_numbers() {
        let closure = |phase| admin::NodeExecutionClosure { phase, ..Default::default() }.encode_to_vec();
        let name = "flyteidl.admin.NodeExecutionClosure";
        assert_eq!(decode(name, &closure(3)).unwrap(), json!({ "phase": "SUCCEEDED" }));
        assert_eq!(decode(name, &closure(99)).unwrap(), json!({ "phase": 99 }));
        assert_eq!(decode(name, &closure(-1)).unwrap(), json!({ "phase": -1 }));
        assert_eq!(decode(name, &closure(0)).unwrap(), json!({}));
    }

    #[test]
    fn integers_of_64_bits_are_strings() {
        for value in [1, -1, i64::MAX, i64::MIN] {
            let wire = core::Primitive { value: Some(core::primitive::Value::Integer(value)) }.encode_to_vec();
            assert_eq!(decode(PRIMITIVE, &wire).unwrap(), json!({ "integer": value.to_string() }));
        }
    }

    #[test]
    fn floats_that_json_lacks_are_strings() {
        let float = |value| core::Primitive { value: Some(core::primitive::Value::FloatValue(value)) }.encode_to_vec();
        for (value, expected) in [
            (f64::NAN, json!("NaN")),
            (f64::INFINITY, json!("Infinity")),
            (f64::NEG_INFINITY, json!("-Infinity")),
            (0.1, json!(0.1)),
            (5e-324, json!(5e-324)),
            (f64::MAX, json!(f64::MAX)),
        ] {
            assert_eq!(decode(PRIMITIVE, &float(value)).unwrap()["floatValue"], expected);
        }
        let mut text = Vec::new();
        for value in [-0.0, 1e15, 1e21, -1.5] {
            wire_to_json(id(PRIMITIVE), &float(value), &StdFloats, &mut text).unwrap();
        }
        let expected = r#"{"floatValue":-0}{"floatValue":1000000000000000}{"floatValue":1e21}{"floatValue":-1.5}"#;
        assert_eq!(String::from_utf8(text).unwrap(), expected);
    }

    #[test]
    fn unknown_fields_are_skipped_whatever_their_wire_type() {
        let mut wire = core::Primitive { value: Some(core::primitive::Value::Integer(7)) }.encode_to_vec();
        for unknown in [
            &[0xf8, 0x07, 0x05][..],
            &[0xf9, 0x07, 1, 2, 3, 4, 5, 6, 7, 8],
            &[0xfa, 0x07, 0x02, 0xff, 0xff],
            &[0xfb, 0x07, 0x08, 0x01, 0xfc, 0x07],
            &[0xfd, 0x07, 1, 2, 3, 4],
        ] {
            wire.splice(0..0, unknown.iter().copied());
            wire.extend_from_slice(unknown);
        }
        assert_eq!(decode(PRIMITIVE, &wire).unwrap(), json!({ "integer": "7" }));
    }

    #[test]
    fn a_field_of_another_wire_type_is_unknown() {
        // integer = 7, then integer as bytes and as fixed64.
        assert_eq!(
            decode(PRIMITIVE, &[0x08, 7, 0x0a, 1, 0xff, 0x09, 1, 2, 3, 4, 5, 6, 7, 8]).unwrap(),
            json!({ "integer": "7" })
        );
    }

    #[test]
    fn of_scalars_the_last_one_wins() {
        let name = "flyteidl.admin.ResourceListRequest";
        assert_eq!(decode(name, &[0x10, 5, 0x1a, 1, b'a', 0x10, 6]).unwrap(), json!({ "limit": 6, "token": "a" }));
        assert_eq!(decode(name, &[0x10, 5, 0x1a, 1, b'a', 0x10, 0]).unwrap(), json!({ "token": "a" }));
    }

    #[test]
    fn of_a_oneof_the_last_member_wins() {
        assert_eq!(decode(PRIMITIVE, &[0x08, 7, 0x1a, 1, b'a']).unwrap(), json!({ "stringValue": "a" }));
        assert_eq!(decode(PRIMITIVE, &[0x1a, 1, b'a', 0x08, 7]).unwrap(), json!({ "integer": "7" }));
        assert_eq!(decode(PRIMITIVE, &[0x08, 7, 0x1a, 1, b'a', 0x08, 9]).unwrap(), json!({ "integer": "9" }));
    }

    #[test]
    fn messages_in_pieces_are_merged() {
        let name = "flyteidl.admin.ResourceListRequest";
        let parts = [("project", 0x0a, b'p'), ("domain", 0x12, b'd')];
        let wire: Vec<u8> = parts.iter().flat_map(|(_, tag, letter)| [0x0a, 3, *tag, 1, *letter]).collect();
        assert_eq!(decode(name, &wire).unwrap(), json!({ "id": { "project": "p", "domain": "d" } }));
    }

    #[test]
    fn a_oneof_member_that_comes_back_starts_anew() {
        let scalar = |value: Vec<u8>| [vec![0x0a, value.len() as u8], value].concat();
        // Scalar.primitive { integer 1 }, then schema, then primitive { } as pieces of Literal.scalar
        let first = scalar(vec![0x0a, 2, 0x08, 1]);
        let schema = scalar(vec![0x22, 0]);
        let again = scalar(vec![0x0a, 0]);
        let merged = [first.clone(), again.clone()].concat();
        assert_eq!(decode(LITERAL, &merged).unwrap(), json!({ "scalar": { "primitive": { "integer": "1" } } }));
        let replaced = [first, schema, again].concat();
        assert_eq!(decode(LITERAL, &replaced).unwrap(), json!({ "scalar": { "primitive": {} } }));
    }

    #[test]
    fn lists_in_pieces_go_on() {
        let name = "flyteidl.admin.NodeExecutionList";
        let node = |uri: &str| admin::NodeExecution { input_uri: uri.into(), ..Default::default() }.encode_to_vec();
        let item = |uri: &str| [vec![0x0a, node(uri).len() as u8], node(uri)].concat();
        let wire = [item("a"), vec![0x12, 1, b't'], item("b")].concat();
        let expected = json!({ "nodeExecutions": [{ "inputUri": "a" }, { "inputUri": "b" }], "token": "t" });
        assert_eq!(decode(name, &wire).unwrap(), expected);
    }

    #[test]
    fn of_map_entries_with_the_same_key_the_last_one_stays() {
        let name = "flyteidl.admin.Labels";
        let entry = |key: u8, value: u8| vec![0x0a, 6, 0x0a, 1, key, 0x12, 1, value];
        let wire = [entry(b'b', b'1'), entry(b'a', b'2'), entry(b'b', b'3')].concat();
        let mut text = Vec::new();
        wire_to_json(id(name), &wire, &StdFloats, &mut text).unwrap();
        assert_eq!(String::from_utf8(text).unwrap(), r#"{"values":{"a":"2","b":"3"}}"#);
    }

    #[test]
    fn map_entries_may_lack_key_or_value_or_have_them_in_pieces() {
        let name = "flyteidl.core.LiteralMap";
        let entry = |bytes: &[u8]| [&[0x0a, bytes.len() as u8], bytes].concat();
        assert_eq!(decode(name, &entry(&[])).unwrap(), json!({ "literals": { "": {} } }));
        let twice = entry(&[0x12, 3, 0x22, 1, b'h', 0x0a, 1, b'x', 0x0a, 1, b'y', 0x12, 4, 0x0a, 2, 0x2a, 0]);
        let expected = json!({ "literals": { "y": { "hash": "h", "scalar": { "noneType": {} } } } });
        assert_eq!(decode(name, &twice).unwrap(), expected);
    }

    #[test]
    fn text_that_is_not_utf8_is_refused_with_its_place() {
        let error = decode("flyteidl.admin.NodeExecutionList", &[0x0a, 3, 0x12, 1, 0xff]).unwrap_err();
        assert_eq!(error.to_string(), "nodeExecutions[0].inputUri: text that is not UTF-8");
        let error = decode("flyteidl.core.LiteralMap", &[0x0a, 8, 0x0a, 1, b'k', 0x12, 3, 0x22, 1, 0xff]).unwrap_err();
        assert_eq!(error.path, "literals.k.hash");
    }

    #[test]
    fn a_message_that_breaks_off_is_refused() {
        for wire in [&[0x08][..], &[0x0a, 5, 1], &[0x09, 1, 2, 3], &[0x0d, 1], &[0x80]] {
            assert!(decode("flyteidl.core.Void", wire).is_err(), "{wire:?}");
            assert!(decode(LITERAL, wire).is_err(), "{wire:?}");
        }
    }

    #[test]
    fn nesting_ends_at_100_levels() {
        // Literal { collection { literals [ Literal … ] } }: two levels each.
        let nested = |levels: usize| {
            let mut literal = core::Literal::default();
            for _ in 0..levels {
                let collection = core::LiteralCollection { literals: vec![literal] };
                literal =
                    core::Literal { value: Some(core::literal::Value::Collection(collection)), ..Default::default() };
            }
            literal.encode_to_vec()
        };
        // serde_json reads no more than 128 levels, so the text is not looked at.
        assert!(wire_to_json(id(LITERAL), &nested(49), &StdFloats, &mut Vec::new()).is_ok());
        let error = decode(LITERAL, &nested(50)).unwrap_err();
        assert_eq!(error.reason, "nested deeper than 100 levels");
    }

    #[test]
    fn times_out_of_range_are_refused() {
        let name = "google.protobuf.Timestamp";
        assert_eq!(decode(name, &[]).unwrap(), json!("1970-01-01T00:00:00Z"));
        let mut wire = vec![0x08];
        prost::encoding::encode_varint(253_402_300_800, &mut wire);
        assert!(decode(name, &wire).is_err());
        assert_eq!(decode(name, &[0x08, 1, 0x10, 5, 0x08, 2]).unwrap(), json!("1970-01-01T00:00:02.000000005Z"));
    }

    #[test]
    fn any_of_a_known_type_shows_its_fields() {
        let name = "google.rpc.Status";
        let labels = admin::Labels { values: [("a".to_owned(), "b".to_owned())].into() };
        let any = |url: &str, value: Vec<u8>| prost_types::Any { type_url: url.into(), value };
        let details = [
            any("type.googleapis.com/flyteidl.admin.Labels", labels.encode_to_vec()),
            any("x/google.protobuf.Duration", vec![0x08, 3]),
            any("type.googleapis.com/who.knows", vec![1, 2, 3]),
            any("", vec![]),
        ];
        let wire: Vec<u8> = details
            .iter()
            .flat_map(|any| {
                let bytes = any.encode_to_vec();
                [vec![0x1a, bytes.len() as u8], bytes].concat()
            })
            .collect();
        let expected = json!({ "details": [
            { "@type": "type.googleapis.com/flyteidl.admin.Labels", "values": { "a": "b" } },
            { "@type": "x/google.protobuf.Duration", "value": "3s" },
            { "@type": "type.googleapis.com/who.knows", "value": "AQID" },
            {}
        ] });
        assert_eq!(decode(name, &wire).unwrap(), expected);
        assert_eq!(through(name, &expected.to_string()), expected);
    }

    #[test]
    fn a_value_that_is_nan_is_refused_and_one_that_is_nothing_is_null() {
        let name = "google.protobuf.Value";
        assert_eq!(decode(name, &[]).unwrap(), Value::Null);
        let wire = [&[0x11][..], &f64::NAN.to_le_bytes()].concat();
        assert!(decode(name, &wire).is_err());
        assert_eq!(decode(name, &[0x20, 1, 0x1a, 1, b'x', 0x1a, 1, b'y']).unwrap(), json!("y"));
        assert_eq!(decode(name, &[0x1a, 1, b'x', 0x1a, 1, b'y']).unwrap(), json!("y"));
    }

    #[test]
    fn a_struct_in_pieces_is_merged() {
        let entry = |key: u8, value: u8| vec![0x0a, 7, 0x0a, 1, key, 0x12, 2, 0x20, value];
        let wire = [entry(b'b', 1), vec![0x10, 1], entry(b'a', 1), entry(b'b', 0)].concat();
        assert_eq!(decode("google.protobuf.Struct", &wire).unwrap(), json!({ "a": true, "b": false }));
    }
}

mod input {
    use super::*;

    #[test]
    fn both_names_of_a_field_are_taken() {
        for json in [r#"{"stringValue":"a"}"#, r#"{"string_value":"a"}"#, " { \"stringValue\" : \"a\" } \n"] {
            assert_eq!(through(PRIMITIVE, json), json!({ "stringValue": "a" }));
        }
    }

    #[test]
    fn an_unknown_field_is_refused_with_its_path_and_a_hint() {
        let (path, text) = refused("flyteidl.core.LiteralMap", r#"{"literals":{"x":{"scalr":{}}}}"#);
        assert_eq!(path, "literals.x.scalr");
        let expected =
            "literals.x.scalr: expected a field of flyteidl.core.Literal, perhaps scalar, got the unknown field scalr";
        assert_eq!(text, expected);
        assert_eq!(refused(LITERAL, r#"{"string value":1}"#).0, "[\"string value\"]");
    }

    #[test]
    fn a_wrong_type_is_refused_with_its_path() {
        for (name, json, path, text) in [
            (LITERAL, r#"{"hash":5}"#, "hash", "hash: expected a string, got 5"),
            (LITERAL, r#"{"scalar":[]}"#, "scalar", "scalar: expected an object for flyteidl.core.Scalar, got a list"),
            (
                LITERAL,
                r#"{"collection":{"literals":{}}}"#,
                "collection.literals",
                "collection.literals: expected a list, got an object",
            ),
            (LITERAL, r#"{"map":{"literals":[]}}"#, "map.literals", "map.literals: expected an object, got a list"),
            (
                LITERAL,
                r#"{"collection":{"literals":[{},{"hash":true}]}}"#,
                "collection.literals[1].hash",
                "collection.literals[1].hash: expected a string, got true",
            ),
            (
                LITERAL,
                r#"{"map":{"literals":{"a b":{"hash":{}}}}}"#,
                "map.literals[\"a b\"].hash",
                "map.literals[\"a b\"].hash: expected a string, got an object",
            ),
            (PRIMITIVE, r#"{"boolean":"true"}"#, "boolean", "boolean: expected true or false, got \"true\""),
            (PRIMITIVE, r#"{"boolean":1}"#, "boolean", "boolean: expected true or false, got 1"),
            (PRIMITIVE, r#"{"floatValue":"x"}"#, "floatValue", "floatValue: expected a number, got \"x\""),
            (PRIMITIVE, r#"{"floatValue":true}"#, "floatValue", "floatValue: expected a number, got true"),
            (
                PRIMITIVE,
                r#"{"datetime":"yesterday"}"#,
                "datetime",
                "datetime: expected an RFC 3339 time, like \"2024-02-29T12:00:00.5Z\", got \"yesterday\"",
            ),
            (
                PRIMITIVE,
                r#"{"duration":5}"#,
                "duration",
                "duration: expected a duration in seconds, like \"1.5s\", got 5",
            ),
            ("flyteidl.core.Binary", r#"{"value":"A"}"#, "value", "value: expected bytes in base64, got \"A\""),
            ("flyteidl.core.Binary", r#"{"value":"!!!!"}"#, "value", "value: expected bytes in base64, got \"!!!!\""),
            ("flyteidl.core.Binary", r#"{"value":[1]}"#, "value", "value: expected bytes in base64, got a list"),
            (LITERAL, "[]", "", "expected an object for flyteidl.core.Literal, got a list"),
            (LITERAL, "null", "", "expected an object for flyteidl.core.Literal, got null"),
        ] {
            assert_eq!(refused(name, json), (path.to_owned(), text.to_owned()));
        }
    }

    #[test]
    fn integers_out_of_range_are_refused() {
        let name = "flyteidl.admin.ResourceListRequest";
        for value in ["-1", "4294967296", "1.5", "\"abc\"", "\"\"", "\" 1\"", "\"1 \"", "\"0x1\"", "true", "1e10"] {
            let (path, text) = refused(name, &format!("{{\"limit\":{value}}}"));
            assert_eq!(path, "limit");
            assert_eq!(text, format!("limit: expected an integer from 0 to 4294967295, got {value}"));
        }
        for (value, limit) in [("1", 1u32), ("\"7\"", 7), ("1e3", 1000), ("\"1.0\"", 1), ("4294967295", u32::MAX)] {
            assert_eq!(through(name, &format!("{{\"limit\":{value}}}")), json!({ "limit": limit }));
        }
    }

    #[test]
    fn integers_of_64_bits_keep_every_digit() {
        for value in ["9223372036854775807", "\"9223372036854775807\"", "-9223372036854775808"] {
            let expected = value.trim_matches('"');
            assert_eq!(through(PRIMITIVE, &format!("{{\"integer\":{value}}}")), json!({ "integer": expected }));
        }
        assert_eq!(refused(PRIMITIVE, r#"{"integer":9223372036854775808}"#).0, "integer");
    }

    #[test]
    fn enums_come_as_name_or_number() {
        let name = "flyteidl.admin.NodeExecutionClosure";
        for (value, expected) in
            [("\"FAILED\"", json!("FAILED")), ("5", json!("FAILED")), ("77", json!(77)), ("-3", json!(-3))]
        {
            assert_eq!(through(name, &format!("{{\"phase\":{value}}}")), json!({ "phase": expected }));
        }
        assert_eq!(through(name, r#"{"phase":"UNDEFINED"}"#), json!({}));
        for value in ["\"NOPE\"", "1.5", "3000000000", "true", "\"5\""] {
            let (path, text) = refused(name, &format!("{{\"phase\":{value}}}"));
            assert_eq!(path, "phase");
            assert!(
                text.starts_with("phase: expected a name or number of flyteidl.core.NodeExecution.Phase: UNDEFINED, "),
                "{text}"
            );
        }
    }

    #[test]
    fn floats_come_in_every_notation() {
        for (value, expected) in [
            ("1.5", json!(1.5)),
            ("\"1.5\"", json!(1.5)),
            ("1e3", json!(1000)),
            ("\"NaN\"", json!("NaN")),
            ("\"Infinity\"", json!("Infinity")),
            ("\"-Infinity\"", json!("-Infinity")),
            ("123456789012345678901234567890", json!(1.2345678901234568e29)),
        ] {
            assert_eq!(through(PRIMITIVE, &format!("{{\"floatValue\":{value}}}"))["floatValue"], expected, "{value}");
        }
        for value in ["1e400", "\"-1e400\"", "\"inf\"", "\"nan\"", "\"\""] {
            assert_eq!(refused(PRIMITIVE, &format!("{{\"floatValue\":{value}}}")).0, "floatValue");
        }
    }

    #[test]
    fn a_float_of_32_bits_has_its_own_range() {
        let name = "flyteidl.core.ArrayNode";
        assert_eq!(through(name, r#"{"minSuccessRatio":0.5}"#), json!({ "minSuccessRatio": 0.5 }));
        assert_eq!(through(name, r#"{"minSuccessRatio":0.1}"#), json!({ "minSuccessRatio": 0.10000000149011612 }));
        assert_eq!(refused(name, r#"{"minSuccessRatio":1e39}"#).0, "minSuccessRatio");
    }

    #[test]
    fn bytes_come_in_both_alphabets_padded_or_not() {
        let name = "flyteidl.core.Binary";
        for value in ["-_8=", "-_8", "+/8=", "+/8"] {
            assert_eq!(through(name, &format!("{{\"value\":\"{value}\"}}")), json!({ "value": "+/8=" }));
        }
    }

    #[test]
    fn null_is_no_value() {
        assert_eq!(
            through(LITERAL, r#"{"hash":null,"scalar":null,"metadata":null,"offloadedMetadata":null}"#),
            json!({})
        );
        assert_eq!(through(PRIMITIVE, r#"{"integer":null,"stringValue":"a"}"#), json!({ "stringValue": "a" }));
        let (path, _) = refused("flyteidl.core.LiteralCollection", r#"{"literals":[{},null]}"#);
        assert_eq!(path, "literals[1]");
        assert_eq!(refused("flyteidl.core.LiteralMap", r#"{"literals":{"k":null}}"#).0, "literals.k");
    }

    #[test]
    fn a_zero_that_may_have_lost_its_sign_is_reported() {
        assert!(encode(PRIMITIVE, r#"{"floatValue":0}"#).unwrap().is_doubtful);
        assert!(encode("google.protobuf.Value", "[1,{\"a\":0}]").unwrap().is_doubtful);
        assert!(!encode(PRIMITIVE, r#"{"floatValue":-0}"#).unwrap().is_doubtful);
        assert!(!encode(PRIMITIVE, r#"{"floatValue":0.5}"#).unwrap().is_doubtful);
        assert!(!encode(PRIMITIVE, r#"{"integer":"0"}"#).unwrap().is_doubtful);
        assert_eq!(
            encode(PRIMITIVE, r#"{"floatValue":-0}"#).unwrap().wire,
            encode(PRIMITIVE, r#"{"floatValue":"-0"}"#).unwrap().wire
        );
    }

    #[test]
    fn a_null_float_is_reported() {
        assert!(encode(PRIMITIVE, r#"{"floatValue":null}"#).unwrap().is_doubtful);
        assert!(encode("flyteidl.core.ArrayNode", r#"{"minSuccessRatio":null}"#).unwrap().is_doubtful);
        assert!(encode(PRIMITIVE, r#"{"integer":null}"#).unwrap().is_doubtful);
        assert!(encode(PRIMITIVE, "{}").unwrap().is_doubtful);
        assert!(encode("flyteidl.core.LiteralMap", r#"{"literals":{}}"#).unwrap().is_doubtful);
        assert!(!encode("flyteidl.core.LiteralMap", r#"{"literals":{"a":{"hash":"x"}}}"#).unwrap().is_doubtful);
        assert!(encode(PRIMITIVE, r#"{"floatValue":null,"nope":1}"#).unwrap_err().is_doubtful);
    }

    #[test]
    fn null_is_a_value_of_google_protobuf_value() {
        assert_eq!(through("google.protobuf.Value", "null"), Value::Null);
        assert_eq!(through("google.protobuf.ListValue", "[null,1]"), json!([null, 1]));
        let name = "flyteidl.core.TaskTemplate";
        assert_eq!(through(name, r#"{"custom":{"a":null}}"#), json!({ "custom": { "a": null } }));
    }

    #[test]
    fn free_json_goes_through_as_it_is() {
        let json = json!({ "a": [1, -2.5, "x", true, null, { "b": {} }, []], "": "ü\u{0}😀", "NaN": "NaN" });
        assert_eq!(through("google.protobuf.Struct", &json.to_string()), json);
    }

    #[test]
    fn wrappers_are_their_value() {
        let name = "flyteidl.admin.ExecutionSpec";
        assert_eq!(through(name, r#"{"interruptible":true}"#), json!({ "interruptible": true }));
        assert_eq!(through(name, r#"{"interruptible":false}"#), json!({ "interruptible": false }));
        assert_eq!(through(name, r#"{"interruptible":null}"#), json!({}));
        assert_eq!(through("google.protobuf.Int64Value", "\"5\""), json!("5"));
        assert_eq!(through("google.protobuf.StringValue", "\"\""), json!(""));
        assert_eq!(refused(name, r#"{"interruptible":{"value":true}}"#).0, "interruptible");
    }

    #[test]
    fn two_members_of_a_oneof_are_refused() {
        let (path, text) = refused(PRIMITIVE, r#"{"integer":1,"stringValue":"a"}"#);
        assert_eq!(path, "stringValue");
        assert!(text.starts_with("stringValue: expected only one of integer, floatValue, "), "{text}");
        assert!(text.ends_with("got integer and stringValue"), "{text}");
    }

    #[test]
    fn a_field_given_twice_is_refused() {
        for json in [r#"{"hash":"a","hash":"b"}"#, r#"{"hash":"a","h\u0061sh":"b"}"#] {
            assert_eq!(refused(LITERAL, json).0, "hash");
        }
        let name = "flyteidl.core.Primitive";
        assert_eq!(refused(name, r#"{"stringValue":"a","string_value":"b"}"#).0, "stringValue");
    }

    #[test]
    fn a_map_key_given_twice_is_refused() {
        let (path, text) = refused("flyteidl.admin.Labels", r#"{"values":{"b":"1","a":"2","b":"3"}}"#);
        assert_eq!((&*path, &*text), ("values", "values: expected different keys, got the key b twice"));
        assert_eq!(
            refused("google.protobuf.Struct", r#"{"a":1,"a":1}"#).1,
            "expected different keys, got the key a twice"
        );
    }

    #[test]
    fn surrogate_pairs_are_characters_and_halves_are_refused() {
        assert_eq!(through(LITERAL, r#"{"hash":"\ud83d\ude00\u00e4"}"#), json!({ "hash": "😀ä" }));
        for json in [r#"{"hash":"\ud83d"}"#, r#"{"hash":"\ude00"}"#] {
            assert_eq!(refused(LITERAL, json).0, "hash");
        }
    }

    #[test]
    fn text_that_is_not_json_is_refused() {
        for json in [
            "",
            " ",
            "{",
            "{}x",
            "{} {}",
            r#"{"hash"}"#,
            r#"{"hash":}"#,
            r#"{"hash":"a",}"#,
            r#"{hash:"a"}"#,
            "{'hash':'a'}",
            "{\"hash\":\"a\nb\"}",
            r#"{"hash":"\x"}"#,
            r#"{"hash":"a"#,
            r#"{,}"#,
            "nul",
            "\u{feff}{}",
            "{}\0",
        ] {
            assert!(encode(LITERAL, json).is_err(), "{json}");
        }
        assert!(json_to_wire(id(LITERAL), b"{\"hash\":\"\xff\"}", &StdFloats).is_err());
    }

    #[test]
    fn nesting_ends_at_100_levels() {
        let nested =
            |levels: usize| format!("{}{{}}{}", r#"{"collection":{"literals":["#.repeat(levels), "]}}".repeat(levels));
        assert!(encode(LITERAL, &nested(49)).is_ok());
        assert!(encode(LITERAL, &nested(50)).unwrap_err().expected.contains("100 levels"));
        let list = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(encode("google.protobuf.ListValue", &list(50)).is_ok());
        assert!(encode("google.protobuf.ListValue", &list(51)).is_err());
        assert!(encode("google.protobuf.Any", &format!("{{\"x\":{}}}", list(100_000))).is_err());
    }

    #[test]
    fn any_finds_its_type_wherever_it_stands() {
        let name = "google.protobuf.Any";
        let expected = json!({ "@type": "t/flyteidl.admin.Labels", "values": { "a": "b" } });
        assert_eq!(through(name, r#"{"values":{"a":"b"},"@type":"t/flyteidl.admin.Labels"}"#), expected);
        assert_eq!(through(name, r#"{"@type":"t/flyteidl.admin.Labels","values":{"a":"b"}}"#), expected);
        let value = json!({ "@type": "t/google.protobuf.Value", "value": [1] });
        assert_eq!(through(name, r#"{"value":[1],"@type":"t/google.protobuf.Value"}"#), value);
        let inside = json!({ "@type": "t/google.protobuf.Any", "value": expected });
        assert_eq!(through(name, &inside.to_string()), inside);
        assert_eq!(through(name, "{}"), json!({}));
        for (json, path) in [
            (r#"{"values":{}}"#, ""),
            (r#"{"@type":5}"#, "[\"@type\"]"),
            (r#"{"@type":"t/flyteidl.admin.Labels","nope":1}"#, "nope"),
            (r#"{"@type":"t/google.protobuf.Duration"}"#, ""),
            (r#"{"@type":"t/google.protobuf.Duration","value":"1s","other":1}"#, "other"),
            (r#"{"@type":"t/google.protobuf.Duration","value":"1"}"#, "value"),
            (r#"{"@type":"t/who.knows","a":1}"#, "a"),
        ] {
            assert_eq!(refused(name, json).0, path, "{json}");
        }
    }

    #[test]
    fn an_error_in_free_json_has_its_path_too() {
        let (path, _) = refused("flyteidl.core.TaskTemplate", r#"{"custom":{"a":[1,{"b":1e999}]}}"#);
        assert_eq!(path, "custom.a[1].b");
    }
}
