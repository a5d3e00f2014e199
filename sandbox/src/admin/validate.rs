//! What FlyteAdmin requires of ids, names, labels and notifications.

use flyte_remote::rpc::Status;

use crate::idl::admin::{notification, InactiveProject, Labels, NamedEntityIdentifier, Notification, Project};
use crate::idl::core::{
    Identifier, NodeExecutionIdentifier, ResourceType, TaskExecutionIdentifier, WorkflowExecutionIdentifier,
};
use crate::record::execution_is_over;
use crate::sandbox::Sandbox;
use crate::status::{identifier_text, invalid, missing, with_detail};

/// Labels and annotations per entity.
const MAX_LABELS: usize = 16;

/// A field that must not be empty.
pub(super) fn given(value: &str, name: &str) -> Result<(), Status> {
    if value.is_empty() {
        return Err(missing(name));
    }
    Ok(())
}

/// An identifier with the resource type of the call.
pub(super) fn identifier(id: Option<&Identifier>, expected: ResourceType) -> Result<&Identifier, Status> {
    let id = id.ok_or_else(|| missing("id"))?;
    if id.resource_type() != expected || id.resource_type != expected as i32 {
        return Err(invalid(format!(
            "unexpected resource type {} for identifier [{}], expected {} instead",
            id.resource_type().as_str_name().to_lowercase(),
            identifier_text(id),
            expected.as_str_name().to_lowercase()
        )));
    }
    fields(Some(id))
}

/// The identifier of a call that can mean only one type, which REST clients leave out.
pub(super) fn implied(mut id: Option<Identifier>, kind: ResourceType) -> Option<Identifier> {
    if let Some(id) = id.as_mut().filter(|id| id.resource_type == ResourceType::Unspecified as i32) {
        id.set_resource_type(kind);
    }
    id
}

/// The id of a task execution, whose task's type may be left out.
pub(super) fn implied_task(id: Option<TaskExecutionIdentifier>) -> Option<TaskExecutionIdentifier> {
    id.map(|id| TaskExecutionIdentifier { task_id: implied(id.task_id, ResourceType::Task), ..id })
}

/// An identifier of any type with all its parts.
pub(super) fn fields(id: Option<&Identifier>) -> Result<&Identifier, Status> {
    let id = id.ok_or_else(|| missing("id"))?;
    given(&id.project, "project")?;
    given(&id.domain, "domain")?;
    given(&id.name, "name")?;
    given(&id.version, "version")?;
    Ok(id)
}

/// Project and domain of a list, whose name may be left out.
pub(super) fn scope(id: Option<&NamedEntityIdentifier>) -> Result<&NamedEntityIdentifier, Status> {
    let id = id.ok_or_else(|| missing("id"))?;
    given(&id.project, "project")?;
    given(&id.domain, "domain")?;
    Ok(id)
}

/// The id of an execution.
pub(super) fn execution(id: Option<&WorkflowExecutionIdentifier>) -> Result<&WorkflowExecutionIdentifier, Status> {
    let id = id.ok_or_else(|| missing("id"))?;
    given(&id.project, "project")?;
    given(&id.domain, "domain")?;
    given(&id.name, "name")?;
    Ok(id)
}

/// The id of a node execution.
pub(super) fn node(id: Option<&NodeExecutionIdentifier>) -> Result<&NodeExecutionIdentifier, Status> {
    let id = id.ok_or_else(|| missing("id"))?;
    if id.execution_id.is_none() {
        return Err(missing("execution_id"));
    }
    given(&id.node_id, "node_id")?;
    execution(id.execution_id.as_ref())?;
    Ok(id)
}

/// The id of a task execution.
pub(super) fn task(id: Option<&TaskExecutionIdentifier>) -> Result<&TaskExecutionIdentifier, Status> {
    let id = id.ok_or_else(|| missing("id"))?;
    let node_id = id.node_execution_id.as_ref().ok_or_else(|| missing("node_execution_id"))?;
    node(Some(node_id))?;
    let task = id.task_id.as_ref().ok_or_else(|| missing("task_id"))?;
    identifier(Some(task), ResourceType::Task)?;
    Ok(id)
}

