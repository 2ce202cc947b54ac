//! PDF to pages. Comes in: the bytes of one file. Goes out: [`Document`], or why it is refused. hayro interprets the content
//! streams; this folder listens to it and adds what it leaves open: Unicode of last resort (`unicode`), text drawn twice
//! (`overprint`), clips, rulings (`path`), bounds, and what is damaged (`damage`). Refuses to decide which glyphs make a word and which rulings a table.

mod damage;
mod device;
mod extras;
mod fonts;
mod info;
mod overprint;
mod paint;
mod path;
pub mod picture;
#[cfg(feature = "ocr")]
pub(super) mod raster;
mod shape;
mod standin;
mod unicode;

use super::{Document, Error, Limits, Page};
use crate::clock::Deadline;
use crate::diag::{Code, Diagnostic, Outcome, Severity};
use crate::place::Place;
use device::{Collector, Stop};
use fonts::Walk;
use hayro_interpret::util::TransformExt;
use hayro_interpret::{Context, InterpreterCache, InterpreterSettings, interpret_page};
use hayro_syntax::page::Page as SourcePage;
use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use shape::Shapes;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use unicode::Unicode;

/// The widest side of a page that is believed, in points (10 m): beyond it every coordinate loses its digits in `f32`.
const LARGEST_SIDE: f32 = 28_346.0;

/// The longest content of a page, unpacked. Real pages stay below a tenth; a path of this length is a few hundred megabytes.
const LONGEST_CONTENT: usize = 32 << 20;
/// The longest content of all pages: hayro keeps the content of every page until the end.
const LONGEST_CONTENTS: usize = 256 << 20;

/// Reads a PDF.
///
/// # Errors
/// When nothing at all can be read: a password, a structure that cannot be repaired, or a stream
/// that would fill the memory. A page that cannot be read is no error but an empty page and a diagnostic.
pub fn read(bytes: Vec<u8>, limits: &Limits) -> Result<Outcome<Document>, Error> {
    let bytes = damage::without_head(bytes);
    damage::watch(bytes.len());
    let deadline = Deadline::after(limits.seconds);
    let cut_off = is_cut_off(&bytes);
    // A panic in a parser of foreign bytes is a fact about those bytes, not about the run.
    let pdf = match catch_unwind(AssertUnwindSafe(|| Pdf::new(bytes))) {
        Ok(Ok(pdf)) => pdf,
        Ok(Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected))) => return Err(Error::Encrypted),
        Ok(Err(LoadPdfError::Decryption(_))) => {
            return Err(Error::Broken("its encryption is damaged or unknown".into()));
        }
        Ok(Err(LoadPdfError::Invalid)) if damage::passed().is_some() => return Err(damage::too_large()),
        Ok(Err(LoadPdfError::Invalid)) => return Err(Error::Broken("no page tree was found".into())),
        Err(_) => return Err(Error::Broken("its structure made the parser give up".into())),
    };
    if pdf.pages().is_empty() {
        return Err(Error::Broken("it has no pages".into()));
    }
    let mut reader = PageReader {
        cache: InterpreterCache::new(),
        settings: settings(),
        unicode: Unicode::default(),
        limits,
        deadline,
        walk: Walk::default(),
        absurd: false,
        contents: 0,
        files: Vec::new(),
        shapes: Shapes::default(),
        report: Vec::new(),
    };
    if cut_off {
        reader.report.push(Diagnostic::new(
            Severity::Error,
            super::CUT_OFF,
            "the file breaks off before its end: pages and text behind are lost; fetch it again",
            Place::document(),
        ));
    }
    damage::report(0, &mut reader.report);
    let pages = reader.pages(&pdf);
    if damage::passed().is_some() {
        return Err(damage::too_large());
    }
    damage::structure(&pdf, &mut reader.report);
    let mut files = extras::files(&pdf);
    files.append(&mut reader.files);
    if !files.is_empty() {
        reader.report.push(files_inside(&files));
    }
    let document = Document {
        media_type: "application/pdf",
        producer: info::producer(pdf.metadata()),
        file_time: info::file_time(pdf.metadata()),
        pages,
        ..Document::default()
    };
    Ok(Outcome::new(document, reader.report))
}

