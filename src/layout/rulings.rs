//! Rulings as drawn to lines as meant, and lines to empty grids. The chain follows the producers: Word draws a thin
//! rectangle for every cell edge, Excel every line twice, WPS long strokes; after snapping and merging they are the same.

use super::grid::{Cell, Grid, GridKind};
use crate::geom::{Axis, Rect};
use crate::read::Ruling;

/// Lines closer than this are one line drawn twice (double rulings stand 1.5 to 2.5 pt apart; no row is this low).
const SNAP: f32 = 3.0;
/// Ends closer than this meet.
const REACH: f32 = 3.0;
/// A line shorter than this is a corner piece or a glyph stroke.
const SHORTEST: f32 = 5.0;

/// Snaps parallel lines together and joins pieces that touch. The order is fixed: horizontal first, by position.
pub fn merge(rulings: &[Ruling]) -> Vec<Ruling> {
    let mut out = Vec::new();
    for axis in [Axis::Horizontal, Axis::Vertical] {
        let mut lines: Vec<Ruling> = rulings.iter().filter(|r| r.axis == axis).copied().collect();
        lines.sort_by(|a, b| a.at.total_cmp(&b.at).then(a.start.total_cmp(&b.start)));
        let mut i = 0;
        while i < lines.len() {
            let mut j = i + 1;
            while j < lines.len() && lines[j].at - lines[i].at <= SNAP {
                j += 1;
            }
            let at = (lines[i].at + lines[j - 1].at) / 2.0;
            merge_cluster(&mut lines[i..j], at, axis, &mut out);
            i = j;
        }
    }
    out
}

fn merge_cluster(lines: &mut [Ruling], at: f32, axis: Axis, out: &mut Vec<Ruling>) {
    lines.sort_by(|a, b| a.start.total_cmp(&b.start));
    let mut open: Option<Ruling> = None;
    for l in lines.iter() {
        match &mut open {
            Some(o) if l.start <= o.end + REACH => o.end = o.end.max(l.end),
            _ => {
                out.extend(open.take().filter(|o| o.end - o.start >= SHORTEST));
                open = Some(Ruling { axis, at, ..*l });
            }
        }
    }
    out.extend(open.filter(|o| o.end - o.start >= SHORTEST));
}

/// Groups lines that cross into grids; lines that belong to none come back.
pub fn grids(lines: &[Ruling], page: u32) -> (Vec<Grid>, Vec<Ruling>) {
    let split = lines
        .iter()
        .position(|l| l.axis == Axis::Vertical)
        .unwrap_or(lines.len());
    let (hs, vs) = lines.split_at(split);
    let mut parent: Vec<usize> = (0..lines.len()).collect();
    for (i, h) in hs.iter().enumerate() {
        for (j, v) in vs.iter().enumerate() {
            let meet =
                v.at >= h.start - REACH && v.at <= h.end + REACH && h.at >= v.start - REACH && h.at <= v.end + REACH;
            if meet {
                let (a, b) = (root(&mut parent, i), root(&mut parent, split + j));
                parent[a.max(b)] = a.min(b);
            }
        }
    }
    let mut groups: Vec<(usize, Vec<usize>)> = Vec::new();
    let mut slot = vec![usize::MAX; lines.len()];
    for i in 0..lines.len() {
        let r = root(&mut parent, i);
        if slot[r] == usize::MAX {
            slot[r] = groups.len();
            groups.push((r, Vec::new()));
        }
        groups[slot[r]].1.push(i);
    }
    let mut out = Vec::new();
    let mut rest = Vec::new();
    for (_, members) in groups {
        let part: Vec<Ruling> = members.iter().map(|&i| lines[i]).collect();
        match grid(&part, page) {
            Some(g) => out.push(g),
            None => rest.extend(part),
        }
    }
    // A frame around the page or around another table is not a table: the inner grid wins (smaller area first).
    out.sort_by(|a, b| area(a).total_cmp(&area(b)));
    (out, rest)
}

fn area(g: &Grid) -> f32 {
    let r = g.rect();
    r.width() * r.height()
}

