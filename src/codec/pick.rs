//! One field of a message, however deep, without reading the rest.

use std::borrow::Cow;

use super::fields::Fields;
use super::{wire_to_json, FloatText, WireError};
use crate::idl::schema::MessageId;
use crate::text::split;

/// Appends ProtoJSON to `out`: the message that holds the field which `path` names (`closure.duration`), with that field
/// alone; `{}` where the field is not set.
///
/// # Errors
/// As [`wire_to_json`].
pub fn pick(
    message: MessageId,
    wire: &[u8],
    path: &str,
    floats: &dyn FloatText,
    out: &mut Vec<u8>,
) -> Result<(), WireError> {
    let (mut message, mut wire, mut rest) = (message, Cow::Borrowed(wire), path);
    loop {
        let (name, inner) = split(rest, ".").map_or((rest, None), |(name, inner)| (name, Some(inner)));
        let Some(field) = message.def().fields().iter().find(|field| field.name() == name) else { break };
        // A message that comes in pieces is all of them, one after the other.
        let (mut found, mut fields) = (Vec::new(), Fields::of(&wire));
        while let Ok(Some(part)) = fields.next() {
            if part.number != u32::from(field.number) {
                continue;
            }
            match inner {
                Some(_) => found.extend_from_slice(part.message().unwrap_or_default()),
                None => found.extend_from_slice(part.whole),
            }
        }
        wire = Cow::Owned(found);
        let Some(inner) = inner else { return wire_to_json(message, &wire, floats, out) };
        (message, rest) = (field.message(), inner);
    }
    out.extend_from_slice(b"{}");
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::codec::StdFloats;
    use crate::idl::flyteidl::{admin, core};
    use prost::Message;

    fn picked(path: &str) -> String {
        let metadata = admin::ExecutionMetadata { principal: "me".to_owned(), ..Default::default() };
        let spec = admin::ExecutionSpec { metadata: Some(metadata), ..Default::default() };
        let abort = |cause: &str| admin::AbortMetadata { cause: cause.to_owned(), principal: String::new() };
        let closure = |cause: &str, phase| admin::ExecutionClosure {
            output_result: Some(admin::execution_closure::OutputResult::AbortMetadata(abort(cause))),
            phase,
            ..Default::default()
        };
        let id = core::WorkflowExecutionIdentifier { name: "e".to_owned(), ..Default::default() };
        let of = |closure| admin::Execution { closure: Some(closure), ..Default::default() }.encode_to_vec();
        let first = admin::Execution { id: Some(id), spec: Some(spec), ..Default::default() };
        // In pieces, as protobuf allows.
        let wire = [of(closure("", 2)), first.encode_to_vec(), of(closure("stop", 4))].concat();
        let mut out = Vec::new();
        let message = MessageId::by_name("flyteidl.admin.Execution").unwrap();
        pick(message, &wire, path, &StdFloats, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_field_comes_in_the_message_around_it() {
        assert_eq!(picked("spec.metadata.principal"), r#"{"principal":"me"}"#);
        assert_eq!(picked("id"), r#"{"id":{"name":"e"}}"#);
        assert_eq!(picked("closure.phase"), r#"{"phase":"SUCCEEDED"}"#);
        assert_eq!(picked("closure.abortMetadata.cause"), r#"{"cause":"stop"}"#);
    }

    #[test]
    fn what_is_not_set_or_unknown_is_nothing() {
        assert_eq!(picked("spec.metadata.nesting"), "{}");
        assert_eq!(picked("closure.error.code"), "{}");
        assert_eq!(picked("closure.nothing"), "{}");
    }
}
