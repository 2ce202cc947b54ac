//! Tables without vertical lines: three-line tables, tables with a line under each row, and tables without any line.
//! Columns come from the alignment of the rows that hold the most pieces and from the heads above them.

use super::grid::{Cell, Grid, GridKind, Mark, bands, is_numeric};
use super::heads;
use super::lines::{Line, Segment};
use super::regions::{Lines, framed, goes_with_rows, sits_with_rows};
use super::tree::{Body, Edge};
use crate::geom::Rect;
use crate::read::{Page, Ruling};

/// A gap wider than this many font sizes parts two columns.
pub(super) const GAP: f32 = 0.7;
/// Beside a number a smaller gap does: an amount set to the right stands close to the next label or code.
const TIGHT: f32 = 0.25;

fn beside_number(before: char, after: char) -> bool {
    let number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '—');
    number(before) || number(after)
}

/// Takes the lines of a page apart into tables and the lines that belong to none. `before` is the table that ends the page before, if
/// its columns were found by alignment too.
pub fn tables(lines: Vec<Line>, horizontals: &[Ruling], page: &Page, before: Option<&Grid>) -> (Vec<Line>, Vec<Grid>) {
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
    let tops: Vec<Top> = {
        let none = vec![false; lines.len()];
        let page_lines = Lines {
            lines: &lines,
            cut: &cut,
            rows: &rows,
            taken: &none,
        };
        let top = |k| match (page_lines.top(k), page_lines.opens_wrapped(k)) {
            (false, _) => Top::Below,
            (true, false) => Top::First,
            (true, true) => Top::Wrapped,
        };
        (0..lines.len()).map(top).collect()
    };
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
        if inside.len() < 3 {
            continue;
        }
        let found = [false, true].iter().find_map(|empty| {
            let around = Around {
                rules: &rules,
                page: page.number,
                frame: Some((top, bottom)),
                blanks: &page.blanks,
                before: if grids.is_empty() { before } else { None },
                top: tops[inside[0]],
                empty: *empty,
            };
            build(&inside, &lines, &cut, &around)
        });
        if let Some(g) = found {
            inside.iter().for_each(|&i| taken[i] = true);
            grids.push(g);
        }
    }
    for pass in [Pass::GoesOn, Pass::Rows, Pass::Empty] {
        let page_lines = Lines {
            lines: &lines,
            cut: &cut,
            rows: &rows,
            taken: &taken,
        };
        let first = before.filter(|_| grids.is_empty());
        let regions = match pass {
            Pass::GoesOn => first.and_then(|b| continuation(&page_lines, b)).into_iter().collect(),
            Pass::Rows => page_lines.unframed(first.is_some()),
            Pass::Empty => page_lines.empty(),
        };
        let empty = pass == Pass::Empty;
        for region in regions {
            let around = Around {
                rules: &[],
                page: page.number,
                frame: None,
                blanks: &page.blanks,
                before: if grids.is_empty() { before } else { None },
                top: tops[region[0]],
                empty,
            };
            if let Some(g) = build(&region, &lines, &cut, &around) {
                region.iter().for_each(|&i| taken[i] = true);
                grids.push(g);
            }
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
pub(super) fn filled(line: &Line, x0: f32, x1: f32, blanks: &[Rect]) -> bool {
    let width: f32 = blanks
        .iter()
        .filter(|b| b.y0 < line.rect.mid_y() && b.y1 > line.rect.mid_y())
        .map(|b| (b.x1.min(x1) - b.x0.max(x0)).max(0.0))
        .sum();
    width > 0.7 * (x1 - x0)
}

/// A row of a table: at least three pieces, one of them a number with a decimal point, or three of them nothing. Nothings stand far
/// apart: running text may count to zero three times in a line.
fn is_row(line: &Line, segments: &[Segment]) -> bool {
    let text = |s: &Segment| &line.text[s.start..s.end];
    let nothings = || {
        let apart = line.cut(|_, _| GAP);
        apart.len() >= 4 && apart.iter().filter(|s| text(s) == "0" || is_dash(text(s))).count() >= 3
    };
    let decimal = |s: &Segment| is_numeric(text(s)) && text(s).contains(['.', '．']);
    segments.len() >= 3 && (segments.iter().any(decimal) || nothings())
}

/// A column: where its text stands.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub x0: f32,
    pub x1: f32,
    /// Left and right end of every entry.
    pub entries: Vec<(f32, f32)>,
    /// Those of the entries that are numbers.
    pub numbers: Vec<(f32, f32)>,
    /// The lines that have an entry here.
    pub rows: Vec<usize>,
}

impl Column {
    /// A column without entries.
    pub fn new(x0: f32, x1: f32) -> Self {
        Self {
            x0,
            x1,
            entries: Vec::new(),
            numbers: Vec::new(),
            rows: Vec::new(),
        }
    }

    pub fn middle(&self) -> f32 {
        (self.x0 + self.x1) / 2.0
    }

    fn add(&mut self, s: &Segment, text: &str, row: usize) {
        self.x0 = self.x0.min(s.x0);
        self.x1 = self.x1.max(s.x1);
        self.entries.push((s.x0, s.x1));
        if (is_numeric(text) && text.contains(['.', '．'])) || is_dash(text) {
            self.numbers.push((s.x0, s.x1));
        }
        self.rows.push(row);
    }

    /// Takes over what stands in another column.
    pub fn absorb(&mut self, other: Column) {
        self.x0 = self.x0.min(other.x0);
        self.x1 = self.x1.max(other.x1);
        self.entries.extend(other.entries);
        self.numbers.extend(other.numbers);
        self.rows.extend(other.rows);
    }
}

/// What is looked for outside frames, one after the other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pass {
    /// The rest of the table before.
    GoesOn,
    /// Rows with numbers.
    Rows,
    /// Heads and one name.
    Empty,
}

