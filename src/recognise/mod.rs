//! Blocks to forms. Comes in: [`crate::layout::Layout`]. Goes out: which table is which form, what every column and row means,
//! and what the cover says; what nobody claimed is kept and listed. Refuses to read amounts: that is for `normalise`.

pub mod cover;
mod doubtful;
pub mod examples;
mod expected;
pub mod header;
mod identity;
pub mod narrative;
pub mod other;
pub mod outline;
pub mod project;
mod rows;
mod rules;
pub mod sentence;
mod shown;
mod titles;
mod torn;

use self::rules::Rules;
use crate::diag::{Code, Diagnostic, Outcome, Severity};
use crate::grammar::{Form, Grammar};
use crate::layout::{Block, Grid, GridKind, Layout, Line};
use crate::place::Place;
use crate::record::{OTHER_TABLE, Side};
use crate::text;
use crate::value::Unit;
use std::collections::BTreeSet;

pub use cover::{Cover, Own};
pub use identity::Evidence;
pub use other::{OtherEntry, OtherTable};
pub use project::ProjectTable;

/// Everything that was recognised in a document.
#[derive(Clone, Debug, Default)]
pub struct Recognised {
    /// What the first pages say.
    pub cover: Cover,
    /// The forms, in document order.
    pub tables: Vec<Table>,
    /// Tables outside the forms that are handed over as printed, in document order.
    pub others: Vec<OtherTable>,
    /// What else says whose document it is.
    pub evidence: Evidence,
    /// 项目自评表, in document order.
    pub projects: Vec<ProjectTable>,
    /// The blocks that hold them.
    pub project_blocks: BTreeSet<usize>,
    /// Tables and numbers that nobody claimed (each has a diagnostic).
    pub unclaimed: u32,
    /// Whether the forms stand there twice with other figures: the accounts of several units or years in one file.
    pub several: bool,
}

/// The narrative of a document: its sections and what their sentences say.
#[derive(Clone, Debug, Default)]
pub struct Narrative {
    /// Paragraphs and sections.
    pub outline: outline::Outline,
    /// What every paragraph says.
    pub told: Vec<narrative::Paragraph>,
}

/// Reads the narrative of a document whose tables are known.
pub fn narrative(layout: &Layout, recognised: &Recognised, g: &Grammar) -> Narrative {
    let outline = outline::outline(layout, recognised, g);
    let name = recognised.cover.unit_name.as_ref().map(|(n, _)| n.as_str());
    let year = recognised
        .cover
        .year
        .map(|(y, _)| y)
        .or_else(|| recognised.tables.iter().find_map(|t| t.year));
    let told = narrative::document(&outline, name, year, g);
    Narrative { outline, told }
}

/// A table that is one of the forms.
#[derive(Clone, Debug)]
pub struct Table {
    /// Ordinal among the recognised tables, 1-based.
    pub ordinal: u32,
    /// Index of its block in the layout.
    pub block: usize,
    /// Form id.
    pub form: String,
    /// The form's Chinese name.
    pub zh: String,
    /// The title as printed.
    pub title: Option<String>,
    /// Whose money, by the title or the form.
    pub fund: Option<String>,
    /// 公开03表 … as printed.
    pub form_label: Option<String>,
    /// The unit that the table's own label names.
    pub unit: Option<Unit>,
    /// The page on which it begins.
    pub page: u32,
    /// The page on which it ends.
    pub last_page: u32,
    /// The name of the unit printed above the table, with its place.
    pub name: Option<(String, Place)>,
    /// The year printed above the table.
    pub year: Option<i16>,
    /// Why it is this form and what each header gave.
    pub reasons: Vec<String>,
    /// The amount cells.
    pub entries: Vec<Entry>,
}

/// An amount cell and what it means.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Panel.
    pub side: Option<Side>,
    /// Canonical item.
    pub item: String,
    /// Code as printed.
    pub item_code: Option<String>,
    /// Label as printed, without list number.
    pub item_name: Option<String>,
    /// Level of the code.
    pub item_level: Option<i8>,
    /// The sub-unit whose row it is; none in the row that sums them up.
    pub sub_unit: Option<String>,
    /// A total or subtotal row.
    pub is_total: bool,
    /// Canonical column.
    pub measure: String,
    /// The measure is a rate or a share: no amount.
    pub ratio: bool,
    /// Whose money.
    pub fund: Option<String>,
    /// 行次.
    pub row_no: Option<u32>,
    /// The unit named in the column's own header.
    pub unit: Option<Unit>,
    /// What stands in the cell.
    pub printed: String,
    /// Number of lines in the cell.
    pub lines: usize,
    /// Where.
    pub place: Place,
}

