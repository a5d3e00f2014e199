//! Arguments of `FlyteRemote`'s methods as core types.

use std::rc::Rc;

use js_sys::{Object, Uint8Array};
use wasm_bindgen::prelude::*;

use super::error::to_js_error;
use super::json::{message, part_to_wire};
use super::lend::{borrow, Lent};
use super::options::{is_list, is_plain, listed, property, wrong, Options};
use super::source::HostContents;
use super::value::inputs;
use crate::codec::Writer;
use crate::entity::{ExecutionReference, Reference, ResourceType};
use crate::error::Error;
use crate::remote::{
    Connect, Execute, Notification, NotificationChannel, Notifications, OnExisting, Register, Settings, Spec, Specs,
    Sync, Target, UploadFile, Wait, WorkflowExecution,
};

const ENTITY: &str = "a name, or an object with one";
/// The kinds of entities in errors.
pub const KINDS: &str = "'task', 'workflow' or 'launchPlan'";

/// Options of `forEndpoint`, all but `fetch`.
pub fn connect(endpoint: &JsValue, options: &mut Options) -> Connect {
    let text = endpoint.as_string().or_else(|| property(endpoint, "href").as_string());
    if text.is_none() {
        options.refuse(wrong("endpoint", "a URL, or host:port", endpoint));
    }
    let settings = Settings {
        endpoint: text.unwrap_or_default(),
        insecure: options.flag("insecure").unwrap_or(false),
        console_endpoint: options.text("consoleEndpoint"),
        project: options.text("project"),
        domain: options.text("domain"),
    };
    Connect {
        settings,
        metadata: options.text_map("metadata"),
        timeout: options.duration("timeoutMs"),
        retries: options.count("retries"),
        max_reply_bytes: at_least_one(options, "maxReplyBytes"),
    }
}

/// `EntityReference | string`
pub fn reference(value: JsValue) -> Result<Reference, JsValue> {
    if let Some(text) = value.as_string() {
        return Reference::parse(&text).map_err(to_js_error);
    }
    if !is_plain(&value) {
        return Err(wrong("entity", ENTITY, &value));
    }
    let mut options = Options::of(value, "entity");
    let kind = kind(&mut options, "kind");
    let reference = of_entity(&mut options, kind);
    options.finish().map(|()| reference)
}

/// An entity's identifier or reference, all but its `kind`.
fn of_entity(options: &mut Options, kind: Option<ResourceType>) -> Reference {
    // An identifier of a fetched entity is a reference too.
    let said = options.text("resourceType").and_then(|name| kind_of_name(&name));
    Reference {
        kind: kind.or(said),
        project: options.text("project"),
        domain: options.text("domain"),
        name: options.text("name").unwrap_or_default(),
        version: options.text("version"),
    }
}

/// `task`, as an option or as in an identifier.
fn kind_of_name(name: &str) -> Option<ResourceType> {
    match name {
        "task" | "TASK" => Some(ResourceType::Task),
        "workflow" | "WORKFLOW" => Some(ResourceType::Workflow),
        "launchPlan" | "LAUNCH_PLAN" => Some(ResourceType::LaunchPlan),
        _ => None,
    }
}

/// `FlyteWorkflowExecution | ExecutionReference | string`
pub fn execution(value: JsValue) -> Result<ExecutionReference, JsValue> {
    if let Some(text) = value.as_string() {
        return ExecutionReference::parse(&text).map_err(to_js_error);
    }
    if let Some(Lent::Execution(execution)) = borrow(&value)? {
        return Ok(ExecutionReference::from(execution.id()));
    }
    if !is_plain(&value) {
        return Err(wrong("execution", ENTITY, &value));
    }
    let mut entity = Options::of(value.clone(), "execution");
    if let Some(kind) = entity.text("resourceType").or_else(|| entity.text("kind")) {
        let message = ["expected an execution, got a reference of the kind ", &kind].concat();
        return Err(to_js_error(Error::option("execution", message)));
    }
    let mut options = Options::of(value, "execution");
    let (project, domain, name) = (options.text("project"), options.text("domain"), options.text("name"));
    options.finish().map(|()| ExecutionReference { project, domain, name: name.unwrap_or_default() })
}

