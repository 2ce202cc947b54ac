//! Documents with one planted error each (`scripts/generate.py --set planted`): every error is found, the figure that is named
//! is the one that was changed, and the documents without an error give no alarm.

use crate::support::{builtin, extract, files, root};
use juesuan::check::{self, Doubt};
use juesuan::place::Place;
use juesuan::record::{Extract, Finding, FindingOutcome, Side, Statement};
use rust_decimal::Decimal;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// What was changed.
#[derive(Debug)]
struct Planted {
    form: Option<String>,
    section: Option<String>,
    side: Option<Side>,
    item: String,
    measure: String,
    printed: String,
}

fn planted(pdf: &Path) -> Vec<Planted> {
    let Ok(text) = std::fs::read_to_string(pdf.with_extension("planted.json")) else {
        return Vec::new();
    };
    let all: serde_json::Value = serde_json::from_str(&text).unwrap();
    let word = |v: &serde_json::Value, key: &str| v[key].as_str().map(str::to_string);
    all.as_array()
        .unwrap()
        .iter()
        .map(|v| Planted {
            form: word(v, "form"),
            section: word(v, "section"),
            side: word(v, "side").and_then(|s| Side::from_word(&s)),
            item: word(v, "item").unwrap(),
            measure: word(v, "measure").unwrap(),
            printed: word(v, "printed").unwrap(),
        })
        .collect()
}

/// The statements of the truth, for documents of which none was read.
fn stated(pdf: &Path, e: &mut Extract) {
    let csv = pdf.with_extension("statements.csv");
    if !e.statements.is_empty() || !csv.exists() {
        return;
    }
    eprintln!("{}: statements of the truth, none was read", pdf.display());
    for (n, record) in csv::Reader::from_path(csv).unwrap().records().enumerate() {
        let r = record.unwrap();
        let text = |k: usize| Some(r[k].to_string()).filter(|s| !s.is_empty());
        let number = |k: usize| Decimal::from_str(&r[k]).ok();
        e.statements.push(Statement {
            ground: juesuan::record::Ground::Words,
            source: juesuan::record::Source::Native,
            ordinal: n as u32 + 1,
            section: r[0].into(),
            sentence: r[1].into(),
            subject: text(2),
            slot: r[3].into(),
            value_type: r[4].into(),
            amount: number(5),
            ratio: number(6),
            count: number(7),
            text: text(8),
            printed: r[9].into(),
            printed_unit: text(10),
            place: Place::page(r[11].parse().unwrap_or(0)),
            held: 0,
            failed: 0,
        });
    }
}

/// The ordinals of the figures that were changed: facts, statements.
fn changed(e: &Extract, all: &[Planted]) -> (Vec<u32>, Vec<u32>) {
    let (mut facts, mut statements) = (Vec::new(), Vec::new());
    for p in all {
        let before = facts.len() + statements.len();
        if let Some(form) = &p.form {
            let fits = e.facts.iter().filter(|f| {
                f.form == *form && f.item == p.item && f.measure == p.measure && (p.side.is_none() || f.side == p.side)
            });
            facts.extend(fits.filter(|f| f.printed == p.printed).map(|f| f.ordinal));
        } else {
            let fits = e.statements.iter().filter(|s| {
                Some(&s.section) == p.section.as_ref()
                    && s.slot == p.measure
                    && s.printed == p.printed
                    && s.subject.as_deref() == Some(&p.item)
            });
            statements.extend(fits.map(|s| s.ordinal).take(1));
        }
        assert_eq!(facts.len() + statements.len(), before + 1, "{p:?} was not read");
    }
    (facts, statements)
}

fn failing(e: &Extract) -> Vec<&Finding> {
    e.findings
        .iter()
        .filter(|f| f.outcome == FindingOutcome::Fails)
        .collect()
}

