//! `panel/*.toml`: the indicators of the panel. Comes in: the files and the compiled forms. Goes out: [`Indicator`]s in the order of the
//! files, each with where its value stands or how it follows from others. A name that no form has is a mistake with its place.

use super::compile::{Form, Mistake};
use super::identity::{self, Operand};
use serde::Deserialize;
use toml::Spanned;

/// One file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PanelFile {
    /// Its indicators.
    #[serde(default)]
    pub indicator: Vec<IndicatorEntry>,
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
    /// Where the value stands, the best first.
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

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// Printed: the first of these that stands in the document.
    Printed(Vec<Operand>),
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
}

const UNITS: &[&str] = &["yuan", "ratio", "count"];

/// Adds the indicators of a file; a derived one names indicators that stand before it.
pub(super) fn compile(file: &PanelFile, forms: &[Form], out: &mut Vec<Indicator>, mistakes: &mut Vec<Mistake>) {
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
                let message = format!("no indicator before this one has the id `{}`", name.get_ref());
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
                let all: Vec<Operand> = e
                    .from
                    .iter()
                    .filter_map(|f| identity::full_name(f, forms, mistakes))
                    .collect();
                (all.len() == e.from.len()).then_some(Origin::Printed(all))
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
            });
        }
    }
}
