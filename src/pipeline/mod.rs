//! One document through all stages; many documents in parallel, written in order. A panic costs one document.
//!
//! `run` takes one document through the stages, `many` many of them; `announcement` says which files are one document and
//! `accounts` which accounts stand in one; `readable` says what could not be read, `places` brings places back to the
//! page as it is shown, `panics` keeps what a panic said.

mod accounts;
mod announcement;
mod many;
mod panics;
mod places;
mod readable;
mod run;
mod scans;
mod summary;

pub use many::{Run, merge, run};
pub use panics::keep_panics_quiet;
pub use run::{id_of, one, stages};
pub use scans::{Scans, When};
pub use summary::Summary;

use crate::acquire::Input;
use crate::grammar::Grammar;
use crate::layout::Layout;
use crate::read::{Document, Limits};
use crate::recognise::{Narrative, Recognised};
use crate::record::{DocumentRow, Extract};

/// What is kept of what was read.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only facts of these forms; empty: all.
    pub forms: Vec<String>,
    /// Only documents of these years give facts and statements; empty: all.
    pub years: Vec<i16>,
}

/// What all documents share.
pub struct Context<'g> {
    /// The rules.
    pub grammar: &'g Grammar,
    /// The bounds of one document.
    pub limits: Limits,
    /// What is kept.
    pub filter: Filter,
    /// How scans are read.
    pub scans: Scans,
}

/// Everything that the stages made of one document, for people who look inside.
pub struct Stages {
    /// Pages of glyphs and rulings.
    pub document: Document,
    /// Lines and tables.
    pub layout: Layout,
    /// Forms.
    pub recognised: Recognised,
    /// Sections and sentences.
    pub narrative: Narrative,
    /// Records.
    pub extract: Extract,
    /// Seconds by stage.
    pub seconds: Vec<(&'static str, f64)>,
}

/// Told what happens, for progress on a terminal.
pub trait Progress: Sync {
    /// This many documents will be read.
    fn start(&self, documents: usize);
    /// One document begins.
    fn begins(&self, _: &Input) {}
    /// One document is done; `known` when an earlier run had read it.
    fn done(&self, row: &DocumentRow, known: bool);
}

/// Nobody watches.
pub struct Quiet;

impl Progress for Quiet {
    fn start(&self, _: usize) {}
    fn done(&self, _: &DocumentRow, _: bool) {}
}
