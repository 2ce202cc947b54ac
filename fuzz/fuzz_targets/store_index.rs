//! See `bodies/store_index.rs`.
#![no_main]

#[path = "../bodies/store_index.rs"]
mod store_index;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| store_index::run(bytes));
