//! Web pages to markup. Comes in: the bytes of an HTML file, well-formed or not, in whatever encoding. Goes out: paragraphs
//! and tables with their joined cells, each with its bytes in the file. Tables that only lay out the page are taken apart;
//! scripts, menus and what nobody sees (hidden, struck out, marks of footnotes) are left out; what fields of a form show is
//! text. Refuses a page whose content stands in other files (frames), and to decide which part of a page is the article.

use super::charset::{self, Decoded};
use super::flow::{self, COLUMNS, FlowCell, FlowTable, Node, Writer};
use super::markup::{Markup, Piece};
use super::style::{self, Effect, Sheet};
use super::torn::Torn;
use super::{Document, Error, text};
use crate::clock::Rounds;
use crate::diag::{Code, Diagnostic, Outcome, Severity};
use crate::place::{Locator, Place};
use html5gum::emitters::default::{DefaultEmitter, StartTag, Token};
use html5gum::{Spanned, Tokenizer};
use std::ops::Range;

/// Tables inside each other that are followed.
const DEEPEST: usize = 40;

/// Reads a web page.
pub(super) fn read(bytes: &[u8]) -> Result<Outcome<Document>, Error> {
    let decoded = charset::decode(bytes, declared(bytes).as_deref());
    let mut report = Vec::new();
    text::charset_report(&decoded, &mut report);
    let mut markup = Markup::default();
    let mut walk = Walk::new(&decoded, 0);
    walk.sheet = styles(&decoded.text);
    walk.all(&decoded.text);
    if !walk.frames.is_empty() {
        return Err(Error::OtherKind(format!(
            "a web page of frames whose content stands in other files ({})",
            walk.frames.join(", ")
        )));
    }
    let head = std::mem::take(&mut walk.head);
    let shown: Vec<String> = std::mem::take(&mut walk.shown);
    report.append(&mut walk.report);
    report.extend(walk.torn.report());
    let links = flow::pieces(walk.done(decoded.text.len()), &mut markup.pieces);
    super::uneven::say(&mut markup.pieces, &mut report);
    if links > 0 {
        report.push(Diagnostic::new(
            Severity::Note,
            Code::LinksLeftOut,
            format!("{links} lines of the page are nothing but links and were left out as menus"),
            Place::document(),
        ));
    }
    let tables = markup.pieces.iter().any(|p| matches!(p, Piece::Table(_)));
    if !tables && !shown.is_empty() {
        let d = Diagnostic::new(
            Severity::Warning,
            Code::PartNotRead,
            "the page holds no table and shows other files in frames, which were not read; fetch them",
            Place::document(),
        );
        report.push(d.printed(shown.join(", ")));
    }
    let document = Document {
        media_type: "text/html",
        markup: Some(markup),
        titles: head.titles(),
        site: head.site,
        ..Document::default()
    };
    Ok(Outcome::new(document, report))
}

/// The rules of all `style` elements of a page.
fn styles(page: &str) -> Sheet {
    let mut out = Sheet::default();
    let lower = page.to_ascii_lowercase();
    let mut at = 0;
    while let Some(open) = lower[at..].find("<style").map(|n| at + n) {
        let Some(start) = lower[open..].find('>').map(|n| open + n + 1) else {
            break;
        };
        let end = lower[start..].find("</style").map_or(page.len(), |n| start + n);
        out.add(&page[start..end]);
        at = end;
    }
    out
}

/// The pieces of the HTML in a stretch of a decoded text; gives the number of lines that were only links and were left out.
pub(super) fn pieces(
    decoded: &Decoded,
    range: Range<usize>,
    out: &mut Vec<Piece>,
    report: &mut Vec<Diagnostic>,
) -> usize {
    let mut walk = Walk::new(decoded, range.start);
    let source = decoded.text.get(range).unwrap_or_default();
    walk.all(source);
    report.append(&mut walk.report);
    report.extend(walk.torn.report());
    let before = out.len();
    let links = flow::pieces(walk.done(source.len()), out);
    super::uneven::say(&mut out[before..], report);
    links
}

/// The encoding that the page names in its head.
fn declared(bytes: &[u8]) -> Option<String> {
    let head: String = bytes
        .iter()
        .take(4096)
        .map(|b| char::from(*b).to_ascii_lowercase())
        .collect();
    let at = head
        .find("charset=")
        .map(|i| i + 8)
        .or_else(|| head.find("encoding=").map(|i| i + 9))?;
    let name: String = head[at..]
        .trim_start_matches(['"', '\'', ' '])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    (!name.is_empty()).then_some(name)
}

