//! Places as readers find them. Comes in: an extract whose places are those of the layout, which may have turned or parted a page, or
//! made one up for a file without pages. Goes out: the same with places on pages as they are shown, or in bytes and cells of the file.

use crate::geom::{Rect, Way};
use crate::layout::{self, Layout};
use crate::place::Place;
use crate::read::Document;
use crate::record::{Extract, Source};

/// Places on pages that were turned or parted to be read become places on pages as they are shown; diagnostics before the `first`
/// are so already. What was read from recognised text says so.
pub(super) fn as_shown(e: &mut Extract, document: &Document, layout: &Layout, first: usize) {
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
pub(super) fn in_the_file(e: &mut Extract, origins: &layout::Origins) {
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
