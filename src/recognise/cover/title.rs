//! Titles of documents. Comes in: one folded line. Goes out: [`Title`], taken apart into the name before the word that says what
//! the document is, the year and that word; or nothing, when the line is a sentence, a heading or something that the page puts
//! around its text.

use super::year;
use crate::grammar::Grammar;
use crate::grammar::names::Look;

/// Whom a title names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// A unit.
    Unit(String),
    /// A region.
    Region(String),
    /// Nobody.
    Nobody,
    /// Something that is no name by itself; it may be the end of one.
    Part(String),
}

/// A title.
#[derive(Clone, Debug)]
pub struct Title {
    /// The folded text, without what follows it.
    pub text: String,
    /// Whom it names.
    pub named: Named,
    /// The year that stands nearest before the word that says what it is.
    pub year: Option<i16>,
    /// It is about a final account.
    pub account: bool,
    /// It is about a budget.
    pub budget: bool,
    /// It begins like a heading of the text.
    pub heading: bool,
}

/// The longest title, in characters.
const LONGEST: usize = 90;
/// Characters that no title holds.
const SENTENCE: &[char] = &['。', ';', '!', '?', '？', '！', '；'];

/// The part of a folded line that may be a title: up to where a text begins; `None` for a sentence.
pub fn head<'t>(folded: &'t str, g: &Grammar) -> Option<&'t str> {
    let words = &g.lexicon.cover;
    let mut end = folded.len();
    if words.text_begins.find(folded).is_some_and(|m| m.start() == 0) && !words.heading.is_match(folded) {
        return None;
    }
    for m in words.text_begins.find_iter(folded) {
        // A title is more than its first words.
        if folded[..m.start()].chars().count() >= 6 {
            end = m.start();
            break;
        }
    }
    let head = folded[..end].trim_end_matches([':', ',']);
    let fits = head.chars().count() <= LONGEST && !head.contains(SENTENCE) && head.matches(',').count() <= 1;
    fits.then_some(head)
}

/// Whether a folded line is something that pages put around their text.
pub fn is_furniture(folded: &str, g: &Grammar) -> bool {
    let words = &g.lexicon.cover;
    let bare = folded.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '(');
    words.furniture.is_match(bare) || words.furniture_inside.is_match(folded)
}

/// Takes a folded line apart as a title.
pub fn parse(folded: &str, g: &Grammar) -> Option<Title> {
    let words = &g.lexicon.cover;
    let bare = folded.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '(');
    let labelled = words.title_label.find(bare);
    if labelled.is_none() && is_furniture(folded, g) {
        return None;
    }
    let text = labelled.map_or(bare, |m| {
        bare[m.end()..].trim_start_matches(|c: char| !c.is_alphanumeric())
    });
    let text = head(text, g)?;
    // A title states no figure.
    if words.figure.is_match(text) {
        return None;
    }
    let spots: Vec<usize> = words.account.find_iter(text).map(|m| m.start()).collect();
    let first = *spots.first()?;
    let heading = words
        .heading
        .find(text)
        .map(|m| m.end())
        .filter(|_| year::without_year_at_start(text, &g.lexicon).is_none());
    let from = heading.unwrap_or(0);
    let named = |to: usize| {
        who(
            text.get(from..to).unwrap_or(""),
            words.department.is_match(text) || words.unit.is_match(text),
            g,
        )
    };
    let mut found = named(first);
    // A word of these may stand inside of a name.
    if !matches!(found, Named::Unit(_)) {
        for at in &spots[1..] {
            if let n @ Named::Unit(_) = named(*at) {
                found = n;
                break;
            }
        }
    }
    if found == Named::Nobody {
        found = behind(&text[first..], g).map_or(Named::Nobody, Named::Unit);
    }
    let bare_words = words.fund.replace_all(text, "");
    let account = words.final_account.is_match(&bare_words);
    let budget = words.budget.is_match(&bare_words);
    let around = if account { &words.final_account } else { &words.budget };
    let at = around.find(text).map_or(first, |m| m.start());
    let all = year::title_years(text, &g.lexicon);
    let before = all.iter().rev().find(|(r, _)| r.start < at);
    Some(Title {
        named: found,
        year: before.or(all.first()).map(|(_, y)| *y),
        account,
        budget,
        heading: heading.is_some(),
        text: text.to_string(),
    })
}

/// A text without what stands around a name in a title.
pub fn stripped<'t>(text: &'t str, g: &Grammar) -> &'t str {
    let words = &g.lexicon.cover;
    let mut t = text;
    loop {
        let before = t.len();
        t = t.trim_start_matches(|c: char| !c.is_alphanumeric());
        t = t.trim_end_matches(|c: char| !c.is_alphanumeric() && c != ')');
        if t.ends_with(')') && !t.contains('(') {
            t = t.trim_end_matches(')');
        }
        if let Some(rest) = year::without_year_at_start(t, &g.lexicon) {
            t = rest;
        }
        if let Some(rest) = year::without_year_at_end(t, &g.lexicon) {
            t = rest;
        }
        if let Some(m) = words.lead.find(t).filter(|m| m.end() > 0) {
            t = &t[m.end()..];
        }
        // What is a name as it stands loses nothing more.
        if t.len() == before
            && g.units.look(t) == Look::Nothing
            && let Some(m) = words.filler.find(t).filter(|m| !m.is_empty())
        {
            t = &t[..m.start()];
        }
        if t.len() == before {
            return t;
        }
    }
}

/// The name behind a title, in brackets or behind a dash or a colon: 部门决算公开（…局）.
fn behind(text: &str, g: &Grammar) -> Option<String> {
    let mut pieces = text.split(['(', ')', '-', '—', ':', '_', '|', '/']).skip(1);
    pieces.find_map(|p| {
        let name = stripped(p, g);
        (g.units.look(name) == Look::Unit && g.units.begins_with_place(name)).then(|| name.to_string())
    })
}

/// Whom the text before the word of a title names.
fn who(text: &str, of_a_unit: bool, g: &Grammar) -> Named {
    let t = stripped(text, g);
    // Behind a breadcrumb or the name of a site.
    let t = t.rsplit(['>', '|', '_', '»', ':', '/']).next().unwrap_or(t);
    let t = stripped(t, g);
    if t.is_empty() {
        return Named::Nobody;
    }
    if g.lexicon.cover.placeholder.is_match(t) {
        return Named::Nobody;
    }
    match g.units.look(t) {
        Look::Unit => Named::Unit(t.to_string()),
        Look::Either if of_a_unit => Named::Unit(t.to_string()),
        Look::Region | Look::Either => Named::Region(t.to_string()),
        Look::Nothing => Named::Part(t.to_string()),
    }
}
