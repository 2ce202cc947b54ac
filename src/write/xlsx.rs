//! Excel: one workbook for each table. Codes are text, heads stand still and filter, what a reader looks for stands first, names
//! beside ids, and a sheet explains every column. Rows go to disk as they come: memory does not grow with them.

use super::measured::Written;
use super::schema::{Cell, Column, DATASET_VERSION, Table, Type, WARNINGS, text};
use super::{Error, Labels, Sink};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Url, Workbook, Worksheet, XlsxError};
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

/// Rows of a sheet, its head among them, and characters of a cell: no Excel holds more.
const SHEET_ROWS: u32 = 1_048_576;
const CELL_CHARACTERS: usize = 32_767;
/// Links of a sheet that Excel opens.
const SHEET_LINKS: u32 = 65_530;
/// Digits that a number of Excel keeps; a longer one is written as text.
const DIGITS: u32 = 15;
/// Rows whose text decides how wide a column is, and the widest.
const MEASURED: u32 = 500;
const WIDEST: usize = 48;

/// What a reader looks for, in this order; the other columns follow as they stand in the table.
const FIRST: &[&str] = &[
    "unit_name",
    "fiscal_year",
    "level",
    "caliber",
    "form",
    "side",
    "item_zh",
    "indicator_zh",
    "item_code",
    "item_name",
    "measure",
    "fund",
    "verdict",
    "why",
    "severity",
    "outcome",
    "message",
    "value",
    "unit",
    "budget_basis",
    "budget",
    "spent",
    "excess",
    "excess_rate",
    "amount",
    "printed",
    "printed_unit",
    "state",
    "cell_state",
    "page",
];
/// Columns of ids that have a name beside them.
const NAMED: &[&str] = &["form", "measure", "fund"];

/// A column as it stands in the sheet.
#[derive(Clone, Copy)]
enum Source {
    /// The n-th column of the table.
    Cell(usize),
    /// The name of the id in the n-th column.
    Name(usize),
    /// The address of the page.
    Link,
}

/// One workbook.
pub struct XlsxSink {
    table: &'static Table,
    path: PathBuf,
    file: File,
    book: Workbook,
    labels: Labels,
    columns: Vec<Source>,
    widths: Vec<usize>,
    /// Sheets with rows; the last one is being written.
    sheets: Vec<usize>,
    /// Rows in the last sheet, its head among them.
    row: u32,
    links: u32,
    head: Format,
    amount: Format,
    /// Address of the document whose rows come.
    address: Option<String>,
}

fn wide(text: &str) -> usize {
    // A Chinese character is as wide as two letters.
    text.chars().map(|c| if c < '\u{2e80}' { 1 } else { 2 }).sum()
}

impl XlsxSink {
    /// Begins a workbook.
    pub fn create(dir: &Path, table: &'static Table, labels: &Labels) -> Result<Self, Error> {
        let path = dir.join(format!("{}.xlsx", table.name));
        let file = File::create(&path).map_err(|e| Error::io(&path, e))?;
        Self::into(file, path, table, labels)
    }

