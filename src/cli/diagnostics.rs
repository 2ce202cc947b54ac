//! `juesuan diagnostics`: what a code of the dataset means.

use super::language::{self, Lang};
use super::{Done, Failure};
use crate::diag::{self, Code, Refusal};
use std::io::Write;
use std::process::ExitCode;
use tr::tr;

/// Explain the codes of diagnostics and of documents that were refused
///
/// Examples:
///   juesuan diagnostics                       all codes, one line each
///   juesuan diagnostics header-does-not-fit   what happened, and what to do
///   juesuan diagnostics no-year --lang zh     in Chinese
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Codes to explain, as they stand in `diagnostics.code` or `documents.error_code`; none: list all of them
    codes: Vec<String>,
    /// Print docs/diagnostics.md (with --lang zh docs/diagnostics.zh.md)
    #[arg(long, conflicts_with = "codes")]
    markdown: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let language = match language::now() {
        Lang::En => diag::Language::En,
        Lang::Zh => diag::Language::Zh,
    };
    let mut out = std::io::stdout().lock();
    if args.markdown {
        out.write_all(diag::document(language).as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    if args.codes.is_empty() {
        for code in Code::ALL {
            let said: Vec<&str> = code
                .cases()
                .iter()
                .flat_map(|c| c.severities)
                .map(|s| s.as_str())
                .collect();
            writeln!(out, "{code:26} {:10} {}", code.stage().as_str(), said.join(", "))?;
        }
        for refusal in Refusal::ALL {
            writeln!(out, "{refusal:26} {:10} documents.error_code", refusal.status())?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    for word in &args.codes {
        let said = diag::explained(word, language).ok_or_else(|| unknown(word))?;
        out.write_all(said.as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn unknown(word: &str) -> Failure {
    let all = Code::ALL
        .iter()
        .map(|c| c.as_str())
        .chain(Refusal::ALL.iter().map(|r| r.as_str()));
    let near = all
        .min_by_key(|w| strsim::damerau_levenshtein(w, word))
        .unwrap_or_default();
    Failure::Message(tr!(
        "`{word}` is no code of this version; the nearest is `{near}` (`juesuan diagnostics` lists all)",
        word,
        near
    ))
}