/// Where a line stands on its page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Top {
    /// Below other lines.
    Below,
    /// Nothing but running heads stands above.
    First,
    /// The same, and it is the first half of a wrapped name.
    Wrapped,
}

/// What a table stands in.
struct Around<'a> {
    rules: &'a [Ruling],
    page: u32,
    /// Top and bottom line.
    frame: Option<(f32, f32)>,
    /// Printed blanks.
    blanks: &'a [Rect],
    /// The table before.
    before: Option<&'a Grid>,
    /// Where its first line stands.
    top: Top,
    /// No row holds a number: the last line is the only row.
    empty: bool,
}

/// Heads stand in so many rows at most.
const MOST_HEAD_ROWS: usize = 8;

/// How many of these lines are the heads of the table before.
fn repeated(members: &[usize], lines: &[Line], cut: &[Vec<Segment>], before: &Grid) -> usize {
    let heads = || {
        before
            .cells
            .iter()
            .filter(|c| c.row < MOST_HEAD_ROWS)
            .flat_map(|c| &c.lines)
    };
    // Heads that stand close to each other are one piece before the edges part them.
    let again = |i: &usize| {
        let text = |s: &Segment| &lines[*i].text[s.start..s.end];
        let head = |word: &str| !is_numeric(word) && heads().any(|l| l.text.split(' ').any(|w| w == word));
        cut[*i].iter().all(|s| text(s).split(' ').all(head))
    };
    members.iter().take_while(|i| again(i)).count()
}

/// The columns over which a head stood on the page before.
fn same_span(head: &heads::Head, before: &Grid) -> (usize, usize) {
    let x = head.rect.mid_x();
    let same = |c: &&Cell| {
        let text = |l: &Line| l.text == head.lines[0].text;
        c.row < MOST_HEAD_ROWS && c.rect.x0 < x && c.rect.x1 > x && c.lines.iter().any(text)
    };
    let found = before.cells.iter().find(same).map(|c| (c.col, c.col + c.col_span - 1));
    found.unwrap_or_else(|| {
        let at = before
            .xs
            .partition_point(|e| *e <= x)
            .saturating_sub(1)
            .min(before.cols - 1);
        (at, at)
    })
}

/// Whether the first line of a page is one of the heads of the table before, or a row: a title is neither.
fn begins_again(first: usize, lines: &[Line], cut: &[Vec<Segment>], before: &Grid) -> bool {
    let number = |s: &Segment| is_numeric(&lines[first].text[s.start..s.end]);
    cut[first].iter().any(number) || repeated(&[first], lines, cut, before) == 1 || is_name(first, lines, cut, before)
}

