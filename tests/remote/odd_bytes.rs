//! Whatever bytes come, reading them ends in a value or an error.

use flyte_remote::entity::{LaunchPlan, Task, Workflow};
use flyte_remote::execution::{Execution, NodeExecution, TaskExecution};
use flyte_remote::remote::{Register, Spec, Specs};
use flyte_remote::value::{from_literal, LiteralType, OutputValue, Values};
use proptest::prelude::*;

use crate::support::{bytes, call, vectors, Server};

/// Real messages: replies that flytekit got, and literals.
fn samples() -> Vec<Vec<u8>> {
    let mut samples = Vec::new();
    for case in vectors("rpc_traces.json") {
        for entry in case["trace"].as_array().unwrap() {
            for side in ["request", "response"] {
                if entry[side].is_object() && samples.len() < 200 {
                    samples.push(bytes(&entry[side]));
                }
            }
        }
    }
    samples.extend(
        vectors("from_literal.json")
            .iter()
            .filter(|case| case["literal"].is_object())
            .map(|case| bytes(&case["literal"])),
    );
    samples
}

fn read_as_everything(bytes: &[u8]) {
    let _ = Task::decode(bytes.into(), None);
    let _ = Workflow::decode(bytes.into(), None);
    let _ = LaunchPlan::decode(bytes.into(), None);
    let _ = Execution::decode(bytes.into(), None);
    let _ = NodeExecution::decode(bytes.into());
    let _ = TaskExecution::decode(bytes.into());
    let declared = LiteralType::decode(bytes);
    let _ = from_literal(bytes, declared.as_ref().ok());
    if let Ok(values) = Values::decode(bytes, std::rc::Rc::default()) {
        let _ = values.to_output();
    }
    let server = Server::new(|_| Ok(Vec::new()));
    let spec = || vec![Spec { id: None, bytes: bytes.to_vec() }];
    let specs = Specs { tasks: spec(), workflows: spec(), launch_plans: spec() };
    let register = Register { version: Some("v".to_owned()), ..Register::default() };
    let _ = server.run(server.remote().register_specs(&specs, &register, &call()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn random_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read_as_everything(&bytes);
    }

    #[test]
    fn damaged_messages_are_read_or_refused(
        sample in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>(),
    ) {
        let samples = samples();
        let mut bytes = samples[sample.index(samples.len())].clone();
        if !bytes.is_empty() {
            let at = at.index(bytes.len());
            bytes[at] = byte;
            if cut {
                bytes.truncate(at);
            }
        }
        read_as_everything(&bytes);
    }
}

#[test]
fn whole_messages_are_read_as_anything() {
    for sample in samples() {
        read_as_everything(&sample);
    }
}

#[test]
fn a_literal_nested_without_end_comes_as_its_bytes() {
    // A list in a list in a list …
    let mut literal = vec![0x0a, 0x02, 0x2a, 0x00];
    for _ in 0..5_000 {
        for tag in [0x0a, 0x12] {
            let mut outer = vec![tag];
            prost::encoding::encode_varint(literal.len() as u64, &mut outer);
            outer.append(&mut literal);
            literal = outer;
        }
    }
    assert_eq!(from_literal(&literal, None), OutputValue::Literal(literal.clone()));

    let mut declared = vec![8, 1];
    for _ in 0..5_000 {
        let mut outer = vec![0x1a];
        prost::encoding::encode_varint(declared.len() as u64, &mut outer);
        outer.append(&mut declared);
        declared = outer;
    }
    assert!(LiteralType::decode(&declared).is_err());
}
