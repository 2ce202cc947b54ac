//! Tables without vertical lines, drawn by hand: which columns a head stands over, which lines are rows, which are heads.

use crate::read_pages::{Pdf, simsun};
use crate::support::builtin;
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
        .map(|c| grid.cell(row, c).map(|c| c.text().into_owned()).unwrap_or_default())
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
    assert!(g.cells.iter().all(|c| !["FORM", "UNIT", "MONEY"].contains(&&*c.text())));
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

/// A line across the page.
/// Justified text sets a blank at both sides of each number, and its lines may stand as far apart as the rows of a table.
#[test]
fn running_text_with_numbers_is_no_table() {
    let mut s = Sheet::default();
    for y in [40.0, 52.0, 64.0] {
        s.left(20.0, y, "AREAAREAAREAAREAAREAAREAAREAAREAAREAAREAAREAAREA");
    }
    // In a caption two wide gaps; below it numbers with blanks of a third of a character, and a short last line.
    s.left(20.0, 76.0, "AREAAREAAREA");
    s.left(
        28.0 + SIZE * width("AREAAREAAREA"),
        76.0,
        "AREAAREAAREAAREAAREAAREAAREAAREA",
    );
    let mut x = 20.0;
    for word in ["11.31", "AREAAREAAREAAREAAREAAREAAREAAREA", "2024", "AREA"] {
        s.left(x, 90.0, word);
        x += SIZE * (width(word) + 0.33);
    }
    s.left(20.0, 104.0, "AREAAREA");
    assert_eq!(s.tables().len(), 0);
}

fn line(sheet: &mut Sheet, y: f32, ends: (f32, f32)) {
    let y = 300.0 - y;
    write!(sheet.content, "{} {y} m {} {y} l S ", ends.0, ends.1).unwrap();
}

fn heads(sheet: &mut Sheet) {
    for (k, head) in ["CODE", "NAME", "OPENING", "SPENT", "CLOSING"].iter().enumerate() {
        sheet.middle((EDGES[k], EDGES[k + 1]), 40.0, head);
    }
}

/// Between lines even a row without a word is a row: below the second line.
#[test]
fn an_empty_row_between_lines_is_a_row() {
    let mut s = Sheet::default();
    s.middle((EDGES[0], EDGES[2]), 26.0, "ITEM");
    s.middle((EDGES[2], EDGES[5]), 26.0, "AMOUNTS");
    heads(&mut s);
    s.middle((EDGES[0], EDGES[2]), 54.0, "NUMBER");
    for k in 2..5 {
        s.middle((EDGES[k], EDGES[k + 1]), 54.0, &format!("{}", k - 1));
    }
    for y in [14.0, 60.0, 76.0] {
        line(&mut s, y, (EDGES[0], EDGES[5]));
    }
    let g = s.table();
    assert_eq!((span(&g, "ITEM"), span(&g, "AMOUNTS")), ((0, 2), (2, 3)));
    assert_eq!(row(&g, 1), ["CODE", "NAME", "OPENING", "SPENT", "CLOSING"]);
    assert_eq!(row(&g, 2)[2..], ["1", "2", "3"]);
    assert_eq!(row(&g, 3), ["", "", "", "", ""]);
    assert_eq!(g.rows, 4);
}

/// Zeros without a decimal point are numbers where a row holds nothing else.
#[test]
fn rows_of_bare_zeros_are_rows() {
    let mut s = Sheet::default();
    heads(&mut s);
    for (n, name) in ["TOTAL", "SECURITY"].iter().enumerate() {
        let y = 56.0 + 14.0 * n as f32;
        s.left(EDGES[1] + 2.0, y, name);
        for k in 2..5 {
            s.right(EDGES[k + 1] - 2.0, y, "0");
        }
    }
    let g = s.table();
    assert_eq!(row(&g, 1), ["", "TOTAL", "0", "0", "0"]);
}

