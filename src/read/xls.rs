//! Workbooks of the old binary format. Comes in: the bytes of an xls. Goes out: the cells of its sheets, as of an xlsx.
//! calamine gives the values; what decides whether and how a person sees them (formats, hidden rows and columns, white or
//! struck letters: MS-XLS 2.4) it keeps to itself, and is read from the records here.

use super::Error;
use super::number::Format;
use super::workbook::{self, Area, Found, Frame, Look, Value};
use calamine::{Data, Reader, SheetType, SheetVisible, Xls};
use std::collections::HashMap;
use std::io::{Cursor, Read};
use std::rc::Rc;

/// The most bytes of the stream of a workbook.
const STREAM: u64 = 256 << 20;

/// An opened workbook.
pub(super) struct OldBook<'b> {
    book: Xls<Cursor<&'b [u8]>>,
    /// Names of worksheets, and whether they are hidden.
    pub sheets: Vec<(String, bool)>,
    pub looks: Vec<Look>,
    pub from_1904: bool,
    frames: HashMap<String, SheetLook>,
    /// The records could be read; without them numbers stand as they are stored.
    pub seen: bool,
}

/// What a sheet says beside its values.
#[derive(Default)]
struct SheetLook {
    frame: Frame,
    styles: HashMap<(u32, u32), u16>,
}

impl<'b> OldBook<'b> {
    /// Opens a workbook.
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, Error> {
        let book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|e| match e {
            calamine::XlsError::Password => Error::Encrypted,
            e => Error::Broken(format!("its workbook is damaged ({e})")),
        })?;
        let sheets = book
            .sheets_metadata()
            .iter()
            .filter(|s| s.typ == SheetType::WorkSheet)
            .map(|s| (s.name.clone(), s.visible != SheetVisible::Visible))
            .collect();
        let mut records = Records::default();
        let seen = stream(bytes).is_some_and(|stream| records.all(&stream));
        Ok(Self {
            from_1904: book.has_1904_epoch(),
            book,
            sheets,
            looks: records.looks(),
            frames: records.sheets,
            seen,
        })
    }

    /// Hands out the cells of a sheet until `take` says that it is enough.
    pub(super) fn cells(&mut self, name: &str, take: &mut dyn FnMut(Found) -> bool) -> (Frame, Result<(), String>) {
        let look = self.frames.remove(name).unwrap_or_default();
        let mut frame = look.frame;
        let joined = self.book.merge_cells_by_sheet_name(name).unwrap_or_default();
        frame.joined = joined
            .iter()
            .map(|d| Area {
                first: d.start,
                last: d.end,
            })
            .collect();
        let range = match self.book.worksheet_range(name) {
            Ok(r) => r,
            Err(e) => return (frame, Err(e.to_string())),
        };
        let (top, left) = range.start().unwrap_or_default();
        for (row, col, value) in range.used_cells() {
            let at = (top + row as u32, left + col as u32);
            let value = match value {
                Data::Empty => continue,
                Data::Int(n) => Value::Number(*n as f64),
                Data::Float(n) => Value::Number(*n),
                Data::DateTime(d) => Value::Number(d.as_f64()),
                Data::String(s) => Value::Text(s.as_str().into()),
                other => Value::Other(other.to_string()),
            };
            let found = Found {
                at,
                value,
                style: look.styles.get(&at).map_or(usize::MAX, |s| usize::from(*s)),
                formula: false,
            };
            if !take(found) {
                break;
            }
        }
        (frame, Ok(()))
    }
}

/// The stream of records in the compound file.
fn stream(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).ok()?;
    let name = ["/Workbook", "/Book"].into_iter().find(|n| file.is_stream(n))?;
    let mut out = Vec::new();
    file.open_stream(name).ok()?.take(STREAM).read_to_end(&mut out).ok()?;
    Some(out)
}

#[derive(Default)]
struct Records {
    codes: HashMap<u16, String>,
    /// Struck out, white.
    fonts: Vec<(bool, bool)>,
    /// Font, format, a line around it, a ground.
    styles: Vec<(u16, u16, bool, bool)>,
    names: Vec<(usize, String)>,
    sheets: HashMap<String, SheetLook>,
    /// Before BIFF8, texts have one byte for a character.
    narrow: bool,
}