/// Whether the marks with which every PDF ends are missing. Portals append a few bytes behind them, not pages.
fn is_cut_off(bytes: &[u8]) -> bool {
    const TAIL: usize = 8192;
    let tail = &bytes[bytes.len().saturating_sub(TAIL)..];
    let has = |mark: &[u8]| tail.windows(mark.len()).any(|w| w == mark);
    !has(b"startxref") && !has(b"%%EOF")
}

/// What the pages of one document share.
struct PageReader<'a, 'l> {
    cache: InterpreterCache<'a>,
    settings: InterpreterSettings,
    unicode: Unicode,
    limits: &'l Limits,
    deadline: Option<Deadline>,
    /// The fonts judged so far, and whether one of them is not to be loaded: from there on no page is interpreted, as nothing tells
    /// which pages use it.
    walk: Walk,
    absurd: bool,
    /// Bytes of content unpacked so far.
    contents: usize,
    /// The names of files that hang on pages.
    files: Vec<String>,
    shapes: Shapes,
    report: Vec<Diagnostic>,
}

impl<'a> PageReader<'a, '_> {
    fn pages(&mut self, pdf: &'a Pdf) -> Vec<Page> {
        let total = pdf.pages().len();
        let mut pages = Vec::with_capacity(total.min(self.limits.pages));
        for (number, source) in (1..).zip(pdf.pages().iter()) {
            if let Some(limit) = self.reached(pages.len()) {
                self.report.push(dropped(pages.len(), total, limit));
                break;
            }
            let page = self.page(source, number);
            damage::contents(source);
            damage::size(source);
            damage::report(number, &mut self.report);
            self.contents = self
                .contents
                .saturating_add(source.page_stream().map_or(0, <[u8]>::len));
            pages.push(page);
        }
        if self.shapes.any_wrong() {
            pages.iter_mut().for_each(|p| self.doubt_wrong_fonts(p));
        }
        self.report.extend(pages.iter().flat_map(seen));
        pages
    }

    /// Where a font draws one digit as another, none of its digits is sure.
    fn doubt_wrong_fonts(&self, page: &mut Page) {
        for g in page.glyphs.iter_mut().filter(|g| self.shapes.is_wrong(g.font)) {
            g.text = super::GlyphText::Char(char::REPLACEMENT_CHARACTER);
            page.in_doubt = Some(page.in_doubt.map_or(g.rect, |r| r.union(&g.rect)));
        }
    }

    /// The name of the limit that ends the document here.
    fn reached(&self, pages: usize) -> Option<&'static str> {
        if damage::passed().is_some() {
            Some("bytes")
        } else if pages >= self.limits.pages {
            Some("pages")
        } else if self.deadline.is_some_and(|d| d.passed()) {
            Some("seconds")
        } else if self.contents > LONGEST_CONTENTS {
            Some("memory")
        } else {
            None
        }
    }

    fn page(&mut self, source: &'a SourcePage<'a>, number: u32) -> Page {
        let (width, height) = source.render_dimensions();
        let blank = Page {
            number,
            width: width.min(LARGEST_SIDE),
            height: height.min(LARGEST_SIDE),
            ..Page::default()
        };
        let mut collector = Collector::new(
            blank.clone(),
            source.resources(),
            (&mut self.unicode, &mut self.shapes),
            self.limits,
            self.deadline,
        );
        let result = catch_unwind(AssertUnwindSafe(|| {
            if source
                .page_stream()
                .is_some_and(|content| content.len() > LONGEST_CONTENT)
            {
                Stop::Content.now();
            }
            self.walk
                .page(source, &mut |font| self.absurd |= fonts::has_absurd_widths(font));
            if self.absurd {
                Stop::Widths.now();
            }
            let transform = source.initial_transform(true).to_kurbo();
            let mut context = Context::new(
                transform,
                collector.bounds(),
                &self.cache,
                source.xref(),
                self.settings.clone(),
            );
            interpret_page(source, &mut context, &mut collector);
        }));
        let mut page = match result {
            Ok(()) => collector.finish(),
            Err(payload) => {
                let stop = payload.downcast::<Stop>().ok();
                self.report.push(failed(number, stop.as_deref()));
                // What was read before a limit is sound; after a panic nobody knows what is.
                if stop.is_some() { collector.finish() } else { blank }
            }
        };
        let notes = catch_unwind(AssertUnwindSafe(|| extras::annotations(source)));
        if let Ok((bare, mut files)) = notes {
            page.images.extend(bare);
            self.files.append(&mut files);
        }
        if page.unmapped > 0 {
            self.report.push(unmapped(&page));
        }
        page
    }
}