/// The lines of a document with their folded texts, and where its tables stand between them: folded once for all that ask.
struct Lines<'l>(Vec<Option<(&'l Line, String)>>);

impl<'l> Lines<'l> {
    fn new(layout: &'l Layout) -> Self {
        let of = |b: &'l Block| match b {
            Block::Line(line) => Some((line, text::key(&line.text))),
            Block::Table(_) => None,
        };
        Self(layout.blocks.iter().map(of).collect())
    }

    fn iter(&self) -> impl Iterator<Item = (&'l Line, &str)> {
        self.0.iter().flatten().map(|(line, key)| (*line, key.as_str()))
    }
}

/// Recognises a document of which nothing but its text is known.
pub fn recognise(layout: &Layout, g: &Grammar) -> Outcome<Recognised> {
    recognise_with(layout, &Own::default(), g)
}

/// Recognises a document; `own` is what its page and its file say of themselves.
pub fn recognise_with(layout: &Layout, own: &Own, g: &Grammar) -> Outcome<Recognised> {
    let mut report = Vec::new();
    let keyed = Lines::new(layout);
    let mut out = Recognised {
        cover: cover::of_lines(&keyed, own, g),
        evidence: identity::evidence(&keyed, g),
        ..Recognised::default()
    };
    let region = out.cover.unit_name.as_ref().and_then(|(name, _)| g.region_of(name));
    let rules = Rules::new(g, region);
    let mut lines: Vec<&Line> = Vec::new();
    let mut refused: Option<Refused> = None;
    // The first row of a table that is none of the forms, while it may go on on the next page.
    let mut after: Option<Vec<String>> = None;
    for (block, b) in layout.blocks.iter().enumerate() {
        match b {
            Block::Line(l) => lines.push(l),
            Block::Table(grid) => {
                let above = titles::above(&lines, grid);
                if project::read(grid, above.unit(g), g, &mut out.projects, &mut report) {
                    out.project_blocks.insert(block);
                    lines.clear();
                    continue;
                }
                if goes_on(grid, &above, &rules, after.as_deref(), &mut out, &mut report) {
                    lines.clear();
                    continue;
                }
                let others = out.others.len();
                match table(grid, &above, &rules, &mut refused, &mut out, &mut report) {
                    Judged::Form(mut t) => {
                        t.block = block;
                        out.tables.push(*t);
                    }
                    Judged::Continued => {}
                    Judged::Refused => unclaimed_table(grid, &above, false, None, g, &mut out, &mut report),
                    Judged::None => other_table(grid, &above, &rules, &mut out, &mut report),
                }
                let fresh = out.others.iter_mut().rev().take_while(|o| o.block == other::UNPLACED);
                fresh.for_each(|o| o.block = block);
                // Only behind a table that is none of the forms as a whole, not behind a form with such rows.
                after = match out.others[others..].last() {
                    Some(o) if out.tables.last().is_none_or(|t| t.block != o.block) => Some(first_row(grid)),
                    _ => None,
                };
                lines.clear();
            }
        }
    }
    titles_without_table(&keyed, &rules, &mut out, &mut report);
    expected::judge(layout, &keyed, &rules, &mut out, &mut report);
    number(&mut out);
    Outcome::new(out, report)
}

/// The title of a form with numbers or with heads of columns below it that no table holds: the table has no lines and too few rows to
/// be seen by its alignment. What is lost is said.
fn titles_without_table(lines: &Lines<'_>, rules: &Rules<'_>, out: &mut Recognised, report: &mut Vec<Diagnostic>) {
    // The title, and how many lines in several pieces stand below it: one may be its caption.
    let mut open: Option<(&Form, &Line, usize)> = None;
    for b in &lines.0 {
        let Some((line, key)) = b else {
            open = None;
            continue;
        };
        if let Some((form, _)) = rules.form_of_title_of(&line.text, key) {
            open = (!out.tables.iter().any(|t| t.form == form.id)).then_some((form, line, 0));
            continue;
        }
        let Some((form, title, wide)) = open.as_mut().filter(|(_, t, _)| t.page == line.page) else {
            continue;
        };
        let pieces = line.segments(0.7);
        let numbers = pieces
            .iter()
            .any(|s| crate::value::amount::parse(&line.text[s.start..s.end]).is_some_and(|a| a.places > 0));
        *wide += usize::from(pieces.len() >= 3);
        let (severity, what) = match numbers {
            true => (Severity::Error, "numbers"),
            false if pieces.len() >= 4 || *wide >= 2 => (Severity::Warning, "heads of columns"),
            false => continue,
        };
        out.unclaimed += 1;
        report.push(
            Diagnostic::new(
                severity,
                Code::TitleWithoutTable,
                format!(
                    "below the title of {} ({}) stand {what}, but no table was recognised there",
                    form.id, form.zh
                ),
                Place::new(title.page, title.rect),
            )
            .of_form(&form.id)
            .printed(&line.text),
        );
        open = None;
    }
}

