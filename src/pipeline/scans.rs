//! Pages of a document that are only pictures are read from them, where there is a recogniser. Comes in: the document and its bytes.
//! Goes out: the same with these pages filled, and what is said of them.

use crate::check::Reading;
use crate::diag::{Code, Diagnostic, Severity};
use crate::place::Place;
use crate::read::ocr::Engine;
use crate::read::{Document, GlyphText, Limits, Other, Page};
use crate::record::{CellState, Extract};
use crate::value::{Unit, amount};
use std::collections::BTreeMap;
use std::sync::Arc;

/// When pages are read from their pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// Pages without text.
    #[default]
    Auto,
    /// No page.
    Never,
    /// Every page that shows a picture or drawings, also where it has text.
    Always,
}

/// How scans are read.
#[derive(Clone, Debug, Default)]
pub struct Scans {
    /// The recogniser, where its models are there.
    pub engine: Option<Arc<Engine>>,
    /// Which pages.
    pub when: When,
}

/// Pixels of the images of a page above which it is no scan of a sheet.
const PIXELS: u64 = 64_000_000;
/// The least drawings of a page whose characters are curves.
const CURVES: usize = 40;

impl Scans {
    /// The recogniser, if scans are to be read.
    pub(super) fn reader(&self) -> Option<&Engine> {
        self.engine.as_deref().filter(|_| self.when != When::Never)
    }

    fn wants(&self, p: &Page) -> bool {
        match self.when {
            When::Never => false,
            When::Auto => is_scan(p),
            When::Always => !p.images.is_empty() || p.drawings.len() >= CURVES,
        }
    }
}

/// Whether a page shows something and has no text.
pub(super) fn is_scan(p: &Page) -> bool {
    p.glyphs.is_empty() && (!p.images.is_empty() || p.drawings.len() >= CURVES)
}

/// Reads the pages that want it.
pub(super) fn fill(
    document: &mut Document,
    bytes: &Arc<Vec<u8>>,
    scans: &Scans,
    limits: &Limits,
    report: &mut Vec<Diagnostic>,
) {
    let Some(engine) = scans.reader() else { return };
    let mut lost: Vec<(u32, String)> = Vec::new();
    let mut todo: Vec<usize> = Vec::new();
    for (n, p) in document.pages.iter().enumerate().filter(|(_, p)| scans.wants(p)) {
        if p.pixels > PIXELS {
            lost.push((
                p.number,
                format!("its images have more than {} million pixels", PIXELS / 1_000_000),
            ));
        } else if todo.len() >= limits.scans {
            lost.push((
                p.number,
                format!("only {} pages of a document are read from their pictures", limits.scans),
            ));
        } else {
            todo.push(n);
        }
    }
    let mut pages: Vec<Page> = todo.iter().map(|n| document.pages[*n].clone()).collect();
    lost.extend(engine.pages(bytes, &mut pages, limits));
    for (n, page) in todo.into_iter().zip(pages) {
        if let Some(scan) = &page.scan {
            report.push(said(&page, scan));
            document.pages[n] = page;
        }
    }
    lost.sort_unstable();
    for (number, why) in lost {
        report.push(Diagnostic::new(
            Severity::Error,
            Code::ScanNotRead,
            format!("page {number} is a picture and was not read from it: {why}"),
            Place::page(number),
        ));
    }
}

fn said(page: &Page, scan: &crate::read::Scan) -> Diagnostic {
    let mut how = Vec::new();
    if scan.quarters != 0 {
        how.push(format!("it was turned by {} degrees", u32::from(scan.quarters) * 90));
    }
    if scan.angle.abs() >= 0.1 {
        how.push(format!("it lay {:.1} degrees aslant", scan.angle));
    }
    if scan.seals > 0 {
        how.push("red seals were taken out".to_string());
    }
    let how = if how.is_empty() {
        String::new()
    } else {
        format!(" ({})", how.join(", "))
    };
    if page.glyphs.is_empty() {
        return Diagnostic::new(
            Severity::Note,
            Code::ReadFromPicture,
            format!(
                "page {} is a picture in which no character was found: it is blank",
                page.number
            ),
            Place::page(page.number),
        );
    }
    Diagnostic::new(
        Severity::Warning,
        Code::ReadFromPicture,
        format!(
            "page {} was read from its picture{how}: only figures that an identity holds are proven",
            page.number
        ),
        Place::page(page.number),
    )
}

/// What else the amounts of a document could be, by the index of the fact; places are still those of the pages that were laid out.
pub(super) fn readings(e: &Extract, document: &Document) -> BTreeMap<usize, Vec<Reading>> {
    let mut out = BTreeMap::new();
    let scans: Vec<&Page> = document.pages.iter().filter(|p| p.scan.is_some()).collect();
    if scans.is_empty() {
        return out;
    }
    for (n, f) in e
        .facts
        .iter()
        .enumerate()
        .filter(|(_, f)| f.cell_state == CellState::Number)
    {
        let Ok(p) = scans.binary_search_by_key(&f.place.page, |p| p.number) else {
            continue;
        };
        let others = digits(scans[p], &f.place.rect, &f.printed);
        let Some(unit) = Unit::from_word(&f.printed_unit) else {
            continue;
        };
        let all = others.into_iter().filter_map(|printed| {
            let value = amount::parse(&printed)?.value;
            Some(Reading {
                amount: value.checked_mul(unit.yuan())?,
                printed,
            })
        });
        let all: Vec<Reading> = all.collect();
        if !all.is_empty() {
            out.insert(n, all);
        }
    }
    out
}

/// The printed number with one digit as the recogniser also saw it, for every digit of a cell.
fn digits(page: &Page, cell: &crate::geom::Rect, printed: &str) -> Vec<String> {
    let Some(scan) = &page.scan else { return Vec::new() };
    let inside = |n: &usize| {
        let g = &page.glyphs[*n];
        cell.contains(g.rect.mid_x(), g.rect.mid_y())
    };
    let digit = |n: &usize| matches!(page.glyphs[*n].text, GlyphText::Char(c) if c.is_ascii_digit());
    let mut seen: Vec<usize> = (0..page.glyphs.len()).filter(inside).filter(digit).collect();
    seen.sort_by(|a, b| page.glyphs[*a].rect.x0.total_cmp(&page.glyphs[*b].rect.x0));
    let places: Vec<(usize, char)> = printed.char_indices().filter(|(_, c)| c.is_ascii_digit()).collect();
    let same = seen.len() == places.len()
        && seen
            .iter()
            .zip(&places)
            .all(|(n, (_, c))| page.glyphs[*n].text == GlyphText::Char(*c));
    if !same {
        return Vec::new();
    }
    let mut out = Vec::new();
    for (n, (at, _)) in seen.iter().zip(&places) {
        let key = u32::try_from(*n).unwrap_or(u32::MAX);
        let others: &[Other] = match scan.others.binary_search_by_key(&key, |o| o.0) {
            Ok(k) => &scan.others[k].1,
            Err(_) => continue,
        };
        for o in others {
            let mut text = printed.to_string();
            text.replace_range(*at..at + 1, o.c.encode_utf8(&mut [0; 4]));
            out.push(text);
        }
    }
    out
}
