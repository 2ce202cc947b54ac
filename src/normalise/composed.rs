//! Claims and remarks of the narrative to statements: amounts in yuan, rates as fractions, counts, directions, reasons, each with its
//! subject, page and box, under the names that the dataset has for them. What nobody claimed is listed, sentence by sentence.

use super::choice;
use super::narrative::Context;
use super::statements::CodeTable;
use crate::diag::{Code, Diagnostic, Severity};
use crate::grammar::narrative::Measure;
use crate::layout::paragraph::{Paragraph, Piece};
use crate::place::Place;
use crate::recognise::narrative::subject::Subject;
use crate::recognise::narrative::token::Figure;
use crate::recognise::narrative::{self as reading, Claim, Refusal, Remark};
use crate::recognise::sentence::Sentences;
use crate::record::{COMPOSED, Extract, Ground, Statement};
use crate::text::CharIndex;
use crate::value::year;
use rust_decimal::Decimal;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::Range;

/// Adds the statements of every paragraph; how many sentences have a figure that nobody claimed.
pub(super) fn statements(cx: &Context<'_>, codes: &CodeTable, out: &mut Extract, report: &mut Vec<Diagnostic>) -> u32 {
    let mut unclaimed = 0;
    for told in &cx.narrative.told {
        let Some(Piece::Paragraph(p)) = cx.narrative.outline.pieces.get(told.piece) else {
            continue;
        };
        let mut one = One {
            cx,
            p,
            told,
            index: CharIndex::of(&p.text),
            codes,
            refusals: told.told.refusals.clone(),
            sentences: OnceCell::new(),
        };
        let first = out.statements.len();
        for mut s in one.statements() {
            s.ordinal = out.statements.len() as u32 + 1;
            out.statements.push(s);
        }
        choice::choose(&mut out.statements[first..], report);
        one.years(out.document.fiscal_year, report);
        one.unfilled(report);
        unclaimed += one.refused(report);
    }
    unclaimed
}

struct One<'a, 'c> {
    cx: &'a Context<'c>,
    p: &'a Paragraph,
    told: &'a reading::Paragraph,
    index: CharIndex,
    codes: &'a CodeTable,
    refusals: Vec<Refusal>,
    /// Made where a sentence is quoted.
    sentences: OnceCell<Sentences>,
}

impl One<'_, '_> {
    fn sentences(&self) -> &Sentences {
        self.sentences
            .get_or_init(|| Sentences::of(&self.cx.grammar.sections, &self.told.folded.text))
    }

