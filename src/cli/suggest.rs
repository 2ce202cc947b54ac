//! `juesuan grammar suggest DIR`: the sentences of a dataset whose figures nobody claimed, first by the word that was in the way, then,
//! where no word was, by shape, the most frequent first: the list from which the lexicon grows.

use super::{Done, Failure, load_grammar};
use crate::recognise::sentence;
use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tr::tr;

/// Options of `grammar suggest`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  juesuan grammar suggest data")]
pub struct Args {
    /// The folder of a dataset with CSV files
    dir: PathBuf,
    /// How many words and how many shapes are listed
    #[arg(long, default_value_t = 40, value_name = "N")]
    top: usize,
    /// A folder with your own grammar files, layered over the built-in ones
    #[arg(long, value_name = "DIR")]
    grammars: Option<PathBuf>,
}

/// The diagnostic of a sentence with figures that nobody claimed.
const CODE: &str = "unclaimed-figure";

/// One table of a dataset as rows of named columns.
fn rows(dir: &Path, name: &str, columns: &[&str]) -> Result<Vec<Vec<String>>, Failure> {
    let path = dir.join(name);
    let fail = |e: String| Failure::Message(tr!("cannot read {}: {e}", path.display(), e));
    let mut reader = csv::Reader::from_path(&path)
        .map_err(|e| fail(tr!("{e}; give the folder of a dataset written with `--format csv`", e)))?;
    let head = reader.headers().map_err(|e| fail(e.to_string()))?.clone();
    let mut at = Vec::new();
    for c in columns {
        // A dataset that was written with `--bom` opens with a mark.
        let found = head.iter().position(|h| h.trim_start_matches('\u{feff}') == *c);
        at.push(found.ok_or_else(|| fail(tr!("it has no column `{c}`", c)))?);
    }
    let mut out = Vec::new();
    for r in reader.records() {
        let r = r.map_err(|e| fail(e.to_string()))?;
        out.push(at.iter().map(|n| r.get(*n).unwrap_or("").to_string()).collect());
    }
    Ok(out)
}

/// What a message begins with where a word was in the way of a figure.
const UNKNOWN: &str = "unknown: ";

/// The words that were in the way of a figure of this sentence.
fn unknown(message: &str) -> impl Iterator<Item = &str> {
    let reasons = message.split_once(": ").map_or("", |(_, why)| why);
    reasons
        .split("; ")
        .filter_map(|r| r.strip_prefix(UNKNOWN))
        .flat_map(|words| words.split(' '))
        .filter(|w| !w.is_empty())
}

/// Unknown words with the sentences in which they stand, the most frequent first.
fn by_word(unclaimed: &[Vec<String>]) -> Vec<(&str, Vec<&str>)> {
    let mut by: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for r in unclaimed {
        for word in unknown(&r[3]) {
            let sentences = by.entry(word).or_default();
            if sentences.last() != Some(&r[2].as_str()) {
                sentences.push(&r[2]);
            }
        }
    }
    let mut out: Vec<(&str, Vec<&str>)> = by.into_iter().collect();
    out.sort_by_key(|(word, sentences)| (std::cmp::Reverse(sentences.len()), *word));
    out
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let g = load_grammar(args.grammars.as_deref())?;
    let names: HashMap<String, String> = rows(&args.dir, "documents.csv", &["document_id", "unit_name"])?
        .into_iter()
        .filter_map(|mut r| Some((r.swap_remove(0), r.pop()?)))
        .collect();
    let all: Vec<Vec<String>> = rows(
        &args.dir,
        "diagnostics.csv",
        &["code", "document_id", "printed", "message"],
    )?
    .into_iter()
    .filter(|r| r[0] == CODE)
    .collect();
    let words = by_word(&all);
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", tr!("{} words in the way of a figure", words.len()))?;
    for (word, sentences) in words.iter().take(args.top) {
        writeln!(out, "\n{}×  {word}\n    e.g. {}", sentences.len(), sentences[0])?;
    }
    if words.len() > args.top {
        writeln!(
            out,
            "\n{}",
            tr!("… and {} more words: --top {}", words.len() - args.top, words.len())
        )?;
    }
    writeln!(out)?;
    let unclaimed: Vec<&Vec<String>> = all.iter().filter(|r| unknown(&r[3]).next().is_none()).collect();
    let shapes = sentence::shapes(
        &g,
        unclaimed
            .iter()
            .map(|r| (names.get(&r[1]).map(String::as_str), r[2].as_str())),
    );
    writeln!(
        out,
        "{}",
        tr!(
            "{} more sentences with figures that nobody claims, in {} shapes",
            unclaimed.len(),
            shapes.len()
        )
    )?;
    for s in shapes.iter().take(args.top) {
        writeln!(out, "\n{}×  {}\n    e.g. {}", s.times, s.shape, s.example)?;
    }
    if shapes.len() > args.top {
        writeln!(
            out,
            "\n{}",
            tr!("… and {} more shapes: --top {}", shapes.len() - args.top, shapes.len())
        )?;
    }
    Ok(ExitCode::SUCCESS)
}
