//! `juesuan report`: one document, or a whole dataset, on one screen.

use super::dataset::Documents;
use super::draft::Draft;
use super::{Done, Failure, load_grammar};
use crate::grammar::Grammar;
use crate::pipeline::{self, Context, Filter};
use crate::record::{DocumentRow, Extract, Finding, FindingOutcome, Status};
use crate::report::Report;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tr::tr;

/// Sum up a document (PDF) or a dataset: what was disclosed, what is missing, what contradicts
///
/// Examples:
///   juesuan report one.pdf
///   juesuan report data --top 50
///   juesuan report data --html report.html     one file to look at: compare, draw, search, print; no network
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// A PDF, or the folder of a dataset with CSV files
    #[arg(value_name = "FILE|DIR")]
    input: PathBuf,
    /// Of a dataset: write everything there is to look at into one HTML file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// The same as --lang en
    #[arg(long, hide = true)]
    english: bool,
    /// How many documents are ranked
    #[arg(long, default_value_t = 20, value_name = "N")]
    top: usize,
    /// Of a dataset: list every identity, also those that hold everywhere
    #[arg(long)]
    all: bool,
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

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let grammar = load_grammar(args.grammars.as_deref())?;
    if let Some(target) = &args.html {
        return html(args, &grammar, target);
    }
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

/// A dataset as one page.
fn html(args: &Args, grammar: &Grammar, target: &Path) -> Done {
    if !args.input.is_dir() {
        return Err(tr!("--html shows a dataset; run `juesuan extract` first").into());
    }
    let mut documents = Documents::open(&args.input, false)?;
    let mut report = Report::new(grammar);
    report.cite(citation(&args.input));
    let mut years = crate::check::Years::new(grammar);
    let mut seen = 0;
    while let Some(mut e) = documents.next()? {
        crate::check::check(&mut e, grammar);
        years.add(&e);
        report.add(&e)?;
        seen += 1;
    }
    for e in years.findings()? {
        report.found(&e);
    }
    let cannot = |e: std::io::Error| Failure::Message(tr!("cannot write {}: {e}", target.display(), e));
    let mut draft = Draft::beside(target).map_err(cannot)?;
    let mut out = std::io::BufWriter::new(&mut draft.file);
    report.finish(!args.english(), &mut out).map_err(cannot)?;
    out.flush().map_err(cannot)?;
    drop(out);
    draft.commit(target).map_err(cannot)?;
    super::sum_up!(args.quiet, "{seen} documents: {}", target.display(), seen);
    Ok(ExitCode::SUCCESS)
}

/// How a dataset is cited; one that was put together by hand may not say it.
fn citation(dataset: &Path) -> Option<String> {
    let text = std::fs::read_to_string(dataset.join("datapackage.json")).ok()?;
    let package: serde_json::Value = serde_json::from_str(&text).ok()?;
    Some(package.get("citation")?.as_str()?.to_string())
}

