//! A table that goes on from the page before: which lines repeat its heads, which stand in its columns. Comes in: the rows of a page
//! and the table before. Refuses to decide where a table without one before begins.

use super::super::grid::{Cell, Grid, is_numeric};
use super::super::lines::Line;
use super::columns::Column;
use super::pieces::{Piece, Row};
use super::regions::Page;
use super::tree::Head;

/// Heads stand in so many rows at most.
const MOST_HEAD_ROWS: usize = 8;
/// Text may reach over the edge of its column by this many points.
const SLACK: f32 = 1.0;
/// A row that follows a name stands closer than this many font sizes.
const FOLLOWS: f32 = 2.0;
/// A code has at least so many digits (类).
const CODE: usize = 3;

/// How many of these lines are the heads of the table before.
pub(super) fn repeated<'r, 'a: 'r>(rows: impl IntoIterator<Item = &'r Row<'a>>, before: &Grid) -> usize {
    let heads = || {
        before
            .cells
            .iter()
            .filter(|c| c.row < MOST_HEAD_ROWS)
            .flat_map(|c| &c.lines)
    };
    // Heads that stand close to each other are one piece before the edges part them.
    let head = |word: &str| !is_numeric(word) && heads().any(|l| l.text.split(' ').any(|w| w == word));
    let again = |r: &&Row<'_>| r.pieces.iter().all(|p| p.text.split(' ').all(head));
    rows.into_iter().take_while(again).count()
}

/// The columns over which a head stood on the page before.
pub(super) fn same_span(head: &Head, before: &Grid) -> (usize, usize) {
    let x = head.rect.mid_x();
    let same = |c: &&Cell| {
        let text = |l: &Line| l.text == head.lines[0].text;
        c.row < MOST_HEAD_ROWS && c.rect.x0 < x && c.rect.x1 > x && c.lines.iter().any(text)
    };
    let found = before.cells.iter().find(same).map(|c| (c.col, c.col + c.col_span - 1));
    found.unwrap_or_else(|| {
        let right = before.xs.partition_point(|e| *e <= x);
        let at = right.saturating_sub(1).min(before.cols - 1);
        (at, at)
    })
}

/// Whether a line at the top of a page is one of the heads of the table before, or a row: a title is neither.
pub(super) fn begins_again(first: usize, page: &[Row<'_>], before: &Grid) -> bool {
    page[first].pieces.iter().any(Piece::is_number)
        || repeated([&page[first]], before) == 1
        || is_name(first, page, before)
}

/// Whether a line is a name without a number: it begins where names of the table before begin, and a row follows.
fn is_name(line: usize, page: &[Row<'_>], before: &Grid) -> bool {
    let [own] = page[line].pieces.as_slice() else {
        return false;
    };
    let row = page.get(line + 1).is_some_and(|r| {
        let step = r.line.baseline - page[line].line.baseline;
        r.figures && step < FOLLOWS * r.line.size
    });
    let mut names = before
        .cells
        .iter()
        .filter(|c| c.row >= MOST_HEAD_ROWS)
        .flat_map(|c| &c.lines);
    row && names.any(|l| (l.rect.x0 - own.x0).abs() < SLACK && !is_numeric(&l.text))
}

/// The lines at the top of a page that stand in the columns of the table before.
pub(super) fn continuation(page: &Page<'_>, before: &Grid) -> Option<Vec<usize>> {
    let edges = Edges::of(before);
    let opens = |k: &usize| page.top(*k) && (page.opens_wrapped(*k) || begins_again(*k, page.rows, before));
    (0..page.rows.len()).filter(opens).find_map(|k| {
        let fits =
            |n: &usize| !page.taken[*n] && (*n == k || page.near(n - 1, *n)) && in_columns(&page.rows[*n], &edges);
        let region: Vec<usize> = (k..page.rows.len()).take_while(fits).collect();
        // A row that does not stand in the columns: it is another table, or one with columns of its own.
        let next = region.last()? + 1;
        if next < page.rows.len() && page.rows[next].row && page.near(next - 1, next) {
            return None;
        }
        let rows: Vec<&Row<'_>> = region.iter().map(|n| &page.rows[*n]).collect();
        let body = repeated(rows.iter().copied(), before);
        columns_before(&rows[body..], &edges)?;
        Some(region)
    })
}

/// The edges of the columns of a table.
pub(super) struct Edges<'g> {
    xs: &'g [f32],
    /// Whether no row of the table has something on both sides of an edge: a name may reach over it.
    loose: Vec<bool>,
}

impl<'g> Edges<'g> {
    pub fn of(grid: &'g Grid) -> Self {
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
fn in_columns(row: &Row<'_>, columns: &Edges<'_>) -> bool {
    let edges = columns.xs;
    let code = |p: &Piece<'_>| p.text.len() >= CODE && p.text.bytes().all(|b| b.is_ascii_digit());
    let mut free = 0;
    row.pieces.iter().enumerate().all(|(n, p)| {
        let reaches = |w: &[f32]| p.x0 < w[1] - SLACK && p.x1 > w[0] + SLACK;
        let Some(first) = edges.windows(2).position(reaches) else {
            return false;
        };
        let count = edges.windows(2).filter(|w| reaches(w)).count();
        let sum = !p.is_number() && (n == 0 || !code(&row.pieces[n - 1]) || columns.loose[first + 1]);
        let inside = p.x0 > edges[0] - SLACK && p.x1 < edges[edges.len() - 1] + SLACK;
        let fits = inside && first >= free && count <= 1 + usize::from(sum);
        free = first + count;
        fits
    })
}

/// The columns of the page before, if these rows stand in them.
pub(super) fn columns_before(body: &[&Row<'_>], edges: &Edges<'_>) -> Option<Vec<Column>> {
    let several = body.iter().any(|r| r.pieces.len() >= 3);
    if !several || !body.iter().all(|r| in_columns(r, edges)) {
        return None;
    }
    let mut columns: Vec<Column> = edges.xs.windows(2).map(|w| Column::new(w[0], w[1])).collect();
    for row in body {
        for p in &row.pieces {
            let within = |c: &&mut Column| p.x0 > c.x0 - SLACK && p.x1 < c.x1 + SLACK;
            if let Some(c) = columns.iter_mut().find(within) {
                c.rows.push(row.n);
            }
        }
    }
    Some(columns)
}
