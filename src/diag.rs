//! Three words, never mixed: an *error* stops a stage, a *diagnostic* says that the reading lost or doubted something, a
//! *finding* ([`crate::record::Finding`]) says that published figures break a law of arithmetic.

use crate::place::Place;

/// How much a diagnostic matters to somebody who uses the figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    /// Identities.
    Check,
}

impl Stage {
    /// The word that stands in the dataset.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Acquire => "acquire",
            Stage::Read => "read",
            Stage::Layout => "layout",
            Stage::Recognise => "recognise",
            Stage::Normalise => "normalise",
            Stage::Check => "check",
        }
    }
}

/// One thing that was unclear, dropped or repaired, with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// Who noticed.
    pub stage: Stage,
    /// A stable word in kebab-case; documented in docs/diagnostics.md.
    pub code: &'static str,
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
    /// A diagnostic without printed characters.
    pub fn new(severity: Severity, stage: Stage, code: &'static str, message: impl Into<String>, place: Place) -> Self {
        Self {
            severity,
            stage,
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

/// Diagnostics that say that rows or numbers of a table were not read: a sum over its rows that fails then says nothing about the
/// document.
pub const LOST: &[&str] = &[
    "header-does-not-fit",
    "not-an-amount",
    "page-panicked",
    "page-truncated",
    "title-without-table",
    "unclaimed-number",
    "unclaimed-table",
];

/// Diagnostics that say that figures of a page, a file or a form are not in the dataset, beyond [`LOST`]: what stands there nobody
/// can say.
pub const UNREAD: &[&str] = &[
    "column-not-understood",
    "file-cut-off",
    "form-not-found",
    "head-cut-off",
    "money-unit-unknown",
    "not-exact-in-cents",
    "other-table",
    "out-of-time",
    "page-as-curves",
    "pages-dropped",
    "pages-without-text",
    "row-lost-cell",
    "sheet-damaged",
    "sheet-truncated",
    "table-too-large",
    "text-in-doubt",
];

/// Diagnostics that say that a table may stand where nothing was read: any of the forms that were not found.
pub const UNREAD_TABLE: &[&str] = &["picture-of-a-table"];

/// Diagnostics that say that a figure of a sentence is not in the dataset; `printed` is the sentence.
pub const UNREAD_IN_TEXT: &[&str] = &[
    "amount-without-unit",
    "not-a-count",
    "not-a-ratio",
    "not-an-amount-in-text",
    "slot-not-filled",
    "unclaimed-figure",
];

/// The code as the program writes it, of a diagnostic that identities or the panel ask for.
pub fn asked_for(code: &str) -> Option<&'static str> {
    let all = [LOST, UNREAD, UNREAD_TABLE, UNREAD_IN_TEXT, &["form-by-header"]];
    all.into_iter().flatten().find(|c| **c == code).copied()
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
