//! What the first pages say: kind of document, unit, year, level, caliber, each with its place and its ground. The words are the
//! grammar's. Refuses to guess: what is not sure stays empty and is said.

mod kind;
mod names;
pub mod title;
mod year;

pub use kind::What;
pub use year::year_in;

use super::Lines;
use crate::grammar::Grammar;
use crate::layout::{Layout, Line};
use crate::place::Place;
use crate::record::{Caliber, Kind, Level};
use crate::text;
use title::{Named, Title};

/// What something on the cover was taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ground {
    /// The title of the document.
    Title,
    /// A label: 编制单位：
    Label,
    /// The title that the page gives itself.
    Page,
    /// The label or the title of a table.
    Table,
    /// A heading of the text.
    Heading,
    /// The name of the file.
    File,
    /// Sentences.
    Sentences,
}

impl Ground {
    /// The word of the dataset.
    pub fn word(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Label => "label",
            Self::Page => "page_title",
            Self::Table => "table",
            Self::Heading => "heading",
            Self::File => "file_name",
            Self::Sentences => "sentences",
        }
    }
}

/// The cover.
#[derive(Clone, Debug)]
pub struct Cover {
    /// What the document is.
    pub kind: Kind,
    /// What it is, when that is none of the kinds and known.
    pub what: Option<What>,
    /// Why.
    pub reason: String,
    /// What the kind was taken from.
    pub kind_ground: Option<Ground>,
    /// The name of the unit; of a region, when the account is that of a government.
    pub unit_name: Option<(String, Place)>,
    /// What the name was taken from.
    pub name_ground: Option<Ground>,
    /// The fiscal year.
    pub year: Option<(i16, Place)>,
    /// What the year was taken from.
    pub year_ground: Option<Ground>,
    /// The year of the title and that of the sentences, when they contradict each other.
    pub years_differ: Option<(i16, i16)>,
    /// 部门 or 单位.
    pub level: Option<Level>,
    /// Whose figures.
    pub caliber: Option<Caliber>,
    /// What the caliber was taken from.
    pub caliber_ground: Option<Ground>,
    /// Names or lines that are still to be filled in.
    pub placeholders: u32,
    /// Figures that the text states.
    pub figures: u32,
    /// The Chinese characters of the text, counted where nothing says what it is.
    pub letters: usize,
}

impl Default for Cover {
    fn default() -> Self {
        Self {
            kind: Kind::Other,
            what: None,
            reason: "nothing was read".into(),
            kind_ground: None,
            unit_name: None,
            name_ground: None,
            year: None,
            year_ground: None,
            years_differ: None,
            level: None,
            caliber: None,
            caliber_ground: None,
            placeholders: 0,
            figures: 0,
            letters: 0,
        }
    }
}

/// What a file or a page says of itself beside its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Own {
    /// Titles in the head of a web page, the surest first.
    pub titles: Vec<String>,
    /// The name of the site.
    pub site: Option<String>,
    /// The name of the file.
    pub file_name: String,
}

/// A line of the document with its folded text.
struct Text<'l> {
    line: &'l Line,
    key: &'l str,
}

/// A line of the first page.
struct Front<'l> {
    line: &'l Line,
    key: &'l str,
    /// Something that the page puts around its text.
    furniture: bool,
    /// The title of a table and no more.
    table: bool,
    title: Option<Title>,
}

impl Front<'_> {
    fn place(&self) -> Place {
        Place::new(self.line.page, self.line.rect)
    }
}

/// Lines of the first page that holds text, at most this many.
const COVER_LINES: usize = 60;
/// Lines of the text that are looked at for whose figures it gives.
const TEXT_LINES: usize = 400;

/// Reads the cover.
pub fn cover(layout: &Layout, own: &Own, g: &Grammar) -> Cover {
    of_lines(&Lines::new(layout), own, g)
}

/// The same where the lines are folded already.
pub(super) fn of_lines(lines: &Lines<'_>, own: &Own, g: &Grammar) -> Cover {
    let lines: Vec<Text<'_>> = lines.iter().map(|(line, key)| Text { line, key }).collect();
    let front = front(&lines, g);
    let mut out = Cover::default();
    count(&lines, g, &mut out);
    name(&front, &lines, own, g, &mut out);
    kind::kind(&front, &lines, own, g, &mut out);
    fiscal_year(&front, &lines, own, g, &mut out);
    level(&front, own, g, &mut out);
    caliber(&front, &lines, g, &mut out);
    out
}

