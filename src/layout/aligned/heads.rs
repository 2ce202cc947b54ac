//! Heads of tables without lines: which pieces of text are one head, which column a head names, and over which columns a
//! head of heads stands.

use super::super::lines::Segment;
use super::columns::Column;
use super::pieces::{Piece, Row, filled};
use super::tree::{self, Body, Edge, Head, Reading, below};
use crate::geom::Rect;
use crate::read::Ruling;

/// Lines of one head stand closer than this, in font sizes from base line to base line; rows stand farther apart.
const WRAP: f32 = 1.45;
/// Characters whose feet differ by more, in font sizes, stand in different lines.
const OFF: f32 = 0.15;
/// The characters of a word set wide stand no farther apart, in font sizes.
const WIDE: f32 = 4.0;
/// A gap inside a head is wider than this, in font sizes, where an edge of the body parts it; wider than a blank where it may.
const NARROW: f32 = 0.15;
const BLANK: f32 = 0.34;
/// Text may touch an edge by this many points.
const TOUCH: f32 = 0.5;
/// By how much a reading must be better to add a column or to make two columns one.
const BETTER: f32 = 0.5;

/// Neighbouring heads set close to each other are one piece; the edge of a column that the body shows parts them.
fn parted<'a>(piece: &Piece<'a>, edges: &[Edge], blanks: &[Rect]) -> Vec<Piece<'a>> {
    let line = piece.line;
    // Words of some length with an empty gap between them; the blank of a head is printed, and a word set wide has short parts.
    let words = || piece.text.split(' ');
    let apart = words().count() > 1 && words().all(|w| w.chars().count() >= 3);
    let mut out: Vec<Segment> = Vec::new();
    // The last character that is no blank.
    let mut before = 0;
    for (n, (at, c)) in line.text.char_indices().enumerate() {
        let Some(b) = line.boxes.get(n).filter(|_| piece.range().contains(&at) && c != ' ') else {
            continue;
        };
        let cuts = |x1: f32| {
            let between = |e: &Edge| e.sure() && e.x > x1 - TOUCH && e.x < b.x0 + TOUCH;
            let perhaps = |e: &Edge| e.hi > x1 - TOUCH && e.lo < b.x0 + TOUCH;
            let gap = b.x0 - x1;
            // A line gathers words that stand a little off each other.
            let off = line
                .boxes
                .get(before)
                .is_some_and(|p| (p.y1 - b.y1).abs() > OFF * line.size);
            gap > NARROW * line.size && edges.iter().any(between)
                || gap > BLANK * line.size
                    && (off || edges.iter().any(perhaps) || (apart && !filled(line, x1, b.x0, blanks)))
        };
        match out.last_mut() {
            Some(s) if !cuts(s.x1) => {
                s.x1 = s.x1.max(b.x1);
                s.end = at + c.len_utf8();
            }
            _ => out.push(Segment {
                x0: b.x0,
                x1: b.x1,
                start: at,
                end: at + c.len_utf8(),
            }),
        }
        before = n;
    }
    out.iter().map(|s| Piece::new(line, s)).collect()
}

/// The pieces of a line of heads: those of several heads parted, and a word set wide in one piece.
fn pieces<'a>(row: &Row<'a>, edges: &[Edge], blanks: &[Rect]) -> Vec<Piece<'a>> {
    let parts: Vec<Vec<Piece<'a>>> = row.pieces.iter().map(|p| parted(p, edges, blanks)).collect();
    // A single word set wide stays one: only words of several characters stand beside each other.
    let plain = || {
        let whole = |(s, p): (&Piece<'a>, &Vec<Piece<'a>>)| {
            if p.iter().any(Piece::is_single) {
                vec![*s]
            } else {
                p.clone()
            }
        };
        row.pieces.iter().zip(&parts).flat_map(whole).collect()
    };
    let torn = |p: &Vec<Piece<'_>>| p.len() > 1 && p.iter().any(Piece::is_single);
    if !parts.iter().any(torn) {
        return plain();
    }
    // Its characters stand in one column, those of its neighbours in others.
    let apart = |a: &Piece<'_>, b: &Piece<'_>| {
        let between = |e: &Edge| e.sure() && e.x > a.x1 - TOUCH && e.x < b.x0 + TOUCH;
        b.x0 - a.x1 > WIDE * row.line.size || edges.iter().any(between)
    };
    let mut out: Vec<Piece<'a>> = Vec::new();
    let mut open = false;
    for p in parts.iter().flatten() {
        match out.last_mut() {
            Some(o) if open && p.is_single() && !apart(o, p) => o.reach(p),
            _ => {
                out.push(*p);
                open = p.is_single();
            }
        }
    }
    if out.iter().any(Piece::is_single) { plain() } else { out }
}

