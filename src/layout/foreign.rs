//! Glyphs that lie in a table and are not of it. Comes in: the glyphs of a page with their cells. Goes out: those too large for their
//! cells, and the cells whose numbers are printed paler than those of the table: a watermark that stands upright. Refuses to choose a
//! colour: one number in red is a number.

use super::grid::{Cell, Grid, is_number_char, is_numeric};
use crate::diag::{Code, Diagnostic, Severity};
use crate::geom::Rect;
use crate::place::Place;
use crate::read::Glyph;

/// A glyph of more than this share of the height of its cell was not printed into it.
const LARGE: f32 = 1.35;
/// … if it is larger than the usual size of the table by this factor.
const LARGER: f32 = 1.25;
/// Ink whose darkest channel is within this range is pale; paler still is white, which is seen on dark cells only.
const PALE: std::ops::Range<u8> = 90..245;
/// How much darker the numbers of the table are.
const DARKER: u8 = 60;

/// Takes glyphs out of cells that are too low for them, where the other text of the table is smaller; says so of numbers.
pub(super) fn too_large(
    grids: &[Grid],
    glyphs: &[Glyph],
    home: &mut [Option<(usize, usize)>],
    report: &mut Vec<Diagnostic>,
) -> Vec<usize> {
    let high = |n: usize, h: &[Option<(usize, usize)>]| {
        let (grid, cell) = h[n]?;
        let g = &glyphs[n];
        (g.upright && g.size > LARGE * grids[grid].cells[cell].rect.height()).then_some(grid)
    };
    let candidates: Vec<(usize, usize)> = (0..glyphs.len())
        .filter_map(|n| high(n, home).map(|grid| (n, grid)))
        .collect();
    if candidates.is_empty() {
        return Vec::new();
    }
    let mut sizes: Vec<Vec<f32>> = vec![Vec::new(); grids.len()];
    for (g, h) in glyphs.iter().zip(home.iter()) {
        if let Some((grid, _)) = h {
            sizes[*grid].push(g.size);
        }
    }
    let usual: Vec<f32> = sizes
        .iter_mut()
        .map(|all| {
            all.sort_by(f32::total_cmp);
            all.get(all.len() / 2).copied().unwrap_or(0.0)
        })
        .collect();
    let (mut out, mut around): (Vec<usize>, Option<(u32, Rect)>) = (Vec::new(), None);
    for (n, grid) in candidates {
        let g = &glyphs[n];
        if g.size <= LARGER * usual[grid] {
            continue;
        }
        home[n] = None;
        out.push(n);
        if is_number_char(g) {
            let rect = around.map_or(g.rect, |(_, r)| r.union(&g.rect));
            around = Some((grids[grid].page(), rect));
        }
    }
    if let Some((page, rect)) = around {
        report.push(Diagnostic::new(
            Severity::Warning,
            Code::NumberTooLarge,
            "digits larger than the rows of this table lie over it (a watermark, a note); they were not read",
            Place::new(page, rect),
        ));
    }
    out
}

fn darkest(g: &Glyph) -> u8 {
    g.ink.iter().copied().min().unwrap_or(0)
}

/// Puts U+FFFD behind numbers that are printed paler than most numbers of their table.
pub(super) fn doubt_pale(grids: &mut [Grid], glyphs: &[Glyph], home: &[Option<(usize, usize)>]) {
    let pale = |g: &Glyph| is_number_char(g) && PALE.contains(&darkest(g));
    if !glyphs.iter().any(pale) {
        return;
    }
    // The darkness of the numbers of each table, by sixteenths.
    let mut shades = vec![[0_u32; 16]; grids.len()];
    for (g, h) in glyphs.iter().zip(home) {
        if let Some((n, _)) = h
            && is_number_char(g)
        {
            shades[*n][usize::from(darkest(g) / 16)] += 1;
        }
    }
    let usual: Vec<u8> = shades
        .iter()
        .map(|s| (0..16_u8).max_by_key(|n| (s[usize::from(*n)], 16 - n)).unwrap_or(0) * 16)
        .collect();
    for (g, h) in glyphs.iter().zip(home) {
        let Some((n, c)) = *h else { continue };
        if !pale(g) || darkest(g) < usual[n].saturating_add(DARKER) {
            continue;
        }
        let (x, y) = (g.rect.mid_x(), g.rect.mid_y());
        let line = grids[n].cells[c]
            .lines
            .iter_mut()
            .find(|l| l.rect.contains(x, y) && is_numeric(&l.text));
        if let Some(l) = line {
            l.text.push(char::REPLACEMENT_CHARACTER);
            l.boxes.push(g.rect);
        }
    }
}

/// Digits smaller than this share of the numbers of their table, alone in a cell, are a mark of the number beside it.
const SMALL: f32 = 0.75;
/// The longest mark, in digits, and the most marks of a table.
const MARK: usize = 2;
const MARKS: usize = 3;

/// Puts U+FFFD behind one or two small digits that stand alone in a cell: the mark of a footnote that belongs to the cell before.
pub(super) fn doubt_small(grids: &mut [Grid], glyphs: &[Glyph], home: &[Option<(usize, usize)>]) {
    let mut sizes: Vec<Vec<f32>> = vec![Vec::new(); grids.len()];
    for (g, h) in glyphs.iter().zip(home) {
        if let Some((n, _)) = h
            && is_number_char(g)
        {
            sizes[*n].push(g.size);
        }
    }
    for (grid, all) in grids.iter_mut().zip(&mut sizes) {
        all.sort_by(f32::total_cmp);
        let Some(usual) = all.get(all.len() / 2).copied() else {
            continue;
        };
        let small = |cell: &Cell| match cell.lines.as_slice() {
            [l] => l.text.len() <= MARK && l.text.bytes().all(|b| b.is_ascii_digit()) && l.size < SMALL * usual,
            _ => false,
        };
        // A row or a column of numbers in small print counts the columns or the rows.
        if grid.cells.iter().filter(|c| small(c)).count() > MARKS {
            continue;
        }
        for cell in grid.cells.iter_mut().filter(|c| small(c)) {
            for line in &mut cell.lines {
                line.text.push(char::REPLACEMENT_CHARACTER);
                line.boxes.push(line.rect);
            }
        }
    }
}
