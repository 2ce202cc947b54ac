//! Completions and man page, made from the definition of the commands.

use super::{Cli, Done, language};
use clap::CommandFactory;
use std::io::Write;
use std::process::ExitCode;
use tr::tr;

/// Print completions for a shell
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  juesuan completions bash > /etc/bash_completion.d/juesuan\n  juesuan completions zsh > _juesuan"
)]
pub struct Completions {
    /// Which shell
    shell: clap_complete::Shell,
}

/// Print the man page (roff)
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  juesuan man extract > juesuan-extract.1")]
pub struct Man {
    /// The page of one command; default: the page of juesuan
    command: Option<String>,
}

/// Prints the completions.
pub fn completions(args: &Completions) -> Done {
    let mut text = Vec::new();
    let mut all = language::translated(Cli::command());
    clap_complete::generate(args.shell, &mut all, "juesuan", &mut text);
    std::io::stdout().lock().write_all(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the man page.
pub fn man(args: &Man) -> Done {
    let mut all = language::translated(Cli::command());
    all.build();
    let command = match &args.command {
        None => all,
        Some(name) => match all.find_subcommand(name) {
            Some(c) => c.clone(),
            None => return Err(tr!("no command is named `{name}`; see `juesuan --help`", name).into()),
        },
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(command).render(&mut text)?;
    std::io::stdout().lock().write_all(&text)?;
    Ok(ExitCode::SUCCESS)
}
