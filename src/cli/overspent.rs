//! `juesuan overspent`: which accounts spent more than their budget, by how much, and which cannot be judged.

use super::dataset::Documents;
use super::draft::Draft;
use super::{Done, Failure, load_grammar};
use crate::grammar::Grammar;
use crate::ids::measure;
use crate::panel::Row;
use crate::panel::overspent::{self, Outcome, Verdict};
use crate::record::{DocumentRow, Kind};
use crate::write::csv::CsvSink;
use crate::write::schema::{Cell, OVERSPENT};
use crate::write::xlsx::XlsxSink;
use crate::write::{Error, Sink};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use tr::tr;

/// List where the final is above the budget (三公 and its parts), by how much, and what cannot be judged
///
/// Each budget that is printed (年初, 全年, …) is held against the final on its own. A blank is not zero, and a difference that
/// rounding alone may make is not judged.
///
/// Examples:
///   juesuan overspent data
///   juesuan overspent data --region 31 --years 2022-2024 -o over.csv --bom
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// The folder of a dataset with CSV files
    dataset: PathBuf,
    /// Only units whose region code begins with these digits, e.g. 31 or 3101
    #[arg(long, value_name = "CODE", value_parser = region)]
    region: Option<String>,
    /// Only these fiscal years: 2022, or 2019-2022
    #[arg(long, value_name = "FROM-TO", value_parser = super::panel::years)]
    years: Option<(i16, i16)>,
    /// Write every verdict, also of what is within its budget; a name that ends in .xlsx gives a workbook, any other CSV
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Begin the CSV with a byte order mark, for Excel
    #[arg(long, requires = "out")]
    bom: bool,
    /// The same as --lang en
    #[arg(long, hide = true)]
    english: bool,
    /// No summary; errors are still said
    #[arg(short, long)]
    quiet: bool,
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

fn region(text: &str) -> Result<String, String> {
    match text.bytes().all(|b| b.is_ascii_digit()) && (1..=6).contains(&text.len()) {
        true => Ok(text.to_string()),
        false => Err(tr!("`{text}` is no region code; write its first digits, e.g. 31", text)),
    }
}

/// What is known of one document.
struct Judged {
    document: DocumentRow,
    /// Nothing could be judged of it as a whole.
    unread: Option<&'static str>,
    verdicts: Vec<Verdict>,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let grammar = load_grammar(args.grammars.as_deref())?;
    let mut documents = Documents::open(&args.dataset, false)?;
    let mut all: Vec<Judged> = Vec::new();
    let mut elsewhere = 0;
    while let Some(mut e) = documents.next()? {
        let unread = overspent::unread(&e.document);
        if unread.is_none() && e.document.kind != Kind::FinalAccount {
            continue;
        }
        if !args.asks(&e.document) {
            elsewhere += 1;
            continue;
        }
        crate::check::check(&mut e, &grammar);
        all.push(Judged {
            unread,
            verdicts: overspent::verdicts(&e, &grammar),
            document: e.document,
        });
    }
    all.sort_by(|a, b| order(&a.document).cmp(&order(&b.document)));
    if let Some(out) = &args.out {
        write(args, &grammar, &all).map_err(|e| Failure::Message(e.to_string()))?;
        super::sum_up!(args.quiet, "verdicts: {}", out.display());
    }
    let mut out = std::io::stdout().lock();
    print(args, &grammar, &all, &mut out)?;
    if elsewhere > 0 {
        writeln!(
            out,
            "\n{}",
            tr!(
                "{elsewhere} documents of other regions or years, or without one, were not asked",
                elsewhere
            )
        )?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

impl Args {
    /// Whether a document is of the region and the years asked for.
    fn asks(&self, d: &DocumentRow) -> bool {
        let code = d.region_code.as_deref().unwrap_or("");
        let inside = |(from, to)| d.fiscal_year.is_some_and(|y| (from..=to).contains(&y));
        self.region.as_ref().is_none_or(|r| code.starts_with(r.as_str())) && self.years.is_none_or(inside)
    }

    fn name<'g>(&self, g: &'g Grammar, v: &Verdict) -> &'g str {
        let pair = &g.overspent[v.pair];
        if self.english() { &pair.en } else { &pair.zh }
    }

