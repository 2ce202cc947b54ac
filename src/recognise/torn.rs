//! Numbers of a table without lines of which a part may stand outside their cell: no line says where a cell ends. Comes in: the entries
//! of the table and what none of them holds. Goes out: those that are no whole number. Refuses to put the parts together.

use super::Entry;
use crate::layout::{Cell, Grid};
use crate::place::Place;
use crate::value::amount;
use rustc_hash::{FxHashMap, FxHashSet};

/// The fewest amounts that show how many decimals a table has.
const SHOWN: usize = 8;
/// A piece that stands nearer to a number than this, in heights of its line, may be a part of it.
const NEAR: f32 = 0.9;

/// The entries of which a part may stand outside their cell, with the reason.
pub(super) fn torn(grid: &Grid, entries: &[&Entry], claimed: &FxHashSet<usize>) -> Vec<(usize, String)> {
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
    let mut at: FxHashMap<(u32, u32, u32), Vec<&Cell>> = FxHashMap::default();
    let corner = |p: &Place| (p.page, p.rect.x0.to_bits(), p.rect.y0.to_bits());
    for c in grid.cells.iter().filter(|_| !strays.is_empty()) {
        at.entry(corner(&c.place())).or_default().push(c);
    }
    let mut sorted: Vec<u32> = places.iter().flatten().copied().collect();
    sorted.sort_unstable();
    let mut out = Vec::new();
    for (n, e) in entries.iter().enumerate() {
        let Some(own) = places[n] else { continue };
        // The fewest of all others: the least, and for the one that has it the next.
        let least = sorted
            .get(usize::from(sorted[0] == own))
            .filter(|_| sorted.len() > SHOWN);
        // A zero is printed without decimals by habit; the pieces of another number stand beside it.
        let zero = e.printed.trim() == "0";
        if !zero && least.is_some_and(|least| own < *least) {
            out.push((
                n,
                "it has fewer decimals than every other number of the table".to_string(),
            ));
        } else if let Some(own) = at.get(&corner(&e.place))
            && let Some(c) = strays.iter().find(|c| beside(c, own, e))
        {
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

/// Whether a piece stands close beside the number of an entry, on its line; the cell of the entry is one of `cells`.
fn beside(piece: &Cell, cells: &[&Cell], e: &Entry) -> bool {
    let own = cells.iter().filter(|c| c.place() == e.place).flat_map(|c| &c.lines);
    own.into_iter().any(|own| {
        piece.lines.iter().filter(|l| l.page == own.page).any(|l| {
            let (a, b) = (l.rect, own.rect);
            let high = a.height().min(b.height());
            let apart = (a.x0 - b.x1).max(b.x0 - a.x1);
            high > 0.0 && a.y0.max(b.y0) + 0.5 * high <= a.y1.min(b.y1) && apart < NEAR * b.height()
        })
    })
}
