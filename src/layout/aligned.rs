//! Tables without vertical lines: three-line tables, tables with a line under each row, and tables without any line.
//! Columns come from the alignment of the rows that hold the most pieces; heads over several columns span them.

use super::grid::{Cell, Grid, GridKind, Mark, bands, is_numeric};
use super::lines::{Line, Segment};
use crate::geom::Rect;
use crate::read::{Page, Ruling};

/// A gap wider than this many font sizes parts two columns.
const GAP: f32 = 0.7;
/// Beside a number a smaller gap does: an amount set to the right stands close to the next label or code.
const TIGHT: f32 = 0.25;

fn beside_number(before: char, after: char) -> bool {
    let number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '—');
    number(before) || number(after)
}

/// Takes the lines of a page apart into tables and the lines that belong to none.
pub fn tables(lines: Vec<Line>, horizontals: &[Ruling], page: &Page) -> (Vec<Line>, Vec<Grid>) {
    let cut: Vec<Vec<Segment>> = lines.iter().map(|l| l.cut(|a, b| if beside_number(a, b) { TIGHT } else { GAP })).collect();
    let rows: Vec<bool> = lines.iter().zip(&cut).map(|(l, s)| is_row(l, s)).collect();
    let mut taken = vec![false; lines.len()];
    let mut grids = Vec::new();
    for (top, bottom, rules) in framed(horizontals) {
        let inside: Vec<usize> = (0..lines.len())
            .filter(|&i| {
                let y = lines[i].rect.mid_y();
                !taken[i]
                    && y > top
                    && y < bottom
                    && lines[i].rect.mid_x() > rules[0].start - 5.0
                    && lines[i].rect.mid_x() < rules[0].end + 5.0
            })
            .collect();
        if inside.iter().any(|&i| rows[i])
            && let Some(g) = build(&inside, &lines, &cut, &rules, page.number, Some((top, bottom)))
        {
            inside.iter().for_each(|&i| taken[i] = true);
            grids.push(g);
        }
    }
    for region in unframed(&lines, &cut, &rows, &taken) {
        if let Some(g) = build(&region, &lines, &cut, &[], page.number, None) {
            region.iter().for_each(|&i| taken[i] = true);
            grids.push(g);
        }
    }
    let rest = lines
        .into_iter()
        .zip(taken)
        .filter(|(_, t)| !*t)
        .map(|(l, _)| l)
        .collect();
    (rest, grids)
}

/// A row of a table: at least three pieces, one of them a number with a decimal point.
fn is_row(line: &Line, segments: &[Segment]) -> bool {
    segments.len() >= 3
        && segments.iter().any(|s| {
            let t = &line.text[s.start..s.end];
            is_numeric(t) && t.contains(['.', '．'])
        })
}

