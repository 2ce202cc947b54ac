//! The program: parse arguments, call `cli`, print the report, exit code.
fn main() {}
