//! Equations of identities: parsed or refused, never a panic.
use juesuan::grammar::equation;

/// One input.
pub fn run(text: &str) {
    let _ = equation::parse(text);
}
