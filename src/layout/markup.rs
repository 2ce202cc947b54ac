//! Markup to blocks. Comes in: paragraphs and tables of a file without pages. Goes out: the same [`Block`]s that pages give,
//! on made-up pages with made-up boxes, so that one recognition serves all; and [`Origins`], which turns every made-up box
//! back into bytes or cells of the file: no page and no box that does not exist is published.

use super::grid::{Cell, Grid, GridKind};
use super::lines::Line;
use super::{Block, Layout, ragged, spans};
use crate::clock::Rounds;
use crate::diag::{Code, Diagnostic, Severity};
use crate::geom::Rect;
use crate::place::{Locator, Place};
use crate::read::{Markup, Paragraph, Piece, Table};

/// Font size of every made-up line: the unit in which the stages after this measure gaps.
const SIZE: f32 = 10.0;
/// From line to line.
const PITCH: f32 = 20.0;
/// The most cells of a table, blank ones counted, and the most cells and paragraphs of a document: an account has some thousands.
const CELLS: usize = 500_000;
const ITEMS: usize = 1_000_000;
/// The narrowest column.
const NARROW: f32 = 40.0;

/// Which bytes or cells stand behind the boxes of a layout without pages.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    /// The first page that is made up; those before it are pages of a PDF.
    first: u32,
    /// By page, from the top.
    pages: Vec<Vec<Origin>>,
}

/// One line or cell.
#[derive(Clone, Debug)]
struct Origin {
    rect: Rect,
    /// The lowest bottom edge so far, for searching: a cell may reach over several rows.
    reach: f32,
    at: Locator,
    /// For each character of a line its right edge, its byte in the file, its length there; empty where only `at` is known.
    chars: Chars,
}

impl Origin {
    /// The part of it that a box covers.
    fn within(&self, rect: &Rect) -> Locator {
        let Locator::Bytes { part, .. } = self.at else {
            return self.at;
        };
        let first = self.chars.partition_point(|c| c.0 <= rect.x0 + 0.5);
        let last = self.chars.partition_point(|c| c.0 <= rect.x1 + 0.5);
        match (
            self.chars.get(first),
            last.checked_sub(1).and_then(|n| self.chars.get(n)),
        ) {
            (Some(a), Some(b)) if first < last => Locator::Bytes {
                part,
                start: a.1,
                end: b.1 + u32::from(b.2),
            },
            _ => self.at,
        }
    }
}

impl Origins {
    /// Whether a page is made up: it stands for a stretch of a file without pages.
    pub fn made_up(&self, page: u32) -> bool {
        page >= self.first
    }

    /// The place in the file behind a place of this layout.
    pub fn place(&self, place: Place) -> Place {
        if place.at.is_some() || !self.made_up(place.page) && place.page > 0 {
            return place;
        }
        let made_up = place.page.checked_sub(self.first);
        let Some(all) = made_up.and_then(|n| self.pages.get(n as usize)) else {
            return Place::document();
        };
        let r = place.rect;
        if r == Rect::default() {
            return Place::document();
        }
        let first = all.partition_point(|o| o.reach <= r.y0);
        let mut found: Option<Locator> = None;
        for o in all[first..].iter().take_while(|o| o.rect.y0 < r.y1) {
            if o.rect.x0 < r.x1 && o.rect.x1 > r.x0 && o.rect.y1 > r.y0 {
                let at = o.within(&r);
                found = Some(found.map_or(at, |f| f.union(at)));
            }
        }
        found.map_or(Place::document(), Place::at)
    }
}

/// Lays markup out, behind the pages that stand in `layout`.
pub(super) fn blocks(markup: &Markup, layout: Layout, report: &mut Vec<Diagnostic>) -> Layout {
    // A page that stays empty keeps the tables of two files apart.
    let first = match layout.pages.last() {
        Some(last) => last.number + 2,
        None => 1,
    };
    let mut out = Builder {
        layout,
        origins: Origins {
            first,
            pages: vec![Vec::new()],
        },
        y: 0.0,
        page: first,
        left: ITEMS,
    };
    let mut rounds = Rounds::default();
    for piece in &markup.pieces {
        if rounds.late() {
            break;
        }
        let items = match piece {
            Piece::Table(t) => t.cells.len(),
            _ => 1,
        };
        let Some(left) = out.left.checked_sub(items) else {
            let message = format!("what follows was not read: a document has at most {ITEMS} cells and paragraphs");
            report.push(Diagnostic::new(
                Severity::Error,
                Code::TableTooLarge,
                message,
                Place::document(),
            ));
            break;
        };
        out.left = left;
        match piece {
            Piece::Break => out.pages(1),
            // A page that stays empty keeps the tables of two sheets apart.
            Piece::Sheet => out.pages(2),
            Piece::Paragraph(p) => out.paragraph(p),
            Piece::Table(t) => out.table(t, report),
        }
    }
    out.layout.origins = Some(out.origins);
    out.layout
}

struct Builder {
    layout: Layout,
    origins: Origins,
    y: f32,
    page: u32,
    /// Cells and paragraphs that may still come.
    left: usize,
}

impl Builder {
    fn pages(&mut self, number: u32) {
        if self.y > 0.0 {
            self.page += number;
            self.y = 0.0;
            let made_up = (self.page - self.origins.first) as usize + 1;
            self.origins.pages.resize(made_up, Vec::new());
        }
    }

    fn origin(&mut self, rect: Rect, at: Locator, chars: Chars) {
        if let Some(page) = self.origins.pages.last_mut() {
            let reach = page.last().map_or(0.0, |o| o.reach).max(rect.y1);
            page.push(Origin { rect, reach, at, chars });
        }
    }

