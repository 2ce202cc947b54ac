//! `juesuan panel`: a dataset written earlier as unit × year × indicator.

use super::dataset::Documents;
use super::{Done, Failure, load_grammar};
use crate::grammar::panel::Indicator;
use crate::panel::{self, Account, Row};
use crate::write::csv::CsvSink;
use crate::write::parquet::ParquetSink;
use crate::write::schema::{Cell, PANEL};
use crate::write::xlsx::XlsxSink;
use crate::write::{Error, Sink};
use std::path::PathBuf;
use std::process::ExitCode;

/// Make a panel of a dataset: unit × year × indicator, each value with its source
///
/// Examples:
///   juesuan panel data                           panel.csv and panel.parquet into data
///   juesuan panel data --balanced --years 2019-2024
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// The folder of a dataset with CSV files
    dataset: PathBuf,
    /// Where panel.csv and panel.parquet go; default: the folder of the dataset
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Keep only the units that have an account in every year of the panel, of one level and caliber
    #[arg(long)]
    balanced: bool,
    /// First and last year, e.g. 2019-2024
    #[arg(long, value_name = "FROM-TO", value_parser = years)]
    years: Option<(i16, i16)>,
    /// Begin panel.csv with a byte order mark, for Excel
    #[arg(long)]
    bom: bool,
    /// Write panel.xlsx as well
    #[arg(long)]
    xlsx: bool,
    /// A folder with your own grammar files, layered over the built-in ones
    #[arg(long, value_name = "DIR")]
    grammars: Option<PathBuf>,
}

pub(super) fn years(text: &str) -> Result<(i16, i16), String> {
    let wrong = || format!("`{text}` is no span of years; write 2019-2024, or 2022");
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let (from, to) = (from.parse().map_err(|_| wrong())?, to.parse().map_err(|_| wrong())?);
    if from > to { Err(wrong()) } else { Ok((from, to)) }
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let grammar = load_grammar(args.grammars.as_deref())?;
    let mut documents = Documents::open(&args.dataset, false)?;
    let mut accounts = Vec::new();
    let mut seen = 0;
    while let Some(e) = documents.next()? {
        seen += 1;
        let inside = |y: i16| args.years.is_none_or(|(from, to)| (from..=to).contains(&y));
        if e.document.fiscal_year.is_some_and(inside) {
            accounts.extend(panel::account(&e, &grammar));
        }
    }
    let taken = accounts.len();
    let accounts = panel::arrange(accounts, args.balanced);
    let out = args.out.as_ref().unwrap_or(&args.dataset);
    std::fs::create_dir_all(out).map_err(|e| format!("cannot make {}: {e}", out.display()))?;
    let fail = |e: Error| Failure::Message(e.to_string());
    let mut files: Vec<Box<dyn Sink>> = vec![
        Box::new(CsvSink::create(out, &PANEL, args.bom).map_err(fail)?),
        Box::new(ParquetSink::create(out, &PANEL).map_err(fail)?),
    ];
    if args.xlsx {
        let sink = XlsxSink::create(out, &PANEL, &super::labels(&grammar)).map_err(fail)?;
        files.push(Box::new(sink));
    }
    let mut values = 0;
    let mut unread = 0;
    for a in &accounts {
        values += a.rows.iter().filter(|r| r.value.is_some()).count();
        unread += a.rows.iter().filter(|r| r.diagnostic.is_some()).count();
        let rows: Vec<_> = a.rows.iter().map(|r| row(a, &grammar.panel[r.indicator], r)).collect();
        for f in &mut files {
            f.document(a.document.source_url.as_deref());
            f.write(&rows).map_err(fail)?;
        }
    }
    for f in files {
        f.finish().map_err(fail)?;
    }
    super::say!(
        "{seen} documents, {taken} accounts of known units and years, {} in the panel; {} indicators, {values} values, {unread} printed or \
         perhaps printed and not read",
        accounts.len(),
        grammar.panel.len()
    );
    Ok(ExitCode::SUCCESS)
}

fn row<'a>(a: &'a Account, i: &'a Indicator, r: &'a Row) -> Vec<Cell<'a>> {
    let d = &a.document;
    vec![
        d.unit_key.as_deref().into(),
        d.unit_name.as_deref().into(),
        d.region_code.as_deref().into(),
        d.level.into(),
        d.caliber.into(),
        d.fiscal_year.into(),
        (&i.id).into(),
        (&i.zh).into(),
        (&i.unit).into(),
        r.value.into(),
        r.state.into(),
        r.printed.as_deref().into(),
        Some(r.sources.join(";")).filter(|s| !s.is_empty()).into(),
        d.document_id.0.as_str().into(),
        d.versions.into(),
        r.fund.as_deref().into(),
        r.budget_basis.as_deref().into(),
        (&d.file_name).into(),
        r.page.into(),
        r.diagnostic.into(),
    ]
}
