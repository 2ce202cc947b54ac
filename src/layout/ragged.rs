//! Rows that lost a cell, in tables whose file cannot say so (tabs, pipes). Comes in: a table whose rows may have different
//! numbers of cells. Goes out: the same table with rows of one length. A short row is filled up only where the shapes of its
//! columns leave one way; else the cells in doubt stay together in one cell that no column can claim, and it is said.

use super::grid::is_numeric;
use crate::diag::{Code, Diagnostic, Severity};
use crate::place::{Locator, Place};
use crate::read::{Table, TableCell};
use std::collections::BTreeSet;

/// What a cell looks like.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    Blank,
    /// A number with decimals.
    Amount,
    /// Digits only: a code, a row number, a count.
    Digits,
    Text,
}

/// The most ways to fill a row that are tried.
const WAYS: usize = 2_000;

/// Gives all rows one length.
pub(super) fn mend(table: &Table, place: &dyn Fn(Locator) -> Place, report: &mut Vec<Diagnostic>) -> Table {
    let mut rows: Vec<Vec<&TableCell>> = vec![Vec::new(); table.rows];
    for c in &table.cells {
        rows[c.row].push(c);
    }
    let cols = common(&rows);
    let shapes = shapes(&rows, cols);
    let mut out = Table {
        rows: table.rows,
        cols,
        spans_known: false,
        cells: Vec::with_capacity(table.cells.len()),
    };
    let body = rows
        .iter()
        .position(|r| r.iter().any(|c| is_numeric(&text(c))))
        .unwrap_or(rows.len());
    for (n, row) in rows.iter().enumerate() {
        if row.len() == cols {
            out.cells.extend(row.iter().map(|c| (*c).clone()));
            continue;
        }
        let filled = row.iter().rposition(|c| !c.lines.is_empty()).map_or(0, |i| i + 1);
        let numbers = row.iter().any(|c| matches!(shape(c), Shape::Amount | Shape::Digits));
        if filled == 1 && row.len() == 1 {
            // One text alone: a title or a note, as wide as the table.
            let mut cell = row[0].clone();
            cell.col_span = cols;
            out.cells.push(cell);
        } else if (n < body || !numbers) && filled <= cols {
            if n >= body || row.len() > cols {
                say(report, false, row, cols, place);
            }
            right(&row[..filled.min(row.len())], n, cols, &mut out);
        } else {
            let ways = ways(row, cols, &shapes);
            say(report, ways.len() != 1, row, cols, place);
            match ways.as_slice() {
                [one] => put(row, one, n, cols, &mut out),
                many => doubt(row, many, n, cols, &mut out),
            }
        }
    }
    out
}

/// The length that most rows have; of equals the greater.
fn common(rows: &[Vec<&TableCell>]) -> usize {
    let count = |n: usize| rows.iter().filter(|r| r.len() == n).count();
    let lengths: BTreeSet<usize> = rows.iter().map(Vec::len).collect();
    lengths.into_iter().max_by_key(|n| (count(*n), *n)).unwrap_or(0)
}

fn text(c: &TableCell) -> String {
    c.lines
        .iter()
        .map(|l| l.text.as_str())
        .collect::<String>()
        .trim()
        .to_string()
}

fn shape(c: &TableCell) -> Shape {
    let t = text(c);
    if t.is_empty() {
        Shape::Blank
    } else if !is_numeric(&t) {
        Shape::Text
    } else if t.contains(['.', '．']) {
        Shape::Amount
    } else {
        Shape::Digits
    }
}

/// What complete rows with numbers hold in each column.
fn shapes(rows: &[Vec<&TableCell>], cols: usize) -> Vec<BTreeSet<Shape>> {
    let mut out = vec![BTreeSet::new(); cols];
    for row in rows.iter().filter(|r| r.len() == cols) {
        let all: Vec<Shape> = row.iter().map(|c| shape(c)).collect();
        // The row of column numbers says nothing about its columns.
        if all.contains(&Shape::Amount) {
            for (o, s) in out.iter_mut().zip(all) {
                o.insert(s);
            }
        }
    }
    out
}

