//! `proto/` against the published `@flyteorg/flyteidl`: the same structure, every word of the comments our own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use prost_types::field_descriptor_proto::Type;
use prost_types::method_options::IdempotencyLevel;
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto, ServiceDescriptorProto,
};
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver, IncludeFileResolver};
use protox::prost_reflect::{DescriptorPool, DynamicMessage, Value};
use protox::Compiler;

/// What FlyteAdmin serves.
const SERVICES: [(&str, &str, usize); 5] = [
    ("flyteidl/service/admin.proto", "AdminService", 56),
    ("flyteidl/service/dataproxy.proto", "DataProxyService", 4),
    ("flyteidl/service/signal.proto", "SignalService", 3),
    ("flyteidl/service/auth.proto", "AuthMetadataService", 2),
    ("flyteidl/service/identity.proto", "IdentityService", 1),
];

/// The published services import this file, which their package does not hold. Only what they set is declared.
const OPENAPI: (&str, &str) = (
    "protoc-gen-openapiv2/options/annotations.proto",
    r#"
    syntax = "proto3";
    package grpc.gateway.protoc_gen_openapiv2.options;
    import "google/protobuf/descriptor.proto";
    message Response { string description = 1; }
    message Operation { string description = 3; map<string, Response> responses = 10; }
    extend google.protobuf.MethodOptions { Operation openapiv2_operation = 1042; }
    "#,
);

/// Texts by the symbol they belong to.
type Texts = BTreeMap<String, String>;

