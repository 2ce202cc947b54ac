//! What the narrative of a final account gives besides statements: the text of every section, the terms of the glossary and the
//! list of member units.

use super::{institutions, statements};
use crate::diag::{Code, Diagnostic, Severity};
use crate::grammar::Grammar;
use crate::ids::section;
use crate::layout::paragraph::{Paragraph, Piece};
use crate::layout::{Block, Grid, Layout};
use crate::place::Place;
use crate::recognise::Narrative;
use crate::recognise::outline::Part;
use crate::record::{Extract, GlossaryTerm, Member, MemberKind, Section, Status};
use crate::text;

/// What the functions of this stage share.
pub(super) struct Context<'n> {
    /// What was recognised.
    pub narrative: &'n Narrative,
    /// Tables of sections.
    pub layout: &'n Layout,
    /// The rules.
    pub grammar: &'n Grammar,
}

/// Adds sections, glossary, members and statements to an extract that has its facts.
pub fn narrative(narrative: &Narrative, layout: &Layout, g: &Grammar, out: &mut Extract, report: &mut Vec<Diagnostic>) {
    if !matches!(out.document.status, Status::Extracted | Status::Partial) {
        return;
    }
    let cx = Context {
        narrative,
        layout,
        grammar: g,
    };
    sections(&cx, out);
    for part in &narrative.outline.sections {
        match g.sections.published(part.section) {
            section::GLOSSARY => glossary(&cx, part, out),
            section::MEMBERS => members(&cx, part, false, out),
            section::INSTITUTIONS => {
                members(&cx, part, true, out);
                institutions::institutions(&cx, part, out, report);
            }
            _ => {}
        }
    }
    super::unit::members(g, out);
    years(&cx, out, report);
    statements::statements(&cx, out, report);
}

impl<'n> Context<'n> {
    /// The paragraphs of a section, each with the byte from which its text counts.
    pub(super) fn paragraphs(&self, part: &'n Part) -> impl Iterator<Item = (usize, &'n Paragraph)> {
        part.pieces
            .iter()
            .filter_map(|n| match self.narrative.outline.pieces.get(*n) {
                Some(Piece::Paragraph(p)) => Some((if *n == part.head { part.run_in.unwrap_or(0) } else { 0 }, p)),
                _ => None,
            })
    }

    fn grids(&self, part: &Part) -> impl Iterator<Item = &'n Grid> {
        part.pieces
            .iter()
            .filter_map(|n| match self.narrative.outline.pieces.get(*n) {
                Some(Piece::Table(b)) => match self.layout.blocks.get(*b) {
                    Some(Block::Table(g)) => Some(g),
                    _ => None,
                },
                _ => None,
            })
    }
}

/// The text of a table, rows by lines and cells by tabulators.
fn table_text(grid: &Grid) -> String {
    rows(grid).iter().map(|r| r.join("\t")).collect::<Vec<_>>().join("\n")
}

fn rows(grid: &Grid) -> Vec<Vec<String>> {
    let mut out: Vec<Vec<String>> = Vec::new();
    let mut last = None;
    for c in &grid.cells {
        if last != Some(c.row) {
            out.push(Vec::new());
            last = Some(c.row);
        }
        if let Some(row) = out.last_mut() {
            row.push(c.text().replace(['\n', '\t'], ""));
        }
    }
    out
}

fn sections(cx: &Context<'_>, out: &mut Extract) {
    for part in &cx.narrative.outline.sections {
        let mut lines = Vec::new();
        let mut pages = Vec::new();
        for n in &part.pieces {
            match cx.narrative.outline.pieces.get(*n) {
                Some(Piece::Paragraph(p)) => {
                    let from = if *n == part.head { part.run_in.unwrap_or(0) } else { 0 };
                    // Between the forms stand their titles and captions as well: only what is said is text.
                    let ends = &cx.grammar.sections.words.ends;
                    if cx.grammar.sections.holds_tables(part.section) && !p.text.contains(|c| ends.contains(c)) {
                        continue;
                    }
                    lines.push(p.text.get(from..).unwrap_or("").trim().to_string());
                    pages.extend([p.page(), p.last_page()]);
                }
                Some(Piece::Table(b)) => {
                    if let Some(Block::Table(g)) = cx.layout.blocks.get(*b) {
                        lines.push(table_text(g));
                        pages.extend([g.page(), g.last_page()]);
                    }
                }
                None => {}
            }
        }
        // A heading that only gathers other headings is no section.
        if lines.is_empty() {
            continue;
        }
        if let Some(Piece::Paragraph(head)) = cx.narrative.outline.pieces.get(part.head) {
            pages.push(head.page());
        }
        out.sections.push(Section {
            section: cx.grammar.sections.published(part.section).to_string(),
            heading: part.heading.clone(),
            text: lines.join("\n"),
            page_from: pages.iter().copied().min().unwrap_or(0),
            page_to: pages.iter().copied().max().unwrap_or(0),
        });
    }
}

