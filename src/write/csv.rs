//! CSV: UTF-8, RFC 4180, `\n`, a header row, empty is null.

use super::schema::{Cell, Table, Type, text};
use super::{Error, Sink};
use std::borrow::Cow;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// One CSV file.
pub struct CsvSink {
    table: &'static Table,
    path: PathBuf,
    /// For spreadsheets: a text that they would take for a formula begins with an apostrophe.
    guard: bool,
    writer: csv::Writer<BufWriter<File>>,
}

impl CsvSink {
    /// Creates the file with its header row; `bom` for programs that need it to see UTF-8.
    pub fn create(dir: &Path, table: &'static Table, bom: bool) -> Result<Self, Error> {
        let path = dir.join(format!("{}.csv", table.name));
        let file = File::create(&path).map_err(|e| Error::io(&path, e))?;
        Self::into(file, path, table, bom)
    }

    /// Begins in a file that stands open; `path` is what messages call it.
    pub fn into(file: File, path: PathBuf, table: &'static Table, bom: bool) -> Result<Self, Error> {
        let mut out = BufWriter::with_capacity(1 << 16, file);
        if bom {
            out.write_all("\u{feff}".as_bytes()).map_err(|e| Error::io(&path, e))?;
        }
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::Any(b'\n'))
            .from_writer(out);
        let header = table.columns.iter().map(|c| c.name);
        writer.write_record(header).map_err(|e| Error::csv(&path, e))?;
        Ok(Self {
            table,
            path,
            guard: bom,
            writer,
        })
    }
}

/// Whether a spreadsheet that opens the file would run the text. A number with its sign is a number.
fn is_formula(text: &str) -> bool {
    let begins = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let is_number = || {
        text[1..]
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '%'))
    };
    begins && !(text.starts_with(['+', '-']) && is_number())
}

impl Sink for CsvSink {
    fn write(&mut self, rows: &[Vec<Cell<'_>>]) -> Result<(), Error> {
        for row in rows {
            for (cell, column) in row.iter().zip(self.table.columns) {
                let field = text(cell, column.ty).map_err(|m| Error::value(&self.path, column.name, m))?;
                let field = match column.ty {
                    Type::String if self.guard && is_formula(&field) => Cow::Owned(format!("'{field}")),
                    _ => field,
                };
                self.writer
                    .write_field(field.as_ref())
                    .map_err(|e| Error::csv(&self.path, e))?;
            }
            self.writer
                .write_record(None::<&[u8]>)
                .map_err(|e| Error::csv(&self.path, e))?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<PathBuf, Error> {
        let path = self.path;
        let out = self.writer.into_inner().map_err(|e| Error::io(&path, e.into_error()))?;
        let file = out.into_inner().map_err(|e| Error::io(&path, e.into_error()))?;
        file.sync_all().map_err(|e| Error::io(&path, e))?;
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use super::is_formula;

    #[test]
    fn formulas_are_told_from_numbers() {
        for t in [
            "=cmd|'/c calc'!A1",
            "@SUM(A1)",
            "+1+cmd|x",
            "-1-1",
            "\t=1",
            "\r=1",
            "--",
        ] {
            assert!(is_formula(t), "{t}");
        }
        for t in ["-667.48", "+3", "-1,000.00", "-5%", "-", "", "a=b", "667.48"] {
            assert!(!is_formula(t), "{t}");
        }
    }
}
