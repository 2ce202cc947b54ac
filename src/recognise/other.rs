//! Tables that are none of the forms (机关运行经费, 政府采购, 国有资产 …), as they are printed: which words stand above and beside
//! each number. Nothing is said of what they mean. A table whose rows and columns are not plain is refused, not guessed.

use super::titles::Head;
use crate::grammar::Grammar;
use crate::layout::{Cell, Grid};
use crate::place::Place;
use crate::text;
use crate::value::{Unit, amount};

/// A table outside the forms.
#[derive(Clone, Debug, Default)]
pub struct OtherTable {
    /// Ordinal among the tables of the document, behind those of all forms.
    pub ordinal: u32,
    /// Index of its block in the layout.
    pub block: usize,
    /// The title as printed.
    pub title: Option<String>,
    /// 公开10表 … as printed.
    pub form_label: Option<String>,
    /// The unit that the table's own label names.
    pub unit: Option<Unit>,
    /// The page on which it begins.
    pub page: u32,
    /// The page on which it ends.
    pub last_page: u32,
    /// Its box on the first page.
    pub place: Place,
    /// The cells with numbers.
    pub entries: Vec<OtherEntry>,
    /// Cells with digits that are not among them.
    pub left_out: usize,
}

/// A number of such a table.
#[derive(Clone, Debug, PartialEq)]
pub struct OtherEntry {
    /// The words above it from the top, as printed.
    pub header: Vec<String>,
    /// The words beside it from the left, as printed.
    pub label: Vec<String>,
    /// The digits of the columns of codes in its row.
    pub code: Option<String>,
    /// A row of a sum, by its name.
    pub is_total: bool,
    /// The unit that its own header or label names.
    pub unit: Option<Unit>,
    /// Nothing speaks against its being money.
    pub money: bool,
    /// A word or a unit says that it is money.
    pub named: bool,
    /// What stands in the cell.
    pub printed: String,
    /// Where.
    pub place: Place,
}

/// The most rows a header can have.
const MAX_HEADER: usize = 6;

/// What a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    /// Codes, names, labels.
    Label,
    /// Numbers; the first column of its labels and the column after the last.
    Number(usize, usize),
    /// Nothing that is read.
    Aside,
}

/// Reads a table whose body of header and rows begins at row `start`. Refused, with the reason, when it is not plain.
pub(super) fn read(grid: &Grid, start: usize, head: &Head<'_>, g: &Grammar) -> Result<OtherTable, String> {
    let body = body(grid, start).ok_or("no row of words stands above its numbers")?;
    let paths: Vec<Vec<String>> = (0..grid.cols).map(|c| path(grid, start, body, c)).collect();
    let first = (body..grid.rows.min(body + 2))
        .find(|r| !column_numbers(grid, *r, g))
        .unwrap_or(grid.rows);
    let columns = columns(grid, first, &paths, g);
    let mut out = OtherTable {
        block: UNPLACED,
        title: head.title.clone(),
        form_label: head.form_label.clone(),
        unit: head.unit,
        page: grid.page(),
        last_page: grid.last_page(),
        place: Place::new(grid.page(), grid.rect()),
        ..OtherTable::default()
    };
    for (c, column) in columns.iter().enumerate() {
        let twin = |o: &usize| columns[*o] == *column && paths[*o] == paths[c];
        if matches!(column, Column::Number(..)) && (0..c).any(|o| twin(&o)) {
            return Err(format!(
                "two columns stand below the same words: {}",
                paths[c].join("/")
            ));
        }
    }
    for row in first..grid.rows {
        if repeats_header(grid, row, start, body) || column_numbers(grid, row, g) {
            continue;
        }
        for (c, column) in columns.iter().enumerate() {
            let Some(cell) = grid.cell(row, c).filter(|k| k.row == row && k.col == c) else {
                continue;
            };
            let key = text::key(&cell.text());
            if key.is_empty() || g.lexicon.is_dash(&key) {
                continue;
            }
            let is_number = amount::parse(&cell.text()).is_some();
            let Column::Number(from, to) = *column else {
                out.left_out += usize::from(*column == Column::Aside && is_number);
                continue;
            };
            let entry = match is_number && alone(cell) && !paths[c].is_empty() {
                true => entry(grid, from..to, &paths, cell, &paths[c], g),
                false => None,
            };
            match entry {
                // Where the label of the unit names more than money, a word has to say which it is.
                Some(e) if head.mixed && !e.named => out.entries.push(OtherEntry { money: false, ..e }),
                Some(e) => out.entries.push(e),
                None if key.contains(|k: char| k.is_ascii_digit()) => out.left_out += 1,
                None => return Err(format!("words stand among the numbers of a column: {key}")),
            }
        }
    }
    match out.entries.is_empty() {
        true => Err("no number of it has words above and beside it".into()),
        false => Ok(out),
    }
}

