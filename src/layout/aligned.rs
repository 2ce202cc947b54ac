//! Tables without vertical lines: three-line tables, tables with a line under each row, and tables without any line.
//! Columns come from the alignment of the rows that hold the most pieces and from the heads above them.

use super::grid::{Cell, Grid, GridKind, Mark, bands, is_numeric};
use super::heads;
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

/// Takes the lines of a page apart into tables and the lines that belong to none. `before` are the column edges of the table that
/// ends the page before, if its columns were found by alignment too.
pub fn tables(lines: Vec<Line>, horizontals: &[Ruling], page: &Page, before: Option<&[f32]>) -> (Vec<Line>, Vec<Grid>) {
    let cut: Vec<Vec<Segment>> = lines
        .iter()
        .map(|l| {
            let pieces = l.cut(|a, b| if beside_number(a, b) { TIGHT } else { GAP });
            spread(l, pieces, &page.blanks)
        })
        .collect();
    // Running text sets a narrow blank around each number: without one wide gap a line is no row.
    let rows: Vec<bool> = lines
        .iter()
        .zip(&cut)
        .map(|(l, s)| is_row(l, s) && l.cut(|_, _| GAP).len() >= 2)
        .collect();
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
        if inside.len() >= 3
            && let Some(g) = build(
                &inside,
                &lines,
                &cut,
                &Around {
                    rules: &rules,
                    page: page.number,
                    frame: Some((top, bottom)),
                    before: if grids.is_empty() { before } else { None },
                },
            )
        {
            inside.iter().for_each(|&i| taken[i] = true);
            grids.push(g);
        }
    }
    for region in unframed(&lines, &cut, &rows, &taken) {
        let around = Around {
            rules: &[],
            page: page.number,
            frame: None,
            before: if grids.is_empty() { before } else { None },
        };
        if let Some(g) = build(&region, &lines, &cut, &around) {
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

/// A word set wide over its cell (收　　入): single characters with nothing but printed blanks between them are one piece. Single
/// characters of neighbouring columns (类, 款, 项) have none.
fn spread(line: &Line, pieces: Vec<Segment>, blanks: &[Rect]) -> Vec<Segment> {
    let single = |s: &Segment| line.text[s.start..s.end].chars().count() == 1;
    if pieces.windows(2).all(|w| !(single(&w[0]) && single(&w[1]))) {
        return pieces;
    }
    let mut out: Vec<Segment> = Vec::with_capacity(pieces.len());
    let mut last_single = false;
    for s in pieces {
        let alone = single(&s);
        match out.last_mut() {
            Some(o) if alone && last_single && filled(line, o.x1, s.x0, blanks) => {
                o.x1 = s.x1;
                o.end = s.end;
            }
            _ => {
                last_single = alone;
                out.push(s);
            }
        }
    }
    out
}

/// Whether printed blanks fill a gap of a line.
fn filled(line: &Line, x0: f32, x1: f32, blanks: &[Rect]) -> bool {
    let width: f32 = blanks
        .iter()
        .filter(|b| b.y0 < line.rect.mid_y() && b.y1 > line.rect.mid_y())
        .map(|b| (b.x1.min(x1) - b.x0.max(x0)).max(0.0))
        .sum();
    width > 0.7 * (x1 - x0)
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
    // No line stands in two runs.
    let mut free = 0;
    while i < lines.len() {
        if !rows[i] || taken[i] {
            i += 1;
            continue;
        }
        // Down: as long as lines follow closely and are no running text. The first row may be a short one (a sum without code).
        let mut width = lines[i].rect.width();
        let fits = |k: usize, width: f32| {
            let wide = lines[k].rect.width() > 0.7 * width;
            !(taken[k] || cut[k].len() == 1 && wide)
        };
        let near = |a: usize, b: usize| lines[b].baseline - lines[a].baseline < 3.2 * lines[a].size.max(lines[b].size);
        let mut end = i;
        let mut last_row = i;
        while end + 1 < lines.len() && near(end, end + 1) && fits(end + 1, width) {
            end += 1;
            if rows[end] {
                width = width.max(lines[end].rect.width());
            }
            if rows[end] || cut[end].len() >= 2 {
                last_row = end;
            }
        }
        let mut start = i;
        // Up: heads, also the second half of a wrapped one; title and unit are told apart by those who know words.
        let mut top = i;
        while start > free && i - start < 12 && near(start - 1, start) && fits(start - 1, width) {
            start -= 1;
            if cut[start].len() >= 2 {
                top = start;
            }
        }
        start = top;
        // A caption stands apart at both edges (unit left, currency right); heads stand in the middle of their columns.
        let inside: Vec<&Line> = (start..=last_row).filter(|k| rows[*k]).map(|k| &lines[k]).collect();
        let edge = |pick: fn(&Line) -> f32, best: fn(f32, f32) -> f32| inside.iter().map(|l| pick(l)).reduce(best);
        if let (Some(x0), Some(x1)) = (edge(|l| l.rect.x0, f32::min), edge(|l| l.rect.x1, f32::max)) {
            let caption = |k: usize| {
                let l = &lines[k].rect;
                cut[k].len() <= 3 && (l.x0 - x0).abs() < 8.0 && l.x1 > x1 - 8.0 && cut[k].len() >= 2
            };
            while start + 1 < i && caption(start) {
                start += 1;
            }
        }
        let count = (start..=last_row).filter(|k| rows[*k]).count();
        // One or two rows are a table only where wide gaps part at least four pieces, as no running text has them.
        let wide = |k: usize| lines[k].cut(|_, _| GAP).len() >= 4;
        if count >= 3 || (count > 0 && (start..=last_row).filter(|k| rows[*k]).all(wide)) {
            out.push((start..=last_row).collect());
        }
        i = last_row + 1;
        free = i;
    }
    out
}

/// A column: where its text stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub x0: f32,
    pub x1: f32,
}

impl Column {
    pub fn middle(&self) -> f32 {
        (self.x0 + self.x1) / 2.0
    }
}

/// What a table stands in.
struct Around<'a> {
    rules: &'a [Ruling],
    page: u32,
    /// Top and bottom line.
    frame: Option<(f32, f32)>,
    /// Column edges of the table before.
    before: Option<&'a [f32]>,
}

