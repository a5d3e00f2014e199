//! A caller's inputs against a declared interface, all mistakes together.

use super::{Conversion, InputValue, Path, Uploads};
use crate::codec::Writer;
use crate::entity::{Input, Interface};
use crate::error::{Error, Kind};

/// Converts `given` to what the interface declares, as a serialised `flyteidl.core.LiteralMap`. Defaults and fixed values are left to the server.
///
/// # Errors
/// `Kind::Value` with every mistake: wrong types, unknown names, missing required inputs, attempts to set a fixed one.
/// `subject` says whose inputs they are, `lp:p:d:n:v`.
pub(crate) fn check_inputs(
    interface: &Interface,
    given: &[(String, InputValue)],
    subject: &str,
    uploads: &dyn Uploads,
) -> Result<Vec<u8>, Error> {
    let (mut literals, mut conversion, path) =
        (Writer::new(), Conversion { uploads, ..Conversion::default() }, Path::new("inputs"));
    for (name, value) in given {
        let path = path.key(name);
        let input = interface.input(name);
        if value.is_undefined() && !input.is_some_and(needs_null) {
            continue;
        }
        match input {
            None => conversion.problem(&path, unknown(interface)),
            Some(input) if input.fixed.is_some() => {
                conversion.problem(&path, "fixed by the launch plan and can't be given; leave it out".to_owned());
            }
            Some(input) => {
                if let Some(literal) = conversion.literal(value, &input.literal_type, &path) {
                    literals.entry(1, name, literal.as_bytes());
                }
            }
        }
    }
    for input in interface.inputs.iter().filter(|input| input.required) {
        let is_given =
            |(name, value): &(String, InputValue)| *name == input.name && (!value.is_undefined() || needs_null(input));
        if !given.iter().any(is_given) {
            let message = ["required and missing; expected ", &input.literal_type.text()].concat();
            conversion.problem(&path.key(&input.name), message);
        }
    }
    let problems = conversion.problems;
    if problems.is_empty() {
        return Ok(literals.done());
    }
    let mut error = Error::from_problems(Kind::Value, &["the inputs of ", subject].concat(), problems);
    error.entity = Some(subject.into());
    Err(error)
}

/// An optional input without a default, for which `undefined` is null; elsewhere it counts as not given.
fn needs_null(input: &Input) -> bool {
    input.required && input.literal_type.takes_null()
}

fn unknown(interface: &Interface) -> String {
    let names: Vec<&str> =
        interface.inputs.iter().filter(|input| input.fixed.is_none()).map(|input| input.name.as_str()).collect();
    if names.is_empty() {
        return "no such input; there are none".to_owned();
    }
    ["no such input; there are ", &names.join(", ")].concat()
}