fn root(parent: &mut [usize], mut i: usize) -> usize {
    while parent[i] != i {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    i
}

fn positions(lines: &[Ruling], axis: Axis) -> Vec<f32> {
    let mut p: Vec<f32> = lines.iter().filter(|l| l.axis == axis).map(|l| l.at).collect();
    p.sort_by(f32::total_cmp);
    p.dedup();
    p
}

/// Adds the edge of a table whose outer lines are not drawn: where at least two lines of the other direction stick out alike.
fn open_edges(at: &mut Vec<f32>, lines: &[Ruling], across: Axis) {
    let Some((&first, &last)) = at.first().zip(at.last()) else {
        return;
    };
    let ends = |pick: fn(&Ruling) -> f32, beyond: &dyn Fn(f32) -> bool| -> Vec<f32> {
        let mut e: Vec<f32> = lines
            .iter()
            .filter(|l| l.axis == across)
            .map(pick)
            .filter(|e| beyond(*e))
            .collect();
        e.sort_by(f32::total_cmp);
        e
    };
    let low = ends(|l| l.start, &|e| e < first - 8.0);
    let high = ends(|l| l.end, &|e| e > last + 8.0);
    if low.len() >= 2 {
        at.insert(0, low[0]);
    }
    if high.len() >= 2 {
        at.push(high[high.len() - 1]);
    }
}

fn grid(lines: &[Ruling], page: u32) -> Option<Grid> {
    let mut xs = positions(lines, Axis::Vertical);
    let mut ys = positions(lines, Axis::Horizontal);
    if xs.is_empty() || ys.is_empty() {
        return None;
    }
    open_edges(&mut xs, lines, Axis::Horizontal);
    open_edges(&mut ys, lines, Axis::Vertical);
    let (rows, cols) = (ys.len().saturating_sub(1), xs.len().saturating_sub(1));
    if rows == 0 || cols == 0 || rows * cols < 2 || rows.saturating_mul(cols) > 1_000_000 {
        return None;
    }
    // wall_left[r][c]: a line between columns c-1 and c in row r; wall_top likewise.
    let mut wall_left = vec![false; rows * (cols + 1)];
    let mut wall_top = vec![false; (rows + 1) * cols];
    for l in lines {
        match l.axis {
            Axis::Vertical => {
                let c = nearest(&xs, l.at);
                for r in 0..rows {
                    if covers(l, ys[r], ys[r + 1]) {
                        wall_left[r * (cols + 1) + c] = true;
                    }
                }
            }
            Axis::Horizontal => {
                let r = nearest(&ys, l.at);
                for c in 0..cols {
                    if covers(l, xs[c], xs[c + 1]) {
                        wall_top[r * cols + c] = true;
                    }
                }
            }
        }
    }
    let mut cells: Vec<Cell> = Vec::new();
    let mut index = vec![u32::MAX; rows * cols];
    for r in 0..rows {
        let mut c = 0;
        while c < cols {
            let mut end = c + 1;
            while end < cols && !wall_left[r * (cols + 1) + end] {
                end += 1;
            }
            // A cell above of the same width without a line between goes on here.
            let above = (r > 0).then(|| index[(r - 1) * cols + c] as usize).filter(|&a| {
                cells[a].col == c && cells[a].col_span == end - c && (c..end).all(|k| !wall_top[r * cols + k])
            });
            let id = match above {
                Some(a) => {
                    cells[a].row_span += 1;
                    cells[a].rect.y1 = ys[r + 1];
                    a
                }
                None => {
                    cells.push(Cell {
                        row: r,
                        col: c,
                        row_span: 1,
                        col_span: end - c,
                        page,
                        rect: Rect::new(xs[c], ys[r], xs[end], ys[r + 1]),
                        lines: Vec::new(),
                    });
                    cells.len() - 1
                }
            };
            for k in c..end {
                index[r * cols + k] = id as u32;
            }
            c = end;
        }
    }
    if cells.len() < 2 {
        return None;
    }
    Some(Grid::new(GridKind::Ruled, page, xs, ys, cells, index))
}

fn nearest(at: &[f32], x: f32) -> usize {
    let i = at.partition_point(|p| *p < x);
    if i == 0 {
        0
    } else if i == at.len() || x - at[i - 1] <= at[i] - x {
        i - 1
    } else {
        i
    }
}

fn covers(l: &Ruling, from: f32, to: f32) -> bool {
    l.end.min(to) - l.start.max(from) >= 0.6 * (to - from)
}
