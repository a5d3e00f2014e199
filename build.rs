//! Compiles `proto/` without protoc: the prost types that core logic handles, the schema table of the codec, the
//! table of methods, and `descriptors.bin` for tests and type generation.

#[path = "idl_build/methods.rs"]
mod methods;
#[path = "idl_build/schema.rs"]
mod schema;

use std::error::Error;
use std::path::PathBuf;
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
    println!("cargo:rerun-if-changed=idl_build");
    let mut compiler = protox::Compiler::new(["proto"])?;
    compiler.include_source_info(true).include_imports(true).open_files(ROOTS)?;
    prost_types(&compiler.file_descriptor_set())?;

    let pool: DescriptorPool = compiler.descriptor_pool();
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let schema = schema::Schema::of(&pool);
    fs::write(out.join("schema.rs"), schema.source()?)?;
    fs::write(out.join("methods.rs"), methods::source(&pool, &schema)?)?;

    let descriptors = pool.encode_to_vec();
    fs::write(out.join("descriptors.bin"), &descriptors)?;
    // Also where a test can find it: `target/<profile>/descriptors.bin` (OUT_DIR is `target/<profile>/build/<hash>/out`).
    if let Some(profile) = out.ancestors().nth(3) {
        fs::write(profile.join("descriptors.bin"), &descriptors)?;
    }
    Ok(())
}

/// prost structs for every flyteidl message; what nobody uses is dropped by the linker.
fn prost_types(files: &prost_types::FileDescriptorSet) -> Result<(), Box<dyn Error>> {
    let wanted = files.file.iter().filter(|file| file.package() != "google.api");
    let files = prost_types::FileDescriptorSet { file: wanted.cloned().collect() };
    let mut config = prost_build::Config::new();
    config.include_file("idl.rs").btree_map(["."]);
    config.compile_fds(files)?;
    Ok(())
}
