//! Figures of one document, found by name: facts by form, side, item and measure; values of sentences by section, subject and
//! slot. Built once per document; nothing is decided here but what a doubled row means.

use crate::grammar::{Grammar, RowKind};
use crate::ids::slot;
use crate::record::{COMPOSED, Extract, Fact, Side, Source, Statement};
use crate::text;
use rust_decimal::Decimal;
use std::collections::HashMap;

/// The slot that says of which budget a rate is said.
pub(super) const SAID_OF: &str = slot::COMPLETION_OF;

/// A figure: an index into the facts or the statements of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Figure {
    Fact(usize),
    Statement(usize),
}

/// A cell that was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found<T> {
    /// An amount.
    Printed(T),
    /// The cell is there and holds none (blank, dash, text).
    Blank(T),
    /// There is no such cell.
    Absent,
}

/// One row of a table.
pub(super) struct Row<'e> {
    pub side: Option<Side>,
    pub item: &'e str,
    /// Measure and index of the fact.
    pub cells: Vec<(&'e str, usize)>,
    /// Rows right below it in the code tree.
    pub children: Vec<usize>,
    /// Whether it stands below another code of the table.
    pub has_parent: bool,
    /// Another row of the table bears the same item with other figures: whose of the two it is, is in doubt.
    pub twice: bool,
}

impl Row<'_> {
    pub fn cell(&self, measure: &str) -> Option<usize> {
        self.cells.iter().find(|(m, _)| *m == measure).map(|(_, f)| *f)
    }

    pub fn is_code(&self) -> bool {
        is_code(self.item)
    }
}

/// One table, or the rows of one sub-unit in a table that has a row for each.
pub(super) struct Sheet<'e> {
    pub form: &'e str,
    pub rows: Vec<Row<'e>>,
    by: HashMap<(Option<Side>, &'e str), usize>,
    pub measures: Vec<&'e str>,
    /// The sheets of the sub-units that this one sums up.
    pub subunits: Vec<Sheet<'e>>,
}

impl<'e> Sheet<'e> {
    pub fn row(&self, side: Option<Side>, item: &str) -> Option<usize> {
        self.by
            .get(&(side, item))
            .or_else(|| side.is_some().then(|| self.by.get(&(None, item))).flatten())
            .copied()
    }
}

/// One sentence: statements that follow each other and belong together.
pub(super) struct Sentence {
    pub statements: std::ops::Range<usize>,
}

/// The figures of a document.
pub(super) struct Figures<'e> {
    pub facts: &'e [Fact],
    pub statements: &'e [Statement],
    /// How many 项目自评表 are attached.
    pub projects: usize,
    pub sheets: Vec<Sheet<'e>>,
    /// Sheets of a form, in the order of the document.
    pub forms: HashMap<&'e str, Vec<usize>>,
    pub sentences: Vec<Sentence>,
    /// Sentence of each statement.
    pub sentence_of: Vec<usize>,
    /// Subject of each statement, names resolved to codes.
    pub subjects: Vec<String>,
    /// By section, subject and slot, joined.
    said: HashMap<String, Vec<usize>>,
    /// A fact of each code.
    codes: HashMap<&'e str, usize>,
    quanta: Vec<Decimal>,
    stated: Vec<Decimal>,
}

pub(super) fn is_code(item: &str) -> bool {
    matches!(item.len(), 3 | 5 | 7) && item.bytes().all(|b| b.is_ascii_digit())
}

fn said_key(section: &str, subject: &str, slot: &str) -> String {
    [section, subject, slot].join("/")
}

/// Digits behind the decimal point.
pub(super) fn places(printed: &str) -> u32 {
    match printed.rfind(['.', '．']) {
        Some(at) => printed[at..].chars().skip(1).take_while(|c| c.is_numeric()).count() as u32,
        None => 0,
    }
}

fn unit(word: &str) -> Decimal {
    crate::value::Unit::from_word(word).map_or(Decimal::ONE, crate::value::Unit::yuan)
}

/// The number of decimals that most amounts of a table have: a figure with fewer stands without its trailing zeros.
fn usual<'a>(printed: impl Iterator<Item = &'a str>) -> u32 {
    let mut counts = [0usize; 8];
    for p in printed {
        counts[places(p).min(7) as usize] += 1;
    }
    let most = (0..8).rev().max_by_key(|n| counts[*n]).unwrap_or(0);
    most as u32
}

