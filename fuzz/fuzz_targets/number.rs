//! See `bodies/number.rs`.
#![no_main]

#[path = "../bodies/number.rs"]
mod number;

libfuzzer_sys::fuzz_target!(|text: &str| number::run(text));
