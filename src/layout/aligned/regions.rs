//! Where tables without vertical lines stand on a page. Comes in: lines cut into pieces. Goes out: the lines of each table, heads
//! first. Tables stand between long horizontal lines, or they are runs of rows with numbers, with the heads above. Refuses to
//! decide where the columns are.

use super::super::join::page_mark;
use super::super::lines::Line;
use super::pieces::{Piece, Row};
use crate::read::Ruling;
use std::ops::Range;

/// Lines farther apart than this many font sizes belong to different things.
const NEAR: f32 = 3.2;
/// A step of the table, from row to row, is at least and at most so many times its smallest one.
const SHORT_STEP: f32 = 0.85;
const LONG_STEP: f32 = 1.2;
/// Texts whose ends differ by more points are of different width.
const OTHER_WIDTH: f32 = 1.0;
/// Text larger than the rows by this factor is a title.
const TITLE: f32 = 1.25;
/// The lines of one wrapped text stand closer than this, in font sizes from base line to base line.
const WRAPPED: f32 = 1.4;
/// Lines that belong to different things stand at least this far apart; the pieces of wrapped heads stand closer.
const APART: f32 = 0.9;
/// Texts that begin at one place differ by at most this.
const SAME: f32 = 0.75;
/// At most so many running heads stand above what goes on from the page before.
const MOST_RUNNING: usize = 3;
/// The most lines of heads, captions and titles above a table.
const MOST_HEADS: usize = 14;

/// Bands between long horizontal lines of the same extent: `(top, bottom, lines)`.
pub(super) fn framed(horizontals: &[Ruling]) -> Vec<(f32, f32, Vec<Ruling>)> {
    let mut out: Vec<Vec<Ruling>> = Vec::new();
    for h in horizontals.iter().filter(|h| h.end - h.start > 150.0) {
        match out
            .iter_mut()
            .find(|g| (g[0].start - h.start).abs() < 10.0 && (g[0].end - h.end).abs() < 10.0)
        {
            Some(g) => g.push(*h),
            None => out.push(vec![*h]),
        }
    }
    out.retain(|g| g.len() >= 3);
    out.into_iter()
        .map(|mut g| {
            let (top, bottom) = (g[0].at, g[g.len() - 1].at);
            // Short rules inside carry heads over several columns.
            let width = g[0].end - g[0].start;
            g.extend(
                horizontals
                    .iter()
                    .filter(|h| h.end - h.start <= 0.9 * width && h.at > top && h.at < bottom),
            );
            (top, bottom, g)
        })
        .collect()
}

/// A line that begins where others begin, one step of the table away: a row without numbers. `others` are the left and right ends of
/// pieces of the rows, `pitch` is the step from row to row. A row of few pieces may hold a number, too: it ends where others end.
pub(super) fn goes_with_rows(row: &Row<'_>, step: f32, pitch: f32, others: &[(f32, f32)]) -> bool {
    step > SHORT_STEP * pitch && step < LONG_STEP * pitch && sits_with_rows(row, others)
}

/// Whether all pieces begin, or as numbers end, where others do. Words of one width in the middle of a column begin at one place, too.
pub(super) fn sits_with_rows(row: &Row<'_>, others: &[(f32, f32)]) -> bool {
    let begins = |p: &Piece<'_>| {
        let mut beside = others.iter().filter(|o| (o.0 - p.x0).abs() < SAME);
        beside.any(|o| (o.1 - p.x1).abs() > OTHER_WIDTH)
    };
    let ends = |p: &Piece<'_>| p.is_number() && others.iter().filter(|o| (o.1 - p.x1).abs() < SAME).count() > 1;
    row.pieces.iter().all(|p| begins(p) || ends(p))
}

/// A full stop between two digits.
fn decimal_within(text: &str) -> bool {
    let digit = |c: Option<&char>| c.is_some_and(|c| c.is_numeric());
    let all: Vec<char> = text.chars().collect();
    (1..all.len()).any(|n| matches!(all[n], '.' | '．') && digit(all.get(n - 1)) && digit(all.get(n + 1)))
}

/// The rows of a page, and which of them belong to a table already.
pub(super) struct Page<'a> {
    pub rows: &'a [Row<'a>],
    pub taken: &'a [bool],
}

