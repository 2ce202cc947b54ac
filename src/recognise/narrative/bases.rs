//! 分别 over bases: 分别较上年决算数、年初预算数增长20%、下降4%; 年初预算、调整预算、支出决算分别为1万元、2万元、2万元. Comes in: the words in
//! front of the first of several figures of one subject. Goes out: a claim for each with the base that is its own. Refuses where there are
//! not as many figures as bases.

use super::discourse::{Reader, State};
use super::figure::{is_budget, moves};
use super::subject::Subject;
use super::token::{Figure, Kind, Number, Token, Tokens};
use super::{Direction, Ground, Told};
use crate::grammar::narrative::Class;

/// What the figures that are shared out are said of.
enum Of<'t> {
    /// The base or the account itself, as it is named.
    Named(Token<'t>),
    /// 2022年决算数 in an account of 2023.
    Prior,
    /// The change or the gap that was claimed before.
    Claimed(&'static str),
}

/// 支出决算数: the account of what is at hand.
fn accounted(t: &Token<'_>) -> bool {
    t.kind == Kind::Phrase && t.phrase.is_final && t.phrase.fund.is_none() && t.phrase.scope.is_none() && !t.weak
}

fn joins(t: &Token<'_>) -> bool {
    matches!(t.punct(), Some('/' | ',')) || t.is_id(Class::Neutral, "joins") || t.is_id(Class::Neutral, "filler")
}

/// The figures that are shared out, each with its word of change, from the first on.
fn run<'t>(i: usize, t: &Tokens<'t>, lead: &[Token<'t>]) -> Vec<(usize, Option<Token<'t>>)> {
    let kind = t.numbers[t.list[i].at].figure;
    let mut out = vec![(i, lead.last().copied().filter(moves))];
    let mut word = None;
    for (k, x) in t.list.iter().enumerate().skip(i + 1) {
        match x.kind {
            Kind::Number if t.numbers[x.at].figure == kind => out.push((k, word.take())),
            _ if moves(x) && word.is_none() => word = Some(*x),
            _ if joins(x) && word.is_none() => {}
            _ => break,
        }
    }
    // 分别减少1万元、0.5万元: the word of the first is that of all.
    let first = out[0].1;
    if out[1..].iter().all(|f| f.1.is_none()) {
        out.iter_mut().for_each(|f| f.1 = first);
    }
    out
}

impl Reader<'_> {
    /// One subject, several bases; how many figures were read beyond the first.
    pub(super) fn shared_bases<'t>(
        &mut self,
        i: usize,
        t: &Tokens<'t>,
        st: &mut State<'t>,
        told: &mut Told,
    ) -> Option<usize> {
        let lead = st.lead.clone();
        lead.iter().find(|x| x.is(Class::Respectively))?;
        let figures = run(i, t, &lead);
        let kind = t.numbers[t.list[i].at].figure;
        if figures.len() < 2 || !matches!(kind, Figure::Ratio | Figure::Amount) {
            return None;
        }
        let moved = figures.iter().filter(|f| f.1.is_some()).count();
        let names: Vec<&Token<'_>> = lead
            .iter()
            .enumerate()
            .filter(|(k, x)| x.names() && !accounted(x) && !(x.kind == Kind::Phrase && self.goes_on(*k, &lead, st)))
            .map(|(_, x)| x)
            .collect();
        let known = lead.iter().all(|x| x.kind != Kind::Unknown);
        let subject = match names.as_slice() {
            [] => st.current.clone(),
            [one] => self.resolve(one, t, st),
            _ => None,
        };
        let (subject, known) = (subject?, known && (moved == 0 || moved == figures.len()));
        let last_year = |k: usize| {
            let year = k.checked_sub(1).map(|k| lead[k]).filter(|x| x.kind == Kind::Year);
            year.is_some_and(|x| self.year == Some(x.year + 1))
        };
        let named = |(k, x): (usize, &Token<'t>)| match x.kind {
            Kind::Term(Class::Base) => Some(Of::Named(*x)),
            Kind::Term(Class::Final) if moved > 0 && last_year(k) => Some(Of::Prior),
            Kind::Term(Class::Final) if moved == 0 && kind == Figure::Amount => Some(Of::Named(*x)),
            Kind::Phrase if accounted(x) && moved == 0 && kind == Figure::Amount => Some(Of::Named(*x)),
            _ => None,
        };
        let mut of: Vec<Of<'_>> = lead.iter().enumerate().filter_map(named).collect();
        if of.is_empty() && moved == figures.len() && kind == Figure::Ratio {
            of = self
                .changes_before(&subject, told)
                .into_iter()
                .map(Of::Claimed)
                .collect();
        }
        // One base for all, or none: the figures are those of several subjects.
        if of.len() < 2 && moved == 0 {
            return None;
        }
        let slots: Option<Vec<String>> = of.iter().map(|o| slot(o, kind, moved > 0)).collect();
        let run: Vec<usize> = figures.iter().map(|f| f.0).collect();
        let Some(slots) = slots.filter(|s| known && s.len() == figures.len()) else {
            return self.not_shared(run, t, st, told, "shared out among several bases");
        };
        for ((at, word), (o, slot)) in figures.iter().zip(of.iter().zip(slots)) {
            let n: Number = t.numbers[t.list[*at].at].clone();
            let direction = word.map(|w| Direction {
                id: w.id.to_string(),
                word: w.start..w.end,
            });
            if let Of::Named(b) = o
                && slot == "completion_rate"
            {
                self.says_of_budget(subject.clone(), b, told);
            }
            let explicit = !names.is_empty();
            self.claim(&n, subject.clone(), slot, direction, Ground::Words, explicit, st, told);
        }
        st.current = Some(subject);
        st.last = None;
        st.lead.clear();
        Some(run.len() - 1)
    }

    /// 较上年增加4万元、较年初预算减少6万元，分别增长10%、下降12%: the roles of the rates of what was claimed last of a subject.
    fn changes_before(&self, subject: &Subject, told: &Told) -> Vec<&'static str> {
        let of_sentence = told.claims.iter().rev().take_while(|c| c.sentence == self.sentences);
        let mut out: Vec<&'static str> = of_sentence
            .take_while(|c| c.subject.same(subject))
            .map_while(|c| match c.slot.as_str() {
                "change" => Some("change_rate"),
                "budget_gap" => Some("budget_gap_rate"),
                _ => None,
            })
            .collect();
        out.reverse();
        out
    }
}

/// The role of a figure that is shared out: by its base, its kind, and whether it is a change.
fn slot(o: &Of<'_>, kind: Figure, moved: bool) -> Option<String> {
    let b = match o {
        Of::Claimed(slot) => return Some((*slot).to_string()),
        Of::Named(b) => Some(b),
        Of::Prior => None,
    };
    let budget = b.filter(|b| is_budget(b));
    let prior = b.is_none_or(|b| b.is_id(Class::Base, "prior"));
    match (kind, moved) {
        (Figure::Ratio, true) if prior => Some("change_rate".into()),
        (Figure::Ratio, true) if budget.is_some() => Some("budget_gap_rate".into()),
        (Figure::Amount, true) if prior => Some("change".into()),
        (Figure::Amount, true) if budget.is_some() => Some("budget_gap".into()),
        (Figure::Ratio, false) if budget.is_some() => Some("completion_rate".into()),
        (Figure::Amount, false) if b.is_some_and(|b| b.is(Class::Final) || accounted(b)) => Some("final".into()),
        (Figure::Amount, false) if prior => Some("prior_year".into()),
        (Figure::Amount, false) => budget.map(|b| b.id.to_string()),
        _ => None,
    }
}
