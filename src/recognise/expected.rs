//! What should stand in a document and does not. Comes in: the lines and the tables that were recognised. Goes out: a diagnostic for
//! each form that the contents page or a title names and no table holds, for each form without its total rows, for forms
//! that stand there twice, and for a contents page behind the tables. A part that stands twice word by word counts once.
//! Refuses to say why: the page may be a picture, be missing, or lie elsewhere.

use super::rules::Rules;
use super::{Entry, Lines, Recognised, Table};
use crate::diag::{Code, Diagnostic, Severity};
use crate::grammar::{Form, Grammar, RowKind};
use crate::layout::{Block, Layout, Line};
use crate::place::Place;
use crate::record::Side;
use crate::text;
use crate::value::amount;
use rust_decimal::Decimal;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::collections::BTreeMap;

/// Fewer numbers than this may repeat by chance.
const NUMBERS: usize = 6;
/// A figure that stands on more pages than this (a total repeated at the head of each) tells none of them.
const MOST_PAGES: usize = 40;
/// The share of the figures that are the same when a page stands twice.
const AGAIN: f32 = 0.85;
/// The share of the items of two tables that must be the same for one to be the other again.
const SAME: f32 = 0.5;

/// Holds what was found against what the document names.
pub(super) fn judge(
    layout: &Layout,
    lines: &Lines<'_>,
    rules: &Rules<'_>,
    out: &mut Recognised,
    report: &mut Vec<Diagnostic>,
) {
    let Rules { g, forms, .. } = rules;
    once(out, report);
    begins_anew(forms, out, report);
    named_and_not_found(lines, rules, out, report);
    without_totals(forms, out, report);
    less_than_its_sum(forms, out, report);
    twice(out, report);
    contents_behind(layout, g, out, report);
}

/// A line of a contents page without its leaders and page number.
fn without_leaders(line: &str) -> &str {
    line.trim_end_matches(|c: char| c.is_numeric() || c.is_whitespace() || "-.·…．・—_".contains(c))
}

fn named_and_not_found(lines: &Lines<'_>, rules: &Rules<'_>, out: &mut Recognised, report: &mut Vec<Diagnostic>) {
    let mut named: Vec<(&Form, &Line)> = Vec::new();
    let mut empty: HashSet<&str> = HashSet::default();
    // The last title, while the lines below it may still say that its table is empty.
    let mut open: Option<&str> = None;
    for b in &lines.0 {
        let Some((line, key)) = b else {
            open = None;
            continue;
        };
        if rules.g.lexicon.no_data(key) {
            empty.extend(open);
            let inside = named.iter().find(|(f, _)| key.contains(&text::key(&f.zh)));
            empty.extend(inside.map(|(f, _)| f.id.as_str()));
        }
        if key.len() > 60 && key.chars().count() > 60 {
            continue;
        }
        if let Some((form, _)) = rules.form_of_title_of(without_leaders(&line.text), without_leaders(key)) {
            open = Some(&form.id);
            if !named.iter().any(|(f, _)| f.id == form.id) {
                named.push((form, line));
            }
        }
    }
    for (form, line) in named {
        let found = out.tables.iter().any(|t| t.form == form.id) || empty.contains(form.id.as_str());
        let said = report.iter().any(|d| {
            matches!(d.code, Code::TitleWithoutTable | Code::HeaderDoesNotFit) && d.form.as_ref() == Some(&form.id)
        });
        if found || said {
            continue;
        }
        out.unclaimed += 1;
        report.push(
            Diagnostic::new(
                Severity::Warning,
                Code::FormNotFound,
                format!(
                    "the document names {} ({}), and no table of it was found: it is empty, a picture, or missing",
                    form.id, form.zh
                ),
                Place::new(line.page, line.rect),
            )
            .of_form(&form.id)
            .printed(&line.text),
        );
    }
}

fn number(e: &Entry) -> bool {
    e.printed.chars().any(|c| c.is_numeric())
}

fn without_totals(forms: &[&Form], out: &Recognised, report: &mut Vec<Diagnostic>) {
    for t in &out.tables {
        let Some(form) = forms.iter().find(|f| f.id == t.form) else {
            continue;
        };
        if t.entries.iter().filter(|e| number(e)).count() < NUMBERS {
            continue;
        }
        for side in [None, Some(Side::Revenue), Some(Side::Expenditure)] {
            // The last total of a side is its sum; a form of one side may do with the totals of its parts.
            let Some(sum) = form.named.iter().rev().find(|r| r.total && r.side == side) else {
                continue;
            };
            let there = |e: &Entry| e.side == side && (e.item == sum.item || (side.is_none() && e.is_total));
            if t.entries.iter().any(there) {
                continue;
            }
            let which = side.map(|s| format!(" on the side of {s}")).unwrap_or_default();
            let message = format!(
                "the table of {} ({}) has no row {}{which}: a part of it may be missing",
                form.id, form.zh, sum.item
            );
            let place = Place::page(t.last_page);
            report.push(Diagnostic::new(Severity::Warning, Code::TotalRowMissing, message, place).of_form(&form.id));
        }
    }
}

