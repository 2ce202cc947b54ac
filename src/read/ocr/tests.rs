//! What is done to pixels, on pictures made here; no models are needed.

use super::ink::{gray, ink};
use super::lines;
use super::picture::{Gray, Rgb, WHITE};
use super::pieces::pieces;
use super::straighten;
use crate::geom::{Axis, Rect, Way};

const W: usize = 900;
const H: usize = 700;

fn paper() -> Gray {
    Gray {
        width: W,
        height: H,
        data: vec![WHITE; W * H],
    }
}

fn fill(g: &mut Gray, x: std::ops::Range<usize>, y: std::ops::Range<usize>, shade: u8) {
    for row in y {
        g.data[row * g.width + x.start..row * g.width + x.end].fill(shade);
    }
}

/// A table of three columns and ten rows, with a word of four square characters in every cell.
fn table() -> Gray {
    let mut g = paper();
    for row in 0..=10 {
        fill(&mut g, 100..703, 100 + row * 40..102 + row * 40, 20);
    }
    for col in 0..=3 {
        fill(&mut g, 100 + col * 200..103 + col * 200, 100..502, 20);
    }
    for row in 0..10 {
        for col in 0..3 {
            for c in 0..4 {
                let (x, y) = (130 + col * 200 + c * 24, 109 + row * 40);
                // A frame with a stroke in it, as characters are.
                fill(&mut g, x..x + 18, y..y + 3, 20);
                fill(&mut g, x..x + 18, y + 19..y + 22, 20);
                fill(&mut g, x..x + 3, y..y + 22, 20);
                fill(&mut g, x + 15..x + 18, y..y + 22, 20);
            }
        }
    }
    g
}

fn turned(g: &Gray, degrees: f32) -> Gray {
    straighten::level(g, -degrees)
}

#[test]
fn a_page_that_lies_aslant_is_straightened() {
    for degrees in [-4.6_f32, -1.3, -0.2, 0.0, 0.4, 3.0, 4.9] {
        let page = turned(&table(), degrees);
        let found = straighten::angle(&ink(&page));
        // Turned back by it about its middle, no point of the page lies a pixel off.
        let off = (found - degrees).abs().to_radians().tan() * page.width as f32 / 2.0;
        assert!(off < 1.0, "{degrees} was found as {found}: {off} pixels");
    }
}

#[test]
fn rulings_are_found_and_taken_out_and_characters_stay() {
    for degrees in [0.0, 1.5] {
        let slanted = turned(&table(), degrees);
        let mut g = straighten::level(&slanted, straighten::angle(&ink(&slanted)));
        let mut i = ink(&g);
        let before: u32 = i.data.iter().map(|v| u32::from(*v)).sum();
        let lines = lines::take(&mut i, &mut g);
        let count = |axis| lines.iter().filter(|l| l.axis == axis).count();
        assert_eq!(
            (count(Axis::Horizontal), count(Axis::Vertical)),
            (11, 4),
            "{degrees}: {lines:?}"
        );
        let after: u32 = i.data.iter().map(|v| u32::from(*v)).sum();
        let ruled = 11 * 603 * 2 + 4 * 402 * 3;
        assert!(
            before - after < ruled * 13 / 10,
            "{degrees}: characters went with the lines"
        );
        let found = pieces(&i, &lines).expect("pieces");
        assert_eq!(found.areas.len(), 30, "{degrees}: one piece for each cell");
        assert!(found.areas.iter().all(|a| (80..100).contains(&a.width())), "{degrees}");
    }
}

#[test]
fn a_page_photographed_from_aside_becomes_square() {
    let k = lines::Keystone {
        across: (0.004, 0.00003),
        down: (-0.006, 0.00002),
    };
    // The picture as a camera sees it: the other way round, which for slopes as small as these is the same with other signs.
    let back = lines::Keystone {
        across: (-k.across.0, -k.across.1),
        down: (-k.down.0, -k.down.1),
    };
    let seen = table().mapped(|x, y| straighten::slanted(&back, W, H, x, y));
    let found = lines::keystone(&ink(&seen)).expect("it slopes");
    for (a, b) in [(found.across, k.across), (found.down, k.down)] {
        assert!((a.0 - b.0).abs() < 0.001 && (a.1 - b.1).abs() < 0.000_006, "{found:?}");
    }
    let square = seen.mapped(|x, y| straighten::slanted(&found, W, H, x, y));
    assert_eq!(lines::keystone(&ink(&square)), None);
    assert_eq!(lines::keystone(&ink(&table())), None);
}

