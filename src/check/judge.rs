//! Two sums and the relation between them: whether it holds, is rounding, fails, or cannot be asked.

use super::evaluate::Evaluator;
use super::figures::Figure;
use super::instance::{Addend, At, Instance, Missing, Shape, Sum};
use crate::grammar::equation::Relation;
use crate::grammar::identity::{Against, Check, Identity, Operand, Term};
use crate::record::FindingOutcome;
use rust_decimal::Decimal;

fn half() -> Decimal {
    Decimal::new(5, 1)
}

impl<'f, 'e> Evaluator<'f, 'e> {
    pub(super) fn one(&self, rule: &'f Identity, check: &Check, at: At<'f, 'e>) -> Option<Instance<'f, 'e>> {
        match check {
            Check::Linear { left, relation, right } => self.linear(rule, left, *relation, right, at),
            Check::Ratio { ratio, part, whole } => self.ratio(rule, ratio, part, whole, at),
            Check::Direction { word, against } => self.direction(rule, word, against, at),
            Check::Listed { slot, form } => self.listed(rule, slot, form, at),
        }
    }

    pub(super) fn sum(&self, terms: &[Term], at: At<'f, 'e>) -> Sum {
        let mut sum = Sum::default();
        for t in terms {
            self.operand(&t.operand, t.negative, at, &mut sum);
        }
        sum
    }

    pub(super) fn linear(
        &self,
        rule: &'f Identity,
        left: &[Term],
        relation: Relation,
        right: &[Term],
        at: At<'f, 'e>,
    ) -> Option<Instance<'f, 'e>> {
        let (l, r) = (self.sum(left, at), self.sum(right, at));
        // Nothing but zeros and blanks: 0 = 0 + 0 proves nothing and contradicts nothing.
        if l.nonzero() + r.nonzero() == 0 {
            return None;
        }
        let mut out = Instance {
            rule,
            at,
            shape: Shape::Linear(relation),
            outcome: FindingOutcome::NotEvaluated,
            missing: None,
            left_value: l.printed().then(|| l.value()),
            right_value: r.printed().then(|| r.value()),
            difference: None,
            allowed: None,
            left: l,
            right: r,
            whole: Sum::default(),
        };
        let (l, r) = (&out.left, &out.right);
        let unsaid = [l, r].iter().any(|s| s.missing == Some(Missing::Text));
        if unsaid {
            return None;
        }
        if let Some(m @ Missing::Member(_)) = &r.missing {
            out.missing = Some(m.clone());
            return Some(out);
        }
        if !l.printed() || !r.printed() {
            let missing = if l.printed() {
                r.missing.clone()
            } else {
                l.missing.clone()
            };
            // A table that does not have the column or the row at all says nothing about it.
            let within = !matches!(at, At::Document(..));
            match missing {
                None => return None,
                Some(Missing::Row(item)) if within || item.is_empty() => return None,
                m => out.missing = m,
            }
            return Some(out);
        }
        if relation != Relation::Equal {
            let small = if relation == Relation::AtMost { l } else { r };
            if small.value().is_zero() {
                return None;
            }
            if l.addends
                .iter()
                .chain(&r.addends)
                .any(|a| a.amount.is_sign_negative() && !a.amount.is_zero())
            {
                out.missing = Some(Missing::Negative);
                return Some(out);
            }
        }
        let difference = l.value() - r.value();
        let allowed = self.allowed(l, r);
        let over = match relation {
            Relation::Equal => difference.abs(),
            Relation::AtMost => difference.max(Decimal::ZERO),
            Relation::AtLeast => (-difference).max(Decimal::ZERO),
        };
        out.outcome = if over.is_zero() {
            FindingOutcome::Holds
        } else if over <= allowed {
            FindingOutcome::Rounding
        } else {
            FindingOutcome::Fails
        };
        out.difference = Some(difference);
        out.allowed = Some(allowed);
        Some(out)
    }

    /// 0.5 × quantum × (n + 1) for n non-zero addends; the quantum is that of the coarsest figure. Ratios are printed
    /// truncated as often as rounded: a whole unit each.
    pub(super) fn allowed(&self, l: &Sum, r: &Sum) -> Decimal {
        let mut quantum = Decimal::ZERO;
        let mut ratios = false;
        for a in l.addends.iter().chain(&r.addends).filter(|a| !a.amount.is_zero()) {
            quantum = quantum.max(self.quantum(a));
            ratios |= matches!(a.figure, Figure::Statement(n) if !a.prior && self.own.statements[n].ratio.is_some());
        }
        let figures = r.nonzero() + l.nonzero().max(1);
        let each = if ratios { quantum } else { quantum * half() };
        each * Decimal::from(figures)
    }

    pub(super) fn quantum(&self, a: &Addend) -> Decimal {
        match (a.prior, self.prior) {
            (true, Some(p)) => p.quantum(a.figure),
            _ => self.own.quantum(a.figure),
        }
    }

    /// What rounding may have done to a sum.
    pub(super) fn slack(&self, s: &Sum) -> Decimal {
        s.addends
            .iter()
            .filter(|a| !a.amount.is_zero())
            .map(|a| self.quantum(a) * half())
            .sum()
    }

