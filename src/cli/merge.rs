//! `juesuan merge`: several datasets as one.

use super::{Done, Failure, extract, load_grammar};
use crate::pipeline;
use crate::record::InputFile;
use crate::write::parts::{self, Parts};
use crate::write::{self, DatasetWriter};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tr::tr;

/// Make one dataset of several that were read in shares: the bytes are those of one run over all files
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  juesuan merge part1 part2 part3 --out data")]
pub struct Args {
    /// Folders of datasets that were written with --shard, --resume or --parts
    #[arg(value_name = "DIR", required = true, num_args = 1..)]
    datasets: Vec<PathBuf>,
    /// Folder of the new dataset; it appears when everything is written
    #[arg(short, long, value_name = "DIR")]
    out: PathBuf,
    /// Replace the dataset that stands there
    #[arg(long)]
    overwrite: bool,
    /// What to write
    #[arg(long, value_delimiter = ',', value_name = "FORMAT,…", default_values = ["csv", "parquet"])]
    format: Vec<extract::Format>,
    /// Which findings to write: fails, not_evaluated, rounding, holds; default: all. Most of a dataset are findings that hold; they count in
    /// `held` of each figure all the same
    #[arg(long, value_delimiter = ',', value_name = "OUTCOME,…", value_parser = extract::outcome)]
    findings: Vec<crate::record::FindingOutcome>,
    /// CSV files for Excel: they begin with a byte order mark, and a text that would be taken for a formula with an apostrophe
    #[arg(long)]
    bom: bool,
    /// The folder with your own grammar files with which the datasets were read
    #[arg(long, value_name = "DIR")]
    grammars: Option<PathBuf>,
    /// No summary
    #[arg(short, long)]
    quiet: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let grammar = load_grammar(args.grammars.as_deref())?;
    let rules = args
        .grammars
        .as_deref()
        .map_or(Ok(String::new()), crate::grammar::word_of)?;
    let sources = open(&args.datasets, &rules)?;
    if cfg!(not(feature = "sqlite")) && args.format.contains(&extract::Format::Sqlite) {
        let why = "this juesuan was built without SQLite (feature `sqlite`)";
        return Err(Failure::Message(why.into()));
    }
    let options = write::Options {
        csv: args.format.contains(&extract::Format::Csv),
        csv_zst: args.format.contains(&extract::Format::CsvZst),
        findings: args.findings.clone(),
        parquet: args.format.contains(&extract::Format::Parquet),
        xlsx: args.format.contains(&extract::Format::Xlsx),
        sqlite: args.format.contains(&extract::Format::Sqlite),
        labels: super::labels(&grammar),
        bom: args.bom,
        overwrite: args.overwrite,
        made: sources.first().map_or_else(parts::Made::here, |s| s.made().clone()),
        parts: true,
        resume: false,
        reuse: false,
    };
    let mut writer = DatasetWriter::create(&args.out, &options).map_err(|e| e.to_string())?;
    let none = |e: String| {
        Failure::Message(tr!(
            "{e}; no dataset was written and nothing that stood there was touched",
            e
        ))
    };
    let (summary, twice) = pipeline::merge(&sources, &grammar, &mut writer).map_err(|e| none(e.to_string()))?;
    inputs(&args.datasets, &mut writer).map_err(none)?;
    drop(sources);
    writer.finish().map_err(|e| none(e.to_string()))?;
    if !args.quiet {
        if twice > 0 {
            super::say!(
                "juesuan: note: {twice} documents stand in more than one of the datasets; each is there once",
                twice
            );
        }
        extract::report(&summary, &args.out);
    }
    Ok(ExitCode::SUCCESS)
}

/// Opens what the datasets hold; all must be made by this program with these rules.
fn open(datasets: &[PathBuf], rules: &str) -> Result<Vec<Parts>, Failure> {
    let mut out: Vec<Parts> = Vec::new();
    for dir in datasets {
        let Some(parts) = Parts::open(dir)? else {
            let message = tr!(
                "{} holds no {} that this program can read: only datasets written with --shard, --resume or --parts can be merged; read it again with one of them",
                dir.display(),
                parts::NAME
            );
            return Err(message.into());
        };
        let mut here = parts::Made::here();
        here.rules = rules.to_string();
        here.forms.clone_from(&parts.made().forms);
        here.years.clone_from(&parts.made().years);
        let first = out.first();
        let against = match first.and_then(|f| Some((parts.made().differs(f.made())?, f))) {
            Some((d, f)) => Some((d, f.dir().display().to_string())),
            None => parts.made().differs(&here).map(|d| (d, tr!("this program"))),
        };
        if let Some((difference, whom)) = against {
            let message = tr!(
                "{} and {whom} were not made by the same program with the same rules: {difference}; figures that were read differently do not belong in one dataset: read {} again",
                dir.display(),
                dir.display(),
                whom,
                difference
            );
            return Err(message.into());
        }
        out.push(parts);
    }
    Ok(out)
}

/// The rows of `inputs` of all datasets, in the order of one run.
fn inputs(datasets: &[PathBuf], writer: &mut DatasetWriter) -> Result<(), String> {
    let mut open = Vec::new();
    for dir in datasets {
        let mut reader = Inputs::open(dir)?;
        let first = reader.next()?;
        open.push((first, reader));
    }
    let smallest =
        |open: &[(Option<InputFile>, Inputs)]| open.iter().filter_map(|(f, _)| f.clone()).min_by(|a, b| a.cmp(b));
    let mut last = None;
    while let Some(row) = smallest(&open) {
        for (waiting, reader) in &mut open {
            while waiting.as_ref() == Some(&row) {
                *waiting = reader.next()?;
            }
        }
        if last.as_ref() != Some(&row) {
            writer.inputs(std::slice::from_ref(&row)).map_err(|e| e.to_string())?;
        }
        last = Some(row);
    }
    Ok(())
}

/// The rows of one `inputs.csv`.
struct Inputs {
    path: PathBuf,
    rows: csv::StringRecordsIntoIter<std::fs::File>,
}

impl Inputs {
    fn open(dir: &Path) -> Result<Self, String> {
        let path = dir.join("inputs.csv");
        let reader = csv::Reader::from_path(&path).map_err(|e| tr!("cannot read {}: {e}", path.display(), e))?;
        Ok(Self {
            path,
            rows: reader.into_records(),
        })
    }

    fn next(&mut self) -> Result<Option<InputFile>, String> {
        let Some(row) = self.rows.next() else {
            return Ok(None);
        };
        let row = row.map_err(|e| format!("{}: {e}", self.path.display()))?;
        let text = |n: usize| row.get(n).unwrap_or_default().to_string();
        let maybe = |n: usize| Some(text(n)).filter(|t| !t.is_empty());
        // In the order of the columns.
        Ok(Some(InputFile {
            path: text(0),
            name: text(1),
            bytes: maybe(2).and_then(|t| t.parse().ok()),
            modified: maybe(3),
            sha256: maybe(4),
            document_id: crate::place::DocumentId(text(5)),
        }))
    }
}
