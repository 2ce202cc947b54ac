//! The accounts of several units or years in one file (决算汇编). Comes in: the pages of the file and what was recognised on them, where
//! its forms stand twice with other figures. Goes out: the pages of each account, by the unit and year in the heads of its tables
//! and by its own cover; each is then read as a file of its own. Refuses where one head does not tell, where two accounts share a page
//! or where what was read in the end contradicts the heads: then the file stays refused as a whole. Pages of which nobody knows
//! whose they are belong to nobody, and that is said.

use crate::diag::{Code, Diagnostic, Refusal, Severity};
use crate::grammar::Grammar;
use crate::layout::{Block, Layout};
use crate::place::Place;
use crate::read::{Document, Page};
use crate::recognise::cover::Ground;
use crate::recognise::{Own, Recognised, Table, cover};
use crate::record::{DocumentRow, Ending, Extract, Kind, Status};
use crate::text;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// One account of a file.
pub(super) struct Account {
    name: String,
    year: Option<i16>,
    /// Its pages in the file.
    pub(super) pages: RangeInclusive<u32>,
    /// Pages beside it that may be its own or another's.
    open: Vec<RangeInclusive<u32>>,
}

/// A form and whose money it counts.
type Form<'t> = (&'t str, Option<&'t str>);

/// The tables of one account.
#[derive(Clone)]
struct Tables<'t> {
    name: String,
    year: Option<i16>,
    forms: Vec<Form<'t>>,
    /// The page of its cover or of its first table.
    first: u32,
    last: u32,
}

impl Tables<'_> {
    fn new(name: String, year: Option<i16>, first: u32) -> Self {
        Self {
            name,
            year,
            forms: Vec::new(),
            first,
            last: first,
        }
    }
}

/// The accounts of a file, in its order: by their covers, else by the heads of their tables.
///
/// # Errors
/// Why it cannot be told whose all of its tables are.
pub(super) fn find(
    document: &Document,
    layout: &Layout,
    recognised: &Recognised,
    g: &Grammar,
) -> Result<Vec<Account>, String> {
    // Only where a page of the layout is a page of the file.
    if document.markup.is_some() || layout.shown.is_some() || layout.origins.is_some() {
        return Err("only the pages of an upright file are told apart".into());
    }
    let end = document.pages.iter().map(|p| p.number).max().unwrap_or(0);
    let covers = covers(layout, g);
    let out = by_covers(&covers, recognised, end).or_else(|_| by_heads(&covers, recognised, end, g))?;
    // A table that no account holds would be lost.
    let held = |page: u32| out.iter().any(|a| a.pages.contains(&page));
    let lost = layout.blocks.iter().find_map(|b| match b {
        Block::Table(grid) if grid.cells.iter().any(|c| digits(&c.text())) => {
            [grid.page(), grid.last_page()].into_iter().find(|p| !held(*p))
        }
        _ => None,
    });
    match lost {
        Some(page) => Err(format!("nothing says whose the table on page {page} is")),
        None => Ok(out),
    }
}

fn digits(t: &str) -> bool {
    t.chars().any(|c| c.is_ascii_digit())
}

/// The tables with figures.
fn tables(recognised: &Recognised) -> impl Iterator<Item = &Table> {
    let printed = |t: &&Table| t.entries.iter().any(|e| digits(&e.printed));
    recognised.tables.iter().filter(printed)
}

fn like(a: Option<i16>, b: Option<i16>) -> bool {
    a.is_none() || b.is_none() || a == b
}

