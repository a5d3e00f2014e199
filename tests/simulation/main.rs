//! Simulation: many small worlds, each with a sandbox, users of `FlyteRemote`, and a network that loses, repeats, delays
//! and garbles what they say to each other; all from a seed, under a simulated clock.
//!
//! `npm run simulate -- --seeds N --seed S` runs seeds S to S + N - 1; one seed alone prints its trace.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
// Old fields are still in use.
#![allow(deprecated)]

mod faults;
mod invariants;
mod mutations;
mod random;
mod server;
mod trace;
mod truth;
mod user;
mod wire;
mod workflows;
mod workload;
mod world;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Mutex;
use std::time::Instant;

use faults::Fault;
use mutations::Mutation;
use world::{simulate, Report};

/// A number from the environment.
fn given(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}: expected a whole number, got {text:?}")))
}

/// Runs seeds on all processors; `each` is told of every one.
fn run(seeds: std::ops::Range<u64>, each: impl Fn(Report) + Sync) {
    let next = AtomicU64::new(seeds.start);
    let threads = std::thread::available_parallelism().map_or(1, |number| number.get());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= seeds.end {
                    return;
                }
                each(simulate(seed, Mutation::Nothing));
            });
        }
    });
}

/// What went wrong in a seed, what led to it, and how to see all of it again.
fn told(report: &Report) -> String {
    let broken = report.violations.iter().map(|broken| format!("  {}: {}\n", broken.invariant, broken.text));
    let end = report.lines.iter().position(|line| line.contains("  BROKEN  ")).map_or(report.lines.len(), |at| at + 1);
    let trace = report.lines[end.saturating_sub(60)..end].join("\n");
    let (seed, broken) = (report.seed, broken.collect::<String>());
    format!("seed {seed}:\n{broken}up to there:\n{trace}\nreplay it with: npm run simulate -- --seed {seed}\n")
}

/// Prints past the capture of the test harness.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

#[test]
fn whatever_goes_wrong_on_the_way_all_seeds_hold() {
    let seed = given("SIMULATE_SEED");
    let (first, count) = (seed.unwrap_or(0), given("SIMULATE_SEEDS").unwrap_or(if seed.is_some() { 1 } else { 1000 }));
    let begin = Instant::now();
    let (totals, failures) = (Mutex::new(Totals::default()), Mutex::new(BTreeMap::new()));
    run(first..first + count, |report| {
        totals.lock().unwrap().add(&report);
        if count == 1 {
            say(&report.lines.join("\n"));
        }
        if !report.violations.is_empty() {
            failures.lock().unwrap().insert(report.seed, told(&report));
        }
    });
    let (took, totals) = (begin.elapsed().as_secs_f64(), totals.into_inner().unwrap());
    say(&format!("{count} seeds in {took:.1} s, {:.0} a second\n{totals:?}", count as f64 / took));
    let failures = failures.into_inner().unwrap();
    if let Some(first) = failures.values().next() {
        let seeds: Vec<_> = failures.keys().collect();
        panic!("{} of {count} seeds failed: {seeds:?}\nthe first, {first}", failures.len());
    }
    if count >= 1000 {
        totals.say_something(count);
    }
}

/// How often things were done, and faults met, in all seeds.
#[derive(Debug, Default)]
struct Totals {
    counts: BTreeMap<&'static str, u64>,
    faults: BTreeMap<Fault, u64>,
}

impl Totals {
    fn add(&mut self, report: &Report) {
        for (what, number) in &report.counts {
            *self.counts.entry(*what).or_default() += number;
        }
        for (fault, number) in &report.faults {
            *self.faults.entry(*fault).or_default() += number;
        }
    }

    /// A simulation in which nothing happens would hold, too.
    fn say_something(&self, seeds: u64) {
        let verbs =
            ["execute", "wait", "watch", "wait all", "together", "sync", "terminate", "recover", "relaunch", "signals"];
        for verb in verbs.into_iter().chain(["execute and wait", "fetch", "list", "outputs", "drops", "failures"]) {
            let number = self.counts.get(verb);
            assert!(number.is_some_and(|number| *number >= seeds / 20), "{verb}: {number:?} in {seeds} seeds");
        }
        for fault in Fault::ALL {
            let number = self.faults.get(&fault);
            assert!(number.is_some_and(|number| *number >= seeds / 10), "{fault:?}: {number:?} in {seeds} seeds");
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    let hashes: Vec<u64> = (0..25).map(|seed| simulate(seed, Mutation::Nothing).hash).collect();
    let again: Vec<u64> = (0..25).map(|seed| simulate(seed, Mutation::Nothing).hash).collect();
    assert_eq!(hashes, again);
    let mut different = hashes;
    different.sort_unstable();
    different.dedup();
    assert_eq!(different.len(), 25);
}

/// The first of many seeds in which a mistake breaks the invariant that is there for it.
fn noticed(mutation: Mutation, invariant: &str) {
    let broken = (0..400).find(|seed| {
        let report = simulate(*seed, mutation);
        report.violations.iter().any(|violation| violation.invariant == invariant)
    });
    assert!(broken.is_some(), "{mutation:?} is not noticed");
}

#[test]
fn a_repeated_request_that_creates_another_execution_is_noticed() {
    noticed(Mutation::NamelessExecutions, "one execution");
}

#[test]
fn replies_that_go_back_in_time_are_noticed() {
    noticed(Mutation::StaleReplies, "backwards");
}

#[test]
fn an_end_that_is_none_is_noticed() {
    noticed(Mutation::EarlyEnds, "true end");
}

#[test]
fn nodes_that_are_never_read_are_noticed() {
    noticed(Mutation::FirstPagesOnly, "end missed");
}

#[test]
fn polls_that_overlap_are_noticed() {
    noticed(Mutation::TwoPollsAtATime, "overlap");
}

#[test]
fn polls_after_the_end_are_noticed() {
    noticed(Mutation::RestlessPolls, "poll after the end");
}

#[test]
fn calls_that_go_on_after_they_were_dropped_are_noticed() {
    noticed(Mutation::LeakedCalls, "pending");
}

#[test]
fn errors_without_a_reason_are_noticed() {
    noticed(Mutation::WrongReasons, "error");
}

#[test]
fn lists_that_lack_something_are_noticed() {
    noticed(Mutation::ShortPages, "lists");
}

#[test]
fn timeouts_that_mind_a_clock_that_is_set_are_noticed() {
    noticed(Mutation::TimeoutsByTheClock, "timeout");
}
