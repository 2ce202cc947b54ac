//! Web pages to markup. Comes in: the bytes of an HTML file, well-formed or not, in whatever encoding. Goes out: paragraphs
//! and tables with their joined cells, each with its bytes in the file. Tables that only lay out the page are taken apart;
//! scripts, hidden parts and menus are left out. Refuses to decide which part of a page is the article.

use super::charset::{self, Decoded};
use super::flow::{self, COLUMNS, FlowCell, FlowTable, Node, Writer};
use super::markup::{Markup, Piece};
use super::{Document, text};
use crate::diag::{Diagnostic, Outcome, Severity, Stage};
use crate::place::{Locator, Place};
use html5gum::emitters::default::{DefaultEmitter, StartTag, Token};
use html5gum::{Spanned, Tokenizer};
use std::ops::Range;

/// Tables inside each other that are followed.
const DEEPEST: usize = 40;

/// Reads a web page.
pub(super) fn read(bytes: &[u8]) -> Outcome<Document> {
    let decoded = charset::decode(bytes, declared(bytes).as_deref());
    let mut report = Vec::new();
    text::charset_report(&decoded, &mut report);
    let mut markup = Markup::default();
    let mut walk = Walk::new(&decoded, 0);
    walk.all(&decoded.text);
    let head = std::mem::take(&mut walk.head);
    let links = flow::pieces(walk.done(decoded.text.len()), &mut markup.pieces);
    if links > 0 {
        report.push(Diagnostic::new(
            Severity::Note,
            Stage::Read,
            "links-left-out",
            format!("{links} lines of the page are nothing but links and were left out as menus"),
            Place::document(),
        ));
    }
    let document = Document {
        media_type: "text/html",
        markup: Some(markup),
        titles: head.titles(),
        site: head.site,
        ..Document::default()
    };
    Outcome::new(document, report)
}

/// The pieces of the HTML in a stretch of a decoded text; gives the number of lines that were only links and were left out.
pub(super) fn pieces(decoded: &Decoded, range: Range<usize>, out: &mut Vec<Piece>) -> usize {
    let mut walk = Walk::new(decoded, range.start);
    let source = decoded.text.get(range).unwrap_or_default();
    walk.all(source);
    flow::pieces(walk.done(source.len()), out)
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
}

#[derive(Default)]
struct OpenTable {
    table: FlowTable,
    /// For each column the row down to which it is taken.
    taken: Vec<usize>,
    /// A cell stands in the open row.
    filled: bool,
    cell: Option<OpenCell>,
}

struct Walk<'d> {
    decoded: &'d Decoded,
    from: usize,
    body: Vec<Node>,
    tables: Vec<OpenTable>,
    paragraph: Writer,
    /// The element that is left out and how many of its name are open.
    skipped: Option<(String, usize)>,
    /// Tables beyond the deepest.
    too_deep: usize,
    links_open: usize,
    head: Head,
}

impl<'d> Walk<'d> {
    fn new(decoded: &'d Decoded, from: usize) -> Self {
        Self {
            decoded,
            from,
            body: Vec::new(),
            tables: Vec::new(),
            paragraph: Writer::default(),
            skipped: None,
            too_deep: 0,
            links_open: 0,
            head: Head::default(),
        }
    }

    fn byte(&self, offset: usize) -> u32 {
        self.decoded.byte(self.from + offset)
    }

    fn all(&mut self, source: &str) {
        let mut emitter = DefaultEmitter::<usize>::new_with_span();
        emitter.naively_switch_states(true);
        for token in Tokenizer::new_with_emitter(source, emitter) {
            let Ok(token) = token;
            match token {
                Token::StartTag(t) => self.start(&t),
                Token::EndTag(t) => {
                    let name = String::from_utf8_lossy(&t.name).to_ascii_lowercase();
                    self.end(&name, t.span.end);
                }
                Token::String(s) if self.skipped.is_none() => self.string(&s, source),
                Token::String(s) if self.skipped.as_ref().is_some_and(|(n, _)| n == "title") => {
                    self.head.page.push_str(&String::from_utf8_lossy(&s));
                }
                _ => {}
            }
        }
    }

    fn start(&mut self, tag: &StartTag<usize>) {
        let name = String::from_utf8_lossy(&tag.name).to_ascii_lowercase();
        if let Some((skipped, depth)) = &mut self.skipped {
            *depth += usize::from(*skipped == name && !tag.self_closing);
            return;
        }
        let attribute = |key: &str| {
            tag.attributes
                .iter()
                .find(|(k, _)| k.eq_ignore_ascii_case(key.as_bytes()))
                .map(|(_, v)| String::from_utf8_lossy(v).to_ascii_lowercase())
        };
        let hidden = attribute("style").is_some_and(|s| s.replace(' ', "").contains("display:none"));
        if (is_left_out(&name) || hidden) && !is_void(&name) && !tag.self_closing {
            self.end_paragraph();
            self.skipped = Some((name, 1));
            return;
        }
        if name == "meta" {
            let content = tag.attributes.iter().find(|(k, _)| k.eq_ignore_ascii_case(b"content"));
            let name = attribute("name").or_else(|| attribute("property"));
            if let (Some(n), Some((_, c))) = (name, content) {
                self.head.meta(n.trim(), &String::from_utf8_lossy(c));
            }
        }
        match name.as_str() {
            "a" => self.links_open += 1,
            "table" => {
                self.end_paragraph();
                if self.tables.len() < DEEPEST {
                    self.tables.push(OpenTable::default());
                } else {
                    self.too_deep += 1;
                }
            }
            "tr" if self.too_deep == 0 => self.end_row(tag.span.start),
            "td" | "th" if self.too_deep == 0 => {
                self.end_cell(tag.span.start);
                let span = |key| attribute(key).and_then(|v| v.trim().parse::<usize>().ok());
                if let Some(t) = self.tables.last_mut() {
                    t.cell = Some(OpenCell {
                        nodes: Vec::new(),
                        col_span: span("colspan").unwrap_or(1).clamp(1, COLUMNS),
                        // 0 is down to the end.
                        row_span: span("rowspan").map_or(1, |n| if n == 0 { 65_534 } else { n.min(65_534) }),
                        start: tag.span.start,
                    });
                }
            }
            _ if is_block(&name) => self.end_paragraph(),
            _ => {}
        }
    }

    fn end(&mut self, name: &str, at: usize) {
        if let Some((skipped, depth)) = &mut self.skipped {
            if skipped == name {
                *depth -= 1;
                if *depth == 0 {
                    self.skipped = None;
                }
            }
            return;
        }
        match name {
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
            && let Some(cell) = t.cell.take()
        {
            t.add(cell, Locator::Bytes { part: 0, start, end });
        }
    }

    fn end_row(&mut self, at: usize) {
        self.end_cell(at);
        self.end_paragraph();
        if let Some(t) = self.tables.last_mut()
            && t.filled
        {
            t.table.rows += 1;
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
                self.paragraph.push(&rest[..length], a, b, exact);
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
