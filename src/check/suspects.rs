//! Who is to blame: of the figures of failing identities, the one whose change would mend most and break none. The value
//! itself is never changed. What cannot be told apart is not named.

use super::figures::{Figure, Figures, places};
use super::instance::{At, Instance, Shape};
use crate::grammar::equation::Relation;
use crate::record::FindingOutcome;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// What probably happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Nothing that has a name.
    Unknown,
    /// One digit differs.
    Digit,
    /// Two neighbouring digits changed places.
    Transposed,
    /// The decimal point is shifted.
    Shifted,
    /// 元 for 万元 or the reverse.
    Unit,
    /// The sign is wrong.
    Sign,
    /// Two columns of the row changed places.
    Swapped,
    /// The rows of the column are displaced by one.
    Displaced,
    /// The cell repeats another one of its column.
    Repeated,
    /// The word says an increase where the amounts say a decrease, or the reverse.
    Direction,
}

/// A figure in doubt.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Suspect {
    pub figure: Figure,
    /// What would satisfy the identities.
    pub value: Decimal,
    pub how: How,
    /// Failing identities that hold with it.
    pub mended: usize,
}

/// One identity. Of a sum, `now` is (left less right, 0, 0); of a ratio, (ratio, part, whole).
pub(super) struct Line {
    now: [Decimal; 3],
    allowed: Decimal,
    /// None: a ratio.
    pub(super) relation: Option<Relation>,
    instance: usize,
}

impl Line {
    pub(super) fn holds(&self, now: &[Decimal; 3]) -> bool {
        let [a, part, whole] = now;
        match self.relation {
            Some(Relation::Equal) => a.abs() <= self.allowed,
            Some(Relation::AtMost) => *a <= self.allowed,
            Some(Relation::AtLeast) => -*a <= self.allowed,
            None => part
                .abs()
                .checked_div(whole.abs())
                .is_some_and(|exact| (a.abs() - exact).abs() <= self.allowed),
        }
    }

    fn fails(&self) -> bool {
        !self.holds(&self.now)
    }
}

/// Which of the numbers of a line a figure goes into, and with which sign.
#[derive(Clone, Copy)]
pub(super) struct Part {
    pub(super) line: usize,
    slot: usize,
    factor: Decimal,
}

type Change = (Figure, Decimal);

pub(super) struct Board<'b, 'e> {
    own: &'b Figures<'e>,
    pub(super) lines: Vec<Line>,
    /// Lines of a figure.
    pub(super) through: BTreeMap<Figure, Vec<Part>>,
    values: BTreeMap<Figure, Decimal>,
}

/// What a set of changes would do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Effect {
    /// Mended less broken.
    net: i64,
    /// Mended.
    mended: i64,
}

/// A guess: what is changed together, and the effect.
struct Guess {
    changes: Vec<Change>,
    how: Option<How>,
    effect: Effect,
}

impl<'b, 'e> Board<'b, 'e> {
    pub(super) fn new(own: &'b Figures<'e>, instances: &[Instance<'_, '_>]) -> Self {
        let mut board = Board {
            own,
            lines: Vec::new(),
            through: BTreeMap::new(),
            values: BTreeMap::new(),
        };
        for (n, i) in instances.iter().enumerate() {
            if i.outcome == FindingOutcome::NotEvaluated {
                continue;
            }
            let line = board.lines.len();
            let (one, minus) = (Decimal::ONE, Decimal::NEGATIVE_ONE);
            let (line_of, sums) = match (i.shape, i.allowed) {
                (Shape::Linear(relation), Some(allowed)) => {
                    let now = [i.difference.unwrap_or_default(), Decimal::ZERO, Decimal::ZERO];
                    (
                        Line {
                            now,
                            allowed,
                            relation: Some(relation),
                            instance: n,
                        },
                        vec![(&i.left, 0, one), (&i.right, 0, minus)],
                    )
                }
                (Shape::Ratio, Some(allowed)) => {
                    let now = [i.left.value(), i.right.value(), i.whole.value()];
                    (
                        Line {
                            now,
                            allowed,
                            relation: None,
                            instance: n,
                        },
                        vec![(&i.left, 0, one), (&i.right, 1, one), (&i.whole, 2, one)],
                    )
                }
                _ => continue,
            };
            board.lines.push(line_of);
            for (sum, slot, factor) in sums {
                for a in sum.addends.iter().filter(|a| !a.prior) {
                    let factor = if a.negative { -factor } else { factor };
                    board
                        .through
                        .entry(a.figure)
                        .or_default()
                        .push(Part { line, slot, factor });
                    if let Some(v) = own.value(a.figure) {
                        board.values.insert(a.figure, v);
                    }
                }
            }
        }
        board
    }

    pub(super) fn failing(&self) -> Vec<usize> {
        (0..self.lines.len()).filter(|n| self.lines[*n].fails()).collect()
    }

