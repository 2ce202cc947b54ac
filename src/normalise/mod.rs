//! Words to values. Comes in: [`crate::recognise::Recognised`]. Goes out: the row of the document and its facts, amounts in
//! yuan, exact. A unit that nobody printed is never guessed; what is no number stays text.

mod cells;
mod choice;
mod composed;
mod institutions;
mod narrative;
mod other;
mod projects;
mod statements;
mod unit;

pub use narrative::narrative;

use crate::diag::{Code, Diagnostic, Outcome, Refusal, Severity};
use crate::grammar::Grammar;
use crate::ids::form;
use crate::place::Place;
use crate::recognise::cover::Ground;
use crate::recognise::{Entry, Recognised, Table};
use crate::record::{CellState, DocumentRow, Extract, Fact, Kind, Source, Status};
use crate::text;
use crate::value::{Unit, amount};
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Fills the row of a document and makes its facts. `row` carries what reading knew.
pub fn normalise(recognised: &Recognised, g: &Grammar, row: DocumentRow) -> Outcome<Extract> {
    let mut report = Vec::new();
    let mut out = Extract::empty(row);
    describe(recognised, g, &mut out.document, &mut report);
    if out.document.kind == Kind::FinalAccount && out.document.status != Status::Failed {
        unit::identify(recognised, g, &mut out, &mut report);
    }
    // An account without one of the forms may hold other tables.
    let without_forms = out.document.status == Status::Partial && recognised.tables.is_empty();
    if out.document.status == Status::Extracted || (without_forms && out.document.kind == Kind::FinalAccount) {
        facts(recognised, g, &mut out, &mut report);
    }
    if matches!(out.document.status, Status::Extracted | Status::Partial) {
        out.projects = projects::projects(&recognised.projects, g, &mut report);
    }
    template(recognised, &mut out);
    if out.document.unit_name.is_none() && out.document.kind == Kind::FinalAccount {
        report.push(Diagnostic::new(
            Severity::Warning,
            Code::UnitUnknown,
            "neither the title nor a label, a heading or a sentence names the unit for sure; none was taken",
            Place::document(),
        ));
    }
    out.document.facts = out.facts.len() as u32;
    out.document.unclaimed_blocks = recognised.unclaimed;
    let lost = report.iter().any(|d| d.severity == Severity::Error);
    if lost && out.document.status == Status::Extracted {
        out.document.status = Status::Partial;
    }
    Outcome::new(out, report)
}

/// The name of the unit: of the cover, unless only a weak witness gives it and a table names another.
fn unit_name(recognised: &Recognised, g: &Grammar) -> Option<(String, Ground)> {
    let cover = &recognised.cover;
    let ground = cover.name_ground.unwrap_or(Ground::Title);
    let own = cover.unit_name.as_ref().map(|(n, _)| (n.clone(), ground));
    if own.is_some() && ground < Ground::Table || cover.kind == Kind::Other && cover.what.is_some() {
        return own;
    }
    let mut named = recognised.tables.iter().filter_map(|t| t.name.as_ref());
    let table = named.find_map(|(n, _)| g.units.could_be(n).then(|| (n.clone(), Ground::Table)));
    table.or(own)
}

