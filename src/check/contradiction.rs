//! Tables of which a column was not understood and which contradict themselves: then the columns that were read may be the wrong
//! ones. Comes in: what was made of the tables, before anything is published. Goes out: the tables that are to be refused, each
//! with the identity that fails. A whole that is more than its parts is no contradiction: the column left out may be a part.

use super::evaluate::Evaluator;
use super::figures::{Figure, Figures};
use super::instance::At;
use crate::diag::{Code, Diagnostic};
use crate::grammar::Grammar;
use crate::record::{Extract, FindingOutcome};
use std::collections::{BTreeMap, BTreeSet};

/// The ordinals of the tables to refuse, with the id of the first identity that fails.
pub fn contradicted(extract: &Extract, report: &[Diagnostic], g: &Grammar) -> BTreeMap<u32, String> {
    let partial = partly_understood(extract, report);
    if partial.is_empty() {
        return BTreeMap::new();
    }
    let own = Figures::new(extract, g);
    let e = Evaluator::of_document(&own, extract.document.fiscal_year, g, report);
    let mut out = BTreeMap::new();
    for i in e.out.iter().filter(|i| i.outcome == FindingOutcome::Fails) {
        let mut tables = i.addends().map(|a| match a.figure {
            Figure::Fact(n) if !a.prior => Some(own.facts[n].table),
            _ => None,
        });
        let Some(table) = tables.next().flatten().filter(|t| partial.contains(t)) else {
            continue;
        };
        let part_left_out = matches!(i.at, At::Row(..)) && i.left_value > i.right_value;
        if tables.all(|t| t == Some(table)) && !part_left_out {
            out.entry(table).or_insert_with(|| i.rule.id.clone());
        }
    }
    out
}

/// The tables with a column that was left out because its header was not understood.
fn partly_understood(extract: &Extract, report: &[Diagnostic]) -> BTreeSet<u32> {
    let mut out = BTreeSet::new();
    for d in report.iter().filter(|d| d.code == Code::ColumnNotUnderstood) {
        // The last table of the form that begins before the column, as a table may reach over pages.
        let of = |f: &&crate::record::Fact| d.form.as_ref() == Some(&f.form) && f.place.page <= d.place.page;
        out.extend(extract.facts.iter().filter(of).map(|f| f.table).max());
    }
    out
}
