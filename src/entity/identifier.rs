//! Identifiers, as structs and in text form: `tsk:p:d:n:v`, `wf:…`, `lp:…`, `ex:p:d:n`,
//! `te:ep:ed:en:node:tp:td:tn:tv:attempt`. A part that holds a colon has no text form.

use std::fmt;

use super::object::Object;
use crate::codec::{Fields, Malformed, Writer};
use crate::error::{Error, Kind};
use crate::idl::flyteidl::core;
use crate::value::OutputValue;

/// What an identifier names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ResourceType {
    /// Not said.
    #[default]
    Unspecified,
    /// A task.
    Task,
    /// A workflow.
    Workflow,
    /// A launch plan.
    LaunchPlan,
    /// A dataset.
    Dataset,
}

impl ResourceType {
    /// The number on the wire.
    #[must_use]
    pub fn number(self) -> i32 {
        self as i32
    }

    /// The type for a number on the wire; unknown ones are `Unspecified`.
    #[must_use]
    pub fn of(number: i32) -> Self {
        match number {
            1 => ResourceType::Task,
            2 => ResourceType::Workflow,
            3 => ResourceType::LaunchPlan,
            4 => ResourceType::Dataset,
            _ => ResourceType::Unspecified,
        }
    }

    /// The name in Flyte's messages: `TASK`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ResourceType::Unspecified => "UNSPECIFIED",
            ResourceType::Task => "TASK",
            ResourceType::Workflow => "WORKFLOW",
            ResourceType::LaunchPlan => "LAUNCH_PLAN",
            ResourceType::Dataset => "DATASET",
        }
    }

    /// The name in a sentence: `launch plan`.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            ResourceType::Task => "task",
            ResourceType::Workflow => "workflow",
            ResourceType::LaunchPlan => "launch plan",
            ResourceType::Dataset => "dataset",
            ResourceType::Unspecified => "entity",
        }
    }

    /// The first part of an identifier's text form.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            ResourceType::Task => "tsk",
            ResourceType::Workflow => "wf",
            ResourceType::LaunchPlan => "lp",
            ResourceType::Unspecified | ResourceType::Dataset => "<unknown>",
        }
    }

    fn of_prefix(prefix: &str) -> Option<Self> {
        match prefix {
            "tsk" => Some(ResourceType::Task),
            "wf" => Some(ResourceType::Workflow),
            "lp" => Some(ResourceType::LaunchPlan),
            _ => None,
        }
    }
}

/// Names a task, workflow or launch plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identifier {
    /// What it names.
    pub resource_type: ResourceType,
    /// Project.
    pub project: String,
    /// Domain.
    pub domain: String,
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
    /// Organisation, empty where Flyte has none.
    pub org: String,
}

impl Identifier {
    /// An identifier without an organisation.
    #[must_use]
    pub fn new(resource_type: ResourceType, project: &str, domain: &str, name: &str, version: &str) -> Self {
        Identifier {
            resource_type,
            project: project.to_owned(),
            domain: domain.to_owned(),
            name: name.to_owned(),
            version: version.to_owned(),
            org: String::new(),
        }
    }

