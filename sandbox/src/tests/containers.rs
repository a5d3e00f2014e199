//! What a container is given and how its files are read.

use super::support::*;
use crate::idl::core::data_loading_config::LiteralMapFormat;
use crate::idl::core::*;
use crate::{ContainerResult, RunContainer};

/// Registers `task` and runs it alone.
fn run(bench: &mut Bench, template: TaskTemplate, inputs: &[(&str, Literal)]) -> (String, RunContainer) {
    let name = template.id.clone().unwrap().name;
    bench.task_of(template).unwrap();
    let execution = bench.try_execute(request(ResourceType::Task, &name, inputs)).unwrap();
    let container = bench.containers().remove(0);
    (execution, container)
}

fn container_of(template: &mut TaskTemplate) -> &mut Container {
    match template.target.as_mut().unwrap() {
        task_template::Target::Container(container) => container,
        _ => panic!("a container"),
    }
}

fn file<'a>(container: &'a RunContainer, path: &str) -> &'a str {
    let found = container.files_in.iter().find(|(name, _)| name == path);
    std::str::from_utf8(&found.unwrap_or_else(|| panic!("no file {path}")).1).unwrap()
}

fn wrote(files: &[(&str, &str)]) -> ContainerResult {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
    ContainerResult { files: files.collect(), ..Default::default() }
}

/// A task with a data config.
fn raw(inputs: &[(&str, LiteralType)], outputs: &[(&str, LiteralType)]) -> TaskTemplate {
    let mut template = task("raw", inputs, outputs);
    let container = container_of(&mut template);
    container.command = vec!["sh".into(), "-c".into(), "cat /var/inputs/x > /var/outputs/y".into()];
    container.args = Vec::new();
    container.env = vec![KeyValuePair { key: "OUT".into(), value: "/var/outputs".into() }];
    container.data_config = Some(DataLoadingConfig {
        enabled: true,
        input_path: "/var/inputs".into(),
        output_path: "/var/outputs/".into(),
        format: LiteralMapFormat::Json as i32,
        io_strategy: None,
    });
    template
}

#[test]
fn templates_in_command_arguments_and_environment_are_filled_in() {
    let mut bench = Bench::default();
    let mut template = task("t", &[("x", integer()), ("s", string())], &[]);
    let container = container_of(&mut template);
    container.command = vec!["run".into()];
    container.args = vec![
        "{{.input}}".into(),
        "--out={{ .OutputPrefix }}".into(),
        "{{$RawOutputDataPrefix}}".into(),
        "{{.inputs.x}}/{{.Inputs.s}}".into(),
        "{{.perRetryUniqueKey}}".into(),
        "{{.prevCheckpointPrefix}}".into(),
    ];
    container.env = vec![KeyValuePair { key: "WHERE".into(), value: "{{.inputPrefix}}".into() }];
    let (execution, container) = run(&mut bench, template, &[("x", int(3)), ("s", text("a b"))]);
    let dir = format!("/scratch/flytesnacks/development/{execution}/t/0");
    assert_eq!(container.dir, dir);
    assert_eq!(
        container.argv,
        [
            "run",
            &format!("{dir}/inputs/inputs.pb"),
            &format!("--out={dir}/outputs"),
            &format!("{dir}/raw"),
            "3/a b",
            &format!("{execution}_t_0"),
            "\"\"",
        ]
    );
    let env = |name: &str| container.env.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    assert_eq!(env("WHERE"), Some(format!("{dir}/inputs").as_str()));
    assert_eq!(env("FLYTE_INTERNAL_EXECUTION_ID"), Some(execution.as_str()));
    assert_eq!(env("FLYTE_ATTEMPT_NUMBER"), Some("0"));
    assert_eq!(inputs_of(&container), literals(&[("x", int(3)), ("s", text("a b"))]));
}

