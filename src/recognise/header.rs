//! Which column is which: every header word above a column must be explained, by the grammar's path or as neutral.

use crate::grammar::{Form, HeaderPattern, Lexicon, Role, RowKind};
use crate::layout::{Grid, GridKind};
use crate::text;
use crate::value::{Unit, amount};
use std::collections::HashMap;

/// A column of the form: one or more columns of the grid below one header cell.
#[derive(Clone, Debug)]
pub struct Logical {
    /// First column of the grid.
    pub start: usize,
    /// Column after the last.
    pub end: usize,
    /// Index in the form's columns; `None` when the header was not understood.
    pub column: Option<usize>,
    /// The header as a path, folded.
    pub path: Vec<String>,
    /// The same as printed, without blanks.
    pub printed: Vec<String>,
    /// The unit in its own header.
    pub unit: Option<Unit>,
    /// First row of the body below this header. Where the last header row is also the row 合计 (its label beside the lowest
    /// header words), columns whose header ended above begin one row earlier.
    pub body: usize,
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

    /// What each header gave, for people.
    pub fn reasons(&self, grid: &Grid, form: &Form) -> Vec<String> {
        let mut out = vec![format!("header rows 1–{} of {}", self.body, grid.rows)];
        for l in &self.columns {
            let what = match l.column.map(|c| &form.columns[c]) {
                None => "not understood".to_string(),
                Some(c) => {
                    let side = c.side.map(|s| format!("{s}: ")).unwrap_or_default();
                    let item = c.item.as_ref().map(|i| format!("{i} × ")).unwrap_or_default();
                    let measure = c
                        .measure
                        .clone()
                        .unwrap_or_else(|| format!("{:?}", c.role).to_lowercase());
                    format!("{side}{item}{measure}")
                }
            };
            out.push(format!("column {}: {} → {what}", l.start + 1, l.path.join(" / ")));
        }
        out
    }
}

/// The most rows a header can have.
const MAX_HEADER: usize = 8;

/// The most words of a header that are tried joined.
const MAX_JOINED: usize = 6;

