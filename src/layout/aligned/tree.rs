//! Which columns a head of a table without vertical lines stands over. Comes in: the columns of the body and the heads above them.
//! Goes out: the first and last column of each head. Heads are read as a tree: each one stands in the middle of its columns
//! and fits between their edges; of all ways to part the columns among the heads, the one with the smallest sum of
//! deviations is taken. Refuses to decide what a head says.

use super::super::lines::Line;
use super::columns::Column;
use crate::geom::Rect;
use rustc_hash::FxHashMap;

/// A head: one or more lines of text.
pub(super) struct Head {
    pub rect: Rect,
    pub lines: Vec<Line>,
    /// First and last column.
    pub span: (usize, usize),
}

/// Whether `b` stands wholly below `a`. A box is a point too high where its letters have no foot.
pub(super) fn below(a: &Rect, b: &Rect) -> bool {
    b.mid_y() > a.y1 - 1.0 && b.y0 > a.mid_y()
}

/// How the entries of a column are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Set {
    Left,
    Middle,
    Right,
}

/// The edge between two columns: where it stands, and between which places it must.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub x: f32,
    pub lo: f32,
    pub hi: f32,
}

impl Edge {
    fn at(x: f32) -> Self {
        Self { x, lo: x, hi: x }
    }

    fn between(lo: f32, hi: f32) -> Self {
        let hi = hi.max(lo);
        Self {
            x: (lo + hi) / 2.0,
            lo,
            hi,
        }
    }

    /// Whether entries, heads or lines show the edge.
    pub fn sure(&self) -> bool {
        self.hi - self.lo < SURE
    }
}

/// An edge known to this many points is known.
const SURE: f32 = 1.5;
/// Text in the middle of a column stands off it by at most this.
const ROUNDING: f32 = 0.3;
/// A column that no head names, in squared font sizes.
const NAMELESS: f32 = 1.0;
/// Each further head of a single column: a head over a group is the simpler reading.
const STACKED: f32 = 0.3;
/// Two heads of one column beside each other: no table has that.
const CROWDED: f32 = 20.0;
/// Blank between text and edge where no line shows it, in font sizes.
const PADDING: f32 = 0.25;
/// The first and the last column reach at most this far beyond their entries, in font sizes.
const FAR: f32 = 6.0;
/// A head that does not begin where the one above it ends, for each font size between.
const HANGING: f32 = 0.1;
/// Beyond this many columns or heads it is a drawing, not a table.
const MOST: usize = 60;

/// Where the entries of a body stand: by column, the boxes of its numbers or, where it has none, of its texts.
pub(super) struct Body<'a> {
    pub columns: &'a [Column],
    /// The left and right end of the long lines of the frame.
    pub frame: Option<(f32, f32)>,
    /// Font size.
    pub size: f32,
}

