//! Pages or markup to blocks. Comes in: [`crate::read::Document`]. Goes out: lines and tables in reading order, every one with its
//! place; tables that run on over pages are joined. Refuses to decide what a text or a column means: no Chinese word stands
//! here, only digits and geometry.

mod aligned;
mod grid;
mod heads;
mod join;
mod lines;
mod markup;
pub mod paragraph;
mod ragged;
mod regions;
mod rulings;
mod spans;
mod tree;

pub use grid::{Cell, Grid, GridKind};
pub use lines::Line;
pub use markup::Origins;

use crate::clock;
use crate::diag::{Diagnostic, Outcome, Severity, Stage};
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
}

/// Lays out a document.
pub fn blocks(document: &Document) -> Outcome<Layout> {
    let mut report = Vec::new();
    let mut layout = Layout::default();
    for page in &document.pages {
        if clock::late() {
            break;
        }
        lay_out_page(page, &mut layout, &mut report);
    }
    if let Some(m) = &document.markup {
        layout = markup::blocks(m, layout, &mut report);
    }
    layout.blocks = join::join(layout.blocks, &mut report);
    Outcome::new(layout, report)
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
            Stage::Layout,
            "too-many-rulings",
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
    let (outside, aligned) = aligned::tables(outside, &rest, page, before);
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
