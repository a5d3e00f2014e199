//! JavaScript glue of a wasm file: wasm-bindgen as a library, so that its version is always that of `Cargo.lock`.

use std::error::Error;
use std::path::Path;

use wasm_bindgen_cli_support::Bindgen;

/// Writes `NAME_bg.wasm`, `NAME_bg.js` and `NAME.d.ts` for a wasm file `NAME.wasm`.
pub fn generate(wasm: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut bindgen = Bindgen::new();
    // The bundler form leaves instantiation to `js/instance.ts`, which serves Node and browsers with one file.
    bindgen.input_path(wasm).bundler(true)?.typescript(true).remove_producers_section(true);
    bindgen.generate(folder)?;
    Ok(())
}
