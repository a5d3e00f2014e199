//! The state is the fold of what came in.

use std::time::Duration;

use prost::Message;

use super::support::*;
use crate::idl::admin::*;
use crate::idl::core::*;
use crate::{ContainerResult, Options, Sandbox};

#[test]
fn the_same_calls_and_results_give_the_same_state() {
    let mut journal: Vec<(Duration, String, Vec<u8>)> = Vec::new();
    let mut bench = doubling_bench();
    let request = request(ResourceType::LaunchPlan, "doubling", &[("x", int(3))]);
    let name = bench.try_execute(request.clone()).unwrap();
    bench.settle(double);
    let wanted = bench.execution(&name).encode_to_vec();

    let mut second = doubling_bench();
    second.now += Duration::ZERO;
    let again = second.try_execute(request).unwrap();
    second.settle(double);
    assert_eq!(again, name, "names come from the seed");
    journal.push((second.now, again.clone(), second.execution(&again).encode_to_vec()));
    assert_eq!(journal.remove(0).2, wanted);
}

#[test]
fn runs_that_have_not_ended_can_be_started_again_after_a_replay() {
    let mut bench = doubling_bench();
    let name = bench.execute("doubling", &[("x", int(3))]);
    let _ = bench.sandbox.drain_effects();
    let unfinished = bench.sandbox.unfinished();
    assert_eq!(unfinished.len(), 1);
    let crate::Effect::RunContainer(container) = unfinished[0].clone() else { panic!("a container") };
    bench.finish(&container, gave(&[("y", int(6))]));
    assert!(bench.sandbox.unfinished().is_empty());
    assert_eq!(bench.phase(&name), Phase::Succeeded);
}

#[test]
fn results_of_unknown_runs_are_ignored() {
    let mut sandbox = Sandbox::new(Options::default());
    sandbox.container_started(Duration::ZERO, "nobody");
    sandbox.container_finished(Duration::ZERO, "nobody", ContainerResult::default());
    assert!(sandbox.drain_effects().is_empty());
}

#[test]
fn generated_names_are_those_of_kubernetes() {
    let mut bench = doubling_bench();
    let name = bench.execute("doubling", &[("x", int(3))]);
    assert_eq!(name.len(), 20);
    assert!(name.starts_with('a'));
    assert!(name.chars().skip(1).all(|letter| "bcdfghjklmnpqrstvwxz2456789".contains(letter)), "{name}");
    let second = bench.execute("doubling", &[("x", int(3))]);
    assert_ne!(name, second);
    let _: ExecutionList = bench
        .call(
            "ListExecutions",
            ResourceListRequest {
                id: Some(NamedEntityIdentifier {
                    project: PROJECT.into(),
                    domain: DOMAIN.into(),
                    ..Default::default()
                }),
                limit: 10,
                ..Default::default()
            },
        )
        .unwrap();
}
