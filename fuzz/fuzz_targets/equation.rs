//! See `bodies/equation.rs`.
#![no_main]

#[path = "../bodies/equation.rs"]
mod equation;

libfuzzer_sys::fuzz_target!(|text: &str| equation::run(text));
