//! What flytekit registers: every workflow compiles here and runs to its end.

use base64::prelude::{Engine, BASE64_STANDARD};
use prost::Message;

use super::support::*;
use crate::idl::admin::*;
use crate::idl::core::*;
use crate::{ContainerResult, RunContainer, Status};

fn cases() -> Vec<serde_json::Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/compiled_workflows.json");
    let json: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    json.as_array().unwrap().clone()
}

fn decode<M: Message + Default>(message: &serde_json::Value) -> M {
    let bytes = BASE64_STANDARD.decode(message["b64"].as_str().unwrap()).unwrap();
    M::decode(bytes.as_slice()).unwrap()
}

/// Registers what a case lists, and answers its last launch plan.
fn register(bench: &mut Bench, case: &serde_json::Value) -> Result<Option<Identifier>, Status> {
    let mut last = None;
    for entity in case["entities"].as_array().unwrap() {
        let id = Some(decode::<Identifier>(&entity["id"]));
        match entity["kind"].as_str().unwrap() {
            "task" => {
                let request = TaskCreateRequest { id, spec: Some(decode(&entity["spec"])) };
                bench.call::<_, TaskCreateResponse>("CreateTask", request)?;
            }
            "workflow" => {
                let request = WorkflowCreateRequest { id, spec: Some(decode(&entity["spec"])) };
                bench.call::<_, WorkflowCreateResponse>("CreateWorkflow", request)?;
            }
            "launch_plan" => {
                last.clone_from(&id);
                let request = LaunchPlanCreateRequest { id, spec: Some(decode(&entity["spec"])) };
                bench.call::<_, LaunchPlanCreateResponse>("CreateLaunchPlan", request)?;
            }
            other => panic!("{other}"),
        }
    }
    Ok(last)
}

