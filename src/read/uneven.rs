//! Rows of a web page's table that are longer or shorter than the others. A browser lets what stands behind such a place slide into the
//! next column. A short row is read as it is shown, and that is said: its last cells may be missing because they are blank. In a long
//! one nobody knows which cell is one too many, and sums over the row still hold: its amounts stay together in one cell that no column
//! can claim.

use super::markup::{Piece, Table, TableCell};
use crate::diag::{Code, Diagnostic, Severity};
use crate::place::{Locator, Place};
use crate::value::amount;
use std::collections::BTreeMap;

/// The most rows of one table that are named; one that has more is uneven as a whole, and that is said once.
const NAMED: usize = 20;

/// Says which rows of the tables do not reach over as many columns as the others.
pub(super) fn say(pieces: &mut [Piece], report: &mut Vec<Diagnostic>) {
    for p in pieces {
        if let Piece::Table(t) = p {
            for row in say_of(t, report) {
                together(t, row);
            }
        }
    }
}

/// Says it of the rows of a table; gives those that are too long.
fn say_of(table: &Table, report: &mut Vec<Diagnostic>) -> Vec<usize> {
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
        return Vec::new();
    };
    // A note below the table, or a blank row, says nothing of its columns.
    let counts = |n: &usize| rows[*n].iter().filter(|c| !c.lines.is_empty()).count() > 1;
    let mut lengths: BTreeMap<usize, usize> = BTreeMap::new();
    for n in (body..table.rows).filter(counts) {
        *lengths.entry(widths[n]).or_default() += 1;
    }
    let Some((&common, _)) = lengths.iter().max_by_key(|(w, n)| (**n, **w)) else {
        return Vec::new();
    };
    let uneven: Vec<usize> = (body..table.rows)
        .filter(counts)
        .filter(|n| widths[*n] != common)
        .collect();
    if uneven.len() > NAMED {
        let all = uneven.iter().flat_map(|n| &rows[*n]).map(|c| c.at);
        let message = format!(
            "{} rows reach over another number of columns than the others, {common}",
            uneven.len()
        );
        report.extend(said(&message, all.reduce(Locator::union), String::new(), false));
        return Vec::new();
    }
    for &n in &uneven {
        let printed: Vec<String> = rows[n].iter().map(|c| text(c)).collect();
        let message = format!(
            "a row reaches over {} columns where the others reach over {common}",
            widths[n]
        );
        let at = rows[n].iter().map(|c| c.at).reduce(Locator::union);
        report.extend(said(&message, at, printed.join(" | "), widths[n] > common));
    }
    uneven.into_iter().filter(|n| widths[*n] > common).collect()
}

fn said(what: &str, at: Option<Locator>, printed: String, long: bool) -> Option<Diagnostic> {
    let (severity, code, why) = if long {
        (
            Severity::Error,
            Code::RowLostCell,
            "nobody knows which cell is one too many, and its numbers were left out",
        )
    } else {
        (
            Severity::Warning,
            Code::RowUneven,
            "what stands in it may belong below another head",
        )
    };
    let message = format!("{what}: {why}");
    Some(Diagnostic::new(severity, code, message, Place::at(at?)).printed(printed))
}

/// Puts the cells of a row from its first amount on into one that reaches to the end of the table.
fn together(table: &mut Table, row: usize) {
    let own = |c: &TableCell| c.row == row;
    let Some(first) = table.cells.iter().position(|c| own(c) && is_amount(c)) else {
        return;
    };
    let col = table.cells[first].col;
    let rest = |c: &TableCell| own(c) && c.col > col;
    let others: Vec<TableCell> = table.cells.iter().filter(|c| rest(c)).cloned().collect();
    let cols = table.cols;
    let all = &mut table.cells[first];
    (all.col_span, all.row_span) = (cols - col, 1);
    for o in others {
        all.lines.extend(o.lines);
        all.at = all.at.union(o.at);
    }
    table.cells.retain(|c| !rest(c));
    // What reaches down into the row ends above it.
    for c in &mut table.cells {
        if c.row < row && c.row + c.row_span > row && c.col + c.col_span > col {
            c.row_span = row - c.row;
        }
    }
}

fn text(c: &TableCell) -> String {
    let lines: Vec<&str> = c.lines.iter().map(|l| l.text.trim()).collect();
    lines.concat()
}

fn is_amount(c: &TableCell) -> bool {
    amount::parse(&text(c)).is_some_and(|a| a.places > 0)
}
