//! One document through all stages. Comes in: an input. Goes out: always one extract, whatever happens. What a file is, and whether
//! it is read, is for the stages to say; here stands their order.

use super::announcement::{self, Role};
use super::readable::Seen;
use super::{Context, Filter, Stages, accounts, many, panics, places, scans};
use crate::acquire::{self, Input};
use crate::check;
use crate::clock;
use crate::diag::{Code, Diagnostic, Refusal, Severity};
use crate::layout;
use crate::normalise;
use crate::place::{DocumentId, Place};
use crate::read::{self, Document};
use crate::recognise::{self, Narrative};
use crate::record::{DocumentRow, Ending, Extract, Kind, Status};
use crate::write;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

fn timed<T>(seconds: &mut Vec<(&'static str, f64)>, stage: &'static str, f: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let out = f();
    // A stage that is asked twice (identities, before and after the narrative) has one row.
    let spent = start.elapsed().as_secs_f64();
    match seconds.iter_mut().find(|(s, _)| *s == stage) {
        Some((_, all)) => *all += spent,
        None => seconds.push((stage, spent)),
    }
    out
}

/// Runs all stages over the bytes of one document. An error means that the file was refused as a whole.
pub fn stages(bytes: Vec<u8>, row: DocumentRow, cx: &Context<'_>) -> Result<Stages, read::Error> {
    stages_of(bytes, Vec::new(), row, cx)
}

/// The same over a document and the other files of its announcement.
fn stages_of(
    bytes: Vec<u8>,
    others: Vec<(&str, Vec<u8>)>,
    mut row: DocumentRow,
    cx: &Context<'_>,
) -> Result<Stages, read::Error> {
    let mut seconds = Vec::with_capacity(6);
    let mut report = Vec::new();
    let document = timed(&mut seconds, "read", || {
        let mut document = read_or_convert(bytes, cx, &mut report)?;
        if !others.is_empty() {
            let names: Vec<&str> = others.iter().map(|o| o.0).collect();
            report.push(announcement::note(&names));
        }
        for (name, bytes) in others {
            let other = read_or_convert(bytes, cx, &mut report)?;
            announcement::append(&mut document, other, name);
        }
        Ok::<_, read::Error>(document)
    })?;
    row.media_type = document.media_type.to_string();
    row.producer = document.producer.clone();
    row.file_time = document.file_time.clone();
    row.pages = document.pages.len() as u32;
    row.parts = document.markup.as_ref().map(|m| m.parts.clone()).unwrap_or_default();
    if let Some(d) = name_and_content(&row) {
        report.push(d);
    }
    let own = recognise::Own {
        titles: document.titles.clone(),
        site: document.site.clone(),
        file_name: row.file_name.clone(),
    };
    let (file, as_read) = (row.clone(), report.clone());
    // What can be read in its time can be understood in as much, however many accounts stand in it.
    clock::begin(cx.limits.seconds);
    let mut stages = understand(document, own, row, report, cx, seconds);
    if stages.extract.document.error_code == Some(Refusal::SeveralAccounts) {
        each_account(&mut stages, file, as_read, cx);
    }
    Ok(stages)
}

/// Reads the accounts of a file in several, each as a file of its own, where it can be told whose every table is; `as_read` is what
/// reading said of the file.
pub(super) fn each_account(stages: &mut Stages, file: DocumentRow, as_read: Vec<Diagnostic>, cx: &Context<'_>) {
    let found = match clock::late() {
        // Of the pages that were not laid out nobody knows whose they are.
        true => Err("its time is over before the accounts are told apart".to_string()),
        false => accounts::find(&stages.document, &stages.layout, &stages.recognised, cx.grammar),
    };
    let read = found.and_then(|found| {
        let one = |(n, account): (usize, &accounts::Account)| {
            let of_it = |d: &&Diagnostic| d.place.page == 0 || account.pages.contains(&d.place.page);
            let mut report: Vec<Diagnostic> = as_read.iter().filter(of_it).cloned().collect();
            accounts::say_open(account, &mut report);
            let document = accounts::pages(&stages.document, account);
            let row = accounts::row(&file, account, n);
            understand(document, recognise::Own::default(), row, report, cx, Vec::new()).extract
        };
        let read: Vec<Extract> = found.iter().enumerate().map(one).collect();
        accounts::agree(&found, &read).map(|()| read)
    });
    match read {
        Ok(read) => {
            let mut extract = Extract::empty(file);
            extract.document.kind = stages.extract.document.kind;
            extract.document.text_layer = stages.extract.document.text_layer;
            accounts::split(&mut extract.document, read.len());
            extract.diagnostics = as_read;
            extract.accounts = read;
            stages.extract = extract;
        }
        Err(why) => {
            let message = stages.extract.document.error_message.iter_mut();
            message.for_each(|m| *m = format!("{m} ({why})"));
        }
    }
}

/// All stages behind reading; `report` is what reading said.
pub(super) fn understand(
    document: Document,
    own: recognise::Own,
    mut row: DocumentRow,
    mut report: Vec<Diagnostic>,
    cx: &Context<'_>,
    mut seconds: Vec<(&'static str, f64)>,
) -> Stages {
    let seen = Seen::of(&document);
    row.text_layer = seen.text_layer();
    let layout = timed(&mut seconds, "layout", || layout::blocks(&document)).into_value(&mut report);
    let seen_so_far = report.len();
    let recognised = timed(&mut seconds, "recognise", || {
        recognise::recognise_with(&layout, &own, cx.grammar)
    })
    .into_value(&mut report);
    let mut extract = timed(&mut seconds, "normalise", || {
        normalise::normalise(&recognised, cx.grammar, row)
    })
    .into_value(&mut report);
    let refused = timed(&mut seconds, "check", || {
        check::contradicted(&extract, &report, cx.grammar)
    });
    normalise::refuse(&mut extract, &refused, &mut report);
    let mut narrative = Narrative::default();
    if matches!(extract.document.status, Status::Extracted | Status::Partial) {
        timed(&mut seconds, "narrative", || {
            narrative = recognise::narrative(&layout, &recognised, cx.grammar);
            normalise::narrative(&narrative, &layout, cx.grammar, &mut extract, &mut report);
        });
    }
    if clock::late() {
        report.push(out_of_time());
    }
    // Where pages were parted or turned to be laid out, a cell does not lie where its glyphs do.
    let readings = match layout.shown {
        None => scans::readings(&extract, &document),
        Some(_) => BTreeMap::new(),
    };
    if !readings.is_empty() {
        timed(&mut seconds, "check", || {
            check::mend(&mut extract, &readings, cx.grammar, &mut report)
        });
    }
    seen.judge(&document, cx, &mut extract.document, &mut report);
    if report.iter().any(|d| d.severity == Severity::Error) {
        extract.document.ends(Ending::InPart);
    }
    extract.diagnostics = report;
    places::as_shown(&mut extract, &document, &layout, seen_so_far);
    if let Some(origins) = &layout.origins {
        places::in_the_file(&mut extract, origins);
    }
    announcement::name_files(&mut extract, &document.behind);
    timed(&mut seconds, "check", || check::check(&mut extract, cx.grammar));
    extract.diagnostics.extend(check::contradictions(&extract));
    Stages {
        document,
        layout,
        recognised,
        narrative,
        extract,
        seconds,
    }
}

/// A stage stopped where it was: what it has made is sound, what it has not seen is missing.
fn out_of_time() -> Diagnostic {
    Diagnostic::new(
        Severity::Error,
        Code::OutOfTime,
        "the document takes longer than a document may; what was not reached is missing: split the file",
        Place::document(),
    )
}

/// The name of the part of a converted document.
const CONVERTED: &str = "converted/word/document.xml";

/// Reads a file; an old Word document is converted first.
fn read_or_convert(bytes: Vec<u8>, cx: &Context<'_>, report: &mut Vec<Diagnostic>) -> Result<Document, read::Error> {
    // Only files that may need it are kept for a second reading.
    let old = bytes.starts_with(b"\xD0\xCF\x11\xE0").then(|| bytes.clone());
    let pictures = cx.scans.reader().map(|_| Arc::new(bytes.clone()));
    match (read::read(bytes, &cx.limits), old) {
        (Err(read::Error::OldWord(_)), Some(doc)) => {
            let docx = acquire::office::to_docx(&doc).map_err(read::Error::OldWord)?;
            let mut document = read::read(docx, &cx.limits)?.into_value(report);
            document.media_type = "application/msword";
            if let Some(m) = &mut document.markup {
                m.parts = vec![CONVERTED.to_string()];
            }
            report.push(Diagnostic::new(
                Severity::Note,
                Code::Converted,
                format!(
                    "LibreOffice made a docx of this file, which was read; locators count the bytes of its {CONVERTED}"
                ),
                Place::document(),
            ));
            Ok(document)
        }
        (Ok(d), _) => {
            let mut document = d.into_value(report);
            if let Some(bytes) = pictures
                .filter(|_| document.media_type == "application/pdf" || document.media_type.starts_with("image/"))
            {
                scans::fill(&mut document, &bytes, &cx.scans, &cx.limits, report);
            }
            Ok(document)
        }
        (Err(e), _) => Err(e),
    }
}

/// A name that promises another kind of file than its content is.
fn name_and_content(row: &DocumentRow) -> Option<Diagnostic> {
    let (ending, promised) = read::promised(&row.file_name)?;
    (promised != row.media_type).then(|| {
        Diagnostic::new(
            Severity::Note,
            Code::NameAndContentDiffer,
            format!(
                "the name ends in .{ending} and the content is {}; it was read as what it is (portals answer missing files with a web page)",
                row.media_type
            ),
            Place::document(),
        )
    })
}

fn failed(mut row: DocumentRow, code: Refusal, message: String) -> Extract {
    row.kind = Kind::Other;
    row.ends(Ending::With(Status::Failed, code, message.clone()));
    let mut e = Extract::empty(row);
    e.diagnostics.push(Diagnostic::new(
        Severity::Error,
        Code::DocumentFailed,
        message,
        Place::document(),
    ));
    e
}

/// One document: always one extract, whatever happens.
pub fn one(input: &Input, cx: &Context<'_>) -> (Extract, Vec<(&'static str, f64)>) {
    let mut row = DocumentRow::new(input.id.clone(), input.name.clone());
    if let Some(origin) = &input.origin {
        row.source_url = Some(origin.source_url.clone()).filter(|t| !t.is_empty());
        row.retrieved_at = Some(origin.retrieved_at.clone()).filter(|t| !t.is_empty());
        row.publisher = origin.publisher.clone();
        row.publisher_code = origin.publisher_code.clone();
    }
    let start = Instant::now();
    let role = announcement::role(input, cx);
    let mut others = Vec::new();
    let bytes = input.error.clone().map_or_else(|| acquire::bytes(input), Err);
    let bytes = bytes.and_then(|own| {
        if let Role::Main(tables) = &role {
            for t in tables {
                others.push((t.name.as_str(), acquire::bytes(t)?));
            }
        }
        Ok(own)
    });
    let bytes = match bytes {
        Ok(b) => b,
        Err(e) => {
            return (
                failed(row, Refusal::UnreadableFile, format!("the file cannot be read: {e}")),
                Vec::new(),
            );
        }
    };
    let acquired = start.elapsed().as_secs_f64();
    let backup = row.clone();
    let result = panics::quietly(|| stages_of(bytes, others, row, cx));
    let (mut extract, mut seconds) = match result {
        Ok(Ok(s)) => (s.extract, s.seconds),
        Ok(Err(e)) => (failed(backup, e.code(), e.to_string()), Vec::new()),
        Err(panic) => {
            let message = format!("juesuan itself failed on this file: {panic}; please report it with the file");
            (failed(backup, Refusal::InternalError, message), Vec::new())
        }
    };
    if let Role::Tables(main) = role {
        announcement::joined(&mut extract, &main.id, &main.name);
    }
    let names = input.duplicates.iter().cloned();
    extract.diagnostics.extend(names.map(many::duplicate));
    for e in &mut extract.accounts {
        write::fit::fit(e);
        keep(e, &cx.filter);
    }
    write::fit::fit(&mut extract);
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
        e.sections.clear();
        e.glossary.clear();
        e.members.clear();
        e.projects.clear();
        e.document.findings_failed = 0;
    }
    e.document.facts = e.facts.len() as u32;
    e.document.facts_held = e.facts.iter().filter(|f| f.held > 0).count() as u32;
    e.document.statements = e.statements.len() as u32;
}

/// The id of bytes that come from no file.
pub fn id_of(bytes: &[u8]) -> DocumentId {
    use sha2::{Digest, Sha256};
    DocumentId(format!("{:x}", Sha256::digest(bytes)))
}
