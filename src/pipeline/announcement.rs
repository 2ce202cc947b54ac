//! An announcement in several files (一份公告的多个附件): the text in Word or PDF, the tables in Excel, or in a file of the same kind as
//! the text. Comes in: the files that stand side by side. Goes out: which of them are one document. They are one when one has the sentences and no table of theirs, the others
//! have tables and no sentence, no form stands twice, and name and year agree. Everything else stays apart.

use super::{Context, panics};
use crate::acquire::{self, Beside, Input, Join};
use crate::diag::{Code, Diagnostic, Refusal, Severity};
use crate::place::{DocumentId, Locator, Place};
use crate::read::Document;
use crate::read::markup::Markup;
use crate::record::{DocumentRow, Ending, Extract, Kind, Status};
use crate::text;

/// What the files of one announcement need to know of one of them.
#[derive(Clone, Debug, Default)]
struct Part {
    name: Option<String>,
    year: Option<i16>,
    forms: Vec<String>,
    sentences: bool,
    pages: bool,
}

impl Part {
    /// `None` where it is no final account.
    fn of(e: &Extract) -> Option<Self> {
        let d = &e.document;
        if d.kind != Kind::FinalAccount || !matches!(d.status, Status::Extracted | Status::Partial) {
            return None;
        }
        Some(Self {
            name: d.unit_name.as_deref().map(text::key),
            year: d.fiscal_year,
            forms: d.forms_found.clone(),
            sentences: !e.statements.is_empty(),
            pages: d.pages > 0,
        })
    }

    fn only_tables(&self) -> bool {
        !self.sentences && !self.forms.is_empty()
    }

    /// Whether the tables can stand behind this text: pages behind pages, anything else behind anything.
    fn takes(&self, tables: &Self) -> bool {
        self.pages || !tables.pages
    }

    /// Whether both speak of one unit and year, as far as they say. A table may leave out the region before the name.
    fn agrees(&self, other: &Self) -> bool {
        let names = match (&self.name, &other.name) {
            (Some(a), Some(b)) => a.ends_with(b.as_str()) || b.ends_with(a.as_str()),
            _ => true,
        };
        names && self.year.zip(other.year).is_none_or(|(a, b)| a == b)
    }

    fn repeats(&self, other: &Self) -> bool {
        self.forms.iter().any(|f| other.forms.contains(f))
    }
}

/// Which files of `beside` are one document. `part` reads the file of a number.
fn joins(beside: &Beside, part: impl Fn(usize) -> Option<Part>) -> Vec<Join> {
    let parts: Vec<(usize, Part)> = (0..beside.files.len()).filter_map(|n| Some((n, part(n)?))).collect();
    let (tables, others): (Vec<_>, Vec<_>) = parts.into_iter().partition(|(n, p)| {
        // A workbook with sentences is no text of an announcement.
        p.only_tables() || beside.files[*n].is_workbook()
    });
    let tables: Vec<(usize, Part)> = tables.into_iter().filter(|(_, p)| p.only_tables()).collect();
    if tables.is_empty() {
        return Vec::new();
    }
    // Tables without a name belong to the text beside them only where no other account stands there.
    let agrees = |t: &Part, o: &Part| t.agrees(o) && (t.name.is_some() || others.len() == 1);
    let mut out = Vec::new();
    for (main, text) in others.iter().filter(|(_, o)| o.sentences) {
        let own: Vec<&(usize, Part)> = tables
            .iter()
            .filter(|(_, t)| agrees(t, text) && text.takes(t))
            .collect();
        let alone = own
            .iter()
            .all(|(_, t)| others.iter().filter(|(_, o)| agrees(t, o)).count() == 1);
        let once = own
            .iter()
            .enumerate()
            .all(|(n, (_, t))| !t.repeats(text) && own[..n].iter().all(|(_, before)| !t.repeats(before)));
        if !own.is_empty() && alone && once {
            out.push(Join {
                main: *main,
                tables: own.iter().map(|(n, _)| *n).collect(),
            });
        }
    }
    out
}

