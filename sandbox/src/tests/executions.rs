//! Creating, relaunching, archiving and listing executions.

use super::support::*;
use crate::idl::admin::*;
use crate::idl::core::*;
use crate::{Code, ContainerResult, Options};

#[test]
fn inputs_are_checked_against_what_the_launch_plan_expects() {
    let mut bench = doubling_bench();
    let execute = |bench: &mut Bench, inputs: &[(&str, Literal)]| {
        bench.try_execute(request(ResourceType::LaunchPlan, "doubling", inputs)).unwrap_err()
    };
    for (inputs, message) in [
        (vec![("z", int(1))], "invalid input z"),
        (vec![], "expected_inputs x missing"),
        (vec![("x", text("1"))], "invalid x input wrong type. Expected simple:INTEGER, but got simple:STRING"),
    ] {
        let status = execute(&mut bench, &inputs);
        assert_eq!((status.code, status.message.as_str()), (Code::InvalidArgument, message));
    }
    let date = prost_types::Timestamp { seconds: i64::MAX, nanos: 0 };
    let date = of_scalar(scalar::Value::Primitive(Primitive { value: Some(primitive::Value::Datetime(date)) }));
    assert!(execute(&mut bench, &[("x", date)]).message.contains("out-of-range"));
}

#[test]
fn defaults_are_filled_in_and_fixed_inputs_can_not_be_given() {
    let mut bench = doubling_bench();
    let spec = LaunchPlanSpec { fixed_inputs: Some(literals(&[("x", int(8))])), ..Default::default() };
    bench.launch_plan("fixed", "doubling", spec).unwrap();
    let status = bench.try_execute(request(ResourceType::LaunchPlan, "fixed", &[("x", int(1))])).unwrap_err();
    assert_eq!(status.message, "invalid input x");
    let name = bench.execute("fixed", &[]);
    assert_eq!(bench.data(&name).full_inputs.unwrap(), literals(&[("x", int(8))]));
}

#[test]
fn names_are_checked_in_lower_case_and_kept_as_they_are() {
    let mut bench = doubling_bench();
    let mut execute = |name: &str| {
        let request = ExecutionCreateRequest {
            name: name.into(),
            ..request(ResourceType::LaunchPlan, "doubling", &[("x", int(1))])
        };
        bench.try_execute(request)
    };
    assert_eq!(execute("Abc-1").unwrap(), "Abc-1");
    let again = execute("Abc-1").unwrap_err();
    assert_eq!(again.code, Code::AlreadyExists);
    assert!(again.message.starts_with("value with matching already exists"));
    for name in ["1abc", "a_b", "-a", "ä"] {
        assert!(execute(name).unwrap_err().message.starts_with("invalid name format"), "{name}");
    }
    assert!(execute(&"a".repeat(64)).unwrap_err().message.contains("exceeded length 63"));
}

#[test]
fn a_task_runs_in_a_hidden_workflow_of_its_own() {
    let mut bench = doubling_bench();
    let name = bench.try_execute(request(ResourceType::Task, "double", &[("x", int(4))])).unwrap();
    let execution = bench.execution(&name);
    assert_eq!(execution.spec.unwrap().launch_plan.unwrap(), id(ResourceType::Task, "double"));
    assert_eq!(execution.closure.unwrap().workflow_id.unwrap().name, ".flytegen.double");
    bench.settle(double);
    assert_eq!(bench.outputs(&name), literals(&[("y", int(8))]));
    assert_eq!(bench.node_phases(&name, ""), ["start-node SUCCEEDED", "double SUCCEEDED", "end-node SUCCEEDED"]);
    let request = NamedEntityListRequest {
        resource_type: ResourceType::Workflow as i32,
        project: PROJECT.into(),
        domain: DOMAIN.into(),
        limit: 10,
        ..Default::default()
    };
    let names: NamedEntityList = bench.call("ListNamedEntities", request).unwrap();
    assert_eq!(names.entities.len(), 1, "hidden names are not listed");
    let missing = bench.try_execute(super::support::request(ResourceType::Task, "none", &[])).unwrap_err();
    assert_eq!(missing.code, Code::NotFound);
}

#[test]
fn a_task_that_says_nothing_about_retries_is_tried_four_times() {
    let mut bench = Bench::default();
    let mut template = task("flaky", &[], &[]);
    template.metadata.as_mut().unwrap().retries = None;
    bench.task_of(template).unwrap();
    let name = bench.try_execute(request(ResourceType::Task, "flaky", &[])).unwrap();
    bench.settle(|_, _| ContainerResult { exit_code: 1, ..Default::default() });
    assert_eq!(bench.attempts(&name, "flaky").len(), 4);
    assert!(bench.error(&name).message.starts_with("[4/4] currentAttempt done."));
}

