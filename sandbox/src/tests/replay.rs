//! The state is the fold of what came in.

use std::time::Duration;

use super::support::*;
use crate::idl::admin::*;
use crate::idl::core::*;
use crate::{ContainerResult, Options, Sandbox};

#[test]
fn a_journal_gives_the_same_state_again() {
    let mut bench = doubling_bench();
    let nodes = vec![
        node("n0", run_launch_plan("doubling"), &[("x", constant(int(4)))]),
        node("n1", run_task("double"), &[("x", promise("n0", "y"))]),
    ];
    bench.workflow(workflow("outer", &[], &[], nodes), Vec::new());
    let ended = bench.execute("outer", &[]);
    bench.settle(double);
    let failed = bench.execute("doubling", &[("x", int(1))]);
    bench.settle(|_, _| ContainerResult { exit_code: 1, ..Default::default() });
    let _ = bench.try_execute(request(ResourceType::LaunchPlan, "unknown", &[]));
    let running = bench.execute("outer", &[]);
    let unfinished = bench.sandbox.unfinished();

    let mut again = Bench::new(bench.sandbox.options().clone());
    replay(&mut again.sandbox, &bench.journal);
    assert_eq!(again.sandbox.unfinished(), unfinished);
    assert_eq!(again.sandbox.drain_effects().len(), 4, "shells start again what is unfinished, not these");
    for name in [ended, failed, running] {
        assert_eq!(bench.execution(&name), again.execution(&name));
        assert_eq!(bench.nodes(&name, ""), again.nodes(&name, ""));
        for node in ["n0", "n1"] {
            assert_eq!(bench.attempts(&name, node), again.attempts(&name, node));
        }
    }
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
