//! Heads of tables without lines: which pieces of text are one head, which column a head names, and over which columns a
//! head of heads stands.

use super::aligned::Column;
use super::lines::{Line, Segment};
use crate::geom::Rect;
use crate::read::Ruling;

/// A head: one or more lines of text.
pub(super) struct Head {
    pub rect: Rect,
    pub lines: Vec<Line>,
    /// First and last column.
    pub span: (usize, usize),
}

/// Lines of one head stand closer than this, in font sizes from base line to base line; rows stand farther apart.
const WRAP: f32 = 1.45;
/// How far the middle of a head may stand from the middle of its columns, in font sizes: text is set left, middle and right
/// in cells whose edges nobody drew.
const OFF: f32 = 2.5;

/// Pieces to heads: a piece close below another, over the same place and without a line between, is its second line.
pub(super) fn heads(members: &[usize], lines: &[Line], cut: &[Vec<Segment>], rules: &[Ruling]) -> Vec<Head> {
    let mut out: Vec<Head> = Vec::new();
    for &i in members {
        for s in &cut[i] {
            let piece = lines[i].slice(s);
            let found = out.iter_mut().find(|h| {
                let last = &h.lines[h.lines.len() - 1];
                // A line gathers pieces that stand a little off each other; their own boxes say where they stand.
                let step = piece.rect.y1 - last.rect.y1;
                let over = h.rect.overlap_x(&piece.rect);
                let ruled = rules.iter().any(|r| {
                    r.at > last.rect.mid_y()
                        && r.at < piece.rect.mid_y()
                        && r.start < piece.rect.x1
                        && r.end > piece.rect.x0
                });
                step > 0.5 * piece.size
                    && step < WRAP * piece.size.max(last.size)
                    && over > 0.3 * h.rect.width().min(piece.rect.width())
                    && !ruled
            });
            match found {
                Some(h) => {
                    h.rect = h.rect.union(&piece.rect);
                    h.lines.push(piece);
                }
                None => out.push(Head {
                    rect: piece.rect,
                    lines: vec![piece],
                    span: (0, 0),
                }),
            }
        }
    }
    out
}

/// Whether `b` stands wholly below `a`.
fn below(a: &Rect, b: &Rect) -> bool {
    b.mid_y() > a.y1 - 1.0 && b.y0 > a.mid_y()
}

/// The short rule under a head: it reaches as far as the columns of the head.
fn rule_under(h: &Head, rules: &[Ruling]) -> Option<(f32, f32)> {
    let full = rules.iter().map(|r| r.end - r.start).fold(0.0, f32::max);
    let size = h.lines[0].size;
    rules
        .iter()
        .filter(|r| {
            r.end - r.start < 0.9 * full
                && r.at > h.rect.mid_y()
                && r.at < h.rect.y1 + 1.2 * size
                && r.start <= h.rect.mid_x()
                && r.end >= h.rect.mid_x()
        })
        .min_by(|a, b| a.at.total_cmp(&b.at))
        .map(|r| (r.start, r.end))
}

/// Brings heads and columns together; a head that names a column which no row fills adds the column.
pub(super) fn over_columns(mut heads: Vec<Head>, columns: &mut Vec<Column>, rules: &[Ruling]) -> Vec<Head> {
    heads.sort_by(|a, b| a.rect.mid_x().total_cmp(&b.rect.mid_x()));
    let leaf: Vec<bool> = (0..heads.len()).map(|i| is_leaf(i, &heads, columns, rules)).collect();
    name_columns(&mut heads, &leaf, columns);
    // Heads of heads from the lowest up, in each level from the left.
    let mut order: Vec<usize> = (0..heads.len()).filter(|i| !leaf[*i]).collect();
    order.sort_by(|a, b| {
        let (p, q) = (&heads[*a].rect, &heads[*b].rect);
        q.mid_y().total_cmp(&p.mid_y()).then(p.x0.total_cmp(&q.x0))
    });
    let mut done: Vec<usize> = Vec::new();
    for i in order {
        let (mut a, mut b) = group_span(i, &heads, &leaf, columns, rules);
        // Two heads of one height never share a column: the later one gives way, from the left.
        for &j in &done {
            let level = heads[j].rect.overlap_y(&heads[i].rect) > 0.5 * heads[i].rect.height();
            let (c, d) = heads[j].span;
            if level && a <= d && b >= c {
                if heads[i].rect.mid_x() > heads[j].rect.mid_x() {
                    a = d + 1
                } else {
                    b = c.saturating_sub(1)
                }
            }
        }
        let last = columns.len().saturating_sub(1);
        heads[i].span = (a.min(last), b.max(a).min(last));
        done.push(i);
    }
    heads
}

