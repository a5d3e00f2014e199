//! Launch plans: what they set, and those of a workflow's nodes.

#![allow(deprecated)] // older forms are still read

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use flyte_remote::entity::{LaunchPlan, Reference, ResourceType, Workflow};
use flyte_remote::idl::flyteidl::{admin, core};
use flyte_remote::rpc::Code;
use prost::Message;
use serde_json::{json, Value};

use crate::graph::{compiled, find, graph, id, interface, message, plan_node, problems, rich, shown, variables};
use crate::support::{call, ok, status, unexpected, Server};

/// A launch plan as a server has it.
fn plan(of: &core::Identifier) -> admin::LaunchPlan {
    admin::LaunchPlan {
        id: Some(of.clone()),
        spec: Some(admin::LaunchPlanSpec {
            workflow_id: Some(id(ResourceType::Workflow, "leaf")),
            ..Default::default()
        }),
        closure: Some(admin::LaunchPlanClosure {
            expected_inputs: Some(core::ParameterMap {
                parameters: [(
                    "x".to_owned(),
                    core::Parameter { var: variables(&["x"]).variables.remove("x"), ..Default::default() },
                )]
                .into(),
            }),
            expected_outputs: Some(variables(&["o0"])),
            ..Default::default()
        }),
    }
}

const DELAY: Duration = Duration::from_millis(100);

/// What is fetched of a workflow, with the names of launch plans asked for.
fn fetch(workflow: admin::Workflow, broken: &'static str) -> (Rc<Workflow>, Vec<String>, Server) {
    let asked: Rc<RefCell<Vec<String>>> = Rc::default();
    let names = Rc::clone(&asked);
    let server = Server::new(move |request| match request.rpc.as_str() {
        "GetWorkflow" => ok(&workflow),
        "GetLaunchPlan" => {
            let id = request.decode::<admin::ObjectGetRequest>().id.unwrap();
            names.borrow_mut().push(id.name.clone());
            if id.name == broken {
                return status(Code::NotFound, "no such plan");
            }
            ok(&plan(&id))
        }
        _ => unexpected(request),
    });
    server.latency(DELAY);
    let reference = Reference::parse("wf:p:d:main:v1").unwrap();
    let fetched = server.run(server.remote().fetch_workflow(&reference, &call())).unwrap();
    (fetched, asked.take(), server)
}

#[test]
fn twenty_launch_plans_are_two_round_trips() {
    let nodes = (0..20).map(|n| plan_node(&format!("n{n}"), &format!("plan{n}"))).collect();
    let (workflow, _, server) = fetch(message(compiled("main", nodes), vec![]), "");
    assert_eq!((server.host().elapsed(), server.rpcs().len()), (2 * DELAY, 21));
    let graph = graph(&workflow);
    assert_eq!(graph["launchPlans"].as_array().unwrap().len(), 20);
    assert_eq!(graph["nodes"][7]["entity"], "<plan plan7>");
    assert_eq!(graph["nodes"][7]["interface"]["outputs"][0]["name"], "o0");
    assert_eq!(problems(&graph), Vec::<String>::new());
}

#[test]
fn a_hundred_launch_plans_are_not_fetched_all_at_once() {
    let nodes = (0..100).map(|n| plan_node(&format!("n{n}"), &format!("plan{n}"))).collect();
    let (_, _, server) = fetch(message(compiled("main", nodes), vec![]), "");
    assert_eq!((server.most_running(), server.rpcs().len()), (32, 101));
}

#[test]
fn each_launch_plan_is_fetched_once_wherever_it_stands() {
    let (workflow, asked, server) = fetch(rich(), "");
    assert_eq!((asked, server.host().elapsed()), (vec!["leaf".to_owned(), "deep".to_owned()], 2 * DELAY));
    let graph = graph(&workflow);
    assert_eq!(find(&graph, "n2").unwrap()["entity"], "<plan leaf>");
    assert_eq!(find(&graph, "n3-n0-n0").unwrap()["entity"], "<plan leaf>");
}

