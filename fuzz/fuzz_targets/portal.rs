//! See `bodies/portal.rs`.
#![no_main]

#[path = "../bodies/portal.rs"]
mod portal;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| portal::run(bytes));
