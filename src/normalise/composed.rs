//! Two readings of the narrative become one. Comes in: the statements that sentence patterns gave and the claims of the reading that
//! composes. Goes out: the statements of the document, in the order of the text. Where both readings speak of one figure they must
//! agree on its role, else it is in doubt and said; what neither claims is listed with the reason.

use super::choice;
use super::narrative::Context;
use super::statements::{CodeTable, Placed};
use crate::diag::{Code, Diagnostic, Severity};
use crate::grammar::narrative::Measure;
use crate::layout::paragraph::{Paragraph, Piece};
use crate::place::Place;
use crate::recognise::narrative::token::Figure;
use crate::recognise::narrative::{self as reading, Claim, Refusal};
use crate::recognise::sentence::Sentences;
use crate::record::{COMPOSED, Extract, Ground, Statement};
use crate::text::CharIndex;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Adds the statements of every paragraph; how many sentences have a figure that nobody claimed.
pub(super) fn statements(
    cx: &Context<'_>,
    codes: &CodeTable,
    mut by_pattern: BTreeMap<usize, Vec<Placed>>,
    out: &mut Extract,
    report: &mut Vec<Diagnostic>,
) -> u32 {
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
        };
        let first = out.statements.len();
        let own = by_pattern.remove(&told.piece).unwrap_or_default();
        for mut s in one.merge(own) {
            s.ordinal = out.statements.len() as u32 + 1;
            out.statements.push(s);
        }
        choice::choose(&mut out.statements[first..], report);
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
}

/// Roles that exclude each other: an amount of the thing itself, of a budget, of the year before, a change, a rate.
fn role(slot: &str) -> &str {
    match slot {
        "opening_budget" | "full_year_budget" | "adjusted_budget" | "budget" => "budget",
        "change"
        | "change_rate"
        | "budget_gap"
        | "budget_gap_rate"
        | "share"
        | "completion_rate"
        | "prior_year"
        | "per_capita"
        | "change_two_years"
        | "change_rate_two_years"
        | "two_years_before" => slot,
        _ if slot.starts_with("groups") => "groups",
        "batches" | "person_times" | "vehicles_bought" => slot,
        _ => "itself",
    }
}

/// Whether two readings of one figure are one: the same role, and no other of the things that stand beside each other in a sentence.
fn agrees(s: &Statement, c: &Claim) -> bool {
    let (one, other) = (s.subject.as_deref().unwrap_or(""), c.subject.id.as_str());
    let vehicles = |id: &str| id.starts_with("vehicle");
    // A pattern knows parts that have no name of their own: reserved.sme, performance.tracking.
    let finer = s.slot.contains('.') && one == other || c.section == "performance" && one.starts_with("performance");
    let near = one == other
        || other == "reception.domestic" && one == "reception"
        || vehicles(one) && vehicles(other) && s.slot.starts_with("vehicles_");
    let apart = matches!(c.subject.family.as_str(), "three" | "performance") && !near;
    finer || role(&s.slot) == role(&c.slot) && !apart && !clashes(one, other, &c.section)
}

/// 总支出12万元，其中本年支出10万元: the sum with what is carried over, beside that of the year.
fn beside_its_year(c: &Claim, claims: &[(Range<usize>, &Claim)]) -> bool {
    let whole = |o: &Claim| matches!(o.slot.as_str(), "total" | "final");
    c.subject
        .id
        .strip_suffix("_side")
        .is_some_and(|year| whole(c) && claims.iter().any(|(_, o)| o.subject.id == year && whole(o)))
}

/// Whether two subjects cannot both be meant: one is of the revenue and the other of the expenditure, or one is a sum and the other
/// one of its parts.
fn clashes(one: &str, other: &str, section: &str) -> bool {
    // 基本支出 of the general budget is what the form of that name sums up.
    if one == "general_basic" && section.starts_with("general") {
        return false;
    }
    let side = |id: &str| match (id.contains("revenue"), id.contains("expenditure")) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    };
    let whole = |id: &str| {
        let bare = id.split('.').next().unwrap_or(id);
        matches!(
            bare.strip_suffix("_side").unwrap_or(bare),
            "revenue" | "expenditure" | "grand_total" | "basic"
        )
    };
    let part = |id: &str| {
        matches!(id, "general_basic" | "opening_carryover" | "closing_carryover") || id.starts_with("other_")
    };
    side(one).zip(side(other)).is_some_and(|(a, b)| a != b) || whole(one) && part(other) || part(one) && whole(other)
}

/// Whether only patterns know what a statement says: parts of parts. What they say of anything else, and what composes refuses, is
/// more often wrong than right.
fn only_patterns(s: &Statement) -> bool {
    let visits = s.subject.as_deref() == Some("reception");
    s.count.is_some() && !visits
        || s.slot.contains('.')
        || matches!(s.section.as_str(), "procurement" | "performance" | "assets")
}