/// Whether two of the accounts may be one.
fn doubled(all: &[Tables<'_>]) -> Result<(), String> {
    let same = |a: &Tables<'_>, b: &Tables<'_>| a.name == b.name && like(a.year, b.year);
    let again = (1..all.len()).find(|n| all[..*n].iter().any(|a| same(a, &all[*n])));
    match again {
        Some(n) => Err(format!(
            "the account of {} begins again on page {}",
            all[n].name, all[n].first
        )),
        None if all.len() < 2 => Err("one account only was told apart".into()),
        None => Ok(()),
    }
}

/// By covers: each account stands from its own to the next, and no head of a table says otherwise.
fn by_covers(covers: &Covers, recognised: &Recognised, end: u32) -> Result<Vec<Account>, String> {
    // A title may stand on several pages of one account.
    let mut marks: Vec<Tables<'_>> = Vec::new();
    for (page, (name, year)) in covers {
        if let Some(m) = marks.last_mut().filter(|m| m.name == *name && like(m.year, *year)) {
            m.year = m.year.or(*year);
            continue;
        }
        marks.push(Tables::new(name.clone(), *year, *page));
    }
    let begins: Vec<u32> = marks.iter().map(|m| m.first).collect();
    for t in tables(recognised) {
        let of_page = |page: u32| begins.partition_point(|b| *b <= page).checked_sub(1);
        let (Some(n), last) = (of_page(t.page), of_page(t.last_page)) else {
            return Err(format!("the table on page {} stands before every cover", t.page));
        };
        let m = &mut marks[n];
        let named = t.name.as_ref().is_none_or(|(name, _)| text::key(name) == m.name);
        if last != Some(n) || !named || !like(m.year, t.year) || m.forms.contains(&form(t)) {
            return Err(format!(
                "the head of the table on page {} contradicts the cover before it",
                t.page
            ));
        }
        m.year = m.year.or(t.year);
        m.forms.push(form(t));
    }
    let all = || marks.iter().enumerate().filter(|(_, m)| !m.forms.is_empty());
    let pages = |n: usize| begins[n]..=begins.get(n + 1).map_or(end, |b| b - 1);
    let ranges: Vec<RangeInclusive<u32>> = all().map(|(n, _)| pages(n)).collect();
    let own: Vec<Tables<'_>> = all().map(|(_, m)| m.clone()).collect();
    doubled(&own)?;
    Ok(accounts(own, ranges, end))
}

/// By the heads of the tables; text is given to an account only from its cover on.
fn by_heads(covers: &Covers, recognised: &Recognised, end: u32, g: &Grammar) -> Result<Vec<Account>, String> {
    let mut groups = groups(recognised, g)?;
    let mut begins: Vec<Option<u32>> = Vec::with_capacity(groups.len());
    for n in 0..groups.len() {
        let before = n.checked_sub(1).map_or(0, |b| groups[b].last);
        let t = &mut groups[n];
        let found = covers
            .range(before + 1..t.first.max(before + 1))
            .find(|(_, (name, year))| *name == t.name && like(*year, t.year));
        t.year = t.year.or(found.and_then(|(_, (_, y))| *y));
        begins.push(found.map(|(page, _)| *page));
    }
    doubled(&groups)?;
    let mut ranges = Vec::with_capacity(groups.len());
    for (n, t) in groups.iter().enumerate() {
        // The text behind the last table stands before the next cover; behind the last account others may stand too.
        let last = match (begins[n], begins.get(n + 1)) {
            (Some(_), Some(Some(next))) => next - 1,
            _ => t.last,
        };
        ranges.push(begins[n].unwrap_or(t.first)..=last);
    }
    Ok(accounts(groups, ranges, end))
}

/// The accounts with their pages, and with those around them that nobody has.
fn accounts(tables: Vec<Tables<'_>>, ranges: Vec<RangeInclusive<u32>>, end: u32) -> Vec<Account> {
    let around = |n: usize| {
        let before = n.checked_sub(1).map_or(1, |b| ranges[b].end() + 1);
        let after = ranges.get(n + 1).map_or(end + 1, |r| *r.start());
        [before..=ranges[n].start() - 1, ranges[n].end() + 1..=after - 1]
    };
    let account = |(n, t): (usize, Tables<'_>)| Account {
        name: t.name,
        year: t.year,
        pages: ranges[n].clone(),
        open: around(n).into_iter().filter(|p| !p.is_empty()).collect(),
    };
    tables.into_iter().enumerate().map(account).collect()
}

fn form(t: &Table) -> Form<'_> {
    (&t.form, t.fund.as_deref())
}

/// The tables by the unit and year of their heads.
///
/// # Errors
/// Where a head is missing, where an account begins again behind another, or where two stand on one page.
fn groups<'t>(recognised: &'t Recognised, g: &Grammar) -> Result<Vec<Tables<'t>>, String> {
    let mut out: Vec<Tables<'t>> = Vec::new();
    for t in tables(recognised) {
        let name = t
            .name
            .as_ref()
            .map(|(n, _)| text::key(n))
            .filter(|n| g.units.could_be(n));
        let Some(name) = name else {
            return Err(format!("the head of the table on page {} names no unit", t.page));
        };
        let goes_on = |a: &&mut Tables<'_>| a.name == name && like(a.year, t.year) && !a.forms.contains(&form(t));
        if let Some(own) = out.last_mut().filter(goes_on) {
            if t.page < own.first {
                return Err(format!("page {} lies before others of its account", t.page));
            }
            own.year = own.year.or(t.year);
            own.forms.push(form(t));
            own.last = own.last.max(t.last_page);
            continue;
        }
        if out.last().is_some_and(|a| t.page <= a.last) {
            return Err(format!("tables of two accounts stand on page {}", t.page));
        }
        let mut own = Tables::new(name, t.year, t.page);
        own.forms.push(form(t));
        own.last = t.last_page;
        out.push(own);
    }
    Ok(out)
}

/// A cover has fewer characters than this.
const COVER: usize = 120;

/// The pages that are covers by themselves: the name of the unit, and the year.
type Covers = BTreeMap<u32, (String, Option<i16>)>;

