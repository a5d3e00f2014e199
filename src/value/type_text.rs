//! Types as readable text: `list[int | str]`.

use super::{LiteralType, TypeKind};

impl LiteralType {
    /// The type as text: `int`, `list[int | str]`, `dict[str, float]`, `file[csv]`, `enum[red, green]`, the title of a
    /// dataclass.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        push(self, &mut text);
        text
    }
}

fn push(of: &LiteralType, text: &mut String) {
    let word = match &of.kind {
        TypeKind::Unknown => "unknown",
        TypeKind::None => "none",
        TypeKind::Integer => "int",
        TypeKind::Float => "float",
        TypeKind::String => "str",
        TypeKind::Boolean => "bool",
        TypeKind::Datetime => "datetime",
        TypeKind::Duration => "duration",
        TypeKind::Binary => "binary",
        TypeKind::Error => "error",
        TypeKind::Struct(schema) => schema.as_ref().map_or("struct", |schema| schema.title()),
        TypeKind::List(_) => "list",
        TypeKind::Map(_) => "dict",
        TypeKind::Blob { multipart: true, .. } => "directory",
        TypeKind::Blob { multipart: false, .. } => "file",
        TypeKind::Enum(_) => "enum",
        TypeKind::Schema(_) => "schema",
        TypeKind::StructuredDataset { .. } => "structured_dataset",
        TypeKind::Union(variants) => {
            for (index, variant) in variants.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { " | " });
                push(variant, text);
            }
            return;
        }
    };
    text.push_str(word);
    let start = text.len();
    text.push('[');
    match &of.kind {
        TypeKind::List(element) => push(element, text),
        TypeKind::Map(element) => {
            text.push_str("str, ");
            push(element, text);
        }
        TypeKind::Blob { format, .. } => text.push_str(format),
        TypeKind::Enum(values) => text.push_str(&values.join(", ")),
        TypeKind::Schema(columns) => push_columns(columns, text),
        TypeKind::StructuredDataset { format, columns } => {
            text.push_str(format);
            text.push_str(if format.is_empty() || columns.is_empty() { "" } else { ", " });
            push_columns(columns, text);
        }
        _ => {}
    }
    if text.len() == start + 1 {
        text.truncate(start);
    } else {
        text.push(']');
    }
}

fn push_columns(columns: &[(String, LiteralType)], text: &mut String) {
    for (index, (name, of)) in columns.iter().enumerate() {
        text.push_str(if index == 0 { "" } else { ", " });
        text.push_str(name);
        text.push_str(": ");
        push(of, text);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn types_read_like_python_with_flytes_kinds() {
        let simple = LiteralType::simple;
        let either = LiteralType::union(vec![simple(TypeKind::Integer), simple(TypeKind::String)]);
        assert_eq!(LiteralType::list(either.clone()).text(), "list[int | str]");
        assert_eq!(LiteralType::map(LiteralType::list(simple(TypeKind::Float))).text(), "dict[str, list[float]]");
        assert_eq!(simple(TypeKind::Struct(None)).text(), "struct");
        assert_eq!(LiteralType::default().text(), "unknown");
        assert_eq!(either.as_bytes(), LiteralType::decode(either.as_bytes()).unwrap().as_bytes());
        // blob { format: csv }, blob { dimensionality: MULTIPART }, enum_type { values: [a, b] }
        for (bytes, text) in [
            (&[0x2a, 5, 0x0a, 3, b'c', b's', b'v'][..], "file[csv]"),
            (&[0x2a, 2, 0x10, 1], "directory"),
            (&[0x3a, 6, 0x0a, 1, b'a', 0x0a, 1, b'b'], "enum[a, b]"),
            (&[0x42, 13, 0x0a, 7, 0x0a, 1, b'x', 0x12, 2, 8, 1, 0x12, 2, b'p', b'q'], "structured_dataset[pq, x: int]"),
            (&[0x12, 7, 0x1a, 5, 0x0a, 1, b'x', 0x10, 2], "schema[x: str]"),
        ] {
            assert_eq!(LiteralType::decode(bytes).unwrap().text(), text);
        }
    }
}