fn describe(recognised: &Recognised, g: &Grammar, row: &mut DocumentRow, report: &mut Vec<Diagnostic>) {
    let cover = &recognised.cover;
    row.kind = cover.kind;
    let forms = recognised.tables.iter().filter(|t| t.title.is_some()).count();
    let mut kind_ground = cover.kind_ground;
    if cover.kind == Kind::Other && cover.what.is_none() && forms >= 2 {
        row.kind = Kind::FinalAccount;
        kind_ground = Some(Ground::Table);
    }
    let named = unit_name(recognised, g);
    // Folding makes brackets narrow; names are printed with wide ones.
    row.unit_name = named.as_ref().map(|(n, _)| n.replace('(', "（").replace(')', "）"));
    row.level = cover.level;
    row.caliber = cover.caliber;
    let year_ground = fiscal_year(recognised, row, report);
    let grounds = [
        ("unit_name", named.map(|(_, ground)| ground)),
        ("fiscal_year", year_ground),
        ("kind", kind_ground),
        ("level", cover.level.map(|_| Ground::Title)),
        ("caliber", cover.caliber_ground),
    ];
    let said: Vec<String> = grounds
        .iter()
        .filter_map(|(what, ground)| Some(format!("{what}={}", (*ground)?.word())))
        .collect();
    row.grounds = said.join(";");
    row.forms_found = recognised.tables.iter().map(|t| t.form.clone()).collect();
    row.status = match (row.kind, &cover.what) {
        (Kind::FinalAccount | Kind::Template, _) => Status::Extracted,
        (Kind::Budget, _) => Status::NotAFinalAccount,
        (Kind::Other, Some(w)) if w.readable => Status::Partial,
        (Kind::Other, Some(_)) => Status::NotAFinalAccount,
        (Kind::Other, None) => Status::Unknown,
    };
    match row.status {
        Status::NotAFinalAccount => {
            row.error_code = Some(Refusal::NotAFinalAccount);
            row.error_message = Some(format!("{}; no facts are made from it", cover.reason));
            return;
        }
        Status::Unknown => {
            row.error_code = Some(Refusal::UnknownKind);
            row.error_message = Some(format!("{}; no facts are made from it", cover.reason));
            if cover.letters >= LETTERS {
                let message = format!(
                    "{} Chinese characters, and nothing that says what they are: letters that stand for others, or the title of a kind that is not known",
                    cover.letters
                );
                let said = Diagnostic::new(Severity::Warning, Code::KindInDoubt, message, Place::document());
                report.push(said);
            }
            return;
        }
        Status::Partial => {
            row.error_code = Some(Refusal::NotOfOneUnit);
            row.error_message = Some(format!(
                "{}; its sentences are read, and no unit is made from it",
                cover.reason
            ));
            return;
        }
        _ => {}
    }
    if recognised.several {
        row.status = Status::Failed;
        row.unit_name = None;
        row.fiscal_year = None;
        row.error_code = Some(Refusal::SeveralAccounts);
        row.error_message = Some(
            "the forms stand in it twice with other figures: the accounts of several units or years in one file; no facts are made, as nobody knows whose they would be: split it"
                .into(),
        );
        return;
    }
    missing(recognised, row, report);
}

/// So many Chinese characters are a document: one whose letters are damaged says nothing else of it.
const LETTERS: usize = 500;

/// The year of the cover, else of the tables, and where they differ.
fn fiscal_year(recognised: &Recognised, row: &mut DocumentRow, report: &mut Vec<Diagnostic>) -> Option<Ground> {
    let cover = &recognised.cover;
    let mut years: Vec<i16> = recognised.tables.iter().filter_map(|t| t.year).collect();
    years.sort_unstable();
    let most = years
        .iter()
        .copied()
        .max_by_key(|y| (years.iter().filter(|o| *o == y).count(), *y));
    row.fiscal_year = cover.year.map(|(y, _)| y).or(most);
    let mut differ = |message: String, place: Place| {
        report.push(Diagnostic::new(Severity::Warning, Code::YearsDiffer, message, place));
    };
    if let (Some((c, place)), Some(t)) = (cover.year, most)
        && c != t
    {
        let message = format!("the cover says {c}, the tables say {t}; the cover's year was taken");
        differ(message, place);
    }
    if let Some((title, text)) = cover.years_differ {
        let taken = match most {
            Some(t) => format!("the tables' year {t} was taken"),
            None => "none was taken".to_string(),
        };
        let message = format!("the title says {title}, the sentences are about {text}; {taken}");
        differ(message, Place::document());
    }
    cover.year_ground.or(most.map(|_| Ground::Table))
}

