//! Claims to statements: amounts in yuan, rates as fractions, counts, directions, reasons, each with its subject, page and box;
//! and the texts of the sections. A slot that was left empty or filled with a sign is diagnosed, never given a value.

use super::composed;
use super::narrative::Context;
use crate::diag::{Code, Diagnostic, Severity};
use crate::grammar::sections::Kind;
use crate::layout::paragraph::{Paragraph, Piece};
use crate::place::Place;
use crate::recognise::sentence::{Claim, Filled, Read, Sentences, Spoken, Subject};
use crate::record::{Extract, Statement};
use crate::text::{self, CharIndex};
use crate::value::{Unit, amount, numeral, year};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

/// Makes the statements of a document and says what could not be read.
pub(super) fn statements(cx: &Context<'_>, out: &mut Extract, report: &mut Vec<Diagnostic>) {
    let codes = CodeTable::of(out);
    let mut by_pattern: BTreeMap<usize, Vec<Placed>> = BTreeMap::new();
    for spoken in &cx.narrative.spoken {
        let Some(Piece::Paragraph(p)) = cx.narrative.outline.pieces.get(spoken.piece) else {
            continue;
        };
        let mut one = One {
            cx,
            p,
            spoken,
            original: p.text.get(spoken.from..).unwrap_or(""),
            index: CharIndex::of(&p.text),
            sentences: Sentences::of(&cx.grammar.sections, &spoken.read.folded.text),
            report,
            codes: &codes,
        };
        let own = by_pattern.entry(spoken.piece).or_default();
        for claim in &spoken.read.claims {
            one.claim(claim, own);
        }
        one.unfilled();
        one.years(out.document.fiscal_year);
    }
    let unclaimed = composed::statements(cx, &codes, by_pattern, out, report);
    twice(cx, out, report);
    out.document.unclaimed_blocks += unclaimed;
    out.document.statements = out.statements.len() as u32;
}

/// A statement and where in its paragraph it was read.
pub(super) struct Placed {
    /// Bytes of the paragraph.
    pub range: Range<usize>,
    /// The claim that it belongs to.
    pub claim: usize,
    /// A figure; directions, reasons and statements of zero are none.
    pub figure: bool,
    /// What is published.
    pub statement: Statement,
}

/// 类/款/项 names to codes, as the tables of the document have them.
#[derive(Default)]
pub(super) struct CodeTable {
    items: HashMap<String, Vec<(String, String)>>,
    names: HashMap<String, String>,
}

impl CodeTable {
    fn of(out: &Extract) -> Self {
        let mut t = Self::default();
        let mut known: HashSet<(String, &str)> = HashSet::new();
        for f in &out.facts {
            // Economic codes begin with 3 too, but stand in their own form.
            if f.form == "general_basic" {
                continue;
            }
            let (Some(code), Some(name)) = (&f.item_code, &f.item_name) else {
                continue;
            };
            let name = text::key(name);
            t.names.entry(code.clone()).or_insert_with(|| name.clone());
            if code.len() == 7 && known.insert((name.clone(), code)) {
                t.items.entry(name.clone()).or_default().push((code.clone(), name));
            }
        }
        t
    }

    /// The code of the names of 类, 款 and 项, if exactly one code of the tables has them.
    pub(super) fn item(&self, names: &[String], class_code: Option<&str>) -> Option<String> {
        let item = names.last()?;
        let known = self.items.get(item)?;
        let mut fit = known.iter().filter(|(code, _)| {
            class_code.is_none_or(|c| code.starts_with(c))
                && names
                    .get(1)
                    .is_none_or(|sub| code.get(..5).and_then(|c| self.names.get(c)).is_none_or(|n| n == sub))
        });
        let first = fit.next()?;
        fit.next().is_none().then(|| first.0.clone())
    }
}

struct One<'a, 'c> {
    cx: &'a Context<'c>,
    p: &'a Paragraph,
    spoken: &'a Spoken,
    original: &'a str,
    /// Of the paragraph.
    index: CharIndex,
    sentences: Sentences,
    report: &'a mut Vec<Diagnostic>,
    codes: &'a CodeTable,
}

/// A value before it is published.
#[derive(Default)]
struct Value {
    amount: Option<Decimal>,
    ratio: Option<Decimal>,
    count: Option<Decimal>,
    text: Option<String>,
}

impl One<'_, '_> {
    fn read(&self) -> &Read {
        &self.spoken.read
    }

