//! What files without pages hold: paragraphs and tables, each with its place in the file. The readers of text, HTML, Word and
//! Excel all make these; layout turns them into the blocks that PDF pages give.

use crate::place::Locator;

/// The content of a file without pages.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Markup {
    /// The names of the parts that locators count: sheets, members of a package.
    pub parts: Vec<String>,
    /// In reading order.
    pub pieces: Vec<Piece>,
}

impl Markup {
    /// Takes what another file of the same announcement holds; its places name that file.
    pub(crate) fn append(&mut self, other: Markup, name: &str) {
        let before = u16::try_from(self.parts.len()).unwrap_or(u16::MAX);
        self.parts.push(name.to_string());
        self.parts.extend(other.parts.iter().map(|p| format!("{name}/{p}")));
        self.pieces.push(Piece::Sheet);
        self.pieces.extend(other.pieces.into_iter().map(|mut piece| {
            match &mut piece {
                Piece::Break | Piece::Sheet => {}
                Piece::Paragraph(p) => p.at = p.at.behind(before),
                Piece::Table(t) => {
                    for c in &mut t.cells {
                        c.at = c.at.behind(before);
                        for l in &mut c.lines {
                            l.at = l.at.behind(before);
                        }
                    }
                }
            }
            piece
        }));
    }
}

/// One piece of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// A new page begins; a table may run on over it.
    Break,
    /// A new sheet begins; no table runs on over it.
    Sheet,
    /// A paragraph outside every table.
    Paragraph(Paragraph),
    /// A table.
    Table(Table),
}

/// A paragraph, or a line of a cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Paragraph {
    /// Its text, without markup.
    pub text: String,
    /// Where it stands.
    pub at: Locator,
    /// Stretches that stand in the file exactly as in `text`: from which byte of `text`, at which byte of the file. Empty where
    /// nothing finer than `at` is known.
    pub runs: Vec<(u32, u32)>,
}

impl Paragraph {
    /// A text of which only the place as a whole is known.
    pub fn new(text: impl Into<String>, at: Locator) -> Self {
        Self {
            text: text.into(),
            at,
            runs: Vec::new(),
        }
    }

    /// The byte of the file at a byte of the text.
    pub fn byte(&self, offset: usize) -> Option<u32> {
        let n = self.runs.partition_point(|r| r.0 as usize <= offset);
        let (from, at) = self.runs.get(n.checked_sub(1)?)?;
        at.checked_add(offset as u32 - from)
    }
}

/// A table as the file has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Number of rows.
    pub rows: usize,
    /// Number of columns: of the widest row.
    pub cols: usize,
    /// The file says itself which cells are joined (HTML, Word, Excel). Where it cannot (tabs, pipes), rows may be shorter than
    /// the table, and a blank cell beside or below a head may belong to it.
    pub spans_known: bool,
    /// The cells in the order of rows and columns. With known spans they do not overlap.
    pub cells: Vec<TableCell>,
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct TableCell {
    /// First row, 0-based.
    pub row: usize,
    /// First column, 0-based.
    pub col: usize,
    /// At least 1.
    pub row_span: usize,
    /// At least 1.
    pub col_span: usize,
    /// Its paragraphs; none when it is blank.
    pub lines: Vec<Paragraph>,
    /// Where it stands.
    pub at: Locator,
}
