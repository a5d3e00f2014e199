//! Arguments of `FlyteRemote`'s methods as core types.

use std::rc::Rc;

use js_sys::{Array, Object, Uint8Array};
use wasm_bindgen::prelude::*;

use super::error::to_js_error;
use super::json::{js_to_wire, message};
use super::lend::{borrow, Lent};
use super::options::{wrong, Options};
use super::source::HostContents;
use super::value::inputs;
use crate::codec::Writer;
use crate::entity::{ExecutionReference, Reference, ResourceType};
use crate::remote::{
    Connect, Execute, Notification, NotificationChannel, Notifications, OnExisting, Register, Settings, Spec, Specs,
    Sync, Target, UploadFile, Wait, WorkflowExecution,
};

const ENTITY: &str = "a name, or an object with one";

/// Options of `forEndpoint`, all but `fetch`.
pub fn connect(endpoint: &str, options: &mut Options) -> Result<Connect, JsValue> {
    let settings = Settings {
        endpoint: endpoint.to_owned(),
        insecure: options.flag("insecure")?.unwrap_or(false),
        console_endpoint: options.text("consoleEndpoint")?,
        project: options.text("project")?,
        domain: options.text("domain")?,
    };
    Ok(Connect {
        settings,
        metadata: options.text_map("metadata")?.unwrap_or_default(),
        timeout: options.duration("timeoutMs")?,
        retries: options.count("retries")?,
        max_reply_bytes: options.count("maxReplyBytes")?.map(|limit| limit as usize),
    })
}

/// `EntityReference | string`
pub fn reference(value: JsValue) -> Result<Reference, JsValue> {
    if let Some(text) = value.as_string() {
        return Reference::parse(&text).map_err(to_js_error);
    }
    if !value.is_object() {
        return Err(wrong("entity", ENTITY, &value));
    }
    let mut options = Options::of(value, "entity")?;
    let reference = of_entity(&mut options, None)?;
    options.finish()?;
    Ok(reference)
}

/// An entity's identifier or reference, all but its `kind`.
pub fn of_entity(options: &mut Options, kind: Option<ResourceType>) -> Result<Reference, JsValue> {
    // An identifier of a fetched entity is a reference too.
    let said = options.text("resourceType")?.and_then(|name| kind_of_name(&name));
    Ok(Reference {
        kind: kind.or(said),
        project: options.text("project")?,
        domain: options.text("domain")?,
        name: options.text("name")?.unwrap_or_default(),
        version: options.text("version")?,
    })
}

/// `task`, as an option or as in an identifier.
pub fn kind_of_name(name: &str) -> Option<ResourceType> {
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
    if !value.is_object() {
        return Err(wrong("execution", ENTITY, &value));
    }
    let mut options = Options::of(value, "execution")?;
    let (project, domain, name) = (options.text("project")?, options.text("domain")?, options.text("name")?);
    options.finish()?;
    Ok(ExecutionReference { project, domain, name: name.unwrap_or_default() })
}

/// `FlyteWorkflowExecution[]`
pub fn executions(value: &JsValue) -> Result<Vec<WorkflowExecution>, JsValue> {
    if !Array::is_array(value) {
        return Err(wrong("executions", "a list of executions", value));
    }
    let one = |(index, item): (usize, JsValue)| match borrow(&item)? {
        Some(Lent::Execution(execution)) => Ok(execution),
        _ => Err(wrong(&["executions[", &index.to_string(), "]"].concat(), "a fetched execution", &item)),
    };
    Array::from(value).iter().enumerate().map(one).collect()
}

/// `FlyteTask | FlyteWorkflow | FlyteLaunchPlan | ExecutableReference`
pub fn target(value: JsValue) -> Result<Target, JsValue> {
    if let Some(Lent::Target(target)) = borrow(&value)? {
        return Ok(target);
    }
    if let Some(text) = value.as_string() {
        return Reference::parse(&text).map(Target::Reference).map_err(to_js_error);
    }
    if !value.is_object() {
        return Err(wrong(
            "entity",
            "a fetched task, workflow or launch plan, or an object with kind and name",
            &value,
        ));
    }
    let mut options = Options::of(value, "entity")?;
    let kind = options.text("kind")?;
    let known = kind.as_deref().and_then(kind_of_name);
    if let (Some(text), None) = (&kind, known) {
        return Err(wrong("entity.kind", "'task', 'workflow' or 'launchPlan'", &text.as_str().into()));
    }
    let reference = of_entity(&mut options, known)?;
    options.finish()?;
    Ok(Target::Reference(reference))
}

