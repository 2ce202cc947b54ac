//! Workbooks to markup. Comes in: the bytes of xlsx, xls or et. Goes out: for every visible sheet its titles and notes as
//! paragraphs and its tables with their joined cells, each with sheet and cell. Numbers come out as the decimal that was typed
//! or, where the format of the cell rounds, as it is shown. Rows and columns without content cost nothing.

use super::markup::{Markup, Paragraph, Piece, Table, TableCell};
use super::workbook::{Area, Book, Found, Frame, Look, Value};
use super::xls::OldBook;
use super::{Document, Error, Limits, package};
use crate::clock::Deadline;
use crate::diag::{Code, Diagnostic, Outcome, Severity};
use crate::place::{Locator, Place};
use std::collections::{BTreeMap, BTreeSet};

/// The most cells with content of one workbook.
const CELLS: usize = 2_000_000;

/// The most bytes of text of one cell (32,767 characters), and of one workbook.
const CELL_TEXT: usize = 4 * 32_767;
const TEXT: usize = 16 << 20;

/// A cell with content.
struct Filled {
    text: String,
    numeric: bool,
}

/// The most cells of one table, blank ones counted.
const GRID: usize = 500_000;

/// A sheet: cells with content and joined cells, by row and column.
struct Sheet {
    name: String,
    part: u16,
    from_1904: bool,
    doubts: Vec<((u32, u32), Doubt, String)>,
    cells: BTreeMap<(u32, u32), Filled>,
    joined: Vec<Area>,
    /// Rows without content that are drawn: blank rows of a table.
    drawn: BTreeSet<u32>,
}

/// Columns that a sheet can have.
const COLUMNS: usize = 16_384;
/// Rows of joined cells that are looked through at most.
const JOINED: usize = 20_000_000;
/// Doubts of one sheet that are said one by one.
const DOUBTS: usize = 2_000;

/// The letters of a column.
fn column_name(mut column: u32) -> String {
    let mut out = Vec::new();
    loop {
        out.push(char::from(b'A' + (column % 26) as u8));
        match (column / 26).checked_sub(1) {
            Some(c) => column = c,
            None => break,
        }
    }
    out.iter().rev().collect()
}

/// Drawn blank rows that are kept below a row with content.
const BLANK_ROWS: u32 = 8;

