//! One document through all stages; many documents in parallel, written in order. A panic costs one document.

use crate::acquire::{self, Input};
use crate::diag::{Diagnostic, Severity, Stage};
use crate::grammar::Grammar;
use crate::layout::{self, Layout};
use crate::normalise;
use crate::place::{DocumentId, Place};
use crate::read::{self, Document, Limits};
use crate::recognise::{self, Recognised};
use crate::record::{DocumentRow, Extract, Kind, Status, TextLayer};
use crate::write::{self, DatasetWriter};
use rayon::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

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
}

/// Everything that the stages made of one document, for people who look inside.
pub struct Stages {
    /// Pages of glyphs and rulings.
    pub document: Document,
    /// Lines and tables.
    pub layout: Layout,
    /// Forms.
    pub recognised: Recognised,
    /// Records.
    pub extract: Extract,
    /// Seconds by stage.
    pub seconds: Vec<(&'static str, f64)>,
}

/// Told what happens, for progress on a terminal.
pub trait Progress: Sync {
    /// This many documents will be read.
    fn start(&self, documents: usize);
    /// One document is done.
    fn done(&self, row: &DocumentRow);
}

/// Nobody watches.
pub struct Quiet;

impl Progress for Quiet {
    fn start(&self, _: usize) {}
    fn done(&self, _: &DocumentRow) {}
}

/// Counts for the end of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Documents in all.
    pub documents: usize,
    /// Final accounts that were read.
    pub extracted: usize,
    /// Final accounts of which something was lost.
    pub partial: usize,
    /// Budgets, templates, others.
    pub other_kinds: usize,
    /// Scans.
    pub not_readable: usize,
    /// Refused or failed.
    pub failed: usize,
    /// Facts.
    pub facts: u64,
    /// Facts held by an identity.
    pub held: u64,
    /// Statements.
    pub statements: u64,
    /// Findings that fail.
    pub findings_failed: u64,
    /// Tables, rows and numbers that nobody claimed.
    pub unclaimed: u64,
    /// Errors and warnings among the diagnostics.
    pub in_doubt: u64,
}

impl Summary {
    fn add(&mut self, e: &Extract) {
        let d = &e.document;
        self.documents += 1;
        match d.status {
            Status::Extracted => self.extracted += 1,
            Status::Partial => self.partial += 1,
            Status::NotAFinalAccount => self.other_kinds += 1,
            Status::NotReadable => self.not_readable += 1,
            Status::Failed => self.failed += 1,
        }
        self.facts += u64::from(d.facts);
        self.held += u64::from(d.facts_held);
        self.statements += u64::from(d.statements);
        self.findings_failed += u64::from(d.findings_failed);
        self.unclaimed += u64::from(d.unclaimed_blocks);
        self.in_doubt += e.diagnostics.iter().filter(|d| d.severity != Severity::Note).count() as u64;
    }
}

