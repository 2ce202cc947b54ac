//! `juesuan dictionary`: docs/dictionary.md on standard output.

use super::Done;
use std::io::Write;
use std::process::ExitCode;

/// Print the dictionary of the dataset (Markdown)
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  juesuan dictionary > dictionary.md")]
pub struct Args {}

/// Runs the command.
pub fn run(_: &Args) -> Done {
    std::io::stdout()
        .lock()
        .write_all(crate::write::dictionary::markdown().as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