/// Reads a workbook that is a ZIP container.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Outcome<Document>, Error> {
    let damaged = package::Package::open(bytes)?.verify(claims)?;
    let mut book = Book::open(bytes)?;
    let mut out = Builder::new(limits);
    damaged.iter().for_each(|name| out.damaged(name));
    let looks = std::mem::take(&mut book.looks);
    out.recalculates = book.recalculates;
    for sheet in book.sheets.clone() {
        if sheet.hidden {
            out.hidden(&sheet.name);
            continue;
        }
        let mut open = out.sheet(&sheet.name, book.from_1904);
        let (frame, result) = book.cells(&sheet, &mut |found| out.cell(&mut open, found, &looks));
        out.close(open, frame, result);
    }
    Ok(out.done("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
}

/// Refuses a table of texts that promises more of them than its bytes can hold: the parser makes room for what is promised.
fn claims(_: &str, xml: &[u8]) -> Result<(), Error> {
    const NAME: &[u8] = b"uniqueCount";
    let mut rest = xml;
    while let Some(at) = rest.windows(NAME.len()).position(|w| w == NAME) {
        rest = &rest[at + NAME.len()..];
        let digits: String = rest
            .iter()
            .skip_while(|b| b.is_ascii_whitespace() || matches!(b, b'=' | b'"' | b'\'' | b'+'))
            .take_while(|b| b.is_ascii_digit())
            .map(|b| char::from(*b))
            .collect();
        if !digits.is_empty() && digits.parse::<usize>().map_or(true, |n| n > xml.len()) {
            return Err(Error::Broken("its table of texts promises more than it has".into()));
        }
    }
    Ok(())
}

/// Reads a workbook of the old binary format.
pub(super) fn read_xls(bytes: &[u8], limits: &Limits) -> Result<Outcome<Document>, Error> {
    let mut book = OldBook::open(bytes)?;
    let mut out = Builder::new(limits);
    if !book.seen {
        out.report.push(Diagnostic::new(
            Severity::Warning,
            Code::FormatsNotRead,
            "how its cells show their numbers could not be read: they stand as they are stored, hidden rows included; save the workbook as xlsx",
            Place::document(),
        ));
    }
    let looks = std::mem::take(&mut book.looks);
    for (name, hidden) in book.sheets.clone() {
        if hidden {
            out.hidden(&name);
            continue;
        }
        let mut open = out.sheet(&name, book.from_1904);
        let (frame, result) = book.cells(&name, &mut |found| out.cell(&mut open, found, &looks));
        out.close(open, frame, result);
    }
    Ok(out.done("application/vnd.ms-excel"))
}

/// Why a cell is in doubt: code and message.
type Doubt = (Code, &'static str);

const NO_VALUE: Doubt = (
    Code::FormulaWithoutValue,
    "the cell is a formula, and the file holds no value that was reckoned for it; open the workbook in a spreadsheet program and save it",
);
const SIGN: Doubt = (
    Code::SignNotShown,
    "the number is negative, and its format shows no sign (red digits, mostly); it was read as negative",
);
const STRUCK: Doubt = (
    Code::StruckOut,
    "the cell is struck out; what stands in it was left out",
);
const UNSEEN: Doubt = (
    Code::HiddenText,
    "the cell holds a number or a text that is not shown (white letters, or a format that shows nothing); it was left out",
);
const COVERED: Doubt = (
    Code::CoveredCell,
    "a joined cell lies over this one: what it holds is not shown and was left out",
);

struct Builder {
    markup: Markup,
    /// A cell without style.
    plain: Look,
    /// The values of formulas were not reckoned.
    recalculates: bool,
    report: Vec<Diagnostic>,
    deadline: Option<Deadline>,
    cells: usize,
    /// Bytes of text so far, and whether one was too long.
    text: usize,
    long: bool,
    stopped: bool,
}

impl Builder {
    fn new(limits: &Limits) -> Self {
        Self {
            markup: Markup::default(),
            plain: Look::default(),
            recalculates: false,
            report: Vec::new(),
            deadline: Deadline::after(limits.seconds),
            cells: 0,
            text: 0,
            long: false,
            stopped: false,
        }
    }

    fn sheet(&mut self, name: &str, from_1904: bool) -> Sheet {
        self.markup.parts.push(name.to_string());
        Sheet {
            name: name.to_string(),
            from_1904,
            doubts: Vec::new(),
            part: u16::try_from(self.markup.parts.len()).unwrap_or(u16::MAX),
            cells: BTreeMap::new(),
            joined: Vec::new(),
            drawn: BTreeSet::new(),
        }
    }

    /// Whether another cell may be read.
    fn more(&mut self) -> bool {
        self.cells += 1;
        let late = self.cells.is_multiple_of(1024) && self.deadline.is_some_and(|d| d.passed());
        if (late || self.cells > 20 * CELLS) && !self.stopped {
            self.stopped = true;
            self.report.push(Diagnostic::new(
                Severity::Error,
                Code::SheetTruncated,
                "the workbook passes a limit (40,000,000 cells or 4 seconds of the processor); what follows was not read: delete its empty rows",
                Place::document(),
            ));
        }
        !self.stopped
    }

    /// Whether the text of a cell can be one: a cell holds 32,767 characters, and one text may stand in any number of cells.
    fn fits(&mut self, at: (u32, u32), value: &Value) -> bool {
        let length = match value {
            Value::Text(s) => s.len(),
            _ => 0,
        };
        self.text = self.text.saturating_add(length.min(CELL_TEXT));
        if length <= CELL_TEXT && self.text <= TEXT {
            return true;
        }
        if !self.long {
            self.long = true;
            let part = u16::try_from(self.markup.parts.len()).unwrap_or(u16::MAX);
            let place = Place::at(Locator::Cells {
                part,
                first: at,
                last: at,
            });
            let message = "a text is longer than a cell can hold, or all texts of the workbook than 16 MB; it was not read, nor are others like it";
            self.report
                .push(Diagnostic::new(Severity::Error, Code::SheetTruncated, message, place));
        }
        false
    }

    fn damaged(&mut self, name: &str) {
        let message =
            "a part of the workbook does not give its checksum: figures may be missing or wrong; fetch it again";
        let d = Diagnostic::new(Severity::Error, Code::FileDamaged, message, Place::document());
        self.report.push(d.printed(name));
    }

    fn hidden(&mut self, name: &str) {
        self.report.push(
            Diagnostic::new(
                Severity::Note,
                Code::HiddenSheet,
                "a hidden sheet was not read: it is not published to the eye",
                Place::document(),
            )
            .printed(name),
        );
    }

    fn lost(&mut self, name: &str, why: &str) {
        self.report.push(
            Diagnostic::new(
                Severity::Error,
                Code::SheetDamaged,
                format!("a sheet could not be read to its end ({why}); open the workbook and save it again"),
                Place::document(),
            )
            .printed(name),
        );
    }

    /// Takes a cell; whether another may be read.
    fn cell(&mut self, sheet: &mut Sheet, found: Found, looks: &[Look]) -> bool {
        let at = found.at;
        if !self.fits(at, &found.value) {
            return self.more();
        }
        let look = looks.get(found.style).unwrap_or(&self.plain);
        let stale = self.recalculates && found.formula && found.value == Value::Number(0.0);
        let (text, numeric) = match found.value {
            Value::Empty => {
                if look.drawn {
                    sheet.blank(at.0);
                }
                return self.more();
            }
            Value::Formula(f) => {
                let text = format!("={f}");
                sheet.doubts.push((at, NO_VALUE, text.clone()));
                (text, false)
            }
            Value::Number(_) if stale => {
                let text = "=".to_string();
                sheet.doubts.push((at, NO_VALUE, "0".into()));
                (text, false)
            }
            Value::Number(n) => {
                let shown = look.format.shown(n, sheet.from_1904);
                if shown.sign_added {
                    sheet.doubts.push((at, SIGN, shown.text.clone()));
                }
                if shown.unseen {
                    sheet.doubts.push((at, UNSEEN, n.to_string()));
                }
                (shown.text, shown.numeric)
            }
            Value::Text(t) => match look.format.text(&t) {
                Some(text) => (text, false),
                None => {
                    sheet.doubts.push((at, UNSEEN, t.to_string()));
                    return self.more();
                }
            },
            Value::Other(text) => (text, false),
        };
        if text.trim().is_empty() {
            return self.more();
        }
        let gone = [(look.struck, STRUCK), (look.white, UNSEEN)];
        if let Some((_, why)) = gone.iter().find(|(is, _)| *is) {
            // What is no number and is not seen is no loss: programs hide marks of their own like that.
            if text.chars().any(|c| c.is_ascii_digit()) {
                sheet.doubts.push((at, *why, text));
            }
            return self.more();
        }
        sheet.cells.insert(at, Filled { text, numeric });
        self.more()
    }

    fn close(&mut self, mut sheet: Sheet, frame: Frame, result: Result<(), String>) {
        if let Err(why) = result {
            self.lost(&sheet.name, &why);
        }
        for text in frame.boxes.iter().filter(|b| b.chars().any(|c| c.is_ascii_digit())) {
            self.warn(
                Code::TextBoxNotRead,
                format!("a box with text lies on the sheet {} and was not read", sheet.name),
                text,
            );
        }
        if frame.pictures && !sheet.cells.values().any(|c| c.numeric || super::is_number(&c.text)) {
            self.warn(
                Code::PictureOfATable,
                format!(
                    "the sheet {} holds a picture or an object and no number: what it shows was not read",
                    sheet.name
                ),
                &sheet.name,
            );
        }
        self.unseen_rows(&mut sheet, &frame);
        sheet.joined = frame.joined;
        sheet.covered();
        let doubts = std::mem::take(&mut sheet.doubts);
        self.doubts(&sheet, doubts);
        if sheet.cells.is_empty() {
            return;
        }
        sheet.joined.retain(|d| sheet.cells.contains_key(&d.first));
        sheet.joined.sort_by_key(|d| d.first);
        self.markup.pieces.push(Piece::Sheet);
        if sheet.pieces(&mut self.markup.pieces) {
            let message = format!("a table of more than {GRID} cells, blank ones counted, was not read: take it apart");
            let place = Place::document();
            self.report
                .push(Diagnostic::new(Severity::Error, Code::SheetTruncated, message, place));
        }
    }

    /// Takes out rows and columns that are hidden. Rows that a filter hides are rows of the table, and stay.
    fn unseen_rows(&mut self, sheet: &mut Sheet, frame: &Frame) {
        let rows: BTreeSet<u32> = frame.hidden_rows.iter().copied().collect();
        let mut columns = vec![false; COLUMNS];
        for (first, last) in frame.hidden_columns.iter().take(COLUMNS) {
            if let Some(c) = columns.get_mut(*first as usize..(*last as usize + 1).min(COLUMNS)) {
                c.fill(true);
            }
        }
        let hidden_column = |c: u32| columns.get(c as usize) == Some(&true);
        let filtered = |r: &u32| frame.filtered.is_some_and(|f| (f.first.0..=f.last.0).contains(r));
        let mut gone: Vec<(u32, u32)> = Vec::new();
        if !rows.is_empty() || !frame.hidden_columns.is_empty() {
            gone = sheet
                .cells
                .keys()
                .filter(|(r, c)| (rows.contains(r) && !filtered(r)) || hidden_column(*c))
                .copied()
                .collect();
        }
        if rows
            .iter()
            .any(|r| filtered(r) && sheet.cells.range((*r, 0)..=(*r, u32::MAX)).next().is_some())
        {
            self.report.push(
                Diagnostic::new(
                    Severity::Note,
                    Code::RowsFiltered,
                    "a filter hides rows of this sheet; they were read",
                    Place::document(),
                )
                .printed(&sheet.name),
            );
        }
        let mut amounts = false;
        let mut lines: BTreeSet<String> = BTreeSet::new();
        for at in gone {
            let Some(cell) = sheet.cells.remove(&at) else { continue };
            amounts |= (cell.numeric || super::is_number(&cell.text))
                && cell.text.contains(['1', '2', '3', '4', '5', '6', '7', '8', '9']);
            lines.insert(if rows.contains(&at.0) {
                (at.0 + 1).to_string()
            } else {
                column_name(at.1)
            });
        }
        if lines.is_empty() {
            return;
        }
        let severity = if amounts { Severity::Warning } else { Severity::Note };
        let few: Vec<String> = lines.iter().take(12).cloned().collect();
        let printed = format!(
            "{}: {}{}",
            sheet.name,
            few.join(", "),
            if lines.len() > 12 { ", …" } else { "" }
        );
        self.report.push(
            Diagnostic::new(
                severity,
                Code::HiddenRows,
                "rows or columns of this sheet are hidden: what stands in them is not published to the eye and was left out",
                Place::document(),
            )
            .printed(&printed),
        );
    }

    fn warn(&mut self, code: Code, message: String, printed: &str) {
        let d = Diagnostic::new(Severity::Warning, code, message, Place::document());
        self.report.push(d.printed(printed));
    }

    fn doubts(&mut self, sheet: &Sheet, doubts: Vec<((u32, u32), Doubt, String)>) {
        for (at, (code, message), printed) in doubts.into_iter().take(DOUBTS) {
            let place = Place::at(sheet.at(at.0, at.1, at.1));
            self.report
                .push(Diagnostic::new(Severity::Warning, code, message, place).printed(&printed));
        }
    }

    fn done(self, media_type: &'static str) -> Outcome<Document> {
        let document = Document {
            media_type,
            markup: Some(self.markup),
            ..Document::default()
        };
        Outcome::new(document, self.report)
    }
}

/// What a row is, for finding where a table begins.
struct Row {
    number: u32,
    filled: usize,
    numbers: usize,
    /// Its one text reaches over most of the table.
    wide: bool,
}

impl Sheet {
    /// Its titles, tables and notes; whether a table was too large.
    fn pieces(&self, out: &mut Vec<Piece>) -> bool {
        let used: BTreeSet<u32> = self.cells.keys().map(|k| k.1).collect();
        let rows = self.rows(used.len());
        let mut lost = false;
        for block in blocks(&rows) {
            lost |= self.block(&rows[block], out);
        }
        lost
    }

    /// A drawn blank cell: its row counts as long as content stands shortly above.
    fn blank(&mut self, row: u32) {
        let above = self.cells.keys().next_back().map(|k| k.0);
        if above.is_some_and(|a| row > a && row - a <= BLANK_ROWS) {
            self.drawn.insert(row);
        }
    }

    fn rows(&self, cols: usize) -> Vec<Row> {
        let mut out: Vec<Row> = Vec::new();
        for ((row, col), c) in &self.cells {
            if out.last().is_none_or(|r| r.number != *row) {
                out.push(Row {
                    number: *row,
                    filled: 0,
                    numbers: 0,
                    wide: false,
                });
            }
            if let Some(r) = out.last_mut() {
                r.filled += 1;
                r.numbers += usize::from(c.numeric || super::is_number(&c.text));
                let reach = self.span(*row, *col).1 as usize;
                r.wide = r.filled == 1 && reach * 3 >= cols * 2 && reach > 1;
            }
        }
        for row in &self.drawn {
            if let Err(n) = out.binary_search_by_key(row, |r| r.number) {
                out.insert(
                    n,
                    Row {
                        number: *row,
                        filled: 0,
                        numbers: 0,
                        wide: false,
                    },
                );
            }
        }
        out
    }

    /// Takes out what stands under a joined cell.
    fn covered(&mut self) {
        let rows: BTreeSet<u32> = self.cells.keys().map(|k| k.0).collect();
        let mut gone = Vec::new();
        let mut left = JOINED;
        for d in &self.joined {
            for row in rows.range(d.first.0..=d.last.0) {
                left = left.saturating_sub(1);
                if left == 0 {
                    break;
                }
                let cells = self.cells.range((*row, d.first.1)..=(*row, d.last.1));
                gone.extend(cells.map(|(at, _)| *at).filter(|at| *at != d.first));
            }
        }
        for at in gone {
            if let Some(cell) = self.cells.remove(&at)
                && cell.text.chars().any(|c| c.is_ascii_digit())
            {
                self.doubts.push((at, COVERED, cell.text));
            }
        }
    }

    /// Rows and columns that a cell reaches over.
    fn span(&self, row: u32, col: u32) -> (u32, u32) {
        match self.joined.binary_search_by_key(&(row, col), |d| d.first) {
            Ok(n) => {
                let d = &self.joined[n];
                (
                    d.last.0.saturating_sub(row).saturating_add(1),
                    d.last.1.saturating_sub(col).saturating_add(1),
                )
            }
            Err(_) => (1, 1),
        }
    }

    /// Titles above, the table, notes below.
    fn block(&self, rows: &[Row], out: &mut Vec<Piece>) -> bool {
        let table = rows.iter().any(|r| r.filled >= 2 && (r.numbers > 0 || r.filled >= 3));
        let first = if table {
            rows.iter().position(|r| r.filled > 1).unwrap_or(rows.len())
        } else {
            rows.len()
        };
        let note = |r: &Row| r.filled == 1 && r.numbers == 0 && (r.wide || self.line(r).text.chars().count() >= 15);
        let mut end = rows.len();
        while end > first && note(&rows[end - 1]) {
            end -= 1;
        }
        out.extend(rows[..first].iter().map(|r| Piece::Paragraph(self.line(r))));
        let table = (first < end).then(|| self.table(&rows[first..end]));
        let lost = matches!(table, Some(None));
        out.extend(table.flatten().map(Piece::Table));
        out.extend(rows[end..].iter().map(|r| Piece::Paragraph(self.line(r))));
        lost
    }

    fn at(&self, row: u32, first: u32, last: u32) -> Locator {
        Locator::Cells {
            part: self.part,
            first: (row, first),
            last: (row, last),
        }
    }

    /// A row as one line: its cells with gaps between.
    fn line(&self, row: &Row) -> Paragraph {
        let cells: Vec<(&(u32, u32), &Filled)> = self.cells.range((row.number, 0)..=(row.number, u32::MAX)).collect();
        let text: Vec<String> = cells.iter().map(|(_, c)| c.text.replace(['\r', '\n'], " ")).collect();
        let first = cells.first().map_or(0, |c| c.0.1);
        let last = cells.last().map_or(0, |c| c.0.1);
        Paragraph::new(text.join("\t"), self.at(row.number, first, last))
    }

    fn table(&self, rows: &[Row]) -> Option<Table> {
        let numbers: Vec<u32> = rows.iter().map(|r| r.number).collect();
        let range = |r: u32| self.cells.range((r, 0)..=(r, u32::MAX)).map(|(k, _)| k.1);
        let columns: Vec<u32> = numbers
            .iter()
            .flat_map(|r| range(*r))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        // A sheet filled along its diagonal is small, its table is not.
        if numbers.len().saturating_mul(columns.len()) > GRID {
            return None;
        }
        let mut taken = vec![false; numbers.len() * columns.len()];
        let mut out = Table {
            rows: numbers.len(),
            cols: columns.len(),
            spans_known: true,
            cells: Vec::new(),
        };
        for (r, row) in numbers.iter().enumerate() {
            for (c, col) in columns.iter().enumerate() {
                if taken[r * columns.len() + c] {
                    continue;
                }
                let (down, across) = self.span(*row, *col);
                let within = |list: &[u32], from: usize, length: u32| {
                    let end = list[from].saturating_add(length);
                    list[from..].partition_point(|n| *n < end).max(1)
                };
                let (row_span, col_span) = (within(&numbers, r, down), within(&columns, c, across));
                let col_span = (1..col_span)
                    .find(|n| taken[r * columns.len() + c + n])
                    .unwrap_or(col_span);
                for i in r..r + row_span {
                    for k in c..c + col_span {
                        taken[i * columns.len() + k] = true;
                    }
                }
                let at = self.at(*row, *col, *col);
                let lines = self
                    .cells
                    .get(&(*row, *col))
                    .map(|f| f.text.split(['\n', '\r']).filter(|t| !t.trim().is_empty()))
                    .into_iter()
                    .flatten()
                    .map(|t| Paragraph::new(t.trim(), at))
                    .collect();
                out.cells.push(TableCell {
                    row: r,
                    col: c,
                    row_span,
                    col_span,
                    lines,
                    at,
                });
            }
        }
        Some(out)
    }
}

/// Rows of titles at most.
const OPENERS: usize = 6;

/// Cuts a sheet where another table begins: after a body with numbers, one text alone in its row, and a head below it.
fn blocks(rows: &[Row]) -> Vec<std::ops::Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut body = false;
    let mut n = 0;
    while n < rows.len() {
        let gap = n > 0 && rows[n].number > rows[n - 1].number + 1;
        if body && (gap || rows[n].filled == 1) && begins(&rows[n..]) {
            out.push(start..n);
            start = n;
            body = false;
        }
        body |= rows[n].numbers > 0 && rows[n].filled > 1;
        n += 1;
    }
    out.push(start..rows.len());
    out
}

/// Titles, then a head: at least three texts and no number.
fn begins(rows: &[Row]) -> bool {
    let titles = rows
        .iter()
        .take(OPENERS)
        .take_while(|r| r.filled <= 3 && r.numbers == 0)
        .count();
    // A head of two joined cells above the columns counts as a title here.
    rows.get(titles)
        .is_some_and(|r| titles > 0 && r.numbers == 0 && r.filled > 3)
        || rows[..titles].iter().any(|r| r.filled == 3)
}