    /// Reads `tsk:project:domain:name:version` (or `wf:…`, `lp:…`).
    ///
    /// # Errors
    /// `Kind::Value` when the kind is unknown or the number of parts is wrong.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut parts = text.split(':');
        let parts = (parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next());
        let (Some(prefix), Some(project), Some(domain), Some(name), Some(version), None) = parts else {
            return Err(malformed(text, "tsk|wf|lp:project:domain:name:version"));
        };
        let Some(resource_type) = ResourceType::of_prefix(prefix) else {
            return Err(malformed(text, "tsk|wf|lp:project:domain:name:version"));
        };
        Ok(Identifier::new(resource_type, project, domain, name, version))
    }

    /// The serialised message.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.int(1, self.resource_type.number().into()).text(2, &self.project).text(3, &self.domain);
        writer.text(4, &self.name).text(5, &self.version).text(6, &self.org).done()
    }

    /// Reads the serialised message of what is of this type, whatever the message says.
    pub(crate) fn read_as(resource_type: ResourceType, bytes: &[u8]) -> Result<Self, Malformed> {
        let mut id = Identifier::read(bytes)?;
        id.resource_type = resource_type;
        Ok(id)
    }

    /// Reads the serialised message.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let (mut fields, mut id) = (Fields::of(bytes), Identifier::new(ResourceType::Unspecified, "", "", "", ""));
        while let Some(field) = fields.next()? {
            match field.number {
                1 => id.resource_type = ResourceType::of(field.int32()?),
                2 => id.project = field.text()?,
                3 => id.domain = field.text()?,
                4 => id.name = field.text()?,
                5 => id.version = field.text()?,
                6 => id.org = field.text()?,
                _ => {}
            }
        }
        Ok(id)
    }

    /// As a plain object, an `Identifier`.
    pub(super) fn to_output(&self) -> OutputValue {
        let mut object = Object::default();
        for (name, part) in [
            ("resourceType", self.resource_type.as_str()),
            ("project", &self.project),
            ("domain", &self.domain),
            ("name", &self.name),
            ("version", &self.version),
        ] {
            object.text(name, part);
        }
        object.done()
    }

    /// The message.
    #[must_use]
    pub fn to_proto(&self) -> core::Identifier {
        core::Identifier {
            resource_type: self.resource_type.number(),
            project: self.project.clone(),
            domain: self.domain.clone(),
            name: self.name.clone(),
            version: self.version.clone(),
            org: self.org.clone(),
        }
    }
}

impl From<core::Identifier> for Identifier {
    fn from(id: core::Identifier) -> Self {
        Identifier {
            resource_type: ResourceType::of(id.resource_type),
            project: id.project,
            domain: id.domain,
            name: id.name,
            version: id.version,
            org: id.org,
        }
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [self.resource_type.prefix(), &self.project, &self.domain, &self.name, &self.version];
        formatter.write_str(&parts.join(":"))
    }
}

/// Names an execution of a workflow or a single task.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExecutionId {
    /// Project.
    pub project: String,
    /// Domain.
    pub domain: String,
    /// Name.
    pub name: String,
    /// Organisation, empty where Flyte has none.
    pub org: String,
}

impl ExecutionId {
    /// An identifier without an organisation.
    #[must_use]
    pub fn new(project: &str, domain: &str, name: &str) -> Self {
        ExecutionId {
            project: project.to_owned(),
            domain: domain.to_owned(),
            name: name.to_owned(),
            org: String::new(),
        }
    }

    /// Reads `ex:project:domain:name`.
    ///
    /// # Errors
    /// `Kind::Value` for any other text.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut parts = text.split(':');
        match (parts.next(), parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some("ex"), Some(project), Some(domain), Some(name), None) => Ok(ExecutionId::new(project, domain, name)),
            _ => Err(malformed(text, "ex:project:domain:name")),
        }
    }

    /// The serialised message.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.text(1, &self.project).text(2, &self.domain).text(4, &self.name).text(5, &self.org).done()
    }

    /// Reads the serialised message.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let (mut fields, mut id) = (Fields::of(bytes), ExecutionId::new("", "", ""));
        while let Some(field) = fields.next()? {
            match field.number {
                1 => id.project = field.text()?,
                2 => id.domain = field.text()?,
                4 => id.name = field.text()?,
                5 => id.org = field.text()?,
                _ => {}
            }
        }
        Ok(id)
    }

    /// The message.
    #[must_use]
    pub fn to_proto(&self) -> core::WorkflowExecutionIdentifier {
        core::WorkflowExecutionIdentifier {
            project: self.project.clone(),
            domain: self.domain.clone(),
            name: self.name.clone(),
            org: self.org.clone(),
        }
    }
}

impl From<core::WorkflowExecutionIdentifier> for ExecutionId {
    fn from(id: core::WorkflowExecutionIdentifier) -> Self {
        ExecutionId { project: id.project, domain: id.domain, name: id.name, org: id.org }
    }
}

impl fmt::Display for ExecutionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&["ex", &self.project, &self.domain, &self.name].join(":"))
    }
}

/// Names the execution of a node.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeExecutionId {
    /// The execution it belongs to.
    pub execution: ExecutionId,
    /// The node, `n0`; children of a parent node are called `n1-0-n0` (parent, attempt, child).
    pub node_id: String,
}