fn timed<T>(seconds: &mut Vec<(&'static str, f64)>, stage: &'static str, f: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let out = f();
    seconds.push((stage, start.elapsed().as_secs_f64()));
    out
}

/// Runs all stages over the bytes of one document. An error means that the file was refused as a whole.
pub fn stages(bytes: Vec<u8>, mut row: DocumentRow, cx: &Context<'_>) -> Result<Stages, (DocumentRow, read::Error)> {
    let mut seconds = Vec::with_capacity(6);
    let mut report = Vec::new();
    let document = match timed(&mut seconds, "read", || read::read(bytes, &cx.limits)) {
        Ok(d) => d.into_value(&mut report),
        Err(e) => return Err((row, e)),
    };
    row.media_type = document.media_type.to_string();
    row.producer = document.producer.clone();
    row.pages = document.pages.len() as u32;
    let with_text = document.pages.iter().filter(|p| !p.glyphs.is_empty()).count();
    let scanned = document
        .pages
        .iter()
        .filter(|p| p.glyphs.is_empty() && !p.images.is_empty())
        .count();
    row.text_layer = Some(match (with_text, scanned) {
        (0, _) => TextLayer::None,
        (_, 0) => TextLayer::Native,
        _ => TextLayer::Mixed,
    });
    let layout = timed(&mut seconds, "layout", || layout::blocks(&document)).into_value(&mut report);
    let recognised =
        timed(&mut seconds, "recognise", || recognise::recognise(&layout, cx.grammar)).into_value(&mut report);
    let mut extract = timed(&mut seconds, "normalise", || {
        normalise::normalise(&recognised, cx.grammar, row)
    })
    .into_value(&mut report);
    let d = &mut extract.document;
    if with_text == 0 {
        d.kind = Kind::Other;
        d.status = Status::NotReadable;
        d.error_code = Some("no-text-layer".into());
        d.error_message = Some(if scanned > 0 {
            "its pages are images without a text layer (a scan): nothing was read, and no table is said to be missing"
                .into()
        } else {
            "no page holds a single character".into()
        });
    } else if scanned > 0 && matches!(d.status, Status::Extracted) {
        d.status = Status::Partial;
        let pages: Vec<String> = document
            .pages
            .iter()
            .filter(|p| p.glyphs.is_empty() && !p.images.is_empty())
            .take(20)
            .map(|p| p.number.to_string())
            .collect();
        report.push(Diagnostic::new(
            Severity::Warning,
            Stage::Read,
            "pages-without-text",
            format!(
                "these pages are images without a text layer and were not read: {}",
                pages.join(", ")
            ),
            Place::document(),
        ));
    }
    extract.diagnostics = report;
    Ok(Stages {
        document,
        layout,
        recognised,
        extract,
        seconds,
    })
}

fn failed(mut row: DocumentRow, code: &str, message: String) -> Extract {
    row.status = Status::Failed;
    row.kind = Kind::Other;
    row.error_code = Some(code.to_string());
    row.error_message = Some(message.clone());
    let mut e = Extract::empty(row);
    e.diagnostics.push(Diagnostic::new(
        Severity::Error,
        Stage::Read,
        "document-failed",
        message,
        Place::document(),
    ));
    e
}

thread_local! {
    static PANIC: std::cell::RefCell<Option<String>> = const { std::cell::RefCell::new(None) };
}

/// Keeps the message of a panic for the document's row and prints nothing: call once before [`run`].
pub fn keep_panics_quiet() {
    std::panic::set_hook(Box::new(|info| {
        let at = info
            .location()
            .map(|l| format!(" ({}:{})", l.file().rsplit('/').next().unwrap_or(""), l.line()));
        let what = info
            .payload()
            .downcast_ref::<&str>()
            .map(|s| (*s).to_string())
            .or_else(|| info.payload().downcast_ref::<String>().cloned())
            .unwrap_or_default();
        PANIC.with(|p| *p.borrow_mut() = Some(format!("{what}{}", at.unwrap_or_default())));
    }));
}

/// One document: always one extract, whatever happens.
pub fn one(input: &Input, cx: &Context<'_>) -> (Extract, Vec<(&'static str, f64)>) {
    let row = DocumentRow::new(input.id.clone(), input.name.clone());
    let start = Instant::now();
    let bytes = match input.error.clone().map_or_else(|| acquire::bytes(input), Err) {
        Ok(b) => b,
        Err(e) => {
            return (
                failed(row, "unreadable-file", format!("the file cannot be read: {e}")),
                Vec::new(),
            );
        }
    };
    let acquired = start.elapsed().as_secs_f64();
    let backup = row.clone();
    let result = catch_unwind(AssertUnwindSafe(|| stages(bytes, row, cx)));
    let (mut extract, mut seconds) = match result {
        Ok(Ok(s)) => (s.extract, s.seconds),
        Ok(Err((row, e))) => (failed(row, e.code(), e.to_string()), Vec::new()),
        Err(_) => {
            let why = PANIC.with(|p| p.borrow_mut().take()).unwrap_or_default();
            let message = format!("juesuan itself failed on this file: {why}; please report it with the file");
            (failed(backup, "internal-error", message), Vec::new())
        }
    };
    for d in &input.duplicates {
        extract.diagnostics.push(
            Diagnostic::new(
                Severity::Note,
                Stage::Acquire,
                "duplicate-input",
                "the same bytes were given under another name too; they are one document",
                Place::document(),
            )
            .printed(d.clone()),
        );
    }
    keep(&mut extract, &cx.filter);
    seconds.insert(0, ("acquire", acquired));
    (extract, seconds)
}

fn keep(e: &mut Extract, filter: &Filter) {
    if !filter.forms.is_empty() {
        e.facts.retain(|f| filter.forms.contains(&f.form));
    }
    if !filter.years.is_empty() && !e.document.fiscal_year.is_some_and(|y| filter.years.contains(&y)) {
        e.facts.clear();
        e.statements.clear();
        e.findings.clear();
    }
    e.document.facts = e.facts.len() as u32;
    e.document.statements = e.statements.len() as u32;
}

/// Documents that are in work at once, for each thread: bounds the memory.
const WINDOW: usize = 16;

/// Reads all inputs in parallel and writes them in order.
pub fn run(
    inputs: &[Input],
    cx: &Context<'_>,
    writer: &mut DatasetWriter,
    progress: &dyn Progress,
) -> Result<Summary, write::Error> {
    progress.start(inputs.len());
    let mut summary = Summary::default();
    for chunk in inputs.chunks(WINDOW * rayon::current_num_threads().max(1)) {
        let done: Vec<_> = chunk
            .par_iter()
            .with_max_len(1)
            .map(|i| {
                let r = one(i, cx);
                progress.done(&r.0.document);
                r
            })
            .collect();
        for (extract, seconds) in done {
            summary.add(&extract);
            writer.write(&extract)?;
            writer.timing(&extract, &seconds)?;
        }
    }
    Ok(summary)
}

/// The id of bytes that come from no file.
pub fn id_of(bytes: &[u8]) -> DocumentId {
    use sha2::{Digest, Sha256};
    DocumentId(format!("{:x}", Sha256::digest(bytes)))
}