/// One file through all stages, its identities evaluated.
pub(super) fn extract(path: &Path, grammar: &Grammar) -> Result<Extract, Failure> {
    let bytes = std::fs::read(path).map_err(|e| Failure::Message(tr!("cannot read {}: {e}", path.display(), e)))?;
    let name = path
        .file_name()
        .map(|n| n.to_string_lossy().to_string())
        .unwrap_or_default();
    let cx = Context {
        grammar,
        limits: crate::read::Limits::default(),
        filter: Filter::default(),
        scans: crate::pipeline::Scans::default(),
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
    let pages = match d.pages {
        0 => tr!("no pages"),
        n => tr!("{n} pages", n),
    };
    writeln!(out, "{}", d.file_name)?;
    writeln!(
        out,
        "  {}, {year}, {} ({}), {pages}",
        d.unit_name.as_deref().unwrap_or("—"),
        d.kind,
        d.status
    )?;
    if let Some(m) = &d.error_message {
        writeln!(out, "  {m}")?;
    }
    if matches!(
        d.status,
        Status::NotAFinalAccount | Status::Unknown | Status::NotReadable | Status::Joined | Status::Split
    ) {
        return Ok(());
    }
    let by_form = counts(e);
    writeln!(
        out,
        "\n{}",
        tr!("disclosed: amounts that are not zero, and the share held by at least one identity")
    )?;
    // In the order of the pages.
    let mut first: Vec<(u32, &str)> = Vec::new();
    for f in &e.facts {
        match first.iter_mut().find(|(_, form)| *form == f.form) {
            Some((page, _)) => *page = (*page).min(f.place.page),
            None => first.push((f.place.page, &f.form)),
        }
    }
    first.sort_unstable();
    for (page, form) in first {
        let (amounts, held) = by_form.get(form).copied().unwrap_or_default();
        let share = match amounts {
            0 => tr!("zeros and blanks"),
            _ => percent(held, amounts),
        };
        let at = if page == 0 {
            String::new()
        } else {
            format!("{}  ", tr!("page {}", format!("{page:>3}")))
        };
        writeln!(out, "  {at}{amounts:>6}  {share:>16}  {}", title(args, g, form))?;
    }
    if !e.statements.is_empty() {
        let sections: BTreeSet<&str> = e.statements.iter().map(|s| s.section.as_str()).collect();
        let held = e.statements.iter().filter(|s| s.held > 0).count();
        writeln!(
            out,
            "  {:8}  {:>6}  {:>16}  {}",
            tr!("text"),
            e.statements.len(),
            percent(held as u64, e.statements.len() as u64),
            tr!("values in the sentences of {} sections", sections.len())
        )?;
    }
    let missing = g.forms.iter().filter(|f| !d.forms_found.contains(&f.id));
    let missing: Vec<String> = missing.map(|f| title(args, g, &f.id)).collect();
    if !missing.is_empty() {
        writeln!(out, "\n{}\n  {}", tr!("not found"), missing.join("\n  "))?;
    }
    findings(args, e, out)?;
    unproven(e, out)?;
    not_held(e, out)
}

/// A form as it is called, with its id.
fn title(args: &Args, g: &Grammar, form: &str) -> String {
    let name = match (args.english(), g.forms.iter().find(|f| f.id == form)) {
        (false, Some(f)) => f.zh.as_str(),
        _ => g.identities.name("form", form)[1],
    };
    format!("{name} ({form})")
}

fn text<'f>(args: &Args, f: &'f Finding) -> &'f str {
    if args.english() { &f.message_en } else { &f.message }
}

fn findings(args: &Args, e: &Extract, out: &mut impl Write) -> std::io::Result<()> {
    let of = |o: FindingOutcome| e.findings.iter().filter(move |f| f.outcome == o);
    let holds = of(FindingOutcome::Holds).count();
    writeln!(out, "\n{}\n  {holds:>5}  {}", tr!("checked"), tr!("identities hold"))?;
    let mut rounding: BTreeMap<&str, usize> = BTreeMap::new();
    for f in of(FindingOutcome::Rounding) {
        *rounding.entry(&f.rule).or_default() += 1;
    }
    let n: usize = rounding.values().sum();
    let list: Vec<String> = rounding.iter().map(|(r, n)| format!("{r} {n}")).collect();
    if n > 0 {
        writeln!(out, "  {n:>5}  {} ({})", tr!("hold by rounding"), list.join(", "))?;
    }
    writeln!(
        out,
        "  {:>5}  {}",
        of(FindingOutcome::NotEvaluated).count(),
        tr!("could not be evaluated")
    )?;
    writeln!(out, "  {:>5}  {}", of(FindingOutcome::Fails).count(), tr!("fail"))?;
    if of(FindingOutcome::Fails).next().is_some() {
        writeln!(out, "\n{}", tr!("contradictions"))?;
    }
    for f in of(FindingOutcome::Fails) {
        writeln!(out, "  {}\n    {}", f.rule, text(args, f))?;
    }
    // One table that is not there is said once, not for every figure that it would prove.
    let mut open: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for f in of(FindingOutcome::NotEvaluated) {
        open.entry(f.why.as_deref().unwrap_or("")).or_default().push(f);
    }
    if !open.is_empty() {
        writeln!(out, "\n{}", tr!("not evaluated"))?;
    }
    for (why, all) in open {
        if let [one] = all.as_slice() {
            writeln!(out, "  {}", text(args, one))?;
            continue;
        }
        let rules: BTreeSet<&str> = all.iter().map(|f| f.rule.as_str()).collect();
        let rules: Vec<&str> = rules.into_iter().collect();
        writeln!(
            out,
            "  {}",
            tr!("{why}: {} times ({})", all.len(), rules.join(", "), why)
        )?;
    }
    Ok(())
}

