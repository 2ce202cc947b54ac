//! Workbooks to markup. Comes in: the bytes of xlsx, xls or et. Goes out: for every visible sheet its titles and notes as
//! paragraphs and its tables with their joined cells, each with sheet and cell. Numbers come out as the decimal that was typed
//! or, where the format of the cell rounds, as it is shown. Rows and columns without content cost nothing.

use super::markup::{Markup, Paragraph, Piece, Table, TableCell};
use super::number::{self, Format};
use super::{Document, Error, Limits, package};
use crate::clock::Deadline;
use crate::diag::{Diagnostic, Outcome, Severity, Stage};
use crate::place::{Locator, Place};
use calamine::{BorderStyle, Data, DataRef, Dimensions, Reader, SheetType, SheetVisible, Style, Xls, Xlsx};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

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
const GRID: usize = 4_000_000;

/// A sheet: cells with content and joined cells, by row and column.
struct Sheet {
    part: u16,
    cells: BTreeMap<(u32, u32), Filled>,
    joined: Vec<Dimensions>,
    /// Rows without content that are drawn: blank rows of a table.
    drawn: BTreeSet<u32>,
}

/// Drawn blank rows that are kept below a row with content.
const BLANK_ROWS: u32 = 8;

/// Reads a workbook that is a ZIP container.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Outcome<Document>, Error> {
    let damaged = package::Package::open(bytes)?.verify(claims)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|e| match e {
        calamine::XlsxError::Password => Error::Encrypted,
        e => Error::Broken(format!("its workbook is damaged ({e})")),
    })?;
    let mut out = Builder::new(limits);
    damaged.iter().for_each(|name| out.damaged(name));
    for (name, hidden) in sheets(&book) {
        if hidden {
            out.hidden(&name);
            continue;
        }
        let mut sheet = out.sheet(&name);
        let joined = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
        let mut reader = match book.worksheet_cells_reader(&name) {
            Ok(r) => r,
            Err(e) => {
                out.lost(&name, &e.to_string());
                continue;
            }
        };
        let drawn: Vec<bool> = reader.styles().iter().map(is_drawn).collect();
        let formats: Vec<Format> = reader
            .styles()
            .iter()
            .map(|s| Format::of(s.number_format.as_ref().map_or("", |n| n.format_code.as_str())))
            .collect();
        loop {
            match reader.next_cell_with_style_id() {
                Ok(Some((cell, style))) => {
                    let format = formats.get(style).copied().unwrap_or_default();
                    let at = cell.get_position();
                    if !out.fits(at, cell.get_value()) {
                        continue;
                    }
                    match filled(cell.get_value().clone().into(), format) {
                        Some(f) => {
                            sheet.cells.insert(at, f);
                        }
                        None if drawn.get(style) == Some(&true) => sheet.blank(at.0),
                        None => {}
                    }
                    if !out.more() {
                        break;
                    }
                }
                Ok(None) => break,
                Err(e) => {
                    out.lost(&name, &e.to_string());
                    break;
                }
            }
        }
        sheet.joined = joined;
        out.add(sheet);
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
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|e| match e {
        calamine::XlsError::Password => Error::Encrypted,
        e => Error::Broken(format!("its workbook is damaged ({e})")),
    })?;
    let mut out = Builder::new(limits);
    for (name, hidden) in sheets(&book) {
        if hidden {
            out.hidden(&name);
            continue;
        }
        let mut sheet = out.sheet(&name);
        let range = match book.worksheet_range(&name) {
            Ok(r) => r,
            Err(e) => {
                out.lost(&name, &e.to_string());
                continue;
            }
        };
        let (top, left) = range.start().unwrap_or_default();
        for (row, col, value) in range.used_cells() {
            if let Some(f) = filled(value.clone(), Format::default()) {
                sheet.cells.insert((top + row as u32, left + col as u32), f);
            }
            if !out.more() {
                break;
            }
        }
        sheet.joined = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
        out.add(sheet);
    }
    Ok(out.done("application/vnd.ms-excel"))
}

