//! Word documents to markup. Comes in: the bytes of a docx (or wps in that format). Goes out: paragraphs and tables with
//! their joined cells, each with its bytes in the main part, as a reader sees them once all changes are accepted: deleted
//! runs, cells and rows, hidden and struck-out text, marks of footnotes and the second copy of drawings are left out.

use super::flow::{self, FlowCell, FlowTable, Node, Writer};
use super::markup::{Markup, Piece};
use super::package::{Package, Relation};
use super::word_style::{self, Look, Styles};
use super::xml::{attribute, number, switch};
use super::{Document, Error, Limits};
use crate::clock::Rounds;
use crate::diag::{Code, Diagnostic, Outcome, Severity};
use crate::place::{Locator, Place};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// The member that holds the text, mostly.
pub(super) const MAIN: &str = "word/document.xml";
/// Tables inside each other that are followed.
const DEEPEST: usize = 40;
/// The only part, but for chunks of other files.
const PART: u16 = 1;
/// Chunks of other files at most.
const CHUNKS: usize = 50;
/// A picture of a table is at least so wide and high, in EMU: 9 and 3 cm.
const WIDE: u64 = 3_240_000;
const HIGH: u64 = 1_080_000;

/// Reads a Word document.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Outcome<Document>, Error> {
    read_parts(bytes, Some(limits))
}

/// The same without the files inside it: a chunk of another document.
pub(super) fn read_alone(bytes: &[u8]) -> Result<Outcome<Document>, Error> {
    read_parts(bytes, None)
}

fn read_parts(bytes: &[u8], limits: Option<&Limits>) -> Result<Outcome<Document>, Error> {
    let mut package = Package::open(bytes)?;
    let main = package.office()?.map_or_else(|| MAIN.to_string(), |(main, _)| main);
    let xml = package
        .member(&main)?
        .ok_or_else(|| Error::Broken(format!("it has no {main}")))?;
    if xml.len() > super::MARKUP {
        return Err(Error::TooLarge(format!(
            "its {main} has more than {} MB",
            super::MARKUP >> 20
        )));
    }
    let xml = String::from_utf8(xml).map_err(|_| Error::Broken(format!("{main} is not UTF-8")))?;
    let relations = package.relations(&main)?;
    let mut walk = Walk::default();
    let styles = relations.iter().find(|r| r.kind.ends_with("/styles"));
    if let Some(styles) = styles.map(|r| package.text(&r.target)).transpose()?.flatten() {
        walk.styles = Styles::of(&styles);
    }
    let mut report = Vec::new();
    if let Err(why) = walk.all(&xml) {
        report.push(Diagnostic::new(
            Severity::Error,
            Code::DocumentDamaged,
            format!("the document could not be read to its end ({why}); open it and save it again"),
            Place::document(),
        ));
    }
    let mut markup = Markup {
        parts: vec![main],
        pieces: Vec::new(),
    };
    let chunks = std::mem::take(&mut walk.chunks);
    report.append(&mut walk.report);
    let mut pieces = Vec::new();
    flow::pieces(walk.done(), &mut pieces);
    insert(
        pieces,
        &chunks,
        &relations,
        &mut package,
        limits,
        &mut markup,
        &mut report,
    );
    let document = Document {
        media_type: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        markup: Some(markup),
        ..Document::default()
    };
    Ok(Outcome::new(document, report))
}

/// Puts the files that stand in place of a part of the text (`w:altChunk`) where they belong.
fn insert(
    pieces: Vec<Piece>,
    chunks: &[String],
    relations: &[Relation],
    package: &mut Package<'_>,
    limits: Option<&Limits>,
    markup: &mut Markup,
    report: &mut Vec<Diagnostic>,
) {
    for piece in pieces {
        let chunk = match &piece {
            Piece::Paragraph(p) => p.text.strip_prefix(CHUNK).and_then(|n| n.parse::<usize>().ok()),
            _ => None,
        };
        let Some(id) = chunk.and_then(|n| chunks.get(n)) else {
            markup.pieces.push(piece);
            continue;
        };
        let target = relations.iter().find(|r| r.id == *id).map(|r| r.target.as_str());
        let bytes = target.and_then(|t| package.member(t).ok().flatten());
        // A chunk in a chunk is not followed: a file can hold itself.
        let read = bytes.zip(limits).map(|(b, limits)| super::read_chunk(b, limits));
        match (target, read) {
            (Some(name), Some(Ok(other))) => {
                let other = other.into_value(report);
                markup.append(other.markup.unwrap_or_default(), name);
            }
            _ => report.push(Diagnostic::new(
                Severity::Error,
                Code::PartNotRead,
                "a part of the document is another file inside it, which could not be read; open the document and save it again",
                Place::document(),
            )),
        }
    }
}

