//! Where two versions of an entity differ, as FlyteAdmin tells who registers a name and version again.

use flyte_remote::codec::{wire_to_json, StdFloats};
use flyte_remote::idl::schema::MessageId;
use prost::Message;
use serde_json::Value;

/// `"{name} {kind} with different structure already exists. …"` and one paragraph for each place that differs: a JSON
/// pointer, the old value and the new one. `type_name` is the messages' full name.
pub(super) fn different_structure<M: Message>(name: &str, kind: &str, type_name: &str, old: &M, new: &M) -> String {
    let mut places = Vec::new();
    if let (Some(old), Some(new)) = (to_json(type_name, old), to_json(type_name, new)) {
        compare(String::new(), Some(&old), Some(&new), &mut places);
    }
    format!(
        "{name} {kind} with different structure already exists. (Please register a new version of the {kind}):\n{}",
        places.join("\n")
    )
}

fn to_json(type_name: &str, message: &impl Message) -> Option<Value> {
    let mut text = Vec::new();
    wire_to_json(MessageId::by_name(type_name)?, &message.encode_to_vec(), &StdFloats, &mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

fn compare(pointer: String, old: Option<&Value>, new: Option<&Value>, places: &mut Vec<String>) {
    match (old, new) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let added = new.keys().filter(|key| !old.contains_key(*key));
            for key in old.keys().chain(added) {
                let step = key.replace('~', "~0").replace('/', "~1");
                compare(format!("{pointer}/{step}"), old.get(key), new.get(key), places);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => {
            for position in 0..old.len().max(new.len()) {
                compare(format!("{pointer}/{position}"), old.get(position), new.get(position), places);
            }
        }
        (old, new) if old != new => {
            let shown = |value: Option<&Value>| match value {
                Some(Value::String(text)) => text.clone(),
                Some(value) => value.to_string(),
                None => "<nil>".to_owned(),
            };
            places.push(format!("{pointer}:\n\t- {} \n\t+ {}", shown(old), shown(new)));
        }
        _ => {}
    }
}