#[test]
fn the_structure_is_that_of_the_published_interface() {
    let (ours, published) = (facts(&ours()), facts(&published()));
    let differences: Vec<String> = ours
        .keys()
        .chain(published.keys())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .filter(|symbol| ours.get(*symbol) != published.get(*symbol))
        .map(|symbol| {
            format!("{symbol}\n  ours:      {:?}\n  published: {:?}", ours.get(symbol), published.get(symbol))
        })
        .collect();
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn the_comparison_covers_the_whole_interface() {
    let files = flyteidl(&ours());
    let facts = facts(&ours());
    let count = |kind: &str| facts.keys().filter(|symbol| symbol.starts_with(kind)).count();
    assert_eq!(files.len(), 38);
    assert_eq!(on_disk(), files.iter().map(|file| file.name().to_owned()).collect());
    assert_eq!(on_disk(), flyteidl(&published()).iter().map(|file| file.name().to_owned()).collect());
    let counts = ["message ", "field ", "oneof ", "enum ", "value ", "service ", "rpc "].map(count);
    // 19 of the messages and 38 of the fields are map entries.
    assert_eq!(counts, [335, 1003, 51, 41, 170, 5, 66]);
}

#[test]
fn all_66_rpcs_are_unary() {
    let files = flyteidl(&ours());
    let mut total = 0;
    for (path, name, rpcs) in SERVICES {
        let file = files.iter().find(|file| file.name() == path).unwrap();
        assert_eq!(file.service.len(), 1, "{path}");
        assert_eq!(file.service[0].name(), name);
        assert_eq!(file.service[0].method.len(), rpcs, "{name}");
        assert!(file.service[0].method.iter().all(|rpc| !rpc.client_streaming() && !rpc.server_streaming()), "{name}");
        total += rpcs;
    }
    assert_eq!(total, 66);
    assert_eq!(files.iter().map(|file| file.service.len()).sum::<usize>(), SERVICES.len());
}

#[test]
fn only_launching_terminating_and_events_are_unsafe_to_repeat() {
    let mut levels: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for rpc in flyteidl(&ours()).iter().flat_map(|file| &file.service).flat_map(|service| &service.method) {
        let level = rpc.options.as_ref().map_or(IdempotencyLevel::IdempotencyUnknown, |o| o.idempotency_level());
        levels.entry(level.as_str_name()).or_default().push(rpc.name().to_owned());
    }
    let unsafe_to_repeat = &mut levels.get_mut("IDEMPOTENCY_UNKNOWN").unwrap();
    unsafe_to_repeat.sort();
    assert_eq!(
        **unsafe_to_repeat,
        [
            "CreateExecution",
            "CreateNodeEvent",
            "CreateTaskEvent",
            "CreateWorkflowEvent",
            "RecoverExecution",
            "RelaunchExecution",
            "TerminateExecution",
        ]
    );
    assert_eq!(levels["IDEMPOTENT"].len(), 17, "{:?}", levels["IDEMPOTENT"]);
    assert_eq!(levels["NO_SIDE_EFFECTS"].len(), 42, "{:?}", levels["NO_SIDE_EFFECTS"]);
}

#[test]
fn the_http_rule_has_google_s_numbers() {
    let pool = ours();
    let http = pool.get_extension_by_name("google.api.http").unwrap();
    assert_eq!((http.number(), http.containing_message().full_name()), (72295728, "google.protobuf.MethodOptions"));
    let rule = pool.get_message_by_name("google.api.HttpRule").unwrap();
    let fields: Vec<_> = rule.fields().map(|field| format!("{}={}", field.name(), field.number())).collect();
    let expected =
        "selector=1 get=2 put=3 post=4 delete=5 patch=6 body=7 custom=8 additional_bindings=11 response_body=12";
    assert_eq!(fields.join(" "), expected);
}

#[test]
fn everything_has_a_comment() {
    let pool = ours();
    let comments = comments(&pool);
    let missing: Vec<String> = flyteidl(&pool).iter().flat_map(symbols).filter(|s| !comments.contains_key(s)).collect();
    assert!(missing.is_empty(), "{} without a comment:\n{}", missing.len(), missing.join("\n"));
}

#[test]
fn every_file_begins_by_saying_what_it_is_about() {
    for name in on_disk() {
        let text = fs::read_to_string(root().join("proto").join(&name)).unwrap();
        assert!(text.starts_with("// "), "{name}");
    }
}

#[test]
fn no_comment_is_taken_from_the_published_files() {
    let (ours, published) = (comments(&ours()), comments(&published()));
    assert!(published.len() > 500, "only {} published comments found", published.len());
    let sentences: BTreeSet<String> = published.values().map(|text| words(text).join(" ")).collect();
    let runs: BTreeSet<String> = published.values().flat_map(|text| runs(text)).collect();
    let taken: Vec<String> = ours
        .iter()
        .filter(|(_, text)| {
            sentences.contains(&words(text).join(" ")) || self::runs(text).iter().any(|run| runs.contains(run))
        })
        .map(|(symbol, text)| format!("{symbol}: {text}"))
        .collect();
    assert!(taken.is_empty(), "{} comments as published:\n{}", taken.len(), taken.join("\n"));
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Names of our flyteidl files as imports write them.
fn on_disk() -> BTreeSet<String> {
    fn visit(folder: &Path, names: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                visit(&path, names);
            } else {
                let name = path.strip_prefix(root().join("proto")).unwrap();
                names.insert(name.to_str().unwrap().replace('\\', "/"));
            }
        }
    }
    let mut names = BTreeSet::new();
    visit(&root().join("proto/flyteidl"), &mut names);
    names
}

fn ours() -> DescriptorPool {
    let mut files = ChainFileResolver::new();
    files.add(IncludeFileResolver::new(root().join("proto")));
    files.add(GoogleFileResolver::new());
    compile(files)
}

fn published() -> DescriptorPool {
    let folder = root().join("node_modules/@flyteorg/flyteidl/protos");
    assert!(folder.is_dir(), "{} is missing: run `npm ci` in the project's folder first", folder.display());
    let mut files = ChainFileResolver::new();
    files.add(IncludeFileResolver::new(folder));
    files.add(Ours);
    files.add(GoogleFileResolver::new());
    compile(files)
}

/// What the published package imports and does not hold.
struct Ours;

impl FileResolver for Ours {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        match name {
            _ if name == OPENAPI.0 => File::from_source(OPENAPI.0, OPENAPI.1),
            _ if name.starts_with("google/api/") => IncludeFileResolver::new(root().join("proto")).open_file(name),
            _ => Err(protox::Error::file_not_found(name)),
        }
    }
}

fn compile(files: ChainFileResolver) -> DescriptorPool {
    let mut compiler = Compiler::with_file_resolver(files);
    compiler.include_source_info(true).include_imports(true);
    compiler.open_files(SERVICES.map(|(path, ..)| path)).unwrap();
    compiler.descriptor_pool()
}

fn flyteidl(pool: &DescriptorPool) -> Vec<FileDescriptorProto> {
    let files = pool.files().filter(|file| file.name().starts_with("flyteidl/"));
    files.map(|file| file.file_descriptor_proto().clone()).collect()
}