/// Options of `execute`.
pub fn execute(options: &mut Options) -> Result<Execute, JsValue> {
    let place = options.place("maxParallelism");
    let max_parallelism = options.count("maxParallelism")?;
    let max_parallelism =
        max_parallelism.map(|n| i32::try_from(n).map_err(|_| wrong(&place, "at most 2147483647", &n.into())));
    let (inputs, given) = options.object("inputs")?.map(|object| inputs(&object)).transpose()?.unwrap_or_default();
    Ok(Execute {
        inputs,
        contents: Some(Rc::new(HostContents(given))),
        project: options.text("project")?,
        domain: options.text("domain")?,
        name: options.text("name")?,
        name_prefix: options.text("namePrefix")?,
        labels: options.text_map("labels")?.unwrap_or_default(),
        annotations: options.text_map("annotations")?.unwrap_or_default(),
        envs: options.text_map("envs")?.unwrap_or_default(),
        tags: options.texts("tags")?.unwrap_or_default(),
        max_parallelism: max_parallelism.transpose()?,
        overwrite_cache: options.flag("overwriteCache")?.unwrap_or(false),
        interruptible: options.flag("interruptible")?,
        raw_output_data_prefix: options.text("rawOutputDataPrefix")?,
        service_account: options.text("serviceAccount")?,
        security_context: None,
        more: more(options)?,
        on_existing: match options.one_of("onExisting", &["error", "return"])? {
            Some(1) => OnExisting::Return,
            _ => OnExisting::Error,
        },
        cluster_pool: options.text("clusterPool")?,
        execution_cluster_label: options.text("executionClusterLabel")?,
        notifications: match (options.flag("disableNotifications")?, notifications(options)?) {
            (Some(true), _) => Notifications::DisableAll,
            (_, Some(list)) => Notifications::List(list),
            (_, None) => Notifications::Default,
        },
        wait: options.flag("wait")?.unwrap_or(false).then(Wait::default),
    })
}

/// Options that are messages of the `ExecutionSpec`, each with its type and its field.
const MESSAGES: [(&str, &str, u16); 5] = [
    ("executionMetadata", "flyteidl.admin.ExecutionMetadata", 3),
    ("securityContext", "flyteidl.core.SecurityContext", 10),
    ("authRole", "flyteidl.admin.AuthRole", 16),
    ("qualityOfService", "flyteidl.core.QualityOfService", 17),
    ("executionEnvAssignments", "flyteidl.core.ExecutionEnvAssignment", 26),
];

/// A serialised `ExecutionSpec` of what `MESSAGES` says.
fn more(options: &mut Options) -> Result<Vec<u8>, JsValue> {
    let mut spec = Writer::new();
    for (name, type_name, number) in MESSAGES {
        let (value, place) = (options.raw(name)?, options.place(name));
        if value.is_undefined() {
            continue;
        }
        match value.dyn_ref::<Array>() {
            None => {
                spec.message(number, &js_to_wire(message(type_name)?, &value, &place)?);
            }
            Some(list) => {
                for item in list.iter() {
                    spec.message(number, &js_to_wire(message(type_name)?, &item, &place)?);
                }
            }
        }
    }
    Ok(spec.done())
}

