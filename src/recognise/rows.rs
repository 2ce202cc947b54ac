//! Rows to entries: which item a row is, which cell is whose amount. A number that no column and no row claims is listed.

mod counted;
mod label;
mod left;
mod panels;
mod repeated;

use self::panels::{Panel, panels, without_torn};
use super::header::{Header, Logical};
use super::rules::Rules;
use super::{Entry, OtherEntry, Recognised, other};
use crate::diag::{Code, Diagnostic, Severity};
use crate::grammar::{Form, Grammar, RowKind};
use crate::layout::{Cell, Grid, GridKind};
use crate::place::Place;
use crate::record::{OTHER_TABLE, Side};
use crate::text;
use crate::value::code;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::borrow::Cow;

/// Room for so many entries from the start: moving them is what a table of this size costs most.
const ENTRIES: usize = 1_024;

/// The items of one side in the part of the table on the page before: a row may be a part of one of them.
fn seen(side: Option<Side>, before: &[Entry]) -> HashMap<String, usize> {
    let mut out = HashMap::default();
    for e in before.iter().filter(|e| e.side == side) {
        see(&mut out, &e.item);
    }
    out
}

/// Notes an item, and as how many-eth it was seen first.
fn see(seen: &mut HashMap<String, usize>, item: &str) {
    if !seen.contains_key(item) {
        seen.insert(item.to_string(), seen.len());
    }
}

/// What is known of a table before its rows are read.
#[derive(Clone, Copy, Default)]
pub struct Said<'s> {
    /// Whose money, by the title.
    pub fund: Option<&'s str>,
    /// The year of the account.
    pub year: Option<i16>,
    /// The entries of the same table on the page before, where this part of it was found on its own.
    pub before: &'s [Entry],
}

/// The cells of a table as entries, in the order of rows and columns.
pub fn entries(
    grid: &Grid,
    form: &Form,
    header: &Header,
    Said { fund, year, before }: Said<'_>,
    rules: &Rules<'_>,
    out: &mut Recognised,
    report: &mut Vec<Diagnostic>,
) -> Vec<Entry> {
    let mut reader = Reader {
        grid,
        form,
        header,
        fund,
        year,
        g: rules.g,
        rules,
        panels: {
            let mut all = panels(form, header);
            without_torn(&mut all, grid, form, header);
            all
        },
        phases: Vec::new(),
        claimed: HashSet::default(),
        slipped: Vec::new(),
        seen: Vec::new(),
        last_code: Vec::new(),
        context: Vec::new(),
        last_no: Vec::new(),
        entries: Vec::with_capacity(grid.cells.len().min(ENTRIES)),
        unclaimed: 0,
        left_over: 0,
        aside: Vec::new(),
        report,
    };
    reader.phases = reader.row_phases();
    reader.seen = reader.panels.iter().map(|p| seen(p.side, before)).collect();
    reader.context = vec![None; reader.panels.len()];
    reader.last_no = vec![None; reader.panels.len()];
    reader.last_code = reader.panels.iter().map(|_| Vec::new()).collect();
    reader.read();
    if grid.kind == GridKind::Aligned {
        reader.drop_torn();
    }
    reader.list_unclaimed();
    out.unclaimed += reader.unclaimed;
    if !reader.aside.is_empty() {
        let aside = std::mem::take(&mut reader.aside);
        let n = aside.len();
        let message = format!(
            "{n} numbers in rows that hold no amounts of {} were read as printed, as {OTHER_TABLE}",
            form.id
        );
        let place = Place::new(grid.page(), grid.rect());
        let note = Diagnostic::new(Severity::Note, Code::OtherTable, message, place);
        reader.report.push(note.printed(aside[0].label.concat()));
        out.others.push(other::beside_form(grid, aside));
    }
    if form.rows == RowKind::Items {
        reader.drop_empty_headings();
    }
    reader.drop_repeated_totals();
    reader.drop_stranger();
    let mut entries = reader.entries;
    // Reading order: page, then row, then column.
    entries.sort_by(|a, b| {
        let (p, q) = (&a.1.place, &b.1.place);
        p.page.cmp(&q.page).then(a.0.cmp(&b.0))
    });
    entries.into_iter().map(|(_, e)| e).collect()
}

