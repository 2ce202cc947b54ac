//! Between the documents of one dataset: the account of a unit against the one of the year before, and the consolidated account of
//! a department against those of its members. Comes in: every document in
//! its order, of which only the few figures are kept that the rules between documents name, so that a run over many stays
//! small. Goes out, when all are known: findings of the later documents. They change no `held` and `failed`: those count
//! the identities inside a document.

use super::evaluate::{Evaluator, asks, operands};
use super::figures::{Figure, Figures};
use super::instance::Members;
use super::message::Writer;
use super::operands::fits;
use super::published;
use crate::grammar::Grammar;
use crate::grammar::identity::{Operand, Which};
use crate::grammar::units::SELF_ONLY;
use crate::place::{DocumentId, Place};
use crate::record::{
    Caliber, CellState, DocumentRow, Extract, Fact, Finding, FindingOutcome, Level, MemberKind, Side, Source, Statement,
};
use crate::value::Unit;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// A cell that a rule names.
struct Wanted<'g> {
    form: &'g str,
    side: Option<Side>,
    item: &'g Which,
    measure: &'g str,
}

/// What is kept of a fact: a tenth of it.
struct KeptFact {
    wanted: u16,
    side: Option<Side>,
    unit: Option<Unit>,
    ordinal: u32,
    table: u32,
    page: u32,
    failed: u32,
    total: bool,
    amount: Option<Decimal>,
    item: Box<str>,
    name: Option<Box<str>>,
    printed: Box<str>,
}

struct Kept {
    id: DocumentId,
    unit_name: Option<Box<str>>,
    year: i16,
    findings: u32,
    facts: Vec<KeptFact>,
    statements: Vec<Statement>,
    /// Of an account that is not of one unit alone: name and key of the members that it lists.
    members: Vec<(String, Option<String>)>,
}

/// Unit, level, whose figures, year: 汇总 and 本级 of one name are two accounts.
type Account = (String, Option<Level>, Option<Caliber>, i16);

/// The figures of all documents that may be held against those of another year.
pub struct Years<'g> {
    grammar: &'g Grammar,
    cells: Vec<Wanted<'g>>,
    /// Section and subject.
    said: Vec<(&'g str, &'g Which)>,
    kept: BTreeMap<Account, Kept>,
}

impl<'g> Years<'g> {
    /// Nothing yet; which figures are kept is read off the rules.
    pub fn new(grammar: &'g Grammar) -> Self {
        let mut out = Self {
            grammar,
            cells: Vec::new(),
            said: Vec::new(),
            kept: BTreeMap::new(),
        };
        for check in grammar.identities.rules.iter().flat_map(|r| &r.checks) {
            let all = operands(check);
            if asks(check) == (false, false) {
                continue;
            }
            for o in all {
                let inner = match o {
                    Operand::Prior(inner) | Operand::Members(inner) => inner,
                    own => own,
                };
                match inner {
                    Operand::Cell {
                        form,
                        side,
                        item,
                        measure,
                    } => out.cells.push(Wanted {
                        form,
                        side: *side,
                        item,
                        measure,
                    }),
                    Operand::Text { section, subject, .. } => out.said.push((section, subject)),
                    _ => {}
                }
            }
        }
        out
    }

    /// Keeps what the rules between years name. Of two documents of one account and year the first counts.
    pub fn add(&mut self, e: &Extract) {
        let (Some(unit), Some(year)) = (&e.document.unit_key, e.document.fiscal_year) else {
            return;
        };
        let facts: Vec<KeptFact> = e.facts.iter().filter_map(|f| self.fact(f)).collect();
        let said = |s: &&Statement| {
            let subject = s.subject.as_deref().unwrap_or("");
            self.said
                .iter()
                .any(|(section, w)| *section == s.section && fits(w, subject))
        };
        let statements: Vec<Statement> = e.statements.iter().filter(said).cloned().collect();
        if facts.is_empty() && statements.is_empty() {
            return;
        }
        let d = &e.document;
        let account = (unit.clone(), d.level, d.caliber, year);
        let consolidated = !matches!(d.caliber, Some(Caliber::SelfOnly | Caliber::Single));
        let units = e.members.iter().filter(|m| consolidated && m.kind == MemberKind::Unit);
        self.kept.entry(account).or_insert_with(|| Kept {
            id: e.document.document_id.clone(),
            unit_name: e.document.unit_name.as_deref().map(Into::into),
            year,
            findings: e.findings.len() as u32,
            facts,
            statements,
            members: units.map(|m| (m.name.clone(), m.unit_key.clone())).collect(),
        });
    }

    fn fact(&self, f: &Fact) -> Option<KeptFact> {
        let wanted = self.cells.iter().position(|w| {
            w.form == f.form
                && w.measure == f.measure
                && (w.side.is_none() || w.side == f.side)
                && fits(w.item, &f.item)
        })?;
        Some(KeptFact {
            wanted: u16::try_from(wanted).ok()?,
            side: f.side,
            unit: Unit::from_word(&f.printed_unit),
            ordinal: f.ordinal,
            table: f.table,
            page: f.place.page,
            failed: f.failed,
            total: f.is_total,
            amount: f.amount,
            item: f.item.as_str().into(),
            name: f.item_name.as_deref().map(Into::into),
            printed: f.printed.as_str().into(),
        })
    }