#[test]
fn a_wall_parts_what_stands_close_together() {
    let mut g = paper();
    for (n, x) in [200_usize, 224, 252, 276].into_iter().enumerate() {
        fill(&mut g, x..x + 18, 300..322, 10);
        fill(&mut g, x + 4..x + 14, 304..318, WHITE);
        assert!(n < 4);
    }
    let alone = pieces(&ink(&g), &[]).expect("pieces");
    assert_eq!(alone.areas.len(), 1);
    let wall = lines::Line {
        axis: Axis::Vertical,
        at: 247.0,
        start: 250.0,
        end: 400.0,
    };
    assert_eq!(pieces(&ink(&g), &[wall]).expect("pieces").areas.len(), 2);
}

#[test]
fn a_seal_goes_and_black_text_below_it_and_red_figures_stay() {
    let mut p = Rgb {
        width: W,
        height: H,
        data: vec![WHITE; W * H * 3],
    };
    let mut dot = |x: usize, y: usize, c: [u8; 3]| p.data[(y * W + x) * 3..(y * W + x) * 3 + 3].copy_from_slice(&c);
    for y in 0..H {
        for x in 0..W {
            let r = ((x as f32 - 450.0).powi(2) + (y as f32 - 350.0).powi(2)).sqrt();
            let seal = (150.0..162.0).contains(&r) || r < 40.0;
            let text = (345..355).contains(&y) && (250..650).contains(&x);
            let figure = (100..120).contains(&y) && (700..712).contains(&x);
            match (seal, text, figure) {
                (true, true, _) => dot(x, y, [60, 10, 12]),
                (true, false, _) => dot(x, y, [225, 50, 55]),
                (false, true, _) => dot(x, y, [25, 25, 25]),
                (_, _, true) => dot(x, y, [220, 30, 30]),
                _ => {}
            }
        }
    }
    let (g, seals) = gray(&p);
    assert_eq!(seals.len(), 1);
    let i = ink(&g);
    let at = |x: usize, y: usize| i.data[y * W + x];
    assert_eq!((at(450, 320), at(450, 195)), (0, 0), "the seal is gone");
    assert_eq!((at(450, 350), at(300, 350)), (1, 1), "the text below it is there");
    assert_eq!(at(705, 110), 1, "a red figure is a figure");
}

#[test]
fn shadows_are_no_ink() {
    let mut g = table();
    for y in 0..H {
        for x in 0..W {
            let light = 1.0 - 0.5 * x as f32 / W as f32 - 0.2 * y as f32 / H as f32;
            let v = &mut g.data[y * W + x];
            *v = (f32::from(*v) * light) as u8;
        }
    }
    let (whole, plain) = (ink(&g), ink(&table()));
    let differ = whole.data.iter().zip(&plain.data).filter(|(a, b)| a != b).count();
    assert!(differ < W * H / 500, "{differ} pixels changed sides");
}

#[test]
fn a_page_of_spots_is_refused() {
    let mut g = Gray {
        width: 2_000,
        height: 2_000,
        data: vec![WHITE; 4_000_000],
    };
    for y in (0..1_990).step_by(7) {
        for x in (0..1_990).step_by(7) {
            fill(&mut g, x..x + 5, y..y + 5, 0);
        }
    }
    assert!(pieces(&ink(&g), &[]).is_none());
}

#[test]
fn places_find_their_way_back_to_the_page_as_it_is_shown() {
    let turn = straighten::Turn::new(2.0, 1000, 1400);
    let way = Way::through(|x, y| turn.back(x, y));
    let (x, y) = turn.back(300.0, 900.0);
    let (u, v) = way.point(300.0, 900.0);
    assert!((x - u).abs() < 0.05 && (y - v).abs() < 0.05, "{x} {y} {u} {v}");
    let r = way.rect(Rect::new(100.0, 100.0, 200.0, 120.0));
    assert!(r.width() > 100.0 && r.width() < 102.0 && r.height() > 20.0 && r.height() < 25.0);
}
