//! The table of methods: name, path, request, reply, what a retry may do, and the REST rules.

use std::collections::HashSet;
use std::error::Error;
use std::fmt::Write as _;

use prost_types::method_options::IdempotencyLevel;
use protox::prost_reflect::{DescriptorPool, DynamicMessage, MethodDescriptor, Value};

use crate::schema::Schema;

/// The table as Rust source.
pub fn source(pool: &DescriptorPool, schema: &Schema) -> Result<String, Box<dyn Error>> {
    let mut methods: Vec<_> = pool
        .services()
        .filter(|service| service.package_name().starts_with("flyteidl."))
        .flat_map(|service| service.methods().collect::<Vec<_>>())
        .collect();
    methods.sort_by_key(path);
    let (mut rows, mut rules) = (String::new(), String::new());
    let mut names = HashSet::new();
    for method in &methods {
        let name = js_name(method.name());
        if !names.insert(name.clone()) {
            return Err(format!("two services have a method {name}").into());
        }
        if method.is_client_streaming() || method.is_server_streaming() {
            return Err(format!("{} streams; Channel only does unary calls", method.full_name()).into());
        }
        let safety = match method.method_descriptor_proto().options.as_ref().map(|o| o.idempotency_level()) {
            Some(IdempotencyLevel::NoSideEffects) => "ReadOnly",
            Some(IdempotencyLevel::Idempotent) => "Idempotent",
            _ => "Unsafe",
        };
        writeln!(
            rows,
            "Method {{ path: {:?}, name: {name:?}, request: MessageId({}), response: MessageId({}), safety: Safety::{safety} }},",
            path(method),
            schema.message_id(method.input().full_name())?,
            schema.message_id(method.output().full_name())?,
        )?;
        rules.push_str("&[");
        for rule in rest_rules(pool, method)? {
            rules.push_str(&rule);
        }
        rules.push_str("],\n");
    }
    Ok(format!(
        "#[rustfmt::skip]\nstatic METHODS: [Method; {0}] = [\n{rows}];\n\
         #[rustfmt::skip]\nstatic REST: [&[RestRule]; {0}] = [\n{rules}];\n",
        methods.len()
    ))
}

fn path(method: &MethodDescriptor) -> String {
    format!("/{}/{}", method.parent_service().full_name(), method.name())
}

/// `GetTask` → `getTask`.
fn js_name(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(characters).collect()
}

/// The main rule and its additional bindings, each as a Rust literal.
fn rest_rules(pool: &DescriptorPool, method: &MethodDescriptor) -> Result<Vec<String>, Box<dyn Error>> {
    let extension = pool.get_extension_by_name("google.api.http").ok_or("google.api.http is not declared")?;
    let options = method.options();
    if !options.has_extension(&extension) {
        return Ok(Vec::new());
    }
    let value = options.get_extension(&extension);
    let rule = value.as_message().ok_or("google.api.http is not a message")?;
    let mut literals = vec![rest_rule(rule, method)?];
    for binding in rule
        .get_field_by_name("additional_bindings")
        .and_then(|v| v.as_list().map(<[Value]>::to_vec))
        .unwrap_or_default()
    {
        literals.push(rest_rule(binding.as_message().ok_or("a binding is not a message")?, method)?);
    }
    Ok(literals)
}

fn rest_rule(rule: &DynamicMessage, method: &MethodDescriptor) -> Result<String, Box<dyn Error>> {
    let text =
        |name: &str| rule.get_field_by_name(name).and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
    let verb = ["get", "put", "post", "delete", "patch"].into_iter().find(|verb| !text(verb).is_empty());
    let verb = verb.ok_or_else(|| format!("{}: a rule without a common verb", method.full_name()))?;
    if !text("response_body").is_empty() {
        return Err(format!("{}: response_body is not supported", method.full_name()).into());
    }
    Ok(format!("RestRule {{ verb: {:?}, path: {:?}, body: {:?} }},", verb.to_uppercase(), text(verb), text("body")))
}