    /// Begins a workbook in a file that stands open; `path` is what messages call it.
    pub fn into(file: File, path: PathBuf, table: &'static Table, labels: &Labels) -> Result<Self, Error> {
        let position = |name: &str| table.columns.iter().position(|c| c.name == name);
        let mut order: Vec<usize> = FIRST.iter().filter_map(|n| position(n)).collect();
        order.extend(
            (0..table.columns.len())
                .filter(|n| !order.contains(n))
                .collect::<Vec<_>>(),
        );
        let mut columns = Vec::new();
        for n in order {
            columns.push(Source::Cell(n));
            if NAMED.contains(&table.columns[n].name) {
                columns.push(Source::Name(n));
            }
        }
        if position("page").is_some() {
            columns.push(Source::Link);
        }
        let mut book = Workbook::new();
        // The same rows give the same bytes, whenever they are written.
        let date = ExcelDateTime::from_ymd(2000, 1, 1).map_err(|e| fail(&path, e))?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&date));
        let mut new = Self {
            table,
            path,
            file,
            book,
            labels: labels.clone(),
            widths: vec![0; columns.len()],
            columns,
            sheets: Vec::new(),
            row: 0,
            links: 0,
            head: Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top),
            amount: Format::new().set_num_format("#,##0.00"),
            address: None,
        };
        new.sheet()?;
        Ok(new)
    }

    fn column(&self, n: usize) -> &'static Column {
        &self.table.columns[n]
    }

    /// The head of a column: what people and what programs call it.
    fn title(&self, source: Source) -> String {
        match source {
            Source::Cell(n) => format!("{}\n{}", self.column(n).zh, self.column(n).name),
            Source::Name(n) => format!("{}\n{}_zh", self.column(n).zh, self.column(n).name),
            Source::Link => "网页\npage_link".into(),
        }
    }

    /// Begins the next sheet.
    fn sheet(&mut self) -> Result<(), Error> {
        let number = self.sheets.len() + 1;
        let name = match number {
            1 => self.table.name.to_string(),
            n => format!("{} {n}", self.table.name),
        };
        let titles: Vec<String> = self.columns.iter().map(|c| self.title(*c)).collect();
        let sheet = self.book.add_worksheet_with_constant_memory();
        let sheet = sheet.map_err(|e| fail(&self.path, e))?;
        let begin = |sheet: &mut Worksheet| {
            sheet.set_name(&name)?;
            sheet.set_freeze_panes(1, 0)?;
            sheet.set_row_height(0, 32)?;
            for (n, title) in titles.iter().enumerate() {
                sheet.write_string_with_format(0, n as u16, title, &self.head)?;
            }
            Ok::<(), XlsxError>(())
        };
        begin(sheet).map_err(|e| fail(&self.path, e))?;
        for (w, title) in self.widths.iter_mut().zip(&titles) {
            // A filter button stands beside the words.
            *w = (*w).max(title.lines().map(wide).max().unwrap_or(0) + 3);
        }
        self.sheets.push(number - 1);
        (self.row, self.links) = (1, 0);
        Ok(())
    }

    fn append(&mut self, row: &[Cell<'_>]) -> Result<(), Error> {
        if self.row >= SHEET_ROWS {
            self.sheet()?;
        }
        let at = self.row;
        let form = self.table.columns.iter().position(|c| c.name == "form");
        let form = form.map_or("", |n| word(&row[n]));
        let page = self.table.columns.iter().position(|c| c.name == "page");
        let page = page.and_then(|n| match row[n] {
            Cell::Int(p) => Some(p),
            _ => None,
        });
        let last = self.sheets.last().copied().unwrap_or(0);
        let sheet = self.book.worksheet_from_index(last).map_err(|e| fail(&self.path, e))?;
        for (n, source) in self.columns.iter().enumerate() {
            let at = (at, n as u16);
            let shown = match *source {
                Source::Cell(c) => put(sheet, at, &row[c], self.table.columns[c].ty, &self.amount)
                    .map_err(|m| Error::value(&self.path, self.table.columns[c].name, m))?,
                Source::Name(c) => {
                    let room = if self.table.columns[c].name == "form" {
                        "form"
                    } else {
                        form
                    };
                    let name = self.labels.name(room, word(&row[c])).unwrap_or_default();
                    sheet.write_string(at.0, at.1, name).map_err(|e| fail(&self.path, e))?;
                    wide(name)
                }
                Source::Link => match (&self.address, page) {
                    (Some(address), Some(page)) if self.links < SHEET_LINKS => {
                        self.links += 1;
                        let url = Url::new(format!("{address}#page={page}")).set_text(format!("{page}"));
                        // An address that Excel does not take stands in documents.
                        if sheet.write_url(at.0, at.1, url).is_err() {
                            self.address = None;
                        }
                        4
                    }
                    _ => 0,
                },
            };
            if self.row <= MEASURED {
                self.widths[n] = self.widths[n].max(shown);
            }
        }
        self.row += 1;
        Ok(())
    }

    /// The sheet that explains the columns.
    fn codebook(&mut self) -> Result<(), XlsxError> {
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        // The table of this name has it as its first sheet.
        let name = if self.table.name == "codebook" {
            "columns"
        } else {
            "codebook"
        };
        sheet.set_name(name)?;
        sheet.set_freeze_panes(1, 0)?;
        for (n, (head, width)) in [("column", 22), ("中文", 18), ("meaning", 90), ("words", 50)]
            .iter()
            .enumerate()
        {
            sheet.set_column_width(n as u16, f64::from(*width))?;
            sheet.write_string_with_format(0, n as u16, *head, &self.head)?;
        }
        let mut row = 1;
        for c in self.table.columns {
            sheet.write_string(row, 0, c.name)?;
            sheet.write_string(row, 1, c.zh)?;
            sheet.write_string(row, 2, c.doc)?;
            if let Type::Word(words) = c.ty {
                sheet.write_string(row, 3, words.join(", "))?;
            }
            row += 1;
        }
        for (name, said) in WARNINGS {
            row += 1;
            sheet.write_string(row, 0, *name)?;
            sheet.write_string(row, 2, *said)?;
        }
        sheet.write_string(row + 2, 0, "version")?;
        sheet.write_string(
            row + 2,
            2,
            format!(
                "dataset {DATASET_VERSION}, juesuan {}; {}",
                env!("CARGO_PKG_VERSION"),
                self.table.doc
            ),
        )?;
        Ok(())
    }
}

