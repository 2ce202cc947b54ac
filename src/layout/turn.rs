//! Pages as they are read. Comes in: pages as they are shown. Goes out: pages with their text upright: a table that lies sideways
//! is turned, a sheet with two pages side by side is parted, pages that lie in another order than their numbers are put in order;
//! and the way back, for the places of what was read there.
//! Refuses to read text across the direction of its page: it goes (a watermark, a seal) or its digits are in doubt.

use crate::diag::{Code, Diagnostic, Severity};
use crate::geom::{Axis, Rect};
use crate::place::Place;
use crate::read::{DESCENT, Document, Glyph, GlyphText, Page, Ruling};
use std::borrow::Cow;

/// How much more turned than upright text makes a page a turned one.
const MORE: usize = 2;
/// Fewer turned glyphs than this are a note in the margin.
const FEW: usize = 40;
/// Fewer digits than this are no table.
const DIGITS: usize = 10;
/// The share of the width on either side of the middle that stays free between two pages on a sheet.
const GUTTER: f32 = 0.012;
/// Glyphs that each of two pages on a sheet has at least.
const HALF: usize = 12;
/// How much wider than high a sheet with two pages is, at least.
const WIDE: f32 = 1.15;

/// Which page of the document a page of the layout is, and how it lies there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shown {
    page: u32,
    turn: i16,
    width: f32,
    height: f32,
}

impl Shown {
    /// The page of the document.
    pub fn page(&self) -> u32 {
        self.page
    }

    /// A box of the layout as it lies on the page that is shown.
    pub fn rect(&self, r: Rect) -> Rect {
        match self.turn {
            90 => Rect::new(self.width - r.y1, r.x0, self.width - r.y0, r.x1),
            180 => Rect::new(
                self.width - r.x1,
                self.height - r.y1,
                self.width - r.x0,
                self.height - r.y0,
            ),
            270 => Rect::new(r.y0, self.height - r.x1, r.y1, self.height - r.x0),
            _ => r,
        }
    }
}

/// Fewer numbered pages than this are no order.
const NUMBERED: usize = 4;
/// Pages before the first number: cover and contents.
const UNNUMBERED: usize = 2;

/// The pages to lay out; `None` beside them where each is just what is shown.
pub(super) fn pages<'d>(
    document: &'d Document,
    report: &mut Vec<Diagnostic>,
) -> (Vec<Cow<'d, Page>>, Option<Vec<Shown>>) {
    let two_up = document.markup.is_none() && is_two_up(&document.pages);
    let mut out: Vec<Cow<'d, Page>> = Vec::with_capacity(document.pages.len());
    let mut shown = Vec::with_capacity(document.pages.len());
    let mut other = false;
    for page in &document.pages {
        let turn = turn_of(page);
        let upright = match turn {
            0 => Cow::Borrowed(page),
            turn => Cow::Owned(turned(page, turn)),
        };
        let upright = across_left_out(upright, report);
        let way = Shown {
            page: page.number,
            turn,
            width: page.width,
            height: page.height,
        };
        other |= turn != 0;
        if two_up && turn == 0 && parts(page) {
            other = true;
            for left in [true, false] {
                out.push(Cow::Owned(half(&upright, left)));
                shown.push(way);
            }
        } else {
            out.push(upright);
            shown.push(way);
        }
    }
    let order = if two_up { None } else { order(&document.pages) };
    if !two_up && order.is_none() {
        numbers_missing(&document.pages, report);
    }
    if let Some(order) = &order {
        other = true;
        out = order.iter().map(|n| out[*n].clone()).collect();
        shown = order.iter().map(|n| shown[*n]).collect();
        report.push(Diagnostic::new(
            Severity::Note,
            Code::PagesReordered,
            "the pages lie in another order than the numbers at their feet; they were read by their numbers",
            Place::document(),
        ));
    }
    if (two_up && other) || order.is_some() {
        for (n, page) in (1..).zip(&mut out) {
            page.to_mut().number = n;
        }
    }
    (out, other.then_some(shown))
}

/// The order of the pages by the numbers at their feet, where it is another one.
fn order(pages: &[Page]) -> Option<Vec<usize>> {
    let marks: Vec<Option<u32>> = pages.iter().map(foot).collect();
    let numbered: Vec<(u32, usize)> = marks
        .iter()
        .enumerate()
        .filter_map(|(n, m)| m.map(|m| (m, n)))
        .collect();
    if numbered.len() < NUMBERED || numbered.is_sorted() {
        return None;
    }
    let pairs = numbered.windows(2);
    let back = pairs.clone().filter(|w| w[0].0 == w[1].0 + 1).count();
    if back * 4 >= pairs.len() * 3 {
        return Some((0..pages.len()).rev().collect());
    }
    let mut sorted = numbered.clone();
    sorted.sort_unstable();
    let run = sorted.windows(2).all(|w| w[1].0 == w[0].0 + 1);
    if !run || pages.len() - numbered.len() > UNNUMBERED {
        return None;
    }
    let first = (0..pages.len()).filter(|n| marks[*n].is_none());
    Some(first.chain(sorted.into_iter().map(|(_, n)| n)).collect())
}