impl NodeExecutionId {
    /// The serialised message.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        Writer::new().text(1, &self.node_id).message(2, &self.execution.to_bytes()).done()
    }

    /// Reads the serialised message.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut fields = Fields::of(bytes);
        let mut id = NodeExecutionId { execution: ExecutionId::new("", "", ""), node_id: String::new() };
        while let Some(field) = fields.next()? {
            match field.number {
                1 => id.node_id = field.text()?,
                2 => id.execution = ExecutionId::read(field.message()?)?,
                _ => {}
            }
        }
        Ok(id)
    }

    /// The message.
    #[must_use]
    pub fn to_proto(&self) -> core::NodeExecutionIdentifier {
        core::NodeExecutionIdentifier { node_id: self.node_id.clone(), execution_id: Some(self.execution.to_proto()) }
    }
}

impl From<core::NodeExecutionIdentifier> for NodeExecutionId {
    fn from(id: core::NodeExecutionIdentifier) -> Self {
        NodeExecutionId { execution: id.execution_id.unwrap_or_default().into(), node_id: id.node_id }
    }
}

impl fmt::Display for NodeExecutionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&[&self.execution.to_string(), " node ", &self.node_id].concat())
    }
}

/// Names one attempt of a node to run its task.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskExecutionId {
    /// The task.
    pub task: Identifier,
    /// The node that runs it.
    pub node: NodeExecutionId,
    /// 0 for the first attempt.
    pub retry_attempt: u32,
}

impl TaskExecutionId {
    /// Reads `te:ep:ed:en:node:tp:td:tn:tv:attempt`.
    ///
    /// # Errors
    /// `Kind::Value` for any other text.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let wrong = || {
            malformed(text, "te:exec_project:exec_domain:exec_name:node_id:task_project:task_domain:task_name:task_version:retry_attempt")
        };
        let parts: Vec<&str> = text.split(':').collect();
        let ["te", project, domain, name, node, task_project, task_domain, task_name, task_version, attempt] =
            parts.as_slice()
        else {
            return Err(wrong());
        };
        let retry_attempt = attempt.parse().map_err(|_| wrong())?;
        let task = Identifier::new(ResourceType::Task, task_project, task_domain, task_name, task_version);
        let execution = ExecutionId::new(project, domain, name);
        Ok(TaskExecutionId { task, node: NodeExecutionId { execution, node_id: (*node).to_owned() }, retry_attempt })
    }

    /// The serialised message.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut id = Writer::new();
        id.message(1, &self.task.to_bytes()).message(2, &self.node.to_bytes()).int(3, self.retry_attempt.into());
        id.done()
    }

    /// Reads the serialised message.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut fields = Fields::of(bytes);
        let (mut task, mut node, mut retry_attempt) = (Identifier::read(&[])?, NodeExecutionId::read(&[])?, 0);
        while let Some(field) = fields.next()? {
            match field.number {
                1 => task = Identifier::read(field.message()?)?,
                2 => node = NodeExecutionId::read(field.message()?)?,
                3 => retry_attempt = field.int32()?.cast_unsigned(),
                _ => {}
            }
        }
        Ok(TaskExecutionId { task, node, retry_attempt })
    }

    /// The message.
    #[must_use]
    pub fn to_proto(&self) -> core::TaskExecutionIdentifier {
        core::TaskExecutionIdentifier {
            task_id: Some(self.task.to_proto()),
            node_execution_id: Some(self.node.to_proto()),
            retry_attempt: self.retry_attempt,
        }
    }
}

impl From<core::TaskExecutionIdentifier> for TaskExecutionId {
    fn from(id: core::TaskExecutionIdentifier) -> Self {
        TaskExecutionId {
            task: id.task_id.unwrap_or_default().into(),
            node: id.node_execution_id.unwrap_or_default().into(),
            retry_attempt: id.retry_attempt,
        }
    }
}

impl fmt::Display for TaskExecutionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (execution, task) = (&self.node.execution, &self.task);
        let parts: [&str; 10] = [
            "te",
            &execution.project,
            &execution.domain,
            &execution.name,
            &self.node.node_id,
            &task.project,
            &task.domain,
            &task.name,
            &task.version,
            &self.retry_attempt.to_string(),
        ];
        formatter.write_str(&parts.join(":"))
    }
}

fn malformed(text: &str, form: &str) -> Error {
    let message = ["identifier \"", text, "\" is not of the form ", form];
    Error::new(Kind::Value, message.concat())
}
