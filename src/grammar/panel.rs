//! `panel/*.toml`: the indicators of the panel. Comes in: the files and the compiled forms. Goes out: [`Indicator`]s in the order of the
//! files, each with where its value stands or how it follows from others. A name that no form has is a mistake with its place.

use super::compile::Form;
use super::identity::{self, Operand};
use super::ids::Ids;
use super::mistake::{Mistake, nearest};
use serde::Deserialize;
use toml::Spanned;

/// One file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PanelFile {
    /// Measures and slots that are a base of a completion rate: which of them a value comes from is published with it.
    #[serde(default)]
    pub budget_bases: Vec<String>,
    /// Its indicators.
    #[serde(default)]
    pub indicator: Vec<IndicatorEntry>,
    /// What may be overspent.
    #[serde(default)]
    pub overspent: Vec<OverspentEntry>,
    /// What leads from one year to the next.
    #[serde(default)]
    pub continuity: Vec<ContinuityEntry>,
}

/// What closes a year and opens the next, as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContinuityEntry {
    /// The indicator that closes a year.
    pub closes: Spanned<String>,
    /// The indicator that opens the next.
    pub opens: Spanned<String>,
}

/// What closes a year is what opens the next: two indicators in yuan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Continuity {
    /// Number of the indicator that closes a year.
    pub closes: usize,
    /// Number of the indicator that opens the next.
    pub opens: usize,
}

/// A budget and its final, as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverspentEntry {
    /// Id of what may be overspent.
    pub id: Spanned<String>,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// The indicator that is the budget.
    pub budget: Spanned<String>,
    /// The indicator that is held against it.
    #[serde(rename = "final")]
    pub spent: Spanned<String>,
}

/// What may be overspent: two indicators in yuan.
#[derive(Clone, Debug, PartialEq)]
pub struct Overspent {
    /// Its id.
    pub id: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Number of the indicator that is the budget.
    pub budget: usize,
    /// Number of the indicator that is the final.
    pub spent: usize,
}

/// One indicator as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndicatorEntry {
    /// Id in the panel.
    pub id: Spanned<String>,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// `yuan`, `ratio` or `count`.
    pub unit: Spanned<String>,
    /// Whose money it is, where the sentences that state it do not say.
    #[serde(default)]
    pub fund: Option<String>,
    /// Words of which all stand in a sentence that speaks of it, divided by blanks; one group for each way to say it.
    #[serde(default)]
    pub words: Vec<String>,
    /// Where the value stands, the best first; `a|b` stands for both, the first before the second.
    #[serde(default)]
    pub from: Vec<Spanned<String>>,
    /// Numerator: another indicator.
    #[serde(default)]
    pub part: Option<Spanned<String>>,
    /// Subtracted from the numerator: another indicator.
    #[serde(default)]
    pub minus: Option<Spanned<String>>,
    /// Denominator: another indicator.
    #[serde(default)]
    pub whole: Option<Spanned<String>>,
}

/// A place where a value may stand.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Its name.
    pub operand: Operand,
    /// Its measure or slot, when that is a base of a budget.
    pub basis: Option<String>,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// Printed: the first of these that stands in the document.
    Printed(Vec<Place>),
    /// (part - minus) / whole: numbers of indicators.
    Derived {
        /// Numerator.
        part: usize,
        /// Subtracted.
        minus: Option<usize>,
        /// Denominator.
        whole: usize,
    },
}

/// An indicator.
#[derive(Clone, Debug, PartialEq)]
pub struct Indicator {
    /// Id in the panel.
    pub id: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// yuan, ratio, count.
    pub unit: String,
    /// Where it comes from.
    pub origin: Origin,
    /// Whose money it is, where the sentences that state it do not say.
    pub fund: Option<String>,
    /// Folded words of a sentence that speaks of it: all of one group.
    pub words: Vec<Vec<String>>,
}

/// The names that one with `a|b` between its points stands for.
fn each(name: &Spanned<String>) -> Vec<Spanned<String>> {
    let mut all = vec![String::new()];
    for part in name.get_ref().split_inclusive(['.', ':']) {
        let (choices, end) = match part.strip_suffix(['.', ':']) {
            Some(p) => (p, &part[p.len()..]),
            None => (part, ""),
        };
        all = all
            .iter()
            .flat_map(|begin| choices.split('|').map(move |c| format!("{begin}{c}{end}")))
            .collect();
    }
    all.into_iter().map(|n| Spanned::new(name.span(), n)).collect()
}

const UNITS: &[&str] = &["yuan", "ratio", "count"];

fn place(
    name: &Spanned<String>,
    bases: &[String],
    forms: &[Form],
    ids: &Ids,
    mistakes: &mut Vec<Mistake>,
) -> Option<Place> {
    let operand = identity::full_name(name, forms, ids, mistakes)?;
    let last = match &operand {
        Operand::Cell { measure: last, .. } | Operand::Text { slot: last, .. } => Some(last),
        _ => None,
    };
    let basis = last.filter(|l| bases.contains(l)).cloned();
    Some(Place { operand, basis })
}