/// One line of one row and one column.
fn alone(cell: &Cell) -> bool {
    cell.lines.len() == 1 && cell.row_span == 1 && cell.col_span == 1
}

fn printed(cell: &Cell) -> String {
    cell.text().chars().filter(|c| !c.is_whitespace()).collect()
}

/// The first row with a number that is no heading; none without words above it.
fn body(grid: &Grid, start: usize) -> Option<usize> {
    let numbers = |r: usize| {
        (0..grid.cols)
            .filter_map(|c| grid.cell(r, c))
            .any(|c| amount::parse(&c.text()).is_some())
    };
    let row = (start..grid.rows.min(start + MAX_HEADER + 1)).find(|r| numbers(*r))?;
    (row > start).then_some(row)
}

/// 栏次, or 1 2 3 … from the first column on.
fn column_numbers(grid: &Grid, row: usize, g: &Grammar) -> bool {
    let texts: Vec<String> = (0..grid.cols)
        .filter_map(|c| grid.cell(row, c))
        .map(|c| text::key(&c.text()))
        .collect();
    if texts.iter().any(|t| g.lexicon.is_column_numbers(t)) {
        return true;
    }
    let all: Option<Vec<usize>> = texts.iter().map(|t| t.parse().ok()).collect();
    all.is_some_and(|n| n.len() > 1 && n.windows(2).all(|w| w[0] + 1 == w[1]))
}

/// The words above a column, from the top; a text over the whole width heads no column.
fn path(grid: &Grid, start: usize, body: usize, col: usize) -> Vec<String> {
    let mut ids: Vec<usize> = (start..body).filter_map(|r| grid.cell_id(r, col)).collect();
    ids.dedup();
    ids.iter()
        .map(|i| &grid.cells[*i])
        .filter(|c| c.col_span < grid.cols || grid.cols == 1)
        .map(printed)
        .filter(|t| !text::key(t).is_empty())
        .collect()
}

/// A row of words that stand in the header too, each in its column.
fn repeats_header(grid: &Grid, row: usize, start: usize, body: usize) -> bool {
    let texts = |r: usize| -> Vec<String> {
        let cells = (0..grid.cols).map(|c| grid.cell(r, c).map(|k| text::key(&k.text())));
        cells.map(Option::unwrap_or_default).collect()
    };
    let own = texts(row);
    own.iter().any(|t| !t.is_empty()) && (start..body).any(|r| texts(r) == own)
}

/// Whether the lowest words above a column head labels.
fn labels(path: &[String], g: &Grammar) -> bool {
    let said = path.last().and_then(|w| g.parts.said(&text::key(w)));
    said.is_some_and(|s| s.set & g.parts.labels != 0)
}

