//! `error.pb`: how a task says why it failed. The file is read by hand, it is no part of the services' interface.

use crate::idl::core::ExecutionError;

use super::result::Failure;

/// Reads an `ErrorDocument`: its field 1 is a `ContainerError` {1 code, 2 message, 3 kind, 4 origin, 5 timestamp, 6 worker}.
pub(super) fn read(bytes: &[u8]) -> Failure {
    let mut error = ExecutionError::default();
    let (mut found, mut recoverable) = (false, false);
    let mut document = Fields(bytes);
    while let Some(field) = document.next() {
        let (1, Value::Bytes(inner)) = field else { continue };
        found = true;
        let mut fields = Fields(inner);
        while let Some(field) = fields.next() {
            match field {
                (1, Value::Bytes(text)) => error.code = String::from_utf8_lossy(text).into_owned(),
                (2, Value::Bytes(text)) => error.message = String::from_utf8_lossy(text).into_owned(),
                (3, Value::Number(kind)) => recoverable = kind == 1,
                (4, Value::Number(origin)) => error.kind = i32::try_from(origin).unwrap_or(0),
                (5, Value::Bytes(time)) => error.timestamp = prost::Message::decode(time).ok(),
                (6, Value::Bytes(text)) => error.worker = String::from_utf8_lossy(text).into_owned(),
                _ => {}
            }
        }
    }
    if !found {
        return Failure::system("ErrorFileBadFormat", "error.pb holds no error", true);
    }
    Failure { error: Box::new(error), recoverable }
}

enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// The fields of a message; ends at the first byte that is none.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn next(&mut self) -> Option<(u64, Value<'a>)> {
        let tag = self.varint()?;
        let value = match tag & 7 {
            0 => Value::Number(self.varint()?),
            1 => Value::Bytes(self.take(8)?),
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                Value::Bytes(self.take(length)?)
            }
            5 => Value::Bytes(self.take(4)?),
            _ => return None,
        };
        Some((tag >> 3, value))
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_message_kind_and_origin_are_read() {
        let inner = [&b"\x0a\x06USER:X\x12\x05it is\x18\x01\x20\x01"[..]].concat();
        let document = [&[0x0a, u8::try_from(inner.len()).unwrap_or(0)][..], &inner].concat();
        let failure = read(&document);
        assert_eq!((failure.error.code.as_str(), failure.error.message.as_str()), ("USER:X", "it is"));
        assert_eq!((failure.error.kind, failure.recoverable), (1, true));
    }

    #[test]
    fn an_unreadable_file_is_an_error_of_the_system() {
        assert_eq!(read(b"\xff\xff").error.code, "ErrorFileBadFormat");
        assert_eq!(read(b"").error.code, "ErrorFileBadFormat");
    }
}