fn failed(number: u32, stop: Option<&Stop>) -> Diagnostic {
    let (code, message) = match stop {
        Some(stop) => (
            Code::PageTruncated,
            format!(
                "page {number} is read only in part: it passes the limit of {}",
                stop.limit()
            ),
        ),
        None => (
            Code::PagePanicked,
            format!("page {number} could not be interpreted and stays empty; look at the original"),
        ),
    };
    Diagnostic::new(Severity::Error, code, message, Place::page(number))
}

fn unmapped(page: &Page) -> Diagnostic {
    let message = format!(
        "{} of {} glyphs on page {} have no Unicode and stand as U+FFFD; compare with the original",
        page.unmapped,
        page.glyphs.len(),
        page.number
    );
    Diagnostic::new(
        Severity::Warning,
        Code::UnmappedGlyphs,
        message,
        Place::page(page.number),
    )
}

fn files_inside(files: &[String]) -> Diagnostic {
    let names: Vec<&str> = files
        .iter()
        .map(String::as_str)
        .filter(|n| !n.is_empty())
        .take(20)
        .collect();
    Diagnostic::new(
        Severity::Warning,
        Code::FilesInside,
        "files are attached inside this PDF (an attachment or a portfolio) and were not read; save each embedded file by itself and read it",
        Place::document(),
    )
    .printed(names.join(", "))
}

/// What is said of text that is not simply there to be seen.
fn seen(page: &Page) -> Vec<Diagnostic> {
    let n = page.number;
    let mut out = Vec::new();
    let mut say = |severity, code, message: String, place| {
        out.push(Diagnostic::new(severity, code, message, place));
    };
    if let Some(rect) = page.in_doubt {
        say(
            Severity::Warning,
            Code::TextInDoubt,
            format!(
                "characters on page {n} are covered in part, or drawn as others than the file says; they stand as U+FFFD: look at the page"
            ),
            Place::new(n, rect),
        );
    }
    if page.recognised {
        say(
            Severity::Warning,
            Code::TextByRecognition,
            format!(
                "the text of page {n} was recognised by a program from the picture of the page: compare every figure with it"
            ),
            Place::page(n),
        );
    }
    if page.overpainted {
        say(
            Severity::Warning,
            Code::TextInDoubt,
            format!(
                "page {n} paints more areas over each other than are followed; text below them may have been read: look at the page"
            ),
            Place::page(n),
        );
    }
    if page.beyond > 0 {
        say(
            Severity::Warning,
            Code::TextBeyondPage,
            format!(
                "{} characters of page {n} stand beyond its left or right edge and were not read: its size is wrong, or its producer cut it",
                page.beyond
            ),
            Place::page(n),
        );
    }
    if page.hidden > 0 {
        say(
            Severity::Note,
            Code::HiddenText,
            format!(
                "{} glyphs on page {n} are not seen (without colour, covered, or of the colour below them) and were not read",
                page.hidden
            ),
            Place::page(n),
        );
    }
    out
}

fn dropped(read: usize, total: usize, limit: &str) -> Diagnostic {
    let message =
        format!("only {read} of {total} pages were read: the limit of {limit} was reached; raise it to read on");
    Diagnostic::new(Severity::Error, Code::PagesDropped, message, Place::document())
}

/// No font is ever drawn, so a font that is not embedded needs no outlines: its widths stand in the PDF or in hayro's own metrics.
fn settings() -> InterpreterSettings {
    let font = standin::font();
    InterpreterSettings {
        font_resolver: Arc::new(move |_| Some((font.clone(), 0))),
        ..InterpreterSettings::default()
    }
}
