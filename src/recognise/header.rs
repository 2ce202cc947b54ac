//! Which column is which. The words above a column are cut into parts that the lexicon knows, each up to its last character; the
//! columns of the form say which sets of parts they are. One word that nobody knows makes its column unknown, not the table.

use super::rules::Rules;
use super::{doubtful, shown};
use crate::grammar::parts::{PartSet, Parts, Said};
use crate::grammar::{Column, Form, Grammar, Role, RowKind};
use crate::layout::{Grid, GridKind};
use crate::record::Side;
use crate::text;
use crate::value::{Unit, amount};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::Rc;

/// A column of the form: one or more columns of the grid below one header cell.
#[derive(Clone, Debug, Default)]
pub struct Logical {
    /// First column of the grid.
    pub start: usize,
    /// Column after the last.
    pub end: usize,
    /// Index in the form's columns; `None` when the header was not understood.
    pub column: Option<usize>,
    /// The measure; `None` where the rows say it.
    pub measure: Option<String>,
    /// A rate or a share.
    pub ratio: bool,
    /// What stands below is no money (人次): understood, and no amount.
    pub count: bool,
    /// The side on which it stands.
    pub side: Option<Side>,
    /// Whose money, where the header says so.
    pub fund: Option<String>,
    /// The header as a path, folded.
    pub path: Vec<String>,
    /// The same as printed, without blanks.
    pub printed: Vec<String>,
    /// The unit in its own header.
    pub unit: Option<Unit>,
    /// First row of the body below this header. Where the last header row is also the row 合计 (its label beside the lowest
    /// header words), columns whose header ended above begin one row earlier.
    pub body: usize,
    /// The parts of its header.
    pub parts: PartSet,
    phase: Option<usize>,
}

/// A header that fits a form.
#[derive(Clone, Debug)]
pub struct Header {
    /// First row of the body.
    pub body: usize,
    /// The columns from the left.
    pub columns: Vec<Logical>,
    /// Every header text was understood.
    pub complete: bool,
}

impl Header {
    /// The role of a logical column.
    pub fn role(&self, form: &Form, i: usize) -> Role {
        self.columns[i].column.map_or(Role::Ignore, |c| form.columns[c].role)
    }

    /// What each header gave and by which parts, for people.
    pub fn reasons(&self, grid: &Grid, form: &Form, parts: &Parts) -> Vec<String> {
        let mut out = vec![format!("header rows 1–{} of {}", self.body, grid.rows)];
        for l in &self.columns {
            let what = match l.column.map(|c| &form.columns[c]) {
                None if l.count => "no money".to_string(),
                None => "not understood".to_string(),
                Some(c) => {
                    let side = l.side.map(|s| format!("{s}: ")).unwrap_or_default();
                    let item = c.item.as_ref().map(|i| format!("{i} × ")).unwrap_or_default();
                    let role = || match c.role {
                        Role::Amount => "amount".to_string(),
                        r => format!("{r:?}").to_lowercase(),
                    };
                    format!("{side}{item}{}", l.measure.clone().unwrap_or_else(role))
                }
            };
            let by = parts.names(l.parts).join(" ");
            let path = l.path.join(" / ");
            out.push(format!("column {}: {path} [{by}] → {what}", l.start + 1));
        }
        out
    }
}

/// The most rows a header can have.
const MAX_HEADER: usize = 8;

/// The most words of a header that are tried joined.
const MAX_JOINED: usize = 6;

