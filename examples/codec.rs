//! The codec on lines, for tests in other languages: `D <type> <base64>` prints the JSON of a message, `E <type> <json>`
//! the base64 of its bytes; `! <error>` when that fails. `S` prints the descriptors in base64.

use std::io::{self, BufRead, BufWriter, Write};

use base64::prelude::{Engine, BASE64_STANDARD};
use flyte_remote::codec::{json_to_wire, wire_to_json, StdFloats};
use flyte_remote::idl::schema::MessageId;

const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

fn answer(line: &str) -> Result<String, String> {
    let mut parts = line.splitn(3, ' ');
    let (command, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let rest = parts.next().unwrap_or_default();
    if command == "S" {
        return Ok(BASE64_STANDARD.encode(DESCRIPTORS));
    }
    let id = MessageId::by_name(name).ok_or_else(|| format!("no type {name}"))?;
    match command {
        "D" => {
            let wire = BASE64_STANDARD.decode(rest).map_err(|error| error.to_string())?;
            let mut json = Vec::new();
            wire_to_json(id, &wire, &StdFloats, &mut json).map_err(|error| error.to_string())?;
            String::from_utf8(json).map_err(|error| error.to_string())
        }
        "E" => match json_to_wire(id, rest.as_bytes(), &StdFloats) {
            Ok(encoded) => Ok(BASE64_STANDARD.encode(encoded.wire)),
            Err(error) => Err(error.to_string()),
        },
        _ => Err(format!("no command {command}")),
    }
}

fn main() -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        match answer(&line?) {
            Ok(text) => writeln!(out, "{text}")?,
            Err(text) => writeln!(out, "! {}", text.replace('\n', " "))?,
        }
        out.flush()?;
    }
    Ok(())
}
