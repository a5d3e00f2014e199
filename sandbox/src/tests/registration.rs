//! Projects, tasks, workflows and launch plans: what is accepted, and what a second registration says.

use super::support::*;
use crate::idl::admin::*;
use crate::idl::core::*;
use crate::Code;

#[test]
fn a_task_can_be_registered_once_and_fetched() {
    let mut bench = Bench::default();
    let template = task("t", &[("x", integer())], &[]);
    bench.task_of(template.clone()).unwrap();
    let request = ObjectGetRequest { id: Some(id(ResourceType::Task, "t")) };
    let fetched: Task = bench.call("GetTask", request).unwrap();
    assert_eq!(fetched.closure.unwrap().compiled_task.unwrap().template.unwrap(), template);

    let again = bench.task_of(template.clone()).unwrap_err();
    assert_eq!(
        (again.code, again.message.as_str()),
        (Code::AlreadyExists, "task with identical structure already exists")
    );
    let different = TaskTemplate { r#type: "other".into(), ..template };
    let status = bench.task_of(different).unwrap_err();
    assert_eq!(status.code, Code::InvalidArgument);
    assert_eq!(
        status.message,
        "t task with different structure already exists. (Please register a new version of the task):\n\
         /template/type:\n\t- container \n\t+ other"
    );
}

#[test]
fn a_very_long_error_is_cut_and_loses_its_details() {
    let mut bench = doubling_bench();
    let mut template = doubling("doubling");
    template.metadata =
        Some(WorkflowMetadata { tags: [("k".to_owned(), "v".repeat(40_000))].into(), ..Default::default() });
    let status = bench.try_workflow(template, Vec::new()).unwrap_err();
    assert_eq!((status.message.len(), status.details.len()), (32_000, 0));
}

#[test]
fn what_a_task_lacks_is_named() {
    let mut bench = Bench::default();
    let good = || task("t", &[("x", integer())], &[]);
    let mut cases: Vec<(TaskTemplate, &str)> = vec![
        (TaskTemplate { r#type: String::new(), ..good() }, "missing type"),
        (TaskTemplate { metadata: None, ..good() }, "missing metadata"),
        (TaskTemplate { interface: None, ..good() }, "missing typed interface"),
        (TaskTemplate { id: Some(id(ResourceType::Workflow, "t")), ..good() }, "unexpected resource type workflow"),
        (
            TaskTemplate { id: Some(Identifier { version: String::new(), ..id(ResourceType::Task, "t") }), ..good() },
            "missing version",
        ),
        (
            TaskTemplate { id: Some(Identifier { project: "p".into(), ..id(ResourceType::Task, "t") }), ..good() },
            "failed to validate that project [p]",
        ),
        (
            TaskTemplate { id: Some(Identifier { domain: "d".into(), ..id(ResourceType::Task, "t") }), ..good() },
            "domain [d] is unrecognized",
        ),
    ];
    let with =
        |container: Container| TaskTemplate { target: Some(task_template::Target::Container(container)), ..good() };
    let args = vec!["go".to_owned()];
    cases.push((with(Container { args: args.clone(), ..Default::default() }), "missing image"));
    cases.push((with(Container { image: "i".into(), ..Default::default() }), "Value required [command]"));
    let entry = |name: resources::ResourceName, value: &str| resources::ResourceEntry {
        name: name as i32,
        value: value.into(),
    };
    let resources = |requests, limits| {
        with(Container {
            image: "i".into(),
            args: args.clone(),
            resources: Some(Resources { requests, limits }),
            ..Default::default()
        })
    };
    use resources::ResourceName::{Cpu, Gpu, Memory};
    cases.push((resources(vec![entry(Cpu, "much")], vec![]), "Parsing of CPU request failed"));
    cases.push((resources(vec![entry(Memory, "2Gi")], vec![entry(Memory, "1Gi")]), "greater than the limit"));
    cases.push((resources(vec![entry(Gpu, "500m")], vec![]), "must be a whole number"));
    cases.push((resources(vec![entry(Cpu, "1"), entry(Cpu, "2")], vec![]), "multiple times"));
    for (template, part) in cases {
        let status = bench.task_of(template).unwrap_err();
        assert_eq!(status.code, Code::InvalidArgument, "{part}");
        assert!(status.message.contains(part), "{:?} does not contain {part:?}", status.message);
    }
}

#[test]
fn a_second_workflow_says_in_its_details_whether_it_is_the_same() {
    use create_workflow_failure_reason::Reason;
    let mut bench = doubling_bench();
    let same = bench.try_workflow(doubling("doubling"), Vec::new()).unwrap_err();
    assert_eq!(same.code, Code::AlreadyExists);
    let reason: CreateWorkflowFailureReason = details(&same);
    let wanted = id(ResourceType::Workflow, "doubling");
    assert!(
        matches!(reason.reason, Some(Reason::ExistsIdenticalStructure(reason)) if reason.id == Some(wanted.clone()))
    );

    let mut template = doubling("doubling");
    template.nodes[0].id = "renamed".into();
    template.outputs = workflow("x", &[], &[("y", integer(), promise("renamed", "y"))], vec![]).outputs;
    let different = bench.try_workflow(template, Vec::new()).unwrap_err();
    assert_eq!(different.code, Code::InvalidArgument);
    let reason: CreateWorkflowFailureReason = details(&different);
    assert!(matches!(reason.reason, Some(Reason::ExistsDifferentStructure(reason)) if reason.id == Some(wanted)));
}

#[test]
fn workflows_are_listed_without_their_closure() {
    let mut bench = doubling_bench();
    let scope = NamedEntityIdentifier { project: PROJECT.into(), domain: DOMAIN.into(), ..Default::default() };
    let request = ResourceListRequest { id: Some(scope), limit: 10, ..Default::default() };
    let list: WorkflowList = bench.call("ListWorkflows", request).unwrap();
    let compiled = list.workflows[0].closure.clone().unwrap().compiled_workflow.unwrap();
    let template = compiled.primary.unwrap().template.unwrap();
    assert!(template.nodes.is_empty());
    assert!(template.interface.is_some(), "of the closure the interface is left");
}

#[test]
fn launch_plans_start_inactive_and_one_version_at_most_is_active() {
    let mut bench = doubling_bench();
    let plan = |version: &str| Identifier { version: version.into(), ..id(ResourceType::LaunchPlan, "lp") };
    for version in ["v1", "v2"] {
        let spec = LaunchPlanSpec { workflow_id: Some(id(ResourceType::Workflow, "doubling")), ..Default::default() };
        let request = LaunchPlanCreateRequest { id: Some(plan(version)), spec: Some(spec) };
        let _: LaunchPlanCreateResponse = bench.call("CreateLaunchPlan", request).unwrap();
    }
    let named = NamedEntityIdentifier {
        project: PROJECT.into(),
        domain: DOMAIN.into(),
        name: "lp".into(),
        ..Default::default()
    };
    let active = |bench: &mut Bench| {
        bench.call::<_, LaunchPlan>("GetActiveLaunchPlan", ActiveLaunchPlanRequest { id: Some(named.clone()) })
    };
    let none = active(&mut bench).unwrap_err();
    assert_eq!(none.code, Code::NotFound);
    assert_eq!(none.message, "No active launch plan could be found: flytesnacks:development:lp");
    for version in ["v1", "v2"] {
        let request = LaunchPlanUpdateRequest { id: Some(plan(version)), state: LaunchPlanState::Active as i32 };
        let _: LaunchPlanUpdateResponse = bench.call("UpdateLaunchPlan", request).unwrap();
        assert_eq!(active(&mut bench).unwrap().id.unwrap().version, version);
    }
    let request =
        ActiveLaunchPlanListRequest { project: PROJECT.into(), domain: DOMAIN.into(), limit: 10, ..Default::default() };
    let list: LaunchPlanList = bench.call("ListActiveLaunchPlans", request).unwrap();
    assert_eq!(list.launch_plans.len(), 1);
    let request = LaunchPlanUpdateRequest { id: Some(plan("v2")), state: LaunchPlanState::Inactive as i32 };
    let _: LaunchPlanUpdateResponse = bench.call("UpdateLaunchPlan", request).unwrap();
    assert_eq!(active(&mut bench).unwrap_err().code, Code::NotFound);
}

fn parameter(r#type: LiteralType, behavior: parameter::Behavior) -> Parameter {
    Parameter { var: Some(Variable { r#type: Some(r#type), ..Default::default() }), behavior: Some(behavior) }
}

fn defaults(entries: &[(&str, Parameter)]) -> Option<ParameterMap> {
    Some(ParameterMap {
        parameters: entries.iter().map(|(name, parameter)| ((*name).to_owned(), parameter.clone())).collect(),
    })
}

#[test]
fn a_launch_plan_expects_what_it_neither_sets_nor_fixes() {
    let mut bench = Bench::default();
    bench.task("t", &[], &[]);
    let inputs = [("a", integer()), ("b", integer()), ("c", integer())];
    bench.try_workflow(workflow("w", &inputs, &[], vec![node("n", run_task("t"), &[])]), Vec::new()).unwrap();
    let spec = LaunchPlanSpec {
        default_inputs: defaults(&[("a", parameter(integer(), parameter::Behavior::Default(int(1))))]),
        fixed_inputs: Some(literals(&[("b", int(2))])),
        ..Default::default()
    };
    bench.launch_plan("lp", "w", spec.clone()).unwrap();
    let plan: LaunchPlan =
        bench.call("GetLaunchPlan", ObjectGetRequest { id: Some(id(ResourceType::LaunchPlan, "lp")) }).unwrap();
    let expected = plan.closure.unwrap().expected_inputs.unwrap().parameters;
    assert_eq!(expected.keys().collect::<Vec<_>>(), ["a", "c"]);
    assert_eq!(expected["c"].behavior, Some(parameter::Behavior::Required(true)));
    let again = bench.launch_plan("lp", "w", spec).unwrap_err();
    assert_eq!(again.message, "launch plan with identical structure already exists");
    let different = bench.launch_plan("lp", "w", LaunchPlanSpec::default()).unwrap_err();
    assert!(different.message.contains("different structure"), "{}", different.message);
}

#[test]
fn what_is_wrong_with_a_launch_plan_is_named() {
    let mut bench = doubling_bench();
    let schedule = |cron: &str, kickoff: &str| LaunchPlanSpec {
        entity_metadata: Some(LaunchPlanMetadata {
            schedule: Some(Schedule {
                kickoff_time_input_arg: kickoff.into(),
                schedule_expression: Some(schedule::ScheduleExpression::CronSchedule(CronSchedule {
                    schedule: cron.into(),
                    ..Default::default()
                })),
            }),
            ..Default::default()
        }),
        ..Default::default()
    };
    let fixed =
        |entries: &[(&str, Literal)]| LaunchPlanSpec { fixed_inputs: Some(literals(entries)), ..Default::default() };
    let default = |name: &str, parameter: Parameter| LaunchPlanSpec {
        default_inputs: defaults(&[(name, parameter)]),
        ..Default::default()
    };
    let labels = Labels { values: [("bad key!".to_owned(), "v".to_owned())].into() };
    let cases = [
        (fixed(&[("z", int(1))]), "unexpected fixed_input z"),
        (fixed(&[("x", text("no"))]), "invalid fixed_input wrong type x"),
        (default("z", parameter(integer(), parameter::Behavior::Required(true))), "unexpected default_input z"),
        (default("x", parameter(string(), parameter::Behavior::Required(true))), "invalid default_input wrong type x"),
        (default("x", parameter(integer(), parameter::Behavior::Default(text("no")))), "Type mismatch for Parameter x"),
        (default("x", parameter(integer(), parameter::Behavior::Required(false))), "neither default, nor is required"),
        (schedule("0 0 * * *", ""), "unbound required input. [x] is required"),
        (
            LaunchPlanSpec { fixed_inputs: Some(literals(&[("x", int(1))])), ..schedule("61 * * * *", "") },
            "Invalid cron expression",
        ),
        (
            LaunchPlanSpec { fixed_inputs: Some(literals(&[("x", int(1))])), ..schedule("@daily", "x") },
            "does not point to a free input",
        ),
        (LaunchPlanSpec { labels: Some(labels), ..Default::default() }, "invalid label key [bad key!]"),
    ];
    for (spec, part) in cases {
        let status = bench.launch_plan("lp", "doubling", spec).unwrap_err();
        assert_eq!(status.code, Code::InvalidArgument, "{part}");
        assert!(status.message.contains(part), "{:?} does not contain {part:?}", status.message);
    }
    let missing = bench.launch_plan("lp", "unknown", LaunchPlanSpec::default()).unwrap_err();
    assert_eq!(missing.code, Code::NotFound);
}

#[test]
fn projects_are_registered_changed_archived_and_checked() {
    let mut bench = Bench::default();
    let register = |bench: &mut Bench, project: Project| {
        bench.call::<_, ProjectRegisterResponse>("RegisterProject", ProjectRegisterRequest { project: Some(project) })
    };
    let shop = || Project { id: "shop".into(), name: "Shop".into(), ..Default::default() };
    register(&mut bench, shop()).unwrap();
    assert_eq!(register(&mut bench, shop()).unwrap_err().code, Code::AlreadyExists);
    for (project, part) in [
        (Project { id: "Shop".into(), ..shop() }, "invalid project id [Shop]"),
        (Project { name: String::new(), ..shop() }, "missing project_name"),
        (Project { name: "n".repeat(65), ..shop() }, "project_name cannot exceed 64 characters"),
        (Project { domains: vec![Domain::default()], ..shop() }, "Domains are currently only set system wide"),
    ] {
        let status = register(&mut bench, project).unwrap_err();
        assert!(status.message.contains(part), "{}", status.message);
    }
    let fetched: Project =
        bench.call("GetProject", ProjectGetRequest { id: "shop".into(), ..Default::default() }).unwrap();
    assert_eq!(
        fetched.domains.iter().map(|d| d.id.as_str()).collect::<Vec<_>>(),
        ["development", "staging", "production"]
    );
    let archived = Project { state: project::ProjectState::Archived as i32, ..shop() };
    let _: ProjectUpdateResponse = bench.call("UpdateProject", archived).unwrap();
    let mut template = task("t", &[], &[]);
    template.id.as_mut().unwrap().project = "shop".into();
    let status = bench.task_of(template).unwrap_err();
    assert_eq!(status.code, Code::InvalidArgument);
    assert_eq!(details::<InactiveProject>(&status).id, "shop");
    let list: Projects = bench.call("ListProjects", ProjectListRequest::default()).unwrap();
    assert_eq!(list.projects.iter().map(|p| p.id.as_str()).collect::<Vec<_>>(), ["flytesnacks"]);
}

#[test]
fn what_is_not_there_is_said_to_be_missing() {
    let mut bench = Bench::default();
    let request = |kind| ObjectGetRequest { id: Some(id(kind, "none")) };
    let status = bench.call::<_, Task>("GetTask", request(ResourceType::Task)).unwrap_err();
    assert_eq!(status.code, Code::NotFound);
    assert!(status.message.starts_with("missing entity of type TASK with identifier project:\"flytesnacks\""));
    let status = bench.call::<_, Workflow>("GetWorkflow", request(ResourceType::Task)).unwrap_err();
    assert_eq!(status.code, Code::InvalidArgument);
    let status = bench.call::<_, Workflow>("Unknown", request(ResourceType::Task)).unwrap_err();
    assert_eq!(status.code, Code::Unimplemented);
    let status =
        bench.service::<_, Workflow>("AuthMetadata", "GetOAuth2Metadata", request(ResourceType::Task)).unwrap_err();
    assert_eq!(
        (status.code, status.message.as_str()),
        (Code::Unimplemented, "unknown service flyteidl.service.AuthMetadataService")
    );
    let status = bench.sandbox.call(bench.now, "/flyteidl.service.AdminService/GetTask", b"\xff").unwrap_err();
    assert_eq!(status.code, Code::InvalidArgument);
}

#[test]
fn the_version_is_the_options() {
    let mut bench = Bench::default();
    let reply: GetVersionResponse = bench.call("GetVersion", GetVersionRequest {}).unwrap();
    assert!(reply.control_plane_version.unwrap().version.starts_with("sandbox-"));
}
