//! Rows that say again what another row says: headings with the name of the total, totals at the head and at the foot.

use super::Reader;
use crate::grammar::RowKind;
use crate::recognise::Entry;
use crate::record::Side;
use crate::text;
use std::collections::{HashMap, HashSet};

impl Reader<'_> {
    /// A list of items may begin with a heading row that repeats the name of the total and holds dashes or nothing.
    pub(super) fn drop_empty_headings(&mut self) {
        let by_row = self.panels.iter().all(|p| p.subunits.is_empty());
        let lexicon = &self.g.lexicon;
        let nothing = |e: &Entry| {
            let key = text::key(&e.printed);
            key.is_empty() || lexicon.is_dash(&key)
        };
        let empty: Vec<bool> = self.entries.iter().map(|(_, e)| nothing(e)).collect();
        if !by_row || !empty.contains(&true) {
            return;
        }
        let filled: HashSet<(&str, &str)> = self
            .entries
            .iter()
            .zip(&empty)
            .filter(|(_, empty)| !**empty)
            .map(|((_, e), _)| (e.item.as_str(), e.measure.as_str()))
            .collect();
        // Where the total holds nothing either, the dashes above it are those of the heading.
        let mut lowest: HashMap<(Option<Side>, &str, &str), usize> = HashMap::new();
        for (((row, _), e), _) in self.entries.iter().zip(&empty).filter(|(_, empty)| **empty) {
            let at = lowest.entry((e.side, &e.item, &e.measure)).or_default();
            *at = (*at).max(*row);
        }
        let blank_below = |row: usize, e: &Entry| {
            let at = lowest.get(&(e.side, e.item.as_str(), e.measure.as_str()));
            at.is_some_and(|r| *r > row)
        };
        let mut repeated = self
            .entries
            .iter()
            .zip(&empty)
            .map(|(((row, _), e), empty)| {
                *empty
                    && (filled.contains(&(e.item.as_str(), e.measure.as_str()))
                        || (!e.printed.is_empty() && blank_below(*row, e)))
            })
            .collect::<Vec<bool>>()
            .into_iter();
        self.entries.retain(|_| !repeated.next().unwrap_or(false));
    }

    /// The row of the total may stand at the head and again at the foot of a table (universities): the same figures count once.
    /// Other figures stay, and are said later.
    pub(super) fn drop_repeated_totals(&mut self) {
        if self.form.rows == RowKind::TwoSided && self.panels.iter().any(|p| p.view.is_some()) {
            // The totals of both views of the expenditure stand in one row.
            let key = |e: &Entry| (e.side, e.item.clone(), e.measure.clone(), text::key(&e.printed));
            let mut seen = HashSet::new();
            self.entries.retain(|((row, _), e)| seen.insert((*row, key(e))));
        }
        if self.form.rows != RowKind::Coded {
            return;
        }
        let mut rows: Vec<(&Entry, usize)> = Vec::new();
        for ((row, _), e) in self.entries.iter().filter(|(_, e)| e.is_total) {
            if !rows.iter().any(|(o, r)| r == row && o.item == e.item) {
                rows.push((e, *row));
            }
        }
        let cells = |item: &str, row: usize| -> Vec<(&str, String)> {
            let mut out: Vec<(&str, String)> = self
                .entries
                .iter()
                .filter(|((r, _), e)| *r == row && e.item == item && !e.printed.is_empty())
                .map(|(_, e)| (e.measure.as_str(), text::key(&e.printed)))
                .collect();
            out.sort();
            out
        };
        let mut again: Vec<(String, usize)> = Vec::new();
        for (n, (e, row)) in rows.iter().enumerate() {
            let own = cells(&e.item, *row);
            let first = rows[..n].iter().find(|(o, _)| o.item == e.item);
            if !own.is_empty() && first.is_some_and(|(o, r)| cells(&o.item, *r) == own) {
                again.push((e.item.clone(), *row));
            }
        }
        self.entries
            .retain(|((row, _), e)| !again.iter().any(|(item, r)| r == row && *item == e.item));
    }
}
