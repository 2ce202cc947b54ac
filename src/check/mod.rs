//! Does it add up: identities over what was published. Comes in: an [`Extract`] (read from a document or from a dataset written
//! earlier) and the rules of the grammar. Goes out: its findings, and on every fact and statement how many identities hold it
//! and how many fail. The published values are never changed.
//!
//! What counts:
//! * Blank is not zero. A blank or a dash among the addends of a printed sum counts as nothing printed, and the message says
//!   so; a blank total, or a sum without one printed addend, is `not_evaluated`.
//! * A sum over the rows of a table of which rows or numbers were not read (see [`crate::diag::Loss::Rows`]) may hold; where it fails it was not
//!   evaluated: the reading, not the document, may be to blame.
//! * 0 = 0 + 0 is no finding: it proves nothing.
//! * An inequality (a part is at most its whole) can fail, but does not hold a figure.
//! * The bound of rounding comes from the printed digits: see `evaluate`.
//! * In `facts` and `statements` of a finding the figure that is most in doubt stands first.

mod contradiction;
mod evaluate;
mod figures;
mod instance;
mod judge;
mod mend;
mod message;
mod operands;
mod projects;
mod settle;
mod suspects;
mod years;

pub use contradiction::contradicted;
pub use mend::{Mended, Reading, mend};
pub use suspects::How;
pub use years::Years;

use crate::diag::{Code, Diagnostic, Severity};
use crate::grammar::Grammar;
use crate::grammar::equation::Relation;
use crate::place::Place;
use crate::record::{DocumentRow, Extract, Fact, Finding, FindingClass, FindingOutcome};
use evaluate::Evaluator;
use figures::{Figure, Figures};
use instance::{At, Instance, Shape};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// A figure that is most in doubt, and what would satisfy the identities that fail through it.
#[derive(Clone, Debug, PartialEq)]
pub struct Doubt {
    /// Ordinal of the fact.
    pub fact: Option<u32>,
    /// Ordinal of the statement.
    pub statement: Option<u32>,
    /// The value that would satisfy them.
    pub value: Decimal,
    /// What probably happened.
    pub how: How,
    /// Failing identities that would hold.
    pub mended: usize,
}

/// Evaluates all identities of one document. Fills `findings`, `held` and `failed`, and the counts of the document's row;
/// returns the figures that are most in doubt.
pub fn check(extract: &mut Extract, g: &Grammar) -> Vec<Doubt> {
    let (findings, marks, doubts) = {
        let own = Figures::new(extract, g);
        let mut e = Evaluator::of_document(&own, extract.document.fiscal_year, g, &extract.diagnostics);
        e.settle_unread_items(&extract.diagnostics);
        publish(&e.out, &own, &extract.document, g)
    };
    for f in &mut extract.facts {
        (f.held, f.failed) = (0, 0);
    }
    for s in &mut extract.statements {
        (s.held, s.failed) = (0, 0);
    }
    let mut findings = findings;
    let after = findings.len() as u32;
    findings.extend(projects::findings(extract, &g.identities, after));
    extract.findings = findings;
    mark(extract, &marks);
    doubts
}

/// One word for each form, and one for the text, whose figures contradict each other. The list of what to look at must have them: a
/// digit that damage turned into another one leaves no other sign in a page or a text.
pub fn contradictions(extract: &Extract) -> Vec<Diagnostic> {
    let mut found: BTreeMap<Option<&str>, (usize, Place)> = BTreeMap::new();
    for f in extract.findings.iter().filter(|f| f.outcome == FindingOutcome::Fails) {
        // In the order of their numbers, which may have gaps.
        let at = |n: &u32| extract.facts.binary_search_by_key(n, |x| x.ordinal).ok();
        let fact = f.facts.first().and_then(at).map(|k| &extract.facts[k]);
        let place = || {
            f.place
                .or_else(|| f.page.map(Place::page))
                .unwrap_or_else(Place::document)
        };
        found
            .entry(fact.map(|x| x.form.as_str()))
            .or_insert_with(|| (0, fact.map_or_else(place, |x| x.place)))
            .0 += 1;
    }
    let said = |(form, (count, place)): (Option<&str>, (usize, Place))| {
        let what = form.unwrap_or("the text");
        let message = format!(
            "figures of {what} contradict each other ({count} identities fail): printed so, or damaged; read findings beside the page"
        );
        let d = Diagnostic::new(Severity::Warning, Code::FiguresContradict, message, place);
        match form {
            Some(form) => d.of_form(form),
            None => d,
        }
    };
    found.into_iter().map(said).collect()
}

/// Held and failed, by figure.
type Marks = BTreeMap<Figure, (u32, u32)>;