    /// A range of the folded text in the paragraph.
    fn range(&self, folded: &Range<usize>) -> Range<usize> {
        let r = self.read().folded.original_range(self.original, folded.clone());
        r.start + self.spoken.from..r.end + self.spoken.from
    }

    fn printed(&self, folded: &Range<usize>) -> String {
        self.p.text.get(self.range(folded)).unwrap_or("").trim().to_string()
    }

    fn place(&self, folded: &Range<usize>) -> Place {
        let range = self.range(folded);
        let first = self.index.chars_before(&self.p.text, range.start);
        let count = self.p.text.get(range).map_or(0, |t| t.chars().count());
        self.p.place_of_chars(first, count)
    }

    fn folded(&self, r: &Range<usize>) -> &str {
        self.read().folded.text.get(r.clone()).unwrap_or("")
    }

    fn say(&mut self, severity: Severity, code: Code, message: impl Into<String>, at: &Range<usize>) {
        let printed = self.printed(&self.sentences.around(at));
        let place = self.place(at);
        self.report
            .push(Diagnostic::new(severity, code, message, place).printed(printed));
    }

    fn claim(&mut self, c: &Claim, out: &mut Vec<Placed>) {
        let claim = out.last().map_or(0, |p| p.claim + 1);
        let section = self.cx.grammar.sections.published(c.section).to_string();
        // A slot without a name is claimed and not kept (kinds of cars).
        for s in c.slots.iter().filter(|s| !s.name.is_empty()) {
            let values = self.values(s);
            if values.len() > 1 {
                self.say(
                    Severity::Warning,
                    Code::TwoValues,
                    format!("two values stand in one place of `{}`; both are given", s.name),
                    &s.value,
                );
            }
            for (range, value, unit) in values {
                let statement = Statement {
                    section: section.clone(),
                    sentence: c.sentence.clone(),
                    subject: self.subject(&s.subject),
                    slot: s.name.clone(),
                    value_type: type_of(s.kind).to_string(),
                    amount: value.amount,
                    ratio: value.ratio,
                    count: value.count,
                    text: value.text,
                    printed: self.printed(&with_sign(s, &range)),
                    printed_unit: unit,
                    place: self.place(&range),
                    ..Statement::default()
                };
                out.push(Placed {
                    range: self.range(&range),
                    claim,
                    figure: matches!(s.kind, Kind::Amount | Kind::Ratio | Kind::Count),
                    statement,
                });
            }
        }
        for subject in &c.none {
            let statement = Statement {
                section: section.clone(),
                sentence: c.sentence.clone(),
                subject: Some(subject.clone()),
                slot: "none".into(),
                value_type: "amount".into(),
                amount: Some(Decimal::new(0, 2)),
                printed: self.printed(&c.range),
                place: self.place(&c.range),
                ..Statement::default()
            };
            out.push(Placed {
                range: self.range(&c.range),
                claim,
                figure: false,
                statement,
            });
        }
    }

    fn subject(&self, s: &Subject) -> Option<String> {
        match s {
            Subject::None => None,
            Subject::Id(id) => Some(id.clone()),
            Subject::Names(names) => {
                let class = names.first().and_then(|n| self.cx.grammar.codes.class_of(n));
                if names.len() == 1 {
                    return class.map(str::to_string).or_else(|| Some(names[0].clone()));
                }
                self.codes.item(names, class).or_else(|| Some(names.join("/")))
            }
        }
    }

    /// The values of a slot with their places; none where nothing can be said.
    fn values(&mut self, s: &Filled) -> Vec<(Range<usize>, Value, Option<String>)> {
        let one = |v: Value, unit: Option<String>| vec![(s.value.clone(), v, unit)];
        match s.kind {
            Kind::Amount => self.amounts(s),
            Kind::Ratio => match self.ratio(s) {
                Some((v, unit)) => one(
                    Value {
                        ratio: Some(v),
                        ..Value::default()
                    },
                    unit,
                ),
                None => Vec::new(),
            },
            Kind::Count => match self.number(s) {
                Some(v) => one(
                    Value {
                        count: Some(v),
                        ..Value::default()
                    },
                    None,
                ),
                None => Vec::new(),
            },
            Kind::Direction => match self.word(s, |w| &w.directions[..]) {
                Some(d) => one(text_value(d), None),
                None => {
                    self.unfilled_slot(s, "both words of the form were left: which one is meant is not said");
                    Vec::new()
                }
            },
            Kind::Basis => self
                .word(s, |w| &w.bases[..])
                .map_or_else(Vec::new, |b| one(text_value(b), None)),
            Kind::Reason if s.name.is_empty() => Vec::new(),
            Kind::Reason => {
                let t = self.printed(&s.value);
                one(text_value(&t), None)
            }
            Kind::ThisYear | Kind::LastYear | Kind::Year | Kind::Name | Kind::Class | Kind::Passed => Vec::new(),
        }
    }

