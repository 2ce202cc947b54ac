//! Glyphs to lines: by position, never by the order of the content stream (it can be inverted inside a paragraph).

use super::grid::is_number_char;
use super::together::{self, Fate};
use crate::geom::Rect;
use crate::read::Glyph;

/// A gap wider than this is a blank, in font sizes.
const GAP: f32 = 0.34;
const BETWEEN_DIGITS: f32 = 0.17;

/// A line of text with the box of every character.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// 1-based.
    pub page: u32,
    /// The box of the whole line.
    pub rect: Rect,
    /// y of the base line.
    pub baseline: f32,
    /// Font size of the first glyph, in points.
    pub size: f32,
    /// The text; one blank where the gap is wider than a third of the font size.
    pub text: String,
    /// One box for each `char` of `text` (blanks have the box of the gap).
    pub boxes: Vec<Rect>,
    /// A whole paragraph, as files that know their paragraphs give it; `false` for a line of a page.
    pub whole: bool,
}

impl Line {
    /// The box of a byte range of `text`; the whole line when the range is empty or off.
    pub fn rect_of(&self, range: std::ops::Range<usize>) -> Rect {
        let mut found: Option<Rect> = None;
        for (n, (at, _)) in self.text.char_indices().enumerate() {
            if range.contains(&at)
                && let Some(b) = self.boxes.get(n)
            {
                found = Some(found.map_or(*b, |f| f.union(b)));
            }
        }
        found.unwrap_or(self.rect)
    }

    /// The line cut at gaps wider than `gap` times the font size.
    pub fn segments(&self, gap: f32) -> Vec<Segment> {
        self.cut(|_, _| gap)
    }

    /// The line cut at gaps wider than what `gap` says for the characters before and after, in font sizes.
    pub fn cut(&self, gap: impl Fn(char, char) -> f32) -> Vec<Segment> {
        let mut out: Vec<Segment> = Vec::new();
        let mut before = ' ';
        for (n, (at, c)) in self.text.char_indices().enumerate() {
            let Some(b) = self.boxes.get(n) else { break };
            if c == ' ' {
                continue;
            }
            let end = at + c.len_utf8();
            match out.last_mut() {
                Some(s) if b.x0 - s.x1 <= gap(before, c) * self.size => {
                    s.x1 = s.x1.max(b.x1);
                    s.end = end;
                }
                _ => out.push(Segment {
                    x0: b.x0,
                    x1: b.x1,
                    start: at,
                    end,
                }),
            }
            before = c;
        }
        out
    }

    /// A part of the line as a line of its own.
    pub fn slice(&self, segment: &Segment) -> Line {
        let text = self.text[segment.start..segment.end].to_string();
        let first = self.text[..segment.start].chars().count();
        let boxes: Vec<Rect> = self
            .boxes
            .iter()
            .skip(first)
            .take(text.chars().count())
            .copied()
            .collect();
        let rect = crate::geom::union_all(&boxes).unwrap_or(self.rect);
        Line {
            page: self.page,
            rect,
            baseline: self.baseline,
            size: self.size,
            text,
            boxes,
            whole: false,
        }
    }
}

/// A stretch of a line without a wide gap.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// Left edge.
    pub x0: f32,
    /// Right edge.
    pub x1: f32,
    /// First byte in the line's text.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

/// Glyphs of one area to lines, from the top, each from left to right. Glyphs whose base lines differ by less than 40% of the
/// smaller font size share a line (superscripts and half-size brackets do, the next row of a dense table does not).
pub fn lines<'a>(glyphs: impl Iterator<Item = &'a Glyph>, page: u32) -> Vec<Line> {
    let mut all: Vec<&Glyph> = glyphs.filter(|g| !g.text.is_blank()).collect();
    all.sort_by(|a, b| a.baseline.total_cmp(&b.baseline).then(a.rect.x0.total_cmp(&b.rect.x0)));
    let mut out = Vec::new();
    let mut start = 0;
    while start < all.len() {
        let base = all[start].baseline;
        let mut size = all[start].size;
        let mut end = start + 1;
        while end < all.len() && all[end].baseline - base < 0.4 * size.min(all[end].size).max(2.0) {
            size = size.max(all[end].size);
            end += 1;
        }
        out.push(line(&mut all[start..end], page));
        start = end;
    }
    together::over_each_other(&mut out);
    out
}

fn line(glyphs: &mut [&Glyph], page: u32) -> Line {
    glyphs.sort_by(|a, b| a.rect.x0.total_cmp(&b.rect.x0));
    let fates = together::fates(glyphs);
    let first = glyphs[0];
    let mut out = Line {
        page,
        rect: first.rect,
        baseline: first.baseline,
        size: first.size,
        text: String::with_capacity(glyphs.len() * 3),
        boxes: Vec::with_capacity(glyphs.len()),
        whole: false,
    };
    let mut right = f32::NEG_INFINITY;
    for (n, g) in glyphs.iter().enumerate() {
        let fate = fates.as_ref().map_or(Fate::Kept, |f| f[n]);
        if fate == Fate::Gone {
            continue;
        }
        // A blank between digits may be all that is left of a point.
        let digits = n > 0 && is_number_char(g) && is_number_char(glyphs[n - 1]);
        let gap = if digits { BETWEEN_DIGITS } else { GAP };
        if right > f32::NEG_INFINITY && g.rect.x0 - right > gap * g.size.max(1.0) {
            out.text.push(' ');
            out.boxes.push(Rect::new(right, g.rect.y0, g.rect.x0, g.rect.y1));
        }
        let before = out.text.len();
        together::push(g, fate, &mut out.text);
        for _ in out.text[before..].chars() {
            out.boxes.push(g.rect);
        }
        out.rect = out.rect.union(&g.rect);
        right = right.max(g.rect.x1);
    }
    out
}
