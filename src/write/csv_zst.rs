//! CSV in zstd (`.csv.zst`): the same text as CSV in a tenth of the bytes. A file is several frames behind one another, which every
//! reader of zstd joins: the header, and then a frame for each [block](super::blocks), several small ones in one, so that what did
//! not change is copied as it stands.

use super::blocks::{Group, Grouping, Layout, Measure, Old, Segment, TAIL};
use super::csv::{copy_bytes, fields, header};
use super::measured::{Measured, Written};
use super::schema::{Cell, Table};
use super::{Error, Sink};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Bytes of text of a frame; blocks with fewer are small.
const FRAME: usize = 1 << 19;
/// As zstd does it when it is not told.
const LEVEL: i32 = 3;

/// The ending of its files.
pub const ENDING: &str = "csv.zst";

/// One such file.
pub struct CsvZstSink {
    table: &'static Table,
    path: PathBuf,
    guard: bool,
    out: Measured,
    writer: csv::Writer<Vec<u8>>,
    block: u32,
    large: bool,
    small: Grouping<Small>,
    groups: Vec<Group>,
    /// Where the frames of the large block begin.
    begun: u64,
    /// The frame of the file that stands there that was read last.
    read: Option<(usize, Vec<u8>)>,
}

/// The text of a small block.
struct Small {
    block: u32,
    bytes: usize,
    from: Text,
}

enum Text {
    Rows(Vec<u8>),
    /// Of this frame of that file, from this byte on.
    Old(usize, usize, PathBuf, Group),
}

impl Measure for Small {
    fn small<'t>(all: impl Iterator<Item = &'t Self>) -> bool {
        all.map(|s| s.bytes).sum::<usize>() < FRAME
    }
}

fn empty() -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new()
        .terminator(csv::Terminator::Any(b'\n'))
        .buffer_capacity(1 << 16)
        .from_writer(Vec::new())
}

impl CsvZstSink {
    /// Creates the file with its header row.
    pub fn create(dir: &Path, table: &'static Table, bom: bool) -> Result<Self, Error> {
        let path = dir.join(format!("{}.{ENDING}", table.name));
        let file = File::create(&path).map_err(|e| Error::io(&path, e))?;
        let mut own = Self {
            table,
            path,
            guard: bom,
            out: Measured::new(file),
            writer: empty(),
            block: TAIL,
            large: true,
            small: Grouping::new(),
            groups: Vec::new(),
            begun: 0,
            read: None,
        };
        let mut first = if bom {
            "\u{feff}".as_bytes().to_vec()
        } else {
            Vec::new()
        };
        header(&mut own.writer, table).map_err(|e| Error::csv(&own.path, e))?;
        first.extend(own.text()?);
        own.frame(&first)?;
        Ok(own)
    }

    /// What was written since this was asked the last time.
    fn text(&mut self) -> Result<Vec<u8>, Error> {
        let writer = std::mem::replace(&mut self.writer, empty());
        writer.into_inner().map_err(|e| Error::io(&self.path, e.into_error()))
    }

    fn frame(&mut self, text: &[u8]) -> Result<(), Error> {
        let packed = zstd::bulk::compress(text, LEVEL).map_err(|e| Error::io(&self.path, e))?;
        self.out.write_all(&packed).map_err(|e| Error::io(&self.path, e))
    }

    fn note(&mut self, members: Vec<(u32, u32, u32)>, start: u64) {
        let (end, crc) = (self.out.bytes(), self.out.part());
        let bytes = Segment {
            block: members.first().map_or(TAIL, |m| m.0),
            start,
            length: end - start,
            crc,
        };
        self.groups.push(Group {
            members,
            first: 0,
            count: 0,
            bytes,
        });
    }

    fn here(&mut self) -> u64 {
        self.out.part();
        self.out.bytes()
    }

    fn grows_large(&mut self) -> Result<(), Error> {
        self.large = true;
        for group in self.small.add(self.block, None) {
            self.write_small(group)?;
        }
        self.begun = self.here();
        Ok(())
    }

    fn add_small(&mut self, own: Small) -> Result<(), Error> {
        for group in self.small.add(own.block, Some(own)) {
            self.write_small(group)?;
        }
        Ok(())
    }

