//! The identifiers of the published columns (`ids.toml`): which there are, what they are called, and which key of which file names
//! one. A misspelt id would publish rows under a name that nobody looks for; so each is looked up, and the nearest one is said.

use super::mistake::{Mistake, nearest};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What an id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `facts.fund`.
    Fund,
    /// `facts.side`.
    Side,
    /// `facts.item`, where the row has no code.
    Item,
    /// `facts.measure`.
    Measure,
    /// `statements.subject`.
    Subject,
    /// `statements.slot`.
    Slot,
    /// `statements.text` of a direction.
    Direction,
    /// `statements.section`.
    Section,
    /// `facts.form`.
    Form,
}

impl Kind {
    /// All kinds, in the order of the codebook.
    pub const ALL: [Kind; 9] = [
        Kind::Form,
        Kind::Fund,
        Kind::Side,
        Kind::Item,
        Kind::Measure,
        Kind::Section,
        Kind::Subject,
        Kind::Slot,
        Kind::Direction,
    ];

    /// The word of `ids.toml` and of messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Fund => "fund",
            Kind::Side => "side",
            Kind::Item => "item",
            Kind::Measure => "measure",
            Kind::Subject => "subject",
            Kind::Slot => "slot",
            Kind::Direction => "direction",
            Kind::Section => "section",
            Kind::Form => "form",
        }
    }
}

/// What `ids.toml` says about an id.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Id {
    /// The Chinese name.
    pub zh: String,
    /// The English name.
    pub en: String,
    /// The unit of a measure or slot: `yuan`, `ratio`, `count`, `points`, `text`, `direction`.
    #[serde(default)]
    pub unit: Option<String>,
    /// The first fiscal year whose forms have it, where earlier forms have it not.
    #[serde(default)]
    pub since: Option<i16>,
}

/// `ids.toml`; the tables of all files add up, a later row replaces an earlier one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IdFile {
    /// Whose money.
    pub fund: BTreeMap<String, Id>,
    /// Sides.
    pub side: BTreeMap<String, Id>,
    /// Rows without a code.
    pub item: BTreeMap<String, Id>,
    /// Columns.
    pub measure: BTreeMap<String, Id>,
    /// What figures of sentences are about.
    pub subject: BTreeMap<String, Id>,
    /// Which value of its subject a figure is.
    pub slot: BTreeMap<String, Id>,
    /// Directions.
    pub direction: BTreeMap<String, Id>,
}

/// All identifiers, by kind.
#[derive(Clone, Debug, Default)]
pub struct Ids {
    all: BTreeMap<Kind, BTreeMap<String, Id>>,
}

impl Ids {
    /// Adds the rows of a file.
    pub(super) fn add(&mut self, file: IdFile) {
        let kinds = [
            (Kind::Fund, file.fund),
            (Kind::Side, file.side),
            (Kind::Item, file.item),
            (Kind::Measure, file.measure),
            (Kind::Subject, file.subject),
            (Kind::Slot, file.slot),
            (Kind::Direction, file.direction),
        ];
        for (kind, own) in kinds {
            self.all.entry(kind).or_default().extend(own);
        }
    }

    /// Adds an id that the file of its own names (a form, a section).
    pub(super) fn define(&mut self, kind: Kind, id: &str, zh: &str, en: &str) {
        let id_of = Id {
            zh: zh.to_string(),
            en: en.to_string(),
            unit: None,
            since: None,
        };
        self.all.entry(kind).or_default().insert(id.to_string(), id_of);
    }

    /// The ids of a kind, in order of their words.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = (&str, &Id)> {
        self.all
            .get(&kind)
            .into_iter()
            .flatten()
            .map(|(id, i)| (id.as_str(), i))
    }

    /// What is known of an id.
    pub fn get(&self, kind: Kind, id: &str) -> Option<&Id> {
        self.all.get(&kind)?.get(id)
    }

    /// Every id with its names, whatever it names: what it is as a column or row stands before what it is in a sentence.
    pub(super) fn names(&self) -> impl Iterator<Item = (&str, &Id)> {
        const ORDER: [Kind; 7] = [
            Kind::Measure,
            Kind::Item,
            Kind::Subject,
            Kind::Slot,
            Kind::Direction,
            Kind::Side,
            Kind::Fund,
        ];
        ORDER.into_iter().flat_map(|k| self.of(k))
    }

    /// Why an id is wrong, with the nearest that is right; nothing where it is known.
    pub(super) fn wrong(&self, kind: Kind, id: &str) -> Option<String> {
        let known = self.all.get(&kind)?;
        if known.contains_key(id) {
            return None;
        }
        let nearest = nearest(known.keys().map(String::as_str), id);
        let row = match kind {
            Kind::Form | Kind::Section => "",
            _ => " (a new one is a row of ids.toml)",
        };
        Some(format!("`{id}` is no {}{nearest}{row}", kind.as_str()))
    }
}

