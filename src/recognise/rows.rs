//! Rows to entries: which item a row is, which cell is whose amount. A number that no column and no row claims is listed.

use super::header::{Header, Logical};
use super::{Entry, OtherEntry, Recognised, other};
use crate::diag::{Code, Diagnostic, Severity};
use crate::grammar::{Form, Grammar, Lexicon, Role, Row, RowKind, parts};
use crate::layout::{Cell, Grid, GridKind};
use crate::place::Place;
use crate::record::{OTHER_TABLE, Side};
use crate::text;
use crate::value::{amount, code};
use std::collections::{HashMap, HashSet};

/// So many numbers of columns for each cell of their row that holds something else.
const STRANGERS: usize = 5;

/// A label part of a panel with its amounts.
#[derive(Default)]
struct Panel {
    side: Option<Side>,
    /// A second view of the side (支出 by nature).
    view: Option<String>,
    codes: Vec<usize>,
    names: Vec<usize>,
    row_no: Option<usize>,
    subunits: Vec<usize>,
    /// A column that is not understood stands behind its labels.
    unknown: bool,
    amounts: Vec<usize>,
    first: usize,
    end: usize,
}

/// The items of one side in the part of the table on the page before: a row may be a part of one of them.
fn seen(side: Option<Side>, before: &[Entry]) -> HashMap<String, usize> {
    let mut out = HashMap::new();
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
    g: &Grammar,
    out: &mut Recognised,
    report: &mut Vec<Diagnostic>,
) -> Vec<Entry> {
    let mut reader = Reader {
        grid,
        form,
        header,
        fund,
        year,
        g,
        panels: {
            let mut all = panels(form, header);
            without_torn(&mut all, grid, form, header);
            all
        },
        phases: Vec::new(),
        claimed: HashSet::new(),
        seen: Vec::new(),
        last_code: Vec::new(),
        context: Vec::new(),
        last_no: Vec::new(),
        entries: Vec::new(),
        unclaimed: 0,
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
    let mut entries = reader.entries;
    // Reading order: page, then row, then column.
    entries.sort_by(|a, b| {
        let (p, q) = (&a.1.place, &b.1.place);
        p.page.cmp(&q.page).then(a.0.cmp(&b.0))
    });
    entries.into_iter().map(|(_, e)| e).collect()
}

fn panels(form: &Form, header: &Header) -> Vec<Panel> {
    let mut out: Vec<Panel> = Vec::new();
    let mut open = Panel::default();
    for (i, l) in header.columns.iter().enumerate() {
        let role = header.role(form, i);
        let label = matches!(role, Role::Code | Role::Name | Role::Label | Role::Subunit);
        // Labels on both sides of a column that nobody understands belong to two panels, and the amounts of the first are not known.
        let parted = label && open.amounts.is_empty() && !open.names.is_empty() && open.unknown;
        if parted {
            open = Panel {
                first: l.start,
                ..Panel::default()
            };
        }
        if label && !open.amounts.is_empty() {
            open.end = l.start;
            out.push(std::mem::take(&mut open));
            open.first = l.start;
        }
        match role {
            Role::Code => open.codes.push(i),
            Role::Name | Role::Label => open.names.push(i),
            Role::Subunit => open.subunits.push(i),
            Role::RowNo => open.row_no = Some(i),
            Role::Amount => open.amounts.push(i),
            Role::Ignore => open.unknown |= l.column.is_none() && !l.count,
        }
        open.end = l.end;
        open.side = open.side.or(l.side);
        let view = l.column.and_then(|c| form.columns[c].view.clone());
        open.view = open.view.or(view);
    }
    if !open.amounts.is_empty() {
        out.push(open);
    }
    out
}

/// Takes away the panels between whose labels and amounts stands a column of codes that nobody understands: there begins another
/// panel, and the amounts behind it are not those of the labels before it.
fn without_torn(panels: &mut Vec<Panel>, grid: &Grid, form: &Form, header: &Header) {
    if form.rows != RowKind::Coded {
        return;
    }
    let codes = |i: usize| {
        let l = &header.columns[i];
        let filled: Vec<String> = (l.body..grid.rows)
            .filter_map(|r| grid.cell(r, l.start))
            .map(|c| text::key(&c.text()))
            .filter(|t| !t.is_empty())
            .collect();
        let code = |t: &String| matches!(t.len(), 3 | 5 | 7) && t.bytes().all(|b| b.is_ascii_digit());
        filled.len() >= 3 && filled.iter().filter(|t| code(t)).count() * 5 >= filled.len() * 4
    };
    let unknown: Vec<usize> = (0..header.columns.len())
        .filter(|i| header.columns[*i].column.is_none() && !header.columns[*i].count)
        .filter(|i| codes(*i))
        .collect();
    panels.retain(|p| {
        let labels = p.codes.iter().chain(&p.names).min();
        let amounts = p.amounts.iter().max();
        let within = |i: &usize| labels.is_some_and(|l| l < i) && amounts.is_some_and(|a| i < a);
        !unknown.iter().any(within)
    });
}

/// What a row of a panel is.
#[derive(Clone, Default)]
struct Label {
    item: String,
    code: Option<String>,
    name: Option<String>,
    level: Option<i8>,
    total: bool,
    fund: Option<String>,
    /// The row says which amount of the items of the columns stands in it: a phase of the lexicon.
    phase: Option<usize>,
    known_without_amounts: bool,
}

struct Reader<'a> {
    grid: &'a Grid,
    form: &'a Form,
    header: &'a Header,
    fund: Option<&'a str>,
    year: Option<i16>,
    g: &'a Grammar,
    panels: Vec<Panel>,
    /// The phases that rows of the table name.
    phases: Vec<usize>,
    claimed: HashSet<usize>,
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

    fn texts(&self, row: usize, logicals: &[usize]) -> Vec<String> {
        let mut ids: Vec<usize> = logicals.iter().flat_map(|l| self.cells(row, *l)).collect();
        ids.dedup();
        ids.into_iter().map(|i| self.grid.cells[i].text()).collect()
    }

    /// The parts of the code in a row: digits only; words (类, 合计) are none.
    fn code_parts(&self, p: usize, row: usize) -> Vec<String> {
        self.texts(row, &self.panels[p].codes)
            .iter()
            .map(|t| code::digits(t).unwrap_or_default())
            .collect()
    }

    /// The label of a row: what stands in its name columns and, where it is no code and no header word, in its code columns.
    fn label_text(&self, p: usize, row: usize) -> String {
        let panel = &self.panels[p];
        let mut ids: Vec<usize> = Vec::new();
        for l in panel.codes.iter().chain(&panel.names) {
            let own = self.header.columns[*l].start..self.header.columns[*l].end;
            for id in self.cells(row, *l) {
                let cell = &self.grid.cells[id];
                let t = text::key(&cell.text());
                let is_code = panel.codes.contains(l);
                let header_word = is_code
                    && (code::digits(&t).is_some()
                        || (self.heads_labels(&t) && self.form.rows_of(&t).next().is_none()));
                // A label that begins in another panel is that panel's, unless it reaches over to this one's name.
                let foreign = cell.col + cell.col_span <= own.start;
                if !t.is_empty() && !header_word && !foreign && !ids.contains(&id) {
                    ids.push(id);
                }
            }
        }
        // Places inside a label that are code and name are one label: 合计 over both columns, or each half.
        ids.iter()
            .map(|i| self.grid.cells[*i].text())
            .collect::<Vec<_>>()
            .concat()
    }

    /// Whether a folded text is a word that heads columns of codes and names (类, 科目名称).
    fn heads_labels(&self, folded: &str) -> bool {
        let parts = &self.g.parts;
        parts
            .said(folded)
            .is_some_and(|s| s.set != 0 && s.set & !(parts.labels | parts.silent) == 0 && s.set & parts.labels != 0)
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
        let said = parts
            .said(&key)
            .or_else(|| parts.said(self.g.lexicon.bare_label(&key)))?;
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

    fn is_column_numbers(&self, row: usize) -> bool {
        self.column_numbers(row).is_some()
    }

    /// What stands in a row that counts the columns (栏次) and does not count them; `None` for any other row.
    fn column_numbers(&self, row: usize) -> Option<Vec<usize>> {
        let mut ids: Vec<usize> = (0..self.grid.cols).filter_map(|c| self.grid.cell_id(row, c)).collect();
        ids.dedup();
        let lexicon = &self.g.lexicon;
        let mut numbers: Vec<(u32, u32)> = Vec::new();
        let (mut place, mut doubtful, mut strangers) = (0, 0, Vec::new());
        for i in ids {
            let t = text::key(&self.grid.cells[i].text());
            if t.is_empty() || lexicon.is_column_numbers(&t) || self.heads_labels(&t) {
                continue;
            }
            // 1, 2 … or a rule such as 1=2+3.
            let first: String = t.chars().take_while(char::is_ascii_digit).collect();
            let rest = &t[first.len()..];
            let rule = rest.is_empty() || (rest.starts_with(['=', '(']) && !rest.contains('.'));
            place += 1;
            match first.parse::<u32>() {
                Ok(n) if rule && n < 100 => numbers.push((place, n)),
                // What is in doubt (a watermark over it) still counts the columns.
                _ if t.contains(char::REPLACEMENT_CHARACTER) => doubtful += 1,
                // A figure that slipped into the row of numbers.
                _ => strangers.push(i),
            }
        }
        if doubtful > numbers.len() || strangers.len() * STRANGERS > numbers.len() {
            return None;
        }
        let counting = numbers
            .windows(2)
            .all(|w| w[1].1 == w[0].1 + (w[1].0 - w[0].0) || w[1].1 == 1);
        let (first, numbers) = (numbers.first().map(|n| n.1), numbers.len());
        let labelled = self
            .texts(row, &(0..self.header.columns.len()).collect::<Vec<_>>())
            .iter()
            .any(|t| lexicon.is_column_numbers(&text::key(t)));
        let counts = numbers >= 2 && counting && first.is_some_and(|n| n <= 2 || doubtful > 0);
        ((labelled && strangers.is_empty()) || counts).then_some(strangers)
    }

    fn is_repeated_header(&self, row: usize) -> bool {
        let texts: Vec<String> = (0..self.grid.cols)
            .filter_map(|c| self.grid.cell(row, c))
            .map(|c| text::key(&c.text()))
            .filter(|t| !t.is_empty())
            .collect();
        texts.len() >= 2
            && texts
                .iter()
                .all(|t| self.header.columns.iter().any(|l| l.path.contains(t)))
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

    /// A list of items may begin with a heading row that repeats the name of the total and holds dashes or nothing.
    fn drop_empty_headings(&mut self) {
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
    fn drop_repeated_totals(&mut self) {
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

    fn push(&mut self, row: usize, logical: usize, id: usize, mut entry: Entry) {
        if !self.claimed.insert(id) {
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
            let padding = if subunit.is_some() { !lined } else { again() };
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

    /// The code of a row of which a part is missing in print: its name is that of one code below the printed one, which stands
    /// in a row above already, or has a hole.
    fn completed_by_name(&self, p: usize, digits: &str, hole: bool, printed: &str) -> Option<String> {
        let name = text::key(printed);
        // The beginning of the code is not legible: no list has such a class.
        if !self.g.codes.has_class(digits, self.form.economic) {
            let found = self
                .g
                .codes
                .of_name(&name, self.form.economic, self.year, self.context[p].as_deref())?;
            return (found.len() > digits.len() && found.ends_with(digits)).then(|| found.to_string());
        }
        let again = digits.len() < 7 && self.seen[p].contains_key(digits);
        // A 款 with the name of one 项 below it, which is not its own: the last part of the code was lost.
        let short = digits.len() == 5 && !self.g.codes.is_named(digits, &name);
        if self.form.economic || !(hole || again || short) {
            return None;
        }
        let class = digits.get(..3)?;
        let above = match self.context[p].as_deref() {
            _ if !hole && !again => digits,
            Some(a) if a.starts_with(class) => a,
            _ => class,
        };
        let found = self.g.codes.of_name(&name, false, self.year, Some(above))?;
        let fits = match hole {
            true => found.len() == 7 && found.starts_with(class) && found.get(5..) == digits.get(digits.len() - 2..),
            false => found.len() > digits.len() && found.starts_with(digits),
        };
        fits.then(|| found.to_string())
    }

    fn label(&mut self, p: usize, rows: &[usize]) -> Option<Label> {
        let printed: String = rows.iter().map(|r| self.label_text(p, *r)).collect();
        let name = self.printed_name(&printed);
        if self.form.rows == RowKind::Coded {
            let mut parts: Vec<String> = rows
                .iter()
                .map(|r| self.code_parts(p, *r))
                .find(|c| c.iter().any(|t| !t.is_empty()))
                .unwrap_or_default();
            if parts.iter().any(|t| !t.is_empty()) {
                let hole = has_hole(&parts);
                let dropped = restore_zeros(&mut parts);
                let inherited = self.inherit(p, &mut parts);
                let digits: String = parts.concat();
                let place = self
                    .grid
                    .cell(rows[0], self.panels[p].first)
                    .map(Cell::place)
                    .unwrap_or_default();
                if dropped {
                    self.note(
                        Code::CodeCompleted,
                        format!("the code {digits} got back a leading zero that a spreadsheet dropped"),
                        place,
                        &digits,
                    );
                }
                if inherited {
                    self.note(
                        Code::CodeCompleted,
                        format!("the code {digits} was completed from the row above"),
                        place,
                        &digits,
                    );
                }
                if let Some(whole) = self.completed_by_name(p, &digits, hole, &printed) {
                    self.report.push(
                        Diagnostic::new(
                            Severity::Warning,
                            Code::CodeCompleted,
                            format!("the code {digits} is not that of this row: its name is that of {whole}, under which it was read"),
                            self.row_place(rows[0]).unwrap_or(place),
                        )
                        .of_form(&self.form.id)
                        .printed(digits.clone()),
                    );
                    self.context[p] = Some(whole.clone());
                    return Some(Label {
                        level: code::level(&whole),
                        item: whole,
                        code: Some(digits),
                        name,
                        ..Label::default()
                    });
                }
                let level = code::level(&digits);
                let listed = self.g.codes.has_class(&digits, self.form.economic);
                let fits = !hole
                    && listed
                    && if self.form.economic {
                        digits.len() == 3 || digits.len() == 5
                    } else {
                        level.is_some()
                    };
                if !fits {
                    self.report.push(
                        Diagnostic::new(
                            Severity::Warning,
                            Code::OddCode,
                            format!(
                                "the code {digits} has {} digits{}; its row was read under this code",
                                digits.len(),
                                match (hole, listed) {
                                    (true, _) => " and a part of it is missing",
                                    (_, false) => " and begins like no code of the lists",
                                    _ => "",
                                }
                            ),
                            self.row_place(rows[0]).unwrap_or(place),
                        )
                        .printed(digits.clone()),
                    );
                }
                self.context[p] = Some(digits.clone());
                return Some(Label {
                    item: digits.clone(),
                    code: Some(digits),
                    name,
                    level: level.filter(|_| fits),
                    ..Label::default()
                });
            }
            if printed.trim().is_empty() {
                return None;
            }
            if let Some(r) = self.named(p, &printed) {
                return Some(labelled(&r, name));
            }
            return self
                .code_in_label(p, &printed)
                .or_else(|| self.code_of_name(p, &printed));
        }
        if printed.trim().is_empty() || !self.panels[p].subunits.is_empty() {
            return None;
        }
        let all_items = self.panels[p]
            .amounts
            .iter()
            .all(|l| self.items(&self.header.columns[*l]));
        if self.form.rows == RowKind::Items && all_items {
            let phase = self.phase_of(&printed)?;
            return Some(Label {
                phase: Some(phase),
                name,
                ..Label::default()
            });
        }
        if let Some(mut l) = self.resolve_named(p, &printed) {
            l.name = name;
            return Some(l);
        }
        // A long label ran into the number of its row.
        if let Some((bare, _)) = self.grown_number(p, rows[0])
            && let Some(mut l) = self.resolve_named(p, &bare)
        {
            l.name = self.printed_name(&bare);
            return Some(l);
        }
        let phase = self.phase_of(&printed).filter(|_| self.form.rows == RowKind::Items)?;
        Some(Label {
            phase: Some(phase),
            name,
            ..Label::default()
        })
    }

    /// Code and name in one cell, in front or in brackets.
    fn code_in_label(&mut self, p: usize, printed: &str) -> Option<Label> {
        let folded = text::fold(printed);
        let bare = self.g.lexicon.bare_label(&folded.text);
        let (code, name) = parts::code_and_name(&folded.text).or_else(|| parts::code_and_name(bare))?;
        // The name as it is printed: `name` and `bare` are pieces of the folded text.
        let start = name.as_ptr() as usize - folded.text.as_ptr() as usize;
        let range = folded.original_range(printed, start..start + name.len());
        let name: String = printed[range].chars().filter(|c| !c.is_whitespace()).collect();
        if self.form.economic && code.len() == 7 {
            return None;
        }
        self.context[p] = Some(code.to_string());
        Some(Label {
            item: code.to_string(),
            code: Some(code.to_string()),
            name: Some(name),
            level: code::level(code),
            ..Label::default()
        })
    }

    /// A row with a name and no code: the code list has one code of this name for the year, below the rows above it.
    fn code_of_name(&mut self, p: usize, printed: &str) -> Option<Label> {
        let key = text::key(printed);
        let bare = self.g.lexicon.bare_label(&key);
        let above = self.context[p].as_deref();
        let codes = &self.g.codes;
        let found = [bare, key.as_str()].iter().find_map(|n| {
            codes
                .of_name(n, self.form.economic, self.year, above)
                .map(str::to_string)
        });
        // Below a name that is not known no other name can be told.
        self.context[p].clone_from(&found);
        let found = found?;
        Some(Label {
            level: code::level(&found),
            item: found,
            code: None,
            name: self.printed_name(printed),
            ..Label::default()
        })
    }

    /// A code in parts whose first parts are blank goes on under the row above.
    fn inherit(&mut self, p: usize, parts: &mut [String]) -> bool {
        let last = &self.last_code[p];
        let first = parts.iter().position(|t| !t.is_empty()).unwrap_or(0);
        let mut inherited = false;
        if first > 0 && last.len() == parts.len() && last[..first].iter().all(|t| !t.is_empty()) {
            // Only where the part is too short to be a code of its own.
            if parts[first].len() == 2 {
                parts[..first].clone_from_slice(&last[..first]);
                inherited = true;
            }
        }
        self.last_code[p] = parts.to_vec();
        inherited
    }

    /// The label and the number of a row whose number stands at the end of its label, the place of the number being blank: the next
    /// number in the count of the panel, and no other.
    fn grown_number(&self, p: usize, row: usize) -> Option<(String, u32)> {
        let blank = self.cells(row, self.panels[p].row_no?);
        let next = self.last_no[p]? + 1;
        if self.grid.kind != GridKind::Aligned || blank.iter().any(|i| !self.grid.cells[*i].lines.is_empty()) {
            return None;
        }
        let printed = self.label_text(p, row);
        let label = printed.strip_suffix(&next.to_string())?;
        (!label.ends_with(|c: char| c.is_numeric())).then(|| (label.to_string(), next))
    }

    /// The label as printed, without list number and without 其中：.
    fn printed_name(&self, printed: &str) -> Option<String> {
        let folded = text::fold(printed);
        let bare = self.g.lexicon.bare_label(&folded.text);
        let start = folded.text.len() - bare.len();
        let range = folded.original_range(printed, start..folded.text.len());
        let name: String = printed[range].chars().filter(|c| !c.is_whitespace()).collect();
        (!name.is_empty()).then_some(name)
    }

    fn named(&self, p: usize, printed: &str) -> Option<Row> {
        let key = text::key(printed);
        let bare = self.g.lexicon.bare_label(&key);
        let side = self.panels[p].side;
        let whole = (bare.len() < key.len()).then(|| self.form.rows_of(&key));
        let rows = self.form.rows_of(bare).chain(whole.into_iter().flatten());
        let fitting: Vec<&Row> = rows
            .filter(|r| r.side.is_none() || side.is_none() || r.side == side)
            .filter(|r| r.view.is_none() || r.view == self.panels[p].view)
            .filter(|r| r.after.as_ref().is_none_or(|a| self.seen[p].contains_key(a)))
            .collect();
        // Below its parent a row is the part, else the whole; the parent that was seen last decides.
        let order = |r: &&&Row| r.after.as_ref().and_then(|a| self.seen[p].get(a)).map_or(0, |i| i + 1);
        let best = fitting.iter().map(|r| order(&r)).max()?;
        fitting.into_iter().find(|r| order(&r) == best).cloned()
    }

    fn resolve_named(&self, p: usize, printed: &str) -> Option<Label> {
        if let Some(r) = self.named(p, printed) {
            return Some(labelled(&r, None));
        }
        let key = text::key(printed);
        let bare = self.g.lexicon.bare_label(&key);
        let view = &self.panels[p].view;
        if view.is_some() {
            let code = self
                .g
                .codes
                .of_name(bare, true, self.year, None)
                .filter(|c| c.len() == 3);
            // Not a class of the function: those are summed.
            return code.map(|c| Label {
                item: format!("economic.{c}"),
                ..Label::default()
            });
        }
        (self.form.class_rows.is_some() && self.form.class_rows == self.panels[p].side)
            .then(|| self.g.codes.class_of(bare))
            .flatten()
            .map(|code| Label {
                item: code.to_string(),
                ..Label::default()
            })
    }

    /// 公用经费合计 may stand in an earlier panel than its amount: the nearest label to the left whose own amount is blank.
    fn label_from_the_left(&mut self, p: usize, row: usize, cells: &[(usize, usize)]) -> Option<Label> {
        if p == 0
            || self.form.rows != RowKind::Coded
            || !cells.iter().any(|(_, id)| !self.grid.cells[*id].lines.is_empty())
        {
            return None;
        }
        for left in (0..p).rev() {
            let printed = self.label_text(left, row);
            // Without lines a label over several columns may stand where an amount column is: words, and a row that is known.
            let words = self.words_among_amounts(left, row);
            if let Some((id, text)) = words.filter(|_| printed.is_empty()) {
                let found = self.named(left, &text).map(|r| labelled(&r, self.printed_name(&text)));
                if found.is_some() {
                    self.claimed.insert(id);
                }
                return found;
            }
            if printed.is_empty() {
                continue;
            }
            let own_blank = self.panels[left].amounts.iter().all(|l| {
                self.amount_cell(row, *l)
                    .is_none_or(|i| self.grid.cells[i].lines.is_empty())
            });
            let coded = self.code_parts(left, row).iter().any(|c| !c.is_empty());
            return (own_blank && !coded)
                .then(|| self.named(left, &printed))
                .flatten()
                .map(|r| labelled(&r, self.printed_name(&printed)));
        }
        None
    }

    /// The one cell of a panel's amount columns that holds words instead of a number.
    fn words_among_amounts(&self, p: usize, row: usize) -> Option<(usize, String)> {
        if self.grid.kind != GridKind::Aligned {
            return None;
        }
        let mut filled = self.panels[p].amounts.iter().filter_map(|l| {
            let id = self.amount_cell(row, *l)?;
            let text = self.grid.cells[id].text();
            (!text.trim().is_empty()).then_some((id, text))
        });
        let one = filled.next()?;
        (filled.next().is_none() && amount::parse(&one.1).is_none()).then_some(one)
    }

    fn label_of_tall_cell(&mut self, p: usize, id: usize) -> Option<Label> {
        let cell = self.grid.cells[id].clone();
        let mut best: Option<(usize, usize)> = None;
        for r in cell.row..cell.row + cell.row_span {
            if self.label_text(p, r).is_empty() {
                continue;
            }
            let l = self.panels[p].names.first().or(self.panels[p].codes.first())?;
            let label = self.grid.cell(r, self.header.columns[*l].start)?;
            let common = (label.row + label.row_span).min(cell.row + cell.row_span) - label.row.max(cell.row);
            if best.is_none_or(|(c, _)| common > c) {
                best = Some((common, r));
            }
        }
        let (_, row) = best?;
        self.label(p, &[row])
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

    /// Without lines a part of a number may have come into the cell beside it: then what is left of it is not read.
    fn drop_torn(&mut self) {
        let entries: Vec<&Entry> = self.entries.iter().map(|(_, e)| e).collect();
        let torn = super::torn::torn(self.grid, &entries, &self.claimed);
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
    fn list_unclaimed(&mut self) {
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

/// Whether a part of a code in several columns is blank between two that are not.
fn has_hole(parts: &[String]) -> bool {
    let filled = |p: &String| !p.is_empty();
    let first = parts.iter().position(filled).unwrap_or(0);
    let last = parts.iter().rposition(filled).unwrap_or(0);
    parts[first..=last.max(first)].iter().any(String::is_empty) && parts.iter().any(filled)
}

/// 款 and 项 have two digits: a single one in a column of its own lost its zero when a spreadsheet took it for a number.
fn restore_zeros(parts: &mut [String]) -> bool {
    let mut any = false;
    for p in parts.iter_mut().skip(1).filter(|p| p.len() == 1) {
        p.insert(0, '0');
        any = true;
    }
    any
}

fn labelled(row: &Row, name: Option<String>) -> Label {
    Label {
        item: row.item.clone(),
        code: None,
        name,
        level: None,
        total: row.total,
        fund: row.fund.clone(),
        phase: None,
        known_without_amounts: row.item.is_empty(),
    }
}
