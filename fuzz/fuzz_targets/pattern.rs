//! Patterns of titles and sentences: a mistake has its place inside the pattern, everything else compiles.
#![no_main]

use juesuan::grammar::pattern;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(nodes) = pattern::parse(text) {
        let _ = pattern::regex_of(&nodes);
    }
});
