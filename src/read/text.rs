//! Text and Markdown to markup. Comes in: the bytes of a text file, as programs for character recognition and converters write
//! them. Goes out: paragraphs, tables of tabs, of pipes, of commas and of drawn boxes. Marks of emphasis, headings and the
//! common tags of HTML are taken off. Refuses to decide where a blank cell belongs: that is for layout.

use super::charset::{self, Decoded};
use super::drawn::{self, Row};
use super::markup::{Markup, Paragraph, Piece, Table, TableCell};
use super::{Document, inline};
use crate::diag::{Code, Diagnostic, Outcome, Severity};
use crate::place::{Locator, Place};
use std::ops::Range;

/// Reads a text file.
pub fn read(bytes: &[u8]) -> Outcome<Document> {
    let decoded = charset::decode(bytes, None);
    let mut report = Vec::new();
    charset_report(&decoded, &mut report);
    let markup = Markup {
        parts: Vec::new(),
        pieces: pieces(&decoded, &mut report),
    };
    let document = Document {
        media_type: "text/plain",
        markup: Some(markup),
        ..Document::default()
    };
    Outcome::new(document, report)
}

/// Says when bytes were no characters, or not those of one encoding.
pub(super) fn charset_report(decoded: &Decoded, report: &mut Vec<Diagnostic>) {
    if decoded.mixed {
        report.push(Diagnostic::new(
            Severity::Warning,
            Code::MixedCharsets,
            format!(
                "lines of the file have different encodings ({}); each was read in its own",
                decoded.name
            ),
            Place::document(),
        ));
    }
    if let Some(how) = garbled(&decoded.text) {
        report.push(Diagnostic::new(
            Severity::Warning,
            Code::WrongCharset,
            format!("the text is garbled: {how}; fetch the original again"),
            Place::document(),
        ));
    }
    let lost = lost_characters(&decoded.text);
    if lost >= LOST {
        report.push(Diagnostic::new(
            Severity::Warning,
            Code::WrongCharset,
            format!(
                "{lost} question marks stand inside of words: characters that the encoding of the file ({}) lacks were lost when it was saved; \
                 fetch it again or save the original as UTF-8",
                decoded.name
            ),
            Place::document(),
        ));
    }
    if decoded.lossy {
        let gaps = decoded.text.matches('\u{fffd}').count();
        report.push(Diagnostic::new(
            Severity::Warning,
            Code::WrongCharset,
            format!(
                "{gaps} stretches of bytes are no characters of {}; they stand as U+FFFD. Fetch the file again or save it as UTF-8",
                decoded.name
            ),
            Place::document(),
        ));
    }
    // No editor writes them, a broken disk or line does.
    let control = |c: &char| matches!(c, '\0'..='\x08' | '\x0E'..='\x19' | '\x1B'..='\x1F');
    let found = decoded.text.chars().filter(control).count();
    if found > 0 {
        report.push(Diagnostic::new(
            Severity::Error,
            Code::FileDamaged,
            format!("{found} control characters stand in the text: it is damaged, figures may be missing or wrong; fetch it again"),
            Place::document(),
        ));
    }
}

/// How a text was read in a wrong encoding and saved again, where it was.
fn garbled(text: &str) -> Option<&'static str> {
    let head: String = text.chars().filter(|c| !c.is_ascii()).take(4_000).collect();
    let all = head.chars().count();
    if all < 20 {
        return None;
    }
    let latin = head.chars().filter(|c| ('\u{80}'..='\u{ff}').contains(c)).count();
    if latin * 2 > all {
        return Some("its bytes were read as Latin letters");
    }
    // What U+FFFD in UTF-8 is in GBK.
    if head.matches("\u{951f}\u{65a4}\u{62f7}").count() >= 3 || head.matches('\u{fffd}').count() * 5 > all {
        return Some("characters were replaced when it was read in a wrong encoding");
    }
    (charset::is_utf8_read_as_gbk(&head)).then_some("its bytes are UTF-8 and were read as GBK")
}

/// Question marks in words from which on a text was damaged.
const LOST: usize = 5;

