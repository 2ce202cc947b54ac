//! Paragraphs to sections. Comes in: the layout, the recognised tables and the grammar's headings. Goes out: which paragraphs
//! belong to which section, by the words of the headings, never by their number or order; the list of contents is found and
//! left out. Refuses to read values: that is for [`super::sentence`].

use super::Recognised;
use crate::grammar::Grammar;
use crate::grammar::sections::{Heading, Sections};
use crate::ids::section;
use crate::layout::Layout;
use crate::layout::paragraph::{Habits, Paragraph, Piece, paragraphs};
use crate::memo::Memo;
use crate::text;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// The narrative of a document.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    /// Paragraphs and tables in reading order.
    pub pieces: Vec<Piece>,
    /// The sections, in the order of the document.
    pub sections: Vec<Part>,
}

/// A section of a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Index of the section in the grammar.
    pub section: usize,
    /// The heading as printed.
    pub heading: String,
    /// Index of the heading's piece.
    pub head: usize,
    /// Byte from which the head's own text goes on, where heading and text share a paragraph.
    pub run_in: Option<usize>,
    /// Indices of its pieces, the heading left out.
    pub pieces: Vec<usize>,
}

/// A longer paragraph is no heading.
const HEADING: usize = 60;
/// A text of more bytes is neither a heading nor a line of a list of contents, blanks and dots counted.
const LONG: usize = 1000;
/// So many headings in a row are a list of contents when they come again.
const CONTENTS: usize = 3;

/// What a paragraph is, as far as headings go.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mark {
    /// Text.
    Text,
    /// A heading of a section.
    Heading(Heading),
    /// A heading below or beside the sections: it begins none.
    Neutral,
    /// A heading with a number, of no section that is known.
    Unknown,
}

/// A folded line with the dots and the page number of a list of contents cut off; whether there were any.
fn without_leader(folded: &str) -> (&str, bool) {
    let bare = folded.trim_end_matches(|c: char| c.is_ascii_digit());
    let dotted = bare.trim_end_matches(['.', '·', '…', '-', '—', '_']);
    let dots = bare[dotted.len()..].chars().count();
    if dots >= 3 || dots >= 1 && bare[dotted.len()..].contains('…') {
        (dotted, true)
    } else {
        (folded, false)
    }
}

/// Behind what a list number begins a paragraph of its own: the ends of sentences, and what announces or parts the lines of a
/// list; as they stand in a text that is not folded.
fn sentence_ends(s: &Sections) -> String {
    format!("{}！？：；:;", s.words.ends)
}

/// A text without its list number; whether it had one.
fn bare<'t>(s: &Sections, folded: &'t str) -> (&'t str, bool) {
    match s.words.list_number(folded) {
        Some(end) if end < folded.len() => (&folded[end..], true),
        _ => (folded, false),
    }
}

/// Whether lines of the document are headings: most paragraphs are one line, which is asked for twice.
type Heads = Memo<Option<Heading>>;

fn mark(s: &Sections, known: &Heads, folded: &str, unknown: bool) -> Mark {
    if folded.chars().count() > HEADING {
        return Mark::Text;
    }
    let (words, numbered) = bare(s, folded);
    let body = words.trim_end_matches([':', '。']);
    // A sentence is no heading, however it ends.
    if body.contains(['。', ';', ',', ':']) || !numbered && words.ends_with('。') {
        return Mark::Text;
    }
    if s.words.neutral_heading.is_match(body) {
        return Mark::Neutral;
    }
    if s.words.figure.is_match(body) {
        return Mark::Text;
    }
    match known.recall(body, || s.heading(body)) {
        Some(h) => Mark::Heading(h),
        None if unknown
            && numbered
            && !body.contains(':')
            && body.chars().count() <= 30
            && body.len() == words.len() =>
        {
            Mark::Unknown
        }
        None => Mark::Text,
    }
}

/// The section whose heading a line is, for the examples of the grammar.
pub(super) fn heading_of(s: &Sections, line: &str) -> Option<usize> {
    match mark(s, &Heads::default(), &text::key(line), false) {
        Mark::Heading(h) => Some(h.section),
        _ => None,
    }
}

