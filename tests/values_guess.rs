//! The type that is guessed for a value takes that value.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use flyte_remote::value::{guess_type, to_literal, type_of, InputValue, Path};
use proptest::prelude::*;

fn list(items: &[InputValue]) -> InputValue {
    InputValue::List(items.to_vec())
}

fn int(number: f64) -> InputValue {
    InputValue::Number(number)
}

#[test]
fn lists_side_by_side_are_of_one_type() {
    let empty = list(&[]);
    let text = InputValue::Text("a".into());
    let numbers = |numbers: &[f64]| InputValue::Numbers(numbers.to_vec());
    for (value, expected) in [
        (empty.clone(), "list[none]"),
        (list(&[empty.clone(), list(&[int(1.0)])]), "list[list[int]]"),
        (list(&[numbers(&[]), numbers(&[1.0])]), "list[list[int]]"),
        (list(&[numbers(&[1.0, 2.0]), numbers(&[0.5])]), "list[list[float]]"),
        (list(&[InputValue::Ints(vec![1]), numbers(&[0.5])]), "list[list[int | float]]"),
        (list(&[list(&[int(1.0)]), list(std::slice::from_ref(&text))]), "list[list[int | str]]"),
        (list(&[list(&[InputValue::Null]), list(&[int(1.0)])]), "list[list[none | int]]"),
        (list(&[empty.clone(), text, list(&[empty.clone(), list(&[int(1.0)])])]), "list[list[list[int]] | str]"),
    ] {
        let of = guess_type(&value).unwrap();
        assert_eq!(of.text(), expected, "{value:?}");
        let mut problems = Vec::new();
        let literal = to_literal(&value, &of, &Path::new("x"), &mut problems);
        assert!(problems.is_empty(), "{value:?}: {problems:?}");
        assert!(type_of(literal.unwrap().as_bytes()).is_castable_to(&of), "{value:?}");
    }
}

fn any_value() -> BoxedStrategy<InputValue> {
    let leaf = prop_oneof![
        Just(InputValue::Null),
        any::<bool>().prop_map(InputValue::Bool),
        (-9..9).prop_map(|number| InputValue::Number(f64::from(number) / 2.0)),
        any::<i64>().prop_map(InputValue::Int),
        "[a-z]{0,3}".prop_map(InputValue::Text),
        Just(InputValue::Instant { seconds: 1, nanos: 0 }),
        Just(InputValue::Duration { seconds: 1, nanos: 0 }),
        Just(InputValue::Map(vec![("a".into(), InputValue::Null)])),
        proptest::collection::vec(any::<f64>(), 0..3).prop_map(InputValue::Numbers),
        proptest::collection::vec((-9..9).prop_map(f64::from), 0..3).prop_map(InputValue::Numbers),
        proptest::collection::vec(any::<i64>(), 0..3).prop_map(InputValue::Ints),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| proptest::collection::vec(inner, 0..4).prop_map(InputValue::List)).boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_guess_takes_its_value(value in any_value()) {
        let of = guess_type(&value).unwrap();
        let mut problems = Vec::new();
        let literal = to_literal(&value, &of, &Path::new("x"), &mut problems);
        prop_assert!(literal.is_some(), "{}: {:?}", of.text(), problems);
    }
}
