//! Tables that run on over pages: with a repeated header, with none, or cut between two rows. Only geometry and equality of
//! text decide; whether a first row completes a last row is for those who know which column is a code.

use super::{Block, Grid, GridKind, Line};
use crate::diag::{Code, Diagnostic, Severity};
use crate::geom::Rect;
use crate::place::Place;
use std::collections::HashMap;

/// Joins continuation tables; everything else stays in its order.
pub fn join(blocks: Vec<Block>, report: &mut Vec<Diagnostic>) -> Vec<Block> {
    let running = running_lines(&blocks);
    let mut out: Vec<Block> = Vec::with_capacity(blocks.len());
    // The last table in `out`, and the lines that stood directly above it.
    let mut last: Option<(usize, Vec<String>)> = None;
    for block in blocks {
        let Block::Table(grid) = block else {
            out.push(block);
            continue;
        };
        let above = lines_above(&out, grid.page());
        if let Some((at, titles)) = &last {
            let free = out[at + 1..].iter().all(|b| match b {
                Block::Line(l) => {
                    (!l.whole && running.contains_key(&run_key(l))) || page_mark(&l.text) || {
                        let t = bare(&l.text);
                        // In markup the title of the table before above a table begins another.
                        !l.whole
                            && l.page == grid.page()
                            && titles
                                .iter()
                                .any(|s| !t.is_empty() && (*s == t || t.starts_with(s.as_str())))
                    }
                }
                Block::Table(_) => false,
            });
            let at = *at;
            if free
                && let Block::Table(first) = &mut out[at]
                && follows(first, &grid)
                && let Some(header) = continues(first, &grid)
            {
                append(first, grid, header, report);
                continue;
            }
        }
        last = Some((out.len(), above));
        out.push(Block::Table(grid));
    }
    out
}

/// A page ends between two parts of a table; in markup nobody says where, and two tables that touch may be one.
fn follows(first: &Grid, next: &Grid) -> bool {
    let same = first.kind == GridKind::Markup && first.last_page() == next.page();
    same || first.last_page() + 1 == next.page()
}

/// The text of the lines between the last table and the end, on one page.
fn lines_above(out: &[Block], page: u32) -> Vec<String> {
    out.iter()
        .rev()
        .take_while(|b| matches!(b, Block::Line(l) if l.page == page))
        .take(6)
        .filter_map(|b| match b {
            Block::Line(l) => Some(bare(&l.text)),
            Block::Table(_) => None,
        })
        .collect()
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// A line with nothing but digits and punctuation: a page number.
pub(super) fn page_mark(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit() || !c.is_alphanumeric()) && text.chars().count() < 12
}

type RunKey = (String, i32);

fn run_key(line: &Line) -> RunKey {
    let text = line
        .text
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_numeric())
        .collect();
    (text, (line.baseline / 6.0).round() as i32)
}

/// Lines that stand at the same height on at least three pages: running heads and feet.
fn running_lines(blocks: &[Block]) -> HashMap<RunKey, u32> {
    let mut pages: HashMap<RunKey, (u32, u32)> = HashMap::new();
    for b in blocks {
        if let Block::Line(l) = b {
            let e = pages.entry(run_key(l)).or_insert((0, 0));
            if e.1 != l.page {
                *e = (e.0 + 1, l.page);
            }
        }
    }
    pages
        .into_iter()
        .filter(|(_, (n, _))| *n >= 3)
        .map(|(k, (n, _))| (k, n))
        .collect()
}

