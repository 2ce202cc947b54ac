//! Three words, never mixed: an *error* stops a stage, a *diagnostic* says that the reading lost or doubted something, a
//! *finding* ([`crate::record::Finding`]) says that published figures break a law of arithmetic.

mod codes;
mod markdown;
mod table;

pub use codes::{Case, Explanation, Language, Loss};
pub use markdown::{document, explained};
pub use table::{Code, Refusal};

use crate::place::Place;

/// How much a diagnostic matters to somebody who uses the figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Severity {
    /// A figure was lost or could not be read.
    Error,
    /// A figure was read, but something about it is in doubt.
    Warning,
    /// Something was repaired or left aside; no figure is in doubt.
    Note,
}

impl Severity {
    /// The word that stands in the dataset.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// The stage that made a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Getting the bytes.
    Acquire,
    /// Bytes to glyphs.
    Read,
    /// Glyphs to lines and grids.
    Layout,
    /// Grids to forms.
    Recognise,
    /// Words to amounts.
    Normalise,
    /// Amounts against each other.
    Check,
}

/// One thing that was unclear, dropped or repaired, with its place.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// What it is: a stable word, with the stage that says it and what was lost.
    pub code: Code,
    /// One sentence: what, where, what to do.
    pub message: String,
    /// The characters in question, as published.
    pub printed: Option<String>,
    /// Where.
    pub place: Place,
    /// The form whose figures it is about, where that is known.
    pub form: Option<String>,
}

impl Diagnostic {
    /// A diagnostic without printed characters. The table lists the severities of each code.
    pub fn new(severity: Severity, code: Code, message: impl Into<String>, place: Place) -> Self {
        debug_assert!(
            code.is_said_as(severity),
            "{code} as {} stands in no row of diag/table.rs",
            severity.as_str()
        );
        Self {
            severity,
            code,
            message: message.into(),
            printed: None,
            place,
            form: None,
        }
    }

    /// Adds the form whose figures it is about.
    pub fn of_form(mut self, form: impl Into<String>) -> Self {
        self.form = Some(form.into());
        self
    }

    /// Adds the characters in question.
    pub fn printed(mut self, printed: impl Into<String>) -> Self {
        self.printed = Some(printed.into());
        self
    }
}

/// A value and what was noticed while making it.
#[derive(Clone, Debug, Default)]
pub struct Outcome<T> {
    /// What the stage made.
    pub value: T,
    /// What it noticed, in document order.
    pub report: Vec<Diagnostic>,
}

impl<T> Outcome<T> {
    /// A value with its report.
    pub fn new(value: T, report: Vec<Diagnostic>) -> Self {
        Self { value, report }
    }

    /// Takes the value and appends the report to `sink`.
    pub fn into_value(self, sink: &mut Vec<Diagnostic>) -> T {
        sink.extend(self.report);
        self.value
    }
}