/// Whether a line is a name without a number: it begins where names of the table before begin, and a row follows.
fn is_name(line: usize, lines: &[Line], cut: &[Vec<Segment>], before: &Grid) -> bool {
    let [own] = cut[line].as_slice() else { return false };
    let row = lines.get(line + 1).is_some_and(|l| {
        let step = l.baseline - lines[line].baseline;
        is_row(l, &cut[line + 1]) && step < 2.0 * l.size
    });
    let names = || {
        before
            .cells
            .iter()
            .filter(|c| c.row >= MOST_HEAD_ROWS)
            .flat_map(|c| &c.lines)
    };
    let begins = |l: &Line| (l.rect.x0 - own.x0).abs() < SLACK && !is_numeric(&l.text);
    row && names().any(begins)
}

/// The lines at the top of a page that stand in the columns of the table before.
fn continuation(page: &Lines<'_>, before: &Grid) -> Option<Vec<usize>> {
    let edges = Edges::of(before);
    (0..page.lines.len())
        .filter(|k| page.top(*k))
        .filter(|k| page.opens_wrapped(*k) || begins_again(*k, page.lines, page.cut, before))
        .find_map(|k| {
            let fits = |n: &usize| {
                !page.taken[*n] && (*n == k || page.near(n - 1, *n)) && in_columns(*n, page.lines, page.cut, &edges)
            };
            let region: Vec<usize> = (k..page.lines.len()).take_while(fits).collect();
            // A row that does not stand in the columns: it is another table, or one with columns of its own.
            let next = region.last()? + 1;
            if next < page.lines.len() && page.rows[next] && page.near(next - 1, next) {
                return None;
            }
            let body = repeated(&region, page.lines, page.cut, before);
            columns_before(&region[body..], page.lines, page.cut, &edges)?;
            Some(region)
        })
}

/// The edges of the columns of a table.
struct Edges<'g> {
    xs: &'g [f32],
    /// Whether no row of the table has something on both sides of an edge: a name may reach over it.
    loose: Vec<bool>,
}

impl<'g> Edges<'g> {
    fn of(grid: &'g Grid) -> Self {
        let filled = |row: usize, col: usize| {
            let id = grid.cell_id(row, col)?;
            (!grid.cells[id].lines.is_empty()).then_some(id)
        };
        let loose = |x: usize| {
            let both = |r: usize| match (x.checked_sub(1).and_then(|c| filled(r, c)), filled(r, x)) {
                (Some(a), Some(b)) => a != b,
                _ => false,
            };
            x > 0 && x < grid.cols && !(0..grid.rows).any(both)
        };
        Self {
            xs: &grid.xs,
            loose: (0..grid.xs.len()).map(loose).collect(),
        }
    }
}

/// Whether every piece of a line stands within one of these columns. The name of a sum, which has no code, may reach over two that
/// the line leaves free, and any name over an edge that parts nothing.
fn in_columns(line: usize, lines: &[Line], cut: &[Vec<Segment>], columns: &Edges<'_>) -> bool {
    let edges = columns.xs;
    let text = |s: &Segment| &lines[line].text[s.start..s.end];
    let code = |s: &Segment| text(s).len() >= 3 && text(s).bytes().all(|b| b.is_ascii_digit());
    let mut free = 0;
    cut[line].iter().enumerate().all(|(n, s)| {
        let reaches = |w: &[f32]| s.x0 < w[1] - SLACK && s.x1 > w[0] + SLACK;
        let Some(first) = edges.windows(2).position(reaches) else {
            return false;
        };
        let count = edges.windows(2).filter(|w| reaches(w)).count();
        let sum = !is_numeric(text(s)) && (n == 0 || !code(&cut[line][n - 1]) || columns.loose[first + 1]);
        let inside = s.x0 > edges[0] - SLACK && s.x1 < edges[edges.len() - 1] + SLACK;
        let fits = inside && first >= free && count <= 1 + usize::from(sum);
        free = first + count;
        fits
    })
}

/// Text may reach over the edge of its column by this many points.
const SLACK: f32 = 1.0;

/// The columns of the page before, if these rows stand in them.
fn columns_before(body: &[usize], lines: &[Line], cut: &[Vec<Segment>], edges: &Edges<'_>) -> Option<Vec<Column>> {
    let several = body.iter().any(|&i| cut[i].len() >= 3);
    if !several || !body.iter().all(|i| in_columns(*i, lines, cut, edges)) {
        return None;
    }
    let mut columns: Vec<Column> = edges.xs.windows(2).map(|w| Column::new(w[0], w[1])).collect();
    for &i in body {
        for s in &cut[i] {
            let within = |c: &&mut Column| s.x0 > c.x0 - SLACK && s.x1 < c.x1 + SLACK;
            if let Some(c) = columns.iter_mut().find(within) {
                c.rows.push(i);
            }
        }
    }
    Some(columns)
}

