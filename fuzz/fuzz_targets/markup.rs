//! See `bodies/markup.rs`.
#![no_main]

#[path = "../bodies/markup.rs"]
mod markup;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| markup::run(bytes));