/// Everything that decides about bytes, JSON or REST, as one line for each symbol.
fn facts(pool: &DescriptorPool) -> Texts {
    let mut facts = Texts::new();
    for file in flyteidl(pool) {
        let imports: BTreeSet<_> = file.dependency.iter().filter(|name| *name != OPENAPI.0).collect();
        let key = format!("file {}", file.name());
        facts.insert(key, format!("{} {} imports {imports:?}", file.syntax(), file.package()));
        let scope = format!(".{}", file.package());
        file.message_type.iter().for_each(|message| message_facts(&scope, message, &mut facts));
        file.enum_type.iter().for_each(|choice| enum_facts(&scope, choice, &mut facts));
        file.service.iter().for_each(|service| service_facts(pool, &scope, service, &mut facts));
        assert!(file.extension.is_empty(), "{} has extensions, which are not compared", file.name());
    }
    facts
}

fn message_facts(scope: &str, message: &DescriptorProto, facts: &mut Texts) {
    let scope = format!("{scope}.{}", message.name());
    let options = message.options.as_ref();
    let reserved: Vec<_> = message.reserved_range.iter().map(|range| (range.start(), range.end())).collect();
    let text = format!(
        "map entry {}, deprecated {}, reserved {reserved:?} {:?}",
        options.is_some_and(|o| o.map_entry()),
        options.is_some_and(|o| o.deprecated()),
        message.reserved_name,
    );
    facts.insert(format!("message {scope}"), text);
    for (index, field) in message.field.iter().enumerate() {
        let oneof = field.oneof_index.map(|index| message.oneof_decl[index as usize].name());
        let text = format!("position {index}, {}, oneof {oneof:?}", field_fact(field));
        facts.insert(format!("field {scope}.{}", field.name()), text);
    }
    for oneof in &message.oneof_decl {
        facts.insert(format!("oneof {scope}.{}", oneof.name()), String::new());
    }
    message.nested_type.iter().for_each(|inner| message_facts(&scope, inner, facts));
    message.enum_type.iter().for_each(|choice| enum_facts(&scope, choice, facts));
    assert!(message.extension.is_empty(), "{scope} has extensions, which are not compared");
}