/// What the head of a page says of it.
#[derive(Default)]
struct Head {
    /// Of the article.
    article: Vec<String>,
    /// `<title>`.
    page: String,
    site: Option<String>,
}

impl Head {
    /// A `meta` element.
    fn meta(&mut self, name: &str, content: &str) {
        let content = content.trim();
        match name {
            _ if content.is_empty() => {}
            "articletitle" | "og:title" | "title" | "dc.title" | "dcterms.title" => {
                self.article.push(content.to_string())
            }
            "sitename" | "og:site_name" => self.site = Some(content.to_string()),
            _ => {}
        }
    }

    /// The surest first.
    fn titles(&self) -> Vec<String> {
        let page = Some(self.page.trim().to_string()).filter(|t| !t.is_empty());
        self.article.iter().cloned().chain(page).collect()
    }
}

struct OpenCell {
    nodes: Vec<Node>,
    col_span: usize,
    row_span: usize,
    start: usize,
    /// It holds a picture.
    picture: bool,
    /// How many effects were open before it.
    effects: usize,
}

#[derive(Default)]
struct OpenTable {
    table: FlowTable,
    /// For each column the row down to which it is taken.
    taken: Vec<usize>,
    /// A cell stands in the open row.
    filled: bool,
    /// A row was begun and not ended.
    open: bool,
    cell: Option<OpenCell>,
}

/// An element that is left out.
struct Skipped {
    name: String,
    /// Elements of its name, and tables, that are open in it.
    depth: usize,
    tables: usize,
}

impl Skipped {
    /// Whether a tag ends it although it was not closed: rows and cells end where the next one begins.
    fn ends_at(&self, tag: &str, opens: bool) -> bool {
        let inside = self.tables > 0;
        match self.name.as_str() {
            "td" | "th" => {
                !inside && (matches!(tag, "tr") || (opens && matches!(tag, "td" | "th")) || (!opens && tag == "table"))
            }
            "tr" => {
                !inside && ((opens && matches!(tag, "tr" | "tbody")) || (!opens && matches!(tag, "table" | "tbody")))
            }
            "p" => opens && matches!(tag, "p" | "div" | "table" | "h1" | "h2" | "h3"),
            _ => false,
        }
    }
}

struct Walk<'d> {
    decoded: &'d Decoded,
    from: usize,
    body: Vec<Node>,
    tables: Vec<OpenTable>,
    paragraph: Writer,
    sheet: Sheet,
    report: Vec<Diagnostic>,
    /// Other files of which the page is made.
    frames: Vec<String>,
    /// Files that it shows beside its own text.
    shown: Vec<String>,
    /// The element that is left out.
    skipped: Option<Skipped>,
    /// Open elements that do something to the text in them.
    effects: Vec<(String, Effect)>,
    /// What was struck out of the open paragraph, and what of it is not seen.
    struck: String,
    white: String,
    /// Entries of an open list of which one is shown, and whether the open one is that.
    list: Option<(String, String, bool)>,
    /// Tables beyond the deepest.
    too_deep: usize,
    links_open: usize,
    head: Head,
    torn: Torn,
}

impl<'d> Walk<'d> {
    fn new(decoded: &'d Decoded, from: usize) -> Self {
        Self {
            decoded,
            from,
            body: Vec::new(),
            tables: Vec::new(),
            paragraph: Writer::default(),
            sheet: Sheet::default(),
            report: Vec::new(),
            frames: Vec::new(),
            shown: Vec::new(),
            skipped: None,
            effects: Vec::new(),
            struck: String::new(),
            white: String::new(),
            list: None,
            too_deep: 0,
            links_open: 0,
            head: Head::default(),
            torn: Torn::default(),
        }
    }

    fn byte(&self, offset: usize) -> u32 {
        self.decoded.byte(self.from + offset)
    }