fn quantum(places: u32, unit: Decimal) -> Decimal {
    let q = unit * Decimal::new(1, places.min(20));
    // The fen is the smallest unit of money: what is printed to the fen was never rounded.
    if q <= Decimal::new(1, 2) { Decimal::ZERO } else { q }
}

impl<'e> Figures<'e> {
    pub fn new(e: &'e Extract, g: &Grammar) -> Self {
        let mut sheets = Vec::new();
        let mut quanta = Vec::with_capacity(e.facts.len());
        let mut start = 0;
        while start < e.facts.len() {
            let first = &e.facts[start];
            let length = e.facts[start..]
                .iter()
                .take_while(|f| f.table == first.table && f.form == first.form)
                .count();
            let facts = &e.facts[start..start + length];
            let usual = usual(facts.iter().filter(|f| nonzero(f.amount)).map(|f| f.printed.as_str()));
            quanta.extend(
                facts
                    .iter()
                    .map(|f| quantum(places(&f.printed).max(usual), unit(&f.printed_unit))),
            );
            let kind = g.forms.iter().find(|f| f.id == first.form).map(|f| f.rows);
            // A table that is none of the forms has no rows and columns that a rule could name.
            if !first.is_other() {
                table(facts, start, kind, g, &mut sheets);
            }
            start += length;
        }
        let mut forms: HashMap<&str, Vec<usize>> = HashMap::new();
        for (n, s) in sheets.iter().enumerate() {
            forms.entry(s.form).or_default().push(n);
        }
        let mut out = Self {
            facts: &e.facts,
            statements: &e.statements,
            projects: e.projects.len(),
            sheets,
            forms,
            sentences: Vec::new(),
            sentence_of: Vec::new(),
            subjects: Vec::new(),
            said: HashMap::new(),
            codes: HashMap::new(),
            quanta,
            stated: Vec::new(),
        };
        for (n, f) in e.facts.iter().enumerate().filter(|(_, f)| is_code(&f.item)) {
            out.codes.entry(&f.item).or_insert(n);
        }
        out.narrative();
        out
    }

    fn narrative(&mut self) {
        let all: &'e [Statement] = self.statements;
        let usual = usual(all.iter().filter(|s| nonzero(s.amount)).map(|s| s.printed.as_str()));
        let mut names: Option<HashMap<String, Vec<usize>>> = None;
        for (n, s) in all.iter().enumerate() {
            self.stated.push(match s.value_type.as_str() {
                "amount" => quantum(
                    places(&s.printed).max(usual),
                    s.printed_unit.as_deref().map_or(Decimal::ONE, unit),
                ),
                "ratio" => Decimal::new(1, (places(&s.printed) + 2).min(20)),
                _ => Decimal::ZERO,
            });
            let subject = s.subject.as_deref().unwrap_or("");
            let subject = if subject.is_ascii() {
                subject.to_string()
            } else {
                self.code_of(subject, names.get_or_insert_with(|| self.rows_by_name()))
            };
            self.subjects.push(subject);
            let open = self.sentences.last_mut().filter(|o| {
                let first = &all[o.statements.start];
                let same =
                    first.section == s.section && first.sentence == s.sentence && s.place.page <= first.place.page + 1
                    // What was read word by word belongs together by its subject only.
                    && (s.sentence != COMPOSED || self.subjects[o.statements.start] == self.subjects[n]);
                // A role that comes again opens the next sentence; direction words come in pairs, and so do rates with their budgets.
                let (before, named) = (&all[o.statements.clone()], &self.subjects[o.statements.clone()]);
                let again = before.iter().zip(named).any(|(a, subject)| {
                    a.slot == s.slot && *subject == self.subjects[n] && (s.slot != SAID_OF || a.text == s.text)
                });
                let words = before.iter().filter(|a| a.slot == SAID_OF).count();
                let rates = before.iter().filter(|a| a.slot == s.slot).count();
                let of_another = s.value_type == "ratio" && rates > 0 && rates < words;
                same && (!again || of_another || s.value_type == "direction")
            });
            match open {
                Some(o) => o.statements.end = n + 1,
                None => self.sentences.push(Sentence { statements: n..n + 1 }),
            }
            self.sentence_of.push(self.sentences.len() - 1);
            let key = said_key(&s.section, &self.subjects[n], &s.slot);
            self.said.entry(key).or_default().push(n);
        }
    }