    fn value(&self, f: Figure) -> Decimal {
        self.values.get(&f).copied().unwrap_or_default()
    }

    pub(super) fn after(&self, changes: &[Change]) -> BTreeMap<usize, [Decimal; 3]> {
        let mut out = BTreeMap::new();
        for (f, new) in changes {
            let by = *new - self.value(*f);
            for p in self.through.get(f).into_iter().flatten() {
                out.entry(p.line).or_insert(self.lines[p.line].now)[p.slot] += p.factor * by;
            }
        }
        out
    }

    fn effect(&self, changes: &[Change]) -> Effect {
        let (mut mended, mut broken) = (0i64, 0i64);
        for (line, now) in self.after(changes) {
            let l = &self.lines[line];
            match (l.fails(), l.holds(&now)) {
                (true, true) => mended += 1,
                (false, false) => broken += 1,
                _ => {}
            }
        }
        Effect {
            net: mended - broken,
            mended,
        }
    }

    fn apply(&mut self, changes: &[Change]) {
        for (line, now) in self.after(changes) {
            self.lines[line].now = now;
        }
        for (f, new) in changes {
            self.values.insert(*f, *new);
        }
    }

    /// Failing lines that would hold less those that would break if the sign that a word gave were the other one.
    fn turned(&self, word: usize, instances: &[Instance<'_, '_>]) -> Effect {
        let (mut mended, mut broken) = (0i64, 0i64);
        for l in &self.lines {
            let i = &instances[l.instance];
            let mut now = l.now;
            let slots = match l.relation {
                Some(_) => [(&i.left, 0, 1), (&i.right, 0, -1), (&i.whole, 0, 0)],
                None => [(&i.left, 0, 1), (&i.right, 1, 1), (&i.whole, 2, 1)],
            };
            for (sum, slot, factor) in slots {
                for a in sum.addends.iter().filter(|a| a.word == Some(word)) {
                    let by = Decimal::from(2 * if a.negative { -factor } else { factor }) * a.amount;
                    now[slot] -= by;
                }
            }
            if now != l.now {
                mended += i64::from(l.fails() && l.holds(&now));
                broken += i64::from(!l.fails() && !l.holds(&now));
            }
        }
        Effect {
            net: mended - broken,
            mended,
        }
    }

    /// Of two words that contradict each other, the one that the amounts contradict too.
    fn directions(
        &self,
        instances: &[Instance<'_, '_>],
        suspects: &mut Vec<Suspect>,
        blamed: &mut BTreeMap<usize, usize>,
    ) {
        for (n, i) in instances.iter().enumerate() {
            let pair = (i.left.addends.as_slice(), i.right.addends.as_slice());
            let ([a], [b]) = pair else { continue };
            let (Figure::Statement(x), Figure::Statement(y)) = (a.figure, b.figure) else {
                continue;
            };
            let words = [x, y].iter().all(|s| self.own.statements[*s].value_type == "direction");
            if i.outcome != FindingOutcome::Fails || i.shape != Shape::Direction || !words {
                continue;
            }
            let (first, second) = (self.turned(x, instances), self.turned(y, instances));
            let wrong = match first.net.cmp(&second.net) {
                std::cmp::Ordering::Equal => continue,
                std::cmp::Ordering::Greater => (a, first),
                std::cmp::Ordering::Less => (b, second),
            };
            blamed.insert(n, suspects.len());
            suspects.push(Suspect {
                figure: wrong.0.figure,
                value: -wrong.0.amount,
                how: How::Direction,
                mended: 1 + usize::try_from(wrong.1.mended).unwrap_or(0),
            });
        }
    }

    /// The values of a figure that would mend one of the failing lines through it.
    fn wanted(&self, f: Figure) -> Vec<Decimal> {
        let mut out: Vec<Decimal> = Vec::new();
        for p in self.through.get(&f).into_iter().flatten() {
            let l = &self.lines[p.line];
            if !l.fails() {
                continue;
            }
            let [a, part, whole] = l.now;
            // Only the printed ratio of a ratio is asked: its amounts are rounded far less.
            let v = match (l.relation, p.slot) {
                (Some(_), _) => Some(self.value(f) - a * p.factor),
                (None, 0) => {
                    let digits = places(self.own.printed(f)) + 2;
                    part.abs().checked_div(whole.abs()).map(|e| e.round_dp(digits))
                }
                _ => None,
            };
            if let Some(v) = v.filter(|v| !out.contains(v)) {
                out.push(v);
            }
        }
        out
    }

