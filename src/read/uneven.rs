//! Rows of a web page's table that are longer or shorter than the others. A browser lets what stands behind such a place slide into the
//! next column, and so does the reader: what is printed there may stand below another head than it was meant for. It is said of each row.

use super::markup::{Piece, Table, TableCell};
use crate::diag::{Code, Diagnostic, Severity};
use crate::place::{Locator, Place};
use crate::value::amount;
use std::collections::BTreeMap;

/// The most rows of one table that are named; one that has more is uneven as a whole, and that is said once.
const NAMED: usize = 20;

/// Says which rows of the tables do not reach over as many columns as the others.
pub(super) fn say(pieces: &[Piece], report: &mut Vec<Diagnostic>) {
    for p in pieces {
        if let Piece::Table(t) = p {
            say_of(t, report);
        }
    }
}

fn say_of(table: &Table, report: &mut Vec<Diagnostic>) {
    let mut widths = vec![0usize; table.rows];
    let mut rows: Vec<Vec<&TableCell>> = vec![Vec::new(); table.rows];
    for c in &table.cells {
        for w in widths.iter_mut().skip(c.row).take(c.row_span) {
            *w += c.col_span;
        }
        if let Some(row) = rows.get_mut(c.row) {
            row.push(c);
        }
    }
    let Some(body) = rows.iter().position(|r| r.iter().any(|c| is_amount(c))) else {
        return;
    };
    // A note below the table, or a blank row, says nothing of its columns.
    let counts = |n: &usize| rows[*n].iter().filter(|c| !c.lines.is_empty()).count() > 1;
    let mut lengths: BTreeMap<usize, usize> = BTreeMap::new();
    for n in (body..table.rows).filter(counts) {
        *lengths.entry(widths[n]).or_default() += 1;
    }
    let Some((&common, _)) = lengths.iter().max_by_key(|(w, n)| (**n, **w)) else {
        return;
    };
    let uneven: Vec<usize> = (body..table.rows)
        .filter(counts)
        .filter(|n| widths[*n] != common)
        .collect();
    if uneven.len() > NAMED {
        let all = uneven.iter().flat_map(|n| &rows[*n]).map(|c| c.at);
        let message = format!("{} rows reach over another number of columns than the others, {common}", uneven.len());
        report.extend(said(message, all.reduce(Locator::union), String::new()));
        return;
    }
    for n in uneven {
        let printed: Vec<String> = rows[n].iter().map(|c| text(c)).collect();
        let message = format!("a row reaches over {} columns where the others reach over {common}", widths[n]);
        let at = rows[n].iter().map(|c| c.at).reduce(Locator::union);
        report.extend(said(message, at, printed.join(" | ")));
    }
}

fn said(what: String, at: Option<Locator>, printed: String) -> Option<Diagnostic> {
    let message = format!("{what}: what stands in it may belong below another head");
    Some(Diagnostic::new(Severity::Warning, Code::RowUneven, message, Place::at(at?)).printed(printed))
}

fn text(c: &TableCell) -> String {
    let lines: Vec<&str> = c.lines.iter().map(|l| l.text.trim()).collect();
    lines.concat()
}

fn is_amount(c: &TableCell) -> bool {
    amount::parse(&text(c)).is_some_and(|a| a.places > 0)
}
