//! What a person sees of a page, drawn by hand: hidden, covered, turned, struck out, overprinted; and what stands in another order.

use crate::read_pages::Pdf;
use juesuan::layout::{Block, Layout, blocks};
use juesuan::place::Place;
use juesuan::read::{Document, Page};

fn page(content: &str) -> Page {
    Pdf::new(content).read().value.pages.remove(0)
}

fn text(page: &Page) -> String {
    let mut out = String::new();
    page.glyphs.iter().for_each(|g| g.text.push_to(&mut out));
    out
}

/// The text of the cells of the first table.
fn cells(document: &Document) -> Vec<String> {
    let layout = blocks(document).value;
    let table = layout.blocks.iter().find_map(|b| match b {
        Block::Table(g) => Some(g.cells.iter().map(|c| c.text().into_owned()).collect()),
        Block::Line(_) => None,
    });
    table.unwrap_or_default()
}

/// Two cells side by side with what is drawn in them; the left one holds a word.
fn two_cells(content: &str) -> Vec<String> {
    let grid = "0.5 w 20 100 m 220 100 l S 20 130 m 220 130 l S 20 100 m 20 130 l S 120 100 m 120 130 l S 220 100 m 220 130 l S ";
    let word = "BT /F1 10 Tf 30 110 Td (word) Tj ET ";
    cells(&Pdf::new(&format!("{grid}{word}{content}")).read().value)
}

const NUMBER: &str = "BT /F1 10 Tf 150 110 Td (667.48) Tj ET ";

#[test]
fn what_has_no_colour_of_its_own_is_not_there() {
    assert_eq!(text(&page("1 g BT /F1 10 Tf 100 200 Td (white) Tj ET")), "");
    let on_dark = "0 0 1 rg 90 190 100 30 re f 1 g BT /F1 10 Tf 100 200 Td (seen) Tj ET";
    assert_eq!(text(&page(on_dark)), "seen");
    let black_on_black = "0 g 90 190 100 30 re f BT /F1 10 Tf 100 200 Td (gone) Tj ET";
    assert_eq!(text(&page(black_on_black)), "");
    let ghost_over_seen = "BT /F1 10 Tf 100 200 Td (12.00) Tj ET BT 3 Tr /F1 10 Tf 101 200 Td (13.00) Tj ET";
    assert_eq!(text(&page(ghost_over_seen)), "12.00");
    assert_eq!(page(ghost_over_seen).hidden, 5);
}

#[test]
fn what_is_painted_over_is_gone_and_what_is_typed_again_is_there() {
    let over = "1 g 95 195 60 20 re f ";
    let first = "0 g BT /F1 10 Tf 100 200 Td (667.48) Tj ET ";
    assert_eq!(text(&page(&format!("{first}{over}"))), "");
    assert_eq!(text(&page(&format!("{first}{over}{first}"))), "667.48");
    let other = "0 g BT /F1 10 Tf 100 200 Td (777.77) Tj ET ";
    assert_eq!(text(&page(&format!("{first}{over}{other}"))), "777.77");
    // The first digit alone, and half of it.
    assert_eq!(text(&page(&format!("{first}1 g 95 195 10.5 20 re f"))), "67.48");
    let half = page(&format!("{first}1 g 95 195 7.5 20 re f"));
    assert_eq!(text(&half), "\u{FFFD}67.48");
    assert!(half.in_doubt.is_some());
    // A frame has a hole.
    let frame = "0 g 90 190 m 190 190 l 190 220 l 90 220 l h 95 195 m 95 215 l 185 215 l 185 195 l h f";
    assert_eq!(text(&page(&format!("{first}{frame}"))), "667.48");
}

#[test]
fn numbers_that_lie_over_each_other_are_none() {
    assert_eq!(two_cells(NUMBER), ["word", "667.48"]);
    let over = two_cells(&format!("{NUMBER}BT /F1 10 Tf 152 110 Td (777.77) Tj ET"));
    assert!(over[1].contains('\u{FFFD}'), "{over:?}");
    let above = two_cells(&format!("{NUMBER}BT /F1 10 Tf 151 114.5 Td (777.77) Tj ET"));
    assert!(above[1].contains('\u{FFFD}'), "{above:?}");
    // The same number a little aside is its shadow.
    assert_eq!(
        two_cells(&format!("{NUMBER}BT /F1 10 Tf 151.5 110 Td (667.48) Tj ET"))[1],
        "667.48"
    );
}

#[test]
fn a_number_is_of_one_size_height_and_colour() {
    let mark = |x: f32, y: f32| format!("{NUMBER}BT /F1 5.5 Tf {x} {y} Td (1) Tj ET");
    assert_eq!(two_cells(&mark(180.9, 112.0))[1], "667.48");
    assert_eq!(two_cells(&mark(180.9, 115.0))[1], "667.48", "higher than the line");
    let before = two_cells(&format!("{NUMBER}1 0 0 rg BT /F1 10 Tf 144.2 110 Td (1) Tj ET"));
    assert_eq!(before[1], "\u{FFFD}667.48");
    let large = two_cells(&format!("{NUMBER}BT /F1 14 Tf 142 110 Td (1) Tj ET"));
    assert_eq!(large[1], "\u{FFFD}667.48");
}