fn field_fact(field: &FieldDescriptorProto) -> String {
    let options = field.options.as_ref();
    let packed = options.and_then(|o| o.packed);
    let of = matches!(field.r#type(), Type::Message | Type::Enum | Type::Group).then(|| field.type_name());
    format!(
        "number {}, {} {} {of:?}, json {}, optional {}, packed {packed:?}, deprecated {}, default {:?}",
        field.number(),
        field.label().as_str_name(),
        field.r#type().as_str_name(),
        field.json_name(),
        field.proto3_optional(),
        options.is_some_and(|o| o.deprecated()),
        field.default_value,
    )
}

fn enum_facts(scope: &str, choice: &EnumDescriptorProto, facts: &mut Texts) {
    let scope = format!("{scope}.{}", choice.name());
    let options = choice.options.as_ref();
    let reserved: Vec<_> = choice.reserved_range.iter().map(|range| (range.start(), range.end())).collect();
    let text = format!(
        "aliases {}, deprecated {}, reserved {reserved:?} {:?}",
        options.is_some_and(|o| o.allow_alias()),
        options.is_some_and(|o| o.deprecated()),
        choice.reserved_name,
    );
    facts.insert(format!("enum {scope}"), text);
    for value in &choice.value {
        let deprecated = value.options.as_ref().is_some_and(|o| o.deprecated());
        let text = format!("number {}, deprecated {deprecated}", value.number());
        facts.insert(format!("value {scope}.{}", value.name()), text);
    }
}

fn service_facts(pool: &DescriptorPool, scope: &str, service: &ServiceDescriptorProto, facts: &mut Texts) {
    let scope = format!("{scope}.{}", service.name());
    facts.insert(format!("service {scope}"), String::new());
    let reflected = pool.get_service_by_name(&scope[1..]).unwrap();
    for (rpc, reflected) in service.method.iter().zip(reflected.methods()) {
        let text = format!(
            "{} to {}, streams {} {}, deprecated {}, rest {}",
            rpc.input_type(),
            rpc.output_type(),
            rpc.client_streaming(),
            rpc.server_streaming(),
            rpc.options.as_ref().is_some_and(|o| o.deprecated()),
            rest(pool, &reflected.options()),
        );
        facts.insert(format!("rpc {scope}.{}", rpc.name()), text);
    }
}

fn rest(pool: &DescriptorPool, options: &DynamicMessage) -> String {
    let http = pool.get_extension_by_name("google.api.http").unwrap();
    if options.has_extension(&http) {
        show(&options.get_extension(&http))
    } else {
        "none".to_owned()
    }
}

fn show(value: &Value) -> String {
    match value {
        Value::Message(message) => {
            let fields: Vec<_> = message.fields().map(|(f, v)| format!("{}: {}", f.name(), show(v))).collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::List(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", ")),
        Value::String(text) => format!("{text:?}"),
        other => panic!("an HTTP rule holds {other:?}"),
    }
}

/// The symbols of a file that a reader meets, in the spelling of `facts`.
fn symbols(file: &FileDescriptorProto) -> Vec<String> {
    paths(file).into_values().collect()
}

/// Leading comments by symbol.
fn comments(pool: &DescriptorPool) -> Texts {
    let mut comments = Texts::new();
    for file in flyteidl(pool) {
        let paths = paths(&file);
        for location in file.source_code_info.iter().flat_map(|info| &info.location) {
            let text = [location.leading_comments(), location.trailing_comments()].concat();
            if let (Some(symbol), false) = (paths.get(&location.path), text.trim().is_empty()) {
                comments.insert(symbol.clone(), text.trim().to_owned());
            }
        }
    }
    comments
}

/// Symbols by their path in the descriptor, as source code info names places.
fn paths(file: &FileDescriptorProto) -> BTreeMap<Vec<i32>, String> {
    fn choice(at: &[i32], scope: &str, choice: &EnumDescriptorProto, paths: &mut BTreeMap<Vec<i32>, String>) {
        let scope = format!("{scope}.{}", choice.name());
        paths.insert(at.to_vec(), format!("enum {scope}"));
        for (i, value) in choice.value.iter().enumerate() {
            paths.insert([at, &[2, i as i32]].concat(), format!("value {scope}.{}", value.name()));
        }
    }
    fn message(at: &[i32], scope: &str, of: &DescriptorProto, paths: &mut BTreeMap<Vec<i32>, String>) {
        if of.options.as_ref().is_some_and(|o| o.map_entry()) {
            return;
        }
        let scope = format!("{scope}.{}", of.name());
        paths.insert(at.to_vec(), format!("message {scope}"));
        for (i, field) in of.field.iter().enumerate() {
            paths.insert([at, &[2, i as i32]].concat(), format!("field {scope}.{}", field.name()));
        }
        for (i, oneof) in of.oneof_decl.iter().enumerate() {
            paths.insert([at, &[8, i as i32]].concat(), format!("oneof {scope}.{}", oneof.name()));
        }
        for (i, inner) in of.nested_type.iter().enumerate() {
            message(&[at, &[3, i as i32]].concat(), &scope, inner, paths);
        }
        for (i, inner) in of.enum_type.iter().enumerate() {
            choice(&[at, &[4, i as i32]].concat(), &scope, inner, paths);
        }
    }
    let mut paths = BTreeMap::new();
    let scope = format!(".{}", file.package());
    for (i, of) in file.message_type.iter().enumerate() {
        message(&[4, i as i32], &scope, of, &mut paths);
    }
    for (i, of) in file.enum_type.iter().enumerate() {
        choice(&[5, i as i32], &scope, of, &mut paths);
    }
    for (i, service) in file.service.iter().enumerate() {
        let scope = format!("{scope}.{}", service.name());
        paths.insert(vec![6, i as i32], format!("service {scope}"));
        for (j, rpc) in service.method.iter().enumerate() {
            paths.insert(vec![6, i as i32, 2, j as i32], format!("rpc {scope}.{}", rpc.name()));
        }
    }
    paths
}

fn words(text: &str) -> Vec<String> {
    let split = text.split(|c: char| !c.is_alphanumeric());
    split.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// Eight words in a row are hardly written twice by accident.
fn runs(text: &str) -> Vec<String> {
    words(text).windows(8).map(|run| run.join(" ")).collect()
}