/// Finds the header of a form in a grid. The number of header rows is the smallest with which most amount columns fit. Without a
/// title (`titled`) the form has to show more of its columns.
pub fn columns(texts: &Texts<'_>, form: &Form, titled: bool) -> Result<Header, String> {
    let Texts { grid, start, rules, .. } = *texts;
    let g = rules.g;
    let mut best: Option<([usize; 2], usize, Vec<Candidate>)> = None;
    let mut words = Words::new(texts, form, g, titled);
    for body in start + 1..=start + texts.rows() {
        let mut found = attempt(texts, form, body, &mut words);
        // Before counting: with a row too few, the parts of a group are all taken for the group.
        refuse_doubles(&mut found, form, &g.parts);
        // An amount column counts twice: a label column above which the first body row was taken for a header is no gain.
        let amounts = found.iter().filter(|c| c.role(form) == Role::Amount).count();
        let known = || found.iter().filter(|c| c.column().is_some());
        let score = 2 * amounts + known().count();
        // A head over several columns names as much as one over each.
        let wide = 2 * amounts + known().map(|c| c.end - c.start).sum::<usize>();
        let better =
            |[s, w]: [usize; 2]| score > s || ((score == s || wide == w) && is_tail(texts, form, body - 1, &found));
        if amounts > 0 && best.as_ref().is_none_or(|(s, ..)| better(*s)) {
            let least = best.map_or(0, |(s, ..)| s[0]);
            best = Some(([score.max(least), wide], body, found));
        }
    }
    let Some((_, body, found)) = best else {
        return Err(format!(
            "no column of its header is one of this form (first row: {})",
            first_row(grid, start)
        ));
    };
    let mut above = Vec::with_capacity(found.len());
    let mut columns = Vec::with_capacity(found.len());
    for c in found {
        columns.push(c.logical(form, &g.parts));
        above.push(c.above);
    }
    let mut header = Header {
        body,
        columns,
        complete: false,
    };
    for (l, above) in header.columns.iter_mut().zip(above) {
        l.printed = printed(grid, start, header.body, l.start);
        match above {
            Above::Words(path) => l.path = words.texts(&path),
            // The same parts of the printed header are one name.
            Above::Joined(path) => {
                l.printed = rejoined(&l.printed, &path);
                l.path = path;
            }
        }
    }
    doubtful::leave_out(&mut header, grid, start, form);
    settle(&mut header, form, &g.parts);
    missing(&header, form, titled)?;
    // A title may stand above the table of another: what is mostly not understood is not this form.
    let unknown = header
        .columns
        .iter()
        .filter(|l| l.column.is_none() && !l.count && !l.path.is_empty());
    let unknown: Vec<String> = unknown.map(|l| l.path.join("/")).collect();
    if unknown.len() > amounts(&header, form) {
        return Err(format!(
            "most of its columns are not understood: {}",
            unknown.join(", ")
        ));
    }
    header.complete = header.columns.iter().all(|l| l.column.is_some() || l.count);
    if grid.kind == GridKind::Aligned {
        without_lines(grid, &header, form)?;
    }
    if form.rows == RowKind::Items && amounts(&header, form) < 2 {
        return Err("fewer than two of its amount columns were found".into());
    }
    Ok(header)
}

/// The columns that the form must have.
fn missing(header: &Header, form: &Form, titled: bool) -> Result<(), String> {
    for (i, c) in form.columns.iter().enumerate() {
        let covered = header.columns.iter().any(|l| {
            l.column.is_some_and(|k| k == i || same_target(form, i, k)) && (c.side.is_none() || l.side == c.side)
        });
        if (c.required || (c.expected && !titled)) && !covered {
            let what = c
                .measure
                .clone()
                .unwrap_or_else(|| format!("{:?}", c.role).to_lowercase());
            let side = c.side.map(|s| format!(" ({s})")).unwrap_or_default();
            let paths: Vec<String> = header
                .columns
                .iter()
                .filter(|l| l.column.is_none())
                .map(|l| l.path.join("/"))
                .collect();
            return Err(format!(
                "its header has no column `{what}`{side}; not understood: {}",
                paths.join(", ")
            ));
        }
    }
    Ok(())
}

/// Without lines a column that is not understood may be the half of one that is: blanks would stand where numbers are printed.
fn without_lines(grid: &Grid, header: &Header, form: &Form) -> Result<(), String> {
    let number = |c: &crate::layout::Cell| amount::parse(&c.text()).is_some();
    let any = || grid.cells.iter().any(|c| c.row >= header.body && number(c));
    let unknown = header.columns.iter().find(|l| l.column.is_none() && !l.count);
    if let Some(l) = unknown.filter(|_| form.rows == RowKind::Items && !any()) {
        return Err(format!(
            "no row holds a number, and a column is not understood: {}",
            l.path.join("/")
        ));
    }
    for l in header.columns.iter().filter(|l| l.end - l.start > 1) {
        let amount = l.column.is_some_and(|c| form.columns[c].role == Role::Amount);
        let filled = |r: usize| {
            (l.start..l.end)
                .filter(|c| grid.cell(r, *c).is_some_and(|k| !k.lines.is_empty()))
                .count()
        };
        if amount && (header.body..grid.rows).any(|r| filled(r) > 1) {
            return Err(format!(
                "two columns of numbers stand below one header: {}",
                l.path.join("/")
            ));
        }
    }
    for (i, l) in header.columns.iter().enumerate() {
        if l.column.is_some() || l.count {
            continue;
        }
        // Where the amounts on both sides of it are printed in every row, it is a column of its own, which can be left out.
        let filled =
            |r: usize, o: &Logical| (o.start..o.end).any(|c| grid.cell(r, c).is_some_and(|k| !k.lines.is_empty()));
        let beside = [i.checked_sub(1), Some(i + 1)].into_iter().flatten();
        let beside: Vec<&Logical> = beside
            .filter(|k| {
                header
                    .columns
                    .get(*k)
                    .is_some_and(|_| header.role(form, *k) == Role::Amount)
            })
            .map(|k| &header.columns[k])
            .collect();
        let number = (header.body..grid.rows)
            .filter(|r| beside.is_empty() || !beside.iter().all(|o| filled(*r, o)))
            .filter_map(|r| grid.cell(r, l.start))
            .find(|c| amount::parse(&c.text()).is_some());
        if let Some(c) = number {
            return Err(format!(
                "column {} holds `{}` below a header that is not understood: {}",
                l.start + 1,
                c.text(),
                l.path.join("/")
            ));
        }
    }
    Ok(())
}

