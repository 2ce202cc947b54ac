//! `juesuan panel`: a dataset written earlier as unit × year × indicator.

use super::dataset::Documents;
use super::extract::Format;
use super::{Done, Failure, load_grammar};
use crate::grammar::panel::Indicator;
use crate::panel::{self, Account, Balance, Row};
use crate::record::{Fact, Statement};
use crate::write::csv::CsvSink;
use crate::write::csv_zst::CsvZstSink;
use crate::write::parquet::ParquetSink;
use crate::write::schema::{Cell, Column, PANEL, Table, Type};
use crate::write::xlsx::XlsxSink;
use crate::write::{Error, Sink};
use std::path::PathBuf;
use std::process::ExitCode;
use tr::tr;

/// Make a panel of a dataset: unit × year × indicator, each value with its source
///
/// Examples:
///   juesuan panel data                           panel.csv and panel.parquet into data
///   juesuan panel data --balanced --years 2019-2024
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// The folder of a dataset
    dataset: PathBuf,
    /// Where panel.csv and panel.parquet go; default: the folder of the dataset
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Keep only the units that have an account in every year of the panel, of one level and caliber
    #[arg(long)]
    balanced: bool,
    /// With --balanced: keep also the units that lack an account in up to N years
    #[arg(long, value_name = "N", default_value_t = 0, requires = "balanced")]
    allow_gaps: usize,
    /// One row for each account, with two columns for each indicator (its value, and behind it `_state`), in panel_wide instead of panel
    #[arg(long)]
    wide: bool,
    /// Take also values that were read from pictures and that no identity holds; without it their state is `unproven`
    #[arg(long)]
    unproven: bool,
    /// What to write
    #[arg(long, value_delimiter = ',', value_name = "FORMAT,…", default_values = ["csv", "parquet"])]
    format: Vec<Format>,
    /// Only these fiscal years: 2022, or 2019-2022
    #[arg(long, value_name = "FROM-TO", value_parser = years)]
    years: Option<(i16, i16)>,
    /// Begin panel.csv with a byte order mark, for Excel
    #[arg(long)]
    bom: bool,
    /// The same as --format with xlsx
    #[arg(long, hide = true)]
    xlsx: bool,
    /// No summary; errors are still said
    #[arg(short, long)]
    quiet: bool,
    /// A folder with your own grammar files, layered over the built-in ones
    #[arg(long, value_name = "DIR")]
    grammars: Option<PathBuf>,
}

pub(super) fn years(text: &str) -> Result<(i16, i16), String> {
    let wrong = || tr!("`{text}` is no span of years; write 2019-2024, or 2022", text);
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let (from, to) = (from.parse().map_err(|_| wrong())?, to.parse().map_err(|_| wrong())?);
    if from > to { Err(wrong()) } else { Ok((from, to)) }
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    if args.format.contains(&Format::Sqlite) {
        let why = tr!("a panel is not written as SQLite; give csv, parquet or xlsx");
        return Err(Failure::Message(why));
    }
    let grammar = load_grammar(args.grammars.as_deref())?;
    let mut documents = Documents::open(&args.dataset, false)?;
    let mut accounts = Vec::new();
    let mut seen = 0;
    while let Some(mut e) = documents.next()? {
        seen += 1;
        grammar.units.take_key(&mut e.document);
        // What was read from pictures is taken where it is proven.
        if e.facts.iter().any(Fact::unproven) || e.statements.iter().any(Statement::unproven) {
            crate::check::check(&mut e, &grammar);
        }
        let inside = |y: i16| args.years.is_none_or(|(from, to)| (from..=to).contains(&y));
        if e.document.fiscal_year.is_some_and(inside) {
            accounts.extend(panel::account(&e, &grammar, args.unproven));
        }
    }
    let taken = accounts.len();
    let (accounts, balance) = panel::arrange(accounts, args.balanced.then_some(args.allow_gaps));
    let out = args.out.as_ref().unwrap_or(&args.dataset);
    std::fs::create_dir_all(out).map_err(|e| tr!("cannot make {}: {e}", out.display(), e))?;
    let fail = |e: Error| Failure::Message(e.to_string());
    let table: &'static Table = if args.wide { wide_table(&grammar.panel) } else { &PANEL };
    let mut files: Vec<Box<dyn Sink>> = Vec::new();
    if args.format.contains(&Format::Csv) {
        files.push(Box::new(CsvSink::create(out, table, args.bom).map_err(fail)?));
    }
    if args.format.contains(&Format::CsvZst) {
        files.push(Box::new(CsvZstSink::create(out, table, args.bom).map_err(fail)?));
    }
    if args.format.contains(&Format::Parquet) {
        files.push(Box::new(ParquetSink::create(out, table).map_err(fail)?));
    }
    if args.xlsx || args.format.contains(&Format::Xlsx) {
        let sink = XlsxSink::create(out, table, &super::labels(&grammar)).map_err(fail)?;
        files.push(Box::new(sink));
    }
    let mut values = 0;
    let mut unread = 0;
    for a in &accounts {
        values += a.rows.iter().filter(|r| r.value.is_some()).count();
        unread += a.rows.iter().filter(|r| r.diagnostic.is_some()).count();
        let rows: Vec<_> = match args.wide {
            true => vec![wide_row(a)],
            false => a.rows.iter().map(|r| row(a, &grammar.panel[r.indicator], r)).collect(),
        };
        for f in &mut files {
            f.document(a.document.source_url.as_deref());
            f.write(&rows).map_err(fail)?;
        }
    }
    for f in files {
        f.finish().map_err(fail)?;
    }
    super::sum_up!(
        args.quiet,
        "{seen} documents, {taken} accounts of known units and years, {} in the panel; {} indicators, {values} values, {unread} printed or \
         perhaps printed and not read",
        accounts.len(),
        grammar.panel.len(),
        seen,
        taken,
        values,
        unread
    );
    if args.balanced && !args.quiet {
        fell_out(&balance);
    }
    Ok(ExitCode::SUCCESS)
}

