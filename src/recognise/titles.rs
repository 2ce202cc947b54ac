//! What stands above a table and in its first rows: title, form number, unit of money, name of the unit, year.

use super::cover;
use super::rules::Rules;
use crate::grammar::{Form, Grammar};
use crate::layout::{Grid, Line};
use crate::place::Place;
use crate::text;
use crate::value::Unit;
use std::borrow::Cow;

/// The lines above a table, the nearest first.
pub struct Above<'l> {
    lines: Vec<&'l Line>,
    /// All lines since the last table.
    all: &'l [&'l Line],
}

impl Above<'_> {
    /// Whether the title of another form than `form` stands since the last table: its head was cut off from its rows.
    pub fn names_another(&self, form: &str, rules: &Rules<'_>) -> bool {
        let title = |l: &&&Line| rules.form_of_title(&l.text).is_some_and(|(f, _)| f.id != form);
        self.all.iter().rev().take(TITLES).any(|l| title(&l))
    }

    /// The unit of money that the nearest line with one names.
    pub fn unit(&self, g: &Grammar) -> Option<Unit> {
        self.lines
            .iter()
            .find_map(|l| g.lexicon.labelled_unit(&text::key(&l.text)))
    }

    /// The text of the nearest line.
    pub fn nearest(&self) -> Option<String> {
        self.lines.first().map(|l| l.text.clone())
    }
}

/// How many lines above a table are searched for its title.
const REACH: usize = 8;
/// … and for one that nobody knows, which may have so many characters.
const NEAR: usize = 3;
const LONGEST: usize = 40;
/// … and for the title of a table whose head the end of the page cut off.
const TITLES: usize = 24;

/// The lines above a table since the last table: of its own page, or, when none stand there, the last of the page before.
pub fn above<'l>(lines: &'l [&'l Line], grid: &Grid) -> Above<'l> {
    let all = lines;
    let page = grid.page();
    let own: Vec<&Line> = lines
        .iter()
        .rev()
        .filter(|l| l.page == page)
        .take(REACH)
        .copied()
        .collect();
    let lines = if own.is_empty() {
        lines
            .iter()
            .rev()
            .filter(|l| l.page + 1 == page)
            .take(4)
            .copied()
            .collect()
    } else {
        own
    };
    Above { lines, all }
}

/// First rows of a grid that belong to the title, not to the header.
pub struct Preamble {
    /// How many.
    pub rows: usize,
    /// Their texts with places, from below (nearest to the header first).
    pub lines: Vec<(String, Place)>,
}

/// Finds the rows of title, form number and unit that spreadsheets keep inside the grid.
pub fn preamble(grid: &Grid, rules: &Rules<'_>) -> Preamble {
    let g = rules.g;
    let mut out = Preamble {
        rows: 0,
        lines: Vec::new(),
    };
    let mut seen = Vec::new();
    for row in 0..grid.rows.min(5) {
        let mut cells: Vec<usize> = (0..grid.cols).filter_map(|c| grid.cell_id(row, c)).collect();
        cells.dedup();
        let texts: Vec<(Cow<'_, str>, Place)> = cells
            .iter()
            .map(|c| (grid.cells[*c].text(), grid.cells[*c].place()))
            .filter(|(t, _)| !t.trim().is_empty())
            .collect();
        let belongs = texts.len() <= 3
            && texts.iter().any(|(t, _)| {
                let k = text::key(t);
                rules.form_of_title(t).is_some()
                    || g.lexicon.other_title(g.lexicon.without_ordinal(&k)).is_some()
                    || g.lexicon.labelled_unit(&k).is_some()
                    || g.lexicon.form_label(&k).is_some_and(|l| l == k)
                    || g.lexicon.name_label.is_match(&k)
            });
        if belongs {
            out.rows = row + 1;
            seen.extend(texts.into_iter().map(|(t, p)| (t.into_owned(), p)));
        } else if texts.len() > 3 {
            break;
        }
        // Below three texts it may be the heading of the part or of the document, above the title.
    }
    seen.reverse();
    out.lines = seen;
    out
}

/// What the lines say.
#[derive(Default)]
pub struct Head<'g> {
    /// The form whose title stands there.
    pub form: Option<&'g Form>,
    /// A title of a table that is none of the forms.
    pub other: bool,
    /// The title as printed.
    pub title: Option<String>,
    /// Whose money, by the title.
    pub fund: Option<String>,
    /// 公开03表 …
    pub form_label: Option<String>,
    /// The unit of money.
    pub unit: Option<Unit>,
    /// Its label names another measure too (万元、辆).
    pub mixed: bool,
    /// The name of the unit.
    pub name: Option<(String, Place)>,
    /// The year.
    pub year: Option<i16>,
}

/// Reads title, unit, number, name and year, the nearest first; everything farther than the title belongs to something else,
/// except the form number, which may stand above it.
pub fn read<'g>(above: &Above<'_>, inside: &[(String, Place)], rules: &Rules<'g>) -> Head<'g> {
    let g = rules.g;
    let mut head = Head::default();
    let mut pieces: Vec<Vec<(String, Place)>> = inside.iter().map(|(t, p)| vec![(t.clone(), *p)]).collect();
    for l in &above.lines {
        let mut line = vec![(l.text.clone(), Place::new(l.page, l.rect))];
        let segments = l.segments(1.0);
        if segments.len() > 1 {
            for s in &segments {
                let part = l.slice(s);
                line.push((part.text, Place::new(part.page, part.rect)));
            }
        }
        pieces.push(line);
    }
    let mut beyond = 0;
    for line in &pieces {
        let titled = head.title.is_some();
        if titled {
            beyond += 1;
            if beyond > 2 {
                break;
            }
        }
        for (t, place) in line {
            let key = text::key(t);
            if !titled
                && head.title.is_none()
                && let Some((form, m)) = rules.form_of_title(t)
            {
                head.form = Some(form);
                head.fund = m.fund;
                head.title = Some(t.trim().to_string());
            }
            if head.title.is_none() && !head.other && g.lexicon.other_title(g.lexicon.without_ordinal(&key)).is_some() {
                head.other = true;
                head.title = Some(t.trim().to_string());
            }
            if head.unit.is_none() {
                head.unit = g.lexicon.labelled_unit(&key);
                head.mixed = head.unit.is_some() && g.lexicon.mixed_unit(&key);
            }
            if head.form_label.is_none() {
                head.form_label = g.lexicon.form_label(&key).map(str::to_string);
            }
            if head.name.is_none()
                && let Some(m) = g.lexicon.name_label.find(&key)
                && g.lexicon.labelled_unit(&key).is_none()
            {
                let rest = key[m.end()..].trim().to_string();
                if rest.chars().count() >= 3 {
                    head.name = Some((rest, *place));
                }
            }
            if head.year.is_none() {
                head.year = cover::year_in(&key, &g.lexicon);
            }
        }
    }
    head
}

/// The title of a table that nobody knows: one of the nearest lines that looks like one.
pub fn unknown(above: &Above<'_>, inside: &[(String, Place)], g: &Grammar) -> Option<String> {
    let near = above.lines.iter().take(NEAR).map(|l| l.text.as_str());
    let title = |t: &&str| {
        let key = text::key(t);
        let bare = g.lexicon.without_ordinal(&key);
        bare.chars().count() <= LONGEST && g.lexicon.is_table_title(bare)
    };
    let mut all = inside.iter().map(|(t, _)| t.as_str()).chain(near);
    all.find(title).map(|t| t.trim().to_string())
}