/// The ways to lay the filled cells of a row into the columns, in their order, so that each fits what its column holds. A way
/// is the column of every filled cell.
fn ways(row: &[&TableCell], cols: usize, shapes: &[BTreeSet<Shape>]) -> Vec<Vec<usize>> {
    let all: Vec<Shape> = row.iter().map(|c| shape(c)).collect();
    let filled: Vec<usize> = (0..row.len()).filter(|i| all[*i] != Shape::Blank).collect();
    let missing = cols.saturating_sub(row.len());
    let mut out: Vec<Vec<usize>> = vec![Vec::new()];
    for (n, i) in filled.iter().enumerate() {
        let mut next = Vec::new();
        for way in &out {
            let after = way.last().map_or(0, |c| c + 1);
            // A cell moves to the right by at most the number of lost cells, never to the left of where it stands, and never
            // less far than the one before it. In a row that is too long blanks are what is too much.
            let moved = n.checked_sub(1).map_or(0, |p| way[p].saturating_sub(filled[p]));
            let from = if row.len() > cols { after } else { after.max(i + moved) };
            let to = if row.len() > cols { *i } else { i + missing };
            for (col, held) in shapes.iter().enumerate().take(to + 1).skip(from) {
                if held.contains(&all[*i]) {
                    let mut w = way.clone();
                    w.push(col);
                    next.push(w);
                }
            }
        }
        if next.len() > WAYS {
            return next;
        }
        out = next;
    }
    out
}

fn put(row: &[&TableCell], way: &[usize], n: usize, cols: usize, out: &mut Table) {
    let filled: Vec<&TableCell> = row.iter().filter(|c| !c.lines.is_empty()).copied().collect();
    let end = row.last().map(|c| c.at);
    for col in 0..cols {
        match way.iter().position(|c| *c == col) {
            Some(k) => out.cells.push(moved(filled[k], n, col)),
            None => out.cells.extend(end.map(|at| blank(n, col, at))),
        }
    }
}

fn right(row: &[&TableCell], n: usize, cols: usize, out: &mut Table) {
    out.cells
        .extend(row.iter().enumerate().map(|(col, c)| moved(c, n, col)));
    if let Some(last) = row.last() {
        out.cells.extend((row.len()..cols).map(|col| blank(n, col, last.at)));
    }
}

/// The cells that stand in the same column in every way keep it; those between them share one cell.
fn doubt(row: &[&TableCell], ways: &[Vec<usize>], n: usize, cols: usize, out: &mut Table) {
    let filled: Vec<&TableCell> = row.iter().filter(|c| !c.lines.is_empty()).copied().collect();
    let certain = |k: usize| {
        let first = ways.first().map(|w| w[k])?;
        ways.iter().all(|w| w[k] == first).then_some(first)
    };
    let known = ways.first().map_or(0, Vec::len) == filled.len();
    let mut col = 0;
    let mut k = 0;
    while known && k < filled.len() {
        // The certain cells at the front, one after the other.
        match certain(k) {
            Some(c) if c == col => {
                out.cells.push(moved(filled[k], n, col));
                col += 1;
                k += 1;
            }
            _ => break,
        }
    }
    let rest = &filled[k..];
    let Some((first, others)) = rest.split_first() else {
        if let Some(last) = row.last() {
            out.cells.extend((col..cols).map(|c| blank(n, c, last.at)));
        }
        return;
    };
    let mut cell = moved(first, n, col);
    cell.col_span = cols.saturating_sub(col).max(1);
    for o in others {
        cell.lines.extend(o.lines.iter().cloned());
        cell.at = cell.at.union(o.at);
    }
    if col < cols {
        out.cells.push(cell);
    }
}

fn moved(c: &TableCell, row: usize, col: usize) -> TableCell {
    TableCell { row, col, ..c.clone() }
}

fn blank(row: usize, col: usize, at: Locator) -> TableCell {
    let at = match at {
        Locator::Bytes { part, end, .. } => Locator::Bytes { part, start: end, end },
        cells => cells,
    };
    TableCell {
        row,
        col,
        row_span: 1,
        col_span: 1,
        lines: Vec::new(),
        at,
    }
}

fn say(report: &mut Vec<Diagnostic>, lost: bool, row: &[&TableCell], cols: usize, place: &dyn Fn(Locator) -> Place) {
    let Some(at) = row.iter().map(|c| c.at).reduce(Locator::union) else {
        return;
    };
    let printed: Vec<String> = row.iter().map(|c| text(c)).collect();
    let (severity, code, what) = if lost {
        (
            Severity::Error,
            Code::RowLostCell,
            "they fit its columns in more than one way or in none: those in doubt were left out; read the row in the source",
        )
    } else {
        (
            Severity::Warning,
            Code::RowCellRestored,
            "only one way fits its columns and was taken: compare it with the source",
        )
    };
    report.push(
        Diagnostic::new(
            severity,
            code,
            format!("a row has {} cells where the table has {cols}; {what}", row.len()),
            place(at),
        )
        .printed(printed.join(" | ")),
    );
}