/// Marks the place of a chunk; no text begins with it.
const CHUNK: char = '\u{fdd0}';
/// Stands where a picture is the only content of a cell: it is no number, and not nothing.
pub(super) const PICTURE: &str = "\u{fffc}";

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
    end: u32,
    /// Deleted in a tracked change.
    deleted: bool,
    ground: bool,
    picture: bool,
}

#[derive(Default)]
struct OpenTable {
    table: FlowTable,
    /// Cells of the open row.
    row: Vec<OpenCell>,
    /// Columns that the row leaves out at its begin.
    before: usize,
    /// The row was deleted, or is hidden.
    deleted: bool,
    hidden: bool,
    ground: bool,
}

/// A paragraph that is open.
#[derive(Default)]
struct OpenParagraph {
    writer: Writer,
    style: Option<String>,
    /// Its end was deleted: the next one goes on.
    goes_on: bool,
    struck: String,
    hidden: String,
}

/// A field whose result was not seen yet.
#[derive(Default)]
struct Field {
    code: String,
    result: bool,
    /// Behind its code.
    separated: bool,
    /// What a form shows that holds no result; of a list, the entries and which of them.
    usual: Option<String>,
    list: Option<(Vec<String>, usize)>,
    mark: bool,
}

impl Field {
    /// One element of a form.
    fn form(&mut self, name: &str, value: Option<String>) {
        match (name, &mut self.list, value) {
            ("checkBox", ..) => self.mark = true,
            ("ddList", ..) => self.list = Some(Default::default()),
            ("listEntry", Some(list), Some(entry)) => list.0.push(entry),
            ("default" | "result", Some(list), Some(n)) => list.1 = n.parse().unwrap_or(0),
            ("default", None, value) if !self.mark => self.usual = value,
            _ => {}
        }
    }

    fn shown(&self) -> Option<String> {
        let chosen = self.list.as_ref().and_then(|(entries, n)| entries.get(*n).cloned());
        chosen.or_else(|| self.usual.clone())
    }
}

#[derive(Default)]
struct Walk {
    body: Vec<Node>,
    tables: Vec<OpenTable>,
    cells: Vec<OpenCell>,
    paragraphs: Vec<OpenParagraph>,
    /// A paragraph that goes on in the next one, and how many cells were open.
    carried: Option<(OpenParagraph, usize)>,
    runs: Vec<(Look, Option<String>)>,
    fields: Vec<Field>,
    styles: Styles,
    chunks: Vec<String>,
    report: Vec<Diagnostic>,
    /// Inside `w:t`, or the code of a field.
    text: bool,
    code: bool,
    /// Inside the properties of a paragraph, of a run, of a row.
    properties: usize,
    of_paragraph: usize,
    of_row: usize,
    /// Elements to be left out that are open, and how deep.
    skipped: usize,
    /// The last texts outside tables, for pictures below them.
    titled: usize,
    /// The size of the drawing that is open.
    size: (u64, u64),
}

impl Walk {
    fn all(&mut self, xml: &str) -> Result<(), String> {
        let mut reader = Reader::from_str(xml);
        reader.config_mut().check_end_names = false;
        let mut rounds = Rounds::default();
        loop {
            if rounds.late() {
                return Ok(());
            }
            let start = reader.buffer_position() as u32;
            let event = reader.read_event().map_err(|e| e.to_string())?;
            let end = reader.buffer_position() as u32;
            match event {
                Event::Eof => return Ok(()),
                Event::Start(e) => {
                    if self.skipped > 0 || is_left_out(e.local_name().as_ref(), self.in_properties()) {
                        self.skipped += 1;
                    } else {
                        self.open(&e, start);
                    }
                }
                Event::Empty(e) if self.skipped == 0 && !is_left_out(e.local_name().as_ref(), self.in_properties()) => {
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
                    if let Some(c) = super::xml::reference(&r) {
                        self.write(c.encode_utf8(&mut [0; 4]), start, end, false);
                    }
                }
                _ => {}
            }
        }
    }

    fn in_properties(&self) -> bool {
        self.properties > 0 || self.of_row > 0
    }

