//! Lines cut into pieces. Comes in: the lines of a page. Goes out: rows of pieces, parted where a gap is wide. Says of a piece
//! whether it is a number or nothing, and of a row whether it holds numbers; refuses to decide what is a table.

use super::super::grid::is_numeric;
use super::super::lines::{Line, Segment};
use crate::geom::Rect;

/// A gap wider than this parts two columns. In font sizes, as all distances here that do not say points: what is set smaller stands
/// closer.
pub(super) const GAP: f32 = 0.7;
/// Beside a number a smaller gap does: an amount set to the right stands close to the next label or code.
const TIGHT: f32 = 0.25;
/// The part of a gap that printed blanks must cover to fill it: their boxes leave out the bearings of the letters beside.
const FILLED: f32 = 0.7;

/// A stretch of a line without a wide gap: the text of a cell, or a part of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'a> {
    /// What it says.
    pub text: &'a str,
    /// Left edge.
    pub x0: f32,
    /// Right edge.
    pub x1: f32,
    /// The line it stands in.
    pub line: &'a Line,
    start: usize,
}

impl<'a> Piece<'a> {
    pub fn new(line: &'a Line, s: &Segment) -> Self {
        Self {
            text: &line.text[s.start..s.end],
            x0: s.x0,
            x1: s.x1,
            line,
            start: s.start,
        }
    }

    /// The bytes of the line that it is.
    pub fn range(&self) -> std::ops::Range<usize> {
        self.start..self.start + self.text.len()
    }

    /// Lets it reach to the end of another piece of its line.
    pub fn reach(&mut self, other: &Piece<'a>) {
        self.x1 = other.x1;
        self.text = &self.line.text[self.start..other.range().end];
    }

    /// As a line of its own.
    pub fn alone(&self) -> Line {
        let range = self.range();
        self.line.slice(&Segment {
            x0: self.x0,
            x1: self.x1,
            start: range.start,
            end: range.end,
        })
    }

    pub fn is_number(&self) -> bool {
        is_numeric(self.text)
    }

    /// A number with a decimal point.
    pub fn is_decimal(&self) -> bool {
        self.is_number() && self.text.contains(['.', '．'])
    }

    pub fn is_dash(&self) -> bool {
        is_dash(self.text)
    }

    /// One character.
    pub fn is_single(&self) -> bool {
        self.text.chars().count() == 1
    }
}

/// A line and its pieces.
#[derive(Clone, Debug)]
pub(super) struct Row<'a> {
    /// Its place among the lines of the page.
    pub n: usize,
    pub line: &'a Line,
    pub pieces: Vec<Piece<'a>>,
    /// It holds numbers as the rows of a table do.
    pub figures: bool,
    /// The same, and it has a wide gap: running text sets a narrow blank around each number.
    pub row: bool,
}

impl<'a> Row<'a> {
    /// A line, cut; `blanks` are the printed blanks of the page.
    pub fn new(n: usize, line: &'a Line, blanks: &[Rect]) -> Self {
        let cut = line.cut(|a, b| if beside_number(a, b) { TIGHT } else { GAP });
        let mut out = Self {
            n,
            line,
            pieces: spread(cut.iter().map(|s| Piece::new(line, s)).collect(), blanks),
            figures: false,
            row: false,
        };
        out.figures = out.holds_figures();
        out.row = out.figures && out.apart() >= 2;
        out
    }

    /// How many pieces stand wide apart, numbers too.
    pub fn apart(&self) -> usize {
        self.wide().len()
    }

    /// The pieces that stand wide apart, numbers too.
    pub fn wide(&self) -> Vec<Piece<'a>> {
        let cut = self.line.cut(|_, _| GAP);
        cut.iter().map(|s| Piece::new(self.line, s)).collect()
    }

    /// At least three pieces, one of them a number with a decimal point, or three of them nothing. Nothings stand far apart: running
    /// text may count to zero three times in a line.
    fn holds_figures(&self) -> bool {
        let nothings = || {
            let apart = self.wide();
            apart.len() >= 4 && apart.iter().filter(|p| p.text == "0" || p.is_dash()).count() >= 3
        };
        self.pieces.len() >= 3 && (self.pieces.iter().any(Piece::is_decimal) || nothings())
    }

    /// A row of column numbers: at least two short whole numbers that count on. The body begins there. Row numbers beside amounts
    /// do not count on.
    pub fn counts_columns(&self) -> bool {
        let short = self.pieces.iter().map(|p| p.text).filter(|t| t.len() <= 2);
        let numbers: Vec<u32> = short.filter_map(|t| t.parse().ok()).collect();
        // Its label alone, once in each panel, is such a row without its numbers.
        let label = |t: &str| t.chars().count() >= 2 && !is_numeric(t) && !is_dash(t);
        let label_only = match self.pieces.as_slice() {
            [first, _, ..] => label(first.text) && self.pieces.iter().all(|p| p.text == first.text),
            _ => false,
        };
        label_only || (numbers.len() >= 2 && numbers.windows(2).all(|w| w[1] == w[0] + 1))
    }
}

fn beside_number(before: char, after: char) -> bool {
    let number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '—');
    number(before) || number(after)
}

/// A word set wide over its cell (收　　入): single characters with nothing but printed blanks between them are one piece. Single
/// characters of neighbouring columns (类, 款, 项) have none.
fn spread<'a>(pieces: Vec<Piece<'a>>, blanks: &[Rect]) -> Vec<Piece<'a>> {
    if pieces.windows(2).all(|w| !(w[0].is_single() && w[1].is_single())) {
        return pieces;
    }
    let mut out: Vec<Piece<'a>> = Vec::with_capacity(pieces.len());
    let mut last_single = false;
    for p in pieces {
        let alone = p.is_single();
        match out.last_mut() {
            Some(o) if alone && last_single && filled(o.line, o.x1, p.x0, blanks) => o.reach(&p),
            _ => {
                last_single = alone;
                out.push(p);
            }
        }
    }
    out
}

/// Whether printed blanks fill a gap of a line.
pub(super) fn filled(line: &Line, x0: f32, x1: f32, blanks: &[Rect]) -> bool {
    let width: f32 = blanks
        .iter()
        .filter(|b| b.y0 < line.rect.mid_y() && b.y1 > line.rect.mid_y())
        .map(|b| (b.x1.min(x1) - b.x0.max(x0)).max(0.0))
        .sum();
    width > FILLED * (x1 - x0)
}

/// A sign where a number stands in other rows. Brackets and full stops are the end of a wrapped name.
fn is_dash(text: &str) -> bool {
    const MARKS: &str = "()[]{}（）［］【】《》〈〉〔〕“”‘’\"'、，。；：,.;:";
    text.chars().count() <= 2 && !text.chars().any(|c| c.is_alphanumeric() || MARKS.contains(c))
}