    fn all(&mut self, source: &str) {
        let mut emitter = DefaultEmitter::<usize>::new_with_span();
        emitter.naively_switch_states(true);
        let mut rounds = Rounds::default();
        for token in Tokenizer::new_with_emitter(source, emitter) {
            if rounds.late() {
                return;
            }
            let Ok(token) = token;
            let tag = |from, to| source.get(from..to).unwrap_or_default();
            match token {
                Token::StartTag(t) => {
                    if self.skipped.is_none() {
                        let name = String::from_utf8_lossy(&t.name).to_ascii_lowercase();
                        self.torn.start(&name, tag(t.span.start, t.span.end));
                    }
                    self.start(&t);
                }
                Token::EndTag(t) => {
                    let name = String::from_utf8_lossy(&t.name).to_ascii_lowercase();
                    if self.skipped.is_none() {
                        self.torn.end(&name, tag(t.span.start, t.span.end));
                    }
                    self.end(&name, t.span.end);
                }
                Token::String(s) if self.skipped.is_none() => {
                    self.torn.text(tag(s.span.start, s.span.end));
                    self.string(&s, source);
                }
                Token::String(s) if self.skipped.as_ref().is_some_and(|s| s.name == "title") => {
                    self.head.page.push_str(&String::from_utf8_lossy(&s));
                }
                _ => {}
            }
        }
    }

    fn start(&mut self, tag: &StartTag<usize>) {
        let name = String::from_utf8_lossy(&tag.name).to_ascii_lowercase();
        if let Some(s) = &mut self.skipped {
            if !s.ends_at(&name, true) {
                s.depth += usize::from(s.name == name && !tag.self_closing);
                s.tables += usize::from(name == "table");
                return;
            }
            self.skipped = None;
        }
        let attribute = |key: &str| {
            tag.attributes
                .iter()
                .find(|(k, _)| k.eq_ignore_ascii_case(key.as_bytes()))
                .map(|(_, v)| String::from_utf8_lossy(v).to_ascii_lowercase())
        };
        if matches!(name.as_str(), "iframe" | "embed" | "object") {
            self.shown
                .extend(attribute("src").or(attribute("data")).filter(|s| !s.is_empty()));
        }
        let mut effect = self
            .sheet
            .of(&name, attribute("class").as_deref(), attribute("id").as_deref());
        if let Some(own) = attribute("style") {
            effect = effect.or(style::effect(&own));
        }
        effect.gone |= attribute("hidden").is_some();
        effect.ground |= attribute("bgcolor").is_some();
        effect.struck |= matches!(name.as_str(), "s" | "del" | "strike");
        effect.raised |= matches!(name.as_str(), "sup" | "sub");
        effect.turned |= name == "bdo";
        if name == "font" {
            effect.white |= attribute("color").is_some_and(|c| style::is_white(c.trim()));
        }
        let cell = matches!(name.as_str(), "td" | "th");
        effect.raised &= !cell && name != "tr";
        let in_cell = self.in_cell();
        let left_out = is_left_out(&name) && !(in_cell && matches!(name.as_str(), "textarea" | "select"));
        // A cell that is only not seen keeps its place.
        if (left_out || effect.gone || (effect.unseen && !cell)) && !is_void(&name) && !tag.self_closing {
            if in_cell && matches!(name.as_str(), "svg" | "object" | "iframe") {
                self.picture();
            }
            if is_block(&name) || matches!(name.as_str(), "table" | "tr" | "td" | "th") || left_out {
                self.end_paragraph();
            }
            if matches!(name.as_str(), "tr" | "td" | "th") && self.too_deep == 0 {
                // It ends the cell or row before it, where that was not closed.
                if name == "tr" {
                    self.end_row(tag.span.start)
                } else {
                    self.end_cell(tag.span.start)
                }
            }
            self.skipped = Some(Skipped {
                name,
                depth: 1,
                tables: 0,
            });
            return;
        }
        if name == "meta" {
            let content = tag.attributes.iter().find(|(k, _)| k.eq_ignore_ascii_case(b"content"));
            let name = attribute("name").or_else(|| attribute("property"));
            if let (Some(n), Some((_, c))) = (name, content) {
                self.head.meta(n.trim(), &String::from_utf8_lossy(c));
            }
        }
        if name == "col" && effect.gone {
            self.warn(
                Code::HiddenRows,
                "a column of a table is hidden, and its cells are not: look at the page",
                "",
            );
        }
        match name.as_str() {
            "a" => {
                self.links_open += 1;
                // The list of sheets that LibreOffice writes in front of a workbook has a heading of its own.
                if attribute("href").as_deref() == Some("#table0")
                    && matches!(self.body.as_slice(), [Node::Paragraph(_)])
                {
                    self.body.clear();
                }
            }
            "frame" => self.frames.extend(attribute("src")),
            "input" => self.input(attribute("type"), &tag.attributes, tag.span.start),
            "option" => {
                if let Some(list) = &mut self.list {
                    list.2 = attribute("selected").is_some();
                    if list.2 {
                        list.1.clear();
                    }
                }
            }
            "select" => self.list = Some(Default::default()),
            "img" | "image" | "canvas" | "embed" => {
                let spacer = |key| {
                    attribute(key)
                        .and_then(|v| v.trim().parse::<u32>().ok())
                        .is_some_and(|n| n <= 3)
                };
                if !spacer("width") && !spacer("height") {
                    let large = |key| attribute(key).and_then(|v| v.trim().trim_end_matches("px").parse::<f32>().ok());
                    let small = large("width").is_some_and(|w| w < 300.0) || large("height").is_some_and(|h| h < 100.0);
                    if self.paragraph.last().is_none() {
                        self.large_picture(small);
                    }
                }
            }
            "table" => {
                self.end_paragraph();
                if self.tables.len() < DEEPEST {
                    self.tables.push(OpenTable::default());
                } else {
                    self.too_deep += 1;
                }
            }
            "tr" if self.too_deep == 0 => {
                self.end_row(tag.span.start);
                if let Some(t) = self.tables.last_mut() {
                    t.open = true;
                }
            }
            "td" | "th" if self.too_deep == 0 => {
                self.end_cell(tag.span.start);
                let span = |key| attribute(key).and_then(|v| v.trim().parse::<usize>().ok());
                let effects = self.effects.len();
                if let Some(t) = self.tables.last_mut() {
                    t.cell = Some(OpenCell {
                        nodes: Vec::new(),
                        col_span: span("colspan").unwrap_or(1).clamp(1, COLUMNS),
                        // 0 is down to the end.
                        row_span: span("rowspan").map_or(1, |n| if n == 0 { 65_534 } else { n.min(65_534) }),
                        start: tag.span.start,
                        picture: false,
                        effects,
                    });
                }
            }
            _ if is_block(&name) => self.end_paragraph(),
            _ => {}
        }
        let some = effect != Effect::default();
        if some && !is_void(&name) && !tag.self_closing && self.effects.len() < 1_000 {
            self.effects.push((name, effect));
        }
    }

