//! Every place where a rule can be asked: rows, columns, codes, sentences, lists, the document. Says nothing in words.

use super::figures::{Figures, SAID_OF, Sheet};
use super::instance::{At, Instance, Members, Missing};
use super::operands::fits;
use crate::diag::Diagnostic;
use crate::grammar::Grammar;
use crate::grammar::identity::{Against, Applies, Check, Identity, Operand, Which};
use crate::record::{FindingOutcome, Side};

/// Evaluates rules over the figures of a document.
pub(super) struct Evaluator<'f, 'e> {
    pub own: &'f Figures<'e>,
    pub prior: Option<&'f Figures<'e>>,
    pub members: Option<Members<'f, 'e>>,
    pub year: Option<i16>,
    pub out: Vec<Instance<'f, 'e>>,
}

/// Whether a check asks the account of the year before, and those of members.
pub(super) fn asks(check: &Check) -> (bool, bool) {
    let all = operands(check);
    (
        all.iter().any(|o| matches!(o, Operand::Prior(_))),
        all.iter().any(|o| matches!(o, Operand::Members(_))),
    )
}

pub(super) fn operands(check: &Check) -> Vec<&Operand> {
    fn push<'c>(o: &'c Operand, out: &mut Vec<&'c Operand>) {
        match o {
            Operand::Signed(inner) => push(inner, out),
            Operand::First(all) => all.iter().for_each(|a| push(a, out)),
            other => out.push(other),
        }
    }
    let mut out = Vec::new();
    match check {
        Check::Linear { left, right, .. } => left.iter().chain(right).for_each(|t| push(&t.operand, &mut out)),
        Check::Ratio { ratio, part, whole } => {
            push(ratio, &mut out);
            part.iter().chain(whole).for_each(|t| push(&t.operand, &mut out));
        }
        Check::Listed { .. } => {}
        Check::Direction { word, against } => {
            push(word, &mut out);
            match against {
                Against::Others => {}
                Against::Sign(t) | Against::Nonzero(t) => t.iter().for_each(|t| push(&t.operand, &mut out)),
            }
        }
    }
    out
}

impl<'f, 'e> Evaluator<'f, 'e> {
    /// Every identity of one document, with what is blank or was lost settled.
    pub fn of_document(own: &'f Figures<'e>, year: Option<i16>, g: &'f Grammar, diagnostics: &[Diagnostic]) -> Self {
        let mut e = Self {
            own,
            prior: None,
            members: None,
            year,
            out: Vec::with_capacity(own.facts.len()),
        };
        for rule in &g.identities.rules {
            e.rule(rule);
        }
        e.settle_blanks();
        e.settle_losses(diagnostics);
        e
    }

    /// Asks a rule wherever it can be asked.
    pub fn rule(&mut self, rule: &'f Identity) {
        let (first, last) = rule.years;
        if let Some(y) = self.year
            && (first.is_some_and(|f| y < f) || last.is_some_and(|l| y > l))
        {
            return;
        }
        for n in 0..rule.checks.len() {
            match rule.applies {
                Applies::Row | Applies::Column | Applies::Tree | Applies::Subunits => self.sheets(rule, n),
                Applies::Document => self.document(rule, n),
                Applies::Sentence => self.sentences(rule, n),
                Applies::List => {
                    for section in &rule.sections {
                        self.ask(rule, n, At::List(section, &rule.subjects));
                    }
                }
            }
        }
    }

    pub(super) fn sheets(&mut self, rule: &'f Identity, n: usize) {
        for form in &rule.forms {
            let own = self.own;
            for s in own.forms.get(form.as_str()).into_iter().flatten() {
                let sheet = &own.sheets[*s];
                self.sheet(rule, n, sheet);
                for sub in &sheet.subunits {
                    self.sheet(rule, n, sub);
                }
            }
        }
    }

