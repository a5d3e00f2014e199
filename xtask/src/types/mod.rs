//! TypeScript types of all messages as ProtoJSON, and the raw client's methods, from `proto/` with its comments.

mod comments;
mod message;
mod service;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::Path;

use protox::prost_reflect::{DescriptorPool, EnumDescriptor, Kind, MessageDescriptor};

use comments::Comments;

const SERVICES: [&str; 5] = ["admin", "dataproxy", "signal", "auth", "identity"];

/// Writes `idl.d.ts` (messages) and `client.d.ts` (one method an RPC).
pub fn generate(protos: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut compiler = protox::Compiler::new([protos])?;
    compiler.include_source_info(true).include_imports(true);
    compiler.open_files(SERVICES.map(|service| format!("flyteidl/service/{service}.proto")))?;
    compiler.open_file("google/rpc/status.proto")?;
    let pool = compiler.descriptor_pool();
    let comments = Comments::read(&pool);
    fs::create_dir_all(folder)?;
    fs::write(folder.join("idl.d.ts"), messages(&pool, &comments))?;
    fs::write(folder.join("client.d.ts"), service::client(&pool, &comments))?;
    Ok(())
}

fn messages(pool: &DescriptorPool, comments: &Comments) -> String {
    let requested = requested(pool);
    let mut packages: BTreeMap<String, String> = BTreeMap::new();
    for message in pool.all_messages().filter(|m| has_type(m) && !m.is_map_entry()) {
        let text = packages.entry(namespace(message.package_name())).or_default();
        text.push_str(&message::interface(&message, comments, requested.contains(message.full_name())));
    }
    for kind in pool.all_enums().filter(|kind| kind.package_name().starts_with("flyteidl.")) {
        let text = packages.entry(namespace(kind.package_name())).or_default();
        text.push_str(&enumeration(&kind, comments));
    }
    let mut file = String::from(message::HEADER);
    for (package, text) in packages {
        file.push_str(&format!("\nexport namespace {package} {{\n{text}}}\n"));
    }
    file
}

/// Messages with an interface of their own; the well-known ones have a JSON form instead.
fn has_type(message: &MessageDescriptor) -> bool {
    message.package_name().starts_with("flyteidl.") || message.package_name() == "google.rpc"
}

/// Everything that can be given: requests, and the launch plans that `registerSpecs` takes.
fn requested(pool: &DescriptorPool) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut todo: Vec<MessageDescriptor> =
        pool.services().flat_map(|s| s.methods().map(|m| m.input()).collect::<Vec<_>>()).collect();
    todo.extend(pool.get_message_by_name("flyteidl.admin.LaunchPlan"));
    while let Some(message) = todo.pop() {
        if found.insert(message.full_name().to_owned()) {
            todo.extend(message.fields().filter_map(|field| field.kind().as_message().cloned()));
        }
    }
    found
}

/// `flyteidl.admin` is the namespace `admin`, `google.rpc` is `rpc`.
fn namespace(package: &str) -> String {
    package.rsplit('.').next().unwrap_or(package).to_owned()
}

/// The TypeScript name of a message or enum, nested ones joined by `_`.
fn local_name(package: &str, full_name: &str) -> String {
    full_name.strip_prefix(package).unwrap_or(full_name).trim_start_matches('.').replace('.', "_")
}

fn enum_name(kind: &EnumDescriptor) -> String {
    local_name(kind.package_name(), kind.full_name())
}

fn enumeration(kind: &EnumDescriptor, comments: &Comments) -> String {
    let values: Vec<String> = kind
        .values()
        .map(|value| format!("{}    | '{}'\n", comments.doc(value.full_name(), "    "), value.name()))
        .collect();
    // A newer server's value comes as its number.
    format!(
        "{}  export type {} =\n{}    | number\n",
        comments.doc(kind.full_name(), "  "),
        enum_name(kind),
        values.concat()
    )
}

/// The type of a message or enum seen from anywhere in the file.
fn reference(kind: &Kind) -> Option<String> {
    match kind {
        Kind::Message(message) => Some(format!(
            "{}.{}",
            namespace(message.package_name()),
            local_name(message.package_name(), message.full_name())
        )),
        Kind::Enum(kind) => Some(format!("{}.{}", namespace(kind.package_name()), enum_name(kind))),
        _ => None,
    }
}
