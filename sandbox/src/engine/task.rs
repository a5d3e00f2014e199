//! Task nodes: attempts that run as containers.

use std::rc::Rc;

use super::report::{error, Outcome};
use super::run::{NodeIndex, NodeState, Work};
use super::walk::Walk;
use crate::container::{plan, read_result, Attempt, Failure};
use crate::effect::{ContainerResult, Effect, RunContainer};
use crate::idl::core::execution_error::ErrorKind;
use crate::idl::core::task_execution::Phase;
use crate::idl::core::{
    node, node_execution, task_node, Identifier, KeyValuePair, Node, TaskTemplate, WorkflowExecutionIdentifier,
};
use crate::state::EntityKey;

impl Walk<'_> {
    /// Starts the current attempt of a task node.
    pub(super) fn start_attempt(&mut self, index: NodeIndex) {
        let Some(node) = self.run.nodes.get(index) else { return };
        let Some(id) = task_id(&node.spec).cloned() else {
            let message = "the task node refers to no task";
            return self.fail(index, error(ErrorKind::System, "BadSpecificationError", message));
        };
        let Some(template) = self.template_of(&id) else {
            let message = format!("task {:?} is not registered", id.name);
            return self.fail(index, error(ErrorKind::System, "BadSpecificationError", message));
        };
        let execution = WorkflowExecutionIdentifier::from(&self.run.key);
        let row = self.sandbox.state.executions.get(&self.run.key);
        let spec = row.and_then(|row| row.execution.spec.as_ref());
        let mut env = spec.and_then(|spec| spec.envs.as_ref()).map(|envs| envs.values.clone()).unwrap_or_default();
        if let Some((_, position)) = node.element {
            env.extend(element_env(position));
        }
        let shared_inputs = self.shared_inputs(index);
        let attempt = Attempt {
            execution: &execution,
            workflow: &self.run.workflow,
            node_id: &node.unique_id,
            number: node.attempt,
            task: template,
            inputs: &node.inputs,
            shared_inputs: shared_inputs.as_deref(),
            env: &env,
            scratch_root: &self.sandbox.options.scratch_root,
        };
        let planned = plan(&attempt, &self.sandbox.state.blobs);
        let (task_type, first) = (template.r#type.clone(), node.attempt == 0);
        if first {
            self.report_node(index, node_execution::Phase::Running, Outcome::default());
        }
        let reason = "task submitted to the sandbox".to_owned();
        self.report_task(index, &id, &task_type, Phase::Queued, Outcome { reason, ..Default::default() });
        match planned {
            Ok(container) => {
                self.run.running += 1;
                let work = Work::Container { run: container.run.clone(), started: false };
                self.set_state(index, NodeState::Working(work));
                let container = Box::new(container);
                self.sandbox.effects.push(Effect::RunContainer(container.clone()));
                let entry = (self.run.key.clone(), index, container);
                self.sandbox.engine.containers.insert(entry.2.run.clone(), entry);
            }
            Err(message) => self.attempt_failed(index, Failure::user("NotRunnableInSandbox", message, false)),
        }
    }

    /// The process of an attempt runs now.
    pub(super) fn container_started(&mut self, index: NodeIndex) {
        let Some(node) = self.run.nodes.get_mut(index) else { return };
        let NodeState::Working(Work::Container { started, .. }) = &mut node.state else { return };
        if std::mem::replace(started, true) {
            return;
        }
        if let Some((id, task_type)) = self.task_of(index) {
            self.report_task(index, &id, &task_type, Phase::Running, Outcome::default());
        }
    }

    /// The process of an attempt has ended.
    pub(super) fn container_finished(&mut self, index: NodeIndex, container: &RunContainer, result: ContainerResult) {
        self.container_started(index);
        let Some(node) = self.run.nodes.get(index) else { return };
        if !matches!(&node.state, NodeState::Working(Work::Container { run, .. }) if *run == container.run) {
            return;
        }
        self.run.running -= 1;
        let Some((id, task_type)) = self.task_of(index) else { return };
        let Some(template) = self.template_of(&id) else { return };
        let prefix = format!("s3://{}/data/{}", self.sandbox.options.bucket, container.run);
        match read_result(template, result, &container.dir, &prefix) {
            Ok(success) => {
                let interface = template.interface.clone();
                for (uri, bytes) in success.objects {
                    self.keep(&uri, bytes);
                }
                if let Some(spec) = success.dynamic {
                    self.report_task(index, &id, &task_type, Phase::Succeeded, Outcome::default());
                    return self.start_dynamic(index, interface, *spec, format!("{prefix}/outputs/futures.pb"));
                }
                if let Some(node) = self.run.nodes.get_mut(index) {
                    node.outputs = Rc::new(success.outputs);
                }
                self.keep_outputs(index);
                let outcome = Outcome { outputs: true, ..Default::default() };
                self.report_task(index, &id, &task_type, Phase::Succeeded, outcome);
                let outputs = self.run.nodes.get(index).map(|node| Rc::clone(&node.outputs)).unwrap_or_default();
                let deck_uri = success.deck_uri.unwrap_or_default();
                self.succeed(index, outputs, Outcome { deck_uri, ..Default::default() });
            }
            Err(failure) => self.attempt_failed(index, failure),
        }
    }

    /// An attempt has failed: the next one starts, or the node fails.
    fn attempt_failed(&mut self, index: NodeIndex, failure: Failure) {
        let Some((id, task_type)) = self.task_of(index) else { return };
        let cause = *failure.error;
        let outcome = Outcome { error: Some(cause.clone()), ..Default::default() };
        self.report_task(index, &id, &task_type, Phase::Failed, outcome);
        if !failure.recoverable {
            return self.fail(index, cause);
        }
        let allowed = self.attempts(index, &id);
        let Some(node) = self.run.nodes.get_mut(index) else { return };
        let done = node.attempt + 1;
        if done >= allowed {
            let kind = cause.kind().as_str_name();
            let message = format!("[{done}/{allowed}] currentAttempt done. Last Error: {kind}::{}", cause.message);
            let code = format!("RetriesExhausted|{}", cause.code);
            return self.fail(index, error(ErrorKind::User, &code, message));
        }
        node.attempt = done;
        node.state = NodeState::Ready;
        self.run.queued.push_back(index);
    }

    /// Stops the process of a node that is given up.
    pub(super) fn stop_container(&mut self, index: NodeIndex, run: &str, reason: &str) {
        self.run.running = self.run.running.saturating_sub(1);
        self.sandbox.engine.containers.remove(run);
        self.sandbox.effects.push(Effect::StopContainer { run: run.to_owned() });
        if let Some((id, task_type)) = self.task_of(index) {
            let cause = error(ErrorKind::System, "TaskAborted", reason);
            let outcome = Outcome { error: Some(cause), ..Default::default() };
            self.report_task(index, &id, &task_type, Phase::Aborted, outcome);
        }
    }

    /// How often a node may be tried: the node's retries, or else the task's, and once more.
    fn attempts(&self, index: NodeIndex, task: &Identifier) -> u32 {
        let node = self.run.nodes.get(index);
        let of_node = node.and_then(|node| node.spec.metadata.as_ref()).and_then(|metadata| metadata.retries);
        let of_task = self
            .template_of(task)
            .and_then(|template| template.metadata.as_ref())
            .and_then(|metadata| metadata.retries);
        let retries = [of_node, of_task].into_iter().flatten().map(|strategy| strategy.retries);
        retries.into_iter().find(|retries| *retries > 0).unwrap_or(0) + 1
    }

    fn task_of(&self, index: NodeIndex) -> Option<(Identifier, String)> {
        let id = task_id(&self.run.nodes.get(index)?.spec)?.clone();
        let task_type = self.template_of(&id).map(|template| template.r#type.clone()).unwrap_or_default();
        Some((id, task_type))
    }

    /// A task that a dynamic node yielded, or a registered one.
    pub(super) fn template_of(&self, id: &Identifier) -> Option<&TaskTemplate> {
        let key = EntityKey::from(id);
        let yielded = self.run.tasks.get(&key).map(Rc::as_ref);
        yielded.or_else(|| self.sandbox.state.tasks.get(&key)?.template())
    }
}

/// How a container learns which element of an array it runs for.
fn element_env(position: usize) -> [KeyValuePair; 2] {
    const VARIABLE: &str = "FLYTE_K8S_ARRAY_INDEX";
    let pair = |key: &str, value: String| KeyValuePair { key: key.to_owned(), value };
    [pair("BATCH_JOB_ARRAY_INDEX_VAR_NAME", VARIABLE.to_owned()), pair(VARIABLE, position.to_string())]
}

fn task_id(node: &Node) -> Option<&Identifier> {
    match node.target.as_ref()? {
        node::Target::TaskNode(task) => match task.reference.as_ref()? {
            task_node::Reference::ReferenceId(id) => Some(id),
        },
        _ => None,
    }
}
