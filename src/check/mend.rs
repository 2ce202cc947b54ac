//! Amounts that were read from a picture and contradict each other: where exactly one set of other readings of their digits makes every
//! identity through them hold, it is the reading. Comes in: the facts and what else the recogniser saw in them. Goes out: the facts with
//! what was taken, and a diagnostic for each that names both readings. Refuses wherever two sets would do, or where a single identity
//! would be the only witness.

use super::evaluate::Evaluator;
use super::figures::{Figure, Figures};
use super::suspects::Board;
use crate::diag::{Code, Diagnostic, Severity};
use crate::grammar::Grammar;
use crate::grammar::equation::Relation;
use crate::record::Extract;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// Another reading of an amount.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// As it would be printed.
    pub printed: String,
    /// In yuan.
    pub amount: Decimal,
}

/// What became of amounts that contradict each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mended {
    /// Amounts that were taken in another reading.
    pub taken: usize,
    /// Groups of failing identities with readings that could mend them, of which none was the only one.
    pub undecided: usize,
}

/// Readings of one group above which pairs of them are not tried.
const PAIRS: usize = 600;
/// Identities that a changed amount must stand in.
const WITNESSES: usize = 2;

/// Takes other readings where they are proven. `readings` are those of a fact, by its index.
pub fn mend(
    extract: &mut Extract,
    readings: &BTreeMap<usize, Vec<Reading>>,
    g: &Grammar,
    report: &mut Vec<Diagnostic>,
) -> Mended {
    let mut out = Mended::default();
    let taken = {
        let own = Figures::new(extract, g);
        let e = Evaluator::of_document(&own, extract.document.fiscal_year, g, report);
        let board = Board::new(&own, &e.out);
        let mut taken: Vec<(usize, Reading)> = Vec::new();
        for group in groups(&board, readings) {
            match only(&board, &group, readings) {
                Choice::None => {}
                Choice::Several => out.undecided += 1,
                Choice::One(set) => taken.extend(set.into_iter().map(|(f, r)| (f, r.clone()))),
            }
        }
        taken
    };
    for (n, reading) in taken {
        let Some(f) = extract.facts.get_mut(n) else { continue };
        let message = format!(
            "the picture was read as {}; only {} makes every identity through this cell hold, and was taken",
            f.printed, reading.printed
        );
        let mut said =
            Diagnostic::new(Severity::Warning, Code::ReadByArithmetic, message, f.place).printed(f.printed.clone());
        said.form = Some(f.form.clone());
        report.push(said);
        f.printed = reading.printed;
        f.amount = Some(reading.amount);
        out.taken += 1;
    }
    out
}

/// Failing lines that share a figure with other readings.
fn groups(board: &Board<'_, '_>, readings: &BTreeMap<usize, Vec<Reading>>) -> Vec<BTreeSet<usize>> {
    let mut rest: BTreeSet<usize> = board.failing().into_iter().collect();
    let mut of: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (figure, parts) in &board.through {
        let Figure::Fact(n) = figure else { continue };
        if readings.contains_key(n) {
            parts.iter().for_each(|p| of.entry(p.line).or_default().push(*n));
        }
    }
    let mut out = Vec::new();
    while let Some(first) = rest.pop_first() {
        let (mut group, mut open) = (BTreeSet::from([first]), vec![first]);
        while let Some(line) = open.pop() {
            for n in of.get(&line).into_iter().flatten() {
                for p in board.through.get(&Figure::Fact(*n)).into_iter().flatten() {
                    if rest.remove(&p.line) {
                        group.insert(p.line);
                        open.push(p.line);
                    }
                }
            }
        }
        out.push(group);
    }
    out
}

type Set<'r> = Vec<(usize, &'r Reading)>;

enum Choice<'r> {
    None,
    One(Set<'r>),
    Several,
}

/// The only set of readings, the smallest first, after which every line of the group holds and none is broken.
fn only<'r>(board: &Board<'_, '_>, group: &BTreeSet<usize>, readings: &'r BTreeMap<usize, Vec<Reading>>) -> Choice<'r> {
    let mut all: Set<'r> = Vec::new();
    for (figure, parts) in &board.through {
        let Figure::Fact(n) = figure else { continue };
        if parts.iter().any(|p| group.contains(&p.line)) {
            all.extend(readings.get(n).into_iter().flatten().map(|r| (*n, r)));
        }
    }
    let good = |set: &Set<'_>| holds(board, group, set);
    let singles: Vec<Set<'r>> = all.iter().map(|c| vec![*c]).filter(|s| good(s)).collect();
    match singles.len() {
        0 => {}
        1 => return Choice::One(singles.into_iter().next().unwrap_or_default()),
        _ => return Choice::Several,
    }
    // More than two changed amounts are no slips of a recogniser.
    if group.len() < 2 || all.len() > PAIRS {
        return Choice::None;
    }
    let mut found: Option<Set<'r>> = None;
    for (k, a) in all.iter().enumerate() {
        for b in all[k + 1..].iter().filter(|b| b.0 != a.0) {
            let set = vec![*a, *b];
            if good(&set) && found.replace(set).is_some() {
                return Choice::Several;
            }
        }
    }
    found.map_or(Choice::None, Choice::One)
}

fn holds(board: &Board<'_, '_>, group: &BTreeSet<usize>, set: &Set<'_>) -> bool {
    let changes: Vec<(Figure, Decimal)> = set.iter().map(|(n, r)| (Figure::Fact(*n), r.amount)).collect();
    let after = board.after(&changes);
    if !group.iter().all(|l| after.contains_key(l)) || !after.iter().all(|(l, now)| board.lines[*l].holds(now)) {
        return false;
    }
    // Each changed amount has witnesses: sums in which it stands, one of them exact.
    set.iter().all(|(n, _)| {
        let mut sums: Vec<usize> = board
            .through
            .get(&Figure::Fact(*n))
            .into_iter()
            .flatten()
            .map(|p| p.line)
            .filter(|l| board.lines[*l].relation == Some(Relation::Equal))
            .collect();
        sums.sort_unstable();
        sums.dedup();
        let exact = |l: &usize| after.get(l).is_some_and(|now| now[0].is_zero());
        sums.len() >= WITNESSES && sums.iter().any(exact)
    })
}