/// A head without a head below it. One that floats over a gap between two heads below stands over both, unless it stands in
/// the middle of the height of all heads, as the name of a single column does.
fn is_leaf(i: usize, heads: &[Head], columns: &[Column], rules: &[Ruling]) -> bool {
    let h = &heads[i];
    let under: Vec<&Head> = heads.iter().filter(|o| below(&h.rect, &o.rect)).collect();
    if under.iter().any(|o| o.rect.overlap_x(&h.rect) > 0.0) {
        return false;
    }
    if let Some((x0, x1)) = rule_under(h, rules)
        && under
            .iter()
            .filter(|o| o.rect.mid_x() > x0 && o.rect.mid_x() < x1)
            .count()
            >= 2
    {
        return false;
    }
    if !is_central(h, heads) && above_the_fullest_row(h, heads) {
        return false;
    }
    let over = |c: &Column, r: &Rect| r.x0 < c.x1 && r.x1 > c.x0;
    let mut mine = columns.iter().filter(|c| over(c, &h.rect)).peekable();
    if mine.peek().is_some() {
        // Over a wide column of labels a head of heads and the head below it may both stand without touching.
        return !mine.any(|c| under.iter().any(|o| over(c, &o.rect)));
    }
    let left = under
        .iter()
        .filter(|o| o.rect.mid_x() < h.rect.mid_x())
        .max_by(|a, b| a.rect.x1.total_cmp(&b.rect.x1));
    let right = under
        .iter()
        .filter(|o| o.rect.mid_x() > h.rect.mid_x())
        .min_by(|a, b| a.rect.x0.total_cmp(&b.rect.x0));
    let (Some(l), Some(r)) = (left, right) else { return true };
    let size = h.lines[0].size;
    let between = ((l.rect.x0 + r.rect.x1) / 2.0 - h.rect.mid_x()).abs() < 2.0 * OFF * size;
    is_central(h, heads) || !between
}

/// Whether a head stands in the middle of the height of all heads, as the name of a single column does.
fn is_central(h: &Head, heads: &[Head]) -> bool {
    let top = heads.iter().map(|o| o.rect.y0).fold(f32::INFINITY, f32::min);
    let bottom = heads.iter().map(|o| o.rect.y1).fold(f32::NEG_INFINITY, f32::max);
    (h.rect.mid_y() - (top + bottom) / 2.0).abs() < 0.15 * (bottom - top)
}

/// Whether a head stands wholly above the row with the most heads and between two of that row: then it stands over some of them.
fn above_the_fullest_row(h: &Head, heads: &[Head]) -> bool {
    let row = |o: &Head| -> Vec<&Head> {
        heads
            .iter()
            .filter(|p| (p.rect.mid_y() - o.rect.mid_y()).abs() < 0.5 * o.lines[0].size)
            .collect()
    };
    let Some(fullest) = heads.iter().map(row).max_by_key(Vec::len) else {
        return false;
    };
    fullest.iter().all(|o| below(&h.rect, &o.rect))
        && fullest.iter().any(|o| o.rect.mid_x() < h.rect.mid_x())
        && fullest.iter().any(|o| o.rect.mid_x() > h.rect.mid_x())
}