fn build(members: &[usize], lines: &[Line], cut: &[Vec<Segment>], around: &Around<'_>) -> Option<Grid> {
    let Around {
        rules,
        page,
        frame,
        blanks,
        before,
        top,
        empty,
    } = *around;
    // Between lines a row may hold whole numbers only; without lines that is too little to tell it from other text.
    let zeros = |i: usize| {
        let text = |s: &Segment| &lines[i].text[s.start..s.end];
        let whole = || {
            cut[i].len() >= 3
                && cut[i].last().is_some_and(|s| is_numeric(text(s)) || is_dash(text(s)))
                && !counts_columns(&lines[i], &cut[i])
        };
        // A long number in front is a code.
        let coded = || {
            cut[i].len() >= 2
                && cut[i]
                    .first()
                    .is_some_and(|s| text(s).len() >= 3 && text(s).bytes().all(|b| b.is_ascii_digit()))
        };
        frame.is_some() && (whole() || coded())
    };
    // Column numbers stand directly above the rows; the same words twice may be heads.
    let is_body = |n: usize| {
        let i = members[n];
        let next = members.get(n + 1);
        let wrapped = || {
            members[..n]
                .iter()
                .any(|&h| heads::second_line(&lines[h], &cut[h], &lines[i], &cut[i]))
        };
        is_row(&lines[i], &cut[i])
            || zeros(i)
            || (counts_columns(&lines[i], &cut[i])
                && next.is_some_and(|&j| zeros(j) || is_row(&lines[j], &cut[j]))
                && !wrapped())
    };
    let first_row = if empty {
        first_empty(members, lines, cut, rules)?
    } else {
        first_label(members, (0..members.len()).find(|n| is_body(*n))?, lines, cut, rules)
    };
    // A table goes on at the top of a page, below its heads or without them.
    let top = before.filter(|b| match top {
        Top::Below => false,
        Top::First => begins_again(members[0], lines, cut, b),
        Top::Wrapped => true,
    });
    let first_row = top.map_or(first_row, |b| repeated(members, lines, cut, b));
    let (head, body) = members.split_at(first_row);
    let goes_on = before
        .filter(|_| head.is_empty() || top.is_some())
        .and_then(|b| Some((columns_before(body, lines, cut, &Edges::of(b))?, &b.xs)));
    // One or two narrow rows without a head are the rest of the table before, or nothing.
    let numbers = || body.iter().filter(|&&i| is_row(&lines[i], &cut[i]));
    let few = numbers().count() < 3 && !numbers().all(|&i| lines[i].cut(|_, _| GAP).len() >= 4);
    if frame.is_none() && !empty && head.is_empty() && few && goes_on.is_none() {
        return None;
    }
    let mut columns = body_columns(body, lines, cut);
    counted(&mut columns, body, lines, cut);
    let ends = rules.first().map(|r| (r.start, r.end));
    let size = lines[members[0]].size;
    let shown: Vec<Edge> = match &goes_on {
        Some((_, edges)) => edges.iter().map(|x| Edge { x: *x, lo: *x, hi: *x }).collect(),
        None => Body {
            columns: if empty { &[] } else { &columns },
            frame: ends,
            size,
        }
        .edges(&[], &[]),
    };
    let mut heads = heads::heads(head, (lines, blanks), cut, rules, &shown);
    if empty {
        columns = heads::lowest(&heads);
    }
    let (found, edges) = match (goes_on, before) {
        // The heads are repeated over the columns that the page before has.
        (Some((c, edges)), Some(b)) => {
            for h in &mut heads {
                h.span = same_span(h, b);
            }
            columns = c;
            (None, Some(edges.to_vec()))
        }
        _ => (heads::over_columns(&mut heads, &mut columns, ends), None),
    };
    if columns.len() < 3 {
        return None;
    }
    // Edges where the heads and the body show them, else in the middle of the gaps.
    let mut xs = vec![columns[0].x0 - 2.0];
    xs.extend(columns.windows(2).enumerate().map(|(k, w)| {
        let sure = found.as_ref().and_then(|e| e.get(k + 1)).filter(|e| e.sure());
        let between = |x: f32| x >= w[0].x1 - 0.5 && x <= w[1].x0 + 0.5;
        sure.map(|e| e.x)
            .filter(|x| between(*x))
            .unwrap_or((w[0].x1 + w[1].x0) / 2.0)
    }));
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
        let text = |s: &Segment| &lines[i].text[s.start..s.end];
        m.set_numeric(cut[i].iter().any(|s| is_numeric(text(s)) || is_dash(text(s))));
    }
    let y0 = frame.map_or_else(|| lines[members[0]].rect.y0 - 1.0, |f| f.0);
    let y1 = frame.map_or_else(|| lines[members[members.len() - 1]].rect.y1 + 1.0, |f| f.1);
    let mut cuts: Vec<f32> = levels.windows(2).map(|w| (w[0] + w[1]) / 2.0).collect();
    if !levels.is_empty() {
        let under = heads.iter().map(|h| h.rect.y1).fold(f32::NEG_INFINITY, f32::max);
        let over = body.first().map_or(y1, |i| lines[*i].rect.y0);
        cuts.push((under + over) / 2.0);
    }
    cuts.extend(bands(&mut marks));
    // Below the column numbers of an empty table stands a row without a word.
    let border = long_rules(rules).get(1).filter(|_| empty).map(|r| r.at);
    cuts.extend(border.filter(|b| body.last().is_some_and(|i| lines[*i].rect.mid_y() < *b)));
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

