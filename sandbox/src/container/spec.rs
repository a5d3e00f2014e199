//! What a task template says about its process, from a container or from a pod's primary container.

use prost_types::{value::Kind, Struct, Value};

use crate::idl::core::{task_template, DataLoadingConfig, TaskTemplate};

/// Command, environment and data config of a task.
#[derive(Default)]
pub(super) struct Process {
    /// Command and arguments, templates not yet filled in.
    pub argv: Vec<String>,
    /// Environment.
    pub env: Vec<(String, String)>,
    /// How a data sidecar would hand inputs and outputs over, if it is enabled.
    pub data: Option<DataLoadingConfig>,
}

/// The process of a task.
///
/// # Errors
/// Why there is none: what the task has instead of a container.
pub(super) fn process_of(template: &TaskTemplate) -> Result<Process, String> {
    let process = match &template.target {
        Some(task_template::Target::Container(container)) => Process {
            argv: container.command.iter().chain(&container.args).cloned().collect(),
            env: container.env.iter().map(|pair| (pair.key.clone(), pair.value.clone())).collect(),
            data: container.data_config.clone(),
        },
        Some(task_template::Target::K8sPod(pod)) => {
            let mut process = of_pod(pod.pod_spec.as_ref(), &pod.primary_container_name)
                .ok_or_else(|| format!("the pod of this task has no container {:?}", pod.primary_container_name))?;
            process.data.clone_from(&pod.data_config);
            process
        }
        Some(task_template::Target::Sql(_)) => return Err(not_runnable(template, "SQL")),
        None => return Err(not_runnable(template, "no container")),
    };
    if process.argv.is_empty() {
        return Err(format!(
            "the container of this task has neither command nor args, and the sandbox does not know what its image runs by default (task type {:?})",
            template.r#type
        ));
    }
    Ok(Process { data: process.data.filter(|data| data.enabled), ..process })
}

fn not_runnable(template: &TaskTemplate, what: &str) -> String {
    format!(
        "the sandbox runs tasks as local processes: a task of type {:?} with {what} can't run here",
        template.r#type
    )
}

fn of_pod(spec: Option<&Struct>, primary: &str) -> Option<Process> {
    let containers = match &spec?.fields.get("containers")?.kind {
        Some(Kind::ListValue(list)) => &list.values,
        _ => return None,
    };
    let fields = |value: &Value| match &value.kind {
        Some(Kind::StructValue(fields)) => Some(fields.clone()),
        _ => None,
    };
    let container = containers
        .iter()
        .filter_map(fields)
        .find(|container| primary.is_empty() || text(container, "name").as_deref() == Some(primary))?;
    let env = list(&container, "env")
        .into_iter()
        .filter_map(|value| fields(&value))
        .filter_map(|pair| Some((text(&pair, "name")?, text(&pair, "value").unwrap_or_default())));
    let words = |name| {
        list(&container, name).into_iter().filter_map(|value| match value.kind {
            Some(Kind::StringValue(text)) => Some(text),
            _ => None,
        })
    };
    Some(Process { argv: words("command").chain(words("args")).collect(), env: env.collect(), data: None })
}

fn text(fields: &Struct, name: &str) -> Option<String> {
    match fields.fields.get(name)?.kind.clone()? {
        Kind::StringValue(text) => Some(text),
        _ => None,
    }
}

fn list(fields: &Struct, name: &str) -> Vec<Value> {
    match fields.fields.get(name).and_then(|value| value.kind.clone()) {
        Some(Kind::ListValue(list)) => list.values,
        _ => Vec::new(),
    }
}
