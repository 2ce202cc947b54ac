//! See `bodies/pdf.rs`.
#![no_main]

#[path = "../bodies/pdf.rs"]
mod pdf;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| pdf::run(bytes));
