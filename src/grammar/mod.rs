//! The rules as data: what stands under `grammars/`, read, checked and compiled.

pub mod codebook;
pub mod codes;
mod compile;
pub mod covers;
pub mod equation;
mod fragments;
pub mod identity;
pub mod ids;
pub mod laws;
pub mod lazy;
pub mod load;
mod mistake;
pub mod names;
pub mod narrative;
pub mod panel;
pub mod parts;
pub mod pattern;
pub mod portals;
pub mod projects;
pub mod regions;
pub mod schema;
pub mod sections;
pub mod units;

use crate::memo::Shared;
pub use compile::{Column, Form, Heading, Lexicon, Role, Row, RowKind, TitleMatch};

pub use load::{GrammarError, load, load_and_check, load_portals, word_of};

/// Everything that recognition and normalisation know about 决算.
#[derive(Clone, Debug)]
pub struct Grammar {
    /// Words that are the same in all forms.
    pub lexicon: Lexicon,
    /// Parts of column headers.
    pub parts: parts::Parts,
    /// Identifiers of the published columns, with their names.
    pub ids: ids::Ids,
    /// Code lists.
    pub codes: codes::Codes,
    /// The forms, by id.
    pub forms: Vec<Form>,
    /// What was said of lines: the form, as a place in `forms`, whose title one is where no region is known.
    pub(crate) titles: Shared<Option<(usize, TitleMatch)>>,
    /// What regions do differently: the forms that differ, by the first digits of the region code.
    pub regional: Vec<Region>,
    /// The words of 项目自评表.
    pub projects: projects::Projects,
    /// Narrative sections and their sentences.
    pub sections: sections::Sections,
    /// The words of the narrative.
    pub narrative: narrative::Narrative,
    /// Names of units, the registry, the regions.
    pub units: units::Units,
    /// The indicators of the panel.
    pub panel: Vec<panel::Indicator>,
    /// What may be overspent: a budget and its final, both of the panel.
    pub overspent: Vec<panel::Overspent>,
    /// What closes a year and opens the next, both of the panel.
    pub continuity: Vec<panel::Continuity>,
    /// What must add up.
    pub identities: identity::Identities,
    /// Publishing platforms.
    pub portals: portals::Portals,
}

/// A regional overlay, compiled.
#[derive(Clone, Debug)]
pub struct Region {
    /// First digits of 行政区划代码.
    pub prefix: String,
    /// The Chinese name; a unit whose name begins with it belongs to the region.
    pub zh: String,
    /// The forms that differ.
    pub forms: Vec<Form>,
    /// As in [`Grammar`], where the region is known.
    pub(crate) titles: Shared<Option<(usize, TitleMatch)>>,
}

impl Grammar {
    /// The forms as they are used in a region.
    pub fn forms_in<'g>(&'g self, region: Option<&'g Region>) -> Vec<&'g Form> {
        let own: &[Form] = region.map_or(&[], |r| r.forms.as_slice());
        self.forms
            .iter()
            .map(|f| own.iter().find(|o| o.id == f.id).unwrap_or(f))
            .collect()
    }

    /// The region whose name stands in a text (the name of a unit), the longest first.
    pub fn region_of(&self, unit_name: &str) -> Option<&Region> {
        let name = crate::text::key(unit_name);
        self.regional
            .iter()
            .filter(|r| !r.zh.is_empty() && name.contains(&r.zh))
            .max_by_key(|r| r.zh.len())
    }
}