    /// How the text of the open run looks.
    fn look(&self) -> Look {
        let of = |id: &Option<String>| id.as_ref().map(|id| self.styles.look(id)).unwrap_or_default();
        let (own, style) = self.runs.last().cloned().unwrap_or_default();
        let below = match self.paragraphs.last().and_then(|p| p.style.as_ref()) {
            Some(id) => self.styles.look(id),
            None => self.styles.usual(),
        };
        let mut look = own.over(of(&style)).over(below);
        let cell = self.cells.last().is_some_and(|c| c.ground);
        let table = self.tables.last().is_some_and(|t| t.ground);
        if cell || table {
            look.ground = Some(true);
        }
        look
    }

    fn write(&mut self, text: &str, start: u32, end: u32, exact: bool) {
        if let Some(f) = self.fields.last_mut() {
            if self.code {
                f.code.push_str(text);
                return;
            }
            f.result |= f.separated && !text.trim().is_empty();
        }
        let look = self.look();
        let on = |p: Option<bool>| p == Some(true);
        let unseen = on(look.tiny) || (on(look.white) && !on(look.ground));
        let Some(p) = self.paragraphs.last_mut() else { return };
        if on(look.hidden) || (unseen && text.chars().any(|c| c.is_ascii_digit())) {
            if unseen {
                p.hidden.push_str(text);
            }
        } else if on(look.struck) {
            p.struck.push_str(text);
        } else if !(on(look.raised) && flow::is_mark(text, p.writer.last())) {
            p.writer
                .push(text, start, end, exact && (end - start) as usize == text.len());
        }
    }

    fn nodes(&mut self) -> &mut Vec<Node> {
        match self.cells.last_mut() {
            Some(c) => &mut c.nodes,
            None => &mut self.body,
        }
    }

    fn end_paragraph(&mut self, p: OpenParagraph) {
        let at = |n: u32| {
            Place::at(Locator::Bytes {
                part: PART,
                start: n,
                end: n + 1,
            })
        };
        let start = self.cells.last().map_or(0, |c| c.start);
        let place = if self.cells.is_empty() {
            Place::document()
        } else {
            at(start)
        };
        let digits = |t: &str| t.chars().any(|c| c.is_ascii_digit());
        if digits(&p.struck) && p.writer.last().is_none() {
            self.warn(
                Code::StruckOut,
                "what stands here is struck out and was left out",
                place,
                &p.struck,
            );
        }
        if digits(&p.hidden) {
            self.warn(
                Code::HiddenText,
                "letters that nobody sees (white on white, or tiny) were left out",
                place,
                &p.hidden,
            );
        }
        if let Some(p) = p.writer.finish(PART) {
            if self.cells.is_empty() {
                // A title is short and no sentence.
                let title = p.text.chars().count() <= 40 && !p.text.ends_with(['\u{3002}', '\u{ff1b}', '.', ';']);
                self.titled = if title { 3 } else { self.titled.saturating_sub(1) };
            }
            self.nodes().push(Node::Paragraph(p));
        }
    }

    fn warn(&mut self, code: Code, message: &str, place: Place, printed: &str) {
        let d = Diagnostic::new(Severity::Warning, code, message, place);
        self.report.push(d.printed(printed));
    }

    /// A picture, or an object that shows one.
    fn picture(&mut self, table: bool) {
        let big = self.size.0 >= WIDE && self.size.1 >= HIGH;
        self.size = (0, 0);
        if let Some(c) = self.cells.last_mut() {
            c.picture = true;
        } else if table || (big && self.titled > 0) {
            self.warn(
                Code::PictureOfATable,
                "a picture or an embedded object stands below a title, where a table should be; what it shows was not read",
                Place::document(),
                "",
            );
        }
    }