#[test]
fn every_planted_error_is_found_with_its_culprit() {
    let (kinds, wrong) = every(&files(&root().join("tests/planted"), ".pdf"));
    assert_eq!(kinds, 24);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The same for every folder in the folder `JUESUAN_PLANTED` (`scripts/generate.py --set planted --seed N`, one folder a seed): how
/// many of the errors are found, and how often somebody else is blamed or a clean document gives an alarm.
#[test]
fn errors_planted_in_other_books_are_found() {
    let Some(dir) = std::env::var_os("JUESUAN_PLANTED") else {
        eprintln!("no other planted errors: set JUESUAN_PLANTED");
        return;
    };
    let mut seeds: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    seeds.sort();
    let (mut planted, mut wrong) = (0, Vec::new());
    for seed in &seeds {
        let (kinds, more) = every(&files(seed, ".pdf"));
        planted += kinds;
        wrong.extend(more.into_iter().map(|w| format!("{}: {w}", seed.display())));
    }
    let count = |what: &str| wrong.iter().filter(|w| w.contains(what)).count();
    let (missed, alarms, blamed) = (count("not found"), count("false alarm"), count("somebody else"));
    eprintln!("{}", wrong.join("\n"));
    eprintln!(
        "{} sets, {planted} errors: {missed} not found, {alarms} false alarms, {blamed} times somebody else is blamed, {} without \
         their culprit",
        seeds.len(),
        wrong.len() - missed - alarms - blamed
    );
    assert!(planted > 0);
    assert_eq!(
        missed + alarms,
        0,
        "an error is not found, or an alarm touches nothing that was changed"
    );
}

/// All documents of one set: how many errors are planted, and what is wrong about what was found.
fn every(all: &[PathBuf]) -> (usize, Vec<String>) {
    let g = builtin();
    assert!(all.len() >= 26, "{}", all.len());
    let before = all.iter().find(|p| p.to_string_lossy().contains("p25-")).unwrap();
    let before = extract(before);
    let mut kinds = 0;
    let mut wrong = Vec::new();
    for pdf in all {
        let name = pdf.file_stem().unwrap().to_string_lossy().into_owned();
        let what = planted(pdf);
        let mut e = extract(pdf);
        stated(pdf, &mut e);
        let doubts = check::check(&mut e, g);
        if name.starts_with("p24-") {
            against_the_year_before(&e, &before, &what);
            kinds += 1;
            continue;
        }
        let fails = failing(&e);
        if what.is_empty() {
            let messages: Vec<&str> = fails.iter().map(|f| f.message.as_str()).collect();
            if !(messages.is_empty() && doubts.is_empty()) {
                wrong.push(format!("{name}: false alarm: {messages:?}"));
            }
            continue;
        }
        kinds += 1;
        let (facts, statements) = changed(&e, &what);
        if what.iter().all(|p| p.printed.is_empty()) {
            // A total left blank contradicts nothing and is said.
            let said = |f: &Finding| {
                f.outcome == FindingOutcome::NotEvaluated && f.why.as_deref().is_some_and(|w| w.starts_with("blank: "))
            };
            if !fails.is_empty() || !e.findings.iter().any(said) {
                wrong.push(format!("{name}: not found: a blank total"));
            }
            continue;
        }
        judge(&name, &fails, &doubts, &facts, &statements, &mut wrong);
    }
    (kinds, wrong)
}

/// Only the account of the year before tells which figure it is.
fn against_the_year_before(now: &Extract, before: &Extract, what: &[Planted]) {
    let mut years = check::Years::new(builtin());
    for e in [before, now] {
        let mut e = e.clone();
        e.document.unit_key = Some("unit".into());
        years.add(&e);
    }
    let (facts, _) = changed(now, what);
    let inside = failing(now);
    assert!(!inside.is_empty() && inside.iter().all(|f| f.facts.contains(&facts[0])));
    let found = years.findings().unwrap();
    assert_eq!(found.len(), 1);
    let [f] = failing(&found[0])[..] else {
        panic!("{:?}", found[0].findings)
    };
    assert_eq!((f.rule.as_str(), f.facts.as_slice()), ("years.carryover", &facts[..]));
    assert!(f.message.contains("最可疑"), "{}", f.message);
}

/// Errors that a single sum shows.
const ONE_SUM: &[&str] = &["p20-procurement-sum", "p22-vehicles-sum"];

fn judge(name: &str, fails: &[&Finding], doubts: &[Doubt], facts: &[u32], statements: &[u32], wrong: &mut Vec<String>) {
    if fails.is_empty() {
        wrong.push(format!("{name}: not found"));
    }
    for f in fails {
        let touched = f.facts.iter().any(|n| facts.contains(n)) || f.statements.iter().any(|n| statements.contains(n));
        if !touched {
            wrong.push(format!("{name}: false alarm: {} {}", f.rule, f.message));
        }
    }
    let named = |n: &u32, d: &Doubt, of_facts: bool| (if of_facts { d.fact } else { d.statement }) == Some(*n);
    for d in doubts {
        let right = d.fact.is_some_and(|n| facts.contains(&n)) || d.statement.is_some_and(|n| statements.contains(&n));
        if !right {
            wrong.push(format!("{name}: somebody else is blamed: {d:?}"));
        }
    }
    let found = facts
        .iter()
        .filter(|n| doubts.iter().any(|d| named(n, d, true)))
        .count();
    let said = statements
        .iter()
        .filter(|n| doubts.iter().any(|d| named(n, d, false)))
        .count();
    // One sum and nothing else: which of its figures is wrong nobody can tell, and nobody is blamed.
    if let [one] = fails
        && ONE_SUM.contains(&name)
        && doubts.is_empty()
        && one.facts.len() + one.statements.len() > 1
    {
        return;
    }
    // A column that slipped by a row: the rows that stand in no other table cannot be told.
    if found + said == 0 || (facts.len() < 4 && found + said < facts.len() + statements.len()) {
        wrong.push(format!(
            "{name}: {} of {} culprits named; {:?}",
            found + said,
            facts.len() + statements.len(),
            fails.iter().map(|f| &f.message_en).collect::<Vec<_>>()
        ));
    }
}

/// Many generated documents (`scripts/generate.py --set bench`), as a user extracts them: nothing fails, neither within a document
/// nor between the years of a unit. The folder stands in `JUESUAN_GENERATED`.
#[test]
fn no_false_alarm_on_many_generated_documents() {
    let Some(dir) = std::env::var_os("JUESUAN_GENERATED") else {
        eprintln!("no generated documents: set JUESUAN_GENERATED");
        return;
    };
    let (g, all) = (builtin(), files(Path::new(&dir), ".pdf"));
    let mut years = check::Years::new(g);
    let (mut held, mut alarms) = (0, Vec::new());
    let mut note = |e: &Extract, name: &str| {
        held += e.findings.iter().filter(|f| f.outcome == FindingOutcome::Holds).count();
        alarms.extend(failing(e).iter().map(|f| format!("{name}: {} {}", f.rule, f.message)));
    };
    for (n, pdf) in all.iter().enumerate() {
        let name = pdf.file_name().unwrap().to_string_lossy().into_owned();
        let mut e = extract(pdf);
        e.document.document_id = juesuan::place::DocumentId(format!("{n:064}"));
        note(&e, &name);
        years.add(&e);
    }
    for e in years.findings().unwrap() {
        note(&e, &e.document.document_id.0);
    }
    eprintln!("{} documents, {held} identities hold, {} fail", all.len(), alarms.len());
    assert!(alarms.is_empty(), "{}", alarms.join("\n"));
    assert!(held > 100 * all.len());
}