    fn basis<'g>(&self, g: &'g Grammar, row: &'g Row) -> &'g str {
        let id = row.budget_basis.as_deref().unwrap_or(measure::BUDGET);
        g.identities.name("", id)[usize::from(self.english())]
    }
}

fn order(d: &DocumentRow) -> (Option<&String>, Option<i16>, &str, &str) {
    (d.unit_key.as_ref(), d.fiscal_year, &d.file_name, &d.document_id.0)
}

fn write(args: &Args, g: &Grammar, all: &[Judged]) -> Result<(), Error> {
    let Some(target) = &args.out else { return Ok(()) };
    let io = |e| Error::Io(target.clone(), e);
    let draft = Draft::beside(target).map_err(io)?;
    let file = draft.file.try_clone().map_err(io)?;
    let mut sink: Box<dyn Sink> = match target.extension().is_some_and(|e| e.eq_ignore_ascii_case("xlsx")) {
        true => Box::new(XlsxSink::into(file, target.clone(), &OVERSPENT, &super::labels(g))?),
        false => Box::new(CsvSink::into(file, target.clone(), &OVERSPENT, args.bom)?),
    };
    for j in all {
        sink.document(j.document.source_url.as_deref());
        let rows: Vec<Vec<Cell<'_>>> = match j.unread {
            Some(why) => vec![unread(&j.document, why)],
            None => j.verdicts.iter().map(|v| row(&j.document, g, v)).collect(),
        };
        sink.write(&rows)?;
    }
    sink.finish()?;
    draft.commit(target).map_err(io)
}

fn head(d: &DocumentRow) -> Vec<Cell<'_>> {
    vec![
        d.unit_key.as_deref().into(),
        d.unit_name.as_deref().into(),
        d.region_code.as_deref().into(),
        d.level.into(),
        d.caliber.into(),
        d.fiscal_year.into(),
    ]
}

fn unread<'a>(d: &'a DocumentRow, why: &'static str) -> Vec<Cell<'a>> {
    let mut row = head(d);
    row.extend([Cell::Null, Cell::Null, "not_judged".into(), why.into()]);
    row.extend(std::iter::repeat_n(Cell::Null, 11));
    row.extend([0u32.into(), 0u32.into(), d.versions.into()]);
    row.extend([d.document_id.0.as_str().into(), (&d.file_name).into()]);
    row
}

fn row<'a>(d: &'a DocumentRow, g: &'a Grammar, v: &'a Verdict) -> Vec<Cell<'a>> {
    let pair = &g.overspent[v.pair];
    let (verdict, why) = match v.outcome {
        Outcome::Over => ("over", None),
        Outcome::Within => ("within", None),
        Outcome::NotJudged(why) => ("not_judged", Some(why)),
    };
    let sources = |r: &Row| Cell::from(Some(r.sources.join(";")).filter(|s| !s.is_empty()));
    let mut row = head(d);
    row.extend([
        (&pair.id).into(),
        (&pair.zh).into(),
        verdict.into(),
        why.into(),
        v.budget.budget_basis.as_deref().into(),
        v.budget.value.into(),
        v.spent.value.into(),
        v.excess.into(),
        v.rate.into(),
        v.budget.printed.as_deref().into(),
        v.spent.printed.as_deref().into(),
        sources(&v.budget),
        sources(&v.spent),
        v.budget.page.into(),
        v.spent.page.into(),
        v.held.into(),
        v.failed.into(),
        d.versions.into(),
        d.document_id.0.as_str().into(),
        (&d.file_name).into(),
    ]);
    row
}