fn front<'l>(lines: &'l [Text<'l>], g: &Grammar) -> Vec<Front<'l>> {
    let Some(first) = lines.first() else { return Vec::new() };
    lines
        .iter()
        .filter(|l| l.line.page == first.line.page)
        .take(COVER_LINES)
        .filter(|l| !l.key.is_empty())
        .map(|l| Front {
            line: l.line,
            furniture: title::is_furniture(l.key, g),
            table: kind::is_table_title(l.key, g),
            title: title::parse(l.key, g),
            key: l.key,
        })
        .collect()
}

/// What is still to be filled in, and the figures that are there.
fn count(lines: &[Text<'_>], g: &Grammar, out: &mut Cover) {
    let words = &g.lexicon.cover;
    for Text { key, .. } in lines {
        let beside = |at: usize, end: usize| {
            let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '.' || c == '_');
            // The letters of the ending or of the name of a file are none to be filled in.
            latin(key[..at].chars().next_back()) || latin(key[end..].chars().next())
        };
        let open = words
            .placeholder
            .find_iter(key)
            .filter(|m| !m.as_str().is_ascii() || !beside(m.start(), m.end()))
            .filter(|m| !masks(key, m.start()))
            .count();
        out.placeholders += open as u32;
        out.figures += words.figure.find_iter(key).count() as u32;
    }
}

/// Whether a star belongs to a long row of them: a name that is kept secret (`********支出`), none that is still to be filled in.
fn masks(key: &str, at: usize) -> bool {
    let stars = |c: &char| *c == '*';
    let before = key[..at].chars().rev().take_while(stars).count();
    before + key[at..].chars().take_while(stars).count() >= MASK
}

/// The fewest stars of a masked name.
const MASK: usize = 5;

/// The name, from the surest witness to the weakest.
fn name(front: &[Front<'_>], lines: &[Text<'_>], own: &Own, g: &Grammar, out: &mut Cover) {
    let page = || {
        own.titles
            .iter()
            .find_map(|t| names::by_own_title(t, Ground::Page, g))
            .map(|(f, _)| f)
    };
    let file = || names::by_file_name(stem(&own.file_name), g);
    let found = names::by_title(front, false, g)
        .or_else(|| names::by_label(front, g))
        .or_else(page)
        .or_else(|| names::by_title(front, true, g))
        .or_else(|| names::by_heading(lines, g))
        .or_else(file)
        .or_else(|| names::by_sentences(lines, g));
    if let Some((name, place, ground)) = found {
        out.unit_name = Some((name, place));
        out.name_ground = Some(ground);
    }
}

/// The name of a file without its ending.
fn stem(name: &str) -> &str {
    let leaf = name.rsplit(['/', '\\']).next().unwrap_or(name);
    leaf.rsplit_once('.').map_or(leaf, |(s, _)| s)
}

/// The year: of the title, unless the sentences contradict it; without a title of the sentences.
fn fiscal_year(front: &[Front<'_>], lines: &[Text<'_>], own: &Own, g: &Grammar, out: &mut Cover) {
    let mut votes = year::Votes::default();
    for l in lines.iter().take(TEXT_LINES) {
        votes.add(l.key, &g.lexicon);
    }
    let titled = front
        .iter()
        .enumerate()
        .filter(|(_, f)| f.title.as_ref().is_some_and(|t| !t.heading && !f.table));
    let in_title = titled
        .clone()
        .find_map(|(_, f)| f.title.as_ref()?.year.map(|y| (y, f.place())));
    // A year may stand in a line of its own beside the title.
    let beside = || {
        titled.clone().find_map(|(n, _)| {
            let near = front[n.saturating_sub(4)..n]
                .iter()
                .rev()
                .chain(front.iter().skip(n + 1).take(2));
            near.filter(|f| !f.furniture && f.key.chars().count() <= 24)
                .find_map(|f| {
                    year::title_years(f.key, &g.lexicon)
                        .first()
                        .map(|(_, y)| (*y, f.place()))
                })
        })
    };
    let broken = || {
        let all: String = front.iter().take(6).filter(|f| !f.furniture).map(|f| f.key).collect();
        let fits = titled.clone().next().is_some() && all.chars().count() < 80;
        year::title_years(&all, &g.lexicon)
            .first()
            .filter(|_| fits)
            .map(|(_, y)| (*y, Place::document()))
    };
    let by_page = || {
        let all = own.titles.iter().flat_map(|t| names::pieces(t));
        all.filter_map(|p| title::parse(&p, g)).find_map(|t| t.year)
    };
    let heading = || {
        let mut years: Vec<i16> = front
            .iter()
            .filter_map(|f| f.title.as_ref().filter(|t| t.heading || f.table)?.year)
            .collect();
        years.dedup();
        match years.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    };
    let by_file = || {
        names::pieces(stem(&own.file_name))
            .iter()
            .filter_map(|p| title::parse(p, g))
            .find_map(|t| t.year)
    };
    let whole = |y: i16| (y, Place::document());
    let found = in_title
        .or_else(beside)
        .or_else(broken)
        .map(|y| (y, Ground::Title))
        .or_else(|| by_page().map(|y| (whole(y), Ground::Page)))
        .or_else(|| heading().map(|y| (whole(y), Ground::Heading)));
    let found = match found {
        Some(((y, _), _)) if votes.contradicts(y).is_some() && out.kind == Kind::FinalAccount => {
            let other = votes.contradicts(y).unwrap_or(y);
            out.years_differ = Some((y, other));
            None
        }
        None => votes
            .winner()
            .map(|y| (whole(y), Ground::Sentences))
            .or_else(|| by_file().map(|y| (whole(y), Ground::File))),
        found => found,
    };
    if let Some((y, ground)) = found {
        out.year = Some(y);
        out.year_ground = Some(ground);
    }
}

/// 部门 or 单位: what the title says, else the first page.
fn level(front: &[Front<'_>], own: &Own, g: &Grammar, out: &mut Cover) {
    let words = &g.lexicon.cover;
    let of = |t: &str| match (words.unit.is_match(t), words.department.is_match(t)) {
        (true, false) => Some(Level::Unit),
        (false, true) => Some(Level::Department),
        _ => None,
    };
    let titles = || {
        front
            .iter()
            .filter_map(|f| f.title.as_ref().filter(|t| !t.heading && !f.table))
    };
    let all: String = front
        .iter()
        .filter(|f| !f.furniture && f.key.chars().count() <= 60)
        .map(|f| f.key)
        .collect();
    out.level = titles()
        .find_map(|t| of(&t.text))
        .or_else(|| own.titles.iter().find_map(|t| of(&text::key(t))))
        .or_else(|| of(&all))
        .or_else(|| {
            // Both words: the first page lists the documents, or the title is that of a form for both.
            (words.unit.is_match(&all) && !titles().any(|t| words.department.is_match(&t.text))).then_some(Level::Unit)
        });
}

fn caliber(front: &[Front<'_>], lines: &[Text<'_>], g: &Grammar, out: &mut Cover) {
    let words = &g.lexicon.cover;
    let text = || lines.iter().take(TEXT_LINES).map(|l| l.key);
    let in_name = out
        .unit_name
        .as_ref()
        .is_some_and(|(n, _)| g.units.parse(n, None).self_only);
    let in_title = front
        .iter()
        .filter_map(|f| f.title.as_ref().filter(|t| !t.heading))
        .any(|t| words.self_only.is_match(&t.text));
    let found = if in_name || in_title {
        Some((Caliber::SelfOnly, Ground::Title))
    } else if text().any(|k| words.self_only_line.is_match(k)) {
        Some((Caliber::SelfOnly, Ground::Sentences))
    } else if out.level == Some(Level::Unit) {
        Some((Caliber::Single, Ground::Title))
    } else if text().any(|k| words.only_one.is_match(k)) {
        Some((Caliber::Single, Ground::Sentences))
    } else if text().any(|k| words.consolidated.is_match(k)) {
        Some((Caliber::Consolidated, Ground::Sentences))
    } else {
        None
    };
    out.caliber = found.map(|(c, _)| c);
    out.caliber_ground = found.map(|(_, ground)| ground);
}

/// The name of a region in a title, for the account of a government.
fn region(front: &[Front<'_>]) -> Option<(String, Place)> {
    front.iter().find_map(|f| match &f.title.as_ref()?.named {
        Named::Region(r) => Some((r.clone(), f.place())),
        _ => None,
    })
}
