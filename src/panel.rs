//! Unit × year × indicator. Comes in: the documents of a dataset and the indicators of the grammar. Goes out: one [`Row`] for each
//! indicator of each account, with the figures that it comes from. Nothing is filled in: what is not printed has no value, and a blank
//! is not zero. Superseded versions are left out; accounts of another level or caliber are rows of their own.

use crate::grammar::Grammar;
use crate::grammar::identity::{Operand, Which};
use crate::grammar::panel::Origin;
use crate::record::{Caliber, CellState, DocumentRow, Extract, Kind, Level};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// One indicator of one account.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Number of the indicator in the grammar.
    pub indicator: usize,
    /// Yuan, a ratio or a count.
    pub value: Option<Decimal>,
    /// `number`, `blank`, `dash`, `text`, `missing`, `ambiguous`, `no_base`.
    pub state: &'static str,
    /// As published, for a value that is printed.
    pub printed: Option<String>,
    /// Ids of the facts and statements from which it comes.
    pub sources: Vec<String>,
}

/// The indicators of one account.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// The document.
    pub document: DocumentRow,
    /// One for each indicator, in the order of the grammar.
    pub rows: Vec<Row>,
}

/// What makes accounts comparable over the years: unit, level and caliber.
type Series = (String, Option<Level>, Option<Caliber>);

impl Account {
    fn series(&self) -> Series {
        let d = &self.document;
        (d.unit_key.clone().unwrap_or_default(), d.level, d.caliber)
    }
}

const NUMBER: &str = "number";

/// The indicators of a document; `None` when it is no final account of a known unit and year, or was superseded.
pub fn account(e: &Extract, g: &Grammar) -> Option<Account> {
    let d = &e.document;
    if d.kind != Kind::FinalAccount || d.unit_key.is_none() || d.fiscal_year.is_none() || d.superseded_by.is_some() {
        return None;
    }
    let mut rows: Vec<Row> = Vec::with_capacity(g.panel.len());
    for (n, i) in g.panel.iter().enumerate() {
        let row = match &i.origin {
            Origin::Printed(names) => printed(n, names, e),
            Origin::Derived { part, minus, whole } => derived(n, &rows[*part], minus.map(|m| &rows[m]), &rows[*whole]),
        };
        rows.push(row);
    }
    Some(Account {
        document: d.clone(),
        rows,
    })
}

/// What one name gives.
struct Found {
    value: Option<Decimal>,
    state: &'static str,
    printed: String,
    source: String,
}

/// The first name with a number; else the first that stands in the document at all.
fn printed(indicator: usize, names: &[Operand], e: &Extract) -> Row {
    let mut best: Option<Row> = None;
    for name in names {
        let found = find(name, e);
        let Some(first) = found.first() else { continue };
        let differ = found.iter().any(|f| f.value != first.value);
        let row = Row {
            indicator,
            value: first.value.filter(|_| !differ),
            state: if differ { "ambiguous" } else { first.state },
            printed: Some(first.printed.clone()).filter(|p| !differ && !p.is_empty()),
            sources: found
                .iter()
                .take(if differ { usize::MAX } else { 1 })
                .map(|f| f.source.clone())
                .collect(),
        };
        if row.state == NUMBER || row.state == "ambiguous" {
            return row;
        }
        best = best.or(Some(row));
    }
    best.unwrap_or(Row {
        indicator,
        value: None,
        state: "missing",
        printed: None,
        sources: Vec::new(),
    })
}

/// Every cell or statement that bears a name.
fn find(name: &Operand, e: &Extract) -> Vec<Found> {
    let short = e.document.document_id.short();
    match name {
        Operand::Cell {
            form,
            side,
            item: Which::Is(item),
            measure,
        } => {
            let cells = e.facts.iter().filter(|f| {
                f.form == *form && f.item == *item && f.measure == *measure && (side.is_none() || f.side == *side)
            });
            // In a table with a row for every sub-unit only the row of the sum is the unit's.
            let mut cells: Vec<_> = cells.collect();
            if cells.len() > 1 && cells.iter().any(|f| f.is_total) {
                cells.retain(|f| f.is_total);
            }
            cells
                .into_iter()
                .map(|f| Found {
                    value: f.amount,
                    state: match f.cell_state {
                        CellState::Number if f.amount.is_some() => NUMBER,
                        CellState::Number | CellState::Text => "text",
                        CellState::Blank => "blank",
                        CellState::Dash => "dash",
                    },
                    printed: f.printed.clone(),
                    source: format!("{short}-f{}", f.ordinal),
                })
                .collect()
        }
        Operand::Text {
            section,
            subject: Which::Is(subject),
            slot,
        } => e
            .statements
            .iter()
            .filter(|s| s.section == *section && s.slot == *slot && s.subject.as_deref() == Some(subject))
            .filter_map(|s| {
                let value = s.amount.or(s.ratio).or(s.count)?;
                Some(Found {
                    value: Some(value),
                    state: NUMBER,
                    printed: s.printed.clone(),
                    source: format!("{short}-s{}", s.ordinal),
                })
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn derived(indicator: usize, part: &Row, minus: Option<&Row>, whole: &Row) -> Row {
    let mut sources: Vec<String> = Vec::new();
    for s in [Some(part), minus, Some(whole)]
        .into_iter()
        .flatten()
        .flat_map(|r| &r.sources)
    {
        if !sources.contains(s) {
            sources.push(s.clone());
        }
    }
    let lacking = [Some(part), minus, Some(whole)]
        .into_iter()
        .flatten()
        .find(|r| r.value.is_none());
    let (value, state) = match (lacking, part.value, whole.value) {
        (Some(l), _, _) => (None, l.state),
        // A share of nothing is no number.
        (None, Some(_), Some(w)) if w.is_zero() => (None, "no_base"),
        (None, Some(p), Some(w)) => {
            let above = minus.and_then(|m| m.value).map_or(Some(p), |m| p.checked_sub(m));
            match above.and_then(|a| a.checked_div(w)) {
                Some(v) => (Some(v.round_dp(8).normalize()), NUMBER),
                None => (None, "text"),
            }
        }
        (None, _, _) => (None, "missing"),
    };
    Row {
        indicator,
        value,
        state,
        printed: None,
        sources,
    }
}

/// The accounts in order of unit, level, caliber, year; of versions whose order is not known the first. `balanced` keeps only
/// the units that have an account in every year from the first to the last of the panel, always of the same level and caliber.
pub fn arrange(accounts: Vec<Account>, balanced: bool) -> Vec<Account> {
    let mut by: BTreeMap<(Series, i16), Account> = BTreeMap::new();
    for a in accounts {
        let year = a.document.fiscal_year.unwrap_or_default();
        by.entry((a.series(), year)).or_insert(a);
    }
    let years: BTreeSet<i16> = by.keys().map(|(_, y)| *y).collect();
    let mut counts: BTreeMap<Series, usize> = BTreeMap::new();
    for (series, _) in by.keys() {
        *counts.entry(series.clone()).or_default() += 1;
    }
    let all = match (years.first(), years.last()) {
        (Some(first), Some(last)) => usize::try_from(last - first + 1).unwrap_or(usize::MAX),
        _ => 0,
    };
    by.into_iter()
        .filter(|((series, _), _)| !balanced || counts.get(series) == Some(&all))
        .map(|(_, a)| a)
        .collect()
}
