//! A table as rows, columns and cells. Glyphs go to the cell that holds their middle; a number that runs over a line is kept
//! whole and reported. Rows without lines between them are told apart by their base lines.

use super::foreign;
use super::lines::{Line, lines};
use crate::diag::{Code, Diagnostic, Severity};
use crate::geom::Rect;
use crate::place::Place;
use crate::read::{Glyph, GlyphText};
use std::borrow::Cow;

/// How the rows and columns of a table were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GridKind {
    /// By horizontal and vertical lines.
    Ruled,
    /// By the alignment of its text, with or without horizontal lines.
    Aligned,
    /// The file says so itself: markup.
    Markup,
}

/// A cell; it may span rows and columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// First row, 0-based.
    pub row: usize,
    /// First column, 0-based.
    pub col: usize,
    /// Number of rows, at least 1.
    pub row_span: usize,
    /// Number of columns, at least 1.
    pub col_span: usize,
    /// 1-based.
    pub page: u32,
    /// Its box on the page.
    pub rect: Rect,
    /// Its text from the top.
    pub lines: Vec<Line>,
}

impl Cell {
    /// The lines joined without anything between (a line break inside a Chinese name or a number means nothing).
    pub fn text(&self) -> Cow<'_, str> {
        match self.lines.as_slice() {
            [] => Cow::Borrowed(""),
            [one] => Cow::Borrowed(&one.text),
            many => many.iter().map(|l| l.text.as_str()).collect(),
        }
    }

    /// Where it stands.
    pub fn place(&self) -> Place {
        Place::new(self.page, self.rect)
    }
}

/// A part of a table on one page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GridPart {
    /// 1-based.
    pub page: u32,
    /// The box of the part.
    pub rect: Rect,
    /// The first row of the table that stands on this page.
    pub first_row: usize,
}

/// A table.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// How it was found.
    pub kind: GridKind,
    /// One part a page, in order.
    pub parts: Vec<GridPart>,
    /// Number of rows.
    pub rows: usize,
    /// Number of columns.
    pub cols: usize,
    /// Column edges of the first part (`cols + 1`).
    pub xs: Vec<f32>,
    /// Row edges of a table of one part (`rows + 1`); not kept for joined tables.
    pub(super) ys: Vec<f32>,
    /// The cells, in the order in which they begin.
    pub cells: Vec<Cell>,
    /// `rows × cols` to the index of the cell.
    index: Vec<u32>,
}

impl Grid {
    pub(super) fn new(
        kind: GridKind,
        page: u32,
        xs: Vec<f32>,
        ys: Vec<f32>,
        cells: Vec<Cell>,
        index: Vec<u32>,
    ) -> Self {
        let rect = Rect::new(xs[0], ys[0], xs[xs.len() - 1], ys[ys.len() - 1]);
        Self {
            kind,
            parts: vec![GridPart {
                page,
                rect,
                first_row: 0,
            }],
            rows: ys.len() - 1,
            cols: xs.len() - 1,
            xs,
            ys,
            cells,
            index,
        }
    }

    /// The page on which it begins.
    pub fn page(&self) -> u32 {
        self.parts.first().map_or(0, |p| p.page)
    }

    /// The page on which it ends.
    pub fn last_page(&self) -> u32 {
        self.parts.last().map_or(0, |p| p.page)
    }

    /// The box of the first part.
    pub fn rect(&self) -> Rect {
        self.parts.first().map(|p| p.rect).unwrap_or_default()
    }

    /// The index of the cell at a row and column.
    pub fn cell_id(&self, row: usize, col: usize) -> Option<usize> {
        if row >= self.rows || col >= self.cols {
            return None;
        }
        self.index
            .get(row * self.cols + col)
            .map(|i| *i as usize)
            .filter(|i| *i < self.cells.len())
    }

    /// The cell at a row and column.
    pub fn cell(&self, row: usize, col: usize) -> Option<&Cell> {
        self.cell_id(row, col).map(|i| &self.cells[i])
    }

    /// Whether a row is the first on a continuation page.
    pub fn begins_page(&self, row: usize) -> bool {
        row > 0 && self.parts.iter().any(|p| p.first_row == row)
    }

    /// The index of the cell at a point.
    pub(super) fn at(&self, x: f32, y: f32) -> Option<usize> {
        if !self.rect().contains(x, y) {
            return None;
        }
        let col = self.xs.partition_point(|e| *e <= x).saturating_sub(1);
        let row = self.ys.partition_point(|e| *e <= y).saturating_sub(1);
        self.cell_id(row.min(self.rows - 1), col.min(self.cols - 1))
    }

