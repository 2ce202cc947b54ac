//! `juesuan report`: one document, or a whole dataset, on one screen.

use super::dataset::Documents;
use super::{Done, Failure, load_grammar};
use crate::grammar::Grammar;
use crate::pipeline::{self, Context, Filter};
use crate::record::{DocumentRow, Extract, Finding, FindingOutcome, Status};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Sum up a document (PDF) or a dataset: what was disclosed, what is missing, what contradicts
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A PDF, or the folder of a dataset with CSV files
    #[arg(value_name = "FILE|DIR")]
    input: PathBuf,
    /// Messages in English
    #[arg(long)]
    english: bool,
    /// How many documents are ranked
    #[arg(long, default_value_t = 20, value_name = "N")]
    top: usize,
    /// A folder with your own grammar files, layered over the built-in ones
    #[arg(long, value_name = "DIR")]
    grammars: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let grammar = load_grammar(args.grammars.as_deref())?;
    let mut out = std::io::stdout().lock();
    if args.input.is_dir() {
        dataset(args, &grammar, &mut out)?;
    } else {
        let e = extract(&args.input, &grammar)?;
        document(args, &grammar, &e, &mut out)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// One file through all stages, its identities evaluated.
pub(super) fn extract(path: &Path, grammar: &Grammar) -> Result<Extract, Failure> {
    let bytes = std::fs::read(path).map_err(|e| Failure::Message(format!("cannot read {}: {e}", path.display())))?;
    let name = path
        .file_name()
        .map(|n| n.to_string_lossy().to_string())
        .unwrap_or_default();
    let cx = Context {
        grammar,
        limits: crate::read::Limits::default(),
        filter: Filter::default(),
    };
    let row = DocumentRow::new(pipeline::id_of(&bytes), name);
    match pipeline::stages(bytes, row, &cx) {
        Ok(s) => Ok(s.extract),
        Err(e) => Err(Failure::Message(format!("{}: {e}", path.display()))),
    }
}

fn percent(part: u64, whole: u64) -> String {
    match whole {
        0 => "—".into(),
        // One decimal, cut: 100.0% is said only of all.
        _ => format!("{}.{}%", part * 100 / whole, part * 1000 / whole % 10),
    }
}

fn counts(e: &Extract) -> BTreeMap<&str, (u64, u64)> {
    let mut out: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for f in e.facts.iter().filter(|f| f.amount.is_some_and(|a| !a.is_zero())) {
        let c = out.entry(&f.form).or_default();
        c.0 += 1;
        c.1 += u64::from(f.held > 0);
    }
    out
}

fn document(args: &Args, g: &Grammar, e: &Extract, out: &mut impl Write) -> std::io::Result<()> {
    let d = &e.document;
    let year = d.fiscal_year.map_or("—".to_string(), |y| y.to_string());
    writeln!(out, "{}", d.file_name)?;
    writeln!(
        out,
        "  {}, {year}, {} ({}), {} pages",
        d.unit_name.as_deref().unwrap_or("—"),
        d.kind,
        d.status,
        d.pages
    )?;
    if let Some(m) = &d.error_message {
        writeln!(out, "  {m}")?;
    }
    if d.status == Status::NotAFinalAccount || d.status == Status::NotReadable {
        return Ok(());
    }
    let by_form = counts(e);
    writeln!(out, "\ndisclosed")?;
    for f in &g.forms {
        let Some(page) = e.facts.iter().filter(|x| x.form == f.id).map(|x| x.place.page).min() else {
            continue;
        };
        let (amounts, held) = by_form.get(f.id.as_str()).copied().unwrap_or_default();
        let note = match amounts {
            0 => "no amount but zeros or blanks".to_string(),
            n => format!("{n} amounts, {} held", percent(held, n)),
        };
        writeln!(out, "  page {page:>3}  {}  {note}", f.zh)?;
    }
    if !e.statements.is_empty() {
        let sections: BTreeSet<&str> = e.statements.iter().map(|s| s.section.as_str()).collect();
        writeln!(
            out,
            "  text      {} values in {} sections",
            e.statements.len(),
            sections.len()
        )?;
    }
    let missing: Vec<&str> = g
        .forms
        .iter()
        .filter(|f| !d.forms_found.contains(&f.id))
        .map(|f| f.zh.as_str())
        .collect();
    if !missing.is_empty() {
        writeln!(out, "\nnot found\n  {}", missing.join("\n  "))?;
    }
    findings(args, e, out)
}

fn findings(args: &Args, e: &Extract, out: &mut impl Write) -> std::io::Result<()> {
    let text = |f: &Finding| {
        if args.english {
            f.message_en.clone()
        } else {
            f.message.clone()
        }
    };
    let of = |o: FindingOutcome| e.findings.iter().filter(move |f| f.outcome == o);
    let holds = of(FindingOutcome::Holds).count();
    writeln!(out, "\nchecked\n  {holds:>5}  identities hold")?;
    let mut rounding: BTreeMap<&str, usize> = BTreeMap::new();
    for f in of(FindingOutcome::Rounding) {
        *rounding.entry(&f.rule).or_default() += 1;
    }
    let n: usize = rounding.values().sum();
    let list: Vec<String> = rounding.iter().map(|(r, n)| format!("{r} {n}")).collect();
    if n > 0 {
        writeln!(out, "  {n:>5}  hold by rounding ({})", list.join(", "))?;
    }
    writeln!(
        out,
        "  {:>5}  could not be evaluated",
        of(FindingOutcome::NotEvaluated).count()
    )?;
    writeln!(out, "  {:>5}  fail", of(FindingOutcome::Fails).count())?;
    for f in of(FindingOutcome::Fails) {
        writeln!(out, "\n  {}\n    {}", f.rule, text(f))?;
    }
    let open: Vec<&Finding> = of(FindingOutcome::NotEvaluated).collect();
    if !open.is_empty() {
        writeln!(out, "\nnot evaluated, and worth knowing")?;
        for f in open {
            writeln!(out, "  {}", text(f))?;
        }
    }
    Ok(())
}

#[derive(Default)]
struct Sums {
    documents: u64,
    by_status: BTreeMap<&'static str, u64>,
    /// Non-zero amounts and how many are held, by form.
    by_form: BTreeMap<String, (u64, u64)>,
    /// Holds, rounding, fails, not evaluated, by rule.
    by_rule: BTreeMap<String, [u64; 4]>,
    /// Fails and name.
    ranked: Vec<(u64, String)>,
}

fn dataset(args: &Args, g: &Grammar, out: &mut impl Write) -> Result<(), Failure> {
    let mut documents = Documents::open(&args.input, false)?;
    let mut sums = Sums::default();
    while let Some(mut e) = documents.next()? {
        crate::check::check(&mut e, g);
        sums.documents += 1;
        *sums.by_status.entry(e.document.status.as_str()).or_default() += 1;
        for (form, (n, held)) in counts(&e) {
            let c = sums.by_form.entry(form.to_string()).or_default();
            c.0 += n;
            c.1 += held;
        }
        let mut fails = 0;
        for f in &e.findings {
            let slot = match f.outcome {
                FindingOutcome::Holds => 0,
                FindingOutcome::Rounding => 1,
                FindingOutcome::Fails => 2,
                FindingOutcome::NotEvaluated => 3,
            };
            fails += u64::from(slot == 2);
            sums.by_rule.entry(f.rule.clone()).or_default()[slot] += 1;
        }
        if fails > 0 {
            sums.ranked.push((fails, e.document.file_name.clone()));
        }
    }
    sums.ranked.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    print(args, &sums, out)?;
    Ok(())
}

fn print(args: &Args, s: &Sums, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "{} documents", s.documents)?;
    for (status, n) in &s.by_status {
        writeln!(out, "  {n:>7}  {status}")?;
    }
    writeln!(
        out,
        "\namounts that are not zero, and the share held by at least one identity"
    )?;
    let (mut all, mut held) = (0, 0);
    for (form, (n, h)) in &s.by_form {
        writeln!(out, "  {n:>9}  {:>6}  {form}", percent(*h, *n))?;
        all += n;
        held += h;
    }
    writeln!(out, "  {all:>9}  {:>6}  all", percent(held, all))?;
    writeln!(out, "\nidentities        holds  rounding     fails  not evaluated")?;
    for (rule, [a, b, c, d]) in &s.by_rule {
        writeln!(out, "  {a:>19}  {b:>8}  {c:>8}  {d:>13}  {rule}")?;
    }
    let shown = s.ranked.len().min(args.top);
    if shown > 0 {
        writeln!(
            out,
            "\ndocuments with figures that contradict each other ({} in all)",
            s.ranked.len()
        )?;
        for (n, name) in &s.ranked[..shown] {
            writeln!(out, "  {n:>5}  {name}")?;
        }
    }
    Ok(())
}