#[test]
fn lines_and_pictures_at_numbers_are_doubts() {
    assert_eq!(
        two_cells(&format!("{NUMBER}144 113 m 149 113 l S"))[1],
        "\u{FFFD}667.48"
    );
    assert!(two_cells(&format!("{NUMBER}149 113 m 182 113 l S"))[1].contains('\u{FFFD}'));
    assert_eq!(
        two_cells(&format!("{NUMBER}149 108.5 m 182 108.5 l S"))[1],
        "667.48",
        "a line below"
    );
    let image = "q 30 0 0 10 150 108 cm BI /W 1 /H 1 /CS /G /BPC 8 ID 0 EI Q";
    assert_eq!(two_cells(image)[1], "\u{FFFD}");
    assert_eq!(two_cells("150 108 m 158 108 l 153 116 l h f")[1], "\u{FFFD}");
}

#[test]
fn text_aslant_is_no_text_of_the_page() {
    let watermark = "0.8 g BT /F1 40 Tf 0.7 0.7 -0.7 0.7 120 80 Tm (2022) Tj ET";
    assert_eq!(two_cells(&format!("{NUMBER}{watermark}")), ["word", "667.48"]);
}

fn sideways(turn: &str) -> Document {
    let mut content = format!("q {turn} cm 0.5 w ");
    for n in 0..4 {
        content.push_str(&format!("20 {0} m 220 {0} l S ", 100 + 20 * n));
    }
    content.push_str("20 100 m 20 160 l S 120 100 m 120 160 l S 220 100 m 220 160 l S ");
    for n in 0..3 {
        let y = 106 + 20 * n;
        content.push_str(&format!(
            "BT /F1 9 Tf 30 {y} Td (label) Tj ET BT /F1 9 Tf 150 {y} Td ({n}7.50) Tj ET "
        ));
    }
    content.push('Q');
    Pdf::new(&content).read().value
}

#[test]
fn a_sideways_table_is_read_in_its_own_direction() {
    let upright = cells(&sideways("1 0 0 1 0 0"));
    assert_eq!(upright, ["label", "27.50", "label", "17.50", "label", "07.50"]);
    for turn in ["0 1 -1 0 300 20", "0 -1 1 0 20 280", "-1 0 0 -1 300 260"] {
        let document = sideways(turn);
        let layout: Layout = blocks(&document).value;
        assert_eq!(cells(&document), upright, "{turn}");
        // The place of a cell holds its glyphs on the page as it is shown.
        let Some(Block::Table(g)) = layout.blocks.iter().find(|b| matches!(b, Block::Table(_))) else {
            panic!("no table");
        };
        let place: Place = layout.as_shown(g.cells[1].place());
        let inside = document.pages[0]
            .glyphs
            .iter()
            .filter(|g| place.rect.contains(g.rect.mid_x(), g.rect.mid_y()))
            .count();
        assert_eq!(inside, 5, "{turn}");
    }
}

#[test]
fn pages_are_read_by_the_numbers_at_their_feet() {
    let pages: Vec<String> = (1..=5)
        .rev()
        .map(|n| format!("BT /F1 10 Tf 100 200 Td (page{n}) Tj ET BT /F1 10 Tf 190 20 Td (- {n} -) Tj ET"))
        .collect();
    let outcome = blocks(&Pdf::default().pages(&pages).read().value);
    let first = outcome.value.blocks.iter().find_map(|b| match b {
        Block::Line(l) => Some((l.text.clone(), outcome.value.page_as_shown(l.page))),
        Block::Table(_) => None,
    });
    assert_eq!(first, Some(("page1".to_string(), 5)));
    assert!(outcome.report.iter().any(|d| d.code == "pages-reordered"));
}

#[test]
fn two_pages_on_a_sheet_are_two_pages() {
    let half = |x: u32, n: u32| {
        format!("BT /F1 9 Tf {x} 200 Td (left of sheet) Tj ET BT /F1 9 Tf {x} 180 Td (page number {n}) Tj ET ")
    };
    let sheets: Vec<String> = (0..3).map(|n| half(30, 2 * n + 1) + &half(240, 2 * n + 2)).collect();
    let layout = blocks(&Pdf::default().pages(&sheets).read().value).value;
    let lines: Vec<(String, u32)> = layout
        .blocks
        .iter()
        .filter_map(|b| match b {
            Block::Line(l) => Some((l.text.replace(' ', ""), layout.page_as_shown(l.page))),
            Block::Table(_) => None,
        })
        .collect();
    let numbers: Vec<(&str, u32)> = lines
        .iter()
        .map(|(t, p)| (t.as_str(), *p))
        .filter(|(t, _)| t.starts_with("page"))
        .collect();
    assert_eq!(
        numbers,
        [
            ("pagenumber1", 1),
            ("pagenumber2", 1),
            ("pagenumber3", 2),
            ("pagenumber4", 2),
            ("pagenumber5", 3),
            ("pagenumber6", 3)
        ]
    );
}
