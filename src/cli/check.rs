//! `juesuan check`: the identities over a dataset written earlier, also one that was edited by hand.

use super::dataset::Documents;
use super::{Done, Failure, load_grammar};
use crate::check;
use crate::record::{Extract, FindingOutcome};
use crate::write::Sink;
use crate::write::csv::CsvSink;
use crate::write::schema;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use tr::tr;

/// Check a dataset again: every identity that its figures allow, as after editing it by hand
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  juesuan check data\n  juesuan check data --all --lang en --out checked")]
pub struct Args {
    /// Folder of a dataset
    #[arg(value_name = "DIR")]
    dataset: PathBuf,
    /// No summary; errors are still said
    #[arg(short, long)]
    quiet: bool,
    /// Begin findings.csv with a byte order mark, for Excel
    #[arg(long, requires = "out")]
    bom: bool,
    /// Write findings.csv into this folder (the dataset itself is not changed)
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print rounding and what could not be evaluated as well
    #[arg(long)]
    all: bool,
    /// The same as --lang en
    #[arg(long, hide = true)]
    english: bool,
    /// A folder with your own grammar files, layered over the built-in ones
    #[arg(long, value_name = "DIR")]
    grammars: Option<PathBuf>,
}

impl Args {
    /// Names and messages of the data in English: they are Chinese unless that is asked for.
    fn english(&self) -> bool {
        self.english || super::language::asked() == Some(super::language::Lang::En)
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let grammar = load_grammar(args.grammars.as_deref())?;
    let mut documents = Documents::open(&args.dataset, false)?;
    let mut sink = match &args.out {
        None => None,
        Some(dir) => {
            let table = schema::TABLES.iter().find(|t| t.name == "findings");
            let table = table.ok_or_else(|| Failure::Message(tr!("the dataset has no table of findings")))?;
            std::fs::create_dir_all(dir).map_err(|e| tr!("cannot make {}: {e}", dir.display(), e))?;
            Some(CsvSink::create(dir, table, args.bom).map_err(|e| e.to_string())?)
        }
    };
    let mut out = std::io::stdout().lock();
    let mut total = Total::default();
    let mut names = BTreeMap::new();
    let mut years = check::Years::new(&grammar);
    while let Some(mut e) = documents.next()? {
        check::check(&mut e, &grammar);
        years.add(&e);
        one(args, &e, &mut sink, &mut out, &mut total)?;
        total.documents += 1;
        names.insert(e.document.document_id.clone(), e.document.file_name);
    }
    for mut e in years.findings()? {
        e.document.file_name = names.remove(&e.document.document_id).unwrap_or_default();
        one(args, &e, &mut sink, &mut out, &mut total)?;
    }
    if let Some(s) = sink {
        Box::new(s).finish().map_err(|e| e.to_string())?;
    }
    out.flush()?;
    super::sum_up!(
        args.quiet,
        "{} documents: {} identities hold, {} by rounding, {} fail, {} could not be evaluated; {} of {} amounts held",
        total.documents,
        total.holds,
        total.rounding,
        total.fails,
        total.open,
        total.held,
        total.amounts
    );
    Ok(ExitCode::SUCCESS)
}

#[derive(Default)]
struct Total {
    documents: u64,
    holds: u64,
    rounding: u64,
    fails: u64,
    open: u64,
    amounts: u64,
    held: u64,
}

fn one(
    args: &Args,
    e: &Extract,
    sink: &mut Option<CsvSink>,
    out: &mut impl Write,
    total: &mut Total,
) -> Result<(), Failure> {
    for f in e.facts.iter().filter(|f| f.amount.is_some_and(|a| !a.is_zero())) {
        total.amounts += 1;
        total.held += u64::from(f.held > 0);
    }
    let mut named = false;
    for f in &e.findings {
        let shown = match f.outcome {
            FindingOutcome::Holds => {
                total.holds += 1;
                false
            }
            FindingOutcome::Rounding => {
                total.rounding += 1;
                args.all
            }
            FindingOutcome::Fails => {
                total.fails += 1;
                true
            }
            FindingOutcome::NotEvaluated => {
                total.open += 1;
                args.all
            }
        };
        if shown {
            if !named {
                writeln!(out, "{}", e.document.file_name)?;
                named = true;
            }
            let message = if args.english() { &f.message_en } else { &f.message };
            writeln!(out, "  {} {}: {message}", f.outcome, f.rule)?;
        }
    }
    if let Some(s) = sink {
        s.write(&schema::rows("findings", e)).map_err(|e| e.to_string())?;
    }
    Ok(())
}