#[test]
fn a_launch_plan_that_cannot_be_fetched_is_the_problem_of_its_nodes() {
    let mut message = rich();
    let closure = message.closure.as_mut().unwrap().compiled_workflow.as_mut().unwrap();
    closure.launch_plans.push(core::CompiledLaunchPlan {
        template: Some(core::LaunchPlanTemplate {
            id: Some(id(ResourceType::LaunchPlan, "leaf")),
            interface: Some(interface()),
            ..Default::default()
        }),
    });
    let (workflow, _, _) = fetch(message, "leaf");
    let graph = graph(&workflow);
    let node = find(&graph, "n2").unwrap();
    let problem = node["problem"].as_str().unwrap();
    assert!(problem.starts_with("lp:p:d:leaf:v1: GetLaunchPlan: no such plan"), "{problem}");
    assert!(node.get("entity").is_none());
    // The closure knows it all the same.
    assert_eq!(node["interface"]["inputs"][0]["name"], "x");
    let sub = find(&graph, "n1").unwrap();
    assert_eq!((&sub["entity"], &graph["launchPlans"]), (&json!("<workflow sub>"), &json!([])));
}

#[test]
fn a_launch_plan_with_its_whole_interface_is_one_call() {
    let rpcs = |change: fn(&mut admin::LaunchPlan)| {
        let server = Server::new(move |request| match request.rpc.as_str() {
            "GetLaunchPlan" => {
                let mut plan = plan(&request.decode::<admin::ObjectGetRequest>().id.unwrap());
                change(&mut plan);
                ok(&plan)
            }
            "GetWorkflow" => ok(&message(compiled("main", vec![]), vec![])),
            _ => unexpected(request),
        });
        let reference = Reference::parse("lp:p:d:leaf:v1").unwrap();
        let plan = server.run(server.remote().fetch_launch_plan(&reference, &call())).unwrap();
        assert_eq!((plan.interface.inputs[0].name.as_str(), plan.interface.outputs[0].name.as_str()), ("x", "o0"));
        assert_eq!(plan.interface.inputs[0].literal_type.text(), "int");
        server.rpcs().join(" ")
    };
    assert_eq!(rpcs(|_| {}), "GetLaunchPlan");
    assert_eq!(rpcs(|plan| plan.closure = None), "GetLaunchPlan GetWorkflow");
    assert_eq!(rpcs(|plan| plan.closure.as_mut().unwrap().expected_outputs = None), "GetLaunchPlan GetWorkflow");
    // The server leaves fixed inputs out of the expected ones.
    let fix = |plan: &mut admin::LaunchPlan| {
        plan.closure.as_mut().unwrap().expected_inputs = Some(core::ParameterMap::default());
        let literals = [("x".to_owned(), core::Literal::default())].into();
        plan.spec.as_mut().unwrap().fixed_inputs = Some(core::LiteralMap { literals });
    };
    assert_eq!(rpcs(fix), "GetLaunchPlan GetWorkflow");
}

fn settings(spec: admin::LaunchPlanSpec) -> Value {
    let message = admin::LaunchPlan { spec: Some(spec), ..plan(&id(ResourceType::LaunchPlan, "leaf")) };
    let plan = LaunchPlan::decode(message.encode_to_vec().into(), None).unwrap();
    shown(&plan.settings(), &[])
}

