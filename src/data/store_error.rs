//! What a store says when it refuses: S3, MinIO, GCS and Azure all answer `<Error><Code>…</Code><Message>…</Message>`.

use crate::text::{contains, find, replace};

/// A store's reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoreError {
    /// `AccessDenied`, `BadDigest`, empty when the body had none.
    pub code: String,
    /// The store's sentence, or the start of a body that is no such document.
    pub message: String,
}

impl StoreError {
    /// Reads the body of a refusal, whatever it is.
    #[must_use]
    pub fn parse(body: &[u8]) -> Self {
        const MOST: usize = 300;
        let text = String::from_utf8_lossy(body);
        let text = text.trim_start_matches('\u{feff}').trim();
        match (element(text, "Code"), element(text, "Message")) {
            (None, None) if text.starts_with('<') => StoreError::default(),
            (None, None) => StoreError { code: String::new(), message: text.chars().take(MOST).collect() },
            (code, message) => StoreError { code: code.unwrap_or_default(), message: message.unwrap_or_default() },
        }
    }

    /// The signed URL was too old, a fresh one may do.
    #[must_use]
    pub fn is_expired(&self) -> bool {
        self.code == "ExpiredToken"
            || self.code == "RequestExpired"
            || (matches!(self.code.as_str(), "AccessDenied" | "AuthenticationFailed")
                && contains(&self.message.to_ascii_lowercase(), "expired"))
    }

    /// Both, as far as they are known: `AccessDenied: Request has expired`.
    #[must_use]
    pub fn in_words(&self) -> String {
        match (self.code.is_empty(), self.message.is_empty()) {
            (true, _) => self.message.clone(),
            (false, true) => self.code.clone(),
            (false, false) => [self.code.as_str(), ": ", &self.message].concat(),
        }
    }
}

/// The text of the first element of that name.
fn element(xml: &str, name: &str) -> Option<String> {
    let (open, close) = (["<", name, ">"].concat(), ["</", name, ">"].concat());
    let start = find(xml, &open)? + open.len();
    let rest = xml.get(start..)?;
    let text = rest.get(..find(rest, &close)?)?.trim();
    // The five entities of XML; `&amp;` last, it can make others.
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    Some(entities.iter().fold(text.to_owned(), |text, (entity, plain)| replace(&text, entity, plain)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> StoreError {
        StoreError::parse(body.as_bytes())
    }

    #[test]
    fn s3_code_and_message_are_read() {
        let error = parse(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>BadDigest</Code><Message>The Content-MD5 you \
             specified did not match what we received &amp; more.</Message><Resource>/b/k</Resource></Error>",
        );
        assert_eq!(error.code, "BadDigest");
        assert_eq!(error.message, "The Content-MD5 you specified did not match what we received & more.");
        assert!(!error.is_expired());
    }

    #[test]
    fn an_expired_link_is_known_by_store() {
        let body =
            |code: &str, message: &str| format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
        assert!(parse(&body("AccessDenied", "Request has expired")).is_expired());
        assert!(parse(&body("ExpiredToken", "The provided token has expired.")).is_expired());
        assert!(parse(&body("AuthenticationFailed", "Signature not valid: expired at 2024")).is_expired());
        assert!(!parse(&body("AccessDenied", "Access Denied")).is_expired());
        assert!(!parse(&body("NoSuchBucket", "expired")).is_expired());
    }

    #[test]
    fn other_bodies_give_their_start_and_pages_nothing() {
        assert_eq!(parse("plain reason").in_words(), "plain reason");
        assert_eq!(parse("<html><body>Bad gateway</body></html>").in_words(), "");
        assert_eq!(parse("").in_words(), "");
        assert_eq!(parse(&"x".repeat(1000)).message.len(), 300);
    }
}