fn columns(grid: &Grid, first: usize, paths: &[Vec<String>], g: &Grammar) -> Vec<Column> {
    let cells = |c: usize| {
        (first..grid.rows)
            .filter_map(move |r| grid.cell(r, c))
            .filter(move |k| k.col == c)
    };
    let holds = |c: usize| cells(c).any(|k| amount::parse(&k.text()).is_some());
    let filled = |c: usize| {
        let mut keys = cells(c).map(|k| text::key(&k.text()));
        keys.any(|k| !k.is_empty() && !g.lexicon.is_dash(&k))
    };
    let mut out: Vec<Column> = Vec::with_capacity(grid.cols);
    // The labels of the panel that is open, and the words above those of the first.
    let (mut from, mut to) = (0, 0);
    let mut heads: Vec<&String> = Vec::new();
    let (mut numbers, mut doubt) = (false, false);
    let one_row = first + 1 == grid.rows;
    for (c, path) in paths.iter().enumerate() {
        let lowest = path.last();
        if !labels(path, g) && holds(c) {
            numbers = true;
            out.push(match doubt || (to == from && !(one_row && to == 0)) {
                true => Column::Aside,
                false => Column::Number(from, to),
            });
            continue;
        }
        if numbers && lowest.is_some_and(|w| heads.contains(&w)) {
            (from, to, numbers, doubt) = (c, c, false, false);
        }
        out.push(match numbers {
            // What stands behind the numbers of a panel says nothing of them, and may say something of those behind it.
            true => {
                doubt |= filled(c);
                Column::Aside
            }
            false => {
                to = c + 1;
                heads.extend(lowest);
                Column::Label
            }
        });
    }
    out
}

/// A number with the words above and beside it; none without a label.
fn entry(
    grid: &Grid,
    beside: std::ops::Range<usize>,
    paths: &[Vec<String>],
    cell: &Cell,
    header: &[String],
    g: &Grammar,
) -> Option<OtherEntry> {
    let beside_nothing = beside.is_empty();
    let mut ids: Vec<usize> = beside.filter_map(|c| grid.cell_id(cell.row, c)).collect();
    ids.dedup();
    let (mut label, mut code) = (Vec::new(), String::new());
    for id in ids {
        let text = printed(&grid.cells[id]);
        let key = text::key(&text);
        let digits = !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit());
        match digits && labels(&paths[grid.cells[id].col], g) {
            true if g.parts.is_row_no(&paths[grid.cells[id].col]) => {}
            true => code.push_str(&key),
            false if !key.is_empty() => label.push(text),
            false => {}
        }
    }
    // The one row of a table without labels needs none.
    if label.is_empty() && code.is_empty() && !beside_nothing {
        return None;
    }
    let mut out = plain(cell, header.to_vec(), label, g)?;
    out.code = Some(code).filter(|c| !c.is_empty());
    Some(out)
}

/// What the words above and beside a number say of its kind; none where it is not exactly one number in a cell of its own.
pub(super) fn plain(cell: &Cell, header: Vec<String>, label: Vec<String>, g: &Grammar) -> Option<OtherEntry> {
    let number = amount::parse(&cell.text()).filter(|_| alone(cell))?;
    let words: Vec<String> = header.iter().chain(&label).map(|t| text::key(t)).collect();
    let units: Vec<Unit> = words.iter().filter_map(|w| g.lexicon.bracketed_unit(w)).collect();
    let other = units.windows(2).any(|w| w[0] != w[1]) || words.iter().any(|w| g.lexicon.no_money(w));
    let named = !units.is_empty() || words.iter().any(|w| g.lexicon.money(w));
    Some(OtherEntry {
        header,
        is_total: label.iter().any(|l| g.lexicon.is_sum(&text::key(l))),
        label,
        code: None,
        unit: units.first().copied(),
        money: !other && (named || number.places > 0),
        named,
        printed: cell.text().into_owned(),
        place: cell.place(),
    })
}

/// The rows of a form that are known to hold none of its amounts (机关运行经费 among 三公经费), as a table of their own.
pub(super) fn beside_form(grid: &Grid, entries: Vec<OtherEntry>) -> OtherTable {
    OtherTable {
        block: UNPLACED,
        page: grid.page(),
        last_page: grid.last_page(),
        place: Place::new(grid.page(), grid.rect()),
        entries,
        ..OtherTable::default()
    }
}

/// The block of a table that is not placed yet.
pub(super) const UNPLACED: usize = usize::MAX;
