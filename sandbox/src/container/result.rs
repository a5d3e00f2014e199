//! What a finished process means: outputs, or an error.

use prost::Message;

use super::paths::{globalise, OUTPUTS};
use super::spec::process_of;
use super::{copilot, error_document, DynamicJobSpec};
use crate::effect::ContainerResult;
use crate::idl::core::execution_error::ErrorKind;
use crate::idl::core::{ExecutionError, LiteralMap, TaskTemplate, VariableMap};

/// A successful attempt.
pub(crate) struct Success {
    /// Its outputs, referring to the object store.
    pub outputs: LiteralMap,
    /// Files to keep: URI and content.
    pub objects: Vec<(String, Vec<u8>)>,
    /// Where its deck is, if it wrote one.
    pub deck_uri: Option<String>,
    /// The workflow it yielded, which will give the outputs.
    pub dynamic: Option<Box<DynamicJobSpec>>,
}

/// A failed attempt.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Why.
    pub error: Box<ExecutionError>,
    /// Another attempt may help.
    pub recoverable: bool,
}

impl Failure {
    /// Something the user can change.
    pub fn user(code: &str, message: impl Into<String>, recoverable: bool) -> Self {
        Failure { error: error(code, message, ErrorKind::User), recoverable }
    }

    /// Something the user can't change.
    pub fn system(code: &str, message: impl Into<String>, recoverable: bool) -> Self {
        Failure { error: error(code, message, ErrorKind::System), recoverable }
    }
}

fn error(code: &str, message: impl Into<String>, kind: ErrorKind) -> Box<ExecutionError> {
    Box::new(ExecutionError { code: code.to_owned(), message: message.into(), kind: kind as i32, ..Default::default() })
}

/// Reads the files of a run. `dir` is its folder, `prefix` the URI under which its files are kept.
///
/// # Errors
/// What the task reported, or what is wrong with what it left behind.
pub(crate) fn read_result(
    task: &TaskTemplate,
    result: ContainerResult,
    dir: &str,
    prefix: &str,
) -> Result<Success, Failure> {
    if result.timed_out {
        let timeout = task.metadata.as_ref().and_then(|metadata| metadata.timeout.as_ref());
        let seconds = timeout.map_or(0, |timeout| timeout.seconds);
        return Err(Failure::user("TimeoutExpired", format!("task execution timeout [{seconds}s] expired"), true));
    }
    let file = |name: &str| {
        let path = format!("{OUTPUTS}/{name}");
        result.files.iter().find(|(file, _)| *file == path).map(|(_, bytes)| bytes.as_slice())
    };
    if let Some(document) = file("error.pb") {
        return Err(error_document::read(document));
    }
    let data = process_of(task).ok().and_then(|process| process.data);
    let declared = task.interface.as_ref().and_then(|interface| interface.outputs.clone()).unwrap_or_default();
    let uri_of = |path: &str| format!("{prefix}/{path}");
    if let Some(futures) = file("futures.pb").filter(|_| result.exit_code == 0 && data.is_none()) {
        let spec = DynamicJobSpec::decode(futures).map_err(|error| {
            Failure::user("FuturesBadFormat", format!("futures.pb can't be decoded: {error}"), false)
        })?;
        let objects = result.files.into_iter().map(|(path, bytes)| (uri_of(&path), bytes)).collect();
        let outputs = LiteralMap::default();
        return Ok(Success { outputs, objects, deck_uri: None, dynamic: Some(Box::new(spec)) });
    }
    let outputs = match data {
        // The sidecar's error file counts whatever the exit code.
        Some(_) if result.exit_code == 0 || file("_ERROR").is_some() => {
            copilot::read_outputs(&declared, &result.files, uri_of).map_err(|message| {
                let code = if message.starts_with("User Error") { "UserError" } else { "OutputsNotFound" };
                Failure::user(code, message, true)
            })?
        }
        _ if result.exit_code != 0 => return Err(exit(result.exit_code, &result.stderr)),
        _ => match file("outputs.pb") {
            Some(bytes) => LiteralMap::decode(bytes).map_err(|error| {
                Failure::user("OutputsBadFormat", format!("outputs.pb can't be decoded: {error}"), false)
            })?,
            None if declared.variables.is_empty() => LiteralMap::default(),
            None => {
                let message = format!(
                    "OutputsNotFound: the task declares outputs [{}] but wrote no outputs.pb into {{{{.outputPrefix}}}}",
                    names(&declared)
                );
                return Err(Failure::system("OutputsNotFound", message, true));
            }
        },
    };
    let missing: Vec<&str> =
        declared.variables.keys().filter(|name| !outputs.literals.contains_key(*name)).map(String::as_str).collect();
    if !missing.is_empty() {
        let message = format!("the task did not set its outputs [{}]", missing.join(", "));
        return Err(Failure::user("OutputsNotFound", message, true));
    }
    let mut outputs = outputs;
    globalise(&mut outputs, dir, prefix);
    let deck_uri = file("deck.html").map(|_| uri_of(&format!("{OUTPUTS}/deck.html")));
    let objects = result.files.into_iter().map(|(path, bytes)| (uri_of(&path), bytes)).collect();
    Ok(Success { outputs, objects, deck_uri, dynamic: None })
}

fn names(variables: &VariableMap) -> String {
    variables.variables.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// A process that ended with an error and did not say more.
fn exit(code: i32, stderr: &str) -> Failure {
    let (name, what) = match code {
        127 => ("CommandNotFound", "the program was not found".to_owned()),
        code => ("Error", format!("the process ended with exit code {code}")),
    };
    let stderr = stderr.trim_end();
    let message = if stderr.is_empty() { what } else { format!("{what}:\n{stderr}") };
    Failure::user(name, message, true)
}