/// What stands in the original between two places of the folded text, quotation marks at its ends included.
pub(super) fn between(original: &str, folded: &text::Folded, start: usize, end: usize) -> String {
    let before = folded.text[..start].chars().next_back().map_or(0, char::len_utf8);
    let from = if before == 0 {
        0
    } else {
        folded.original_range(original, start - before..start).end
    };
    let to = match folded.text[end..].chars().next() {
        Some(c) => folded.original_range(original, end..end + c.len_utf8()).start,
        None => original.len(),
    };
    original.get(from..to).unwrap_or("").trim().to_string()
}

/// A longer text in front of a colon is no term.
const TERM: usize = 60;

fn glossary(cx: &Context<'_>, part: &Part, out: &mut Extract) {
    let w = &cx.grammar.sections.words;
    let first = out.glossary.len();
    for (from, p) in cx.paragraphs(part) {
        let original = p.text.get(from..).unwrap_or("");
        let folded = text::fold(original);
        let t = folded.text.as_str();
        let start = w.list_number(t).unwrap_or(0);
        let numbered = start > 0;
        let body = &t[start..];
        let limit = body.char_indices().nth(TERM).map_or(body.len(), |(n, _)| n);
        let cut = body[..limit]
            .find(':')
            .map(|n| (n, n + 1))
            .or_else(|| w.term_end.find(&body[..limit]).map(|m| (m.start(), m.end())));
        match cut {
            Some((end, next)) if end > 0 && (numbered || !body[..end].contains(['。', ',', ';'])) => {
                out.glossary.push(GlossaryTerm {
                    term: between(original, &folded, start, start + end),
                    definition: between(original, &folded, start + next, t.len()),
                    page: p.page(),
                });
            }
            // A paragraph that goes on with the definition before it.
            _ if out.glossary.len() > first => {
                if let Some(last) = out.glossary.last_mut() {
                    last.definition.push('\n');
                    last.definition.push_str(original.trim());
                }
            }
            _ => {}
        }
    }
}

fn members(cx: &Context<'_>, part: &Part, announced: bool, out: &mut Extract) {
    let m = &cx.grammar.sections.members;
    let w = &cx.grammar.sections.words;
    let mut found: Vec<(String, Option<String>, u32)> = Vec::new();
    for grid in cx.grids(part).filter(|_| !announced) {
        let all = rows(grid);
        let column = |row: &[String], re: &regex::Regex| row.iter().position(|c| re.is_match(&text::key(c)));
        let head = all
            .iter()
            .enumerate()
            .find_map(|(n, r)| column(r, &m.name_header).map(|c| (n, c, column(r, &m.note_header))));
        let Some((first, name, note)) = head else { continue };
        for row in all.iter().skip(first + 1) {
            let Some(n) = row.get(name).map(|n| n.trim()).filter(|n| !n.is_empty()) else {
                continue;
            };
            let remark = note.and_then(|c| row.get(c)).map(|t| t.trim().to_string());
            found.push((n.to_string(), remark.filter(|t| !t.is_empty()), grid.page()));
        }
    }
    if found.is_empty() {
        let mut listed = !announced;
        for (from, p) in cx.paragraphs(part) {
            let original = p.text.get(from..).unwrap_or("");
            let folded = text::fold(original);
            let t = folded.text.as_str();
            let start = w.list_number(t).unwrap_or(0);
            if !listed {
                listed = m.intro.is_match(t) && t.ends_with([':', '。']);
                continue;
            }
            let end = t.trim_end_matches([';', '。', ',', '、']).len();
            if start == 0 || start >= end || end - start > 150 || m.not_a_name.is_match(&t[start..end]) {
                continue;
            }
            found.push((between(original, &folded, start, end), None, p.page()));
        }
    }
    for (name, note, page) in found {
        out.members.push(Member {
            ordinal: out.members.len() as u32 + 1,
            kind: MemberKind::Unit,
            name,
            note,
            unit_key: None,
            page,
        });
    }
}

/// A heading of the narrative that names another year than the account is of: left over from the year before.
fn years(cx: &Context<'_>, out: &Extract, report: &mut Vec<Diagnostic>) {
    let Some(account) = out.document.fiscal_year else {
        return;
    };
    for part in &cx.narrative.outline.sections {
        let folded = text::key(&part.heading);
        let other = cx
            .grammar
            .sections
            .words
            .year
            .find_iter(&folded)
            .filter_map(|m| m.as_str().get(..4).and_then(crate::value::year::parse))
            .find(|y| *y != account);
        if let Some(y) = other {
            let place = match cx.narrative.outline.pieces.get(part.head) {
                Some(Piece::Paragraph(p)) => p.place(0..p.text.len()),
                _ => Place::document(),
            };
            report.push(
                Diagnostic::new(
                    Severity::Warning,
                    Code::YearDoesNotFit,
                    format!("this heading names {y}; the account is of {account}"),
                    place,
                )
                .printed(&part.heading),
            );
        }
    }
}