/// Whether `next` goes on where `first` ends; gives the number of repeated header rows.
fn continues(first: &Grid, next: &Grid) -> Option<usize> {
    if first.kind != next.kind {
        return None;
    }
    // Columns found by alignment are found anew on each page: the same number of columns is not the same columns.
    if first.kind == GridKind::Aligned && (first.cols != next.cols || relative_drift(first, next) > 0.03) {
        return None;
    }
    let header = (0..next.rows.min(first.rows))
        .take_while(|r| first.cols == next.cols && row_texts(first, *r) == row_texts(next, *r))
        .take_while(|r| row_texts(next, *r).iter().any(|t| !t.is_empty()))
        .count();
    if next.kind == GridKind::Markup {
        let text = |r: usize| row_texts(next, r);
        let filled = |r: &usize| text(*r).iter().filter(|t| !t.is_empty()).count() > 1;
        // Without a head of its own a table that touches another goes on where that ends only if it begins with numbers.
        let goes_on = header == 0 && first.cols == next.cols && text(0).iter().any(|t| super::grid::is_numeric(t));
        let repeated = header < next.rows && (0..header).any(|r| filled(&r));
        return (goes_on || repeated).then_some(header);
    }
    // A repeated first body row would be taken for a header only if it equals the first row of the table.
    if header > 0 && header < next.rows {
        return Some(header);
    }
    let own_header = {
        let texts: Vec<String> = row_texts(next, 0).into_iter().filter(|t| !t.is_empty()).collect();
        let mut distinct = texts.clone();
        distinct.sort();
        distinct.dedup();
        distinct.len() >= 3 && texts.iter().all(|t| !t.chars().any(|c| c.is_numeric()))
    };
    if own_header {
        return None;
    }
    (first.cols == next.cols || edges_within(next, first)).then_some(0)
}

fn row_texts(grid: &Grid, row: usize) -> Vec<String> {
    (0..grid.cols)
        .map(|c| grid.cell(row, c).map(|c| bare(&c.text())).unwrap_or_default())
        .collect()
}

/// Whether every column edge of `inner` lies on one of `outer` and both have the same outer edges.
fn edges_within(inner: &Grid, outer: &Grid) -> bool {
    let near = |x: f32| outer.xs.iter().any(|o| (o - x).abs() < 4.0);
    let (a, b) = (inner.rect(), outer.rect());
    (a.x0 - b.x0).abs() < 4.0 && (a.x1 - b.x1).abs() < 4.0 && inner.xs.iter().all(|x| near(*x))
}

fn append(first: &mut Grid, next: Grid, header: usize, report: &mut Vec<Diagnostic>) {
    let map: Vec<usize> = if first.cols == next.cols {
        (0..=next.cols).collect()
    } else {
        next.xs
            .iter()
            .map(|x| {
                let mut best = 0;
                for (i, o) in first.xs.iter().enumerate() {
                    if (o - x).abs() < (first.xs[best] - x).abs() {
                        best = i;
                    }
                }
                best
            })
            .collect()
    };
    if header == 0 && first.cols == next.cols && first.kind != GridKind::Markup {
        let drift = relative_drift(first, &next);
        if drift > 0.04 {
            report.push(Diagnostic::new(
                Severity::Note,
                Code::ColumnsMoved,
                format!(
                    "the table goes on with other column widths (by {:.0}% of its width); columns were matched by their order",
                    drift * 100.0
                ),
                Place::new(next.page(), next.rect()),
            ));
        }
    }
    let offset = first.rows;
    let top = next.ys.get(header).copied().unwrap_or(next.rect().y0);
    let mut part = next.parts[0];
    part.first_row = offset;
    part.rect = Rect { y0: top, ..part.rect };
    for mut cell in next.cells {
        let end = cell.row + cell.row_span;
        if end <= header {
            continue;
        }
        let row = cell.row.max(header);
        cell.row_span = end - row;
        cell.row = row - header + offset;
        let (from, to) = (map[cell.col], map[cell.col + cell.col_span]);
        cell.col = from.min(first.cols - 1);
        cell.col_span = to.saturating_sub(from).max(1);
        first.cells.push(cell);
    }
    first.rows += next.rows - header;
    first.parts.push(part);
    first.reindex();
}

/// The largest shift of a column edge, as a share of the width.
fn relative_drift(a: &Grid, b: &Grid) -> f32 {
    let scale = |g: &Grid, i: usize| (g.xs[i] - g.rect().x0) / g.rect().width().max(1.0);
    (0..a.xs.len())
        .map(|i| (scale(a, i) - scale(b, i)).abs())
        .fold(0.0, f32::max)
}
