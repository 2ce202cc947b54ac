//! Where the heads of a table end and its rows begin. Comes in: the rows of a region, heads first. Refuses to decide what the
//! columns are.

use super::heads;
use super::pieces::{Piece, Row};
use super::regions::{goes_with_rows, sits_with_rows};
use crate::read::Ruling;

/// The part of the width of a frame that a line over its whole width covers.
const LONG: f32 = 0.9;
/// A code has at least so many digits (类).
const CODE: usize = 3;
/// Base lines that belong to one step of the table differ by at most this many font sizes.
const STEP: f32 = 0.2;
/// Base lines closer than this many points are one line.
const ONE_LINE: f32 = 1.0;
/// A table without a number has at least so many heads.
const EMPTY_HEADS: usize = 4;

/// The first row of the body. Between lines (`framed`) a row may hold whole numbers only; without lines that is too little to tell it
/// from other text.
pub(super) fn first_row(rows: &[&Row<'_>], framed: bool, rules: &[Ruling]) -> Option<usize> {
    let zeros = |r: &Row<'_>| framed && (whole_numbers(r) || coded(r));
    // Column numbers stand directly above the rows; the same words twice may be heads.
    let begins = |n: &usize| {
        let row = rows[*n];
        let next = || rows.get(n + 1).is_some_and(|r| zeros(r) || r.figures);
        let wrapped = || rows[..*n].iter().any(|h| heads::second_line(h, row));
        row.figures || zeros(row) || (row.counts_columns() && next() && !wrapped())
    };
    Some(first_label(rows, (0..rows.len()).find(begins)?, rules))
}

/// Three pieces, the last of them a number or nothing.
fn whole_numbers(row: &Row<'_>) -> bool {
    let last = row.pieces.last().is_some_and(|p| p.is_number() || p.is_dash());
    row.pieces.len() >= 3 && last && !row.counts_columns()
}

/// A long number in front is a code.
fn coded(row: &Row<'_>) -> bool {
    let code = |p: &Piece<'_>| p.text.len() >= CODE && p.text.bytes().all(|b| b.is_ascii_digit());
    row.pieces.len() >= 2 && row.pieces.first().is_some_and(code)
}

/// The first row of a body, where `first` is its first row with numbers: names without numbers may stand above, and the first half of
/// a wrapped name.
fn first_label(rows: &[&Row<'_>], first: usize, rules: &[Ruling]) -> usize {
    let step = |a: usize, b: usize| rows[b].line.baseline - rows[a].line.baseline;
    let long = long_rules(rules);
    let mut first = below_border(rows, first, &long);
    let numbers: Vec<usize> = (first..rows.len()).filter(|n| rows[*n].figures).collect();
    let steps = numbers.windows(2).map(|w| step(w[0], w[1]));
    let Some(pitch) = steps.filter(|s| *s > ONE_LINE).min_by(f32::total_cmp) else {
        return first;
    };
    let pieces = rows.iter().flat_map(|r| &r.pieces);
    let ends: Vec<(f32, f32)> = pieces.map(|p| (p.x0, p.x1)).collect();
    if first > 0 && first + 1 < rows.len() {
        let (up, down) = (step(first - 1, first), step(first, first + 1));
        let half = (up - down).abs() < STEP * rows[first].line.size && up + down < pitch;
        if half && sits_with_rows(rows[first - 1], &ends) {
            first -= 1;
        }
    }
    let goes = |n: &usize| {
        // Three lines: the second one parts the heads from the rows.
        let ruled = |r: &Ruling| r.at > rows[*n].line.rect.mid_y() && r.at < rows[n + 1].line.rect.mid_y();
        !(long.len() == 3 && long.iter().any(ruled)) && goes_with_rows(rows[*n], step(*n, n + 1), pitch, &ends)
    };
    first - (0..first).rev().take_while(goes).count()
}

/// Between the lowest long line above the first row with numbers and the row itself stand no heads.
fn below_border(rows: &[&Row<'_>], first: usize, long: &[Ruling]) -> usize {
    let y = |n: usize| rows[n].line.rect.mid_y();
    let above = long.iter().skip(1).map(|r| r.at).filter(|at| *at < y(first));
    let Some(border) = above.max_by(f32::total_cmp) else {
        return first;
    };
    let start = (0..first).find(|n| y(*n) > border).unwrap_or(first);
    let number = |r: &Row<'_>| r.pieces.iter().any(|p| p.is_number() || p.is_dash());
    let rows = &rows[start..first];
    if rows.iter().all(|r| r.pieces.len() <= 2 || number(r)) {
        start
    } else {
        first
    }
}

/// The lines of a frame that run over its whole width, from the top.
fn long_rules(rules: &[Ruling]) -> Vec<Ruling> {
    let width = rules.first().map_or(0.0, |r| r.end - r.start);
    let mut out: Vec<Ruling> = rules
        .iter()
        .filter(|r| r.end - r.start > LONG * width)
        .copied()
        .collect();
    out.sort_by(|a, b| a.at.total_cmp(&b.at));
    out
}

/// Where the heads of a frame end: its second long line.
pub(super) fn second_line(rules: &[Ruling]) -> Option<f32> {
    long_rules(rules).get(1).map(|r| r.at)
}

/// The first row of a table without a number: below the second line of its frame, or the last line. Its column numbers belong to it.
pub(super) fn first_empty(rows: &[&Row<'_>], rules: &[Ruling]) -> Option<usize> {
    let Some(border) = second_line(rules) else {
        let last = rows.len().checked_sub(1)?;
        return Some(last - usize::from(last > 0 && rows[last - 1].counts_columns()));
    };
    let mut first = rows.partition_point(|r| r.line.rect.mid_y() < border);
    let name = |r: &&Row<'_>| r.pieces.len() < 2 && !r.pieces.iter().any(Piece::is_number);
    let names = rows[first..].iter().all(name);
    if first > 0 && rows[first - 1].counts_columns() {
        first -= 1;
    }
    let heads = rows[..first].iter().map(|r| r.pieces.len());
    (names && heads.sum::<usize>() >= EMPTY_HEADS).then_some(first)
}