/// Numbers that were read from pictures and that nothing proves.
fn unproven(e: &Extract, out: &mut impl Write) -> std::io::Result<()> {
    let facts = e.facts.iter().filter(|f| f.unproven()).count();
    let said = e.statements.iter().filter(|s| s.unproven()).count();
    said_unproven((facts, said), out)
}

fn said_unproven((facts, said): (usize, usize), out: &mut impl Write) -> std::io::Result<()> {
    if facts + said > 0 {
        writeln!(
            out,
            "\n{}",
            tr!(
                "read from pictures and held by no identity (unproven): {facts} amounts of tables, {said} numbers of sentences",
                facts,
                said
            )
        )?;
    }
    Ok(())
}

/// Amounts that are printed once and that nothing else in the document proves.
fn not_held(e: &Extract, out: &mut impl Write) -> std::io::Result<()> {
    const SHOWN: usize = 30;
    let alone: Vec<_> = e
        .facts
        .iter()
        .filter(|f| f.held == 0 && f.failed == 0 && f.amount.is_some_and(|a| !a.is_zero()))
        .collect();
    if alone.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", tr!("amounts that no identity reaches: {}", alone.len()))?;
    for f in alone.iter().take(SHOWN) {
        let name = f.item_name.as_deref().unwrap_or(&f.item);
        writeln!(
            out,
            "  {}  {}: {name}, {}: {}",
            tr!("page {}", format!("{:>3}", f.place.page)),
            f.form,
            f.measure,
            f.printed
        )?;
    }
    if alone.len() > SHOWN {
        writeln!(out, "  {}", tr!("… and {} more", alone.len() - SHOWN))?;
    }
    Ok(())
}

#[derive(Default)]
struct Sums {
    documents: u64,
    years: BTreeMap<i16, u64>,
    by_status: BTreeMap<&'static str, u64>,
    /// Non-zero amounts and how many are held, by form.
    by_form: BTreeMap<String, (u64, u64)>,
    /// Holds, rounding, fails, not evaluated, by scope and rule.
    by_rule: BTreeMap<(String, String), [u64; 4]>,
    ranked: Vec<Ranked>,
    /// Amounts of tables and numbers of sentences that were read from pictures and that nothing proves.
    unproven: (usize, usize),
}

/// A document with contradictions.
struct Ranked {
    fails: u64,
    file: String,
    who: String,
    rules: BTreeSet<String>,
}

fn dataset(args: &Args, g: &Grammar, out: &mut impl Write) -> Result<(), Failure> {
    let mut documents = Documents::open(&args.input, false)?;
    let mut sums = Sums::default();
    while let Some(mut e) = documents.next()? {
        crate::check::check(&mut e, g);
        sums.add(&e);
    }
    sums.ranked
        .sort_by(|a, b| b.fails.cmp(&a.fails).then_with(|| a.file.cmp(&b.file)));
    print(args, g, &sums, out)?;
    Ok(())
}

impl Sums {
    fn add(&mut self, e: &Extract) {
        self.documents += 1;
        if let Some(y) = e.document.fiscal_year {
            *self.years.entry(y).or_default() += 1;
        }
        *self.by_status.entry(e.document.status.as_str()).or_default() += 1;
        for (form, (n, held)) in counts(e) {
            let c = self.by_form.entry(form.to_string()).or_default();
            c.0 += n;
            c.1 += held;
        }
        self.unproven.0 += e.facts.iter().filter(|f| f.unproven()).count();
        self.unproven.1 += e.statements.iter().filter(|s| s.unproven()).count();
        let mut fails = 0;
        let mut rules = BTreeSet::new();
        for f in &e.findings {
            let slot = match f.outcome {
                FindingOutcome::Holds => 0,
                FindingOutcome::Rounding => 1,
                FindingOutcome::Fails => 2,
                FindingOutcome::NotEvaluated => 3,
            };
            if slot == 2 {
                fails += 1;
                rules.insert(f.rule.clone());
            }
            let key = (f.scope.clone(), f.rule.clone());
            self.by_rule.entry(key).or_default()[slot] += 1;
        }
        if fails > 0 {
            let year = e.document.fiscal_year.map_or(String::new(), |y| format!(", {y}"));
            self.ranked.push(Ranked {
                fails,
                file: e.document.file_name.clone(),
                who: format!("{}{year}", e.document.unit_name.as_deref().unwrap_or("—")),
                rules,
            });
        }
    }
}

