//! Whose document it is. Comes in: the lines of the first page, their titles, the page's own title, the name of the file, the text.
//! Goes out: a name and what it was taken from, the surest witness first. Refuses to guess: no name is better than a wrong one.

use super::title::{self, Named, Title};
use super::{Front, Ground, Text, year};
use crate::grammar::Grammar;
use crate::grammar::names::Look;
use crate::layout::Line;
use crate::place::Place;
use crate::text;
use std::collections::BTreeMap;

/// A name, where it stands and what says that it is one.
pub type Found = (String, Place, Ground);

/// The name of the unit by the title of the document, also one in several lines.
pub fn by_title(front: &[Front<'_>], headings: bool, g: &Grammar) -> Option<Found> {
    front.iter().enumerate().find_map(|(n, f)| {
        let t = f.title.as_ref().filter(|t| t.heading == headings && !f.table)?;
        let ground = if headings { Ground::Heading } else { Ground::Title };
        // Half a pair of brackets: the name begins in the line that opens it.
        if closes_more(f.key) {
            return torn(n, front, g).map(|(name, place)| (name, place, ground));
        }
        match &t.named {
            Named::Unit(name) => {
                let (name, place) = upwards(name, n, front, g);
                Some((name, place, ground))
            }
            _ if headings => None,
            Named::Part(part) => continued(part, n, front, g).map(|(name, place)| (name, place, ground)),
            // Without a year near it, it may be an entry of a menu.
            Named::Nobody if !dated(n, front, g) => None,
            Named::Nobody => above(n, front, g)
                .or_else(|| below(n, front, g))
                .map(|(name, place)| (name, place, ground)),
            Named::Region(_) => None,
        }
    })
}

/// Whether a folded line closes a bracket that it does not open.
fn closes_more(key: &str) -> bool {
    let mut open = 0i32;
    key.chars().any(|c| {
        open += i32::from(c == '(') - i32::from(c == ')');
        open < 0
    })
}

/// The name in a title whose bracket is open at the end of the line above.
fn torn(n: usize, front: &[Front<'_>], g: &Grammar) -> Option<(String, Place)> {
    let f = front[..n].last().filter(|f| !f.furniture)?;
    let whole = format!("{}{}", f.key, front[n].key);
    if closes_more(&whole) {
        return None;
    }
    match title::parse(&whole, g)?.named {
        Named::Unit(name) => Some((name, union(f, &front[n]))),
        _ => None,
    }
}

/// The longest entry of a menu, in characters.
const MENU: usize = 8;

/// Whether a title or a line beside it says a year, or the title says more than an entry of a menu.
fn dated(n: usize, front: &[Front<'_>], g: &Grammar) -> bool {
    let says = |f: &Front<'_>| !f.furniture && !year::title_years(f.key, &g.lexicon).is_empty();
    let from = n.saturating_sub(PASSED);
    front[n]
        .title
        .as_ref()
        .is_some_and(|t| t.year.is_some() || t.text.chars().count() > MENU)
        || front[from..]
            .iter()
            .take(n - from + PASSED)
            .filter(|f| f.key.chars().count() <= 30)
            .any(says)
}

/// Characters of the longest line in which a name stands alone, and of the longest name in a sentence.
const LONGEST: usize = 60;

/// A line that may be a name or a part of one: short, without marks, nothing that a page puts around its text.
fn namelike(f: &Front<'_>, g: &Grammar) -> Option<String> {
    if f.furniture || f.key.chars().take(35).count() > 34 || g.lexicon.cover.not_a_name.is_match(f.key) {
        return None;
    }
    let t = title::stripped(f.key, g);
    g.units.could_be(t).then(|| t.to_string())
}

fn union(a: &Front<'_>, b: &Front<'_>) -> Place {
    let (a, b) = (a.place(), b.place());
    if a.page == b.page {
        Place::new(a.page, a.rect.union(&b.rect))
    } else {
        b
    }
}

/// A name whose beginning may stand in the line above.
fn upwards(name: &str, n: usize, front: &[Front<'_>], g: &Grammar) -> (String, Place) {
    let alone = (name.to_string(), front[n].place());
    // What stands before the name in its own line leaves no room for more.
    if !front[n].key.starts_with(name) {
        return alone;
    }
    match before(name, n, front, g) {
        Some((whole, place)) => (whole, place),
        None => alone,
    }
}

/// The name with the line above it, if that is its beginning.
fn before(name: &str, n: usize, front: &[Front<'_>], g: &Grammar) -> Option<(String, Place)> {
    let f = front[..n].last()?;
    let above = namelike(f, g)?;
    let whole = format!("{above}{name}");
    let look = g.units.look(&above);
    let units = &g.units;
    let fits = matches!(units.look(&whole), Look::Unit | Look::Either)
        && (units.belong_together(&above, name)
            || !units.begins_with_place(name)
                && units.begins_with_place_or_is(&above)
                && (look == Look::Nothing || look == Look::Region || units.needs_region(name)));
    fits.then(|| (whole, union(f, &front[n])))
}

/// The name of which a title holds only the end.
fn continued(part: &str, n: usize, front: &[Front<'_>], g: &Grammar) -> Option<(String, Place)> {
    if !front[n].key.starts_with(part) || part.chars().count() > 20 {
        return None;
    }
    let f = front[..n].last()?;
    let above = namelike(f, g)?;
    let whole = format!("{above}{part}");
    let fits = g.units.look(&whole) == Look::Unit
        && g.units.begins_with_place_or_is(&above)
        && g.units.look(&above) != Look::Unit;
    fits.then(|| (whole, union(f, &front[n])))
}

/// Lines above a title without a name that are passed over: a year, a fund, the first line of the title itself.
const PASSED: usize = 3;

/// The name in the lines above a title that names nobody.
fn above(n: usize, front: &[Front<'_>], g: &Grammar) -> Option<(String, Place)> {
    for (m, f) in front[..n].iter().enumerate().rev().take(PASSED) {
        if f.furniture || f.key.chars().take(LONGEST + 1).count() > LONGEST {
            return None;
        }
        let stripped = title::stripped(f.key, g);
        if stripped.is_empty() {
            continue;
        }
        let name = namelike(f, g)?;
        // A site bears the name of the government above all its pages.
        if g.units.look(&name) != Look::Unit || g.units.is_government(&name) {
            return None;
        }
        return Some(upwards(&name, m, front, g));
    }
    None
}

/// The name in the line below a title that names nobody.
fn below(n: usize, front: &[Front<'_>], g: &Grammar) -> Option<(String, Place)> {
    for (m, f) in front.iter().enumerate().skip(n + 1).take(PASSED) {
        let long = f.key.chars().take(LONGEST + 1).count() > LONGEST;
        if long || f.furniture || f.title.as_ref().is_some_and(|t| t.named != Named::Nobody) {
            return None;
        }
        let bare = f.key.trim_matches(|c: char| !c.is_alphanumeric() && c != ')');
        let bare = if bare.ends_with(')') && !bare.contains('(') {
            bare.trim_end_matches(')')
        } else {
            bare
        };
        let stripped = title::stripped(bare, g);
        if stripped.is_empty() {
            continue;
        }
        if stripped != bare || g.lexicon.cover.not_a_name.is_match(bare) || !g.units.could_be(bare) {
            return None;
        }
        if g.units.look(bare) == Look::Unit {
            return Some((bare.to_string(), f.place()));
        }
        let next = front.get(m + 1).filter(|f| !f.furniture)?;
        let whole = format!("{bare}{}", next.key);
        let fits = g.units.look(&whole) == Look::Unit && g.units.begins_with_place(&whole);
        return fits.then(|| (whole, union(f, next)));
    }
    None
}

/// The name behind its label (编制单位：). Beside it may stand the unit of money, which is another piece of the line.
pub fn by_label(front: &[Front<'_>], g: &Grammar) -> Option<Found> {
    front.iter().find_map(|f| {
        let pieces = f.line.segments(1.0);
        pieces.iter().find_map(|s| {
            let piece = f.line.slice(s);
            let name = labelled(&text::key(&piece.text), g)?;
            Some((name, Place::new(piece.page, piece.rect), Ground::Label))
        })
    })
}

/// The name behind a label in a folded text.
pub fn labelled(key: &str, g: &Grammar) -> Option<String> {
    let words = &g.lexicon.cover;
    let rest = &key[words.name_label.find(key)?.end()..];
    let cut = words.label_ends.find(rest).map_or(rest, |m| &rest[..m.start()]);
    let name = cut.trim_matches(|c: char| !c.is_alphanumeric() && c != '(' && c != ')');
    let fits = name.chars().count() >= 3
        && g.lexicon.labelled_unit(key).is_none_or(|_| cut.len() < rest.len())
        && !words.placeholder.is_match(name)
        && g.units.could_be(name)
        && g.units.look(name) != Look::Region;
    fits.then(|| name.to_string())
}

/// The name in the title that the page or the file gives itself; the pieces between the marks of a site are looked at one by one.
pub fn by_own_title(own: &str, ground: Ground, g: &Grammar) -> Option<(Found, Title)> {
    let found = pieces(own)
        .into_iter()
        .filter_map(|p| title::parse(&p, g))
        .find_map(|t| match &t.named {
            Named::Unit(name) => Some((name.clone(), t.clone())),
            _ => None,
        });
    found.map(|(name, t)| ((name, Place::document(), ground), t))
}

/// The name in the name of a file: before or behind the title, also as a piece of its own.
pub fn by_file_name(stem: &str, g: &Grammar) -> Option<Found> {
    if let Some((found, _)) = by_own_title(stem, Ground::File, g) {
        return Some(found);
    }
    let pieces = pieces(stem);
    let titled = pieces
        .iter()
        .filter_map(|p| title::parse(p, g))
        .any(|t| t.named == Named::Nobody && t.account);
    let mut names = pieces
        .iter()
        .map(|p| title::stripped(p, g))
        .filter(|p| g.units.look(p) == Look::Unit);
    let name = names.next().filter(|n| titled && g.units.begins_with_place(n))?;
    names
        .next()
        .is_none()
        .then(|| (name.to_string(), Place::document(), Ground::File))
}

/// The pieces of the title of a page or of the name of a file.
pub fn pieces(own: &str) -> Vec<String> {
    own.split(['_', '|', '｜', '-', '—', '–', '>', '»', '·', '/'])
        .map(text::key)
        .filter(|p| !p.is_empty())
        .collect()
}

/// The name in a heading: 第一部分 …概况.
pub fn by_heading(lines: &[Text<'_>], g: &Grammar) -> Option<Found> {
    let words = &g.lexicon.cover;
    lines.iter().take(120).find_map(|Text { line, key }| {
        let from = words.heading.find(key)?.end();
        if key.chars().count() > 45 {
            return None;
        }
        let tail = words.name_heading.find(&key[from..])?;
        let name = title::stripped(&key[from..from + tail.start()], g);
        let fits = g.units.look(name) == Look::Unit && !words.placeholder.is_match(name);
        fits.then(|| (name.to_string(), Place::new(line.page, line.rect), Ground::Heading))
    })
}

/// The name that sentences give to the unit whose year they tell of, if they give one and no other as often, and if it signs the
/// text as well: sentences shorten names.
pub fn by_sentences(lines: &[Text<'_>], g: &Grammar) -> Option<Found> {
    let mut votes: BTreeMap<String, (u32, Place)> = BTreeMap::new();
    for Text { line: l, key } in lines.iter().take(400) {
        for (at, _) in year::years(key, &g.lexicon) {
            let before = &key[..at.start];
            // A line may be as long as the document: names are not.
            let mut back = before.char_indices().rev().take(LONGEST);
            let Some((mark, c)) = back.find(|(_, c)| !c.is_alphabetic() && !c.is_ascii_digit()) else {
                if before.chars().take(LONGEST).count() == LONGEST {
                    continue;
                }
                votes_for(before, &key[at.end..], l, g, &mut votes);
                continue;
            };
            votes_for(&before[mark + c.len_utf8()..], &key[at.end..], l, g, &mut votes);
        }
    }
    let mut all: Vec<(String, (u32, Place))> = votes.into_iter().collect();
    all.sort_by(|a, b| b.1.0.cmp(&a.1.0).then(a.0.cmp(&b.0)));
    let next = all.get(1).map_or(0, |a| a.1.0);
    let (name, (count, place)) = all.into_iter().next()?;
    let signed = lines.iter().any(|l| l.key == name);
    (count > next * 2 && signed).then_some((name, place, Ground::Sentences))
}

/// Counts a name before a year, if it is one and the sentence is about the account.
fn votes_for(name: &str, rest: &str, l: &Line, g: &Grammar, votes: &mut BTreeMap<String, (u32, Place)>) {
    let end = rest.char_indices().nth(8).map_or(rest.len(), |(n, _)| n);
    let fits = name.chars().count() >= 5
        && g.units.look(name) == Look::Unit
        && g.units.begins_with_place(name)
        && g.lexicon.cover.narrated.is_match(&rest[..end]);
    if fits {
        votes
            .entry(name.to_string())
            .or_insert((0, Place::new(l.page, l.rect)))
            .0 += 1;
    }
}