/// Bands between long horizontal lines of the same extent: `(top, bottom, lines)`.
fn framed(horizontals: &[Ruling]) -> Vec<(f32, f32, Vec<Ruling>)> {
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

/// Runs of rows without lines around them, with the heads above and the rows with fewer pieces between and below.
fn unframed(lines: &[Line], cut: &[Vec<Segment>], rows: &[bool], taken: &[bool]) -> Vec<Vec<usize>> {
    let mut out = Vec::new();
    let mut i = 0;
    while i < lines.len() {
        if !rows[i] || taken[i] {
            i += 1;
            continue;
        }
        // Down: as long as lines follow closely and are no running text.
        let left = lines[i].rect.x0;
        let right = lines[i].rect.x1;
        let fits = |k: usize| {
            let wide = lines[k].rect.width() > 0.7 * (right - left);
            !taken[k] && !(cut[k].len() == 1 && wide)
        };
        let near = |a: usize, b: usize| lines[b].baseline - lines[a].baseline < 3.2 * lines[a].size.max(lines[b].size);
        let mut end = i;
        let mut last_row = i;
        while end + 1 < lines.len() && near(end, end + 1) && fits(end + 1) {
            end += 1;
            if rows[end] || cut[end].len() >= 2 {
                last_row = end;
            }
        }
        let mut start = i;
        // Up: heads, also the second half of a wrapped one; title and unit are told apart by those who know words.
        let mut top = i;
        while start > 0 && i - start < 12 && near(start - 1, start) && fits(start - 1) {
            start -= 1;
            if cut[start].len() >= 2 {
                top = start;
            }
        }
        start = top;
        let count = (start..=last_row).filter(|k| rows[*k]).count();
        if count >= 3 {
            out.push((start..=last_row).collect());
        }
        i = last_row + 1;
    }
    out
}

#[derive(Clone, Copy)]
struct Column {
    x0: f32,
    x1: f32,
}

fn build(
    members: &[usize],
    lines: &[Line],
    cut: &[Vec<Segment>],
    rules: &[Ruling],
    page: u32,
    frame: Option<(f32, f32)>,
) -> Option<Grid> {
    let first_row = members.iter().position(|&i| is_row(&lines[i], &cut[i]))?;
    let columns = columns(members, first_row, lines, cut);
    if columns.len() < 3 {
        return None;
    }
    // Edges in the middle of the gaps.
    let mut xs = vec![columns[0].x0 - 2.0];
    xs.extend(columns.windows(2).map(|w| (w[0].x1 + w[1].x0) / 2.0));
    xs.push(columns[columns.len() - 1].x1 + 2.0);
    if let Some(r) = rules.first() {
        xs[0] = xs[0].min(r.start);
        let last = xs.len() - 1;
        xs[last] = xs[last].max(r.end);
    }

    // Rows: heads by line, body by base lines and by full-width rules.
    let mut cuts: Vec<f32> = Vec::new();
    let head: Vec<&Line> = members[..first_row].iter().map(|&i| &lines[i]).collect();
    for w in head.windows(2) {
        cuts.push(between(w[0], w[1]));
    }
    let mut marks: Vec<Mark> = members[first_row..].iter().map(|&i| Mark::new(&lines[i])).collect();
    // A line of several pieces is numeric when one of its pieces is.
    for (m, &i) in marks.iter_mut().zip(&members[first_row..]) {
        m.set_numeric(cut[i].iter().any(|s| is_numeric(&lines[i].text[s.start..s.end])));
    }
    if let Some(l) = head.last() {
        cuts.push(between(l, &lines[members[first_row]]));
    }
    cuts.extend(bands(&mut marks));
    let y0 = frame.map_or_else(|| lines[members[0]].rect.y0 - 1.0, |f| f.0);
    let y1 = frame.map_or_else(|| lines[members[members.len() - 1]].rect.y1 + 1.0, |f| f.1);
    let mut ys = vec![y0];
    ys.extend(cuts.into_iter().filter(|c| *c > y0 && *c < y1));
    ys.push(y1);
    ys.dedup_by(|a, b| *a <= *b);

    let (rows, cols) = (ys.len() - 1, columns.len());
    let spans = pieces(members, first_row, lines, cut, &columns, rules);
    let spans = spans.into_iter().map(|(piece, (a, b))| {
        let row = ys[1..rows].partition_point(|y| *y <= piece.baseline - 0.3 * piece.size);
        (row, a, b, piece)
    });
    let mut cells: Vec<Cell> = Vec::new();
    let mut index = vec![u32::MAX; rows * cols];
    for (row, a, b, piece) in spans {
        match index[row * cols + a] {
            u32::MAX => {
                for k in a..=b {
                    if index[row * cols + k] == u32::MAX {
                        index[row * cols + k] = cells.len() as u32;
                    }
                }
                cells.push(Cell {
                    row,
                    col: a,
                    row_span: 1,
                    col_span: b - a + 1,
                    page,
                    rect: Rect::new(xs[a], ys[row], xs[b + 1], ys[row + 1]),
                    lines: vec![piece],
                });
            }
            id => cells[id as usize].lines.push(piece),
        }
    }
    for row in 0..rows {
        for col in 0..cols {
            if index[row * cols + col] == u32::MAX {
                index[row * cols + col] = cells.len() as u32;
                cells.push(Cell {
                    row,
                    col,
                    row_span: 1,
                    col_span: 1,
                    page,
                    rect: Rect::new(xs[col], ys[row], xs[col + 1], ys[row + 1]),
                    lines: Vec::new(),
                });
            }
        }
    }
    // Two pieces that stand one over the other in a cell read from the top.
    for c in &mut cells {
        c.lines
            .sort_by(|a, b| a.baseline.total_cmp(&b.baseline).then(a.rect.x0.total_cmp(&b.rect.x0)));
    }
    cells.sort_by_key(|c| (c.row, c.col));
    let mut grid = Grid::new(GridKind::Aligned, page, xs, ys, cells, index);
    grid.reindex();
    Some(grid)
}

fn between(a: &Line, b: &Line) -> f32 {
    a.baseline + 0.35 * (b.baseline - a.baseline)
}

/// Columns from the rows with the most pieces first; heads give columns that no row fills.
fn columns(members: &[usize], first_row: usize, lines: &[Line], cut: &[Vec<Segment>]) -> Vec<Column> {
    let mut body: Vec<usize> = members[first_row..].to_vec();
    body.sort_by_key(|&i| std::cmp::Reverse(cut[i].len()));
    let mut columns: Vec<Column> = Vec::new();
    for &i in &body {
        for s in &cut[i] {
            let hit: Vec<usize> = (0..columns.len())
                .filter(|&k| s.x0 < columns[k].x1 + 0.5 && s.x1 > columns[k].x0 - 0.5)
                .collect();
            match hit.as_slice() {
                [] => {
                    let at = columns.partition_point(|c| c.x0 < s.x0);
                    columns.insert(at, Column { x0: s.x0, x1: s.x1 });
                }
                [k] => {
                    columns[*k].x0 = columns[*k].x0.min(s.x0);
                    columns[*k].x1 = columns[*k].x1.max(s.x1);
                }
                _ => {}
            }
        }
    }
    let mut named = vec![false; columns.len()];
    for (n, &i) in members[..first_row].iter().rev().enumerate() {
        heads(&cut[i], lines[i].size, n == 0, &mut columns, &mut named);
    }
    columns
}

/// Brings a line of heads and the columns together. A head over a column names it. A head beside it (numbers stand right,
/// heads in the middle) names the column without a name between its neighbours. A head of the lowest line that is left shows
/// a column that no row fills; one of a higher line may stand over several columns and counts only far from all of them.
fn heads(cut: &[Segment], size: f32, lowest: bool, columns: &mut Vec<Column>, named: &mut Vec<bool>) {
    let over = |columns: &[Column], s: &Segment| -> Vec<usize> {
        (0..columns.len()).filter(|&k| s.x0 < columns[k].x1 && s.x1 > columns[k].x0).collect()
    };
    let mut left: Vec<Segment> = Vec::new();
    let mut fixed: Vec<(f32, usize)> = Vec::new();
    for s in cut {
        match over(columns, s).as_slice() {
            [] => left.push(*s),
            [k] => {
                named[*k] = true;
                fixed.push((s.x0, *k));
            }
            many => fixed.extend(many.iter().map(|k| (s.x0, *k))),
        }
    }
    let gap = if lowest { 0.5 } else { 2.0 } * size;
    for s in left {
        let after = fixed.iter().filter(|(x, _)| *x < s.x0).map(|(_, k)| k + 1).max().unwrap_or(0);
        let before = fixed.iter().filter(|(x, _)| *x > s.x0).map(|(_, k)| *k).min().unwrap_or(columns.len());
        let middle = (s.x0 + s.x1) / 2.0;
        let free = (after..before).filter(|k| !named[*k]).min_by(|a, b| {
            let off = |k: usize| (((columns[k].x0 + columns[k].x1) / 2.0) - middle).abs();
            off(*a).total_cmp(&off(*b))
        });
        // The span of a head is about the width of its cell: a column farther than that is another one.
        let reachable = free.filter(|k| {
            let off = (columns[*k].x0 - s.x1).max(s.x0 - columns[*k].x1);
            off < 0.8 * (s.x1 - s.x0).max(4.0 * size)
        });
        match reachable {
            Some(k) if lowest => {
                named[k] = true;
                fixed.push((s.x0, k));
                let limit_left = k.checked_sub(1).map_or(f32::NEG_INFINITY, |p| columns[p].x1 + 0.1);
                let limit_right = columns.get(k + 1).map_or(f32::INFINITY, |n| n.x0 - 0.1);
                columns[k].x0 = columns[k].x0.min(s.x0).max(limit_left);
                columns[k].x1 = columns[k].x1.max(s.x1).min(limit_right);
            }
            _ => {
                let apart = columns.iter().all(|c| s.x0 > c.x1 + gap || s.x1 < c.x0 - gap);
                if apart {
                    let at = columns.partition_point(|c| c.x0 < s.x0);
                    columns.insert(at, Column { x0: s.x0, x1: s.x1 });
                    named.insert(at, true);
                    for f in &mut fixed {
                        f.1 += usize::from(f.1 >= at);
                    }
                    fixed.push((s.x0, at));
                }
            }
        }
    }
}

/// The pieces of all lines with the columns that they cover.
fn pieces(
    members: &[usize],
    first_row: usize,
    lines: &[Line],
    cut: &[Vec<Segment>],
    columns: &[Column],
    rules: &[Ruling],
) -> Vec<(Line, (usize, usize))> {
    // The columns over which a piece of each head line stands.
    let touched: Vec<Vec<(usize, usize)>> = members[..first_row]
        .iter()
        .map(|&i| cut[i].iter().map(|s| reach(&lines[i].slice(s), columns, &[])).collect())
        .collect();
    let mut out: Vec<(Line, (usize, usize))> = Vec::new();
    for (n, &i) in members.iter().enumerate() {
        let mut free = 0;
        for (k, s) in cut[i].iter().enumerate() {
            let piece = lines[i].slice(s);
            let span = if n >= first_row {
                reach(&piece, columns, &[])
            } else {
                let ruled = reach(&piece, columns, rules);
                if ruled != touched[n][k] { ruled } else { head_span(members, (n, k), free, lines, &touched, columns, &piece) }
            };
            free = span.1 + 1;
            out.push((piece, span));
        }
    }
    out
}

/// A head above other heads covers the columns of the line below in whose middle it stands, never a neighbour's.
fn head_span(
    members: &[usize],
    (n, k): (usize, usize),
    free: usize,
    lines: &[Line],
    touched: &[Vec<(usize, usize)>],
    columns: &[Column],
    piece: &Line,
) -> (usize, usize) {
    let own = touched[n][k];
    // The next line with a piece below this one; close below it is the second half of a wrapped head.
    let below = (n + 1..touched.len()).find(|m| touched[*m].iter().any(|t| t.0 <= own.1 && t.1 >= own.0));
    let Some(m) = below else { return own };
    if lines[members[m]].baseline - piece.baseline < 1.45 * piece.size {
        return own;
    }
    let leaf = |c: usize| touched[m].iter().any(|t| t.0 <= c && c <= t.1);
    let low = free.min(own.0);
    let high = touched[n].get(k + 1).map_or(columns.len() - 1, |t| t.0.saturating_sub(1));
    let mut best: Option<(usize, f32, (usize, usize))> = None;
    for a in low..=own.0 {
        for b in own.1..=high.max(own.1) {
            if !(a..=b).all(leaf) {
                continue;
            }
            let middle = (columns[a].x0 + columns[b].x1) / 2.0;
            let off = (middle - piece.rect.mid_x()).abs();
            let fits = off <= 2.5 * piece.size;
            let better = match best {
                None => true,
                Some((count, o, _)) => {
                    let best_fits = o <= 2.5 * piece.size;
                    (fits && (!best_fits || b - a > count)) || (!fits && !best_fits && off < o)
                }
            };
            if better {
                best = Some((b - a, off, (a, b)));
            }
        }
    }
    best.map_or(own, |(_, _, span)| span)
}

/// The columns that a piece covers. A head reaches as far as the short rule under it.
fn reach(piece: &Line, columns: &[Column], rules: &[Ruling]) -> (usize, usize) {
    let mut x0 = piece.rect.x0;
    let mut x1 = piece.rect.x1;
    if !rules.is_empty() {
        let full = rules.first().map_or(0.0, |r| r.end - r.start);
        let under = rules.iter().filter(|r| {
            r.end - r.start < 0.9 * full
                && r.at > piece.baseline - 1.0
                && r.at < piece.baseline + 1.2 * piece.size
                && r.start <= piece.rect.mid_x()
                && r.end >= piece.rect.mid_x()
        });
        if let Some(r) = under.min_by(|a, b| a.at.total_cmp(&b.at)) {
            x0 = x0.min(r.start + 1.0);
            x1 = x1.max(r.end - 1.0);
        }
    }
    let over: Vec<usize> = (0..columns.len())
        .filter(|&k| x0 < columns[k].x1 && x1 > columns[k].x0)
        .collect();
    match (over.first(), over.last()) {
        (Some(a), Some(b)) => (*a, *b),
        _ => {
            let mid = (x0 + x1) / 2.0;
            let k = columns
                .iter()
                .enumerate()
                .min_by(|(_, a), (_, b)| {
                    ((a.x0 + a.x1) / 2.0 - mid)
                        .abs()
                        .total_cmp(&((b.x0 + b.x1) / 2.0 - mid).abs())
                })
                .map_or(0, |(k, _)| k);
            (k, k)
        }
    }
}