/// What a final account should say and does not.
fn missing(recognised: &Recognised, row: &mut DocumentRow, report: &mut Vec<Diagnostic>) {
    if row.fiscal_year.is_none() {
        report.push(Diagnostic::new(
            Severity::Warning,
            Code::NoYear,
            "no fiscal year stands on the cover or above a table",
            Place::document(),
        ));
    }
    if recognised.tables.is_empty() {
        row.status = Status::Partial;
        row.error_code = Some(Refusal::NoFormFound);
        row.error_message =
            Some("a final account without one of the nine forms in readable tables; see diagnostics".into());
    }
}

/// A form with instructions or names to be filled in and without a single amount.
fn template(recognised: &Recognised, out: &mut Extract) {
    let mut forms = out.facts.iter().filter(|f| !f.is_other());
    let empty = forms.all(|f| f.amount.is_none_or(|a| a.is_zero()));
    let cover = &recognised.cover;
    let filled = cover.figures >= 3 && cover.figures > cover.placeholders;
    let account = matches!(out.document.kind, Kind::FinalAccount | Kind::Template);
    if account && (out.document.kind == Kind::Template || empty && cover.placeholders > 0 && !filled) {
        out.document.kind = Kind::Template;
        out.document.unit_name = None;
        out.document.unit_key = None;
        out.unit = None;
        out.document.status = Status::NotAFinalAccount;
        out.document.error_code = Some(Refusal::NotAFinalAccount);
        out.document.error_message = Some(format!(
            "no table holds an amount and {} lines hold names that are still to be filled in: a template",
            recognised.cover.placeholders
        ));
        out.facts.clear();
        out.projects.clear();
    }
}

fn facts(recognised: &Recognised, g: &Grammar, out: &mut Extract, report: &mut Vec<Diagnostic>) {
    let mut last_unit: Option<Unit> = None;
    for t in &recognised.tables {
        let unit = match t.unit {
            Some(u) => {
                last_unit = Some(u);
                Some(u)
            }
            None => {
                let filled = t.entries.iter().any(|e| !e.printed.is_empty());
                let own = t.entries.iter().all(|e| e.unit.is_some());
                if filled && !own {
                    unit_missing(t, last_unit, report);
                }
                last_unit
            }
        };
        let first = out.facts.len();
        let halves = cells::blank_halves(&t.entries);
        let amounts = cells::amounts(&t.entries);
        let places = (cells::most_places(&amounts), cells::usual_places(&t.entries, &amounts));
        for (n, (e, amount)) in t.entries.iter().zip(amounts).enumerate() {
            if halves.binary_search(&n).is_ok() {
                continue;
            }
            let mut fact = fact((e, amount), t, (e.unit.or(unit), places), g, report);
            fact.ordinal = out.facts.len() as u32 + 1;
            out.facts.push(fact);
        }
        doubles(&out.facts[first..], report);
        slips(&out.facts[first..], g, report);
    }
    for t in &recognised.others {
        other::facts(t, out, report);
    }
}

fn unit_missing(t: &Table, inherited: Option<Unit>, report: &mut Vec<Diagnostic>) {
    let place = Place::page(t.page);
    report.push(match inherited {
        Some(u) => Diagnostic::new(
            Severity::Warning,
            Code::UnitInherited,
            format!(
                "no unit of money stands at this table ({}); {u} was taken from the table before it",
                t.form
            ),
            place,
        )
        .of_form(&t.form),
        None => Diagnostic::new(
            Severity::Error,
            Code::MoneyUnitUnknown,
            format!(
                "no unit of money stands at this table ({}) or before it; its amounts were left out",
                t.form
            ),
            place,
        )
        .of_form(&t.form),
    });
}

