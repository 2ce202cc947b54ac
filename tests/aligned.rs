//! Tables without vertical lines, drawn by hand: which columns a head stands over, which lines are rows, which are heads.

use crate::read_pages::Pdf;
use juesuan::layout::{Block, Grid, blocks};
use std::fmt::Write;

const SIZE: f32 = 8.0;

/// A page of text; places are points from the left and from the top.
#[derive(Default)]
struct Sheet {
    content: String,
}

fn width(text: &str) -> f32 {
    let one = |c: char| match c {
        'A' | 'B' | 'E' | 'K' | 'P' | 'S' | 'V' | 'X' | 'Y' => 0.667,
        'C' | 'D' | 'H' | 'N' | 'R' | 'U' => 0.722,
        'F' | 'T' | 'Z' => 0.611,
        'G' | 'O' | 'Q' => 0.778,
        'I' | '.' => 0.278,
        'J' => 0.5,
        'L' => 0.556,
        'M' => 0.833,
        c if c.is_ascii_digit() => 0.556,
        c => panic!("{c:?}"),
    };
    text.chars().map(one).sum::<f32>()
}

impl Sheet {
    fn sized(&mut self, size: f32, x: f32, y: f32, text: &str) {
        let y = 300.0 - y;
        write!(self.content, "BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm ({text}) Tj ET ").unwrap();
    }

    fn left(&mut self, x: f32, y: f32, text: &str) {
        self.sized(SIZE, x, y, text);
    }

    fn right(&mut self, x: f32, y: f32, text: &str) {
        self.left(x - SIZE * width(text), y, text);
    }

    fn middle(&mut self, between: (f32, f32), y: f32, text: &str) {
        self.left((between.0 + between.1 - SIZE * width(text)) / 2.0, y, text);
    }

    fn tables(&self) -> Vec<Grid> {
        let layout = blocks(&Pdf::new(&self.content).read().value).value;
        let table = |b| match b {
            Block::Table(g) => Some(g),
            Block::Line(_) => None,
        };
        layout.blocks.into_iter().filter_map(table).collect()
    }

    fn table(&self) -> Grid {
        let mut tables = self.tables();
        assert_eq!(tables.len(), 1);
        tables.remove(0)
    }
}

/// First column and number of columns of the cell with this text.
fn span(grid: &Grid, text: &str) -> (usize, usize) {
    let mut found = grid.cells.iter().filter(|c| c.text() == text);
    let c = found.next().unwrap_or_else(|| panic!("no cell {text}"));
    assert!(found.next().is_none(), "two cells {text}");
    (c.col, c.col_span)
}

fn row(grid: &Grid, row: usize) -> Vec<String> {
    (0..grid.cols)
        .map(|c| grid.cell(row, c).map(juesuan::layout::Cell::text).unwrap_or_default())
        .collect()
}

const EDGES: [f32; 8] = [20.0, 60.0, 120.0, 170.0, 220.0, 270.0, 320.0, 370.0];

/// Rows with a code, a name and a number in every further column, right at its edge.
fn rows(sheet: &mut Sheet, top: f32, rows: &[(&str, &str)], numbers: usize) {
    for (n, (code, name)) in rows.iter().enumerate() {
        let y = top + 14.0 * n as f32;
        sheet.left(EDGES[0] + 2.0, y, code);
        sheet.left(EDGES[1] + 2.0, y, name);
        for k in 0..numbers {
            sheet.right(EDGES[k + 3] - 2.0, y, &format!("{}.{k}0", 100 - 31 * n));
        }
    }
}

const ROWS: [(&str, &str); 3] = [("208", "SECURITY"), ("20805", "PENSIONS"), ("2080505", "STAFF")];

/// A group within a group, both with one middle: only the height of the heads beside it tells which columns it holds.
#[test]
fn heights_tell_groups_of_one_middle_apart() {
    let mut s = Sheet::default();
    s.left(EDGES[0], 20.0, "UNIT");
    s.right(EDGES[7], 20.0, "MONEY");
    s.middle((EDGES[2], EDGES[7]), 40.0, "SPENT");
    s.middle((EDGES[0], EDGES[1]), 54.0, "CODE");
    s.middle((EDGES[1], EDGES[2]), 54.0, "NAME");
    s.middle((EDGES[2], EDGES[3]), 61.0, "TOTAL");
    s.middle((EDGES[3], EDGES[6]), 54.0, "BASIC");
    s.middle((EDGES[6], EDGES[7]), 61.0, "PROJECT");
    s.middle((EDGES[3], EDGES[4]), 68.0, "SUM");
    s.middle((EDGES[4], EDGES[5]), 68.0, "PAY");
    s.middle((EDGES[5], EDGES[6]), 68.0, "GOODS");
    rows(&mut s, 84.0, &ROWS, 5);
    let g = s.table();
    assert_eq!(g.cols, 7);
    assert_eq!(span(&g, "SPENT"), (2, 5));
    assert_eq!(span(&g, "BASIC"), (3, 3));
    for (k, head) in ["CODE", "NAME", "TOTAL", "SUM", "PAY", "GOODS", "PROJECT"]
        .iter()
        .enumerate()
    {
        assert_eq!(span(&g, head), (k, 1), "{head}");
    }
}

