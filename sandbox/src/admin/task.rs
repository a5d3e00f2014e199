//! Task versions.

use flyte_remote::rpc::{Code, Status};

use super::difference::different_structure;
use super::validate::{self, given};
use super::{description, lists, quantity};
use crate::idl::admin::{
    ObjectGetRequest, ResourceListRequest, Task, TaskClosure, TaskCreateRequest, TaskCreateResponse, TaskList,
};
use crate::idl::core::{task_template, CompiledTask, ResourceType, TaskTemplate};
use crate::sandbox::Sandbox;
use crate::state::TaskRow;
use crate::status::{invalid, missing, missing_entity};
use crate::time::timestamp;

pub(super) fn create(sandbox: &mut Sandbox, request: TaskCreateRequest) -> Result<TaskCreateResponse, Status> {
    let id = validate::identifier(request.id.as_ref(), ResourceType::Task)?.clone();
    sandbox.check_project_and_domain(&id.project, &id.domain)?;
    let spec = request.spec.unwrap_or_default();
    let mut template = spec.template.ok_or_else(|| missing("spec"))?;
    template.id = Some(id.clone());
    check(&template)?;
    let compiled = CompiledTask { template: Some(template) };
    if let Some(row) = sandbox.state.tasks.get(&(&id).into()) {
        let known = row.task.closure.as_ref().and_then(|closure| closure.compiled_task.as_ref());
        if known == Some(&compiled) {
            return Err(Status::new(Code::AlreadyExists, "task with identical structure already exists"));
        }
        let known = known.cloned().unwrap_or_default();
        return Err(invalid(different_structure(&id.name, "task", "flyteidl.core.CompiledTask", &known, &compiled)));
    }
    let closure = TaskClosure { compiled_task: Some(compiled), created_at: Some(timestamp(sandbox.now)) };
    let short_description = spec.description.as_ref().map_or_else(String::new, |it| it.short_description.clone());
    description::keep(sandbox, &id, spec.description);
    let task = Task { id: Some(id.clone()), closure: Some(closure), short_description };
    sandbox.state.tasks.put(TaskRow { id, task, created_at: sandbox.now });
    Ok(TaskCreateResponse {})
}

fn check(template: &TaskTemplate) -> Result<(), Status> {
    given(&template.r#type, "type")?;
    let metadata = template.metadata.as_ref().ok_or_else(|| missing("metadata"))?;
    if let Some(runtime) = &metadata.runtime {
        given(&runtime.version, "runtime version")?;
    }
    let interface = template.interface.as_ref().ok_or_else(|| missing("typed interface"))?;
    match &template.target {
        Some(task_template::Target::Container(container)) => {
            given(&container.image, "image")?;
            if let (Some(resources), Some(id)) = (&container.resources, &template.id) {
                quantity::check(id, resources)?;
            }
            let talks = [&interface.inputs, &interface.outputs]
                .into_iter()
                .flatten()
                .any(|variables| !variables.variables.is_empty());
            if talks && container.command.is_empty() && container.args.is_empty() {
                return Err(invalid(
                    "Collected Errors: 1\n\tError 0: Code: ValueRequired, Node Id: container, Description: Value required [command].\n",
                ));
            }
        }
        Some(task_template::Target::K8sPod(pod)) if pod.pod_spec.is_none() => {
            return Err(invalid(
                "invalid TaskSpecification, pod tasks should specify their target as a K8sPod with a defined pod spec",
            ));
        }
        _ => {}
    }
    Ok(())
}

/// A bad id is only logged by FlyteAdmin: the task is then not found.
pub(super) fn get(sandbox: &mut Sandbox, request: ObjectGetRequest) -> Result<Task, Status> {
    let id = request.id.unwrap_or_default();
    let row = sandbox.state.tasks.get(&(&id).into());
    row.map(|row| row.task.clone()).ok_or_else(|| missing_entity("TASK", &id))
}

pub(super) fn list(sandbox: &mut Sandbox, request: ResourceListRequest) -> Result<TaskList, Status> {
    let page = lists::versions(sandbox.state.tasks.iter(), |row| &row.id, &request)?;
    Ok(TaskList { tasks: page.rows.iter().map(|row| row.task.clone()).collect(), token: page.token })
}
