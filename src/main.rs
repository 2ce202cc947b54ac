//! The program: everything is in the library, so that others can build on it.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    juesuan::cli::main()
}