    fn in_cell(&self) -> bool {
        self.tables.last().is_some_and(|t| t.cell.is_some())
    }

    /// A picture: of a cell, or, below a short line that is no sentence, perhaps that of a table.
    fn large_picture(&mut self, small: bool) {
        let titled = match self.nodes().last() {
            Some(Node::Paragraph(p)) => {
                p.text.chars().count() <= 40 && !p.text.ends_with(['\u{3002}', '\u{ff1b}', '.', ';', '>'])
            }
            _ => false,
        };
        let known = self.report.iter().any(|d| d.code == Code::PictureOfATable);
        if self.in_cell()
            && self
                .tables
                .last()
                .and_then(|t| t.cell.as_ref())
                .is_some_and(|c| c.nodes.is_empty())
        {
            self.picture();
        } else if titled && !small && !known {
            self.warn(
                Code::PictureOfATable,
                "a picture stands below a line like a title, where a table may be; what it shows was not read",
                "",
            );
        }
    }

    fn picture(&mut self) {
        if let Some(c) = self.tables.last_mut().and_then(|t| t.cell.as_mut()) {
            c.picture = true;
        }
    }

    fn warn(&mut self, code: Code, message: &str, printed: &str) {
        let d = Diagnostic::new(Severity::Warning, code, message, Place::document());
        self.report.push(d.printed(printed));
    }

    /// What a field of a form shows.
    fn input(
        &mut self,
        kind: Option<String>,
        attributes: &std::collections::BTreeMap<html5gum::HtmlString, html5gum::Spanned<html5gum::HtmlString>>,
        at: usize,
    ) {
        let kind = kind.unwrap_or_default();
        if matches!(kind.as_str(), "" | "text" | "number" | "tel" | "search") && self.in_cell() {
            let value = attributes.iter().find(|(k, _)| k.eq_ignore_ascii_case(b"value"));
            if let Some((_, value)) = value {
                let value = String::from_utf8_lossy(value).into_owned();
                let (start, end) = (self.byte(at), self.byte(at + 1));
                self.write(&value, start, end, false);
            }
        }
    }