/// Names of worksheets in their order, and whether they are hidden.
fn sheets<'b, R: Reader<Cursor<&'b [u8]>>>(book: &R) -> Vec<(String, bool)> {
    book.sheets_metadata()
        .iter()
        .filter(|s| s.typ == SheetType::WorkSheet)
        .map(|s| (s.name.clone(), s.visible != SheetVisible::Visible))
        .collect()
}

/// Whether a cell has a line around it.
fn is_drawn(style: &Style) -> bool {
    style.borders.as_ref().is_some_and(|b| {
        [&b.left, &b.right, &b.top, &b.bottom]
            .iter()
            .any(|side| side.style != BorderStyle::None)
    })
}

fn filled(value: Data, format: Format) -> Option<Filled> {
    let (text, numeric) = match value {
        Data::Empty => return None,
        Data::Int(n) => (number::shown(n as f64, format), true),
        Data::Float(n) => (number::shown(n, format), true),
        Data::String(s) => (s, false),
        Data::DateTime(d) if d.is_datetime() => {
            let (y, m, d, ..) = d.to_ymd_hms_milli();
            (format!("{y}-{m:02}-{d:02}"), false)
        }
        other => (other.to_string(), false),
    };
    (!text.trim().is_empty()).then_some(Filled { text, numeric })
}

struct Builder {
    markup: Markup,
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
            report: Vec::new(),
            deadline: Deadline::after(limits.seconds),
            cells: 0,
            text: 0,
            long: false,
            stopped: false,
        }
    }

    fn sheet(&mut self, name: &str) -> Sheet {
        self.markup.parts.push(name.to_string());
        Sheet {
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
                Stage::Read,
                "sheet-truncated",
                "the workbook passes a limit (40,000,000 cells or 4 seconds of the processor); what follows was not read: delete its empty rows",
                Place::document(),
            ));
        }
        !self.stopped
    }

    /// Whether the text of a cell can be one: a cell holds 32,767 characters, and one text may stand in any number of cells.
    fn fits(&mut self, at: (u32, u32), value: &DataRef<'_>) -> bool {
        let length = match value {
            DataRef::SharedString(s) => s.len(),
            DataRef::String(s) => s.len(),
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
            self.report.push(Diagnostic::new(
                Severity::Error,
                Stage::Read,
                "sheet-truncated",
                message,
                place,
            ));
        }
        false
    }

    fn damaged(&mut self, name: &str) {
        let message =
            "a part of the workbook does not give its checksum: figures may be missing or wrong; fetch it again";
        let d = Diagnostic::new(Severity::Error, Stage::Read, "file-damaged", message, Place::document());
        self.report.push(d.printed(name));
    }

    fn hidden(&mut self, name: &str) {
        self.report.push(
            Diagnostic::new(
                Severity::Note,
                Stage::Read,
                "hidden-sheet",
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
                Stage::Read,
                "sheet-damaged",
                format!("a sheet could not be read to its end ({why}); open the workbook and save it again"),
                Place::document(),
            )
            .printed(name),
        );
    }

    fn add(&mut self, mut sheet: Sheet) {
        if sheet.cells.is_empty() {
            return;
        }
        sheet.joined.retain(|d| sheet.cells.contains_key(&d.start));
        sheet.joined.sort_by_key(|d| d.start);
        self.markup.pieces.push(Piece::Sheet);
        if sheet.pieces(&mut self.markup.pieces) {
            let message = format!("a table of more than {GRID} cells, blank ones counted, was not read: take it apart");
            let place = Place::document();
            self.report.push(Diagnostic::new(
                Severity::Error,
                Stage::Read,
                "sheet-truncated",
                message,
                place,
            ));
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

    /// Rows and columns that a cell reaches over.
    fn span(&self, row: u32, col: u32) -> (u32, u32) {
        match self.joined.binary_search_by_key(&(row, col), |d| d.start) {
            Ok(n) => {
                let d = &self.joined[n];
                (
                    d.end.0.saturating_sub(row).saturating_add(1),
                    d.end.1.saturating_sub(col).saturating_add(1),
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