/// Why units are not in a balanced panel, and where more would be.
fn fell_out(b: &Balance) {
    super::say!("{} of {} units are kept", b.kept, b.units);
    if !b.missing.is_empty() {
        let years: Vec<String> = b.missing.iter().map(|(y, n)| tr!("{n} in {y}", n, y)).collect();
        super::say!("  {}", tr!("of the others no account is there: {}", years.join(", ")));
    }
    if let Some((from, to, units)) = b.best {
        let best = tr!(
            "most accounts of complete units: {units} units with --years {from}-{to}",
            units,
            from,
            to
        );
        super::say!("  {}", best);
    }
}

/// What stands before the indicators in a wide panel: these columns of the long one.
const OF_ACCOUNT: [&str; 8] = [
    "unit_key",
    "unit_name",
    "region_code",
    "level",
    "caliber",
    "fiscal_year",
    "document_id",
    "file_name",
];

/// The table of a wide panel. Its columns are those of the grammar; made once, it stays until the program ends.
fn wide_table(indicators: &[Indicator]) -> &'static Table {
    let text = |t: String| -> &'static str { Box::leak(t.into_boxed_str()) };
    let column = |name, ty, zh, doc| Column {
        name,
        ty,
        required: false,
        zh,
        doc,
    };
    let mut columns: Vec<Column> = OF_ACCOUNT
        .iter()
        .filter_map(|name| PANEL.columns.iter().find(|c| c.name == *name))
        .copied()
        .collect();
    for i in indicators {
        let zh = text(i.zh.clone());
        columns.push(column(text(i.id.clone()), Type::Decimal, zh, text(i.unit.clone())));
        columns.push(column(text(format!("{}_state", i.id)), Type::String, zh, "as in panel"));
    }
    Box::leak(Box::new(Table {
        name: "panel_wide",
        columns: Box::leak(columns.into_boxed_slice()),
        ..PANEL
    }))
}

/// The values of an account in one row, in the order of the grammar; what has none is null, and its state says why.
fn wide_row(a: &Account) -> Vec<Cell<'_>> {
    let d = &a.document;
    let mut out: Vec<Cell<'_>> = vec![
        d.unit_key.as_deref().into(),
        d.unit_name.as_deref().into(),
        d.region_code.as_deref().into(),
        d.level.into(),
        d.caliber.into(),
        d.fiscal_year.into(),
        d.document_id.0.as_str().into(),
        (&d.file_name).into(),
    ];
    for r in &a.rows {
        out.extend([r.value.into(), r.state.into()]);
    }
    out
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
