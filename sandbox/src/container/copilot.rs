//! The raw-container data config: one file a variable, as Flyte's data sidecar hands inputs over and collects outputs.

use prost::Message;

use super::json::{struct_text, variables_text};
use super::paths::{is_inside, INPUTS, OUTPUTS};
use super::text::{self, primitive_text};
use crate::idl::core::data_loading_config::LiteralMapFormat;
use crate::idl::core::{
    blob_type::BlobDimensionality, literal, literal_type, scalar, Blob, BlobMetadata, BlobType, Literal, LiteralMap,
    VariableMap,
};

/// The sidecar's name of the file that holds an error.
const ERROR_FILE: &str = "_ERROR";
/// The sidecar reads no longer text of a simple type.
const MAX_TEXT: usize = 1024;

/// The files of all inputs: one a variable, folders for lists and maps, and all together as `inputs.pb` and in the
/// format asked for. `inputs` refer to files of this run already.
pub(super) fn input_files(inputs: &LiteralMap, format: LiteralMapFormat, files: &mut Vec<(String, Vec<u8>)>) {
    for (name, literal) in &inputs.literals {
        write(literal, &format!("{INPUTS}/{name}"), files);
    }
    files.push((format!("{INPUTS}/inputs.pb"), inputs.encode_to_vec()));
    let aggregate = match format {
        LiteralMapFormat::Json => "inputs.json",
        // JSON is YAML.
        LiteralMapFormat::Yaml => "inputs.yaml",
        LiteralMapFormat::Proto => return,
    };
    files.push((format!("{INPUTS}/{aggregate}"), variables_text(&inputs.literals).into_bytes()));
}

fn write(literal: &Literal, path: &str, files: &mut Vec<(String, Vec<u8>)>) {
    if !is_inside(path) {
        return;
    }
    let mut put = |bytes: Vec<u8>| files.push((path.to_owned(), bytes));
    match &literal.value {
        Some(literal::Value::Collection(list)) => {
            for (position, item) in list.literals.iter().enumerate() {
                write(item, &format!("{path}/{position}"), files);
            }
        }
        Some(literal::Value::Map(map)) => {
            for (name, item) in &map.literals {
                write(item, &format!("{path}/{name}"), files);
            }
        }
        Some(literal::Value::Scalar(scalar)) => match &scalar.value {
            Some(scalar::Value::Primitive(primitive)) => {
                put(primitive.value.as_ref().map_or_else(|| "null".to_owned(), primitive_text).into_bytes());
            }
            Some(scalar::Value::Generic(fields)) => put(struct_text(fields).into_bytes()),
            Some(scalar::Value::Binary(binary)) => put(binary.value.clone()),
            Some(scalar::Value::Error(error)) => put(error.message.clone().into_bytes()),
            Some(scalar::Value::Union(union)) => {
                if let Some(inner) = union.value.as_deref() {
                    write(inner, path, files);
                }
            }
            Some(scalar::Value::NoneType(_)) => put(b"null".to_vec()),
            // Objects were copied when the inputs were localised; they are put under the variable's name as well.
            Some(scalar::Value::Blob(blob)) => copy_object(&blob.uri, path, files),
            Some(scalar::Value::Schema(schema)) => copy_object(&schema.uri, path, files),
            Some(scalar::Value::StructuredDataset(dataset)) => copy_object(&dataset.uri, path, files),
            None => {}
        },
        _ => {}
    }
}

fn copy_object(local: &str, path: &str, files: &mut Vec<(String, Vec<u8>)>) {
    let copies: Vec<_> = files
        .iter()
        .filter_map(|(file, bytes)| {
            // The URI is absolute, files are relative to the run's folder.
            if local.ends_with(&format!("/{file}")) {
                return Some((path.to_owned(), bytes.clone()));
            }
            let (_, inside) = local.split_once("/objects/")?;
            let rest = file.strip_prefix(&format!("objects/{inside}/"))?;
            Some((format!("{path}/{rest}"), bytes.clone()))
        })
        .collect();
    files.extend(copies);
}

/// Folders that must be there although they may be empty.
pub(super) fn input_dirs(inputs: &LiteralMap) -> Vec<String> {
    let is_folder =
        |literal: &Literal| matches!(literal.value, Some(literal::Value::Collection(_) | literal::Value::Map(_)));
    let folders = inputs.literals.iter().filter(|(name, literal)| is_folder(literal) && is_inside(name));
    folders.map(|(name, _)| format!("{INPUTS}/{name}")).collect()
}

/// The declared outputs from the files of the output folder; `uri_of` tells where a file of the run is stored.
///
/// # Errors
/// What the task wrote into its error file, or which output can't be read and why.
pub(super) fn read_outputs(
    declared: &VariableMap,
    files: &[(String, Vec<u8>)],
    uri_of: impl Fn(&str) -> String,
) -> Result<LiteralMap, String> {
    let file = |path: &str| files.iter().find(|(name, _)| name == path).map(|(_, bytes)| bytes.as_slice());
    if let Some(error) = file(&format!("{OUTPUTS}/{ERROR_FILE}")) {
        return Err(format!("User Error: {}", String::from_utf8_lossy(error)));
    }
    let mut outputs = LiteralMap::default();
    for (name, variable) in &declared.variables {
        let path = format!("{OUTPUTS}/{name}");
        let folder = format!("{path}/");
        let found = file(&path);
        let is_folder = files.iter().any(|(name, _)| name.starts_with(&folder));
        let r#type = variable.r#type.clone().unwrap_or_default();
        let literal = match (&r#type.r#type, found) {
            (Some(literal_type::Type::Blob(blob)), found) if found.is_some() || is_folder => {
                let dimensionality =
                    if found.is_some() { BlobDimensionality::Single } else { BlobDimensionality::Multipart };
                let r#type = BlobType { format: blob.format.clone(), dimensionality: dimensionality as i32 };
                let metadata = Some(BlobMetadata { r#type: Some(r#type) });
                text::scalar(scalar::Value::Blob(Blob { metadata, uri: uri_of(&path) }))
            }
            (Some(literal_type::Type::Simple(_)), None) if is_folder => {
                return Err(format!("output [{name}]: expected a file, found a folder"));
            }
            (Some(literal_type::Type::Simple(_)), Some(bytes)) => {
                if bytes.len() > MAX_TEXT {
                    return Err(format!(
                        "output [{name}]: maximum allowed filesize is [{MAX_TEXT}], but found [{}]",
                        bytes.len()
                    ));
                }
                let text = std::str::from_utf8(bytes).map_err(|_| format!("output [{name}] is no UTF-8 text"))?;
                text::parse(&r#type, text).map_err(|error| format!("output [{name}]: {error}"))?
            }
            (Some(literal_type::Type::Simple(_) | literal_type::Type::Blob(_)), _) => {
                return Err(format!("output [{name}] was not written: there is no file {name:?} in the output path"));
            }
            _ => {
                return Err(format!(
                    "output [{name}]: a data config does not support the type [{}], only simple types and blobs",
                    crate::types::type_text(&r#type)
                ));
            }
        };
        outputs.literals.insert(name.clone(), literal);
    }
    Ok(outputs)
}
