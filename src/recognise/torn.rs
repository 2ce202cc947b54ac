//! Numbers of a table without lines of which a part may stand outside their cell: no line says where a cell ends. Comes in: the entries
//! of the table and what none of them holds. Goes out: those that are no whole number. Refuses to put the parts together.

use super::Entry;
use crate::layout::{Cell, Grid};
use crate::value::amount;
use std::collections::HashSet;

/// The fewest amounts that show how many decimals a table has.
const SHOWN: usize = 8;
/// A piece that stands nearer to a number than this, in heights of its line, may be a part of it.
const NEAR: f32 = 0.9;

/// The entries of which a part may stand outside their cell, with the reason.
pub(super) fn torn(grid: &Grid, entries: &[&Entry], claimed: &HashSet<usize>) -> Vec<(usize, String)> {
    let places: Vec<Option<u32>> = entries
        .iter()
        .map(|e| amount::parse(&e.printed).map(|a| a.places))
        .collect();
    let strays: Vec<&Cell> = grid
        .cells
        .iter()
        .enumerate()
        .filter(|(id, c)| !claimed.contains(id) && stray(&c.text()))
        .map(|(_, c)| c)
        .collect();
    let mut out = Vec::new();
    for (n, e) in entries.iter().enumerate() {
        let Some(own) = places[n] else { continue };
        let others = || (0..places.len()).filter(|k| *k != n).filter_map(|k| places[k]);
        let least = others().min().filter(|_| others().count() >= SHOWN);
        // A zero is printed without decimals by habit; the pieces of another number stand beside it.
        let zero = e.printed.trim() == "0";
        if !zero && least.is_some_and(|least| own < least) {
            out.push((
                n,
                "it has fewer decimals than every other number of the table".to_string(),
            ));
        } else if let Some(c) = strays.iter().find(|c| beside(c, grid, e)) {
            out.push((n, format!("`{}` stands close beside it", c.text())));
        }
    }
    out
}

/// Whether what stands in a cell that no row and no column claims may be a piece of a number.
fn stray(text: &str) -> bool {
    text.chars()
        .any(|c| c.is_ascii_digit() || matches!(c, '.' | '．' | char::REPLACEMENT_CHARACTER))
}

/// Whether a piece stands close beside the number of an entry, on its line.
fn beside(piece: &Cell, grid: &Grid, e: &Entry) -> bool {
    let own = grid
        .cells
        .iter()
        .filter(|c| c.place() == e.place)
        .flat_map(|c| &c.lines);
    own.into_iter().any(|own| {
        piece.lines.iter().filter(|l| l.page == own.page).any(|l| {
            let (a, b) = (l.rect, own.rect);
            let high = a.height().min(b.height());
            let apart = (a.x0 - b.x1).max(b.x0 - a.x1);
            high > 0.0 && a.y0.max(b.y0) + 0.5 * high <= a.y1.min(b.y1) && apart < NEAR * b.height()
        })
    })
}
