//! The shapes of digits. Comes in: the outline of a glyph that is said to be a digit, a point, a comma, a minus or a blank. Goes out:
//! whether what is drawn is plainly another of them: a table of characters that disagrees with the embedded font, by mistake or on
//! purpose. Refuses to name what it does not know for certain: only a plain contradiction counts.

use hayro_interpret::font::{GlyphIdentifier, OutlineGlyph};
use hayro_interpret::kurbo::{BezPath, PathEl, Point, Rect, Shape, flatten};
use std::collections::HashMap;

/// Rows and columns of the raster.
const ROWS: usize = 40;
const COLS: usize = 28;
/// Glyph space units of an em.
const EM: f64 = 1000.0;
/// How far the flattened outline may lie off the curve, in glyph space units.
const TOLERANCE: f64 = 5.0;
/// Outlines of more elements are no digits.
const MOST_ELEMENTS: usize = 2000;

/// The verdicts on the glyphs of one document.
#[derive(Default)]
pub(super) struct Shapes {
    seen: HashMap<(GlyphIdentifier, Option<char>), Verdict>,
    /// Fonts by the identity of their program, in the order in which they turned up, and whether their table is wrong.
    fonts: HashMap<u128, u16>,
    wrong: Vec<bool>,
}

/// What is known of a glyph.
#[derive(Clone, Copy, Default)]
pub(super) struct Verdict {
    /// It is plainly drawn as another digit or sign than is said.
    pub(super) wrong: bool,
    /// Its font, from 1; 0 for glyphs that are no part of numbers.
    pub(super) font: u16,
}

impl Shapes {
    /// Holds the outline against the character that is said to be drawn; `None` is a blank.
    pub(super) fn judge(&mut self, glyph: &OutlineGlyph, said: Option<char>) -> Verdict {
        let number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-');
        if said.is_some_and(|c| !number(c)) || (said.is_none() && glyph.glyph_id().to_u32() == 0) {
            return Verdict::default();
        }
        let key = (glyph.identifier(), said);
        if let Some(known) = self.seen.get(&key) {
            return *known;
        }
        let wrong = contradicts(&glyph.outline(), said);
        let program = glyph.font_data().map_or(0, |f| f.cache_key);
        let next = u16::try_from(self.fonts.len() + 1).unwrap_or(u16::MAX);
        let font = *self.fonts.entry(program).or_insert(next);
        self.wrong.resize(self.wrong.len().max(usize::from(font) + 1), false);
        self.wrong[usize::from(font)] |= wrong;
        let verdict = Verdict { wrong, font };
        self.seen.insert(key, verdict);
        verdict
    }

    /// Whether a font draws one of its digits as another: then none of them is sure.
    pub(super) fn is_wrong(&self, font: u16) -> bool {
        self.wrong.get(usize::from(font)).copied().unwrap_or(false)
    }

    /// Whether any font is wrong.
    pub(super) fn any_wrong(&self) -> bool {
        self.wrong.contains(&true)
    }
}

fn contradicts(outline: &BezPath, said: Option<char>) -> bool {
    if outline.elements().len() < 3 || outline.elements().len() > MOST_ELEMENTS {
        return false;
    }
    let Some(looks) = look(outline) else { return false };
    said.is_none_or(|said| looks != said && !(said.is_ascii_digit() && forms(said).contains(&looks)))
}

/// Digits that some fonts draw like others.
fn forms(said: char) -> &'static [char] {
    match said {
        // A seven with a bar, a one with a foot and a flag.
        '1' => &['7', '2', '3', '5'],
        '7' => &['1'],
        _ => &[],
    }
}

/// The digit or sign that an outline plainly is.
fn look(outline: &BezPath) -> Option<char> {
    let b = outline.bounding_box();
    let (w, h) = (b.width() / EM, b.height() / EM);
    let (low, high) = (b.y0 / EM, b.y1 / EM);
    if w < 0.03 || h < 0.03 {
        return None;
    }
    if h < 0.25 && w < 0.25 {
        // A point fills its box, a comma has a tail.
        let full = outline.area().abs() > 0.7 * b.area() && (w / h - 1.0).abs() < 0.13;
        return match full {
            true => (low > -0.03 && high < 0.25).then_some('.'),
            false => (low < -0.05 && h > 1.2 * w && high < 0.25).then_some(','),
        };
    }
    if h < 0.4 && w < 0.3 && low < -0.06 && high < 0.25 {
        return Some(',');
    }
    if h < 0.14 && w > 1.8 * h && low > 0.12 && high < 0.5 && w < 0.7 {
        return Some('-');
    }
    if !(0.5..1.1).contains(&h) || !(0.15..0.8).contains(&w) || low < -0.1 {
        return None;
    }
    let raster = Raster::new(outline, b);
    raster.digit(w / h)
}

