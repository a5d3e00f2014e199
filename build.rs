//! Compiles `proto/` without protoc: the prost types that core logic handles.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use protox::prost_reflect::DescriptorPool;

/// The five services FlyteAdmin serves, and the details its errors carry. Everything else is in their import closure.
const ROOTS: [&str; 6] = [
    "flyteidl/service/admin.proto",
    "flyteidl/service/dataproxy.proto",
    "flyteidl/service/signal.proto",
    "flyteidl/service/auth.proto",
    "flyteidl/service/identity.proto",
    "google/rpc/status.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    println!("cargo:rerun-if-changed=build.rs");
    let mut compiler = protox::Compiler::new(["proto"])?;
    compiler.include_source_info(true).include_imports(true).open_files(ROOTS)?;
    prost_types(&compiler.file_descriptor_set())?;
    let pool: DescriptorPool = compiler.descriptor_pool();
    fs::write(Path::new(&env::var("OUT_DIR")?).join("descriptors.bin"), pool.encode_to_vec())?;
    Ok(())
}

/// prost structs for every flyteidl message; what nobody uses is dropped by the linker.
fn prost_types(files: &prost_types::FileDescriptorSet) -> Result<(), Box<dyn Error>> {
    let wanted = files.file.iter().filter(|file| file.package() != "google.api");
    let files = prost_types::FileDescriptorSet { file: wanted.cloned().collect() };
    let mut config = prost_build::Config::new();
    config.include_file("idl.rs").btree_map(["."]);
    // Debug texts of all messages would cost tens of kilobytes in the wasm file.
    if env::var("CARGO_CFG_TARGET_ARCH")? == "wasm32" {
        config.skip_debug(["."]);
    }
    config.compile_fds(files)?;
    Ok(())
}