/// A cell with the amount in it as a fact, without its ordinal. Comes with the unit of its column and the most decimals that the table has.
fn fact(
    (e, amount): (&Entry, Option<amount::Amount>),
    t: &Table,
    (mut unit, (most_places, usual_places)): (Option<Unit>, (Option<u32>, Option<u32>)),
    g: &Grammar,
    report: &mut Vec<Diagnostic>,
) -> Fact {
    let key = text::key(&e.printed);
    let (state, value) = if key.is_empty() {
        (CellState::Blank, None)
    } else if g.lexicon.is_dash(&key) {
        (CellState::Dash, None)
    } else if e.ratio {
        (CellState::Text, None)
    } else {
        // A unit behind the number is that of this cell alone.
        let own = || {
            let (number, own) = g.lexicon.unit_behind(&key)?;
            Some((amount::parse(number)?, own))
        };
        let read = amount.or_else(|| {
            let (a, own) = own()?;
            unit = Some(own);
            Some(a)
        });
        // Two numbers over each other in one cell: a wrapped amount has no more decimals than the others.
        let read = read.filter(|a| !a.notation.broken || most_places.is_none_or(|most| a.places <= most));
        match read {
            Some(a) => {
                if a.notation.broken {
                    report.push(
                        Diagnostic::new(
                            Severity::Warning,
                            Code::NumberJoined,
                            "blanks or a line break stand between the digits; they were read as one number",
                            e.place,
                        )
                        .printed(&e.printed),
                    );
                }
                if !e.ratio && usual_places.is_some_and(|usual| a.places > usual) {
                    let message = format!(
                        "{} × {} of {} has more decimals than the other amounts of its table: a mark may stand behind it",
                        e.item, e.measure, t.form
                    );
                    let said = Diagnostic::new(Severity::Warning, Code::OddDecimals, message, e.place);
                    report.push(said.of_form(&t.form).printed(&e.printed));
                }
                (CellState::Number, Some(a.value))
            }
            None => {
                report.push(
                    Diagnostic::new(
                        Severity::Error,
                        Code::NotAnAmount,
                        format!(
                            "what stands in this amount cell of {} is not exactly one number",
                            t.form
                        ),
                        e.place,
                    )
                    .of_form(&t.form)
                    .printed(&e.printed),
                );
                (CellState::Text, None)
            }
        }
    };
    let amount = match (value, unit) {
        (Some(v), Some(u)) => in_yuan(v, u, &t.form, e.place, &e.printed, report),
        _ => None,
    };
    Fact {
        ordinal: 0,
        form: t.form.clone(),
        form_label: t.form_label.clone(),
        table: t.ordinal,
        side: e.side,
        item: e.item.clone(),
        item_code: e.item_code.clone(),
        item_name: e.item_name.clone(),
        item_level: e.item_level,
        sub_unit: e.sub_unit.clone(),
        is_total: e.is_total,
        measure: e.measure.clone(),
        fund: e.fund.clone(),
        amount,
        cell_state: state,
        printed: e.printed.replace('\n', ""),
        printed_unit: unit.map(|u| u.as_str().to_string()).unwrap_or_default(),
        row_no: e.row_no,
        place: e.place,
        source: Source::Native,
        held: 0,
        failed: 0,
        table_title: None,
        header_path: None,
    }
}

/// Yuan with two decimals, exact; a value with more (six decimals of 万元 are cents) that does not fit is refused, not rounded.
fn in_yuan(
    value: Decimal,
    unit: Unit,
    form: &str,
    place: Place,
    printed: &str,
    report: &mut Vec<Diagnostic>,
) -> Option<Decimal> {
    let yuan = value.checked_mul(unit.yuan());
    let mut exact = yuan.filter(|y| y.round_dp(2) == *y).map(|y| y.round_dp(2));
    match &mut exact {
        Some(y) => y.rescale(2),
        None => report.push(
            Diagnostic::new(
                Severity::Error,
                Code::NotExactInCents,
                "the amount is larger than the dataset holds or finer than a cent; it was left out rather than rounded",
                place,
            )
            .of_form(form)
            .printed(printed),
        ),
    }
    exact
}

