//! Rules to instances: every place where a rule can be asked, with the figures that take part and what came out. Decides what
//! a missing figure means; says nothing in words.

use super::figures::{Figure, Figures, Found, Sheet, is_code};
use crate::diag::{Code, Diagnostic, Loss, Severity};
use crate::grammar::equation::Relation;
use crate::grammar::identity::{Against, Applies, Check, Identity, Operand, Term, Which};
use crate::record::{FindingOutcome, Side};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// A figure with its sign in the sum.
#[derive(Clone, Copy, Debug)]
pub(super) struct Addend {
    pub negative: bool,
    pub figure: Figure,
    /// It stands in the document of the year before.
    pub prior: bool,
    /// Without the sign of the sum.
    pub amount: Decimal,
    /// The statement with the word (increase, decrease) that gave the sign.
    pub word: Option<usize>,
}

/// Where a rule was asked.
#[derive(Clone, Copy)]
pub(super) enum At<'f, 'e> {
    /// Along a row.
    Row(&'f Sheet<'e>, usize),
    /// Down a column.
    Column(&'f Sheet<'e>, &'f str),
    /// At one code of a column.
    Tree(&'f Sheet<'e>, usize, &'f str),
    /// Anywhere; the k-th set of tables, the code that `$class` stands for, the statement that is asked about.
    Document(usize, Option<&'f str>, Option<usize>),
    /// In a sentence, about a subject.
    Sentence(usize, &'f str),
    /// Over the statements of a section.
    List(&'f str, &'f [String]),
}

/// Why a rule could not be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// The cell is there and holds no amount.
    Blank(Figure),
    /// No such row or column in the table.
    Row(String),
    /// No such table in the document.
    Form(String),
    /// Nobody said it.
    Text,
    /// A part of something negative is no part.
    Negative,
    /// The difference is worth knowing and no contradiction.
    Information,
    /// Rows or numbers of this page were not read.
    Lost(u32),
    /// An item of a list, known by this figure, has no value of a slot that all of them must have.
    Unstated(Figure, String),
    /// The account of this member is not here, or has no such figure.
    Member(String),
}

/// The accounts of the members that a department lists.
pub(super) struct Members<'f, 'e> {
    /// Name and figures of each that is here.
    pub accounts: &'f [(String, Figures<'e>)],
    /// The first that is not.
    pub missing: Option<String>,
}

/// A sum of figures.
#[derive(Clone, Debug, Default)]
pub(super) struct Sum {
    pub addends: Vec<Addend>,
    pub constant: Decimal,
    /// The constant was counted in the document: the word for what was counted.
    pub counted: Option<&'static str>,
    /// The constant was added up from the accounts of these members.
    pub members: Vec<(String, Decimal)>,
    pub blanks: u32,
    pub missing: Option<Missing>,
    /// The first empty cell.
    pub blank: Option<Figure>,
    /// The first empty cell of a total: what it would hold is not nothing.
    pub blank_total: Option<Figure>,
}

impl Sum {
    pub fn value(&self) -> Decimal {
        self.addends.iter().fold(
            self.constant,
            |sum, a| {
                if a.negative { sum - a.amount } else { sum + a.amount }
            },
        )
    }

    fn printed(&self) -> bool {
        !self.addends.is_empty() || !self.constant.is_zero() || !self.members.is_empty()
    }

    fn nonzero(&self) -> usize {
        let own = self.addends.iter().filter(|a| !a.amount.is_zero()).count();
        own + self.members.iter().filter(|(_, a)| !a.is_zero()).count()
    }

    fn miss(&mut self, m: Missing) {
        if let Missing::Blank(f) = m {
            self.blanks += 1;
            self.blank = self.blank.or(Some(f));
        }
        // What was never said or has no table weighs more than an empty cell.
        let rank = |m: &Missing| match m {
            Missing::Text => 3,
            Missing::Form(_) => 2,
            Missing::Blank(_) => 1,
            _ => 0,
        };
        if self.missing.as_ref().is_none_or(|old| rank(old) < rank(&m)) {
            self.missing = Some(m);
        }
    }
}

/// How the figures are bound together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Linear(Relation),
    /// `left` is the ratio, `right` the part, `whole` the whole.
    Ratio,
    Direction,
    /// `left` is the statement with the list, `right` the cells without an amount.
    Listed,
}

