//! One table from the rows of its region: rows → body → heads → columns → edges → cells. Comes in: the rows, heads first, and what
//! stands around them. Goes out: the table, or nothing where the rows are none. Each step is a value of its own.

use super::super::grid::{Cell, Grid, GridKind, Mark, bands};
use super::super::lines::Line;
use super::columns::Column;
use super::goes_on::{Edges, begins_again, columns_before, repeated, same_span};
use super::pieces::Row;
use super::tree::{Body, Edge, Head};
use super::{body, columns, heads};
use crate::geom::Rect;
use crate::read::Ruling;

/// The outer edges of a table without a frame stand so many points off its text.
const MARGIN: f32 = 2.0;
/// So many points above and below the text of a table without a frame it ends.
const LEADING: f32 = 1.0;
/// An edge may stand so many points inside the text beside it: letters reach out of their boxes.
const INSIDE: f32 = 0.5;
/// Heads whose middles are closer than this many points stand in one row.
const LEVEL: f32 = 3.0;
/// From the base line up to the middle of a line of text, in font sizes.
const MIDDLE: f32 = 0.3;
/// Fewer columns are a list.
const FEWEST_COLUMNS: usize = 3;
/// So many rows with numbers are a table, without a head too.
const FEWEST_ROWS: usize = 3;
/// Fewer rows are one only where so many pieces stand wide apart in each.
const WIDE_PIECES: usize = 4;

/// Where the first line of a table stands on its page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Top {
    /// Below other lines.
    Below,
    /// Nothing but running heads stands above.
    First,
    /// The same, and it is the first half of a wrapped name.
    Wrapped,
}

/// What a table stands in.
pub(super) struct Around<'a> {
    pub rules: &'a [Ruling],
    pub page: u32,
    /// All rows of the page.
    pub rows: &'a [Row<'a>],
    /// Top and bottom line.
    pub frame: Option<(f32, f32)>,
    /// Printed blanks.
    pub blanks: &'a [Rect],
    /// The table before.
    pub before: Option<&'a Grid>,
    /// Where its first line stands.
    pub top: Top,
    /// No row holds a number: the last line is the only row.
    pub empty: bool,
}

/// The rows of a region: heads, then the body; and the columns of the table before where it goes on in them.
struct Parts<'r, 'a> {
    head: &'r [&'a Row<'a>],
    body: &'r [&'a Row<'a>],
    goes_on: Option<(&'a Grid, Vec<Column>)>,
}

fn parts<'r, 'a>(rows: &'r [&'a Row<'a>], around: &Around<'a>) -> Option<Parts<'r, 'a>> {
    let first_row = if around.empty {
        body::first_empty(rows, around.rules)?
    } else {
        body::first_row(rows, around.frame.is_some(), around.rules)?
    };
    // A table goes on at the top of a page, below its heads or without them.
    let top = around.before.filter(|b| match around.top {
        Top::Below => false,
        Top::First => begins_again(rows[0].n, around.rows, b),
        Top::Wrapped => true,
    });
    let first_row = top.map_or(first_row, |b| repeated(rows.iter().copied(), b));
    let (head, body) = rows.split_at(first_row);
    let goes_on = around
        .before
        .filter(|_| head.is_empty() || top.is_some())
        .and_then(|b| Some((b, columns_before(body, &Edges::of(b))?)));
    // One or two narrow rows without a head are the rest of the table before, or nothing.
    let numbers = || body.iter().filter(|r| r.figures);
    let few = numbers().count() < FEWEST_ROWS && !numbers().all(|r| r.apart() >= WIDE_PIECES);
    let alone = around.frame.is_none() && !around.empty && head.is_empty() && goes_on.is_none();
    (!(alone && few)).then_some(Parts { head, body, goes_on })
}

/// A table from the rows of its region.
pub(super) fn build<'a>(rows: &[&'a Row<'a>], around: &Around<'a>) -> Option<Grid> {
    let Parts { head, body, goes_on } = parts(rows, around)?;
    let mut columns = columns::of(body);
    let ends = around.rules.first().map(|r| (r.start, r.end));
    let shown: Vec<Edge> = match &goes_on {
        Some((before, _)) => before.xs.iter().map(|x| Edge { x: *x, lo: *x, hi: *x }).collect(),
        None => Body {
            columns: if around.empty { &[] } else { &columns },
            frame: ends,
            size: rows[0].line.size,
        }
        .edges(&[], &[]),
    };
    let mut heads = heads::heads(head, around.blanks, around.rules, &shown);
    if around.empty {
        columns = heads::lowest(&heads);
    }
    let xs = match goes_on {
        // The heads are repeated over the columns that the page before has.
        Some((before, same)) => {
            for h in &mut heads {
                h.span = same_span(h, before);
            }
            columns = same;
            before.xs.clone()
        }
        None => {
            let found = heads::over_columns(&mut heads, &mut columns, ends);
            if columns.is_empty() {
                return None;
            }
            verticals(&columns, found.as_deref(), ends)
        }
    };
    if columns.len() < FEWEST_COLUMNS {
        return None;
    }
    let ys = horizontals(rows, &heads, body, around);
    Some(cells(around.page, (xs, ys), heads, body, &columns))
}

