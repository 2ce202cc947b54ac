//! What a file asks for, and what of it is damaged. Comes in: the size of the file; then what hayro noticed while it read (its copy
//! in `vendor` holds every decoder to a budget and keeps a log). Goes out: a refusal, or diagnostics. hayro mends what it can without
//! a word; here the word is said. Refuses to mend anything.

use crate::clock;
use crate::diag::{Code, Diagnostic, Severity};
use crate::place::Place;
use crate::read::Error;
use hayro_syntax::Pdf;
use hayro_syntax::object::{Dict, Number, Rect};
use hayro_syntax::page::Page;
use hayro_syntax::watch::{self, Bounds, Damage, Passed};

/// The most that one layer of one stream may unpack to: twice the longest content that is read, and every font.
const STREAM: usize = 64 << 20;
/// What all streams of any file may unpack to, and beyond that how many times the size of the file.
const SMALL: u64 = 128 << 20;
const RATIO: u64 = 50;
/// The most in all.
const LARGE: u64 = 512 << 20;
/// The most entries of all tables of objects: 2,000 pages have 100,000.
const ITEMS: u64 = 2_000_000;
/// The most bytes that are searched for ends of streams: some seconds.
const SEARCHED: u64 = 8 << 30;

/// Begins a file of `size` bytes on this thread.
pub(super) fn watch(size: usize) {
    watch::begin(Bounds {
        bytes: LARGE.min(SMALL.max((size as u64).saturating_mul(RATIO))),
        stream: STREAM,
        items: ITEMS,
        searched: SEARCHED,
        late: clock::late,
    });
}

/// The same for looking at a page of the file, with room for its images.
#[cfg(feature = "ocr")]
pub(super) fn watch_pictures(size: usize) {
    watch::begin(Bounds {
        bytes: LARGE,
        stream: STREAM_OF_PIXELS,
        items: ITEMS,
        searched: SEARCHED.min((size as u64).saturating_mul(64)),
        late: clock::late,
    });
}

/// The most that the image of one page may unpack to: A4 in colours at 600 dpi.
#[cfg(feature = "ocr")]
const STREAM_OF_PIXELS: usize = 112 << 20;

/// The file without what stands before its first mark (the head of an HTTP answer, a mail gateway's lines), if its tables count from
/// there: so says the standard, and then nothing has to be rebuilt.
pub(super) fn without_head(mut bytes: Vec<u8>) -> Vec<u8> {
    const WITHIN: usize = 1024;
    let find = |hay: &[u8], needle: &[u8]| hay.windows(needle.len()).position(|w| w == needle);
    let head = match find(&bytes[..bytes.len().min(WITHIN)], b"%PDF-") {
        Some(at) if at > 0 => at,
        _ => return bytes,
    };
    let tail = bytes.len().saturating_sub(WITHIN);
    let last = bytes[tail..]
        .windows(9)
        .rposition(|w| w == b"startxref")
        .map(|n| tail + n + 9);
    let number = last.and_then(|at| {
        std::str::from_utf8(bytes.get(at..at + 14)?.trim_ascii())
            .ok()?
            .split_ascii_whitespace()
            .next()?
            .parse()
            .ok()
    });
    let is_table = |at: usize| {
        bytes
            .get(at..)
            .is_some_and(|b| b.trim_ascii_start().starts_with(b"xref") || has_number(b))
    };
    if number.is_some_and(|n: usize| is_table(n.saturating_add(head)) && !is_table(n)) {
        bytes.drain(..head);
    }
    bytes
}

/// Whether an object begins here: `12 0 obj`.
fn has_number(bytes: &[u8]) -> bool {
    let mut words = bytes[..bytes.len().min(40)]
        .split(u8::is_ascii_whitespace)
        .filter(|w| !w.is_empty());
    let mut digits = || words.next().is_some_and(|w| w.iter().all(u8::is_ascii_digit));
    digits() && digits() && words.next().is_some_and(|w| w.starts_with(b"obj"))
}

/// The bound that the file passed.
pub(super) fn passed() -> Option<Passed> {
    watch::passed()
}