/// Two definitions of one column (different synonyms, layered files).
fn same_target(form: &Form, a: usize, b: usize) -> bool {
    let (a, b) = (&form.columns[a], &form.columns[b]);
    a.role == b.role && a.measure == b.measure && a.side == b.side && (a.item == b.item)
}

fn first_row(grid: &Grid, row: usize) -> String {
    let mut ids: Vec<usize> = (0..grid.cols).filter_map(|c| grid.cell_id(row, c)).collect();
    ids.dedup();
    let texts: Vec<String> = ids
        .iter()
        .map(|i| text::key(&grid.cells[*i].text()))
        .filter(|t| !t.is_empty())
        .collect();
    texts.join(" | ")
}

fn amounts(header: &Header, form: &Form) -> usize {
    (0..header.columns.len())
        .filter(|i| header.role(form, *i) == Role::Amount)
        .count()
}

/// A word of a header: its folded text without the unit, the unit, and its parts.
struct Word {
    text: String,
    unit: Option<Unit>,
    said: Option<Said>,
    /// It is an amount with cents.
    amount: bool,
}

/// The cells that can be header, folded and cut into parts once: every form and every height of the header is tried over them.
pub struct Texts<'g> {
    grid: &'g Grid,
    start: usize,
    words: Vec<Word>,
    /// Row by row from the start: the word that stands there.
    at: Vec<Option<usize>>,
    /// The year of the account, as far as the header speaks of years.
    year: Option<i16>,
    rules: &'g Rules<'g>,
    /// The ways to join the words above a column, by their words.
    ways: RefCell<FxHashMap<Vec<usize>, Rc<[Way]>>>,
}

/// A way to join words that stand below each other: parts of the lexicon all.
struct Way {
    parts: Vec<String>,
    said: Vec<Said>,
}

/// The parts of a header text, its list number aside.
pub(super) fn said(text: &str, g: &Grammar) -> Option<Said> {
    g.parts.said(text).or_else(|| {
        Some(g.lexicon.bare_label(text))
            .filter(|b| *b != text)
            .and_then(|b| g.parts.said(b))
    })
}

impl<'g> Texts<'g> {
    /// The first rows of a grid from row `start` on, in an account of `year`.
    pub fn new(grid: &'g Grid, start: usize, rules: &'g Rules<'g>, year: Option<i16>) -> Self {
        let g = rules.g;
        let mut words: Vec<Word> = Vec::new();
        let mut at = Vec::new();
        // Cells are in the order in which they begin: those of a head are the first.
        let mut of_cell: Vec<Option<usize>> = Vec::new();
        for row in start..grid.rows.min(start + MAX_HEADER) {
            for col in 0..grid.cols {
                at.push(grid.cell_id(row, col).map(|id| {
                    if of_cell.len() <= id {
                        of_cell.resize(id + 1, None);
                    }
                    *of_cell[id].get_or_insert_with(|| {
                        let mut text = text::key(&grid.cells[id].text());
                        let unit = g.lexicon.bracketed_unit(&text);
                        if unit.is_some()
                            && let Some(at) = text.rfind('(')
                        {
                            text.truncate(at);
                        }
                        let amount = text.contains('.') && amount::parse(&text).is_some_and(|a| a.places >= 2);
                        let said = if amount { None } else { rules.said(&text) };
                        words.push(Word {
                            text,
                            unit,
                            said,
                            amount,
                        });
                        words.len() - 1
                    })
                }));
            }
            // Below a row of amounts stands no head.
            let last = &at[at.len() - grid.cols..];
            let mut amounts: Vec<usize> = last.iter().flatten().copied().filter(|w| words[*w].amount).collect();
            amounts.dedup();
            if amounts.len() > 1 {
                break;
            }
        }
        let years: Vec<i16> = words.iter().filter_map(|w| w.said?.year).collect();
        let year = year.filter(|y| years.contains(y)).or(years.iter().max().copied());
        Self {
            grid,
            start,
            words,
            at,
            year,
            rules,
            ways: RefCell::default(),
        }
    }