/// A rule at one place, and what came out.
pub(super) struct Instance<'f, 'e> {
    pub rule: &'f Identity,
    pub at: At<'f, 'e>,
    pub shape: Shape,
    pub left: Sum,
    pub right: Sum,
    pub whole: Sum,
    pub outcome: FindingOutcome,
    pub missing: Option<Missing>,
    pub left_value: Option<Decimal>,
    pub right_value: Option<Decimal>,
    pub difference: Option<Decimal>,
    pub allowed: Option<Decimal>,
}

impl Instance<'_, '_> {
    pub fn addends(&self) -> impl Iterator<Item = &Addend> {
        self.left
            .addends
            .iter()
            .chain(&self.right.addends)
            .chain(&self.whole.addends)
    }
}

/// Evaluates rules over the figures of a document.
pub(super) struct Evaluator<'f, 'e> {
    pub own: &'f Figures<'e>,
    pub prior: Option<&'f Figures<'e>>,
    pub members: Option<Members<'f, 'e>>,
    pub year: Option<i16>,
    pub out: Vec<Instance<'f, 'e>>,
}

fn half() -> Decimal {
    Decimal::new(5, 1)
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

    /// A blank counts as nothing only where the table shows that it means nothing: where another sum of the table comes out
    /// with its blanks as nothing. A sum that fails with blanks of which nothing is known was not evaluated.
    pub fn settle_blanks(&mut self) {
        let tables = |i: &Instance<'_, '_>| -> Vec<u32> {
            i.addends()
                .filter_map(|a| match a.figure {
                    Figure::Fact(n) if !a.prior => self.own.facts.get(n).map(|f| f.table),
                    _ => None,
                })
                .collect()
        };
        let mut proven: Vec<u32> = Vec::new();
        for i in &self.out {
            let within = !matches!(i.at, At::Document(..));
            let good = matches!(i.outcome, FindingOutcome::Holds | FindingOutcome::Rounding);
            if within && good && i.left.blanks + i.right.blanks > 0 {
                proven.extend(tables(i).first());
            }
        }
        proven.sort_unstable();
        proven.dedup();
        let doubtful: Vec<(usize, Figure)> = self
            .out
            .iter()
            .enumerate()
            .filter(|(_, i)| i.outcome == FindingOutcome::Fails && i.left.blanks + i.right.blanks > 0)
            .filter_map(|(n, i)| {
                let total = i.left.blank_total.or(i.right.blank_total);
                let known = tables(i).iter().any(|t| proven.binary_search(t).is_ok());
                let blank = if known { None } else { i.left.blank.or(i.right.blank) };
                total.or(blank).map(|f| (n, f))
            })
            .collect();
        for (n, f) in doubtful {
            self.out[n].outcome = FindingOutcome::NotEvaluated;
            self.out[n].missing = Some(Missing::Blank(f));
        }
    }

    /// A sum that fails over a table of which something was not read was not evaluated.
    pub fn settle_losses(&mut self, diagnostics: &[Diagnostic]) {
        let lost = || {
            let said = |d: &&Diagnostic| d.severity != Severity::Note && d.code.loss() == Loss::Rows;
            diagnostics.iter().filter(said)
        };
        if lost().next().is_none() {
            return;
        }
        // First and last page of each table.
        let mut pages: BTreeMap<u32, (u32, u32)> = BTreeMap::new();
        for f in self.own.facts {
            let p = pages.entry(f.table).or_insert((f.place.page, f.place.page));
            *p = (p.0.min(f.place.page), p.1.max(f.place.page));
        }
        // What stands on the page after the last one may be the rest of the table.
        let rest = |d: &Diagnostic| d.code == Code::UnclaimedTable;
        // A table without a title may itself be the rest of what stands on the page before.
        let untitled = |page: u32| {
            diagnostics
                .iter()
                .any(|d| d.code == Code::FormByHeader && d.place.page == page)
        };
        let loss = |table: u32| {
            let (first, last) = *pages.get(&table)?;
            let before = |d: &Diagnostic, p: u32| rest(d) && p + 1 == first && untitled(first);
            lost()
                .map(|d| (d, d.place.page))
                .find(|(d, p)| (*p >= first && (*p <= last || (rest(d) && *p == last + 1))) || before(d, *p))
                .map(|(_, p)| p)
        };
        let loss: BTreeMap<u32, u32> = pages.keys().filter_map(|t| Some((*t, loss(*t)?))).collect();
        for i in &mut self.out {
            let rows = matches!(i.at, At::Column(..) | At::Tree(..));
            let part = i.left.missing.is_some() || i.right.missing.is_some();
            if i.outcome != FindingOutcome::Fails || !(rows || part) {
                continue;
            }
            let found = i.addends().find_map(|a| match a.figure {
                Figure::Fact(n) if !a.prior => loss.get(&self.own.facts[n].table).copied(),
                _ => None,
            });
            if let Some(page) = found {
                i.outcome = FindingOutcome::NotEvaluated;
                i.missing = Some(Missing::Lost(page));
            }
        }
    }

    /// A sum over the items of a sentence or of a list that fails beside a figure of the same sentence that nobody read was not
    /// evaluated: the figure may be an item.
    pub fn settle_unread_items(&mut self, diagnostics: &[Diagnostic]) {
        let unread: Vec<(u32, String)> = diagnostics
            .iter()
            .filter(|d| d.code.loss() == Loss::Sentence)
            .filter_map(|d| Some((d.place.page, crate::text::key(d.printed.as_deref()?))))
            .collect();
        if unread.is_empty() {
            return;
        }
        for i in &mut self.out {
            let equal = i.shape == Shape::Linear(Relation::Equal);
            let items =
                matches!(i.at, At::Sentence(..) | At::List(..)) && i.left.addends.len() + i.right.addends.len() > 2;
            if i.outcome != FindingOutcome::Fails || !equal || !items {
                continue;
            }
            let printed: Vec<(u32, String)> = i
                .addends()
                .filter_map(|a| match a.figure {
                    Figure::Statement(n) if !a.prior => {
                        let s = &self.own.statements[n];
                        Some((s.place.page, crate::text::key(&s.printed)))
                    }
                    _ => None,
                })
                .collect();
            // A sentence holds all of its figures; the items of a list stand in several.
            let least = if matches!(i.at, At::Sentence(..)) {
                printed.len()
            } else {
                2
            };
            let beside = unread.iter().find(|(page, sentence)| {
                let inside = printed
                    .iter()
                    .filter(|(p, figure)| p == page && holds_number(sentence, figure));
                inside.count() >= least
            });
            if let Some((page, _)) = beside {
                i.outcome = FindingOutcome::NotEvaluated;
                i.missing = Some(Missing::Lost(*page));
            }
        }
    }

    fn sheets(&mut self, rule: &'f Identity, n: usize) {
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

    fn sheet(&mut self, rule: &'f Identity, n: usize, sheet: &'f Sheet<'e>) {
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

    fn document(&mut self, rule: &'f Identity, n: usize) {
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

    fn sentences(&mut self, rule: &'f Identity, n: usize) {
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
                    Some((slot, word)) => self
                        .slot(s, subject, slot)
                        .is_some_and(|i| own.statements[i].text.as_deref() == Some(word)),
                    None => self.slot(s, subject, slot).is_some(),
                };
                if named && rule.with.iter().all(has) && !rule.without.iter().any(has) {
                    self.ask(rule, n, At::Sentence(s, subject));
                }
            }
        }
    }

    fn slot(&self, sentence: usize, subject: &str, slot: &str) -> Option<usize> {
        self.own.sentences[sentence]
            .statements
            .clone()
            .find(|i| self.own.statements[*i].slot == slot && self.own.subjects[*i] == subject)
    }

    fn ask(&mut self, rule: &'f Identity, n: usize, at: At<'f, 'e>) {
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

    fn one(&self, rule: &'f Identity, check: &Check, at: At<'f, 'e>) -> Option<Instance<'f, 'e>> {
        match check {
            Check::Linear { left, relation, right } => self.linear(rule, left, *relation, right, at),
            Check::Ratio { ratio, part, whole } => self.ratio(rule, ratio, part, whole, at),
            Check::Direction { word, against } => self.direction(rule, word, against, at),
            Check::Listed { slot, form } => self.listed(rule, slot, form, at),
        }
    }

    fn sum(&self, terms: &[Term], at: At<'f, 'e>) -> Sum {
        let mut sum = Sum::default();
        for t in terms {
            self.operand(&t.operand, t.negative, at, &mut sum);
        }
        sum
    }

    fn linear(
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
    fn allowed(&self, l: &Sum, r: &Sum) -> Decimal {
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

    fn quantum(&self, a: &Addend) -> Decimal {
        match (a.prior, self.prior) {
            (true, Some(p)) => p.quantum(a.figure),
            _ => self.own.quantum(a.figure),
        }
    }

    /// What rounding may have done to a sum.
    fn slack(&self, s: &Sum) -> Decimal {
        s.addends
            .iter()
            .filter(|a| !a.amount.is_zero())
            .map(|a| self.quantum(a) * half())
            .sum()
    }

    fn ratio(
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
    fn listed(&self, rule: &'f Identity, slot: &str, form: &str, at: At<'f, 'e>) -> Option<Instance<'f, 'e>> {
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

    fn direction(
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

    fn push(&self, found: Found<Figure>, absent: impl FnOnce() -> Missing, negative: bool, prior: bool, out: &mut Sum) {
        let figures = if prior {
            self.prior.unwrap_or(self.own)
        } else {
            self.own
        };
        match found {
            Found::Printed(figure) => match figures.value(figure) {
                Some(amount) => out.addends.push(Addend {
                    negative,
                    figure,
                    prior,
                    amount,
                    word: None,
                }),
                None => out.miss(Missing::Blank(figure)),
            },
            Found::Blank(_) if prior => out.miss(Missing::Row(String::new())),
            Found::Blank(f) => {
                if let Figure::Fact(n) = f
                    && figures.facts[n].is_total
                    && !is_code(&figures.facts[n].item)
                {
                    out.blank_total = out.blank_total.or(Some(f));
                }
                out.miss(Missing::Blank(f));
            }
            Found::Absent => out.miss(absent()),
        }
    }

    fn operand(&self, o: &Operand, negative: bool, at: At<'f, 'e>, out: &mut Sum) {
        let own = self.own;
        match (o, at) {
            (Operand::Number(n), _) => out.constant += if negative { -*n } else { *n },
            (Operand::Projects, _) => {
                let n = Decimal::from(own.projects as u64);
                out.constant += if negative { -n } else { n };
                out.counted = Some("attached_projects");
            }
            (Operand::Members(inner), _) => self.members(inner, negative, out),
            (Operand::Measure(m), At::Row(sheet, r)) => {
                self.push(
                    own.cell(sheet, Some(r), m),
                    || Missing::Row(m.clone()),
                    negative,
                    false,
                    out,
                );
            }
            (Operand::Item(side, item), At::Column(sheet, m)) => {
                let row = sheet.row(*side, item);
                self.push(
                    own.cell(sheet, row, m),
                    || Missing::Row(item.clone()),
                    negative,
                    false,
                    out,
                );
            }
            (Operand::Own, At::Tree(sheet, r, m)) => {
                self.push(
                    own.cell(sheet, Some(r), m),
                    || Missing::Row(m.to_string()),
                    negative,
                    false,
                    out,
                );
            }
            (Operand::Children, At::Tree(sheet, r, m)) => {
                for c in &sheet.rows[r].children {
                    self.push(
                        own.cell(sheet, Some(*c), m),
                        || Missing::Row(m.to_string()),
                        negative,
                        false,
                        out,
                    );
                }
            }
            (Operand::Subunits, At::Tree(sheet, r, m)) => {
                let row = &sheet.rows[r];
                for sub in &sheet.subunits {
                    let found = own.cell(sub, sub.row(row.side, row.item), m);
                    self.push(found, || Missing::Row(m.to_string()), negative, false, out);
                }
            }
            (Operand::Tops, At::Column(sheet, m)) => {
                for (r, row) in sheet.rows.iter().enumerate() {
                    if row.is_code() && !row.has_parent {
                        self.push(
                            own.cell(sheet, Some(r), m),
                            || Missing::Row(m.to_string()),
                            negative,
                            false,
                            out,
                        );
                    }
                }
            }
            (Operand::Classes(side), At::Column(sheet, m)) => {
                for (r, row) in sheet.rows.iter().enumerate() {
                    if row.item.len() == 3 && row.is_code() && (side.is_none() || row.side == *side) {
                        self.push(
                            own.cell(sheet, Some(r), m),
                            || Missing::Row(m.to_string()),
                            negative,
                            false,
                            out,
                        );
                    }
                }
            }
            (Operand::Cell { .. }, _) => self.full_cell(o, negative, at, false, out),
            (Operand::Prior(inner), _) => self.full_cell(inner, negative, at, true, out),
            (Operand::Text { section, subject, slot }, _) => {
                let found = self.text(section, subject, slot, at);
                self.stated(found, negative, out);
            }
            (Operand::Slot(other, slot), At::Sentence(s, subject)) => {
                let found = self.slot(s, other.as_deref().unwrap_or(subject), slot);
                self.stated(found, negative, out);
            }
            (Operand::Slots(prefix), At::Sentence(s, subject)) => {
                let before = out.addends.len();
                for i in own.sentences[s].statements.clone() {
                    if own.subjects[i] == *subject && own.statements[i].slot.starts_with(prefix.as_str()) {
                        self.stated(Some(i), negative, out);
                    }
                }
                if out.addends.len() == before {
                    out.miss(Missing::Text);
                }
            }
            (Operand::ListSum(slot), At::List(section, subjects)) => self.list(section, subjects, slot, negative, out),
            (Operand::Signed(inner), _) => self.signed(inner, negative, at, out),
            (Operand::First(all), _) => {
                let mut missing = None;
                for o in all {
                    let mut own = Sum::default();
                    self.operand(o, negative, at, &mut own);
                    if own.addends.is_empty() {
                        missing = missing.or(own.missing);
                    } else {
                        out.addends.append(&mut own.addends);
                        return;
                    }
                }
                out.miss(missing.unwrap_or(Missing::Text));
            }
            _ => out.miss(Missing::Text),
        }
    }

    /// A cell of every member; a table that a member does not have, or a blank in it, is not zero.
    fn members(&self, cell: &Operand, negative: bool, out: &mut Sum) {
        let (
            Some(members),
            Operand::Cell {
                form,
                side,
                item: Which::Is(item),
                measure,
            },
        ) = (&self.members, cell)
        else {
            out.miss(Missing::Text);
            return;
        };
        if let Some(name) = &members.missing {
            out.missing = Some(Missing::Member(name.clone()));
        }
        for (name, figures) in members.accounts {
            let sheet = figures.sheet(form, 0).map(|s| &figures.sheets[s]);
            let found = sheet.map(|s| figures.cell(s, s.row(*side, item), measure));
            let amount = match found {
                Some(Found::Printed(f)) => figures.value(f),
                _ => None,
            };
            match amount {
                Some(a) => {
                    out.constant += if negative { -a } else { a };
                    out.members.push((name.clone(), a));
                }
                None => out.missing = Some(Missing::Member(name.clone())),
            }
        }
    }

    fn stated(&self, found: Option<usize>, negative: bool, out: &mut Sum) {
        let f = found.map(Figure::Statement);
        match f.and_then(|f| Some((f, self.own.value(f)?))) {
            Some((figure, amount)) => out.addends.push(Addend {
                negative,
                figure,
                prior: false,
                amount,
                word: None,
            }),
            None => out.miss(Missing::Text),
        }
    }

    fn full_cell(&self, o: &Operand, negative: bool, at: At<'f, 'e>, prior: bool, out: &mut Sum) {
        let (set, code) = match at {
            At::Document(set, code, _) => (set, code),
            At::Sentence(_, subject) => (0, Some(subject)),
            _ => (0, None),
        };
        let Operand::Cell {
            form,
            side,
            item,
            measure,
        } = o
        else {
            out.miss(Missing::Text);
            return;
        };
        let Some(figures) = (if prior { self.prior } else { Some(self.own) }) else {
            out.miss(Missing::Text);
            return;
        };
        let item = match item {
            Which::Is(i) => i.as_str(),
            _ => code.unwrap_or(""),
        };
        let Some(sheet) = figures.sheet(form, set).map(|s| &figures.sheets[s]) else {
            out.miss(Missing::Form(form.clone()));
            return;
        };
        let row = sheet.row(*side, item);
        let found = figures.cell(sheet, row, measure);
        // A named row that a form of another year or region does not have is nothing to wonder at; a code that one table has
        // and the other has not is.
        let missing = || {
            Missing::Row(if code.is_some() {
                format!("{form}.{item}.{measure}")
            } else {
                String::new()
            })
        };
        self.push(found, missing, negative, prior, out);
    }

    fn text(&self, section: &str, subject: &Which, slot: &str, at: At<'f, 'e>) -> Option<usize> {
        let own = self.own;
        let (code, bound) = match at {
            At::Document(_, code, bound) => (code, bound),
            _ => (None, None),
        };
        let subject = match subject {
            Which::Is(s) => s.as_str(),
            _ => code?,
        };
        let all = own.said(section, subject, slot);
        let same = |i: &&usize| bound.is_some_and(|b| own.sentence_of[b] == own.sentence_of[**i]);
        bound
            .filter(|b| all.contains(b))
            .or_else(|| all.iter().find(same).copied())
            .or_else(|| all.first().copied())
    }

    fn signed(&self, inner: &Operand, negative: bool, at: At<'f, 'e>, out: &mut Sum) {
        let mut own = Sum::default();
        self.operand(inner, negative, at, &mut own);
        let Some(Addend {
            figure: Figure::Statement(i),
            ..
        }) = own.addends.first()
        else {
            out.miss(Missing::Text);
            return;
        };
        // The word of a change is none of the gap to the budget: `change_direction`, `budget_direction`. Of two the second stands with
        // the rate.
        let own_word = |slot: &str| stem(slot) == stem(&self.own.statements[*i].slot);
        let word = self.own.sentences[self.own.sentence_of[*i]]
            .statements
            .clone()
            .rev()
            .filter(|n| self.own.subjects[*n] == self.own.subjects[*i])
            .find(|n| {
                let s = &self.own.statements[*n];
                s.value_type == "direction" && own_word(&s.slot)
            });
        own.addends.iter_mut().for_each(|a| a.word = word);
        match word.and_then(|n| self.own.statements[n].text.as_deref()) {
            Some("decrease") => own.addends.iter_mut().for_each(|a| a.negative = !a.negative),
            Some(_) => {}
            None => {
                out.miss(Missing::Text);
                return;
            }
        }
        out.addends.append(&mut own.addends);
    }

    /// The items of a list that have this slot: the first statement of each. The whole itself is no part of the list.
    fn items(&self, section: &str, subjects: &[String], slot: &str) -> Vec<usize> {
        let own = self.own;
        let mut seen: Vec<&str> = Vec::new();
        let mut out = Vec::new();
        for (i, s) in own.statements.iter().enumerate() {
            let subject = own.subjects[i].as_str();
            if s.section != section || s.slot != slot || seen.contains(&subject) {
                continue;
            }
            let part = if subjects.is_empty() {
                subject != section
            } else {
                subjects.iter().any(|w| match w.as_str() {
                    "$class" => fits(&Which::Class, subject),
                    "$code" => fits(&Which::Code, subject),
                    word => word == subject,
                })
            };
            if part {
                seen.push(subject);
                out.push(i);
            }
        }
        out
    }

    fn list(&self, section: &str, subjects: &[String], slot: &str, negative: bool, out: &mut Sum) {
        let items = self.items(section, subjects, slot);
        if items.is_empty() {
            out.miss(Missing::Text);
        }
        for i in items {
            self.stated(Some(i), negative, out);
        }
    }

    /// The first item of a list that is known by one of `slots` and lacks another: it was not read whole, or not printed whole.
    /// An item of nothing may be said without more.
    fn unstated(&self, section: &str, subjects: &[String], slots: &[String]) -> Option<(Figure, String)> {
        let own = self.own;
        let lists: Vec<Vec<usize>> = slots.iter().map(|s| self.items(section, subjects, s)).collect();
        let known = lists
            .iter()
            .flatten()
            .copied()
            .filter(|i| own.value(Figure::Statement(*i)).is_some_and(|v| !v.is_zero()));
        known
            .filter_map(|i| {
                let has = |list: &Vec<usize>| list.iter().any(|n| own.subjects[*n] == own.subjects[i]);
                let lacks = lists.iter().position(|list| !has(list))?;
                Some((i, slots.get(lacks)?.clone()))
            })
            .min()
            .map(|(i, slot)| (Figure::Statement(i), slot))
    }
}

/// Whether a folded sentence holds a figure as a number of its own: 4 stands in no 24 and in no 4.5.
fn holds_number(sentence: &str, figure: &str) -> bool {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit() || c == '.' || c == ',');
    // A comma or a point before anything but a digit ends a clause.
    let goes_on = |rest: &str| {
        let mut next = rest.chars();
        let first = next.next();
        part(first) && (first.is_some_and(|c| c.is_ascii_digit()) || next.next().is_some_and(|c| c.is_ascii_digit()))
    };
    let figure = figure.trim_end_matches('%');
    !figure.is_empty()
        && sentence
            .match_indices(figure)
            .any(|(at, _)| !part(sentence[..at].chars().next_back()) && !goes_on(&sentence[at + figure.len()..]))
}

/// What a slot is about: `change` of `change_direction`, `budget` of `budget_gap`.
fn stem(slot: &str) -> &str {
    let bare = slot.rsplit(':').next().unwrap_or(slot);
    bare.split('_').next().unwrap_or(bare)
}

pub(super) fn fits(which: &Which, item: &str) -> bool {
    match which {
        Which::Is(i) => i == item,
        Which::Class => item.len() == 3 && is_code(item),
        Which::Code => is_code(item),
    }
}