    /// Text with what the open elements do to it.
    fn write(&mut self, text: &str, start: u32, end: u32, exact: bool) {
        if let Some((shown, first, chosen)) = &mut self.list {
            if *chosen {
                shown.push_str(text);
            } else if shown.is_empty() {
                first.push_str(text);
            }
            return;
        }
        let any = |pick: fn(&Effect) -> bool| self.effects.iter().any(|(_, e)| pick(e));
        let white = any(|e| e.white) && !any(|e| e.ground) && !self.sheet.grounds;
        if any(|e| e.unseen) || (white && text.chars().any(|c| c.is_ascii_digit())) {
            if white {
                self.white.push_str(text);
            }
        } else if any(|e| e.struck) {
            self.struck.push_str(text);
        } else if any(|e| e.turned) && text.chars().filter(char::is_ascii_digit).count() > 1 {
            // Which row of digits is seen nobody can tell from the text.
            let in_doubt = |c: char| {
                if c.is_ascii_digit() {
                    char::REPLACEMENT_CHARACTER
                } else {
                    c
                }
            };
            let text: String = text.chars().map(in_doubt).collect();
            self.paragraph.push(&text, start, end, false);
        } else if !(any(|e| e.raised) && flow::is_mark(text, self.paragraph.last())) {
            self.paragraph.push(text, start, end, exact);
        }
    }

    fn end(&mut self, name: &str, at: usize) {
        if let Some(s) = &mut self.skipped {
            if !s.ends_at(name, false) {
                s.tables = s.tables.saturating_sub(usize::from(name == "table"));
                if s.name == name {
                    s.depth -= 1;
                    if s.depth == 0 {
                        self.skipped = None;
                    }
                }
                return;
            }
            self.skipped = None;
        }
        let before = self
            .tables
            .last()
            .and_then(|t| t.cell.as_ref())
            .map_or(0, |c| c.effects);
        if let Some(n) = self
            .effects
            .iter()
            .rposition(|(n, _)| n == name)
            .filter(|n| *n >= before)
        {
            self.effects.truncate(n);
        }
        match name {
            "select" => {
                if let Some((shown, first, _)) = self.list.take() {
                    let text = if shown.is_empty() { first } else { shown };
                    let (start, end) = (self.byte(at.saturating_sub(1)), self.byte(at));
                    self.write(text.trim(), start, end, false);
                }
            }
            "a" => self.links_open = self.links_open.saturating_sub(1),
            "table" if self.too_deep > 0 => self.too_deep -= 1,
            "table" => {
                self.end_row(at);
                if let Some(t) = self.tables.pop() {
                    self.nodes().push(Node::Table(t.table));
                }
            }
            "tr" if self.too_deep == 0 => self.end_row(at),
            "td" | "th" if self.too_deep == 0 => self.end_cell(at),
            _ if is_block(name) => self.end_paragraph(),
            _ => {}
        }
    }

    /// Where text goes: the innermost open cell. Text between the cells of a table stands before the table.
    fn nodes(&mut self) -> &mut Vec<Node> {
        match self.tables.iter_mut().rev().find_map(|t| t.cell.as_mut()) {
            Some(c) => &mut c.nodes,
            None => &mut self.body,
        }
    }

    fn end_paragraph(&mut self) {
        let writer = std::mem::take(&mut self.paragraph);
        let digits = |t: &str| t.chars().any(|c| c.is_ascii_digit());
        let (struck, white) = (std::mem::take(&mut self.struck), std::mem::take(&mut self.white));
        if digits(&struck) && writer.last().is_none() && self.in_cell() {
            self.warn(
                Code::StruckOut,
                "what stands in a cell is struck out and was left out",
                &struck,
            );
        }
        if digits(&white) {
            self.warn(
                Code::HiddenText,
                "white letters on no ground, which nobody sees, were left out",
                &white,
            );
        }
        let linked = writer.letters == writer.linked;
        if let Some(p) = writer.finish(0) {
            self.nodes()
                .push(if linked { Node::Links(p) } else { Node::Paragraph(p) });
        }
    }

    fn end_cell(&mut self, at: usize) {
        self.end_paragraph();
        let end = self.byte(at);
        let Some(start) = self
            .tables
            .last()
            .and_then(|t| t.cell.as_ref())
            .map(|c| self.byte(c.start))
        else {
            return;
        };
        if let Some(t) = self.tables.last_mut()
            && let Some(mut cell) = t.cell.take()
        {
            self.effects.truncate(cell.effects);
            self.list = None;
            if cell.picture && cell.nodes.is_empty() {
                let mut writer = Writer::default();
                writer.push(super::docx::PICTURE, start, end, false);
                cell.nodes.extend(writer.finish(0).map(Node::Paragraph));
            }
            t.add(cell, Locator::Bytes { part: 0, start, end });
        }
    }