    /// How many rows can be header.
    fn rows(&self) -> usize {
        self.at.len() / self.grid.cols.max(1)
    }

    /// The ways to join the last words of a path so that every part is understood; the way that joins none is not among them.
    fn ways(&self, path: &[usize]) -> Rc<[Way]> {
        let last = &path[path.len().saturating_sub(MAX_JOINED)..];
        if let Some(known) = self.ways.borrow().get(last) {
            return known.clone();
        }
        let words: Vec<&str> = last.iter().map(|w| self.words[*w].text.as_str()).collect();
        // said[from][to]: the parts of the words from … to, joined.
        let said: Vec<Vec<Option<Said>>> = (0..words.len())
            .map(|from| {
                let mut part = String::new();
                let grown = words[from..].iter().map(|t| {
                    part.push_str(t);
                    self.rules.said(&part)
                });
                grown.collect()
            })
            .collect();
        let mut masks = Vec::new();
        join(&said, 0, 0, &mut masks);
        // Bit n: word n + 1 is joined to the word before it.
        masks.sort_unstable();
        let way = |mask: u32| {
            let begins = |n: &usize| *n == 0 || mask & (1 << (n - 1)) == 0;
            let starts: Vec<usize> = (0..words.len()).filter(begins).collect();
            let ends = starts.iter().skip(1).copied().chain([words.len()]);
            let ranges: Vec<(usize, usize)> = starts.iter().copied().zip(ends).collect();
            Way {
                parts: ranges.iter().map(|(a, b)| words[*a..*b].concat()).collect(),
                said: ranges.iter().filter_map(|(a, b)| said[*a][b - a - 1]).collect(),
            }
        };
        let all: Rc<[Way]> = masks.into_iter().filter(|m| *m > 0).map(way).collect();
        self.ways.borrow_mut().insert(last.to_vec(), all.clone());
        all
    }
}

/// The ways to join words from `from` on, `said[from][n]` being what `n + 1` of them say.
fn join(said: &[Vec<Option<Said>>], from: usize, mask: u32, out: &mut Vec<u32>) {
    if from == said.len() {
        out.push(mask);
        return;
    }
    let mut mask = mask;
    for (n, known) in said[from].iter().enumerate() {
        if n > 0 {
            mask |= 1 << (from + n - 1);
        }
        if known.is_some() {
            join(said, from + n + 1, mask, out);
        }
    }
}

/// The words with their meaning to one form.
struct Words<'t> {
    form: &'t Form,
    g: &'t Grammar,
    texts: &'t Texts<'t>,
    /// Whether a word is the label of a row of the form.
    row_label: Vec<Option<bool>>,
    /// What the cells of a column show where its header does not: asked only below the title of the form.
    shown: Option<Vec<Option<Option<usize>>>>,
}

/// The words above a column, from the top.
#[derive(Clone, Copy, Default)]
struct Path {
    all: [usize; MAX_HEADER],
    len: usize,
    unit: Option<Unit>,
}

impl Path {
    fn words(&self) -> &[usize] {
        &self.all[..self.len]
    }
}

/// What a column was found by.
enum Above {
    Words(Path),
    Joined(Vec<String>),
}

/// What the words above a column mean.
#[derive(Clone, Copy)]
struct Meaning {
    column: usize,
    phase: Option<usize>,
    set: PartSet,
    /// Nothing but the word of its side heads it.
    side_alone: bool,
}

impl<'t> Words<'t> {
    fn new(texts: &'t Texts<'t>, form: &'t Form, g: &'t Grammar, titled: bool) -> Self {
        Words {
            form,
            g,
            texts,
            row_label: vec![None; texts.words.len()],
            shown: titled.then(|| vec![None; texts.grid.cols]),
        }
    }

    /// The label column of the form that a column is by its cells, whatever words head it: codes, official names, labels of its rows.
    fn by_cells(&mut self, col: usize) -> Option<Meaning> {
        let (grid, form, g, start) = (self.texts.grid, self.form, self.g, self.texts.start);
        let shown = self.shown.as_mut()?;
        let column = (*shown[col].get_or_insert_with(|| shown::label_column(grid, start, col, form, g)))?;
        Some(Meaning {
            column,
            phase: None,
            set: 0,
            side_alone: false,
        })
    }