impl Sandbox {
    /// The project must be there and active, the domain configured.
    pub(super) fn check_project_and_domain(&self, project: &str, domain: &str) -> Result<(), Status> {
        let Some(row) = self.state.projects.get(&project.to_owned()) else {
            return Err(invalid(format!(
                "failed to validate that project [{project}] and domain [{domain}] are registered, err: [entry not found]"
            )));
        };
        if row.project.state() != crate::idl::admin::project::ProjectState::Active {
            let status = invalid(format!("project [{project}] is not active"));
            let detail = InactiveProject { id: project.to_owned(), ..Default::default() };
            return Err(with_detail(status, "flyteidl.admin.InactiveProject", &detail));
        }
        if !self.options.domains.iter().any(|known| known == domain) {
            return Err(invalid(format!("domain [{domain}] is unrecognized by system")));
        }
        Ok(())
    }
}

/// A project to be registered or changed.
pub(super) fn project(project: &Project) -> Result<(), Status> {
    given(&project.id, "project_id")?;
    labels(project.labels.as_ref())?;
    if !is_dns_label(&project.id) {
        return Err(invalid(format!(
            "invalid project id [{}]: lower case letters, digits and '-' are allowed, at most 63, and no '-' at either end",
            project.id
        )));
    }
    for (value, name, limit) in
        [(&project.name, "project_name", 64), (&project.description, "project_description", 300)]
    {
        if value.len() > limit {
            return Err(invalid(format!("{name} cannot exceed {limit} characters")));
        }
    }
    if !project.domains.is_empty() {
        return Err(invalid(
            "Domains are currently only set system wide. Please retry without domains included in your request.",
        ));
    }
    Ok(())
}

/// Labels as Kubernetes takes them.
pub(super) fn labels(labels: Option<&Labels>) -> Result<(), Status> {
    let Some(labels) = labels else { return Ok(()) };
    if labels.values.len() > MAX_LABELS {
        return Err(invalid(format!("labels map cannot exceed {MAX_LABELS} entries")));
    }
    for (key, value) in &labels.values {
        if !is_qualified_name(key) {
            return Err(invalid(format!(
                "invalid label key [{key}]: a name of letters, digits, '-', '_' and '.', at most 63, after an optional DNS prefix and '/'"
            )));
        }
        if !value.is_empty() && !is_label_part(value) {
            return Err(invalid(format!(
                "invalid label value [{value}]: letters, digits, '-', '_' and '.', at most 63, with a letter or digit at both ends"
            )));
        }
    }
    Ok(())
}

/// Notifications need recipients and terminal phases.
pub(super) fn notifications(notifications: &[Notification]) -> Result<(), Status> {
    for notification in notifications {
        let recipients = match &notification.r#type {
            Some(notification::Type::Email(email)) => &email.recipients_email,
            Some(notification::Type::PagerDuty(duty)) => &duty.recipients_email,
            Some(notification::Type::Slack(slack)) => &slack.recipients_email,
            None => return Err(invalid("invalid value for notification type")),
        };
        if recipients.is_empty() || recipients.iter().any(String::is_empty) {
            return Err(missing("recipients"));
        }
        if !notification.phases().all(execution_is_over) {
            return Err(invalid("invalid value for phase"));
        }
    }
    Ok(())
}

fn is_dns_label(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&text.len()) && text.bytes().all(allowed) && !text.starts_with('-') && !text.ends_with('-')
}

fn is_label_part(text: &str) -> bool {
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let ends = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    text.len() <= 63 && text.bytes().all(inside) && ends(text.bytes().next()) && ends(text.bytes().next_back())
}

fn is_qualified_name(text: &str) -> bool {
    match text.split_once('/') {
        Some((prefix, name)) => {
            // Of a prefix only the whole length counts, not that of its parts.
            let part = |part: &str| {
                let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
                !part.is_empty() && part.bytes().all(allowed) && !part.starts_with('-') && !part.ends_with('-')
            };
            prefix.len() <= 253 && prefix.split('.').all(part) && is_label_part(name)
        }
        None => is_label_part(text),
    }
}