fn publish(
    instances: &[Instance<'_, '_>],
    own: &Figures<'_>,
    document: &DocumentRow,
    g: &Grammar,
) -> (Vec<Finding>, Marks, Vec<Doubt>) {
    let (suspects, blamed) = suspects::find(own, instances);
    let writer = message::Writer {
        own,
        prior: None,
        g,
        whose: message::whose(document),
    };
    let mut marks: Marks = BTreeMap::new();
    let mut findings = Vec::with_capacity(instances.len());
    for (n, i) in instances.iter().enumerate() {
        let suspect = blamed.get(&n).and_then(|s| suspects.get(*s));
        // The sum along a row says nothing about whose row it is.
        let in_doubt = matches!(i.at, At::Row(sheet, r) if sheet.rows[r].twice);
        let proves = !in_doubt && !matches!(i.shape, Shape::Linear(Relation::AtMost | Relation::AtLeast));
        // A figure may stand twice in one identity (a change, and last year's amount that it gives): it is held once.
        let mut figures: Vec<Figure> = i.addends().filter(|a| !a.prior).map(|a| a.figure).collect();
        figures.sort_unstable();
        figures.dedup();
        for figure in figures {
            let m = marks.entry(figure).or_default();
            match i.outcome {
                // A digit that was misread may hide in the bound of rounding and in a rate.
                FindingOutcome::Holds | FindingOutcome::Rounding
                    if own.read_from_picture(figure)
                        && (i.outcome != FindingOutcome::Holds || i.shape != Shape::Linear(Relation::Equal)) => {}
                FindingOutcome::Holds | FindingOutcome::Rounding if proves => m.0 += 1,
                FindingOutcome::Fails => m.1 += 1,
                _ => {}
            }
        }
        findings.push(published(
            i,
            own,
            n as u32 + 1,
            writer.why(i),
            writer.sentences(i, suspect),
            suspect.map(|s| s.figure),
        ));
    }
    let doubts = suspects
        .iter()
        .map(|s| Doubt {
            fact: match s.figure {
                Figure::Fact(n) => Some(own.facts[n].ordinal),
                Figure::Statement(_) => None,
            },
            statement: match s.figure {
                Figure::Fact(_) => None,
                Figure::Statement(n) => Some(own.statements[n].ordinal),
            },
            value: s.value,
            how: s.how,
            mended: s.mended,
        })
        .collect();
    (findings, marks, doubts)
}

/// One instance as it is published; the figure most in doubt stands first.
fn published(
    i: &Instance<'_, '_>,
    own: &Figures<'_>,
    ordinal: u32,
    why: Option<String>,
    (message, message_en): (String, String),
    suspect: Option<Figure>,
) -> Finding {
    let mut facts = Vec::new();
    let mut statements = Vec::new();
    let own_figures = i.addends().filter(|a| !a.prior).map(|a| a.figure);
    for f in suspect.into_iter().chain(own_figures) {
        let (list, ordinal) = match f {
            Figure::Fact(n) => (&mut facts, own.facts[n].ordinal),
            Figure::Statement(n) => (&mut statements, own.statements[n].ordinal),
        };
        if !list.contains(&ordinal) {
            list.push(ordinal);
        }
    }
    Finding {
        ordinal,
        rule: i.rule.id.clone(),
        scope: i.rule.scope.clone(),
        outcome: i.outcome,
        why,
        left: i.left_value,
        right: i.right_value,
        difference: i.difference,
        allowed: i.allowed,
        message,
        message_en,
        facts,
        statements,
        page: i.addends().find(|a| !a.prior).map(|a| own.page(a.figure)),
        place: None,
        class: FindingClass::Equality,
        severity: None,
        relative_difference: None,
    }
    .graded(class(i))
}

fn class(i: &Instance<'_, '_>) -> FindingClass {
    match i.shape {
        Shape::Linear(Relation::Equal) => FindingClass::Equality,
        Shape::Linear(_) => FindingClass::Order,
        Shape::Ratio if i.right_value.is_none() => FindingClass::ZeroBase,
        Shape::Ratio => FindingClass::Rate,
        Shape::Direction => FindingClass::Direction,
        Shape::Listed => FindingClass::Listed,
    }
}

/// The facts that no sum proves, whatever holds: it sees neither a digit too many behind the point, nor that a row has lost a part of its
/// code.
fn unproven(extract: &Extract) -> Vec<bool> {
    let said = |code: Code| extract.diagnostics.iter().filter(move |d| d.code == code);
    // In order, so that a table in which every cell is odd costs no square of its cells.
    let spot = |p: &Place| format!("{p:?}");
    let decimals: BTreeSet<String> = said(Code::OddDecimals).map(|d| spot(&d.place)).collect();
    let codes: BTreeSet<(u32, &str)> = said(Code::OddCode)
        .filter_map(|d| Some((d.place.page, d.printed.as_deref()?)))
        .collect();
    let short = |f: &Fact| f.item.bytes().all(|b| b.is_ascii_digit()) && !figures::is_code(&f.item);
    let odd = |f: &Fact| {
        short(f)
            || (!decimals.is_empty() && decimals.contains(&spot(&f.place)))
            || codes.contains(&(f.place.page, f.item.as_str()))
    };
    extract.facts.iter().map(odd).collect()
}

fn mark(extract: &mut Extract, marks: &Marks) {
    let unproven = unproven(extract);
    for (figure, (held, failed)) in marks {
        match figure {
            Figure::Fact(n) => {
                if let Some(f) = extract.facts.get_mut(*n) {
                    f.held += if unproven[*n] { 0 } else { *held };
                    f.failed += failed;
                }
            }
            Figure::Statement(n) => {
                if let Some(s) = extract.statements.get_mut(*n) {
                    s.held += held;
                    s.failed += failed;
                }
            }
        }
    }
    let d = &mut extract.document;
    d.facts_held = extract.facts.iter().filter(|f| f.held > 0).count() as u32;
    d.findings_failed = extract
        .findings
        .iter()
        .filter(|f| f.outcome == FindingOutcome::Fails)
        .count() as u32;
}
