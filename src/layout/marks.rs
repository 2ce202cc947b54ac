//! What is drawn at numbers and is no text. Comes in: a page, and its tables. Goes out: the same, where a short line stands before a
//! number (it may be a minus) or through it (struck out), or a picture in a cell of its own: there stands U+FFFD, for nobody here can
//! read it. Refuses to take a line of the table for one at a number.

use super::grid::{Grid, is_numeric};
use super::lines::Line;
use crate::diag::{Code, Diagnostic, Severity};
use crate::geom::{Axis, Rect};
use crate::place::Place;
use crate::read::{Glyph, GlyphText, Page, Ruling};
use std::borrow::Cow;

/// Where the middle of a digit is, in font sizes above the base line.
const MIDDLE: std::ops::Range<f32> = 0.14..0.56;
/// Lengths of a drawn minus, and its greatest distance from the digit, in font sizes.
const MINUS: std::ops::Range<f32> = 0.2..0.95;
const BESIDE: f32 = 0.5;
/// The longest line through a number, in points.
const LONGEST: f32 = 200.0;
/// Lines on one height closer than this are one line, in points.
const TOUCH: f32 = 2.0;
/// The share of a picture that lies in the cell in which it stands.
const INSIDE: f32 = 0.7;
/// Characters as curves, in points; a page has so many rows of so many.
const CURVES: std::ops::Range<f32> = 2.5..36.0;
const ROWS: usize = 15;
const IN_ROW: usize = 5;

/// Puts U+FFFD where a line stands at a number.
pub(super) fn lines_at_numbers(page: Cow<'_, Page>) -> Cow<'_, Page> {
    let mut digits: Vec<(f32, usize)> = page
        .glyphs
        .iter()
        .enumerate()
        .filter(|(_, g)| g.upright && matches!(g.text, GlyphText::Char(c) if c.is_ascii_digit()))
        .map(|(n, g)| (g.baseline, n))
        .collect();
    if digits.is_empty() || page.rulings.is_empty() {
        return page;
    }
    digits.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut struck, mut signs) = (Vec::new(), Vec::new());
    for r in page.rulings.iter().filter(|r| r.axis == Axis::Horizontal) {
        let length = r.end - r.start;
        if !(0.5..LONGEST).contains(&length) {
            continue;
        }
        let (through, before) = at_line(r, &digits, &page.glyphs);
        if (through.is_empty() && before.is_none()) || goes_on(r, &page.rulings) {
            continue;
        }
        let covered: f32 = through.iter().map(|n| page.glyphs[*n].rect.width()).sum();
        if covered >= 0.5 * length {
            struck.extend(through);
        } else if let Some(n) = before {
            signs.push(n);
        }
    }
    if struck.is_empty() && signs.is_empty() {
        return page;
    }
    let mut page = page.into_owned();
    for n in struck {
        page.glyphs[n].text = GlyphText::Char(char::REPLACEMENT_CHARACTER);
    }
    for n in signs {
        let digit = &page.glyphs[n];
        // The sign may hang over the edge of the cell: it is its digit's.
        let left = digit.rect.x0 - 0.1 * digit.size;
        let sign = Glyph {
            text: GlyphText::Char(char::REPLACEMENT_CHARACTER),
            rect: Rect::new(left, digit.rect.y0, digit.rect.x0, digit.rect.y1),
            ..digit.clone()
        };
        page.glyphs.push(sign);
    }
    Cow::Owned(page)
}

/// The digits that a line goes through, and the digit that it stands before.
fn at_line(r: &Ruling, digits: &[(f32, usize)], glyphs: &[Glyph]) -> (Vec<usize>, Option<usize>) {
    let start = digits.partition_point(|d| d.0 <= r.at);
    let (mut through, mut before) = (Vec::new(), None);
    for (_, n) in digits[start..].iter().take_while(|d| d.0 < r.at + LONGEST) {
        let g = &glyphs[*n];
        let above = (g.baseline - r.at) / g.size.max(0.1);
        if g.baseline - r.at > 0.6 * 40.0 {
            break;
        }
        if !MIDDLE.contains(&above) {
            continue;
        }
        let inside = g.rect.x1.min(r.end) - g.rect.x0.max(r.start);
        let gap = (g.rect.x0 - r.end) / g.size;
        if inside >= 0.6 * g.rect.width() {
            through.push(*n);
        } else if (-0.15..BESIDE).contains(&gap) && MINUS.contains(&((r.end - r.start) / g.size)) {
            before = Some(*n);
        }
    }
    (through, before)
}

/// Whether other lines of the same height make it longer.
fn goes_on(r: &Ruling, all: &[Ruling]) -> bool {
    all.iter().any(|o| {
        let same = (o.start - r.start).abs() < 0.5 && (o.end - r.end).abs() < 0.5;
        let meets = o.start < r.end + TOUCH && o.end > r.start - TOUCH;
        o.axis == r.axis && (o.at - r.at).abs() < 1.0 && meets && !same
    })
}

/// A picture, or a shape that may be a character, alone in a cell or beside a number: what it shows is in doubt.
pub(super) fn pictures(grids: &mut [Grid], page: &Page) {
    let images = page.images.iter().filter(|r| r.width() > 3.0 && r.height() > 3.0);
    for r in images.chain(&page.drawings) {
        let Some((n, c)) = grids
            .iter()
            .enumerate()
            .find_map(|(n, g)| g.at(r.mid_x(), r.mid_y()).map(|c| (n, c)))
        else {
            continue;
        };
        let cell = &mut grids[n].cells[c];
        // A picture of a number may run a little over the line; one that lies behind the table is larger than any cell.
        let (x, y) = (
            r.x1.min(cell.rect.x1 + 1.5) - r.x0.max(cell.rect.x0 - 1.5),
            r.y1.min(cell.rect.y1 + 1.5) - r.y0.max(cell.rect.y0 - 1.5),
        );
        let within = x > 0.0 && y > 0.0 && x * y >= INSIDE * r.width() * r.height();
        let doubted = cell.lines.iter().any(|l| l.text.contains(char::REPLACEMENT_CHARACTER));
        if within && !doubted && cell.lines.iter().all(|l| is_numeric(&l.text)) {
            let size = cell.lines.first().map_or(r.height().min(12.0), |l| l.size);
            cell.lines.push(Line {
                page: page.number,
                rect: *r,
                baseline: cell.lines.last().map_or(r.y1, |l| l.baseline),
                size,
                text: char::REPLACEMENT_CHARACTER.to_string(),
                boxes: vec![*r],
                whole: false,
            });
        }
    }
}

/// Says of a page that its text is curves.
pub(super) fn curves(page: &Page, report: &mut Vec<Diagnostic>) {
    if page.drawings.len() < ROWS * IN_ROW {
        return;
    }
    let mut rows: Vec<i32> = page
        .drawings
        .iter()
        .filter(|r| CURVES.contains(&r.width().max(r.height())))
        .map(|r| (r.mid_y() / 10.0) as i32)
        .collect();
    rows.sort_unstable();
    let full = rows.chunk_by(|a, b| a == b).filter(|row| row.len() >= IN_ROW).count();
    if full >= ROWS && page.drawings.len() > 2 * page.glyphs.len() {
        report.push(Diagnostic::new(
            Severity::Warning,
            Code::PageAsCurves,
            format!(
                "page {} shows {} small shapes and {} characters: its text was turned into curves and was not read",
                page.number,
                page.drawings.len(),
                page.glyphs.len()
            ),
            Place::page(page.number),
        ));
    }
}
