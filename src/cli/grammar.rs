//! `juesuan grammar`: every mistake of a grammar, with file, line and column; what patterns are missing.

use super::{Done, Failure, USAGE};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use tr::tr;

/// Look at the rules
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Report every mistake of the grammar files with file, line and column
    #[command(after_help = "Examples:\n  juesuan grammar check\n  juesuan grammar check my-grammars")]
    Check {
        /// A folder with your own grammar files, layered over the built-in ones; default: the built-in ones alone
        dir: Option<PathBuf>,
    },
    /// Group the sentences of a dataset whose figures no pattern claimed, by shape
    Suggest(super::suggest::Args),
    /// Say how a sentence is read and why a figure stays unclaimed, or what a column header would be
    Explain(super::explain::Args),
    /// List the forms with their titles that are examples
    #[command(after_help = "Examples:\n  juesuan grammar list")]
    List,
    /// List every identifier of the published columns with its names, unit and formula
    #[command(after_help = "Examples:\n  juesuan grammar ids\n  juesuan grammar ids --markdown > codebook.md")]
    Ids {
        /// Your own grammar files, layered over the built-in ones
        #[arg(long, value_name = "DIR")]
        grammars: Option<PathBuf>,
        /// Print docs/codebook.md
        #[arg(long)]
        markdown: bool,
        /// Print src/ids.rs
        #[arg(long, hide = true, conflicts_with_all = ["markdown", "grammars"])]
        rust: bool,
    },
    /// Print every known law (勾稽关系) with the rules that evaluate it (Markdown)
    #[command(after_help = "Examples:\n  juesuan grammar identities > identities.md")]
    Identities,
}

/// What a header path is to each form.
fn explain(out: &mut impl Write, header: &str, only: Option<&str>, g: &crate::grammar::Grammar) -> Done {
    use crate::recognise::header;
    let path: Vec<&str> = header.split('/').map(str::trim).filter(|t| !t.is_empty()).collect();
    if path.is_empty() {
        return Err(tr!("write the header cells from the top, parted by `/`").into());
    }
    let mut known = true;
    for text in &path {
        match header::parts_of(text, g) {
            Some(parts) => writeln!(out, "{text}: {}", parts.join(" "))?,
            None => {
                known = false;
                writeln!(
                    out,
                    "{}",
                    tr!(
                        "{text}: not known to its last character; add its words to a part in lexicon/headers.toml",
                        text
                    )
                )?;
            }
        }
    }
    if !known {
        return Ok(ExitCode::SUCCESS);
    }
    let forms: Vec<_> = g.forms.iter().filter(|f| only.is_none_or(|o| f.id == o)).collect();
    if forms.is_empty() {
        return Err(tr!("no form has the id `{}`; see `grammar list`", only.unwrap_or_default()).into());
    }
    for f in forms {
        let what = header::explain(&path, f, g).unwrap_or_else(|| tr!("not understood: left out and said"));
        writeln!(out, "{:<26} {what}", f.id)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let mut out = std::io::stdout().lock();
    match &args.command {
        Command::Check { dir } => {
            if let Some(d) = dir
                && !d.is_dir()
            {
                return Err(Failure::Message(tr!(
                    "no such folder: {}; give the folder that holds forms/, lexicon/ …",
                    d.display()
                )));
            }
            match crate::grammar::load_and_check(dir.as_deref()) {
                Ok(g) => {
                    let mistakes = crate::recognise::examples::mistakes(&g);
                    if !mistakes.is_empty() {
                        for (file, m) in &mistakes {
                            writeln!(out, "{file}: {m}")?;
                        }
                        super::say!("juesuan: {}", super::mistakes_said(mistakes.len()));
                        return Ok(ExitCode::from(USAGE));
                    }
                    writeln!(
                        out,
                        "{}",
                        tr!(
                            "{} forms, {} regional overlays, {} sections, {} words of the narrative, {} units in the registry: no mistakes",
                            g.forms.len(),
                            g.regional.len(),
                            g.sections.sections.len(),
                            g.narrative.terms(),
                            g.units.registered()
                        )
                    )?;
                    Ok(ExitCode::SUCCESS)
                }
                Err(errors) => {
                    for e in &errors {
                        writeln!(out, "{e}")?;
                    }
                    super::say!("juesuan: {}", super::mistakes_said(errors.len()));
                    Ok(ExitCode::from(USAGE))
                }
            }
        }
        Command::Explain(args) => match &args.header {
            Some(header) => {
                let g = super::load_grammar(args.grammars.as_deref())?;
                explain(&mut out, header, args.form.as_deref(), &g)
            }
            None => super::explain::run(args, &mut out),
        },
        Command::Suggest(args) => super::suggest::run(args),
        Command::Ids {
            grammars,
            markdown,
            rust,
        } => {
            let g = super::load_grammar(grammars.as_deref())?;
            if *markdown {
                out.write_all(crate::grammar::codebook::markdown(&g).as_bytes())?;
                return Ok(ExitCode::SUCCESS);
            }
            if *rust {
                out.write_all(crate::grammar::codebook::rust(&g).as_bytes())?;
                return Ok(ExitCode::SUCCESS);
            }
            for e in crate::grammar::codebook::entries(&g) {
                let (unit, formula) = (e.unit.unwrap_or_default(), e.formula.unwrap_or_default());
                writeln!(out, "{}\t{}\t{}\t{}\t{unit}\t{formula}", e.kind, e.id, e.zh, e.en)?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Identities => {
            let g = super::load_grammar(None)?;
            out.write_all(crate::grammar::laws::markdown(&g.identities).as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::List => {
            let g = super::load_grammar(None)?;
            for f in &g.forms {
                writeln!(out, "{:<22} {}", f.id, f.zh)?;
                for e in &f.examples {
                    writeln!(out, "{:<22}   {e}", "")?;
                }
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}