impl Body<'_> {
    fn set(&self, k: usize) -> Option<Set> {
        let c = &self.columns[k];
        let e = if c.numbers.len() >= 2 { &c.numbers } else { &c.entries };
        let range = |of: fn(&(f32, f32)) -> f32| {
            let all = || e.iter().map(of);
            all().fold(f32::NEG_INFINITY, f32::max) - all().fold(f32::INFINITY, f32::min)
        };
        if e.len() < 2 || range(|b| b.1 - b.0) < 2.0 {
            return None;
        }
        let ranges = [
            (range(|b| b.0), Set::Left),
            (range(|b| b.0 + b.1) / 2.0, Set::Middle),
            (range(|b| b.1), Set::Right),
        ];
        let best = ranges.iter().min_by(|a, b| a.0.total_cmp(&b.0))?;
        (best.0 < 1.0).then_some(best.1)
    }

    /// How every column is set. Columns whose entries are all of one width follow the others with numbers; where nothing else
    /// tells, the heads do: numbers in the middle of their columns stand in the middle under their heads.
    fn sets(&self, heads: &[Head]) -> Vec<Option<Set>> {
        let mut sets: Vec<Option<Set>> = (0..self.columns.len()).map(|k| self.set(k)).collect();
        let with_numbers = |k: usize| !self.columns[k].numbers.is_empty();
        let count = |s: Set| {
            (0..sets.len())
                .filter(|k| with_numbers(*k) && sets[*k] == Some(s))
                .count()
        };
        let usual = [Set::Right, Set::Middle, Set::Left]
            .into_iter()
            .filter(|s| count(*s) > 0)
            .max_by_key(|s| (count(*s), *s == Set::Right));
        let usual = usual.or_else(|| {
            let mut off: Vec<f32> = (0..sets.len())
                .filter(|k| with_numbers(*k))
                .filter_map(|k| {
                    let to = |h: &Head| (h.rect.mid_x() - self.columns[k].middle()).abs();
                    heads.iter().map(to).min_by(f32::total_cmp)
                })
                .collect();
            off.sort_by(f32::total_cmp);
            let median = *off.get(off.len() / 2)?;
            Some(if median < 0.2 * self.size {
                Set::Middle
            } else {
                Set::Right
            })
        });
        for (set, c) in sets.iter_mut().zip(self.columns).filter(|(s, _)| s.is_none()) {
            *set = match (c.numbers.is_empty(), c.entries.is_empty()) {
                (false, _) => usual,
                (true, true) => Some(Set::Middle),
                (true, false) => None,
            };
        }
        sets
    }

    /// The edges of the columns, one more than columns.
    pub fn edges(&self, heads: &[Head], named: &[Option<f32>]) -> Vec<Edge> {
        let n = self.columns.len();
        if n == 0 {
            return Vec::new();
        }
        let sets = self.sets(heads);
        let ends = |k: usize| {
            let c = &self.columns[k];
            let e = if c.numbers.is_empty() { &c.entries } else { &c.numbers };
            let x0 = e.iter().map(|b| b.0).fold(f32::INFINITY, f32::min);
            let x1 = e.iter().map(|b| b.1).fold(f32::NEG_INFINITY, f32::max);
            if e.is_empty() { (c.x0, c.x1) } else { (x0, x1) }
        };
        let padding = match (self.frame, sets.last(), sets.first()) {
            (Some((_, end)), Some(Some(Set::Right)), _) => end - ends(n - 1).1,
            (Some((start, _)), _, Some(Some(Set::Left))) => ends(0).0 - start,
            _ => PADDING * self.size,
        }
        .clamp(0.0, self.size);
        let mut known: Vec<Option<f32>> = vec![None; n + 1];
        for k in 0..n {
            if sets[k] == Some(Set::Left) && known[k].is_none() {
                known[k] = Some(ends(k).0 - padding);
            }
            if sets[k] == Some(Set::Right) {
                known[k + 1] = Some(ends(k).1 + padding);
            }
        }
        if let Some((start, end)) = self.frame {
            known[0] = Some(start);
            known[n] = Some(end);
        }
        // An edge stands between the texts beside it.
        let far = FAR * self.size;
        let mut edges: Vec<Edge> = (0..=n)
            .map(|k| {
                let right = self.columns.get(k).map(|c| c.x0);
                let left = k.checked_sub(1).map(|p| self.columns[p].x1);
                let room = match (left, right) {
                    (Some(a), Some(b)) => Edge::between(a, b),
                    (None, Some(b)) => Edge::between(b - far, b),
                    (Some(a), None) => Edge::between(a, a + far),
                    (None, None) => Edge::at(0.0),
                };
                let fits = |x: f32| k == 0 || k == n || (x > room.lo - 1.0 && x < room.hi + 1.0);
                known[k].filter(|x| fits(*x)).map_or(room, Edge::at)
            })
            .collect();
        let middles: Vec<Option<f32>> = (0..n)
            .map(|k| match sets[k] {
                Some(Set::Middle) => Some((ends(k).0 + ends(k).1) / 2.0),
                _ => named.get(k).copied().flatten(),
            })
            .collect();
        mirror(&mut edges, middles);
        for (k, x) in [(0, self.columns[0].x0 - padding), (n, self.columns[n - 1].x1 + padding)] {
            let e = &mut edges[k];
            if e.hi - e.lo > self.size {
                e.x = x.clamp(e.lo, e.hi);
            }
        }
        edges
    }
}

/// What stands in the middle of a column tells from one of its edges where the other is: from the places where one can be, those of
/// its neighbours follow. A column that contradicts the others tells nothing.
fn mirror(edges: &mut [Edge], mut middles: Vec<Option<f32>>) {
    let n = middles.len();
    for _ in 0..3 {
        for k in (0..n).chain((0..n).rev()) {
            let Some(m) = middles[k] else { continue };
            let over = |e: Edge| (2.0 * m - e.hi - 2.0 * ROUNDING, 2.0 * m - e.lo + 2.0 * ROUNDING);
            let meet = |e: Edge, (lo, hi): (f32, f32)| {
                let (lo, hi) = (e.lo.max(lo), e.hi.min(hi));
                (lo <= hi).then(|| Edge::between(lo, hi))
            };
            let found = meet(edges[k + 1], over(edges[k])).zip(meet(edges[k], over(edges[k + 1])));
            match found {
                Some((right, left)) => (edges[k], edges[k + 1]) = (left, right),
                None => middles[k] = None,
            }
        }
    }
}

