//! A table that arrives as one paragraph, its cells parted by bars: `…决算表 单位：万元 项目|决算数|合计|64.54|公务接待费|11.3`. Comes in: a folded
//! paragraph. Goes out: a claim for each number whose row has a known name, or why it has none. Refuses what is no such table.

use super::discourse::{Reader, State, refusal};
use super::subject::Subject;
use super::token::{Figure, Gaps, Kind, Number};
use super::{Ground, Told};
use crate::grammar::narrative::{Class, Measure};
use crate::value::amount;
use std::ops::Range;

/// Fewer cells are no table.
const CELLS: usize = 6;

struct Cell<'t> {
    text: &'t str,
    range: Range<usize>,
}

impl Cell<'_> {
    fn is_number(&self) -> bool {
        self.text.starts_with(|c: char| c.is_ascii_digit()) && amount::parse(self.text).is_some()
    }
}

/// The cells behind a byte; empty ones between two bars are none.
fn cells(text: &str, from: usize) -> Vec<Cell<'_>> {
    let mut at = from;
    let mut out = Vec::new();
    for piece in text[from..].split('|') {
        if !piece.is_empty() {
            out.push(Cell {
                text: piece,
                range: at..at + piece.len(),
            });
        }
        at += piece.len() + 1;
    }
    out
}

impl Reader<'_> {
    /// The figures of a table in bars; `None` where the paragraph is none.
    pub(super) fn bars(&mut self, text: &str) -> Option<Told> {
        let said = self.g.narrative.shapes.table_unit.captures(text)?;
        let (all, unit) = (said.get(0)?, said.get(1)?);
        let measure = self.g.narrative.unit_at(text, unit.start()).map(|u| u.0);
        let Some(Measure::Money(yuan)) = measure else {
            return None;
        };
        let cells = cells(text, all.end());
        let first = cells.iter().position(Cell::is_number)?;
        // The heads of the columns, then the name of the first row.
        if cells.len() < CELLS || first < 3 {
            return None;
        }
        let slots: Vec<String> = cells[1..first - 1]
            .iter()
            .map(|c| self.column(c.text))
            .collect::<Option<_>>()?;
        let rows: Vec<&[Cell<'_>]> = cells[first - 1..].chunks(slots.len() + 1).collect();
        let whole =
            |r: &&[Cell<'_>]| r.len() == slots.len() + 1 && !r[0].is_number() && r[1..].iter().all(Cell::is_number);
        if !rows.iter().all(whole) {
            return None;
        }
        self.paragraph(&text[..all.start()], &Gaps::default());
        let mut told = Told::default();
        for row in rows {
            let subject = self.row(row[0].text);
            for (cell, slot) in row[1..].iter().zip(&slots) {
                let bare = amount::parse(cell.text)?.value;
                let n = Number {
                    figure: Figure::Amount,
                    value: bare.checked_mul(yuan.yuan())?,
                    bare,
                    digits: (cell.range.start, cell.range.end),
                    unit: (cell.range.end, cell.range.end),
                    measure,
                };
                match &subject {
                    Some(s) => {
                        let mut st = State::default();
                        self.claim(
                            &n,
                            s.clone(),
                            slot.clone(),
                            None,
                            Ground::Words,
                            true,
                            &mut st,
                            &mut told,
                        );
                    }
                    None => told
                        .refusals
                        .push(refusal(&n, &format!("unknown: {}", row[0].text), false)),
                }
            }
        }
        Some(told)
    }

    /// What the head of a column says of its numbers.
    fn column(&self, head: &str) -> Option<String> {
        let gaps = Gaps::default();
        let words = self.words(head, &gaps);
        let base = words.list.iter().find(|t| t.is(Class::Base));
        let is_final = words
            .list
            .iter()
            .any(|t| t.is(Class::Final) || t.kind == Kind::Phrase && t.phrase.is_final);
        match base.map(|b| b.id) {
            Some("opening") => None,
            Some("prior") => Some("prior_year".into()),
            Some(budget) => Some(budget.into()),
            None => is_final.then(|| "final".into()),
        }
    }

    /// What the name of a row is about: a sum is that of the heading.
    fn row(&self, name: &str) -> Option<Subject> {
        let gaps = Gaps::default();
        let words = self.words(name, &gaps);
        let light = |k: &Kind| {
            matches!(
                k,
                Kind::Mark
                    | Kind::Punct
                    | Kind::Term(
                        Class::Open | Class::Predicate | Class::Scope | Class::Neutral | Class::Of | Class::Final
                    )
            )
        };
        let named = words.list.iter().rev().find(|t| t.names());
        if !words.list.iter().all(|t| t.names() || light(&t.kind)) {
            return None;
        }
        match named {
            Some(t) => self.resolve(t, &words, &State::default()),
            None => self.section().cloned(),
        }
    }
}
