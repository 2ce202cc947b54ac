//! What a change is about, where the sentence leaves it open: `收入总计3000.12万元，其中年初结转和结余10.00万元，较2021年增加100.00万元，增长3.45%`
//! may speak of either. The rate decides: it fits one of the amounts and not the other. Comes in: the statements of one
//! paragraph. Goes out: the same, with the subject that the arithmetic leaves, and a diagnostic. Where both fit, or none, nothing changes.

use crate::diag::{Code, Diagnostic, Severity};
use crate::record::{Ground, Statement};
use rust_decimal::Decimal;
use std::ops::Range;

/// What an account says of a year as a whole.
const WHOLE: &[&str] = &["total", "final"];
/// Amounts before a change that may be what it is about.
const BEFORE: usize = 2;
/// A subject is only given up when the rate misses by this many units of its last printed digit: a scale of its own keeps slips of
/// rounding, and slips of the pen, where they were printed.
const MISSES: i64 = 20;

/// A change with its rate.
struct Change {
    /// The statements.
    at: Range<usize>,
    /// In yuan, with its sign.
    amount: Decimal,
    rate: Decimal,
    /// Half a unit of the last printed digit of the rate.
    half: Decimal,
}

impl Change {
    /// How far the rate is from what it would be for this amount, in units of half its last digit.
    fn misses(&self, whole: Decimal) -> Option<Decimal> {
        let base = whole.checked_sub(self.amount)?;
        let rate = self.amount.abs().checked_div(base)?;
        (rate.abs() - self.rate.abs()).abs().checked_div(self.half)
    }
}

/// Gives each change of one paragraph the subject that its rate fits.
pub(super) fn choose(statements: &mut [Statement], report: &mut Vec<Diagnostic>) {
    let mut from = 0;
    while let Some(change) = next(statements, from) {
        from = change.at.end;
        if let Some(other) = other(statements, &change) {
            let subject = statements[other].subject.clone();
            let (id, section) = (statements[other].sentence.clone(), statements[other].section.clone());
            let first = &statements[change.at.start];
            report.push(
                Diagnostic::new(
                    Severity::Note,
                    Code::SubjectByArithmetic,
                    format!(
                        "the sentence does not say of what this is the change; the rate fits `{}` and not `{}`: it was taken for the former",
                        subject.as_deref().unwrap_or_default(),
                        first.subject.as_deref().unwrap_or_default()
                    ),
                    first.place,
                )
                .printed(statements[change.at.clone()].iter().map(|s| s.printed.as_str()).collect::<Vec<_>>().join(" ")),
            );
            for s in &mut statements[change.at.clone()] {
                s.ground = Ground::Arithmetic;
                s.subject.clone_from(&subject);
                s.sentence.clone_from(&id);
                s.section.clone_from(&section);
            }
        }
    }
}

/// The next direction, amount and rate that stand one behind the other and share a subject.
fn next(statements: &[Statement], from: usize) -> Option<Change> {
    let own = |n: usize, slot: &str, first: usize| {
        statements.get(n).is_some_and(|s| {
            s.slot == slot && s.subject == statements[first].subject && s.section == statements[first].section
        })
    };
    (from..statements.len()).find_map(|n| {
        let down = match statements[n].text.as_deref() {
            Some("decrease") if statements[n].slot == "change_direction" => true,
            Some("increase") if statements[n].slot == "change_direction" => false,
            _ => return None,
        };
        let rate = if own(n + 2, "change_direction", n) {
            n + 3
        } else {
            n + 2
        };
        if !own(n + 1, "change", n) || !own(rate, "change_rate", n) {
            return None;
        }
        let amount = statements[n + 1].amount?.abs();
        let printed = &statements[rate].printed;
        let digits = printed
            .split_once('.')
            .map_or(0, |(_, d)| d.chars().take_while(char::is_ascii_digit).count());
        Some(Change {
            at: n..rate + 1,
            amount: if down { -amount } else { amount },
            rate: statements[rate].ratio?,
            half: Decimal::new(5, u32::try_from(digits + 3).ok()?),
        })
    })
}

/// The amount that the rate fits, when the one that it was taken for does not.
fn other(statements: &[Statement], change: &Change) -> Option<usize> {
    let subject = &statements[change.at.start].subject;
    let wholes: Vec<usize> = (0..change.at.start)
        .rev()
        .take_while(|n| statements[*n].slot != "change")
        .filter(|n| WHOLE.contains(&statements[*n].slot.as_str()))
        .take(BEFORE)
        .collect();
    let misses = |n: usize| statements[n].amount.and_then(|a| change.misses(a));
    let own = wholes.iter().find(|n| statements[**n].subject == *subject)?;
    if misses(*own).is_some_and(|m| m <= Decimal::from(MISSES)) {
        return None;
    }
    let mut fits = wholes
        .iter()
        .filter(|n| statements[**n].subject != *subject && misses(**n).is_some_and(|m| m <= Decimal::TWO));
    let one = fits.next()?;
    fits.next().is_none().then_some(*one)
}
