//! What snapshots read of Admin's messages, compared with the whole messages.

#![allow(deprecated)]

use flyte_remote::entity::{Identifier, LaunchPlan, ResourceType, Task, Workflow};
use flyte_remote::execution::{Abort, Execution, NodeExecution, TaskExecution};
use flyte_remote::idl::flyteidl::{admin, core};
use flyte_remote::value::{Literal, TypeKind};
use prost::Message;
use prost_types::{Duration, Timestamp};

fn bytes(message: &impl Message) -> std::rc::Rc<[u8]> {
    message.encode_to_vec().into()
}

fn at(seconds: i64) -> Option<Timestamp> {
    Some(Timestamp { seconds, nanos: 0 })
}

fn lasting(seconds: i64) -> Option<Duration> {
    Some(Duration { seconds, nanos: 0 })
}

fn identifier(resource_type: ResourceType) -> core::Identifier {
    Identifier::new(resource_type, "p", "d", "n", "v").to_proto()
}

fn variable(description: &str, simple: i32) -> core::Variable {
    let literal_type =
        core::LiteralType { r#type: Some(core::literal_type::Type::Simple(simple)), ..Default::default() };
    core::Variable {
        r#type: Some(literal_type),
        description: description.to_owned(),
        artifact_partial_id: Some(core::ArtifactId::default()),
        artifact_tag: Some(core::ArtifactTag::default()),
    }
}

fn interface() -> core::TypedInterface {
    let map = |name: &str, simple| {
        Some(core::VariableMap { variables: [(name.to_owned(), variable(name, simple))].into_iter().collect() })
    };
    core::TypedInterface { inputs: map("in", 1), outputs: map("out", 3) }
}

#[test]
fn a_task_is_read() {
    let template = core::TaskTemplate {
        id: Some(identifier(ResourceType::Task)),
        r#type: "container".to_owned(),
        interface: Some(interface()),
        task_type_version: 7,
        ..Default::default()
    };
    let message = admin::Task {
        id: Some(identifier(ResourceType::Unspecified)),
        closure: Some(admin::TaskClosure {
            compiled_task: Some(core::CompiledTask { template: Some(template) }),
            created_at: at(9),
        }),
        short_description: "adds".to_owned(),
    };
    let task = Task::decode(bytes(&message), None).unwrap();
    assert_eq!(task.id.to_string(), "tsk:p:d:n:v");
    assert_eq!((task.task_type.as_str(), task.short_description.as_str()), ("container", "adds"));
    assert_eq!(task.created_at, at(9));
    let (input, output) = (&task.interface.inputs[0], &task.interface.outputs[0]);
    assert_eq!((input.name.as_str(), input.description.as_str(), input.required), ("in", "in", true));
    assert_eq!(input.literal_type.kind, TypeKind::Integer);
    assert_eq!((output.name.as_str(), output.description.as_str()), ("out", "out"));
    assert_eq!(output.literal_type.kind, TypeKind::String);
    assert_eq!(output.literal_type.as_bytes(), variable("", 3).r#type.unwrap().encode_to_vec());
    assert_eq!(admin::Task::decode(&*task.raw).unwrap(), message);
}

#[test]
fn a_workflow_is_read() {
    let template = core::WorkflowTemplate {
        id: Some(identifier(ResourceType::Workflow)),
        interface: Some(interface()),
        nodes: vec![core::Node::default()],
        ..Default::default()
    };
    let primary =
        core::CompiledWorkflow { template: Some(template), connections: Some(core::ConnectionSet::default()) };
    let compiled = core::CompiledWorkflowClosure { primary: Some(primary), ..Default::default() };
    let message = admin::Workflow {
        id: Some(identifier(ResourceType::Workflow)),
        closure: Some(admin::WorkflowClosure { compiled_workflow: Some(compiled), created_at: at(9) }),
        short_description: "daily".to_owned(),
    };
    let workflow = Workflow::decode(bytes(&message), None).unwrap();
    assert_eq!(workflow.id.to_string(), "wf:p:d:n:v");
    assert_eq!((workflow.short_description.as_str(), workflow.created_at), ("daily", at(9)));
    assert_eq!(workflow.interface.inputs[0].name, "in");
    assert_eq!(workflow.interface.outputs[0].name, "out");
}

#[test]
fn a_launch_plan_is_read_with_each_way_to_give_an_input() {
    use core::parameter::Behavior;
    let literal = core::Literal { hash: "h".to_owned(), ..Default::default() };
    let parameter = |behavior| core::Parameter { var: Some(variable("", 1)), behavior };
    let parameters = [
        ("default", Some(Behavior::Default(literal.clone()))),
        ("required", Some(Behavior::Required(true))),
        ("query", Some(Behavior::ArtifactQuery(core::ArtifactQuery::default()))),
        ("artifact", Some(Behavior::ArtifactId(core::ArtifactId::default()))),
        ("unsaid", None),
    ]
    .map(|(name, behavior)| (name.to_owned(), parameter(behavior)));
    let fixed = core::LiteralMap { literals: [("fixed".to_owned(), literal.clone())].into_iter().collect() };
    let message = admin::LaunchPlan {
        id: Some(identifier(ResourceType::LaunchPlan)),
        spec: Some(admin::LaunchPlanSpec {
            workflow_id: Some(identifier(ResourceType::Workflow)),
            default_inputs: Some(core::ParameterMap { parameters: parameters.into_iter().collect() }),
            fixed_inputs: Some(fixed),
            ..Default::default()
        }),
        closure: Some(admin::LaunchPlanClosure { state: 1, created_at: at(9), ..Default::default() }),
    };
    let plan = LaunchPlan::decode(bytes(&message), None).unwrap();
    assert_eq!((plan.id.to_string(), plan.workflow_id.to_string()), ("lp:p:d:n:v".into(), "wf:p:d:n:v".into()));
    assert!(plan.active);
    assert_eq!(plan.created_at, at(9));
    let said: Vec<_> = plan
        .interface
        .inputs
        .iter()
        .map(|input| (input.name.as_str(), input.required, input.default.is_some(), input.fixed.is_some()))
        .collect();
    assert_eq!(
        said,
        [
            ("artifact", false, false, false),
            ("default", false, true, false),
            ("fixed", false, false, true),
            ("query", false, false, false),
            ("required", true, false, false),
            ("unsaid", true, false, false),
        ]
    );
    assert_eq!(plan.interface.input("default").unwrap().default, Some(Literal::new(literal.encode_to_vec())));
}

fn execution_id() -> core::WorkflowExecutionIdentifier {
    core::WorkflowExecutionIdentifier { project: "p".into(), domain: "d".into(), name: "e".into(), org: "o".into() }
}

fn error() -> core::ExecutionError {
    core::ExecutionError {
        code: "OOM".to_owned(),
        message: "killed".to_owned(),
        error_uri: "s3://e".to_owned(),
        kind: 2,
        ..Default::default()
    }
}

fn execution(result: Option<admin::execution_closure::OutputResult>) -> (admin::Execution, Execution) {
    let message = admin::Execution {
        id: Some(execution_id()),
        spec: Some(admin::ExecutionSpec {
            launch_plan: Some(identifier(ResourceType::LaunchPlan)),
            metadata: Some(admin::ExecutionMetadata { mode: 1, principal: "me".to_owned(), ..Default::default() }),
            tags: vec!["t".to_owned()],
            ..Default::default()
        }),
        closure: Some(admin::ExecutionClosure {
            phase: 6,
            started_at: at(1),
            duration: lasting(2),
            created_at: at(3),
            updated_at: at(4),
            workflow_id: Some(identifier(ResourceType::Workflow)),
            output_result: result,
            ..Default::default()
        }),
    };
    let read = Execution::decode(bytes(&message), None).unwrap();
    (message, read)
}

#[test]
fn an_execution_is_read_with_each_way_to_end() {
    use admin::execution_closure::OutputResult;
    let (message, failed) = execution(Some(OutputResult::Error(error())));
    assert_eq!((failed.id.to_string(), failed.id.org.as_str()), ("ex:p:d:e".to_owned(), "o"));
    assert_eq!(failed.launch_plan.to_string(), "lp:p:d:n:v");
    assert_eq!(failed.phase.as_str(), "FAILED");
    let reason = failed.error.unwrap();
    assert_eq!((reason.code.as_str(), reason.message.as_str()), ("OOM", "killed"));
    assert_eq!((reason.error_uri.as_str(), reason.kind), ("s3://e", "SYSTEM"));
    assert_eq!(admin::Execution::decode(&*failed.raw).unwrap(), message);

    let abort = |cause: &str, principal: &str| Some(Abort { cause: cause.into(), principal: principal.into() });
    let metadata = admin::AbortMetadata { cause: "stop".to_owned(), principal: "me".to_owned() };
    let (_, aborted) = execution(Some(OutputResult::AbortMetadata(metadata)));
    assert_eq!((aborted.abort, aborted.error), (abort("stop", "me"), None));
    let (_, aborted) = execution(Some(OutputResult::AbortCause("stop".to_owned())));
    assert_eq!(aborted.abort, abort("stop", ""));
    let (_, other) = execution(Some(OutputResult::OutputData(core::LiteralMap::default())));
    assert_eq!((other.abort, other.error), (None, None));
}

fn node_id() -> core::NodeExecutionIdentifier {
    core::NodeExecutionIdentifier { node_id: "n1-0-n0".to_owned(), execution_id: Some(execution_id()) }
}

#[test]
fn a_node_is_read_with_each_target_and_result() {
    use admin::node_execution_closure::{OutputResult, TargetMetadata};
    let node = |result, target| {
        let message = admin::NodeExecution {
            id: Some(node_id()),
            input_uri: "s3://in".to_owned(),
            closure: Some(admin::NodeExecutionClosure {
                phase: 5,
                started_at: at(1),
                duration: lasting(2),
                created_at: at(3),
                updated_at: at(4),
                deck_uri: "s3://deck".to_owned(),
                output_result: result,
                target_metadata: target,
                ..Default::default()
            }),
            metadata: Some(admin::NodeExecutionMetaData {
                is_parent_node: true,
                spec_node_id: "n0".to_owned(),
                is_dynamic: true,
                is_array: true,
                ..Default::default()
            }),
        };
        NodeExecution::decode(bytes(&message)).unwrap()
    };
    let task = TargetMetadata::TaskNodeMetadata(admin::TaskNodeMetadata { cache_status: 2, ..Default::default() });
    let failed = node(Some(OutputResult::Error(error())), Some(task));
    assert_eq!(failed.id.to_string(), "ex:p:d:e node n1-0-n0");
    assert_eq!((failed.spec_node_id.as_str(), failed.phase.as_str()), ("n0", "FAILED"));
    assert_eq!((failed.started_at, failed.duration, failed.updated_at), (at(1), lasting(2), at(4)));
    assert!(failed.is_parent && failed.is_dynamic && failed.is_array);
    assert_eq!((failed.error.unwrap().code.as_str(), failed.launched), ("OOM", None));

    let launched = admin::WorkflowNodeMetadata { execution_id: Some(execution_id()) };
    let target = TargetMetadata::WorkflowNodeMetadata(launched);
    let ended = node(Some(OutputResult::OutputUri("s3://out".to_owned())), Some(target));
    assert_eq!(ended.launched.unwrap().to_string(), "ex:p:d:e");
    assert_eq!(ended.error, None);
}

#[test]
fn an_attempt_is_read() {
    let message = admin::TaskExecution {
        id: Some(core::TaskExecutionIdentifier {
            task_id: Some(identifier(ResourceType::Task)),
            node_execution_id: Some(node_id()),
            retry_attempt: 2,
        }),
        input_uri: "s3://in".to_owned(),
        closure: Some(admin::TaskExecutionClosure {
            phase: 5,
            logs: vec![core::TaskLog { uri: "http://log".into(), name: "stdout".into(), ..Default::default() }],
            started_at: at(1),
            duration: lasting(2),
            created_at: at(3),
            updated_at: at(4),
            reason: "exit code 1".to_owned(),
            task_type: "container".to_owned(),
            output_result: Some(admin::task_execution_closure::OutputResult::Error(error())),
            ..Default::default()
        }),
        is_parent: true,
    };
    let attempt = TaskExecution::decode(bytes(&message)).unwrap();
    assert_eq!(attempt.id.to_string(), "te:p:d:e:n1-0-n0:p:d:n:v:2");
    assert_eq!(attempt.phase.as_str(), "FAILED");
    assert!(attempt.is_parent);
    assert_eq!(attempt.error.unwrap().message, "killed");
}