    /// Rows of coded tables by folded label; one form is enough, all print the same names.
    fn rows_by_name(&self) -> HashMap<String, Vec<usize>> {
        let mut out: HashMap<String, Vec<usize>> = HashMap::new();
        for (n, f) in self.facts.iter().enumerate() {
            if is_code(&f.item)
                && let Some(name) = &f.item_name
            {
                out.entry(text::key(name)).or_default().push(n);
            }
        }
        out
    }

    /// The code of 类/款/项 names: the row whose name is the last one and whose parents have the names before it.
    fn code_of(&self, subject: &str, names: &HashMap<String, Vec<usize>>) -> String {
        let parts: Vec<String> = subject.split('/').map(text::key).collect();
        let length = 1 + 2 * parts.len();
        let mut fits: Vec<&str> = parts
            .last()
            .and_then(|p| names.get(p))
            .into_iter()
            .flatten()
            .map(|n| self.facts[*n].item.as_str())
            .filter(|c| c.len() == length)
            .collect();
        for (depth, part) in parts.iter().enumerate().take(parts.len().saturating_sub(1)) {
            let parents: Vec<&str> = names
                .get(part)
                .into_iter()
                .flatten()
                .map(|n| self.facts[*n].item.as_str())
                .collect();
            let prefix = 3 + 2 * depth;
            fits.retain(|c| c.get(..prefix).is_some_and(|p| parents.contains(&p)));
        }
        fits.sort_unstable();
        fits.dedup();
        match fits.as_slice() {
            [one] => (*one).to_string(),
            _ => subject.to_string(),
        }
    }

    /// Where this was said.
    pub fn said(&self, section: &str, subject: &str, slot: &str) -> &[usize] {
        self.said
            .get(&said_key(section, subject, slot))
            .map_or(&[], Vec::as_slice)
    }

    /// The sheet of a form in the k-th set of tables of the document.
    pub fn sheet(&self, form: &str, set: usize) -> Option<usize> {
        self.forms.get(form).and_then(|s| s.get(set)).copied()
    }

    pub fn cell(&self, sheet: &Sheet<'_>, row: Option<usize>, measure: &str) -> Found<Figure> {
        match row.and_then(|r| sheet.rows[r].cell(measure)) {
            None => Found::Absent,
            Some(f) => match self.facts[f].amount {
                Some(_) => Found::Printed(Figure::Fact(f)),
                None => Found::Blank(Figure::Fact(f)),
            },
        }
    }

    /// The value of a figure: yuan, a ratio or a count.
    pub fn value(&self, f: Figure) -> Option<Decimal> {
        match f {
            Figure::Fact(n) => self.facts[n].amount,
            Figure::Statement(n) => {
                let s = &self.statements[n];
                s.amount.or(s.ratio).or(s.count)
            }
        }
    }

    /// One unit in the last printed place; zero for what is exact.
    pub fn quantum(&self, f: Figure) -> Decimal {
        match f {
            Figure::Fact(n) => self.quanta[n],
            Figure::Statement(n) => self.stated[n],
        }
    }

    /// A fact of a code, for its name.
    pub fn coded(&self, code: &str) -> Option<&'e Fact> {
        self.codes.get(code).map(|n| &self.facts[*n])
    }

    pub fn printed(&self, f: Figure) -> &'e str {
        match f {
            Figure::Fact(n) => &self.facts[n].printed,
            Figure::Statement(n) => &self.statements[n].printed,
        }
    }

    /// Whether it was read from a picture: then only what is exact proves it.
    pub fn read_from_picture(&self, f: Figure) -> bool {
        match f {
            Figure::Fact(n) => self.facts[n].source == Source::Ocr,
            Figure::Statement(n) => self.statements[n].source == Source::Ocr,
        }
    }

    pub fn page(&self, f: Figure) -> u32 {
        match f {
            Figure::Fact(n) => self.facts[n].place.page,
            Figure::Statement(n) => self.statements[n].place.page,
        }
    }
}

pub(super) fn nonzero(d: Option<Decimal>) -> bool {
    d.is_some_and(|d| !d.is_zero())
}

