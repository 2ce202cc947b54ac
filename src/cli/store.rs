//! `juesuan store`: is what was fetched whole, what is in it, and how does it leave.

use super::{Done, Failure, SOME_FAILED};
use crate::acquire::store::{Store, verify, warc};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use tr::tr;

/// Look at a store that `juesuan fetch` filled
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Hash every object again and hold it against the index
    #[command(after_help = "Examples:\n  juesuan store verify store")]
    Verify {
        /// The store
        dir: PathBuf,
    },
    /// List documents and entries, one a line, without times: two stores that hold the same print the same
    #[command(after_help = "Examples:\n  juesuan store list store")]
    List {
        /// The store
        dir: PathBuf,
    },
    /// Write every request and answer as WARC 1.1, which web archives read
    #[command(after_help = "Examples:\n  juesuan store warc store -o store.warc.gz")]
    Warc {
        /// The store
        dir: PathBuf,
        /// File to write; compressed when its name ends in .gz
        #[arg(short, long, value_name = "FILE")]
        out: PathBuf,
    },
}

fn message(e: impl std::fmt::Display) -> Failure {
    Failure::Message(e.to_string())
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    match &args.command {
        Command::Verify { dir } => {
            let report = verify::verify(&Store::read(dir).map_err(message)?).map_err(message)?;
            let mut out = std::io::stdout().lock();
            for p in &report.problems {
                writeln!(out, "{p}")?;
            }
            writeln!(
                out,
                "{}",
                tr!(
                    "{} objects, {} bytes: {}",
                    report.objects,
                    report.bytes,
                    match report.problems.len() {
                        0 => tr!("every hash holds"),
                        n => tr!("{} problems", n),
                    }
                )
            )?;
            if report.unnamed > 0 {
                writeln!(
                    out,
                    "{}",
                    tr!(
                        "{} objects without a row: a run was killed; nothing is lost",
                        report.unnamed
                    )
                )?;
            }
            if report.partial > 0 {
                writeln!(
                    out,
                    "{}",
                    tr!("{} interrupted downloads: the next run continues them", report.partial)
                )?;
            }
            Ok(if report.problems.is_empty() {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(SOME_FAILED)
            })
        }
        Command::List { dir } => {
            let text = Store::read(dir).map_err(message)?.manifest().map_err(message)?;
            writeln!(std::io::stdout().lock(), "{text}")?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Warc { dir, out } => {
            let store = Store::read(dir).map_err(message)?;
            let mut file = BufWriter::new(File::create_new(out).map_err(|e| {
                Failure::Message(tr!("{}: {e}; give a file that does not exist yet", out.display(), e))
            })?);
            let gzip = out.extension().is_some_and(|e| e == "gz");
            let w = warc::export(&store, &mut file, gzip).map_err(message)?;
            super::say!(
                "{} records: {} responses, {} revisits; {}",
                w.records,
                w.responses,
                w.revisits,
                out.display()
            );
            Ok(ExitCode::SUCCESS)
        }
    }
}
