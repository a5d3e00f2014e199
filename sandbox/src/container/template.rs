//! Flyte's templates in a container's command, arguments and environment: `{{.input}}`, `{{ $outputPrefix }}`,
//! `{{.Inputs.x}}` …

use crate::idl::core::LiteralMap;

use super::text::template_text;

/// What the templates stand for.
pub(super) struct Values<'a> {
    /// Names in lower case, with their values.
    pub names: Vec<(&'static str, String)>,
    /// For `{{.inputs.x}}`.
    pub inputs: &'a LiteralMap,
}

impl Values<'_> {
    /// `text` with its templates filled in; what is no template of Flyte stays as it is.
    pub fn render(&self, text: &str) -> Result<String, String> {
        let (mut out, mut rest) = (String::with_capacity(text.len()), text);
        while let Some(start) = rest.find("{{") {
            let (before, from) = rest.split_at(start);
            out.push_str(before);
            let Some(end) = from.find("}}") else {
                rest = from;
                break;
            };
            let (inside, after) = (from.get(2..end).unwrap_or_default(), from.get(end + 2..).unwrap_or_default());
            match self.value(inside)? {
                Some(value) => {
                    out.push_str(&value);
                    rest = after;
                }
                // Only the first brace is passed over: `{{{.input}}` holds a template.
                None => {
                    out.push('{');
                    rest = from.get(1..).unwrap_or_default();
                }
            }
        }
        out.push_str(rest);
        Ok(out)
    }

    fn value(&self, inside: &str) -> Result<Option<String>, String> {
        let inside = inside.trim();
        let Some(name) = inside.strip_prefix('.').or_else(|| inside.strip_prefix('$')) else { return Ok(None) };
        let input = name.get(..7).filter(|prefix| prefix.eq_ignore_ascii_case("inputs.")).and_then(|_| name.get(7..));
        if let Some(variable) = input.filter(|variable| !variable.is_empty() && !variable.contains(char::is_whitespace))
        {
            let literal = self.inputs.literals.get(variable);
            let literal = literal.ok_or_else(|| {
                format!("input template [{{{{{inside}}}}}]: requested input is not found [{variable}]")
            })?;
            return template_text(literal).map(Some).map_err(|error| {
                format!("input template [{{{{{inside}}}}}]: failed to bind a value to inputName [{variable}]: {error}")
            });
        }
        Ok(self.names.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map(|(_, value)| value.clone()))
    }
}

/// A key for one attempt that databases and file systems take: letters, digits and `_`, not beginning with a digit.
pub(super) fn unique_key(generated_name: &str) -> String {
    let start = generated_name.find(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
    let (prefix, rest) = match start {
        Some(0) => ("", generated_name),
        Some(start) => ("a", generated_name.get(start..).unwrap_or_default()),
        None => ("a", ""),
    };
    let mut key = prefix.to_owned();
    let mut gap = false;
    for letter in rest.chars() {
        if letter.is_ascii_alphanumeric() || letter == '_' {
            key.push(letter);
            gap = false;
        } else if !gap {
            key.push('_');
            gap = true;
        }
    }
    key
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::idl::core::{primitive, scalar, Primitive};

    fn render(text: &str) -> Result<String, String> {
        let value = primitive::Value::Integer(7);
        let seven = super::super::text::scalar(scalar::Value::Primitive(Primitive { value: Some(value) }));
        let inputs = LiteralMap { literals: [("x".to_owned(), seven)].into() };
        let names = vec![("input", "/run/inputs.pb".to_owned()), ("outputprefix", "/run/out".to_owned())];
        Values { names, inputs: &inputs }.render(text)
    }

    #[test]
    fn templates_are_filled_in_whatever_their_case_and_spacing() {
        assert_eq!(
            render("--in={{.input}} {{ .OutputPrefix }}{{$INPUT}}").unwrap(),
            "--in=/run/inputs.pb /run/out/run/inputs.pb"
        );
    }

    #[test]
    fn inputs_are_written_out() {
        assert_eq!(render("{{.inputs.x}} and {{ .Inputs.x }}").unwrap(), "7 and 7");
    }

    #[test]
    fn an_unknown_input_is_an_error_that_names_it() {
        assert!(render("{{.inputs.y}}").unwrap_err().contains("[y]"));
    }

    #[test]
    fn what_is_no_template_stays() {
        for text in ["{{ jinja }}", "{{.unknown}}", "{{.input", "}} {{", "{ {.input} }"] {
            assert_eq!(render(text).unwrap(), text);
        }
        assert_eq!(render("{{{.input}}}").unwrap(), "{/run/inputs.pb}");
    }

    #[test]
    fn unique_keys_are_names() {
        assert_eq!(unique_key("f1-n0-0"), "f1_n0_0");
        assert_eq!(unique_key("1st--try"), "ast_try");
    }
}
