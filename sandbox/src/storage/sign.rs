//! Signed URLs: who holds one may do what it says until it expires.

use std::time::Duration;

use md5::{Digest, Md5};

use super::uri;

/// Headers that a signature can cover.
pub(crate) const CONTENT_MD5: &str = "content-md5";
/// The metadata header that FlyteAdmin has clients send, lower case.
pub(crate) const META_MD5: &str = "x-amz-meta-flytecontentmd5";

/// What a signature is about.
pub(crate) struct Grant<'a> {
    /// `GET` or `PUT`; `GET` also allows `HEAD`.
    pub method: &'a str,
    /// The object's bucket.
    pub bucket: &'a str,
    /// The object's key.
    pub key: &'a str,
    /// Seconds since 1970.
    pub expires: i64,
    /// Signed headers in lower case with their values, in order of their names.
    pub headers: Vec<(&'a str, &'a str)>,
}

impl Grant<'_> {
    /// The URL that grants it.
    pub fn url(&self, public_url: &str, seed: u64) -> String {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| *name).collect();
        let names = if names.is_empty() { String::new() } else { format!("&signed-headers={}", names.join(";")) };
        format!(
            "{public_url}/storage/{}/{}?expires={}{names}&signature={}",
            self.bucket,
            uri::encode(self.key),
            self.expires,
            self.signature(seed)
        )
    }

    /// Whether `signature` is the one of this grant.
    pub fn is_signed_by(&self, signature: &str, seed: u64) -> bool {
        let right = self.signature(seed);
        let differences = right.bytes().zip(signature.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
        differences == 0 && right.len() == signature.len()
    }

    fn signature(&self, seed: u64) -> String {
        let mut text = format!("{}\n{}\n{}\n{}\n", self.method, self.bucket, self.key, self.expires);
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}:{value}\n"));
        }
        let mut secret = b"signed urls of the sandbox ".to_vec();
        secret.extend(seed.to_be_bytes());
        hex(&hmac(&secret, text.as_bytes()))
    }
}

/// Seconds since 1970 at which something ends that starts now; a negative length has ended before.
pub(crate) fn ends_at(now: Duration, length: &prost_types::Duration) -> i64 {
    i64::try_from(now.as_secs()).unwrap_or(i64::MAX).saturating_add(length.seconds)
}

/// Lower case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// HMAC (RFC 2104) with MD5, whose collisions do not weaken it.
fn hmac(key: &[u8], message: &[u8]) -> [u8; 16] {
    let mut block = [0u8; 64];
    let digest: [u8; 16] = Md5::digest(key).into();
    let key = if key.len() > block.len() { &digest[..] } else { key };
    for (slot, byte) in block.iter_mut().zip(key) {
        *slot = *byte;
    }
    let inner = Md5::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(message).finalize();
    Md5::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().into()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn hmac_answers_the_cases_of_rfc_2202() {
        assert_eq!(hex(&hmac(&[0x0b; 16], b"Hi There")), "9294727a3638bb1c13f48ef8158bfc9d");
        assert_eq!(hex(&hmac(b"Jefe", b"what do ya want for nothing?")), "750c783e6ab0b503eaa86e310a5db738");
        let long = hmac(&[0xaa; 80], b"Test Using Larger Than Block-Size Key - Hash Key First");
        assert_eq!(hex(&long), "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd");
    }

    #[test]
    fn a_signature_covers_everything() {
        let grant =
            |method, key, expires, md5| Grant { method, bucket: "b", key, expires, headers: vec![(CONTENT_MD5, md5)] };
        let signature = grant("PUT", "k", 1, "m").signature(7);
        assert!(grant("PUT", "k", 1, "m").is_signed_by(&signature, 7));
        assert!(!grant("PUT", "k", 1, "m").is_signed_by(&signature, 8));
        for other in
            [grant("GET", "k", 1, "m"), grant("PUT", "l", 1, "m"), grant("PUT", "k", 2, "m"), grant("PUT", "k", 1, "n")]
        {
            assert!(!other.is_signed_by(&signature, 7));
        }
        assert!(!grant("PUT", "k", 1, "m").is_signed_by("", 7));
    }
}