    /// How the printed figure may have come from the wanted one; looks within what rounding allows around it.
    fn how(&self, f: Figure, wanted: Decimal) -> (How, Decimal) {
        let printed = self.own.value(f).unwrap_or_default();
        if matches!(f, Figure::Statement(n) if self.own.statements[n].amount.is_none()) {
            return (How::Unknown, wanted);
        }
        let quantum = self.own.quantum(f).max(Decimal::new(1, 2));
        let slack = quantum * Decimal::from(4);
        if wanted.is_zero() || printed.is_zero() {
            return (How::Unknown, wanted);
        }
        if (printed + wanted).abs() <= slack {
            return (How::Sign, -printed);
        }
        let ten_thousand = Decimal::from(10_000);
        let near = |candidate: Decimal| (candidate - wanted).abs() <= slack;
        for v in [printed * ten_thousand, printed / ten_thousand] {
            if near(v) {
                // The printed figure may have more digits than the wanted one had.
                return (
                    How::Unit,
                    if v.abs() < quantum * Decimal::ONE_HUNDRED {
                        wanted
                    } else {
                        v
                    },
                );
            }
        }
        for power in [10, 100, 1000] {
            for v in [printed * Decimal::from(power), printed / Decimal::from(power)] {
                if near(v) {
                    return (How::Shifted, v.round_dp(2));
                }
            }
        }
        for step in [0i64, 1, -1, 2, -2, 3, -3, 4, -4] {
            let v = wanted + quantum * Decimal::from(step);
            match digits(printed, v, quantum) {
                How::Unknown => {}
                how => return (how, v),
            }
        }
        if let Figure::Fact(n) = f {
            let fact = &self.own.facts[n];
            let repeated = self.own.facts.iter().enumerate().any(|(m, o)| {
                m != n
                    && o.table == fact.table
                    && o.measure == fact.measure
                    && o.side == fact.side
                    && o.amount == fact.amount
            });
            if repeated {
                return (How::Repeated, wanted);
            }
        }
        (How::Unknown, wanted)
    }

    fn singles(&self, out: &mut Vec<Guess>) {
        let mut figures: BTreeSet<Figure> = BTreeSet::new();
        let failing: BTreeSet<usize> = self.failing().into_iter().collect();
        for (f, lines) in &self.through {
            if lines.iter().any(|p| failing.contains(&p.line)) {
                figures.insert(*f);
            }
        }
        for f in figures {
            let best = self
                .wanted(f)
                .into_iter()
                .map(|v| {
                    let changes = vec![(f, v)];
                    let effect = self.effect(&changes);
                    Guess {
                        changes,
                        how: None,
                        effect,
                    }
                })
                .max_by_key(|g| g.effect);
            out.extend(best);
        }
    }

    /// Two cells of one row that changed places.
    fn swaps(&self, out: &mut Vec<Guess>) {
        let failing: BTreeSet<usize> = self.failing().into_iter().collect();
        let bad: Vec<usize> = self
            .through
            .iter()
            .filter(|(_, lines)| lines.iter().any(|p| failing.contains(&p.line)))
            .filter_map(|(f, _)| match f {
                Figure::Fact(n) => Some(*n),
                Figure::Statement(_) => None,
            })
            .collect();
        for (n, a) in bad.iter().enumerate() {
            for b in &bad[n + 1..] {
                let (x, y) = (&self.own.facts[*a], &self.own.facts[*b]);
                if x.table != y.table || x.item != y.item || x.side != y.side || x.measure == y.measure {
                    continue;
                }
                let (p, q) = (Figure::Fact(*a), Figure::Fact(*b));
                let changes = vec![(p, self.value(q)), (q, self.value(p))];
                let effect = self.effect(&changes);
                out.push(Guess {
                    changes,
                    how: Some(How::Swapped),
                    effect,
                });
            }
        }
    }

    /// Rows of a column whose wanted values stand one row above or below.
    fn displaced(&self, instances: &[Instance<'_, '_>], out: &mut Vec<Guess>) {
        for sheet in &self.own.sheets {
            for measure in &sheet.measures {
                for side in [
                    None,
                    Some(crate::record::Side::Revenue),
                    Some(crate::record::Side::Expenditure),
                ] {
                    let column: Vec<usize> = sheet
                        .rows
                        .iter()
                        .filter(|r| r.side == side)
                        .filter_map(|r| r.cell(measure))
                        .collect();
                    if column.len() < 3 {
                        continue;
                    }
                    let wanted: Vec<Option<Decimal>> =
                        column.iter().map(|n| self.twin(Figure::Fact(*n), instances)).collect();
                    if wanted.iter().flatten().count() < 2 {
                        continue;
                    }
                    let printed = |k: usize| column.get(k).map(|n| self.value(Figure::Fact(*n)));
                    for down in [true, false] {
                        let moved = (0..column.len())
                            .filter(|k| {
                                let from = if down { k.checked_add(1) } else { k.checked_sub(1) };
                                wanted[*k].is_some_and(|w| !w.is_zero() && from.and_then(printed) == Some(w))
                            })
                            .count();
                        if moved < 2 {
                            continue;
                        }
                        let changes: Vec<Change> = column
                            .iter()
                            .zip(&wanted)
                            .filter_map(|(n, w)| Some((Figure::Fact(*n), (*w)?)))
                            .collect();
                        let effect = self.effect(&changes);
                        out.push(Guess {
                            changes,
                            how: Some(How::Displaced),
                            effect,
                        });
                    }
                }
            }
        }
    }