/// A table with the title of a form that was not read.
struct Refused {
    form: String,
    last_page: u32,
}

/// What became of a table.
enum Judged {
    /// It is a form.
    Form(Box<Table>),
    /// Its rows were given to the table before it.
    Continued,
    /// It is, or may be, a form or a part of one, and was not read.
    Refused,
    /// Nothing says that it is one of the forms.
    None,
}

/// Ordinals in the order of the document; tables that are none of the forms come behind the forms, so that they move none of them.
fn number(out: &mut Recognised) {
    let forms = out.tables.iter_mut().map(|t| &mut t.ordinal);
    let others = out.others.iter_mut().map(|t| &mut t.ordinal);
    for (n, ordinal) in (1..).zip(forms.chain(others)) {
        *ordinal = n;
    }
}

/// A table becomes a form by its title, proven by its header; without a title by its header alone, if only one form fits.
fn table(
    grid: &Grid,
    above: &titles::Above<'_>,
    rules: &Rules<'_>,
    refused: &mut Option<Refused>,
    out: &mut Recognised,
    report: &mut Vec<Diagnostic>,
) -> Judged {
    let pre = titles::preamble(grid, rules);
    let head = titles::read(above, &pre.lines, rules);
    let place = Place::new(grid.page(), grid.rect());
    let year = head.year.or(out.cover.year.map(|(y, _)| y));
    let texts = header::Texts::new(grid, pre.rows, rules, year);
    let goes_on_last = || continued(grid, out).is_some_and(|id| fits_form(&id, &texts, rules));
    let (form, matched) = match head.form {
        Some(form) => match header::columns(&texts, form, true) {
            Ok(m) => (form, m),
            Err(why) => {
                report.push(
                    Diagnostic::new(
                        Severity::Error,
                        Code::HeaderDoesNotFit,
                        format!("the table titled as {} ({}) was not read: {why}", form.id, form.zh),
                        place,
                    )
                    .of_form(&form.id)
                    .printed(head.title.clone().unwrap_or_default()),
                );
                *refused = Some(Refused {
                    form: form.id.clone(),
                    last_page: grid.last_page(),
                });
                return Judged::Refused;
            }
        },
        None if head.other => return Judged::None,
        None if goes_on_last() => {
            // Rows of a table whose head stands at the foot of the page before belong to that, and to no other.
            let behind = refused.as_ref().is_some_and(|r| r.last_page + 1 == grid.page());
            let last = continued(grid, out);
            if behind || last.as_ref().is_some_and(|id| above.names_another(id, rules)) {
                cut_off(grid, last, refused.as_mut(), report);
                return Judged::Refused;
            }
            continue_last(grid, &texts, rules, out, report);
            return Judged::Continued;
        }
        None => {
            let mut fits = rules
                .forms
                .iter()
                .filter_map(|f| header::columns(&texts, f, false).ok().map(|m| (*f, m)))
                .filter(|(_, m)| m.complete);
            let Some(first) = fits.next() else {
                return Judged::None;
            };
            if fits.next().is_some() {
                return Judged::Refused;
            }
            // What goes on from a table that was not read would begin with the wrong rows.
            let goes_on = |r: &&mut Refused| r.form == first.0.id && r.last_page + 1 == grid.page();
            if let Some(r) = refused.as_mut().filter(goes_on) {
                r.last_page = grid.last_page();
                let message = format!("this table goes on from one titled as {} that was not read", first.0.id);
                report.push(
                    Diagnostic::new(Severity::Error, Code::HeaderDoesNotFit, message, place).of_form(&first.0.id),
                );
                return Judged::Refused;
            }
            report.push(Diagnostic::new(
                Severity::Warning,
                Code::FormByHeader,
                format!(
                    "no title was found above the table; its header fits {} only",
                    first.0.id
                ),
                place,
            ));
            first
        }
    };
    if grid.kind == GridKind::Aligned {
        report.push(Diagnostic::new(
            Severity::Warning,
            Code::TableWithoutLines,
            format!("the columns of this table ({}) were found by the alignment of its text, not by lines: compare it with the page", form.id),
            place,
        ));
    }
    let mut reasons = Vec::new();
    match &head.title {
        Some(t) => reasons.push(format!("title `{t}`")),
        None => reasons.push("by its header alone".to_string()),
    }
    reasons.extend(matched.reasons(grid, form, &rules.g.parts));
    let fund = head.fund.clone().or_else(|| form.fund.clone());
    let said = rows::Said {
        fund: fund.as_deref(),
        year,
        before: &[],
    };
    let before = out.others.len();
    let entries = rows::entries(grid, form, &matched, said, rules, out, report);
    for o in &mut out.others[before..] {
        o.title = head.title.clone();
        o.form_label = head.form_label.clone();
        o.unit = head.unit;
    }
    Judged::Form(Box::new(Table {
        ordinal: 0,
        block: 0,
        form: form.id.clone(),
        zh: form.zh.clone(),
        title: head.title,
        fund: fund.clone(),
        form_label: head.form_label,
        unit: head.unit,
        page: grid.page(),
        last_page: grid.last_page(),
        name: head.name,
        year: head.year,
        reasons,
        entries,
    }))
}

