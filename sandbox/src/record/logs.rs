//! Parts of a task's closure that later events add to.

use prost_types::{value::Kind, Struct};

use super::task_is_over;
use crate::idl::core::{task_execution::Phase, TaskLog};
use crate::idl::event::{ExternalResourceInfo, TaskExecutionMetadata};

/// The latest logs, then the earlier ones whose URI and name they don't take over.
pub(super) fn merge_logs(existing: Vec<TaskLog>, latest: &[TaskLog]) -> Vec<TaskLog> {
    if latest.is_empty() {
        return existing;
    }
    let replaced =
        |old: &TaskLog| latest.iter().any(|new| new.uri == old.uri || (!new.name.is_empty() && new.name == old.name));
    latest.iter().cloned().chain(existing.into_iter().filter(|old| !replaced(old))).collect()
}

/// The logs that are of use in a phase.
pub(super) fn visible_logs(mut logs: Vec<TaskLog>, phase: Phase) -> Vec<TaskLog> {
    let pending = matches!(phase, Phase::Queued | Phase::Initializing);
    let over = task_is_over(phase);
    logs.retain(|log| (!over || !log.hide_once_finished) && (!pending || log.show_while_pending));
    logs
}

/// `latest` over `existing`, as a JSON merge patch: null removes.
pub(super) fn merge_struct(existing: Option<Struct>, latest: Option<&Struct>) -> Option<Struct> {
    let (Some(mut merged), Some(latest)) = (existing.clone(), latest) else { return latest.cloned().or(existing) };
    for (name, value) in &latest.fields {
        match &value.kind {
            Some(Kind::NullValue(_)) => {
                merged.fields.remove(name);
            }
            Some(Kind::StructValue(new)) => {
                let old = match merged.fields.remove(name).and_then(|value| value.kind) {
                    Some(Kind::StructValue(old)) => Some(old),
                    _ => None,
                };
                let kind = merge_struct(old, Some(new)).map(Kind::StructValue);
                merged.fields.insert(name.clone(), prost_types::Value { kind });
            }
            _ => {
                merged.fields.insert(name.clone(), value.clone());
            }
        }
    }
    Some(merged)
}

/// `latest` over `existing`; external resources are told apart by index and attempt.
pub(super) fn merge_metadata(
    existing: Option<TaskExecutionMetadata>,
    latest: Option<&TaskExecutionMetadata>,
) -> Option<TaskExecutionMetadata> {
    let (Some(mut merged), Some(latest)) = (existing.clone(), latest) else {
        let mut metadata = latest.cloned().or(existing);
        if let Some(metadata) = &mut metadata {
            metadata.external_resources.sort_by_key(|resource| (resource.index, resource.retry_attempt));
        }
        return metadata;
    };
    if !latest.generated_name.is_empty() {
        merged.generated_name.clone_from(&latest.generated_name);
    }
    for resource in &latest.external_resources {
        let key = (resource.index, resource.retry_attempt);
        match merged.external_resources.binary_search_by_key(&key, |old| (old.index, old.retry_attempt)) {
            Ok(position) => {
                if let Some(old) = merged.external_resources.get_mut(position) {
                    merge_resource(old, resource);
                }
            }
            Err(position) => merged.external_resources.insert(position, resource.clone()),
        }
    }
    merged.resource_pool_info.clone_from(&latest.resource_pool_info);
    if !latest.plugin_identifier.is_empty() {
        merged.plugin_identifier.clone_from(&latest.plugin_identifier);
    }
    if latest.instance_class != 0 {
        merged.instance_class = latest.instance_class;
    }
    Some(merged)
}

fn merge_resource(old: &mut ExternalResourceInfo, new: &ExternalResourceInfo) {
    if !new.external_id.is_empty() {
        old.external_id.clone_from(&new.external_id);
    }
    old.phase = new.phase;
    if new.cache_status != 0 {
        old.cache_status = new.cache_status;
    }
    old.logs = merge_logs(std::mem::take(&mut old.logs), &new.logs);
    if new.custom_info.is_some() {
        old.custom_info.clone_from(&new.custom_info);
    }
}