    fn word(
        &self,
        s: &Filled,
        list: impl Fn(&crate::grammar::sections::Words) -> &[(crate::grammar::lazy::Regex, &'static str)],
    ) -> Option<&'static str> {
        let t = self.folded(&s.value);
        list(&self.cx.grammar.sections.words)
            .iter()
            .find(|(re, _)| re.is_match(t))
            .map(|(_, w)| *w)
    }

    fn unfilled_slot(&mut self, s: &Filled, why: &str) {
        self.say(
            Severity::Warning,
            Code::SlotNotFilled,
            format!("`{}` holds no value: {why}", s.name),
            &s.value.clone(),
        );
    }

    fn amounts(&mut self, s: &Filled) -> Vec<(Range<usize>, Value, Option<String>)> {
        let t = self.folded(&s.value).to_string();
        if t.is_empty() || self.cx.grammar.sections.words.placeholder.is_match(&t) {
            self.unfilled_slot(s, "nothing, or a sign, stands where an amount belongs");
            return Vec::new();
        }
        let unit = s.unit.as_ref().and_then(|u| {
            let t = self.folded(u);
            let units = &self.cx.grammar.sections.words.units;
            units.iter().find(|(re, _)| re.is_match(t)).map(|(_, u)| *u)
        });
        let Some(unit) = unit else {
            self.say(
                Severity::Warning,
                Code::AmountWithoutUnit,
                format!(
                    "no unit of money stands behind the number of `{}`; it has no amount",
                    s.name
                ),
                &s.value.clone(),
            );
            return vec![(s.value.clone(), Value::default(), None)];
        };
        let parts: Vec<Range<usize>> = match amount::parse(&t) {
            Some(_) => vec![s.value.clone()],
            // 4125.49,4143.91: two values where one belongs.
            None => match t.rfind(',') {
                Some(n) => vec![s.value.start..s.value.start + n, s.value.start + n + 1..s.value.end],
                None => vec![s.value.clone()],
            },
        };
        let mut out = Vec::new();
        for part in parts {
            match amount::parse(self.folded(&part)).and_then(|a| yuan(a.value, unit)) {
                Some(v) => out.push((
                    part,
                    Value {
                        amount: Some(v),
                        ..Value::default()
                    },
                    Some(unit.as_str().to_string()),
                )),
                None => self.say(
                    Severity::Error,
                    Code::NotAnAmountInText,
                    format!("what stands in `{}` is not exactly one amount in whole cents", s.name),
                    &part,
                ),
            }
        }
        out
    }

    fn ratio(&mut self, s: &Filled) -> Option<(Decimal, Option<String>)> {
        let t = self.folded(&s.value).to_string();
        let w = &self.cx.grammar.sections.words;
        let bare = w.percent_before.find(&t).map_or(t.as_str(), |m| &t[m.end()..]);
        let before = bare.len() < t.len();
        if bare.is_empty() || w.placeholder.is_match(bare) {
            self.unfilled_slot(s, "nothing, or a sign, stands where a percentage belongs");
            return None;
        }
        let unit = s.unit.as_ref().map(|u| {
            let points = w.points.is_match(self.folded(u));
            if points { "percentage_points" } else { "percent" }
        });
        let value = amount::parse(bare).map(|a| a.value).or_else(|| numeral::parse(bare));
        if unit.is_none() && !before {
            self.say(
                Severity::Note,
                Code::PercentSignMissing,
                format!(
                    "no percent sign stands behind the number of `{}`; it was read as a percentage",
                    s.name
                ),
                &s.value.clone(),
            );
        }
        let Some(v) = value else {
            self.say(
                Severity::Error,
                Code::NotARatio,
                format!("what stands in `{}` is not exactly one number", s.name),
                &s.value.clone(),
            );
            return None;
        };
        v.checked_div(Decimal::ONE_HUNDRED)
            .map(|r| (r, Some(unit.unwrap_or("percent").to_string())))
    }

    fn number(&mut self, s: &Filled) -> Option<Decimal> {
        let t = self.folded(&s.value).to_string();
        if t.is_empty() || self.cx.grammar.sections.words.placeholder.is_match(&t) {
            self.unfilled_slot(s, "nothing, or a sign, stands where a count belongs");
            return None;
        }
        let v = amount::parse(&t).map(|a| a.value).or_else(|| numeral::parse(&t));
        if v.is_none() {
            self.say(
                Severity::Error,
                Code::NotACount,
                format!("what stands in `{}` is not exactly one number", s.name),
                &s.value.clone(),
            );
        }
        v
    }

    /// Signs that stand where something is still to be filled in.
    fn unfilled(&mut self) {
        let signs: Vec<Range<usize>> = self.read().unfilled.clone();
        if let Some(first) = signs.first() {
            self.say(
                Severity::Note,
                Code::TextNotFilled,
                format!(
                    "{} signs in this paragraph stand where something is to be filled in",
                    signs.len()
                ),
                &first.clone(),
            );
        }
    }

    /// A sentence with values that names another year than the one of the account, or compares with another than the one before.
    fn years(&mut self, account: Option<i16>) {
        let Some(account) = account else { return };
        if self.read().claims.is_empty() {
            return;
        }
        let t = self.read().folded.text.clone();
        let words = &self.cx.grammar.sections.words;
        let free = self.read().claims.iter().flat_map(|c| &c.slots);
        let mut free: Vec<Range<usize>> = free
            .filter(|s| matches!(s.kind, Kind::Reason | Kind::Passed))
            .map(|s| s.value.clone())
            .collect();
        free.sort_by_key(|f| f.start);
        let mut wrong = Vec::new();
        for m in words.year.find_iter(&t) {
            let Some(y) = m.as_str().get(..4).and_then(year::parse) else {
                continue;
            };
            let before = free.partition_point(|f| f.start <= m.start());
            if before > 0 && free[before - 1].contains(&m.start()) {
                continue;
            }
            let sentence = self.sentences.around(&m.range()).start;
            let clause = t[sentence..m.start()]
                .char_indices()
                .rfind(|(_, c)| words.between.contains(*c))
                .map_or(sentence, |(n, c)| sentence + n + c.len_utf8());
            let compared = words.guard.is_match(&t[clause..m.start()]);
            let fits = y == account || compared && y == account - 1;
            if !fits {
                wrong.push((y, m.range()));
            }
        }
        for (y, at) in wrong {
            self.say(
                Severity::Warning,
                Code::YearDoesNotFit,
                format!("this sentence names {y}; the account is of {account}"),
                &at,
            );
        }
    }
}

/// A percentage is printed with its sign.
fn with_sign(s: &Filled, range: &Range<usize>) -> Range<usize> {
    match (&s.unit, s.kind) {
        (Some(u), Kind::Ratio) => range.start..u.end.max(range.end),
        _ => range.clone(),
    }
}

fn type_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Amount => "amount",
        Kind::Ratio => "ratio",
        Kind::Count => "count",
        Kind::Direction => "direction",
        _ => "text",
    }
}