/// Heads of two columns stand close to each other; one column holds no number, so that nothing but the gap parts them.
#[test]
fn a_gap_without_a_blank_parts_heads() {
    let mut s = Sheet::default();
    for (k, head) in ["CODE", "NAME", "OPENING", "GOVMONEY", "CAPITALSX"].iter().enumerate() {
        s.middle((EDGES[k], EDGES[k + 1]), 40.0, head);
    }
    for (n, (code, name)) in ROWS.iter().enumerate() {
        let y = 56.0 + 14.0 * n as f32;
        s.left(EDGES[0] + 2.0, y, code);
        s.left(EDGES[1] + 2.0, y, name);
        s.right(EDGES[3] - 2.0, y, &format!("1{n}.00"));
        s.right(EDGES[5] - 2.0, y, &format!("2{n}.00"));
    }
    for y in [28.0, 46.0, 94.0] {
        line(&mut s, y, (EDGES[0], EDGES[5]));
    }
    let g = s.table();
    assert_eq!(row(&g, 0), ["CODE", "NAME", "OPENING", "GOVMONEY", "CAPITALSX"]);
    assert_eq!(row(&g, 1), ["208", "SECURITY", "10.00", "", "20.00"]);
}

/// Columns in which no row holds anything on both sides of those with numbers, their heads close to each other and in one line or
/// two: the row that counts the columns shows them.
#[test]
fn a_row_that_counts_the_columns_shows_the_empty_ones() {
    let edges = [
        8.0, 48.0, 98.0, 128.0, 158.0, 188.0, 226.0, 264.0, 302.0, 332.0, 362.0, 392.0,
    ];
    let mut s = Sheet::default();
    for (k, head) in [(2, "OPENING"), (5, "SPENT"), (8, "CLOSING")] {
        s.middle((edges[k], edges[k + 3]), 36.0, head);
    }
    let lowest = [
        "CODE",
        "NAME",
        "MM",
        "MGMG",
        "GGMMG/MMM",
        "TOTAL",
        "BASIC",
        "OTHER",
        "GG",
        "GMGM",
        "GGMGG/MGM",
    ];
    for (k, head) in lowest.iter().enumerate() {
        let column = (edges[k], edges[k + 1]);
        match head.split_once('/') {
            Some((first, second)) => {
                s.middle(column, 50.0, first);
                s.middle(column, 59.0, second);
            }
            None => s.middle(column, 54.5, head),
        }
    }
    for k in 2..11 {
        s.middle((edges[k], edges[k + 1]), 72.0, &format!("{}", k - 1));
    }
    for (n, (code, name)) in ROWS.iter().enumerate() {
        let y = 88.0 + 14.0 * n as f32;
        s.left(edges[0] + 2.0, y, code);
        s.left(edges[1] + 2.0, y, name);
        for k in 5..8 {
            s.right(edges[k + 1] - 2.0, y, &format!("{}.{k}0", 100 - 31 * n));
        }
    }
    let g = s.table();
    assert_eq!(g.cols, 11);
    assert_eq!(
        (span(&g, "OPENING"), span(&g, "SPENT"), span(&g, "CLOSING")),
        ((2, 3), (5, 3), (8, 3))
    );
    assert_eq!(row(&g, 1), lowest.map(|h| h.replace('/', "")));
    assert_eq!(row(&g, 3)[..6], ["208", "SECURITY", "", "", "", "100.50"]);
}

/// A word of two characters set wide over its column stands as close to the heads beside it as its characters stand apart.
#[test]
fn a_word_set_wide_between_close_heads_is_one() {
    let edges = [20.0, 60.0, 120.0, 150.0, 180.0, 210.0];
    let mut s = Sheet::default();
    s.middle((edges[0], edges[1]), 40.0, "CODE");
    s.middle((edges[1], edges[2]), 40.0, "NAME");
    s.middle((edges[2], edges[3]), 40.0, "MMGG");
    s.left(edges[3] + 2.0, 40.0, "S");
    s.right(edges[4] - 2.0, 40.0, "M");
    s.middle((edges[4], edges[5]), 40.0, "GGMM");
    for (n, (code, name)) in ROWS.iter().enumerate() {
        let y = 56.0 + 14.0 * n as f32;
        s.left(edges[0] + 2.0, y, code);
        s.left(edges[1] + 2.0, y, name);
        for k in 2..5 {
            s.right(edges[k + 1] - 2.0, y, &format!("{}.{k}0", 90 - 31 * n));
        }
    }
    let g = s.table();
    let heads: Vec<String> = row(&g, 0).iter().map(|t| t.replace(' ', "")).collect();
    assert_eq!(heads, ["CODE", "NAME", "MMGG", "SM", "GGMM"]);
    assert_eq!(row(&g, 1), ["208", "SECURITY", "90.20", "90.30", "90.40"]);
}

