//! What no row and no column claimed, and what was torn: it is said, cell by cell.

use super::Reader;
use crate::diag::{Code, Diagnostic, Severity};
use crate::grammar::{Lexicon, Role};
use crate::recognise::{Entry, torn};
use crate::text;
use crate::value::amount;

/// A table of another form has more than so many numbers without a place for each that has one.
const STRANGER: usize = 8;

impl Reader<'_> {
    /// Columns whose header is not understood: each with its header and the number of its amounts.
    fn left_out(&mut self) {
        for l in self.header.columns.iter().filter(|l| l.column.is_none() && !l.count) {
            let mut ids: Vec<usize> = (l.body..self.grid.rows)
                .flat_map(|r| (l.start..l.end).map(move |c| (r, c)))
                .filter_map(|(r, c)| self.grid.cell_id(r, c))
                .filter(|i| {
                    let cell = &self.grid.cells[*i];
                    !self.claimed.contains(i) && cell.col >= l.start && cell.row >= l.body
                })
                .filter(|i| amount::parse(&self.grid.cells[*i].text()).is_some())
                .collect();
            ids.sort_unstable();
            ids.dedup();
            let Some(first) = ids.first() else { continue };
            self.unclaimed += 1;
            self.left_over += ids.len();
            let place = self.grid.cells[*first].place();
            self.claimed.extend(&ids);
            let message = format!(
                "a column of {} with {} numbers was left out: its header is not understood",
                self.form.id,
                ids.len()
            );
            self.report.push(
                Diagnostic::new(Severity::Warning, Code::ColumnNotUnderstood, message, place)
                    .of_form(&self.form.id)
                    .printed(l.printed.join("/")),
            );
        }
    }

    /// A table of which next to nothing is understood is another than its title says: the little is none of the form.
    pub(super) fn drop_stranger(&mut self) {
        let number = |e: &Entry| e.printed.contains(|c: char| c.is_ascii_digit());
        let own = self.entries.iter().filter(|(_, e)| number(e)).count();
        let Some(place) = self.entries.first().map(|(_, e)| e.place) else {
            return;
        };
        if own * STRANGER >= self.left_over {
            return;
        }
        let message = format!(
            "the table was taken for {}, of which {own} of its numbers could be and {} not: none was read",
            self.form.id, self.left_over
        );
        let said = Diagnostic::new(Severity::Error, Code::HeaderDoesNotFit, message, place);
        self.report.push(said.of_form(&self.form.id));
        self.entries.clear();
    }

    /// Without lines a part of a number may have come into the cell beside it: then what is left of it is not read.
    pub(super) fn drop_torn(&mut self) {
        let entries: Vec<&Entry> = self.entries.iter().map(|(_, e)| e).collect();
        let torn = torn::torn(self.grid, &entries, &self.claimed);
        for (n, why) in &torn {
            let e = &self.entries[*n].1;
            let message = format!(
                "the number in an amount cell of {} may not be whole and was left out: {why}",
                self.form.id
            );
            let said = Diagnostic::new(Severity::Error, Code::NumberTorn, message, e.place);
            self.report.push(said.of_form(&self.form.id).printed(&e.printed));
        }
        for (n, _) in torn.iter().rev() {
            self.entries.remove(*n);
        }
    }

    /// Every number of the body that no row and no column claimed.
    pub(super) fn list_unclaimed(&mut self) {
        self.left_out();
        let lexicon: &Lexicon = &self.g.lexicon;
        let ignored: Vec<usize> = self
            .header
            .columns
            .iter()
            .filter(|l| {
                l.count
                    || l.column
                        .is_some_and(|c| matches!(self.form.columns[c].role, Role::Ignore | Role::RowNo))
            })
            .flat_map(|l| l.start..l.end)
            .collect();
        for (id, cell) in self.grid.cells.iter().enumerate() {
            let body = self
                .header
                .columns
                .iter()
                .find(|l| cell.col >= l.start && cell.col < l.end)
                .map_or(0, |l| l.body);
            if cell.row < body || self.claimed.contains(&id) || cell.lines.is_empty() {
                continue;
            }
            let printed = cell.text();
            let key = text::key(&printed);
            let unreadable = |c: char| c == char::REPLACEMENT_CHARACTER;
            let number = amount::parse(&printed).is_some() || key.chars().any(|c| c.is_ascii_digit() || unreadable(c));
            let in_amounts = self.panels.iter().any(|p| {
                p.amounts.iter().any(|l| {
                    let l = &self.header.columns[*l];
                    cell.col >= l.start && cell.col < l.end
                })
            });
            if ignored.contains(&cell.col) || lexicon.is_dash(&key) || (!number && !in_amounts) {
                if !number
                    && !key.is_empty()
                    && !lexicon.is_dash(&key)
                    && self.panels.iter().any(|p| cell.col >= p.first && cell.col < p.end)
                {
                    self.report.push(
                        Diagnostic::new(
                            Severity::Note,
                            Code::UnclaimedLabel,
                            format!(
                                "a row of {} with this label holds no amounts and is not known",
                                self.form.id
                            ),
                            cell.place(),
                        )
                        .of_form(&self.form.id)
                        .printed(printed),
                    );
                }
                continue;
            }
            self.unclaimed += 1;
            self.left_over += usize::from(number);
            self.report.push(
                Diagnostic::new(
                    Severity::Warning,
                    Code::UnclaimedNumber,
                    format!("no row and no column of {} claims what stands here", self.form.id),
                    cell.place(),
                )
                .of_form(&self.form.id)
                .printed(printed),
            );
        }
    }
}