    pub(super) fn sheet(&mut self, rule: &'f Identity, n: usize, sheet: &'f Sheet<'e>) {
        match rule.applies {
            Applies::Row => {
                let has = |m: &String| sheet.measures.contains(&m.as_str());
                if rule.with.iter().all(has) && !rule.without.iter().any(has) {
                    for r in 0..sheet.rows.len() {
                        self.ask(rule, n, At::Row(sheet, r));
                    }
                }
            }
            Applies::Column => {
                let has = |item: &String| sheet.rows.iter().any(|r| r.item == item);
                if rule.with.iter().all(has) && !rule.without.iter().any(has) {
                    for m in &sheet.measures {
                        self.ask(rule, n, At::Column(sheet, m));
                    }
                }
            }
            Applies::Tree => {
                for (r, row) in sheet.rows.iter().enumerate() {
                    if !row.children.is_empty() {
                        for (m, _) in &row.cells {
                            self.ask(rule, n, At::Tree(sheet, r, m));
                        }
                    }
                }
            }
            Applies::Subunits if !sheet.subunits.is_empty() => {
                for (r, row) in sheet.rows.iter().enumerate() {
                    for (m, _) in &row.cells {
                        self.ask(rule, n, At::Tree(sheet, r, m));
                    }
                }
            }
            _ => {}
        }
    }

    pub(super) fn document(&mut self, rule: &'f Identity, n: usize) {
        let own = self.own;
        let all = operands(&rule.checks[n]);
        let (prior, members) = asks(&rule.checks[n]);
        if prior && self.prior.is_none() || members && self.members.is_none() {
            return;
        }
        let text = all.iter().find_map(|o| match o {
            Operand::Text { section, subject, slot } => Some((section, subject, slot)),
            _ => None,
        });
        if let Some((section, subject, slot)) = text {
            let stated: Vec<usize> = match subject {
                Which::Is(s) => own.said(section, s, slot).to_vec(),
                _ => (0..own.statements.len())
                    .filter(|i| own.statements[*i].section == *section && own.statements[*i].slot == *slot)
                    .filter(|i| fits(subject, &own.subjects[*i]))
                    .collect(),
            };
            for i in stated {
                let code = (!matches!(subject, Which::Is(_))).then_some(own.subjects[i].as_str());
                self.ask(rule, n, At::Document(0, code, Some(i)));
            }
            return;
        }
        let mut counts = Vec::new();
        let mut wild: Vec<(&str, Option<Side>, &Which)> = Vec::new();
        for o in &all {
            if let Operand::Cell { form, side, item, .. } = o {
                counts.push(own.forms.get(form.as_str()).map_or(0, Vec::len));
                if !matches!(item, Which::Is(_)) {
                    wild.push((form, *side, item));
                }
            }
        }
        let first = counts.first().copied().unwrap_or(1);
        // Several sets of tables (a department and its units in one file) are paired in order when every form has as many.
        let sets = if counts.iter().all(|c| *c == first) {
            first.max(1)
        } else {
            1
        };
        for set in 0..sets {
            let Some((form, side, which)) = wild.first().copied() else {
                self.ask(rule, n, At::Document(set, None, None));
                continue;
            };
            let Some(sheet) = own.sheet(form, set).map(|s| &own.sheets[s]) else {
                continue;
            };
            let mut noted = false;
            for row in &sheet.rows {
                if !fits(which, row.item) || (side.is_some() && row.side.is_some() && row.side != side) {
                    continue;
                }
                let before = self.out.len();
                self.ask(rule, n, At::Document(set, Some(row.item), None));
                // A table that is not in the document is said once, not for every code.
                if let Some(i) = self.out.get(before)
                    && matches!(i.missing, Some(Missing::Form(_)))
                {
                    if noted {
                        self.out.truncate(before);
                    }
                    noted = true;
                }
            }
        }
    }

