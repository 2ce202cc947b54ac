//! See `bodies/grammar_file.rs`.
#![no_main]

#[path = "../bodies/grammar_file.rs"]
mod grammar_file;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| grammar_file::run(bytes));