/// Question marks between ideographs: what a program writes for characters that an encoding lacks. A question ends there only
/// now and then.
fn lost_characters(text: &str) -> usize {
    let wide = |c: Option<char>| c.is_some_and(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    text.match_indices('?')
        .filter(|(at, _)| {
            wide(text[..*at].chars().next_back()) && wide(text[at + 1..].trim_start_matches('?').chars().next())
        })
        .count()
}

/// A line of the file without its end.
struct Source<'t> {
    decoded: &'t Decoded,
    lines: Vec<Range<usize>>,
}

impl<'t> Source<'t> {
    fn line(&self, n: usize) -> &'t str {
        self.decoded.text.get(self.lines[n].clone()).unwrap_or_default()
    }

    fn locator(&self, range: Range<usize>) -> Locator {
        Locator::Bytes {
            part: 0,
            start: self.decoded.byte(range.start),
            end: self.decoded.byte(range.end),
        }
    }

    /// A stretch of the text as a paragraph without marks.
    fn paragraph(&self, range: Range<usize>) -> Paragraph {
        let raw = self.decoded.text.get(range.clone()).unwrap_or_default();
        let (text, runs) = inline::plain(raw);
        let mut p = Paragraph::new(text, self.locator(range.clone()));
        if self.decoded.is_same() {
            let start = self.decoded.byte(range.start);
            p.runs = runs.into_iter().map(|(t, r)| (t, start + r)).collect();
        }
        p
    }
}

fn lines(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        // A form feed ends a line; it stays as a line of its own. Old programs end lines with CR alone.
        let alone = c == '\r' && !text[at + 1..].starts_with('\n');
        if c == '\n' || c == '\x0C' || alone || matches!(c, '\u{b}' | '\u{2028}' | '\u{2029}' | '\u{85}') {
            let end = if text[start..at].ends_with('\r') { at - 1 } else { at };
            out.push(start..end);
            start = at + c.len_utf8();
            if c == '\x0C' {
                out.push(at..start);
            }
        }
    }
    if start < text.len() {
        out.push(start..text.len());
    }
    out
}

fn pieces(decoded: &Decoded, report: &mut Vec<Diagnostic>) -> Vec<Piece> {
    let source = Source {
        decoded,
        lines: lines(&decoded.text),
    };
    let wrap = wrapped_at(&source);
    let mut out = Vec::new();
    let mut n = 0;
    while n < source.lines.len() {
        let line = source.line(n);
        if line == "\x0C" {
            out.push(Piece::Break);
            n += 1;
        } else if let Some((rows, lines)) = drawn::boxed(&decoded.text, &source.lines[n..]) {
            out.push(Piece::Table(table(&source, rows)));
            n += lines;
        } else if line.trim().is_empty() || is_rule(line) || is_page_number(line) {
            n += 1;
        } else if let Some(end) = tagged(&source, n) {
            super::html::pieces(
                decoded,
                source.lines[n].start..source.lines[end - 1].end,
                &mut out,
                report,
            );
            n = end;
        } else if let Some(rows) = drawn::separated(&decoded.text, &source.lines[n..]) {
            n += rows.len();
            fields(&source, rows, &mut out);
        } else if let Some(end) = piped(&source, n) {
            out.push(Piece::Table(pipe_table(&source, n..end)));
            n = end;
        } else if let Some(end) = tabbed(&source, n) {
            out.push(Piece::Table(tab_table(&source, n..end)));
            n = end;
        } else {
            let end = paragraph_end(&source, n, wrap);
            let range = source.lines[n].start..source.lines[end - 1].end;
            let raw = decoded.text[range.clone()].trim();
            let p = source.paragraph(without_marks(&decoded.text, range));
            if p.text.trim().is_empty() && raw.starts_with("![") && matches!(out.last(), Some(Piece::Paragraph(_))) {
                let d = Diagnostic::new(
                    Severity::Warning,
                    Code::PictureOfATable,
                    "a picture stands between the lines, where a table may be; what it shows was not read",
                    Place::document(),
                );
                report.push(d.printed(raw));
            }
            if !p.text.is_empty() {
                out.push(Piece::Paragraph(p));
            }
            n = end;
        }
    }
    mend_breaks(out)
}

/// A line of three or more dashes, stars or underscores, or the fence of a code block: a drawing, not a text.
fn is_rule(line: &str) -> bool {
    let t = line.trim();
    ["-", "*", "_"]
        .iter()
        .any(|c| t.len() >= 3 && t.replace(' ', "").chars().all(|x| c.starts_with(x)))
        || (t.starts_with("```") && !t[3..].contains('`'))
}