/// Yuan with marks between the thousands.
fn yuan(v: Option<Decimal>) -> String {
    let Some(v) = v else { return "—".into() };
    let text = format!("{:.2}", v.abs());
    let (whole, cents) = text.split_once('.').unwrap_or((&text, "00"));
    let mut out = String::from(if v.is_sign_negative() { "-" } else { "" });
    for (n, c) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n) % 3 == 0 {
            out.push(',');
        }
        out.push(c);
    }
    format!("{out}.{cents}")
}

fn who(d: &DocumentRow) -> String {
    let year = d.fiscal_year.map_or(String::new(), |y| format!("{y}  "));
    format!("{year}{}", d.unit_name.as_deref().unwrap_or(&d.file_name))
}

fn page(row: &Row) -> String {
    row.page.map_or("—".into(), |p| p.to_string())
}

fn print(args: &Args, g: &Grammar, all: &[Judged], out: &mut impl Write) -> std::io::Result<()> {
    let verdicts = || {
        all.iter()
            .flat_map(|j| j.verdicts.iter().map(move |v| (&j.document, v)))
    };
    let mut over: Vec<(&DocumentRow, &Verdict)> = verdicts().filter(|(_, v)| v.outcome == Outcome::Over).collect();
    // The largest first; a stable sort leaves the others in the order of units and years.
    over.sort_by_key(|(_, v)| std::cmp::Reverse(v.excess));
    let within = verdicts().filter(|(_, v)| v.outcome == Outcome::Within).count();
    writeln!(
        out,
        "{}",
        tr!(
            "{} finals above their budget, {within} not above it, of {} accounts",
            over.len(),
            all.iter().filter(|j| !j.verdicts.is_empty()).count(),
            within
        )
    )?;
    if !over.is_empty() {
        writeln!(out, "\n{:>16}  {:>8}", tr!("excess, yuan"), "%")?;
    }
    for (d, v) in over {
        let percent = v.rate.map(|r| r.checked_mul(Decimal::ONE_HUNDRED).unwrap_or(r));
        let percent = percent.map_or("—".into(), |p| format!("{:.1}", p.round_dp(1)));
        writeln!(
            out,
            "{:>16}  {percent:>8}  {}  {}",
            yuan(v.excess),
            args.name(g, v),
            who(d)
        )?;
        writeln!(
            out,
            "{:28}{} {} ({}), {} {} ({}), {}",
            "",
            args.basis(g, &v.budget),
            yuan(v.budget.value),
            tr!("page {}", page(&v.budget)),
            g.identities.name("", measure::FINAL)[usize::from(args.english())],
            yuan(v.spent.value),
            tr!("page {}", page(&v.spent)),
            d.file_name
        )?;
        if v.failed > 0 {
            writeln!(
                out,
                "{:28}{}",
                "",
                tr!(
                    "look at the page before you quote it: other figures contradict these ({} identities fail)",
                    v.failed
                )
            )?;
        }
        if d.versions > 1 {
            writeln!(
                out,
                "{:28}{}",
                "",
                tr!(
                    "{} versions of this account are published; which is newest is not known",
                    d.versions
                )
            )?;
        }
    }
    not_judged(args, g, all, out)
}

/// What cannot be judged, by the reason.
fn not_judged(args: &Args, g: &Grammar, all: &[Judged], out: &mut impl Write) -> std::io::Result<()> {
    let mut by: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for j in all {
        if let Some(why) = j.unread {
            by.entry(why)
                .or_default()
                .push(format!("{}  ({})", who(&j.document), j.document.file_name));
        }
        for v in &j.verdicts {
            if let Outcome::NotJudged(why) = v.outcome {
                let line = format!("{}  {}  ({})", args.name(g, v), who(&j.document), j.document.file_name);
                by.entry(why).or_default().push(line);
            }
        }
    }
    let n: usize = by.values().map(Vec::len).sum();
    if n > 0 {
        writeln!(out, "\n{}", tr!("{n} cannot be judged", n))?;
    }
    for (why, lines) in by {
        writeln!(out, "  {}: {}", super::language::word(why), lines.len())?;
        for line in lines {
            writeln!(out, "    {line}")?;
        }
    }
    Ok(())
}
