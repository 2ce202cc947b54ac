//! Unit × year × indicator. Comes in: the documents of a dataset and the indicators of the grammar. Goes out: one [`Row`] for each
//! indicator of each account, with the figures that it comes from. Nothing is filled in: what is not printed has no value, and a blank
//! is not zero. Superseded versions are left out; accounts of another level or caliber are rows of their own.

pub mod overspent;

use crate::diag::{Code, Diagnostic, Loss, Severity};
use crate::grammar::Grammar;
use crate::grammar::identity::{Operand, Which};
use crate::grammar::panel::{Indicator, Origin, Place};
use crate::record::{Caliber, CellState, DocumentRow, Extract, Fact, Kind, Level, Statement};
use crate::text;
use crate::value::Unit;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// One indicator of one account.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Number of the indicator in the grammar.
    pub indicator: usize,
    /// Yuan, a ratio or a count.
    pub value: Option<Decimal>,
    /// `number`, `blank`, `dash`, `text`, `not_printed`, `printed_not_read`, `ambiguous`, `no_base`, `unproven`.
    pub state: &'static str,
    /// As published, for a value that is printed; what was not read, where something was not.
    pub printed: Option<String>,
    /// Ids of the facts and statements from which it comes.
    pub sources: Vec<String>,
    /// One unit of the last printed place, of a value that is printed: how exact it is.
    pub quantum: Option<Decimal>,
    /// Whose money, where table or indicator say it.
    pub fund: Option<String>,
    /// Which budget (年初预算, 全年预算, 调整预算), for a value that is one or is held against one.
    pub budget_basis: Option<String>,
    /// Where the first source stands.
    pub page: Option<u32>,
    /// Of something printed that was not read: the code of the diagnostic that says so.
    pub diagnostic: Option<&'static str>,
}

/// The indicators of one account.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// The document.
    pub document: DocumentRow,
    /// One for each indicator, in the order of the grammar.
    pub rows: Vec<Row>,
}

/// What makes accounts comparable over the years: unit, level and caliber.
type Series = (String, Option<Level>, Option<Caliber>);

impl Account {
    fn series(&self) -> Series {
        let d = &self.document;
        (d.unit_key.clone().unwrap_or_default(), d.level, d.caliber)
    }
}

const NUMBER: &str = "number";
const AMBIGUOUS: &str = "ambiguous";
/// Read from a picture, and no identity holds it.
const UNPROVEN: &str = "unproven";

/// The indicators of a document; `None` when it is no final account of a known unit and year, or was superseded. What was read from a
/// picture and is not proven gives its value only if `unproven` says so.
pub fn account(e: &Extract, g: &Grammar, unproven: bool) -> Option<Account> {
    let d = &e.document;
    if d.kind != Kind::FinalAccount || d.unit_key.is_none() || d.fiscal_year.is_none() || d.superseded_by.is_some() {
        return None;
    }
    let losses = Losses::of(e);
    let mut rows: Vec<Row> = Vec::with_capacity(g.panel.len());
    for (n, i) in g.panel.iter().enumerate() {
        let row = match &i.origin {
            Origin::Printed(places) => printed(n, i, places, e, unproven).unwrap_or_else(|| losses.row(n, i, places)),
            Origin::Derived { part, minus, whole } => derived(n, &rows[*part], minus.map(|m| &rows[m]), &rows[*whole]),
        };
        rows.push(row);
    }
    Some(Account {
        document: d.clone(),
        rows,
    })
}

impl Row {
    fn without_value(indicator: usize, state: &'static str) -> Self {
        Self {
            indicator,
            value: None,
            state,
            printed: None,
            sources: Vec::new(),
            quantum: None,
            fund: None,
            budget_basis: None,
            page: None,
            diagnostic: None,
        }
    }
}

/// What one name gives.
struct Found {
    value: Option<Decimal>,
    /// One unit of the last place that is printed.
    quantum: Decimal,
    state: &'static str,
    printed: String,
    source: String,
    fund: Option<String>,
    page: u32,
    unproven: bool,
}

impl Found {
    fn withhold(&mut self) {
        self.value = None;
        self.state = UNPROVEN;
    }

