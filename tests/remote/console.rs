//! Links to the console, as flytekit makes them.

use flyte_remote::entity::{ExecutionId, Identifier, ResourceType};
use flyte_remote::idl::flyteidl::core;
use flyte_remote::remote::Settings;
use serde_json::json;

use crate::support::{id, message, unexpected, vectors, Server};

/// What flytekit does and this client does not.
const DEVIATIONS: [(&str, &str); 6] = [
    ("console-endpoint-bare", "a slash at the end of the console's endpoint is not doubled"),
    ("dns", "dns:/// is no part of a URL"),
    ("special", "names are percent-encoded"),
    ("not-entity", "the type system rules it out"),
    ("node-execution-id", "the type system rules it out"),
    ("endpoint-default", "there is no default endpoint"),
];

fn remote(platform: &serde_json::Value) -> flyte_remote::remote::Remote {
    let text = |name: &str| platform[name].as_str().map(str::to_owned);
    let sandbox = platform == "for_sandbox";
    let endpoint = if sandbox { Some("localhost:30080".to_owned()) } else { text("endpoint") };
    Server::new(unexpected).remote_with(Settings {
        endpoint: endpoint.unwrap_or_default(),
        insecure: sandbox || platform["insecure"] == true,
        console_endpoint: text("console_endpoint"),
        ..Settings::default()
    })
}

#[test]
fn urls_are_those_of_flytekit() {
    let mut seen = 0;
    for case in vectors("console_urls.json") {
        if DEVIATIONS.iter().any(|(deviation, _)| *deviation == id(&case)) {
            continue;
        }
        seen += 1;
        let remote = remote(&case["platform"]);
        let url = match case["entity"]["type"].as_str().unwrap() {
            "flyteidl.core.Identifier" => {
                remote.entity_url(&Identifier::from(message::<core::Identifier>(&case["entity"])))
            }
            _ => {
                remote.execution_url(&ExecutionId::from(message::<core::WorkflowExecutionIdentifier>(&case["entity"])))
            }
        };
        assert_eq!(remote.console_endpoint(), case["value"]["domain"], "{}", id(&case));
        assert_eq!(url, case["value"]["url"], "{}", id(&case));
    }
    assert_eq!(seen, 10);
}

#[test]
fn deviations_give_urls_that_work() {
    let url = |name: &str| {
        let case = vectors("console_urls.json").into_iter().find(|case| id(case) == name).unwrap();
        let entity = &case["entity"];
        match entity["type"].as_str().unwrap() {
            "flyteidl.core.Identifier" => {
                remote(&case["platform"]).entity_url(&Identifier::from(message::<core::Identifier>(entity)))
            }
            _ => remote(&case["platform"])
                .execution_url(&ExecutionId::from(message::<core::WorkflowExecutionIdentifier>(entity))),
        }
    };
    assert_eq!(
        url("special"),
        "https://flyte.example.com/console/projects/p/domains/d/workflow/a%20b%2Fc%3Fd%3D%C3%A9/version/v%231"
    );
    let version = Identifier::new(ResourceType::Task, "p", "d", "n:x", "1.0+cuda@a==");
    assert_eq!(
        remote(&json!({"endpoint": "flyte.example.com"})).entity_url(&version),
        "https://flyte.example.com/console/projects/p/domains/d/task/n:x/version/1.0+cuda@a==",
        "what may stand in a path is no other there"
    );
    assert_eq!(
        url("dns"),
        "https://flyte.example.com/console/projects/flytesnacks/domains/development/executions/f123"
    );
    assert!(url("console-endpoint-bare").starts_with("console.example.com/console/projects/"));
}
