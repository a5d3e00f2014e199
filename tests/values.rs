//! Values of every type: what goes into a literal comes out of it; garbage is refused and breaks nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use flyte_remote::codec::StdFloats;
use flyte_remote::idl::flyteidl::core;
use flyte_remote::value::{
    from_literal, guess_type, repr, to_literal, type_of, InputValue, LiteralType, OutputValue, Packed, Path, Reading,
};
use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;
use prost::Message;
use prost_types::{value::Kind, ListValue, Struct, Value};

/// A type with a value of it: as the caller gives it, and as it comes back.
#[derive(Clone, Debug)]
struct Case {
    of: core::LiteralType,
    given: InputValue,
    read: OutputValue,
}

fn simple(kind: core::SimpleType) -> core::LiteralType {
    typed(core::literal_type::Type::Simple(kind as i32))
}

fn typed(of: core::literal_type::Type) -> core::LiteralType {
    core::LiteralType { r#type: Some(of), ..Default::default() }
}

fn tagged(mut of: core::LiteralType, tag: &str) -> core::LiteralType {
    of.structure = Some(core::TypeStructure { tag: tag.to_owned(), ..Default::default() });
    of
}

fn string(text: &str) -> Value {
    Value { kind: Some(Kind::StringValue(text.to_owned())) }
}

fn object(fields: Vec<(&str, Value)>) -> Value {
    let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Value { kind: Some(Kind::StructValue(Struct { fields })) }
}

/// A field of a dataclass: its JSON schema, and a value.
#[derive(Clone, Debug)]
struct Field {
    schema: Value,
    given: InputValue,
    read: OutputValue,
}

const SAFE: i64 = (1 << 53) - 1;

fn number() -> BoxedStrategy<f64> {
    prop_oneof![any::<f64>().prop_filter("equal to itself", |number| !number.is_nan()), (-99..99).prop_map(f64::from)]
        .boxed()
}

fn text() -> BoxedStrategy<String> {
    prop_oneof!["[a-z ]{0,12}", "\\PC{0,6}", Just("\n\u{0}🚀".to_owned()), "x{30,300}"].boxed()
}

/// An integer as a number, or as a bigint.
fn integer() -> BoxedStrategy<(InputValue, i64)> {
    #[allow(clippy::cast_precision_loss)]
    let as_number = (-SAFE..=SAFE).prop_map(|number| (InputValue::Number(number as f64), number));
    prop_oneof![as_number, any::<i64>().prop_map(|number| (InputValue::Int(number), number))].boxed()
}

fn leaf_field() -> BoxedStrategy<Field> {
    let of = |kind: &'static str| object(vec![("type", string(kind))]);
    let field = |schema: Value, given: InputValue, read: OutputValue| Field { schema, given, read };
    prop_oneof![
        integer().prop_map(move |(given, number)| field(of("integer"), given, OutputValue::Int(number))),
        number().prop_map(move |number| field(of("number"), InputValue::Number(number), OutputValue::Float(number))),
        any::<bool>().prop_map(move |flag| field(of("boolean"), InputValue::Bool(flag), OutputValue::Bool(flag))),
        text().prop_map(move |text| field(of("string"), InputValue::Text(text.clone()), OutputValue::Text(text))),
    ]
    .boxed()
}

fn any_field(depth: u32) -> BoxedStrategy<Field> {
    leaf_field()
        .prop_recursive(depth, 24, 4, |inner| {
            let optional = (inner.clone(), any::<bool>()).prop_map(|(field, given)| {
                let null = object(vec![("type", string("null"))]);
                let values = vec![field.schema.clone(), null];
                let any_of = Value { kind: Some(Kind::ListValue(ListValue { values })) };
                let schema = object(vec![("anyOf", any_of)]);
                match given {
                    true => Field { schema, ..field },
                    false => Field { schema, given: InputValue::Null, read: OutputValue::Null },
                }
            });
            let list = (inner.clone(), 0..4usize).prop_map(|(field, count)| Field {
                schema: object(vec![("type", string("array")), ("items", field.schema)]),
                given: InputValue::List(vec![field.given; count]),
                read: OutputValue::List(vec![field.read; count]),
            });
            let map = (inner.clone(), keys()).prop_map(|(field, keys)| Field {
                schema: object(vec![("type", string("object")), ("additionalProperties", field.schema)]),
                given: InputValue::Map(keys.iter().map(|key| (key.clone(), field.given.clone())).collect()),
                read: OutputValue::Map(keys.iter().map(|key| (key.clone(), field.read.clone())).collect()),
            });
            let class = proptest::collection::vec(inner, 0..4).prop_map(class);
            prop_oneof![optional, list, map, class]
        })
        .boxed()
}

fn keys() -> BoxedStrategy<Vec<String>> {
    proptest::collection::btree_set("[a-zé_ ]{0,5}", 0..4).prop_map(|keys| keys.into_iter().collect()).boxed()
}

fn class(fields: Vec<Field>) -> Field {
    let name = |index: usize| format!("field{index}");
    let properties = fields.iter().enumerate().map(|(index, field)| (name(index), field.schema.clone())).collect();
    let required = (0..fields.len()).map(|index| string(&name(index))).collect();
    let schema = object(vec![
        ("type", string("object")),
        ("title", string("Class")),
        ("additionalProperties", Value { kind: Some(Kind::BoolValue(false)) }),
        ("properties", Value { kind: Some(Kind::StructValue(Struct { fields: properties })) }),
        ("required", Value { kind: Some(Kind::ListValue(ListValue { values: required })) }),
    ]);
    Field {
        schema,
        given: InputValue::Map(fields.iter().enumerate().map(|(i, field)| (name(i), field.given.clone())).collect()),
        read: OutputValue::Map(fields.iter().enumerate().map(|(i, field)| (name(i), field.read.clone())).collect()),
    }
}

fn leaf() -> BoxedStrategy<Case> {
    use core::SimpleType as Simple;
    let case = |of: core::LiteralType, given: InputValue, read: OutputValue| Case { of, given, read };
    let instant = (-62_135_596_800..=253_402_300_799_i64, 0..1_000_000_000_i32);
    let duration = (0..=315_576_000_000_i64, 0..1_000_000_000_i32, prop_oneof![Just(1), Just(-1)]);
    let uri = "s3://[a-z]{1,5}/[a-z/]{0,9}";
    let blob = (uri, "[a-z]{0,3}", any::<bool>()).prop_map(move |(uri, format, multipart)| {
        let blob = core::BlobType { format: format.clone(), dimensionality: multipart.into() };
        let given = InputValue::Blob { uri: uri.clone(), format: String::new(), multipart };
        case(typed(core::literal_type::Type::Blob(blob)), given, OutputValue::Blob { uri, format, multipart })
    });
    let dataset = (uri, "[a-z]{0,3}").prop_map(move |(uri, format)| {
        let given = InputValue::StructuredDataset { uri: uri.clone(), format: format.clone() };
        let of = typed(core::literal_type::Type::StructuredDatasetType(core::StructuredDatasetType::default()));
        case(of, given, OutputValue::StructuredDataset { uri, format, columns: vec![] })
    });
    let binary = (proptest::collection::vec(any::<u8>(), 0..9), "[a-z]{0,4}").prop_map(move |(value, tag)| {
        let given = vec![
            ("value".to_owned(), InputValue::Bytes(value.clone())),
            ("tag".to_owned(), InputValue::Text(tag.clone())),
        ];
        case(simple(Simple::Binary), InputValue::Map(given), OutputValue::Binary { tag, value })
    });
    let error = (text(), text()).prop_map(move |(message, node)| {
        let given = vec![
            ("message".to_owned(), InputValue::Text(message.clone())),
            ("failedNodeId".to_owned(), InputValue::Text(node.clone())),
        ];
        case(simple(Simple::Error), InputValue::Map(given), OutputValue::Error { message, failed_node_id: node })
    });
    let choice = proptest::collection::btree_set("[a-z]{1,4}", 1..4).prop_map(move |values| {
        let values: Vec<String> = values.into_iter().collect();
        let of = typed(core::literal_type::Type::EnumType(core::EnumType { values: values.clone() }));
        case(of, InputValue::Text(values[0].clone()), OutputValue::Text(values[0].clone()))
    });
    let dataclass = proptest::collection::vec(any_field(3), 0..4).prop_map(|fields| {
        let Field { schema, given, read } = class(fields);
        let Some(Kind::StructValue(metadata)) = schema.kind else { unreachable!() };
        Case { of: core::LiteralType { metadata: Some(metadata), ..simple(Simple::Struct) }, given, read }
    });
    let numbers = proptest::collection::vec(any::<i64>(), 64..99).prop_map(move |numbers| {
        let of = typed(core::literal_type::Type::CollectionType(Box::new(simple(Simple::Integer))));
        case(of, InputValue::Ints(numbers.clone()), OutputValue::Ints(numbers))
    });
    prop_oneof![
        Just(case(simple(Simple::None), InputValue::Null, OutputValue::Null)),
        integer().prop_map(move |(given, number)| case(simple(Simple::Integer), given, OutputValue::Int(number))),
        number().prop_map(move |n| case(simple(Simple::Float), InputValue::Number(n), OutputValue::Float(n))),
        text().prop_map(move |t| case(simple(Simple::String), InputValue::Text(t.clone()), OutputValue::Text(t))),
        any::<bool>().prop_map(move |b| case(simple(Simple::Boolean), InputValue::Bool(b), OutputValue::Bool(b))),
        instant.prop_map(move |(seconds, nanos)| {
            let read = OutputValue::Instant { seconds, nanos };
            case(simple(Simple::Datetime), InputValue::Instant { seconds, nanos }, read)
        }),
        duration.prop_map(move |(seconds, nanos, sign)| {
            let (seconds, nanos) = (seconds * sign, nanos * sign as i32);
            let read = OutputValue::Duration { seconds, nanos };
            case(simple(Simple::Duration), InputValue::Duration { seconds, nanos }, read)
        }),
        blob,
        dataset,
        binary,
        error,
        choice,
        dataclass,
        numbers,
    ]
    .boxed()
}

/// Types nested up to six deep.
fn any_case() -> BoxedStrategy<Case> {
    leaf()
        .prop_recursive(5, 48, 4, |inner| {
            let list = (inner.clone(), 0..4usize).prop_map(|(case, count)| Case {
                of: typed(core::literal_type::Type::CollectionType(Box::new(case.of))),
                given: InputValue::List(vec![case.given; count]),
                read: OutputValue::List(vec![case.read; count]),
            });
            let map = (inner.clone(), keys()).prop_map(|(case, keys)| Case {
                of: typed(core::literal_type::Type::MapValueType(Box::new(case.of))),
                given: InputValue::Map(keys.iter().map(|key| (key.clone(), case.given.clone())).collect()),
                read: OutputValue::Map(keys.iter().map(|key| (key.clone(), case.read.clone())).collect()),
            });
            let union = proptest::collection::vec(inner, 1..4).prop_map(|cases| {
                let variants = cases.iter().enumerate().map(|(i, case)| tagged(case.of.clone(), &format!("v{i}")));
                let chosen = cases.len() - 1;
                let tag = format!("v{chosen}");
                let Case { given, read, .. } = cases[chosen].clone();
                let union = core::UnionType { variants: variants.collect() };
                Case {
                    of: typed(core::literal_type::Type::UnionType(union)),
                    given: InputValue::Variant { tag: tag.clone(), value: Box::new(given) },
                    read: OutputValue::Variant { tag, value: Box::new(read) },
                }
            });
            prop_oneof![list, map, union]
        })
        .boxed()
}

fn as_given(case: &Case) -> Result<Vec<u8>, TestCaseError> {
    let of = LiteralType::decode(&case.of.encode_to_vec()).unwrap();
    let mut problems = Vec::new();
    let literal = to_literal(&case.given, &of, &Path::new("x"), &mut problems);
    prop_assert!(literal.is_some(), "{problems:?}");
    Ok(literal.unwrap().as_bytes().to_vec())
}

proptest! {
    #[test]
    fn what_goes_into_a_literal_comes_out_of_it(case in any_case()) {
        let of = LiteralType::decode(&case.of.encode_to_vec()).unwrap();
        let literal = as_given(&case)?;
        let reading = Reading { variants: true, ..Reading::default() };
        let read = reading.literal(&literal, Some(&of), &Path::new("x"));
        prop_assert_eq!(read.map_err(|problem| problem.message), Ok(case.read));
        // It is of its type, goes through as it is, and can be shown.
        let literal = flyte_remote::value::Literal::new(literal);
        let mut problems = Vec::new();
        let again = to_literal(&InputValue::Literal(literal.clone()), &of, &Path::new("x"), &mut problems);
        prop_assert_eq!((again, problems), (Some(literal.clone()), vec![]));
        prop_assert!(core::Literal::decode(literal.as_bytes()).is_ok());
        let _ = repr(literal.as_bytes(), &StdFloats);
    }

    #[test]
    fn bytes_changed_at_random_break_nothing(case in any_case(), at in any::<proptest::sample::Index>(), by in any::<u8>()) {
        let mut literal = as_given(&case)?;
        let mut of = case.of.encode_to_vec();
        for bytes in [&mut literal, &mut of] {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] ^= by;
            }
        }
        look(&literal, &of);
    }

    #[test]
    fn arbitrary_bytes_break_nothing(literal in proptest::collection::vec(any::<u8>(), 0..200), of in proptest::collection::vec(any::<u8>(), 0..60)) {
        look(&literal, &of);
    }

    #[test]
    fn values_of_one_type_given_for_another_break_nothing(one in any_case(), two in any_case()) {
        let of = LiteralType::decode(&two.of.encode_to_vec()).unwrap();
        let mut problems = Vec::new();
        let literal = to_literal(&one.given, &of, &Path::new("x"), &mut problems);
        prop_assert_eq!(literal.is_none(), !problems.is_empty());
        if let Some(of) = guess_type(&one.given) {
            // A guess fits, unless a list mixes what no union can tell apart.
            let _ = to_literal(&one.given, &of, &Path::new("x"), &mut problems);
        }
        look(&as_given(&one)?, &two.of.encode_to_vec());
    }
}