/// One row of numbers in the middle of their columns, no line anywhere: every edge follows from its neighbours.
#[test]
fn one_row_in_the_middle_of_its_columns_is_enough() {
    let mut s = Sheet::default();
    let edges: Vec<f32> = (0..=8).map(|k| 40.0 + 40.0 * k as f32).collect();
    let at = |a: usize, b: usize| (edges[a], edges[b]);
    s.left(40.0, 20.0, "UNIT");
    s.right(360.0, 20.0, "MONEY");
    s.middle(at(0, 4), 40.0, "PLANNED");
    s.middle(at(4, 8), 40.0, "SPENT");
    for half in [0, 4] {
        s.middle(at(half, half + 1), 61.0, ["TOTAL", "SUM"][half / 4]);
        s.middle(at(half + 1, half + 3), 54.0, ["CARS", "BUSES"][half / 4]);
        s.middle(at(half + 1, half + 2), 68.0, ["BUY", "HIRE"][half / 4]);
        s.middle(at(half + 2, half + 3), 68.0, ["RUN", "FUEL"][half / 4]);
        s.middle(at(half + 3, half + 4), 61.0, ["GUESTS", "MEALS"][half / 4]);
    }
    for k in 0..8 {
        s.middle(at(k, k + 1), 84.0, &format!("{}.50", 12 - k));
    }
    let g = s.table();
    assert_eq!(g.cols, 8);
    assert_eq!((span(&g, "PLANNED"), span(&g, "SPENT")), ((0, 4), (4, 4)));
    assert_eq!((span(&g, "CARS"), span(&g, "BUSES")), ((1, 2), (5, 2)));
    assert!(g.cells.iter().all(|c| c.text() != "UNIT"), "a caption is no head");
}

/// Names without numbers before the first and after the last amount, a step of the table apart, are rows; a note below is none.
#[test]
fn names_without_numbers_are_rows() {
    let mut s = Sheet::default();
    s.middle((EDGES[0], EDGES[2]), 40.0, "NAME");
    s.middle((EDGES[2], EDGES[3]), 40.0, "PLANNED");
    s.middle((EDGES[3], EDGES[4]), 40.0, "SPENT");
    for (n, name) in ["ABBEYS", "BARNS", "CASTLES", "DOCKS", "ESTATES", "FARMS"]
        .iter()
        .enumerate()
    {
        let y = 56.0 + 14.0 * n as f32;
        s.left(22.0, y, name);
        if (1..4).contains(&n) {
            s.right(EDGES[3] - 2.0, y, &format!("{n}.00"));
            s.right(EDGES[4] - 2.0, y, &format!("1{n}.00"));
        }
    }
    s.left(20.0, 150.0, "NOTES");
    let g = s.table();
    assert_eq!(row(&g, 0), ["NAME", "PLANNED", "SPENT"]);
    assert_eq!(row(&g, 1), ["ABBEYS", "", ""]);
    assert_eq!(row(&g, 2), ["BARNS", "1.00", "11.00"]);
    assert_eq!(row(&g, g.rows - 1), ["FARMS", "", ""]);
    assert_eq!(g.rows, 7);
}

/// Captions one below the other under a larger title are no heads; the first line of a head that stands alone is one.
#[test]
fn captions_below_a_title_are_no_heads() {
    let mut s = Sheet::default();
    s.sized(14.0, 150.0, 20.0, "ACCOUNTS");
    s.right(EDGES[4], 34.0, "FORM");
    s.left(EDGES[0], 46.0, "UNIT");
    s.right(EDGES[4], 58.0, "MONEY");
    s.middle((EDGES[2], EDGES[4]), 74.0, "AMOUNTS");
    s.middle((EDGES[0], EDGES[1]), 81.0, "CODE");
    s.middle((EDGES[1], EDGES[2]), 81.0, "NAME");
    s.middle((EDGES[2], EDGES[3]), 88.0, "PLANNED");
    s.middle((EDGES[3], EDGES[4]), 88.0, "SPENT");
    rows(&mut s, 104.0, &ROWS, 2);
    let g = s.table();
    assert_eq!(g.cols, 4);
    assert_eq!(span(&g, "AMOUNTS"), (2, 2));
    assert!(
        g.cells
            .iter()
            .all(|c| !["FORM", "UNIT", "MONEY"].contains(&c.text().as_str()))
    );
}

/// A table without a number has its columns from its heads: below a caption, with one name under them.
#[test]
fn an_empty_table_has_the_columns_of_its_heads() {
    let mut s = Sheet::default();
    s.left(EDGES[0], 20.0, "UNIT");
    s.right(EDGES[6], 20.0, "MONEY");
    s.middle((EDGES[0], EDGES[2]), 40.0, "ITEM");
    s.middle((EDGES[0], EDGES[1]), 61.0, "CODE");
    s.middle((EDGES[1], EDGES[2]), 61.0, "NAME");
    s.middle((EDGES[2], EDGES[3]), 50.5, "OPENING");
    s.middle((EDGES[3], EDGES[5]), 40.0, "SPENT");
    s.middle((EDGES[3], EDGES[4]), 61.0, "BASIC");
    s.middle((EDGES[4], EDGES[5]), 61.0, "PROJECT");
    s.middle((EDGES[5], EDGES[6]), 50.5, "CLOSING");
    let mut without = Sheet {
        content: s.content.clone(),
    };
    s.middle((EDGES[0], EDGES[2]), 80.0, "TOTAL");
    let g = s.table();
    assert_eq!(g.cols, 6);
    assert_eq!((span(&g, "ITEM"), span(&g, "SPENT")), ((0, 2), (3, 2)));
    assert!(row(&g, g.rows - 1).contains(&"TOTAL".to_string()));
    // Heads and nothing below them may be anything.
    without.left(20.0, 120.0, "END");
    assert!(without.tables().is_empty());
}