/// Leaves name columns: by standing over them, else in order between those that do; what is left over adds a column.
fn name_columns(heads: &mut [Head], leaf: &[bool], columns: &mut Vec<Column>) {
    let leaves: Vec<usize> = (0..heads.len()).filter(|i| leaf[*i]).collect();
    let mut column_of: Vec<Option<usize>> = vec![None; heads.len()];
    let mut taken = vec![false; columns.len()];
    // The closest pairs first, so that a head never takes its neighbour's column.
    let mut pairs: Vec<(f32, usize, usize)> = Vec::new();
    for &i in &leaves {
        for (k, c) in columns.iter().enumerate() {
            let over = heads[i].rect.x1.min(c.x1) - heads[i].rect.x0.max(c.x0);
            if over > 0.0 {
                pairs.push((over / heads[i].rect.width().min(c.x1 - c.x0).max(1.0), i, k));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    for (_, i, k) in pairs {
        let crossing = leaves
            .iter()
            .any(|&j| column_of[j].is_some_and(|c| (j < i && c > k) || (j > i && c < k)));
        if column_of[i].is_none() && !taken[k] && !crossing {
            column_of[i] = Some(k);
            taken[k] = true;
        }
    }
    // Runs of leaves without a column, between two that have one.
    let mut at = 0;
    while at < leaves.len() {
        if column_of[leaves[at]].is_some() {
            at += 1;
            continue;
        }
        let mut end = at;
        while end < leaves.len() && column_of[leaves[end]].is_none() {
            end += 1;
        }
        let from = at
            .checked_sub(1)
            .and_then(|p| column_of[leaves[p]])
            .map_or(0, |k| k + 1);
        let to = leaves.get(end).and_then(|n| column_of[*n]).unwrap_or(columns.len());
        let free: Vec<usize> = (from..to).filter(|k| !taken[*k]).collect();
        let run = &leaves[at..end];
        for (i, k) in in_order(run, &free, heads, columns) {
            column_of[i] = Some(k);
            taken[k] = true;
        }
        at = end;
    }
    for &i in &leaves {
        if let Some(k) = column_of[i] {
            widen(columns, k, &heads[i].rect);
        }
    }
    // Heads without a column: columns without entries, unless the head stands over a column that has a name already.
    let mut added: Vec<usize> = leaves.iter().copied().filter(|i| column_of[*i].is_none()).collect();
    added.sort_by(|a, b| heads[*a].rect.x0.total_cmp(&heads[*b].rect.x0));
    for i in added {
        let r = heads[i].rect;
        let over = |c: &Column| r.x1.min(c.x1) - r.x0.max(c.x0);
        if let Some(k) = (0..columns.len()).find(|k| over(&columns[*k]) > 0.0) {
            column_of[i] = Some(k);
            continue;
        }
        let at = columns.partition_point(|c| c.x0 < r.x0);
        columns.insert(at, Column { x0: r.x0, x1: r.x1 });
        for c in column_of.iter_mut().flatten() {
            *c += usize::from(*c >= at);
        }
        column_of[i] = Some(at);
    }
    for &i in &leaves {
        let k = column_of[i].unwrap_or(0);
        heads[i].span = (k, k);
    }
}

/// Pairs heads and columns in their order with the smallest distance in sum; the larger set keeps what is left over.
fn in_order(heads_run: &[usize], free: &[usize], heads: &[Head], columns: &[Column]) -> Vec<(usize, usize)> {
    let (n, m) = (heads_run.len(), free.len());
    let count = n.min(m);
    if count == 0 {
        return Vec::new();
    }
    let cost = |i: usize, k: usize| (heads[heads_run[i]].rect.mid_x() - columns[free[k]].middle()).abs();
    // best[i][k]: smallest sum with the first i heads and the first k columns, pairing min(i, k) of them.
    let mut best = vec![vec![0.0f32; m + 1]; n + 1];
    for i in 1..=n {
        for k in 1..=m {
            let pair = best[i - 1][k - 1] + cost(i - 1, k - 1);
            let skip_head = if i > k { best[i - 1][k] } else { f32::INFINITY };
            let skip_column = if k > i { best[i][k - 1] } else { f32::INFINITY };
            best[i][k] = pair.min(skip_head).min(skip_column);
        }
    }
    let (mut i, mut k) = (n, m);
    let mut out = Vec::new();
    while i > 0 && k > 0 {
        let pair = best[i - 1][k - 1] + cost(i - 1, k - 1);
        if pair <= best[i][k] + 0.001 {
            out.push((heads_run[i - 1], free[k - 1]));
            i -= 1;
            k -= 1;
        } else if i > k {
            i -= 1;
        } else {
            k -= 1;
        }
    }
    out
}

/// A column reaches as far as its head, but never into its neighbour.
fn widen(columns: &mut [Column], k: usize, r: &Rect) {
    let left = k.checked_sub(1).map_or(f32::NEG_INFINITY, |p| columns[p].x1 + 0.2);
    let right = columns.get(k + 1).map_or(f32::INFINITY, |n| n.x0 - 0.2);
    columns[k].x0 = columns[k].x0.min(r.x0.max(left));
    columns[k].x1 = columns[k].x1.max(r.x1.min(right));
}

/// The columns of a head of heads: those under its rule, else the longest run of columns with heads below in whose middle it
/// stands, without a column of its neighbours.
fn group_span(i: usize, heads: &[Head], leaf: &[bool], columns: &[Column], rules: &[Ruling]) -> (usize, usize) {
    let h = &heads[i];
    // A rule that runs on under a neighbour says nothing about where this head ends.
    let alone = |x0: f32, x1: f32| {
        !heads.iter().enumerate().any(|(j, o)| {
            j != i && o.rect.overlap_y(&h.rect) > 0.5 * h.rect.height() && o.rect.mid_x() > x0 && o.rect.mid_x() < x1
        })
    };
    if let Some((x0, x1)) = rule_under(h, rules).filter(|(a, b)| alone(*a, *b)) {
        let under: Vec<usize> = (0..columns.len())
            .filter(|k| columns[*k].middle() > x0 && columns[*k].middle() < x1)
            .collect();
        if let (Some(a), Some(b)) = (under.first(), under.last()) {
            return (*a, *b);
        }
    }
    // The name of a single column in the middle of the height is no part of a group, though it stands lower than the group's head.
    let part =
        |j: usize| !(leaf[j] && is_central(&heads[j], heads) && heads.iter().any(|o| below(&heads[j].rect, &o.rect)));
    let named = |k: usize| {
        heads.iter().enumerate().any(|(j, o)| {
            j != i
                && part(j)
                && below(&h.rect, &o.rect)
                && (leaf[j] || o.rect.mid_y() > h.rect.mid_y())
                && o.span.0 <= k
                && k <= o.span.1
        })
    };
    // Columns of heads at the same height belong to those.
    let beside = |k: usize| {
        heads.iter().enumerate().any(|(j, o)| {
            j != i && o.rect.overlap_y(&h.rect) > 0.3 * o.rect.height().min(h.rect.height()) && {
                if leaf[j] {
                    o.span.0 <= k && k <= o.span.1
                } else {
                    o.rect.x0 < columns[k].x1 && o.rect.x1 > columns[k].x0
                }
            }
        })
    };
    let eligible: Vec<bool> = (0..columns.len()).map(|k| named(k) && !beside(k)).collect();
    let left_limit = heads
        .iter()
        .filter(|o| o.rect.overlap_y(&h.rect) > 0.0 && o.rect.x1 <= h.rect.x0)
        .map(|o| o.rect.x1)
        .fold(f32::NEG_INFINITY, f32::max);
    let right_limit = heads
        .iter()
        .filter(|o| o.rect.overlap_y(&h.rect) > 0.0 && o.rect.x0 >= h.rect.x1)
        .map(|o| o.rect.x0)
        .fold(f32::INFINITY, f32::min);
    let middle = h.rect.mid_x();
    let size = h.lines[0].size;
    let mut best: Option<(usize, f32, (usize, usize))> = None;
    for a in 0..columns.len() {
        for b in a..columns.len() {
            if !eligible[b] {
                break;
            }
            if !eligible[a] || columns[b].x1 < h.rect.x0 || columns[a].x0 > h.rect.x1 {
                continue;
            }
            if columns[a].middle() < left_limit || columns[b].middle() > right_limit {
                continue;
            }
            let off = ((columns[a].x0 + columns[b].x1) / 2.0 - middle).abs();
            let fits = off <= OFF * size;
            let better = best.is_none_or(|(n, o, _)| {
                let best_fits = o <= OFF * size;
                if best_fits { fits && b - a > n } else { fits || off < o }
            });
            if better {
                best = Some((b - a, off, (a, b)));
            }
        }
    }
    best.map_or_else(
        || {
            let over: Vec<usize> = (0..columns.len())
                .filter(|k| h.rect.x0 < columns[*k].x1 && h.rect.x1 > columns[*k].x0)
                .collect();
            match (over.first(), over.last()) {
                (Some(a), Some(b)) => (*a, *b),
                _ => {
                    let off = |k: &usize| (columns[*k].middle() - middle).abs();
                    let k = (0..columns.len()).min_by(|a, b| off(a).total_cmp(&off(b))).unwrap_or(0);
                    (k, k)
                }
            }
        },
        |(_, _, span)| span,
    )
}