    /// The words of the first `rows` rows above a column; a unit in brackets is taken off.
    fn path(&self, rows: usize, col: usize) -> Path {
        let mut out = Path::default();
        let mut last = usize::MAX;
        for row in 0..rows {
            let Some(w) = self.texts.at[row * self.texts.grid.cols + col] else {
                continue;
            };
            if w == last {
                continue;
            }
            last = w;
            let word = &self.texts.words[w];
            out.unit = word.unit.or(out.unit);
            if !word.text.is_empty() {
                out.all[out.len] = w;
                out.len += 1;
            }
        }
        out
    }

    fn texts(&self, path: &Path) -> Vec<String> {
        path.words().iter().map(|w| self.texts.words[*w].text.clone()).collect()
    }

    /// Whether the lowest word is the label of a row of the form.
    fn ends_in_row_label(&mut self, path: &Path) -> bool {
        let (form, g, texts) = (self.form, self.g, self.texts);
        path.words().last().is_some_and(|w| {
            *self.row_label[*w].get_or_insert_with(|| {
                let label = g.lexicon.bare_label(&texts.words[*w].text);
                form.rows_of(label).next().is_some()
            })
        })
    }

    /// The parts of all words of a path; `None` where one word is not known.
    fn set(&self, all: impl Iterator<Item = Option<Said>>) -> Option<PartSet> {
        let mut set = 0;
        for s in all {
            let s = s?;
            set |= s.set;
            if let (Some(y), Some(current)) = (s.year, self.texts.year) {
                set |= self.g.parts.of_year(y, current);
            }
        }
        Some(set)
    }

    fn set_of(&self, path: &Path) -> Option<PartSet> {
        self.set(path.words().iter().map(|w| self.texts.words[*w].said))
    }

    fn meaning(&self, path: &Path, side: Option<Side>) -> Option<Meaning> {
        let set = self.set_of(path).filter(|_| !path.words().is_empty())?;
        let lowest = path.words().last().and_then(|w| self.texts.words[*w].said);
        meaning(set, lowest, side, self.form, &self.g.parts)
    }

    /// The first way to join neighbouring words that makes a header: without lines a wrapped header is several rows.
    fn best_joined(&self, path: &Path, side: Option<Side>) -> Option<(Vec<String>, Meaning)> {
        self.texts.ways(path.words()).iter().find_map(|w| {
            let set = self.set(w.said.iter().copied().map(Some))?;
            let m = meaning(set, w.said.last().copied(), side, self.form, &self.g.parts)?;
            Some((w.parts.clone(), m))
        })
    }
}

/// The column of a form that a set of parts heads: the one that needs most of them, and no part may be left that neither the
/// column, nor the form, nor a phase of the amount explains.
///
/// A `lowest` word that heads labels and nothing else heads no amounts: 人员经费/经济分类科目 are the names below 人员经费.
fn meaning(set: PartSet, lowest: Option<Said>, side: Option<Side>, form: &Form, parts: &Parts) -> Option<Meaning> {
    let side = parts.side(set).or(side);
    let labels = lowest.is_some_and(|l| l.set & parts.labels != 0 && l.set & !(parts.labels | parts.silent) == 0);
    let mut best: Option<(u32, Meaning)> = None;
    for (column, c) in form.columns.iter().enumerate() {
        if c.side.is_some() && c.side != side || (labels && c.role == Role::Amount) {
            continue;
        }
        for h in &c.headings {
            let weight = h.needed.count_ones();
            if h.needed & !set != 0 || best.is_some_and(|(w, _)| weight <= w) {
                continue;
            }
            let rest = set & !(h.needed | h.allowed | form.about | parts.silent);
            let phase = match (c.role, rest) {
                (Role::Amount, 0) if !h.phase_alone => None,
                (_, 0) if h.side_alone && parts.side(set).is_none() => continue,
                (Role::Amount, 0) => continue,
                (Role::Amount, _) => match parts.phase(rest) {
                    Some(p) if parts.phases[p].basis && is_basis(c, parts) => continue,
                    Some(p) => Some(p),
                    None => continue,
                },
                (_, 0) => None,
                _ => continue,
            };
            let side_alone = h.side_alone;
            let found = Meaning {
                column,
                phase,
                set,
                side_alone,
            };
            best = Some((weight, found));
        }
    }
    best.map(|(_, m)| m)
}

/// Whether a column holds one budget by itself: 预算数调整数 over it is no adjusted budget of that budget, but two heads in one cell.
fn is_basis(c: &Column, parts: &Parts) -> bool {
    let own = c.measure.as_deref();
    parts.phases.iter().any(|p| p.basis && own == Some(p.id.as_str()))
}