/// A total of a form of codes that is more than its classes together: rows may be missing, on a page that is not there.
fn less_than_its_sum(forms: &[&Form], out: &Recognised, report: &mut Vec<Diagnostic>) {
    let coded = |t: &&Table| forms.iter().any(|f| f.id == t.form && f.rows == RowKind::Coded);
    for t in out.tables.iter().filter(coded) {
        let Some(total) = t.entries.iter().find(|e| e.is_total && e.item_code.is_none()) else {
            continue;
        };
        let of = |e: &&Entry| e.measure == total.measure && e.item_level == Some(1) && e.sub_unit.is_none();
        let addends: Vec<_> = t
            .entries
            .iter()
            .filter(of)
            .filter_map(|e| amount::parse(&e.printed))
            .collect();
        let Some(sum) = amount::parse(&total.printed).filter(|_| !addends.is_empty()) else {
            continue;
        };
        // Half a unit of the last place for each rounded figure.
        let half = Decimal::new(5, sum.places + 1);
        let rest = sum.value - addends.iter().map(|a| a.value).sum::<Decimal>();
        if rest <= half * Decimal::from(addends.len() + 1) {
            continue;
        }
        let message = format!(
            "the classes of {} ({}) that were read are together less than its total by {rest}: rows may be missing",
            t.form, t.zh
        );
        let place = Place::page(t.last_page);
        let said = Diagnostic::new(Severity::Warning, Code::RowsMayBeMissing, message, place);
        report.push(said.of_form(&t.form).printed(&total.printed));
    }
}

type Key<'e> = (Option<Side>, &'e str, &'e str, Option<&'e str>);

fn key(e: &Entry) -> Key<'_> {
    (e.side, &e.item, &e.measure, e.item_name.as_deref())
}

