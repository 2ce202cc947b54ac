//! What sentences say beside their figures: why something changed, that it rose, fell or stayed without saying by how much, that there
//! was nothing, of which budget a rate is said, what a sum consists of. Comes in: the words behind the last figure. Goes out: remarks.
//! Refuses what has a word that nobody knows, and what the reader has lost.

use super::discourse::{Mode, Reader, State};
use super::figure::{is_budget, moves};
use super::subject::Subject;
use super::token::{Kind, Token, Tokens};
use super::{Remark, Told};
use crate::grammar::narrative::{Class, Side};
use std::ops::Range;

/// Words that begin a clause without changing what it says.
fn light(t: &Token<'_>) -> bool {
    matches!(
        t.kind,
        Kind::Mark | Kind::Year | Kind::Date | Kind::Body | Kind::Term(Class::Neutral | Class::Of | Class::Open)
    )
}

/// The words behind the last mark.
fn clause<'a, 't>(lead: &'a [Token<'t>]) -> &'a [Token<'t>] {
    let from = lead.iter().rposition(|x| x.punct().is_some()).map_or(0, |k| k + 1);
    &lead[from..]
}

impl Reader<'_> {
    fn remark(&self, subject: Subject, slot: &str, text: Option<&str>, range: Range<usize>, told: &mut Told) {
        if range.is_empty() {
            return;
        }
        let section = self.section_of(&subject);
        told.remarks.push(Remark {
            home: self.is_home(&section),
            section,
            subject,
            slot: slot.to_string(),
            text: text.map(str::to_string),
            range,
        });
    }

    /// A clause that ends without a figure.
    pub(super) fn clause_ends(&self, i: usize, t: &Tokens<'_>, st: &State<'_>, told: &mut Told) {
        if st.mode == Mode::Plain && !st.lost {
            self.says_direction(i, t, st, told);
            self.says_nothing(t, st, told);
        }
    }

    /// 与上年持平; 决算数大于年初预算数的主要原因是….
    fn says_direction(&self, i: usize, t: &Tokens<'_>, st: &State<'_>, told: &mut Told) {
        let words = clause(&st.lead);
        let Some(at) = words.iter().rposition(moves) else {
            return;
        };
        let d = words[at];
        let known = |x: &Token<'_>| !matches!(x.kind, Kind::Unknown | Kind::Hole | Kind::Term(Class::Negation));
        if d.is(Class::Saving) || d.id == "either" || !words.iter().all(known) {
            return;
        }
        // 比上年减少，下降5%: the next clause says it with its figure.
        let goes_on = |x: &Token<'_>| moves(x) || x.kind == Kind::Number;
        let explained = t.list[i].is(Class::Reason);
        if !explained && t.list[i + 1..].iter().find(|x| !light(x)).is_some_and(goes_on) {
            return;
        }
        let slot = match self.base(&st.lead, &State::default()).as_deref() {
            Some("prior") => "change_direction",
            Some(b) if super::slot::BUDGETS.contains(&b) => "budget_direction",
            _ => return,
        };
        let names = (0..at).rev().find(|k| {
            let x = &words[*k];
            x.names() && !x.is(Class::Use) && !(x.kind == Kind::Phrase && self.goes_on(*k, words, st))
        });
        let subject = match names {
            Some(k) if words[k].weak && words[k].kind == Kind::Phrase => return,
            Some(k) => self.resolve(&words[k], t, st),
            None => st.current.clone(),
        };
        let Some(subject) = subject else { return };
        let roughly =
            words[..at].iter().any(|x| x.is_id(Class::Neutral, "roughly")) || d.id == "equal" && self.is_rough(&d);
        let slot = if roughly {
            format!("{slot}_roughly")
        } else {
            slot.to_string()
        };
        self.remark(subject, &slot, Some(d.id), d.start..d.end, told);
    }

    /// 基本持平.
    fn is_rough(&self, d: &Token<'_>) -> bool {
        let first = d.word.char_indices().nth(2).map_or(d.word.len(), |(n, _)| n);
        self.g
            .narrative
            .whole(&d.word[..first])
            .is_some_and(|x| x.class == Class::Neutral && &*x.id == "roughly")
    }

    /// 无公务接待费支出; 公务接待费没有发生支出.
    fn says_nothing(&self, t: &Tokens<'_>, st: &State<'_>, told: &mut Told) {
        let words = clause(&st.lead);
        let Some(at) = words.iter().position(|x| x.is(Class::Negation)) else {
            return;
        };
        let (before, after) = (&words[..at], &words[at + 1..]);
        let plain = |x: &Token<'_>| {
            light(x)
                || is_budget(x)
                || x.names() && !(x.kind == Kind::Phrase && x.weak)
                || x.is_id(Class::Role, "projects")
                || matches!(x.kind, Kind::Term(Class::Predicate | Class::Final))
        };
        let own = |x: &&Token<'_>| x.is(Class::Subject) || x.kind == Kind::Phrase && x.phrase.fund.is_some();
        if words[at].id != "absent" || !after.iter().all(plain) {
            return;
        }
        let list: Vec<&Token<'_>> = match after.iter().find(own) {
            Some(_) if before.iter().all(light) => after.iter().filter(own).collect(),
            None if before.iter().all(plain) && !after.iter().any(|x| x.is(Class::Neutral)) => {
                before.iter().filter(own).collect()
            }
            _ => return,
        };
        let range = words[0].start..words[words.len() - 1].end;
        for x in list {
            let mut sides = vec![*x];
            if x.kind == Kind::Phrase && x.phrase.side.is_none_or(|s| s == Side::Both) {
                sides = [Side::Revenue, Side::Expenditure]
                    .map(|side| {
                        let mut y = *x;
                        y.phrase.side = Some(side);
                        y
                    })
                    .to_vec();
            }
            for y in sides {
                if let Some(s) = self.resolve(&y, t, st) {
                    self.remark(s, "none", None, range.clone(), told);
                }
            }
        }
    }

    /// 完成年初预算的95%: of which budget.
    pub(super) fn says_of_which_budget(&self, subject: Subject, st: &State<'_>, told: &mut Told) {
        if let Some(b) = st.lead.iter().rev().find(|x| is_budget(x)) {
            self.says_of_budget(subject, b, told);
        }
    }

    pub(super) fn says_of_budget(&self, subject: Subject, budget: &Token<'_>, told: &mut Told) {
        self.remark(
            subject,
            "completion_of",
            Some(budget.id),
            budget.start..budget.end,
            told,
        );
    }

    /// A reason that began at a token ends before another. `from`: a byte.
    pub(super) fn reason_ends(&self, to: usize, t: &Tokens<'_>, text: &str, st: &mut State<'_>, told: &mut Told) {
        let Some(subject) = st.reason_of.take() else { return };
        let mut from = t.list.get(st.why).map_or(to, |x| x.end);
        let copula =
            |x: &Token<'_>| x.punct() == Some(':') || x.is_id(Class::Predicate, "copula") || x.is(Class::Reason);
        for x in t.list.iter().skip(st.why + 1).take_while(|x| copula(x)) {
            from = x.end;
        }
        self.remark(subject, "reason", None, trim(text, from..to.max(from)), told);
    }

    /// 人员经费5万元，主要包括：基本工资、奖金: the names of its parts, where they have no figures.
    pub(super) fn lists_parts(&self, i: usize, t: &Tokens<'_>, text: &str, st: &State<'_>, told: &mut Told) {
        let Some(s) = st.current.clone().filter(|s| s.family == "purpose") else {
            return;
        };
        let said = told
            .claims
            .last()
            .is_some_and(|c| c.subject.same(&s) && c.sentence == self.sentences);
        let rest = &t.list[i + 1..];
        let end = rest
            .iter()
            .position(|x| matches!(x.punct(), Some('.' | ';')))
            .unwrap_or(rest.len());
        if !said || rest[..end].iter().any(|x| x.kind == Kind::Number) {
            return;
        }
        let to = rest.get(end).map_or(text.len(), |x| x.start);
        let slot = format!("{}_items", s.id);
        self.remark(s, &slot, None, trim(text, t.list[i].end..to), told);
    }
}

/// The part of a text without marks at its ends.
fn trim(text: &str, r: Range<usize>) -> Range<usize> {
    let part = text.get(r.clone()).unwrap_or("");
    let mark = |c: char| matches!(c, ',' | ':' | ';' | '、' | ' ');
    let left = part.len() - part.trim_start_matches(mark).len();
    let right = part.trim_end_matches(mark).len();
    r.start + left..r.start + right.max(left)
}