/// Finds the sections.
pub fn outline(layout: &Layout, recognised: &Recognised, g: &Grammar) -> Outline {
    let s = &g.sections;
    let heads = Heads::default();
    let habits = Habits {
        ends: &sentence_ends(s),
        commas: "，。；、,;",
        page_mark: &|t| {
            let t = t.trim();
            // A bare number may be a figure of a table that became text.
            t.len() < 40
                && t.contains(|c: char| !c.is_ascii_digit() && c != '.' && c != ',')
                && g.narrative.shapes.page_mark.is_match(t)
        },
        opens: &|t| {
            let folded = text::key(t);
            s.words.list_number(&folded).is_some()
        },
        heading: &|t| {
            if t.len() > LONG {
                return false;
            }
            let folded = text::key(t);
            let (line, dotted) = without_leader(&folded);
            dotted || matches!(mark(s, &heads, line, false), Mark::Heading(_) | Mark::Neutral)
        },
    };
    let pieces = paragraphs(layout, &habits);
    let keys: Vec<String> = pieces
        .iter()
        .map(|p| match p {
            Piece::Paragraph(p) if p.text.len() <= LONG => text::key(&p.text),
            _ => String::new(),
        })
        .collect();
    let contents = contents(s, &heads, &pieces, &keys);
    let forms: BTreeSet<usize> = recognised.tables.iter().map(|t| t.block).collect();
    let mut out = Outline {
        pieces,
        sections: Vec::new(),
    };
    let mut open: Option<Part> = None;
    for (n, piece) in out.pieces.iter().enumerate() {
        if contents.contains(&n) {
            continue;
        }
        let paragraph = match piece {
            Piece::Table(block) => {
                // The forms belong to no section; the small tables of a section do. What is said between and below the
                // forms is text of the part that holds them.
                if forms.contains(block) {
                    let inside = open.as_ref().is_some_and(|o| s.sections[o.section].id == TABLES);
                    if !inside {
                        if let Some(o) = &mut open {
                            without_title(o, *block, &out.pieces, recognised);
                        }
                        out.sections.extend(open.take());
                        open = s.section(TABLES).map(|section| Part {
                            section,
                            heading: String::new(),
                            head: n,
                            run_in: None,
                            pieces: Vec::new(),
                        });
                    }
                } else if recognised.project_blocks.contains(block)
                    && let Some(o) = open.as_mut().filter(|o| s.sections[o.section].id == GLOSSARY)
                {
                    // Terms have no such tables: their heading was left out or belongs to the next page.
                    let (head, heading) = title_behind_terms(o, &out.pieces, s).unwrap_or((n, String::new()));
                    out.sections.extend(open.take());
                    open = s.section(ATTACHMENTS).map(|section| Part {
                        section,
                        heading,
                        head,
                        run_in: None,
                        pieces: vec![n],
                    });
                } else if let Some(o) = &mut open {
                    o.pieces.push(n);
                }
                continue;
            }
            Piece::Paragraph(p) => p,
        };
        if open.is_some() && page_furniture(s, paragraph, &keys[n]) {
            out.sections.extend(open.take());
            open = s.section(OTHER).map(|section| Part {
                section,
                heading: String::new(),
                head: n,
                run_in: None,
                pieces: vec![n],
            });
            continue;
        }
        let free_text = open.as_ref().is_some_and(|o| !s.sections[o.section].figures);
        match mark(s, &heads, &keys[n], true) {
            Mark::Heading(h) => {
                out.sections.extend(open.take());
                open = Some(begin(s, h, &paragraph.text, n));
            }
            Mark::Unknown if !free_text && top_level(&keys[n]) => {
                out.sections.extend(open.take());
                open = s.section(OTHER).map(|section| Part {
                    section,
                    heading: paragraph.text.trim().to_string(),
                    head: n,
                    run_in: None,
                    pieces: Vec::new(),
                });
            }
            _ => match run_in(s, &heads, paragraph) {
                Some((h, at)) => {
                    out.sections.extend(open.take());
                    let mut part = begin(s, h, paragraph.text.get(..at).unwrap_or(""), n);
                    part.run_in = Some(at);
                    part.pieces.push(n);
                    open = Some(part);
                }
                None => {
                    if let Some(o) = &mut open {
                        o.pieces.push(n);
                    }
                }
            },
        }
    }
    out.sections.extend(open);
    out
}

/// The title above a form is no text of the section before it (tables at the end of a document, the next sheet of a workbook).
fn without_title(part: &mut Part, block: usize, pieces: &[Piece], recognised: &Recognised) {
    let table = recognised.tables.iter().find(|t| t.block == block);
    let Some(title) = table.and_then(|t| t.title.as_deref()) else {
        return;
    };
    let is_title = |n: &usize| matches!(&pieces[*n], Piece::Paragraph(p) if p.text.trim() == title);
    let reach = part.pieces.len().saturating_sub(8);
    if let Some(at) = part.pieces[reach..].iter().rposition(is_title) {
        part.pieces.truncate(reach + at);
    }
}

/// Whether a paragraph belongs to the web page around the document: no sentence, and it begins as such lines do.
fn page_furniture(s: &Sections, p: &Paragraph, folded: &str) -> bool {
    s.words.page_furniture.is_match(folded) && !p.text.contains(|c| s.words.ends.contains(c))
}

