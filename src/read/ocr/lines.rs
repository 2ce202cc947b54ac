//! Rulings in pixels. Comes in: ink of a straightened page. Goes out: its lines, and the same ink and gray without them: what a line
//! touches would be read with it. Refuses to call a stroke of a character a line: lines are longer than characters.

use super::picture::{Gray, Ink, WHITE};
use crate::geom::Axis;

/// The least length of a line in pixels: across (13 mm at 200 dpi; strokes of three characters side by side may run together where a picture
/// is blurred) and down (7 mm; between lines of text there is paper).
const ACROSS: usize = 100;
const DOWN: usize = 56;
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
    let across = found(ink, ACROSS);
    let on_side = ink.transposed();
    let down = found(&on_side, DOWN);
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

/// How rulings slope over a page that was photographed from aside: the slope of those that run across changes with their height, that of
/// those that run down with their place from left to right.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Keystone {
    /// Slope of lines across: in the middle of the page, and its change with each pixel down.
    pub across: (f32, f32),
    /// Slope of lines down: in the middle, and its change with each pixel to the right.
    pub down: (f32, f32),
}

/// The least length of a line whose slope is measured, and the fewest lines.
const MEASURED: usize = 240;
const FEWEST: usize = 3;

/// How the rulings of a page slope; `None` where there are too few, or none slopes.
pub(super) fn keystone(ink: &Ink) -> Option<Keystone> {
    let across = slopes(&found(ink, ACROSS), ink.height);
    let down = slopes(&found(&ink.transposed(), DOWN), ink.width);
    let far =
        |s: Option<(f32, f32)>, size: usize| s.is_some_and(|(a, b)| a.abs() + b.abs() * size as f32 / 2.0 > SLOPE);
    (far(across, ink.height) || far(down, ink.width)).then(|| Keystone {
        across: across.unwrap_or_default(),
        down: down.unwrap_or_default(),
    })
}

/// A slope that moves the end of a line by some pixels.
const SLOPE: f32 = 0.0022;

/// Slope in the middle and its change, of lines at different places (least squares, long lines count more).
fn slopes(groups: &[Group], size: usize) -> Option<(f32, f32)> {
    let middle = size as f64 / 2.0;
    let measured: Vec<(f64, f64, f64)> = groups
        .iter()
        .filter(|g| g.to - g.from >= MEASURED)
        .map(|g| {
            (
                f64::from(g.line(Axis::Horizontal).at) - middle,
                g.slope(),
                (g.to - g.from) as f64,
            )
        })
        .collect();
    if measured.len() < FEWEST {
        return None;
    }
    let sum = |f: &dyn Fn(&(f64, f64, f64)) -> f64| measured.iter().map(|m| f(m) * m.2).sum::<f64>();
    let (n, x, y) = (sum(&|_| 1.0), sum(&|m| m.0), sum(&|m| m.1));
    let (xx, xy) = (sum(&|m| m.0 * m.0), sum(&|m| m.0 * m.1));
    let spread = xx - x * x / n;
    // Lines that stand close together say nothing about the rest of the page.
    let change = if spread / n > (size as f64 / 12.0).powi(2) {
        (xy - x * y / n) / spread
    } else {
        0.0
    };
    let level = (y - change * x) / n;
    Some((level as f32, change as f32))
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

    /// How many rows it sinks for each pixel along it.
    fn slope(&self) -> f64 {
        let (mut n, mut x, mut y, mut xx, mut xy) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for r in &self.runs {
            let w = (r.to - r.from) as f64;
            let (mid, row) = ((r.from + r.to) as f64 / 2.0, r.row as f64);
            n += w;
            x += mid * w;
            y += row * w;
            // A run is as long as it is: its own spread counts.
            xx += (mid * mid + w * w / 12.0) * w;
            xy += mid * row * w;
        }
        let spread = xx - x * x / n;
        if spread > 0.0 { (xy - x * y / n) / spread } else { 0.0 }
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
fn found(ink: &Ink, length: usize) -> Vec<Group> {
    let runs = runs(ink);
    let mut groups = together(&runs);
    groups.retain(|g| g.thickness() <= THICK as f32);
    let mut groups = joined(groups);
    groups.retain(|g| g.to - g.from >= length && (g.to - g.from) > 6 * (g.thickness() as usize).max(1));
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
