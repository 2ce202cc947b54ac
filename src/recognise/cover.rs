//! What the first pages say: kind of document, unit, year, level, caliber, each with its place. The words are the grammar's.

use crate::grammar::{Form, Grammar, Lexicon, load};
use crate::layout::{Block, Layout, Line};
use crate::place::Place;
use crate::record::{Caliber, Kind, Level};
use crate::text;
use crate::value::year;

/// The cover.
#[derive(Clone, Debug)]
pub struct Cover {
    /// What the document is.
    pub kind: Kind,
    /// Why.
    pub reason: String,
    /// The name of the unit.
    pub unit_name: Option<(String, Place)>,
    /// The fiscal year.
    pub year: Option<(i16, Place)>,
    /// 部门 or 单位.
    pub level: Option<Level>,
    /// Whose figures.
    pub caliber: Option<Caliber>,
    /// Names or lines that are still to be filled in.
    pub placeholders: u32,
}

impl Default for Cover {
    fn default() -> Self {
        Self {
            kind: Kind::Other,
            reason: "nothing was read".into(),
            unit_name: None,
            year: None,
            level: None,
            caliber: None,
            placeholders: 0,
        }
    }
}

/// The first year that is printed in a folded text with its word behind it.
pub fn year_in(folded: &str, lexicon: &Lexicon) -> Option<i16> {
    lexicon.year_word.find_iter(folded).find_map(|m| {
        let before = &folded[..m.start()];
        let (start, _) = before.char_indices().rev().nth(3)?;
        let longer = before[..start].ends_with(|c: char| c.is_ascii_digit());
        year::parse(&before[start..]).filter(|_| !longer)
    })
}

/// Lines of the first page that holds text, at most this many.
const COVER_LINES: usize = 14;

/// Reads the cover.
pub fn cover(layout: &Layout, g: &Grammar) -> Cover {
    let lexicon = &g.lexicon;
    let lines: Vec<&Line> = layout
        .blocks
        .iter()
        .filter_map(|b| match b {
            Block::Line(l) => Some(l),
            Block::Table(_) => None,
        })
        .collect();
    let mut out = Cover::default();
    let Some(first) = lines.first() else {
        out.kind = Kind::Other;
        out.reason = "no line of text outside tables".into();
        return out;
    };
    let front: Vec<(&Line, String)> = lines
        .iter()
        .filter(|l| l.page == first.page)
        .take(COVER_LINES)
        .map(|l| (*l, text::key(&l.text)))
        .enumerate()
        .take_while(|(n, (l, k))| *n == 0 || !l.whole || !lexicon.cover_end.is_match(k))
        .map(|(_, l)| l)
        .collect();
    kind(&front, layout, g, &mut out);
    out.year = front
        .iter()
        .find_map(|(l, k)| year_in(k, lexicon).map(|y| (y, Place::new(l.page, l.rect))));
    if out.year.is_none() {
        // A year may be broken over two lines of a cover, or stand alone.
        let all: String = front.iter().map(|(_, k)| k.as_str()).collect();
        out.year = year_in(&all, lexicon).map(|y| (y, Place::page(first.page)));
    }
    name(&front, g, &mut out);
    let all: String = front.iter().map(|(_, k)| k.as_str()).collect();
    out.level = if lexicon.unit_level.is_match(&all) {
        Some(Level::Unit)
    } else if lexicon.department.is_match(&all) {
        Some(Level::Department)
    } else {
        None
    };
    let self_only = front.iter().any(|(_, k)| lexicon.self_only.is_match(k))
        || lines
            .iter()
            .take(400)
            .any(|l| lexicon.self_only_line.is_match(&text::key(&l.text)));
    out.caliber = if self_only {
        Some(Caliber::SelfOnly)
    } else if out.level == Some(Level::Unit) {
        Some(Caliber::Single)
    } else if lines
        .iter()
        .take(400)
        .any(|l| lexicon.consolidated.is_match(&text::key(&l.text)))
    {
        Some(Caliber::Consolidated)
    } else {
        None
    };
    out.placeholders = lines
        .iter()
        .filter(|l| lexicon.placeholder.is_match(&text::key(&l.text)))
        .count() as u32;
    out
}