    /// What the same figure is elsewhere, where an identity of two figures fails.
    fn twin(&self, f: Figure, instances: &[Instance<'_, '_>]) -> Option<Decimal> {
        self.through.get(&f)?.iter().find_map(|p| {
            let l = &self.lines[p.line];
            let i = &instances[l.instance];
            let pair = i.left.addends.len() == 1 && i.right.addends.len() == 1;
            let across = matches!(i.at, At::Document(..));
            (l.relation == Some(Relation::Equal) && pair && across && l.fails())
                .then(|| self.value(f) - l.now[0] * p.factor)
        })
    }
}

/// Whether two amounts differ in one digit, or by two neighbouring digits that changed places.
fn digits(a: Decimal, b: Decimal, quantum: Decimal) -> How {
    if a.is_sign_negative() != b.is_sign_negative() {
        return How::Unknown;
    }
    let text = |v: Decimal| {
        v.checked_div(quantum)
            .map(|v| v.abs().round_dp(0).normalize().to_string())
    };
    let (Some(a), Some(b)) = (text(a), text(b)) else {
        return How::Unknown;
    };
    if a.len() != b.len() || a.len() < 2 {
        return How::Unknown;
    }
    let differ: Vec<usize> = (0..a.len()).filter(|n| a.as_bytes()[*n] != b.as_bytes()[*n]).collect();
    match differ.as_slice() {
        [_] => How::Digit,
        [x, y] if *y == x + 1 && a.as_bytes()[*x] == b.as_bytes()[*y] && a.as_bytes()[*y] == b.as_bytes()[*x] => {
            How::Transposed
        }
        _ => How::Unknown,
    }
}

/// How many figures are named at most: a document with more is not one with slips.
const NAMED: usize = 40;
/// With more failing identities than this the document as a whole was read wrong or is wrong: nobody is named.
const HOPELESS: usize = 400;

/// The figures in doubt, and for each failing instance the one that explains it.
pub(super) fn find(own: &Figures<'_>, instances: &[Instance<'_, '_>]) -> (Vec<Suspect>, BTreeMap<usize, usize>) {
    let mut suspects: Vec<Suspect> = Vec::new();
    let mut blamed = BTreeMap::new();
    if !instances.iter().any(|i| i.outcome == FindingOutcome::Fails) {
        return (suspects, blamed);
    }
    let mut board = Board::new(own, instances);
    if board.failing().len() > HOPELESS {
        return (suspects, blamed);
    }
    while suspects.len() < NAMED {
        let mut guesses = Vec::new();
        board.singles(&mut guesses);
        board.swaps(&mut guesses);
        board.displaced(instances, &mut guesses);
        let Some(best) = guesses.iter().map(|g| g.effect).max() else {
            break;
        };
        if best.net < 1 {
            break;
        }
        let mut top: Vec<&Guess> = guesses.iter().filter(|g| g.effect == best).collect();
        if top.len() > 1 {
            // Of guesses that explain as much, the one that has a name.
            let named: Vec<&Guess> = top
                .iter()
                .copied()
                .filter(|g| g.how.is_some() || board.how(g.changes[0].0, g.changes[0].1).0 != How::Unknown)
                .collect();
            if named.len() == 1 {
                top = named;
            }
        }
        let [guess] = top.as_slice() else { break };
        let changes: Vec<Change> = guess.changes.clone();
        let lines: Vec<usize> = board
            .after(&changes)
            .into_iter()
            .filter(|(l, now)| board.lines[*l].fails() && board.lines[*l].holds(now))
            .map(|(l, _)| board.lines[l].instance)
            .collect();
        let first = suspects.len();
        for (f, v) in &changes {
            let (how, value) = match guess.how {
                Some(how) => (how, *v),
                None => board.how(*f, *v),
            };
            if own.value(*f) != Some(value) {
                suspects.push(Suspect {
                    figure: *f,
                    value,
                    how,
                    mended: lines.len(),
                });
            }
        }
        for i in lines {
            let mine = (first..suspects.len()).find(|s| {
                instances[i]
                    .addends()
                    .any(|a| !a.prior && a.figure == suspects[*s].figure)
            });
            if let Some(s) = mine.or((first < suspects.len()).then_some(first)) {
                blamed.entry(i).or_insert(s);
            }
        }
        board.apply(&changes);
    }
    board.directions(instances, &mut suspects, &mut blamed);
    (suspects, blamed)
}
