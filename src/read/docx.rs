//! Word documents to markup. Comes in: the bytes of a docx (or wps in that format). Goes out: paragraphs and tables with
//! their joined cells, each with its bytes in `word/document.xml`. Deleted text, field codes and the second copy of drawings
//! are left out.

use super::flow::{self, FlowCell, FlowTable, Node, Writer};
use super::markup::Markup;
use super::package::Package;
use super::{Document, Error};
use crate::diag::{Diagnostic, Outcome, Severity, Stage};
use crate::place::{Locator, Place};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// The member that holds the text.
pub(super) const MAIN: &str = "word/document.xml";
/// Tables inside each other that are followed.
const DEEPEST: usize = 40;
/// The only part.
const PART: u16 = 1;

/// Reads a Word document.
pub(super) fn read(bytes: &[u8]) -> Result<Outcome<Document>, Error> {
    let mut package = Package::open(bytes)?;
    let xml = package
        .member(MAIN)?
        .ok_or_else(|| Error::Broken(format!("it has no {MAIN}")))?;
    let xml = String::from_utf8(xml).map_err(|_| Error::Broken(format!("{MAIN} is not UTF-8")))?;
    let mut walk = Walk::default();
    let mut report = Vec::new();
    if let Err(why) = walk.all(&xml) {
        report.push(Diagnostic::new(
            Severity::Error,
            Stage::Read,
            "document-damaged",
            format!("the document could not be read to its end ({why}); open it and save it again"),
            Place::document(),
        ));
    }
    let mut markup = Markup {
        parts: vec![MAIN.to_string()],
        pieces: Vec::new(),
    };
    flow::pieces(walk.done(), &mut markup.pieces);
    let document = Document {
        media_type: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        markup: Some(markup),
        ..Document::default()
    };
    Ok(Outcome::new(document, report))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Merge {
    No,
    Begins,
    GoesOn,
}

struct OpenCell {
    nodes: Vec<Node>,
    span: usize,
    down: Merge,
    left: bool,
    start: u32,
}

#[derive(Default)]
struct OpenTable {
    table: FlowTable,
    col: usize,
}

#[derive(Default)]
struct Walk {
    body: Vec<Node>,
    tables: Vec<OpenTable>,
    cells: Vec<OpenCell>,
    paragraphs: Vec<Writer>,
    /// Inside `w:t`.
    text: bool,
    /// Inside the properties of a paragraph or a run.
    properties: usize,
    /// Elements to be left out that are open, and how deep.
    skipped: usize,
}

impl Walk {
    fn all(&mut self, xml: &str) -> Result<(), String> {
        let mut reader = Reader::from_str(xml);
        reader.config_mut().check_end_names = false;
        loop {
            let start = reader.buffer_position() as u32;
            let event = reader.read_event().map_err(|e| e.to_string())?;
            let end = reader.buffer_position() as u32;
            match event {
                Event::Eof => return Ok(()),
                Event::Start(e) => {
                    if self.skipped > 0 || is_left_out(e.local_name().as_ref()) {
                        self.skipped += 1;
                    } else {
                        self.open(&e, start);
                    }
                }
                Event::Empty(e) if self.skipped == 0 && !is_left_out(e.local_name().as_ref()) => {
                    self.open(&e, start);
                    self.close(e.local_name().as_ref(), end);
                }
                Event::End(e) => {
                    if self.skipped > 0 {
                        self.skipped -= 1;
                    } else {
                        self.close(e.local_name().as_ref(), end);
                    }
                }
                Event::Text(t) if self.text && self.skipped == 0 => self.write(&t, start, end, true),
                Event::CData(t) if self.text && self.skipped == 0 => self.write(&t, start, end, false),
                Event::GeneralRef(r) if self.text && self.skipped == 0 => {
                    let c = match r.resolve_char_ref() {
                        Ok(Some(c)) => Some(c),
                        _ => super::inline::entity(&format!("&{};", &*r)).map(|(_, c)| c),
                    };
                    if let Some(c) = c {
                        self.write(c.encode_utf8(&mut [0; 4]), start, end, false);
                    }
                }
                _ => {}
            }
        }
    }

    fn write(&mut self, text: &str, start: u32, end: u32, exact: bool) {
        if let Some(p) = self.paragraphs.last_mut() {
            p.push(text, start, end, exact && (end - start) as usize == text.len());
        }
    }

    fn nodes(&mut self) -> &mut Vec<Node> {
        match self.cells.last_mut() {
            Some(c) => &mut c.nodes,
            None => &mut self.body,
        }
    }

    fn end_paragraph(&mut self, writer: Writer) {
        if let Some(p) = writer.finish(PART) {
            self.nodes().push(Node::Paragraph(p));
        }
    }

    fn open(&mut self, e: &BytesStart<'_>, start: u32) {
        let name = e.local_name();
        match name.as_ref() {
            "p" => self.paragraphs.push(Writer::default()),
            "pPr" | "rPr" => self.properties += 1,
            "t" => self.text = true,
            "tab" | "ptab" if self.properties == 0 => self.write("\t", start, start, false),
            "noBreakHyphen" => self.write("-", start, start, false),
            "br" | "cr" if self.properties == 0 => {
                // A line break inside a paragraph: what follows is a line of its own.
                if let Some(p) = self.paragraphs.pop() {
                    self.end_paragraph(p);
                    self.paragraphs.push(Writer::default());
                }
                if attribute(e, "type").as_deref() == Some("page") && self.cells.is_empty() {
                    self.body.push(Node::Break);
                }
            }
            "tbl" if self.tables.len() < DEEPEST => self.tables.push(OpenTable::default()),
            "tr" => {
                if let Some(t) = self.tables.last_mut() {
                    t.col = 0;
                }
            }
            "gridBefore" => {
                if let Some(t) = self.tables.last_mut() {
                    t.col = number(e).min(flow::COLUMNS);
                }
            }
            "tc" if self.cells.len() < self.tables.len() => self.cells.push(OpenCell {
                nodes: Vec::new(),
                span: 1,
                down: Merge::No,
                left: false,
                start,
            }),
            "gridSpan" => {
                if let Some(c) = self.cells.last_mut() {
                    c.span = number(e).clamp(1, flow::COLUMNS);
                }
            }
            "vMerge" => {
                if let Some(c) = self.cells.last_mut() {
                    let begins = attribute(e, "val").as_deref() == Some("restart");
                    c.down = if begins { Merge::Begins } else { Merge::GoesOn };
                }
            }
            "hMerge" => {
                if let Some(c) = self.cells.last_mut() {
                    c.left = attribute(e, "val").as_deref() != Some("restart");
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str, end: u32) {
        match name {
            "p" => {
                if let Some(p) = self.paragraphs.pop() {
                    self.end_paragraph(p);
                }
            }
            "pPr" | "rPr" => self.properties = self.properties.saturating_sub(1),
            "t" => self.text = false,
            "tc" if self.cells.len() == self.tables.len() => {
                if let (Some(c), Some(t)) = (self.cells.pop(), self.tables.last_mut()) {
                    t.add(c, end);
                }
            }
            "tr" => {
                if let Some(t) = self.tables.last_mut() {
                    t.table.rows += 1;
                }
            }
            "tbl" if self.cells.len() < self.tables.len() => {
                if let Some(t) = self.tables.pop() {
                    self.nodes().push(Node::Table(t.table));
                }
            }
            _ => {}
        }
    }

    /// Everything that was read, also of a document that is cut off.
    fn done(mut self) -> Vec<Node> {
        while let Some(p) = self.paragraphs.pop() {
            self.end_paragraph(p);
        }
        while let Some(mut t) = self.tables.pop() {
            if self.cells.len() > self.tables.len()
                && let Some(c) = self.cells.pop()
            {
                let end = c.start;
                t.add(c, end);
                t.table.rows += 1;
            }
            self.nodes().push(Node::Table(t.table));
        }
        self.body
    }
}

impl OpenTable {
    fn add(&mut self, cell: OpenCell, end: u32) {
        let (row, col) = (self.table.rows, self.col);
        self.col = (col + cell.span).min(flow::COLUMNS);
        let above = |c: &&mut FlowCell| c.col == col && c.row + c.row_span == row;
        if cell.down == Merge::GoesOn
            && let Some(c) = self.table.cells.iter_mut().rev().find(above)
        {
            c.row_span += 1;
            c.nodes.extend(cell.nodes);
            return;
        }
        if cell.left
            && let Some(c) = self.table.cells.last_mut().filter(|c| c.row == row)
        {
            c.col_span += cell.span;
            c.nodes.extend(cell.nodes);
            return;
        }
        self.table.cells.push(FlowCell {
            row,
            col,
            row_span: 1,
            col_span: cell.span,
            at: Locator::Bytes {
                part: PART,
                start: cell.start,
                end,
            },
            nodes: cell.nodes,
        });
    }
}

/// Deleted and moved text, field codes, and the copy of a drawing for old programs.
fn is_left_out(name: &str) -> bool {
    matches!(
        name,
        "del"
            | "moveFrom"
            | "delText"
            | "instrText"
            | "delInstrText"
            | "Fallback"
            | "sectPr"
            | "tblPr"
            | "tblGrid"
            | "tabs"
    )
}

fn attribute(e: &BytesStart<'_>, name: &str) -> Option<String> {
    e.attributes()
        .flatten()
        .find(|a| a.key.local_name().as_ref() == name)
        .map(|a| a.value.to_string())
}

fn number(e: &BytesStart<'_>) -> usize {
    attribute(e, "val").and_then(|v| v.parse().ok()).unwrap_or(0)
}
