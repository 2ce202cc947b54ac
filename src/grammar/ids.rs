//! The identifiers of the published columns (`ids.toml`): which there are, what they are called, and which key of which file names
//! one. A misspelt id would publish rows under a name that nobody looks for; so each is looked up, and the nearest one is said.

use super::compile::Mistake;
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
        let nearest = known
            .keys()
            .min_by_key(|k| strsim::damerau_levenshtein(k, id))
            .map_or(String::new(), |k| format!("; the nearest is `{k}`"));
        let row = match kind {
            Kind::Form | Kind::Section => "",
            _ => " (a new one is a row of ids.toml)",
        };
        Some(format!("`{id}` is no {}{nearest}{row}", kind.as_str()))
    }
}

/// How a value names an id.
#[derive(Clone, Copy)]
enum Take {
    /// The whole value.
    Value,
    /// The key is the id, whatever stands behind it.
    Key,
    /// `{kind:slot}` inside a pattern.
    Slots,
}

/// Which key of which folder names an id. Lists are gone through; an empty value names none.
const PLACES: &[(&str, &str, Take, &[Kind])] = &[
    ("forms", "fund", Take::Value, &[Kind::Fund]),
    ("forms", "budget", Take::Value, &[Kind::Measure]),
    ("forms", "title.fund", Take::Value, &[Kind::Fund]),
    ("forms", "column.measure", Take::Value, &[Kind::Measure]),
    ("forms", "column.alone", Take::Value, &[Kind::Measure]),
    ("forms", "column.item", Take::Value, &[Kind::Item]),
    ("forms", "column.fund", Take::Value, &[Kind::Fund]),
    ("forms", "row.item", Take::Value, &[Kind::Item]),
    ("forms", "row.after", Take::Value, &[Kind::Item]),
    ("forms", "row.fund", Take::Value, &[Kind::Fund]),
    ("lexicon", "part.fund", Take::Value, &[Kind::Fund]),
    ("lexicon", "phase.id", Take::Value, &[Kind::Measure]),
    ("lexicon", "phase.beside", Take::Value, &[Kind::Measure]),
    ("lexicon", "columns.column.measure", Take::Value, &[Kind::Measure]),
    ("lexicon", "columns.column.item", Take::Value, &[Kind::Item]),
    ("lexicon", "columns.column.fund", Take::Value, &[Kind::Fund]),
    ("sections", "sentence.subject", Take::Value, &[Kind::Subject]),
    ("sections", "sentence.none", Take::Value, &[Kind::Subject]),
    ("sections", "sentence.subjects", Take::Key, &[Kind::Subject]),
    ("sections", "sentence.pattern", Take::Slots, &[Kind::Slot]),
    ("sections", "clause.pattern", Take::Slots, &[Kind::Slot]),
    ("narrative", "subject.id", Take::Value, &[Kind::Subject]),
    ("narrative", "subject.section", Take::Value, &[Kind::Section]),
    ("narrative", "subject.compound", Take::Value, &[Kind::Subject]),
    ("narrative", "subject.side", Take::Value, &[Kind::Side]),
    ("narrative", "fund.id", Take::Value, &[Kind::Fund, Kind::Subject]),
    ("narrative", "fund.section", Take::Value, &[Kind::Section]),
    ("identities", "identity.sections", Take::Value, &[Kind::Section]),
    ("identities", "identity.side", Take::Value, &[Kind::Side]),
    ("panel", "budget_bases", Take::Value, &[Kind::Measure, Kind::Slot]),
    ("panel", "indicator.fund", Take::Value, &[Kind::Fund]),
];

/// Slots that say which subject a sentence is about and are published as `subject`.
const SUBJECT_SLOTS: &[&str] = &["class", "item", "subclass"];

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
        walk(table.get_ref(), "", &mut |path, key, value| {
            let path = path.strip_prefix(inner).unwrap_or(path);
            for (_, _, take, kinds) in PLACES.iter().filter(|p| p.0 == folder && p.1 == path) {
                match (take, value.get_ref()) {
                    (Take::Value, v) => each_text(v, &value.span(), &mut |t, at| say(ids, kinds, t, at, out)),
                    (Take::Key, DeValue::Table(t)) => {
                        for k in t.keys() {
                            say(ids, kinds, k.get_ref(), k.span(), out);
                        }
                    }
                    (Take::Key, _) => say(ids, kinds, key.get_ref(), key.span(), out),
                    (Take::Slots, v) => each_text(v, &value.span(), &mut |t, at| slots(ids, t, at, out)),
                }
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

/// The slots of a pattern: `{kind:slot}` or `{kind:subject/slot}`, where a subject may be a code; a capture without a slot is read and
/// not kept.
fn slots(ids: &Ids, pattern: &str, at: Range<usize>, out: &mut Vec<Mistake>) {
    for (open, _) in pattern.match_indices('{') {
        let inside = pattern[open + 1..].split('}').next().unwrap_or("");
        let Some((before, slot)) = inside.split_once(':') else {
            continue;
        };
        if SUBJECT_SLOTS.contains(&slot) {
            continue;
        }
        // Patterns are literal strings: behind the quotation mark stand the characters of the file.
        let from = at.start + 1 + open + 1 + before.len() + 1;
        let (slot, from) = match slot.split_once('/') {
            Some((subject, slot)) => {
                if !subject.bytes().all(|b| b.is_ascii_digit()) {
                    say(ids, &[Kind::Subject], subject, from..from + subject.len(), out);
                }
                (slot, from + subject.len() + 1)
            }
            None => (slot, from),
        };
        say(ids, &[Kind::Slot], slot, from..from + slot.len(), out);
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
fn walk<'t, 'i>(
    table: &'t DeTable<'i>,
    path: &str,
    f: &mut impl FnMut(&str, &'t Spanned<toml::de::DeString<'i>>, &'t Spanned<DeValue<'i>>),
) {
    for (key, value) in table {
        let here = match path {
            "" => key.get_ref().to_string(),
            _ => format!("{path}.{}", key.get_ref()),
        };
        f(&here, key, value);
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
