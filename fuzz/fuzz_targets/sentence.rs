//! See `bodies/sentence.rs`.
#![no_main]

#[path = "../bodies/sentence.rs"]
mod sentence;

libfuzzer_sys::fuzz_target!(|text: &str| sentence::run(text));
