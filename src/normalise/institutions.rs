//! The institutions of a unit (内设机构) from the section about them. A list is taken only where every name in it ends as the
//! names of institutions do; where the text says how many there are, that number is held against the list.

use super::narrative::{Context, between};
use crate::diag::{Code, Diagnostic, Severity};
use crate::layout::paragraph::Paragraph;
use crate::recognise::outline::Part;
use crate::record::{Extract, Member, MemberKind};
use crate::{text, value};
use rust_decimal::prelude::ToPrimitive;

/// A longer text is no name of an institution.
const NAME: usize = 40;

/// A list that was announced.
struct List {
    /// How many the text says there are.
    count: Option<usize>,
    /// The names as printed, each with its page.
    names: Vec<(String, u32)>,
}

/// Adds the institutions that a section lists to the members.
pub(super) fn institutions(cx: &Context<'_>, part: &Part, out: &mut Extract, report: &mut Vec<Diagnostic>) {
    let paragraphs: Vec<(usize, &Paragraph)> = cx.paragraphs(part).collect();
    for (n, (from, p)) in paragraphs.iter().enumerate() {
        let Some(mut list) = announced(cx, *from, p) else {
            continue;
        };
        if list.names.is_empty() {
            list.names = lines(cx, &paragraphs[n + 1..]);
        }
        let names = list.names.len();
        if names == 0 {
            continue;
        }
        if list.count.is_some_and(|c| c != names) {
            let said = list.count.unwrap_or_default();
            report.push(
                Diagnostic::new(
                    Severity::Warning,
                    Code::InstitutionsDiffer,
                    format!("the text says {said} institutions and lists {names}"),
                    p.place(0..p.text.len()),
                )
                .printed(&p.text),
            );
        }
        for (name, page) in list.names {
            out.members.push(Member {
                ordinal: out.members.len() as u32 + 1,
                kind: MemberKind::Institution,
                name,
                note: None,
                unit_key: None,
                page,
            });
        }
        return;
    }
}

/// The list in a paragraph that announces one; without names where these stand in the lines below.
fn announced(cx: &Context<'_>, from: usize, p: &Paragraph) -> Option<List> {
    let rules = &cx.grammar.sections.institutions;
    let ends = &cx.grammar.sections.words.ends;
    let original = p.text.get(from..)?;
    let folded = text::fold(original);
    let t = folded.text.as_str();
    let start = rules.intro.find(t)?.end();
    let end = t[start..].find(|c| ends.contains(c)).map_or(t.len(), |n| start + n);
    let sentence = &t[start..end];
    let between_names = |c: char| rules.between.contains(c);
    let first = sentence.find(between_names).unwrap_or(sentence.len());
    let begins = match sentence[..first].rfind(':') {
        Some(n) => n + 1,
        None => rules.begins.find_iter(&sentence[..first]).last()?.end(),
    };
    let count = count(cx, &sentence[..begins]);
    let mut names = Vec::new();
    let mut at = start + begins;
    for piece in sentence[begins..].split(between_names) {
        let next = at + piece.len();
        if !piece.is_empty() {
            // One piece that is no name, and it is another list.
            if !is_name(cx, piece) {
                return None;
            }
            names.push((between(original, &folded, at, next), p.page()));
        }
        at = next + t[next..].chars().next().map_or(0, char::len_utf8);
    }
    Some(List { count, names })
}

/// Names in numbered lines, as far as they go.
fn lines(cx: &Context<'_>, below: &[(usize, &Paragraph)]) -> Vec<(String, u32)> {
    let w = &cx.grammar.sections.words;
    let mut out = Vec::new();
    for (from, p) in below {
        let original = p.text.get(*from..).unwrap_or("");
        let folded = text::fold(original);
        let t = folded.text.as_str();
        let Some(start) = w.list_number(t) else { break };
        // Behind the name its duties may follow.
        let end = t[start..]
            .find(|c| w.ends.contains(c) || matches!(c, ':' | ';' | ','))
            .map_or(t.len(), |n| start + n);
        if !is_name(cx, &t[start..end]) {
            break;
        }
        out.push((between(original, &folded, start, end), p.page()));
    }
    out
}

fn is_name(cx: &Context<'_>, folded: &str) -> bool {
    folded.chars().count() <= NAME
        && !folded.contains([',', ';', ':'])
        && cx.grammar.sections.institutions.name_ends.is_match(folded)
}

/// How many there are, where the text says it once.
fn count(cx: &Context<'_>, announcement: &str) -> Option<usize> {
    let mut found = cx.grammar.sections.institutions.count.find_iter(announcement);
    let one = found.next()?.as_str();
    if found.next().is_some() {
        return None;
    }
    let digits = one.trim_end_matches(|c: char| !c.is_ascii_digit() && value::numeral::parse(&c.to_string()).is_none());
    let in_words = || value::numeral::parse(digits).and_then(|d| d.to_usize());
    digits.parse().ok().or_else(in_words)
}