/// Takes the lines behind the last sentence of a section, which are the title of the table that follows: the index of the first
/// and their text.
fn title_behind_terms(part: &mut Part, pieces: &[Piece], s: &Sections) -> Option<(usize, String)> {
    let line = |n: &usize| match &pieces[*n] {
        // A term whose last sentence lost its end is still a term.
        Piece::Paragraph(p)
            if !p.text.contains(|c| s.words.ends.contains(c))
                && !p.text.contains(['：', ':'])
                && s.words.list_number(&text::key(&p.text)).is_none() =>
        {
            Some(p.text.trim())
        }
        _ => None,
    };
    let title = part.pieces.iter().rev().take_while(|n| line(n).is_some()).count();
    let taken = part.pieces.split_off(part.pieces.len() - title);
    let text: Vec<&str> = taken.iter().filter_map(line).collect();
    taken.first().map(|n| (*n, text.join(" ")))
}

/// The section for what no heading claims.
const OTHER: &str = section::OTHER;
/// The terms.
const GLOSSARY: &str = section::GLOSSARY;
/// What is attached.
const ATTACHMENTS: &str = section::ATTACHMENTS;
/// The part that holds the forms.
const TABLES: &str = section::TABLES;

fn begin(_s: &Sections, h: Heading, heading: &str, n: usize) -> Part {
    Part {
        section: h.section,
        heading: heading.trim().to_string(),
        head: n,
        run_in: None,
        pieces: Vec::new(),
    }
}

/// Whether a numbered line is numbered as the sections are: an ideographic numeral with a comma, or 第…部分.
fn top_level(folded: &str) -> bool {
    folded
        .split_once('、')
        .is_some_and(|(n, _)| !n.is_empty() && n.chars().count() <= 3 && !n.contains(|c: char| c.is_ascii()))
}

/// A numbered heading with its text in the same paragraph.
fn run_in(s: &Sections, heads: &Heads, p: &Paragraph) -> Option<(Heading, usize)> {
    let (at, stop) = p
        .text
        .char_indices()
        .take(HEADING)
        .find(|(_, c)| matches!(c, '。' | '：' | ':'))?;
    let end = at + stop.len_utf8();
    if p.text.get(end..)?.trim().is_empty() {
        return None;
    }
    let folded = text::key(p.text.get(..at)?);
    let (_, numbered) = bare(s, &folded);
    if !numbered || stop != '。' {
        return None;
    }
    match mark(s, heads, &folded, false) {
        Mark::Heading(h) if !s.sections[h.section].part => Some((h, end)),
        _ => None,
    }
}

/// Pieces that belong to the list of contents: lines with dotted leaders, and headings in a row that come again later.
fn contents(s: &Sections, heads: &Heads, pieces: &[Piece], keys: &[String]) -> BTreeSet<usize> {
    let mut out = BTreeSet::new();
    // How often each line stands, numbers left out: a title of a table is repeated without its number.
    let mut last: FxHashMap<&str, usize> = FxHashMap::default();
    for (n, k) in keys.iter().enumerate() {
        if !k.is_empty() {
            last.insert(bare(s, k).0, n);
        }
    }
    let mut run: Vec<usize> = Vec::new();
    let mut again = 0;
    let mut titled = false;
    let mut close = |run: &mut Vec<usize>, again: &mut usize, titled: &mut bool| {
        if run.len() >= CONTENTS && (*titled || *again * 2 >= run.len()) && *again > 0 {
            out.extend(run.iter().copied());
        }
        run.clear();
        *again = 0;
        *titled = false;
    };
    let mut dotted_lines = Vec::new();
    for (n, piece) in pieces.iter().enumerate() {
        let Piece::Paragraph(_) = piece else {
            close(&mut run, &mut again, &mut titled);
            continue;
        };
        let key = &keys[n];
        let (line, dotted) = without_leader(key);
        if dotted {
            dotted_lines.push(n);
        }
        if s.words.contents.is_match(key) {
            close(&mut run, &mut again, &mut titled);
            titled = true;
            run.push(n);
            continue;
        }
        let short = !key.is_empty() && key.chars().count() <= HEADING && !key.contains(['。', ';', ',']);
        let line = bare(s, line).0;
        let returns = last.get(line).is_some_and(|l| *l > n);
        let heading = short
            && (returns || dotted || mark(s, heads, key, true) != Mark::Text || s.words.list_number(key).is_some());
        // A heading that is followed by text is where the section begins.
        if heading {
            again += usize::from(returns || dotted);
            run.push(n);
        } else if short && titled && run.len() < 80 && key.chars().count() <= 40 {
            // A line of a list of contents that was cut or is worded otherwise than its heading.
            run.push(n);
        } else {
            // The last headings of the run belong to this text.
            while let Some(l) = run.last() {
                let line = bare(s, without_leader(&keys[*l]).0).0;
                if last.get(line).is_some_and(|o| *o > *l) {
                    break;
                }
                run.pop();
            }
            close(&mut run, &mut again, &mut titled);
        }
    }
    close(&mut run, &mut again, &mut titled);
    out.extend(dotted_lines);
    out
}
