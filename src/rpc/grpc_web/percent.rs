//! `grpc-message`: UTF-8 with everything but printable ASCII percent-encoded.

/// The text. Bad escapes stay as they are, bytes that are not UTF-8 become U+FFFD: a broken text is better than none.
#[must_use]
pub fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escape = match after {
            [high, low, ..] if first == b'%' => hex(*high).zip(hex(*low)),
            _ => None,
        };
        if let Some((high, low)) = escape {
            bytes.push(high << 4 | low);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn utf8_is_decoded() {
        assert_eq!(decode("j%C3%A1 %e2%82%ac 100%25"), "já € 100%");
    }

    #[test]
    fn plain_text_and_plus_stay() {
        assert_eq!(decode("a+b c"), "a+b c");
        assert_eq!(decode(""), "");
    }

    #[test]
    fn bad_escapes_stay_as_they_are() {
        assert_eq!(decode("50% of %zz, %4, %%41 and %"), "50% of %zz, %4, %A and %");
        assert_eq!(decode("%+1%é"), "%+1%é");
    }

    #[test]
    fn bytes_that_are_not_utf8_are_replaced() {
        assert_eq!(decode("a%FFb"), "a\u{fffd}b");
    }

    #[test]
    fn unescaped_utf8_passes() {
        assert_eq!(decode("já"), "já");
    }

    proptest! {
        #[test]
        fn any_text_survives_encoding(text: String) {
            let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
            prop_assert_eq!(decode(&encoded), text);
        }
    }
}