fn word<'c>(cell: &'c Cell<'_>) -> &'c str {
    match cell {
        Cell::Str(s) => s,
        _ => "",
    }
}

/// Writes a cell and says how wide it is.
fn put(sheet: &mut Worksheet, at: (u32, u16), cell: &Cell<'_>, ty: Type, amount: &Format) -> Result<usize, String> {
    let shown = text(cell, ty)?;
    let (r, c) = at;
    let done = match cell {
        Cell::Null => return Ok(0),
        Cell::Bool(b) => sheet.write_boolean(r, c, *b),
        // Years, pages and counts: no number of thirty-two bits is too long.
        Cell::Int(i) => sheet.write_number(r, c, *i as f64),
        Cell::Dec(_) | Cell::Float(_) => {
            let digits = shown.bytes().filter(u8::is_ascii_digit).count() as u32;
            match shown.parse::<f64>() {
                Ok(v) if digits <= DIGITS && ty == Type::Amount => sheet.write_number_with_format(r, c, v, amount),
                Ok(v) if digits <= DIGITS => sheet.write_number(r, c, v),
                _ => sheet.write_string(r, c, shown.as_ref()),
            }
        }
        Cell::Str(s) => {
            let long = s.encode_utf16().count() > CELL_CHARACTERS;
            let cut = || {
                let said = format!(
                    "… [cut: {} characters, more than Excel holds; the CSV has all]",
                    s.chars().count()
                );
                // Half the bound: what stands outside the basic plane counts twice.
                s.chars().take(CELL_CHARACTERS / 2 - said.len()).collect::<String>() + &said
            };
            if long {
                sheet.write_string(r, c, cut())
            } else {
                sheet.write_string(r, c, s.as_ref())
            }
        }
    };
    done.map_err(|e| e.to_string())?;
    Ok(shown.lines().next().map_or(0, wide) + usize::from(ty == Type::Amount) * 4)
}

fn fail(path: &Path, e: XlsxError) -> Error {
    match e {
        XlsxError::IoError(e) => Error::io(path, e),
        other => Error::Value(path.to_path_buf(), "(workbook)".into(), other.to_string()),
    }
}

impl Sink for XlsxSink {
    fn document(&mut self, address: Option<&str>) {
        let web = |a: &&str| a.starts_with("http://") || a.starts_with("https://");
        self.address = address.filter(web).map(str::to_string);
    }

    fn write(&mut self, rows: &[Vec<Cell<'_>>]) -> Result<(), Error> {
        rows.iter().try_for_each(|r| self.append(r))
    }

    fn finish(mut self: Box<Self>) -> Result<Written, Error> {
        let last_column = self.columns.len().saturating_sub(1) as u16;
        for (n, index) in self.sheets.clone().into_iter().enumerate() {
            let rows = if n + 1 == self.sheets.len() {
                self.row
            } else {
                SHEET_ROWS
            };
            let end = |sheet: &mut Worksheet| {
                sheet.autofilter(0, 0, rows - 1, last_column)?;
                for (c, w) in self.widths.iter().enumerate() {
                    sheet.set_column_width(c as u16, ((*w).min(WIDEST) + 1) as f64)?;
                }
                Ok::<(), XlsxError>(())
            };
            let sheet = self.book.worksheet_from_index(index).map_err(|e| fail(&self.path, e))?;
            end(sheet).map_err(|e| fail(&self.path, e))?;
        }
        self.codebook().map_err(|e| fail(&self.path, e))?;
        let mut out = BufWriter::new(self.file);
        self.book.save_to_writer(&mut out).map_err(|e| fail(&self.path, e))?;
        let file = out.into_inner().map_err(|e| Error::io(&self.path, e.into_error()))?;
        file.sync_all().map_err(|e| Error::io(&self.path, e))?;
        Ok(Written::at(self.path))
    }
}