/// Some literal of a type.
fn any(r#type: &LiteralType) -> Literal {
    use primitive::Value;
    let primitive = |value| of_scalar(scalar::Value::Primitive(Primitive { value: Some(value) }));
    match r#type.r#type.as_ref().unwrap() {
        Type::Simple(simple) => match SimpleType::try_from(*simple).unwrap() {
            SimpleType::Integer => primitive(Value::Integer(1)),
            SimpleType::Float => primitive(Value::FloatValue(1.5)),
            SimpleType::String => primitive(Value::StringValue("a".into())),
            SimpleType::Boolean => primitive(Value::Boolean(true)),
            SimpleType::Datetime => primitive(Value::Datetime(prost_types::Timestamp::default())),
            SimpleType::Duration => primitive(Value::Duration(prost_types::Duration::default())),
            SimpleType::Struct => {
                // {"value": 1, "name": "a", "tags": [], "point": {…}}: whatever a path may look up
                let value = b"\x84\xa5value\x01\xa4name\xa1a\xa4tags\x90\xa1x\x01".to_vec();
                of_scalar(scalar::Value::Binary(Binary { value, tag: "msgpack".into() }))
            }
            _ => of_scalar(scalar::Value::NoneType(Void {})),
        },
        Type::CollectionType(inner) => list(vec![any(inner), any(inner)]),
        Type::MapValueType(inner) => map(&[("k", any(inner))]),
        Type::EnumType(values) => text(&values.values[0]),
        Type::Blob(blob) => {
            let metadata = Some(BlobMetadata { r#type: Some(blob.clone()) });
            of_scalar(scalar::Value::Blob(Blob { metadata, uri: "s3://b/k".into() }))
        }
        Type::UnionType(union) => {
            let variant = &union.variants[0];
            let union = Union { value: Some(Box::new(any(variant))), r#type: Some(variant.clone()) };
            of_scalar(scalar::Value::Union(Box::new(union)))
        }
        Type::StructuredDatasetType(dataset) => of_scalar(scalar::Value::StructuredDataset(StructuredDataset {
            uri: "s3://b/d".into(),
            metadata: Some(StructuredDatasetMetadata { structured_dataset_type: Some(dataset.clone()) }),
        })),
        Type::Schema(schema) => {
            of_scalar(scalar::Value::Schema(Schema { uri: "s3://b/s".into(), r#type: Some(schema.clone()) }))
        }
    }
}

fn outputs_of(bench: &Bench, container: &RunContainer) -> ContainerResult {
    let task = |name: &str| container.env.iter().find(|(key, _)| key == name).unwrap().1.clone();
    let id = Identifier {
        project: task("FLYTE_INTERNAL_TASK_PROJECT"),
        domain: task("FLYTE_INTERNAL_TASK_DOMAIN"),
        name: task("FLYTE_INTERNAL_TASK_NAME"),
        version: task("FLYTE_INTERNAL_TASK_VERSION"),
        ..Default::default()
    };
    let row = bench.sandbox.state().tasks.get(&(&id).into()).unwrap();
    let outputs = row.template().unwrap().interface.as_ref().unwrap().outputs.clone().unwrap_or_default();
    let literals = outputs.variables.iter().map(|(name, v)| (name.clone(), any(v.r#type.as_ref().unwrap())));
    let bytes = LiteralMap { literals: literals.collect() }.encode_to_vec();
    ContainerResult { files: vec![("outputs/outputs.pb".into(), bytes)], ..Default::default() }
}

#[test]
fn every_workflow_of_flytekit_registers_and_runs() {
    let mut ran = 0;
    for case in cases() {
        let name = case["id"].as_str().unwrap();
        let mut bench = Bench::default();
        let plan = match register(&mut bench, &case) {
            Ok(Some(plan)) => plan,
            Ok(None) => continue,
            // It refers to a task that somebody else has registered.
            Err(status) => {
                assert_eq!(name, "reference-task");
                assert!(status.message.contains("missing entity of type TASK"), "{name}: {status:?}");
                continue;
            }
        };
        let request = ObjectGetRequest { id: Some(plan.clone()) };
        let row: LaunchPlan = bench.call("GetLaunchPlan", request).unwrap();
        let expected = row.closure.unwrap().expected_inputs.unwrap().parameters;
        let required = expected.iter().filter(|(_, p)| p.behavior == Some(parameter::Behavior::Required(true)));
        let inputs = required.map(|(name, p)| (name.clone(), any(p.var.as_ref().unwrap().r#type.as_ref().unwrap())));
        let create = ExecutionCreateRequest {
            project: plan.project.clone(),
            domain: plan.domain.clone(),
            spec: Some(ExecutionSpec { launch_plan: Some(plan), ..Default::default() }),
            inputs: Some(LiteralMap { literals: inputs.collect() }),
            ..Default::default()
        };
        let execution = bench.try_execute(create).unwrap_or_else(|status| panic!("{name}: {status:?}"));
        for _ in 0..20 {
            step(&mut bench, &execution);
        }
        assert_eq!(bench.phase(&execution), Phase::Succeeded, "{name}: {:?}", bench.execution(&execution));
        ran += 1;
    }
    assert_eq!(ran, 18);
}

/// Ends what runs, sets the signals that are waited for, and lets time pass.
fn step(bench: &mut Bench, execution: &str) {
    for container in bench.containers() {
        let result = outputs_of(bench, &container);
        bench.finish(&container, result);
    }
    if let Some(wake) = bench.sandbox.next_wake() {
        bench.now = wake;
        bench.sandbox.wake(wake);
    }
    let request =
        SignalListRequest { workflow_execution_id: Some(execution_id(execution)), limit: 100, ..Default::default() };
    let signals: SignalList = bench.service("Signal", "ListSignals", request).unwrap();
    for signal in signals.signals.into_iter().filter(|signal| signal.value.is_none()) {
        let request = SignalSetRequest { id: signal.id, value: Some(any(&signal.r#type.unwrap())) };
        let _: SignalSetResponse = bench.service("Signal", "SetSignal", request).unwrap();
    }
}
