//! A caller's inputs against a declared interface, all mistakes together.

use super::{to_literal, InputValue, Path};
use crate::codec::Writer;
use crate::entity::Interface;
use crate::error::{Error, Kind, Problem};

/// Converts `given` to what the interface declares, as a serialised `flyteidl.core.LiteralMap`. Defaults and fixed values are left to the server.
///
/// # Errors
/// `Kind::Value` with every mistake: wrong types, unknown names, missing required inputs, attempts to set a fixed one.
/// `subject` says whose inputs they are, `lp:p:d:n:v`.
pub(crate) fn check_inputs(
    interface: &Interface,
    given: &[(String, InputValue)],
    subject: &str,
) -> Result<Vec<u8>, Error> {
    let (mut literals, mut problems, mut path) = (Writer::new(), Vec::new(), Path::new("inputs"));
    let given = given.iter().filter(|(_, value)| *value != InputValue::Undefined);
    for (name, value) in given.clone() {
        path.key(name, |path| match interface.input(name) {
            None => problems.push(Problem { path: path.as_str().to_owned(), message: unknown(interface) }),
            Some(input) if input.fixed.is_some() => {
                let message = "fixed by the launch plan and can't be given; leave it out".to_owned();
                problems.push(Problem { path: path.as_str().to_owned(), message });
            }
            Some(input) => {
                if let Some(literal) = to_literal(value, &input.literal_type, path, &mut problems) {
                    literals.entry(1, name, literal.as_bytes());
                }
            }
        });
    }
    for input in interface.inputs.iter().filter(|input| input.required) {
        if !given.clone().any(|(name, _)| *name == input.name) {
            let message = ["required and missing; expected ", &input.literal_type.in_words()].concat();
            path.key(&input.name, |path| problems.push(Problem { path: path.as_str().to_owned(), message }));
        }
    }
    if problems.is_empty() {
        return Ok(literals.done());
    }
    let mut error = Error::from_problems(Kind::Value, &["the inputs of ", subject].concat(), problems);
    error.entity = Some(subject.into());
    Err(error)
}

fn unknown(interface: &Interface) -> String {
    let names: Vec<&str> =
        interface.inputs.iter().filter(|input| input.fixed.is_none()).map(|input| input.name.as_str()).collect();
    if names.is_empty() {
        return "no such input; there are none".to_owned();
    }
    ["no such input; there are ", &names.join(", ")].concat()
}