    fn open(&mut self, e: &BytesStart<'_>, start: u32) {
        let name = e.local_name();
        if self.properties > 0 && self.property(name.as_ref(), e) {
            return;
        }
        match name.as_ref() {
            "p" => {
                let depth = self.cells.len();
                let carried = self.carried.take_if(|c| c.1 == depth).map(|c| c.0);
                self.paragraphs.push(carried.unwrap_or_default());
            }
            "pPr" => {
                self.properties += 1;
                self.of_paragraph += 1;
            }
            "rPr" => self.properties += 1,
            "r" => self.runs.push(Default::default()),
            "t" => self.text = true,
            "instrText" => (self.text, self.code) = (true, true),
            "tab" | "ptab" => self.write("\t", start, start, false),
            "noBreakHyphen" => self.write("-", start, start, false),
            "sym" => {
                if let Some(c) = word_style::symbol(e) {
                    self.write(c.encode_utf8(&mut [0; 4]), start, start + 1, false);
                }
            }
            "br" | "cr" => self.line_break(attribute(e, "type").as_deref() == Some("page")),
            "fldChar" => self.field(attribute(e, "fldCharType").as_deref(), start),
            "fldSimple" => {
                self.fields.push(Field {
                    code: attribute(e, "instr").unwrap_or_default(),
                    separated: true,
                    ..Field::default()
                });
            }
            "default" | "listEntry" | "result" | "ddList" | "checkBox" => {
                if let Some(f) = self.fields.last_mut() {
                    f.form(name.as_ref(), attribute(e, "val"));
                }
            }
            "altChunk" if self.cells.is_empty() && self.chunks.len() < CHUNKS => self.chunk(e, start),
            "altChunk" | "subDoc" => self.warn(
                Code::PartNotRead,
                "another file stands in place of a part of the document and was not read",
                Place::document(),
                "",
            ),
            "extent" => self.size = (number(e, "cx").unwrap_or(0), number(e, "cy").unwrap_or(0)),
            "shape" => self.size = shape_size(&attribute(e, "style").unwrap_or_default()),
            "pic" | "imagedata" => self.picture(false),
            // A shape, a chart or ink: in a cell of its own it is not nothing. Text in it is read as text.
            "drawing" | "pict" => {
                if let Some(c) = self.cells.last_mut() {
                    c.picture = true;
                }
            }
            "OLEObject" => {
                let program = attribute(e, "ProgID").unwrap_or_default();
                self.picture(!program.starts_with("Equation"));
            }
            "shd" if self.tables.last().is_some() => {
                let ground = word_style::is_ground(e);
                let in_cell = self.tables.len() == self.cells.len();
                match self.cells.last_mut() {
                    Some(c) if in_cell => c.ground |= ground,
                    _ => drop(self.tables.last_mut().map(|t| t.ground |= ground)),
                }
            }
            name => self.open_table(name, e, start),
        }
    }

    /// One property of a paragraph, a run or its mark; whether it was one.
    fn property(&mut self, name: &str, e: &BytesStart<'_>) -> bool {
        match name {
            "pPr" | "rPr" => return false,
            "pStyle" => {
                if let Some(p) = self.paragraphs.last_mut() {
                    p.style = attribute(e, "val");
                }
            }
            // The mark at the end of the paragraph, not its text.
            "del" | "moveFrom" if self.of_paragraph > 0 => {
                if let Some(p) = self.paragraphs.last_mut() {
                    p.goes_on = true;
                }
            }
            _ if self.of_paragraph > 0 => {}
            "rStyle" => {
                if let Some(r) = self.runs.last_mut() {
                    r.1 = attribute(e, "val");
                }
            }
            name => {
                if let Some(r) = self.runs.last_mut() {
                    r.0.property(name, e);
                }
            }
        }
        true
    }