/// The cover decides; where it is silent, the titles of the tables do.
fn kind(front: &[(&Line, String)], layout: &Layout, g: &Grammar, out: &mut Cover) {
    let lexicon = &g.lexicon;
    let quote = |l: &Line| l.text.trim().chars().take(40).collect::<String>();
    let account = front.iter().find(|(_, k)| lexicon.final_account.is_match(k));
    let budget = front.iter().find(|(_, k)| lexicon.budget.is_match(k));
    match (account, budget) {
        (Some((l, _)), None) => {
            out.kind = Kind::FinalAccount;
            out.reason = format!("the first page says `{}`", quote(l));
        }
        (None, Some((l, _))) => {
            out.kind = Kind::Budget;
            out.reason = format!("the first page says `{}` and nowhere 决算", quote(l));
        }
        (Some((a, ka)), Some((b, kb))) => {
            // 预决算公开 names both; a line that names only one of them decides, the first of them.
            let only_account = !lexicon.budget.is_match(ka);
            let only_budget = !lexicon.final_account.is_match(kb);
            if only_budget && (!only_account || b.baseline < a.baseline) {
                out.kind = Kind::Budget;
                out.reason = format!("the first page says `{}` first", quote(b));
            } else {
                out.kind = Kind::FinalAccount;
                out.reason = format!("the first page says `{}` first", quote(a));
            }
        }
        (None, None) => {
            let (mut accounts, mut budgets) = (0, 0);
            for b in &layout.blocks {
                let Block::Line(l) = b else { continue };
                let k = text::key(&l.text);
                if k.chars().count() > 40 || !lexicon.table_word.is_match(&k) {
                    continue;
                }
                accounts += u32::from(lexicon.final_account.is_match(&k));
                budgets += u32::from(lexicon.budget.is_match(&k) && !lexicon.final_account.is_match(&k));
            }
            out.kind = match (accounts, budgets) {
                (0, 0) => Kind::Other,
                (a, b) if a >= b => Kind::FinalAccount,
                _ => Kind::Budget,
            };
            out.reason = format!("the first page is silent; {accounts} titles of tables say 决算, {budgets} say 预算");
        }
    }
}

/// Whether a line is the title of a table and no more; a workbook may begin with its first table.
fn is_title(key: &str, g: &Grammar) -> bool {
    let lexicon = &g.lexicon;
    let forms: Vec<&Form> = g.forms.iter().collect();
    let form =
        || load::form_of_title(lexicon, &forms, key).map(|(_, m)| lexicon.year_word.replace(&m.prefix, "").is_empty());
    lexicon.other_title(key) == Some(key.len()) || form().unwrap_or(false)
}

/// The name: the cover lines without year, without 部门决算 and its like, joined until one of those words stands.
fn name(front: &[(&Line, String)], g: &Grammar, out: &mut Cover) {
    let lexicon = &g.lexicon;
    let mut joined = String::new();
    let mut place: Option<Place> = None;
    // A name behind its label is the surest; beside it may stand the unit of money, which is another piece of the line.
    let labelled = front.iter().find_map(|(line, _)| {
        line.segments(1.0).iter().find_map(|s| {
            let piece = line.slice(s);
            let key = text::key(&piece.text);
            let rest = &key[lexicon.name_label.find(&key)?.end()..];
            let name = rest.chars().count() >= 3 && lexicon.labelled_unit(&key).is_none();
            name.then(|| (rest.to_string(), Place::new(piece.page, piece.rect)))
        })
    });
    if labelled.is_some() {
        out.unit_name = labelled;
        return;
    }
    for (line, key) in front {
        if is_title(key, g) {
            break;
        }
        if lexicon.not_a_name.is_match(key) {
            if joined.is_empty() {
                continue;
            }
            break;
        }
        // A year before the name (2023年度上海市…) is no part of it.
        let mut k = key.as_str();
        if let Some(m) = lexicon.year_word.find(k)
            && m.start() <= 12
            && year_in(&k[..m.end()], lexicon).is_some()
        {
            k = &k[m.end()..];
        }
        let cut = lexicon.name_rest.find(k);
        let part = cut.map_or(k, |m| &k[..m.start()]);
        let part = part.trim_end_matches(|c: char| c.is_ascii_digit());
        joined.push_str(part);
        let here = Place::new(line.page, line.rect);
        place = Some(place.map_or(here, |p| Place::new(p.page, p.rect.union(&here.rect))));
        if cut.is_some() && !joined.is_empty() {
            break;
        }
    }
    let joined = joined
        .trim_matches(|c: char| !c.is_alphanumeric() && c != '(' && c != ')')
        .to_string();
    if joined.chars().count() >= 3 && joined.chars().count() <= 60 {
        out.unit_name = place.map(|p| (joined, p));
    }
}
