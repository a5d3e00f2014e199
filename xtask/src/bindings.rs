//! JavaScript glue of a wasm file: wasm-bindgen as a library, so that its version is always that of `Cargo.lock`.

use std::error::Error;
use std::path::Path;

use wasm_bindgen_cli_support::Bindgen;

/// Features that the standard library was compiled with, and that the bindings do without: V8 compiles a wrapper for each
/// signature of an export with references or with several results, which took 2 of 6 ms of loading the client.
const UNUSED: [&str; 2] = ["multivalue", "reference-types"];

/// Writes `NAME_bg.wasm`, `NAME_bg.js` and `NAME.d.ts` for a wasm file `NAME.wasm`.
pub fn generate(wasm: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
    let name = wasm.file_stem().and_then(|name| name.to_str()).ok_or("the wasm file has no name")?;
    let mut bytes = std::fs::read(wasm)?;
    for feature in UNUSED {
        disallow(&mut bytes, feature)?;
    }
    let mut bindgen = Bindgen::new();
    // The bundler form leaves instantiation to `js/instance.ts`, which serves Node and browsers with one file.
    bindgen.input_bytes(name, bytes).bundler(true)?.typescript(true).remove_producers_section(true);
    bindgen.generate(folder)?;
    Ok(())
}

/// Marks a feature as not used in the section that tells wasm-bindgen what it may use: `+` and the name's length before the name.
fn disallow(wasm: &mut [u8], feature: &str) -> Result<(), Box<dyn Error>> {
    let entry = [&[b'+', u8::try_from(feature.len())?], feature.as_bytes()].concat();
    // The section is among the last.
    if let Some(sign) = wasm.windows(entry.len()).rposition(|bytes| bytes == entry).and_then(|at| wasm.get_mut(at)) {
        *sign = b'-';
    }
    Ok(())
}