impl Page<'_> {
    /// Whether two neighbouring lines may belong to one thing.
    pub fn near(&self, a: usize, b: usize) -> bool {
        self.step(a, b) < NEAR * self.rows[a].line.size.max(self.rows[b].line.size)
    }

    /// Whether nothing but running heads stands above a line: a title is set larger.
    pub fn top(&self, k: usize) -> bool {
        let running = |r: &Row<'_>| r.line.size <= self.rows[k].line.size + 0.1;
        k == 0 || (k < MOST_RUNNING && !self.near(k - 1, k) && self.rows[..k].iter().all(running))
    }

    fn step(&self, a: usize, b: usize) -> f32 {
        self.rows[b].line.baseline - self.rows[a].line.baseline
    }

    /// No running text beside rows of this width.
    fn fits(&self, k: usize, width: f32) -> bool {
        let wide = self.rows[k].line.rect.width() > 0.7 * width;
        !(self.taken[k] || self.rows[k].pieces.len() == 1 && wide)
    }

    /// Runs of rows without lines around them, with the heads above and the rows with fewer pieces between and below.
    /// `goes_on` says that the page before ends with such a table: then the rest of it may be one or two rows without a head.
    pub fn unframed(&self, goes_on: bool) -> Vec<Vec<usize>> {
        let mut out = Vec::new();
        let mut i = 0;
        // No line stands in two runs.
        let mut free = 0;
        while i < self.rows.len() {
            if !self.rows[i].row || self.taken[i] {
                i += 1;
                continue;
            }
            let (last, width) = self.down(i);
            let last = self.labels_below(i..last + 1, width);
            let first = self.labels_above(free, i..last + 1, width);
            let mut start = first;
            while start > free
                && first - start < MOST_HEADS
                && self.near(start - 1, start)
                && self.fits(start - 1, width)
            {
                start -= 1;
            }
            let start = self.heads_begin(start..first, i..last + 1);
            let count = (start..=last).filter(|k| self.rows[*k].row).count();
            // One or two rows are a table only where wide gaps part at least four pieces and half of them are numbers: running text
            // may have a wide blank behind each number, but its words stand with the numbers.
            let wide = |k: usize| {
                let pieces = self.rows[k].wide();
                let number = |p: &&Piece<'_>| p.is_number() || p.is_dash();
                pieces.len() >= 4 && 2 * pieces.iter().filter(number).count() >= pieces.len()
            };
            let rest = goes_on && out.is_empty() && start == first;
            if count >= 3 || (count > 0 && (rest || (start..=last).filter(|k| self.rows[*k].row).all(wide))) {
                out.push((start..=last).collect());
            }
            i = last + 1;
            free = i;
        }
        out
    }

    /// Tables without a number: below a title, or a caption that reaches from edge to edge, stand heads in several columns, and one
    /// name a row apart from them.
    pub fn empty(&self) -> Vec<Vec<usize>> {
        let mut out = Vec::new();
        let mut k = 0;
        while k < self.rows.len() {
            if let Some((first, end)) = self.below_caption(k).or_else(|| self.empty_below_title(k)) {
                out.push((first..=end).collect());
                k = end;
            }
            k += 1;
        }
        out
    }

    /// Running text sets a narrow blank around each number: only wide gaps tell columns.
    fn apart(&self, n: usize) -> usize {
        self.rows[n].apart()
    }

    /// The last line of the lines that follow closely below `k`, are no rows and no running text of this width or with amounts.
    fn head_lines(&self, k: usize, width: f32, within: impl Fn(usize) -> bool) -> usize {
        let mut end = k;
        while end + 1 < self.rows.len()
            && self.near(end, end + 1)
            && !self.rows[end + 1].row
            && self.fits(end + 1, width)
            && !decimal_within(&self.rows[end + 1].line.text)
            && within(end + 1)
        {
            end += 1;
        }
        end
    }

    /// A name alone in the last line, apart from what stands above.
    fn named_row(&self, end: usize) -> bool {
        self.rows[end].pieces.len() == 1
            && self.step(end - 1, end) > WRAPPED * self.rows[end].line.size
            && self.rows[end].line.size < TITLE * self.rows[end - 1].line.size
    }

    fn below_caption(&self, k: usize) -> Option<(usize, usize)> {
        let next = k + 1 < self.rows.len() && self.step(k, k + 1) > APART * self.rows[k].line.size;
        if !(2..=3).contains(&self.apart(k)) || self.taken[k] || !next {
            return None;
        }
        let caption = &self.rows[k].line.rect;
        let end = self.head_lines(k, caption.width(), |n| {
            let l = &self.rows[n].line.rect;
            l.x0 > caption.x0 - 8.0 && l.x1 < caption.x1 + 8.0
        });
        let most = (k + 1..end).map(|n| self.apart(n)).max().unwrap_or(0);
        (end > k + 1 && self.named_row(end) && most >= 4 && most > self.apart(k)).then_some((k + 1, end))
    }

    /// The same without a caption from edge to edge: what stands alone below the title is no head.
    fn empty_below_title(&self, k: usize) -> Option<(usize, usize)> {
        let title = &self.rows[k].line;
        if self.taken[k] || self.rows[k].pieces.len() != 1 {
            return None;
        }
        let all = || k + 1..self.rows.len();
        let heads = all().take_while(|n| title.size > TITLE * self.rows[*n].line.size);
        let (x0, x1) = heads
            .filter(|n| self.apart(*n) >= 4)
            .map(|n| (self.rows[n].line.rect.x0, self.rows[n].line.rect.x1))
            .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?;
        let end = self.head_lines(k, x1 - x0, |n| title.size > TITLE * self.rows[n].line.size);
        if end < k + 3 || !self.named_row(end) {
            return None;
        }
        if (k + 1..end).any(|n| self.below_caption(n).is_some()) {
            return None;
        }
        let first = self.below_title(k, end, x0, x1);
        let most = (first..end).map(|n| self.apart(n)).max().unwrap_or(0);
        (first < end && most >= 4).then_some((first, end))
    }

    /// The last row of a run, as long as lines follow closely and are no running text, and the width of its widest row. The first row
    /// may be a short one (a sum without code).
    fn down(&self, i: usize) -> (usize, f32) {
        let mut width = self.rows[i].line.rect.width();
        let (mut end, mut last) = (i, i);
        while end + 1 < self.rows.len() && self.near(end, end + 1) && self.fits(end + 1, width) {
            end += 1;
            if self.rows[end].row {
                width = width.max(self.rows[end].line.rect.width());
            }
            // A page number set close below the table has several pieces, too.
            if self.rows[end].row || (self.rows[end].pieces.len() >= 2 && !page_mark(&self.rows[end].line.text)) {
                last = end;
            }
        }
        (last, width)
    }

    /// The smallest step from row to row.
    fn pitch(&self, run: Range<usize>) -> Option<f32> {
        let rows: Vec<usize> = run.filter(|k| self.rows[*k].row).collect();
        let steps = rows.windows(2).map(|w| self.step(w[0], w[1]));
        steps.filter(|s| *s > 1.0).min_by(f32::total_cmp)
    }

    fn pieces(&self, run: Range<usize>) -> Vec<(f32, f32)> {
        run.flat_map(|k| self.rows[k].pieces.iter().map(|s| (s.x0, s.x1)))
            .collect()
    }

    /// Rows without numbers below the last row, and the second line of a wrapped name there.
    fn labels_below(&self, run: Range<usize>, width: f32) -> usize {
        let mut last = run.end - 1;
        let Some(pitch) = self.pitch(run.clone()) else {
            return last;
        };
        let ends = |k: usize| self.labels_end(run.clone(), self.rows[k].line.rect.x0);
        let short = |k: usize| self.fits(k, width) && self.rows[k].line.rect.x1 < ends(k);
        if self.closes_wrapped(last, run.clone()) && short(last + 1) {
            last += 1;
        }
        // Names without numbers begin where one another begins, too.
        let mut end = last + 1;
        while end < self.rows.len() && self.near(end - 1, end) && short(end) {
            end += 1;
        }
        let others = self.pieces(run.start..end);
        let goes = |k: &usize| goes_with_rows(&self.rows[*k], self.step(k - 1, *k), pitch, &others);
        last + (last + 1..end).take_while(goes).count()
    }

    /// Whether the line after the last row is the rest of a name: its first half stands as far above the row, or another line of it in
    /// the row.
    fn closes_wrapped(&self, last: usize, run: Range<usize>) -> bool {
        let Some(Row { line: next, .. }) = self.rows.get(last + 1).filter(|r| r.pieces.len() == 1) else {
            return false;
        };
        let down = next.baseline - self.rows[last].line.baseline;
        let begins = |p: &Piece<'_>| (p.x0 - next.rect.x0).abs() < SAME && !p.is_number();
        if self.rows[last].pieces.len() > 1 && self.rows[last].pieces.iter().any(begins) {
            let row = self.pitch(run).is_some_and(|p| down > SHORT_STEP * p);
            return down < WRAPPED * next.size && !row;
        }
        let above = (last > run.start && self.rows[last - 1].pieces.len() == 1).then(|| self.rows[last - 1].line);
        let Some(above) = above else { return false };
        let up = self.step(last - 1, last);
        (up - down).abs() < 0.2 * next.size
            && up + down < WRAPPED * next.size
            && next.rect.x0 < above.rect.x0 + SAME
            && next.rect.x0 < above.rect.x1
    }

    /// Whether a line is the first half of a name whose row follows: less than a line below it where the row holds nothing but two
    /// numbers of rows.
    pub fn opens_wrapped(&self, k: usize) -> bool {
        if k + 1 >= self.rows.len() || self.rows[k].pieces.len() != 1 {
            return false;
        }
        let row = &self.rows[k + 1].pieces;
        let step = self.step(k, k + 1);
        let size = self.rows[k].line.size;
        let numbers = || row.len() == 2 && row.iter().all(Piece::is_number);
        (row.len() >= 3 && row.iter().any(Piece::is_number) && step < WRAPPED * size)
            || (numbers() && step < APART * size)
    }

    /// Where the next column begins right of a name that begins here.
    fn labels_end(&self, run: Range<usize>, x0: f32) -> f32 {
        run.flat_map(|k| &self.rows[k].pieces)
            .filter(|p| p.is_number() && p.x0 > x0 + SAME)
            .map(|p| p.x0)
            .min_by(f32::total_cmp)
            .unwrap_or(f32::INFINITY)
    }

    /// Rows without numbers above the first row.
    fn labels_above(&self, free: usize, run: Range<usize>, width: f32) -> usize {
        let Some(pitch) = self.pitch(run.clone()) else {
            return run.start;
        };
        let mut begin = run.start;
        while begin > free && self.near(begin - 1, begin) && self.fits(begin - 1, width) {
            begin -= 1;
        }
        let others = self.pieces(begin..run.end);
        let goes = |k: &usize| goes_with_rows(&self.rows[*k], self.step(*k, k + 1), pitch, &others);
        run.start - (begin..run.start).rev().take_while(goes).count()
    }

    /// The first of the lines above the rows that is a head. Titles are set larger, and a caption stands apart at both edges (unit
    /// left, currency right) in fewer pieces than a row; heads stand in the middle of their columns.
    fn heads_begin(&self, above: Range<usize>, run: Range<usize>) -> usize {
        let body = || run.clone().filter(|k| self.rows[*k].row);
        let edge =
            |pick: fn(&Line) -> f32, best: fn(f32, f32) -> f32| body().map(|k| pick(self.rows[k].line)).reduce(best);
        let (Some(x0), Some(x1), Some(size)) = (
            edge(|l| l.rect.x0, f32::min),
            edge(|l| l.rect.x1, f32::max),
            edge(|l| l.size, f32::max),
        ) else {
            return above.end;
        };
        let most = body().map(|k| self.rows[k].pieces.len()).max().unwrap_or(0);
        let title = |k: usize| self.rows[k].line.size > TITLE * size;
        // It stands a line apart from the heads, and reaches as far as they do where the rows leave the last columns free.
        let caption = |k: usize| {
            let l = &self.rows[k].line.rect;
            let pieces = self.rows[k].pieces.len();
            let right = above.clone().map(|n| self.rows[n].line.rect.x1).fold(x1, f32::max);
            let apart = self.step(k, k + 1) > APART * self.rows[k].line.size;
            (2..=3).contains(&pieces) && pieces < most && l.x0 < x0 + 8.0 && l.x1 > right - 8.0 && apart
        };
        // The last line above the rows is a head in any case.
        let ends = above.end.saturating_sub(1).max(above.start);
        match (above.start..ends).rev().find(|k| title(*k) || caption(*k)) {
            Some(k) if title(k) => self.below_title(k, ends, x0, x1),
            Some(k) => k + 1,
            None => {
                let several = |k: &usize| self.rows[*k].pieces.len() >= 2;
                let mut start = above.clone().find(several).unwrap_or(above.end);
                while start > above.start && start < above.end {
                    let l = &self.rows[start].line;
                    if self.step(start - 1, start) > WRAPPED * l.size {
                        break;
                    }
                    start -= 1;
                }
                start
            }
        }
    }

    /// The first line below a title that is no caption: those stand alone, at an edge of the table or in the middle of the title.
    fn below_title(&self, title: usize, ends: usize, x0: f32, x1: f32) -> usize {
        let mut start = title + 1;
        for k in title + 1..ends {
            let l = &self.rows[k].line;
            let aside = l.rect.x0 < x0 + 3.0 || l.rect.x1 > x1 - 3.0;
            let middle = (l.rect.mid_x() - self.rows[title].line.rect.mid_x()).abs() < 2.0;
            let wrapped = self.step(k, k + 1) < WRAPPED * l.size;
            if self.rows[k].pieces.len() > 1 || !(aside || middle) || wrapped {
                break;
            }
            if aside {
                start = k + 1;
            }
        }
        start
    }
}