    pub(super) fn sentences(&mut self, rule: &'f Identity, n: usize) {
        let own = self.own;
        for (s, sentence) in own.sentences.iter().enumerate() {
            let range = sentence.statements.clone();
            let Some(first) = own.statements.get(range.start) else {
                continue;
            };
            if !rule.sections.is_empty() && !rule.sections.contains(&first.section) {
                continue;
            }
            let mut seen: Vec<&str> = Vec::new();
            for subject in &own.subjects[range.clone()] {
                if seen.contains(&subject.as_str()) {
                    continue;
                }
                seen.push(subject);
                let named = rule.subjects.is_empty()
                    || rule.subjects.iter().any(|w| match w.as_str() {
                        "$class" => fits(&Which::Class, subject),
                        "$code" => fits(&Which::Code, subject),
                        word => word == subject,
                    });
                // `slot=word`: what the slot says, not only that it is there.
                let has = |slot: &String| match slot.split_once('=') {
                    Some((slot, word)) => self.says(s, subject, slot, word).is_some(),
                    None => self.slot(s, subject, slot).is_some(),
                };
                if named && rule.with.iter().all(has) && !rule.without.iter().any(has) {
                    self.ask(rule, n, At::Sentence(s, subject));
                }
            }
        }
    }

    pub(super) fn slot(&self, sentence: usize, subject: &str, slot: &str) -> Option<usize> {
        self.own.sentences[sentence]
            .statements
            .clone()
            .find(|i| self.own.statements[*i].slot == slot && self.own.subjects[*i] == subject)
    }

    /// The statement of a slot that says a word.
    fn says(&self, sentence: usize, subject: &str, slot: &str, word: &str) -> Option<usize> {
        let (own, mut all) = (self.own, self.own.sentences[sentence].statements.clone());
        all.find(|i| {
            let s = &own.statements[*i];
            s.slot == slot && s.text.as_deref() == Some(word) && own.subjects[*i] == subject
        })
    }

    /// 为年初预算的110%、调整预算的99%; 分别占年初预算、调整预算的110%、99%: the rate of a budget. Each word that says of which budget a rate
    /// is goes with the first rate behind it that has none yet.
    pub(super) fn said_of(&self, sentence: usize, subject: &str, rate: &str, budget: &str) -> Option<usize> {
        let own = self.own;
        let mut words = std::collections::VecDeque::new();
        for i in own.sentences[sentence].statements.clone() {
            let s = &own.statements[i];
            if own.subjects[i] != subject {
                continue;
            }
            if s.slot == SAID_OF {
                words.push_back(s.text.as_deref());
            } else if s.slot == rate && words.pop_front() == Some(Some(budget)) {
                return Some(i);
            }
        }
        None
    }

    pub(super) fn ask(&mut self, rule: &'f Identity, n: usize, at: At<'f, 'e>) {
        let asked = |c: &Check| self.one(rule, c, at);
        let Some(mut result) = asked(&rule.checks[n]) else {
            return;
        };
        let conditions = rule.only_if.iter().filter_map(|c| c.get(n));
        for c in conditions {
            let met = asked(c).is_some_and(|i| matches!(i.outcome, FindingOutcome::Holds | FindingOutcome::Rounding));
            if !met {
                return;
            }
        }
        if let At::List(section, subjects) = at
            && let Some((figure, slot)) = self.unstated(section, subjects, &rule.with)
        {
            result.outcome = FindingOutcome::NotEvaluated;
            result.missing = Some(Missing::Unstated(figure, slot));
        }
        if result.outcome == FindingOutcome::Fails {
            let other = rule
                .or
                .iter()
                .filter_map(|c| c.get(n))
                .filter_map(asked)
                .find(|i| matches!(i.outcome, FindingOutcome::Holds | FindingOutcome::Rounding));
            if let Some(better) = other {
                result = better;
            }
        }
        if rule.info && result.outcome == FindingOutcome::Fails {
            result.outcome = FindingOutcome::NotEvaluated;
            result.missing = Some(Missing::Information);
        }
        self.out.push(result);
    }
}