#[test]
fn a_launch_plan_tells_its_settings() {
    use admin::notification::Type;
    let notification = |r#type| admin::Notification { phases: vec![4, 6], r#type: Some(r#type) };
    let recipients = || vec!["ops@example.com".to_owned()];
    let spec = admin::LaunchPlanSpec {
        entity_metadata: Some(admin::LaunchPlanMetadata {
            schedule: Some(admin::Schedule {
                schedule_expression: Some(admin::schedule::ScheduleExpression::CronSchedule(admin::CronSchedule {
                    schedule: "0 8 * * *".to_owned(),
                    offset: "PT1H".to_owned(),
                })),
                kickoff_time_input_arg: "when".to_owned(),
            }),
            notifications: vec![
                notification(Type::Email(admin::EmailNotification {
                    recipients_email: recipients(),
                    template: String::new(),
                })),
                notification(Type::PagerDuty(admin::PagerDutyNotification {
                    recipients_email: recipients(),
                    template: "t".to_owned(),
                })),
                notification(Type::Slack(admin::SlackNotification {
                    recipients_email: recipients(),
                    template: String::new(),
                })),
            ],
            ..Default::default()
        }),
        labels: Some(admin::Labels { values: [("team".to_owned(), "a".to_owned())].into() }),
        annotations: Some(admin::Annotations { values: [("note".to_owned(), "b".to_owned())].into() }),
        security_context: Some(core::SecurityContext {
            run_as: Some(core::Identity { k8s_service_account: "flyte".to_owned(), ..Default::default() }),
            ..Default::default()
        }),
        auth_role: Some(admin::AuthRole {
            assumable_iam_role: "role".to_owned(),
            kubernetes_service_account: "older".to_owned(),
        }),
        raw_output_data_config: Some(admin::RawOutputDataConfig { output_location_prefix: "s3://out".to_owned() }),
        max_parallelism: 5,
        interruptible: Some(false),
        overwrite_cache: true,
        envs: Some(admin::Envs {
            values: vec![core::KeyValuePair { key: "MODE".to_owned(), value: "fast".to_owned() }],
        }),
        ..Default::default()
    };
    let settings = settings(spec);
    let channels = ["email", "pagerDuty", "slack"];
    for (notification, channel) in settings["notifications"].as_array().unwrap().iter().zip(channels) {
        assert_eq!(notification["phases"], json!(["SUCCEEDED", "FAILED"]));
        assert_eq!((&notification["channel"], &notification["recipients"]), (&json!(channel), &json!(recipients())));
    }
    assert_eq!(settings["notifications"][1]["template"], "t");
    let expected = [
        ("state", json!("INACTIVE")),
        (
            "schedule",
            json!({"kind": "cron", "expression": "0 8 * * *", "offset": "PT1H", "kickoffTimeInputArg": "when"}),
        ),
        ("labels", json!({"team": "a"})),
        ("annotations", json!({"note": "b"})),
        ("envs", json!({"MODE": "fast"})),
        ("rawOutputDataPrefix", json!("s3://out")),
        ("serviceAccount", json!("flyte")),
        ("iamRole", json!("role")),
        ("securityContext", json!("flyteidl.core.SecurityContext")),
        ("maxParallelism", json!(5)),
        ("interruptible", json!(false)),
        ("overwriteCache", json!(true)),
        ("expectedInputs", json!([{"name": "x", "type": "int", "description": "", "required": true}])),
        ("expectedOutputs", json!([{"name": "o0", "type": "int", "description": ""}])),
    ];
    for (name, value) in expected {
        assert_eq!(settings[name], value, "{name}");
    }
}

#[test]
fn a_schedule_is_a_rate_an_old_cron_expression_or_none() {
    use admin::schedule::ScheduleExpression;
    let schedule = |expression| {
        let schedule = admin::Schedule { schedule_expression: expression, kickoff_time_input_arg: String::new() };
        let metadata = admin::LaunchPlanMetadata { schedule: Some(schedule), ..Default::default() };
        settings(admin::LaunchPlanSpec { entity_metadata: Some(metadata), ..Default::default() })["schedule"].clone()
    };
    let rate = admin::FixedRate { value: 2, unit: admin::FixedRateUnit::Hour as i32 };
    assert_eq!(schedule(Some(ScheduleExpression::Rate(rate))), json!({"kind": "rate", "value": 2, "unit": "HOUR"}));
    let old = ScheduleExpression::CronExpression("0 0 * * ? *".to_owned());
    assert_eq!(schedule(Some(old)), json!({"kind": "cron", "expression": "0 0 * * ? *"}));
    assert_eq!(schedule(None), Value::Null);
}

#[test]
fn defaults_and_fixed_inputs_are_values() {
    let literal = |number| core::Literal {
        value: Some(core::literal::Value::Scalar(Box::new(core::Scalar {
            value: Some(core::scalar::Value::Primitive(core::Primitive {
                value: Some(core::primitive::Value::Integer(number)),
            })),
        }))),
        ..Default::default()
    };
    let parameter = core::Parameter {
        var: variables(&["x"]).variables.remove("x"),
        behavior: Some(core::parameter::Behavior::Default(literal(1))),
    };
    let settings = settings(admin::LaunchPlanSpec {
        default_inputs: Some(core::ParameterMap { parameters: [("x".to_owned(), parameter)].into() }),
        fixed_inputs: Some(core::LiteralMap { literals: [("y".to_owned(), literal(2))].into() }),
        ..Default::default()
    });
    assert_eq!((&settings["defaultInputs"], &settings["fixedInputs"]), (&json!({"x": 1}), &json!({"y": 2})));
}