impl One<'_, '_> {
    /// Whether what begins at a byte of the paragraph is no year.
    fn is_number(&self, start: usize) -> bool {
        let t = self.p.text.get(start..).unwrap_or("");
        let digits = t.chars().take_while(|c| c.is_numeric()).count();
        !(digits == 4 && (t.starts_with("19") || t.starts_with("20")) && !t[4..].starts_with(['.', ',']))
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

    /// The statements of one paragraph.
    fn merge(&mut self, by_pattern: Vec<Placed>) -> Vec<Statement> {
        let claims: Vec<(Range<usize>, &Claim)> = self
            .told
            .told
            .claims
            .iter()
            .map(|c| (self.range(&c.digits), c))
            .collect();
        let numbers: Vec<Range<usize>> = claims
            .iter()
            .map(|(r, _)| r.clone())
            .chain(self.refusals.iter().map(|r| self.range(&r.digits)))
            .collect();
        // What composes is the stronger reading; a pattern says more of what both see alike, and what only it sees.
        let mut dropped: BTreeSet<usize> = BTreeSet::new();
        let mut kept: BTreeSet<usize> = BTreeSet::new();
        let mut gone: BTreeSet<usize> = BTreeSet::new();
        for (k, p) in by_pattern.iter().enumerate().filter(|(_, p)| p.figure) {
            let start = p.range.start;
            if self.misprinted(p.statement.subject.as_deref()).is_some() {
                gone.insert(k);
                dropped.insert(p.claim);
                continue;
            }
            // 增长-5.86%: a pattern begins with the sign.
            let same = |r: &Range<usize>| r.start == start || p.range.start < r.start && r.start < p.range.end;
            let keep = match claims.iter().find(|(r, _)| same(r)) {
                Some((r, c)) => r.start == start && agrees(&p.statement, c) && !beside_its_year(c, &claims),
                None => match self.refusals.iter().find(|r| same(&self.range(&r.digits))) {
                    Some(r) => !r.is_final() && (only_patterns(&p.statement) || r.is_unread()),
                    // A figure that begins inside a number, or is a year, is none.
                    None => !numbers.iter().any(|n| n.start < start && start < n.end) && self.is_number(start),
                },
            };
            if keep {
                kept.insert(start);
            } else {
                gone.insert(k);
                dropped.insert(p.claim);
            }
        }
        let whole: BTreeSet<usize> = by_pattern
            .iter()
            .enumerate()
            .filter(|(k, p)| p.figure && !gone.contains(k))
            .map(|(_, p)| p.claim)
            .collect();
        // A direction belongs to the figure behind it.
        let mut strayed: BTreeSet<usize> = BTreeSet::new();
        for (k, p) in by_pattern
            .iter()
            .enumerate()
            .filter(|(_, p)| p.statement.slot.ends_with("_direction"))
        {
            let behind = |(_, f): &(usize, &Placed)| f.figure && f.claim == p.claim && f.range.start >= p.range.start;
            let next = by_pattern
                .iter()
                .enumerate()
                .filter(behind)
                .min_by_key(|(_, f)| f.range.start);
            if next.is_some_and(|(f, _)| gone.contains(&f)) {
                strayed.insert(k);
            }
        }
        let mut all: Vec<(usize, usize, Statement)> = Vec::new();
        for (k, p) in by_pattern.into_iter().enumerate() {
            // Directions and reasons of a claim go with its last figure.
            let lost = gone.contains(&k)
                || strayed.contains(&k)
                || !p.figure && dropped.contains(&p.claim) && !whole.contains(&p.claim);
            if !lost {
                all.push((p.range.start, k, p.statement));
            }
        }
        let mut unsure: Vec<Refusal> = Vec::new();
        // One figure may be that of several subjects: 经营支出、对附属单位补助支出均为0元.
        let of_patterns = kept.clone();
        for (r, c) in &claims {
            if of_patterns.contains(&r.start) {
                continue;
            }
            if let Some(meant) = self.misprinted(Some(&self.subject(c))) {
                unsure.push(Refusal {
                    digits: c.digits.clone(),
                    why: meant,
                    figure: c.figure,
                    bound: false,
                });
                continue;
            }
            kept.insert(r.start);
            for s in self.claim(c) {
                all.push((r.start, usize::MAX, s));
            }
        }
        let refusals = std::mem::take(&mut self.refusals);
        self.refusals = refusals
            .into_iter()
            .filter(|r| !kept.contains(&self.range(&r.digits).start))
            .chain(unsure)
            .collect();
        all.sort_by_key(|(at, n, _)| (*at, *n));
        all.into_iter().map(|(.., s)| s).collect()
    }

    /// What a name of a subject is meant to be, where it is printed with other characters: 住□□障支出.
    fn misprinted(&self, subject: Option<&str>) -> Option<String> {
        let codes = &self.cx.grammar.codes;
        let han = |name: &&str| !name.is_ascii();
        subject?
            .split('/')
            .filter(han)
            .find_map(|name| match codes.nearly(name) {
                Some(meant) => Some(format!("a name that stands in no list; nearly: {meant}")),
                None if codes.is_strange(name) => Some("a name with characters that no name of the lists has".into()),
                None => None,
            })
    }

    fn claim(&self, c: &Claim) -> Vec<Statement> {
        let mut statement = Statement {
            section: c.section.clone(),
            sentence: COMPOSED.into(),
            ground: match c.ground {
                reading::Ground::Words => Ground::Words,
                reading::Ground::Arithmetic => Ground::Arithmetic,
            },
            subject: Some(self.subject(c)),
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
        statement.slot.clone_from(&c.slot);
        let mut value = c.value;
        match c.figure {
            Figure::Amount => {
                value = value.round_dp(2);
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

    fn subject(&self, c: &Claim) -> String {
        let s = &c.subject;
        if s.names.is_empty() {
            return s.id.clone();
        }
        let class = self.cx.grammar.codes.class_of(&s.names[0]);
        let printed = || s.printed.clone().unwrap_or_else(|| s.id.clone());
        self.codes.item(&s.names, class).unwrap_or_else(printed)
    }

    /// Figures without a meaning, sentence by sentence.
    fn refused(&self, report: &mut Vec<Diagnostic>) -> u32 {
        let sentences = Sentences::of(&self.cx.grammar.sections, &self.told.folded.text);
        type Lost<'r> = (Range<usize>, Vec<&'r Refusal>);
        let mut by: BTreeMap<(usize, bool), Lost<'_>> = BTreeMap::new();
        for r in &self.refusals {
            let around = sentences.around(&r.digits);
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