    fn fact(f: &Fact, id: &str) -> Self {
        Self {
            value: f.amount,
            quantum: quantum(&f.printed, Some(f.printed_unit.as_str())),
            state: match f.cell_state {
                CellState::Number if f.amount.is_some() => NUMBER,
                CellState::Number | CellState::Text => "text",
                CellState::Blank => "blank",
                CellState::Dash => "dash",
            },
            printed: f.printed.clone(),
            source: format!("{id}-f{}", f.ordinal),
            fund: f.fund.clone(),
            page: f.place.page,
            unproven: f.unproven(),
        }
    }

    /// A statement without a number gives nothing: a direction, or an amount whose unit is not known.
    fn statement(s: &Statement, id: &str, fund: Option<&str>) -> Option<Self> {
        Some(Self {
            value: Some(s.amount.or(s.ratio).or(s.count)?),
            quantum: quantum(&s.printed, s.printed_unit.as_deref()),
            state: NUMBER,
            printed: s.printed.clone(),
            source: format!("{id}-s{}", s.ordinal),
            fund: fund.map(str::to_string),
            page: s.place.page,
            unproven: s.unproven(),
        })
    }

    /// Whether two printed figures may be one value, rounded to different places.
    fn agrees(&self, other: &Found) -> bool {
        match (self.value, other.value) {
            // Half a unit of each: where both are printed alike, only the same value agrees.
            // Nothing is no rounded something.
            (Some(a), Some(b)) if self.quantum != other.quantum && a.is_zero() == b.is_zero() => {
                (a - b).abs() * Decimal::TWO <= self.quantum + other.quantum
            }
            (a, b) => a == b,
        }
    }
}

/// One unit of the last printed place, in yuan where a unit of money is known.
fn quantum(printed: &str, unit: Option<&str>) -> Decimal {
    let key = text::key(printed);
    let places = key.rsplit_once('.').map_or(0, |(_, rest)| {
        rest.bytes().take_while(u8::is_ascii_digit).count() as u32
    });
    let unit = unit.and_then(Unit::from_word).map_or(Decimal::ONE, Unit::yuan);
    unit * Decimal::new(1, places.min(20))
}

/// The first name with a number; else the first that stands in the document at all.
fn printed(indicator: usize, i: &Indicator, places: &[Place], e: &Extract, unproven: bool) -> Option<Row> {
    let mut best: Option<Row> = None;
    for place in places {
        let mut found = find(&place.operand, i, e);
        if !unproven {
            found.iter_mut().filter(|f| f.unproven).for_each(Found::withhold);
        }
        // The figure with the most places says most.
        let Some(first) = found.iter().min_by_key(|f| f.quantum) else {
            continue;
        };
        let differ = found.iter().any(|f| !first.agrees(f));
        let row = Row {
            value: first.value.filter(|_| !differ),
            printed: Some(first.printed.clone()).filter(|p| !differ && !p.is_empty()),
            sources: match differ {
                true => found.iter().map(|f| f.source.clone()).collect(),
                false => vec![first.source.clone()],
            },
            quantum: first.value.filter(|_| !differ).map(|_| first.quantum),
            fund: first.fund.clone(),
            budget_basis: place.basis.clone(),
            page: Some(first.page).filter(|p| *p > 0),
            ..Row::without_value(indicator, if differ { AMBIGUOUS } else { first.state })
        };
        if matches!(row.state, NUMBER | AMBIGUOUS | UNPROVEN) {
            return Some(row);
        }
        best = best.or(Some(row));
    }
    best
}