/// What a header path would be in a form: the column and its measure. Years are not compared: the newest is that of the account.
pub fn explain(path: &[&str], form: &Form, g: &Grammar) -> Option<String> {
    let mut set = 0;
    let mut lowest = None;
    for t in path {
        lowest = Some(said(&text::key(t), g)?);
        set |= lowest.map_or(0, |l| l.set);
    }
    let Some(m) = meaning(set, lowest, None, form, &g.parts) else {
        return (set & g.parts.counts != 0).then(|| "no money".to_string());
    };
    let c = &form.columns[m.column];
    let measure = measure(m.column, m.phase, form, &g.parts);
    let role = || format!("{:?}", c.role).to_lowercase();
    let two_sided = form.rows == RowKind::TwoSided;
    let side = g.parts.side(set).filter(|_| two_sided);
    let side = side.map(|s| format!("{s}: ")).unwrap_or_default();
    let item = c.item.as_ref().map(|i| format!("{i} × ")).unwrap_or_default();
    Some(format!("{side}{item}{}", measure.unwrap_or_else(role)))
}

/// The parts of one header text by their ids; `None` where it is not known to its last character.
pub fn parts_of(text: &str, g: &Grammar) -> Option<Vec<String>> {
    let s = said(&text::key(text), g)?;
    Some(g.parts.names(s.set).into_iter().map(str::to_string).collect())
}

/// The measure of a column in a phase; `None` where the rows have to say it.
fn measure(column: usize, phase: Option<usize>, form: &Form, parts: &Parts) -> Option<String> {
    match names(column, phase, form, parts) {
        (own, None) => own.map(str::to_string),
        (own, Some(phase)) => Some(format!("{}.{phase}", own.unwrap_or_default())),
    }
}

/// The name of a measure, and that of the phase that stands behind it.
fn names<'f>(
    column: usize,
    phase: Option<usize>,
    form: &'f Form,
    parts: &'f Parts,
) -> (Option<&'f str>, Option<&'f str>) {
    let c = &form.columns[column];
    let phase = phase.map(|p| parts.phases[p].id.as_str());
    let Some(own) = c.measure.as_deref() else {
        return (phase, None);
    };
    match phase {
        None | Some("final") => (Some(own), None),
        Some(p) if c.total || own == "final" => (Some(p), None),
        Some(p) => (Some(own), Some(p)),
    }
}

/// A column of a header that is tried.
struct Candidate {
    start: usize,
    end: usize,
    meaning: Option<Meaning>,
    /// Another column of its panel has its meaning.
    refused: bool,
    set: PartSet,
    side: Option<Side>,
    unit: Option<Unit>,
    body: usize,
    above: Above,
}

impl Candidate {
    fn column(&self) -> Option<usize> {
        self.meaning.filter(|_| !self.refused).map(|m| m.column)
    }

    fn role(&self, form: &Form) -> Role {
        self.column().map_or(Role::Ignore, |c| form.columns[c].role)
    }

    fn item<'f>(&self, form: &'f Form) -> Option<&'f String> {
        self.column().and_then(|c| form.columns[c].item.as_ref())
    }

    /// Whether both hold one measure, compared as it is published: `final.public` may be a measure of its own or one in a phase.
    fn is_measure_of(&self, other: &Self, form: &Form, parts: &Parts) -> bool {
        let text = |c: &Self| {
            let (own, phase) = c
                .meaning
                .map_or((None, None), |m| names(m.column, m.phase, form, parts));
            let point = phase.map(|_| ".");
            own.into_iter().chain(point).chain(phase).flat_map(str::bytes)
        };
        text(self).eq(text(other))
    }

    /// Paths and printed texts are not filled in yet.
    fn logical(&self, form: &Form, parts: &Parts) -> Logical {
        let m = self.meaning;
        Logical {
            start: self.start,
            end: self.end,
            column: self.column(),
            measure: m.and_then(|m| measure(m.column, m.phase, form, parts)),
            ratio: m.and_then(|m| m.phase).is_some_and(|p| parts.phases[p].ratio),
            count: m.is_none() && self.set & parts.counts != 0,
            side: self.side,
            fund: parts.fund(self.set).map(str::to_string),
            unit: self.unit,
            body: self.body,
            parts: self.set,
            phase: m.and_then(|m| m.phase),
            ..Logical::default()
        }
    }
}

