//! Equations of identities: parsed or refused, never a panic.
#![no_main]

use juesuan::grammar::equation;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = equation::parse(text);
});