fn fits_form(id: &str, texts: &header::Texts<'_>, rules: &Rules<'_>) -> bool {
    rules.form(id).is_some_and(|f| header::columns(texts, f, false).is_ok())
}

/// Says that the head of a table was parted from its rows.
fn cut_off(grid: &Grid, form: Option<String>, refused: Option<&mut Refused>, report: &mut Vec<Diagnostic>) {
    if let Some(r) = refused {
        r.last_page = grid.last_page();
    }
    let mut said = Diagnostic::new(
        Severity::Error,
        Code::HeadCutOff,
        "the title and head of this table stand on the page before, parted from its rows: the rows were not read",
        Place::new(grid.page(), grid.rect()),
    );
    said.form = form;
    report.push(said);
}

/// The form of the last table when this one, without a title, stands on the page after it: it may go on here with its header
/// repeated, though layout could not match the columns.
fn continued(grid: &Grid, out: &Recognised) -> Option<String> {
    out.tables
        .last()
        .filter(|t| t.last_page + 1 == grid.page())
        .map(|t| t.form.clone())
}

fn continue_last(
    grid: &Grid,
    texts: &header::Texts<'_>,
    rules: &Rules<'_>,
    out: &mut Recognised,
    report: &mut Vec<Diagnostic>,
) {
    let Some(mut last) = out.tables.pop() else { return };
    if let Some(form) = rules.form(&last.form)
        && let Ok(matched) = header::columns(texts, form, false)
    {
        let fund = last.fund.clone();
        let said = rows::Said {
            fund: fund.as_deref(),
            year: last.year.or(out.cover.year.map(|(y, _)| y)),
            before: &last.entries,
        };
        let before = out.others.len();
        let more = rows::entries(grid, form, &matched, said, rules, out, report);
        for o in &mut out.others[before..] {
            o.title = last.title.clone();
            o.form_label = last.form_label.clone();
            o.unit = last.unit;
        }
        last.entries.extend(more);
        last.last_page = grid.last_page();
        last.reasons.push(format!(
            "goes on on page {}: no title, and its header is of the same form",
            grid.page()
        ));
    }
    out.tables.push(last);
}

/// A table that is none of the forms is handed over as printed: one with a title of the lexicon, and one with any title where nothing
/// in it looks like a form. The second stays said as unclaimed: it may still be a form that nobody knew.
fn other_table(
    grid: &Grid,
    above: &titles::Above<'_>,
    rules: &Rules<'_>,
    out: &mut Recognised,
    report: &mut Vec<Diagnostic>,
) {
    let pre = titles::preamble(grid, rules);
    let mut head = titles::read(above, &pre.lines, rules);
    let known = head.other;
    if !known {
        head.title = titles::unknown(above, &pre.lines, rules.g);
        let texts = header::Texts::new(grid, pre.rows, rules, None);
        let looks = || rules.forms.iter().any(|f| header::columns(&texts, f, false).is_ok());
        if head.title.is_none() || head.unit.is_none() || grid.kind == GridKind::Aligned || looks() {
            return unclaimed_table(grid, above, known, None, rules.g, out, report);
        }
    }
    // A report of somebody else may call itself an account; nothing here shows that the figures are those of a unit.
    if out.cover.unit_name.is_none() && out.tables.is_empty() {
        let why = "neither a unit nor a form of its account was found before it".to_string();
        return unclaimed_table(grid, above, known, Some(why), rules.g, out, report);
    }
    let read = match other::read(grid, pre.rows, &head, rules.g) {
        Ok(t) => t,
        Err(why) => return unclaimed_table(grid, above, known, Some(why), rules.g, out, report),
    };
    let (numbers, left) = (read.entries.len(), read.left_out);
    out.others.push(read);
    if !known || left > 0 {
        out.unclaimed += 1;
    }
    let rest = match left {
        0 => String::new(),
        n => format!("; {n} cells with digits were left out, as it is not plain what stands above or beside them"),
    };
    let (severity, code, what) = match known {
        true if left > 0 => (Severity::Warning, Code::OtherTable, "is none of the forms"),
        true => (Severity::Note, Code::OtherTable, "is none of the forms"),
        false => (
            Severity::Warning,
            Code::UnclaimedTable,
            "is none of the forms that are known",
        ),
    };
    let first = first_words(grid);
    let message = format!(
        "a table {what}; {numbers} numbers of it were read as printed, as {OTHER_TABLE}{rest}; it begins: {first}"
    );
    let place = Place::new(grid.page(), grid.rect());
    let said = Diagnostic::new(severity, code, message, place);
    report.push(said.printed(head.title.unwrap_or_default()));
}

