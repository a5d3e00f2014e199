//! Kubernetes quantities of a task's resources.

use std::collections::BTreeMap;

use flyte_remote::rpc::Status;

use crate::idl::core::resources::{ResourceEntry, ResourceName};
use crate::idl::core::{Identifier, Resources};
use crate::status::{identifier_text, invalid};

/// Quantities must parse, come once each, and requests must not exceed limits. The sandbox has no platform limits.
pub(super) fn check(task: &Identifier, resources: &Resources) -> Result<(), Status> {
    let requests = read(task, &resources.requests)?;
    let limits = read(task, &resources.limits)?;
    for (name, (request, request_text)) in &requests {
        let Some((limit, limit_text)) = limits.get(name) else { continue };
        let label = ResourceName::try_from(*name).map_or("", |name| name.as_str_name());
        if *name == ResourceName::Gpu as i32 {
            if request.ceil() != limit.ceil() {
                return Err(invalid(format!(
                    "For extended resource 'gpu' the default value must equal the limit value for task [{}]",
                    identifier_text(task)
                )));
            }
        } else if limit.ceil() < request.ceil() {
            return Err(invalid(format!(
                "Requested {label} default [{request_text}] is greater than the limit [{limit_text}]. Please fix your configuration"
            )));
        }
    }
    Ok(())
}

type Quantities<'a> = BTreeMap<i32, (f64, &'a str)>;

fn read<'a>(task: &Identifier, entries: &'a [ResourceEntry]) -> Result<Quantities<'a>, Status> {
    let mut quantities = Quantities::new();
    for entry in entries {
        let name = entry.name();
        if matches!(name, ResourceName::Unknown | ResourceName::Storage) {
            // Of these only the compiler looks at the value.
            if parse(&entry.value).is_none() {
                let (label, value) = (name.as_str_name(), &entry.value);
                return Err(invalid(format!(
                    "task failed compilation with Collected Errors: 1\n\tError 0: Code: UnrecognizedValue, Node Id: resources.{label}, Description: Unrecognized value [{value}].\n"
                )));
            }
            continue;
        }
        let (label, id) = (name.as_str_name(), identifier_text(task));
        if quantities.contains_key(&entry.name) {
            return Err(invalid(format!("can't specify {label} limit for task [{id}] multiple times")));
        }
        let Some(value) = parse(&entry.value) else {
            return Err(invalid(format!(
                "Parsing of {label} request failed for value {} - reason  not a Kubernetes quantity such as 500m, 2 or 1Gi",
                entry.value
            )));
        };
        if name == ResourceName::Gpu && value.fract() != 0.0 {
            return Err(invalid(format!("gpu for [{id}] must be a whole number, got: {} instead", entry.value)));
        }
        quantities.insert(entry.name, (value, &entry.value));
    }
    Ok(quantities)
}

/// `500m`, `1.5Gi`, `2e3` …
fn parse(text: &str) -> Option<f64> {
    const SUFFIXES: [(&str, f64); 16] = [
        ("Ki", 1024.0),
        ("Mi", 1_048_576.0),
        ("Gi", 1_073_741_824.0),
        ("Ti", 1_099_511_627_776.0),
        ("Pi", 1_125_899_906_842_624.0),
        ("Ei", 1_152_921_504_606_846_976.0),
        ("n", 1e-9),
        ("u", 1e-6),
        ("m", 1e-3),
        ("k", 1e3),
        ("M", 1e6),
        ("G", 1e9),
        ("T", 1e12),
        ("P", 1e15),
        ("E", 1e18),
        ("", 1.0),
    ];
    let (number, factor) = SUFFIXES.iter().find_map(|(suffix, factor)| Some((text.strip_suffix(suffix)?, factor)))?;
    let plain = number.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'+' | b'-' | b'e' | b'E'));
    number.parse::<f64>().ok().filter(|value| plain && value.is_finite()).map(|value| value * factor)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn quantities_of_kubernetes_are_read() {
        assert_eq!(parse("500m"), Some(0.5));
        assert_eq!(parse("1.5Gi"), Some(1.5 * 1_073_741_824.0));
        assert_eq!(parse("2e3"), Some(2000.0));
        assert_eq!(parse("4"), Some(4.0));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "lots", "1GB", "1 Gi", "nan", "inf"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