#[test]
fn a_relaunch_runs_the_same_inputs_again() {
    let mut bench = doubling_bench();
    let name = bench.execute("doubling", &[("x", int(4))]);
    bench.settle(double);
    let request =
        ExecutionRelaunchRequest { id: Some(execution_id(&name)), name: "again".into(), overwrite_cache: true };
    let reply: ExecutionCreateResponse = bench.call("RelaunchExecution", request).unwrap();
    assert_eq!(reply.id.unwrap().name, "again");
    let spec = bench.execution("again").spec.unwrap();
    let metadata = spec.metadata.unwrap();
    assert!(spec.overwrite_cache);
    assert_eq!(metadata.mode(), execution_metadata::ExecutionMode::Relaunch);
    assert_eq!(metadata.reference_execution, Some(execution_id(&name)));
    assert_eq!(bench.data("again").full_inputs.unwrap(), literals(&[("x", int(4))]));
    let request = ExecutionRelaunchRequest { id: Some(execution_id("none")), ..Default::default() };
    assert_eq!(
        bench.call::<_, ExecutionCreateResponse>("RelaunchExecution", request).unwrap_err().code,
        Code::NotFound
    );
}

fn list(bench: &mut Bench, filters: &str) -> Vec<String> {
    let scope = NamedEntityIdentifier { project: PROJECT.into(), domain: DOMAIN.into(), ..Default::default() };
    let request = ResourceListRequest {
        id: Some(scope),
        limit: 100,
        filters: filters.into(),
        sort_by: Some(Sort { key: "execution_created_at".into(), direction: sort::Direction::Ascending as i32 }),
        ..Default::default()
    };
    let list: ExecutionList = bench.call("ListExecutions", request).unwrap();
    list.executions.into_iter().map(|execution| execution.id.unwrap().name).collect()
}

#[test]
fn executions_are_listed_by_phase_mode_time_launch_plan_and_labels() {
    let mut bench = doubling_bench();
    let mut named = |name: &str, labels: &[(&str, &str)]| {
        let mut request = ExecutionCreateRequest {
            name: name.into(),
            ..request(ResourceType::LaunchPlan, "doubling", &[("x", int(1))])
        };
        let values = labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        request.spec.as_mut().unwrap().labels = Some(Labels { values });
        bench.try_execute(request).unwrap();
    };
    named("one", &[("team", "a")]);
    named("two", &[("team", "b")]);
    bench.settle(double);
    let third =
        ExecutionCreateRequest { name: "three".into(), ..request(ResourceType::Task, "double", &[("x", int(1))]) };
    bench.try_execute(third).unwrap();
    assert_eq!(list(&mut bench, ""), ["one", "two", "three"]);
    assert_eq!(list(&mut bench, "eq(phase,SUCCEEDED)"), ["one", "two"]);
    assert_eq!(list(&mut bench, "gt(duration,1)"), ["one", "two"]);
    assert_eq!(list(&mut bench, "eq(launch_plan.name,doubling)"), ["one", "two"]);
    assert_eq!(list(&mut bench, "eq(task.name,double)"), ["three"]);
    assert_eq!(list(&mut bench, "eq(execution_tag.key,team)+eq(execution_tag.value,b)"), ["two"]);
    assert_eq!(list(&mut bench, "eq(launch_entity,task)"), ["three"]);
    assert_eq!(list(&mut bench, "value_in(execution_name,one;three)"), ["one", "three"]);
}

#[test]
fn archived_executions_are_hidden_unless_asked_for() {
    let mut bench = doubling_bench();
    let name = bench.execute("doubling", &[("x", int(1))]);
    let update = |bench: &mut Bench, state: ExecutionState| {
        let request = ExecutionUpdateRequest { id: Some(execution_id(&name)), state: state as i32 };
        let _: ExecutionUpdateResponse = bench.call("UpdateExecution", request).unwrap();
    };
    update(&mut bench, ExecutionState::ExecutionArchived);
    assert!(list(&mut bench, "").is_empty());
    assert_eq!(list(&mut bench, "eq(state,1)"), [name.as_str()]);
    let details = bench.execution(&name).closure.unwrap().state_change_details.unwrap();
    assert_eq!(details.state(), ExecutionState::ExecutionArchived);
    update(&mut bench, ExecutionState::ExecutionActive);
    assert_eq!(list(&mut bench, "").len(), 1);
}

#[test]
fn a_launch_plan_may_limit_its_running_executions() {
    let mut bench = doubling_bench();
    let policy = ConcurrencyPolicy { max: 1, behavior: ConcurrencyLimitBehavior::Skip as i32 };
    let spec = LaunchPlanSpec { concurrency_policy: Some(policy), ..Default::default() };
    bench.launch_plan("one", "doubling", spec).unwrap();
    bench.execute("one", &[("x", int(1))]);
    let status = bench.try_execute(request(ResourceType::LaunchPlan, "one", &[("x", int(1))])).unwrap_err();
    assert_eq!(status.code, Code::AlreadyExists);
    assert!(status.message.starts_with("concurrency limit (1) reached"), "{}", status.message);
    bench.settle(double);
    bench.execute("one", &[("x", int(1))]);
}

#[test]
fn without_the_engine_an_execution_waits_for_events() {
    let mut bench = Bench::new(Options { engine: false, ..Options::default() });
    bench.task("double", &[("x", integer())], &[("y", integer())]);
    bench.workflow(doubling("doubling"), Vec::new());
    let name = bench.execute("doubling", &[("x", int(1))]);
    assert_eq!(bench.phase(&name), Phase::Undefined);
    assert!(bench.containers().is_empty());
    assert!(bench.nodes(&name, "").is_empty());
}
