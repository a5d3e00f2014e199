//! Where an attempt's files are: in its folder on disk, and in the object store before and after.

use std::collections::BTreeMap;

use crate::idl::core::{literal, scalar, Literal, LiteralMap};
use crate::state::BlobStore;

/// Folder for outputs, relative to the run's.
pub(super) const OUTPUTS: &str = "outputs";
/// Folder for inputs.
pub(super) const INPUTS: &str = "inputs";
/// Folder for what a task stores besides.
pub(super) const RAW: &str = "raw";
/// Folder for checkpoints.
pub(super) const CHECKPOINT: &str = "checkpoint";
/// Folder for objects that inputs refer to.
const OBJECTS: &str = "objects";

/// Copies the objects that inputs refer to into the run's folder and makes the inputs refer to the copies. URIs that
/// the store does not know stay as they are.
pub(super) fn localise(
    inputs: &LiteralMap,
    dir: &str,
    blobs: &BlobStore,
    files: &mut Vec<(String, Vec<u8>)>,
) -> LiteralMap {
    let mut inputs = inputs.clone();
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for literal in inputs.literals.values_mut() {
        for_each_uri(literal, &mut |uri| {
            if let Some(local) = known.get(uri) {
                uri.clone_from(local);
                return;
            }
            let name = uri.trim_end_matches('/').rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("object");
            let base = format!("{OBJECTS}/{}/{name}", known.len());
            let before = files.len();
            if let Some(blob) = blobs.get(uri) {
                files.push((base.clone(), blob.bytes.to_vec()));
            } else if uri.contains("://") {
                let folder = format!("{}/", uri.trim_end_matches('/'));
                for (path, blob) in blobs.under(&folder) {
                    let relative = path.strip_prefix(&folder).unwrap_or(path);
                    if is_inside(relative) {
                        files.push((format!("{base}/{relative}"), blob.bytes.to_vec()));
                    }
                }
            }
            if files.len() > before {
                let local = format!("{dir}/{base}");
                known.insert(uri.clone(), local.clone());
                *uri = local;
            }
        });
    }
    inputs
}

/// Makes literals that refer to files of the run refer to the object store instead.
pub(super) fn globalise(outputs: &mut LiteralMap, dir: &str, store_prefix: &str) {
    let dir = format!("{dir}/");
    for literal in outputs.literals.values_mut() {
        for_each_uri(literal, &mut |uri| {
            let path = uri.strip_prefix("file://").unwrap_or(uri);
            if let Some(relative) = path.strip_prefix(&dir) {
                *uri = format!("{store_prefix}/{relative}");
            }
        });
    }
}

/// Calls `change` with every URI in a literal.
pub(super) fn for_each_uri(literal: &mut Literal, change: &mut impl FnMut(&mut String)) {
    match &mut literal.value {
        Some(literal::Value::Collection(list)) => list.literals.iter_mut().for_each(|item| for_each_uri(item, change)),
        Some(literal::Value::Map(map)) => map.literals.values_mut().for_each(|item| for_each_uri(item, change)),
        Some(literal::Value::Scalar(scalar)) => match &mut scalar.value {
            Some(scalar::Value::Blob(blob)) => change(&mut blob.uri),
            Some(scalar::Value::Schema(schema)) => change(&mut schema.uri),
            Some(scalar::Value::StructuredDataset(dataset)) => change(&mut dataset.uri),
            Some(scalar::Value::Union(union)) => {
                if let Some(literal) = union.value.as_deref_mut() {
                    for_each_uri(literal, change);
                }
            }
            _ => {}
        },
        _ => {}
    }
}

/// Whether a relative path stays below where it starts.
pub(super) fn is_inside(path: &str) -> bool {
    !path.is_empty() && !path.starts_with('/') && !path.contains('\\') && path.split('/').all(|part| part != "..")
}

/// `text` with the container's `path` replaced by a path on this machine, wherever it stands as a path of its own:
/// `/var/inputs` in `/var/inputs/x` and `--in=/var/inputs`, but not in `/var/inputs2` or `/my/var/inputs`.
pub(super) fn map_path(text: &str, path: &str, local: &str) -> String {
    let path = path.trim_end_matches('/');
    if path.is_empty() {
        return text.to_owned();
    }
    let in_name = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.');
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find(path) {
        let (before, from) = rest.split_at(at);
        let after = from.get(path.len()..).unwrap_or_default();
        out.push_str(before);
        let begins = !out.chars().next_back().is_some_and(in_name);
        let ends = !after.chars().next().is_some_and(in_name);
        out.push_str(if begins && ends { local } else { path });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn container_paths_are_mapped_where_they_stand_alone() {
        let map = |text| map_path(text, "/var/inputs", "/run/in");
        assert_eq!(map("cat /var/inputs/x --a=/var/inputs"), "cat /run/in/x --a=/run/in");
        assert_eq!(map("/var/inputs2 /my/var/inputs /var/inputs-old"), "/var/inputs2 /my/var/inputs /var/inputs-old");
        assert_eq!(map("\"/var/inputs\";'/var/inputs/y'"), "\"/run/in\";'/run/in/y'");
    }

    #[test]
    fn a_path_that_climbs_out_is_not_inside() {
        assert!(is_inside("a/b.txt"));
        for path in ["../a", "a/../../b", "/etc/passwd", ""] {
            assert!(!is_inside(path), "{path}");
        }
    }
}