/// Edges of columns where the heads and the body show them, else in the middle of the gaps.
fn verticals(columns: &[Column], found: Option<&[Edge]>, ends: Option<(f32, f32)>) -> Vec<f32> {
    let (first, last) = (columns[0].x0 - MARGIN, columns[columns.len() - 1].x1 + MARGIN);
    let mut xs = vec![ends.map_or(first, |e| first.min(e.0))];
    xs.extend(columns.windows(2).enumerate().map(|(k, w)| {
        let sure = found.and_then(|e| e.get(k + 1)).filter(|e| e.sure());
        let between = |x: f32| x >= w[0].x1 - INSIDE && x <= w[1].x0 + INSIDE;
        sure.map(|e| e.x)
            .filter(|x| between(*x))
            .unwrap_or((w[0].x1 + w[1].x0) / 2.0)
    }));
    xs.push(ends.map_or(last, |e| last.max(e.1)));
    xs
}

/// Edges of rows: heads by their height, the body by its base lines.
fn horizontals(rows: &[&Row<'_>], heads: &[Head], body: &[&Row<'_>], around: &Around<'_>) -> Vec<f32> {
    let mut levels: Vec<f32> = heads.iter().map(|h| h.rect.mid_y()).collect();
    levels.sort_by(f32::total_cmp);
    levels.dedup_by(|b, a| *b - *a < LEVEL);
    let mut marks: Vec<Mark> = body.iter().map(|r| Mark::new(r.line)).collect();
    // A line of several pieces is numeric when one of its pieces is.
    for (m, r) in marks.iter_mut().zip(body) {
        m.set_numeric(r.pieces.iter().any(|p| p.is_number() || p.is_dash()));
    }
    let (y0, y1) = around.frame.unwrap_or_else(|| {
        let last = rows[rows.len() - 1];
        (rows[0].line.rect.y0 - LEADING, last.line.rect.y1 + LEADING)
    });
    let mut cuts: Vec<f32> = levels.windows(2).map(|w| (w[0] + w[1]) / 2.0).collect();
    if !levels.is_empty() {
        let under = heads.iter().map(|h| h.rect.y1).fold(f32::NEG_INFINITY, f32::max);
        let over = body.first().map_or(y1, |r| r.line.rect.y0);
        cuts.push((under + over) / 2.0);
    }
    cuts.extend(bands(&mut marks));
    // Below the column numbers of an empty table stands a row without a word.
    let border = body::second_line(around.rules).filter(|_| around.empty);
    cuts.extend(border.filter(|b| body.last().is_some_and(|r| r.line.rect.mid_y() < *b)));
    let mut ys = vec![y0];
    ys.extend(cuts.into_iter().filter(|c| *c > y0 && *c < y1));
    ys.push(y1);
    ys.dedup_by(|a, b| *a <= *b);
    ys
}

/// The cells that are being filled.
struct Filling<'x> {
    page: u32,
    xs: &'x [f32],
    ys: &'x [f32],
    cells: Vec<Cell>,
    /// Which cell stands at a place, row by row.
    index: Vec<Option<usize>>,
}

impl Filling<'_> {
    fn cols(&self) -> usize {
        self.xs.len() - 1
    }

    /// The row at a height.
    fn row_at(&self, y: f32) -> usize {
        self.ys[1..self.ys.len() - 1].partition_point(|e| *e <= y)
    }

    /// Puts text over the columns from `a` to `b`; into the cell that stands there already.
    fn put(&mut self, row: usize, (a, b): (usize, usize), text: Vec<Line>) {
        let places = row * self.cols() + a..=row * self.cols() + b;
        if let Some(there) = places.clone().find_map(|k| self.index[k]) {
            self.cells[there].lines.extend(text);
            return;
        }
        for k in places {
            self.index[k] = Some(self.cells.len());
        }
        self.cells.push(Cell {
            row,
            col: a,
            row_span: 1,
            col_span: b - a + 1,
            page: self.page,
            rect: Rect::new(self.xs[a], self.ys[row], self.xs[b + 1], self.ys[row + 1]),
            lines: text,
        });
    }
}

fn cells(page: u32, (xs, ys): (Vec<f32>, Vec<f32>), heads: Vec<Head>, body: &[&Row<'_>], columns: &[Column]) -> Grid {
    let (rows, cols) = (ys.len() - 1, columns.len());
    let mut filling = Filling {
        page,
        xs: &xs,
        ys: &ys,
        cells: Vec::new(),
        index: vec![None; rows * cols],
    };
    for h in heads {
        filling.put(filling.row_at(h.rect.mid_y()), h.span, h.lines);
    }
    for p in body.iter().flat_map(|r| &r.pieces) {
        let text = p.alone();
        let k = home(&text.rect, columns);
        let row = filling.row_at(text.baseline - MIDDLE * text.size);
        filling.put(row, (k, k), vec![text]);
    }
    for k in 0..rows * cols {
        if filling.index[k].is_none() {
            filling.put(k / cols, (k % cols, k % cols), Vec::new());
        }
    }
    let mut cells = filling.cells;
    // Pieces of one cell read from the top and from the left.
    for c in &mut cells {
        c.lines
            .sort_by(|a, b| a.baseline.total_cmp(&b.baseline).then(a.rect.x0.total_cmp(&b.rect.x0)));
    }
    cells.sort_by_key(|c| (c.row, c.col));
    let mut grid = Grid::new(GridKind::Aligned, page, xs, ys, cells, Vec::new());
    grid.reindex();
    grid
}

/// The column of a text: where most of it stands, else the nearest.
fn home(text: &Rect, columns: &[Column]) -> usize {
    let over = |c: &Column| text.x1.min(c.x1) - text.x0.max(c.x0);
    columns
        .iter()
        .enumerate()
        .max_by(|(_, a), (_, b)| over(a).total_cmp(&over(b)))
        .map_or(0, |(k, _)| k)
}