/// The refusal of a file that passed a bound.
pub(super) fn too_large() -> Error {
    Error::TooLarge(match watch::passed() {
        Some(Passed::Items) => format!("its tables of objects have more than {ITEMS} entries"),
        Some(Passed::Time) => "to find its objects takes too long".into(),
        _ => format!(
            "a stream unpacks to more than {} MB, or all of them to more than {RATIO} times the size of the file",
            STREAM >> 20
        ),
    })
}

/// Says what was found damaged since the last call; `page` is 0 for the file as a whole.
pub(super) fn report(page: u32, report: &mut Vec<Diagnostic>) {
    let found = watch::take();
    if found.is_empty() {
        return;
    }
    let what: Vec<&str> = found.keys().map(said).collect();
    let (at, place) = match page {
        0 => ("the file is damaged".to_string(), Place::document()),
        n => (format!("what page {n} uses is damaged"), Place::page(n)),
    };
    report.push(damaged(
        format!(
            "{at}: {}; figures may be missing or wrong: fetch it again",
            what.join(", ")
        ),
        place,
    ));
}

fn damaged(message: String, place: Place) -> Diagnostic {
    Diagnostic::new(Severity::Error, Code::FileDamaged, message, place)
}

fn said(what: &Damage) -> &'static str {
    match what {
        Damage::Inflate => "packed data that end early or do not give their checksum",
        Damage::Decode => "packed data that cannot be unpacked",
        Damage::Length => "a stream that does not end where it says",
        Damage::Rebuilt => "the table of its objects does not fit and was rebuilt",
        Damage::Object => "an object that cannot be read",
        Damage::Dangling => "a reference to an object that is not there",
        Damage::Contents => "a page without its content",
        Damage::Size => "a page without its size or direction",
    }
}

/// Notes a page that brings fonts of its own and names no content: the word for it was hit. A page that is blank needs no fonts.
pub(super) fn contents(page: &Page<'_>) {
    let own = page.raw();
    let fonts = own.get::<Dict<'_>>("Resources").and_then(|r| r.get::<Dict<'_>>("Font"));
    if !own.contains_key("Contents") && fonts.is_some_and(|f| f.keys().next().is_some()) {
        watch::damaged(Damage::Contents);
    }
}

/// Notes a page whose size or direction cannot be read, here or in the nodes above it: hayro takes A4 upright for it, and what stands
/// beyond is cut off.
pub(super) fn size(page: &Page<'_>) {
    /// A page tree is no deeper in files that anybody makes.
    const DEPTH: usize = 32;
    fn up<'a>(d: &Dict<'a>) -> Option<Dict<'a>> {
        d.get::<Dict<'a>>("Parent")
    }
    let first = Some(page.raw().clone());
    let nodes: Vec<Dict<'_>> = std::iter::successors(first, up).take(DEPTH).collect();
    let unreadable = |d: &Dict<'_>| {
        let lacks =
            |key: &str| d.contains_key(key) && d.get::<Rect>(key).is_none_or(|r| r.width().min(r.height()) < 1.0);
        lacks("MediaBox") || lacks("CropBox") || (d.contains_key("Rotate") && d.get::<i32>("Rotate").is_none())
    };
    if nodes.iter().any(unreadable) || !nodes.iter().any(|d| d.contains_key("MediaBox")) {
        watch::damaged(Damage::Size);
    }
}

/// Says where the page tree does not hold what it promises.
pub(super) fn structure(pdf: &Pdf, report: &mut Vec<Diagnostic>) {
    let root = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
    let tree = root.and_then(|r| r.get::<Dict<'_>>("Pages"));
    let promised = tree.and_then(|t| t.get::<Number>("Count")).map(|n| n.as_f64());
    let found = pdf.pages().len();
    if promised != Some(found as f64) {
        let promised = promised.map_or("an unknown number of".to_string(), |n| n.to_string());
        let message =
            format!("the file is damaged: it promises {promised} pages and {found} were found; fetch it again");
        report.push(damaged(message, Place::document()));
    }
    watch::take();
}
