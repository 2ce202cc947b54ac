//! Rulings in pixels. Comes in: ink of a straightened page. Goes out: its lines, and the same ink and gray without them: what a line
//! touches would be read with it. Refuses to call a stroke of a character a line: lines are longer than characters.

use super::picture::{Gray, Ink, WHITE};
use crate::geom::Axis;

/// The least length of a line in pixels (7 mm at 200 dpi: larger characters are titles).
const LENGTH: usize = 56;
/// The least length of a piece of a line.
const PIECE: usize = 20;
/// A line is no thicker than this.
const THICK: usize = 9;
/// Pieces of one line are no further apart, if both are longer than a character is wide.
const GAP: usize = 14;
const WIDE: usize = 48;

/// A line: pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    pub axis: Axis,
    /// Its middle, across.
    pub at: f32,
    pub start: f32,
    pub end: f32,
}

/// A run of ink in one row.
#[derive(Clone, Copy, Debug)]
struct Run {
    row: usize,
    from: usize,
    to: usize,
}

/// Finds the lines and takes them out of both.
pub(super) fn take(ink: &mut Ink, gray: &mut Gray) -> Vec<Line> {
    let across = found(ink);
    let on_side = ink.transposed();
    let down = found(&on_side);
    for group in &across {
        erase(ink, gray, group, false);
    }
    for group in &down {
        erase(ink, gray, group, true);
    }
    let line = |axis| move |g: &Group| g.line(axis);
    let mut out: Vec<Line> = across.iter().map(line(Axis::Horizontal)).collect();
    out.extend(down.iter().map(line(Axis::Vertical)));
    out
}

/// Runs that lie on each other: one line, however it slopes.
struct Group {
    runs: Vec<Run>,
    from: usize,
    to: usize,
    top: usize,
    bottom: usize,
}

impl Group {
    fn thickness(&self) -> f32 {
        let ink: usize = self.runs.iter().map(|r| r.to - r.from).sum();
        ink as f32 / (self.to - self.from).max(1) as f32
    }

    fn line(&self, axis: Axis) -> Line {
        let (mut sum, mut n) = (0.0, 0.0);
        for r in &self.runs {
            let ink = (r.to - r.from) as f32;
            sum += (r.row as f32 + 0.5) * ink;
            n += ink;
        }
        Line {
            axis,
            at: sum / n,
            start: self.from as f32,
            end: self.to as f32,
        }
    }
}

/// The lines that run along the rows.
fn found(ink: &Ink) -> Vec<Group> {
    let runs = runs(ink);
    let mut groups = together(&runs);
    groups.retain(|g| g.thickness() <= THICK as f32);
    let mut groups = joined(groups);
    groups.retain(|g| g.to - g.from >= LENGTH && (g.to - g.from) > 6 * (g.thickness() as usize).max(1));
    groups
}

fn runs(ink: &Ink) -> Vec<Run> {
    let mut out = Vec::new();
    for y in 0..ink.height {
        let row = &ink.data[y * ink.width..(y + 1) * ink.width];
        let mut x = 0;
        while x < row.len() {
            if row[x] == 0 {
                x += 1;
                continue;
            }
            let from = x;
            // A single white pixel is dust.
            while x < row.len() && (row[x] != 0 || (x + 1 < row.len() && row[x + 1] != 0)) {
                x += 1;
            }
            if x - from >= PIECE {
                out.push(Run { row: y, from, to: x });
            }
        }
    }
    out
}

/// Runs of neighbouring rows that overlap.
fn together(runs: &[Run]) -> Vec<Group> {
    let mut parent: Vec<usize> = (0..runs.len()).collect();
    let mut first_above = 0;
    for (i, r) in runs.iter().enumerate() {
        while runs[first_above].row + 2 < r.row {
            first_above += 1;
        }
        for (k, a) in runs.iter().enumerate().take(i).skip(first_above) {
            if a.row < r.row && a.from <= r.to + 1 && r.from <= a.to + 1 {
                let (x, y) = (root(&mut parent, k), root(&mut parent, i));
                parent[x.max(y)] = x.min(y);
            }
        }
    }
    let mut slot = vec![usize::MAX; runs.len()];
    let mut out: Vec<Group> = Vec::new();
    for (i, r) in runs.iter().enumerate() {
        let head = root(&mut parent, i);
        if slot[head] == usize::MAX {
            slot[head] = out.len();
            out.push(Group {
                runs: Vec::new(),
                from: r.from,
                to: r.to,
                top: r.row,
                bottom: r.row,
            });
        }
        let g = &mut out[slot[head]];
        g.runs.push(*r);
        g.from = g.from.min(r.from);
        g.to = g.to.max(r.to);
        g.bottom = g.bottom.max(r.row);
    }
    out
}

pub(super) fn root(parent: &mut [usize], mut i: usize) -> usize {
    while parent[i] != i {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    i
}

/// Pieces of a line that dust or a fold parts.
fn joined(mut groups: Vec<Group>) -> Vec<Group> {
    groups.sort_by_key(|g| (g.from, g.top));
    let mut out: Vec<Group> = Vec::new();
    for g in groups {
        let before = out.iter_mut().rev().take(400).find(|b| {
            let near = g.from <= b.to + GAP && g.to > b.to && g.from + GAP >= b.to;
            // Strokes of neighbouring characters stand in one row as well.
            near && (b.to - b.from).min(g.to - g.from) >= WIDE && {
                let end = b
                    .runs
                    .iter()
                    .rev()
                    .find(|r| r.to + 2 >= b.to)
                    .map_or(b.bottom, |r| r.row);
                let start = g.runs.iter().find(|r| r.from <= g.from + 2).map_or(g.top, |r| r.row);
                end.abs_diff(start) <= 3
            }
        });
        match before {
            Some(b) => {
                b.to = g.to;
                b.top = b.top.min(g.top);
                b.bottom = b.bottom.max(g.bottom);
                b.runs.extend(g.runs);
            }
            None => out.push(g),
        }
    }
    out
}

/// Takes the ink of a line away where nothing crosses it.
fn erase(ink: &mut Ink, gray: &mut Gray, g: &Group, on_side: bool) {
    let most = (g.thickness() * 1.6 + 2.0).ceil() as usize;
    let (along, across) = if on_side {
        (ink.height, ink.width)
    } else {
        (ink.width, ink.height)
    };
    let index = |a: usize, c: usize| if on_side { a * across + c } else { c * along + a };
    for r in &g.runs {
        for a in r.from..r.to.min(along) {
            if ink.data[index(a, r.row)] == 0 {
                continue;
            }
            let (mut top, mut bottom) = (r.row, r.row + 1);
            while top > 0 && ink.data[index(a, top - 1)] != 0 && bottom - top <= most {
                top -= 1;
            }
            while bottom < across && ink.data[index(a, bottom)] != 0 && bottom - top <= most {
                bottom += 1;
            }
            if bottom - top > most {
                continue;
            }
            for c in top..bottom {
                ink.data[index(a, c)] = 0;
            }
            // The edge of a line is gray.
            for c in top.saturating_sub(1)..(bottom + 1).min(across) {
                if ink.data[index(a, c)] == 0 {
                    gray.data[index(a, c)] = WHITE;
                }
            }
        }
    }
}