/// `FlyteWorkflowExecution[]`
pub fn executions(value: &JsValue) -> Result<Vec<WorkflowExecution>, JsValue> {
    if !is_list(value) {
        return Err(wrong("executions", "a list of executions", value));
    }
    let one = |(index, item): (usize, JsValue)| match borrow(&item)? {
        Some(Lent::Execution(execution)) => Ok(execution),
        _ => Err(wrong(&["executions[", &index.to_string(), "]"].concat(), "a fetched execution", &item)),
    };
    listed(value)?.iter().enumerate().map(one).collect()
}

/// `FlyteTask | FlyteWorkflow | FlyteLaunchPlan | ExecutableReference`
pub fn target(value: JsValue) -> Result<Target, JsValue> {
    if let Some(Lent::Target(target)) = borrow(&value)? {
        return Ok(target);
    }
    if let Some(text) = value.as_string() {
        return Reference::parse(&text).map(Target::Reference).map_err(to_js_error);
    }
    if !is_plain(&value) {
        return Err(wrong(
            "entity",
            "a fetched task, workflow or launch plan, or an object with kind and name",
            &value,
        ));
    }
    let mut options = Options::of(value, "entity");
    let kind = kind(&mut options, "kind");
    let reference = of_entity(&mut options, kind);
    options.finish().map(|()| Target::Reference(reference))
}

/// An option that names a kind of entity.
pub fn kind(options: &mut Options, name: &'static str) -> Option<ResourceType> {
    let value = options.raw(name);
    let known = value.as_string().and_then(|text| kind_of_name(&text));
    if known.is_none() && !value.is_undefined() {
        options.wrong(name, KINDS, &value);
    }
    known
}

/// Options of `execute`.
pub fn execute(options: &mut Options) -> Execute {
    let max_parallelism = options.count("maxParallelism").and_then(|count| {
        let fits = i32::try_from(count);
        fits.map_err(|_| options.wrong("maxParallelism", "at most 2147483647", &count.into())).ok()
    });
    let read = options.object("inputs").map(|object| inputs(&object)).transpose();
    let (inputs, given) = options.take(read).flatten().unwrap_or_default();
    Execute {
        inputs,
        contents: Some(Rc::new(HostContents(given))),
        project: options.text("project"),
        domain: options.text("domain"),
        name: options.text("name"),
        name_prefix: options.text("namePrefix"),
        labels: options.text_map("labels"),
        annotations: options.text_map("annotations"),
        envs: options.text_map("envs"),
        tags: options.texts("tags").unwrap_or_default(),
        max_parallelism,
        overwrite_cache: options.flag("overwriteCache").unwrap_or(false),
        interruptible: options.flag("interruptible"),
        raw_output_data_prefix: options.text("rawOutputDataPrefix"),
        service_account: options.text("serviceAccount"),
        security_context: None,
        more: more(options),
        on_existing: match options.one_of("onExisting", &["error", "return"]) {
            Some(1) => OnExisting::Return,
            _ => OnExisting::Error,
        },
        cluster_pool: options.text("clusterPool"),
        execution_cluster_label: options.text("executionClusterLabel"),
        notifications: match (options.flag("disableNotifications"), notifications(options)) {
            (Some(true), _) => Notifications::DisableAll,
            (_, Some(list)) => Notifications::List(list),
            (_, None) => Notifications::Default,
        },
        wait: options.flag("wait").unwrap_or(false).then(Wait::default),
    }
}

/// Options that are messages of the `ExecutionSpec`, each with its type, its field and whether it is a list.
const MESSAGES: [(&str, &str, u16, bool); 5] = [
    ("executionMetadata", "flyteidl.admin.ExecutionMetadata", 3, false),
    ("securityContext", "flyteidl.core.SecurityContext", 10, false),
    ("authRole", "flyteidl.admin.AuthRole", 16, false),
    ("qualityOfService", "flyteidl.core.QualityOfService", 17, false),
    ("executionEnvAssignments", "flyteidl.core.ExecutionEnvAssignment", 26, true),
];

/// A serialised `ExecutionSpec` of what `MESSAGES` says.
fn more(options: &mut Options) -> Vec<u8> {
    let mut spec = Writer::new();
    for (name, type_name, number, many) in MESSAGES {
        let items = if many { options.list(name) } else { options.given(name).map(|item| vec![item]) };
        for (place, item) in items.unwrap_or_default() {
            let wire = message(type_name).and_then(|message| part_to_wire(message, &item, &place));
            options.take(wire).map(|wire| spec.message(number, &wire));
        }
    }
    spec.done()
}

