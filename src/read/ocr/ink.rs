//! Colours to gray to ink. Comes in: a picture of a page. Goes out: shades of gray without red seals, and which pixels are ink.
//! Refuses to take anything red away but what is as large as a seal: red figures are figures.

use super::picture::{Area, Gray, Ink, Rgb, WHITE};

/// How much more red than green and blue a seal is.
const RED: u8 = 40;
/// Pixels of a side of the squares in which red is counted.
const SQUARE: usize = 8;
/// The least side of a seal, in pixels (18 mm at 200 dpi; offices use 38 to 45 mm, their persons 18).
const SEAL: usize = 130;
/// What is lighter than this in the red light below a seal is paper.
const PAPER: u8 = 150;

/// The picture in gray, and where seals were taken out.
pub(super) fn gray(picture: &Rgb) -> (Gray, Vec<Area>) {
    let luma = |p: &[u8]| ((u32::from(p[0]) * 77 + u32::from(p[1]) * 150 + u32::from(p[2]) * 29) >> 8) as u8;
    let mut out = Gray {
        width: picture.width,
        height: picture.height,
        data: picture.data.chunks_exact(3).map(luma).collect(),
    };
    let seals = seals(picture);
    for s in &seals {
        for y in s.y0..s.y1 {
            for x in s.x0..s.x1 {
                let n = y * picture.width + x;
                let red = picture.data[n * 3];
                // In red light a seal is as white as the paper, and black stays black.
                out.data[n] = if red >= PAPER {
                    WHITE
                } else {
                    (u16::from(red) * 255 / u16::from(PAPER)) as u8
                };
            }
        }
    }
    (out, seals)
}

/// Where red squares lie together over an area as large as a seal.
fn seals(p: &Rgb) -> Vec<Area> {
    let (w, h) = (p.width.div_ceil(SQUARE), p.height.div_ceil(SQUARE));
    let mut red = vec![false; w * h];
    let mut count = vec![0_u16; w];
    for row in 0..h {
        count.iter_mut().for_each(|c| *c = 0);
        for y in row * SQUARE..((row + 1) * SQUARE).min(p.height) {
            for (x, c) in p.data[y * p.width * 3..(y + 1) * p.width * 3]
                .chunks_exact(3)
                .enumerate()
            {
                count[x / SQUARE] += u16::from(c[0] > c[1].max(c[2]).saturating_add(RED));
            }
        }
        for (x, c) in count.iter().enumerate() {
            red[row * w + x] = *c >= 6;
        }
    }
    let mut out: Vec<Area> = Vec::new();
    let mut open = Vec::new();
    for first in 0..red.len() {
        if !red[first] {
            continue;
        }
        red[first] = false;
        open.push(first);
        let mut area = square(first, w, p);
        while let Some(n) = open.pop() {
            area = area.union(&square(n, w, p));
            let (x, y) = (n % w, n / w);
            // Letters of a seal stand apart: two squares may lie between them.
            for ny in y.saturating_sub(2)..(y + 3).min(h) {
                for nx in x.saturating_sub(2)..(x + 3).min(w) {
                    if std::mem::take(&mut red[ny * w + nx]) {
                        open.push(ny * w + nx);
                    }
                }
            }
        }
        if area.width() >= SEAL && area.height() >= SEAL {
            out.push(Area {
                x0: area.x0.saturating_sub(SQUARE),
                y0: area.y0.saturating_sub(SQUARE),
                x1: (area.x1 + SQUARE).min(p.width),
                y1: (area.y1 + SQUARE).min(p.height),
            });
        }
    }
    out
}

fn square(n: usize, w: usize, p: &Rgb) -> Area {
    let (x, y) = (n % w * SQUARE, n / w * SQUARE);
    Area {
        x0: x,
        y0: y,
        x1: (x + SQUARE).min(p.width),
        y1: (y + SQUARE).min(p.height),
    }
}

/// Half of the side of the window whose mean a pixel is held against.
const AROUND: usize = 40;
/// Ink is darker than this share of the mean around it.
const DARKER: u32 = 84;

/// Which pixels are darker than what is around them: shadows and yellow paper do not matter.
pub(super) fn ink(g: &Gray) -> Ink {
    let (w, h) = (g.width, g.height);
    let mut data = vec![0_u8; w * h];
    // The sums of the columns in the window, moved down line by line.
    let mut columns = vec![0_u32; w];
    let row = |y: usize| &g.data[y * w..(y + 1) * w];
    for y in 0..AROUND.min(h) {
        columns.iter_mut().zip(row(y)).for_each(|(c, v)| *c += u32::from(*v));
    }
    for y in 0..h {
        if y + AROUND < h {
            columns
                .iter_mut()
                .zip(row(y + AROUND))
                .for_each(|(c, v)| *c += u32::from(*v));
        }
        if y > AROUND {
            let gone = row(y - AROUND - 1);
            columns.iter_mut().zip(gone).for_each(|(c, v)| *c -= u32::from(*v));
        }
        let lines = ((y + AROUND).min(h - 1) - y.saturating_sub(AROUND) + 1) as u32;
        let mut sum: u32 = columns[..AROUND.min(w)].iter().sum();
        for x in 0..w {
            if x + AROUND < w {
                sum += columns[x + AROUND];
            }
            if x > AROUND {
                sum -= columns[x - AROUND - 1];
            }
            let wide = ((x + AROUND).min(w - 1) - x.saturating_sub(AROUND) + 1) as u32;
            let v = u32::from(g.data[y * w + x]);
            data[y * w + x] =
                u8::from(u64::from(v) * u64::from(lines * wide) * 100 < u64::from(sum) * u64::from(DARKER));
        }
    }
    Ink {
        width: w,
        height: h,
        data,
    }
}