/// The best reading of the heads: its cost and the span of each head.
pub(super) struct Reading {
    pub cost: f32,
    pub spans: Vec<(usize, usize)>,
    /// By column, the middle of the one head that names it alone.
    named: Vec<Option<f32>>,
}

/// Reads the heads over the columns; twice, because the first reading tells more about edges that no entry shows.
pub(super) fn read(body: &Body<'_>, heads: &[Head]) -> Option<(Reading, Vec<Edge>)> {
    let n = body.columns.len();
    if n == 0 || n > MOST || heads.len() > MOST {
        return None;
    }
    let edges = body.edges(heads, &[]);
    let first = Solver::new(heads, &edges).reading();
    let sharper = body.edges(heads, &first.named);
    let second = Solver::new(heads, &sharper).reading();
    Some((second, sharper))
}

/// First and last column, and the head above them.
type Span = (usize, usize, Option<usize>);

/// Heads as bits: the first is the highest.
type Heads = u64;

/// The heads of a set, from the top.
fn each(mut set: Heads) -> impl Iterator<Item = usize> + Clone {
    std::iter::from_fn(move || {
        let first = (set != 0).then(|| set.trailing_zeros() as usize)?;
        set &= set - 1;
        Some(first)
    })
}

struct Solver<'a> {
    /// From the top.
    heads: Vec<&'a Head>,
    /// The place of each head before they were sorted.
    places: Vec<usize>,
    edges: &'a [Edge],
    /// Top of the highest and foot of the lowest head.
    height: (f32, f32),
    /// By head, those that stand wholly below it.
    below: Vec<Heads>,
    /// By edge, the heads with their middle on its right and on its left side; outer edges have all of them inside.
    right: Vec<Heads>,
    left: Vec<Heads>,
    /// Cost of columns below a head, and the last column of the first part.
    parted: FxHashMap<(Span, bool), (f32, usize)>,
    /// Cost of columns that are one part, and the head over them all.
    one: FxHashMap<Span, (f32, Option<usize>)>,
}

impl<'a> Solver<'a> {
    /// At most [`MOST`] heads: each has its bit.
    fn new(heads: &'a [Head], edges: &'a [Edge]) -> Self {
        let top = heads.iter().map(|h| h.rect.y0).fold(f32::INFINITY, f32::min);
        let foot = heads.iter().map(|h| h.rect.y1).fold(f32::NEG_INFINITY, f32::max);
        let mut places: Vec<usize> = (0..heads.len()).collect();
        places.sort_by(|p, q| heads[*p].rect.mid_y().total_cmp(&heads[*q].rect.mid_y()));
        let heads: Vec<&Head> = places.iter().map(|p| &heads[*p]).collect();
        let those = |holds: &dyn Fn(&Head) -> bool| -> Heads {
            let bit = |(k, h): (usize, &&Head)| Heads::from(holds(h)) << k;
            heads.iter().enumerate().map(bit).sum()
        };
        let last = edges.len() - 1;
        let outer = |k: usize| k == 0 || k == last;
        let side = |holds: fn(f32, f32) -> bool| -> Vec<Heads> {
            (0..=last)
                .map(|k| those(&|h| outer(k) || holds(h.rect.mid_x(), edges[k].x)))
                .collect()
        };
        Self {
            height: (top, foot),
            below: heads.iter().map(|t| those(&|h| below(&t.rect, &h.rect))).collect(),
            right: side(|middle, x| middle >= x),
            left: side(|middle, x| middle < x),
            heads,
            places,
            edges,
            parted: FxHashMap::default(),
            one: FxHashMap::default(),
        }
    }

    fn reading(mut self) -> Reading {
        let n = self.edges.len() - 1;
        let cost = self.part(0, n - 1, None, false).0;
        let mut out = Reading {
            cost,
            spans: vec![(0, 0); self.heads.len()],
            named: vec![None; n],
        };
        self.collect((0, n - 1, None), false, &mut out);
        out
    }

    /// The heads in the middle of which these columns stand, below `above`.
    fn within(&self, (a, b, above): Span) -> Heads {
        self.right[a] & self.left[b + 1] & above.map_or(Heads::MAX, |t| self.below[t])
    }

    fn off(&self, head: usize, a: usize, b: usize) -> f32 {
        off(self.heads[head], self.edges, a, b)
    }