    pub(super) fn ratio(
        &self,
        rule: &'f Identity,
        ratio: &Operand,
        part: &[Term],
        whole: &[Term],
        at: At<'f, 'e>,
    ) -> Option<Instance<'f, 'e>> {
        let mut l = Sum::default();
        self.operand(ratio, false, at, &mut l);
        let (p, w) = (self.sum(part, at), self.sum(whole, at));
        let printed = l.addends.first().map(|a| a.amount.abs())?;
        if [&l, &p, &w].iter().any(|s| s.missing.is_some() || s.addends.is_empty()) {
            return None;
        }
        let unit = l.addends.first().map_or(Decimal::ZERO, |a| self.quantum(a));
        let (pv, wv) = (p.value().abs(), w.value().abs());
        let mut out = Instance {
            rule,
            at,
            shape: Shape::Ratio,
            outcome: FindingOutcome::Fails,
            missing: None,
            left_value: Some(printed),
            right_value: None,
            difference: None,
            allowed: None,
            left: l,
            right: p,
            whole: w,
        };
        if wv.is_zero() {
            // 0% of nothing is how an empty line is printed; any other rate of nothing cannot be.
            return (!printed.is_zero()).then_some(out);
        }
        let exact = pv.checked_div(wv)?;
        let (ep, ew) = (self.slack(&out.right), self.slack(&out.whole));
        let spread = (ep + exact * ew).checked_div((wv - ew).max(unit.max(Decimal::new(1, 2))))?;
        let allowed = (unit + spread).round_dp(8);
        let difference = printed - exact;
        out.right_value = Some(exact.round_dp(8));
        out.difference = Some(difference.round_dp(8));
        out.allowed = Some(allowed);
        out.outcome = if difference.abs() <= unit * half() {
            FindingOutcome::Holds
        } else if difference.abs() <= allowed {
            FindingOutcome::Rounding
        } else {
            FindingOutcome::Fails
        };
        Some(out)
    }

    /// Names that a sentence lists and whose row holds a printed zero. Half a unit may stand behind a printed zero, so this is
    /// rounding and no contradiction; what is listed with an amount gives no finding.
    pub(super) fn listed(
        &self,
        rule: &'f Identity,
        slot: &str,
        form: &str,
        at: At<'f, 'e>,
    ) -> Option<Instance<'f, 'e>> {
        let At::Sentence(s, subject) = at else { return None };
        let list = self.slot(s, subject, slot)?;
        let text = self.own.statements[list].text.as_deref()?;
        let names: Vec<String> = text
            .split(|c: char| !c.is_alphanumeric() && !"()（）".contains(c))
            .map(crate::text::key)
            .filter(|n| !n.is_empty())
            .collect();
        let mut right = Sum::default();
        for (n, f) in self.own.facts.iter().enumerate() {
            let named = f.form == form
                && f.amount.is_some_and(|a| a.is_zero())
                && f.item_name
                    .as_deref()
                    .is_some_and(|name| names.contains(&crate::text::key(name)));
            if named {
                right.addends.push(Addend {
                    negative: false,
                    figure: Figure::Fact(n),
                    prior: false,
                    amount: Decimal::ZERO,
                    word: None,
                });
            }
        }
        if right.addends.is_empty() {
            return None;
        }
        let left = Sum {
            addends: vec![Addend {
                negative: false,
                figure: Figure::Statement(list),
                prior: false,
                amount: Decimal::ZERO,
                word: None,
            }],
            ..Sum::default()
        };
        Some(Instance {
            rule,
            at,
            shape: Shape::Listed,
            outcome: FindingOutcome::Rounding,
            missing: None,
            left_value: None,
            right_value: None,
            difference: None,
            allowed: None,
            left,
            right,
            whole: Sum::default(),
        })
    }

    pub(super) fn direction(
        &self,
        rule: &'f Identity,
        word: &Operand,
        against: &Against,
        at: At<'f, 'e>,
    ) -> Option<Instance<'f, 'e>> {
        let (At::Sentence(s, subject), Operand::Slot(_, slot)) = (at, word) else {
            return None;
        };
        let words: Vec<usize> = self.own.sentences[s]
            .statements
            .clone()
            .filter(|i| self.own.statements[*i].slot == *slot && self.own.subjects[*i] == *subject)
            .collect();
        let sign = |i: usize| match self.own.statements[i].text.as_deref() {
            Some("increase") => Some(1i64),
            Some("decrease") => Some(-1),
            Some("equal") => Some(0),
            _ => None,
        };
        let first = words.first().copied()?;
        let said = sign(first)?;
        let mut right = Sum::default();
        let truth = match against {
            Against::Others => {
                let other = words.iter().skip(1).copied().find_map(|i| Some((i, sign(i)?)))?;
                right.addends.push(Addend {
                    negative: false,
                    figure: Figure::Statement(other.0),
                    prior: false,
                    amount: Decimal::from(other.1),
                    word: None,
                });
                // 减少0.00万元，与上年持平: nothing has no direction.
                let of = if slot.starts_with("budget") {
                    "budget_gap"
                } else {
                    "change"
                };
                let amount = self.slot(s, subject, of).and_then(|i| self.own.statements[i].amount);
                match amount.is_some_and(|a| a.is_zero()) {
                    true => said,
                    false => other.1,
                }
            }
            Against::Sign(t) | Against::Nonzero(t) => {
                right = self.sum(t, at);
                if right.missing.is_some() || right.addends.is_empty() {
                    return None;
                }
                let v = right.value();
                match against {
                    // 增加0.00万元 is how no change is often printed.
                    _ if v.is_zero() => said,
                    Against::Nonzero(_) if said != 0 => said,
                    _ if v.is_sign_negative() => -1,
                    _ => 1,
                }
            }
        };
        let left = Sum {
            addends: vec![Addend {
                negative: false,
                figure: Figure::Statement(first),
                prior: false,
                amount: Decimal::from(said),
                word: None,
            }],
            ..Sum::default()
        };
        Some(Instance {
            rule,
            at,
            shape: Shape::Direction,
            outcome: if said == truth {
                FindingOutcome::Holds
            } else {
                FindingOutcome::Fails
            },
            missing: None,
            left_value: None,
            right_value: None,
            difference: None,
            allowed: None,
            left,
            right,
            whole: Sum::default(),
        })
    }
}