/// The number of a page between dashes: `—7—`. It would part a sentence in two, or stand in the middle of it.
fn is_page_number(line: &str) -> bool {
    let dash = |c: char| matches!(c, '-' | '—' | '–' | '―' | '－');
    let inner = line.trim().strip_prefix(dash).and_then(|t| t.strip_suffix(dash));
    inner.is_some_and(|t| {
        let digits = t.trim_matches(|c: char| dash(c) || c == ' ');
        (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

/// Leading marks of a heading or a quotation and the blanks around a paragraph.
fn without_marks(text: &str, range: Range<usize>) -> Range<usize> {
    let raw = &text[range.clone()];
    let mut start = raw.len() - raw.trim_start().len();
    let rest = &raw[start..];
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    let after = &rest[hashes..];
    if (1..=6).contains(&hashes) && after.starts_with([' ', '\t']) {
        start += hashes + (after.len() - after.trim_start().len());
    } else if let Some(quoted) = rest.strip_prefix("> ") {
        start += 2 + (quoted.len() - quoted.trim_start().len());
    }
    let end = start.max(raw.trim_end().len());
    range.start + start..range.start + end
}

/// The width in half characters at which a text is broken into lines, where it is: one line in three reaches it, and none
/// goes beyond.
fn wrapped_at(source: &Source<'_>) -> Option<usize> {
    let widths: Vec<usize> = (0..source.lines.len())
        .map(|n| source.line(n))
        .filter(|l| !l.trim().is_empty() && !l.contains('\t') && !l.starts_with('#'))
        .map(width)
        .collect();
    let longest = *widths.iter().max()?;
    let full = widths.iter().filter(|w| **w + 4 >= longest).count();
    ((40..=160).contains(&longest) && full >= 6 && full * 3 >= widths.len()).then_some(longest)
}

fn width(line: &str) -> usize {
    line.trim_end().chars().map(|c| 1 + usize::from(!c.is_ascii())).sum()
}

/// The line after a paragraph: in a text that is broken at a width, full lines go on.
fn paragraph_end(source: &Source<'_>, first: usize, wrap: Option<usize>) -> usize {
    let mut n = first + 1;
    let Some(wrap) = wrap else { return n };
    while n < source.lines.len() {
        let (line, next) = (source.line(n - 1), source.line(n));
        let full = width(line) + 4 >= wrap && !line.ends_with("  ") && !line.starts_with('#');
        let indented = next.starts_with(['\u{3000}', ' ', '\t']);
        if !full || indented || next.trim().is_empty() || next.contains('\t') || next == "\x0C" {
            break;
        }
        n += 1;
    }
    n
}

/// The most characters of a line that may be a heading.
const HEADING: usize = 40;

/// A page break cut a paragraph in two: the first half is long and ends without a stop, the second is no item of a list.
fn mend_breaks(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        if let Piece::Paragraph(p) = &piece
            && let Some(Piece::Paragraph(last)) = out.last_mut()
            && last.text.chars().take(HEADING + 1).count() > HEADING
            && !last.text.ends_with(|c: char| STOPS.contains(&c))
            && !is_item(&p.text)
            && !is_bar(&last.text)
        {
            let shift = last.text.len() as u32;
            last.text.push_str(&p.text);
            last.at = last.at.union(p.at);
            last.runs.extend(p.runs.iter().map(|(t, f)| (t + shift, *f)));
            continue;
        }
        out.push(piece);
    }
    out
}

/// Whether a line is a bar of a page (where one is, when it was published, how large the letters are): its pieces stand two
/// blanks apart, have marks between them, or are labels with their values. It is no half of a paragraph.
fn is_bar(text: &str) -> bool {
    let mut marks = 0;
    let mut blanks = 0;
    let mut chars = text.trim().chars().peekable();
    while let Some(c) = chars.next() {
        let wide = c == '\u{3000}';
        blanks = if wide || c.is_whitespace() {
            blanks + 1 + usize::from(wide)
        } else {
            0
        };
        let ends = chars.peek().is_some_and(|n| !n.is_whitespace());
        marks += usize::from(blanks >= 2 && ends);
        marks += usize::from(matches!(c, '>' | '|' | '｜' | '»') || c == '/' && chars.peek() == Some(&' '));
    }
    // Labels with their values and no mark of a sentence.
    let labels = text.matches([':', '：']).count();
    marks >= 2 || labels >= 3 && !text.contains(['，', ',', '。', '；', '、'])
}

const STOPS: [char; 14] = [
    '。', '！', '？', '；', '：', '.', '!', '?', ';', ':', '”', '"', '…', '》',
];

/// Whether a paragraph begins with a number or a bracket, as headings and items do.
fn is_item(text: &str) -> bool {
    let mut head = text.chars().take(5);
    let first = head.next().unwrap_or(' ');
    let year_or_amount = text.chars().take_while(|c| c.is_ascii_digit() || *c == '.').count() > 2;
    (first.is_ascii_digit() && !year_or_amount)
        || matches!(first, '(' | '（' | '#' | '-' | '*')
        || head.any(|c| c == '、')
}

/// The line after a table of HTML that begins in this line, as programs for character recognition write it between text.
fn tagged(source: &Source<'_>, first: usize) -> Option<usize> {
    let opens = |n: usize| source.line(n).to_ascii_lowercase().matches("<table").count();
    let closes = |n: usize| source.line(n).to_ascii_lowercase().matches("</table").count();
    if opens(first) == 0 {
        return None;
    }
    let mut open = 0;
    for n in first..source.lines.len() {
        open += opens(n);
        open = open.saturating_sub(closes(n));
        if open == 0 {
            return Some(n + 1);
        }
    }
    Some(source.lines.len())
}

/// The line after a table of pipes that begins here: every line begins and ends with a pipe, or the second line is the rule
/// below a head.
fn piped(source: &Source<'_>, first: usize) -> Option<usize> {
    let framed = |n: usize| {
        let t = source.line(n).trim();
        t.len() >= 3 && t.starts_with('|') && t.ends_with('|')
    };
    let ruled = |n: usize| n < source.lines.len() && is_pipe_rule(source.line(n));
    let frame = framed(first);
    let headed = source.line(first).contains('|') && ruled(first + 1);
    if !(frame || headed) {
        return None;
    }
    let end = (first + 1..source.lines.len())
        .find(|n| {
            if frame {
                !framed(*n)
            } else {
                !source.line(*n).contains('|')
            }
        })
        .unwrap_or(source.lines.len());
    (end - first >= 2).then_some(end)
}

fn is_pipe_rule(line: &str) -> bool {
    let t = line.trim();
    t.contains('-') && t.contains('|') && t.chars().all(|c| matches!(c, '|' | '-' | ':' | ' '))
}

fn pipe_table(source: &Source<'_>, range: Range<usize>) -> Table {
    let rows = range.filter(|n| !is_pipe_rule(source.line(*n))).map(|n| {
        let line = &source.lines[n];
        let text = source.line(n);
        let mut start = text.len() - text.trim_start().len();
        let mut end = text.trim_end().len();
        start += usize::from(text[start..].starts_with('|'));
        if end > start && text[..end].ends_with('|') && !text[..end].ends_with("\\|") {
            end -= 1;
        }
        let mut cells = Vec::new();
        let mut from = start;
        for (at, _) in text[start..end].match_indices('|') {
            let at = at + start;
            if !text[..at].ends_with('\\') {
                cells.push(line.start + from..line.start + at);
                from = at + 1;
            }
        }
        cells.push(line.start + from..line.start + end);
        cells
    });
    table(source, single(rows))
}

/// Rows whose cells are one stretch each.
fn single(rows: impl Iterator<Item = Vec<Range<usize>>>) -> Vec<Row> {
    rows.map(|r| r.into_iter().map(|c| vec![c]).collect()).collect()
}

/// The line after a table of tabs that begins here. One line with one tab is a line with a gap.
fn tabbed(source: &Source<'_>, first: usize) -> Option<usize> {
    // A line of nothing but tabs is a row of blanks.
    let tabs = |n: usize| source.line(n).matches('\t').count();
    if tabs(first) == 0 || source.line(first).trim().is_empty() {
        return None;
    }
    let mut end = first + 1;
    while end < source.lines.len() {
        // A row that lost all its tabs stands between two that have them.
        let between = tabs(end) == 0
            && !source.line(end).trim().is_empty()
            && end + 1 < source.lines.len()
            && tabs(end + 1) >= 2
            && tabs(end - 1) >= 2;
        if tabs(end) == 0 && !between {
            break;
        }
        end += 1;
    }
    (end - first >= 2 || tabs(first) >= 2).then_some(end)
}

fn tab_table(source: &Source<'_>, range: Range<usize>) -> Table {
    let rows = range.map(|n| {
        let line = &source.lines[n];
        let mut cells = Vec::new();
        let mut from = line.start;
        for (at, _) in source.line(n).match_indices('\t') {
            cells.push(from..line.start + at);
            from = line.start + at + 1;
        }
        cells.push(from..line.end);
        cells
    });
    table(source, single(rows))
}

/// Rows of titles at most, between two tables of one block.
const OPENERS: usize = 6;
/// From this length on a text alone in its row is a note.
const NOTE: usize = 15;

/// Rows between commas: spreadsheets save titles and notes as rows with one field, which are no rows of a table.
fn fields(source: &Source<'_>, rows: Vec<Row>, out: &mut Vec<Piece>) {
    let texts = |r: &Row| -> Vec<String> {
        let text = |c: &Range<usize>| source.decoded.text[c.clone()].trim().to_string();
        r.iter().flatten().map(text).filter(|t| !t.is_empty()).collect()
    };
    let seen: Vec<(usize, bool)> = rows
        .iter()
        .map(|r| {
            let texts = texts(r);
            (texts.len(), texts.iter().any(|t| super::is_number(t)))
        })
        .collect();
    // Titles, then a head: texts and no number.
    let begins = |n: usize| {
        let titles = seen[n..]
            .iter()
            .take(OPENERS)
            .take_while(|(f, number)| *f <= 3 && !number)
            .count();
        titles > 0 && seen.get(n + titles).is_some_and(|(f, number)| *f > 3 && !number)
    };
    let line = |r: &Row| {
        let cells = r
            .iter()
            .flatten()
            .find(|c| !source.decoded.text[(*c).clone()].trim().is_empty());
        cells.map(|c| Piece::Paragraph(source.paragraph(c.clone())))
    };
    let flush = |open: &mut Vec<Row>, out: &mut Vec<Piece>| {
        let note = |r: &Row| {
            let texts = texts(r);
            texts.len() == 1 && !super::is_number(&texts[0]) && texts[0].chars().count() >= NOTE
        };
        let end = open.iter().rposition(|r| !note(r)).map_or(0, |n| n + 1);
        let notes = open.split_off(end);
        if !open.is_empty() {
            out.push(Piece::Table(table(source, std::mem::take(open))));
        }
        out.extend(notes.iter().filter_map(line));
    };
    let (mut open, mut body) = (Vec::new(), false);
    for (n, row) in rows.into_iter().enumerate() {
        let (filled, number) = seen[n];
        if filled == 0 || (filled == 1 && (open.is_empty() || (body && begins(n)))) {
            if filled == 1 {
                flush(&mut open, out);
                body = false;
                out.extend(line(&row));
            }
            continue;
        }
        body |= number && filled > 1;
        open.push(row);
    }
    flush(&mut open, out);
}

fn table(source: &Source<'_>, rows: Vec<Row>) -> Table {
    let mut out = Table {
        rows: rows.len(),
        cols: rows.iter().map(Vec::len).max().unwrap_or(0),
        spans_known: false,
        cells: Vec::new(),
    };
    for (row, cells) in rows.into_iter().enumerate() {
        for (col, ranges) in cells.into_iter().enumerate() {
            let lines: Vec<Paragraph> = ranges
                .iter()
                .flat_map(|range| {
                    let raw = &source.decoded.text[range.clone()];
                    inline::split_breaks(raw).into_iter().map(|r| {
                        let part = &raw[r.clone()];
                        let start = range.start + r.start + (part.len() - part.trim_start().len());
                        source.paragraph(start..start + part.trim().len())
                    })
                })
                .filter(|p| !p.text.trim().is_empty())
                .collect();
            // A cell without a text stands where the one before it ends.
            let before = out.cells.last().map_or(source.locator(0..0), |c: &TableCell| c.at);
            let at = ranges
                .iter()
                .map(|r| source.locator(r.clone()))
                .reduce(Locator::union)
                .unwrap_or(before);
            out.cells.push(TableCell {
                row,
                col,
                row_span: 1,
                col_span: 1,
                lines,
                at,
            });
        }
    }
    out
}
