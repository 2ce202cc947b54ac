//! Tables without vertical lines: three-line tables, tables with a line under each row, and tables without any line.
//! Columns come from the alignment of the rows that hold the most pieces and from the heads above them.
//!
//! ```text
//! pieces    lines → rows of pieces
//! regions   rows → where tables stand on the page          goes_on   … and the rest of the table of the page before
//! body      rows of a region → heads above, rows below
//! columns   rows → columns
//! heads     lines of heads → heads over columns             tree      … by the reading that fits best
//! build     all of it → edges → cells
//! ```

mod body;
mod build;
mod columns;
mod goes_on;
mod heads;
mod pieces;
mod regions;
mod tree;

use super::grid::Grid;
use super::lines::Line;
use crate::read::{Page as ReadPage, Ruling};
use build::{Around, Top, build};
use pieces::Row;
use regions::{Page, framed};

/// A line may begin or end this many points beside its frame and stands in it.
const BESIDE: f32 = 5.0;
/// A frame with fewer lines of text holds no table.
const FEWEST_LINES: usize = 3;

/// What is looked for outside frames, one after the other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pass {
    /// The rest of the table before.
    GoesOn,
    /// Rows with numbers.
    Rows,
    /// Heads and one name.
    Empty,
}

/// Takes the lines of a page apart into tables and the lines that belong to none. `before` is the table that ends the page before, if
/// its columns were found by alignment too.
pub fn tables(
    lines: Vec<Line>,
    horizontals: &[Ruling],
    page: &ReadPage,
    before: Option<&Grid>,
) -> (Vec<Line>, Vec<Grid>) {
    let rows: Vec<Row<'_>> = lines
        .iter()
        .enumerate()
        .map(|(n, l)| Row::new(n, l, &page.blanks))
        .collect();
    let mut found = Found {
        page,
        before,
        tops: tops(&rows),
        rows: &rows,
        taken: vec![false; rows.len()],
        grids: Vec::new(),
    };
    found.between_lines(horizontals);
    for pass in [Pass::GoesOn, Pass::Rows, Pass::Empty] {
        found.without_lines(pass);
    }
    let Found { taken, grids, .. } = found;
    let rest = lines.into_iter().zip(taken).filter(|(_, t)| !*t).map(|(l, _)| l);
    (rest.collect(), grids)
}

/// Where each line stands on its page.
fn tops(rows: &[Row<'_>]) -> Vec<Top> {
    let page = Page { rows, taken: &[] };
    let top = |k| match (page.top(k), page.opens_wrapped(k)) {
        (false, _) => Top::Below,
        (true, false) => Top::First,
        (true, true) => Top::Wrapped,
    };
    (0..rows.len()).map(top).collect()
}

/// The tables of a page that were found, and which lines they took.
struct Found<'a> {
    page: &'a ReadPage,
    /// The table that ends the page before.
    before: Option<&'a Grid>,
    tops: Vec<Top>,
    rows: &'a [Row<'a>],
    taken: Vec<bool>,
    grids: Vec<Grid>,
}

impl Found<'_> {
    /// The table before, for the first table of the page.
    fn before_first(&self) -> Option<&Grid> {
        self.before.filter(|_| self.grids.is_empty())
    }

    /// A table of these lines.
    fn table(&self, region: &[usize], frame: Option<((f32, f32), &[Ruling])>, empty: bool) -> Option<Grid> {
        let members: Vec<&Row<'_>> = region.iter().map(|&i| &self.rows[i]).collect();
        let around = Around {
            rules: frame.map_or(&[], |(_, rules)| rules),
            page: self.page.number,
            rows: self.rows,
            frame: frame.map(|(ends, _)| ends),
            blanks: &self.page.blanks,
            before: self.before_first(),
            top: self.tops[region[0]],
            empty,
        };
        build(&members, &around)
    }

    fn take(&mut self, region: &[usize], grid: Grid) {
        region.iter().for_each(|&i| self.taken[i] = true);
        self.grids.push(grid);
    }

    /// Tables between long horizontal lines.
    fn between_lines(&mut self, horizontals: &[Ruling]) {
        for (top, bottom, rules) in framed(horizontals) {
            let inside = |i: &usize| {
                let r = &self.rows[*i].line.rect;
                let high = r.mid_y() > top && r.mid_y() < bottom;
                let wide = r.mid_x() > rules[0].start - BESIDE && r.mid_x() < rules[0].end + BESIDE;
                !self.taken[*i] && high && wide
            };
            let region: Vec<usize> = (0..self.rows.len()).filter(inside).collect();
            if region.len() < FEWEST_LINES {
                continue;
            }
            let frame = Some(((top, bottom), rules.as_slice()));
            let found = [false, true]
                .iter()
                .find_map(|empty| self.table(&region, frame, *empty));
            if let Some(g) = found {
                self.take(&region, g);
            }
        }
    }

    /// Tables outside of frames.
    fn without_lines(&mut self, pass: Pass) {
        let page = Page {
            rows: self.rows,
            taken: &self.taken,
        };
        let before = self.before_first();
        let regions = match pass {
            Pass::GoesOn => before
                .and_then(|b| goes_on::continuation(&page, b))
                .into_iter()
                .collect(),
            Pass::Rows => page.unframed(before.is_some()),
            Pass::Empty => page.empty(),
        };
        for region in regions {
            if let Some(g) = self.table(&region, None, pass == Pass::Empty) {
                self.take(&region, g);
            }
        }
    }
}
