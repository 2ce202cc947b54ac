//! Ink to pieces of text. Comes in: ink without rulings, and the rulings. Goes out: the boxes of pieces of text, each of one line and
//! of one cell. Refuses to know characters: a piece is what stands close together.

use super::lines::{Line, root};
use super::picture::{Area, Ink};
use crate::geom::Axis;

/// More spots of ink than this are no text.
const MOST: usize = 60_000;
/// Spots of ink smaller than this in both directions are dust or points, which lie inside of pieces.
const DUST: usize = 4;
/// A gap wider than this share of the height of characters ends a piece.
const GAP: f32 = 0.75;
/// The longest piece, in heights of characters.
const LONGEST: f32 = 46.0;

/// The pieces of a page and the usual height of its characters.
pub(super) struct Pieces {
    pub em: f32,
    pub areas: Vec<Area>,
}

/// `None` when the page is all spots.
pub(super) fn pieces(ink: &Ink, lines: &[Line]) -> Option<Pieces> {
    let spots = spots(ink)?;
    let em = usual(&spots);
    let mut walls: Vec<&Line> = lines.iter().filter(|l| l.axis == Axis::Vertical).collect();
    walls.sort_by(|a, b| a.at.total_cmp(&b.at));
    let mut floors: Vec<&Line> = lines.iter().filter(|l| l.axis == Axis::Horizontal).collect();
    floors.sort_by(|a, b| a.at.total_cmp(&b.at));
    // Spots as high as two lines are characters that touch, or drawings: they join nothing.
    let high = (1.7 * em) as usize;
    let (mut joining, mut tall): (Vec<Area>, Vec<Area>) = spots.into_iter().partition(|s| s.height() <= high);
    joining.sort_by_key(|s| (s.x0, s.y0));
    let mut groups = beside(grouped(&joining, em, &walls), em, &walls);
    // What lies over lines that were found is theirs; what stands apart is a title.
    let over = |s: &Area| {
        let meets = |g: &Area| g.x0 < s.x1 && g.x1 > s.x0 && g.y0 < s.y1 && g.y1 > s.y0 && g.width() > s.width();
        groups.iter().any(meets)
    };
    // A tall stroke alone is a piece of a line that was lost.
    let stroke = |s: &Area| s.width() as f32 <= 0.25 * em;
    tall.retain(|s| s.height() as f32 <= 4.0 * em && s.width() as f32 <= 40.0 * em && !stroke(s) && !over(s));
    tall.sort_by_key(|s| (s.x0, s.y0));
    groups.extend(grouped(&tall, em, &walls));
    let groups = stacked(groups, em, &floors);
    let mut areas = Vec::new();
    for g in groups {
        cut(ink, g, em, &mut areas);
    }
    areas.sort_by_key(|a| (a.y0, a.x0));
    Some(Pieces { em, areas })
}

/// Connected ink, dust left out.
fn spots(ink: &Ink) -> Option<Vec<Area>> {
    struct Run {
        row: usize,
        from: usize,
        to: usize,
    }
    let mut runs: Vec<Run> = Vec::new();
    let mut parent: Vec<usize> = Vec::new();
    let mut above = 0..0;
    for y in 0..ink.height {
        let row = &ink.data[y * ink.width..(y + 1) * ink.width];
        let begin = runs.len();
        let mut x = 0;
        let mut k = above.start;
        while let Some(skip) = row[x..].iter().position(|v| *v != 0) {
            let from = x + skip;
            let to = from + row[from..].iter().position(|v| *v == 0).unwrap_or(row.len() - from);
            let me = runs.len();
            runs.push(Run { row: y, from, to });
            parent.push(me);
            while k < above.end && runs[k].to < from {
                k += 1;
            }
            let mut j = k;
            while j < above.end && runs[j].from <= to {
                let (a, b) = (root(&mut parent, j), root(&mut parent, me));
                parent[a.max(b)] = a.min(b);
                j += 1;
            }
            x = to;
        }
        above = begin..runs.len();
    }
    let mut slot = vec![usize::MAX; runs.len()];
    let mut out: Vec<Area> = Vec::new();
    for i in 0..runs.len() {
        let head = root(&mut parent, i);
        let r = &runs[i];
        let area = Area {
            x0: r.from,
            y0: r.row,
            x1: r.to,
            y1: r.row + 1,
        };
        if slot[head] == usize::MAX {
            slot[head] = out.len();
            out.push(area);
        } else {
            let a = &mut out[slot[head]];
            *a = a.union(&area);
        }
    }
    out.retain(|a| a.width() >= DUST || a.height() >= DUST);
    (out.len() <= MOST).then_some(out)
}

/// The usual height of a character: of the spots that are no points and no strokes the middle one.
fn usual(spots: &[Area]) -> f32 {
    let mut heights: Vec<usize> = spots
        .iter()
        .map(Area::height)
        .filter(|h| (11..=70).contains(h))
        .collect();
    heights.sort_unstable();
    // Digits and parts of ideographs are lower than an em.
    heights
        .get(heights.len() * 6 / 10)
        .map_or(24.0, |h| *h as f32)
        .clamp(14.0, 60.0)
        * 1.15
}