fn first_row(grid: &Grid) -> Vec<String> {
    let cells = (0..grid.cols).map(|c| grid.cell(0, c).map(|k| text::key(&k.text())));
    cells.map(Option::unwrap_or_default).collect()
}

/// Whether a table without a title goes on from one on the page before that is none of the forms and begins with the same row: its
/// head may look like that of a form, and its rows are not that form's.
fn goes_on(
    grid: &Grid,
    above: &titles::Above<'_>,
    rules: &Rules<'_>,
    after: Option<&[String]>,
    out: &mut Recognised,
    report: &mut Vec<Diagnostic>,
) -> bool {
    let Some(last) = out.others.last_mut() else {
        return false;
    };
    let same = last.last_page + 1 == grid.page() && after.is_some_and(|row| row == first_row(grid));
    let own = || {
        titles::read(above, &titles::preamble(grid, rules).lines, rules)
            .title
            .is_some()
    };
    if !same || own() || titles::unknown(above, &[], rules.g).is_some() {
        return false;
    }
    let head = titles::Head {
        title: last.title.clone(),
        form_label: last.form_label.clone(),
        unit: last.unit,
        // Whether its label named more than money is not kept: a word has to say what a number is.
        mixed: true,
        ..titles::Head::default()
    };
    match other::read(grid, 0, &head, rules.g) {
        Ok(more) => {
            last.last_page = more.last_page;
            let (numbers, left) = (more.entries.len(), more.left_out);
            last.entries.extend(more.entries);
            last.left_out += left;
            out.unclaimed += u32::from(left > 0);
            let severity = if left > 0 { Severity::Warning } else { Severity::Note };
            let message = format!(
                "a table goes on here that is none of the forms; {numbers} numbers of it were read as printed, as {OTHER_TABLE}; {left} cells with \
                 digits were left out"
            );
            let place = Place::new(grid.page(), grid.rect());
            let said = Diagnostic::new(severity, Code::OtherTable, message, place);
            report.push(said.printed(head.title.unwrap_or_default()));
        }
        Err(why) => unclaimed_table(grid, above, false, Some(why), rules.g, out, report),
    }
    true
}

/// The words with which a table begins.
fn first_words(grid: &Grid) -> String {
    let filled = grid.cells.iter().filter(|c| !c.lines.is_empty());
    let first: Vec<String> = filled.take(6).map(|c| text::key(&c.text())).collect();
    first.join(" | ")
}

/// Says that a table was not read. `known`: its title is one that is known to be none of the forms, so that it is no part of one.
fn unclaimed_table(
    grid: &Grid,
    above: &titles::Above<'_>,
    known: bool,
    why: Option<String>,
    g: &Grammar,
    out: &mut Recognised,
    report: &mut Vec<Diagnostic>,
) {
    let numbers = grid
        .cells
        .iter()
        .filter(|c| {
            c.lines
                .iter()
                .any(|l| crate::value::amount::parse(&l.text).is_some_and(|a| a.places > 0))
                // Sentences in cells.
                || c.lines.iter().any(|l| g.lexicon.cover.figure.is_match(&text::key(&l.text)))
        })
        .count();
    if numbers == 0 {
        return;
    }
    out.unclaimed += 1;
    let why = why.map(|w| format!(" ({w})")).unwrap_or_default();
    let first = first_words(grid);
    report.push(
        Diagnostic::new(
            if known { Severity::Note } else { Severity::Warning },
            Code::UnclaimedTable,
            format!("a table with {numbers} numbers is none of the forms{why}; it begins: {first}"),
            Place::new(grid.page(), grid.rect()),
        )
        .printed(above.nearest().unwrap_or_default()),
    );
}