/// What an input is in its announcement.
pub(super) enum Role<'i> {
    Alone,
    /// It has the text of these tables.
    Main(Vec<&'i Input>),
    /// Its tables stand with this text.
    Tables(&'i Input),
}

/// Reads the files beside an input once, when the first of them is asked for.
pub(super) fn role<'i>(input: &'i Input, cx: &Context<'_>) -> Role<'i> {
    let Some(beside) = input.beside.as_deref() else {
        return Role::Alone;
    };
    let part = |n: usize| {
        let file: &Input = &beside.files[n];
        let bytes = acquire::bytes(file).ok()?;
        let row = DocumentRow::new(file.id.clone(), file.name.clone());
        let read = panics::quietly(|| super::stages(bytes, row, cx)).ok()?.ok()?;
        Part::of(&read.extract)
    };
    let joins = beside.joins.get_or_init(|| joins(beside, part));
    let is = |n: &usize| beside.files[*n].id == input.id;
    for join in joins {
        if is(&join.main) {
            return Role::Main(join.tables.iter().map(|n| &beside.files[*n]).collect());
        }
        if join.tables.iter().any(is) {
            return Role::Tables(&beside.files[join.main]);
        }
    }
    Role::Alone
}

/// Adds a file to the document of its announcement. Its pages count on behind those that are there.
pub(super) fn append(document: &mut Document, other: Document, name: &str) {
    let markup = document.markup.get_or_insert_with(Markup::default);
    markup.append(other.markup.unwrap_or_default(), name);
    if let (Some(first), Some(part)) = (other.pages.first(), markup.parts.iter().position(|p| p == name)) {
        let before = document.pages.last().map_or(0, |p| p.number);
        let part = u16::try_from(part + 1).unwrap_or(u16::MAX);
        document.behind.push((before + first.number, part));
        document.pages.extend(other.pages.into_iter().map(|mut p| {
            p.number += before;
            p
        }));
    }
}

/// Names the file of everything that stands on pages of another file than the first.
pub(super) fn name_files(e: &mut Extract, behind: &[(u32, u16)]) {
    if behind.is_empty() {
        return;
    }
    let name = |p: &mut Place| {
        let file = behind.iter().rev().find(|(first, _)| p.page >= *first);
        if let (Some((first, part)), None) = (file, p.at) {
            p.at = Some(Locator::Page {
                part: *part,
                page: p.page - first + 1,
            });
        }
    };
    e.facts.iter_mut().for_each(|f| name(&mut f.place));
    e.statements.iter_mut().for_each(|s| name(&mut s.place));
    e.diagnostics.iter_mut().for_each(|d| name(&mut d.place));
    for p in &mut e.projects {
        name(&mut p.place);
        p.funds.iter_mut().for_each(|f| name(&mut f.place));
        p.indicators.iter_mut().for_each(|i| name(&mut i.place));
    }
}

/// Says in the row of a file where its content stands.
pub(super) fn joined(e: &mut Extract, main: &DocumentId, name: &str) {
    e.facts.clear();
    e.statements.clear();
    e.findings.clear();
    e.sections.clear();
    e.glossary.clear();
    e.members.clear();
    e.projects.clear();
    e.unit = None;
    let d = &mut e.document;
    d.part_of = Some(main.clone());
    // The account is that of the other row; this one counts for no unit.
    d.unit_key = None;
    d.forms_found.clear();
    d.findings_failed = 0;
    d.unclaimed_blocks = 0;
    let message = format!("its tables are read together with the text of their announcement, {name}: see part_of");
    d.ends(Ending::With(Status::Joined, Refusal::Joined, message));
    e.diagnostics.clear();
}

/// What the document of an announcement says of the files that it was made of.
pub(super) fn note(names: &[&str]) -> Diagnostic {
    Diagnostic::new(
        Severity::Note,
        Code::JoinedFiles,
        format!(
            "this text and the tables of {} stand side by side and speak of one unit and year: they are one document; locators name the file",
            names.join(", ")
        ),
        Place::document(),
    )
}