/// Spots beside each other on one line, with no wall between them. They come in order of their left edges.
fn grouped(spots: &[Area], em: f32, walls: &[&Line]) -> Vec<Area> {
    let mut parent: Vec<usize> = (0..spots.len()).collect();
    for (i, a) in spots.iter().enumerate() {
        // Larger characters stand further apart.
        let reach = (GAP * em.max(a.height() as f32)) as usize;
        for (j, b) in spots.iter().enumerate().skip(i + 1) {
            if b.x0 > a.x1 + reach {
                break;
            }
            let common = a.y1.min(b.y1) as i64 - a.y0.max(b.y0) as i64;
            let least = a.height().min(b.height()) as i64;
            if common * 2 < least || common <= 0 {
                continue;
            }
            if !walled(walls, a, b) {
                let (x, y) = (root(&mut parent, i), root(&mut parent, j));
                parent[x.max(y)] = x.min(y);
            }
        }
    }
    let mut slot = vec![usize::MAX; spots.len()];
    let mut out: Vec<Area> = Vec::new();
    for i in 0..spots.len() {
        let head = root(&mut parent, i);
        if slot[head] == usize::MAX {
            slot[head] = out.len();
            out.push(spots[i]);
        } else {
            let a = &mut out[slot[head]];
            *a = a.union(&spots[i]);
        }
    }
    out
}

/// What is lower than a character (a comma of a list, the stroke of a one) belongs to the text beside it that reaches over its height.
fn beside(mut groups: Vec<Area>, em: f32, walls: &[&Line]) -> Vec<Area> {
    // A page of so many pieces is no page of a table; what follows asks every pair.
    if groups.len() > 8_000 {
        return groups;
    }
    let low = |g: &Area| (g.height() as f32) < 0.6 * em;
    let reach = (GAP * em) as usize;
    // A comma joins first, then the stroke before it.
    for _ in 0..2 {
        groups.sort_by_key(|g| (low(g), g.y0, g.x0));
        let tall = groups.partition_point(|g| !low(g));
        let (mut out, rest) = (groups[..tall].to_vec(), &groups[tall..]);
        let mut left = Vec::new();
        for g in rest {
            let home = out.iter_mut().find(|o| {
                let within = o.y0 <= g.y0 + 2 && g.y1 <= o.y1 + 4;
                let near = g.x0 <= o.x1 + reach && o.x0 <= g.x1 + reach;
                let (a, b) = if g.x0 < o.x0 { (g, &**o) } else { (&**o, g) };
                within && near && !walled(walls, a, b)
            });
            match home {
                Some(o) => *o = o.union(g),
                None => left.push(*g),
            }
        }
        out.append(&mut left);
        groups = out;
    }
    groups
}

/// Whether a vertical line stands between two spots.
fn walled(walls: &[&Line], a: &Area, b: &Area) -> bool {
    let (from, to) = ((a.x0 + a.x1) as f32 / 2.0, (b.x0 + b.x1) as f32 / 2.0);
    let y = (a.y0.max(b.y0) + a.y1.min(b.y1)) as f32 / 2.0;
    let first = walls.partition_point(|w| w.at <= from);
    walls[first..]
        .iter()
        .take_while(|w| w.at < to)
        .any(|w| w.start <= y && w.end >= y)
}

/// Parts of characters above each other (the strokes of a two, dots): joined while the whole is no higher than a character.
fn stacked(mut groups: Vec<Area>, em: f32, floors: &[&Line]) -> Vec<Area> {
    groups.sort_by_key(|g| (g.y0, g.x0));
    let mut out: Vec<Area> = Vec::new();
    'next: for g in groups {
        for o in out.iter_mut().rev() {
            if (o.y0 as f32) + 3.0 * em < g.y0 as f32 {
                break;
            }
            let common = o.x1.min(g.x1) as i64 - o.x0.max(g.x0) as i64;
            let least = o.width().min(g.width()) as i64;
            let whole = o.union(&g);
            let tall = whole.height() as f32 > 1.3 * em.max(o.height().max(g.height()) as f32 * 0.8);
            let floor = floors.iter().any(|f| {
                f.at > o.y1 as f32 - 2.0 && f.at < g.y0 as f32 + 2.0 && f.start < g.x1 as f32 && f.end > g.x0 as f32
            });
            if common * 10 >= least * 6 && !tall && !floor {
                *o = whole;
                continue 'next;
            }
        }
        out.push(g);
    }
    out
}

/// A piece longer than the recogniser likes is cut at its widest gap near the middle.
fn cut(ink: &Ink, a: Area, em: f32, out: &mut Vec<Area>) {
    let longest = (LONGEST * em.max(a.height() as f32)) as usize;
    if a.width() <= longest {
        out.push(a);
        return;
    }
    let (from, to) = (a.x0 + a.width() / 3, a.x1 - a.width() / 3);
    let empty = |x: usize| (a.y0..a.y1).all(|y| ink.data[y * ink.width + x] == 0);
    let (mut best, mut run) = ((0, (from + to) / 2), 0);
    for x in from..to {
        run = if empty(x) { run + 1 } else { 0 };
        if run > best.0 {
            best = (run, x - run / 2);
        }
    }
    cut(ink, Area { x1: best.1, ..a }, em, out);
    cut(ink, Area { x0: best.1, ..a }, em, out);
}