/// Which cells of the box have ink.
struct Raster {
    ink: [[bool; COLS]; ROWS],
}

impl Raster {
    fn new(outline: &BezPath, b: Rect) -> Self {
        let mut edges: Vec<(Point, Point)> = Vec::new();
        let (mut start, mut at) = (Point::ORIGIN, Point::ORIGIN);
        flatten(outline.elements().iter().copied(), TOLERANCE, |e| match e {
            PathEl::MoveTo(p) => {
                edges.push((at, start));
                (start, at) = (p, p);
            }
            PathEl::LineTo(p) => {
                edges.push((at, p));
                at = p;
            }
            PathEl::ClosePath => {
                edges.push((at, start));
                at = start;
            }
            PathEl::QuadTo(..) | PathEl::CurveTo(..) => {}
        });
        edges.push((at, start));
        let mut ink = [[false; COLS]; ROWS];
        for (n, row) in ink.iter_mut().enumerate() {
            // The first row is the top: glyph space runs upwards.
            let y = b.y1 - (n as f64 + 0.5) / ROWS as f64 * b.height();
            let mut crossings: Vec<(f64, i32)> = edges
                .iter()
                .filter(|(p, q)| (p.y <= y) != (q.y <= y))
                .map(|(p, q)| {
                    (
                        p.x + (y - p.y) / (q.y - p.y) * (q.x - p.x),
                        if q.y > p.y { 1 } else { -1 },
                    )
                })
                .collect();
            crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
            for (m, cell) in row.iter_mut().enumerate() {
                let x = b.x0 + (m as f64 + 0.5) / COLS as f64 * b.width();
                *cell = crossings.iter().take_while(|c| c.0 <= x).map(|c| c.1).sum::<i32>() != 0;
            }
        }
        Self { ink }
    }

    /// The holes: rows of their middles as shares of the height from the top, their heights as shares, largest first.
    fn holes(&self) -> Vec<(f64, f64)> {
        const W: usize = COLS + 2;
        const H: usize = ROWS + 2;
        let blank = |r: usize, c: usize| r == 0 || c == 0 || r == H - 1 || c == W - 1 || !self.ink[r - 1][c - 1];
        let mut seen = [[false; W]; H];
        let mut out: Vec<(usize, f64, f64)> = Vec::new();
        for r in 0..H {
            for c in 0..W {
                if seen[r][c] || !blank(r, c) {
                    continue;
                }
                let mut stack = vec![(r, c)];
                seen[r][c] = true;
                let (mut size, mut top, mut bottom) = (0_usize, r, r);
                while let Some((y, x)) = stack.pop() {
                    size += 1;
                    (top, bottom) = (top.min(y), bottom.max(y));
                    for (dy, dx) in [(0, 1), (1, 0), (0, usize::MAX), (usize::MAX, 0)] {
                        let (ny, nx) = (y.wrapping_add(dy), x.wrapping_add(dx));
                        if ny < H && nx < W && !seen[ny][nx] && blank(ny, nx) {
                            seen[ny][nx] = true;
                            stack.push((ny, nx));
                        }
                    }
                }
                // The first component is the outside.
                if (r, c) != (0, 0) && size >= 6 {
                    let middle = (top + bottom) as f64 / 2.0 - 0.5;
                    out.push((size, middle / ROWS as f64, (bottom - top + 1) as f64 / ROWS as f64));
                }
            }
        }
        out.sort_by_key(|part| std::cmp::Reverse(part.0));
        out.into_iter().map(|(_, m, h)| (m, h)).collect()
    }

    /// First and last column with ink, and the share of columns with ink, in a row at a share of the height from the top.
    fn row(&self, at: f64) -> (f64, f64, f64) {
        let row = &self.ink[((at * ROWS as f64) as usize).min(ROWS - 1)];
        let first = row.iter().position(|c| *c).unwrap_or(COLS) as f64 / COLS as f64;
        let last = row.iter().rposition(|c| *c).map_or(0, |n| n + 1) as f64 / COLS as f64;
        (first, last, row.iter().filter(|c| **c).count() as f64 / COLS as f64)
    }

    /// The widest share of ink among the rows at these shares of the height.
    fn widest(&self, rows: [f64; 4]) -> f64 {
        rows.into_iter().map(|at| self.row(at).2).fold(0.0, f64::max)
    }

