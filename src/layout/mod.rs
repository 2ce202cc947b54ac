//! Pages or markup to blocks. Comes in: [`crate::read::Document`]. Goes out: lines and tables in reading order, every one with its
//! place; tables that run on over pages are joined. Refuses to decide what a text or a column means: no Chinese word stands
//! here, only digits and geometry.

mod aligned;
mod foreign;
mod grid;
mod join;
mod lines;
mod marks;
mod markup;
pub mod paragraph;
mod ragged;
mod rulings;
mod spans;
mod together;
mod turn;

pub use grid::{Cell, Grid, GridKind};
pub use lines::Line;
pub use markup::Origins;
pub use turn::Shown;

use crate::clock;
use crate::diag::{Code, Diagnostic, Outcome, Severity};
use crate::geom::Rect;
use crate::place::Place;
use crate::read::{Document, Page};

/// One piece of a document in reading order.
#[derive(Clone, Debug)]
pub enum Block {
    /// A line of text outside every table.
    Line(Line),
    /// A table; rows of continuation pages are joined.
    Table(Grid),
}

impl Block {
    /// The page on which the block begins.
    pub fn page(&self) -> u32 {
        match self {
            Block::Line(l) => l.page,
            Block::Table(g) => g.page(),
        }
    }
}

/// What layout saw on one page, kept for drawing and for questions.
#[derive(Clone, Debug)]
pub struct PageLayout {
    /// 1-based.
    pub number: u32,
    /// Width in points.
    pub width: f32,
    /// Merged horizontal and vertical lines.
    pub rulings: Vec<crate::read::Ruling>,
}

/// The layout of a document.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Lines and tables in reading order.
    pub blocks: Vec<Block>,
    /// What was seen on each page.
    pub pages: Vec<PageLayout>,
    /// For files without pages: what stands behind the made-up pages and boxes of the blocks.
    pub origins: Option<Origins>,
    /// Where a page of the layout is not just the page that is shown: for each in order, which it is and how it lies there.
    pub shown: Option<Vec<Shown>>,
}

impl Layout {
    /// A place of this layout as a place of the document.
    pub fn as_shown(&self, mut place: Place) -> Place {
        if let Some(way) = self.way(place.page) {
            place.page = way.page();
            if place.rect != Rect::default() {
                place.rect = way.rect(place.rect);
            }
        }
        place
    }

    /// A page of this layout as a page of the document.
    pub fn page_as_shown(&self, page: u32) -> u32 {
        self.way(page).map_or(page, Shown::page)
    }

    fn way(&self, page: u32) -> Option<&Shown> {
        let all = self.shown.as_ref()?;
        all.get(page.checked_sub(1)? as usize)
    }
}

/// Lays out a document.
pub fn blocks(document: &Document) -> Outcome<Layout> {
    let mut report = Vec::new();
    let mut layout = Layout::default();
    // What is said of pages before they are turned or parted is said of pages as they are shown.
    let mut before = Vec::new();
    let (pages, shown) = turn::pages(document, &mut before);
    layout.shown = shown;
    for page in pages {
        if clock::late() {
            break;
        }
        lay_out_page(&marks::lines_at_numbers(page), &mut layout, &mut report);
    }
    if let Some(m) = &document.markup {
        layout = markup::blocks(m, layout, &mut report);
    }
    layout.blocks = join::join(layout.blocks, &mut report);
    if layout.shown.is_some() {
        report.iter_mut().for_each(|d| d.place = layout.as_shown(d.place));
    }
    before.append(&mut report);
    Outcome::new(layout, before)
}

/// A page whose merged lines cross more often than this is a drawing, not a table.
const MAX_CROSSINGS: usize = 4_000_000;

fn lay_out_page(page: &Page, layout: &mut Layout, report: &mut Vec<Diagnostic>) {
    let merged = rulings::merge(&page.rulings);
    layout.pages.push(PageLayout {
        number: page.number,
        width: page.width,
        rulings: merged.clone(),
    });
    let (mut grids, mut rest) = if merged.len().saturating_mul(merged.len()) / 4 > MAX_CROSSINGS {
        report.push(Diagnostic::new(
            Severity::Warning,
            Code::TooManyRulings,
            format!(
                "page {} draws {} separate lines; its tables are not read by their lines",
                page.number,
                merged.len()
            ),
            Place::page(page.number),
        ));
        (Vec::new(), merged)
    } else {
        rulings::grids(&merged, page.number)
    };
    let placed = grid::place_glyphs(&mut grids, &page.glyphs, report);
    marks::pictures(&mut grids, page);
    marks::curves(page, report);
    grids.retain(|g| g.cells.iter().any(|c| !c.lines.is_empty()));
    for g in &mut grids {
        g.split_rows();
    }
    let outside = lines::lines(
        page.glyphs.iter().zip(&placed).filter(|(_, p)| !**p).map(|(g, _)| g),
        page.number,
    );
    rest.retain(|r| r.axis == crate::geom::Axis::Horizontal);
    // A table may go on here without its header: then its columns are those of the page before.
    let before = match layout.blocks.iter().rev().find(|b| matches!(b, Block::Table(_))) {
        Some(Block::Table(g)) if g.kind == GridKind::Aligned && g.last_page() + 1 == page.number => Some(g),
        _ => None,
    };
    let (outside, mut aligned) = aligned::tables(outside, &rest, page, before);
    marks::pictures(&mut aligned, page);
    grids.extend(aligned);
    grids.sort_by(|a, b| {
        a.rect()
            .y0
            .total_cmp(&b.rect().y0)
            .then(a.rect().x0.total_cmp(&b.rect().x0))
    });

    // Reading order: lines by height; a table stands where its top is.
    let mut items: Vec<(f32, f32, Block)> = Vec::new();
    for line in outside {
        items.push((line.rect.mid_y(), line.rect.x0, Block::Line(line)));
    }
    for g in grids {
        let Rect { x0, y0, .. } = g.rect();
        items.push((y0, x0, Block::Table(g)));
    }
    items.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    layout.blocks.extend(items.into_iter().map(|(_, _, b)| b));
}