    /// Builds the index anew from the cells.
    pub(super) fn reindex(&mut self) {
        self.index = vec![u32::MAX; self.rows * self.cols];
        for (i, c) in self.cells.iter().enumerate() {
            for r in c.row..(c.row + c.row_span).min(self.rows) {
                for k in c.col..(c.col + c.col_span).min(self.cols) {
                    self.index[r * self.cols + k] = i as u32;
                }
            }
        }
    }

    /// Cuts rows that hold several rows of text without a line between: where at least two columns of a row have more than
    /// one line and at least one column more than one line with a number.
    pub(super) fn split_rows(&mut self) {
        let mut marks: Vec<Vec<Mark>> = Vec::new();
        marks.resize_with(self.rows, Vec::new);
        let mut seen = vec![(0, 0); self.rows];
        for c in self.cells.iter().filter(|c| c.row_span == 1 && c.row < self.rows) {
            let n = c.lines.iter().filter(|l| is_numeric(&l.text)).count();
            seen[c.row].0 += usize::from(c.lines.len() > 1);
            seen[c.row].1 += usize::from(n > 1);
            marks[c.row].extend(c.lines.iter().map(Mark::new));
        }
        let mut found = false;
        let cuts: Vec<Vec<f32>> = marks
            .iter_mut()
            .zip(seen)
            .map(|(marks, (tall, numeric))| {
                let cuts = if tall >= 2 && numeric >= 1 {
                    bands(marks)
                } else {
                    Vec::new()
                };
                found |= !cuts.is_empty();
                cuts
            })
            .collect();
        if found {
            self.split(&cuts);
        }
    }

    /// Cuts every row at its heights.
    fn split(&mut self, cuts: &[Vec<f32>]) {
        // Where each row begins afterwards, and the end.
        let mut begins = Vec::with_capacity(self.rows + 1);
        let mut ys = Vec::with_capacity(self.ys.len());
        for (row, cuts) in cuts.iter().enumerate() {
            begins.push(ys.len());
            ys.push(self.ys[row]);
            ys.extend(cuts.iter().copied());
        }
        begins.push(ys.len());
        ys.extend(self.ys.last().copied());
        let mut cells = Vec::with_capacity(self.cells.len() * 2);
        for mut c in std::mem::take(&mut self.cells) {
            let (row, end) = (c.row.min(self.rows), (c.row + c.row_span).min(self.rows));
            let (first, parts) = (begins[row], begins[end] - begins[row]);
            if c.row_span != 1 || parts < 2 {
                (c.row, c.row_span) = (first, parts);
                cells.push(c);
                continue;
            }
            let edges = &ys[first..=first + parts];
            for p in 0..parts {
                let rect = Rect::new(c.rect.x0, edges[p], c.rect.x1, edges[p + 1]);
                let lines = c.lines.iter().filter(|l| {
                    let y = l.baseline;
                    (p == 0 || y > edges[p]) && (p + 1 == parts || y <= edges[p + 1])
                });
                cells.push(Cell {
                    row: first + p,
                    rect,
                    lines: lines.cloned().collect(),
                    ..c
                });
            }
        }
        cells.sort_by_key(|c| (c.row, c.col));
        self.cells = cells;
        self.rows = ys.len() - 1;
        self.ys = ys;
        self.reindex();
    }
}

/// A line of text as evidence of a row.
pub(super) struct Mark {
    baseline: f32,
    size: f32,
    numeric: bool,
}

impl Mark {
    pub(super) fn new(line: &Line) -> Self {
        Self {
            baseline: line.baseline,
            size: line.size,
            numeric: is_numeric(&line.text),
        }
    }

    pub(super) fn set_numeric(&mut self, numeric: bool) {
        self.numeric = numeric;
    }
}

