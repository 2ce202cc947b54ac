//! Between the documents of one dataset: the account of a unit against the one of the year before. Comes in: every document in
//! its order, of which only the few figures are kept that the rules between years name, so that a run over many documents stays
//! small. Goes out, when all are known: findings of the later documents. They change no `held` and `failed`: those count
//! the identities inside a document.

use super::evaluate::{Evaluator, fits, operands};
use super::figures::{Figure, Figures};
use super::message::Writer;
use super::published;
use crate::grammar::Grammar;
use crate::grammar::identity::{Operand, Which};
use crate::place::{DocumentId, Place};
use crate::record::{
    Caliber, CellState, DocumentRow, Extract, Fact, Finding, FindingOutcome, Level, Side, Source, Statement,
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
    year: i16,
    findings: u32,
    facts: Vec<KeptFact>,
    statements: Vec<Statement>,
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
            if !all.iter().any(|o| matches!(o, Operand::Prior(_))) {
                continue;
            }
            for o in all {
                let inner = if let Operand::Prior(p) = o { p } else { o };
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
        self.kept.entry(account).or_insert_with(|| Kept {
            id: e.document.document_id.clone(),
            year,
            findings: e.findings.len() as u32,
            facts,
            statements,
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
            .filter_map(|((unit, level, caliber, year), now)| {
                let last = (unit.clone(), *level, *caliber, year.checked_sub(1)?);
                let before = self.kept.get(&last)?;
                let mut e = self.extract(now, unit);
                e.findings = self.between(&e, now, &self.extract(before, unit));
                e.facts.clear();
                e.statements.clear();
                Some(e)
            })
            .filter(|e| !e.findings.is_empty())
            .collect();
        out.sort_by(|a, b| a.document.document_id.cmp(&b.document.document_id));
        out
    }

    fn between(&self, now: &Extract, kept: &Kept, before: &Extract) -> Vec<Finding> {
        let (own, prior) = (Figures::new(now, self.grammar), Figures::new(before, self.grammar));
        let mut e = Evaluator {
            own: &own,
            prior: Some(&prior),
            year: now.document.fiscal_year,
            out: Vec::new(),
        };
        for rule in &self.grammar.identities.rules {
            let across = |check| operands(check).iter().any(|o| matches!(o, Operand::Prior(_)));
            if rule.checks.iter().any(across) {
                e.rule(rule);
            }
        }
        let writer = Writer {
            own: &own,
            prior: Some(&prior),
            g: self.grammar,
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
        }
    }
}
