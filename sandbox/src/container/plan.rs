//! What to run for an attempt.

use prost::Message;

use super::copilot;
use super::paths::{localise, map_path, CHECKPOINT, INPUTS, OUTPUTS, RAW};
use super::spec::{process_of, Process};
use super::template::{unique_key, Values};
use crate::effect::RunContainer;
use crate::idl::core::{KeyValuePair, LiteralMap, TaskTemplate, WorkflowExecutionIdentifier};
use crate::state::BlobStore;
use crate::time::length;

/// One attempt of a task.
pub(crate) struct Attempt<'a> {
    /// Its execution.
    pub execution: &'a WorkflowExecutionIdentifier,
    /// The workflow that runs.
    pub workflow: &'a str,
    /// Unique id of its node.
    pub node_id: &'a str,
    /// 0 for the first.
    pub number: u32,
    /// The task.
    pub task: &'a TaskTemplate,
    /// Its inputs.
    pub inputs: &'a LiteralMap,
    /// Environment that the execution sets.
    pub env: &'a [KeyValuePair],
    /// Folder under which runs have theirs.
    pub scratch_root: &'a str,
}

impl Attempt<'_> {
    /// What identifies the run for ever; also its folder below the scratch root.
    pub fn run(&self) -> String {
        let WorkflowExecutionIdentifier { project, domain, name, .. } = self.execution;
        format!("{project}/{domain}/{name}/{}/{}", self.node_id, self.number)
    }

    /// Folder of the run, absolute.
    pub fn dir(&self) -> String {
        format!("{}/{}", self.scratch_root, self.run())
    }

    /// The name propeller would give the pod.
    pub fn generated_name(&self) -> String {
        format!("{}-{}-{}", self.execution.name, self.node_id, self.number)
    }
}

/// The process of an attempt.
///
/// # Errors
/// Why the sandbox can't run it, for the user to read.
pub(crate) fn plan(attempt: &Attempt<'_>, blobs: &BlobStore) -> Result<RunContainer, String> {
    let Process { argv, env, data } = process_of(attempt.task)?;
    let dir = attempt.dir();
    let mut files_in = Vec::new();
    let inputs = localise(attempt.inputs, &dir, blobs, &mut files_in);
    let mut dirs_in: Vec<String> = [INPUTS, OUTPUTS, RAW, CHECKPOINT].map(str::to_owned).to_vec();
    match &data {
        Some(data) => {
            dirs_in.extend(copilot::input_dirs(&inputs));
            copilot::input_files(&inputs, data.format(), &mut files_in);
        }
        None => files_in.push((format!("{INPUTS}/inputs.pb"), inputs.encode_to_vec())),
    }
    let values = Values { names: names(attempt, &dir), inputs: &inputs };
    let uses_template = argv.iter().chain(env.iter().map(|(_, value)| value));
    if uses_template.map(|text| text.to_lowercase()).any(|text| text.contains("tasktemplatepath")) {
        files_in.push(("task.pb".to_owned(), attempt.task.encode_to_vec()));
    }
    let fill = |text: &str| {
        let mut text = values.render(text)?;
        if let Some(data) = &data {
            text = map_path(&text, &data.input_path, &format!("{dir}/{INPUTS}"));
            text = map_path(&text, &data.output_path, &format!("{dir}/{OUTPUTS}"));
        }
        Ok::<String, String>(text)
    };
    let argv = argv.iter().map(|word| fill(word)).collect::<Result<Vec<_>, _>>()?;
    let mut filled = environment(attempt);
    for (name, value) in &env {
        filled.push((name.clone(), fill(value)?));
    }
    filled.extend(attempt.env.iter().map(|pair| (pair.key.clone(), pair.value.clone())));
    let timeout = attempt.task.metadata.as_ref().and_then(|metadata| metadata.timeout.as_ref()).map(length);
    Ok(RunContainer {
        run: attempt.run(),
        dir,
        argv,
        env: filled,
        files_in,
        dirs_in,
        files_out: [OUTPUTS, RAW, CHECKPOINT].map(str::to_owned).to_vec(),
        timeout: timeout.filter(|timeout| !timeout.is_zero()),
    })
}

/// What `{{.name}}` stands for; names in lower case.
fn names(attempt: &Attempt<'_>, dir: &str) -> Vec<(&'static str, String)> {
    let WorkflowExecutionIdentifier { project, domain, name, .. } = attempt.execution;
    vec![
        ("input", format!("{dir}/{INPUTS}/inputs.pb")),
        ("inputprefix", format!("{dir}/{INPUTS}")),
        ("outputprefix", format!("{dir}/{OUTPUTS}")),
        ("rawoutputdataprefix", format!("{dir}/{RAW}")),
        ("checkpointoutputprefix", format!("{dir}/{CHECKPOINT}")),
        ("prevcheckpointprefix", "\"\"".to_owned()),
        ("tasktemplatepath", format!("{dir}/task.pb")),
        ("perretryuniquekey", unique_key(&attempt.generated_name())),
        ("namespace", format!("{project}-{domain}")),
        ("executionname", name.clone()),
        ("executionproject", project.clone()),
        ("executiondomain", domain.clone()),
    ]
}

/// What Flyte sets in every task's environment.
fn environment(attempt: &Attempt<'_>) -> Vec<(String, String)> {
    let WorkflowExecutionIdentifier { project, domain, name, .. } = attempt.execution;
    let task = attempt.task.id.clone().unwrap_or_default();
    let attempt_number = attempt.number.to_string();
    let pairs = [
        ("FLYTE_INTERNAL_EXECUTION_WORKFLOW", attempt.workflow),
        ("FLYTE_INTERNAL_EXECUTION_ID", name),
        ("FLYTE_INTERNAL_EXECUTION_PROJECT", project),
        ("FLYTE_INTERNAL_EXECUTION_DOMAIN", domain),
        ("FLYTE_ATTEMPT_NUMBER", &attempt_number),
        ("FLYTE_INTERNAL_TASK_PROJECT", &task.project),
        ("FLYTE_INTERNAL_TASK_DOMAIN", &task.domain),
        ("FLYTE_INTERNAL_TASK_NAME", &task.name),
        ("FLYTE_INTERNAL_TASK_VERSION", &task.version),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}