fn u16_at(data: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(data.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(data: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(data.get(at..at + 4)?.try_into().ok()?))
}

impl Records {
    /// Whether the stream was one of records.
    fn all(&mut self, stream: &[u8]) -> bool {
        let version = u16_at(stream, 4);
        if u16_at(stream, 0) != Some(0x0809) {
            return false;
        }
        self.narrow = version != Some(0x0600);
        walk(stream, 0, |kind, data| self.global(kind, data));
        for (at, name) in std::mem::take(&mut self.names) {
            let mut look = SheetLook::default();
            walk(stream, at, |kind, data| look.record(kind, data));
            self.sheets.insert(name, look);
        }
        true
    }

    fn global(&mut self, kind: u16, data: &[u8]) -> Option<()> {
        match kind {
            0x041E => {
                let code = if self.narrow {
                    let length = usize::from(*data.get(2)?);
                    data.get(3..3 + length)?.iter().map(|b| char::from(*b)).collect()
                } else {
                    text(data, usize::from(u16_at(data, 2)?), 4)?
                };
                self.codes.insert(u16_at(data, 0)?, code);
            }
            0x0031 => {
                let white = matches!(u16_at(data, 4)?, 1 | 9);
                self.fonts.push((u16_at(data, 2)? & 8 != 0, white));
            }
            0x00E0 => {
                let wide = !self.narrow;
                let lines = wide && u16_at(data, 10)? != 0;
                let filled = wide && u32_at(data, 14)? >> 26 != 0;
                self.styles.push((u16_at(data, 0)?, u16_at(data, 2)?, lines, filled));
            }
            0x0085 => {
                let length = usize::from(*data.get(6)?);
                let name = if self.narrow { None } else { text(data, length, 7) };
                self.names.push((u32_at(data, 0)? as usize, name?));
            }
            _ => {}
        }
        Some(())
    }

    fn looks(&self) -> Vec<Look> {
        let mut formats: HashMap<u16, Rc<Format>> = HashMap::new();
        self.styles
            .iter()
            .map(|(font, format, drawn, filled)| {
                let code = self.codes.get(format);
                let code = code.map_or_else(|| workbook::builtin(u32::from(*format)), String::as_str);
                // The fifth font does not exist: its number is left out.
                let font = usize::from(*font - u16::from(*font > 4));
                let (struck, white) = self.fonts.get(font).copied().unwrap_or_default();
                Look {
                    format: formats
                        .entry(*format)
                        .or_insert_with(|| Rc::new(Format::of(code)))
                        .clone(),
                    drawn: *drawn,
                    white: white && !filled,
                    struck,
                }
            })
            .collect()
    }
}

/// A text of `length` characters: a byte of flags stands at `flags`, the characters after it.
fn text(data: &[u8], length: usize, flags: usize) -> Option<String> {
    let wide = data.get(flags)? & 1 == 1;
    let body = data.get(flags + 1..)?;
    Some(if wide {
        let units: Vec<u16> = body
            .chunks_exact(2)
            .take(length)
            .map(|b| u16::from_le_bytes([b[0], b[1]]))
            .collect();
        String::from_utf16_lossy(&units)
    } else {
        body.iter().take(length).map(|b| char::from(*b)).collect()
    })
}

/// Walks over the records of one sheet, or of the workbook: up to the end of its own, past those of charts inside.
fn walk(stream: &[u8], mut at: usize, mut take: impl FnMut(u16, &[u8]) -> Option<()>) {
    let mut depth = 0u32;
    while let (Some(kind), Some(length)) = (u16_at(stream, at), u16_at(stream, at + 2)) {
        let end = at + 4 + usize::from(length);
        let Some(data) = stream.get(at + 4..end) else { return };
        match kind {
            0x0809 => depth += 1,
            0x000A => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return;
                }
            }
            // A record that is too short says nothing.
            _ if depth == 1 => drop(take(kind, data)),
            _ => {}
        }
        at = end;
    }
}

impl SheetLook {
    fn record(&mut self, kind: u16, data: &[u8]) -> Option<()> {
        match kind {
            0x007D if u16_at(data, 8)? & 1 == 1 || u16_at(data, 4)? == 0 => {
                let columns = (u32::from(u16_at(data, 0)?), u32::from(u16_at(data, 2)?));
                self.frame.hidden_columns.push(columns);
            }
            0x0208 if u16_at(data, 12)? & 0x20 != 0 => self.frame.hidden_rows.push(u32::from(u16_at(data, 0)?)),
            // It does not say where.
            0x009B => {
                self.frame.filtered = Some(Area {
                    first: (0, 0),
                    last: (u32::MAX, u32::MAX),
                });
            }
            // Objects: pictures and embedded tables (type 8), not comments or buttons.
            0x005D if u16_at(data, 4)? == 8 => self.frame.pictures = true,
            0x0006 | 0x0203 | 0x0204 | 0x0205 | 0x027E | 0x00FD | 0x00D6 => {
                let at = (u32::from(u16_at(data, 0)?), u32::from(u16_at(data, 2)?));
                self.styles.insert(at, u16_at(data, 4)?);
            }
            0x00BD => {
                let (row, first) = (u32::from(u16_at(data, 0)?), u32::from(u16_at(data, 2)?));
                for (n, one) in (0u32..).zip(data.get(4..data.len() - 2)?.chunks_exact(6)) {
                    self.styles.insert((row, first + n), u16_at(one, 0)?);
                }
            }
            _ => {}
        }
        Some(())
    }
}