/// Pieces to heads: a piece close below another, over the same place and without a line between, is its second line.
pub(super) fn heads(rows: &[&Row<'_>], blanks: &[Rect], rules: &[Ruling], edges: &[Edge]) -> Vec<Head> {
    let mut out: Vec<Head> = Vec::new();
    for row in rows {
        for p in pieces(row, edges, blanks) {
            let piece = p.alone();
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

/// Whether pieces of one line stand close below all those of another: the second half of wrapped heads.
pub(super) fn second_line(above: &Row<'_>, row: &Row<'_>) -> bool {
    // Lines gather pieces that stand a little off each other: their boxes tell more than their base lines.
    let gap = row.line.rect.y0 - above.line.rect.y1;
    let covered = |p: &Piece<'_>| above.pieces.iter().any(|o| o.x0 < p.x1 && o.x1 > p.x0);
    gap.abs() < (WRAP - 1.0) * row.line.size && row.pieces.iter().all(covered)
}

/// Brings heads and columns together. A head that no column fits adds one (no row fills it); two columns that no row fills
/// both are one where one head names them. Gives the edges of the columns.
pub(super) fn over_columns(
    heads: &mut Vec<Head>,
    columns: &mut Vec<Column>,
    frame: Option<(f32, f32)>,
) -> Option<Vec<Edge>> {
    let size = heads.first().map_or(10.0, |h| h.lines[0].size);
    let read = |c: &[Column], h: &[Head]| {
        tree::read(
            &Body {
                columns: c,
                frame,
                size,
            },
            h,
        )
    };
    let first = read(columns, heads)?;
    // The label of the row of column numbers may stand under the heads of two columns.
    let last = heads.iter().map(|h| h.rect.mid_y()).fold(f32::NEG_INFINITY, f32::max);
    let (mut feet, over): (Vec<Head>, Vec<Head>) = std::mem::take(heads)
        .into_iter()
        .partition(|h| h.rect.mid_y() > last - 3.0);
    *heads = over;
    let alone =
        read(columns, heads).filter(|(r, _)| feet.len() <= 2 && !heads.is_empty() && r.cost < first.0.cost - BETTER);
    let (mut best, mut edges): (Reading, Vec<Edge>) = match alone {
        Some(found) => found,
        None => {
            heads.append(&mut feet);
            read(columns, heads)?
        }
    };
    loop {
        let tries = added(heads, columns).into_iter().chain(joined(columns));
        let better = tries
            .filter_map(|c| read(&c, heads).map(|(r, e)| (c, r, e)))
            .min_by(|a, b| a.1.cost.total_cmp(&b.1.cost))
            .filter(|(_, r, _)| r.cost < best.cost - BETTER);
        match better {
            Some((c, r, e)) if best.cost > BETTER => {
                *columns = c;
                (best, edges) = (r, e);
            }
            _ => break,
        }
    }
    for (h, span) in heads.iter_mut().zip(&best.spans) {
        h.span = *span;
    }
    for mut f in feet {
        f.span = tree::best_span(&f, &edges);
        heads.push(f);
    }
    for h in heads.iter().filter(|h| h.span.0 == h.span.1) {
        widen(columns, h.span.0, &h.rect);
    }
    Some(edges)
}

/// The columns of a table without a number: one for each head that reaches down to the body.
pub(super) fn lowest(heads: &[Head]) -> Vec<Column> {
    let top = heads.iter().map(|h| h.rect.y0).fold(f32::INFINITY, f32::min);
    let foot = heads.iter().map(|h| h.rect.y1).fold(f32::NEG_INFINITY, f32::max);
    let reaches = |h: &&Head| {
        // It stands in the middle between the head above and the body, and so begins no higher than the highest.
        let begins = h.rect.y0 - (foot - h.rect.y1);
        let under = |o: &Head| below(&h.rect, &o.rect) && o.rect.overlap_x(&h.rect) > 0.0;
        begins > top - 0.8 * h.lines[0].size && !heads.iter().any(under)
    };
    let mut out: Vec<Column> = heads
        .iter()
        .filter(reaches)
        .map(|h| Column::new(h.rect.x0, h.rect.x1))
        .collect();
    out.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    out
}

/// The columns with one more, for each head that stands over none and has none below it.
fn added(heads: &[Head], columns: &[Column]) -> Vec<Vec<Column>> {
    let lowest = |h: &Head| {
        let under = |o: &Head| below(&h.rect, &o.rect) && o.rect.overlap_x(&h.rect) > 0.0;
        !heads.iter().any(under)
    };
    let free = |h: &Head| {
        let over = |c: &Column| h.rect.x1.min(c.x1) - h.rect.x0.max(c.x0);
        columns.iter().all(|c| over(c) < 0.25 * h.lines[0].size)
    };
    heads
        .iter()
        .filter(|h| lowest(h) && free(h))
        .map(|h| {
            let mut out = columns.to_vec();
            let at = columns.partition_point(|c| c.middle() < h.rect.mid_x());
            let left = at.checked_sub(1).map_or(f32::NEG_INFINITY, |k| columns[k].x1 + 0.2);
            let right = columns.get(at).map_or(f32::INFINITY, |c| c.x0 - 0.2);
            out.insert(at, Column::new(h.rect.x0.max(left), h.rect.x1.min(right)));
            out
        })
        .collect()
}

/// The columns with two neighbours made one, for each pair that no row fills both.
fn joined(columns: &[Column]) -> Vec<Vec<Column>> {
    (1..columns.len())
        .filter(|k| columns[k - 1].rows.iter().all(|r| !columns[*k].rows.contains(r)))
        .map(|k| {
            let mut out = columns.to_vec();
            let right = out.remove(k);
            out[k - 1].absorb(right);
            out
        })
        .collect()
}

/// A column reaches as far as its head, but never into its neighbour.
fn widen(columns: &mut [Column], k: usize, r: &Rect) {
    let left = k.checked_sub(1).map_or(f32::NEG_INFINITY, |p| columns[p].x1 + 0.2);
    let right = columns.get(k + 1).map_or(f32::INFINITY, |n| n.x0 - 0.2);
    columns[k].x0 = columns[k].x0.min(r.x0.max(left));
    columns[k].x1 = columns[k].x1.max(r.x1.min(right));
}
