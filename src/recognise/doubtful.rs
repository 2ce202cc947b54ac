//! Heads of which nobody knows whose they are. Comes in: the columns that the header named. Goes out: the same, less those whose head
//! was lost, lies over another column or is the half of a pair that is not there. Refuses to guess what stood there: a column that is
//! left out is said, and the figures below a wrong head would prove each other.

use super::header::{Header, Logical};
use crate::grammar::{Form, Role};
use crate::layout::{Cell, Grid, GridKind, Line};

/// What stands nearer to the text of the next cell than this, in heights of its line, is one run of text.
const ONE_RUN: f32 = 0.3;
/// … and than this, where both halves would be heads of their own: two heads that fill their cells stand farther apart.
const UNBROKEN: f32 = 0.1;
/// Base lines closer than this stand on one height, in heights of a line: in the left cell another word may share the line.
const LEVEL: f32 = 0.5;

/// Leaves out the columns with a head in doubt; `start` is the first row of the header.
pub(super) fn leave_out(header: &mut Header, grid: &Grid, start: usize, form: &Form) {
    let mut lost = headless(header, grid, start, form);
    lost.extend(cut(header, grid));
    for i in lost {
        header.columns[i].column = None;
    }
    halves(header, form);
}

/// A column of a group whose own head is blank: only the first may be the group's sum, and only where all heads beside it are
/// understood. Else a head was lost or lies over another, and nobody knows whose column it is.
fn headless(header: &Header, grid: &Grid, start: usize, form: &Form) -> Vec<usize> {
    let mut lost = Vec::new();
    for i in 0..header.columns.len() {
        let l = &header.columns[i];
        let own = grid.cell(l.body - 1, l.start).filter(|c| c.lines.is_empty());
        if header.role(form, i) != Role::Amount || l.body < start + 2 || own.is_none() {
            continue;
        }
        let above = (start..l.body - 1).rev().filter_map(|r| grid.cell(r, l.start));
        let Some(group) = above.into_iter().find(|c| !c.lines.is_empty()) else {
            continue;
        };
        let within = group.col..group.col + group.col_span;
        let others = |o: &&Logical| within.contains(&o.start) && o.start != l.start;
        let all = || header.columns.iter().filter(others);
        let first = group.col == l.start;
        if all().next().is_some() && (!first || all().any(|o| o.column.is_none() && !o.count)) {
            lost.push(i);
            // The head may lie over that of a neighbour, which then says more than its own column.
            let beside = [i.wrapping_sub(1), i + 1].into_iter();
            lost.extend(beside.filter(|k| !first && header.columns.get(*k).is_some_and(|o| within.contains(&o.start))));
        }
    }
    lost
}

/// A head that runs over the line between two columns is cut there, and the half that is understood says as little as the other.
fn cut(header: &Header, grid: &Grid) -> Vec<usize> {
    if grid.kind != GridKind::Ruled {
        return Vec::new();
    }
    let own = |l: &Logical| grid.cell(l.body - 1, l.start);
    let mut lost = Vec::new();
    for (i, pair) in header.columns.windows(2).enumerate() {
        let not_understood = pair
            .iter()
            .any(|l| l.column.is_none() && !l.count && !l.path.is_empty());
        let near = if not_understood { ONE_RUN } else { UNBROKEN };
        if let (Some(a), Some(b)) = (own(&pair[0]), own(&pair[1]))
            && one_run(a, b, near)
        {
            lost.extend([i, i + 1]);
        }
    }
    lost
}

/// Whether a line of the right cell goes on where one of the left cell ends.
fn one_run(left: &Cell, right: &Cell, near: f32) -> bool {
    let goes_on = |a: &Line, b: &Line| {
        let size = a.size.min(b.size);
        a.page == b.page
            && (a.baseline - b.baseline).abs() < LEVEL * size
            && (b.rect.x0 - a.rect.x1).abs() < near * size
    };
    left.lines.iter().any(|a| right.lines.iter().any(|b| goes_on(a, b)))
}

/// The half of a pair (项目支出结转 without 项目支出结余) may be a head that lost its end (项目支出结转和结余).
fn halves(header: &mut Header, form: &Form) {
    let measures: Vec<Option<String>> = header
        .columns
        .iter()
        .map(|l| l.measure.clone().filter(|_| l.column.is_some()))
        .collect();
    for l in &mut header.columns {
        let beside = l.column.and_then(|c| form.columns[c].beside.as_ref());
        if beside.is_some_and(|b| !measures.iter().flatten().any(|m| m == b)) {
            l.column = None;
        }
    }
}