    fn paragraph(&mut self, p: &Paragraph) {
        if p.text.trim().is_empty() {
            return;
        }
        let (line, chars) = line(p, self.page, 0.0, self.y);
        self.origin(line.rect, p.at, chars);
        self.layout.blocks.push(Block::Line(line));
        self.y += PITCH;
    }

    fn table(&mut self, source: &Table, report: &mut Vec<Diagnostic>) {
        let place = |at: Locator| Place::at(at);
        let mended;
        let source = if source.spans_known {
            source
        } else {
            mended = spans::infer(ragged::mend(source, &place, report));
            &mended
        };
        if source.rows == 0 || source.cols == 0 {
            return;
        }
        if source.rows.saturating_mul(source.cols) > CELLS {
            let at = source.cells.first().map_or(Place::document(), |c| place(c.at));
            let message = format!(
                "a table of {} rows and {} columns was not read: {CELLS} cells are the most, also of blank ones",
                source.rows, source.cols
            );
            report.push(Diagnostic::new(Severity::Error, Code::TableTooLarge, message, at));
            return;
        }
        let mut rounds = Rounds::default();
        let xs = column_edges(source);
        let ys = self.row_edges(source);
        let cells: Vec<Cell> = source
            .cells
            .iter()
            .take_while(|_| !rounds.late())
            .map(|c| {
                let (right, bottom) = (
                    (c.col + c.col_span).min(source.cols),
                    (c.row + c.row_span).min(source.rows),
                );
                let rect = Rect::new(xs[c.col], ys[c.row], xs[right], ys[bottom]);
                let lines: Vec<Line> = (0u16..)
                    .zip(c.lines.iter().filter(|l| !l.text.trim().is_empty()))
                    .map(|(n, l)| line(l, self.page, rect.x0 + SIZE, rect.y0 + 2.0 + f32::from(n) * PITCH).0)
                    .collect();
                Cell {
                    row: c.row,
                    col: c.col,
                    row_span: bottom - c.row,
                    col_span: right - c.col,
                    page: self.page,
                    rect,
                    lines,
                }
            })
            .collect();
        let mut order: Vec<usize> = (0..cells.len()).collect();
        order.sort_by(|a, b| cells[*a].rect.y0.total_cmp(&cells[*b].rect.y0));
        for n in order {
            self.origin(cells[n].rect, source.cells[n].at, Chars::new());
        }
        self.y = ys[ys.len() - 1] + PITCH;
        let mut grid = Grid::new(GridKind::Markup, self.page, xs, ys, cells, Vec::new());
        grid.reindex();
        grid.split_rows();
        self.layout.blocks.push(Block::Table(grid));
    }

    fn row_edges(&self, source: &Table) -> Vec<f32> {
        let mut heights = vec![1usize; source.rows];
        for c in source.cells.iter().filter(|c| c.row_span == 1) {
            heights[c.row] = heights[c.row].max(c.lines.len());
        }
        let mut y = self.y;
        let mut out = vec![y];
        for h in heights {
            y += h as f32 * PITCH;
            out.push(y);
        }
        out
    }
}

fn column_edges(source: &Table) -> Vec<f32> {
    let mut widths = vec![NARROW; source.cols];
    for c in source.cells.iter() {
        let longest = c.lines.iter().map(|l| l.text.chars().count()).max().unwrap_or(0);
        let need = longest as f32 * SIZE + 2.0 * SIZE;
        let last = (c.col + c.col_span).min(source.cols) - 1;
        let have: f32 = widths[c.col..=last].iter().sum();
        if need > have {
            widths[last] += need - have;
        }
    }
    let mut x = 0.0;
    let mut out = vec![x];
    for w in widths {
        x += w;
        out.push(x);
    }
    out
}

type Chars = Vec<(f32, u32, u8)>;

/// A paragraph as one line: every character as wide as its font is high, blanks half of it or as wide as they are many.
fn line(p: &Paragraph, page: u32, x: f32, y: f32) -> (Line, Chars) {
    let mut out = Line {
        page,
        rect: Rect::new(x, y, x, y + 1.2 * SIZE),
        baseline: y + SIZE,
        size: SIZE,
        text: String::with_capacity(p.text.len()),
        boxes: Vec::with_capacity(p.text.len() / 3),
        whole: true,
    };
    let mut chars = Chars::new();
    let mut right = x;
    let known = !p.runs.is_empty();
    for (offset, c) in p.text.char_indices() {
        let width = match c {
            '\t' => 4.0 * SIZE,
            '\u{3000}' => SIZE,
            c if c.is_whitespace() => 0.5 * SIZE,
            _ => SIZE,
        };
        let b = Rect::new(right, y, right + width, y + 1.2 * SIZE);
        right += width;
        if c.is_whitespace() {
            // Blanks are one blank as wide as all of them; none stands at the begin.
            if out.text.ends_with(' ') {
                if let Some(last) = out.boxes.last_mut() {
                    last.x1 = right;
                }
                continue;
            }
            if out.text.is_empty() {
                continue;
            }
            out.text.push(' ');
        } else {
            out.text.push(crate::text::unified(c));
        }
        out.boxes.push(b);
        if known && let Some(byte) = p.byte(offset) {
            chars.push((b.x1, byte, c.len_utf8() as u8));
        }
    }
    while out.text.ends_with(' ') {
        out.text.pop();
        out.boxes.pop();
    }
    if let (Some(a), Some(b)) = (out.boxes.first(), out.boxes.last()) {
        out.rect.x0 = a.x0;
        out.rect.x1 = b.x1;
    }
    (out, chars)
}
