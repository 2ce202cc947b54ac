//! The program: everything is in the library, so that others can build on it.

#![forbid(unsafe_code)]

use std::process::ExitCode;

// A document is many small strings: a sixth of the CPU of the whole pipeline against the allocator of glibc (benches/pipeline.rs).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    juesuan::cli::main()
}