struct Reader<'a> {
    grid: &'a Grid,
    form: &'a Form,
    header: &'a Header,
    fund: Option<&'a str>,
    year: Option<i16>,
    g: &'a Grammar,
    rules: &'a Rules<'a>,
    panels: Vec<Panel>,
    /// The phases that rows of the table name.
    phases: Vec<usize>,
    claimed: HashSet<usize>,
    /// Numbers that the row of column numbers lacks.
    slipped: Vec<u32>,
    /// Items seen so far in each panel, and in which order.
    seen: Vec<HashMap<String, usize>>,
    /// The parts of the last code in each panel.
    last_code: Vec<Vec<String>>,
    /// The code of the last row in each panel: a name without code stands below it.
    context: Vec<Option<String>>,
    /// The number (行次) of the last row in each panel.
    last_no: Vec<Option<u32>>,
    entries: Vec<((usize, usize), Entry)>,
    unclaimed: u32,
    /// Numbers that no column or no row claims.
    left_over: usize,
    /// Numbers in rows that are known to hold none of the form.
    aside: Vec<OtherEntry>,
    report: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn read(&mut self) {
        let mut row = self
            .header
            .columns
            .iter()
            .map(|l| l.body)
            .min()
            .unwrap_or(self.header.body);
        while row < self.grid.rows {
            let strangers = (row >= self.header.body).then(|| self.column_numbers(row)).flatten();
            if strangers.is_some() || (row >= self.header.body && self.is_repeated_header(row)) {
                if strangers.is_some() {
                    self.note_missing(row);
                }
                self.claim_row(row);
                for id in strangers.into_iter().flatten() {
                    self.claimed.remove(&id);
                }
                row += 1;
                continue;
            }
            for p in 0..self.panels.len() {
                let cut = self.may_be_cut(row + 1) && self.belongs_together(p, row, row + 1);
                let done = self.may_be_cut(row) && row > self.header.body && self.belongs_together(p, row - 1, row);
                if !done {
                    self.row(p, row, cut.then_some(row + 1));
                }
            }
            row += 1;
        }
    }

    /// Whether this row may be the rest of the one above: it begins a page, or no line parts them and nothing but the names of the
    /// form tells where a blank row ends.
    fn may_be_cut(&self, row: usize) -> bool {
        self.grid.begins_page(row) || (self.grid.kind == GridKind::Aligned && self.form.rows != RowKind::Coded)
    }

    fn cells(&self, row: usize, logical: usize) -> Vec<usize> {
        let l: &Logical = &self.header.columns[logical];
        let mut out: Vec<usize> = (l.start..l.end).filter_map(|c| self.grid.cell_id(row, c)).collect();
        out.dedup();
        out
    }

    fn texts(&self, row: usize, logicals: &[usize]) -> Vec<Cow<'_, str>> {
        let mut ids: Vec<usize> = logicals.iter().flat_map(|l| self.cells(row, *l)).collect();
        ids.dedup();
        ids.into_iter().map(|i| self.grid.cells[i].text()).collect()
    }

    /// Which amounts of the items the rows name, where the columns name the items.
    fn row_phases(&self) -> Vec<usize> {
        let mut out = Vec::new();
        if self.form.rows != RowKind::Items {
            return out;
        }
        for row in self.header.body..self.grid.rows {
            for p in 0..self.panels.len() {
                out.extend(self.phase_of(&self.label_text(p, row)));
            }
        }
        out
    }

    /// The phase that a row label names (预算数, 上年决算数).
    fn phase_of(&self, printed: &str) -> Option<usize> {
        let parts = &self.g.parts;
        let key = text::key(printed);
        let said = self.rules.said(&key)?;
        let mut set = said.set;
        if let (Some(year), Some(current)) = (said.year, self.year) {
            set |= parts.of_year(year, current);
        }
        let rest = set & !(self.form.about | parts.silent);
        (rest != 0).then(|| parts.phase(rest)).flatten()
    }

    /// The measure and whether it is a rate, of a column in a row; `None` where nothing says which amount it is.
    fn measure(&self, logical: usize, phase: Option<usize>) -> Option<(String, bool)> {
        let l = &self.header.columns[logical];
        if let Some(m) = &l.measure {
            return Some((m.clone(), l.ratio));
        }
        let phases = &self.g.parts.phases;
        let Some(n) = phase else {
            // A table without any word for it is that of the account.
            let plain = self.phases.is_empty()
                && self
                    .header
                    .columns
                    .iter()
                    .all(|l| l.column.is_none() || l.measure.is_none() || !self.items(l));
            return plain.then(|| ("final".to_string(), false));
        };
        let p = &phases[n];
        let has = |id: &String| self.phases.iter().any(|o| phases[*o].id == *id);
        if p.beside.as_ref().is_some_and(|b| !has(b)) {
            return None;
        }
        let budgets = |id: &str| self.form.budget.as_ref().is_some_and(|b| id.ends_with(b.as_str()));
        let mut bases: Vec<&str> = self
            .phases
            .iter()
            .map(|o| phases[*o].id.as_str())
            .filter(|i| budgets(i))
            .collect();
        bases.sort_unstable();
        bases.dedup();
        let id = match &self.form.budget {
            Some(b) if budgets(&p.id) && bases.len() == 1 => b.clone(),
            _ => p.id.clone(),
        };
        Some((id, p.ratio))
    }

    /// Whether a column names its item.
    fn items(&self, l: &Logical) -> bool {
        l.column.is_some_and(|c| self.form.columns[c].item.is_some())
    }

    fn amount_cell(&self, row: usize, logical: usize) -> Option<usize> {
        let l = &self.header.columns[logical];
        if row < l.body {
            return None;
        }
        let ids = self.cells(row, logical);
        let filled: Vec<usize> = ids
            .iter()
            .copied()
            .filter(|i| !self.grid.cells[*i].lines.is_empty())
            .collect();
        let id = match filled.as_slice() {
            [one] => *one,
            [] => *ids.first()?,
            _ => return None,
        };
        let cell = &self.grid.cells[id];
        (cell.col >= l.start && cell.col + cell.col_span <= l.end).then_some(id)
    }

    fn is_repeated_header(&self, row: usize) -> bool {
        let mut known = 0;
        for c in (0..self.grid.cols).filter_map(|c| self.grid.cell(row, c)) {
            let t = text::key(&c.text());
            if t.is_empty() {
                continue;
            }
            // Most rows end here, at their first cell.
            if !self.header.columns.iter().any(|l| l.path.contains(&t)) {
                return false;
            }
            known += 1;
        }
        known >= 2
    }

    fn claim_row(&mut self, row: usize) {
        for c in 0..self.grid.cols {
            self.claimed.extend(self.grid.cell_id(row, c));
        }
    }

    /// Whether two rows on both sides of a page break are one: one half has the code (or the whole label is only known
    /// joined), and no column is filled twice.
    fn belongs_together(&self, p: usize, upper: usize, lower: usize) -> bool {
        if lower >= self.grid.rows || upper < self.header.body {
            return false;
        }
        let filled = |row: usize, l: usize| {
            self.amount_cell(row, l)
                .is_some_and(|i| !self.grid.cells[i].lines.is_empty())
        };
        let free = self.panels[p]
            .amounts
            .iter()
            .all(|l| !(filled(upper, *l) && filled(lower, *l)));
        if !free || self.is_column_numbers(upper) {
            return false;
        }
        let (above, below) = (self.label_text(p, upper), self.label_text(p, lower));
        match self.form.rows {
            RowKind::Coded => {
                let code = |row| self.code_parts(p, row).iter().any(|c| !c.is_empty());
                let known = |label: &str| self.named(p, label).is_some();
                if below.is_empty() && above.is_empty() {
                    return false;
                }
                (code(upper) && !code(lower) && !below.is_empty() && !known(&below))
                    || (!code(upper) && code(lower) && !above.is_empty() && !known(&above))
            }
            RowKind::TwoSided | RowKind::Items => {
                let item = |label: &str| self.resolve_named(p, label).map(|l| l.item);
                // The first half may be known as the name without its last word.
                !above.is_empty() && !below.is_empty() && item(&below).is_none() && {
                    let whole = item(&format!("{above}{below}"));
                    whole.is_some() && item(&above).is_none_or(|a| Some(a) == whole)
                }
            }
        }
    }

    fn row(&mut self, p: usize, row: usize, second: Option<usize>) {
        let rows: Vec<usize> = std::iter::once(row).chain(second).collect();
        let mut label_of_row = self.label(p, &rows);
        let side = self.panels[p].side;
        // Which cells of this row are amounts that begin here.
        let mut cells: Vec<(usize, usize)> = Vec::new();
        for l in self.panels[p].amounts.clone() {
            for r in &rows {
                let Some(id) = self.amount_cell(*r, l) else { continue };
                let cell = &self.grid.cells[id];
                let second = rows.get(1).and_then(|r| self.amount_cell(*r, l));
                let in_second = second.is_some_and(|i| !self.grid.cells[i].lines.is_empty());
                if *r == rows[0] && cell.lines.is_empty() && in_second {
                    continue;
                }
                if cell.row == *r && !cells.iter().any(|(k, _)| *k == l) {
                    cells.push((l, id));
                }
            }
        }
        if label_of_row.is_none() {
            label_of_row = self.label_from_the_left(p, row, &cells);
            // The blank beside the label is no amount of it: the amount stands here.
            if let Some(l) = &label_of_row {
                let item = l.item.clone();
                self.entries
                    .retain(|((r, _), e)| !(*r == row && e.item == item && e.printed.is_empty()));
            }
        }
        // An amount cell that reaches over several rows belongs to the row whose label reaches as far.
        if let Some((_, id)) = cells.first()
            && self.grid.cells[*id].row_span > 1
            && rows.len() == 1
        {
            label_of_row = self.label_of_tall_cell(p, *id).or(label_of_row);
        }
        let subunit = self.subunit(p, row);
        let Some(label) = label_of_row else {
            self.unlabelled(p, row, &cells, subunit);
            return;
        };
        self.claim_labels(p, &rows);
        if !label.item.is_empty() {
            see(&mut self.seen[p], &label.item);
        }
        if label.known_without_amounts {
            self.beside(p, &rows, cells);
            return;
        }
        let row_no = self.panels[p].row_no.and_then(|l| {
            self.cells(row, l).into_iter().find_map(|i| {
                self.claimed.insert(i);
                code::digits(&self.grid.cells[i].text())?.parse().ok()
            })
        });
        let row_no = row_no.or_else(|| self.grown_number(p, row).map(|(_, n)| n));
        self.last_no[p] = row_no.or(self.last_no[p]);
        for (l, id) in cells {
            let Some(c) = self.header.columns[l].column else {
                continue;
            };
            let column = &self.form.columns[c];
            // A column that names its item (三公) needs a row that says which amount, or none; a row that names one needs a column
            // that does not.
            if column.item.is_some() != label.phase.is_some() {
                continue;
            }
            let Some((measure, ratio)) = self.measure(l, label.phase) else {
                continue;
            };
            let fund = column
                .fund
                .clone()
                .or_else(|| self.header.columns[l].fund.clone())
                .or_else(|| label.fund.clone())
                .or_else(|| self.fund.map(str::to_string));
            self.push(
                row,
                l,
                id,
                Entry {
                    side,
                    item: column.item.clone().unwrap_or_else(|| label.item.clone()),
                    item_code: label.code.clone(),
                    item_name: match column.item {
                        Some(_) => self.column_name(l),
                        None => label.name.clone(),
                    },
                    item_level: label.level,
                    sub_unit: None,
                    is_total: label.total || (column.item.is_some() && column.total),
                    measure,
                    ratio,
                    fund,
                    row_no,
                    unit: self.header.columns[l].unit,
                    printed: String::new(),
                    lines: 0,
                    place: Place::default(),
                },
            );
        }
    }

    fn push(&mut self, row: usize, logical: usize, id: usize, mut entry: Entry) {
        if !self.claimed.insert(id) || self.is_slipped(id) {
            return;
        }
        let cell: &Cell = &self.grid.cells[id];
        entry.printed = match cell.lines.as_slice() {
            [] => String::new(),
            lines => lines.iter().map(|l| l.text.trim()).collect::<Vec<_>>().join("\n"),
        };
        entry.lines = cell.lines.len();
        entry.place = cell.place();
        self.entries.push(((row, logical), entry));
    }

    /// A row without a label of its own: columns may name the items; else it is blank, or its numbers are unclaimed.
    fn unlabelled(&mut self, p: usize, row: usize, cells: &[(usize, usize)], subunit: Option<String>) {
        let filled = cells.iter().any(|(_, id)| !self.grid.cells[*id].lines.is_empty());
        let mut any = false;
        for (l, id) in cells {
            let Some(c) = self.header.columns[*l].column else {
                continue;
            };
            let column = self.form.columns[c].clone();
            let Some(item) = column.item else { continue };
            let Some((measure, ratio)) = self.measure(*l, None) else {
                continue;
            };
            // A blank row below the first is padding, and a wrapped name where no line parts the rows; between lines a sub-unit
            // without money is a row.
            let lined = self.grid.kind != GridKind::Aligned && !self.panels[p].subunits.is_empty();
            let again = || {
                let same = |e: &Entry| e.item == item && e.measure == measure;
                self.entries.iter().any(|(_, e)| same(e))
            };
            // The sum of all sub-units is no wrapped name.
            let sum = subunit
                .as_ref()
                .is_some_and(|s| self.g.identities.all_subunits.contains(&text::key(s)));
            let padding = match (subunit.is_some(), sum) {
                (false, _) => again(),
                (true, true) => !lined && again(),
                (true, false) => !lined,
            };
            if !filled && padding {
                continue;
            }
            any = true;
            let fund = column
                .fund
                .clone()
                .or_else(|| self.header.columns[*l].fund.clone())
                .or_else(|| self.fund.map(str::to_string));
            let name = subunit.clone().or_else(|| self.column_name(*l));
            let whole = |s: &String| self.g.identities.all_subunits.contains(&text::key(s));
            let sub_unit = subunit.clone().filter(|s| !whole(s));
            self.push(
                row,
                *l,
                *id,
                Entry {
                    side: None,
                    item,
                    item_code: None,
                    item_name: name,
                    item_level: None,
                    sub_unit,
                    is_total: column.total,
                    measure,
                    ratio,
                    fund,
                    row_no: None,
                    unit: self.header.columns[*l].unit,
                    printed: String::new(),
                    lines: 0,
                    place: Place::default(),
                },
            );
        }
        if any {
            self.claim_labels(p, &[row]);
        }
    }

    fn column_name(&self, logical: usize) -> Option<String> {
        let l = &self.header.columns[logical];
        let c = l.column?;
        let own = &self.form.columns[c];
        // The deepest header word that is not the word of the measure: the one that is shared by budget and final.
        let generic = |t: &str| {
            self.header.columns.iter().any(|o| {
                o.path.iter().any(|x| x == t)
                    && o.column
                        .is_some_and(|k| self.form.columns[k].item != own.item && o.measure == l.measure)
            })
        };
        let named = (0..l.path.len()).rev().find(|i| !generic(&l.path[*i]));
        l.printed.get(named.unwrap_or(l.path.len().checked_sub(1)?)).cloned()
    }

    fn subunit(&mut self, p: usize, row: usize) -> Option<String> {
        let panel = &self.panels[p];
        let logicals: Vec<usize> = panel.subunits.iter().chain(&panel.names).copied().collect();
        let t = self.texts(row, &logicals).concat();
        let t = t.trim();
        (!t.is_empty() && code::digits(t).is_none()).then(|| t.to_string())
    }

    /// The place of a whole row: all its figures stand under the label that is in doubt.
    fn row_place(&self, row: usize) -> Option<Place> {
        let cells = (0..self.grid.cols).filter_map(|c| self.grid.cell(row, c));
        let mut places = cells.map(Cell::place);
        let first = places.next()?;
        Some(places.fold(first, |all, p| Place::new(all.page, all.rect.union(&p.rect))))
    }

    fn claim_labels(&mut self, p: usize, rows: &[usize]) {
        let panel = &self.panels[p];
        let logicals: Vec<usize> = panel
            .codes
            .iter()
            .chain(&panel.names)
            .chain(&panel.subunits)
            .chain(&panel.row_no)
            .copied()
            .collect();
        for r in rows {
            for l in &logicals {
                for id in self.cells(*r, *l) {
                    self.claimed.insert(id);
                }
            }
        }
    }

    /// The numbers of a row that is known to hold no amount of the form: they are handed over as printed.
    fn beside(&mut self, p: usize, rows: &[usize], cells: Vec<(usize, usize)>) {
        let label: String = rows.iter().map(|r| self.label_text(p, *r)).collect();
        let label: String = label.chars().filter(|c| !c.is_whitespace()).collect();
        for (l, id) in cells {
            let cell = &self.grid.cells[id];
            let header = self.header.columns[l].printed.clone();
            let entry = other::plain(cell, header, vec![label.clone()], self.g);
            // What has digits and is not one number stays unclaimed, and is said.
            if entry.is_some() || !cell.text().contains(|c: char| c.is_ascii_digit()) {
                self.claimed.insert(id);
            }
            self.aside.extend(entry);
        }
    }

    fn note(&mut self, code: Code, message: String, place: Place, printed: &str) {
        self.report
            .push(Diagnostic::new(Severity::Note, code, message, place).printed(printed));
    }
}