/// Adds the indicators of a file; a derived one names indicators that stand before it.
pub(super) fn compile(
    file: &PanelFile,
    forms: &[Form],
    ids: &Ids,
    out: &mut Vec<Indicator>,
    mistakes: &mut Vec<Mistake>,
) {
    for e in &file.indicator {
        let id = e.id.get_ref();
        if out.iter().any(|i| i.id == *id) {
            mistakes.push((e.id.span(), format!("two indicators have the id `{id}`")));
        }
        if !UNITS.contains(&e.unit.get_ref().as_str()) {
            let message = format!("`{}` is unknown; write one of: {}", e.unit.get_ref(), UNITS.join(", "));
            mistakes.push((e.unit.span(), message));
        }
        let find = |name: &Spanned<String>, mistakes: &mut Vec<Mistake>| {
            let at = out.iter().position(|i| i.id == *name.get_ref());
            if at.is_none() {
                let nearest = nearest(out.iter().map(|i| i.id.as_str()), name.get_ref());
                let message = format!("no indicator before this one has the id `{}`{nearest}", name.get_ref());
                mistakes.push((name.span(), message));
            }
            at
        };
        let origin = match (&e.part, &e.whole) {
            (Some(p), Some(w)) if e.from.is_empty() => {
                let minus = e.minus.as_ref().map(|m| find(m, mistakes));
                match (find(p, mistakes), find(w, mistakes), minus) {
                    (Some(part), Some(whole), None) => Some(Origin::Derived {
                        part,
                        minus: None,
                        whole,
                    }),
                    (Some(part), Some(whole), Some(Some(m))) => Some(Origin::Derived {
                        part,
                        minus: Some(m),
                        whole,
                    }),
                    _ => None,
                }
            }
            (None, None) if !e.from.is_empty() && e.minus.is_none() => {
                let names: Vec<Spanned<String>> = e.from.iter().flat_map(each).collect();
                let places: Vec<Place> = names
                    .iter()
                    .filter_map(|f| place(f, &file.budget_bases, forms, ids, mistakes))
                    .collect();
                (places.len() == names.len()).then_some(Origin::Printed(places))
            }
            _ => {
                let message = "an indicator has either `from`, or `part` and `whole`".to_string();
                mistakes.push((e.id.span(), message));
                None
            }
        };
        if let Some(origin) = origin {
            out.push(Indicator {
                id: id.clone(),
                zh: e.zh.clone(),
                en: e.en.clone(),
                unit: e.unit.get_ref().clone(),
                origin,
                fund: e.fund.clone(),
                words: e
                    .words
                    .iter()
                    .map(|w| w.split_whitespace().map(crate::text::key).collect())
                    .collect(),
            });
        }
    }
}

/// Adds what may be overspent; budget and final are printed indicators in yuan.
pub(super) fn overspent(file: &PanelFile, all: &[Indicator], out: &mut Vec<Overspent>, mistakes: &mut Vec<Mistake>) {
    for e in &file.overspent {
        if out.iter().any(|o| o.id == *e.id.get_ref()) {
            mistakes.push((e.id.span(), format!("`{}` may be overspent twice", e.id.get_ref())));
        }
        if let (Some(budget), Some(spent)) = (money(&e.budget, all, mistakes), money(&e.spent, all, mistakes)) {
            out.push(Overspent {
                id: e.id.get_ref().clone(),
                zh: e.zh.clone(),
                en: e.en.clone(),
                budget,
                spent,
            });
        }
    }
}

/// The number of a printed indicator in yuan.
fn money(name: &Spanned<String>, all: &[Indicator], mistakes: &mut Vec<Mistake>) -> Option<usize> {
    let is = |i: &Indicator| i.id == *name.get_ref() && i.unit == UNITS[0] && matches!(i.origin, Origin::Printed(_));
    let at = all.iter().position(is);
    if at.is_none() {
        let known = all.iter().filter(|i| i.unit == UNITS[0]).map(|i| i.id.as_str());
        let nearest = nearest(known, name.get_ref());
        let message = format!("no printed indicator in yuan has the id `{}`{nearest}", name.get_ref());
        mistakes.push((name.span(), message));
    }
    at
}

/// What leads from one year to the next; both are printed indicators in yuan.
pub(super) fn continuity(file: &PanelFile, all: &[Indicator], mistakes: &mut Vec<Mistake>) -> Vec<Continuity> {
    let mut out = Vec::new();
    for e in &file.continuity {
        if let (Some(closes), Some(opens)) = (money(&e.closes, all, mistakes), money(&e.opens, all, mistakes)) {
            out.push(Continuity { closes, opens });
        }
    }
    out
}