/// Heights at which rows part. A base line with a number is a row. A base line without one belongs to the nearest such row
/// when it stands closer than three quarters of the smallest distance of two rows (a wrapped name), else it is a row too.
pub(super) fn bands(marks: &mut [Mark]) -> Vec<f32> {
    marks.sort_by(|a, b| a.baseline.total_cmp(&b.baseline));
    let mut lines: Vec<(f32, bool)> = Vec::new();
    for m in marks.iter() {
        match lines.last_mut() {
            Some((y, numeric)) if m.baseline - *y < 0.45 * m.size.max(2.0) => *numeric |= m.numeric,
            _ => lines.push((m.baseline, m.numeric)),
        }
    }
    let anchors: Vec<f32> = lines.iter().filter(|l| l.1).map(|l| l.0).collect();
    let pitch = anchors.windows(2).map(|w| w[1] - w[0]).fold(f32::INFINITY, f32::min);
    // One row alone: the halves of its name stand less than a line away.
    let size = marks.iter().map(|m| m.size).fold(0.0, f32::max);
    let near = if pitch.is_finite() { 0.75 * pitch } else { 0.9 * size };
    let mut rows: Vec<(f32, f32)> = anchors.iter().map(|a| (*a, *a)).collect();
    for (y, numeric) in &lines {
        if *numeric {
            continue;
        }
        let numbered = rows
            .iter_mut()
            .filter(|r| anchors.contains(&r.0) || anchors.contains(&r.1));
        let best = numbered.min_by(|a, b| gap(a, *y).total_cmp(&gap(b, *y)));
        match best {
            Some(r) if gap(r, *y) < near => {
                *r = (r.0.min(*y), r.1.max(*y));
            }
            _ => rows.push((*y, *y)),
        }
    }
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    // A cut stands a little under the middle: base lines are the feet of the text.
    rows.windows(2).map(|w| w[0].1 + 0.35 * (w[1].0 - w[0].1)).collect()
}

fn gap(row: &(f32, f32), y: f32) -> f32 {
    if y < row.0 {
        row.0 - y
    } else if y > row.1 {
        y - row.1
    } else {
        0.0
    }
}

/// Whether a text has the shape of a number or a code: only digits and what stands in numbers.
pub(super) fn is_numeric(text: &str) -> bool {
    let mut digits = 0;
    for c in text.chars() {
        if is_digit(c) {
            digits += 1;
        } else if !is_number_sign(c) && c != ' ' {
            return false;
        }
    }
    digits > 0
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || ('０'..='９').contains(&c)
}

fn is_number_sign(c: char) -> bool {
    matches!(
        c,
        '.' | ',' | '-' | '．' | '，' | '－' | '−' | '(' | ')' | '%' | '％' | '+'
    )
}

/// Whether a glyph is a digit or a sign of numbers.
pub(super) fn is_number_char(g: &Glyph) -> bool {
    number_char(g).is_some()
}

fn number_char(g: &Glyph) -> Option<char> {
    match g.text {
        GlyphText::Char(c) if is_digit(c) || is_number_sign(c) => Some(c),
        _ => None,
    }
}

/// Gives every glyph to the cell that holds its middle; says for each whether it found one.
pub(super) fn place_glyphs(grids: &mut [Grid], glyphs: &[Glyph], report: &mut Vec<Diagnostic>) -> Vec<bool> {
    let mut home: Vec<Option<(usize, usize)>> = glyphs
        .iter()
        .map(|g| {
            let (x, y) = (g.rect.mid_x(), g.rect.mid_y());
            grids
                .iter()
                .enumerate()
                .find_map(|(n, grid)| grid.at(x, y).map(|c| (n, c)))
        })
        .collect();
    let large = foreign::too_large(grids, glyphs, &mut home, report);
    hang_marks(glyphs, &mut home);
    keep_numbers_whole(grids, glyphs, &mut home, report);
    let mut by_cell: Vec<(usize, usize, u32)> = home
        .iter()
        .enumerate()
        .filter_map(|(i, h)| h.map(|(n, c)| (n, c, i as u32)))
        .collect();
    by_cell.sort_unstable();
    let mut i = 0;
    while i < by_cell.len() {
        let (n, c, _) = by_cell[i];
        let mut j = i;
        while j < by_cell.len() && (by_cell[j].0, by_cell[j].1) == (n, c) {
            j += 1;
        }
        let page = grids[n].page();
        grids[n].cells[c].lines = lines(by_cell[i..j].iter().map(|b| &glyphs[b.2 as usize]), page);
        i = j;
    }
    foreign::doubt_pale(grids, glyphs, &home);
    foreign::doubt_small(grids, glyphs, &home);
    // What is too large for its cell is no text outside the table either.
    let mut placed: Vec<bool> = home.iter().map(Option::is_some).collect();
    large.into_iter().for_each(|n| placed[n] = true);
    placed
}

/// A mark that may not begin a line hangs over the edge of its cell: it belongs to the text that it closes.
fn hang_marks(glyphs: &[Glyph], home: &mut [Option<(usize, usize)>]) {
    const CLOSING: &str = "）］】》〉〕」』”’、，。；：";
    for i in 1..glyphs.len() {
        let (a, b) = (&glyphs[i - 1], &glyphs[i]);
        let closes = matches!(b.text, GlyphText::Char(c) if CLOSING.contains(c));
        let touches = (b.rect.x0 - a.rect.x1).abs() < 0.15 * a.size.max(1.0) && (a.baseline - b.baseline).abs() < 0.5;
        let same_grid = home[i].zip(home[i - 1]).is_some_and(|(p, q)| p.0 == q.0);
        if closes && touches && same_grid && number_char(a).is_none() {
            home[i] = home[i - 1];
        }
    }
}