    fn open_table(&mut self, name: &str, e: &BytesStart<'_>, start: u32) {
        match name {
            "tbl" if self.tables.len() < DEEPEST => self.tables.push(OpenTable::default()),
            "trPr" => self.of_row += 1,
            "tc" if self.cells.len() < self.tables.len() => self.cells.push(OpenCell {
                nodes: Vec::new(),
                span: 1,
                down: Merge::No,
                left: false,
                start,
                end: start,
                deleted: false,
                ground: false,
                picture: false,
            }),
            "tr" | "gridBefore" | "del" | "hidden" | "tblStyle" => {
                let style = attribute(e, "val").map(|id| self.styles.look(&id));
                let Some(t) = self.tables.last_mut() else { return };
                match name {
                    "tr" => (t.before, t.deleted, t.hidden) = (0, false, false),
                    "gridBefore" => t.before = number::<usize>(e, "val").unwrap_or(0).min(flow::COLUMNS),
                    "del" => t.deleted = true,
                    "hidden" if self.of_row > 0 => t.hidden = switch(e),
                    "tblStyle" => t.ground |= style.is_some_and(|l| l.ground == Some(true)),
                    _ => {}
                }
            }
            "gridSpan" | "vMerge" | "hMerge" | "cellDel" | "cellMerge" => {
                let Some(c) = self.cells.last_mut() else { return };
                let begins = |name| attribute(e, name).is_some_and(|v| v == "restart" || v == "rest");
                let down = |begins| if begins { Merge::Begins } else { Merge::GoesOn };
                match name {
                    "gridSpan" => c.span = number::<usize>(e, "val").unwrap_or(0).clamp(1, flow::COLUMNS),
                    "vMerge" => c.down = down(begins("val")),
                    "cellMerge" if attribute(e, "vMerge").is_some() => c.down = down(begins("vMerge")),
                    "hMerge" => c.left = !begins("val"),
                    "cellDel" => c.deleted = true,
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// A line break inside a paragraph: what follows is a line of its own.
    fn line_break(&mut self, page: bool) {
        if let Some(p) = self.paragraphs.pop() {
            let style = p.style.clone();
            self.end_paragraph(p);
            self.paragraphs.push(OpenParagraph {
                style,
                ..OpenParagraph::default()
            });
        }
        if page && self.cells.is_empty() {
            self.body.push(Node::Break);
        }
    }

    fn chunk(&mut self, e: &BytesStart<'_>, start: u32) {
        let id = e.attributes().flatten().find(|a| a.key.as_ref().ends_with(":id"));
        let mut writer = Writer::default();
        writer.push(&format!("{CHUNK}{}", self.chunks.len()), start, start + 1, false);
        self.chunks.push(id.map(|a| a.value.to_string()).unwrap_or_default());
        let p = writer.finish(PART);
        self.body.extend(p.map(Node::Paragraph));
    }

    fn field(&mut self, kind: Option<&str>, start: u32) {
        match kind {
            Some("begin") => self.fields.push(Field::default()),
            Some("separate") => {
                if let Some(f) = self.fields.last_mut() {
                    f.separated = true;
                }
            }
            Some("end") => self.end_field(start),
            _ => {}
        }
    }

    /// A field without a result: what it would show is not in the file, or is that of its form.
    fn end_field(&mut self, at: u32) {
        let Some(f) = self.fields.pop() else { return };
        let code = f.code.trim();
        let shows = ["=", "FORM", "REF ", "DOC", "MERGEFIELD", "LINK ", "QUOTE"];
        if f.result || !shows.iter().any(|s| code.to_ascii_uppercase().starts_with(s)) {
            return;
        }
        match f.shown() {
            Some(usual) => self.write(&usual, at, at + 1, false),
            None => {
                if code.starts_with("FORM") {
                    return;
                }
                self.warn(
                    Code::FormulaWithoutValue,
                    "a field of the document has no result in the file; open it in Word, update its fields and save it",
                    Place::document(),
                    code,
                );
                self.write(&format!("{{{code}}}"), at, at + 1, false);
            }
        }
    }

    fn close(&mut self, name: &str, end: u32) {
        match name {
            "p" => {
                if let Some(mut p) = self.paragraphs.pop() {
                    if std::mem::take(&mut p.goes_on) {
                        self.carried = Some((p, self.cells.len()));
                    } else {
                        self.end_paragraph(p);
                    }
                }
            }
            "pPr" => {
                self.properties = self.properties.saturating_sub(1);
                self.of_paragraph = self.of_paragraph.saturating_sub(1);
            }
            "rPr" => self.properties = self.properties.saturating_sub(1),
            "r" => drop(self.runs.pop()),
            "trPr" => self.of_row = self.of_row.saturating_sub(1),
            "t" | "instrText" => (self.text, self.code) = (false, false),
            "fldSimple" => self.end_field(end),
            "tc" if self.cells.len() == self.tables.len() => self.end_cell(end),
            "tr" => self.end_row(),
            "tbl" if self.cells.len() < self.tables.len() => {
                if let Some(t) = self.tables.pop() {
                    self.nodes().push(Node::Table(t.table));
                }
            }
            _ => {}
        }
    }

    fn end_cell(&mut self, end: u32) {
        if let Some((p, _)) = self.carried.take_if(|c| c.1 == self.cells.len()) {
            self.end_paragraph(p);
        }
        let Some(mut cell) = self.cells.pop() else { return };
        cell.end = end;
        if cell.picture && cell.nodes.is_empty() {
            let mut writer = Writer::default();
            writer.push(PICTURE, cell.start, end, false);
            cell.nodes.extend(writer.finish(PART).map(Node::Paragraph));
        }
        if let Some(t) = self.tables.last_mut().filter(|_| !cell.deleted) {
            t.row.push(cell);
        }
    }

    fn end_row(&mut self) {
        let Some(t) = self.tables.last_mut() else { return };
        let row = std::mem::take(&mut t.row);
        if t.hidden && !t.deleted {
            let text = |c: &OpenCell| flow::text(&c.nodes);
            let printed = row.iter().map(text).collect::<Vec<_>>().join("\t");
            self.warn(
                Code::HiddenRows,
                "a row of a table is hidden: it is not published to the eye and was left out",
                Place::document(),
                printed.trim(),
            );
        } else if !t.deleted {
            let covered = t.add_row(row);
            for (at, text) in covered {
                let at = Locator::Bytes {
                    part: PART,
                    start: at,
                    end: at + 1,
                };
                self.warn(
                    Code::CoveredCell,
                    "a joined cell lies over this one: what it holds is not shown and was left out",
                    Place::at(at),
                    &text,
                );
            }
        }
    }

    /// Everything that was read, also of a document that is cut off.
    fn done(mut self) -> Vec<Node> {
        while let Some(p) = self.paragraphs.pop() {
            self.end_paragraph(p);
        }
        if let Some((p, _)) = self.carried.take() {
            self.end_paragraph(p);
        }
        while !self.tables.is_empty() {
            if self.cells.len() == self.tables.len() {
                let end = self.cells.last().map_or(0, |c| c.start);
                self.end_cell(end);
            }
            if let Some(mut t) = self.tables.pop() {
                let row = std::mem::take(&mut t.row);
                if !row.is_empty() && !t.deleted {
                    t.add_row(row);
                }
                self.nodes().push(Node::Table(t.table));
            }
        }
        self.body
    }
}

impl OpenTable {
    /// Adds a row; gives what stands under joined cells: where, and the text.
    fn add_row(&mut self, cells: Vec<OpenCell>) -> Vec<(u32, String)> {
        let mut col = self.before;
        let mut covered = Vec::new();
        for cell in cells {
            let (span, start) = (cell.span, cell.start);
            let text = self.add(cell, col);
            covered.extend(text.map(|t| (start, t)));
            col = (col + span).min(flow::COLUMNS);
        }
        self.table.rows += 1;
        covered
    }

    fn add(&mut self, cell: OpenCell, col: usize) -> Option<String> {
        let row = self.table.rows;
        let above = |c: &&mut FlowCell| c.col == col && c.row + c.row_span == row;
        if cell.down == Merge::GoesOn
            && let Some(c) = self.table.cells.iter_mut().rev().find(above)
        {
            c.row_span += 1;
            let hidden = flow::text(&cell.nodes);
            return hidden.chars().any(|c| c.is_ascii_digit()).then_some(hidden);
        }
        if cell.left
            && let Some(c) = self.table.cells.last_mut().filter(|c| c.row == row)
        {
            c.col_span += cell.span;
            c.nodes.extend(cell.nodes);
            return None;
        }
        self.table.cells.push(FlowCell {
            row,
            col,
            row_span: 1,
            col_span: cell.span,
            at: Locator::Bytes {
                part: PART,
                start: cell.start,
                end: cell.end,
            },
            nodes: cell.nodes,
        });
        None
    }
}

/// The size that the style of a shape names, in EMU.
fn shape_size(style: &str) -> (u64, u64) {
    let of = |name: &str| {
        let value = style
            .split(';')
            .find_map(|s| s.trim().strip_prefix(name)?.trim().strip_prefix(':'));
        let value = value.unwrap_or("").trim();
        let points: f64 = value.trim_end_matches(char::is_alphabetic).parse().unwrap_or(0.0);
        let unit = match value.trim_start_matches(|c: char| !c.is_alphabetic()) {
            "in" => 914_400.0,
            "cm" => 360_000.0,
            "mm" => 36_000.0,
            "px" => 9_525.0,
            _ => 12_700.0,
        };
        (points * unit) as u64
    };
    (of("width"), of("height"))
}

/// Deleted and moved text, what stood before a change, guides to pronunciation, and the copy of a drawing for old programs.
fn is_left_out(name: &str, in_properties: bool) -> bool {
    (matches!(name, "del" | "moveFrom") && !in_properties)
        || matches!(
            name,
            "delText"
                | "delInstrText"
                | "Fallback"
                | "sectPr"
                | "tblGrid"
                | "tabs"
                | "rt"
                | "rubyPr"
                | "helpText"
                | "statusText"
        )
        || name.ends_with("Change")
}