    fn range(&self, folded: &Range<usize>) -> Range<usize> {
        self.told.folded.original_range(&self.p.text, folded.clone())
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

    /// The statements of one paragraph, in the order of the text.
    fn statements(&mut self) -> Vec<Statement> {
        let mut all: Vec<(usize, Statement)> = Vec::new();
        for c in &self.told.told.claims {
            let start = c.digits.start;
            let cut = c.figure == Figure::Amount && c.value.round_dp(2) != c.value;
            let cut = cut.then(|| "no amount in whole cents".to_string());
            match cut.or_else(|| self.misprinted(&self.subject(&c.subject))) {
                Some(meant) => self.refusals.push(Refusal {
                    digits: c.digits.clone(),
                    why: meant,
                    figure: c.figure,
                    bound: false,
                }),
                // One figure may be that of several subjects: 经营支出、对附属单位补助支出均为0元.
                None => all.extend(self.claim(c).into_iter().map(|s| (start, s))),
            }
        }
        let remarks = self.told.told.remarks.iter();
        all.extend(remarks.map(|r| (r.range.start, self.remark(r))));
        all.sort_by_key(|(at, _)| *at);
        all.into_iter().map(|(_, s)| s).collect()
    }

    /// What a name of a subject is meant to be, where it is printed with other characters: 住□□障支出.
    fn misprinted(&self, subject: &str) -> Option<String> {
        let codes = &self.cx.grammar.codes;
        let han = |name: &&str| !name.is_ascii();
        subject
            .split('/')
            .filter(han)
            .find_map(|name| match codes.nearly(name) {
                Some(meant) => Some(format!("a name that stands in no list; nearly: {meant}")),
                None if codes.is_strange(name) => Some("a name with characters that no name of the lists has".into()),
                None => None,
            })
    }

    fn claim(&self, c: &Claim) -> Vec<Statement> {
        let (subject, slot) = self.named((&c.section, c.home), &c.subject, &c.slot);
        let mut statement = Statement {
            section: c.section.clone(),
            sentence: COMPOSED.into(),
            ground: match c.ground {
                reading::Ground::Words => Ground::Words,
                reading::Ground::Arithmetic => Ground::Arithmetic,
            },
            subject: Some(subject),
            ..Statement::default()
        };
        let mut out = Vec::new();
        if let Some(d) = &c.direction {
            let slot = match c.slot.as_str() {
                "budget_gap" | "budget_gap_rate" => "budget_direction",
                "change_two_years" | "change_rate_two_years" => "two_years_direction",
                _ => "change_direction",
            };
            out.push(Statement {
                slot: slot.into(),
                value_type: "direction".into(),
                text: Some(d.id.clone()),
                printed: self.printed(&d.word),
                place: self.place(&d.word),
                ..statement.clone()
            });
        }
        statement.slot = slot;
        let mut value = c.value;
        match c.figure {
            Figure::Amount => {
                value.rescale(2);
                statement.amount = Some(value);
                statement.value_type = "amount".into();
            }
            Figure::Ratio => {
                statement.ratio = Some(value);
                statement.value_type = "ratio".into();
            }
            _ => {
                statement.count = Some(value);
                statement.value_type = "count".into();
            }
        }
        statement.printed_unit = match c.measure {
            Some(Measure::Money(u)) => Some(u.as_str().to_string()),
            Some(Measure::Percent) => Some("percent".into()),
            _ => None,
        };
        let with_sign = c.figure == Figure::Ratio;
        let end = if with_sign {
            c.unit.end.max(c.digits.end)
        } else {
            c.digits.end
        };
        statement.printed = self.printed(&(c.digits.start..end));
        statement.place = self.place(&(c.digits.start..end));
        out.push(statement);
        out
    }

    /// The names under which a figure is published.
    fn named(&self, at: (&str, bool), s: &Subject, slot: &str) -> (String, String) {
        let id = self.subject(s);
        self.cx.grammar.narrative.published(at.0, at.1, (&id, s.side), slot)
    }

    /// A remark as a statement.
    fn remark(&self, r: &Remark) -> Statement {
        let (subject, slot) = self.named((&r.section, r.home), &r.subject, &r.slot);
        let printed = self.printed(&r.range);
        let nothing = r.slot == "none";
        Statement {
            section: r.section.clone(),
            sentence: COMPOSED.into(),
            subject: Some(subject),
            value_type: match (&r.text, nothing) {
                (_, true) => "amount",
                (Some(_), _) if r.slot != "completion_of" => "direction",
                _ => "text",
            }
            .into(),
            amount: nothing.then(|| Decimal::new(0, 2)),
            text: (!nothing).then(|| r.text.clone().unwrap_or_else(|| printed.clone())),
            slot,
            printed,
            place: self.place(&r.range),
            ..Statement::default()
        }
    }

    fn subject(&self, s: &Subject) -> String {
        if s.names.is_empty() {
            return s.id.clone();
        }
        let class = self.cx.grammar.codes.class_of(&s.names[0]);
        let printed = || s.printed.clone().unwrap_or_else(|| s.id.clone());
        self.codes.item(&s.names, class).unwrap_or_else(printed)
    }

    /// Figures that were left empty.
    fn unfilled(&self, report: &mut Vec<Diagnostic>) {
        let Some(first) = self.told.told.holes.first() else {
            return;
        };
        report.push(
            Diagnostic::new(
                Severity::Warning,
                Code::SlotNotFilled,
                format!(
                    "{} figures of this paragraph were left empty",
                    self.told.told.holes.len()
                ),
                self.place(first),
            )
            .printed(self.printed(&self.sentences().around(first))),
        );
    }

    /// A sentence with values that names another year than the one of the account, or compares with another than the one before.
    fn years(&self, account: Option<i16>, report: &mut Vec<Diagnostic>) {
        let told = &self.told.told;
        let Some(account) = account.filter(|_| !told.claims.is_empty()) else {
            return;
        };
        let (t, words) = (&self.told.folded.text, &self.cx.grammar.sections.words);
        let reasons = told.remarks.iter().filter(|r| r.slot == "reason").map(|r| &r.range);
        let free: Vec<&Range<usize>> = reasons.chain(&told.passed).collect();
        for m in words.year.find_iter(t) {
            let Some(y) = m.as_str().get(..4).and_then(year::parse) else {
                continue;
            };
            if free.iter().any(|f| f.contains(&m.start())) {
                continue;
            }
            if y == account {
                continue;
            }
            let around = self.sentences().around(&m.range());
            let clause = t[around.start..m.start()]
                .char_indices()
                .rfind(|(_, c)| words.between.contains(*c))
                .map_or(around.start, |(n, c)| around.start + n + c.len_utf8());
            let compared = words.guard.is_match(&t[clause..m.start()]);
            if compared && y == account - 1 {
                continue;
            }
            report.push(
                Diagnostic::new(
                    Severity::Warning,
                    Code::YearDoesNotFit,
                    format!("this sentence names {y}; the account is of {account}"),
                    self.place(&m.range()),
                )
                .printed(self.printed(&around)),
            );
        }
    }

    /// Figures without a meaning, sentence by sentence.
    fn refused(&self, report: &mut Vec<Diagnostic>) -> u32 {
        type Lost<'r> = (Range<usize>, Vec<&'r Refusal>);
        let mut by: BTreeMap<(usize, bool), Lost<'_>> = BTreeMap::new();
        for r in &self.refusals {
            let around = self.sentences().around(&r.digits);
            by.entry((around.start, r.bound))
                .or_insert((around, Vec::new()))
                .1
                .push(r);
        }
        let mut lost = 0;
        for ((_, bound), (around, list)) in by {
            let mut why: Vec<&str> = list.iter().map(|r| r.why.as_str()).collect();
            why.dedup();
            let code = if bound {
                Code::UnclaimedBound
            } else {
                Code::UnclaimedFigure
            };
            lost += u32::from(!bound);
            report.push(
                Diagnostic::new(
                    Severity::Note,
                    code,
                    format!(
                        "{} figures of this sentence are claimed by nobody: {}",
                        list.len(),
                        why.join("; ")
                    ),
                    self.place(&list[0].digits),
                )
                .printed(self.printed(&around)),
            );
        }
        lost
    }
}