/// Says where the numbers at the feet of the pages jump: a page is missing.
fn numbers_missing(pages: &[Page], report: &mut Vec<Diagnostic>) {
    let marks: Vec<Option<u32>> = pages.iter().map(foot).collect();
    let pairs: Vec<(usize, u32, u32)> = marks
        .windows(2)
        .enumerate()
        .filter_map(|(n, w)| w[0].zip(w[1]).map(|(a, b)| (n, a, b)))
        .collect();
    let steady = pairs.iter().filter(|(_, a, b)| *b == a + 1).count();
    if steady < NUMBERED || steady * 5 < pairs.len() * 4 {
        return;
    }
    for (n, a, b) in pairs.into_iter().filter(|(_, a, b)| *b > a + 1 && *b < a + 20) {
        let message = format!(
            "the number at the foot of page {} is {a}, at that of the next {b}: pages between them are missing",
            pages[n].number
        );
        report.push(Diagnostic::new(
            Severity::Warning,
            Code::PagesMissing,
            message,
            Place::document(),
        ));
    }
}

/// The number in the lowest line of a page, if there is nothing else in it but a few signs.
fn foot(page: &Page) -> Option<u32> {
    let lowest = page
        .glyphs
        .iter()
        .filter(|g| g.upright)
        .map(|g| g.baseline)
        .fold(f32::NEG_INFINITY, f32::max);
    let mut line: Vec<&Glyph> = page
        .glyphs
        .iter()
        .filter(|g| g.upright && lowest - g.baseline < 2.0)
        .take(10)
        .collect();
    line.sort_by(|a, b| a.rect.x0.total_cmp(&b.rect.x0));
    let mut text = String::new();
    line.iter().for_each(|g| g.text.push_to(&mut text));
    let digits = text.trim_matches(|c: char| !c.is_alphanumeric());
    let plain = !digits.is_empty() && digits.len() <= 3 && digits.chars().all(|c| c.is_ascii_digit());
    // A number alone at the right or left of a table is one of its cells.
    plain.then(|| digits.parse().ok()).flatten()
}

/// The quarter turn of nearly all text of a page.
fn turn_of(page: &Page) -> i16 {
    let mut counts = [0_usize; 4];
    for g in &page.glyphs {
        if let Some(quarter) = quarter(g.turn) {
            counts[quarter] += 1;
        }
    }
    let most = (1..4).max_by_key(|q| counts[*q]).unwrap_or(0);
    match counts[most] > MORE * counts[0] && counts[most] >= DIGITS {
        true => [0, 90, 180, 270][most],
        false => 0,
    }
}

/// The quarter turn that an angle is, about.
fn quarter(turn: i16) -> Option<usize> {
    (0..4).find(|q| {
        let off = (turn - 90 * *q as i16).rem_euclid(360);
        off.min(360 - off) <= 2
    })
}

fn turned(page: &Page, turn: i16) -> Page {
    let (w, h) = (page.width, page.height);
    let rect = |r: &Rect| match turn {
        90 => Rect::new(r.y0, w - r.x1, r.y1, w - r.x0),
        180 => Rect::new(w - r.x1, h - r.y1, w - r.x0, h - r.y0),
        _ => Rect::new(h - r.y1, r.x0, h - r.y0, r.x1),
    };
    let ruling = |r: &Ruling| {
        let line = match r.axis {
            Axis::Horizontal => Rect::new(r.start, r.at, r.end, r.at),
            Axis::Vertical => Rect::new(r.at, r.start, r.at, r.end),
        };
        let line = rect(&line);
        match line.width() >= line.height() {
            true => Ruling {
                axis: Axis::Horizontal,
                at: line.y0,
                start: line.x0,
                end: line.x1,
            },
            false => Ruling {
                axis: Axis::Vertical,
                at: line.x0,
                start: line.y0,
                end: line.y1,
            },
        }
    };
    let glyph = |g: &Glyph| {
        let now = (g.turn - turn).rem_euclid(360);
        let rect = rect(&g.rect);
        Glyph {
            rect,
            baseline: rect.y1 - DESCENT * g.size,
            upright: quarter(now) == Some(0),
            turn: if quarter(now) == Some(0) { 0 } else { now },
            ..g.clone()
        }
    };
    let (width, height) = if turn == 180 { (w, h) } else { (h, w) };
    Page {
        width,
        height,
        glyphs: page.glyphs.iter().map(glyph).collect(),
        rulings: page.rulings.iter().map(ruling).collect(),
        images: page.images.iter().map(rect).collect(),
        drawings: page.drawings.iter().map(rect).collect(),
        blanks: page.blanks.iter().map(rect).collect(),
        in_doubt: page.in_doubt.as_ref().map(rect),
        ..page.clone()
    }
}