fn notifications(options: &mut Options) -> Option<Vec<Notification>> {
    let list = options.list("notifications")?;
    let read = list.into_iter().map(|(place, item)| notification(&place, item)).collect();
    options.take(read)
}

fn notification(place: &str, item: JsValue) -> Result<Notification, JsValue> {
    let mut options = Options::of(item.clone(), place);
    let phases = options.texts("phases").unwrap_or_default();
    let mut ways = Vec::new();
    for (name, channel) in [
        ("email", NotificationChannel::Email),
        ("pagerDuty", NotificationChannel::PagerDuty),
        ("slack", NotificationChannel::Slack),
    ] {
        ways.extend(options.texts(name).map(|recipients| (channel, recipients)));
    }
    options.finish()?;
    match <[_; 1]>::try_from(ways) {
        Ok([(channel, recipients)]) => Ok(Notification { phases, channel, recipients }),
        Err(_) => Err(wrong(place, "an object with addresses for exactly one of email, pagerDuty and slack", &item)),
    }
}

/// Options of `uploadFile`.
#[allow(clippy::cast_precision_loss)]
pub fn upload(options: &mut Options) -> UploadFile {
    let report = options.function("onProgress").map(|report| {
        Rc::new(move |sent: u64, total: u64| {
            let progress = Object::new();
            super::error::set(&progress, "sent", (sent as f64).into());
            super::error::set(&progress, "total", (total as f64).into());
            let _ = report.call1(&JsValue::UNDEFINED, &progress);
        }) as Rc<dyn Fn(u64, u64)>
    });
    UploadFile {
        project: options.text("project"),
        domain: options.text("domain"),
        filename: options.text("filename"),
        filename_root: options.text("filenameRoot"),
        on_progress: report,
    }
}

/// Options of `sync`: how much to read. Anything about nodes asks for nodes.
pub fn sync(options: &mut Options) -> Sync {
    let data = options.one_of("data", &["lazy", "eager"]) == Some(1);
    let (depth, task_executions) = (options.count("depth"), options.flag("taskExecutions"));
    let nodes = options.flag("nodes").unwrap_or(depth.is_some() || data || task_executions == Some(true));
    Sync {
        depth: if nodes { depth.unwrap_or(u32::MAX) } else { 0 },
        launched: true,
        task_executions: task_executions.unwrap_or(data),
        data,
        concurrency: at_least_one(options, "concurrency").unwrap_or(Sync::STATE.concurrency),
    }
}

/// Options of `watch`: which nodes to read.
pub fn watched(options: &mut Options) -> Sync {
    Sync {
        depth: options.count("depth").unwrap_or(u32::MAX),
        concurrency: at_least_one(options, "concurrency").unwrap_or(Sync::STATE.concurrency),
        ..Sync::STATE
    }
}

fn at_least_one(options: &mut Options, name: &'static str) -> Option<usize> {
    let count = options.count(name);
    if count == Some(0) {
        options.wrong(name, "at least 1", &0.into());
    }
    count.map(|count| count as usize)
}

/// Options of `registerSpecs`.
pub fn register(options: &mut Options) -> Register {
    Register {
        project: options.text("project"),
        domain: options.text("domain"),
        version: options.text("version"),
        default_launch_plans: options.flag("defaultLaunchPlans").unwrap_or(true),
        activate: options.flag("activate").unwrap_or(false),
    }
}

/// `Specs`
pub fn specs(value: JsValue) -> Result<Specs, JsValue> {
    let mut options = Options::of(value, "specs");
    let specs = Specs {
        tasks: spec_list(&mut options, "tasks", "flyteidl.admin.TaskSpec"),
        workflows: spec_list(&mut options, "workflows", "flyteidl.admin.WorkflowSpec"),
        launch_plans: spec_list(&mut options, "launchPlans", "flyteidl.admin.LaunchPlan"),
    };
    options.finish().map(|()| specs)
}

fn spec_list(options: &mut Options, name: &'static str, type_name: &str) -> Vec<Spec> {
    let spec = |(place, item): (String, JsValue)| {
        let bytes = match item.dyn_ref::<Uint8Array>() {
            Some(bytes) => bytes.to_vec(),
            None => part_to_wire(message(type_name)?, &item, &place)?,
        };
        Ok(Spec { id: None, bytes })
    };
    let read = options.list(name).unwrap_or_default().into_iter().map(spec).collect();
    options.take(read).unwrap_or_default()
}