#[test]
fn the_environment_of_the_execution_wins() {
    let mut bench = Bench::default();
    let mut template = task("t", &[], &[]);
    container_of(&mut template).env = vec![KeyValuePair { key: "A".into(), value: "task".into() }];
    bench.task_of(template).unwrap();
    let mut request = request(ResourceType::Task, "t", &[]);
    let values = vec![KeyValuePair { key: "A".into(), value: "execution".into() }];
    request.spec.as_mut().unwrap().envs = Some(crate::idl::admin::Envs { values });
    bench.try_execute(request).unwrap();
    let env = bench.containers().remove(0).env;
    assert_eq!(env.last(), Some(&("A".to_owned(), "execution".to_owned())));
}

#[test]
fn an_input_that_a_template_can_not_write_out_fails_the_node() {
    let mut bench = Bench::default();
    let mut template = task("t", &[("m", map_type())], &[]);
    container_of(&mut template).args = vec!["{{.inputs.m}}".into()];
    bench.task_of(template).unwrap();
    let inputs = [("m", map(&[("k", int(1))]))];
    let name = bench.try_execute(request(ResourceType::Task, "t", &inputs)).unwrap();
    assert_eq!(bench.phase(&name), Phase::Failed);
    assert!(bench.error(&name).message.contains("{{.inputs.m}}"), "{}", bench.error(&name).message);
}

