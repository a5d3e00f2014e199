//! Links to the Flyte console.

use super::Remote;
use crate::entity::{ExecutionId, Identifier, ResourceType};

impl Remote {
    /// Where the console is: the console endpoint of the settings, or the endpoint itself.
    #[must_use]
    pub fn console_endpoint(&self) -> String {
        let settings = self.settings();
        if let Some(said) = settings.console_endpoint.as_deref().filter(|said| !said.is_empty()) {
            return said.trim_end_matches('/').to_owned();
        }
        let endpoint = settings.endpoint.trim_end_matches('/');
        if endpoint.starts_with("https://") || endpoint.starts_with("http://") {
            return endpoint.to_owned();
        }
        let host = endpoint.strip_prefix("dns:").unwrap_or(endpoint).trim_start_matches('/');
        [if settings.insecure { "http://" } else { "https://" }, host].concat()
    }

    /// The console's page about an execution.
    #[must_use]
    pub fn execution_url(&self, id: &ExecutionId) -> String {
        self.project_url(&id.project, &id.domain, &["executions", &id.name])
    }

    /// The console's page about a task, workflow or launch plan.
    #[must_use]
    pub fn entity_url(&self, id: &Identifier) -> String {
        let kind = match id.resource_type {
            ResourceType::Task => "task",
            ResourceType::LaunchPlan => "launch_plan",
            _ => "workflow",
        };
        self.project_url(&id.project, &id.domain, &[kind, &id.name, "version", &id.version])
    }

    fn project_url(&self, project: &str, domain: &str, rest: &[&str]) -> String {
        let mut url = self.console_endpoint();
        url.push_str("/console");
        for part in ["projects", project, "domains", domain].iter().chain(rest) {
            url.push('/');
            encode(part, &mut url);
        }
        url
    }
}

/// A part that may stand in a path stays as it is, such as a version `1.0+cuda` or `a==`; any other is percent-encoded as
/// JavaScript's `encodeURIComponent` does it.
fn encode(part: &str, url: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte);
    let stays = part.bytes().all(|byte| is_plain(byte) || b"$&+,;=:@".contains(&byte));
    for byte in part.bytes() {
        if stays || is_plain(byte) {
            url.push(char::from(byte));
        } else {
            url.push('%');
            url.extend(
                [byte >> 4, byte & 15]
                    .iter()
                    .filter_map(|digit| DIGITS.get(usize::from(*digit)))
                    .map(|digit| char::from(*digit)),
            );
        }
    }
}