/// Every cell or statement that bears a name.
fn find(name: &Operand, i: &Indicator, e: &Extract) -> Vec<Found> {
    let short = e.document.document_id.short();
    match name {
        Operand::Cell {
            form,
            side,
            item: Which::Is(item),
            measure,
        } => {
            let cells = e.facts.iter().filter(|f| {
                f.form == *form && f.item == *item && f.measure == *measure && (side.is_none() || f.side == *side)
            });
            let mut cells: Vec<&Fact> = cells.collect();
            // In a table with a row for every sub-unit only the row of the sum is the unit's.
            if cells.iter().any(|f| f.sub_unit.is_none()) {
                cells.retain(|f| f.sub_unit.is_none());
            }
            cells.into_iter().map(|f| Found::fact(f, short)).collect()
        }
        Operand::Text {
            section,
            subject: Which::Is(subject),
            slot,
        } => {
            let bears =
                |s: &&Statement| s.section == *section && s.slot == *slot && s.subject.as_deref() == Some(subject);
            let said = e.statements.iter().filter(bears);
            said.filter_map(|s| Found::statement(s, short, i.fund.as_deref()))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// What the reading of a document says that it lost.
struct Losses<'e> {
    /// Of a form.
    forms: Vec<&'e Diagnostic>,
    /// Sentences and tables, with their folded text.
    texts: Vec<(String, &'e Diagnostic)>,
    /// Of a page or of the file: what stands there nobody can say.
    anywhere: Option<&'e Diagnostic>,
    /// A table that may be any form that was not found.
    table: Option<&'e Diagnostic>,
    found: BTreeSet<&'e str>,
}

impl<'e> Losses<'e> {
    fn of(e: &'e Extract) -> Self {
        let table = |d: &&Diagnostic| matches!(d.code.loss(), Loss::Rows | Loss::Figures);
        let mut texts = Vec::new();
        for d in &e.diagnostics {
            // The message about a table that is none of the forms begins with the words of its head.
            let all = match (d.code.loss() == Loss::Sentence, table(&d) && d.form.is_none()) {
                (true, _) => d.printed.clone().unwrap_or_default(),
                (_, true) => format!("{} {}", d.printed.as_deref().unwrap_or_default(), d.message),
                _ => continue,
            };
            texts.push((text::key(&all), d));
        }
        let whole = |d: &&Diagnostic| {
            table(d) && d.form.is_none() && !matches!(d.code, Code::UnclaimedTable | Code::OtherTable)
        };
        Self {
            forms: e
                .diagnostics
                .iter()
                .filter(|d| table(d) && d.form.is_some() && d.severity != Severity::Note)
                .collect(),
            texts,
            anywhere: e.diagnostics.iter().find(|d| whole(d) && d.severity != Severity::Note),
            table: e.diagnostics.iter().find(|d| d.code.loss() == Loss::AnyForm),
            found: e.facts.iter().map(|f| f.form.as_str()).collect(),
        }
    }

    /// An indicator of which no figure was read: not printed, unless something was lost that may be it.
    fn row(&self, indicator: usize, i: &Indicator, places: &[Place]) -> Row {
        let form = places.iter().find_map(|p| match &p.operand {
            Operand::Cell { form, .. } => self.forms.iter().find(|d| d.form.as_ref() == Some(form)).copied(),
            _ => None,
        });
        let speaks = |text: &str| i.words.iter().any(|all| all.iter().all(|w| text.contains(w.as_str())));
        let sentence = || self.texts.iter().find(|(t, _)| speaks(t)).map(|(_, d)| *d);
        let elsewhere = places.iter().any(|p| match &p.operand {
            Operand::Cell { form, .. } => !self.found.contains(form.as_str()),
            _ => false,
        });
        let table = self.table.filter(|_| elsewhere);
        let Some(d) = form.or_else(sentence).or(self.anywhere).or(table) else {
            return Row::without_value(indicator, "not_printed");
        };
        Row {
            printed: d.printed.clone(),
            page: Some(d.place.page).filter(|p| *p > 0),
            diagnostic: Some(d.code.as_str()),
            ..Row::without_value(indicator, "printed_not_read")
        }
    }
}

fn derived(indicator: usize, part: &Row, minus: Option<&Row>, whole: &Row) -> Row {
    let operands = || [Some(part), minus, Some(whole)].into_iter().flatten();
    let mut sources: Vec<String> = Vec::new();
    for s in operands().flat_map(|r| &r.sources) {
        if !sources.contains(s) {
            sources.push(s.clone());
        }
    }
    let lacking = operands().find(|r| r.value.is_none());
    let (value, state) = match (lacking, part.value, whole.value) {
        (Some(l), _, _) => (None, l.state),
        // A share of nothing is no number.
        (None, Some(_), Some(w)) if w.is_zero() => (None, "no_base"),
        (None, Some(p), Some(w)) => {
            let above = minus.and_then(|m| m.value).map_or(Some(p), |m| p.checked_sub(m));
            match above.and_then(|a| a.checked_div(w)) {
                Some(v) => (Some(v.round_dp(8).normalize()), NUMBER),
                None => (None, "text"),
            }
        }
        (None, _, _) => (None, "not_printed"),
    };
    let funds: BTreeSet<&String> = operands().filter_map(|r| r.fund.as_ref()).collect();
    Row {
        value,
        sources,
        fund: funds.first().filter(|_| funds.len() == 1).map(|f| f.to_string()),
        budget_basis: operands().find_map(|r| r.budget_basis.clone()),
        page: lacking.unwrap_or(part).page,
        diagnostic: lacking.and_then(|l| l.diagnostic),
        ..Row::without_value(indicator, state)
    }
}

/// How the units of a panel stand over its years.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// Units, each of one level and caliber.
    pub units: usize,
    /// Of these, kept.
    pub kept: usize,
    /// How many of the others have no account in a year.
    pub missing: BTreeMap<i16, usize>,
    /// First year, last year and complete units of the span of at least two years that has most accounts of complete units.
    pub best: Option<(i16, i16, usize)>,
}

/// The accounts in order of unit, level, caliber, year; of versions whose order is not known the first. `gaps` keeps only
/// the units that lack an account in at most so many of the years from the first to the last of the panel, always of the same level
/// and caliber.
pub fn arrange(accounts: Vec<Account>, gaps: Option<usize>) -> (Vec<Account>, Balance) {
    let mut by: BTreeMap<(Series, i16), Account> = BTreeMap::new();
    for a in accounts {
        let year = a.document.fiscal_year.unwrap_or_default();
        by.entry((a.series(), year)).or_insert(a);
    }
    let mut years: BTreeMap<Series, BTreeSet<i16>> = BTreeMap::new();
    for (series, year) in by.keys() {
        years.entry(series.clone()).or_default().insert(*year);
    }
    let seen: BTreeSet<i16> = by.keys().map(|(_, y)| *y).collect();
    let all: Vec<i16> = match (seen.first(), seen.last()) {
        (Some(first), Some(last)) => (*first..=*last).collect(),
        _ => Vec::new(),
    };
    let keeps = |own: &BTreeSet<i16>| gaps.is_none_or(|most| all.len() - own.len() <= most);
    let mut balance = Balance {
        units: years.len(),
        best: best(&years, &all),
        ..Balance::default()
    };
    for own in years.values() {
        if keeps(own) {
            balance.kept += 1;
            continue;
        }
        for year in all.iter().filter(|y| !own.contains(y)) {
            *balance.missing.entry(*year).or_default() += 1;
        }
    }
    let kept = by
        .into_iter()
        .filter(|((series, _), _)| years.get(series).is_some_and(keeps));
    (kept.map(|(_, a)| a).collect(), balance)
}

/// Of two spans with as many accounts the longer, then the later one.
fn best(years: &BTreeMap<Series, BTreeSet<i16>>, all: &[i16]) -> Option<(i16, i16, usize)> {
    let (mut best, mut best_rank) = (None, (0, 0));
    for (n, from) in all.iter().enumerate() {
        for (length, to) in (2..).zip(&all[n + 1..]) {
            let units = years
                .values()
                .filter(|own| own.range(from..=to).count() == length)
                .count();
            let rank = (units * length, length);
            if units > 0 && rank >= best_rank {
                (best, best_rank) = (Some((*from, *to, units)), rank);
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accounts(of: &[(&str, &[i16])]) -> Vec<Account> {
        let account = |unit: &str, year: i16| {
            let mut document = DocumentRow::new(crate::place::DocumentId(format!("{unit}{year}")), "");
            document.unit_key = Some(unit.into());
            document.fiscal_year = Some(year);
            Account {
                document,
                rows: Vec::new(),
            }
        };
        of.iter()
            .flat_map(|(unit, years)| years.iter().map(move |y| account(unit, *y)))
            .collect()
    }

    #[test]
    fn who_falls_out_and_which_span_is_best() {
        let all = [
            ("a", &[2019, 2020, 2021, 2022][..]),
            ("b", &[2020, 2021, 2022]),
            ("c", &[2020, 2021, 2022]),
            ("d", &[2019, 2021]),
        ];
        let (kept, balance) = arrange(accounts(&all), Some(0));
        assert_eq!(kept.len(), 4);
        assert_eq!((balance.units, balance.kept), (4, 1));
        assert_eq!(balance.missing, [(2019, 2), (2020, 1), (2022, 1)].into());
        assert_eq!(balance.best, Some((2020, 2022, 3)));
        let (kept, balance) = arrange(accounts(&all), Some(1));
        assert_eq!((kept.len(), balance.kept), (10, 3));
        let (kept, balance) = arrange(accounts(&all), None);
        assert_eq!((kept.len(), balance.kept, balance.missing.len()), (12, 4, 0));
        let (kept, balance) = arrange(Vec::new(), Some(0));
        assert_eq!((kept.len(), balance), (0, Balance::default()));
    }
}