    /// The digit that the raster plainly shows. The numbers were found on the embedded fonts of some hundred documents: none of
    /// them draws a digit that this takes for another, but for ones with a foot.
    fn digit(&self, slim: f64) -> Option<char> {
        let holes = self.holes();
        match holes.as_slice() {
            [a, b] => {
                let (upper, lower) = if a.0 < b.0 { (a, b) } else { (b, a) };
                let eight = upper.0 < 0.42 && lower.0 > 0.55 && upper.1 > 0.12 && lower.1 > 0.12;
                eight.then_some('8')
            }
            [(middle, height)] => self.with_hole(*middle, *height),
            [] => self.without_hole(slim),
            _ => None,
        }
    }

    fn with_hole(&self, middle: f64, height: f64) -> Option<char> {
        let bottom = self.row(0.96);
        // The stem of a four is all that stands on the line, and it is on the right.
        let stem = bottom.2 < 0.5 && bottom.0 > 0.35;
        let ring = [0.25, 0.5, 0.75].into_iter().all(|at| {
            let (first, last, _) = self.row(at);
            first < 0.3 && last > 0.7
        });
        if height > 0.6 && (0.42..0.58).contains(&middle) {
            let waist = self.row(0.5);
            (ring && waist.0 < 0.15 && waist.1 > 0.85).then_some('0')
        } else if height < 0.56 && middle > 0.6 && !stem {
            let neck = self.widest([0.2, 0.24, 0.28, 0.32]) < 0.62 && self.row(0.28).0 < 0.35;
            neck.then_some('6')
        } else if height < 0.56 && middle < 0.4 && !stem {
            let tail = self.widest([0.68, 0.72, 0.76, 0.8]) < 0.62 && self.row(0.72).1 > 0.65;
            tail.then_some('9')
        } else {
            let bar = self.widest([0.64, 0.68, 0.72, 0.76]) > 0.8;
            (stem && bar && self.row(0.05).0 > 0.35).then_some('4')
        }
    }

    fn without_hole(&self, slim: f64) -> Option<char> {
        let (top, bottom) = (self.row(0.05), self.row(0.96));
        let (upper, lower) = (self.row(0.27), self.row(0.72));
        let roof = self.widest([0.03, 0.06, 0.09, 0.12]);
        let foot = self.widest([0.88, 0.91, 0.94, 0.97]);
        let slash = self.row(0.3).0 > 0.45 && self.row(0.45).0 > 0.35 && self.row(0.55).1 < 0.8 && lower.1 < 0.7;
        if slim < 0.75 && roof > 0.8 && bottom.2 < 0.5 && bottom.0 < 0.6 && slash {
            return Some('7');
        }
        if upper.2 >= 0.45 || lower.2 >= 0.45 || !(0.42..=0.85).contains(&slim) {
            return None;
        }
        let (right_above, right_below) = (upper.0 > 0.5, lower.0 > 0.5);
        if right_above && foot > 0.8 && lower.0 < 0.45 && lower.1 < 0.75 && top.2 < 0.9 {
            Some('2')
        } else if right_above && right_below && bottom.2 < 0.75 && top.2 < 0.9 && foot < 0.8 {
            Some('3')
        } else if upper.1 < 0.55 && right_below && bottom.2 < 0.75 && roof > 0.5 {
            Some('5')
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn svg(path: &str) -> BezPath {
        BezPath::from_svg(path).unwrap_or_default()
    }

    #[test]
    fn points_and_commas_are_told_apart() {
        let dot = svg("M100 0 H200 V100 H100 Z");
        let comma = svg("M100 -140 L160 -100 L200 100 H100 V0 H140 Z");
        assert!(!contradicts(&dot, Some('.')) && contradicts(&dot, Some(',')) && contradicts(&dot, None));
        assert!(!contradicts(&comma, Some(',')) && contradicts(&comma, Some('.')));
    }

    #[test]
    fn holes_tell_an_eight_from_a_three() {
        let eight = svg("M50 0 H450 V700 H50 Z M150 80 V310 H350 V80 Z M150 390 V620 H350 V390 Z");
        assert!(!contradicts(&eight, Some('8')));
        assert!(contradicts(&eight, Some('3')) && contradicts(&eight, Some('6')));
        let three = svg("M50 0 H450 V700 H50 V600 H350 V400 H100 V310 H350 V90 H50 Z");
        assert!(!contradicts(&three, Some('3')));
    }
}