fn print(args: &Args, g: &Grammar, s: &Sums, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "{}", tr!("{} documents", s.documents))?;
    for (status, n) in &s.by_status {
        writeln!(out, "  {n:>7}  {}", super::language::word(status))?;
    }
    let years: Vec<String> = s.years.iter().map(|(y, n)| format!("{y}: {n}")).collect();
    if !years.is_empty() {
        writeln!(out, "  {}", tr!("by year  {}", years.join(", ")))?;
    }
    writeln!(
        out,
        "\n{}",
        tr!("amounts that are not zero, and the share held by at least one identity")
    )?;
    let (mut all, mut held) = (0, 0);
    for (form, (n, h)) in &s.by_form {
        writeln!(out, "  {n:>9}  {:>6}  {}", percent(*h, *n), title(args, g, form))?;
        all += n;
        held += h;
    }
    writeln!(out, "  {all:>9}  {:>6}  {}", percent(held, all), tr!("all"))?;
    said_unproven(s.unproven, out)?;
    kinds(args, g, s, out)?;
    let shown = s.ranked.len().min(args.top);
    if shown > 0 {
        writeln!(
            out,
            "\n{}",
            tr!(
                "documents by the number of contradictions ({} have any)",
                s.ranked.len()
            )
        )?;
        for r in &s.ranked[..shown] {
            let rules: Vec<&str> = r.rules.iter().map(String::as_str).collect();
            writeln!(
                out,
                "  {:>5}  {} ({})\n         {}",
                r.fails,
                r.file,
                r.who,
                rules.join(", ")
            )?;
        }
    }
    Ok(())
}

/// Findings by kind: a line for each scope, then the rules that somewhere fail or could not be asked.
fn kinds(args: &Args, g: &Grammar, s: &Sums, out: &mut impl Write) -> std::io::Result<()> {
    let mut scopes: BTreeMap<&str, [u64; 4]> = BTreeMap::new();
    for ((scope, _), n) in &s.by_rule {
        let sum = scopes.entry(scope).or_default();
        for (a, b) in sum.iter_mut().zip(n) {
            *a += b;
        }
    }
    let line = |[a, b, c, d]: &[u64; 4]| format!("{a:>9} {b:>9} {c:>9} {d:>14}");
    writeln!(
        out,
        "\n{}\n{:>9} {:>9} {:>9} {:>14}",
        tr!("findings by kind"),
        tr!("holds"),
        tr!("rounding"),
        tr!("fails"),
        tr!("not evaluated")
    )?;
    for (scope, n) in &scopes {
        writeln!(out, "{}  {scope}", line(n))?;
    }
    let mut rules: Vec<(&str, &[u64; 4])> = s.by_rule.iter().map(|((_, rule), n)| (rule.as_str(), n)).collect();
    if !args.all {
        rules.retain(|(_, n)| n[2] + n[3] > 0);
    }
    rules.sort_by(|a, b| b.1[2].cmp(&a.1[2]).then(b.1[3].cmp(&a.1[3])).then(a.0.cmp(b.0)));
    if !rules.is_empty() {
        let which = if args.all {
            tr!("each identity")
        } else {
            tr!("identities that somewhere fail or could not be evaluated (--all lists the others)")
        };
        writeln!(out, "\n{which}")?;
    }
    for (rule, n) in rules {
        let law = g.identities.rules.iter().find(|r| r.id == rule);
        let law = law.map_or("", |r| if args.english() { &r.en } else { &r.zh });
        writeln!(out, "{}  {rule}: {law}", line(n))?;
    }
    Ok(())
}