/// Whether the second of two stretches says what the first does, number by number; a row that is cut in one of them may differ.
fn equal(a: &[&Entry], b: &[&Entry]) -> bool {
    let numbers = b.iter().filter(|e| number(e)).count();
    if numbers < NUMBERS || b.iter().all(|e| e.printed.chars().all(|c| !c.is_numeric() || c == '0')) {
        return false;
    }
    let said: HashSet<(Key<'_>, &str)> = a.iter().map(|e| (key(e), e.printed.as_str())).collect();
    let same = b
        .iter()
        .filter(|e| said.contains(&(key(e), e.printed.as_str())))
        .count();
    same as f32 >= AGAIN * b.len() as f32 && a.len().abs_diff(b.len()) as f32 <= (1.0 - AGAIN) * a.len() as f32
}

/// Whether a page with few numbers has the rows of an earlier one, blanks and dashes too: one table names no row twice.
fn same_rows(a: &[&Entry], b: &[&Entry]) -> bool {
    let nonzero = |e: &&&Entry| e.printed.chars().any(|c| c.is_numeric() && c != '0');
    let alike = |(a, b): (&&Entry, &&Entry)| key(a) == key(b) && a.printed == b.printed;
    b.len() >= NUMBERS && a.len() == b.len() && b.iter().any(|e| nonzero(&e)) && a.iter().zip(b).all(alike)
}

fn rows(t: &Table) -> Vec<&Entry> {
    t.entries.iter().collect()
}

/// Whether a table is the one on the page before again, head and rows: also where its few rows hold nothing but zeros.
fn printed_again(a: &Table, b: &Table) -> bool {
    let head = |t: &Table| {
        (
            t.title.clone(),
            t.form_label.clone(),
            t.year,
            t.name.as_ref().map(|n| n.0.clone()),
        )
    };
    let alike = |(a, b): (&Entry, &Entry)| key(a) == key(b) && a.printed == b.printed;
    b.page == a.last_page + 1
        && !a.entries.is_empty()
        && a.entries.len() == b.entries.len()
        && a.entries.iter().zip(&b.entries).all(alike)
        && head(a) == head(b)
}

/// What the second of two stretches says that the first does not: the end of a table behind the page that stands twice.
fn more(a: &[Entry], b: &[Entry]) -> Vec<Entry> {
    // Not by the label: at the foot of a page it may be cut.
    let key = |e: &Entry| {
        (
            e.side,
            e.item.clone(),
            e.measure.clone(),
            e.sub_unit.clone(),
            e.printed.clone(),
        )
    };
    let said: HashSet<_> = a.iter().map(key).collect();
    let new = |e: &&Entry| number(e) && !said.contains(&key(e));
    b.iter().filter(new).cloned().collect()
}

/// The pages that say what an earlier one says.
fn pages_again(entries: &[Entry]) -> Vec<u32> {
    let first = entries.first().map(|e| e.place.page);
    if entries.iter().all(|e| Some(e.place.page) == first) {
        return Vec::new();
    }
    let mut order: Vec<u32> = Vec::new();
    let mut of: HashMap<u32, Vec<&Entry>> = HashMap::default();
    for e in entries {
        let own = of.entry(e.place.page).or_default();
        if own.is_empty() {
            order.push(e.place.page);
        }
        own.push(e);
    }
    // Which earlier pages say something of what a page says: only these are compared with it, so that a table over hundreds of pages
    // costs no more than its rows.
    let mut said: HashMap<(Key<'_>, &str), Vec<u32>> = HashMap::default();
    let mut gone: Vec<u32> = Vec::new();
    for page in order {
        let own = &of[&page];
        let mut shared: BTreeMap<u32, usize> = BTreeMap::new();
        for e in own.iter().filter(|e| number(e)) {
            for p in said.get(&(key(e), e.printed.as_str())).into_iter().flatten() {
                *shared.entry(*p).or_default() += 1;
            }
        }
        let numbers = own.iter().filter(|e| number(e)).count();
        let again = |(p, n): (&u32, &usize)| {
            (*n >= NUMBERS / 2 && equal(&of[p], own)) || (*n == numbers && same_rows(&of[p], own))
        };
        if shared.iter().any(again) {
            gone.push(page);
            continue;
        }
        for e in own.iter().filter(|e| number(e)) {
            let pages = said.entry((key(e), e.printed.as_str())).or_default();
            if pages.len() < MOST_PAGES && pages.last() != Some(&page) {
                pages.push(page);
            }
        }
    }
    gone
}

/// A page or a table that stands twice counts once.
fn once(out: &mut Recognised, report: &mut Vec<Diagnostic>) {
    let mut say = |t: &Table, page: u32| {
        report.push(Diagnostic::new(
            Severity::Note,
            Code::TableTwice,
            format!(
                "{} ({}) stands twice with the same figures; the second was left out",
                t.form, t.zh
            ),
            Place::page(page),
        ));
    };
    for t in &mut out.tables {
        let gone = pages_again(&t.entries);
        for page in &gone {
            say(t, *page);
        }
        if !gone.is_empty() {
            let (left, kept): (Vec<Entry>, Vec<Entry>) = std::mem::take(&mut t.entries)
                .into_iter()
                .partition(|e| gone.contains(&e.place.page));
            let rest = more(&kept, &left);
            t.entries = kept;
            t.entries.extend(rest);
        }
    }
    let mut n = 1;
    while n < out.tables.len() {
        let (before, rest) = out.tables.split_at(n);
        let t = &rest[0];
        let again = before.iter().position(|b| {
            let said = |t: &Table| b.form == t.form && b.fund == t.fund;
            said(t) && (equal(&rows(b), &rows(t)) || printed_again(b, t))
        });
        match again {
            Some(first) => {
                say(t, t.page);
                let t = out.tables.remove(n);
                let rest = more(&out.tables[first].entries, &t.entries);
                out.tables[first].entries.extend(rest);
            }
            None => n += 1,
        }
    }
}

/// A table whose title is missing may have the head of the one before, and was read as going on with it. Its own total tells: what
/// belongs to it is nobody's.
fn begins_anew(forms: &[&Form], out: &mut Recognised, report: &mut Vec<Diagnostic>) {
    let coded = |t: &Table| forms.iter().any(|f| f.id == t.form && f.rows == RowKind::Coded);
    for t in out.tables.iter_mut().filter(|t| t.last_page > t.page && coded(t)) {
        let Some((page, total)) = another_total(&t.entries) else {
            total_again(t, report);
            continue;
        };
        let message = format!(
            "the rows from page {page} on were taken for more of {} ({}), and have another total, {total}: a title may be missing; they were not read",
            t.form, t.zh
        );
        let said = Diagnostic::new(Severity::Error, Code::UnclaimedTable, message, Place::page(page));
        report.push(said.of_form(&t.form));
        t.entries.retain(|e| e.place.page < page);
        t.last_page = page - 1;
        out.unclaimed += 1;
    }
}

/// A total: its side, item, measure and fund, and how it is printed.
type Total = (Option<Side>, String, String, Option<String>, String);

/// The total of a table that stands again on a later page with the same figures counts once.
fn total_again(t: &mut Table, report: &mut Vec<Diagnostic>) {
    let mut seen: HashSet<Total> = HashSet::default();
    let mut again: Option<u32> = None;
    let first = t.page;
    t.entries.retain(|e| {
        if !e.is_total || e.item_code.is_some() || e.sub_unit.is_some() {
            return true;
        }
        let (item, measure, printed) = (e.item.clone(), e.measure.clone(), text::key(&e.printed));
        let new = seen.insert((e.side, item, measure, e.fund.clone(), printed)) || e.place.page == first;
        again = again.or((!new).then_some(e.place.page));
        new
    });
    let Some(page) = again else { return };
    let message = format!(
        "the total of {} ({}) stands again with the same figures; the second was left out",
        t.form, t.zh
    );
    report.push(Diagnostic::new(
        Severity::Note,
        Code::TableTwice,
        message,
        Place::page(page),
    ));
}

/// Where the rows of another table begin, and its total.
fn another_total(entries: &[Entry]) -> Option<(u32, String)> {
    let mut first: HashMap<(Option<Side>, &str, &str), &Entry> = HashMap::default();
    let sums = |e: &&Entry| e.is_total && e.item_code.is_none() && e.sub_unit.is_none() && number(e);
    for e in entries.iter().filter(sums) {
        let own = *first.entry((e.side, &e.item, &e.measure)).or_insert(e);
        if own.place.page == e.place.page || text::key(&own.printed) == text::key(&e.printed) {
            continue;
        }
        // The total stands above the codes of its table, or below them.
        let above = entries.iter().take_while(|o| o.place.page == own.place.page);
        let leads = above.take_while(|o| o.item_code.is_none()).any(|o| o.item == own.item);
        let page = if leads { e.place.page } else { own.place.page + 1 };
        return Some((page, e.printed.clone()));
    }
    None
}

/// One form twice with other figures: two accounts in one file, or one of the tables belongs to another year or unit.
fn twice(out: &mut Recognised, report: &mut Vec<Diagnostic>) {
    let mut first: HashMap<(&str, Option<&str>), &Table> = HashMap::default();
    let mut again: Vec<(&Table, &Table)> = Vec::new();
    for t in &out.tables {
        let filled = t.entries.iter().filter(|e| number(e)).count() >= NUMBERS;
        if !filled {
            continue;
        }
        match first.entry((&t.form, t.fund.as_deref())) {
            std::collections::hash_map::Entry::Vacant(v) => {
                v.insert(t);
            }
            std::collections::hash_map::Entry::Occupied(o) => {
                let items: HashSet<Key<'_>> = o.get().entries.iter().map(key).collect();
                let same = t.entries.iter().filter(|e| items.contains(&key(e))).count();
                if same as f32 > SAME * t.entries.len().min(items.len()) as f32 {
                    again.push((o.get(), t));
                }
            }
        }
    }
    for (a, b) in &again {
        report.push(Diagnostic::new(
            Severity::Warning,
            Code::FormTwice,
            format!(
                "{} ({}) stands twice with other figures, on pages {} and {}: look whose they are",
                b.form, b.zh, a.page, b.page
            ),
            Place::document(),
        ));
    }
    let forms: HashSet<&str> = again.iter().map(|(_, t)| t.form.as_str()).collect();
    out.several = forms.len() >= 2;
}

/// The contents stand before what they list.
fn contents_behind(layout: &Layout, g: &Grammar, out: &Recognised, report: &mut Vec<Diagnostic>) {
    let Some(first) = out.tables.iter().map(|t| t.block).min() else {
        return;
    };
    let contents = layout.blocks.iter().enumerate().find_map(|(n, b)| match b {
        Block::Line(l) if g.lexicon.contents(&text::key(&l.text)) => Some((n, l)),
        _ => None,
    });
    if let Some((_, l)) = contents.filter(|(n, _)| *n > first) {
        report.push(
            Diagnostic::new(
                Severity::Warning,
                Code::PagesOutOfOrder,
                "the contents stand behind the tables: the pages may lie in another order, or the file holds several accounts; compare unit and year",
                Place::document(),
            )
            .printed(&l.text),
        );
    }
}