    /// The findings between years, in the order of document ids: each with the row of its document, of which only id, unit and
    /// year are filled. They go on behind the findings of their document.
    pub fn findings(&self) -> Vec<Extract> {
        let mut out: Vec<Extract> = self
            .kept
            .iter()
            .map(|((unit, level, caliber, year), now)| {
                let last = (unit.clone(), *level, *caliber, year.saturating_sub(1));
                let before = self.kept.get(&last).filter(|b| b.year < *year);
                let before = before.map(|b| self.extract(b, unit));
                let mut e = self.extract(now, unit);
                e.findings = self.between(&e, now, before.as_ref(), &self.members(now, *year));
                e.facts.clear();
                e.statements.clear();
                e
            })
            .filter(|e| !e.findings.is_empty())
            .collect();
        out.sort_by(|a, b| a.document.document_id.cmp(&b.document.document_id));
        out
    }

    /// The accounts of the members of a department, and the name of the first of which there is none.
    fn members(&self, kept: &Kept, year: i16) -> Vec<(String, Option<Extract>)> {
        // 本级 has the key of the department with a tail, or not: its cover may say it elsewhere than in the name.
        let account = |key: &str| {
            let other = match key.strip_suffix(SELF_ONLY) {
                Some(department) => department.to_string(),
                None => format!("{key}{SELF_ONLY}"),
            };
            [key.to_string(), other].into_iter().find_map(|key| {
                let from = (key.clone(), None, None, i16::MIN);
                let mut all = self.kept.range(from..).take_while(|((unit, ..), _)| *unit == key);
                all.find(|((_, _, caliber, y), k)| {
                    *y == year && *caliber != Some(Caliber::Consolidated) && k.id != kept.id
                })
                .map(|((unit, ..), k)| self.extract(k, unit))
            })
        };
        let all = kept.members.iter();
        all.map(|(name, key)| (name.clone(), key.as_deref().and_then(account)))
            .collect()
    }

    fn between(
        &self,
        now: &Extract,
        kept: &Kept,
        before: Option<&Extract>,
        members: &[(String, Option<Extract>)],
    ) -> Vec<Finding> {
        let here = members.iter().filter_map(|(name, e)| Some((name, e.as_ref()?)));
        let accounts: Vec<(String, Figures<'_>)> = here
            .map(|(name, e)| (name.clone(), Figures::new(e, self.grammar)))
            .collect();
        let missing = members.iter().find(|(_, e)| e.is_none()).map(|(name, _)| name.clone());
        if before.is_none() && accounts.is_empty() {
            return Vec::new();
        }
        let own = Figures::new(now, self.grammar);
        let prior = before.map(|b| Figures::new(b, self.grammar));
        let mut e = Evaluator {
            own: &own,
            prior: prior.as_ref(),
            members: (!accounts.is_empty()).then_some(Members {
                accounts: &accounts,
                missing,
            }),
            year: now.document.fiscal_year,
            out: Vec::new(),
        };
        for rule in &self.grammar.identities.rules {
            if rule.checks.iter().any(|c| asks(c) != (false, false)) {
                e.rule(rule);
            }
        }
        let writer = Writer {
            own: &own,
            prior: prior.as_ref(),
            g: self.grammar,
            whose: super::message::whose(&now.document),
        };
        let failed = |figure: Figure| match figure {
            Figure::Fact(n) => kept.facts.get(n).map_or(0, |f| f.failed),
            Figure::Statement(n) => own.statements[n].failed,
        };
        e.out
            .iter()
            .enumerate()
            .map(|(n, i)| {
                let (mut zh, mut en) = writer.sentences(i, None);
                // The figure through which an identity of its own document fails as well.
                let mut doubtful = i.addends().filter(|a| !a.prior && failed(a.figure) > 0);
                if i.outcome == FindingOutcome::Fails
                    && let (Some(a), None) = (doubtful.next(), doubtful.next())
                {
                    let (also_zh, also_en) = writer.fails_elsewhere(a.figure, failed(a.figure));
                    zh.push_str(&also_zh);
                    en.push_str(&also_en);
                }
                published(i, &own, kept.findings + n as u32 + 1, writer.why(i), (zh, en), None)
            })
            .collect()
    }

    fn extract(&self, kept: &Kept, unit: &str) -> Extract {
        let mut row = DocumentRow::new(kept.id.clone(), "");
        row.unit_key = Some(unit.to_string());
        row.fiscal_year = Some(kept.year);
        row.unit_name = kept.unit_name.as_deref().map(str::to_string);
        let mut e = Extract::empty(row);
        e.facts = kept.facts.iter().map(|k| self.fact_of(k)).collect();
        e.statements.clone_from(&kept.statements);
        e
    }

    fn fact_of(&self, k: &KeptFact) -> Fact {
        let w = &self.cells[usize::from(k.wanted)];
        Fact {
            ordinal: k.ordinal,
            form: w.form.to_string(),
            form_label: None,
            table: k.table,
            side: k.side,
            item: k.item.to_string(),
            item_code: None,
            item_name: k.name.as_deref().map(str::to_string),
            item_level: None,
            is_total: k.total,
            measure: w.measure.to_string(),
            fund: None,
            amount: k.amount,
            cell_state: if k.amount.is_some() {
                CellState::Number
            } else {
                CellState::Blank
            },
            printed: k.printed.to_string(),
            printed_unit: k.unit.map_or(String::new(), |u| u.as_str().to_string()),
            row_no: None,
            place: Place::page(k.page),
            source: Source::Native,
            held: 0,
            failed: 0,
            sub_unit: None,
            table_title: None,
            header_path: None,
        }
    }
}
