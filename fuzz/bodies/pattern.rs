//! Patterns of titles and sentences: a mistake has its place inside the pattern, everything else compiles.
use juesuan::grammar::pattern;

/// One input.
pub fn run(text: &str) {
    if let Ok(nodes) = pattern::parse(text) {
        let _ = pattern::regex_of(&nodes);
    }
}