/// Which key of which folder names an id. Lists are gone through; an empty value names none.
const PLACES: &[(&str, &str, &[Kind])] = &[
    ("forms", "fund", &[Kind::Fund]),
    ("forms", "budget", &[Kind::Measure]),
    ("forms", "title.fund", &[Kind::Fund]),
    ("forms", "column.measure", &[Kind::Measure]),
    ("forms", "column.alone", &[Kind::Measure]),
    ("forms", "column.beside", &[Kind::Measure]),
    ("forms", "column.item", &[Kind::Item]),
    ("forms", "column.fund", &[Kind::Fund]),
    ("forms", "row.item", &[Kind::Item]),
    ("forms", "row.after", &[Kind::Item]),
    ("forms", "row.fund", &[Kind::Fund]),
    ("lexicon", "part.fund", &[Kind::Fund]),
    ("lexicon", "phase.id", &[Kind::Measure]),
    ("lexicon", "phase.beside", &[Kind::Measure]),
    ("lexicon", "columns.column.measure", &[Kind::Measure]),
    ("lexicon", "columns.column.beside", &[Kind::Measure]),
    ("lexicon", "columns.column.item", &[Kind::Item]),
    ("lexicon", "columns.column.fund", &[Kind::Fund]),
    ("narrative", "subject.id", &[Kind::Subject]),
    ("narrative", "subject.section", &[Kind::Section]),
    ("narrative", "subject.compound", &[Kind::Subject]),
    ("narrative", "subject.side", &[Kind::Side]),
    ("narrative", "fund.id", &[Kind::Fund, Kind::Subject]),
    ("narrative", "fund.section", &[Kind::Section]),
    ("narrative", "published.section", &[Kind::Section]),
    ("narrative", "published.named", &[Kind::Subject]),
    ("narrative", "published.slot_named", &[Kind::Slot]),
    ("identities", "identity.sections", &[Kind::Section]),
    ("identities", "identity.side", &[Kind::Side]),
    ("panel", "budget_bases", &[Kind::Measure, Kind::Slot]),
    ("panel", "indicator.fund", &[Kind::Fund]),
];

/// The ids of a file that nobody knows. What is no TOML says so elsewhere.
pub(super) fn unknown(name: &str, text: &str, ids: &Ids, out: &mut Vec<Mistake>) {
    let Some((folder, _)) = name.split_once('/') else {
        return;
    };
    // An overlay of a region holds forms below `form`.
    let (folder, inner) = match folder {
        "regions" => ("forms", "form."),
        other => (other, ""),
    };
    if !PLACES.iter().any(|p| p.0 == folder) {
        return;
    }
    if let Ok(table) = DeTable::parse(text) {
        walk(table.get_ref(), "", &mut |path, value| {
            let path = path.strip_prefix(inner).unwrap_or(path);
            for (_, _, kinds) in PLACES.iter().filter(|p| p.0 == folder && p.1 == path) {
                each_text(value.get_ref(), &value.span(), &mut |t, at| say(ids, kinds, t, at, out));
            }
        });
    }
}

/// Says it where an id is of none of the kinds.
fn say(ids: &Ids, kinds: &[Kind], id: &str, at: Range<usize>, out: &mut Vec<Mistake>) {
    let wrong: Option<Vec<String>> = kinds.iter().map(|k| ids.wrong(*k, id)).collect();
    if let Some(message) = wrong.and_then(|w| w.into_iter().next())
        && !id.is_empty()
    {
        out.push((at, message));
    }
}

fn each_text(value: &DeValue<'_>, at: &Range<usize>, f: &mut impl FnMut(&str, Range<usize>)) {
    match value {
        DeValue::String(s) => f(s, at.clone()),
        DeValue::Array(all) => {
            for v in all.iter() {
                each_text(v.get_ref(), &v.span(), f);
            }
        }
        _ => {}
    }
}

/// Each key with its dotted path.
fn walk<'t, 'i>(table: &'t DeTable<'i>, path: &str, f: &mut impl FnMut(&str, &'t Spanned<DeValue<'i>>)) {
    for (key, value) in table {
        let here = match path {
            "" => key.get_ref().to_string(),
            _ => format!("{path}.{}", key.get_ref()),
        };
        f(&here, value);
        match value.get_ref() {
            DeValue::Table(t) => walk(t, &here, f),
            DeValue::Array(all) => {
                for v in all.iter() {
                    if let DeValue::Table(t) = v.get_ref() {
                        walk(t, &here, f);
                    }
                }
            }
            _ => {}
        }
    }
}