/// Whether the last row of a header is the last line of a wrapped head: without lines it is a row of its own, words where amounts stand and
/// no number. Or heads of labels, below a word that is set over all of them.
fn is_tail(texts: &Texts<'_>, form: &Form, row: usize, found: &[Candidate]) -> bool {
    let Texts { grid, rules, .. } = *texts;
    let g = rules.g;
    if grid.kind != GridKind::Aligned {
        return false;
    }
    let words: Vec<String> = (0..grid.cols)
        .filter_map(|c| grid.cell(row, c))
        .map(|c| text::key(&c.text()))
        .filter(|t| !t.is_empty())
        .collect();
    let in_amounts = found
        .iter()
        .any(|c| c.role(form) == Role::Amount && grid.cell(row, c.start).is_some_and(|k| !k.lines.is_empty()));
    let plain = |t: &String| amount::parse(t).is_none() && !g.lexicon.is_dash(t);
    if in_amounts && words.iter().all(plain) {
        return true;
    }
    let of_labels = |t: &String| {
        let only = |s: Said| {
            let m = meaning(s.set, Some(s), None, form, &g.parts);
            m.is_some_and(|m| matches!(form.columns[m.column].role, Role::Code | Role::Name | Role::Label))
        };
        rules.said(t).is_some_and(|s| s.set & g.parts.labels != 0 && only(s))
    };
    !words.is_empty() && words.iter().all(of_labels)
}

/// The columns with a header that ends before row `body`.
fn attempt(texts: &Texts<'_>, form: &Form, body: usize, words: &mut Words<'_>) -> Vec<Candidate> {
    let Texts { grid, start, .. } = *texts;
    let parts = &words.g.parts;
    let mut found: Vec<Candidate> = Vec::with_capacity(grid.cols);
    let mut bottom = usize::MAX;
    let rows = body - start;
    let mixed = rows > 1
        && (0..grid.cols).any(|col| {
            let p = words.path(rows, col);
            let up = words.path(rows - 1, col);
            p.words().len() > up.words().len()
                && words
                    .meaning(&up, None)
                    .is_some_and(|m| form.columns[m.column].role != Role::Amount && !m.side_alone)
                && words.meaning(&p, None).is_none()
                && words.ends_in_row_label(&p)
        });
    // The side of the labels to the left.
    let mut panel: Option<Side> = None;
    for col in 0..grid.cols {
        let cell = grid.cell_id(body - 1, col).unwrap_or(usize::MAX);
        if cell == bottom
            && let Some(last) = found.last_mut()
        {
            last.end = col + 1;
            continue;
        }
        bottom = cell;
        let mut path = words.path(rows, col);
        let unit = path.unit;
        let mut own_body = body;
        let mut m = words.meaning(&path, panel);
        if mixed {
            let up = words.path(rows - 1, col);
            let here = grid.cell(body - 1, col);
            let begins = here.is_some_and(|c| c.row == body - 1);
            let value = words.ends_in_row_label(&path)
                || path.words().last().is_some_and(|w| {
                    let t = &words.texts.words[*w].text;
                    words.g.lexicon.is_dash(t) || amount::parse(t).is_some()
                });
            if begins && (path.words().len() == up.words().len() || (m.is_none() && value)) {
                m = words.meaning(&up, panel);
                path = up;
                own_body = body - 1;
            }
        }
        let mut above = None;
        if m.is_none()
            && grid.kind == GridKind::Aligned
            && let Some((p, joined)) = words.best_joined(&path, panel)
        {
            m = Some(joined);
            above = Some(Above::Joined(p));
        }
        let set = m.map(|m| m.set).or_else(|| words.set_of(&path)).unwrap_or_default();
        let mut own = parts.side(set);
        let amount = m.is_some_and(|m| form.columns[m.column].role == Role::Amount);
        // Without lines the codes of labels that begin with them stand in a column of their own, and one head over both.
        let headless = grid.kind == GridKind::Aligned && path.words().is_empty();
        if (amount || (m.is_none() && (headless || words.set_of(&path).is_none())))
            && let Some(shown) = words.by_cells(col)
        {
            own = form.columns[shown.column].side;
            m = Some(shown);
        }
        let side = own.or(panel);
        if m.is_some_and(|m| form.columns[m.column].role == Role::Label) {
            panel = own;
        }
        found.push(Candidate {
            start: col,
            end: col + 1,
            meaning: m,
            refused: false,
            set,
            side: side.filter(|_| form.rows == RowKind::TwoSided),
            unit,
            body: own_body,
            above: above.unwrap_or(Above::Words(path)),
        });
    }
    found
}

/// The header texts as printed; the same parts as in `path`.
fn printed(grid: &Grid, start: usize, body: usize, col: usize) -> Vec<String> {
    let mut ids: Vec<usize> = (start..body).filter_map(|r| grid.cell_id(r, col)).collect();
    ids.dedup();
    ids.iter()
        .map(|i| {
            grid.cells[*i]
                .text()
                .chars()
                .filter(|c| !c.is_whitespace())
                .collect::<String>()
        })
        .filter(|t| !text::key(t).is_empty())
        .collect()
}

