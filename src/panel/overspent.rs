//! Final over budget. Comes in: a document of a dataset, its identities evaluated, and the pairs of the grammar. Goes out: one
//! [`Verdict`] for each pair and each budget that is printed of it (年初, 全年 … are budgets of their own and never mixed). What cannot
//! be judged is said with its reason: nothing is taken for zero, and a difference that rounding alone may make is none.

use super::{AMBIGUOUS, Losses, NUMBER, Row, UNPROVEN, printed};
use crate::grammar::Grammar;
use crate::grammar::panel::{Origin, Place};
use crate::ids::measure;
use crate::record::{DocumentRow, Extract, Kind, NOT_JUDGED, Status};
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// How a final stands to its budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Above it, by more than rounding.
    Over,
    /// Not above it.
    Within,
    /// It cannot be said, for one of [`NOT_JUDGED`].
    NotJudged(&'static str),
}

/// One final and one budget of an account.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Number of the pair in the grammar.
    pub pair: usize,
    /// The budget as printed.
    pub budget: Row,
    /// The final as printed.
    pub spent: Row,
    /// How they stand to each other.
    pub outcome: Outcome,
    /// Final less budget, where both are known.
    pub excess: Option<Decimal>,
    /// Excess over budget; none where the budget is zero.
    pub rate: Option<Decimal>,
    /// Identities that hold budget or final.
    pub held: u32,
    /// Identities that fail through one of them.
    pub failed: u32,
}

/// Of a document without figures, which may be an account all the same: why it cannot be judged.
pub fn unread(d: &DocumentRow) -> Option<&'static str> {
    match d.status {
        Status::NotReadable => Some("document_not_readable"),
        Status::Failed => Some("document_failed"),
        Status::Unknown => Some("document_unknown"),
        _ => None,
    }
}

/// The verdicts of a document; none unless it is a final account that was read, in its newest version.
pub fn verdicts(e: &Extract, g: &Grammar) -> Vec<Verdict> {
    let d = &e.document;
    let read = matches!(d.status, Status::Extracted | Status::Partial);
    if d.kind != Kind::FinalAccount || !read || d.superseded_by.is_some() {
        return Vec::new();
    }
    let losses = Losses::of(e);
    let one = |n: usize, places: &[Place]| {
        let i = &g.panel[n];
        printed(n, i, places, e, false).unwrap_or_else(|| losses.row(n, i, places))
    };
    let mut out = Vec::new();
    for (n, pair) in g.overspent.iter().enumerate() {
        let spent = one(pair.spent, places(g, pair.spent));
        for budget in budgets(places(g, pair.budget), |of| one(pair.budget, of)) {
            out.push(verdict(n, budget, spent.clone(), e));
        }
    }
    out
}

fn places(g: &Grammar, indicator: usize) -> &[Place] {
    match &g.panel[indicator].origin {
        Origin::Printed(places) => places,
        Origin::Derived { .. } => &[],
    }
}

/// Each budget that is printed, by its basis; where none is, what is known of it.
fn budgets(places: &[Place], one: impl Fn(&[Place]) -> Row) -> Vec<Row> {
    let bases: BTreeSet<Option<&String>> = places.iter().map(|p| p.basis.as_ref()).collect();
    let mut found: Vec<Row> = Vec::new();
    for basis in bases {
        let of: Vec<Place> = places.iter().filter(|p| p.basis.as_ref() == basis).cloned().collect();
        let row = one(&of);
        if matches!(row.state, NUMBER | AMBIGUOUS | UNPROVEN) {
            found.push(row);
        }
    }
    if found.is_empty() {
        found.push(one(places));
    }
    found
}

fn verdict(pair: usize, budget: Row, spent: Row, e: &Extract) -> Verdict {
    let excess = match (spent.value, budget.value) {
        (Some(s), Some(b)) => s.checked_sub(b),
        _ => None,
    };
    let lacking = |side: &str, row: &Row| {
        let word = format!("{side}_{}", row.state);
        NOT_JUDGED.iter().find(|w| **w == word).copied()
    };
    // Half a unit of the last printed place of each: as far apart may one figure stand that was rounded twice.
    let bound = [&budget, &spent]
        .iter()
        .filter_map(|r| r.quantum)
        .try_fold(Decimal::ZERO, |sum, q| sum.checked_add(q));
    let outcome = match (
        excess,
        lacking(measure::FINAL, &spent),
        lacking(measure::BUDGET, &budget),
    ) {
        (Some(x), _, _) if x <= Decimal::ZERO => Outcome::Within,
        (Some(x), _, _)
            if bound.is_none_or(|b| x.saturating_mul(Decimal::TWO) <= b) && budget.quantum != spent.quantum =>
        {
            Outcome::NotJudged("within_rounding")
        }
        (Some(_), _, _) => Outcome::Over,
        (None, Some(why), _) | (None, None, Some(why)) => Outcome::NotJudged(why),
        // Two numbers whose difference no decimal holds.
        (None, None, None) => Outcome::NotJudged("final_text"),
    };
    let rate = match (excess, budget.value) {
        (Some(x), Some(b)) if b > Decimal::ZERO => x.checked_div(b).map(|r| r.round_dp(8).normalize()),
        _ => None,
    };
    let (held, failed) = proofs(&[&budget, &spent], e);
    Verdict {
        pair,
        budget,
        spent,
        outcome,
        excess,
        rate,
        held,
        failed,
    }
}

/// How many identities hold the figures behind these rows, and how many fail through them.
fn proofs(rows: &[&Row], e: &Extract) -> (u32, u32) {
    let (mut held, mut failed) = (0, 0);
    for source in rows.iter().flat_map(|r| &r.sources) {
        let Some((_, id)) = source.rsplit_once('-') else {
            continue;
        };
        let number = |kind: char| id.strip_prefix(kind).and_then(|n| n.parse::<u32>().ok());
        let fact = number('f').and_then(|n| e.facts.iter().find(|f| f.ordinal == n));
        let said = number('s').and_then(|n| e.statements.iter().find(|s| s.ordinal == n));
        for (h, f) in fact
            .map(|f| (f.held, f.failed))
            .into_iter()
            .chain(said.map(|s| (s.held, s.failed)))
        {
            held += h;
            failed += f;
        }
    }
    (held, failed)
}