fn covers(layout: &Layout, g: &Grammar) -> Covers {
    let mut pages: BTreeMap<u32, Vec<Block>> = BTreeMap::new();
    for b in &layout.blocks {
        pages.entry(b.page()).or_default().push(b.clone());
    }
    // A page of text may name a unit in a line that looks like a title; a cover holds little else.
    pages.retain(|_, blocks| {
        let lines = blocks.iter().map(|b| match b {
            Block::Line(l) => text::key(&l.text).chars().count(),
            Block::Table(_) => COVER,
        });
        lines.sum::<usize>() < COVER
    });
    let read = |(page, blocks): (u32, Vec<Block>)| {
        let one = Layout {
            blocks,
            ..Layout::default()
        };
        let c = cover::cover(&one, &Own::default(), g);
        let titled = c.kind == Kind::FinalAccount && c.name_ground == Some(Ground::Title);
        let name = c.unit_name.as_ref().filter(|_| titled).map(|(n, _)| text::key(n))?;
        Some((page, (name, c.year.map(|(y, _)| y))))
    };
    pages.into_iter().filter_map(read).collect()
}

/// The file with the pages of one account.
pub(super) fn pages(document: &Document, account: &Account) -> Document {
    let own = |p: &&Page| account.pages.contains(&p.number);
    Document {
        media_type: document.media_type,
        producer: document.producer.clone(),
        file_time: document.file_time.clone(),
        pages: document.pages.iter().filter(own).cloned().collect(),
        ..Document::default()
    }
}

/// The row of one account before it is read.
pub(super) fn row(file: &DocumentRow, account: &Account, n: usize) -> DocumentRow {
    DocumentRow {
        document_id: super::id_of(format!("{}#{}", file.document_id.0, n + 1).as_bytes()),
        part_of: Some(file.document_id.clone()),
        pages: account.pages.clone().count() as u32,
        ..file.clone()
    }
}

/// What belongs to nobody beside an account.
pub(super) fn say_open(account: &Account, report: &mut Vec<Diagnostic>) {
    for p in &account.open {
        let message = format!(
            "pages {}–{} of the file stand between its accounts or around them, and nothing says whose they are: they were not read",
            p.start(),
            p.end()
        );
        report.push(Diagnostic::new(
            Severity::Warning,
            Code::PagesOfNobody,
            message,
            Place::page(*p.start()),
        ));
    }
}

/// Whether each account was read as its cover and the heads of its tables say.
///
/// # Errors
/// Which was not.
pub(super) fn agree(accounts: &[Account], read: &[Extract]) -> Result<(), String> {
    let differs = |(a, e): &(&Account, &Extract)| {
        let d = &e.document;
        let name = d.unit_name.as_deref().map(text::key);
        let whole = matches!(d.status, Status::Extracted | Status::Partial) && d.kind == Kind::FinalAccount;
        let year = d.fiscal_year.is_some() && like(a.year, d.fiscal_year);
        !whole || !year || name.as_ref() != Some(&a.name)
    };
    match accounts.iter().zip(read).find(differs) {
        Some((a, _)) => Err(format!(
            "the account from page {} on was not read as one of {}",
            a.pages.start(),
            a.name
        )),
        None => Ok(()),
    }
}

/// The row of a file whose accounts stand in rows of their own.
pub(super) fn split(row: &mut DocumentRow, accounts: usize) {
    let message = format!(
        "the accounts of several units or years stand in it: {accounts} rows have its `document_id` in `part_of`"
    );
    row.ends(Ending::With(Status::Split, Refusal::Split, message));
}

#[cfg(test)]
mod tests {
    use super::super::run::{each_account, understand};
    use super::super::{Context, Filter, Scans, stages};
    use super::*;
    use crate::clock;
    use crate::place::DocumentId;

    #[test]
    fn the_time_of_a_file_does_not_begin_anew_for_each_account() {
        let grammar = crate::grammar::load(None).unwrap();
        let cx = Context {
            grammar: &grammar,
            limits: crate::read::Limits::default(),
            filter: Filter::default(),
            scans: Scans::default(),
        };
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/compendium/office.pdf");
        let row = DocumentRow::new(DocumentId("0".repeat(64)), "office.pdf");
        let mut whole = stages(std::fs::read(path).unwrap(), row.clone(), &cx).unwrap();
        assert!(!whole.extract.facts.is_empty());
        let account = Account {
            name: String::new(),
            year: None,
            pages: 1..=u32::MAX,
            open: Vec::new(),
        };
        let late = |e: &Extract| e.diagnostics.iter().any(|d| d.code == Code::OutOfTime);
        let read = || {
            let document = pages(&whole.document, &account);
            understand(document, Own::default(), row.clone(), Vec::new(), &cx, Vec::new()).extract
        };
        clock::begin(60.0);
        assert!(!late(&read()));
        clock::begin(0.0);
        assert!(late(&read()));
        whole.extract.document.error_message = Some("several".into());
        each_account(&mut whole, row, Vec::new(), &cx);
        let message = whole.extract.document.error_message.unwrap();
        assert!(message.contains("its time is over"), "{message}");
    }
}
