//! CSV: UTF-8, RFC 4180, `\n`, a header row, empty is null.

use super::blocks::{Layout, Old, Segment, TAIL};
use super::measured::{Measured, Written};
use super::schema::{Cell, Table, Type, text};
use super::{Error, Sink};
use std::borrow::Cow;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// One CSV file.
pub struct CsvSink {
    table: &'static Table,
    path: PathBuf,
    /// For spreadsheets: a text that they would take for a formula begins with an apostrophe.
    guard: bool,
    writer: csv::Writer<Measured>,
    out: Measured,
    /// The block whose rows are written, and where it begins.
    block: (u32, u64),
    segments: Vec<Segment>,
}

/// Bytes that are copied at once.
const CHUNK: usize = 1 << 18;

/// Copies a run of bytes of the dataset that stands there, if it is what it was.
pub(super) fn copy_bytes(path: &Path, segment: &Segment, mut to: impl Write) -> Result<(), Error> {
    let changed = || Error::Changed(path.to_path_buf());
    let mut file = File::open(path).map_err(|_| changed())?;
    file.seek(SeekFrom::Start(segment.start)).map_err(|_| changed())?;
    let mut buffer = vec![0; CHUNK.min(segment.length as usize)];
    let mut left = segment.length as usize;
    let mut crc = crc32fast::Hasher::new();
    while left > 0 {
        let some = left.min(CHUNK);
        file.read_exact(&mut buffer[..some]).map_err(|_| changed())?;
        crc.update(&buffer[..some]);
        to.write_all(&buffer[..some]).map_err(|e| Error::io(path, e))?;
        left -= some;
    }
    if crc.finalize() == segment.crc {
        Ok(())
    } else {
        Err(changed())
    }
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
        let mut out = Measured::new(file);
        if bom {
            out.write_all("\u{feff}".as_bytes()).map_err(|e| Error::io(&path, e))?;
        }
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::Any(b'\n'))
            .buffer_capacity(1 << 16)
            .from_writer(out.clone());
        header(&mut writer, table).map_err(|e| Error::csv(&path, e))?;
        Ok(Self {
            table,
            path,
            guard: bom,
            writer,
            out,
            block: (TAIL, 0),
            segments: Vec::new(),
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

/// The header row.
pub(super) fn header(to: &mut csv::Writer<impl Write>, table: &Table) -> csv::Result<()> {
    to.write_record(table.columns.iter().map(|c| c.name))
}

/// Rows as they stand in the text.
pub(super) fn fields(
    to: &mut csv::Writer<impl Write>,
    table: &Table,
    guard: bool,
    path: &Path,
    rows: &[Vec<Cell<'_>>],
) -> Result<(), Error> {
    for row in rows {
        for (cell, column) in row.iter().zip(table.columns) {
            let field = text(cell, column.ty).map_err(|m| Error::value(path, column.name, m))?;
            let field = match column.ty {
                Type::String if guard && is_formula(&field) => Cow::Owned(format!("'{field}")),
                _ => field,
            };
            to.write_field(field.as_ref()).map_err(|e| Error::csv(path, e))?;
        }
        to.write_record(None::<&[u8]>).map_err(|e| Error::csv(path, e))?;
    }
    Ok(())
}

impl Sink for CsvSink {
    fn write(&mut self, rows: &[Vec<Cell<'_>>]) -> Result<(), Error> {
        fields(&mut self.writer, self.table, self.guard, &self.path, rows)
    }

    fn begin(&mut self, block: u32) -> Result<(), Error> {
        self.writer.flush().map_err(|e| Error::io(&self.path, e))?;
        let (before, start) = self.block;
        let (end, crc) = (self.out.bytes(), self.out.part());
        if before != TAIL && end > start {
            self.segments.push(Segment {
                block: before,
                start,
                length: end - start,
                crc,
            });
        }
        self.block = (block, end);
        Ok(())
    }

    fn copy(&mut self, old: &Old) -> Result<(), Error> {
        let name = format!("{}.csv", self.table.name);
        let Some((path, layout)) = old.file(&name) else {
            return Err(Error::Changed(self.path.clone()));
        };
        match layout.lines(self.block.0) {
            Some(segment) => copy_bytes(&path, segment, &mut self.out),
            None => Ok(()),
        }
    }

    fn finish(mut self: Box<Self>) -> Result<Written, Error> {
        self.begin(TAIL)?;
        Ok(Written {
            measured: Some(self.out.finish(&self.path)?),
            layout: Some(Layout::Lines(self.segments)),
            path: self.path,
        })
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
