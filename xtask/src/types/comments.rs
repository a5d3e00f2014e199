//! The comments of the .proto files, by full name.

use std::collections::BTreeMap;

use protox::prost_reflect::{DescriptorPool, EnumDescriptor, MessageDescriptor};

/// Leading comments by full name of what they are about.
pub struct Comments(BTreeMap<String, String>);

impl Comments {
    /// Collects all comments of a pool.
    pub fn read(pool: &DescriptorPool) -> Self {
        let mut found = Comments(BTreeMap::new());
        for message in pool.all_messages() {
            found.message(&message);
        }
        for kind in pool.all_enums() {
            found.enumeration(&kind);
        }
        for service in pool.services() {
            let file = service.parent_file();
            found.add(&file, service.path(), service.full_name());
            for method in service.methods() {
                found.add(&file, method.path(), method.full_name());
            }
        }
        found
    }

    fn message(&mut self, message: &MessageDescriptor) {
        let file = message.parent_file();
        self.add(&file, message.path(), message.full_name());
        for field in message.fields() {
            self.add(&file, field.path(), field.full_name());
        }
    }

    fn enumeration(&mut self, kind: &EnumDescriptor) {
        let file = kind.parent_file();
        self.add(&file, kind.path(), kind.full_name());
        for value in kind.values() {
            self.add(&file, value.path(), value.full_name());
        }
    }

    fn add(&mut self, file: &protox::prost_reflect::FileDescriptor, path: &[i32], name: &str) {
        let Some(info) = &file.file_descriptor_proto().source_code_info else { return };
        let comment = info
            .location
            .iter()
            .find(|location| location.path == path)
            .and_then(|location| location.leading_comments.as_ref().or(location.trailing_comments.as_ref()));
        if let Some(comment) = comment {
            self.0.insert(name.to_owned(), comment.trim().to_owned());
        }
    }

    /// A doc comment of `name`, empty when there is none.
    pub fn doc(&self, name: &str, indent: &str) -> String {
        let Some(comment) = self.0.get(name) else { return String::new() };
        let comment = comment.replace("*/", "* /");
        let lines: Vec<&str> = comment.lines().map(str::trim).collect();
        match *lines.as_slice() {
            [line] => format!("{indent}/** {line} */\n"),
            _ => {
                let body: String =
                    lines.iter().map(|line| format!("{}\n", format!("{indent} * {line}").trim_end())).collect();
                format!("{indent}/**\n{body}{indent} */\n")
            }
        }
    }
}
