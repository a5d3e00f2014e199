//! Identifiers in text form, as flytekit reads and prints them.

use flyte_remote::entity::{ExecutionId, Identifier, Reference, ResourceType, TaskExecutionId};
use flyte_remote::error::Kind;
use flyte_remote::idl::flyteidl::core;

use crate::support::{id, message, vectors};

/// flytekit takes `x` for no number and fails with an error of its own; here all that is malformed fails alike. It also
/// prints missing parts as `None`.
const DEVIATIONS: [&str; 1] = ["print-none"];

#[test]
fn texts_are_read_as_flytekit_reads_them() {
    for case in vectors("identifiers.json").iter().filter(|case| case["op"] == "parse") {
        let text = case["text_in"].as_str().unwrap();
        let (parsed, expected): (Result<(Vec<u8>, String), _>, _) = match case["kind"].as_str().unwrap() {
            "identifier" => (Identifier::parse(text).map(|id| (proto(&id.to_proto()), id.to_string())), ""),
            "execution" => (ExecutionId::parse(text).map(|id| (proto(&id.to_proto()), id.to_string())), ""),
            _ => (TaskExecutionId::parse(text).map(|id| (proto(&id.to_proto()), id.to_string())), ""),
        };
        assert_eq!(expected, "");
        match (parsed, case.get("error")) {
            (Ok((bytes, printed)), None) => {
                assert_eq!(bytes, crate::support::bytes(&case["value"]["proto"]), "{}", id(case));
                assert_eq!(printed, case["value"]["text"], "{}", id(case));
            }
            (Err(error), Some(_)) => {
                assert_eq!(error.kind, Kind::Value, "{}", id(case));
                assert!(error.message.contains(text), "{}", error.message);
            }
            (parsed, expected) => panic!("{}: {parsed:?}, expected {expected:?}", id(case)),
        }
    }
}

#[test]
fn identifiers_are_printed_as_flytekit_prints_them() {
    let cases = vectors("identifiers.json");
    let print = cases.iter().filter(|case| case["op"] == "print" && !DEVIATIONS.contains(&id(case)));
    let mut seen = 0;
    for case in print {
        seen += 1;
        if case["kind"] == "execution" {
            let read: core::WorkflowExecutionIdentifier = message(&case["value"]["proto"]);
            assert_eq!(ExecutionId::from(read).to_string(), case["value"]["cli"]);
            continue;
        }
        let read = Identifier::from(message::<core::Identifier>(&case["value"]["proto"]));
        assert_eq!(read.to_string(), case["value"]["cli"].as_str().unwrap(), "{}", id(case));
        assert_eq!(read.resource_type.as_str(), case["value"]["resource_type_name"], "{}", id(case));
    }
    assert!(seen > 5);
}

#[test]
fn a_reference_is_a_name_or_an_identifier() {
    let named = Reference::parse("etl.daily").unwrap();
    assert_eq!((named.kind, named.name.as_str(), named.version()), (None, "etl.daily", None));
    let full = Reference::parse("lp:p::etl.daily:latest").unwrap();
    assert_eq!(full.kind, Some(ResourceType::LaunchPlan));
    assert_eq!((full.project.as_deref(), full.domain.as_deref()), (Some("p"), None));
    assert_eq!(full.version(), None);
    assert_eq!(Reference::parse("a:b").unwrap_err().kind, Kind::Value);
}

fn proto(message: &impl prost::Message) -> Vec<u8> {
    message.encode_to_vec()
}
