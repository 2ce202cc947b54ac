//! One document through all stages; many documents in parallel, written in order. A panic costs one document.

mod accounts;
mod many;
mod scans;

pub use many::{Run, merge, run};
pub use scans::{Scans, When};

use crate::acquire::{self, Input};
use crate::announcement;
use crate::check;
use crate::clock;
use crate::diag::{Code, Diagnostic, Refusal, Severity};
use crate::geom::{Rect, Way};
use crate::grammar::Grammar;
use crate::layout::{self, Layout};
use crate::normalise;
use crate::place::{DocumentId, Place};
use crate::read::{self, Document, Limits};
use crate::recognise::{self, Narrative, Recognised};
use crate::record::{DocumentRow, Extract, Kind, Source, Status, TextLayer};
use crate::write;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
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

/// Counts for the end of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    /// Documents in all.
    pub documents: usize,
    /// Of these, read by an earlier run.
    pub known: usize,
    /// Final accounts that were read.
    pub extracted: usize,
    /// Final accounts of which something was lost.
    pub partial: usize,
    /// Files whose content stands in other rows: with the text of their announcement, or in one row for each account.
    pub joined: usize,
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
            Status::Joined | Status::Split => self.joined += 1,
            Status::NotAFinalAccount | Status::Unknown => self.other_kinds += 1,
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
fn each_account(stages: &mut Stages, file: DocumentRow, as_read: Vec<Diagnostic>, cx: &Context<'_>) {
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
fn understand(
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
    if report.iter().any(|d| d.severity == Severity::Error) && extract.document.status == Status::Extracted {
        extract.document.status = Status::Partial;
    }
    extract.diagnostics = report;
    as_shown(&mut extract, &document, &layout, seen_so_far);
    if let Some(origins) = &layout.origins {
        in_the_file(&mut extract, origins);
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
    const KINDS: [(&[&str], &str); 8] = [
        (&["pdf"], "application/pdf"),
        (&["ofd"], "application/ofd"),
        (&["mht", "mhtml"], "multipart/related"),
        (&["txt", "md", "csv"], "text/plain"),
        (&["html", "htm"], "text/html"),
        (
            &["docx"],
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (
            &["xlsx"],
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        (&["xls"], "application/vnd.ms-excel"),
    ];
    let ending = row.file_name.rsplit_once('.')?.1.to_ascii_lowercase();
    let promised = KINDS.iter().find(|(names, _)| names.contains(&ending.as_str()))?.1;
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

/// Which of its pages can be read.
struct Seen {
    markup: bool,
    with_text: usize,
    recognised: usize,
    scanned: Vec<u32>,
}

impl Seen {
    fn of(document: &Document) -> Self {
        let scan = |p: &&read::Page| p.scan.is_none() && scans::is_scan(p);
        let pieces = document.markup.as_ref().map_or(0, |m| m.pieces.len());
        Self {
            markup: document.markup.is_some() && document.pages.is_empty(),
            recognised: document.pages.iter().filter(|p| p.recognised).count(),
            with_text: pieces + document.pages.iter().filter(|p| !p.glyphs.is_empty()).count(),
            scanned: document.pages.iter().filter(scan).map(|p| p.number).collect(),
        }
    }

    fn text_layer(&self) -> Option<TextLayer> {
        match (self.with_text, self.scanned.len()) {
            _ if self.markup => None,
            (0, _) => Some(TextLayer::None),
            (all, 0) if all == self.recognised => Some(TextLayer::Ocr),
            _ if self.recognised > 0 => Some(TextLayer::Mixed),
            (_, 0) => Some(TextLayer::Native),
            _ => Some(TextLayer::Mixed),
        }
    }

    /// Says what could not be read for want of characters.
    fn judge(&self, document: &Document, cx: &Context<'_>, d: &mut DocumentRow, report: &mut Vec<Diagnostic>) {
        if self.with_text == 0 {
            d.kind = Kind::Other;
            d.status = Status::NotReadable;
            d.error_code = Some(Refusal::NoTextLayer);
            d.error_message = Some(if !self.scanned.is_empty() {
                format!(
                    "its pages are images without a text layer (a scan): nothing was read, and no table is said to be missing{}",
                    remedy(cx)
                )
            } else if document.markup.is_some() {
                "it holds no paragraph and no table; if it shows pictures of pages, fetch the files behind them".into()
            } else {
                "no page holds a single character".into()
            });
        } else if !self.scanned.is_empty() && matches!(d.status, Status::Extracted) {
            d.status = Status::Partial;
            let pages: Vec<String> = self.scanned.iter().take(20).map(u32::to_string).collect();
            report.push(Diagnostic::new(
                Severity::Warning,
                Code::PagesWithoutText,
                format!(
                    "these pages are images without a text layer and were not read: {}{}",
                    pages.join(", "),
                    remedy(cx)
                ),
                Place::document(),
            ));
        }
        // Before its kind was seen the file ended: nobody knows that it is no final account.
        let cut = report.iter().find(|r| r.code == read::CUT_OFF);
        if let Some(cut) = cut.filter(|_| d.kind == Kind::Other && d.status == Status::Unknown) {
            d.status = Status::Failed;
            d.error_code = Some(Refusal::FileCutOff);
            d.error_message = Some(format!("{}; what is left does not say what it is", cut.message));
        }
    }
}

/// What lets scans be read.
fn remedy(cx: &Context<'_>) -> &'static str {
    match (cfg!(feature = "ocr"), &cx.scans.engine, cx.scans.when) {
        (false, ..) => "; this juesuan was built without reading scans (feature `ocr`)",
        (_, _, When::Never) => "; leave out --ocr never to read them",
        (_, None, _) => "; to read scans, run `juesuan ocr setup` once",
        _ => "",
    }
}

/// Places on pages that were turned or parted to be read become places on pages as they are shown; diagnostics before the `first`
/// are so already. What was read from recognised text says so.
fn as_shown(e: &mut Extract, document: &Document, layout: &Layout, first: usize) {
    if layout.shown.is_some() {
        each_place(
            e,
            first,
            |p| *p = layout.as_shown(*p),
            |p| *p = layout.page_as_shown(*p),
        );
    }
    let ways: Vec<(u32, Way)> = document
        .pages
        .iter()
        .filter_map(|p| Some((p.number, p.scan.as_ref()?.way?)))
        .collect();
    if !ways.is_empty() {
        let straight = |p: &mut Place| {
            if let Ok(n) = ways.binary_search_by_key(&p.page, |w| w.0)
                && p.rect != Rect::default()
            {
                p.rect = ways[n].1.rect(p.rect);
            }
        };
        each_place(e, first, straight, |_| ());
    }
    let recognised: Vec<u32> = document
        .pages
        .iter()
        .filter(|p| p.recognised)
        .map(|p| p.number)
        .collect();
    if !recognised.is_empty() {
        let of_picture = |p: &Place| recognised.contains(&p.page);
        for f in e.facts.iter_mut().filter(|f| of_picture(&f.place)) {
            f.source = Source::Ocr;
        }
        for s in e.statements.iter_mut().filter(|s| of_picture(&s.place)) {
            s.source = Source::Ocr;
        }
    }
}

/// Every place and every page of what was read, diagnostics from the `first` on.
fn each_place(e: &mut Extract, first: usize, mut place: impl FnMut(&mut Place), mut page: impl FnMut(&mut u32)) {
    e.facts.iter_mut().for_each(|f| place(&mut f.place));
    e.statements.iter_mut().for_each(|s| place(&mut s.place));
    for s in &mut e.sections {
        page(&mut s.page_from);
        page(&mut s.page_to);
    }
    e.glossary.iter_mut().for_each(|g| page(&mut g.page));
    e.members.iter_mut().for_each(|m| page(&mut m.page));
    for p in &mut e.projects {
        page(&mut p.page);
        place(&mut p.place);
        p.funds.iter_mut().for_each(|f| place(&mut f.place));
        p.indicators.iter_mut().for_each(|i| place(&mut i.place));
    }
    e.diagnostics.iter_mut().skip(first).for_each(|d| place(&mut d.place));
}

/// Every made-up place of a layout without pages becomes bytes or cells of the file.
fn in_the_file(e: &mut Extract, origins: &layout::Origins) {
    let real = |page: &mut u32| {
        if origins.made_up(*page) {
            *page = 0;
        }
    };
    for f in e.facts.iter_mut().filter(|f| origins.made_up(f.place.page)) {
        f.source = Source::Markup;
    }
    for s in e.statements.iter_mut().filter(|s| origins.made_up(s.place.page)) {
        s.source = Source::Markup;
    }
    each_place(e, 0, |p| *p = origins.place(*p), real);
}

fn failed(mut row: DocumentRow, code: Refusal, message: String) -> Extract {
    row.status = Status::Failed;
    row.kind = Kind::Other;
    row.error_code = Some(code);
    row.error_message = Some(message.clone());
    let mut e = Extract::empty(row);
    e.diagnostics.push(Diagnostic::new(
        Severity::Error,
        Code::DocumentFailed,
        message,
        Place::document(),
    ));
    e
}

thread_local! {
    /// `Some` while this thread works on a document: what a panic said.
    static PANIC: std::cell::RefCell<Option<String>> = const { std::cell::RefCell::new(None) };
}

/// Keeps the message of a panic for the document's row and prints nothing: call once before [`run`]. A panic outside of a
/// document is printed as ever.
pub fn keep_panics_quiet() {
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let kept = PANIC.with(|p| {
            p.try_borrow_mut().is_ok_and(|mut p| {
                p.as_mut().is_some_and(|text| {
                    *text = said(info);
                    true
                })
            })
        });
        if !kept {
            loud(info);
        }
    }));
}

fn said(info: &std::panic::PanicHookInfo<'_>) -> String {
    let at = info
        .location()
        .map(|l| format!(" ({}:{})", l.file().rsplit(['/', '\\']).next().unwrap_or(""), l.line()));
    let what = info
        .payload()
        .downcast_ref::<&str>()
        .map(|s| (*s).to_string())
        .or_else(|| info.payload().downcast_ref::<String>().cloned())
        .unwrap_or_default();
    format!("{what}{}", at.unwrap_or_default())
}

/// What an input is in its announcement.
enum Role<'i> {
    Alone,
    /// It has the text of these tables.
    Main(Vec<&'i Input>),
    /// Its tables stand with this text.
    Tables(&'i Input),
}

/// Reads the files beside an input once, when the first of them is asked for.
fn role<'i>(input: &'i Input, cx: &Context<'_>) -> Role<'i> {
    let Some(beside) = input.beside.as_deref() else {
        return Role::Alone;
    };
    let part = |n: usize| {
        let file: &Input = &beside.files[n];
        let bytes = acquire::bytes(file).ok()?;
        let row = DocumentRow::new(file.id.clone(), file.name.clone());
        let read = quietly(|| stages(bytes, row, cx)).ok()?.ok()?;
        announcement::Part::of(&read.extract)
    };
    let joins = beside.joins.get_or_init(|| announcement::joins(beside, part));
    let is = |n: &usize| beside.files[*n].id == input.id;
    for join in joins {
        if is(&join.main) {
            return Role::Main(join.tables.iter().map(|n| &beside.files[*n]).collect());
        }
        if join.tables.iter().any(is) {
            return Role::Tables(&beside.files[join.main]);
        }
    }
    Role::Alone
}

/// Runs `work`; an error is what a panic in it said.
fn quietly<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    PANIC.with(|p| *p.borrow_mut() = Some(String::new()));
    let result = catch_unwind(AssertUnwindSafe(work));
    let said = PANIC.with(|p| p.borrow_mut().take()).unwrap_or_default();
    result.map_err(|_| said)
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
    let role = role(input, cx);
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
    let result = quietly(|| stages_of(bytes, others, row, cx));
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
