//! Reading that composes: paragraphs to statements without patterns of whole sentences. Comes in: the paragraphs of a document, the
//! lexicon, the name of the unit and the fiscal year. Goes out: each figure with what it is about and its role, or why it is unclaimed.
//! Refuses to guess: a word that nobody knows between a subject and its figure makes the figure unclaimed.
//!
//! text → [`token`]s → `phrase`s → the walk of [`discourse`] → the rules of `slot` → claims; [`subject`] knows what names mean.

mod bars;
mod bases;
pub mod discourse;
mod figure;
mod phrase;
mod remark;
mod slot;
pub mod subject;
pub mod token;

use super::outline::Outline;
use crate::grammar::Grammar;
use crate::grammar::narrative::Measure;
use crate::layout::paragraph::Piece;
use crate::text::{self, Folded};
use rust_decimal::Decimal;
use std::ops::Range;
use subject::Subject;
use token::{Figure, Gaps};

/// Why a figure has the meaning that it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// The words say it.
    Words,
    /// Two readings were possible, and one of them fits the other figures.
    Arithmetic,
}

/// A direction, with the word that says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Direction {
    /// increase, decrease, equal.
    pub id: String,
    /// Bytes of the word.
    pub word: Range<usize>,
}

/// A figure with its meaning.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Bytes of the number in the folded text.
    pub digits: Range<usize>,
    /// Bytes of its unit.
    pub unit: Range<usize>,
    /// Amount, ratio, count …
    pub figure: Figure,
    /// The measure.
    pub measure: Option<Measure>,
    /// In yuan, as a fraction, or a count; never negative beside a direction.
    pub value: Decimal,
    /// What it is about.
    pub subject: Subject,
    /// Its role.
    pub slot: String,
    /// Up or down.
    pub direction: Option<Direction>,
    /// The section in which it is published.
    pub section: String,
    /// It stands below the heading of that section.
    pub home: bool,
    /// Why.
    pub ground: Ground,
    /// The subject is named beside it.
    pub explicit: bool,
    /// Ordinal of its sentence in the document.
    pub sentence: usize,
}

/// What a sentence says beside its figures.
#[derive(Clone, Debug)]
pub struct Remark {
    /// What it is about.
    pub subject: Subject,
    /// Its role: reason, change_direction, none ….
    pub slot: String,
    /// An id; without one the words themselves count.
    pub text: Option<String>,
    /// Bytes of the words.
    pub range: Range<usize>,
    /// The section in which it is published.
    pub section: String,
    /// It stands below the heading of that section.
    pub home: bool,
}

/// A figure that nobody claimed.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Bytes of the number.
    pub digits: Range<usize>,
    /// Why, with the word that is in the way.
    pub why: String,
    /// What kind of number it is.
    pub figure: Figure,
    /// A bound or a threshold: no figure of the account by itself.
    pub bound: bool,
}

impl Refusal {
    /// Whether the words were understood, and say that the figure is none of this account's year.
    pub fn is_final(&self) -> bool {
        self.bound || self.why.starts_with(FAR) || self.why == IN_REASON
    }
}

/// Why a figure that explains another is no statement.
pub const IN_REASON: &str = "inside a reason";

/// Why a bare number is no statement.
pub const NO_UNIT: &str = "a number without a unit";

/// Why a figure of another time is no statement.
pub const FAR: &str = "compared with another time";

/// What one paragraph says.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Claims, in the order of the text.
    pub claims: Vec<Claim>,
    /// What is said beside the figures.
    pub remarks: Vec<Remark>,
    /// Bytes of figures that were left empty.
    pub holes: Vec<Range<usize>>,
    /// Bytes of purposes, whose years and figures are none of the account.
    pub passed: Vec<Range<usize>>,
    /// Figures without a meaning.
    pub refusals: Vec<Refusal>,
}

impl Told {
    /// Moves every place behind words that were read before.
    fn shift(&mut self, by: usize) {
        let moved = |r: &mut Range<usize>| *r = r.start + by..r.end + by;
        for c in &mut self.claims {
            moved(&mut c.digits);
            moved(&mut c.unit);
            if let Some(d) = &mut c.direction {
                moved(&mut d.word);
            }
        }
        self.remarks.iter_mut().for_each(|r| moved(&mut r.range));
        self.passed.iter_mut().chain(&mut self.holes).for_each(&moved);
        for r in &mut self.refusals {
            moved(&mut r.digits);
        }
    }
}

/// A paragraph and what it says.
#[derive(Clone, Debug)]
pub struct Paragraph {
    /// Index of the piece in the outline.
    pub piece: usize,
    /// Its text, folded.
    pub folded: Folded,
    /// What it says.
    pub told: Told,
}

/// Reads every paragraph of a document; in sections that hold no statements figures are only listed.
pub fn document(outline: &Outline, unit_name: Option<&str>, year: Option<i16>, g: &Grammar) -> Vec<Paragraph> {
    let bodies = unit_name
        .map(|n| super::sentence::names(g, &text::key(n)))
        .unwrap_or_default();
    // A name of stars or of three letters stands in other words.
    let bodies = bodies
        .into_iter()
        .filter(|b| b.chars().count() > 3 && b.chars().all(char::is_alphabetic))
        .collect();
    let mut reader = discourse::Reader::new(g, bodies, year);
    let mut silent = vec![false; outline.pieces.len()];
    let mut outside = silent.clone();
    for part in &outline.sections {
        let s = &g.sections.sections[part.section];
        let told = s.figures || matches!(s.id.as_str(), "overview" | "narrative" | "tables" | "other");
        for piece in &part.pieces {
            silent[*piece] = !told;
            outside[*piece] = !s.figures;
        }
    }
    let mut out = Vec::new();
    for (n, piece) in outline.pieces.iter().enumerate() {
        let Piece::Paragraph(p) = piece else { continue };
        let folded = text::fold(&p.text);
        let mut told = reader.paragraph(&folded.text, &Gaps::of(&p.text, &folded));
        // What an empty form says below its title is said once more in its section.
        if outside[n] {
            told.remarks.retain(|r| r.slot != "none");
        }
        if silent[n] {
            told.remarks.clear();
            for c in std::mem::take(&mut told.claims) {
                told.refusals.push(Refusal {
                    digits: c.digits,
                    why: "in a section that states no figures of the account".into(),
                    figure: c.figure,
                    bound: false,
                });
            }
            // How many units and people there are is no figure of the account: it is listed, not missed.
            for r in &mut told.refusals {
                r.bound |= !matches!(r.figure, Figure::Amount | Figure::Ratio);
            }
        }
        out.push(Paragraph { piece: n, folded, told });
    }
    out
}