/// Text across the direction of a page: aslant it is a watermark or a seal and goes; at a right angle it may be the head of a column,
/// but no number.
fn across_left_out<'d>(page: Cow<'d, Page>, report: &mut Vec<Diagnostic>) -> Cow<'d, Page> {
    let across = page.glyphs.iter().filter(|g| g.turn != 0).count();
    if across == 0 || across * 2 > page.glyphs.len() {
        return page;
    }
    let mut page = page.into_owned();
    let (mut aslant, mut digits, mut beside) = (0_u32, 0_usize, 0_usize);
    page.glyphs.retain(|g| {
        let gone = quarter(g.turn).is_none();
        aslant += u32::from(gone);
        !gone
    });
    for g in page.glyphs.iter_mut().filter(|g| quarter(g.turn) != Some(0)) {
        beside += 1;
        if matches!(g.text, GlyphText::Char(c) if c.is_numeric()) {
            digits += 1;
            g.text = GlyphText::Char(char::REPLACEMENT_CHARACTER);
        }
    }
    let mut say = |severity, message: String| {
        let place = Place::page(page.number);
        report.push(Diagnostic::new(severity, Code::TurnedText, message, place));
    };
    if aslant > 0 {
        let message = format!(
            "{aslant} glyphs on page {} stand aslant (a watermark, a seal) and were not read",
            page.number
        );
        say(Severity::Note, message);
    }
    if beside >= FEW && digits >= DIGITS {
        let message = format!(
            "{beside} glyphs on page {}, {digits} of them digits, stand across the direction of the page and were not read: look at the page",
            page.number
        );
        say(Severity::Warning, message);
    }
    Cow::Owned(page)
}

/// Whether the sheets of a document hold two pages each.
fn is_two_up(pages: &[Page]) -> bool {
    let wide = |p: &&Page| p.width > WIDE * p.height && p.glyphs.len() >= 2 * HALF;
    let sheets = pages.iter().filter(wide).count();
    let parted = pages.iter().filter(wide).filter(|p| parts(p)).count();
    parted >= 2 && parted * 3 >= sheets * 2
}

/// Whether nothing stands across the middle of a sheet, and text on both sides of it.
fn parts(page: &Page) -> bool {
    if page.width <= WIDE * page.height {
        return false;
    }
    let (middle, free) = (page.width / 2.0, GUTTER * page.width);
    let (from, to) = (middle - free, middle + free);
    let ruled = page.rulings.iter().any(|r| match r.axis {
        Axis::Horizontal => r.start < to && r.end > from,
        Axis::Vertical => false,
    });
    if ruled || page.glyphs.iter().any(|g| g.rect.x0 < to && g.rect.x1 > from) {
        return false;
    }
    let left = page.glyphs.iter().filter(|g| g.rect.mid_x() < middle).count();
    // The last sheet may hold one page only.
    left >= HALF && (page.glyphs.len() - left >= HALF || page.glyphs.len() == left)
}

fn half(page: &Page, left: bool) -> Page {
    let middle = page.width / 2.0;
    let here = |x: f32| (x < middle) == left;
    let boxes = |all: &[Rect]| all.iter().filter(|r| here(r.mid_x())).copied().collect();
    let along = |r: &&Ruling| match r.axis {
        Axis::Horizontal => here((r.start + r.end) / 2.0),
        Axis::Vertical => here(r.at),
    };
    Page {
        number: page.number,
        width: page.width,
        height: page.height,
        glyphs: page.glyphs.iter().filter(|g| here(g.rect.mid_x())).cloned().collect(),
        rulings: page.rulings.iter().filter(along).copied().collect(),
        images: boxes(&page.images),
        drawings: boxes(&page.drawings),
        blanks: boxes(&page.blanks),
        ..Page::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_finds_its_way_back() {
        let page = Page {
            width: 500.0,
            height: 800.0,
            images: vec![Rect::new(10.0, 20.0, 110.0, 50.0)],
            ..Page::default()
        };
        for turn in [90, 180, 270] {
            let there = turned(&page, turn);
            let way = Shown {
                page: 1,
                turn,
                width: page.width,
                height: page.height,
            };
            assert_eq!(way.rect(there.images[0]), page.images[0], "{turn}");
        }
    }
}
