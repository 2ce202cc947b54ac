//! Second thoughts over all instances of a document: a sum that fails over blanks, over rows that were lost or beside figures that
//! nobody read says nothing about the document.

use super::evaluate::Evaluator;
use super::figures::Figure;
use super::instance::{At, Instance, Missing, Shape};
use crate::diag::{Code, Diagnostic, Loss, Severity};
use crate::grammar::equation::Relation;
use crate::record::FindingOutcome;
use std::collections::BTreeMap;

impl<'f, 'e> Evaluator<'f, 'e> {
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