fn notifications(options: &mut Options) -> Result<Option<Vec<Notification>>, JsValue> {
    let (value, place) = (options.raw("notifications")?, options.place("notifications"));
    if value.is_undefined() {
        return Ok(None);
    }
    let Some(list) = value.dyn_ref::<Array>() else { return Err(wrong(&place, "a list", &value)) };
    let one = |(index, item): (usize, JsValue)| {
        let mut options = Options::of(item.clone(), &[&place, "[", &index.to_string(), "]"].concat())?;
        let phases = options.texts("phases")?.unwrap_or_default();
        let mut ways = Vec::new();
        for (name, channel) in [
            ("email", NotificationChannel::Email),
            ("pagerDuty", NotificationChannel::PagerDuty),
            ("slack", NotificationChannel::Slack),
        ] {
            ways.extend(options.texts(name)?.map(|recipients| (channel, recipients)));
        }
        let here = options.place("email");
        options.finish()?;
        match <[_; 1]>::try_from(ways) {
            Ok([(channel, recipients)]) => Ok(Notification { phases, channel, recipients }),
            Err(_) => Err(wrong(&here, "addresses for exactly one of email, pagerDuty and slack", &item)),
        }
    };
    list.iter().enumerate().map(one).collect::<Result<_, _>>().map(Some)
}

/// Options of `uploadFile`.
#[allow(clippy::cast_precision_loss)]
pub fn upload(options: &mut Options) -> Result<UploadFile, JsValue> {
    let report = options.function("onProgress")?.map(|report| {
        Rc::new(move |sent: u64, total: u64| {
            let progress = Object::new();
            super::error::set(&progress, "sent", (sent as f64).into());
            super::error::set(&progress, "total", (total as f64).into());
            let _ = report.call1(&JsValue::UNDEFINED, &progress);
        }) as Rc<dyn Fn(u64, u64)>
    });
    Ok(UploadFile {
        project: options.text("project")?,
        domain: options.text("domain")?,
        filename: options.text("filename")?,
        filename_root: options.text("filenameRoot")?,
        on_progress: report,
    })
}

/// Options of `sync`: how much to read. Anything about nodes asks for nodes.
pub fn sync(options: &mut Options) -> Result<Sync, JsValue> {
    let data = options.one_of("data", &["lazy", "eager"])? == Some(1);
    let (depth, task_executions) = (options.count("depth")?, options.flag("taskExecutions")?);
    let nodes = options.flag("nodes")?.unwrap_or(depth.is_some() || data || task_executions == Some(true));
    let place = options.place("concurrency");
    let concurrency = match options.count("concurrency")? {
        Some(0) => return Err(wrong(&place, "at least 1", &0.into())),
        Some(count) => count as usize,
        None => Sync::STATE.concurrency,
    };
    let depth = if nodes { depth.unwrap_or(u32::MAX) } else { 0 };
    Ok(Sync { depth, launched: true, task_executions: task_executions.unwrap_or(data), data, concurrency })
}

/// Options of `registerSpecs`.
pub fn register(options: &mut Options) -> Result<Register, JsValue> {
    Ok(Register {
        project: options.text("project")?,
        domain: options.text("domain")?,
        version: options.text("version")?,
        default_launch_plans: options.flag("defaultLaunchPlans")?.unwrap_or(true),
        activate: options.flag("activate")?.unwrap_or(false),
    })
}

/// `Specs`
pub fn specs(value: JsValue) -> Result<Specs, JsValue> {
    let mut options = Options::of(value, "specs")?;
    let specs = Specs {
        tasks: spec_list(&mut options, "tasks", "flyteidl.admin.TaskSpec")?,
        workflows: spec_list(&mut options, "workflows", "flyteidl.admin.WorkflowSpec")?,
        launch_plans: spec_list(&mut options, "launchPlans", "flyteidl.admin.LaunchPlan")?,
    };
    options.finish()?;
    Ok(specs)
}

fn spec_list(options: &mut Options, name: &'static str, type_name: &str) -> Result<Vec<Spec>, JsValue> {
    let (value, place) = (options.raw(name)?, options.place(name));
    if value.is_undefined() {
        return Ok(Vec::new());
    }
    if !Array::is_array(&value) {
        return Err(wrong(&place, "a list", &value));
    }
    let spec = |(index, item): (usize, JsValue)| {
        let bytes = match item.dyn_ref::<Uint8Array>() {
            Some(bytes) => bytes.to_vec(),
            None => js_to_wire(message(type_name)?, &item, &[&place, "[", &index.to_string(), "]"].concat())?,
        };
        Ok(Spec { id: None, bytes })
    };
    Array::from(&value).iter().enumerate().map(spec).collect()
}