/// Takes back the tables that contradict themselves and of which not every column was understood; each says which identity fails.
pub fn refuse(extract: &mut Extract, tables: &BTreeMap<u32, String>, report: &mut Vec<Diagnostic>) {
    for (table, identity) in tables {
        let Some(first) = extract.facts.iter().find(|f| f.table == *table) else {
            continue;
        };
        let message = format!(
            "the table of {} was refused: a column of it is not understood, and the others contradict the identity {identity}",
            first.form
        );
        let said = Diagnostic::new(Severity::Error, Code::TableContradicts, message, first.place);
        report.push(said.of_form(&first.form));
        extract.document.unclaimed_blocks += 1;
        extract.facts.retain(|f| f.table != *table);
    }
}

/// Names that differ by one character from the one that the lists give their code: a character was misprinted or misread. Nothing
/// else tells it, for no identity holds a name.
fn slips(facts: &[Fact], g: &Grammar, report: &mut Vec<Diagnostic>) {
    let mut last: Option<(&str, &str)> = None;
    for f in facts {
        let (Some(code), Some(name)) = (f.item_code.as_deref(), f.item_name.as_deref()) else {
            continue;
        };
        // The cells of a row follow each other.
        if last.replace((code, name)) == Some((code, name)) {
            continue;
        }
        if g.codes.is_listed(code, &text::key(name)) {
            continue;
        }
        // A character that no name of the lists has tells a slip also where they lack the code.
        let name_is = g.codes.slip(code, name).or_else(|| g.codes.nearly(name));
        let name_is = name_is
            .map(|m| format!("the name beside the code {code} is that of the lists, `{m}`, but for one character"));
        let code_is = || {
            let meant = g.codes.meant(code, name)?;
            Some(format!(
                "the code {code} stands in no list; that of its name is {meant}, with one other digit"
            ))
        };
        if let Some(message) = name_is.or_else(code_is) {
            let said = Diagnostic::new(Severity::Warning, Code::NameInDoubt, message, f.place);
            report.push(said.of_form(&f.form).printed(name));
        }
    }
}

/// One item twice in a table with two values: one of the labels was read wrong, or the document repeats a row.
fn doubles(facts: &[Fact], report: &mut Vec<Diagnostic>) {
    type Cell<'f> = (Option<crate::record::Side>, &'f str, &'f str, Option<&'f str>);
    let mut seen: FxHashMap<Cell<'_>, &Fact> = FxHashMap::default();
    // Rows with the same figures may be a total that is repeated; not beside rows that were taken for others.
    let (mut alike, mut differ): (Vec<&Fact>, Vec<_>) = (Vec::new(), Vec::new());
    for f in facts {
        let sub = (f.form == form::THREE_PUBLIC)
            .then_some(f.item_name.as_deref())
            .flatten();
        match seen.entry((f.side, f.item.as_str(), f.measure.as_str(), sub)) {
            std::collections::hash_map::Entry::Occupied(o) => {
                let first = o.get();
                let both = f.amount.is_some() && first.amount.is_some();
                if both && first.amount == f.amount && f.item_code.is_some() {
                    let message = format!(
                        "{} × {} of {} stands in two rows: one of their codes may be that of another row",
                        f.item, f.measure, f.form
                    );
                    let said = Diagnostic::new(Severity::Warning, Code::ItemTwice, message, f.place);
                    report.push(said.printed(&f.printed));
                } else if both && first.amount == f.amount {
                    alike.push(f);
                } else if both {
                    differ.push(f.side);
                    report.push(
                        Diagnostic::new(
                            Severity::Warning,
                            Code::ItemTwice,
                            format!(
                                "{} × {} of {} is printed twice with two values: {} and {}",
                                f.item, f.measure, f.form, first.printed, f.printed
                            ),
                            f.place,
                        )
                        .printed(&f.printed),
                    );
                }
            }
            std::collections::hash_map::Entry::Vacant(v) => {
                v.insert(f);
            }
        }
    }
    for f in alike.into_iter().filter(|f| differ.contains(&f.side)) {
        let message = format!(
            "{} × {} of {} stands in two rows: one of their labels may be that of another row",
            f.item, f.measure, f.form
        );
        report.push(Diagnostic::new(Severity::Warning, Code::ItemTwice, message, f.place).printed(&f.printed));
    }
}
