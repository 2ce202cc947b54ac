//! See `bodies/pattern.rs`.
#![no_main]

#[path = "../bodies/pattern.rs"]
mod pattern;

libfuzzer_sys::fuzz_target!(|text: &str| pattern::run(text));