/// All that reads bytes of others.
fn look(literal: &[u8], of: &[u8]) {
    let declared = LiteralType::decode(of).ok();
    let value = from_literal(literal, declared.as_ref());
    let _ = Packed::of(&value);
    let _ = repr(literal, &StdFloats);
    let own = type_of(literal);
    let _ = own.text();
    if let Some(declared) = declared {
        let _ = declared.text();
        let _ = (own.is_same(&declared), own.is_castable_to(&declared), declared.is_castable_to(&own));
        let given = InputValue::Literal(flyte_remote::value::Literal::new(literal));
        let _ = to_literal(&given, &declared, &Path::new("x"), &mut Vec::new());
    }
}

/// `FUZZ_MINUTES=10 cargo test --release --test values -- --ignored garbage`; the seed of a failure is printed.
#[test]
#[ignore = "takes as long as it is told to"]
fn garbage_for_minutes_breaks_nothing() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

    let minutes: f64 = std::env::var("FUZZ_MINUTES").ok().and_then(|minutes| minutes.parse().ok()).unwrap_or(10.0);
    let end = std::time::Instant::now() + std::time::Duration::from_secs_f64(minutes * 60.0);
    let (mut rounds, mut seed, mut slowest) = (0_u64, 0_u64, std::time::Duration::ZERO);
    while std::time::Instant::now() < end {
        seed += 1;
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let case = any_case().new_tree(&mut runner).unwrap().current();
        let other = any_case().new_tree(&mut runner).unwrap().current();
        let (literal, of) =
            (as_given(&case).unwrap_or_else(|error| panic!("seed {seed}: {error}")), case.of.encode_to_vec());
        for _ in 0..200 {
            let (mut literal, mut of) = (literal.clone(), of.clone());
            garble(&mut literal, &mut runner);
            garble(&mut of, &mut runner);
            let start = std::time::Instant::now();
            let looked = std::panic::catch_unwind(|| {
                look(&literal, &of);
                look(&literal, &other.of.encode_to_vec());
            });
            slowest = slowest.max(start.elapsed());
            assert!(looked.is_ok(), "seed {seed}: literal {literal:?}, type {of:?}");
            assert!(start.elapsed().as_secs() < 5, "seed {seed}, slow: literal {literal:?}, type {of:?}");
            rounds += 1;
        }
    }
    println!("{rounds} pieces of garbage in {minutes} minutes, {slowest:?} for the slowest");
}

/// Changes, cuts, doubles or inserts bytes.
fn garble(bytes: &mut Vec<u8>, runner: &mut proptest::test_runner::TestRunner) {
    let rng = runner.rng();
    for _ in 0..rng.next_u32() % 4 {
        let at = rng.next_u32() as usize % (bytes.len() + 1);
        match rng.next_u32() % 5 {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, rng.next_u32() as u8),
            2 => {
                let end = (at + rng.next_u32() as usize % 16).min(bytes.len());
                let part = bytes[at..end].to_vec();
                let to = rng.next_u32() as usize % (bytes.len() + 1);
                bytes.splice(to..to, part);
            }
            _ if at < bytes.len() => bytes[at] = rng.next_u32() as u8,
            _ => {}
        }
    }
}
