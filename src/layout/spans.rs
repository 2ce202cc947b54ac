//! Cells that were joined before a table became text. Comes in: a table of tabs or pipes, in which a joined cell is its text
//! and blank cells beside and below it. Goes out: the same table with the spans of its head. Only the head is touched: a blank
//! cell of the body is a blank.

use super::grid::is_numeric;
use crate::read::{Table, TableCell};

/// Joins the cells of the head.
pub(super) fn infer(mut table: Table) -> Table {
    let (start, end) = head(&table);
    let cols = table.cols;
    let mut index: Vec<Option<usize>> = vec![None; end * cols];
    for (i, c) in table.cells.iter().enumerate() {
        if c.row < end && c.col < cols {
            index[c.row * cols + c.col] = Some(i);
        }
    }
    let mut swallowed = vec![false; table.cells.len()];
    // For each column the cell of the row above that stands over it.
    let mut above: Vec<Option<usize>> = vec![None; cols];
    for row in 0..end {
        if row == start {
            above = vec![None; cols];
        }
        for (first, last) in groups(&above, cols) {
            let ids: Vec<usize> = (first..last).filter_map(|c| index[row * cols + c]).collect();
            // A cell that reaches over several columns already says so itself.
            if ids.len() != last - first || ids.iter().any(|i| table.cells[*i].col_span > 1) {
                continue;
            }
            let blank = |t: &Table, i: usize| t.cells[i].lines.is_empty();
            if let Some(over) = above[first].filter(|_| ids.iter().all(|i| blank(&table, *i))) {
                // Nothing stands below a head: it reaches down.
                table.cells[over].row_span += 1;
                ids.iter().for_each(|i| swallowed[*i] = true);
                continue;
            }
            let mut open: Option<usize> = None;
            for (col, id) in (first..).zip(ids) {
                match open {
                    Some(o) if blank(&table, id) => {
                        table.cells[o].col_span += 1;
                        swallowed[id] = true;
                        above[col] = Some(o);
                    }
                    _ => {
                        open = Some(id).filter(|i| !blank(&table, *i));
                        above[col] = Some(id);
                    }
                }
            }
        }
    }
    let mut n = 0;
    table.cells.retain(|_| {
        n += 1;
        !swallowed[n - 1]
    });
    table
}

/// Stretches of columns below one cell.
fn groups(above: &[Option<usize>], cols: usize) -> Vec<(usize, usize)> {
    if above.iter().all(Option::is_none) {
        return vec![(0, cols)];
    }
    let mut out: Vec<(usize, usize)> = Vec::new();
    for c in 0..cols {
        match out.last_mut() {
            Some(g) if above[c].is_some() && above[g.0] == above[c] => g.1 = c + 1,
            _ => out.push((c, c + 1)),
        }
    }
    out
}

/// The rows of the head: from the first row with two texts and no number, through every row after it that parts a group of
/// the row above and holds no number. Rows with one text before it are titles, as wide as the table; they are counted in, but
/// nothing else is.
fn head(table: &Table) -> (usize, usize) {
    let texts = |row: usize| -> Vec<String> {
        let mut out = vec![String::new(); table.cols];
        for c in table.cells.iter().filter(|c| c.row == row && c.col < table.cols) {
            out[c.col] = text(c);
        }
        out
    };
    let filled = |t: &[String]| t.iter().filter(|t| !t.is_empty()).count();
    let has_number = |t: &[String]| t.iter().any(|t| is_numeric(t));
    let Some(start) = (0..table.rows.min(6)).find(|r| filled(&texts(*r)) >= 2) else {
        return (0, 0);
    };
    let first = texts(start);
    if has_number(&first) || first[0].is_empty() {
        return (0, 0);
    }
    let mut groups: Vec<(usize, usize)> = runs(&first, &[(0, table.cols)]);
    let mut row = start + 1;
    while row < table.rows.min(start + 6) {
        let t = texts(row);
        let parts = groups.iter().any(|(a, b)| b - a > 1 && filled(&t[*a..*b]) > 1);
        if !parts || has_number(&t) {
            break;
        }
        groups = runs(&t, &groups);
        row += 1;
    }
    (start, row)
}

/// The groups of a row inside the groups above it: a filled cell with the blank ones to its right.
fn runs(texts: &[String], within: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = Vec::new();
    for (a, b) in within {
        let all_blank = texts[*a..*b].iter().all(String::is_empty);
        for (c, text) in texts.iter().enumerate().take(*b).skip(*a) {
            if c > *a && text.is_empty() && !all_blank {
                if let Some(last) = out.last_mut() {
                    last.1 = c + 1;
                }
            } else if !all_blank {
                out.push((c, c + 1));
            }
        }
    }
    out
}

fn text(c: &TableCell) -> String {
    c.lines
        .iter()
        .map(|l| l.text.as_str())
        .collect::<String>()
        .trim()
        .to_string()
}