fn text_value(t: &str) -> Value {
    Value {
        text: Some(t.to_string()),
        ..Value::default()
    }
}

/// Exact in cents or refused.
fn yuan(value: Decimal, unit: Unit) -> Option<Decimal> {
    let mut y = value
        .checked_mul(unit.yuan())
        .filter(|y| y.round_dp(2) == *y)?
        .round_dp(2);
    y.rescale(2);
    Some(y)
}

/// One slot of one subject with two values: both stay, and are said.
fn twice(cx: &Context<'_>, out: &Extract, report: &mut Vec<Diagnostic>) {
    type Key<'s> = (&'s str, &'s str, Option<&'s str>, &'s str);
    let mut seen: BTreeMap<Key<'_>, &Statement> = BTreeMap::new();
    for s in &out.statements {
        if !cx.grammar.sections.words.once.contains(&s.slot) {
            continue;
        }
        let key: Key<'_> = (&s.section, &s.sentence, s.subject.as_deref(), &s.slot);
        match seen.get(&key) {
            Some(first) if (first.amount, first.count) != (s.amount, s.count) => report.push(
                Diagnostic::new(
                    Severity::Warning,
                    Code::StatedTwice,
                    format!(
                        "`{}` of {} is stated twice with two values: {} (page {}) and {}",
                        s.slot,
                        s.subject.as_deref().unwrap_or(&s.sentence),
                        first.printed,
                        first.place.page,
                        s.printed
                    ),
                    s.place,
                )
                .printed(&s.printed),
            ),
            Some(_) => {}
            None => {
                seen.insert(key, s);
            }
        }
    }
}