    fn write_small(&mut self, group: Vec<Small>) -> Result<(), Error> {
        let Some(first) = group.first() else { return Ok(()) };
        let members: Vec<(u32, u32, u32)> = group.iter().map(|s| (s.block, 0, s.bytes as u32)).collect();
        let begun = self.here();
        if let Text::Old(n, _, path, stands) = &first.from {
            let taken = group.iter().all(|s| matches!(&s.from, Text::Old(m, ..) if m == n));
            if taken && stands.members == members {
                copy_bytes(path, &stands.bytes, &mut self.out)?;
                self.note(members, begun);
                return Ok(());
            }
        }
        let mut text = Vec::with_capacity(group.iter().map(|s| s.bytes).sum());
        for s in group {
            match s.from {
                Text::Rows(rows) => text.extend(rows),
                Text::Old(n, from, path, stands) => {
                    let whole = self.old(n, &path, &stands)?;
                    let own = whole.get(from..from + s.bytes);
                    text.extend(own.ok_or_else(|| Error::Changed(path.clone()))?);
                }
            }
        }
        self.frame(&text)?;
        self.note(members, begun);
        Ok(())
    }

    /// The text of a small frame of the file that stands there.
    fn old(&mut self, n: usize, path: &Path, stands: &Group) -> Result<&[u8], Error> {
        if self.read.as_ref().is_none_or(|(read, _)| *read != n) {
            let mut packed = Vec::with_capacity(stands.bytes.length as usize);
            copy_bytes(path, &stands.bytes, &mut packed)?;
            let text = zstd::bulk::decompress(&packed, FRAME).map_err(|_| Error::Changed(path.to_path_buf()))?;
            self.read = Some((n, text));
        }
        Ok(self.read.as_ref().map_or(&[], |(_, text)| text))
    }

    fn end_block(&mut self) -> Result<(), Error> {
        let text = self.text()?;
        if self.large {
            if !text.is_empty() {
                self.frame(&text)?;
            }
            if self.block != TAIL {
                self.note(vec![(self.block, 0, 0)], self.begun);
            }
            return Ok(());
        }
        if text.is_empty() {
            return Ok(());
        }
        self.add_small(Small {
            block: self.block,
            bytes: text.len(),
            from: Text::Rows(text),
        })
    }
}

impl Sink for CsvZstSink {
    fn write(&mut self, rows: &[Vec<Cell<'_>>]) -> Result<(), Error> {
        fields(&mut self.writer, self.table, self.guard, &self.path, rows)?;
        self.writer.flush().map_err(|e| Error::io(&self.path, e))?;
        if self.writer.get_ref().len() >= FRAME {
            if !self.large {
                self.grows_large()?;
            }
            let text = self.text()?;
            self.frame(&text)?;
        }
        Ok(())
    }

    fn begin(&mut self, block: u32) -> Result<(), Error> {
        self.end_block()?;
        self.block = block;
        self.large = block == TAIL;
        if self.large {
            let group = self.small.end();
            self.write_small(group)?;
        }
        Ok(())
    }

    fn copy(&mut self, old: &Old) -> Result<(), Error> {
        let name = format!("{}.{ENDING}", self.table.name);
        let Some((path, layout)) = old.file(&name) else {
            return Err(Error::Changed(self.path.clone()));
        };
        let Some((n, group, _)) = layout.group(self.block) else {
            return Ok(());
        };
        let at = group.members.iter().position(|m| m.0 == self.block).unwrap_or(0);
        let bytes = group.members[at].2 as usize;
        if bytes > 0 {
            let before = group.members[..at].iter().map(|m| m.2 as usize).sum();
            return self.add_small(Small {
                block: self.block,
                bytes,
                from: Text::Old(n, before, path, group.clone()),
            });
        }
        self.grows_large()?;
        // It ends as a large block that was written.
        copy_bytes(&path, &group.bytes, &mut self.out)
    }

    fn finish(mut self: Box<Self>) -> Result<Written, Error> {
        self.begin(TAIL)?;
        self.end_block()?;
        Ok(Written {
            measured: Some(self.out.finish(&self.path)?),
            layout: Some(Layout::Groups(self.groups)),
            path: self.path,
        })
    }
}