/// A ruled table in Chinese: the left end, the base line from the top and the text of each piece. Cells of the first row are joined
/// over the lines `joined`.
pub fn ruled(xs: &[f32], ys: &[f32], joined: &[usize], texts: &[(f32, f32, &str)]) -> String {
    let mut s = Sheet::default();
    for y in ys {
        line(&mut s, *y, (xs[0], xs[xs.len() - 1]));
    }
    let (top, foot) = (300.0 - ys[0], 300.0 - ys[ys.len() - 1]);
    for (n, x) in xs.iter().enumerate() {
        let top = if joined.contains(&n) { 300.0 - ys[1] } else { top };
        write!(s.content, "{x} {top} m {x} {foot} l S ").unwrap();
    }
    for (x, y, text) in texts {
        let hex: String = text.encode_utf16().map(|u| format!("{u:04X}")).collect();
        write!(s.content, "BT /F2 8 Tf 1 0 0 1 {x} {} Tm <{hex}> Tj ET ", 300.0 - y).unwrap();
    }
    s.content
}

/// The layout of pages of Chinese text.
pub fn chinese(pages: &[String]) -> juesuan::layout::Layout {
    let pdf = simsun("UniGB-UCS2-H", "1 95 500").pages(pages);
    blocks(&pdf.read().value).value
}

/// A closing bracket may not begin a line: it hangs over the edge of its cell and is no part of the number beside it.
#[test]
fn a_bracket_that_hangs_over_the_edge_belongs_to_its_text() {
    let page = ruled(
        &[20.0, 60.0, 120.0],
        &[20.0, 40.0, 60.0],
        &[],
        &[
            (20.0, 34.0, "某局（本级）"),
            (100.0, 34.0, "9.76"),
            (22.0, 54.0, "合计"),
            (100.0, 54.0, "9.76"),
        ],
    );
    let layout = chinese(&[page]);
    let [Block::Table(g)] = layout.blocks.as_slice() else {
        panic!("{:?}", layout.blocks)
    };
    assert_eq!(row(g, 0), ["某局（本级）", "9.76"]);
}

const XS: [f32; 6] = [20.0, 110.0, 180.0, 270.0, 340.0, 390.0];

/// 收入支出决算总表 with this name over its last column.
fn balance(title: &str, last: &str, items: [&str; 2]) -> String {
    let mut texts = vec![(140.0, 20.0, title)];
    for (x, text) in [(80.0, "收入"), (250.0, "支出")] {
        texts.push((x, 42.0, text));
    }
    for (x, text) in [(40.0, "项目"), (130.0, "决算数"), (200.0, "项目"), (290.0, last)] {
        texts.push((x, 56.0, text));
    }
    for (x, text) in [(22.0, items[0]), (140.0, "10.00"), (182.0, items[1]), (300.0, "7.00")] {
        texts.push((x, 70.0, text));
    }
    // The first page has a column more: the second one cannot be joined to it.
    let xs = if title.is_empty() { &XS[..5] } else { &XS };
    ruled(xs, &[30.0, 46.0, 60.0, 74.0], &[1, 3], &texts)
}

/// The second page of a table whose first page was not read begins in the middle: its rows would be taken for the first ones.
#[test]
fn nothing_is_read_from_the_second_page_of_a_table_that_was_refused() {
    let first = ["一、一般公共预算财政拨款收入", "一、一般公共服务支出"];
    let second = ["八、其他收入", "八、社会保障和就业支出"];
    let read = |last: &str| {
        let pages = [balance("收入支出决算总表", last, first), balance("", "决算数", second)];
        juesuan::recognise::recognise(&chinese(&pages), builtin())
    };
    let whole = read("决算数").value.tables;
    assert!(!whole.is_empty(), "both pages are understood");
    let half = read("行军");
    assert!(half.value.tables.is_empty(), "{:?}", half.value.tables);
    let said = half.report.iter().filter(|d| d.code == "header-does-not-fit").count();
    assert_eq!(said, 2);
}

