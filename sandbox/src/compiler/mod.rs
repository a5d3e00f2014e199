//! Compiles a workflow: checks that what it refers to is there and fits, and adds the start and end nodes and the
//! connections, as FlyteAdmin does when a workflow is registered.

mod binding;
mod branch;
mod error;
mod graph;
mod interface;
mod requirements;
mod workflow;

use std::collections::BTreeMap;

use crate::idl::core;
use crate::state::{EntityKey, LaunchPlanRow, State};

pub(crate) use binding::split_index;
use error::CompileErrors;

/// The node that stands for a workflow's inputs.
pub(crate) const START_NODE: &str = "start-node";
/// The node that stands for a workflow's outputs.
pub(crate) const END_NODE: &str = "end-node";

/// What a workflow may refer to.
struct Library<'a> {
    tasks: BTreeMap<EntityKey, &'a core::TaskTemplate>,
    launch_plans: BTreeMap<EntityKey, &'a LaunchPlanRow>,
    sub_workflows: BTreeMap<EntityKey, &'a core::WorkflowTemplate>,
    /// Sub-workflows compiled so far; `None` while one is being compiled.
    compiled: BTreeMap<EntityKey, Option<core::CompiledWorkflow>>,
}

/// Compiles `primary` with its sub-workflows against what is registered, and against `tasks` that need not be.
///
/// # Errors
/// The text that FlyteAdmin puts after "failed to compile workflow": a missing entity, or all compile errors found.
pub(crate) fn compile(
    state: &State,
    primary: &core::WorkflowTemplate,
    sub_workflows: &[core::WorkflowTemplate],
    tasks: &[core::TaskTemplate],
) -> Result<core::CompiledWorkflowClosure, String> {
    let mut errors = CompileErrors::default();
    let by_id = |template: &'_ core::WorkflowTemplate| template.id.as_ref().map(EntityKey::from);
    let index: BTreeMap<EntityKey, &core::WorkflowTemplate> =
        sub_workflows.iter().filter_map(|template| Some((by_id(template)?, template))).collect();
    let required = requirements::of(primary, &index, &mut errors);
    errors.check()?;
    let mut library = Library {
        tasks: BTreeMap::new(),
        launch_plans: BTreeMap::new(),
        sub_workflows: index,
        compiled: BTreeMap::new(),
    };
    for id in &required.tasks {
        let key = EntityKey::from(id);
        let given = tasks.iter().find(|task| task.id.as_ref().map(EntityKey::from).as_ref() == Some(&key));
        let template = given.or_else(|| state.tasks.get(&key)?.template());
        let template = template.ok_or_else(|| crate::status::missing_entity("TASK", id).message.clone())?;
        library.tasks.insert(key, template);
    }
    for id in &required.launch_plans {
        let row = state.launch_plans.get(&id.into());
        let row = row.ok_or_else(|| crate::status::missing_entity("LAUNCH_PLAN", id).message.clone())?;
        library.launch_plans.insert(id.into(), row);
    }
    let compiled = workflow::compile(primary, &mut library, &mut errors);
    errors.check()?;
    let sub_workflows = sub_workflows.iter().map(|template| {
        let compiled = by_id(template).and_then(|key| library.compiled.remove(&key).flatten());
        compiled.unwrap_or_else(|| core::CompiledWorkflow { template: Some(template.clone()), connections: None })
    });
    let task = |template: &&core::TaskTemplate| core::CompiledTask { template: Some((*template).clone()) };
    Ok(core::CompiledWorkflowClosure {
        primary: Some(compiled),
        sub_workflows: sub_workflows.collect(),
        tasks: library.tasks.values().map(task).collect(),
        launch_plans: Vec::new(),
    })
}