/// Finds the header of a form in a grid. The number of header rows is the smallest with which most amount columns fit.
pub fn columns(texts: &Texts<'_>, form: &Form, lexicon: &Lexicon) -> Result<Header, String> {
    let Texts { grid, start, .. } = *texts;
    let mut best: Option<(usize, Header, Vec<Above>)> = None;
    let mut words = Words::new(texts, form, lexicon);
    for body in start + 1..=grid.rows.min(start + MAX_HEADER) {
        let (mut header, above) = attempt(grid, form, lexicon, start, body, &mut words);
        // Before counting: with a row too few, the parts of a group are all taken for the group.
        refuse_doubles(&mut header, form);
        // An amount column counts twice: a label column above which the first body row was taken for a header is no gain.
        let score = 2 * amounts(&header, form) + header.columns.iter().filter(|l| l.column.is_some()).count();
        // Without lines the last line of a wrapped head is a row of its own: words where amounts stand, and no number.
        let tail = grid.kind == GridKind::Aligned && {
            let texts = || {
                (0..grid.cols)
                    .filter_map(|c| grid.cell(body - 1, c))
                    .map(|c| text::key(&c.text()))
                    .filter(|t| !t.is_empty())
            };
            let in_amounts = header.columns.iter().any(|l| {
                l.column.is_some_and(|c| form.columns[c].role == Role::Amount)
                    && grid.cell(body - 1, l.start).is_some_and(|c| !c.lines.is_empty())
            });
            in_amounts && texts().all(|t| amount::parse(&t).is_none() && !lexicon.is_dash(&t))
        };
        if amounts(&header, form) > 0 && best.as_ref().is_none_or(|(s, ..)| score > *s || (score == *s && tail)) {
            best = Some((score, header, above));
        }
    }
    let Some((_, mut header, above)) = best else {
        return Err(format!(
            "no column of its header is one of this form (first row: {})",
            first_row(grid, start)
        ));
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
    for (i, c) in form.columns.iter().enumerate() {
        let covered = header
            .columns
            .iter()
            .any(|l| l.column.is_some_and(|k| k == i || same_target(form, i, k)));
        if c.required && !covered {
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
    header.complete = header.columns.iter().all(|l| l.column.is_some());
    // Without lines a column that is not understood may be the half of one that is: blanks would stand where numbers are printed.
    if grid.kind == GridKind::Aligned {
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
        for l in header.columns.iter().filter(|l| l.column.is_none()) {
            let number = (header.body..grid.rows)
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
    }
    if form.rows == RowKind::Items && amounts(&header, form) < 2 {
        return Err("fewer than two of its amount columns were found".into());
    }
    Ok(header)
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

/// What a header text means to a form.
#[derive(Clone, Default)]
struct Element {
    parts: Vec<usize>,
    neutral: bool,
}

impl Element {
    fn new(text: &str, form: &Form, lexicon: &Lexicon) -> Self {
        let mut e = Element {
            parts: form.parts_of(text),
            neutral: form.is_neutral(text),
        };
        let bare = lexicon.bare_label(text);
        if bare != text {
            e.parts.extend(form.parts_of(bare));
            e.neutral |= form.is_neutral(bare);
        }
        e
    }

    fn understood(&self) -> bool {
        !self.parts.is_empty() || self.neutral
    }
}

/// The cells that can be header, folded once, without their units: every form and every height of the header is tried over them.
pub struct Texts<'g> {
    grid: &'g Grid,
    start: usize,
    words: Vec<(String, Option<Unit>)>,
    /// Row by row from the start: the word that stands there.
    at: Vec<Option<usize>>,
}

impl<'g> Texts<'g> {
    /// The first rows of a grid from row `start` on.
    pub fn new(grid: &'g Grid, start: usize, lexicon: &Lexicon) -> Self {
        let mut words = Vec::new();
        let mut at = Vec::new();
        let mut of_cell: HashMap<usize, usize> = HashMap::new();
        for row in start..grid.rows.min(start + MAX_HEADER) {
            for col in 0..grid.cols {
                at.push(grid.cell_id(row, col).map(|id| {
                    *of_cell.entry(id).or_insert_with(|| {
                        let mut text = text::key(&grid.cells[id].text());
                        let unit = lexicon.bracketed_unit(&text);
                        if unit.is_some()
                            && let Some(at) = text.rfind('(')
                        {
                            text.truncate(at);
                        }
                        words.push((text, unit));
                        words.len() - 1
                    })
                }));
            }
        }
        Self { grid, start, words, at }
    }
}

/// What a form makes of a word; asked for only where every word above it is understood.
#[derive(Clone, Default)]
struct Meaning {
    element: Option<Element>,
    /// The label of a row of the form.
    row_label: Option<bool>,
}

/// The words with their meaning to one form.
struct Words<'t> {
    form: &'t Form,
    lexicon: &'t Lexicon,
    texts: &'t Texts<'t>,
    meanings: Vec<Meaning>,
    /// Parts joined across rows.
    joined: HashMap<String, Element>,
}

/// The words above a column, from the top.
#[derive(Clone, Default)]
struct Path {
    words: Vec<usize>,
    unit: Option<Unit>,
}

/// What a column was found by.
enum Above {
    Words(Path),
    Joined(Vec<String>),
}

impl<'t> Words<'t> {
    fn new(texts: &'t Texts<'t>, form: &'t Form, lexicon: &'t Lexicon) -> Self {
        Words {
            form,
            lexicon,
            texts,
            meanings: vec![Meaning::default(); texts.words.len()],
            joined: HashMap::new(),
        }
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
            let (text, unit) = &self.texts.words[w];
            out.unit = unit.or(out.unit);
            if !text.is_empty() {
                out.words.push(w);
            }
        }
        out
    }

    fn texts(&self, path: &Path) -> Vec<String> {
        path.words.iter().map(|w| self.texts.words[*w].0.clone()).collect()
    }

    /// Whether the lowest word is the label of a row of the form.
    fn ends_in_row_label(&mut self, path: &Path) -> bool {
        let (form, lexicon, texts) = (self.form, self.lexicon, self.texts);
        path.words.last().is_some_and(|w| {
            *self.meanings[*w].row_label.get_or_insert_with(|| {
                let label = lexicon.bare_label(&texts.words[*w].0);
                form.rows_of(label).next().is_some()
            })
        })
    }

    fn best_column(&mut self, path: &Path) -> Option<usize> {
        let (form, lexicon, texts) = (self.form, self.lexicon, self.texts);
        for w in &path.words {
            let known = self.meanings[*w]
                .element
                .get_or_insert_with(|| Element::new(&texts.words[*w].0, form, lexicon));
            if !known.understood() {
                return None;
            }
        }
        let elements: Vec<&Element> = path
            .words
            .iter()
            .filter_map(|w| self.meanings[*w].element.as_ref())
            .collect();
        best_column(&elements, form)
    }

    /// The first way to join neighbouring words that makes a header: without lines a wrapped header is several rows.
    fn best_joined(&mut self, path: &Path) -> Option<(Vec<String>, usize)> {
        let mut words = self.texts(path);
        let words = words.split_off(words.len().saturating_sub(MAX_JOINED));
        let mut ways = Vec::new();
        self.ways(&words, 0, 0, &mut ways);
        // Bit n: word n + 1 is joined to the word before it.
        ways.sort_unstable();
        ways.into_iter().filter(|mask| *mask > 0).find_map(|mask| {
            let mut parts: Vec<String> = Vec::new();
            for (n, t) in words.iter().enumerate() {
                match parts.last_mut() {
                    Some(l) if mask & (1 << (n - 1)) != 0 => l.push_str(t),
                    _ => parts.push(t.clone()),
                }
            }
            let elements: Vec<&Element> = parts.iter().filter_map(|t| self.joined.get(t)).collect();
            best_column(&elements, self.form).map(|c| (parts, c))
        })
    }

    /// The ways to join the words from `from` on in which every part is understood.
    fn ways(&mut self, words: &[String], from: usize, mask: u32, out: &mut Vec<u32>) {
        if from == words.len() {
            out.push(mask);
            return;
        }
        let (mut part, mut mask) = (String::new(), mask);
        for (n, t) in words.iter().enumerate().skip(from) {
            part.push_str(t);
            if n > from {
                mask |= 1 << (n - 1);
            }
            if !self.joined.contains_key(&part) {
                let e = Element::new(&part, self.form, self.lexicon);
                self.joined.insert(part.clone(), e);
            }
            if self.joined.get(&part).is_some_and(Element::understood) {
                self.ways(words, n + 1, mask, out);
            }
        }
    }
}

/// The columns with a header that ends before row `body`; paths and printed texts are not filled in yet.
fn attempt(
    grid: &Grid,
    form: &Form,
    lexicon: &Lexicon,
    start: usize,
    body: usize,
    words: &mut Words<'_>,
) -> (Header, Vec<Above>) {
    let mut columns: Vec<Logical> = Vec::new();
    let mut found: Vec<Above> = Vec::new();
    let mut bottom = usize::MAX;
    let rows = body - start;
    let mixed = rows > 1
        && (0..grid.cols).any(|col| {
            let p = words.path(rows, col);
            let up = words.path(rows - 1, col);
            p.words.len() > up.words.len()
                && words
                    .best_column(&up)
                    .is_some_and(|c| form.columns[c].role != Role::Amount)
                && words.best_column(&p).is_none()
                && words.ends_in_row_label(&p)
        });
    for col in 0..grid.cols {
        let cell = grid.cell_id(body - 1, col).unwrap_or(usize::MAX);
        if cell == bottom
            && let Some(last) = columns.last_mut()
        {
            last.end = col + 1;
            continue;
        }
        bottom = cell;
        let mut path = words.path(rows, col);
        let unit = path.unit;
        let mut own_body = body;
        let mut column = words.best_column(&path);
        if mixed {
            let up = words.path(rows - 1, col);
            let here = grid.cell(body - 1, col);
            let begins = here.is_some_and(|c| c.row == body - 1);
            let value = words.ends_in_row_label(&path)
                || path.words.last().is_some_and(|w| {
                    let t = &words.texts.words[*w].0;
                    lexicon.is_dash(t) || amount::parse(t).is_some()
                });
            if begins && (path.words.len() == up.words.len() || (column.is_none() && value)) {
                column = words.best_column(&up);
                path = up;
                own_body = body - 1;
            }
        }
        let mut above = None;
        if column.is_none()
            && grid.kind == GridKind::Aligned
            && let Some((p, c)) = words.best_joined(&path)
        {
            column = Some(c);
            above = Some(Above::Joined(p));
        }
        found.push(above.unwrap_or(Above::Words(path)));
        columns.push(Logical {
            start: col,
            end: col + 1,
            column,
            path: Vec::new(),
            printed: Vec::new(),
            unit,
            body: own_body,
        });
    }
    let header = Header {
        body,
        columns,
        complete: false,
    };
    (header, found)
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

fn best_column(elements: &[&Element], form: &Form) -> Option<usize> {
    // Every word must be explained: one that is no part of any header and not neutral settles it.
    if elements.is_empty() || !elements.iter().all(|e| e.understood()) {
        return None;
    }
    let mut best: Option<(usize, usize)> = None;
    for (i, c) in form.columns.iter().enumerate() {
        for h in &c.headers {
            if best.is_none_or(|(n, _)| h.parts.len() > n) && fits(h, elements) {
                best = Some((h.parts.len(), i));
            }
        }
    }
    best.map(|(_, i)| i)
}

fn fits(h: &HeaderPattern, elements: &[&Element]) -> bool {
    // Cheap, and true of most: a part that no element has.
    if h.parts.len() > elements.len() || !h.parts.iter().all(|p| elements.iter().any(|e| e.parts.contains(p))) {
        return false;
    }
    if h.ordered {
        let mut next = 0;
        for e in elements {
            if next < h.parts.len() && e.parts.contains(&h.parts[next]) {
                next += 1;
            } else if !e.neutral {
                return false;
            }
        }
        next == h.parts.len()
    } else {
        let mut free: Vec<usize> = h.parts.clone();
        for e in elements {
            match free.iter().position(|p| e.parts.contains(p)) {
                Some(p) => {
                    free.remove(p);
                }
                None if e.neutral => {}
                None => return false,
            }
        }
        free.is_empty()
    }
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

/// Two columns with one meaning in one panel: neither can be trusted.
fn refuse_doubles(header: &mut Header, form: &Form) {
    let mut doubles = Vec::new();
    let mut panel_start = 0;
    let mut after_amount = false;
    for i in 0..header.columns.len() {
        let Some(c) = header.columns[i].column else { continue };
        let def = &form.columns[c];
        if def.role != Role::Amount {
            if after_amount && matches!(def.role, Role::Code | Role::Name | Role::Label) {
                panel_start = i;
                after_amount = false;
            }
            continue;
        }
        after_amount = true;
        for k in panel_start..i {
            if let Some(o) = header.columns[k].column
                && form.columns[o].role == Role::Amount
                && same_target(form, o, c)
            {
                doubles.push(i);
                doubles.push(k);
            }
        }
    }
    for i in doubles {
        header.columns[i].column = None;
    }
}