/// The first row of a body, where `first` is its first row with numbers: names without numbers may stand above, and the first half of
/// a wrapped name.
fn first_label(members: &[usize], first: usize, lines: &[Line], cut: &[Vec<Segment>], rules: &[Ruling]) -> usize {
    let line = |n: usize| &lines[members[n]];
    let pieces = |n: usize| &cut[members[n]];
    let step = |a: usize, b: usize| line(b).baseline - line(a).baseline;
    let mut first = first;
    let long = long_rules(rules);
    // Between the lowest long line above that row and the row itself stand no heads.
    let above = long
        .iter()
        .skip(1)
        .filter(|r| r.at < line(first).rect.mid_y())
        .map(|r| r.at);
    if let Some(border) = above.max_by(f32::total_cmp) {
        let start = (0..first).find(|n| line(*n).rect.mid_y() > border).unwrap_or(first);
        let number = |n: usize| {
            let text = |s: &Segment| &line(n).text[s.start..s.end];
            pieces(n).iter().any(|s| is_numeric(text(s)) || is_dash(text(s)))
        };
        if (start..first).all(|n| pieces(n).len() <= 2 || number(n)) {
            first = start;
        }
    }
    let numbers: Vec<usize> = (first..members.len())
        .filter(|n| is_row(line(*n), pieces(*n)))
        .collect();
    let steps = numbers.windows(2).map(|w| step(w[0], w[1]));
    let Some(pitch) = steps.filter(|s| *s > 1.0).min_by(f32::total_cmp) else {
        return first;
    };
    let ends: Vec<(f32, f32)> = members
        .iter()
        .flat_map(|i| cut[*i].iter().map(|s| (s.x0, s.x1)))
        .collect();
    if first > 0 && first + 1 < members.len() {
        let (up, down) = (step(first - 1, first), step(first, first + 1));
        let half = (up - down).abs() < 0.2 * line(first).size && up + down < pitch;
        if half && sits_with_rows(line(first - 1), pieces(first - 1), &ends) {
            first -= 1;
        }
    }
    let goes = |n: &usize| {
        // Three lines: the second one parts the heads from the rows.
        let ruled = |r: &Ruling| r.at > line(*n).rect.mid_y() && r.at < line(n + 1).rect.mid_y();
        !(long.len() == 3 && long.iter().any(ruled))
            && goes_with_rows(line(*n), pieces(*n), step(*n, n + 1), pitch, &ends)
    };
    first - (0..first).rev().take_while(goes).count()
}

/// The lines of a frame that run over its whole width, from the top.
fn long_rules(rules: &[Ruling]) -> Vec<Ruling> {
    let width = rules.first().map_or(0.0, |r| r.end - r.start);
    let mut out: Vec<Ruling> = rules
        .iter()
        .filter(|r| r.end - r.start > 0.9 * width)
        .copied()
        .collect();
    out.sort_by(|a, b| a.at.total_cmp(&b.at));
    out
}