fn map_type() -> LiteralType {
    LiteralType { r#type: Some(Type::MapValueType(Box::new(integer()))), ..Default::default() }
}

#[test]
fn a_data_config_gets_one_file_a_variable_and_its_paths_are_mapped() {
    let mut bench = Bench::default();
    let template = raw(&[("x", string()), ("xs", list_of(integer())), ("m", map_type())], &[("y", integer())]);
    let inputs = [("x", text("hello")), ("xs", list(vec![int(4), int(5)])), ("m", map(&[("a", int(1))]))];
    let (execution, container) = run(&mut bench, template, &inputs);
    let dir = &container.dir;
    assert_eq!(container.argv, ["sh", "-c", &format!("cat {dir}/inputs/x > {dir}/outputs/y")]);
    assert!(container.env.contains(&("OUT".into(), format!("{dir}/outputs"))));
    assert_eq!(file(&container, "inputs/x"), "hello");
    assert_eq!(file(&container, "inputs/xs/1"), "5");
    assert_eq!(file(&container, "inputs/m/a"), "1");
    assert_eq!(file(&container, "inputs/inputs.json"), r#"{"m":{"a":1},"x":"hello","xs":[4,5]}"#);
    bench.finish(&container, wrote(&[("outputs/y", "41\n")]));
    assert_eq!(bench.outputs(&execution), literals(&[("y", int(41))]));
}

#[test]
fn an_output_file_that_is_missing_or_of_the_wrong_type_is_named() {
    for (files, part) in
        [(vec![], "[y] was not written"), (vec![("outputs/y", "many")], "[y]: failed to parse an integer")]
    {
        let mut bench = Bench::default();
        let (execution, container) = run(&mut bench, raw(&[("x", string())], &[("y", integer())]), &[("x", text(""))]);
        bench.finish(&container, wrote(&files));
        let error = bench.error(&execution);
        assert!(error.message.contains(part), "{}", error.message);
    }
}

#[test]
fn files_that_a_task_writes_are_kept_in_the_object_store() {
    let mut bench = Bench::default();
    let blob = LiteralType { r#type: Some(Type::Blob(BlobType::default())), ..Default::default() };
    let (execution, container) = run(&mut bench, raw(&[("x", string())], &[("y", blob.clone())]), &[("x", text(""))]);
    bench.finish(&container, wrote(&[("outputs/y", "content")]));
    let uri = match bench.outputs(&execution).literals.remove("y").unwrap().value.unwrap() {
        literal::Value::Scalar(scalar) => match scalar.value.unwrap() {
            scalar::Value::Blob(blob) => blob.uri,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    assert_eq!(uri, format!("s3://flyte-sandbox/data/flytesnacks/development/{execution}/raw/0/outputs/y"));
    assert_eq!(bench.sandbox.state().blobs.get(&uri).unwrap().bytes.as_ref(), b"content");

    // The next task finds the object as a local file.
    let mut reader = task("reader", &[("f", blob)], &[]);
    container_of(&mut reader).args = vec!["cat".into(), "{{.inputs.f}}".into()];
    let literal = of_scalar(scalar::Value::Blob(Blob {
        metadata: Some(BlobMetadata { r#type: Some(BlobType::default()) }),
        uri,
    }));
    let (_, container) = run(&mut bench, reader, &[("f", literal)]);
    assert_eq!(container.argv[1], format!("{}/objects/0/y", container.dir));
    assert_eq!(file(&container, "objects/0/y"), "content");
}

#[test]
fn literals_that_name_local_files_are_made_to_name_the_store() {
    let mut bench = Bench::default();
    let blob = LiteralType { r#type: Some(Type::Blob(BlobType::default())), ..Default::default() };
    let (execution, container) = run(&mut bench, task("t", &[], &[("f", blob)]), &[]);
    let local = of_scalar(scalar::Value::Blob(Blob {
        metadata: Some(BlobMetadata { r#type: Some(BlobType::default()) }),
        uri: format!("{}/raw/data.csv", container.dir),
    }));
    let mut result = gave(&[("f", local)]);
    result.files.push(("raw/data.csv".into(), b"1,2".to_vec()));
    bench.finish(&container, result);
    let outputs = format!("{:?}", bench.outputs(&execution));
    let uri = format!("s3://flyte-sandbox/data/flytesnacks/development/{execution}/t/0/raw/data.csv");
    assert!(outputs.contains(&uri), "{outputs}");
    assert!(bench.sandbox.state().blobs.get(&uri).is_some());
}

#[test]
fn an_error_document_says_why_and_whether_to_try_again() {
    let mut bench = Bench::default();
    let mut template = task("t", &[], &[]);
    template.metadata.as_mut().unwrap().retries = Some(RetryStrategy { retries: 1 });
    let (execution, container) = run(&mut bench, template, &[]);
    // code, message, kind NON_RECOVERABLE, origin USER
    let inner = b"\x0a\x06USER:V\x12\x03bad\x20\x01".to_vec();
    let document = [vec![0x0a, u8::try_from(inner.len()).unwrap()], inner].concat();
    let files = vec![("outputs/error.pb".to_owned(), document)];
    bench.finish(&container, ContainerResult { exit_code: 0, files, ..Default::default() });
    assert_eq!(bench.phase(&execution), Phase::Failed, "no second attempt");
    let error = bench.error(&execution);
    assert_eq!((error.code.as_str(), error.message.as_str()), ("USER:V", "bad"));
}

#[test]
fn a_task_that_forgets_its_outputs_fails() {
    let mut bench = Bench::default();
    let (execution, container) = run(&mut bench, task("t", &[], &[("y", integer())]), &[]);
    bench.finish(&container, ContainerResult::default());
    assert!(bench.error(&execution).message.contains("outputs [y]"), "{}", bench.error(&execution).message);
    let (execution, container) = run(&mut bench, task("u", &[], &[("y", integer())]), &[]);
    bench.finish(&container, gave(&[]));
    assert!(bench.error(&execution).message.contains("[y]"), "{}", bench.error(&execution).message);
}

#[test]
fn a_task_has_the_time_that_its_metadata_gives_it() {
    let mut bench = Bench::default();
    let mut template = task("t", &[], &[]);
    template.metadata.as_mut().unwrap().timeout = Some(prost_types::Duration { seconds: 5, nanos: 0 });
    let (execution, container) = run(&mut bench, template, &[]);
    assert_eq!(container.timeout, Some(std::time::Duration::from_secs(5)));
    bench.finish(&container, ContainerResult { exit_code: 137, timed_out: true, ..Default::default() });
    let error = bench.error(&execution);
    assert_eq!(error.code, "RetriesExhausted|TimeoutExpired");
    assert!(error.message.ends_with("task execution timeout [5s] expired"), "{}", error.message);
}

#[test]
fn a_deck_is_linked_from_its_node() {
    let mut bench = Bench::default();
    let (execution, container) = run(&mut bench, task("t", &[], &[]), &[]);
    bench.finish(&container, wrote(&[("outputs/deck.html", "<p>")]));
    let urls = bench.node_data(&execution, "t").flyte_urls.unwrap();
    assert!(urls.deck.ends_with("/t/d"), "{urls:?}");
}

#[test]
fn a_pod_task_runs_its_primary_container() {
    let mut bench = Bench::default();
    let mut template = task("pod", &[], &[]);
    let json = r#"{"containers":[{"name":"side","args":["no"]},{"name":"main","command":["go"],"args":["{{.input}}"],"env":[{"name":"A","value":"b"}]}]}"#;
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    template.target = Some(task_template::Target::K8sPod(K8sPod {
        pod_spec: Some(to_struct(&json)),
        primary_container_name: "main".into(),
        ..Default::default()
    }));
    let (_, container) = run(&mut bench, template, &[]);
    assert_eq!(container.argv, ["go", &format!("{}/inputs/inputs.pb", container.dir)]);
    assert!(container.env.contains(&("A".into(), "b".into())));
}

fn to_struct(json: &serde_json::Value) -> prost_types::Struct {
    use prost_types::value::Kind;
    fn value(json: &serde_json::Value) -> prost_types::Value {
        let kind = match json {
            serde_json::Value::String(text) => Kind::StringValue(text.clone()),
            serde_json::Value::Array(items) => {
                Kind::ListValue(prost_types::ListValue { values: items.iter().map(value).collect() })
            }
            json => Kind::StructValue(to_struct(json)),
        };
        prost_types::Value { kind: Some(kind) }
    }
    let fields = json.as_object().unwrap().iter().map(|(name, json)| (name.clone(), value(json)));
    prost_types::Struct { fields: fields.collect() }
}

#[test]
fn a_task_that_yields_a_workflow_is_a_dynamic_node() {
    let mut bench = Bench::default();
    let (execution, container) = run(&mut bench, task("d", &[], &[("y", integer())]), &[]);
    // The task of the yielded workflow is not registered.
    let yielded = task("yielded", &[("x", integer())], &[("y", integer())]);
    let spec = crate::container::DynamicJobSpec {
        nodes: vec![node("dn0", run_task("yielded"), &[("x", constant(int(5)))])],
        outputs: workflow("w", &[], &[("y", integer(), promise("dn0", "y"))], vec![]).outputs,
        tasks: vec![yielded],
        ..Default::default()
    };
    let files = vec![("outputs/futures.pb".to_owned(), prost::Message::encode_to_vec(&spec))];
    bench.finish(&container, ContainerResult { files, ..Default::default() });
    assert_eq!(bench.node_phases(&execution, ""), ["start-node SUCCEEDED", "d DYNAMIC_RUNNING"]);
    let metadata = bench.nodes(&execution, "")[1].metadata.clone().unwrap();
    assert!(metadata.is_dynamic && metadata.is_parent_node);
    let dynamic = bench.node_data(&execution, "d").dynamic_workflow.unwrap();
    assert_eq!(dynamic.id.unwrap().name, "dynamic_d");
    bench.settle(double);
    assert_eq!(bench.outputs(&execution), literals(&[("y", int(10))]));
    assert_eq!(
        bench.node_phases(&execution, "d"),
        ["d-0-start-node SUCCEEDED", "d-0-dn0 SUCCEEDED", "d-0-end-node SUCCEEDED"]
    );
}

#[test]
fn a_yielded_workflow_that_does_not_compile_fails_its_node() {
    let mut bench = Bench::default();
    let (execution, container) = run(&mut bench, task("d", &[], &[]), &[]);
    let files = vec![("outputs/futures.pb".to_owned(), Vec::new())];
    bench.finish(&container, ContainerResult { files, ..Default::default() });
    assert!(bench.error(&execution).message.contains("NoNodesFound"), "{}", bench.error(&execution).message);
}