    fn end_row(&mut self, at: usize) {
        self.end_cell(at);
        self.end_paragraph();
        if let Some(t) = self.tables.last_mut() {
            let open = std::mem::take(&mut t.open);
            if t.filled || t.reached(open) {
                t.table.rows += 1;
            }
            t.filled = false;
        }
    }

    fn string(&mut self, s: &Spanned<html5gum::HtmlString>, source: &str) {
        let value = String::from_utf8_lossy(s);
        let exact = source.get(s.span.start..s.span.end) == Some(&*value);
        let (start, end) = (self.byte(s.span.start), self.byte(s.span.end));
        let exact = exact && self.decoded.is_same();
        if self.links_open > 0 {
            self.paragraph.linked += value.chars().filter(|c| !c.is_whitespace()).count();
        }
        // A run of blanks is one; a line break between two wide characters is none. Blanks that do not break are printed.
        let is_blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0C');
        let mut at = 0;
        while at < value.len() {
            let rest = &value[at..];
            let length = rest.find(is_blank).unwrap_or(rest.len());
            if length > 0 {
                let (a, b) = if exact {
                    (start + at as u32, start + (at + length) as u32)
                } else {
                    (start, end)
                };
                self.write(&rest[..length], a, b, exact);
            }
            at += length;
            let rest = &value[at..];
            let blanks = rest.find(|c| !is_blank(c)).unwrap_or(rest.len());
            if blanks > 0 {
                let next = rest[blanks..].chars().next();
                let wide = |c: Option<char>| c.is_some_and(|c| !c.is_ascii());
                let joined = rest[..blanks].contains('\n') && wide(self.paragraph.last()) && wide(next);
                if !joined && !self.paragraph.ends_blank() {
                    self.paragraph.push(" ", start, start, false);
                }
            }
            at += blanks;
        }
    }

    /// Everything that was read, also of a page that is cut off.
    fn done(&mut self, end: usize) -> Vec<Node> {
        self.end_paragraph();
        while !self.tables.is_empty() {
            self.end_row(end);
            if let Some(t) = self.tables.pop() {
                self.nodes().push(Node::Table(t.table));
            }
        }
        std::mem::take(&mut self.body)
    }
}

impl OpenTable {
    /// Whether a row without cells of its own counts: it was begun, and cells from above reach down into it.
    fn reached(&self, open: bool) -> bool {
        open && self.taken.iter().any(|t| *t > self.table.rows)
    }

    fn add(&mut self, cell: OpenCell, at: Locator) {
        self.filled = true;
        let row = self.table.rows;
        let col = (0..)
            .find(|c| self.taken.get(*c).is_none_or(|t| *t <= row))
            .unwrap_or(0);
        let end = (col + cell.col_span).min(COLUMNS);
        if col >= COLUMNS {
            return;
        }
        if self.taken.len() < end {
            self.taken.resize(end, 0);
        }
        // A cell that reaches down from above cuts this one short.
        let end = (col + 1..end).find(|c| self.taken[*c] > row).unwrap_or(end);
        self.taken[col..end].fill(row + cell.row_span);
        self.table.cells.push(FlowCell {
            row,
            col,
            row_span: cell.row_span,
            col_span: end - col,
            nodes: cell.nodes,
            at,
        });
    }
}

/// Elements whose content is not the text of the page.
fn is_left_out(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "noscript"
            | "template"
            | "noframes"
            | "rt"
            | "rp"
            | "title"
            | "nav"
            | "select"
            | "button"
            | "iframe"
            | "svg"
            | "textarea"
            | "object"
            | "audio"
            | "video"
    )
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "br" | "hr" | "img" | "input" | "meta" | "link" | "col" | "area" | "base" | "embed" | "wbr" | "source"
    )
}

/// Elements that end a paragraph where they begin and where they end.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "br"
            | "hr"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "li"
            | "ul"
            | "ol"
            | "dl"
            | "dt"
            | "dd"
            | "section"
            | "article"
            | "main"
            | "header"
            | "footer"
            | "aside"
            | "blockquote"
            | "center"
            | "pre"
            | "form"
            | "fieldset"
            | "address"
            | "body"
            | "html"
            | "caption"
            | "figure"
            | "figcaption"
            | "thead"
            | "tbody"
            | "tfoot"
    )
}