/// The first row of a table without a number: below the second line of its frame, or the last line. Its column numbers belong to it.
fn first_empty(members: &[usize], lines: &[Line], cut: &[Vec<Segment>], rules: &[Ruling]) -> Option<usize> {
    let Some(border) = long_rules(rules).get(1).map(|r| r.at) else {
        let last = members.len().checked_sub(1)?;
        let numbers = last > 0 && counts_columns(&lines[members[last - 1]], &cut[members[last - 1]]);
        return Some(last - usize::from(numbers));
    };
    let text = |i: usize, s: &Segment| lines[i].text[s.start..s.end].to_string();
    let mut first = members.partition_point(|i| lines[*i].rect.mid_y() < border);
    let names = members[first..]
        .iter()
        .all(|i| cut[*i].len() < 2 && !cut[*i].iter().any(|s| is_numeric(&text(*i, s))));
    if first > 0 && counts_columns(&lines[members[first - 1]], &cut[members[first - 1]]) {
        first -= 1;
    }
    let heads = members[..first].iter().map(|i| cut[*i].len());
    (names && heads.sum::<usize>() >= 4).then_some(first)
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
    let label = |t: &str| t.chars().count() >= 2 && !is_numeric(t) && !is_dash(t);
    let label_only = texts.len() >= 2 && label(texts[0]) && texts.iter().all(|t| *t == texts[0]);
    label_only || (numbers.len() >= 2 && numbers.windows(2).all(|w| w[1] == w[0] + 1))
}

/// A sign where a number stands in other rows. Brackets and full stops are the end of a wrapped name.
pub(super) fn is_dash(text: &str) -> bool {
    const MARKS: &str = "()[]{}（）［］【】《》〈〉〔〕“”‘’\"'、，。；：,.;:";
    text.chars().count() <= 2 && !text.chars().any(|c| c.is_alphanumeric() || MARKS.contains(c))
}

/// Columns from the body: the rows with the most pieces first.
fn body_columns(body: &[usize], lines: &[Line], cut: &[Vec<Segment>]) -> Vec<Column> {
    let mut body: Vec<usize> = body
        .iter()
        .copied()
        .filter(|&i| !counts_columns(&lines[i], &cut[i]))
        .collect();
    body.sort_by_key(|&i| std::cmp::Reverse(cut[i].len()));
    let text = |i: usize, s: &Segment| &lines[i].text[s.start..s.end];
    let mut columns: Vec<Column> = Vec::new();
    for &i in &body {
        for s in &cut[i] {
            let hit: Vec<usize> = (0..columns.len())
                .filter(|&k| s.x0 < columns[k].x1 + 0.5 && s.x1 > columns[k].x0 - 0.5)
                .collect();
            match hit.as_slice() {
                [] => {
                    let at = columns.partition_point(|c| c.x0 < s.x0);
                    columns.insert(at, Column::new(s.x0, s.x1));
                    columns[at].add(s, text(i, s), i);
                }
                // A sum may have its name in the place of a number.
                [k] if columns[*k].numbers.len() >= 3 && text(i, s).contains(char::is_alphabetic) => {}
                [k] => columns[*k].add(s, text(i, s), i),
                _ => {}
            }
        }
    }
    columns
}

/// The fewest numbers of columns of which each is a column.
const COUNTED: usize = 5;

/// A row that counts the columns (1, 2, 3 …) shows also those in which no row holds anything.
fn counted(columns: &mut Vec<Column>, body: &[usize], lines: &[Line], cut: &[Vec<Segment>]) {
    let text = |i: usize, s: &Segment| &lines[i].text[s.start..s.end];
    let number = |i: usize, s: &Segment| text(i, s).parse::<usize>().ok();
    let counts = |i: &&usize| {
        let numbers: Vec<usize> = cut[**i].iter().filter_map(|s| number(**i, s)).collect();
        numbers.len() >= COUNTED && (1..).zip(&numbers).all(|(n, k)| n == *k)
    };
    let Some(&i) = body.iter().find(counts) else { return };
    for s in cut[i].iter().filter(|s| number(i, s).is_some()) {
        let hit: Vec<usize> = (0..columns.len())
            .filter(|k| s.x0 < columns[*k].x1 + 0.5 && s.x1 > columns[*k].x0 - 0.5)
            .collect();
        match hit.as_slice() {
            [] => {
                let at = columns.partition_point(|c| c.x0 < s.x0);
                let mut fresh = Column::new(s.x0, s.x1);
                fresh.rows.push(i);
                columns.insert(at, fresh);
            }
            [k] => columns[*k].rows.push(i),
            _ => {}
        }
    }
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