fn table<'e>(facts: &'e [Fact], start: usize, kind: Option<RowKind>, g: &Grammar, out: &mut Vec<Sheet<'e>>) {
    let by_unit = kind == Some(RowKind::Items) && doubled(facts);
    if !by_unit {
        out.push(sheet(facts.iter().enumerate().map(|(n, f)| (start + n, f)).collect()));
        return;
    }
    // A row for every sub-unit: its name stands in the label.
    let mut order: Vec<&str> = Vec::new();
    let mut groups: HashMap<&str, Vec<(usize, &'e Fact)>> = HashMap::new();
    for (n, f) in facts.iter().enumerate() {
        let name = f.item_name.as_deref().unwrap_or("");
        groups
            .entry(name)
            .or_insert_with(|| {
                order.push(name);
                Vec::new()
            })
            .push((start + n, f));
    }
    let (whole, parts): (Vec<&str>, Vec<&str>) = order
        .into_iter()
        .partition(|n| g.identities.all_subunits.contains(&text::key(n)));
    let mut parts: Vec<Sheet<'e>> = parts.into_iter().filter_map(|n| groups.remove(n)).map(sheet).collect();
    match whole.first().and_then(|n| groups.remove(n)) {
        Some(all) => {
            let mut all = sheet(all);
            all.subunits = parts;
            out.push(all);
        }
        None => out.append(&mut parts),
    }
}

fn doubled(facts: &[Fact]) -> bool {
    let mut seen = HashMap::with_capacity(facts.len());
    facts
        .iter()
        .any(|f| seen.insert((f.side, f.item.as_str(), f.measure.as_str()), ()).is_some())
}

fn sheet<'e>(facts: Vec<(usize, &'e Fact)>) -> Sheet<'e> {
    let form = facts.first().map_or("", |(_, f)| f.form.as_str());
    let mut rows: Vec<Row<'e>> = Vec::new();
    let mut by: HashMap<(Option<Side>, &'e str), usize> = HashMap::new();
    let mut measures: Vec<&str> = Vec::new();
    // Rows of one item that were opened because a cell came twice.
    let mut last: HashMap<(Option<Side>, &'e str), usize> = HashMap::new();
    for (n, f) in &facts {
        if !measures.contains(&f.measure.as_str()) {
            measures.push(&f.measure);
        }
        let key = (f.side, f.item.as_str());
        let open = last.get(&key).copied().filter(|r| rows[*r].cell(&f.measure).is_none());
        let r = open.unwrap_or_else(|| {
            rows.push(Row {
                side: f.side,
                item: &f.item,
                cells: Vec::with_capacity(4),
                children: Vec::new(),
                has_parent: false,
                twice: false,
            });
            last.insert(key, rows.len() - 1);
            by.entry(key).or_insert(rows.len() - 1);
            rows.len() - 1
        });
        rows[r].cells.push((&f.measure, *n));
    }
    drop_repeats(&mut rows, &mut by, &facts);
    let mut bearing: HashMap<(Option<Side>, &str), usize> = HashMap::with_capacity(rows.len());
    for r in &rows {
        *bearing.entry((r.side, r.item)).or_default() += 1;
    }
    for r in &mut rows {
        r.twice = bearing.get(&(r.side, r.item)).is_some_and(|n| *n > 1);
    }
    for r in 0..rows.len() {
        if !rows[r].is_code() || rows[r].item.len() == 3 {
            continue;
        }
        let parent = [5, 3]
            .into_iter()
            .filter(|l| *l < rows[r].item.len())
            .find_map(|l| rows[r].item.get(..l).and_then(|p| by.get(&(rows[r].side, p))))
            .copied();
        if let Some(p) = parent {
            rows[r].has_parent = true;
            rows[p].children.push(r);
        }
    }
    Sheet {
        form,
        rows,
        by,
        measures,
        subunits: Vec::new(),
    }
}

/// A row that stands twice with the same amounts (repeated at the top of the next page) is one row.
fn drop_repeats<'e>(
    rows: &mut Vec<Row<'e>>,
    by: &mut HashMap<(Option<Side>, &'e str), usize>,
    facts: &[(usize, &'e Fact)],
) {
    if rows.len() == by.len() {
        return;
    }
    // The facts come in their order in the document.
    let amount = |n: usize| {
        facts
            .binary_search_by_key(&n, |(n, _)| *n)
            .ok()
            .map(|at| facts[at].1.amount)
    };
    let keep: Vec<bool> = (0..rows.len())
        .map(|r| {
            let first = by.get(&(rows[r].side, rows[r].item)).copied().unwrap_or(r);
            first == r
                || rows[r]
                    .cells
                    .iter()
                    .any(|(m, n)| rows[first].cell(m).map(amount) != Some(amount(*n)))
        })
        .collect();
    let mut n = 0;
    rows.retain(|_| {
        n += 1;
        keep[n - 1]
    });
    by.clear();
    for (r, row) in rows.iter().enumerate() {
        by.entry((row.side, row.item)).or_insert(r);
    }
}