/// The printed parts joined as the folded ones were.
fn rejoined(printed: &[String], path: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(path.len());
    let mut rest = path.iter();
    let mut open = String::new();
    for t in printed {
        match out.last_mut() {
            Some(last) if !open.is_empty() => last.push_str(t),
            _ => {
                open = rest.next().cloned().unwrap_or_default();
                out.push(t.clone());
            }
        }
        let key = text::key(t);
        open = open.strip_prefix(key.as_str()).unwrap_or_default().to_string();
    }
    out
}

/// The panels of a header: each begins at a column of labels behind an amount.
fn panels(roles: &[Role]) -> Vec<std::ops::Range<usize>> {
    let mut out = Vec::new();
    let (mut start, mut after_amount) = (0, false);
    for (i, role) in roles.iter().enumerate() {
        match role {
            Role::Amount => after_amount = true,
            Role::Code | Role::Name | Role::Label if after_amount => {
                out.push(start..i);
                (start, after_amount) = (i, false);
            }
            _ => {}
        }
    }
    out.push(start..roles.len());
    out
}

/// Two columns with one meaning in one panel: neither can be trusted.
fn refuse_doubles(found: &mut [Candidate], form: &Form, parts: &Parts) {
    let roles: Vec<Role> = found.iter().map(|c| c.role(form)).collect();
    let mut doubles = Vec::new();
    for panel in panels(&roles) {
        let amounts: Vec<usize> = panel.filter(|i| roles[*i] == Role::Amount).collect();
        for (n, i) in amounts.iter().enumerate() {
            for k in &amounts[..n] {
                let (a, b) = (&found[*i], &found[*k]);
                if a.side == b.side && a.item(form) == b.item(form) && a.is_measure_of(b, form, parts) {
                    doubles.extend([*i, *k]);
                }
            }
        }
    }
    for i in doubles {
        found[i].refused = true;
    }
}

/// Every amount column names what the whole table is about and nothing but its phase tells them apart (三公经费预算数, 三公经费决算数): the
/// rows name the items.
fn phases_only(header: &mut Header, form: &Form) {
    let labelled = (0..header.columns.len()).any(|i| header.role(form, i) == Role::Label);
    let is_amount = |l: &&mut Logical| l.column.is_some_and(|c| form.columns[c].role == Role::Amount);
    let total = |l: &Logical| l.phase.is_some() && l.column.is_some_and(|c| form.columns[c].total);
    let mut columns: Vec<&mut Logical> = header.columns.iter_mut().filter(is_amount).collect();
    let plain = |c: &crate::grammar::Column| c.role == Role::Amount && c.item.is_none();
    if labelled
        && columns.len() > 1
        && columns.iter().all(|l| total(l) && l.column == columns[0].column)
        && let Some(plain) = form.columns.iter().position(plain)
    {
        columns.iter_mut().for_each(|l| l.column = Some(plain));
    }
}

/// What only the whole header tells: a heading that stands over a panel of its own, budgets of one basis, a change that needs
/// the year before beside it.
fn settle(header: &mut Header, form: &Form, parts: &Parts) {
    let roles: Vec<Role> = (0..header.columns.len()).map(|i| header.role(form, i)).collect();
    for panel in panels(&roles) {
        let amounts: Vec<usize> = panel.filter(|i| roles[*i] == Role::Amount).collect();
        if let [one] = amounts.as_slice() {
            let l = &mut header.columns[*one];
            if let Some(alone) = l.column.and_then(|c| form.columns[c].alone.clone()) {
                l.column = form.columns.iter().position(|c| c.measure.as_ref() == Some(&alone));
                l.measure = Some(alone);
            }
        }
    }
    if form.rows == RowKind::Items {
        phases_only(header, form);
    }
    let id = |l: &Logical| {
        l.phase
            .filter(|_| l.column.is_some())
            .map(|p| parts.phases[p].id.clone())
    };
    let phases: Vec<String> = header.columns.iter().filter_map(id).collect();
    for l in &mut header.columns {
        let beside = l.phase.and_then(|p| parts.phases[p].beside.as_ref());
        if beside.is_some_and(|b| !phases.contains(b)) {
            l.column = None;
        }
    }
    if let Some(budget) = &form.budget {
        let mut bases: Vec<&String> = phases.iter().filter(|p| p.ends_with(budget.as_str())).collect();
        bases.dedup();
        bases.sort();
        bases.dedup();
        if let [one] = bases.as_slice() {
            let columns = header.columns.iter_mut();
            for l in columns.filter(|l| l.measure.as_ref() == Some(*one)) {
                l.measure = Some(budget.clone());
            }
        }
    }
}