/// The columns of the page before, if every piece of these rows stands within one of them.
fn columns_before(body: &[usize], cut: &[Vec<Segment>], before: &[f32]) -> Option<Vec<Column>> {
    const SLACK: f32 = 1.0;
    let columns: Vec<Column> = before.windows(2).map(|w| Column { x0: w[0], x1: w[1] }).collect();
    let fits = |s: &Segment| columns.iter().any(|c| s.x0 > c.x0 - SLACK && s.x1 < c.x1 + SLACK);
    let several = body.iter().any(|&i| cut[i].len() >= 3);
    (several && body.iter().all(|&i| cut[i].iter().all(fits))).then_some(columns)
}

fn build(members: &[usize], lines: &[Line], cut: &[Vec<Segment>], around: &Around<'_>) -> Option<Grid> {
    let Around {
        rules,
        page,
        frame,
        before,
    } = *around;
    // Between lines a row may hold whole numbers only; without lines that is too little to tell it from other text.
    let zeros = |i: usize| {
        frame.is_some()
            && cut[i].len() >= 3
            && cut[i]
                .last()
                .is_some_and(|s| is_numeric(&lines[i].text[s.start..s.end]))
            && !counts_columns(&lines[i], &cut[i])
    };
    // Column numbers stand directly above the rows; the same words twice may be heads.
    let is_body = |n: usize| {
        let i = members[n];
        let next = members.get(n + 1);
        is_row(&lines[i], &cut[i])
            || zeros(i)
            || (counts_columns(&lines[i], &cut[i]) && next.is_some_and(|&j| zeros(j) || is_row(&lines[j], &cut[j])))
    };
    let first_row = (0..members.len()).find(|n| is_body(*n))?;
    let (head, body) = members.split_at(first_row);
    let goes_on = before
        .filter(|_| head.is_empty())
        .and_then(|b| Some((columns_before(body, cut, b)?, b)));
    let heads = heads::heads(head, lines, cut, rules);
    let mut columns = body_columns(body, lines, cut);
    let heads = heads::over_columns(heads, &mut columns, rules);
    let edges = goes_on.map(|(c, edges)| {
        columns = c;
        edges.to_vec()
    });
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
    if let Some(edges) = edges {
        xs = edges;
    }

    // Rows: heads by their height, the body by its base lines.
    let mut levels: Vec<f32> = heads.iter().map(|h| h.rect.mid_y()).collect();
    levels.sort_by(f32::total_cmp);
    levels.dedup_by(|b, a| *b - *a < 3.0);
    let mut marks: Vec<Mark> = body.iter().map(|&i| Mark::new(&lines[i])).collect();
    // A line of several pieces is numeric when one of its pieces is.
    for (m, &i) in marks.iter_mut().zip(body) {
        m.set_numeric(cut[i].iter().any(|s| is_numeric(&lines[i].text[s.start..s.end])));
    }
    let y0 = frame.map_or_else(|| lines[members[0]].rect.y0 - 1.0, |f| f.0);
    let y1 = frame.map_or_else(|| lines[members[members.len() - 1]].rect.y1 + 1.0, |f| f.1);
    let mut cuts: Vec<f32> = levels.windows(2).map(|w| (w[0] + w[1]) / 2.0).collect();
    if !levels.is_empty() {
        let under = heads.iter().map(|h| h.rect.y1).fold(f32::NEG_INFINITY, f32::max);
        cuts.push((under + lines[body[0]].rect.y0) / 2.0);
    }
    cuts.extend(bands(&mut marks));
    let mut ys = vec![y0];
    ys.extend(cuts.into_iter().filter(|c| *c > y0 && *c < y1));
    ys.push(y1);
    ys.dedup_by(|a, b| *a <= *b);

    let rows = ys.len() - 1;
    let row_at = |y: f32| ys[1..rows].partition_point(|e| *e <= y);
    let mut cells: Vec<Cell> = Vec::new();
    let mut index = vec![u32::MAX; rows * columns.len()];
    let mut put = |row: usize, a: usize, b: usize, pieces: Vec<Line>| {
        let n = columns.len();
        if let Some(old) = (a..=b).find(|k| index[row * n + k] != u32::MAX) {
            let id = index[row * n + old] as usize;
            let cell: &mut Cell = &mut cells[id];
            cell.lines.extend(pieces);
            return;
        }
        for k in a..=b {
            index[row * n + k] = cells.len() as u32;
        }
        cells.push(Cell {
            row,
            col: a,
            row_span: 1,
            col_span: b - a + 1,
            page,
            rect: Rect::new(xs[a], ys[row], xs[b + 1], ys[row + 1]),
            lines: pieces,
        });
    };
    for h in heads {
        put(row_at(h.rect.mid_y()), h.span.0, h.span.1, h.lines);
    }
    for &i in body {
        for s in &cut[i] {
            let piece = lines[i].slice(s);
            let k = home(&piece, &columns);
            put(row_at(piece.baseline - 0.3 * piece.size), k, k, vec![piece]);
        }
    }
    for row in 0..rows {
        for col in 0..columns.len() {
            if index[row * columns.len() + col] == u32::MAX {
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
    // Pieces of one cell read from the top and from the left.
    for c in &mut cells {
        c.lines
            .sort_by(|a, b| a.baseline.total_cmp(&b.baseline).then(a.rect.x0.total_cmp(&b.rect.x0)));
    }
    cells.sort_by_key(|c| (c.row, c.col));
    let mut grid = Grid::new(GridKind::Aligned, page, xs, ys, cells, Vec::new());
    grid.reindex();
    Some(grid)
}

/// A row of column numbers: at least two short whole numbers that count on. The body begins there. Row numbers beside amounts
/// do not count on.
fn counts_columns(line: &Line, segments: &[Segment]) -> bool {
    let numbers: Vec<u32> = segments
        .iter()
        .map(|s| &line.text[s.start..s.end])
        .filter(|t| t.len() <= 2)
        .filter_map(|t| t.parse().ok())
        .collect();
    // Its label alone, once in each panel, is such a row without its numbers.
    let texts: Vec<&str> = segments.iter().map(|s| &line.text[s.start..s.end]).collect();
    let label_only = texts.len() >= 2 && texts.iter().all(|t| *t == texts[0]);
    label_only || (numbers.len() >= 2 && numbers.windows(2).all(|w| w[1] == w[0] + 1))
}

/// Columns from the body: the rows with the most pieces first.
fn body_columns(body: &[usize], lines: &[Line], cut: &[Vec<Segment>]) -> Vec<Column> {
    let mut body: Vec<usize> = body
        .iter()
        .copied()
        .filter(|&i| !counts_columns(&lines[i], &cut[i]))
        .collect();
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
    columns
}

/// The column of a piece: where most of it stands, else the nearest.
fn home(piece: &Line, columns: &[Column]) -> usize {
    let over = |c: &Column| piece.rect.x1.min(c.x1) - piece.rect.x0.max(c.x0);
    columns
        .iter()
        .enumerate()
        .max_by(|(_, a), (_, b)| over(a).total_cmp(&over(b)))
        .map_or(0, |(k, _)| k)
}