/// A number wider than its cell runs over the line; cut there, it would become two wrong numbers without a word. A run of
/// touching digits over a line stays whole unless the line falls between two well-formed amounts (or between pieces of a
/// code, which has neither point nor comma).
fn keep_numbers_whole(
    grids: &[Grid],
    glyphs: &[Glyph],
    home: &mut [Option<(usize, usize)>],
    report: &mut Vec<Diagnostic>,
) {
    let mut i = 0;
    while i < glyphs.len() {
        let mut j = i + 1;
        while j < glyphs.len() && number_char(&glyphs[j - 1]).is_some() && number_char(&glyphs[j]).is_some() {
            let (a, b) = (&glyphs[j - 1], &glyphs[j]);
            let other = home[j].zip(home[j - 1]).is_some_and(|(p, q)| p.0 != q.0);
            if !touch(glyphs, j) || (a.baseline - b.baseline).abs() > 0.5 || other {
                break;
            }
            j += 1;
        }
        let run = i..j;
        i = j;
        // A number may stick out of the table.
        let Some((n, first)) = run.clone().find_map(|k| home[k]) else {
            continue;
        };
        if run.clone().all(|k| home[k] == Some((n, first))) {
            continue;
        }
        let out = run.clone().any(|k| home[k].is_none());
        let text: String = run.clone().filter_map(|k| number_char(&glyphs[k])).collect();
        let parts = parts_of(&run, glyphs, home);
        let straddles = run.clone().any(|k| {
            let r = glyphs[k].rect;
            let inner = Rect::new(r.x0 + 0.2 * r.width(), r.y0, r.x1 - 0.2 * r.width(), r.y1);
            grids[n].xs.iter().any(|x| *x > inner.x0 && *x < inner.x1)
                && home[k].is_some_and(|(g, c)| {
                    let cell = grids[g].cells[c].rect;
                    inner.x0 < cell.x0 || inner.x1 > cell.x1
                })
        });
        let is_code = !text.contains(['.', ',', '．', '，']);
        let places = |t: &str| t.rsplit_once(['.', '．']).map(|(_, d)| d.chars().count());
        let well_formed = parts
            .iter()
            .all(|(_, t)| places(t).is_some_and(|d| d > 0 && places(&parts[0].1) == Some(d)));
        if !straddles && !out && (is_code || well_formed) {
            continue;
        }
        // The cell that holds most of it; of equals the right one, for amounts are set to the right.
        let best = parts
            .iter()
            .max_by_key(|(_, t)| t.chars().count())
            .map(|(c, _)| *c)
            .unwrap_or(first);
        for k in run.clone() {
            home[k] = Some((n, best));
        }
        let rect = glyphs[run.start].rect.union(&glyphs[run.end - 1].rect);
        report.push(
            Diagnostic::new(
                Severity::Warning,
                Code::NumberCrossesRuling,
                "a number runs over the line between two cells; it was kept whole and given to the cell that holds most of it",
                Place::new(grids[n].page(), rect),
            )
            .printed(text),
        );
    }
}

/// Whether a glyph stands close behind the one before it, or as far as the next behind itself: a number set wide.
fn touch(glyphs: &[Glyph], j: usize) -> bool {
    let gap = |k: usize| {
        let (a, b) = (glyphs.get(k.wrapping_sub(1))?, glyphs.get(k)?);
        (number_char(a).is_some() && number_char(b).is_some()).then(|| (b.rect.x0 - a.rect.x1) / a.size.max(1.0))
    };
    let Some(here) = gap(j) else { return false };
    let like = |k: usize| gap(k).is_some_and(|other| (other - here).abs() < 0.08);
    here.abs() < 0.15 || ((0.15..0.5).contains(&here) && (like(j - 1) || like(j + 1)))
}

fn parts_of(run: &std::ops::Range<usize>, glyphs: &[Glyph], home: &[Option<(usize, usize)>]) -> Vec<(usize, String)> {
    let mut parts: Vec<(usize, String)> = Vec::new();
    for k in run.clone() {
        let (Some((_, c)), Some(ch)) = (home[k], number_char(&glyphs[k])) else {
            continue;
        };
        match parts.last_mut() {
            Some((last, t)) if *last == c => t.push(ch),
            _ => parts.push((c, ch.to_string())),
        }
    }
    parts
}
