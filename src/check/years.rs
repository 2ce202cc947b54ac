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
use crate::spool::Spool;
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
#[derive(serde::Serialize, serde::Deserialize)]
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

#[derive(serde::Serialize, serde::Deserialize)]
struct Kept {
    id: DocumentId,
    account: Account,
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
    /// The number of each account among those that were kept.
    numbers: BTreeMap<Account, u32>,
    kept: Spool,
    /// The last id, as long as they came in their order.
    in_order: Option<DocumentId>,
}

impl<'g> Years<'g> {
    /// Nothing yet; which figures are kept is read off the rules.
    pub fn new(grammar: &'g Grammar) -> Self {
        let mut out = Self {
            grammar,
            cells: Vec::new(),
            said: Vec::new(),
            numbers: BTreeMap::new(),
            kept: Spool::default(),
            in_order: Some(DocumentId::default()),
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
        if let Some(kept) = self.kept_of(e) {
            self.keep(&kept);
        }
    }

    /// The same in two steps: what is kept of a document, as bytes; empty where it is nothing.
    pub fn note(&self, e: &Extract) -> Vec<u8> {
        let kept = self.kept_of(e);
        kept.and_then(|k| postcard::to_allocvec(&k).ok()).unwrap_or_default()
    }

    /// The second step.
    pub fn take(&mut self, note: &[u8]) {
        if let Ok(kept) = postcard::from_bytes::<Kept>(note) {
            self.keep(&kept);
        }
    }

    fn kept_of(&self, e: &Extract) -> Option<Kept> {
        let (Some(unit), Some(year)) = (&e.document.unit_key, e.document.fiscal_year) else {
            return None;
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
            return None;
        }
        let d = &e.document;
        let account = (unit.clone(), d.level, d.caliber, year);
        let consolidated = !matches!(d.caliber, Some(Caliber::SelfOnly | Caliber::Single));
        let units = e.members.iter().filter(|m| consolidated && m.kind == MemberKind::Unit);
        Some(Kept {
            id: e.document.document_id.clone(),
            account,
            unit_name: e.document.unit_name.as_deref().map(Into::into),
            year,
            findings: e.findings.len() as u32,
            facts,
            statements,
            members: units.map(|m| (m.name.clone(), m.unit_key.clone())).collect(),
        })
    }

    fn keep(&mut self, kept: &Kept) {
        if self.numbers.contains_key(&kept.account) {
            return;
        }
        self.in_order = self
            .in_order
            .take()
            .filter(|last| *last < kept.id)
            .map(|_| kept.id.clone());
        self.numbers.insert(kept.account.clone(), self.kept.len() as u32);
        self.kept.push(kept);
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

    /// What is kept waits in a file there, and is read again one account after the other: memory stays the same for any number of
    /// documents.
    pub fn wait_at(&mut self, path: &std::path::Path) -> std::io::Result<()> {
        self.kept = Spool::at(path)?;
        Ok(())
    }

    /// The findings between years, in the order of document ids: each with the row of its document, of which only id, unit and
    /// year are filled. They go on behind the findings of their document.
    pub fn findings(&self) -> Result<Vec<Extract>, String> {
        let mut out = Vec::new();
        self.each::<String>(&mut |e| {
            out.push(e);
            Ok(())
        })?;
        Ok(out)
    }

    /// The same, one document at a time.
    pub fn each<E: From<String>>(&self, found: &mut dyn FnMut(Extract) -> Result<(), E>) -> Result<(), E> {
        let mut order: Vec<u32> = (0..self.kept.len() as u32).collect();
        if self.in_order.is_none() {
            let id = |n: &u32| self.kept.get::<Kept>(*n as usize).map(|k| k.id);
            let mut named = order
                .iter()
                .map(|n| Ok((id(n)?, *n)))
                .collect::<Result<Vec<_>, String>>()?;
            named.sort();
            order = named.into_iter().map(|(_, n)| n).collect();
        }
        for n in order {
            let now: Kept = self.kept.get(n as usize)?;
            let (unit, level, caliber, year) = &now.account;
            let last = (unit.clone(), *level, *caliber, year.saturating_sub(1));
            let before = match self.numbers.get(&last) {
                Some(n) if last.3 < *year => Some(self.extract(&self.kept.get::<Kept>(*n as usize)?)),
                _ => None,
            };
            let mut e = self.extract(&now);
            e.findings = self.between(&e, &now, before.as_ref(), &self.members(&now, *year)?);
            e.facts.clear();
            e.statements.clear();
            if !e.findings.is_empty() {
                found(e)?;
            }
        }
        Ok(())
    }

    /// The accounts of the members of a department, and the name of the first of which there is none.
    fn members(&self, kept: &Kept, year: i16) -> Result<Vec<(String, Option<Extract>)>, String> {
        // 本级 has the key of the department with a tail, or not: its cover may say it elsewhere than in the name.
        let account = |key: &str| -> Result<Option<Extract>, String> {
            let other = match key.strip_suffix(SELF_ONLY) {
                Some(department) => department.to_string(),
                None => format!("{key}{SELF_ONLY}"),
            };
            for key in [key.to_string(), other] {
                let from = (key.clone(), None, None, i16::MIN);
                let all = self.numbers.range(from..).take_while(|((unit, ..), _)| *unit == key);
                let own = all.filter(|((_, _, caliber, y), _)| *y == year && *caliber != Some(Caliber::Consolidated));
                for (_, n) in own {
                    let member: Kept = self.kept.get(*n as usize)?;
                    if member.id != kept.id {
                        return Ok(Some(self.extract(&member)));
                    }
                }
            }
            Ok(None)
        };
        let all = kept.members.iter();
        all.map(|(name, key)| Ok((name.clone(), key.as_deref().map_or(Ok(None), account)?)))
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

    fn extract(&self, kept: &Kept) -> Extract {
        let mut row = DocumentRow::new(kept.id.clone(), "");
        row.unit_key = Some(kept.account.0.clone());
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
