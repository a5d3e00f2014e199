//! Names of executions: FlyteAdmin takes `^[a-z][a-z\-0-9]*$`, at most 63 characters.

use crate::data::hex;
use crate::error::Error;
use crate::host::Host;

const MOST: usize = 63;
/// The random part of a prefixed name, as long as flytekit's.
const SUFFIX: usize = 19;
/// What Admin makes names of: no vowels, no digits that look like letters.
const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";

/// The name for a new execution, and whether it was made up here.
pub(super) fn execution_name(
    name: Option<&str>,
    prefix: Option<&str>,
    host: &dyn Host,
) -> Result<(String, bool), Error> {
    match (name, prefix) {
        (Some(_), Some(_)) => Err(Error::option("namePrefix", "give either name or namePrefix, not both")),
        (Some(name), None) => {
            check("name", name, MOST)?;
            Ok((name.to_owned(), false))
        }
        (None, Some(prefix)) => {
            check("namePrefix", prefix, MOST - SUFFIX - 1)?;
            let mut random = [0; SUFFIX.div_ceil(2)];
            host.fill_random(&mut random);
            let mut suffix = hex(&random);
            suffix.truncate(SUFFIX);
            Ok(([prefix, "-", &suffix].concat(), true))
        }
        (None, None) => Ok((made_up(host), true)),
    }
}

/// `a` and 19 random characters, as Admin itself would name it: 90 bits, so no two are ever the same.
fn made_up(host: &dyn Host) -> String {
    let mut name = String::with_capacity(20);
    name.push('a');
    // Whole alphabets only, so that each character is equally likely; bounded in case the host's randomness is stuck.
    for _ in 0..64 {
        let mut random = [0; 32];
        host.fill_random(&mut random);
        for byte in random.iter().filter(|byte| **byte < 243) {
            if let Some(letter) = ALPHABET.get(usize::from(byte % 27)) {
                name.push(char::from(*letter));
            }
            if name.len() == 20 {
                return name;
            }
        }
    }
    name
}

fn check(option: &str, text: &str, most: usize) -> Result<(), Error> {
    let wrong = |what: &str| {
        let rule = "; it starts with a letter a-z and goes on with a-z, 0-9 and -, at most ";
        Err(Error::option(option, ["\"", text, "\" ", what, rule, &most.to_string(), " characters"].concat()))
    };
    if text.is_empty() {
        return wrong("is empty");
    }
    if text.len() > most {
        return wrong("is too long");
    }
    let mut bytes = text.bytes();
    if !bytes.next().is_some_and(|first| first.is_ascii_lowercase()) {
        return wrong("can't be a name");
    }
    if !bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
        return wrong("can't be a name");
    }
    Ok(())
}
