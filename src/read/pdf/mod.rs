//! PDF to pages. Comes in: the bytes of one file. Goes out: [`Document`], or why it is refused. hayro interprets the content
//! streams; this folder listens to it and adds what it leaves open: Unicode of last resort ([`unicode`]), text drawn twice
//! ([`overprint`]), clips and rulings ([`path`]). Refuses to decide which glyphs make a word and which rulings a table.

mod device;
mod info;
mod overprint;
mod path;
mod sniff;
mod standin;
mod unicode;

use super::{Document, Error, Limits, Page};
use crate::diag::{Diagnostic, Outcome, Severity, Stage};
use crate::place::Place;
use device::{Collector, Stop};
use hayro_interpret::util::TransformExt;
use hayro_interpret::{Context, InterpreterCache, InterpreterSettings, interpret_page, kurbo};
use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};
use unicode::Unicode;

/// The widest side of a page that is believed, in points (10 m): beyond it every coordinate loses its digits in `f32`.
const LARGEST_SIDE: f32 = 28_346.0;

/// Reads a PDF.
///
/// # Errors
/// When nothing at all can be read: no bytes, another kind of file, a password, or a structure that cannot be repaired. A page that
/// cannot be read is no error but an empty page and a diagnostic.
pub fn read(bytes: Vec<u8>, limits: &Limits) -> Result<Outcome<Document>, Error> {
    sniff::require_pdf(&bytes)?;
    let deadline = deadline(limits);
    // A panic in a parser of foreign bytes is a fact about those bytes, not about the run.
    let pdf = match catch_unwind(AssertUnwindSafe(|| Pdf::new(bytes))) {
        Ok(Ok(pdf)) => pdf,
        Ok(Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected))) => return Err(Error::Encrypted),
        Ok(Err(LoadPdfError::Decryption(_))) => {
            return Err(Error::Broken("its encryption is damaged or unknown".into()));
        }
        Ok(Err(LoadPdfError::Invalid)) => return Err(Error::Broken("no page tree was found".into())),
        Err(_) => return Err(Error::Broken("its structure made the parser give up".into())),
    };
    if pdf.pages().is_empty() {
        return Err(Error::Broken("it has no pages".into()));
    }
    let mut report = Vec::new();
    let pages = read_pages(&pdf, limits, deadline, &mut report);
    let document = Document {
        media_type: "application/pdf",
        producer: info::producer(pdf.metadata()),
        pages,
    };
    Ok(Outcome::new(document, report))
}

/// The moment after which nothing more is read; `None` where the limit is no sensible number of seconds.
fn deadline(limits: &Limits) -> Option<Instant> {
    Instant::now().checked_add(Duration::try_from_secs_f64(limits.seconds).ok()?)
}

fn read_pages(pdf: &Pdf, limits: &Limits, deadline: Option<Instant>, report: &mut Vec<Diagnostic>) -> Vec<Page> {
    let cache = InterpreterCache::new();
    let settings = settings();
    let mut unicode = Unicode::default();
    let total = pdf.pages().len();
    let mut pages = Vec::with_capacity(total.min(limits.pages));
    for (index, source) in pdf.pages().iter().enumerate() {
        let late = deadline.is_some_and(|d| Instant::now() >= d);
        if index >= limits.pages || late {
            let why = if late { "time" } else { "pages" };
            report.push(dropped(index, total, why));
            break;
        }
        let number = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
        pages.push(read_page(
            source,
            number,
            &cache,
            &settings,
            &mut unicode,
            limits,
            deadline,
            report,
        ));
    }
    pages
}

#[allow(clippy::too_many_arguments)] // all of it is state of the one loop above
fn read_page<'a>(
    source: &hayro_syntax::page::Page<'a>,
    number: u32,
    cache: &InterpreterCache<'a>,
    settings: &InterpreterSettings,
    unicode: &mut Unicode,
    limits: &Limits,
    deadline: Option<Instant>,
    report: &mut Vec<Diagnostic>,
) -> Page {
    let (width, height) = source.render_dimensions();
    let (width, height) = (width.min(LARGEST_SIDE), height.min(LARGEST_SIDE));
    let blank = Page {
        number,
        width,
        height,
        ..Page::default()
    };
    let mut collector = Collector::new(blank, source.resources(), unicode, limits, deadline);
    let result = catch_unwind(AssertUnwindSafe(|| {
        let bounds = kurbo::Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let transform = source.initial_transform(true).to_kurbo();
        let mut context = Context::new(transform, bounds, cache, source.xref(), settings.clone());
        interpret_page(source, &mut context, &mut collector);
    }));
    let place = Place::page(number);
    let note = |severity, code, message: String| Diagnostic::new(severity, Stage::Read, code, message, place);
    match result {
        Ok(()) => {}
        Err(payload) => match payload.downcast::<Stop>() {
            Ok(stop) => report.push(note(
                Severity::Error,
                "page-truncated",
                format!(
                    "page {number} is read only in part: it passes the limit of {}",
                    stop.limit()
                ),
            )),
            Err(_) => {
                let message = format!("page {number} could not be interpreted and stays empty; look at the original");
                report.push(note(Severity::Error, "page-panicked", message));
                return Page {
                    number,
                    width,
                    height,
                    ..Page::default()
                };
            }
        },
    }
    let page = collector.finish();
    if page.unmapped > 0 {
        let message = format!(
            "{} of {} glyphs on page {number} have no Unicode and stand as U+FFFD; compare with the original",
            page.unmapped,
            page.glyphs.len()
        );
        report.push(note(Severity::Warning, "unmapped-glyphs", message));
    }
    page
}

fn dropped(read: usize, total: usize, limit: &str) -> Diagnostic {
    let message =
        format!("only {read} of {total} pages were read: the limit of {limit} was reached; raise it to read on");
    Diagnostic::new(
        Severity::Error,
        Stage::Read,
        "pages-dropped",
        message,
        Place::document(),
    )
}

/// No font is ever drawn, so a font that is not embedded needs no outlines: its widths stand in the PDF or in hayro's own metrics.
fn settings() -> InterpreterSettings {
    let font = standin::font();
    InterpreterSettings {
        font_resolver: Arc::new(move |_| Some((font.clone(), 0))),
        ..InterpreterSettings::default()
    }
}