/// A heading that repeats the name of the total holds dashes, and so does the total: the total is one row.
#[test]
fn a_heading_of_dashes_above_a_total_of_dashes_is_no_second_total() {
    let xs = [20.0, 160.0, 200.0, 280.0, 360.0];
    let mut texts = vec![(100.0, 20.0, "财政拨款“三公”经费支出决算表")];
    let rows = [
        ["项目", "行次", "预算数", "决算数"],
        ["一、“三公”经费支出", "1", "—", "—"],
        ["（一）支出合计", "2", "-", "-"],
        ["1．因公出国（境）费", "3", "-", "-"],
        ["2．公务用车购置及运行维护费", "4", "-", "-"],
        ["3．公务接待费", "5", "-", "-"],
    ];
    for (n, cells) in rows.iter().enumerate() {
        for (x, text) in xs.iter().zip(cells) {
            texts.push((x + 4.0, 42.0 + 14.0 * n as f32, text));
        }
    }
    let ys: Vec<f32> = (0..=rows.len()).map(|n| 32.0 + 14.0 * n as f32).collect();
    let found = juesuan::recognise::recognise(&chinese(&[ruled(&xs, &ys, &[], &texts)]), builtin()).value;
    let [table] = found.tables.as_slice() else {
        panic!("{} tables", found.tables.len())
    };
    let totals: Vec<&str> = table
        .entries
        .iter()
        .filter(|e| e.item == "total")
        .map(|e| e.printed.as_str())
        .collect();
    assert_eq!(totals, ["-", "-"]);
}

/// One row of three pieces alone on the next page: the columns of the page before say that it belongs to the table.
#[test]
fn the_rest_of_a_table_may_be_one_row() {
    let mut first = Sheet::default();
    for (k, head) in ["CODE", "NAME", "OPENING", "SPENT"].iter().enumerate() {
        first.middle((EDGES[k], EDGES[k + 1]), 40.0, head);
    }
    rows(&mut first, 56.0, &ROWS, 2);
    let mut second = Sheet::default();
    second.left(EDGES[0] + 2.0, 40.0, "210");
    second.left(EDGES[1] + 2.0, 40.0, "HEALTH");
    second.right(EDGES[4] - 2.0, 40.0, "7.00");
    let mut other = Sheet::default();
    other.left(EDGES[0] + 8.0, 40.0, "210");
    other.left(EDGES[2] - 9.0, 40.0, "HEALTH");
    other.right(EDGES[4] - 2.0, 40.0, "7.00");
    let tables = |next: &Sheet| {
        let pdf = Pdf::new("").pages(&[first.content.clone(), next.content.clone()]);
        let blocks = blocks(&pdf.read().value).value.blocks;
        let table = |b| match b {
            Block::Table(g) => Some(g),
            Block::Line(_) => None,
        };
        blocks.into_iter().filter_map(table).collect::<Vec<Grid>>()
    };
    let whole = tables(&second);
    assert_eq!(whole.len(), 1);
    assert_eq!(row(&whole[0], whole[0].rows - 1), ["210", "HEALTH", "", "7.00"]);
    let apart = tables(&other);
    assert_eq!(
        apart.iter().map(|g| g.rows).collect::<Vec<_>>(),
        [4],
        "it stands across two columns"
    );
}

/// The name of the last row begins beside its code, and its rest stands a line below, closer than the next row would.
#[test]
fn the_rest_of_the_last_name_belongs_to_it() {
    for (step, rest) in [(9.0, "STAFF OF OFFICES"), (30.0, "STAFF")] {
        let mut s = Sheet::default();
        heads(&mut s);
        rows(&mut s, 56.0, &ROWS, 2);
        s.left(EDGES[1] + 2.0, 56.0 + 28.0 + step, "OF OFFICES");
        let g = s.table();
        let name = row(&g, 3)[1].replace('\n', " ");
        assert_eq!(name.replace(' ', ""), rest.replace(' ', ""), "{step}");
    }
}
