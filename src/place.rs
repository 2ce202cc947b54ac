//! Where something was read: every datum knows its page and box.

use crate::geom::Rect;
use std::fmt;
use std::fmt::Write;

/// The identity of an input: the sha256 of its bytes, in lower-case hex.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct DocumentId(pub String);

impl DocumentId {
    /// The first twelve characters, as used in the ids of facts.
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where something stands in a file that has no pages. A part is a sheet of a workbook or a member of a package; its name is
/// kept by the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Locator {
    /// Bytes of the file or of one of its parts.
    Bytes {
        /// Which part, 1-based; 0 is the file itself.
        part: u16,
        /// The first byte.
        start: u32,
        /// The byte after the last.
        end: u32,
    },
    /// Cells of a sheet.
    Cells {
        /// Which sheet, 1-based.
        part: u16,
        /// Row and column of the first cell, 0-based.
        first: (u32, u32),
        /// Row and column of the last cell, 0-based.
        last: (u32, u32),
    },
    /// A page of another file of the announcement.
    Page {
        /// Which file, 1-based.
        part: u16,
        /// Its page there, 1-based.
        page: u32,
    },
}

impl Locator {
    /// The same in a list of parts that begins with `before` others. The file itself is the first part then.
    pub(crate) fn behind(self, before: u16) -> Self {
        let part = |p: u16| p.saturating_add(before).saturating_add(1);
        match self {
            Locator::Bytes { part: p, start, end } => Locator::Bytes {
                part: part(p),
                start,
                end,
            },
            Locator::Cells { part: p, first, last } => Locator::Cells {
                part: part(p),
                first,
                last,
            },
            Locator::Page { part: p, page } => Locator::Page { part: part(p), page },
        }
    }

    /// The smallest stretch that holds both; of two parts the first.
    pub fn union(self, other: Locator) -> Locator {
        match (self, other) {
            (
                Locator::Bytes { part, start, end },
                Locator::Bytes {
                    part: p,
                    start: s,
                    end: e,
                },
            ) if part == p => Locator::Bytes {
                part,
                start: start.min(s),
                end: end.max(e),
            },
            (
                Locator::Cells { part, first, last },
                Locator::Cells {
                    part: p,
                    first: f,
                    last: l,
                },
            ) if part == p => Locator::Cells {
                part,
                first: (first.0.min(f.0), first.1.min(f.1)),
                last: (last.0.max(l.0), last.1.max(l.1)),
            },
            _ => self,
        }
    }

    /// As it is published: `1034-1040` (first byte, byte after the last), `word/document.xml:10-20`, `Sheet1!B7`,
    /// `Sheet1!B7:C9`, `tables.pdf#page=3`. `parts` are the names of the parts.
    pub fn text(&self, parts: &[String]) -> String {
        let name = |part: u16| (part as usize).checked_sub(1).and_then(|n| parts.get(n));
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = match self {
            Locator::Bytes { part, start, end } => match name(*part) {
                Some(n) => write!(out, "{n}:{start}-{end}"),
                None => write!(out, "{start}-{end}"),
            },
            Locator::Page { part, page } => match name(*part) {
                Some(n) => write!(out, "{n}#page={page}"),
                None => write!(out, "#page={page}"),
            },
            Locator::Cells { part, first, last } => {
                if let Some(n) = name(*part) {
                    let _ = write!(out, "{n}!");
                }
                out.push_str(&cell(*first));
                if first == last {
                    Ok(())
                } else {
                    write!(out, ":{}", cell(*last))
                }
            }
        };
        out
    }
}

/// A cell as spreadsheets name it: `(6, 1)` is B7.
fn cell((row, col): (u32, u32)) -> String {
    let mut letters = Vec::new();
    let mut n = u64::from(col) + 1;
    while n > 0 {
        let digit = (n - 1) % 26;
        letters.push(b'A' + digit as u8);
        n = (n - 1) / 26;
    }
    let mut out: String = letters.iter().rev().map(|b| char::from(*b)).collect();
    let _ = write!(out, "{}", u64::from(row) + 1);
    out
}

/// A page (1-based) and a box on it, in points from the top left corner of the page as it is shown; or, in a file without
/// pages, bytes or cells.
#[derive(Clone, Copy, Debug, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Place {
    /// 1-based page number; 0 means the document as a whole, or that there are no pages.
    pub page: u32,
    /// The box; all zero where only the page is known.
    pub rect: Rect,
    /// Where it stands in a file without pages.
    pub at: Option<Locator>,
}

impl Place {
    /// A box on a page.
    pub fn new(page: u32, rect: Rect) -> Self {
        Self { page, rect, at: None }
    }

    /// A whole page.
    pub fn page(page: u32) -> Self {
        Self {
            page,
            ..Self::default()
        }
    }

    /// A place in a file without pages.
    pub fn at(at: Locator) -> Self {
        Self {
            at: Some(at),
            ..Self::default()
        }
    }

    /// The document as a whole.
    pub fn document() -> Self {
        Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locators_are_written_as_people_write_them() {
        let parts = vec!["Sheet 1".to_string()];
        let cells = |first, last| Locator::Cells { part: 1, first, last };
        assert_eq!(cells((6, 1), (6, 1)).text(&parts), "Sheet 1!B7");
        assert_eq!(cells((0, 25), (9, 26)).text(&parts), "Sheet 1!Z1:AA10");
        assert_eq!(cells((0, 701), (0, 702)).text(&parts), "Sheet 1!ZZ1:AAA1");
        let bytes = |part, start, end| Locator::Bytes { part, start, end };
        assert_eq!(bytes(0, 5, 9).text(&parts), "5-9");
        assert_eq!(bytes(1, 5, 9).union(bytes(1, 20, 30)).text(&parts), "Sheet 1:5-30");
    }
}