    /// A head stands in the middle between the head above and what stands below, the body or heads. How far it is from that.
    fn hanging(&self, head: usize, above: Option<usize>, under: Heads) -> f32 {
        let h = self.heads[head];
        let next = each(under).map(|u| self.heads[u].rect.y0).min_by(f32::total_cmp);
        let begins = h.rect.y0 - (next.unwrap_or(self.height.1) - h.rect.y1);
        let ends = above.map_or(self.height.0, |t| self.heads[t].rect.y1);
        HANGING * ((begins - ends).abs() / h.lines[0].size.max(1.0)).min(4.0)
    }

    /// The least cost of parting columns among the heads below `above`; `all` when they are all the columns of that head.
    fn part(&mut self, a: usize, b: usize, above: Option<usize>, all: bool) -> (f32, usize) {
        if let Some(done) = self.parted.get(&((a, b, above), all)) {
            return *done;
        }
        let mut best = (f32::INFINITY, a);
        for k in a..=b {
            // One part over all the columns of the head above is that head once more.
            let again = if all && a < b && k == b { STACKED } else { 0.0 };
            let first = self.whole(a, k, above, best.0) + again;
            if first >= best.0 {
                continue;
            }
            let rest = if k < b {
                self.part(k + 1, b, above, false).0
            } else {
                0.0
            };
            if first + rest < best.0 {
                best = (first + rest, k);
            }
        }
        self.parted.insert(((a, b, above), all), best);
        best
    }

    /// The cost of columns as one part: a single column with its heads, or a head over several. Where the head alone costs as much as
    /// `bound`, what stands below it is not looked at.
    fn whole(&mut self, a: usize, b: usize, above: Option<usize>, bound: f32) -> f32 {
        if let Some(done) = self.one.get(&(a, b, above)) {
            return done.0;
        }
        let inside = self.within((a, b, above));
        let top = inside.trailing_zeros() as usize;
        let others = inside & inside.wrapping_sub(1);
        let result = if a == b {
            let mut cost: f32 = each(inside).map(|h| self.off(h, a, b)).sum();
            if inside.count_ones() == 1 {
                cost += self.hanging(top, above, 0);
            }
            for (upper, lower) in each(inside).zip(each(others)) {
                cost += STACKED;
                if self.below[upper] & (1 << lower) == 0 {
                    cost += CROWDED;
                }
            }
            (if inside == 0 { NAMELESS } else { cost }, None)
        } else if inside != 0 && others & !self.below[top] == 0 {
            let own = self.off(top, a, b) + self.hanging(top, above, others);
            if own >= bound {
                return own;
            }
            (own + self.part(a, b, Some(top), true).0, Some(top))
        } else {
            (f32::INFINITY, None)
        };
        self.one.insert((a, b, above), result);
        result.0
    }

    fn collect(&mut self, (a, b, above): Span, all: bool, out: &mut Reading) {
        let k = self.part(a, b, above, all).1;
        if a == k {
            let inside = self.within((a, a, above));
            for h in each(inside) {
                out.spans[self.places[h]] = (a, a);
            }
            if inside.count_ones() == 1 {
                out.named[a] = Some(self.heads[inside.trailing_zeros() as usize].rect.mid_x());
            }
        } else if let Some((_, Some(top))) = self.one.get(&(a, k, above)).copied() {
            out.spans[self.places[top]] = (a, k);
            self.collect((a, k, Some(top)), true, out);
        }
        if k < b {
            self.collect((k + 1, b, above), false, out);
        }
    }
}

/// How far a head is from standing in the middle of columns and between their edges.
fn off(h: &Head, edges: &[Edge], a: usize, b: usize) -> f32 {
    let size = h.lines[0].size.max(1.0);
    let (l, r) = (edges[a], edges[b + 1]);
    let m = h.rect.mid_x();
    let away = ((l.x + r.x) / 2.0 - m).abs() / size;
    let excess = ((l.lo + r.lo) / 2.0 - m).max(m - (l.hi + r.hi) / 2.0).max(0.0) / size;
    let over = ((l.lo - h.rect.x0).max(0.0) + (h.rect.x1 - r.hi).max(0.0)) / size;
    excess * excess + 0.05 * away.min(4.0) + 4.0 * over + if over > 0.3 { 4.0 } else { 0.0 }
}

/// The columns over which a head stands best, when it is read alone.
pub(super) fn best_span(h: &Head, edges: &[Edge]) -> (usize, usize) {
    let n = edges.len().saturating_sub(1);
    (0..n)
        .flat_map(|a| (a..n).map(move |b| (a, b)))
        .min_by(|p, q| off(h, edges, p.0, p.1).total_cmp(&off(h, edges, q.0, q.1)))
        .unwrap_or((0, 0))
}
