//! `flyte://v1/{project}/{domain}/{execution}/{node}[/{attempt}]/{i|o|d}[/{name}]`

use flyte_remote::idl::flyteidl::{admin, core, service};
use flyte_remote::rpc::Status;
use prost::Message;
use service::get_data_response::Data;

use super::location::{deck_link, find_node, longest, node_text};
use crate::sandbox::Sandbox;
use crate::status::invalid;

struct TinyUrl {
    node: core::NodeExecutionIdentifier,
    attempt: Option<u32>,
    part: Part,
    name: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Part {
    Inputs,
    Outputs,
    Deck,
}

pub(super) fn get_data(
    sandbox: &mut Sandbox,
    request: service::GetDataRequest,
) -> Result<service::GetDataResponse, Status> {
    let refuse = |error| invalid(format!("failed to validate resolve artifact request. Error: {error}"));
    if request.flyte_url.is_empty() {
        return Err(refuse("source is required. Provided empty string"));
    }
    if !request.flyte_url.starts_with("flyte://") {
        return Err(refuse("request does not start with the correct prefix"));
    }
    let url = parse(&request.flyte_url).ok_or_else(|| {
        invalid(format!("failed to parse artifact url Error: failed to parse [{}]", request.flyte_url))
    })?;
    let (literals, whose) = match (url.part, url.attempt) {
        (Part::Deck, None) => {
            node_data(sandbox, &url.node, Part::Outputs)?;
            let link = deck_link(sandbox, &url.node, &longest())?;
            return Ok(service::GetDataResponse { data: link.pre_signed_urls.map(Data::PreSignedUrls) });
        }
        (part, None) => (node_data(sandbox, &url.node, part)?, "node execution"),
        (part, Some(attempt)) => (attempt_data(sandbox, &url.node, attempt, part)?, "task execution"),
    };
    let data = match url.name {
        None => Data::LiteralMap(literals),
        Some(name) => {
            let literal = literals.literals.get(&name).cloned();
            let id = node_text(&url.node);
            Data::Literal(literal.ok_or_else(|| invalid(format!("name [{name}] not found in {whose} [{id}]")))?)
        }
    };
    Ok(service::GetDataResponse { data: Some(data) })
}

fn parse(url: &str) -> Option<TinyUrl> {
    let segments: Vec<&str> = url.strip_prefix("flyte://v1/")?.split('/').collect();
    let plain = |segment: &&str| {
        !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
    };
    if !segments.iter().all(plain) {
        return None;
    }
    let [project, domain, execution, node, rest @ ..] = segments.as_slice() else { return None };
    let part = |text: &str| match text {
        "i" => Some(Part::Inputs),
        "o" => Some(Part::Outputs),
        "d" => Some(Part::Deck),
        _ => None,
    };
    let (attempt, part, name) = match rest {
        [last] => (None, part(last)?, None),
        [attempt, last] if attempt.bytes().all(|byte| byte.is_ascii_digit()) => (Some(*attempt), part(last)?, None),
        [middle, name] => (None, part(middle).filter(|part| *part != Part::Deck)?, Some((*name).to_owned())),
        [attempt, middle, name] => {
            (Some(*attempt), part(middle).filter(|part| *part != Part::Deck)?, Some((*name).to_owned()))
        }
        _ => return None,
    };
    let attempt = attempt.map(str::parse).transpose().ok()?;
    let execution = core::WorkflowExecutionIdentifier {
        project: (*project).to_owned(),
        domain: (*domain).to_owned(),
        name: (*execution).to_owned(),
        org: String::new(),
    };
    let node = core::NodeExecutionIdentifier { node_id: (*node).to_owned(), execution_id: Some(execution) };
    Some(TinyUrl { node, attempt, part, name })
}

fn node_data(
    sandbox: &mut Sandbox,
    id: &core::NodeExecutionIdentifier,
    part: Part,
) -> Result<core::LiteralMap, Status> {
    let request = admin::NodeExecutionGetDataRequest { id: Some(id.clone()) };
    let reply = crate::admin::call(sandbox, "GetNodeExecutionData", &request.encode_to_vec())?;
    let data = admin::NodeExecutionGetDataResponse::decode(reply.as_slice()).unwrap_or_default();
    Ok(if part == Part::Inputs { data.full_inputs } else { data.full_outputs }.unwrap_or_default())
}

fn attempt_data(
    sandbox: &mut Sandbox,
    node: &core::NodeExecutionIdentifier,
    attempt: u32,
    part: Part,
) -> Result<core::LiteralMap, Status> {
    let tasks = find_node(sandbox, node).map(|row| row.tasks.as_slice()).unwrap_or_default();
    let Some(id) = tasks.iter().map(|task| &task.id).find(|id| id.retry_attempt == attempt).cloned() else {
        return Err(invalid(format!("no task executions were listed [{}:{attempt}]", node_text(node))));
    };
    if part == Part::Deck {
        return Err(invalid("deck type cannot be specified with a retry attempt, just use the node instead"));
    }
    let request = admin::TaskExecutionGetDataRequest { id: Some(id) };
    let reply = crate::admin::call(sandbox, "GetTaskExecutionData", &request.encode_to_vec())?;
    let data = admin::TaskExecutionGetDataResponse::decode(reply.as_slice()).unwrap_or_default();
    Ok(if part == Part::Inputs { data.full_inputs } else { data.full_outputs }.unwrap_or_default())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;

    fn parts(url: &str) -> Option<(String, Option<u32>, Part, Option<String>)> {
        parse(url).map(|url| (node_text(&url.node), url.attempt, url.part, url.name))
    }

    #[test]
    fn urls_name_a_node_or_an_attempt_and_maybe_one_literal() {
        let node = || "p:d:e:n0".to_owned();
        let name = |name: &str| Some(name.to_owned());
        assert_eq!(parts("flyte://v1/p/d/e/n0/i"), Some((node(), None, Part::Inputs, None)));
        assert_eq!(parts("flyte://v1/p/d/e/n0/d"), Some((node(), None, Part::Deck, None)));
        assert_eq!(parts("flyte://v1/p/d/e/n0/3/o"), Some((node(), Some(3), Part::Outputs, None)));
        assert_eq!(parts("flyte://v1/p/d/e/n0/o/o0"), Some((node(), None, Part::Outputs, name("o0"))));
        assert_eq!(parts("flyte://v1/p/d/e/n0/i/7"), Some((node(), None, Part::Inputs, name("7"))));
        assert_eq!(parts("flyte://v1/p/d/e/n0/0/i/x"), Some((node(), Some(0), Part::Inputs, name("x"))));
        for wrong in [
            "flyte://v2/p/d/e/n0/i",
            "flyte://v1/p/d/e/n0",
            "flyte://v1/p/d/e/n0/x",
            "flyte://v1/p/d/e/n0/d/x",
            "flyte://v1/p/d/e/n0/a/i/x",
            "flyte://v1/p/d/e.1/n0/i",
            "flyte://v1/p/d/e/n0/i/o.x",
            "flyte://v1/p/d//n0/i",
            "flyte://v1/p/d/e/n0/1/i/x/y",
            "flyte://v1/p/d/e/n0/99999999999/i",
        ] {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
    }
}
