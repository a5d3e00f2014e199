//! Build steps in Rust, called by `scripts/build.mjs`:
//! `xtask bindings WASM FOLDER` and `xtask types PROTO-FOLDER FOLDER`.

mod bindings;
mod types;

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *words.as_slice() {
        ["bindings", wasm, folder] => bindings::generate(Path::new(wasm), Path::new(folder)),
        ["types", protos, folder] => types::generate(Path::new(protos), Path::new(folder)),
        _ => Err("usage: xtask bindings WASM FOLDER | xtask types PROTO-FOLDER FOLDER".into()),
    }
}
